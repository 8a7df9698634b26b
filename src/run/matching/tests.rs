use super::*;
use crate::script::Name;

/// A pattern from its text, escapes left out: `+CREG: {x:int},{*}`.
fn pattern(text: &str) -> Pattern {
    let mut items = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            items.push(Item::Bytes(rest.as_bytes()[..open].to_vec()));
        }
        let close = rest.find('}').unwrap();
        let (name, kind) = match rest[open + 1..close].split_once(':') {
            Some((name, kind)) => (name, Some(kind)),
            None => (&rest[open + 1..close], None),
        };
        let name = (name != "*" && !name.is_empty()).then(|| Name { text: name.into(), span: Span::default() });
        let kind = kind.map(|kind| match kind {
            "int" => Type::Int,
            "hex" => Type::Hex,
            "str" => Type::Str,
            "imei" => Type::Imei,
            "imeisv" => Type::Imeisv,
            "meid" => Type::Meid,
            "imsi" => Type::Imsi,
            "iccid" => Type::Iccid,
            "eid" => Type::Eid,
            "msisdn" => Type::Msisdn,
            "pin" => Type::Pin,
            "reg" => Type::Reg,
            "ip" => Type::Ip,
            "time" => Type::Time,
            "rest" => Type::Rest,
            other => panic!("{other}"),
        });
        items.push(Item::Value(Value { name, kind, span: Span::default() }));
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        items.push(Item::Bytes(rest.as_bytes().to_vec()));
    }
    Pattern { items, span: Span::default() }
}

fn text(pattern: &Pattern) -> String {
    pattern
        .items
        .iter()
        .map(|item| match item {
            Item::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Item::Value(Value { kind: None, .. }) => "{*}".into(),
            Item::Value(Value { kind: Some(kind), .. }) => format!("{{:{kind:?}}}").to_lowercase(),
        })
        .collect()
}

/// What a match gives, in one line.
fn told(script: &str, line: &str) -> String {
    with(&Captures::default(), script, line)
}

fn with(captures: &Captures, script: &str, line: &str) -> String {
    match match_line(&pattern(script), line.as_bytes(), captures) {
        None => "no".into(),
        Some(found) => {
            let names =
                found.bound.iter().map(|(name, value)| format!(" {name}=‘{}’", String::from_utf8_lossy(&value.text)));
            format!("{}{}", text(&found.kept), names.collect::<String>())
        }
    }
}

#[test]
fn a_line_matches_whole_and_byte_for_byte() {
    assert_eq!(told("OK", "OK"), "OK");
    assert_eq!(told("OK", "OK "), "no");
    assert_eq!(told("+CME ERROR: 1{*}", "+CME ERROR: 106"), "+CME ERROR: 1{*}");
    assert_eq!(told("{*}", ""), "{*}");
}

#[test]
fn a_star_is_kept_as_it_is_and_a_name_gives_way_to_what_came() {
    assert_eq!(told("+CEREG: {*},{n},{:int}", "+CEREG: 3,\"1A\",7"), "+CEREG: {*},\"1A\",{:int} n=‘\"1A\"’");
}

#[test]
fn a_name_takes_as_little_as_it_can_and_does_not_cross_a_comma_outside_quotes() {
    assert_eq!(told("{a} {b}", "one two three"), "one two three a=‘one’ b=‘two three’");
    assert_eq!(told("+X: {a}", "+X: 1,2"), "no");
    assert_eq!(told("+X: {*}", "+X: 1,2"), "+X: {*}");
    assert_eq!(told("+X: {a},2", "+X: \"p,q\",2"), "+X: \"p,q\",2 a=‘\"p,q\"’");
    assert_eq!(told("+X: \"{a}\",2", "+X: \"p,q\",2"), "+X: \"p,q\",2 a=‘p,q’");
}

#[test]
fn rest_runs_to_the_end_and_str_is_quoted_or_bare() {
    assert_eq!(told("+X: {a:str},{b:rest}", "+X: \"p,q\",2,3"), "+X: \"p,q\",2,3 a=‘p,q’ b=‘2,3’");
    assert_eq!(told("+X: {a:str},{b:rest}", "+X: p,q"), "+X: p,q a=‘p’ b=‘q’");
    assert_eq!(told("{a:str}", "+CGMR: \"R1\""), "+CGMR: \"R1\" a=‘R1’");
}

