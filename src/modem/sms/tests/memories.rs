//! The memories: what is in them, and what is deleted.

use super::play;

#[test]
fn both_memories_together_are_one_behind_the_other() {
    let script = r#"
        > AT+CPMS="SM","SM","SM"
        * sms from +15557654321 card
        > AT+CPMS="ME","ME","ME"
        * sms from +15557654321 module
        > AT+CPMS="MT","MT","MT"
        * sms from +15557654321 first free
        > AT+CMGF=1
        > AT+CMGL="ALL"
        > AT+CMGD=?
        > AT+CMGR=4
        > AT+CMGD=3
        > AT+CPMS?
    "#;
    insta::assert_snapshot!(play(&["sms.sim=2", "sms.equipment=3"], script), @r#"
    > AT+CPMS="SM","SM","SM"
    < +CPMS: 0,2,0,2,0,2
    < OK
    * sms from +15557654321 card
    > AT+CPMS="ME","ME","ME"
    < +CPMS: 0,3,0,3,0,3
    < OK
    * sms from +15557654321 module
    > AT+CPMS="MT","MT","MT"
    < +CPMS: 2,5,2,5,2,5
    < OK
    * sms from +15557654321 first free
    > AT+CMGF=1
    < OK
    > AT+CMGL="ALL"
    < +CMGL: 1,\"REC UNREAD\",\"+15557654321\",,\"80/01/06,00:00:01+00\"
    < card
    < +CMGL: 2,\"REC UNREAD\",\"+15557654321\",,\"80/01/06,00:00:01+00\"
    < first free
    < +CMGL: 3,\"REC UNREAD\",\"+15557654321\",,\"80/01/06,00:00:01+00\"
    < module
    < OK
    > AT+CMGD=?
    < +CMGD: (1-5),(0-4)
    < OK
    > AT+CMGR=4
    < +CMS ERROR: 321
    > AT+CMGD=3
    < OK
    > AT+CPMS?
    < +CPMS: \"MT\",2,5,\"MT\",2,5,\"MT\",2,5
    < OK
    "#);
}

#[test]
fn a_flag_says_which_messages_go() {
    let fill = r#"
        > AT+CMGF=1
        * sms from +15557654321 read
        > AT+CMGR=1
        > AT+CMGW="+15550100002"
        >| unsent\x1a
        > AT+CMGW="+15550100002",145,"STO SENT"
        >| sent\x1a
        * sms from +15557654321 unread
        > AT+CMGF=0
    "#;
    let left = |flag: u8| {
        let seen = play(&[], &format!("{fill}\n> AT+CMGD=1,{flag}\n> AT+CMGF=1\n> AT+CMGL=\"ALL\"\n"));
        let end = seen.rfind("> AT+CMGL").expect("the list");
        seen[end..].to_owned()
    };
    insta::assert_snapshot!([0, 1, 2, 3, 4].map(left).join("---\n"), @r#"
    > AT+CMGL="ALL"
    < +CMGL: 2,\"STO UNSENT\",\"+15550100002\",,
    < unsent
    < +CMGL: 3,\"STO SENT\",\"+15550100002\",,
    < sent
    < +CMGL: 4,\"REC UNREAD\",\"+15557654321\",,\"80/01/06,00:00:01+00\"
    < unread
    < OK
    ---
    > AT+CMGL="ALL"
    < +CMGL: 2,\"STO UNSENT\",\"+15550100002\",,
    < unsent
    < +CMGL: 3,\"STO SENT\",\"+15550100002\",,
    < sent
    < +CMGL: 4,\"REC UNREAD\",\"+15557654321\",,\"80/01/06,00:00:01+00\"
    < unread
    < OK
    ---
    > AT+CMGL="ALL"
    < +CMGL: 2,\"STO UNSENT\",\"+15550100002\",,
    < unsent
    < +CMGL: 4,\"REC UNREAD\",\"+15557654321\",,\"80/01/06,00:00:01+00\"
    < unread
    < OK
    ---
    > AT+CMGL="ALL"
    < +CMGL: 4,\"REC UNREAD\",\"+15557654321\",,\"80/01/06,00:00:01+00\"
    < unread
    < OK
    ---
    > AT+CMGL="ALL"
    < OK
    "#);
}

#[test]
fn a_memory_that_is_full_takes_nothing() {
    let script = r#"
        > AT+CMGF=1;+CMEE=2
        > AT+CMGW="+15550100002"
        >| one\x1a
        > AT+CMGW="+15550100002"
        >| two\x1a
        > AT+CMGD=2
        > AT+CMGR=2
        > AT+CMGR=0
    "#;
    insta::assert_snapshot!(play(&["sms.sim=1"], script), @r#"
    > AT+CMGF=1;+CMEE=2
    < OK
    > AT+CMGW="+15550100002"
    < > 
    >| one\x1a
    < one
    < +CMGW: 1
    < OK
    > AT+CMGW="+15550100002"
    < > 
    >| two\x1a
    < two
    < +CMS ERROR: memory full
    > AT+CMGD=2
    < +CMS ERROR: invalid memory index
    > AT+CMGR=2
    < +CMS ERROR: invalid memory index
    > AT+CMGR=0
    < +CMS ERROR: invalid memory index
    "#);
}

#[test]
fn an_index_without_a_message_may_be_no_error() {
    insta::assert_snapshot!(play(&["sms.empty=0"], "> AT+CMGR=1\n> AT+CMGR=51\n> AT+CMSS=1\n> AT+CMGD=1\n"), @"
    > AT+CMGR=1
    < OK
    > AT+CMGR=51
    < +CMS ERROR: 321
    > AT+CMSS=1
    < +CMS ERROR: 321
    > AT+CMGD=1
    < OK
    ");
}
