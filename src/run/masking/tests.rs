//! Identities are made here, of TACs and countries that are nobody's test series: no real device stands in this file.

use super::{Card, Masks, script};
use crate::identity::{Eid, Iccid, Imei, ImeiKey, Imsi};
use crate::run::matching::{self, Captures};
use crate::script::{self, Act, LineKind, Script, Side};

mod laws;

/// The IMEI of a device of a TAC that is no test one, by its serial number.
fn imei(serial: u64) -> String {
    Imei::of(ImeiKey::new(99_000_000 * 1_000_000 + serial).unwrap()).to_string()
}

/// An IMSI of a country code that no country has.
fn imsi(number: u64) -> String {
    format!("29901{number:010}")
}

/// An ICCID of a country code that no country has.
fn iccid(number: u64) -> String {
    format!("8997{number:015}")
}

/// Digits in semi-octets.
fn swapped(digits: &str) -> String {
    let padded = if digits.len() % 2 == 1 { format!("{digits}F") } else { digits.to_owned() };
    padded.as_bytes().chunks(2).flat_map(|pair| [char::from(pair[1]), char::from(pair[0])]).collect()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

fn ucs2(text: &str) -> String {
    text.bytes().map(|byte| format!("00{byte:02X}")).collect()
}

fn parsed(text: &str) -> Script {
    script::parse("a.atg", text).unwrap_or_else(|errors| panic!("{}\n{text}", errors.render(false)))
}

/// The masked script; it must parse, and masking it again must change nothing.
fn masked(text: &str) -> String {
    let (masked, _) = script(parsed(text), &Captures::default(), Card::Real);
    let masked = script::format(&masked);
    let again = script(parsed(&masked), &Captures::default(), Card::Real).0;
    assert_eq!(script::format(&again), masked, "masked twice");
    assert_eq!(parsed(&masked).lines.len(), parsed(text).lines.len());
    replays(text, &masked);
    masked
}

/// Each expected line of the masked script matches the line it was made of.
fn replays(original: &str, masked: &str) {
    let (original, masked) = (parsed(original), parsed(masked));
    let mut captures = Captures::default();
    let given = parsed_values(&original, &masked);
    for (name, text) in given {
        captures.bind(&name, matching::Capture::outside(&text));
    }
    for (line, mask) in original.lines.iter().zip(&masked.lines) {
        let (LineKind::Act { act: line, .. }, LineKind::Act { act: mask, .. }) = (&line.kind, &mask.kind) else {
            continue;
        };
        match (line, mask) {
            (Act::Expect(line), Act::Expect(mask)) | (Act::ExpectUrc(line), Act::ExpectUrc(mask)) => {
                let came: Vec<u8> = line
                    .items
                    .iter()
                    .flat_map(|item| match item {
                        script::Item::Bytes(bytes) => bytes.clone(),
                        script::Item::Value(_) => b"1".to_vec(),
                    })
                    .collect();
                let matched = matching::match_line(mask, &came, &captures);
                let matched = matched.unwrap_or_else(|| panic!("`{mask}` does not match `{line}`"));
                captures.extend(matched.bound);
            }
            (Act::Send(line), Act::Send(mask)) => {
                let sent: Vec<u8> = mask
                    .parts
                    .iter()
                    .flat_map(|part| match part {
                        script::Part::Bytes(bytes) => bytes.clone(),
                        script::Part::Name(name) => captures.capture(&name.text).unwrap().text.clone(),
                        script::Part::Port(_) => Vec::new(),
                    })
                    .collect();
                let original: Vec<u8> = line
                    .parts
                    .iter()
                    .flat_map(|part| match part {
                        script::Part::Bytes(bytes) => bytes.clone(),
                        script::Part::Name(_) | script::Part::Port(_) => Vec::new(),
                    })
                    .collect();
                assert_eq!(String::from_utf8_lossy(&sent), String::from_utf8_lossy(&original));
            }
            _ => {}
        }
    }
}

/// What a user would have to give: each name of `[values]` and what stood where it is first sent.
fn parsed_values(original: &Script, masked: &Script) -> Vec<(String, String)> {
    let mut given = Vec::new();
    for (line, mask) in original.lines.iter().zip(&masked.lines) {
        let (LineKind::Act { act: Act::Send(line), .. }, LineKind::Act { act: Act::Send(mask), .. }) =
            (&line.kind, &mask.kind)
        else {
            continue;
        };
        let [script::Part::Bytes(line)] = line.parts.as_slice() else { continue };
        let mut rest = line.as_slice();
        let mut parts = mask.parts.iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                script::Part::Bytes(bytes) => rest = &rest[bytes.len()..],
                script::Part::Name(name) => {
                    let length = match parts.peek() {
                        Some(script::Part::Bytes(next)) => memchr::memmem::find(rest, next).unwrap(),
                        _ => rest.len(),
                    };
                    let text = String::from_utf8_lossy(&rest[..length]).into_owned();
                    rest = &rest[length..];
                    if masked.header.values.iter().any(|(value, _)| value.text == name.text) {
                        given.push((name.text.clone(), text));
                    }
                }
                script::Part::Port(_) => {}
            }
        }
    }
    given
}

