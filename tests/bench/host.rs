//! The host's web server: the pages of the bench, on an origin of their own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderValue, Response, Uri},
};
use tokio::net::TcpListener;

/// Pages below this are isolated from other origins, which gives them a clock of 5 µs instead of 100 µs.
pub(crate) const ISOLATED: &str = "/isolated/";

type Files = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// A running server. It ends with the bench.
#[derive(Clone)]
pub(crate) struct Host {
    port: u16,
    files: Files,
}

impl Host {
    /// Starts on a free port with nothing to serve.
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("a free port for host pages")?;
        let port = listener.local_addr()?.port();
        let files = Files::default();
        let app = Router::new().fallback(serve).with_state(Arc::clone(&files));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { port, files })
    }

    /// The origin that the site must allow.
    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Serves these bytes under `/name` from now on; gives the address.
    pub(crate) fn put(&self, name: &str, bytes: impl Into<Vec<u8>>) -> String {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(format!("/{name}"), bytes.into());
        format!("{}/{name}", self.origin())
    }
}

async fn serve(State(files): State<Files>, uri: Uri) -> Response<Body> {
    let bytes = files.lock().unwrap_or_else(PoisonError::into_inner).get(uri.path()).cloned();
    let status = if bytes.is_some() { 200 } else { 404 };
    let mut response = Response::new(Body::from(bytes.unwrap_or_default()));
    *response.status_mut() = status.try_into().unwrap_or_default();
    let mut set = |name, value| response.headers_mut().insert(name, HeaderValue::from_static(value));
    set("content-type", content_type(uri.path()));
    if uri.path().starts_with(ISOLATED) {
        set("cross-origin-opener-policy", "same-origin");
        set("cross-origin-embedder-policy", "require-corp");
    }
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("bin") => "application/octet-stream",
        _ => "text/html; charset=utf-8",
    }
}
