//! Markdown with front matter becomes a typed article (K1, K3).
//!
//! CommonMark with tables, tasks and callouts, read by a library (`tree`); what it yields is turned into the few nodes
//! of [`crate::article`] and brought into one form (`normal`), which can be printed again (`print`). Of raw HTML a few
//! plain tags become the nodes that mean the same, all others lose their tags and keep their text; links that could run
//! lose their address: safe by construction, with no sanitizer to get wrong.
//!
//! Braces are text: `{{ name }}` is what an author tells the reader to type. Where the file of a site generator comes in,
//! whoever brings it drops its template tags (`{% … %}`, `{{ … }}`, `{: … }`) first, by [`halves`].

mod anchors;
mod date;
mod dialect;
mod fields;
mod front_matter;
mod heading_braces;
mod heading_names;
mod html;
mod links;
mod normal;
mod plain;
mod print;
mod print_inline;
mod template;
mod tree;

pub use dialect::options as dialect;
pub use front_matter::FrontMatter;
pub use links::{Reference, references};
pub use plain::{block_text, inline_text, word_count};
pub use template::plain_braces;

use crate::article::Block;
use crate::text::clean_line;

/// Characters of a title.
const TITLE_CHARS_MAX: usize = 200;
/// Characters of a summary: two lines of a result.
const SUMMARY_CHARS_MAX: usize = 180;
/// Words a grown-up reads in a minute, for the reading time; studies of silent reading give 200 to 260.
const WORDS_PER_MINUTE: usize = 200;
/// Bytes of one article's Markdown.
pub const ARTICLE_BYTES_MAX: usize = 256 * 1024;

/// An article made from Markdown, ready to be stored and indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedArticle {
    /// Its title.
    pub title: String,
    /// One or two sentences.
    pub summary: String,
    /// Words to find it by.
    pub keywords: String,
    /// Its headings, one a line.
    pub headings: String,
    /// Its text without markup.
    pub body: String,
    /// Minutes to read, at least one.
    pub minutes: u32,
    /// What its author says about it.
    pub front: FrontMatter,
    /// The tree, in its normal form.
    pub blocks: Vec<Block>,
}

/// Why Markdown cannot become an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArticleError {
    /// It is larger than [`ARTICLE_BYTES_MAX`].
    TooLarge,
    /// Neither the front matter nor a heading gives it a title.
    NoTitle,
}

impl std::fmt::Display for ArticleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the article is larger than 256 KiB; split it",
            Self::NoTitle => "no title: give one in the front matter or as the first heading",
        })
    }
}

/// The file of a site generator in its two halves: its front matter as it stands, and its text without template tags. For
/// whoever sends it: of what an author writes here nobody could tell a tag from a text.
#[must_use]
pub fn halves(source: &str) -> (String, String) {
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let (_, text) = front_matter::split(&source);
    let head = source.strip_suffix(text).unwrap_or_default();
    (head.to_owned(), template::strip(text))
}

/// Reads an article.
///
/// # Errors
/// [`ArticleError`] when it is too large or has no title. One without a text is an article too: see
/// [`ParsedArticle::has_text`].
pub fn parse(source: &str) -> Result<ParsedArticle, ArticleError> {
    if source.len() > ARTICLE_BYTES_MAX {
        return Err(ArticleError::TooLarge);
    }
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let (front, markdown) = front_matter::split(&source);
    let mut blocks = normal::nested(tree::parse(&heading_names::joined(markdown)));
    let first_heading = plain::leading_heading(&blocks);
    let title = clean_line(front.title.as_deref().or(first_heading.as_deref()).unwrap_or_default());
    if title.is_empty() {
        return Err(ArticleError::NoTitle);
    }
    // A first heading that gave the title, or only repeats it, would be read twice.
    if front.title.is_none() && first_heading.is_some() {
        blocks.remove(0);
    }
    let is_title = |block: &Block| {
        let heading = plain::leading_heading(std::slice::from_ref(block));
        heading.is_some_and(|heading| clean_line(&heading).eq_ignore_ascii_case(&title))
    };
    let repeats = blocks.iter().take_while(|block| is_title(block)).count();
    blocks.drain(..repeats);
    let blocks = normal::named(blocks);
    let body = plain::body(&blocks);
    let described = front.description.as_deref().map(clean_line).filter(|text| !text.is_empty());
    Ok(ParsedArticle {
        title: plain::shorten(&title, TITLE_CHARS_MAX),
        summary: plain::shorten(&described.unwrap_or_else(|| plain::first_paragraph(&blocks)), SUMMARY_CHARS_MAX),
        keywords: front.keywords.join(" "),
        headings: plain::headings(&blocks),
        minutes: front.minutes.unwrap_or_else(|| plain::minutes(&body, WORDS_PER_MINUTE)),
        body,
        front,
        blocks,
    })
}

