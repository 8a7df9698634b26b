//! `atgate imei`: explains equipment identities, one or many.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, IsTerminal};

use anstyle::{AnsiColor, Style};
use clap::Args;
use serde_json::{Value, json};

use super::say;
use super::{CliError, Exit};
use crate::identity::{
    CheckDigit, Equipment, Finding, IdentityError, ImeiKey, Kind, ReportingBody, Severity, Spelling, Svn,
};

const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const NOTE: Style = AnsiColor::Cyan.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// A line of standard input is cut to this many bytes: no identity is longer.
const LONGEST_LINE: usize = 4096;
/// Output is handed on in pieces of this size where input comes faster than it is answered.
const PIECE: usize = 1 << 16;

const FORMS: &str = "\
Reads an IMEI (14 or 15 digits), an IMEISV (16), 17 digits (IMEI and SVN), an MEID, a PEI, or a module's whole answer, such as \
`+CGSN: \"490154203237518\"`. On standard input one a line; blank lines and lines that begin with `# ` are skipped.

Exit codes: 0 all are sound, 1 one is not, 4 there was none.";

/// The flags of `atgate imei`.
#[derive(Debug, Args)]
#[command(after_help = FORMS)]
pub(super) struct Imei {
    /// The identities; without any, one a line from standard input
    #[arg(value_name = "NUMBER")]
    numbers: Vec<String>,

    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// How many were read, and how many of them were not sound.
#[derive(Debug, Default)]
struct Tally {
    read: usize,
    unsound: usize,
}

impl Imei {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let mut tally = Tally::default();
        if self.numbers.is_empty() {
            if io::stdin().is_terminal() {
                anstream::eprintln!("one identity a line; Ctrl-D ends");
            }
            self.explain_lines(BufReader::with_capacity(PIECE, io::stdin().lock()), &mut tally, |text| {
                say::is_heard(format_args!("{text}"))
            })
            .map_err(|error| CliError::bench(format!("cannot read standard input: {error}")))?;
        } else {
            for number in &self.numbers {
                // All of them count, whoever has read enough.
                say::is_heard(format_args!("{}", self.explain(number, &mut tally)));
            }
        }
        match tally {
            Tally { read: 0, .. } => Err(CliError {
                exit: Exit::NothingRan,
                message: "there was no identity to explain".into(),
                help: Some("give numbers as arguments, or one a line on standard input".into()),
            }),
            Tally { unsound: 0, .. } => Ok(Exit::Passed),
            Tally { .. } => Ok(Exit::Failed),
        }
    }

    /// Answers what has come before it waits for more; what comes in bulk is answered in bulk.
    fn explain_lines<R: io::Read>(
        &self,
        mut input: BufReader<R>,
        tally: &mut Tally,
        mut is_heard: impl FnMut(&str) -> bool,
    ) -> io::Result<()> {
        let (mut line, mut text) = (Vec::new(), String::new());
        while read_line(&mut input, &mut line)? {
            let written = String::from_utf8_lossy(&line);
            let number = written.trim();
            if !number.is_empty() && !number.starts_with("# ") {
                text.push_str(&self.explain(number, tally));
            }
            if text.len() >= PIECE || memchr::memchr(b'\n', input.buffer()).is_none() {
                if !is_heard(&text) {
                    // What comes may never end; the verdict is on what was read.
                    return Ok(());
                }
                text.clear();
            }
        }
        is_heard(&text);
        Ok(())
    }

    fn explain(&self, number: &str, tally: &mut Tally) -> String {
        let reading = Spelling::parse(number).map(|spelling| {
            let mut findings = spelling.equipment.findings();
            findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
            (spelling, findings)
        });
        let sound = matches!(&reading, Ok((_, found)) if found.iter().all(|found| found.severity < Severity::Error));
        tally.read += 1;
        tally.unsound += usize::from(!sound);
        let mut text = match (self.json, &reading) {
            (true, Ok((spelling, findings))) => object(number, spelling, findings, sound).to_string(),
            (true, Err(error)) => {
                json!({"input": number, "sound": false, "error": error.to_string(), "help": help(number, error)})
                    .to_string()
            }
            (false, Ok((spelling, findings))) => paragraph(spelling, findings, sound),
            (false, Err(error)) => refusal(number, error),
        };
        text.push('\n');
        text
    }
}

