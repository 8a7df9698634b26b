//! What real clients say, command by command.

use super::play;

#[test]
fn modem_manager_lists_reads_deletes_and_sends() {
    let script = r#"
        > AT+CSCS="UCS2"
        > AT+CNMI=?
        > AT+CPMS=?
        > AT+CPMS?
        > AT+CMGF=?
        > AT+CMGF=0
        * sms from +15557654321 Stored before.
        > AT+CPMS="SM","MT","MT"
        > AT+CPMS="SM"
        > AT+CMGL=4
        > AT+CPMS="ME"
        > AT+CNMI=2,1,2,1,0
        * sms from +15550101111 Live arrival, GSM 7-bit
        > AT+CPMS="SM"
        > AT+CMGR=2
        * sms from +15550101111 Привет мир…
        > AT+CMGR=3
        > AT+CMGD=1
        > AT+CMGS=24
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        ~ 2s
        > AT+CPMS?
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CSCS="UCS2"
    < OK
    > AT+CNMI=?
    < +CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)
    < OK
    > AT+CPMS=?
    < +CPMS: (\"SM\",\"ME\",\"MT\"),(\"SM\",\"ME\",\"MT\"),(\"SM\",\"ME\",\"MT\")
    < OK
    > AT+CPMS?
    < +CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50
    < OK
    > AT+CMGF=?
    < +CMGF: (0,1)
    < OK
    > AT+CMGF=0
    < OK
    * sms from +15557654321 Stored before.
    > AT+CPMS="SM","MT","MT"
    < +CPMS: 1,50,1,150,1,150
    < OK
    > AT+CPMS="SM"
    < +CPMS: 1,50,1,150,1,150
    < OK
    > AT+CMGL=4
    < +CMGL: 1,0,,32
    < 07915155100090F9040B915155674523F10000081060000010000E53FA5B5E2683C465F35B5E7601
    < OK
    > AT+CPMS="ME"
    < +CPMS: 0,100,1,150,1,150
    < OK
    > AT+CNMI=2,1,2,1,0
    < OK
    * sms from +15550101111 Live arrival, GSM 7-bit
    < +CMTI: \"SM\",2
    > AT+CPMS="SM"
    < +CPMS: 2,50,2,150,2,150
    < OK
    > AT+CMGR=2
    < +CMGR: 0,,40
    < 07915155100090F9040B915155101011F100000810600000100017CCB4BD0C0ACBE5697B98CD021DA74DD0AD254ED301
    < OK
    * sms from +15550101111 Привет мир…
    < +CMTI: \"SM\",3
    > AT+CMGR=3
    < +CMGR: 0,,41
    < 07915155100090F9040B915155101011F100080810600000100016041F044004380432043504420020043C043804402026
    < OK
    > AT+CMGD=1
    < OK
    > AT+CMGS=24
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("hello world") 07915155100090F931010B915155100000F20000A70BE8329BFD06DDDF723619
    ~ 2s
    < +CDS: 25
    < 07915155100090F906010B915155100000F2081060000010000810600000200000
    > AT+CPMS?
    < +CPMS: \"SM\",2,50,\"MT\",2,150,\"MT\",2,150
    < OK
    "#);
}