impl ParsedArticle {
    /// Whether there is something to read. What has nothing yet is kept as a draft, not shown.
    #[must_use]
    pub const fn has_text(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// The article as Markdown in its normal form: whoever reads it gets this very tree, and prints the same again.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let front = FrontMatter { title: Some(self.title.clone()), ..self.front.clone() };
        format!("{}{}", front.print(), print::blocks(&self.blocks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Block, Inline};

    fn text(value: &str) -> Vec<Inline> {
        vec![Inline::Text { v: value.into() }]
    }

    #[test]
    fn front_matter_gives_title_summary_and_keywords() {
        let article = parse("---\ntitle: \"Pay by card\"\ndescription: How to pay.\ntags: [card, visa]\n---\n# Pay by card\n\nOpen the page.\n").unwrap();
        assert_eq!(
            (article.title.as_str(), article.summary.as_str(), article.keywords.as_str()),
            ("Pay by card", "How to pay.", "card visa")
        );
        assert_eq!(article.blocks, [Block::Paragraph { c: text("Open the page.") }]);
    }

    #[test]
    fn k3_a_comment_behind_a_quoted_value_publishes_nothing() {
        let draft = |line: &str| parse(&format!("---\ntitle: T\n{line}\n---\n\nText.")).unwrap().front.draft;
        for line in ["published: \"false\" # until May", "published: 'false' # until \"May\"", "draft: \"true\"  #x"] {
            assert!(draft(line), "{line}");
        }
        assert!(!draft("published: \"true\" # since May"));
    }

    #[test]
    fn without_front_matter_the_first_heading_is_the_title() {
        let article =
            parse("# Reset your password\n\nPress *Forgot*.\n\n## If no mail comes\n\nLook into spam.").unwrap();
        assert_eq!((article.title.as_str(), article.headings.as_str()), ("Reset your password", "If no mail comes"));
        assert_eq!(article.summary, "Press Forgot.");
        assert_eq!(article.body, "Press Forgot.\nLook into spam.");
        let steps = parse("# T\n\n1. ### Revoke the token\n\n   Open it.\n\n> ## Rotate keys\n> Now.").unwrap();
        assert_eq!(steps.headings, "Revoke the token\nRotate keys", "those of steps are found, too");
    }

    #[test]
    fn every_kind_of_block_survives() {
        let article = parse("# T\n\n1. one\n2. two `x`\n\n```sh\nls -l\n```\n\n> note\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n\n![screen](https://example.com/s.png)").unwrap();
        let kinds: Vec<&str> = article
            .blocks
            .iter()
            .map(|block| match block {
                Block::Heading { .. } => "heading",
                Block::Paragraph { .. } => "paragraph",
                Block::List { .. } => "list",
                Block::Code { .. } => "code",
                Block::Quote { .. } => "quote",
                Block::Table { .. } => "table",
                Block::Rule => "rule",
            })
            .collect();
        assert_eq!(kinds, ["list", "code", "quote", "table", "rule", "paragraph"]);
    }

    #[test]
    fn raw_html_is_text_and_running_links_lose_their_address() {
        let article = parse("# T\n\n<script>alert(1)</script>\n\nHi <b onclick=x>there</b> [go](javascript:alert(1)) [ok](https://example.com)").unwrap();
        let json = serde_json::to_string(&article.blocks).unwrap();
        for forbidden in ["<script", "onclick", "javascript:"] {
            assert!(!json.contains(forbidden), "{json}");
        }
        assert!(json.contains("https://example.com") && json.contains("there") && json.contains("go"), "{json}");
    }

    #[test]
    fn k3_html_over_several_lines_is_read_as_a_whole() {
        for (source, body) in [
            ("<!--\nInternal: never offer more than 50 %\n-->\n\nText.", "Text."),
            ("- One.\n\n  <!--\n  Internal\n  -->\n- Two.", "One.\nTwo."),
            ("> <!--\n> Internal\n>\n> more -->\n> Text.", "Text."),
            ("<iframe\n  width=\"560\"\n  src=\"https://v.example/1\"\n></iframe>\n\nText.", "Text."),
            ("<div\n  class=\"note\">\n  Text &lt; 5 <b\n  title=\"x\">and</b> a < b.\n</div>", "Text < 5 and a < b."),
            ("<script>\nlet a = 1;\n\nlet b = 2;\n</script>\nText.", "Text."),
            ("Text <!-- for\nus --> goes on.", "Text goes on."),
        ] {
            assert_eq!(parse(&format!("# Refunds\n\n{source}")).unwrap().body, body, "{source}");
        }
    }

    #[test]
    fn k3_braces_are_text_and_only_the_file_of_a_site_generator_loses_its_tags() {
        let words = |article: &ParsedArticle| format!("{}\n{}", article.headings, article.body);
        let of_file = |source: &str| {
            let (head, text) = halves(source);
            parse(&[head, text].concat()).unwrap()
        };
        for (source, as_text, as_file) in [
            ("Type {{name}} here.", "\nType {{name}} here.", "\nType here."),
            ("Type {{ user.name }} or {% x %}.", "\nType {{ user.name }} or {% x %}.", "\nType or ."),
            ("Set {: x}.", "\nSet {: x}.", "\nSet ."),
            ("## Use {{ name }}\n\nNow.", "Use {{ name }}\nNow.", "Use\nNow."),
            ("## GET /users/{id}", "GET /users/{id}\n", "GET /users/{id}\n"),
            ("## In {a} of {b=c} ##", "In {a} of {b=c}\n", "In {a} of {b=c}\n"),
            ("Of `{id}` {x y}\n===", "Of {id} {x y}\n", "Of {id} {x y}\n"),
            ("## {id}", "{id}\n", "{id}\n"),
            ("## `{a}` or \\{b\\}", "{a} or {b}\n", "{a} or {b}\n"),
            ("## Named {#it}", "Named\n", "Named\n"),
            ("- {{a}}\n- b", "\n{{a}}\nb", "\nb"),
            ("| a |\n|---|\n| {{b}} |", "\na\n{{b}}", "\na"),
            ("[a](/u/{{id}}) `{{ c }}`", "\na {{ c }}", "\na {{ c }}"),
            ("```\n{{ d }}\n```", "\n{{ d }}", "\n{{ d }}"),
        ] {
            let article = parse(&format!("# T\n\n{source}")).unwrap();
            assert_eq!(words(&article), as_text, "{source}");
            assert_eq!(words(&of_file(&format!("# T\n\n{source}"))), as_file, "{source}");
            // What was exported is a file again, and its braces are still text.
            assert_eq!(of_file(&article.to_markdown()).blocks, article.blocks, "{source}");
        }
    }

    #[test]
    fn headings_have_anchors_of_their_own() {
        let article = parse("# T\n\nx\n\n## Как платить?\n\n## Как платить?\n").unwrap();
        let anchors: Vec<_> = article
            .blocks
            .iter()
            .filter_map(|block| if let Block::Heading { anchor, .. } = block { Some(anchor.as_str()) } else { None })
            .collect();
        assert_eq!(anchors, ["как-платить", "как-платить-2"]);
    }

    #[test]
    fn what_is_not_an_article_is_refused() {
        assert_eq!(parse(""), Err(ArticleError::NoTitle));
        assert_eq!(parse("just text"), Err(ArticleError::NoTitle));
        assert!(!parse("# Only a title").unwrap().has_text());
        assert_eq!(parse(&"x".repeat(ARTICLE_BYTES_MAX + 1)), Err(ArticleError::TooLarge));
    }

    #[test]
    fn deep_nesting_is_cut_not_crashed_on() {
        let article = parse(&format!("# T\n\n{} deep", "> ".repeat(5_000))).unwrap();
        assert!(article.body.contains("deep"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(source in "[ -~\\n#>*`|{}%\\[\\]()!-]{0,400}") {
            let _ = parse(&source);
        }
    }
}
