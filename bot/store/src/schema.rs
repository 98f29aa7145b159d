//! Migrations and the schema's version.
//!
//! Must not: know what the tables mean, or run while the schema is newer than this program.

use std::{fmt, time::Duration};

use backon::{ExponentialBuilder, Retryable as _};
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection,
    migrate::{MigrateError, Migrator},
};
use tokio::time::timeout;

use crate::{Store, StoreError, db::get};

/// Longest time a pod waits for another one that migrates.
const WAIT: Duration = Duration::from_mins(5);
/// How often a migration that cannot get its locks is tried again.
const ATTEMPTS: usize = 9;
/// First pause before that; later ones are up to ten times as long.
const PAUSE: Duration = Duration::from_millis(500);

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
    /// it sets itself gives way to those who sell and is tried again. Nothing missing: no right to create anything is needed.
    pub async fn migrate(&self) -> Result<SchemaVersion, StoreError> {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(PAUSE)
            .with_max_delay(PAUSE * 10)
            .with_max_times(ATTEMPTS);
        let migrated = (|| self.try_migrate())
            .retry(pauses)
            .when(|error| matches!(error, StoreError::Busy(_)))
            .notify(|why, _| tracing::info!(%why, "the migration gives way and is tried again"))
            .await;
        migrated.map_err(|error| match error {
            StoreError::Busy(why) => StoreError::MigrationFailed(why),
            other => other,
        })
    }

    async fn try_migrate(&self) -> Result<SchemaVersion, StoreError> {
        let mut connection = self.connections.take().await?;
        let link = connection.link();
        // Closed afterwards: behind a pooler, the migrator's named statements must not meet the session's next user.
        link.sound = false;
        let wait = format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{}s';
             SELECT pg_advisory_xact_lock(hashtextextended('stockbot/migrate', 0));",
            WAIT.as_secs()
        );
        // The driver's own transaction, because the migrator nests its transactions into it.
        let begin = format!("{}{wait}", self.begin_sql());
        let mut tx = link.connection.begin_with(AssertSqlSafe(begin)).await?;
        match read(&mut tx).await? {
            SchemaState::TooNew { database, binary } => {
                return Err(StoreError::SchemaTooNew { database, binary });
            }
            SchemaState::Current(version) => return Ok(version),
            SchemaState::Behind { .. } => {}
        }
        let mut migrator = migrator();
        let missing = sqlx::raw_sql("SELECT to_regnamespace('stockbot') IS NULL AS missing")
            .fetch_one(&mut *tx)
            .await?;
        if get(&missing, "missing")? {
            migrator.create_schema("stockbot");
        }
        migrator.run_direct(None, &mut *tx, false).await.map_err(failed)?;
        if self.pooled() {
            sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(newest())
    }

    /// Compares the database's schema with this program's, without changing anything.
    pub async fn schema(&self) -> Result<SchemaState, StoreError> {
        let mut connection = self.connections.take().await?;
        let link = connection.link();
        link.sound = false;
        let state = timeout(self.patience(), read(&mut link.connection)).await;
        let state = state.unwrap_or_else(|_| Err(StoreError::Unavailable("no answer in time".into())))?;
        link.sound = true;
        Ok(state)
    }
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("../../migrations");
    // The transaction around it holds a lock that ends with it; the migrator's own would outlive it behind a pooler.
    migrator.set_locking(false);
    migrator.dangerous_set_table_name("stockbot.migrations");
    migrator
}

fn newest() -> SchemaVersion {
    SchemaVersion(migrator().iter().map(|m| m.version).max().unwrap_or_default())
}

/// Without arguments and so without prepared statements, because it also runs outside of transactions behind a pooler.
async fn read(connection: &mut PgConnection) -> Result<SchemaState, StoreError> {
    let there = sqlx::raw_sql("SELECT to_regclass('stockbot.migrations') IS NOT NULL AS there");
    let mut applied = Vec::new();
    if get(&there.fetch_one(&mut *connection).await?, "there")? {
        let rows = sqlx::raw_sql("SELECT version, checksum FROM stockbot.migrations ORDER BY version");
        for row in rows.fetch_all(connection).await? {
            applied.push(check(get(&row, "version")?, &get::<Vec<u8>>(&row, "checksum")?)?);
        }
    }
    let (database, binary) = (applied.last().copied(), newest());
    let lacks_one = migrator().iter().any(|known| !applied.contains(&SchemaVersion(known.version)));
    Ok(match database {
        Some(database) if database > binary => SchemaState::TooNew { database, binary },
        Some(_) if !lacks_one => SchemaState::Current(binary),
        database => SchemaState::Behind { database, binary },
    })
}

/// A migration that was applied has the text that this program knows.
fn check(version: i64, checksum: &[u8]) -> Result<SchemaVersion, StoreError> {
    match migrator().iter().find(|migration| migration.version == version) {
        Some(known) if *known.checksum != *checksum => Err(failed(MigrateError::VersionMismatch(version))),
        _ => Ok(SchemaVersion(version)),
    }
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
