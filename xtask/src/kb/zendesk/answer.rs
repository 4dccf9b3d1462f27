//! What the Help Center API answers, as far as articles come from it.

use serde::Deserialize;

/// One answer; which of these it has depends on what was asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    pub(super) articles: Option<Vec<Article>>,
    pub(super) article: Option<Article>,
    pub(super) translations: Option<Vec<Translation>>,
    pub(super) translation: Option<Translation>,
    pub(super) sections: Option<Vec<Named>>,
    pub(super) categories: Option<Vec<Named>>,
}

impl Answer {
    /// Whether it is no answer that anything comes from.
    pub(super) const fn is_empty(&self) -> bool {
        self.articles.is_none()
            && self.article.is_none()
            && self.translations.is_none()
            && self.translation.is_none()
            && self.sections.is_none()
            && self.categories.is_none()
    }
}

/// An article in one language.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Article {
    pub(super) id: u64,
    pub(super) title: String,
    #[serde(default)]
    pub(super) body: Option<String>,
    pub(super) locale: String,
    #[serde(default)]
    pub(super) url: Option<String>,
    #[serde(default)]
    pub(super) html_url: Option<String>,
    #[serde(default)]
    pub(super) section_id: Option<u64>,
    #[serde(default)]
    pub(super) user_segment_id: Option<u64>,
    #[serde(default)]
    pub(super) label_names: Vec<String>,
    #[serde(default)]
    pub(super) draft: bool,
    #[serde(default)]
    pub(super) position: Option<i64>,
    #[serde(default)]
    pub(super) edited_at: Option<String>,
    #[serde(default)]
    pub(super) updated_at: Option<String>,
    #[serde(default)]
    pub(super) translations: Vec<Translation>,
    /// It is a translation of an article that is in no file.
    #[serde(skip)]
    pub(super) is_orphan: bool,
}

/// The text of an article, section or category in one language.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Translation {
    #[serde(default)]
    pub(super) source_id: u64,
    #[serde(default = "of_an_article")]
    pub(super) source_type: String,
    pub(super) locale: String,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    html_url: Option<String>,
    #[serde(default)]
    updated_at: Option<String>,
}

fn of_an_article() -> String {
    "Article".to_owned()
}

impl Translation {
    /// The article in this language: who may read it and where it stands says the article itself. Where no file has that,
    /// nobody reads it yet.
    pub(super) fn as_article(&self, base: Option<&Article>) -> Article {
        Article {
            id: self.source_id,
            title: self.title.clone(),
            body: self.body.clone(),
            locale: self.locale.clone(),
            html_url: self.html_url.clone(),
            draft: self.draft || self.hidden || base.is_none(),
            is_orphan: base.is_none(),
            edited_at: self.updated_at.clone(),
            ..base.cloned().unwrap_or_default()
        }
    }
}

/// A section or category.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(default)]
    pub(super) locale: String,
    #[serde(default)]
    pub(super) category_id: Option<u64>,
    #[serde(default)]
    pub(super) translations: Vec<Translation>,
}
