//! `atgate register check`: what the register, its label and its own digits say of a device, and whether it passes.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use clap::Args;
use jiff::Timestamp;

use super::files;
use crate::cli::imei;
use crate::cli::say;
use crate::cli::{CliError, Exit};
use crate::identity::{Equipment, Iccid, IdentityError, Imsi, Severity, Spelling};
use crate::register::Batch;
use crate::register::assess::{Assessment, Candidate, Dimension, Facts, Outcome, Rules, Standing, Veil, assess};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const NOTE: Style = AnsiColor::Cyan.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default();
const ERROR: Style = AnsiColor::Red.on_default().bold();

const FORMS: &str = "\
Reads an IMEI (14 or 15 digits), an IMEISV (16), 17 digits (IMEI and SVN), a PEI, or a module's whole answer. Identities of \
real devices are shown as {imei}, {imei_2} and so on, the same for the same, unless --reveal is given. Two that are one device, however \
they are written, are duplicates. Since when a condition of the register's rules holds is remembered, so that its days of grace pass; \
under --rules it begins to hold now, or when the register's condition of that name did.

Exit codes: 0 all pass (with warnings, too), 1 one fails, 2 the command line or the rules are wrong.";

/// The flags of `atgate register check`.
#[derive(Debug, Args)]
#[command(after_help = FORMS)]
pub(super) struct Check {
    /// What the devices call themselves
    #[arg(value_name = "IDENTITY", required = true)]
    identities: Vec<String>,

    /// The subscription of the card in it
    #[arg(long, value_name = "IMSI")]
    imsi: Option<String>,

    /// The card in it
    #[arg(long, value_name = "ICCID")]
    iccid: Option<String>,

    /// What its label says, as scanned
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,

    /// Weights, lags and conditions, a TOML file
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    /// Show identities of real devices and subscriptions
    #[arg(long)]
    reveal: bool,
}

impl Check {
    /// Says of each device what `facts`, its own digits and the others that are checked say of it at `now`. `keep` hears of
    /// each assessment by the register's own rules.
    ///
    /// # Errors
    /// The command line or the rules are wrong. A device that fails is no error but [`Exit::Failed`].
    pub(super) fn run(
        &self,
        facts: &dyn Facts,
        kept: &Rules,
        now: Timestamp,
        keep: &mut dyn FnMut(&Assessment),
    ) -> Result<Exit, CliError> {
        self.tell(facts, kept, now, keep, |text| {
            // All of them count, whoever has read enough.
            say::is_heard(format_args!("{text}"));
        })
    }

    fn tell(
        &self,
        facts: &dyn Facts,
        kept: &Rules,
        now: Timestamp,
        keep: &mut dyn FnMut(&Assessment),
        mut say: impl FnMut(&str),
    ) -> Result<Exit, CliError> {
        let one =
            [("--imsi", self.imsi.is_some()), ("--iccid", self.iccid.is_some()), ("--label", self.label.is_some())];
        if let Some((flag, _)) = one.iter().find(|(_, given)| *given && self.identities.len() > 1) {
            return Err(CliError::usage(format!("{flag} is of one device, but there are {}", self.identities.len()))
                .help("check devices that have a card or a label one by one"));
        }
        let imsi = read("--imsi", self.imsi.as_deref(), Imsi::parse)?;
        let iccid = read("--iccid", self.iccid.as_deref(), Iccid::parse)?;
        let rules = self
            .rules
            .as_deref()
            .map_or_else(|| Ok(kept.clone()), |path| files::rules(path).map(|(rules, _)| rules))?;
        let (mut veil, mut worst) = (Veil::new(self.reveal), Outcome::Pass);
        let all = self.identities.len();
        let key = |text: &String| Spelling::parse(text).ok().and_then(|spelling| spelling.equipment.key());
        let places: Vec<Arc<str>> = (1..=all).map(|at| format!("identity {at} of {all}").into()).collect();
        let devices = self.identities.iter().map(key).zip(places.iter().cloned()).collect();
        let batch = Batch::new(facts, devices);
        for (identity, place) in self.identities.iter().zip(&places) {
            let label = self.label.as_deref();
            let candidate = Candidate { imsi, iccid, label, device: Some(place), ..Candidate::new(identity, now) };
            let assessment = assess(&candidate, &batch, &rules);
            if self.rules.is_none() {
                keep(&assessment);
            }
            worst = worst.max(assessment.outcome);
            let text =
                if self.json { assessment.object(&mut veil).to_string() } else { paragraph(&assessment, &mut veil) };
            say(&(text + "\n"));
        }
        Ok(match worst {
            Outcome::Pass | Outcome::Warn => Exit::Passed,
            Outcome::Fail => Exit::Failed,
        })
    }
}

