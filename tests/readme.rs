//! What the README shows is what stands in the repository.

/// A file of the repository.
fn file(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_readme_shows_the_two_documents_as_they_are() {
    let readme = file("README.md");
    for example in ["examples/discordbot.yaml", "examples/stockdisplay.yaml"] {
        assert!(readme.contains(&file(example)), "README.md does not show {example} as it is");
    }
}

#[test]
fn every_make_target_that_the_readme_names_exists() {
    let makefile = file("Makefile");
    for line in file("README.md").lines() {
        let Some(target) =
            line.trim_start_matches(|c: char| c.is_uppercase() || "=._/ ".contains(c)).strip_prefix("make ")
        else {
            continue;
        };
        let target = target.split_whitespace().next().unwrap_or_default();
        assert!(makefile.contains(&format!("\n{target}: ")), "the Makefile has no target {target}");
    }
}
