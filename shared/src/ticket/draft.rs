//! Tickets and messages as they arrive: nothing about them is believed until it was checked.

#[cfg(any(feature = "server", feature = "schema"))]
use super::context::{self, PageContext};
use super::{RootCause, TicketStatus};
#[cfg(any(feature = "server", feature = "schema"))]
use crate::policy::{FIELD_CHARS_MAX, FIELDS_MAX};
#[cfg(any(feature = "server", feature = "schema"))]
use crate::text::EMAIL_CHARS_MAX;
use crate::text::{FieldCode, FieldError, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, Refusals, SUBJECT_CHARS_MAX};
#[cfg(any(feature = "server", feature = "schema"))]
use crate::upload::ATTACHMENTS_MAX;
use serde::{Deserialize, Serialize};
#[cfg(any(feature = "server", feature = "schema"))]
use std::collections::BTreeMap;

/// Bytes of a ticket as JSON: whatever the limits of its fields let through fits, with every letter outside of ASCII written
/// as escapes, which take twelve bytes where UTF-8 takes four. The rest is for names, ids and JSON's own signs.
#[cfg(any(feature = "server", feature = "schema"))]
pub const TICKET_BYTES_MAX: usize = 12
    * (SUBJECT_CHARS_MAX
        + MESSAGE_CHARS_MAX
        + EMAIL_CHARS_MAX
        + NAME_CHARS_MAX
        + context::PAGE_CHARS_MAX
        + FIELDS_MAX * FIELD_CHARS_MAX)
    + 16 * 1024;

/// A ticket as it arrives: nothing about it is believed yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketDraft {
    /// One of the site's categories; left out, triage chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// One line: what it is about.
    #[serde(default)]
    pub subject: String,
    /// The description, plain text.
    #[serde(default)]
    pub body: String,
    /// Where to answer when the customer is not signed in; believed only as far as that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name to address the customer by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The language the customer reads, as a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The page it was sent from.
    // In the page `widget/talk` adds this, the fields and the files, so nobody downloads code for them twice.
    #[cfg(any(feature = "server", feature = "schema"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(deserialize_with = "crate::object::optional")]
    pub context: Option<PageContext>,
    /// What the category's form asks besides, by key: `4711`, `card`, `12.50`, `2026-11-21`, `true`.
    #[cfg(any(feature = "server", feature = "schema"))]
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Files that were sent to `uploads/` before, by their ids.
    #[cfg(any(feature = "server", feature = "schema"))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
}

/// A ticket that may be stored: every field was checked by [`NewTicket::check`], which is the only way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    category: Option<String>,
    subject: String,
    body: String,
    email: Option<String>,
    name: Option<String>,
    locale: Option<String>,
    #[cfg(any(feature = "server", feature = "schema"))]
    context: PageContext,
    #[cfg(any(feature = "server", feature = "schema"))]
    fields: BTreeMap<String, String>,
    #[cfg(any(feature = "server", feature = "schema"))]
    attachments: Vec<String>,
}

impl NewTicket {
    /// Checks a draft against the limits and the site's categories; the page and the edge both call this.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that cannot be kept.
    pub fn check(draft: &TicketDraft, categories: &[&str]) -> Result<Self, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let category = draft.category.as_deref().filter(|key| !key.is_empty());
        if category.is_some_and(|key| !categories.contains(&key)) {
            let mut detail = String::from("expected one of ");
            detail.push_str(&categories.join(", "));
            refusals.push("category", FieldCode::UnknownValue, &detail);
        }
        let ticket = Self {
            category: category.map(str::to_owned),
            subject: refusals.required_line("subject", &draft.subject, SUBJECT_CHARS_MAX),
            body: refusals.required_text("body", &draft.body, MESSAGE_CHARS_MAX),
            email: refusals.optional_email("email", draft.email.as_deref()),
            name: refusals.optional_line("name", draft.name.as_deref(), NAME_CHARS_MAX),
            locale: check_locale(&mut refusals, draft.locale.as_deref()),
            #[cfg(any(feature = "server", feature = "schema"))]
            context: context::check(&mut refusals, draft.context.as_ref()),
            #[cfg(any(feature = "server", feature = "schema"))]
            fields: BTreeMap::new(),
            #[cfg(any(feature = "server", feature = "schema"))]
            attachments: check_attachments(&mut refusals, &draft.attachments),
        };
        refusals.into_result(ticket)
    }

    /// The category the customer chose, if any.
    #[must_use]
    pub fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }
    /// One line: what it is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
    /// The description.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
    /// Where to answer an unknown customer.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
    /// The name to address the customer by.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
    /// The language the customer reads.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }
    /// The page it was sent from, without secrets.
    #[cfg(any(feature = "server", feature = "schema"))]
    #[must_use]
    pub fn context(&self) -> &PageContext {
        &self.context
    }
    /// What the category's form asked besides, by key; see [`NewTicket::check_against`].
    #[cfg(any(feature = "server", feature = "schema"))]
    #[must_use]
    pub fn fields(&self) -> &BTreeMap<String, String> {
        &self.fields
    }
    /// The same with the fields of its category, which were checked.
    #[cfg(any(feature = "server", feature = "schema"))]
    pub(super) fn with_fields(self, fields: BTreeMap<String, String>) -> Self {
        Self { fields, ..self }
    }
    /// The files that came with it; whether they exist only the edge knows.
    #[cfg(any(feature = "server", feature = "schema"))]
    #[must_use]
    pub fn attachments(&self) -> &[String] {
        &self.attachments
    }
}

