//! What the harness promises to the tests of the other crates.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use stockbot_harness::{Cut, Postgres, Process, Proxy, eventually, free_port};

const DEADLINE: Duration = Duration::from_secs(20);

async fn fails_to_connect(url: &str) -> bool {
    PgConnection::connect(url).await.is_err()
}

#[tokio::test]
async fn each_database_is_empty_and_its_owner_is_no_superuser() {
    let server = Postgres::shared().await;
    let (one, two) = (server.database().await, server.database().await);
    one.execute("CREATE TABLE only_here (a int); INSERT INTO only_here VALUES (7)").await;
    assert_eq!(one.text("SELECT a FROM only_here").await, "7");
    assert_eq!(two.text("SELECT to_regclass('only_here')").await, "");
    let mut owner = PgConnection::connect(&two.url).await.unwrap();
    let superuser = sqlx::query_scalar::<_, String>("SELECT current_setting('is_superuser')");
    assert_eq!(superuser.fetch_one(&mut owner).await.unwrap(), "off");
    assert!(fails_to_connect(&two.url.replace(&format!(":{}@", two.name), ":wrong@")).await);
}

#[tokio::test]
async fn a_dropped_database_is_gone() {
    let server = Postgres::shared().await;
    let database = server.database().await;
    let (url, name) = (database.url.clone(), database.name.clone());
    let _open = PgConnection::connect(&url).await.unwrap();
    drop(database);
    let other = server.database().await;
    assert_eq!(other.text(&format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")).await, "0");
}

#[tokio::test]
async fn an_own_server_keeps_its_data_over_a_stop_and_a_crash() {
    let server = Postgres::start().await.unwrap();
    let database = server.database().await;
    database.execute("CREATE TABLE kept (a int); INSERT INTO kept VALUES (1)").await;
    server.stop().await.unwrap();
    assert!(fails_to_connect(&database.url).await);
    server.run().await.unwrap();
    server.kill().await.unwrap();
    server.run().await.unwrap();
    assert_eq!(database.text("SELECT a FROM kept").await, "1");
    let folder = server.folder().to_owned();
    drop(server);
    assert!(!folder.exists());
}

#[tokio::test]
async fn the_proxy_cuts_exactly_the_trapped_request() {
    let server = Postgres::shared().await;
    let database = server.database().await;
    database.execute("CREATE TABLE public.seen (a int)").await;
    let proxy = Proxy::start(server.port()).await.unwrap();
    let url = database.admin_url.replace(&format!(":{}/", server.port()), &format!(":{}/", proxy.port()));
    for (cut, rows) in [(Cut::BeforeRequest, "0"), (Cut::BeforeReply, "1")] {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        sqlx::query("SELECT 1").execute(&mut connection).await.unwrap();
        proxy.trap(b"INSERT INTO seen", cut);
        let insert = sqlx::raw_sql("INSERT INTO seen VALUES (1)").execute(&mut connection).await;
        assert!(insert.is_err(), "{cut:?}");
        assert!(!proxy.trap_is_set());
        eventually(DEADLINE, "the server has done what it was asked", || async {
            let count = database.text("SELECT count(*) FROM seen").await;
            if count == rows { Ok(()) } else { Err(count) }
        })
        .await;
    }
    proxy.refuse(true);
    assert!(fails_to_connect(&url).await);
    proxy.refuse(false);
    assert!(!fails_to_connect(&url).await);
}

#[tokio::test]
async fn a_frozen_connection_is_silent_and_new_ones_work() {
    let server = Postgres::shared().await;
    let database = server.database().await;
    let proxy = Proxy::start(server.port()).await.unwrap();
    let url = database.url.replace(&format!(":{}/", server.port()), &format!(":{}/", proxy.port()));
    let mut frozen = PgConnection::connect(&url).await.unwrap();
    proxy.freeze();
    let answer = tokio::time::timeout(Duration::from_millis(300), frozen.ping()).await;
    assert!(answer.is_err(), "{answer:?}");
    PgConnection::connect(&url).await.unwrap().ping().await.unwrap();
    proxy.cut();
    assert!(frozen.ping().await.is_err());
}

#[tokio::test]
async fn a_process_keeps_its_output_and_tells_its_exit() {
    let mut process =
        Process::spawn("sh", ["-c", "echo $WORD; echo err >&2; exit 3"], &[("WORD", "out")]).unwrap();
    assert_eq!(process.wait_exit(DEADLINE).await.unwrap().code(), Some(3));
    assert_eq!(process.output(), "out\nerr\n");
}

#[tokio::test]
async fn a_process_can_be_asked_to_end_and_reports_when_it_does_not() {
    let mut stubborn = Process::spawn("sh", ["-c", "trap '' TERM; echo ready; sleep 1000"], &[]).unwrap();
    eventually(DEADLINE, "the trap is set", || async {
        if stubborn.output().contains("ready") { Ok(()) } else { Err(stubborn.output()) }
    })
    .await;
    stubborn.signal("TERM").unwrap();
    let error = stubborn.wait_exit(Duration::from_millis(100)).await.unwrap_err().to_string();
    assert!(error.contains("still runs") && error.contains("ready"), "{error}");
    stubborn.kill().unwrap();
}

#[tokio::test]
#[should_panic(expected = "the impossible; last observed: 41")]
async fn waiting_for_what_never_comes_fails_with_what_was_seen() {
    eventually(Duration::from_millis(50), "the impossible", || async { Err::<(), _>(41) }).await;
}

#[test]
fn free_ports_are_below_the_range_that_clients_get() {
    assert!((20_000..32_000).contains(&free_port()));
}
