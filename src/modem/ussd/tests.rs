//! USSD as a host sees it.

use proptest::prelude::*;

use crate::modem::tests::Desk;

fn desk(settings: &[&str]) -> Desk {
    let mut desk = Desk::registered("generic-lte", settings);
    desk.play("> AT+CMEE=1");
    desk
}

const BALANCE: &str = "network.ussd.*100#=Balance: 12.34 EUR";
const MENU: &str = r#"network.ussd.*144#={ text = "1 Balance\n2 Data", replies = { "1" = "12.34 €", "2" = { text = "Buy?", replies = { "1" = { text = "Done", ends = "released" } } }, "*" = "No such choice" } }"#;

#[test]
fn a_code_is_answered_in_the_character_set_of_the_host() {
    insta::assert_snapshot!(desk(&[BALANCE]).play(r#"
        > AT+CUSD=?;+CUSD?
        > AT+CUSD=1
        > AT+CUSD?
        > AT+CUSD=1,"*100#",15
        ?modem.ussd
        ~ 200ms
        > AT+CSCS="UCS2"
        > AT+CUSD=1,"002A0031003000300023",15
        ~ 1s
        > AT+CSCS="HEX"
        > AT+CUSD=1,"2A31303023"
        ~ 1s
        > AT+CUSD=1,"002A0031003000300023",72
        ~ 1s
        > AT+CUSD=1,"2A31303023",68
        ~ 1s
        > AT+CUSD=0,"2A31303023"
        ~ 1s
        ?modem.ussd
    "#), @r#"
    > AT+CUSD=?;+CUSD?
    < +CUSD: (0-2)
    < +CUSD: 0
    < OK
    > AT+CUSD=1
    < OK
    > AT+CUSD?
    < +CUSD: 1
    < OK
    > AT+CUSD=1,"*100#",15
    < OK
    ?modem.ussd
    = Some(Text("sent"))
    ~ 200ms
    < +CUSD: 0,\"Balance: 12.34 EUR\",15
    > AT+CSCS="UCS2"
    < OK
    > AT+CUSD=1,"002A0031003000300023",15
    < OK
    ~ 1s
    < +CUSD: 0,\"00420061006C0061006E00630065003A002000310032002E003300340020004500550052\",15
    > AT+CSCS="HEX"
    < OK
    > AT+CUSD=1,"2A31303023"
    < OK
    ~ 1s
    < +CUSD: 0,\"42616C616E63653A2031322E333420455552\",15
    > AT+CUSD=1,"002A0031003000300023",72
    < OK
    ~ 1s
    < +CUSD: 0,\"42616C616E63653A2031322E333420455552\",15
    > AT+CUSD=1,"2A31303023",68
    < OK
    ~ 1s
    < +CUSD: 0,\"42616C616E63653A2031322E333420455552\",15
    > AT+CUSD=0,"2A31303023"
    < OK
    ~ 1s
    ?modem.ussd
    = Some(Text("none"))
    "#);
}

#[test]
fn the_network_asks_and_is_answered_until_it_ends() {
    insta::assert_snapshot!(desk(&[MENU]).play(r#"
        > AT+CUSD=1,"*144#",15
        > AT+CUSD=1,"*144#",15
        ~ 1s
        ?modem.ussd
        > AT+CUSD=1,"1"
        ~ 1s
        ?modem.ussd
        > AT+CUSD=1,"*144#"
        ~ 1s
        > AT+CUSD=1,"9"
        ~ 1s
        > AT+CUSD=1,"*144#"
        ~ 1s
        > AT+CUSD=1,"2"
        ~ 1s
        > AT+CUSD=1,"1"
        ~ 1s
        > AT+CUSD=1,"*144#"
        ~ 1s
        > AT+CUSD=1,"2"
        ~ 1s
        > AT+CUSD=1,"7"
        ~ 1s
        > AT+CUSD=1,"*144#"
        ~ 1s
        > AT+CUSD=2
        > AT+CUSD=2
        > AT+CUSD=1,"*144#"
        ~ 61s
        ?modem.ussd
    "#), @r#"
    > AT+CUSD=1,"*144#",15
    < OK
    > AT+CUSD=1,"*144#",15
    < +CME ERROR: 3
    ~ 1s
    < +CUSD: 1,\"1 Balance
    < 2 Data\",15
    ?modem.ussd
    = Some(Text("asked"))
    > AT+CUSD=1,"1"
    < OK
    ~ 1s
    < +CUSD: 0,\"12.34 \u{1b}e\",15
    ?modem.ussd
    = Some(Text("none"))
    > AT+CUSD=1,"*144#"
    < OK
    ~ 1s
    < +CUSD: 1,\"1 Balance
    < 2 Data\",15
    > AT+CUSD=1,"9"
    < OK
    ~ 1s
    < +CUSD: 0,\"No such choice\",15
    > AT+CUSD=1,"*144#"
    < OK
    ~ 1s
    < +CUSD: 1,\"1 Balance
    < 2 Data\",15
    > AT+CUSD=1,"2"
    < OK
    ~ 1s
    < +CUSD: 1,\"Buy?\",15
    > AT+CUSD=1,"1"
    < OK
    ~ 1s
    < +CUSD: 2,\"Done\",15
    > AT+CUSD=1,"*144#"
    < OK
    ~ 1s
    < +CUSD: 1,\"1 Balance
    < 2 Data\",15
    > AT+CUSD=1,"2"
    < OK
    ~ 1s
    < +CUSD: 1,\"Buy?\",15
    > AT+CUSD=1,"7"
    < OK
    ~ 1s
    < +CUSD: 2
    > AT+CUSD=1,"*144#"
    < OK
    ~ 1s
    < +CUSD: 1,\"1 Balance
    < 2 Data\",15
    > AT+CUSD=2
    < OK
    < +CUSD: 2
    > AT+CUSD=2
    < OK
    > AT+CUSD=1,"*144#"
    < OK
    ~ 61s
    < +CUSD: 1,\"1 Balance
    < 2 Data\",15
    < +CUSD: 5
    ?modem.ussd
    = Some(Text("none"))
    "#);
}

#[test]
fn the_network_does_not_know_a_code_or_says_nothing_or_is_not_there() {
    insta::assert_snapshot!(desk(&[r#"network.ussd.*1#={ ends = "silent" }"#, "ussd.limit=10s", BALANCE]).play(r#"
        > AT+CUSD=1,"*999#"
        ~ 1s
        > AT+CUSD=1,"*1#"
        ~ 9s
        > AT+CUSD=1,"*1#"
        ~ 1s
        > AT+CUSD=1,"*100#"
        * network lose
        ~ 1s
        > AT+CUSD=1,"*100#"
        > AT+CUSD=3
        > AT+CUSD=1,"x",72
        > AT+CUSD=1,"Ж"
        > AT+CUSD=2,"*100#"
        > AT+CUSD=1,"*100#",15,1
        > AT+CUSD
    "#), @r#"
    > AT+CUSD=1,"*999#"
    < OK
    ~ 1s
    < +CUSD: 4
    > AT+CUSD=1,"*1#"
    < OK
    ~ 9s
    > AT+CUSD=1,"*1#"
    < +CME ERROR: 3
    ~ 1s
    < +CUSD: 5
    > AT+CUSD=1,"*100#"
    < OK
    * network lose
    ~ 1s
    < +CUSD: 5
    > AT+CUSD=1,"*100#"
    < +CME ERROR: 30
    > AT+CUSD=3
    < ERROR
    > AT+CUSD=1,"x",72
    < ERROR
    > AT+CUSD=1,"Ж"
    < ERROR
    > AT+CUSD=2,"*100#"
    < ERROR
    > AT+CUSD=1,"*100#",15,1
    < ERROR
    > AT+CUSD
    < ERROR
    "#);
    insta::assert_snapshot!(desk(&["ussd.unknown=Unknown code, {msisdn}"]).play(r#"
        > AT+CUSD=1,"*999#"
        ~ 1s
    "#), @r#"
    > AT+CUSD=1,"*999#"
    < OK
    ~ 1s
    < +CUSD: 0,\"Unknown code, +15550100001\",15
    "#);
}

#[test]
fn codes_can_be_dialled() {
    insta::assert_snapshot!(desk(&[BALANCE]).play(r#"
        > ATD*#06#
        > ATD*#06#;
        > AT+CUSD=1
        > AT+CUSD=1,"*#06#"
        > ATD*100#;
        ~ 1s
        > ATD*100#
        ~ 1s
        > ATD*99#
        ~ 1s
    "#), @r#"
    > ATD*#06#
    < 001017001234569
    < OK
    > ATD*#06#;
    < 001017001234569
    < OK
    > AT+CUSD=1
    < OK
    > AT+CUSD=1,"*#06#"
    < OK
    < +CUSD: 0,\"001017001234569\",15
    > ATD*100#;
    < OK
    ~ 1s
    < +CUSD: 0,\"Balance: 12.34 EUR\",15
    > ATD*100#
    < OK
    ~ 1s
    < +CUSD: 0,\"Balance: 12.34 EUR\",15
    > ATD*99#
    ~ 1s
    < CONNECT 150000000
    "#);
}

#[test]
fn every_coding_is_written_as_the_standard_has_it() {
    let answer = |coding: u8| {
        let setting = format!("network.ussd.*1#={{ text = \"Zé\", coding = {coding} }}");
        let seen = desk(&[&setting]).play("> AT+CUSD=1,\"*1#\"\n~ 1s");
        seen.lines().last().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!([0, 15, 16, 17, 68, 72, 0x5A, 0xF4].map(answer).join("\n"), @r#"
    < +CUSD: 0,\"Z\u{5}\",0
    < +CUSD: 0,\"Z\u{5}\",15
    < +CUSD: 0,\"Z\u{5}\",16
    < +CUSD: 0,\"6537005A00E9\",17
    < +CUSD: 0,\"5AE9\",68
    < +CUSD: 0,\"005A00E9\",72
    < +CUSD: 0,\"005A00E9\",90
    < +CUSD: 0,\"5AE9\",244
    "#);
}

#[test]
fn an_answer_that_cannot_be_sent_is_refused_with_the_profile() {
    let wrong = |setting: &str| {
        let setting = crate::modem::Override::parse(setting).unwrap();
        crate::modem::Profile::named("generic-lte", &[setting]).unwrap_err().to_string()
    };
    insta::assert_snapshot!(wrong(&format!("network.ussd.*1#={}", "x".repeat(183))), @r#"network.ussd.*1#: expected a text of 160 octets in its coding at most: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx""#);
    insta::assert_snapshot!(wrong("network.ussd.*1#={nobody}"), @r#"network.ussd.*1#: no value is called {nobody} in "{nobody}""#);
    insta::assert_snapshot!(wrong("network.ussd.*1#={ txt = \"x\" }"), @"network.ussd.*1#: expected a text, or a table of text, coding, replies and ends");
}

proptest! {
    #[test]
    fn a_menu_is_never_stuck(replies in prop::collection::vec("[0-9*#x]{0,6}", 0..8), wait in 0_u32..2) {
        let mut desk = desk(&[MENU]);
        for reply in &replies {
            desk.play(&format!("> AT+CUSD=1,\"{reply}\"\n~ {wait}s"));
        }
        desk.play("~ 2m");
        let seen = desk.play("> AT+CUSD=1,\"*144#\"\n~ 1s");
        prop_assert!(seen.contains("+CUSD: 1,"), "{}", seen);
    }
}
