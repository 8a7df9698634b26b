use std::fmt::Write as _;

use proptest::prelude::*;

use super::card::Card;
use super::channels::Channels;
use super::hexadecimal::{self, Hexadecimal};
use super::image::Image;
use super::location::LocationFile;
use crate::identity::Plmn;
use crate::modem::{Event, Modem, Override, Profile, SimEvent, SimProfile, Tick};

fn profile(settings: &[&str]) -> SimProfile {
    let settings: Vec<Override> = settings.iter().map(|text| Override::parse(text).unwrap()).collect();
    Profile::named("generic-lte", &settings).unwrap().sim.clone()
}

/// Sends commands to a card, one a line; `#` begins a comment.
fn play(settings: &[&str], script: &str) -> String {
    let sim = profile(settings);
    let (mut card, mut channels) = (Card::new(&sim), Channels::default());
    let mut seen = String::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let _ = writeln!(seen, "{line}");
        let command = line.split('#').next().unwrap_or_default().replace(' ', "");
        if command.is_empty() {
            continue;
        }
        let response = channels.run(&mut card, &sim, &hexadecimal::read(command.as_bytes()).unwrap());
        let data = Hexadecimal(&response.data).to_string();
        let _ = writeln!(seen, "  {data}{}{:04X}", if data.is_empty() { "" } else { " " }, response.status.0);
    }
    seen
}

