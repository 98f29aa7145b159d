//! Objects of the main kinds that this build cannot read (a number too large for its field, a form of another version): each
//! is told so in its own status, and nobody else waits for it.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use futures_util::{Stream, StreamExt as _};
use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp};
use kube::{
    Api, Client, Resource, ResourceExt as _,
    api::{ApiResource, DynamicObject, Patch, PatchParams},
    core::{DeserializeGuard, error_boundary::InvalidObject},
    runtime::watcher::{self, Event},
};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::status_writer::HasStatus;
use crate::{
    api::{
        conditions::{Finding, merge},
        names,
    },
    cluster::cache::Key,
};

/// Longest time to tell one object.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a watch brought.
pub enum Brought<K> {
    /// Something that can be read.
    Event(watcher::Result<Event<K>>),
    /// An object that cannot.
    Unreadable(Box<InvalidObject>),
}

/// Separates what can be read from what cannot.
pub fn guarded<K>(
    events: impl Stream<Item = watcher::Result<Event<DeserializeGuard<K>>>>,
) -> impl Stream<Item = Brought<K>> {
    events.map(|event| {
        let separate = |guard: DeserializeGuard<K>, as_event: fn(K) -> Event<K>| match guard.0 {
            Ok(object) => Brought::Event(Ok(as_event(object))),
            Err(invalid) => Brought::Unreadable(Box::new(invalid)),
        };
        match event {
            Ok(Event::Apply(guard)) => separate(guard, Event::Apply),
            Ok(Event::InitApply(guard)) => separate(guard, Event::InitApply),
            Ok(Event::Delete(guard)) => separate(guard, Event::Delete),
            Ok(Event::Init) => Brought::Event(Ok(Event::Init)),
            Ok(Event::InitDone) => Brought::Event(Ok(Event::InitDone)),
            Err(error) => Brought::Event(Err(error)),
        }
    })
}

/// Only what can be read; the rest is logged. For children, whose content is the API server's own kind.
pub fn readable<K: Resource<DynamicType = ()>>(
    events: impl Stream<Item = watcher::Result<Event<DeserializeGuard<K>>>>,
) -> impl Stream<Item = watcher::Result<Event<K>>> {
    guarded(events).filter_map(|brought| {
        std::future::ready(match brought {
            Brought::Event(event) => Some(event),
            Brought::Unreadable(invalid) => {
                let name = invalid.metadata.name.unwrap_or_default();
                tracing::warn!(kind = %K::kind(&()), name, error = %invalid.error, "an object cannot be read");
                None
            }
        })
    })
}

/// Says in the object's status that it cannot be read, unless that is there already.
pub async fn tell<K: HasStatus>(client: &Client, invalid: &InvalidObject) {
    let metadata = &invalid.metadata;
    let key =
        Key::new(metadata.namespace.clone().unwrap_or_default(), metadata.name.clone().unwrap_or_default());
    let kind = K::kind(&()).into_owned();
    let Key { namespace, name } = &key;
    tracing::warn!(kind, namespace, name, error = %invalid.error, "an object cannot be read; the others go on");
    if metadata.deletion_timestamp.is_some() {
        return;
    }
    // The watch waits meanwhile, and must not do so for ever.
    let telling = (|| write::<K>(client, &key, &invalid.error)).retry(ExponentialBuilder::default());
    match timeout(PATIENCE, telling).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(kind, namespace, name, %error, "an object that cannot be read could not be told so");
        }
        Err(_) => {
            tracing::warn!(kind, namespace, name, "an object that cannot be read was not told so in time");
        }
    }
}

async fn write<K: HasStatus>(client: &Client, key: &Key, error: &str) -> Result<(), kube::Error> {
    let kind = ApiResource::erase::<K>(&());
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), &key.namespace, &kind);
    let Some(object) = api.get_opt(&key.name).await? else { return Ok(()) };
    let generation = object.metadata.generation;
    let old: Vec<Condition> =
        serde_json::from_value(object.data["status"]["conditions"].clone()).unwrap_or_default();
    let new = merge(&old, findings::<K>(error), generation, Timestamp::now());
    if same(&old, &new) {
        return Ok(());
    }
    let document = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": {"name": key.name, "uid": object.uid()},
        "status": status(object.data["status"].clone(), generation, &new),
    });
    let params = PatchParams::apply(names::MANAGER).force();
    api.patch_status(&key.name, &params, &Patch::Apply(&document)).await.map(drop)
}

