//! The program from outside: what the README prints is what it prints, and wrong command lines get a clear answer.
//!
//! Each `console` block of a document, and each `.trycmd` file here, is run as it stands.

#[test]
fn what_the_documents_show_is_what_the_program_prints() {
    trycmd::TestCases::new()
        .register_bin("atgate", std::path::Path::new(env!("CARGO_BIN_EXE_atgate")))
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
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