fn read<T>(
    flag: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, IdentityError>,
) -> Result<Option<T>, CliError> {
    let Some(text) = text else { return Ok(None) };
    parse(text).map(Some).map_err(|error| {
        let help = error.help().map(str::to_owned);
        CliError { help, ..CliError::usage(format!("{flag}: {error}")) }
    })
}

fn paragraph(assessment: &Assessment, veil: &mut Veil) -> String {
    let kind = assessment.equipment.map_or("no equipment identity", Equipment::name);
    let style = match assessment.outcome {
        Outcome::Pass => GOOD,
        Outcome::Warn => WARNING,
        Outcome::Fail => ERROR,
    };
    let name = assessment.name(veil);
    let mut text = format!("{BOLD}{name}{BOLD:#}  {kind}, {style}{}{style:#}", assessment.outcome);
    for remark in &assessment.remarks {
        let style = style_of(remark.severity);
        let words = remark.words.told(veil);
        let _ = write!(text, "\n  {style}{}{style:#}[{}]: {words}", remark.severity, remark.dimension);
        if remark.dimension == Dimension::Malformed
            && let Some(help) =
                Spelling::parse(&assessment.input).err().as_ref().and_then(|error| imei::help(&assessment.input, error))
        {
            let _ = write!(text, "\n  {NOTE}help{NOTE:#}: {help}");
        }
    }
    for finding in &assessment.findings {
        let style = style_of(finding.severity);
        let _ = write!(text, "\n  {style}{}{style:#}: {}", finding.severity, finding.text);
    }
    for held in &assessment.conditions {
        let style = match held.standing {
            Standing::Blocks => ERROR,
            Standing::Grace { .. } => WARNING,
            Standing::Informs => NOTE,
        };
        let _ = write!(text, "\n  {style}condition{style:#} {}", held.line(veil));
    }
    if let Some(policy) = assessment.policy_words() {
        let _ = write!(text, "\n  {style}policy{style:#}: {policy}");
    }
    if !assessment.not_assessed.is_empty() && assessment.equipment.is_some() {
        let codes: Vec<&str> = assessment.not_assessed.iter().map(|dimension| dimension.code()).collect();
        let _ = write!(text, "\n  {DIM}not assessed: {}{DIM:#}", codes.join(", "));
    }
    text
}

