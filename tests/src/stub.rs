//! A third party on loopback (Telegram, Slack, PagerDuty, a customer's webhook) that remembers what it was sent.
//!
//! It says what the test tells it to say, refusals and silence included, so that retries can be watched.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
};
use tokio::net::TcpListener;

use crate::wait;

/// One request that the stub received.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// A running stand-in. It ends with the test's runtime.
#[derive(Clone)]
pub struct Stub {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    received: Vec<Received>,
    answers: VecDeque<(u16, String)>,
}

impl Stub {
    /// Starts on a free port and answers `200 {}` to everything.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("the port is known").port();
        let shared = Arc::<Mutex<Shared>>::default();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, shared }
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The next request that has no answer planned yet gets this one.
    pub fn answer_next(&self, status: u16, body: &str) {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).answers.push_back((status, body.to_owned()));
    }

    /// Everything so far.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).received.clone()
    }

    /// Waits for at least `count` requests.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        wait::until(&format!("{count} requests at the stub"), || async {
            let received = self.received();
            (received.len() >= count).then_some(received)
        })
        .await
    }
}

async fn answer(
    State(shared): State<Arc<Mutex<Shared>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    shared.received.push(Received { method, path: uri.to_string(), headers, body: body.to_vec() });
    let (status, text) = shared.answers.pop_front().unwrap_or_else(|| (200, "{}".to_owned()));
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Body::from(text)).expect("a valid answer")
}
