//! The program itself as it watches: killed in the middle, run by cron, ended by a signal.

use crate::server::on_each_store;
use atgate::register::store::Address;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The program with a register, and a folder for files.
struct Bench {
    register: String,
    folder: tempfile::TempDir,
}

impl Bench {
    /// With a fleet of this many devices.
    fn new(address: &Address, devices: usize) -> Self {
        let register = match address {
            Address::File(path) => path.to_str().unwrap().to_owned(),
            Address::Postgres(url) => url.clone(),
        };
        let bench = Self { register, folder: tempfile::tempdir().unwrap() };
        bench.import("fleet", "own", &(0..devices).collect::<Vec<_>>());
        bench
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atgate"));
        command.env("ATGATE_REGISTER", &self.register).env("NO_COLOR", "1").env("ATGATE_USER", "qa");
        command.arg("register").args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn import(&self, list: &str, source: &str, serials: &[usize]) {
        let path = self.folder.path().join("list.txt");
        // A list that is empty on purpose has its header.
        let lines: String = serials.iter().map(|serial| device(*serial) + "\n").collect();
        std::fs::write(&path, "imei\n".to_owned() + &lines).unwrap();
        let flags = ["--allow-ratio", "--allow-shrink", "--full", "--short-rows"];
        let whole = [&["import", "--list", list, "--source", source], &flags[..], &[path.to_str().unwrap()]].concat();
        let done = self.run(&whole);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

fn device(serial: usize) -> String {
    let key = atgate::identity::ImeiKey::new(101_700_000_000 + serial as u64).unwrap();
    atgate::identity::Imei::of(key).to_string()
}

fn objects(text: &[u8]) -> Vec<Value> {
    text.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// What a receiver has heard: each report as it came, and how often.
type Heard = Arc<Mutex<BTreeMap<String, (String, usize)>>>;

/// A receiver on loopback. It answers what `status` says of each request.
fn receiver(status: impl Fn(usize) -> u16 + Send + 'static) -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/reports?key=secret", listener.local_addr().unwrap());
    let heard = Heard::default();
    let inside = Arc::clone(&heard);
    std::thread::spawn(move || {
        for (count, stream) in listener.incoming().enumerate() {
            // Who sent it may be dead by now.
            let _ = stream.and_then(|stream| serve(stream, status(count), &inside));
        }
    });
    (url, heard)
}

fn serve(stream: TcpStream, status: u16, heard: &Heard) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            // It was killed before it had said anything.
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body: Value = serde_json::from_slice(&body).unwrap();
    for report in body["reports"].as_array().unwrap() {
        let mut heard = heard.lock().unwrap();
        let (words, count) = heard.entry(report["id"].as_str().unwrap().to_owned()).or_default();
        let told = report.to_string();
        assert!(*count == 0 || *words == told, "two reports have one id: {words} and {told}");
        (*words, *count) = (told, *count + 1);
    }
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// A program that is killed, as `kill -9` does, when it is let go.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself is no failure.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_watcher_that_is_killed_over_and_over_loses_no_report_and_changes_none() {
    on_each_store(|address| {
        let bench = Bench::new(address, 40);
        // Every fourth request fails after it was heard.
        let (url, heard) = receiver(|count| if count % 4 == 3 { 503 } else { 200 });
        for turn in 0..16_usize {
            let serials: Vec<usize> = (0..40).filter(|serial| (serial / 2 + turn) % 3 == 0).collect();
            bench.import("block", "carrier", &serials);
            let arguments = ["watch", "--webhook", &url, "--timeout", "300ms", "--allow-ratio"];
            let running = bench.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let running = Running(running);
            std::thread::sleep(Duration::from_millis(20 + (turn as u64 * 37) % 200));
            drop(running);
        }
        // Whoever comes last tells what is left, as soon as the lease of the dead has run out.
        let once = ["watch", "--once", "--webhook", &url, "--timeout", "300ms", "--allow-ratio"];
        let mut last = bench.run(&once);
        for _ in 0..10 {
            if last.status.code() == Some(0) {
                break;
            }
            last = bench.run(&once);
        }
        assert_eq!(last.status.code(), Some(0), "{}", String::from_utf8_lossy(&last.stderr));

        let heard = heard.lock().unwrap();
        let mut reports: Vec<Value> = heard.values().map(|(words, _)| serde_json::from_str(words).unwrap()).collect();
        reports.sort_by_key(|report| report["number"].as_i64().unwrap());
        let mut told: BTreeMap<String, String> = BTreeMap::new();
        for (number, report) in (1..).zip(&reports) {
            assert_eq!(report["number"], number, "a report was lost");
            let text = |name: &str| report[name].as_str().unwrap().to_owned();
            let was = told.insert(text("device"), text("is")).unwrap_or_else(|| "clear".to_owned());
            assert_eq!(was, text("was"), "{report}");
        }
        let blocked: Vec<&String> = told.iter().filter(|(_, is)| *is == "blocked").map(|(device, _)| device).collect();
        let expected: Vec<String> = (0..40).filter(|serial| (serial / 2 + 15) % 3 == 0).map(device).collect();
        assert_eq!(blocked, expected.iter().collect::<Vec<_>>());
    });
}

#[test]
fn cron_hears_each_change_once_and_the_exit_code_says_whether_one_became_blocked() {
    on_each_store(|address| {
        let bench = Bench::new(address, 30);
        let mut ids = Vec::new();
        for (serials, code, events) in [
            (&[][..], 0, &[][..]),
            (&[3, 4], 1, &["blocked", "blocked"]),
            (&[3, 4], 0, &[]),
            (&[4, 5], 1, &["cleared", "blocked"]),
            (&[], 0, &["cleared", "cleared"]),
        ] {
            bench.import("block", "carrier", serials);
            for (code, events) in [(code, events), (0, &[][..])] {
                let done = bench.run(&["watch", "--once", "--json"]);
                let told = objects(&done.stdout);
                assert_eq!(done.status.code(), Some(code), "{}", String::from_utf8_lossy(&done.stderr));
                assert_eq!(told.iter().map(|report| report["event"].as_str().unwrap()).collect::<Vec<_>>(), events);
                ids.extend(told.iter().map(|report| report["id"].as_str().unwrap().to_owned()));
            }
        }
        assert_eq!(ids.len(), 6);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 6);
    });
}

#[test]
fn a_list_that_blocks_the_fleet_is_held_until_it_is_allowed() {
    on_each_store(|address| {
        let bench = Bench::new(address, 30);
        bench.import("block", "carrier", &(0..20).collect::<Vec<_>>());
        for is_first in [true, false] {
            let done = bench.run(&["watch", "--once"]);
            assert_eq!(done.status.code(), Some(1));
            assert_eq!(done.stdout.split(|byte| *byte == b'\n').count(), if is_first { 2 } else { 1 });
            let told = String::from_utf8(done.stderr).unwrap();
            assert_eq!(
                told,
                "warning: the block list of carrier would hit 20 of the 30 devices of the fleet (66.7 %), more than the 10 % that \
                 are allowed; its devices are held back\n\
                 help: where that is right, --allow-ratio tells them one by one\n"
            );
        }
        let done = bench.run(&["watch", "--once", "--allow-ratio", "70%"]);
        assert_eq!((done.status.code(), done.stdout.split(|byte| *byte == b'\n').count()), (Some(1), 22));
        assert_eq!(bench.run(&["watch", "--once"]).status.code(), Some(0));
    });
}

#[test]
fn a_receiver_that_is_not_there_costs_no_report() {
    on_each_store(|address| {
        let bench = Bench::new(address, 30);
        bench.import("block", "carrier", &[1, 2]);
        let once = |url: &str| bench.run(&["watch", "--once", "--webhook", url, "--timeout", "300ms"]);
        let (url, heard) = receiver(|_| 404);
        for (told, words) in [
            (once("http://127.0.0.1:1/key"), "error: the webhook at http://127.0.0.1:1: "),
            (
                once(&url),
                "answered 404 Not Found; 2 reports wait in the register\nhelp: they are sent with the next round\n",
            ),
        ] {
            let error = String::from_utf8(told.stderr).unwrap();
            assert_eq!((told.status.code(), told.stdout.len()), (Some(3), 0));
            assert!(error.contains(words) && !error.contains("key"), "{error}");
        }
        for _ in 0..4 {
            assert_eq!(once(&url).status.code(), Some(3));
        }
        // They are set aside now.
        let told = once(&url);
        assert_eq!((told.status.code(), told.stderr.len()), (Some(0), 0));
        assert_eq!(heard.lock().unwrap().values().map(|(_, count)| *count).collect::<Vec<_>>(), [5, 5]);
        let (url, heard) = receiver(|_| 204);
        let told = bench.run(&["watch", "--once", "--webhook", &url, "--retry-refused"]);
        assert_eq!((told.status.code(), heard.lock().unwrap().len()), (Some(1), 2));
        assert_eq!(told.stdout.split(|byte| *byte == b'\n').count(), 3);
    });
}

#[test]
fn a_watcher_hears_of_a_list_that_somebody_else_changes_and_ends_when_it_is_told_to() {
    on_each_store(|address| {
        let bench = Bench::new(address, 30);
        let started = bench.command(&["watch", "--json"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut running = Running(started.unwrap());
        let mut told = BufReader::new(running.0.stdout.take().unwrap()).lines();
        for serials in [&[7][..], &[]] {
            bench.import("block", "carrier", serials);
            let report: Value = serde_json::from_str(&told.next().unwrap().unwrap()).unwrap();
            assert_eq!(report["device"], device(7));
            assert_eq!(report["event"], if serials.is_empty() { "cleared" } else { "blocked" });
        }
        let ended = Command::new("kill").args(["-TERM", &running.0.id().to_string()]).status().unwrap();
        assert!(ended.success());
        assert_eq!(running.0.wait().unwrap().code(), Some(0));
        assert!(told.next().is_none());
    });
}

#[test]
fn a_case_is_opened_followed_and_resolved_at_the_command_line() {
    on_each_store(|address| {
        let bench = Bench::new(address, 30);
        bench.import("block", "carrier", &[7]);
        let run = |arguments: &[&str]| {
            let done = bench.run(arguments);
            let mut text = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
            text += &format!("exit {}\n", done.status.code().unwrap());
            // The days and times are the machine's.
            let date = regex_lite::Regex::new(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\dZ)?").unwrap();
            date.replace_all(&text, "DATE").into_owned()
        };
        let file = bench.folder.path().join("receipt.txt");
        std::fs::write(&file, "a receipt").unwrap();
        let file = file.to_str().unwrap();
        let device = device(7);
        let told = [
            run(&["case", "open", &device, "--evidence", "bought new", "--file", file]),
            run(&["case", "open", &device, "--evidence", "again"]),
            run(&["case", "open", "00101700", "--evidence", "all of them"]),
            run(&["case", "open", "35693803000001", "--evidence", "not listed at all"]),
            run(&["case", "note", "1", "carrier confirms 35693803000001"]),
            run(&["case", "list"]),
            run(&["case", "resolve", "1", "--reason", "x"]),
            run(&["case", "resolve", "1", "--unlist", "--reason", "typing error"]),
            run(&["case", "resolve", "1", "--keep", "--reason", "x"]),
            run(&["case", "resolve", "2", "--keep", "--reason", "x"]),
            run(&["case", "show", "1"]),
            run(&["case", "show", "3"]),
            run(&["undo", "5"]),
            run(&["case", "list", "--all"]),
            run(&["case", "show", "1", "--json"]),
        ];
        insta::allow_duplicates! {
            insta::assert_snapshot!(told.join("\n"), @r#"
            case 1 about 001017000000078 is open; act 3
              block: 001017000000078, of carrier
            exit 0

            error: case 1 about it is open
            help: `atgate register case note 1 TEXT` adds to it
            exit 2

            error: `00101700` is no device: a case is about one
            help: name the device, or a device with a subscription: 001017001234569+001010000000001
            exit 2

            case 2 about {imei} is open; act 4
            warning: {imei} is on no block or track list of this register
            help: it may be listed elsewhere, or by a keyed hash, which --hash-key makes visible
            exit 0

            case 1 has a note more
            exit 0

            case 1  open  001017000000078  since DATE, by qa
            case 2  open  {imei}  since DATE, by qa
            exit 0

            error: the following required arguments were not provided:
              <--unlist|--keep>

            Usage: atgate register case resolve --reason <TEXT> --register <WHERE> <--unlist|--keep> <CASE>

            For more information, try '--help'.
            exit 2

            case 1 is resolved: the device is un-listed; act 5, which `atgate register undo 5` takes back
              overruled:  block: 001017000000078, of carrier
              allowed:    001017000000078 by own, as case 1
            exit 0

            error: case 1 is resolved: unlisted
            help: `atgate register undo 5` opens it again; a new case can be opened as well
            exit 2

            case 2 is resolved: the listing is kept; act 6, which `atgate register undo 6` takes back
            exit 0

            case 1  unlisted in act 5  001017000000078  since DATE, by qa
              DATE  opened    qa: bought new; file receipt.txt, SHA-256 83eb65c95f440cb09910acf3c9cbefd64381a6097980698b568cc4a749668244; act 3
              DATE  note      qa: carrier confirms {imei}
              DATE  unlisted  qa: typing error; act 5
            exit 0

            error: there is no case 3
            help: `atgate register case list --all` lists them
            exit 2

            act 5 is undone: 0 added, 1 removed, 0 changed; act 7
            exit 0

            case 1  open  001017000000078  since DATE, by qa
            case 2  kept in act 6  {imei}  since DATE, by qa
            exit 0

            {"case":1,"device":"001017000000078","state":"open","trail":[{"act":3,"at":"DATE","file":"receipt.txt","kind":"opened","sha256":"83eb65c95f440cb09910acf3c9cbefd64381a6097980698b568cc4a749668244","text":"bought new","undone_by":null,"who":"qa"},{"act":null,"at":"DATE","file":null,"kind":"note","sha256":null,"text":"carrier confirms {imei}","undone_by":null,"who":"qa"},{"act":5,"at":"DATE","file":null,"kind":"unlisted","sha256":null,"text":"typing error","undone_by":7,"who":"qa"}]}
            exit 0
            "#);
        }
    });
}
