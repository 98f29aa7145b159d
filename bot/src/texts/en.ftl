# English. Keys and arguments are the same as in id.ftl; a test compares them.

# Buttons of the live message
button-register = Register
button-balance = Balance
button-world = World info
button-buy = Buy
button-history = History
button-notify = Notify me
button-help = Help
button-orders = My orders
button-confirm = Buy
button-cancel = Cancel
button-change = Change
button-enter-code = Enter code
button-more = More

# Live message
live-updated = updated { $when }
live-stock = Stock
live-sold-out = sold out
live-uncategorised = Products
live-empty = No products yet.
live-more = and { $count } more: press Buy or use /stock list
live-maintenance-title = Maintenance
live-maintenance = The shop is closed for maintenance.
live-maintenance-reason = The shop is closed for maintenance: { $reason }

# Registration
register-title = GrowID registration
register-field = GrowID (3-20 letters, digits, underscore)
register-done = Registered as **{ $growId }**. Happy shopping!
register-changed = Your GrowID is now **{ $growId }** (it was { $from }). Balance and history stay yours.
register-same = You are registered as **{ $growId }** already.
register-card = You are registered as **{ $growId }**. Change it?
register-kept = Nothing was changed.
register-taken = The GrowID **{ $growId }** belongs to another user. Check the spelling, or ask an administrator.
register-bad = "{ $growId }" is no GrowID: use 3 to 20 letters, digits or underscores.

# Balance, history, world
balance-title = Balance of { $growId }
balance-total = Total: { $total }
balance-recent = Last movements
balance-none = none yet
history-title = History of { $growId }
history-empty = Nothing has happened yet.
movement-purchase = purchase
movement-deposit = deposit
movement-refund = refund
movement-admin-add = added by an administrator
movement-admin-remove = removed by an administrator
movement-admin-reset = reset by an administrator
world-none = No deposit world is set. Ask an administrator how to deposit.
help-title = Help
help-body =
    {"-"} **Register**: tell the shop your GrowID.
    {"-"} **Balance**: what you have and what moved last.
    {"-"} **Buy**: choose a product, say how many, confirm; the goods come as a direct message.
    {"-"} **My orders**, `/orders`: fetch bought goods again.
    {"-"} **History**: all movements of your balance.
stock-title = Stock of { $shop }

# Buying
buy-choose = What would you like to buy?
buy-choose-page = What would you like to buy? (page { $page } of { $pages })
buy-placeholder = Choose a product
buy-option = { $price } each, { $stock } in stock
buy-nothing = Everything is sold out at the moment.
buy-modal-title = Buy { $name }
buy-modal-quantity = Quantity (max { $max })
buy-modal-code-title = Enter a product code
buy-modal-code = Product code
confirm-title = Confirm your purchase
confirm-product = Product
confirm-quantity = Quantity
confirm-unit = Unit price
confirm-total = Total
confirm-balance = Balance
confirm-after = Balance afterwards
confirm-stock = In stock
confirm-valid = Valid until { $when }
confirm-loading = One moment, your purchase is being worked on...
confirm-pending = The shop's database cannot be reached at the moment. Your purchase is finished or refused as soon as it is back, and you are told here. Please do not press again.
confirm-cancelled = Cancelled. Nothing was bought.
confirm-expired = This confirmation is older than 5 minutes. Press Buy again; nothing was bought.

# Receipt
receipt-title = Thank you! Order { $order }
receipt-product = { $quantity } x { $name }
receipt-total = Total: { $total }
receipt-balance = Balance: { $balance }
receipt-dm = The goods are in your direct messages.
receipt-attached = No direct message could be sent, so the goods are attached here. Fetch them again with `/orders` at any time.
receipt-later = The order is paid. Fetch the goods with `/orders { $order }`.
dm-delivery = Your order **{ $order }**: { $quantity } x { $name }. The goods are in the file.
file-date = Date
file-product = Product
file-quantity = Quantity
file-total = Total
file-buyer = Buyer
file-order = Order
history-post = { $buyer } ({ $growId }) bought { $quantity } x **{ $name }** for { $total }
log-sale = SALE { $order }: { $growId } ({ $user }) bought { $quantity } x { $code } for { $total }

