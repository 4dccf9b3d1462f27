//! Finds every pattern of a policy in a message, in one walk over its words.
//!
//! For each place of each pattern the walk remembers where the pattern was last fulfilled up to there. The latest is always
//! the best, since the only limits are distance and the sentence, so nothing is ever tried twice. A word costs its look-ups
//! (one, and one for each length of beginnings) and the places that wait for it; both are bounded by the policy, not by the
//! message: `steps ≤ words × (look-ups + places that share a word)`.

use super::number::is_status;
use super::pattern::{Pattern, Patterns, Reading, SIGN_ADDRESS, SIGN_FIELD, SIGN_JSON, SIGN_KEY, normalise};
use super::scan::{Break, Token};
use super::words;

/// Most other words between two neighbours of a pattern.
const GAP_WORDS_MAX: usize = 2;

/// Most words between the ends of two groups: a sentence that somebody can still follow.
const GROUPS_APART_WORDS_MAX: usize = 16;

/// Shortest word that looks like an API key, in bytes.
const KEY_BYTES_MIN: usize = 20;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    /// Whether each pattern matched.
    pub(super) hits: Vec<bool>,
    /// Names of fields that patterns took in, with the pattern.
    pub(super) fields: Vec<(usize, &'a str)>,
    /// What the walk cost: look-ups and places, for the test that it is linear.
    pub(super) steps: usize,
}

/// How far a place or group was fulfilled.
#[derive(Debug, Clone, Copy, Default)]
struct Reached<'a> {
    /// Number of the last word, from 1; 0 for never.
    end: usize,
    sentence: usize,
    denied: bool,
    field: Option<&'a str>,
}

struct Walk<'p, 'a> {
    patterns: &'p Patterns,
    places: Vec<Reached<'a>>,
    groups: Vec<Reached<'a>>,
    found: Found<'a>,
    sentence: usize,
    /// The last word of denial.
    denial: usize,
    /// Light words since a denial that still reaches.
    reach: Option<u32>,
    /// Patterns that were first fulfilled by the word before, and by this one.
    fresh: (Vec<usize>, Vec<usize>),
}

/// A word or name that may take places: the numbers of its first and last words, from 1.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    place: usize,
    first: usize,
    field: Option<&'a str>,
}

/// Matches all patterns.
pub(super) fn walk<'a>(patterns: &Patterns, tokens: &[Token<'a>]) -> Found<'a> {
    let mut walk = Walk {
        patterns,
        places: vec![Reached::default(); patterns.places.len()],
        groups: vec![Reached::default(); patterns.groups],
        found: Found { hits: vec![false; patterns.patterns.len()], ..Found::default() },
        sentence: 0,
        denial: 0,
        reach: None,
        fresh: (Vec::new(), Vec::new()),
    };
    let (mut folded, mut stem, mut before) = (String::new(), String::new(), String::new());
    let (mut waiting, mut candidates) = (Vec::new(), Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        std::mem::swap(&mut before, &mut folded);
        if token.before == Break::Sentence {
            before.clear();
        }
        normalise(token.word, &before, &mut folded, &mut stem);
        walk.cross(token.before);
        candidates.clear();
        let mut take = |waiting: &mut Vec<usize>, first: usize, field: Option<&'a str>| {
            candidates.extend(waiting.drain(..).map(|place| Candidate { place, first, field }));
        };
        let number = at + 1;
        if token.address {
            patterns.waiting_for_sign(SIGN_ADDRESS, &mut waiting);
        } else {
            walk.found.steps += patterns.waiting(&folded, &stem, &mut waiting);
            if token.json {
                patterns.waiting_for_sign(SIGN_JSON, &mut waiting);
            }
            if looks_like_key(token.word) {
                patterns.waiting_for_sign(SIGN_KEY, &mut waiting);
            }
            if let Some(sign) = is_status(tokens, at) {
                patterns.waiting_for_sign(&sign, &mut waiting);
            }
        }
        take(&mut waiting, number, None);
        if let Some((first, name)) = token.name
            && is_field(name)
        {
            patterns.waiting_for_sign(SIGN_FIELD, &mut waiting);
            take(&mut waiting, first + 1, Some(name));
        }
        // Later places first: a word must not be two neighbours at once.
        candidates.sort_unstable_by_key(|candidate| std::cmp::Reverse(candidate.place));
        let is_denial = words::denial(&folded, &before).is_some();
        if words::denies_what_precedes(&folded) && token.before == Break::None {
            walk.take_back();
        }
        for candidate in &candidates {
            walk.take_place(*candidate, number, token.code, is_denial);
        }
        walk.pass(number, is_denial, &folded);
    }
    walk.found
}

