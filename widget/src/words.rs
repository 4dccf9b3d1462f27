//! What the panel says: texts of the visitor's language, and times in the visitor's own zone by the browser's `Intl` (W6, P4).
//!
//! Numbers stand beside words, never inside a sentence that would have to change with them ("New: 3"), so no plural
//! rules are carried. It must not decide anything about a ticket.

use crate::browser;
use buoy_shared::incident::BannerStatus;
use buoy_shared::text::{FieldCode, FieldError};
use buoy_shared::texts::{Text, Texts};
use buoy_shared::ticket::{AuthorKind, Message, Ticket, TicketStatus};
use buoy_shared::time::Timestamp;
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::client::Failure;

/// Milliseconds in a day; near enough to find yesterday and tomorrow by noon.
const DAY_MS: f64 = 86_400_000.0;

const TIME: &[(&str, &str)] = &[("hour", "numeric"), ("minute", "2-digit")];
const DAY: &[(&str, &str)] = &[("weekday", "short"), ("day", "numeric"), ("month", "short")];
const DATE: &[(&str, &str)] = &[("day", "numeric"), ("month", "short"), ("year", "numeric")];

/// The words of one locale.
pub(crate) struct Words {
    texts: Texts,
    locale: String,
}

fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a float exactly for 280,000 years")]
    Date::new(&JsValue::from_f64(at.as_millis() as f64))
}

/// Whether an instant falls on the visitor's day that is so many days from today.
fn is_day(at: Timestamp, days_from_today: f64) -> bool {
    let other = Date::new(&JsValue::from_f64(browser::now_ms() + days_from_today * DAY_MS));
    date(at).to_date_string() == other.to_date_string()
}

impl Words {
    /// Words from the downloaded lines.
    pub(crate) fn new(lines: &str, locale: &str) -> Self {
        Self { texts: Texts::from_lines(lines), locale: locale.to_owned() }
    }

    /// A text.
    pub(crate) fn say(&self, key: Text) -> String {
        self.texts.get(key).to_owned()
    }

    /// A text with its `{gaps}` filled.
    pub(crate) fn fill(&self, key: Text, values: &[(&str, &str)]) -> String {
        self.texts.fill(key, values)
    }

    /// The locale, as a language tag.
    pub(crate) fn locale(&self) -> &str {
        &self.locale
    }

    /// `rtl` for scripts that run from right to left.
    pub(crate) fn direction(&self) -> &'static str {
        direction(&self.locale)
    }

    fn format(&self, at: Timestamp, parts: &[(&str, &str)]) -> String {
        let options = Object::new();
        for (name, value) in parts {
            let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
        }
        String::from(date(at).to_locale_string(&self.locale, &options))
    }

    /// The time of day.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        self.format(at, TIME)
    }

    /// A date with its year.
    pub(crate) fn date(&self, at: Timestamp) -> String {
        self.format(at, DATE)
    }

    /// The day as a heading between messages.
    pub(crate) fn day(&self, at: Timestamp) -> String {
        if is_day(at, 0.0) {
            self.say(Text::Today)
        } else if is_day(at, -1.0) {
            self.say(Text::Yesterday)
        } else {
            self.format(at, DAY)
        }
    }

    /// When something was, as short as it can be: the time today, else the day.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        if is_day(at, 0.0) { self.time(at) } else { self.day(at) }
    }

    /// By when we promised the first answer; nothing once there is one or none is owed.
    pub(crate) fn promise(&self, ticket: &Ticket) -> Option<String> {
        let answered =
            ticket.first_responded_at.is_some() || ticket.messages.iter().any(|m| m.author.kind == AuthorKind::Agent);
        let due = ticket.first_response_due_at.filter(|_| ticket.status.is_active() && !answered)?;
        if date(due).get_time() < browser::now_ms() {
            return Some(self.say(Text::PromiseLate));
        }
        let time = self.time(due);
        Some(if is_day(due, 0.0) {
            self.fill(Text::PromiseToday, &[("time", &time)])
        } else if is_day(due, 1.0) {
            self.fill(Text::PromiseTomorrow, &[("time", &time)])
        } else {
            self.fill(Text::PromiseDate, &[("time", &time), ("date", &self.format(due, DAY))])
        })
    }

    /// Who wrote a message.
    pub(crate) fn author(&self, message: &Message) -> String {
        match (message.author.kind, &message.author.name) {
            (AuthorKind::Requester, _) => self.say(Text::ThreadYou),
            (AuthorKind::Automation, _) => self.say(Text::ThreadAuto),
            (AuthorKind::Agent, Some(name)) => name.clone(),
            (AuthorKind::Agent, None) => self.say(Text::ThreadTeam),
        }
    }

    /// Why something did not work, and what to do.
    pub(crate) fn excuse(&self, failure: &Failure) -> String {
        self.say(match failure {
            Failure::Unreachable => Text::FailUnreachable,
            Failure::Busy => Text::FailBusy,
            Failure::SignedOut => Text::FormSignIn,
            Failure::Ours | Failure::NotFound | Failure::Invalid(_) => Text::FailOurs,
        })
    }

    /// Why something did not load.
    pub(crate) fn unloaded(&self, failure: &Failure) -> String {
        self.say(match failure {
            Failure::SignedOut => Text::FailSignedOut,
            _ => Text::FailLoad,
        })
    }

    /// What is wrong with a field.
    pub(crate) fn complaint(&self, error: &FieldError) -> String {
        self.say(match error.code {
            FieldCode::Required => Text::ErrorRequired,
            FieldCode::TooLong => Text::ErrorTooLong,
            FieldCode::InvalidFormat if error.field == "email" => Text::ErrorEmail,
            _ => Text::ErrorValue,
        })
    }
}

/// The word for how far a ticket is.
pub(crate) const fn ticket_status(status: TicketStatus) -> Text {
    match status {
        TicketStatus::Open => Text::TicketOpen,
        TicketStatus::InProgress => Text::TicketInProgress,
        TicketStatus::Pending => Text::TicketPending,
        TicketStatus::Solved => Text::TicketSolved,
        TicketStatus::Closed => Text::TicketClosed,
    }
}

/// The word for how far an incident is.
pub(crate) const fn incident_status(status: BannerStatus) -> Text {
    match status {
        BannerStatus::Investigating => Text::StatusInvestigating,
        BannerStatus::Identified => Text::StatusIdentified,
        BannerStatus::Monitoring => Text::StatusMonitoring,
        BannerStatus::Resolved => Text::StatusResolved,
        BannerStatus::Scheduled => Text::StatusScheduled,
        BannerStatus::InProgress => Text::StatusInProgress,
    }
}

/// Which way a locale is read.
pub(crate) fn direction(locale: &str) -> &'static str {
    let language = locale.split('-').next().unwrap_or_default();
    if matches!(language, "ar" | "he" | "fa" | "ur") { "rtl" } else { "ltr" }
}
