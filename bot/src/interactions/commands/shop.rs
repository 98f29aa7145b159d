//! Commands that run the shop: balances, orders, maintenance, who may buy.

use serenity::builder::{CreateCommand, CreateCommandOption};

use super::{admin_command, price, sub_command, text, words};

pub fn commands() -> Vec<CreateCommand> {
    vec![balance_admin(), deposit(), refund(), maintenance(), blacklist()]
}

/// Somebody who is registered.
fn customer(required: bool) -> CreateCommandOption {
    text(&words("customer", "pelanggan", "GrowID or mention", "GrowID atau sebutan"), required)
        .set_autocomplete(true)
        .max_length(40)
}

fn amount() -> CreateCommandOption {
    let amount = words(
        "amount",
        "jumlah",
        "Amount, like 5, 5 DL or 1 BGL 20 DL",
        "Jumlah, misalnya 5, 5 DL, atau 1 BGL 20 DL",
    );
    price(&amount, true)
}

fn balance_admin() -> CreateCommand {
    let add = words("add", "tambah", "Add to a customer's balance", "Tambah saldo pelanggan");
    let remove = words("remove", "kurangi", "Take from a customer's balance", "Kurangi saldo pelanggan");
    let reset = words("reset", "reset", "Set a customer's balance to 0", "Jadikan saldo pelanggan 0");
    let show = words("show", "lihat", "A customer's balance and history", "Saldo dan riwayat pelanggan");
    admin_command(&words("balance-admin", "saldo-admin", "Balances (administrators)", "Saldo (admin)"))
        .add_option(sub_command(&add).add_sub_option(customer(true)).add_sub_option(amount()))
        .add_option(sub_command(&remove).add_sub_option(customer(true)).add_sub_option(amount()))
        .add_option(sub_command(&reset).add_sub_option(customer(true)))
        .add_option(sub_command(&show).add_sub_option(customer(true)))
}

fn deposit() -> CreateCommand {
    let waiting = words("deposit", "setoran", "Deposit that waits", "Setoran yang menunggu");
    let claim = sub_command(&words(
        "claim",
        "klaim",
        "Give a deposit that waits to a customer",
        "Berikan setoran yang menunggu kepada pelanggan",
    ));
    let list = sub_command(&words("list", "daftar", "Deposits that wait", "Setoran yang menunggu"));
    admin_command(&words("deposit", "setoran", "Deposits (administrators)", "Setoran (admin)"))
        .add_option(
            claim
                .add_sub_option(text(&waiting, true).max_length(20).set_autocomplete(true))
                .add_sub_option(customer(true)),
        )
        .add_option(list)
}

fn refund() -> CreateCommand {
    let order = sub_command(&words(
        "order",
        "pesanan",
        "Give the money of an undelivered order back",
        "Kembalikan uang pesanan yang belum terkirim",
    ));
    let id = text(&words("id", "id", "Order", "Pesanan"), true).max_length(8);
    admin_command(&words("refund", "refund", "Refunds (administrators)", "Pengembalian uang (admin)"))
        .add_option(order.add_sub_option(id))
}

fn maintenance() -> CreateCommand {
    let reason = words("reason", "alasan", "Shown to customers", "Ditampilkan kepada pelanggan");
    let on = sub_command(&words("on", "mulai", "Close the shop", "Tutup toko"));
    let off = sub_command(&words("off", "selesai", "Open the shop", "Buka toko"));
    let status = sub_command(&words("status", "status", "Is the shop open?", "Apakah toko buka?"));
    admin_command(&words("maintenance", "pemeliharaan", "Close and open the shop", "Tutup dan buka toko"))
        .add_option(on.add_sub_option(text(&reason, false).max_length(500)))
        .add_option(off)
        .add_option(status)
}

fn blacklist() -> CreateCommand {
    let add = sub_command(&words("add", "tambah", "Forbid a customer to buy", "Larang pelanggan membeli"));
    let remove = sub_command(&words(
        "remove",
        "hapus",
        "Allow a customer to buy again",
        "Izinkan pelanggan membeli lagi",
    ));
    let list = sub_command(&words("list", "daftar", "Who may not buy", "Siapa yang tidak boleh membeli"));
    admin_command(&words(
        "blacklist",
        "daftar-hitam",
        "Who may not buy (administrators)",
        "Siapa yang tidak boleh membeli (admin)",
    ))
    .add_option(add.add_sub_option(customer(true)))
    .add_option(remove.add_sub_option(customer(true)))
    .add_option(list)
}
