//! Tokens: where the words of a text are and what each of them is searched by.
//!
//! Words are runs of letters and digits, folded. What people write in several ways is given in
//! several ways: `API-key` is `api`, `key` and `apikey`, so that all three spellings meet. Scripts
//! written without spaces give pairs of neighbouring characters. Offsets point into the original
//! text, because a result shows the reader which words matched.
//!
//! Articles and queries must pass through here alike: a rule that knew which of the two it reads
//! would make them miss each other. It must not know a language; that is `stem`.

use super::fold;
use super::script::{Class, class};

/// Longest token in bytes. Longer ones (pasted keys, base64) are cut to it on both sides, so they are
/// still found; it also bounds what a front-coded dictionary can expand to.
pub(super) const TOKEN_BYTES_MAX: usize = 64;

/// Longest tail, in letters, that an apostrophe joins to its word: `don't`, `we'll`. A longer one is
/// a word of its own, as in `l'article`.
const APOSTROPHE_TAIL_MAX: usize = 2;

/// Most parts of a compound; longer chains are lists and addresses, and nobody types them as one word.
const COMPOUND_PARTS_MAX: usize = 4;

/// What a token was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of letters and digits.
    Word,
    /// Two or more words joined as the text joins them: `API-key`, `api_key`, `v2.1`.
    Compound,
    /// Two neighbouring characters of a script without spaces, or one that stands alone.
    Gram,
}

/// One token of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// Folded text, at most [`TOKEN_BYTES_MAX`] bytes, never empty.
    pub(super) text: &'a str,
    /// First byte in the original text.
    pub(super) start: usize,
    /// Byte after the last one in the original text.
    pub(super) end: usize,
    /// What it was made of.
    pub(super) kind: Kind,
}

/// Gives every token of `text` to `each`, in order of their ends; a compound follows its parts.
pub(super) fn tokens(text: &str, each: &mut dyn FnMut(Token<'_>)) {
    let mut scan = Scan { each, part: Run::default(), whole: Run::default(), parts: 0, gram: None };
    for (at, letter) in text.char_indices() {
        let next = at + letter.len_utf8();
        match class(letter) {
            Class::Letter => scan.letter(letter, at, next),
            Class::Mark => scan.mark(letter, next),
            Class::Dense => scan.dense(letter, at, next),
            Class::Joiner => scan.joiner(letter, text.get(next..).unwrap_or_default()),
            Class::Space => scan.finish(),
        }
    }
    scan.finish();
}

/// A run being read: its folded text and where it stands.
#[derive(Default)]
struct Run {
    text: String,
    start: usize,
    end: usize,
}

impl Run {
    fn push(&mut self, letter: char, end: usize) {
        if self.text.len() + FOLDED_BYTES_MAX <= TOKEN_BYTES_MAX {
            fold::push(letter, &mut self.text);
        }
        self.end = end;
    }
}

/// Most bytes one character folds to.
const FOLDED_BYTES_MAX: usize = 4;

struct Scan<'a> {
    each: &'a mut dyn FnMut(Token<'_>),
    /// The word being read; empty between words.
    part: Run,
    /// The compound being read: all parts so far.
    whole: Run,
    /// Finished parts of the compound.
    parts: usize,
    /// The last character of a script without spaces: itself, its place, and whether a pair holds it.
    gram: Option<(char, usize, usize, bool)>,
}

