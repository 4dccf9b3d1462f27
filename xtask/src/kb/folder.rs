//! A help centre as it lies in a folder: its files, their languages, and a slug for each.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use buoy_shared::{
    article::old_address,
    markdown::{self, ArticleError, ParsedArticle},
    ticket::is_locale_tag,
};

use super::{
    export::{DRAFT, normal_form},
    html_between::as_markdown,
    pictures::Addresses,
    targets::{self, Places},
};
use crate::articles::{Article, slugify};
use crate::stamp::name_hash;

/// One file.
pub(super) struct Source {
    pub(super) file: PathBuf,
    /// Its path below its locale's folder, without the ending, for links between files.
    pub(super) inside: String,
    /// What lies before its locale's folder.
    pub(super) collection: String,
    pub(super) locale: String,
    pub(super) slug: String,
    /// It is the next text of the article beside it, for nobody to see yet.
    pub(super) is_draft: bool,
    pub(super) markdown: String,
    pub(super) parsed: Result<ParsedArticle, ArticleError>,
}

/// A folder that was read.
pub(super) struct Folder {
    pub(super) root: PathBuf,
    pub(super) articles: Vec<Source>,
    /// What is no article and was passed over, and why, in words for its author.
    pub(super) skipped: Vec<(PathBuf, &'static str)>,
}

/// What lies below a folder.
#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    /// Led elsewhere: round in a circle, or out of the folder.
    links: Vec<PathBuf>,
}

impl Found {
    fn look_into(&mut self, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_symlink() {
                self.links.push(entry.path());
            } else if kind.is_dir() {
                self.look_into(&entry.path())?;
            } else {
                self.files.push(entry.path());
            }
        }
        Ok(())
    }
}

impl Folder {
    /// Reads every `.md` file below a folder but its README. Links of the file system are not followed.
    pub(super) fn read(root: &Path, default_locale: &str) -> Result<Self> {
        if !root.is_dir() {
            bail!("{} is no folder", root.display());
        }
        let mut found = Found::default();
        found.look_into(root)?;
        let Found { mut files, mut links } = found;
        files.sort();
        links.sort();
        let mut articles = Vec::new();
        let mut skipped: Vec<_> = links.into_iter().map(|link| (link, "a symbolic link is not followed")).collect();
        for file in files {
            let is_article = file.extension().is_some_and(|ending| ending == "md");
            if !is_article || file == root.join("README.md") {
                continue;
            }
            let bytes = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
            match String::from_utf8(bytes) {
                Ok(markdown) => articles.push(source(root, file, markdown, default_locale)),
                Err(_) => skipped.push((file, "is not UTF-8 text")),
            }
        }
        if articles.is_empty() && skipped.is_empty() {
            bail!("{} holds no Markdown files", root.display());
        }
        name_all(&mut articles);
        Ok(Self { root: root.to_path_buf(), articles, skipped })
    }

    /// How many articles it has, and in which languages: a folder whose name is one by chance shows here.
    pub(super) fn counts(&self) -> String {
        let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
        for source in &self.articles {
            *languages.entry(&source.locale).or_default() += 1;
        }
        let each: Vec<String> = languages.iter().map(|(locale, count)| format!("{locale} {count}")).collect();
        format!("{} articles ({})", self.articles.len(), each.join(", "))
    }

    /// The articles as they are sent: links between files lead to the articles that the files become, pictures to where
    /// they were sent, HTML between the Markdown is Markdown. Drafts come last:
    /// an edge keeps what is not published behind what is only where that was stored before.
    pub(super) fn for_import(&self, pictures: &Addresses) -> Vec<Article> {
        let places = Places::of(self);
        let (drafts, shown): (Vec<&Source>, Vec<&Source>) = self.articles.iter().partition(|source| source.is_draft);
        let article = |source: &Source| {
            let text = as_markdown(&targets::relinked(&places, source, pictures));
            let says_so = source.parsed.as_ref().is_ok_and(|article| article.front.draft);
            let markdown = if source.is_draft && !says_so { normal_form(&text, false) } else { text };
            Article { locale: source.locale.clone(), slug: source.slug.clone(), markdown }
        };
        shown.into_iter().chain(drafts).map(article).collect()
    }
}

