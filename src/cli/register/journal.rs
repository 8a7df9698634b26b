//! `atgate register log` and `undo`: what was done, and taking it back.

use clap::Args;
use serde_json::json;

use super::{Place, act};
use crate::cli::say::say;
use crate::cli::{CliError, Exit};
use crate::identity::{ImeiKey, Spelling};
use crate::register::assess::Veil;
use crate::register::store::{Act, Verb, Version};
use crate::register::{Book, List};

/// The flags of `atgate register log`.
#[derive(Debug, Args)]
pub(super) struct Log {
    /// A device: all that was ever written about it. Without it, the last acts
    #[arg(value_name = "IDENTITY")]
    identity: Option<String>,

    /// How many acts
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 20)]
    last: usize,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    /// Show identities of real devices
    #[arg(long)]
    reveal: bool,
}

/// The flags of `atgate register undo`.
#[derive(Debug, Args)]
pub(super) struct Undo {
    /// The number of the act; an undoing is an act, and can be undone
    #[arg(value_name = "ACT")]
    act: i64,

    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Log {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut store = place.store()?;
        let mut veil = Veil::new(self.reveal);
        let Some(identity) = &self.identity else {
            let acts = store.acts(self.last)?;
            if acts.is_empty() && !self.json {
                say!("nothing was done to this register yet");
            }
            for act in acts {
                if self.json { say!("{}", object(&act)) } else { say!("{}", line(&act)) }
            }
            return Ok(Exit::Passed);
        };
        let key = device(identity)?;
        let versions = store.history(key, place.key().map(|secret| secret.hash(key)))?;
        if versions.is_empty() && !self.json {
            say!("nothing was ever written about {}", veil.key(key));
        }
        for version in &versions {
            if self.json {
                say!("{}", version_object(version, &mut veil))
            } else {
                say!("{}", version_line(version, &mut veil))
            }
        }
        Ok(Exit::Passed)
    }
}

impl Undo {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut store = place.store()?;
        let outcome = store.undo(self.act, &act(Verb::Undo, self.reason))?;
        let counts = outcome.counts;
        say!(
            "act {} is undone: {} added, {} removed, {} changed; act {}",
            self.act,
            counts.added,
            counts.removed,
            counts.changed,
            outcome.act.unwrap_or(0)
        );
        Ok(Exit::Passed)
    }
}

/// The device that an argument names.
pub(super) fn device(text: &str) -> Result<ImeiKey, CliError> {
    let shown = || Veil::new(false).unread(text);
    let spelling = Spelling::parse(text).map_err(|error| {
        let help = error.help().map(str::to_owned);
        CliError { help, ..CliError::usage(format!("`{}`: {error}", shown())) }
    })?;
    spelling.equipment.key().ok_or_else(|| {
        CliError::usage(format!("`{}` is {}, which registers do not list", shown(), spelling.equipment.name()))
    })
}

fn line(act: &Act) -> String {
    let mut line = format!("{:>5}  {}  {:<7} {}", act.id, act.at.strftime("%Y-%m-%d %H:%M:%SZ"), act.verb, act.who);
    let book = act.list.map(List::word).or(act.book.map(Book::word));
    for (before, text) in [("", book), ("of ", act.source.as_deref()), ("from ", act.origin.as_deref())] {
        if let Some(text) = text {
            line += &format!(", {before}{text}");
        }
    }
    line += &format!(": {} added, {} removed, {} changed", act.added, act.removed, act.changed);
    if let Some(reason) = &act.reason {
        line += &format!("; {}", reason.escape_debug());
    }
    if let Some(undone) = act.undoes {
        line += &format!("; undoes {undone}");
    }
    if let Some(by) = act.undone_by {
        line += &format!("; undone by {by}");
    }
    line
}

fn object(act: &Act) -> serde_json::Value {
    json!({
        "act": act.id, "at": act.at.to_string(), "verb": act.verb.word(), "who": act.who,
        "book": act.book.map(Book::word), "list": act.list.map(List::word), "source": act.source, "origin": act.origin,
        "reason": act.reason, "added": act.added, "removed": act.removed, "changed": act.changed,
        "undoes": act.undoes, "undone_by": act.undone_by,
    })
}

fn version_line(version: &Version, veil: &mut Veil) -> String {
    let row = &version.stored.row;
    let book = row.list.map_or(version.stored.book.word(), List::word);
    let mut line = format!(
        "{}  {book}: {}, of {}, by {} in act {}",
        version.opened.at.strftime("%Y-%m-%d %H:%M:%SZ"),
        veil.subject(&row.subject),
        version.source,
        version.opened.who,
        version.opened.id
    );
    if let Some(reason) = &row.reason {
        line += &format!("; {}", veil.foreign(reason));
    }
    if let Some(until) = row.until {
        line += &format!("; until {until}");
    }
    match version.closed {
        Some(act) => line + &format!("; taken away in act {act}"),
        None => line,
    }
}

fn version_object(version: &Version, veil: &mut Veil) -> serde_json::Value {
    let row = &version.stored.row;
    json!({
        "at": version.opened.at.to_string(), "act": version.opened.id, "who": version.opened.who, "source": version.source,
        "book": version.stored.book.word(), "list": row.list.map(List::word), "subject": veil.subject(&row.subject),
        "reason": row.reason.as_deref().map(|reason| veil.foreign(reason)),
        "since": row.since.map(|time| time.to_string()), "until": row.until.map(|time| time.to_string()),
        "fields": row.fields.as_deref().map(|fields| {
            fields.iter().map(|(name, text)| (name.to_string(), veil.foreign(text).into())).collect::<serde_json::Map<_, _>>()
        }),
        "closed": version.closed,
    })
}
