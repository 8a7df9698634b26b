//! Boards made of scripts and of virtual modems, onboarded in one process.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};

use super::*;
use crate::identity::ImeiKey;
use crate::modem::{AtPort, Modem, Override, Profile, Tick};
use crate::port::{Address, Line, Listener};
use crate::register::assess::{Candidate, assess};
use crate::register::store::{NewAct, Store, Verb};
use crate::register::{Desk, DeskFacts, Office, RULES, Register, first_held};
use crate::rig::map::DeviceMap;
use crate::rig::talk::{Talk, Way};
use crate::run::emulate::{Emulation, Notice, Observer};

const IMEI: &str = "001017001234569";

struct Deaf;

impl Observer for Deaf {
    fn notice(&mut self, _: Tick, _: AtPort, _: Notice) {}
}

/// A virtual modem on a Unix socket, which blocks these.
async fn modem(
    folder: &tempfile::TempDir,
    name: &str,
    imei: &str,
    profile: &str,
    settings: &[&str],
    blocked: &[&str],
) -> Board {
    let overrides: Vec<Override> = settings.iter().map(|text| Override::parse(text).unwrap()).collect();
    let profile = Profile::named(profile, &overrides).unwrap();
    let mut register = Register::default();
    for entry in blocked {
        register.block(entry).unwrap();
    }
    let address = Address::Unix(folder.path().join(name));
    let line = Line::Socket(Box::new(Listener::bind(&address).await.unwrap()));
    let modem = Modem::new(profile, Some(imei.parse().unwrap()), 0);
    let (answers, answering) = oneshot::channel();
    tokio::spawn(Emulation::new(modem, line, Arc::new(Mutex::new(Office::from(register))), Deaf).live(answers));
    answering.await.unwrap();
    Board { name: name.to_owned(), names: vec![name.to_owned()], ..Board::at(address) }
}

/// A board made of a function: a line in, what it says out. `None` says nothing.
async fn scripted(
    folder: &tempfile::TempDir,
    name: &str,
    mut answer: impl FnMut(&str) -> Option<Vec<u8>> + Send + 'static,
) -> Board {
    let path = folder.path().join(name);
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            serve(&mut stream, &mut answer).await;
        }
    });
    Board { name: name.to_owned(), names: vec![name.to_owned()], ..Board::at(Address::Unix(path)) }
}

/// Until the client has left, or the board answers `!`: it leaves.
async fn serve(stream: &mut UnixStream, answer: &mut impl FnMut(&str) -> Option<Vec<u8>>) {
    let mut line = Vec::new();
    let mut byte = [0];
    while let Ok(1) = stream.read(&mut byte).await {
        if byte != *b"\r" {
            line.push(byte[0]);
            continue;
        }
        let text = String::from_utf8_lossy(&std::mem::take(&mut line)).into_owned();
        match answer(&text) {
            Some(said) if said == b"!" => return,
            Some(said) if stream.write_all(&said).await.is_err() => return,
            Some(_) | None => {}
        }
    }
}

/// What a plain module says: who it is, and `OK` or `ERROR` to all else.
fn plain(line: &str) -> Vec<u8> {
    let value = match line {
        "AT" | "ATE0" | "ATV1" | "AT+CMEE=1" | "AT+CFUN=4" | "AT+CFUN=1" => "",
        "AT+CGMI" => "atgate",
        "AT+CGMM" => "scripted",
        "AT+CGSN" => IMEI,
        "AT+CPIN?" => "+CPIN: READY",
        "AT+CIMI" => "001010123456789",
        "AT+CREG=?" => "+CREG: (0-2)",
        "AT+CREG=2" => "",
        "AT+CREG?" => "+CREG: 2,1,\"00A1\",\"0001\",7",
        "AT+CSQ" => "+CSQ: 21,99",
        _ => return b"\r\nERROR\r\n".to_vec(),
    };
    if value.is_empty() { b"\r\nOK\r\n".to_vec() } else { format!("\r\n{value}\r\n\r\nOK\r\n").into_bytes() }
}

