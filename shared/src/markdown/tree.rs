//! From a Markdown library's events to the nodes of an article.
//!
//! What is open lies on a stack; what ends is handed to what is below it. The few HTML tags that people write in
//! Markdown become the nodes that mean the same (`html`); every other tag is dropped and its text kept.

use super::dialect::{callout, column, language, options, shown_level};
use super::heading_braces;
use super::html::{self, Piece};
use crate::article::{Align, Block, Callout, Inline, is_safe_link};
use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

/// How deep lists and quotations may nest; deeper ones are flattened into the last level. A page renders by recursion.
pub(super) const DEPTH_MAX: usize = 8;

/// How many inline marks may be open at once, for the same reason; more are dropped and their text kept.
const MARKS_MAX: usize = 16;

/// Something that is open: it collects what it holds until it ends.
enum Open {
    Blocks(Option<Callout>, Vec<Block>),
    Items(Option<u32>, Vec<Vec<Block>>),
    Rows(Vec<Align>, Vec<Vec<Vec<Inline>>>),
    Inlines(Holder, Vec<Inline>),
    Code(Option<String>, String),
}

/// What inlines are collected for.
#[derive(PartialEq)]
enum Holder {
    Paragraph,
    Heading(u8, Option<String>),
    Cell,
    Strong,
    Emphasis,
    Strike,
    Link(String),
    Image(String),
    /// Opened by an HTML tag of this name, to become what its inner holder says.
    Html(&'static str, Box<Holder>),
    /// A mark past [`MARKS_MAX`]: only its text stays.
    Nothing,
}

/// Reads Markdown into blocks, not yet in their normal form.
pub(super) fn parse(markdown: &str) -> Vec<Block> {
    let mut builder = Builder { stack: vec![Open::Blocks(None, Vec::new())], depth: 0, silent: None, raw: None };
    for event in Parser::new_ext(&heading_braces::as_text(markdown), options()) {
        builder.event(event);
    }
    builder.finish()
}

struct Builder {
    stack: Vec<Open>,
    depth: usize,
    /// Inside of an HTML element whose text is not for readers, such as `script`.
    silent: Option<&'static str>,
    /// The lines so far of the block of HTML that is open. It comes line by line, and comments and tags go over lines.
    raw: Option<String>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        if let (Some(raw), Event::Html(line) | Event::Text(line)) = (&mut self.raw, &event) {
            return raw.push_str(line);
        }
        if let Some(raw) = self.raw.take() {
            self.html(&raw);
        }
        match event {
            // A tag that is never closed swallows no more than its paragraph.
            Event::End(
                TagEnd::Paragraph | TagEnd::HtmlBlock | TagEnd::Heading(_) | TagEnd::TableCell | TagEnd::Item,
            ) => {
                self.silent = None;
            }
            Event::Text(_) | Event::Code(_) if self.silent.is_some() => return,
            _ => {}
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => self.inline(Inline::Code { v: code.into_string() }),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.rule(),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.text(&text),
            Event::TaskListMarker(done) => self.inline(Inline::Task { done }),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.start_mark(Holder::Strong),
            Tag::Emphasis => self.start_mark(Holder::Emphasis),
            Tag::Strikethrough => self.start_mark(Holder::Strike),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => {
                self.start_mark(Holder::Link(["mailto:", &dest_url].concat()));
            }
            Tag::Link { dest_url, .. } => self.start_mark(Holder::Link(dest_url.into_string())),
            Tag::Image { dest_url, .. } => self.start_mark(Holder::Image(dest_url.into_string())),
            Tag::TableCell => self.stack.push(Open::Inlines(Holder::Cell, Vec::new())),
            Tag::TableHead | Tag::TableRow => {
                if let Some(Open::Rows(_, rows)) = self.stack.last_mut() {
                    rows.push(Vec::new());
                }
            }
            Tag::BlockQuote(_) | Tag::List(_) => self.start_nest(&tag),
            Tag::Item if self.depth > DEPTH_MAX => self.close_loose(),
            Tag::Item => self.stack.push(Open::Blocks(None, Vec::new())),
            Tag::HtmlBlock => {
                self.close_loose();
                self.raw = Some(String::new());
            }
            tag => self.start_leaf(tag),
        }
    }

