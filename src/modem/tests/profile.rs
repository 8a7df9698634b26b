//! Profiles: their keys, their errors, their layers.

use crate::identity::{CheckDigit, Imei};
use crate::modem::{Override, Profile, ProfileError};

fn error(text: &str) -> String {
    shown(&Profile::parse("bench.toml", text, &[]).expect_err("a wrong profile"))
}

fn shown(error: &ProfileError) -> String {
    match &error.help {
        Some(help) => format!("{error}\nhelp: {help}"),
        None => error.to_string(),
    }
}

fn set(text: &str) -> String {
    match Override::parse(text).and_then(|setting| Profile::named("generic-lte", &[setting])) {
        Ok(_) => "fits".to_owned(),
        Err(error) => shown(&error),
    }
}

#[test]
fn every_embedded_profile_is_whole_and_says_where_it_comes_from() {
    for name in Profile::names() {
        let profile = Profile::named(name, &[]).expect(name);
        assert_eq!(profile.name, name);
        let imei = Imei::parse(&profile.imei).expect(name);
        assert_eq!(imei.check(), CheckDigit::Right, "{name}");
        assert!(imei.is_test(), "{name}");
        let text = Profile::text(name).expect(name);
        assert!(name == "generic-lte" || text.contains("# Sources:"), "{name}");
    }
}

#[test]
fn a_profile_is_read_once_and_shared() {
    let first = Profile::named("generic-lte", &[]).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &Profile::named("generic-lte", &[]).unwrap()));
}

