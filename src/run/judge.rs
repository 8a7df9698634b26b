//! Judges what a script's text leaves to the modem and the register: the header's keys, and what directions say.
//!
//! The script's room knows neither, so the judgement stands here, for whoever reads a script: `check` asks for it and goes
//! no further, a play asks before it sends anything. What comes from a name is known only when it is played, and judged
//! then, by the same rules.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::identity::Imei;
use crate::modem::{Override, Profile, ProfileError};
use crate::register::{self, Entry, Register};
use crate::script::{
    self, Act, Arg, Direction, Directive, Header, Item, LineKind, Network, Pattern, Script, ScriptError, ScriptErrors,
    Settings, Source, Span, Spanned,
};

use super::matching::Captures;
use super::outcome::{Fault, Role};
use super::player::Deed;
use super::template::Ports;

/// The profile where neither the script nor the command line names one.
const DEFAULT: &str = "generic-lte";

/// So many profiles with settings of their own are kept.
const KEPT: usize = 256;

/// Judges the header, as each case has it, every direction whose words are all in the text, and, in the role `modem` with
/// no modem to answer, that each line it is to say is a text. `profile` is the one of the command line, for a script that
/// names none.
///
/// # Errors
/// Everything that the virtual modem, the register or a replay could make nothing of, at its place.
pub fn judge(script: &Script, profile: Option<&str>, role: Role) -> Result<(), ScriptErrors> {
    let header = &script.header;
    let replay = role == Role::Modem && header.modem.is_none() && header.modems.is_empty() && profile.is_none();
    let given = header.values.iter().map(|(name, _)| name);
    let columns = header.cases.iter().flat_map(|case| &case.values).map(|(name, _)| name);
    let replayed = replay.then(|| given.chain(columns).map(|name| name.text.as_str()).collect());
    let mut judge = Judge { errors: Vec::new(), told: HashSet::new(), replayed };
    judge.header(&script.header, &script.source, profile);
    for case in script.header.cases.iter().filter(|case| !case.settings.is_empty()) {
        judge.header(&script.header.for_case(case), &script.source, profile);
    }
    // The keys are read room by room, and told as they stand in the text.
    judge.errors.sort_by_key(|error| error.span.start);
    judge.lines(script);
    if judge.errors.is_empty() { Ok(()) } else { Err(ScriptErrors(judge.errors)) }
}

struct Judge<'a> {
    errors: Vec<ScriptError>,
    /// What was told already: a key that several cases share, a file that is included twice.
    told: HashSet<(*const Source, usize, usize)>,
    /// The names that are bound in a pure replay, where the script's text is all that is said: nothing binds others.
    replayed: Option<HashSet<&'a str>>,
}

impl Judge<'_> {
    fn header(&mut self, header: &Header, source: &Arc<Source>, profile: Option<&str>) {
        match cast(header, source, profile) {
            Ok(_) | Err(Wrong::Profile(_)) => {}
            Err(Wrong::Text(errors)) => errors.0.into_iter().for_each(|error| self.tell(error)),
        }
    }

    fn lines(&mut self, script: &Script) {
        for line in &script.lines {
            match &line.kind {
                LineKind::Act { act: Act::Direction(direction), modem: _ } => {
                    if let Err(error) = self::direction(direction, &script.source, line.span) {
                        self.tell(error);
                    }
                }
                LineKind::Act { act: Act::Expect(pattern) | Act::ExpectUrc(pattern), modem: _ } => {
                    self.said(pattern, &script.source);
                }
                LineKind::Directive(Directive::Include(include)) => {
                    if let Some(inside) = &include.script {
                        self.lines(inside);
                    }
                }
                LineKind::Act { .. } | LineKind::Directive(_) | LineKind::Blank | LineKind::Comment(_) => {}
            }
        }
    }

    /// A line that a replay says: its first value that no text stands for.
    fn said(&mut self, pattern: &Pattern, source: &Arc<Source>) {
        let Some(bound) = &self.replayed else { return };
        let open = pattern.items.iter().find_map(|item| match item {
            Item::Value(value) if value.name.as_ref().is_none_or(|name| !bound.contains(name.text.as_str())) => {
                Some(value)
            }
            Item::Value(_) | Item::Bytes(_) => None,
        });
        let Some(value) = open else { return };
        let help = match &value.name {
            Some(name) => format!(
                "name a `modem` in the header, and its own line is sent; or write the text out, or give `{}` in `[values]`",
                name.text
            ),
            None => "name a `modem` in the header, and its own line is sent; or write the text out".to_owned(),
        };
        let message = format!("no modem answers here, and `{value}` is no text that could be sent");
        self.tell(ScriptError { help: Some(help), ..ScriptError::new(source, value.span, message) });
    }

    fn tell(&mut self, error: ScriptError) {
        if self.told.insert((Arc::as_ptr(&error.source), error.span.start, error.span.end)) {
            self.errors.push(error);
        }
    }
}

