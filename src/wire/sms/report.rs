//! SMS-DELIVER-REPORT and SMS-SUBMIT-REPORT: whether a message was taken, and what a report may carry besides.
//!
//! Source: 3GPP TS 23.040, clauses 9.2.2.1a and 9.2.2.2a.

use std::fmt;

use super::elements::{Part, Teller, words};
use super::rule::{Parsed, array, octet};
use super::{ProtocolId, Timestamp, UserData};
use crate::wire::result::CmsError;
use crate::wire::text::DataCoding;

/// TP-FCS: why a message was not taken.
///
/// On the wire: one octet, 80 to FF; `+CMS ERROR` has the same numbers.
///
/// Source: 3GPP TS 23.040, clause 9.2.3.22.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FailureCause(pub u8);

/// What TP-PI announces, and what is announced.
///
/// On the wire: TP-PI, whose bits 1 to 3 say that TP-PID, TP-DCS, and TP-UDL with TP-UD follow; those.
///
/// Source: 3GPP TS 23.040, clause 9.2.3.27.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indicated<'a> {
    /// TP-PID.
    pub protocol: Option<ProtocolId>,
    /// TP-DCS; the user data without one is in the default alphabet.
    pub coding: Option<DataCoding>,
    /// TP-UDL and TP-UD.
    pub user_data: Option<UserData<'a>>,
}

/// SMS-DELIVER-REPORT: the mobile's answer to a message, as `+CNMA` gives it.
///
/// On the wire: first octet, TP-FCS where the message was refused, TP-PI and what it announces.
///
/// Source: 3GPP TS 23.040, clause 9.2.2.1a.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliverReport<'a> {
    /// TP-FCS: why the message was refused; none where it was taken.
    pub failure: Option<FailureCause>,
    /// TP-PI and what it announces.
    pub indicated: Indicated<'a>,
}

/// SMS-SUBMIT-REPORT: the service centre's answer to a message.
///
/// On the wire: first octet, TP-FCS where the message was refused, TP-PI, TP-SCTS, and what TP-PI announces.
///
/// Source: 3GPP TS 23.040, clause 9.2.2.2a.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitReport<'a> {
    /// TP-FCS: why the message was refused; none where it was taken.
    pub failure: Option<FailureCause>,
    /// TP-SCTS: when the service centre got the message.
    pub time: Timestamp,
    /// TP-PI and what it announces.
    pub indicated: Indicated<'a>,
}

/// An octet that announces something that no release has.
pub(super) const fn is_no_indicator(octet: u8) -> bool {
    octet > 0x07
}

/// TP-FCS. Whether there is one the acknowledgement tells that carries the report; here its first bit does, which TP-PI has
/// never set.
fn failure_cause(input: &[u8]) -> Parsed<'_, Option<FailureCause>> {
    match input {
        [cause @ 0x80..=0xFF, rest @ ..] => Ok((rest, Some(FailureCause(*cause)))),
        _ => Ok((input, None)),
    }
}