/// Short limits: nothing here is far away.
fn brisk() -> Settings {
    Settings {
        patience: Duration::from_secs(20),
        registration: Duration::from_secs(5),
        settle: Duration::from_millis(50),
        settle_transient: Duration::from_millis(300),
        poll: Duration::from_millis(100),
        pause: Duration::from_millis(20),
        ..Settings::default()
    }
}

async fn onboard(settings: Settings, registry: Registry, labels: Labels, boards: Vec<Board>) -> Vec<Record> {
    let bench = Bench::new(settings, registry, labels, None, None, |_, _| {}).unwrap();
    let (sender, coming) = mpsc::unbounded_channel();
    boards.into_iter().for_each(|board| sender.send(board).unwrap());
    drop(sender);
    tokio::time::timeout(Duration::from_secs(120), bench.run(coming)).await.unwrap()
}

/// A record without its times and places.
fn told(folder: &tempfile::TempDir, records: &[Record]) -> String {
    let mut text = String::new();
    for record in records {
        text += &format!("{}: {}", record.board, record.verdict.word());
        if record.attempts > 1 {
            text += &format!(", attempt {}", record.attempts);
        }
        text.push('\n');
        for (kind, fault) in
            record.retried.iter().map(|fault| ("again ", fault)).chain(record.faults.iter().map(|fault| ("", fault)))
        {
            text += &format!("  {kind}{}[{}]: {}\n", fault.kind, fault.code, fault.words);
        }
        for remark in record.remarks.iter().filter(|remark| remark.severity == "warning") {
            text += &format!("  warning[{}]: {}\n", remark.code, remark.words);
        }
        for note in &record.notes {
            text += &format!("  note: {note}\n");
        }
    }
    text.replace(folder.path().to_str().unwrap(), "FOLDER")
}

fn is_attached(record: &Record) -> bool {
    record.attachment.as_ref().is_some_and(|attachment| attachment.is_registered)
}

#[tokio::test]
async fn a_board_is_identified_checked_attached_and_measured() {
    let folder = tempfile::tempdir().unwrap();
    let labels = Labels::read(b"device,imei,iccid\na,001017001234569,\n").unwrap();
    let board = modem(&folder, "a", IMEI, "generic-lte", &["sim.eid=89001012012341234012345678901224"], &[]).await;
    let records = onboard(brisk(), Registry::Nobody, labels, vec![board]).await;
    assert_eq!(told(&folder, &records), "a: pass\n");
    let [record] = &records[..] else { panic!("{records:?}") };
    let facts: Vec<String> =
        record.facts.iter().map(|fact| format!("{} {:?} {}", fact.name, fact.standing, fact.value)).collect();
    insta::assert_snapshot!("facts_of_generic_lte", facts.join("\n"));
    let attachment = record.attachment.as_ref().unwrap();
    insta::assert_snapshot!("attachment_of_generic_lte", format!("{attachment:#?}"));
    let names: Vec<&str> = record.measurements.iter().map(|measured| measured.name.as_str()).collect();
    assert_eq!(names, ["boot", "time_to_register", "rssi", "rsrp", "rsrq"]);
    assert!(record.steps.iter().all(|step| step.is_done));
}

#[tokio::test]
async fn each_makers_commands_are_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut boards = Vec::new();
    for (name, imei) in
        [("quectel-bg95", "001017002345679"), ("telit-me910", "001017004567890"), ("ublox-sara-r5", "001017003456780")]
    {
        boards.push(modem(&folder, name, imei, name, &[], &[]).await);
    }
    let settings = Settings { steps: "identify".parse().unwrap(), ..brisk() };
    let records = onboard(settings, Registry::Nobody, Labels::default(), boards).await;
    let mut text = String::new();
    for record in &records {
        text += &format!("{}: {}\n", record.board, record.verdict.word());
        for fact in &record.facts {
            text += &format!("  {} {:?} {}\n", fact.name, fact.standing, fact.value);
        }
        for setting in &record.configuration {
            text += &format!("  {} {}\n", setting.command, setting.value);
        }
    }
    insta::assert_snapshot!("facts_of_three_makers", text);
}

