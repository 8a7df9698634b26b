//! The tests open the slave as programs do: by its path, with plain files.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::*;

fn client(path: &Path) -> File {
    use std::os::unix::fs::OpenOptionsExt;
    let noctty = rustix::fs::OFlags::NOCTTY.bits().cast_signed();
    OpenOptions::new().read(true).write(true).custom_flags(noctty).open(path).unwrap()
}

/// What happens next, in words; `…` when nothing does for a while.
async fn next(pty: &mut Pty) -> String {
    match tokio::time::timeout(Duration::from_millis(500), pty.next()).await {
        Ok(LineEvent::Bytes(bytes)) => bytes.escape_ascii().to_string(),
        Ok(event) => format!("{event:?}"),
        Err(_) => "…".to_owned(),
    }
}

#[tokio::test]
async fn a_client_comes_says_something_and_goes() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    let mut host = client(pty.path());
    host.write_all(b"AT\r").unwrap();
    assert_eq!(next(&mut pty).await, "Opened");
    assert_eq!(next(&mut pty).await, r"AT\r");
    assert_eq!(pty.send(b"\r\nOK\r\n"), Sent::All);
    let mut answer = [0; 6];
    host.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"\r\nOK\r\n");
    drop(host);
    assert_eq!(next(&mut pty).await, "Closed");
    assert_eq!(next(&mut pty).await, "…");
}

#[tokio::test]
async fn what_was_written_before_the_closing_is_told_before_it() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    for _ in 0..20 {
        client(pty.path()).write_all(b"AT\r").unwrap();
        assert_eq!(next(&mut pty).await, "Opened");
        assert_eq!(next(&mut pty).await, r"AT\r");
        assert_eq!(next(&mut pty).await, "Closed");
    }
}

#[tokio::test]
async fn only_the_last_of_several_descriptors_counts_as_closing() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    // As a shell does it in `chat <LINK >LINK`: two equal events that inotify merges into one.
    let (one, two) = (client(pty.path()), client(pty.path()));
    assert_eq!(next(&mut pty).await, "Opened");
    drop(one);
    assert_eq!(next(&mut pty).await, "…");
    drop(two);
    assert_eq!(next(&mut pty).await, "Closed");
}

#[tokio::test]
async fn descriptors_that_close_together_are_noticed_though_their_events_merge() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    let one = client(pty.path());
    assert_eq!(next(&mut pty).await, "Opened");
    let two = client(pty.path());
    assert_eq!(next(&mut pty).await, "…");
    drop((one, two));
    assert_eq!(next(&mut pty).await, "Closed");
}

#[tokio::test]
async fn a_client_that_reopens_at_once_is_a_new_one_and_is_heard() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    let host = client(pty.path());
    assert_eq!(next(&mut pty).await, "Opened");
    pty.send(b"stale");
    drop(host);
    let mut host = client(pty.path());
    host.write_all(b"AT\r").unwrap();
    assert_eq!(next(&mut pty).await, "Closed");
    assert_eq!(next(&mut pty).await, "Opened");
    assert_eq!(next(&mut pty).await, r"AT\r");
    pty.send(b"fresh");
    let mut answer = [0; 5];
    host.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"fresh");
}

#[tokio::test]
async fn a_client_that_opens_behind_another_and_goes_before_anybody_looks_has_gone() {
    for looks in [false, true] {
        let mut pty = Ptys::new().unwrap().create(None).unwrap();
        let first = client(pty.path());
        assert_eq!(next(&mut pty).await, "Opened");
        drop(first);
        let mut second = client(pty.path());
        second.write_all(b"ATD*99#\r").unwrap();
        if looks {
            // Its coming is known before its going.
            assert_eq!(pty.send(b"nobody waits for this"), Sent::Unheard);
        }
        drop(second);
        assert_eq!(next(&mut pty).await, "Closed");
        assert_eq!(next(&mut pty).await, "Opened");
        assert_eq!(next(&mut pty).await, r"ATD*99#\r");
        pty.send(b"CONNECT");
        assert_eq!(next(&mut pty).await, "Closed");
        assert_eq!(next(&mut pty).await, "…");
        // Whoever comes next finds nothing of it.
        let mut third = client(pty.path());
        assert_eq!(next(&mut pty).await, "Opened");
        pty.send(b"fresh");
        let mut answer = [0; 16];
        let n = third.read(&mut answer).unwrap();
        assert_eq!(&answer[..n], b"fresh");
    }
}

#[tokio::test]
async fn what_an_old_client_wrote_is_not_answered_to_the_new_one() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    // All of it before the emulator has had a chance to look, as on a busy machine.
    client(pty.path()).write_all(b"AT+CGSN\rATI\r").unwrap();
    let mut host = client(pty.path());
    host.write_all(b"AT\r").unwrap();
    assert_eq!(next(&mut pty).await, "Opened");
    assert_eq!(next(&mut pty).await, r"AT+CGSN\rATI\r");
    assert_eq!(pty.send(b"an answer to it"), Sent::Unheard);
    assert_eq!(next(&mut pty).await, "Closed");
    assert_eq!(next(&mut pty).await, "Opened");
    assert_eq!(next(&mut pty).await, r"AT\r");
    pty.send(b"OK");
    let mut answer = [0; 8];
    let n = host.read(&mut answer).unwrap();
    assert_eq!(&answer[..n], b"OK");
}

