//! One run of a browser, with an empty profile, and who sits before it.
//!
//! Chromium and Firefox learn at any time what a person prefers. WebKit's browser learns it from its surroundings when it
//! starts, as any program of its desktop does, so there another person means another run.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::symlink,
    path::Path,
    sync::{Arc, PoisonError},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use tempfile::TempDir;

use super::{Browser, driver::Driver, engine::Engine};

/// How long a browser may take to close after a test failed.
const END_PATIENCE: Duration = Duration::from_secs(5);

/// The one locale that glibc brings along. Its texts and rules under another name make that a locale that is installed; pages
/// are told no more than the name.
const ANY_LOCALE: &str = "/usr/lib/locale/C.utf8";

/// Without it WebKit's browser is never narrower than its own buttons.
const NARROW_BUTTONS: &str = "button, entry { min-width: 0; padding: 0; }";

/// What a browser must know of a person before it starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    /// The browser's language; none is English.
    pub(super) locale: Option<String>,
    /// Whether they prefer dark.
    pub(super) dark: bool,
    /// Whether they prefer no motion.
    pub(super) still: bool,
    /// Whether they switched scripts off.
    pub(super) without_scripts: bool,
}

impl Person {
    /// The variables by which a program of the GTK desktop learns of them, with files in `home`, a folder of its own.
    ///
    /// # Panics
    /// When the files cannot be written.
    pub(super) fn surroundings(&self, home: &Path) -> [(&'static str, String); 7] {
        let config = home.join("config");
        let gtk = config.join("gtk-3.0");
        fs::create_dir_all(&gtk).expect("a folder for settings");
        let theme = if self.dark { "Adwaita-dark" } else { "Adwaita" };
        let moves = !self.still;
        let settings = format!("[Settings]\ngtk-theme-name={theme}\ngtk-enable-animations={moves}\n");
        fs::write(gtk.join("settings.ini"), settings).expect("settings can be written");
        fs::write(gtk.join("gtk.css"), NARROW_BUTTONS).expect("a style can be written");
        let language = self.locale.as_deref().unwrap_or("en-US").replace('-', "_");
        let locale = format!("{language}.UTF-8");
        symlink(ANY_LOCALE, home.join(&locale)).expect("a locale under another name");
        let (home, config) = (home.display().to_string(), config.display().to_string());
        [
            ("HOME", home.clone()),
            ("XDG_CONFIG_HOME", config),
            ("LOCPATH", home),
            ("LANG", locale.clone()),
            ("LC_ALL", locale),
            ("LANGUAGE", language),
            ("NO_AT_BRIDGE", "1".to_owned()),
        ]
    }
}

/// A browser that runs.
pub(super) struct Session {
    pub(super) client: Client,
    driver: Arc<Driver>,
    id: String,
    _profile: TempDir,
}

impl Session {
    /// Starts a browser for somebody.
    ///
    /// # Panics
    /// When the engine or its driver is not installed.
    pub(super) async fn open(engine: Engine, person: &Person) -> Self {
        let driver = Driver::of(engine, person);
        let profile = tempfile::Builder::new().prefix("buoy-browser-").tempdir().expect("a temporary folder");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let capabilities = engine.capabilities(profile.path(), person);
        builder.capabilities(capabilities.as_object().cloned().unwrap_or_default());
        let opened = builder.connect(&driver.url()).await;
        let client = opened.unwrap_or_else(|error| panic!("no browser opens: {error}\n{}", driver.complaints()));
        let id = client.session_id().await.ok().flatten().expect("the session has an id");
        Self { client, driver, id, _profile: profile }
    }

    /// Ends it without a runtime, which may be gone already.
    pub(super) fn end(&self) -> std::io::Result<()> {
        let mut driver = TcpStream::connect(("127.0.0.1", self.driver.port))?;
        write!(driver, "DELETE /session/{} HTTP/1.1\r\nhost: localhost\r\n\r\n", self.id)?;
        driver.set_read_timeout(Some(END_PATIENCE))?;
        driver.read(&mut [0]).map(|_first_byte_of_the_answer| ())
    }
}

impl Browser {
    /// Seats somebody else before WebKit's browser, which starts anew for them: whoever calls this opens a page next.
    pub(super) async fn seat(&self, change: impl FnOnce(&mut Person)) {
        self.collect_errors().await;
        let _it_ends_with_its_driver_at_the_latest = self.client().close().await;
        let person = {
            let mut person = self.person.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut person);
            person.clone()
        };
        let session = Session::open(self.engine, &person).await;
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = session;
        self.size_as_a_desktop().await;
    }
}