#[tokio::test]
async fn what_the_network_refuses_is_put_down_to_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let mut boards = Vec::new();
    for cause in [2, 3, 6, 7, 8, 11, 12, 13, 14, 15, 17, 22] {
        let name = format!("cause-{cause:02}");
        let imei = format!("0010170012{cause:02}00");
        boards.push(modem(&folder, &name, &imei, "generic-lte", &[&format!("network.deny={cause}")], &[]).await);
    }
    boards.push(
        modem(
            &folder,
            "no-cause-line",
            "00101700990001",
            "quectel-bg95",
            &["network.deny=6", "network.timing.search=100ms", "network.timing.register=100ms"],
            &[],
        )
        .await,
    );
    boards.push(
        modem(
            &folder,
            "by-ceernet",
            "00101700990002",
            "telit-me910",
            &["network.deny=6", "network.timing.search=100ms", "network.timing.register=100ms"],
            &[],
        )
        .await,
    );
    boards.push(modem(&folder, "no-coverage", "00101700990003", "generic-lte", &["network.coverage=false"], &[]).await);
    boards.push(modem(&folder, "no-session", "00101700990004", "generic-lte", &["network.session.deny=33"], &[]).await);
    boards.push(modem(&folder, "no-sim", "00101700990005", "generic-lte", &["sim.present=false"], &[]).await);
    boards.push(modem(&folder, "locked", "00101700990006", "generic-lte", &["sim.pin=4711"], &[]).await);
    boards.push(modem(&folder, "locked-bg95", "00101700990007", "quectel-bg95", &["sim.pin=4711"], &[]).await);
    let records = onboard(brisk(), Registry::Nobody, Labels::default(), boards).await;
    insta::assert_snapshot!("refusals", told(&folder, &records));
    // The tries that a card leaves were read and not spent.
    assert_eq!(records.iter().find(|record| record.board == "locked-bg95").unwrap().fact("pin_tries"), Some("3"));
}

#[tokio::test]
async fn a_blocked_board_is_not_attached_unless_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let lists = || {
        let mut register = Register::default();
        register.block(IMEI).unwrap();
        Registry::Office(Mutex::new(Office::from(register)), Box::default())
    };
    let board = modem(&folder, "a", IMEI, "generic-lte", &[], &[]).await;
    let records = onboard(brisk(), lists(), Labels::default(), vec![board.clone()]).await;
    insta::assert_snapshot!(told(&folder, &records), @r"
        a: fail
          identity[blocked]: it is on the block list
          note: it was not attached: its radio stays off
        ");
    assert!(records[0].attachment.is_none());
    let anyway = Settings { attach_anyway: true, ..brisk() };
    let records = onboard(anyway, lists(), Labels::default(), vec![board]).await;
    assert!(is_attached(&records[0]) && records[0].verdict == Verdict::Fail);
}