/// Judges one direction, which stands at `line`, unless a name has a part in it.
///
/// # Errors
/// What the world could make nothing of, at its place.
pub(super) fn direction(direction: &Direction, source: &Arc<Source>, line: Span) -> Result<(), ScriptError> {
    constant(direction).map_err(|(message, help)| {
        let span = argument(direction, source, line);
        ScriptError { help, ..ScriptError::new(source, span, message) }
    })
}

/// What is wrong, and the next step.
type Fragment = (String, Option<String>);

/// Judges a direction, unless a name has a part in it.
fn constant(direction: &Direction) -> Result<(), Fragment> {
    let mut named = false;
    direction.asks(&mut |_| named = true);
    if named {
        return Ok(());
    }
    let read = Deed::of(direction, &Captures::default(), &Ports::new()).map_err(|message| (message, None))?;
    deed(&read)
}

/// Whether the world can do it.
///
/// # Errors
/// What was expected and what came, and the next step.
pub(super) fn deed(deed: &Deed) -> Result<(), Fragment> {
    match deed {
        Deed::Modem(event) => event.check().map_err(|message| (message, None)),
        Deed::List(_, text) | Deed::Forget(text) => match Entry::parse(text) {
            Ok(_) => Ok(()),
            Err(error) => Err((error.to_string(), error.help().map(str::to_owned))),
        },
        Deed::RegisterDown | Deed::RegisterUp | Deed::Line(_) | Deed::Unplug | Deed::Plug => Ok(()),
    }
}

/// The place of what a direction is told: its string, or its last word.
fn argument(direction: &Direction, source: &Source, line: Span) -> Span {
    let arg = match direction {
        Direction::Network(Network::Deny(arg) | Network::Roam(arg))
        | Direction::Register(
            script::Register::Block(arg)
            | script::Register::Track(arg)
            | script::Register::Allow(arg)
            | script::Register::Forget(arg),
        )
        | Direction::Ring { from: arg } => Some(arg),
        Direction::Clock(text) | Direction::Urc(text) | Direction::Answer { command: text, with: _ } => {
            return text.span;
        }
        Direction::Signal(_)
        | Direction::Power(_)
        | Direction::Sim(_)
        | Direction::Network(Network::Lose | Network::Find | Network::IdentityCheck | Network::Detach)
        | Direction::Register(script::Register::Down | script::Register::Up)
        | Direction::Sms { .. }
        | Direction::Hangup
        | Direction::Peer(_)
        | Direction::Unplug
        | Direction::Plug
        | Direction::Fault(_) => None,
    };
    if let Some(Arg::Text(text)) = arg {
        return text.span;
    }
    let text = source.text.get(line.range()).unwrap_or("").trim_end();
    let start = text.rfind(' ').map_or(0, |blank| blank + 1);
    Span::new(line.start + start, line.start + text.len())
}

/// Who plays beside the script: the virtual modems, and the register that they share.
#[derive(Debug)]
pub(super) struct Cast {
    /// Each with its profile and its identity, where that is not the profile's.
    pub(super) modems: Vec<(Arc<Profile>, Option<Imei>)>,
    /// With its lists and policies.
    pub(super) register: Register,
}

/// Why there is no cast.
#[derive(Debug)]
pub(super) enum Wrong {
    /// The header.
    Text(ScriptErrors),
    /// The profile that the command line names.
    Profile(ProfileError),
}

