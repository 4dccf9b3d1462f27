//! What is wrong with a folder of articles, each finding with file and line.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fmt,
    path::{Path, PathBuf},
};

use buoy_shared::{markdown::references, upload::decode_percent};

use super::{
    folder::Folder,
    pictures,
    targets::{Places, Target, anchors},
};

/// Something to mend.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    file: PathBuf,
    line: usize,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

/// The places of articles that links may name, by locale and slug.
struct Headings(BTreeMap<(String, String), BTreeSet<String>>);

impl Headings {
    fn of(folder: &Folder) -> Self {
        let mut all: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for source in &folder.articles {
            // Of one that cannot be read nobody knows them.
            if let Ok(article) = &source.parsed {
                anchors(&article.blocks, all.entry((source.locale.clone(), source.slug.clone())).or_default());
            }
        }
        Self(all)
    }

    /// Whether an article has such a place. What is not translated is read in another language, whose headings a link cannot
    /// know; no place at all is the top.
    fn has(&self, locale: &str, slug: &str, place: &str) -> bool {
        let decoded = decode_percent(place);
        let known = self.0.get(&(locale.to_owned(), slug.to_owned()));
        place.is_empty() || known.is_none_or(|known| known.contains(decoded.as_deref().unwrap_or(place)))
    }
}

fn shown(folder: &Folder, file: &Path) -> PathBuf {
    file.strip_prefix(&folder.root).unwrap_or(file).to_path_buf()
}

/// Files that become an article which another file becomes too. An import would put one text over the other and count
/// both as stored, so it sends nothing.
pub(super) fn doubles(folder: &Folder) -> Vec<Finding> {
    let mut firsts: BTreeMap<(&str, &str, bool), &Path> = BTreeMap::new();
    let mut found = Vec::new();
    for source in &folder.articles {
        match firsts.entry((&source.locale, &source.slug, source.is_draft)) {
            Entry::Vacant(place) => {
                place.insert(&source.file);
            }
            Entry::Occupied(first) => {
                let first = shown(folder, first.get());
                let what = format!(
                    "is the same article as {}: both are {} in {}",
                    first.display(),
                    source.slug,
                    source.locale
                );
                found.push(Finding { file: shown(folder, &source.file), line: 1, what });
            }
        }
    }
    found
}