fn source(root: &Path, file: PathBuf, markdown: String, default_locale: &str) -> Source {
    let parsed = markdown::parse(&as_markdown(&markdown));
    let relative = file.strip_prefix(root).unwrap_or(&file).with_extension("");
    let mut steps: Vec<&str> = relative.iter().filter_map(|step| step.to_str()).collect();
    let beside = steps.last().and_then(|name| name.strip_suffix(DRAFT)).filter(|name| !name.is_empty());
    if let (Some(name), Some(last)) = (beside, steps.last_mut()) {
        *last = name;
    }
    let folders = steps.get(..steps.len().saturating_sub(1)).unwrap_or_default();
    let from_front = parsed.as_ref().ok().and_then(|article| article.front.locale.clone());
    let place = folders.iter().position(|step| is_locale_folder(step) || from_front.as_deref() == Some(*step));
    let (collection, inside) = match place {
        Some(at) => (steps.get(..at).unwrap_or_default(), steps.get(at + 1..).unwrap_or_default()),
        None => (&[][..], steps.as_slice()),
    };
    let from_path = place.and_then(|at| steps.get(at)).map(|step| (*step).to_owned());
    Source {
        inside: inside.join("/"),
        collection: collection.join("/"),
        locale: from_front.or(from_path).unwrap_or_else(|| default_locale.to_owned()),
        slug: String::new(),
        is_draft: beside.is_some(),
        markdown,
        parsed,
        file,
    }
}

/// What a file in the folder of this language has to say, since the folder's name does not tell it.
pub(super) fn said_locale(locale: &str) -> Option<String> {
    (!is_locale_folder(locale)).then(|| locale.to_owned())
}

/// `en`, `pt-BR`, `zh-Hans`: languages of three letters look too much like folders, unless their files say so too. So would
/// `js` and `go`, were they not looked up.
fn is_locale_folder(name: &str) -> bool {
    let language = name.split('-').next().unwrap_or_default();
    LANGUAGES.split_ascii_whitespace().any(|code| code == language) && is_locale_tag(name)
}

/// The codes of ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz \
    ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv \
    ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn \
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg \
    th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// A slug for each file, the same for its translations: what its front matter says, else from its path. A slug that is
/// taken gets its collection in front, then a number.
fn name_all(articles: &mut [Source]) {
    let mut said: BTreeMap<(String, String), String> = BTreeMap::new();
    for source in articles.iter() {
        let slug = source.parsed.as_ref().ok().and_then(|article| article.front.slug.clone());
        if let Some(slug) = slug {
            said.entry((source.collection.clone(), source.inside.clone())).or_insert(slug);
        }
    }
    let keys: BTreeSet<(String, String)> =
        articles.iter().map(|source| (source.collection.clone(), source.inside.clone())).collect();
    let mut taken = BTreeSet::new();
    let mut slugs = BTreeMap::new();
    for key in keys {
        let (collection, inside) = &key;
        let plain = said.get(&key).cloned().unwrap_or_else(|| from_path(inside));
        let long = short(slugify(&format!("{collection}-{plain}")));
        let numbered = (2..).map(|number| format!("{long}-{number}"));
        let mut candidates = [plain, long.clone()].into_iter().chain(numbered);
        if let Some(slug) = candidates.find(|slug| !slug.is_empty() && !taken.contains(slug)) {
            taken.insert(slug.clone());
            slugs.insert(key, slug);
        }
    }
    for source in articles {
        let key = (source.collection.clone(), source.inside.clone());
        source.slug = slugs.get(&key).cloned().unwrap_or_default();
    }
}

/// A slug of a path. One without any letter of a slug (`оплата`) is named by its hash: a number would go from file to file as
/// the folder grows, and an article's address with it.
pub(super) fn from_path(inside: &str) -> String {
    let slug = short(slugify(inside));
    if slug.is_empty() { format!("article-{}", name_hash(inside.as_bytes())) } else { slug }
}

/// At most 110 letters, so that a number still fits behind.
fn short(mut slug: String) -> String {
    slug.truncate(110);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// Every old address that a folder's articles give, by its kept form.
pub(super) fn old_addresses(articles: &[Source]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for source in articles {
        let Ok(article) = &source.parsed else { continue };
        for old in article.front.redirect_from.iter().filter_map(|old| old_address(old)) {
            found.entry(old).or_insert_with(|| source.slug.clone());
        }
    }
    found
}
