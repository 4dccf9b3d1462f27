//! HTML between Markdown, as people write it, and whole help centres counted by a parser of HTML.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use buoy_shared::{
    article::{Block, Inline, is_safe_link},
    markdown::parse,
};
use htmd::Node;

use super::*;
use crate::{
    kb::html::dom::{attribute, children, is_within, raw_text, tag},
    stamp,
};

/// What is written between Markdown, and its normal form.
const CASES: &[(&str, &str, &str)] = &[
    (
        "a table",
        "Plans:\n<table class=x>\n<thead><tr><th>Plan</th><th>Price</th></tr></thead>\n<tr><td><a href=\"/a\">A</a> | x</td><td>1<br>2</td></tr>\n</table>\nMore *text*.\n",
        "Plans:\n\n| Plan | Price |\n| --- | --- |\n| [A](/a) \\| x | 1<br>2 |\n\nMore \\*text\\*.\n",
    ),
    (
        "a table whose rows stand apart and set in",
        "<table>\n  <tr><th>A</th><th>B</th></tr>\n\n    <tr><td>1</td><td>2</td></tr>\n\n  </table>\n\nEnd.\n",
        "| A | B |\n| --- | --- |\n| 1 | 2 |\n\nEnd.\n",
    ),
    (
        "lists in lists",
        "<div>\n    <ol>\n        <li>One <strong>now</strong>\n            <ul><li>a <code>b_c</code></li><li>d</li></ul>\n        </li>\n        <li>Two</li>\n    </ol>\n</div>\n\nEnd.\n",
        "1. One **now**\n   - a `b_c`\n   - d\n2. Two\n\nEnd.\n",
    ),
    (
        "Markdown within a list",
        "<ul>\n<li>\n\nSee **this** [page](/p).\n\n```html\n<table>\n```\n\n</li>\n</ul>\n",
        "- See **this** [page](/p).\n\n  ```html\n  <table>\n  ```\n",
    ),
    (
        "code with empty lines",
        "<pre><code class=\"language-sh\">ls *x*\n\n  # not a heading\n</code></pre>\nAfter.\n",
        "```sh\nls *x*\n\n  # not a heading\n```\n\nAfter.\n",
    ),
    ("code in a sentence", "Set <code>a_b*c</code> in <code>x|y</code>.\n", "Set `a_b*c` in `x|y`.\n"),
    ("code in a cell", "| a |\n|---|\n| <code>x\\|y</code> |\n", "| a |\n| --- |\n| `x\\|y` |\n"),
    (
        "a heading with a name",
        "<h2 class=\"lead\" id=\"pay\">\n  How to <em>pay</em>\n</h2>\n\nx\n",
        "## How to _pay_ {#pay}\n\nx\n",
    ),
    (
        "within a list and a quotation",
        "- one\n\n  <ul><li>two</li></ul>\n\n> <ol><li>three</li></ol>\n",
        "- one\n  - two\n\n> 1. three\n",
    ),
    ("a list set into an item by a tab", "- one\n\n\t<ul><li>two</li></ul>\n", "- one\n  - two\n"),
    ("braces that are text", "<ul><li>Type &#123;&#123;name}} here</li></ul>\n", "- Type &#123;{name}} here\n"),
    ("a list that begins an item", "- <ul><li>two</li></ul>\n\n- three\n", "- - two\n\n- three\n"),
    (
        "code that shows HTML",
        "```html\n<table><tr><td>x</td></tr></table>\n```\n\n`<ul><li>x</li></ul>`\n\n    <pre>y</pre>\n",
        "```html\n<table><tr><td>x</td></tr></table>\n```\n\n`<ul><li>x</li></ul>`\n\n```\n<pre>y</pre>\n```\n",
    ),
    ("what is known to the edge", "<p>A <b>b</b> <a href=\"/x\">c</a></p>\n", "A **b** [c](/x)\n"),
    ("a table that never ends", "<table><tr><td>x\n\nEnd *now*.\n", "x\n\nEnd _now_.\n"),
    (
        "what would run",
        "<ul><li onclick=\"a()\">x<script>alert(\"<table>\")</script></li><li><a href=\"javascript:a()\">y</a></li></ul>\n\n<script>\nlet list = \"<ul>\";\n</script>\n\nEnd.\n",
        "- x\n- y\n\nEnd.\n",
    ),
    (
        "tags of a site generator",
        "<ul>\n{% for x in y %}\n<li><a href=\"{{ site.baseurl }}/a_b\">c</a></li>\n{% endfor %}\n</ul>\n",
        "- [c](/a_b)\n",
    ),
    (
        "such tags where there is no HTML",
        "{% include x %}\nType {{ y }} and `{{ z }}`.\n{: .list}\n",
        "Type and `{{ z }}`.\n",
    ),
];

#[test]
fn k3_html_between_markdown_is_read_as_what_it_means() {
    for (name, source, expected) in CASES {
        let written = as_markdown(&format!("---\ntitle: T\n---\n\n{source}"));
        let printed = parse(&written).unwrap().to_markdown();
        assert_eq!(printed, format!("---\ntitle: \"T\"\n---\n\n{expected}"), "{name}: {written}");
    }
}

#[test]
fn k3_an_article_without_such_html_stays_letter_by_letter() {
    for source in ["---\r\ntitle: {{ T }}\r\n---\r\nx  \r\n<p>y</p>\r\n", "\u{feff}# T\n\n<!-- <ul> -->\n`<table>`"] {
        assert_eq!(as_markdown(source), source);
    }
}

