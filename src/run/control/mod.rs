//! The control socket of running modems: a program beside them asks for what a script's directions do.
//!
//! A Unix socket, several clients at once. A client sends lines of UTF-8, 64 KiB each at most, and gets for each one in its
//! turn an answer of any number of lines, the last of which is `ok`, `error: …` (the request is wrong) or `refused: …` (it is
//! not, but this modem cannot). No other line of an answer begins so.
//!
//! ```text
//! request   = [[name] "*" SP] (direction | "state" ["json"] ["reveal"] | "sent" | "modems") ;
//! ```
//!
//! `direction` is the script language's. Before `*` stands the modem that is meant, `modem0`; without a name it is all of
//! them. The names `{imei}`, `{imeisv}`, `{imsi}`, `{iccid}`, `{eid}` and `{msisdn}` are each modem's own. When `ok` comes a
//! direction has happened, and what the modem said at once stands on its port.
//!
//! `state` tells what a check can ask for, `sent` a line `NUMBER` tab `TEXT` for each message that the host sent, with the
//! modem's name and a tab before it where several modems are asked; `modems` their names.

mod orders;
mod request;
mod sent;
mod state;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::sync::PoisonError;

use tokio::sync::mpsc;
#[cfg(unix)]
use tokio::task::JoinSet;

use super::emulate::SharedRegister;
use super::judge;
use super::masking::Masks;
use super::matching::{Capture, Captures};
use super::player::Deed;
use super::template::Ports;
#[cfg(unix)]
use crate::port::{Conversation, Heard, Reception};
use crate::script::{Direction, ScriptError};

pub(in crate::run) use orders::Order;
pub use orders::Orders;
use request::{Request, What};
pub use sent::{SentMessage, SentMessages};
pub(in crate::run) use state::State;

/// So many clients are served at once; one more is told so and sent away.
#[cfg(unix)]
const MOST_CLIENTS: usize = 256;

/// So many orders wait for a modem.
const WAITING: usize = 16;

/// Running modems, as they are controlled.
#[derive(Debug, Clone)]
pub struct Control {
    register: SharedRegister,
    modems: Vec<(String, mpsc::Sender<Order>)>,
}

/// Why nothing was done, or not all.
#[derive(Debug)]
enum Failed {
    /// The request is wrong.
    Wrong(String),
    /// It is not, but the modem cannot.
    Refused(String),
}

/// Judges a request, as whoever gets it would, without a modem.
///
/// # Errors
/// What is wrong with its text, at its place.
pub fn judge_request(line: &str) -> Result<(), ScriptError> {
    Request::read(line).map(drop)
}

impl Control {
    /// Modems that share this register; none yet.
    pub fn new(register: SharedRegister) -> Self {
        Self { register, modems: Vec::new() }
    }

    /// One more modem, of this name: what it must hear. `seed` is all randomness of what goes wrong on its line.
    pub fn modem(&mut self, name: &str, seed: u64) -> Orders {
        let (sender, receiver) = mpsc::channel(WAITING);
        self.modems.push((name.to_owned(), sender));
        Orders::new(receiver, seed)
    }

    /// Serves all who come, for ever.
    #[cfg(unix)]
    pub async fn serve(self, reception: Reception) {
        let mut clients = JoinSet::new();
        loop {
            tokio::select! {
                mut client = reception.next() => {
                    if clients.len() < MOST_CLIENTS {
                        clients.spawn(self.clone().converse(client));
                    } else {
                        // A client that cannot even take this line is not waited for.
                        let told = client.say(b"error: too many clients are connected\n");
                        let _ = tokio::time::timeout(std::time::Duration::from_millis(100), told).await;
                    }
                }
                Some(_) = clients.join_next(), if !clients.is_empty() => {}
            }
        }
    }

