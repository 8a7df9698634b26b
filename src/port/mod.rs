//! Byte pipes with a real clock: pseudo-terminals, serial ports, TCP, Unix sockets, stdio.
//!
//! The only room with asynchronous I/O of lines, and the only one with code that one system alone has. Knows nothing of
//! AT beyond what the wire tells it.
