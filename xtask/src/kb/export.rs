//! What an edge has, as a folder: `<locale>/<slug>.md`, and what nobody has published yet as `<slug>.draft.md` beside it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use buoy_shared::{api::ExportedArticle, markdown};

use super::folder::{from_path, said_locale};

/// What a file's name ends with, before `.md`, when it holds the next text of the article beside it.
pub(super) const DRAFT: &str = ".draft";

/// Writes articles; of those that readers see the newer text too, if drafts are asked for. Gives how many newer texts
/// there were.
pub(super) fn write(articles: &[ExportedArticle], folder: &Path, with_drafts: bool) -> Result<usize> {
    let mut newer = 0;
    for article in articles {
        put(&file_of(folder, article, ""), &as_stored(article, &article.markdown, article.published))?;
        if let Some(draft) = &article.draft_markdown {
            newer += 1;
            if with_drafts {
                put(&file_of(folder, article, DRAFT), &as_stored(article, draft, false))?;
            }
        }
    }
    Ok(newer)
}

fn file_of(folder: &Path, article: &ExportedArticle, ending: &str) -> PathBuf {
    folder.join(&article.locale).join(format!("{}{ending}.md", article.slug))
}

fn put(file: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(file)).context("could not make the folder")?;
    fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

/// The normal form of a stored text; one that no longer reads as an article stays as it is.
pub(super) fn normal_form(source: &str, published: bool) -> String {
    let Ok(mut article) = markdown::parse(source) else { return source.to_owned() };
    article.front.draft = !published;
    article.to_markdown()
}

