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
button-previous = Previous
button-next = Next
button-categories = Categories
button-again = Choose quantity
button-buy-more = Buy again
button-choose = All products

# Live message
live-updated = updated { $when }
live-stock = Stock
live-sold-out = sold out
live-uncategorised = Products
live-empty = No products yet.
live-more-here = -# … { $count } more
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
register-bad = "{ $growId }" is no GrowID: use 3 to 20 letters, digits or underscores, and not only digits if there are 15 or more.

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
buy-choose-category = What would you like to buy? Choose a category.
buy-choose-category-page = What would you like to buy? Choose a category (page { $page } of { $pages }).
buy-category-option = { $count } products
buy-category-nothing = This category is sold out by now.
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
admin-stock-added = **{ $code }**: { $added } of { $total } units added. { $available } in stock.
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
admin-list-more = and { $count } more
admin-hidden = hidden
admin-customer-both = { $customer } is the Discord id of one user and the GrowID of another. Mention the user, or have the GrowID changed first.
admin-sure-title = Are you sure?
admin-sure-before = This was confirmed already. Nothing happens twice.
admin-sure-expired = This question is older than 5 minutes. Run the command again; nothing was changed.
admin-sure-other = Only the administrator who was asked may confirm this. Nothing was changed.
admin-sure-cancelled = Cancelled. Nothing was changed.
button-remove = Yes, remove
button-take-out = Yes, take out
button-reset = Yes, reset
button-refund = Yes, refund
admin-product-edited = Product **{ $code }** is now { $name } at { $price }, category { $category }.
admin-product-nothing = Nothing to change: give a name, price, description or category.
admin-product-featured = **{ $code }** is listed first.
admin-product-unfeatured = **{ $code }** is listed among the others.
admin-product-moved = **{ $code }** is at position { $position } of the list.
admin-product-shown = **{ $code }** is listed and sold again.
admin-product-hidden = **{ $code }** is hidden and not sold.
admin-products-shown = { $count } products are listed and sold again.
admin-products-hidden = { $count } products are hidden and not sold.
admin-visible-which = Say which products: a code, a category, or all: True. Only one of them.
admin-products-title = Products
admin-remove-question = **{ $code }** ({ $name }) still has { $units } units in stock. Removing it takes them out too; what was sold stays in the books.
admin-product-removed = **{ $code }** is removed, and { $units } units with it.
admin-stock-other = The stock has changed meanwhile: { $units } units were named, there are { $now } now. Nothing was changed; run the command again.
admin-reduce-question = Take the newest { $units } of { $available } units of **{ $code }** out of the stock? You get them as a file.
admin-undo-question = Take the addition of { $when } to **{ $code }** back? { $added } units were added, { $units } of them are still in stock and would be taken out.
admin-undo-nothing = Nothing to undo: the last addition to { $code } is sold or taken out already.
admin-stock-reduced = { $units } units of **{ $code }** were taken out; they are in the file. { $available } in stock.
admin-stock-exported = { $units } of { $available } units of **{ $code }**, oldest first, are in the file. They stay in stock.
admin-export-empty = { $code } has no units in stock.
admin-stock-history-title = Changes of the stock
admin-stock-did-add = { $units } added
admin-stock-did-reduce = { $units } taken out
admin-stock-did-undo = { $units } taken back
admin-stock-did-export = { $units } exported
admin-stock-form = Units of { $code }
admin-stock-field = One unit a line
admin-stock-progress = { $seen } units seen for **{ $code }**. They are being stored: { $percent } %
admin-stock-duplicates = { $count } duplicates: the shop has or had them already, see duplicates.txt.
admin-stock-too-long = { $count } refused because they are longer than { $maxBytes } bytes, see refused.txt.
admin-stock-unstorable = { $count } refused because of a NUL character, see refused.txt.
admin-balance-removed = { $growId }: { $before } -> { $after } ({ $amount } removed).
admin-balance-low = Not removed: the balance of { $growId } is { $balance }, less than { $amount }.
admin-balance-empty = The balance of { $growId } is 0 already.
admin-reset-question = Take the whole balance of **{ $growId }**, { $balance }, away?
admin-blacklisted = may not buy (blacklist)
admin-order-unknown = There is no order { $order }.
admin-refund-question = Refund order **{ $order }**: { $total } back to { $growId }, and { $quantity } x { $name } back into the stock?
admin-refund-done = Order **{ $order }** is refunded: { $total } back to { $growId }, who has { $balance } now.
admin-refund-before = Order { $order } was refunded before. Nothing was changed.
admin-refund-delivered = Order { $order } was delivered, so it cannot be refunded. Use `/balance-admin add` to make up for it.
admin-refund-delivering = Order { $order } is being delivered at the moment. Try again in a minute.
admin-maintenance-on = The shop is closed for maintenance.
admin-maintenance-on-reason = The shop is closed for maintenance: { $reason }
admin-maintenance-off = The shop is open.
admin-maintenance-open = The shop is open.
admin-maintenance-forced = Opened here, but the shop stays closed: its configuration (spec.shop.maintenance) says so. Ask the platform team.
admin-maintenance-by-config = Closed by the configuration (spec.shop.maintenance). Reason: { $reason }
admin-maintenance-by-admin = Closed by `/maintenance on`. Reason: { $reason }
admin-blacklist-added = { $growId } may not buy any more. Balance and bought goods stay theirs.
admin-blacklist-removed = { $growId } may buy again.
admin-blacklist-already = { $growId } is on the blacklist already.
admin-blacklist-not = { $growId } is not on the blacklist.
admin-blacklist-title = Blacklist
admin-blacklist-empty = Nobody is on the blacklist.
log-admin = ADMIN { $name } ({ $user }): { $what }
log-failure = FAILURE { $code }: { $what } by { $name } ({ $user })

