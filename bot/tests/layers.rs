//! The rooms of `bot/src` and their order: each uses only what stands below it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::{collections::BTreeSet, fs, path::Path};

/// From the top down; what stands in one line knows nothing of each other.
const LAYERS: &[&[&str]] = &[
    &["run"],
    &["startup", "gateway", "outbox", "housekeeping", "http", "reload", "secret_watch"],
    &["interactions", "deposits"],
    &["display"],
    &["cards", "channels"],
    &["context"],
    &["discord"],
    &["metrics", "state", "telemetry", "exit"],
    &["custom_id", "secret", "shards", "text_rule", "texts"],
];

fn layer_of(room: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&room))
}

/// The rooms that `source` names behind `crate::`, also in nested imports.
fn named(source: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for rest in source.split("crate::").skip(1) {
        let Some(list) = rest.strip_prefix('{') else {
            rooms.extend(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut begins = true;
        for (at, character) in list.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                other if begins && !other.is_whitespace() => {
                    rooms.extend(word(&list[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    rooms
}

fn word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// Every file below `path` with the name of its room.
fn files(path: &Path, room: Option<&str>, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
        let stem = entry.file_stem().unwrap().to_str().unwrap();
        let room = room.unwrap_or(stem);
        if entry.is_dir() {
            files(&entry, Some(room), found);
        } else if entry.extension().is_some_and(|end| end == "rs") && !matches!(room, "lib" | "main") {
            found.push((room.to_owned(), fs::read_to_string(&entry).unwrap()));
        }
    }
}

#[test]
fn every_room_uses_only_what_stands_below_it() {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut found);
    let rooms: BTreeSet<&str> = found.iter().map(|(room, _)| room.as_str()).collect();
    assert_eq!(rooms, LAYERS.iter().copied().flatten().copied().collect(), "every room has its place");
    let mut upwards = BTreeSet::new();
    for (room, source) in &found {
        for used in named(source).into_iter().filter(|used| used != room) {
            if layer_of(&used).is_some_and(|below| below <= layer_of(room).unwrap_or_default()) {
                upwards.insert(format!("{room} uses {used}"));
            }
        }
    }
    assert!(upwards.is_empty(), "{upwards:#?}");
}

#[test]
fn nested_imports_are_seen() {
    let source = "use crate::{\n    cards::{Card, Mood},\n    texts,\n};\nuse crate::run::Places;\nlet x = crate::state::State::new();";
    assert_eq!(named(source).into_iter().collect::<Vec<_>>(), ["cards", "run", "state", "texts"]);
}
