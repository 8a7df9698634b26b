use proptest::prelude::*;

use super::*;

/// Each command of `body` on its line, in its canonical spelling and its shape, or the error.
fn read_by(dialect: &Dialect, body: &str) -> String {
    let told = commands(body.as_bytes(), dialect).map(|command| match command {
        Ok(Command::Extended { name, form }) => format!("  {name} {form:?}"),
        Ok(Command::Dial(dial)) => format!("  {dial:?} {:?}", dial.target()),
        Ok(Command::SRegister { number, bit, action }) => format!("  S{number} bit {bit:?} {action:?}"),
        Ok(Command::Basic { family, letter, number }) => format!("  {family:?} {} {number:?}", char::from(letter)),
        Err(error) => format!("  error: {error}"),
    });
    format!("{}\n{}", body.escape_default().to_string().replace("\\\"", "\""), told.collect::<Vec<_>>().join("\n"))
}

fn read(bodies: &[&str]) -> String {
    bodies.iter().map(|body| read_by(&Dialect::CELLULAR, body)).collect::<Vec<_>>().join("\n")
}

#[test]
fn basic_register_and_extended_commands_share_a_line() {
    insta::assert_snapshot!(read(&["E0V1S0=2&C1+CMEE=1;+CGSN", "&F E0 V1 X4 &C1 +CMEE=1", "E0+CPMS?", ""]), @r"
    E0V1S0=2&C1+CMEE=1;+CGSN
      Plain E Some(0)
      Plain V Some(1)
      S0 bit None Set(Some(2))
      Ampersand C Some(1)
      +CMEE Set([1])
      +CGSN Execute
    &F E0 V1 X4 &C1 +CMEE=1
      Ampersand F None
      Plain E Some(0)
      Plain V Some(1)
      Plain X Some(4)
      Ampersand C Some(1)
      +CMEE Set([1])
    E0+CPMS?
      Plain E Some(0)
      +CPMS Read
    ");
}

#[test]
fn the_figure_of_27_007_is_read_as_it_is_drawn() {
    insta::assert_snapshot!(read(&["Z S2=12; +CMDA; +CMDB=,,15; +CMDB?; +CMDB=?"]), @r"
    Z S2=12; +CMDA; +CMDB=,,15; +CMDB?; +CMDB=?
      Plain Z None
      S2 bit None Set(Some(12))
      +CMDA Execute
      +CMDB Set([omitted, omitted, 15])
      +CMDB Read
      +CMDB Test
    ");
}

#[test]
fn fax_and_data_modems_run_their_commands_on() {
    let bodies = ["&B1&N0&S0*F0S38.3=1S39=0", "S0=0V1Q0&D3&K3%C1W1", "\\Q3\\N6", "H+FCLASS=0A", "+FCC=,,,,1,,,,0;A"];
    insta::assert_snapshot!(read(&bodies), @r"
    &B1&N0&S0*F0S38.3=1S39=0
      Ampersand B Some(1)
      Ampersand N Some(0)
      Ampersand S Some(0)
      Asterisk F Some(0)
      S38 bit Some(3) Set(Some(1))
      S39 bit None Set(Some(0))
    S0=0V1Q0&D3&K3%C1W1
      S0 bit None Set(Some(0))
      Plain V Some(1)
      Plain Q Some(0)
      Ampersand D Some(3)
      Ampersand K Some(3)
      Percent C Some(1)
      Plain W Some(1)
    \\Q3\\N6
      Backslash Q Some(3)
      Backslash N Some(6)
    H+FCLASS=0A
      Plain H None
      +FCLASS Set([bare 0A])
    +FCC=,,,,1,,,,0;A
      +FCC Set([omitted, omitted, omitted, omitted, 1, omitted, omitted, omitted, 0])
      Plain A None
    ");
}

#[test]
fn a_look_ahead_tells_a_family_from_a_name() {
    let bodies = [
        "%IPSYS?",
        "%C1W1",
        "%C",
        "%C=1",
        "*CNTI=2",
        "*T?",
        "!GSTATUS?",
        "!R1",
        "-J1",
        "-ENABLE",
        "% C 1",
        "%E2E0",
        "* CNTI = 2",
    ];
    insta::assert_snapshot!(read(&bodies), @r"
    %IPSYS?
      %IPSYS Read
    %C1W1
      Percent C Some(1)
      Plain W Some(1)
    %C
      Percent C None
    %C=1
      %C Set([1])
    *CNTI=2
      *CNTI Set([2])
    *T?
      *T Read
    !GSTATUS?
      !GSTATUS Read
    !R1
      Exclamation R Some(1)
    -J1
      Hyphen J Some(1)
    -ENABLE
      -ENABLE Execute
    % C 1
      Percent C Some(1)
    %E2E0
      Percent E Some(2)
      Plain E Some(0)
    * CNTI = 2
      *CNTI Set([2])
    ");
    let data = bodies.map(|body| read_by(&Dialect::DATA, body));
    insta::assert_snapshot!(data.join("\n"), @r"
    %IPSYS?
      Percent I None
      Plain P None
      error: expected the number of an S-register at byte 4 of the line's body
    %C1W1
      Percent C Some(1)
      Plain W Some(1)
    %C
      Percent C None
    %C=1
      error: expected a number, since a basic command has no `=` and no `?` at byte 2 of the line's body
    *CNTI=2
      Asterisk C None
      Plain N None
      Plain T None
      error: expected a number, since a basic command has no `=` and no `?` at byte 5 of the line's body
    *T?
      error: expected a number, since a basic command has no `=` and no `?` at byte 2 of the line's body
    !GSTATUS?
      Exclamation G None
      error: expected the number of an S-register at byte 3 of the line's body
    !R1
      Exclamation R Some(1)
    -J1
      Hyphen J Some(1)
    -ENABLE
      Hyphen E None
      Plain N None
      Plain A None
      Plain B None
      Plain L None
      Plain E None
    % C 1
      Percent C Some(1)
    %E2E0
      Percent E Some(2)
      Plain E Some(0)
    * CNTI = 2
      Asterisk C None
      Plain N None
      Plain T None
      error: expected a number, since a basic command has no `=` and no `?` at byte 7 of the line's body
    ");
}

#[test]
fn vendors_prefixes_follow_the_extended_syntax() {
    let bodies =
        ["^SYSCFG=2,2,3fffffff,1,2", "#SERVINFO", "$QCPWRDN", "@ST=?", "_OWANCALL=1,1,0", "^SYSCFG ; #SERVINFO"];
    insta::assert_snapshot!(read(&bodies), @r"
    ^SYSCFG=2,2,3fffffff,1,2
      ^SYSCFG Set([2, 2, bare 3fffffff, 1, 2])
    #SERVINFO
      #SERVINFO Execute
    $QCPWRDN
      $QCPWRDN Execute
    @ST=?
      @ST Test
    _OWANCALL=1,1,0
      _OWANCALL Set([1, 1, 0])
    ^SYSCFG ; #SERVINFO
      ^SYSCFG Execute
      #SERVINFO Execute
    ");
}

#[test]
fn parameters_keep_their_kind() {
    let bodies = [
        "+CMD=1,,3",
        "+CMD=,1,",
        "+CMD=",
        "+CMD= 0012 , 0A, 3fffffff,-60 ,1.23,ALL,23-02-19 14:59",
        "+CMD=\"a;b,c\" , \"\",\"test\\22quote\";E0",
        "+QNWPREFCFG=\"lte_band\",1:2:3:4:5:6",
        "+CMD=1:\"a;b,c\";E1",
        "+CMD=?",
        "+CMD = ? ; E0",
        "+CMD=?1",
        "+RSEND=32,\"0\\,107\\,0\\,0\\,1\\,0\\, \\, \\,23-02-19 14:59\"",
    ];
    insta::assert_snapshot!(read(&bodies), @r#"
    +CMD=1,,3
      +CMD Set([1, omitted, 3])
    +CMD=,1,
      +CMD Set([omitted, 1, omitted])
    +CMD=
      +CMD Set([])
    +CMD= 0012 , 0A, 3fffffff,-60 ,1.23,ALL,23-02-19 14:59
      +CMD Set([0012, bare 0A, bare 3fffffff, bare -60, bare 1.23, bare ALL, bare 23-02-19 14:59])
    +CMD="a;b,c" , "","test\\22quote";E0
      +CMD Set(["a;b,c", "", "test\\22quote"])
      Plain E Some(0)
    +QNWPREFCFG="lte_band",1:2:3:4:5:6
      +QNWPREFCFG Set(["lte_band", bare 1:2:3:4:5:6])
    +CMD=1:"a;b,c";E1
      +CMD Set([bare 1:\"a;b,c\"])
      Plain E Some(1)
    +CMD=?
      +CMD Test
    +CMD = ? ; E0
      +CMD Test
      Plain E Some(0)
    +CMD=?1
      +CMD Set([bare ?1])
    +RSEND=32,"0\\,107\\,0\\,0\\,1\\,0\\, \\, \\,23-02-19 14:59"
      +RSEND Set([32, "0\\,107\\,0\\,0\\,1\\,0\\, \\, \\,23-02-19 14:59"])
    "#);
}

#[test]
fn a_dialect_decides_where_a_string_ends_and_what_a_backslash_is() {
    let body = r#"+MQTTPUB=0,"a\"b","\22\5C",1;E0"#;
    let by = |quoting| {
        let dialect = Dialect { quoting, ..Dialect::CELLULAR };
        let decoded: Vec<String> = commands(body.as_bytes(), &dialect)
            .filter_map(|command| match command.ok()? {
                Command::Extended { form: Form::Set(parameters), .. } => Some(parameters),
                Command::Extended { .. } | Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) => None,
            })
            .flat_map(|parameters| (0..parameters.len()).map(move |index| parameters.word(index).unwrap_or_default()))
            .map(|word| word.escape_ascii().to_string())
            .collect();
        format!("{}\n  decoded {}", read_by(&dialect, body), decoded.join(" | "))
    };
    insta::assert_snapshot!([Quoting::Standard, Quoting::Literal, Quoting::Backslash, Quoting::Loose].map(by).join("\n"), @r#"
    +MQTTPUB=0,"a\\"b","\\22\\5C",1;E0
      error: expected a comma, a semicolon or the end of the line after a string at byte 15 of the line's body
      decoded 
    +MQTTPUB=0,"a\\"b","\\22\\5C",1;E0
      error: expected a comma, a semicolon or the end of the line after a string at byte 15 of the line's body
      decoded 
    +MQTTPUB=0,"a\\"b","\\22\\5C",1;E0
      +MQTTPUB Set([0, "a\\\"b", "\\22\\5C", 1])
      Plain E Some(0)
      decoded 0 | a\"b | 225C | 1
    +MQTTPUB=0,"a\\"b","\\22\\5C",1;E0
      +MQTTPUB Set([0, "a\\\"b", "\\22\\5C", 1])
      Plain E Some(0)
      decoded 0 | a\\\"b | \\22\\5C | 1
    "#);
    let loose = Dialect { quoting: Quoting::Loose, ..Dialect::CELLULAR };
    insta::assert_snapshot!(read_by(&loose, r#"+SEND=1,"{"cmd": "blink"}" ;E0"#), @r#"
    +SEND=1,"{"cmd": "blink"}" ;E0
      +SEND Set([1, "{\"cmd\": \"blink\"}"])
      Plain E Some(0)
    "#);
}

#[test]
fn dial_strings_run_to_the_end_or_to_their_semicolon() {
    let bodies = [
        "D*99***1#",
        "DT -1234567890ABCDPSTW*#+,!@",
        "D+15553332222;",
        "D 1 555 333 2222;+CSQ",
        "D>\"Lab; two\";E0",
        "D>ME5;",
        "D>5I",
        "D> SM 7 g;",
        "DL;",
        "D",
        "E0D112;H",
        "D123Ig;",
    ];
    insta::assert_snapshot!(read(&bodies), @r#"
    D*99***1#
      Dial(*99***1#) Number([42, 57, 57, 42, 42, 42, 49, 35])
    DT -1234567890ABCDPSTW*#+,!@
      Dial(T -1234567890ABCDPSTW*#+,!@) Number([84, 32, 45, 49, 50, 51, 52, 53, 54, 55, 56, 57, 48, 65, 66, 67, 68, 80, 83, 84, 87, 42, 35, 43, 44, 33, 64])
    D+15553332222;
      Dial(+15553332222, voice) Number([43, 49, 53, 53, 53, 51, 51, 51, 50, 50, 50, 50])
    D 1 555 333 2222;+CSQ
      Dial(1 555 333 2222, voice) Number([49, 32, 53, 53, 53, 32, 51, 51, 51, 32, 50, 50, 50, 50])
      +CSQ Execute
    D>"Lab; two";E0
      Dial(>\"Lab; two\", voice) Called([76, 97, 98, 59, 32, 116, 119, 111])
      Plain E Some(0)
    D>ME5;
      Dial(>ME5, voice) Entry { storage: Some([77, 69]), index: 5 }
    D>5I
      Dial(>5I) Entry { storage: None, index: 5 }
    D> SM 7 g;
      Dial(> SM 7 g, voice) Entry { storage: Some([83, 77]), index: 7 }
    DL;
      Dial(L, voice) Last
    D
      Dial() Number([])
    E0D112;H
      Plain E Some(0)
      Dial(112, voice) Number([49, 49, 50])
      Plain H None
    D123Ig;
      Dial(123Ig, voice) Number([49, 50, 51, 73, 103])
    "#);
}

#[test]
fn what_is_dialled_is_told_from_how() {
    let dial = |body: &'static str| match commands(body.as_bytes(), &Dialect::CELLULAR).next() {
        Some(Ok(Command::Dial(dial))) => dial,
        other => panic!("{other:?}"),
    };
    let digits = |body| String::from_utf8(dial(body).digits().collect()).expect("digits");
    assert_eq!(digits("DT -(123) 456W7,8@;"), "12345678");
    assert_eq!(digits("D+1555b#*;"), "+1555B#*");
    assert_eq!(digits("D>5;"), "");
    assert_eq!(dial("D123I;").hides_number(), Some(true));
    assert_eq!(dial("D123i;").hides_number(), Some(false));
    assert_eq!(dial("D123;").hides_number(), None);
    assert!(dial("D123IG;").closed_user_group() && !dial("D>\"Gig\"").closed_user_group());
}

#[test]
fn registers_are_read_set_tested_and_selected() {
    insta::assert_snapshot!(read(&["S3?", "S0=", "S 0 = 0 0 2", "S0=002V1", "S7=?", "S7", "S38.3=1", "S10=? ;E0"]), @r"
    S3?
      S3 bit None Read
    S0=
      S0 bit None Set(None)
    S 0 = 0 0 2
      S0 bit None Set(Some(0))
      error: expected a command: a letter, or a prefix such as `+` and a name at byte 8 of the line's body
    S0=002V1
      S0 bit None Set(Some(2))
      Plain V Some(1)
    S7=?
      S7 bit None Test
    S7
      S7 bit None Select
    S38.3=1
      S38 bit Some(3) Set(Some(1))
    S10=? ;E0
      S10 bit None Test
      Plain E Some(0)
    ");
}

#[test]
fn semicolons_part_and_may_stand_too_often() {
    insta::assert_snapshot!(read(&["+CSQ;", ";;E0;;+CSQ;; I", "S2=12;E0", ";"]), @r"
    +CSQ;
      +CSQ Execute
    ;;E0;;+CSQ;; I
      Plain E Some(0)
      +CSQ Execute
      Plain I None
    S2=12;E0
      S2 bit None Set(Some(12))
      Plain E Some(0)
    ;
    ");
}

#[test]
fn what_is_no_command_is_refused_with_its_place() {
    let bodies = [
        "+CSQ E0",
        "E0+CPMS=\"SM",
        "E1,2",
        "+",
        "+;E0",
        "+1",
        "&",
        "&1",
        "E=1",
        "V?",
        "S=1",
        "S",
        "E99999999999",
        "+CMD=\"a\"b",
        "+CMD=1\"2",
        "+CREG?1",
        "\u{7aef}",
        "(",
        "E0V1(I",
    ];
    insta::assert_snapshot!(read(&bodies), @r#"
    +CSQ E0
      +CSQE0 Execute
    E0+CPMS="SM
      Plain E Some(0)
      error: expected the quote that ends the string at byte 8 of the line's body
    E1,2
      Plain E Some(1)
      error: expected a command: a letter, or a prefix such as `+` and a name at byte 2 of the line's body
    +
      error: expected a name that begins with a letter at byte 1 of the line's body
    +;E0
      error: expected a name that begins with a letter at byte 1 of the line's body
    +1
      error: expected a name that begins with a letter at byte 1 of the line's body
    &
      error: expected the letter of a basic command at byte 1 of the line's body
    &1
      error: expected the letter of a basic command at byte 1 of the line's body
    E=1
      error: expected a number, since a basic command has no `=` and no `?` at byte 1 of the line's body
    V?
      error: expected a number, since a basic command has no `=` and no `?` at byte 1 of the line's body
    S=1
      error: expected the number of an S-register at byte 1 of the line's body
    S
      error: expected the number of an S-register at byte 1 of the line's body
    E99999999999
      error: expected a number below 4294967296 at byte 1 of the line's body
    +CMD="a"b
      error: expected a comma, a semicolon or the end of the line after a string at byte 8 of the line's body
    +CMD=1"2
      error: expected the quote that ends the string at byte 6 of the line's body
    +CREG?1
      error: expected a semicolon or the end of the line after an extended command at byte 6 of the line's body
    \u{7aef}
      error: expected a command: a letter, or a prefix such as `+` and a name at byte 0 of the line's body
    (
      error: expected a command: a letter, or a prefix such as `+` and a name at byte 0 of the line's body
    E0V1(I
      Plain E Some(0)
      Plain V Some(1)
      error: expected a command: a letter, or a prefix such as `+` and a name at byte 4 of the line's body
    "#);
}

#[test]
fn names_are_one_in_either_case_and_with_blanks() {
    let name = |body: &'static [u8]| match commands(body, &Dialect::CELLULAR).next() {
        Some(Ok(Command::Extended { name, .. })) => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(b"+CFUN=1"), name(b"+ c Fun ?"));
    assert!(name(b"+cfun").is("+CFUN") && name(b"^cfun").is("^cfun") && !name(b"+CFUN").is("+CFU"));
    let mut buffer = [0; NAME_MAXIMUM];
    assert_eq!(name(b"% xiccid").folded(&mut buffer), Some("%XICCID"));
    assert_eq!(name(b"+A1234567890123456789012345678901").folded(&mut buffer), None);
}

#[test]
fn parameters_are_converted_on_demand() {
    let command = commands(b"+X=7,300,\"a\\22\",,00FF,0101,-5,1234", &Dialect::CELLULAR).next();
    let Some(Ok(Command::Extended { form: Form::Set(parameters), .. })) = command else {
        panic!("{command:?}");
    };
    assert_eq!(parameters.number::<u8>(0), Ok(Some(7)));
    assert_eq!(parameters.number::<u8>(3), Ok(None));
    assert_eq!(parameters.number::<u8>(99), Ok(None));
    assert_eq!(parameters.text(2), Ok(Some(b"a\"".to_vec().into())));
    assert_eq!(parameters.word(7).as_deref(), Some(&b"1234"[..]));
    assert_eq!(parameters.at(4).as_hexadecimal(), Some(0xff));
    assert_eq!(parameters.at(5).as_binary(), Some(5));
    assert_eq!(parameters.at(6).as_i64(), Some(-5));
    assert_eq!(parameters.len(), 8);
    let errors = [
        parameters.number::<u8>(1).map(|_| ()).map_err(|error| error.to_string()),
        parameters.number::<u8>(2).map(|_| ()).map_err(|error| error.to_string()),
        parameters.text(0).map(|_| ()).map_err(|error| error.to_string()),
        parameters.required::<u8>(3).map(|_| ()).map_err(|error| error.to_string()),
    ];
    insta::assert_debug_snapshot!(errors, @r#"
    [
        Err(
            "parameter 2 is out of range",
        ),
        Err(
            "parameter 3 is not a number",
        ),
        Err(
            "parameter 1 is not a string in quotes",
        ),
        Err(
            "parameter 4 is missing",
        ),
    ]
    "#);
}

#[test]
fn an_iterator_goes_on_where_another_stopped() {
    let body = b"E0+CSQ;+CREG?;I";
    let mut first = commands(body, &Dialect::CELLULAR);
    first.next();
    first.next();
    let position = first.position();
    assert_eq!(&body[position..], b"+CREG?;I");
    let rest: Vec<_> = Commands::resume(body, position, &Dialect::CELLULAR).collect();
    assert_eq!(rest, first.collect::<Vec<_>>());
    assert_eq!(Commands::resume(body, 999, &Dialect::CELLULAR).next(), None);
}

#[test]
fn a_line_is_the_same_whatever_its_case_and_blanks() {
    let same = |left: &str, right: &str| same_command_list(left.as_bytes(), right.as_bytes(), &Dialect::CELLULAR);
    assert!(same("AT+CFUN=1", "at + cfun = 1"));
    assert!(same("ATE0V1+CMEE=1;+CREG=2", "ate0 v1 +cmee=1 ; +creg=2;"));
    assert!(same("AT+CMGS=\"a b\"", "+CMGS=\"a b\""));
    assert!(same("ATDT 123 456;", "ATdT123456;"));
    assert!(same("AT+X=14 : 59", "AT+X=14:59"));
    assert!(same("AT+CMD=\"broken", "AT+CMD=\"broken"));
    assert!(!same("AT+CFUN=1", "AT+CFUN=01"));
    assert!(!same("AT+CFUN=1", "AT+CFUN=1,"));
    assert!(!same("AT+CMGS=\"a b\"", "AT+CMGS=\"ab\""));
    assert!(!same("AT+CMGS=\"A\"", "AT+CMGS=\"a\""));
    assert!(!same("AT+CFUN=1;+CREG=2", "AT+CFUN=1"));
    assert!(!same("ATD123;", "ATD123"));
    assert!(!same("AT+CREG?", "AT+CREG=?"));
    assert!(!same("AT+CMD=\"broken", "AT+cmd=\"broken"));
    assert!(same("A/", "A/") && !same("A/", "AT"));
}

#[test]
fn a_command_is_written_in_one_spelling() {
    let line = |body: &str| {
        let read = commands(body.as_bytes(), &Dialect::CELLULAR).map_while(Result::ok);
        String::from_utf8(write_line(read)).expect("ASCII")
    };
    let bodies = [
        " e0 v1 s0 = 002 &c1 +cmee = 1 ; +cgsn",
        "dt 12 3;+csq",
        "+cmd=1,, \"a b\" ,",
        "+cmd=",
        "s7",
        "%c1w1",
        "+cmgd=1,4;e0;;i",
    ];
    insta::assert_snapshot!(bodies.map(line).join("\n"), @r#"
    ATE0V1S0=2&C1+CMEE=1;+CGSN
    ATDt 12 3;+CSQ
    AT+CMD=1,,"a b",
    AT+CMD=
    ATS7
    AT%C1W1
    AT+CMGD=1,4;E0I
    "#);
}

fn quoted() -> impl Strategy<Value = String> {
    prop_oneof!["[ -!#-\\[\\]-~]{0,12}", "(\\\\[0-9A-F]{2}|[a-z,;]){0,6}"].prop_map(|text| format!("\"{text}\""))
}

fn parameter() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[0-9]{1,16}", "[0-9A-Fa-f]{1,8}", "-?[0-9]{1,3}", "[a-z.:]{1,6}", quoted()]
}

fn command_text() -> impl Strategy<Value = String> {
    let name = "[+^#$@_][A-Za-z][A-Za-z0-9!%./:_-]{0,15}";
    let set =
        (name, prop::collection::vec(parameter(), 0..6)).prop_map(|(name, list)| format!("{name}={}", list.join(",")));
    let form = (name, prop::sample::select(vec!["", "?", "=?"])).prop_map(|(name, form)| format!("{name}{form};"));
    prop_oneof![
        "[&\\\\]?[A-CE-RT-Za-ce-rt-z][0-9]{0,5}",
        "[%*!-][A-Za-z]([0-9]{1,5}|;)",
        "[Ss][0-9]{1,3}(\\?|=\\?|=|=[0-9]{1,4})",
        "[Dd][0-9TPtp*#+,W!@-]{0,12};",
        set.prop_map(|text| text + ";"),
        form,
    ]
}

fn body_text() -> impl Strategy<Value = String> {
    let blank = prop::sample::select(vec!["", " ", ""]);
    prop::collection::vec((command_text(), blank), 1..6)
        .prop_map(|list| list.into_iter().map(|(text, blank)| text + blank).collect())
}

/// Bytes that mean something to the grammar, often.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => prop::sample::select(b"+&%*!-\\#^$;,\"=? ES DT09A.".to_vec()),
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..60)
}

const DIALECTS: [Dialect; 4] = [
    Dialect::CELLULAR,
    Dialect::DATA,
    Dialect { quoting: Quoting::Backslash, ..Dialect::CELLULAR },
    Dialect { quoting: Quoting::Loose, ..Dialect::CELLULAR },
];

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_commands(body in body_text()) {
        let read: Vec<_> = commands(body.as_bytes(), &Dialect::CELLULAR).collect::<Result<_, _>>().expect("a list");
        let line = write_line(read.iter().copied());
        let again: Vec<_> = commands(&line[2..], &Dialect::CELLULAR).collect::<Result<_, _>>().expect("a list");
        prop_assert_eq!(&read, &again);
        prop_assert_eq!(write_line(again.iter().copied()), line.clone());
        prop_assert!(same_command_list(body.as_bytes(), &line, &Dialect::CELLULAR));
    }

    #[test]
    fn no_bytes_make_it_panic_and_what_is_read_can_be_written(body in any_body()) {
        let _ = line_rewrites_identity(&body);
        for dialect in &DIALECTS {
            let read: Vec<_> = commands(&body, dialect).map_while(Result::ok).collect();
            for command in &read {
                let mut text = Vec::new();
                command.write(&mut text);
                let again: Vec<_> = commands(&text, dialect).collect();
                prop_assert_eq!(&again, &vec![Ok(*command)], "{}", text.escape_ascii());
            }
            prop_assert!(same_command_list(&body, &body, dialect));
        }
    }

    #[test]
    fn a_string_is_read_as_it_was_given(text in prop::collection::vec(any::<u8>(), 0..40)) {
        let parameters = ParameterText::new().text(&text).number(7_u8);
        let body = [b"+CMD=", parameters.as_bytes()].concat();
        match commands(&body, &Dialect::CELLULAR).next() {
            Some(Ok(Command::Extended { form: Form::Set(read), .. })) => {
                prop_assert_eq!(read.text(0).expect("a string").expect("given").into_owned(), text);
                prop_assert_eq!(read.number(1), Ok(Some(7_u8)));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}

/// Every command that others wrote down, read or refused with a reason.
#[test]
fn the_corpus_is_read_or_refused_with_a_reason() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/dialogues.jsonl");
    let Ok(rows) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no corpus at {path}");
        return;
    };
    let (mut lines, mut good, mut list) = (0, 0, 0);
    for row in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("a row of JSON");
        if row["kind"] != "command" {
            continue;
        }
        let mut assembler = crate::wire::line::LineAssembler::default();
        for byte in unescape(row["bytes"].as_str().expect("bytes")).into_iter().chain(*b"\r") {
            if assembler.push(byte, 13, 8) != crate::wire::line::Assembled::Line {
                continue;
            }
            lines += 1;
            let read: Vec<_> = commands(assembler.body(), &Dialect::CELLULAR).collect();
            list += read.len();
            if read.iter().all(Result::is_ok) {
                good += 1;
                let line = write_line(read.iter().flatten().copied());
                assert!(same_command_list(assembler.body(), &line, &Dialect::CELLULAR), "{}", line.escape_ascii());
            } else {
                eprintln!("{} -> {:?}", assembler.body().escape_ascii(), read.last());
            }
        }
    }
    eprintln!("{lines} lines, {good} read whole, {list} commands");
    assert!(lines > 1_200, "{lines} lines");
    assert!(good * 100 > lines * 95, "{good} of {lines} lines were read whole");
}

/// The corpus's escapes: `\r \n \t \\ \xHH`.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let (value, length) = match (byte, after.first()) {
            (b'\\', Some(b'r')) => (b'\r', 2),
            (b'\\', Some(b'n')) => (b'\n', 2),
            (b'\\', Some(b't')) => (b'\t', 2),
            (b'\\', Some(b'\\')) => (b'\\', 2),
            (b'\\', Some(b'x')) => match after.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok()) {
                Some(digits) => (u8::from_str_radix(digits, 16).unwrap_or(byte), 4),
                None => (byte, 1),
            },
            (_, _) => (byte, 1),
        };
        bytes.push(value);
        rest = &rest[length.min(rest.len())..];
    }
    bytes
}
