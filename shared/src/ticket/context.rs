//! What a page tells about itself with a ticket (T1), and the technical details that its user agreed to send (W4).
//!
//! Secrets are taken out by [`redact_diagnostics`], which the page ran before it showed what would be sent, and which runs
//! here again, since nothing that arrives is believed.

#[cfg(any(feature = "server", feature = "schema"))]
use crate::redact::redact_diagnostics;
#[cfg(any(feature = "server", feature = "schema"))]
use crate::text::{CONTEXT_CHARS_MAX, FieldCode, Refusals};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Errors of a page that are kept: what led to a failure stands among the last few.
pub const ERRORS_MAX: usize = 10;
/// Characters of one of them: its message and the place it came from.
pub const ERROR_CHARS_MAX: usize = 300;
/// Values that a host may give along: what a team looks up first, not a database.
pub const CUSTOM_MAX: usize = 20;
/// Characters of the name of such a value.
pub const CUSTOM_NAME_CHARS_MAX: usize = 40;
/// Texts that a page tells besides: addresses, title, browser, window, version.
#[cfg(any(feature = "server", feature = "schema"))]
const TEXTS: usize = 6;
/// Characters of all that a page may tell about itself.
#[cfg(any(feature = "server", feature = "schema"))]
pub(super) const PAGE_CHARS_MAX: usize =
    TEXTS * CONTEXT_CHARS_MAX + CUSTOM_MAX * (CUSTOM_NAME_CHARS_MAX + CONTEXT_CHARS_MAX) + ERRORS_MAX * ERROR_CHARS_MAX;

/// What the page tells about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PageContext {
    /// Address of the page, without query and fragment: that is where pages keep tokens and names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The page's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the host says about the page or its user, by name: an order, a course. At most 20 values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, String>,
    /// A detail that the user agreed to send: the whole address, with query and fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_url: Option<String>,
    /// A detail that the user agreed to send: the browser's own name for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// A detail that the user agreed to send: width and height of the window in CSS pixels, such as `1280x800`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewport: Option<String>,
    /// A detail that the user agreed to send: the version of the host's app, as the host calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// A detail that the user agreed to send: the last errors of the page's console, the newest last. At most 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}

/// Checks every value against its limit and takes secrets out.
#[cfg(any(feature = "server", feature = "schema"))]
pub(super) fn check(refusals: &mut Refusals, context: Option<&PageContext>) -> PageContext {
    let Some(context) = context else { return PageContext::default() };
    PageContext {
        url: line(refusals, "context.url", context.url.as_deref(), CONTEXT_CHARS_MAX),
        title: line(refusals, "context.title", context.title.as_deref(), CONTEXT_CHARS_MAX),
        custom: custom(refusals, &context.custom),
        full_url: line(refusals, "context.full_url", context.full_url.as_deref(), CONTEXT_CHARS_MAX),
        user_agent: line(refusals, "context.user_agent", context.user_agent.as_deref(), CONTEXT_CHARS_MAX),
        viewport: line(refusals, "context.viewport", context.viewport.as_deref(), CONTEXT_CHARS_MAX),
        app_version: line(refusals, "context.app_version", context.app_version.as_deref(), CONTEXT_CHARS_MAX),
        errors: errors(refusals, &context.errors),
    }
}

#[cfg(any(feature = "server", feature = "schema"))]
fn line(refusals: &mut Refusals, field: &str, text: Option<&str>, chars_max: usize) -> Option<String> {
    refusals.optional_line(field, text, chars_max).map(|line| redact_diagnostics(&line))
}

#[cfg(any(feature = "server", feature = "schema"))]
fn errors(refusals: &mut Refusals, lines: &[String]) -> Vec<String> {
    if lines.len() > ERRORS_MAX {
        refusals.push("context.errors", FieldCode::TooLong, "at most 10 errors");
        return Vec::new();
    }
    lines.iter().filter_map(|text| line(refusals, "context.errors", Some(text), ERROR_CHARS_MAX)).collect()
}

#[cfg(any(feature = "server", feature = "schema"))]
fn custom(refusals: &mut Refusals, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    if values.len() > CUSTOM_MAX {
        refusals.push("context.custom", FieldCode::TooLong, "at most 20 values");
        return BTreeMap::new();
    }
    let mut kept = BTreeMap::new();
    for (name, value) in values {
        let name = refusals.required_line("context.custom", name, CUSTOM_NAME_CHARS_MAX);
        if let Some(value) = line(refusals, "context.custom", Some(value), CONTEXT_CHARS_MAX) {
            kept.insert(name, value);
        }
    }
    kept
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    fn check_one(context: &PageContext) -> Result<PageContext, String> {
        let mut refusals = Refusals::default();
        let kept = check(&mut refusals, Some(context));
        refusals.into_result(kept).map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    fn errors(count: usize, chars: usize) -> PageContext {
        PageContext { errors: vec!["e".repeat(chars); count], ..PageContext::default() }
    }

    fn custom(count: usize, name_chars: usize) -> PageContext {
        let name = |place: usize| format!("{place:0name_chars$}");
        PageContext {
            custom: (0..count).map(|place| (name(place), "v".to_owned())).collect(),
            ..PageContext::default()
        }
    }

    #[test]
    fn w4_each_part_of_the_context_is_refused_by_its_name_from_its_limit_on() {
        for (context, refused) in [
            (errors(ERRORS_MAX, ERROR_CHARS_MAX), None),
            (errors(ERRORS_MAX + 1, 1), Some("context.errors")),
            (errors(1, ERROR_CHARS_MAX + 1), Some("context.errors")),
            (custom(CUSTOM_MAX, CUSTOM_NAME_CHARS_MAX), None),
            (custom(CUSTOM_MAX + 1, 2), Some("context.custom")),
            (custom(1, CUSTOM_NAME_CHARS_MAX + 1), Some("context.custom")),
        ] {
            assert_eq!(check_one(&context).err().as_deref(), refused);
        }
    }

    #[test]
    fn w4_no_part_of_the_context_keeps_a_secret() {
        let said = || Some("mail jo@example.com now".to_owned());
        let given = PageContext {
            url: said(),
            title: said(),
            custom: [("who".to_owned(), "jo@example.com".to_owned())].into(),
            full_url: Some("https://app.example.com/?token=0123456789abcdef0123".to_owned()),
            user_agent: said(),
            viewport: said(),
            app_version: said(),
            errors: vec!["Bearer abcdefghijklmnop0123456789 refused".to_owned()],
        };
        let kept = serde_json::to_string(&check_one(&given).unwrap()).unwrap();
        for secret in ["jo@example.com", "0123456789abcdef0123", "abcdefghijklmnop0123456789"] {
            assert!(!kept.contains(secret), "{kept}");
        }
        assert_eq!(kept.matches("[email]").count(), 6, "{kept}");
    }

    #[test]
    fn w4_what_says_nothing_about_a_person_stays() {
        let given = PageContext {
            url: Some("https://app.example.com/lessons/12".to_owned()),
            user_agent: Some(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
                    .to_owned(),
            ),
            viewport: Some("1280x800".to_owned()),
            app_version: Some("2026.11.3+build.4".to_owned()),
            errors: vec!["TypeError: cart is undefined (https://app.example.com/app.js:10:4)".to_owned()],
            ..PageContext::default()
        };
        assert_eq!(check_one(&given), Ok(given));
    }
}
