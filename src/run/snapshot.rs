//! Snapshots: a reviewed transcript beside its script, in insta's file format.
//!
//! A snapshot of `blacklist/first-attach.atg` is `blacklist/snapshots/first-attach.snap`; of its case `late`,
//! `first-attach__late.snap`; of the role `modem`, `first-attach@modem.snap`. A pending one has `.new` behind it, so that
//! `cargo insta review` finds it. The header holds `source` and `description`; there is no `expression`, which insta
//! would format as Rust.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use similar::{ChangeTag, TextDiff};

use super::outcome::{CaseReport, Role};

/// What a run may write: `--update`, else `INSTA_UPDATE`, else what the surroundings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// Nothing. What CI always gets.
    No,
    /// Pending files, to be reviewed.
    New,
    /// A missing one at once, a changed one as a pending file.
    Unseen,
    /// The snapshots themselves.
    Always,
}

impl Update {
    /// Reads the word of `--update` or of `INSTA_UPDATE`; `auto` and unknown words are none.
    pub fn from_word(word: &str) -> Option<Update> {
        match word {
            "no" => Some(Update::No),
            "new" => Some(Update::New),
            "unseen" => Some(Update::Unseen),
            "always" | "force" => Some(Update::Always),
            _ => None,
        }
    }

    /// What holds, from the flag, `INSTA_UPDATE`, and whether this is CI: CI never writes.
    pub fn decide(flag: Option<Update>, insta_update: Option<&str>, ci: bool) -> Update {
        if ci {
            return Update::No;
        }
        flag.or_else(|| insta_update.and_then(Update::from_word)).unwrap_or(Update::New)
    }
}

/// How a passed case stands to its snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// There is nothing to compare: the case did not pass, or its role has no snapshot.
    Without,
    /// The transcript is the snapshot.
    Same,
    /// There is no snapshot; where the transcript waits for a review, that file.
    Missing {
        /// The snapshot that is not there.
        snapshot: PathBuf,
        /// The pending file, if one was written.
        pending: Option<PathBuf>,
    },
    /// The transcript differs.
    Different {
        /// The snapshot that was compared.
        snapshot: PathBuf,
        /// Both sides, line by line.
        diff: String,
        /// The pending file, if one was written.
        pending: Option<PathBuf>,
    },
    /// The snapshot was written anew.
    Written(PathBuf),
    /// The snapshot's file or folder could not be read or written; why.
    Unusable(String),
}

