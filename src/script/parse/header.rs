//! The header's text: TOML, with every key and value at its place.

use std::sync::Arc;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::super::error::ScriptError;
use super::super::header::{Header, ModemHeader, Place, Setting, Settings, Spanned, Verdict};
use super::super::suggest::did_you_mean;
use super::super::tree::{Interval, Name, Source, Span};

/// Every key, in the order of the format's reference.
pub(in crate::script) const KEY_NAMES: [&str; 17] = [
    "title", "tags", "modem", "imei", "set", "sim", "network", "register", "values", "cases", "timeout", "seed",
    "echo", "strict", "expect", "requires", "modems",
];

/// The keys of `[modems.NAME]`.
const MODEM_KEYS: [&str; 3] = ["modem", "imei", "set"];

/// A header's table nests so deep at most.
const DEEPEST: usize = 16;

type Entry<'a, 'i> = (&'a TomlSpanned<std::borrow::Cow<'i, str>>, &'a TomlSpanned<DeValue<'i>>);

/// Reads the TOML at `span` of `source`.
pub(super) fn header(source: &Arc<Source>, span: Span, errors: &mut Vec<ScriptError>) -> Header {
    let text = &source.text[span.range()];
    let mut reader = Reader { source, base: span.start, errors };
    let (table, toml_errors) = DeTable::parse_recoverable(text);
    for error in &toml_errors {
        reader.toml_error(error, span);
    }
    let mut header = Header { text: Some(span), ..Header::default() };
    if toml_errors.is_empty() {
        for (key, value) in in_order(table.get_ref()) {
            reader.key(&mut header, key, value);
        }
        reader.modem_or_modems(&header, table.get_ref());
    }
    header
}

pub(super) fn table_setting(key: &str, settings: Settings) -> Setting {
    match key {
        "sim" => Setting::Sim(settings),
        "network" => Setting::Network(settings),
        "register" => Setting::Register(settings),
        _ => Setting::Set(settings),
    }
}

/// A table's entries as they stand in the text.
pub(super) fn in_order<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<Entry<'a, 'i>> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

pub(super) struct Reader<'s, 'e> {
    pub(super) source: &'s Arc<Source>,
    /// Where the TOML text begins in the source.
    pub(super) base: usize,
    pub(super) errors: &'e mut Vec<ScriptError>,
}

