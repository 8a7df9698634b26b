use super::*;

/// Each command of `body` on its line, or the error.
fn read(body: &str, dialect: &Dialect) -> String {
    let told = commands(body.as_bytes(), dialect).map(|command| match command {
        Ok(command) => format!("{command:?}"),
        Err(error) => format!("error: {error}"),
    });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn basic_register_and_extended_commands_share_a_line() {
    insta::assert_snapshot!(read("E0V1S0=2&C1+CMEE=1;+CGSN", &Dialect::CELLULAR), @r"
    Basic { family: Plain, letter: 69, number: Some(0) }
    Basic { family: Plain, letter: 86, number: Some(1) }
    SRegister { number: 0, bit: None, action: Set(Some(2)) }
    Basic { family: Ampersand, letter: 67, number: Some(1) }
    Extended { name: +CMEE, form: Set([1]) }
    Extended { name: +CGSN, form: Execute }
    ");
}