/// A message as it arrives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MessageDraft {
    /// What it says, plain text.
    #[serde(default)]
    pub body: String,
    /// Files that were sent to `uploads/` before, by their ids.
    // In the page `widget/talk` adds them, so nobody downloads code for them twice.
    #[cfg(any(feature = "server", feature = "schema"))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
}

impl MessageDraft {
    /// The cleaned text, checked against the limits.
    ///
    /// # Errors
    /// A [`FieldError`] when it is blank or too long.
    pub fn check(&self) -> Result<String, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let body = refusals.required_text("body", &self.body, MESSAGE_CHARS_MAX);
        #[cfg(any(feature = "server", feature = "schema"))]
        check_attachments(&mut refusals, &self.attachments);
        refusals.into_result(body)
    }

    /// The ids of its files, each once.
    #[cfg(any(feature = "server", feature = "schema"))]
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        check_attachments(&mut Refusals::default(), &self.attachments)
    }
}

/// What an agent writes to a thread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentMessageDraft {
    /// What it says, plain text.
    #[serde(default)]
    pub body: String,
    /// An internal note that the customer never sees.
    #[serde(default)]
    pub internal: bool,
    /// The status the ticket has afterwards; left out, a reply to an open ticket puts it in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<TicketStatus>,
    /// Why it happened; asked for when solving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<RootCause>,
    /// What was done, in one to three sentences; asked for when solving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_summary: Option<String>,
    /// The version that was seen while writing; what somebody else did to the ticket since then refuses the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

fn check_locale(refusals: &mut Refusals, tag: Option<&str>) -> Option<String> {
    let tag = tag.filter(|tag| !tag.is_empty())?;
    if !is_locale_tag(tag) {
        refusals.push("locale", FieldCode::InvalidFormat, "expected a language tag such as en or pt-BR");
    }
    Some(tag.to_owned())
}

/// Counts the files of a message; the same one named twice is one.
#[cfg(any(feature = "server", feature = "schema"))]
fn check_attachments(refusals: &mut Refusals, ids: &[String]) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for id in ids {
        if !distinct.contains(id) {
            distinct.push(id.clone());
        }
        if distinct.len() > ATTACHMENTS_MAX {
            refusals.push("attachments", FieldCode::TooLong, "at most 5 files with one message");
            break;
        }
    }
    distinct
}

