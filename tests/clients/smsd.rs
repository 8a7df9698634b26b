//! The message daemons: gammu-smsd and smstools, each with its folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bus::{Daemon, until};
use crate::modem::{Modem, installed};

/// A daemon and the folders that it works in.
struct Folders {
    modem: Modem,
    _daemon: Daemon,
}

impl Folders {
    fn of(&self, name: &str) -> PathBuf {
        self.modem.folder().join(name)
    }

    /// Waits for a file whose text has this in it.
    fn comes_to_hold(&self, folder: &str, text: &str) -> String {
        until(&format!("{text} in {folder}"), || {
            let texts: Vec<String> = fs::read_dir(self.of(folder))
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|file| fs::read(file.path()).ok())
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .collect();
            texts.iter().find(|found| found.contains(text)).cloned().ok_or_else(|| format!("{texts:?}"))
        })
    }

    fn sends(&self, number: &str, text: &str) {
        let wanted = format!("{number}\t{text}\n");
        until(&wanted, || {
            let sent = self.modem.ctl(&["sent"]).stdout;
            if sent.contains(&wanted) { Ok(()) } else { Err(sent) }
        });
    }
}

fn make(folder: &Path, names: &[&str]) {
    for name in names {
        fs::create_dir(folder.join(name)).expect("a folder");
    }
}

fn gammu_smsd() -> Option<Folders> {
    let program = installed("gammu-smsd")?;
    let modem = Modem::start(&[]);
    let folder = modem.folder();
    make(folder, &["inbox", "outbox", "sent", "error"]);
    let path = |name: &str| folder.join(name).display().to_string();
    let text = format!(
        "[gammu]\ndevice={}\nconnection=at115200\n[smsd]\nservice=files\nlogfile={}\nloopsleep=1\nreceivefrequency=1\n\
         inboxformat=standard\noutboxformat=standard\ninboxpath={}/\noutboxpath={}/\nsentsmspath={}/\nerrorsmspath={}/\n",
        path("modem"),
        path("log"),
        path("inbox"),
        path("outbox"),
        path("sent"),
        path("error"),
    );
    let configuration = folder.join("smsdrc");
    fs::write(&configuration, text).expect("its configuration");
    let daemon = Command::new(program)
        .args(["-c", &configuration.display().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    Some(Folders { modem, _daemon: Daemon(daemon) })
}

#[test]
fn gammu_smsd_files_what_comes_and_sends_what_lies_in_its_outbox() {
    let Some(smsd) = gammu_smsd() else { return };
    smsd.modem.does(&["sms", "from", "+15557654321", "hello, daemon"]);
    smsd.comes_to_hold("inbox", "hello, daemon");
    fs::write(smsd.of("outbox").join("OUT+15551234567.txt"), "an answer").expect("a message");
    smsd.sends("+15551234567", "an answer");
    smsd.comes_to_hold("sent", "an answer");
}

fn smstools() -> Option<Folders> {
    let program = installed("smsd")?;
    let modem = Modem::start(&[]);
    let folder = modem.folder();
    make(folder, &["incoming", "outgoing", "checked", "sent", "failed"]);
    let path = |name: &str| folder.join(name).display().to_string();
    let text = format!(
        "devices = GSM1\nlogfile = {}\nloglevel = 7\ninfofile = {}\nincoming = {}\noutgoing = {}\nchecked = {}\n\
         sent = {}\nfailed = {}\ndelaytime = 1\nreceive_before_send = no\nincoming_utf8 = yes\n\
         [GSM1]\ndevice = {}\nincoming = yes\nbaudrate = 115200\n",
        path("log"),
        path("info"),
        path("incoming"),
        path("outgoing"),
        path("checked"),
        path("sent"),
        path("failed"),
        path("modem"),
    );
    let configuration = folder.join("smsd.conf");
    fs::write(&configuration, text).expect("its configuration");
    let daemon = Command::new(program)
        .args(["-t", "-c", &configuration.display().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    Some(Folders { modem, _daemon: Daemon(daemon) })
}

#[test]
fn smstools_files_what_comes_and_sends_what_lies_in_its_outbox() {
    let Some(smsd) = smstools() else { return };
    smsd.modem.does(&["sms", "from", "+15557654321", "hello, tools"]);
    let came = smsd.comes_to_hold("incoming", "hello, tools");
    assert!(came.contains("From: 15557654321"), "{came}");
    fs::write(smsd.of("outgoing").join("one"), "To: 15551234567\n\nan answer").expect("a message");
    smsd.sends("+15551234567", "an answer");
    let sent = smsd.comes_to_hold("sent", "an answer");
    assert!(sent.contains("To: 15551234567"), "{sent}");
}
