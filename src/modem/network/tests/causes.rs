//! Every cause in every technology.
