# Bahasa Indonesia. Keys and arguments are the same as in en.ftl; a test compares them.

# Buttons of the live message
button-register = Daftar
button-balance = Saldo
button-world = Info World
button-buy = Beli
button-history = Riwayat
button-notify = Beri tahu saya
button-help = Bantuan
button-orders = Pesanan
button-confirm = Beli
button-cancel = Batal
button-change = Ganti
button-enter-code = Masukkan kode
button-more = Lainnya
button-previous = Sebelumnya
button-next = Berikutnya
button-categories = Kategori
button-again = Pilih jumlah
button-buy-more = Beli lagi
button-choose = Semua produk

# Live message
live-updated = diperbarui { $when }
live-stock = Stok
live-sold-out = habis
live-uncategorised = Produk
live-empty = Belum ada produk.
live-more-here = -# … { $count } lagi
live-more = dan { $count } lagi: tekan Beli atau pakai /stok daftar
live-maintenance-title = Pemeliharaan
live-maintenance = Toko sedang dalam pemeliharaan.
live-maintenance-reason = Toko sedang dalam pemeliharaan: { $reason }

# Registration
register-title = Registrasi GrowID
register-field = GrowID (3-20 huruf, angka, garis bawah)
register-done = Terdaftar sebagai **{ $growId }**. Selamat berbelanja!
register-changed = GrowID Anda sekarang **{ $growId }** (sebelumnya { $from }). Saldo dan riwayat tetap milik Anda.
register-same = Anda sudah terdaftar sebagai **{ $growId }**.
register-card = Anda terdaftar sebagai **{ $growId }**. Ganti?
register-kept = Tidak ada yang diubah.
register-taken = GrowID **{ $growId }** milik pengguna lain. Periksa ejaannya, atau tanyakan kepada admin.
register-bad = "{ $growId }" bukan GrowID: pakai 3 sampai 20 huruf, angka, atau garis bawah, dan bukan 15 angka atau lebih tanpa huruf.

# Balance, history, world
balance-title = Saldo { $growId }
balance-total = Total: { $total }
balance-recent = Mutasi terakhir
balance-none = belum ada
history-title = Riwayat { $growId }
history-empty = Belum ada transaksi.
movement-purchase = pembelian
movement-deposit = deposit
movement-refund = pengembalian
movement-admin-add = ditambah admin
movement-admin-remove = dikurangi admin
movement-admin-reset = diatur ulang admin
world-none = World deposit belum diatur. Tanyakan kepada admin cara deposit.
help-title = Bantuan
help-body =
    {"-"} **Daftar**: beri tahu toko GrowID Anda.
    {"-"} **Saldo**: saldo Anda dan mutasi terakhir.
    {"-"} **Beli**: pilih produk, isi jumlah, konfirmasi; barang dikirim lewat pesan langsung.
    {"-"} **Pesanan**, `/pesanan`: ambil lagi barang yang sudah dibeli.
    {"-"} **Riwayat**: semua mutasi saldo Anda.
stock-title = Stok { $shop }

# Buying
buy-choose = Mau beli apa?
buy-choose-page = Mau beli apa? (halaman { $page } dari { $pages })
buy-choose-category = Mau beli apa? Pilih kategori.
buy-choose-category-page = Mau beli apa? Pilih kategori (halaman { $page } dari { $pages }).
buy-category-option = { $count } produk
buy-category-nothing = Kategori ini baru saja habis.
buy-placeholder = Pilih produk
buy-option = { $price } per unit, stok { $stock }
buy-nothing = Semua produk sedang habis.
buy-modal-title = Beli { $name }
buy-modal-quantity = Jumlah (maks { $max })
buy-modal-code-title = Masukkan kode produk
buy-modal-code = Kode produk
confirm-title = Konfirmasi pembelian
confirm-product = Produk
confirm-quantity = Jumlah
confirm-unit = Harga satuan
confirm-total = Total
confirm-balance = Saldo
confirm-after = Saldo setelahnya
confirm-stock = Stok
confirm-valid = Berlaku sampai { $when }
confirm-loading = Sebentar, pembelian Anda sedang diproses...
confirm-pending = Basis data toko sedang tidak bisa dihubungi. Pembelian Anda diselesaikan atau ditolak begitu pulih, dan Anda diberi tahu di sini. Mohon jangan tekan lagi.
confirm-cancelled = Dibatalkan. Tidak ada yang dibeli.
confirm-expired = Konfirmasi ini lebih dari 5 menit. Tekan Beli lagi; tidak ada yang dibeli.

