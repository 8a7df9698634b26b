//! Commands that rewrite an identity, in the spellings of their makers.
//!
//! Judges one command, or one body by every reading that some modem might have of it. What is done about a finding is
//! decided elsewhere.

use std::fmt;

use super::{Command, Dialect, Form, Name, Parameters, Quoting, commands};

/// A command that writes an IMEI, or clears the way for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentityWrite {
    /// `+EGMR=1,7,…` and its kin: function 1 (write), item 7 (IMEI) or 10 (the second IMEI).
    Item,
    /// A name that says IMEI: `+SIMEI=`, `*MRD_IMEI=W,…`, `!NVENCRYPTIMEI=…`.
    Named,
    /// A field that says IMEI, and digits: `^PHYNUM=IMEI,…`.
    Field,
    /// A serial number request with a number to set: `+CGSN="…"`.
    SerialNumber,
    /// A write of the memory item that holds the IMEI: `^NVWR=550,…`.
    MemoryItem,
}

impl IdentityWrite {
    /// What the command does, in words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Item => "writes the item that holds an IMEI",
            Self::Named => "sets, clears or unlocks an IMEI by its name",
            Self::Field => "sets a field that is called IMEI",
            Self::SerialNumber => "gives a serial number request a number to set",
            Self::MemoryItem => "writes the memory item that holds the IMEI",
        }
    }
}

impl fmt::Display for IdentityWrite {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.reason())
    }
}

/// Function 1 writes, item 7 is the IMEI, 10 that of the second SIM; `+NTSETID` has the item first and alone.
const ITEM_WRITERS: [&str; 4] = ["+EGMR", "+EGMREXT", "+GTSN", "+LCTSN"];
/// They write an item of the non-volatile memory by its number.
const MEMORY_WRITERS: [&str; 6] = ["^NVWR", "^NVWREX", "+QNVW", "+CNVW", "$NVW", "+NVWR"];
/// UE_IMEI, the item of the non-volatile memory.
const MEMORY_ITEM: u64 = 550;
/// The digits of an IMEI without its check digit.
const SHORTEST_IMEI: usize = 14;

/// Whether `command` writes an IMEI, or unlocks or clears it.
///
/// A read (`+EGMR=0,7`, `+CGSN=1`, `*MRD_IMEI=R`, `+SPIMEI?`) is none.
pub fn rewrites_identity(command: &Command<'_>) -> Option<IdentityWrite> {
    let Command::Extended { name, form } = command else {
        return None;
    };
    let parameters = match form {
        Form::Read | Form::Test => return None,
        Form::Execute => return (says(name, "IMEI") && says(name, "LOCK")).then_some(IdentityWrite::Named),
        Form::Set(parameters) => parameters,
    };
    let is = |names: &[&str]| names.iter().any(|known| name.is(known));
    let writes_item = number(parameters, 0) == Some(1) && matches!(number(parameters, 1), Some(7 | 10));
    if is(&ITEM_WRITERS) && writes_item || name.is("+NTSETID") && number(parameters, 0) == Some(1) {
        return Some(IdentityWrite::Item);
    }
    if says(name, "IMEI") && !only_asks(parameters) {
        return Some(IdentityWrite::Named);
    }
    if is(&MEMORY_WRITERS) && number(parameters, 0) == Some(MEMORY_ITEM) {
        return Some(IdentityWrite::MemoryItem);
    }
    if !holds_identity(parameters) {
        return None;
    }
    if parameters.iter().any(|parameter| contains(parameter.raw(), b"IMEI")) {
        return Some(IdentityWrite::Field);
    }
    (says(name, "GSN") || name.is("+SN")).then_some(IdentityWrite::SerialNumber)
}

/// Whether any command of `body` rewrites an identity, however the modem may read the line.
///
/// Each rule of quoting is tried; where one of them refuses the line, what stands behind each semicolon counts as a
/// command too. So a quote that is never closed hides nothing.
pub fn line_rewrites_identity(body: &[u8]) -> Option<IdentityWrite> {
    [Quoting::Standard, Quoting::Backslash, Quoting::Loose].into_iter().find_map(|quoting| {
        let dialect = Dialect { quoting, ..Dialect::CELLULAR };
        let mut certain = true;
        let found = commands(body, &dialect).find_map(|command| match command {
            Ok(command) => {
                certain &= !hides_a_semicolon(&command);
                rewrites_identity(&command)
            }
            Err(_) => {
                certain = false;
                None
            }
        });
        found.or_else(|| if certain { None } else { pieces_rewrite_identity(body, &dialect) })
    })
}

