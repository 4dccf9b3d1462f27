//! The HTML that people write between their Markdown, as Markdown.
//!
//! The edge reads of raw HTML its links, pictures and marks, and of all else only the words: a parser of HTML is more than
//! a worker can carry. So tables, lists, code and headings of that kind become Markdown here, before they are sent. What
//! holds none of them stays as it is, and code that shows HTML is never touched. What a site generator would have put in
//! place of its template tags nobody knows here, so the tags go.

use std::ops::Range;

use buoy_shared::markdown::{dialect, halves, plain_braces};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd, html::push_html};

use super::html;

/// Elements that the edge would read as their words.
const KNOWN: [&str; 11] = ["table", "ul", "ol", "pre", "code", "h1", "h2", "h3", "h4", "h5", "h6"];
/// Elements that have to end before what they hold can be read.
const WHOLE: [&str; 8] = ["table", "ul", "ol", "pre", "script", "style", "template", "noscript"];
/// Of these those whose text is not read as HTML.
const MACHINES: [&str; 4] = ["script", "style", "template", "noscript"];

/// An event of the Markdown and where it stands.
type Placed<'a> = (Event<'a>, Range<usize>);

/// An article's source as it is sent: without the template tags of a site generator, which to the edge are text, and with
/// the HTML between its Markdown as Markdown. With neither it stays letter by letter.
pub(crate) fn as_markdown(source: &str) -> String {
    let (mut written, text) = halves(source);
    let mut end = 0;
    for (place, markdown) in changes(&text) {
        written.push_str(text.get(end..place.start).unwrap_or_default());
        written.push_str(&markdown);
        end = place.end;
    }
    written.push_str(text.get(end..).unwrap_or_default());
    let is_same = written == source.replace("\r\n", "\n").replace('\r', "\n");
    if is_same { source.to_owned() } else { written }
}

/// What is written in another form, in order and apart.
fn changes(text: &str) -> Vec<(Range<usize>, String)> {
    let events: Vec<Placed<'_>> = Parser::new_ext(text, dialect()).into_offset_iter().collect();
    let mut changes = Vec::new();
    let mut is_in_cell = false;
    let mut at = 0;
    while let Some((event, _)) = events.get(at) {
        let change = match event {
            Event::Start(Tag::HtmlBlock) => block(text, &events, at),
            Event::InlineHtml(tag) if is_code(tag) => code(&events, at, is_in_cell),
            Event::Start(Tag::TableCell) | Event::End(TagEnd::TableCell) => {
                is_in_cell = matches!(event, Event::Start(_));
                None
            }
            _ => None,
        };
        at = match change {
            Some((place, markdown, next)) => {
                changes.push((place, markdown));
                next
            }
            None => at + 1,
        };
    }
    changes
}

