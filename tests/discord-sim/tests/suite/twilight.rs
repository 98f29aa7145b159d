//! A client nobody here wrote, twilight-gateway with twilight-model, against the stand-in.

use serde_json::{Value, json};
use tokio::time::{Duration, timeout};
use twilight_gateway::{
    CloseFrame, ConfigBuilder, Event, EventTypeFlags, Intents, Shard, ShardId, StreamExt,
};
use twilight_model::gateway::payload::incoming::InteractionCreate;

use crate::lab::{Lab, World};

const PATIENCE: Duration = Duration::from_secs(10);

fn shard(lab: &Lab, world: &World) -> Shard {
    let intents = Intents::GUILDS | Intents::GUILD_MESSAGES | Intents::DIRECT_MESSAGES;
    let config = ConfigBuilder::new(world.token.clone(), intents).proxy_url(lab.gateway()).build();
    Shard::with_config(ShardId::ONE, config)
}

/// The next event that `pick` wants; everything else is passed over.
async fn next<T>(shard: &mut Shard, mut pick: impl FnMut(Event) -> Option<T>) -> T {
    let search = async {
        loop {
            let event = shard.next_event(EventTypeFlags::all()).await.expect("the stream goes on");
            if let Some(found) = pick(event.expect("every event is understood")) {
                return found;
            }
        }
    };
    timeout(PATIENCE, search).await.expect("the event comes in time")
}

async fn ready(shard: &mut Shard) {
    next(shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
    next(shard, |event| matches!(event, Event::GuildCreate(_)).then_some(())).await;
}

async fn interaction(shard: &mut Shard) -> Box<InteractionCreate> {
    next(shard, |event| match event {
        Event::InteractionCreate(interaction) => Some(interaction),
        _ => None,
    })
    .await
}

async fn answer(lab: &Lab, interaction: &InteractionCreate, body: Value) {
    let path = format!("/interactions/{}/{}/callback", interaction.id, interaction.token);
    let (status, answer) = lab.rest("", "POST", &path, body).await;
    assert_eq!(status, 204, "{answer}");
}

/// Reads on without looking, so that the shard makes progress while a call is under way.
async fn during<T>(shard: &mut Shard, call: impl Future<Output = T>) -> T {
    tokio::pin!(call);
    loop {
        tokio::select! {
            result = &mut call => return result,
            event = shard.next_event(EventTypeFlags::all()) => drop(event),
        }
    }
}

#[tokio::test]
async fn twilight_logs_in_and_receives_its_guild() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut shard = shard(&lab, &world);
    let ready = next(&mut shard, |event| match event {
        Event::Ready(ready) => Some(ready),
        _ => None,
    })
    .await;
    assert_eq!(ready.application.id.to_string(), world.application);
    assert!(ready.resume_gateway_url.contains("/resume/"));
    let guild = next(&mut shard, |event| match event {
        Event::GuildCreate(guild) => Some(guild),
        _ => None,
    })
    .await;
    assert_eq!(guild.id().to_string(), world.guild);
}

