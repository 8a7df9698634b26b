//! The world of a script that has virtual modems: the modems, the register that they share, and their lines.
//!
//! Made of a header. Answers what the modems ask of the world, carries out directions, and says what checks ask for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::identity::Imei;
use crate::modem::{Effect, Event, Modem, Observed, Override, Profile, ProfileError, Tick};
use crate::register::{self, Register};
use crate::script::{Header, ScriptError, Settings, Side, Source, Spanned};

use super::outcome::Fault;
use super::player::{Deed, Machine, Manner, Stage};
use super::wire::Wire;

/// The profile where neither the script nor the command line names one.
const DEFAULT: &str = "generic-lte";

/// So many profiles with settings of their own are kept.
const KEPT: usize = 256;

/// Virtual modems and what is around them.
#[derive(Debug)]
pub(super) struct World {
    pub(super) modems: Vec<Modem>,
    pub(super) wires: Vec<Wire>,
    register: Register,
    /// What a reader should know: tamper findings.
    pub(super) notes: Vec<String>,
}

impl World {
    /// The world that a header describes; `profile` is the one of the command line.
    ///
    /// # Errors
    /// A profile, a key or an entry of the header is wrong: the script's fault, with its place.
    pub(super) fn new(header: &Header, source: &Arc<Source>, profile: Option<&str>, seed: u64) -> Result<World, Fault> {
        let mut modems = Vec::new();
        let shared = [("sim", &header.sim), ("network", &header.network)];
        if header.modems.is_empty() {
            let own = [("", &header.set), shared[0], shared[1]];
            let named = header.modem.as_ref();
            modems.push(modem(source, named, profile, &own, header.imei.as_ref(), seed)?);
        }
        for (index, of) in (0u64..).zip(&header.modems) {
            let own = [("", &header.set), shared[0], shared[1], ("", &of.set)];
            modems.push(modem(source, of.modem.as_ref(), profile, &own, of.imei.as_ref(), seed.wrapping_add(index))?);
        }
        let wires = (0u64..).zip(&modems).map(|(index, _)| Wire::new(seed.wrapping_add(index))).collect();
        Ok(World { modems, wires, register: register(&header.register)?, notes: Vec::new() })
    }

    /// Answers what the modems ask; true if there was anything.
    pub(super) fn answer(&mut self, now: Tick) -> bool {
        let mut any = false;
        for (index, modem) in self.modems.iter_mut().enumerate() {
            loop {
                let effects: Vec<Effect> = modem.transmit().effects().collect();
                if effects.is_empty() {
                    break;
                }
                any = true;
                for effect in effects {
                    match effect {
                        Effect::CheckEquipment { ticket, inquiry } => {
                            let answer = self.register.check(&inquiry);
                            modem.event(now, Event::Equipment { ticket, answer });
                        }
                        Effect::Tamper { command } => {
                            self.notes
                                .push(format!("tamper: {command} would have rewritten the identity; it was refused"));
                        }
                        Effect::LineSpeed(speed) => self.wires[index].modem_speed(speed),
                        Effect::Framing { .. } | Effect::FlowControl { .. } | Effect::Restarted => {}
                    }
                }
            }
        }
        any
    }

    /// When a modem or a line has work next.
    pub(super) fn deadline(&self) -> Option<Tick> {
        let modems = self.modems.iter().filter_map(Modem::deadline);
        modems.chain(self.wires.iter().filter_map(Wire::deadline)).min()
    }

    /// Lets each modem do what is due.
    pub(super) fn wake(&mut self, now: Tick) {
        for modem in &mut self.modems {
            if modem.deadline().is_some_and(|at| at <= now) {
                modem.wake(now);
            }
        }
    }

    fn lanes(&self, lane: Option<usize>) -> std::ops::Range<usize> {
        match lane {
            Some(lane) => lane..lane + 1,
            None => 0..self.modems.len(),
        }
    }
}

impl Stage for World {
    fn direct(&mut self, now: Tick, lane: Option<usize>, deed: Deed) -> Result<(), String> {
        match deed {
            Deed::Modem(event) => {
                for index in self.lanes(lane) {
                    self.modems[index].event(now, event.clone());
                }
            }
            Deed::List(list, text) => {
                self.register.put(list, &text).map_err(|error| error.to_string())?;
            }
            Deed::Forget(text) => {
                self.register.forget(&text).map_err(|error| error.to_string())?;
            }
            Deed::RegisterDown => self.register.down(),
            Deed::RegisterUp => self.register.up(),
            Deed::Line(fault) => {
                for index in self.lanes(lane) {
                    self.wires[index].fault(now, fault.clone());
                }
            }
            Deed::Unplug => {
                for index in self.lanes(lane) {
                    self.wires[index].unplug();
                    self.modems[index].event(now, Event::Closed);
                }
            }
            Deed::Plug => {
                for index in self.lanes(lane) {
                    self.wires[index].plug();
                    self.modems[index].event(now, Event::Lines { dtr: true, rts: true });
                }
            }
        }
        Ok(())
    }

    fn observe(&self, lane: Option<usize>, path: &str) -> Option<Observed> {
        match (lane, self.modems.as_slice()) {
            (Some(lane), modems) => modems.get(lane)?.observe(path),
            (None, [modem]) => modem.observe(path),
            // Without a prefix it is not said whose.
            (None, _) => None,
        }
    }