/// The normal form under the slug and in the language that the edge has it by. What its author wrote there counts no more:
/// another article may have had those, and whoever imports the folder again would put one text over another.
fn as_stored(exported: &ExportedArticle, source: &str, published: bool) -> String {
    let Ok(mut article) = markdown::parse(source) else { return source.to_owned() };
    article.front.draft = !published;
    // Also where the file's name would not give it: slugs of the API may be longer, or have two dashes in a row.
    let has_to_say = article.front.slug.is_some() || from_path(&exported.slug) != exported.slug;
    article.front.slug = has_to_say.then(|| exported.slug.clone());
    let has_said = article.front.locale.is_some();
    article.front.locale = said_locale(&exported.locale).or_else(|| has_said.then(|| exported.locale.clone()));
    article.to_markdown()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::{folder::Folder, pictures::Addresses};

    fn exported(slug: &str, published: bool, markdown: &str, draft: Option<&str>) -> ExportedArticle {
        ExportedArticle {
            locale: "en".to_owned(),
            slug: slug.to_owned(),
            published,
            markdown: markdown.to_owned(),
            draft_markdown: draft.map(str::to_owned),
        }
    }

    #[test]
    fn k3_what_nobody_has_published_comes_out_beside_what_readers_see_and_goes_in_again_as_a_draft() {
        let root = std::env::temp_dir().join(format!("buoy-kb-export-{}", std::process::id()));
        let articles = [
            exported("prices", true, "# Prices\n\nTen.", Some("# Prices\n\nTwelve, from May.")),
            exported("later", false, "# Later\n\nSoon.", None),
        ];
        assert_eq!(write(&articles, &root, false).unwrap(), 1);
        assert!(!root.join("en/prices.draft.md").exists(), "only who asks for drafts gets them");
        assert_eq!(write(&articles, &root, true).unwrap(), 1);
        let sent = Folder::read(&root, "de").unwrap().for_import(&Addresses::new());
        let sent: Vec<(&str, &str, bool)> = sent
            .iter()
            .map(|article| (article.slug.as_str(), article.markdown.as_str(), article.markdown.contains("draft: true")))
            .collect();
        let texts: Vec<(&str, bool)> = sent.iter().map(|(slug, _, is_draft)| (*slug, *is_draft)).collect();
        assert_eq!(texts, [("later", true), ("prices", false), ("prices", true)], "the draft comes after the text");
        assert!(sent[1].1.contains("Ten.") && sent[2].1.contains("Twelve"), "{sent:?}");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_a_draft_beside_an_article_stays_one_whatever_its_own_text_says() {
        let root = std::env::temp_dir().join(format!("buoy-kb-beside-{}", std::process::id()));
        for (file, text) in
            [("en/pay.md", "---\ntitle: Pay\nslug: payments\n---\n\nx"), ("en/pay.draft.md", "# Pay\n\ny")]
        {
            put(&root.join(file), text).unwrap();
        }
        let sent = Folder::read(&root, "en").unwrap().for_import(&Addresses::new());
        let named: Vec<&str> = sent.iter().map(|article| article.slug.as_str()).collect();
        assert_eq!(named, ["payments", "payments"]);
        assert!(!sent[0].markdown.contains("draft:") && sent[1].markdown.contains("draft: true"), "{sent:?}");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_two_articles_that_asked_for_one_slug_come_back_as_the_two_that_they_were() {
        let root = std::env::temp_dir().join(format!("buoy-kb-two-{}", std::process::id()));
        let text = |words: &str| format!("---\ntitle: Pay\nslug: pay\n---\n\n{words}");
        let articles = [
            exported("pay", true, &text("Of the blog."), None),
            exported("docs-pay", true, &text("Of the docs."), None),
        ];
        write(&articles, &root, false).unwrap();
        let mut sent = Folder::read(&root, "en").unwrap().for_import(&Addresses::new());
        sent.sort_by(|one, other| other.slug.cmp(&one.slug));
        assert_eq!((sent[0].slug.as_str(), sent[0].markdown.contains("Of the blog.")), ("pay", true));
        assert_eq!((sent[1].slug.as_str(), sent[1].markdown.contains("Of the docs.")), ("docs-pay", true));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_an_article_whose_slug_no_file_name_would_give_comes_back_as_itself() {
        let root = std::env::temp_dir().join(format!("buoy-kb-dashes-{}", std::process::id()));
        let long = "a".repeat(120);
        write(
            &[exported("billing---faq", true, "# Billing", None), exported(&long, true, "# Long", None)],
            &root,
            false,
        )
        .unwrap();
        let sent = Folder::read(&root, "en").unwrap().for_import(&Addresses::new());
        let named: Vec<&str> = sent.iter().map(|article| article.slug.as_str()).collect();
        assert_eq!(named, [long.as_str(), "billing---faq"]);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_an_article_comes_back_in_the_language_that_it_was_exported_from_whatever_its_author_said() {
        let root = std::env::temp_dir().join(format!("buoy-kb-languages-{}", std::process::id()));
        let text = |head: &str, words: &str| format!("---\ntitle: Pay\n{head}---\n\n{words}");
        let of = |locale: &str, markdown: String, draft: Option<&str>| ExportedArticle {
            locale: locale.to_owned(),
            ..exported("pay", true, &markdown, draft)
        };
        let articles = [
            of("en", text("", "By card."), None),
            of("fil", text("", "Gamit ang card."), Some("# Pay\n\nBago.")),
            of("ru", text("locale: en\n", "Картой."), Some("---\ntitle: Pay\nlang: de\n---\n\nСчётом.")),
        ];
        write(&articles, &root, true).unwrap();
        let sent = Folder::read(&root, "en").unwrap().for_import(&Addresses::new());
        let named: Vec<(&str, &str)> = sent.iter().map(|one| (one.locale.as_str(), one.slug.as_str())).collect();
        assert_eq!(named, [("en", "pay"), ("fil", "pay"), ("ru", "pay"), ("fil", "pay"), ("ru", "pay")]);
        for (article, words) in sent.iter().zip(["By card.", "Gamit", "Картой.", "Bago.", "Счётом."]) {
            assert!(article.markdown.contains(words), "{words}: {}", article.markdown);
        }
        let english = fs::read_to_string(root.join("en/pay.md")).unwrap();
        assert!(!english.contains("locale:"), "whoever translates a file copies it: {english}");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_a_file_whose_name_has_no_letter_of_a_slug_is_named_by_it_all_the_same_whatever_lies_beside_it() {
        let root = std::env::temp_dir().join(format!("buoy-kb-letters-{}", std::process::id()));
        put(&root.join("ru/оплата.md"), "# Оплата\n\nx").unwrap();
        let alone = Folder::read(&root, "ru").unwrap().for_import(&Addresses::new())[0].slug.clone();
        assert!(buoy_shared::article::is_slug(&alone), "{alone}");
        put(&root.join("ru/вход.md"), "# Вход\n\ny").unwrap();
        put(&root.join("en/оплата.md"), "# Paying\n\nz").unwrap();
        let sent = Folder::read(&root, "ru").unwrap().for_import(&Addresses::new());
        let slug = |word: &str| sent.iter().find(|one| one.markdown.contains(word)).unwrap().slug.clone();
        assert_eq!((slug("Оплата"), slug("Paying")), (alone.clone(), alone.clone()), "a translation has its name");
        assert_ne!(slug("Вход"), alone);
        fs::remove_dir_all(root).unwrap();
    }
}
