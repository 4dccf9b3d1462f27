//! How much one person, address or site may ask for, and how the asking is counted.
//!
//! The numbers are the product's defaults. An installation changes them by one variable (see [`Limits::parse`]); the
//! counting itself is here, pure, and kept by the edge's quota objects.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many within so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// How many.
    pub count: u32,
    /// Within how many seconds.
    pub seconds: u32,
}

const HOUR: u32 = 3_600;
const MINUTE: u32 = 60;

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident $word:literal $count:literal in $seconds:expr;)*) => {
        /// What is counted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Limit {
            $($(#[$doc])* $name,)*
        }

        impl Limit {
            /// Every limit.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in settings, in keys and in logs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it allows unless the installation says otherwise.
            #[must_use]
            pub const fn usual(self) -> Allowance {
                match self { $(Self::$name => Allowance { count: $count, seconds: $seconds },)* }
            }
        }
    };
}

limits! {
    /// A person in trouble writes a few tickets an hour, a script writes hundreds.
    TicketsPerVisitor "tickets_per_visitor" 10 in HOUR;
    /// A message every three seconds is faster than people type.
    MessagesPerVisitor "messages_per_visitor" 20 in MINUTE;
    /// A sign every three seconds, in three tickets at once.
    TypingPerAgent "typing_per_agent" 60 in MINUTE;
    /// Sessions are asked for at the first act, so this is so many people an hour behind one address.
    SessionsPerAddress "sessions_per_address" 60 in HOUR;
    /// A classroom behind one address during an outage.
    TicketsPerAddress "tickets_per_address" 30 in HOUR;
    /// More than any team can answer; what a database of one writer takes without others feeling it.
    TicketsPerSite "tickets_per_site" 300 in MINUTE;
    /// A mistyped token is mended after a few tries.
    StaffFailuresPerAddress "staff_failures_per_address" 20 in 15 * MINUTE;
    /// Five files for each of the hour's tickets, and some that were taken back.
    UploadsPerVisitor "uploads_per_visitor" 60 in HOUR;
    /// The files of the tickets that one address may file.
    UploadsPerAddress "uploads_per_address" 150 in HOUR;
    /// An office behind one address that subscribes when something is down.
    SubscriptionsPerAddress "subscriptions_per_address" 30 in HOUR;
    /// All of a site's readers when something is down; whoever asks in others' names fills no more mailboxes than that.
    SubscriptionsPerSite "subscriptions_per_site" 300 in HOUR;
    /// A class behind one address that reads and says of a few articles each whether they helped.
    VotesPerAddress "votes_per_address" 120 in HOUR;
    /// A mail that did not come is asked for once or twice more; a stranger's mailbox is not filled.
    ConfirmationsPerOwner "confirmations_per_owner" 3 in HOUR;
}

/// The limits of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    factor: u32,
    first_line: bool,
    changed: BTreeMap<String, Allowance>,
}

/// The form of the variable.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default = "one")]
    factor: u32,
    #[serde(default = "yes")]
    first_line: bool,
    #[serde(default)]
    limits: BTreeMap<String, Allowance>,
}

const fn one() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

impl Default for Limits {
    fn default() -> Self {
        Self { factor: 1, first_line: true, changed: BTreeMap::new() }
    }
}

impl Limits {
    /// Reads an installation's settings: `{"factor": 100}` multiplies every number, `{"limits":
    /// {"tickets_per_visitor": {"count": 5, "seconds": 60}}}` replaces one, `{"first_line": false}` leaves out the
    /// platform's own coarse limiter. Blank text changes nothing.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let settings: Settings = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let unknown = settings.limits.keys().find(|name| !Limit::ALL.iter().any(|limit| limit.name() == name.as_str()));
        if let Some(name) = unknown {
            return Err(format!("there is no limit named {name}"));
        }
        Ok(Self { factor: settings.factor, first_line: settings.first_line, changed: settings.limits })
    }

    /// What a limit allows here; `count` is what the site's policy says, where it speaks of this limit. The installation
    /// has the last word.
    #[must_use]
    pub fn of(&self, limit: Limit, count: Option<u32>) -> Allowance {
        let usual = Allowance { count: count.unwrap_or(limit.usual().count), ..limit.usual() };
        let Allowance { count, seconds } = self.changed.get(limit.name()).copied().unwrap_or(usual);
        Allowance { count: count.saturating_mul(self.factor), seconds }
    }

    /// Whether the platform's own limiter is asked first.
    #[must_use]
    pub const fn first_line(&self) -> bool {
        self.first_line
    }
}

/// Parts a window is counted in. More would be finer and larger to keep: with 60, an hour forgets by the minute.
const SLICES: i64 = 60;

/// How often something happened lately. At no moment does it let through more than the count within the seconds; in
/// return something is remembered for up to a sixtieth longer than needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Milliseconds of one slice; another length means other settings, and a fresh start.
    slice_millis: i64,
    /// Number of a slice since 1970, and how often it happened in it; oldest first, empty ones left out.
    slices: Vec<(i64, u32)>,
}

impl Window {
    /// Seconds to wait until there is room for one more; nothing when there is room now.
    pub fn wait_seconds(&mut self, allowance: Allowance, now: Timestamp) -> Option<u32> {
        self.forget(allowance, now);
        let happened = self.slices.iter().fold(0_u32, |sum, (_, count)| sum.saturating_add(*count));
        if happened < allowance.count {
            return None;
        }
        // With nothing to forget the allowance is zero, and no wait would help.
        let Some((oldest, _)) = self.slices.first() else { return Some(allowance.seconds.max(1)) };
        let free_at = (oldest + SLICES + 1).saturating_mul(self.slice_millis);
        let millis = free_at.saturating_sub(now.as_millis()).max(1);
        Some(u32::try_from((millis + 999) / 1_000).unwrap_or(u32::MAX))
    }

