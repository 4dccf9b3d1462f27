//! Articles as a typed tree: what a reader sees, with no markup left to interpret (K1).
//!
//! Markdown is parsed once, when an article is stored (`markdown`, at the edge). Pages receive this tree and turn it
//! into elements; a node that is not here cannot be shown, which is why no article can carry a script.

use serde::{Deserialize, Serialize};

/// A block of an article. The tags are one or two letters because a reader downloads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Block {
    /// A heading, level 2 to 4 (the title is level 1).
    #[serde(rename = "h")]
    Heading {
        /// 2, 3 or 4.
        level: u8,
        /// Name for links to this place.
        anchor: String,
        /// Its text.
        c: Vec<Inline>,
    },
    /// A paragraph.
    #[serde(rename = "p")]
    Paragraph {
        /// Its text.
        c: Vec<Inline>,
    },
    /// A list.
    #[serde(rename = "l")]
    List {
        /// The first number of an ordered list; none for bullets.
        start: Option<u32>,
        /// Its items.
        items: Vec<Vec<Block>>,
    },
    /// Code, shown as it is.
    #[serde(rename = "k")]
    Code {
        /// The language named by the author.
        lang: Option<String>,
        /// The text.
        text: String,
    },
    /// A quotation or callout.
    #[serde(rename = "q")]
    Quote {
        /// What it holds.
        c: Vec<Block>,
    },
    /// A table; the first row is the head.
    #[serde(rename = "tb")]
    Table {
        /// Rows of cells.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A line between parts.
    #[serde(rename = "hr")]
    Rule,
}

/// Text within a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Inline {
    /// Plain text.
    #[serde(rename = "x")]
    Text {
        /// The text.
        v: String,
    },
    /// Strong emphasis.
    #[serde(rename = "b")]
    Strong {
        /// What it holds.
        c: Vec<Inline>,
    },
    /// Emphasis.
    #[serde(rename = "i")]
    Emphasis {
        /// What it holds.
        c: Vec<Inline>,
    },
    /// Code within a line.
    #[serde(rename = "k")]
    Code {
        /// The text.
        v: String,
    },
    /// A link; the address has passed [`is_safe_link`].
    #[serde(rename = "a")]
    Link {
        /// Where to.
        href: String,
        /// What it holds.
        c: Vec<Inline>,
    },
    /// A picture; the address has passed [`is_safe_link`].
    #[serde(rename = "m")]
    Image {
        /// Where from.
        src: String,
        /// What it shows, in words.
        alt: String,
    },
    /// A line break.
    #[serde(rename = "n")]
    Break,
}

/// An article as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Article {
    /// Its name in addresses, the same in every locale.
    pub slug: String,
    /// The language it is written in.
    pub locale: String,
    /// Its title.
    pub title: String,
    /// One or two sentences: what it answers.
    pub summary: String,
    /// Minutes to read.
    pub minutes: u32,
    /// When its text last changed.
    pub updated_at: crate::time::Timestamp,
    /// The text.
    pub blocks: Vec<Block>,
}

/// Whether a link may be shown: the web, mail, telephone, or a place on the same page or site. Everything that could
/// run (`javascript:`, `data:`, `vbscript:`) or that a browser might read as such after dropping odd characters is not.
#[must_use]
pub fn is_safe_link(address: &str) -> bool {
    let address = address.trim();
    if address.is_empty() || address.chars().any(char::is_control) {
        return false;
    }
    let scheme_end = address.find([':', '/', '?', '#']);
    match scheme_end.and_then(|at| address.split_at_checked(at)) {
        Some((scheme, rest)) if rest.starts_with(':') => {
            ["http", "https", "mailto", "tel"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe))
        }
        _ => !address.starts_with("//") && !address.bytes().any(|byte| byte == b'\\'),
    }
}

/// Whether this can be an article's name in addresses: 1 to 120 of `a-z 0-9 -`, beginning and ending with a letter or digit.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    /// Long enough for a whole question, short enough for an address bar.
    const SLUG_LENGTH_MAX: usize = 120;
    (1..=SLUG_LENGTH_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_could_run_are_refused() {
        for (address, safe) in [
            ("https://example.com/a?b=c:d", true),
            ("HTTP://example.com", true),
            ("mailto:help@example.com", true),
            ("/help/pay", true),
            ("#part", true),
            ("pay-by-card", true),
            ("?q=a:b", true),
            ("javascript:alert(1)", false),
            (" JaVaScRiPt:alert(1)", false),
            ("java\nscript:alert(1)", false),
            ("data:text/html,x", false),
            ("vbscript:x", false),
            ("//evil.example", false),
            ("\\\\evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_safe_link(address), safe, "{address:?}");
        }
    }

    #[test]
    fn slugs_are_plain() {
        for (text, valid) in [
            ("pay-by-card", true),
            ("a", true),
            ("", false),
            ("-a", false),
            ("a-", false),
            ("A", false),
            ("a/b", false),
            ("привет", false),
        ] {
            assert_eq!(is_slug(text), valid, "{text}");
        }
    }
}
