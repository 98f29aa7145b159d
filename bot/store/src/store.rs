//! The bot's database: a cheap handle on its connections. Must not: know what the tables mean.

use std::{fmt, sync::Arc, time::Duration};

use crate::{ConnectOptions, StoreError, db::Connections};

/// The server ends a statement that takes too long; no answer this much later means that the server cannot be reached.
const ANSWER_MARGIN: Duration = Duration::from_secs(2);

/// The bot's database: a cheap handle on its connections.
#[derive(Clone)]
pub struct Store {
    pub(crate) connections: Arc<Connections>,
    settings: Arc<Settings>,
}

struct Settings {
    begin: String,
    pooled: bool,
    patience: Duration,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("connections", &self.connections).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the first connection, so that a wrong URL is noticed at once.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, StoreError> {
        let connections = Connections::new(options.driver_options()?, options.max_connections)?;
        drop(connections.take().await?);
        let (begin, pooled) = (options.begin_sql(), options.pooled);
        let settings = Settings { begin, pooled, patience: options.statement_timeout + ANSWER_MARGIN };
        Ok(Self { connections, settings: Arc::new(settings) })
    }

    pub(crate) fn pooled(&self) -> bool {
        self.settings.pooled
    }

    /// Longest wait for the answer to a statement.
    pub(crate) fn patience(&self) -> Duration {
        self.settings.patience
    }

    pub(crate) fn begin_sql(&self) -> &str {
        &self.settings.begin
    }

    /// Closes the connections after the statements under way.
    pub async fn close(&self) {
        self.connections.close().await;
    }
}
