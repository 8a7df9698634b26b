//! Where the data of a call go, outside: to a program's standard input and output, or over a TCP connection.
//!
//! Opened when a call is connected and closed when it is hung up; its end ends the call. What the far end does not take
//! waits here up to a limit, and what the client does not read is not read from the far end.

use std::fmt;
use std::future::pending;
use std::process::Stdio;
use std::str::FromStr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::modem::AtPort;
use crate::port::{Address, Group, Sent};

/// How much is read from the far end at once.
const CHUNK: usize = 4096;

/// So many chunks wait for the far end before the client is held up.
const CHUNKS: usize = 16;

/// So many bytes wait for a far end that takes nothing; more is lost.
const MOST: usize = 1 << 20;

/// So much may wait for a client before no more is read from the far end.
const UNREAD: usize = 32 * 1024;

/// A client is held up for so long by a far end that takes nothing; after that it may go on, or it could never hang up.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked whether one of the two that holds up the other still does.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A connection that is not there by then is given up.
const CONNECT: Duration = Duration::from_secs(10);

/// What the client said last still reaches the far end within this time of the hang-up.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long a program has after SIGHUP.
const GRACE: Duration = Duration::from_secs(2);

/// How the data of a call are carried.
///
/// `exec:COMMAND` or `tcp:HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataRoute {
    /// To the standard input of a program, and from its standard output. Its words.
    Exec(Vec<String>),
    /// Over a TCP connection.
    Tcp {
        /// A name or an address.
        host: String,
        /// The port.
        port: u16,
    },
}

impl FromStr for DataRoute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "expected exec:COMMAND or tcp:HOST:PORT";
        match text.split_once(':') {
            Some(("exec", command)) => {
                let words = shell_words::split(command)
                    .map_err(|error| format!("the command `{command}` cannot be split into words: {error}"))?;
                if words.is_empty() { Err("exec: needs a command".to_owned()) } else { Ok(Self::Exec(words)) }
            }
            Some(("tcp", _)) => match text.parse() {
                Ok(Address::Tcp { host, port: port @ 1.. }) => Ok(Self::Tcp { host, port }),
                Ok(_) => Err(EXPECTED.to_owned()),
                Err(error) => Err(error.to_string()),
            },
            Some(_) | None => Err(EXPECTED.to_owned()),
        }
    }
}

impl fmt::Display for DataRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exec(words) => write!(f, "`{}`", words.first().map_or("", String::as_str)),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
        }
    }
}

/// What comes from a far end.
#[derive(Debug)]
pub(super) enum FromFar {
    /// It is there.
    Open,
    /// Data.
    Bytes(Vec<u8>),
    /// It has gone, in good order.
    Ended(String),
    /// It cannot be had, or broke.
    Failed(String),
}

/// The far end of one modem's calls.
#[derive(Debug)]
pub(super) struct FarEnd {
    route: Option<DataRoute>,
    connection: Option<Connection>,
}

/// The call that stands.
#[derive(Debug)]
struct Connection {
    call: u32,
    /// The port whose line carries the data.
    port: AtPort,
    /// What was given to that line since it had sent all.
    unread: usize,
    up: mpsc::Sender<Vec<u8>>,
    down: mpsc::Receiver<FromFar>,
    /// What `up` had no room for.
    waiting: Vec<u8>,
    /// When the far end took something last, while something waits.
    stuck: Option<Instant>,
    lost: u64,
}

impl FarEnd {
    pub(super) const fn new(route: Option<DataRoute>) -> Self {
        Self { route, connection: None }
    }

    /// A call is connected. `false`: there is nowhere to carry its data to.
    pub(super) fn begin(&mut self, call: u32, port: AtPort) -> bool {
        let Some(route) = self.route.clone() else { return false };
        let (up, from_host) = mpsc::channel(CHUNKS);
        let (tell, down) = mpsc::channel(1);
        tokio::spawn(carry(route, from_host, tell));
        self.connection =
            Some(Connection { call, port, unread: 0, up, down, waiting: Vec::new(), stuck: None, lost: 0 });
        true
    }

    /// What the client said.
    pub(super) fn send(&mut self, call: u32, bytes: Vec<u8>) {
        let Some(connection) = self.connection.as_mut().filter(|connection| connection.call == call) else { return };
        connection.waiting.extend(bytes);
        let over = connection.waiting.len().saturating_sub(MOST);
        connection.lost += over as u64;
        connection.waiting.truncate(MOST);
        connection.offer();
    }

    /// The call has ended; how many bytes the far end never took.
    pub(super) fn end(&mut self, call: u32) -> u64 {
        match self.connection.take_if(|connection| connection.call == call) {
            Some(mut connection) => {
                connection.offer();
                connection.lost + connection.waiting.len() as u64
            }
            None => 0,
        }
    }

    /// Whether the client is to be held up: the far end does not take what it says.
    pub(super) fn is_full(&self) -> bool {
        self.connection.as_ref().and_then(|connection| connection.stuck).is_some_and(|since| since.elapsed() < PATIENCE)
    }

