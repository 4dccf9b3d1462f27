//! Articles for the benches of search: made up, of words as unequally common as those of a language, and what people type to
//! find them. The same articles and queries in every run.

use buoy_shared::search::{IndexBuilder, SearchDoc};
use serde::Serialize;

/// How many articles there are, and of how many different words: a help centre of that size has about as many stems.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) articles: usize,
    pub(crate) vocabulary: usize,
}

/// As the budget says.
pub(crate) const USUAL: Size = Size { articles: 5_000, vocabulary: 20_000 };
/// About the most of which an index has every word (`search/build.rs`); the vocabulary grows with the root of the texts.
pub(crate) const LARGE: Size = Size { articles: 10_000, vocabulary: 28_000 };
/// Words of an article's text: a page of a help centre.
pub(crate) const BODY_WORDS: usize = 200;
/// Phrases typed letter by letter; about 3,500 keystrokes.
pub(crate) const PHRASES: usize = 200;

/// One article.
#[derive(Debug, Serialize)]
pub(crate) struct Article {
    slug: String,
    title: String,
    headings: String,
    body: String,
    keywords: String,
    summary: String,
}

/// What is searched, and what for.
pub(crate) struct Corpus {
    pub(crate) articles: Vec<Article>,
    /// The phrases, each as what stands in the field after each of its letters.
    pub(crate) keystrokes: Vec<Vec<String>>,
}

impl Corpus {
    pub(crate) fn make_up(size: Size) -> Self {
        let mut chance = Chance(0x5eed);
        let vocabulary: Vec<String> = (0..size.vocabulary).map(|_| chance.word()).collect();
        let (mut articles, mut phrases) = (Vec::new(), Vec::new());
        let step = size.articles / PHRASES;
        for number in 0..size.articles {
            let mut text = |words: usize| -> String {
                (0..words)
                    .map(|_| vocabulary.get(chance.zipf(size.vocabulary)).map_or("", String::as_str))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let (title, headings, body, keywords, summary) = (text(6), text(8), text(BODY_WORDS), text(4), text(12));
            if number % step == 0 {
                phrases
                    .push(title.split(' ').skip(number % 3).take(1 + number / step % 3).collect::<Vec<_>>().join(" "));
            }
            articles.push(Article { slug: format!("article-{number}"), title, headings, body, keywords, summary });
        }
        let keystrokes = phrases.iter().enumerate().map(|(number, phrase)| keystrokes(number, phrase)).collect();
        Self { articles, keystrokes }
    }

    /// The index, as the edge would build it.
    pub(crate) fn index(&self) -> Vec<u8> {
        let mut builder = IndexBuilder::new("en");
        for Article { slug, title, headings, body, keywords, summary } in &self.articles {
            builder.add(&SearchDoc { slug, title, headings, body, keywords, summary });
        }
        builder.finish()
    }

    /// All that the articles say.
    pub(crate) fn text(&self) -> String {
        let lines = self.articles.iter().flat_map(|one| [&one.title, &one.headings, &one.body, &one.keywords]);
        lines.map(|line| format!("{line}\n")).collect()
    }
}

/// Every prefix of a phrase; in each third phrase two letters in the middle are swapped, as fingers do.
fn keystrokes(number: usize, phrase: &str) -> Vec<String> {
    let mut letters: Vec<char> = phrase.chars().collect();
    let middle = letters.len() / 2;
    if number.is_multiple_of(3) && middle > 0 {
        letters.swap(middle - 1, middle);
    }
    (1..=letters.len()).map(|length| letters.iter().take(length).collect()).collect()
}

/// The same numbers in every run: xorshift, enough for making up words.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap_or(1)).unwrap_or_default()
    }

    /// A rank that is the rarer the higher it is: uniform on a logarithmic scale, which is Zipf's law.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranks are small"
    )]
    fn zipf(&mut self, limit: usize) -> usize {
        const STEPS: usize = 1 << 20;
        let uniform = self.below(STEPS) as f64 / STEPS as f64;
        ((limit as f64).powf(uniform) - 1.0) as usize
    }

    /// Two to four syllables.
    fn word(&mut self) -> String {
        const STARTS: [&str; 16] = ["b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "st", "pr"];
        const ENDS: [&str; 12] = ["a", "e", "i", "o", "u", "an", "er", "in", "or", "al", "ent", "ing"];
        let mut word = String::new();
        for _ in 0..2 + self.below(3) {
            word.push_str(STARTS.get(self.below(STARTS.len())).copied().unwrap_or("b"));
            word.push_str(ENDS.get(self.below(ENDS.len())).copied().unwrap_or("a"));
        }
        word
    }
}
