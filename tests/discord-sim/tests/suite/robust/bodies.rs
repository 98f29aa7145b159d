//! Every call there is, each with a body that fits, and every frame. `$name` stands for something of the world.

/// A message with something of everything.
pub const MESSAGE: &str = r#"{"content":"Hello <@$user>","nonce":"n1","enforce_nonce":true,"tts":false,"flags":4,
"allowed_mentions":{"parse":["users"],"roles":["1"]},"embeds":[{"title":"T","description":"D","url":"https://example.org",
"color":255,"timestamp":"2026-01-01T00:00:00.000000+00:00","fields":[{"name":"n","value":"v","inline":true}],
"footer":{"text":"f"},"author":{"name":"a"},"image":{"url":"attachment://a.txt"}}],
"components":[{"type":1,"components":[{"type":2,"style":1,"label":"Buy","custom_id":"buy"},
{"type":2,"style":5,"label":"Web","url":"https://example.org"},{"type":2,"style":2,"custom_id":"e","emoji":{"name":"🛒"}}]},
{"type":1,"components":[{"type":3,"custom_id":"pick","min_values":0,"max_values":2,
"options":[{"label":"A","value":"a","description":"d"},{"label":"B","value":"b","default":true}]}]},
{"type":1,"components":[{"type":5,"custom_id":"who"}]},{"type":1,"components":[{"type":7,"custom_id":"mention"}]},
{"type":1,"components":[{"type":8,"custom_id":"where"}]}]}"#;
/// A message of Components V2.
const V2: &str = r#"{"flags":32768,"components":[{"type":10,"content":"Text"},{"type":14,"divider":true},
{"type":9,"components":[{"type":10,"content":"In a section"}],"accessory":{"type":2,"style":1,"label":"Go","custom_id":"go"}},
{"type":17,"accent_color":255,"components":[{"type":12,"items":[{"media":{"url":"https://example.org/a.png"}}]},
{"type":1,"components":[{"type":2,"style":4,"label":"X","custom_id":"x"}]}]}]}"#;
/// A modal in rows and labels.
pub const MODAL: &str = r#"{"custom_id":"m","title":"Title","components":[
{"type":1,"components":[{"type":4,"custom_id":"a","style":1,"label":"A","min_length":1,"max_length":10}]},
{"type":18,"label":"B","component":{"type":4,"custom_id":"b","style":2,"required":false}},
{"type":18,"label":"C","component":{"type":3,"custom_id":"c","options":[{"label":"x","value":"x"}]}}]}"#;
/// Commands of every kind.
pub const COMMANDS: &str = r#"[{"name":"buy","description":"Buys","options":[
{"type":3,"name":"what","description":"d","required":true,"autocomplete":true},
{"type":4,"name":"count","description":"d","min_value":1,"max_value":9},{"type":6,"name":"who","description":"d"},
{"type":11,"name":"file","description":"d"},{"type":3,"name":"size","description":"d","choices":[{"name":"S","value":"s"}]}]},
{"name":"product","description":"d","default_member_permissions":"0","options":[{"type":1,"name":"add","description":"d",
"options":[{"type":3,"name":"name","description":"d"}]},{"type":2,"name":"stock","description":"d","options":[
{"type":1,"name":"show","description":"d"}]}]},{"name":"Who is it","type":2},{"name":"Report it","type":3}]"#;
const REPLY: &str = r#"{"content":"Yes","message_reference":{"message_id":"$message"}}"#;
const FILE: &str = r#"{"content":"See","attachments":[{"id":0,"description":"A file","filename":"a.txt"}]}"#;
const EDIT: &str = r#"{"content":"New","embeds":[],"components":[],"attachments":[]}"#;
const ANSWER: &str = r#"{"type":4,"data":{"content":"Bought","flags":64}}"#;
const OPEN: &str = r#"{"type":9,"data":{"custom_id":"m","title":"T","components":[{"type":1,"components":[
{"type":4,"custom_id":"a","style":1,"label":"A"}]}]}}"#;
const COMMAND: &str =
    r#"{"name":"new","description":"d","options":[{"type":3,"name":"o","description":"d"}]}"#;
