//! The log of emulated modems: what was said on each line and when, with the signs of a script, and masked.
//!
//! A time, then a line as a script has it: `1.250s > AT+CSQ`, with several modems `1.250s modem0> AT+CSQ`. A comment tells
//! what happened beside the traffic. A line that is multiplexed is unpacked: each channel stands as a line of its own. Each line is written as soon as it is known, so that nothing is lost with the process.

mod multiplexed;

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::emulate::Notice;
use super::masking::Masks;
use crate::modem::Tick;
use crate::script::Side;
use crate::wire::line::CARRIAGE_RETURN;
use crate::wire::mux;
use crate::wire::response::{Answer, Classes, Connect, Expectation, Framing, Scanner};
use multiplexed::Multiplexed;

/// A host's line that has no end within so many bytes is written as it is.
const LONGEST: usize = 1024;

/// So many commands that were sent ahead are remembered.
const AHEAD: usize = 256;

/// They end the text that a prompt asked for: Ctrl-Z sends it, ESC gives it up.
const ENDS_TEXT: [u8; 2] = [0x1a, 0x1b];

/// A log that several modems share.
#[derive(Debug, Clone)]
pub struct TrafficLog(Arc<Mutex<Shared>>);

#[derive(Debug)]
struct Shared {
    file: File,
    /// `None` shows everything.
    masks: Option<Masks>,
    failed: bool,
}

/// The log of one modem.
#[derive(Debug)]
pub struct ModemLog {
    log: TrafficLog,
    /// What stands before each sign; nothing where there is one modem.
    name: String,
    host: Vec<u8>,
    /// So many command lines were sent and have not been answered.
    open: usize,
    /// Those that were sent ahead of an answer: a modem echoes each when it comes to it.
    ahead: VecDeque<Vec<u8>>,
    scanner: Scanner,
    /// The framing that the line being answered asks for.
    asked: Option<mux::Framing>,
    /// The line carries frames.
    multiplexed: Option<Box<Multiplexed>>,
}

impl TrafficLog {
    /// A new log at `path`, in the place of an old one. With `reveal` nothing is masked.
    ///
    /// # Errors
    ///
    /// The system's, where the file cannot be written.
    pub fn create(path: &Path, reveal: bool) -> std::io::Result<Self> {
        let masks = (!reveal).then(Masks::new);
        Ok(Self(Arc::new(Mutex::new(Shared { file: File::create(path)?, masks, failed: false }))))
    }

    /// The log of the modem with this name; nothing where it is the only one.
    pub fn modem(&self, name: &str) -> ModemLog {
        let scanner = Scanner::new(Framing::default(), expectation(Answer::Nothing));
        ModemLog {
            log: self.clone(),
            name: name.to_owned(),
            host: Vec::new(),
            open: 0,
            ahead: VecDeque::new(),
            scanner,
            asked: None,
            multiplexed: None,
        }
    }
}

impl ModemLog {
    /// Takes what happened at `at`.
    pub fn notice(&mut self, at: Tick, notice: &Notice) {
        match notice {
            Notice::FromHost(bytes) => self.host_said(at, bytes),
            Notice::ToHost(bytes) => self.modem_said(at, bytes),
            Notice::Opened | Notice::Closed | Notice::Restarted => {
                self.end_host_line(at);
                // Whoever comes next finds command state, and nothing that is still to be answered.
                self.open = 0;
                self.ahead.clear();
                self.multiplexed = None;
                self.scanner = Scanner::new(Framing::default(), expectation(Answer::Nothing));
                self.comment(at, &notice.to_string());
            }
            Notice::Unread(_)
            | Notice::Tamper(_)
            | Notice::Decision(_)
            | Notice::NoRegister(_)
            | Notice::Unplugged
            | Notice::Plugged(_)
            | Notice::FarEnd(_)
            | Notice::NoFarEnd(_) => self.comment(at, &notice.to_string()),
        }
    }

    /// The log of a channel of this line.
    fn channel(&self, number: u8) -> ModemLog {
        let dash = if self.name.is_empty() { "" } else { "-" };
        self.log.modem(&format!("{}{dash}channel{number}", self.name))
    }

