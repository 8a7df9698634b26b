//! Text as modems and networks write it: alphabets, packing, and what says which one is meant.
//!
//! Knows 3GPP TS 23.038 (the 7-bit default alphabet, its extension and the national tables, packing of septets, UCS2, the
//! data coding scheme of short messages and of USSD) and the character sets of TS 27.007 clause 5.5 (`+CSCS`). Every reading
//! is total: what a code does not mean becomes the replacement that the standard has for it. Does not know where in a
//! message a text stands ([`super::sms`]), nor which set a modem is in.

pub mod alpha;
mod alphabet;
mod charset;
mod coding;
pub mod hexadecimal;
mod national;
mod pccp437;
mod septets;
pub mod ucs2;
mod ussd;

pub use alphabet::{Alphabet, NotInAlphabet};
pub use charset::{CharacterSet, NotInSet};
pub use coding::{Coding, DataCoding, Form, MessageClass, Waiting, WaitingFor};
pub use national::Language;
pub use septets::{fill_bits, pack, pack_cbs, unpack, unpack_cbs};
pub use ussd::{CbsCoding, CbsLanguage, CbsReading};
