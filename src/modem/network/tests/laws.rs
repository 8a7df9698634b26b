//! What holds whatever happens.

use proptest::prelude::*;

use super::*;

/// Something that happens: from the host, from the world, or the passing of time.
#[derive(Debug, Clone)]
enum Happening {
    Send(&'static str),
    Act(&'static str),
    Pass(u64),
}

const SENT: [&str; 24] = [
    "AT+CFUN=0",
    "AT+CFUN=1",
    "AT+CFUN=4",
    "AT+COPS=0",
    "AT+COPS=2",
    "AT+COPS=1,2,\"00101\"",
    "AT+COPS=1,2,\"99970\"",
    "AT+COPS=4,2,\"99970\"",
    "AT+COPS=1,2,\"00102\"",
    "AT+COPS=?",
    "AT+CGATT=0",
    "AT+CGATT=1",
    "AT+WS46=12",
    "AT+WS46=28",
    "AT+WS46=25",
    "AT+CREG=0",
    "AT+CREG=3",
    "AT+CEREG=5",
    "AT+CEREG=2",
    "AT+CGREG=4",
    "AT+CGACT=1,1",
    "ATZ",
    "ATD112;",
    "ATH",
];

const ACTS: [&str; 24] = [
    "power cycle",
    "sim remove",
    "sim insert",
    "signal none",
    "signal -90",
    "lose",
    "find",
    "identity-check",
    "detach",
    "deny 0",
    "deny 3",
    "deny 5",
    "deny 6",
    "deny 7",
    "deny 8",
    "deny 11",
    "deny 12",
    "deny 14",
    "deny 15",
    "deny 17",
    "deny 22",
    "roam 00102",
    "register allow",
    "register block",
];

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        prop::sample::select(SENT.to_vec()).prop_map(Happening::Send),
        prop::sample::select(ACTS.to_vec()).prop_map(Happening::Act),
        prop::sample::select(vec![1_u64, 50, 150, 1_000, 15_000, 800_000]).prop_map(Happening::Pass),
    ]
}

fn setting() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::select(vec![
        vec![],
        vec!["network.tech=gsm", "network.techs=[\"gsm\"]"],
        vec!["network.techs=[\"lte\",\"gsm\"]"],
        vec![
            "network.techs=[\"lte\",\"gsm\"]",
            "network.neighbours=[{operator=\"G\",operator_short=\"G\",plmn=\"00101\",tech=\"gsm\",area=\"A2\",cell=\"B2\",forbidden=false}]",
            "network.deny_techs=[\"lte\"]",
        ],
        vec!["network.tech=nr", "network.techs=[\"nr\",\"lte\"]", "network.show.denied_for=60s"],
        vec!["network.tech=nb-iot", "network.techs=[\"nb-iot\",\"lte-m\"]", "network.show.cgreg_in_lte=unknown"],
        vec!["network.show.host_revives=true", "network.after_detach=stay", "network.show.back_off_stat=3"],
        vec![
            "equipment.cfun0_is_switch_off=false",
            "equipment.cfun4_is_switch_off=true",
            "network.show.cops_answers=at-once",
        ],
    ])
}

/// The same, and modems that forget a refusal for good by themselves.
fn any_setting() -> impl Strategy<Value = Vec<&'static str>> {
    let forgetful = prop::sample::select(vec![
        vec!["network.protected=false", "network.techs=[\"lte\",\"gsm\"]"],
        vec!["network.protected=false", "network.tech=gsm", "network.techs=[\"gsm\"]", "network.timing.areas=1m"],
        vec!["network.timing.revalidate=5m", "network.tech=utran", "network.techs=[\"utran\"]"],
    ]);
    prop_oneof![2 => setting(), 1 => forgetful]
}

/// Lets the command that may be under way come to its end.
fn rest(desk: &mut Desk) {
    desk.pass(Duration::from_secs(200));
}

/// `<stat>` that a state has in this profile.
fn stat_of(desk: &Desk, state: &str) -> Vec<&'static str> {
    let back_off = desk.modem.profile().network.show.back_off_stat;
    match state {
        "off" => vec!["0", "4"],
        "searching" if back_off == 3 => vec!["2", "3", "4"],
        "searching" => vec!["2", "4"],
        "home" => vec!["1"],
        "roaming" => vec!["5"],
        "denied" => vec!["3", "4"],
        "emergency" => vec!["8"],
        other => panic!("no such state: {other}"),
    }
}

