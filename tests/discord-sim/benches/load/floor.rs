//! A server that only answers: what the machine and the load generator allow at best.

use std::process::Stdio;

use axum::Router;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::target::on_core;

/// Set in the child process that is the floor.
const MARK: &str = "DISCORD_SIM_FLOOR";

/// Whether this process is to be the floor.
pub fn is_wanted() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Answers everything, until it is killed.
pub fn serve() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        let router =
            Router::new().fallback(|| async { axum::Json(json!({ "id": "1", "username": "floor" })) });
        axum::serve(listener, router).await.unwrap();
    });
}

/// Starts it as a process of its own on the stand-in's core; its address.
pub async fn start() -> (Child, String) {
    let program = std::env::current_exe().unwrap();
    let mut command = on_core("0", program.to_str().unwrap());
    let mut child = command.env(MARK, "1").stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let url = BufReader::new(child.stdout.take().unwrap()).lines().next_line().await.unwrap().unwrap();
    (child, url)
}
