//! From a Markdown library's events to the nodes of an article.

use crate::article::{Block, Inline, is_safe_link};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// How deep lists and quotations may nest; deeper ones are flattened into the last level. A page renders by recursion.
const DEPTH_MAX: usize = 8;

/// Something that is open: it collects what it holds until it ends.
enum Open {
    Blocks(Vec<Block>),
    Items(Option<u32>, Vec<Vec<Block>>),
    Rows(Vec<Vec<Vec<Inline>>>),
    Inlines(Holder, Vec<Inline>),
    Code(Option<String>, String),
}

/// What inlines are collected for.
enum Holder {
    Paragraph,
    Heading(u8),
    Cell,
    Strong,
    Emphasis,
    Link(String),
    Image(String),
}

/// Reads Markdown into blocks.
pub(super) fn parse(markdown: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut builder = Builder { stack: vec![Open::Blocks(Vec::new())], anchors: Vec::new(), depth: 0 };
    for event in Parser::new_ext(markdown, options) {
        builder.event(event);
    }
    builder.finish()
}

struct Builder {
    stack: Vec<Open>,
    anchors: Vec<String>,
    depth: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => self.inline(Inline::Code { v: code.into_string() }),
            Event::Html(html) | Event::InlineHtml(html) => self.text(&without_tags(&html)),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.text(&text),
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let open = match tag {
            Tag::Paragraph | Tag::HtmlBlock => Open::Inlines(Holder::Paragraph, Vec::new()),
            Tag::Heading { level, .. } => Open::Inlines(Holder::Heading(shown_level(level)), Vec::new()),
            Tag::BlockQuote(_) | Tag::List(_) if self.depth >= DEPTH_MAX => {
                self.depth += 1;
                return;
            }
            Tag::BlockQuote(_) => {
                self.depth += 1;
                Open::Blocks(Vec::new())
            }
            Tag::List(start) => {
                self.depth += 1;
                Open::Items(start.map(|number| u32::try_from(number).unwrap_or(1)), Vec::new())
            }
            Tag::Item if self.depth > DEPTH_MAX => return,
            Tag::Item => Open::Blocks(Vec::new()),
            Tag::CodeBlock(kind) => Open::Code(language(&kind), String::new()),
            Tag::Table(_) => Open::Rows(Vec::new()),
            Tag::TableHead | Tag::TableRow => {
                if let Some(Open::Rows(rows)) = self.stack.last_mut() {
                    rows.push(Vec::new());
                }
                return;
            }
            Tag::TableCell => Open::Inlines(Holder::Cell, Vec::new()),
            Tag::Strong => Open::Inlines(Holder::Strong, Vec::new()),
            Tag::Emphasis => Open::Inlines(Holder::Emphasis, Vec::new()),
            Tag::Link { dest_url, .. } => Open::Inlines(Holder::Link(dest_url.into_string()), Vec::new()),
            Tag::Image { dest_url, .. } => Open::Inlines(Holder::Image(dest_url.into_string()), Vec::new()),
            _ => return,
        };
        // An item's text, or a quotation's, may come without a paragraph around it; inlines opened there get one.
        if matches!(open, Open::Inlines(Holder::Strong | Holder::Emphasis | Holder::Link(_) | Holder::Image(_), _)) {
            self.ensure_inlines();
        } else {
            self.close_loose_paragraph();
        }
        self.stack.push(open);
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::TableHead | TagEnd::TableRow => return,
            TagEnd::BlockQuote(_) | TagEnd::List(_) => {
                self.depth -= 1;
                if self.depth >= DEPTH_MAX {
                    return;
                }
            }
            TagEnd::Item if self.depth > DEPTH_MAX => return,
            TagEnd::Paragraph
            | TagEnd::HtmlBlock
            | TagEnd::Heading(_)
            | TagEnd::Item
            | TagEnd::CodeBlock
            | TagEnd::Table
            | TagEnd::TableCell => {}
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link | TagEnd::Image => {}
            _ => return,
        }
        let ends_block = !matches!(
            tag,
            TagEnd::Strong
                | TagEnd::Emphasis
                | TagEnd::Link
                | TagEnd::Image
                | TagEnd::Paragraph
                | TagEnd::HtmlBlock
                | TagEnd::Heading(_)
                | TagEnd::TableCell
        );
        if ends_block {
            self.close_loose_paragraph();
        }
        self.close(matches!(tag, TagEnd::Item));
    }

    /// Takes what is on top and hands it to what is below.
    fn close(&mut self, is_item: bool) {
        if self.stack.len() < 2 {
            return;
        }
        match self.stack.pop() {
            Some(Open::Blocks(blocks)) if is_item => {
                if let Some(Open::Items(_, items)) = self.stack.last_mut() {
                    items.push(blocks);
                }
            }
            Some(Open::Blocks(c)) => self.block(Block::Quote { c }),
            Some(Open::Items(start, items)) => self.block(Block::List { start, items }),
            Some(Open::Rows(rows)) => self.block(Block::Table { rows }),
            Some(Open::Code(lang, text)) => self.block(Block::Code { lang, text }),
            Some(Open::Inlines(holder, c)) => self.close_inlines(holder, c),
            None => {}
        }
    }

    fn close_inlines(&mut self, holder: Holder, c: Vec<Inline>) {
        match holder {
            Holder::Paragraph if c.iter().all(|inline| matches!(inline, Inline::Text { v } if v.trim().is_empty())) => {
            }
            Holder::Paragraph => self.block(Block::Paragraph { c }),
            Holder::Heading(level) => {
                let anchor = self.anchor(&super::plain::inline_text(&c));
                self.block(Block::Heading { level, anchor, c });
            }
            Holder::Cell => {
                if let Some(Open::Rows(rows)) = self.stack.last_mut()
                    && let Some(row) = rows.last_mut()
                {
                    row.push(c);
                }
            }
            Holder::Strong => self.inline(Inline::Strong { c }),
            Holder::Emphasis => self.inline(Inline::Emphasis { c }),
            Holder::Link(href) if is_safe_link(&href) => self.inline(Inline::Link { href: href.trim().to_owned(), c }),
            Holder::Link(_) => c.into_iter().for_each(|inline| self.inline(inline)),
            Holder::Image(src) => {
                let alt = super::plain::inline_text(&c);
                if is_safe_link(&src) {
                    self.inline(Inline::Image { src: src.trim().to_owned(), alt });
                } else {
                    self.text(&alt);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(Open::Code(_, code)) = self.stack.last_mut() {
            code.push_str(text);
            return;
        }
        if text.is_empty() {
            return;
        }
        self.ensure_inlines();
        if let Some(Open::Inlines(_, inlines)) = self.stack.last_mut() {
            if let Some(Inline::Text { v }) = inlines.last_mut() {
                v.push_str(text);
            } else {
                inlines.push(Inline::Text { v: text.to_owned() });
            }
        }
    }

    fn inline(&mut self, inline: Inline) {
        self.ensure_inlines();
        if let Some(Open::Inlines(_, inlines)) = self.stack.last_mut() {
            inlines.push(inline);
        }
    }

    fn block(&mut self, block: Block) {
        if let Some(Open::Blocks(blocks)) = self.stack.last_mut() {
            blocks.push(block);
        }
    }

    /// Tight lists give text without a paragraph: open one.
    fn ensure_inlines(&mut self) {
        if matches!(self.stack.last(), Some(Open::Blocks(_))) {
            self.stack.push(Open::Inlines(Holder::Paragraph, Vec::new()));
        }
    }

    /// The paragraph opened by [`Self::ensure_inlines`] ends where the next block begins or its holder ends.
    fn close_loose_paragraph(&mut self) {
        if matches!(self.stack.last(), Some(Open::Inlines(Holder::Paragraph, _))) {
            self.close(false);
        }
    }

    fn anchor(&mut self, heading: &str) -> String {
        let mut anchor = String::new();
        for letter in heading.chars().flat_map(char::to_lowercase) {
            if letter.is_alphanumeric() {
                anchor.push(letter);
            } else if !anchor.is_empty() && !anchor.ends_with('-') {
                anchor.push('-');
            }
        }
        let base = anchor.trim_end_matches('-').to_owned();
        let repeats = self.anchors.iter().filter(|earlier| **earlier == base).count();
        self.anchors.push(base.clone());
        if repeats == 0 { base } else { format!("{base}-{}", repeats + 1) }
    }

    fn finish(mut self) -> Vec<Block> {
        self.close_loose_paragraph();
        while self.stack.len() > 1 {
            self.close(false);
        }
        match self.stack.pop() {
            Some(Open::Blocks(blocks)) => blocks,
            _ => Vec::new(),
        }
    }
}

/// The title is level 1, so an article's own headings begin at 2; below 4 nobody sees a difference.
fn shown_level(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        _ => 4,
    }
}

fn language(kind: &CodeBlockKind<'_>) -> Option<String> {
    match kind {
        CodeBlockKind::Fenced(info) => {
            info.split([' ', ',', '{']).next().filter(|word| !word.is_empty()).map(str::to_owned)
        }
        CodeBlockKind::Indented => None,
    }
}

/// The text between tags and comments. What is left cannot become a tag again: it is only ever shown as text.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let end = if tag.starts_with("!--") { "-->" } else { ">" };
        rest = tag.split_once(end).map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}
