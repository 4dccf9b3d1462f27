//! Braces at the end of a heading: `{#name}` names it, as in the dialects that know names. `## GET /users/{id}` is a text, which
//! the library would take for attributes and drop.

use super::dialect::options;
use pulldown_cmark::{Event, Parser, Tag};
use std::borrow::Cow;

/// What closes such braces as a text.
const CLOSING: &str = "&#125;";

/// The Markdown in which braces at the end of a heading that give neither a name nor a class are text.
pub(super) fn as_text(markdown: &str) -> Cow<'_, str> {
    if !markdown.contains('}') {
        return Cow::Borrowed(markdown);
    }
    let mut kept = String::new();
    let mut end = 0;
    for (event, place) in Parser::new_ext(markdown, options()).into_offset_iter() {
        let Event::Start(Tag::Heading { id: None, classes, .. }) = event else { continue };
        let brace = markdown.get(place.clone()).and_then(closing_brace).filter(|_| classes.is_empty());
        let Some(closing) = brace.map(|at| place.start + at) else { continue };
        kept.push_str(markdown.get(end..closing).unwrap_or_default());
        kept.push_str(CLOSING);
        end = closing + 1;
    }
    match markdown.get(end..) {
        Some(rest) if end > 0 => Cow::Owned(kept + rest),
        _ => Cow::Borrowed(markdown),
    }
}

/// The brace that a heading ends with, unless it is escaped: behind it stand only the signs that close or underline a heading.
fn closing_brace(heading: &str) -> Option<usize> {
    let (before, behind) = heading.rsplit_once('}')?;
    let is_last = behind.chars().all(|sign| sign.is_whitespace() || "#=->".contains(sign));
    (is_last && !before.ends_with('\\')).then_some(before.len())
}
