//! Cutting words to their stems by rules that come with the index.
//!
//! A stemmer for each language would cost every visitor all languages. So a language is a table of text (`language`), which
//! is written into the index when it is built, and the panel carries this one interpreter. Both sides read the table of the
//! index, so they cannot disagree about a word.
//!
//! A line of a table is a step: where the ending must begin, then endings and what replaces them (`ies:i`), of which the
//! longest counts. Whatever a table says, cutting ends and does not fail: tables arrive over the network as well.
//!
//! ```text
//! vowels aeiouy      the letters that are vowels; first line
//! most 5             at most so many letters stay (languages whose words are built from the left)
//! 2 sses:ss s:       after two letters, one of them a vowel
//! r1 …  r2 …  v …    within R1, R2 as Snowball defines them; after the first vowel
//! 0>9 …              if this step cuts, the next nine are passed over
//! =news:news  ^ال  [ая]ла    a whole word; a beginning; an ending that counts only after one of these letters
//! ```

/// Longest table that is read, in bytes: five times the longest of ours. More could only slow every word down.
const TABLE_BYTES_MAX: usize = 8_192;

/// How much an ending that names the letter before it goes before a longer one, in bytes.
const CONTEXT_BYTES: usize = 4;

/// Where an ending may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Region {
    /// After so many letters, one of them a vowel.
    Letters(usize),
    /// After the first vowel.
    Vowel,
    /// After the first consonant that follows a vowel (R1).
    First,
    /// The same once more, within R1 (R2).
    Second,
}

/// What an entry looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Ending,
    Beginning,
    Whole,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    part: Part,
    /// Letters one of which must stand before the ending; empty for any.
    after: String,
    text: String,
    with: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    region: Region,
    /// Steps to pass over when this one cuts.
    skip: usize,
    entries: Vec<Entry>,
}

/// A table, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    vowels: String,
    /// Most letters of a stem; 0 for any.
    most: usize,
    steps: Vec<Step>,
}

/// Where the regions of a word begin, in bytes.
struct Regions {
    vowel: usize,
    first: usize,
    second: usize,
}

impl Rules {
    /// Reads a table; lines that are none do nothing.
    pub(super) fn parse(table: &str) -> Self {
        let mut rules = Self::default();
        if table.len() > TABLE_BYTES_MAX {
            return rules;
        }
        for line in table.lines() {
            let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
            match head {
                "" => {}
                "vowels" => rest.clone_into(&mut rules.vowels),
                "most" => rules.most = rest.parse().unwrap_or(0),
                _ => rules.steps.push(Step::parse(head, rest)),
            }
        }
        rules
    }

    /// Cuts a folded word to its stem in place. A stem is never empty.
    pub(super) fn stem(&self, word: &mut String) {
        let first = self.region_after(word, 0);
        let second = self.region_after(word, first);
        let vowel = word.find(|letter| self.is_vowel(letter)).map_or(word.len(), |at| next(word, at));
        let regions = Regions { vowel, first, second };
        let mut skip = 0;
        for step in &self.steps {
            if skip > 0 {
                skip -= 1;
            } else if step.cut(word, self, &regions) {
                skip = step.skip;
            }
        }
        if self.most > 0
            && let Some((end, _)) = word.char_indices().nth(self.most)
        {
            word.truncate(end);
        }
    }

    fn is_vowel(&self, letter: char) -> bool {
        self.vowels.contains(letter)
    }

    /// The place after the first consonant that follows a vowel, looking from `start`.
    fn region_after(&self, word: &str, start: usize) -> usize {
        let rest = word.get(start..).unwrap_or_default();
        let vowel = rest.find(|letter| self.is_vowel(letter));
        let tail = vowel.and_then(|at| rest.get(at..)).unwrap_or_default();
        match (vowel, tail.find(|letter| !self.is_vowel(letter))) {
            (Some(vowel), Some(consonant)) => next(word, start + vowel + consonant),
            _ => word.len(),
        }
    }
}

/// The place after the letter at `at`.
fn next(word: &str, at: usize) -> usize {
    at + word.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

impl Step {
    fn parse(head: &str, entries: &str) -> Self {
        let (region, skip) = head.split_once('>').unwrap_or((head, "0"));
        let region = match region {
            "v" => Region::Vowel,
            "r1" => Region::First,
            "r2" => Region::Second,
            letters => Region::Letters(letters.parse().unwrap_or(usize::MAX)),
        };
        let entries = entries.split(' ').filter(|entry| !entry.is_empty()).map(Entry::parse).collect();
        Self { region, skip: skip.parse().unwrap_or(0), entries }
    }

    /// Cuts by the entry that fits best, if it begins where it may.
    fn cut(&self, word: &mut String, rules: &Rules, regions: &Regions) -> bool {
        let fitting = self.entries.iter().filter(|entry| entry.fits(word));
        // Of equals the first: `max_by_key` would give the last.
        let Some(best) = fitting.rev().max_by_key(|entry| entry.strength()) else { return false };
        let (start, end) = match best.part {
            Part::Whole => (0, word.len()),
            Part::Beginning => (0, best.text.len()),
            Part::Ending => (word.len() - best.text.len(), word.len()),
        };
        let stays = match best.part {
            Part::Beginning => word.get(end..),
            _ => word.get(..start),
        };
        let stays = stays.unwrap_or_default();
        let allowed = match self.region {
            _ if best.part == Part::Whole => true,
            Region::Letters(least) => {
                let vowel = rules.vowels.is_empty() || stays.contains(|letter| rules.is_vowel(letter));
                stays.chars().count() >= least.max(1) && vowel
            }
            Region::Vowel => start >= regions.vowel,
            Region::First => start >= regions.first,
            Region::Second => start >= regions.second,
        };
        let changes = best.part == Part::Whole || best.text != best.with;
        let remains = !stays.is_empty() || !best.with.is_empty();
        if !(allowed && changes && remains) {
            return false;
        }
        word.replace_range(start..end, &best.with);
        true
    }
}

impl Entry {
    fn parse(entry: &str) -> Self {
        let (text, with) = entry.split_once(':').unwrap_or((entry, ""));
        let (part, text) = match (text.strip_prefix('='), text.strip_prefix('^')) {
            (Some(whole), _) => (Part::Whole, whole),
            (_, Some(beginning)) => (Part::Beginning, beginning),
            _ => (Part::Ending, text),
        };
        let context = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (after, text) = context.unwrap_or(("", text));
        Self { part, after: after.to_owned(), text: text.to_owned(), with: with.to_owned() }
    }

    fn fits(&self, word: &str) -> bool {
        match self.part {
            Part::Whole => word == self.text,
            Part::Beginning => word.starts_with(&self.text),
            Part::Ending => word
                .strip_suffix(self.text.as_str())
                .is_some_and(|before| self.after.is_empty() || before.ends_with(|letter| self.after.contains(letter))),
        }
    }

    fn strength(&self) -> usize {
        self.text.len() + if self.after.is_empty() { 0 } else { CONTEXT_BYTES }
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
