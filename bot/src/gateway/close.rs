//! What a close code asks for (discord.md, Gateway).

use stockbot_config::exit::Reason;

use crate::exit::Exit;

/// What to do after a close.
#[derive(Debug)]
pub enum Then {
    /// Resume with back-off.
    Resume,
    /// The session is gone: identify, if the budget allows.
    Identify,
    /// Nothing that this process can mend.
    End(Exit),
}

/// Policy for a close code; `None` is a connection that broke without one.
pub fn policy(code: Option<u16>) -> Then {
    match code {
        Some(1000 | 1001 | 4003 | 4007 | 4009) => Then::Identify,
        Some(4004) => Then::End(Exit::token_rejected()),
        Some(code @ (4010 | 4011)) => Then::End(refused(
            Reason::ShardingRefused,
            code,
            "the sharding; set discord.shards to 0 so that Discord's recommendation is used",
        )),
        Some(code @ 4012) => Then::End(refused(
            Reason::ApiVersionRefused,
            code,
            "this version of its API; use a newer bot image",
        )),
        Some(code @ (4013 | 4014)) => Then::End(refused(
            Reason::IntentsRefused,
            code,
            "the intents GUILDS; enable them for the application in the Developer Portal",
        )),
        _ => Then::Resume,
    }
}

fn refused(reason: Reason, code: u16, what: &str) -> Exit {
    Exit::new(reason, format!("Discord closed the gateway with {code}: it refuses {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_close_code_is_answered_as_discord_documents() {
        for code in [None, Some(1006), Some(4000), Some(4001), Some(4002), Some(4005), Some(4008)] {
            assert!(matches!(policy(code), Then::Resume), "{code:?}");
        }
        for code in [1000, 1001, 4003, 4007, 4009] {
            assert!(matches!(policy(Some(code)), Then::Identify), "{code}");
        }
        for (code, reason) in [
            (4004, Reason::TokenRejected),
            (4010, Reason::ShardingRefused),
            (4011, Reason::ShardingRefused),
            (4012, Reason::ApiVersionRefused),
            (4013, Reason::IntentsRefused),
            (4014, Reason::IntentsRefused),
        ] {
            assert!(matches!(policy(Some(code)), Then::End(exit) if exit.reason == reason), "{code}");
        }
    }
}
