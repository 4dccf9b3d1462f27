//! Who hears of incidents and planned work, and how: an address that its owner has confirmed, and what is sent there.
//!
//! A mailbox is confirmed by a link in a mail, a webhook by saying a challenge back. Before that nothing else is sent there,
//! so that nobody can subscribe anybody else.

use super::STATUS_PATH;
use crate::delivery::guard;
use crate::delivery::payload::{Outgoing, signed};
use crate::public_page::PublicSite;
use crate::text::{EMAIL_CHARS_MAX, clean_line, is_email};
use crate::time::Timestamp;
use serde_json::json;

/// Where the form is sent to, and where what it leads to begins.
pub const SUBSCRIBE_PATH: &str = "/status/subscribe";

/// Components that one subscription may name: more than any page has.
const COMPONENTS_MAX: usize = 100;

/// Where a subscriber hears of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A mailbox, in lower case: hardly any tells letters apart, and nobody should hear twice.
    Email(String),
    /// An address that is called.
    Webhook(String),
}

impl Address {
    /// Reads what somebody typed; none where it is neither a mailbox nor an address that is safe to call.
    /// `loopback_allowed` is as in [`guard::check`].
    #[must_use]
    pub fn read(text: &str, loopback_allowed: bool) -> Option<Self> {
        let text = clean_line(text);
        if is_email(&text) && text.chars().count() <= EMAIL_CHARS_MAX {
            return Some(Self::Email(text.to_ascii_lowercase()));
        }
        guard::check(&text, loopback_allowed).ok().map(|url| Self::Webhook(url.into()))
    }

    /// The word in storage.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Webhook(_) => "webhook",
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(text) | Self::Webhook(text) => text,
        }
    }
}

/// What is chosen of the components there are: nothing, or each of them, is all, also of those to come. None where
/// something is named that is not there.
#[must_use]
pub fn chosen(named: &[String], known: &[&str]) -> Option<Vec<String>> {
    if named.len() > COMPONENTS_MAX || !named.iter().all(|key| known.contains(&key.as_str())) {
        return None;
    }
    let mut keys: Vec<String> = named.to_vec();
    keys.sort();
    keys.dedup();
    if keys.len() == known.len() { Some(Vec::new()) } else { Some(keys) }
}

/// The addresses of a subscription's two pages.
fn link(site: &PublicSite<'_>, what: &str, code: &str) -> String {
    site.absolute(&site.path(&[SUBSCRIBE_PATH, what].concat(), site.locale, &[("code", code)]))
}

/// Where a subscription is ended.
#[must_use]
pub fn leave_link(site: &PublicSite<'_>, code: &str) -> String {
    link(site, "/leave", code)
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// The mail that asks whoever reads it whether they want to hear of news.
#[must_use]
pub fn confirmation(site: &PublicSite<'_>, code: &str) -> Mail {
    let words = &site.words.mails;
    let subject = words.confirm_subject.replace("{site}", site.name);
    let asked = words.confirm_asked.replace("{site}", site.name);
    let text = [asked.as_str(), "", &link(site, "/confirm", code), "", words.confirm_else].join("\n");
    Mail { subject, text }
}

/// Something that happened, as subscribers are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News<'a> {
    /// The incident or the planned work.
    pub id: &'a str,
    /// One line.
    pub title: &'a str,
    /// How far it is, as stored.
    pub status: &'a str,
    /// What was said last.
    pub body: &'a str,
    /// When planned work begins and ends.
    pub between: Option<(Timestamp, Timestamp)>,
}

/// The mail that tells of news. `code` is the reader's own, by which they unsubscribe.
#[must_use]
pub fn news_mail(site: &PublicSite<'_>, news: &News<'_>, code: &str) -> Mail {
    let (said, page) = (&site.words.mails, &site.words.status);
    let status = page.status_named(news.status);
    let mut parts = vec![format!("{} — {status}", news.title)];
    if let Some((from, until)) = news.between {
        parts.push(format!("{} – {}", page.moment(from), page.moment(until)));
    }
    if !news.body.is_empty() {
        parts.push(format!("\n{}", news.body));
    }
    let path = format!("{STATUS_PATH}/incidents/{}", news.id);
    parts.push(format!("\n{}", site.absolute(&site.path(&path, site.locale, &[]))));
    parts.push(format!("\n-- \n{} {}", said.leave, leave_link(site, code)));
    Mail { subject: format!("{}: {} — {status}", site.name, news.title), text: parts.join("\n") }
}

