use std::path::PathBuf;

use super::*;
use crate::identity::Imei;
use crate::port::{Address, Attached, Listed};
use crate::rig::limit::Limit;

/// A module of two with the same numbers, on an interface of its own.
fn port(number: u8, serial: Option<&str>, interface: u8) -> Listed {
    let serial = serial.map(str::to_owned);
    let name = "Quectel Modem".to_owned();
    let attached =
        Attached::Usb { vendor: 0x2c7c, product: 0x0125, serial, name, interface: Some(interface), place: None };
    let links = vec![
        format!("/dev/serial/by-id/usb-Quectel_Modem-if{interface:02}-port0").into(),
        format!("/dev/serial/by-path/pci-0-usb-0:{number}:1.{interface}-port0").into(),
    ];
    Listed {
        path: format!("/dev/ttyUSB{number}").into(),
        attached,
        links,
        driver: Some("option".to_owned()),
        plugging: 1,
    }
}

fn map(text: &str) -> DeviceMap {
    DeviceMap::from_toml(Path::new("atgate.toml"), text.to_owned()).unwrap_or_else(|error| panic!("{error}"))
}

fn shown(assignment: &Assignment) -> String {
    let plugged = assignment.plugged.iter().map(|one| format!("{} is {}\n", one.name(), one.address));
    let findings = assignment.findings.iter().map(|one| format!("{}: {one}\n  help: {}\n", one.code(), one.help()));
    plugged.chain(findings).collect()
}

