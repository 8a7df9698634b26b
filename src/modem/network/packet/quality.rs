//! Quality of service: what is asked for a context, in each generation's own words.
//!
//! One table says what each command's parameters are; one function serves them all. A profile belongs to a context that is
//! defined, and is forgotten with it.
//!
//! Source: 3GPP TS 27.007, clauses 10.1.4 to 10.1.8 and 10.1.26; TS 23.107 and TS 23.203 for the values.

use super::context::PdpType;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::wire::command::{Form, Parameter, Parameters};

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CGQREQ", |modem, call| quality(modem, call, Quality::Gprs)),
    Entry::new("+CGQMIN", |modem, call| quality(modem, call, Quality::GprsMinimum)),
    Entry::new("+CGEQREQ", |modem, call| quality(modem, call, Quality::Umts)),
    Entry::new("+CGEQMIN", |modem, call| quality(modem, call, Quality::UmtsMinimum)),
    Entry::new("+CGEQOS", |modem, call| quality(modem, call, Quality::Eps)),
];

/// The values of one profile, as they are shown.
pub(super) type Values = Box<[Box<str>]>;

/// A kind of profile, each with a command of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quality {
    /// `+CGQREQ`
    Gprs,
    /// `+CGQMIN`
    GprsMinimum,
    /// `+CGEQREQ`
    Umts,
    /// `+CGEQMIN`
    UmtsMinimum,
    /// `+CGEQOS`
    Eps,
}

impl Quality {
    pub(super) const ALL: [Self; 5] = [Self::Gprs, Self::GprsMinimum, Self::Umts, Self::UmtsMinimum, Self::Eps];

    const fn command(self) -> &'static str {
        match self {
            Self::Gprs => "+CGQREQ",
            Self::GprsMinimum => "+CGQMIN",
            Self::Umts => "+CGEQREQ",
            Self::UmtsMinimum => "+CGEQMIN",
            Self::Eps => "+CGEQOS",
        }
    }

    const fn parameters(self) -> &'static [Kind] {
        match self {
            Self::Gprs | Self::GprsMinimum => GPRS,
            Self::Umts | Self::UmtsMinimum => UMTS,
            Self::Eps => EPS,
        }
    }
}

