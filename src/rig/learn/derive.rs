//! From answers to the keys of a profile: what is its own key becomes one, the rest an answer under `[commands]`.

use std::collections::BTreeSet;

use toml::Value;

use super::answers::{Answer, Answers, inner, words};
use super::draft::{Draft, Learned};
use super::identities::{is_left, named, with_words};
use super::imagined::Imagined;
use super::questions;
use crate::modem::{Override, Profile, ProfileError, Setting};
use crate::rig::talk::Ended;
use crate::wire::result::{ErrorForm, FinalResult, ResultFormat};

/// What a modem of the profile would answer to the same questions.
pub(super) fn imagine(draft: &Draft, answers: &Answers) -> Result<Answers, ProfileError> {
    let mut modem = Imagined::new(draft.profile()?);
    let mut imagined = Answers::default();
    for (question, _) in answers.iter() {
        imagined.put(question, modem.ask(question));
    }
    Ok(named(&imagined))
}

/// Why an answer is not in the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unlearned {
    /// It is how things stand, and changes.
    State,
    /// None came in time.
    Silent,
    /// An identity stands in it that no key of a profile replaces.
    Identity,
    /// The virtual modem answers otherwise, and no key changes that.
    Otherwise,
}

impl Unlearned {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Unlearned::State => "how things stood, which is no trait",
            Unlearned::Silent => "no answer in time",
            Unlearned::Identity => "an identity stands in it",
            Unlearned::Otherwise => "no key of a profile says it",
        }
    }
}

/// Puts into the draft what tells the module from the draft's base.
pub(super) fn keys(draft: &mut Draft, told: &Answers) -> Result<(), ProfileError> {
    let base = imagine(draft, told)?;
    let differs = |question: &str| told.to(question) != base.to(question);
    let told_value = |question: &str| told.to(question).and_then(Answer::value);
    for (question, key) in
        [("AT+CGMI", "equipment.manufacturer"), ("AT+CGMM", "equipment.model"), ("AT+CGMR", "equipment.revision")]
    {
        if let Some(value) = told_value(question).filter(|_| differs(question)) {
            draft.set(key, value);
        }
    }
    let part = |question: &str, name: &str, at: usize| -> Option<String> {
        let part = |answers: &Answers| answers.to(question)?.parts(name)?.get(at).map(|part| (*part).to_owned());
        part(told).filter(|found| part(&base).as_ref() != Some(found))
    };
    if let Some(parts) = told.to("AT+GCAP").filter(|_| differs("AT+GCAP")).and_then(|answer| answer.parts("+GCAP")) {
        draft.set("equipment.capabilities", parts.into_iter().map(str::to_owned).collect::<Vec<_>>());
    }
    for (question, name, key) in [
        ("AT+CSCS=?", "+CSCS", "equipment.charsets"),
        ("AT+CLAN=?", "+CLAN", "equipment.languages"),
        ("AT+CPBS=?", "+CPBS", "phonebook.storages"),
    ] {
        if let Some(list) = part(question, name, 0).map(|list| words(&list)).filter(|list| !list.is_empty()) {
            propose(draft, key, list);
        }
    }
    for (question, name, at, key) in [
        ("AT+CFUN=?", "+CFUN", 0, "equipment.functionality"),
        ("AT+CFUN=?", "+CFUN", 1, "equipment.reset"),
        ("AT+CGSN=?", "+CGSN", 0, "equipment.cgsn"),
        ("AT+CMUX=?", "+CMUX", 0, "mux.modes"),
        ("AT+COPS=?", "+COPS", 0, "network.show.cops_modes"),
    ] {
        if let Some(list) = part(question, name, at) {
            propose(draft, key, inner(&list));
        }
    }
    if differs("AT+CGSN=?") && told.to("AT+CGSN=?").is_some_and(|answer| answer.is_success() && answer.lines.is_empty())
    {
        draft.set("equipment.cgsn", "");
    }
    let speeds = told.to("AT+IPR=?").filter(|_| differs("AT+IPR=?")).and_then(|answer| answer.parts("+IPR"));
    if let Some(list) = speeds.and_then(|parts| parts.iter().map(|part| words(part)).max_by_key(Vec::len)) {
        let speeds: Option<Vec<i64>> = list.iter().map(|speed| speed.parse().ok()).collect();
        if let Some(speeds) = speeds {
            propose(draft, "equipment.speeds", speeds);
        }
    }
    if differs("AT+CGSN=3")
        && let Some(svn) = part("AT+CGSN=3", "+CGSN", 0)
    {
        propose(draft, "svn", svn.trim_matches('"'));
    }
    if differs(questions::UNKNOWN)
        && let Some(Ended::Final(FinalResult::Cme(error))) =
            told.to(questions::UNKNOWN).and_then(|answer| answer.ended.clone())
    {
        draft.set("unknown", i64::from(error.number()));
    }
    commands(draft, told, &base);
    // What it calls itself stands in other answers too.
    let base = imagine(draft, told)?;
    information(draft, told, &base);
    settings(draft, told)
}

