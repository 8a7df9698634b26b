//! Messages that come: where they go, what is said of them, and what keeps them away.

use super::play;

#[test]
fn a_message_is_announced_read_and_deleted() {
    let script = r#"
        > AT+CMGF=1;+CNMI=2,1
        * sms from +15557654321 Hello there
        ? sms.unread
        > AT+CMGL
        > AT+CMGL
        ? sms.unread
        > AT+CMGL="ALL"
        > AT+CMGD=1
        > AT+CMGL="ALL"
        ? sms.received
        ? sms.stored
        ? sms.last.text
        ? sms.last.number
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CMGF=1;+CNMI=2,1
    < OK
    * sms from +15557654321 Hello there
    < +CMTI: \"SM\",1
    ? sms.unread
    = Some(Number(1.0))
    > AT+CMGL
    < +CMGL: 1,\"REC UNREAD\",\"+15557654321\",,\"80/01/06,00:00:01+00\"
    < Hello there
    < OK
    > AT+CMGL
    < OK
    ? sms.unread
    = Some(Number(0.0))
    > AT+CMGL="ALL"
    < +CMGL: 1,\"REC READ\",\"+15557654321\",,\"80/01/06,00:00:01+00\"
    < Hello there
    < OK
    > AT+CMGD=1
    < OK
    > AT+CMGL="ALL"
    < OK
    ? sms.received
    = Some(Number(1.0))
    ? sms.stored
    = Some(Number(0.0))
    ? sms.last.text
    = Some(Text("Hello there"))
    ? sms.last.number
    = Some(Text("+15557654321"))
    "#);
}