/// What a webhook must say back, anywhere in the body of a 2xx answer, before it hears of anything. `seconds` is the
/// attempt's time since 1970.
#[must_use]
pub fn challenge(
    site: &PublicSite<'_>,
    address: &str,
    (id, code): (&str, &str),
    secret: &str,
    seconds: i64,
) -> Outgoing {
    let at = Timestamp::from_millis(seconds.saturating_mul(1_000));
    let data = json!({ "site": site.id, "challenge": code, "unsubscribe": leave_link(site, code) });
    let body = json!({ "type": "subscription.challenge", "timestamp": at, "data": data }).to_string();
    signed(address, &[secret], id, seconds, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_words::PageWords;

    fn site<'a>(locales: &'a [String], locale: &'a str) -> PublicSite<'a> {
        PublicSite {
            id: "site_a",
            is_default: false,
            name: "Acme",
            locale,
            locales,
            default_locale: "en",
            origin: "https://status.example.com",
            style_hash: "h",
            words: PageWords::compiled(locale),
        }
    }

    #[test]
    fn an_address_is_a_mailbox_or_safe_to_call_or_nothing() {
        let mail = |text: &str| Some(Address::Email(text.to_owned()));
        let hook = |text: &str| Some(Address::Webhook(text.to_owned()));
        let long = format!("{}@example.com", "a".repeat(250));
        for (typed, read) in [
            (" Ann@Example.com ", mail("ann@example.com")),
            // As the database compares it with a customer's: by the letters of ASCII alone.
            ("Иван@Почта.рф", mail("Иван@Почта.рф")),
            ("https://hooks.example.com/in", hook("https://hooks.example.com/in")),
            ("http://hooks.example.com/in", None),
            ("https://127.0.0.1/", None),
            ("https://169.254.169.254/latest", None),
            ("https://localhost/", None),
            ("ann", None),
            ("", None),
            ("ann@example.com, eve@example.com", None),
            ("ann@example.com\nbcc: eve@example.com", None),
            (&long, None),
        ] {
            assert_eq!(Address::read(typed, false), read, "{typed:.40}");
        }
    }

    #[test]
    fn nothing_chosen_and_everything_chosen_are_all_and_what_is_unknown_is_refused() {
        let keys = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let known = ["api", "web"];
        for (named, expected) in [
            (vec![], Some(vec![])),
            (vec!["web"], Some(vec!["web"])),
            (vec!["web", "web"], Some(vec!["web"])),
            (vec!["web", "api"], Some(vec![])),
            (vec!["db"], None),
        ] {
            assert_eq!(chosen(&keys(&named), &known), expected.map(|words| keys(&words)), "{named:?}");
        }
    }

    #[test]
    fn w6_mails_say_what_happened_and_how_to_hear_no_more_in_the_readers_language() {
        let locales = ["en".to_owned(), "ru".to_owned()];
        let news = News {
            id: "inc_1",
            title: "Payments fail",
            status: "investigating",
            body: "We look into it.",
            between: None,
        };
        let mail = news_mail(&site(&locales, "en"), &news, "c0de");
        assert_eq!(mail.subject, "Acme: Payments fail — Investigating");
        assert_eq!(
            mail.text,
            "Payments fail — Investigating\n\nWe look into it.\n\n\
             https://status.example.com/status/incidents/inc_1?site=site_a&locale=en\n\n-- \n\
             To hear no more of this: https://status.example.com/status/subscribe/leave?site=site_a&locale=en&code=c0de"
        );
        let at = |text: &str| Timestamp::parse_rfc3339(text).expect("an instant");
        let between = Some((at("2026-11-21T09:00:00Z"), at("2026-11-21T10:00:00Z")));
        let work = News { status: "in_progress", body: "", between, ..news };
        let mail = news_mail(&site(&locales, "ru"), &work, "c0de");
        assert!(
            mail.text
                .starts_with("Payments fail — Идут работы\n21 ноября 2026, 09:00 UTC – 21 ноября 2026, 10:00 UTC\n")
        );
        let asked = confirmation(&site(&locales, "ru"), "c0de");
        assert_eq!(asked.subject, "Подтвердите подписку: Acme");
        assert!(
            asked
                .text
                .contains("\nhttps://status.example.com/status/subscribe/confirm?site=site_a&locale=ru&code=c0de\n")
        );
        let words: &'static PageWords =
            Box::leak(Box::new(PageWords::read("de", PageWords::written("de").unwrap()).unwrap()));
        let german = PublicSite { words, ..site(&locales, "de") };
        assert_eq!(confirmation(&german, "c0de").subject, "Bestätigen Sie Ihr Abonnement: Acme");
        let mail = news_mail(&german, &news, "c0de");
        assert!(mail.text.contains("\nUm nichts mehr davon zu erhalten: https://status.example.com/"), "{}", mail.text);
    }
}
