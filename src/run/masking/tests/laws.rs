//! What holds for every transcript.

use proptest::prelude::*;

use super::{hex, iccid, imei, imsi, masked, parsed, replays, swapped, ucs2};
use crate::identity::{Iccid, Imsi};
use crate::run::masking::{Card, Masks, script};
use crate::run::matching::Captures;
use crate::script::{self, Side};

/// One exchange with an identity in it: the text, and the digits that must not be seen.
fn exchange() -> impl Strategy<Value = (String, String)> {
    let device = (0_u64..1_000_000, 0..8_usize).prop_map(|(serial, form)| {
        let one = imei(serial);
        let key = one[..14].to_owned();
        let text = match form {
            0 => format!("> AT+CGSN\n< {one}\n< OK\n"),
            1 => format!("> AT+CGSN=1\n< +CGSN: \"{one}\"\n< OK\n"),
            2 => format!("> AT+CGSN=2\n< +CGSN: \"{key}07\"\n< OK\n"),
            3 => format!("> AT+EGMR=1,7,\"{one}\"\n< ERROR\n"),
            4 => format!("> AT+CGSN\n< {}-{}-{}-{}\n< OK\n", &one[..2], &one[2..8], &one[8..14], &one[14..]),
            5 => format!("<! +X: {}\n> AT+GSN\n< {key}0\n< OK\n", swapped(&one)),
            6 => format!("# board {one}\n* register block {key}\n> AT+KGSN=0\n< +KGSN: {one}\n< OK\n"),
            _ => format!("> AT+X=\"{}\"\n< +X: \"{}\"\n< OK\n", ucs2(&one), hex(one.as_bytes())),
        };
        (text, key)
    });
    let subscriber = (0_u64..10_000_000_000, 0..5_usize).prop_map(|(number, form)| {
        let one = imsi(number);
        let octets = hex(&Imsi::parse(&one).unwrap().to_octets());
        let text = match form {
            0 => format!("> AT+CIMI\n< {one}\n< OK\n"),
            1 => format!("> AT+CIMI\n< +CIMI: {one}\n< OK\n"),
            2 => format!("> AT+CRSM=176,28423,0,0,9\n< +CRSM: 144,0,\"{octets}\"\n< OK\n"),
            3 => format!("> AT+CSIM=14,\"00A40004026F07\"\n< +CSIM: 4,\"9000\"\n< OK\n> AT+CSIM=10,\"00B0000009\"\n< +CSIM: 22,\"{octets}9000\"\n< OK\n"),
            _ => format!("> AT+CRSM=214,28423,0,0,9,\"{octets}\"\n< +CRSM: 144,0,\"\"\n< OK\n"),
        };
        (text, one)
    });
    let card = (0_u64..1_000_000_000, 0..4_usize).prop_map(|(number, form)| {
        let one = iccid(number);
        let octets = hex(&Iccid::parse(&one).unwrap().to_octets());
        let text = match form {
            0 => format!("> AT+CCID\n< {one}\n< OK\n"),
            1 => format!("> AT+QCCID\n< +QCCID: {one}F\n< OK\n"),
            2 => format!("> AT+CRSM=176,12258,0,0,10\n< +CRSM: 144,0,\"{octets}\"\n< OK\n"),
            _ => format!("<! ^SIMST: 1,{one}\n> AT+ICCID\n< {octets}\n< OK\n"),
        };
        (text, one)
    });
    let party = (1_000_000_u64..10_000_000, 0..5_usize).prop_map(|(number, form)| {
        let one = format!("99951{number}");
        let semi = swapped(&one);
        let text = match form {
            0 => format!("> AT+CNUM\n< +CNUM: ,\"+{one}\",145\n< OK\n"),
            1 => format!("> ATD{one};\n< OK\n<! +CLIP: \"+{one}\",145\n"),
            2 => format!("> AT+CMGR=1\n< +CMGR: 1,,24\n< 0791{semi}040C91{semi}00006201310000000005C8329BFD06\n< OK\n"),
            3 => format!("> AT+CMGS=\"+{one}\"\n>| hello {one}\\x1A\n< +CMGS: 1\n< OK\n"),
            _ => format!("* ring from +{one}\n<! RING\n<! +CLIP: \"{one}\",129\n"),
        };
        (text, one)
    });
    prop_oneof![device, subscriber, card, party]
}

