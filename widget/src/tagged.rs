//! Types whose JSON names its kind in a field (`"t": "p"`), read without serde's own way of doing it.
//!
//! Serde keeps such a value in a tree of its own before it knows the kind, and compiles every nested type a second time
//! for that tree: 45 kB of the panel. Here the fields of all kinds are read at once and the kind picks among them. The
//! result is the type of `shared`, so a kind that is added there and forgotten here does not compile in `blocks`.

use buoy_shared::api::LiveEvent;
use buoy_shared::article::{Align, Article, Block, Callout, Inline, RelatedArticle};
use buoy_shared::ticket::{Message, TicketStatus};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// A block or an inline with the fields of all kinds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Node {
    t: String,
    level: u8,
    anchor: String,
    c: Vec<Node>,
    start: Option<u32>,
    items: Vec<Vec<Node>>,
    lang: Option<String>,
    done: bool,
    text: String,
    kind: Option<Callout>,
    align: Vec<Align>,
    rows: Vec<Vec<Vec<Node>>>,
    v: String,
    href: String,
    src: String,
    alt: String,
}

/// [`Article`] with its blocks unread.
#[derive(Deserialize)]
pub(crate) struct ArticleText {
    slug: String,
    locale: String,
    title: String,
    summary: String,
    minutes: u32,
    updated_at: Timestamp,
    #[serde(default)]
    related: Vec<RelatedArticle>,
    blocks: Vec<Node>,
}

/// Reads each, and leaves out what a newer edge may know and we do not.
fn each<T>(nodes: Vec<Node>, read: fn(Node) -> Option<T>) -> Vec<T> {
    nodes.into_iter().filter_map(read).collect()
}

fn block(node: Node) -> Option<Block> {
    Some(match node.t.as_str() {
        "h" => Block::Heading { level: node.level, anchor: node.anchor, c: each(node.c, inline) },
        "p" => Block::Paragraph { c: each(node.c, inline) },
        "l" => Block::List { start: node.start, items: node.items.into_iter().map(|item| each(item, block)).collect() },
        "k" => Block::Code { lang: node.lang, text: node.text },
        "q" => Block::Quote { kind: node.kind, c: each(node.c, block) },
        "tb" => {
            let row = |row: Vec<Vec<Node>>| row.into_iter().map(|cell| each(cell, inline)).collect();
            Block::Table { align: node.align, rows: node.rows.into_iter().map(row).collect() }
        }
        "hr" => Block::Rule,
        _ => return None,
    })
}

fn inline(node: Node) -> Option<Inline> {
    Some(match node.t.as_str() {
        "x" => Inline::Text { v: node.v },
        "b" => Inline::Strong { c: each(node.c, inline) },
        "i" => Inline::Emphasis { c: each(node.c, inline) },
        "s" => Inline::Strike { c: each(node.c, inline) },
        "c" => Inline::Task { done: node.done },
        "k" => Inline::Code { v: node.v },
        "a" => Inline::Link { href: node.href, c: each(node.c, inline) },
        "m" => Inline::Image { src: node.src, alt: node.alt },
        "n" => Inline::Break,
        _ => return None,
    })
}

impl From<ArticleText> for Article {
    fn from(read: ArticleText) -> Self {
        let ArticleText { slug, locale, title, summary, minutes, updated_at, related, blocks } = read;
        let (difficulty, section) = (None, String::new());
        Self {
            slug,
            locale,
            title,
            summary,
            minutes,
            updated_at,
            difficulty,
            section,
            related,
            blocks: each(blocks, block),
        }
    }
}

/// [`LiveEvent`] with the fields of all kinds.
#[derive(Deserialize)]
pub(crate) struct LiveText {
    r#type: String,
    status: TicketStatus,
    message: Option<Message>,
    seq: Option<u32>,
}

impl LiveText {
    /// The event, if it is one that we know.
    pub(crate) fn event(self) -> Option<LiveEvent> {
        match self.r#type.as_str() {
            "message" => Some(LiveEvent::Message { message: self.message?, status: self.status }),
            "caught_up" => Some(LiveEvent::CaughtUp { seq: self.seq?, status: self.status }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(v: &str) -> Inline {
        Inline::Text { v: v.into() }
    }

    #[test]
    fn an_article_read_here_is_the_article_that_shared_wrote() {
        let every_inline = vec![
            text("x"),
            Inline::Strong { c: vec![text("b")] },
            Inline::Emphasis { c: vec![text("i")] },
            Inline::Strike { c: vec![text("s")] },
            Inline::Task { done: true },
            Inline::Code { v: "k".into() },
            Inline::Link { href: "/a".into(), c: vec![text("a")] },
            Inline::Image { src: "/m".into(), alt: "m".into() },
            Inline::Break,
        ];
        let article = Article {
            slug: "pay".into(),
            locale: "en".into(),
            title: "Pay".into(),
            summary: "How to pay".into(),
            minutes: 2,
            updated_at: Timestamp::from_millis(0),
            difficulty: None,
            section: String::new(),
            related: vec![RelatedArticle { slug: "join".into(), title: "Join".into() }],
            blocks: vec![
                Block::Heading { level: 2, anchor: "a".into(), c: every_inline.clone() },
                Block::Paragraph { c: every_inline },
                Block::List { start: Some(3), items: vec![vec![Block::Paragraph { c: vec![text("one")] }]] },
                Block::List { start: None, items: vec![] },
                Block::Code { lang: Some("sh".into()), text: "ls".into() },
                Block::Quote { kind: None, c: vec![Block::Rule] },
                Block::Quote { kind: Some(Callout::Warning), c: vec![Block::Rule] },
                Block::Table { align: vec![], rows: vec![vec![vec![text("cell")]]] },
                Block::Table { align: vec![Align::Right], rows: vec![vec![vec![text("12")]]] },
                Block::Rule,
            ],
        };
        let json = serde_json::to_string(&article).unwrap();
        assert_eq!(Article::from(serde_json::from_str::<ArticleText>(&json).unwrap()), article);
    }

    #[test]
    fn an_unknown_block_is_left_out_and_the_rest_is_read() {
        let json = r#"{"slug":"a","locale":"en","title":"","summary":"","minutes":1,"updated_at":"2026-11-21T00:00:00Z",
            "blocks":[{"t":"video","src":"x"},{"t":"hr"}]}"#;
        assert_eq!(Article::from(serde_json::from_str::<ArticleText>(json).unwrap()).blocks, [Block::Rule]);
    }

    #[test]
    fn a_live_event_read_here_is_the_event_that_shared_wrote() {
        let event = LiveEvent::CaughtUp { seq: 3, status: TicketStatus::Pending };
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<LiveText>(&json).unwrap().event(), Some(event));
    }
}
