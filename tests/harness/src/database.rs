//! A fresh database per test, owned by a role of its own that is no superuser.

use std::{
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::Postgres;

/// Longest wait for sessions to end.
const SESSIONS_END: Duration = Duration::from_secs(30);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// An empty database. Dropping it removes it from the server.
pub struct TestDatabase {
    /// URL as the owner of the database, which may do nothing beyond it.
    pub url: String,
    /// URL as the superuser.
    pub admin_url: String,
    /// Name of the database and of the role that owns it.
    pub name: String,
    server_url: String,
    psql: std::path::PathBuf,
}

impl Postgres {
    /// Creates an empty database.
    ///
    /// # Panics
    /// When the server refuses: without it no test can go on.
    pub async fn database(&self) -> TestDatabase {
        self.try_database().await.unwrap_or_else(|e| panic!("{e:#}"))
    }

    /// Creates an empty database.
    pub async fn try_database(&self) -> anyhow::Result<TestDatabase> {
        self.database_with("").await
    }

    /// Creates an empty database with these options of `CREATE DATABASE`: an encoding, a locale.
    pub async fn database_with(&self, options: &str) -> anyhow::Result<TestDatabase> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let server_url = self.admin_url("postgres");
        let mut admin = PgConnection::connect(&server_url).await.context("connecting as the superuser")?;
        let role = format!("CREATE ROLE {name} LOGIN PASSWORD '{name}'");
        admin.execute(AssertSqlSafe(role)).await?;
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name} OWNER {name} {options}"))).await?;
        admin.close().await?;
        let (url, admin_url) = (self.url(&name, &name, &name), self.admin_url(&name));
        Ok(TestDatabase { url, admin_url, name, server_url, psql: self.bin().join("psql") })
    }
}

impl TestDatabase {
    /// Runs one or more SQL statements as the superuser, for setting scenes and planting faults.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn execute(&self, sql: &str) {
        let mut admin = PgConnection::connect(&self.admin_url).await.unwrap_or_else(|e| panic!("{e}"));
        if let Err(error) = admin.execute(AssertSqlSafe(sql)).await {
            panic!("{sql}: {error}");
        }
        let _ = admin.close().await;
    }

    /// The first column of the first row as text, read as the superuser; NULL and no row are the empty string.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn text(&self, sql: &str) -> String {
        let mut admin = PgConnection::connect(&self.admin_url).await.unwrap_or_else(|e| panic!("{e}"));
        let query = format!("SELECT q.*::text FROM ({sql}) AS q(value)");
        let row = sqlx::query_scalar::<_, Option<String>>(AssertSqlSafe(query.replace("q.*", "q.value")));
        let value = row.fetch_optional(&mut admin).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        let _ = admin.close().await;
        value.flatten().unwrap_or_default()
    }

    /// Transactions committed so far, as the server counts them. A session counts when it ends: this waits until none is left.
    ///
    /// # Panics
    /// When the server refuses, or a session does not end in time.
    pub async fn commits(&self) -> i64 {
        let sql =
            "SELECT (SELECT count(*) FROM pg_stat_activity a WHERE a.datname = d.datname), d.xact_commit
            FROM pg_stat_database d WHERE d.datname = $1";
        // Asked from another database, so that asking does not count.
        let mut admin = PgConnection::connect(&self.server_url).await.unwrap_or_else(|e| panic!("{e}"));
        let deadline = Instant::now() + SESSIONS_END;
        loop {
            let row = sqlx::query_as(sql).bind(&self.name).fetch_one(&mut admin).await;
            let (sessions, commits): (i64, i64) = row.unwrap_or_else(|e| panic!("{e}"));
            if sessions == 0 {
                return commits;
            }
            assert!(Instant::now() < deadline, "{sessions} sessions of {} do not end", self.name);
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let drop_database = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let mut psql = Command::new(&self.psql);
        psql.args(["--no-psqlrc", "--quiet", "--command", &drop_database, &self.server_url]);
        // A server that the test has stopped takes its databases with it anyway.
        let _ = psql.output();
    }
}