    /// What became of bytes that this port's line was given.
    pub(super) fn sent(&mut self, port: AtPort, bytes: usize, sent: Sent) {
        let Some(connection) = self.connection.as_mut().filter(|connection| connection.port == port) else { return };
        match sent {
            Sent::Queued => connection.unread += bytes,
            Sent::All | Sent::Unheard => connection.unread = 0,
            Sent::Dropped(_) => connection.unread = connection.unread.max(UNREAD),
        }
    }

    /// The port whose client has not read all.
    pub(super) fn unread(&self) -> Option<AtPort> {
        self.connection.as_ref().filter(|connection| connection.unread > 0).map(|connection| connection.port)
    }

    /// What comes from the far end next, if the modem has `room` for it and the client reads; for ever nothing, where there
    /// is none. Meanwhile what waits for it is offered again. May be dropped and called again.
    pub(super) async fn next(&mut self, room: usize) -> Option<(u32, AtPort, FromFar)> {
        let Some(connection) = &mut self.connection else { return pending().await };
        let heard = room >= CHUNK && connection.unread < UNREAD;
        let Connection { call, port, up, down, waiting, stuck, lost, .. } = connection;
        tokio::select! {
            biased;
            permit = up.reserve(), if !waiting.is_empty() => {
                let bytes = std::mem::take(waiting);
                *stuck = None;
                match permit {
                    Ok(permit) => permit.send(bytes),
                    // It has gone, and says so itself.
                    Err(_) => *lost += bytes.len() as u64,
                }
                None
            }
            said = down.recv(), if heard => {
                Some((*call, *port, said.unwrap_or_else(|| FromFar::Failed("the far end is gone".to_owned()))))
            }
            // Looks again whether the client is held up for too long, or may be given more.
            () = tokio::time::sleep(LOOK_AGAIN), if !heard || stuck.is_some() => None,
        }
    }
}

impl Connection {
    fn offer(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        match self.up.try_send(std::mem::take(&mut self.waiting)) {
            Ok(()) => self.stuck = None,
            Err(mpsc::error::TrySendError::Full(bytes)) => {
                self.waiting = bytes;
                self.stuck.get_or_insert_with(Instant::now);
            }
            // It has gone, and says so itself.
            Err(mpsc::error::TrySendError::Closed(bytes)) => {
                self.lost += bytes.len() as u64;
                self.stuck = None;
            }
        }
    }
}

/// Opens the far end and carries both ways until the call ends or it does.
async fn carry(route: DataRoute, from_host: mpsc::Receiver<Vec<u8>>, tell: mpsc::Sender<FromFar>) {
    let ended = match &route {
        DataRoute::Exec(words) => program(words, from_host, &tell).await,
        DataRoute::Tcp { host, port } => connection(host, *port, from_host, &tell).await,
    };
    let last = match ended {
        Ok(how) => FromFar::Ended(format!("{route} {how}")),
        Err(why) => FromFar::Failed(format!("{route} {why}")),
    };
    // Nobody may be there to hear it: the call has ended.
    let _ = tell.send(last).await;
}

/// # Errors
/// Why the connection could not be made, or broke.
async fn connection(
    host: &str,
    port: u16,
    from_host: mpsc::Receiver<Vec<u8>>,
    tell: &mpsc::Sender<FromFar>,
) -> Result<String, String> {
    let stream = match timeout(CONNECT, TcpStream::connect((host, port))).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(format!("cannot be connected: {error}")),
        Err(_) => return Err(format!("cannot be connected within {} s", CONNECT.as_secs())),
    };
    // What a client says in one write is not to wait for the next.
    let _ = stream.set_nodelay(true);
    let _ = tell.send(FromFar::Open).await;
    let (mut read, mut write) = stream.into_split();
    tokio::select! {
        ended = from_far(&mut read, tell) => ended.map(|()| "closed the connection".to_owned()).map_err(|error| format!("broke: {error}")),
        () = to_far(from_host, &mut write) => Ok("was hung up".to_owned()),
    }
}

/// # Errors
/// Why the program could not be started.
async fn program(
    words: &[String],
    from_host: mpsc::Receiver<Vec<u8>>,
    tell: &mpsc::Sender<FromFar>,
) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("has no name")?;
    let mut command = Command::new(program);
    // What it says on stderr is for whoever started this program.
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let (mut child, group) = Group::start(&mut command).map_err(|error| format!("cannot be started: {error}"))?;
    let _ = tell.send(FromFar::Open).await;
    let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("has no standard input and output".to_owned());
    };
    let hung_up = tokio::select! {
        // Its output's end is its own: it says nothing more.
        _ = from_far(&mut stdout, tell) => false,
        () = to_far(from_host, &mut stdin) => true,
    };
    drop((stdin, stdout));
    Ok(end(child, group, hung_up).await)
}

