//! What the panel tells about the page it stands in, and shows before it is sent (T1).
//!
//! No query string and no fragment: that is where pages keep tokens and names.

use crate::app::Parts;
use crate::browser::{document, whole, window};
use crate::session::setting;
use buoy_shared::text::{CONTEXT_CHARS_MAX, clean_line};
use buoy_shared::ticket::PageContext;

fn short(text: &str) -> Option<String> {
    let text: String = clean_line(text).chars().take(CONTEXT_CHARS_MAX).collect();
    (!text.is_empty()).then_some(text)
}

/// The page's context as it would be sent now.
pub(crate) fn context(parts: &Parts) -> PageContext {
    let here = || window().location().href().unwrap_or_default();
    let url = match setting(&parts.config, "page") {
        Some(page) => page,
        // In a frame of our own the visitor's page is the one that led here.
        None if parts.is_page => document().referrer(),
        None => here(),
    };
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let width = window().inner_width().ok().and_then(|value| value.as_f64()).unwrap_or_default();
    let height = window().inner_height().ok().and_then(|value| value.as_f64()).unwrap_or_default();
    PageContext {
        url: short(url.get(..end).unwrap_or_default()),
        title: if parts.is_page { None } else { short(&document().title()) },
        user_agent: window().navigator().user_agent().ok().and_then(|name| short(&name)),
        viewport: short(&[whole(width).as_str(), "x", &whole(height)].concat()),
    }
}
