//! What a server must be to serve a shop: one that writes, and stores every character.
//!
//! Must not: know any table.

use sqlx::{PgConnection, Row as _};

use crate::{Store, StoreError};

/// Refuses a server that cannot serve a shop.
pub(crate) async fn check(connection: &mut PgConnection) -> Result<(), StoreError> {
    let sql = "SELECT current_setting('server_encoding') AS encoding, current_setting('transaction_read_only') AS reads_only";
    let row = sqlx::raw_sql(sql).fetch_one(connection).await?;
    let encoding: String = row.try_get("encoding")?;
    if encoding != "UTF8" {
        return Err(StoreError::WrongEncoding { encoding });
    }
    writes(row.try_get("reads_only")?)
}

fn writes(reads_only: &str) -> Result<(), StoreError> {
    if reads_only == "off" {
        return Ok(());
    }
    Err(StoreError::Unavailable(
        "the server only reads (25006): a standby, or default_transaction_read_only is on; the URL must lead to one that writes"
            .into(),
    ))
}

impl Store {
    /// One round trip: is the server there, and does it still write?
    pub async fn ping(&self) -> Result<(), StoreError> {
        let row =
            self.one(sqlx::query("SELECT current_setting('transaction_read_only') AS reads_only")).await?;
        // Others may have become read-only while they rested.
        writes(row.try_get("reads_only")?).inspect_err(|_| self.connections.doubt())
    }
}
