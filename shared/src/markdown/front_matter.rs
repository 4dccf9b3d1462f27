//! The front matter of an article: what its author says about it (K1).
//!
//! Read from several dialects: YAML between `---` (Jekyll, Hugo, Zola, Microsoft Docs) and TOML between `+++`. Printed
//! as one: YAML with our own names in a fixed order. Whatever else stands there belongs to other tools and is passed over.

use super::date::date;
use super::fields::{Field, toml_fields, yaml_fields};
use crate::article::{Difficulty, is_slug, old_address};
use crate::text::clean_line;
use crate::ticket::is_locale_tag;
use std::fmt::Write as _;

/// What the front matter says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// `title`.
    pub title: Option<String>,
    /// `description` or `summary`.
    pub description: Option<String>,
    /// `keywords` and `tags`.
    pub keywords: Vec<String>,
    /// `category`, else `section`, else the first of Zola's taxonomies: the part of the help centre it stands in. Sites that
    /// have both of the first use `section` for what holds the whole help centre (`how-to`), so `category` is the nearer.
    pub section: Option<String>,
    /// `order` or `weight`: its place in the section.
    pub order: Option<u32>,
    /// `difficulty`.
    pub difficulty: Option<Difficulty>,
    /// `minutes`: how long it takes to read, where the author knows better than we compute.
    pub minutes: Option<u32>,
    /// `related`: slugs, where the author knows better than we compute.
    pub related: Vec<String>,
    /// `redirect_from`, `aliases` and `permalink`: its old addresses, as slugs or paths.
    pub redirect_from: Vec<String>,
    /// `locale`, `lang` or `language`.
    pub locale: Option<String>,
    /// `slug`, if it is one of ours.
    pub slug: Option<String>,
    /// `updated`, `last_modified_at`, `ms.date` or `date`, as `2026-11-21`: when its author last looked at it.
    pub updated: Option<String>,
    /// `draft: true` or `published: false`.
    pub draft: bool,
}

/// Old addresses that are kept of one article; the longest lists of real help centres have a dozen.
const REDIRECTS_MAX: usize = 50;
/// Characters of one old address, as it is kept.
const REDIRECT_CHARS_MAX: usize = 300;
/// Related articles that an author may name: two or three are shown.
const RELATED_MAX: usize = 5;
/// Words to find it by.
const KEYWORDS_MAX: usize = 50;
/// Minutes nobody reads longer than.
const MINUTES_MAX: u32 = 600;

/// Splits a source into its front matter and its Markdown. An unclosed front matter is no front matter.
pub(super) fn split(source: &str) -> (FrontMatter, &str) {
    let source = source.trim_start_matches('\u{feff}');
    for (fence, fields) in [("---", yaml_fields as fn(&str) -> Vec<Field>), ("+++", toml_fields)] {
        if let Some((head, rest)) = fenced(source, fence) {
            return (read(&fields(head)), rest);
        }
    }
    (FrontMatter::default(), source)
}

/// What stands between two lines that hold only the fence, and what follows.
fn fenced<'a>(source: &'a str, fence: &str) -> Option<(&'a str, &'a str)> {
    let after = source.strip_prefix(fence)?.trim_start_matches([' ', '\t']).strip_prefix('\n')?;
    let mut length = 0;
    for line in after.split_inclusive('\n') {
        if line.trim_end() == fence {
            let (head, rest) = after.split_at_checked(length)?;
            return Some((head, rest.strip_prefix(line).unwrap_or(rest)));
        }
        length += line.len();
    }
    None
}