fn style_of(severity: Severity) -> Style {
    match severity {
        Severity::Note => NOTE,
        Severity::Warning => WARNING,
        Severity::Error => ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{ImeiKey, Tac};
    use crate::register::assess::{Listing, NoFacts};
    use crate::register::{Entry, List};
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        check: Check,
    }

    /// A register that blocks one device and has a TAC file with one model.
    struct Small;

    impl Facts for Small {
        fn listed(&self, key: ImeiKey, _: Option<Imsi>) -> Option<Listing> {
            let entry = Entry::parse("001017001234569").unwrap();
            (entry == Entry::Device(key)).then(|| Listing {
                source: Some("carrier-a".into()),
                reason: Some("stolen".into()),
                ..Listing::new(List::Block, entry)
            })
        }

        fn models(&self, tac: Tac) -> Option<bool> {
            Some(tac.number() == 101_700)
        }
    }

    fn check(facts: &dyn Facts, line: &[&str]) -> String {
        let Line { check } = Line::try_parse_from([&["check"], line].concat()).unwrap();
        let mut text = String::new();
        let exit =
            check.tell(facts, &Rules::default(), "2026-03-01T12:00:00Z".parse().unwrap(), &mut |_| {}, |piece| {
                text.push_str(piece)
            });
        let text = anstream::adapter::strip_str(&text).to_string();
        match exit {
            Ok(exit) => format!("{text}exit {}", exit.code()),
            Err(error) => format!(
                "{text}error: {error}; help: {}; exit {}",
                error.help.as_deref().unwrap_or(""),
                error.exit.code()
            ),
        }
    }

    #[test]
    fn each_device_has_a_paragraph() {
        let line = ["001017001234569", "001017001234570", "3569380300000", "35693803000001", "imeisv-3569380300000112"];
        insta::assert_snapshot!(check(&Small, &line), @r"
        001017001234569  an IMEI, fail
          note[tac-test]: the TAC 00101700 belongs to test equipment
          error[blocked]: it is on the block list, source carrier-a: stolen
          not assessed: not-registered, pairing, label
        001017001234570  an IMEI, warn
          warning[spare-digit]: the fifteenth digit is the spare digit 0, as transmitted; the check digit would be 7
          note[tac-test]: the TAC 00101700 belongs to test equipment
          not assessed: not-registered, pairing, label
        {identity}  no equipment identity, fail
          error[malformed]: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 13
          help: a leading zero may have been lost in a spreadsheet
        {imei}  an IMEI, fail
          note[tac-unknown]: no model has the TAC 35693803; reporting body 35 is given 20 days to publish it, so this counts from 2026-03-21 on
          error[duplicate]: another device has the same number: identity 5 of 5
          note: fourteen digits without a check digit; it would be 3
          not assessed: not-registered, pairing, label
        {imei}  an IMEISV, fail
          note[tac-unknown]: no model has the TAC 35693803; reporting body 35 is given 20 days to publish it, so this counts from 2026-03-21 on
          error[duplicate]: another device has the same number: identity 4 of 5
          not assessed: not-registered, pairing, label
        exit 1
        ");
        insta::assert_snapshot!(check(&NoFacts, &["35693803000001", "--reveal"]), @r"
        35693803000001  an IMEI, pass
          note: fourteen digits without a check digit; it would be 3
          not assessed: tac-unknown, not-registered, pairing, label
        exit 0
        ");
    }

    #[test]
    fn json_has_one_object_a_line() {
        insta::assert_snapshot!(check(&Small, &["001017001234569", "--json", "--imsi", "001010000000001"]), @r#"
        {"answer":{"causes":{"gsm":6,"lte":6,"nr":6,"utran":6},"reason":"listed","verdict":"block"},"conditions":[],"dimensions":["tac-test","blocked"],"findings":[],"identity":"001017001234569","ignored":[],"not_assessed":["not-registered","pairing","label"],"outcome":"fail","remarks":[{"counts_from":null,"dimension":"tac-test","holds":true,"listing":null,"severity":"note","text":"the TAC 00101700 belongs to test equipment"},{"counts_from":null,"dimension":"blocked","holds":true,"listing":{"entry":"001017001234569","list":"block","reason":"stolen","since":null,"source":"carrier-a","until":null},"severity":"error","text":"it is on the block list, source carrier-a: stolen"}]}
        exit 1
        "#);
    }

    #[test]
    fn a_label_and_a_card_are_of_one_device() {
        insta::assert_snapshot!(check(&NoFacts, &["001017001234569", "--label", "001017001234577"]), @r"
        001017001234569  an IMEI, fail
          note[tac-test]: the TAC 00101700 belongs to test equipment
          error[label]: the label says 001017001234577, the device says 001017001234569
          not assessed: tac-unknown, not-registered, pairing
        exit 1
        ");
        insta::assert_snapshot!(check(&NoFacts, &["001017001234569", "001017001234577", "--label", "x"]), @"error: --label is of one device, but there are 2; help: check devices that have a card or a label one by one; exit 2");
        insta::assert_snapshot!(check(&NoFacts, &["001017001234569", "--imsi", "12"]), @"error: --imsi: an IMSI has 5 to 15 digits, this has 2; help: ; exit 2");
        insta::assert_snapshot!(check(&NoFacts, &["001017001234569", "--iccid", "89"]), @"error: --iccid: an ICCID has 18 to 20 digits, this has 2; help: ; exit 2");
    }

    #[test]
    fn rules_come_from_a_file_that_may_be_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let with = |bytes: &[u8]| {
            let path = folder.path().join("rules.toml");
            std::fs::write(&path, bytes).unwrap();
            let path = path.to_str().unwrap();
            check(&NoFacts, &["001017001234569", "--rules", path]).replace(folder.path().to_str().unwrap(), "FOLDER")
        };
        let all = [
            with(b"unknown = 'block'\n[[condition]]\nname = 'test'\nwhen = ['tac-test']\ngrace_days = 3\nblocking = true\nreason = 'no test devices'"),
            with(b"[severity]\ntac = 'error'"),
            with(b"unknown = '\xff'"),
            with(&vec![b'\n'; Rules::LONGEST + 1]),
        ];
        insta::assert_snapshot!(all.join("\n"), @r"
        001017001234569  an IMEI, fail
          note[tac-test]: the TAC 00101700 belongs to test equipment
          condition test in grace until 2026-03-04, met since 2026-03-01: no test devices
          policy: by the policy for equipment on no list it is turned away with cause #6
          not assessed: tac-unknown, not-registered, pairing, label
        exit 1
        error: FOLDER/rules.toml:2:1: there is no dimension `tac`; help: dimensions are malformed, check-digit, spare-digit, body-unknown, body-retired, tac-unknown, tac-test, default, blocked, tracked, not-registered, duplicate, pairing and label; exit 2
        error: FOLDER/rules.toml: byte 12 is no UTF-8; help: ; exit 2
        error: FOLDER/rules.toml:1:1: a file of rules has at most 1048576 bytes, this has 1048577; help: keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]; exit 2
        ");
        let missing = folder.path().join("none.toml");
        let told = check(&NoFacts, &["001017001234569", "--rules", missing.to_str().unwrap()]);
        assert!(told.starts_with("error: cannot read ") && told.ends_with("exit 2"), "{told}");
    }
}
