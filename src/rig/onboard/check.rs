//! Whether a board may join: the register's verdicts, its label, and the other boards of the bench.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::fault::{Fault, Kind};
use super::identify::Identity;
use super::labels::{Found, Label};
use super::record::{Record, Remark, Standing};
use crate::identity::{Iccid, ImeiKey, Imsi, Severity, Spelling};
use crate::register::assess::{
    Assessment, Candidate, Facts, Listing, NoFacts, Outcome, Rules, Standing as Held, Veil, assess,
};
use crate::register::{Answer, Batch, Checked, Desk, DeskFacts, Entry, Inquiry, Office, Reason, first_held};

/// Who is asked whether a board may join.
#[derive(Debug)]
pub enum Registry {
    /// Nobody: what a number says of itself, the label and the other boards decide.
    Nobody,
    /// Lists in memory, or a register elsewhere; and the rules, whose policy decides where it decides nothing.
    Office(Mutex<Office>, Box<Rules>),
    /// A register that is kept in a store, with its fleet.
    Kept(Arc<Desk>),
}

/// Puts the verdicts into the record. Only what is between here and a register elsewhere can fail.
pub(super) async fn check(
    registry: &Arc<Registry>,
    board: &str,
    identity: &Identity,
    label: Option<&Found>,
    twins: Vec<Arc<str>>,
    record: &mut Record,
) -> Result<(), Fault> {
    let label = match label {
        None => None,
        Some(Found::One(label)) => Some(label.clone()),
        Some(Found::Several(lines)) => {
            let lines = lines.iter().map(u64::to_string).collect::<Vec<_>>().join(" and ");
            record.faults.push(
                Fault::new(
                    Kind::Configuration,
                    "label-twice",
                    format!("the label file has two labels for this board, in lines {lines}"),
                )
                .help("take the wrong line out, and onboard the board again"),
            );
            None
        }
    };
    let asked = ask(registry, identity, record).await;
    let wanted = Wanted {
        board: board.into(),
        equipment: identity.equipment.clone(),
        key: identity.key,
        imsi: identity.imsi,
        iccid: identity.iccid,
        label: label.as_ref().and_then(|label| label.imei.clone()),
        twins,
        now: Timestamp::now(),
    };
    // A store is read, and one on a server is waited for.
    let registry = Arc::clone(registry);
    let assessed = match &*registry {
        Registry::Kept(_) => {
            let registry = Arc::clone(&registry);
            tokio::task::spawn_blocking(move || wanted.assess(&registry, None))
                .await
                .map_err(|error| Fault::new(Kind::Bench, "register", format!("the check broke off: {error}")))?
        }
        Registry::Nobody | Registry::Office(..) => wanted.assess(&registry, asked.as_ref()),
    };
    tell(&assessed.is, record);
    if let Some(error) = assessed.unkept {
        record.notes.push(format!("since when its conditions hold is not remembered: {error}"));
    }
    if let Some(label) = &label {
        compare(label, record);
    }
    Ok(())
}

/// Asks lists in memory or a register elsewhere.
async fn ask(registry: &Registry, identity: &Identity, record: &mut Record) -> Option<Answer> {
    let Registry::Office(office, _) = registry else { return None };
    let pei = Spelling::parse(&identity.equipment).ok().and_then(|spelling| spelling.equipment.pei());
    let inquiry = Inquiry { pei, imsi: identity.imsi };
    // The guard must not live while it is waited.
    let checked = office.lock().unwrap_or_else(PoisonError::into_inner).check(inquiry);
    let answer = match checked {
        Checked::Now(answer) => answer,
        Checked::Later(asking) => asking.answer().await,
    };
    if answer.reason == Reason::Failure {
        let why = answer.findings.first().map(|finding| format!(": {}", finding.text)).unwrap_or_default();
        let words = format!("the register gave no answer{why}");
        if answer.lets_in() {
            record.remarks.push(Remark {
                code: "register".into(),
                severity: "warning".into(),
                words: format!("{words}; by the policy the board may join"),
            });
        } else {
            record.faults.push(
                Fault::new(Kind::Bench, "register", format!("{words}; by the policy the board may not join"))
                    .help("is the register up? --policy failure=allow lets boards in without it"),
            );
        }
    }
    Some(answer)
}

/// What is assessed, on whichever thread.
struct Wanted {
    board: Arc<str>,
    equipment: String,
    key: Option<ImeiKey>,
    imsi: Option<Imsi>,
    iccid: Option<Iccid>,
    label: Option<String>,
    twins: Vec<Arc<str>>,
    now: Timestamp,
}

impl Wanted {
    fn assess(self, registry: &Registry, asked: Option<&Answer>) -> Assessed {
        match registry {
            Registry::Nobody => Assessed { is: self.by(&NoFacts, &Rules::default()), unkept: None },
            Registry::Office(_, rules) => Assessed { is: self.by(&Answered(asked), rules), unkept: None },
            Registry::Kept(desk) => {
                let is = self.by(&DeskFacts(desk), &desk.rules());
                let unkept = first_held::keep(&mut desk.store(), &is).err().map(|error| error.to_string());
                Assessed { is, unkept }
            }
        }
    }