#[tokio::test]
async fn two_boards_with_one_number_both_fail_whichever_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let first = modem(&folder, "a", IMEI, "generic-lte", &[], &[]).await;
    let second = modem(&folder, "b", IMEI, "generic-lte", &[], &[]).await;
    let other = modem(&folder, "c", "001017001234577", "generic-lte", &[], &[]).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let listener = move |board: &str, progress: &Progress| match progress {
        Progress::Done(record) => hears.lock().unwrap().push(format!("{board} {}", record.verdict.word())),
        Progress::Amended(record) => hears.lock().unwrap().push(format!("{board} amended: {}", record.verdict.word())),
        Progress::Begun | Progress::Step(_) | Progress::Again { .. } => {}
    };
    let bench = Bench::new(brisk(), Registry::Nobody, Labels::default(), None, None, listener).unwrap();
    let (boards, coming) = mpsc::unbounded_channel();
    boards.send(first).unwrap();
    let mut running = std::pin::pin!(bench.run(coming));
    // The second comes once the first has passed.
    let is_done = async {
        while heard.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await
        }
    };
    tokio::select! { _ = &mut running => panic!("more may come"), () = is_done => {} }
    boards.send(second).unwrap();
    boards.send(other).unwrap();
    drop(boards);
    let records = tokio::time::timeout(Duration::from_secs(60), running).await.unwrap();
    insta::assert_snapshot!(told(&folder, &records), @r"
        a: fail
          identity[duplicate]: another device has the same number: b
        b: fail
          identity[duplicate]: another device has the same number: a
          note: it was not attached: its radio stays off
        c: pass
        ");
    let mut heard = heard.lock().unwrap().clone();
    heard.sort();
    insta::assert_snapshot!(heard.join("\n"), @r"
        a amended: fail
        a pass
        b fail
        c pass
        ");
}

#[tokio::test]
async fn what_a_board_does_instead_of_answering_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut boards = vec![
        scripted(&folder, "a-plain", |line| Some(plain(line))).await,
        scripted(&folder, "b-silent", |_| None).await,
        scripted(&folder, "c-garbage", |_| Some(vec![0x80, 0xFE, 0x00, 0xE0, 0xFF])).await,
        scripted(&folder, "d-no-ok", |_| Some(b"\r\nlogin: \r\n".to_vec())).await,
    ];
    // It answers the fourth line only, as a board that boots does, and echoes.
    let mut asked = 0;
    boards.push(
        scripted(&folder, "e-late", move |line| {
            asked += 1;
            (asked > 3).then(|| [format!("{line}\r").into_bytes(), plain(line)].concat())
        })
        .await,
    );
    boards.push(
        scripted(&folder, "f-crossed", |line| {
            Some(if line == "AT+CIMI" { b"\r\n+CSQ: 21,99\r\n\r\nOK\r\n".to_vec() } else { plain(line) })
        })
        .await,
    );
    boards.push(
        scripted(&folder, "g-leaves", |line| Some(if line == "AT+CIMI" { b"!".to_vec() } else { plain(line) })).await,
    );
    // The second time it stays.
    let mut starts = 0;
    boards.push(
        scripted(&folder, "h-restarts-once", move |line| {
            starts += usize::from(line == "AT+CPIN?");
            Some(if line == "AT+CPIN?" && starts == 1 { b"\r\nRDY\r\n\r\nERROR\r\n".to_vec() } else { plain(line) })
        })
        .await,
    );
    let mut has_stopped = false;
    boards.push(
        scripted(&folder, "i-stops", move |line| {
            has_stopped |= line == "AT+CPIN?";
            (!has_stopped).then(|| plain(line))
        })
        .await,
    );
    boards.push(Board { name: "j-missing".into(), ..Board::at(Address::Unix(folder.path().join("nothing"))) });
    let steps = "identify,attach".parse().unwrap();
    let settings = Settings { patience: Duration::from_millis(2500), steps, ..brisk() };
    let records = onboard(settings, Registry::Nobody, Labels::default(), boards).await;
    insta::assert_snapshot!("misbehaviour", told(&folder, &records));
}

#[tokio::test]
async fn who_a_board_says_it_is_must_agree_with_itself_and_its_label() {
    let folder = tempfile::tempdir().unwrap();
    let answering = |asked: &'static [(&'static str, &'static str)]| {
        move |line: &str| {
            let said = asked
                .iter()
                .find(|(command, _)| *command == line)
                .map(|(_, said)| format!("\r\n{said}\r\n\r\nOK\r\n").into_bytes());
            Some(said.unwrap_or_else(|| plain(line)))
        }
    };
    let boards = vec![
        scripted(&folder, "two-imeis", answering(&[("AT+CGSN=1", "+CGSN: \"001017001234577\"")])).await,
        scripted(
            &folder,
            "another-sv",
            answering(&[("AT+CGSN", "001017001234585"), ("AT+CGSN=2", "+CGSN: \"0010170012345902\"")]),
        )
        .await,
        scripted(&folder, "zeros", answering(&[("AT+CGSN", "000000000000000")])).await,
        scripted(&folder, "empty", answering(&[("AT+CGSN", "")])).await,
        scripted(
            &folder,
            "a-uuid",
            answering(&[
                ("AT+CGSN=1", "+CGSN: \"001017001234593\""),
                ("AT+CGSN", "0b8a5b3e-1d2c-4c5e-8f00-000000000000"),
            ]),
        )
        .await,
        scripted(
            &folder,
            "labelled",
            answering(&[("AT+CGSN", "001017001234601"), ("AT+CCID", "+CCID: 8999901000000000013")]),
        )
        .await,
        scripted(&folder, "label-twice", answering(&[("AT+CGSN", "001017001234619")])).await,
    ];
    let labels = b"device,imei,iccid\nlabelled,001017001234577,8999901000000000021\nlabel-twice,001017001234619,\nlabel-twice,001017001234601,\n";
    let settings = Settings { steps: "identify,check".parse().unwrap(), ..brisk() };
    let records = onboard(settings, Registry::Nobody, Labels::read(labels).unwrap(), boards).await;
    insta::assert_snapshot!("identities", told(&folder, &records));
}

