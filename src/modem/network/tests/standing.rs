//! `network.registration`: in one word what becomes of a modem, and how it goes with the keys around it.

use super::*;

/// Where a modem with these settings stands after a second.
fn stands(settings: &[&str]) -> String {
    let mut desk = Desk::new("generic-lte", settings);
    desk.pass(Duration::from_secs(1));
    let seen = ["registration.eps", "network.plmn", "cause", "signal", "sim.home"].map(|path| desk.observed(path));
    seen.join(" ")
}

#[test]
fn a_word_says_where_the_modem_stands() {
    for (word, seen) in [
        ("auto", "home 00101 none -71 00101"),
        ("home", "home 00101 none -71 00101"),
        ("roaming", "roaming 99970 none -71 00101"),
        ("denied", "denied 00101 3 -71 00101"),
        ("searching", "searching none none -71 00101"),
    ] {
        assert_eq!(stands(&[&format!("network.registration={word}")]), seen, "{word}");
    }
}

#[test]
fn home_and_roaming_say_whose_cell_it_is_and_nothing_more() {
    assert_eq!(stands(&["network.plmn=99988"]), "roaming 99988 none -71 00101");
    assert_eq!(stands(&["network.plmn=99988", "network.registration=roaming"]), "roaming 99988 none -71 00101");
    assert_eq!(stands(&["network.plmn=99988", "network.registration=home"]), "home 00101 none -71 00101");
    assert_eq!(stands(&["network.neighbours=[]", "network.registration=roaming"]), "roaming 99970 none -71 00101");
    // Refused and out of reach they are all the same.
    assert_eq!(stands(&["network.deny=6", "network.registration=roaming"]), "denied 99970 6 -71 00101");
    assert_eq!(stands(&["network.coverage=false", "network.registration=home"]), "searching none none none 00101");
}

#[test]
fn denied_takes_the_cause_that_is_given() {
    assert_eq!(stands(&["network.deny=15", "network.registration=denied"]).split(' ').nth(2), Some("15"));
    assert_eq!(stands(&["network.registration=denied", "network.coverage=false"]), "searching none none none 00101");
}

#[test]
fn a_carrier_without_a_cell_is_searched_until_the_network_is_found() {
    let mut desk = Desk::new("generic-lte", &["network.registration=searching"]);
    insta::assert_snapshot!(desk.play("
        > AT+CREG=1;+CSQ
        ~ 1h
        > AT+CREG?;+COPS?
        * lose
        > AT+CSQ
        * find
        ~ 1s
        > AT+CSQ
    "), @"
    > AT+CREG=1;+CSQ
    < +CSQ: 21,99
    < OK
    ~ 1h
    > AT+CREG?;+COPS?
    < +CREG: 1,2
    < +COPS: 0
    < OK
    * lose
    > AT+CSQ
    < +CSQ: 99,99
    < OK
    * find
    ~ 1s
    < +CREG: 1
    > AT+CSQ
    < +CSQ: 21,99
    < OK
    ");
}

#[test]
fn another_word_is_refused_with_those_that_there_are() {
    let settings = [Override::parse("network.registration=lost").unwrap()];
    let wrong = Profile::named("generic-lte", &settings).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "network.registration: unknown variant `lost`, expected one of `auto`, `home`, `roaming`, `denied`, `searching`"
    );
}
