//! Other people's screens, languages and lines.
//!
//! | | Chromium | Firefox | WebKitGTK |
//! | --- | --- | --- | --- |
//! | language, dark, reduced motion | DevTools protocol | with the browser's rights | the browser starts anew |
//! | no scripts | DevTools protocol | with the browser's rights | the browser starts anew |
//! | viewport | DevTools protocol | with the browser's rights | by the window |
//! | touch, slow lines, slow processors | DevTools protocol | – | – |
//! | offline | DevTools protocol | with the browser's rights | the line to the edge is cut |
//!
//! A dash is a panic: what needs it stands in `of_chromium`. Where the browser starts anew, what it kept is gone and it is as
//! large as a desktop again: say who sits before it first, open a page then.

use serde_json::json;

use super::{Browser, engine::Engine, firefox::locked};
use crate::line::Line;

/// What stands above the page in WebKit's browser, in pixels: its buttons and the field for the address.
const WEBKIT_BAR: u32 = 38;

impl Browser {
    /// A person who prefers dark.
    pub async fn prefer_dark(&self) {
        match self.engine {
            Engine::Chromium => self.prefer("prefers-color-scheme", "dark").await,
            Engine::Firefox => {
                self.privileged("tab.browsingContext.prefersColorSchemeOverride = 'dark'", &[]).await;
            }
            Engine::WebKitGtk => self.seat(|person| person.dark = true).await,
        }
    }

    /// A person who prefers no motion.
    pub async fn prefer_reduced_motion(&self) {
        match self.engine {
            Engine::Chromium => self.prefer("prefers-reduced-motion", "reduce").await,
            Engine::Firefox => {
                self.privileged("Services.prefs.setIntPref('ui.prefersReducedMotion', 1)", &[]).await;
            }
            Engine::WebKitGtk => self.seat(|person| person.still = true).await,
        }
    }

    /// A person who chose the colours of all pages (only Chromium can be told so).
    pub async fn prefer_forced_colours(&self) {
        self.prefer("forced-colors", "active").await;
    }

    async fn prefer(&self, name: &str, value: &str) {
        let features = json!([{ "name": name, "value": value }]);
        self.cdp("Emulation.setEmulatedMedia", &json!({ "features": features })).await;
    }

    /// A person who lets no page run a script. The scripts of tests still run.
    pub async fn switch_scripts_off(&self) {
        match self.engine {
            Engine::Chromium => {
                self.cdp("Emulation.setScriptExecutionDisabled", &json!({ "value": true })).await;
            }
            Engine::Firefox => {
                self.privileged("tab.browsingContext.allowJavascript = false", &[]).await;
            }
            Engine::WebKitGtk => self.seat(|person| person.without_scripts = true).await,
        }
    }

    /// A phone, upright; in Chromium with touch.
    pub async fn be_a_phone(&self) {
        self.set_viewport(390, 844, 2, true).await;
        if self.engine == Engine::Chromium {
            self.cdp("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true })).await;
        }
    }

    /// The viewport that a browser begins with.
    pub(super) async fn size_as_a_desktop(&self) {
        // Chromium begins with it.
        if self.engine != Engine::Chromium {
            self.set_viewport(1_280, 900, 1, false).await;
        }
    }

    /// Any viewport, in CSS pixels. `pixel_ratio` and `mobile` count in Chromium alone.
    ///
    /// # Panics
    /// When the browser cannot be that large or small.
    pub async fn set_viewport(&self, width: u32, height: u32, pixel_ratio: u32, mobile: bool) {
        match self.engine {
            Engine::Chromium => {
                let metrics =
                    json!({ "width": width, "height": height, "deviceScaleFactor": pixel_ratio, "mobile": mobile });
                self.cdp("Emulation.setDeviceMetricsOverride", &metrics).await;
            }
            Engine::Firefox => self.size_page_of_firefox(width, height).await,
            Engine::WebKitGtk => {
                let sized = self.client().set_window_size(width, height + WEBKIT_BAR).await;
                sized.unwrap_or_else(|error| panic!("WebKit's window has another size: {error}"));
                self.wait_until(&format!("innerWidth === {width} && innerHeight === {height}")).await;
            }
        }
    }

    /// A person whose browser speaks this language (`navigator.language`, `Accept-Language`, `Intl`).
    pub async fn speak(&self, locale: &str) {
        match self.engine {
            Engine::Chromium => {
                let version = self.cdp("Browser.getVersion", &json!({})).await;
                let agent = version.get("userAgent").cloned().unwrap_or_default();
                self.cdp("Emulation.setLocaleOverride", &json!({ "locale": locale })).await;
                self.cdp("Emulation.setUserAgentOverride", &json!({ "userAgent": agent, "acceptLanguage": locale }))
                    .await;
            }
            Engine::Firefox => {
                self.privileged("tab.browsingContext.languageOverride = arguments[0]", &[locale.into()]).await;
            }
            // It starts with English.
            Engine::WebKitGtk if locale == "en" => {}
            Engine::WebKitGtk => self.seat(|person| person.locale = Some(locale.to_owned())).await,
        }
    }

    /// Cuts or restores the line.
    ///
    /// # Panics
    /// In WebKit, when the browser is not on a [`crate::stage::Stage`], whose line is the one that can be cut.
    pub async fn set_offline(&self, offline: bool) {
        // What Firefox writes into the console about each request that nobody answers; Chromium's words tests announce.
        if self.engine == Engine::Firefox {
            self.expect_lost_line();
        }
        match self.engine {
            Engine::Chromium => self.set_line(offline, 0, -1, -1).await,
            Engine::Firefox => {
                self.privileged("tab.browsingContext.forceOffline = arguments[0]", &[offline.into()]).await;
            }
            Engine::WebKitGtk => {
                let line = locked(&self.line).clone().expect("a line to the edge");
                line.cut(offline);
                // The page is told what a browser tells it.
                let event = if offline { "offline" } else { "online" };
                let tell = format!(
                    "Object.defineProperty(navigator, 'onLine', {{ configurable: true, get: () => {} }});\
                     window.dispatchEvent(new Event('{event}'))",
                    !offline
                );
                self.eval(&tell).await;
            }
        }
    }

    /// From now on this is the line to the edge, where the engine itself cannot be cut off.
    pub(crate) fn depend_on(&self, line: Line) {
        *locked(&self.line) = Some(line);
    }

    /// Chromium's "slow 4G": 562.5 ms of added latency, 1.44 Mbit/s down, 675 kbit/s up.
    pub async fn be_on_slow_4g(&self) {
        self.set_line(false, 563, 180_000, 84_375).await;
    }

    /// Any line: latency in milliseconds, throughput in bytes a second, -1 for unlimited. Chromium alone.
    pub async fn set_line(&self, offline: bool, latency_ms: u32, download: i64, upload: i64) {
        self.cdp("Network.enable", &json!({})).await;
        let line = json!({
            "offline": offline, "latency": latency_ms, "downloadThroughput": download, "uploadThroughput": upload,
        });
        self.cdp("Network.emulateNetworkConditions", &line).await;
    }

    /// A processor that is this many times slower. Chromium alone.
    pub async fn slow_down(&self, times: u32) {
        self.cdp("Emulation.setCPUThrottlingRate", &json!({ "rate": times })).await;
    }
}
