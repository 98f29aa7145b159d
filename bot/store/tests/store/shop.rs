//! A shop to test with: a fresh database, goods and buyers.

use std::time::Duration;

use stockbot_config::{Currency, Locale};
use stockbot_harness::{Postgres, TestDatabase, eventually};
use stockbot_store::{
    Actor, Adjustment, ConnectOptions, Customer, NewProduct, OutboxJob, OutboxKind, PurchaseEffects,
    PurchaseOutcome, PurchaseRequest, Receipt, Refusal, Registration, Room, ShopId, StockOutcome, Store,
    StoreError, TransferKind, customers, ledger, outbox, products, purchase, shops, stock,
};

/// The longest anything may take here.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// The cap on balances.
pub const MAX_BALANCE: i64 = 1_000_000;
/// The bot that sells.
pub const BOT: &str = "shops/growshop";

pub struct Shop {
    pub database: TestDatabase,
    pub store: Store,
    pub id: ShopId,
}

pub fn options(url: &str) -> ConnectOptions {
    ConnectOptions {
        url: url.to_owned(),
        ca_file: None,
        max_connections: 20,
        statement_timeout: Duration::from_secs(5),
        pooled: false,
    }
}

pub fn admin() -> Actor {
    Actor { user_id: 1_100_000_000_000_000_009, name: "owner".into() }
}

pub fn grow_id(name: &str) -> stockbot_store::GrowId {
    name.parse().unwrap()
}

