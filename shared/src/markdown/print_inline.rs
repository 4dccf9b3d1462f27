//! Prints text within a block as Markdown. Every character that could mean something else is escaped, and letters
//! beside a mark become entities where the mark would otherwise not be seen as one.

use super::print::longest_run;
use crate::article::Inline;

/// Where inlines stand: a heading is one line that may end with a name, a cell ends at `|`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// Prints inlines; several lines where they break.
pub(super) fn print(inlines: &[Inline], place: Place) -> String {
    let mut printer = Printer { out: String::new(), place, after_mark: false };
    printer.all(inlines);
    match place {
        Place::Paragraph => {
            let (task, text) = match inlines.first() {
                Some(Inline::Task { .. }) => printer.out.split_at_checked(4).unwrap_or(("", printer.out.as_str())),
                _ => ("", printer.out.as_str()),
            };
            let lines: Vec<String> = text.split('\n').map(escape_start).collect();
            format!("{task}{}", lines.join("\n"))
        }
        Place::Heading => unbraced(printer.out),
        Place::Cell => printer.out,
    }
}

/// A heading whose last sign would close what a brace in its code opens: both together would be its attributes.
fn unbraced(heading: String) -> String {
    match heading.strip_suffix('}') {
        Some(before) if before.contains('{') => format!("{before}&#125;"),
        _ => heading,
    }
}

struct Printer {
    out: String,
    place: Place,
    /// A mark was just closed: a letter that follows must not hide it.
    after_mark: bool,
}

impl Printer {
    fn all(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            self.inline(inline);
        }
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text { v } => return self.text(v),
            Inline::Strong { c } => return self.mark("**", c),
            Inline::Emphasis { c } => return self.mark("_", c),
            Inline::Strike { c } => return self.mark("~~", c),
            Inline::Task { done } => self.out.push_str(if *done { "[x] " } else { "[ ] " }),
            Inline::Code { v } => self.code(v),
            Inline::Link { href, c } => {
                self.out.push('[');
                self.after_mark = false;
                self.all(c);
                self.target(href);
            }
            Inline::Image { src, alt } => {
                self.out.push_str("![");
                self.after_mark = false;
                self.text(alt);
                self.target(src);
            }
            Inline::Break => self.out.push_str(if self.place == Place::Cell { "<br>" } else { "\\\n" }),
        }
        self.after_mark = false;
    }

    /// A mark is seen as one when white space or punctuation stands outside of it.
    fn mark(&mut self, sign: &str, c: &[Inline]) {
        self.after_mark = false;
        if let Some(last) = self.out.chars().last().filter(|last| !stands_apart(*last)) {
            self.out.truncate(self.out.len() - last.len_utf8());
            self.out.push_str(&entity(last));
        }
        self.out.push_str(sign);
        self.all(c);
        self.out.push_str(sign);
        self.after_mark = true;
    }

    fn text(&mut self, text: &str) {
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let hides_mark = std::mem::take(&mut self.after_mark) && !stands_apart(letter);
            let next = letters.peek().map(|(_, next)| *next);
            match letter {
                _ if hides_mark => self.out.push_str(&entity(letter)),
                '`' => self.out.push_str("&#96;"),
                '{' if self.place == Place::Heading || next.is_none_or(|next| "{%:#".contains(next)) => {
                    self.out.push_str("&#123;");
                }
                '&' if starts_entity(text.get(at..).unwrap_or_default()) => self.out.push_str("&amp;"),
                '!' if next.is_none() => self.out.push_str("\\!"),
                '#' if self.place == Place::Heading => self.out.push_str("\\#"),
                '|' if self.place == Place::Cell => self.out.push_str("\\|"),
                '\\' | '*' | '_' | '[' | ']' | '<' | '~' => {
                    self.out.push('\\');
                    self.out.push(letter);
                }
                letter => self.out.push(letter),
            }
        }
    }

    fn code(&mut self, code: &str) {
        let ticks = "`".repeat(longest_run(code) + 1);
        let pad = code.starts_with('`')
            || code.ends_with('`')
            || (code.starts_with(' ') && code.ends_with(' ') && !code.trim().is_empty());
        let pad = if pad { " " } else { "" };
        let code = if self.place == Place::Cell { code.replace('|', "\\|") } else { code.to_owned() };
        for part in [&ticks, pad, &code, pad, &ticks] {
            self.out.push_str(part);
        }
    }

    fn target(&mut self, address: &str) {
        self.out.push_str("](");
        let needs_angles = address.contains(['(', ')']) || address.is_empty();
        if needs_angles {
            self.out.push('<');
        }
        for (at, letter) in address.char_indices() {
            match letter {
                '&' if starts_entity(address.get(at..).unwrap_or_default()) => self.out.push_str("&amp;"),
                letter => self.out.push(letter),
            }
        }
        if needs_angles {
            self.out.push('>');
        }
        self.out.push(')');
    }
}

/// White space and ASCII punctuation, which every reader of Markdown takes for what they are.
fn stands_apart(letter: char) -> bool {
    letter.is_whitespace() || letter.is_ascii_punctuation()
}

fn entity(letter: char) -> String {
    format!("&#{};", u32::from(letter))
}

/// Whether a text that begins with `&` would be read as an entity.
fn starts_entity(text: &str) -> bool {
    let name = text.strip_prefix('&').and_then(|rest| rest.split_once(';')).map(|(name, _)| name);
    name.is_some_and(|name| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '#')
    })
}

/// A line of text that would begin a block of another kind, escaped.
fn escape_start(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let rest = line.get(digits..).unwrap_or_default();
    if (1..=9).contains(&digits) && rest.starts_with(['.', ')']) {
        return format!("{}\\{rest}", line.get(..digits).unwrap_or_default());
    }
    if line.starts_with(['#', '>', '+', '-', '=', '|', ':']) { format!("\\{line}") } else { line.to_owned() }
}
