//! SMS-SUBMIT: a message that the mobile sends.
//!
//! Source: 3GPP TS 23.040, clause 9.2.2.2.

use super::elements::{Part, Teller, words};
use super::rule::{Parsed, octet};
use super::{Address, ProtocolId, UserData, Validity};
use crate::wire::text::DataCoding;

/// SMS-SUBMIT.
///
/// On the wire: first octet, TP-MR, TP-DA, TP-PID, TP-DCS, TP-VP if there is one, TP-UDL, TP-UD.
///
/// Source: 3GPP TS 23.040, clause 9.2.2.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit<'a> {
    /// TP-RD: whether the service centre refuses a second one with the same reference.
    pub reject_duplicates: bool,
    /// TP-SRR: whether a status report is asked for.
    pub report_requested: bool,
    /// TP-RP: whether the answer may go the same way.
    pub reply_path: bool,
    /// TP-MR; the modem sets its own.
    pub reference: u8,
    /// TP-DA: who gets it.
    pub destination: Address,
    /// TP-PID.
    pub protocol: ProtocolId,
    /// TP-VPF and TP-VP.
    pub validity: Option<Validity>,
    /// TP-DCS, TP-UDHI, TP-UDL and TP-UD.
    pub user_data: UserData<'a>,
}

impl<'a> Submit<'a> {
    /// What follows the first octet.
    pub(super) fn submit(first: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let (rest, reference) = octet("TP-MR")(input)?;
            let (rest, destination) = Address::address("TP-DA")(rest)?;
            let (rest, protocol) = octet("TP-PID")(rest)?;
            let (rest, coding) = octet("TP-DCS")(rest)?;
            let (rest, validity) = Validity::validity(first >> 3)(rest)?;
            let (rest, user_data) = UserData::user_data(DataCoding(coding), first & 0x40 != 0)(rest)?;
            let submit = Self {
                reject_duplicates: first & 0x04 != 0,
                report_requested: first & 0x20 != 0,
                reply_path: first & 0x80 != 0,
                reference,
                destination,
                protocol: ProtocolId(protocol),
                validity,
                user_data,
            };
            Ok((rest, submit))
        }
    }

    /// The first octet, as `<fo>` has it.
    pub fn first_octet(&self) -> u8 {
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        0x01 | bit(self.reject_duplicates, 0x04)
            | Validity::bits(self.validity) << 3
            | bit(self.report_requested, 0x20)
            | bit(self.user_data.has_header(), 0x40)
            | bit(self.reply_path, 0x80)
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.first_octet(), self.reference]);
        self.destination.push(out);
        out.extend_from_slice(&[self.protocol.0, self.user_data.coding().0]);
        if let Some(validity) = self.validity {
            validity.push(out);
        }
        self.user_data.push(out);
    }

    pub(super) fn into_owned(self) -> Submit<'static> {
        Submit {
            reject_duplicates: self.reject_duplicates,
            report_requested: self.report_requested,
            reply_path: self.reply_path,
            reference: self.reference,
            destination: self.destination,
            protocol: self.protocol,
            validity: self.validity,
            user_data: self.user_data.into_owned(),
        }
    }

    pub(super) fn tell(&self, teller: &mut Teller) {
        let flags = [
            (self.reject_duplicates, "duplicates are refused"),
            (self.report_requested, "a report is asked for"),
            (self.user_data.has_header(), "a header"),
            (self.reply_path, "an answer may go the same way"),
        ];
        teller.add("first octet", 1, Part::Other, words("SMS-SUBMIT", &flags));
        teller.add("TP-MR", 1, Part::Other, self.reference.to_string());
        teller.address("TP-DA", Part::Destination, &self.destination);
        teller.add("TP-PID", 1, Part::Other, self.protocol.to_string());
        teller.add("TP-DCS", 1, Part::Other, self.user_data.coding().reading().to_string());
        if let Some(validity) = self.validity {
            teller.add("TP-VP", validity.length(), Part::Other, validity.to_string());
        }
        teller.user_data(&self.user_data);
    }
}
