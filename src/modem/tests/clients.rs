//! What daemons and programs ask of a module, in their order: the card, the phone books, USSD, indicators and the clock.

use super::Desk;

fn asked(script: &str) -> String {
    Desk::registered("generic-lte", &["network.ussd.*100#=Balance: 12.34 EUR", "network.time=26/11/22,12:00:00+00"])
        .play(script)
}

#[test]
fn a_network_daemon_finds_what_it_asks_for() {
    insta::assert_snapshot!(asked(r#"
        > AT+CMEE=1
        > AT+WS46=?
        > AT+CSCS=?
        > AT+CSCS="UCS2"
        > AT+CSCS?
        > AT+CGSN
        > AT*CNTI=2
        > AT+CPIN?
        > AT+CSIM=10,"0020000100"
        > AT+CSIM=10,"002C000100"
        > AT+CSIM=10,"0020008100"
        > AT+CSIM=10,"002C008100"
        > AT+CRSM=176,12258,0,0,10
        > AT+CIMI
        > AT+CRSM=176,28589,0,0,4
        > AT+CRSM=176,28486,0,0,17
        > AT+CRSM=176,28599,0,0,15
        > AT+CPLS=0
        > AT+CPOL=,2
        > AT+CPOL?
        > AT+CRSM=176,28478,0,0,0
        > AT+CRSM=176,28479,0,0,0
        > AT+CNUM
        > AT+CLCK=?
        > AT+CLCK="SC",2
        > AT+CLCK="FD",2
        > AT+CLCK="PN",2
        > AT+CEMODE?
        > AT+CUSD=?
        > AT+CTZU=1
        > AT+CCLK?
        > AT+CIND=?
        > AT+CMER=?
        > AT+CMER=3,0,0,1
        > AT+CUSD=1
        > AT+CIND?
        > AT+CUSD=0
        > AT+CMER=0
        > AT^SQPORT?
        > AT+CUSD=1,"002A0031003000300023",15
        ~ 1s
    "#), @r#"
    > AT+CMEE=1
    < OK
    > AT+WS46=?
    < +WS46: (25,28)
    < OK
    > AT+CSCS=?
    < +CSCS: (\"GSM\",\"IRA\",\"UCS2\",\"HEX\",\"8859-1\")
    < OK
    > AT+CSCS="UCS2"
    < OK
    > AT+CSCS?
    < +CSCS: \"UCS2\"
    < OK
    > AT+CGSN
    < 001017001234569
    < OK
    > AT*CNTI=2
    < ERROR
    > AT+CPIN?
    < +CPIN: READY
    < OK
    > AT+CSIM=10,"0020000100"
    < +CSIM: 4,\"9000\"
    < OK
    > AT+CSIM=10,"002C000100"
    < +CSIM: 4,\"63CA\"
    < OK
    > AT+CSIM=10,"0020008100"
    < +CSIM: 4,\"63C3\"
    < OK
    > AT+CSIM=10,"002C008100"
    < +CSIM: 4,\"63CA\"
    < OK
    > AT+CRSM=176,12258,0,0,10
    < +CRSM: 144,0,\"989909010000000010F3\"
    < OK
    > AT+CIMI
    < 001010123456789
    < OK
    > AT+CRSM=176,28589,0,0,4
    < +CRSM: 144,0,\"00000002\"
    < OK
    > AT+CRSM=176,28486,0,0,17
    < +CRSM: 144,0,\"0154657374204E6574776F726BFFFFFFFF\"
    < OK
    > AT+CRSM=176,28599,0,0,15
    < +CRSM: 105,129
    < OK
    > AT+CPLS=0
    < OK
    > AT+CPOL=,2
    < OK
    > AT+CPOL?
    < OK
    > AT+CRSM=176,28478,0,0,0
    < +CRSM: 106,130
    < OK
    > AT+CRSM=176,28479,0,0,0
    < +CRSM: 106,130
    < OK
    > AT+CNUM
    < +CNUM: \"\",\"+15550100001\",145
    < OK
    > AT+CLCK=?
    < +CLCK: (\"SC\",\"FD\",\"PS\",\"PF\",\"PN\",\"PU\",\"PP\",\"PC\",\"AO\",\"OI\",\"OX\",\"AI\",\"IR\",\"AB\",\"AG\",\"AC\")
    < OK
    > AT+CLCK="SC",2
    < +CLCK: 0
    < OK
    > AT+CLCK="FD",2
    < +CLCK: 0
    < OK
    > AT+CLCK="PN",2
    < +CLCK: 0
    < OK
    > AT+CEMODE?
    < +CEMODE: 2
    < OK
    > AT+CUSD=?
    < +CUSD: (0-2)
    < OK
    > AT+CTZU=1
    < OK
    > AT+CCLK?
    < +CCLK: \"80/01/06,00:00:01+00\"
    < OK
    > AT+CIND=?
    < +CIND: (\"battchg\",(0-5)),(\"signal\",(0-5)),(\"service\",(0,1)),(\"call\",(0,1)),(\"roam\",(0,1)),(\"smsfull\",(0,1))
    < OK
    > AT+CMER=?
    < +CMER: (0-3),(0),(0),(0-2),(0,1)
    < OK
    > AT+CMER=3,0,0,1
    < OK
    > AT+CUSD=1
    < OK
    > AT+CIND?
    < +CIND: 5,4,1,0,0,0
    < OK
    > AT+CUSD=0
    < OK
    > AT+CMER=0
    < OK
    > AT^SQPORT?
    < ERROR
    > AT+CUSD=1,"002A0031003000300023",15
    < OK
    ~ 1s
    < +CUSD: 0,\"00420061006C0061006E00630065003A002000310032002E003300340020004500550052\",15
    "#);
}

#[test]
fn a_telephony_daemon_finds_what_it_asks_for() {
    insta::assert_snapshot!(asked(r#"
        > AT+CMEE=1
        > AT+CSCS="GSM"
        > AT+CBC
        > AT+SIMSTATE?
        > AT+VTD?
        > AT+CRSM=192,12258
        > AT+CRSM=192,28421
        > AT+CRSM=192,12037
        > AT+CRSM=176,12037,0,0,2
        > AT+CRSM=192,28599
        > AT+CPINR
        > AT+CUAD
        > AT+CRSM=176,28599,0,0,3
        > AT+CRSM=192,28590
        > AT+CRSM=192,28589
        > AT+CRSM=192,28438
        > AT+CRSM=192,28472
        > AT+CRSM=176,28472,0,0,12
        > AT+CRSM=192,28502
        > AT+PTTY=?
        > AT+CRSM=192,28480
        > AT+CPBS=?
        > AT+CRSM=178,28480,1,4,28
        > AT+CRSM=192,28489
        > AT+CRSM=192,20256
        > AT+CRSM=192,28619
        > AT+CSCS?
        > AT+CAOC=2
        > AT+CCWE=1
        > AT+CPOS=?
        > AT+CRSM=192,28618
        > AT+CRSM=192,28617
        > AT+CRSM=192,28433
        > AT+CRSM=192,28613
        > AT+CRSM=192,28486
        > AT+CRSM=192,28621
        > AT+CRSM=192,28485
        > AT+CRSM=192,28496
        > AT+CRSM=192,28488
        > AT+CRSM=192,28437
        > AT+CUSD=1,"*100#",15
        ~ 1s
    "#), @r#"
    > AT+CMEE=1
    < OK
    > AT+CSCS="GSM"
    < OK
    > AT+CBC
    < +CBC: 0,100
    < OK
    > AT+SIMSTATE?
    < ERROR
    > AT+VTD?
    < +VTD: 0
    < OK
    > AT+CRSM=192,12258
    < +CRSM: 144,0,\"62178202412183022FE28A01058B032F06018002000A880110\"
    < OK
    > AT+CRSM=192,28421
    < +CRSM: 144,0,\"62178202412183026F058A01058B032F060280020004880110\"
    < OK
    > AT+CRSM=192,12037
    < +CRSM: 144,0,\"62178202412183022F058A01058B032F060280020004880128\"
    < OK
    > AT+CRSM=176,12037,0,0,2
    < +CRSM: 144,0,\"656E\"
    < OK
    > AT+CRSM=192,28599
    < +CRSM: 144,0,\"621A8205422100060283026FB78A01058B032F06058002000C880108\"
    < OK
    > AT+CPINR
    < +CPINR: SIM PIN,3,3
    < +CPINR: SIM PUK,10,10
    < +CPINR: SIM PIN2,3,3
    < +CPINR: SIM PUK2,10,10
    < OK
    > AT+CUAD
    < +CUAD: 61184F10A0000000871002FFFFFFFF890000010050045553494DFFFFFFFFFFFF
    < OK
    > AT+CRSM=176,28599,0,0,3
    < +CRSM: 105,129
    < OK
    > AT+CRSM=192,28590
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28589
    < +CRSM: 144,0,\"62178202412183026FAD8A01058B032F060580020004880118\"
    < OK
    > AT+CRSM=192,28438
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28472
    < +CRSM: 144,0,\"62178202412183026F388A01058B032F060480020011880120\"
    < OK
    > AT+CRSM=176,28472,0,0,12
    < +CRSM: 144,0,\"021A1C042106000000001000\"
    < OK
    > AT+CRSM=192,28502
    < +CRSM: 144,0,\"62178202412183026F568A01058B032F060680020001880128\"
    < OK
    > AT+PTTY=?
    < ERROR
    > AT+CRSM=192,28480
    < +CRSM: 144,0,\"621982054221001C0183026F408A01058B032F06038002001C8800\"
    < OK
    > AT+CPBS=?
    < +CPBS: (\"SM\",\"ME\",\"MT\",\"ON\",\"LD\",\"FD\",\"EN\",\"DC\",\"RC\",\"MC\")
    < OK
    > AT+CRSM=178,28480,1,4,28
    < +CRSM: 144,0,\"FFFFFFFFFFFFFFFFFFFFFFFFFFFF07915155100000F1FFFFFFFFFFFF\"
    < OK
    > AT+CRSM=192,28489
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,20256
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28619
    < +CRSM: 106,130
    < OK
    > AT+CSCS?
    < +CSCS: \"GSM\"
    < OK
    > AT+CAOC=2
    < OK
    > AT+CCWE=1
    < OK
    > AT+CPOS=?
    < ERROR
    > AT+CRSM=192,28618
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28617
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28433
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28613
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28486
    < +CRSM: 144,0,\"62168202412183026F468A01058B032F0605800200118800\"
    < OK
    > AT+CRSM=192,28621
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28485
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28496
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28488
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,28437
    < +CRSM: 106,130
    < OK
    > AT+CUSD=1,"*100#",15
    < OK
    ~ 1s
    < +CUSD: 0,\"Balance: 12.34 EUR\",15
    "#);
}

#[test]
fn a_phone_book_program_finds_what_it_asks_for() {
    insta::assert_snapshot!(asked(r#"
        > AT+CMEE=1
        > AT+MODE=2
        > AT+CSCS="HEX"
        > AT+CPROT=?
        > AT+SYNCML=?
        > AT$TSSPCSW=?
        > AT+CPBS="SM"
        > AT+CPBS?
        > AT+CPBR=?
        > AT+CPBS="ON"
        > AT+CPBS="ME"
        > AT^SBNR=?
        > AT+SPBR=?
        > AT+MPBR=?
        > AT+CUSD=2
        > AT+CPBR=1
        ~ 1s
    "#), @r#"
    > AT+CMEE=1
    < OK
    > AT+MODE=2
    < ERROR
    > AT+CSCS="HEX"
    < OK
    > AT+CPROT=?
    < ERROR
    > AT+SYNCML=?
    < ERROR
    > AT$TSSPCSW=?
    < ERROR
    > AT+CPBS="SM"
    < OK
    > AT+CPBS?
    < +CPBS: \"SM\",0,250
    < OK
    > AT+CPBR=?
    < +CPBR: (1-250),20,14
    < OK
    > AT+CPBS="ON"
    < OK
    > AT+CPBS="ME"
    < OK
    > AT^SBNR=?
    < ERROR
    > AT+SPBR=?
    < ERROR
    > AT+MPBR=?
    < ERROR
    > AT+CUSD=2
    < OK
    > AT+CPBR=1
    < OK
    ~ 1s
    "#);
}
