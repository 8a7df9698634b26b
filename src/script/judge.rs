//! The rules that concern several lines: what is bound where, whose line it is, and which lines belong together.
//!
//! Judged in the order of playing, included files where they are included.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::asked::Asked;
use super::check::{Check, Comparison, Observed, Operand, TermKind, expression};
use super::error::ScriptError;
use super::header::Header;
use super::suggest::{did_you_mean, one_of};
use super::tree::{Act, Directive, Item, Line, LineKind, Name, Pattern, Script, Source, Span, Type};

/// So many lines a script has at most, what it includes counted each time.
const MOST_LINES: usize = 100_000;

/// More keys than are told one by one: `modem` has so many, and the settings besides.
const MANY: usize = 13;

/// Judges the lines of `source`, of which those that could not be read are given by their place. `header_holds` says that
/// the header could be read whole.
pub(super) fn judge(
    source: &Arc<Source>,
    header: &Header,
    header_holds: bool,
    lines: &[Result<Line, Span>],
    errors: &mut Vec<ScriptError>,
) {
    let mut judge = Judge {
        bound: HashMap::new(),
        bound_sometimes: HashMap::new(),
        anything: !header_holds,
        modems: header.modems.iter().map(|modem| modem.name.text.as_str()).collect(),
        prefixes_known: header_holds,
        rest: HashSet::new(),
        until: None,
        within: None,
        lines: 0,
        told: HashSet::new(),
        errors,
    };
    judge.header(header);
    judge.lines(source, lines.iter().map(|line| line.as_ref().map_err(|&span| span)));
}

struct Judge<'a> {
    /// What is bound so far, with its type where it has one.
    bound: HashMap<String, Option<Type>>,
    /// Columns that only some cases have, with a case that lacks them.
    bound_sometimes: HashMap<&'a str, &'a str>,
    /// A part of the script could not be read: any name may be bound.
    anything: bool,
    modems: Vec<&'a str>,
    prefixes_known: bool,
    /// The modems whose last line is `...`.
    rest: HashSet<&'a str>,
    /// An `@ until` that waits for its `>`.
    until: Option<Span>,
    /// An `@ within` that waits for its line.
    within: Option<Span>,
    lines: usize,
    /// What was told already: a file that is included twice is wrong once.
    told: HashSet<(*const Source, usize, usize)>,
    errors: &'a mut Vec<ScriptError>,
}

impl<'a> Judge<'a> {
    fn fail(&mut self, source: &Arc<Source>, span: Span, message: impl Into<String>, help: Option<String>) {
        if self.told.insert((Arc::as_ptr(source), span.start, span.end)) {
            self.errors.push(ScriptError { source: Arc::clone(source), span, message: message.into(), help });
        }
    }

    /// What the header binds: `[values]`, and what every case has a column for.
    fn header(&mut self, header: &'a Header) {
        for (name, _) in &header.values {
            self.bound.insert(name.text.clone(), None);
        }
        let columns: HashSet<&str> =
            header.cases.iter().flat_map(|case| &case.values).map(|(name, _)| name.text.as_str()).collect();
        for column in columns {
            match header.cases.iter().find(|case| !case.values.iter().any(|(name, _)| name.text == column)) {
                None => {
                    self.bound.insert(column.to_owned(), None);
                }
                Some(case) => {
                    self.bound_sometimes.insert(column, &case.name);
                }
            }
        }
    }

    /// The lines of one file.
    fn lines(&mut self, source: &Arc<Source>, lines: impl Iterator<Item = Result<&'a Line, Span>>) {
        for line in lines {
            self.lines += 1;
            if self.lines > MOST_LINES {
                let span = line.map_or_else(|span| span, |line| line.span);
                self.fail(
                    source,
                    span,
                    format!("the script has more than {MOST_LINES} lines, those of its includes counted"),
                    None,
                );
                self.anything = true;
                return;
            }
            match line {
                Ok(line) => self.line(source, line),
                Err(span) => self.unread(source, span),
            }
        }
        if let Some(span) = self.until.take() {
            self.fail(
                source,
                span,
                "`until` stands before no `>`",
                Some("the exchange that is repeated begins on the next line".to_owned()),
            );
        }
        if let Some(span) = self.within.take() {
            self.fail(source, span, "no line follows `within`", Some("it limits the next line".to_owned()));
        }
    }

    /// A line that could not be read may have been anything, and may have bound the names in it.
    fn unread(&mut self, source: &Arc<Source>, span: Span) {
        let text = &source.text[span.range()];
        if text.starts_with("@ include") {
            self.anything = true;
        }
        for piece in text.split('{').skip(1) {
            let end = piece
                .find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
                .unwrap_or(piece.len());
            self.bound.entry(piece[..end].to_owned()).or_insert(None);
        }
        self.rest.clear();
        self.until = None;
        self.within = None;
    }

