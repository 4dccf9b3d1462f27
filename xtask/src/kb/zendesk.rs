//! A Zendesk Help Center export as Markdown files.
//!
//! Read are the answers of its API as they come, several files or one: `{"articles": […]}` with HTML bodies, and where
//! they are there `sections` and `categories`. An article for some people only (`user_segment_id`) becomes a draft: what was
//! not public must not become so by moving house.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use buoy_shared::markdown;
use serde::Deserialize;

use crate::articles::slugify;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    articles: Vec<Article>,
    sections: Vec<Named>,
    categories: Vec<Named>,
}

#[derive(Debug, Clone, Deserialize)]
struct Article {
    id: u64,
    title: String,
    #[serde(default)]
    body: Option<String>,
    locale: String,
    #[serde(default)]
    html_url: Option<String>,
    #[serde(default)]
    section_id: Option<u64>,
    #[serde(default)]
    user_segment_id: Option<u64>,
    #[serde(default)]
    label_names: Vec<String>,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    position: Option<i64>,
    #[serde(default)]
    edited_at: Option<String>,
    #[serde(default)]
    updated_at: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Named {
    id: u64,
    name: String,
    #[serde(default)]
    locale: String,
}

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Export {
    articles: Vec<Article>,
    sections: BTreeMap<(u64, String), String>,
}

impl Export {
    /// Takes one file in.
    pub(super) fn add(&mut self, text: &str) -> Result<()> {
        let value: serde_json::Value = serde_json::from_str(text).context("this is not JSON")?;
        if !value.is_object() {
            bail!("expected an object with `articles`");
        }
        let answer: Answer = serde_json::from_value(value).context("the JSON has another form")?;
        self.articles.extend(answer.articles);
        for section in answer.sections.into_iter().chain(answer.categories) {
            self.sections.entry((section.id, locale_of(&section.locale))).or_insert(section.name);
        }
        Ok(())
    }

    /// The files of a folder: `<locale>/<slug>.md`.
    pub(super) fn articles(&self) -> Vec<(PathBuf, String)> {
        let mut slugs: BTreeMap<u64, String> = BTreeMap::new();
        for article in &self.articles {
            let plain = slug_of(article);
            let is_taken = slugs.iter().any(|(id, slug)| *id != article.id && *slug == plain);
            let slug = if is_taken { format!("{plain}-{}", article.id) } else { plain };
            slugs.entry(article.id).or_insert(slug);
        }
        let file = |article: &Article| {
            let slug = slugs.get(&article.id).cloned().unwrap_or_default();
            let path = PathBuf::from(locale_of(&article.locale)).join(format!("{slug}.md"));
            (path, self.markdown(article))
        };
        self.articles.iter().map(file).collect()
    }

    fn markdown(&self, article: &Article) -> String {
        let body = to_markdown(article.body.as_deref().unwrap_or_default());
        let title = if article.title.trim().is_empty() { article.id.to_string() } else { article.title.clone() };
        let source = format!("---\ntitle: {}\n---\n\n{body}\n", serde_json::Value::from(title));
        let Ok(mut parsed) = markdown::parse(&source) else { return source };
        let section = article.section_id.and_then(|id| self.sections.get(&(id, locale_of(&article.locale))));
        let front = &mut parsed.front;
        front.section = section.cloned();
        front.order = article.position.and_then(|position| u32::try_from(position).ok());
        front.keywords.clone_from(&article.label_names);
        front.draft = article.draft || article.user_segment_id.is_some();
        let edited = article.edited_at.as_ref().or(article.updated_at.as_ref());
        front.updated = edited.and_then(|time| time.get(..10)).map(str::to_owned);
        front.redirect_from = article.html_url.iter().map(|url| path_of(url).to_owned()).collect();
        parsed.to_markdown()
    }
}

/// HTML as Markdown; what is in no tag we know stays as its text.
fn to_markdown(html: &str) -> String {
    let converter = htmd::HtmlToMarkdown::builder().skip_tags(vec!["script", "style", "noscript", "template"]).build();
    let text = converter.convert(html).unwrap_or_else(|_| html.to_owned());
    // No site generator read it: what looks like its tags is text.
    markdown::plain_braces(&text)
}

/// `/hc/en-us/articles/123-How-to-pay` of a whole address.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
}

