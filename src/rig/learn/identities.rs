//! Whose module it is, and how its answers are written without saying so.

use super::answers::{Answer, Answers};
use crate::identity::Imei;
use crate::run::masking::Masks;
use crate::script::Side;

/// Where an ICCID is answered.
const ICCID: [&str; 6] = ["AT+CCID", "AT+ICCID", "AT+QCCID", "AT#CCID", "AT^ICCID", "AT%CCID"];

/// A shorter word may stand anywhere by chance.
const SHORTEST_WORD: usize = 3;

/// The values of one module, and the names that a profile has for them.
#[derive(Debug, Default)]
struct Identities(Vec<(String, &'static str)>);

impl Identities {
    fn of(answers: &Answers) -> Self {
        let mut known = Identities::default();
        let digits = |question: &str, range: std::ops::RangeInclusive<usize>| {
            let lines = answers.to(question).filter(|answer| answer.is_success()).map(|answer| &answer.lines);
            let runs = lines.into_iter().flatten().flat_map(|line| {
                line.split(|letter: char| !letter.is_ascii_digit()).map(str::to_owned).collect::<Vec<_>>()
            });
            runs.into_iter().find(|run| range.contains(&run.len()))
        };
        known.add(digits("AT+CGSN=2", 16..=16), "{imeisv}");
        for question in ["AT+CGSN=1", "AT+CGSN", "AT+GSN"] {
            let imei = digits(question, 15..=15).filter(|run| Imei::parse(run).is_ok());
            known.add(imei.as_ref().and_then(|imei| imei.get(..14)).map(str::to_owned), "{imei14}");
            known.add(imei, "{imei}");
        }
        known.add(digits("AT+CIMI", 14..=15), "{imsi}");
        for question in ICCID {
            known.add(digits(question, 18..=20), "{iccid}");
        }
        known.add(digits("AT+CEID", 32..=32), "{eid}");
        known.add(number(answers), "{msisdn}");
        // The longest first: one may be the beginning of another.
        known.0.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        known
    }

    fn add(&mut self, value: Option<String>, name: &'static str) {
        if let Some(value) = value.filter(|value| self.0.iter().all(|(known, _)| known != value)) {
            self.0.push((value, name));
        }
    }

    fn name(&self, line: &str) -> String {
        self.0.iter().fold(line.to_owned(), |text, (value, name)| text.replace(value.as_str(), name))
    }
}

/// The answers with a name in the place of each identity of the module's, so that two modules' can be compared.
pub(super) fn named(answers: &Answers) -> Answers {
    let identities = Identities::of(answers);
    let mut named = Answers::default();
    for (question, answer) in answers.iter() {
        let lines = answer.lines.iter().map(|line| identities.name(line)).collect();
        named.put(question, Answer { lines, ended: answer.ended.clone() });
    }
    named
}

/// Whether an identity is left in an answer that has no name.
pub(super) fn is_left(question: &str, lines: &[String]) -> bool {
    let mut masks = Masks::new();
    masks.line("", Side::Host, question.as_bytes());
    lines.iter().any(|line| masks.line("", Side::Modem, line.as_bytes()) != line.as_bytes())
}

/// The own number, as `+CNUM: "name","+15550100001",145` has it.
fn number(answers: &Answers) -> Option<String> {
    let number = answers.to("AT+CNUM")?.parts("+CNUM")?.get(1)?.trim_matches('"').to_owned();
    (number.len() > 5).then_some(number)
}

/// The text with the names of its parts: what the module calls itself elsewhere.
pub(super) fn with_words(mut text: String, words: &[(&str, &'static str)]) -> String {
    for (word, name) in words {
        if word.len() >= SHORTEST_WORD && !name.contains(word) {
            text = text.replace(word, name);
        }
    }
    text
}