/// Reads a line without its end into `line`; false at the end of the input.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut began = false;
    loop {
        let piece = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            piece => piece?,
        };
        if piece.is_empty() {
            return Ok(began);
        }
        began = true;
        let end = memchr::memchr(b'\n', piece);
        let taken = &piece[..end.unwrap_or(piece.len())];
        line.extend_from_slice(&taken[..taken.len().min(LONGEST_LINE.saturating_sub(line.len()))]);
        let count = taken.len() + usize::from(end.is_some());
        input.consume(count);
        if end.is_some() {
            return Ok(true);
        }
    }
}

fn paragraph(spelling: &Spelling, findings: &[Finding], sound: bool) -> String {
    let equipment = spelling.equipment;
    let mut lines = vec![format!(
        "{BOLD}{equipment}{BOLD:#}  {}, {}",
        equipment.name(),
        if sound { format!("{GOOD}sound{GOOD:#}") } else { format!("{ERROR}not sound{ERROR:#}") }
    )];
    match equipment {
        Equipment::Imei(imei) => {
            lines.push(format!("  {}{}", split(imei.key()), check(imei.check(), imei.last_digit())))
        }
        Equipment::Imeisv(imeisv) => lines.push(format!(
            "  {}  SVN {}  (as an IMEI: {})",
            split(imeisv.key()),
            version(imeisv.svn()),
            imeisv.imei()
        )),
        Equipment::ImeiAndSvn(imei, svn) => lines.push(format!(
            "  {}{}  SVN {}",
            split(imei.key()),
            check(imei.check(), imei.last_digit()),
            version(svn)
        )),
        Equipment::Meid(meid) => lines.push(format!(
            "  regional code {:02X}  check digit {:X}  decimal {} (check digit {})  pseudo-ESN {}",
            meid.region(),
            meid.check_digit(),
            meid.decimal(),
            meid.decimal_check_digit(),
            meid.pseudo_esn()
        )),
        Equipment::Esn(_) => {}
    }
    if let Some(key) = equipment.key() {
        lines.push(format!("  reporting body {}", body(key)));
    }
    for finding in findings {
        let style = match finding.severity {
            Severity::Note => NOTE,
            Severity::Warning => WARNING,
            Severity::Error => ERROR,
        };
        lines.push(format!("  {style}{}{style:#}: {}", finding.severity, finding.text));
    }
    lines.join("\n")
}

fn refusal(number: &str, error: &IdentityError) -> String {
    let number = number.escape_debug();
    let mut text =
        format!("{BOLD}{number}{BOLD:#}  {ERROR}no equipment identity{ERROR:#}\n  {ERROR}error{ERROR:#}: {error}");
    if let Some(help) = help(&number.to_string(), error) {
        let _ = write!(text, "\n  {NOTE}help{NOTE:#}: {help}");
    }
    text
}

/// What to do next; a number that is another identity is told as such.
pub(super) fn help(number: &str, error: &IdentityError) -> Option<&'static str> {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    match error {
        IdentityError::Length { kind: Kind::Equipment, .. } if digits == 32 => {
            Some("32 digits are an EID, the number of an embedded SIM card")
        }
        IdentityError::Length { .. } | IdentityError::Value { .. }
            if matches!(digits, 18..=20) && number.starts_with("89") =>
        {
            Some("this looks like an ICCID, the number of a SIM card")
        }
        error => error.help(),
    }
}

fn split(key: ImeiKey) -> String {
    format!("TAC {}  SNR {:06}", key.tac(), key.serial())
}

fn check(check: CheckDigit, last: Option<u8>) -> String {
    let last = last.map_or("-".to_owned(), |last| last.to_string());
    match check {
        CheckDigit::Right => format!("  CD {last} (right)"),
        CheckDigit::Absent => "  CD absent".to_owned(),
        CheckDigit::Spare { expected } => format!("  SD {last} (spare digit; the check digit is {expected})"),
        CheckDigit::Wrong { expected, .. } => format!("  CD {last} (wrong; {expected} is right)"),
    }
}

fn version(svn: Svn) -> String {
    if svn.is_reserved() { format!("{svn} (reserved)") } else { svn.to_string() }
}

