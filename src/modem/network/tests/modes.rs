//! The mode of operation in EPS, the packet bearer, and the IMS.

use super::*;

#[test]
fn a_mode_without_circuits_leaves_the_circuit_switched_domain_and_comes_back_to_it() {
    insta::assert_snapshot!(play("
        > AT+CEMODE=?;+CEUS=?;+CEMODE?;+CEUS?
        > AT+CREG=1;+CEREG=1
        ~ 1s
        > AT+CEMODE=0
        > AT+CREG?;+CEREG?;+CGATT?
        > AT+CEMODE=0
        > AT+CEUS=0
        > AT+CEMODE?
        > AT+CEMODE=1
        ~ 1s
        > AT+CREG?;+CEUS?
        > AT+CEMODE=4
        > AT+CEUS=2
        > AT+CEMODE=1,1
        > AT+CEMODE
    "), @"
    > AT+CEMODE=?;+CEUS=?;+CEMODE?;+CEUS?
    < +CEMODE: (0-3)
    < +CEUS: (0,1)
    < +CEMODE: 2
    < +CEUS: 1
    < OK
    > AT+CREG=1;+CEREG=1
    < OK
    ~ 1s
    < +CREG: 1
    < +CEREG: 1
    > AT+CEMODE=0
    < OK
    < +CREG: 0
    > AT+CREG?;+CEREG?;+CGATT?
    < +CREG: 1,0
    < +CEREG: 1,1
    < +CGATT: 1
    < OK
    > AT+CEMODE=0
    < OK
    > AT+CEUS=0
    < OK
    > AT+CEMODE?
    < +CEMODE: 3
    < OK
    > AT+CEMODE=1
    < OK
    < +CREG: 2
    ~ 1s
    < +CREG: 1
    > AT+CREG?;+CEUS?
    < +CREG: 1,1
    < +CEUS: 0
    < OK
    > AT+CEMODE=4
    < ERROR
    > AT+CEUS=2
    < ERROR
    > AT+CEMODE=1,1
    < ERROR
    > AT+CEMODE
    < ERROR
    ");
}

#[test]
fn a_mode_outlives_power_and_the_factory_and_holds_for_the_next_attach() {
    insta::assert_snapshot!(play("
        > AT+CFUN=4;+CEMODE=0
        > AT&F
        * power cycle
        > ATE0+CREG=1;+CEREG=1
        ~ 1s
        > AT+CEMODE?;+CREG?
        ? registration.cs
        ? registration.eps
    "), @"
    > AT+CFUN=4;+CEMODE=0
    < OK
    > AT&F
    < OK
    * power cycle
    > ATE0+CREG=1;+CEREG=1
    < ATE0+CREG=1;+CEREG=1
    < OK
    ~ 1s
    < +CEREG: 1
    > AT+CEMODE?;+CREG?
    < +CEMODE: 0
    < +CREG: 1,0
    < OK
    ? registration.cs
    = off
    ? registration.eps
    = home
    ");
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.tech=gsm", "network.techs=[\"gsm\"]"]).play("
        > AT+CREG=1;+CEMODE=0
        ~ 1s
    "), @"
    > AT+CREG=1;+CEMODE=0
    < OK
    ~ 1s
    < +CREG: 1
    ");
}

#[test]
fn the_bearer_is_that_of_the_cell_that_serves() {
    insta::assert_snapshot!(play("
        > AT+CPSB=1;+CPSB?;+CPSB=?
        ~ 1s
        > AT+CPSB?
        > AT+CGATT=0
        > AT+CPSB?
        > AT+CPSB=2
    "), @"
    > AT+CPSB=1;+CPSB?;+CPSB=?
    < +CPSB: 1,0
    < +CPSB: (0-1)
    < OK
    ~ 1s
    < +CPSB: 1,7
    > AT+CPSB?
    < +CPSB: 1,7
    < OK
    > AT+CGATT=0
    < OK
    < +CPSB: 1,0
    > AT+CPSB?
    < +CPSB: 1,0
    < OK
    > AT+CPSB=2
    < ERROR
    ");
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.tech=gsm", "network.techs=[\"gsm\"]"]).play("
        ~ 1s
        > AT+CPSB?
    "), @"
    ~ 1s
    > AT+CPSB?
    < +CPSB: 0,1
    < OK
    ");
}

#[test]
fn the_ims_is_there_where_the_network_has_it() {
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.ims=true"]).play("
        > AT+CIREG=?;+CIREP=?
        > AT+CIREG=2;+CIREP=1;+CIREG?;+CIREP?
        ~ 1s
        > AT+CIREG?;+CIREP?
        > AT+CIREG=1
        > AT+CFUN=4
        > AT+CFUN=1
        ~ 1s
    "), @"
    > AT+CIREG=?;+CIREP=?
    < +CIREG: (0-2)
    < +CIREP: (0-1)
    < OK
    > AT+CIREG=2;+CIREP=1;+CIREG?;+CIREP?
    < +CIREG: 2,0
    < +CIREP: 1,0
    < OK
    ~ 1s
    < +CIREGU: 1,1
    < +CIREPI: 1
    > AT+CIREG?;+CIREP?
    < +CIREG: 2,1,1
    < +CIREP: 1,1
    < OK
    > AT+CIREG=1
    < OK
    > AT+CFUN=4
    < OK
    < +CIREGU: 0
    < +CIREPI: 0
    > AT+CFUN=1
    < OK
    ~ 1s
    < +CIREGU: 1
    < +CIREPI: 1
    ");
    insta::assert_snapshot!(play("
        > AT+CIREG=2;+CIREP=1
        ~ 1s
        > AT+CIREG?;+CIREP?
    "), @"
    > AT+CIREG=2;+CIREP=1
    < OK
    ~ 1s
    > AT+CIREG?;+CIREP?
    < +CIREG: 2,0
    < +CIREP: 1,0
    < OK
    ");
}