/// Whether a dial string holds a semicolon, which a modem that knows no quoted names takes for its end.
fn hides_a_semicolon(command: &Command<'_>) -> bool {
    match command {
        Command::Dial(dial) => dial.raw().contains(&b';'),
        Command::Basic { .. } | Command::SRegister { .. } | Command::Extended { .. } => false,
    }
}

/// Each piece between semicolons, from each prefix in it on, without its quotes.
fn pieces_rewrite_identity(body: &[u8], dialect: &Dialect) -> Option<IdentityWrite> {
    body.split(|&byte| byte == b';').find_map(|piece| {
        let piece: Vec<u8> = piece.iter().copied().filter(|&byte| byte != b'"').collect();
        (0..piece.len()).find_map(|at| {
            dialect.reading(piece[at])?;
            commands(&piece[at..], dialect).next()?.ok().and_then(|command| rewrites_identity(&command))
        })
    })
}

fn says(name: &Name<'_>, word: &str) -> bool {
    let letters: Vec<u8> = name.letters().collect();
    contains(&letters, word.as_bytes())
}

/// Whether `word`, upper case, stands in `text` in any case.
fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

/// One short number, or `R`: a choice of what to read.
fn only_asks(parameters: &Parameters<'_>) -> bool {
    let first = parameters.word(0).unwrap_or_default();
    let short = first.len() <= 2 && first.iter().all(u8::is_ascii_digit);
    parameters.len() <= 1 && (short || first.eq_ignore_ascii_case(b"R"))
}

/// Whether a parameter holds as many digits as an IMEI has.
fn holds_identity(parameters: &Parameters<'_>) -> bool {
    let digits = |text: &[u8]| text.iter().filter(|byte| byte.is_ascii_digit()).count();
    parameters.iter().any(|parameter| digits(parameter.raw()) >= SHORTEST_IMEI)
}

