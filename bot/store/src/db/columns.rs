//! Values between Rust and Postgres: ids, spans, words, and the columns of a row. Must not: know any table.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Decode, Postgres, Row as _, Type, postgres::PgRow};

use crate::StoreError;

/// A Discord id as Postgres stores it.
pub(crate) fn id(id: u64) -> i64 {
    id.cast_signed()
}

/// A product code or order id as it is stored, whatever case was typed. Never folded by the server: its `upper` follows the
/// database's locale, and in Turkish an `i` becomes a letter that no code has.
pub(crate) fn capitals(typed: &str) -> String {
    typed.trim().to_ascii_uppercase()
}

/// A span as the argument of `make_interval(secs => ..)`.
pub(crate) fn seconds(span: Duration) -> f64 {
    span.as_secs_f64()
}

/// A column of any type that sqlx reads itself.
pub(crate) fn get<'r, T>(row: &'r PgRow, column: &str) -> Result<T, StoreError>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
{
    Ok(row.try_get(column)?)
}

/// A column with a Discord id.
pub(crate) fn get_id(row: &PgRow, column: &str) -> Result<u64, StoreError> {
    Ok(get::<i64>(row, column)?.cast_unsigned())
}

/// A column with a Discord id or NULL.
pub(crate) fn get_maybe_id(row: &PgRow, column: &str) -> Result<Option<u64>, StoreError> {
    Ok(get::<Option<i64>>(row, column)?.map(i64::cast_unsigned))
}

/// A column with a time.
pub(crate) fn get_time(row: &PgRow, column: &str) -> Result<Timestamp, StoreError> {
    Ok(get::<jiff_sqlx::Timestamp>(row, column)?.to_jiff())
}

/// A column with a time or NULL.
pub(crate) fn get_maybe_time(row: &PgRow, column: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(get::<Option<jiff_sqlx::Timestamp>>(row, column)?.map(jiff_sqlx::Timestamp::to_jiff))
}

/// A text column that holds one of the words of an enum.
pub(crate) fn get_word<T: Word>(row: &PgRow, column: &str) -> Result<T, StoreError> {
    read_word(column, get(row, column)?)
}

/// The word of an enum that a column holds.
pub(crate) fn read_word<T: Word>(column: &str, word: &str) -> Result<T, StoreError> {
    T::from_word(word).ok_or_else(|| StoreError::Corrupt(format!("{column} has the unknown value {word:?}")))
}

/// An enum that the database stores as a word.
pub(crate) trait Word: Sized {
    /// As stored.
    fn word(&self) -> &'static str;
    /// From what is stored.
    fn from_word(word: &str) -> Option<Self>;
}

/// Implements [`Word`] from one list of variants and their words.
macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $crate::db::Word for $type {
            fn word(&self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use words;

words!(stockbot_config::Locale { Id = "id", En = "en" });
