//! An equipment identity as a module writes it: bare, prefixed, quoted, with a serial number behind it.
//!
//! Source: 3GPP TS 27.007 clause 5.4 (`+CGSN`) and the modules' manuals. One line in, without its line end.

use super::digits::{IdentityError, Kind};
use super::finding::Finding;
use super::imei::{Imei, ImeiKey};
use super::imeisv::{Imeisv, Svn};
use super::meid::{Esn, Meid};
use super::pei::Pei;
use std::fmt;

/// An equipment identity of whatever kind a module reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Equipment {
    /// 14 or 15 digits.
    Imei(Imei),
    /// 16 digits.
    Imeisv(Imeisv),
    /// 17 digits (`+CGSN=255` of u-blox), or an IMEI with `SV:` behind it: IMEI with check digit, then SVN.
    ImeiAndSvn(Imei, Svn),
    /// 14 hexadecimal digits, of which one is a letter.
    Meid(Meid),
    /// `0x` and 7 or 8 hexadecimal digits, of CDMA modules.
    Esn(Esn),
}

impl Equipment {
    /// The fourteen digits by which it is compared, if it has an IMEI.
    pub fn key(self) -> Option<ImeiKey> {
        match self {
            Self::Imei(imei) | Self::ImeiAndSvn(imei, _) => Some(imei.key()),
            Self::Imeisv(imeisv) => Some(imeisv.key()),
            Self::Meid(meid) => meid.imei_key(),
            Self::Esn(_) => None,
        }
    }

    /// Whether it is nobody's real equipment.
    pub fn is_test(self) -> bool {
        match self {
            Self::Imei(imei) | Self::ImeiAndSvn(imei, _) => imei.is_test(),
            Self::Imeisv(imeisv) => imeisv.is_test(),
            Self::Meid(meid) => meid.is_test(),
            Self::Esn(_) => false,
        }
    }

    /// What is wrong, odd or worth knowing about it.
    pub fn findings(self) -> Vec<Finding> {
        match self {
            Self::Imei(imei) => imei.findings(),
            Self::Imeisv(imeisv) => imeisv.findings(),
            Self::ImeiAndSvn(imei, svn) => imei.findings().into_iter().chain(svn.findings()).collect(),
            Self::Meid(meid) => meid.findings(),
            Self::Esn(_) => vec![Finding::note("esn.cdma", "an ESN of a CDMA device; it has no check digit")],
        }
    }

    /// What it is, with its article: `an IMEI`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Imei(_) => "an IMEI",
            Self::Imeisv(_) => "an IMEISV",
            Self::ImeiAndSvn(..) => "an IMEI and SVN",
            Self::Meid(_) => "an MEID",
            Self::Esn(_) => "an ESN",
        }
    }

    /// How a register is asked for it; `None` for an identity that no register of 3GPP knows.
    pub fn pei(self) -> Option<Pei> {
        match self {
            Self::Imei(imei) => Some(Pei::Imei(imei)),
            Self::Imeisv(imeisv) => Some(Pei::Imeisv(imeisv)),
            Self::ImeiAndSvn(imei, svn) => Some(Pei::Imeisv(Imeisv::new(imei.key(), svn))),
            Self::Meid(meid) => meid.imei_key().map(|key| Pei::Imei(Imei::of(key))),
            Self::Esn(_) => None,
        }
    }
}

/// The digits alone.
impl fmt::Display for Equipment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Imei(imei) => imei.fmt(f),
            Self::Imeisv(imeisv) => imeisv.fmt(f),
            Self::ImeiAndSvn(imei, svn) => write!(f, "{imei}{svn}"),
            Self::Meid(meid) => meid.fmt(f),
            Self::Esn(esn) => esn.fmt(f),
        }
    }
}

/// How an identity was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpellingForm {
    /// The name before the colon (`+CGSN`, `#CGSN`, `+KGSN`, `IMEI`), or `imei`/`imeisv` of a PEI.
    pub prefix: Option<String>,
    /// Whether it stood in quotation marks.
    pub quoted: bool,
    /// What followed it: the serial number after a comma, the pseudo-ESN after a colon.
    pub rest: Option<String>,
}

