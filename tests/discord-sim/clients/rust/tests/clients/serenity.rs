//! serenity as a whole client: its gateway, its cacheless HTTP and its builders, unchanged.

use std::time::Duration;

use serde_json::{Value, json};
use serenity::all::{
    ActionRowComponent, ButtonStyle, Client, CommandDataOptionValue, CommandOptionType, Context,
    CreateActionRow, CreateAttachment, CreateAutocompleteResponse, CreateButton, CreateCommand,
    CreateCommandOption, CreateInputText, CreateInteractionResponse, CreateInteractionResponseMessage,
    CreateMessage, CreateModal, EditInteractionResponse, EventHandler, GatewayIntents, Guild, HttpBuilder,
    InputTextStyle, Interaction, Message, Ready, ResumedEvent,
};
use serenity::async_trait;
use tokio::sync::mpsc;

use crate::lab::{Lab, World};

/// Tells the test what the bot went through, and answers as a small shop would.
struct Bot {
    told: mpsc::UnboundedSender<String>,
}

impl Bot {
    fn tell(&self, what: impl Into<String>) {
        let _ = self.told.send(what.into());
    }
}

fn message(text: &str) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new().content(text).ephemeral(true)
}

#[async_trait]
impl EventHandler for Bot {
    async fn ready(&self, context: Context, ready: Ready) {
        let code = CreateCommandOption::new(CommandOptionType::String, "code", "Code").set_autocomplete(true);
        let command = CreateCommand::new("buy").description("Buys").add_option(code.required(true));
        serenity::all::Command::create_global_command(&context.http, command).await.unwrap();
        self.tell(format!("ready {}", ready.guilds.len()));
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        self.tell(format!("guild {} {}", guild.name, guild.channels.len()));
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        self.tell("resumed");
    }

    async fn message(&self, _: Context, message: Message) {
        self.tell(format!("message {}", message.content));
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        match interaction {
            Interaction::Command(command) => {
                let Some(CommandDataOptionValue::String(code)) =
                    command.data.options.first().map(|o| o.value.clone())
                else {
                    panic!("the option is a text");
                };
                command.defer_ephemeral(&context.http).await.unwrap();
                let button = CreateButton::new("confirm").label("Confirm").style(ButtonStyle::Success);
                let row = CreateActionRow::Buttons(vec![button]);
                let edit =
                    EditInteractionResponse::new().content(format!("Buy {code}?")).components(vec![row]);
                command.edit_response(&context.http, edit).await.unwrap();
            }
            Interaction::Autocomplete(asked) => {
                let typed = asked.data.autocomplete().unwrap().value.to_owned();
                let choices =
                    CreateAutocompleteResponse::new().add_string_choice(format!("{typed}rt"), "DIRT");
                asked
                    .create_response(&context.http, CreateInteractionResponse::Autocomplete(choices))
                    .await
                    .unwrap();
            }
            Interaction::Component(click) => {
                let input = CreateInputText::new(InputTextStyle::Short, "Quantity", "quantity");
                let modal = CreateModal::new("how-many", "How many?")
                    .components(vec![CreateActionRow::InputText(input)]);
                click.create_response(&context.http, CreateInteractionResponse::Modal(modal)).await.unwrap();
            }
            Interaction::Modal(modal) => {
                let ActionRowComponent::InputText(input) = &modal.data.components[0].components[0] else {
                    panic!("the modal has a text");
                };
                let count = input.value.clone().unwrap_or_default();
                let update = CreateInteractionResponse::UpdateMessage(message(&format!("Bought {count}")));
                modal.create_response(&context.http, update).await.unwrap();
                let file = CreateAttachment::bytes("unit 1\n".as_bytes(), "goods.txt");
                let direct = modal.user.create_dm_channel(&context.http).await.unwrap();
                direct.send_files(&context.http, [file], CreateMessage::new().content("Here")).await.unwrap();
            }
            other => panic!("unexpected {other:?}"),
        }
    }
}

/// What the bot told. Its handlers run side by side, so the order means nothing.
struct Told {
    inbox: mpsc::UnboundedReceiver<String>,
    passed: Vec<String>,
}

impl Told {
    /// Waits for this, unless it was told already.
    async fn wait(&mut self, what: &str) {
        let search = async {
            while !self.passed.iter().any(|told| told == what) {
                self.passed.push(self.inbox.recv().await.expect("the bot runs"));
            }
        };
        let found = tokio::time::timeout(Duration::from_secs(15), search).await;
        assert!(found.is_ok(), "the bot never told '{what}', only {:?}", self.passed);
    }
}

async fn start(lab: &Lab, world: &World) -> (Client, Told) {
    let (told, inbox) = mpsc::unbounded_channel();
    let http = HttpBuilder::new(&world.token).proxy(lab.sim.url()).ratelimiter_disabled(true).build();
    http.set_application_id(world.application.parse().unwrap());
    let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES;
    let client = serenity::client::ClientBuilder::new_with_http(http, intents);
    (client.event_handler(Bot { told }).await.unwrap(), Told { inbox, passed: Vec::new() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serenity_sells_loses_its_connection_and_resumes() {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    let (mut client, mut told) = start(&lab, &world).await;
    let shards = client.shard_manager.clone();
    let running = tokio::spawn(async move { client.start().await });
    told.wait("guild Guild 1").await;
    told.wait("ready 1").await;

    let user = format!("/users/{}", world.user);
    let call =
        json!({ "channel_id": world.channel, "name": "buy", "options": { "code": "Di" }, "focused": "code" });
    let state = lab.sim("POST", &format!("{user}/autocomplete?wait=5s"), call).await;
    assert_eq!(state["choices"], json!([{ "name": "Dirt", "value": "DIRT" }]));
    let call = json!({ "channel_id": world.channel, "name": "buy", "options": { "code": "DIRT" } });
    let state = lab.sim("POST", &format!("{user}/command?wait=5s"), call).await;
    assert_eq!((&state["state"], &state["response"]["content"]), (&json!("answered"), &json!("Buy DIRT?")));
    let click = json!({ "message_id": state["response"]["id"], "custom_id": "confirm" });
    let state = lab.sim("POST", &format!("{user}/click?wait=5s"), click).await;
    assert_eq!((&state["state"], &state["modal"]["title"]), (&json!("modal"), &json!("How many?")));
    let fields = json!({ "interaction_id": state["id"], "fields": { "quantity": "3" } });
    let state = lab.sim("POST", &format!("{user}/submit?wait=5s"), fields).await;
    assert_eq!(state["response"]["content"], "Bought 3");
    lab.until("the file arrives", async || {
        let dms = lab.sim("GET", &format!("{user}/dms"), Value::Null).await;
        dms[0]["messages"][0]["attachments"][0]["content"] == "unit 1\n"
    })
    .await;

    lab.sim("POST", &format!("/gateway/{}/close", world.application), json!({ "code": 4000 })).await;
    for number in 0..5 {
        lab.post(&world, json!({ "content": format!("missed {number}") })).await;
    }
    for number in 0..5 {
        told.wait(&format!("message missed {number}")).await;
    }
    told.wait("resumed").await;
    assert_eq!(told.passed.iter().filter(|told| told.starts_with("message missed")).count(), 5, "each once");
    let application = lab.sim("GET", &format!("/applications/{}", world.application), Value::Null).await;
    assert_eq!((&application["identifies"], &application["resumes"]), (&json!(1), &json!(1)));
    assert_eq!(lab.sim("GET", "/violations", Value::Null).await, json!([]));
    shards.shutdown_all().await;
    running.await.unwrap().unwrap();
}
