use stockbot_store::{
    AddProduct, EditProduct, NewProduct, ProductChange, ProductProblem, StockOutcome, products, stock,
};

use crate::shop::{Shop, admin};

fn new(code: &str) -> NewProduct {
    let (name, price) = ("Dirt".to_owned(), 5);
    NewProduct {
        code: code.parse().unwrap(),
        name,
        price,
        description: "Brown".into(),
        category: "Blocks".into(),
    }
}

#[tokio::test]
async fn products_are_added_once_whatever_the_case_and_listed_in_order() {
    let shop = Shop::open().await;
    let AddProduct::Added(first) =
        products::add_product(&shop.store, shop.id, &new("zz"), &admin()).await.unwrap()
    else {
        panic!()
    };
    assert_eq!((first.code.as_str(), first.price, first.active, first.available), ("ZZ", 5, true, 0));
    let again = products::add_product(&shop.store, shop.id, &new("Zz"), &admin()).await.unwrap();
    assert_eq!(again, AddProduct::CodeTaken);
    shop.product("AA", 1).await;
    let codes = async |inactive| {
        let list = products::list_products(&shop.store, shop.id, inactive).await.unwrap();
        list.into_iter().map(|p| p.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(false).await, ["ZZ", "AA"]);
    products::set_product_active(&shop.store, shop.id, "zz", false, &admin()).await.unwrap();
    assert_eq!(codes(false).await, ["AA"]);
    assert_eq!(codes(true).await, ["ZZ", "AA"]);
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_counts_the_version() {
    let shop = Shop::open().await;
    products::add_product(&shop.store, shop.id, &new("DIRT"), &admin()).await.unwrap();
    let change = ProductChange { price: Some(7), category: Some(String::new()), ..ProductChange::default() };
    let edited = products::edit_product(&shop.store, shop.id, "dirt", &change, &admin()).await.unwrap();
    let EditProduct::Done(product) = edited else { panic!("{edited:?}") };
    assert_eq!((product.price, product.version), (7, 2));
    assert_eq!(
        (product.name.as_str(), product.description.as_str(), product.category.as_str()),
        ("Dirt", "Brown", "")
    );
    assert_eq!(products::product(&shop.store, shop.id, " dIrT ").await.unwrap(), Some(product));
    let nobody = products::edit_product(&shop.store, shop.id, "X", &change, &admin()).await.unwrap();
    assert_eq!(nobody, EditProduct::UnknownProduct);
    let trail = "SELECT string_agg(number || ' ' || action || ' ' || target, ', ' ORDER BY number) FROM stockbot.discord_audit_logs";
    assert_eq!(shop.database.text(trail).await, "1 product.add DIRT, 2 product.edit DIRT");
}

#[tokio::test]
async fn values_that_the_table_refuses_are_refused_with_a_reason_first() {
    let shop = Shop::open().await;
    let long = |n| "ü".repeat(n);
    let cases = [
        (NewProduct { name: String::new(), ..new("A") }, ProductProblem::Name),
        (NewProduct { name: long(101), ..new("A") }, ProductProblem::Name),
        (NewProduct { name: "a\0".into(), ..new("A") }, ProductProblem::Name),
        (NewProduct { price: 0, ..new("A") }, ProductProblem::Price),
        (NewProduct { price: products::MAX_PRICE + 1, ..new("A") }, ProductProblem::Price),
        (NewProduct { description: long(1001), ..new("A") }, ProductProblem::Description),
        (NewProduct { category: long(101), ..new("A") }, ProductProblem::Category),
    ];
    for (bad, problem) in cases {
        let refused = products::add_product(&shop.store, shop.id, &bad, &admin()).await.unwrap();
        assert_eq!(refused, AddProduct::Invalid(problem));
    }
    let largest = NewProduct {
        name: long(100),
        price: products::MAX_PRICE,
        description: long(1000),
        category: long(100),
        ..new(&"A".repeat(32))
    };
    let added = products::add_product(&shop.store, shop.id, &largest, &admin()).await.unwrap();
    assert!(matches!(added, AddProduct::Added(_)), "{added:?}");
}

#[tokio::test]
async fn duplicates_are_reported_one_by_one_and_unique_over_the_whole_shop() {
    let shop = Shop::open().await;
    shop.product("A", 1).await;
    shop.product("B", 1).await;
    shop.stock("A", 1..=2).await;
    shop.buyer(1, 1).await;
    shop.bought(&crate::shop::order(1, 1, "A", 1)).await;
    // A-0001 is sold, A-0002 available; both are taken for product B, too.
    let lines = ["n1", "A-0001", "n2", "n1", "A-0002", "n1", ""].map(str::to_owned);
    let long = "x".repeat(stock::MAX_UNIT_BYTES + 1);
    let lines = [lines.as_slice(), &[long.clone(), "nul\0".into()]].concat();
    let done = stock::add_units(&shop.store, shop.id, "b", &lines, &admin()).await.unwrap();
    let expected = StockOutcome::Done {
        total: 9,
        added: 2,
        duplicates: ["A-0001", "n1", "A-0002", "n1"].map(str::to_owned).to_vec(),
        too_long: vec![long],
        unstorable: vec![String::new(), "nul\0".into()],
        available: 2,
    };
    assert_eq!(done, expected);
    let unknown = stock::add_units(&shop.store, shop.id, "C", &lines, &admin()).await.unwrap();
    assert_eq!(unknown, StockOutcome::UnknownProduct);
    shop.prove().await;
}

#[tokio::test]
async fn a_hundred_thousand_units_go_in_at_once_in_their_order() {
    let shop = Shop::open().await;
    shop.product("BIG", 1).await;
    let units: Vec<String> = (0..100_000).map(|n| format!("unit-{:06}", (n * 7_919) % 100_000)).collect();
    let done = stock::add_units(&shop.store, shop.id, "BIG", &units, &admin()).await.unwrap();
    let StockOutcome::Done { added: 100_000, duplicates, available: 100_000, .. } = done else { panic!() };
    assert!(duplicates.is_empty());
    let first = "SELECT string_agg(content, ' ' ORDER BY id) FROM (SELECT * FROM stockbot.stock_units ORDER BY id LIMIT 3) AS u";
    assert_eq!(shop.database.text(first).await, "unit-000000 unit-007919 unit-015838");
    let again = stock::add_units(&shop.store, shop.id, "BIG", &units, &admin()).await.unwrap();
    let StockOutcome::Done { added: 0, duplicates, .. } = again else { panic!() };
    assert_eq!(duplicates, units);
}

#[tokio::test]
async fn two_restocks_with_the_same_lines_add_each_once() {
    let shop = Shop::open().await;
    shop.product("A", 1).await;
    let lines: Vec<String> = (0..2000).map(|n| format!("u{n}")).collect();
    let backwards: Vec<String> = lines.iter().rev().cloned().collect();
    let actor = admin();
    let (one, two) = tokio::join!(
        stock::add_units(&shop.store, shop.id, "A", &lines, &actor),
        stock::add_units(&shop.store, shop.id, "A", &backwards, &actor),
    );
    let added = |done| match done {
        StockOutcome::Done { added, duplicates, .. } => (added, duplicates.len()),
        StockOutcome::UnknownProduct => panic!(),
    };
    let (one, two) = (added(one.unwrap()), added(two.unwrap()));
    assert_eq!((one.0 + two.0, one.1 + two.1), (2000, 2000));
    assert_eq!(shop.available("A").await, 2000);
}
