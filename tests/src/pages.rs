//! Host pages: somebody else's web app with our script tag in it, on an origin of its own.
//!
//! Serves `tests/pages/`. In pages and in the policy header `{{edge}}`, `{{site}}` and whatever else a test fills in are
//! replaced, so one page serves every test. Where the browser's driver cannot watch a page for errors, the watch is the
//! first script of every page, and takes its own element away.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Response, StatusCode, Uri, header},
};
use tokio::net::TcpListener;

use crate::{
    browser::{Engine, watchdog},
    root::root,
};

/// What lets the watch run under any policy.
const NONCE: &str = "watch";

/// A running server of host pages. It ends with the test's runtime.
#[derive(Clone)]
pub struct Pages {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    values: BTreeMap<String, String>,
    policy: Option<String>,
    headers: Vec<(String, String)>,
    inline: BTreeMap<String, String>,
}

impl Pages {
    /// Starts on a free port.
    ///
    /// # Panics
    /// When there is none.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("the port is known").port();
        let shared = Arc::<Mutex<Shared>>::default();
        let app = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, shared }
    }

    /// The origin that the site must allow.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The address of a page.
    #[must_use]
    pub fn url(&self, page: &str) -> String {
        format!("{}/{}", self.origin(), page.trim_start_matches('/'))
    }

    /// From now on `{{name}}` means `value`.
    pub fn fill(&self, name: &str, value: &str) {
        self.lock().values.insert(name.to_owned(), value.to_owned());
    }

    /// What `{{name}}` means now; nothing when it was never filled.
    #[must_use]
    pub fn filled(&self, name: &str) -> String {
        self.lock().values.get(name).cloned().unwrap_or_default()
    }

    /// From now on every page carries this `Content-Security-Policy`.
    pub fn set_policy(&self, policy: &str) {
        self.lock().policy = Some(policy.to_owned());
    }

    /// From now on every page carries this header too.
    pub fn set_header(&self, name: &str, value: &str) {
        self.lock().headers.push((name.to_owned(), value.to_owned()));
    }

    /// Adds a page that only one test needs.
    pub fn add(&self, path: &str, html: &str) {
        self.lock().inline.insert(path.trim_start_matches('/').to_owned(), html.to_owned());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(State(shared): State<Arc<Mutex<Shared>>>, uri: Uri) -> Response<Body> {
    let path = uri.path().trim_start_matches('/');
    let shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let file = || {
        let inside = !path.split('/').any(|part| part == "..");
        inside.then(|| std::fs::read_to_string(root().join("tests/pages").join(path)).ok()).flatten()
    };
    let mut answer = Response::builder();
    let body = match shared.inline.get(path).cloned().or_else(file) {
        Some(text) => {
            answer = answer.header(header::CONTENT_TYPE, content_type(path));
            if let Some(policy) = &shared.policy {
                let policy = fill(policy, &shared.values);
                answer = answer.header(header::CONTENT_SECURITY_POLICY, allow_watch(&policy));
            }
            for (name, value) in &shared.headers {
                answer = answer.header(name, value);
            }
            let text = fill(&text, &shared.values);
            if content_type(path).starts_with("text/html") { watched(&text) } else { text }
        }
        None => {
            answer = answer.status(StatusCode::NOT_FOUND);
            format!("there is no tests/pages/{path}")
        }
    };
    answer.body(Body::from(body)).expect("a policy that is a valid header")
}

/// The page with the watch before everything else, where the engine needs that.
fn watched(html: &str) -> String {
    if !Engine::chosen().needs_watch_in_page() {
        return html.to_owned();
    }
    let watch = format!("<script nonce=\"{NONCE}\">document.currentScript.remove();{}</script>", watchdog::SCRIPT);
    for before in ["<head>", "<!doctype html>"] {
        if let Some((start, rest)) = html.split_once(before) {
            return format!("{start}{before}{watch}{rest}");
        }
    }
    watch + html
}

/// A policy that lets the watch run, and nothing else that it did not.
fn allow_watch(policy: &str) -> String {
    if !Engine::chosen().needs_watch_in_page() {
        return policy.to_owned();
    }
    policy.replacen("script-src ", &format!("script-src 'nonce-{NONCE}' "), 1)
}

fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        _ => "text/html; charset=utf-8",
    }
}