    #[cfg(unix)]
    async fn converse(self, mut client: Conversation) {
        loop {
            let answer = match client.hear().await {
                Ok(Heard::Line(line)) => self.answer(&line).await,
                Ok(Heard::TooLong) => "error: the line is longer than 64 KiB\n".to_owned(),
                Ok(Heard::NoText(byte, at)) => {
                    format!("error: expected text in UTF-8, found the byte {byte:02X} at {at}\n")
                }
                Ok(Heard::End) | Err(_) => return,
            };
            // Who does not read is nobody's loss but its own.
            if client.say(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    /// The whole answer to a line.
    async fn answer(&self, line: &str) -> String {
        let request = match Request::read(line) {
            Ok(request) => request,
            Err(error) => return wrong(&error),
        };
        let mut answer = String::new();
        let failed = match self.carry_out(&request, &mut answer).await {
            Ok(()) => return answer + "ok\n",
            Err(failed) => failed,
        };
        // A String takes whatever is written to it.
        let _ = match failed {
            Failed::Wrong(why) => writeln!(answer, "error: {}", one_line(&why)),
            Failed::Refused(why) => writeln!(answer, "refused: {}", one_line(&why)),
        };
        answer
    }

    async fn carry_out(&self, request: &Request, answer: &mut String) -> Result<(), Failed> {
        let modems: Vec<&(String, mpsc::Sender<Order>)> = match &request.modem {
            None => self.modems.iter().collect(),
            Some(name) => vec![self.modems.iter().find(|(known, _)| known == name).ok_or_else(|| self.unknown(name))?],
        };
        match &request.what {
            What::Direction(direction) if Request::is_named(direction) => {
                for modem in modems {
                    let own = own_names(&look(modem).await?);
                    self.direct(direction, &own, &[modem]).await?;
                }
            }
            What::Direction(direction) => self.direct(direction, &Captures::default(), &modems).await?,
            What::State { json, reveal } => {
                let mut masks = Masks::new();
                for (at, modem) in modems.into_iter().enumerate() {
                    let mut state = look(modem).await?;
                    if !reveal {
                        state.mask(&mut masks);
                    }
                    if *json {
                        answer.push_str(&state.json(&modem.0));
                        answer.push('\n');
                    } else {
                        answer.push_str(if at == 0 { "" } else { "\n" });
                        answer.push_str(&state.lines(&modem.0));
                    }
                }
            }
            What::Sent => {
                let several = modems.len() > 1;
                for modem in modems {
                    for message in ask(modem, Order::Sent).await? {
                        let _ = match several {
                            true => writeln!(answer, "{}\t{message}", modem.0),
                            false => writeln!(answer, "{message}"),
                        };
                    }
                }
            }
            What::Modems => {
                for (name, _) in modems {
                    answer.push_str(name);
                    answer.push('\n');
                }
            }
        }
        Ok(())
    }

    /// Does to the register, or else to each of these modems, what a direction says.
    async fn direct(
        &self,
        direction: &Direction,
        names: &Captures,
        modems: &[&(String, mpsc::Sender<Order>)],
    ) -> Result<(), Failed> {
        let deed = Deed::of(direction, names, &Ports::new()).map_err(Failed::Wrong)?;
        judge::deed(&deed).map_err(|(message, _)| Failed::Wrong(message))?;
        let done = {
            let mut register = self.register.lock().unwrap_or_else(PoisonError::into_inner);
            deed.to_register(&mut register).map_err(Failed::Wrong)?
        };
        if !done {
            for modem in modems {
                let deed = deed.clone();
                ask(modem, |told| Order::Deed(deed, told)).await?.map_err(Failed::Refused)?;
            }
        }
        Ok(())
    }

    fn unknown(&self, name: &str) -> Failed {
        let known = match self.modems.as_slice() {
            [] => "there is none".to_owned(),
            [(only, _)] => format!("the only one is {only}"),
            [(first, _), .., (last, _)] => format!("there are {first} to {last}"),
        };
        Failed::Wrong(format!("no modem is called {name}: {known}"))
    }
}

async fn look(modem: &(String, mpsc::Sender<Order>)) -> Result<State, Failed> {
    ask(modem, Order::State).await
}

/// Gives a modem an order and waits for what comes of it.
async fn ask<T>(
    (name, modem): &(String, mpsc::Sender<Order>),
    order: impl FnOnce(tokio::sync::oneshot::Sender<T>) -> Order,
) -> Result<T, Failed> {
    let (told, answer) = tokio::sync::oneshot::channel();
    let gone = || Failed::Refused(format!("the port of {name} has gone"));
    modem.send(order(told)).await.map_err(|_| gone())?;
    answer.await.map_err(|_| gone())
}

/// The names that stand for what a modem is.
fn own_names(state: &State) -> Captures {
    const NAMES: [(&str, &str); 6] =
        [("modem", "imei"), ("modem", "imeisv"), ("sim", "imsi"), ("sim", "iccid"), ("sim", "eid"), ("sim", "msisdn")];
    let mut names = Captures::default();
    for (word, key) in NAMES {
        if let Some(text) = state.text(word, key).filter(|text| !text.is_empty()) {
            names.bind(key, Capture::of(text.as_bytes()));
        }
    }
    names
}

/// The caret's lines, each behind a blank, and the message last.
fn wrong(error: &ScriptError) -> String {
    let shown = error.render(false);
    let mut answer = String::new();
    for line in shown.lines().skip(1) {
        let _ = writeln!(answer, " {line}");
    }
    let _ = writeln!(answer, "error: {}", one_line(&error.message));
    answer
}

fn one_line(text: &str) -> String {
    sent::Escaped(text).to_string()
}
