//! PostgreSQL over TLS, as an address asks for it; the server takes no other connection over TCP.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use atgate::register::store::{Address, NewAct, Store, Verb};
use jiff::Timestamp;

use crate::serve::file;
use crate::server::encrypted;

fn act() -> NewAct {
    NewAct { verb: Verb::Set, at: Timestamp::UNIX_EPOCH, who: "qa".into(), reason: None, origin: None }
}

#[test]
fn a_database_is_reached_over_tls_as_strictly_as_the_address_says() {
    let Some((port, cert)) = encrypted() else { return };
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name, text: &str| file(folder.path(), name, text).display().to_string();
    let (ours, foreign, empty) = (path("ours.pem", cert), path("other.pem", &other.cert.pem()), path("empty.pem", ""));
    // The certificate is for `localhost`, which need not be this address everywhere.
    let named = |wanted: &str| -> Address {
        format!("postgres://atgate@localhost:{port}/postgres?hostaddr=127.0.0.1{wanted}").parse().unwrap()
    };
    let numbered =
        |wanted: &str| -> Address { format!("postgres://atgate@127.0.0.1:{port}/postgres?{wanted}").parse().unwrap() };
    let all = [
        ("nothing said", named("")),
        ("disable", named("&sslmode=disable")),
        ("prefer", named("&sslmode=prefer")),
        ("require", numbered("sslmode=require")),
        ("require, ours", numbered(&format!("sslmode=require&sslrootcert={ours}"))),
        ("require, other", numbered(&format!("sslmode=require&sslrootcert={foreign}"))),
        ("verify-ca", numbered(&format!("sslmode=verify-ca&sslrootcert={ours}"))),
        ("verify-ca, other", numbered(&format!("sslmode=verify-ca&sslrootcert={foreign}"))),
        ("verify-full", named(&format!("&sslmode=verify-full&sslrootcert={ours}"))),
        ("verify-full, other", named(&format!("&sslmode=verify-full&sslrootcert={foreign}"))),
        ("verify-full, other host", numbered(&format!("sslmode=verify-full&sslrootcert={ours}"))),
        ("no file", named("&sslmode=verify-full&sslrootcert=/nowhere.pem")),
        ("empty file", named(&format!("&sslmode=verify-full&sslrootcert={empty}"))),
        ("weak", named("&sslmode=require&sslrootcert=system")),
        ("no mode", named("&sslmode=full")),
    ];
    let mut told = String::new();
    for (what, address) in all {
        let words = match Store::open(&address) {
            Ok(mut store) => {
                // As many as were opened before: all of one database.
                store.set(&act(), "opened", what).unwrap();
                format!("generation {}", store.generation().unwrap())
            }
            Err(error) => format!("{error}; {}", error.help().unwrap_or_default()),
        };
        let words = words.replace(&port.to_string(), "PORT").replace(folder.path().to_str().unwrap(), "FOLDER");
        writeln!(told, "{what}: {words}").unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_change_is_announced_over_tls_as_well() {
    let Some((port, _)) = encrypted() else { return };
    let address: Address = format!("postgres://atgate@127.0.0.1:{port}/template1?sslmode=require").parse().unwrap();
    let mut hears = Store::open(&address).unwrap();
    let before = hears.generation().unwrap();
    let tells = std::thread::spawn(move || Store::open(&address).unwrap().set(&act(), "told", "x").unwrap());
    let end = Instant::now() + Duration::from_secs(60);
    while hears.generation().unwrap() == before {
        assert!(Instant::now() < end, "nothing was heard");
        hears.wait(Duration::from_secs(10)).unwrap();
    }
    assert_eq!(tells.join().unwrap(), hears.generation().unwrap());
}
