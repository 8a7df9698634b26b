//! What the SIM or the equipment waits for.

use std::fmt;

use super::ValueError;
use super::fields::after_name;

/// `<code>` of `+CPIN`: the password that is awaited.
///
/// On the wire: `+CPIN: <code>`, no quotes.
///
/// Source: 3GPP TS 27.007, clause 8.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PinState {
    /// `READY`: none.
    Ready,
    /// `SIM PIN`
    SimPin,
    /// `SIM PUK`
    SimPuk,
    /// `PH-SIM PIN`: the phone is locked to one SIM.
    PhSimPin,
    /// `PH-FSIM PIN`
    PhFsimPin,
    /// `PH-FSIM PUK`
    PhFsimPuk,
    /// `SIM PIN2`
    SimPin2,
    /// `SIM PUK2`
    SimPuk2,
    /// `PH-NET PIN`: the network lock.
    PhNetPin,
    /// `PH-NET PUK`
    PhNetPuk,
    /// `PH-NETSUB PIN`
    PhNetsubPin,
    /// `PH-NETSUB PUK`
    PhNetsubPuk,
    /// `PH-SP PIN`: the service provider lock.
    PhSpPin,
    /// `PH-SP PUK`
    PhSpPuk,
    /// `PH-CORP PIN`
    PhCorpPin,
    /// `PH-CORP PUK`
    PhCorpPuk,
}

impl PinState {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Ready,
        Self::SimPin,
        Self::SimPuk,
        Self::PhSimPin,
        Self::PhFsimPin,
        Self::PhFsimPuk,
        Self::SimPin2,
        Self::SimPuk2,
        Self::PhNetPin,
        Self::PhNetPuk,
        Self::PhNetsubPin,
        Self::PhNetsubPuk,
        Self::PhSpPin,
        Self::PhSpPuk,
        Self::PhCorpPin,
        Self::PhCorpPuk,
    ];

    /// The code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ready => "READY",
            Self::SimPin => "SIM PIN",
            Self::SimPuk => "SIM PUK",
            Self::PhSimPin => "PH-SIM PIN",
            Self::PhFsimPin => "PH-FSIM PIN",
            Self::PhFsimPuk => "PH-FSIM PUK",
            Self::SimPin2 => "SIM PIN2",
            Self::SimPuk2 => "SIM PUK2",
            Self::PhNetPin => "PH-NET PIN",
            Self::PhNetPuk => "PH-NET PUK",
            Self::PhNetsubPin => "PH-NETSUB PIN",
            Self::PhNetsubPuk => "PH-NETSUB PUK",
            Self::PhSpPin => "PH-SP PIN",
            Self::PhSpPuk => "PH-SP PUK",
            Self::PhCorpPin => "PH-CORP PIN",
            Self::PhCorpPuk => "PH-CORP PUK",
        }
    }

    /// Reads a line; quotes around the code are taken too.
    ///
    /// # Errors
    /// Where it is no `+CPIN` line with a code of the standard.
    pub fn parse(line: &[u8]) -> Result<Self, ValueError> {
        let code = super::fields::unquoted(after_name(line, "+CPIN")?);
        let state = Self::ALL.into_iter().find(|state| state.code().as_bytes().eq_ignore_ascii_case(code));
        state.ok_or_else(|| ValueError::new("+CPIN: and a code such as READY or SIM PIN", line))
    }
}

impl fmt::Display for PinState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "+CPIN: {}", self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_as_it_is_written() {
        for state in PinState::ALL {
            assert_eq!(PinState::parse(state.to_string().as_bytes()), Ok(state));
        }
        assert_eq!(PinState::parse(b"+CPIN:\"SIM PIN\""), Ok(PinState::SimPin));
    }
}
