//! What became of a script: the outcome of each case, and how a failure is shown.
//!
//! Two kinds of failure, never mixed: a line of the script that did not hold ([`Failure`]: the modem's or the
//! application's), and a script or a bench that could not be played at all ([`Fault`]).

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// So many lines of the transcript stand under a failure; the report keeps it whole.
const SHOWN: usize = 30;

/// Which end of the line atgate plays: `--as host`, `--as modem` or `--as both`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// `>` lines are sent, `<` lines expected of a modem.
    Host,
    /// `>` lines are expected of an application, `<` lines sent.
    Modem,
    /// `>` lines are sent to the virtual modem, `<` lines expected of it.
    Both,
}

impl Role {
    /// The word of `--as`, and the suffix of a snapshot's name.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Host => "host",
            Role::Modem => "modem",
            Role::Both => "both",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// In which time a case was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Played {
    /// Not at all: it was skipped, or an error came first.
    Not,
    /// In virtual time only: no port, at once.
    Virtual,
    /// Over a port, by the wall clock.
    Real,
    /// In virtual time and again over a pseudo-terminal, with one transcript.
    Both,
}

impl Played {
    /// The word that a report prints.
    pub const fn word(self) -> &'static str {
        match self {
            Played::Not => "not",
            Played::Virtual => "virtual",
            Played::Real => "real",
            Played::Both => "virtual+real",
        }
    }
}

/// What became of one case.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Every line held.
    Passed,
    /// A line did not hold: the modem's fault, or the application's.
    Failed(Box<Failure>),
    /// It was not played; the reason, a lowercase fragment.
    Skipped(String),
    /// The script or the bench is at fault.
    Error(Fault),
}

impl Outcome {
    /// Whether every line held.
    pub const fn passed(&self) -> bool {
        matches!(self, Outcome::Passed)
    }

    /// The word that a report prints: `passed`, `failed`, `skipped` or `error`.
    pub const fn word(&self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::Skipped(_) => "skipped",
            Outcome::Error(_) => "error",
        }
    }
}

/// Who is to blame for an error: it decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The script's text, or a value given to it (exit 2).
    Script,
    /// A port, a child, a file, a device that went away (exit 3).
    Bench,
}

/// What kept a script from being played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Whose fault it is.
    pub blame: Blame,
    /// A lowercase fragment, or an error text that is rendered already.
    pub message: String,
    /// The next step, where there is one.
    pub help: Option<String>,
}

impl Fault {
    /// The script's text is at fault, or a value given to it.
    pub fn script(message: impl Into<String>) -> Self {
        Fault { blame: Blame::Script, message: message.into(), help: None }
    }

    /// A line of the script cannot be played: rendered as the errors of its text are. `includes` are the `@ include` lines
    /// that lead there, outermost first.
    pub(super) fn at(place: &Place, includes: &[Place], message: &str) -> Self {
        let chain: Vec<String> = includes.iter().rev().map(|from| format!("included from {from}")).collect();
        let mut group = Level::ERROR.primary_title(message).element(
            Snippet::source(&*place.source).path(&place.path).annotation(AnnotationKind::Primary.span(place.shown())),
        );
        for from in &chain {
            group = group.element(Level::NOTE.message(from));
        }
        Fault::script(Renderer::plain().decor_style(DecorStyle::Ascii).render(&[group]))
    }

    /// The bench is at fault.
    pub fn bench(message: impl Into<String>) -> Self {
        Fault { blame: Blame::Bench, message: message.into(), help: None }
    }

    /// Adds the next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A place in a script's text.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub path: String,
    /// Its whole text.
    pub source: Arc<str>,
    /// The bytes that are meant.
    pub span: Range<usize>,
}

impl Place {
    /// The line's number, from 1.
    pub fn line(&self) -> usize {
        self.before().matches('\n').count() + 1
    }

    /// The column's number, from 1, in characters.
    pub fn column(&self) -> usize {
        self.before().rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1
    }

    /// The source line that the span begins in, without its end.
    pub fn text(&self) -> &str {
        let start = self.before().rfind('\n').map_or(0, |at| at + 1);
        self.source[start..].lines().next().unwrap_or_default()
    }

    fn before(&self) -> &str {
        let mut at = self.span.start.min(self.source.len());
        while !self.source.is_char_boundary(at) {
            at -= 1;
        }
        &self.source[..at]
    }

    fn shown(&self) -> Range<usize> {
        let start = self.before().len();
        let mut end = self.span.end.clamp(start, self.source.len());
        while !self.source.is_char_boundary(end) {
            end -= 1;
        }
        start..end
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line(), self.column())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self} {:?})", self.text())
    }
}

/// The first line that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was expected: `a line that matches ‘OK’`.
    pub expected: String,
    /// What came instead: `‘ERROR’`, `nothing within 5 s`.
    pub came: String,
    /// The script's line.
    pub place: Place,
    /// The `@ include` lines that lead there, outermost first.
    pub includes: Vec<Place>,
    /// The next step, where there is one.
    pub help: Option<String>,
    /// What was played up to there.
    pub transcript: String,
}

