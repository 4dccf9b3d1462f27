//! Real browsers of three engines, each driven by its own driver; see [`engine`] for which and [`emulate`] for what they can.
//!
//! Each browser has a new, empty profile. [`Browser::close`] fails the test when any page threw, rejected or logged an
//! error that the test did not announce: a widget in somebody else's page must be silent.

mod axe;
mod cdp;
mod driver;
pub mod emulate;
pub mod engine;
mod find;
mod firefox;
pub mod keys;
pub mod snapshot;
mod tabs;
pub(crate) mod watchdog;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{Arc, Mutex},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use self::driver::Driver;
pub use self::{emulate::Ability, engine::Engine};
use crate::{edge::random_hex, line::Line, root::failures};

/// How long a browser may take to close after a test failed.
const END_PATIENCE: Duration = Duration::from_secs(5);

/// One browser with one empty profile. Close it with [`Browser::close`].
pub struct Browser {
    client: Client,
    engine: Engine,
    driver: Arc<Driver>,
    session: String,
    /// What lies between the page and the edge, where the engine itself cannot be cut off.
    line: Mutex<Option<Line>>,
    expected: Mutex<Vec<String>>,
    /// Errors read so far: reading empties the browser's own list.
    severe: Mutex<Vec<String>>,
    closed: bool,
    _profile: TempDir,
}

impl Browser {
    /// Opens a browser of the engine of this test process.
    ///
    /// # Panics
    /// When the engine or its driver is not installed.
    pub async fn open() -> Self {
        let engine = Engine::chosen();
        let driver = Driver::of(engine);
        let profile = tempfile::Builder::new().prefix("buoy-browser-").tempdir().expect("a temporary folder");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(engine.capabilities(profile.path()).as_object().cloned().unwrap_or_default());
        let opened = builder.connect(&driver.url()).await;
        let client = opened.unwrap_or_else(|error| panic!("no browser opens: {error}\n{}", driver.complaints()));
        let session = client.session_id().await.ok().flatten().expect("the session has an id");
        let browser = Self {
            client,
            engine,
            driver,
            session,
            line: Mutex::default(),
            expected: Mutex::default(),
            severe: Mutex::default(),
            closed: false,
            _profile: profile,
        };
        browser.watch_tab().await;
        if engine != Engine::Chromium {
            browser.set_viewport(1_280, 900, 1, false).await;
        }
        browser
    }

    /// What renders its pages.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// fantoccini's own client, for what has no helper here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens an address and waits for the page's load event.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn goto(&self, url: &str) {
        self.collect_errors().await;
        self.client.goto(url).await.unwrap_or_else(|error| panic!("could not open {url}: {error}"));
        self.watch_page().await;
    }

    /// Runs JavaScript in the page (use `return …`) and gives its JSON value.
    ///
    /// # Panics
    /// When the script throws.
    pub async fn eval(&self, script: &str) -> Value {
        self.eval_with(script, &[]).await
    }

    /// The same with `arguments[0]`, `arguments[1]` … A promise is awaited.
    ///
    /// # Panics
    /// When the script throws.
    pub async fn eval_with(&self, script: &str, arguments: &[Value]) -> Value {
        let result = self.client.execute(script, arguments.to_vec()).await;
        result.unwrap_or_else(|error| panic!("the script failed: {error}\n{script}"))
    }

    /// A picture of the viewport as PNG.
    ///
    /// # Panics
    /// When the browser cannot take one.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("the browser takes a picture")
    }

    /// Ends the browser, and fails the test on any error that a page made without being expected to.
    ///
    /// # Panics
    /// On such an error.
    pub async fn close(mut self) {
        let errors = self.unexpected_errors().await;
        self.closed = true;
        let _closing_twice = self.client.clone().close().await;
        assert!(errors.is_empty(), "the page made errors:\n{}", errors.join("\n"));
    }

    /// What the page looks like, for a person who reads why a test failed.
    pub async fn dump(&self) -> String {
        let page = self.client.execute(find::DUMP, Vec::new()).await.unwrap_or_else(|error| json!(error.to_string()));
        let errors = self.unexpected_errors().await.join("\n");
        let picture = match self.client.screenshot().await {
            Ok(png) => {
                let file = failures().join(format!("{}.png", random_hex()));
                fs::write(&file, png).map_or_else(|error| error.to_string(), |()| file.display().to_string())
            }
            Err(error) => error.to_string(),
        };
        format!("{}\nerrors: {errors}\npicture: {picture}", page.as_str().unwrap_or_default())
    }
}

impl Browser {
    /// Ends the session without a runtime, which may be gone already.
    fn end_session(&self) -> std::io::Result<()> {
        let mut driver = TcpStream::connect(("127.0.0.1", self.driver.port))?;
        write!(driver, "DELETE /session/{} HTTP/1.1\r\nhost: localhost\r\n\r\n", self.session)?;
        driver.set_read_timeout(Some(END_PATIENCE))?;
        driver.read(&mut [0]).map(|_first_byte_of_the_answer| ())
    }
}

impl Drop for Browser {
    /// A test that failed before `close` must not leave a browser behind; one that forgot it must be told.
    fn drop(&mut self) {
        if self.closed {
            return;
        }
        let _best_effort = self.end_session();
        assert!(std::thread::panicking(), "a test must end its browser with `close().await`, which looks for errors");
    }
}
