//! What is known of a site in public, as it is kept in KV: enough to answer a stranger without the database.

use crate::store::kb_indexes::IndexInfo;
use serde::{Deserialize, Serialize};

/// Languages of a browser's list that are looked at; browsers send fewer.
const WANTED_LOCALES_MAX: usize = 20;

/// What a public request must know of a site before it answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SitePublic {
    /// What it is called; empty in copies of older code.
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) origins: Vec<String>,
    pub(crate) default_locale: String,
    pub(crate) locales: Vec<String>,
    pub(crate) indexes: Vec<IndexInfo>,
    /// Bytes of an index up to which a page downloads it whole; in copies of older code, of any size.
    #[serde(default = "any_size")]
    pub(crate) download_bytes_max: u32,
}

fn any_size() -> u32 {
    u32::MAX
}

impl SitePublic {
    /// The best of the site's languages for what was asked.
    pub(crate) fn locale_for<'a>(&'a self, wanted: Option<&str>) -> &'a str {
        let wanted = wanted.unwrap_or(&self.default_locale);
        let language = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let exact = self.locales.iter().find(|tag| tag.eq_ignore_ascii_case(wanted));
        exact
            .or_else(|| self.locales.iter().find(|tag| language(tag) == language(wanted)))
            .unwrap_or(&self.default_locale)
    }

    /// A language's tag as the site writes it: `pt-br` and `pt-BR` are one language. Others stay as they are.
    pub(crate) fn spelling<'a>(&'a self, tag: &'a str) -> &'a str {
        self.locales.iter().find(|known| known.eq_ignore_ascii_case(tag)).map_or(tag, String::as_str)
    }

    /// The first of the site's languages in a browser's list of wanted ones (`ru-RU,ru;q=0.9,en;q=0.8`), or of the one
    /// tag that a page asks for. A browser lists the most wanted first.
    pub(crate) fn locale_among<'a>(&'a self, wanted: &str) -> &'a str {
        let tags = wanted.split(',').map(|tag| tag.split(';').next().unwrap_or_default().trim());
        let language = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let speaks = |tag: &&str| self.locales.iter().any(|locale| language(locale) == language(tag));
        self.locale_for(tags.take(WANTED_LOCALES_MAX).find(speaks))
    }

    /// Hash of a locale's index.
    pub(crate) fn index_hash(&self, locale: &str) -> Option<&str> {
        self.index(locale).map(|index| index.hash.as_str())
    }

    /// Names what is published in a locale and in the site's own, which readers fall back to. The time tells more than
    /// the index's hash: a new link in an article changes what is read and not what is found.
    pub(crate) fn articles_version(&self, locale: &str) -> String {
        let published_at = |locale: &str| self.index(locale).map_or(0, |index| index.published_at);
        format!("{}-{}", published_at(locale), published_at(&self.default_locale))
    }

    /// When an index of any language was published last, in milliseconds since 1970; 0 when none was.
    pub(crate) fn newest_publication(&self) -> i64 {
        self.indexes.iter().map(|index| index.published_at).max().unwrap_or(0)
    }

    fn index(&self, locale: &str) -> Option<&IndexInfo> {
        self.indexes.iter().find(|index| index.locale == locale)
    }
}