/// The number at `index`, in quotes or not.
fn number(parameters: &Parameters<'_>, index: usize) -> Option<u64> {
    let word = parameters.word(index)?;
    std::str::from_utf8(word.trim_ascii()).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(bodies: &[&str]) -> String {
        let judge = |body: &&str| match line_rewrites_identity(body.as_bytes()) {
            Some(found) => format!("{body}: {found}"),
            None => format!("{body}: -"),
        };
        bodies.iter().map(judge).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_spellings_of_many_makers_are_known() {
        let bodies = [
            "+EGMR=1,7,\"001017001234569\"",
            "+egmr = 1 , 10 , \"001017001234569\"",
            "E0+CSQ;+EGMR=01,\"7\",\"001017001234569\"",
            "+EGMREXT=1,7,\"001017001234569\"",
            "+GTSN=1,7,\"001017001234569\"",
            "+LCTSN=1,7,\"001017001234569\"",
            "+NTSETID=1,001017001234569",
            "+SIMEI=001017001234569",
            "+SPIMEI=0,\"001017001234569\"",
            "+MODIMEI=001017001234569",
            "*MRD_IMEI=W,0101,11JAN1970,001017001234569",
            "*MRD_IMEI=D",
            "%IMEIWRITE=0,\"001017001234569\"",
            "!NVENCRYPTIMEI=00,10,17,00,12,34,56,90",
            "!NVIMEIUNLOCK",
            "^PHYNUM=IMEI,001017001234569",
            "^NVWR=550,9,08 0A 10",
            "+QNVW=550,0,\"080A10\"",
            "+CGSN=\"001017001234569\"",
            "#CGSN=001017001234569",
        ];
        insta::assert_snapshot!(judged(&bodies), @r#"
        +EGMR=1,7,"001017001234569": writes the item that holds an IMEI
        +egmr = 1 , 10 , "001017001234569": writes the item that holds an IMEI
        E0+CSQ;+EGMR=01,"7","001017001234569": writes the item that holds an IMEI
        +EGMREXT=1,7,"001017001234569": writes the item that holds an IMEI
        +GTSN=1,7,"001017001234569": writes the item that holds an IMEI
        +LCTSN=1,7,"001017001234569": writes the item that holds an IMEI
        +NTSETID=1,001017001234569: writes the item that holds an IMEI
        +SIMEI=001017001234569: sets, clears or unlocks an IMEI by its name
        +SPIMEI=0,"001017001234569": sets, clears or unlocks an IMEI by its name
        +MODIMEI=001017001234569: sets, clears or unlocks an IMEI by its name
        *MRD_IMEI=W,0101,11JAN1970,001017001234569: sets, clears or unlocks an IMEI by its name
        *MRD_IMEI=D: sets, clears or unlocks an IMEI by its name
        %IMEIWRITE=0,"001017001234569": sets, clears or unlocks an IMEI by its name
        !NVENCRYPTIMEI=00,10,17,00,12,34,56,90: sets, clears or unlocks an IMEI by its name
        !NVIMEIUNLOCK: sets, clears or unlocks an IMEI by its name
        ^PHYNUM=IMEI,001017001234569: sets a field that is called IMEI
        ^NVWR=550,9,08 0A 10: writes the memory item that holds the IMEI
        +QNVW=550,0,"080A10": writes the memory item that holds the IMEI
        +CGSN="001017001234569": gives a serial number request a number to set
        #CGSN=001017001234569: gives a serial number request a number to set
        "#);
    }

    #[test]
    fn a_read_of_an_identity_is_no_write() {
        let bodies = [
            "+CGSN",
            "+CGSN=1",
            "+CGSN=255",
            "+EGMR=0,7",
            "+EGMR=1,5,\"SERIAL\"",
            "+SPIMEI?",
            "+SIMEI=?",
            "*MRD_IMEI=R",
            "*MRD_IMEI?",
            "^PHYNUM?",
            "+IMEISV",
            "+KGSN=1",
            "^NVWR=10,1,00",
            "D001017001234569;",
            "+CPBW=1,\"00101700123456\"",
            "+QMTPUB=0,0,0,0,\"+EGMR=1,7 is refused\"",
        ];
        insta::assert_snapshot!(judged(&bodies), @r#"
        +CGSN: -
        +CGSN=1: -
        +CGSN=255: -
        +EGMR=0,7: -
        +EGMR=1,5,"SERIAL": -
        +SPIMEI?: -
        +SIMEI=?: -
        *MRD_IMEI=R: -
        *MRD_IMEI?: -
        ^PHYNUM?: -
        +IMEISV: -
        +KGSN=1: -
        ^NVWR=10,1,00: -
        D001017001234569;: -
        +CPBW=1,"00101700123456": -
        +QMTPUB=0,0,0,0,"+EGMR=1,7 is refused": -
        "#);
    }

    #[test]
    fn a_quote_hides_no_write() {
        let bodies = [
            "+EGMR=1,7,\"001017001234569",
            "+CSCS=\"GSM;+EGMR=1,7,\"001017001234569\"",
            "+CSCS=\"a\\\";+EGMR=1,7,\"001017001234569\"",
            "D1\";+EGMR=1,7,001017001234569",
            "D>\"a;+EGMR=1,7,001017001234569;\"",
            "+X=\"a\"b;+SIMEI=001017001234569",
        ];
        insta::assert_snapshot!(judged(&bodies), @r#"
        +EGMR=1,7,"001017001234569: writes the item that holds an IMEI
        +CSCS="GSM;+EGMR=1,7,"001017001234569": writes the item that holds an IMEI
        +CSCS="a\";+EGMR=1,7,"001017001234569": writes the item that holds an IMEI
        D1";+EGMR=1,7,001017001234569: writes the item that holds an IMEI
        D>"a;+EGMR=1,7,001017001234569;": writes the item that holds an IMEI
        +X="a"b;+SIMEI=001017001234569: sets, clears or unlocks an IMEI by its name
        "#);
    }
}