    fn line(&mut self, source: &Arc<Source>, line: &'a Line) {
        match &line.kind {
            LineKind::Blank | LineKind::Comment(_) => {}
            LineKind::Directive(directive) => self.directive(source, line.span, directive),
            LineKind::Act { modem, act } => {
                self.prefix(source, line.span, modem.as_ref());
                if let Some(span) = self.until.take()
                    && !matches!(act, Act::Send(_))
                {
                    let help = "the exchange that is repeated begins on the next line".to_owned();
                    self.fail(source, span, "`until` stands before no `>`", Some(help));
                }
                self.within = None;
                let modem = modem.as_ref().map_or("", |name| name.text.as_str());
                if matches!(act, Act::Rest) {
                    if !self.rest.insert(modem) {
                        let help = "one `...` takes all lines that come".to_owned();
                        self.fail(source, line.span, "`...` stands twice running", Some(help));
                    }
                } else {
                    self.rest.remove(modem);
                }
                self.act(source, act);
            }
        }
    }

    fn prefix(&mut self, source: &Arc<Source>, span: Span, prefix: Option<&Name>) {
        if !self.prefixes_known {
            return;
        }
        match prefix {
            Some(name) if self.modems.contains(&name.text.as_str()) => {}
            Some(name) if self.modems.is_empty() => {
                let help = format!(
                    "with one modem a line begins with its sign; several are named in the header: `[modems.{}]`",
                    name.text
                );
                self.fail(source, name.span, format!("`{}` is no modem of this script", name.text), Some(help));
            }
            Some(name) => {
                let help = did_you_mean(&name.text, &self.modems);
                self.fail(source, name.span, format!("`{}` is no modem of this script", name.text), help);
            }
            None if self.modems.is_empty() => {}
            None => {
                let sign = Span::new(span.start, span.start + 1);
                let help =
                    format!("each line names its modem: `{}{}`", self.modems[0], source.text[span.range()].trim_end());
                self.fail(source, sign, "the line does not say which modem it is for", Some(help));
            }
        }
    }

    fn directive(&mut self, source: &Arc<Source>, span: Span, directive: &'a Directive) {
        if let Some(until) = self.until
            && !matches!(directive, Directive::Include(_))
        {
            self.until = None;
            let help = "`until` is the last line before the exchange that it repeats".to_owned();
            self.fail(source, until, "`until` stands before no `>`", Some(help));
        }
        match directive {
            Directive::Until { .. } => self.until = Some(span),
            Directive::Within(_) => self.within = Some(span),
            Directive::Include(include) => {
                if let Some(script) = &include.script {
                    self.included(script);
                }
            }
            Directive::Label(text) | Directive::Terminator(text) => text.asks(&mut |asked| self.asked(source, asked)),
            // A pattern that must never match binds nothing.
            Directive::NeverSend(_)
            | Directive::NeverExpect(_)
            | Directive::Timeout(_)
            | Directive::Always
            | Directive::Strict
            | Directive::AnyOrder
            | Directive::Urc(_)
            | Directive::Finally => {}
        }
    }

    fn included(&mut self, script: &'a Arc<Script>) {
        if self.lines <= MOST_LINES {
            // An `until` or `within` before an include holds for the first line in it.
            self.lines(&script.source, script.lines.iter().map(Ok));
        }
    }

    fn act(&mut self, source: &Arc<Source>, act: &Act) {
        act.asks(&mut |asked| self.asked(source, asked));
        match act {
            Act::Expect(pattern) | Act::ExpectUrc(pattern) | Act::ExpectOptional(pattern) => self.pattern(pattern),
            Act::Check(check) => self.expressions(source, check),
            Act::Send(_) | Act::SendRaw(_) | Act::ExpectRaw(_) | Act::Rest | Act::Wait(_) | Act::Direction(_) => {}
        }
    }

    /// The right side of each `matches`, where no name has to be put in.
    fn expressions(&mut self, source: &Arc<Source>, check: &Check) {
        check.kinds(&mut |kind| {
            if let TermKind::Compare { comparison: Comparison::Matches, right: Operand::Text(text), left: _ } = kind
                && let Some(pattern) = text.constant()
                && let Err(reason) = expression(pattern)
            {
                let escaped = pattern.iter().any(|byte| matches!(byte, b'\\' | b'{' | b'}'));
                let help = "in a string of a script `\\\\` is one backslash, and `{{` and `}}` are braces";
                let help = escaped.then(|| help.to_owned());
                self.fail(source, text.span, format!("the regular expression cannot be read: {reason}"), help);
            }
        });
    }