#[test]
fn each_board_has_the_port_that_it_is_known_by() {
    let map = map("[[device]]\nname = 'a'\nmatch = { serial = 'A*', interface = 2 }\nbaud = 9600\nflow = 'rtscts'\n\
         [[device]]\nname = 'b'\nmatch = { by_path = '*:3:1.0-*', usb = '2C7C:0125' }\n\
         [[device]]\nname = 'c'\nmatch = { path = '/dev/ttyUSB1' }\n\
         [[device]]\nname = 'd'\naddress = 'unix:@bench'\n");
    let ports = [port(0, Some("A1"), 2), port(1, Some("A1"), 3), port(2, Some("B1"), 2), port(3, None, 0)];
    insta::assert_snapshot!(shown(&map.assign(&ports)), @r"
    a is /dev/ttyUSB0?baud=9600&flow=rtscts
    b is /dev/ttyUSB3
    c is /dev/ttyUSB1
    d is unix:@bench
    ");
}

#[test]
fn what_is_not_clear_is_nobodys_and_the_rest_goes_on() {
    let map = map("[[device]]\nname = 'both'\nmatch = { usb = '2c7c:0125', interface = 2 }\n\
         [[device]]\nname = 'good'\nmatch = { serial = 'B1', interface = 2 }\n\
         [[device]]\nname = 'one'\nmatch = { serial = 'A1', interface = 3 }\n\
         [[device]]\nname = 'other'\nmatch = { path = '/dev/ttyUSB1' }\n\
         [[device]]\nname = 'elsewhere'\nmatch = { serial = 'C1' }\n\
         [[device]]\nname = 'no-such-interface'\nmatch = { serial = 'A1', interface = 7 }\n\
         [[device]]\nname = 'ended'\naddress = '/nonexistent/modem0'\n");
    let ports = [port(0, Some("A1"), 2), port(1, Some("A1"), 3), port(2, Some("B1"), 2)];
    insta::assert_snapshot!(shown(&map.assign(&ports)), @r"
    good is /dev/ttyUSB2
    ambiguous: both could be any of /dev/ttyUSB0, /dev/ttyUSB2
      help: say which one with `interface`, `serial` or `by_path` in its `match`
    absent: elsewhere is not there: no port with serial C1
      help: plug it in, or write down what its port is now: `atgate ports` tells
    absent: no-such-interface is not there: no port with serial A1, interface 7; the module is there, with the interfaces 2, 3
      help: plug it in, or write down what its port is now: `atgate ports` tells
    absent: ended is not there: no port with the address /nonexistent/modem0
      help: plug it in, or write down what its port is now: `atgate ports` tells
    contested: /dev/ttyUSB1 fits one and other
      help: tell them apart with `serial` or `by_path` in their `match`
    ");
}

#[test]
fn a_board_is_compared_with_its_tac_once_it_has_said_it() {
    let map = map("[[device]]\nname = 'a'\naddress = 'unix:@a'\nmatch = { tac = ['00101701', '00101702'] }\n");
    let plugged = &map.assign(&[]).plugged[0];
    let imei = |text| Imei::parse(text).unwrap();
    assert_eq!(plugged.suits(imei("001017011234568")), Ok(()));
    let finding = plugged.suits(imei("001017001234569")).unwrap_err();
    assert_eq!(finding.to_string(), "a has the TAC 00101700, expected 00101701 or 00101702");
}

#[test]
fn what_stands_with_a_board_is_read_and_its_label_compared() {
    let map = map("[[device]]\nname = 'a'\naddress = '/dev/ttyS1'\nframing = '7e1'\nantenna = 'roof'\n\
         sim = { iccid = '8999901000000000013', imsi = '001010123456789', pin_env = 'SIM_1_PIN' }\n\
         power = { on = \"hub 'port 1' on\", off = 'hub off', off_seconds = 0.5 }\n\
         label = { imei = '001017001234569', model = 'BG95-*' }\n");
    let device = map.device("a").unwrap();
    assert_eq!(device.place.to_string(), "/dev/ttyS1?framing=7e1");
    let power = device.fixtures.power.as_ref().unwrap();
    assert_eq!(power.on, ["hub", "port 1", "on"]);
    assert_eq!((power.off_time.as_millis(), power.limit.as_secs()), (500, 30));
    assert_eq!(device.fixtures.sim.as_ref().unwrap().pin_env.as_deref(), Some("SIM_1_PIN"));
    assert!(
        device.label.is_of_model("BG95-M3") && !device.label.is_of_model("BG77") && device.label.has_firmware("any")
    );
    assert!(map.device("b").is_none());
}

#[test]
fn a_board_keeps_the_limits_of_the_map_but_for_those_that_are_its_own() {
    let map = map("[limits]\nrsrp = '>= -110 dBm'\ntime_to_register = '<= 30 s'\n\
         [[device]]\nname = 'a'\naddress = 'unix:@a'\n\
         [[device]]\nname = 'b'\naddress = 'unix:@b'\nlimits = { rsrp = '>= -120 dBm', rsrq = 'in -15..-3' }\n");
    let limits = |name: &str| map.device(name).unwrap().limits.clone();
    let read = |texts: &[&str]| texts.iter().map(|text| text.parse::<Limit>().unwrap()).collect::<Vec<_>>();
    assert_eq!(limits("a"), read(&["rsrp >= -110 dBm", "time_to_register <= 30 s"]));
    assert_eq!(limits("b"), read(&["rsrp >= -120 dBm", "rsrq in -15..-3 dB", "time_to_register <= 30 s"]));
}

/// What is wrong with a text, as it is shown.
fn wrong(text: &str) -> String {
    match DeviceMap::from_toml(Path::new("atgate.toml"), text.to_owned()) {
        Err(MapError::Wrong(errors)) => errors.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_that_is_wrong_with_a_map_is_said_with_its_place() {
    insta::assert_snapshot!(wrong("[[device]]\nname = 'a'\nmach = { serial = 'x' }\n"));
    insta::assert_snapshot!(wrong("[[device]\n"));
    insta::assert_snapshot!(wrong(
        "[[device]]\nname = 'a b'\n\
         [[device]]\nname = 'c'\nmatch = { tac = '0010170' }\n\
         [[device]]\nname = 'd'\naddress = 'tcp:bench'\nbaud = 9600\n\
         [[device]]\nname = 'e'\nmatch = { usb = '2c7c', interface = 256, serial = '' }\nbaud = 1\nflow = 'up'\n\
         [[device]]\nname = 'e'\naddress = 'unix:@e'\nbaud = 9600\nmatch = { serial = 'x' }\n\
         [[device]]\nname = 'f'\naddress = 'unix:@e'\nsim = { iccid = 'x', pin_env = '1234' }\n\
         power = { on = \"hub 'on\", off = '', off_seconds = -1 }\n\
         [[device]]\nname = 'g'\naddress = '-'\nlabel = { imei = '12' }\nmatch = { tac = [] }\n"
    ));
    insta::assert_snapshot!(wrong(
        "[limits]\nspeed = '>= 3'\nrsrp = '>= -110 dB'\n[[device]]\nname = 'a'\naddress = 'unix:@a'\nlimits = { rsrq = 'good' }\n"
    ));
}

#[test]
fn a_map_is_found_upwards_and_one_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("a/b");
    std::fs::create_dir_all(&below).unwrap();
    let file = folder.path().join(NAME);
    std::fs::write(&file, "[[device]]\nname = 'a'\naddress = 'unix:@a'\n").unwrap();
    assert_eq!(DeviceMap::find_from(&below).unwrap().unwrap().path, file);
    std::fs::write(below.join(NAME), "").unwrap();
    assert!(DeviceMap::find_from(&below).unwrap().unwrap().devices.is_empty());
    std::fs::write(below.join(NAME), "x").unwrap();
    assert!(matches!(DeviceMap::find_from(&below), Err(MapError::Wrong(_))));
    let error = DeviceMap::read(&folder.path().join("none.toml")).unwrap_err();
    assert!(matches!(error, MapError::Unread { .. }) && error.help().is_some());
    std::fs::write(&file, " ".repeat(2 << 20)).unwrap();
    assert!(matches!(DeviceMap::read(&file), Err(MapError::TooLong { bytes: 2_097_152, .. })));
}

#[test]
fn all_spellings_of_a_path_are_one_port() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("below")).unwrap();
    let real = folder.path().canonicalize().unwrap().join("real");
    let link = folder.path().join("below/../real");
    std::fs::write(&real, "").unwrap();
    let ports =
        [Listed { path: real.clone(), attached: Attached::Emulated, links: Vec::new(), driver: None, plugging: 1 }];
    let text = |rule: &str| {
        format!("[[device]]\nname = 'a'\n{rule}\n[[device]]\nname = 'b'\naddress = '{}'\n", link.display())
    };
    let both = map(&text(&format!("match = {{ path = '{}' }}", link.display()))).assign(&ports);
    assert_eq!(
        both.findings,
        [Finding::Contested { port: real.display().to_string(), devices: vec!["a".into(), "b".into()] }]
    );
    let alone = map(&text("address = 'unix:@a'")).assign(&ports);
    assert_eq!(alone.plugged[1].port.as_ref(), Some(&ports[0]));
    assert_eq!(alone.plugged[1].address, Address::Serial { path: PathBuf::from(&link), settings: Default::default() });
}

#[cfg(unix)]
#[tokio::test]
async fn power_is_switched_by_the_benchs_own_command() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let text = |off: &str, rest: &str| {
        let on = format!("sh -c 'echo on >> {}'", log.display());
        format!(
            "[[device]]\nname = 'a'\naddress = 'unix:@a'\npower = {{ on = \"{on}\", off = \"{off}\", off_seconds = 0{rest} }}\n"
        )
    };
    let power = |off: &str, rest: &str| map(&text(off, rest)).devices[0].fixtures.power.clone().unwrap();
    let good = power(&format!("sh -c 'echo off >> {}'", log.display()), "");
    good.switch(Switch::Cycle).await.unwrap();
    good.switch(Switch::Off).await.unwrap();
    good.switch(Switch::On).await.unwrap();
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "off\non\noff\non\n");

    let error = power("sh -c 'echo no such hub >&2; exit 3'", "").switch(Switch::Cycle).await.unwrap_err();
    assert_eq!(error.to_string(), "`sh -c 'echo no such hub >&2; exit 3'` ended with exit status: 3: no such hub");
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "off\non\noff\non\n", "it is not switched on after a failure");
    let error = power("/nonexistent/hub off", "").switch(Switch::Off).await.unwrap_err();
    assert!(matches!(error, PowerError::Unstarted { .. }), "{error}");
    let error = power("sleep 3000", ", limit_seconds = 0.05").switch(Switch::Off).await.unwrap_err();
    assert!(matches!(error, PowerError::Endless { .. }), "{error}");
}