/// A snapshot's file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} the snapshot {}: {source}", path.display())]
pub struct SnapshotError {
    doing: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// Where the snapshot of a case stands.
pub fn path(report: &CaseReport) -> PathBuf {
    let stem = report.path.file_stem().map_or_else(|| "script".into(), |stem| stem.to_string_lossy());
    let mut name = stem.into_owned();
    if let Some(case) = &report.case {
        name.push_str("__");
        push_file_name(&mut name, case);
    }
    match report.role {
        Role::Both => {}
        Role::Host | Role::Modem => {
            name.push('@');
            name.push_str(report.role.word());
        }
    }
    name.push_str(".snap");
    report.path.parent().unwrap_or(Path::new("")).join("snapshots").join(name)
}

/// The pending file of a snapshot.
pub fn pending(snapshot: &Path) -> PathBuf {
    let mut name = snapshot.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

/// Compares a passed case with its snapshot, and writes what `update` allows.
///
/// # Errors
/// A snapshot that exists and cannot be read; a file that `update` asks for and that cannot be written.
pub fn compare(report: &CaseReport, update: Update) -> Result<Compared, SnapshotError> {
    if !report.outcome.passed() {
        return Ok(Compared::Without);
    }
    let snapshot = path(report);
    let before = match fs::read_to_string(&snapshot) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(SnapshotError { doing: "read", path: snapshot, source }),
    };
    let file = render(report);
    let Some(before) = before else {
        return match (report.role, update) {
            // A host or a modem of flesh and blood has a snapshot only where somebody asked for one.
            (Role::Host | Role::Modem, Update::No | Update::New | Update::Unseen) => Ok(Compared::Without),
            (_, Update::Always | Update::Unseen) => accept(snapshot, &file),
            (Role::Both, Update::No) => Ok(Compared::Missing { snapshot, pending: None }),
            (Role::Both, Update::New) => {
                let pending = write_pending(&snapshot, &file)?;
                Ok(Compared::Missing { snapshot, pending: Some(pending) })
            }
        };
    };
    if contents(&before) == contents(&file) {
        discard(&snapshot, update)?;
        return Ok(Compared::Same);
    }
    match update {
        Update::Always => accept(snapshot, &file),
        Update::No => {
            Ok(Compared::Different { diff: diff(contents(&before), contents(&file)), snapshot, pending: None })
        }
        Update::New | Update::Unseen => {
            let pending = write_pending(&snapshot, &file)?;
            let diff = diff(contents(&before), contents(&file));
            Ok(Compared::Different { snapshot, diff, pending: Some(pending) })
        }
    }
}

/// The text of a snapshot's file without its header, its line ends and last blank lines evened out as insta does.
pub fn contents(file: &str) -> &str {
    let body = file.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(file, |(_, body)| body);
    body.trim_end_matches(['\n', '\r'])
}

/// Two texts line by line: `-` what stands in the snapshot, `+` what was played, three lines around each change.
pub fn diff(before: &str, after: &str) -> String {
    let mut text = String::new();
    for hunk in TextDiff::from_lines(ended(before), ended(after)).unified_diff().context_radius(3).iter_hunks() {
        if !text.is_empty() {
            text.push_str("  …\n");
        }
        for change in hunk.iter_changes() {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let line = change.value();
            // Writing to a String cannot fail.
            let _ = write!(text, "{sign} {line}");
        }
    }
    text
}

fn ended(text: &str) -> String {
    let mut text = text.to_owned();
    text.push('\n');
    text
}

/// A snapshot's file: header, body, one line end.
fn render(report: &CaseReport) -> String {
    let mut file = String::from("---\n");
    let source = report.path.file_name().unwrap_or_default().to_string_lossy();
    // JSON's strings are YAML's double-quoted ones.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let _ = writeln!(file, "source: {}", quoted(&source));
    if let Some(title) = &report.title {
        let _ = writeln!(file, "description: {}", quoted(title));
    }
    file.push_str("---\n");
    file.push_str(report.transcript.trim_end_matches('\n'));
    file.push('\n');
    file
}

fn accept(snapshot: PathBuf, file: &str) -> Result<Compared, SnapshotError> {
    write(&snapshot, file)?;
    discard(&snapshot, Update::Always)?;
    Ok(Compared::Written(snapshot))
}

fn write_pending(snapshot: &Path, file: &str) -> Result<PathBuf, SnapshotError> {
    let pending = pending(snapshot);
    write(&pending, file)?;
    Ok(pending)
}

/// A pending file that is no longer true must not wait for a review.
fn discard(snapshot: &Path, update: Update) -> Result<(), SnapshotError> {
    let pending = pending(snapshot);
    match update {
        Update::No => Ok(()),
        Update::New | Update::Unseen | Update::Always => match fs::remove_file(&pending) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(SnapshotError { doing: "remove", path: pending, source }),
        },
    }
}

fn write(path: &Path, file: &str) -> Result<(), SnapshotError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).and_then(|()| fs::write(path, file)).map_err(|source| SnapshotError {
        doing: "write",
        path: path.to_owned(),
        source,
    })
}

