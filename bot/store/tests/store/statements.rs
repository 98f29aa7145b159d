//! Statements name their columns: a column that a later version adds must not change what a prepared statement gives.

use std::path::{Path, PathBuf};

/// A `*` that stands for columns: after one of these words, a comma or a dot, and not as Rust's dereference or SQL's product.
fn asks_for_all_columns(text: &str) -> bool {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let upper = words.to_ascii_uppercase();
    upper.match_indices('*').any(|(at, _)| {
        let (before, after) = (upper[..at].trim_end(), upper[at + 1..].chars().next());
        let list =
            [".", ",", "SELECT", "RETURNING", "DISTINCT", "ALL"].iter().any(|end| before.ends_with(end));
        list && !after.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '*')
    })
}

/// Without lines of comments; imports of whole modules are no SQL.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map(str::trim_start);
    let lines = lines.filter(|l| !l.starts_with("//") && !l.starts_with("--") && !l.starts_with("use "));
    lines.collect::<Vec<_>>().join("\n")
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn every_statement_names_its_columns() {
    for folder in ["src", "../../migrations"] {
        for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            assert!(!asks_for_all_columns(&code(&file)), "{}: name the columns", file.display());
        }
    }
}

#[test]
fn a_star_for_columns_is_told_from_other_stars() {
    for sql in [
        "SELECT * FROM a",
        "select\n  *\nfrom a",
        "RETURNING j.*\n)",
        "SELECT a.b, c.*, d",
        "SELECT a, * FROM",
    ] {
        assert!(asks_for_all_columns(sql), "{sql}");
    }
    for other in ["SELECT count(*) FROM a", "SELECT a * 2", "f(a, *b)", "..*transfer", "&mut *tx"] {
        assert!(!asks_for_all_columns(other), "{other}");
    }
}
