//! The guild's slash commands: English names with Indonesian localisations.

use serenity::{
    all::{CommandOptionType, Permissions},
    builder::{CreateCommand, CreateCommandOption},
};

/// A command or option in both languages.
struct Words {
    name: &'static str,
    id_name: &'static str,
    en: &'static str,
    id: &'static str,
}

const fn words(name: &'static str, id_name: &'static str, en: &'static str, id: &'static str) -> Words {
    Words { name, id_name, en, id }
}

fn command(w: &Words) -> CreateCommand {
    CreateCommand::new(w.name)
        .name_localized("id", w.id_name)
        .description(w.en)
        .description_localized("id", w.id)
}

fn option(kind: CommandOptionType, w: &Words) -> CreateCommandOption {
    CreateCommandOption::new(kind, w.name, w.en)
        .name_localized("id", w.id_name)
        .description_localized("id", w.id)
}

fn text(w: &Words, required: bool) -> CreateCommandOption {
    option(CommandOptionType::String, w).required(required)
}

fn code(required: bool) -> CreateCommandOption {
    text(&words("code", "kode", "Product code", "Kode produk"), required).max_length(32)
}

/// All commands as Discord's JSON.
#[must_use]
pub fn definitions(max_quantity: i32) -> Vec<CreateCommand> {
    let max_quantity = u64::try_from(max_quantity).unwrap_or(1);
    vec![
        command(&words("buy", "beli", "Buy a product", "Beli produk"))
            .add_option(
                text(&words("product", "produk", "Product code", "Kode produk"), true).set_autocomplete(true),
            )
            .add_option(
                option(CommandOptionType::Integer, &words("quantity", "jumlah", "How many", "Berapa banyak"))
                    .required(true)
                    .min_int_value(1)
                    .max_int_value(max_quantity),
            ),
        command(&words("balance", "saldo", "Your balance", "Saldo Anda")),
        command(&words("orders", "pesanan", "Your orders and their goods", "Pesanan Anda dan barangnya"))
            .add_option(text(&words("id", "id", "Order to fetch again", "Pesanan yang diambil lagi"), false)),
        command(&words("history", "riwayat", "Movements of your balance", "Mutasi saldo Anda")),
        command(&words("help", "bantuan", "What the buttons do", "Kegunaan tombol")),
        stock(),
        product(),
        balance_admin(),
    ]
}

/// `/stock list` is for everyone, so Discord cannot hide `/stock add` from others; the bot refuses them.
fn stock() -> CreateCommand {
    let add = option(
        CommandOptionType::SubCommand,
        &words("add", "tambah", "Add units (administrators)", "Tambah unit (admin)"),
    )
    .add_sub_option(code(true).set_autocomplete(true))
    .add_sub_option(
        text(&words("text", "teks", "Units, one a line", "Unit, satu per baris"), false).max_length(6000),
    )
    .add_sub_option(option(
        CommandOptionType::Attachment,
        &words(
            "file",
            "berkas",
            "A .txt or .csv file, one unit a line",
            "Berkas .txt atau .csv, satu unit per baris",
        ),
    ));
    command(&words("stock", "stok", "Stock of the shop", "Stok toko"))
        .add_option(option(
            CommandOptionType::SubCommand,
            &words("list", "daftar", "All products with price and stock", "Semua produk, harga, dan stok"),
        ))
        .add_option(add)
}

fn product() -> CreateCommand {
    let add =
        option(CommandOptionType::SubCommand, &words("add", "tambah", "Add a product", "Tambah produk"))
            .add_sub_option(code(true))
            .add_sub_option(text(&words("name", "nama", "Name", "Nama"), true).max_length(100))
            .add_sub_option(
                text(
                    &words(
                        "price",
                        "harga",
                        "Price, like 5, 5 DL or 1 BGL 20 DL",
                        "Harga, misalnya 5, 5 DL, atau 1 BGL 20 DL",
                    ),
                    true,
                )
                .max_length(60),
            )
            .add_sub_option(
                text(&words("description", "deskripsi", "Description", "Deskripsi"), false).max_length(1000),
            )
            .add_sub_option(
                text(&words("category", "kategori", "Category", "Kategori"), false).max_length(100),
            );
    command(&words("product", "produk", "Products (administrators)", "Produk (admin)"))
        .default_member_permissions(Permissions::MANAGE_GUILD)
        .add_option(add)
}

fn balance_admin() -> CreateCommand {
    let add = option(
        CommandOptionType::SubCommand,
        &words("add", "tambah", "Add to a customer's balance", "Tambah saldo pelanggan"),
    )
    .add_sub_option(
        text(&words("customer", "pelanggan", "GrowID or mention", "GrowID atau sebutan"), true)
            .set_autocomplete(true)
            .max_length(40),
    )
    .add_sub_option(
        text(
            &words(
                "amount",
                "jumlah",
                "Amount, like 5, 5 DL or 1 BGL 20 DL",
                "Jumlah, misalnya 5, 5 DL, atau 1 BGL 20 DL",
            ),
            true,
        )
        .max_length(60),
    );
    command(&words("balance-admin", "saldo-admin", "Balances (administrators)", "Saldo (admin)"))
        .default_member_permissions(Permissions::MANAGE_GUILD)
        .add_option(add)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Discord's rules of discord.md, Interactions: names of 1-32 lower-case characters, texts of 1-100, 25 options.
    fn check(node: &Value, path: &str) {
        let name = node["name"].as_str().unwrap();
        let localised = node["name_localizations"]["id"].as_str().unwrap();
        for name in [name, localised] {
            assert!(
                (1..=32).contains(&name.len()) && name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{path}/{name}"
            );
        }
        for text in [&node["description"], &node["description_localizations"]["id"]] {
            assert!((1..=100).contains(&text.as_str().unwrap().chars().count()), "{path}/{name}");
        }
        let options = node["options"].as_array().cloned().unwrap_or_default();
        assert!(options.len() <= 25);
        let required: Vec<bool> =
            options.iter().map(|option| option["required"].as_bool().unwrap_or(false)).collect();
        assert!(required.is_sorted_by(|a, b| a >= b), "required options come first: {path}/{name}");
        for option in &options {
            check(option, &format!("{path}/{name}"));
        }
    }

    #[test]
    fn discord_would_take_every_command() {
        for command in serde_json::to_value(definitions(999)).unwrap().as_array().unwrap() {
            check(command, "");
        }
    }
}
