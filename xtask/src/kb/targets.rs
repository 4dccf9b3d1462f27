//! Where the links of a folder lead: to its own files, to old addresses, to places in a file, or nowhere.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

use buoy_shared::{
    article::{Block, is_safe_link, old_address},
    markdown::{Reference, references},
    upload::decode_percent,
};

use super::{
    folder::{Folder, Source, old_addresses},
    pictures::Addresses,
};

/// What a folder's links may lead to.
pub(super) struct Places {
    root: PathBuf,
    files: BTreeMap<PathBuf, String>,
    slugs: BTreeSet<String>,
    old: BTreeMap<String, String>,
    /// Every path below a locale's folder, as sites made from such folders address it.
    paths: BTreeMap<String, String>,
}

/// What a link leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An article of the folder, and a place in it.
    Article(String, Option<String>),
    /// A place in the same article.
    Here(String),
    /// Another site, mail, telephone.
    Outside,
    /// A file beside the article.
    File(PathBuf),
    /// Nothing.
    Nowhere(&'static str),
}

impl Places {
    pub(super) fn of(folder: &Folder) -> Self {
        let mut places = Self {
            root: folder.root.clone(),
            files: BTreeMap::new(),
            slugs: BTreeSet::new(),
            old: old_addresses(&folder.articles),
            paths: BTreeMap::new(),
        };
        for source in &folder.articles {
            places.files.insert(normal(&source.file), source.slug.clone());
            places.slugs.insert(source.slug.clone());
            places.paths.entry(page_of(&source.inside).to_owned()).or_insert_with(|| source.slug.clone());
        }
        places
    }

    /// Whether the folder has an article of this name.
    pub(super) fn has(&self, slug: &str) -> bool {
        self.slugs.contains(slug)
    }

    /// Where a link of a file leads.
    pub(super) fn target(&self, source: &Source, reference: &Reference) -> Target {
        let address = reference.target.trim();
        let (path, place) = match address.split_once('#') {
            Some((path, place)) => (path, Some(place.to_owned())),
            None => (address, None),
        };
        if address.is_empty() {
            return Target::Nowhere("no address is left without the site generator's tag");
        }
        if !is_safe_link(address) {
            return Target::Nowhere("an address that is never shown");
        }
        if path.is_empty() {
            return place.map_or(Target::Nowhere("no address"), Target::Here);
        }
        if has_scheme(path) {
            return Target::Outside;
        }
        let path = path.split('?').next().unwrap_or(path);
        if let Some(slug) = self.article(source, path) {
            return Target::Article(slug, place);
        }
        let decoded = decode_percent(path).unwrap_or_else(|| path.to_owned());
        let files = [path, &decoded].into_iter().filter_map(|path| self.file(source, path));
        if let Some(file) = files.into_iter().find(|file| self.holds(file)) {
            return Target::File(file);
        }
        Target::Nowhere(if reference.is_image {
            "no such picture in the folder"
        } else {
            "no such article in the folder"
        })
    }

    fn article(&self, source: &Source, path: &str) -> Option<String> {
        let bare = path.trim_matches('/').trim_end_matches(".md").trim_end_matches(".html");
        if bare.is_empty() {
            return None; // the site's own first page
        }
        // Seen from the file, or from the page that a site makes of it, which is a folder.
        let page = source.file.with_extension("");
        let by_file = || {
            let bases = [self.file(source, path)?, normal(&page.join(path))];
            let names = bases.into_iter().flat_map(|file| {
                let with_ending = PathBuf::from(format!("{}.md", file.display()));
                [file.clone(), with_ending, file.with_extension("md"), file.join("index.md"), file.join("_index.md")]
            });
            names.into_iter().find_map(|name| self.files.get(&name).cloned())
        };
        let by_old = || old_address(path).and_then(|old| self.old.get(&old)).cloned();
        let by_slug = || {
            let slug = bare.strip_prefix("help/").unwrap_or(bare);
            self.slugs.contains(slug).then(|| slug.to_owned())
        };
        // A site made from a folder puts its language or a name of its own before the path.
        let by_path = || {
            let mut rest = bare.trim_start_matches("@/");
            loop {
                if let Some(slug) = self.paths.get(rest.strip_suffix("/index").unwrap_or(rest)) {
                    return Some(slug.clone());
                }
                rest = rest.split_once('/').map(|(_, rest)| rest).filter(|rest| !rest.is_empty())?;
            }
        };
        let by_last = || bare.rsplit('/').next().filter(|last| self.slugs.contains(*last)).map(str::to_owned);
        by_file().or_else(by_old).or_else(by_slug).or_else(by_path).or_else(by_last)
    }

