//! Transactions. Must not: know any table.

use std::time::Duration;

use tokio::runtime::Handle;

use super::{
    missing_row,
    session::Session,
    statement::{Sql, Statement, Wire},
};
use crate::StoreError;

/// Longest time that rolling back may take before the connection is given up.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(3);

/// A transaction.
#[derive(Debug)]
pub(crate) struct Tx {
    /// Gone when committed or rolled back.
    session: Option<Session>,
}

impl Tx {
    pub(super) fn new(session: Session) -> Self {
        Self { session: Some(session) }
    }

    /// All rows of a statement.
    pub(crate) async fn rows<S: Statement>(&mut self, sql: S) -> Result<Vec<S::Row>, StoreError> {
        Ok(sql.fetch_on(self.wire()?).await?)
    }

    /// The first row of a statement.
    pub(crate) async fn row<S: Statement>(&mut self, sql: S) -> Result<Option<S::Row>, StoreError> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// The only row of a statement that always has one.
    pub(crate) async fn one<S: Statement>(&mut self, sql: S) -> Result<S::Row, StoreError> {
        self.row(sql).await?.ok_or_else(missing_row)
    }

    /// Number of rows that a statement changed.
    pub(crate) async fn execute(&mut self, sql: Sql<'_>) -> Result<u64, StoreError> {
        Ok(sql.execute(self.wire()?).await?.rows_affected())
    }

    /// Commits. When the connection is lost meanwhile nobody knows the outcome: [`StoreError::CommitUnknown`].
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let Some(mut session) = self.session.take() else { return Err(over()) };
        session.run("COMMIT".into()).await.map_err(|error| match error {
            StoreError::Unavailable(why) => StoreError::CommitUnknown(why),
            other => other,
        })
    }

    /// Rolls back and waits for it, so that its locks are free when this returns.
    pub(crate) async fn rollback(mut self) -> Result<(), StoreError> {
        let Some(mut session) = self.session.take() else { return Err(over()) };
        session.run("ROLLBACK".into()).await
    }

    fn wire(&mut self) -> Result<Wire<'_>, StoreError> {
        Ok(Wire { session: self.session.as_mut().ok_or_else(over)?, again: false })
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let Some(mut session) = self.session.take() else { return };
        // The server rolls back what loses its connection.
        let runtime = Handle::try_current().ok().filter(|_| session.is_sound());
        match runtime {
            Some(runtime) => {
                session.patience = ROLLBACK_TIMEOUT;
                runtime.spawn(async move { session.run("ROLLBACK".into()).await });
            }
            None => session.give_up(),
        }
    }
}

fn over() -> StoreError {
    StoreError::Unexpected("the transaction is over".into())
}
