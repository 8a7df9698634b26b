//! The whole PDU: the service centre, and one of the six messages.
//!
//! Source: 3GPP TS 23.040, clause 9.2.3.1; TS 27.005, clause 3.1 (`<pdu>`, `<length>`).

use super::elements::{Element, Teller};
use super::rule::{Fault, Parsed, give_up, octet, run};
use super::{Address, Command, Deliver, DeliverReport, PduError, StatusReport, Submit, SubmitReport, UserData, Wrong};
use crate::wire::text::hexadecimal;

/// Which way a message goes: the same two bits are different messages on either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// To the mobile: SMS-DELIVER, SMS-SUBMIT-REPORT, SMS-STATUS-REPORT.
    ToMobile,
    /// From the mobile: SMS-DELIVER-REPORT, SMS-SUBMIT, SMS-COMMAND.
    FromMobile,
    /// In a store, and whatever a modem shows: SMS-DELIVER, SMS-SUBMIT, SMS-STATUS-REPORT.
    Stored,
}

/// A message of the transfer layer: what `<length>` of `+CMGS` and `+CMGL` counts.
///
/// On the wire: the first octet's lower two bits are TP-MTI.
///
/// Source: 3GPP TS 23.040, clause 9.2.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tpdu<'a> {
    /// SMS-DELIVER
    Deliver(Deliver<'a>),
    /// SMS-DELIVER-REPORT
    DeliverReport(DeliverReport<'a>),
    /// SMS-SUBMIT
    Submit(Submit<'a>),
    /// SMS-SUBMIT-REPORT
    SubmitReport(SubmitReport<'a>),
    /// SMS-STATUS-REPORT
    StatusReport(StatusReport<'a>),
    /// SMS-COMMAND
    Command(Command<'a>),
}

/// `<pdu>`: the service centre's address, then the message.
///
/// On the wire: in hexadecimal, two digits an octet. A length of 0 stands for the service centre that `+CSCA` has set.
///
/// Source: 3GPP TS 27.005, clause 3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdu<'a> {
    /// The service centre.
    pub centre: Option<Address>,
    /// The message.
    pub message: Tpdu<'a>,
}

impl<'a> Tpdu<'a> {
    /// Reads a message that is all of `octets`.
    ///
    /// # Errors
    /// Where it ends too early or too late, or a length or the type is none of the standard's.
    pub fn decode(octets: &'a [u8], way: Way) -> Result<Self, PduError> {
        whole(octets, run(octets, Self::message(way))?)
    }

    fn message(way: Way) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let (rest, first) = octet("the message")(input)?;
            match (first & 0x03, way) {
                (0, Way::ToMobile | Way::Stored) => mapped(Deliver::deliver(first)(rest), Self::Deliver),
                (0, Way::FromMobile) => mapped(DeliverReport::deliver_report(first)(rest), Self::DeliverReport),
                (1, Way::ToMobile) => mapped(SubmitReport::submit_report(first)(rest), Self::SubmitReport),
                (1, Way::FromMobile | Way::Stored) => mapped(Submit::submit(first)(rest), Self::Submit),
                (2, Way::ToMobile | Way::Stored) => {
                    mapped(StatusReport::status_report(first)(rest), Self::StatusReport)
                }
                (2, Way::FromMobile) => mapped(Command::command(first)(rest), Self::Command),
                (kind, Way::ToMobile | Way::FromMobile | Way::Stored) => give_up(input, Wrong::Reserved(kind)),
            }
        }
    }

    /// Appends its octets.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Deliver(message) => message.push(out),
            Self::DeliverReport(message) => message.push(out),
            Self::Submit(message) => message.push(out),
            Self::SubmitReport(message) => message.push(out),
            Self::StatusReport(message) => message.push(out),
            Self::Command(message) => message.push(out),
        }
    }

    /// The first octet, `<fo>` of text mode.
    pub fn first_octet(&self) -> u8 {
        match self {
            Self::Deliver(message) => message.first_octet(),
            Self::DeliverReport(message) => message.first_octet(),
            Self::Submit(message) => message.first_octet(),
            Self::SubmitReport(message) => message.first_octet(),
            Self::StatusReport(message) => message.first_octet(),
            Self::Command(message) => message.first_octet(),
        }
    }

    /// The user data, where the message has it.
    pub fn user_data(&self) -> Option<&UserData<'a>> {
        match self {
            Self::Deliver(message) => Some(&message.user_data),
            Self::DeliverReport(message) => message.indicated.user_data.as_ref(),
            Self::Submit(message) => Some(&message.user_data),
            Self::SubmitReport(message) => message.indicated.user_data.as_ref(),
            Self::StatusReport(message) => message.indicated.as_ref()?.user_data.as_ref(),
            Self::Command(_) => None,
        }
    }

    /// With octets of its own, to be kept.
    pub fn into_owned(self) -> Tpdu<'static> {
        match self {
            Self::Deliver(message) => Tpdu::Deliver(message.into_owned()),
            Self::DeliverReport(message) => Tpdu::DeliverReport(message.into_owned()),
            Self::Submit(message) => Tpdu::Submit(message.into_owned()),
            Self::SubmitReport(message) => Tpdu::SubmitReport(message.into_owned()),
            Self::StatusReport(message) => Tpdu::StatusReport(message.into_owned()),
            Self::Command(message) => Tpdu::Command(message.into_owned()),
        }
    }

    fn tell(&self, teller: &mut Teller) {
        match self {
            Self::Deliver(message) => message.tell(teller),
            Self::DeliverReport(message) => message.tell(teller),
            Self::Submit(message) => message.tell(teller),
            Self::SubmitReport(message) => message.tell(teller),
            Self::StatusReport(message) => message.tell(teller),
            Self::Command(message) => message.tell(teller),
        }
    }
}

