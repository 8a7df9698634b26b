//! The console's own orders: what stands behind a `:`.

use std::path::PathBuf;
use std::str::FromStr;

use super::Switch;
use crate::console::screen::Stamps;

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// `:help`
    Help,
    /// `:hex`, `:hex on`, `:hex off`
    Hex(Option<bool>),
    /// `:time`, `:time delta`
    Time(Option<Stamps>),
    /// `:dtr`, `:dtr on`, `:dtr off`
    Dtr(Switch),
    /// `:rts`, `:rts on`, `:rts off`
    Rts(Switch),
    /// `:lines`
    Lines,
    /// `:break`
    Break,
    /// `:baud 115200`
    Baud(u32),
    /// `:save`, `:save FILE`
    Save(Option<PathBuf>),
    /// `:run FILE`
    Run(PathBuf),
    /// `:escape`
    Escape,
    /// `:send 41 54 0d`
    Hexadecimal(Vec<u8>),
    /// `:quit`
    Quit,
}

/// Why a text is no order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// No such word.
    #[error("there is no `:{0}`; `:help` says what there is")]
    Unknown(String),
    /// What stands behind the word.
    #[error("expected `{expected}`, found `:{found}`")]
    Malformed {
        /// How it is written.
        expected: &'static str,
        /// What was typed.
        found: String,
    },
}

/// Each order: its word, how it is written, its keys, and what it does.
const ORDERS: &[(&str, &str, &str, &str)] = &[
    ("help", ":help", "Ctrl-X ?", "what there is"),
    ("hex", ":hex [on|off]", "Ctrl-X h", "shows each piece as hexadecimal too"),
    ("time", ":time [off|absolute|relative|delta]", "Ctrl-T", "time stamps; alone the next kind"),
    ("dtr", ":dtr [on|off]", "Ctrl-X d", "switches DTR; alone to the other state"),
    ("rts", ":rts [on|off]", "Ctrl-X r", "switches RTS; alone to the other state"),
    ("lines", ":lines", "Ctrl-X l", "tells CTS, DSR, DCD and RI"),
    ("break", ":break", "Ctrl-X b", "sends a break of 250 ms"),
    ("baud", ":baud N", "", "another speed"),
    ("save", ":save [FILE]", "Ctrl-X s", "writes the session as a script"),
    ("run", ":run FILE.atg", "", "plays a script into the session"),
    ("escape", ":escape", "Ctrl-X e", "sends +++: from data state to command state"),
    ("send", ":send HEX", "", "sends bytes, as in `:send 41540d`"),
    ("quit", ":quit", "Ctrl-D", "ends the session"),
];

/// What `:help` says.
pub(super) fn help() -> impl Iterator<Item = String> {
    let orders = ORDERS.iter().map(|(_, form, keys, what)| format!("{form:<36} {keys:<9} {what}"));
    let keys = [
        "Tab completes a command and says what it is for; Up, Down and Ctrl-R look in the history",
        "a line that begins with a sign gets its AT: +CSQ is AT+CSQ; while a command is open, more lines wait",
        "Ctrl-C gives up waiting; Ctrl-Z ends the text that a prompt asked for",
    ];
    orders.chain(keys.into_iter().map(str::to_owned))
}

/// The orders, for completion: word, form, what it does.
pub(in crate::console) fn words() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    ORDERS.iter().map(|&(word, form, _, what)| (word, form, what))
}

impl FromStr for Order {
    type Err = OrderError;

    /// Reads what stands behind the `:`.
    fn from_str(text: &str) -> Result<Self, OrderError> {
        let text = text.trim();
        let (word, rest) = text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()));
        let form = ORDERS.iter().find(|(known, ..)| *known == word).map_or(":help", |&(_, form, ..)| form);
        let malformed = || OrderError::Malformed { expected: form, found: text.to_owned() };
        let alone = |order: Order| if rest.is_empty() { Ok(order) } else { Err(malformed()) };
        let switch = || match rest {
            "" => Ok(Switch::Other),
            "on" | "1" => Ok(Switch::On),
            "off" | "0" => Ok(Switch::Off),
            _ => Err(malformed()),
        };
        match word {
            "help" | "h" | "?" => alone(Order::Help),
            "hex" => Ok(Order::Hex(match switch()? {
                Switch::On => Some(true),
                Switch::Off => Some(false),
                Switch::Other => None,
            })),
            "time" if rest.is_empty() => Ok(Order::Time(None)),
            "time" => Stamps::of_word(rest).map(|stamps| Order::Time(Some(stamps))).ok_or_else(malformed),
            "dtr" => Ok(Order::Dtr(switch()?)),
            "rts" => Ok(Order::Rts(switch()?)),
            "lines" => alone(Order::Lines),
            "break" => alone(Order::Break),
            "baud" => {
                let baud = rest.parse().ok().filter(|baud| (50..=12_000_000).contains(baud));
                baud.map(Order::Baud).ok_or_else(malformed)
            }
            "save" => Ok(Order::Save(Some(rest).filter(|rest| !rest.is_empty()).map(PathBuf::from))),
            "run" if rest.is_empty() => Err(malformed()),
            "run" => Ok(Order::Run(rest.into())),
            "escape" => alone(Order::Escape),
            "send" => octets(rest).map(Order::Hexadecimal).ok_or_else(malformed),
            "quit" | "q" | "exit" => alone(Order::Quit),
            _ => Err(OrderError::Unknown(word.to_owned())),
        }
    }
}

/// `41 54 0d` or `41540d`; at least one.
fn octets(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    crate::wire::text::hexadecimal::read(&digits).ok().filter(|octets| !octets.is_empty())
}
