//! USSD: codes that are sent to the network, what it answers, and the dialogues that come of it.
//!
//! Knows `+CUSD`, and the codes that are dialled instead. What the network answers to a code is the profile's
//! (`[network.ussd]`), how long it takes too (`[ussd]`). The codes of supplementary services (`*21*…#`) are calls' own.
//!
//! Source: 3GPP TS 27.007, clause 7.15; TS 22.090; TS 22.030, clauses 6.5.2 and 6.5.3; TS 23.038, clause 5.

mod message;
mod profile;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::command::{Call, Entry, Reply};
use super::{Modem, Setting, Tick, template};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;
use crate::wire::text::CbsCoding;

use message::Message;
pub use profile::{UssdAnswer, UssdEnd, UssdProfile};

/// The commands of USSD.
pub(super) const COMMANDS: &[&[Entry]] = &[&[Entry::new("+CUSD", ussd)]];

/// Codes of supplementary services, which are no USSD. Source: 3GPP TS 22.030, annex B.
const SERVICES: [&str; 24] = [
    "002", "004", "03", "04", "042", "05", "052", "06", "21", "30", "31", "33", "330", "331", "332", "333", "35",
    "351", "353", "43", "61", "62", "67", "76",
];

/// The dialogue with the network: there is one at most.
#[derive(Debug, Default)]
pub(super) struct Ussd(Dialogue);

#[derive(Debug, Default)]
enum Dialogue {
    /// None.
    #[default]
    None,
    /// The modem has sent something, and the network answers then.
    Sent { due: Tick, outcome: Outcome },
    /// The network has asked something, and waits for so long.
    Asked { until: Tick, replies: HashMap<String, UssdAnswer> },
}

/// What the network does: `<m>` of `+CUSD`, its text, and what it waits for then.
#[derive(Debug)]
struct Outcome {
    kind: Kind,
    message: Option<Message>,
    replies: HashMap<String, UssdAnswer>,
}

/// `<m>` of `+CUSD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// No further action is needed.
    Done = 0,
    /// An answer is needed.
    Asks = 1,
    /// The network ended the dialogue.
    Released = 2,
    /// The operation is not supported.
    Unsupported = 4,
    /// The network timed out.
    TimedOut = 5,
}

impl Ussd {
    /// When [`wake`](Self::wake) has work next.
    pub(super) const fn deadline(&self) -> Option<Tick> {
        match self.0 {
            Dialogue::None => None,
            Dialogue::Sent { due, .. } => Some(due),
            Dialogue::Asked { until, .. } => Some(until),
        }
    }

    /// Called at every deadline of the modem: does what is due at `now`, and nothing if nothing is.
    pub(super) fn wake(modem: &mut Modem, now: Tick) {
        if modem.ussd.deadline().is_none_or(|due| due > now) {
            return;
        }
        match std::mem::take(&mut modem.ussd.0) {
            Dialogue::None => {}
            Dialogue::Sent { outcome, .. } if outcome.kind == Kind::TimedOut || !modem.network.serves_voice() => {
                say(modem, Kind::TimedOut, None);
            }
            Dialogue::Sent { outcome: Outcome { kind, message, replies }, .. } => {
                if kind == Kind::Asks {
                    modem.ussd.0 = Dialogue::Asked { until: now + modem.profile.ussd.limit.0, replies };
                }
                say(modem, kind, message.as_ref());
            }
            Dialogue::Asked { .. } => say(modem, Kind::TimedOut, None),
        }
    }

    /// Called when the supply goes.
    pub(super) fn power_off(modem: &mut Modem) {
        modem.ussd = Self::default();
    }

    /// The word for it in a check: `modem.ussd`.
    pub(super) const fn word(&self) -> &'static str {
        match self.0 {
            Dialogue::None => "none",
            Dialogue::Sent { .. } => "sent",
            Dialogue::Asked { .. } => "asked",
        }
    }

    /// A number was dialled that is a code: what the dial command answers. `None`: it is no code for USSD.
    ///
    /// `*#06#` shows the IMEI. A code of a supplementary service has been looked at before.
    pub(super) fn dialled(modem: &mut Modem, now: Tick, number: &str) -> Option<Reply> {
        let is_code = number.starts_with(['*', '#']) && number.ends_with('#') && number.len() > 2;
        let packet = ["*99", "*98"].iter().any(|prefix| number.starts_with(prefix));
        if number == "*#06#" {
            let imei = modem.equipment.imei_text();
            modem.inform(format_args!("{imei}"));
            return Some(Reply::Ok);
        }
        (is_code && !packet && !is_service(number)).then(|| send(modem, now, number).into())
    }
}

