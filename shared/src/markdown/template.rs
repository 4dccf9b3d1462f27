//! The template tags of site generators in Markdown, outside of code: dropped, or kept as text.

use super::dialect::options;
use super::heading_names;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};
use std::ops::Range;

/// Tags: how they begin and end. `{:` is kramdown's attribute list.
const TAGS: [(&str, &str); 3] = [("{%", "%}"), ("{{", "}}"), ("{:", "}")];

/// The Markdown without template tags, but for the names that they give to headings. Code of every kind keeps its braces; a
/// tag that is not closed on its line is text. Lines stay where they are.
pub(super) fn strip(markdown: &str) -> String {
    with_texts(&heading_names::joined(markdown), strip_text)
}

/// The Markdown with its braces as text, for what no site generator ever read: there `{{ name }}` is what the author
/// tells the reader to type.
#[must_use]
pub fn plain_braces(markdown: &str) -> String {
    with_texts(markdown, |text, kept| kept.push_str(&text.replace('{', "&#123;")))
}

/// The Markdown with every text that is no code put through `change`, which gets it and where it goes.
fn with_texts(markdown: &str, change: fn(&str, &mut String)) -> String {
    let indented = indented_code(markdown);
    let mut kept = String::with_capacity(markdown.len());
    let mut fence: Option<(char, usize)> = None;
    let mut end = 0;
    for line in markdown.split_inclusive('\n') {
        let start = end;
        end += line.len();
        if fence.is_none() && is_among(&indented, start, end) {
            kept.push_str(line);
            continue;
        }
        let mark = fence_of(line);
        match (fence, mark) {
            (None, Some((sign, length, _))) => fence = Some((sign, length)),
            (Some((open, length)), Some((sign, closing, true))) if sign == open && closing >= length => fence = None,
            (None, None) if line.contains('{') => {
                change_line(line, change, &mut kept);
                continue;
            }
            _ => {}
        }
        kept.push_str(line);
    }
    kept
}

/// Where code stands that nothing but its indentation says to be code, in order. Whether four spaces are code or the
/// next paragraph of a list only the whole text tells; most have no braces behind spaces and are not read twice.
fn indented_code(markdown: &str) -> Vec<Range<usize>> {
    let is_doubtful = |line: &str| line.contains('{') && (line.contains("    ") || line.contains('\t'));
    if !markdown.lines().any(is_doubtful) {
        return Vec::new();
    }
    let events = Parser::new_ext(markdown, options()).into_offset_iter();
    let code = |(event, place)| matches!(event, Event::Start(Tag::CodeBlock(CodeBlockKind::Indented))).then_some(place);
    events.filter_map(code).collect()
}

/// Whether a line has a part in one of the places, which are in order and apart.
fn is_among(places: &[Range<usize>], start: usize, end: usize) -> bool {
    let next = places.partition_point(|place| place.end <= start);
    places.get(next).is_some_and(|place| place.start < end)
}

/// A fence on this line: its sign, its length, and whether nothing follows it. Quotations and lists may stand before it.
pub(super) fn fence_of(line: &str) -> Option<(char, usize, bool)> {
    let text = line.trim_start_matches(|letter: char| letter.is_ascii_digit() || " \t>-*+.)".contains(letter));
    let sign = text.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let rest = text.trim_start_matches(sign);
    let length = text.len() - rest.len();
    // A line of code in a sentence may begin with several ticks too.
    (length >= 3 && !(sign == '`' && rest.contains('`'))).then(|| (sign, length, rest.trim().is_empty()))
}

fn change_line(line: &str, change: fn(&str, &mut String), kept: &mut String) {
    let mut rest = line;
    loop {
        let Some(at) = rest.find('`') else { return change(rest, kept) };
        let (text, code) = rest.split_at_checked(at).unwrap_or((rest, ""));
        change(text, kept);
        let ticks = code.len() - code.trim_start_matches('`').len();
        let end = code_end(code, ticks).unwrap_or(ticks);
        let (code, after) = code.split_at_checked(end).unwrap_or((code, ""));
        kept.push_str(code);
        rest = after;
    }
}

/// Where the span of code that begins here ends: at the next run of as many ticks.
fn code_end(code: &str, ticks: usize) -> Option<usize> {
    let mut at = ticks;
    loop {
        at += code.get(at..)?.find('`')?;
        let run = code.get(at..)?;
        let length = run.len() - run.trim_start_matches('`').len();
        at += length;
        if length == ticks {
            return Some(at);
        }
    }
}

fn strip_text(text: &str, kept: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = next_tag(rest) {
        kept.push_str(before);
        rest = after;
    }
    kept.push_str(rest);
}

/// The text before the first tag and after it.
fn next_tag(text: &str) -> Option<(&str, &str)> {
    TAGS.iter()
        .filter_map(|(open, close)| {
            let (before, inside) = text.split_once(open)?;
            let (_, after) = inside.split_once(close)?;
            Some((before, after))
        })
        .min_by_key(|(before, _)| before.len())
}
