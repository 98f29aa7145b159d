//! The live message as Discord's JSON, always with its buttons: there is no way to build one without the other. Pure.

use jiff::Timestamp;
use serde_json::{Value, json};
use serenity::builder::{CreateEmbed, CreateEmbedFooter};
use stockbot_config::{Config, DisplayConfig, Mode, fingerprint, status::ProductCounts};
use stockbot_store::{Product, ShopState};

use super::{
    buttons,
    layout::{self, Section, length},
    select::select,
};
use crate::{
    cards::product_line,
    texts::{escape, text},
};

/// Characters over all embeds of a message (discord.md), less a reserve for what clients count differently.
const BUDGET: usize = 5900;
/// Yellow, as ui.md asks for maintenance.
const MAINTENANCE_COLOUR: u32 = 0xfe_e75c;

/// A message ready to be sent.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Discord's JSON.
    pub body: Value,
    /// Fingerprint of everything but the time of the update.
    pub hash: String,
    /// What it lists.
    pub counts: ProductCounts,
    /// Is it the maintenance card?
    pub maintenance: bool,
}

/// Everything that the message depends on.
pub struct Source<'a> {
    /// The bot.
    pub config: &'a Config,
    /// The display.
    pub display: &'a DisplayConfig,
    /// The shop's own maintenance flag.
    pub shop: &'a ShopState,
    /// All products.
    pub products: &'a [Product],
}

/// Builds the message; `now` is shown as the time of the update.
#[must_use]
pub fn render(source: &Source<'_>, now: Timestamp) -> Rendered {
    let listed = select(source.products, &source.display.settings.products);
    let counts = counts(source.products, &listed);
    let reason = maintenance_reason(source);
    let build = |when: &str| match &reason {
        Some(reason) => maintenance(source, reason),
        None => stock(source, &listed, when),
    };
    let hash = fingerprint(&build(""));
    Rendered {
        body: build(&format!("<t:{}:R>", now.as_second())),
        hash,
        counts,
        maintenance: reason.is_some(),
    }
}

fn counts(products: &[Product], listed: &[&Product]) -> ProductCounts {
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    ProductCounts {
        shown: count(listed.len()),
        hidden: count(products.iter().filter(|product| product.active).count() - listed.len()),
        sold_out: count(listed.iter().filter(|product| product.available == 0).count()),
    }
}

/// Why the shop or this display is closed; an empty reason is one too.
fn maintenance_reason(source: &Source<'_>) -> Option<String> {
    let forced = &source.config.shop.maintenance;
    if forced.enabled {
        return Some(forced.reason.clone());
    }
    if source.shop.maintenance {
        return Some(source.shop.reason.clone());
    }
    (source.display.settings.mode == Mode::Maintenance).then(String::new)
}

fn maintenance(source: &Source<'_>, reason: &str) -> Value {
    let locale = source.config.shop.locale;
    let told = match reason {
        "" => text(locale, "live-maintenance", &[]),
        reason => text(locale, "live-maintenance-reason", &[("reason", escape(reason).into())]),
    };
    let card = CreateEmbed::new()
        .colour(MAINTENANCE_COLOUR)
        .title(text(locale, "live-maintenance-title", &[]))
        .description(told);
    message(source, &[card])
}

fn stock(source: &Source<'_>, listed: &[&Product], when: &str) -> Value {
    let settings = &source.display.settings;
    let locale = source.config.shop.locale;
    let title = if settings.title.is_empty() { source.config.shop_name() } else { &settings.title };
    let updated = text(locale, "live-updated", &[("when", when.into())]);
    let mut description = if settings.description.is_empty() {
        updated
    } else {
        format!("{}\n{updated}", settings.description)
    };
    if listed.is_empty() {
        description = format!("{description}\n\n{}", text(locale, "live-empty", &[]));
    }
    // The time is left out of the hash, so it must not change what fits either: 20 characters are kept for it.
    let used = length(title) + length(&description) - length(when) + 20 + length(&settings.footer);
    let layout = layout::arrange(&sections(source, listed), BUDGET.saturating_sub(used + 120));
    let colour = u32::from_str_radix(settings.color.trim_start_matches('#'), 16).unwrap_or(0);
    let mut embeds: Vec<CreateEmbed> = layout
        .embeds
        .iter()
        .map(|fields| {
            CreateEmbed::new()
                .colour(colour)
                .fields(fields.iter().map(|field| (&field.name, &field.value, false)))
        })
        .collect();
    let mut first = if embeds.is_empty() { CreateEmbed::new().colour(colour) } else { embeds.remove(0) };
    first = first.title(title).description(description);
    embeds.insert(0, first);
    if let Some(mut last) = embeds.pop() {
        if layout.left_out > 0 {
            let count = layout.left_out.to_string();
            last = last.field("\u{200b}", text(locale, "live-more", &[("count", count.into())]), false);
        }
        if !settings.footer.is_empty() {
            last = last.footer(CreateEmbedFooter::new(&settings.footer));
        }
        embeds.push(last);
    }
    message(source, &embeds)
}

