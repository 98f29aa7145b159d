//! `/product`: what is for sale.

use serenity::{
    all::CommandOptionType,
    builder::{CreateCommand, CreateCommandOption},
};

use super::{CODE, Words, admin_command, known_code, option, price, sub_command, text, words};

const PRICE: Words = words(
    "price",
    "harga",
    "Price, like 5, 5 DL or 1 BGL 20 DL",
    "Harga, misalnya 5, 5 DL, atau 1 BGL 20 DL",
);

pub fn commands() -> Vec<CreateCommand> {
    let product = admin_command(&words("product", "produk", "Products (administrators)", "Produk (admin)"));
    let show = words("show", "tampilkan", "Sell and list again", "Jual dan tampilkan lagi");
    let hide =
        words("hide", "sembunyikan", "Neither list nor sell for now", "Jangan tampilkan dan jual dulu");
    let subs = [add(), edit(), remove(), visibility(&show), visibility(&hide), feature(), place(), list()];
    vec![subs.into_iter().fold(product, CreateCommand::add_option)]
}

fn add() -> CreateCommandOption {
    let add = sub_command(&words("add", "tambah", "Add a product", "Tambah produk"))
        .add_sub_option(text(&CODE, true).max_length(32))
        .add_sub_option(name(true))
        .add_sub_option(price(&PRICE, true));
    described(add)
}

fn edit() -> CreateCommandOption {
    let edit = sub_command(&words("edit", "ubah", "Change what is given", "Ubah yang diisi"))
        .add_sub_option(known_code(true))
        .add_sub_option(name(false))
        .add_sub_option(price(&PRICE, false));
    described(edit)
}

fn name(required: bool) -> CreateCommandOption {
    text(&words("name", "nama", "Name", "Nama"), required).max_length(100)
}

fn described(sub: CreateCommandOption) -> CreateCommandOption {
    let description =
        words("description", "deskripsi", "Description; - for none", "Deskripsi; - untuk kosong");
    sub.add_sub_option(text(&description, false).max_length(1000)).add_sub_option(category())
}

fn category() -> CreateCommandOption {
    text(&words("category", "kategori", "Category; - for none", "Kategori; - untuk tanpa kategori"), false)
        .max_length(100)
        .set_autocomplete(true)
}

fn remove() -> CreateCommandOption {
    sub_command(&words("remove", "hapus", "Remove a product", "Hapus produk"))
        .add_sub_option(known_code(true))
}

/// One product, a whole category, or all.
fn visibility(w: &Words) -> CreateCommandOption {
    let all = words("all", "semua", "All products", "Semua produk");
    sub_command(w)
        .add_sub_option(known_code(false))
        .add_sub_option(category())
        .add_sub_option(option(CommandOptionType::Boolean, &all))
}

fn feature() -> CreateCommandOption {
    let on = words("on", "aktif", "Listed first? Yes if left out", "Tampil paling atas? Ya jika kosong");
    sub_command(&words("feature", "unggulkan", "List a product first", "Tampilkan produk paling atas"))
        .add_sub_option(known_code(true))
        .add_sub_option(option(CommandOptionType::Boolean, &on))
}

fn place() -> CreateCommandOption {
    let position = words("position", "posisi", "Place in the list, from 1", "Urutan dalam daftar, dari 1");
    sub_command(&words("move", "pindah", "Move a product in the list", "Pindahkan produk dalam daftar"))
        .add_sub_option(known_code(true))
        .add_sub_option(super::count(&position, 100_000).required(true))
}

fn list() -> CreateCommandOption {
    sub_command(&words(
        "list",
        "daftar",
        "All products, also hidden ones",
        "Semua produk, juga yang tersembunyi",
    ))
}
