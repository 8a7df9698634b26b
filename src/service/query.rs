//! The query of TS 29.511, read where it stands: nothing is copied unless a percent sign asks for it.
//!
//! Source: 3GPP TS 29.511 clause 6.1.3.2.3.1; TS 29.571 clauses 5.3.2 and 5.4.2 for the patterns.

use super::fault::Fault;
use crate::identity::{ImeiKey, Imsi, Pei};

/// The longest value that is decoded, in bytes.
const LONGEST: usize = 512;

const MISSING: &str = "MANDATORY_QUERY_PARAM_MISSING";
const WRONG: &str = "MANDATORY_QUERY_PARAM_INCORRECT";
const WRONG_OPTION: &str = "OPTIONAL_QUERY_PARAM_INCORRECT";

/// The equipment that is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Device {
    /// It has an IMEI; these are its fourteen digits.
    Key(ImeiKey),
    /// It has another identity, which no list holds: a MAC address, an EUI-64.
    Other,
    /// What stands there is no identity.
    Malformed,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) device: Device,
    pub(super) imsi: Option<Imsi>,
}

/// Reads a query, the text behind the question mark.
///
/// # Errors
/// The PEI is missing, a parameter comes twice or is not of its pattern. A malformed PEI is left to the policy.
pub(super) fn read(query: &str) -> Result<Asked, Fault> {
    let (mut pei, mut supi, mut gpsi, mut features) = (None, None, None, None);
    for part in query.as_bytes().split(|&byte| byte == b'&') {
        let (name, value) = match memchr::memchr(b'=', part) {
            Some(at) => (&part[..at], &part[at + 1..]),
            None => (part, &b""[..]),
        };
        let mut buffer = [0; 32];
        // A name too long to be decoded is none of ours; TS 29.500 clause 5.2.9 has such parameters ignored.
        let Some(name) = decode(name, &mut buffer) else { continue };
        let (slot, label) = match name {
            b"pei" => (&mut pei, "query pei"),
            b"supi" => (&mut supi, "query supi"),
            b"gpsi" => (&mut gpsi, "query gpsi"),
            b"supported-features" => (&mut features, "query supported-features"),
            _ => continue,
        };
        if slot.replace(value).is_some() {
            let cause = if label == "query pei" { WRONG } else { WRONG_OPTION };
            return Err(Fault::invalid(cause, label, "it comes twice"));
        }
    }
    let Some(pei) = pei else {
        return Err(Fault::invalid(MISSING, "query pei", "it is missing; ask `?pei=imei-001017001234569`"));
    };
    let device = device(pei)?;
    let imsi = supi.map(subscription).transpose()?.flatten();
    if let Some(gpsi) = gpsi {
        public(gpsi)?;
    }
    if let Some(features) = features {
        let mut buffer = [0; LONGEST];
        let is_hex = decode(features, &mut buffer).is_some_and(|text| text.iter().all(u8::is_ascii_hexdigit));
        if !is_hex {
            return Err(Fault::invalid(WRONG_OPTION, "query supported-features", "expected hexadecimal digits"));
        }
    }
    Ok(Asked { device, imsi })
}

fn device(value: &[u8]) -> Result<Device, Fault> {
    if let Some(key) = key(value) {
        return Ok(Device::Key(key));
    }
    let mut buffer = [0; LONGEST];
    let text = text(value, &mut buffer, WRONG, "query pei")?;
    if let Some(key) = key(text.as_bytes()) {
        return Ok(Device::Key(key));
    }
    Ok(match Pei::parse(text) {
        Ok(Pei::Mac { .. } | Pei::Eui64(_)) => Device::Other,
        // The spellings that people put into IMEIs, blanks and dashes, are none of a PEI.
        Ok(Pei::Imei(_) | Pei::Imeisv(_) | Pei::Other(_)) | Err(_) => Device::Malformed,
    })
}

/// `imei-` and 14 or 15 digits, `imeisv-` and 16.
fn key(value: &[u8]) -> Option<ImeiKey> {
    let digits = match value.strip_prefix(b"imei-") {
        Some(digits) => Some(digits).filter(|digits| matches!(digits.len(), 14 | 15)),
        None => value.strip_prefix(b"imeisv-").filter(|digits| digits.len() == 16),
    }?;
    let mut number = 0u64;
    for (place, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        if place < 14 {
            number = number * 10 + u64::from(digit);
        }
    }
    ImeiKey::new(number)
}

/// The IMSI of a SUPI; other kinds of subscription are nobody's IMSI.
fn subscription(value: &[u8]) -> Result<Option<Imsi>, Fault> {
    let mut buffer = [0; LONGEST];
    let text = text(value, &mut buffer, WRONG_OPTION, "query supi")?;
    match text.strip_prefix("imsi-") {
        None => Ok(None),
        Some(digits) if is_digits(digits, 5..=15) => Ok(Imsi::parse(digits).ok()),
        Some(_) => Err(Fault::invalid(WRONG_OPTION, "query supi", "`imsi-` is followed by 5 to 15 digits")),
    }
}

/// A GPSI has no part in the decision; it is only seen to be one.
fn public(value: &[u8]) -> Result<(), Fault> {
    let mut buffer = [0; LONGEST];
    let text = text(value, &mut buffer, WRONG_OPTION, "query gpsi")?;
    if let Some(digits) = text.strip_prefix("msisdn-")
        && !is_digits(digits, 5..=15)
    {
        return Err(Fault::invalid(WRONG_OPTION, "query gpsi", "`msisdn-` is followed by 5 to 15 digits"));
    }
    Ok(())
}