fn findings<K: HasStatus>(error: &str) -> Vec<Finding> {
    let message = format!("this object cannot be read: {error}; correct its spec");
    let (ready, stalled) = K::UNREADABLE;
    vec![
        Finding::new("Ready", Some(false), ready, message.clone()),
        Finding::new("Stalled", Some(true), stalled, message),
    ]
}

/// The other conditions are left as they were: what they tell of still runs.
fn same(old: &[Condition], new: &[Condition]) -> bool {
    new.iter().all(|condition| old.contains(condition))
}

fn status(mut status: Value, generation: Option<i64>, new: &[Condition]) -> Value {
    let told = |kind: &Value| new.iter().any(|condition| *kind == *condition.type_);
    let kept: Vec<Value> = status["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|old| !told(&old["type"]))
        .cloned()
        .collect();
    let new = new.iter().map(|condition| json!(condition));
    status["conditions"] = kept.into_iter().chain(new).collect();
    status["observedGeneration"] = generation.into();
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::{DiscordBot, fixtures::bot},
        client::stub::Stub,
    };
    use futures_util::stream;

    /// A bot with a number that fits no field.
    fn too_large() -> Value {
        let mut bot = json!(bot(""));
        bot["metadata"]["name"] = "bad".into();
        bot["spec"]["replicas"] = 99_999_999_999_i64.into();
        bot
    }

    fn guard(bot: Value) -> DeserializeGuard<DiscordBot> {
        serde_json::from_value(bot).unwrap()
    }

    #[tokio::test]
    async fn an_object_that_cannot_be_read_is_named_and_the_others_come_through() {
        let events = [
            Event::Init,
            Event::InitApply(guard(too_large())),
            Event::InitApply(guard(json!(bot("")))),
            Event::InitDone,
        ];
        let brought: Vec<_> = guarded(stream::iter(events.map(Ok))).collect().await;
        let words: Vec<_> = brought
            .iter()
            .map(|brought| match brought {
                Brought::Event(Ok(Event::InitApply(bot))) => bot.name_any(),
                Brought::Event(Ok(_)) => "-".into(),
                Brought::Event(Err(error)) => error.to_string(),
                Brought::Unreadable(invalid) => {
                    format!("unreadable {}", invalid.metadata.name.as_ref().unwrap())
                }
            })
            .collect();
        assert_eq!(words, ["-", "unreadable bad", "growshop", "-"]);
    }

    #[tokio::test]
    async fn it_is_told_what_is_wrong_once_and_keeps_what_else_its_status_says() {
        let status = json!({
            "shop": "growshop",
            "conditions": [
                {"type": "Ready", "status": "True", "reason": "AllReady", "message": "", "lastTransitionTime": "2026-11-20T18:00:00Z"},
                {"type": "TokenValid", "status": "True", "reason": "Accepted", "message": "", "lastTransitionTime": "2026-11-20T18:00:00Z"},
            ],
        });
        let kept = std::sync::Mutex::new({
            let mut object = too_large();
            object["status"] = status;
            object
        });
        let stub = Stub::new(move |asked| {
            let mut object = kept.lock().unwrap();
            if asked.method == "PATCH" {
                object["status"] = asked.body["status"].clone();
            }
            (200, object.clone())
        });
        let invalid = guard(too_large()).0.unwrap_err();
        tell::<DiscordBot>(&stub.client, &invalid).await;
        tell::<DiscordBot>(&stub.client, &invalid).await;
        let writes: Vec<_> = stub.asked().into_iter().filter(|asked| asked.method == "PATCH").collect();
        assert_eq!(writes.len(), 1, "the second time there is nothing new to tell");
        let status = &writes[0].body["status"];
        let conditions: Vec<Condition> = serde_json::from_value(status["conditions"].clone()).unwrap();
        let words: Vec<_> =
            conditions.iter().map(|one| format!("{} {} {}", one.type_, one.status, one.reason)).collect();
        assert_eq!(words, ["TokenValid True Accepted", "Ready False Stalled", "Stalled True RolloutFailed"]);
        assert!(conditions[1].message.contains("99999999999"), "{}", conditions[1].message);
        assert_eq!(status["shop"], "growshop");
    }
}
