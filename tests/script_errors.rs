//! Every error of a script's text, as a person reads it: one file of `tests/script-errors` each, its message beside it.

use std::fs;
use std::path::Path;

use atgate::run::{Role, judge};
use atgate::script::{self, Disk, Files};

/// The directory as it is, under names that do not depend on where the repository stands.
fn disk(path: &Path) -> Result<Vec<u8>, String> {
    Disk.read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/script-errors").join(path))
}

#[test]
fn every_bad_script_is_refused_with_its_place_and_a_help() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/script-errors");
    let mut names: Vec<String> = fs::read_dir(&directory)
        .expect("the directory of bad scripts")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".atg"))
        .collect();
    names.sort();
    assert!(names.len() >= 60, "only {} bad scripts were found", names.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&directory);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    for name in names {
        // Some is wrong only where nothing else says the modem's lines.
        let role = if name.starts_with("replay-") { Role::Modem } else { Role::Both };
        let judged = script::load(Path::new(&name), &disk).and_then(|script| judge(&script, None, role));
        let errors = judged.expect_err(&name);
        insta::assert_snapshot!(name.trim_end_matches(".atg"), errors);
    }
}
