//! The documents' scripts are scripts, and the scripts that ship are sound and tidy.

use std::fs;
use std::path::{Path, PathBuf};

use atgate::script;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The blocks of a document that are marked `atg`, with the number of the line before each.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line) {
            (None, "```atg") => open = Some((number + 1, String::new())),
            (None, _) => {}
            (Some(_), "```") => blocks.extend(open.take()),
            (Some((_, block)), line) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    blocks
}

#[test]
fn every_script_in_the_documents_is_sound_and_tidy() {
    let mut found = 0;
    for document in ["README.md", "scenarios/README.md"] {
        let text = fs::read_to_string(root().join(document)).expect("the document");
        for (line, block) in blocks(&text) {
            let name = format!("{document}, the block after line {line}");
            let script = script::parse(&name, &block).unwrap_or_else(|errors| panic!("{errors}"));
            assert_eq!(script::format(&script), block, "{name} is not tidy");
            found += 1;
        }
    }
    assert!(found >= 5, "only {found} scripts were found");
}

#[test]
fn the_reference_names_every_type_and_every_key_that_it_should() {
    let text = fs::read_to_string(root().join("scenarios/README.md")).expect("the document");
    for kind in script::Type::ALL {
        assert!(text.contains(&format!("| `{kind}` |")), "the type {kind} is missing");
        for part in kind.parts() {
            assert!(text.contains(&format!("`{part}`")), "the part {part} of {kind} is missing");
        }
    }
    for observed in script::Observed::ALL {
        assert!(text.contains(&format!("`{}", observed.word())), "{} is missing", observed.word());
    }
}

#[test]
fn every_script_that_ships_is_sound_and_tidy() {
    let mut folders = vec![root().join("scenarios")];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "atg") {
                files.push(path);
            }
        }
    }
    let texts: Vec<(PathBuf, String)> =
        files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("a script"))).collect();
    let parts = script::parts(&texts);
    for (path, text) in &texts {
        let script = script::parse_alone(&path.display().to_string(), text).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(&script::format(&script), text, "{} is not tidy: atgate fmt", path.display());
        if !parts.contains(path) {
            script::open(path).unwrap_or_else(|errors| panic!("{errors}"));
        }
    }
    assert!(texts.len() >= 25, "only {} scripts ship", texts.len());
}
