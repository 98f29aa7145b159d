//! Migrations and the schema's version.
//!
//! Must not: know what the tables mean, or run while the schema is newer than this program.

use std::{fmt, time::Duration};

use sqlx::{
    AssertSqlSafe, PgConnection,
    migrate::{MigrateError, Migrator},
};

use crate::{Store, StoreError};

/// Longest time a pod waits for another one that migrates.
const WAIT: Duration = Duration::from_mins(5);
/// How often a migration that cannot get its locks is tried again.
const ATTEMPTS: u32 = 10;
/// Where it is written down which migrations were applied.
const TABLE: &str = "stockbot.migrations";

/// Number of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaVersion(pub i64);

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The database's schema compared with this program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// The same.
    Current(SchemaVersion),
    /// Migrations are missing; [`Store::migrate`] applies them.
    Behind {
        /// Newest applied; none on an empty database.
        database: Option<SchemaVersion>,
        /// Newest known.
        binary: SchemaVersion,
    },
    /// A newer program migrated it.
    TooNew {
        /// Newest applied.
        database: SchemaVersion,
        /// Newest known.
        binary: SchemaVersion,
    },
}

impl Store {
    /// Applies the missing migrations. Any number of pods may do so at once: one works, the others wait for it.
    ///
    /// All of them are one transaction, so a failure leaves the schema as it was. A migration that cannot get a lock within the time
    /// it sets itself gives way to those who sell and is tried again.
    pub async fn migrate(&self) -> Result<SchemaVersion, StoreError> {
        let mut attempt = 1;
        loop {
            match self.try_migrate().await {
                Err(StoreError::Busy(why)) if attempt < ATTEMPTS => {
                    tracing::info!(attempt, why, "migration gives way and is tried again");
                    tokio::time::sleep(Duration::from_millis(500) * attempt).await;
                    attempt += 1;
                }
                Err(StoreError::Busy(why)) => return Err(StoreError::MigrationFailed(why)),
                done => return done,
            }
        }
    }

    async fn try_migrate(&self) -> Result<SchemaVersion, StoreError> {
        let wait = format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{}s';
             SELECT pg_advisory_xact_lock(hashtextextended('stockbot/migrate', 0));",
            WAIT.as_secs()
        );
        // The driver's own transaction, because the migrator nests its transactions into it.
        let begin = format!("{}{wait}", self.begin_sql());
        let mut tx = self.pool.begin_with(AssertSqlSafe(begin)).await?;
        if let SchemaState::TooNew { database, binary } = read(&mut tx).await? {
            return Err(StoreError::SchemaTooNew { database, binary });
        }
        migrator().run_direct(None, &mut *tx, false).await.map_err(failed)?;
        if self.pooled() {
            // The migrator names its statements; the next user of the pooler's session would trip over them.
            sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(newest())
    }

    /// Compares the database's schema with this program's, without changing anything.
    pub async fn schema(&self) -> Result<SchemaState, StoreError> {
        read(self.begin().await?.connection()?).await
    }
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("../../migrations");
    // The transaction around it holds a lock that ends with it; the migrator's own would outlive it behind a pooler.
    migrator.set_locking(false);
    migrator.create_schema("stockbot");
    migrator.dangerous_set_table_name(TABLE);
    migrator
}

fn newest() -> SchemaVersion {
    SchemaVersion(migrator().iter().map(|m| m.version).max().unwrap_or_default())
}

async fn read(connection: &mut PgConnection) -> Result<SchemaState, StoreError> {
    let exists = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(TABLE).persistent(false);
    let mut version = None;
    if exists.fetch_one(&mut *connection).await? {
        let newest = sqlx::query_scalar("SELECT max(version) FROM stockbot.migrations").persistent(false);
        version = newest.fetch_one(connection).await?;
    }
    let version = version.map(SchemaVersion);
    let binary = newest();
    Ok(match version {
        Some(database) if database > binary => SchemaState::TooNew { database, binary },
        Some(database) if database == binary => SchemaState::Current(binary),
        database => SchemaState::Behind { database, binary },
    })
}

fn failed(error: MigrateError) -> StoreError {
    match error {
        MigrateError::ExecuteMigration(why, version) => match StoreError::from(why) {
            StoreError::Unexpected(why) => StoreError::MigrationFailed(format!("migration {version}: {why}")),
            other => other,
        },
        MigrateError::Execute(why) => why.into(),
        MigrateError::VersionMismatch(version) => StoreError::MigrationFailed(format!(
            "migration {version} was applied with another text; this image and the database do not belong together"
        )),
        other => StoreError::MigrationFailed(other.to_string()),
    }
}
