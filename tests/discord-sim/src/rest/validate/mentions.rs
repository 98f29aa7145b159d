//! Rules for `allowed_mentions`: kinds to parse, or up to 100 users and 100 roles by id, but not both of one kind.

use serde_json::{Value, json};

use super::form::{Form, Object};

/// Which mentions of a text count.
#[derive(Clone, Debug)]
pub struct Mentions {
    parse: Vec<String>,
    users: Vec<Value>,
    roles: Vec<Value>,
    /// Whether the author of the message replied to is mentioned.
    pub replied_user: bool,
}

impl Mentions {
    /// What counts where a body says nothing: everything, but users alone in webhooks and answers.
    #[must_use]
    pub fn default_of(webhook: bool) -> Self {
        let kinds: &[&str] = if webhook { &["users"] } else { &["users", "roles", "everyone"] };
        let parse = kinds.iter().map(|&kind| kind.to_owned()).collect();
        Self { parse, users: Vec::new(), roles: Vec::new(), replied_user: true }
    }

    /// Reads what a body says, if it says anything.
    pub fn check(form: &mut Form, body: &Object) -> Option<Self> {
        let allowed = form.object(body, "allowed_mentions")?;
        Some(form.within("allowed_mentions", |form| read(form, allowed)))
    }

    /// Whether a mention counts: `kind` is `users`, `roles` or `everyone`.
    #[must_use]
    pub fn allow(&self, kind: &str, id: crate::id::Id) -> bool {
        let listed = match kind {
            "users" => &self.users,
            "roles" => &self.roles,
            _ => return self.parse.iter().any(|parsed| parsed == kind),
        };
        self.parse.iter().any(|parsed| parsed == kind)
            || listed.contains(&json!(id))
            || listed.contains(&json!(id.0))
    }
}

fn read(form: &mut Form, allowed: &Object) -> Mentions {
    let mut parse = Vec::new();
    for (index, kind) in form.list(allowed, "parse", 0..=usize::MAX).unwrap_or_default().iter().enumerate() {
        match kind.as_str() {
            Some(kind @ ("users" | "roles" | "everyone")) => parse.push(kind.to_owned()),
            _ => form.within("parse", |form| {
                let message = "Value must be one of {'everyone', 'roles', 'users'}.";
                form.fail_at(index, "BASE_TYPE_CHOICES", message);
            }),
        }
    }
    let mut ids = |key: &str| {
        form.snowflakes(allowed, key, 0..=100);
        let list = allowed.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        if !list.is_empty() && parse.iter().any(|kind| kind == key) {
            let message = format!("parse:[\"{key}\"] and {key}: [ids...] are mutually exclusive.");
            form.fail("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
        }
        list
    };
    let (users, roles) = (ids("users"), ids("roles"));
    let replied_user = form.boolean(allowed, "replied_user").unwrap_or(false);
    Mentions { parse, users, roles, replied_user }
}
