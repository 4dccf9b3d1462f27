//! Other people's screens, languages and lines.
//!
//! | | Chromium | Firefox | WebKitGTK |
//! | --- | --- | --- | --- |
//! | language | DevTools protocol | with the browser's rights | English alone |
//! | dark, reduced motion | DevTools protocol | with the browser's rights | – |
//! | viewport | DevTools protocol | with the browser's rights | by the window, from 450 px |
//! | touch, slow lines, slow processors | DevTools protocol | – | – |
//! | offline | DevTools protocol | with the browser's rights | the line to the edge is cut |
//!
//! A dash is a panic: journeys that need it stand in `of_chromium`, or ask [`Browser::can`] before.

use serde_json::json;

use super::{Browser, engine::Engine, firefox::locked};
use crate::line::Line;

/// What not every engine can be made to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// [`Browser::prefer_dark`], [`Browser::prefer_reduced_motion`], and any language.
    Preferences,
    /// A viewport as narrow as a phone's.
    Narrow,
}

/// WebKit's browser cannot be made narrower than its own buttons.
const WEBKIT_WIDTH_MIN: u32 = 450;

/// What stands above the page in WebKit's browser, in pixels: its buttons and the field for the address.
const WEBKIT_BAR: u32 = 38;

impl Browser {
    /// Whether this engine can be made to do something; see the table above.
    #[must_use]
    pub fn can(&self, _ability: Ability) -> bool {
        self.engine != Engine::WebKitGtk
    }

    /// A person who prefers dark.
    ///
    /// # Panics
    /// In WebKit.
    pub async fn prefer_dark(&self) {
        self.prefer("prefers-color-scheme", "dark", "tab.browsingContext.prefersColorSchemeOverride = 'dark'").await;
    }

    /// A person who prefers no motion.
    ///
    /// # Panics
    /// In WebKit.
    pub async fn prefer_reduced_motion(&self) {
        let script = "Services.prefs.setIntPref('ui.prefersReducedMotion', 1)";
        self.prefer("prefers-reduced-motion", "reduce", script).await;
    }

    async fn prefer(&self, name: &str, value: &str, in_firefox: &str) {
        match self.engine {
            Engine::Chromium => {
                let features = json!([{ "name": name, "value": value }]);
                self.cdp("Emulation.setEmulatedMedia", &json!({ "features": features })).await;
            }
            Engine::Firefox => {
                self.privileged(in_firefox, &[]).await;
            }
            Engine::WebKitGtk => panic!("WebKit's driver cannot prefer {name}: {value}"),
        }
    }

    /// A phone, upright; in Chromium with touch.
    pub async fn be_a_phone(&self) {
        self.set_viewport(390, 844, 2, true).await;
        if self.engine == Engine::Chromium {
            self.cdp("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true })).await;
        }
    }

    /// Any viewport, in CSS pixels. `pixel_ratio` and `mobile` count in Chromium alone.
    ///
    /// # Panics
    /// When it is narrower than this engine can be.
    pub async fn set_viewport(&self, width: u32, height: u32, pixel_ratio: u32, mobile: bool) {
        match self.engine {
            Engine::Chromium => {
                let metrics =
                    json!({ "width": width, "height": height, "deviceScaleFactor": pixel_ratio, "mobile": mobile });
                self.cdp("Emulation.setDeviceMetricsOverride", &metrics).await;
            }
            Engine::Firefox => self.size_page_of_firefox(width, height).await,
            Engine::WebKitGtk => {
                assert!(width >= WEBKIT_WIDTH_MIN, "WebKit's window is at least {WEBKIT_WIDTH_MIN} px wide");
                let sized = self.client.set_window_size(width, height + WEBKIT_BAR).await;
                sized.unwrap_or_else(|error| panic!("WebKit's window has another size: {error}"));
                self.wait_until(&format!("innerWidth === {width} && innerHeight === {height}")).await;
            }
        }
    }

    /// A person whose browser speaks this language (`navigator.language`, `Accept-Language`, `Intl`).
    ///
    /// # Panics
    /// In WebKit, when it is not English.
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
            Engine::WebKitGtk => assert_eq!(locale, "en", "WebKit's browser speaks what it was started with"),
        }
    }

    /// Cuts or restores the line.
    ///
    /// # Panics
    /// In WebKit, when the browser is not on a [`crate::stage::Stage`], whose line is the one that can be cut.
    pub async fn set_offline(&self, offline: bool) {
        // What Firefox writes into the console about each request that nobody answers; Chromium's words tests announce.
        self.expect_error("Cross-Origin Request Blocked");
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
                self.eval(&format!("window.dispatchEvent(new Event('{event}'))")).await;
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
