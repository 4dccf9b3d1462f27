//! An article's typed tree as elements (K1).
//!
//! Elements are made one by one and text is set as text, so what is not in the tree cannot appear. Links into the
//! knowledge base open here, anchors scroll, all others open a new tab. No HTML is parsed.

use super::el::{El, el, held};
use super::pieces::block;
use crate::app::{App, View};
use crate::browser::{get, window};
use buoy_shared::article::{Align, Block, Callout, Inline, is_safe_link, is_slug};
use buoy_shared::texts::Text;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, ShadowRoot};

/// Addresses of articles on the pages of the knowledge base.
const ARTICLE_PATH: &str = "/help/";

/// Adds blocks to an element.
pub(crate) fn add_blocks(app: App, parent: El, blocks: &[Block]) -> El {
    parent.all(blocks.iter().map(|block| make_block(app, block)))
}

fn make_block(app: App, block: &Block) -> El {
    match block {
        Block::Heading { level, anchor, c } => {
            let name = match level {
                2 => "h2",
                3 => "h3",
                _ => "h4",
            };
            add_inlines(app, el(name, "").attr("id", &anchor_id(anchor)), c)
        }
        Block::Paragraph { c } => add_inlines(app, el("p", ""), c),
        Block::List { start, items } => {
            let list = match start {
                Some(start) => el("ol", "").attr("start", &start.to_string()),
                None => el("ul", ""),
            };
            list.all(items.iter().map(|item| add_blocks(app, el("li", ""), item)))
        }
        Block::Code { text, .. } => code(app, text),
        Block::Quote { kind: None, c } => add_blocks(app, el("blockquote", ""), c),
        Block::Quote { kind: Some(kind), c } => add_blocks(app, callout(app, *kind), c),
        Block::Table { align, rows } => table(app, align, rows),
        Block::Rule => el("hr", ""),
    }
}

fn code(app: App, text: &str) -> El {
    let shown = el("pre", "").attr("tabindex", "0").add(el("code", "").text(text));
    // Pages without TLS have no clipboard.
    if get(&window().navigator(), "clipboard").is_undefined() {
        return block("code", [shown]);
    }
    let copy = el("button", "copy").attr("type", "button").text(&app.say(Text::Copy));
    let (copied, target) = (text.to_owned(), copy.hold());
    let copy = copy.on("click", move |_| {
        let done = JsFuture::from(window().navigator().clipboard().write_text(&copied));
        app.after(done, move |outcome| {
            if let (true, Some(button)) = (outcome.is_ok(), held::<Element>(target)) {
                button.set_text_content(Some(&app.say(Text::Copied)));
            }
        });
    });
    block("code", [shown, copy])
}

/// A callout's box, which says in words what it is for: a colour alone tells not everybody.
fn callout(app: App, kind: Callout) -> El {
    let (look, name) = match kind {
        Callout::Note => ("callout", Text::CalloutNote),
        Callout::Tip => ("callout", Text::CalloutTip),
        Callout::Important => ("callout", Text::CalloutImportant),
        Callout::Warning => ("callout grave", Text::CalloutWarning),
        Callout::Caution => ("callout grave", Text::CalloutCaution),
    };
    block(look, [el("strong", "").text(&app.say(name))])
}

fn table(app: App, align: &[Align], rows: &[Vec<Vec<Inline>>]) -> El {
    let lines = rows.iter().enumerate().map(|(at, row)| {
        let name = if at == 0 { "th" } else { "td" };
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let look = match align.get(column) {
                Some(Align::Center) => "center",
                Some(Align::Right) => "end",
                _ => "",
            };
            add_inlines(app, el(name, look), cell)
        });
        el("tr", "").all(cells)
    });
    el("div", "scroll").attr("tabindex", "0").add(el("table", "").all(lines))
}

fn add_inlines(app: App, parent: El, inlines: &[Inline]) -> El {
    inlines.iter().fold(parent, |parent, inline| match inline {
        Inline::Text { v } => parent.text(v),
        Inline::Strong { c } => parent.add(add_inlines(app, el("strong", ""), c)),
        Inline::Emphasis { c } => parent.add(add_inlines(app, el("em", ""), c)),
        Inline::Strike { c } => parent.add(add_inlines(app, el("s", ""), c)),
        Inline::Task { done } => parent.text(if *done { "☑ " } else { "☐ " }),
        Inline::Code { v } => parent.add(el("code", "").text(v)),
        Inline::Link { href, c } => parent.add(aim(app, add_inlines(app, el("a", ""), c), href)),
        Inline::Image { src, alt } if is_safe_link(src) => {
            parent.add(el("img", "").attr("loading", "lazy").attr("alt", alt).attr("src", &absolute(app, src)))
        }
        Inline::Image { alt, .. } => parent.text(alt),
        Inline::Break => parent.add(el("br", "")),
    })
}

/// A path of our own site, seen from a page of another.
fn absolute(app: App, address: &str) -> String {
    if address.starts_with('/') { [app.parts().client.origin.as_str(), address].concat() } else { address.to_owned() }
}

/// Says where a link leads.
fn aim(app: App, link: El, href: &str) -> El {
    if let Some(anchor) = href.strip_prefix('#') {
        let anchor = anchor.to_owned();
        return link.attr("href", href).on("click", move |event| {
            event.prevent_default();
            scroll_to(&event, &anchor);
        });
    }
    // An article opens at its beginning, whichever part of it the link names.
    let (page, _) = href.split_once('#').unwrap_or((href, ""));
    let slug = page.strip_prefix(ARTICLE_PATH).unwrap_or(page).trim_end_matches('/').to_owned();
    if is_slug(&slug) {
        link.attr("href", "#").on("click", move |event| {
            event.prevent_default();
            app.go(View::Article(slug.clone()));
        })
    } else if is_safe_link(href) {
        link.attr("href", &absolute(app, href)).attr("target", "_blank").attr("rel", "noopener")
    } else {
        link
    }
}

fn scroll_to(event: &Event, anchor: &str) {
    let link = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let root = link.and_then(|link| link.get_root_node().dyn_into::<ShadowRoot>().ok());
    if let Some(heading) = root.and_then(|root| root.get_element_by_id(&anchor_id(anchor))) {
        heading.scroll_into_view();
    }
}

/// An id within the shadow root, apart from the panel's own.
fn anchor_id(anchor: &str) -> String {
    ["buoy-at-", anchor].concat()
}
