//! The Snowball English stemmer, also known as Porter2, as its authors define it today (Snowball 3.0).
//!
//! Written by hand from the definition, because the generated code of the stemmer crates is several
//! times larger and carries every language. The steps have the names of the definition, so that the
//! two can be read side by side.
//!
//! It must only see folded words (`fold`): small letters, no accents. Non-ASCII words stay as they are.

/// Words that the rules would cut wrongly, with their stems. Tables are texts: half the bytes of a
/// table of references, and they read as the definition does.
const IRREGULAR: &str = "skies:sky idly:idl gently:gentl ugly:ugli early:earli only:onli singly:singl sky:sky news:news \
    howe:howe atlas:atlas cosmos:cosmos bias:bias andes:andes";

/// Beginnings after which the region R1 starts, for words whose endings would be cut too far.
const LONG_BEGINNINGS: [&str; 8] = ["arsen", "commun", "emerg", "gener", "later", "organ", "past", "univers"];

/// `-ing` belongs to these words: `evening` is not a form of `even`.
const WHOLE_BEFORE_ING: [&str; 6] = ["even", "cann", "inn", "earr", "herr", "out"];

/// `-eed` belongs to these words: `proceed` is not a form of `procee`.
const WHOLE_BEFORE_EED: [&str; 3] = ["succ", "proc", "exc"];

/// Step 1b: endings of participles.
const PARTICIPLES: &str = "ed edly eed eedly ing ingly";

/// Step 2: endings and what remains of them, all in R1.
const STEP_2: &str = "tional:tion enci:ence anci:ance abli:able entli:ent izer:ize ization:ize ational:ate ation:ate \
    ator:ate alism:al aliti:al alli:al fulness:ful fulli:ful ousli:ous ousness:ous iveness:ive iviti:ive \
    biliti:ble bli:ble ogist:og lessli:less";

/// Step 3: endings and what remains of them, all in R1.
const STEP_3: &str = "tional:tion ational:ate alize:al icate:ic iciti:ic ical:ic ful: ness:";

/// Step 4: endings that go, all in R2.
const STEP_4: &str = "al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize";

/// Shortest word, in letters, that is cut at all.
const LETTERS_MIN: usize = 3;

/// Cuts `word` to its stem in place.
pub(super) fn stem(word: &mut String) {
    if !word.is_ascii() || word.len() < LETTERS_MIN {
        return;
    }
    if let Some((_, stem)) = pairs(IRREGULAR).find(|(irregular, _)| irregular == word) {
        word.clear();
        word.push_str(stem);
        return;
    }
    let mut cut = Word::new(core::mem::take(word).into_bytes());
    cut.step_1a();
    cut.step_1b();
    cut.step_1c();
    cut.step_2();
    cut.step_3();
    cut.step_4();
    cut.step_5();
    cut.letters.make_ascii_lowercase(); // the consonants `Y` are letters `y` again
    *word = String::from_utf8(cut.letters).unwrap_or_default(); // ASCII throughout
}

