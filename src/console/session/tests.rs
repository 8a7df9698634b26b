use super::*;
use crate::console::screen::Screen;

/// A session in virtual time, and what it shows.
struct Desk {
    session: Session,
    screen: Screen,
    now: Duration,
    seen: String,
}

impl Desk {
    fn new() -> Self {
        let screen = Screen::new(Stamps::Relative, None, false, Duration::ZERO);
        Self {
            session: Session::new(Some(115_200), Stamps::Relative),
            screen,
            now: Duration::ZERO,
            seen: String::new(),
        }
    }

    fn typed(mut self, line: &str) -> Self {
        self.session.typed(self.now, line);
        self.look()
    }

    fn modem(mut self, bytes: &[u8]) -> Self {
        self.session.receive(self.now, bytes);
        self.look()
    }

    fn with(mut self, what: impl FnOnce(&mut Session, Duration)) -> Self {
        what(&mut self.session, self.now);
        self.look()
    }

    /// Time passes; the session is woken when it wants to be.
    fn after(mut self, millis: u64) -> Self {
        let end = self.now + Duration::from_millis(millis);
        while let Some(at) = self.session.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.session.wake(self.now);
            self = self.look();
        }
        self.now = end;
        self
    }

    fn look(mut self) -> Self {
        while let Some(act) = self.session.act() {
            match act {
                Act::Show(shown) => self.seen.push_str(&self.screen.paint(&shown)),
                Act::Stamps(stamps) => self.screen.stamps = stamps,
                other => self.seen.push_str(&format!("         {other:?}\n")),
            }
        }
        self
    }
}

