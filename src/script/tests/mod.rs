//! The laws of the text: what is written is read as it was meant, and writing it again changes nothing.

mod any;
mod golden;

use proptest::prelude::*;

use super::*;

fn written_and_read(script: &Script) -> (String, Script) {
    let text = format(script);
    let read = parse_alone("written.atg", &text).unwrap_or_else(|errors| panic!("{errors}\n\nin\n{text}"));
    (text, read)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_script_is_read_as_it_was_written(script in any::script()) {
        let (text, read) = written_and_read(&script);
        prop_assert_eq!(&read, &script, "\n{}", text);
        prop_assert_eq!(format(&read), text);
    }

    #[test]
    fn what_is_read_is_written_and_read_again_alike(text in any::text()) {
        if let Ok(script) = parse_alone("any.atg", &text) {
            let (written, read) = written_and_read(&script);
            prop_assert_eq!(&read, &script, "\n{}\nfrom\n{}", written, text);
            prop_assert_eq!(format(&read), written);
        }
    }

    #[test]
    fn every_error_of_any_text_has_a_place_in_it(text in any::text()) {
        if let Err(errors) = parse("any.atg", &text) {
            prop_assert!(!errors.0.is_empty());
            for error in &errors.0 {
                prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len());
                prop_assert!(text.is_char_boundary(error.span.start) && text.is_char_boundary(error.span.end));
                prop_assert!(!error.message.is_empty());
                prop_assert!(error.render(false).contains("any.atg:"));
                error.render(true);
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let errors = load(std::path::Path::new("bytes.atg"), &move |_: &std::path::Path| Ok(bytes.clone()));
        if let Err(errors) = errors {
            errors.render(false);
        }
    }

    #[test]
    fn any_interval_is_read_as_it_was_written(micros in 0_u64..36_000_000_000_000) {
        let interval = Interval::from(std::time::Duration::from_micros(micros));
        prop_assert_eq!(super::parse::interval(&interval.to_string(), 0), Ok(interval));
    }
}

/// Reads with a few files at hand.
fn with_files(files: &[(&str, &str)]) -> Result<Script, ScriptErrors> {
    let files: Vec<(String, Vec<u8>)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let first = files[0].0.clone();
    load(std::path::Path::new(&first), &move |path: &std::path::Path| {
        let found = files.iter().find(|(name, _)| std::path::Path::new(name) == path);
        found.map(|(_, bytes)| bytes.clone()).ok_or_else(|| "there is no such file".to_owned())
    })
}

#[test]
fn what_an_include_captures_is_bound_after_it() {
    let script = with_files(&[
        ("a/main.atg", "@ include \"../parts/identity.atg\"\n> AT+X=\"{imei}\"\n"),
        ("parts/identity.atg", "@ include \"ok.atg\"\n> AT+CGSN=1\n< {imei:imei}\n"),
        ("parts/ok.atg", "< OK\n"),
    ])
    .expect("a sound script");
    let LineKind::Directive(Directive::Include(include)) = &script.lines[0].kind else { panic!("no include") };
    let inner = include.script.as_ref().expect("it was loaded");
    assert_eq!(inner.source.name, "parts/identity.atg");
    assert_eq!(inner.lines.len(), 3);
}

#[test]
fn an_included_file_uses_the_modems_of_the_one_that_includes_it() {
    let main = "+++\n[modems.left]\n+++\n@ include \"part.atg\"\n";
    with_files(&[("main.atg", main), ("part.atg", "left> AT\nleft< OK\n")]).expect("a sound script");
    with_files(&[("main.atg", main), ("part.atg", "> AT\n< OK\n")]).expect_err("the prefix is missing");
}

#[test]
fn includes_that_multiply_are_cut_off() {
    let twice = |next: usize| format!("@ include \"{next}.atg\"\n").repeat(10);
    let texts: Vec<(String, String)> = (0..15).map(|at| (format!("{at}.atg"), twice(at + 1))).collect();
    let mut files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.push(("15.atg", "> AT\n"));
    let errors = with_files(&files).expect_err("10^15 lines");
    assert!(errors.to_string().contains("more than 100000 lines"), "{errors}");
}

#[test]
fn a_part_is_a_file_without_a_header_that_another_includes() {
    let files = [
        ("main.atg", "@ include \"parts/one.atg\"\n"),
        ("parts/one.atg", "@ include \"two.atg\"\n"),
        ("parts/two.atg", "> AT\n"),
        ("parts/alone.atg", "> AT\n"),
        ("circle.atg", "@ include \"circle.atg\"\n"),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (std::path::PathBuf::from(path), (*text).to_owned())).collect();
    let mut parts: Vec<_> = parts(&files).into_iter().collect();
    parts.sort();
    assert_eq!(parts, ["parts/one.atg", "parts/two.atg"].map(std::path::PathBuf::from));
}

#[test]
fn a_case_sets_header_keys_and_binds_the_rest() {
    let main = "+++\nimei = \"001017000000011\"\nset.a.b = 1\ncases = \"cases.csv\"\n[values]\napn = \"x\"\n+++\n> AT+X=\"{apn}\",{label}\n";
    let csv = "name,imei,apn,label,set.a.c,timeout,tags\nfirst,001017000000029,y,\"a,b\",7,,\n,,,,,,\n";
    let errors = with_files(&[("main.atg", main), ("cases.csv", csv)]).expect_err("a case without a name");
    assert!(errors.to_string().contains("cases.csv:3:1"), "{errors}");
    let csv = csv.replace("\n,,,,,,\n", "\nsecond,,z,c,,30s,one two\n");
    let script = with_files(&[("main.atg", main), ("cases.csv", &csv)]).expect("a sound script");
    let [first, second] = script.header.cases.as_slice() else { panic!("{:?}", script.header.cases) };
    insta::assert_snapshot!(format_header(&script.header.for_case(first)), @r#"
    +++
    imei = "001017000000029"
    set = { a = { b = 1, c = 7 } }

    [values]
    apn = "y"
    label = "a,b"
    +++
    "#);
    insta::assert_snapshot!(format_header(&script.header.for_case(second)), @r#"
    +++
    imei = "001017000000011"
    tags = ["one", "two"]
    timeout = "30s"
    set = { a = { b = 1 } }

    [values]
    apn = "z"
    label = "c"
    +++
    "#);
}

#[test]
fn a_header_that_was_made_is_read_as_it_was_written() {
    let text = "+++\ntitle = \"A \\\"story\\\"\\nof two lines\"\ntags = [\"a\", \"b\"]\nimei = \"001017001234569\"\nset = { x = { \"y z\" = [1, { w = true }] } }\n\
        sim.present = false\nnetwork.plmn = \"00101\"\nregister = { block = [\"00101700\"] }\ntimeout = \"1.5s\"\nseed = 18446744073709551615\n\
        echo = false\nstrict = true\nexpect = \"failed\"\nrequires = [\"sim\"]\nvalues = { a = \"1\", b = {}, c = 5, d = true }\n+++\n";
    let script = parse("made.atg", text).expect("a sound script");
    let made = Script { header: Header { text: None, ..script.header.clone() }, ..script.clone() };
    let (_, read) = written_and_read(&made);
    assert_eq!(Header { text: None, ..read.header }, made.header);
    assert_eq!(script.header.values[1].1, None);
}

#[test]
fn a_header_with_strings_of_several_lines_keeps_their_blanks() {
    let text = "+++\ntitle = \"\"\"one  \ntwo\"\"\"\n+++\n> AT\n";
    let script = parse("long.atg", text).expect("a sound script");
    assert_eq!(format(&script), text);
}

#[test]
fn errors_of_settings_point_at_their_keys() {
    let script = parse("set.atg", "+++\nset.a = { b = 5 }\n[register]\nblocks = []\n+++\n").expect("a sound script");
    let at_value = script.header.set.error("a.b", false, "5 is too much").expect("a known key");
    assert_eq!(at_value.position(), (2, 15));
    let at_key = script.header.register.error("blocks", true, "no such key").expect("a known key");
    assert_eq!(at_key.position(), (4, 1));
}