/// Products by category, categories in the order of their first product.
fn sections(source: &Source<'_>, listed: &[&Product]) -> Vec<Section> {
    let locale = source.config.shop.locale;
    let low = i64::from(source.display.settings.thresholds.low);
    let mut sections: Vec<Section> = Vec::new();
    for product in listed {
        let name = if product.category.is_empty() {
            text(locale, "live-uncategorised", &[])
        } else {
            escape(&product.category)
        };
        let line = product_line(product, &source.config.shop.currency, low, locale);
        match sections.iter_mut().find(|section| section.name == name) {
            Some(section) => section.lines.push(line),
            None => sections.push(Section { name, lines: vec![line] }),
        }
    }
    sections
}

fn message(source: &Source<'_>, embeds: &[CreateEmbed]) -> Value {
    let rows =
        buttons::rows(&source.display.name, &source.display.settings.buttons, source.config.shop.locale);
    json!({"content": "", "embeds": embeds, "components": rows, "allowed_mentions": {"parse": []}})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards::sample;

    fn config(extra: &str) -> Config {
        let text = format!(
            "bot: growshop\nnamespace: shops\nguildId: \"1100000000000000001\"\nshop: {{locale: en}}\ndisplays:\n- name: main\n  channelId: \"1100000000000000010\"\n  title: GrowShop\n{extra}"
        );
        Config::parse(&text, "test").unwrap()
    }

    fn rendered(config: &Config, products: &[Product], at: i64) -> Rendered {
        let shop = ShopState::open(stockbot_store::ShopId::from(1));
        let source = Source { config, display: &config.displays[0], shop: &shop, products };
        render(&source, Timestamp::from_second(at).unwrap())
    }

    #[test]
    fn the_message_is_as_people_see_it() {
        let products = [
            sample("GACHA", "Games", 150, 12),
            sample("RDP", "Servers", 10_000, 3),
            sample("VPS", "Servers", 250, 0),
        ];
        insta::assert_yaml_snapshot!(rendered(&config(""), &products, 1_700_000_000).body);
    }

    #[test]
    fn only_the_time_may_differ_without_a_change_of_the_hash() {
        let products = [sample("GACHA", "Games", 150, 12)];
        let (a, b) = (
            rendered(&config(""), &products, 1_700_000_000),
            rendered(&config(""), &products, 1_800_000_000),
        );
        assert_eq!(a.hash, b.hash);
        assert_ne!(a.body, b.body);
        let sold = [sample("GACHA", "Games", 150, 11)];
        assert_ne!(a.hash, rendered(&config(""), &sold, 1_700_000_000).hash);
    }

    #[test]
    fn five_hundred_products_stay_within_discords_limits_with_all_buttons() {
        let products: Vec<Product> = (0..500)
            .map(|n| sample(&format!("PRODUCT-{n:03}"), &format!("Category {}", n % 7), n + 1, n))
            .collect();
        let body = rendered(&config("  footer: the end\n"), &products, 1_700_000_000).body;
        let embeds = body["embeds"].as_array().unwrap();
        let characters: usize = embeds.iter().map(characters).sum();
        assert!(characters <= 6000 && characters > 4000, "{characters}");
        assert!(embeds.len() <= 10);
        assert!(body.to_string().contains("more: press Buy"));
        assert_eq!(body["components"].as_array().unwrap().len(), 2);
    }

    /// What Discord counts of an embed.
    fn characters(embed: &Value) -> usize {
        let text = |value: &Value| value.as_str().map_or(0, length);
        let fields = embed["fields"].as_array().cloned().unwrap_or_default();
        let fields: usize = fields.iter().map(|field| text(&field["name"]) + text(&field["value"])).sum();
        text(&embed["title"]) + text(&embed["description"]) + text(&embed["footer"]["text"]) + fields
    }

    #[test]
    fn maintenance_replaces_the_list_and_keeps_the_buttons() {
        let closed = config("  mode: Maintenance\n");
        let message = rendered(&closed, &[sample("GACHA", "Games", 150, 12)], 0);
        assert!(message.maintenance && !message.body.to_string().contains("GACHA"));
        assert_eq!(message.body["components"][0]["components"].as_array().unwrap().len(), 3);
    }
}