    /// Counts one.
    pub fn count(&mut self, allowance: Allowance, now: Timestamp) {
        self.forget(allowance, now);
        let current = now.as_millis().div_euclid(self.slice_millis);
        match self.slices.last_mut() {
            // A clock that went back a little counts into the newest slice.
            Some((slice, count)) if *slice >= current => *count = count.saturating_add(1),
            _ => self.slices.push((current, 1)),
        }
    }

    /// Whether everything it remembers is over.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        let length = self.slice_millis.max(1);
        let current = now.as_millis().div_euclid(length);
        self.slices.last().is_none_or(|(slice, _)| slice + SLICES < current)
    }

    fn forget(&mut self, allowance: Allowance, now: Timestamp) {
        let length = (i64::from(allowance.seconds) * 1_000 / SLICES).max(1);
        if self.slice_millis != length {
            *self = Self { slice_millis: length, slices: Vec::new() };
        }
        let current = now.as_millis().div_euclid(length);
        self.slices.retain(|(slice, _)| slice + SLICES >= current);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOURLY: Allowance = Allowance { count: 10, seconds: 3_600 };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn the_usual_numbers_are_these() {
        let numbers: Vec<(&str, u32, u32)> =
            Limit::ALL.iter().map(|limit| (limit.name(), limit.usual().count, limit.usual().seconds)).collect();
        assert_eq!(
            numbers,
            [
                ("tickets_per_visitor", 10, 3_600),
                ("messages_per_visitor", 20, 60),
                ("typing_per_agent", 60, 60),
                ("sessions_per_address", 60, 3_600),
                ("tickets_per_address", 30, 3_600),
                ("tickets_per_site", 300, 60),
                ("staff_failures_per_address", 20, 900),
                ("uploads_per_visitor", 60, 3_600),
                ("uploads_per_address", 150, 3_600),
                ("subscriptions_per_address", 30, 3_600),
                ("subscriptions_per_site", 300, 3_600),
                ("votes_per_address", 120, 3_600),
                ("confirmations_per_owner", 3, 3_600),
            ]
        );
    }

    #[test]
    fn the_eleventh_in_an_hour_waits_and_a_later_one_passes() {
        let mut window = Window::default();
        for second in 0..10 {
            assert_eq!(window.wait_seconds(HOURLY, at(second)), None);
            window.count(HOURLY, at(second));
        }
        let wait = window.wait_seconds(HOURLY, at(10)).expect("the eleventh waits");
        assert!((3_590..=3_660).contains(&wait), "{wait}");
        assert!(window.wait_seconds(HOURLY, at(3_599)).is_some());
        assert_eq!(window.wait_seconds(HOURLY, at(10 + i64::from(wait))), None);
    }

    #[test]
    fn no_hour_ever_holds_more_than_its_count() {
        // Someone tries every 7 seconds for a day; each that passed is checked against the hour before it.
        let mut window = Window::default();
        let mut passed: Vec<i64> = Vec::new();
        for second in (0..86_400).step_by(7) {
            if window.wait_seconds(HOURLY, at(second)).is_none() {
                window.count(HOURLY, at(second));
                passed.push(second);
                assert!(passed.iter().filter(|earlier| second - **earlier < 3_600).count() <= 10, "{second}");
            }
        }
        // And it is not stricter than a sixtieth: 24 hours hold at least 23 full counts.
        assert!(passed.len() >= 230, "{}", passed.len());
    }

    #[test]
    fn a_wait_is_enough_whenever_it_is_told() {
        let mut window = Window::default();
        let allowance = Allowance { count: 2, seconds: 2 };
        let mut now = at(0);
        for _ in 0..50 {
            while let Some(wait) = window.wait_seconds(allowance, now) {
                now = now.plus_seconds(i64::from(wait));
                assert_eq!(window.wait_seconds(allowance, now), None);
            }
            window.count(allowance, now);
            now = now.plus_millis(137);
        }
    }

    #[test]
    fn a_window_is_over_when_all_of_it_is_past_and_starts_anew_with_other_settings() {
        let mut window = Window::default();
        assert!(window.is_over(at(0)));
        window.count(HOURLY, at(0));
        assert!(!window.is_over(at(3_599)));
        assert!(window.is_over(at(3_700)));
        assert_eq!(window.wait_seconds(Allowance { count: 1, seconds: 60 }, at(1)), None);
        assert_eq!(window.wait_seconds(Allowance { count: 0, seconds: 60 }, at(1)), Some(60));
    }

    #[test]
    fn settings_change_what_they_name_and_refuse_what_they_do_not_know() {
        assert_eq!(Limits::parse(" "), Ok(Limits::default()));
        let larger = Limits::parse(r#"{"factor":100,"first_line":false}"#).unwrap();
        assert_eq!((larger.of(Limit::TicketsPerVisitor, None).count, larger.first_line()), (1_000, false));
        let one = Limits::parse(r#"{"limits":{"tickets_per_visitor":{"count":2,"seconds":5}}}"#).unwrap();
        assert_eq!(one.of(Limit::TicketsPerVisitor, None), Allowance { count: 2, seconds: 5 });
        assert_eq!(one.of(Limit::TicketsPerSite, None), Limit::TicketsPerSite.usual());
        assert_eq!(one.of(Limit::TicketsPerSite, Some(7)).count, 7, "the site's policy");
        assert_eq!(one.of(Limit::TicketsPerVisitor, Some(7)).count, 2, "the installation has the last word");
        for wrong in ["{", r#"{"limits":{"tickets":{"count":1,"seconds":1}}}"#, r#"{"faktor":2}"#] {
            assert!(Limits::parse(wrong).is_err(), "{wrong}");
        }
    }
}
