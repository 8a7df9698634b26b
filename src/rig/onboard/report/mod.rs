//! Reports: what a bench came to, for a person, a program, a CI server.