#[test]
fn an_imei_is_taken_however_the_vendor_writes_it() {
    for line in [
        "490154203237518",
        "\"490154203237518\"",
        "+CGSN: 490154203237518",
        "+CGSN: \"490154203237518\"",
        "#CGSN: 490154203237518",
        "49-015420-323751-8",
        "490154203237518,SERIAL1",
    ] {
        assert_eq!(told("{imei:imei}", line), format!("{line} imei=‘490154203237518’"));
    }
    assert_eq!(
        told("+X: 1,{i:imei},{*}", "+X: 1,\"490154203237518\",2"),
        "+X: 1,\"490154203237518\",{*} i=‘490154203237518’"
    );
    assert_eq!(told("{i:imei}", "4901542032375189"), "no");
    assert_eq!(told("{i:imeisv}", "+CGSN: \"4901542032375101\""), "+CGSN: \"4901542032375101\" i=‘4901542032375101’");
    assert_eq!(told("{i:imei}", "490154203237510"), "490154203237510 i=‘490154203237510’");
    assert_eq!(told("{i:imei}", "OK"), "no");
}

#[test]
fn every_type_takes_its_shape_and_no_other() {
    let lines = [
        ("int", "-113"),
        ("int", "\"5\""),
        ("int", "+CSQ: 7"),
        ("int", "7a"),
        ("hex", "0x1A2b"),
        ("hex", "\"00DE\""),
        ("hex", "xyz"),
        ("imsi", "001010123456789"),
        ("imsi", "+CIMI: 001010123456789"),
        ("imsi", "1"),
        ("iccid", "+CCID: \"89882390000012345674\""),
        ("iccid", "8988239000001234567F"),
        ("eid", "89049032123451234512345678901235"),
        ("msisdn", "\"+15550100\""),
        ("msisdn", "call"),
        ("pin", "0000"),
        ("pin", "000"),
        ("ip", "192.0.2.1"),
        ("ip", "\"2001:db8::1\""),
        ("ip", "254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1"),
        ("ip", "1.2.3"),
        ("time", "+CCLK: \"26/01/31,12:00:00+04\""),
        ("time", "2026/01/31,12:00:00"),
        ("time", "noon"),
        ("reg", "+CEREG: 3,,,,0,6"),
        ("reg", "OK"),
    ];
    let told: Vec<String> =
        lines.iter().map(|(kind, line)| format!("{kind} {}", told(&format!("{{v:{kind}}}"), line))).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    int -113 v=‘-113’
    int "5" v=‘5’
    int +CSQ: 7 v=‘7’
    int no
    hex 0x1A2b v=‘0x1A2b’
    hex "00DE" v=‘00DE’
    hex no
    imsi 001010123456789 v=‘001010123456789’
    imsi +CIMI: 001010123456789 v=‘001010123456789’
    imsi no
    iccid +CCID: "89882390000012345674" v=‘89882390000012345674’
    iccid 8988239000001234567F v=‘8988239000001234567F’
    eid 89049032123451234512345678901235 v=‘89049032123451234512345678901235’
    msisdn "+15550100" v=‘+15550100’
    msisdn no
    pin 0000 v=‘0000’
    pin no
    ip 192.0.2.1 v=‘192.0.2.1’
    ip "2001:db8::1" v=‘2001:db8::1’
    ip 254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1 v=‘254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1’
    ip no
    time +CCLK: "26/01/31,12:00:00+04" v=‘26/01/31,12:00:00+04’
    time 2026/01/31,12:00:00 v=‘2026/01/31,12:00:00’
    time no
    reg +CEREG: 3,,,,0,6 v=‘3,,,,0,6’
    reg no
    "#);
}

