//! What is wrong with a script's text, where it stands, and what to do about it.

use std::fmt;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::tree::{Source, Span};

/// One error of a script's text.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptError {
    /// The file it stands in: the script, one that it includes, or its cases' file.
    pub source: Arc<Source>,
    /// Its place in that file.
    pub span: Span,
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// The next step, where there is one.
    pub help: Option<String>,
}

impl ScriptError {
    /// An error at `span` of `source`.
    pub fn new(source: &Arc<Source>, span: Span, message: impl Into<String>) -> Self {
        Self { source: Arc::clone(source), span, message: message.into(), help: None }
    }

    /// Adds the next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The line and column of its first character, both counted from 1.
    pub fn position(&self) -> (usize, usize) {
        self.source.position(self.span.start)
    }

    /// The error with its file, line and column, the source line, a caret and the help.
    ///
    /// ```text
    /// error: `registr` is no direction
    ///  --> attach.atg:7:3
    ///   |
    /// 7 | * registr allow {imei}
    ///   |   ^^^^^^^
    ///   |
    ///   = help: did you mean `register`?
    /// ```
    pub fn render(&self, colour: bool) -> String {
        let (from, line, lines) = self.excerpt();
        let at = |offset: usize| offset.saturating_sub(from).min(lines.len());
        let span = at(self.span.start)..at(self.span.end).max(at(self.span.start));
        let mut group = Level::ERROR.primary_title(self.message.as_str()).element(
            Snippet::source(lines)
                .path(self.source.name.as_str())
                .line_start(line)
                .annotation(AnnotationKind::Primary.span(span)),
        );
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.decor_style(DecorStyle::Ascii).render(&[group])
    }

    /// The lines that the span touches, with the offset and the number of the first: a message costs no more for standing in
    /// a long file.
    fn excerpt(&self) -> (usize, usize, &str) {
        let text = self.source.text.as_str();
        let bytes = text.as_bytes();
        let start = self.span.start.min(bytes.len());
        let end = self.span.end.clamp(start, bytes.len());
        let mut from = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |at| at + 1);
        if from == 0 && text.starts_with('\u{feff}') {
            from = '\u{feff}'.len_utf8().min(start);
        }
        // A span that ends with its line's end does not touch the next line.
        let last = if end > start { end - 1 } else { start };
        let to = memchr::memchr(b'\n', &bytes[last..]).map_or(bytes.len(), |at| last + at);
        let line = memchr::memchr_iter(b'\n', &bytes[..from]).count() + 1;
        (from, line, text[from..to].trim_end_matches('\r'))
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ScriptError {}

/// All errors of a script's text, in the order of the text; never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptErrors(pub Vec<ScriptError>);

impl ScriptErrors {
    /// Every error as [`ScriptError::render`] shows it, an empty line between them.
    pub fn render(&self, colour: bool) -> String {
        self.0.iter().map(|error| error.render(colour)).collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for ScriptErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ScriptErrors {}
