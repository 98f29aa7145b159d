//! The versions of the API that exist here: v10, and v9, which is the same for all that the stand-in has.

use super::error::ApiError;

/// What the addresses of each begin with.
pub const PREFIXES: [&str; 2] = ["/api/v10", "/api/v9"];

/// Their numbers, for the gateway.
pub const NUMBERS: [u64; 2] = [10, 9];

/// A path or route without its version.
#[must_use]
pub fn without(path: &str) -> &str {
    PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix)).unwrap_or(path)
}

/// 400 50041 for addresses of versions that do not exist, or without one.
pub async fn unknown() -> ApiError {
    ApiError::bad_request(50_041, "Invalid API version provided: this stand-in has v10 and v9")
}
