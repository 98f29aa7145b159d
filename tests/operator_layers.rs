//! The rooms of src/ stand on each other: each imports only rooms below it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// From the top; rooms of one floor do not know each other.
const FLOORS: [&[&str]; 11] = [
    &["main", "crds"],
    &["run"],
    &["scope"],
    &["stock_display"],
    &["discord_bot"],
    &["controller", "probe", "server"],
    &["cluster"],
    &["leader"],
    &["client"],
    &["metrics", "telemetry"],
    &["api"],
];

/// The rooms that a text names by `crate::`, alone or in a group.
fn imports(text: &str) -> BTreeSet<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let rest = code.split("crate::").skip(1);
    rest.flat_map(|rest| match rest.strip_prefix('{') {
        Some(group) => heads(group),
        None => vec![word(rest)],
    })
    .collect()
}

/// The first word of each member of a group, up to the brace that closes it.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut begins, mut heads) = (0, true, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' => begins = depth == 0,
            letter if begins && !letter.is_whitespace() => {
                heads.push(word(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn floor(room: &str) -> usize {
    let found = FLOORS.iter().position(|floor| floor.contains(&room));
    found.unwrap_or_else(|| panic!("{room} has no floor: add it to the list, and to the map in src/lib.rs"))
}

#[test]
fn each_room_imports_only_rooms_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut upwards = Vec::new();
    for path in files(&src) {
        let inside = path.strip_prefix(&src).unwrap();
        let room = word(inside.iter().next().unwrap().to_str().unwrap());
        if room == "lib" {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let wrong = |import: &String| *import != room && floor(import) <= floor(&room);
        upwards.extend(
            imports(&text)
                .into_iter()
                .filter(wrong)
                .map(|import| format!("{} -> {import}", inside.display())),
        );
    }
    assert!(upwards.is_empty(), "imports that do not go down: {upwards:#?}");
}

#[test]
fn imports_are_found_in_every_spelling() {
    let text = "use crate::api::names;\nuse crate::{\n    cluster::{cache::Key, child::Child},\n    metrics,\n};\n\
                // crate::run is only mentioned\nlet x = crate::client::connect();";
    let found: Vec<_> = imports(text).into_iter().collect();
    assert_eq!(found, ["api", "client", "cluster", "metrics"]);
}