#[test]
fn a_profile_s_errors_have_a_place_and_a_next_step() {
    insta::assert_snapshot!(error("name = \"x\"\n\n[equipement]\nmodel = \"y\"\n"), @r#"
    bench.toml:4:1: unknown key "equipement.model"
    help: did you mean equipment.model?
    "#);
    insta::assert_snapshot!(error("name = \"x\"\n[equipment]\nmodell = \"y\"\n"), @r#"
    bench.toml:3:1: unknown key "equipment.modell"
    help: did you mean equipment.model?
    "#);
    insta::assert_snapshot!(error("name = \"x\"\n[boot]\nsilent = \"soon\"\n"), @r#"bench.toml:3:1: boot.silent: invalid value: string "soon", expected a time such as "300ms", "1.5s" or "12m""#);
    insta::assert_snapshot!(error("name = \"x\"\nbase = \"quectel-bg96\"\n"), @r"
    bench.toml:2:1: base names no profile: quectel-bg96
    help: did you mean quectel-bg95?
    ");
    insta::assert_snapshot!(error("name = x\n"), @"bench.toml:1:8: string values must be quoted, expected literal string");
    insta::assert_snapshot!(error("imei = \"12\"\n"), @"bench.toml:1:1: imei: an IMEI has 14 or 15 digits, this has 2");
    insta::assert_snapshot!(error("hides = [\"+NOSUCH\"]\n"), @"bench.toml:1:1: hides: no built-in command is called +NOSUCH");
    insta::assert_snapshot!(error("[commands]\n\"AT+X\" = \"{imie}\"\n"), @r#"bench.toml:1:2: commands: no value is called {imie} in "{imie}""#);
    insta::assert_snapshot!(error("[commands]\n\"+X\" = \"1\"\n"), @r#"bench.toml:1:2: commands: "+X" does not begin with AT"#);
    insta::assert_snapshot!(error("[settings]\n\"S13\" = { default = 1, values = \"0-1\", keep = \"stored\", factory = true }\n"), @r#"
    bench.toml:2:11: unknown key "settings.S13.default"
    help: did you mean settings.S1.default?
    "#);
    insta::assert_snapshot!(error("[settings]\n\"S0\" = { default = 300 }\n"), @r#"bench.toml:1:2: settings: the default 300 of "S0" is none of its values 0-255"#);
}

#[test]
fn a_setting_needs_no_quotes_and_its_errors_name_the_key() {
    for fits in [
        "network.operator=Testnet",
        "network.plmn=00102",
        "sim.pin=1234",
        "sim.msisdn=+15550100",
        "network.signal=-97",
        "sim.present=false",
        "answer.longest_line=400",
        "commands.AT+X=1",
        "commands.\"AT+X.Y\"=1",
        "settings.+CMEE.default=2",
        "settings.+CMEE=2",
        "settings.+ICF.format.default=2",
        "timing.commands.+CFUN=1s",
        "equipment.charsets=[\"GSM\"]",
        "unknown=4",
        "unknown=error",
    ] {
        assert_eq!(set(fits), "fits", "{fits}");
    }
    insta::assert_snapshot!(set("network.oprator=Testnet"), @r"
    network.oprator: unknown key
    help: did you mean network.operator?
    ");
    insta::assert_snapshot!(set("network.signal=strong"), @r#"network.signal: invalid type: string "strong", expected a number"#);
    insta::assert_snapshot!(set("colour=red"), @"colour: unknown key");
    insta::assert_snapshot!(set("sim.pin"), @r"
    sim.pin: expected KEY=VALUE
    help: such as network.operator=Testnet
    ");
    insta::assert_snapshot!(set("settings.+CMEE.default=7"), @r#"settings.+CMEE.default: the default 7 of "+CMEE" is none of its values 0-2"#);
    insta::assert_snapshot!(set("settings.+CMEE.colour=7"), @r"
    settings.+CMEE.colour: unknown key
    help: did you mean settings.+CMEE.values?
    ");
    insta::assert_snapshot!(shown(&Profile::named("generic", &[]).unwrap_err()), @r"
    generic: no such profile
    help: the profiles are generic-lte, quectel-bg95, telit-me910, ublox-sara-r5
    ");
}

#[test]
fn a_file_says_only_what_differs() {
    let profile = Profile::parse(
        "mine.toml",
        "name = \"mine\"\nbase = \"quectel-bg95\"\n[equipment]\nmodel = \"BG77\"\n[aliases]\n\"^GMM\" = \"+CGMM\"\n",
        &[],
    )
    .unwrap();
    assert_eq!((profile.equipment.manufacturer.as_str(), profile.equipment.model.as_str()), ("Quectel", "BG77"));
    let seen = super::Desk::with(profile).play("~ 5s\n> AT^GMM\n> AT+QGMR");
    assert!(seen.contains("< BG77\n< OK") && seen.contains("< BG95M3LAR02A03_01.204.01.204\n"), "{seen}");
}

#[test]
fn a_script_s_header_is_a_list_of_settings() {
    let header = toml::toml! {
        present = false
        pin = "0000"
    };
    let settings = Override::from_table("sim", &header);
    let profile = Profile::named("generic-lte", &settings).unwrap();
    assert_eq!((profile.sim.present, profile.sim.pin.as_str()), (false, "0000"));
}

#[test]
fn every_key_is_listed_with_its_value() {
    let keys = Profile::keys();
    let of = |name: &str| keys.iter().find(|key| key.name == name).unwrap_or_else(|| panic!("{name}"));
    let meaning = |name: &str| of(name).meaning.as_str();
    assert_eq!(meaning("sim.eid"), "32 digits; empty: no eUICC");
    assert_eq!(meaning("network.tech"), "gsm utran lte lte-m nb-iot nr");
    assert_eq!(meaning("settings.E.default"), "as it left the factory");
    assert_eq!(of("equipment.model").value, "\"generic-lte\"");
}

#[test]
fn each_key_of_the_identity_the_card_the_network_and_the_equipment_says_what_it_means() {
    let sections = ["sim.", "network.", "equipment."];
    let silent: Vec<String> = Profile::keys()
        .into_iter()
        .filter(|key| !key.name.contains('.') || sections.iter().any(|section| key.name.starts_with(section)))
        .filter(|key| key.meaning.is_empty())
        .map(|key| key.name)
        .collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn a_misspelled_key_is_told_the_nearest_one() {
    let wrong = Profile::named("generic-lte", &[Override::parse("network.registartion=denied").unwrap()]).unwrap_err();
    assert_eq!(wrong.help.as_deref(), Some("did you mean network.registration?"));
}
