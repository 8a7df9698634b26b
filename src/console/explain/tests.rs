use proptest::prelude::*;

use super::*;

fn explained(from: Option<Origin>, form: Form, pieces: &[&[u8]]) -> String {
    let mut explainer = Explainer::new(from, form);
    let mut text = String::new();
    for piece in pieces {
        explainer.feed(piece);
        text.push_str(explainer.text());
        explainer.clear();
    }
    explainer.finish();
    text + explainer.text()
}

fn plain(from: Option<Origin>, input: &[u8]) -> String {
    explained(from, Form::Plain { coloured: false }, &[input])
}

#[test]
fn a_terminal_log_is_told_line_by_line() {
    let log =
        b"AT+CMEE=1;+CEREG=3\r\r\nOK\r\nAT+CFUN=1\r\r\nOK\r\n\r\n+CEREG: 2\r\n\r\n+CEREG: 3,,,,0,6\r\nAT+CEREG?\r\r\n\
        +CEREG: 3,3\r\n\r\n+CEREG: 5,3\r\n\r\nOK\r\nAT+CGATT=1\r\r\n+CME ERROR: 106\r\n";
    insta::assert_snapshot!(plain(None, log), @r#"
      0  command       AT+CMEE=1;+CEREG=3            2 commands
      2  ·             +CMEE=1                       how errors of the equipment are shown: set to 1 (3GPP TS 27.007, clause 9.1)
     10  ·             +CEREG=3                      registration in EPS: set to 3 (3GPP TS 27.007, clause 10.1.22)
     21  final         OK                            the command line was carried out
     25  command       AT+CFUN=1                     how much of the equipment is on: set to 1 (3GPP TS 27.007, clause 8.2)
     37  final         OK                            the command line was carried out
     43  unsolicited   +CEREG: 2                     EPS: not registered, searching
     56  unsolicited   +CEREG: 3,,,,0,6              EPS: registration denied, cause #6 Illegal ME: the network refuses the device itself, as for an IMEI on a block list; no attempt until power-off or another SIM
     74  command       AT+CEREG?                     registration in EPS: read (3GPP TS 27.007, clause 10.1.22)
     86  information   +CEREG: 3,3                   EPS: registration denied; reporting n = 3
    101  either        +CEREG: 5,3                   either unsolicited: EPS: registered, roaming; or an answer: EPS: registration denied; reporting n = 5
    116  final         OK                            the command line was carried out
    120  command       AT+CGATT=1                    attached to the packet domain: set to 1 (3GPP TS 27.007, clause 10.1.9)
    133  final         +CME ERROR: 106               error 106 of the equipment: Illegal ME
    "#);
}

#[test]
fn identities_are_judged_where_they_are_asked_for() {
    let log = b"AT+CGSN\r\r\n490154203237518\r\n\r\nOK\r\nAT+CGSN=1\r\r\n+CGSN: \"001017001234560\"\r\n\r\nOK\r\n\
        AT+CGSN=3\r\r\n+CGSN: \"99\"\r\n\r\nOK\r\nAT+CGSN=1;+CIMI\r\r\n+CGSN: \"001017001234568\"\r\n\r\n001010123456789\r\n\r\nOK\r\n\
        AT+CGSN\r\r\n01234567-89ab-cdef-0123-456789abcdef\r\n\r\nOK\r\nAT+QCCID\r\r\n+QCCID: 8999901000000000016\r\n\r\nOK\r\n\
        AT+CGSN=?\r\r\n+CGSN: (0-3)\r\n\r\nOK\r\nAT+EGMR=1,7,\"001017001234569\"\r\r\nERROR\r\n";
    insta::assert_snapshot!(plain(None, log), @r#"
      0  command       AT+CGSN                       the equipment's serial number, IMEI, IMEISV or SVN (3GPP TS 27.007, clause 5.4)
     10  information   490154203237518               an IMEI, sound; note: a public sample, printed in many manuals
     29  final         OK                            the command line was carried out
     33  command       AT+CGSN=1                     the equipment's serial number, IMEI, IMEISV or SVN: set to 1 (3GPP TS 27.007, clause 5.4)
     45  information   +CGSN: "001017001234560"      an IMEI, sound; note: the fifteenth digit is the spare digit 0, as transmitted; the check digit would be 9; note: the TAC 00101700 belongs to test equipment
     73  final         OK                            the command line was carried out
     77  command       AT+CGSN=3                     the equipment's serial number, IMEI, IMEISV or SVN: set to 3 (3GPP TS 27.007, clause 5.4)
     89  information   +CGSN: "99"                   the software version number 99; warning: the software version number 99 is reserved for future use
    104  final         OK                            the command line was carried out
    108  command       AT+CGSN=1;+CIMI               2 commands
    110  ·             +CGSN=1                       the equipment's serial number, IMEI, IMEISV or SVN: set to 1 (3GPP TS 27.007, clause 5.4)
    118  ·             +CIMI                         the SIM's IMSI (3GPP TS 27.007, clause 5.6)
    126  information   +CGSN: "001017001234568"      an IMEI, not sound; error: the check digit is 8, but the other digits call for 9; note: the TAC 00101700 belongs to test equipment
    154  information   001010123456789               an IMSI; note: the country code 001 belongs to test networks
    173  final         OK                            the command line was carried out
    177  command       AT+CGSN                       the equipment's serial number, IMEI, IMEISV or SVN (3GPP TS 27.007, clause 5.4)
    187  information   01234567-89ab-cdef-0123-456789abcdef  no equipment identity: this is a UUID, not an IMEI; `AT+CGSN` is a serial number by TS 27.007; ask `AT+CGSN=1` for the IMEI
    227  final         OK                            the command line was carried out
    231  command       AT+QCCID                      the SIM's number, its ICCID (Quectel)
    242  information   +QCCID: 8999901000000000016   an ICCID, sound; warning: the last digit is not the check digit of the others; some issuers leave it out; note: the country code 999 belongs to nobody: a test card
    273  final         OK                            the command line was carried out
    277  command       AT+CGSN=?                     the equipment's serial number, IMEI, IMEISV or SVN: which values it takes (3GPP TS 27.007, clause 5.4)
    289  information   +CGSN: (0-3)
    305  final         OK                            the command line was carried out
    309  command       AT+EGMR=1,7,"001017001234569"  reads or writes an item of identity; 1,7 would write an IMEI: set to 1, 7, "001017001234569"; TAMPERING: writes the item that holds an IMEI; atgate lets no such command out to a real port (Quectel, MediaTek)
    341  final         ERROR                         the command line was not carried out, or only up to the command that failed
    "#);
}

#[test]
fn a_bare_capture_of_the_modem_gives_both_readings() {
    let capture = b"\r\nRDY\r\n\r\n+CEREG: 5,3\r\n\r\n+CREG: 1\r\n490154203237518\r\n0\r\n\r\nNO CARRIER\r\n\r\n> \xfe\xfe\x01\r\n\
        \r\n+CMT: ,23\r\n0011000B91\r\n\r\n+IPD,5:a\r\n\0b\r\nAT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nCONNECT 115200\r\n~\xff}#\xc0!\r\nNO CARRIER\r\nOK";
    insta::assert_snapshot!(plain(Some(Origin::Modem), capture), @r#"
      2  unsolicited   RDY                           booted: the module takes commands
      9  either        +CEREG: 5,3                   either unsolicited: EPS: registered, roaming; or an answer: EPS: registration denied; reporting n = 5
     24  unsolicited   +CREG: 1                      circuit-switched: registered, home network
     34  information   490154203237518               an IMEI, sound, or an IMSI: only the command before it tells; note: a public sample, printed in many manuals
     51  either        0                             either OK by number, as after ATV0, or a value
     56  either        NO CARRIER                    no connection, or its end
     70  prompt        >                             the modem awaits text, up to Ctrl-Z
     72  garbage       \xfe\xfe\x01                  no modem means these bytes: noise, or another baud rate
     79  unsolicited   +CMT: ,23                     a message has come; it stands in the next line
     90  body          0011000B91                    a message: its PDU or its text
    104  unsolicited   +IPD,5:
    111  data          a\r\n\x00b                    raw bytes
    118  echo          AT+CSQ                        signal quality (3GPP TS 27.007, clause 8.5)
    127  information   +CSQ: 21,99                   signal -71 dBm, bit error rate unknown
    142  intermediate  CONNECT 115200                connected: what follows is data
    158  data          ~\xff}#\xc0!                  raw bytes
    166  either        NO CARRIER                    no connection, or its end
    178  final         OK                            the command line was carried out; cut off: no line end
    "#);
}

#[test]
fn the_host_alone_is_command_lines_and_what_a_modem_skips() {
    let sent = b"\x00noiseATE0V1&C1\rA/AT+CGDCONT=1,\"IP\",\"internet\",,0;+CSX\x08Q\r\nhello\rAT+CMGS=\"+15550100\"\rHi \xc3\xa9\r\nyou\x1a\
        AT+CMGS=12\rAT+FOO=\"x\rAT\rATS3=64\rATI@AT";
    insta::assert_snapshot!(plain(Some(Origin::Host), sent), @r#"
      1  garbage       noise                         no command line: a modem skips what stands before AT
      6  command       ATE0V1&C1                     3 commands
      8  ·             E0                            command echo: 0 off, 1 on (ITU-T V.250, clause 6.2.4)
     10  ·             V1                            result codes: 0 numeric, 1 verbose (ITU-T V.250, clause 6.2.6)
     12  ·             &C1                           DCD: 0 always on, 1 follows the carrier (ITU-T V.250, clause 6.2.8)
     16  command       A/                            the last line again; 3 commands
         ·             E0                            command echo: 0 off, 1 on (ITU-T V.250, clause 6.2.4)
         ·             V1                            result codes: 0 numeric, 1 verbose (ITU-T V.250, clause 6.2.6)
         ·             &C1                           DCD: 0 always on, 1 follows the carrier (ITU-T V.250, clause 6.2.8)
     18  command       AT+CGDCONT=1,"IP","internet",,0;+CSX\x08Q  2 commands
         ·             +CGDCONT=1,"IP","internet",,0  packet data contexts: set to 1, "IP", "internet", (omitted), 0 (3GPP TS 27.007, clause 10.1.1)
         ·             +CSQ                          signal quality (3GPP TS 27.007, clause 8.5)
     58  garbage       hello                         no command line: a modem skips what stands before AT
     64  command       AT+CMGS="+15550100"           sends a message: set to "+15550100" (3GPP TS 27.005, clause 3.5.1)
     84  data          Hi é\r\nyou\x1a               the text of a message or its PDU, sent by Ctrl-Z
     95  command       AT+CMGS=12                    sends a message: set to 12 (3GPP TS 27.005, clause 3.5.1)
    106  command       AT+FOO="x                     expected the quote that ends the string at byte 5 of the line's body; close the string with a quote; inside a string a quote is written \22
    116  command       AT                            no command: the answer is OK
    119  command       ATS3=64                       line termination character: set to 64 (ITU-T V.250, clause 6.2.1)
    127  command       ATI                           identifies the equipment (ITU-T V.250, clause 6.1.3)
    131  command       AT                            no command: the answer is OK; cut off: no line end
    "#);
    insta::assert_snapshot!(plain(Some(Origin::Host), b"AT\nATI\n"), @r#"
    0  command       AT                            no command: the answer is OK
    3  command       ATI                           identifies the equipment (ITU-T V.250, clause 6.1.3)
    "#);
}

#[test]
fn a_script_is_told_with_its_own_lines() {
    let script = b"\xef\xbb\xbf+++\ntitle = \"x\"\n+++\n# A comment.\n> AT+CFUN=1\n< OK\n<! +CEREG: 5,3\n@ never < +CEREG: 1{*}\n~ 10m\n\
        * power cycle\n? cause == 6\n...\n>\n> AT+CMGS=\"+15550100\"\n<| > \n> Hi\\x1a\n>| +++\nboard> AT\nboard< OK\n";
    insta::assert_snapshot!(plain(None, script), @r#"
      3  script        +++                           the script's header
      7  script        title = "x"                   the script's header
     19  script        +++                           the script's header
     23  script        # A comment.                  a comment
     38  command       AT+CFUN=1                     how much of the equipment is on: set to 1 (3GPP TS 27.007, clause 8.2)
     50  final         OK                            the command line was carried out
     56  unsolicited   +CEREG: 5,3                   EPS: registered, roaming
     68  script        @ never < +CEREG: 1{*}        a directive
     91  script        ~ 10m                         time passes
     97  script        * power cycle                 a stage direction
    111  script        ? cause == 6                  a check
    124  script        ...                           any lines
    129  command                                     the line's terminator alone
    132  command       AT+CMGS="+15550100"           sends a message: set to "+15550100" (3GPP TS 27.005, clause 3.5.1)
    155  data          >                             raw bytes
    160  data          Hi\x1a                        the text of a message or its PDU
    170  data          +++                           raw bytes
    181  command       AT                            no command: the answer is OK
    191  final         OK                            the command line was carried out
    "#);
}

#[test]
fn a_message_typed_at_a_prompt_is_text() {
    let log = b"AT+CMGS=\"+15550100\"\r\r\n> Hello\r\nworld\x1a\r\n+CMGS: 12\r\n\r\nOK\r\nATD*99#\r\r\nCONNECT\r\n~\x7f\r\nNO CARRIER\r\n+++";
    insta::assert_snapshot!(plain(None, log), @r#"
     0  command       AT+CMGS="+15550100"           sends a message: set to "+15550100" (3GPP TS 27.005, clause 3.5.1)
    22  prompt        >                             the modem awaits text, up to Ctrl-Z
    24  data          Hello                         the text of a message or its PDU
    31  data          world\x1a                     the text of a message or its PDU
    39  information   +CMGS: 12
    52  final         OK                            the command line was carried out
    56  command       ATD*99#                       dials (ITU-T V.250, clause 6.3.1)
    66  intermediate  CONNECT                       connected: what follows is data
    75  data          ~\x7f                         raw bytes
    79  either        NO CARRIER                    no connection, or its end
    91  data          +++                           the escape sequence: back to command state
    "#);
    insta::assert_snapshot!(plain(None, b"+++\r\nOK\r\n"), @r#"
    0  data          +++                           the escape sequence: back to command state
    5  final         OK                            the command line was carried out
    "#);
}

#[test]
fn an_element_is_one_object() {
    let log = b"ATE0+CGDCONT=1,\"IP\",,\"a\\22b\";+X=\"\r\r\n+COPS: (2,\"T\",\"T\",\"00101\",7),,(0-4)\r\n+CREG: 1\r\n\xff\r\nAT+CGSN\r\n001017001234568\r\nOK";
    insta::assert_snapshot!(explained(None, Form::Json, &[log]), @r#"
    {"v":1,"offset":0,"length":33,"from":"host","kind":"command","text":"ATE0+CGDCONT=1,\"IP\",,\"a\\22b\";+X=\"","name":null,"parameters":null,"means":"command echo: 0 off, 1 on (ITU-T V.250, clause 6.2.4); packet data contexts: set to 1, \"IP\", (omitted), \"a\\22b\" (3GPP TS 27.007, clause 10.1.1); expected the quote that ends the string at byte 30 of the line's body","commands":[{"offset":2,"text":"E0","name":"E","form":"execute","parameters":["0"],"means":"command echo: 0 off, 1 on","source":"ITU-T V.250, clause 6.2.4"},{"offset":4,"text":"+CGDCONT=1,\"IP\",,\"a\\22b\"","name":"+CGDCONT","form":"set","parameters":["1","IP",null,"a\"b"],"means":"packet data contexts","source":"3GPP TS 27.007, clause 10.1.1"}],"error":{"offset":32,"message":"expected the quote that ends the string at byte 30 of the line's body","help":"close the string with a quote; inside a string a quote is written \\22"}}
    {"v":1,"offset":36,"length":35,"from":"modem","kind":"information","text":"+COPS: (2,\"T\",\"T\",\"00101\",7),,(0-4)","name":"+COPS","parameters":["(2,\"T\",\"T\",\"00101\",7)",null,"(0-4)"],"means":"operators: 00101 T on E-UTRAN (LTE) current"}
    {"v":1,"offset":73,"length":8,"from":"modem","kind":"unsolicited","text":"+CREG: 1","name":"+CREG","parameters":["1"],"means":"circuit-switched: registered, home network"}
    {"v":1,"offset":83,"length":1,"from":"modem","kind":"garbage","text":"�","name":null,"parameters":null,"means":"no modem means these bytes: noise, or another baud rate","hex":"FF"}
    {"v":1,"offset":86,"length":7,"from":"host","kind":"command","text":"AT+CGSN","name":null,"parameters":null,"means":"the equipment's serial number, IMEI, IMEISV or SVN (3GPP TS 27.007, clause 5.4)","commands":[{"offset":88,"text":"+CGSN","name":"+CGSN","form":"execute","parameters":[],"means":"the equipment's serial number, IMEI, IMEISV or SVN","source":"3GPP TS 27.007, clause 5.4"}]}
    {"v":1,"offset":95,"length":15,"from":"modem","kind":"information","text":"001017001234568","name":null,"parameters":null,"means":"an IMEI, not sound; error: the check digit is 8, but the other digits call for 9; note: the TAC 00101700 belongs to test equipment","identity":{"kind":"imei","digits":"001017001234568","sound":false,"findings":[{"severity":"error","code":"imei.check-digit","text":"the check digit is 8, but the other digits call for 9"},{"severity":"note","code":"tac.test","text":"the TAC 00101700 belongs to test equipment"}]}}
    {"v":1,"offset":112,"length":2,"from":"modem","kind":"final","text":"OK","name":null,"parameters":null,"means":"the command line was carried out","partial":true}
    "#);
}

#[test]
fn each_object_is_json() {
    let mut input: Vec<u8> = (0..=255).collect();
    input.extend_from_slice(b"\r\n+X: \"\\\"\x01\x7f\xff,\",(1,\"2\"),\r\nAT+X=\"\x80\",\\\r\n");
    for from in [None, Some(Origin::Host), Some(Origin::Modem)] {
        for line in explained(from, Form::Json, &[&input]).lines() {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(object["v"], 1);
        }
    }
}

#[test]
fn results_by_number_are_told_once_it_is_known_that_they_are() {
    let log = b"ATV0\r0\rAT+X\r+X: 1\r\n4\rATV1\r\r\nOK\r\nAT+Y\r\r\n0\r\nOK\r\n\r\nNO CARRIER\r\n";
    insta::assert_snapshot!(plain(None, log), @r#"
     0  command       ATV0                          result codes: 0 numeric, 1 verbose (ITU-T V.250, clause 6.2.6)
     5  final         0                             OK, by number
     7  command       AT+X                          not known here
    12  information   +X: 1
    19  final         4                             ERROR, by number
    21  command       ATV1                          result codes: 0 numeric, 1 verbose (ITU-T V.250, clause 6.2.6)
    28  final         OK                            the command line was carried out
    32  command       AT+Y                          not known here
    39  information   0
    42  final         OK                            the command line was carried out
    48  unsolicited   NO CARRIER                    no connection, or its end
    "#);
}

#[test]
fn what_a_script_leaves_open_is_not_read_as_a_value() {
    insta::assert_snapshot!(plain(None, b"> AT+CEREG?\n< +CEREG: 3,1{*}\n<! +CEREG: {:int}\n< {imei:imei}\n< OK\n"), @r#"
     2  command       AT+CEREG?                     registration in EPS: read (3GPP TS 27.007, clause 10.1.22)
    14  information   +CEREG: 3,1{*}                a pattern: what stands in braces is not fixed
    32  unsolicited   +CEREG: {:int}                a pattern: what stands in braces is not fixed
    49  information   {imei:imei}                   a pattern: what stands in braces is not fixed
    63  final         OK                            the command line was carried out
    "#);
}

#[test]
fn a_list_of_messages_may_have_lines_where_a_text_is_due() {
    let log = b"AT+CMGL=4\r\r\n+CMGL: 1,0,,23\r\n+CMGL: 2,1,,41\r\n0011000B91\r\n\r\nOK\r\n";
    insta::assert_snapshot!(plain(None, log), @r#"
     0  command       AT+CMGL=4                     lists messages: set to 4 (3GPP TS 27.005, clause 3.4.2)
    12  information   +CMGL: 1,0,,23
    28  either        +CMGL: 2,1,,41                by its form: information or body
    44  information   0011000B91
    58  final         OK                            the command line was carried out
    "#);
}

#[test]
fn a_pdu_is_told_element_by_element() {
    let log = b"AT+CMGR=2\r\r\n+CMGR: 0,,41\r\n07915155009099F9040B915155001011F100006211222100000019CCB4BDAC03154001D00685DFA4401B5E7EE3036DCA35\r\n\r\nOK\r\n\
        AT+CMGS=19\r\r\n> 0011000B915155674523F10000AA05E8329BFD06\x1a\r\n+CMGS: 1\r\n\r\nOK\r\n\
        \r\n+CDS: 25\r\n07915155009099F906070B915155674523F1621122210000006211222100030000\r\n\
        \r\n+CMT: ,24\r\n07915155009099F9040B915155674523F1000062112221000000FF\r\n";
    insta::assert_snapshot!(plain(None, log), @r#"
      0  command       AT+CMGR=2                     reads a message: set to 2 (3GPP TS 27.005, clause 3.4.3)
     12  information   +CMGR: 0,,41
     26  body          07915155009099F9040B915155001011F100006211222100000019CCB4BDAC03154001D00685DFA4401B5E7EE3036DCA35  a message: its PDU or its text
     26  ·             07915155009099F9              service centre: +15550009999 (international, 145)
     42  ·             04                            first octet: SMS-DELIVER
     44  ·             0B915155001011F1              TP-OA: +15550001111 (international, 145)
     60  ·             00                            TP-PID: a plain message
     62  ·             00                            TP-DCS: 7-bit
     64  ·             62112221000000                TP-SCTS: 26/11/22,12:00:00+00
     78  ·             19                            TP-UDL: 25 septets
     80  ·             CCB4BDAC03154001D00685DFA4401B5E7EE3036DCA35  TP-UD: "Live: é £ {x} [y] €5"
    128  final         OK                            the command line was carried out
    132  command       AT+CMGS=19                    sends a message: set to 19 (3GPP TS 27.005, clause 3.5.1)
    145  prompt        >                             the modem awaits text, up to Ctrl-Z
    147  data          0011000B915155674523F10000AA05E8329BFD06\x1a  the text of a message or its PDU
    147  ·             00                            service centre: the one that is set (+CSCA)
    149  ·             11                            first octet: SMS-SUBMIT
    151  ·             00                            TP-MR: 0
    153  ·             0B915155674523F1              TP-DA: +15557654321 (international, 145)
    169  ·             00                            TP-PID: a plain message
    171  ·             00                            TP-DCS: 7-bit
    173  ·             AA                            TP-VP: for 4 days
    175  ·             05                            TP-UDL: 5 septets
    177  ·             E8329BFD06                    TP-UD: "hello"
    190  information   +CMGS: 1
    202  final         OK                            the command line was carried out
    208  unsolicited   +CDS: 25                      a status report has come; it stands in the next line
    218  body          07915155009099F906070B915155674523F1621122210000006211222100030000  a message: its PDU or its text
    218  ·             07915155009099F9              service centre: +15550009999 (international, 145)
    234  ·             06                            first octet: SMS-STATUS-REPORT
    236  ·             07                            TP-MR: message 7
    238  ·             0B915155674523F1              TP-RA: +15557654321 (international, 145)
    254  ·             62112221000000                TP-SCTS: 26/11/22,12:00:00+00
    268  ·             62112221000300                TP-DT: 26/11/22,12:00:30+00
    282  ·             00                            TP-ST: received
    288  unsolicited   +CMT: ,24                     a message has come; it stands in the next line
    299  body          07915155009099F9040B915155674523F1000062112221000000FF  a message: its PDU or its text; as a PDU: expected a length of at most 160 in TP-UDL, found 255 at octet 26
    "#);
    insta::assert_snapshot!(plain(Some(Origin::Host), b"AT+CMGW=7\r00210004915155000004C3\x1aAT+CMGS=14\r0001000491515500000400004869\x1a"), @r#"
     0  command       AT+CMGW=7                     writes a message to memory: set to 7 (3GPP TS 27.005, clause 3.5.3)
    10  data          00210004915155000004C3\x1a    the text of a message or its PDU, sent by Ctrl-Z; as a PDU: expected 4 octets of TP-UD, found 1 at octet 10
    33  command       AT+CMGS=14                    sends a message: set to 14 (3GPP TS 27.005, clause 3.5.1)
    44  data          0001000491515500000400004869\x1a  the text of a message or its PDU, sent by Ctrl-Z
    44  ·             00                            service centre: the one that is set (+CSCA)
    46  ·             01                            first octet: SMS-SUBMIT
    48  ·             00                            TP-MR: 0
    50  ·             04915155                      TP-DA: +1555 (international, 145)
    58  ·             00                            TP-PID: a plain message
    60  ·             00                            TP-DCS: 7-bit
    62  ·             04                            TP-UDL: 4 septets
    64  ·             00004869                      TP-UD: "@@ J"
    "#);
    insta::assert_snapshot!(explained(Some(Origin::Host), Form::Json, &[b"AT+CMGS=11\r00010004915155000002E834\x1a"]), @r#"
    {"v":1,"offset":0,"length":10,"from":"host","kind":"command","text":"AT+CMGS=11","name":null,"parameters":null,"means":"sends a message: set to 11 (3GPP TS 27.005, clause 3.5.1)","commands":[{"offset":2,"text":"+CMGS=11","name":"+CMGS","form":"set","parameters":["11"],"means":"sends a message","source":"3GPP TS 27.005, clause 3.5.1"}]}
    {"v":1,"offset":11,"length":25,"from":"host","kind":"data","text":"00010004915155000002E834\u001a","name":null,"parameters":null,"means":"the text of a message or its PDU, sent by Ctrl-Z","pdu":[{"offset":11,"text":"00","name":"service centre","means":"the one that is set (+CSCA)"},{"offset":13,"text":"01","name":"first octet","means":"SMS-SUBMIT"},{"offset":15,"text":"00","name":"TP-MR","means":"0"},{"offset":17,"text":"04915155","name":"TP-DA","means":"+1555 (international, 145)"},{"offset":25,"text":"00","name":"TP-PID","means":"a plain message"},{"offset":27,"text":"00","name":"TP-DCS","means":"7-bit"},{"offset":29,"text":"02","name":"TP-UDL","means":"2 septets"},{"offset":31,"text":"E834","name":"TP-UD","means":"\"hi\""}]}
    "#);
}

/// Traffic as it comes, and worse.
fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        4 => proptest::sample::select(vec![
            &b"AT"[..], b"at+csq", b"AT+CMGS=1", b"A/", b"E0;+CEREG?", b"S3=10", b"S5=42", b"\r", b"\r\n", b"\n", b"\r\n\r\n", b"OK", b"> ", b"< ",
            b"+++\n", b"<! ", b"# x", b"x = 1", b"\xef\xbb\xbf", b"\x1a", b"\x1b", b"\x08", b"+CREG: 1,2", b"+CSQ: 1,2", b"+IPD,3:", b"\"",
            b"CONNECT", b"NO CARRIER", b"+CMGR: 1", b"490154203237518", b"\0", b"\xff\xfe", b"+CMT: \"", b"0", b"> AT", b"RING",
        ]).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn how_the_input_is_cut_changes_nothing(
        input in traffic(),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
        from in proptest::sample::select(vec![None, Some(Origin::Host), Some(Origin::Modem)]),
        json in any::<bool>(),
    ) {
        let form = if json { Form::Json } else { Form::Plain { coloured: false } };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        cuts.extend([0, input.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &input[pair[0]..pair[1]]).collect();
        prop_assert_eq!(explained(from, form, &pieces), explained(from, form, &[&input]));
    }

    #[test]
    fn what_is_remembered_is_told_in_the_words_of_the_first_time(
        pieces in proptest::collection::vec(traffic(), 1..4),
        order in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
        coloured in any::<bool>(),
    ) {
        let input: Vec<u8> = order.iter().flat_map(|at| [at.get(&pieces).as_slice(), b"\r\n"].concat()).collect();
        let form = Form::Plain { coloured };
        let mut forgetful = Explainer::new(None, form);
        forgetful.remember_nothing();
        forgetful.feed(&input);
        forgetful.finish();
        prop_assert_eq!(explained(None, form, &[&input]), forgetful.text());
    }

    #[test]
    fn each_byte_on_its_own_gives_the_same(input in traffic()) {
        let bytes: Vec<&[u8]> = input.chunks(1).collect();
        for from in [None, Some(Origin::Host), Some(Origin::Modem)] {
            let form = Form::Plain { coloured: false };
            prop_assert_eq!(explained(from, form, &bytes), explained(from, form, &[&input]));
        }
    }
}

#[test]
fn a_memory_that_is_full_begins_anew_and_says_the_same() {
    // More situations and more lines than are kept.
    let mut input = Vec::new();
    for number in 0..40_000 {
        let place = number % 17_000;
        input.extend_from_slice(format!("AT+CMGR={place}\r\r\n+CSQ: {place},99\r\n\r\nOK\r\n").as_bytes());
    }
    let form = Form::Plain { coloured: false };
    let mut forgetful = Explainer::new(None, form);
    forgetful.remember_nothing();
    forgetful.feed(&input);
    forgetful.finish();
    assert!(explained(None, form, &[&input]) == forgetful.text(), "the memory changes what is told");
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    for (from, longest) in [(None, 1 << 17), (Some(Origin::Modem), 1 << 17), (Some(Origin::Host), 1 << 17)] {
        let mut explainer = Explainer::new(from, Form::Json);
        for letter in [b"x", b"\xff"] {
            for _ in 0..8 {
                explainer.feed(&letter.repeat(1 << 16));
                assert!(explainer.text().len() < 1 << 20);
                explainer.clear();
            }
        }
        explainer.finish();
        assert!(explainer.text().len() < longest);
    }
}
