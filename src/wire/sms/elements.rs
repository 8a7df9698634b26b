//! A PDU told element by element: what stands where, and what it says.

use std::ops::Range;

use super::{Address, UserData};
use crate::wire::text::Form;
use crate::wire::text::hexadecimal::Hexadecimal;

/// One element of a PDU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The standard's name: `TP-OA`.
    pub name: &'static str,
    /// Whose address it is, or whether it is the text.
    pub part: Part,
    /// Its octets in the PDU, the length's of an address too.
    pub octets: Range<usize>,
    /// What it says, in words.
    pub says: String,
}

/// What an element is to somebody who looks for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The service centre's address.
    ServiceCentre,
    /// Who sent it.
    Originator,
    /// Who gets it.
    Destination,
    /// Who got it.
    Recipient,
    /// TP-UD.
    UserData,
    /// Anything else.
    Other,
}

impl Part {
    /// Whether it is somebody's address.
    pub const fn is_address(self) -> bool {
        match self {
            Self::ServiceCentre | Self::Originator | Self::Destination | Self::Recipient => true,
            Self::UserData | Self::Other => false,
        }
    }
}

/// Puts elements one behind the other.
#[derive(Debug, Default)]
pub(super) struct Teller {
    at: usize,
    pub(super) elements: Vec<Element>,
}

impl Teller {
    pub(super) fn add(&mut self, name: &'static str, length: usize, part: Part, says: String) {
        let octets = self.at..self.at + length;
        self.at = octets.end;
        self.elements.push(Element { name, part, octets, says });
    }

    pub(super) fn service_centre(&mut self, centre: Option<&Address>) {
        match centre {
            Some(centre) => self.address("service centre", Part::ServiceCentre, centre),
            None => self.add("service centre", 1, Part::Other, "the one that is set (+CSCA)".to_owned()),
        }
    }

    pub(super) fn address(&mut self, name: &'static str, part: Part, address: &Address) {
        let kind = address.kind();
        let says = match address.is_name() {
            true => format!("{:?}", address.text()),
            false => format!("{address} ({}, {})", kind.number(), kind.0),
        };
        self.add(name, address.length(), part, says);
    }

    pub(super) fn user_data(&mut self, data: &UserData<'_>) {
        let coding = data.coding().reading();
        let unit = if coding.form == Form::Septets && !coding.compressed { "septets" } else { "octets" };
        self.add("TP-UDL", 1, Part::Other, format!("{} {unit}", data.length()));
        if data.octets().is_empty() {
            return;
        }
        let mut says: Vec<String> = data.header().elements().map(|element| element.to_string()).collect();
        if data.is_header_spoilt() {
            says.push("a header that cannot be read".to_owned());
        }
        says.push(match data.text() {
            Some(text) => format!("{text:?}"),
            None => Hexadecimal(data.body()).to_string(),
        });
        self.add("TP-UD", data.octets().len(), Part::UserData, says.join(", "));
    }
}

/// `before: this, that`, of those that are so.
pub(super) fn words(before: &str, flags: &[(bool, &str)]) -> String {
    let mut said = before.to_owned();
    for (index, (_, word)) in flags.iter().filter(|(is_so, _)| *is_so).enumerate() {
        said.push_str(if index == 0 { ": " } else { ", " });
        said.push_str(word);
    }
    said
}
