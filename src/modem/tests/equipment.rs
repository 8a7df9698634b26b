//! The equipment: who it is, its levels, clock and character set; what becomes of its settings.

use super::*;

#[test]
fn an_imei_is_read_in_each_of_its_forms() {
    insta::assert_snapshot!(play(r"
        > AT+CGSN
        > AT+CGSN=0
        > AT+CGSN=1
        > AT+CGSN=2
        > AT+CGSN=3
        > AT+CGSN=?
        > AT+CGSN=4
        > AT+CGSN=1,1
        > AT+CGSN?
        > AT+GSN
    "), @r#"
    > AT+CGSN
    < 001017001234569
    < OK
    > AT+CGSN=0
    < 001017001234569
    < OK
    > AT+CGSN=1
    < +CGSN: \"001017001234569\"
    < OK
    > AT+CGSN=2
    < +CGSN: \"0010170012345601\"
    < OK
    > AT+CGSN=3
    < +CGSN: \"01\"
    < OK
    > AT+CGSN=?
    < +CGSN: (0-3)
    < OK
    > AT+CGSN=4
    < ERROR
    > AT+CGSN=1,1
    < ERROR
    > AT+CGSN?
    < ERROR
    > AT+GSN
    < 001017001234569
    < OK
    "#);
}

#[test]
fn an_imei_that_was_never_written_is_an_empty_line() {
    let mut desk = Desk::new("generic-lte", &["imei="]);
    insta::assert_snapshot!(desk.bytes(r"ATE0+CGSN;+CGSN=1\r"), @r#"ATE0+CGSN;+CGSN=1\r\r\n\r\n\r\n+CGSN: \"\"\r\n\r\nOK\r\n"#);
}

#[test]
fn a_wrong_check_digit_is_reported_as_it_is() {
    let mut desk = Desk::new("generic-lte", &["imei=001017001234560", "imeisv=0010170012345678"]);
    insta::assert_snapshot!(desk.play("> AT+CGSN\n> AT+CGSN=2\n?modem.imei"), @r#"
    > AT+CGSN
    < 001017001234560
    < OK
    > AT+CGSN=2
    < +CGSN: \"0010170012345678\"
    < OK
    ?modem.imei
    = Some(Text("001017001234560"))
    "#);
}

#[test]
fn a_command_that_would_rewrite_the_imei_is_refused_and_found() {
    insta::assert_snapshot!(play(r#"
        > AT+EGMR=1,7,"001017001111110"
        > ATE0+CGMI;+EGMR=1,7,"001017001111110";+CGMM
        > AT+CGSN
    "#), @r#"
    > AT+EGMR=1,7,"001017001111110"
    < ERROR
    ! Tamper { command: "AT+EGMR=1,7,\"001017001111110\"" }
    > ATE0+CGMI;+EGMR=1,7,"001017001111110";+CGMM
    < atgate
    < ERROR
    ! Tamper { command: "AT+EGMR=1,7,\"001017001111110\"" }
    > AT+CGSN
    < 001017001234569
    < OK
    "#);
}

#[test]
fn who_made_it() {
    insta::assert_snapshot!(play(r"
        > AT+CGMI;+CGMM;+CGMR
        > AT+GMI;+GMM;+GMR
        > AT+CGMI=?
        > AT+CGMI?
        > ATI
        > ATI1
        > ATI2
        > AT+GCAP
    "), @r"
    > AT+CGMI;+CGMM;+CGMR
    < atgate
    < generic-lte
    < 1.0
    < OK
    > AT+GMI;+GMM;+GMR
    < atgate
    < generic-lte
    < 1.0
    < OK
    > AT+CGMI=?
    < OK
    > AT+CGMI?
    < ERROR
    > ATI
    < Manufacturer: atgate
    < Model: generic-lte
    < Revision: 1.0
    < IMEI: 001017001234569
    < +GCAP: +CGSM,+FCLASS
    < OK
    > ATI1
    < 1.0
    < OK
    > ATI2
    < ERROR
    > AT+GCAP
    < +GCAP: +CGSM,+FCLASS
    < OK
    ");
}

#[test]
fn levels_of_functionality() {
    insta::assert_snapshot!(play(r"
        > AT+CFUN?
        > AT+CFUN=?
        > AT+CFUN=0
        > AT+CPAS
        > AT+CFUN=4;+CFUN?
        > AT+CFUN=2
        > AT+CFUN=
        > AT+CFUN=1,2
        > AT+CFUN=1
        > AT+CFUN=1,1
        > AT
        ~ 1s
        > AT+CFUN?
        > AT+CBC;+CPAS=?
    "), @r"
    > AT+CFUN?
    < +CFUN: 1
    < OK
    > AT+CFUN=?
    < +CFUN: (0,1,4),(0,1)
    < OK
    > AT+CFUN=0
    < OK
    > AT+CPAS
    < +CPAS: 5
    < OK
    > AT+CFUN=4;+CFUN?
    < +CFUN: 4
    < OK
    > AT+CFUN=2
    < ERROR
    > AT+CFUN=
    < ERROR
    > AT+CFUN=1,2
    < ERROR
    > AT+CFUN=1
    < OK
    > AT+CFUN=1,1
    < OK
    ! Restarted
    > AT
    ~ 1s
    > AT+CFUN?
    < +CFUN: 1
    < OK
    > AT+CBC;+CPAS=?
    < +CBC: 0,100
    < +CPAS: (0,3-5)
    < OK
    ");
}

#[test]
fn errors_are_shown_as_the_host_wants_them() {
    let mut desk = Desk::new("generic-lte", &["unknown=100", "malformed=50"]);
    insta::assert_snapshot!(desk.play(r"
        > AT+CMEE=?
        > AT+NOSUCH
        > AT+CMEE=1
        > AT+NOSUCH
        > AT+CMEE=2
        > AT+CMEE=3
        > AT+CMEE?
        > AT+CMEE=
        > AT+CMEE?
    "), @r"
    > AT+CMEE=?
    < +CMEE: (0-2)
    < OK
    > AT+NOSUCH
    < ERROR
    > AT+CMEE=1
    < OK
    > AT+NOSUCH
    < +CME ERROR: 100
    > AT+CMEE=2
    < OK
    > AT+CMEE=3
    < +CME ERROR: Incorrect parameters
    > AT+CMEE?
    < +CMEE: 2
    < OK
    > AT+CMEE=
    < OK
    > AT+CMEE?
    < +CMEE: 0
    < OK
    ");
}

#[test]
fn the_clock_runs_with_the_schedule() {
    insta::assert_snapshot!(play(r#"
        > AT+CCLK?
        ~ 90s
        > AT+CCLK?
        > AT+CCLK="26/12/31,23:59:59+08"
        ~ 1s
        > AT+CCLK?
        > AT+CCLK="26/13/31,23:59:59+08"
        > AT+CCLK=26
        > AT+CCLK="26/12/31,23:59:59+08",1
        > AT+CCLK="27/02/29,00:00:00+00"
        > AT+CCLK="28/02/28,23:59:59"
        ~ 1s
        > AT+CCLK?
        * clock 27/06/01,12:00:00-04
        > AT+CCLK?
    "#), @r#"
    > AT+CCLK?
    < +CCLK: \"80/01/06,00:00:01+00\"
    < OK
    ~ 90s
    > AT+CCLK?
    < +CCLK: \"80/01/06,00:01:31+00\"
    < OK
    > AT+CCLK="26/12/31,23:59:59+08"
    < OK
    ~ 1s
    > AT+CCLK?
    < +CCLK: \"27/01/01,00:00:00+08\"
    < OK
    > AT+CCLK="26/13/31,23:59:59+08"
    < ERROR
    > AT+CCLK=26
    < ERROR
    > AT+CCLK="26/12/31,23:59:59+08",1
    < ERROR
    > AT+CCLK="27/02/29,00:00:00+00"
    < ERROR
    > AT+CCLK="28/02/28,23:59:59"
    < OK
    ~ 1s
    > AT+CCLK?
    < +CCLK: \"28/02/29,00:00:00+08\"
    < OK
    * clock 27/06/01,12:00:00-04
    > AT+CCLK?
    < +CCLK: \"27/06/01,12:00:00-04\"
    < OK
    "#);
}

#[test]
fn a_character_set_is_one_of_the_profile_s() {
    insta::assert_snapshot!(play(r#"
        > AT+CSCS=?
        > AT+CSCS="ucs2"
        > AT+CSCS?
        > AT+CSCS="KLINGON"
        > AT+CSCS=GSM
        > AT+CSCS="00490052004100"
        > AT+CSCS="004900520041"
        > AT+CSCS?
    "#), @r#"
    > AT+CSCS=?
    < +CSCS: (\"GSM\",\"IRA\",\"UCS2\",\"HEX\",\"8859-1\")
    < OK
    > AT+CSCS="ucs2"
    < OK
    > AT+CSCS?
    < +CSCS: \"UCS2\"
    < OK
    > AT+CSCS="KLINGON"
    < ERROR
    > AT+CSCS=GSM
    < ERROR
    > AT+CSCS="00490052004100"
    < ERROR
    > AT+CSCS="004900520041"
    < OK
    > AT+CSCS?
    < +CSCS: \"IRA\"
    < OK
    "#);
}

#[test]
fn strings_follow_the_character_set() {
    let mut desk = Desk::new("generic-lte", &[]);
    // The septets of the default alphabet, one to a byte.
    assert_eq!(desk.modem.encode("Test é Ж @"), "Test \u{5} ? \0");
    assert_eq!(desk.modem.decode(b"Test \x05 \0").as_deref(), Some("Test é @"));
    desk.play("> AT+CSCS=\"IRA\"");
    assert_eq!(desk.modem.encode("Test é @"), "Test ? @");
    desk.play("> AT+CSCS=\"UCS2\"");
    assert_eq!(desk.modem.encode("Test é"), "0054006500730074002000E9");
    assert_eq!(desk.modem.decode(b"0054006500730074002000E9").as_deref(), Some("Test é"));
    assert_eq!(desk.modem.decode(b"005"), None);
    desk.play("> AT+CSCS=\"0048004500580022\"\n> AT+CSCS=\"HEX\"");
    assert_eq!(desk.modem.encode("+1"), "2B31");
    assert_eq!(desk.modem.decode(b"2B31").as_deref(), Some("+1"));
}

#[test]
fn every_command_is_listed_and_every_listed_one_is_known() {
    let mut desk = Desk::new("generic-lte", &[]);
    let list = desk.play("> AT+CLAC");
    assert!(list.contains("< AT+CGSN\n") && list.contains("< AT&C\n") && list.contains("< ATS12\n"), "{list}");
    for command in list.lines().filter_map(|line| line.strip_prefix("< AT+")) {
        // A scan takes its time.
        let answer = desk.play(&format!("> AT+{command}=?\n~ 60s"));
        assert!(answer.contains("< OK\n"), "{answer}");
    }
}

#[test]
fn an_answer_is_overridden_and_restored() {
    insta::assert_snapshot!(play(r"
        * answer AT+CGMI with Acme
        > AT+CGMI
        * answer AT+CSPECIAL=1,2 with +CSPECIAL: {imei}\nNO CARRIER
        > AT+CSPECIAL=1, 2
        > AT+CSPECIAL=1
        * answer AT+CSPECIAL=* with +CME ERROR: 30
        > AT+CMEE=1;+CSPECIAL=9
        > AT+CSPECIAL
        * answer AT+CGMI again
        > AT+CGMI
        * answer ATS0? with 999
        > ATS0?
    "), @r"
    * answer AT+CGMI with Acme
    > AT+CGMI
    < Acme
    < OK
    * answer AT+CSPECIAL=1,2 with +CSPECIAL: {imei}\nNO CARRIER
    > AT+CSPECIAL=1, 2
    < +CSPECIAL: 001017001234569
    < NO CARRIER
    > AT+CSPECIAL=1
    < ERROR
    * answer AT+CSPECIAL=* with +CME ERROR: 30
    > AT+CMEE=1;+CSPECIAL=9
    < +CME ERROR: 30
    > AT+CSPECIAL
    < ERROR
    * answer AT+CGMI again
    > AT+CGMI
    < atgate
    < OK
    * answer ATS0? with 999
    > ATS0?
    < 999
    < OK
    ");
}

#[test]
fn what_outlives_a_power_cycle_is_the_profile_s_say() {
    let mut desk = Desk::new(
        "generic-lte",
        &[
            "settings.+CMEE.keep=saved",
            "settings.E.keep=volatile",
            "settings.S0.keep=stored",
            "settings.+CMEE.default=0",
        ],
    );
    insta::assert_snapshot!(desk.play(r"
        > ATE0S0=3+CMEE=2
        * power cycle
        > ATE?
        > ATS0?+CMEE?
        > ATE0S0=3&W
        * power cycle
        > ATS0?
        > AT&F
        > ATS0?+CMEE?
    "), @r"
    > ATE0S0=3+CMEE=2
    < OK
    * power cycle
    ! Restarted
    > ATE?
    < ERROR
    > ATS0?+CMEE?
    < 000
    < +CMEE: 2
    < OK
    > ATE0S0=3&W
    < OK
    * power cycle
    ! Restarted
    > ATS0?
    < 003
    < OK
    > AT&F
    < OK
    > ATS0?+CMEE?
    < 000
    < +CMEE: 0
    < OK
    ");
}

#[test]
fn nothing_is_said_without_power() {
    insta::assert_snapshot!(play(r"
        * power off
        > AT
        * ring
        * urc LOST
        ~ 10m
        ?modem.power
        * power on
        > AT
    "), @r#"
    * power off
    ! Restarted
    > AT
    * ring
    * urc LOST
    ~ 10m
    ?modem.power
    = Some(Text("off"))
    * power on
    < LOST
    > AT
    < OK
    "#);
}

#[test]
fn the_network_tells_its_time_and_the_zone_is_reported_as_each_port_wants() {
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.time=26/01/31,12:00:00+04", "network.dst=1"]).play("
        > AT+CTZU=?;+CTZR=?;+CTZU?;+CTZR?
        > AT+CTZU=1;+CTZR=1
        > AT+CTZR=4
        ~ 10s
        > AT+CCLK?
        > AT+CTZR=2
        * clock 26/06/01,10:00:00+08
        > AT+CCLK?
        * clock 26/06/01,10:00:00+08
        > AT+CTZR=3
        * clock 26/12/31,20:00:00-20
        > AT+CCLK=\"26/13/01,00:00:00+00\"
        > AT+CCLK=\"26/12/01,00:00:00+97\"
        > AT+CFUN=4
        > AT+CFUN=1
        ~ 10s
    "), @r#"
    > AT+CTZU=?;+CTZR=?;+CTZU?;+CTZR?
    < +CTZU: (0-1)
    < +CTZR: (0-3)
    < +CTZU: 0
    < +CTZR: 0
    < OK
    > AT+CTZU=1;+CTZR=1
    < OK
    > AT+CTZR=4
    < ERROR
    ~ 10s
    < +CTZV: \"+04\"
    > AT+CCLK?
    < +CCLK: \"26/01/31,12:00:10+04\"
    < OK
    > AT+CTZR=2
    < OK
    * clock 26/06/01,10:00:00+08
    < +CTZE: \"+08\",1,\"2026/06/01,10:00:00\"
    > AT+CCLK?
    < +CCLK: \"26/06/01,10:00:00+08\"
    < OK
    * clock 26/06/01,10:00:00+08
    > AT+CTZR=3
    < OK
    * clock 26/12/31,20:00:00-20
    < +CTZEU: \"-20\",1,\"2027/01/01,01:00:00\"
    > AT+CCLK="26/13/01,00:00:00+00"
    < ERROR
    > AT+CCLK="26/12/01,00:00:00+97"
    < ERROR
    > AT+CFUN=4
    < OK
    > AT+CFUN=1
    < OK
    ~ 10s
    "#);
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.time=26/01/31,12:00:00+04"]).play("
        > AT+CTZR=1
        ~ 10s
        > AT+CCLK?
    "), @r#"
    > AT+CTZR=1
    < OK
    ~ 10s
    < +CTZV: \"+04\"
    > AT+CCLK?
    < +CCLK: \"80/01/06,00:00:10+00\"
    < OK
    "#);
}

#[test]
fn the_language_is_one_of_the_equipments_and_its_changes_are_told() {
    insta::assert_snapshot!(Desk::registered("generic-lte", &["sim.language=fr"]).play(r#"
        > AT+CLAN=?;+CLAN?;+CLAE=?;+CLAE?
        > AT+CLAN="de"
        > AT+CLAE=1
        > AT+CLAN="AUTO"
        > AT+CLAN?
        > AT+CLAN="fr"
        > AT+CLAN="xx"
        > AT+CLAN
        > AT+CSCS="UCS2"
        > AT+CLAN="00650073"
        > AT+CLAN?
    "#), @r#"
    > AT+CLAN=?;+CLAN?;+CLAE=?;+CLAE?
    < +CLAN: (\"en\",\"de\",\"es\",\"fr\",\"it\",\"AUTO\")
    < +CLAN: \"en\"
    < +CLAE: (0-1)
    < +CLAE: 0
    < OK
    > AT+CLAN="de"
    < OK
    > AT+CLAE=1
    < OK
    > AT+CLAN="AUTO"
    < OK
    < +CLAV: \"fr\"
    > AT+CLAN?
    < +CLAN: \"fr\"
    < OK
    > AT+CLAN="fr"
    < OK
    > AT+CLAN="xx"
    < ERROR
    > AT+CLAN
    < ERROR
    > AT+CSCS="UCS2"
    < OK
    > AT+CLAN="00650073"
    < OK
    < +CLAV: \"00650073\"
    > AT+CLAN?
    < +CLAN: \"00650073\"
    < OK
    "#);
}

#[test]
fn what_a_user_sets_is_kept() {
    insta::assert_snapshot!(play(r#"
        > AT+CMEC=?;+CMEC?;+CSIL=?;+CSIL?;+CSGT=?;+CSGT?;+CSVM=?;+CSVM?
        > AT+CMEC=1,,2
        > AT+CMEC?
        > AT+CMEC=3
        > AT+CMEC=1,1,1,1,1
        > AT+CSIL=1;+CSGT=1,"Good morning";+CSVM=1,"+15550100033"
        > AT+CSGT=0;+CSVM=0
        > AT+CSIL?;+CSGT?;+CSVM?
        > AT+CSVM=1,"15550100034",161
        > AT+CSVM?
        > AT+CSVM=1,"voice"
        > AT+CSVM=1,"15550100034",5
        > AT+CSVM=1,,129
        > AT+CSGT=2
        > AT+CSGT=1,"12345678901234567890123456789012345678901"
        * power cycle
        ~ 1s
        > AT+CSIL?;+CSGT?;+CSVM?;+CMEC?
    "#), @r#"
    > AT+CMEC=?;+CMEC?;+CSIL=?;+CSIL?;+CSGT=?;+CSGT?;+CSVM=?;+CSVM?
    < +CMEC: (0-2),(0-2),(0-2),(0-2)
    < +CMEC: 2,0,0,0
    < +CSIL: (0-1)
    < +CSIL: 0
    < +CSGT: (0-1),40
    < +CSGT: \"\",0
    < +CSVM: (0-1),(129,145,161)
    < +CSVM: 0,\"\",129
    < OK
    > AT+CMEC=1,,2
    < OK
    > AT+CMEC?
    < +CMEC: 1,0,2,0
    < OK
    > AT+CMEC=3
    < ERROR
    > AT+CMEC=1,1,1,1,1
    < ERROR
    > AT+CSIL=1;+CSGT=1,"Good morning";+CSVM=1,"+15550100033"
    < OK
    > AT+CSGT=0;+CSVM=0
    < OK
    > AT+CSIL?;+CSGT?;+CSVM?
    < +CSIL: 1
    < +CSGT: \"Good morning\",0
    < +CSVM: 0,\"+15550100033\",145
    < OK
    > AT+CSVM=1,"15550100034",161
    < OK
    > AT+CSVM?
    < +CSVM: 1,\"15550100034\",161
    < OK
    > AT+CSVM=1,"voice"
    < ERROR
    > AT+CSVM=1,"15550100034",5
    < ERROR
    > AT+CSVM=1,,129
    < ERROR
    > AT+CSGT=2
    < ERROR
    > AT+CSGT=1,"12345678901234567890123456789012345678901"
    < ERROR
    * power cycle
    ! Restarted
    ~ 1s
    > AT+CSIL?;+CSGT?;+CSVM?;+CMEC?
    < +CSIL: 1
    < +CSGT: \"Good morning\",0
    < +CSVM: 1,\"15550100034\",161
    < +CMEC: 2,0,0,0
    < OK
    "#);
}

#[test]
fn the_clock_has_years_of_four_digits_where_they_are_asked_for() {
    insta::assert_snapshot!(play(r#"
        > AT+CSDF=?;+CSDF?
        > AT+CSDF=2,2
        > AT+CCLK="2026/01/31,12:00:00+04"
        > AT+CCLK?
        > AT+CCLK="26/01/31,12:00:00+04"
        > AT+CCLK="2070/01/31,12:00:00+04"
        > AT+CSDF=,1
        > AT+CCLK?;+CSDF?
        > AT+CCLK="2026/01/31,12:00:00+04"
        > AT+CSDF=0
    "#), @r#"
    > AT+CSDF=?;+CSDF?
    < +CSDF: (1-7),(1-2)
    < +CSDF: 1,1
    < OK
    > AT+CSDF=2,2
    < OK
    > AT+CCLK="2026/01/31,12:00:00+04"
    < OK
    > AT+CCLK?
    < +CCLK: \"2026/01/31,12:00:00+04\"
    < OK
    > AT+CCLK="26/01/31,12:00:00+04"
    < ERROR
    > AT+CCLK="2070/01/31,12:00:00+04"
    < ERROR
    > AT+CSDF=,1
    < OK
    > AT+CCLK?;+CSDF?
    < +CCLK: \"26/01/31,12:00:00+04\"
    < +CSDF: 2,1
    < OK
    > AT+CCLK="2026/01/31,12:00:00+04"
    < ERROR
    > AT+CSDF=0
    < ERROR
    "#);
}