impl Reader<'_, '_> {
    pub(super) fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.base + range.start, self.base + range.end)
    }

    pub(super) fn fail(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.errors.push(ScriptError { source: Arc::clone(self.source), span, message: message.into(), help });
    }

    fn toml_error(&mut self, error: &toml::de::Error, whole: Span) {
        let span = error.span().map_or(whole, |range| self.span(range));
        // What the TOML reader expected instead is its own affair where it expected nothing, or one way to quote.
        let message = error.message().lines().next().unwrap_or("it cannot be read");
        let message = message.trim_end_matches(", expected nothing").trim_end_matches(", expected literal string");
        let help = if message.contains("quoted") || message.contains("leading zero") {
            Some("put it in quotation marks: `key = \"text\"`")
        } else if message.contains("duplicate key") {
            Some("a key stands once")
        } else {
            None
        };
        self.fail(span, format!("the header is not TOML: {message}"), help.map(str::to_owned));
    }

    /// One key of the header's top.
    fn key(
        &mut self,
        header: &mut Header,
        key: &TomlSpanned<std::borrow::Cow<'_, str>>,
        value: &TomlSpanned<DeValue<'_>>,
    ) {
        match key.get_ref().as_ref() {
            "values" => header.values = self.values(value),
            "modems" => header.modems = self.modems(value),
            "cases" => match value.get_ref() {
                DeValue::String(path) => {
                    header.cases_file = Some(Spanned { value: path.to_string(), span: self.span(value.span()) });
                }
                _ => header.cases = self.cases(value),
            },
            _ => {
                if let Some(setting) = self.setting(key, value) {
                    header.apply(setting);
                }
            }
        }
    }

    /// A key that a case may set too.
    pub(super) fn setting(
        &mut self,
        key: &TomlSpanned<std::borrow::Cow<'_, str>>,
        value: &TomlSpanned<DeValue<'_>>,
    ) -> Option<Setting> {
        let name = key.get_ref().as_ref();
        Some(match name {
            "title" => Setting::Title(self.text(name, value)?),
            "tags" => Setting::Tags(self.texts(name, value)?),
            "modem" => Setting::Modem(self.text(name, value)?),
            "imei" => Setting::Imei(self.text(name, value)?),
            "set" | "sim" | "network" | "register" => table_setting(name, self.settings(name, value)?),
            "timeout" => Setting::Timeout(self.interval(name, value)?),
            "seed" => Setting::Seed(self.number(name, value)?),
            "echo" => Setting::Echo(self.truth(name, value)?),
            "strict" => Setting::Strict(self.truth(name, value)?),
            "expect" => Setting::Expect(self.verdict(value)?),
            "requires" => Setting::Requires(self.texts(name, value)?),
            "values" | "cases" | "modems" => {
                self.fail(
                    self.span(key.span()),
                    format!("a case cannot set `{name}`"),
                    Some("it stands in the header itself".to_owned()),
                );
                return None;
            }
            _ => {
                self.fail(
                    self.span(key.span()),
                    format!("`{name}` is no key of the header"),
                    did_you_mean(name, &KEY_NAMES),
                );
                return None;
            }
        })
    }

    pub(super) fn wrong<T>(
        &mut self,
        name: &str,
        takes: &str,
        value: &TomlSpanned<DeValue<'_>>,
        help: Option<String>,
    ) -> Option<T> {
        let came = article(value.get_ref());
        self.fail(self.span(value.span()), format!("`{name}` takes {takes}, not {came}"), help);
        None
    }

    fn text(&mut self, name: &str, value: &TomlSpanned<DeValue<'_>>) -> Option<Spanned<String>> {
        match value.get_ref() {
            DeValue::String(text) => Some(Spanned { value: text.to_string(), span: self.span(value.span()) }),
            DeValue::Integer(_) => {
                let help =
                    format!("put it in quotation marks, which keep its zeroes: `{name} = \"{}\"`", self.written(value));
                self.wrong(name, "a string", value, Some(help))
            }
            _ => self.wrong(name, "a string", value, None),
        }
    }

    /// A value as it stands in the source.
    fn written(&self, value: &TomlSpanned<DeValue<'_>>) -> String {
        self.source.text.get(self.span(value.span()).range()).unwrap_or_default().to_owned()
    }

    fn texts(&mut self, name: &str, value: &TomlSpanned<DeValue<'_>>) -> Option<Vec<Spanned<String>>> {
        match value.get_ref() {
            DeValue::Array(array) => Some(array.iter().filter_map(|each| self.text(name, each)).collect()),
            _ => {
                let help = Some(format!("write `{name} = [\"…\", \"…\"]`"));
                self.wrong(name, "an array of strings", value, help)
            }
        }
    }

    fn interval(&mut self, name: &str, value: &TomlSpanned<DeValue<'_>>) -> Option<Spanned<Interval>> {
        let DeValue::String(text) = value.get_ref() else {
            return self.wrong(
                name,
                "a duration",
                value,
                Some(format!("it is a string with a unit: `{name} = \"10s\"`")),
            );
        };
        let span = self.span(value.span());
        match super::interval(text, 0) {
            Ok(interval) => Some(Spanned { value: interval, span }),
            Err((_, message, help)) => {
                self.fail(span, format!("`{name}` takes a duration: {message}"), help);
                None
            }
        }
    }

    fn number(&mut self, name: &str, value: &TomlSpanned<DeValue<'_>>) -> Option<Spanned<u64>> {
        let span = self.span(value.span());
        match value.get_ref() {
            DeValue::Integer(number) => match u64::from_str_radix(number.as_str(), number.radix()) {
                Ok(value) => Some(Spanned { value, span }),
                Err(_) => {
                    self.fail(span, format!("`{name}` takes a number from 0 to {}", u64::MAX), None);
                    None
                }
            },
            _ => self.wrong(name, "a whole number", value, None),
        }
    }

    fn truth(&mut self, name: &str, value: &TomlSpanned<DeValue<'_>>) -> Option<Spanned<bool>> {
        match value.get_ref() {
            DeValue::Boolean(truth) => Some(Spanned { value: *truth, span: self.span(value.span()) }),
            _ => self.wrong(name, "true or false", value, None),
        }
    }

    fn verdict(&mut self, value: &TomlSpanned<DeValue<'_>>) -> Option<Spanned<Verdict>> {
        let text = self.text("expect", value)?;
        let verdict = match text.value.as_str() {
            "passed" => Verdict::Passed,
            "failed" => Verdict::Failed,
            word => {
                let help = did_you_mean(word, &["passed", "failed"]);
                self.fail(text.span, format!("`{word}` is no verdict to expect"), help);
                return None;
            }
        };
        Some(Spanned { value: verdict, span: text.span })
    }

    /// A table whose keys another room judges.
    fn settings(&mut self, name: &str, value: &TomlSpanned<DeValue<'_>>) -> Option<Settings> {
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong(name, "a table", value, Some(format!("write `{name}.KEY = …` or a section `[{name}]`")));
        };
        let mut settings = Settings::default();
        settings.table = self.table(table, "", 0, &mut settings.places)?;
        Some(settings)
    }

    fn table(
        &mut self,
        table: &DeTable<'_>,
        path: &str,
        depth: usize,
        places: &mut std::collections::BTreeMap<String, Place>,
    ) -> Option<toml::Table> {
        let mut plain = toml::Table::new();
        for (key, value) in in_order(table) {
            let dotted = if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
            let place =
                Place { source: Arc::clone(self.source), key: self.span(key.span()), value: self.span(value.span()) };
            places.insert(dotted.clone(), place);
            let value = self.plain(value, &dotted, depth + 1, places)?;
            plain.insert(key.get_ref().to_string(), value);
        }
        Some(plain)
    }

    fn plain(
        &mut self,
        value: &TomlSpanned<DeValue<'_>>,
        path: &str,
        depth: usize,
        places: &mut std::collections::BTreeMap<String, Place>,
    ) -> Option<toml::Value> {
        let span = self.span(value.span());
        if depth > DEEPEST {
            self.fail(span, "the table nests too deep", Some(format!("{DEEPEST} levels are the most")));
            return None;
        }
        Some(match value.get_ref() {
            DeValue::String(text) => toml::Value::String(text.to_string()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => toml::Value::Integer(number),
                Err(_) => {
                    self.fail(
                        span,
                        "the number is too large",
                        Some("put it in quotation marks if it is an identity".to_owned()),
                    );
                    return None;
                }
            },
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => toml::Value::Float(number),
                Err(_) => return self.wrong(path, "a number", value, None),
            },
            DeValue::Boolean(truth) => toml::Value::Boolean(*truth),
            DeValue::Datetime(time) => toml::Value::Datetime(*time),
            DeValue::Array(array) => {
                let mut plain = Vec::with_capacity(array.len());
                for each in array.iter() {
                    plain.push(self.plain(each, path, depth + 1, places)?);
                }
                toml::Value::Array(plain)
            }
            DeValue::Table(table) => toml::Value::Table(self.table(table, path, depth, places)?),
        })
    }

    /// `[values]`: names and what they are bound to; `{}` is to be given from outside.
    fn values(&mut self, value: &TomlSpanned<DeValue<'_>>) -> Vec<(Name, Option<String>)> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong::<()>(
                "values",
                "a table",
                value,
                Some("write a section `[values]` with a line `name = \"text\"` each".to_owned()),
            );
            return Vec::new();
        };
        let mut values = Vec::new();
        for (key, value) in in_order(table) {
            let Some(name) = self.name(key) else { continue };
            let empty = matches!(value.get_ref(), DeValue::Table(table) if table.is_empty());
            let text = if empty { Some(None) } else { self.bound(&name.text, value).map(Some) };
            if let Some(text) = text {
                values.push((name, text));
            }
        }
        values
    }

    /// The text that a value of the header or of a case binds.
    pub(super) fn bound(&mut self, name: &str, value: &TomlSpanned<DeValue<'_>>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => {
                Some(number.as_str().trim_start_matches('+').to_owned())
            }
            DeValue::Boolean(truth) => Some(truth.to_string()),
            _ => {
                let help = format!("put it in quotation marks: `{name} = \"…\"`");
                self.wrong(name, "a text", value, Some(help))
            }
        }
    }

    pub(super) fn name(&mut self, key: &TomlSpanned<std::borrow::Cow<'_, str>>) -> Option<Name> {
        let text = key.get_ref().as_ref();
        let span = self.span(key.span());
        if is_name(text) {
            return Some(Name { text: text.to_owned(), span });
        }
        let help = "a small letter, then small letters, digits and `_`".to_owned();
        self.fail(span, format!("`{text}` is no name"), Some(help));
        None
    }

    /// `[modems.NAME]`
    fn modems(&mut self, value: &TomlSpanned<DeValue<'_>>) -> Vec<ModemHeader> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong::<()>("modems", "a table", value, Some("write a section `[modems.NAME]` for each".to_owned()));
            return Vec::new();
        };
        let mut modems = Vec::new();
        for (key, value) in in_order(table) {
            let Some(name) = self.name(key) else { continue };
            let DeValue::Table(table) = value.get_ref() else {
                self.wrong::<()>(
                    &format!("modems.{}", name.text),
                    "a table",
                    value,
                    Some(format!("write a section `[modems.{}]`", name.text)),
                );
                continue;
            };
            let mut modem = ModemHeader { name, modem: None, imei: None, set: Settings::default() };
            for (key, value) in in_order(table) {
                match key.get_ref().as_ref() {
                    "modem" => modem.modem = self.text("modem", value),
                    "imei" => modem.imei = self.text("imei", value),
                    "set" => modem.set = self.settings("set", value).unwrap_or_default(),
                    other => {
                        let span = self.span(key.span());
                        self.fail(span, format!("`{other}` is no key of a modem"), did_you_mean(other, &MODEM_KEYS));
                    }
                }
            }
            modems.push(modem);
        }
        modems
    }

    /// `[modems.NAME]` never stands beside `modem`.
    fn modem_or_modems(&mut self, header: &Header, table: &DeTable<'_>) {
        if header.modems.is_empty() {
            return;
        }
        if let Some((key, _)) = table.get_key_value("modem") {
            let help = "give each of `[modems.NAME]` its own `modem`".to_owned();
            self.fail(self.span(key.span()), "`modem` stands beside `[modems.NAME]`", Some(help));
        }
    }
}

/// A name of a value or a modem.
pub(in crate::script) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