#[tokio::test]
async fn a_limit_that_is_not_kept_fails_and_a_lock_explains_a_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let mut board = modem(&folder, "weak", IMEI, "generic-lte", &["network.signal=-110"], &[]).await;
    board.limits = vec!["rsrp >= -100 dBm".parse().unwrap(), "sinr >= 3 dB".parse().unwrap()];
    let locked = |line: &str| {
        Some(match line {
            "AT+CGMI" => b"\r\nSIMCOM INCORPORATED\r\n\r\nOK\r\n".to_vec(),
            "AT+CNMP?" => b"\r\n+CNMP: 13\r\n\r\nOK\r\n".to_vec(),
            "AT+CGSN" => b"\r\n001017001234577\r\n\r\nOK\r\n".to_vec(),
            "AT+CREG?" => b"\r\n+CREG: 2,2\r\n\r\nOK\r\n".to_vec(),
            line => plain(line),
        })
    };
    let forbidding = |line: &str| {
        Some(match line {
            "AT+CGSN" => b"\r\n001017001234585\r\n\r\nOK\r\n".to_vec(),
            "AT+CRSM=176,28539,0,0,12" => b"\r\n+CRSM: 144,0,\"00F110FFFFFFFFFFFFFFFFFF\"\r\n\r\nOK\r\n".to_vec(),
            "AT+CREG?" => b"\r\n+CREG: 2,3\r\n\r\nOK\r\n".to_vec(),
            line => plain(line),
        })
    };
    let boards = vec![board, scripted(&folder, "locked", locked).await, scripted(&folder, "forbids", forbidding).await];
    let settings = Settings { registration: Duration::from_millis(500), ..brisk() };
    let records = onboard(settings, Registry::Nobody, Labels::default(), boards).await;
    insta::assert_snapshot!(told(&folder, &records), @r"
        weak: fail
          network[limit]: expected rsrp of at least -100 dBm, measured -138 dBm
          note: sinr was not measured, and its limit not applied
          note: it is refused: its radio is off
        locked: fail
          configuration[wrong-configuration]: no network let it in within 0.5 s; it hears -71 dBm and searches on; AT+CNMP? says +CNMP: 13
          note: it is refused: its radio is off
        forbids: fail
          configuration[forbidden-network]: CS: registration denied, and no command tells the cause; the card forbids its own network (EF_FPLMN: 00101)
          note: it is refused: its radio is off
        ");
}

#[tokio::test]
async fn a_bench_that_is_interrupted_says_how_far_each_board_came() {
    let folder = tempfile::tempdir().unwrap();
    let board = scripted(&folder, "silent", |_| None).await;
    let bench = Bench::new(
        Settings { patience: Duration::from_secs(600), ..brisk() },
        Registry::Nobody,
        Labels::default(),
        None,
        None,
        |_, _| {},
    )
    .unwrap();
    let (sender, coming) = mpsc::unbounded_channel();
    sender.send(board).unwrap();
    drop(sender);
    let mut running = std::pin::pin!(bench.run(coming));
    tokio::select! { _ = &mut running => panic!("it is silent"), () = tokio::time::sleep(Duration::from_millis(50)) => {} }
    bench.interrupt();
    let records = tokio::time::timeout(Duration::from_secs(60), running).await.unwrap();
    assert_eq!(records[0].verdict, Verdict::Interrupted);
    assert_eq!(records[0].steps.len(), 1);
}