#[test]
fn an_identity_is_a_value_where_it_first_comes_and_its_name_after() {
    let (one, two) = (imei(1), imei(2));
    let text = format!(
        "> AT+CGSN=1\n< +CGSN: \"{one}\"\n< OK\n> AT+CGSN\n< {one}\n< OK\n> AT+GSN\n< {two}\n< OK\n> AT#CGSN\n< #CGSN: {two}\n< OK\n"
    );
    insta::assert_snapshot!(masked(&text), @r#"
    > AT+CGSN=1
    < +CGSN: "{imei:imei}"
    < OK
    > AT+CGSN
    < {imei}
    < OK
    > AT+GSN
    < {imei_2:imei}
    < OK
    > AT#CGSN
    < #CGSN: {imei_2}
    < OK
    "#);
}

#[test]
fn spellings_of_one_device_have_one_name() {
    let one = imei(3);
    let key = &one[..14];
    let text = format!(
        "> AT+CGSN=1\n< +CGSN: \"{one}\"\n< OK\n> AT+CGSN=2\n< +CGSN: \"{key}01\"\n< OK\n> AT+CGSN\n< {key}0\n< OK\n\
         > AT+CGSN=255\n< {one}01\n< OK\n> AT+KGSN=2\n< +KGSN: {one}-{} SV: 01\n< OK\n> ATI\n< IMEI: {key}\n< OK\n",
        &one[14..]
    );
    insta::assert_snapshot!(masked(&text), @r#"
    > AT+CGSN=1
    < +CGSN: "{imei:imei}"
    < OK
    > AT+CGSN=2
    < +CGSN: "{imei:imeisv}"
    < OK
    > AT+CGSN
    < {imei}
    < OK
    > AT+CGSN=255
    < {imei}
    < OK
    > AT+KGSN=2
    < +KGSN: {imei}-6 SV: 01
    < OK
    > ATI
    < IMEI: {imei}
    < OK
    "#);
}

#[test]
fn the_scripts_own_names_are_left_to_it() {
    let (one, own) = (imei(4), imei(5));
    let text = format!(
        "+++\n[values]\nimei = \"{own}\"\n+++\n> AT+CGSN\n< {one}\n< OK\n> AT+CGSN\n< {own}\n< OK\n@ never < {{imei_2}}\n"
    );
    let masked = masked(&text).replace(&own, "(own)");
    insta::assert_snapshot!(masked, @r#"
    +++
    [values]
    imei = "(own)"
    +++
    > AT+CGSN
    < {imei_3:imei}
    < OK
    > AT+CGSN
    < (own)
    < OK
    @ never < {imei_2}
    "#);
}

#[test]
fn what_is_first_sent_is_to_be_given_from_outside() {
    let one = imei(6);
    let text = format!(
        "+++\ntitle = \"t\"\n+++\n> AT+EGMR=1,7,\"{one}\"\n< OK\n> AT+CGSN=1\n< +CGSN: \"{one}\"\n< OK\n> AT+X={one}\n< OK\n\
         > AT+X={}\n< OK\n",
        &one[..14]
    );
    insta::assert_snapshot!(masked(&text), @r#"
    +++
    title = "t"

    [values]
    imei_key = {}
    +++
    > AT+EGMR=1,7,"{imei_key}9"
    < OK
    > AT+CGSN=1
    < +CGSN: "{imei_key:imei}"
    < OK
    > AT+X={imei_key}9
    < OK
    > AT+X={imei_key}
    < OK
    "#);
}

#[test]
fn test_identities_are_shown() {
    let text = "+++\nimei = \"001017001234569\"\n+++\n\n# 490154203237518 is a sample\n> AT+CGSN=1;+CIMI;+CCID\n< +CGSN: \"001017001234569\"\n\
        < 001010123456789\n< +CCID: 8999901000000000016\n< OK\n> AT+CNUM\n< +CNUM: ,\"+15550100001\",145\n< OK\n> AT+CPIN=\"1234\"\n< OK\n\
        > AT+CRSM=176,28423,0,0,9\n< +CRSM: 144,0,\"080910101032547698\"\n< OK\n> AT+CRSM=176,28539,0,0,12\n\
        < +CRSM: 144,0,\"FFFFFFFFFFFFFFFFFFFFFFFF\"\n< OK\n* sms from +15550100002 \"call +15550100003\"\n* ring from +15550100002\n";
    assert_eq!(masked(text), text);
}

#[test]
fn what_the_header_gives_is_shown() {
    let (one, card) = (imei(7), iccid(1));
    let text = format!(
        "+++\nimei = \"{one}\"\nsim = {{ iccid = \"{card}\", pin = \"7391\" }}\n+++\n> AT+CPIN=\"7391\"\n< OK\n> AT+CGSN\n< {one}\n< OK\n\
         > AT+CGSN=2\n< +CGSN: \"{}01\"\n< OK\n> AT+CCID\n< +CCID: {card}\n< OK\n",
        &one[..14]
    );
    assert_eq!(masked(&text), text);
}

#[test]
fn pins_are_never_shown() {
    let text = "> AT+CPIN=\"7391\"\n< OK\n> AT+CLCK=\"SC\",1,\"7391\"\n< OK\n> AT+CPWD=\"SC\",\"7391\",\"8264\"\n< OK\n> AT+CPIN=73914682,8264\n< OK\n\
        > AT+CPINR\n< +CPINR: SIM PIN,3,3\n< OK\n";
    insta::assert_snapshot!(masked(text), @r#"
    +++

    [values]
    pin = {}
    pin_2 = {}
    pin_3 = {}
    +++
    > AT+CPIN="{pin}"
    < OK
    > AT+CLCK="SC",1,"{pin}"
    < OK
    > AT+CPWD="SC","{pin}","{pin_2}"
    < OK
    > AT+CPIN={pin_3},{pin_2}
    < OK
    > AT+CPINR
    < +CPINR: SIM PIN,3,3
    < OK
    "#);
}

#[test]
fn cards_and_subscriptions_are_known_by_the_command() {
    let (one, two) = (imsi(1_234_567_890), iccid(77));
    let eid = Eid::parse("89970000000000000000000000000000").unwrap();
    let eid = format!("{}{:02}", &eid.to_string()[..30], eid.expected_check_digits());
    let text = format!(
        "> AT+CIMI\n< {one}\n< OK\n> AT+CCID;+CIMI\n< +CCID: {two}\n< {one}\n< OK\n> AT+QCCID\n< +QCCID: {two}F\n< OK\n\
         > AT+CEID\n< +CEID: {eid}\n< OK\n> AT+CNUM\n< +CNUM: \"\",\"+999510000123\",145\n< OK\n> ATD+999510000123;\n< OK\n<! +CLIP: \"999510000124\",129\n"
    );
    insta::assert_snapshot!(masked(&text), @r#"
    > AT+CIMI
    < {imsi:imsi}
    < OK
    > AT+CCID;+CIMI
    < +CCID: {iccid:iccid}
    < {imsi}
    < OK
    > AT+QCCID
    < +QCCID: {iccid}
    < OK
    > AT+CEID
    < +CEID: {eid:eid}
    < OK
    > AT+CNUM
    < +CNUM: "","{msisdn:msisdn}",145
    < OK
    > ATD{msisdn};
    < OK
    <! +CLIP: "{msisdn_2:msisdn}",129
    "#);
}

#[test]
fn files_of_the_card_are_looked_into() {
    let subscriber = Imsi::parse(&imsi(42)).unwrap();
    let card = Iccid::parse(&iccid(42)).unwrap();
    let number = format!("{}07919915100000F1FFFFFFFFFFFF", "FF".repeat(4));
    let text = format!(
        "> AT+CRSM=176,28423,0,0,9\n< +CRSM: 144,0,\"{imsi}\"\n< OK\n> AT+CIMI\n< {subscriber}\n< OK\n> AT+CRSM=176,28423,0,0,9\n< +CRSM: 144,0,\"{imsi}\"\n< OK\n\
         > AT+CRSM=176,12258,0,0,10\n< +CRSM: 144,0,{card}\n< OK\n> AT+CRSM=178,28480,1,4,18\n< +CRSM: 144,0,\"{number}\"\n< OK\n\
         > AT+CRSM=176,28424,0,0,9\n< +CRSM: 144,0,\"07A1B2C3D4\"\n< OK\n> AT+CRSM=176,28423,0,0,9\n< +CRSM: 144,0,\"0849\"\n< OK\n\
         > AT+CRSM=176,28589,0,0,4\n< +CRSM: 144,0,\"00000002\"\n< OK\n> AT+CRSM=214,28423,0,0,9,\"{imsi}\"\n< +CRSM: 144,0\n< OK\n\
         > AT+CRSM=192,28423\n< +CRSM: 144,0,\"62178202412183026F07\"\n< OK\n",
        imsi = hex(&subscriber.to_octets()),
        card = hex(&card.to_octets()),
    );
    insta::assert_snapshot!(masked(&text), @r#"
    > AT+CRSM=176,28423,0,0,9
    < +CRSM: 144,0,"{imsi_hex:hex}"
    < OK
    > AT+CIMI
    < {imsi:imsi}
    < OK
    > AT+CRSM=176,28423,0,0,9
    < +CRSM: 144,0,"{imsi_hex}"
    < OK
    > AT+CRSM=176,12258,0,0,10
    < +CRSM: 144,0,{iccid_hex:hex}
    < OK
    > AT+CRSM=178,28480,1,4,18
    < +CRSM: 144,0,"FFFFFFFF0791{msisdn_hex:hex}FFFFFFFFFFFF"
    < OK
    > AT+CRSM=176,28424,0,0,9
    < +CRSM: 144,0,"{*}"
    < OK
    > AT+CRSM=176,28423,0,0,9
    < +CRSM: 144,0,"{*}"
    < OK
    > AT+CRSM=176,28589,0,0,4
    < +CRSM: 144,0,"00000002"
    < OK
    > AT+CRSM=214,28423,0,0,9,"{imsi_hex}"
    < +CRSM: 144,0
    < OK
    > AT+CRSM=192,28423
    < +CRSM: 144,0,"62178202412183026F07"
    < OK
    "#);
}

#[test]
fn apdus_are_looked_into() {
    let subscriber = Imsi::parse(&imsi(43)).unwrap();
    let pin = hex(b"7391\xFF\xFF\xFF\xFF");
    let eid = "89970000000000000000000000000012";
    let text = format!(
        "> AT+CSIM=14,\"00A40004026F07\"\n< +CSIM: 4,\"6114\"\n< OK\n> AT+CSIM=10,\"00B0000009\"\n< +CSIM: 22,\"{}9000\"\n< OK\n\
         > AT+CSIM=26,\"0020000108{pin}\"\n< +CSIM: 4,\"9000\"\n< OK\n> AT+CSIM=26,\"0020000108{}\"\n< +CSIM: 4,\"9000\"\n< OK\n\
         > AT+CGLA=1,22,\"81E2910006BF3E035C015A\"\n< +CGLA: 46,\"BF3E125A10{eid}9000\"\n< OK\n> AT+CSIM=4,\"00B0\"\n< +CSIM: 4,\"6700\"\n< OK\n\
         > AT+CSIM=4,\"zzzz\"\n< ERROR\n> AT+CSIM=10,\"0088008100\"\n< +CSIM: 20,\"DB08A1A2A3A4A5A69000\"\n< OK\n",
        hex(&subscriber.to_octets()),
        hex(b"1234\xFF\xFF\xFF\xFF"),
    );
    insta::assert_snapshot!(masked(&text), @r#"
    +++

    [values]
    pin_hex = {}
    data = {}
    data_2 = {}
    +++
    > AT+CSIM=14,"00A40004026F07"
    < +CSIM: 4,"6114"
    < OK
    > AT+CSIM=10,"00B0000009"
    < +CSIM: 22,"{imsi_hex:hex}9000"
    < OK
    > AT+CSIM=26,"0020000108{pin_hex}"
    < +CSIM: 4,"9000"
    < OK
    > AT+CSIM=26,"002000010831323334FFFFFFFF"
    < +CSIM: 4,"9000"
    < OK
    > AT+CGLA=1,22,"81E2910006BF3E035C015A"
    < +CGLA: 46,"BF3E125A10{eid:eid}9000"
    < OK
    > AT+CSIM=4,"{data}"
    < +CSIM: 4,"6700"
    < OK
    > AT+CSIM=4,"{data_2}"
    < ERROR
    > AT+CSIM=10,"0088008100"
    < +CSIM: 20,"{*}9000"
    < OK
    "#);
}

#[test]
fn short_messages_are_looked_into() {
    let (centre, party) = (swapped("999510000001"), swapped("999510000002"));
    // "Hello" in seven bits.
    let deliver = format!("0791{centre}040C91{party}0000620131000000000 5C8329BFD06").replace(' ', "");
    let submit = format!("0011000C91{party}0000A705C8329BFD06");
    let said = ucs2("call +999510000003");
    let quoting = format!("0001000C91{}0008{:02X}{said}", swapped("15550100001").replace('F', "0"), said.len() / 2);
    let text = format!(
        "> AT+CMGR=1\n< +CMGR: 1,,24\n< {deliver}\n< OK\n<! +CMT: ,24\n<! {deliver}\n> AT+CMGS=20\n<| > \n>| {submit}\\x1A\n< +CMGS: 5\n< OK\n\
         > AT+CMGS=42\n>| {quoting}\\x1A\n< +CMGS: 6\n< OK\n> AT+CMGL=4\n< +CMGL: 1,1,,24\n< {deliver}\n< +CMGL: 2,1,,24\n< 07FFFFFFFFFFFFFFFF\n< OK\n\
         > AT+CMGF=1\n< OK\n> AT+CMGR=1\n< +CMGR: \"REC READ\",\"+999510000002\",,\"26/01/31,12:00:00+04\"\n< my other number is 01510000004\n< OK\n"
    );
    let text = text.replace("<| > \n", "");
    insta::assert_snapshot!(masked(&text), @r#"
    +++

    [values]
    msisdn_hex_3 = {}
    +++
    > AT+CMGR=1
    < +CMGR: 1,,24
    < 0791{msisdn_hex:hex}040C91{msisdn_hex_2:hex}00006201310000000005C8329BFD06
    < OK
    <! +CMT: ,24
    <! 0791{msisdn_hex}040C91{msisdn_hex_2}00006201310000000005C8329BFD06
    > AT+CMGS=20
    >| 0011000C91{msisdn_hex_2}0000A705C8329BFD06\x1A
    < +CMGS: 5
    < OK
    > AT+CMGS=42
    >| 0001000C91515510000001000824{msisdn_hex_3}\x1A
    < +CMGS: 6
    < OK
    > AT+CMGL=4
    < +CMGL: 1,1,,24
    < 0791{msisdn_hex}040C91{msisdn_hex_2}00006201310000000005C8329BFD06
    < +CMGL: 2,1,,24
    < {*}
    < OK
    > AT+CMGF=1
    < OK
    > AT+CMGR=1
    < +CMGR: "REC READ","{msisdn:msisdn}",,"26/01/31,12:00:00+04"
    < my other number is {msisdn_2:msisdn}
    < OK
    "#);
}

#[test]
fn ucs2_and_hexadecimal_text_are_looked_into() {
    let number = "+999510000005";
    let text = format!(
        "> AT+CNUM\n< +CNUM: \"\",\"{}\",145\n< OK\n> AT+CNUM\n< +CNUM: \"\",\"{}\",145\n< OK\n> AT+CNUM\n< +CNUM: \"\",\"{}\",145\n< OK\n> AT+X\n< +X: \"{}\"\n< OK\n",
        ucs2(number),
        ucs2(number),
        hex(number.as_bytes()),
        ucs2(&format!("IMEI {}", imei(9))),
    );
    insta::assert_snapshot!(masked(&text), @r#"
    > AT+CNUM
    < +CNUM: "","{msisdn_hex:hex}",145
    < OK
    > AT+CNUM
    < +CNUM: "","{msisdn_hex}",145
    < OK
    > AT+CNUM
    < +CNUM: "","{msisdn_hex_2:hex}",145
    < OK
    > AT+X
    < +X: "0049004D004500490020{imei_hex:hex}"
    < OK
    "#);
}

#[test]
fn what_is_known_is_masked_wherever_it_stands() {
    let (one, subscriber) = (imei(10), imsi(10));
    let text = format!(
        "# {one} came back from the field, PIN 7391\n@ label \"board {one}\"\n> AT+CPIN=\"7391\"\n< OK\n> AT+CGSN\n< {one}\n< OK\n> AT+CIMI\n< {subscriber}\n< OK\n\
         < ^SYSINFO: x{one}y,z{subscriber}z\n> AT+HTTP=\"http://a/?i={}&s={subscriber}\"\n< OK\n? \"{one}\" == \"{one}\" and \"000010\" != \"000011\" and count(< \"+CGSN: {one}\") == 0\n\
         * register block {one}\n* register allow {}\n* register block {}\n* urc \"+X: {one}\"\n* sms from +999510000006 \"from {one}\"\n@ never < +CGSN: {one}\n",
        &one[..14],
        &one[..14],
        &one[..8],
    );
    insta::assert_snapshot!(masked(&text), @r#"
    +++

    [values]
    imei_key = {}
    pin = {}
    msisdn = {}
    +++
    # {imei_key} came back from the field, PIN {pin}
    @ label "board {imei_key}1"
    > AT+CPIN="{pin}"
    < OK
    > AT+CGSN
    < {imei_key:imei}
    < OK
    > AT+CIMI
    < {imsi:imsi}
    < OK
    < ^SYSINFO: x{imei_key}y,z{imsi}z
    > AT+HTTP="http://a/?i={imei_key}&s={imsi}"
    < OK
    ? "{imei_key}1" == "{imei_key}1" and imei_key.snr != "000011" and count(< "+CGSN: {imei_key}1") == 0
    * register block {imei_key}
    * register allow {imei_key}
    * register block 99000000
    * urc "+X: {imei_key}1"
    * sms from {msisdn} "from {imei_key}1"
    @ never < +CGSN: {imei_key:imei}
    "#);
}

#[test]
fn a_pattern_is_masked_about_its_values() {
    let one = imei(11);
    let text = format!(
        "> AT+CGSN\n< {one},{{*}}\n< OK\n> AT+CGSN\n< {{*}},{one}\n< OK\n> AT+CGSN\n< {{*}}{one}{{*}}\n< OK\n> AT+CRSM=176,28423,0,0,9\n< +CRSM: 144,0,\"08{{*}}49\"\n< OK\n"
    );
    insta::assert_snapshot!(masked(&text), @r#"
    > AT+CGSN
    < {imei:imei},{*}
    < OK
    > AT+CGSN
    < {*},{imei}
    < OK
    > AT+CGSN
    < {*}{imei:imei}{*}
    < OK
    > AT+CRSM=176,28423,0,0,9
    < +CRSM: 144,0,"08{*}49"
    < OK
    "#);
}

#[test]
fn several_modems_are_several_conversations() {
    let (one, two) = (imei(12), imsi(12));
    let text = format!(
        "+++\n[modems.a]\nmodem = \"generic-lte\"\n[modems.b]\nmodem = \"generic-lte\"\n+++\na> AT+CGSN\nb> AT+CIMI\na< {one}\nb< {two}\nb< OK\na< OK\nb> AT+CGSN\nb< {one}\nb< OK\n"
    );
    insta::assert_snapshot!(masked(&text), @r#"
    +++
    [modems.a]
    modem = "generic-lte"
    [modems.b]
    modem = "generic-lte"
    +++
    a> AT+CGSN
    b> AT+CIMI
    a< {imei:imei}
    b< {imsi:imsi}
    b< OK
    a< OK
    b> AT+CGSN
    b< {imei}
    b< OK
    "#);
}

#[test]
fn what_was_given_from_outside_keeps_its_name() {
    let one = imei(13);
    let text = format!(
        "+++\n[values]\nboard = {{}}\n+++\n> AT+CGSN\n< +CGSN: \"{one}\"\n< OK\n> AT+X={{board}}\n< +X: {one}\n< OK\n> AT+Y={one}\n< OK\n"
    );
    let mut captures = Captures::default();
    captures.bind("board", matching::Capture::outside(&one));
    let (masked, _) = script(parsed(&text), &captures, Card::Real);
    insta::assert_snapshot!(script::format(&masked), @r#"
    +++
    [values]
    board = {}
    +++
    > AT+CGSN
    < +CGSN: "{board:imei}"
    < OK
    > AT+X={board}
    < +X: {board}
    < OK
    > AT+Y={board}
    < OK
    "#);
}

#[test]
fn a_log_has_the_same_names_on_all_lines() {
    let (one, subscriber) = (imei(14), imsi(14));
    let mut masks = Masks::new();
    let lines = [
        ("a", Side::Host, "AT+CGSN;+CIMI".to_owned()),
        ("a", Side::Modem, one.clone()),
        ("b", Side::Host, "AT+CPIN=\"7391\"".to_owned()),
        ("a", Side::Modem, subscriber.clone()),
        ("a", Side::Modem, "OK".to_owned()),
        ("b", Side::Modem, format!("+X: {}", swapped(&one))),
        ("b", Side::Modem, format!("+CGSN: \"{}02\"", &one[..14])),
        ("b", Side::Host, "AT+CRSM=176,28424,0,0,33".to_owned()),
        ("b", Side::Modem, "+CRSM: 144,0,\"07A1B2C3D4E5F6\"".to_owned()),
        ("b", Side::Modem, "+CREG: 1,\"00C3\",\"0001A2B3\",7".to_owned()),
    ];
    let log: Vec<String> = lines
        .iter()
        .map(|(lane, side, line)| String::from_utf8(masks.line(lane, *side, line.as_bytes())).unwrap())
        .collect();
    insta::assert_snapshot!(log.join("\n"), @r#"
    AT+CGSN;+CIMI
    {imei}
    AT+CPIN="{pin}"
    {imsi}
    OK
    +X: {imei_hex}
    +CGSN: "{imei}"
    AT+CRSM=176,28424,0,0,33
    +CRSM: 144,0,"{*}"
    +CREG: 1,"00C3","0001A2B3",7
    "#);
}

#[test]
fn messages_and_sources_are_masked_with_the_scripts_names() {
    let one = imei(15);
    let text = format!("> AT+CGSN\n< {one}\n< OK\n> AT+CPIN=\"7391\"\n< OK\n");
    let (_, mut masks) = script(parsed(&text), &Captures::default(), Card::Real);
    let message =
        format!("a line that matches ‘{one}’, came ‘AT+CPIN=\"7391\"’ and ‘{}’; help: PIN 7391, not 73910", imei(16));
    assert_eq!(masks.text("snr is \"000015\", not 0000150"), "snr is \"{*}\", not 0000150");
    insta::assert_snapshot!(masks.text(&message), @r#"a line that matches ‘{imei}’, came ‘AT+CPIN="{pin}"’ and ‘{imei_2}’; help: PIN {pin}, not 73910"#);
    let source = masks.source(&text);
    assert_eq!(source.len(), text.len());
    insta::assert_snapshot!(source, @r#"
    > AT+CGSN
    < {imei}*********
    < OK
    > AT+CPIN="****"
    < OK
    "#);
}

#[test]
fn numbers_that_are_nobodys_are_left() {
    let text = "> AT+CGDCONT?\n< +CGDCONT: 1,\"IP\",\"internet\",\"10.0.0.1\",0,0\n< OK\n> AT+CCLK?\n< +CCLK: \"26/01/31,12:00:00+00\"\n< OK\n\
        > ATD*99#\n< CONNECT 150000000\n> AT+COPS?\n< +COPS: 0,2,\"26201\",7\n< OK\n> AT+CEREG?\n< +CEREG: 2,1,\"00C3\",\"0001A2B3\",7\n< OK\n\
        > AT+CGMR\n< Revision: 1418B04SIM7600 20190521\n< OK\n> ATD112;\n< OK\n> AT+QGPSLOC=2\n< +QGPSLOC: 061951.000,31.82,117.11,0.9,60.0,3\n< OK\n\
        > AT+CGCONTRDP=1\n< +CGCONTRDP: 1,5,\"internet\",\"100.101.102.103.255.255.255.0\"\n< OK\n> AT+CPIN?\n< +CPIN: SIM PIN\n< OK\n";
    assert_eq!(masked(text), text);
}

#[test]
fn a_virtual_card_keeps_no_secrets_but_identities_are_identities() {
    let subscriber = Imsi::parse(&imsi(44)).unwrap();
    let text = format!(
        "> AT+CPIN=\"7391\"\n< OK\n> AT+CRSM=176,28424,0,0,5\n< +CRSM: 144,0,\"07A1B2C3D4\"\n< OK\n> AT+CRSM=176,28423,0,0,9\n\
         < +CRSM: 144,0,\"{}\"\n< OK\n",
        hex(&subscriber.to_octets())
    );
    let (masked, _) = script(parsed(&text), &Captures::default(), Card::Virtual);
    insta::assert_snapshot!(script::format(&masked), @r#"
    > AT+CPIN="7391"
    < OK
    > AT+CRSM=176,28424,0,0,5
    < +CRSM: 144,0,"07A1B2C3D4"
    < OK
    > AT+CRSM=176,28423,0,0,9
    < +CRSM: 144,0,"{imsi_hex:hex}"
    < OK
    "#);
}

#[test]
fn names_are_not_without_end() {
    let mut masks = Masks::new();
    let mut last = String::new();
    for serial in 0..1100 {
        last = masks.text(&format!("IMEI {}", imei(serial)));
    }
    assert_eq!(last, "IMEI {*}");
    assert_eq!(masks.text(&format!("IMEI {}", imei(1))), "IMEI {imei_2}");
}

#[test]
fn one_device_has_one_value_however_it_is_written() {
    let one = imei(17);
    let key = &one[..14];
    let text = format!(
        "> AT+CGSN=1\n< +CGSN: \"{one}\"\n< OK\n> AT+X=\"{one}\"\n< OK\n> AT+X=\"{key}05\"\n< +X: {key}05\n< OK\n> AT+CGSN\n< {one}\n< OK\n\
         * register block {one}\n@ never > AT+Y={key}06\n"
    );
    insta::assert_snapshot!(masked(&text), @r#"
    +++

    [values]
    imei_key = {}
    +++
    > AT+CGSN=1
    < +CGSN: "{imei_key:imei}"
    < OK
    > AT+X="{imei_key}6"
    < OK
    > AT+X="{imei_key}05"
    < +X: {imei_key:imeisv}
    < OK
    > AT+CGSN
    < {imei_key}
    < OK
    * register block {imei_key}
    @ never > AT+Y={imei_key:imeisv}
    "#);
}

#[test]
fn a_value_from_outside_is_written_with_its_type_once() {
    let one = imei(18);
    let text = format!(
        "> AT+X=\"{one}\"\n< OK\n> AT+CGSN=1\n< +CGSN: \"{one}\"\n< OK\n> AT+CGSN\n< {one}\n< OK\n<! +Y: {one}\n* register block {}\n",
        &one[..14]
    );
    insta::assert_snapshot!(masked(&text), @r#"
    +++

    [values]
    imei = {}
    +++
    > AT+X="{imei}"
    < OK
    > AT+CGSN=1
    < +CGSN: "{imei:imei}"
    < OK
    > AT+CGSN
    < {imei}
    < OK
    <! +Y: {imei}
    * register block {imei}
    "#);
}

#[test]
fn names_in_hexadecimal_are_no_numbers() {
    let text = "> AT+CSCS=\"UCS2\"\n< OK\n> AT+CPBR=1,4\n< +CPBR: 1,\"+15550100007\",145,\"04160435043D044F\"\n< +CPBR: 2,\"002B00310035003500350030003100300030003000300037\",145,\"043004350438\"\n\
        < +CPBR: 3,\"+15550100007\",145,\"4F60597D\"\n< OK\n> AT+CNUM\n< +CNUM: \"04220435043B\",\"+15550100007\",145\n< OK\n> AT+COPS?\n\
        < +COPS: 0,0,\"041C0422042100200052\",7\n< OK\n> AT+CUSD=1,\"002A0031003000300023\",72\n< OK\n<! +CUSD: 0,\"041104300430043D\",72\n\
        > AT+CPBW=1,\"+15550100007\",145,\"04160435043D044F\"\n< OK\n> AT+CMGF=1\n< OK\n> AT+CMGR=1\n< +CMGR: \"REC READ\",\"+15550100007\",\"04160435043D044F\",\"26/01/31,12:00:00+04\"\n\
        < 041F0440043804320435044200200031\n< OK\n";
    assert_eq!(masked(text), text);
}

#[test]
fn numbers_in_hexadecimal_are_numbers() {
    let number = "+999510000008";
    let text = format!(
        "> AT+CPBR=1,4\n< +CPBR: 1,\"{}\",145,\"04160435043D044F\"\n< +CPBR: 2,\"{}\",129,\"{}\"\n< +CPBR: 3,\"99951000000A\",129,\"999510000009\"\n< OK\n<! +CUSD: 0,\"4F60{}\",72\n",
        ucs2(number),
        ucs2(&number[1..]),
        ucs2(&format!("call {number}")),
        ucs2(number),
    );
    insta::assert_snapshot!(masked(&text), @r#"
    > AT+CPBR=1,4
    < +CPBR: 1,"{msisdn_hex:hex}",145,"04160435043D044F"
    < +CPBR: 2,"{msisdn_hex_2:hex}",129,"00630061006C006C0020{msisdn_hex}"
    < +CPBR: 3,"{msisdn:msisdn}A",129,"{msisdn_2:msisdn}"
    < OK
    <! +CUSD: 0,"4F60{msisdn_hex}",72
    "#);
}