/// All that the views show is one state.
fn check(desk: &mut Desk) -> Result<(), TestCaseError> {
    let states: Vec<String> =
        ["cs", "ps", "eps", "5gs"].iter().map(|domain| desk.observed(&format!("registration.{domain}"))).collect();
    for (command, state) in ["+CREG", "+CGREG", "+CEREG", "+C5GREG"].iter().zip(&states) {
        let read = desk.send(&format!("AT{command}?")).remove(0);
        if read == "ERROR" {
            prop_assert_eq!(state, "off");
            continue;
        }
        let fields: Vec<&str> = read.split(": ").nth(1).unwrap_or_default().split(',').collect();
        let stat = fields.get(1).copied().unwrap_or_default();
        prop_assert!(stat_of(desk, state).contains(&stat), "{} is {}", read, state);
        if stat == "4" {
            prop_assert_eq!(*command, "+CGREG");
        }
        let located = fields.get(2).is_some_and(|area| !area.is_empty());
        let registered = state == "home" || state == "roaming" || state == "emergency";
        prop_assert!(!located || registered, "{} is {}", read, state);
        if state == "denied" && matches!(fields[0], "3" | "5") {
            let cause = desk.observed("cause");
            prop_assert_eq!(fields.last().copied(), Some(cause.as_str()));
        }
    }
    let registered = |states: &[String]| states.iter().any(|state| state == "home" || state == "roaming");
    let operator = desk.send("AT+COPS?").remove(0);
    prop_assert_eq!(operator.contains('"'), registered(&states), "{} {:?}", operator, states);
    let attached = desk.send("AT+CGATT?").remove(0);
    if attached.starts_with("+CGATT") {
        prop_assert_eq!(attached == "+CGATT: 1", registered(&states[1..]));
    }
    let service = desk.observed("network.service");
    prop_assert_eq!(service == "full", registered(&states));
    let quality = desk.send("AT+CSQ").remove(0);
    prop_assert_eq!(quality == "+CSQ: 99,99", service == "none");
    prop_assert_eq!(desk.observed("signal") == "none", service == "none");
    for context in desk.send("AT+CGACT?").iter().filter(|line| line.starts_with("+CGACT") && line.ends_with(",1")) {
        prop_assert_eq!(attached.as_str(), "+CGATT: 1", "{}", context);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_views_of_one_state_never_disagree(settings in any_setting(), story in prop::collection::vec(happening(), 1..24)) {
        let mut desk = Desk::new("generic-lte", &settings);
        for happening in story {
            match happening {
                Happening::Send(line) => drop(desk.send(line)),
                Happening::Act(act) => drop(desk.happen(act)),
                Happening::Pass(millis) => drop(desk.pass(Duration::from_millis(millis))),
            }
            if desk.send("AT") == ["OK"] {
                desk.send("ATE0");
                check(&mut desk)?;
            } else {
                rest(&mut desk);
                desk.send("ATE0");
            }
        }
    }

    #[test]
    fn after_illegal_me_nothing_but_switch_off_or_another_card_brings_an_attempt(
        settings in setting(), story in prop::collection::vec(happening(), 0..16), quiet in prop::collection::vec(happening(), 1..24)
    ) {
        let mut desk = Desk::new("generic-lte", &settings);
        if desk.modem.profile().network.show.host_revives || desk.modem.profile().equipment.cfun4_is_switch_off {
            return Ok(());
        }
        for happening in story {
            match happening {
                Happening::Send(line) => drop(desk.send(line)),
                Happening::Act(act) => drop(desk.happen(act)),
                Happening::Pass(millis) => drop(desk.pass(Duration::from_millis(millis))),
            }
        }
        rest(&mut desk);
        desk.happen("power cycle");
        desk.happen("sim insert");
        desk.happen("find");
        desk.happen("signal -71");
        desk.happen("register block");
        desk.send("ATE0");
        desk.happen("roam 00101");
        desk.send("AT+CFUN=1");
        // By hand, since the story may have left the PLMN forbidden on the card.
        rest(&mut desk);
        desk.send("AT+COPS=1,2,\"00101\"");
        rest(&mut desk);
        prop_assert_eq!(desk.observed("cause"), "6");
        let before = desk.observed("attempts");
        desk.happen("register allow");
        for happening in quiet {
            match happening {
                Happening::Send("AT+CFUN=0") | Happening::Act("power cycle" | "sim remove" | "sim insert") => {}
                Happening::Send(line) => drop(desk.send(line)),
                Happening::Act(act) => drop(desk.happen(act)),
                Happening::Pass(millis) => drop(desk.pass(Duration::from_millis(millis))),
            }
        }
        desk.pass(Duration::from_secs(24 * 3_600));
        prop_assert_eq!(desk.observed("attempts"), before);
        prop_assert_ne!(desk.observed("network.service"), "full");
    }

    #[test]
    fn time_may_be_cut_anywhere(settings in any_setting(), story in prop::collection::vec(happening(), 1..12), at in 0_u64..5_000) {
        let (mut whole, mut cut) = (Desk::new("generic-lte", &settings), Desk::new("generic-lte", &settings));
        for happening in story {
            let seen = match happening {
                Happening::Send(line) => (whole.send(line), cut.send(line)),
                Happening::Act(act) => (whole.happen(act), cut.happen(act)),
                Happening::Pass(millis) => {
                    let first = at.min(millis);
                    let mut seen = cut.pass(Duration::from_millis(first));
                    // Early and repeated, waking does nothing.
                    cut.modem.wake(cut.now);
                    cut.modem.wake(cut.now);
                    seen.extend(cut.pass(Duration::from_millis(millis - first)));
                    (whole.pass(Duration::from_millis(millis)), seen)
                }
            };
            prop_assert_eq!(seen.0, seen.1);
        }
    }
}
