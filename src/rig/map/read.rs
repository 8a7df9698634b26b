//! The text of a map to its boards, and what is wrong with it, each with its place.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use toml::{Spanned, Value};

use super::device::{Device, Fixtures, Label, Place, Rule, Sim};
use super::power::Power;
use crate::identity::{Iccid, Imei, Imsi, Tac};
use crate::port::{Address, Settings};
use crate::rig::limit::{self, Limit};
use crate::script::{ScriptError, ScriptErrors, Source, Span};

const KEYS: &str = "a board is `[[device]]` with `name`, `match` or `address`, and, where there is something to say, `baud`, `framing`, `flow`, \
                    `sim`, `antenna`, `power`, `label` and `limits`; `[limits]` of its own is of all boards";
const LIMITS: &str =
    "a limit is `rsrp = \">= -110 dBm\"`, `time_to_register = \"<= 30 s\"` or `rsrq = \"in -15..-3 dB\"`";
const RULES: &str =
    "`match` has `serial`, `interface`, `by_id`, `by_path`, `path`, `usb = \"2c7c:0125\"`: what `atgate ports` shows";

/// What is measured, and what it must keep to.
type WrittenLimits = BTreeMap<Spanned<String>, Spanned<String>>;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    limits: WrittenLimits,
    #[serde(default)]
    device: Vec<Spanned<WrittenDevice>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDevice {
    name: Spanned<String>,
    r#match: Option<Spanned<WrittenRule>>,
    address: Option<Spanned<String>>,
    baud: Option<Spanned<i64>>,
    framing: Option<Spanned<String>>,
    flow: Option<Spanned<String>>,
    sim: Option<WrittenSim>,
    antenna: Option<String>,
    power: Option<WrittenPower>,
    label: Option<WrittenLabel>,
    #[serde(default)]
    limits: WrittenLimits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    serial: Option<Spanned<String>>,
    interface: Option<Spanned<i64>>,
    by_id: Option<Spanned<String>>,
    by_path: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    usb: Option<Spanned<String>>,
    tac: Option<Spanned<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSim {
    iccid: Option<Spanned<String>>,
    imsi: Option<Spanned<String>>,
    pin_env: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPower {
    on: Spanned<String>,
    off: Spanned<String>,
    cycle: Option<Spanned<String>>,
    off_seconds: Option<Spanned<f64>>,
    limit_seconds: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLabel {
    imei: Option<Spanned<String>>,
    model: Option<String>,
    firmware: Option<String>,
}

/// Reads the boards of a text; `name` is what messages call it.
///
/// # Errors
///
/// All that is wrong, with the places; of a text that is no TOML, the first.
pub(super) fn devices(name: String, text: String) -> Result<Vec<Arc<Device>>, ScriptErrors> {
    let source = Arc::new(Source { name, text });
    let mut reader = Reader { source: &source, errors: Vec::new() };
    let written: Written = toml::from_str(&source.text).map_err(|error| {
        let message = error.message().trim_end().replace('\n', "; ");
        reader.wrong(error.span().unwrap_or(0..0), message, KEYS);
        ScriptErrors(std::mem::take(&mut reader.errors))
    })?;
    let limits = reader.limits(written.limits);
    let mut devices: Vec<Arc<Device>> = Vec::new();
    for written in written.device {
        let span = written.span();
        let named = (written.get_ref().name.span(), written.get_ref().address.as_ref().map(Spanned::span));
        let device = reader.device(span, written.into_inner(), &limits);
        reader.compare(&device, named, &devices);
        devices.push(Arc::new(device));
    }
    reader.errors.sort_by_key(|error| error.span.start);
    if reader.errors.is_empty() { Ok(devices) } else { Err(ScriptErrors(reader.errors)) }
}

/// Turns what is written into boards; gathers what is wrong.
struct Reader<'a> {
    source: &'a Arc<Source>,
    errors: Vec<ScriptError>,
}

impl Reader<'_> {
    fn wrong(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(ScriptError::new(self.source, Span { start: span.start, end: span.end }, message).help(help));
    }

    fn device(&mut self, span: Range<usize>, written: WrittenDevice, common: &[Limit]) -> Device {
        self.check_name(&written.name);
        let tacs = written.r#match.as_ref().and_then(|rule| rule.get_ref().tac.as_ref());
        let tacs = tacs.map(|tac| self.tacs(tac)).unwrap_or_default();
        let mut place = self.place(span, &written);
        let (mut settings, is_serial) = match &place {
            Place::At(Address::Serial { settings, .. }) => (*settings, true),
            Place::At(_) => (Settings::default(), false),
            Place::Where(_) => (Settings::default(), true),
        };
        self.settings(&written, is_serial, &mut settings);
        if let Place::At(Address::Serial { settings: own, .. }) = &mut place {
            *own = settings;
        }
        let sim = written.sim.map(|sim| self.sim(sim));
        let power = written.power.and_then(|power| self.power(power));
        let fixtures = Fixtures { sim, antenna: written.antenna, power };
        let label = written.label.map(|label| self.label(label)).unwrap_or_default();
        let mut limits = self.limits(written.limits);
        let others = common.iter().filter(|common| limits.iter().all(|own| own.name != common.name));
        let others: Vec<Limit> = others.cloned().collect();
        limits.extend(others);
        Device { name: written.name.into_inner(), place, tacs, settings, fixtures, label, limits }
    }

    fn check_name(&mut self, name: &Spanned<String>) {
        let text = name.get_ref();
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if text.is_empty() || text.len() > 64 || !text.chars().all(fits) {
            let message = format!("`{}` is no name of a board", text.escape_debug());
            self.wrong(name.span(), message, "a name has 1 to 64 letters, digits, `-`, `_` and `.`");
        }
    }

    /// A board's name and its address are its own.
    fn compare(
        &mut self,
        device: &Device,
        (name, address): (Range<usize>, Option<Range<usize>>),
        others: &[Arc<Device>],
    ) {
        if others.iter().any(|other| other.name == device.name) {
            let message = format!("a board is called `{}` already", device.name);
            self.wrong(name, message, "a board is asked for by its name: give each its own");
        }
        let shared = others.iter().find(|other| matches!(device.place, Place::At(_)) && other.place == device.place);
        if let (Some(other), Some(span)) = (shared, address) {
            let message = format!("`{}` has this address already", other.name);
            self.wrong(span, message, "two boards never share a port");
        }
    }

    fn place(&mut self, span: Range<usize>, written: &WrittenDevice) -> Place {
        match (&written.address, &written.r#match) {
            (Some(address), None) => self.address(address),
            (None, Some(rule)) => self.rule(rule),
            (Some(address), Some(rule)) => {
                // An address tells where, so that nothing is left to find out but what the board says.
                if !self.parts(rule.get_ref()).is_empty() {
                    let help = "beside `address`, `match` may have `tac` alone";
                    self.wrong(address.span(), "a board has either `address` or `match`", help);
                }
                self.address(address)
            }
            (None, None) => {
                let text = self.source.text.get(span.clone()).unwrap_or_default();
                let end = span.start + text.find('\n').unwrap_or(text.len());
                self.wrong(span.start..end, "nothing says which port this board has", RULES);
                Place::Where(Rule::default())
            }
        }
    }

    fn address(&mut self, written: &Spanned<String>) -> Place {
        match written.get_ref().parse::<Address>() {
            Ok(Address::Stdio) => {
                self.wrong(written.span(), "no board stands behind `-`", "name its port, as after --port")
            }
            Ok(address) => return Place::At(address),
            Err(error) => self.wrong(written.span(), error.to_string(), error.help()),
        }
        Place::Where(Rule::default())
    }

    fn rule(&mut self, written: &Spanned<WrittenRule>) -> Place {
        let rule = self.parts(written.get_ref());
        let has_usb = written.get_ref().usb.is_some() || written.get_ref().interface.is_some();
        if rule.is_empty() && !has_usb {
            let message = match &written.get_ref().tac {
                Some(_) => "a TAC finds no port: only a board that is asked says it",
                None => "nothing says which port this board has",
            };
            self.wrong(written.span(), message, RULES);
        }
        Place::Where(rule)
    }

    fn parts(&mut self, written: &WrittenRule) -> Rule {
        let interface = written.interface.as_ref().and_then(|number| {
            let fits = u8::try_from(*number.get_ref()).ok();
            if fits.is_none() {
                let message = format!("expected the number of an interface, 0 to 255, found {}", number.get_ref());
                self.wrong(number.span(), message, RULES);
            }
            fits
        });
        let usb = written.usb.as_ref().and_then(|numbers| {
            let pair =
                numbers.get_ref().split_once(':').and_then(|(vendor, product)| Some((hex(vendor)?, hex(product)?)));
            if pair.is_none() {
                let message = format!("expected vendor and product, found `{}`", numbers.get_ref().escape_debug());
                self.wrong(
                    numbers.span(),
                    message,
                    "write both numbers with four hexadecimal digits, as in `2c7c:0125`",
                );
            }
            pair
        });
        let texts = [&written.serial, &written.by_id, &written.by_path, &written.path];
        let [serial, by_id, by_path, path] = texts.map(|text| text.as_ref().and_then(|text| self.pattern(text)));
        Rule { serial, interface, by_id, by_path, path, usb }
    }

    fn pattern(&mut self, text: &Spanned<String>) -> Option<String> {
        if text.get_ref().is_empty() || text.get_ref().len() > 4096 {
            self.wrong(text.span(), "expected a name of at most 4096 bytes, with `*` for what may be anything", RULES);
            return None;
        }
        Some(text.get_ref().clone())
    }

    fn tacs(&mut self, written: &Spanned<Value>) -> Vec<Tac> {
        let texts: Option<Vec<&str>> = match written.get_ref() {
            Value::String(text) => Some(vec![text]),
            Value::Array(values) => values.iter().map(Value::as_str).collect(),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Table(_) => None,
        };
        let tacs = texts.map(|texts| texts.into_iter().map(Tac::from_str).collect::<Result<Vec<_>, _>>());
        match tacs {
            Some(Ok(tacs)) if !tacs.is_empty() => return tacs,
            Some(Err(error)) => {
                self.wrong(written.span(), error.to_string(), "a TAC is the first 8 digits of the IMEI")
            }
            Some(Ok(_)) | None => {
                self.wrong(written.span(), "expected a TAC or a list of them", "write `tac = \"00101700\"`");
            }
        }
        Vec::new()
    }

    /// The settings, in the words that stand behind the `?` of a port.
    fn settings(&mut self, written: &WrittenDevice, is_serial: bool, settings: &mut Settings) {
        let baud = written.baud.as_ref().map(|baud| ("baud", baud.get_ref().to_string(), baud.span()));
        let framing = written.framing.as_ref().map(|text| ("framing", text.get_ref().clone(), text.span()));
        let flow = written.flow.as_ref().map(|text| ("flow", text.get_ref().clone(), text.span()));
        for (key, value, span) in [baud, framing, flow].into_iter().flatten() {
            if !is_serial {
                self.wrong(
                    span,
                    format!("`{key}` is of serial ports alone"),
                    "leave it out: the other end sets the line",
                );
                continue;
            }
            match (format!("port?{key}={value}").parse::<Address>(), key) {
                (Ok(Address::Serial { settings: read, .. }), "baud") => settings.baud = read.baud,
                (Ok(Address::Serial { settings: read, .. }), "framing") => settings.framing = read.framing,
                (Ok(Address::Serial { settings: read, .. }), _) => settings.flow = read.flow,
                (Ok(_), _) => {}
                (Err(error), _) => self.wrong(span, error.to_string(), error.help()),
            }
        }
    }

    fn sim(&mut self, written: WrittenSim) -> Sim {
        let pin_env = written.pin_env.and_then(|name| {
            let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let is_name = !name.get_ref().is_empty() && name.get_ref().chars().all(fits);
            if !is_name || name.get_ref().starts_with(|first: char| first.is_ascii_digit()) {
                let help =
                    "the PIN itself does not stand here: write the name of the environment variable that holds it";
                self.wrong(name.span(), "expected the name of an environment variable", help);
                return None;
            }
            Some(name.into_inner())
        });
        Sim { iccid: self.value::<Iccid>(written.iccid), imsi: self.value::<Imsi>(written.imsi), pin_env }
    }

    fn label(&mut self, written: WrittenLabel) -> Label {
        Label { imei: self.value::<Imei>(written.imei), model: written.model, firmware: written.firmware }
    }

    fn limits(&mut self, written: WrittenLimits) -> Vec<Limit> {
        let mut limits = Vec::new();
        for (name, value) in written {
            // The name is parted from the rest, so that the place of what is wrong is the narrower one.
            if !limit::is_known(name.get_ref()) {
                let message = format!("nothing is measured under the name `{}`", name.get_ref().escape_debug());
                self.wrong(name.span(), message, limit::names());
                continue;
            }
            match format!("{} {}", name.get_ref(), value.get_ref()).parse() {
                Ok(limit) => limits.push(limit),
                Err(error) => self.wrong(value.span(), error, LIMITS),
            }
        }
        limits
    }

    fn value<T: FromStr<Err: Display>>(&mut self, written: Option<Spanned<String>>) -> Option<T> {
        let written = written?;
        match written.get_ref().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(
                    written.span(),
                    error.to_string(),
                    "write it as it is printed; leave it out where it is not known",
                );
                None
            }
        }
    }

    fn power(&mut self, written: WrittenPower) -> Option<Power> {
        let on = self.command(&written.on);
        let off = self.command(&written.off);
        let cycle = written.cycle.and_then(|cycle| self.command(&cycle));
        let off_time = self.seconds(written.off_seconds, 2.0);
        let limit = self.seconds(written.limit_seconds, 30.0);
        Some(Power { on: on?, off: off?, cycle, off_time, limit })
    }

    fn command(&mut self, written: &Spanned<String>) -> Option<Vec<String>> {
        match shell_words::split(written.get_ref()) {
            Ok(words) if !words.is_empty() => Some(words),
            Ok(_) => {
                self.wrong(written.span(), "expected a command", "write a program and its arguments, as in a shell");
                None
            }
            Err(_) => {
                self.wrong(
                    written.span(),
                    "a quotation mark is not closed",
                    "write a program and its arguments, as in a shell",
                );
                None
            }
        }
    }

    fn seconds(&mut self, written: Option<Spanned<f64>>, usual: f64) -> Duration {
        let Some(written) = written else { return Duration::from_secs_f64(usual) };
        let seconds = *written.get_ref();
        if !(0.0..=3600.0).contains(&seconds) {
            self.wrong(written.span(), format!("expected seconds, 0 to 3600, found {seconds}"), "write `2` or `0.5`");
            return Duration::from_secs_f64(usual);
        }
        Duration::from_secs_f64(seconds)
    }
}

/// Four hexadecimal digits.
fn hex(text: &str) -> Option<u16> {
    let is_number = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then(|| u16::from_str_radix(text, 16).ok()).flatten()
}