#[test]
fn the_map_that_the_documents_show_is_one() {
    let readme = include_str!("../../../README.md");
    let shown = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let maps: Vec<&str> = shown.filter(|block| block.contains("[[device]]")).collect();
    let module = include_str!("mod.rs").lines().filter_map(|line| line.strip_prefix("//!"));
    let module: String = module
        .skip_while(|line| *line != " ```toml")
        .skip(1)
        .take_while(|line| *line != " ```")
        .collect::<Vec<_>>()
        .join("\n");
    assert_eq!(maps.len(), 1, "the README shows one map");
    assert_eq!((map(maps[0]).devices.len(), map(&module).devices.len()), (2, 2));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic_and_what_is_wrong_has_a_place(
        text in "\\PC{0,40}",
        key in proptest::sample::select(vec!["name", "address", "match", "baud", "framing", "sim", "power", "label", "x"]),
        value in "['\"{}\\[\\]=0-9a-zé*:?\n -]{0,30}",
    ) {
        for text in [text.clone(), format!("[[device]]\nname = 'é'\n{key} = {value}\n"), format!("[[device]]\n{key} = '{value}'\n{text}")] {
            if let Err(MapError::Wrong(errors)) = DeviceMap::from_toml(Path::new("é.toml"), text) {
                proptest::prop_assert!(errors.to_string().contains(" --> é.toml:") && !errors.0.is_empty());
            }
        }
    }
}