# Receipt
receipt-title = Terima kasih! Pesanan { $order }
receipt-product = { $quantity } x { $name }
receipt-total = Total: { $total }
receipt-balance = Saldo: { $balance }
receipt-dm = Barang ada di pesan langsung Anda.
receipt-attached = Pesan langsung tidak dapat dikirim, jadi barang dilampirkan di sini. Ambil lagi kapan saja dengan `/pesanan`.
receipt-later = Pesanan sudah dibayar. Ambil barangnya dengan `/pesanan { $order }`.
dm-delivery = Pesanan Anda **{ $order }**: { $quantity } x { $name }. Barangnya ada di berkas.
file-date = Tanggal
file-product = Produk
file-quantity = Jumlah
file-total = Total
file-buyer = Pembeli
file-order = Pesanan
history-post = { $buyer } ({ $growId }) membeli { $quantity } x **{ $name }** seharga { $total }
log-sale = JUAL { $order }: { $growId } ({ $user }) membeli { $quantity } x { $code } seharga { $total }

# Orders
orders-title = Pesanan Anda
orders-empty = Anda belum membeli apa pun.
orders-line = **{ $order }** · { $quantity } x { $name } · { $total } · { $when }
orders-choose = Ambil lagi pesanan
orders-again = Pesanan **{ $order }**: { $quantity } x { $name }
orders-unknown = Anda tidak punya pesanan { $order }. Lihat `/pesanan`.

# Refusals
refuse-not-registered = Anda belum terdaftar. Tekan Daftar dan isi GrowID Anda.
refuse-blacklisted = Anda tidak boleh membeli di toko ini. Tanyakan kepada admin.
refuse-maintenance = Toko sedang dalam pemeliharaan. Silakan kembali nanti.
refuse-maintenance-reason = Toko sedang dalam pemeliharaan: { $reason }
refuse-unknown-product = Tidak ada produk dengan kode { $code }. Lihat `/stok daftar`.
refuse-inactive = { $code } sedang tidak dijual.
refuse-price = Harga { $code } berubah menjadi { $price } per unit. Tidak ada yang dibeli; konfirmasi lagi jika setuju.
refuse-quantity = Jumlah harus bilangan bulat 1 sampai { $max }, Anda mengisi "{ $given }".
refuse-stock = Stok tidak cukup: tersisa { $left }, diminta { $asked }.
refuse-balance = Saldo kurang { $missing }: totalnya { $total }, saldo Anda { $balance }.
refuse-double = Pembelian ini sudah diproses{ $order }. Tidak ada yang terjadi dua kali.
refuse-not-admin = Hanya admin toko yang boleh melakukannya.
refuse-elsewhere = Perintah ini hanya berlaku di server toko.
refuse-outdated = Tombol ini sudah kedaluwarsa. Pakai tombol di pesan terbaru.
answer-pending = Ini lebih lama dari biasanya: basis data toko lambat atau sedang tidak bisa dihubungi. Begitu diketahui apakah ini selesai, Anda diberi tahu di sini. Mohon jangan diulangi dulu.
refuse-interrupted = Maaf, proses ini terputus. Periksa apakah sudah selesai; jika belum, silakan ulangi. Tidak ada yang dibeli.
refuse-unavailable = Toko sedang tidak bisa dihubungi. Tidak ada yang dibeli; tekan lagi sebentar lagi. Kode { $code }
refuse-error = Maaf, terjadi kesalahan. Sampaikan kode { $code } kepada admin.

