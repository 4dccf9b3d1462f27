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
        /// What kind of callout it is; none for a quotation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<Callout>,
        /// What it holds.
        c: Vec<Block>,
    },
    /// A table; the first row is the head, and every row has as many cells.
    #[serde(rename = "tb")]
    Table {
        /// How its columns are set; empty when no column says so.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        align: Vec<Align>,
        /// Rows of cells.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A line between parts.
    #[serde(rename = "hr")]
    Rule,
}

/// What a callout is for, by the names that Markdown's `> [!NOTE]` gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Callout {
    /// Worth knowing.
    Note,
    /// Makes it easier.
    Tip,
    /// Needed to succeed.
    Important,
    /// May go wrong.
    Warning,
    /// May do harm.
    Caution,
}

/// How a table's column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// As the language is read.
    Start,
    /// To the left, as the author said.
    Left,
    /// In the middle.
    Center,
    /// To the right: numbers.
    Right,
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
    /// What holds no longer.
    #[serde(rename = "s")]
    Strike {
        /// What it holds.
        c: Vec<Inline>,
    },
    /// The box of a task; stands first in a list's item.
    #[serde(rename = "c")]
    Task {
        /// Whether it is ticked.
        done: bool,
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

/// How much a reader must know already (K1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Difficulty {
    /// Nothing.
    Beginner,
    /// The product.
    Intermediate,
    /// The product and what it is built on.
    Advanced,
}

impl Difficulty {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Beginner => "beginner",
            Self::Intermediate => "intermediate",
            Self::Advanced => "advanced",
        }
    }

    /// Reads [`Self::as_str`], in any case.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::Beginner, Self::Intermediate, Self::Advanced];
        all.into_iter().find(|difficulty| difficulty.as_str().eq_ignore_ascii_case(word))
    }
}

/// An article that another one points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RelatedArticle {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
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
    /// How much a reader must know already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<Difficulty>,
    /// The part of the help centre it stands in; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// Two or three others that go on from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedArticle>,
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

/// An old address as it is kept: a slug, or a path that begins with a slash and does not end with one. Scheme, host,
/// query and fragment do not count, and letters stand as themselves however a browser wrote them (`%D0%BE`). Nothing is left of
/// the address of a whole site.
#[must_use]
pub fn old_address(text: &str) -> Option<String> {
    let text = text.trim();
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => text,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let path = path.strip_suffix(".html").unwrap_or(path);
    let path = decoded(path).unwrap_or_else(|| path.to_owned());
    let path = path.as_str();
    if path.is_empty() || path.chars().any(char::is_control) {
        None
    } else if is_slug(path) && !text.starts_with('/') && !text.contains("://") {
        Some(path.to_owned())
    } else {
        Some(format!("/{path}"))
    }
}

/// A path with its percent codes as letters; nothing if they are none of UTF-8.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut parts = path.split('%');
    bytes.extend(parts.next()?.bytes());
    for part in parts {
        let code = part.get(..2).filter(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend(part.bytes().skip(2));
    }
    String::from_utf8(bytes).ok()
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
    fn old_addresses_are_kept_as_slugs_or_paths() {
        for (text, kept) in [
            ("old-name", Some("old-name")),
            ("/help/Old/", Some("/help/Old")),
            ("/single", Some("/single")),
            ("https://docs.example.com/a/b.html?c#d", Some("/a/b")),
            ("help/old", Some("/help/old")),
            ("/faq/оплата/", Some("/faq/оплата")),
            ("/faq/%D0%BE%d0%bf%D0%BB%D0%B0%D1%82%D0%B0/", Some("/faq/оплата")),
            ("/faq/old page", Some("/faq/old page")),
            ("/faq/old%20page", Some("/faq/old page")),
            ("/faq/100%", Some("/faq/100%")),
            ("/faq/%ff", Some("/faq/%ff")),
            ("/faq/%00", None),
            ("/", None),
            ("https://example.com", None),
        ] {
            assert_eq!(old_address(text).as_deref(), kept, "{text}");
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
