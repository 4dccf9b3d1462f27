//! Folding: the form in which two spellings of one word are the same text.
//!
//! Lower case, and no accents on Latin and Greek letters, because people type `resume` for `résumé`
//! and leave out what their keyboard makes tedious; `ё` becomes `е` for the same reason, while `й` is
//! a letter of its own and stays. The tables are ours: the full Unicode tables cost a visitor more
//! bytes than the rest of this module, and they change between compiler releases, so that an index
//! built by one release would not fit the panel of another.
//!
//! It must not decide what a word is (that is `token`) nor cut endings (that is `stem`).

/// First letter of [`LATIN`]: `À`.
const LATIN_FIRST: u32 = 0xC0;

/// Base letters of U+00C0–U+017F (Latin-1 Supplement and Latin Extended-A), in code order.
/// A digit stands for a letter that folds to two; see [`DIGRAPHS`].
const LATIN: &[u8; 192] = b"aaaaaa1ceeeeiiiidnooooo0ouuuuy32aaaaaa1ceeeeiiiidnooooo0ouuuuy3y\
aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii44jjkkklllllll\
lllnnnnnnnnnoooooo55rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// What the digits of [`LATIN`] stand for: `×` and `÷` (not letters), `æ`, `ß`, `þ`, `ij`, `œ`.
const DIGRAPHS: [&str; 6] = ["", "ae", "ss", "th", "ij", "oe"];

/// Base letters of U+01CD–U+01DC, the pinyin vowels.
const PINYIN: &[u8; 16] = b"aaiioouuuuuuuuuu";

/// Base letters of U+0200–U+021B; the last four are Romanian `ș` and `ț`.
const LATIN_B: &[u8; 28] = b"aaaaeeeeiiiioooorrrruuuusstt";

/// Appends the folded form of `letter` to `out`: nothing for a combining accent, two letters for `ß`.
pub(crate) fn push(letter: char, out: &mut String) {
    let code = u32::from(letter);
    match code {
        0..=0x7F => out.push(letter.to_ascii_lowercase()),
        0xC0..=0x17F => push_latin(code, out),
        0x1CD..=0x1DC => push_base(PINYIN, code - 0x1CD, letter, out),
        0x200..=0x21B => push_base(LATIN_B, code - 0x200, letter, out),
        0x300..=0x36F => push_accent(code, out),
        0x1E9E => out.push_str("ss"),
        0xFF01..=0xFF5E => push_full_width(code, out),
        // Vowel signs of Arabic and Hebrew, and the Arabic stretching line: written or left out at will.
        0x640 | 0x64B..=0x652 | 0x670 | 0x5B0..=0x5BD | 0x5BF | 0x5C1 | 0x5C2 => {}
        // Invisible characters that pasted text carries inside words.
        0xAD | 0x200B..=0x200D | 0xFE00..=0xFE0F | 0xFEFF => {}
        _ => out.push(char::from_u32(other(code)).unwrap_or(letter)),
    }
}

/// Folds a whole text; for callers who hold a word, not its letters.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        push(letter, &mut out);
    }
    out
}

fn push_latin(code: u32, out: &mut String) {
    let place = usize::try_from(code - LATIN_FIRST).unwrap_or(0);
    let base = LATIN.get(place).copied().unwrap_or(b'0');
    match DIGRAPHS.get(usize::from(base.wrapping_sub(b'0'))) {
        Some(two) => out.push_str(two),
        None => out.push(char::from(base)),
    }
}

fn push_base(table: &[u8], place: u32, letter: char, out: &mut String) {
    let base = usize::try_from(place).ok().and_then(|at| table.get(at));
    out.push(base.map_or(letter, |&base| char::from(base)));
}

/// A combining accent disappears, with one exception: `и` and a breve are the letter `й`, which some
/// systems write as two characters.
fn push_accent(code: u32, out: &mut String) {
    const BREVE: u32 = 0x306;
    if code == BREVE && out.ends_with('и') {
        out.pop();
        out.push('й');
    }
}

/// Full-width forms of ASCII, as Japanese and Chinese keyboards write them, are 0xFEE0 above it.
fn push_full_width(code: u32, out: &mut String) {
    if let Some(plain) = char::from_u32(code - 0xFEE0) {
        out.push(plain.to_ascii_lowercase());
    }
}

