//! What each embedded profile makes of one and the same network.

use super::*;

#[test]
fn each_module_shows_one_refusal_in_its_own_way() {
    let mut table = String::new();
    for profile in Profile::names() {
        let mut desk = Desk::new(profile, &["boot.silent=0", "boot.urcs=[]", "sim.busy=0"]);
        desk.send("ATE0+CMEE=1");
        for n in [5, 4, 3, 2] {
            if desk.send(&format!("AT+CEREG={n}")) == ["OK"] {
                break;
            }
        }
        desk.look();
        let mut said = desk.pass(Duration::from_secs(10));
        said.retain(|line| line.starts_with("+CEREG"));
        let _ = writeln!(table, "{profile}\n  {}", said.join(" | "));
        let _ = writeln!(table, "  {}", desk.send("AT+CREG?;+CGREG?;+CEREG?;+COPS?").join(" | "));
        desk.verdict = Verdict::Block;
        let mut said = desk.network(NetworkEvent::IdentityCheck);
        said.retain(|line| line.starts_with("+CEREG"));
        let _ = writeln!(table, "  {}", said.join(" | "));
        let _ = writeln!(table, "  {}", desk.send("AT+CREG?;+CGREG?;+CEREG?;+COPS?;+CEER").join(" | "));
        let _ = writeln!(table, "  {} | {}", desk.send("AT+CGATT=1").join(" | "), desk.send("AT#CEERNET").join(" | "));
        let _ = writeln!(
            table,
            "  {} | {}",
            desk.send("AT+CREG=?;+CGREG=?;+CEREG=?").join(" | "),
            desk.send("AT+CNEC=?").join(" | ")
        );
    }
    insta::assert_snapshot!(table, @r#"
    generic-lte
      +CEREG: 1,"00A1","0001B2C3",7,,,"11100000","11100000"
      +CREG: 0,1 | +CGREG: 0,1 | +CEREG: 5,1,"00A1","0001B2C3",7,,,"11100000","11100000" | +COPS: 0,0,"Test Network",7 | OK
      +CEREG: 3,,,,0,6
      +CREG: 0,3 | +CGREG: 0,3 | +CEREG: 5,3,,,,0,6 | +COPS: 0 | +CEER: Illegal ME | OK
      +CME ERROR: 106 | ERROR
      +CREG: (0-3) | +CGREG: (0-5) | +CEREG: (0-5) | OK | +CNEC: (0,8,16,24) | OK
    quectel-bg95
      +CEREG: 1,"00A1","1B2C3",8,,,"11100000","11100000"
      +CREG: 0,1 | +CGREG: 0,1 | +CEREG: 4,1,"00A1","1B2C3",8,,,"11100000","11100000" | +COPS: 0,0,"Test Network",8 | OK
      +CEREG: 3
      +CREG: 0,3 | +CGREG: 0,3 | +CEREG: 4,3 | +COPS: 0 | +CEER: Illegal ME | OK
      +CME ERROR: 106 | ERROR
      +CREG: (0-2) | +CGREG: (0-2,4) | +CEREG: (0-2,4) | OK | ERROR
    telit-me910
      +CEREG: 1,"00A1","0001B2C3",8,,,"11100000","11100000"
      +CREG: 0,1 | +CGREG: 0,1 | +CEREG: 5,1,"00A1","0001B2C3",8,,,"11100000","11100000" | +COPS: 0,0,"Test Network",8 | OK
      +CEREG: 3,,,,0,6
      +CREG: 0,3 | +CGREG: 0,3 | +CEREG: 5,3,,,,0,6 | +COPS: 0 | +CEER: Illegal ME | OK
      +CME ERROR: 106 | #CEERNET: 6 | OK
      +CREG: (0-3) | +CGREG: (0-5) | +CEREG: (0-5) | OK | +CNEC: (0,8,16,24) | OK
    ublox-sara-r5
      +CEREG: 1,"00A1","0001B2C3",7,,,"11100000","11100000"
      +CREG: 0,1 | +CGREG: 0,4 | +CEREG: 5,1,"00A1","0001B2C3",7,,,"11100000","11100000" | +COPS: 0,0,"Test Network",7 | OK
      +CEREG: 3,,,,0,6
      +CREG: 0,3 | +CGREG: 0,4 | +CEREG: 5,3,,,,0,6 | +COPS: 0 | +CEER: "No report available",0,"No cause information available" | OK
      +CME ERROR: 106 | ERROR
      +CREG: (0-3) | +CGREG: (0-5) | +CEREG: (0-5) | OK | +CNEC: (0,8,16,24) | OK
    "#);
}

#[test]
fn the_network_of_one_modem_is_small() {
    assert!(size_of::<crate::modem::network::Network>() <= 1_024, "{}", size_of::<crate::modem::network::Network>());
}