    /// By what is known of the board elsewhere, and of the others at the bench.
    fn by(&self, facts: &dyn Facts, rules: &Rules) -> Assessment {
        let candidate = Candidate {
            imsi: self.imsi,
            iccid: self.iccid,
            label: self.label.as_deref(),
            device: Some(&self.board),
            ..Candidate::new(&self.equipment, self.now)
        };
        let twins = self.twins.iter().map(|twin| (self.key, Arc::clone(twin))).collect();
        assess(&candidate, &Batch::new(facts, twins), rules)
    }
}

/// What is said of a board.
struct Assessed {
    is: Assessment,
    /// Why it is not remembered since when its conditions hold.
    unkept: Option<String>,
}

/// What the answer of a register elsewhere, or of lists in memory, says.
struct Answered<'a>(Option<&'a Answer>);

impl Facts for Answered<'_> {
    fn listed(&self, key: ImeiKey, _: Option<Imsi>) -> Option<Listing> {
        match self.0?.reason {
            Reason::Listed(list, entry) => Some(Listing::new(list, entry)),
            Reason::Remote(list) => Some(Listing {
                source: Some("the register that was asked".into()),
                ..Listing::new(list, Entry::Device(key))
            }),
            Reason::Unknown | Reason::Missing | Reason::Malformed | Reason::Duplicate | Reason::Failure => None,
        }
    }
}

/// Remarks as they are told; those that weigh most are faults.
fn tell(assessment: &Assessment, record: &mut Record) {
    // Whoever reads the record puts a veil before it.
    let mut open = Veil::new(true);
    for remark in &assessment.remarks {
        let words = remark.words.told(&mut open);
        if remark.severity == Severity::Error && remark.holds() {
            let code = remark.dimension.code();
            record
                .faults
                .push(Fault { help: help(code).map(str::to_owned), ..Fault::new(Kind::Identity, code, words.clone()) });
        }
        record.remarks.push(Remark {
            code: remark.dimension.code().to_owned(),
            severity: remark.severity.word().to_owned(),
            words,
        });
    }
    for held in &assessment.conditions {
        let line = held.line(&mut open);
        record.remarks.push(Remark {
            code: held.name.clone(),
            severity: match held.standing {
                Held::Blocks => Severity::Error,
                Held::Grace { .. } => Severity::Warning,
                Held::Informs => Severity::Note,
            }
            .word()
            .to_owned(),
            words: format!("condition {line}"),
        });
    }
    if assessment.outcome == Outcome::Fail && record.faults.iter().all(|fault| fault.kind != Kind::Identity) {
        let condition = assessment.conditions.iter().find(|held| held.standing == Held::Blocks);
        let words = condition
            .map(|held| format!("the condition {}", held.line(&mut open)))
            .or_else(|| assessment.policy_words());
        let words = words.unwrap_or_else(|| "the register turns it away".to_owned());
        record.faults.push(Fault::new(Kind::Identity, "turned-away", words));
    }
}

/// The next step for a dimension that fails a board.
fn help(code: &str) -> Option<&'static str> {
    Some(match code {
        "malformed" | "default" | "check-digit" => {
            "the IMEI was never written, or was lost with an erase of the whole flash: back to programming"
        }
        "blocked" => "`atgate register log` says who listed it; a wrong listing is a case: `atgate register case open`",
        "duplicate" => {
            "look at both boards' labels: one was programmed with the other's number, or its card was changed"
        }
        "label" => "compare the sticker with the board by eye: one of them belongs to another",
        "not-registered" => "import the registration, or take the board out of the batch",
        "pairing" => "put the card that belongs to the board into it",
        _ => return None,
    })
}

/// The card and the eUICC that the label names.
fn compare(label: &Label, record: &mut Record) {
    let pairs = [("iccid", label.iccid.as_deref()), ("imsi", label.imsi.as_deref()), ("eid", label.eid.as_deref())];
    let mut faults = Vec::new();
    for (name, said) in pairs {
        let Some(said) = said else { continue };
        // An ICCID is printed with or without its check digit and fill.
        let bare = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        match record.facts.iter().find(|fact| fact.name == name) {
            Some(fact) if fact.standing == Standing::Read => {
                let (said, read) = (bare(said), bare(&fact.value));
                let is_same = said == read
                    || name == "iccid"
                        && said.len() >= 18
                        && (read.starts_with(&said) || said.starts_with(&read) && read.len() >= 18);
                if !is_same {
                    faults.push(
                        Fault::new(
                            Kind::Identity,
                            &format!("label-{name}"),
                            format!("the label has the {} {said}, the board says {read}", name.to_uppercase()),
                        )
                        .help("the card, or the label, belongs to another board"),
                    );
                }
            }
            Some(_) | None => record
                .notes
                .push(format!("the label's {} was not compared: the board does not tell its own", name.to_uppercase())),
        }
    }
    record.faults.append(&mut faults);
}
