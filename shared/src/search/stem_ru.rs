//! The Snowball Russian stemmer, as its authors define it.
//!
//! Written by hand from the definition, for its size. Each list of endings is one text: that is half
//! the bytes of a table of references, and it reads like a grammar book.
//!
//! It must only see folded words (`fold`): small letters, `ё` already `е`.

/// Endings of the perfective gerund after `а` or `я`, and those that need nothing before them.
const GERUND: Endings =
    Endings { after_a: "в вши вшись", free: "ив ивши ившись ыв ывши ывшись" };

const ADJECTIVE: Endings = Endings {
    after_a: "",
    free: "ее ие ые ое ими ыми ей ий ый ой ем им ым ом его ого ему ому их ых ую юю ая яя ою ею",
};

const PARTICIPLE: Endings = Endings { after_a: "ем нн вш ющ щ", free: "ивш ывш ующ" };

const REFLEXIVE: Endings = Endings { after_a: "", free: "ся сь" };

const VERB: Endings = Endings {
    after_a: "ла на ете йте ли й л ем н ло но ет ют ны ть ешь нно",
    free: "ила ыла ена ейте уйте ите или ыли ей уй ил ыл им ым ен ило ыло ено ят ует уют ит ыт ены ить ыть ишь ую ю",
};

const NOUN: Endings = Endings {
    after_a: "",
    free: "а ев ов ие ье е иями ями ами еи ии и ией ей ой ий й иям ям ием ем ам ом о у ах иях ях ы ь ию ью ю ия ья я",
};

const DERIVATIONAL: Endings = Endings { after_a: "", free: "ост ость" };

const SUPERLATIVE: Endings = Endings { after_a: "", free: "ейш ейше" };

/// One class of endings, separated by blanks.
struct Endings {
    /// Endings that count only after `а` or `я`, which stay.
    after_a: &'static str,
    /// Endings that count anywhere.
    free: &'static str,
}

/// Cuts `word` to its stem in place.
pub(super) fn stem(word: &mut String) {
    let Some(region) = after_vowel(word, 0) else { return };
    let r2 = after_consonant(word, region)
        .and_then(|at| after_vowel(word, at))
        .and_then(|at| after_consonant(word, at))
        .unwrap_or(word.len());
    if !cut(word, region, &GERUND) {
        cut(word, region, &REFLEXIVE);
        if cut(word, region, &ADJECTIVE) {
            cut(word, region, &PARTICIPLE);
        } else if !cut(word, region, &VERB) {
            cut(word, region, &NOUN);
        }
    }
    drop_ending(word, region, "и");
    if longest(word.get(region..).unwrap_or_default(), DERIVATIONAL.free)
        .is_some_and(|length| word.len() >= r2 + length)
    {
        cut(word, region, &DERIVATIONAL);
    }
    tidy_up(word, region);
}

/// Superlatives, a doubled `н`, a soft sign.
fn tidy_up(word: &mut String, region: usize) {
    let superlative = cut(word, region, &SUPERLATIVE);
    if word.get(region..).is_some_and(|rest| rest.ends_with("нн")) {
        drop_ending(word, region, "н");
    } else if !superlative {
        drop_ending(word, region, "ь");
    }
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я')
}

/// The place after the first vowel, looking from `start`.
fn after_vowel(word: &str, start: usize) -> Option<usize> {
    let rest = word.get(start..)?;
    let (at, letter) = rest.char_indices().find(|(_, letter)| is_vowel(*letter))?;
    Some(start + at + letter.len_utf8())
}

/// The place after the first consonant, looking from `start`.
fn after_consonant(word: &str, start: usize) -> Option<usize> {
    let rest = word.get(start..)?;
    let (at, letter) = rest.char_indices().find(|(_, letter)| !is_vowel(*letter))?;
    Some(start + at + letter.len_utf8())
}

/// Length in bytes of the longest ending of `list` that `rest` has.
fn longest(rest: &str, list: &str) -> Option<usize> {
    let endings = list.split(' ').filter(|ending| !ending.is_empty() && rest.ends_with(ending));
    endings.map(str::len).max()
}

/// Cuts the longest ending of the class, if there is one in the region; says whether it did. An
/// ending whose condition fails is not tried shorter: so the definition has it.
fn cut(word: &mut String, region: usize, endings: &Endings) -> bool {
    let rest = word.get(region..).unwrap_or_default();
    let free = longest(rest, endings.free);
    let length = match longest(rest, endings.after_a) {
        Some(length) if Some(length) > free => {
            let before = rest.get(..rest.len() - length).unwrap_or_default();
            if !before.ends_with(['а', 'я']) {
                return false;
            }
            length
        }
        _ => match free {
            Some(length) => length,
            None => return false,
        },
    };
    word.truncate(word.len() - length);
    true
}

fn drop_ending(word: &mut String, region: usize, ending: &str) {
    if word.get(region..).is_some_and(|rest| rest.ends_with(ending)) {
        word.truncate(word.len() - ending.len());
    }
}
