//! Other people's screens, languages and lines.

use serde_json::json;

use super::Browser;

impl Browser {
    /// A person who prefers dark.
    pub async fn prefer_dark(&self) {
        self.prefer("prefers-color-scheme", "dark").await;
    }

    /// A person who prefers no motion.
    pub async fn prefer_reduced_motion(&self) {
        self.prefer("prefers-reduced-motion", "reduce").await;
    }

    async fn prefer(&self, name: &str, value: &str) {
        let features = json!([{ "name": name, "value": value }]);
        self.cdp("Emulation.setEmulatedMedia", &json!({ "features": features })).await;
    }

    /// A phone, upright, with touch.
    pub async fn be_a_phone(&self) {
        self.set_viewport(390, 844, 2, true).await;
        self.cdp("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true })).await;
    }

    /// Any viewport, in CSS pixels.
    pub async fn set_viewport(&self, width: u32, height: u32, pixel_ratio: u32, mobile: bool) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": pixel_ratio, "mobile": mobile });
        self.cdp("Emulation.setDeviceMetricsOverride", &metrics).await;
    }

    /// A person whose browser speaks this language (`navigator.language`, `Accept-Language`, `Intl`).
    pub async fn speak(&self, locale: &str) {
        let version = self.cdp("Browser.getVersion", &json!({})).await;
        let agent = version.get("userAgent").cloned().unwrap_or_default();
        self.cdp("Emulation.setLocaleOverride", &json!({ "locale": locale })).await;
        self.cdp("Emulation.setUserAgentOverride", &json!({ "userAgent": agent, "acceptLanguage": locale })).await;
    }

    /// Cuts or restores the line.
    pub async fn set_offline(&self, offline: bool) {
        self.set_line(offline, 0, -1, -1).await;
    }

    /// Chromium's "slow 4G": 562.5 ms of added latency, 1.44 Mbit/s down, 675 kbit/s up.
    pub async fn be_on_slow_4g(&self) {
        self.set_line(false, 563, 180_000, 84_375).await;
    }

    /// Any line: latency in milliseconds, throughput in bytes a second, -1 for unlimited.
    pub async fn set_line(&self, offline: bool, latency_ms: u32, download: i64, upload: i64) {
        self.cdp("Network.enable", &json!({})).await;
        let line = json!({
            "offline": offline, "latency": latency_ms, "downloadThroughput": download, "uploadThroughput": upload,
        });
        self.cdp("Network.emulateNetworkConditions", &line).await;
    }

    /// A processor that is this many times slower.
    pub async fn slow_down(&self, times: u32) {
        self.cdp("Emulation.setCPUThrottlingRate", &json!({ "rate": times })).await;
    }
}
