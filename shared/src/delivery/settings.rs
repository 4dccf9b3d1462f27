//! How an installation delivers: one variable, `DELIVERY`, as JSON. What it leaves out is as it is in production.

use super::payload::Bases;
use serde::Deserialize;

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether `http://127.0.0.1:<port>` may be called: for somebody's own machine, never in production.
    pub loopback: bool,
    /// How long an answer may take, in milliseconds. Standard Webhooks asks for 15 to 30 seconds.
    pub timeout_ms: u32,
    /// Telegram's Bot API.
    pub telegram: String,
    /// PagerDuty's Events API.
    pub pagerduty: String,
    /// Who mail is from; without it no mail is sent.
    pub email_from: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            loopback: false,
            timeout_ms: 15_000,
            telegram: "https://api.telegram.org".to_owned(),
            pagerduty: "https://events.pagerduty.com".to_owned(),
            email_from: String::new(),
        }
    }
}

impl Settings {
    /// Reads the variable; blank is as in production.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// Where third parties are reached.
    #[must_use]
    pub fn bases(&self, telegram_token: String) -> Bases {
        Bases { telegram: self.telegram.clone(), telegram_token, pagerduty: self.pagerduty.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_as_in_production_and_what_is_unknown_is_refused() {
        assert_eq!(Settings::parse(" "), Ok(Settings::default()));
        let read = Settings::parse(r#"{"loopback":true,"telegram":"http://127.0.0.1:9"}"#).expect("settings");
        assert_eq!((read.loopback, read.telegram.as_str(), read.timeout_ms), (true, "http://127.0.0.1:9", 15_000));
        assert!(!Settings::default().loopback);
        assert!(Settings::parse(r#"{"lopback":true}"#).unwrap_err().contains("lopback"));
    }
}
