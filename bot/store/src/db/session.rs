//! One session of the server: runs statements, and knows afterwards whether its connection is fit for somebody else.
//!
//! Must not: know any table.

use std::{sync::Arc, time::Duration};

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, SqlStr, postgres::PgArguments};
use tokio::time::timeout;

use super::{
    connections::{Connection, Connections},
    statement::Answer,
};
use crate::{StoreError, refusal::Doubt};

/// A connection that is given up when no answer comes, instead of blocking its place until TCP notices.
#[derive(Debug)]
pub(crate) struct Session {
    connection: Connection,
    connections: Arc<Connections>,
    /// May statements get a name?
    named: bool,
    /// Longest wait for an answer.
    pub(super) patience: Duration,
}

impl Session {
    pub(super) fn new(
        connection: Connection,
        connections: &Arc<Connections>,
        named: bool,
        patience: Duration,
    ) -> Self {
        Self { connection, connections: Arc::clone(connections), named, patience }
    }

    /// What the server sends for a statement.
    pub(super) async fn answer(&mut self, sql: SqlStr, arguments: PgArguments) -> Result<Answer, StoreError> {
        let sql = sqlx::query_with(sql, arguments).persistent(self.named);
        self.connection.link().sound = false;
        let answer = timeout(self.patience, self.connection().fetch_many(sql).try_collect()).await;
        self.settle(answer)
    }

    /// Runs statements without arguments.
    pub(super) async fn run(&mut self, sql: String) -> Result<(), StoreError> {
        self.connection.link().sound = false;
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        let answer = timeout(self.patience, sql.execute(self.connection())).await;
        self.settle(answer.map(|answer| answer.map(drop)))
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection.link().connection
    }

    /// May statements follow? Not once the connection failed.
    pub(super) fn is_sound(&mut self) -> bool {
        self.connection.link().sound
    }

    /// Goes on with a fresh connection, in the place of this one: with another place, all sessions of a pod that are outdated at
    /// once would wait for each other.
    pub(super) async fn renew(&mut self) -> Result<(), StoreError> {
        *self.connection.link() = self.connections.open().await?;
        Ok(())
    }

    /// Closes the connection, and with it whatever it was doing.
    pub(super) fn give_up(mut self) {
        self.connection.link().sound = false;
    }

    fn settle<T>(
        &mut self,
        answer: Result<Result<T, sqlx::Error>, tokio::time::error::Elapsed>,
    ) -> Result<T, StoreError> {
        let Ok(answer) = answer else {
            self.connections.doubt();
            return Err(StoreError::Unavailable("no answer in time".into()));
        };
        match answer.as_ref().err().map_or(Doubt::Nothing, Doubt::of) {
            Doubt::Nothing => self.connection.link().sound = true,
            Doubt::Connections => self.connections.doubt(),
        }
        Ok(answer?)
    }
}