/// The board of a map with one, whose text is behind its name and its address.
fn mapped(board: &Board, text: &str) -> Board {
    let text = format!(
        "[limits]\nrsrp = '>= -100 dBm'\n[[device]]\nname = '{}'\naddress = '{}'\n{text}",
        board.name, board.address
    );
    let map = DeviceMap::from_toml(Path::new("atgate.toml"), text).unwrap();
    Board::from(&map.assign(&[]).plugged[0])
}

#[tokio::test]
async fn the_limits_of_the_map_are_held_and_a_boards_own_stand_in_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let weak = ["network.signal=-110"];
    let strict = mapped(&modem(&folder, "strict", IMEI, "generic-lte", &weak, &[]).await, "");
    let mild = modem(&folder, "mild", "001017001234577", "generic-lte", &weak, &[]).await;
    let mild = mapped(&mild, "limits = { rsrp = '>= -140 dBm' }\n");
    let records = onboard(brisk(), Registry::Nobody, Labels::default(), vec![strict, mild]).await;
    insta::assert_snapshot!(told(&folder, &records), @r"
    strict: fail
      network[limit]: expected rsrp of at least -100 dBm, measured -138 dBm
      note: it is refused: its radio is off
    mild: pass
    ");
}

#[tokio::test]
async fn a_silent_board_is_switched_off_and_on_before_the_last_try() {
    let folder = tempfile::tempdir().unwrap();
    let revived = folder.path().join("revived");
    let power = |on: &str| format!("power = {{ on = \"{on}\", off = \"true\", off_seconds = 0 }}\n");
    let is_there = revived.clone();
    let dead = scripted(&folder, "dead", move |line| is_there.exists().then(|| plain(line))).await;
    let dead = mapped(&dead, &power(&format!("touch {}", revived.display())));
    let stays =
        mapped(&scripted(&folder, "stays-dead", |_| None).await, &power("sh -c 'echo no such hub >&2; exit 3'"));
    let without = scripted(&folder, "without", |_| None).await;
    let settings =
        Settings { patience: Duration::from_millis(600), tries: 2, steps: "identify".parse().unwrap(), ..brisk() };
    let records = onboard(settings, Registry::Nobody, Labels::default(), vec![dead, stays, without]).await;
    insta::assert_snapshot!(told(&folder, &records), @r"
    dead: pass, attempt 2
      again bench[silent]: not a byte came in 0.6 s
      note: it did not answer: its power was switched off and on before the last try
    stays-dead: error, attempt 2
      again bench[silent]: not a byte came in 0.6 s
      bench[silent]: not a byte came in 0.6 s
      note: its power could not be switched: `sh -c 'echo no such hub >&2; exit 3'` ended with exit status: 3: no such hub; run the command by hand: may this user switch the hub?
    without: error, attempt 2
      again bench[silent]: not a byte came in 0.6 s
      bench[silent]: not a byte came in 0.6 s
    ");
}

/// How a modem reports, and whether its radio is on; the last with its echo.
async fn reporting(board: &Board) -> Vec<String> {
    let mut talk = Talk::open(&board.address).await.unwrap();
    let mut answers = Vec::new();
    for line in ["AT+CMEE?", "AT+CREG?", "AT+CEREG?", "AT+CFUN?"] {
        let came = Arc::new(Mutex::new(Vec::new()));
        let bytes = Arc::clone(&came);
        talk = talk.watched(move |way, piece| {
            if way == Way::FromModem {
                bytes.lock().unwrap().extend_from_slice(piece);
            }
        });
        let reply = talk.ask(line, Some(Duration::from_secs(10))).await.unwrap();
        let echo = if came.lock().unwrap().starts_with(line.as_bytes()) { "echo, " } else { "" };
        answers.push(format!("{echo}{}", reply.lines.join(" | ").split([',', '\r']).next().unwrap_or_default()));
    }
    answers
}

#[tokio::test]
async fn how_a_module_reports_is_put_back_and_a_refused_ones_radio_is_off() {
    let folder = tempfile::tempdir().unwrap();
    let good = modem(&folder, "good", IMEI, "generic-lte", &[], &[]).await;
    let refused = modem(&folder, "refused", "001017001234577", "generic-lte", &["network.deny=6"], &[]).await;
    for board in [&good, &refused] {
        let mut talk = Talk::open(&board.address).await.unwrap();
        for line in ["AT+CMEE=2", "AT+CEREG=1"] {
            talk.ask(line, Some(Duration::from_secs(10))).await.unwrap();
        }
    }
    let records = onboard(brisk(), Registry::Nobody, Labels::default(), vec![good.clone(), refused.clone()]).await;
    assert_eq!(records[0].verdict, Verdict::Pass, "{records:?}");
    assert_eq!(records[1].notes, ["it is refused: its radio is off"]);
    let all = [reporting(&good).await.join("; "), reporting(&refused).await.join("; ")];
    insta::assert_snapshot!(all.join("\n"), @r"
    echo, +CMEE: 2; echo, +CREG: 0; echo, +CEREG: 1; echo, +CFUN: 1
    echo, +CMEE: 2; echo, +CREG: 0; echo, +CEREG: 1; echo, +CFUN: 4
    ");
}

#[tokio::test]
async fn a_connection_that_is_refused_where_the_attach_stands_is_put_down_to_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let mut boards = Vec::new();
    for (at, (tech, cause)) in
        [("gsm", 27), ("gsm", 33), ("utran", 29), ("utran", 8), ("gsm", 50), ("utran", 26)].into_iter().enumerate()
    {
        let (only, deny) = (format!("network.techs=[\"{tech}\"]"), format!("network.session.deny={cause}"));
        let tech_now = format!("network.tech={tech}");
        let imei = format!("0010170070000{at}");
        boards.push(
            modem(&folder, &format!("{tech}-{cause}"), &imei, "generic-lte", &[&tech_now, &only, &deny], &[]).await,
        );
    }
    let records = onboard(brisk(), Registry::Nobody, Labels::default(), boards).await;
    let mut text = told(&folder, &records);
    for record in &records {
        let attachment = record.attachment.as_ref().unwrap();
        text += &format!(
            "{} {} {:?} {:?}\n",
            record.board, attachment.is_registered, attachment.cause, attachment.refused_by
        );
    }
    insta::assert_snapshot!("connections_refused", text);
}

#[tokio::test]
async fn a_condition_of_the_register_has_its_grace_from_one_run_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "[[condition]]\nname = 'test-device'\nwhen = ['tac-test']\ngrace_days = 30\nblocking = true\nreason = 'no test devices'\n";
    let desk = |name: &str| {
        let address = folder.path().join(name).display().to_string().parse().unwrap();
        let act = NewAct { verb: Verb::Set, at: Timestamp::now(), who: "test".into(), reason: None, origin: None };
        Store::open(&address).unwrap().set(&act, RULES, rules).unwrap();
        Arc::new(Desk::open(&address, None, Timestamp::now()).unwrap())
    };
    let board = modem(&folder, "a", IMEI, "generic-lte", &[], &[]).await;
    let settings = Settings { steps: "identify,check".parse().unwrap(), ..brisk() };
    let run = |desk: &Arc<Desk>| {
        onboard(settings.clone(), Registry::Kept(Arc::clone(desk)), Labels::default(), vec![board.clone()])
    };

    let fresh = desk("fresh.db");
    let records = run(&fresh).await;
    assert_eq!(records[0].verdict, Verdict::Warn, "{records:?}");
    let key = ImeiKey::new(IMEI[..14].parse().unwrap()).unwrap();
    let since = first_held::of(&mut fresh.store(), key).unwrap();
    assert_eq!(since.keys().map(|name| &**name).collect::<Vec<_>>(), ["test-device"]);

    let old = desk("old.db");
    let long_ago = Timestamp::now() - jiff::SignedDuration::from_hours(60 * 24);
    let assessment = assess(&Candidate::new(IMEI, long_ago), &DeskFacts(&old), &old.rules());
    first_held::keep(&mut old.store(), &assessment).unwrap();
    let records = run(&old).await;
    assert_eq!(records[0].verdict, Verdict::Fail, "{records:?}");
    assert_eq!(records[0].faults[0].code, "turned-away");
}
