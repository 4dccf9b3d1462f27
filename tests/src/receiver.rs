//! A third party on loopback that behaves badly on purpose: slow, dying in the middle of its answer, accepting and then
//! dropping the line, refusing connections. A proper server would not let a test do that, so this one speaks to the socket.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::wait;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Call {
    /// Path and query.
    pub path: String,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// How it was answered.
    pub behaviour: Behaviour,
}

impl Call {
    /// One header, or the empty text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// What it does with a request that it has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers with a status, more header lines and a body.
    Answer(u16, &'static str, &'static str),
    /// Answers 200, but so late that nobody listens any more.
    Slow,
    /// Answers 200 with the body that came.
    Echo,
    /// Answers 200 after so many milliseconds.
    Late(u64),
    /// Answers 200 once it is [let go](Receiver::let_go).
    Held,
    /// Says 200, promises a body, sends half of it and dies.
    DieMidAnswer,
    /// Has taken it, and closes the line without a word.
    Drop,
}

impl Behaviour {
    /// Plainly well.
    pub const OK: Self = Self::Answer(200, "", "{}");

    /// Whether whoever stands behind it has the message.
    #[must_use]
    pub fn took(&self) -> bool {
        !matches!(self, Self::Answer(status, ..) if *status >= 300)
    }
}

/// Longer than any time-out of a test's edge.
const LATE: Duration = Duration::from_secs(120);

const NOTHING: &str = "HTTP/1.1 200 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

type Plan = dyn Fn(usize) -> Behaviour + Send + Sync;

/// A running one.
pub struct Receiver {
    port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
    plan: Arc<Mutex<Arc<Plan>>>,
    gate: Arc<watch::Sender<bool>>,
    server: JoinHandle<()>,
    /// Its port once it is closed: nobody else gets it, and nobody answers there.
    closed: Option<TcpSocket>,
}

impl Receiver {
    /// Starts on a free port and behaves well.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("the port is known").port();
        let calls = Arc::<Mutex<Vec<Call>>>::default();
        let plan: Arc<Mutex<Arc<Plan>>> = Arc::new(Mutex::new(Arc::new(|_| Behaviour::OK)));
        let gate = Arc::new(watch::Sender::new(false));
        let (kept, asked, held) = (Arc::clone(&calls), Arc::clone(&plan), Arc::clone(&gate));
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept), Arc::clone(&asked), held.subscribe()));
            }
        });
        Self { port, calls, plan, gate, server, closed: None }
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on it behaves by this plan, which is told how many requests came before.
    pub fn behave(&self, plan: impl Fn(usize) -> Behaviour + Send + Sync + 'static) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(plan);
    }

    /// Answers whom it holds, and from now on everybody at once.
    pub fn let_go(&self) {
        self.gate.send_replace(true);
    }

    /// Closes its door: connections are refused.
    ///
    /// # Panics
    /// When its port is gone.
    pub async fn close(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
        let door = TcpSocket::new_v4().expect("a socket");
        door.set_reuseaddr(true).expect("a socket's option");
        door.bind(([127, 0, 0, 1], self.port).into()).expect("its own port");
        self.closed = Some(door);
    }

    /// Everything so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for at least so many requests.
    pub async fn wait_for(&self, count: usize) -> Vec<Call> {
        wait::until(&format!("{count} requests at the receiver"), || async {
            let calls = self.calls();
            (calls.len() >= count).then_some(calls)
        })
        .await
    }
}

async fn serve(
    mut stream: TcpStream,
    calls: Arc<Mutex<Vec<Call>>>,
    plan: Arc<Mutex<Arc<Plan>>>,
    mut held: watch::Receiver<bool>,
) {
    let Some(mut call) = read(&mut stream).await else { return };
    let said = call.body.clone();
    let behaviour = {
        let plan = Arc::clone(&plan.lock().unwrap_or_else(PoisonError::into_inner));
        let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
        call.behaviour = plan(calls.len());
        let behaviour = call.behaviour.clone();
        calls.push(call);
        behaviour
    };
    let answer = match behaviour {
        Behaviour::Answer(status, headers, body) => {
            let length = body.len();
            format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
        }
        Behaviour::Slow => {
            tokio::time::sleep(LATE).await;
            NOTHING.to_owned()
        }
        Behaviour::Held => {
            let _ = held.wait_for(|is_let_go| *is_let_go).await;
            NOTHING.to_owned()
        }
        Behaviour::Echo => {
            let length = said.len();
            format!("HTTP/1.1 200 X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{said}")
        }
        Behaviour::Late(millis) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            NOTHING.to_owned()
        }
        Behaviour::DieMidAnswer => "HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n{\"ok\":tr".to_owned(),
        Behaviour::Drop => return,
    };
    // Whoever does not listen any more is what some tests are about.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Reads a request with a body of known length.
async fn read(stream: &mut TcpStream) -> Option<Call> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(bytes.get(..head_end)?).into_owned();
    let mut lines = head.split("\r\n");
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let pairs = lines.filter_map(|line| line.split_once(':'));
    let headers: Vec<(String, String)> =
        pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, text)| text.parse().ok());
    let end = head_end + 4 + length.unwrap_or(0);
    while bytes.len() < end {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(bytes.get(head_end + 4..end)?).into_owned();
    Some(Call { path, headers, body, behaviour: Behaviour::OK })
}
