//! What is shown: lines with their time, sign, text and meaning, painted for a width.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::explain::{Kind, Side};

/// A line for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// When, since the session began.
    pub at: Duration,
    /// The sign of a script's line: `>`, `<`, `<!`, `>|`, `<|`, `#`.
    pub sign: &'static str,
    /// Its text, control characters escaped.
    pub text: String,
    /// What it means.
    pub means: Option<String>,
    /// Its parts: text and meaning.
    pub parts: Vec<(String, String)>,
    /// How it is coloured.
    pub tone: Tone,
}

/// What a colour stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// What is sent.
    Host,
    /// An answer.
    Plain,
    /// `OK`.
    Good,
    /// An error, a refusal.
    Bad,
    /// What came by itself.
    Unsolicited,
    /// Odd, but no error.
    Odd,
    /// A word of the console itself.
    Note,
    /// Of lesser weight.
    Dim,
}

impl Tone {
    pub(super) fn of(kind: Kind, side: Side, text: &[u8]) -> Self {
        match (kind, side) {
            (_, Side::Host) => Self::Host,
            (Kind::Final, _) if text == b"OK" || text == b"0" => Self::Good,
            (Kind::Final | Kind::Garbage | Kind::Overflow, _) => Self::Bad,
            (Kind::Unsolicited | Kind::Either, _) => Self::Unsolicited,
            (Kind::Intermediate, _) => Self::Good,
            (Kind::Echo | Kind::Script, _) => Self::Dim,
            (Kind::Command | Kind::Information | Kind::Prompt | Kind::Body | Kind::Data, _) => Self::Plain,
        }
    }

    const fn style(self) -> Style {
        match self {
            Self::Host => AnsiColor::Cyan.on_default(),
            Self::Plain => Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Unsolicited => AnsiColor::Magenta.on_default(),
            Self::Odd => AnsiColor::Yellow.on_default(),
            Self::Note => AnsiColor::Blue.on_default(),
            Self::Dim => Style::new().dimmed(),
        }
    }
}

/// Which time stands before a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stamps {
    /// None.
    Off,
    /// The time of the day: `23:59:59.999`.
    #[default]
    Absolute,
    /// Since the session began, in seconds: `12.345`.
    Relative,
    /// Since the line before, in seconds: `+0.123`.
    Delta,
}

impl Stamps {
    const ALL: [Self; 4] = [Self::Off, Self::Absolute, Self::Relative, Self::Delta];

    /// Its word: `off`, `absolute`, `relative`, `delta`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Absolute => "absolute",
            Self::Relative => "relative",
            Self::Delta => "delta",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stamps| stamps.word() == word)
    }

    /// The next one, in a round.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Off => Self::Absolute,
            Self::Absolute => Self::Relative,
            Self::Relative => Self::Delta,
            Self::Delta => Self::Off,
        }
    }
}

/// Paints lines, in order.
#[derive(Clone, Debug)]
pub struct Screen {
    /// Which time stands before a line.
    pub stamps: Stamps,
    /// The columns of the terminal; `None` where lines may be of any length.
    pub width: Option<usize>,
    /// Whether colours are written.
    pub coloured: bool,
    /// The time of the day at which the session began.
    pub began: Duration,
    before: Duration,
}

/// Where the meaning begins, counted from the text.
const MEANING: usize = 30;
/// The narrowest column that a meaning is put in.
const NARROWEST: usize = 24;

impl Screen {
    /// A screen with nothing on it.
    #[must_use]
    pub fn new(stamps: Stamps, width: Option<usize>, coloured: bool, began: Duration) -> Self {
        Self { stamps, width, coloured, began, before: Duration::ZERO }
    }

