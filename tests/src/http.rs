//! An HTTP client for tests: an answer is a value to look at, and a 5xx fails the test unless it was expected.

use std::{fmt, time::Duration};

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Longer than anything the edge may take: a cron may wait for one third party after the other.
const TIMEOUT: Duration = Duration::from_secs(150);

/// A client of one edge, with headers that every request carries.
///
/// Made anew for each test: its connections belong to the runtime of that test.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
}

impl Client {
    /// A client of the server at `base`, an address without a slash at the end.
    ///
    /// # Panics
    /// When the system refuses to make one.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let builder = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
        // No connection twice: on a busy machine the server may close one in the moment in which we use it again.
        let builder = builder.pool_max_idle_per_host(0);
        let http = builder.build().expect("an HTTP client can be made");
        Self { http, base: base.to_owned(), headers: HeaderMap::new() }
    }

    /// The same client with one header more on every request.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let (name, value) = header(name, value);
        self.headers.insert(name, value);
        self
    }

    /// The same client, speaking for the holder of a token.
    #[must_use]
    pub fn with_bearer(self, token: &str) -> Self {
        self.with_header("authorization", &format!("Bearer {token}"))
    }

    /// The token it speaks with.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        self.headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")
    }

    /// GET.
    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    /// POST.
    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    /// PUT.
    pub fn put(&self, path: &str) -> Request {
        self.request(Method::PUT, path)
    }

    /// PATCH.
    pub fn patch(&self, path: &str) -> Request {
        self.request(Method::PATCH, path)
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// Any method. `path` begins with a slash, or is a whole address.
    pub fn request(&self, method: Method, path: &str) -> Request {
        let url = if path.starts_with('/') { format!("{}{path}", self.base) } else { path.to_owned() };
        let what = format!("{method} {url}");
        let request = self.http.request(method, url).headers(self.headers.clone());
        Request { request, what, allow_5xx: false }
    }
}

/// A request that was not sent yet.
#[must_use = "nothing is sent before `send`"]
#[derive(Debug)]
pub struct Request {
    request: reqwest::RequestBuilder,
    what: String,
    allow_5xx: bool,
}

impl Request {
    /// Adds a header, or replaces the client's.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (name, value) = header(name, value);
        let mut headers = HeaderMap::new();
        headers.insert(name, value);
        self.request = self.request.headers(headers);
        self
    }

    /// Speaks for the holder of this token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// The key under which a repeat is harmless.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends a JSON body.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Sends these bytes as they are.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>, content_type: &str) -> Self {
        self.request = self.request.body(bytes.into());
        self.header("content-type", content_type)
    }

    /// Here a 5xx is what the test wants to see, or may see.
    pub fn allow_5xx(mut self) -> Self {
        self.allow_5xx = true;
        self
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Panics
    /// When there is no answer, or when it is a 5xx that was not allowed.
    pub async fn send(self) -> Answer {
        let (what, allow_5xx) = (self.what.clone(), self.allow_5xx);
        let answer = self.try_send().await.unwrap_or_else(|error| panic!("{what}: no answer: {error}"));
        assert!(allow_5xx || answer.status < 500, "the edge failed: {answer:#?}");
        answer
    }

    /// Sends it where no answer is an answer too, for instance while the edge is being killed.
    ///
    /// # Errors
    /// When the connection broke or the time was up.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let response = self.request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?.to_vec();
        Ok(Answer { what: self.what, status, headers, bytes })
    }
}

fn header(name: &str, value: &str) -> (HeaderName, HeaderValue) {
    let parsed = name.parse().ok().zip(value.parse().ok());
    parsed.unwrap_or_else(|| panic!("`{name}: {value}` is no header"))
}

/// A whole answer.
#[derive(Clone)]
pub struct Answer {
    what: String,
    /// The status code.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON of a known form.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("unexpected body ({error}): {self:#?}"))
    }

    /// The body as any JSON.
    #[must_use]
    pub fn value(&self) -> Value {
        self.json()
    }

    /// One header, or the empty text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Itself, if the status is this one.
    ///
    /// # Panics
    /// With the whole answer when it is another.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected status: {self:#?}");
        self
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}\n{:#?}\n{}", self.what, self.status, self.headers, self.text())
    }
}
