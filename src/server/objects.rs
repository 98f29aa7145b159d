//! Series about single objects, computed at each scrape from what is stored: they vanish with the object.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Instant,
};

use prometheus::{CounterVec, Error, IntGaugeVec, Registry};

use crate::{
    api::{DiscordBot, conditions::find},
    cluster::{cache::Key, context::Context},
    metrics::{options, register},
};

const OBJECT: [&str; 2] = ["namespace", "name"];

struct Series {
    bots: IntGaugeVec,
    desired: IntGaugeVec,
    ready: IntGaugeVec,
    shards: IntGaugeVec,
    starts: IntGaugeVec,
    score: IntGaugeVec,
    published: IntGaugeVec,
}

/// A registry with the series of every object of the scopes.
pub fn registry(scopes: &[Arc<Context>]) -> Result<Registry, Error> {
    let registry = Registry::new();
    let gauge = |name: &str, help: &str, labels: &[&str]| {
        register(&registry, IntGaugeVec::new(options(name, help), labels)?)
    };
    let series = Series {
        bots: gauge("bots", "Bots by phase", &["namespace", "phase"])?,
        desired: gauge("bot_replicas_desired", "Pods that should run", &OBJECT)?,
        ready: gauge("bot_replicas_ready", "Pods that are ready", &OBJECT)?,
        shards: gauge("bot_shards_connected", "Shards with a live session", &OBJECT)?,
        starts: gauge("bot_session_starts_remaining", "Session starts left today", &OBJECT)?,
        score: gauge("display_health_score", "Health of a display, 0 to 100", &OBJECT)?,
        published: gauge("display_published", "1 if the live message is up to date", &OBJECT)?,
    };
    for scope in scopes {
        fill(&series, scope);
    }
    uptime(&registry, scopes)?;
    Ok(registry)
}

fn fill(series: &Series, scope: &Context) {
    for bot in scope.bots.state() {
        let Key { namespace, name } = Key::of(&*bot);
        let status = bot.status.clone().unwrap_or_default();
        series.bots.with_label_values(&[namespace.as_str(), status.phase.as_str()]).inc();
        let object = [namespace.as_str(), name.as_str()];
        series.desired.with_label_values(&object).set(bot.spec.wanted().into());
        series.ready.with_label_values(&object).set(status.ready_replicas.into());
        series.shards.with_label_values(&object).set(status.shards.connected.into());
        if let Some(starts) = status.session_starts {
            series.starts.with_label_values(&object).set(starts.remaining.into());
        }
    }
    for display in scope.displays.state() {
        let Key { namespace, name } = Key::of(&*display);
        let object = [namespace.as_str(), name.as_str()];
        let status = display.status.clone().unwrap_or_default();
        let published = find(&status.conditions, "Published").is_some_and(|found| found.status == "True");
        series.published.with_label_values(&object).set(published.into());
        if let Some(health) = status.health {
            series.score.with_label_values(&object).set(health.score.into());
        }
    }
}

/// Seconds that a bot was wanted, and ready, since this process first saw it.
struct Uptime {
    at: Instant,
    wanted: f64,
    ready: f64,
}

static UPTIMES: LazyLock<Mutex<BTreeMap<(String, String), Uptime>>> = LazyLock::new(Mutex::default);

/// Adds the time since the last scrape to each bot's account, by the state it is in now.
fn uptime(registry: &Registry, scopes: &[Arc<Context>]) -> Result<(), Error> {
    let total = |name: &str, help: &str| register(registry, CounterVec::new(options(name, help), &OBJECT)?);
    let wanted_total = total("bot_wanted_seconds_total", "Seconds in which the bot should have run")?;
    let ready_total = total("bot_ready_seconds_total", "Seconds in which the bot was ready as wanted")?;
    let bots: Vec<Arc<DiscordBot>> = scopes.iter().flat_map(|scope| scope.bots.state()).collect();
    let mut accounts = UPTIMES.lock().unwrap_or_else(PoisonError::into_inner);
    let mut seen = BTreeMap::new();
    for bot in bots {
        let Key { namespace, name } = Key::of(&*bot);
        let id = (namespace, name);
        let Uptime { at, mut wanted, mut ready } =
            accounts.remove(&id).unwrap_or(Uptime { at: Instant::now(), wanted: 0.0, ready: 0.0 });
        let passed = at.elapsed().as_secs_f64();
        if bot.spec.wanted() > 0 {
            wanted += passed;
            let conditions =
                bot.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
            if find(conditions, "Ready").is_some_and(|found| found.status == "True") {
                ready += passed;
            }
        }
        let object = [id.0.as_str(), id.1.as_str()];
        wanted_total.with_label_values(&object).inc_by(wanted);
        ready_total.with_label_values(&object).inc_by(ready);
        seen.insert(id, Uptime { at: Instant::now(), wanted, ready });
    }
    *accounts = seen;
    Ok(())
}