#[test]
fn a_usim_is_selected_and_read() {
    insta::assert_snapshot!(play(&[], "
        # the USIM, by the first octets of its application identifier
        00A40404 07 A0000000871002
        00C00000 37
        # EF_IMSI below it, then by its short file identifier
        00A40004 02 6F07
        00C00000 1C
        00B00000 09
        00B08700 09
        # EF_ICCID by its path, without template
        00A4080C 04 3F002FE2
        00B00000 00
        00B00000 0A
        # EF_DIR, record by record
        00A4000C 02 3F00
        00A4000C 02 2F00
        00B20102 20
        00B20002 20
        00B20104 00
        # with how much is wanted back at the end, at once
        00A40804 04 7FFF6FAD 00
        00B00000 04
        80F20000 10
        80F2000C 00
        "), @"
    # the USIM, by the first octets of its application identifier
    00A40404 07 A0000000871002
      6134
    00C00000 37
      6C34
    # EF_IMSI below it, then by its short file identifier
    00A40004 02 6F07
      6119
    00C00000 1C
      6C19
    00B00000 09
      080910101032547698 9000
    00B08700 09
      080910101032547698 9000
    # EF_ICCID by its path, without template
    00A4080C 04 3F002FE2
      9000
    00B00000 00
      6C0A
    00B00000 0A
      989909010000000010F3 9000
    # EF_DIR, record by record
    00A4000C 02 3F00
      9000
    00A4000C 02 2F00
      9000
    00B20102 20
      61184F10A0000000871002FFFFFFFF890000010050045553494DFFFFFFFFFFFF 9000
    00B20002 20
      6A83
    00B20104 00
      6C20
    # with how much is wanted back at the end, at once
    00A40804 04 7FFF6FAD 00
      62178202412183026FAD8A01058B032F060580020004880118 9000
    00B00000 04
      00000002 9000
    80F20000 10
      62328202782183027FFF8410A0000000 9000
    80F2000C 00
      9000
    ");
}

#[test]
fn the_gsm_application_answers_in_its_own_words() {
    insta::assert_snapshot!(play(&[], "
        A0A40000 02 3F00
        A0C00000 16
        A0A40000 02 7F20
        A0A40000 02 6F07
        A0C00000 0F
        A0B00000 09
        A0A40000 02 6F00
        A0B20104 09
        A0B00020 01
        A0F20000 16
        A0200001 08 31323334FFFFFFFF
        "), @"
    A0A40000 02 3F00
      9F16
    A0C00000 16
      000000003F00010000000000099303050400838A838A 9000
    A0A40000 02 7F20
      9F16
    A0A40000 02 6F07
      9F0F
    A0C00000 0F
      000000096F07040014FF4401020000 9000
    A0B00000 09
      080910101032547698 9000
    A0A40000 02 6F00
      9404
    A0B20104 09
      9408
    A0B00020 01
      6B00
    A0F20000 16
      000000007F200200000000000993000F0400838A838A 9000
    A0200001 08 31323334FFFFFFFF
      9808
    ");
}

#[test]
fn a_pin_is_verified_changed_blocked_and_unblocked() {
    insta::assert_snapshot!(play(&["sim.pin=2468"], "
        # how many tries: PIN, PUK, PIN2, PUK2
        00200001 00
        002C0001 00
        00200081 00
        002C0081 00
        # guarded and open files
        00A40804 04 7FFF6F07 00
        00B00000 09
        00A4080C 04 3F002FE2
        00B00000 0A
        # wrong, right
        00200001 08 31313131FFFFFFFF
        00200001 08 32343638FFFFFFFF
        00200001 00
        00B08700 09
        # change, then three times wrong
        00240001 10 32343638FFFFFFFF 31333537FFFFFFFF
        00200001 08 32343638FFFFFFFF
        00200001 08 32343638FFFFFFFF
        00200001 08 32343638FFFFFFFF
        00200001 08 31333537FFFFFFFF
        00200001 00
        # the PUK, wrong and right
        002C0001 10 3131313131313131 39393939FFFFFFFF
        002C0001 10 3132333435363738 39393939FFFFFFFF
        # off, twice, and on
        00260001 08 39393939FFFFFFFF
        00260001 08 39393939FFFFFFFF
        00280001 08 39393939FFFFFFFF
        "), @"
    # how many tries: PIN, PUK, PIN2, PUK2
    00200001 00
      63C3
    002C0001 00
      63CA
    00200081 00
      63C3
    002C0081 00
      63CA
    # guarded and open files
    00A40804 04 7FFF6F07 00
      62178202412183026F078A01058B032F060480020009880138 9000
    00B00000 09
      6982
    00A4080C 04 3F002FE2
      9000
    00B00000 0A
      989909010000000010F3 9000
    # wrong, right
    00200001 08 31313131FFFFFFFF
      63C2
    00200001 08 32343638FFFFFFFF
      9000
    00200001 00
      9000
    00B08700 09
      6A82
    # change, then three times wrong
    00240001 10 32343638FFFFFFFF 31333537FFFFFFFF
      9000
    00200001 08 32343638FFFFFFFF
      63C2
    00200001 08 32343638FFFFFFFF
      63C1
    00200001 08 32343638FFFFFFFF
      63C0
    00200001 08 31333537FFFFFFFF
      6983
    00200001 00
      6983
    # the PUK, wrong and right
    002C0001 10 3131313131313131 39393939FFFFFFFF
      63C9
    002C0001 10 3132333435363738 39393939FFFFFFFF
      9000
    # off, twice, and on
    00260001 08 39393939FFFFFFFF
      9000
    00260001 08 39393939FFFFFFFF
      6985
    00280001 08 39393939FFFFFFFF
      9000
    ");
}

#[test]
fn files_are_written_where_the_card_allows_it() {
    insta::assert_snapshot!(play(&[], "
        # EF_FPLMN
        00A4080C 04 7FFF6F7B
        00D60003 03 00F120
        00B00000 0C
        00D6000A 03 00F120
        00D6000C 01 00
        # EF_ICCID: never
        00A4080C 04 3F002FE2
        00D60000 01 00
        # EF_MSISDN: a record whole or not at all
        00A4080C 04 7FFF6F40
        00DC0104 1C 4F776EFFFFFFFFFFFFFFFFFFFFFF07915155214365F7FFFFFFFFFFFF
        00B20104 1C
        00DC0104 01 00
        00DC0204 1C 4F776EFFFFFFFFFFFFFFFFFFFFFF07915155214365F7FFFFFFFFFFFF
        # which record holds this?
        00A20104 02 5155 00
        # the GSM application sees the same file
        A0A40000 02 3F00
        A0A40000 02 7F20
        A0A40000 02 6F7B
        A0B00000 0C
        "), @"
    # EF_FPLMN
    00A4080C 04 7FFF6F7B
      9000
    00D60003 03 00F120
      9000
    00B00000 0C
      FFFFFF00F120FFFFFFFFFFFF 9000
    00D6000A 03 00F120
      6700
    00D6000C 01 00
      6B00
    # EF_ICCID: never
    00A4080C 04 3F002FE2
      9000
    00D60000 01 00
      6982
    # EF_MSISDN: a record whole or not at all
    00A4080C 04 7FFF6F40
      9000
    00DC0104 1C 4F776EFFFFFFFFFFFFFFFFFFFFFF07915155214365F7FFFFFFFFFFFF
      9000
    00B20104 1C
      4F776EFFFFFFFFFFFFFFFFFFFFFF07915155214365F7FFFFFFFFFFFF 9000
    00DC0104 01 00
      6700
    00DC0204 1C 4F776EFFFFFFFFFFFFFFFFFFFFFF07915155214365F7FFFFFFFFFFFF
      6A83
    # which record holds this?
    00A20104 02 5155 00
      01 9000
    # the GSM application sees the same file
    A0A40000 02 3F00
      9F16
    A0A40000 02 7F20
      9F16
    A0A40000 02 6F7B
      9F0F
    A0B00000 0C
      FFFFFF00F120FFFFFFFFFFFF 9000
    ");
}

#[test]
fn channels_have_a_selection_each() {
    insta::assert_snapshot!(play(&[], "
        00A40804 04 7FFF6F07 00
        01B00000 09
        00700000 01
        01A4080C 04 3F002FE2
        01B00000 0A
        00B00000 09
        00700000 01
        00700000 01
        00700000 01
        00708001
        01B00000 0A
        00708001
        00700005 01
        "), @"
    00A40804 04 7FFF6F07 00
      62178202412183026F078A01058B032F060480020009880138 9000
    01B00000 09
      6881
    00700000 01
      01 9000
    01A4080C 04 3F002FE2
      9000
    01B00000 0A
      989909010000000010F3 9000
    00B00000 09
      080910101032547698 9000
    00700000 01
      02 9000
    00700000 01
      03 9000
    00700000 01
      6A81
    00708001
      9000
    01B00000 0A
      6881
    00708001
      6881
    00700005 01
      6A86
    ");
}

#[test]
fn what_is_wrong_has_its_status_word() {
    insta::assert_snapshot!(play(&[], "
        00B00000 0A         # nothing is selected
        00A4080C 04 7FFF6FFF
        00A40804 03 7FFF6F
        00A40404 04 A0000000
        00A40004 02
        00
        00A4
        00A4080C 04 7FFF6F40
        00B00000 01         # not a record
        00B20004 1C         # no current record
        00B20504 1C
        00B20106 1C
        00A4080C 04 3F002FE2
        00B20104 0A
        00B00010 01
        00B00008 05
        0CB00000 0A
        04B00000 0A
        40B00000 0A
        80B00000 0A
        90B00000 0A
        00F20000 10
        00FF0000 00
        00200007 00
        00200101 00
        00200001 07 31323334FFFFFF
        00240001 10 31323334FFFFFFFF 3132FFFFFFFFFFFF
        00C00000 10
        00880081 22 0000000000000000000000000000000000000000000000000000000000000000 0000
        "), @"
    00B00000 0A         # nothing is selected
      6986
    00A4080C 04 7FFF6FFF
      6A82
    00A40804 03 7FFF6F
      6700
    00A40404 04 A0000000
      6A82
    00A40004 02
      6C22
    00
      6700
    00A4
      6700
    00A4080C 04 7FFF6F40
      9000
    00B00000 01         # not a record
      6981
    00B20004 1C         # no current record
      6A83
    00B20504 1C
      6A83
    00B20106 1C
      6A86
    00A4080C 04 3F002FE2
      9000
    00B20104 0A
      6981
    00B00010 01
      6B00
    00B00008 05
      6C02
    0CB00000 0A
      6882
    04B00000 0A
      6882
    40B00000 0A
      6881
    80B00000 0A
      6E00
    90B00000 0A
      6E00
    00F20000 10
      6E00
    00FF0000 00
      6D00
    00200007 00
      6A88
    00200101 00
      6A86
    00200001 07 31323334FFFFFF
      6700
    00240001 10 31323334FFFFFFFF 3132FFFFFFFFFFFF
      6A80
    00C00000 10
      6985
    00880081 22 0000000000000000000000000000000000000000000000000000000000000000 0000
      9862
    ");
}

/// A modem whose card has been read, and what its card says of itself.
fn modem() -> Modem {
    let mut modem = Modem::new(Profile::named("generic-lte", &[]).unwrap(), None, 0);
    modem.wake(Tick::from_millis(1_000));
    modem
}

fn file(modem: &Modem, path: &[u16]) -> String {
    let place = Image::shared().at(path).unwrap();
    Hexadecimal(&modem.sim.card.contents(&modem.profile.sim, place)).to_string()
}

#[test]
fn what_the_network_writes_fills_its_file() {
    let mut modem = modem();
    let profile = std::sync::Arc::clone(&modem.profile);
    let (sim, home) = (&profile.sim, Plmn::parse("00101").unwrap());
    let mut seen = String::new();
    for location in LocationFile::ALL {
        modem.sim.location_updated(sim, location, home, 0x00A1, 0x1234_5678);
        let _ = writeln!(seen, "{location:?} updated       {}", file(&modem, location.path()));
        modem.sim.location_not_updated(sim, location);
        let _ = writeln!(seen, "{location:?} not updated   {}", file(&modem, location.path()));
        modem.sim.location_forbidden(sim, location);
        let _ = writeln!(seen, "{location:?} not allowed   {}", file(&modem, location.path()));
    }
    insta::assert_snapshot!(seen, @"
    Cs updated       1234567800F11000A1FF00
    Cs not updated   1234567800F11000A1FF01
    Cs not allowed   FFFFFFFFFFFFFFFFFEFF03
    Ps updated       12345678FFFFFF00F11000A1FF00
    Ps not updated   12345678FFFFFF00F11000A1FF01
    Ps not allowed   FFFFFFFFFFFFFFFFFFFFFFFEFF03
    Eps updated       0BF600F1108001011234567800F11000A100
    Eps not updated   0BF600F1108001011234567800F11000A101
    Eps not allowed   FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE02
    Nr updated       000BF200F1100100411234567800F1100000A100
    Nr not updated   000BF200F1100100411234567800F1100000A101
    Nr not allowed   FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE02
    ");
}

#[test]
fn the_oldest_forbidden_network_gives_way() {
    let mut modem = modem();
    let profile = std::sync::Arc::clone(&modem.profile);
    for network in ["00101", "00102", "00103", "00104", "00102", "00105"] {
        modem.sim.forbid_plmn(&profile.sim, Plmn::parse(network).unwrap());
    }
    assert_eq!(modem.observe("sim.forbidden"), Some("00103,00104,00102,00105".into()));
    modem.sim.permit_plmn(&profile.sim, Plmn::parse("00104").unwrap());
    assert_eq!(file(&modem, &[0x7FFF, 0x6F7B]), "00F13000F12000F150FFFFFF");
    modem.event(Tick::from_millis(1_000), Event::Sim(SimEvent::Remove));
    assert_eq!(modem.observe("sim.forbidden"), Some("".into()), "it went with the card");
    modem.sim.forbid_plmn(&profile.sim, Plmn::parse("00106").unwrap());
    modem.event(Tick::from_millis(1_000), Event::Sim(SimEvent::Insert));
    assert_eq!(modem.observe("sim.forbidden"), Some("00103,00102,00105".into()));
}

#[test]
fn a_value_that_no_card_has_is_an_error_of_the_profile() {
    let says =
        |setting: &str| Profile::named("generic-lte", &[Override::parse(setting).unwrap()]).unwrap_err().to_string();
    insta::assert_snapshot!(says("sim.imsi=12"), @"sim.imsi: an IMSI has 5 to 15 digits, this has 2");
    insta::assert_snapshot!(says("sim.pin=12"), @"sim.pin: expected 4 to 8 digits");
    insta::assert_snapshot!(says("sim.puk=1234"), @"sim.puk: expected 8 digits");
    insta::assert_snapshot!(says("sim.mnc_digits=4"), @"sim.mnc_digits: an MNC has 2 or 3 digits, not 4");
    insta::assert_snapshot!(says("sim.iccid=8999"), @"sim.iccid: an ICCID has 18 to 20 digits, this has 4");
}

proptest! {
    #[test]
    fn no_octets_make_a_card_panic(commands in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..270), 1..12)) {
        let sim = profile(&[]);
        let (mut card, mut channels) = (Card::new(&sim), Channels::default());
        for command in commands {
            channels.run(&mut card, &sim, &command);
        }
    }

    #[test]
    fn no_command_of_a_known_shape_makes_a_card_panic(
        commands in prop::collection::vec(
            (
                prop::sample::select(vec![0x00_u8, 0x01, 0x80, 0x81, 0xA0]),
                prop::sample::select(vec![0xA4_u8, 0xB0, 0xB2, 0xD6, 0xDC, 0xA2, 0xF2, 0xC0, 0x20, 0x24, 0x26, 0x28, 0x2C, 0x70, 0xE2]),
                prop::sample::select(vec![0x00_u8, 0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x81, 0x87, 0xFF]),
                prop::sample::select(vec![0x00_u8, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0C, 0x14, 0x81, 0xFF]),
                prop::sample::select(vec![
                    vec![], vec![0x3F, 0x00], vec![0x7F, 0xFF], vec![0x6F, 0x40], vec![0x6F, 0x7B], vec![0x7F, 0xFF, 0x6F, 0x40],
                    vec![0xFF; 8], vec![0xFF; 16], vec![0x31; 28],
                ]),
                any::<u8>(),
            ),
            1..40,
        )
    ) {
        let sim = SimProfile { pin: "1234".to_owned(), ..profile(&[]) };
        let (mut card, mut channels) = (Card::new(&sim), Channels::default());
        for (class, instruction, p1, p2, data, le) in commands {
            let mut command = vec![class, instruction, p1, p2];
            command.push(if data.is_empty() { le } else { u8::try_from(data.len()).unwrap() });
            command.extend(data);
            channels.run(&mut card, &sim, &command);
        }
        prop_assert!(card.pin.tries() <= 3 && card.pin.puk_tries() <= 10);
    }
}
