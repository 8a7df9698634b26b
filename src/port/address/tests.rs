use super::*;

fn show(text: &str) -> String {
    match text.parse::<Address>() {
        Ok(address) => format!("{address:?}\n{address}"),
        Err(error) => format!("error: {error}\nhelp: {}", error.help()),
    }
}

#[test]
fn each_kind_of_port_is_understood() {
    insta::assert_snapshot!(show("/dev/ttyUSB2?baud=9600&framing=7E2&flow=rtscts"), @r#"
    Serial { path: "/dev/ttyUSB2", settings: Settings { baud: 9600, framing: Framing { data_bits: 7, parity: Even, stop_bits: 2 }, flow: RtsCts } }
    /dev/ttyUSB2?baud=9600&framing=7e2&flow=rtscts
    "#);
    insta::assert_snapshot!(show("tcp:[::1]:5000"), @r#"
    Tcp { host: "::1", port: 5000 }
    tcp:[::1]:5000
    "#);
    insta::assert_snapshot!(show("unix:@abstract:modem"), @r#"
    Abstract("abstract:modem")
    unix:@abstract:modem
    "#);
    insta::assert_snapshot!(show("unix:run/modem"), @r#"
    Unix("run/modem")
    unix:run/modem
    "#);
}

#[test]
fn a_port_of_another_machine_is_written_as_pyserial_writes_it() {
    insta::assert_snapshot!(show("rfc2217://[::1]:4000/?baud=9600&ign_set_control&timeout=0.5&logging=debug"), @r#"
    Rfc2217 { host: "::1", port: 4000, settings: Settings { baud: 9600, framing: Framing { data_bits: 8, parity: None, stop_bits: 1 }, flow: None }, manner: Manner { ignores_control: true, polls_modem: false, timeout: 500ms } }
    rfc2217://[::1]:4000?baud=9600&ign_set_control&timeout=0.5
    "#);
    let shown = |text: &str| text.parse::<Address>().unwrap().to_string();
    assert_eq!(shown("rfc2217://bench:4000"), "rfc2217://bench:4000");
    assert_eq!(shown("rfc2217://bench:4000?poll_modem=&timeout=3.0"), "rfc2217://bench:4000?poll_modem");
}

#[test]
fn a_bad_address_is_told_where_it_goes_wrong() {
    insta::assert_snapshot!(show("tcp:localhost"), @r"
    error: expected HOST:PORT after `tcp:`, found `localhost`
    help: a port is a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, rfc2217://HOST:PORT, unix:PATH or unix:@NAME
    ");
    insta::assert_snapshot!(show("tcp:::1:80"), @r"
    error: expected brackets round an IPv6 address, found `::1:80`
    help: a port is a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, rfc2217://HOST:PORT, unix:PATH or unix:@NAME
    ");
    insta::assert_snapshot!(show("/dev/ttyUSB0?framing=9n1"), @r"
    error: expected a framing such as 8n1, 7e1 or 8n2, found `framing=9n1`
    help: a port is a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, rfc2217://HOST:PORT, unix:PATH or unix:@NAME
    ");
    insta::assert_snapshot!(show("/dev/ttyUSB0?speed=9600"), @r"
    error: unknown port setting `speed=9600`
    help: settings are baud=115200, framing=8n1 and flow=none|rtscts|xonxoff, joined by `&`; of rfc2217:// also ign_set_control, poll_modem and timeout=3
    ");
    insta::assert_snapshot!(show("/dev/ttyUSB0?poll_modem"), @r"
    error: expected a setting such as baud=115200, found `poll_modem`
    help: a port is a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, rfc2217://HOST:PORT, unix:PATH or unix:@NAME
    ");
    for (text, said) in [
        ("rfc2217:bench:4000", "expected rfc2217://HOST:PORT, found `rfc2217:bench:4000`"),
        ("rfc2217://bench", "expected rfc2217://HOST:PORT, found `bench`"),
        ("rfc2217://:4000", "expected a host before the port number, found `:4000`"),
        ("rfc2217://bench:4000?timeout=0", "expected a timeout of up to 3600 s, such as 2.5, found `timeout=0`"),
        ("rfc2217://bench:4000?tmeout=3", "unknown port setting `tmeout=3`"),
        ("rfc2217://bench:4000?baud", "expected a setting such as baud=115200, found `baud`"),
    ] {
        assert_eq!(text.parse::<Address>().unwrap_err().to_string(), said);
    }
}

#[test]
fn only_loopback_counts_as_local() {
    let local = |text: &str| text.parse::<Address>().is_ok_and(|address| address.is_local());
    assert!(local("tcp:127.0.0.1:1") && local("tcp:localhost:1") && local("tcp:[::1]:1") && local("unix:/run/x"));
    assert!(!local("tcp:0.0.0.0:1") && !local("tcp:[::]:1") && !local("tcp:bench.example:1"));
}

proptest::proptest! {
    #[test]
    fn what_is_written_reads_back(
        path in "/dev/[a-zA-Z0-9/_.-]{1,20}", baud in 50u32..=12_000_000, data_bits in 5u8..=8, stop_bits in 1u8..=2,
        parity in proptest::sample::select(vec![Parity::None, Parity::Even, Parity::Odd]),
        flow in proptest::sample::select(vec![Flow::None, Flow::RtsCts, Flow::XonXoff]),
    ) {
        let framing = Framing { data_bits, parity, stop_bits };
        let address = Address::Serial { path: path.into(), settings: Settings { baud, framing, flow } };
        proptest::prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
    }

    #[test]
    fn a_port_of_another_machine_reads_back(
        host in "([a-z][a-z0-9.-]{0,12}|::1|fe80::1%eth0)", port: u16, baud in 50u32..=12_000_000,
        ignores_control: bool, polls_modem: bool, millis in 1u64..=3_600_000,
    ) {
        let settings = Settings { baud, ..Settings::default() };
        let manner = Manner { ignores_control, polls_modem, timeout: std::time::Duration::from_millis(millis) };
        let address = Address::Rfc2217 { host, port, settings, manner };
        proptest::prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}") {
        let _ = text.parse::<Address>();
    }
}