/// Whether this has the form of a BCP 47 tag: parts of 1 to 8 letters or digits, the first of 2 or 3 letters.
#[must_use]
pub fn is_locale_tag(tag: &str) -> bool {
    /// The longest tags in use (`zh-Hant-HK-x-…`) stay below this.
    const TAG_LENGTH_MAX: usize = 35;
    let mut parts = tag.split('-');
    let language =
        parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    tag.len() <= TAG_LENGTH_MAX
        && language
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> TicketDraft {
        TicketDraft { subject: "Cannot pay".into(), body: "The button does nothing".into(), ..TicketDraft::default() }
    }

    #[test]
    fn each_wrong_field_of_a_draft_is_named() {
        let long = "x".repeat(SUBJECT_CHARS_MAX + 1);
        let cases: [(&str, FieldCode, TicketDraft); 6] = [
            ("subject", FieldCode::Required, TicketDraft { subject: " \u{200b} ".into(), ..draft() }),
            ("subject", FieldCode::TooLong, TicketDraft { subject: long, ..draft() }),
            ("body", FieldCode::Required, TicketDraft { body: "\n".into(), ..draft() }),
            ("category", FieldCode::UnknownValue, TicketDraft { category: Some("nope".into()), ..draft() }),
            ("email", FieldCode::InvalidFormat, TicketDraft { email: Some("nobody".into()), ..draft() }),
            ("locale", FieldCode::InvalidFormat, TicketDraft { locale: Some("../en".into()), ..draft() }),
        ];
        for (field, code, draft) in cases {
            let errors = NewTicket::check(&draft, &["payment"]).unwrap_err();
            assert_eq!(errors.len(), 1, "{field}");
            assert_eq!((errors[0].field.as_str(), errors[0].code), (field, code));
        }
    }

    /// Of all that a ticket may hold as much as is allowed; a field that comes later has to be named here, too.
    #[cfg(feature = "server")]
    fn longest_draft() -> TicketDraft {
        let letters = |count: usize| "\u{1f600}".repeat(count);
        let text = || Some(letters(crate::text::CONTEXT_CHARS_MAX));
        let named = |count: usize, name_chars: usize, chars: usize| {
            let name = |place: usize| format!("{}{}", char::from(b'a' + place as u8), letters(name_chars - 1));
            (0..count).map(|place| (name(place), letters(chars))).collect()
        };
        TicketDraft {
            category: Some("payment".into()),
            subject: letters(SUBJECT_CHARS_MAX),
            body: letters(MESSAGE_CHARS_MAX),
            email: Some(format!("{}@example.com", "e".repeat(EMAIL_CHARS_MAX - 12))),
            name: Some(letters(NAME_CHARS_MAX)),
            locale: Some("zh-Hant-HK".into()),
            context: Some(PageContext {
                url: text(),
                title: text(),
                custom: named(context::CUSTOM_MAX, context::CUSTOM_NAME_CHARS_MAX, crate::text::CONTEXT_CHARS_MAX),
                full_url: text(),
                user_agent: text(),
                viewport: text(),
                app_version: text(),
                errors: vec![letters(context::ERROR_CHARS_MAX); context::ERRORS_MAX],
            }),
            fields: named(FIELDS_MAX, 40, FIELD_CHARS_MAX),
            attachments: vec!["upl_0123456789abcdef0123456789abcdef".into(); ATTACHMENTS_MAX],
        }
    }

    #[cfg(feature = "server")]
    #[test]
    fn w4_what_the_limit_of_each_field_lets_through_fits_into_a_ticket_in_whatever_way_json_spells_it() {
        let draft = TicketDraft { attachments: Vec::new(), email: None, ..longest_draft() };
        NewTicket::check(&draft, &["payment"]).expect("no field is longer than its limit");
        let json = serde_json::to_string(&longest_draft()).unwrap().replace('\u{1f600}', r"\ud83d\ude00");
        assert!(json.len() <= TICKET_BYTES_MAX, "{} of {TICKET_BYTES_MAX}", json.len());
        const { assert!(TICKET_BYTES_MAX <= crate::text::IMPORT_BYTES_MAX, "more than that is read of no body") };
    }

    #[test]
    fn a_person_sees_all_that_is_wrong_at_once() {
        assert_eq!(NewTicket::check(&TicketDraft::default(), &[]).unwrap_err().len(), 2);
    }

    #[test]
    fn a_good_draft_is_cleaned_and_kept() {
        let ticket = NewTicket::check(
            &TicketDraft { subject: "  Cannot\tpay ".into(), category: Some("payment".into()), ..draft() },
            &["payment"],
        )
        .unwrap();
        assert_eq!((ticket.subject(), ticket.category()), ("Cannot pay", Some("payment")));
    }

    #[test]
    fn locale_tags_have_a_form() {
        for (tag, valid) in [
            ("en", true),
            ("pt-BR", true),
            ("zh-Hans-CN", true),
            ("e", false),
            ("en_US", false),
            ("", false),
            ("en-", false),
            ("12", false),
        ] {
            assert_eq!(is_locale_tag(tag), valid, "{tag}");
        }
    }
}
