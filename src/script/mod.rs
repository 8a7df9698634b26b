//! The script language (`.atg`): text to a tree with spans, and back; error texts.
//!
//! Knows the grammar of scenarios/README.md. Runs nothing, and does not know the modem.
