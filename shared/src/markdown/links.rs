//! Where an article points to, with the line, so that a check can name what leads nowhere.

use super::{dialect, front_matter, html, template};
use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

/// One link or picture in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The address as the author wrote it, template tags dropped.
    pub target: String,
    /// The line of the file, from 1.
    pub line: usize,
    /// Whether it is a picture.
    pub is_image: bool,
}

/// Every link and picture of a source, in order.
#[must_use]
pub fn references(source: &str) -> Vec<Reference> {
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let (_, markdown) = front_matter::split(&source);
    let lines_before = source.get(..source.len() - markdown.len()).map_or(0, line_breaks);
    let text = template::strip(markdown);
    let mut found = Vec::new();
    let (mut counted, mut lines) = (0, lines_before);
    let mut raw: Option<(usize, String)> = None;
    for (event, place) in Parser::new_ext(&text, dialect::options()).into_offset_iter() {
        // Events come in the order of the text, so each stretch is counted once.
        if place.start > counted {
            lines += text.get(counted..place.start).map_or(0, line_breaks);
            counted = place.start;
        }
        let mut push = |target: String, is_image| found.push(Reference { target, line: lines + 1, is_image });
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Email, dest_url, .. }) => {
                push(format!("mailto:{dest_url}"), false);
            }
            Event::Start(Tag::Link { dest_url, .. }) => push(dest_url.into_string(), false),
            Event::Start(Tag::Image { dest_url, .. }) => push(dest_url.into_string(), true),
            // A block of HTML comes line by line, and its tags may go over lines.
            Event::Start(Tag::HtmlBlock) => raw = Some((lines + 1, String::new())),
            Event::Html(part) | Event::Text(part) => {
                if let Some((_, raw)) = &mut raw {
                    raw.push_str(&part);
                }
            }
            Event::End(TagEnd::HtmlBlock) => {
                if let Some((line, raw)) = raw.take() {
                    references_of_html(&raw, line, &mut found);
                }
            }
            Event::InlineHtml(html) => references_of_html(&html, lines + 1, &mut found),
            _ => {}
        }
    }
    found
}

/// The links and pictures of HTML that begins in a line.
fn references_of_html(html: &str, first_line: usize, found: &mut Vec<Reference>) {
    let (mut counted, mut line) = (0, first_line);
    for (at, piece) in html::pieces(html) {
        line += html.get(counted..at).map_or(0, line_breaks);
        counted = at;
        match piece {
            html::Piece::Open("a", target) => found.push(Reference { target, line, is_image: false }),
            html::Piece::Image { src, .. } => found.push(Reference { target: src, line, is_image: true }),
            _ => {}
        }
    }
}

fn line_breaks(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_go_over_lines_are_read_and_comments_are_not() {
        let source = "# T\n\n<!--\n<a href=\"hidden\">x</a>\n-->\n\n<p>\n  <a\n    href=\"z\">z</a>\n  <img\n src=y>\n</p>\n\nAnd <a\nhref=w>w</a>.\n";
        let found: Vec<_> = references(source).into_iter().map(|link| (link.target, link.line)).collect();
        assert_eq!(found, [("z".to_owned(), 8), ("y".to_owned(), 10), ("w".to_owned(), 14)]);
    }

    #[test]
    fn links_and_pictures_are_named_with_the_line_of_the_file() {
        let source =
            "---\ntitle: T\n---\n\nSee [a](/x).\n\n- ![b]({{ site.url }}/y.png)\n\n<p>\n<a href=\"z\">z</a>\n</p>\n";
        let found = references(source);
        let expected = [("/x", 5, false), ("/y.png", 7, true), ("z", 10, false)];
        let found: Vec<_> = found.iter().map(|link| (link.target.as_str(), link.line, link.is_image)).collect();
        assert_eq!(found, expected);
    }
}
