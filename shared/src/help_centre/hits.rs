//! The page of a search's results, with the words that made each of them one (K3).

use super::page::{Page, item, write};
use crate::html::{El, el};
use crate::public_page::{PublicSite, spoken};
use crate::search::Marked;

/// An article that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its name in addresses.
    pub slug: String,
    /// The language it is written in.
    pub locale: String,
    /// Its title.
    pub title: Marked,
    /// What it answers, or the place of its text that says most about what was asked.
    pub excerpt: Marked,
}

/// What a search found, and whether it is doubtful that any of it answers.
#[must_use]
pub fn results(site: &PublicSite<'_>, query: &str, hits: &[Hit], is_doubtful: bool) -> String {
    let words = site.words();
    let title = words.results.replace("{count}", &hits.len().to_string()).replace("{query}", query);
    let main = el("main").child(el("h1").text(&title));
    let main = if hits.is_empty() {
        main.child(spoken(site, "p", words.nothing))
    } else {
        let main = if is_doubtful { main.child(spoken(site, "p", words.unsure)) } else { main };
        let line = |hit: &Hit| {
            let excerpt = (!hit.excerpt.text.is_empty()).then(|| add_marked(el("p"), &hit.excerpt));
            item(site, (&hit.slug, &hit.locale), |link| add_marked(link, &hit.title), excerpt)
        };
        main.child(el("ul").attr("class", "list").all(hits.iter().map(line).collect()))
    };
    write(
        site,
        Page { title: &title, description: "", path: None, locales: site.locales, query, data: Vec::new(), main },
    )
}

fn add_marked(parent: El, Marked { text, marks }: &Marked) -> El {
    let part = |start: usize, end: usize| text.get(start..end).unwrap_or_default();
    let mut shown = 0;
    let parent = marks.iter().fold(parent, |parent, &(start, end)| {
        let before = part(shown, start);
        shown = end;
        parent.text(before).child(el("mark").text(part(start, end)))
    });
    parent.text(part(shown, text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_whole_around_its_marks() {
        for (marks, expected) in [
            (vec![], "<p>a &lt;b c</p>"),
            (vec![(0, 1)], "<p><mark>a</mark> &lt;b c</p>"),
            (vec![(0, 1), (2, 4), (5, 6)], "<p><mark>a</mark> <mark>&lt;b</mark> <mark>c</mark></p>"),
        ] {
            let marked = Marked { text: "a <b c".to_owned(), marks };
            assert_eq!(add_marked(el("p"), &marked).write(), expected);
        }
    }
}