fn body(key: ImeiKey) -> String {
    let body = key.tac().reporting_body();
    let state = match body {
        ReportingBody::Retired(_) => " (gives out no more numbers)",
        ReportingBody::Test
        | ReportingBody::Ctia
        | ReportingBody::TuvSud
        | ReportingBody::Taf
        | ReportingBody::Reserved
        | ReportingBody::GlobalHexadecimal
        | ReportingBody::Unknown => "",
    };
    format!("{:02}: {}{state}", key.tac().number() / 1_000_000, body.name())
}

fn object(number: &str, spelling: &Spelling, findings: &[Finding], sound: bool) -> Value {
    let equipment = spelling.equipment;
    let mut object = json!({
        "input": number,
        "kind": match equipment {
            Equipment::Imei(_) => "imei",
            Equipment::Imeisv(_) => "imeisv",
            Equipment::ImeiAndSvn(..) => "imei+svn",
            Equipment::Meid(_) => "meid",
            Equipment::Esn(_) => "esn",
        },
        "digits": equipment.to_string(),
        "sound": sound,
        "test": equipment.is_test(),
        "prefix": spelling.form.prefix,
        "quoted": spelling.form.quoted,
        "rest": spelling.form.rest,
        "findings": findings
            .iter()
            .map(|found| json!({"severity": found.severity.word(), "code": found.code, "text": found.text}))
            .collect::<Vec<Value>>(),
    });
    if let Some(key) = equipment.key() {
        object["key"] = json!(key.to_string());
        object["tac"] = json!(key.tac().to_string());
        object["snr"] = json!(format!("{:06}", key.serial()));
        object["expected_cd"] = json!(key.check_digit());
        object["reporting_body"] = json!({
            "identifier": format!("{:02}", key.tac().number() / 1_000_000),
            "name": key.tac().reporting_body().name(),
            "allocates": key.tac().reporting_body().allocates(),
        });
    }
    if let Equipment::Imei(imei) | Equipment::ImeiAndSvn(imei, _) = equipment {
        object["cd"] = json!(imei.last_digit());
        object["check"] = json!(imei.check().word());
    }
    match equipment {
        Equipment::Imeisv(imeisv) => object["svn"] = json!(imeisv.svn().to_string()),
        Equipment::ImeiAndSvn(_, svn) => object["svn"] = json!(svn.to_string()),
        Equipment::Meid(meid) => {
            object["decimal"] = json!(meid.decimal());
            object["pseudo_esn"] = json!(meid.pseudo_esn().to_string());
            object["check"] = json!(meid.check().word());
        }
        Equipment::Imei(_) | Equipment::Esn(_) => {}
    }
    object
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn explain(json: bool, input: &str) -> (String, Tally) {
        let (mut tally, mut text) = (Tally::default(), String::new());
        let verb = Imei { numbers: Vec::new(), json };
        verb.explain_lines(BufReader::with_capacity(7, input.as_bytes()), &mut tally, |piece| {
            text.push_str(piece);
            true
        })
        .unwrap();
        (anstream::adapter::strip_str(&text).to_string(), tally)
    }

    #[test]
    fn who_has_read_enough_ends_an_endless_input_with_the_verdict_so_far() {
        let mut tally = Tally::default();
        let verb = Imei { numbers: Vec::new(), json: false };
        let endless = BufReader::with_capacity(PIECE, io::repeat(b'\n').chain(io::empty()));
        let wrong = BufReader::with_capacity(PIECE, b"490154203237519\n".as_slice().chain(endless));
        verb.explain_lines(wrong, &mut tally, |_| false).unwrap();
        assert_eq!((tally.read, tally.unsound), (1, 1));
    }

    #[test]
    fn each_kind_is_split_and_judged() {
        let (text, tally) = explain(
            false,
            "490154203237518\n490154203237510\n00101700-123456-8\r\n\n# a comment\n+CGSN: \"0010170012345699\"\n35693803564380901\n\
             AF0123450ABCDE\n000000000000000\n49015420323751",
        );
        insta::assert_snapshot!(text, @"
        490154203237518  an IMEI, sound
          TAC 49015420  SNR 323751  CD 8 (right)
          reporting body 49: BZT/BAPT, Germany (gives out no more numbers)
          note: a public sample, printed in many manuals
        490154203237510  an IMEI, sound
          TAC 49015420  SNR 323751  SD 0 (spare digit; the check digit is 8)
          reporting body 49: BZT/BAPT, Germany (gives out no more numbers)
          note: the fifteenth digit is the spare digit 0, as transmitted; the check digit would be 8
          note: a public sample, printed in many manuals
        001017001234568  an IMEI, not sound
          TAC 00101700  SNR 123456  CD 8 (wrong; 9 is right)
          reporting body 00: test equipment
          error: the check digit is 8, but the other digits call for 9
          note: the TAC 00101700 belongs to test equipment
        0010170012345699  an IMEISV, sound
          TAC 00101700  SNR 123456  SVN 99 (reserved)  (as an IMEI: 001017001234569)
          reporting body 00: test equipment
          warning: the software version number 99 is reserved for future use
          note: the TAC 00101700 belongs to test equipment
        35693803564380901  an IMEI and SVN, sound
          TAC 35693803  SNR 564380  CD 9 (right)  SVN 01
          reporting body 35: TÜV SÜD, United Kingdom
          note: a public sample, printed in many manuals
        AF0123450ABCDE  an MEID, sound
          regional code AF  check digit C  decimal 293608736500703710 (check digit 0)  pseudo-ESN 8016B128
          note: it belongs to nobody
        000000000000000  an IMEI, not sound
          TAC 00000000  SNR 000000  CD 0 (right)
          reporting body 00: test equipment
          error: no device of its own has this number: all zeros: the device was never programmed
        49015420323751  an IMEI, sound
          TAC 49015420  SNR 323751  CD absent
          reporting body 49: BZT/BAPT, Germany (gives out no more numbers)
          note: fourteen digits without a check digit; it would be 8
          note: a public sample, printed in many manuals
        ");
        assert_eq!((tally.read, tally.unsound), (8, 2));
    }

    #[test]
    fn what_is_no_identity_is_told_with_a_next_step() {
        let (text, tally) = explain(
            false,
            "hello\n8999901000000000016\n89001012012341234012345678901224\n01234567-89ab-cdef-0123-456789abcdef\n4901542032375\n",
        );
        insta::assert_snapshot!(text, @"
        hello  no equipment identity
          error: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `h`
        8999901000000000016  no equipment identity
          error: the decimal digits are too large for an MEID: ten up to 4294967295, eight up to 16777215
          help: this looks like an ICCID, the number of a SIM card
        89001012012341234012345678901224  no equipment identity
          error: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 32
          help: 32 digits are an EID, the number of an embedded SIM card
        01234567-89ab-cdef-0123-456789abcdef  no equipment identity
          error: this is a UUID, not an IMEI
          help: `AT+CGSN` is a serial number by TS 27.007; ask `AT+CGSN=1` for the IMEI
        4901542032375  no equipment identity
          error: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 13
          help: a leading zero may have been lost in a spreadsheet
        ");
        assert_eq!((tally.read, tally.unsound), (5, 5));
    }

    #[test]
    fn json_has_one_object_a_line() {
        let (text, _) = explain(true, "490154203237510\nx\n");
        insta::assert_snapshot!(text, @r#"
        {"cd":0,"check":"spare","digits":"490154203237510","expected_cd":8,"findings":[{"code":"imei.spare-digit","severity":"note","text":"the fifteenth digit is the spare digit 0, as transmitted; the check digit would be 8"},{"code":"imei.sample","severity":"note","text":"a public sample, printed in many manuals"}],"input":"490154203237510","key":"49015420323751","kind":"imei","prefix":null,"quoted":false,"reporting_body":{"allocates":false,"identifier":"49","name":"BZT/BAPT, Germany"},"rest":null,"snr":"323751","sound":true,"tac":"49015420","test":true}
        {"error":"an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `x`","help":null,"input":"x","sound":false}
        "#);
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let mut line = Vec::new();
        let endless = io::Read::take(io::repeat(b'1'), 1 << 20);
        assert!(read_line(&mut BufReader::new(endless), &mut line).unwrap());
        assert_eq!(line.len(), LONGEST_LINE);
    }
}