fn read(fields: &[Field]) -> FrontMatter {
    let all = |names: &[&str]| -> Vec<String> {
        let found = names.iter().flat_map(|name| fields.iter().filter(move |field| field.key == *name));
        found.flat_map(|field| field.values.iter()).map(|value| clean_line(value)).filter(|v| !v.is_empty()).collect()
    };
    let one = |names: &[&str]| all(names).into_iter().next();
    let taxonomy = || {
        let mut found = fields.iter().filter(|field| field.key.starts_with("taxonomies."));
        found.find_map(|field| field.values.first()).map(|value| clean_line(value))
    };
    let mut redirect_from = all(&["redirect_from", "aliases", "permalink"]);
    // Counted as it is kept: in an address each letter of other scripts takes six or nine characters.
    redirect_from.retain(|address| old_address(address).is_some_and(|old| old.chars().count() <= REDIRECT_CHARS_MAX));
    dedup(&mut redirect_from, REDIRECTS_MAX);
    let mut keywords: Vec<String> = all(&["keywords", "tags"])
        .iter()
        .flat_map(|words| words.split(','))
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    dedup(&mut keywords, KEYWORDS_MAX);
    let mut related: Vec<String> = all(&["related"]).into_iter().filter(|slug| is_slug(slug)).collect();
    dedup(&mut related, RELATED_MAX);
    FrontMatter {
        title: one(&["title"]),
        description: one(&["description", "summary"]),
        keywords,
        section: one(&["category", "section"]).or_else(taxonomy),
        order: one(&["order", "weight", "extra.order"]).and_then(|order| order.parse().ok()),
        difficulty: one(&["difficulty"]).and_then(|word| Difficulty::parse(&word)),
        minutes: one(&["minutes"]).and_then(|text| text.parse().ok()).filter(|n| (1..=MINUTES_MAX).contains(n)),
        related,
        redirect_from,
        locale: one(&["locale", "lang", "language"]).filter(|tag| is_locale_tag(tag)),
        slug: one(&["slug"]).filter(|slug| is_slug(slug)),
        updated: ["updated", "last_modified_at", "ms.date", "date"].iter().find_map(|key| date(&one(&[key])?)),
        // Of a draft, what reads as neither is none to show: it can still be published, but not be unseen. Some generators
        // write a date as `published`.
        draft: one(&["draft"]).is_some_and(|word| truth(&word) != Some(false))
            || one(&["published"]).is_some_and(|word| truth(&word) == Some(false)),
    }
}

/// A word of YAML 1.1, which site generators go on reading.
fn truth(word: &str) -> Option<bool> {
    let is_one_of = |words: [&str; 3]| words.iter().any(|one| one.eq_ignore_ascii_case(word));
    if is_one_of(["true", "yes", "on"]) {
        Some(true)
    } else if is_one_of(["false", "no", "off"]) {
        Some(false)
    } else {
        None
    }
}

fn dedup(list: &mut Vec<String>, max: usize) {
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|entry| seen.insert(entry.clone()));
    list.truncate(max);
}

impl FrontMatter {
    /// Our own form, with its fences; nothing for nothing.
    pub(super) fn print(&self) -> String {
        let mut lines = String::new();
        let texts = [
            ("title", &self.title),
            ("description", &self.description),
            ("slug", &self.slug),
            ("locale", &self.locale),
            ("category", &self.section),
            ("updated", &self.updated),
        ];
        for (key, value) in texts {
            if let Some(value) = value {
                put(&mut lines, key, &quote(value));
            }
        }
        for (key, list) in
            [("keywords", &self.keywords), ("related", &self.related), ("redirect_from", &self.redirect_from)]
        {
            if !list.is_empty() {
                let items: Vec<String> = list.iter().map(|item| quote(item)).collect();
                put(&mut lines, key, &format!("[{}]", items.join(", ")));
            }
        }
        for (key, number) in [("order", self.order), ("minutes", self.minutes)] {
            if let Some(number) = number {
                put(&mut lines, key, &number.to_string());
            }
        }
        if let Some(difficulty) = self.difficulty {
            put(&mut lines, "difficulty", difficulty.as_str());
        }
        if self.draft {
            put(&mut lines, "draft", "true");
        }
        if lines.is_empty() { lines } else { format!("---\n{lines}---\n\n") }
    }
}

fn put(lines: &mut String, key: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(lines, "{key}: {value}");
}

