//! Statements and the driver's way of running them.
//!
//! A statement is a `sqlx::query` or one that was checked against the schema when it was compiled (`sqlx::query!`). Must not:
//! know any table.

use futures_util::{
    FutureExt as _, StreamExt as _, TryFutureExt as _, TryStreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Describe, Either, Error, Execute, Executor, Postgres, SqlStr,
    postgres::{PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo},
    query::{Map, Query},
};

use super::session::Session;
use crate::StoreError;

/// A statement with its arguments.
pub(crate) type Sql<'q> = Query<'q, Postgres, PgArguments>;

/// What the server sends for one statement.
pub(super) type Answer = Vec<Either<PgQueryResult, PgRow>>;

/// A statement that gives rows.
pub(crate) trait Statement: Send {
    /// A row as it is read.
    type Row: Send;

    /// All rows.
    fn fetch_on(self, wire: Wire<'_>) -> impl Future<Output = Result<Vec<Self::Row>, Error>> + Send;
}

impl Statement for Sql<'_> {
    type Row = PgRow;

    async fn fetch_on(self, wire: Wire<'_>) -> Result<Vec<PgRow>, Error> {
        self.fetch_all(wire).await
    }
}

impl<F, O> Statement for Map<'_, Postgres, F, PgArguments>
where
    F: FnMut(PgRow) -> Result<O, Error> + Send,
    O: Send + Unpin,
{
    type Row = O;

    async fn fetch_on(self, wire: Wire<'_>) -> Result<Vec<O>, Error> {
        self.fetch_all(wire).await
    }
}

/// A session as the driver sees it.
///
/// `again`: outside of transactions only. A statement that the server refused because the session is outdated did nothing,
/// so it is run once more in a fresh one.
#[derive(Debug)]
pub(crate) struct Wire<'c> {
    pub(super) session: &'c mut Session,
    pub(super) again: bool,
}

impl Wire<'_> {
    async fn run(self, sql: SqlStr, arguments: PgArguments) -> Result<Answer, StoreError> {
        if !self.again {
            return self.session.answer(sql, arguments).await;
        }
        match self.session.answer(sql.clone(), arguments.clone()).await {
            Err(StoreError::Outdated(_)) => {
                self.session.renew().await?;
                self.session.answer(sql, arguments).await
            }
            answer => answer,
        }
    }
}

impl<'c> Executor<'c> for Wire<'c> {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        mut query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let arguments = query.take_arguments().map_err(Error::Encode);
        let sql = query.sql();
        let answer = async move { Ok::<Answer, Error>(self.run(sql, arguments?.unwrap_or_default()).await?) };
        stream::once(answer).map_ok(|answer| stream::iter(answer).map(Ok)).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        self.fetch_all(query).map_ok(|rows| rows.into_iter().next()).boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        self.session.connection().prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        self.session.connection().describe(sql)
    }
}
