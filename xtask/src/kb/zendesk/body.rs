//! The HTML of an article as Markdown, and what of it Markdown cannot keep.
//!
//! A library walks the page; what it would lose is handed to it here: tables without heads, code that is only `<pre>`,
//! frames, the names of headings, and links within the old help centre.

use std::collections::BTreeSet;

use buoy_shared::{article::is_safe_link, markdown};
use htmd::{
    Element, HtmlToMarkdown, Node,
    element_handler::{HandlerResult, Handlers},
};

use super::{
    dom::{attribute, children, is_within, raw_text, set_attribute, tag},
    links::{Meaning, Moved, anchor},
    table,
};

/// What stands around the name of a heading until braces mean something again. No text has these letters.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';
/// Elements that show another page or a recording.
const FRAMES: [&str; 5] = ["iframe", "video", "audio", "embed", "object"];
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// A text, and what was lost on the way, in words.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) markdown: String,
    pub(super) lost: Vec<String>,
}

/// HTML as Markdown; what is in no tag we know stays as its text.
pub(super) fn read(html: &str, moved: &Moved) -> Body {
    let converter = HtmlToMarkdown::builder()
        .skip_tags(vec!["script", "style", "noscript", "template"])
        .add_handler(vec!["table"], |all: &dyn Handlers, it: Element<'_>| table::table(all, &it))
        .add_handler(vec!["pre"], |_: &dyn Handlers, it: Element<'_>| code(&it))
        .add_handler(FRAMES.to_vec(), |_: &dyn Handlers, it: Element<'_>| frame(&it))
        .add_handler(HEADINGS.to_vec(), heading)
        .build();
    let Ok(page) = converter.html_to_tree(&html.replace([OPEN, CLOSE], "")) else {
        return Body {
            markdown: markdown::plain_braces(html),
            lost: vec!["its HTML, which cannot be read".to_owned()],
        };
    };
    let mut look = Look { moved, places: BTreeSet::new(), lost: Vec::new() };
    look.name_places(&page);
    look.visit(&page);
    // No site generator read it: what looks like its tags is text.
    let text = markdown::plain_braces(&converter.tree_to_markdown(&page));
    Body { markdown: text.replace(OPEN, "{#").replace(CLOSE, "}"), lost: look.lost }
}

/// Everything in `<pre>`, letter by letter; within a cell, which is one line, each line as a piece of code.
fn code(element: &Element<'_>) -> Option<HandlerResult> {
    let text = raw_text(element.node);
    let text = text.trim_end().trim_start_matches('\n');
    if is_within(element.node, &["td", "th"]) {
        let piece = |line: &str| if line.trim().is_empty() { String::new() } else { in_ticks(line.trim_end()) };
        return Some(format!("\n{}\n", text.lines().map(piece).collect::<Vec<_>>().join("\n")).into());
    }
    let inner = children(element.node);
    let nodes = inner.iter().map(|child| &**child).chain([&**element.node]);
    let classes: Vec<String> = nodes.filter_map(|node| attribute(node, "class")).collect();
    let words = classes.iter().flat_map(|class| class.split_whitespace());
    let language = words.filter_map(|word| word.strip_prefix("language-").or_else(|| word.strip_prefix("lang-")));
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let code = format!("\n\n{fence}{}\n{text}\n{fence}\n\n", language.into_iter().next().unwrap_or_default());
    (!text.is_empty()).then(|| code.into())
}

fn in_ticks(code: &str) -> String {
    let ticks = "`".repeat(longest_run(code) + 1);
    let room = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    format!("{ticks}{room}{code}{room}{ticks}")
}

fn longest_run(code: &str) -> usize {
    code.split(|letter| letter != '`').map(str::len).max().unwrap_or_default()
}

/// A link to what the frame shows.
fn frame(element: &Element<'_>) -> Option<HandlerResult> {
    let address = frame_address(element.node)?;
    let words = attribute(element.node, "title").unwrap_or_else(|| address.clone());
    let words = words.replace('[', "(").replace(']', ")");
    let link = format!("[{words}]({})", address.replace(' ', "%20").replace('(', "%28").replace(')', "%29"));
    Some(if is_within(element.node, &["td", "th"]) { link.into() } else { format!("\n\n{link}\n\n").into() })
}

fn frame_address(node: &Node) -> Option<String> {
    let own = ["src", "data", "data-src"].iter().find_map(|key| attribute(node, key));
    let address = own.or_else(|| children(node).iter().find_map(|child| attribute(child, "src")))?;
    let address = if address.starts_with("//") { format!("https:{address}") } else { address };
    Some(address).filter(|address| is_safe_link(address))
}

/// A heading keeps its name. In a cell there are no headings, only strong words.
fn heading(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    if is_within(element.node, &["td", "th"]) {
        let content = handlers.walk_children(element.node).content;
        let words = content.trim();
        return (!words.is_empty()).then(|| format!("\n**{words}**\n").into());
    }
    let name = place_of(element.node).map(|name| format!(" {OPEN}{name}{CLOSE}"));
    let text = handlers.fallback(element)?.content;
    let text = text.trim_end();
    if text.trim_matches(['\n', '#', ' ']).is_empty() {
        return None;
    }
    Some(format!("{text}{}\n\n", name.unwrap_or_default()).into())
}

/// The name of a heading, or of an anchor in it.
fn place_of(heading: &Node) -> Option<String> {
    let within = || children(heading).iter().find_map(|child| name_of(child).or_else(|| place_of(child)));
    let name = attribute(heading, "id").or_else(within)?;
    Some(anchor(&name)).filter(|name| !name.is_empty())
}

fn name_of(node: &Node) -> Option<String> {
    if tag(node) != Some("a") {
        return None;
    }
    attribute(node, "id").or_else(|| attribute(node, "name"))
}

/// One look at the whole page before it is converted: links are made to lead to where things are now, and what cannot be
/// kept is noted.
struct Look<'a> {
    moved: &'a Moved,
    /// The names of headings.
    places: BTreeSet<String>,
    lost: Vec<String>,
}

impl Look<'_> {
    fn name_places(&mut self, node: &Node) {
        if tag(node).is_some_and(|tag| HEADINGS.contains(&tag)) {
            self.places.extend(place_of(node));
        }
        children(node).iter().for_each(|child| self.name_places(child));
    }

    fn visit(&mut self, node: &Node) {
        match tag(node).unwrap_or_default() {
            "a" => self.link(node),
            "img" => self.picture(node),
            frame if FRAMES.contains(&frame) => match frame_address(node) {
                Some(address) => self.note(format!("a <{frame}> is a link now: {address}")),
                None => self.note(format!("a <{frame}> without an address that can be shown")),
            },
            lost @ ("script" | "svg" | "canvas" | "math" | "input" | "select" | "textarea" | "button") => {
                self.note(format!("a <{lost}>"));
            }
            "td" | "th" if table::span(node, "colspan") > 1 || table::span(node, "rowspan") > 1 => {
                self.note("cells over several columns or rows: the others are empty now".to_owned());
            }
            "table" if is_within(node, &["td", "th"]) => {
                self.note("a table within a table: its cells are lines now".to_owned());
            }
            _ => {}
        }
        children(node).iter().for_each(|child| self.visit(child));
    }

    fn link(&mut self, node: &Node) {
        let Some(address) = attribute(node, "href") else { return };
        if let Some(place) = address.strip_prefix('#') {
            let name = anchor(place);
            if self.places.contains(&name) {
                set_attribute(node, "href", &format!("#{name}"));
            } else {
                self.note(format!("the place that {address} leads to: only headings have names"));
            }
            return;
        }
        match self.moved.meaning(&address) {
            Meaning::Article(now) => set_attribute(node, "href", &now),
            Meaning::Old => self.note(format!("a link that stays in the old help centre: {address}")),
            Meaning::Elsewhere => {}
        }
    }

    fn picture(&mut self, node: &Node) {
        match attribute(node, "src") {
            Some(address) if !is_safe_link(&address) && !address.starts_with("//") => {
                self.note("a picture that is part of the page".to_owned());
            }
            Some(address) if address.starts_with("//") => {
                set_attribute(node, "src", &format!("https:{address}"));
                self.picture(node);
            }
            Some(address) if self.moved.meaning(&address) != Meaning::Elsewhere => {
                self.note(format!("a picture that stays in the old help centre: {address}"));
            }
            Some(_) => {}
            None => self.note("a picture without an address".to_owned()),
        }
    }

    fn note(&mut self, what: String) {
        if !self.lost.contains(&what) {
            self.lost.push(what);
        }
    }
}