# Administration
admin-product-added = Produk **{ $code }** ({ $name }) seharga { $price } ditambahkan. Isi stok dengan `/stok tambah`.
admin-product-taken = Kode { $code } sudah ada. Pakai kode lain, atau `/produk ubah`.
admin-product-code = "{ $code }" bukan kode produk: pakai 1 sampai 32 huruf, angka, strip, atau garis bawah.
admin-product-name = Nama harus 1 sampai 100 karakter.
admin-product-price = Harga harus lebih dari 0 dan paling banyak 1.000.000.000.000 koin terkecil.
admin-product-description = Deskripsi paling banyak 1000 karakter.
admin-product-category = Kategori paling banyak 100 karakter.
admin-amount = "{ $given }" bukan jumlah uang: tulis seperti 5, 5 DL, atau 1 BGL 20 DL.
admin-amount-zero = Jumlahnya harus lebih dari 0.
admin-stock-added = **{ $code }**: { $added } dari { $total } unit ditambahkan. Stok { $available }.
admin-stock-nothing = Tidak ada yang ditambahkan: beri unit sebagai teks atau berkas .txt atau .csv, satu unit per baris.
admin-stock-file = Berkas tidak bisa dipakai: { $reason }
admin-stock-file-kind = hanya berkas .txt dan .csv yang dibaca
admin-stock-file-size = lebih besar dari 5 MB
admin-stock-file-text = bukan teks UTF-8
admin-stock-file-units = lebih dari 100000 unit
admin-stock-file-download = gagal diunduh, coba lagi
admin-balance-done = { $growId }: { $before } -> { $after } ({ $amount } ditambahkan).
admin-balance-cap = Tidak ditambahkan: saldo { $growId } adalah { $balance }, paling banyak { $max }.
admin-customer-unknown = Tidak ada pelanggan { $customer } yang terdaftar. Beri GrowID atau sebut penggunanya; mereka mendaftar dengan tombol Daftar.
admin-list-more = dan { $count } lagi
admin-hidden = tersembunyi
admin-customer-both = { $customer } adalah ID Discord satu pengguna dan GrowID pengguna lain. Sebut penggunanya, atau minta GrowID itu diubah dulu.
admin-sure-title = Anda yakin?
admin-sure-before = Ini sudah dikonfirmasi. Tidak ada yang terjadi dua kali.
admin-sure-expired = Pertanyaan ini lebih dari 5 menit. Jalankan perintahnya lagi; tidak ada yang diubah.
admin-sure-other = Hanya admin yang ditanya yang boleh mengonfirmasi. Tidak ada yang diubah.
admin-sure-cancelled = Dibatalkan. Tidak ada yang diubah.
button-remove = Ya, hapus
button-take-out = Ya, keluarkan
button-reset = Ya, reset
button-refund = Ya, kembalikan
admin-product-edited = Produk **{ $code }** sekarang { $name } seharga { $price }, kategori { $category }.
admin-product-nothing = Tidak ada yang diubah: isi nama, harga, deskripsi, atau kategori.
admin-product-featured = **{ $code }** tampil paling atas.
admin-product-unfeatured = **{ $code }** tampil bersama yang lain.
admin-product-moved = **{ $code }** ada di posisi { $position } dalam daftar.
admin-product-shown = **{ $code }** ditampilkan dan dijual lagi.
admin-product-hidden = **{ $code }** disembunyikan dan tidak dijual.
admin-products-shown = { $count } produk ditampilkan dan dijual lagi.
admin-products-hidden = { $count } produk disembunyikan dan tidak dijual.
admin-visible-which = Sebutkan produknya: kode, kategori, atau semua: True. Pilih salah satu saja.
admin-products-title = Produk
admin-remove-question = **{ $code }** ({ $name }) masih punya { $units } unit stok. Jika dihapus, unit itu ikut dikeluarkan; yang sudah terjual tetap tercatat.
admin-product-removed = **{ $code }** dihapus beserta { $units } unit.
admin-stock-other = Stok sudah berubah: tadi disebut { $units } unit, sekarang { $now }. Tidak ada yang diubah; jalankan perintahnya lagi.
admin-reduce-question = Keluarkan { $units } unit terbaru dari { $available } unit **{ $code }**? Anda menerimanya sebagai berkas.
admin-undo-question = Batalkan penambahan { $when } ke **{ $code }**? Ditambahkan { $added } unit, { $units } di antaranya masih ada dan akan dikeluarkan.
admin-undo-nothing = Tidak ada yang dibatalkan: penambahan terakhir ke { $code } sudah terjual atau dikeluarkan.
admin-stock-reduced = { $units } unit **{ $code }** dikeluarkan; isinya ada di berkas. Stok { $available }.
admin-stock-exported = { $units } dari { $available } unit **{ $code }**, yang terlama dulu, ada di berkas. Unit tetap dalam stok.
admin-export-empty = { $code } tidak punya unit dalam stok.
admin-stock-history-title = Perubahan stok
admin-stock-did-add = { $units } ditambahkan
admin-stock-did-reduce = { $units } dikeluarkan
admin-stock-did-undo = { $units } dibatalkan
admin-stock-did-export = { $units } diekspor
admin-stock-form = Unit { $code }
admin-stock-field = Satu unit per baris
admin-stock-progress = Terlihat { $seen } unit untuk **{ $code }**. Sedang disimpan: { $percent } %
admin-stock-duplicates = { $count } duplikat: sudah ada atau pernah ada di toko, lihat duplicates.txt.
admin-stock-too-long = { $count } ditolak karena lebih panjang dari { $maxBytes } byte, lihat refused.txt.
admin-stock-unstorable = { $count } ditolak karena berisi karakter NUL, lihat refused.txt.
admin-balance-removed = { $growId }: { $before } -> { $after } (dikurangi { $amount }).
admin-balance-low = Tidak dikurangi: saldo { $growId } { $balance }, kurang dari { $amount }.
admin-balance-empty = Saldo { $growId } memang sudah 0.
admin-reset-question = Ambil seluruh saldo **{ $growId }**, { $balance }?
admin-blacklisted = tidak boleh membeli (daftar hitam)
admin-order-unknown = Tidak ada pesanan { $order }.
admin-refund-question = Kembalikan uang pesanan **{ $order }**: { $total } kepada { $growId }, dan { $quantity } x { $name } kembali ke stok?
admin-refund-done = Uang pesanan **{ $order }** dikembalikan: { $total } kepada { $growId }, saldonya sekarang { $balance }.
admin-refund-before = Uang pesanan { $order } sudah pernah dikembalikan. Tidak ada yang diubah.
admin-refund-delivered = Pesanan { $order } sudah terkirim, jadi uangnya tidak bisa dikembalikan. Gunakan `/saldo-admin tambah` untuk menggantinya.
admin-refund-delivering = Pesanan { $order } sedang dikirim. Coba lagi sebentar lagi.
admin-maintenance-on = Toko ditutup untuk pemeliharaan.
admin-maintenance-on-reason = Toko ditutup untuk pemeliharaan: { $reason }
admin-maintenance-off = Toko dibuka.
admin-maintenance-open = Toko buka.
admin-maintenance-forced = Di sini sudah dibuka, tetapi toko tetap tutup karena konfigurasinya (spec.shop.maintenance). Hubungi tim platform.
admin-maintenance-by-config = Ditutup oleh konfigurasi (spec.shop.maintenance). Alasan: { $reason }
admin-maintenance-by-admin = Ditutup lewat `/pemeliharaan mulai`. Alasan: { $reason }
admin-blacklist-added = { $growId } tidak boleh membeli lagi. Saldo dan barang yang sudah dibeli tetap miliknya.
admin-blacklist-removed = { $growId } boleh membeli lagi.
admin-blacklist-already = { $growId } sudah ada di daftar hitam.
admin-blacklist-not = { $growId } tidak ada di daftar hitam.
admin-blacklist-title = Daftar hitam
admin-blacklist-empty = Tidak ada yang di daftar hitam.
log-admin = ADMIN { $name } ({ $user }): { $what }
log-failure = GAGAL { $code }: { $what } oleh { $name } ({ $user })

