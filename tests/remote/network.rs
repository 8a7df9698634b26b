//! The network of a virtual modem asks a register elsewhere.

use std::path::Path;
use std::sync::{Arc, Mutex};

use atgate::modem::{AtPort, Modem, Profile, Tick};
use atgate::port::{Line, Listener};
use atgate::register::remote::Client;
use atgate::register::{Office, Policy, Settings};
use atgate::run::emulate::{Emulation, Notice, Observer, SharedRegister};
use atgate::run::{Elsewhere, Options, Outcome, Time};
use atgate::script;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::server::{Fault, Server, nowhere};

const KEY: &str = "00101700123456";
const IMEI: &str = "001017001234569";

/// Keeps what is told of the register.
struct Told(Arc<Mutex<Vec<String>>>);

impl Observer for Told {
    fn notice(&mut self, _at: Tick, _port: AtPort, notice: Notice) {
        if matches!(notice, Notice::Decision(_) | Notice::NoRegister(_)) {
            self.0.lock().unwrap().push(notice.to_string());
        }
    }
}

/// A client at the port of a running modem.
struct Host(TcpStream);

impl Host {
    /// Sends a command; what comes until its final result.
    async fn say(&mut self, command: &str) -> String {
        self.0.write_all(format!("{command}\r").as_bytes()).await.unwrap();
        let mut heard = String::new();
        let mut bytes = [0; 512];
        while !heard.contains("OK\r\n") && !heard.contains("ERROR") {
            let count = self.0.read(&mut bytes).await.unwrap();
            assert!(count > 0, "the modem has gone");
            heard.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        heard
    }

    /// Asks again and again until an answer holds this.
    async fn until(&mut self, command: &str, wanted: &str) {
        while !self.say(command).await.contains(wanted) {}
    }
}

fn office(address: &str, policy: &str) -> SharedRegister {
    let policy: Policy = Settings::from_toml(policy).unwrap().policy();
    Arc::new(Mutex::new(Office::elsewhere(Arc::new(Client::new(address.parse().unwrap()).unwrap()), policy)))
}

/// A modem that has just got its power, and its host. It lives as long as the set.
async fn modem(modems: &mut JoinSet<()>, office: &SharedRegister, imei: &str) -> (Host, Arc<Mutex<Vec<String>>>) {
    let listener = Listener::bind(&"tcp:127.0.0.1:0".parse().unwrap()).await.unwrap();
    let line = Line::Socket(Box::new(listener));
    let address = line.address();
    let told = Arc::new(Mutex::new(Vec::new()));
    let modem = Modem::new(Profile::named("generic-lte", &[]).unwrap(), Some(imei.parse().unwrap()), 0);
    let (answers, answering) = oneshot::channel();
    modems.spawn(Emulation::new(modem, line, Arc::clone(office), Told(Arc::clone(&told))).live(answers));
    answering.await.unwrap();
    let mut host = Host(TcpStream::connect(address.trim_start_matches("tcp:")).await.unwrap());
    host.say("ATE0;+CEREG=3").await;
    (host, told)
}

#[tokio::test]
async fn a_device_that_is_listed_there_is_refused_here_until_it_is_not() {
    for scheme in ["http", "h2c"] {
        let server = Server::start().await;
        server.list(KEY, "BLACKLISTED");
        let mut modems = JoinSet::new();
        let office = office(&format!("{scheme}://{}", server.address), "");
        let (mut host, told) = modem(&mut modems, &office, IMEI).await;
        host.until("AT+CEREG?", "+CEREG: 3,3,,,,0,6").await;
        assert_eq!(
            told.lock().unwrap()[0],
            "the register says block: the register that was asked has it on its block list"
        );

        // The list is put right: the modem learns it once it has been switched off and on.
        server.inside().lists.clear();
        host.say("AT+CFUN=0").await;
        host.say("AT+CFUN=1").await;
        host.until("AT+CEREG?", "+CEREG: 3,1,").await;
    }
}

#[tokio::test]
async fn what_the_register_leaves_open_the_policies_decide() {
    let server = Server::start().await;
    let mut modems = JoinSet::new();
    let unknown =
        office(&format!("http://{}", server.address), "unknown = 'block'\ncauses.unknown = { lte = 11, nr = 3 }");
    let (mut host, _) = modem(&mut modems, &unknown, IMEI).await;
    host.until("AT+CEREG?", "+CEREG: 3,3,,,,0,11").await;

    let (_held, address) = nowhere();
    let down = office(&format!("http://{address}?tries=1"), "failure = 'retry'");
    let (mut host, told) = modem(&mut modems, &down, IMEI).await;
    host.until("AT+CEREG?", "0,17").await;
    let told = told.lock().unwrap();
    assert_eq!(told[0], "the register says unavailable: the register did not answer");
    assert!(told[1].starts_with("warning[register.unreachable]: "), "{}", told[1]);
}

#[tokio::test]
async fn a_modem_whose_network_waits_for_the_register_answers_its_host() {
    let server = Server::start().await;
    server.next([Fault::Hangs, Fault::Hangs]);
    let mut modems = JoinSet::new();
    let office = office(&format!("http://{}?timeout=600s&limit=600s", server.address), "");
    let (mut one, _) = modem(&mut modems, &office, IMEI).await;
    let (mut other, _) = modem(&mut modems, &office, "001017001234577").await;
    while server.count() < 2 {
        one.say("AT").await;
    }
    for host in [&mut one, &mut other] {
        assert!(host.say("AT+CEREG?").await.contains("+CEREG: 3,2"));
        assert!(host.say("AT+CGSN").await.contains("OK"));
    }
    // A third is served meanwhile, through the same client.
    let (mut third, _) = modem(&mut modems, &office, "001017001234585").await;
    third.until("AT+CEREG?", "+CEREG: 3,1,").await;
}

#[tokio::test]
async fn an_inquiry_of_an_earlier_life_changes_nothing() {
    let server = Server::start().await;
    server.next([Fault::Hangs]);
    let mut modems = JoinSet::new();
    let office = office(&format!("http://{}?timeout=600s&limit=600s", server.address), "");
    let (mut host, _) = modem(&mut modems, &office, IMEI).await;
    while server.count() < 1 {
        host.say("AT").await;
    }
    host.say("AT+CFUN=0").await;
    host.say("AT+CFUN=1").await;
    host.until("AT+CEREG?", "+CEREG: 3,1,").await;
}

const REFUSED: &str = "+++\nmodem = \"generic-lte\"\nimei = \"001017001234569\"\nregister = { failure = \"retry\", causes.retry = { lte = 22 } }\n+++\n";

/// Plays a script whose network asks this register; what came of it.
async fn played(address: String, text: String, options: Options) -> String {
    // A play has a thread of its own, as it has in the program.
    let play = tokio::task::spawn_blocking(move || {
        let files = |_: &Path| Ok(text.clone().into_bytes());
        let script = script::load(Path::new("test.atg"), &files).unwrap();
        let register = Some(Elsewhere::new(Client::new(address.parse().unwrap()).unwrap()).unwrap());
        let reports = atgate::run::play(&script, &Options { register, ..options });
        let [report] = reports.as_slice() else { panic!("one case was expected") };
        let outcome = match &report.outcome {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Failed(failure) => failure.render(false),
            Outcome::Skipped(why) => format!("skipped: {why}"),
            Outcome::Error(fault) => format!("error: {}", fault.message),
        };
        format!("{outcome}{}", report.notes.iter().map(|note| format!("\n{note}")).collect::<String>())
    });
    play.await.unwrap()
}

#[tokio::test]
async fn a_script_is_played_against_it_in_virtual_time_and_in_real() {
    let server = Server::start().await;
    server.list(KEY, "BLACKLISTED");
    let refused = "> AT+CEREG=3\n< OK\n@ until 10s every 100ms\n> AT+CEREG?\n< +CEREG: 3,3,,,,0,6\n< OK\n? register.decision == \"block\"\n";
    let down = "* register down\n* power cycle\n~ 3s\n> AT\n< OK\n? register.decision == \"unavailable\"\n";
    let address = || format!("http://{}", server.address);
    let of = |text: &str, time| {
        played(address(), format!("{REFUSED}{refused}{text}"), Options { time, ..Options::default() })
    };
    assert_eq!(of("", Time::Auto).await, "passed");
    assert_eq!(server.count(), 2);
    assert_eq!(of(down, Time::Virtual).await, "passed");
    assert_eq!(server.count(), 3);
}

#[cfg(unix)]
#[tokio::test]
async fn an_application_is_played_against_it() {
    let server = Server::start().await;
    server.list(KEY, "BLACKLISTED");
    let exec = "sh -c 'exec 3<>{port}; for i in 1 2; do printf \"AT+CEREG=3\\r\" >&3; sleep 2; done'";
    let text =
        format!("{REFUSED}> AT+CEREG=3\n< OK\n> AT+CEREG=3\n< OK\n? cause == 6 and register.decision == \"block\"\n");
    let options = Options { exec: Some(exec.to_owned()), ..Options::default() };
    assert_eq!(played(format!("http://{}", server.address), text, options).await, "passed");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_script_that_changes_the_lists_is_not_played_against_it() {
    let address = || "http://127.0.0.1:7511".to_owned();
    let of = |text: &str| played(address(), text.to_owned(), Options::default());
    let direction = of("> AT\n< OK\n* register block 00101700\n").await;
    let header = of("+++\nregister.track = [\"00101700\"]\n+++\n> AT\n< OK\n").await;
    insta::assert_snapshot!(format!("{direction}\n{header}"), @"
    skipped: it says `* register block 00101700`, and the register at http://127.0.0.1:7511 keeps its lists itself
    skipped: its header has `register.track`, and the register at http://127.0.0.1:7511 keeps its lists itself
    ");
}

#[tokio::test]
async fn a_register_that_is_down_is_noted_in_the_report() {
    let (_held, address) = nowhere();
    let text = "> AT+CEREG=3\n< OK\n@ until 10s every 100ms\n> AT+CEREG?\n< +CEREG: 3,{:int}{*},0,22\n< OK\n? register.decision == \"unavailable\"\n";
    let told = played(
        format!("http://{address}?tries=1"),
        format!("{REFUSED}{text}"),
        Options { time: Time::Virtual, ..Options::default() },
    )
    .await;
    assert!(told.starts_with("passed\nwarning[register.unreachable]: the register at http://127.0.0.1:"), "{told}");
}