#[test]
fn the_parts_of_a_registration_line_are_read_in_all_its_forms() {
    let parts = |pattern_text: &str, line: &str| {
        let found = match_line(&pattern(pattern_text), line.as_bytes(), &Captures::default()).unwrap();
        let capture = &found.bound[0].1;
        ["n", "stat", "tac", "act", "cause"].map(|name| match capture.part(name).unwrap() {
            Part::Number(number) => number.to_string(),
            Part::Text(text) => text,
            Part::Bool(_) => unreachable!(),
            Part::Absent => "-".into(),
        })
    };
    assert_eq!(parts("{r:reg}", "+CEREG: 3,,,,0,6"), ["-", "3", "-", "-", "6"]);
    assert_eq!(parts("+CEREG: {r:reg}", "+CEREG: 3,3,,,,0,6"), ["3", "3", "-", "-", "6"]);
    assert_eq!(parts("{r:reg}", "+CGREG: 3,,,,,0,6"), ["-", "3", "-", "-", "6"]);
    assert_eq!(parts("{r:reg}", "+C5GREG: 3,3,,,,,,0,6"), ["3", "3", "-", "-", "6"]);
    assert_eq!(parts("{r:reg}", "+CREG: 1,\"1A2B\",\"0102DA04\",7"), ["-", "1", "1A2B", "7", "-"]);
    assert_eq!(parts("{r:reg}", "+CREG: 2,1,\"1A2B\",\"0102DA04\",7"), ["2", "1", "1A2B", "7", "-"]);
}

#[test]
fn a_name_that_is_bound_must_be_equal_and_identities_are_equal_by_their_key() {
    let mut captures = Captures::default();
    captures.extend(match_line(&pattern("{imei:imei}"), b"490154203237518", &captures).unwrap().bound);
    captures.bind("plain", Capture::given("7"));
    assert_eq!(with(&captures, "{imei:imeisv}", "\"4901542032375101\""), "\"4901542032375101\"");
    assert_eq!(with(&captures, "+X: {imei}", "+X: 490154203237510"), "+X: 490154203237510");
    assert_eq!(with(&captures, "{imei:imei}", "356938035643809"), "no");
    assert_eq!(with(&captures, "+X: {plain},{plain}", "+X: 7,7"), "+X: 7,7");
    assert_eq!(with(&captures, "+X: {plain}", "+X: 07"), "no");
    assert_eq!(told("+X: {a},{a}", "+X: 1,1"), "+X: 1,1 a=‘1’");
    assert_eq!(told("+X: {a},{a}", "+X: 1,2"), "no");
}

#[test]
fn the_parts_of_an_imei_say_what_its_check_digit_is() {
    let part = |text: &str, name: &str| Capture::given(text).part(name);
    assert_eq!(part("490154203237518", "check"), Some(Part::Text("right".into())));
    assert_eq!(part("490154203237510", "check"), Some(Part::Text("spare".into())));
    assert_eq!(part("490154203237510", "spare"), Some(Part::Bool(true)));
    assert_eq!(part("490154203237519", "check"), Some(Part::Text("wrong".into())));
    assert_eq!(part("490154203237518", "tac"), Some(Part::Text("49015420".into())));
    assert_eq!(part("490154203237518", "colour"), None);
}

#[test]
fn what_was_written_behind_an_identity_is_kept_as_its_part() {
    let part = |pattern_text: &str, line: &str, name: &str| {
        let found = match_line(&pattern(pattern_text), line.as_bytes(), &Captures::default()).unwrap();
        (String::from_utf8(found.bound[0].1.text.clone()).unwrap(), found.bound[0].1.part(name))
    };
    let imei = "490154203237518".to_owned();
    let svn = Some(Part::Text("01".into()));
    assert_eq!(part("{v:imei}", "49015420323751801", "svn"), (imei.clone(), svn.clone()));
    assert_eq!(part("+CGSN: {v:imei}", "+CGSN: \"49015420323751801\"", "svn"), (imei.clone(), svn));
    assert_eq!(part("{v:imei}", "490154203237518", "svn"), (imei, Some(Part::Absent)));
    let meid = |line: &str| part("+MEID: {v:meid}", line, "check");
    assert_eq!(meid("+MEID: AF0123450ABCDE"), ("AF0123450ABCDE".into(), Some(Part::Text("absent".into()))));
    assert_eq!(meid("+MEID: AF0123450ABCDEC"), ("AF0123450ABCDEC".into(), Some(Part::Text("right".into()))));
    assert_eq!(meid("+MEID: 0xAF0123450ABCDE1"), ("AF0123450ABCDE1".into(), Some(Part::Text("wrong".into()))));
}

#[test]
fn a_pattern_that_would_backtrack_for_ever_gives_up() {
    let line = "a".repeat(2_000);
    assert_eq!(told("{a}a{b}a{c}a{d}a{e}a{f}b", &line), "no");
    assert_eq!(told("{a:str}a{b:str}a{c:str}a{d:str}a{e:str}ab", &line), "no");
}
