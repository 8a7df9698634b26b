use super::*;
use crate::wire::command::{Dialect, commands};

#[test]
fn the_names_are_in_order_so_that_each_is_found() {
    assert!(titles::EXTENDED.is_sorted_by_key(|(name, _)| *name));
    assert!(titles::EXTENDED.iter().all(|(name, title)| titles::extended(name) == Some(*title)));
}

#[test]
fn a_line_of_commands_is_told_one_by_one() {
    let body = b"E0V1S0=2&C1+cfun=1;+CEREG?;^SYSCFG;\\Q3";
    let told = commands(body, &Dialect::CELLULAR).map_while(Result::ok).map(|command| {
        let title = of_command(&command);
        let words = title.map_or("-".to_owned(), |title| format!("{} ({})", title.purpose, title.source));
        format!("{command}: {words}")
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
    E0: command echo: 0 off, 1 on (ITU-T V.250, clause 6.2.4)
    V1: result codes: 0 numeric, 1 verbose (ITU-T V.250, clause 6.2.6)
    S0=2: rings before an automatic answer, 0 never (ITU-T V.250, clause 6.3.8)
    &C1: DCD: 0 always on, 1 follows the carrier (ITU-T V.250, clause 6.2.8)
    +CFUN=1: how much of the equipment is on (3GPP TS 27.007, clause 8.2)
    +CEREG?: registration in EPS (3GPP TS 27.007, clause 10.1.22)
    ^SYSCFG: -
    \Q3: -
    ");
}

#[test]
fn a_line_is_told_in_words() {
    let lines = [
        "OK",
        "RING",
        "CONNECT 115200",
        "NO CARRIER",
        "+CME ERROR: 106",
        "+CME ERROR: SIM not inserted",
        "+CME ERROR: 999",
        "+CMS ERROR: 38",
        "+CEREG: 3,,,,0,6",
        "+CEREG: 3,3",
        "+CREG: 2,1,\"00A1\",\"0001B2C3\",7",
        "+CEREG: 1,\"76C1\",\"0102DA04\",7,,,\"00100011\",\"11100000\"",
        "+CGREG: 3,,,,,1,200",
        "+C5GREG: 3,,,,,,0,8",
        "+CSQ: 21,99",
        "+CSQ: 99,99",
        "+CESQ: 99,99,255,255,20,45",
        "+CESQ: 99,99,255,255,255,255",
        "+CPIN: SIM PUK",
        "+COPS: 0,2,\"00101\",7",
        "+COPS: 0",
        "+COPS: (2,\"Testnet One\",\"Testnet\",\"00101\",7),(3,\"Other\",\"Oth\",\"99970\"),,(0-4),(0-2)",
        "+CNEC_EMM: 6",
        "+CNEC_ESM: 27",
        "+CFUN: 4",
        "+CGATT: 1",
        "+QIND: SMS DONE",
        "Revision: 1",
    ];
    let told = lines.map(|line| format!("{line}\n  {}", of_line(line.as_bytes()).unwrap_or_else(|| "-".to_owned())));
    insta::assert_snapshot!(told.join("\n"), @r#"
    OK
      the command line was carried out
    RING
      an incoming call
    CONNECT 115200
      connected: what follows is data
    NO CARRIER
      no connection, or its end
    +CME ERROR: 106
      error 106 of the equipment: Illegal ME
    +CME ERROR: SIM not inserted
      error 10 of the equipment: SIM not inserted
    +CME ERROR: 999
      error 999 of the equipment: the maker's own
    +CMS ERROR: 38
      error 38 of the message service: Network out of order
    +CEREG: 3,,,,0,6
      EPS: registration denied, cause #6 Illegal ME: the network refuses the device itself, as for an IMEI on a block list; no attempt until power-off or another SIM
    +CEREG: 3,3
      either unsolicited: EPS: registration denied; or an answer: EPS: registration denied; reporting n = 3
    +CREG: 2,1,"00A1","0001B2C3",7
      circuit-switched: registered, home network, area 00A1, cell 0001B2C3, E-UTRAN (LTE); reporting n = 2
    +CEREG: 1,"76C1","0102DA04",7,,,"00100011","11100000"
      EPS: registered, home network, area 76C1, cell 0102DA04, E-UTRAN (LTE), active time 180 s, no periodic update
    +CGREG: 3,,,,,1,200
      packet-switched: registration denied, the maker's cause 200
    +C5GREG: 3,,,,,,0,8
      5GS: registration denied, cause #8, which this domain does not have
    +CSQ: 21,99
      signal -71 dBm, bit error rate unknown
    +CSQ: 99,99
      signal unknown, bit error rate unknown
    +CESQ: 99,99,255,255,20,45
      E-UTRA RSRP -96 dBm, E-UTRA RSRQ -10.0 dB
    +CESQ: 99,99,255,255,255,255
      signal unknown
    +CPIN: SIM PUK
      the SIM is blocked and awaits its PUK
    +COPS: 0,2,"00101",7
      operator chosen automatically: 00101 on E-UTRAN (LTE)
    +COPS: 0
      operator chosen automatically: no operator
    +COPS: (2,"Testnet One","Testnet","00101",7),(3,"Other","Oth","99970"),,(0-4),(0-2)
      operators: 00101 Testnet One on E-UTRAN (LTE) current; 99970 Other forbidden
    +CNEC_EMM: 6
      EMM cause #6 Illegal ME: the network refuses the device itself, as for an IMEI on a block list; no attempt until power-off or another SIM
    +CNEC_ESM: 27
      ESM cause #27 Missing or unknown APN
    +CFUN: 4
      radio off
    +CGATT: 1
      attached to the packet domain
    +QIND: SMS DONE
      booted: messages can be read and sent
    Revision: 1
      -
    "#);
}

#[test]
fn makers_lines_and_boot_lines_are_told_too() {
    assert!(makers::MAKERS.is_sorted_by_key(|(name, _)| *name));
    assert!(makers::MAKERS.iter().all(|(name, _)| titles::extended(name).is_none()));
    let lines = [
        "#CEERNET: 6",
        "#CEERNET: 200",
        "^REJINFO:00101,1,6,2,4,6,\"0026F8\",\"FF\",\"0A444202\"",
        "^REJINFO:99970,0,301,1,0,301,\"0001\",\"FF\",\"00000001\",33",
        "+QESMC: 1,0,26",
        "+QESMC: 0",
        "+QEMMS: \"EMM_REGISTERED,NORMAL_SERVICE\"",
        "+CNEC_ESM: 33,1",
        "+CNEC_5GMM: 90",
        "+CGEV: NW DETACH",
        "+CGEV: ME PDN ACT 1,0",
        "+CGEV: NW DEACT \"IP\",\"192.0.2.1\",1",
        "+CMTI: \"SM\",3",
        "+CPINR: SIM PIN,1,3",
        "+CCLK: \"26/05/04,12:00:00+08\"",
        "+CCLK: \"80/01/06,00:00:10-22\"",
        "+CEER: \"No cause information available\"",
        "+CRING: VOICE",
        "RDY",
        "APP RDY",
        "^SYSSTART",
        "+QIND: PB DONE",
        "PSM POWER DOWN",
        "+CFUN: 1",
        "+CPINR: ",
        "^REJINFO:",
        "+CME ERROR: the maker's",
        "+CCLK: \"x\"",
    ];
    let told = lines.map(|line| format!("{line}\n  {}", of_line(line.as_bytes()).unwrap_or_else(|| "-".to_owned())));
    insta::assert_snapshot!(told.join("\n"), @r#"
    #CEERNET: 6
      the network's last cause #6 Illegal ME: the network refuses the device itself, as for an IMEI on a block list; no attempt until power-off or another SIM
    #CEERNET: 200
      the network's last cause #200, which no standard names
    ^REJINFO:00101,1,6,2,4,6,"0026F8","FF","0A444202"
      attach refused by 00101 on E-UTRAN, packet domain: cause #6 Illegal ME: the network refuses the device itself, as for an IMEI on a block list; no attempt until power-off or another SIM
    ^REJINFO:99970,0,301,1,0,301,"0001","FF","00000001",33
      location update refused by 99970 on UTRAN, circuit-switched domain: the maker's cause 301; ESM cause #33 Requested service option not subscribed: the subscription lacks this APN
    +QESMC: 1,0,26
      the last refusal of a PDN connection: ESM cause #26 Insufficient resources
    +QESMC: 0
      no refusal of a PDN connection is stored
    +QEMMS: "EMM_REGISTERED,NORMAL_SERVICE"
      state of EPS mobility management: EMM_REGISTERED,NORMAL_SERVICE
    +CNEC_ESM: 33,1
      ESM cause #33 Requested service option not subscribed: the subscription lacks this APN
    +CNEC_5GMM: 90
      5GMM cause #90 Payload was not forwarded: a message for session management was not passed on
    +CGEV: NW DETACH
      the network detached the device from the packet domain; every context is gone
    +CGEV: ME PDN ACT 1,0
      the device set up a PDN connection
    +CGEV: NW DEACT "IP","192.0.2.1",1
      the network closed a context
    +CMTI: "SM",3
      a message has come: place 3 of SM
    +CPINR: SIM PIN,1,3
      SIM PIN: 1 try remains of 3
    +CCLK: "26/05/04,12:00:00+08"
      the clock says 26/05/04 12:00:00, UTC+02:00
    +CCLK: "80/01/06,00:00:10-22"
      the clock says 80/01/06 00:00:10, UTC-05:30; it was never set
    +CEER: "No cause information available"
      in the maker's words: No cause information available
    +CRING: VOICE
      an incoming call: VOICE
    RDY
      booted: the module takes commands
    APP RDY
      booted: the application of the module runs
    ^SYSSTART
      booted: the module takes commands
    +QIND: PB DONE
      booted: the phone book was read from the SIM
    PSM POWER DOWN
      the module sleeps in power saving mode; it answers no AT until it wakes
    +CFUN: 1
      full functionality
    +CPINR: 
      -
    ^REJINFO:
      -
    +CME ERROR: the maker's
      an error in the maker's own words
    +CCLK: "x"
      -
    "#);
}

#[test]
fn who_knows_how_a_line_came_gets_one_reading() {
    let told = [Came::Unknown, Came::AsAnswer, Came::ByItself]
        .map(|came| read(b"+CEREG: 5,3", came).map_or(String::new(), |meaning| meaning.to_string()));
    insta::assert_snapshot!(told.join("\n"), @r#"
    either unsolicited: EPS: registered, roaming; or an answer: EPS: registration denied; reporting n = 5
    EPS: registration denied; reporting n = 5
    EPS: registered, roaming
    "#);
}

#[test]
fn the_serving_cell_is_told_as_its_maker_reports_it() {
    let lines = [
        "+CPSI: LTE,Online,999-99,0x5A1E,187214780,257,EUTRAN-BAND3,1850,5,5,-94,-850,-545,15",
        "+CPSI: LTE CAT-M1,Online,999-99,0x333C,39589135,171,EUTRAN-BAND40,38950,5,5,-9,-94,-62,16",
        "+CPSI: NO SERVICE,Online",
        "+CPSI: NO SERVICE,Low Power Mode",
        "+QNWINFO: \"eMTC\",\"99999\",\"LTE BAND 4\",2050",
        "+QNWINFO: No Service",
        "+QCSQ: \"eMTC\",-52,-81,195,-10",
        "+QCSQ: \"NOSERVICE\"",
    ];
    let told = lines.map(|line| format!("{line}: {}", of_line(line.as_bytes()).unwrap_or_default()));
    insta::assert_snapshot!(told.join("\n"), @r#"
    +CPSI: LTE,Online,999-99,0x5A1E,187214780,257,EUTRAN-BAND3,1850,5,5,-94,-850,-545,15: LTE by 999-99, band EUTRAN-BAND3, channel 1850, area 0x5A1E, cell 187214780, RSRP -85 dBm, RSRQ -9.4 dB, RSSI -54.5 dBm
    +CPSI: LTE CAT-M1,Online,999-99,0x333C,39589135,171,EUTRAN-BAND40,38950,5,5,-9,-94,-62,16: LTE CAT-M1 by 999-99, band EUTRAN-BAND40, channel 38950, area 0x333C, cell 39589135, RSRP -94 dBm, RSRQ -9 dB, RSSI -62 dBm
    +CPSI: NO SERVICE,Online: no service
    +CPSI: NO SERVICE,Low Power Mode: no service (Low Power Mode)
    +QNWINFO: "eMTC","99999","LTE BAND 4",2050: eMTC by 99999, band LTE BAND 4, channel 2050
    +QNWINFO: No Service: no service
    +QCSQ: "eMTC",-52,-81,195,-10: eMTC, RSRP -81 dBm, RSRQ -10 dB, RSSI -52 dBm, SINR 19 dB
    +QCSQ: "NOSERVICE": no service
    "#);
}

#[test]
fn no_command_stands_in_two_tables() {
    let names: Vec<_> = crate::wire::meaning::titles().map(|(name, _)| name).collect();
    assert!(names.is_sorted_by(|one, other| one < other), "{names:?}");
}
