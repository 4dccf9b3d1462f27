//! What a support team promises, as data: one policy per site.
//!
//! Code knows the mechanisms, presets hold the numbers. The form on paper is `policy.toml` (see `policy_file`, which
//! reads and checks it); this module is the checked form, as the edge stores it and hands parts of it to pages.

mod triage_rules;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
pub use triage_rules::{AnswerRule, CategoryRule, Queue, QueueRule, RaiseRule, TagRule, TriageRules};

/// A text in several languages, by language tag.
pub type Localized = BTreeMap<String, String>;

/// The text for a locale: the locale itself, its language, the fallback, anything.
#[must_use]
pub fn localized<'a>(texts: &'a Localized, locale: &str, fallback: &str) -> &'a str {
    let language = locale.split('-').next().unwrap_or(locale);
    let found = [locale, language, fallback].into_iter().find_map(|tag| texts.get(tag));
    found.or_else(|| texts.values().next()).map_or("", String::as_str)
}

/// A checked policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The site as its visitors see it.
    pub site: SiteSettings,
    /// What a ticket may be about.
    pub categories: Vec<Keyed>,
    /// How urgent a ticket may be, most urgent first.
    pub priorities: Vec<Keyed>,
    /// Kinds of customers, in no order.
    #[serde(default)]
    pub tiers: Vec<Keyed>,
    /// What may break.
    #[serde(default)]
    pub components: Vec<Keyed>,
    /// Office hours, by name.
    pub calendars: BTreeMap<String, CalendarSpec>,
    /// The promises.
    pub sla: Vec<SlaRow>,
    /// How a text is sorted and answered.
    pub triage: TriageRules,
}

/// The site as its visitors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    /// The language when nothing else is known.
    pub default_locale: String,
    /// The languages it speaks.
    pub locales: Vec<String>,
    /// Colour of launcher and buttons, `#rrggbb`.
    pub accent: String,
    /// The tier of customers whose identity names none.
    pub default_tier: String,
}

/// Something with a key for programs and a label for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyed {
    /// The key, stable.
    pub key: String,
    /// The label, by language.
    pub label: Localized,
}

/// Office hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// IANA name of the zone the hours are written in.
    pub zone: String,
    /// Around the clock; then hours and holidays mean nothing and must be left out.
    #[serde(default)]
    pub always: bool,
    /// Opening hours by day, `mon` to `sun`, each a list such as `["09:00-13:00", "14:00-18:00"]`.
    #[serde(default)]
    pub hours: BTreeMap<String, Vec<String>>,
    /// Days off: `2026-12-31` once, `01-07` every year.
    #[serde(default)]
    pub holidays: Vec<String>,
}

/// One promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaRow {
    /// Key of the priority.
    pub priority: String,
    /// Key of the tier; left out, every tier that has no row of its own.
    #[serde(default)]
    pub tier: Option<String>,
    /// Time to the first answer by a person.
    pub first_response: Span,
    /// Time to the solution; left out, none is promised.
    #[serde(default)]
    pub resolution: Option<Span>,
    /// Name of the calendar that counts.
    pub calendar: String,
}

/// A length of counted time in minutes, written `15m`, `2h` or `1h30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(u32);

impl Span {
    /// A span of this many minutes.
    #[must_use]
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes)
    }

    /// Its length in minutes.
    #[must_use]
    pub const fn as_minutes(self) -> u32 {
        self.0
    }

    /// Reads `15m`, `2h` or `1h30m`; nothing shorter than a minute.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        /// A year: nobody promises longer, and sums stay far from overflow.
        const MINUTES_MAX: u32 = 366 * 24 * 60;
        let (hours, rest) = match text.split_once('h') {
            Some((hours, rest)) => (hours.parse::<u32>().ok()?, rest),
            None => (0, text),
        };
        let minutes = match rest.strip_suffix('m') {
            Some(minutes) => minutes.parse::<u32>().ok()?,
            None if rest.is_empty() && !text.is_empty() => 0,
            None => return None,
        };
        let total = hours.checked_mul(60)?.checked_add(minutes)?;
        (1..=MINUTES_MAX).contains(&total).then_some(Self(total))
    }
}

impl TryFrom<String> for Span {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("expected a time such as 15m, 2h or 1h30m")
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        let mut text = String::new();
        if span.0 >= 60 {
            text.push_str(&(span.0 / 60).to_string());
            text.push('h');
        }
        if !span.0.is_multiple_of(60) || span.0 == 0 {
            text.push_str(&(span.0 % 60).to_string());
            text.push('m');
        }
        text
    }
}

impl Policy {
    /// Keys of the categories, for checking a draft.
    #[must_use]
    pub fn category_keys(&self) -> Vec<&str> {
        self.categories.iter().map(|category| category.key.as_str()).collect()
    }

    /// Keys of the components, for checking an incident.
    #[must_use]
    pub fn component_keys(&self) -> Vec<&str> {
        self.components.iter().map(|component| component.key.as_str()).collect()
    }

    /// The promise for a priority and tier: the tier's own row, else the row for every tier.
    #[must_use]
    pub fn promise(&self, priority: &str, tier: &str) -> Option<&SlaRow> {
        let of_priority = || self.sla.iter().filter(|row| row.priority == priority);
        of_priority()
            .find(|row| row.tier.as_deref() == Some(tier))
            .or_else(|| of_priority().find(|row| row.tier.is_none()))
    }

    /// The best of the site's languages for what a visitor asked for.
    #[must_use]
    pub fn locale_for<'a>(&'a self, wanted: &str) -> &'a str {
        let language = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let exact = self.site.locales.iter().find(|tag| tag.eq_ignore_ascii_case(wanted));
        let related = || self.site.locales.iter().find(|tag| language(tag) == language(wanted));
        exact.or_else(related).unwrap_or(&self.site.default_locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_as_people_write_them() {
        for (text, minutes) in [
            ("15m", Some(15)),
            ("2h", Some(120)),
            ("1h30m", Some(90)),
            ("0m", None),
            ("", None),
            ("h", None),
            ("2", None),
            ("2d", None),
            ("-5m", None),
            ("99999999h", None),
        ] {
            assert_eq!(Span::parse(text).map(Span::as_minutes), minutes, "{text}");
        }
        for text in ["15m", "2h", "1h30m"] {
            assert_eq!(String::from(Span::parse(text).unwrap()), text);
        }
    }

    #[test]
    fn a_text_falls_back_from_region_to_language_to_default() {
        let texts = Localized::from([("en".into(), "Login".into()), ("ru".into(), "Вход".into())]);
        for (locale, text) in [("ru", "Вход"), ("ru-RU", "Вход"), ("de", "Login"), ("en-GB", "Login")] {
            assert_eq!(localized(&texts, locale, "en"), text);
        }
        assert_eq!(localized(&Localized::from([("ja".into(), "x".into())]), "de", "en"), "x");
    }
}