impl Failure {
    /// Renders it as the script's own errors are: the line, a caret, what came, and the transcript up to there.
    ///
    /// `colour` sets ANSI styles; without it the text is golden.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let title = format!("expected {}", self.expected);
        let label = format!("came: {}", self.came);
        let chain: Vec<String> = self.includes.iter().rev().map(|place| format!("included from {place}")).collect();
        let mut group = Group::with_title(Level::ERROR.with_name("failed").primary_title(&title)).element(
            Snippet::source(&*self.place.source)
                .path(&self.place.path)
                .annotation(AnnotationKind::Primary.span(self.place.shown()).label(&label)),
        );
        for from in &chain {
            group = group.element(Level::NOTE.message(from));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        let mut text = renderer.render(&[group]);
        let lines: Vec<&str> = body(&self.transcript).lines().collect();
        if !lines.is_empty() {
            text.push_str("\ntranscript up to there:\n");
            let hidden = lines.len().saturating_sub(SHOWN);
            if hidden > 0 {
                text.push_str(&format!("    ({hidden} lines before)\n"));
            }
            for line in &lines[hidden..] {
                text.push_str(if line.is_empty() { "" } else { "    " });
                text.push_str(line);
                text.push('\n');
            }
        } else {
            text.push('\n');
        }
        text
    }
}

/// A transcript without its header: what a reader of a failure looks for.
fn body(transcript: &str) -> &str {
    let Some(rest) = transcript.strip_prefix("+++\n") else { return transcript };
    match rest.find("\n+++\n") {
        Some(at) => rest[at + 5..].trim_start_matches('\n'),
        None => transcript,
    }
}

/// One case of one script, played or not.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseReport {
    /// The script's file, as it was named.
    pub path: PathBuf,
    /// The case's name or row number; none where the script has no `cases`.
    pub case: Option<String>,
    /// The header's `title`.
    pub title: Option<String>,
    /// The header's `tags`.
    pub tags: Vec<String>,
    /// Which end atgate played.
    pub role: Role,
    /// In which time.
    pub played: Played,
    /// What became of it.
    pub outcome: Outcome,
    /// The failure that `expect = "failed"` asked for and got.
    pub foreseen: Option<Box<Failure>>,
    /// The whole script as it was played, masked unless `--reveal` was given.
    pub transcript: String,
    /// The checks that nobody could observe.
    pub unchecked: Vec<Place>,
    /// How long the schedule took: script time, in `host` and `modem` the wall clock's.
    pub duration: Duration,
    /// How many lines of the script were played.
    pub steps: usize,
    /// How many commands were sent or taken.
    pub exchanges: usize,
    /// The `@ label` headings that were reached, in order.
    pub labels: Vec<String>,
    /// The seed of every random choice.
    pub seed: u64,
    /// What else a reader should know: tamper findings, awaited commands that came early.
    pub notes: Vec<String>,
    /// What the child of `--exec` wrote, its last part where that is long.
    pub output: Option<String>,
}

impl CaseReport {
    /// A script that could not be played at all.
    pub fn unplayed(path: &Path, role: Role, fault: Fault) -> CaseReport {
        CaseReport {
            path: path.to_owned(),
            case: None,
            title: None,
            tags: Vec::new(),
            role,
            played: Played::Not,
            outcome: Outcome::Error(fault),
            foreseen: None,
            transcript: String::new(),
            unchecked: Vec::new(),
            duration: Duration::ZERO,
            steps: 0,
            exchanges: 0,
            labels: Vec::new(),
            seed: 0,
            notes: Vec::new(),
            output: None,
        }
    }

    /// The script's path and, where there are cases, the case: `scenarios/a.atg (blocked)`.
    pub fn name(&self) -> String {
        match &self.case {
            Some(case) => format!("{} ({case})", self.path.display()),
            None => self.path.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(source: &str, of: &str) -> Failure {
        let start = source.find(of).unwrap();
        Failure {
            expected: "a line that matches ‘OK’".into(),
            came: "‘ERROR’".into(),
            place: Place { path: "a.atg".into(), source: source.into(), span: start..start + of.len() },
            includes: Vec::new(),
            help: None,
            transcript: "+++\nmodem = \"generic-lte\"\n+++\n\n> AT\n< ERROR\n".into(),
        }
    }

    #[test]
    fn a_failure_points_at_the_line_that_did_not_hold_and_shows_what_was_played() {
        insta::assert_snapshot!(failure("# two\n> AT\n< OK\n", "< OK").render(false), @r"
        failed: expected a line that matches ‘OK’
         --> a.atg:3:1
          |
        3 | < OK
          | ^^^^ came: ‘ERROR’
        transcript up to there:
            > AT
            < ERROR
        ");
    }

    #[test]
    fn a_failure_in_an_include_says_who_included_it() {
        let mut failure = failure("> AT\n< OK\n", "< OK");
        failure.help = Some("the modem answered +CME ERROR: 14 before".into());
        failure.includes =
            vec![Place { path: "main.atg".into(), source: "\n@ include \"a.atg\"\n".into(), span: 1..18 }];
        insta::assert_snapshot!(failure.render(false), @r"
        failed: expected a line that matches ‘OK’
         --> a.atg:2:1
          |
        2 | < OK
          | ^^^^ came: ‘ERROR’
          |
          = note: included from main.atg:2:1
          = help: the modem answered +CME ERROR: 14 before
        transcript up to there:
            > AT
            < ERROR
        ");
    }

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let place = Place { path: "a".into(), source: "é\nüb\n".into(), span: 5..6 };
        assert_eq!((place.line(), place.column(), place.text()), (2, 2, "üb"));
    }
}