    fn gives_urc(&self, lane: usize, name: &[u8]) -> bool {
        self.modems.get(lane).is_some_and(|modem| {
            modem.profile().boot.urcs.iter().any(|urc| {
                let text = urc.text.as_bytes();
                let end = memchr::memchr(b':', text).unwrap_or(text.len());
                &text[..end] == name
            })
        })
    }
}

impl World {
    /// Puts what the modem has to say on its line, each write by itself.
    pub(super) fn speak(&mut self, now: Tick, lane: usize) -> bool {
        let outbox = self.modems[lane].transmit();
        let any = !outbox.bytes().is_empty();
        for write in outbox.writes() {
            self.wires[lane].put(now, Side::Host, write);
        }
        outbox.clear();
        any
    }
}

impl Machine for World {
    fn answers(&self) -> bool {
        !self.modems.is_empty()
    }

    fn feed(&mut self, now: Tick, lane: usize, bytes: &[u8]) {
        if let Some(modem) = self.modems.get_mut(lane) {
            modem.receive(now, bytes);
        }
    }

    fn said(&mut self, now: Tick, lane: usize) -> Vec<Vec<u8>> {
        self.answer(now);
        let Some(modem) = self.modems.get_mut(lane) else { return Vec::new() };
        let outbox = modem.transmit();
        let writes = outbox.writes().map(<[u8]>::to_vec).collect();
        outbox.clear();
        writes
    }

    fn is_busy(&self, lane: usize) -> bool {
        self.state(lane, "busy")
    }

    fn is_online(&self, lane: usize) -> bool {
        self.state(lane, "online")
    }

    fn manner(&self, lane: usize) -> Manner {
        let setting = |path: &str| match self.modems.get(lane).and_then(|modem| modem.observe(path)) {
            Some(Observed::Number(number)) => Some(number),
            Some(Observed::Text(_) | Observed::Truth(_) | Observed::Nothing) | None => None,
        };
        let usual = Manner::default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "S3, S4 and S5 are 0 to 127")]
        let character = |path: &str, usual: u8| setting(path).map_or(usual, |number| number as u8);
        Manner {
            echo: setting("modem.e") != Some(0.0),
            verbose: setting("modem.v") != Some(0.0),
            s3: character("modem.s3", usual.s3),
            s4: character("modem.s4", usual.s4),
            s5: character("modem.s5", usual.s5),
        }
    }
}

impl World {
    /// No modem: a pure replay.
    pub(super) fn without_modems(lanes: usize, seed: u64) -> World {
        let wires = (0u64..).take(lanes).map(|index| Wire::new(seed.wrapping_add(index))).collect();
        World { modems: Vec::new(), wires, register: Register::default(), notes: Vec::new() }
    }

    fn state(&self, lane: usize, word: &str) -> bool {
        let state = self.modems.get(lane).and_then(|modem| modem.observe("modem.state"));
        state == Some(Observed::Text(word.to_owned()))
    }
}

/// One virtual modem.
fn modem(
    source: &Arc<Source>,
    named: Option<&Spanned<String>>,
    given: Option<&str>,
    settings: &[(&str, &Settings)],
    imei: Option<&Spanned<String>>,
    seed: u64,
) -> Result<Modem, Fault> {
    let name = named.map(|name| name.value.as_str()).or(given).unwrap_or(DEFAULT);
    let mut overrides = Vec::new();
    for (prefix, settings) in settings {
        overrides.extend(Override::from_table(prefix, &settings.table));
    }
    let profile = profile(name, &source.name, &overrides).map_err(|error| {
        for (prefix, settings) in settings.iter().rev() {
            let path = match prefix {
                &"" => error.origin.as_str(),
                prefix => match error.origin.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')) {
                    Some(path) => path,
                    None => continue,
                },
            };
            let unknown = error.message.starts_with("unknown key");
            if let Some(found) = settings.error(path, unknown, &error.message) {
                return rendered(found, error.help);
            }
        }
        match named {
            Some(named) => rendered(ScriptError::new(source, named.span, &error.message), error.help),
            None => Fault { help: error.help.clone(), ..Fault::script(error.to_string()) },
        }
    })?;
    let imei = match imei {
        None => None,
        Some(imei) => Some(Imei::parse(&imei.value).map_err(|error| {
            let help = error.help().map(str::to_owned);
            rendered(ScriptError::new(source, imei.span, error.to_string()), help)
        })?),
    };
    Ok(Modem::new(profile, imei, seed))
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

/// The register of the header's `register`.
fn register(settings: &Settings) -> Result<Register, Fault> {
    if settings.table.is_empty() {
        return Ok(Register::default());
    }
    let read = |table: &toml::Table| toml::Value::Table(table.clone()).try_into::<register::Settings>();
    match read(&settings.table) {
        Ok(settings) => Ok(Register::new(&settings)),
        Err(whole) => {
            // Each key alone tells which one it is.
            for (key, value) in &settings.table {
                let Err(error) = read(&toml::Table::from_iter([(key.clone(), value.clone())])) else { continue };
                let message = error.message().trim().to_owned();
                if let Some(found) = settings.error(key, message.starts_with("unknown"), message) {
                    return Err(rendered(found, None));
                }
            }
            Err(Fault::script(whole.message().trim().to_owned()))
        }
    }
}

fn rendered(error: ScriptError, help: Option<String>) -> Fault {
    let error = match help {
        Some(help) => error.help(help),
        None => error,
    };
    Fault::script(error.render(false))
}
