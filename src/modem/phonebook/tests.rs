//! The phone books, as a host sees them.

use proptest::prelude::*;

use crate::modem::tests::Desk;

fn desk(settings: &[&str]) -> Desk {
    let mut desk = Desk::registered("generic-lte", settings);
    desk.play("> AT+CMEE=1");
    desk
}

#[test]
fn entries_are_written_read_found_and_deleted() {
    insta::assert_snapshot!(desk(&[]).play(r#"
        > AT+CPBS=?
        > AT+CPBS?
        > AT+CPBR=?;+CPBW=?;+CPBF=?;+CPBW?
        > AT+CPBW=3,"+15550100003",145,"Lab"
        > AT+CPBW=,"5550100",129,"Lobby"
        > AT+CPBW?
        > AT+CPBR=1,250
        > AT+CPBF="la"
        > AT+CPBF="L"
        > AT+CPBR=2
        > AT+CPBW=3,"15550100004",145
        > AT+CPBR=3
        > AT+CPBW=3
        > AT+CPBW=4
        > AT+CPBS?
        > AT+CPBS="ME";+CPBW=,"*#06#",,"Who am I"
        > AT+CPBS="MT";+CPBR=1,500
        > AT+CPBW=251
        > AT+CPBS="ME";+CPBR=1
    "#), @r#"
    > AT+CPBS=?
    < +CPBS: (\"SM\",\"ME\",\"MT\",\"ON\",\"LD\",\"FD\",\"EN\",\"DC\",\"RC\",\"MC\")
    < OK
    > AT+CPBS?
    < +CPBS: \"SM\",0,250
    < OK
    > AT+CPBR=?;+CPBW=?;+CPBF=?;+CPBW?
    < +CPBR: (1-250),20,14
    < +CPBW: (1-250),20,(128-255),14
    < +CPBF: 20,14
    < +CPBW: -1
    < OK
    > AT+CPBW=3,"+15550100003",145,"Lab"
    < OK
    > AT+CPBW=,"5550100",129,"Lobby"
    < OK
    > AT+CPBW?
    < +CPBW: 1
    < OK
    > AT+CPBR=1,250
    < +CPBR: 1,\"5550100\",129,\"Lobby\"
    < +CPBR: 3,\"+15550100003\",145,\"Lab\"
    < OK
    > AT+CPBF="la"
    < +CPBF: 3,\"+15550100003\",145,\"Lab\"
    < OK
    > AT+CPBF="L"
    < +CPBF: 1,\"5550100\",129,\"Lobby\"
    < +CPBF: 3,\"+15550100003\",145,\"Lab\"
    < OK
    > AT+CPBR=2
    < OK
    > AT+CPBW=3,"15550100004",145
    < OK
    > AT+CPBR=3
    < +CPBR: 3,\"+15550100004\",145,\"\"
    < OK
    > AT+CPBW=3
    < OK
    > AT+CPBW=4
    < OK
    > AT+CPBS?
    < +CPBS: \"SM\",1,250
    < OK
    > AT+CPBS="ME";+CPBW=,"*#06#",,"Who am I"
    < OK
    > AT+CPBS="MT";+CPBR=1,500
    < +CPBR: 1,\"5550100\",129,\"Lobby\"
    < +CPBR: 251,\"*#06#\",129,\"Who am I\"
    < OK
    > AT+CPBW=251
    < OK
    > AT+CPBS="ME";+CPBR=1
    < OK
    "#);
}

#[test]
fn what_does_not_fit_is_refused_with_its_own_error() {
    insta::assert_snapshot!(desk(&["sim.contacts_size=2"]).play(r#"
        > AT+CPBR=0
        > AT+CPBR=3
        > AT+CPBR=2,1
        > AT+CPBW=3,"1"
        > AT+CPBW=1,"1",129,"a name too long for the card"
        > AT+CPBW=1,"123456789012345678901"
        > AT+CPBW=1,"555-0100"
        > AT+CPBW=1,"1",12
        > AT+CPBW=
        > AT+CPBW=1,"1",129,"n",1
        > AT+CPBW=,"1"
        > AT+CPBW=,"2"
        > AT+CPBW=,"3"
        > AT+CPBS="XX"
        > AT+CPBS="EN";+CPBR=1,3
        > AT+CPBW=1,"1"
        > AT+CPBF
        > AT+CSCS="UCS2";+CPBS="ME";+CPBW=1,"1",129,"004"
    "#), @r#"
    > AT+CPBR=0
    < +CME ERROR: 21
    > AT+CPBR=3
    < +CME ERROR: 21
    > AT+CPBR=2,1
    < +CME ERROR: 21
    > AT+CPBW=3,"1"
    < +CME ERROR: 21
    > AT+CPBW=1,"1",129,"a name too long for the card"
    < +CME ERROR: 24
    > AT+CPBW=1,"123456789012345678901"
    < +CME ERROR: 26
    > AT+CPBW=1,"555-0100"
    < +CME ERROR: 27
    > AT+CPBW=1,"1",12
    < ERROR
    > AT+CPBW=
    < ERROR
    > AT+CPBW=1,"1",129,"n",1
    < ERROR
    > AT+CPBW=,"1"
    < OK
    > AT+CPBW=,"2"
    < OK
    > AT+CPBW=,"3"
    < +CME ERROR: 20
    > AT+CPBS="XX"
    < +CME ERROR: 4
    > AT+CPBS="EN";+CPBR=1,3
    < +CME ERROR: 21
    > AT+CPBW=1,"1"
    < +CME ERROR: 3
    > AT+CPBF
    < ERROR
    > AT+CSCS="UCS2";+CPBS="ME";+CPBW=1,"1",129,"004"
    < +CME ERROR: 25
    "#);
    insta::assert_snapshot!(desk(&["phonebook.none=not-found", "phonebook.written=true"]).play(r#"
        > AT+CPBR=1
        > AT+CPBF="x"
        > AT+CPBW=,"1"
        > AT+CPBW=1,"2"
    "#), @r#"
    > AT+CPBR=1
    < +CME ERROR: 22
    > AT+CPBF="x"
    < +CME ERROR: 22
    > AT+CPBW=,"1"
    < +CPBW: 1
    < OK
    > AT+CPBW=1,"2"
    < OK
    "#);
}

#[test]
fn names_are_in_the_character_set_and_numbers_are_plain() {
    insta::assert_snapshot!(desk(&[]).play(r#"
        > AT+CSCS="UCS2"
        > AT+CPBW=1,"+15550100001",145,"004D0065"
        > AT+CPBW=2,"+15550100002",145,"0416043504 3D044F"
        > AT+CPBW=2,"+15550100002",145,"04160435043D044F"
        > AT+CPBR=1,2
        > AT+CPBF="004D"
        > AT+CSCS="0048004500580022"
        > AT+CSCS="HEX"
        > AT+CPBR=1,2
        > AT+CSCS="GSM"
        > AT+CPBR=1,2
        > AT+CPBF="M"
        > AT+CRSM=178,28474,2,4,28
    "#), @r#"
    > AT+CSCS="UCS2"
    < OK
    > AT+CPBW=1,"+15550100001",145,"004D0065"
    < OK
    > AT+CPBW=2,"+15550100002",145,"0416043504 3D044F"
    < +CME ERROR: 25
    > AT+CPBW=2,"+15550100002",145,"04160435043D044F"
    < OK
    > AT+CPBR=1,2
    < +CPBR: 1,\"+15550100001\",145,\"004D0065\"
    < +CPBR: 2,\"+15550100002\",145,\"04160435043D044F\"
    < OK
    > AT+CPBF="004D"
    < +CPBF: 1,\"+15550100001\",145,\"004D0065\"
    < OK
    > AT+CSCS="0048004500580022"
    < ERROR
    > AT+CSCS="HEX"
    < OK
    > AT+CPBR=1,2
    < +CPBR: 1,\"+15550100001\",145,\"4D65\"
    < +CPBR: 2,\"+15550100002\",145,\"3F3F3F3F\"
    < OK
    > AT+CSCS="GSM"
    < OK
    > AT+CPBR=1,2
    < +CPBR: 1,\"+15550100001\",145,\"Me\"
    < +CPBR: 2,\"+15550100002\",145,\"????\"
    < OK
    > AT+CPBF="M"
    < +CPBF: 1,\"+15550100001\",145,\"Me\"
    < OK
    > AT+CRSM=178,28474,2,4,28
    < +CRSM: 144,0,\"81040896B5BDCFFFFFFFFFFFFFFF07915155100000F2FFFFFFFFFFFF\"
    < OK
    "#);
}

#[test]
fn the_card_s_book_is_the_card_s_file() {
    insta::assert_snapshot!(desk(&["sim.contacts_size=3", "sim.contacts_name=6", r#"sim.contacts=[{ number = "+15550100001", name = "Lab" }, { index = 3, number = "112" }]"#]).play(r#"
        > AT+CPBR=1,3
        > AT+CRSM=192,28474
        > AT+CRSM=178,28474,1,4,20
        > AT+CRSM=220,28474,2,4,20,"4F6E65FFFFFF0781 2155"
        > AT+CRSM=220,28474,2,4,20,"4F6E65FFFFFF04815505F1FFFFFFFFFFFFFFFFFF"
        > AT+CPBR=2
        > AT+CPBW=1
        > AT+CRSM=178,28474,1,4,20
        * power cycle
        ~ 1s
        > AT+CPBR=1,3
        > AT+CPBW=1,"1",129,"seven.."
    "#), @r#"
    > AT+CPBR=1,3
    < +CPBR: 1,\"+15550100001\",145,\"Lab\"
    < +CPBR: 3,\"112\",129,\"\"
    < OK
    > AT+CRSM=192,28474
    < +CRSM: 144,0,\"62198205422100140383026F3A8A01058B032F06038002003C8800\"
    < OK
    > AT+CRSM=178,28474,1,4,20
    < +CRSM: 144,0,\"4C6162FFFFFF07915155100000F1FFFFFFFFFFFF\"
    < OK
    > AT+CRSM=220,28474,2,4,20,"4F6E65FFFFFF0781 2155"
    < ERROR
    > AT+CRSM=220,28474,2,4,20,"4F6E65FFFFFF04815505F1FFFFFFFFFFFFFFFFFF"
    < +CRSM: 144,0
    < OK
    > AT+CPBR=2
    < +CPBR: 2,\"55501\",129,\"One\"
    < OK
    > AT+CPBW=1
    < OK
    > AT+CRSM=178,28474,1,4,20
    < +CRSM: 144,0,\"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\"
    < OK
    * power cycle
    ! Restarted
    ~ 1s
    > AT+CPBR=1,3
    < +CPBR: 2,\"55501\",129,\"One\"
    < +CPBR: 3,\"112\",129,\"\"
    < OK
    > AT+CPBW=1,"1",129,"seven.."
    < ERROR
    "#);
}

#[test]
fn the_own_number_is_the_one_of_cnum_and_can_be_written() {
    insta::assert_snapshot!(desk(&[]).play(r#"
        > AT+CPBS="ON";+CPBS?;+CPBR=1
        > AT+CNUM
        > AT+CPBW=1,"+15550100777",145,"Line 1"
        > AT+CNUM
        > AT+CSCS="UCS2";+CNUM
        > AT+CRSM=178,28480,1,4,28
        > AT+CPBW=1
        > AT+CNUM
    "#), @r#"
    > AT+CPBS="ON";+CPBS?;+CPBR=1
    < +CPBS: \"ON\",1,1
    < +CPBR: 1,\"+15550100001\",145,\"\"
    < OK
    > AT+CNUM
    < +CNUM: \"\",\"+15550100001\",145
    < OK
    > AT+CPBW=1,"+15550100777",145,"Line 1"
    < OK
    > AT+CNUM
    < +CNUM: \"Line 1\",\"+15550100777\",145
    < OK
    > AT+CSCS="UCS2";+CNUM
    < +CNUM: \"004C0069006E006500200031\",\"+15550100777\",145
    < OK
    > AT+CRSM=178,28480,1,4,28
    < +CRSM: 144,0,\"4C696E652031FFFFFFFFFFFFFFFF07915155100077F7FFFFFFFFFFFF\"
    < OK
    > AT+CPBW=1
    < OK
    > AT+CNUM
    < OK
    "#);
}

#[test]
fn fixed_dialling_takes_pin2_and_then_lets_nobody_else_be_dialled() {
    insta::assert_snapshot!(desk(&[]).play(r#"
        > AT+CLCK="FD",2
        > AT+CPBS="FD";+CPBS?
        > AT+CPBW=1,"+1555010",145,"Lab"
        > AT+CPIN?
        > AT+CPIN="1111"
        > AT+CPIN="5678"
        > AT+CPIN?
        > AT+CPBW=1,"+1555010",145,"Lab"
        > AT+CLCK="FD",1,"1234"
        > AT+CLCK="FD",1
        > AT+CLCK="FD",1,"5678"
        > AT+CLCK="FD",2
        > ATD+15550200;
        > ATD112;
        > ATH
        > ATD+15550100;
        > ATH
        > AT+CLCK="FD",0,"5678"
        > ATD+15550200;
        > ATH
    "#), @r#"
    > AT+CLCK="FD",2
    < +CLCK: 0
    < OK
    > AT+CPBS="FD";+CPBS?
    < +CPBS: \"FD\",0,10
    < OK
    > AT+CPBW=1,"+1555010",145,"Lab"
    < +CME ERROR: 17
    > AT+CPIN?
    < +CPIN: SIM PIN2
    < OK
    > AT+CPIN="1111"
    < +CME ERROR: 16
    > AT+CPIN="5678"
    < OK
    > AT+CPIN?
    < +CPIN: READY
    < OK
    > AT+CPBW=1,"+1555010",145,"Lab"
    < OK
    > AT+CLCK="FD",1,"1234"
    < +CME ERROR: 16
    > AT+CLCK="FD",1
    < ERROR
    > AT+CLCK="FD",1,"5678"
    < OK
    > AT+CLCK="FD",2
    < +CLCK: 1
    < OK
    > ATD+15550200;
    < +CME ERROR: 3
    > ATD112;
    < OK
    > ATH
    < OK
    > ATD+15550100;
    < OK
    > ATH
    < OK
    > AT+CLCK="FD",0,"5678"
    < OK
    > ATD+15550200;
    < OK
    > ATH
    < OK
    "#);
    insta::assert_snapshot!(desk(&[]).play(r#"
        > AT+CPBS="FD","0000"
        > AT+CPBS="FD","5678"
        > AT+CPBW=1,"1"
        * power cycle
        ~ 1s
        > AT+CMEE=1
        > AT+CPBS="FD";+CPBW=2,"2"
        > AT+CPIN="1111"
        > AT+CPIN="1111"
        > AT+CPIN="1111"
        > AT+CPIN?
        > AT+CPIN="12345678","4321"
        > AT+CPBW=2,"2"
    "#), @r#"
    > AT+CPBS="FD","0000"
    < +CME ERROR: 16
    > AT+CPBS="FD","5678"
    < OK
    > AT+CPBW=1,"1"
    < OK
    * power cycle
    ! Restarted
    ~ 1s
    > AT+CMEE=1
    < OK
    > AT+CPBS="FD";+CPBW=2,"2"
    < +CME ERROR: 17
    > AT+CPIN="1111"
    < +CME ERROR: 16
    > AT+CPIN="1111"
    < +CME ERROR: 16
    > AT+CPIN="1111"
    < +CME ERROR: 18
    > AT+CPIN?
    < +CPIN: SIM PUK2
    < OK
    > AT+CPIN="12345678","4321"
    < OK
    > AT+CPBW=2,"2"
    < OK
    "#);
}

#[test]
fn calls_fill_their_lists_and_are_dialled_from_them() {
    insta::assert_snapshot!(desk(&["phonebook.calls=2"]).play(r#"
        > AT+CPBW=7,"+15550100",145,"Lab"
        > ATD>7;
        > ATH
        > ATD>"Lab";
        > ATH
        > ATD>SM7;
        > ATH
        > ATD>SM8;
        > ATD>ME999;
        > ATD>"Nobody";
        > ATD>XX1;
        * ring
        * hangup
        * ring
        > ATA
        > ATH
        > AT+CPBS="DC";+CPBS?;+CPBR=1,2
        > AT+CPBS="RC";+CPBR=1,2
        > AT+CPBS="MC";+CPBR=1,2
        > AT+CPBS="LD";+CPBR=1,2
        > AT+CPBW=1,"1"
        > AT+CPBS="MC";+CPBW=1;+CPBS?
        > AT+CRSM=178,28484,1,4,28
    "#), @r#"
    > AT+CPBW=7,"+15550100",145,"Lab"
    < OK
    > ATD>7;
    < OK
    > ATH
    < OK
    > ATD>"Lab";
    < OK
    > ATH
    < OK
    > ATD>SM7;
    < OK
    > ATH
    < OK
    > ATD>SM8;
    < +CME ERROR: 22
    > ATD>ME999;
    < +CME ERROR: 21
    > ATD>"Nobody";
    < +CME ERROR: 22
    > ATD>XX1;
    < +CME ERROR: 21
    * ring
    < RING
    * hangup
    * ring
    < RING
    > ATA
    < OK
    > ATH
    < OK
    > AT+CPBS="DC";+CPBS?;+CPBR=1,2
    < +CPBS: \"DC\",2,2
    < +CPBR: 1,\"+15550100\",145,\"Lab\"
    < +CPBR: 2,\"+15550100\",145,\"Lab\"
    < OK
    > AT+CPBS="RC";+CPBR=1,2
    < +CPBR: 1,\"+15550100\",145,\"Lab\"
    < OK
    > AT+CPBS="MC";+CPBR=1,2
    < +CPBR: 1,\"+15550100\",145,\"Lab\"
    < OK
    > AT+CPBS="LD";+CPBR=1,2
    < +CPBR: 1,\"+15550100\",145,\"Lab\"
    < +CPBR: 2,\"+15550100\",145,\"Lab\"
    < OK
    > AT+CPBW=1,"1"
    < +CME ERROR: 3
    > AT+CPBS="MC";+CPBW=1;+CPBS?
    < +CPBS: \"MC\",0,2
    < OK
    > AT+CRSM=178,28484,1,4,28
    < +CRSM: 144,0,\"4C6162FFFFFFFFFFFFFFFFFFFFFF059151551000FFFFFFFFFFFFFFFF\"
    < OK
    "#);
}

#[test]
fn a_card_that_is_locked_or_gone_shows_no_book() {
    insta::assert_snapshot!(desk(&["sim.pin=2468"]).play(r#"
        > AT+CPBS?
        > AT+CPBR=1
        > AT+CPBS="ME";+CPBR=1
        > AT+CPBS="SM"
        > AT+CPIN="2468"
        > AT+CPBS="SM";+CPBS?
        * sim remove
        > AT+CPBR=1
        > AT+CPBS="EN";+CPBR=1,8
    "#), @r#"
    > AT+CPBS?
    < +CME ERROR: 11
    > AT+CPBR=1
    < +CME ERROR: 11
    > AT+CPBS="ME";+CPBR=1
    < OK
    > AT+CPBS="SM"
    < +CME ERROR: 11
    > AT+CPIN="2468"
    < OK
    > AT+CPBS="SM";+CPBS?
    < +CPBS: \"SM\",0,250
    < OK
    * sim remove
    > AT+CPBR=1
    < +CME ERROR: 10
    > AT+CPBS="EN";+CPBR=1,8
    < +CPBR: 1,\"112\",129,\"\"
    < +CPBR: 2,\"911\",129,\"\"
    < +CPBR: 3,\"000\",129,\"\"
    < +CPBR: 4,\"08\",129,\"\"
    < +CPBR: 5,\"110\",129,\"\"
    < +CPBR: 6,\"118\",129,\"\"
    < +CPBR: 7,\"119\",129,\"\"
    < +CPBR: 8,\"999\",129,\"\"
    < OK
    "#);
}

proptest! {
    #[test]
    fn any_entry_is_written_whole_or_not_at_all(
        number in "[0-9*#+p,?w a-z]{0,24}",
        name in "[a-zA-Z0-9 äЖ漢]{0,20}",
        index in 0_u16..300,
    ) {
        let mut desk = desk(&[]);
        let name: String = name.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
        desk.play("> AT+CSCS=\"UCS2\"");
        let said = desk.play(&format!("> AT+CPBW={index},\"{number}\",,\"{name}\"\n> AT+CPBS?"));
        let written = said.contains("< OK\n> AT+CPBS?");
        let used = u32::from(written && !(number.is_empty() && name.is_empty()));
        prop_assert!(said.contains(&format!("+CPBS: \\\"SM\\\",{used},250")), "{}", said);
        if used == 1 {
            let read = desk.play(&format!("> AT+CPBR={index}"));
            let end = format!("\\\"{name}\\\"\n");
            prop_assert!(read.contains(&end), "{}", read);
        }
    }
}