    fn pattern(&mut self, pattern: &Pattern) {
        for item in &pattern.items {
            if let Item::Value(value) = item
                && let Some(name) = &value.name
            {
                let kind = self.bound.entry(name.text.clone()).or_insert(value.kind);
                *kind = kind.or(value.kind);
            }
        }
    }

    fn asked(&mut self, source: &Arc<Source>, asked: Asked<'_>) {
        match asked {
            Asked::Name(name) => self.name(source, name),
            Asked::Port(modem) => self.port(source, modem),
            Asked::Path { names, span } => self.path(source, names, span),
        }
    }

    fn name(&mut self, source: &Arc<Source>, name: &Name) {
        if self.anything || self.bound.contains_key(&name.text) {
            return;
        }
        if let Some(case) = self.bound_sometimes.get(name.text.as_str()) {
            let help = format!("case `{case}` has no column `{}`", name.text);
            self.fail(source, name.span, format!("`{}` is not bound in every case", name.text), Some(help));
            return;
        }
        let known: Vec<&str> = self.bound.keys().map(String::as_str).collect();
        let help = if super::parse::header::KEY_NAMES.contains(&name.text.as_str()) {
            let typed = Type::from_word(&name.text).map(|kind| format!(":{kind}")).unwrap_or_default();
            format!(
                "the header's keys bind no names: capture it above (`< {{{}{typed}}}`), or give it in `[values]`",
                name.text
            )
        } else {
            match did_you_mean(&name.text, &known).filter(|help| help.starts_with("did")) {
                Some(help) => help,
                None => "capture it in a `<` line above, or give it in `[values]` or as a column of `cases`".to_owned(),
            }
        };
        self.fail(source, name.span, format!("`{}` is not bound", name.text), Some(help));
    }

    fn port(&mut self, source: &Arc<Source>, modem: &Name) {
        if !self.prefixes_known || self.modems.contains(&modem.text.as_str()) {
            return;
        }
        let help = if self.modems.is_empty() {
            Some(format!("`{{port.NAME}}` is the port of a modem of the header: `[modems.{}]`", modem.text))
        } else {
            did_you_mean(&modem.text, &self.modems)
        };
        self.fail(source, modem.span, format!("`{}` is no modem of this script", modem.text), help);
    }

    /// A capture first, else what can be observed.
    fn path(&mut self, source: &Arc<Source>, names: &[String], span: Span) {
        let Some((first, rest)) = names.split_first() else { return };
        if let Some(kind) = self.bound.get(first) {
            let Some(part) = rest.first() else { return };
            // What has no type can be an IMEI by its shape, and has its parts then.
            let parts = kind.unwrap_or(Type::Imei).parts();
            if rest.len() > 1 || !parts.contains(&part.as_str()) {
                let help = if parts.is_empty() { None } else { did_you_mean(part, parts) };
                let part = rest.join(".");
                let of = kind.map_or("without a type".to_owned(), |kind| format!("of type `{kind}`"));
                self.fail(source, span, format!("`{part}` is no part of a value {of}"), help);
            }
            return;
        }
        let Some(observed) = Observed::from_word(first) else {
            if !self.anything && !self.bound_sometimes.contains_key(first.as_str()) {
                let observed = Observed::ALL.map(Observed::word);
                let known: Vec<&str> = self.bound.keys().map(String::as_str).chain(observed).collect();
                let help = match did_you_mean(first, &known).filter(|help| help.starts_with("did")) {
                    Some(help) => help,
                    None => format!("capture it in a `<` line above; what can be observed is {}", observed.join(", ")),
                };
                self.fail(source, span, format!("`{first}` is neither bound nor can it be observed"), Some(help));
            }
            return;
        };
        let keys = observed.keys();
        let key = rest.join(".");
        match (keys.is_empty(), rest) {
            (true, []) => {}
            (true, [_, ..]) => {
                self.fail(source, span, format!("`{first}` has no parts"), Some(format!("write `{first}`")));
            }
            (false, []) => {
                let help = format!("write `{first}.{}`", keys[0]);
                self.fail(source, span, format!("`{first}` alone cannot be observed"), Some(help));
            }
            (false, [_, ..]) if keys.contains(&key.as_str()) => {}
            (false, [_, ..]) => {
                let help = match did_you_mean(&key, keys).filter(|help| help.starts_with("did") || keys.len() < MANY) {
                    Some(help) => Some(help),
                    None => one_of(&keys[..MANY])
                        .map(|help| format!("{help}, or a setting by its command, such as `cmee` or `s0`")),
                };
                self.fail(source, span, format!("`{first}` has no part `{key}` that can be observed"), help);
            }
        }
    }
}
