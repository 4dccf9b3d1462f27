//! The articles that a demo site starts with, read from Markdown folders.
//!
//! Two sources: the preset's own (`presets/<preset>/articles/<locale>/`), and a corpus of real help centres beside the
//! checkout when it is there (`../shared/kb-corpus/<collection>/<locale>/`), which makes a demo site as large as a real
//! one. Files are sent as they are, but for HTML between their Markdown; what they mean is the edge's business.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::{kb::as_markdown, stamp, workspace::Workspace};

/// One article of one locale, as the import takes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Article {
    pub(crate) locale: String,
    pub(crate) slug: String,
    pub(crate) markdown: String,
}

/// What is the same in every locale: the collection and the path inside the locale folder.
type Key = (String, String);

/// Every article for a site of this preset, sorted by locale and slug.
pub(crate) fn collect(ws: &Workspace, preset: &str) -> Result<Vec<Article>> {
    let mut files: BTreeMap<(Key, String), PathBuf> = BTreeMap::new();
    let own = ws.path("presets").join(preset).join("articles");
    add_collection(&mut files, preset, &own)?;
    for collection in folders_in(&ws.path("../shared/kb-corpus"))? {
        add_collection(&mut files, &name_of(&collection), &collection)?;
    }
    let keys: BTreeSet<&Key> = files.keys().map(|(key, _)| key).collect();
    let slugs = name_all(&keys, preset);
    let mut articles = Vec::with_capacity(files.len());
    for ((key, locale), file) in &files {
        let slug = slugs.get(key).cloned().unwrap_or_default();
        let markdown = fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        articles.push(Article { locale: locale.clone(), slug, markdown: as_markdown(&markdown) });
    }
    articles.sort_by(|a, b| (&a.locale, &a.slug).cmp(&(&b.locale, &b.slug)));
    Ok(articles)
}

fn add_collection(files: &mut BTreeMap<(Key, String), PathBuf>, collection: &str, folder: &Path) -> Result<()> {
    for locale_folder in folders_in(folder)? {
        let locale = name_of(&locale_folder);
        for file in stamp::files_below(&locale_folder)? {
            if file.extension().is_some_and(|extension| extension == "md") {
                let inside = file.strip_prefix(&locale_folder).unwrap_or(&file).to_string_lossy().into_owned();
                files.insert(((collection.to_owned(), inside), locale.clone()), file);
            }
        }
    }
    Ok(())
}

/// A slug for each key, so that translations of one article share it. A slug that is taken gets its collection in front;
/// the preset's own articles come first and keep theirs.
fn name_all(keys: &BTreeSet<&Key>, preset: &str) -> BTreeMap<Key, String> {
    let (own, others): (Vec<&Key>, Vec<&Key>) = keys.iter().partition(|(collection, _)| collection == preset);
    let mut taken = BTreeSet::new();
    let mut slugs = BTreeMap::new();
    for key in own.into_iter().chain(others) {
        let (collection, path) = key;
        let plain = slugify(path.strip_suffix(".md").unwrap_or(path));
        let long = slugify(&format!("{collection}-{plain}"));
        let numbered = (2..).map(|number| format!("{long}-{number}"));
        let mut candidates = [plain, long.clone()].into_iter().chain(numbered);
        if let Some(slug) = candidates.find(|slug| !slug.is_empty() && !taken.contains(slug)) {
            taken.insert(slug.clone());
            slugs.insert(key.clone(), slug);
        }
    }
    slugs
}

/// Lower case, everything but letters and digits as one `-`.
pub(crate) fn slugify(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

fn folders_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    folders.sort();
    Ok(folders)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_lower_case_and_have_single_dashes() {
        let cases = [("Wi-Fi/At  school", "wi-fi-at-school"), ("__a__", "a"), ("faq/Pay.v2", "faq-pay-v2"), ("…", "")];
        for (path, expected) in cases {
            assert_eq!(slugify(path), expected, "{path}");
        }
    }

    #[test]
    fn a_taken_slug_gets_its_collection_and_the_preset_keeps_its_own() {
        let key = |collection: &str, path: &str| (collection.to_owned(), path.to_owned());
        let keys = [key("acme", "faq/pay.md"), key("school", "faq-pay.md"), key("acme", "faq-pay.md")];
        let slugs = name_all(&keys.iter().collect(), "school");
        assert_eq!(slugs.get(&keys[1]).unwrap(), "faq-pay");
        assert_eq!(slugs.get(&keys[2]).unwrap(), "acme-faq-pay");
        assert_eq!(slugs.get(&keys[0]).unwrap(), "acme-faq-pay-2");
    }

    #[test]
    fn translations_share_a_slug() {
        let root = std::env::temp_dir().join(format!("buoy-articles-{}", std::process::id()));
        let ws = Workspace { root: root.join("checkout") };
        for file in ["presets/school/articles/en/Wi Fi.md", "presets/school/articles/pt-BR/Wi Fi.md"] {
            let file = ws.path(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "# Wi-Fi").unwrap();
        }
        let found = collect(&ws, "school").unwrap();
        let names: Vec<_> = found.iter().map(|article| (article.locale.as_str(), article.slug.as_str())).collect();
        assert_eq!(names, [("en", "wi-fi"), ("pt-BR", "wi-fi")]);
        fs::remove_dir_all(root).unwrap();
    }
}
