//! Every dimension and condition as it is told, and what holds for any text.

use super::*;
use crate::identity::{Iccid, ImeiKey, Imsi, Severity, Tac};
use crate::register::{Entry, KeyedHash, List, Subject};
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A device of a live reporting body that is nobody's: the public sample of 35.
const SAMPLE: &str = "356938035643809";
const TEST: &str = "001017001234569";
const IMSI: &str = "001010000000001";
const ICCID: &str = "8999901000000000016";

fn now() -> Timestamp {
    time("2026-03-01T12:00:00Z")
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn imsi(text: &str) -> Option<Imsi> {
    Some(Imsi::parse(text).unwrap())
}

fn iccid(text: &str) -> Option<Iccid> {
    Some(Iccid::parse(text).unwrap())
}

fn candidate(equipment: &str) -> Candidate<'_> {
    Candidate::new(equipment, now())
}

/// What a register knows, said outright.
#[derive(Default)]
struct Known {
    listing: Option<Listing>,
    models: Option<bool>,
    registered: Option<bool>,
    paired: Option<bool>,
    paired_card: Option<bool>,
    sightings: Vec<Sighting>,
    twins: Vec<Arc<str>>,
    first_seen: Option<Timestamp>,
    first_held: BTreeMap<&'static str, Timestamp>,
}

impl Facts for Known {
    fn listed(&self, _: ImeiKey, _: Option<Imsi>) -> Option<Listing> {
        self.listing.clone()
    }

    fn models(&self, _: Tac) -> Option<bool> {
        self.models
    }

    fn registered(&self, _: ImeiKey) -> Option<bool> {
        self.registered
    }

    fn paired(&self, _: ImeiKey, _: Imsi) -> Option<bool> {
        self.paired
    }

    fn paired_card(&self, _: ImeiKey, _: Iccid, _: Timestamp) -> Option<bool> {
        self.paired_card
    }

    fn sightings(&self, _: ImeiKey) -> Vec<Sighting> {
        self.sightings.clone()
    }

    fn twins(&self, _: ImeiKey, _: Option<&str>) -> Vec<Arc<str>> {
        self.twins.clone()
    }

    fn first_seen(&self, _: ImeiKey) -> Option<Timestamp> {
        self.first_seen
    }

    fn first_held(&self, condition: &str, _: ImeiKey) -> Option<Timestamp> {
        self.first_held.get(condition).copied()
    }
}

