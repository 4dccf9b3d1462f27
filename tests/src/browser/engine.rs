//! The three engines that people's browsers are made of, and how each is opened.
//!
//! One test process drives one engine, named by `BUOY_ENGINE`; `cargo xtask test` runs the journeys once for each. What an
//! engine's driver cannot do by WebDriver is done by other means where there are any (see [`super::emulate`]), so that
//! journeys need not know where they run.

use std::{env, fs, path::Path};

use serde_json::{Value, json};

use super::session::Person;

/// The variable that names the engine of a test process.
pub const VARIABLE: &str = "BUOY_ENGINE";

/// What renders the pages of this test process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Debian's Chromium, by chromedriver. The default.
    Chromium,
    /// Debian's Firefox ESR, by geckodriver.
    Firefox,
    /// WebKit's GTK port in its MiniBrowser, by `WebKitWebDriver`: what is nearest to Safari on this system.
    WebKitGtk,
}

/// No sandbox, because tests run as root in containers; no background traffic, because every request counts.
const CHROMIUM_FLAGS: [&str; 10] = [
    "--headless=new",
    "--window-size=1280,900", // a desktop, unless a test says otherwise
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

impl Engine {
    /// The engine of this test process.
    ///
    /// # Panics
    /// When `BUOY_ENGINE` names none.
    #[must_use]
    pub fn chosen() -> Self {
        match env::var(VARIABLE).as_deref() {
            Err(_) | Ok("chromium") => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok("webkitgtk") => Self::WebKitGtk,
            Ok(other) => panic!("{VARIABLE} is “{other}”, but must be chromium, firefox or webkitgtk"),
        }
    }

    /// Whether its driver cannot run a script before those of a page.
    pub(crate) fn needs_watch_in_page(self) -> bool {
        self != Self::Chromium
    }

    /// What a new session is asked for. `profile` is an empty folder.
    pub(super) fn capabilities(self, profile: &Path, person: &Person) -> Value {
        match self {
            Self::Chromium => {
                let mut flags: Vec<String> = CHROMIUM_FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
                flags.push(format!("--user-data-dir={}", profile.display()));
                json!({
                    "browserName": "chrome",
                    "goog:chromeOptions": { "args": flags },
                    "goog:loggingPrefs": { "browser": "ALL" },
                })
            }
            Self::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "binary": "/usr/bin/firefox-esr",
                    "args": ["-headless"],
                },
            }),
            // Its driver starts MiniBrowser with a session that keeps nothing; whoever passes options names the program too.
            Self::WebKitGtk if person.without_scripts => json!({
                "webkitgtk:browserOptions": {
                    "binary": mini_browser(),
                    "args": ["--automation", "--enable-javascript=FALSE"],
                },
            }),
            Self::WebKitGtk => json!({}),
        }
    }
}

/// WebKit's own browser, which lies beside its libraries: in a folder of the processor's name.
fn mini_browser() -> String {
    let folders = fs::read_dir("/usr/lib").expect("the system's libraries").flatten();
    let programs = folders.map(|folder| folder.path().join("webkit2gtk-4.1/MiniBrowser"));
    let program = programs.into_iter().find(|program| program.exists());
    program.expect("MiniBrowser is there: install webkit2gtk-driver").display().to_string()
}
