//! Characters: which belong to a word, which join two, and which are no letters at all.
//!
//! The tables are ours, and coarse: they name what is not a letter, in the blocks that support texts
//! use. The full tables of Unicode weigh more than they are worth here, and they change between
//! compiler releases, so that a panel would read words other than those that the edge indexed.
//!
//! It must not fold (`fold`) nor know where words begin (`token`).

/// What a character does to the word being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Belongs to a word.
    Letter,
    /// Belongs to the letter before it: accents, vowel signs, invisible characters.
    Mark,
    /// A letter of a script without spaces between words.
    Dense,
    /// Joins two words when letters stand on both sides.
    Joiner,
    /// Ends a word.
    Space,
}

/// Looks a character up.
pub(crate) fn class(letter: char) -> Class {
    let code = u32::from(letter);
    match code {
        0x30..=0x39 | 0x41..=0x5A | 0x61..=0x7A => Class::Letter,
        0x27 | 0x2D | 0x2E | 0x5F | 0x2BC | 0x2010 | 0x2011 | 0x2019 => Class::Joiner,
        0x00..=0xBF => match code {
            0xAD => Class::Mark,
            0xAA | 0xB5 | 0xBA => Class::Letter,
            _ => Class::Space,
        },
        0x300..=0x36F | 0x200B..=0x200D | 0xFE00..=0xFE0F | 0xFEFF => Class::Mark,
        _ if is_dense(code) => Class::Dense,
        _ if is_space(code) => Class::Space,
        _ => Class::Letter,
    }
}

/// The signs in which Japanese writes its grammar.
pub(super) fn is_hiragana(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{309F}')
}

/// No letter before it is of a script without spaces: most words need no look at the tables.
pub(super) const FIRST_DENSE: char = '\u{E01}';

/// Thai, Lao, Burmese, Khmer, kana, Chinese characters, Hangul (its particles cling to the word).
fn is_dense(code: u32) -> bool {
    matches!(code,
        0xE01..=0xE3A | 0xE40..=0xE4E | 0xE81..=0xECF | 0x1000..=0x1049
        | 0x1780..=0x17D3 | 0x3005..=0x3007 | 0x3041..=0x3096 | 0x3099..=0x309F | 0x30A1..=0x30FA
        | 0x30FC..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9F | 0x20000..=0x3FFFF)
}

/// Signs above Latin-1: punctuation of each script, symbols, emoji, private use. What is not named
/// here is a letter, so that a script we forgot is searched by whole words and not lost.
fn is_space(code: u32) -> bool {
    matches!(code,
        0xD7 | 0xF7 | 0x2C2..=0x2C5 | 0x2D2..=0x2DF | 0x37E | 0x387 | 0x482 | 0x55A..=0x55F | 0x589..=0x58F
        | 0x5BE | 0x5C0 | 0x5C3 | 0x5C6 | 0x5F3 | 0x5F4 | 0x600..=0x60F | 0x61B..=0x61F | 0x66A..=0x66D
        | 0x6D4 | 0x6DD | 0x700..=0x70F | 0x964 | 0x965 | 0x970 | 0xDF4 | 0xE3F | 0xE4F
        | 0xE5A | 0xE5B | 0xF01..=0xF14 | 0x104A..=0x104F | 0x10FB | 0x1360..=0x1368 | 0x1680
        | 0x17D4..=0x17D6 | 0x17D8..=0x17DB | 0x1800..=0x180E | 0x2000..=0x206F | 0x20A0..=0x20FF
        | 0x2116 | 0x2117 | 0x2120 | 0x2122 | 0x2190..=0x2BFF
        | 0x2E00..=0x3004 | 0x3008..=0x3020 | 0x3030 | 0x303D..=0x303F | 0x3040 | 0x3097 | 0x3098 | 0x30A0
        | 0x30FB | 0x3200..=0x33FF | 0xE000..=0xF8FF | 0xFD3E | 0xFD3F | 0xFE10..=0xFE6F
        | 0xFF00..=0xFF0F | 0xFF1A..=0xFF20 | 0xFF3B..=0xFF40 | 0xFF5B..=0xFF65 | 0xFFE0..=0xFFFF
        | 0x1F000..=0x1FBFF | 0xE0000..=0x10FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard library's opinion of letters, over every script: whatever it calls a letter or a
    /// digit is in a word here.
    #[test]
    fn no_letter_of_any_script_is_lost() {
        for code in 0x30..=0x323AF_u32 {
            let Some(letter) = char::from_u32(code) else { continue };
            // Superscripts, fractions and numbers in circles: signs to a reader, and rare in queries.
            let sign = matches!(code, 0xB2..=0xBE | 0x2150..=0x218B | 0x2460..=0x24FF | 0x2776..=0x2793
                | 0x2E2F | 0x3200..=0x33FF | 0x1F100..=0x1F1FF | 0x1FBF0..=0x1FBF9);
            if letter.is_alphanumeric() && !sign {
                assert_ne!(class(letter), Class::Space, "{letter} U+{code:04X}");
            }
        }
    }

    #[test]
    fn no_sign_of_the_common_blocks_is_a_letter() {
        for sign in "!\"#$%&()*+,/:;<=>?@[\\]^`{|}~«»“”„‘‚–—…·•©®™№§€£¥₽←→✓★「」。、・？！（）؟،।\u{A0}\u{2028}".chars()
        {
            assert_eq!(class(sign), Class::Space, "{sign}");
        }
    }
}