    fn host_said(&mut self, at: Tick, bytes: &[u8]) {
        if let Some(mut multiplexed) = self.multiplexed.take() {
            multiplexed.host_said(self, at, bytes);
            self.multiplexed = Some(multiplexed);
            return;
        }
        // A modem echoes the text that a prompt asked for, but not what ends it.
        bytes.split(|byte| ENDS_TEXT.contains(byte)).for_each(|text| self.scanner.sent(text));
        if self.scanner.is_data() {
            self.say(at, Side::Host, ">|", bytes);
            return;
        }
        for &byte in bytes {
            match byte {
                CARRIAGE_RETURN => {
                    let line = std::mem::take(&mut self.host);
                    self.say(at, Side::Host, ">", &line);
                    if is_command(&line) {
                        if self.open > 0 && self.ahead.len() < AHEAD {
                            self.ahead.push_back([line.as_slice(), b"\r"].concat());
                        }
                        self.open += 1;
                        self.asked = multiplexed::asked_for(&line);
                        self.scanner.expect(expectation(Answer::Any));
                    }
                }
                // A LF behind CR is no data.
                b'\n' if self.host.is_empty() => {}
                _ => {
                    self.host.push(byte);
                    if ENDS_TEXT.contains(&byte) || self.host.len() >= LONGEST {
                        self.end_host_line(at);
                    }
                }
            }
        }
    }

    fn modem_said(&mut self, at: Tick, bytes: &[u8]) {
        if let Some(mut multiplexed) = self.multiplexed.take() {
            multiplexed.modem_said(self, at, bytes);
            self.multiplexed = Some(multiplexed).filter(|multiplexed| !multiplexed.is_closed());
            return;
        }
        let mut rest = bytes;
        loop {
            let Some(element) = self.scanner.next(&mut rest) else { return };
            let classes = element.classes;
            if classes.is_only(Classes::ECHO) {
                continue;
            }
            let sign = if classes.meets(Classes::DATA) {
                "<|"
            } else if classes.is_only(Classes::UNSOLICITED) {
                "<!"
            } else {
                "<"
            };
            let text = if classes.contains(Classes::PROMPT) { b"> ".to_vec() } else { element.text.to_vec() };
            // What has no CR and is answered all the same was whole: `A/`, or another S3.
            if self.open == 0 && !classes.is_only(Classes::UNSOLICITED) {
                self.end_host_line(at);
            }
            self.say(at, Side::Modem, sign, &text);
            if classes.contains(Classes::FINAL) {
                self.open = self.open.saturating_sub(1);
                let succeeded = text == b"OK" || text == b"0";
                self.multiplexed =
                    self.asked.take().filter(|_| succeeded).map(|framing| Box::new(Multiplexed::new(framing)));
                match self.ahead.pop_front() {
                    Some(line) => self.scanner.sent(&line),
                    None => self.scanner.expect(expectation(Answer::Nothing)),
                }
            }
        }
    }

    /// Writes what the host has sent of a line that did not end.
    fn end_host_line(&mut self, at: Tick) {
        if !self.host.is_empty() {
            let line = std::mem::take(&mut self.host);
            self.say(at, Side::Host, ">|", &line);
        }
    }

    fn comment(&self, at: Tick, text: &str) {
        let mut shared = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = match &mut shared.masks {
            Some(masks) => masks.text(text),
            None => text.to_owned(),
        };
        let about = if self.name.is_empty() { String::new() } else { format!("{}: ", self.name) };
        shared.write(&format!("{at} # {about}{text}\n"));
    }

    fn say(&self, at: Tick, side: Side, sign: &str, line: &[u8]) {
        let mut shared = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = match &mut shared.masks {
            Some(masks) => masks.line(&self.name, side, line),
            None => line.to_vec(),
        };
        let blank = if line.is_empty() { "" } else { " " };
        shared.write(&format!("{at} {}{sign}{blank}{}\n", self.name, escaped(&line)));
    }
}

