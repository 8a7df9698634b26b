//! Files that are longer than memory is wide.

use std::io::Write;
use std::process::{Command, Stdio};

/// Of each line.
const LENGTH: usize = 60_000;
/// Beyond which a file is longer.
const TWO_GIB: usize = 2 << 30;

/// What comes after a long comment in each line pair, so that the list has entries.
fn piece(serial: usize) -> String {
    let key = atgate::identity::ImeiKey::new(101_700_000_000 + serial as u64).unwrap();
    format!("\n{}\n", atgate::identity::Imei::of(key))
}

/// Gives the program two gibibytes on its standard input, in an address space of one; its exit code and what it said.
fn import(mut give: impl FnMut(&mut dyn Write) -> std::io::Result<()> + Send) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "ulimit -v {} && exec '{}' register import --list block --dry-run -",
        1 << 20,
        env!("CARGO_BIN_EXE_atgate")
    );
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .env("ATGATE_REGISTER", folder.path().join("register.db"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // A program that has seen enough closes the pipe.
        scope.spawn(move || drop(give(&mut input)));
        child.wait_with_output().unwrap()
    });
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_list_of_two_gibibytes_is_read_to_its_end_in_bounded_memory() {
    let mut comment = vec![b'#'; LENGTH];
    let pieces = TWO_GIB / LENGTH + 1;
    let (code, told, errors) = import(|input| {
        for serial in 0..pieces {
            comment.truncate(LENGTH);
            comment.extend_from_slice(piece(serial).as_bytes());
            input.write_all(&comment)?;
        }
        Ok(())
    });
    assert_eq!(code, Some(0), "{errors}");
    let all = format!("{pieces} rows read, a full list of imported for block: {pieces} added");
    assert!(told.starts_with(&all), "{told}");
}

#[test]
fn a_line_of_two_gibibytes_is_one_error() {
    let line = vec![b'1'; LENGTH];
    let (code, _, errors) = import(|input| {
        for _ in 0..=TWO_GIB / LENGTH {
            input.write_all(&line)?;
        }
        input.write_all(b"\n001017000000011\n")
    });
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(errors, @r"
    error: standard input:1:1: a line has at most 65536 bytes, this is longer
    error: nothing was imported: 1 error in standard input
    help: is it a text file whose lines end with LF?
    ");
}
