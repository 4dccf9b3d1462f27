//! The HTML that people write in Markdown, as the few pieces an article knows.
//!
//! Not an HTML parser and not a sanitizer: whatever it gives becomes typed nodes, so a tag that is misread can at worst
//! show as text.

/// One piece of raw HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text between tags.
    Text(String),
    /// `<br>`.
    Break,
    /// `<img>`.
    Image { src: String, alt: String },
    /// `<a name>` or `<a id>`.
    Anchor(String),
    /// `a`, `strong`, `em` or `del` begins; a link's address.
    Open(&'static str, String),
    /// It ends.
    Close(&'static str),
    /// An element whose text is not for readers begins.
    Silent(&'static str),
    /// The edge of a paragraph, list item, row or the like.
    Block,
}

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "section",
    "article",
    "details",
    "summary",
    "blockquote",
    "pre",
    "dl",
    "figure",
];

/// Marks by the tags that mean them.
const MARKS: [(&str, &str); 9] = [
    ("a", "a"),
    ("strong", "strong"),
    ("b", "strong"),
    ("em", "em"),
    ("i", "em"),
    ("del", "del"),
    ("s", "del"),
    ("strike", "del"),
    ("th", "strong"),
];

/// Elements whose text is for machines.
const SILENT: [&str; 4] = ["script", "style", "template", "noscript"];

/// Longest entity that is looked at, with its `&` and `;`.
const ENTITY_LENGTH_MAX: usize = 10;

/// Reads raw HTML: a whole block of it, since comments and tags go over lines. Each piece comes with where it begins.
pub(super) fn pieces(source: &str) -> Vec<(usize, Piece)> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some((before, tag)) = next_tag(rest) {
        push_text(source.len() - rest.len(), before, &mut found);
        let at = source.len() - tag.len() - 1;
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some((inside, after)) = split_tag(tag) else {
            // Not closed: whatever it was, it is not for readers.
            return found;
        };
        found.extend(tag_piece(inside).map(|piece| (at, piece)));
        rest = after;
    }
    push_text(source.len() - rest.len(), rest, &mut found);
    found
}

/// What stands before the next tag or comment, and what follows its `<`; in `a < b` that sign is text.
fn next_tag(text: &str) -> Option<(&str, &str)> {
    let is_tag = |tag: &str| tag.starts_with(|first: char| first.is_ascii_alphabetic() || "/!?".contains(first));
    text.match_indices('<')
        .filter_map(|(at, sign)| Some((text.get(..at)?, text.get(at + sign.len()..)?)))
        .find(|(_, tag)| is_tag(tag))
}

fn push_text(at: usize, text: &str, found: &mut Vec<(usize, Piece)>) {
    if !text.is_empty() {
        found.push((at, Piece::Text(decode(text))));
    }
}

/// The inside of a tag and what follows it; a `>` within quotes does not end it.
fn split_tag(tag: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some((tag.get(..at)?, tag.get(at + 1..)?)),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    // Quotes that are never closed belong to prose, not to an attribute.
    tag.split_once('>')
}

fn tag_piece(inside: &str) -> Option<Piece> {
    let (is_end, inside) = inside.strip_prefix('/').map_or((false, inside), |rest| (true, rest));
    let name_end = inside.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(inside.len());
    let (name, attributes) = inside.split_at_checked(name_end)?;
    let name = name.to_ascii_lowercase();
    if name == "br" {
        return Some(Piece::Break);
    }
    if let Some(silent) = SILENT.iter().find(|silent| **silent == name) {
        return Some(if is_end { Piece::Close(silent) } else { Piece::Silent(silent) });
    }
    if name == "img" {
        let value = |key: &str| attribute(attributes, key).unwrap_or_default();
        return Some(Piece::Image { src: value("src"), alt: value("alt") });
    }
    if name == "td" {
        return Some(Piece::Text(" ".to_owned()));
    }
    if let Some((_, mark)) = MARKS.iter().find(|(tag, _)| *tag == name) {
        if is_end {
            return Some(Piece::Close(mark));
        }
        let href = attribute(attributes, "href");
        return match (*mark, href) {
            ("a", Some(href)) => Some(Piece::Open("a", href)),
            ("a", None) => attribute(attributes, "name").or_else(|| attribute(attributes, "id")).map(Piece::Anchor),
            (mark, _) => Some(Piece::Open(mark, String::new())),
        };
    }
    BLOCKS.contains(&name.as_str()).then_some(Piece::Block)
}

/// The value of an attribute, its entities decoded.
fn attribute(attributes: &str, key: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
        let name_end = rest.find(|letter: char| letter.is_ascii_whitespace() || letter == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(name_end)?;
        if name.is_empty() && after.is_empty() {
            return None;
        }
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            rest = after;
            continue;
        };
        let (value, next) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = value.get(1..)?;
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => value.split_at_checked(value.find(|l: char| l.is_ascii_whitespace()).unwrap_or(value.len()))?,
        };
        if name.eq_ignore_ascii_case(key) {
            return Some(decode(value));
        }
        rest = next;
    }
}

/// Text with the common entities decoded.
pub(super) fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at_checked(at).unwrap_or((rest, ""));
        decoded.push_str(before);
        let end = entity.bytes().take(ENTITY_LENGTH_MAX).position(|byte| byte == b';');
        match end.and_then(|end| Some((entity_letter(entity.get(1..end)?)?, entity.get(end + 1..)?))) {
            Some((letter, after)) => {
                decoded.push(letter);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = entity.get(1..).unwrap_or_default();
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity_letter(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    let known = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("mdash", '—'),
        ("ndash", '–'),
        ("copy", '©'),
        ("rarr", '→'),
        ("hellip", '…'),
    ];
    known.iter().find(|(word, _)| *word == name).map(|(_, letter)| *letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_that_people_write_become_pieces() {
        let text = |text: &str| Piece::Text(text.to_owned());
        for (source, expected) in [
            ("<br/>", vec![Piece::Break]),
            ("<a href='x?a=1&amp;b=2' target=_blank>", vec![Piece::Open("a", "x?a=1&b=2".into())]),
            ("<a name=\"top\"></a>", vec![Piece::Anchor("top".into()), Piece::Close("a")]),
            ("<img alt=\"a > b\" src=/s.png />", vec![Piece::Image { src: "/s.png".into(), alt: "a > b".into() }]),
            ("<b>x</b>", vec![Piece::Open("strong", String::new()), text("x"), Piece::Close("strong")]),
            ("a<!-- <b> -->c", vec![text("a"), text("c")]),
            ("<unknown-thing attr>x", vec![text("x")]),
            ("x &lt;script&gt; &#65; &nope; & y", vec![text("x <script> A &nope; & y")]),
            ("<a href=\"never closed", vec![]),
            ("<LI>one", vec![Piece::Block, text("one")]),
            ("<!--\nfor us\n\n-->\nx", vec![text("\nx")]),
            ("<iframe\n width=\"560\"\n src=\"/v\"\n></iframe>x", vec![text("x")]),
            ("a < b <3 &lt; c<br>", vec![text("a < b <3 < c"), Piece::Break]),
        ] {
            let found: Vec<Piece> = pieces(source).into_iter().map(|(_, piece)| piece).collect();
            assert_eq!(found, expected, "{source}");
        }
    }
}