/// Sets a key if the profile still is one with it: a module may have what the virtual modem knows nothing of.
fn propose(draft: &mut Draft, key: &str, value: impl Into<Value>) {
    let before = draft.values.insert(key.to_owned(), value.into());
    if draft.profile().is_err() {
        match before {
            Some(before) => draft.values.insert(key.to_owned(), before),
            None => draft.values.remove(key),
        };
    }
}

/// `ATI` and its values.
fn information(draft: &mut Draft, told: &Answers, base: &Answers) {
    let value = |question: &str| told.to(question).and_then(Answer::value).unwrap_or_default();
    let capabilities = told.to("AT+GCAP").and_then(|answer| answer.parts("+GCAP")).unwrap_or_default().join(",");
    let words = [
        (value("AT+CGMR"), "{revision}"),
        (value("AT+CGMM"), "{model}"),
        (value("AT+CGMI"), "{manufacturer}"),
        (capabilities.as_str(), "{capabilities}"),
    ];
    for number in 0..=9_u8 {
        let question = format!("ATI{number}");
        let Some(answer) = told.to(&question).filter(|answer| base.to(&question) != Some(answer)) else { continue };
        let key = format!("equipment.information.{number}");
        if answer.is_success() && !is_left(&question, &answer.lines) {
            draft.set(&key, with_words(answer.lines.join("\n"), &words));
        } else {
            draft.set(&key, "");
        }
    }
}

/// Which commands there are and which there are not.
fn commands(draft: &mut Draft, told: &Answers, base: &Answers) {
    let Some(known) = base.names() else { return };
    let listed = told.names();
    let answered =
        |name: &str| questions::about(name).any(|question| told.to(&question).is_some_and(Answer::is_success));
    let asked = |name: &str| questions::about(name).any(|question| told.to(&question).is_some());
    let is_built_in = |name: &str| {
        let one = Value::Array(vec![Value::from(name)]);
        Profile::named("generic-lte", &[Override::value("offers", one)]).is_ok()
    };
    let mut hidden = BTreeSet::new();
    for name in known.iter().copied().filter(|name| questions::is_extended(name) && asked(name)) {
        let is_listed = listed.as_ref().is_none_or(|listed| listed.contains(&name));
        let base_answers = questions::about(name).any(|question| base.to(&question).is_some_and(Answer::is_success));
        if !answered(name) && (!is_listed || (listed.is_none() && base_answers)) {
            hidden.insert(name.to_owned());
        }
    }
    // Basic commands have no form that asks: the list alone tells, where it has any of them.
    if let Some(listed) = listed.as_ref().filter(|listed| listed.iter().any(|name| !questions::is_extended(name))) {
        let basic = known.iter().filter(|name| !questions::is_extended(name) && !name.starts_with('S'));
        hidden.extend(basic.filter(|name| !listed.contains(name)).map(|name| (*name).to_owned()));
    }
    let mut offered: BTreeSet<String> = BTreeSet::new();
    for name in listed.into_iter().flatten().filter(|name| questions::is_extended(name)) {
        if !known.contains(&name) && is_built_in(name) {
            offered.insert(name.to_owned());
        }
    }
    if let Ok(profile) = draft.profile() {
        // What the base offers and the module has not is no longer offered; what it hides and the module has is shown.
        let offers: BTreeSet<String> = profile.offers.iter().cloned().chain(offered.iter().cloned()).collect();
        let hides: BTreeSet<String> = profile.hides.iter().cloned().chain(hidden.iter().cloned()).collect();
        let hides: Vec<String> = hides.into_iter().filter(|name| !offered.contains(name)).collect();
        let offers: Vec<String> = offers.into_iter().filter(|name| !hides.contains(name)).collect();
        if offers.len() != profile.offers.len() || offers.iter().any(|name| !profile.offers.contains(name)) {
            draft.set("offers", offers);
        }
        if hides.len() != profile.hides.len() || hides.iter().any(|name| !profile.hides.contains(name)) {
            draft.set("hides", hides);
        }
    }
}

