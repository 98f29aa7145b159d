//! `/stock`: `list` and `show` are for everybody, so Discord cannot hide the others from anybody; the bot refuses them.

use serenity::{
    all::CommandOptionType,
    builder::{CreateCommand, CreateCommandOption},
};

use super::{command, count, known_code, option, sub_command, text, words};

pub fn commands() -> Vec<CreateCommand> {
    let list = sub_command(&words(
        "list",
        "daftar",
        "All products with price and stock",
        "Semua produk, harga, dan stok",
    ));
    let show = sub_command(&words("show", "lihat", "All about a product", "Semua tentang satu produk"));
    let product = words("product", "produk", "Product code", "Kode produk");
    let show = show.add_sub_option(text(&product, true).max_length(32).set_autocomplete(true));
    let stock = command(&words("stock", "stok", "Stock of the shop", "Stok toko"));
    vec![
        [add(), reduce(), undo(), history(), export()]
            .into_iter()
            .fold(stock.add_option(list).add_option(show), CreateCommand::add_option),
    ]
}

fn add() -> CreateCommandOption {
    sub_command(&words("add", "tambah", "Add units (administrators)", "Tambah unit (admin)"))
        .add_sub_option(known_code(true))
        .add_sub_option(
            text(
                &words(
                    "text",
                    "teks",
                    "One unit; without text and file a form opens for many",
                    "Satu unit; tanpa teks dan berkas, formulir terbuka",
                ),
                false,
            )
            .max_length(6000),
        )
        .add_sub_option(option(
            CommandOptionType::Attachment,
            &words(
                "file",
                "berkas",
                "A .txt or .csv file, one unit a line",
                "Berkas .txt atau .csv, satu unit per baris",
            ),
        ))
}

fn reduce() -> CreateCommandOption {
    let quantity =
        words("quantity", "jumlah", "How many, the newest first", "Berapa banyak, yang terbaru dulu");
    sub_command(&words("reduce", "kurangi", "Take units out (administrators)", "Keluarkan unit (admin)"))
        .add_sub_option(known_code(true))
        .add_sub_option(count(&quantity, 100_000).required(true))
}

fn undo() -> CreateCommandOption {
    sub_command(&words(
        "undo",
        "batalkan",
        "Take the last addition back (administrators)",
        "Batalkan penambahan terakhir (admin)",
    ))
    .add_sub_option(known_code(true))
}

fn history() -> CreateCommandOption {
    sub_command(&words(
        "history",
        "riwayat",
        "Who changed the stock (administrators)",
        "Siapa yang mengubah stok (admin)",
    ))
    .add_sub_option(known_code(false))
}

fn export() -> CreateCommandOption {
    sub_command(&words(
        "export",
        "ekspor",
        "Units in stock as a file (administrators)",
        "Unit dalam stok sebagai berkas (admin)",
    ))
    .add_sub_option(known_code(true))
}