/// The words of the address, else the title, else the number.
fn slug_of(article: &Article) -> String {
    let last = article.html_url.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
    let words = last.strip_prefix(&article.id.to_string()).unwrap_or_default();
    let candidates = [slugify(words), slugify(&article.title), format!("article-{}", article.id)];
    let mut slug = candidates.into_iter().find(|slug| !slug.is_empty()).unwrap_or_default();
    slug.truncate(100);
    slug.trim_end_matches('-').to_owned()
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
mod tests {
    use super::*;

    const EXPORT: &str = r#"{
        "count": 2,
        "categories": [{ "id": 1, "name": "All", "locale": "en-us" }],
        "sections": [{ "id": 7, "name": "Billing", "locale": "en-us", "category_id": 1 }],
        "articles": [
            { "id": 42, "title": "How to pay: by card", "locale": "en-us", "section_id": 7, "position": 3, "draft": false,
              "html_url": "https://acme.example/hc/en-us/articles/42-How-to-pay", "label_names": ["card", "visa"],
              "edited_at": "2024-02-03T10:00:00Z", "user_segment_id": null,
              "body": "<h2>Steps</h2><ol><li>Open <strong>Pay</strong></li><li>See <a href=\"/hc/x\">this</a></li></ol><pre><code>curl -X POST\n  -d 1</code></pre><table><thead><tr><th>Plan</th><th>Price</th></tr></thead><tbody><tr><td>A</td><td>1</td></tr></tbody></table><p><img src=\"https://acme.example/i.png\" alt=\"The button\"></p><script>alert(1)</script>" },
            { "id": 43, "title": "Secret", "locale": "ru", "user_segment_id": 9, "body": "<p>Только для своих</p>" }
        ]
    }"#;

    #[test]
    fn k3_a_zendesk_export_becomes_markdown_with_everything_in_it() {
        let mut export = Export::default();
        export.add(EXPORT).unwrap();
        let files = export.articles();
        let paths: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
        assert_eq!(paths, ["en/how-to-pay.md", "ru/secret.md"]);
        let expected = "---\ntitle: \"How to pay: by card\"\ncategory: \"Billing\"\nupdated: \"2024-02-03\"\nkeywords: [\"card\", \"visa\"]\n\
            redirect_from: [\"/hc/en-us/articles/42-How-to-pay\"]\norder: 3\n---\n\n## Steps\n\n1. Open **Pay**\n2. See [this](/hc/x)\n\n\
            ```\ncurl -X POST\n  -d 1\n```\n\n| Plan | Price |\n| --- | --- |\n| A | 1 |\n\n![The button](https://acme.example/i.png)\n";
        assert_eq!(files[0].1, expected);
        assert!(files[1].1.contains("draft: true") && files[1].1.contains("Только для своих"), "{}", files[1].1);
    }

    #[test]
    fn k3_braces_of_a_zendesk_article_are_text_and_stay() {
        let body = "<h2>Set {color}</h2><p>Write {{ticket.id}} or {% now %} {: x}, see <a href=\"/hc/{{x}}\">this</a>, \
            not <code>{{a}}</code>.</p><pre><code>{{ b }}\n{% c %}</code></pre><ul><li>{{ d }}</li></ul>";
        let mut export = Export::default();
        let article = serde_json::json!({ "id": 1, "title": "Use {{name}}", "locale": "en-us", "body": body });
        export.add(&serde_json::json!({ "articles": [article] }).to_string()).unwrap();
        let [(_, source)] = export.articles().try_into().unwrap();
        let read = markdown::parse(&source).unwrap();
        assert_eq!((read.title.as_str(), read.headings.as_str()), ("Use {{name}}", "Set {color}"));
        let body = "Write {{ticket.id}} or {% now %} {: x}, see this, not {{a}}.\n{{ b }}\n{% c %}\n{{ d }}";
        assert_eq!(read.body, body, "{source}");
        assert!(source.contains("/hc/%7B%7Bx%7D%7D"), "{source}");
        assert!(!export.articles()[0].1.contains("`&#123;"), "{source}");
    }

    #[test]
    fn what_is_no_export_is_refused_and_two_articles_of_one_name_keep_theirs() {
        assert!(Export::default().add("[]").is_err());
        assert!(Export::default().add("{\"articles\": [{}]}").is_err());
        let mut export = Export::default();
        export.add(r#"{"articles":[{"id":1,"title":"A","locale":"en","body":"x"},{"id":2,"title":"A","locale":"en","body":"y"}]}"#).unwrap();
        let paths: Vec<String> = export.articles().iter().map(|(path, _)| path.display().to_string()).collect();
        assert_eq!(paths, ["en/a.md", "en/a-2.md"]);
    }
}