# Deposits
deposit-credited = Setoran **{ $amount }** masuk ke saldo **{ $growId }** ({ $user }). Saldo sekarang: **{ $balance }**
deposit-unclaimed = Setoran **{ $amount }** untuk **{ $growId }**: belum ada yang terdaftar dengan nama itu. Daftar lewat tombolnya, lalu minta setoran ini kepada admin.
deposit-above-cap = Setoran **{ $amount }** untuk **{ $growId }** tidak dimasukkan: dengan saldo { $balance } akan melebihi batas { $max }. Hubungi admin.
deposit-unreadable = Setoran ini tidak terbaca, jadi tidak ada saldo yang ditambahkan. Admin perlu memeriksanya.
log-deposit-credited = SETORAN { $id }: { $amount } untuk { $growId } ({ $user }), saldo { $balance }
log-deposit-unclaimed = SETORAN { $id } BELUM DIKLAIM: { $amount } untuk { $growId }, yang belum terdaftar. Berikan dengan /setoran klaim
log-deposit-above-cap = SETORAN { $id } MELEBIHI BATAS: { $amount } untuk { $growId } ({ $user }), saldonya { $balance }. Berikan dengan /setoran klaim
log-deposit-unreadable = SETORAN { $id } TIDAK TERBACA: tidak ada yang ditambahkan. Periksa pesannya, lalu gunakan /saldo-admin tambah
admin-deposit-claimed = Setoran { $deposit } sebesar { $amount } diberikan kepada **{ $growId }**, saldonya sekarang { $balance }.
admin-deposit-closed = Tidak ada setoran { $deposit } yang menunggu. Lihat `/setoran daftar`.
admin-deposit-unclaimed = belum ada yang terdaftar dengan nama itu
admin-deposit-above-cap = saldo akan melebihi batas
admin-deposits-title = Setoran yang menunggu
admin-deposits-empty = Tidak ada setoran yang menunggu.

