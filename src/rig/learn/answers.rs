//! What was answered to each question.

use std::collections::HashMap;

use crate::rig::talk::Ended;
use crate::wire::result::FinalResult;

/// What one question was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The lines of information.
    pub lines: Vec<String>,
    /// How it ended; `None`: not in time.
    pub ended: Option<Ended>,
}

impl Answer {
    /// Whether it ended well.
    pub fn is_success(&self) -> bool {
        self.ended == Some(Ended::Final(FinalResult::Ok))
    }

    /// The only line of a good answer, without the command's own name before it and without quotes.
    pub(super) fn value(&self) -> Option<&str> {
        let [line] = self.lines.as_slice() else { return None };
        let bare =
            line.strip_prefix('+').and_then(|rest| rest.split_once(": ")).map_or(line.as_str(), |(_, value)| value);
        self.is_success().then(|| bare.trim().trim_matches('"'))
    }

    /// The parts of the only line behind `name: `, parted at commas outside of parentheses and quotes.
    pub(super) fn parts(&self, name: &str) -> Option<Vec<&str>> {
        let line = self.lines.iter().find(|line| line.starts_with(name))?;
        let rest = line.get(name.len()..)?.strip_prefix(':')?.trim();
        let (mut depth, mut quoted, mut start) = (0_i32, false, 0);
        let mut parts = Vec::new();
        for (at, letter) in rest.char_indices() {
            match letter {
                '"' => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted => depth -= 1,
                ',' if !quoted && depth == 0 => {
                    parts.push(rest[start..at].trim());
                    start = at + 1;
                }
                _ => {}
            }
        }
        parts.push(rest[start..].trim());
        self.is_success().then_some(parts)
    }
}

/// All answers, in the order of the questions.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    order: Vec<String>,
    found: HashMap<String, Answer>,
}

impl Answers {
    pub(super) fn put(&mut self, question: &str, answer: Answer) {
        if self.found.insert(question.to_owned(), answer).is_none() {
            self.order.push(question.to_owned());
        }
    }

    /// What a question was answered, if it was asked.
    pub fn to(&self, question: &str) -> Option<&Answer> {
        self.found.get(question)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.order.iter().filter_map(|question| Some((question.as_str(), self.found.get(question)?)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True if nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The commands that the module says it has: `AT+CSQ` as `+CSQ`. `None` where it does not say.
    pub(super) fn names(&self) -> Option<Vec<&str>> {
        let answer = self.to(super::questions::COMMANDS).filter(|answer| answer.is_success())?;
        let lines = answer.lines.iter().flat_map(|line| line.trim_start_matches("+CLAC:").split([',', ';']));
        let names: Vec<&str> = lines
            .map(|name| name.trim().trim_matches('"'))
            .map(|name| name.strip_prefix("AT").unwrap_or(name))
            .filter(|name| !name.is_empty())
            .collect();
        (!names.is_empty()).then_some(names)
    }
}

/// The parts between parentheses of a test form's part: `(0-2,4)` is `0-2,4`.
pub(super) fn inner(part: &str) -> &str {
    part.strip_prefix('(').and_then(|part| part.strip_suffix(')')).unwrap_or(part)
}

/// The words of a list, without quotes: `("GSM","IRA")`.
pub(super) fn words(part: &str) -> Vec<String> {
    let words = inner(part).split(',').map(|word| word.trim().trim_matches('"').to_owned());
    words.filter(|word| !word.is_empty()).collect()
}
