//! A multiplexed line in a recording: the frames byte for byte, and in comments what they carry.

use crate::run::masking::StandIns;
use crate::run::player::literal_template;
use crate::script::Side;
use crate::wire::command::{Command, Dialect, Form, commands};
use crate::wire::line::body_of;
use crate::wire::mux::{Decoder, Dlci, Found, Frame, FrameKind, Framing, Message, MessageKind};

/// More than any frame carries.
const LONGEST: usize = 32_767;

/// So much of what a frame carries is said.
const SAID: usize = 160;

/// The framing that a command line asks for with `+CMUX`.
pub(super) fn asked_for(line: &[u8]) -> Option<Framing> {
    let wanted = |command| match command {
        Command::Extended { name, form: Form::Set(parameters) } if name.is("+CMUX") => match parameters.number::<u8>(0)
        {
            Ok(Some(0)) => Some(Framing::Basic),
            Ok(Some(1)) => Some(Framing::Advanced),
            Ok(_) | Err(_) => None,
        },
        Command::Extended { .. } | Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) => None,
    };
    commands(body_of(line)?, &Dialect::CELLULAR).flatten().find_map(wanted)
}

/// What is known of a multiplexed line.
#[derive(Debug)]
pub(super) struct Multiplexed {
    framing: Framing,
    host: Way,
    modem: Way,
    /// The host has asked for the end.
    leaving: bool,
    closed: bool,
}

/// One way of it.
#[derive(Debug)]
struct Way {
    decoder: Decoder,
    /// What belongs to a frame that has not ended.
    raw: Vec<u8>,
    /// The channels whose last frame ended in the middle of digits.
    cut: Vec<Dlci>,
}

impl Multiplexed {
    pub(super) fn new(framing: Framing) -> Self {
        let way = || Way { decoder: Decoder::new(framing, LONGEST), raw: Vec::new(), cut: Vec::new() };
        Self { framing, host: way(), modem: way(), leaving: false, closed: false }
    }

    /// Whether the line carries commands again.
    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// What is held of frames that have not ended.
    pub(super) fn rest(&mut self) -> Vec<(Side, Vec<u8>)> {
        let ways = [(Side::Host, &mut self.host), (Side::Modem, &mut self.modem)];
        ways.into_iter()
            .map(|(side, way)| (side, std::mem::take(&mut way.raw)))
            .filter(|(_, raw)| !raw.is_empty())
            .collect()
    }

    /// Takes bytes of one side: the frames that are whole, with test identities in them, and what they carry in words.
    pub(super) fn said(
        &mut self,
        side: Side,
        bytes: &[u8],
        lane: &str,
        mut stand_ins: Option<&mut StandIns>,
    ) -> (Vec<u8>, Vec<String>) {
        let Multiplexed { framing, host, modem, leaving, closed } = self;
        let (way, sign) = match side {
            Side::Host => (host, '>'),
            Side::Modem => (modem, '<'),
        };
        let Way { decoder, raw, cut } = way;
        raw.extend_from_slice(bytes);
        let mut words = Vec::new();
        let mut done = 0;
        decoder.feed(bytes, |found| {
            let Found::Frame(frame) = found else { return };
            let control = frame.channel == Dlci::CONTROL;
            *leaving |= side == Side::Host && control && frame.kind == FrameKind::Disc;
            *closed |=
                side == Side::Modem && control && (closes_down(&frame) || *leaving && frame.kind == FrameKind::Ua);
            let mut information = frame.information.to_vec();
            if let Some(stand_ins) = &mut stand_ins
                && !control
            {
                information = stand_ins.line(&format!("{lane}channel{}", frame.channel), side, &information);
                hide_cut_digits(&mut information, frame.channel, cut);
            }
            // The same frame without its flags, which two frames may share.
            let (was, is) =
                (encoded(&frame, *framing), encoded(&Frame { information: &information, ..frame }, *framing));
            if let Some(at) = memchr::memmem::find(&raw[done..], &was) {
                let at = done + at;
                raw.splice(at..at + was.len(), is.iter().copied());
                done = (at + is.len() + 1).min(raw.len());
            }
            if !control && !information.is_empty() && words.len() < SAID {
                let shown = &information[..information.len().min(SAID)];
                let more = if information.len() > SAID { " …" } else { "" };
                words.push(format!("channel {} {sign} {}{more}", frame.channel, literal_template(shown)));
            }
        });
        if raw.len() > 2 * LONGEST {
            done = raw.len();
        }
        (raw.drain(..done).collect(), words)
    }
}

/// Whether the modem agrees to close down.
fn closes_down(frame: &Frame<'_>) -> bool {
    frame.kind == FrameKind::Uih
        && Message::read(frame.information).is_some_and(|(message, _)| message.kind == Ok(MessageKind::CloseDown))
}

fn encoded(frame: &Frame<'_>, framing: Framing) -> Vec<u8> {
    let mut out = Vec::new();
    frame.write(framing, &mut out);
    let end = out.len().saturating_sub(1);
    out.get(1..end).unwrap_or_default().to_vec()
}

/// Many digits in a row that a frame cuts could be half an identity: they are zeros.
fn hide_cut_digits(information: &mut [u8], channel: Dlci, cut: &mut Vec<Dlci>) {
    const MANY: usize = 5;
    let was_cut = cut.iter().position(|&known| known == channel).map(|at| cut.swap_remove(at)).is_some();
    if was_cut {
        information.iter_mut().take_while(|byte| byte.is_ascii_digit()).for_each(|byte| *byte = b'0');
    }
    let behind = information.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    if behind >= MANY {
        information.iter_mut().rev().take(behind).for_each(|byte| *byte = b'0');
        cut.push(channel);
    }
}