/// An equipment identity and how it was written.
///
/// On the wire, one line: `490154203237518`, `+CGSN: "490154203237518"`, `#CGSN: …`, `+KGSN: 490154203237518-8 SV: 01`,
/// `490154203237518,SERIAL`, 17 digits (14, check digit, SVN), `0x00AF0123450ABCDE:0x8016B128`, `imei-490154203237518`.
///
/// Source: 3GPP TS 27.007, clause 5.4, and the modules' manuals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// The identity.
    pub equipment: Equipment,
    /// How it was written.
    pub form: SpellingForm,
}

impl Spelling {
    /// Reads one line, without its line end.
    ///
    /// # Errors
    /// The line holds no equipment identity; the error says what is in its place.
    pub fn parse(line: &str) -> Result<Self, IdentityError> {
        let line = line.trim();
        let mut form = SpellingForm::default();
        let body = prefix(line, &mut form);
        let (body, after) = quotes(body, &mut form);
        let (body, svn) = software_version(body);
        let body = serial(body, after, &mut form);
        let equipment = match svn {
            Some(svn) => with_version(body, svn)?,
            None => equipment(body, &form)?,
        };
        Ok(Self { equipment, form })
    }
}

/// `+CGSN: `, `#CGSN:`, `IMEI: `, `imei-`, `imeisv-`.
fn prefix<'a>(line: &'a str, form: &mut SpellingForm) -> &'a str {
    for name in ["imei", "imeisv"] {
        if let Some(rest) = line.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')) {
            form.prefix = Some(name.to_owned());
            return rest;
        }
    }
    match line.split_once(':') {
        Some((name, rest)) if !name.is_empty() && !name.starts_with("0x") && is_name(name) => {
            form.prefix = Some(name.trim().to_owned());
            rest.trim_start()
        }
        _ => line,
    }
}

/// A response's name: a sign and letters, or words as in `ATI` (`IMEI`, `IMEI SV`). Never digits first.
fn is_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|c| !c.is_control() && c != '"' && c != ',')
        && name.contains(|c: char| c.is_ascii_alphabetic())
        && !name.contains(" SV")
}

/// `"…"`; what follows the second mark comes second.
fn quotes<'a>(body: &'a str, form: &mut SpellingForm) -> (&'a str, &'a str) {
    match body.strip_prefix('"').and_then(|inner| inner.split_once('"')) {
        Some((inner, after)) => {
            form.quoted = true;
            (inner, after)
        }
        None => (body, ""),
    }
}

/// `… SV: 01`, as Sierra's `+KGSN=2` has it.
fn software_version(body: &str) -> (&str, Option<&str>) {
    match body.split_once("SV:") {
        Some((digits, version)) => (digits.trim_end(), Some(version.trim())),
        None => (body, None),
    }
}

/// `…,SERIAL` and `0x…:0x…`.
fn serial<'a>(body: &'a str, after: &str, form: &mut SpellingForm) -> &'a str {
    let keep = |text: &str| (!text.trim().is_empty()).then(|| text.trim().trim_matches('"').to_owned());
    if let Some(rest) = after.trim_start().strip_prefix(',') {
        form.rest = keep(rest);
        return body;
    }
    match body.split_once([',', ':']) {
        Some((digits, rest)) => {
            form.rest = keep(rest);
            digits.trim_end()
        }
        None => body,
    }
}

/// `<14 or 15 digits>-<check digit> SV: <version>`.
fn with_version(body: &str, version: &str) -> Result<Equipment, IdentityError> {
    let svn = Svn::parse(version)?;
    let imei = match body.rsplit_once('-') {
        Some((digits, check)) => {
            let imei = Imei::parse(digits)?;
            let check = match check.trim().as_bytes() {
                [digit @ b'0'..=b'9'] => digit - b'0',
                _ => {
                    return Err(IdentityError::Length { kind: Kind::Imei, found: check.len() });
                }
            };
            if imei.last_digit().is_some_and(|last| last != 0 && last != check) {
                return Err(IdentityError::TwoCheckDigits);
            }
            Imei::with_last(imei.key(), Some(check))
        }
        None => Imei::parse(body)?,
    };
    Ok(Equipment::ImeiAndSvn(imei, svn))
}