fn is_digits(text: &str, count: std::ops::RangeInclusive<usize>) -> bool {
    count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A value as a text without control characters.
fn text<'a>(value: &'a [u8], buffer: &'a mut [u8], cause: &'static str, label: &'static str) -> Result<&'a str, Fault> {
    let Some(bytes) = decode(value, buffer) else {
        return Err(Fault::invalid(cause, label, "it is too long, or a `%` has no two hexadecimal digits behind it"));
    };
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::invalid(cause, label, "it is no UTF-8"))?;
    if text.is_empty() {
        return Err(Fault::invalid(cause, label, "it is empty"));
    }
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(Fault::invalid(cause, label, "it has a control character"));
    }
    Ok(text)
}

/// Percent signs and plus signs taken away; what has none stays where it is. `None` where it is too long or a percent sign
/// stands alone.
fn decode<'a>(raw: &'a [u8], buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    if !raw.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(raw);
    }
    let mut bytes = raw.iter();
    let mut length = 0;
    while let Some(&byte) = bytes.next() {
        let decoded = match byte {
            b'+' => b' ',
            b'%' => hex(*bytes.next()?)? << 4 | hex(*bytes.next()?)?,
            byte => byte,
        };
        *buffer.get_mut(length)? = decoded;
        length += 1;
    }
    Some(&buffer[..length])
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(query: &str) -> String {
        match read(query) {
            Ok(Asked { device, imsi }) => {
                format!("{query} -> {device:?} {}", imsi.map_or("-".into(), |i| i.to_string()))
            }
            Err(fault) => format!("{query} refused: {fault:?}"),
        }
    }

    fn key_of(query: &str) -> Option<u64> {
        match read(query).ok()?.device {
            Device::Key(key) => Some(key.number()),
            Device::Other | Device::Malformed => None,
        }
    }

    #[test]
    fn every_spelling_of_a_device_has_its_fourteen_digits() {
        for query in [
            "pei=imei-001017001234569",
            "pei=imei-001017001234560",
            "pei=imei-00101700123456",
            "pei=imeisv-0010170012345699",
            "pei=imei%2D001017001234569",
            "p%65i=imei-%30%30101700123456%39",
            "x=1&&pei=imei-001017001234569&supi=imsi-001010000000001&gpsi=msisdn-15550100&supported-features=0F",
            "pei=imei-001017001234569&pei-of-another=imei-1",
        ] {
            assert_eq!(key_of(query), Some(101_700_123_456), "{query}");
        }
    }

    #[test]
    fn what_is_no_imei_is_told_from_what_is_no_identity() {
        let all = [
            "mac-00-00-5E-00-53-01",
            "eui-00-00-5E-FF-FE-00-53-01",
            "imei-1",
            "imeisv-001017001234569",
            "x",
            "imei-00-101700-123456-9",
        ]
        .map(|pei| format!("{pei}: {:?}", read(&format!("pei={pei}")).unwrap().device));
        insta::assert_snapshot!(all.join("\n"), @"
        mac-00-00-5E-00-53-01: Other
        eui-00-00-5E-FF-FE-00-53-01: Other
        imei-1: Malformed
        imeisv-001017001234569: Malformed
        x: Malformed
        imei-00-101700-123456-9: Malformed
        ");
    }

    #[test]
    fn a_subscription_counts_where_it_is_an_imsi() {
        assert!(said("pei=imei-001017001234569&supi=imsi-001010000000001").ends_with("001010000000001"));
        assert!(said("pei=imei-001017001234569&supi=nai-user@example.org").ends_with("-"));
        for wrong in
            ["supi=imsi-1", "supi=", "gpsi=msisdn-x", "supi=%ff", "supi=a%0ab", "supported-features=xyz", "supi=%4"]
        {
            assert!(
                said(&format!("pei=imei-001017001234569&{wrong}")).contains("OPTIONAL_QUERY_PARAM_INCORRECT"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn nothing_asked_and_the_same_asked_twice_are_refused() {
        assert!(said("").contains(MISSING));
        assert!(said("PEI=imei-001017001234569").contains(MISSING));
        assert!(said("pei=").contains(WRONG));
        assert!(said("pei=imei-001017001234569&pei=imei-001017001234569").contains(WRONG));
        assert!(said(&format!("pei=%41{}", "a".repeat(LONGEST))).contains(WRONG));
    }

    proptest! {
        #[test]
        fn no_query_makes_it_fall_over(query in "\\PC{0,64}") {
            let _ = read(&query);
        }

        #[test]
        fn an_encoded_query_says_what_the_plain_one_says(number in 0u64..100_000_000_000_000, last in 0u8..10, seed in any::<u64>()) {
            let plain = format!("imei-{number:014}{last}");
            let encoded: String = plain
                .bytes()
                .enumerate()
                .map(|(at, byte)| if seed >> (at % 64) & 1 == 1 { format!("%{byte:02x}") } else { char::from(byte).to_string() })
                .collect();
            prop_assert_eq!(key_of(&format!("pei={plain}")), Some(number));
            prop_assert_eq!(key_of(&format!("pei={encoded}")), Some(number));
        }
    }
}
