//! What a timer ends, and where a refused modem goes meanwhile.

use super::causes::{refused, states};
use super::*;

#[test]
fn a_network_failure_is_retried_by_t3411_and_after_five_attempts_by_t3402() {
    let mut desk = Desk::new("generic-lte", &["network.deny=17"]);
    let mut attempts = Vec::new();
    let mut before = String::from("0");
    for second in 0..1_600 {
        desk.pass(Duration::from_secs(1));
        let count = desk.observed("attempts");
        if count != before {
            attempts.push(second);
            before = count;
        }
    }
    insta::assert_snapshot!(format!("{attempts:?}"), @"[0, 10, 20, 30, 40, 760, 770, 780, 790, 800, 1521, 1531, 1541, 1551, 1561]");
}

/// A modem of LTE and GSM with a cell of each in reach, refused with this cause in these technologies.
fn of_two(cause: &str, deny_techs: &str) -> Desk {
    let (deny, where_denied) = (format!("network.deny={cause}"), format!("network.deny_techs={deny_techs}"));
    Desk::new(
        "generic-lte",
        &[
            "network.techs=[\"lte\",\"gsm\"]",
            "network.neighbours=[{operator=\"Test Network\",operator_short=\"Test\",plmn=\"00101\",tech=\"gsm\",area=\"A2\",cell=\"B2\",forbidden=false}]",
            &deny,
            &where_denied,
        ],
    )
}

