//! A page of HTML as Markdown.
//!
//! A library walks the page; what it would lose is handed to it here: tables without heads, code that is only `<pre>`,
//! frames, and the names of headings.

pub(super) mod dom;
pub(super) mod table;

use std::{io, rc::Rc};

use buoy_shared::article::is_safe_link;
use htmd::{
    Element, HtmlToMarkdown, Node,
    element_handler::{HandlerResult, Handlers},
};

use self::dom::{attribute, children, is_within, raw_text, tag};

/// What stands around the name of a heading until braces mean something again. No text has these letters.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';
/// Elements that show another page or a recording.
pub(super) const FRAMES: [&str; 5] = ["iframe", "video", "audio", "embed", "object"];
pub(super) const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// HTML, read as a browser does.
pub(super) fn page(html: &str) -> io::Result<Rc<Node>> {
    converter().html_to_tree(&html.replace([OPEN, CLOSE], ""))
}

/// The page as Markdown but for the names of its headings, which [`with_names`] puts there.
pub(super) fn markdown(page: &Rc<Node>) -> String {
    converter().tree_to_markdown(page)
}

/// The Markdown of a page with the names of its headings in braces.
pub(super) fn with_names(markdown: &str) -> String {
    markdown.replace(OPEN, "{#").replace(CLOSE, "}")
}

fn converter() -> HtmlToMarkdown {
    HtmlToMarkdown::builder()
        .skip_tags(vec!["script", "style", "noscript", "template"])
        .add_handler(vec!["table"], |all: &dyn Handlers, it: Element<'_>| table::table(all, &it))
        .add_handler(vec!["pre"], |_: &dyn Handlers, it: Element<'_>| code(&it))
        .add_handler(FRAMES.to_vec(), |_: &dyn Handlers, it: Element<'_>| frame(&it))
        .add_handler(HEADINGS.to_vec(), heading)
        .build()
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

/// A piece of code in a line.
pub(super) fn in_ticks(code: &str) -> String {
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

/// Where what a frame shows is.
pub(super) fn frame_address(node: &Node) -> Option<String> {
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
pub(super) fn place_of(heading: &Node) -> Option<String> {
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

/// The name of a place as articles can have it.
pub(super) fn anchor(place: &str) -> String {
    let place = buoy_shared::upload::decode_percent(place).unwrap_or_else(|| place.to_owned());
    place.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')).collect()
}
