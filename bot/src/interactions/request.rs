//! Who asks for what: an interaction reduced to what the bot needs, the same for clicks, modals and commands.
//!
//! None of this has a `Debug`: it holds the interaction's token and, on its way into the stock, goods.

use std::collections::BTreeMap;

use serde_json::json;
use serenity::model::application::{
    ActionRowComponent, CommandInteraction, ComponentInteraction, ComponentInteractionDataKind, Interaction,
    ModalInteraction, ResolvedOption, ResolvedValue,
};
use serenity::model::{guild::Member, user::User};
use stockbot_config::Locale;
use stockbot_store::NewInteraction;

use crate::{context::Bot, custom_id::CustomId, text_rule::cleaned, texts};

/// Kind of confirmations in the database: the interactions that a dead pod's successor has to finish.
pub const PURCHASE: &str = "purchase";

/// A value of a command's option.
#[derive(Clone)]
pub enum OptionValue {
    /// Text.
    Text(String),
    /// Number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Mentioned user.
    User(u64),
    /// Uploaded file.
    File {
        /// Its name.
        name: String,
        /// Its size in bytes.
        size: u32,
        /// Where to fetch it.
        url: String,
    },
}

/// What was done.
#[derive(Clone)]
pub enum Kind {
    /// A slash command, sub-commands joined by spaces.
    Command {
        /// `stock add`
        path: String,
        /// By name.
        options: BTreeMap<String, OptionValue>,
        /// The option being typed, for autocomplete.
        typing: Option<(String, String)>,
    },
    /// A button.
    Button(String),
    /// A select menu and the values chosen.
    Select(String, Vec<String>),
    /// A modal and its fields.
    Modal(String, BTreeMap<String, String>),
}

impl Kind {
    /// The metric label.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Command { .. } => "command",
            Self::Button(_) => "button",
            Self::Select(..) => "select",
            Self::Modal(..) => "modal",
        }
    }
}

/// One interaction.
#[derive(Clone)]
pub struct Request {
    /// Discord id.
    pub id: u64,
    /// Token for 15 minutes; never logged.
    pub token: String,
    /// User.
    pub user: u64,
    /// The user's name as shown in the guild.
    pub name: String,
    /// Roles of the member.
    pub roles: Vec<u64>,
    /// The user's language.
    pub locale: Locale,
    /// Channel.
    pub channel: Option<u64>,
    /// Guild; none in direct messages.
    pub guild: Option<u64>,
    /// What was done.
    pub kind: Kind,
}

impl Request {
    /// Reads an interaction; `None` for kinds that are none of the bot's.
    pub fn read(bot: &Bot, interaction: Interaction) -> Option<Self> {
        let default = bot.locale();
        match interaction {
            Interaction::Command(command) => Some(Self::command_of(command, default, false)),
            Interaction::Autocomplete(command) => Some(Self::command_of(command, default, true)),
            Interaction::Component(component) => Self::component_of(component, default),
            Interaction::Modal(modal) => Some(Self::modal_of(modal, default)),
            _ => None,
        }
    }

    fn command_of(command: CommandInteraction, default: Locale, typing: bool) -> Self {
        let (path, options) = flatten(&command.data.name, &command.data.options());
        let typed =
            command.data.autocomplete().map(|option| (option.name.to_owned(), option.value.to_owned()));
        let member = command.member.as_deref();
        Self {
            id: command.id.get(),
            user: command.user.id.get(),
            name: shown_name(&command.user, member),
            roles: member
                .map(|member| member.roles.iter().map(|role| role.get()).collect())
                .unwrap_or_default(),
            locale: texts::locale_of(&command.locale, default),
            channel: Some(command.channel_id.get()),
            guild: command.guild_id.map(serenity::all::GuildId::get),
            token: command.token,
            kind: Kind::Command { path, options, typing: typed.filter(|_| typing) },
        }
    }

    fn component_of(component: ComponentInteraction, default: Locale) -> Option<Self> {
        let kind = match component.data.kind {
            ComponentInteractionDataKind::Button => Kind::Button(component.data.custom_id),
            ComponentInteractionDataKind::StringSelect { values } => {
                Kind::Select(component.data.custom_id, values)
            }
            _ => return None,
        };
        let member = component.member.as_ref();
        Some(Self {
            id: component.id.get(),
            user: component.user.id.get(),
            name: shown_name(&component.user, member),
            roles: member
                .map(|member| member.roles.iter().map(|role| role.get()).collect())
                .unwrap_or_default(),
            locale: texts::locale_of(&component.locale, default),
            channel: Some(component.channel_id.get()),
            guild: component.guild_id.map(serenity::all::GuildId::get),
            token: component.token,
            kind,
        })
    }