#[tokio::test]
async fn twilight_answers_a_command_a_click_and_a_modal() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut shard = shard(&lab, &world);
    ready(&mut shard).await;
    let command = json!({
        "name": "greet", "description": "Says hello",
        "options": [{ "type": 3, "name": "whom", "description": "Whom", "required": true }],
    });
    let path = format!("/applications/{}/commands", world.application);
    assert_eq!(lab.rest(&world.token, "POST", &path, command).await.0, 201);

    let call = json!({ "guild_id": world.guild, "channel_id": world.channel, "name": "greet", "options": { "whom": "Bo" } });
    let path = format!("/users/{}/command", world.user);
    let used = lab.sim("POST", &path, call).await;
    let got = interaction(&mut shard).await;
    assert_eq!(used["interaction_id"], got.id.to_string());
    assert_eq!(got.locale.as_deref(), Some("de"));
    let buttons = json!([{ "type": 1, "components": [{ "type": 2, "style": 1, "label": "More", "custom_id": "more" }] }]);
    let body = json!({ "type": 4, "data": { "content": "Hello Bo", "flags": 64, "components": buttons } });
    answer(&lab, &got, body).await;
    let state = lab.sim("GET", &format!("/interactions/{}", got.id), Value::Null).await;
    assert_eq!((&state["state"], &state["response"]["content"]), (&json!("answered"), &json!("Hello Bo")));
    let message = state["response"]["id"].clone();

    lab.sim(
        "POST",
        &format!("/users/{}/click", world.user),
        json!({ "message_id": message, "custom_id": "more" }),
    )
    .await;
    let got = interaction(&mut shard).await;
    assert_eq!(got.message.as_ref().map(|message| message.id.to_string()).as_deref(), message.as_str());
    let input = json!({ "type": 4, "custom_id": "why", "label": "Why", "style": 1 });
    let modal = json!({ "custom_id": "ask", "title": "Tell me", "components": [{ "type": 1, "components": [input] }] });
    answer(&lab, &got, json!({ "type": 9, "data": modal })).await;

    let fields = json!({ "interaction_id": got.id.to_string(), "fields": { "why": "because" } });
    lab.sim("POST", &format!("/users/{}/submit", world.user), fields).await;
    let got = interaction(&mut shard).await;
    answer(&lab, &got, json!({ "type": 7, "data": { "content": "Thank you", "components": [] } })).await;
    let path = format!("/channels/{}/messages?as={}", world.channel, world.user);
    let seen = lab.sim("GET", &path, Value::Null).await;
    assert_eq!((&seen[0]["content"], &seen[0]["ephemeral"]), (&json!("Thank you"), &json!(true)));
    assert_eq!(seen.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn twilight_loses_the_connection_and_resumes_without_missing_a_dispatch() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut shard = shard(&lab, &world);
    ready(&mut shard).await;
    lab.sim("POST", &format!("/gateway/{}/close", world.application), json!({ "code": 4000 })).await;
    next(&mut shard, |event| matches!(event, Event::GatewayClose(_)).then_some(())).await;
    for number in 0..5 {
        let body = json!({ "content": format!("missed {number}") });
        lab.rest(&world.token, "POST", &format!("/channels/{}/messages", world.channel), body).await;
    }
    for number in 0..5 {
        let content = next(&mut shard, |event| match event {
            Event::MessageCreate(message) => Some(message.content.clone()),
            Event::Resumed => panic!("resumed before everything was replayed"),
            _ => None,
        })
        .await;
        assert_eq!(content, format!("missed {number}"));
    }
    next(&mut shard, |event| matches!(event, Event::Resumed).then_some(())).await;
    let application = lab.sim("GET", &format!("/applications/{}", world.application), Value::Null).await;
    assert_eq!((&application["identifies"], &application["resumes"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_session_is_handed_from_one_twilight_shard_to_another() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut first = shard(&lab, &world);
    ready(&mut first).await;
    first.close(CloseFrame::RESUME);
    next(&mut first, |event| matches!(event, Event::GatewayClose(_)).then_some(())).await;
    let session = first.session().expect("the session survives 4000").clone();
    let resume_url = first.resume_url().expect("READY had it").to_owned();
    drop(first);
    let config = ConfigBuilder::new(world.token.clone(), Intents::GUILDS)
        .proxy_url(lab.gateway())
        .session(session)
        .resume_url(resume_url)
        .build();
    let mut second = Shard::with_config(ShardId::ONE, config);
    next(&mut second, |event| matches!(event, Event::Resumed).then_some(())).await;
}

#[tokio::test]
async fn a_file_sent_by_direct_message_can_be_read_by_its_reader() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut shard = shard(&lab, &world);
    ready(&mut shard).await;
    let body = json!({ "recipient_id": world.user });
    let (status, channel) =
        during(&mut shard, lab.rest(&world.token, "POST", "/users/@me/channels", body)).await;
    assert_eq!(status, 200);
    let part = reqwest::multipart::Part::text("line one\n").file_name("goods.txt");
    let form = reqwest::multipart::Form::new()
        .text("payload_json", json!({ "content": "Here", "nonce": "n1", "enforce_nonce": true }).to_string())
        .part("files[0]", part);
    let url = format!("{}/api/v10/channels/{}/messages", lab.sim.url(), channel["id"].as_str().unwrap());
    let request = lab.http.post(url).header("authorization", format!("Bot {}", world.token)).multipart(form);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let arrived = next(&mut shard, |event| match event {
        Event::MessageCreate(message) => Some(message),
        _ => None,
    })
    .await;
    assert_eq!((arrived.guild_id, arrived.attachments.len()), (None, 1));
    let dms = lab.sim("GET", &format!("/users/{}/dms", world.user), Value::Null).await;
    let file = &dms[0]["messages"][0]["attachments"][0];
    assert_eq!((&file["filename"], &file["content"]), (&json!("goods.txt"), &json!("line one\n")));
    let bytes = lab.http.get(file["url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    assert_eq!(bytes, "line one\n");
}
