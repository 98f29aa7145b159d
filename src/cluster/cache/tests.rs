//! A watch that is a list of events, and writes in between.

use super::*;
use futures_util::stream;
use k8s_openapi::api::core::v1::ConfigMap;
use std::sync::Mutex;

#[derive(Debug)]
struct Version(u64);

impl Summary for Version {
    fn bot(&self) -> &'static str {
        "growshop"
    }

    fn version(&self) -> u64 {
        self.0
    }
}

fn key(name: &str) -> Key {
    Key::new("shops", name)
}

fn object(name: &str, version: u64) -> ConfigMap {
    let mut object = ConfigMap::default();
    object.metadata.name = Some(name.into());
    object.metadata.namespace = Some("shops".into());
    object.metadata.resource_version = Some(version.to_string());
    object
}

/// Follows these events; gives the names that were told of.
async fn follow(cache: &Cache<Version>, events: Vec<Event<ConfigMap>>) -> Vec<String> {
    let told = Mutex::new(Vec::new());
    let read = |object: &ConfigMap, _: Option<&Version>| {
        Version(object.resource_version().unwrap().parse().unwrap())
    };
    let changed = |key: &Key, _: &Version| told.lock().unwrap().push(key.name.clone());
    cache.follow(stream::iter(events.into_iter().map(Ok)), read, changed).await;
    told.into_inner().unwrap()
}

fn held(cache: &Cache<Version>, name: &str) -> Option<u64> {
    cache.get(&key(name)).map(|version| version.0)
}

#[tokio::test]
async fn a_late_answer_to_a_write_does_not_bring_a_deleted_object_back() {
    let cache = Cache::default();
    follow(&cache, vec![Event::Apply(object("a", 5)), Event::Delete(object("a", 9))]).await;
    assert_eq!(cache.put(key("a"), Version(8)).0, 8);
    assert_eq!(held(&cache, "a"), None);
    cache.put(key("a"), Version(12));
    assert_eq!(held(&cache, "a"), Some(12), "one that was made after that is another");
}

#[tokio::test]
async fn what_a_write_returned_stands_against_older_news() {
    let cache = Cache::default();
    cache.put(key("a"), Version(12));
    let told = follow(&cache, vec![Event::Apply(object("a", 7)), Event::Delete(object("a", 9))]).await;
    assert_eq!((held(&cache, "a"), told.len()), (Some(12), 2));
    follow(&cache, vec![Event::Apply(object("a", 13))]).await;
    assert_eq!(held(&cache, "a"), Some(13));
}

#[tokio::test]
async fn an_event_from_before_our_deletion_is_late() {
    let cache = Cache::default();
    cache.put(key("a"), Version(12));
    cache.remove(&key("a"));
    follow(&cache, vec![Event::Apply(object("a", 11))]).await;
    assert_eq!(held(&cache, "a"), None);
}

#[tokio::test]
async fn a_list_is_the_truth_but_for_what_was_written_since_it_began() {
    let cache = Cache::default();
    follow(&cache, vec![Event::Apply(object("gone", 50)), Event::Apply(object("restored", 60))]).await;
    follow(&cache, vec![Event::Init]).await;
    cache.put(key("made"), Version(70));
    cache.put(key("changed"), Version(71));
    let list = ["restored", "changed"].map(|name| Event::InitApply(object(name, 40)));
    let told = follow(&cache, list.into_iter().chain([Event::InitDone]).collect()).await;
    // The stub's follow starts anew here, so the names of the list are those that it saw itself.
    assert_eq!(told, ["restored", "changed", "gone"]);
    let all = ["gone", "restored", "made", "changed"].map(|name| held(&cache, name));
    assert_eq!(all, [None, Some(40), Some(70), Some(71)]);
}

#[tokio::test]
async fn it_is_complete_after_the_first_list_and_stays_so() {
    let cache = Cache::<Version>::default();
    assert!(!*cache.complete.borrow());
    follow(&cache, vec![Event::Init, Event::InitDone, Event::Init]).await;
    cache.complete().await;
}