/// The digits in every spelling that hides them least.
fn is_seen(digits: &str, text: &str) -> bool {
    let bare: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let odd = &swapped(&digits[1..])[..(digits.len() - 2) / 2 * 2];
    let even = &swapped(digits)[..digits.len() / 2 * 2];
    [digits, odd, even, &ucs2(digits), &hex(digits.as_bytes())]
        .iter()
        .any(|spelt| text.contains(spelt) || bare.contains(spelt))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_digit_of_an_identity_survives_and_the_script_replays(exchanges in prop::collection::vec(exchange(), 1..6)) {
        let text: String = exchanges.iter().map(|(text, _)| text.as_str()).collect();
        let masked = masked(&text);
        for (_, digits) in &exchanges {
            prop_assert!(!is_seen(digits, &masked), "{digits} is seen:\n{text}\n{masked}");
        }
        replays(&text, &masked);
    }

    #[test]
    fn equal_identities_are_masked_equally(a in 0_u64..1000, b in 0_u64..1000) {
        let text = format!("> AT+CGSN\n< {}\n< OK\n> AT+CGSN\n< {}\n< OK\n> AT+X\n< +X: {}\n< OK\n", imei(a), imei(b), imei(a));
        let masked = masked(&text);
        let lines: Vec<&str> = masked.lines().collect();
        prop_assert_eq!(lines[7], "< +X: {imei}");
        prop_assert_eq!(lines[4] == "< {imei}", a == b, "{}", masked);
    }

    #[test]
    fn a_device_has_one_entry_however_often_and_in_whatever_spelling_it_is_sent(
        serial in 0_u64..1_000_000,
        forms in prop::collection::vec(0..5_usize, 1..8),
    ) {
        let one = imei(serial);
        let key = &one[..14];
        let line = |form: &usize| match form {
            0 => format!("> AT+SIMEI=\"{one}\"\n< OK\n"),
            1 => format!("> AT+SIMEI=\"{key}05\"\n< OK\n"),
            2 => format!("> AT+CGSN=1\n< +CGSN: \"{one}\"\n< OK\n"),
            3 => format!("> AT+CGSN=2\n< +CGSN: \"{key}05\"\n< OK\n"),
            _ => format!("* register block {key}\n"),
        };
        let text: String = forms.iter().map(line).collect();
        let masked = masked(&text);
        prop_assert!(!is_seen(key, &masked), "{masked}");
        prop_assert!(masked.matches("= {}").count() <= 1, "{masked}");
        // Where an IMEISV stands beside it, the type says which of the two it is.
        prop_assert!(forms.contains(&3) || masked.matches(":imei}").count() <= 1, "{masked}");
    }

    #[test]
    fn names_in_hexadecimal_stay_and_numbers_in_hexadecimal_go(
        letters in prop::collection::vec(0x0410_u16..0x0450, 3..12),
        number in 1_000_000_u64..10_000_000,
        at in 0..6_usize,
    ) {
        let name: String = letters.iter().map(|letter| format!("{letter:04X}")).collect();
        let number = format!("+99951{number}");
        let party = ucs2(&number);
        let line = match at {
            0 => format!("> AT+CPBR=1\n< +CPBR: 1,\"{party}\",145,\"{name}\"\n< OK\n"),
            1 => format!("> AT+CPBF=\"{name}\"\n< +CPBF: 1,\"{party}\",145,\"{name}\"\n< OK\n"),
            2 => format!("> AT+CNUM\n< +CNUM: \"{name}\",\"{party}\",145\n< OK\n"),
            3 => format!("<! +CUSD: 0,\"{name}{party}\",72\n"),
            4 => format!("> AT+COPS?\n< +COPS: 0,0,\"{name}\",7\n< OK\n> AT+CPBW=1,\"{party}\",145,\"{name}\"\n< OK\n"),
            _ => format!("> AT+CMGR=1\n< +CMGR: \"REC READ\",\"{party}\",\"{name}\",\"26/01/31,12:00:00+04\"\n< {name}{party}\n< OK\n"),
        };
        let masked = masked(&line);
        prop_assert!(!is_seen(&number[1..], &masked), "{line}\n{masked}");
        prop_assert_eq!(masked.matches(&name).count(), line.matches(&name).count(), "{}", masked);
    }

    #[test]
    fn a_log_shows_nothing_that_a_script_hides(exchanges in prop::collection::vec(exchange(), 1..4)) {
        let mut masks = Masks::new();
        let mut log = String::new();
        let text: String = exchanges.iter().map(|(text, _)| text.as_str()).collect();
        for line in text.lines() {
            let (sign, said) = line.split_once(' ').unwrap();
            let side = if sign.starts_with('>') { Side::Host } else { Side::Modem };
            if sign != "*" && sign != "#" {
                log += &String::from_utf8(masks.line("", side, said.as_bytes())).unwrap();
                log.push('\n');
            }
        }
        for (text, digits) in &exchanges {
            // A log cannot know yet what is told later.
            let told_later = text.starts_with("<!");
            prop_assert!(told_later || !is_seen(digits, &log), "{digits} is seen:\n{text}\n{log}");
        }
    }

    #[test]
    fn any_bytes_are_masked_without_a_panic(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..8)) {
        let mut masks = Masks::new();
        for (index, line) in lines.iter().enumerate() {
            let side = if index % 2 == 0 { Side::Host } else { Side::Modem };
            masks.line("", side, line);
        }
        masks.text(&String::from_utf8_lossy(&lines.concat()));
    }

    #[test]
    fn any_command_to_the_card_is_masked_without_a_panic(line in "AT\\+(CSIM|CRSM|CMGR|CGLA|CMGS|CRLA)=[0-9A-F,\"]{0,60}", answer in "(\\+(CSIM|CRSM|CMGR|CGLA): )?[0-9A-F,\"]{0,60}") {
        let mut masks = Masks::new();
        masks.line("", Side::Host, line.as_bytes());
        masks.line("", Side::Modem, answer.as_bytes());
        masks.line("", Side::Modem, answer.as_bytes());
    }

    #[test]
    fn a_source_keeps_its_length(exchanges in prop::collection::vec(exchange(), 1..4)) {
        let text: String = exchanges.iter().map(|(text, _)| text.as_str()).collect();
        let (_, mut masks) = script(parsed(&text), &Captures::default(), Card::Real);
        let source = masks.source(&text);
        prop_assert_eq!(source.len(), text.len());
        prop_assert_eq!(source.matches('\n').count(), text.matches('\n').count());
        for (_, digits) in &exchanges {
            prop_assert!(!is_seen(digits, &source), "{digits} is seen:\n{source}");
        }
    }
}

#[test]
fn the_scenarios_that_ship_hold_nothing_to_mask() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok);
    let mut count = 0;
    for file in files.filter(|file| file.path().extension().is_some_and(|end| end == "atg")) {
        let read = script::open(file.path()).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let (masked, _) = script(read.clone(), &Captures::default(), Card::Real);
        assert_eq!(script::format(&masked), script::format(&read), "{}", file.path().display());
        count += 1;
    }
    assert!(count > 0);
}