#[test]
fn a_long_text_comes_in_parts_and_a_name_is_an_address() {
    let long = "All work and no play makes this a text of more than one message, since one message has room for one hundred and sixty characters of the 7-bit alphabet, no more.";
    let script = format!("> AT+CNMI=2,2;+CMGF=1\n* sms from Testnet {long} And €, too.\n* sms from 12345 ж");
    insta::assert_snapshot!(play(&[], &script), @r#"
    > AT+CNMI=2,2;+CMGF=1
    < OK
    * sms from Testnet All work and no play makes this a text of more than one message, since one message has room for one hundred and sixty characters of the 7-bit alphabet, no more. And €, too.
    < +CMT: \"Testnet\",,\"80/01/06,00:00:01+00\"
    < 050003010201826C36E8FE96AF41613719E47E83E0EC701ED40EAFCB73101D9D9E83C2207A194F07BDCDA0F65B5E06D1D16137E8ED2E83DAE5F93C7C2EB340F3B47B5C06BDDD6550BB3C9F87CF65103A3C07C9DFEF36C8FC9683DEEE32085D7793E5653228EC2683E6693C3D0F1AA3C3F2F0985E96CF416F33888E2E836E2D719A0E0AB3E1E8B0B84C6781DC
    < +CMT: \"Testnet\",,\"80/01/06,00:00:01+00\"
    < 050003010202DEA0F65B5E7681826E3268536681E8EFB70B
    * sms from 12345 ж
    < +CMT: \"12345\",,\"80/01/06,00:00:01+00\"
    < 0436
    "#);
}

#[test]
fn a_class_says_where_a_message_goes() {
    // Of one sender, with the codings F0 to F3: classes 0 to 3.
    let classes = |settings: &str| {
        let pdu = |coding: &str| format!("* sms pdu 00040B915155674523F100{coding}621122210000000141\n");
        let messages: String = ["F0", "F1", "F2", "F3"].map(pdu).concat();
        play(&[], &format!("> AT+CPMS=\"MT\",\"MT\",\"MT\"\n> AT+CNMI={settings}\n{messages}> AT+CMGL=4\n"))
    };
    insta::assert_snapshot!([classes("2,0"), classes("2,1"), classes("2,2"), classes("2,3")].join("---\n"), @r#"
    > AT+CPMS="MT","MT","MT"
    < +CPMS: 0,150,0,150,0,150
    < OK
    > AT+CNMI=2,0
    < OK
    * sms pdu 00040B915155674523F100F0621122210000000141
    * sms pdu 00040B915155674523F100F1621122210000000141
    * sms pdu 00040B915155674523F100F2621122210000000141
    * sms pdu 00040B915155674523F100F3621122210000000141
    > AT+CMGL=4
    < +CMGL: 1,0,,20
    < 00040B915155674523F100F0621122210000000141
    < +CMGL: 2,0,,20
    < 00040B915155674523F100F2621122210000000141
    < +CMGL: 3,0,,20
    < 00040B915155674523F100F3621122210000000141
    < +CMGL: 51,0,,20
    < 00040B915155674523F100F1621122210000000141
    < OK
    ---
    > AT+CPMS="MT","MT","MT"
    < +CPMS: 0,150,0,150,0,150
    < OK
    > AT+CNMI=2,1
    < OK
    * sms pdu 00040B915155674523F100F0621122210000000141
    < +CMT: ,20
    < 00040B915155674523F100F0621122210000000141
    * sms pdu 00040B915155674523F100F1621122210000000141
    < +CMTI: \"ME\",1
    * sms pdu 00040B915155674523F100F2621122210000000141
    < +CMTI: \"SM\",1
    * sms pdu 00040B915155674523F100F3621122210000000141
    < +CMTI: \"SM\",2
    > AT+CMGL=4
    < +CMGL: 1,0,,20
    < 00040B915155674523F100F2621122210000000141
    < +CMGL: 2,0,,20
    < 00040B915155674523F100F3621122210000000141
    < +CMGL: 51,0,,20
    < 00040B915155674523F100F1621122210000000141
    < OK
    ---
    > AT+CPMS="MT","MT","MT"
    < +CPMS: 0,150,0,150,0,150
    < OK
    > AT+CNMI=2,2
    < OK
    * sms pdu 00040B915155674523F100F0621122210000000141
    < +CMT: ,20
    < 00040B915155674523F100F0621122210000000141
    * sms pdu 00040B915155674523F100F1621122210000000141
    < +CMT: ,20
    < 00040B915155674523F100F1621122210000000141
    * sms pdu 00040B915155674523F100F2621122210000000141
    < +CMTI: \"SM\",1
    * sms pdu 00040B915155674523F100F3621122210000000141
    < +CMT: ,20
    < 00040B915155674523F100F3621122210000000141
    > AT+CMGL=4
    < +CMGL: 1,0,,20
    < 00040B915155674523F100F2621122210000000141
    < OK
    ---
    > AT+CPMS="MT","MT","MT"
    < +CPMS: 0,150,0,150,0,150
    < OK
    > AT+CNMI=2,3
    < OK
    * sms pdu 00040B915155674523F100F0621122210000000141
    < +CMT: ,20
    < 00040B915155674523F100F0621122210000000141
    * sms pdu 00040B915155674523F100F1621122210000000141
    < +CMTI: \"ME\",1
    * sms pdu 00040B915155674523F100F2621122210000000141
    < +CMTI: \"SM\",1
    * sms pdu 00040B915155674523F100F3621122210000000141
    < +CMT: ,20
    < 00040B915155674523F100F3621122210000000141
    > AT+CMGL=4
    < +CMGL: 1,0,,20
    < 00040B915155674523F100F2621122210000000141
    < +CMGL: 51,0,,20
    < 00040B915155674523F100F1621122210000000141
    < OK
    "#);
}

#[test]
fn a_message_replaces_the_one_of_its_type_and_type_0_leaves_no_trace() {
    let script = "
        > AT+CNMI=2,1
        * sms pdu 00040B915155674523F141006211222100000001 41
        * sms pdu 00040B915155674523F142006211222100000001 42
        * sms pdu 00040B915155674523F141006211222100000001 43
        * sms pdu 00040B915155674523F140006211222100000001 44
        > AT+CMGL=4
    ";
    insta::assert_snapshot!(play(&[], &script.replace("01 4", "014")), @r#"
    > AT+CNMI=2,1
    < OK
    * sms pdu 00040B915155674523F14100621122210000000141
    < +CMTI: \"SM\",1
    * sms pdu 00040B915155674523F14200621122210000000142
    < +CMTI: \"SM\",2
    * sms pdu 00040B915155674523F14100621122210000000143
    < +CMTI: \"SM\",1
    * sms pdu 00040B915155674523F14000621122210000000144
    > AT+CMGL=4
    < +CMGL: 1,0,,20
    < 00040B915155674523F14100621122210000000143
    < +CMGL: 2,0,,20
    < 00040B915155674523F14200621122210000000142
    < OK
    "#);
}

#[test]
fn what_finds_no_room_waits_in_the_service_centre() {
    let script = r#"
        > AT+CNMI=2,1;+CMER=3,0,0,2
        * sms from +15557654321 one
        * sms from +15557654321 two
        * sms from +15557654321 three
        > AT+CIND?
        > AT+CPMS?
        ? sms.waiting
        ? sms.free
        > AT+CMGD=1
        > AT+CMGD=1,4
        ? sms.waiting
        > AT+CMGL=4
    "#;
    insta::assert_snapshot!(play(&["sms.sim=2", "sms.equipment=0"], script), @r#"
    > AT+CNMI=2,1;+CMER=3,0,0,2
    < OK
    * sms from +15557654321 one
    < +CMTI: \"SM\",1
    * sms from +15557654321 two
    < +CMTI: \"SM\",2
    < +CIEV: 6,1
    * sms from +15557654321 three
    > AT+CIND?
    < +CIND: 5,4,1,0,0,1
    < OK
    > AT+CPMS?
    < +CPMS: \"SM\",2,2,\"SM\",2,2,\"SM\",2,2
    < OK
    ? sms.waiting
    = Some(Number(1.0))
    ? sms.free
    = Some(Number(0.0))
    > AT+CMGD=1
    < OK
    < +CIEV: 6,0
    < +CMTI: \"SM\",1
    < +CIEV: 6,1
    > AT+CMGD=1,4
    < OK
    < +CIEV: 6,0
    ? sms.waiting
    = Some(Number(0.0))
    > AT+CMGL=4
    < OK
    "#);
}

#[test]
fn a_modem_that_is_away_gets_its_messages_when_it_is_back() {
    let script = r#"
        > AT+CNMI=2,1;+CFUN=4
        * sms from +15557654321 while off the air
        ? sms.waiting
        > AT+CFUN=1
        ~ 1s
        * network lose
        * sms from +15557654321 while out of reach
        * network find
        ~ 1s
        * power off
        * sms from +15557654321 while without power
        * power on
        ~ 1s
        > AT+CMGL=4
        ? sms.waiting
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CNMI=2,1;+CFUN=4
    < OK
    * sms from +15557654321 while off the air
    ? sms.waiting
    = Some(Number(1.0))
    > AT+CFUN=1
    < OK
    ~ 1s
    < +CMTI: \"SM\",1
    * network lose
    * sms from +15557654321 while out of reach
    * network find
    ~ 1s
    < +CMTI: \"SM\",2
    * power off
    ! Restarted
    * sms from +15557654321 while without power
    * power on
    ~ 1s
    > AT+CMGL=4
    < +CMGL: 1,0,,34
    < 07915155100090F9040B915155674523F10000081060000010001177749A5D06BDCD66101D5D0685D372
    < +CMGL: 2,0,,35
    < 07915155100090F9040B915155674523F10000081060000020001277749A5D06BDEB74D0DB0C9297C36334
    < +CMGL: 3,0,,36
    < 07915155100090F9040B915155674523F10000081060000030001377749A5D06DDD374F4BB4E07C1DFF7B21C
    < OK
    ? sms.waiting
    = Some(Number(0.0))
    "#);
}

#[test]
fn the_modules_memory_outlives_its_power_and_the_cards_goes_with_the_card() {
    let script = r#"
        > AT+CPMS="ME","ME","ME"
        * sms from +15557654321 in the module
        > AT+CPMS="SM","SM","SM"
        * sms from +15557654321 on the card
        * power cycle
        ~ 1s
        > AT+CPMS="ME"
        > AT+CMGL=4
        > AT+CPMS="SM"
        * sim remove
        > AT+CMGL=4
        > AT+CMGR=1
        > AT+CPMS="ME"
        > AT+CMGL=4
        * sim insert
        ~ 1s
        > AT+CPMS="SM"
        > AT+CMGL=4
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CPMS="ME","ME","ME"
    < +CPMS: 0,100,0,100,0,100
    < OK
    * sms from +15557654321 in the module
    > AT+CPMS="SM","SM","SM"
    < +CPMS: 0,50,0,50,0,50
    < OK
    * sms from +15557654321 on the card
    * power cycle
    ! Restarted
    ~ 1s
    > AT+CPMS="ME"
    < +CPMS: 1,100,1,50,1,50
    < OK
    > AT+CMGL=4
    < +CMGL: 1,0,,31
    < 07915155100090F9040B915155674523F10000081060000010000D6937888E2E83DA6F729D5D06
    < OK
    > AT+CPMS="SM"
    < +CPMS: 1,50,1,50,1,50
    < OK
    * sim remove
    > AT+CMGL=4
    < +CMS ERROR: 310
    > AT+CMGR=1
    < +CMS ERROR: 310
    > AT+CPMS="ME"
    < +CPMS: 1,100,1,50,1,50
    < OK
    > AT+CMGL=4
    < +CMGL: 1,1,,31
    < 07915155100090F9040B915155674523F10000081060000010000D6937888E2E83DA6F729D5D06
    < OK
    * sim insert
    ~ 1s
    > AT+CPMS="SM"
    < +CPMS: 1,50,1,50,1,50
    < OK
    > AT+CMGL=4
    < +CMGL: 1,0,,29
    < 07915155100090F9040B915155674523F10000081060000010000B6F37888E2E83C6613919
    < OK
    "#);
}

#[test]
fn indications_are_buffered_dropped_or_kept_while_data_is_on_the_line() {
    let script = r#"
        > AT+CNMI=0,1
        * sms from +15557654321 buffered
        > AT+CNMI=2,1,0,0,0
        > AT+CNMI=0,1
        * sms from +15557654321 forgotten
        > AT+CNMI=1,1,0,0,1
        > ATD*99#
        ~ 1s
        * sms from +15557654321 stored, not told
        > +++
        ~ 2s
        >| +++
        ~ 2s
        > AT+CNMI=2,1
        > ATO
        * sms from +15557654321 stored, told later
        ~ 2s
        >| +++
        ~ 2s
        > AT+CNMI=1,2
        > ATO
        * sms from +15557654321 rejected until then
        ~ 2s
        >| +++
        ~ 2s
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CNMI=0,1
    < OK
    * sms from +15557654321 buffered
    > AT+CNMI=2,1,0,0,0
    < OK
    < +CMTI: \"SM\",1
    > AT+CNMI=0,1
    < OK
    * sms from +15557654321 forgotten
    > AT+CNMI=1,1,0,0,1
    < OK
    > ATD*99#
    ~ 1s
    < CONNECT 150000000
    * sms from +15557654321 stored, not told
    > +++
    ~ 2s
    >| +++
    ~ 2s
    < OK
    > AT+CNMI=2,1
    < OK
    > ATO
    < CONNECT 150000000
    * sms from +15557654321 stored, told later
    ~ 2s
    >| +++
    ~ 2s
    < OK
    < +CMTI: \"SM\",4
    > AT+CNMI=1,2
    < OK
    > ATO
    < CONNECT 150000000
    * sms from +15557654321 rejected until then
    ~ 2s
    >| +++
    ~ 2s
    < OK
    < +CMT: ,36
    < 07915155100090F9040B915155674523F100000810600000010013F2B2BA3CA697C9A0BA9B9E6683E8E8B21B
    "#);
}

#[test]
fn a_message_that_nobody_acknowledges_comes_again_and_nothing_is_shown_any_more() {
    let script = r#"
        > AT+CSMS=1;+CNMI=2,2,0,1
        * sms from +15557654321 one
        * sms from +15557654321 two
        ~ 14s
        ? sms.waiting
        ~ 2s
        > AT+CNMI?
        > AT+CNMA
        > AT+CMGL=4
        > AT+CNMI=2,2,0,1
        * sms from +15557654321 three
        > AT+CNMA=1,2
        >| 0000\x1a
        * sms from +15557654321 four
        > AT+CNMA=2,3
        >| 00D500\x1a
        > AT+CNMA
    "#;
    insta::assert_snapshot!(play(&[], script), @r"
    > AT+CSMS=1;+CNMI=2,2,0,1
    < +CSMS: 1,1,1
    < OK
    * sms from +15557654321 one
    < +CMT: ,22
    < 07915155100090F9040B915155674523F1000008106000001000036F7719
    * sms from +15557654321 two
    ~ 14s
    ? sms.waiting
    = Some(Number(1.0))
    ~ 2s
    > AT+CNMI?
    < +CNMI: 2,0,0,0,0
    < OK
    > AT+CNMA
    < +CMS ERROR: 340
    > AT+CMGL=4
    < +CMGL: 1,0,,22
    < 07915155100090F9040B915155674523F1000008106000001000036F7719
    < +CMGL: 2,0,,22
    < 07915155100090F9040B915155674523F100000810600000100003F4FB1B
    < OK
    > AT+CNMI=2,2,0,1
    < OK
    * sms from +15557654321 three
    < +CMT: ,24
    < 07915155100090F9040B915155674523F10000081060000071000574B4BC5C06
    > AT+CNMA=1,2
    < > 
    >| 0000\x1a
    < 0000
    < OK
    * sms from +15557654321 four
    < +CMT: ,23
    < 07915155100090F9040B915155674523F100000810600000710004E6775D0E
    > AT+CNMA=2,3
    < > 
    >| 00D500\x1a
    < 00D500
    < OK
    > AT+CNMA
    < +CMS ERROR: 340
    ");
}

#[test]
fn what_was_shown_and_not_acknowledged_outlives_the_modems_power() {
    let script = "
        > AT+CSMS=1;+CNMI=2,2
        * sms from +15557654321 one
        * power cycle
        ~ 1s
        > AT+CMGL=4
    ";
    insta::assert_snapshot!(play(&[], script), @"
    > AT+CSMS=1;+CNMI=2,2
    < +CSMS: 1,1,1
    < OK
    * sms from +15557654321 one
    < +CMT: ,22
    < 07915155100090F9040B915155674523F1000008106000001000036F7719
    * power cycle
    ! Restarted
    ~ 1s
    > AT+CMGL=4
    < +CMGL: 1,0,,22
    < 07915155100090F9040B915155674523F1000008106000001000036F7719
    < OK
    ");
}

#[test]
fn the_network_brings_messages_one_by_one() {
    let script = "
        > ATE0+CNMI=2,1
        * sms from +15557654321 one
        * sms from +15557654322 two
        ? sms.waiting
        ~ 600ms
        ~ 200ms
        * sms from +15557654323 three
        ~ 1s
        * sms from +15557654324 four
    ";
    insta::assert_snapshot!(play(&["sms.apart=700ms"], script), @r#"
    > ATE0+CNMI=2,1
    < OK
    * sms from +15557654321 one
    < +CMTI: \"SM\",1
    * sms from +15557654322 two
    ? sms.waiting
    = Some(Number(1.0))
    ~ 600ms
    ~ 200ms
    < +CMTI: \"SM\",2
    * sms from +15557654323 three
    ~ 1s
    < +CMTI: \"SM\",3
    * sms from +15557654324 four
    "#);
}
