//! The live message as Discord's JSON, always with its buttons: there is no way to build one without the other. Pure.

use jiff::Timestamp;
use serde_json::{Value, json};
use serenity::builder::{CreateEmbed, CreateEmbedFooter};
use stockbot_config::{Config, DisplayConfig, Mode, Sort, fingerprint, status::ProductCounts};
use stockbot_store::{Product, ShopState};

use super::{
    buttons,
    layout::{self, Field, LeftOut, Section},
    limits::{CHARACTERS, FIELD_NAME, FOOTER, TITLE, fitted, length},
    select::{rank, select},
};
use crate::{
    cards::{by_category, product_line},
    texts::{escape, text},
};

/// Characters of the shop's own description of the display: beside the longest title and footer there is still room for products.
const OWN_DESCRIPTION: usize = 3000;
/// Characters of the reason of a maintenance, which escaping may double.
const REASON: usize = 1500;
/// Characters of `<t:1700000000:R>`, for some centuries.
const LONGEST_TIME: usize = 20;
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
    let told = match fitted(reason, REASON) {
        None => text(locale, "live-maintenance", &[]),
        Some(reason) => text(locale, "live-maintenance-reason", &[("reason", escape(&reason).into())]),
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
    let title = fitted(&settings.title, TITLE).unwrap_or_else(|| source.config.shop_name().to_owned());
    let footer = fitted(&settings.footer, FOOTER);
    let updated = text(locale, "live-updated", &[("when", when.into())]);
    let mut description = match fitted(&settings.description, OWN_DESCRIPTION) {
        None => updated,
        Some(own) => format!("{own}\n{updated}"),
    };
    if listed.is_empty() {
        description = format!("{description}\n\n{}", text(locale, "live-empty", &[]));
    }
    // The time is left out of the hash, so it must not change what fits either: its room is kept.
    let used = length(&title) + length(&description) - length(when) + LONGEST_TIME;
    let room = CHARACTERS.saturating_sub(used + footer.as_deref().map_or(0, length));
    let said = |key| move |count: usize| text(locale, key, &[("count", count.to_string().into())]);
    let left_out = LeftOut { here: said("live-more-here"), over_all: said("live-more") };
    let mut fields = layout::arrange(&sections(source, listed), room, &left_out).into_iter();
    let colour = u32::from_str_radix(settings.color.trim_start_matches('#'), 16).unwrap_or(0) & 0xff_ffff;
    let card = |fields: Vec<Field>| {
        let fields = fields.into_iter().map(|field| (field.name, field.value, false));
        CreateEmbed::new().colour(colour).fields(fields)
    };
    let first = card(fields.next().unwrap_or_default()).title(title).description(description);
    let mut embeds: Vec<CreateEmbed> = std::iter::once(first).chain(fields.map(card)).collect();
    if let (Some(footer), Some(last)) = (footer, embeds.last_mut()) {
        *last = last.clone().footer(CreateEmbedFooter::new(footer));
    }
    message(source, &embeds)
}

/// Products by category: first those with featured products, and if the owner orders by hand, as he has put the products.
fn sections(source: &Source<'_>, listed: &[&Product]) -> Vec<Section> {
    let locale = source.config.shop.locale;
    let low = i64::from(source.display.settings.thresholds.low);
    let wanted = &source.display.settings.products;
    let first = |product: &Product| {
        (rank(product, wanted), if wanted.sort == Sort::Manual { product.position } else { 0 })
    };
    by_category(listed.iter().copied(), first)
        .into_iter()
        .map(|(category, products)| Section {
            name: match fitted(category, FIELD_NAME / 2) {
                None => text(locale, "live-uncategorised", &[]),
                Some(category) => escape(&category),
            },
            lines: products
                .into_iter()
                .map(|product| product_line(product, &source.config.shop.currency, low, locale))
                .collect(),
        })
        .collect()
}

fn message(source: &Source<'_>, embeds: &[CreateEmbed]) -> Value {
    let rows =
        buttons::rows(&source.display.name, &source.display.settings.buttons, source.config.shop.locale);
    // Flags name what is set: a moderator's "remove all embeds" is undone by the next edit.
    json!({"content": "", "embeds": embeds, "components": rows, "flags": 0, "allowed_mentions": {"parse": []}})
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
    fn maintenance_replaces_the_list_and_keeps_the_buttons() {
        let closed = config("  mode: Maintenance\n");
        let message = rendered(&closed, &[sample("GACHA", "Games", 150, 12)], 0);
        assert!(message.maintenance && !message.body.to_string().contains("GACHA"));
        assert_eq!(message.body["components"][0]["components"].as_array().unwrap().len(), 3);
    }
}
