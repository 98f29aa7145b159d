//! The peer: a plain discord.js bot in a stand-in of its own, with the same buyers.

use std::path::Path;

use discord_sim::{Options, Sim};
use serde_json::{Value, json};
use stockbot_harness::{Discord, Person, Process};

pub struct Peer {
    pub buyers: Vec<Person>,
    /// The message whose button sells.
    pub message: Value,
    _process: Process,
    _sim: Sim,
}

/// Starts it; `None`: its packages are not installed.
pub async fn start(buyers: usize) -> Option<Peer> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    if !tests.join("discord-sim/clients/discordjs/node_modules/discord.js").exists() {
        eprintln!("no peer: tests/bench/run installs its packages");
        return None;
    }
    let sim = discord_sim::start(Options::default()).await.unwrap();
    let world = Discord::at(&sim.url()).world().await;
    let script = tests.join("bench/peer.mjs").display().to_string();
    let args = [script, sim.url(), world.token.clone(), world.channel.clone()];
    let process = Process::spawn("node", args, &[]).unwrap();
    let message = world.live_message().await;
    let mut people = Vec::new();
    for number in 0..buyers {
        let buyer = world.member(&format!("Grower{number}"), json!({})).await;
        // Its direct channel is open, as that of everybody who bought before.
        let click = buyer.click(&message, "sb1:ok:").await;
        buyer.settled(&click, "One moment").await;
        people.push(buyer);
    }
    Some(Peer { buyers: people, message, _process: process, _sim: sim })
}