impl Wrong {
    /// As what kept the script from being played.
    pub(super) fn fault(self) -> Fault {
        match self {
            Wrong::Text(errors) => Fault::script(errors.render(false)),
            Wrong::Profile(error) => Fault { help: error.help.clone(), ..Fault::script(error.to_string()) },
        }
    }
}

/// Reads the header's `modem`, `modems`, `imei`, `set`, `sim`, `network` and `register`.
///
/// # Errors
/// Every value that does not fit, at its place.
pub(super) fn cast(header: &Header, source: &Arc<Source>, profile: Option<&str>) -> Result<Cast, Wrong> {
    let mut errors = Vec::new();
    let mut modems = Vec::new();
    let mut add = |named, settings: &[(&str, &Settings)], imei: Option<&Spanned<String>>, errors: &mut Vec<_>| {
        let profile = modem(source, named, profile, settings, errors)?;
        let imei = imei.and_then(|imei| match Imei::parse(&imei.value) {
            Ok(imei) => Some(imei),
            Err(error) => {
                let help = error.help().map(str::to_owned);
                errors.push(ScriptError { help, ..ScriptError::new(source, imei.span, error.to_string()) });
                None
            }
        });
        modems.extend(profile.map(|profile| (profile, imei)));
        Ok(())
    };
    let shared = [("sim", &header.sim), ("network", &header.network)];
    if header.modems.is_empty() {
        let settings = [("", &header.set), shared[0], shared[1]];
        add(header.modem.as_ref(), &settings, header.imei.as_ref(), &mut errors)?;
    }
    for of in &header.modems {
        let settings = [("", &header.set), shared[0], shared[1], ("", &of.set)];
        add(of.modem.as_ref(), &settings, of.imei.as_ref(), &mut errors)?;
    }
    let register = register(&header.register, &mut errors);
    match register.filter(|_| errors.is_empty()) {
        Some(register) => Ok(Cast { modems, register }),
        None => Err(Wrong::Text(ScriptErrors(errors))),
    }
}

/// The profile of one modem with the settings on top; nothing where an error was told.
fn modem(
    source: &Arc<Source>,
    named: Option<&Spanned<String>>,
    given: Option<&str>,
    settings: &[(&str, &Settings)],
    errors: &mut Vec<ScriptError>,
) -> Result<Option<Arc<Profile>>, Wrong> {
    let name = named.map(|name| name.value.as_str()).or(given).unwrap_or(DEFAULT);
    let layers: Vec<(&str, &Settings, Vec<Override>)> = settings
        .iter()
        .map(|(prefix, settings)| (*prefix, *settings, Override::from_table(prefix, &settings.table)))
        .collect();
    let all: Vec<Override> = layers.iter().flat_map(|(_, _, overrides)| overrides.clone()).collect();
    let whole = match profile(name, &source.name, &all) {
        Ok(profile) => return Ok(Some(profile)),
        Err(error) => error,
    };
    if let Err(error) = profile(name, &source.name, &[]) {
        let Some(named) = named else { return Err(Wrong::Profile(error)) };
        let message = if error.place.is_some() { error.to_string() } else { error.message };
        errors.push(ScriptError { help: error.help, ..ScriptError::new(source, named.span, message) });
        return Ok(None);
    }
    // Each key alone tells which ones are at fault; what only does not fit together is told once.
    let before = errors.len();
    for (prefix, settings, overrides) in &layers {
        for setting in overrides {
            if let Err(error) = profile(name, &source.name, std::slice::from_ref(setting)) {
                errors.extend(placed(prefix, settings, setting.key(), error));
            }
        }
    }
    if errors.len() == before {
        let found = layers
            .iter()
            .rev()
            .find_map(|(prefix, settings, _)| placed(prefix, settings, &whole.origin, whole.clone()));
        let nowhere = || ScriptError::new(source, Span::default(), whole.to_string());
        errors.push(found.unwrap_or_else(nowhere));
    }
    Ok(None)
}

/// An error of a key of the profile, at the place of that key in a table of the header.
fn placed(prefix: &str, settings: &Settings, key: &str, error: ProfileError) -> Option<ScriptError> {
    let path = match prefix {
        "" => key,
        prefix => key.strip_prefix(prefix)?.strip_prefix('.')?,
    };
    let unknown = error.message == "unknown key";
    let message = if unknown { format!("unknown key `{key}`") } else { error.message };
    Some(ScriptError { help: error.help, ..settings.error(path, unknown, message)? })
}

