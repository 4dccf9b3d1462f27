//! Long texts, cut where Telegram wants them cut: at 4096 UTF-16 units, at the end of a line or a word if there is one.

/// UTF-16 units of one message.
pub const UNITS_MAX: usize = 4_096;

/// The text in pieces that one message can carry, in order; nothing is lost but the white space at a cut.
#[must_use]
pub fn split(text: &str, units_max: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = piece_end(rest, units_max);
        let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        pieces.push(piece.trim_end().to_owned());
        rest = if after.is_empty() { after } else { after.trim_start_matches(['\n', ' ']) };
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Where the first piece ends, in bytes.
fn piece_end(text: &str, units_max: usize) -> usize {
    let mut units = 0;
    let (mut line, mut word) = (0, 0);
    for (at, letter) in text.char_indices() {
        units += letter.len_utf16();
        if units > units_max {
            // A cut that leaves less than half is worse than one in a word.
            let good = [line, word].into_iter().find(|cut| *cut > at / 2);
            return good.unwrap_or(at).max(1);
        }
        match letter {
            '\n' => line = at + 1,
            ' ' => word = at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn b_a_long_text_is_cut_at_a_line_else_at_a_word_else_anywhere() {
        for (text, pieces) in [
            ("", vec![]),
            ("short", vec!["short"]),
            ("aaaa\nbbbbbb", vec!["aaaa", "bbbbbb"]),
            ("aaaa bbbbbb", vec!["aaaa", "bbbbbb"]),
            ("aaaaaaaabbbb", vec!["aaaaaaaa", "bbbb"]),
            ("😀😀😀😀😀", vec!["😀😀😀😀", "😀"]),
            ("a\n\n\n\n\n\n\n\n\n\nb", vec!["a", "b"]),
        ] {
            assert_eq!(split(text, 8), pieces, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_piece_is_too_long_and_no_letter_is_lost(text in "[a-zа-я😀 \n]{0,300}", max in 2usize..40) {
            let pieces = split(&text, max);
            for piece in &pieces {
                prop_assert!(piece.encode_utf16().count() <= max && !piece.is_empty());
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&pieces.concat()), letters(&text));
        }
    }
}