/// Any text as part of a file's name: what is not plain is written `%HH`, so that two cases never share a file.
fn push_file_name(name: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => name.push(char::from(byte)),
            // Two underscores in a row would part the name elsewhere.
            b'_' if !name.ends_with('_') => name.push('_'),
            other => {
                let _ = write!(name, "%{other:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::outcome::{Outcome, Played};
    use super::*;

    fn report(dir: &Path, transcript: &str) -> CaseReport {
        CaseReport {
            path: dir.join("first.atg"),
            case: None,
            title: Some("A \"first\" one".into()),
            tags: Vec::new(),
            role: Role::Both,
            played: Played::Virtual,
            outcome: Outcome::Passed,
            foreseen: None,
            transcript: transcript.into(),
            unchecked: Vec::new(),
            duration: Duration::ZERO,
            steps: 1,
            exchanges: 1,
            labels: Vec::new(),
            seed: 0,
            notes: Vec::new(),
            output: None,
        }
    }

    #[test]
    fn a_missing_snapshot_waits_for_a_review_and_then_holds() {
        let dir = tempfile::tempdir().unwrap();
        let report = report(dir.path(), "> AT\n< OK\n");
        let Compared::Missing { snapshot, pending: Some(pending) } = compare(&report, Update::New).unwrap() else {
            panic!("not missing")
        };
        insta::assert_snapshot!(fs::read_to_string(&pending).unwrap(), @r#"
        ---
        source: "first.atg"
        description: "A \"first\" one"
        ---
        > AT
        < OK
        "#);
        fs::rename(&pending, &snapshot).unwrap();
        assert_eq!(compare(&report, Update::New).unwrap(), Compared::Same);
    }

    #[test]
    fn a_changed_transcript_is_shown_line_by_line() {
        let dir = tempfile::tempdir().unwrap();
        compare(&report(dir.path(), "> AT\n< OK\n> ATI\n< OK\n"), Update::Always).unwrap();
        let changed = report(dir.path(), "> AT\n< ERROR\n> ATI\n< OK\n");
        let Compared::Different { diff, pending: None, .. } = compare(&changed, Update::No).unwrap() else {
            panic!("not different")
        };
        insta::assert_snapshot!(diff, @r"
          > AT
        - < OK
        + < ERROR
          > ATI
          < OK
        ");
        let Compared::Different { pending: Some(pending), .. } = compare(&changed, Update::New).unwrap() else {
            panic!("no pending file")
        };
        assert!(pending.exists());
        compare(&report(dir.path(), "> AT\n< OK\n> ATI\n< OK\n"), Update::New).unwrap();
        assert!(!pending.exists(), "a pending file outlived the difference");
    }

    #[test]
    fn ci_writes_nothing() {
        assert_eq!(Update::decide(Some(Update::Always), Some("always"), true), Update::No);
        assert_eq!(Update::decide(None, Some("always"), false), Update::Always);
        assert_eq!(Update::decide(Some(Update::No), Some("always"), false), Update::No);
        assert_eq!(Update::decide(None, Some("auto"), false), Update::New);
    }

    #[test]
    fn a_role_at_a_real_line_has_a_snapshot_only_where_one_exists() {
        let dir = tempfile::tempdir().unwrap();
        let mut report = report(dir.path(), "> AT\n< OK\n");
        report.role = Role::Modem;
        assert_eq!(compare(&report, Update::New).unwrap(), Compared::Without);
        let Compared::Written(path) = compare(&report, Update::Always).unwrap() else { panic!("not written") };
        assert_eq!(path.file_name().unwrap(), "first@modem.snap");
        assert_eq!(compare(&report, Update::No).unwrap(), Compared::Same);
    }

    #[test]
    fn any_case_name_is_a_file_name_of_its_own() {
        let mut report = report(Path::new("a"), "");
        report.case = Some("../über__x@1".into());
        assert_eq!(path(&report), Path::new("a/snapshots/first__..%2F%C3%BCber_%5Fx%401.snap"));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("snapshots"), "a file stands here").unwrap();
        let error = compare(&report(dir.path(), "> AT\n"), Update::New).unwrap_err().to_string();
        assert!(error.starts_with("cannot ") && error.contains("first.snap"), "{error}");
    }
}
