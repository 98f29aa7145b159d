//! The gateway's close codes with Discord's words.

/// A close code and its reason.
pub type Close = (u16, &'static str);

/// 4000
pub const UNKNOWN_ERROR: Close = (4000, "Unknown error.");
/// 4001
pub const UNKNOWN_OPCODE: Close = (4001, "Unknown opcode.");
/// 4002
pub const DECODE_ERROR: Close = (4002, "Error while decoding payload.");
/// 4003
pub const NOT_AUTHENTICATED: Close = (4003, "Not authenticated.");
/// 4004
pub const AUTHENTICATION_FAILED: Close = (4004, "Authentication failed.");
/// 4005
pub const ALREADY_AUTHENTICATED: Close = (4005, "Already authenticated.");
/// 4007
pub const INVALID_SEQ: Close = (4007, "Invalid `seq`.");
/// 4008
pub const RATE_LIMITED: Close = (4008, "Rate limited.");
/// 4009
pub const SESSION_TIMED_OUT: Close = (4009, "Session timed out.");
/// 4010
pub const INVALID_SHARD: Close = (4010, "Invalid shard.");
/// 4011
pub const SHARDING_REQUIRED: Close = (4011, "Sharding required.");
/// 4012
pub const INVALID_VERSION: Close = (4012, "Invalid API version.");
/// 4013
pub const INVALID_INTENTS: Close = (4013, "Invalid intent(s).");
/// 4014
pub const DISALLOWED_INTENTS: Close = (4014, "Disallowed intent(s).");

/// Discord's words for a code a test asks for.
#[must_use]
pub fn reason(code: u16) -> &'static str {
    let known = [
        UNKNOWN_ERROR,
        UNKNOWN_OPCODE,
        DECODE_ERROR,
        NOT_AUTHENTICATED,
        AUTHENTICATION_FAILED,
        ALREADY_AUTHENTICATED,
        INVALID_SEQ,
        RATE_LIMITED,
        SESSION_TIMED_OUT,
        INVALID_SHARD,
        SHARDING_REQUIRED,
        INVALID_VERSION,
        INVALID_INTENTS,
        DISALLOWED_INTENTS,
    ];
    known.iter().find(|(known, _)| *known == code).map_or("", |(_, reason)| reason)
}

/// Whether closing with this code ends the session: an orderly 1000 or 1001 of the client, or one of the codes
/// after which Discord wants a new Identify. A gateway that says 1001 only goes away itself.
#[must_use]
pub fn ends_session(code: u16, by_client: bool) -> bool {
    matches!(code, 1000 | 4003 | 4004 | 4007 | 4009 | 4010..=4014) || (by_client && code == 1001)
}

/// The name under which a close for the client's own fault is noted as a violation.
#[must_use]
pub fn rule(code: u16) -> Option<&'static str> {
    match code {
        4001 => Some("gateway.unknown_opcode"),
        4002 => Some("gateway.payload"),
        4003 => Some("gateway.not_authenticated"),
        4004 => Some("gateway.token"),
        4005 => Some("gateway.identified_twice"),
        4007 => Some("gateway.invalid_seq"),
        4008 => Some("gateway.rate_limit"),
        4010 => Some("gateway.shard"),
        4011 => Some("gateway.sharding_required"),
        4012 => Some("gateway.version"),
        4013 => Some("gateway.invalid_intents"),
        4014 => Some("gateway.disallowed_intents"),
        _ => None,
    }
}
