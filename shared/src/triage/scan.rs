//! From a message to its words, each with what surrounds it: the end of a sentence, a code block, quotes around a name.
//!
//! One pass, each character once, and a look at most three characters ahead. What the customer did not write for us is left
//! out: quoted mail, signatures, the inside of addresses. Code blocks and `inline code` are kept and marked, because an error
//! message speaks for a cause but never says what somebody wishes. It must not know a rule.

use crate::search::{Class, class, push_folded};

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    None,
    /// A comma, a bracket, a line break: a denial does not reach over it.
    Clause,
    /// The end of a sentence: no pattern reaches over it.
    Sentence,
}

/// One word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) word: &'a str,
    pub(super) before: Break,
    /// In a code block or between backticks.
    pub(super) code: bool,
    /// The first of its text.
    pub(super) first: bool,
    /// A web or mail address as a whole.
    pub(super) address: bool,
    /// JSON begins before it.
    pub(super) json: bool,
    /// A number that is part of more: a price, a date, a version, `401(k)`.
    pub(super) glued: bool,
    /// Last word of something like a name of a field: where that began, and all of it.
    pub(super) name: Option<(usize, &'a str)>,
}

/// Longest name of a field, in bytes; longer ones are values.
const NAME_BYTES_MAX: usize = 64;

/// Appends the words of a text to `tokens`. The text begins a sentence.
pub(super) fn scan<'a>(text: &'a str, tokens: &mut Vec<Token<'a>>) {
    let mut scan = Scan { tokens, code: false, before: Break::Sentence, first: true, brace: false, json: false };
    let mut fenced = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            fenced = !fenced;
            scan.note(Break::Sentence);
        } else if fenced {
            scan.line(line, true);
        } else if trimmed == "--" {
            return; // the rest is a signature
        } else if trimmed.is_empty() {
            scan.note(Break::Sentence);
        } else if !trimmed.starts_with('>') && !is_device_note(trimmed) {
            scan.line(line, false);
        }
        scan.note(Break::Clause);
    }
}

/// What telephones add below a message.
fn is_device_note(line: &str) -> bool {
    const LETTERS: usize = 14; // of the longest of the three
    let mut start = String::new();
    line.chars().take(LETTERS).for_each(|letter| push_folded(letter, &mut start));
    ["sent from my", "отправлено с", "отправлено из"].iter().any(|note| start.starts_with(note))
}

struct Scan<'a, 'b> {
    tokens: &'b mut Vec<Token<'a>>,
    code: bool,
    before: Break,
    first: bool,
    /// The last sign was a brace or a bracket, blanks aside.
    brace: bool,
    json: bool,
}

/// Where in a line the scan is.
#[derive(Default)]
struct Place {
    /// Where the word being read began.
    word: Option<usize>,
    /// Byte after the last quotation mark, and the number of words then; none when what follows cannot be a name.
    quoted: Option<(usize, usize)>,
    /// Where a chain `a_b_c` began: the number of its first word and its first byte; and the byte where it may go on.
    chain: Option<(usize, usize, usize)>,
    /// Everything before this byte was read already.
    skip: usize,
}