/// The settings: which values each may have, and which it has.
///
/// Where in an answer a setting stands is seen by changing it in a virtual modem and asking that.
fn settings(draft: &mut Draft, told: &Answers) -> Result<(), ProfileError> {
    let profile = draft.profile()?;
    let mut modem = Imagined::new(profile.clone());
    let before = draft.clone();
    for setting in Setting::ALL {
        let name = setting.name();
        let command = name.split('.').next().unwrap_or(name);
        let (test, read) = match command.strip_prefix('S') {
            Some(_) => (String::new(), format!("AT{command}?")),
            None => (format!("AT{command}=?"), format!("AT{command}?")),
        };
        let mut learned = Learned::of(profile.settings.of(setting));
        let known = learned.clone();
        if command.starts_with('S')
            && told.to(&read).is_some_and(|answer| !answer.is_success() && answer.ended.is_some())
        {
            learned.values.clear();
        }
        for question in [&test, &read] {
            let Some(answer) = told.to(question).filter(|answer| answer.is_success()) else { continue };
            if questions::is_state(question) && question == &read {
                continue;
            }
            let imagined = modem.ask(question);
            if imagined == *answer {
                continue;
            }
            let Some(at) = place(&before, setting, question, &imagined, question == &test) else { continue };
            let Some(part) = parts(answer, command).and_then(|parts| parts.get(at).map(|part| (*part).to_owned()))
            else {
                continue;
            };
            if question == &test {
                inner(&part).clone_into(&mut learned.values);
            } else if let Ok(value) = part.trim_matches('"').parse() {
                learned.default = value;
                // What it is, it may be.
                if !profile.settings.of(setting).values.contain(value) && learned.values == known.values {
                    learned.values = format!("{value},{}", learned.values);
                }
            }
        }
        if learned != known {
            draft.settings.insert(name.to_owned(), learned);
            if draft.profile().is_err() {
                draft.settings.remove(name);
            }
        }
    }
    Ok(())
}

/// The values of an answer: behind the command's name, or a register's number alone.
fn parts<'a>(answer: &'a Answer, command: &str) -> Option<Vec<&'a str>> {
    answer.parts(command).or_else(|| {
        let [line] = answer.lines.as_slice() else { return None };
        line.bytes().all(|byte| byte.is_ascii_digit()).then(|| vec![line.as_str()])
    })
}

/// Which value of the answer is this setting's: the one that changes with it.
fn place(draft: &Draft, setting: Setting, question: &str, imagined: &Answer, test: bool) -> Option<usize> {
    let name = setting.name();
    let command = name.split('.').next().unwrap_or(name);
    let mut other = draft.clone();
    let profile = draft.profile().ok()?;
    let of = profile.settings.of(setting);
    let mut changed = Learned::of(of);
    if test {
        // One value fewer or more.
        changed.values = if changed.values == changed.default.to_string() {
            format!("{0},{1}", changed.default, changed.default + 1)
        } else {
            changed.default.to_string()
        };
    } else {
        changed.default =
            (0..=of.values.largest()?.min(1000)).find(|value| *value != of.default && of.values.contain(*value))?;
    }
    other.settings.insert(name.to_owned(), changed);
    let answer = Imagined::new(other.profile().ok()?).ask(question);
    let (before, after) = (parts(imagined, command)?, parts(&answer, command)?);
    before.iter().zip(&after).position(|(before, after)| before != after)
}

/// What is still answered otherwise becomes an answer of its own, where it is a trait; else it is told why not.
pub(super) fn answers(draft: &mut Draft, told: &Answers) -> Result<Vec<(String, Unlearned)>, ProfileError> {
    let imagined = imagine(draft, told)?;
    let mut left = Vec::new();
    for (question, answer) in told.iter().filter(|(question, answer)| imagined.to(question) != Some(answer)) {
        let why = match &answer.ended {
            None => Some(Unlearned::Silent),
            Some(_) if question == questions::COMMANDS || question == questions::UNKNOWN => Some(Unlearned::Otherwise),
            Some(_) if questions::is_state(question) => Some(Unlearned::State),
            Some(Ended::Final(result)) => canned(draft, question, answer, *result),
            Some(Ended::Otherwise(_) | Ended::Connect | Ended::Prompt) => Some(Unlearned::Otherwise),
        };
        left.extend(why.map(|why| (question.to_owned(), why)));
    }
    // A list of commands differs by what only answers know.
    left.retain(|(question, _)| question != questions::COMMANDS);
    Ok(left)
}

fn canned(draft: &mut Draft, question: &str, answer: &Answer, result: FinalResult) -> Option<Unlearned> {
    if is_left(question, &answer.lines) {
        return Some(Unlearned::Identity);
    }
    let mut lines = answer.lines.clone();
    if result != FinalResult::Ok || lines.is_empty() {
        lines.push(ResultFormat { errors: ErrorForm::Numeric, ..ResultFormat::default() }.final_text(result));
    }
    draft.commands.insert(question.to_owned(), lines.join("\n"));
    if draft.profile().is_err() {
        draft.commands.remove(question);
        return Some(Unlearned::Otherwise);
    }
    None
}