/// A block of HTML, with what stands between it and the block that ends its lists and tables, and the event after it.
fn block(text: &str, events: &[Placed<'_>], at: usize) -> Option<(Range<usize>, String, usize)> {
    let start = events.get(at)?.1.start;
    let piece = Piece::read(text, events, at)?;
    if !piece.is_known {
        return None;
    }
    let mut page = String::new();
    push_html(&mut page, piece.events.into_iter());
    let markdown = html::with_names(&plain_braces(&html::markdown(&html::page(&page).ok()?)));
    Some((start..piece.end, set_in(text, start, &markdown), piece.next))
}

/// Lines set into the quotation or list in which they stand.
fn set_in(text: &str, start: usize, markdown: &str) -> String {
    let line = text.get(..start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    let is_item = line.contains(|letter: char| letter != '>' && !letter.is_whitespace());
    let before: String =
        line.chars().map(|letter| if letter == '>' || letter.is_whitespace() { letter } else { ' ' }).collect();
    let between = format!("\n{before}");
    let lines: Vec<&str> = markdown.lines().collect();
    // What begins a list's item stands on its line; a paragraph above would run into what follows it.
    let above = if is_item { String::new() } else { between.clone() };
    format!("{above}{}\n{}\n", lines.join(&between), before.trim_end())
}

/// Blocks of HTML and what stands between them, as one.
#[derive(Default)]
struct Piece<'a> {
    events: Vec<Event<'a>>,
    /// Where it ends in the text.
    end: usize,
    /// The first event after it.
    next: usize,
    is_known: bool,
    /// What is open, outermost first.
    open: Vec<&'static str>,
}

impl<'a> Piece<'a> {
    /// Reads on until everything is closed. What never is, or not within its own quotation or list, is no piece.
    fn read(text: &'a str, events: &[Placed<'a>], at: usize) -> Option<Self> {
        let mut piece = Self { next: at, ..Self::default() };
        let mut depth = 0_usize;
        while let Some((event, place)) = events.get(piece.next) {
            if let Some((html, next)) = raw(events, piece.next) {
                (piece.end, piece.next) = (place.end, next);
                piece.take(html.into());
                piece.take_code(text, events);
            } else {
                match event {
                    Event::Start(_) => depth += 1,
                    Event::End(_) => depth = depth.checked_sub(1)?,
                    _ => {}
                }
                (piece.end, piece.next) = (piece.end.max(place.end), piece.next + 1);
                piece.events.push(event.clone());
            }
            if depth == 0 && piece.open.is_empty() {
                return Some(piece);
            }
        }
        None
    }

    fn take(&mut self, html: CowStr<'a>) {
        for (name, is_end) in tags(&html) {
            self.is_known |= KNOWN.contains(&name.as_str());
            let is_machine = self.open.last().is_some_and(|open| MACHINES.contains(open));
            let Some(whole) = WHOLE.iter().find(|whole| **whole == name) else { continue };
            match (is_end, self.open.iter().rposition(|open| open == whole)) {
                (true, Some(at)) => self.open.truncate(at),
                (false, _) if !is_machine => self.open.push(whole),
                _ => {}
            }
        }
        self.events.push(Event::Html(html));
    }

    /// Code goes on over empty lines, which end a block of HTML: what it holds is not Markdown.
    fn take_code(&mut self, text: &'a str, events: &[Placed<'a>]) {
        let Some(rest) = text.get(self.end..).filter(|_| self.open.last() == Some(&"pre")) else { return };
        let Some(close) = rest.to_ascii_lowercase().find("</pre") else { return };
        let line = rest.get(close..).and_then(|rest| rest.find('\n')).map_or(rest.len(), |end| close + end + 1);
        let Some(code) = rest.get(..line) else { return };
        let within = self.end..self.end + line;
        while events.get(self.next).is_some_and(|(_, place)| within.contains(&place.start)) {
            self.next += 1;
        }
        self.end = within.end;
        self.take(code.into());
    }
}

/// HTML that stands as a block, and the event after it. Lines that are set in behind an empty one are code to Markdown; to
/// whoever wrote them within a table they are its rows.
fn raw(events: &[Placed<'_>], at: usize) -> Option<(String, usize)> {
    let is_block = match events.get(at)?.0 {
        Event::Start(Tag::HtmlBlock) => true,
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => false,
        _ => return None,
    };
    let inside = events.get(at + 1..)?;
    let length = inside.iter().position(|(event, _)| matches!(event, Event::End(_)))?;
    let lines = inside.iter().take(length).filter_map(|(event, _)| match event {
        Event::Html(line) | Event::Text(line) => Some(&**line),
        _ => None,
    });
    let html: String = lines.collect();
    (is_block || html.starts_with('<')).then_some((html, at + length + 2))
}

/// The names of the tags, and whether each ends its element; comments have none.
fn tags(html: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, tag)) = rest.split_once('<') {
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (is_end, inside) = tag.strip_prefix('/').map_or((false, tag), |inside| (true, inside));
        let name: String = inside.chars().take_while(char::is_ascii_alphanumeric).collect();
        if !name.is_empty() {
            found.push((name.to_ascii_lowercase(), is_end));
        }
        rest = tag;
    }
    found
}

fn is_code(tag: &str) -> bool {
    tags(tag).first().is_some_and(|(name, is_end)| name == "code" && !is_end)
}

/// `<code>` in a sentence: its words between ticks. One with a link or a picture in it stays, to keep those.
fn code(events: &[Placed<'_>], at: usize, is_in_cell: bool) -> Option<(Range<usize>, String, usize)> {
    let start = events.get(at)?.1.start;
    let mut words = String::new();
    for (number, (event, place)) in events.iter().enumerate().skip(at + 1) {
        match event {
            Event::InlineHtml(tag) if tags(tag) == [("code".to_owned(), true)] => {
                let words = if is_in_cell { words.replace('|', "\\|") } else { words };
                let ticks = (!words.trim().is_empty()).then(|| html::in_ticks(words.trim()))?;
                return Some((start..place.end, ticks, number + 1));
            }
            Event::Text(text) | Event::Code(text) => words.push_str(text),
            Event::SoftBreak => words.push(' '),
            Event::Start(Tag::Strong | Tag::Emphasis | Tag::Strikethrough)
            | Event::End(TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough) => {}
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests;
