//! Articles into an edge, locale by locale, in as few requests as its limits allow.
//!
//! Only the last request of a locale rebuilds its search index. Where one before it fails, what was stored until then is
//! indexed all the same: readers would open those articles and never find them.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::{articles::Article, progress::note};

/// The edge's limits for one import.
const BATCH_ARTICLES: usize = 50;
const BATCH_BYTES: usize = 700_000;

/// What an import did.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) stored: u64,
    pub(crate) refused: Vec<String>,
}

/// Stores articles by `send`, which is told what it does, in words, and the body of the request.
pub(crate) fn import(
    articles: &[Article],
    publish: bool,
    mut send: impl FnMut(&str, Value) -> Result<Value>,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut locales: Vec<&str> = articles.iter().map(|article| article.locale.as_str()).collect();
    locales.sort_unstable();
    locales.dedup();
    for locale in locales {
        let of_locale: Vec<&Article> = articles.iter().filter(|article| article.locale == locale).collect();
        let batches = batches(&of_locale);
        for (number, batch) in batches.iter().enumerate() {
            let is_last = number + 1 == batches.len();
            let what = format!("importing articles ({locale}, batch {} of {})", number + 1, batches.len());
            match send(&what, json!({ "articles": batch, "publish": publish, "rebuild": is_last })) {
                Ok(answer) => outcome.add(locale, &answer),
                Err(error) if number == 0 => return Err(error),
                Err(error) => {
                    // By an article that is there already, for its locale's sake.
                    let body = json!({ "articles": of_locale.get(..1), "publish": publish, "rebuild": true });
                    if send(&format!("indexing what was stored ({locale})"), body).is_err() {
                        note(&format!("{locale}: what was stored before cannot be searched for yet"));
                    }
                    return Err(error).context("the import broke off; the same command once more finishes it");
                }
            }
        }
    }
    Ok(outcome)
}

impl Outcome {
    fn add(&mut self, locale: &str, answer: &Value) {
        self.stored += answer.get("stored").and_then(Value::as_u64).unwrap_or_default();
        for refusal in answer.get("refused").and_then(Value::as_array).into_iter().flatten() {
            let text = |field: &str| refusal.get(field).and_then(Value::as_str).unwrap_or_default();
            self.refused.push(format!("{locale}/{}: {}", text("slug"), text("detail")));
        }
    }
}

/// Articles in as few requests as the edge's limits allow.
fn batches<'a>(articles: &[&'a Article]) -> Vec<Vec<&'a Article>> {
    let mut batches: Vec<Vec<&Article>> = Vec::new();
    let mut bytes = 0;
    for article in articles {
        bytes += article.markdown.len();
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH_ARTICLES && bytes <= BATCH_BYTES => batch.push(article),
            _ => {
                bytes = article.markdown.len();
                batches.push(vec![article]);
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn articles(locale: &str, count: usize, bytes: usize) -> Vec<Article> {
        let article =
            |number| Article { locale: locale.to_owned(), slug: format!("a{number}"), markdown: "x".repeat(bytes) };
        (0..count).map(article).collect()
    }

    #[test]
    fn a_batch_has_at_most_fifty_articles_and_700_kilobytes() {
        let sizes = |articles: &[Article]| -> Vec<usize> {
            batches(&articles.iter().collect::<Vec<_>>()).iter().map(Vec::len).collect()
        };
        assert_eq!(sizes(&articles("en", 120, 10)), [50, 50, 20]);
        assert_eq!(sizes(&articles("en", 5, 300_000)), [2, 2, 1]);
    }

    /// Locale, number of articles and whether it rebuilds, of each request; from the request of this number on, all but
    /// single articles fail.
    fn requests(articles: &[Article], failing_from: usize) -> (Vec<(String, usize, bool)>, Result<Outcome>) {
        let mut seen = Vec::new();
        let outcome = import(articles, true, |what, body| {
            let list = body["articles"].as_array().unwrap();
            seen.push((list[0]["locale"].as_str().unwrap().to_owned(), list.len(), body["rebuild"] == true));
            if seen.len() > failing_from && list.len() > 1 {
                anyhow::bail!("{what}: refused");
            }
            Ok(json!({ "stored": list.len(), "refused": [] }))
        });
        (seen, outcome)
    }

    #[test]
    fn k3_the_last_request_of_each_locale_rebuilds_its_index() {
        let both = [articles("ru", 60, 10), articles("en", 2, 10)].concat();
        let (seen, outcome) = requests(&both, usize::MAX);
        let expected = [("en", 2, true), ("ru", 50, false), ("ru", 10, true)];
        assert_eq!(seen, expected.map(|(locale, count, rebuild)| (locale.to_owned(), count, rebuild)));
        assert_eq!(outcome.unwrap().stored, 62);
    }

    #[test]
    fn k3_what_was_stored_before_an_import_broke_off_is_indexed_all_the_same() {
        let many = articles("ru", 120, 10);
        let (seen, outcome) = requests(&many, 1);
        let expected = [("ru", 50, false), ("ru", 50, false), ("ru", 1, true)];
        assert_eq!(seen, expected.map(|(locale, count, rebuild)| (locale.to_owned(), count, rebuild)));
        let said = format!("{:#}", outcome.unwrap_err());
        assert!(said.contains("batch 2 of 3") && said.contains("once more"), "{said}");
        let (seen, outcome) = requests(&many, 0);
        assert_eq!((seen.len(), outcome.is_err()), (1, true), "nothing was stored, so there is nothing to index");
    }
}
