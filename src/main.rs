//! The program: flags in, exit code out.

fn main() -> std::process::ExitCode {
    atgate::cli::main()
}