impl<'a> Indicated<'a> {
    /// What `indicator` announces.
    pub(super) fn indicated(indicator: u8, has_header: bool) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let mut indicated = Self::default();
            let mut rest = input;
            if indicator & 0x01 != 0 {
                let (behind, protocol) = octet("TP-PID")(rest)?;
                (rest, indicated.protocol) = (behind, Some(ProtocolId(protocol)));
            }
            if indicator & 0x02 != 0 {
                let (behind, coding) = octet("TP-DCS")(rest)?;
                (rest, indicated.coding) = (behind, Some(DataCoding(coding)));
            }
            if indicator & 0x04 != 0 {
                let (behind, data) = UserData::user_data(indicated.coding.unwrap_or_default(), has_header)(rest)?;
                (rest, indicated.user_data) = (behind, Some(data));
            }
            Ok((rest, indicated))
        }
    }

    /// TP-PI.
    pub fn indicator(&self) -> u8 {
        u8::from(self.protocol.is_some())
            | u8::from(self.coding.is_some()) << 1
            | u8::from(self.user_data.is_some()) << 2
    }

    /// TP-UDHI, in its place.
    pub(super) fn header_bit(&self) -> u8 {
        if self.user_data.as_ref().is_some_and(UserData::has_header) { 0x40 } else { 0 }
    }

    /// What TP-PI announces, without it.
    pub(super) fn push(&self, out: &mut Vec<u8>) {
        out.extend(self.protocol.map(|protocol| protocol.0));
        out.extend(self.coding.map(|coding| coding.0));
        if let Some(data) = &self.user_data {
            data.push(out);
        }
    }

    pub(super) fn into_owned(self) -> Indicated<'static> {
        let Self { protocol, coding, user_data } = self;
        Indicated { protocol, coding, user_data: user_data.map(UserData::into_owned) }
    }

    pub(super) fn tell_indicator(&self, teller: &mut Teller) {
        let follow = [
            (self.protocol.is_some(), "TP-PID"),
            (self.coding.is_some(), "TP-DCS"),
            (self.user_data.is_some(), "TP-UD"),
        ];
        let what = if self.indicator() == 0 { "nothing follows" } else { "there follow" };
        teller.add("TP-PI", 1, Part::Other, words(what, &follow));
    }

    pub(super) fn tell(&self, teller: &mut Teller) {
        if let Some(protocol) = self.protocol {
            teller.add("TP-PID", 1, Part::Other, protocol.to_string());
        }
        if let Some(coding) = self.coding {
            teller.add("TP-DCS", 1, Part::Other, coding.reading().to_string());
        }
        if let Some(data) = &self.user_data {
            teller.user_data(data);
        }
    }
}

impl<'a> DeliverReport<'a> {
    /// What follows the first octet.
    pub(super) fn deliver_report(first: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let (rest, failure) = failure_cause(input)?;
            let (rest, indicator) = octet("TP-PI")(rest)?;
            let (rest, indicated) = Indicated::indicated(indicator, first & 0x40 != 0)(rest)?;
            Ok((rest, Self { failure, indicated }))
        }
    }

    /// The first octet.
    pub fn first_octet(&self) -> u8 {
        self.indicated.header_bit()
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        out.push(self.first_octet());
        out.extend(self.failure.map(|failure| failure.0));
        out.push(self.indicated.indicator());
        self.indicated.push(out);
    }

    pub(super) fn into_owned(self) -> DeliverReport<'static> {
        DeliverReport { failure: self.failure, indicated: self.indicated.into_owned() }
    }

    pub(super) fn tell(&self, teller: &mut Teller) {
        teller.add("first octet", 1, Part::Other, "SMS-DELIVER-REPORT".to_owned());
        tell_failure(self.failure, teller);
        self.indicated.tell_indicator(teller);
        self.indicated.tell(teller);
    }
}

impl<'a> SubmitReport<'a> {
    /// What follows the first octet.
    pub(super) fn submit_report(first: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let (rest, failure) = failure_cause(input)?;
            let (rest, indicator) = octet("TP-PI")(rest)?;
            let (rest, time) = array("TP-SCTS")(rest)?;
            let (rest, indicated) = Indicated::indicated(indicator, first & 0x40 != 0)(rest)?;
            Ok((rest, Self { failure, time: Timestamp(time), indicated }))
        }
    }

    /// The first octet.
    pub fn first_octet(&self) -> u8 {
        0x01 | self.indicated.header_bit()
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        out.push(self.first_octet());
        out.extend(self.failure.map(|failure| failure.0));
        out.push(self.indicated.indicator());
        out.extend_from_slice(&self.time.0);
        self.indicated.push(out);
    }

    pub(super) fn into_owned(self) -> SubmitReport<'static> {
        SubmitReport { failure: self.failure, time: self.time, indicated: self.indicated.into_owned() }
    }

    pub(super) fn tell(&self, teller: &mut Teller) {
        teller.add("first octet", 1, Part::Other, "SMS-SUBMIT-REPORT".to_owned());
        tell_failure(self.failure, teller);
        self.indicated.tell_indicator(teller);
        teller.add("TP-SCTS", 7, Part::Other, self.time.to_string());
        self.indicated.tell(teller);
    }
}

fn tell_failure(failure: Option<FailureCause>, teller: &mut Teller) {
    if let Some(failure) = failure {
        teller.add("TP-FCS", 1, Part::Other, failure.to_string());
    }
}

impl fmt::Display for FailureCause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match CmsError::new(u16::from(self.0)).text() {
            Some(text) => out.write_str(text),
            None => write!(out, "cause {}", self.0),
        }
    }
}