#[test]
fn a_technology_whose_attempts_are_used_up_rests_and_another_one_serves() {
    insta::assert_snapshot!(of_two("17", "[\"lte\"]").play("
        > AT+CREG=1;+CGREG=1;+CEREG=3
        ~ 39s
        ? attempts
        ~ 2s
        > AT+COPS?;+CEREG?;+CGATT?;+CEER
        ? attempts
        * lose
        * find
        ~ 1s
        > AT+COPS?
        ~ 12m
        * lose
        * find
        ~ 1s
        > AT+COPS?
    "), @r#"
    > AT+CREG=1;+CGREG=1;+CEREG=3
    < OK
    ~ 39s
    < +CEREG: 2,,,,0,17
    ? attempts
    = 4
    ~ 2s
    < +CEREG: 2
    < +CREG: 1
    < +CGREG: 1
    < +CEREG: 0
    > AT+COPS?;+CEREG?;+CGATT?;+CEER
    < +COPS: 0,0,"Test Network",0
    < +CEREG: 3,0
    < +CGATT: 1
    < +CEER: No cause information available
    < OK
    ? attempts
    = 6
    * lose
    < +CREG: 2
    < +CGREG: 2
    * find
    < +CEREG: 2
    ~ 1s
    < +CREG: 1
    < +CGREG: 1
    < +CEREG: 0
    > AT+COPS?
    < +COPS: 0,0,"Test Network",0
    < OK
    ~ 12m
    * lose
    < +CREG: 2
    < +CGREG: 2
    * find
    < +CEREG: 2
    ~ 1s
    < +CREG: 1
    < +CGREG: 1
    < +CEREG: 1,"00A1","0001B2C3",7
    > AT+COPS?
    < +COPS: 0,0,"Test Network",7
    < OK
    "#);
}

#[test]
fn where_every_technology_rests_the_first_one_is_tried_again_first() {
    let mut desk = of_two("17", "[]");
    let mut story = Vec::new();
    let mut before = String::from("0");
    for second in 0..1_000 {
        desk.pass(Duration::from_secs(1));
        let count = desk.observed("attempts");
        if count != before {
            story.push(format!("{second} {}", desk.observed("network.tech")));
            before = count;
        }
    }
    insta::assert_snapshot!(story.join(", "), @"0 lte, 10 lte, 20 lte, 30 lte, 40 gsm, 55 gsm, 70 gsm, 85 gsm, 101 gsm, 760 lte, 770 lte, 780 lte, 790 lte, 800 lte, 821 gsm, 836 gsm, 851 gsm, 866 gsm, 881 gsm");
}

#[test]
fn a_cause_that_leaves_another_technology_open_leads_there() {
    let mut table = String::new();
    for cause in ["2", "6", "7", "8", "11", "12", "13", "14", "15", "22"] {
        let mut desk = of_two(cause, "[\"lte\"]");
        desk.pass(Duration::from_secs(5));
        let _ = writeln!(table, "{cause:<3} {} {}", desk.observed("network.tech"), states(&desk));
    }
    insta::assert_snapshot!(table, @"
    2   lte denied home home off
    6   lte denied denied denied off
    7   gsm home denied denied off
    8   lte denied denied denied off
    11  lte denied denied denied off
    12  lte denied denied denied off
    13  gsm home home denied off
    14  gsm home denied denied off
    15  gsm home home denied off
    22  lte searching searching searching off
    ");
}

#[test]
fn a_subscription_without_5gs_is_served_in_lte() {
    let mut desk = Desk::new(
        "generic-lte",
        &[
            "network.tech=nr",
            "network.techs=[\"nr\",\"lte\"]",
            "network.neighbours=[{operator=\"Test Network\",operator_short=\"Test\",plmn=\"00101\",tech=\"lte\",area=\"A2\",cell=\"B2\",forbidden=false}]",
            "network.deny=27",
            "network.deny_techs=[\"nr\"]",
        ],
    );
    insta::assert_snapshot!(desk.play("
        > AT+C5GREG=3;+CEREG=1
        ~ 1s
        > AT+C5GREG?;+CEREG?;+COPS?
    "), @r#"
    > AT+C5GREG=3;+CEREG=1
    < OK
    ~ 1s
    < +C5GREG: 3,,,,,,0,27
    < +CEREG: 1
    > AT+C5GREG?;+CEREG?;+COPS?
    < +C5GREG: 3,3,,,,,,0,27
    < +CEREG: 1,1
    < +COPS: 0,0,"Test Network",7
    < OK
    "#);
    let mut alone = refused("nr", 27);
    insta::assert_snapshot!(states(&alone), @"off off off denied");
    alone.pass(Duration::from_secs(25 * 3_600));
    assert_eq!(alone.observed("attempts"), "2");
}

#[test]
fn a_refusal_without_integrity_protection_is_not_believed_for_ever() {
    let mut desk = Desk::new("generic-lte", &["network.deny=6", "network.protected=false"]);
    insta::assert_snapshot!(desk.play("
        > AT+CEREG=3
        ~ 44m
        ? attempts
        ~ 2m
        ? attempts
        ~ 48h
        ? attempts
        * power cycle
        ~ 1m
        * deny 0
        ~ 1h
        ? registration.eps
    "), @"
    > AT+CEREG=3
    < OK
    ~ 44m
    < +CEREG: 3,,,,0,6
    ? attempts
    = 1
    ~ 2m
    < +CEREG: 2
    < +CEREG: 3,,,,0,6
    ? attempts
    = 2
    ~ 48h
    < +CEREG: 2
    < +CEREG: 3,,,,0,6
    < +CEREG: 2
    < +CEREG: 3,,,,0,6
    ? attempts
    = 4
    * power cycle
    ~ 1m
    * deny 0
    ~ 1h
    ? registration.eps
    = home
    ");
}

#[test]
fn t3245_ends_what_was_refused_for_good_where_it_is_configured() {
    let mut desk = Desk::new(
        "generic-lte",
        &["network.deny=7", "network.tech=gsm", "network.techs=[\"gsm\"]", "network.timing.revalidate=24h"],
    );
    insta::assert_snapshot!(desk.play("
        > AT+CREG=1;+CGREG=3
        ~ 1s
        * deny 0
        ~ 23h
        ? attempts
        ~ 1h
        ? attempts
    "), @r#"
    > AT+CREG=1;+CGREG=3
    < OK
    ~ 1s
    < +CREG: 1
    < +CGREG: 3,,,,,0,7
    * deny 0
    ~ 23h
    ? attempts
    = 1
    ~ 1h
    < +CGREG: 2
    < +CGREG: 1,"00A1","0001B2C3",0,"01"
    ? attempts
    = 2
    "#);
}

#[test]
fn after_congestion_nobody_asks_before_t3346_has_run_out() {
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.deny=22"]).play("
        > AT+CEREG=3;+CMEE=1
        ~ 300ms
        > AT+CGATT=1
        > AT+COPS=0
        ~ 14m
        ? attempts
        * deny 0
        ~ 2m
        ? attempts
        ? cause
    "), @r#"
    > AT+CEREG=3;+CMEE=1
    < OK
    ~ 300ms
    < +CEREG: 2,,,,0,22
    > AT+CGATT=1
    < +CME ERROR: 122
    > AT+COPS=0
    < +CME ERROR: 32
    ~ 14m
    ? attempts
    = 1
    * deny 0
    ~ 2m
    < +CEREG: 1,"00A1","0001B2C3",7
    ? attempts
    = 2
    ? cause
    = none
    "#);
}

#[test]
fn a_cause_is_known_as_long_as_a_domain_shows_it() {
    insta::assert_snapshot!(of_two("15", "[\"lte\"]").play("
        ~ 1s
        > AT+CEREG=3;+CEREG?;+CEER
        ? cause
        > AT+COPS=1,2,\"00101\",7
    "), @r#"
    ~ 1s
    > AT+CEREG=3;+CEREG?;+CEER
    < +CEREG: 3,3,,,,0,15
    < +CEER: No suitable cells in tracking area
    < OK
    ? cause
    = 15
    > AT+COPS=1,2,"00101",7
    "#);
}
