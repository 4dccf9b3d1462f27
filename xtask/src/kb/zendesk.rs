//! A Zendesk Help Center export as Markdown files.
//!
//! Read are the answers of its API as they come, several files or one: `{"articles": […]}` with HTML bodies, their
//! `translations`, and where they are there `sections` and `categories`. An article for some people only
//! (`user_segment_id`) becomes a draft, and so does a translation of which no file says who may read it: what was not
//! public must not become so by moving house.

mod answer;
mod body;
mod links;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use anyhow::{Context as _, Result, bail};
use buoy_shared::{markdown, upload::decode_percent};

use self::{
    answer::{Answer, Article, Named, Translation},
    body::Body,
    links::{Moved, host_of, path_of},
};
use super::folder::said_locale;
use crate::articles::slugify;

/// A section or category: its names by language, and what it stands in.
#[derive(Debug, Default)]
struct Place {
    names: BTreeMap<String, String>,
    above: Option<u64>,
}

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Export {
    articles: Vec<Article>,
    translations: Vec<Translation>,
    sections: BTreeMap<u64, Place>,
    categories: BTreeMap<u64, Place>,
}

/// An article as a file of a folder.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) path: PathBuf,
    pub(super) markdown: String,
    /// What could not be kept, in words.
    pub(super) lost: Vec<String>,
}

impl Export {
    /// Takes one file in.
    pub(super) fn add(&mut self, text: &str) -> Result<()> {
        let value: serde_json::Value = serde_json::from_str(text).context("this is not JSON")?;
        if !value.is_object() {
            bail!("expected an object with `articles`");
        }
        let answer: Answer = serde_json::from_value(value).context("the JSON has another form")?;
        if answer.is_empty() {
            bail!("it has no `articles`, `translations`, `sections` or `categories`");
        }
        for mut article in answer.articles.into_iter().flatten().chain(answer.article) {
            for mut translation in std::mem::take(&mut article.translations) {
                translation.source_id = article.id;
                self.translations.push(translation);
            }
            self.articles.push(article);
        }
        self.translations.extend(answer.translations.into_iter().flatten().chain(answer.translation));
        let (sections, categories) = (answer.sections, answer.categories);
        sections.into_iter().flatten().for_each(|section| name(&mut self.sections, section));
        categories.into_iter().flatten().for_each(|category| name(&mut self.categories, category));
        Ok(())
    }

    /// The files of a folder: `<locale>/<slug>.md`.
    pub(super) fn articles(&self) -> Vec<Written> {
        let articles = self.whole();
        let hosts = articles.iter().flat_map(|article| [&article.html_url, &article.url]);
        let hosts = hosts.flatten().filter_map(|address| host_of(address)).collect();
        let host = articles.iter().find_map(|article| host_of(article.html_url.as_deref()?));
        let moved = Moved { hosts, host, slugs: slugs(&articles) };
        articles.iter().map(|article| self.file(article, &moved)).collect()
    }

    /// Every article in every language, once.
    fn whole(&self) -> Vec<Article> {
        let mut seen = BTreeSet::new();
        let translated = self.translations.iter().filter(|one| one.source_type == "Article").map(|one| {
            let base = self.articles.iter().find(|article| article.id == one.source_id);
            one.as_article(base)
        });
        let mut all: Vec<Article> = self.articles.iter().cloned().chain(translated).collect();
        all.retain(|article| seen.insert((article.id, locale_of(&article.locale))));
        all
    }