    fn start_leaf(&mut self, tag: Tag<'_>) {
        let open = match tag {
            Tag::Paragraph => Open::Inlines(Holder::Paragraph, Vec::new()),
            Tag::Heading { level, id, .. } => {
                Open::Inlines(Holder::Heading(shown_level(level), id.map(|id| id.into_string())), Vec::new())
            }
            Tag::CodeBlock(kind) => Open::Code(language(&kind), String::new()),
            Tag::Table(align) => Open::Rows(align.into_iter().map(column).collect(), Vec::new()),
            _ => return self.close_loose(),
        };
        self.close_loose();
        self.stack.push(open);
    }

    /// A quotation or list; past the depth limit its content goes into what is open.
    fn start_nest(&mut self, tag: &Tag<'_>) {
        self.close_loose();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return;
        }
        self.stack.push(match tag {
            Tag::List(start) => Open::Items(start.map(|number| u32::try_from(number).unwrap_or(1)), Vec::new()),
            Tag::BlockQuote(kind) => Open::Blocks(kind.map(callout), Vec::new()),
            _ => Open::Blocks(None, Vec::new()),
        });
    }

    fn start_mark(&mut self, holder: Holder) {
        self.ensure_inlines();
        let marks = self.stack.iter().rev().take_while(|open| matches!(open, Open::Inlines(..))).count();
        let holder = if marks > MARKS_MAX { Holder::Nothing } else { holder };
        self.stack.push(Open::Inlines(holder, Vec::new()));
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::TableHead | TagEnd::TableRow => {}
            TagEnd::BlockQuote(_) | TagEnd::List(_) => {
                self.close_loose();
                self.depth -= 1;
                if self.depth < DEPTH_MAX {
                    self.close(false);
                }
            }
            TagEnd::Item if self.depth > DEPTH_MAX => self.close_loose(),
            TagEnd::Item => {
                self.close_loose();
                self.close(true);
            }
            TagEnd::HtmlBlock => self.close_loose(),
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image => {
                self.close_html();
                self.close(false);
            }
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::TableCell | TagEnd::CodeBlock | TagEnd::Table => {
                self.close_html();
                // A tag that ends paragraphs may have ended this one already.
                if !matches!(self.stack.last(), Some(Open::Blocks(..) | Open::Items(..))) {
                    self.close(false);
                }
            }
            _ => self.close_loose(),
        }
    }

    /// Takes what is on top and hands it to what is below.
    fn close(&mut self, is_item: bool) {
        if self.stack.len() < 2 {
            return;
        }
        match self.stack.pop() {
            Some(Open::Blocks(_, blocks)) if is_item => {
                if let Some(Open::Items(_, items)) = self.stack.last_mut() {
                    items.push(blocks);
                }
            }
            Some(Open::Blocks(kind, c)) => self.block(Block::Quote { kind, c }),
            Some(Open::Items(start, items)) => self.block(Block::List { start, items }),
            Some(Open::Rows(align, rows)) => self.block(Block::Table { align, rows }),
            Some(Open::Code(lang, text)) => self.block(Block::Code { lang, text }),
            Some(Open::Inlines(holder, c)) => self.close_inlines(holder, c),
            None => {}
        }
    }

    fn close_inlines(&mut self, holder: Holder, c: Vec<Inline>) {
        match holder {
            Holder::Html(_, inner) => self.close_inlines(*inner, c),
            Holder::Paragraph => self.block(Block::Paragraph { c }),
            Holder::Heading(level, anchor) => {
                self.block(Block::Heading { level, anchor: anchor.unwrap_or_default(), c });
            }
            Holder::Cell => {
                if let Some(Open::Rows(_, rows)) = self.stack.last_mut()
                    && let Some(row) = rows.last_mut()
                {
                    row.push(c);
                }
            }
            Holder::Strong => self.inline(Inline::Strong { c }),
            Holder::Emphasis => self.inline(Inline::Emphasis { c }),
            Holder::Strike => self.inline(Inline::Strike { c }),
            Holder::Link(href) if is_safe_link(&href) => self.inline(Inline::Link { href: href.trim().to_owned(), c }),
            Holder::Link(_) | Holder::Nothing => c.into_iter().for_each(|inline| self.inline(inline)),
            Holder::Image(src) => self.image(&src, super::plain::inline_text(&c)),
        }
    }

    fn image(&mut self, src: &str, alt: String) {
        if is_safe_link(src) {
            self.inline(Inline::Image { src: src.trim().to_owned(), alt });
        } else {
            self.text(&alt);
        }
    }

    fn html(&mut self, source: &str) {
        for (_, piece) in html::pieces(source) {
            match (piece, self.silent) {
                (Piece::Close(name), Some(silent)) if name == silent => self.silent = None,
                (_, Some(_)) => {}
                (Piece::Text(text), None) => self.text(&text),
                (Piece::Silent(name), None) => self.silent = Some(name),
                (Piece::Break, None) => self.inline(Inline::Break),
                (Piece::Image { src, alt }, None) => self.image(&src, alt),
                (Piece::Anchor(name), None) => self.name_heading(name),
                (Piece::Block, None) => self.close_loose(),
                (Piece::Open(name, href), None) => self.open_html(name, href),
                (Piece::Close(name), None) => {
                    if matches!(self.stack.last(), Some(Open::Inlines(Holder::Html(open, _), _)) if *open == name) {
                        self.close(false);
                    }
                }
            }
        }
    }

    fn open_html(&mut self, name: &'static str, href: String) {
        let holder = match name {
            "a" => Holder::Link(href),
            "em" => Holder::Emphasis,
            "del" => Holder::Strike,
            _ => Holder::Strong,
        };
        self.start_mark(Holder::Html(name, Box::new(holder)));
    }

    /// `<a name>` in a heading is how older Markdown names a place.
    fn name_heading(&mut self, name: String) {
        if let Some(Open::Inlines(Holder::Heading(_, anchor), _)) = self.stack.last_mut() {
            anchor.get_or_insert(name);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(Open::Code(_, code)) = self.stack.last_mut() {
            code.push_str(text);
        } else if !text.is_empty() {
            self.inline(Inline::Text { v: text.to_owned() });
        }
    }

    fn inline(&mut self, inline: Inline) {
        self.ensure_inlines();
        if let Some(Open::Inlines(_, inlines)) = self.stack.last_mut() {
            inlines.push(inline);
        }
    }

    fn block(&mut self, block: Block) {
        if let Some(Open::Blocks(_, blocks)) = self.stack.last_mut() {
            blocks.push(block);
        }
    }

    fn rule(&mut self) {
        self.close_loose();
        self.block(Block::Rule);
    }

    /// Tight lists and HTML give text without a paragraph: open one.
    fn ensure_inlines(&mut self) {
        if matches!(self.stack.last(), Some(Open::Blocks(..))) {
            self.stack.push(Open::Inlines(Holder::Paragraph, Vec::new()));
        }
    }

    fn close_html(&mut self) {
        while matches!(self.stack.last(), Some(Open::Inlines(Holder::Html(..), _))) {
            self.close(false);
        }
    }

    /// A paragraph that nothing but the next block ends, ends.
    fn close_loose(&mut self) {
        self.close_html();
        if matches!(self.stack.last(), Some(Open::Inlines(Holder::Paragraph, _))) {
            self.close(false);
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.close_loose();
        while self.stack.len() > 1 {
            self.close(false);
        }
        match self.stack.pop() {
            Some(Open::Blocks(_, blocks)) => blocks,
            _ => Vec::new(),
        }
    }
}