/// How often each kind of thing is there.
type Counts = BTreeMap<&'static str, usize>;

/// What a parser of HTML sees in the page that the Markdown is: an oracle that knows nothing of our tree.
fn count_page(node: &Node, counts: &mut Counts, texts: &mut Vec<String>) {
    let kind = match tag(node) {
        Some("script" | "style" | "template" | "noscript") => return,
        Some("li") => Some("item"),
        Some("td" | "th") => Some("cell"),
        Some("pre") => Some("block of code"),
        Some("code") if !is_within(node, &["pre"]) => Some("code"),
        Some("h1" | "h2" | "h3" | "h4" | "h5" | "h6") => Some("heading"),
        Some("table") => Some("table"),
        _ => None,
    };
    let text = letters(&raw_text(node));
    if let Some(kind) = kind.filter(|_| !text.is_empty()) {
        *counts.entry(kind).or_default() += 1;
        texts.push(text);
    }
    let address = attribute(node, "href").or_else(|| attribute(node, "src"));
    if let Some(address) = address.filter(|address| matches!(tag(node), Some("a" | "img")) && is_safe_link(address)) {
        // A parser of HTML makes two links of one around a block, so their addresses are looked for, not counted.
        texts.push(letters(&address));
    }
    children(node).iter().for_each(|child| count_page(child, counts, texts));
}

fn count_blocks(blocks: &[Block], counts: &mut Counts) {
    let mut add = |kind, count: usize| *counts.entry(kind).or_default() += count;
    for block in blocks {
        match block {
            Block::Heading { .. } => add("heading", 1),
            Block::List { items, .. } => add("item", items.len()),
            Block::Code { .. } => add("block of code", 1),
            Block::Table { rows, .. } => {
                add("table", 1);
                add("cell", rows.iter().map(Vec::len).sum());
            }
            Block::Paragraph { .. } | Block::Quote { .. } | Block::Rule => {}
        }
    }
    for block in blocks {
        match block {
            Block::Heading { c, .. } | Block::Paragraph { c } => count_inlines(c, counts),
            Block::List { items, .. } => items.iter().for_each(|item| count_blocks(item, counts)),
            Block::Quote { c, .. } => count_blocks(c, counts),
            Block::Table { rows, .. } => rows.iter().flatten().for_each(|cell| count_inlines(cell, counts)),
            Block::Code { .. } | Block::Rule => {}
        }
    }
}

fn count_inlines(inlines: &[Inline], counts: &mut Counts) {
    for inline in inlines {
        match inline {
            Inline::Code { .. } => *counts.entry("code").or_default() += 1,
            Inline::Strong { c } | Inline::Emphasis { c } | Inline::Strike { c } | Inline::Link { c, .. } => {
                count_inlines(c, counts);
            }
            Inline::Text { .. } | Inline::Image { .. } | Inline::Break | Inline::Task { .. } => {}
        }
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("BUOY_KB_FOLDER").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/kb-corpus");
    named.or_else(|| std::env::var_os("BUOY_DEEP").map(|_| beside)).filter(|folder| folder.is_dir())
}

/// What of a source is not in the article that is made of it.
fn missing(source: &str, all: &mut Counts) -> Vec<String> {
    let mut page = String::new();
    push_html(&mut page, Parser::new_ext(&halves(source).1, dialect()));
    let (mut wanted, mut texts) = (Counts::new(), Vec::new());
    count_page(&html::page(&page).unwrap(), &mut wanted, &mut texts);
    let written = as_markdown(source);
    let article = parse(&written).unwrap();
    let mut kept = Counts::from([("heading", 1)]); // the title, which a first heading may repeat
    count_blocks(&article.blocks, &mut kept);
    let mut missing = Vec::new();
    for (kind, count) in &wanted {
        *all.entry(kind).or_default() += count;
        if kept.get(kind).copied().unwrap_or_default() < *count {
            missing.push(format!("{count} of {kind}, kept {:?}", kept.get(kind)));
        }
    }
    let tree = serde_json::to_string(&article.blocks).unwrap();
    let read = letters(&format!("{} {} {} {tree}", article.title, article.headings, article.body));
    missing.extend(texts.into_iter().filter(|text| !read.contains(text.as_str())));
    if parse(&article.to_markdown()).unwrap().blocks != article.blocks {
        missing.push("its form, printed and read again".to_owned());
    }
    missing
}

/// `BUOY_KB_FOLDER` names the folder; a deep run takes the corpus beside the checkout when it is there.
#[test]
fn k3_whole_help_centres_keep_what_stands_in_html_between_their_markdown() {
    let Some(folder) = folder() else { return };
    let files = stamp::files_below(&folder).unwrap();
    let is_article = |file: &&PathBuf| file.extension().is_some_and(|end| end == "md") && !file.ends_with("README.md");
    let (mut wrong, mut all) = (Vec::new(), Counts::new());
    for file in files.iter().filter(is_article) {
        let source = fs::read_to_string(file).unwrap();
        wrong.extend(missing(&source, &mut all).into_iter().map(|what| format!("{}: {what}", file.display())));
    }
    println!("{all:?}");
    assert!(wrong.is_empty(), "{} things are lost:\n{}", wrong.len(), wrong.join("\n"));
}
