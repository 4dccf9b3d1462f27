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
mod session;
pub mod snapshot;
mod tabs;
pub(crate) mod watchdog;

use std::{
    fs,
    sync::{Mutex, PoisonError, RwLock},
};

use fantoccini::Client;
use serde_json::{Value, json};

pub use self::engine::Engine;
use self::session::{Person, Session};
use crate::{edge::random_hex, line::Line, root::failures, wait};

/// One browser with one empty profile. Close it with [`Browser::close`].
pub struct Browser {
    engine: Engine,
    session: RwLock<Session>,
    /// Who sits before it, where it must know that when it starts.
    person: Mutex<Person>,
    /// What lies between the page and the edge, where the engine itself cannot be cut off.
    line: Mutex<Option<Line>>,
    expected: Mutex<Vec<String>>,
    /// Errors read so far: reading empties the browser's own list.
    severe: Mutex<Vec<String>>,
    closed: bool,
}

impl Browser {
    /// Opens a browser of the engine of this test process.
    ///
    /// # Panics
    /// When the engine or its driver is not installed.
    pub async fn open() -> Self {
        let engine = Engine::chosen();
        let session = Session::open(engine, &Person::default()).await;
        let browser = Self {
            engine,
            session: RwLock::new(session),
            person: Mutex::default(),
            line: Mutex::default(),
            expected: Mutex::default(),
            severe: Mutex::default(),
            closed: false,
        };
        browser.watch_tab().await;
        browser.size_as_a_desktop().await;
        browser
    }

    /// What renders its pages.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// fantoccini's own client, for what has no helper here.
    #[must_use]
    pub fn client(&self) -> Client {
        self.session.read().unwrap_or_else(PoisonError::into_inner).client.clone()
    }

    /// Opens an address and waits for the page's load event.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn goto(&self, url: &str) {
        self.collect_errors().await;
        self.client().goto(url).await.unwrap_or_else(|error| panic!("could not open {url}: {error}"));
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
        let result = self.client().execute(script, arguments.to_vec()).await;
        result.unwrap_or_else(|error| panic!("the script failed: {error}\n{script}"))
    }

    /// A picture of the viewport as PNG.
    ///
    /// # Panics
    /// When the browser cannot take one.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.client().screenshot().await.expect("the browser takes a picture")
    }

    /// Ends the browser, and fails the test on any error that a page made without being expected to.
    ///
    /// # Panics
    /// On such an error.
    pub async fn close(mut self) {
        let errors = self.unexpected_errors().await;
        self.closed = true;
        let _closing_twice = self.client().close().await;
        assert!(errors.is_empty(), "the page made errors:\n{}", errors.join("\n"));
    }

    /// What the page looks like, for a person who reads why a test failed. A driver may wait for ever for a picture of a page
    /// that is not shown.
    pub async fn dump(&self) -> String {
        match tokio::time::timeout(wait::DEADLINE, self.look()).await {
            Ok(look) => look,
            Err(_) => format!("the page could not be looked at within {} s", wait::DEADLINE.as_secs()),
        }
    }

    async fn look(&self) -> String {
        let page = self.client().execute(find::DUMP, Vec::new()).await.unwrap_or_else(|error| json!(error.to_string()));
        let errors = self.unexpected_errors().await.join("\n");
        let picture = match self.client().screenshot().await {
            Ok(png) => {
                let file = failures().join(format!("{}.png", random_hex()));
                fs::write(&file, png).map_or_else(|error| error.to_string(), |()| file.display().to_string())
            }
            Err(error) => error.to_string(),
        };
        format!("{}\nerrors: {errors}\npicture: {picture}", page.as_str().unwrap_or_default())
    }
}

impl Drop for Browser {
    /// A test that failed before `close` must not leave a browser behind; one that forgot it must be told.
    fn drop(&mut self) {
        if self.closed {
            return;
        }
        let _best_effort = self.session.read().unwrap_or_else(PoisonError::into_inner).end();
        assert!(std::thread::panicking(), "a test must end its browser with `close().await`, which looks for errors");
    }
}
