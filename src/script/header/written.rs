//! A header as text, written from its keys: what a transcript opens with.

use std::fmt::Write;

use super::{Header, Settings, Spanned, Verdict};

/// The header with both fences. Rows of cases are left out: what a transcript shows is one of them, resolved.
pub(in crate::script) fn header(header: &Header) -> String {
    let mut text = String::from("+++\n");
    let mut line = |key: &str, value: toml::Value| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{key} = {value}");
    };
    for (key, value) in [("title", &header.title), ("modem", &header.modem), ("imei", &header.imei)] {
        if let Some(value) = value {
            line(key, toml::Value::from(value.value.as_str()));
        }
    }
    for (key, values) in [("tags", &header.tags), ("requires", &header.requires)] {
        if !values.is_empty() {
            line(key, texts(values));
        }
    }
    if let Some(timeout) = &header.timeout {
        line("timeout", toml::Value::from(timeout.value.to_string()));
    }
    if let Some(seed) = &header.seed {
        // TOML's numbers end at the largest i64; a larger seed was written in another radix and is written so again.
        match i64::try_from(seed.value) {
            Ok(seed) => line("seed", toml::Value::Integer(seed)),
            Err(_) => {
                let _ = writeln!(text, "seed = {}", seed.value);
            }
        }
    }
    let mut line = |key: &str, value: toml::Value| {
        let _ = writeln!(text, "{key} = {value}");
    };
    for (key, truth) in [("echo", &header.echo), ("strict", &header.strict)] {
        if let Some(truth) = truth {
            line(key, toml::Value::Boolean(truth.value));
        }
    }
    if let Some(verdict) = &header.expect {
        let word = match verdict.value {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
        };
        line("expect", toml::Value::from(word));
    }
    for (key, settings) in
        [("set", &header.set), ("sim", &header.sim), ("network", &header.network), ("register", &header.register)]
    {
        if !settings.table.is_empty() {
            line(key, table(settings));
        }
    }
    if let Some(path) = &header.cases_file {
        line("cases", toml::Value::from(path.value.as_str()));
    }
    if !header.values.is_empty() {
        let _ = writeln!(text, "\n[values]");
        for (name, value) in &header.values {
            let value =
                value.as_ref().map_or_else(|| toml::Value::Table(toml::Table::new()), |value| value.as_str().into());
            let _ = writeln!(text, "{name} = {value}");
        }
    }
    for modem in &header.modems {
        let _ = writeln!(text, "\n[modems.{}]", modem.name);
        for (key, value) in [("modem", &modem.modem), ("imei", &modem.imei)] {
            if let Some(value) = value {
                let _ = writeln!(text, "{key} = {}", toml::Value::from(value.value.as_str()));
            }
        }
        if !modem.set.table.is_empty() {
            let _ = writeln!(text, "set = {}", table(&modem.set));
        }
    }
    text.push_str("+++\n");
    text
}

fn texts(values: &[Spanned<String>]) -> toml::Value {
    toml::Value::Array(values.iter().map(|value| toml::Value::from(value.value.as_str())).collect())
}

fn table(settings: &Settings) -> toml::Value {
    toml::Value::Table(settings.table.clone())
}
