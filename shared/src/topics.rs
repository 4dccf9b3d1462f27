//! What several tickets are about: pairs of words that their subjects share (K5).
//!
//! No model and no training: two subjects with the same two meaningful words are taken for one topic. Good enough to
//! put a topic on a list that a person reads.

use crate::api::RepeatedTopic;
use crate::search::{Stemmer, fold};
use std::collections::{BTreeMap, BTreeSet};

/// Tickets that make a topic: one may be chance, two a repeat of one customer.
const TICKETS_MIN: usize = 3;
/// Letters of a word that means something.
const WORD_CHARS_MIN: usize = 3;
/// Words of a subject that are looked at; pairs grow with their square.
const WORDS_MAX: usize = 8;
/// Words that say nothing about a topic.
const EMPTY_WORDS: [&str; 36] = [
    "the",
    "and",
    "for",
    "not",
    "can",
    "cannot",
    "does",
    "with",
    "you",
    "your",
    "our",
    "have",
    "has",
    "how",
    "what",
    "why",
    "when",
    "after",
    "from",
    "this",
    "that",
    "please",
    "help",
    "problem",
    "как",
    "что",
    "это",
    "для",
    "при",
    "или",
    "нет",
    "мой",
    "моя",
    "мне",
    "помогите",
    "почему",
];

/// The topics of these subjects, each of at least three tickets, the largest first. A ticket counts for one topic.
#[must_use]
pub fn repeated_topics(subjects: &[(String, String)], max: usize) -> Vec<RepeatedTopic> {
    let words: Vec<Vec<String>> = subjects.iter().map(|(locale, subject)| words_of(locale, subject)).collect();
    let mut holders: BTreeMap<(&str, &str), BTreeSet<usize>> = BTreeMap::new();
    for (ticket, words) in words.iter().enumerate() {
        for (at, first) in words.iter().enumerate() {
            for second in words.iter().skip(at + 1) {
                holders.entry((first.as_str(), second.as_str())).or_default().insert(ticket);
            }
        }
    }
    let mut topics = Vec::new();
    let mut counted: BTreeSet<usize> = BTreeSet::new();
    while topics.len() < max {
        let left = |tickets: &BTreeSet<usize>| tickets.difference(&counted).count();
        // Of pairs with as many, the first by the alphabet, so that the same subjects give the same list.
        let largest = holders.iter().max_by_key(|(pair, tickets)| (left(tickets), std::cmp::Reverse(*pair)));
        let Some((_, tickets)) = largest.filter(|(_, tickets)| left(tickets) >= TICKETS_MIN) else { break };
        let new: Vec<usize> = tickets.difference(&counted).copied().collect();
        let example = new.first().and_then(|first| subjects.get(*first)).map(|(_, subject)| subject.clone());
        topics.push(RepeatedTopic {
            example: example.unwrap_or_default(),
            tickets: u32::try_from(new.len()).unwrap_or(u32::MAX),
        });
        counted.extend(new);
    }
    topics
}

/// The meaningful words of a subject, stemmed, each once, in the order of the alphabet.
fn words_of(locale: &str, subject: &str) -> Vec<String> {
    let stemmer = Stemmer::for_locale(locale);
    let folded = fold(subject);
    let words: BTreeSet<String> = folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() >= WORD_CHARS_MIN && !EMPTY_WORDS.contains(word))
        .map(|word| {
            let mut stem = word.to_owned();
            stemmer.stem(&mut stem);
            stem
        })
        .collect();
    words.into_iter().take(WORDS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k5_tickets_about_the_same_thing_are_one_topic_and_each_counts_once() {
        let subjects: Vec<(String, String)> = [
            "Webhook retries stopped",
            "The webhook is not retrying",
            "webhook retry after 500?",
            "Webhook signature wrong",
            "Cannot export invoice",
            "export of invoices empty",
            "How can I export my invoice",
            "Something else",
        ]
        .iter()
        .map(|subject| ("en".to_owned(), (*subject).to_owned()))
        .collect();
        let topics = repeated_topics(&subjects, 10);
        let found: Vec<(&str, u32)> = topics.iter().map(|topic| (topic.example.as_str(), topic.tickets)).collect();
        assert_eq!(found, [("Cannot export invoice", 3), ("Webhook retries stopped", 3)]);
        assert_eq!(repeated_topics(&subjects, 1).len(), 1);
        assert!(repeated_topics(&[], 10).is_empty());
    }

    #[test]
    fn russian_subjects_are_one_topic_in_any_case() {
        let subjects: Vec<(String, String)> =
            ["Не открывается урок", "урок не открывается опять", "Почему не открываются уроки?"]
                .iter()
                .map(|subject| ("ru".to_owned(), (*subject).to_owned()))
                .collect();
        assert_eq!(repeated_topics(&subjects, 10).first().map(|topic| topic.tickets), Some(3));
    }
}