#[test]
fn ofono_in_phase_2_plus_sends_and_reads() {
    let script = r#"
        > AT+CSCS="GSM"
        > AT+CSMS=?
        > AT+CSMS=1
        > AT+CSMS?
        > AT+CMGF=0
        > AT+CPMS="ME","ME","ME"
        > AT+CNMI=1,2,2,1,0
        > AT+CGSMS=3
        > AT+CSCB=?
        > AT+CSCB=0
        > AT+CSCB=0,"4352-4356"
        > AT+CSCB?
        > AT+CSCA?
        > AT+CMMS=1
        > AT+CMGS=24
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        ~ 1s
        > AT+CNMA=0
        * sms from +15557654321 Hello
        * sms from +15557654321 again
        > AT+CNMA
        > AT+CNMA=1
        > AT+CNMA=1
        > AT+CMGL=4
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CSCS="GSM"
    < OK
    > AT+CSMS=?
    < +CSMS: (0,1)
    < OK
    > AT+CSMS=1
    < +CSMS: 1,1,1
    < OK
    > AT+CSMS?
    < +CSMS: 1,1,1,1
    < OK
    > AT+CMGF=0
    < OK
    > AT+CPMS="ME","ME","ME"
    < +CPMS: 0,100,0,100,0,100
    < OK
    > AT+CNMI=1,2,2,1,0
    < OK
    > AT+CGSMS=3
    < OK
    > AT+CSCB=?
    < +CSCB: (0,1)
    < OK
    > AT+CSCB=0
    < OK
    > AT+CSCB=0,"4352-4356"
    < OK
    > AT+CSCB?
    < +CSCB: 0,\"4352-4356\",\"\"
    < OK
    > AT+CSCA?
    < +CSCA: \"+15550100099\",145
    < OK
    > AT+CMMS=1
    < OK
    > AT+CMGS=24
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("hello world") 07915155100090F931010B915155100000F20000A70BE8329BFD06DDDF723619
    ~ 1s
    < +CDS: 25
    < 07915155100090F906010B915155100000F2081060000010000810600000200000
    > AT+CNMA=0
    < OK
    * sms from +15557654321 Hello
    < +CMT: ,24
    < 07915155100090F9040B915155674523F100000810600000200005C8329BFD06
    * sms from +15557654321 again
    > AT+CNMA
    < OK
    < +CMT: ,24
    < 07915155100090F9040B915155674523F100000810600000200005E17338ED06
    > AT+CNMA=1
    < OK
    > AT+CNMA=1
    < +CMS ERROR: 340
    > AT+CMGL=4
    < OK
    "#);
}

#[test]
fn gammu_in_hex_mode_gets_numbers_as_hexadecimal() {
    let script = r#"
        > AT+CSCS="HEX"
        > AT+CNMI=2,1,0,2,0
        > AT+CPMS="SM","SM"
        > AT+CPMS="ME","ME"
        > AT+CSCA?
        > AT+CMGS=24
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        ~ 2s
        > AT+CPMS="SM"
        * sms from +15557654321 Stored one
        > AT+CMGL=4
        > AT+CMGR=1
        > AT+CMGR=2
        > AT+CMGW=24,3
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        > AT+CPMS="ME","ME"
        > AT+CMGL=4
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CSCS="HEX"
    < OK
    > AT+CNMI=2,1,0,2,0
    < OK
    > AT+CPMS="SM","SM"
    < +CPMS: 0,50,0,50,0,50
    < OK
    > AT+CPMS="ME","ME"
    < +CPMS: 0,100,0,100,0,50
    < OK
    > AT+CSCA?
    < +CSCA: \"2B3135353530313030303939\",145
    < OK
    > AT+CMGS=24
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("hello world") 07915155100090F931010B915155100000F20000A70BE8329BFD06DDDF723619
    ~ 2s
    < +CDSI: \"SM\",1
    > AT+CPMS="SM"
    < +CPMS: 1,50,0,100,1,50
    < OK
    * sms from +15557654321 Stored one
    < +CMTI: \"SM\",2
    > AT+CMGL=4
    < +CMGL: 1,0,,25
    < 07915155100090F906010B915155100000F2081060000010000810600000200000
    < +CMGL: 2,0,,28
    < 07915155100090F9040B915155674523F10000081060000030000A53FA5B5E2683DEEE32
    < OK
    > AT+CMGR=1
    < +CMGR: 1,,25
    < 07915155100090F906010B915155100000F2081060000010000810600000200000
    < OK
    > AT+CMGR=2
    < +CMGR: 1,,28
    < 07915155100090F9040B915155674523F10000081060000030000A53FA5B5E2683DEEE32
    < OK
    > AT+CMGW=24,3
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMGW: 1
    < OK
    > AT+CPMS="ME","ME"
    < +CPMS: 1,100,1,100,2,50
    < OK
    > AT+CMGL=4
    < +CMGL: 1,3,,24
    < 0031000B915155100000F20000A70BE8329BFD06DDDF723619
    < OK
    "#);
}

