//! What a page says to machines that read it (schema.org): the article, and the questions in it.

use crate::article::{Article, Block};
use crate::html::{El, data};
use crate::markdown::{block_text, inline_text};
use crate::public_page::PublicSite;
use serde_json::{Value, json};

/// Questions from which a page is a list of them.
const QUESTIONS_MIN: usize = 2;

/// The article as data, and its questions if it has some.
pub(super) fn of_article(site: &PublicSite<'_>, article: &Article) -> Vec<El> {
    let date = article.updated_at.to_rfc3339();
    let page = site.absolute(&site.article_path(&article.slug, &article.locale));
    let mut found = vec![data(&json!({
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "description": article.summary,
        "inLanguage": article.locale,
        "dateModified": date,
        "mainEntityOfPage": page,
        "publisher": { "@type": "Organization", "name": site.name },
    }))];
    let questions = questions(&article.blocks);
    if questions.len() >= QUESTIONS_MIN {
        found.push(data(&json!({
            "@context": "https://schema.org",
            "@type": "FAQPage",
            "inLanguage": article.locale,
            "mainEntity": questions,
        })));
    }
    found
}

/// Headings that ask, with the text up to the next heading.
fn questions(blocks: &[Block]) -> Vec<Value> {
    let mut found = Vec::new();
    let mut rest = blocks;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let Block::Heading { c, .. } = first else { continue };
        let question = inline_text(c);
        let end = after.iter().position(|block| matches!(block, Block::Heading { .. })).unwrap_or(after.len());
        let answer = after.get(..end).map(block_text).unwrap_or_default();
        if question.trim_end().ends_with(['?', '？', '؟']) && !answer.is_empty() {
            found.push(json!({
                "@type": "Question",
                "name": question,
                "acceptedAnswer": { "@type": "Answer", "text": answer },
            }));
        }
    }
    found
}
