//! Of several operators one acts: also when one is told to stop, is killed, or is cut off from the API server.
//!
//! `STOCKBOT_CHAOS_ROUNDS` repeats each (see `make chaos`); the times are printed.

use std::{env, time::Instant};

use k8s_openapi::api::apps::v1::Deployment;
use kube::config::Kubeconfig;
use stockbot_harness::{Proxy, eventually};
use tempfile::NamedTempFile;

use crate::{BOT, SOON, cluster, operator::Operator, world::World};

fn rounds() -> u32 {
    env::var("STOCKBOT_CHAOS_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1)
}

async fn leads(operator: &Operator) -> bool {
    operator.metric("leader", &[]).await == 1
}

/// Waits until an operator leads; while it does not, `meanwhile` is looked at.
async fn until_leads(operator: &Operator) {
    eventually(SOON, "the other operator leads", || async {
        if leads(operator).await { Ok(()) } else { Err(operator.process.output()) }
    })
    .await;
}

/// An operator that leads, and one that stands by.
async fn two(world: &World, kubeconfig: &str) -> (Operator, Operator) {
    let first = world.operator_as(kubeconfig, &[]);
    until_leads(&first).await;
    let second = world.operator(&[]);
    eventually(SOON, "the second stands by", || async {
        match second.get("/readyz").await {
            Some((200, _)) => Ok(()),
            other => Err(other),
        }
    })
    .await;
    assert!(!leads(&second).await);
    (first, second)
}

/// A bot with that grace period becomes a Deployment.
pub async fn acts(world: &World, seconds: i64) {
    world.bot(&format!("  terminationGracePeriodSeconds: {seconds}\n")).await;
    let as_wanted = |found: Option<&Deployment>| {
        found.is_some_and(|one| {
            one.spec.template.spec.as_ref().unwrap().termination_grace_period_seconds == Some(seconds)
        })
    };
    world.until(BOT, "somebody acts", as_wanted).await;
}

#[tokio::test]
async fn a_lease_that_is_given_back_is_taken_long_before_its_end() {
    for round in 0..rounds() {
        let world = World::new().await;
        let (first, second) = two(&world, &cluster::kubeconfig()).await;
        acts(&world, 31).await;
        let told = Instant::now();
        first.process.signal("TERM").unwrap();
        until_leads(&second).await;
        let took = told.elapsed();
        println!("round {round}: {took:?} from SIGTERM to the next leader");
        assert!(took.as_secs() < 8, "the Lease was waited for, not given back: {took:?}");
        acts(&world, 32).await;
        first.stop().await;
    }
}

#[tokio::test]
async fn a_killed_leader_is_replaced_when_its_term_ends() {
    for round in 0..rounds() {
        let world = World::new().await;
        let (mut first, second) = two(&world, &cluster::kubeconfig()).await;
        acts(&world, 31).await;
        let killed = Instant::now();
        first.process.kill().unwrap();
        until_leads(&second).await;
        println!("round {round}: {:?} from SIGKILL to the next leader", killed.elapsed());
        acts(&world, 32).await;
    }
}

#[tokio::test]
async fn a_leader_that_is_cut_off_writes_nothing_when_another_leads_and_nothing_afterwards() {
    for round in 0..rounds() {
        let world = World::new().await;
        let (proxy, kubeconfig) = through_a_proxy().await;
        let (first, second) = two(&world, kubeconfig.path().to_str().unwrap()).await;
        acts(&world, 31).await;

        proxy.silence(true);
        let cut = Instant::now();
        // What people want now can reach the first no more.
        world.bot("  terminationGracePeriodSeconds: 32\n").await;
        until_leads(&second).await;
        assert!(!leads(&first).await, "two leaders at a time");
        println!("round {round}: {:?} from the cut to the next leader", cut.elapsed());
        let before = first.writes().await;
        acts(&world, 33).await;
        proxy.silence(false);
        acts(&world, 34).await;
        assert_eq!(first.writes().await, before, "it wrote after its claim had ended");
        assert!(leads(&second).await && !leads(&first).await);
    }
}

/// A proxy before the API server, and a kubeconfig that leads through it.
async fn through_a_proxy() -> (Proxy, NamedTempFile) {
    let mut config = Kubeconfig::read_from(cluster::kubeconfig()).unwrap();
    let server = config.clusters[0].cluster.as_mut().unwrap().server.as_mut().unwrap();
    let address = server.trim_start_matches("https://").trim_end_matches('/').parse().unwrap();
    let proxy = Proxy::start_to(address).await.unwrap();
    *server = format!("https://127.0.0.1:{}", proxy.port());
    let file = NamedTempFile::new().unwrap();
    std::fs::write(&file, serde_yaml::to_string(&config).unwrap()).unwrap();
    (proxy, file)
}
