//! SMS-STATUS-REPORT: what became of a message that the mobile sent.
//!
//! Source: 3GPP TS 23.040, clause 9.2.2.3.

use super::elements::{Part, Teller, words};
use super::report::is_no_indicator;
use super::rule::{Parsed, array, octet};
use super::{Address, Indicated, Status, Timestamp};

/// SMS-STATUS-REPORT.
///
/// On the wire: first octet, TP-MR, TP-RA, TP-SCTS, TP-DT, TP-ST, and perhaps TP-PI with what it announces.
///
/// Source: 3GPP TS 23.040, clause 9.2.2.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport<'a> {
    /// TP-MMS: whether more messages wait in the service centre (a 0 on the wire).
    pub more_messages: bool,
    /// TP-LP: whether it was forwarded, and must not be again.
    pub loops: bool,
    /// TP-SRQ: whether it is about an SMS-COMMAND.
    pub of_command: bool,
    /// TP-MR: the reference of the message.
    pub reference: u8,
    /// TP-RA: whom it was sent to.
    pub recipient: Address,
    /// TP-SCTS: when the service centre got it.
    pub time: Timestamp,
    /// TP-DT: when it was delivered, or last tried.
    pub discharged: Timestamp,
    /// TP-ST: what became of it.
    pub status: Status,
    /// TP-PI and what it announces.
    pub indicated: Option<Indicated<'a>>,
}

impl<'a> StatusReport<'a> {
    /// What follows the first octet.
    pub(super) fn status_report(first: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let (rest, reference) = octet("TP-MR")(input)?;
            let (rest, recipient) = Address::address("TP-RA")(rest)?;
            let (rest, time) = array("TP-SCTS")(rest)?;
            let (rest, discharged) = array("TP-DT")(rest)?;
            let (rest, status) = octet("TP-ST")(rest)?;
            let (rest, indicated) = match rest {
                // What a card fills a record with announces nothing.
                [indicator, rest @ ..] if !is_no_indicator(*indicator) => {
                    let (rest, indicated) = Indicated::indicated(*indicator, first & 0x40 != 0)(rest)?;
                    (rest, Some(indicated))
                }
                _ => (rest, None),
            };
            let report = Self {
                more_messages: first & 0x04 == 0,
                loops: first & 0x08 != 0,
                of_command: first & 0x20 != 0,
                reference,
                recipient,
                time: Timestamp(time),
                discharged: Timestamp(discharged),
                status: Status(status),
                indicated,
            };
            Ok((rest, report))
        }
    }

    /// The first octet, as `<fo>` has it.
    pub fn first_octet(&self) -> u8 {
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        0x02 | bit(!self.more_messages, 0x04)
            | bit(self.loops, 0x08)
            | bit(self.of_command, 0x20)
            | self.indicated.as_ref().map_or(0, Indicated::header_bit)
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.first_octet(), self.reference]);
        self.recipient.push(out);
        out.extend_from_slice(&self.time.0);
        out.extend_from_slice(&self.discharged.0);
        out.push(self.status.0);
        if let Some(indicated) = &self.indicated {
            out.push(indicated.indicator());
            indicated.push(out);
        }
    }

    pub(super) fn into_owned(self) -> StatusReport<'static> {
        StatusReport {
            more_messages: self.more_messages,
            loops: self.loops,
            of_command: self.of_command,
            reference: self.reference,
            recipient: self.recipient,
            time: self.time,
            discharged: self.discharged,
            status: self.status,
            indicated: self.indicated.map(Indicated::into_owned),
        }
    }

    pub(super) fn tell(&self, teller: &mut Teller) {
        let flags =
            [(self.more_messages, "more wait"), (self.loops, "was forwarded"), (self.of_command, "about a command")];
        teller.add("first octet", 1, Part::Other, words("SMS-STATUS-REPORT", &flags));
        teller.add("TP-MR", 1, Part::Other, format!("message {}", self.reference));
        teller.address("TP-RA", Part::Recipient, &self.recipient);
        teller.add("TP-SCTS", 7, Part::Other, self.time.to_string());
        teller.add("TP-DT", 7, Part::Other, self.discharged.to_string());
        teller.add("TP-ST", 1, Part::Other, self.status.to_string());
        if let Some(indicated) = &self.indicated {
            indicated.tell_indicator(teller);
            indicated.tell(teller);
        }
    }
}