/// What a parameter may be; the first value is the one that stands for "as subscribed".
enum Kind {
    /// A number of these ranges.
    Number(&'static [(u32, u32)]),
    /// `"mEe"`: m · 10⁻ᵉ.
    Ratio,
}

/// precedence, delay, reliability, peak, mean.
const GPRS: &[Kind] = &[
    Kind::Number(&[(0, 3)]),
    Kind::Number(&[(0, 4)]),
    Kind::Number(&[(0, 5)]),
    Kind::Number(&[(0, 9)]),
    Kind::Number(&[(0, 18), (31, 31)]),
];

/// Traffic class, rates up and down, guaranteed rates up and down, order, SDU size, two error ratios, erroneous SDUs, delay,
/// priority, source statistics, signalling.
const UMTS: &[Kind] = &[
    Kind::Number(&[(0, 4)]),
    Kind::Number(&[(0, 256_000)]),
    Kind::Number(&[(0, 256_000)]),
    Kind::Number(&[(0, 256_000)]),
    Kind::Number(&[(0, 256_000)]),
    Kind::Number(&[(0, 2)]),
    Kind::Number(&[(0, 1_520)]),
    Kind::Ratio,
    Kind::Ratio,
    Kind::Number(&[(0, 3)]),
    Kind::Number(&[(0, 4_000)]),
    Kind::Number(&[(0, 3)]),
    Kind::Number(&[(0, 1)]),
    Kind::Number(&[(0, 1)]),
];

/// QCI, guaranteed rates down and up, highest rates down and up.
const EPS: &[Kind] = &[
    Kind::Number(&[(0, 10), (65, 67), (69, 76), (79, 80), (82, 85), (128, 254)]),
    Kind::Number(&[(0, 10_000_000)]),
    Kind::Number(&[(0, 10_000_000)]),
    Kind::Number(&[(0, 10_000_000)]),
    Kind::Number(&[(0, 10_000_000)]),
];

/// Whether a bearer of this QCI has a guaranteed rate, which no default bearer has.
///
/// Source: 3GPP TS 27.007, clause 10.1.26; TS 23.203, table 6.1.7.
pub(super) const fn is_guaranteed(qci: u8) -> bool {
    matches!(qci, 1..=4 | 65..=67 | 71..=76 | 82..=85)
}

/// `+CGQREQ=<cid>[,…]` and its like; with `<cid>` alone the profile is undefined.
fn quality(modem: &mut Modem, call: &Call<'_>, quality: Quality) -> Reply {
    let name = quality.command();
    match call.form() {
        Form::Read => {
            let contexts = modem.network.packet.contexts.iter();
            let known =
                contexts.filter_map(|context| Some((context.cid, context.qualities[quality as usize].clone()?)));
            for (cid, values) in known.collect::<Vec<_>>() {
                modem.inform(format_args!("{name}: {cid},{}", values.join(",")));
            }
            Reply::Ok
        }
        Form::Test => {
            test(modem, quality);
            Reply::Ok
        }
        Form::Set(parameters) => set(modem, &parameters, quality).into(),
        Form::Execute => Reply::Error,
    }
}

fn test(modem: &mut Modem, quality: Quality) {
    let ranges = quality.parameters().iter().map(|kind| match kind {
        Kind::Number(ranges) => {
            let range = |&(low, high): &(u32, u32)| if low == high { low.to_string() } else { format!("{low}-{high}") };
            format!("({})", ranges.iter().map(range).collect::<Vec<_>>().join(","))
        }
        Kind::Ratio => "(\"0E0\",\"1E1\",\"1E2\",\"7E3\",\"1E3\",\"1E4\",\"1E5\",\"1E6\")".to_owned(),
    });
    let (ranges, name) = (ranges.collect::<Vec<_>>().join(","), quality.command());
    match quality {
        Quality::Eps => {
            let highest = modem.profile.network.contexts;
            modem.inform(format_args!("{name}: (1-{highest}),{ranges}"));
        }
        // One line for each type.
        Quality::Gprs | Quality::GprsMinimum | Quality::Umts | Quality::UmtsMinimum => {
            for kind in modem.profile.network.types.clone() {
                modem.inform(format_args!("{name}: \"{}\",{ranges}", PdpType::name(kind)));
            }
        }
    }
}

fn set(modem: &mut Modem, parameters: &Parameters<'_>, quality: Quality) -> Result<(), Reply> {
    let cid = parameters.required::<u8>(0)?;
    let kinds = quality.parameters();
    let count = parameters.len();
    // Rates come in pairs.
    if count > kinds.len() + 1 || quality == Quality::Eps && matches!(count, 3 | 5) {
        return Err(Reply::Malformed);
    }
    let values = kinds.iter().zip(1..).map(|(kind, index)| value(parameters, kind, index)).collect::<Result<_, _>>()?;
    let context = modem.network.packet.contexts.of_mut(cid).ok_or(Reply::Malformed)?;
    context.qualities[quality as usize] = (count > 1).then_some(values);
    Ok(())
}

fn value(parameters: &Parameters<'_>, kind: &Kind, index: usize) -> Result<Box<str>, Reply> {
    match kind {
        Kind::Number(ranges) => {
            let number = parameters.number::<u32>(index)?.unwrap_or(0);
            let known = ranges.iter().any(|&(low, high)| (low..=high).contains(&number));
            if known { Ok(number.to_string().into()) } else { Err(Reply::Malformed) }
        }
        Kind::Ratio => match parameters.at(index) {
            Parameter::Omitted => Ok("\"0E0\"".into()),
            Parameter::Text(_) | Parameter::Number(_) | Parameter::Bare(_) => {
                let ratio = parameters.text(index)?.unwrap_or_default();
                match ratio.as_ref() {
                    [mantissa @ b'0'..=b'9', b'E' | b'e', exponent @ b'0'..=b'9'] => {
                        Ok(format!("\"{}E{}\"", char::from(*mantissa), char::from(*exponent)).into())
                    }
                    _ => Err(Reply::Malformed),
                }
            }
        },
    }
}
