//! The operator's own probe of each running pod: asks its `/status` and wakes the reconcilers when the answer changed.
//! Must not: judge the answer; that is the status step's.

use std::{collections::HashMap, sync::Arc, time::Duration};

use reqwest::redirect;
use stockbot_config::{mounts::HTTP_PORT, status::BotStatus};
use tokio::{task::JoinSet, time::Instant};

use crate::{
    api::{DiscordBot, conditions, workload::DeepProbe},
    cluster::{cache::Key, context::Context, pod::PodState, reports::ProbeError},
};

/// Time between two probes of a pod whose bot is not ready.
const EAGER: Duration = Duration::from_secs(1);
/// How often the schedule is looked at.
const TICK: Duration = Duration::from_millis(200);
/// Most probes under way at once.
const CONCURRENCY: usize = 32;
/// Longest status document that is read, bytes; a bot with the most displays needs a tenth.
const LONGEST: usize = 1 << 20;

/// Probes every running pod of the scope, for ever.
pub async fn run(context: Arc<Context>) {
    let Ok(client) = http_client() else {
        tracing::error!("no HTTP client for probes; pods are not probed");
        return;
    };
    let mut last: HashMap<Key, Instant> = HashMap::new();
    let mut running = JoinSet::new();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        while running.try_join_next().is_some() {}
        let pods = context.pods.all();
        last.retain(|key, _| pods.iter().any(|(pod, _)| pod == key));
        context.reports.retain(|key| last.contains_key(key));
        for (key, pod) in pods {
            if running.len() >= CONCURRENCY {
                break;
            }
            let Some((address, bot)) = target(&context, &key, &pod) else { continue };
            if last.get(&key).is_some_and(|at| at.elapsed() < period(&bot)) {
                continue;
            }
            last.insert(key.clone(), Instant::now());
            running.spawn(probe(Arc::clone(&context), client.clone(), key, bot, address, pod.uid.clone()));
        }
    }
}

fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    // Straight to the pod: no proxy, no redirect, no idle connections kept to hundreds of pods.
    reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).pool_max_idle_per_host(0).build()
}

fn target(context: &Context, key: &Key, pod: &PodState) -> Option<(String, Arc<DiscordBot>)> {
    let ip = pod.probe_address()?;
    let host = if ip.contains(':') { format!("[{ip}]") } else { ip.to_owned() };
    let bot = context.bot(&Key::new(&key.namespace, &pod.bot))?;
    Some((format!("http://{host}:{HTTP_PORT}/status"), bot))
}

fn period(bot: &DiscordBot) -> Duration {
    let status = bot.status.as_ref();
    let ready = status.and_then(|status| conditions::find(&status.conditions, "Ready"));
    let settled = ready
        .is_some_and(|ready| ready.status == "True" && ready.observed_generation == bot.metadata.generation);
    let calm = bot.spec.probes.deep.period.get();
    if settled { calm } else { calm.min(EAGER) }
}

async fn probe(
    context: Arc<Context>,
    client: reqwest::Client,
    key: Key,
    bot: Arc<DiscordBot>,
    url: String,
    uid: String,
) {
    let started = Instant::now();
    let DeepProbe { timeout, .. } = &bot.spec.probes.deep;
    let answer = ask(&client, &url, timeout.get()).await;
    let outcome = if answer.is_ok() { "success" } else { "failure" };
    context.process.metrics.probes.with_label_values(&[outcome]).observe(started.elapsed().as_secs_f64());
    if context.reports.put(&key, uid, answer) {
        let bot = Key::of(&*bot);
        context.triggers.bot(&bot);
        context.displays_of(&bot).iter().for_each(|display| context.triggers.display(&Key::of(&**display)));
    }
}

async fn ask(client: &reqwest::Client, url: &str, timeout: Duration) -> Result<BotStatus, ProbeError> {
    let failed = |error: reqwest::Error| {
        if error.is_timeout() { ProbeError::Timeout(timeout) } else { ProbeError::Unreachable }
    };
    let mut answer = client.get(url).timeout(timeout).send().await.map_err(failed)?;
    if !answer.status().is_success() {
        return Err(ProbeError::Status(answer.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST {
            return Err(ProbeError::Malformed);
        }
    }
    serde_json::from_slice(&body).map_err(|_| ProbeError::Malformed)
}
