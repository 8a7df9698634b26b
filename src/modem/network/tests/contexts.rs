//! Contexts as the host defines, activates and reads them.

use proptest::prelude::*;

use super::*;

#[test]
fn every_parameter_of_a_context_is_kept_and_shown_in_the_standards_order() {
    insta::assert_snapshot!(play(r#"
        > AT+CGDCONT=2,"IPV4V6","test.apn","10.1.2.3",1,2
        > AT+CGDCONT=3,"IP","ims",,,,1,2,1,1,1,1
        > AT+CGDCONT=4,"Non-IP","iot",,,,,,,,,,,,1
        > AT+CGDCONT=5,"ipv6","slice",,,,,,,,,,,,,,1,"01.000001",1
        > AT+CGDCONT=11,"Ethernet",""
        > AT+CGDCONT?
        > AT+CGDCONT=3,"IP",,,3
        > AT+CGDCONT=3,"IP",,,,,,5
        > AT+CGDCONT=3,"OSPIH"
        > AT+CGDCONT=0,"IP"
        > AT+CGDCONT=3,IP
        > AT+CGDCONT=4
        > AT+CGDCONT=3
        > AT+CGDCONT=3
        > AT+CGDCONT?
    "#), @r#"
    > AT+CGDCONT=2,"IPV4V6","test.apn","10.1.2.3",1,2
    < OK
    > AT+CGDCONT=3,"IP","ims",,,,1,2,1,1,1,1
    < OK
    > AT+CGDCONT=4,"Non-IP","iot",,,,,,,,,,,,1
    < OK
    > AT+CGDCONT=5,"ipv6","slice",,,,,,,,,,,,,,1,"01.000001",1
    < OK
    > AT+CGDCONT=11,"Ethernet",""
    < OK
    > AT+CGDCONT?
    < +CGDCONT: 1,"IP","internet","",0,0
    < +CGDCONT: 2,"IPV4V6","test.apn","10.1.2.3",1,2
    < +CGDCONT: 3,"IP","ims","",0,0,1,2,1,1,1,1
    < +CGDCONT: 4,"Non-IP","iot","",0,0,0,0,0,0,0,0,0,0,1
    < +CGDCONT: 5,"IPV6","slice","",0,0,0,0,0,0,0,0,0,0,0,0,1,"01.000001",1
    < +CGDCONT: 11,"Ethernet","","",0,0
    < OK
    > AT+CGDCONT=3,"IP",,,3
    < ERROR
    > AT+CGDCONT=3,"IP",,,,,,5
    < ERROR
    > AT+CGDCONT=3,"OSPIH"
    < ERROR
    > AT+CGDCONT=0,"IP"
    < ERROR
    > AT+CGDCONT=3,IP
    < ERROR
    > AT+CGDCONT=4
    < OK
    > AT+CGDCONT=3
    < OK
    > AT+CGDCONT=3
    < OK
    > AT+CGDCONT?
    < +CGDCONT: 1,"IP","internet","",0,0
    < +CGDCONT: 2,"IPV4V6","test.apn","10.1.2.3",1,2
    < +CGDCONT: 5,"IPV6","slice","",0,0,0,0,0,0,0,0,0,0,0,0,1,"01.000001",1
    < +CGDCONT: 11,"Ethernet","","",0,0
    < OK
    "#);
}

#[test]
fn a_secondary_context_shares_the_address_of_its_primary_one() {
    insta::assert_snapshot!(play(r#"
        > AT+CMEE=1;+CGEREP=2
        ~ 1s
        > AT+CGDSCONT=2,1,1,0,1
        > AT+CGDSCONT=3,2
        > AT+CGDSCONT=1,1
        > AT+CGDSCONT=4,9
        > AT+CGDSCONT?;+CGDCONT?
        > AT+CGDSCONT=?
        > AT+CGACT=1,2
        ~ 200ms
        > AT+CEER
        > AT+CGTFT=2,1,10,"10.9.0.0.255.255.0.0",6,"1024.2048","80.80",,"0.0",,3
        > AT+CGEQOS=2,1,64,64,128,128
        > AT+CGACT=1,2
        ~ 200ms
        > AT+CGACT?
        > AT+CGSCONTRDP;+CGTFTRDP;+CGEQOSRDP
        > AT+CGSCONTRDP=?;+CGTFTRDP=?;+CGEQOSRDP=?;+CGCONTRDP=?
        > AT+CGPADDR=2
        > AT+CGDSCONT=2
        > AT+CGTFT=2,2,11,"10.9.1.0.255.255.255.0"
        > AT+CGCMOD=2
        > AT+CGCMOD=2
        > AT+CGTFTRDP=2
        > AT+CGACT=0,2
        > AT+CGDSCONT=2
        > AT+CGACT?
    "#), @r#"
    > AT+CMEE=1;+CGEREP=2
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    > AT+CGDSCONT=2,1,1,0,1
    < OK
    > AT+CGDSCONT=3,2
    < ERROR
    > AT+CGDSCONT=1,1
    < ERROR
    > AT+CGDSCONT=4,9
    < ERROR
    > AT+CGDSCONT?;+CGDCONT?
    < +CGDSCONT: 2,1,1,0,1
    < +CGDCONT: 1,"IP","internet","",0,0
    < OK
    > AT+CGDSCONT=?
    < +CGDSCONT: (1-11),(1),(0-2),(0-3),(0-1)
    < OK
    > AT+CGACT=1,2
    ~ 200ms
    < +CME ERROR: 146
    > AT+CEER
    < +CEER: PDP context without TFT already activated
    < OK
    > AT+CGTFT=2,1,10,"10.9.0.0.255.255.0.0",6,"1024.2048","80.80",,"0.0",,3
    < OK
    > AT+CGEQOS=2,1,64,64,128,128
    < OK
    > AT+CGACT=1,2
    ~ 200ms
    < OK
    < +CGEV: ME ACT 1,2,0
    > AT+CGACT?
    < +CGACT: 1,1
    < +CGACT: 2,1
    < OK
    > AT+CGSCONTRDP;+CGTFTRDP;+CGEQOSRDP
    < +CGSCONTRDP: 2,1,6,1
    < +CGTFTRDP: 2,1,10,"10.9.0.0.255.255.0.0",6,"1024.2048","80.80",,"0.0",,3,1,""
    < +CGEQOSRDP: 1,9,0,0,0,0,150000,50000
    < +CGEQOSRDP: 2,1,64,64,128,128
    < OK
    > AT+CGSCONTRDP=?;+CGTFTRDP=?;+CGEQOSRDP=?;+CGCONTRDP=?
    < +CGSCONTRDP: (2)
    < +CGTFTRDP: (1,2)
    < +CGEQOSRDP: (1,2)
    < +CGCONTRDP: (1)
    < OK
    > AT+CGPADDR=2
    < +CGPADDR: 2,"10.64.0.1"
    < OK
    > AT+CGDSCONT=2
    < +CME ERROR: 3
    > AT+CGTFT=2,2,11,"10.9.1.0.255.255.255.0"
    < OK
    > AT+CGCMOD=2
    < OK
    < +CGEV: ME MODIFY 2,1,0
    > AT+CGCMOD=2
    < OK
    > AT+CGTFTRDP=2
    < +CGTFTRDP: 2,1,10,"10.9.0.0.255.255.0.0",6,"1024.2048","80.80",,"0.0",,3,1,""
    < +CGTFTRDP: 2,2,11,"10.9.1.0.255.255.255.0",,"","",,"",,0,2,""
    < OK
    > AT+CGACT=0,2
    < OK
    < +CGEV: ME DEACT 1,2,0
    > AT+CGDSCONT=2
    < OK
    > AT+CGACT?
    < +CGACT: 1,1
    < OK
    "#);
}

#[test]
fn filters_are_checked_and_told_apart() {
    insta::assert_snapshot!(play(r#"
        > AT+CMEE=1
        > AT+CGTFT=?
        > AT+CGTFT=1,1,0,"10.0.0.1.255.255.255.255",17,"5060.5061","1.65535","000000FF","46.255","0000A",1,"10.64.0.1.255.255.255.255"
        > AT+CGTFT=1,2,0
        > AT+CGTFT=1,1,5
        > AT+CGTFT=1,2,0
        > AT+CGTFT?
        > AT+CGTFT=1,17,1
        > AT+CGTFT=1,0,1
        > AT+CGTFT=1,3,1,"10.0.0.1"
        > AT+CGTFT=1,3,1,,,"9.1"
        > AT+CGTFT=1,3,1,,,,,"XYZ"
        > AT+CGTFT=9,1,1
        > AT+CGTFT=1
        > AT+CGTFT?
    "#), @r#"
    > AT+CMEE=1
    < OK
    > AT+CGTFT=?
    < +CGTFT: "IP",(1-16),(0-255),,(0-255),,,(00000000-FFFFFFFF),,(00000-FFFFF),(0-3)
    < +CGTFT: "PPP",(1-16),(0-255),,(0-255),,,(00000000-FFFFFFFF),,(00000-FFFFF),(0-3)
    < +CGTFT: "IPV6",(1-16),(0-255),,(0-255),,,(00000000-FFFFFFFF),,(00000-FFFFF),(0-3)
    < +CGTFT: "IPV4V6",(1-16),(0-255),,(0-255),,,(00000000-FFFFFFFF),,(00000-FFFFF),(0-3)
    < OK
    > AT+CGTFT=1,1,0,"10.0.0.1.255.255.255.255",17,"5060.5061","1.65535","000000FF","46.255","0000A",1,"10.64.0.1.255.255.255.255"
    < OK
    > AT+CGTFT=1,2,0
    < +CME ERROR: 144
    > AT+CGTFT=1,1,5
    < OK
    > AT+CGTFT=1,2,0
    < OK
    > AT+CGTFT?
    < +CGTFT: 1,1,5,"",,"","",,"",,0,""
    < +CGTFT: 1,2,0,"",,"","",,"",,0,""
    < OK
    > AT+CGTFT=1,17,1
    < ERROR
    > AT+CGTFT=1,0,1
    < ERROR
    > AT+CGTFT=1,3,1,"10.0.0.1"
    < ERROR
    > AT+CGTFT=1,3,1,,,"9.1"
    < ERROR
    > AT+CGTFT=1,3,1,,,,,"XYZ"
    < ERROR
    > AT+CGTFT=9,1,1
    < ERROR
    > AT+CGTFT=1
    < OK
    > AT+CGTFT?
    < OK
    "#);
}

#[test]
fn qualities_of_each_generation_belong_to_their_context() {
    insta::assert_snapshot!(play(r#"
        > AT+CGQREQ?;+CGQMIN?;+CGEQREQ?;+CGEQMIN?;+CGEQOS?
        > AT+CGQREQ=?;+CGEQOS=?
        > AT+CGQREQ=1,1,4,5,9,31
        > AT+CGQMIN=1
        > AT+CGEQREQ=1,2,64,384,,,1,1500,"1E4","1e5",3,,1
        > AT+CGEQMIN=1,3
        > AT+CGEQOS=1,5
        > AT+CGQREQ?;+CGQMIN?;+CGEQREQ?;+CGEQMIN?;+CGEQOS?
        > AT+CGQREQ=1,4
        > AT+CGQREQ=1,,,,,19
        > AT+CGEQREQ=1,2,,,,,,,"E4"
        > AT+CGEQOS=1,11
        > AT+CGEQOS=1,1,64
        > AT+CGEQOS=2,1
        > AT+CGEQOS=1
        > AT+CGDCONT=1
        > AT+CGDCONT=1,"IP"
        > AT+CGQREQ?;+CGEQREQ?;+CGEQOS?
    "#), @r#"
    > AT+CGQREQ?;+CGQMIN?;+CGEQREQ?;+CGEQMIN?;+CGEQOS?
    < OK
    > AT+CGQREQ=?;+CGEQOS=?
    < +CGQREQ: "IP",(0-3),(0-4),(0-5),(0-9),(0-18,31)
    < +CGQREQ: "PPP",(0-3),(0-4),(0-5),(0-9),(0-18,31)
    < +CGQREQ: "IPV6",(0-3),(0-4),(0-5),(0-9),(0-18,31)
    < +CGQREQ: "IPV4V6",(0-3),(0-4),(0-5),(0-9),(0-18,31)
    < +CGQREQ: "Non-IP",(0-3),(0-4),(0-5),(0-9),(0-18,31)
    < +CGQREQ: "Ethernet",(0-3),(0-4),(0-5),(0-9),(0-18,31)
    < +CGEQOS: (1-11),(0-10,65-67,69-76,79-80,82-85,128-254),(0-10000000),(0-10000000),(0-10000000),(0-10000000)
    < OK
    > AT+CGQREQ=1,1,4,5,9,31
    < OK
    > AT+CGQMIN=1
    < OK
    > AT+CGEQREQ=1,2,64,384,,,1,1500,"1E4","1e5",3,,1
    < OK
    > AT+CGEQMIN=1,3
    < OK
    > AT+CGEQOS=1,5
    < OK
    > AT+CGQREQ?;+CGQMIN?;+CGEQREQ?;+CGEQMIN?;+CGEQOS?
    < +CGQREQ: 1,1,4,5,9,31
    < +CGEQREQ: 1,2,64,384,0,0,1,1500,"1E4","1E5",3,0,1,0,0
    < +CGEQMIN: 1,3,0,0,0,0,0,0,"0E0","0E0",0,0,0,0,0
    < +CGEQOS: 1,5,0,0,0,0
    < OK
    > AT+CGQREQ=1,4
    < ERROR
    > AT+CGQREQ=1,,,,,19
    < ERROR
    > AT+CGEQREQ=1,2,,,,,,,"E4"
    < ERROR
    > AT+CGEQOS=1,11
    < ERROR
    > AT+CGEQOS=1,1,64
    < ERROR
    > AT+CGEQOS=2,1
    < ERROR
    > AT+CGEQOS=1
    < OK
    > AT+CGDCONT=1
    < OK
    > AT+CGDCONT=1,"IP"
    < OK
    > AT+CGQREQ?;+CGEQREQ?;+CGEQOS?
    < OK
    "#);
}

#[test]
fn addresses_are_written_as_the_host_wants_them() {
    insta::assert_snapshot!(play(r#"
        > AT+CGDCONT=1,"IPV4V6","internet"
        ~ 1s
        > AT+CGPIAF?;+CGPIAF=?
        > AT+CGPADDR;+CGCONTRDP
        > AT+CGPIAF=1,1,0,1
        > AT+CGPADDR;+CGCONTRDP=1
        > AT+CGPIAF=1
        > AT+CGPADDR=1
        > AT+CGPIAF=2
        > AT+CGPIAF=1,1,1,1,1
        > AT+CGPADDR=7
        > AT+CGCONTRDP=7
        ? packet.address
        ? packet.address_v6
        ? packet.type
    "#), @r#"
    > AT+CGDCONT=1,"IPV4V6","internet"
    < OK
    ~ 1s
    > AT+CGPIAF?;+CGPIAF=?
    < +CGPIAF: 0,0,0,0
    < +CGPIAF: (0,1),(0,1),(0,1),(0,1)
    < OK
    > AT+CGPADDR;+CGCONTRDP
    < +CGPADDR: 1,"10.64.0.1","253.100.0.0.0.0.0.0.0.0.0.0.0.0.0.1"
    < +CGCONTRDP: 1,5,"internet.mnc001.mcc001.gprs","10.64.0.1.255.255.0.0","10.64.255.254","10.64.255.253","10.64.255.252","","",0,0,1500
    < +CGCONTRDP: 1,5,"internet.mnc001.mcc001.gprs","253.100.0.0.0.0.0.0.0.0.0.0.0.0.0.1.255.255.255.255.255.255.255.255.0.0.0.0.0.0.0.0","253.100.0.0.0.0.0.0.0.0.0.0.0.0.255.255","253.100.0.0.0.0.0.0.0.0.0.0.0.0.0.83","253.100.0.0.0.0.0.0.0.0.0.0.0.0.0.84","","",0,0,1500
    < OK
    > AT+CGPIAF=1,1,0,1
    < OK
    > AT+CGPADDR;+CGCONTRDP=1
    < +CGPADDR: 1,"10.64.0.1","FD64::1"
    < +CGCONTRDP: 1,5,"internet.mnc001.mcc001.gprs","10.64.0.1.255.255.0.0","10.64.255.254","10.64.255.253","10.64.255.252","","",0,0,1500
    < +CGCONTRDP: 1,5,"internet.mnc001.mcc001.gprs","FD64::1/64","FD64::FFFF","FD64::53","FD64::54","","",0,0,1500
    < OK
    > AT+CGPIAF=1
    < OK
    > AT+CGPADDR=1
    < +CGPADDR: 1,"10.64.0.1","FD64:0:0:0:0:0:0:1"
    < OK
    > AT+CGPIAF=2
    < ERROR
    > AT+CGPIAF=1,1,1,1,1
    < ERROR
    > AT+CGPADDR=7
    < ERROR
    > AT+CGCONTRDP=7
    < ERROR
    ? packet.address
    = 10.64.0.1
    ? packet.address_v6
    = fd64::1
    ? packet.type
    = IPV4V6
    "#);
}

#[test]
fn the_last_connection_stays_in_e_utran_and_goes_elsewhere() {
    let script = r#"
        > AT+CMEE=1;+CGEREP=2
        ~ 1s
        > AT+CGDCONT=2,"IP","test.apn"
        > AT+CGACT=1
        ~ 1s
        > AT+CGACT=0,1
        > AT+CGACT=0,2
        > AT+CGACT=0
        > AT+CGACT?;+CGATT?
    "#;
    insta::assert_snapshot!(play(script), @r#"
    > AT+CMEE=1;+CGEREP=2
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > AT+CGACT=1
    ~ 1s
    < OK
    < +CGEV: ME PDN ACT 2
    > AT+CGACT=0,1
    < OK
    < +CGEV: ME PDN DEACT 1
    > AT+CGACT=0,2
    < +CME ERROR: 171
    > AT+CGACT=0
    < +CME ERROR: 171
    > AT+CGACT?;+CGATT?
    < +CGACT: 1,0
    < +CGACT: 2,1
    < +CGATT: 1
    < OK
    "#);
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.show.last_pdn_stays=false"]).play(script), @r#"
    > AT+CMEE=1;+CGEREP=2
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > AT+CGACT=1
    ~ 1s
    < OK
    < +CGEV: ME PDN ACT 2
    > AT+CGACT=0,1
    < OK
    < +CGEV: ME PDN DEACT 1
    > AT+CGACT=0,2
    < OK
    < +CGEV: ME PDN DEACT 2
    > AT+CGACT=0
    < OK
    > AT+CGACT?;+CGATT?
    < +CGACT: 1,0
    < +CGACT: 2,0
    < +CGATT: 1
    < OK
    "#);
    let gsm = ["network.tech=gsm", "network.techs=[\"gsm\"]"];
    insta::assert_snapshot!(Desk::new("generic-lte", &gsm).play(script), @r#"
    > AT+CMEE=1;+CGEREP=2
    < OK
    ~ 1s
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > AT+CGACT=1
    ~ 1s
    < OK
    < +CGEV: ME PDN ACT 1
    < +CGEV: ME PDN ACT 2
    > AT+CGACT=0,1
    < OK
    < +CGEV: ME PDN DEACT 1
    > AT+CGACT=0,2
    < OK
    < +CGEV: ME PDN DEACT 2
    > AT+CGACT=0
    < OK
    > AT+CGACT?;+CGATT?
    < +CGACT: 1,0
    < +CGACT: 2,0
    < +CGATT: 1
    < OK
    "#);
}

#[test]
fn activation_attaches_first_where_the_modem_is_not() {
    let script = r#"
        > AT+CMEE=1;+CGEREP=2;+CGREG=1
        ~ 1s
        > AT+CGATT=0
        > AT+CGDCONT=2,"IP","test.apn"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CGACT?;+CGATT?
        > AT+CFUN=4
        > AT+CGACT=1,2
    "#;
    insta::assert_snapshot!(play(script), @r#"
    > AT+CMEE=1;+CGEREP=2;+CGREG=1
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    < +CGREG: 1
    > AT+CGATT=0
    < OK
    < +CGEV: ME DETACH
    < +CGREG: 0
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < OK
    < +CGREG: 2
    < +CGEV: ME PDN ACT 1
    < +CGREG: 1
    < +CGEV: ME PDN ACT 2
    > AT+CGACT?;+CGATT?
    < +CGACT: 1,1
    < +CGACT: 2,1
    < +CGATT: 1
    < OK
    > AT+CFUN=4
    < OK
    < +CGEV: ME DETACH
    < +CGREG: 0
    > AT+CGACT=1,2
    < +CME ERROR: 30
    "#);
    let gsm = ["network.tech=gsm", "network.techs=[\"gsm\"]"];
    insta::assert_snapshot!(Desk::new("generic-lte", &gsm).play(script), @r#"
    > AT+CMEE=1;+CGEREP=2;+CGREG=1
    < OK
    ~ 1s
    < +CGREG: 1
    > AT+CGATT=0
    < OK
    < +CGEV: ME DETACH
    < +CGREG: 0
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < OK
    < +CGREG: 2
    < +CGREG: 1
    < +CGEV: ME PDN ACT 2
    > AT+CGACT?;+CGATT?
    < +CGACT: 1,0
    < +CGACT: 2,1
    < +CGATT: 1
    < OK
    > AT+CFUN=4
    < OK
    < +CGEV: ME DETACH
    < +CGREG: 0
    > AT+CGACT=1,2
    < +CME ERROR: 30
    "#);
    // Refused.
    let mut desk = Desk::with("generic-lte", &[], Verdict::Block);
    desk.send("AT+CMEE=1");
    assert_eq!(desk.send("AT+CGACT=1,1"), Vec::<String>::new());
    assert_eq!(desk.pass(Duration::from_secs(1)), ["+CME ERROR: 106"]);
}

#[test]
fn a_call_opens_its_context_and_closes_it() {
    insta::assert_snapshot!(play(r#"
        > AT+CGEREP=1;&D2
        > AT+CGDCONT=2,"IP","test.apn"
        ~ 1s
        > ATD*99***2#
        ~ 1s
        ? packet.cid
        ? packet.address
        ? modem.call
        > +++
        * hangup
        > AT+CGACT?
        > AT+CGACT=0,2
        > AT+CGDATA=?
        > AT+CGDATA="PPP",2
        ~ 1s
        ? packet.cid
        * hangup
        > ATD*99#
        ~ 1s
        ? packet.cid
        * hangup
        > AT+CGACT?
        > ATD*99***12#
        > ATD*99**2*1#
        > AT+CGDATA="IP",2
        > AT+CGDATA="PPP",9
        > AT+CGANS=1
        > AT+CGANS=?;+CGAUTO?
        > AT+CGAUTO=0
        > AT+CGAUTO?
    "#), @r#"
    > AT+CGEREP=1;&D2
    < OK
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    > ATD*99***2#
    ~ 1s
    < CONNECT 150000000
    ? packet.cid
    = 2
    ? packet.address
    = 10.64.0.2
    ? modem.call
    = data
    > +++
    * hangup
    < +CGEV: ME PDN ACT 2
    < +CGEV: ME PDN DEACT 2
    < NO CARRIER
    > AT+CGACT?
    < +CGACT: 1,1
    < +CGACT: 2,0
    < OK
    > AT+CGACT=0,2
    < OK
    > AT+CGDATA=?
    < +CGDATA: ("PPP")
    < OK
    > AT+CGDATA="PPP",2
    ~ 1s
    < CONNECT 150000000
    ? packet.cid
    = 2
    * hangup
    < +CGEV: ME PDN ACT 2
    < +CGEV: ME PDN DEACT 2
    < NO CARRIER
    > ATD*99#
    ~ 1s
    < CONNECT 150000000
    ? packet.cid
    = 1
    * hangup
    < NO CARRIER
    > AT+CGACT?
    < +CGACT: 1,1
    < +CGACT: 2,0
    < OK
    > ATD*99***12#
    < NO CARRIER
    > ATD*99**2*1#
    < ERROR
    > AT+CGDATA="IP",2
    < ERROR
    > AT+CGDATA="PPP",9
    < ERROR
    > AT+CGANS=1
    < ERROR
    > AT+CGANS=?;+CGAUTO?
    < +CGANS: (0,1),("PPP")
    < +CGAUTO: 3
    < OK
    > AT+CGAUTO=0
    < OK
    > AT+CGAUTO?
    < +CGAUTO: 0
    < OK
    "#);
}

#[test]
fn a_context_that_goes_ends_its_call() {
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.session.lifetime=1m"]).play(r#"
        > AT+CGEREP=2
        > AT+CGDCONT=2,"IP","test.apn"
        ~ 1s
        > AT+CGACT=1,2
        ~ 30s
        > ATD*99***2#
        ~ 60s
        > AT+CGACT?
    "#), @r#"
    > AT+CGEREP=2
    < OK
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    > AT+CGACT=1,2
    ~ 30s
    < OK
    < +CGEV: ME PDN ACT 2
    > ATD*99***2#
    ~ 60s
    < CONNECT 150000000
    < +CGEV: NW PDN DEACT 1
    < +CGEV: NW PDN DEACT 2
    < NO CARRIER
    < +CGEV: ME PDN ACT 2
    > AT+CGACT?
    < +CGACT: 1,0
    < +CGACT: 2,1
    < OK
    "#);
}

#[test]
fn classes_are_the_profiles() {
    insta::assert_snapshot!(play(r#"
        > AT+CGEREP=2;+CGCLASS?;+CGCLASS=?
        ~ 1s
        > AT+CGCLASS="b"
        > AT+CGCLASS?
        > AT+CGCLASS="D"
        > AT+CGCLASS="CC"
        > AT+CGATT?;+CGCLASS?
    "#), @r#"
    > AT+CGEREP=2;+CGCLASS?;+CGCLASS=?
    < +CGCLASS: "A"
    < +CGCLASS: ("A","B","CG","CC")
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    > AT+CGCLASS="b"
    < OK
    > AT+CGCLASS?
    < +CGCLASS: "B"
    < OK
    > AT+CGCLASS="D"
    < ERROR
    > AT+CGCLASS="CC"
    < OK
    < +CGEV: ME DETACH
    < +CGEV: ME CLASS "CC"
    > AT+CGATT?;+CGCLASS?
    < +CGATT: 0
    < +CGCLASS: "CC"
    < OK
    "#);
}

#[test]
fn what_clients_say_is_answered_as_they_expect() {
    // ModemManager, then oFono.
    insta::assert_snapshot!(play(r#"
        ~ 1s
        > AT+CGDCONT=?
        > AT+CGDCONT?
        > AT+CGACT?
        > AT+CGDCONT=2,"IP","test.apn"
        > ATD*99***2#
        ~ 1s
        * close
        > AT+CGACT=0,2
        > AT+CGDCONT=1,"IP","test.apn"
        > AT+CGACT=1,1
        > AT+CGCONTRDP=1
        > AT+CGAUTO=0;+CGEREP=2,1
    "#), @r#"
    ~ 1s
    > AT+CGDCONT=?
    < +CGDCONT: (1-11),"IP",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"PPP",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"IPV6",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"IPV4V6",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"Non-IP",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"Ethernet",,,(0-2),(0-3)
    < OK
    > AT+CGDCONT?
    < +CGDCONT: 1,"IP","internet","",0,0
    < OK
    > AT+CGACT?
    < +CGACT: 1,1
    < OK
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > ATD*99***2#
    ~ 1s
    < CONNECT 150000000
    * close
    > AT+CGACT=0,2
    < OK
    > AT+CGDCONT=1,"IP","test.apn"
    < OK
    > AT+CGACT=1,1
    < OK
    > AT+CGCONTRDP=1
    < +CGCONTRDP: 1,5,"internet.mnc001.mcc001.gprs","10.64.0.1.255.255.0.0","10.64.255.254","10.64.255.253","10.64.255.252","","",0,0,1500
    < OK
    > AT+CGAUTO=0;+CGEREP=2,1
    < OK
    < +CGEV: ME PDN ACT 1
    < +CGEV: ME PDN ACT 2
    < +CGEV: ME PDN DEACT 2
    "#);
}

/// What a host may say about contexts.
const SAID: [&str; 26] = [
    "AT+CGDCONT=1,\"IP\",\"internet\"",
    "AT+CGDCONT=2,\"IPV4V6\",\"other\"",
    "AT+CGDCONT=3,\"IPV6\"",
    "AT+CGDCONT=1",
    "AT+CGDCONT=2",
    "AT+CGDSCONT=4,1",
    "AT+CGDSCONT=4",
    "AT+CGTFT=4,1,1",
    "AT+CGTFT=4",
    "AT+CGEQOS=2,5",
    "AT+CGACT=1",
    "AT+CGACT=1,1",
    "AT+CGACT=1,2,3",
    "AT+CGACT=1,4",
    "AT+CGACT=0,1",
    "AT+CGACT=0,2",
    "AT+CGACT=0",
    "AT+CGATT=0",
    "AT+CGATT=1",
    "AT+CFUN=4",
    "AT+CFUN=1",
    "ATD*99***2#",
    "AT+CGDATA=\"PPP\",3",
    "AT+CGCMOD",
    "AT+CGCLASS=\"CC\"",
    "ATH",
];

const DONE: [&str; 8] = ["lose", "find", "detach", "deny 33", "deny 0", "hangup", "key", "power cycle"];

#[derive(Debug, Clone)]
enum Happening {
    Said(&'static str),
    Done(&'static str),
    Passed(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => prop::sample::select(SAID.to_vec()).prop_map(Happening::Said),
        1 => prop::sample::select(DONE.to_vec()).prop_map(Happening::Done),
        2 => prop::sample::select(vec![50_u64, 150, 2_000, 400_000]).prop_map(Happening::Passed),
    ]
}

/// The numbers behind `+NAME: `, of lines that have something behind the first comma or not.
fn cids(lines: &[String], name: &str, holds: impl Fn(&str) -> bool) -> Vec<String> {
    let rest = lines.iter().filter_map(|line| line.strip_prefix(name));
    let rest = rest.filter(|rest| holds(rest)).filter_map(|rest| rest.split([',', ' ']).find(|word| !word.is_empty()));
    let mut cids: Vec<String> = rest.map(str::to_owned).collect();
    cids.dedup();
    cids
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_view_of_the_contexts_is_the_same(
        happenings in prop::collection::vec(happening(), 1..24),
        gsm in any::<bool>(),
        lifetime in any::<bool>(),
    ) {
        let mut settings = vec![];
        if gsm {
            settings.extend(["network.tech=gsm", "network.techs=[\"gsm\"]"]);
        }
        if lifetime {
            settings.push("network.session.lifetime=100s");
        }
        let mut desk = Desk::new("generic-lte", &settings);
        for happening in happenings {
            match happening {
                Happening::Said(line) => { desk.send(line); }
                Happening::Done(what) => { desk.happen(what); }
                Happening::Passed(millis) => { desk.pass(Duration::from_millis(millis)); }
            }
        }
        // What was sent ahead waits for the commands before it.
        desk.pass(Duration::from_secs(6_000));
        desk.event(Event::Hangup);
        desk.pass(Duration::from_secs(30));
        let state = desk.send("ATE0+CGACT?;+CGDCONT?;+CGDSCONT?;+CGPADDR;+CGCONTRDP;+CGSCONTRDP");
        prop_assert_eq!(state.last().map(String::as_str), Some("OK"), "{:?}", state);
        let active = cids(&state, "+CGACT:", |rest| rest.ends_with(",1"));
        let addressed = cids(&state, "+CGPADDR:", |rest| rest.contains('"'));
        prop_assert_eq!(&active, &addressed, "{:?}", state);
        let mut dynamic = cids(&state, "+CGCONTRDP:", |_| true);
        dynamic.extend(cids(&state, "+CGSCONTRDP:", |_| true));
        dynamic.sort();
        prop_assert_eq!(&active, &dynamic, "{:?}", state);
        let all = cids(&state, "+CGACT:", |_| true);
        let mut defined = cids(&state, "+CGDCONT:", |_| true);
        defined.extend(cids(&state, "+CGDSCONT:", |_| true));
        defined.sort();
        prop_assert_eq!(&all, &defined, "{:?}", state);
        prop_assert_eq!(desk.observed("packet.active"), active.len().to_string());
        prop_assert_eq!(desk.observed("packet.contexts"), all.len().to_string());
        let attached = desk.observed("network.attached") == "true";
        prop_assert!(attached || active.is_empty(), "{:?}", state);
        // In E-UTRAN a modem that is attached has a connection.
        prop_assert!(gsm || !attached || !active.is_empty(), "{:?}", state);
    }
}