#[test]
fn a_refused_board_is_told_line_by_line() {
    let desk = Desk::new()
        .typed("+CMEE=1;+CEREG=3")
        .after(20)
        .modem(b"AT+CMEE=1;+CEREG=3\r\r\nOK\r\n")
        .typed("AT+CFUN=1")
        .after(80)
        .modem(b"AT+CFUN=1\r\r\nOK\r\n\r\n+CEREG: 2\r\n")
        .after(1200)
        .modem(b"\r\n+CEREG: 3,,,")
        .after(1)
        .modem(b",0,6\r\n")
        .typed("AT+CGATT=1")
        .modem(b"AT+CGATT=1\r\r\n+CME ERROR: 106\r\n");
    insta::assert_snapshot!(desk.seen, @"
    0.000 >  AT+CMEE=1;+CEREG=3            2 commands
               +CMEE=1                     how errors of the equipment are shown: set to 1 (3GPP TS 27.007, clause 9.1)
               +CEREG=3                    registration in EPS: set to 3 (3GPP TS 27.007, clause 10.1.22)
      Send([65, 84, 43, 67, 77, 69, 69, 61, 49, 59, 43, 67, 69, 82, 69, 71, 61, 51, 13])
    0.020 <  OK                            the command line was carried out
    0.020 >  AT+CFUN=1                     how much of the equipment is on: set to 1 (3GPP TS 27.007, clause 8.2)
      Send([65, 84, 43, 67, 70, 85, 78, 61, 49, 13])
    0.100 <  OK                            the command line was carried out
    0.100 <! +CEREG: 2                     EPS: not registered, searching
    1.301 <! +CEREG: 3,,,,0,6              EPS: registration denied, cause #6 Illegal ME: the network refuses the device itself, as for an IMEI on a block list; no attempt until power-off or another SIM
    1.301 >  AT+CGATT=1                    attached to the packet domain: set to 1 (3GPP TS 27.007, clause 10.1.9)
      Send([65, 84, 43, 67, 71, 65, 84, 84, 61, 49, 13])
    1.301 <  +CME ERROR: 106               error 106 of the equipment: Illegal ME
    ");
}

#[test]
fn lines_wait_until_the_command_before_them_is_answered() {
    let desk = Desk::new()
        .typed("AT+CSQ\nATI\n:time off")
        .after(5)
        .modem(b"\r\n+CSQ: 21,99\r\n\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n")
        .modem(b"\r\nOK\r\n");
    insta::assert_snapshot!(desk.seen, @r#"
    #  time stamps: off
    >  AT+CSQ                        signal quality (3GPP TS 27.007, clause 8.5)
             Send([65, 84, 43, 67, 83, 81, 13])
    <  +CSQ: 21,99                   signal -71 dBm, bit error rate unknown
    <  OK                            the command line was carried out
    <! +CMTI: "SM",1                 a message has come: place 1 of SM
    >  ATI                           identifies the equipment (ITU-T V.250, clause 6.1.3)
             Send([65, 84, 73, 13])
    <  OK                            the command line was carried out
    "#);
}

#[test]
fn a_command_that_is_not_answered_is_waited_for_as_long_as_the_standard_lets_it_take() {
    let desk = Desk::new().typed("AT+CSQ").after(6_000).typed("AT+COPS=?").after(170_000).modem(b"\r\nOK\r\n");
    insta::assert_snapshot!(desk.seen, @"
      0.000 >  AT+CSQ                        signal quality (3GPP TS 27.007, clause 8.5)
        Send([65, 84, 43, 67, 83, 81, 13])
      5.000 #  no final result to `AT+CSQ` within 5 s; it is waited for no longer
      6.000 >  AT+COPS=?                     the operator: which one, and how it is chosen: which values it takes (3GPP TS 27.007, clause 7.3)
        Send([65, 84, 43, 67, 79, 80, 83, 61, 63, 13])
    176.000 <  OK                            the command line was carried out
    ");
    let given_up =
        Desk::new().typed("AT+COPS=?").typed("ATI").after(50).with(Session::interrupt).with(Session::interrupt);
    insta::assert_snapshot!(given_up.seen, @"
    0.000 >  AT+COPS=?                     the operator: which one, and how it is chosen: which values it takes (3GPP TS 27.007, clause 7.3)
      Send([65, 84, 43, 67, 79, 80, 83, 61, 63, 13])
    0.050 #  `AT+COPS=?` is waited for no longer
    0.050 #  not sent: 1 line
    0.050 #  Ctrl-D or `:quit` ends the session, `:help` says what there is
    ");
}

#[test]
fn a_prompt_asks_for_text_and_control_z_sends_it() {
    let desk = Desk::new()
        .typed("AT+CMGS=\"+15551234567\"")
        .modem(b"AT+CMGS=\"+15551234567\"\r\r\n> ")
        .typed("hello")
        .with(|session, now| session.finish_text(now, "world"))
        .modem(b"hello\r\nworld\r\n+CMGS: 1\r\n\r\nOK\r\n")
        .typed("AT+CMGS=\"+15551234567\"")
        .modem(b"AT+CMGS=\"+15551234567\"\r\r\n> ")
        .with(Session::interrupt)
        .modem(b"\r\nOK\r\n");
    insta::assert_snapshot!(desk.seen, @r#"
    0.000 >  AT+CMGS="+15551234567"        sends a message: set to "+15551234567" (3GPP TS 27.005, clause 3.5.1)
      Send([65, 84, 43, 67, 77, 71, 83, 61, 34, 43, 49, 53, 53, 53, 49, 50, 51, 52, 53, 54, 55, 34, 13])
    0.000 <  >                             the modem awaits text, up to Ctrl-Z
    0.000 #  type the text: Ctrl-Z sends it, Ctrl-C gives it up
    0.000 >| hello\r                       the text of a message or its PDU
      Send([104, 101, 108, 108, 111, 13])
    0.000 >| world\x1a                     the text of a message or its PDU
      Send([119, 111, 114, 108, 100, 26])
    0.000 <  +CMGS: 1
    0.000 <  OK                            the command line was carried out
    0.000 >  AT+CMGS="+15551234567"        sends a message: set to "+15551234567" (3GPP TS 27.005, clause 3.5.1)
      Send([65, 84, 43, 67, 77, 71, 83, 61, 34, 43, 49, 53, 53, 53, 49, 50, 51, 52, 53, 54, 55, 34, 13])
    0.000 <  >                             the modem awaits text, up to Ctrl-Z
    0.000 #  type the text: Ctrl-Z sends it, Ctrl-C gives it up
    0.000 >| \x1b                          the text of a message or its PDU
      Send([27])
    0.000 #  the text was given up
    0.000 <  OK                            the command line was carried out
    "#);
}

#[test]
fn a_pipe_is_carried_out_in_its_order_and_over_once_all_is_answered() {
    let piped = |lines: &'static [&'static str]| {
        move |session: &mut Session, now: Duration| {
            lines.iter().for_each(|line| assert!(session.piped(now, line)));
            session.end(now);
        }
    };
    let desk = Desk::new()
        .with(piped(&["AT+CMGS=19", "0011000B915155674523F10000AA05E8329BFD06", ":hex on", "AT"]))
        .modem(b"\r\n> ")
        .modem(b"\r\n+CMGS: 1\r\n\r\nOK\r\n")
        .modem(b"\r\nOK\r\n");
    insta::assert_snapshot!(desk.seen, @r#"
    0.000 >  AT+CMGS=19                    sends a message: set to 19 (3GPP TS 27.005, clause 3.5.1)
      Send([65, 84, 43, 67, 77, 71, 83, 61, 49, 57, 13])
    0.000 <  >                             the modem awaits text, up to Ctrl-Z
    0.000 >| 0011000B915155674523F10000AA05E8329BFD06\x1a  the text of a message or its PDU
               00                          service centre: the one that is set (+CSCA)
               11                          first octet: SMS-SUBMIT
               00                          TP-MR: 0
               0B915155674523F1            TP-DA: +15557654321 (international, 145)
               00                          TP-PID: a plain message
               00                          TP-DCS: 7-bit
               AA                          TP-VP: for 4 days
               05                          TP-UDL: 5 septets
               E8329BFD06                  TP-UD: "hello"
      Send([48, 48, 49, 49, 48, 48, 48, 66, 57, 49, 53, 49, 53, 53, 54, 55, 52, 53, 50, 51, 70, 49, 48, 48, 48, 48, 65, 65, 48, 53, 69, 56, 51, 50, 57, 66, 70, 68, 48, 54, 26])
    0.000 <  +CMGS: 1
    0.000 <  OK                            the command line was carried out
    0.000 #  hexadecimal view on
    0.000 >  AT                            no command: the answer is OK
    0.000 >| 0000  41 54 0d                                         AT.
      Send([65, 84, 13])
    0.000 <| 0000  0d 0a 4f 4b 0d 0a                                ..OK..
    0.000 <  OK                            the command line was carried out
      Quit
    "#);
}

#[test]
fn what_is_refused_at_the_gate_and_a_port_that_goes_away_stand_in_the_record() {
    let mut desk = Desk::new()
        .typed("AT+EGMR=1,7,\"001017001234569\"\nATI")
        .with(|session, now| session.refused(now, b"AT+EGMR=1,7,\"001017001234569\"\r", "writes the IMEI"))
        .after(100)
        .with(|session, now| session.gone(now, "/dev/ttyUSB2 went away"))
        .typed("AT")
        .after(2_500)
        .with(Session::back)
        .typed("AT")
        .modem(b"\r\nOK\r\n");
    insta::assert_snapshot!(desk.seen, @r#"
    0.000 >  AT+EGMR=1,7,"001017001234569"  reads or writes an item of identity; 1,7 would write an IMEI: set to 1, 7, "001017001234569"; TAMPERING: writes the item that holds an IMEI; atgate lets no such command out to a real port (Quectel, MediaTek)
      Send([65, 84, 43, 69, 71, 77, 82, 61, 49, 44, 55, 44, 34, 48, 48, 49, 48, 49, 55, 48, 48, 49, 50, 51, 52, 53, 54, 57, 34, 13])
    0.000 #  TAMPERING, not sent: `AT+EGMR=1,7,"001017001234569"\r`: writes the IMEI
    0.000 >  ATI                           identifies the equipment (ITU-T V.250, clause 6.1.3)
      Send([65, 84, 73, 13])
    0.100 #  /dev/ttyUSB2 went away; waiting for it to come back
    0.100 #  not sent, the port is away: AT
    2.600 #  the port is back
    2.600 >  AT                            no command: the answer is OK
      Send([65, 84, 13])
    2.600 <  OK                            the command line was carried out
    "#);
    let script = desk.session.record().script("A session", false).unwrap();
    insta::assert_snapshot!(script, @r#"
    +++
    title = "A session"
    +++

    # TAMPERING, not sent: `AT+EGMR=1,7,"001017001234569"\r`: writes the IMEI
    > ATI
    # /dev/ttyUSB2 went away; waiting for it to come back
    # not sent, the port is away: AT
    # the port is back
    > AT
    < OK
    "#);
    desk.session.end(desk.now);
    assert_eq!(desk.session.act(), Some(Act::Quit));
}

#[test]
fn data_are_shown_as_they_begin_and_kept_whole() {
    let data = [b'~'; 700];
    let desk = Desk::new()
        .typed("ATD*99#")
        .modem(b"\r\nCONNECT 115200\r\n")
        .modem(&data)
        .typed(":escape")
        .after(1_000)
        .modem(b"\r\nOK\r\n")
        .typed("ATH");
    insta::assert_snapshot!(desk.seen, @"
    0.000 >  ATD*99#                       dials (ITU-T V.250, clause 6.3.1)
      Send([65, 84, 68, 42, 57, 57, 35, 13])
    0.000 <  CONNECT 115200                connected: what follows is data
    0.000 <| ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~… (700 bytes)  raw bytes
    0.000 >| +++                           the escape sequence: back to command state
      Send([43, 43, 43])
    1.000 <  OK                            the command line was carried out
    1.000 >  ATH                           hangs up (ITU-T V.250, clause 6.3.6)
      Send([65, 84, 72, 13])
    ");
    let kept: usize = desk
        .session
        .record()
        .since(0)
        .filter(|(_, sign, _)| *sign == Sign::ModemRaw)
        .map(|(.., line)| line.len())
        .sum();
    assert!(kept >= data.len(), "{kept}");
}

#[test]
fn noise_is_told_with_the_speed_that_it_speaks_for() {
    // What a receiver at 115,200 makes of 38,400: runs of three.
    let desk = Desk::new().modem(&[0x1c, 0xe0, 0xfc, 0x1c, 0x00, 0xe0, 0xfc, 0x1c, 0xe0, 0x1c]).after(1_000);
    insta::assert_snapshot!(desk.seen, @"       0.000 #  this looks like noise at 115200 baud; the likely one is 38400: `:baud 38400`");
}

#[test]
fn what_is_refused_of_another_program_is_told_whole_and_ours_stays_open() {
    let desk = Desk::new()
        .typed("ATI")
        .with(|session, now| session.others(now, b"AT+EGMR=1,7,"))
        .with(|session, now| session.others(now, b"\"001017001234569\""))
        .with(|session, now| session.refused_others(now, b"\r", "writes the IMEI"))
        .typed("AT")
        .modem(b"\r\nOK\r\n")
        .with(|session, now| session.others(now, b"AT+CSQ\r"));
    insta::assert_snapshot!(desk.seen, @r#"
    0.000 >  ATI                           identifies the equipment (ITU-T V.250, clause 6.1.3)
      Send([65, 84, 73, 13])
    0.000 #  TAMPERING, not sent: `AT+EGMR=1,7,"001017001234569"\r`: writes the IMEI
    0.000 <  OK                            the command line was carried out
    0.000 >  AT                            no command: the answer is OK
      Send([65, 84, 13])
    0.000 >  AT+CSQ                        signal quality (3GPP TS 27.007, clause 8.5)
    "#);
}

#[test]
fn another_program_at_the_port_is_seen_as_it_talks() {
    let desk = Desk::new()
        .with(|session, now| session.others(now, b"AT+C"))
        .with(|session, now| session.others(now, b"SQ\r"))
        .typed("ATI")
        .modem(b"\r\n+CSQ: 3,99\r\n\r\nOK\r\n")
        .modem(b"\r\nOK\r\n");
    insta::assert_snapshot!(desk.seen, @"
    0.000 >  AT+CSQ                        signal quality (3GPP TS 27.007, clause 8.5)
    0.000 <  +CSQ: 3,99                    signal -107 dBm, bit error rate unknown
    0.000 <  OK                            the command line was carried out
    0.000 >  ATI                           identifies the equipment (ITU-T V.250, clause 6.1.3)
      Send([65, 84, 73, 13])
    0.000 <  OK                            the command line was carried out
    ");
}

#[test]
fn a_saved_session_is_masked_and_still_a_script() {
    let imei = format!("35{}", "2099001761481");
    let desk = Desk::new()
        .typed("AT+CGSN")
        .modem(format!("AT+CGSN\r\r\n{imei}\r\n\r\nOK\r\n").as_bytes())
        .after(3_000)
        .typed("AT+CPIN=\"4711\"")
        .modem(b"\r\n+CME ERROR: 16\r\n")
        .modem(format!("\r\n+X: {{a}} {imei}\r\n").as_bytes());
    let script = desk.session.record().script("A session with \"m0\"", false).unwrap();
    assert!(!script.contains(&imei) && !script.contains("4711"), "{script}");
    insta::assert_snapshot!(script, @r#"
    +++
    title = 'A session with "m0"'

    [values]
    pin = {}
    +++

    > AT+CGSN
    < {imei:imei}
    < OK
    ~ 3s
    > AT+CPIN="{pin}"
    < +CME ERROR: 16
    <! +X: {{a}} {imei}
    "#);
    crate::script::parse_alone("session.atg", &script).unwrap();
    let revealed = desk.session.record().script("A session", true).unwrap();
    assert!(revealed.contains(&imei) && revealed.contains("{{a}}"), "{revealed}");
}

#[test]
fn what_is_no_order_is_told_with_how_it_is_written() {
    let desk = Desk::new().typed(":foo").typed(":baud fast").typed(":dtr off").typed(":send 41 54 0d").typed(":help");
    insta::assert_snapshot!(desk.seen, @r"
    0.000 #  there is no `:foo`; `:help` says what there is
    0.000 #  expected `:baud N`, found `:baud fast`
      Drive { dtr: Some(Off), rts: None }
    0.000 >| AT\r
      Send([65, 84, 13])
    0.000 #  :help                                Ctrl-X ?  what there is
    0.000 #  :hex [on|off]                        Ctrl-X h  shows each piece as hexadecimal too
    0.000 #  :time [off|absolute|relative|delta]  Ctrl-T    time stamps; alone the next kind
    0.000 #  :dtr [on|off]                        Ctrl-X d  switches DTR; alone to the other state
    0.000 #  :rts [on|off]                        Ctrl-X r  switches RTS; alone to the other state
    0.000 #  :lines                               Ctrl-X l  tells CTS, DSR, DCD and RI
    0.000 #  :break                               Ctrl-X b  sends a break of 250 ms
    0.000 #  :baud N                                        another speed
    0.000 #  :save [FILE]                         Ctrl-X s  writes the session as a script
    0.000 #  :run FILE.atg                                  plays a script into the session
    0.000 #  :escape                              Ctrl-X e  sends +++: from data state to command state
    0.000 #  :send HEX                                      sends bytes, as in `:send 41540d`
    0.000 #  :quit                                Ctrl-D    ends the session
    0.000 #  Tab completes a command and says what it is for; Up, Down and Ctrl-R look in the history
    0.000 #  a line that begins with a sign gets its AT: +CSQ is AT+CSQ; while a command is open, more lines wait
    0.000 #  Ctrl-C gives up waiting; Ctrl-Z ends the text that a prompt asked for
    ");
}

proptest::proptest! {
    #[test]
    fn how_the_bytes_are_cut_changes_nothing(cuts in proptest::collection::vec(0_usize..120, 0..8)) {
        let input = b"AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n\r\n+CEREG: 3,,,,0,6\r\n\r\nRING\r\n\r\n+CMT: ,24\r\n07915155009099F9040B915155674523F1000062112221000000FF\r\n";
        let play = |cuts: &[usize]| {
            let mut desk = Desk::new().typed("AT+CSQ");
            let mut from = 0;
            for &to in cuts.iter().chain([&input.len()]) {
                desk = desk.modem(&input[from..to.max(from)]);
                from = to.max(from);
            }
            desk.seen
        };
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut < input.len()).collect();
        cuts.sort_unstable();
        proptest::prop_assert_eq!(play(&cuts), play(&[]));
    }
}