/// Calls until the answer is not that others hold the rows, as a bot would.
pub async fn patiently<T, F: Future<Output = Result<T, StoreError>>>(call: impl Fn() -> F) -> T {
    loop {
        match call().await {
            Err(StoreError::Busy(_)) => {}
            answer => return answer.unwrap(),
        }
    }
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    /// With other connection options.
    pub async fn open_with(change: impl FnOnce(&mut ConnectOptions)) -> Self {
        Self::open_in(Postgres::shared().await.database().await, change).await
    }

    /// In this empty database.
    pub async fn open_in(database: TestDatabase, change: impl FnOnce(&mut ConnectOptions)) -> Self {
        let mut options = options(&database.url);
        change(&mut options);
        let store = Store::connect(&options).await.unwrap();
        store.migrate().await.unwrap();
        Self::open_as(database, store).await
    }

    /// In this migrated database.
    pub async fn open_as(database: TestDatabase, store: Store) -> Self {
        let id = shops::ensure_shop(&store, "shops", "growshop", &Currency::default()).await.unwrap();
        Self { database, store, id }
    }

    pub async fn product(&self, code: &str, price: i64) {
        let (code, name) = (code.parse().unwrap(), format!("Product {code}"));
        let new = NewProduct { code, name, price, description: String::new(), category: String::new() };
        let added = products::add_product(&self.store, self.id, &new, &admin()).await.unwrap();
        assert!(matches!(added, stockbot_store::AddProduct::Added(_)), "{added:?}");
    }

    /// Adds the units `CODE-from`, `CODE-from+1` ...
    pub async fn stock(&self, code: &str, numbers: std::ops::RangeInclusive<u32>) {
        let units: Vec<String> = numbers.map(|n| format!("{code}-{n:04}")).collect();
        let done = stock::add_units(&self.store, self.id, code, &units, &admin()).await.unwrap();
        let StockOutcome::Done { added, .. } = done else { panic!("{done:?}") };
        assert_eq!(usize::try_from(added), Ok(units.len()));
    }

    /// A registered customer called `user<id>` with this balance.
    pub async fn buyer(&self, user_id: u64, balance: i64) -> Customer {
        let name = grow_id(&format!("user{user_id}"));
        let done = customers::register(&self.store, self.id, user_id, &name, Locale::En).await.unwrap();
        let Registration::Created(customer) = done else { panic!("{done:?}") };
        if balance > 0 {
            let external = format!("start-{user_id}");
            let done = self.adjust(customer.id, balance, &external).await;
            assert_eq!(done, Adjustment::Done { balance, before: 0 });
        }
        Customer { balance, ..customer }
    }

    pub async fn adjust(&self, customer: i64, amount: i64, external_id: &str) -> Adjustment {
        let kind = TransferKind::AdminAdd;
        ledger::adjust_balance(
            &self.store,
            self.id,
            customer,
            amount,
            kind,
            external_id,
            MAX_BALANCE,
            &admin(),
        )
        .await
        .unwrap()
    }

    pub async fn balance(&self, user_id: u64) -> i64 {
        customers::customer(&self.store, self.id, user_id).await.unwrap().unwrap().balance
    }

    pub async fn buy(&self, request: &PurchaseRequest) -> PurchaseOutcome {
        purchase::purchase(&self.store, self.id, request).await.unwrap()
    }

    /// Buys and expects to get the goods.
    pub async fn bought(&self, request: &PurchaseRequest) -> Receipt {
        match self.buy(request).await {
            PurchaseOutcome::Bought(receipt) => receipt,
            other => panic!("{other:?}"),
        }
    }

    /// Buys and expects to be refused.
    pub async fn refused(&self, request: &PurchaseRequest) -> Refusal {
        match self.buy(request).await {
            PurchaseOutcome::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    pub async fn available(&self, code: &str) -> i64 {
        products::product(&self.store, self.id, code).await.unwrap().unwrap().available
    }

    /// Waits until somebody waits for a lock of this type, or on this table.
    pub async fn until_somebody_waits_for(&self, what: &str) {
        let sql = format!(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
             WHERE a.datname = current_database() AND NOT l.granted
                AND (l.locktype = '{what}' OR l.relation = to_regclass('stockbot.{what}'))"
        );
        eventually(DEADLINE, what, || async {
            let count = self.database.text(&sql).await;
            if count == "0" { Err(count) } else { Ok(()) }
        })
        .await;
    }

    /// Claims up to `each` due jobs of every kind.
    pub async fn claim(&self, owner: &str, lease: Duration, each: i64) -> Vec<OutboxJob> {
        outbox::claim_jobs(&self.store, BOT, owner, lease, &rooms(each), &[]).await.unwrap()
    }

    /// A fresh store whose statements alone are in the server's statistics. Sessions count when they end: those that set the
    /// scene are waited for and forgotten.
    pub async fn watched_anew(&self) -> Store {
        self.store.close().await;
        eventually(DEADLINE, "the sessions that set the scene have ended", || async {
            let others = "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()";
            let others = self.database.text(others).await;
            if others == "0" { Ok(()) } else { Err(others) }
        })
        .await;
        self.database.execute("SELECT pg_stat_reset()").await;
        Store::connect(&options(&self.database.url)).await.unwrap()
    }

    /// Everything adds up.
    pub async fn prove(&self) {
        let report = ledger::audit(&self.store, Some(self.id)).await.unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
    }
}

/// Room for `each` jobs of every kind.
pub fn rooms(each: i64) -> Vec<Room> {
    use OutboxKind::{BuyerRole, Delivery, HistoryPost, LogPost, Receipt};
    [Delivery, Receipt, HistoryPost, LogPost, BuyerRole].map(|kind| Room { kind, jobs: each }).to_vec()
}

/// One unit of `code` at `price`, confirmed by interaction `interaction` of `user`.
pub fn order(interaction: u64, user: u64, code: &str, price: i64) -> PurchaseRequest {
    PurchaseRequest {
        interaction_id: interaction,
        confirmation_id: interaction,
        user_id: user,
        code: code.into(),
        quantity: 1,
        unit_price: price,
        max_quantity: 999,
        bot: BOT.into(),
        application_id: 1_100_000_000_000_000_005,
        token: format!("token-{interaction}"),
        locale: Locale::En,
        effects: PurchaseEffects::default(),
        maintenance_forced: None,
        deliverer: None,
    }
}
