//! What every page of a help centre knows, and the addresses that follow from it.

use super::HELP_PATH;
use super::words::{Words, words};
use std::fmt::Write as _;

/// What every page knows.
#[derive(Debug, Clone, Copy)]
pub struct HelpSite<'a> {
    /// The site's id.
    pub id: &'a str,
    /// Whether the installation's addresses mean this site when they name none.
    pub is_default: bool,
    /// What the site is called.
    pub name: &'a str,
    /// The language of this page.
    pub locale: &'a str,
    /// Every language of the site.
    pub locales: &'a [String],
    /// The site's own language.
    pub default_locale: &'a str,
    /// Scheme and host of the pages, without a slash at the end.
    pub origin: &'a str,
    /// Names the style by its content.
    pub style_hash: &'a str,
}

impl HelpSite<'_> {
    pub(super) fn words(&self) -> &'static Words {
        words(self.locale)
    }

    /// The address of a page in a language, with more parameters.
    pub(super) fn path(&self, path: &str, locale: &str, more: &[(&str, &str)]) -> String {
        let mut address = path.to_owned();
        let site = [("site", self.id)];
        let locale = [("locale", locale)];
        let all = site.iter().filter(|_| !self.is_default).chain(&locale).chain(more);
        for (at, (name, value)) in all.enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(address, "{}{name}={}", if at == 0 { '?' } else { '&' }, percent_encoded(value));
        }
        address
    }

    /// The address of an article's page.
    #[must_use]
    pub fn article_path(&self, slug: &str, locale: &str) -> String {
        self.path(&format!("{HELP_PATH}/{slug}"), locale, &[])
    }

    pub(super) fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// Everything but letters, digits and `-_.~` as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
