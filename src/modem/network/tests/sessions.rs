//! What the network refuses of contexts, and how that shows.

use super::*;

const APNS: &str = r#"network.apns=[
    {name="internet"},
    {name="private",user="user",password="secret"},
    {name="v4",types=["IP"]},
    {name="v6",types=["IPV6"]},
    {name="barred",cause=8},
    {name="full",cause=26},
    {name="unsubscribed",cause=33},
    {name="gsm.only",techs=["gsm"]},
]"#;

#[test]
fn each_cause_has_its_error_and_its_name() {
    let mut table = String::new();
    for cause in [8, 26, 27, 28, 29, 30, 31, 32, 33, 34, 38, 50, 51, 54, 55, 65, 66, 96, 112] {
        let setting =
            [format!("network.session.deny={cause}"), "network.tech=gsm".into(), "network.techs=[\"gsm\"]".into()];
        let mut desk = Desk::new("generic-lte", &setting.each_ref().map(String::as_str));
        desk.send("AT+CMEE=1");
        desk.pass(Duration::from_secs(1));
        desk.send("AT+CGACT=1,1");
        let answer = desk.pass(Duration::from_secs(1)).join(" | ");
        let observed = desk.observed("packet.cause");
        let _ = writeln!(table, "{cause:<5}{answer:<18} {observed:<5}{}", desk.send("AT+CEER").join(" | "));
    }
    insta::assert_snapshot!(table, @"
    8    +CME ERROR: 177    8    +CEER: Operator Determined Barring | OK
    26   +CME ERROR: 126    26   +CEER: Insufficient resources | OK
    27   +CME ERROR: 127    27   +CEER: Missing or unknown APN | OK
    28   +CME ERROR: 128    28   +CEER: Unknown PDN type | OK
    29   +CME ERROR: 129    29   +CEER: User authentication failed | OK
    30   +CME ERROR: 130    30   +CEER: Request rejected by Serving GW or PDN GW | OK
    31   +CME ERROR: 131    31   +CEER: Request rejected, unspecified | OK
    32   +CME ERROR: 132    32   +CEER: Service option not supported | OK
    33   +CME ERROR: 133    33   +CEER: Requested service option not subscribed | OK
    34   +CME ERROR: 134    34   +CEER: Service option temporarily out of order | OK
    38   +CME ERROR: 148    38   +CEER: Network failure | OK
    50   +CME ERROR: 148    50   +CEER: PDN type IPv4 only allowed | OK
    51   +CME ERROR: 148    51   +CEER: PDN type IPv6 only allowed | OK
    54   +CME ERROR: 148    54   +CEER: PDN connection does not exist | OK
    55   +CME ERROR: 148    55   +CEER: Multiple PDN connections for a given APN not allowed | OK
    65   +CME ERROR: 178    65   +CEER: Maximum number of EPS bearers reached | OK
    66   +CME ERROR: 179    66   +CEER: Requested APN not supported in current RAT and PLMN combination | OK
    96   +CME ERROR: 173    96   +CEER: Invalid mandatory information | OK
    112  +CME ERROR: 148    112  +CEER: APN restriction value incompatible with active EPS bearer context | OK
    ");
}

#[test]
fn the_subscription_says_which_access_points_there_are_and_for_whom() {
    insta::assert_snapshot!(Desk::new("generic-lte", &[APNS]).play(r#"
        > AT+CMEE=2;+CGEREP=2
        ~ 1s
        > AT+CGDCONT=2,"IP","unsubscribed"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CEER
        > AT+CGDCONT=2,"IP","nowhere"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGDCONT=2,"IP","barred"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGDCONT=2,"IP","gsm.only"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGDCONT=2,"IP","v6"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGDCONT=2,"Non-IP","v4"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGDCONT=2,"IPV4V6","v4"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGPADDR=2
        > AT+CGACT=0,2
        > AT+CGDCONT=2,"IP","INTERNET.mnc001.mcc001.gprs",,,,,3
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGDCONT=2,"IP","INTERNET.mnc001.mcc001.gprs"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGCONTRDP=2
        ? packet.cause
    "#), @r#"
    > AT+CMEE=2;+CGEREP=2
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    > AT+CGDCONT=2,"IP","unsubscribed"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: requested service option not subscribed
    > AT+CEER
    < +CEER: Requested service option not subscribed
    < OK
    > AT+CGDCONT=2,"IP","nowhere"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: missing or unknown APN
    > AT+CGDCONT=2,"IP","barred"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: Operator Determined Barring
    > AT+CGDCONT=2,"IP","gsm.only"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: requested APN not supported in current RAT and PLMN combination
    > AT+CGDCONT=2,"IP","v6"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: unspecified GPRS error
    > AT+CGDCONT=2,"Non-IP","v4"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: unknown PDP address or PDP type
    > AT+CGDCONT=2,"IPV4V6","v4"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < OK
    < +CGEV: ME PDN ACT 2,0
    > AT+CGPADDR=2
    < +CGPADDR: 2,"10.64.0.2"
    < OK
    > AT+CGACT=0,2
    < OK
    < +CGEV: ME PDN DEACT 2
    > AT+CGDCONT=2,"IP","INTERNET.mnc001.mcc001.gprs",,,,,3
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: unspecified GPRS error
    > AT+CGDCONT=2,"IP","INTERNET.mnc001.mcc001.gprs"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < OK
    < +CGEV: ME PDN ACT 2
    > AT+CGCONTRDP=2
    < +CGCONTRDP: 2,6,"INTERNET.mnc001.mcc001.gprs","10.64.0.2.255.255.0.0","10.64.255.254","10.64.255.253","10.64.255.252","","",0,0,1500
    < OK
    ? packet.cause
    = none
    "#);
}

#[test]
fn a_user_is_asked_who_he_is() {
    insta::assert_snapshot!(Desk::new("generic-lte", &[APNS]).play(r#"
        > AT+CMEE=1
        ~ 1s
        > AT+CGDCONT=2,"IP","private"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGAUTH=2,1,"user","wrong"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGAUTH=2,2,"user","secret"
        > AT+CGAUTH?;+CGAUTH=?
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGACT?
        > AT+CGAUTH=2,0
        > AT+CGAUTH?
        > AT+CGAUTH=2,3
        > AT+CGAUTH=5,1,"user","secret"
    "#), @r#"
    > AT+CMEE=1
    < OK
    ~ 1s
    > AT+CGDCONT=2,"IP","private"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: 129
    > AT+CGAUTH=2,1,"user","wrong"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: 129
    > AT+CGAUTH=2,2,"user","secret"
    < OK
    > AT+CGAUTH?;+CGAUTH=?
    < +CGAUTH: 2,2,"user",""
    < +CGAUTH: (1-11),(0-2),(0-127),(0-127)
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < OK
    > AT+CGACT?
    < +CGACT: 1,1
    < +CGACT: 2,1
    < OK
    > AT+CGAUTH=2,0
    < OK
    > AT+CGAUTH?
    < OK
    > AT+CGAUTH=2,3
    < ERROR
    > AT+CGAUTH=5,1,"user","secret"
    < ERROR
    "#);
    // As older modules number it.
    let old = [APNS, "network.show.session_errors.29=149"];
    insta::assert_snapshot!(Desk::new("generic-lte", &old).play(r#"
        > AT+CMEE=1;+CGDCONT=2,"IP","private"
        ~ 1s
        > AT+CGACT=1,2
        ~ 1s
        > ATD*99***2#
        ~ 1s
    "#), @r#"
    > AT+CMEE=1;+CGDCONT=2,"IP","private"
    < OK
    ~ 1s
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: 149
    > ATD*99***2#
    ~ 1s
    < NO CARRIER
    "#);
}

#[test]
fn a_full_access_point_is_not_asked_for_again_before_its_timer() {
    let mut desk = Desk::new("generic-lte", &[APNS]);
    insta::assert_snapshot!(desk.play(r#"
        > AT+CMEE=1
        ~ 1s
        > AT+CGDCONT=2,"IP","full"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGDCONT=3,"IP","v4"
        > AT+CGACT=1,3
        ~ 1s
        > AT+CGACT?
    "#), @r#"
    > AT+CMEE=1
    < OK
    ~ 1s
    > AT+CGDCONT=2,"IP","full"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: 126
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: 126
    > AT+CGDCONT=3,"IP","v4"
    < OK
    > AT+CGACT=1,3
    ~ 1s
    < OK
    > AT+CGACT?
    < +CGACT: 1,1
    < +CGACT: 2,0
    < +CGACT: 3,1
    < OK
    "#);
    // The network has room again: the modem does not ask before T3396 is over.
    let mut desk = Desk::new("generic-lte", &["network.session.maximum=1"]);
    desk.send("AT+CMEE=1;+CGDCONT=2,\"IP\",\"two\"");
    desk.pass(Duration::from_secs(1));
    desk.send("AT+CGACT=1,2");
    assert_eq!(desk.pass(Duration::from_secs(1)), ["+CME ERROR: 178"]);
}

#[test]
fn an_attach_fails_with_its_context_in_e_utran() {
    insta::assert_snapshot!(Desk::new("generic-lte", &[APNS, "network.apn=unsubscribed"]).play(r#"
        > AT+CMEE=1;+CEREG=3;+CNEC=24
        ~ 1s
        > AT+CEREG?;+CEER
        ? cause
        ? packet.cause
        > AT+CGDCONT=1,"IP","internet"
        ~ 15s
        > AT+CEREG?;+CEER;+CGACT?
        ? packet.cause
    "#), @r#"
    > AT+CMEE=1;+CEREG=3;+CNEC=24
    < OK
    ~ 1s
    < +CNEC_EMM: 19
    < +CEREG: 2,,,,0,19
    > AT+CEREG?;+CEER
    < +CEREG: 3,2,,,,0,19
    < +CEER: Requested service option not subscribed
    < OK
    ? cause
    = 19
    ? packet.cause
    = 33
    > AT+CGDCONT=1,"IP","internet"
    < OK
    ~ 15s
    < +CEREG: 1,"00A1","0001B2C3",7
    > AT+CEREG?;+CEER;+CGACT?
    < +CEREG: 3,1,"00A1","0001B2C3",7
    < +CEER: No cause information available
    < +CGACT: 1,1
    < OK
    ? packet.cause
    = none
    "#);
    // Elsewhere the registration stands without it.
    let nr = [APNS, "network.apn=unsubscribed", "network.tech=nr", "network.techs=[\"nr\"]"];
    insta::assert_snapshot!(Desk::new("generic-lte", &nr).play(r#"
        > AT+C5GREG=1
        ~ 1s
        > AT+CEER;+CGACT?
        ? packet.cause
    "#), @"
    > AT+C5GREG=1
    < OK
    ~ 1s
    < +C5GREG: 1
    > AT+CEER;+CGACT?
    < +CEER: Requested service option not subscribed
    < +CGACT: 1,0
    < OK
    ? packet.cause
    = 33
    ");
}

#[test]
fn a_denial_of_session_management_refuses_contexts_alone() {
    insta::assert_snapshot!(play(r#"
        > AT+CMEE=1;+CEREG=3
        ~ 1s
        * deny 33
        > AT+CGDCONT=2,"IP","test.apn"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CEREG?;+CGACT?;+CEER
        ? cause
        ? network.deny
        > AT+CGATT=0
        > AT+CGATT=1
        ~ 1s
        * deny 0
        ~ 15s
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGACT?
    "#), @r#"
    > AT+CMEE=1;+CEREG=3
    < OK
    ~ 1s
    < +CEREG: 1,"00A1","0001B2C3",7
    * deny 33
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < +CME ERROR: 133
    > AT+CEREG?;+CGACT?;+CEER
    < +CEREG: 3,1,"00A1","0001B2C3",7
    < +CGACT: 1,1
    < +CGACT: 2,0
    < +CEER: Requested service option not subscribed
    < OK
    ? cause
    = none
    ? network.deny
    = 33
    > AT+CGATT=0
    < OK
    < +CEREG: 0
    > AT+CGATT=1
    ~ 1s
    < +CME ERROR: 133
    < +CEREG: 2
    < +CEREG: 2,,,,0,19
    * deny 0
    ~ 15s
    < +CEREG: 1,"00A1","0001B2C3",7
    > AT+CGACT=1,2
    ~ 1s
    < OK
    > AT+CGACT?
    < +CGACT: 1,1
    < +CGACT: 2,1
    < OK
    "#);
}

#[test]
fn addresses_of_the_outside_world_are_no_profile() {
    for wrong in ["address=\"8.8.8.8\"", "dns=[\"1.1.1.1\"]", "address_v6=\"2001:db8::\"", "prefix=33", "gateway=\"x\""]
    {
        let setting = Override::parse(&format!("network.session.{wrong}")).expect("a setting");
        assert!(Profile::named("generic-lte", &[setting]).is_err(), "{wrong}");
    }
}