    /// Whether there is such a file; one behind a link of the file system is not the folder's.
    fn holds(&self, file: &Path) -> bool {
        let root = normal(&self.root);
        file.is_file() && !file.ancestors().take_while(|step| **step != root).any(Path::is_symlink)
    }

    fn file(&self, source: &Source, path: &str) -> Option<PathBuf> {
        let folder = if path.starts_with('/') { self.root.as_path() } else { source.file.parent()? };
        Some(normal(&folder.join(path.trim_start_matches('/'))))
    }
}

fn has_scheme(address: &str) -> bool {
    let end = address.find([':', '/', '?']).unwrap_or(0);
    address.get(end..).is_some_and(|rest| rest.starts_with(':'))
}

/// The page of a path: a folder's own page is the folder.
fn page_of(path: &str) -> &str {
    match path.rsplit_once('/').unwrap_or(("", path)) {
        (folder, "index" | "_index") => folder,
        _ => path,
    }
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut kept = PathBuf::new();
    for step in path.components() {
        match step {
            Component::CurDir => {}
            Component::ParentDir => {
                kept.pop();
            }
            step => kept.push(step),
        }
    }
    kept
}

/// The names of places in an article.
pub(super) fn anchors(blocks: &[Block], found: &mut BTreeSet<String>) {
    for block in blocks {
        match block {
            Block::Heading { anchor, .. } => {
                found.insert(anchor.clone());
            }
            Block::List { items, .. } => items.iter().for_each(|item| anchors(item, found)),
            Block::Quote { c, .. } => anchors(c, found),
            Block::Paragraph { .. } | Block::Code { .. } | Block::Table { .. } | Block::Rule => {}
        }
    }
}

/// How an address stands in a text: what is before it and behind it.
const STANDINGS: [(&str, &str); 10] = [
    ("](", ")"),
    ("](", " "),
    ("](<", ">"),
    ("]: <", ">"),
    ("]: ", "\n"),
    ("]: ", " "),
    ("href=\"", "\""),
    ("href='", "'"),
    ("src=\"", "\""),
    ("src='", "'"),
];

/// A file's text with links to other files replaced by links to their articles, and pictures by where they were sent.
/// Only addresses that stand in the text as they were read are replaced; the others stay as they are, and lead where old
/// addresses lead.
pub(super) fn relinked(places: &Places, source: &Source, pictures: &Addresses) -> String {
    let mut changes: BTreeMap<String, String> = BTreeMap::new();
    for reference in references(&source.markdown) {
        match places.target(source, &reference) {
            Target::Article(slug, place) if !reference.is_image => {
                let place = place.map(|place| format!("#{place}")).unwrap_or_default();
                changes.insert(reference.target, format!("/help/{slug}{place}"));
            }
            Target::File(file) => {
                if let Some(address) = pictures.get(&file) {
                    changes.insert(reference.target, address.clone());
                }
            }
            _ => {}
        }
    }
    if changes.is_empty() {
        return source.markdown.clone();
    }
    let mut text = source.markdown.replace("\r\n", "\n").replace('\r', "\n");
    if !text.ends_with('\n') {
        text.push('\n'); // ends the last line, which may be an address
    }
    for (old, new) in changes.iter().filter(|(old, new)| old != new) {
        // The tag of a site generator that stood before the path is dropped with it.
        for tag in ["", "{{ site.baseurl }}", "{{site.baseurl}}", "{{ site.url }}"] {
            for (open, close) in STANDINGS {
                text = text.replace(&format!("{open}{tag}{old}{close}"), &format!("{open}{new}{close}"));
            }
        }
    }
    text
}
