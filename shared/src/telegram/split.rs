//! Long texts, cut where Telegram wants them cut: at 4096 UTF-16 units, at the end of a line or a word if there is one.
//!
//! A reply finds its ticket by the beginning of the message that it replies to. So each message of a text about a ticket
//! begins with that ticket's number, and what somebody wrote at the beginning of a line never stands there.

/// UTF-16 units of one message.
pub const UNITS_MAX: usize = 4_096;

/// UTF-16 units that the largest number takes at the beginning of a message: `#4294967295 … `.
const HEAD_UNITS_MAX: usize = 14;

/// The text in messages, each of them with the number of the ticket that it is `about` in front; about none, no message
/// looks like one of a ticket.
#[must_use]
pub fn messages(text: &str, about: Option<u32>) -> Vec<String> {
    let mut pieces = split(text, UNITS_MAX.saturating_sub(HEAD_UNITS_MAX));
    let head = about.map(|number| format!("#{number} "));
    for (place, piece) in pieces.iter_mut().enumerate() {
        match &head {
            Some(head) if place == 0 && piece.starts_with(head) => {}
            Some(head) if place == 0 => piece.insert_str(0, head),
            Some(head) => piece.insert_str(0, &format!("{head}… ")),
            None if piece.starts_with('#') => piece.insert_str(0, "… "),
            None => {}
        }
    }
    pieces
}

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

    #[test]
    fn b_every_message_about_a_ticket_begins_with_its_number_and_no_other() {
        use crate::telegram::command::ticket_of;
        let long = format!("#12 Cannot pay\n{}\n#7 is what it says\n{}", "a".repeat(4_060), "b ".repeat(3_000));
        for (text, about, count) in [
            ("#12 Cannot pay", Some(12), 1),
            ("Cannot pay", Some(12), 1),
            (long.as_str(), Some(12), 3),
            (long.as_str(), Some(u32::MAX), 3),
            (long.as_str(), None, 3),
            ("#7 broke", None, 1),
        ] {
            let messages = messages(text, about);
            assert_eq!(messages.len(), count, "{text:.20}");
            for message in &messages {
                assert_eq!(ticket_of(message), about, "{message:.20}");
                assert!(message.encode_utf16().count() <= UNITS_MAX);
            }
        }
        assert_eq!(messages("#12 Cannot pay", Some(12)), ["#12 Cannot pay"]);
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