# Worlds, ping, characters
world-how = Setor di salah satu world ini dengan GrowID yang Anda daftarkan. Periksa nama world-nya sebelum menaruh apa pun.
world-owner = Pemilik: { $value }
world-bot = Bot: { $value }
world-note = { $value }
world-open = 🟢 buka
world-full = 🟡 sedang penuh
world-closed = 🔴 tutup
ping = Aktif. Discord butuh { $answer } ms untuk menerima jawaban ini; gateway bolak-balik { $gateway } ms.
stock-category = Kategori
refuse-character = Teks ini berisi karakter { $character }, yang tidak terlihat atau membalik arah teks. Ketik lagi tanpa karakter itu.
admin-stock-invisible = { $count } ditolak karena berisi karakter yang tidak terlihat ({ $characters }).
admin-world-added = World setor **{ $world }** ditambahkan.
admin-world-known = World { $world } sudah ada. Gunakan `/world-admin ubah`.
admin-world-set = World setor **{ $world }** diubah.
admin-world-unknown = Tidak ada world setor { $world }.
admin-world-removed = World setor **{ $world }** dihapus.
admin-world-nothing = Tidak ada yang diubah: isi pemilik, bot, status, atau catatan.
admin-world-name = "{ $world }" bukan nama world: gunakan 1 sampai 24 huruf dan angka.

# Reports
admin-transactions-title = Mutasi terbaru
admin-stats-title = { $days } hari terakhir
admin-stats-customers = { $registered } pelanggan terdaftar, { $bought } di antaranya membeli dalam { $days } hari terakhir. Total semua saldo: { $balances }
admin-stats-products = Produk terlaris
admin-stats-days = Hari (UTC)
admin-stats-hours = Jam tersibuk (UTC)
admin-stats-line = **{ $of }** · { $orders } pesanan · { $units } unit · { $total }
admin-exported = { $rows } baris, yang terbaru dulu, ada di berkas.
admin-display-refreshed = { $count } pesan langsung sedang diperbarui.
admin-display-title = Pesan langsung
admin-display-empty = Belum ada pesan langsung yang diatur.
admin-display-none = belum diposting
admin-display-hidden = disembunyikan oleh pengaturannya
