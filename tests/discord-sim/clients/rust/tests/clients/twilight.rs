//! A client nobody here wrote, twilight's gateway, REST client and models, against the stand-in.

use serde_json::{Value, json};
use tokio::time::{Duration, timeout};
use twilight_gateway::{
    CloseFrame, ConfigBuilder, Event, EventTypeFlags, Intents, Shard, ShardId, StreamExt,
};
use twilight_http::Client;
use twilight_model::application::interaction::InteractionData;
use twilight_model::channel::message::Component;
use twilight_model::gateway::payload::incoming::InteractionCreate;
use twilight_model::http::attachment::Attachment;
use twilight_model::http::interaction::InteractionResponse;

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

/// twilight's own REST client.
fn client(lab: &Lab, world: &World) -> Client {
    let proxy = lab.sim.addr.to_string();
    Client::builder().token(world.token.clone()).proxy(proxy, true).ratelimiter(None).build()
}

/// Answers as twilight writes it: through its models and its client.
async fn answer(client: &Client, got: &InteractionCreate, body: Value) {
    let response: InteractionResponse = serde_json::from_value(body).unwrap();
    let interaction = client.interaction(got.application_id);
    interaction.create_response(got.id, &got.token, &response).await.unwrap();
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

/// What a person does, and the interaction that the bot gets of it.
async fn act(lab: &Lab, world: &World, shard: &mut Shard, what: &str, body: Value) -> Box<InteractionCreate> {
    let acted = lab.sim("POST", &format!("/users/{}/{what}", world.user), body).await;
    let got = interaction(shard).await;
    assert_eq!(acted["interaction_id"], got.id.to_string());
    got
}

async fn state(lab: &Lab, got: &InteractionCreate) -> Value {
    lab.sim("GET", &format!("/interactions/{}", got.id), Value::Null).await
}

#[tokio::test]
async fn twilight_registers_a_command_and_answers_its_autocomplete() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let (mut shard, client) = (shard(&lab, &world), client(&lab, &world));
    ready(&mut shard).await;
    let application = client.current_user_application().await.unwrap().model().await.unwrap();
    let option =
        json!({ "type": 3, "name": "whom", "description": "Whom", "required": true, "autocomplete": true });
    let options = [serde_json::from_value(option).unwrap()];
    let commands = client.interaction(application.id);
    let made = commands.create_guild_command(world.guild.parse().unwrap()).chat_input("greet", "Says hello");
    let made = made.command_options(&options).await.unwrap().model().await.unwrap();
    assert_eq!(made.options, options);

    let call = json!({ "channel_id": world.channel, "name": "greet", "options": { "whom": "B" } });
    let got = act(&lab, &world, &mut shard, "autocomplete", call).await;
    let choices = json!([{ "name": "Bo", "value": "bo" }]);
    answer(&client, &got, json!({ "type": 8, "data": { "choices": choices } })).await;
    assert_eq!(state(&lab, &got).await["choices"], choices);
    assert_eq!(lab.sim("GET", "/violations", Value::Null).await, json!([]));
}

#[tokio::test]
async fn twilight_answers_a_command_a_click_and_a_modal_and_edits_the_original_response() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let (mut shard, client) = (shard(&lab, &world), client(&lab, &world));
    ready(&mut shard).await;
    let commands = client.interaction(world.application.parse().unwrap());
    commands.create_global_command().chat_input("greet", "Says hello").await.unwrap();

    let call = json!({ "channel_id": world.channel, "name": "greet" });
    let got = act(&lab, &world, &mut shard, "command", call).await;
    assert_eq!(got.locale.as_deref(), Some("de"));
    answer(&client, &got, json!({ "type": 5, "data": { "flags": 64 } })).await;
    let row =
        json!({ "type": 1, "components": [{ "type": 2, "style": 1, "label": "More", "custom_id": "more" }] });
    let rows: [Component; 1] = [serde_json::from_value(row).unwrap()];
    let edit = commands.update_response(&got.token).content(Some("Hello")).components(Some(&rows));
    let message = edit.await.unwrap().model().await.unwrap();
    let now = state(&lab, &got).await;
    assert_eq!((&now["state"], &now["response"]["content"]), (&json!("answered"), &json!("Hello")));

    let click = json!({ "message_id": message.id.to_string(), "custom_id": "more" });
    let got = act(&lab, &world, &mut shard, "click", click).await;
    assert_eq!(got.message.as_ref().map(|clicked| clicked.id), Some(message.id));
    let input = json!({ "type": 4, "custom_id": "why", "label": "Why", "style": 1 });
    let modal = json!({ "custom_id": "ask", "title": "Tell me", "components": [{ "type": 1, "components": [input] }] });
    answer(&client, &got, json!({ "type": 9, "data": modal })).await;

    let fields = json!({ "interaction_id": got.id.to_string(), "fields": { "why": "because" } });
    let got = act(&lab, &world, &mut shard, "submit", fields).await;
    let Some(InteractionData::ModalSubmit(sent)) = &got.data else { panic!("{:?}", got.data) };
    assert_eq!(sent.custom_id, "ask");
    assert!(format!("{sent:?}").contains("\"because\""), "{sent:?}");
    answer(&client, &got, json!({ "type": 7, "data": { "content": "Thank you", "components": [] } })).await;
    let path = format!("/channels/{}/messages?as={}", world.channel, world.user);
    let seen = lab.sim("GET", &path, Value::Null).await;
    assert_eq!((&seen[0]["content"], &seen[0]["ephemeral"]), (&json!("Thank you"), &json!(true)));
    assert_eq!(seen.as_array().map(Vec::len), Some(1));
    assert_eq!(lab.sim("GET", "/violations", Value::Null).await, json!([]));
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
async fn twilight_sends_a_file_by_direct_message_and_its_reader_opens_it() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let mut shard = shard(&lab, &world);
    ready(&mut shard).await;
    let client = client(&lab, &world);
    let person = world.user.parse().unwrap();
    let channel = client.create_private_channel(person).await.unwrap().model().await.unwrap();
    let file = Attachment::from_bytes("goods.txt".into(), b"line one\n".to_vec(), 0);
    client.create_message(channel.id).content("Here").attachments(&[file]).await.unwrap();
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
