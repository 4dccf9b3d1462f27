//! The wrong keyboard layout: `ghbdtn` is `привет` typed with English keys, `зфыыцщкв` is `password` with Russian ones.
//!
//! Keys are compared by their places. It must not decide when a query was meant so; `expand` does.

use super::fold::fold;

/// English keys, and the Russian letters on them.
const KEYS: [(&str, &str); 2] =
    [("`qwertyuiop[]asdfghjkl;'zxcvbnm,.", "ёйцукенгшщзхъфывапролджэячсмитьбю"), ("~{}:\"<>", "ёхъжэбю")];

/// What the same keys say in the other layout; nothing if no letter changes or the text mixes both alphabets.
pub(super) fn in_other_layout(text: &str) -> Option<String> {
    let text = fold(text);
    let is_russian = |letter: char| matches!(letter, 'а'..='я' | 'ё');
    let russian = text.contains(is_russian);
    if russian == text.contains(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let other = |letter: char| {
        KEYS.iter().find_map(|(english, cyrillic)| {
            let (from, to) = if russian { (cyrillic, english) } else { (english, cyrillic) };
            let place = from.chars().position(|key| key == letter)?;
            to.chars().nth(place)
        })
    };
    Some(text.chars().map(|letter| other(letter).unwrap_or(letter)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_keys_say_another_word() {
        for (typed, meant) in [
            ("ghbdtn", Some("привет")),
            ("Gfhjkm", Some("пароль")),
            ("gjlgbcrf", Some("подписка")),
            ("[jxe", Some("хочу")),
            ("зфыыцщкв", Some("password")),
            ("фзш лун", Some("api key")),
            ("ключ api", None),
            ("401", None),
            ("", None),
            ("日本", None),
        ] {
            assert_eq!(in_other_layout(typed).as_deref(), meant, "{typed}");
        }
    }
}