#[test]
fn gammu_smsd_polls_and_keeps_the_link() {
    let script = r#"
        * sms from +15557654321 From the poll
        > AT+CMMS=2
        > AT+CPMS="SM","SM"
        > AT+CPMS="ME","ME"
        > AT+CPMS="SM"
        > AT+CMGL=4
        > AT+CMGR=1
        > AT+CMGD=1
        > AT+CMGS=24
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        > AT+CMMS?
        > AT+CMMS=0
        > AT+CMGL=4
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    * sms from +15557654321 From the poll
    > AT+CMMS=2
    < OK
    > AT+CPMS="SM","SM"
    < +CPMS: 1,50,1,50,1,50
    < OK
    > AT+CPMS="ME","ME"
    < +CPMS: 0,100,0,100,1,50
    < OK
    > AT+CPMS="SM"
    < +CPMS: 1,50,0,100,1,50
    < OK
    > AT+CMGL=4
    < +CMGL: 1,0,,31
    < 07915155100090F9040B915155674523F10000081060000010000D46F9BB0DA2A3CB20F89BCD06
    < OK
    > AT+CMGR=1
    < +CMGR: 1,,31
    < 07915155100090F9040B915155674523F10000081060000010000D46F9BB0DA2A3CB20F89BCD06
    < OK
    > AT+CMGD=1
    < OK
    > AT+CMGS=24
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("hello world") 07915155100090F931010B915155100000F20000A70BE8329BFD06DDDF723619
    > AT+CMMS?
    < +CMMS: 2
    < OK
    > AT+CMMS=0
    < OK
    > AT+CMGL=4
    < OK
    "#);
}

#[test]
fn smstools_reads_by_index_until_there_is_none() {
    let script = r#"
        > AT+CMEE=1;+CREG=2
        > AT+CMGF=0
        > AT+CPMS?
        * sms from +15557654321 one
        > AT+CMGR=1
        > AT+CMGD=1
        > AT+CMGR=1
        > AT+CMGS=24
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CMEE=1;+CREG=2
    < OK
    > AT+CMGF=0
    < OK
    > AT+CPMS?
    < +CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50
    < OK
    * sms from +15557654321 one
    > AT+CMGR=1
    < +CMGR: 0,,22
    < 07915155100090F9040B915155674523F1000008106000001000036F7719
    < OK
    > AT+CMGD=1
    < OK
    > AT+CMGR=1
    < +CMS ERROR: 321
    > AT+CMGS=24
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("hello world") 07915155100090F931010B915155100000F20000A70BE8329BFD06DDDF723619
    "#);
}

#[test]
fn a_terminal_program_sends_a_text() {
    let script = r#"
        > AT+CMGF=1
        > AT+CSMP?
        > AT+CSDH=1
        > AT+CMGS="+15550100002"
        >| Good day.\x1a
        > AT+CSMP=49,167,0,8
        > AT+CMGS="+15550100002",145
        >| 041F0440\x1a
        > AT+CNMI=2,2,0,1
        ~ 2s
        * sms from +15557654321 Price [5€]
        > AT+CSMP=81,,,0
        > AT+CMGS="+15550100002"
        >| 0500030A0201D0\x1a
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CMGF=1
    < OK
    > AT+CSMP?
    < +CSMP: 17,167,0,0
    < OK
    > AT+CSDH=1
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| Good day.\x1a
    < Good day.
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("Good day.") 07915155100090F911010B915155100000F20000A709C7F79B0C2287F32E
    > AT+CSMP=49,167,0,8
    < OK
    > AT+CMGS="+15550100002",145
    < > 
    >| 041F0440\x1a
    < 041F0440
    < +CMGS: 2
    < OK
    ! message 2 from +15550100001 to +15550100002: Some("Пр") 07915155100090F931020B915155100000F20008A704041F0440
    > AT+CNMI=2,2,0,1
    < OK
    ~ 2s
    < +CDS: 6,2,\"+15550100002\",145,\"80/01/06,00:00:01+00\",\"80/01/06,00:00:02+00\",0
    * sms from +15557654321 Price [5€]
    < +CMT: \"+15557654321\",,\"80/01/06,00:00:03+00\",145,4,0,0,\"+15550100099\",145,13
    < Price \u{1b}<5\u{1b}e\u{1b}>
    > AT+CSMP=81,,,0
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| 0500030A0201D0\x1a
    < 0500030A0201D0
    < +CMGS: 3
    < OK
    ! message 3 from +15550100001 to +15550100002: Some("h") 07915155100090F951030B915155100000F20000A7080500030A0201D0
    "#);
}
