//! Debian's PostgreSQL on a socket in a temporary folder, one for all tests of this program, and a store for each test.

use atgate::register::store::Address;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A running server. It ends with this process: a shell waits for the pipe to close, whatever ended us.
struct Server {
    folder: PathBuf,
    _keeper: Child,
}

/// The programs of the newest PostgreSQL here.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin"))
        .filter(|path| path.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop()
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| start(|_| "-c listen_addresses=".to_owned())).as_ref()
}

/// A server over TLS alone on a port of loopback, one for all tests: the port, and its certificate for `localhost` in PEM.
pub(crate) fn encrypted() -> Option<(u16, &'static str)> {
    static SERVER: OnceLock<Option<(Server, u16, String)>> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (cert, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = start(|folder| {
            for (name, text) in [
                ("server.pem", cert.as_str()),
                ("server.key", key.as_str()),
                ("hba.conf", "local all all trust\nhostssl all all 127.0.0.1/32 trust\n"),
            ] {
                std::fs::write(folder.join(name), text).unwrap();
            }
            // A key that others can read is refused, and so is one of root that is not root's.
            let given = "chmod 600 server.key && chown --reference=. server.pem server.key hba.conf";
            assert!(Command::new("sh").args(["-c", given]).current_dir(folder).status().unwrap().success());
            format!(
                "-c listen_addresses=127.0.0.1 -c port={port} -c ssl=on -c ssl_cert_file={dir}/server.pem \
                 -c ssl_key_file={dir}/server.key -c hba_file={dir}/hba.conf",
                dir = folder.display()
            )
        })?;
        Some((server, port, cert))
    });
    server.as_ref().map(|(_, port, cert)| (*port, cert.as_str()))
}

/// Starts a server with what `with` says of its folder.
fn start(with: impl FnOnce(&Path) -> String) -> Option<Server> {
    let Some(programs) = programs() else {
        // `.ci/run` installs it, so that there nothing is skipped.
        assert!(
            std::env::var_os("CI").is_none(),
            "no PostgreSQL is installed, and in CI these tests must not be skipped"
        );
        eprintln!("skipped: no PostgreSQL is installed (apt-get install postgresql)");
        return None;
    };
    let folder = tempfile::Builder::new().prefix("atgate-pg-").tempdir().unwrap().keep();
    // PostgreSQL does not run as root.
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n");
    let user = if is_root { "setpriv --reuid=postgres --regid=postgres --clear-groups" } else { "" };
    if is_root {
        let owned = Command::new("chown").arg("postgres").arg(&folder).status().unwrap();
        assert!(owned.success(), "cannot give the folder to postgres");
    }
    let script = format!(
        "cd / && {user} {bin}/initdb -D {dir}/data -A trust -U atgate -E UTF8 --locale=C >{dir}/initdb.log 2>&1 || exit 1
         {user} {bin}/postgres -D {dir}/data -k {dir} {with} -c fsync=off -c max_connections=200 >{dir}/server.log 2>&1 </dev/null &
         server=$!
         read -r end
         kill -INT $server; wait $server; rm -rf {dir}",
        bin = programs.display(),
        dir = folder.display(),
        with = with(&folder),
    );
    let keeper = Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while !is_ready(&programs, &folder) {
        assert!(Instant::now() < end, "PostgreSQL did not start; see {}", folder.display());
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(Server { folder, _keeper: keeper })
}

fn is_ready(programs: &Path, folder: &Path) -> bool {
    // The socket has the port in its name.
    let Some(port) = port(folder) else { return false };
    Command::new(programs.join("pg_isready"))
        .arg("-q")
        .arg("-h")
        .arg(folder)
        .args(["-U", "atgate", "-d", "postgres", "-p", &port.to_string()])
        .status()
        .is_ok_and(|status| status.success())
}

/// The port in the name of the server's socket.
fn port(folder: &Path) -> Option<u16> {
    let names = std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter_map(|name| name.strip_prefix(".s.PGSQL.")?.parse().ok()).next()
}

/// An empty database of its own, and the address of a register in it.
fn database() -> Option<Address> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let server = server()?;
    let name = format!("register_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let made = Command::new(programs()?.join("createdb"))
        .arg("-h")
        .arg(&server.folder)
        .args(["-U", "atgate", &name])
        .status()
        .unwrap();
    assert!(made.success(), "cannot make the database {name}");
    Some(format!("postgresql:///{name}?host={}&user=atgate", server.folder.display()).parse().unwrap())
}

/// An address as a command line has it: with all that its display leaves out.
pub(crate) fn place(address: &Address) -> String {
    match address {
        Address::File(path) => path.display().to_string(),
        Address::Postgres(url) => url.clone(),
    }
}

/// Runs a test against an empty register of either kind.
pub(crate) fn on_each_store(test: impl Fn(&Address)) {
    let folder = tempfile::tempdir().unwrap();
    test(&Address::File(folder.path().join("register.db")));
    if let Some(address) = database() {
        test(&address);
    }
}
