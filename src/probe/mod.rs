//! The operator's own probe of each running pod: asks its `/status` and wakes the reconcilers when the answer changed.
//! Must not: judge the answer; that is the status step's.

mod schedule;

use std::{sync::Arc, time::Duration};

use reqwest::redirect;
use stockbot_config::{mounts::HTTP_PORT, status::BotStatus};
use tokio::{task::JoinSet, time::Instant};

use self::schedule::Schedule;
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
    let mut schedule = Schedule::default();
    let mut running = JoinSet::new();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        while let Some(ended) = running.try_join_next() {
            // One that panicked is remembered as under way until its pod is gone: it would panic again.
            if let Ok(pod) = ended {
                schedule.ended(&pod);
            }
        }
        let targets: Vec<_> =
            context.pods.all().into_iter().filter_map(|(key, pod)| target(&context, key, &pod)).collect();
        let now = Instant::now();
        let due = schedule.due(targets.iter().map(|target| (&target.pod, target.period())), now);
        context.reports.retain(|key| schedule.knows(key));
        for at in due.into_iter().take(CONCURRENCY - running.len()) {
            let target = targets[at].clone();
            schedule.begun(&target.pod, now);
            running.spawn(probe(Arc::clone(&context), client.clone(), target));
        }
    }
}

fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    // Straight to the pod: no proxy, no redirect, no idle connections kept to hundreds of pods.
    reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).pool_max_idle_per_host(0).build()
}

/// A pod to ask.
#[derive(Clone)]
struct Target {
    pod: Key,
    uid: String,
    url: String,
    bot: Arc<DiscordBot>,
}

fn target(context: &Context, key: Key, pod: &PodState) -> Option<Target> {
    let ip = pod.probe_address()?;
    let host = if ip.contains(':') { format!("[{ip}]") } else { ip.to_owned() };
    let bot = context.bot(&Key::new(&key.namespace, &pod.bot))?;
    Some(Target { pod: key, uid: pod.uid.clone(), url: format!("http://{host}:{HTTP_PORT}/status"), bot })
}

impl Target {
    /// Time between two probes.
    fn period(&self) -> Duration {
        let status = self.bot.status.as_ref();
        let ready = status.and_then(|status| conditions::find(&status.conditions, "Ready"));
        let generation = self.bot.metadata.generation;
        let settled =
            ready.is_some_and(|ready| ready.status == "True" && ready.observed_generation == generation);
        let calm = self.bot.spec.probes.deep.period.get();
        if settled { calm } else { calm.min(EAGER) }
    }
}

/// Asks a pod and remembers the answer; gives the pod.
async fn probe(context: Arc<Context>, client: reqwest::Client, target: Target) -> Key {
    let Target { pod, uid, url, bot } = target;
    let started = Instant::now();
    let DeepProbe { timeout, .. } = &bot.spec.probes.deep;
    let answer = ask(&client, &url, timeout.get()).await;
    let outcome = if answer.is_ok() { "success" } else { "failure" };
    context.process.metrics.probes.with_label_values(&[outcome]).observe(started.elapsed().as_secs_f64());
    if context.reports.put(&pod, uid, answer) {
        let bot = Key::of(&*bot);
        context.triggers.bot(&bot);
        context.naming(&bot).iter().for_each(|display| context.triggers.display(&Key::of(&**display)));
    }
    pod
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