impl<'a> Scan<'a, '_> {
    fn note(&mut self, found: Break) {
        self.before = self.before.max(found);
    }

    fn line(&mut self, line: &'a str, fenced: bool) {
        self.code = fenced;
        let mut place = Place::default();
        for (at, letter) in line.char_indices() {
            if at < place.skip {
                continue;
            }
            let next = at + letter.len_utf8();
            let rest = line.get(next..).unwrap_or_default();
            match class(letter) {
                Class::Letter | Class::Dense => {
                    place.word.get_or_insert(at);
                    self.brace = false;
                }
                Class::Mark => {}
                Class::Joiner if place.word.is_some() && is_apostrophe(letter) && is_short_tail(rest) => {}
                Class::Joiner | Class::Space => self.sign(line, letter, at, &mut place, fenced),
            }
        }
        self.finish_word(line, line.len(), &mut place);
        self.code = fenced;
    }

    /// Something between words.
    fn sign(&mut self, line: &'a str, letter: char, at: usize, place: &mut Place, fenced: bool) {
        let next = at + letter.len_utf8();
        let rest = line.get(next..).unwrap_or_default();
        let word = place.word.and_then(|start| line.get(start..at));
        let is_scheme = letter == ':' && rest.starts_with("//") && word.is_some();
        if is_scheme || (letter == '@' && word.is_some()) {
            return self.address(line, next, place);
        }
        self.finish_word(line, at, place);
        let goes_on = rest.starts_with(|next| matches!(class(next), Class::Letter | Class::Dense));
        match letter {
            '_' if goes_on => place.chain = place.chain.map(|(first, start, _)| (first, start, next)),
            '.' | '-' | '\u{2010}' | '\u{2011}' if goes_on => {}
            '.' | '!' | '?' | '…' | '。' => self.note(Break::Sentence),
            ',' | ';' | ':' | '(' | ')' | '-' | '–' | '—' => self.note(Break::Clause),
            '`' if !fenced => self.code = !self.code,
            _ => {}
        }
        if is_quote(letter) {
            self.quote(line, at, next, place);
            self.json |= self.brace && matches!(letter, '"' | '\'');
        } else if !matches!(letter, '_' | '.' | '-' | '[' | ']' | '\\') {
            place.quoted = None;
        }
        if !letter.is_whitespace() && letter != '\\' {
            self.brace = matches!(letter, '{' | '[');
        }
    }

    /// A quotation mark: what stands between it and the one before is a name if nothing but one was there.
    fn quote(&mut self, line: &'a str, at: usize, next: usize, place: &mut Place) {
        let now = self.tokens.len();
        if let Some((start, words)) = place.quoted
            && words < now
            && let Some(name) = line.get(start..at).map(|name| name.trim_end_matches('\\'))
            && name.len() <= NAME_BYTES_MAX
            && name.is_ascii()
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && let Some(last) = self.tokens.last_mut()
        {
            last.name = Some((words, name));
        }
        place.quoted = Some((next, now));
    }

    /// An address counts as one word, and what it is made of does not count.
    fn address(&mut self, line: &'a str, next: usize, place: &mut Place) {
        let start = place.word.take().unwrap_or(next);
        let rest = line.get(next..).unwrap_or_default();
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | ')' | '»' | '`');
        let end = next + rest.find(ends).unwrap_or(rest.len());
        self.push(line.get(start..end).unwrap_or_default(), true, false);
        (place.skip, place.quoted, place.chain) = (end, None, None);
    }

    fn finish_word(&mut self, line: &'a str, end: usize, place: &mut Place) {
        let Some(start) = place.word.take() else {
            place.chain = None;
            return;
        };
        let glued = is_glued(line, start, end);
        let number = self.tokens.len();
        self.push(line.get(start..end).unwrap_or_default(), false, glued);
        // The chain `a_b` goes on when this word began where the underscore ended.
        match place.chain {
            Some((first, from, at)) if at == start => {
                let name = line.get(from..end).filter(|name| name.len() <= NAME_BYTES_MAX && name.is_ascii());
                if let Some([before, last]) = self.tokens.last_chunk_mut() {
                    before.name = None;
                    last.name = name.map(|name| (first, name));
                }
            }
            _ => place.chain = Some((number, start, usize::MAX)),
        }
    }

    fn push(&mut self, word: &'a str, address: bool, glued: bool) {
        self.tokens.push(Token {
            word,
            before: self.before,
            code: self.code,
            first: self.first,
            address,
            json: self.json,
            glued,
            name: None,
        });
        (self.before, self.first, self.json) = (Break::None, false, false);
    }
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2BC}' | '\u{2019}')
}

/// One or two letters and no more: `don't`, `we'll`.
fn is_short_tail(rest: &str) -> bool {
    let tail = rest.chars().take(3).take_while(|next| matches!(class(*next), Class::Letter | Class::Mark)).count();
    matches!(tail, 1 | 2)
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\'' | '`' | '«' | '»' | '“' | '”' | '„' | '‘' | '’')
}

/// Whether a number is part of more. Looks two characters to each side.
fn is_glued(line: &str, start: usize, end: usize) -> bool {
    let mut left = line.get(..start).unwrap_or_default().chars().rev();
    let mut right = line.get(end..).unwrap_or_default().chars();
    let (left_1, left_2) = (left.next(), left.next());
    let (right_1, right_2) = (right.next(), right.next());
    let is_digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    let separates = |letter: Option<char>| matches!(letter, Some('.' | ',' | ':' | '/' | '-' | '–' | '+'));
    let is_money = |letter: Option<char>| matches!(letter, Some('$' | '€' | '£' | '₽' | '¥' | '#' | '№' | '%' | '+'));
    let is_money_apart = |near: Option<char>, far: Option<char>| near == Some(' ') && is_money(far);
    is_money(left_1)
        || is_money(right_1)
        || is_money_apart(left_1, left_2)
        || is_money_apart(right_1, right_2)
        || (separates(left_1) && is_digit(left_2))
        || (separates(right_1) && is_digit(right_2))
        || right_1 == Some('(')
        || left_1 == Some('-')
}
