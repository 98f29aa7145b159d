//! A message as Discord keeps it: what was sent and what Discord returns come out equal if people see the same. Pure.
//!
//! Discord trims texts, leaves empty ones out, adds ids and links of its own, and returns emojis in its own shape.

use serde_json::{Value, json};

use super::limits::fitted;

/// What people see of a message with this content, these embeds and these rows of buttons. The time of the update is left out.
#[must_use]
pub fn kept(content: &str, embeds: &Value, rows: &Value) -> Value {
    json!({
        "content": content.trim(),
        "embeds": items(embeds).map(embed).collect::<Vec<_>>(),
        "rows": items(rows).map(|row| items(&row["components"]).map(button).collect()).collect::<Vec<Vec<_>>>(),
    })
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn embed(embed: &Value) -> Value {
    let fields = items(&embed["fields"]).map(|field| {
        json!({"name": text(&field["name"]), "value": text(&field["value"]), "inline": field["inline"] == true})
    });
    let others = ["url", "image", "thumbnail", "author", "timestamp"].map(|part| !embed[part].is_null());
    json!({
        "title": text(&embed["title"]),
        "description": text(&embed["description"]).map(|text| timeless(&text)),
        "color": embed["color"].as_u64().unwrap_or_default(),
        "fields": fields.collect::<Vec<_>>(),
        "footer": text(&embed["footer"]["text"]),
        "others": others,
    })
}

fn button(button: &Value) -> Value {
    let emoji = &button["emoji"];
    // Unicode emojis come back with or without the mark that asks for a picture.
    let sign = || emoji["name"].as_str().map(|name| name.replace('\u{fe0f}', ""));
    json!({
        "type": button["type"],
        "style": button["style"],
        "custom_id": button["custom_id"],
        "label": text(&button["label"]),
        "emoji": emoji["id"].as_str().map(str::to_owned).or_else(sign),
        "disabled": button["disabled"] == true,
    })
}

fn text(value: &Value) -> Option<String> {
    fitted(value.as_str().unwrap_or_default(), usize::MAX)
}

/// Without the seconds of `<t:1700000000:R>`.
fn timeless(text: &str) -> String {
    let mut parts = text.split("<t:");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str("<t:");
        kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> (Value, Value) {
        let embeds = json!([{"title": "Shop ", "color": 7, "description": "updated <t:1700000000:R>",
            "fields": [{"name": "Games", "value": "A · 5 WL ", "inline": false}], "footer": {"text": " "}}]);
        let button = json!({"type": 2, "style": 1, "custom_id": "sb1:live:buy:main", "label": "Buy ", "disabled": false,
            "emoji": {"id": "110", "name": "cart", "animated": false}});
        (embeds, json!([{"type": 1, "components": [button]}]))
    }

    fn returned() -> (Value, Value) {
        let embeds = json!([{"type": "rich", "title": "Shop", "color": 7, "description": "updated <t:1800000000:R>",
            "fields": [{"name": "Games", "value": "A · 5 WL", "inline": false}], "content_scan_version": 2}]);
        let button = json!({"type": 2, "id": 2, "style": 1, "custom_id": "sb1:live:buy:main", "label": "Buy",
            "emoji": {"id": "110", "name": "renamed"}});
        (embeds, json!([{"type": 1, "id": 1, "components": [button]}]))
    }

    #[test]
    fn what_discord_makes_of_a_message_is_that_message() {
        let ((embeds, rows), (kept_embeds, kept_rows)) = (sent(), returned());
        assert_eq!(kept("", &embeds, &rows), kept("", &kept_embeds, &kept_rows));
    }

    #[test]
    fn whatever_people_see_otherwise_is_a_difference() {
        let (embeds, rows) = returned();
        let as_it_was = kept("", &embeds, &rows);
        assert_ne!(as_it_was, kept("Read this", &embeds, &rows), "content");
        for (pointer, value) in [
            ("/0/title", json!("Shop 2")),
            ("/0/color", json!(8)),
            ("/0/description", json!("closed")),
            ("/0/fields/0/value", json!("A · 6 WL")),
            ("/0/fields/0/name", json!("Other")),
            ("/0/footer", json!({"text": "by somebody"})),
            ("/0/image", json!({"url": "https://example.org/a.png"})),
        ] {
            let mut embeds = embeds.clone();
            match embeds.pointer_mut(pointer) {
                Some(place) => *place = value,
                None => embeds[0][pointer.rsplit('/').next().unwrap()] = value,
            }
            assert_ne!(as_it_was, kept("", &embeds, &rows), "{pointer}");
        }
        for (key, value) in [
            ("label", json!("Sell")),
            ("style", json!(4)),
            ("custom_id", json!("sb1:live:help:main")),
            ("disabled", json!(true)),
            ("emoji", json!({"id": "111"})),
        ] {
            let mut rows = rows.clone();
            rows[0]["components"][0][key] = value;
            assert_ne!(as_it_was, kept("", &embeds, &rows), "{key}");
        }
        assert_ne!(as_it_was, kept("", &json!([]), &rows), "embeds hidden by a moderator");
    }
}