impl<'a> Pdu<'a> {
    /// Reads a PDU that is all of `octets`.
    ///
    /// # Errors
    /// Where it ends too early or too late, or a length or the type is none of the standard's.
    pub fn decode(octets: &'a [u8], way: Way) -> Result<Self, PduError> {
        whole(octets, Self::read(octets, way)?)
    }

    /// Reads a PDU from the front, and gives what stands behind it: a card fills its records.
    ///
    /// # Errors
    /// As [`decode`](Self::decode), but for what stands behind.
    pub fn read(octets: &'a [u8], way: Way) -> Result<(Self, &'a [u8]), PduError> {
        run(octets, |input| {
            let (rest, centre) = Address::service_centre(input)?;
            let (rest, message) = Tpdu::message(way)(rest)?;
            Ok((rest, Self { centre, message }))
        })
    }

    /// Reads what a host has written for a modem, without knowing the command: SMS-SUBMIT, SMS-COMMAND, SMS-DELIVER as `+CMGW` has
    /// it, or, where it is all of it, SMS-DELIVER-REPORT as `+CNMA` has it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn of_host(octets: &'a [u8]) -> Result<(Self, &'a [u8]), PduError> {
        match Self::read(octets, Way::FromMobile) {
            // The two that begin alike.
            Ok((Self { message: Tpdu::DeliverReport(_), .. }, [_, ..])) | Err(_) => Self::read(octets, Way::Stored),
            Ok((report @ Self { message: Tpdu::DeliverReport(_), .. }, rest @ [])) => {
                Self::read(octets, Way::Stored).or(Ok((report, rest)))
            }
            written @ Ok(_) => written,
        }
    }

    /// Its octets.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(176);
        Address::push_service_centre(self.centre.as_ref(), &mut out);
        self.message.encode(&mut out);
        out
    }

    /// Its octets in hexadecimal, and the `<length>` that stands before them: the message's, without the service centre's.
    ///
    /// ```
    /// use atgate::wire::sms::{Pdu, Way};
    ///
    /// let octets = [0x00, 0x01, 0x00, 0x04, 0x91, 0x51, 0x55, 0x00, 0x00, 0x02, 0xE8, 0x34];
    /// let pdu = Pdu::decode(&octets, Way::FromMobile).expect("a message");
    /// assert_eq!(pdu.line(), ("00010004915155000002E834".to_owned(), 11));
    /// ```
    pub fn line(&self) -> (String, usize) {
        let octets = self.encode();
        let mut line = String::new();
        hexadecimal::push(&octets, &mut line);
        let centre = usize::from(octets.first().copied().unwrap_or(0)) + 1;
        (line, octets.len() - centre)
    }

    /// Its elements in order, from the first octet to the last.
    pub fn elements(&self) -> Vec<Element> {
        let mut teller = Teller::default();
        teller.service_centre(self.centre.as_ref());
        self.message.tell(&mut teller);
        teller.elements
    }

    /// With octets of its own, to be kept.
    pub fn into_owned(self) -> Pdu<'static> {
        Pdu { centre: self.centre, message: self.message.into_owned() }
    }
}

fn mapped<'a, T, U>(parsed: Parsed<'a, T>, of: impl Fn(T) -> U) -> Result<(&'a [u8], U), nom::Err<Fault<'a>>> {
    parsed.map(|(rest, value)| (rest, of(value)))
}

/// What was read, where nothing stands behind it.
fn whole<T>(octets: &[u8], (value, rest): (T, &[u8])) -> Result<T, PduError> {
    match rest.len() {
        0 => Ok(value),
        left => Err(PduError { at: octets.len() - left, wrong: Wrong::Left(left) }),
    }
}