    fn modal_of(modal: ModalInteraction, default: Locale) -> Self {
        let inputs = modal.data.components.iter().flat_map(|row| &row.components);
        let fields = inputs.filter_map(|component| match component {
            ActionRowComponent::InputText(input) => {
                Some((input.custom_id.clone(), input.value.clone().unwrap_or_default()))
            }
            _ => None,
        });
        let member = modal.member.as_ref();
        Self {
            id: modal.id.get(),
            user: modal.user.id.get(),
            name: shown_name(&modal.user, member),
            roles: member
                .map(|member| member.roles.iter().map(|role| role.get()).collect())
                .unwrap_or_default(),
            locale: texts::locale_of(&modal.locale, default),
            channel: Some(modal.channel_id.get()),
            guild: modal.guild_id.map(serenity::all::GuildId::get),
            token: modal.token,
            kind: Kind::Modal(modal.data.custom_id, fields.collect()),
        }
    }

    /// Is it a question for suggestions?
    pub fn is_autocomplete(&self) -> bool {
        matches!(self.kind, Kind::Command { typing: Some(_), .. })
    }

    /// Custom id of a component or modal, name of a command.
    pub fn target(&self) -> &str {
        match &self.kind {
            Kind::Command { path, .. } => path,
            Kind::Button(id) | Kind::Select(id, _) | Kind::Modal(id, _) => id,
        }
    }

    /// What was chosen in a select menu.
    pub fn chosen(&self) -> &str {
        match &self.kind {
            Kind::Select(_, values) => values.first().map(String::as_str).unwrap_or_default(),
            _ => "",
        }
    }

    /// What was entered in a modal's field.
    pub fn field(&self, name: &str) -> &str {
        match &self.kind {
            Kind::Modal(_, fields) => fields.get(name).map(|value| value.trim()).unwrap_or_default(),
            _ => "",
        }
    }

    /// The row that makes a repeat recognisable and lets another pod finish.
    pub fn record(&self, bot: &Bot) -> NewInteraction {
        let kind = match CustomId::parse(self.target()) {
            Some(CustomId::Confirm(_)) => PURCHASE,
            _ => self.kind.label(),
        };
        NewInteraction {
            id: self.id,
            shop: bot.shop,
            bot: bot.key(),
            application_id: bot.application,
            token: self.token.clone(),
            kind: kind.to_owned(),
            custom_id: cleaned(self.target()),
            user_id: self.user,
            channel_id: self.channel,
            guild_id: self.guild,
            locale: self.locale,
            pod: bot.pod.clone(),
            payload: json!({"name": self.name, "roles": self.roles}),
        }
    }
}

/// The name that the guild sees.
fn shown_name(user: &User, member: Option<&Member>) -> String {
    let nick = member.and_then(|member| member.nick.as_ref());
    cleaned(nick.or(user.global_name.as_ref()).unwrap_or(&user.name))
}

/// `stock` with the sub-command `add` becomes `stock add` with the sub-command's options.
fn flatten(name: &str, options: &[ResolvedOption<'_>]) -> (String, BTreeMap<String, OptionValue>) {
    if let Some(ResolvedOption {
        name: sub,
        value: ResolvedValue::SubCommand(inner) | ResolvedValue::SubCommandGroup(inner),
        ..
    }) = options.first()
    {
        return flatten(&format!("{name} {sub}"), inner);
    }
    let values = options.iter().filter_map(|option| {
        let value = match &option.value {
            ResolvedValue::String(text) => OptionValue::Text((*text).to_owned()),
            ResolvedValue::Integer(number) => OptionValue::Number(*number),
            ResolvedValue::Boolean(flag) => OptionValue::Flag(*flag),
            ResolvedValue::User(user, _) => OptionValue::User(user.id.get()),
            ResolvedValue::Attachment(file) => {
                OptionValue::File { name: file.filename.clone(), size: file.size, url: file.url.clone() }
            }
            _ => return None,
        };
        Some((option.name.to_owned(), value))
    });
    (name.to_owned(), values.collect())
}