impl<'a> Walk<'_, 'a> {
    fn cross(&mut self, before: Break) {
        if before == Break::Sentence {
            self.sentence += 1;
        }
        if before != Break::None {
            self.reach = None;
        }
    }

    /// Russian denies afterwards: `ошибок нет`.
    fn take_back(&mut self) {
        for pattern in self.fresh.0.drain(..) {
            if let Some(hit) = self.found.hits.get_mut(pattern) {
                *hit = false;
            }
        }
    }

    fn take_place(&mut self, candidate: Candidate<'a>, number: usize, code: bool, is_denial: bool) {
        self.found.steps += 1;
        let Some(place) = self.patterns.places.get(candidate.place) else { return };
        let Some(pattern) = self.patterns.patterns.get(place.pattern) else { return };
        if pattern.reading == Reading::Said && code {
            return;
        }
        let mut reached = Reached { end: number, sentence: self.sentence, denied: false, field: candidate.field };
        if place.follows {
            let before = self.places.get(candidate.place - 1).copied().unwrap_or_default();
            let in_reach = before.end != 0
                && before.sentence == self.sentence
                && before.end < candidate.first
                && candidate.first - before.end <= GAP_WORDS_MAX + 1;
            if !in_reach {
                return;
            }
            let denied_between = self.denial > before.end && self.denial < candidate.first;
            reached.denied = before.denied || denied_between;
            reached.field = reached.field.or(before.field);
        } else {
            reached.denied = self.reach.is_some() && !is_denial;
        }
        reached.denied &= pattern.reading != Reading::Topic;
        if let Some(slot) = self.places.get_mut(candidate.place) {
            *slot = reached;
        }
        if place.last {
            if let Some(slot) = self.groups.get_mut(place.group) {
                *slot = reached;
            }
            self.complete(place.pattern, pattern, number);
        }
    }

    /// A group is complete; perhaps its pattern is.
    fn complete(&mut self, number: usize, pattern: &Pattern, now: usize) {
        let groups = self.groups.get(pattern.first_group..pattern.first_group + pattern.groups).unwrap_or_default();
        let is_near = |group: &Reached<'_>| {
            group.end != 0
                && group.sentence == self.sentence
                && now - group.end <= GROUPS_APART_WORDS_MAX
                && !group.denied
        };
        if !groups.iter().all(is_near) {
            return;
        }
        if let Some(field) = groups.iter().find_map(|group| group.field) {
            self.found.fields.push((number, field));
        }
        if let Some(hit) = self.found.hits.get_mut(number)
            && !*hit
        {
            *hit = true;
            self.fresh.1.push(number);
        }
    }

    /// The word is done; a denial reaches on over light words.
    fn pass(&mut self, number: usize, is_denial: bool, folded: &str) {
        self.fresh.0.clear();
        std::mem::swap(&mut self.fresh.0, &mut self.fresh.1);
        if is_denial {
            self.denial = number;
            self.reach = Some(0);
        } else {
            let reach = self.reach.filter(|_| words::is_light(folded)).map(|words| words + 1);
            self.reach = reach.filter(|&words| words <= words::DENIAL_REACH_WORDS);
        }
    }
}

fn looks_like_key(word: &str) -> bool {
    let has = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    word.len() >= KEY_BYTES_MIN && word.is_ascii() && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

/// Whether a name may be a request's field: error messages have words of their own.
fn is_field(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    !lower.split(|c: char| !c.is_ascii_alphanumeric()).any(words::is_error_vocabulary)
}
