//! What the logs say of a request, and what it may not contain. No secrets, no goods, no characters that nobody sees.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::request::{Kind, OptionValue, Request};
use crate::{
    custom_id::CustomId,
    text_rule::{cleaned, forbidden, forbidden_in_lines},
};

impl Request {
    /// A character that nobody may enter. Units are looked at one by one, by who stores them.
    pub fn forbidden(&self) -> Option<char> {
        match &self.kind {
            Kind::Command { path, options, .. } => options.iter().find_map(|(name, value)| match value {
                OptionValue::Text(_) if path == "stock add" && name == "text" => None,
                OptionValue::Text(text) => forbidden(text),
                OptionValue::File { name, .. } => forbidden(name),
                _ => None,
            }),
            Kind::Modal(id, fields) => match CustomId::parse(id) {
                Some(CustomId::StockForm(_)) => None,
                _ => fields.values().find_map(|text| forbidden_in_lines(text)),
            },
            Kind::Button(_) | Kind::Select(..) => None,
        }
    }

    /// What was done, as logs name it: without the arguments that custom ids carry.
    pub fn command(&self) -> String {
        let target = self.target();
        match &self.kind {
            Kind::Command { .. } => format!("/{target}"),
            kind => {
                let name: Vec<&str> = target
                    .split(':')
                    .skip(1)
                    .take(2)
                    .take_while(|part| part.chars().all(|c| c.is_ascii_lowercase()))
                    .collect();
                format!("{}:{}", kind.label(), name.join(":"))
            }
        }
    }

    /// Options, values or fields, for the command log. Goods are not among them: stock texts are shortened to their count.
    pub fn arguments(&self) -> Value {
        match &self.kind {
            Kind::Command { path, options, .. } => options
                .iter()
                .map(|(name, value)| {
                    let shown = match value {
                        OptionValue::Text(text) if path == "stock add" && name == "text" => {
                            json!(format!("{} lines", text.lines().count()))
                        }
                        OptionValue::Text(text) => json!(cleaned(text)),
                        OptionValue::Number(number) => json!(number),
                        OptionValue::Flag(flag) => json!(flag),
                        OptionValue::User(user) => json!(user.to_string()),
                        OptionValue::File { name, size, .. } => json!({"file": cleaned(name), "bytes": size}),
                    };
                    (name.clone(), shown)
                })
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Kind::Button(id) => json!({"id": cleaned(id)}),
            Kind::Select(id, values) => {
                let values: Vec<String> = values.iter().map(|value| cleaned(value)).collect();
                json!({"id": cleaned(id), "values": values})
            }
            Kind::Modal(id, fields) if matches!(CustomId::parse(id), Some(CustomId::StockForm(_))) => {
                let lines: usize = fields.values().map(|text| text.lines().count()).sum();
                json!({"id": id, "fields": format!("{lines} lines")})
            }
            Kind::Modal(id, fields) => {
                let fields: BTreeMap<&String, String> =
                    fields.iter().map(|(name, value)| (name, cleaned(value))).collect();
                json!({"id": cleaned(id), "fields": fields})
            }
        }
    }
}