const USE: &str = r#"{"channel_id":"$channel","name":"buy","options":{"what":"x","count":3,"who":"$user",
"file":{"filename":"a.txt","content":"c"}}}"#;

/// Method, path and a body that fits.
pub type Call = (&'static str, &'static str, &'static str);

/// The REST API.
pub const REST: &[Call] = &[
    ("GET", "/api/v10/gateway", ""),
    ("GET", "/api/v10/gateway/bot", ""),
    ("GET", "/api/v10/users/@me", ""),
    ("GET", "/api/v10/users/$user", ""),
    ("GET", "/api/v10/users/@me/guilds", ""),
    ("POST", "/api/v10/users/@me/channels", r#"{"recipient_id":"$user"}"#),
    ("GET", "/api/v10/applications/@me", ""),
    ("PATCH", "/api/v10/applications/@me", r#"{"interactions_endpoint_url":null}"#),
    ("GET", "/api/v10/channels/$channel", ""),
    ("PATCH", "/api/v10/channels/$channel", r#"{"name":"renamed","topic":null}"#),
    ("DELETE", "/api/v10/channels/$channel", ""),
    ("POST", "/api/v10/channels/$channel/typing", ""),
    ("GET", "/api/v10/channels/$channel/webhooks", ""),
    ("POST", "/api/v10/channels/$channel/webhooks", r#"{"name":"Hook"}"#),
    ("GET", "/api/v10/channels/$channel/messages?limit=5&before=$message", ""),
    ("GET", "/api/v10/channels/$channel/messages?around=$message&after=1&limit=-1", ""),
    ("POST", "/api/v10/channels/$channel/messages", MESSAGE),
    ("POST", "/api/v10/channels/$dm/messages", V2),
    ("POST", "/api/v10/channels/$channel/messages", REPLY),
    ("POST", "/api/v10/channels/$channel/messages", FILE),
    ("POST", "/api/v10/channels/$channel/messages/bulk-delete", r#"{"messages":["$message","1"]}"#),
    ("GET", "/api/v10/channels/$channel/messages/$message", ""),
    ("PATCH", "/api/v10/channels/$channel/messages/$message", EDIT),
    ("DELETE", "/api/v10/channels/$channel/messages/$message", ""),
    ("GET", "/api/v10/guilds/$guild", ""),
    ("GET", "/api/v10/guilds/$guild/channels", ""),
    ("POST", "/api/v10/guilds/$guild/channels", r#"{"name":"more","type":0,"topic":"t"}"#),
    ("GET", "/api/v10/guilds/$guild/roles", ""),
    ("POST", "/api/v10/guilds/$guild/roles", r#"{"name":"r","color":255,"permissions":"8"}"#),
    ("GET", "/api/v10/guilds/$guild/members?limit=5&after=1", ""),
    ("GET", "/api/v10/guilds/$guild/members/$user", ""),
    ("PATCH", "/api/v10/guilds/$guild/members/$user", r#"{"nick":"N","roles":["$role"]}"#),
    ("PUT", "/api/v10/guilds/$guild/members/$user/roles/$role", ""),
    ("DELETE", "/api/v10/guilds/$guild/members/$user/roles/$role", ""),
    ("GET", "/api/v10/applications/$application/commands", ""),
    ("POST", "/api/v10/applications/$application/commands", COMMAND),
    ("PUT", "/api/v10/applications/$application/commands", COMMANDS),
    ("GET", "/api/v10/applications/$application/commands/$command", ""),
    ("PATCH", "/api/v10/applications/$application/commands/$command", COMMAND),
    ("DELETE", "/api/v10/applications/$application/commands/$command", ""),
    ("PUT", "/api/v10/applications/$application/guilds/$guild/commands", COMMANDS),
    ("POST", "/api/v10/applications/$application/guilds/$guild/commands", COMMAND),
    ("DELETE", "/api/v10/applications/$application/guilds/$guild/commands/$command", ""),
    ("POST", "/api/v10/interactions/$waiting/$waiting_token/callback?with_response=true", ANSWER),
    ("POST", "/api/v10/interactions/$waiting/$waiting_token/callback", OPEN),
    (
        "POST",
        "/api/v10/interactions/$waiting/$waiting_token/callback",
        r#"{"type":7,"data":{"content":"x"}}"#,
    ),
    ("POST", "/api/v10/interactions/$waiting/$waiting_token/callback", r#"{"type":5,"data":{"flags":64}}"#),
    ("POST", "/api/v10/interactions/$waiting/$waiting_token/callback", r#"{"type":8,"data":{"choices":[]}}"#),
    ("POST", "/api/v10/webhooks/$application/$deferred_token?wait=true", MESSAGE),
    ("GET", "/api/v10/webhooks/$application/$deferred_token/messages/@original", ""),
    ("PATCH", "/api/v10/webhooks/$application/$deferred_token/messages/@original", EDIT),
    ("DELETE", "/api/v10/webhooks/$application/$deferred_token/messages/@original", ""),
    ("PATCH", "/api/v10/webhooks/$application/$modal_token/messages/$message", V2),
    ("GET", "/api/v10/webhooks/$webhook/$webhook_token", ""),
    ("POST", "/api/v10/webhooks/$webhook/$webhook_token?wait=true", r#"{"content":"x","username":"Till"}"#),
    ("PATCH", "/api/v10/webhooks/$webhook/$webhook_token/messages/$message", EDIT),
    ("DELETE", "/api/v10/webhooks/$webhook/$webhook_token", ""),
    ("DELETE", "/api/v10/webhooks/$webhook", ""),
    ("POST", "/api/v10/no/such/route", MESSAGE),
];

/// The control API.
pub const CONTROL: &[Call] = &[
    (
        "POST",
        "/_sim/applications",
        r#"{"name":"New","total":5,"max_concurrency":2,"shards":1,"identify_spacing":"1s"}"#,
    ),
    (
        "PUT",
        "/_sim/applications/$application",
        r#"{"token":"t","total":9,"remaining":1,"shards":2,"interactions_url":""}"#,
    ),
    ("GET", "/_sim/applications", ""),
    ("GET", "/_sim/applications/$application", ""),
    ("POST", "/_sim/guilds", r#"{"name":"G","applications":["$application"],"locale":"de","owner":"$user"}"#),
    (
        "POST",
        "/_sim/guilds/$guild/channels",
        r#"{"name":"c","webhook":"W","overwrites":[{"id":"$guild","deny":"1024"}]}"#,
    ),
    ("POST", "/_sim/guilds/$guild/roles", r#"{"name":"r","permissions":8,"color":1,"top":true}"#),
    (
        "POST",
        "/_sim/guilds/$guild/members",
        r#"{"name":"Bo","locale":"fr","roles":["$role"],"dms":"closed"}"#,
    ),
    ("POST", "/_sim/guilds/$guild/applications", r#"{"application_id":"$application","permissions":"8"}"#),
    ("PUT", "/_sim/users/$user", r#"{"dms":"closed","locale":"fr","roles":["$role"],"guild_id":"$guild"}"#),
    ("GET", "/_sim/users/$user/dms", ""),
    ("GET", "/_sim/users/$user/commands?channel_id=$channel", ""),
    ("GET", "/_sim/channels/$channel/messages?as=$user", ""),
    ("GET", "/_sim/world", ""),
    ("POST", "/_sim/users/$user/click?wait=1ms", r#"{"message_id":"$message","custom_id":"buy"}"#),
    ("POST", "/_sim/users/$user/click?wait=1e19s", r#"{"message_id":"$message","custom_id":"buy"}"#),
    ("POST", "/_sim/users/$user/select", r#"{"message_id":"$message","custom_id":"pick","values":["a"]}"#),
    (
        "POST",
        "/_sim/users/$user/select",
        r#"{"message_id":"$message","custom_id":"mention","values":["$user"]}"#,
    ),
    (
        "POST",
        "/_sim/users/$user/submit",
        r#"{"interaction_id":"$modal","fields":{"a":"text","b":"","c":["x"]}}"#,
    ),
    ("POST", "/_sim/users/$user/command", USE),
    (
        "POST",
        "/_sim/users/$user/command",
        r#"{"channel_id":"$channel","name":"Who is it","target_id":"$user"}"#,
    ),
    ("POST", "/_sim/users/$user/autocomplete", USE),
    ("POST", "/_sim/users/$user/message", r#"{"channel_id":"$channel","content":"<@$application> hi"}"#),
    (
        "POST",
        "/_sim/faults",
        r#"{"match":{"method":"GET","path":"/users/*","token":"$token"},"effect":{"status":500},
"probability":0.5,"times":2}"#,
    ),
    ("POST", "/_sim/faults", r#"{"effect":{"status":429,"retry_after":1.5,"global":true,"delay":"1ms"}}"#),
    (
        "POST",
        "/_sim/faults",
        r#"{"match":{"path":"*a*a*a*a*a*a*a*a*a*a*a*a*b"},"effect":{"half_body":true}}"#,
    ),
    ("GET", "/_sim/faults", ""),
    ("DELETE", "/_sim/faults/1", ""),
    ("POST", "/_sim/gateway/$application/close", r#"{"shard":0,"code":4009}"#),
    ("POST", "/_sim/gateway/$application/reconnect", r#"{"shard":0}"#),
    ("POST", "/_sim/gateway/$application/invalidate", r#"{"resumable":true}"#),
    ("POST", "/_sim/gateway/$application/pause", r#"{"for":"20ms"}"#),
    ("POST", "/_sim/gateway/$application/refuse", r#"{"for":"20ms","resume_only":true}"#),
    ("POST", "/_sim/interactions/$waiting/replay", r#"{"times":2,"sessions":["$session"]}"#),
    ("GET", "/_sim/interactions/$modal", ""),
    ("POST", "/_sim/interactions/$waiting/age", r#"{"by":"3s"}"#),
    ("POST", "/_sim/messages/$message/age", r#"{"by":"2h"}"#),
    ("POST", "/_sim/sessions/$session/expire", ""),
    ("DELETE", "/_sim/messages/$message", ""),
    ("DELETE", "/_sim/channels/$channel", ""),
    ("DELETE", "/_sim/guilds/$guild", ""),
    ("GET", "/_sim/log?since=18446744073709551615", ""),
    ("GET", "/_sim/log?since=3", ""),
    ("GET", "/_sim/violations", ""),
    ("POST", "/_sim/reset", ""),
    ("GET", "/attachments/$channel/1/a.txt", ""),
    ("GET", "/gateway", ""),
    ("GET", "/", ""),
];

/// What a client may say to the gateway, and what it may not.
pub const FRAMES: &[&str] = &[
    r#"{"op":1,"d":3}"#,
    r#"{"op":2,"d":{"token":"$token","intents":1,"properties":{"os":"x"},"shard":[0,1],"compress":true}}"#,
    r#"{"op":2,"d":{"token":"$token","intents":33281,"properties":{},"shard":[1,2]}}"#,
    r#"{"op":6,"d":{"token":"$token","session_id":"$session","seq":1}}"#,
    r#"{"op":6,"d":{"token":"$token","session_id":"$session","seq":18446744073709551615}}"#,
    r#"{"op":3,"d":{"since":null,"activities":[],"status":"online","afk":false}}"#,
    r#"{"op":4,"d":{"guild_id":"$guild","channel_id":null,"self_mute":false,"self_deaf":false}}"#,
    r#"{"op":8,"d":{"guild_id":"$guild","user_ids":["$user"],"limit":0,"nonce":"n"}}"#,
    r#"{"op":8,"d":{"guild_id":"$guild","query":"a","limit":5}}"#,
    r#"{"op":0,"t":"READY","s":1,"d":{}}"#,
    r#"{"op":5,"d":null}"#,
    r#"{"op":7,"d":null}"#,
    r#"{"op":9,"d":true}"#,
    r#"{"op":10,"d":{"heartbeat_interval":1}}"#,
    r#"{"op":11,"d":null}"#,
    r#"{"op":31,"d":{"guild_ids":["$guild"]}}"#,
];
