//! Messages that go: the prompt, references, reports, and the service centre.

use super::play;
use crate::modem::tests::Desk;

#[test]
fn a_report_comes_after_its_time_where_it_was_asked_for() {
    let script = r#"
        > AT+CMGF=1;+CNMI=2,1,0,1
        > AT+CSMP=49
        > AT+CMGS="+15550100002"
        >| with a report\x1a
        > AT+CSMP=17
        > AT+CMGS="+15550100002"
        >| without\x1a
        ~ 999ms
        ~ 1ms
        ? sms.reports
        ? sms.last.status
        > AT+CMGF=0;+CNMI=2,1,0,2;+CMGF=1
        > AT+CSMP=49
        > AT+CMGS="+15550100003"
        >| into the memory\x1a
        ~ 1s
        > AT+CMGR=1
        > AT+CMGF=0
        > AT+CMGR=1
    "#;
    insta::assert_snapshot!(play(&["sms.undelivered.+15550100003=70"], script), @r#"
    > AT+CMGF=1;+CNMI=2,1,0,1
    < OK
    > AT+CSMP=49
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| with a report\x1a
    < with a report
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("with a report") 07915155100090F931010B915155100000F20000A70DF7341D0D0A83E465F85B4E07
    > AT+CSMP=17
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| without\x1a
    < without
    < +CMGS: 2
    < OK
    ! message 2 from +15550100001 to +15550100002: Some("without") 07915155100090F911020B915155100000F20000A707F7341DFDAED301
    ~ 999ms
    ~ 1ms
    < +CDS: 6,1,\"+15550100002\",145,\"80/01/06,00:00:01+00\",\"80/01/06,00:00:02+00\",0
    ? sms.reports
    = Some(Number(1.0))
    ? sms.last.status
    = Some(Number(0.0))
    > AT+CMGF=0;+CNMI=2,1,0,2;+CMGF=1
    < OK
    > AT+CSMP=49
    < OK
    > AT+CMGS="+15550100003"
    < > 
    >| into the memory\x1a
    < into the memory
    < +CMGS: 3
    < OK
    ! message 3 from +15550100001 to +15550100003: Some("into the memory") 07915155100090F931030B915155100000F30000A70F6937FD0DA2A3CBA076B9FD96E701
    ~ 1s
    < +CDSI: \"SM\",1
    > AT+CMGR=1
    < +CMGR: \"REC UNREAD\",6,3,\"+15550100003\",145,\"80/01/06,00:00:02+00\",\"80/01/06,00:00:03+00\",70
    < OK
    > AT+CMGF=0
    < OK
    > AT+CMGR=1
    < +CMGR: 1,,25
    < 07915155100090F906030B915155100000F3081060000020000810600000300046
    < OK
    "#);
}

#[test]
fn the_runner_says_what_became_of_a_message() {
    let script = r#"
        > AT+CMGF=1;+CNMI=2,1,0,1;+CSMP=49
        > AT+CMGS="+15550100002"
        >| one\x1a
        * sms status 1 48
        ~ 2s
        * sms status 1 0
        * sms status 1 0
        * sms status 9 0
        ~ 2s
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CMGF=1;+CNMI=2,1,0,1;+CSMP=49
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| one\x1a
    < one
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("one") 07915155100090F931010B915155100000F20000A7036F7719
    * sms status 1 48
    < +CDS: 6,1,\"+15550100002\",145,\"80/01/06,00:00:01+00\",\"80/01/06,00:00:01+00\",48
    ~ 2s
    * sms status 1 0
    < +CDS: 6,1,\"+15550100002\",145,\"80/01/06,00:00:01+00\",\"80/01/06,00:00:03+00\",0
    * sms status 1 0
    * sms status 9 0
    ~ 2s
    "#);
}

#[test]
fn a_message_to_ones_own_number_comes_back() {
    let script = r#"
        > AT+CMGF=1;+CNMI=2,2;+CSDH=1
        > AT+CMGS="+15550100001"
        >| to myself\x1a
        ? sms.sent
        ? sms.received
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CMGF=1;+CNMI=2,2;+CSDH=1
    < OK
    > AT+CMGS="+15550100001"
    < > 
    >| to myself\x1a
    < to myself
    < +CMGS: 1
    < OK
    < +CMT: \"+15550100001\",,\"80/01/06,00:00:01+00\",145,4,0,0,\"+15550100099\",145,9
    < to myself
    ! message 1 from +15550100001 to +15550100001: Some("to myself") 07915155100090F911010B915155100000F10000A709F437A89D9F97D966
    ? sms.sent
    = Some(Number(1.0))
    ? sms.received
    = Some(Number(1.0))
    "#);
}

#[test]
fn a_message_takes_its_time() {
    let script = r#"
        > AT+CMGF=1
        > AT+CMGS="+15550100001"
        >| to myself\x1aAT+CMGL="ALL"\r
        ? modem.state
        ~ 1999ms
        ~ 1ms
        > AT+CMGS="+15550100002"
        >| lost with the power\x1a
        * power cycle
        ~ 5s
        ? sms.sent
    "#;
    insta::assert_snapshot!(play(&["sms.send=2s"], script), @r#"
    > AT+CMGF=1
    < OK
    > AT+CMGS="+15550100001"
    < > 
    >| to myself\x1aAT+CMGL="ALL"\r
    < to myself
    ? modem.state
    = Some(Text("busy"))
    ~ 1999ms
    ~ 1ms
    < +CMGS: 1
    < OK
    < AT+CMGL=\"ALL\"
    < OK
    ! message 1 from +15550100001 to +15550100001: Some("to myself") 07915155100090F911010B915155100000F10000A709F437A89D9F97D966
    > AT+CMGS="+15550100002"
    < > 
    >| lost with the power\x1a
    < lost with the power
    * power cycle
    ! Restarted
    ~ 5s
    ? sms.sent
    = Some(Number(1.0))
    "#);
}

#[test]
fn a_text_is_typed_line_by_line_and_edited() {
    let mut desk = Desk::registered("generic-lte", &[]);
    desk.bytes("ATE1;+CMGF=1\\r");
    insta::assert_snapshot!(desk.bytes("AT+CMGS=\"+15550100002\"\\r"), @r#"AT+CMGS=\"+15550100002\"\r\r\n>"#);
    insta::assert_snapshot!(desk.bytes("\\nfirst\\rsecomd\\x08\\x08nd"), @r"first\r\r\n> secomd\x08\x08nd");
    insta::assert_snapshot!(desk.bytes("\\x1a"), @r"\r\r\n+CMGS: 1\r\n\r\nOK\r\n");
    insta::assert_snapshot!(desk.play("? sms.last.text\n> ATE0\n"), @r#"
    ? sms.last.text
    = Some(Text("first\rsecond"))
    > ATE0
    < OK
    "#);
    insta::assert_snapshot!(desk.bytes("AT+CSQ;+CMGS=\"+15550100002\"\\r"), @r"\r\n+CSQ: 21,99\r\n\r\n>");
    insta::assert_snapshot!(desk.bytes("given up\\x1b"), @r"\r\nOK\r\n");
    insta::assert_snapshot!(desk.bytes("AT+CMGS=\"+15550100002\";+CSQ\\rgone on with\\x1a"), @r"\r\n> \r\n+CMGS: 2\r\n\r\n+CSQ: 21,99\r\n\r\nOK\r\n");
}

#[test]
fn what_the_port_loses_at_the_prompt_is_not_sent() {
    let script = r#"
        > AT+CMGF=1
        > AT+CMGS="+15550100002"
        >| half a te
        ? modem.state
        * dtr off
        * dtr on
        > AT
        > AT+CMGS="+15550100002"
        >| half a te
        * closed
        > AT
        > AT&D0
        > AT+CMGS="+15550100002"
        >| goes
        * dtr off
        >|  on\x1a
        > AT+CMGS="+15550100002"
        >| half a te
        * power cycle
        ~ 1s
        > AT+CMGF?
        ? sms.sent
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CMGF=1
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| half a te
    ? modem.state
    = Some(Text("prompt"))
    * dtr off
    < OK
    * dtr on
    > AT
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| half a te
    * closed
    > AT
    < OK
    > AT&D0
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| goes
    * dtr off
    >|  on\x1a
    <  on
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("goes on") 07915155100090F911010B915155100000F20000A707E777790E7ABB01
    > AT+CMGS="+15550100002"
    < > 
    >| half a te
    * power cycle
    ! Restarted
    ~ 1s
    > AT+CMGF?
    < +CMGF: 0
    < OK
    ? sms.sent
    = Some(Number(1.0))
    "#);
}

#[test]
fn unsolicited_results_wait_until_the_text_is_typed() {
    let script = r#"
        > AT+CMGF=1;+CNMI=2,1
        > AT+CMGS="+15550100002"
        * sms from +15557654321 meanwhile
        >| text
        ~ 5s
        >| \x1b
    "#;
    insta::assert_snapshot!(play(&["sms.given_up=error"], script), @r#"
    > AT+CMGF=1;+CNMI=2,1
    < OK
    > AT+CMGS="+15550100002"
    < > 
    * sms from +15557654321 meanwhile
    >| text
    ~ 5s
    >| \x1b
    < ERROR
    < +CMTI: \"SM\",1
    "#);
}

#[test]
fn what_keeps_a_message_from_leaving_has_its_own_error() {
    let script = r#"
        > AT+CMGF=1
        > AT+CMGS="+15550100004"
        >| refused\x1a
        > AT+CGSMS=1
        > AT+CFUN=4
        > AT+CMGS="+15550100002"
        >| no network\x1a
        > AT+CMEE=2
        > AT+CMGS="+15550100002"
        >| no network\x1a
        > AT+CMEE=0
        * sim lock
        > AT+CMGS="+15550100002"
        * sim block
        > AT+CMGS="+15550100002"
        * sim remove
        > AT+CMGS="+15550100002"
        > AT+CSCA?
    "#;
    let without_centre = r#"
        > AT+CSCA?
        > AT+CMGF=1
        > AT+CMGS="+15550100002"
        >| no centre\x1a
        > AT+CMGF=0
        > AT+CMGS=24
        >| 07915155100000F911000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        > AT+CSCA="+15550100098",145
        > AT+CSCA?
    "#;
    let busy = "> AT+CSCA?\n> AT+CMGS=24\n> AT+CPMS?\n> AT+CPMS=\"ME\",\"ME\",\"ME\"\n";
    insta::assert_snapshot!(
        [play(&["sms.refused.+15550100004=38"], script), play(&["sim.smsc="], without_centre), play(&["sim.busy=1m"], busy)].join("---\n"),
        @r#"
    > AT+CMGF=1
    < OK
    > AT+CMGS="+15550100004"
    < > 
    >| refused\x1a
    < refused
    < +CMS ERROR: 38
    > AT+CGSMS=1
    < OK
    > AT+CFUN=4
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| no network\x1a
    < no network
    < +CMS ERROR: 331
    > AT+CMEE=2
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| no network\x1a
    < no network
    < +CMS ERROR: no network service
    > AT+CMEE=0
    < OK
    * sim lock
    > AT+CMGS="+15550100002"
    < +CMS ERROR: 311
    * sim block
    > AT+CMGS="+15550100002"
    < +CMS ERROR: 316
    * sim remove
    > AT+CMGS="+15550100002"
    < +CMS ERROR: 310
    > AT+CSCA?
    < +CMS ERROR: 310
    ---
    > AT+CSCA?
    < +CSCA: \"\",129
    < OK
    > AT+CMGF=1
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| no centre\x1a
    < no centre
    < +CMS ERROR: 330
    > AT+CMGF=0
    < OK
    > AT+CMGS=24
    < > 
    >| 07915155100000F911000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 07915155100000F911000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("hello world") 07915155100000F911010B915155100000F20000A70BE8329BFD06DDDF723619
    > AT+CSCA="+15550100098",145
    < OK
    > AT+CSCA?
    < +CSCA: \"+15550100098\",145
    < OK
    ---
    > AT+CSCA?
    < +CMS ERROR: 314
    > AT+CMGS=24
    < +CMS ERROR: 314
    > AT+CPMS?
    < +CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50
    < OK
    > AT+CPMS="ME","ME","ME"
    < +CPMS: 0,100,0,100,0,100
    < OK
    "#
    );
}

#[test]
fn a_message_is_written_and_sent_from_the_memory() {
    let script = r#"
        > AT+CMGF=1;+CSDH=1
        > AT+CMGW="+15550100002"
        >| for later\x1a
        > AT+CMGW
        >| to nobody yet\x1a
        > AT+CMGW="+15557654321",145,"REC UNREAD"
        >| as if it had come\x1a
        > AT+CMGL="ALL"
        > AT+CMSS=1
        > AT+CMSS=2,"+15550100003"
        > AT+CMSS=3
        > AT+CMSS=4
        > AT+CMGR=1
        > AT+CMGL="STO SENT"
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CMGF=1;+CSDH=1
    < OK
    > AT+CMGW="+15550100002"
    < > 
    >| for later\x1a
    < for later
    < +CMGW: 1
    < OK
    > AT+CMGW
    < > 
    >| to nobody yet\x1a
    < to nobody yet
    < +CMGW: 2
    < OK
    > AT+CMGW="+15557654321",145,"REC UNREAD"
    < > 
    >| as if it had come\x1a
    < as if it had come
    < +CMGW: 3
    < OK
    > AT+CMGL="ALL"
    < +CMGL: 1,\"STO UNSENT\",\"+15550100002\",,,145,9
    < for later
    < +CMGL: 2,\"STO UNSENT\",\"\",,,129,13
    < to nobody yet
    < +CMGL: 3,\"REC UNREAD\",\"+15557654321\",,\"80/01/06,00:00:01+00\",145,17
    < as if it had come
    < OK
    > AT+CMSS=1
    < +CMSS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("for later") 07915155100090F911010B915155100000F20000A709E6B71CC40ED3CB72
    > AT+CMSS=2,"+15550100003"
    < +CMSS: 2
    < OK
    ! message 2 from +15550100001 to +15550100003: Some("to nobody yet") 07915155100090F911020B915155100000F30000A70DF437C8FD16BFC97950BE4C07
    > AT+CMSS=3
    < +CMS ERROR: 302
    > AT+CMSS=4
    < +CMS ERROR: 321
    > AT+CMGR=1
    < +CMGR: \"STO SENT\",\"+15550100002\",,145,17,0,0,167,\"+15550100099\",145,9
    < for later
    < OK
    > AT+CMGL="STO SENT"
    < +CMGL: 1,\"STO SENT\",\"+15550100002\",,,145,9
    < for later
    < +CMGL: 2,\"STO SENT\",\"\",,,129,13
    < to nobody yet
    < OK
    "#);
}

#[test]
fn a_command_asks_about_a_message() {
    let script = r#"
        > AT+CMGF=1;+CNMI=2,1,0,1
        > AT+CMGS="+15550100002"
        >| one\x1a
        > AT+CMGC=34,0,0,1,"+15550100002"
        >| \x1a
        > AT+CMGC=34,0,0,77,"+15550100002"
        >| \x1a
        > AT+CMGC=2,3,0,1,"+15550100002"
        >| \x1a
        ~ 2s
        > AT+CMGF=0
        > AT+CMGC=14
        >| 00220000000 10B915155100000F200\x1a
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CMGF=1;+CNMI=2,1,0,1
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| one\x1a
    < one
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("one") 07915155100090F911010B915155100000F20000A7036F7719
    > AT+CMGC=34,0,0,1,"+15550100002"
    < > 
    >| \x1a
    < +CMGC: 2
    < OK
    < +CDS: 38,2,\"+15550100002\",145,\"80/01/06,00:00:01+00\",\"80/01/06,00:00:01+00\",0
    ! message 2 from +15550100001 to +15550100002: None 07915155100090F922020000010B915155100000F200
    > AT+CMGC=34,0,0,77,"+15550100002"
    < > 
    >| \x1a
    < +CMGC: 3
    < OK
    < +CDS: 38,3,\"+15550100002\",145,\"80/01/06,00:00:01+00\",\"80/01/06,00:00:01+00\",73
    ! message 3 from +15550100001 to +15550100002: None 07915155100090F9220300004D0B915155100000F200
    > AT+CMGC=2,3,0,1,"+15550100002"
    < > 
    >| \x1a
    < +CMGC: 4
    < OK
    ! message 4 from +15550100001 to +15550100002: None 07915155100090F902040003010B915155100000F200
    ~ 2s
    < +CDS: 6,1,\"+15550100002\",145,\"80/01/06,00:00:01+00\",\"80/01/06,00:00:02+00\",0
    > AT+CMGF=0
    < OK
    > AT+CMGC=14
    < > 
    >| 00220000000 10B915155100000F200\x1a
    < 00220000000 10B915155100000F200
    < +CMGC: 5
    < OK
    < +CDS: 25
    < 07915155100090F926050B915155100000F2081060000030000810600000300000
    ! message 5 from +15550100001 to +15550100002: None 07915155100090F922050000010B915155100000F200
    "#);
}

#[test]
fn settings_are_saved_and_restored() {
    let script = r#"
        > AT+CSMP=?
        > AT+CSMP=25,"26/12/24,18:00:00+04"
        > AT+CSMP?
        > AT+CSMP=9,"01050000000000"
        > AT+CSMP?
        > AT+CSCA="+15550100097"
        > AT+CSAS=?
        > AT+CSAS
        > AT+CSMP=17,0
        > AT+CSCA="+15550100096"
        > AT+CSMP?
        > AT+CRES
        > AT+CSMP?
        > AT+CSCA?
        > AT+CRES=1
        > AT+CRES=2
        > AT+CSMP=17
        * power cycle
        ~ 1s
        > AT+CSMP?
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CSMP=?
    < OK
    > AT+CSMP=25,"26/12/24,18:00:00+04"
    < OK
    > AT+CSMP?
    < +CSMP: 25,\"26/12/24,18:00:00+04\",0,0
    < OK
    > AT+CSMP=9,"01050000000000"
    < OK
    > AT+CSMP?
    < +CSMP: 9,\"01050000000000\",0,0
    < OK
    > AT+CSCA="+15550100097"
    < OK
    > AT+CSAS=?
    < +CSAS: (0-1)
    < OK
    > AT+CSAS
    < OK
    > AT+CSMP=17,0
    < OK
    > AT+CSCA="+15550100096"
    < OK
    > AT+CSMP?
    < +CSMP: 17,0,0,0
    < OK
    > AT+CRES
    < OK
    > AT+CSMP?
    < +CSMP: 9,\"01050000000000\",0,0
    < OK
    > AT+CSCA?
    < +CSCA: \"+15550100097\",145
    < OK
    > AT+CRES=1
    < +CMS ERROR: 321
    > AT+CRES=2
    < +CMS ERROR: 321
    > AT+CSMP=17
    < OK
    * power cycle
    ! Restarted
    ~ 1s
    > AT+CSMP?
    < +CSMP: 9,\"01050000000000\",0,0
    < OK
    "#);
}

#[test]
fn every_set_of_characters_has_its_text() {
    let sets = ["GSM", "IRA", "UCS2", "HEX", "8859-1"];
    let mut seen = String::new();
    for set in sets {
        let script =
            format!("> AT+CMGF=1;+CNMI=2,2\n> AT+CSCS=\"{set}\"\n* sms from +15557654321 @ é [€]\n> AT+CSCA?\n");
        seen.push_str(&play(&[], &script));
    }
    let mut desk = Desk::registered("generic-lte", &[]);
    desk.bytes("ATE0;+CMGF=1;+CNMI=2,2;+CSCS=\"8859-1\"\\r");
    desk.play("* sms from +15557654321 é\n");
    seen.push_str(&desk.bytes("AT+CMGS=\"+15550100001\"\\rna\\xefve \\xe9\\x1a"));
    insta::assert_snapshot!(seen, @r#"
    > AT+CMGF=1;+CNMI=2,2
    < OK
    > AT+CSCS="GSM"
    < OK
    * sms from +15557654321 @ é [€]
    < +CMT: \"+15557654321\",,\"80/01/06,00:00:01+00\"
    < \0 \u{5} \u{1b}<\u{1b}e\u{1b}>
    > AT+CSCA?
    < +CSCA: \"+15550100099\",145
    < OK
    > AT+CMGF=1;+CNMI=2,2
    < OK
    > AT+CSCS="IRA"
    < OK
    * sms from +15557654321 @ é [€]
    < +CMT: \"+15557654321\",,\"80/01/06,00:00:01+00\"
    < @ ? [?]
    > AT+CSCA?
    < +CSCA: \"+15550100099\",145
    < OK
    > AT+CMGF=1;+CNMI=2,2
    < OK
    > AT+CSCS="UCS2"
    < OK
    * sms from +15557654321 @ é [€]
    < +CMT: \"002B00310035003500350037003600350034003300320031\",,\"80/01/06,00:00:01+00\"
    < 0040002000E90020005B20AC005D
    > AT+CSCA?
    < +CSCA: \"002B00310035003500350030003100300030003000390039\",145
    < OK
    > AT+CMGF=1;+CNMI=2,2
    < OK
    > AT+CSCS="HEX"
    < OK
    * sms from +15557654321 @ é [€]
    < +CMT: \"2B3135353537363534333231\",,\"80/01/06,00:00:01+00\"
    < 002005201B3C1B651B3E
    > AT+CSCA?
    < +CSCA: \"2B3135353530313030303939\",145
    < OK
    > AT+CMGF=1;+CNMI=2,2
    < OK
    > AT+CSCS="8859-1"
    < OK
    * sms from +15557654321 @ é [€]
    < +CMT: \"+15557654321\",,\"80/01/06,00:00:01+00\"
    < @ � [?]
    > AT+CSCA?
    < +CSCA: \"+15550100099\",145
    < OK
    \r\n> \r\n+CMGS: 1\r\n\r\nOK\r\n\r\n+CMT: \"+15550100001\",,\"80/01/06,00:00:01+00\"\r\nna?ve \xe9\r\n
    "#);
}
