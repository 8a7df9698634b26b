//! Every cause in every technology.

use super::*;

/// A modem of one technology in a cell of it, refused with this cause from the start.
pub(super) fn refused(tech: &str, cause: u8) -> Desk {
    let settings =
        [format!("network.tech={tech}"), format!("network.techs=[\"{tech}\"]"), format!("network.deny={cause}")];
    let mut desk = Desk::new("generic-lte", &settings.each_ref().map(String::as_str));
    desk.pass(Duration::from_millis(300));
    desk
}

pub(super) fn states(desk: &Desk) -> String {
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
    nb-iot  2      none   off home home off                             full     1 1 1
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
fn a_check_that_is_due_while_it_registers_comes_behind_it() {
    insta::assert_snapshot!(play("
        > AT+CEREG=3
        ~ 150ms
        * register block
        * identity-check
        ~ 1s
    "), @r#"
    > AT+CEREG=3
    < OK
    ~ 150ms
    * register block
    * identity-check
    ~ 1s
    < +CEREG: 1,"00A1","0001B2C3",7
    < +CEREG: 3,,,,0,6
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

#[test]
fn every_cause_of_a_register_is_one_in_its_technology() {
    use crate::register::Technology;
    use crate::wire::values::{Domain, RejectCause};
    for technology in Technology::ALL {
        let domains: &[Domain] = match technology {
            Technology::Gsm | Technology::Utran => &[Domain::Cs, Domain::Ps],
            Technology::Lte => &[Domain::Eps],
            Technology::Nr => &[Domain::FiveGs],
        };
        for &number in technology.causes() {
            let cause = RejectCause::new(number);
            assert!(domains.iter().any(|domain| cause.exists_in(*domain)), "{technology} has no #{number}");
        }
    }
}
