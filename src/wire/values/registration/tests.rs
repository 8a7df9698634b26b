use proptest::prelude::*;

use super::*;

fn denied(domain: Domain, n: Option<u8>) -> RegistrationLine<'static> {
    let stat = RegistrationStatus::Denied;
    RegistrationLine { n, cause_type: Some(0), reject_cause: Some(6), ..RegistrationLine::new(domain, stat) }
}

#[test]
fn a_denied_device_is_seen_by_the_rule_of_each_n() {
    let mut table = String::new();
    for domain in Domain::ALL {
        for n in 1..=domain.highest_n() {
            let urc = denied(domain, None).as_seen_at(n);
            let answer = denied(domain, Some(n)).as_seen_at(n);
            table += &format!("{n} | {urc} | {answer}\n");
        }
    }
    insta::assert_snapshot!(table, @r"
    1 | +CREG: 3 | +CREG: 1,3
    2 | +CREG: 3 | +CREG: 2,3
    3 | +CREG: 3,,,,0,6 | +CREG: 3,3,,,,0,6
    1 | +CGREG: 3 | +CGREG: 1,3
    2 | +CGREG: 3 | +CGREG: 2,3
    3 | +CGREG: 3,,,,,0,6 | +CGREG: 3,3,,,,,0,6
    4 | +CGREG: 3 | +CGREG: 4,3
    5 | +CGREG: 3,,,,,0,6 | +CGREG: 5,3,,,,,0,6
    1 | +CEREG: 3 | +CEREG: 1,3
    2 | +CEREG: 3 | +CEREG: 2,3
    3 | +CEREG: 3,,,,0,6 | +CEREG: 3,3,,,,0,6
    4 | +CEREG: 3 | +CEREG: 4,3
    5 | +CEREG: 3,,,,0,6 | +CEREG: 5,3,,,,0,6
    1 | +C5GREG: 3 | +C5GREG: 1,3
    2 | +C5GREG: 3 | +C5GREG: 2,3
    3 | +C5GREG: 3,,,,,,0,6 | +C5GREG: 3,3,,,,,,0,6
    ");
}

#[test]
fn a_registered_device_shows_location_and_timers() {
    let line = RegistrationLine {
        area: Some(0x76c1),
        cell: Some(0x0102_da04),
        act: Some(AccessTechnology::Eutran),
        active_time: ActiveTime::parse(b"00100011"),
        periodic: PeriodicUpdate::parse(b"00000110"),
        ..RegistrationLine::new(Domain::Eps, RegistrationStatus::Home)
    };
    let seen: Vec<String> = (1..=5).map(|n| line.as_seen_at(n).to_string()).collect();
    insta::assert_snapshot!(seen.join("\n"), @r#"
    +CEREG: 1
    +CEREG: 1,"76C1","0102DA04",7
    +CEREG: 1,"76C1","0102DA04",7
    +CEREG: 1,"76C1","0102DA04",7,,,"00100011","00000110"
    +CEREG: 1,"76C1","0102DA04",7,,,"00100011","00000110"
    "#);
    let slices = RegistrationLine {
        domain: Domain::FiveGs,
        n: Some(2),
        cell: Some(0x1_0002_da04),
        nssai: Some("01:02.0A0B0C"),
        ..line.as_seen_at(2)
    };
    insta::assert_snapshot!(slices, @r#"+C5GREG: 2,1,"0076C1","010002DA04",7,5,"01:02.0A0B0C""#);
    let routing = RegistrationLine { domain: Domain::Ps, n: Some(5), rac: Some(1), ready: Some(0x21), ..line };
    insta::assert_snapshot!(routing, @r#"+CGREG: 5,1,"76C1","0102DA04",7,"01",,,"00100011","00000110","00100001""#);
}

#[test]
fn what_real_modules_make_of_it_is_read() {
    let lines = [
        "+CREG: 2,3",
        "+CREG: 5",
        "+CREG: 90",
        "+CREG:1,\"FFFE\",\"341B50D\", 8",
        "+CREG: 2,1,00A1,1B2C3,7",
        "+CEREG: 3,3,\"124A\",\"02ED0202\",7,0,0",
        "+CEREG: 3,,,,0,6",
        "+CGREG: 3,,,,,0,6",
        "+C5GREG: 3,3,,,,,,0,6",
        "+CEREG: 1,\"tac\",\"ci\",7,,,\"00100011\",\"11100000\"",
        "+CREG: 1,\"00A1\",\"0001B2C3\",7,0,0,17,\"later\"",
    ];
    let read = lines.map(|line| format!("{line}\n  {}", told(RegistrationLine::parse(line.as_bytes()))));
    insta::assert_snapshot!(read.join("\n"), @r#"
    +CREG: 2,3
      either +CREG: 2 or +CREG: 2,3
    +CREG: 5
      urc +CREG: 5
    +CREG: 90
      urc +CREG: 90
    +CREG:1,"FFFE","341B50D", 8
      urc +CREG: 1,"FFFE","0341B50D",8
    +CREG: 2,1,00A1,1B2C3,7
      answer +CREG: 2,1,"00A1","0001B2C3",7
    +CEREG: 3,3,"124A","02ED0202",7,0,0
      answer +CEREG: 3,3,"124A","02ED0202",7,0,0
    +CEREG: 3,,,,0,6
      urc +CEREG: 3,,,,0,6
    +CGREG: 3,,,,,0,6
      urc +CGREG: 3,,,,,0,6
    +C5GREG: 3,3,,,,,,0,6
      answer +C5GREG: 3,3,,,,,,0,6
    +CEREG: 1,"tac","ci",7,,,"00100011","11100000"
      urc +CEREG: 1,,,7,,,"00100011","11100000"
    +CREG: 1,"00A1","0001B2C3",7,0,0,17,"later"
      urc +CREG: 1,"00A1","0001B2C3",7,0,0
    "#);
}

#[test]
fn another_line_is_refused_with_what_was_expected() {
    let errors = ["+CSQ: 1,2", "+CREG: ", "+CREG", "+CEREG: x,1", "+CREGX: 1"];
    let told = errors.map(|line| told(RegistrationLine::parse(line.as_bytes())));
    insta::assert_snapshot!(told.join("\n"), @r"
    error: expected a registration line: +CREG, +CGREG, +CEREG or +C5GREG, found `+CSQ: 1,2`
    error: expected <stat>, found `+CREG: `
    error: expected a registration line: +CREG, +CGREG, +CEREG or +C5GREG, found `+CREG`
    error: expected <stat>, found `+CEREG: x,1`
    error: expected a registration line: +CREG, +CGREG, +CEREG or +C5GREG, found `+CREGX: 1`
    ");
}

fn told(seen: Result<Seen<'_>, ValueError>) -> String {
    match seen {
        Ok(Seen::Unsolicited(line)) => format!("urc {line}"),
        Ok(Seen::Answer(line)) => format!("answer {line}"),
        Ok(Seen::Either(urc, answer)) => format!("either {urc} or {answer}"),
        Err(error) => format!("error: {error}"),
    }
}

fn any_line() -> impl Strategy<Value = RegistrationLine<'static>> {
    let location = (
        prop::option::of(0_u32..0xffff),
        prop::option::of(0_u64..0xffff_ffff),
        prop::option::of(0_u8..20),
        prop::option::of(any::<u8>()),
    );
    let rest = (
        prop::option::of(0_u8..2),
        prop::option::of(any::<u8>()),
        prop::option::of(any::<u8>()),
        prop::option::of(any::<u8>()),
        prop::option::of(any::<u8>()),
    );
    let head = (prop::sample::select(Domain::ALL.to_vec()), prop::option::of(0_u8..6), 0_u8..12);
    (head, location, rest).prop_map(
        |((domain, n, stat), (area, cell, act, rac), (kind, cause, active, periodic, ready))| {
            let packet = matches!(domain, Domain::Ps | Domain::Eps);
            RegistrationLine {
                n,
                area,
                cell,
                act: act.map(AccessTechnology::from_number),
                rac: rac.filter(|_| domain == Domain::Ps),
                nssai: rac.filter(|_| domain == Domain::FiveGs).map(|_| "01.0A0B0C"),
                cause_type: kind,
                reject_cause: cause,
                active_time: active.filter(|_| packet).map(ActiveTime::from_bits),
                periodic: periodic.filter(|_| packet).map(PeriodicUpdate::from_bits),
                ready: ready.filter(|_| domain == Domain::Ps),
                ..RegistrationLine::new(domain, RegistrationStatus::from_number(stat))
            }
        },
    )
}

proptest! {
    #[test]
    fn every_line_is_read_as_it_was_written(line in any_line()) {
        let text = line.to_string();
        let read = match line.n {
            Some(_) => RegistrationLine::parse_answer(text.as_bytes()),
            None => RegistrationLine::parse_unsolicited(text.as_bytes()),
        };
        prop_assert_eq!(read.map(|read| read.to_string()), Ok(text.clone()));
        // What it is can be told from the line itself, or both are offered.
        let seen = RegistrationLine::parse(text.as_bytes()).expect("a line");
        match (seen, line.n) {
            (Seen::Unsolicited(seen), None) | (Seen::Answer(seen), Some(_)) => prop_assert_eq!(seen.to_string(), text),
            (Seen::Either(_, answer), Some(_)) => prop_assert_eq!(answer.to_string(), text),
            (Seen::Unsolicited(_) , Some(_)) => prop_assert!(false, "an answer was taken for an unsolicited line: {}", text),
            (Seen::Answer(_) | Seen::Either(..), None) => prop_assert!(false, "an unsolicited line was taken for an answer: {}", text),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), name in prop::sample::select(vec!["+CREG:", "+CGREG: ", "+COPS: ", "+CESQ:"])) {
        let line = [name.as_bytes(), &bytes].concat();
        drop(RegistrationLine::parse(&line));
        drop(crate::wire::values::OperatorList::parse(&line));
        drop(crate::wire::values::OperatorSelection::parse(&line));
        drop(crate::wire::values::ExtendedSignal::parse(&line));
    }
}