    fn file(&self, article: &Article, moved: &Moved) -> Written {
        let Body { markdown: body, mut lost } = body::read(article.body.as_deref().unwrap_or_default(), moved);
        let locale = locale_of(&article.locale);
        let slug = moved.slugs.get(&article.id).cloned().unwrap_or_default();
        let path = PathBuf::from(&locale).join(format!("{slug}.md"));
        let title = if article.title.trim().is_empty() { article.id.to_string() } else { article.title.clone() };
        let source = format!("---\ntitle: {}\n---\n\n{body}\n", serde_json::Value::from(title));
        let Ok(mut parsed) = markdown::parse(&source) else { return Written { path, markdown: source, lost } };
        let front = &mut parsed.front;
        front.locale = said_locale(&locale);
        front.section = article.section_id.and_then(|id| self.section(id, &locale));
        if let (None, Some(id)) = (&front.section, article.section_id) {
            lost.push(format!("its section: no file names section {id}"));
        }
        front.order = article.position.and_then(|position| u32::try_from(position).ok());
        front.keywords.clone_from(&article.label_names);
        front.draft = article.draft || article.user_segment_id.is_some();
        if article.user_segment_id.is_some() {
            lost.push("who may read it: not everybody, so it is a draft".to_owned());
        }
        if article.is_orphan {
            lost.push("who may read it: no file has its article, so it is a draft".to_owned());
        }
        let edited = article.edited_at.as_ref().or(article.updated_at.as_ref());
        front.updated = edited.and_then(|time| time.get(..10)).map(str::to_owned);
        let old = article.html_url.as_deref().map(|address| path_of(address).to_owned());
        let short = format!("/hc/{}/articles/{}", article.locale, article.id);
        front.redirect_from = old.filter(|old| *old != short).into_iter().chain([short]).collect();
        Written { path, markdown: parsed.to_markdown(), lost }
    }

    /// The name of a section, after that of its category where there are several: two may have a section of one name.
    fn section(&self, id: u64, locale: &str) -> Option<String> {
        let section = self.sections.get(&id)?;
        let name = name_in(section, locale)?;
        let category =
            section.above.and_then(|above| self.categories.get(&above)).filter(|_| self.categories.len() > 1);
        match category.and_then(|category| name_in(category, locale)) {
            Some(category) => Some(format!("{category} / {name}")),
            None => Some(name.to_owned()),
        }
    }
}

fn name(places: &mut BTreeMap<u64, Place>, named: Named) {
    let place = places.entry(named.id).or_default();
    place.above = place.above.or(named.category_id);
    place.names.entry(locale_of(&named.locale)).or_insert(named.name);
    for one in named.translations {
        place.names.entry(locale_of(&one.locale)).or_insert(one.title);
    }
}

/// Its name in this language, else in another form of it, else in English, else in any.
fn name_in<'a>(place: &'a Place, locale: &str) -> Option<&'a str> {
    let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    let alike = || place.names.iter().find(|(tag, _)| language(tag) == language(locale)).map(|(_, name)| name);
    let found = place.names.get(locale).or_else(alike).or_else(|| place.names.get("en"));
    found.or_else(|| place.names.values().next()).map(String::as_str)
}

/// A name for each article, the same in all its languages; two of one name keep theirs by their numbers.
fn slugs(articles: &[Article]) -> BTreeMap<u64, String> {
    let mut slugs: BTreeMap<u64, String> = BTreeMap::new();
    for article in articles {
        if slugs.contains_key(&article.id) {
            continue;
        }
        let mut same: Vec<&Article> = articles.iter().filter(|other| other.id == article.id).collect();
        same.sort_by_key(|other| locale_of(&other.locale) != "en");
        let words = same.iter().find_map(|article| words_of(article));
        let plain = words.unwrap_or_else(|| format!("article-{}", article.id));
        let is_taken = slugs.values().any(|slug| *slug == plain);
        slugs.insert(article.id, if is_taken { format!("{plain}-{}", article.id) } else { plain });
    }
    slugs
}

/// The words of the address, else of the title, if there are any that an address of ours can have.
fn words_of(article: &Article) -> Option<String> {
    let last = article.html_url.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
    let words = last.strip_prefix(&article.id.to_string()).unwrap_or_default();
    let words = decode_percent(words).unwrap_or_else(|| words.to_owned());
    let candidates = [slugify(&words), slugify(&article.title)];
    let has_words = |slug: &String| slug.chars().any(|letter| letter.is_ascii_alphabetic());
    let mut slug = candidates.into_iter().find(has_words)?;
    slug.truncate(100);
    Some(slug.trim_end_matches('-').to_owned())
}

/// `en-us` is how they write `en`; other regions are kept as we write them.
fn locale_of(tag: &str) -> String {
    match tag.split_once('-') {
        Some((language, region)) if language == "en" && region.eq_ignore_ascii_case("us") => language.to_owned(),
        Some((language, region)) if region.len() == 2 => format!("{language}-{}", region.to_ascii_uppercase()),
        _ => tag.to_owned(),
    }
}

#[cfg(test)]
mod tests;
