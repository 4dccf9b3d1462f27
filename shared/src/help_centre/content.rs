//! An article's tree as elements of a page (K1).

use super::words::Words;
use crate::article::{Align, Block, Callout, Inline, is_safe_link, is_slug};
use crate::html::{El, el};
use crate::public_page::PublicSite;

/// Adds blocks to an element.
pub(crate) fn add_blocks(site: &PublicSite<'_>, parent: El, blocks: &[Block]) -> El {
    parent.all(blocks.iter().map(|block| make_block(site, block)).collect())
}

fn make_block(site: &PublicSite<'_>, block: &Block) -> El {
    match block {
        Block::Heading { level, anchor, c } => {
            let name = match level {
                2 => "h2",
                3 => "h3",
                _ => "h4",
            };
            add_inlines(site, el(name).attr("id", anchor), c)
        }
        Block::Paragraph { c } => add_inlines(site, el("p"), c),
        Block::List { start, items } => {
            let list = match start {
                Some(start) => el("ol").attr("start", &start.to_string()),
                None => el("ul"),
            };
            list.all(items.iter().map(|item| add_blocks(site, el("li"), item)).collect())
        }
        Block::Code { text, .. } => {
            // It may be wider than the page, so it scrolls, also by keyboard.
            let pre = el("pre").attr("tabindex", "0").attr("role", "region").attr("aria-label", site.words().code);
            pre.child(el("code").text(text))
        }
        Block::Quote { kind: None, c } => add_blocks(site, el("blockquote"), c),
        Block::Quote { kind: Some(kind), c } => {
            let (class, name) = callout(*kind, site.words());
            let label = el("p").child(el("strong").text(name));
            add_blocks(site, el("div").attr("class", class).child(label), c)
        }
        Block::Table { align, rows } => table(site, align, rows),
        Block::Rule => el("hr"),
    }
}

const fn callout(kind: Callout, words: &Words) -> (&'static str, &'static str) {
    let [note, tip, important, warning, caution] = words.callouts;
    match kind {
        Callout::Note => ("callout", note),
        Callout::Tip => ("callout", tip),
        Callout::Important => ("callout", important),
        Callout::Warning => ("callout warning", warning),
        Callout::Caution => ("callout warning", caution),
    }
}

fn table(site: &PublicSite<'_>, align: &[Align], rows: &[Vec<Vec<Inline>>]) -> El {
    let line = |at: usize, row: &Vec<Vec<Inline>>| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let made = if at == 0 { el("th").attr("scope", "col") } else { el("td") };
            let made = match align.get(column) {
                Some(Align::Center) => made.attr("class", "center"),
                Some(Align::Right) => made.attr("class", "end"),
                _ => made,
            };
            add_inlines(site, made, cell)
        });
        el("tr").all(cells.collect())
    };
    let lines: Vec<El> = rows.iter().enumerate().map(|(at, row)| line(at, row)).collect();
    let mut lines = lines.into_iter();
    let head = el("thead").all(lines.next().into_iter().collect());
    let table = el("table").child(head).child(el("tbody").all(lines.collect()));
    let scroll = el("div").attr("class", "scroll").attr("tabindex", "0").attr("role", "region");
    scroll.attr("aria-label", site.words().table).child(table)
}

fn add_inlines(site: &PublicSite<'_>, parent: El, inlines: &[Inline]) -> El {
    inlines.iter().fold(parent, |parent, inline| match inline {
        Inline::Text { v } => parent.text(v),
        Inline::Strong { c } => parent.child(add_inlines(site, el("strong"), c)),
        Inline::Emphasis { c } => parent.child(add_inlines(site, el("em"), c)),
        Inline::Strike { c } => parent.child(add_inlines(site, el("s"), c)),
        Inline::Code { v } => parent.child(el("code").text(v)),
        Inline::Task { done } => {
            let (sign, word) = if *done { ("☑ ", site.words().done) } else { ("☐ ", site.words().open) };
            parent
                .child(el("span").attr("aria-hidden", "true").text(sign))
                .child(el("span").attr("class", "hidden").text(word).text(" "))
        }
        Inline::Link { href, c } => match target(site, href) {
            Some(href) => parent.child(add_inlines(site, el("a").attr("href", &href), c)),
            None => add_inlines(site, parent, c),
        },
        Inline::Image { src, alt } if is_safe_link(src) => {
            parent.child(el("img").attr("src", &source(src)).attr("alt", alt).attr("loading", "lazy"))
        }
        Inline::Image { alt, .. } => parent.text(alt),
        Inline::Break => parent.child(el("br")),
    })
}

/// Where a link leads from a page: the name of an article means its page, in the same language, at the same place.
fn target(site: &PublicSite<'_>, href: &str) -> Option<String> {
    let (page, place) = href.split_at(href.find('#').unwrap_or(href.len()));
    let slug = page.strip_prefix("/help/").unwrap_or(page).trim_end_matches('/');
    if is_slug(slug) {
        return Some([&site.article_path(slug, site.locale), &encoded(place)].map(String::as_str).concat());
    }
    is_safe_link(href).then(|| encoded(href))
}

fn source(src: &str) -> String {
    encoded(src)
}

/// An address with what HTML does not want in one percent-encoded.
fn encoded(address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    for letter in address.chars() {
        match letter {
            '[' => encoded.push_str("%5B"),
            ']' => encoded.push_str("%5D"),
            '^' => encoded.push_str("%5E"),
            '"' => encoded.push_str("%22"),
            letter => encoded.push(letter),
        }
    }
    encoded
}