# Orders
orders-title = Your orders
orders-empty = You have not bought anything yet.
orders-line = **{ $order }** · { $quantity } x { $name } · { $total } · { $when }
orders-choose = Fetch an order again
orders-again = Order **{ $order }**: { $quantity } x { $name }
orders-unknown = You have no order { $order }. See `/orders` for yours.

# Refusals
refuse-not-registered = You are not registered yet. Press Register and enter your GrowID.
refuse-blacklisted = You may not buy in this shop. Ask an administrator.
refuse-maintenance = The shop is closed for maintenance. Please come back later.
refuse-maintenance-reason = The shop is closed for maintenance: { $reason }
refuse-unknown-product = There is no product with the code { $code }. See `/stock list` for the list.
refuse-inactive = { $code } is not on sale at the moment.
refuse-price = The price of { $code } has changed to { $price } each. Nothing was bought; confirm again if you agree.
refuse-quantity = Quantity must be a whole number from 1 to { $max }, you entered "{ $given }".
refuse-stock = Not enough stock: { $left } left, you asked for { $asked }.
refuse-balance = Your balance is short of { $missing }: the total is { $total }, you have { $balance }.
refuse-double = This purchase is already being worked on{ $order }. Nothing happens twice.
refuse-not-admin = Only administrators of the shop may do that.
refuse-elsewhere = This command works only in the shop's server.
refuse-outdated = This button is out of date. Use the buttons of the newest message.
answer-pending = This takes longer than usual: the shop's database is slow or cannot be reached at the moment. As soon as it is known whether this was done, you are told here. Please do not do it again meanwhile.
refuse-interrupted = Sorry, this was interrupted. Look whether it was done, and if not, please do it again. Nothing was bought.
refuse-unavailable = The shop cannot be reached at the moment. Nothing was bought; please press again in a minute. Code { $code }
refuse-error = Sorry, something went wrong. Please tell an administrator the code { $code }.

# Administration
admin-product-added = Product **{ $code }** ({ $name }) at { $price } added. Add stock with `/stock add`.
admin-product-taken = The code { $code } exists already. Use another code, or `/product edit`.
admin-product-code = "{ $code }" is no product code: use 1 to 32 letters, digits, dashes or underscores.
admin-product-name = The name must have 1 to 100 characters.
admin-product-price = The price must be more than 0 and at most 1,000,000,000,000 of the smallest coin.
admin-product-description = The description may have at most 1000 characters.
admin-product-category = The category may have at most 100 characters.
admin-amount = "{ $given }" is no amount: write it like 5, 5 DL or 1 BGL 20 DL.
admin-amount-zero = The amount must be more than 0.
admin-stock-added = **{ $code }**: { $added } of { $total } units added, { $duplicates } duplicates, { $tooLong } refused because they are longer than { $maxBytes } bytes, { $unstorable } because of a NUL character. { $available } in stock.
admin-stock-nothing = Nothing to add: give the units as text or as a .txt or .csv file, one unit a line.
admin-stock-file = The file cannot be used: { $reason }
admin-stock-file-kind = only .txt and .csv files are read
admin-stock-file-size = it is larger than 5 MB
admin-stock-file-text = it is not UTF-8 text
admin-stock-file-units = more than 100000 units
admin-stock-file-download = it could not be downloaded, try again
admin-balance-done = { $growId }: { $before } -> { $after } ({ $amount } added).
admin-balance-cap = Not added: the balance of { $growId } is { $balance }, and at most { $max } is allowed.
admin-customer-unknown = No customer { $customer } is registered. Give the GrowID or mention the user; they register with the Register button.