#[tokio::test]
async fn a_new_client_that_has_written_nothing_is_answered_nothing() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    client(pty.path()).write_all(b"AT+CGSN\r").unwrap();
    let mut host = client(pty.path());
    assert_eq!(next(&mut pty).await, "Opened");
    assert_eq!(next(&mut pty).await, r"AT+CGSN\r");
    assert_eq!(pty.send(b"an answer to it"), Sent::Unheard);
    assert_eq!(next(&mut pty).await, "Closed");
    assert_eq!(next(&mut pty).await, "Opened");
    host.write_all(b"AT\r").unwrap();
    assert_eq!(next(&mut pty).await, r"AT\r");
}

#[tokio::test]
async fn a_client_that_had_been_there_for_long_is_told_from_the_next_one_too() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    for _ in 0..3 {
        let mut host = client(pty.path());
        assert_eq!(next(&mut pty).await, "Opened");
        for _ in 0..2 * STAYS {
            host.write_all(b"AT\r").unwrap();
            assert_eq!(next(&mut pty).await, r"AT\r");
        }
        host.write_all(b"AT+CGSN\r").unwrap();
        drop(host);
        let mut host = client(pty.path());
        host.write_all(b"ATI\r").unwrap();
        assert_eq!(next(&mut pty).await, r"AT+CGSN\r");
        assert_eq!(pty.send(b"an answer to it"), Sent::Unheard);
        assert_eq!(next(&mut pty).await, "Closed");
        assert_eq!(next(&mut pty).await, "Opened");
        assert_eq!(next(&mut pty).await, r"ATI\r");
        drop(host);
        assert_eq!(next(&mut pty).await, "Closed");
    }
}

#[tokio::test]
async fn a_client_that_writes_more_than_the_system_holds_is_heard_to_the_end() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    let mut host = client(pty.path());
    assert_eq!(next(&mut pty).await, "Opened");
    let long: Vec<u8> = (0..200_000u32).map(|n| b'a' + (n % 26) as u8).collect();
    let written = long.clone();
    let writer = std::thread::spawn(move || host.write_all(&written).map(|()| host));
    let mut heard = Vec::new();
    while heard.len() < long.len() {
        match tokio::time::timeout(Duration::from_secs(5), pty.next()).await.expect("more comes") {
            LineEvent::Bytes(bytes) => heard.extend_from_slice(bytes),
            event @ (LineEvent::Opened | LineEvent::Lines { .. } | LineEvent::Closed | LineEvent::Gone) => {
                panic!("{event:?}")
            }
        }
    }
    assert!(heard == long);
    drop(writer.join().unwrap().unwrap());
    assert_eq!(next(&mut pty).await, "Closed");
}

#[tokio::test]
async fn what_a_client_did_not_read_is_not_the_next_ones() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    let host = client(pty.path());
    assert_eq!(next(&mut pty).await, "Opened");
    let mut sent = Vec::new();
    for _ in 0..100 {
        sent.push(pty.send(&[b'x'; 1000]));
    }
    assert!(sent.contains(&Sent::Queued) && sent.contains(&Sent::Dropped(1000)), "{sent:?}");
    drop(host);
    assert_eq!(next(&mut pty).await, "Closed");
    let mut host = client(pty.path());
    assert_eq!(next(&mut pty).await, "Opened");
    pty.send(b"fresh");
    let mut answer = [0; 16];
    let n = host.read(&mut answer).unwrap();
    assert_eq!(answer[..n].escape_ascii().to_string(), "fresh");
}

#[tokio::test]
async fn a_slow_client_gets_what_waits_in_order() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    let mut host = client(pty.path());
    assert_eq!(next(&mut pty).await, "Opened");
    let long: Vec<u8> = (0..50_000u32).map(|n| b'a' + (n % 26) as u8).collect();
    assert_eq!(pty.send(&long), Sent::Queued);
    let reader = std::thread::spawn(move || {
        let mut got = vec![0; 50_000];
        host.read_exact(&mut got).map(|()| (got, host))
    });
    assert_eq!(next(&mut pty).await, "…");
    let (got, _host) = reader.join().unwrap().unwrap();
    assert_eq!(got, long);
}

#[tokio::test]
async fn a_clients_settings_and_lock_go_with_it() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    let host = client(pty.path());
    let mut termios = tcgetattr(&host).unwrap();
    termios.local_modes |= LocalModes::ECHO | LocalModes::ICANON;
    tcsetattr(&host, OptionalActions::Now, &termios).unwrap();
    rustix::termios::ioctl_tiocexcl(&host).unwrap();
    assert_eq!(next(&mut pty).await, "Opened");
    drop(host);
    assert_eq!(next(&mut pty).await, "Closed");
    let host = client(pty.path());
    assert!(!tcgetattr(&host).unwrap().local_modes.intersects(LocalModes::ECHO | LocalModes::ICANON));
}

#[tokio::test]
async fn nobody_hears_what_is_said_before_a_client_comes() {
    let mut pty = Ptys::new().unwrap().create(None).unwrap();
    assert_eq!(pty.send(b"RDY"), Sent::Unheard);
    let mut host = client(pty.path());
    assert_eq!(next(&mut pty).await, "Opened");
    pty.send(b"OK");
    let mut answer = [0; 8];
    let n = host.read(&mut answer).unwrap();
    assert_eq!(&answer[..n], b"OK");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_share_one_watch_on_any_runtime() {
    let ptys = Ptys::new().unwrap();
    let mut all: Vec<Pty> = (0..50).map(|_| ptys.create(None).unwrap()).collect();
    for pty in &mut all {
        let host = client(pty.path());
        assert_eq!(next(pty).await, "Opened");
        drop(host);
        assert_eq!(next(pty).await, "Closed");
        assert_eq!(tokio::time::timeout(Duration::from_millis(1), pty.next()).await.ok(), None);
    }
}