    /// The line as text, with a line end behind each of its rows.
    pub fn paint(&mut self, shown: &Shown) -> String {
        let (style, dim) = match self.coloured {
            true => (shown.tone.style(), Tone::Dim.style()),
            false => (Style::new(), Style::new()),
        };
        let stamp = self.stamp(shown.at);
        self.before = shown.at;
        let margin = stamp.len() + 3;
        let mut out = String::new();
        // Writing to a String never fails.
        let _ = write!(out, "{dim}{stamp}{dim:#}{style}{:<2}{style:#} ", shown.sign);
        let rows = match self.width {
            // The console's own words; what a modem sends is cut where the row ends, and nowhere else.
            Some(width) if shown.sign == "#" => wrapped(&shown.text, width.saturating_sub(margin + 1).max(8)),
            Some(_) | None => self.rows(&shown.text, margin, ""),
        };
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                let _ = write!(out, "\n{:margin$}", "");
            }
            let _ = write!(out, "{style}{row}{style:#}");
        }
        let used = rows.last().map_or(0, |row| row.chars().count());
        if let Some(means) = &shown.means {
            self.meaning(&mut out, used, margin, means, dim);
        }
        out.push('\n');
        for (text, means) in &shown.parts {
            let _ = write!(out, "{:margin$}", "");
            let rows = self.rows(text, margin + 2, "  ");
            let _ = write!(out, "{}", rows.join(&format!("\n{:margin$}", "")));
            let used = rows.last().map_or(0, |row| row.chars().count());
            self.meaning(&mut out, used, margin, means, dim);
            out.push('\n');
        }
        out
    }

    /// The meaning beside the text, in a column of its own where there is a width.
    fn meaning(&self, out: &mut String, used: usize, margin: usize, means: &str, dim: Style) {
        let room = self.width.map(|width| width.saturating_sub(margin + MEANING + 1).max(NARROWEST));
        let column = if room == Some(NARROWEST) { 4 } else { MEANING };
        let room = room
            .map(|room| if column == 4 { self.width.unwrap_or(80).saturating_sub(margin + 5).max(12) } else { room });
        if used + 2 <= column || room.is_none() {
            let _ = write!(out, "{:pad$}", "", pad = column.saturating_sub(used).max(2));
        } else {
            let _ = write!(out, "\n{:pad$}", "", pad = margin + column);
        }
        let rows = match room {
            Some(room) => wrapped(means, room),
            None => vec![means.to_owned()],
        };
        let between = format!("{dim:#}\n{:pad$}{dim}", "", pad = margin + column);
        let _ = write!(out, "{dim}{}{dim:#}", rows.join(&between));
    }

    /// A text in rows that fit behind a margin.
    fn rows(&self, text: &str, margin: usize, before: &str) -> Vec<String> {
        let Some(width) = self.width else { return vec![format!("{before}{text}")] };
        let room = width.saturating_sub(margin + 1 + before.len()).max(8);
        let letters: Vec<char> = text.chars().collect();
        let rows: Vec<String> =
            letters.chunks(room).map(|row| before.chars().chain(row.iter().copied()).collect()).collect();
        if rows.is_empty() { vec![before.to_owned()] } else { rows }
    }

    fn stamp(&self, at: Duration) -> String {
        let since = at.saturating_sub(self.before);
        match self.stamps {
            Stamps::Off => String::new(),
            Stamps::Absolute => {
                let day = self.began + at;
                let seconds = day.as_secs();
                let (hour, minute) = (seconds / 3600 % 24, seconds / 60 % 60);
                format!("{hour:02}:{minute:02}:{:02}.{:03} ", seconds % 60, day.subsec_millis())
            }
            Stamps::Relative => format!("{:>8}.{:03} ", at.as_secs(), at.subsec_millis()),
            Stamps::Delta => format!("{:>+8}.{:03} ", since.as_secs(), since.subsec_millis()),
        }
    }
}

/// Words in rows of at most `room` letters; a longer word is cut.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let mut letters: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + letters.len() > room {
            rows.push(String::new());
            used = 0;
        }
        while letters.len() > room {
            let rest = letters.split_off(room);
            if let Some(row) = rows.last_mut() {
                row.extend(letters);
            }
            rows.push(String::new());
            letters = rest;
        }
        if let Some(row) = rows.last_mut() {
            if used > 0 {
                row.push(' ');
                used += 1;
            }
            used += letters.len();
            row.extend(letters);
        }
    }
    rows
}