/// The folded code of a letter that stays one letter.
fn other(code: u32) -> u32 {
    match code {
        0x1A0 | 0x1A1 | 0x1ECC..=0x1EE3 => u32::from('o'),
        0x1AF | 0x1B0 | 0x1EE4..=0x1EF1 => u32::from('u'),
        0x1EA0..=0x1EB7 => u32::from('a'),
        0x1EB8..=0x1EC7 => u32::from('e'),
        0x1EC8..=0x1ECB => u32::from('i'),
        0x1EF2..=0x1EF9 => u32::from('y'),
        0x1E00..=0x1E95 => code | 1,
        0x370..=0x3FF => greek(code),
        0x400..=0x52F => cyrillic(code),
        0x531..=0x556 => code + 0x30,           // Armenian capitals
        0x622 | 0x623 | 0x625 | 0x671 => 0x627, // alef with hamza, madda or wasla
        0x649 => 0x64A,                         // alef maksura, often typed for yeh
        0x629 => 0x647,                         // teh marbuta, often typed as heh
        _ => code,
    }
}

/// Greek without tonos and dialytika; the final sigma is a sigma.
fn greek(code: u32) -> u32 {
    let base = match code {
        0x386 | 0x3AC => 'α',
        0x388 | 0x3AD => 'ε',
        0x389 | 0x3AE => 'η',
        0x38A | 0x390 | 0x3AA | 0x3AF | 0x3CA => 'ι',
        0x38C | 0x3CC => 'ο',
        0x38E | 0x3AB | 0x3B0 | 0x3CB | 0x3CD => 'υ',
        0x38F | 0x3CE => 'ω',
        0x3C2 => 'σ',
        0x391..=0x3A1 | 0x3A3..=0x3A9 => return code + 0x20,
        _ => return code,
    };
    u32::from(base)
}

/// Cyrillic small letters; `ё`, `ѐ` and `ѝ` lose their marks, every other letter is its own.
fn cyrillic(code: u32) -> u32 {
    match code {
        0x401 | 0x451 | 0x400 | 0x450 => u32::from('е'),
        0x40D | 0x45D => u32::from('и'),
        0x402..=0x40F => code + 0x50,
        0x410..=0x42F => code + 0x20,
        0x4C0 => 0x4CF,
        0x4C1..=0x4CE => code + (code & 1),        // here capitals are odd
        0x460..=0x481 | 0x48A..=0x52F => code | 1, // elsewhere they are even
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_fold_to_one_text() {
        for (written, folded) in [
            ("", ""),
            ("Password", "password"),
            ("RÉSUMÉ", "resume"),
            ("re\u{301}sume\u{301}", "resume"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("GROẞ", "gross"),
            ("Ærøskøbing", "aeroskobing"),
            ("Łódź", "lodz"),
            ("İstanbul ılık", "istanbul ilik"),
            ("București", "bucuresti"),
            ("Đường phố", "duong pho"),
            ("Ёлка", "елка"),
            ("Йод", "йод"),
            ("и\u{306}од", "йод"),
            ("ЇЖАК Ґанок", "їжак ґанок"),
            ("Қазақстан", "қазақстан"),
            ("ΠΆΡΟΧΟΣ πάροχος", "παροχοσ παροχοσ"),
            ("Հայերեն", "հայերեն"),
            ("ＡＰＩ", "api"),
            ("إعدادات", "اعدادات"),
            ("soft\u{AD}ware", "software"),
            ("設定", "設定"),
        ] {
            assert_eq!(fold(written), folded, "{written}");
        }
    }

    /// The standard library knows the whole of Unicode; ours must agree wherever it changes a letter
    /// of the alphabets below, accents aside.
    #[test]
    fn capitals_and_small_letters_of_every_alphabet_fold_alike() {
        for code in (0x41..=0x24F).chain(0x370..=0x556).chain(0x1E00..=0x1EF9) {
            let Some(letter) = char::from_u32(code) else { continue };
            let small: String = letter.to_lowercase().collect();
            // Rare letters of phonetic and African alphabets, archaic Greek: left as they are.
            let rare = matches!(code, 0x180..=0x1CC | 0x1DD..=0x1FF | 0x21C..=0x24F | 0x370..=0x385 | 0x3CF..=0x3FF);
            if !rare {
                assert_eq!(fold(&small), fold(&letter.to_string()), "{letter}");
            }
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for code in 0..=0xFFFF {
            if let Some(letter) = char::from_u32(code) {
                let once = fold(&letter.to_string());
                assert_eq!(fold(&once), once, "U+{code:04X}");
            }
        }
    }
}
