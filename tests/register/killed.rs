//! Programs that are killed in the middle, and programs that write at the same time: nothing is lost, and nothing is half.

use crate::server::{on_each_store, place};
use atgate::identity::ImeiKey;
use atgate::register::store::{Address, Filter, Mode, NewAct, Scope, Store, StoreError, Verb};
use atgate::register::{Book, Desk, List};
use jiff::Timestamp;
use std::io::Write;
use std::process::{Child, Command, ExitStatus, Stdio};

/// So many devices a list has: enough that a kill comes in the middle of reading, staging and applying it.
const DEVICES: u64 = 6_000;

fn atgate(address: &Address, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atgate"));
    command.args(["register", "--register", &place(address)]).args(arguments);
    command.env("ATGATE_USER", "qa").stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn import(address: &Address) -> Child {
    let mut command = atgate(address, &["import", "--list", "block", "--source", "carrier", "--allow-shrink", "-"]);
    command.stdin(Stdio::piped()).spawn().unwrap()
}

/// The list of a round: the same devices, with the round as their reason.
fn list(round: u64) -> String {
    let rows = (0..DEVICES).map(|n| format!("00101700{n:06},round {round}\n"));
    "imei,reason\n".to_owned() + &rows.collect::<String>()
}

/// How many devices stand there, and for which reasons.
fn standing(store: &mut Store) -> (u64, Vec<String>) {
    let (mut count, mut reasons) = (0, Vec::new());
    store
        .rows::<StoreError>(Filter { book: Some(Book::Lists), ..Filter::default() }, |stored| {
            count += 1;
            let reason = stored.row.reason.as_deref().unwrap_or_default().to_owned();
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
            Ok(())
        })
        .unwrap();
    (count, reasons)
}

/// Waits for whoever writes. A database's server does not die with its client: a commit that was on its way is still done,
/// and only whoever writes next knows that it is over.
fn take_a_turn(store: &mut Store) {
    let act = NewAct { verb: Verb::Import, at: Timestamp::UNIX_EPOCH, who: "qa".into(), reason: None, origin: None };
    let scope = Scope { book: Book::Lists, list: None, source: "nobody" };
    store.import::<StoreError>(&act, scope, Mode::Delta, true, std::iter::empty(), |_| Ok(())).unwrap();
}

#[test]
fn an_import_that_is_killed_is_whole_or_not_there() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let (mut generation, mut standing_there) = (0, (0, Vec::new()));
        let mut kept = 0;
        for round in 0..16_u64 {
            let mut child = import(address);
            let text = list(round);
            // The first rounds are killed while they read, the others at some moment after it.
            let given = if round < 4 { text.len() * round as usize / 4 } else { text.len() };
            let mut input = child.stdin.take().unwrap();
            // Who is killed does not read on.
            let _ = input.write_all(&text.as_bytes()[..given]);
            if round >= 4 {
                drop(input);
                std::thread::sleep(std::time::Duration::from_millis((round - 4) * 23));
            } else {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            child.kill().unwrap();
            child.wait().unwrap();
            take_a_turn(&mut store);
            let now = store.generation().unwrap();
            let there = standing(&mut store);
            if now == generation {
                assert_eq!(there, standing_there, "round {round} left something behind");
            } else {
                assert_eq!(now, generation + 1);
                assert_eq!(there, (DEVICES, vec![format!("round {round}")]), "round {round} is half");
                kept += 1;
            }
            (generation, standing_there) = (now, there);
        }
        // Whatever was killed, the next one goes through.
        let mut child = import(address);
        child.stdin.take().unwrap().write_all(list(99).as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        assert_eq!(standing(&mut store), (DEVICES, vec!["round 99".to_owned()]));
        let desk = Desk::open(address, None, Timestamp::UNIX_EPOCH).unwrap();
        let listed = desk.listed(ImeiKey::new(101_700_000_000 + DEVICES - 1).unwrap(), None).unwrap();
        assert_eq!((listed.list, desk.index().generation()), (List::Block, generation + 1));
        eprintln!("{kept} of 16 were kept before they were killed");
    });
}

#[test]
fn programs_that_write_at_once_lose_nothing() {
    on_each_store(|address| {
        let mut children: Vec<Child> = Vec::new();
        for n in 0..6 {
            let device = format!("001017010000{n:02}");
            children.push(atgate(address, &["block", &device, "--reason", "lost"]).spawn().unwrap());
        }
        let mut importing = import(address);
        importing.stdin.take().unwrap().write_all(list(1).as_bytes()).unwrap();
        children.push(importing);
        let ended: Vec<ExitStatus> = children.iter_mut().map(|child| child.wait().unwrap()).collect();
        assert!(ended.iter().all(ExitStatus::success), "{ended:?}");
        let mut store = Store::open(address).unwrap();
        let (count, _) = standing(&mut store);
        assert_eq!((count, store.generation().unwrap()), (DEVICES + 6, 7));
        let mut numbers: Vec<i64> = store.acts(100).unwrap().iter().map(|act| act.id).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=7).collect::<Vec<_>>());
    });
}