impl Scan<'_> {
    fn letter(&mut self, letter: char, start: usize, end: usize) {
        self.finish_grams();
        if self.part.text.is_empty() {
            self.part.start = start;
            if self.parts == 0 {
                self.whole.start = start;
            }
        }
        self.part.push(letter, end);
        self.whole.push(letter, end);
    }

    /// An accent with nothing to stand on is ignored.
    fn mark(&mut self, letter: char, end: usize) {
        if !self.part.text.is_empty() {
            self.part.push(letter, end);
            self.whole.push(letter, end);
        }
    }

    fn dense(&mut self, letter: char, start: usize, end: usize) {
        self.finish_word();
        if let Some((before, at, _, _)) = self.gram {
            self.gram_token(&[before, letter], at, end);
        }
        self.gram = Some((letter, start, end, self.gram.is_some()));
    }

    /// `rest` is the text after the joiner.
    fn joiner(&mut self, letter: char, rest: &str) {
        let is_letter = |next: &char| matches!(class(*next), Class::Letter | Class::Mark);
        let tail = rest.chars().take_while(is_letter).take(APOSTROPHE_TAIL_MAX + 1).count();
        if self.part.text.is_empty() || tail == 0 {
            return self.finish();
        }
        if matches!(letter, '\'' | '\u{2BC}' | '\u{2019}') && tail <= APOSTROPHE_TAIL_MAX {
            return; // the word goes on without its apostrophe
        }
        // A point between numbers means something (`2.1` is not `21`); elsewhere it is decoration (`node.js`).
        let digit_before = self.part.text.ends_with(|c: char| c.is_ascii_digit());
        let digit_after = rest.starts_with(|c: char| c.is_ascii_digit());
        self.finish_part();
        if letter == '.' && digit_before && digit_after {
            self.whole.push('.', self.whole.end);
        }
    }

    fn finish(&mut self) {
        self.finish_word();
        self.finish_grams();
    }

    fn finish_part(&mut self) {
        let part = core::mem::take(&mut self.part);
        if !part.text.is_empty() {
            self.parts += 1;
            (self.each)(Token { text: &part.text, start: part.start, end: part.end, kind: Kind::Word });
        }
    }

    fn finish_word(&mut self) {
        self.finish_part();
        let whole = core::mem::take(&mut self.whole);
        let parts = core::mem::take(&mut self.parts);
        if (2..=COMPOUND_PARTS_MAX).contains(&parts) {
            (self.each)(Token { text: &whole.text, start: whole.start, end: whole.end, kind: Kind::Compound });
        }
    }

    /// A character that no pair holds is a token by itself: `票` alone must be found.
    fn finish_grams(&mut self) {
        if let Some((letter, start, end, false)) = self.gram.take() {
            self.gram_token(&[letter], start, end);
        }
    }

    fn gram_token(&mut self, letters: &[char], start: usize, end: usize) {
        let mut text = String::new();
        for &letter in letters {
            fold::push(letter, &mut text);
        }
        (self.each)(Token { text: &text, start, end, kind: Kind::Gram });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        tokens(text, &mut |token| found.push(token.text.to_owned()));
        found
    }

    #[test]
    fn people_find_words_however_they_are_joined() {
        for (text, expected) in [
            ("", &[][..]),
            ("  – … !?", &[]),
            ("How to log in", &["how", "to", "log", "in"]),
            ("don't, we'll, user's", &["dont", "well", "users"]),
            ("don’t", &["dont"]),
            ("l'article d’accord", &["l", "article", "larticle", "d", "accord", "daccord"]),
            ("об'єкт", &["об", "єкт", "обєкт"]),
            ("'quoted' words-", &["quoted", "words"]),
            ("API-key", &["api", "key", "apikey"]),
            ("api_key", &["api", "key", "apikey"]),
            ("__init__", &["init"]),
            ("v2.1", &["v2", "1", "v2.1"]),
            ("node.js.", &["node", "js", "nodejs"]),
            ("a-b-c-d-e", &["a", "b", "c", "d", "e"]),
            ("error 401", &["error", "401"]),
            ("2FA/SSO", &["2fa", "sso"]),
            ("Ёжик — это ёж", &["ежик", "это", "еж"]),
            ("re\u{301}sume\u{301}", &["resume"]),
            ("日本語", &["日本", "本語"]),
            ("票", &["票"]),
            ("APIキー", &["api", "キー"]),
            ("第3回の会議", &["第", "3", "回の", "の会", "会議"]),
            ("हिन्दी में", &["हिन्दी", "में"]),
            ("👍🏽done✅", &["done"]),
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
    }

    #[test]
    fn offsets_point_at_the_original_spelling() {
        let text = "Ändern: API‑Key, don’t";
        let mut found = Vec::new();
        tokens(text, &mut |token| found.push(&text[token.start..token.end]));
        assert_eq!(found, ["Ändern", "API", "Key", "API‑Key", "don’t"]);
    }

    #[test]
    fn a_token_as_long_as_a_page_is_cut_and_still_one_token() {
        let text = "щ".repeat(10_000);
        let found = texts(&text);
        assert_eq!(found.len(), 1);
        assert!(found[0].len() <= TOKEN_BYTES_MAX && found[0].len() > TOKEN_BYTES_MAX - FOLDED_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn every_token_is_a_piece_of_its_text(text in "\\PC{0,60}") {
            tokens(&text, &mut |token| {
                assert!(text.get(token.start..token.end).is_some_and(|piece| !piece.is_empty()));
                assert!(token.text.len() <= TOKEN_BYTES_MAX);
            });
        }
    }
}