/// Whether a code is one of a supplementary service: `*21*+15550100#`, `*#61#`.
fn is_service(code: &str) -> bool {
    let inner = code.trim_start_matches(['*', '#']);
    let service = inner.split(['*', '#']).next().unwrap_or_default();
    SERVICES.contains(&service)
}

/// `+CUSD=[<n>[,<str>[,<dcs>]]]`: `<n>` 0 and 1 say whether answers are shown, 2 ends the dialogue.
fn ussd(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let shown = modem.setting(Setting::Ussd);
            modem.inform(format_args!("+CUSD: {shown}"));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CUSD: (0-2)"));
            Reply::Ok
        }
        Form::Set(parameters) => set(modem, call.now, &parameters).into(),
        Form::Execute => Reply::Error,
    }
}

fn set(modem: &mut Modem, now: Tick, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let shown = parameters.number::<u32>(0)?;
    let string = parameters.text(1)?;
    let coding = parameters.number::<u8>(2)?.map_or(CbsCoding::DEFAULT, CbsCoding);
    if parameters.len() > 3 || shown.is_some_and(|shown| shown > 2) {
        return Err(Reply::Malformed);
    }
    let Some(string) = string else {
        match shown.unwrap_or(0) {
            2 => {
                if !matches!(std::mem::take(&mut modem.ussd.0), Dialogue::None) {
                    say(modem, Kind::Released, None);
                }
            }
            shown => modem.set(Setting::Ussd, shown),
        }
        return Ok(());
    };
    if shown == Some(2) {
        return Err(Reply::Malformed);
    }
    let text = Message::read(modem, &string, coding).ok_or(Reply::Malformed)?.text().ok_or(Reply::Malformed)?;
    if let Some(shown) = shown {
        modem.set(Setting::Ussd, shown);
    }
    send(modem, now, &text)
}

/// Sends a code to the network, or a reply to what it has asked.
///
/// # Errors
/// There is no network (30), or it has not answered yet (3).
fn send(modem: &mut Modem, now: Tick, text: &str) -> Result<(), Reply> {
    let profile = modem.profile.clone();
    if text == "*#06#" {
        // The modem's own: nothing is sent, and no network is needed.
        let message = Message::of(&modem.equipment.imei_text(), None);
        say(modem, Kind::Done, Some(&message));
        return Ok(());
    }
    if !modem.network.serves_voice() {
        return Err(Reply::Cme(CmeError::new(profile.network.show.no_network)));
    }
    let answer = match &modem.ussd.0 {
        Dialogue::None => profile.network.ussd.get(text),
        Dialogue::Asked { replies, .. } => replies.get(text).or_else(|| replies.get("*")),
        Dialogue::Sent { .. } => return Err(Reply::Cme(CmeError::OPERATION_NOT_ALLOWED)),
    };
    let outcome = match answer.cloned() {
        Some(answer) => outcome(modem, answer),
        None if profile.ussd.unknown.is_empty() => {
            let kind = if matches!(modem.ussd.0, Dialogue::None) { Kind::Unsupported } else { Kind::Released };
            Outcome { kind, message: None, replies: HashMap::new() }
        }
        None => {
            let text = template::fill(modem, &profile.ussd.unknown);
            Outcome { kind: Kind::Done, message: Some(Message::of(&text, None)), replies: HashMap::new() }
        }
    };
    let time = if outcome.kind == Kind::TimedOut { profile.ussd.limit.0 } else { profile.ussd.time.0 };
    modem.ussd.0 = Dialogue::Sent { due: now + time, outcome };
    Ok(())
}

fn outcome(modem: &Modem, answer: UssdAnswer) -> Outcome {
    let kind = match answer.ends {
        UssdEnd::Answered if answer.replies.is_empty() => Kind::Done,
        UssdEnd::Answered => Kind::Asks,
        UssdEnd::Released => Kind::Released,
        UssdEnd::Unsupported => Kind::Unsupported,
        UssdEnd::Silent => Kind::TimedOut,
    };
    let text = template::fill(modem, &answer.text);
    let message = (!text.is_empty()).then(|| Message::of(&text, answer.coding.map(CbsCoding)));
    Outcome { kind, message, replies: answer.replies }
}

/// `+CUSD: <m>[,<str>,<dcs>]`, on each port that wants it, in the character set of that port.
fn say(modem: &mut Modem, kind: Kind, message: Option<&Message>) {
    modem.tell(|modem| {
        (modem.setting(Setting::Ussd) == 1).then(|| {
            let mut line = format!("+CUSD: {}", kind as u8).into_bytes();
            if let Some(message) = message {
                line.extend(b",\"");
                line.extend(message.written(modem));
                line.extend(format!("\",{}", message.coding().0).bytes());
            }
            super::unsolicited::Urc::Whole(line)
        })
    });
}