/// Everything that an import would lose, and every link and picture that leads nowhere.
pub(super) fn findings(folder: &Folder) -> Vec<Finding> {
    let (places, headings) = (Places::of(folder), Headings::of(folder));
    let skipped = folder.skipped.iter();
    let mut findings: Vec<Finding> =
        skipped.map(|(file, why)| Finding { file: shown(folder, file), line: 1, what: (*why).to_owned() }).collect();
    findings.extend(doubles(folder));
    for source in &folder.articles {
        let file = shown(folder, &source.file);
        let mut push = |line: usize, what: String| findings.push(Finding { file: file.clone(), line, what });
        let article = match &source.parsed {
            Ok(article) => article,
            Err(error) => {
                push(1, error.to_string());
                continue;
            }
        };
        for slug in article.front.related.iter().filter(|slug| !places.has(slug)) {
            let line = source.markdown.lines().position(|line| line.contains(slug.as_str()));
            push(line.map_or(1, |at| at + 1), format!("related: {slug}: no such article in the folder"));
        }
        for reference in references(&source.markdown) {
            match places.target(source, &reference) {
                Target::Nowhere(why) => push(reference.line, format!("{}: {why}", reference.target)),
                Target::Here(place) if !headings.has(&source.locale, &source.slug, &place) => {
                    push(reference.line, format!("#{place}: no such heading"));
                }
                Target::Article(slug, Some(place)) if !headings.has(&source.locale, &slug, &place) => {
                    push(reference.line, format!("{}: no such heading in that article", reference.target));
                }
                Target::File(file) => {
                    if let Err(why) = pictures::read(&file) {
                        push(reference.line, format!("{}: {why}", reference.target));
                    }
                }
                Target::Here(_) | Target::Article(..) | Target::Outside => {}
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kb::{EdgeOptions, FolderOption, import, pictures::Addresses, refuse_doubles},
        workspace::Workspace,
    };
    use std::fs;

    fn folder(name: &str, files: &[(&str, &str)]) -> (PathBuf, Folder) {
        let root = std::env::temp_dir().join(format!("buoy-kb-{name}-{}", std::process::id()));
        for (file, text) in files {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let read = Folder::read(&root, "en").unwrap();
        (root, read)
    }

    #[test]
    fn k3_what_leads_nowhere_is_named_with_file_and_line() {
        let files = [
            (
                "en/pay/card.md",
                "---\ntitle: Card\nredirect_from: /old/card/\n---\n\n## Is it safe?\n\nYes.\n\n[a](bank.md) [b](../pay/bank/) [c](/old/card/)\n[d](#is-it-safe) [e](https://x.example)\n\n[f](gone.md)\n[g](#gone)\n![h](gone.png) ![i](here.gif)\n[j](javascript:x)\n[k]({% link x %})",
            ),
            (
                "en/pay/bank.md",
                "# Bank\n\n[back](../../card/) [top](/en/pay/card.html#is-it-safe)\n[l](card.md#gone) [m](card.md#)",
            ),
            (
                "ru/pay/card.md",
                "# Карта\n\n## Это надёжно?\n\n[n](#%D1%8D%D1%82%D0%BE-%D0%BD%D0%B0%D0%B4%D1%91%D0%B6%D0%BD%D0%BE)",
            ),
            ("en/pay/here.gif", "GIF89a"),
            ("ru/pay/bank.md", "no title"),
            ("README.md", "[not](an-article.md)"),
        ];
        let (root, folder) = folder("check", &files);
        let found: Vec<String> = findings(&folder).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "en/pay/bank.md:3: ../../card/: no such article in the folder",
                "en/pay/bank.md:4: card.md#gone: no such heading in that article",
                "en/pay/card.md:13: gone.md: no such article in the folder",
                "en/pay/card.md:14: #gone: no such heading",
                "en/pay/card.md:15: gone.png: no such picture in the folder",
                "en/pay/card.md:16: javascript:x: an address that is never shown",
                "en/pay/card.md:17: : no address is left without the site generator's tag",
                "ru/pay/bank.md:1: no title: give one in the front matter or as the first heading",
            ]
        );
        fs::remove_dir_all(root).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn k3_links_of_the_file_system_are_named_and_not_followed() {
        let pay = "# Pay\n\n![a](link.gif) ![b](loop/here.gif) ![c](here.gif)";
        let files = [("en/pay.md", pay), ("en/here.gif", "GIF89a"), ("elsewhere.txt", "# Not ours\n\nx")];
        let (root, _) = folder("symlinks", &files);
        std::os::unix::fs::symlink(".", root.join("en/loop")).unwrap();
        std::os::unix::fs::symlink(root.join("elsewhere.txt"), root.join("en/link.md")).unwrap();
        std::os::unix::fs::symlink("here.gif", root.join("en/link.gif")).unwrap();
        let folder = Folder::read(&root, "en").unwrap();
        assert_eq!(folder.articles.len(), 1);
        let found: Vec<String> = findings(&folder).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "en/link.gif:1: a symbolic link is not followed",
                "en/link.md:1: a symbolic link is not followed",
                "en/loop:1: a symbolic link is not followed",
                "en/pay.md:3: link.gif: no such picture in the folder",
                "en/pay.md:3: loop/here.gif: no such picture in the folder",
            ]
        );
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_a_file_that_is_no_utf_8_is_one_finding_among_others() {
        let (root, _) = folder("bytes", &[("en/pay.md", "# Pay\n\n[a](gone.md)")]);
        fs::write(root.join("en/old.md"), b"# Caf\xe9").unwrap();
        let found: Vec<String> =
            findings(&Folder::read(&root, "en").unwrap()).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["en/old.md:1: is not UTF-8 text", "en/pay.md:3: gone.md: no such article in the folder"]);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_two_files_that_become_one_article_are_named_and_nothing_is_sent() {
        for (case, files, expected) in [
            (
                "beside",
                &[("en/pay.md", "# Pay\n\nx"), ("pay.md", "# Pay\n\ny")][..],
                &["pay.md:1: is the same article as en/pay.md: both are pay in en"][..],
            ),
            (
                "said",
                &[("en/pay.md", "# Pay\n\nx"), ("ru/pay.md", "---\ntitle: Pay\nlang: en\nslug: cards\n---\n\ny")],
                &["ru/pay.md:1: is the same article as en/pay.md: both are cards in en"],
            ),
            (
                "drafts",
                &[("en/pay.draft.md", "# Pay\n\nx"), ("en/pay.md", "# Pay\n\ny"), ("pay.draft.md", "# Pay\n\nz")],
                &["pay.draft.md:1: is the same article as en/pay.draft.md: both are pay in en"],
            ),
            ("apart", &[("de/pay.md", "# Pay\n\nx"), ("en/pay.md", "# Pay\n\ny"), ("pay/now.md", "# Pay\n\nz")], &[]),
        ] {
            let (root, folder) = folder(&format!("double-{case}"), files);
            let found: Vec<String> = findings(&folder).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{case}");
            assert_eq!(refuse_doubles(&folder).is_err(), !expected.is_empty(), "{case}");
            fs::remove_dir_all(root).unwrap();
        }
    }

    #[test]
    fn k3_an_import_of_two_files_for_one_article_asks_no_edge() {
        let (root, _) = folder("refused", &[("en/pay.md", "# Pay\n\nx"), ("pay.md", "# Pay\n\ny")]);
        let options = FolderOption { folder: root.clone(), locale: "en".to_owned() };
        let nowhere = EdgeOptions { url: None, token: None, state: PathBuf::from("nothing-runs-here") };
        let refused = import(&Workspace { root: root.clone() }, &options, &nowhere, true).unwrap_err();
        assert!(refused.to_string().starts_with("nothing was sent"), "{refused:#}");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_a_related_article_that_is_not_there_is_named() {
        let files = [
            ("en/pay.md", "---\ntitle: Pay\nrelated:\n  - refund\n  - refnud\n---\n\nx"),
            ("en/refund.md", "---\ntitle: Refund\nrelated: []\n---\n\nx"),
        ];
        let (root, folder) = folder("related", &files);
        let found: Vec<String> = findings(&folder).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["en/pay.md:5: related: refnud: no such article in the folder"]);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_files_are_named_by_their_paths_and_their_links_lead_to_the_articles_they_become() {
        let files = [
            (
                "shop/en/Pay Now.md",
                "# Pay\n\n[bank]({{ site.baseurl }}/bank/){:target=\"_blank\"} and [x][r]\n\n[r]: bank.md\n",
            ),
            ("shop/en/bank.md", "# Bank\n\nx"),
            ("shop/ru/bank.md", "# Банк\n\nx"),
            ("blog/en/bank.md", "---\ntitle: Other\nslug: other-bank\n---\nx"),
            ("blog/en/notes/a.md", "---\ntitle: A\nlocale: de\n---\nx"),
        ];
        let (root, folder) = folder("names", &files);
        let names: Vec<(&str, &str)> =
            folder.articles.iter().map(|source| (source.locale.as_str(), source.slug.as_str())).collect();
        assert_eq!(names, [("en", "other-bank"), ("de", "notes-a"), ("en", "pay-now"), ("en", "bank"), ("ru", "bank")]);
        let sent = folder.for_import(&Addresses::new());
        let text = &sent.iter().find(|article| article.slug == "pay-now").unwrap().markdown;
        assert!(text.contains("[bank](/help/bank)") && text.contains("[r]: /help/bank\n"), "{text}");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_a_folder_of_two_letters_that_name_no_language_is_part_of_its_articles_names() {
        let files = [("install.md", "# All\n\nx"), ("js/install.md", "# JS\n\nx"), ("ru/install.md", "# Все\n\nx")];
        let (root, folder) = folder("letters", &files);
        let names: Vec<(&str, &str)> =
            folder.articles.iter().map(|source| (source.locale.as_str(), source.slug.as_str())).collect();
        assert_eq!(names, [("en", "install"), ("en", "js-install"), ("ru", "install")]);
        assert_eq!(folder.counts(), "3 articles (en 2, ru 1)");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn k3_links_lead_to_articles_however_lines_and_files_end() {
        for (case, text, expected) in [
            ("crlf", "# Pay\r\n\r\n[a][b]\r\n\r\n[b]: bank.md\r\n", "[b]: /help/bank\n"),
            ("last", "# Pay\n\n[a][b]\n\n[b]: bank.md", "[b]: /help/bank\n"),
            ("angles", "# Pay\n\n[a][b]\n\n[b]: <bank.md>\n", "[b]: </help/bank>\n"),
        ] {
            let (root, folder) = folder(&format!("ends-{case}"), &[("en/pay.md", text), ("en/bank.md", "# Bank\n\nx")]);
            let sent = folder.for_import(&Addresses::new());
            let text = &sent.iter().find(|article| article.slug == "pay").unwrap().markdown;
            assert!(text.ends_with(expected), "{case}: {text}");
            fs::remove_dir_all(root).unwrap();
        }
    }

    #[test]
    fn k3_a_page_whose_name_ends_like_a_folders_own_page_is_found_by_its_whole_name() {
        let files = [
            ("en/guides/reindex.md", "# Build the index anew\n\nx"),
            ("en/guides/index.md", "# Guides\n\nx"),
            ("en/more/_index.md", "# More\n\nx"),
            (
                "en/start.md",
                "# Start\n\n[a](/docs/guides/reindex/) [b](/docs/guides/) [c](/docs/guides/index.html) [d](/docs/more/) [e](/docs/guides/re)",
            ),
        ];
        let (root, folder) = folder("pages", &files);
        let found: Vec<String> = findings(&folder).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["en/start.md:3: /docs/guides/re: no such article in the folder"]);
        let sent = folder.for_import(&Addresses::new());
        let text = &sent.iter().find(|article| article.slug == "start").unwrap().markdown;
        for link in
            ["[a](/help/guides-reindex)", "[b](/help/guides-index)", "[c](/help/guides-index)", "[d](/help/more-index)"]
        {
            assert!(text.contains(link), "{link}: {text}");
        }
        fs::remove_dir_all(root).unwrap();
    }
}