# Deposits
deposit-credited = Deposit of **{ $amount }** credited to **{ $growId }** ({ $user }). New balance: **{ $balance }**
deposit-unclaimed = Deposit of **{ $amount }** for **{ $growId }**: nobody is registered under that name. Register with the button, then ask an administrator for the deposit.
deposit-above-cap = Deposit of **{ $amount }** for **{ $growId }** was not credited: with the balance of { $balance } it would exceed the limit of { $max }. Ask an administrator.
deposit-unreadable = This deposit could not be read, so nothing was credited. An administrator has to look at it.
log-deposit-credited = DEPOSIT { $id }: { $amount } to { $growId } ({ $user }), balance { $balance }
log-deposit-unclaimed = DEPOSIT { $id } UNCLAIMED: { $amount } for { $growId }, who is not registered. Give it with /deposit claim
log-deposit-above-cap = DEPOSIT { $id } ABOVE THE LIMIT: { $amount } for { $growId } ({ $user }), who has { $balance }. Give it with /deposit claim
log-deposit-unreadable = DEPOSIT { $id } NOT UNDERSTOOD: nothing was credited. Look at the message, then use /balance-admin add
admin-deposit-claimed = Deposit { $deposit } of { $amount } went to **{ $growId }**, who has { $balance } now.
admin-deposit-closed = No deposit { $deposit } waits. `/deposit list` shows those that do.
admin-deposit-unclaimed = nobody is registered under that name
admin-deposit-above-cap = the balance would exceed the limit
admin-deposits-title = Deposits that wait
admin-deposits-empty = No deposit waits.

# Worlds, ping, characters
world-how = Deposit in one of these worlds with the GrowID that you are registered with. Check the name of the world before you drop anything.
world-owner = Owner: { $value }
world-bot = Bot: { $value }
world-note = { $value }
world-open = 🟢 open
world-full = 🟡 full at the moment
world-closed = 🔴 closed
ping = Here. Discord took { $answer } ms to take this answer; the gateway's round trip is { $gateway } ms.
stock-category = Category
refuse-character = This text has the character { $character }, which cannot be seen or turns the text around. Type it again without it.
admin-stock-invisible = { $count } refused because of characters that cannot be seen ({ $characters }).
admin-world-added = Deposit world **{ $world }** added.
admin-world-known = The world { $world } is there already. Use `/world-admin set`.
admin-world-set = Deposit world **{ $world }** changed.
admin-world-unknown = There is no deposit world { $world }.
admin-world-removed = Deposit world **{ $world }** removed.
admin-world-nothing = Nothing to change: give an owner, bot, status or note.
admin-world-name = "{ $world }" is no world: use 1 to 24 letters and digits.

# Reports
admin-transactions-title = Newest movements
admin-stats-title = The last { $days } days
admin-stats-customers = { $registered } customers are registered, { $bought } of them bought in the last { $days } days. All balances together: { $balances }
admin-stats-products = Best products
admin-stats-days = Days (UTC)
admin-stats-hours = Busiest hours (UTC)
admin-stats-line = **{ $of }** · { $orders } orders · { $units } units · { $total }
admin-exported = { $rows } rows, the newest first, are in the file.
admin-display-refreshed = { $count } live messages are edited now.
admin-display-title = Live messages
admin-display-empty = No live message is configured.
admin-display-none = not posted yet
admin-display-hidden = hidden by its settings
