//! Every cause in every technology.

use super::*;

/// A modem of one technology in a cell of it, refused with this cause from the start.
fn refused(tech: &str, cause: u8) -> Desk {
    let settings =
        [format!("network.tech={tech}"), format!("network.techs=[\"{tech}\"]"), format!("network.deny={cause}")];
    let mut desk = Desk::new("generic-lte", &settings.each_ref().map(String::as_str));
    desk.pass(Duration::from_millis(300));
    desk
}

fn states(desk: &Desk) -> String {
    ["cs", "ps", "eps", "5gs"].map(|domain| desk.observed(&format!("registration.{domain}"))).join(" ")
}

#[test]
fn each_cause_does_what_the_standard_says_in_each_technology() {
    let mut table = String::from(
        "tech    cause  shown  cs ps eps 5gs                            service  attempts: 300ms 1h 25h\n",
    );
    for tech in ["gsm", "utran", "lte", "lte-m", "nb-iot", "nr"] {
        for cause in [2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 15, 17, 22, 90] {
            let mut desk = refused(tech, cause);
            let (states, shown, service) = (states(&desk), desk.observed("cause"), desk.observed("network.service"));
            let at_once = desk.observed("attempts");
            desk.pass(Duration::from_secs(3_600));
            let after_an_hour = desk.observed("attempts");
            desk.pass(Duration::from_secs(24 * 3_600));
            let after_a_day = desk.observed("attempts");
            let _ = writeln!(
                table,
                "{tech:<8}{cause:<7}{shown:<7}{states:<45} {service:<8} {at_once} {after_an_hour} {after_a_day}"
            );
        }
    }
    insta::assert_snapshot!(table, @"
    tech    cause  shown  cs ps eps 5gs                            service  attempts: 300ms 1h 25h
    gsm     2      2      denied home off off                           full     1 1 1
    gsm     3      3      denied denied off off                         limited  1 1 1
    gsm     5      none   home home off off                             full     1 1 1
    gsm     6      6      denied denied off off                         limited  1 1 1
    gsm     7      7      home denied off off                           full     1 1 1
    gsm     8      8      denied denied off off                         limited  1 1 1
    gsm     11     11     denied denied off off                         limited  1 1 1
    gsm     12     12     denied denied off off                         limited  1 1 2
    gsm     13     13     denied denied off off                         limited  1 1 2
    gsm     14     14     home denied off off                           full     1 1 1
    gsm     15     15     denied denied off off                         limited  1 1 2
    gsm     17     17     searching searching off off                   limited  1 25 580
    gsm     22     22     searching searching off off                   limited  1 4 100
    gsm     90     111    searching searching off off                   limited  1 25 580
    utran   2      2      denied home off off                           full     1 1 1
    utran   3      3      denied denied off off                         limited  1 1 1
    utran   5      none   home home off off                             full     1 1 1
    utran   6      6      denied denied off off                         limited  1 1 1
    utran   7      7      home denied off off                           full     1 1 1
    utran   8      8      denied denied off off                         limited  1 1 1
    utran   11     11     denied denied off off                         limited  1 1 1
    utran   12     12     denied denied off off                         limited  1 1 2
    utran   13     13     denied denied off off                         limited  1 1 2
    utran   14     14     home denied off off                           full     1 1 1
    utran   15     15     denied denied off off                         limited  1 1 2
    utran   17     17     searching searching off off                   limited  1 25 580
    utran   22     22     searching searching off off                   limited  1 4 100
    utran   90     111    searching searching off off                   limited  1 25 580
    lte     2      2      denied home home off                          full     1 1 1
    lte     3      3      denied denied denied off                      limited  1 1 1
    lte     5      none   home home home off                            full     1 1 1
    lte     6      6      denied denied denied off                      limited  1 1 1
    lte     7      7      off denied denied off                         limited  1 1 1
    lte     8      8      denied denied denied off                      limited  1 1 1
    lte     11     11     denied denied denied off                      limited  1 1 1
    lte     12     12     denied denied denied off                      limited  1 1 2
    lte     13     13     denied denied denied off                      limited  1 1 2
    lte     14     14     off denied denied off                         limited  1 1 1
    lte     15     15     denied denied denied off                      limited  1 1 2
    lte     17     17     searching searching searching off             limited  1 25 595
    lte     22     22     searching searching searching off             limited  1 4 100
    lte     90     111    searching searching searching off             limited  1 25 595
    lte-m   2      2      denied home home off                          full     1 1 1
    lte-m   3      3      denied denied denied off                      limited  1 1 1
    lte-m   5      none   home home home off                            full     1 1 1
    lte-m   6      6      denied denied denied off                      limited  1 1 1
    lte-m   7      7      off denied denied off                         limited  1 1 1
    lte-m   8      8      denied denied denied off                      limited  1 1 1
    lte-m   11     11     denied denied denied off                      limited  1 1 1
    lte-m   12     12     denied denied denied off                      limited  1 1 2
    lte-m   13     13     denied denied denied off                      limited  1 1 2
    lte-m   14     14     off denied denied off                         limited  1 1 1
    lte-m   15     15     denied denied denied off                      limited  1 1 2
    lte-m   17     17     searching searching searching off             limited  1 25 595
    lte-m   22     22     searching searching searching off             limited  1 4 100
    lte-m   90     111    searching searching searching off             limited  1 25 595
    nb-iot  2      2      off home home off                             full     1 1 1
    nb-iot  3      3      off denied denied off                         limited  1 1 1
    nb-iot  5      none   off home home off                             full     1 1 1
    nb-iot  6      6      off denied denied off                         limited  1 1 1
    nb-iot  7      7      off denied denied off                         limited  1 1 1
    nb-iot  8      8      off denied denied off                         limited  1 1 1
    nb-iot  11     11     off denied denied off                         limited  1 1 1
    nb-iot  12     12     off denied denied off                         limited  1 1 2
    nb-iot  13     13     off denied denied off                         limited  1 1 2
    nb-iot  14     14     off denied denied off                         limited  1 1 1
    nb-iot  15     15     off denied denied off                         limited  1 1 2
    nb-iot  17     17     off searching searching off                   limited  1 25 595
    nb-iot  22     22     off searching searching off                   limited  1 4 100
    nb-iot  90     111    off searching searching off                   limited  1 25 595
    nr      2      111    off off off searching                         limited  1 25 595
    nr      3      3      off off off denied                            limited  1 1 1
    nr      5      none   off off off home                              full     1 1 1
    nr      6      6      off off off denied                            limited  1 1 1
    nr      7      7      off off off denied                            limited  1 1 1
    nr      8      111    off off off searching                         limited  1 25 595
    nr      11     11     off off off denied                            limited  1 1 1
    nr      12     12     off off off denied                            limited  1 1 2
    nr      13     13     off off off denied                            limited  1 1 2
    nr      14     111    off off off searching                         limited  1 25 595
    nr      15     15     off off off denied                            limited  1 1 2
    nr      17     111    off off off searching                         limited  1 25 595
    nr      22     22     off off off searching                         limited  1 4 100
    nr      90     90     off off off searching                         limited  1 25 595
    ");
}

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
fn a_forbidden_plmn_goes_to_the_card_and_stays_there_after_a_power_cycle() {
    insta::assert_snapshot!(play("
        > AT+CEREG=3
        ~ 300ms
        * deny 11
        > AT+COPS=?
        ~ 1s
        * deny 0
        * power cycle
        > ATE0+CEREG=3
        ~ 10s
        > AT+CEREG?
        ? attempts
        > AT+COPS=1,2,\"00101\"
        ~ 1s
        > AT+COPS=0;+COPS?
        ? attempts
    "), @r#"
    > AT+CEREG=3
    < OK
    ~ 300ms
    < +CEREG: 1,"00A1","0001B2C3",7
    * deny 11
    < +CEREG: 3,,,,0,11
    > AT+COPS=?
    ~ 1s
    < +COPS: (3,"Test Network","Test","00101",7),(3,"Other Network","Other","99970",7),,(0,1,2,3,4),(0,1,2)
    < OK
    * deny 0
    * power cycle
    > ATE0+CEREG=3
    < ATE0+CEREG=3
    < OK
    ~ 10s
    > AT+CEREG?
    < +CEREG: 3,2
    < OK
    ? attempts
    = 0
    > AT+COPS=1,2,"00101"
    ~ 1s
    < OK
    < +CEREG: 1,"00A1","0001B2C3",7
    > AT+COPS=0;+COPS?
    < +COPS: 0,2,"00101",7
    < OK
    ? attempts
    = 1
    "#);
}

#[test]
fn a_refused_modem_goes_to_another_network_if_there_is_one() {
    let settings = [
        "network.neighbours=[{operator=\"Third\",operator_short=\"3\",plmn=\"99971\",tech=\"lte\",area=\"C\",cell=\"D\",forbidden=false}]",
    ];
    for cause in ["11", "13", "15", "12"] {
        let mut desk = Desk::new("generic-lte", &settings);
        desk.send("AT+CEREG=3");
        desk.pass(Duration::from_millis(300));
        desk.modem.event(desk.now, Event::Network(NetworkEvent::Deny(cause.parse().expect("a number"))));
        let mut seen = desk.look();
        desk.modem.event(desk.now, Event::Network(NetworkEvent::Deny(0)));
        seen.extend(desk.pass(Duration::from_secs(1)));
        let seen = seen.join(" | ");
        match cause {
            "12" => insta::assert_snapshot!(seen, @"+CEREG: 3,,,,0,12"),
            "11" => insta::assert_snapshot!(seen, @r#"+CEREG: 3,,,,0,11 | +CEREG: 2 | +CEREG: 5,"000C","0000000D",7"#),
            _ => assert!(seen.ends_with("+CEREG: 2 | +CEREG: 5,\"000C\",\"0000000D\",7"), "{cause}: {seen}"),
        }
    }
}

#[test]
fn packet_services_alone_are_refused_in_geran() {
    let mut desk = refused("gsm", 7);
    insta::assert_snapshot!(desk.play("
        > AT+CREG=3;+CGREG=3;+CREG?;+CGREG?;+CGATT?;+COPS?;+CMEE=1
        > AT+CGATT=1
        > AT+CFUN=0
        * deny 0
        > AT+CFUN=1
        ~ 1s
    "), @r#"
    > AT+CREG=3;+CGREG=3;+CREG?;+CGREG?;+CGATT?;+COPS?;+CMEE=1
    < +CREG: 3,1,"00A1","0001B2C3",0
    < +CGREG: 3,3,,,,,0,7
    < +CGATT: 0
    < +COPS: 0,0,"Test Network",0
    < OK
    > AT+CGATT=1
    < +CME ERROR: 107
    > AT+CFUN=0
    < OK
    < +CREG: 0
    < +CGREG: 0
    * deny 0
    > AT+CFUN=1
    < OK
    < +CREG: 2
    < +CGREG: 2
    ~ 1s
    < +CREG: 1,"00A1","0001B2C3",0
    < +CGREG: 1,"00A1","0001B2C3",0,"01"
    "#);
}

#[test]
fn a_device_that_is_listed_while_attached_learns_it_at_its_next_check() {
    insta::assert_snapshot!(play("
        > AT+CEREG=3;+CGEREP=1
        ~ 300ms
        * register block
        ~ 24h
        ? registration.eps
        * identity-check
        > AT+CGATT?
        ? attempts
        ? register.decision
    "), @r#"
    > AT+CEREG=3;+CGEREP=1
    < OK
    ~ 300ms
    < +CGEV: ME PDN ACT 1
    < +CEREG: 1,"00A1","0001B2C3",7
    * register block
    ~ 24h
    ? registration.eps
    = home
    * identity-check
    < +CEREG: 3,,,,0,6
    > AT+CGATT?
    < +CGATT: 0
    < OK
    ? attempts
    = 1
    ? register.decision
    = block
    "#);
}

#[test]
fn a_listed_device_that_the_network_detaches_is_refused_with_it() {
    insta::assert_snapshot!(play("
        > AT+CEREG=3;+CGEREP=2
        ~ 300ms
        * register block
        * detach
        ? attempts
    "), @r#"
    > AT+CEREG=3;+CGEREP=2
    < OK
    ~ 300ms
    < +CGEV: ME PDN ACT 1
    < +CEREG: 1,"00A1","0001B2C3",7
    * register block
    * detach
    < +CGEV: NW DETACH
    < +CEREG: 3,,,,0,6
    ? attempts
    = 1
    "#);
}

#[test]
fn a_device_that_is_detached_for_no_fault_of_its_own_attaches_again() {
    insta::assert_snapshot!(play("
        > AT+CEREG=1;+CGEREP=2
        ~ 300ms
        * detach
        ~ 1s
        ? attempts
    "), @r"
    > AT+CEREG=1;+CGEREP=2
    < OK
    ~ 300ms
    < +CGEV: ME PDN ACT 1
    < +CEREG: 1
    * detach
    < +CGEV: NW DETACH
    < +CEREG: 2
    ~ 1s
    < +CGEV: ME PDN ACT 1
    < +CEREG: 1
    ? attempts
    = 2
    ");
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.after_detach=stay"]).play("
        > AT+CEREG=1;+CGEREP=2
        ~ 300ms
        * detach
        ~ 1h
        > AT+CGATT=1
        ~ 1s
        ? attempts
    "), @r"
    > AT+CEREG=1;+CGEREP=2
    < OK
    ~ 300ms
    < +CGEV: ME PDN ACT 1
    < +CEREG: 1
    * detach
    < +CGEV: NW DETACH
    < +CGEV: ME DETACH
    < +CEREG: 0
    ~ 1h
    > AT+CGATT=1
    ~ 1s
    < OK
    < +CEREG: 2
    < +CGEV: ME PDN ACT 1
    < +CEREG: 1
    ? attempts
    = 2
    ");
}

#[test]
fn a_register_that_is_down_is_a_network_failure() {
    insta::assert_snapshot!(Desk::with("generic-lte", &[], Verdict::Unavailable).play("
        > AT+CEREG=3
        ~ 300ms
        ? register.decision
        * register allow
        ~ 10s
        ? register.decision
    "), @r#"
    > AT+CEREG=3
    < OK
    ~ 300ms
    < +CEREG: 2,,,,0,17
    ? register.decision
    = unavailable
    * register allow
    ~ 10s
    < +CEREG: 1,"00A1","0001B2C3",7
    ? register.decision
    = allow
    "#);
}

#[test]
fn a_refused_device_may_still_call_for_help() {
    insta::assert_snapshot!(Desk::with("generic-lte", &[], Verdict::Block).play("
        > AT+CEREG=3
        ~ 1s
        > ATD5550100;
        ~ 1s
        > ATD112;
        > AT+CEREG?
        > ATH
        ~ 1s
        > AT+CEREG?
        * deny 5
        > ATD112;
        ~ 1s
    "), @r#"
    > AT+CEREG=3
    < OK
    ~ 1s
    < +CEREG: 3,,,,0,6
    > ATD5550100;
    ~ 1s
    < NO CARRIER
    > ATD112;
    < OK
    < +CEREG: 8,"00A1","0001B2C3",7
    > AT+CEREG?
    < +CEREG: 3,8,"00A1","0001B2C3",7
    < OK
    > ATH
    < OK
    < +CEREG: 3,,,,0,6
    ~ 1s
    > AT+CEREG?
    < +CEREG: 3,3,,,,0,6
    < OK
    * deny 5
    > ATD112;
    ~ 1s
    < NO CARRIER
    "#);
}

#[test]
fn what_the_network_said_stands_on_the_card() {
    // EF_LOCI and EF_EPSLOCI: the status octet is the last one, 00 updated, 01 not updated, 02 and 03 roaming not allowed.
    insta::assert_snapshot!(play("
        ~ 1s
        > AT+CRSM=176,28542,0,0,11,,\"3F007FFF\";+CRSM=176,28643,0,0,18,,\"3F007FFF\"
        * deny 17
        > AT+CRSM=176,28542,0,0,11,,\"3F007FFF\";+CRSM=176,28643,0,0,18,,\"3F007FFF\"
        * deny 6
        ~ 11s
        > AT+CRSM=176,28542,0,0,11,,\"3F007FFF\";+CRSM=176,28643,0,0,18,,\"3F007FFF\"
    "), @r#"
    ~ 1s
    > AT+CRSM=176,28542,0,0,11,,"3F007FFF";+CRSM=176,28643,0,0,18,,"3F007FFF"
    < +CRSM: 144,0,"C000000100F11000A1FF00"
    < +CRSM: 144,0,"0BF600F110800101C000000100F11000A100"
    < OK
    * deny 17
    > AT+CRSM=176,28542,0,0,11,,"3F007FFF";+CRSM=176,28643,0,0,18,,"3F007FFF"
    < +CRSM: 144,0,"C000000100F11000A1FF01"
    < +CRSM: 144,0,"0BF600F110800101C000000100F11000A101"
    < OK
    * deny 6
    ~ 11s
    > AT+CRSM=176,28542,0,0,11,,"3F007FFF";+CRSM=176,28643,0,0,18,,"3F007FFF"
    < +CRSM: 144,0,"FFFFFFFFFFFFFFFFFEFF03"
    < +CRSM: 144,0,"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE02"
    < OK
    "#);
}
