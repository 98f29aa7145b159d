//! Commands that run the shop: balances, orders, maintenance, who may buy.

use serenity::builder::{CreateCommand, CreateCommandOption};

use super::{Words, admin_command, price, sub_command, text, words};

pub fn commands() -> Vec<CreateCommand> {
    vec![
        balance_admin(),
        deposit(),
        refund(),
        maintenance(),
        blacklist(),
        world_admin(),
        transactions(),
        stats(),
        export(),
        display(),
    ]
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

fn world_admin() -> CreateCommand {
    let add = sub_command(&words("add", "tambah", "Add a deposit world", "Tambah world setor"));
    let set = sub_command(&words("set", "ubah", "Change what is given", "Ubah yang diisi"));
    let remove = sub_command(&words("remove", "hapus", "Remove a deposit world", "Hapus world setor"));
    admin_command(&words(
        "world-admin",
        "world-admin",
        "Deposit worlds (administrators)",
        "World setor (admin)",
    ))
    .add_option(world_details(add.add_sub_option(world(false))))
    .add_option(world_details(set.add_sub_option(world(true))))
    .add_option(remove.add_sub_option(world(true)))
}

fn world(known: bool) -> CreateCommandOption {
    text(&words("world", "world", "Name of the world", "Nama world"), true)
        .max_length(24)
        .set_autocomplete(known)
}

fn world_details(sub: CreateCommandOption) -> CreateCommandOption {
    const DETAILS: [(Words, u16); 3] = [
        (words("owner", "pemilik", "Owner; - for none", "Pemilik; - untuk kosong"), 40),
        (
            words(
                "bot",
                "bot",
                "Bot that takes deposits; - for none",
                "Bot penerima setoran; - untuk kosong",
            ),
            40,
        ),
        (
            words(
                "note",
                "catatan",
                "What to know before; - for none",
                "Yang perlu diketahui; - untuk kosong",
            ),
            500,
        ),
    ];
    let status = words("status", "status", "Can one deposit there?", "Bisakah menyetor di sana?");
    let status = text(&status, false)
        .add_string_choice_localized("open", "open", [("id", "buka")])
        .add_string_choice_localized("full", "full", [("id", "penuh")])
        .add_string_choice_localized("closed", "closed", [("id", "tutup")]);
    let details = DETAILS.iter().map(|(w, most)| text(w, false).max_length(*most));
    details.chain([status]).fold(sub, CreateCommandOption::add_sub_option)
}

fn transactions() -> CreateCommand {
    let about =
        words("transactions", "transaksi", "Newest movements (administrators)", "Mutasi terbaru (admin)");
    admin_command(&about).add_option(customer(false))
}

fn stats() -> CreateCommand {
    admin_command(&words(
        "stats",
        "statistik",
        "Sales by product and day, busiest hours, customers (administrators)",
        "Penjualan per produk dan hari, jam tersibuk, pelanggan (admin)",
    ))
}

fn export() -> CreateCommand {
    let orders =
        sub_command(&words("orders", "pesanan", "Orders as a CSV file", "Pesanan sebagai berkas CSV"));
    let ledger =
        sub_command(&words("ledger", "mutasi", "Movements as a CSV file", "Mutasi sebagai berkas CSV"));
    let audit = sub_command(&words(
        "audit",
        "audit",
        "The audit trail as a CSV file",
        "Jejak audit sebagai berkas CSV",
    ));
    let export = admin_command(&words(
        "export",
        "ekspor",
        "Files for a spreadsheet (administrators)",
        "Berkas untuk spreadsheet (admin)",
    ));
    export.add_option(orders).add_option(ledger).add_option(audit)
}

fn display() -> CreateCommand {
    let refresh = sub_command(&words(
        "refresh",
        "segarkan",
        "Edit the live messages now",
        "Perbarui pesan langsung sekarang",
    ));
    let status =
        sub_command(&words("status", "status", "Where the live messages stand", "Keadaan pesan langsung"));
    let display = admin_command(&words(
        "display",
        "tampilan",
        "Live messages (administrators)",
        "Pesan langsung (admin)",
    ));
    display.add_option(refresh).add_option(status)
}