fn rules(text: &str) -> Rules {
    Rules::from_toml(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The line with everything shown.
fn told(candidate: &Candidate<'_>, facts: &dyn Facts, rules: &Rules) -> String {
    assess(candidate, facts, rules).line(&mut Veil::new(true))
}

fn plainly(equipment: &str) -> String {
    told(&candidate(equipment), &NoFacts, &Rules::default())
}

fn known(facts: Known) -> String {
    let candidate = Candidate { imsi: imsi(IMSI), ..candidate(SAMPLE) };
    told(&candidate, &facts, &Rules::default())
}

#[test]
fn what_an_identity_says_of_itself() {
    let all = [
        SAMPLE,
        "+CGSN: \"356938035643809\"",
        "35693803564380",
        "356938035643800",
        "356938035643805",
        "3569380356438012",
        "490154203237518",
        "490154203237510",
        "771017001234569",
        "98000200123456",
        "98999900123456",
        "05001700123456",
        TEST,
        "001017001234560",
        "001017001234561",
        "0010170012345601",
        "000000000000000",
        "004999010640000",
        "AF0123450ABCDE",
        "AF0123450ABCDE1",
        "hello\n\u{1b}[31m",
        "35693803564",
        "",
    ];
    insta::assert_snapshot!(all.map(plainly).join("\n"), @r#"
    pass 356938035643809
    pass 356938035643809
    pass 35693803564380
    warn 356938035643800: warning[spare-digit] the fifteenth digit is the spare digit 0, as transmitted; the check digit would be 9
    fail 356938035643805: error[check-digit] the check digit is 5, but the other digits call for 9
    pass 3569380356438012
    pass 490154203237518
    warn 490154203237510: warning[spare-digit] the fifteenth digit is the spare digit 0, as transmitted; the check digit would be 8
    fail 771017001234569: error[check-digit] the check digit is 9, but the other digits call for 7; warning[body-unknown] no reporting body is known to have the identifier 77
    warn 98000200123456: warning[body-retired] reporting body 98 is reserved; only 98000100 to 98007800 were ever given out
    warn 98999900123456: warning[body-unknown] reporting body 98 is reserved; only 98000100 to 98007800 were ever given out
    warn 05001700123456: warning[tac-test] reporting body 05 is set aside for test equipment, but 05001700 is in no known test series
    pass 001017001234569: note[tac-test] the TAC 00101700 belongs to test equipment
    warn 001017001234560: warning[spare-digit] the fifteenth digit is the spare digit 0, as transmitted; the check digit would be 9; note[tac-test] the TAC 00101700 belongs to test equipment
    fail 001017001234561: error[check-digit] the check digit is 1, but the other digits call for 9; note[tac-test] the TAC 00101700 belongs to test equipment
    pass 0010170012345601: note[tac-test] the TAC 00101700 belongs to test equipment
    fail 000000000000000: error[default] no device of its own has this number: all zeros: the device was never programmed
    fail 004999010640000: error[default] no device of its own has this number: a default that modules report before they are programmed
    pass AF0123450ABCDE
    fail AF0123450ABCDE: error[check-digit] the check digit is 1, but the other digits call for C
    fail hello\n\u{1b}[31m: error[malformed] an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `h`
    fail 35693803564: error[malformed] an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 11
    fail (no identity): error[malformed] expected an equipment identity, 14 to 17 digits, or 14 hexadecimal ones, found nothing
    "#);
}

#[test]
fn what_a_register_says() {
    let listing = |list, entry: &str| Some(Listing::new(list, Entry::parse(entry).unwrap()));
    let full = Listing {
        source: Some("carrier-a".into()),
        reason: Some("stolen; ask 00441632960000".into()),
        since: Some(time("2026-01-02T03:04:05Z")),
        until: Some(time("2026-12-31T00:00:00Z")),
        ..listing(List::Block, SAMPLE).unwrap()
    };
    let hashed = Listing::new(List::Block, Subject::Hash(KeyedHash(7)));
    let all = [
        known(Known::default()),
        known(Known { listing: listing(List::Block, SAMPLE), ..Known::default() }),
        known(Known { listing: Some(full), ..Known::default() }),
        known(Known { listing: Some(hashed), ..Known::default() }),
        known(Known { listing: listing(List::Block, "35693803"), ..Known::default() }),
        known(Known { listing: listing(List::Track, "35693803-000000..35693803-999999"), ..Known::default() }),
        known(Known { listing: listing(List::Track, &format!("{SAMPLE}+{IMSI}")), ..Known::default() }),
        known(Known { listing: listing(List::Allow, SAMPLE), ..Known::default() }),
        known(Known { models: Some(true), registered: Some(true), paired: Some(true), ..Known::default() }),
        known(Known { models: Some(false), ..Known::default() }),
        known(Known { models: Some(false), first_seen: Some(time("2026-02-09T12:00:01Z")), ..Known::default() }),
        known(Known { models: Some(false), first_seen: Some(time("2026-02-09T12:00:00Z")), ..Known::default() }),
        known(Known { registered: Some(false), ..Known::default() }),
        known(Known { paired: Some(false), ..Known::default() }),
        known(Known { twins: vec!["/dev/ttyUSB3".into()], ..Known::default() }),
        known(Known { twins: vec!["/dev/ttyUSB3".into(), "/dev/ttyUSB4".into()], ..Known::default() }),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    pass 356938035643809
    fail 356938035643809: error[blocked] it is on the block list
    fail 356938035643809: error[blocked] it is on the block list, source carrier-a, since 2026-01-02, until 2026-12-31: stolen; ask 00441632960000
    fail 356938035643809: error[blocked] it is on the block list as a keyed hash
    fail 356938035643809: error[blocked] its TAC 35693803 is on the block list
    warn 356938035643809: warning[tracked] the range 35693803000000..35693803999999 on the track list covers it
    warn 356938035643809: warning[tracked] it is on the track list with the subscription 001010000000001
    pass 356938035643809
    pass 356938035643809
    pass 356938035643809: note[tac-unknown] no model has the TAC 35693803; reporting body 35 is given 20 days to publish it, so this counts from 2026-03-21 on
    pass 356938035643809: note[tac-unknown] no model has the TAC 35693803; reporting body 35 is given 20 days to publish it, so this counts from 2026-03-01 on
    fail 356938035643809: error[tac-unknown] no model has the TAC 35693803
    fail 356938035643809: error[not-registered] it is not among the registered devices
    fail 356938035643809: error[pairing] it is paired with another subscription than 001010000000001
    fail 356938035643809: error[duplicate] another device has the same number: /dev/ttyUSB3
    fail 356938035643809: error[duplicate] another device has the same number: /dev/ttyUSB3 and 1 more
    ");
}

#[test]
fn cards_are_told_apart_by_iccid_before_imsi() {
    let seen = |iccid_text: Option<&str>, imsi_text: Option<&str>, day: &str| Sighting {
        iccid: iccid_text.and_then(iccid),
        imsi: imsi_text.and_then(imsi),
        last: time(&format!("{day}T00:00:00Z")),
    };
    let here = |iccid_text: Option<&str>, imsi_text: Option<&str>| Candidate {
        iccid: iccid_text.and_then(iccid),
        imsi: imsi_text.and_then(imsi),
        ..candidate(SAMPLE)
    };
    let holds = |candidate: Candidate<'_>, sightings: &[Sighting], text: &str| {
        let facts = Known { sightings: sightings.to_vec(), ..Known::default() };
        assess(&candidate, &facts, &rules(text)).holds(Dimension::Duplicate)
    };
    let other = "8999901000000000024";
    let (first, second) = ("001010000000001", "001010000000002");
    let day = "2026-02-20";
    assert!(!holds(here(Some(ICCID), None), &[seen(Some(ICCID), None, day)], ""));
    assert!(holds(here(Some(ICCID), None), &[seen(Some(other), None, day)], ""));
    assert!(holds(here(None, Some(first)), &[seen(None, Some(second), day)], ""));
    // One card with two subscriptions is one card.
    assert!(!holds(here(Some(ICCID), Some(first)), &[seen(Some(ICCID), Some(second), day)], ""));
    // What cannot be compared is held against nobody.
    assert!(!holds(here(Some(ICCID), None), &[seen(None, Some(second), day)], ""));
    // No card is in it now, but two were.
    assert!(holds(here(None, None), &[seen(None, Some(first), day), seen(None, Some(second), day)], ""));
    let two = [seen(Some(other), None, day)];
    assert!(!holds(here(Some(ICCID), None), &two, "duplicate_cards = { from = 3 }"));
    assert!(!holds(here(Some(ICCID), None), &two, "duplicate_cards = { within_days = 5 }"));
    assert!(holds(here(Some(ICCID), None), &two, "duplicate_cards = { within_days = 30 }"));
}

#[test]
fn a_label_says_the_same_or_not() {
    let all = [
        (SAMPLE, SAMPLE),
        ("3569380356438012", "IMEI: 35-693803-564380-9"),
        (SAMPLE, "35693803564380"),
        (SAMPLE, "356938035643800"),
        (SAMPLE, "356938035643805"),
        (SAMPLE, TEST),
        (SAMPLE, "AF0123450ABCDE"),
        (SAMPLE, "S/N 12"),
        (SAMPLE, ""),
        ("nothing", SAMPLE),
        ("AF0123450ABCDE", "AF0123450ABCDE"),
    ]
    .map(|(device, label)| told(&Candidate { label: Some(label), ..candidate(device) }, &NoFacts, &Rules::default()));
    insta::assert_snapshot!(all.join("\n"), @r"
    pass 356938035643809
    pass 3569380356438012
    pass 356938035643809
    warn 356938035643809: warning[label] the label has the spare digit 0 where the check digit 9 belongs
    warn 356938035643809: warning[label] the label has the check digit 5, but the other digits call for 9
    fail 356938035643809: error[label] the label says 001017001234569, the device says 356938035643809
    fail 356938035643809: error[label] the label says AF0123450ABCDE, the device says 356938035643809
    fail 356938035643809: error[label] the label is not readable: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `S`
    fail 356938035643809: error[label] the label is not readable: expected an equipment identity, 14 to 17 digits, or 14 hexadecimal ones, found nothing
    fail nothing: error[malformed] an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `n`
    pass AF0123450ABCDE
    ");
}

#[test]
fn each_reporting_body_has_its_lag() {
    let lag = |tac: &str| Lags::default().days(Tac::parse(tac).unwrap());
    let all = ["00101700", "01000000", "35000000", "86000000", "91000000", "99000000", "49000000"].map(lag);
    assert_eq!(all, [32, 40, 20, 19, 20, 69, 0]);
}

const CONDITIONS: &str = r#"
[[condition]]
name = "unregistered"
when = ["not-registered", "not tac-test"]
grace_days = 14
blocking = true
reason = "register it first"

[[condition]]
name = "sticky"
when = ["duplicate"]
sticky = true
blocking = true

[[condition]]
name = "told"
when = ["spare-digit"]
"#;

#[test]
fn a_card_is_paired_as_its_subscription_is() {
    let card = "8999900000000000001".parse().ok();
    let with = |imsi: Option<Imsi>, iccid, paired, paired_card| {
        let candidate = Candidate { imsi, iccid, ..candidate(SAMPLE) };
        let facts = Known { paired, paired_card, ..Known::default() };
        let assessment = assess(&candidate, &facts, &Rules::default());
        let is_assessed = !assessment.not_assessed.contains(&Dimension::Pairing);
        format!("{is_assessed} {}", assessment.line(&mut Veil::new(false)))
    };
    let (yes, no) = (Some(true), Some(false));
    let all = [
        with(imsi(IMSI), card, yes, yes),
        with(imsi(IMSI), card, None, None),
        with(None, card, no, yes),
        with(None, card, None, no),
        with(imsi(IMSI), card, yes, no),
        with(imsi(IMSI), card, no, yes),
        with(imsi(IMSI), card, no, no),
        with(imsi(IMSI), None, None, no),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    true pass 356938035643809
    false pass 356938035643809
    true pass 356938035643809
    true fail 356938035643809: error[pairing] it is paired with another card than 8999900000000000001
    true fail 356938035643809: error[pairing] it is paired with another card than 8999900000000000001
    true fail 356938035643809: error[pairing] it is paired with another subscription than 001010000000001
    true fail 356938035643809: error[pairing] it is paired with another subscription than 001010000000001 and another card than 8999900000000000001
    false pass 356938035643809
    ");
}

#[test]
fn conditions_have_their_days_of_grace() {
    let rules = rules(&format!("[severity]\nnot-registered = \"note\"\n{CONDITIONS}"));
    let held = |name, day: &str| BTreeMap::from([(name, time(&format!("{day}T12:00:00Z")))]);
    let unregistered = |first_held| Known { registered: Some(false), first_held, ..Known::default() };
    let all = [
        told(&candidate(SAMPLE), &unregistered(BTreeMap::new()), &rules),
        told(&candidate(SAMPLE), &unregistered(held("unregistered", "2026-02-16")), &rules),
        told(&candidate(SAMPLE), &unregistered(held("unregistered", "2026-02-15")), &rules),
        told(&candidate(TEST), &unregistered(held("unregistered", "2026-02-15")), &rules),
        told(&candidate(SAMPLE), &Known { first_held: held("unregistered", "2026-02-15"), ..Known::default() }, &rules),
        told(&candidate(SAMPLE), &Known { first_held: held("sticky", "2026-02-15"), ..Known::default() }, &rules),
        told(&candidate("356938035643800"), &NoFacts, &rules),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    warn 356938035643809: note[not-registered] it is not among the registered devices; condition unregistered in grace until 2026-03-15, met since 2026-03-01: register it first
    warn 356938035643809: note[not-registered] it is not among the registered devices; condition unregistered in grace until 2026-03-02, met since 2026-02-16: register it first
    fail 356938035643809: note[not-registered] it is not among the registered devices; condition unregistered blocks, met since 2026-02-15: register it first
    pass 001017001234569: note[tac-test] the TAC 00101700 belongs to test equipment; note[not-registered] it is not among the registered devices
    pass 356938035643809
    fail 356938035643809: condition sticky blocks, met since 2026-02-15, not met any more but for good
    warn 356938035643800: warning[spare-digit] the fifteenth digit is the spare digit 0, as transmitted; the check digit would be 9; condition told holds, met since 2026-03-01
    ");
}

#[test]
fn the_rules_weigh_and_a_condition_sees_what_they_ignore() {
    let with = |text: &str, equipment: &str| told(&candidate(equipment), &NoFacts, &rules(text));
    let all = [
        with("severity = { tac-test = 'error' }", TEST),
        with("severity = { tac-test = 'ignore' }", TEST),
        with("severity = { malformed = 'note' }", "hello"),
        with("[severity]\ntac-test = 'ignore'\n[[condition]]\nname = 'a'\nwhen = ['tac-test']\nblocking = true", TEST),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    fail 001017001234569: error[tac-test] the TAC 00101700 belongs to test equipment
    pass 001017001234569
    pass hello: note[malformed] an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `h`
    fail 001017001234569: condition a blocks, met since 2026-03-01
    ");
}

#[test]
fn a_policy_that_turns_it_away_fails_it() {
    let with = |text: &str, equipment: &str, facts: &dyn Facts| told(&candidate(equipment), facts, &rules(text));
    let allowed = Known { listing: Some(Listing::new(List::Allow, Entry::parse(SAMPLE).unwrap())), ..Known::default() };
    let all = [
        with("unknown = 'block'", SAMPLE, &NoFacts),
        with("unknown = 'block'", SAMPLE, &allowed),
        with("unknown = 'track'", SAMPLE, &NoFacts),
        with("missing = 'block-7'\nseverity = { malformed = 'ignore' }", "", &NoFacts),
        with("malformed = 'retry'", "hello", &NoFacts),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    fail 356938035643809: by the policy for equipment on no list it is turned away with cause #6
    pass 356938035643809
    warn 356938035643809: by the policy for equipment on no list it is tracked
    fail (no identity): by the policy for equipment without an identity it is turned away with cause #7
    fail hello: error[malformed] an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `h`; by the policy for malformed identities it is turned away with cause #17, in nr #90
    ");
}

#[test]
fn json_has_every_key() {
    let listing = Listing {
        source: Some("own".into()),
        reason: Some("lost".into()),
        since: Some(time("2026-01-02T03:04:05Z")),
        ..Listing::new(List::Block, Entry::parse(SAMPLE).unwrap())
    };
    let facts = Known { listing: Some(listing), models: Some(false), registered: Some(false), ..Known::default() };
    let rules = rules(&format!("[severity]\nnot-registered = \"ignore\"\n{CONDITIONS}"));
    let object = assess(&candidate("35693803564380"), &facts, &rules).object(&mut Veil::new(false));
    insta::assert_snapshot!(format!("{object:#}"), @r#"
    {
      "answer": {
        "causes": {
          "gsm": 6,
          "lte": 6,
          "nr": 6,
          "utran": 6
        },
        "reason": "listed",
        "verdict": "block"
      },
      "conditions": [
        {
          "met": true,
          "name": "unregistered",
          "reason": "register it first",
          "since": "2026-03-01T12:00:00Z",
          "standing": "in-grace",
          "until": "2026-03-15T12:00:00Z"
        }
      ],
      "dimensions": [
        "blocked"
      ],
      "findings": [
        {
          "code": "imei.no-check-digit",
          "severity": "note",
          "text": "fourteen digits without a check digit; it would be 9"
        },
        {
          "code": "imei.sample",
          "severity": "note",
          "text": "a public sample, printed in many manuals"
        }
      ],
      "identity": "35693803564380",
      "ignored": [
        "not-registered"
      ],
      "not_assessed": [
        "pairing",
        "label"
      ],
      "outcome": "fail",
      "remarks": [
        {
          "counts_from": "2026-03-21T12:00:00Z",
          "dimension": "tac-unknown",
          "holds": false,
          "listing": null,
          "severity": "note",
          "text": "no model has the TAC 35693803; reporting body 35 is given 20 days to publish it, so this counts from 2026-03-21 on"
        },
        {
          "counts_from": null,
          "dimension": "blocked",
          "holds": true,
          "listing": {
            "entry": "356938035643809",
            "list": "block",
            "reason": "lost",
            "since": "2026-01-02T03:04:05Z",
            "source": "own",
            "until": null
          },
          "severity": "error",
          "text": "it is on the block list, source own, since 2026-01-02: lost"
        }
      ]
    }
    "#);
}

#[test]
fn a_veil_hides_who_it_is_and_not_that_two_are_one() {
    // Of nobody: the serial number of a sample's model that the sample itself does not have.
    let (one, other) = ("35693803000001", "35693803000002");
    let mut veil = Veil::new(false);
    let mut line = |equipment: &str, label: Option<&str>, facts: &dyn Facts| {
        let candidate = Candidate { label, imsi: imsi("262010000000001"), ..candidate(equipment) };
        assess(&candidate, facts, &Rules::default()).line(&mut veil)
    };
    let reason = Listing {
        reason: Some(format!("see {other} and call +441632960000\r\n").into()),
        ..Listing::new(List::Block, Entry::parse(one).unwrap())
    };
    let all = [
        line(one, Some(other), &NoFacts),
        line("imeisv-3569380300000212", Some(one), &NoFacts),
        line(one, None, &Known { listing: Some(reason), paired: Some(false), ..Known::default() }),
        line(SAMPLE, None, &NoFacts),
        line("3569380300000", None, &NoFacts),
        line("356938030000", None, &NoFacts),
        line("3569380300000", None, &NoFacts),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    fail {imei}: error[label] the label says {imei_2}, the device says {imei}
    fail {imei_2}: error[label] the label says {imei}, the device says {imei_2}
    fail {imei}: error[blocked] it is on the block list: see {imei_2} and call +{number}\r\n; error[pairing] it is paired with another subscription than {imsi}
    pass 356938035643809
    fail {identity}: error[malformed] an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 13
    fail {identity_2}: error[malformed] an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 12
    fail {identity}: error[malformed] an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 13
    "#);
}

#[test]
fn a_list_that_hits_too_much_of_the_fleet_is_stopped() {
    let ratio = MatchingRatio::default();
    let says = |hit, fleet| match ratio.check("the list of carrier-a", hit, fleet) {
        Ok(()) => format!("{hit} of {fleet} pass"),
        Err(error) => format!("{error}; help: {}", error.help()),
    };
    let all =
        [says(1, 10), says(2, 10), says(3, 30), says(9, 9), says(0, 0), says(1_000, 9_999), says(u64::MAX, u64::MAX)];
    insta::assert_snapshot!(all.join("\n"), @r"
    1 of 10 pass
    the list of carrier-a would hit 2 of the 10 devices of the fleet (20 %), more than the 10 % that are allowed; help: nothing was changed; if they are to be hit, repeat it with --allow-ratio
    3 of 30 pass
    9 of 9 pass
    0 of 0 pass
    the list of carrier-a would hit 1000 of the 9999 devices of the fleet (10 %), more than the 10 % that are allowed; help: nothing was changed; if they are to be hit, repeat it with --allow-ratio
    the list of carrier-a would hit 18446744073709551615 of the 18446744073709551615 devices of the fleet (100 %), more than the 10 % that are allowed; help: nothing was changed; if they are to be hit, repeat it with --allow-ratio
    ");
    assert!(ratio.or(Some(0.0)).check("x", 1, 1_000_000).is_err());
    assert!(ratio.or(Some(1.0)).check("x", 10, 10).is_ok());
}

#[test]
fn a_list_that_lost_too_much_is_stopped() {
    let says = |limit: SizeLimit, previous, new| match limit.check("carrier-a", previous, new) {
        Ok(()) => format!("{previous} to {new} pass"),
        Err(error) => format!("{error}; help: {}", error.help()),
    };
    let all = [
        says(SizeLimit::LIST, 0, 0),
        says(SizeLimit::LIST, 0, 5),
        says(SizeLimit::LIST, 100, 75),
        says(SizeLimit::LIST, 100, 74),
        says(SizeLimit::LIST, 1, 0),
        says(SizeLimit::PAIRING, 100, 95),
        says(SizeLimit::PAIRING, 1000, 949),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    0 to 0 pass
    0 to 5 pass
    100 to 75 pass
    carrier-a has 74 entries where the last one had 100 (74 %), less than the 75 % that it must have at least; help: nothing was changed; a list that is really so much smaller comes in with --allow-shrink, one that holds changes only as a delta
    carrier-a has 0 entries where the last one had 1 (0 %), less than the 75 % that it must have at least; help: nothing was changed; a list that is really so much smaller comes in with --allow-shrink, one that holds changes only as a delta
    100 to 95 pass
    carrier-a has 949 entries where the last one had 1000 (94.9 %), less than the 95 % that it must have at least; help: nothing was changed; a list that is really so much smaller comes in with --allow-shrink, one that holds changes only as a delta
    ");
}

#[test]
fn rules_are_read_whole() {
    let rules = rules(
        "unknown = 'block'\nduplicate = 'track'\n[severity]\ntac-test = 'ignore'\n[allocation_lag]\n35 = 3\n10 = 1\n[sources]\ncarrier-a = 10\n\
         [import]\nsmallest_list = 0.5\nsmallest_pairing = 1\n[matching_ratio]\nlimit = 0.2\nsmallest_fleet = 5\n[[condition]]\nname = 'c'\n\
         when = ['not tac-test', 'default']\nmax_matching_ratio = 0.01\n",
    );
    assert_eq!(rules.weight(Dimension::TacTest), Some(Weight::Ignore));
    assert_eq!(rules.lags.days(Tac::parse("35000000").unwrap()), 3);
    assert_eq!(rules.sources["carrier-a"], 10);
    assert_eq!((rules.list_size.smallest, rules.pairing_size.smallest), (0.5, 1.0));
    assert_eq!(rules.matching_ratio, MatchingRatio { limit: 0.2, smallest_fleet: 5 });
    assert_eq!(rules.conditions[0].to_string(), "not tac-test and default");
    assert_eq!(rules.conditions[0].max_matching_ratio, Some(0.01));
    assert_eq!(Rules::from_toml("").unwrap(), Rules::default());
}

#[test]
fn rules_that_are_wrong_say_where_and_what_next() {
    let says = |text: &str| match Rules::from_toml(text) {
        Ok(_) => format!("{text:?} is read"),
        Err(error) => format!("{error}\n  help: {}", error.help()),
    };
    let condition = |rest: &str| format!("[[condition]]\nname = 'c'\n{rest}\n");
    let all = [
        says("unkown = 'block'"),
        says("unknown = 'reject'"),
        says("[severity]\ntac_test = 'note'"),
        says("[severity]\ntac-test = 'fatal'"),
        says("[allocation_lag]\n3500 = 2"),
        says("[allocation_lag]\n35 = -2"),
        says("[sources]\n'' = 2"),
        says("[sources]\ncarrier-a = 'high'"),
        says("[duplicate_cards]\nfrom = 1"),
        says("[import]\nsmallest_list = 75"),
        says("[matching_ratio]\nlimit = nan"),
        says(&condition("when = []")),
        says(&condition("")),
        says(&condition("when = ['default', 'stolen']")),
        says(&condition("when = ['default', 'not default']")),
        says(&condition("when = ['default', 'default']")),
        says(&condition("when = ['default']\ngrace_days = 1e3")),
        says(&format!("{0}{0}", condition("when = ['default']"))),
        says("[[condition]]\nname = ' '\nwhen = ['default']"),
        says("[[condition]"),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    1:1: unknown field `unkown`, expected one of `unknown`, `missing`, `malformed`, `duplicate`, `failure`, `causes`, `severity`, `allocation_lag`, `sources`, `duplicate_cards`, `import`, `matching_ratio`, `condition`
      help: keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]
    1:11: unknown action `reject`, expected `allow`, `track`, `block`, `block-N` with a reject cause, or `retry`
      help: keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]
    2:1: there is no dimension `tac_test`
      help: dimensions are malformed, check-digit, spare-digit, body-unknown, body-retired, tac-unknown, tac-test, default, blocked, tracked, not-registered, duplicate, pairing and label
    2:12: unknown variant `fatal`, expected one of `ignore`, `note`, `warning`, `error`
      help: keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]
    2:1: a reporting body has 2 digits, found `3500`
      help: write the first two digits of the TAC: `35 = 20`
    2:6: invalid value: integer `-2`, expected u32
      help: keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]
    2:1: a source without a name
      help: write `carrier-a = 10`
    2:13: invalid type: string "high", expected i32
      help: keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]
    2:8: expected 2 to 16 cards, found 1
      help: one card with a number is no duplicate
    2:17: expected a part of the whole, 0 to 1, found 75
      help: 10 % is written 0.1
    2:9: expected a part of the whole, 0 to 1, found NaN
      help: 10 % is written 0.1
    3:8: a condition of no dimension would hold for every device
      help: write `when = ["not-registered", "not tac-test"]`
    1:1: missing field `when`
      help: keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]
    3:20: there is no dimension `stolen`
      help: dimensions are malformed, check-digit, spare-digit, body-unknown, body-retired, tac-unknown, tac-test, default, blocked, tracked, not-registered, duplicate, pairing and label
    3:20: `default` and its inversion are never met together
      help: write `when = ["not-registered", "not tac-test"]`
    3:20: `default` stands there twice
      help: write `when = ["not-registered", "not tac-test"]`
    4:14: invalid type: floating point `1000.0`, expected u32
      help: keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]
    5:8: a second condition of the name `c`
      help: the register remembers by its name who met it since when
    2:8: a condition without a name
      help: name it: the register remembers by its name who met it
    1:13: unclosed array table, expected `]`
      help: keys are `unknown`, `missing`, `malformed`, `duplicate`, `failure` (allow, track, block, block-7 or retry) and `causes`; tables are [severity], [allocation_lag], [sources], [duplicate_cards], [import], [matching_ratio] and [[condition]]
    "#);
}

#[test]
fn the_rules_documentation_is_read() {
    let source = include_str!("rules.rs");
    let example = source.split("/// ```toml\n").nth(1).and_then(|rest| rest.split("/// ```").next()).unwrap();
    let text: String =
        example.lines().map(|line| line.trim_start_matches("///").trim_start().to_owned() + "\n").collect();
    assert_eq!(rules(&text).conditions.len(), 1);
}

#[test]
fn every_dimension_has_its_own_code_and_place() {
    for (place, dimension) in Dimension::ALL.into_iter().enumerate() {
        assert_eq!(dimension.place(), place);
        assert_eq!(dimension.code().parse(), Ok(dimension));
        assert!(!dimension.words().ends_with('.'));
    }
    let codes = Dimension::ALL.map(|dimension| format!("{} {}", dimension.severity(), dimension));
    insta::assert_snapshot!(codes.join("\n"), @r"
    error malformed
    error check-digit
    warning spare-digit
    warning body-unknown
    warning body-retired
    error tac-unknown
    note tac-test
    error default
    error blocked
    warning tracked
    error not-registered
    error duplicate
    error pairing
    error label
    ");
}

#[test]
fn the_end_of_time_is_no_panic() {
    let candidate = Candidate { now: Timestamp::MAX, first_seen: Some(Timestamp::MAX), ..candidate(SAMPLE) };
    let text = "duplicate_cards = { within_days = 4294967295 }\n[allocation_lag]\n35 = 4294967295\n[[condition]]\nname = 'c'\nwhen = ['not default']\n\
                blocking = true\ngrace_days = 4294967295";
    let facts = Known { models: Some(false), ..Known::default() };
    insta::assert_snapshot!(told(&candidate, &facts, &rules(text)), @"fail 356938035643809: error[tac-unknown] no model has the TAC 35693803; condition c blocks, met since 9999-12-30");
}

fn terms() -> impl Strategy<Value = Vec<Term>> {
    prop::collection::vec((0..Dimension::ALL.len(), any::<bool>()), 1..5).prop_map(|terms| {
        terms.into_iter().map(|(at, inverted)| Term { dimension: Dimension::ALL[at], inverted }).collect()
    })
}

fn condition(when: Vec<Term>) -> Condition {
    Condition {
        name: "c".into(),
        when,
        grace_days: 0,
        blocking: true,
        sticky: false,
        reason: None,
        max_matching_ratio: None,
    }
}

proptest! {
    #[test]
    fn any_text_is_assessed(equipment in ".{0,40}", label in prop::option::of(".{0,40}"), reveal: bool) {
        let candidate = Candidate { label: label.as_deref(), ..candidate(&equipment) };
        let assessment = assess(&candidate, &NoFacts, &Rules::default());
        let mut veil = Veil::new(reveal);
        let line = assessment.line(&mut veil);
        prop_assert!(!line.contains(char::is_control), "{line:?}");
        prop_assert!(assessment.object(&mut veil)["outcome"].is_string());
    }

    #[test]
    fn nobodys_digits_pass_a_veil(number in 35_000_000_000_000_u64..36_000_000_000_000, imsi_text in "262[0-9]{12}") {
        let key = ImeiKey::new(number).unwrap();
        prop_assume!(!key.is_test() && key.default_of().is_none());
        let facts = Known {
            listing: Some(Listing::new(List::Block, Entry::Pair(key, Imsi::parse(&imsi_text).unwrap()))),
            paired: Some(false),
            ..Known::default()
        };
        let equipment = key.to_string();
        let candidate = Candidate { imsi: imsi(&imsi_text), label: Some(TEST), ..candidate(&equipment) };
        let assessment = assess(&candidate, &facts, &Rules::default());
        let mut veil = Veil::new(false);
        let told = format!("{} {}", assessment.line(&mut veil), assessment.object(&mut veil));
        prop_assert!(!told.contains(&equipment) && !told.contains(&imsi_text), "{told}");
    }

    #[test]
    fn a_further_dimension_never_widens_a_condition(when in terms(), more in terms(), held in prop::collection::vec(any::<bool>(), 14)) {
        let holds = |dimension: Dimension| held[dimension.place()];
        let wide = condition(when.clone());
        let narrow = condition(when.into_iter().chain(more).collect());
        prop_assert!(wide.is_met(holds) || !narrow.is_met(holds));
    }

    #[test]
    fn a_lighter_weight_never_makes_it_worse(equipment in "[0-9]{14,16}", at in 0..14_usize) {
        let outcome = |weight| {
            let mut rules = Rules::default();
            rules.set_weight(Dimension::ALL[at], weight);
            assess(&candidate(&equipment), &NoFacts, &rules).outcome
        };
        let all = [Weight::Ignore, Weight::Note, Weight::Warning, Weight::Error].map(outcome);
        prop_assert!(all.is_sorted(), "{all:?}");
        prop_assert_eq!(all[0], all[1]);
    }

    #[test]
    fn any_text_is_rules_or_refused_with_its_place(text in "(\\[severity\\]\n|when = |\\[\\[condition\\]\\]\n|[a-z_]{1,9} = |['\\[\\]a-z0-9.\n]{0,8}){0,8}") {
        if let Err(error) = Rules::from_toml(&text) {
            prop_assert!(error.line >= 1 && error.column >= 1 && !error.message.is_empty() && !error.help().is_empty());
        }
    }

    #[test]
    fn a_term_that_is_printed_is_read_again(terms in terms()) {
        for term in terms {
            prop_assert_eq!(term.to_string().parse(), Ok(term));
        }
    }

    #[test]
    fn the_worst_that_is_told_decides(equipment in "[0-9]{14,17}") {
        let assessment = assess(&candidate(&equipment), &NoFacts, &Rules::default());
        let worst = assessment.remarks.iter().map(|remark| remark.severity).max().unwrap_or(Severity::Note);
        prop_assert_eq!(assessment.outcome, Outcome::from(worst));
    }
}
