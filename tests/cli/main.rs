//! The program from outside: what the README prints is what it prints, and wrong command lines get a clear answer.
//!
//! Each `console` block of a document, and each `.trycmd` file here, is run as it stands.

#[test]
fn what_the_documents_show_is_what_the_program_prints() {
    trycmd::TestCases::new()
        .register_bin("atgate", std::path::Path::new(env!("CARGO_BIN_EXE_atgate")))
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env("ATGATE_REGISTER", "register.db")
        .env("ATGATE_USER", "qa")
        .case("README.md")
        .case("tests/cli/*.trycmd")
        .run();
}

#[test]
fn the_transcript_in_the_readme_is_the_reviewed_snapshot() {
    let readme = include_str!("../../README.md");
    let snapshot = include_str!("../../scenarios/blacklist/snapshots/first-attach.snap");
    let body = snapshot.rsplit("\n+++\n").next().unwrap_or_default().trim();
    assert!(readme.contains(body), "the README shows another transcript than {body}");
}

/// Runs the program with a stdout that nobody reads.
fn unread(arguments: &[&str]) -> Option<i32> {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_atgate"));
    program.args(arguments).stdout(writer).stderr(std::process::Stdio::null());
    program.status().expect("it starts").code()
}

#[test]
fn who_has_seen_enough_of_a_run_changes_nothing_of_how_it_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("it is written");
        path.to_str().expect("a path in ASCII").to_owned()
    };
    let (good, bad, wrong) = (file("a.atg", "> AT\n< OK\n"), file("b.atg", "> AT\n< ERROR\n"), file("c.atg", ">AT\n"));
    let report = folder.path().join("report.xml");
    for format in ["human", "json", "tap", "github"] {
        let junit = report.to_str().expect("a path in ASCII");
        assert_eq!(unread(&["run", &good, &bad, "--format", format, "--update", "no", "--junit", junit]), Some(1));
        assert!(std::fs::read_to_string(&report).expect("it was written").contains("b.atg"), "{format}");
    }
    assert_eq!(unread(&["check", &wrong]), Some(2));
    let unformatted = file("d.atg", "> AT\r\n< OK\r\n");
    assert_eq!(unread(&["fmt", "--check", &unformatted]), Some(1));
}