/// An embedded profile, or one of a file beside the script; what was read once is shared.
fn profile(name: &str, script: &str, overrides: &[Override]) -> Result<Arc<Profile>, ProfileError> {
    static READ: LazyLock<Mutex<HashMap<String, Arc<Profile>>>> = LazyLock::new(Mutex::default);
    let is_file = name.contains('/') || name.ends_with(".toml");
    if !is_file && overrides.is_empty() {
        return Profile::named(name, &[]);
    }
    if is_file {
        let text = file(name, script)?;
        return Profile::parse(name, &text, overrides);
    }
    let key = format!("{name} {overrides:?}");
    if let Some(profile) = READ.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(profile));
    }
    let profile = Profile::named(name, overrides)?;
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if read.len() >= KEPT {
        read.clear();
    }
    read.insert(key, Arc::clone(&profile));
    Ok(profile)
}

/// A profile's text: relative to the script, else to where the program runs.
fn file(name: &str, script: &str) -> Result<String, ProfileError> {
    let beside: PathBuf = Path::new(script).parent().map_or_else(|| name.into(), |folder| folder.join(name));
    let read = std::fs::read_to_string(&beside).or_else(|_| std::fs::read_to_string(name));
    read.map_err(|error| ProfileError {
        origin: name.to_owned(),
        place: None,
        message: format!("the profile cannot be read: {error}"),
        help: Some("a path is relative to the script; `atgate profiles` lists the built-in ones".to_owned()),
    })
}

/// The register of the header's `register`; nothing where an error was told.
fn register(settings: &Settings, errors: &mut Vec<ScriptError>) -> Option<Register> {
    let read = |table: &toml::Table| toml::Value::Table(table.clone()).try_into::<register::Settings>();
    if let Ok(settings) = read(&settings.table) {
        return Some(Register::new(&settings));
    }
    for (path, value) in leaves(&settings.table) {
        // Each key alone tells whether it is the one, and each entry of a list too.
        let Err(error) = read(&alone(&path, value.clone())) else { continue };
        let key = path.join(".");
        let entries = value.as_array().into_iter().flatten().filter_map(toml::Value::as_str);
        let wrong: Vec<ScriptError> = entries
            .filter_map(|text| {
                let error = Entry::parse(text).err()?;
                let place = settings.place(&key)?;
                let found =
                    ScriptError::new(&place.source, inside(&place.source, place.value, text), error.to_string());
                Some(ScriptError { help: error.help().map(str::to_owned), ..found })
            })
            .collect();
        if wrong.is_empty() {
            let message = error.message().trim().replace("a sequence", "a list");
            errors.extend(settings.error(
                &key,
                ["unknown field", "unknown technology"].iter().any(|start| message.starts_with(start)),
                message,
            ));
        }
        errors.extend(wrong);
    }
    None
}

/// Every value of a table that is none itself, with its path.
fn leaves(table: &toml::Table) -> Vec<(Vec<&str>, &toml::Value)> {
    let mut all = Vec::new();
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) if !inner.is_empty() => {
                all.extend(leaves(inner).into_iter().map(|(path, value)| ([vec![key.as_str()], path].concat(), value)));
            }
            leaf => all.push((vec![key.as_str()], leaf)),
        }
    }
    all
}

/// A table with nothing but this value at this path.
fn alone(path: &[&str], value: toml::Value) -> toml::Table {
    let nest = |inner, key: &&str| toml::Value::Table(toml::Table::from_iter([((*key).to_owned(), inner)]));
    match path.iter().rev().fold(value, nest) {
        toml::Value::Table(table) => table,
        _ => toml::Table::new(),
    }
}

/// Where the string `text` stands in the value at `span`; the whole value where it is spelled in another way.
fn inside(source: &Source, span: Span, text: &str) -> Span {
    let value = source.text.get(span.range()).unwrap_or("");
    let quoted = ['"', '\''].iter().find_map(|quote| value.find(&format!("{quote}{text}{quote}")));
    quoted.map_or(span, |at| Span::new(span.start + at, span.start + at + text.len() + 2))
}
