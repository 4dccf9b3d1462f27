//! What people say to a bot before they say what they want: nobody needs a ticket for a greeting.

/// Greetings and thanks, each by itself, without signs and in small letters.
const PHRASES: [&str; 29] = [
    "hello",
    "hello there",
    "hi there",
    "hey there",
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "greetings",
    "thanks",
    "thanks a lot",
    "thank you",
    "thank you very much",
    "start",
    "help",
    "menu",
    "привет",
    "приветствую",
    "здравствуй",
    "здравствуйте",
    "добрый день",
    "доброе утро",
    "добрый вечер",
    "доброго дня",
    "доброго времени суток",
    "спасибо",
    "большое спасибо",
    "спасибо большое",
    "меню",
];
/// Letters of a single word that says nothing by itself.
const SHORT_LETTERS_MAX: usize = 3;

/// Whether a text is a greeting, thanks, one very short word or no word at all. A number is an answer, or an order; and in
/// scripts without small letters two characters may say it all.
#[must_use]
pub fn is_small_talk(text: &str) -> bool {
    let plain: String = text
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    match words.as_slice() {
        [] => true,
        [word] if word.chars().count() <= SHORT_LETTERS_MAX => word.chars().all(char::is_lowercase),
        _ => PHRASES.contains(&words.join(" ").as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_nothing_of_a_problem_is_small_talk() {
        for text in [
            "",
            "?",
            "👋",
            "hello",
            "Hello!",
            "Hi",
            "Hi there :)",
            "ПРИВЕТ!!!",
            "Добрый день 👋",
            "да",
            "ok",
            "Спасибо!",
        ] {
            assert!(is_small_talk(text), "{text}");
        }
        for text in [
            "Hello, I cannot log in",
            "Привет, не могу войти",
            "login",
            "Оплата",
            "error 500",
            "500",
            "Спасибо, но не помогло",
            "не могу",
            "no sound",
            "退款",
        ] {
            assert!(!is_small_talk(text), "{text}");
        }
    }
}
