//! The house's own rules, read off its source: which way the arrows point, and whose identities it holds.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("identity", &[]),
    ("register", &["identity"]),
    ("modem", &["wire", "identity", "register"]),
    ("script", &["wire", "identity"]),
    ("port", &["wire"]),
    ("run", &["script", "modem", "port", "register", "wire", "identity"]),
    // `learn` writes what it was told as the modem's profile.
    ("rig", &["run", "script", "modem", "port", "register", "wire", "identity"]),
    ("console", &["rig", "run", "script", "port", "wire", "identity"]),
    ("service", &["register", "modem", "script", "run", "rig", "identity"]),
    ("cli", &["service", "console", "rig", "run", "script", "modem", "port", "register", "wire", "identity"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder whose name ends so.
fn files(below: &str, endings: &[&str]) -> Vec<PathBuf> {
    walkdir::WalkDir::new(root().join(below))
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !["target", ".git", ".venv"].iter().any(|name| entry.file_name() == *name))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)))
        .collect()
}

/// The rooms that a source text names, with the number of the line.
fn named(text: &str) -> impl Iterator<Item = (usize, &'static str)> + '_ {
    text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")).flat_map(|(at, line)| {
        ROOMS.iter().filter(move |(room, _)| names(line, room)).map(move |(room, _)| (at + 1, *room))
    })
}

/// Whether a line names `crate::room`, alone or inside `use crate::{…}`.
fn names(line: &str, room: &str) -> bool {
    let word = |text: &str| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).next() == Some(room);
    line.match_indices("crate::").any(|(at, found)| {
        let rest = &line[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(list) => list.split(',').any(|part| word(part.trim())),
            None => word(rest),
        }
    })
}

#[test]
fn every_arrow_between_rooms_points_down() {
    let mut wrong = Vec::new();
    let mut arrows = 0;
    for (room, may) in ROOMS {
        for path in files(&format!("src/{room}"), &[".rs"]) {
            let text = fs::read_to_string(&path).unwrap();
            for (line, other) in named(&text) {
                arrows += usize::from(other != *room);
                if other != *room && !may.contains(&other) {
                    wrong.push(format!("{}:{line}: {room} uses {other}", path.strip_prefix(root()).unwrap().display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point up:\n{}", wrong.join("\n"));
    assert!(arrows > 0, "no arrow was found at all: does this test still read the source?");
}

#[test]
fn only_the_port_names_a_system() {
    let mut wrong = Vec::new();
    for path in files("src", &[".rs"]).into_iter().filter(|path| !path.starts_with(root().join("src/port"))) {
        let text = fs::read_to_string(&path).unwrap();
        for (at, line) in text.lines().enumerate() {
            if ["rustix", "std::os::", "target_os"].iter().any(|word| line.contains(word)) {
                wrong.push(format!("{}:{}: {line}", path.strip_prefix(root()).unwrap().display(), at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "what one system alone has stands in src/port:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_of_the_library_is_in_the_list() {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for room in map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        assert!(ROOMS.iter().any(|(name, _)| *name == room), "the room {room} has no arrows declared in this test");
    }
}

#[test]
fn no_identity_of_a_real_device_stands_in_the_repository() {
    // Test TACs, the two public samples, the known default identities, IMSIs of the test networks.
    const GIVEN: &[&str] = &["490154203237518", "356938035643809"];
    const DEFAULTS: &[&str] =
        &["004999010640000", "111111111111111", "012345678912345", "001068000000006", "358673013795895"];
    let mut strangers = Vec::new();
    for path in files("", &[".rs", ".md", ".atg", ".snap", ".toml", ".csv", ".trycmd", ".sh", ".py", "run"]) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (at, line) in text.lines().enumerate() {
            for digits in line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| run.len() == 15) {
                let looks = digits.bytes().all(|b| b.is_ascii_digit()) && luhn(digits);
                let test = ["0010", "0000", "999", "1555"].iter().any(|start| digits.starts_with(start));
                if looks && !test && !GIVEN.contains(&digits) && !DEFAULTS.contains(&digits) {
                    strangers.push(format!("{}:{}: {digits}", path.strip_prefix(root()).unwrap().display(), at + 1));
                }
            }
        }
    }
    assert!(strangers.is_empty(), "these look like identities of real devices:\n{}", strangers.join("\n"));
}

/// ISO/IEC 7812: the check digit of an IMEI. A number of fifteen digits that fails it is no IMEI.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0') * if at % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}