impl Shared {
    fn write(&mut self, line: &str) {
        if let Err(error) = self.file.write_all(line.as_bytes())
            && !std::mem::replace(&mut self.failed, true)
        {
            tracing::warn!("the log cannot be written any more: {error}");
        }
    }
}

fn expectation(answer: Answer) -> Expectation {
    Expectation { answer, connect: Connect::DataUntilResult, ..Expectation::default() }
}

/// Whether a line is one that is answered: `AT` stands in it, in either case, as V.250 clause 5.2.1 has it.
fn is_command(line: &[u8]) -> bool {
    line.windows(2).any(|pair| pair.eq_ignore_ascii_case(b"AT"))
}

/// As a script spells it; braces stay, since they hold what was masked.
fn escaped(line: &[u8]) -> String {
    let mut text = String::with_capacity(line.len());
    for (at, &byte) in line.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'\r' => text.write_str(r"\r"),
            b'\n' => text.write_str(r"\n"),
            b'\t' => text.write_str(r"\t"),
            b'\\' => text.write_str(r"\\"),
            b' ' if at + 1 == line.len() => text.write_str(r"\x20"),
            b' '..=b'~' => text.write_char(char::from(byte)),
            _ => write!(text, r"\x{byte:02X}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The log of what was said, each at its own millisecond.
    fn log(name: &str, said: &[Notice]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = TrafficLog::create(&path, false).unwrap().modem(name);
        for (millis, notice) in (0..).zip(said) {
            log.notice(Tick::from_millis(millis), notice);
        }
        std::fs::read_to_string(path).unwrap()
    }

    fn host(text: &str) -> Notice {
        Notice::FromHost(text.as_bytes().to_vec())
    }

    fn modem(text: &str) -> Notice {
        Notice::ToHost(text.as_bytes().to_vec())
    }

    #[test]
    fn a_session_reads_like_a_script_with_times() {
        let said = [
            Notice::Opened,
            host("AT+CSQ\r"),
            modem("AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n"),
            modem("\r\n+CEREG: 2\r\n"),
            host("AT+CMGS=\"+15551234567\"\r"),
            modem("AT+CMGS=\"+15551234567\"\r\r\n> "),
            host("hello\x1a"),
            modem("hello\r\n+CMGS: 1\r\n\r\nOK\r\n"),
            Notice::Closed,
        ];
        insta::assert_snapshot!(log("", &said), @r#"
        0.000s # a client opened the port
        0.001s > AT+CSQ
        0.002s < +CSQ: 21,99
        0.002s < OK
        0.003s <! +CEREG: 2
        0.004s > AT+CMGS="+15551234567"
        0.005s < >\x20
        0.006s >| hello\x1A
        0.007s < +CMGS: 1
        0.007s < OK
        0.008s # the last client closed the port
        "#);
    }

    #[test]
    fn no_identity_of_a_real_device_is_written() {
        let imei = format!("35{}", "2099001761481");
        let said = [host("AT+CGSN\r"), modem(&format!("\r\n{imei}\r\n\r\nOK\r\n")), host("AT+CPIN=\"4711\"\r")];
        insta::assert_snapshot!(log("modem0", &said), @r#"
        0.000s modem0> AT+CGSN
        0.001s modem0< {imei}
        0.001s modem0< OK
        0.002s modem0> AT+CPIN="{pin}"
        "#);
    }

    #[test]
    fn commands_in_one_write_are_answered_one_after_the_other() {
        let said = [
            host("AT+CGMM\rAT+CGSN\r"),
            modem("AT+CGMM\r\r\ngeneric-lte\r\n\r\nOK\r\n"),
            modem("AT+CGSN\r\r\n001017001234569\r\n\r\nOK\r\n"),
            modem("\r\n+CPIN: READY\r\n"),
        ];
        insta::assert_snapshot!(log("", &said), @"
        0.000s > AT+CGMM
        0.000s > AT+CGSN
        0.001s < generic-lte
        0.001s < OK
        0.002s < 001017001234569
        0.002s < OK
        0.003s <! +CPIN: READY
        ");
    }

    #[test]
    fn a_line_that_is_no_command_opens_nothing() {
        let said = [host("\r"), modem("\r\nAPP RDY\r\n"), modem("\r\n+CPIN: READY\r\n")];
        insta::assert_snapshot!(log("", &said), @"
        0.000s >
        0.001s <! APP RDY
        0.002s <! +CPIN: READY
        ");
    }

    #[test]
    fn a_multiplexed_line_is_unpacked() {
        let frame = |channel: u8, command, kind, information: &[u8]| {
            let channel = mux::Dlci::new(channel).unwrap();
            let mut bytes = Vec::new();
            mux::Frame { channel, command, kind, poll: false, information }.write(mux::Framing::Basic, &mut bytes);
            bytes
        };
        let said = [
            host("AT+CMUX=0\r"),
            modem("AT+CMUX=0\r\r\nOK\r\n"),
            Notice::FromHost(
                [frame(0, true, mux::FrameKind::Sabm, b""), frame(2, true, mux::FrameKind::Sabm, b"")].concat(),
            ),
            Notice::ToHost([frame(0, true, mux::FrameKind::Ua, b""), frame(2, true, mux::FrameKind::Ua, b"")].concat()),
            Notice::ToHost(frame(0, false, mux::FrameKind::Uih, &[0xE3, 0x05, 0x0B, 0x8D])),
            Notice::FromHost(frame(2, true, mux::FrameKind::Uih, b"AT+CSQ\r")),
            Notice::ToHost(frame(2, false, mux::FrameKind::Uih, b"AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n")),
            host("what"),
            Notice::FromHost(frame(0, true, mux::FrameKind::Disc, b"")),
            Notice::ToHost(frame(0, true, mux::FrameKind::Ua, b"")),
            host("AT\r"),
            modem("AT\r\r\nOK\r\n"),
        ];
        insta::assert_snapshot!(log("", &said), @"
        0.000s > AT+CMUX=0
        0.001s < OK
        0.002s # the client asks to open channel 0
        0.002s # the client asks to open channel 2
        0.003s # the modem agrees on channel 0
        0.003s # the modem agrees on channel 2
        0.004s # the modem: modem status of channel 2: RTC RTR DV
        0.005s channel2> AT+CSQ
        0.006s channel2< +CSQ: 21,99
        0.006s channel2< OK
        0.007s # the client sent a frame that is none, 2 bytes of it
        0.007s # the client sent 2 bytes that are no frame
        0.008s # the client closes channel 0
        0.009s # the modem agrees on channel 0
        0.010s > AT
        0.011s < OK
        ");
    }

    #[test]
    fn a_list_of_commands_is_no_echo() {
        let said = [host("AT+CLAC\r"), modem("AT+CLAC\r\r\nAT&C\r\nAT&D\r\nAT+CGMM\r\n\r\nOK\r\n")];
        insta::assert_snapshot!(log("", &said), @"
        0.000s > AT+CLAC
        0.001s < AT&C
        0.001s < AT&D
        0.001s < AT+CGMM
        0.001s < OK
        ");
    }

    #[test]
    fn who_comes_next_finds_command_state() {
        let said = [
            host("ATD*99#\r"),
            modem("ATD*99#\r\r\nCONNECT\r\n"),
            host("data"),
            Notice::Closed,
            Notice::Opened,
            host("AT+CGMM\r"),
            modem("AT+CGMM\r\r\ngeneric-lte\r\n\r\nOK\r\n"),
        ];
        insta::assert_snapshot!(log("", &said), @"
        0.000s > ATD*99#
        0.001s < CONNECT
        0.002s >| data
        0.003s # the last client closed the port
        0.004s # a client opened the port
        0.005s > AT+CGMM
        0.006s < generic-lte
        0.006s < OK
        ");
    }

    #[test]
    fn what_comes_in_pieces_is_written_in_lines() {
        let said =
            [host("A"), modem("A"), host("T\r\nA"), modem("T\r\r\nOK\r\n"), host("/"), modem("/\r\nO"), modem("K\r\n")];
        insta::assert_snapshot!(log("", &said), @r"
        0.002s > AT
        0.003s < OK
        0.006s >| A/
        0.006s < OK
        ");
    }
}
