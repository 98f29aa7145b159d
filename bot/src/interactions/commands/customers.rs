//! Commands for everybody.

use serenity::builder::CreateCommand;

use super::{command, count, text, words};

pub fn commands(max_quantity: u64) -> Vec<CreateCommand> {
    vec![
        command(&words("buy", "beli", "Buy a product", "Beli produk"))
            .add_option(
                text(&words("product", "produk", "Product code", "Kode produk"), true).set_autocomplete(true),
            )
            .add_option(
                count(&words("quantity", "jumlah", "How many", "Berapa banyak"), max_quantity).required(true),
            ),
        command(&words("balance", "saldo", "Your balance", "Saldo Anda")),
        command(&words("orders", "pesanan", "Your orders and their goods", "Pesanan Anda dan barangnya"))
            .add_option(text(&words("id", "id", "Order to fetch again", "Pesanan yang diambil lagi"), false)),
        command(&words("history", "riwayat", "Movements of your balance", "Mutasi saldo Anda")),
        command(&words("growid", "growid", "Your GrowID, or another one", "GrowID Anda, atau ganti"))
            .add_option(text(&words("name", "nama", "New GrowID", "GrowID baru"), false).max_length(20)),
        command(&words("world", "world", "Where to deposit", "Tempat setor")),
        command(&words("ping", "ping", "Is the bot there?", "Apakah bot aktif?")),
        command(&words("help", "bantuan", "What the buttons do", "Kegunaan tombol")),
    ]
}