/// Sixteen bytes a row: offset, hexadecimal, letters.
pub(in crate::console) fn hex_rows(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    bytes.chunks(16).enumerate().map(|(row, chunk)| {
        let mut out = format!("{:04x} ", row * 16);
        for at in 0..16 {
            let _ = match chunk.get(at) {
                Some(byte) => write!(out, " {byte:02x}"),
                None => out.write_str("   "),
            };
        }
        let letters = chunk.iter().map(|&byte| if matches!(byte, b' '..=b'~') { char::from(byte) } else { '.' });
        out.push_str("  ");
        out.extend(letters);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, means: &str) -> Shown {
        let means = Some(means.to_owned());
        Shown {
            at: Duration::from_millis(1_500),
            sign: "<!",
            text: text.to_owned(),
            means,
            parts: Vec::new(),
            tone: Tone::Unsolicited,
        }
    }

    const DENIED: &str = "EPS: registration denied, cause #6 Illegal ME: no attempt until power-off or another SIM";

    #[test]
    fn a_meaning_stands_beside_its_line_in_a_column_of_its_own() {
        let painted = |width, stamps| {
            let mut screen = Screen::new(stamps, width, false, Duration::from_secs(86_399));
            let parts = vec![("0B915155674523F1".to_owned(), "TP-DA: +15557654321 (international, 145)".to_owned())];
            let long = Shown { parts, ..shown(&"07915155009099F9".repeat(3), "a message: its PDU or its text") };
            screen.paint(&shown("+CEREG: 3,,,,0,6", DENIED)) + &screen.paint(&long)
        };
        insta::assert_snapshot!(painted(None, Stamps::Off), @"
        <! +CEREG: 3,,,,0,6              EPS: registration denied, cause #6 Illegal ME: no attempt until power-off or another SIM
        <! 07915155009099F907915155009099F907915155009099F9  a message: its PDU or its text
             0B915155674523F1            TP-DA: +15557654321 (international, 145)
        ");
        insta::assert_snapshot!(painted(Some(80), Stamps::Absolute), @"
        00:00:00.500 <! +CEREG: 3,,,,0,6              EPS: registration denied, cause
                                                      #6 Illegal ME: no attempt until
                                                      power-off or another SIM
        00:00:00.500 <! 07915155009099F907915155009099F907915155009099F9
                                                      a message: its PDU or its text
                          0B915155674523F1            TP-DA: +15557654321
                                                      (international, 145)
        ");
        insta::assert_snapshot!(painted(Some(40), Stamps::Delta), @"
        +1.500 <! +CEREG: 3,,,,0,6
                      EPS: registration
                      denied, cause #6
                      Illegal ME: no
                      attempt until
                      power-off or
                      another SIM
        +0.000 <! 07915155009099F90791515
                  5009099F907915155009099
                  F9  a message: its PDU
                      or its text
                    0B915155674523F1
                      TP-DA: +15557654321
                      (international,
                      145)
        ");
    }

    #[test]
    fn no_row_is_wider_than_the_terminal() {
        for width in 40..120 {
            let mut screen = Screen::new(Stamps::Absolute, Some(width), false, Duration::ZERO);
            let painted = screen.paint(&shown(&"x".repeat(200), DENIED));
            let widest = painted.lines().map(|row| row.chars().count()).max();
            assert!(widest <= Some(width), "{width}:\n{painted}");
        }
    }

    #[test]
    fn colours_are_the_terminals_own() {
        let mut screen = Screen::new(Stamps::Off, None, true, Duration::ZERO);
        insta::assert_snapshot!(screen.paint(&shown("RING", "an incoming call")).escape_debug().to_string(), @r"\u{1b}[2m\u{1b}[0m\u{1b}[35m<!\u{1b}[0m \u{1b}[35mRING\u{1b}[0m                          \u{1b}[2man incoming call\u{1b}[0m\n");
    }
}
