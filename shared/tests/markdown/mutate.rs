//! What mutated sources do: nothing panics, and whatever reads as an article keeps its form.
//!
//! Deterministic: a seed gives the same sources everywhere, and a failure names its number. Short in every run; `BUOY_DEEP`
//! makes it ten minutes, `BUOY_MUTATE_SECONDS` any length.

#![expect(clippy::disallowed_methods, reason = "the ban on clocks is for wasm; a long run ends by the clock")]

use super::{same_again, tricks::seeds};
use buoy_shared::markdown::{parse, references};
use buoy_shared::search::{Index, SearchDoc, build};
use std::time::{Duration, Instant};

/// Sources in a run without the clock.
const QUICK_ROUNDS: u64 = 4_000;
/// Minutes of a deep run, in seconds.
const DEEP_SECONDS: u64 = 600;

/// Pieces that mean something somewhere.
const PIECES: [&str; 46] = [
    "*",
    "**",
    "_",
    "__",
    "~~",
    "`",
    "``",
    "```\n",
    "~~~\n",
    "\n",
    "\n\n",
    "  \n",
    "\\\n",
    " ",
    "\t",
    "    ",
    "> ",
    "- ",
    "+ ",
    "1. ",
    "7) ",
    "# ",
    "### ",
    "---\n",
    "===\n",
    "|",
    "|---|---|\n",
    "[",
    "](",
    ")",
    "![",
    "<br>",
    "<b>",
    "</b>",
    "<a href=x>",
    "&amp;",
    "&#42;",
    "{{",
    "}}",
    "{%",
    "\\",
    "[!NOTE]\n",
    "[x] ",
    "é",
    "語",
    "\u{a0}",
];

/// Numbers that are the same everywhere (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % end.max(1)
    }
}

/// A place between two letters.
fn place(text: &str, numbers: &mut Numbers) -> usize {
    let mut at = numbers.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn mutated(seeds: &[String], numbers: &mut Numbers) -> String {
    let mut text = seeds[numbers.below(seeds.len())].clone();
    for _ in 0..=numbers.below(8) {
        let (a, b) = (place(&text, numbers), place(&text, numbers));
        let (from, to) = (a.min(b), a.max(b));
        match numbers.below(5) {
            0 => text.insert_str(from, PIECES[numbers.below(PIECES.len())]),
            1 => text.replace_range(from..floor(&text, to.min(from + 6)), ""),
            2 => {
                let other = &seeds[numbers.below(seeds.len())];
                let (c, d) = (place(other, numbers), place(other, numbers));
                text.insert_str(from, &other[c.min(d)..c.max(d)]);
            }
            3 => {
                let again = text[from..to].to_owned();
                text.insert_str(to, &again);
            }
            _ => {
                // Any bytes at all; what is no text becomes the sign for that.
                let mut bytes = text.into_bytes();
                if !bytes.is_empty() {
                    let at = numbers.below(bytes.len());
                    bytes[at] = numbers.next().to_le_bytes()[3];
                }
                text = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
        if text.len() > 20_000 {
            break;
        }
    }
    text
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Runs rounds until the number or the time is up.
fn rounds(mut round: impl FnMut(u64)) {
    let seconds = match (
        std::env::var("BUOY_MUTATE_SECONDS").ok().and_then(|text| text.parse().ok()),
        std::env::var("BUOY_DEEP"),
    ) {
        (Some(seconds), _) => Some(seconds),
        (None, Ok(_)) => Some(DEEP_SECONDS),
        (None, Err(_)) => None,
    };
    let began = Instant::now();
    let mut number = 0;
    while seconds.map_or(number < QUICK_ROUNDS, |seconds| began.elapsed() < Duration::from_secs(seconds)) {
        round(number);
        number += 1;
    }
    println!("{number} rounds in {:?}", began.elapsed());
}

#[test]
fn k3_whatever_reads_as_an_article_keeps_its_form() {
    let seeds = seeds();
    rounds(|number| {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15 ^ (number + 1).wrapping_mul(0xd134_2543_de82_ef95));
        let source = mutated(&seeds, &mut numbers);
        drop(references(&source));
        if let Ok(article) = parse(&source)
            && let Err(difference) = same_again(&article)
        {
            panic!("round {number}: {difference}\n--- source ---\n{source}");
        }
    });
}

#[test]
fn w3_no_query_makes_the_search_panic() {
    let seeds = seeds();
    let docs: Vec<SearchDoc<'_>> =
        seeds.iter().map(|body| SearchDoc { slug: "a", title: "Pay by card", body, ..SearchDoc::default() }).collect();
    let index = Index::load(&build("en", &docs)).expect("an index that was just built");
    rounds(|number| {
        let mut numbers = Numbers(number.wrapping_mul(0x2545_f491_4f6c_dd1d) | 1);
        let query = mutated(&seeds, &mut numbers);
        let query: String = query.chars().skip(numbers.below(60)).take(numbers.below(80)).collect();
        let hits = index.search(&query, 10);
        assert!(hits.len() <= 10 && hits.iter().all(|hit| hit.score > 0.0), "round {number}: {query:?}");
        drop(index.marks("Pay by card", &query));
    });
}