/// Ends a program: its input has ended, then it is told that its line was hung up, then it is killed. How it ended.
async fn end(mut child: Child, mut group: Group, hung_up: bool) -> String {
    for step in [|_: &mut Group, _: &mut Child| {}, Group::hang_up, Group::kill] {
        step(&mut group, &mut child);
        match timeout(GRACE, child.wait()).await {
            Ok(Ok(_)) if hung_up => return "was hung up".to_owned(),
            Ok(Ok(status)) => return format!("ended: {status}"),
            Ok(Err(error)) => return format!("ended: {error}"),
            Err(_) => {}
        }
    }
    "does not end".to_owned()
}

/// Tells what the far end says, until it says nothing more or nobody listens.
async fn from_far(far: &mut (impl AsyncRead + Unpin), tell: &mpsc::Sender<FromFar>) -> std::io::Result<()> {
    loop {
        // Only as much as somebody has room for is read.
        let Ok(permit) = tell.reserve().await else { return pending().await };
        let mut buffer = vec![0; CHUNK];
        let count = far.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        buffer.truncate(count);
        permit.send(FromFar::Bytes(buffer));
    }
}

/// Writes what the client says, until the call ends.
async fn to_far(mut from_host: mpsc::Receiver<Vec<u8>>, far: &mut (impl AsyncWrite + Unpin)) {
    let mut open = true;
    loop {
        let Some(bytes) = from_host.recv().await else { break };
        if open {
            // What waits after the hang-up is given a last chance.
            let written = if from_host.is_closed() {
                timeout(LAST_WORDS, far.write_all(&bytes)).await.unwrap_or(Ok(()))
            } else {
                far.write_all(&bytes).await
            };
            // A far end that hears nothing more may still speak: its own end is told by what it says.
            open = written.is_ok();
        }
    }
    let _ = timeout(LAST_WORDS, far.shutdown()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_read_and_what_is_none_is_refused() {
        let read = |text: &str| text.parse::<DataRoute>();
        assert_eq!(
            read("exec:pppd notty 'a b'"),
            Ok(DataRoute::Exec(vec!["pppd".into(), "notty".into(), "a b".into()]))
        );
        assert_eq!(read("tcp:127.0.0.1:80"), Ok(DataRoute::Tcp { host: "127.0.0.1".into(), port: 80 }));
        for (text, why) in [
            ("", "expected exec:COMMAND or tcp:HOST:PORT"),
            ("cat", "expected exec:COMMAND or tcp:HOST:PORT"),
            ("udp:127.0.0.1:5", "expected exec:COMMAND or tcp:HOST:PORT"),
            ("tcp:127.0.0.1:0", "expected exec:COMMAND or tcp:HOST:PORT"),
            ("exec:", "exec: needs a command"),
            ("exec:a 'b", "the command `a 'b` cannot be split into words: missing closing quote"),
        ] {
            assert_eq!(read(text).unwrap_err(), why, "{text}");
        }
        assert!(read("tcp:nowhere").is_err());
    }

    /// All that a far end says, with what it is told.
    fn talk(route: &str, say: &[&[u8]]) -> (Vec<u8>, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut far = FarEnd::new(Some(route.parse().unwrap()));
            assert!(far.begin(1, AtPort::FIRST));
            say.iter().for_each(|bytes| far.send(1, bytes.to_vec()));
            let mut heard = Vec::new();
            loop {
                match timeout(Duration::from_secs(30), far.next(CHUNK)).await.expect("it says something") {
                    Some((1, _, FromFar::Bytes(bytes))) => heard.extend(bytes),
                    Some((1, _, FromFar::Ended(how))) => return (heard, how),
                    Some((1, _, FromFar::Failed(how))) => return (heard, how),
                    Some((1, _, FromFar::Open)) | None => {}
                    Some((other, ..)) => panic!("another call: {other}"),
                }
            }
        })
    }

    #[test]
    fn a_program_takes_the_data_and_its_end_is_told() {
        let (heard, how) = talk("exec:head -c 11", &[b"hello ", b"world and more"]);
        assert_eq!((heard.as_slice(), how.as_str()), (&b"hello world"[..], "`head` ended: exit status: 0"));
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        let (_, how) = talk("exec:/nowhere/at-all x", &[b"hello"]);
        assert_eq!(how, "`/nowhere/at-all` cannot be started: No such file or directory (os error 2)");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (_, how) = talk(&format!("tcp:127.0.0.1:{port}"), &[b"hello"]);
        assert_eq!(how, format!("127.0.0.1:{port} cannot be connected: Connection refused (os error 111)"));
    }

    #[test]
    fn a_far_end_that_takes_nothing_holds_up_the_client_and_costs_a_bounded_amount() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut far = FarEnd::new(Some("exec:sleep 60".parse().unwrap()));
            assert!(far.begin(1, AtPort::FIRST));
            assert!(!far.is_full());
            for _ in 0..400 {
                far.send(1, vec![b'x'; CHUNK]);
            }
            assert!(far.is_full());
            let lost = far.end(1);
            // All but what the channel holds waits or is lost.
            assert_eq!(lost, ((400 - CHUNKS) * CHUNK) as u64);
            assert!(!far.is_full());
        });
    }
}