/// The entries of a table, `ending:replacement`; without a colon the ending just goes.
fn pairs(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.split(' ').map(|entry| entry.split_once(':').unwrap_or((entry, "")))
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

fn is_double(ending: &[u8]) -> bool {
    matches!(ending, b"bb" | b"dd" | b"ff" | b"gg" | b"mm" | b"nn" | b"pp" | b"rr" | b"tt")
}

/// A word being cut. Consonant `y` is written `Y`.
struct Word {
    letters: Vec<u8>,
    /// R1 begins here: after the first consonant that follows a vowel.
    r1: usize,
    /// R2 begins here: the same once more, within R1.
    r2: usize,
}

impl Word {
    fn new(mut letters: Vec<u8>) -> Self {
        if letters.first() == Some(&b'\'') {
            letters.remove(0);
        }
        let mut after_vowel = true; // a `y` that begins the word is a consonant
        for letter in &mut letters {
            if *letter == b'y' && after_vowel {
                *letter = b'Y';
            }
            after_vowel = is_vowel(*letter);
        }
        let mut word = Self { letters, r1: 0, r2: 0 };
        let long = LONG_BEGINNINGS.iter().find(|start| word.letters.starts_with(start.as_bytes()));
        word.r1 = long.map_or_else(|| word.region_after(0), |start| start.len());
        word.r2 = word.region_after(word.r1);
        word
    }

    /// The place after the first consonant that follows a vowel, looking from `start`.
    fn region_after(&self, start: usize) -> usize {
        let rest = self.letters.get(start..).unwrap_or_default();
        let vowel = rest.iter().position(|&letter| is_vowel(letter));
        let tail = vowel.and_then(|at| rest.get(at..)).unwrap_or_default();
        let consonant = tail.iter().position(|&letter| !is_vowel(letter));
        match (vowel, consonant) {
            (Some(vowel), Some(consonant)) => start + vowel + consonant + 1,
            _ => self.letters.len(),
        }
    }

    fn ends(&self, ending: &str) -> bool {
        self.letters.ends_with(ending.as_bytes())
    }

    /// The letters before an ending of `length` letters.
    fn before(&self, length: usize) -> &[u8] {
        let end = self.letters.len().saturating_sub(length);
        self.letters.get(..end).unwrap_or_default()
    }

    fn replace(&mut self, length: usize, with: &str) {
        self.letters.truncate(self.letters.len().saturating_sub(length));
        self.letters.extend_from_slice(with.as_bytes());
    }

    fn in_r1(&self, length: usize) -> bool {
        self.r1 + length <= self.letters.len()
    }

    fn in_r2(&self, length: usize) -> bool {
        self.r2 + length <= self.letters.len()
    }

    /// Length of the longest ending in a table that the word has, and what replaces it.
    fn longest(&self, table: &'static str) -> Option<(usize, &'static str)> {
        let having = pairs(table).filter(|(ending, _)| self.ends(ending));
        having.map(|(ending, with)| (ending.len(), with)).max_by_key(|(length, _)| *length)
    }

    /// Plural and possessive.
    fn step_1a(&mut self) {
        if let Some(possessive) = ["'s'", "'s", "'"].iter().find(|ending| self.ends(ending)) {
            self.replace(possessive.len(), "");
        }
        if self.ends("sses") {
            self.replace(2, "");
        } else if self.ends("ied") || self.ends("ies") {
            let long = self.letters.len() >= "xxied".len();
            self.replace(3, if long { "i" } else { "ie" });
        } else if self.ends("s") && !self.ends("us") && !self.ends("ss") && self.before(2).iter().any(|&l| is_vowel(l))
        {
            self.replace(1, "");
        }
    }

    /// Past and present participles.
    fn step_1b(&mut self) {
        let Some((length, _)) = self.longest(PARTICIPLES) else { return };
        let before = self.before(length);
        if self.ends("eed") || self.ends("eedly") {
            let whole = WHOLE_BEFORE_EED.iter().any(|word| word.as_bytes() == before);
            if !whole && self.in_r1(length) {
                self.replace(length, "ee");
            }
            return;
        }
        if self.ends("ing") {
            if WHOLE_BEFORE_ING.iter().any(|word| word.as_bytes() == before) {
                return;
            }
            if let &[first, b'y'] = before
                && !is_vowel(first)
            {
                return self.replace("ying".len(), "ie"); // dying, lying, tying
            }
        }
        if before.iter().any(|&letter| is_vowel(letter)) {
            self.replace(length, "");
            self.repair();
        }
    }

    /// Gives back what a participle ending took: `hop(p)ing`, `hop(e)ing`.
    fn repair(&mut self) {
        let ending = self.letters.get(self.letters.len().saturating_sub(2)..).unwrap_or_default();
        if matches!(ending, b"at" | b"bl" | b"iz") {
            self.replace(0, "e");
        } else if is_double(ending) {
            if !matches!(self.before(2), b"a" | b"e" | b"o") {
                self.replace(1, "");
            }
        } else if self.r1 == self.letters.len() && is_short(&self.letters) {
            self.replace(0, "e");
        }
    }

    /// A final `y` after a consonant.
    fn step_1c(&mut self) {
        let y = self.ends("y") || self.ends("Y");
        let consonant = self.before(1).last().is_some_and(|&letter| !is_vowel(letter));
        if y && consonant && self.letters.len() > 2 {
            self.replace(1, "i");
        }
    }

    fn step_2(&mut self) {
        if let Some((length, with)) = self.longest(STEP_2) {
            if self.in_r1(length) {
                self.replace(length, with);
            }
        } else if self.ends("ogi") {
            if self.ends("logi") && self.in_r1("ogi".len()) {
                self.replace(1, "");
            }
        } else if self.ends("li") && self.in_r1("li".len()) {
            let valid = self.before(2).last();
            if valid.is_some_and(|letter| b"cdeghkmnrt".contains(letter)) {
                self.replace(2, "");
            }
        }
    }

    fn step_3(&mut self) {
        if let Some((length, with)) = self.longest(STEP_3) {
            if self.in_r1(length) {
                self.replace(length, with);
            }
        } else if self.ends("ative") && self.in_r1("ative".len()) && self.in_r2("ative".len()) {
            self.replace("ative".len(), "");
        }
    }

    fn step_4(&mut self) {
        if let Some((length, with)) = self.longest(STEP_4) {
            if self.in_r2(length) {
                self.replace(length, with);
            }
        } else if (self.ends("sion") || self.ends("tion")) && self.in_r2("ion".len()) {
            self.replace("ion".len(), "");
        }
    }

    /// A final `e`, and one `l` of two.
    fn step_5(&mut self) {
        let drop_e = self.ends("e") && (self.in_r2(1) || (self.in_r1(1) && !is_short(self.before(1))));
        if drop_e || (self.ends("ll") && self.in_r2(1)) {
            self.replace(1, "");
        }
    }
}

/// Whether the letters end in a short syllable, as `rap`, `ow` and `past` do.
fn is_short(letters: &[u8]) -> bool {
    match *letters {
        [first, last] => is_vowel(first) && !is_vowel(last),
        [.., before, middle, last] => {
            let short = !is_vowel(before) && is_vowel(middle) && !is_vowel(last);
            (short && !matches!(last, b'w' | b'x' | b'Y')) || letters.ends_with(b"past")
        }
        _ => false,
    }
}

#[cfg(test)]
#[path = "stem_en_tests.rs"]
mod tests;
