//! Data through the multiplexer against the same data on the bare line: what the frames cost.
//!
//! Both ways the host writes as fast as the pseudo-terminal takes it, into a data call of `atgate modem` that counts what
//! comes; the two take turns, and what counts is the ratio of the bytes of data in a second. The bar is 0.8.
//! `cargo bench --bench mux`.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use atgate::wire::mux::{Dlci, Frame, FrameKind, Framing};

/// Bytes of data in one turn: short ones, since how the system places the two ends on its cores changes now and then.
const TURN: usize = 1 << 20;
const TURNS: usize = 101;

fn main() {
    // `cargo test --benches` and `cargo bench -- --list` only want to know that it runs.
    if std::env::args().any(|argument| argument == "--list" || argument == "--test") {
        return;
    }
    println!("{:<28} {:>14} {:>8}", "", "data per second", "ratio");
    let data: Vec<u8> =
        (0..TURN).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).filter(|byte| *byte != b'+').collect();
    for (name, framing, longest) in [
        ("basic, N1 = 1500", Framing::Basic, 1500),
        ("basic, N1 = 127", Framing::Basic, 127),
        ("advanced, N1 = 1500", Framing::Advanced, 1500),
    ] {
        let frames: Vec<u8> = data.chunks(longest).fold(Vec::new(), |mut frames, information| {
            frame(2, FrameKind::Uih, information, framing, &mut frames);
            frames
        });
        let mut line = Modem::start();
        line.ask(b"ATE0D1\r", b"CONNECT");
        let mut mux = Modem::start();
        mux.multiplex(framing, longest);
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..TURNS {
            for ((modem, bytes), times) in [(&mut line, &data), (&mut mux, &frames)].into_iter().zip(&mut times) {
                let began = Instant::now();
                modem.port.write_all(bytes).expect("the modem takes it");
                times.push(began.elapsed());
            }
        }
        let [line, mux] = times.map(|mut times| {
            times.sort_unstable();
            data.len() as f64 / times[TURNS / 2].as_secs_f64() / 1e6
        });
        println!("{:<28} {line:>9.1} MB/s", "the bare line");
        println!("{name:<28} {mux:>9.1} MB/s {:>8.2}  (bar: 0.80)", mux / line);
    }
}

struct Modem {
    child: Child,
    port: File,
    _folder: tempfile::TempDir,
}

impl Modem {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("modem");
        let mut child = Command::new(env!("CARGO_BIN_EXE_atgate"))
            .args(["modem", "--set", "dial.data=connect", "--set", "network.tech=utran"])
            .args(["--set", "network.techs=[\"utran\"]", "--link"])
            .arg(&link)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut ready = [0; 1];
        child.stdout.as_mut().expect("a pipe").read_exact(&mut ready).expect("it is ready");
        let port = File::options().read(true).write(true).open(&link).expect("the link opens");
        let mut modem = Modem { child, port, _folder: folder };
        while !modem.ask(b"AT+CREG?\r", b"OK").contains(",1") {}
        modem
    }

    /// Sends bytes and reads until this is there.
    fn ask(&mut self, bytes: &[u8], end: &[u8]) -> String {
        self.port.write_all(bytes).expect("the modem takes it");
        let (mut said, mut buffer) = (Vec::new(), [0; 512]);
        while !said.windows(end.len()).any(|window| window == end) {
            let length = self.port.read(&mut buffer).expect("the modem answers");
            said.extend_from_slice(&buffer[..length]);
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    /// A data call on the second channel.
    fn multiplex(&mut self, framing: Framing, longest: usize) {
        let mode = match framing {
            Framing::Basic => 0,
            Framing::Advanced => 1,
        };
        self.ask(format!("ATE0+CMUX={mode},0,5,{longest}\r").as_bytes(), b"OK");
        let mut frames = Vec::new();
        frame(0, FrameKind::Sabm, b"", framing, &mut frames);
        frame(2, FrameKind::Sabm, b"", framing, &mut frames);
        frame(2, FrameKind::Uih, b"ATD1\r", framing, &mut frames);
        self.ask(&frames, b"CONNECT");
    }
}

impl Drop for Modem {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn frame(channel: u8, kind: FrameKind, information: &[u8], framing: Framing, out: &mut Vec<u8>) {
    let channel = Dlci::new(channel).expect("a channel");
    let poll = kind == FrameKind::Sabm;
    Frame { channel, command: true, kind, poll, information }.write(framing, out);
}