fn equipment(body: &str, form: &SpellingForm) -> Result<Equipment, IdentityError> {
    if is_uuid(body) {
        return Err(IdentityError::Uuid);
    }
    if let Some(hexadecimal) = body.strip_prefix("0x").or_else(|| body.strip_prefix("0X")) {
        return match hexadecimal.len() {
            1..=8 => u32::from_str_radix(hexadecimal, 16)
                .map(|number| Equipment::Esn(Esn(number)))
                .map_err(|_| IdentityError::Length { kind: Kind::Equipment, found: hexadecimal.len() }),
            _ => Meid::parse(body).map(Equipment::Meid),
        };
    }
    let digits = body.chars().filter(|character| character.is_ascii_hexdigit()).count();
    let decimal = !body.contains(|character: char| character.is_ascii_alphabetic());
    match (digits, decimal) {
        (14 | 15, true) => Imei::parse(body).map(Equipment::Imei),
        (16, true) => Imeisv::parse(body).map(Equipment::Imeisv),
        (17, true) => seventeen(body),
        (18 | 19, true) => Meid::parse(body).map(Equipment::Meid),
        (14 | 15, false) if body.chars().all(|character| character.is_ascii_hexdigit()) => {
            Meid::parse(body).map(Equipment::Meid)
        }
        (8, false) if body.len() == 8 && form.prefix.as_deref() == Some("+GSN") => u32::from_str_radix(body, 16)
            .map(|number| Equipment::Esn(Esn(number)))
            .map_err(|_| IdentityError::Length { kind: Kind::Equipment, found: 8 }),
        (found, true) => {
            // The separators are judged by the strictest reader, so that a stray character is named and not counted.
            Imeisv::parse(body).map(Equipment::Imeisv).map_err(|error| match error {
                IdentityError::Length { .. } => IdentityError::Length { kind: Kind::Equipment, found },
                IdentityError::Empty { .. } => IdentityError::Empty { kind: Kind::Equipment },
                IdentityError::Character { found, column, .. } => {
                    IdentityError::Character { kind: Kind::Equipment, found, column }
                }
                IdentityError::Uuid | IdentityError::TwoCheckDigits | IdentityError::Value { .. } => error,
            })
        }
        (_, false) => {
            let (place, found) =
                body.chars().enumerate().find(|(_, character)| character.is_ascii_alphabetic()).unwrap_or((0, '?'));
            Err(IdentityError::Character { kind: Kind::Equipment, found, column: place + 1 })
        }
    }
}

/// 14 digits, check digit, SVN.
fn seventeen(body: &str) -> Result<Equipment, IdentityError> {
    let digits: String = body.chars().filter(char::is_ascii_digit).collect();
    let (imei, svn) = digits.split_at(15);
    Ok(Equipment::ImeiAndSvn(Imei::parse(imei)?, Svn::parse(svn)?))
}

