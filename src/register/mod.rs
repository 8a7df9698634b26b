//! The equipment register (EIR): which equipment may join the network.
//!
//! Knows lists of identities, ranges and TACs, the policies for what is on no list, and the decision that follows
//! (3GPP TS 22.016, TS 29.511). Knows no modem and no command.
