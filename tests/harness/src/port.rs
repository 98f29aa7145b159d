//! Ports for test servers.

use std::net::{Ipv4Addr, TcpListener};

use rand::RngExt as _;

/// A free TCP port of the loopback address below 32768, where the kernel never picks one for a client.
///
/// # Panics
/// When none of 100 random ports is free.
#[must_use]
pub fn free_port() -> u16 {
    let mut rng = rand::rng();
    let mut candidates = std::iter::repeat_with(|| rng.random_range(20_000..32_000)).take(100);
    let free = candidates.find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok());
    free.unwrap_or_else(|| panic!("no free port between 20000 and 32000"))
}