/// A text in double quotes, which YAML and JSON read alike.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front(source: &str) -> FrontMatter {
        split(source).0
    }

    #[test]
    fn k3_old_addresses_are_measured_by_their_letters_not_by_their_codes() {
        let code = |letters: usize| ["/hc/ja/articles/42-", &"%E3%82%AB".repeat(letters)].concat();
        let head = format!("---\nredirect_from:\n  - {}\n  - {}\n---\n", code(100), code(300));
        assert_eq!(split(&head).0.redirect_from, [code(100)]);
    }

    #[test]
    fn k1_the_dialects_of_other_tools_say_the_same() {
        let expected = FrontMatter {
            title: Some("Pay: now".into()),
            keywords: vec!["card".into(), "visa card".into()],
            section: Some("Billing".into()),
            order: Some(10),
            redirect_from: vec!["/old/pay/".into(), "/older".into()],
            updated: Some("2021-08-05".into()),
            ..FrontMatter::default()
        };
        for source in [
            "---\ntitle: \"Pay: now\"\ntags: [card, \"visa card\"]\ncategory: Billing\norder: 10\nredirect_from:\n  - /old/pay/\n  - /older\nlast_modified_at: August 5, 2021\n---\n",
            "---\ntitle: 'Pay: now'\nkeywords:\n- card\n- visa card\ntaxonomies:\n  faq: [\"Billing\"]\nextra:\n  order: 10\naliases: [\"/old/pay/\", \"/older\"]\nms.date: 08/05/2021\n---\n",
            "+++\ntitle = \"Pay: now\"\nupdated = 2021-08-05\naliases = [\"/old/pay/\", \"/older\"]\nkeywords = [\"card\", \"visa card\"]\n[taxonomies]\nfaq = [\"Billing\"]\n[extra]\norder = 10\n+++\n",
        ] {
            assert_eq!(front(source), expected, "{source}");
        }
    }

    #[test]
    fn k1_an_article_stands_in_the_nearest_part_that_its_author_names() {
        for (source, section) in [
            ("---\nsection: how-to\ncategory: Search\n---\n", "Search"),
            ("---\ncategory: Search\ntaxonomies:\n  faq: [App]\n---\n", "Search"),
            ("---\nsection: Billing\ntaxonomies:\n  faq: [App]\n---\n", "Billing"),
            ("+++\nsection = \"Billing\"\n[taxonomies]\nfaq = [\"App\"]\n+++\n", "Billing"),
            ("---\nsection: Billing\n---\n", "Billing"),
            ("---\ntaxonomies:\n  faq: [App]\n---\n", "App"),
        ] {
            assert_eq!(front(source).section.as_deref(), Some(section), "{source}");
        }
    }

    #[test]
    fn what_is_printed_reads_as_itself() {
        let full = FrontMatter {
            title: Some("A \"b\" \\ c: #d".into()),
            description: Some("- not a list".into()),
            keywords: vec!["a".into(), "b: c".into()],
            section: Some("[odd]".into()),
            order: Some(0),
            difficulty: Some(Difficulty::Advanced),
            minutes: Some(3),
            related: vec!["pay-by-card".into()],
            redirect_from: vec!["/a, b/".into(), "it's".into()],
            locale: Some("pt-BR".into()),
            slug: Some("a-b".into()),
            updated: Some("2026-02-28".into()),
            draft: true,
        };
        assert_eq!(front(&full.print()), full);
        assert_eq!(front(&FrontMatter::default().print()), FrontMatter::default());
    }

    #[test]
    fn an_unclosed_front_matter_is_text() {
        assert_eq!(split("---\ntitle: x\n"), (FrontMatter::default(), "---\ntitle: x\n"));
        assert_eq!(split("no fence"), (FrontMatter::default(), "no fence"));
        assert_eq!(split("---\ntitle: x\n---\nbody").1, "body");
        assert_eq!(split("+++\nbroken = \n+++\nbody").1, "body");
    }

    #[test]
    fn k1_what_an_author_holds_back_in_any_word_of_theirs_is_a_draft() {
        for (line, draft) in [
            ("draft: true", true),
            ("draft: True", true),
            ("draft: yes", true),
            ("draft: \"on\"", true),
            ("draft: maybe", true),
            ("draft: false", false),
            ("draft: No", false),
            ("draft:", false),
            ("published: false", true),
            ("published: no", true),
            ("published: Off", true),
            ("published: true", false),
            ("published: YES", false),
            ("published: 2021-04-05", false),
        ] {
            assert_eq!(front(&format!("---\ntitle: T\n{line}\n---\n")).draft, draft, "{line}");
        }
    }

    #[test]
    fn what_has_the_wrong_form_is_left_out_and_costs_nothing_else() {
        let read = front(
            "---\ntitle: T\norder: first\nminutes: 0\ndifficulty: hard\nslug: Not A Slug\nlocale: nowhere at all\nupdated: soon\n---\n",
        );
        assert_eq!(read, FrontMatter { title: Some("T".into()), ..FrontMatter::default() });
    }
}
