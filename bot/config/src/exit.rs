//! Exit codes of the bot binary (api.md section 4). The operator turns them into conditions.

/// Ended as asked.
pub const CLEAN: u8 = 0;
/// The configuration file or a mounted Secret is malformed.
pub const BAD_CONFIGURATION: u8 = 64;
/// Discord refused the token.
pub const TOKEN_REJECTED: u8 = 65;
/// Discord refused the intents or the sharding.
pub const GATEWAY_REFUSED: u8 = 66;
/// The database schema is newer than this binary.
pub const SCHEMA_TOO_NEW: u8 = 67;
/// Postgres or Discord could not be reached at start.
pub const DEPENDENCY_UNAVAILABLE: u8 = 69;