/// `8-4-4-4-12` hexadecimal digits, or 32 of them with a letter among them.
fn is_uuid(body: &str) -> bool {
    let digits = body.chars().filter(|character| character.is_ascii_hexdigit()).count();
    let only = body.chars().all(|character| character.is_ascii_hexdigit() || character == '-');
    digits == 32 && only && body.contains(|character: char| character == '-' || character.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> String {
        match Spelling::parse(line) {
            Ok(Spelling { equipment, form }) => {
                let quoted = if form.quoted { " quoted" } else { "" };
                let prefix = form.prefix.map(|prefix| format!(" prefix={prefix}")).unwrap_or_default();
                let rest = form.rest.map(|rest| format!(" rest={rest}")).unwrap_or_default();
                format!("{} {equipment}{prefix}{quoted}{rest}", equipment.name())
            }
            Err(error) => format!("refused: {error}"),
        }
    }

    #[test]
    fn every_vendors_spelling_is_read() {
        let lines = [
            "490154203237518",
            "49015420323751",
            "4901542032375101",
            "49015420323751801",
            "+CGSN: \"490154203237518\"",
            "+CGSN:490154203237518",
            "#CGSN: 490154203237518",
            "+KGSN: 490154203237518",
            "+KGSN: 49015420323751-8 SV: 01",
            "+KGSN: 490154203237518-8 SV: 01",
            "490154203237518,AG12345678",
            "+GSN: \"490154203237518\"",
            "IMEI: 490154203237518",
            "imei-490154203237518",
            "imeisv-4901542032375101",
            "0x00AF0123450ABCDE:0x8016B128",
            "0x80C98A1",
            "+GSN:8016B128",
            "AF0123450ABCDE",
            "49-015420-323751-8",
        ];
        let all: Vec<String> = lines.iter().map(|line| read(line)).collect();
        insta::assert_snapshot!(all.join("\n"), @"
        an IMEI 490154203237518
        an IMEI 49015420323751
        an IMEISV 4901542032375101
        an IMEI and SVN 49015420323751801
        an IMEI 490154203237518 prefix=+CGSN quoted
        an IMEI 490154203237518 prefix=+CGSN
        an IMEI 490154203237518 prefix=#CGSN
        an IMEI 490154203237518 prefix=+KGSN
        an IMEI and SVN 49015420323751801 prefix=+KGSN
        an IMEI and SVN 49015420323751801 prefix=+KGSN
        an IMEI 490154203237518 rest=AG12345678
        an IMEI 490154203237518 prefix=+GSN quoted
        an IMEI 490154203237518 prefix=IMEI
        an IMEI 490154203237518 prefix=imei
        an IMEISV 4901542032375101 prefix=imeisv
        an MEID AF0123450ABCDE rest=0x8016B128
        an ESN 080C98A1
        an ESN 8016B128 prefix=+GSN
        an MEID AF0123450ABCDE
        an IMEI 490154203237518
        ");
    }

    #[test]
    fn what_is_no_identity_says_what_it_is() {
        let lines = [
            "",
            "OK",
            "+CGSN: \"01\"",
            "12345",
            "01234567-89ab-cdef-0123-456789abcdef",
            "490154203237518-7 SV: 01",
            "+CGSN: \"49015420323751x\"",
            "4901542032375181234567",
            "490154?203237518",
        ];
        let all: Vec<String> = lines.iter().map(|line| format!("{line:?} {}", read(line))).collect();
        insta::assert_snapshot!(all.join("\n"), @r#"
        "" refused: expected an equipment identity, 14 to 17 digits, or 14 hexadecimal ones, found nothing
        "OK" refused: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `O`
        "+CGSN: \"01\"" refused: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 2
        "12345" refused: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 5
        "01234567-89ab-cdef-0123-456789abcdef" refused: this is a UUID, not an IMEI
        "490154203237518-7 SV: 01" refused: the digit after the dash and the 15th digit are two different check digits
        "+CGSN: \"49015420323751x\"" refused: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 15 is `x`
        "4901542032375181234567" refused: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, this has 22
        "490154?203237518" refused: an IMEI has 14 or 15 digits, but character 7 is `?`
        "#);
    }

    proptest! {
        #[test]
        fn any_line_is_read_or_refused(line in ".{0,60}") {
            let _ = Spelling::parse(&line);
        }

        #[test]
        fn every_spelling_of_a_device_has_its_key(number in 0u64..100_000_000_000_000, svn in 0u8..100) {
            let key = ImeiKey::new(number).unwrap();
            let imei = Imei::of(key);
            for line in [
                format!("{imei}"),
                format!("{key}"),
                format!("{key}0"),
                format!("{key}{svn:02}"),
                format!("{imei}{svn:02}"),
                format!("+CGSN: \"{key}{svn:02}\""),
                format!("+KGSN: {imei}-{} SV: {svn:02}", key.check_digit()),
                format!("{imei},AG0000001"),
            ] {
                prop_assert_eq!(Spelling::parse(&line).unwrap().equipment.key(), Some(key), "{}", line);
            }
        }
    }
}
