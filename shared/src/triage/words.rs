//! Words that the engine itself must know, because they turn round what the words beside them say.
//!
//! What a rule is about stands in the policy. Here is only grammar: what denies, what is too light to stop a denial, what
//! makes a number a status code and what makes it a mere count. All are folded, and lists of beginnings fit every inflected form.

/// What a word of denial is to a pattern: `not` or `cannot` for the English auxiliaries, else itself.
pub(super) fn denial<'a>(word: &'a str, before: &str) -> Option<&'a str> {
    match word {
        "cant" | "cannot" | "couldnt" | "unable" => Some("cannot"),
        "not" if matches!(before, "can" | "could") => Some("cannot"),
        "not" | "dont" | "doesnt" | "didnt" | "isnt" | "arent" | "wasnt" | "werent" | "wont" | "wouldnt" | "hasnt"
        | "havent" | "hadnt" | "shouldnt" | "aint" => Some("not"),
        "no" | "nothing" | "never" | "without" | "neither" | "nor" | "не" | "нет" | "ни" | "без" | "никогда" => {
            Some(word)
        }
        _ => None,
    }
}

/// The Russian denial that follows what it denies: `ошибок нет`.
pub(super) fn denies_what_precedes(word: &str) -> bool {
    word == "нет"
}

/// Words over which a denial reaches: `not that urgent`, `не очень срочно`, `no 429 errors`.
pub(super) fn is_light(word: &str) -> bool {
    const LIGHT: &str = " a an the any so very that this really yet quite too all at have has had been be being is are was it its \
        longer get getting got see seeing saw need needs actually currently entirely completely anymore \
        очень так уж совсем больше пока сильно особо это этот настолько слишком вообще было никаких такой какой ";
    is_one_of(word, LIGHT) || word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Most light words between a denial and what it denies.
pub(super) const DENIAL_REACH_WORDS: u32 = 4;

/// Beginnings of words beside which a number is a status code.
pub(super) fn speaks_of_status(word: &str) -> bool {
    const BEGINNINGS: &str = "err http stat code return respon repl answer get got fail receiv throw see unauthor forbid \
        timeout gateway internal bad too burst invalid expired key ключ неверн слишком ошиб код статус ответ отвеч возвр верн вернул получ прихо выда отда лов \
        ловит падае пада сыпл";
    begins_with_any(word, BEGINNINGS)
}

/// Whether a number before this word is a count or a price: `401 days`, `429 рублей`.
pub(super) fn makes_a_count(word: &str) -> bool {
    const BEGINNINGS: &str = "day week month year hour minut second user custom client people student line row record item order \
        file request call time event question dollar euro plan page ticket percent \
        день дня дней недел месяц лет минут секунд пользоват клиент человек ученик студент строк запис заказ \
        файл запрос событ вопрос доллар евро рубл тариф страниц тикет процент";
    const WHOLE: &str =
        " ms s kb mb gb am pm st nd rd th rub usd eur год года час часа часов сек мин руб раз мс кб мб гб шт ";
    begins_with_any(word, BEGINNINGS) || is_one_of(word, WHOLE)
}

/// Beginnings of words before which a number is a name: `order 401`, `заказ 401`.
pub(super) fn names_by_number(word: &str) -> bool {
    const BEGINNINGS: &str = "plan page room line ticket order invoic lesson port version row build flat house \
        тариф страниц комнат кабинет строк тикет заказ счет урок порт верси дом квартир";
    begins_with_any(word, BEGINNINGS)
}

/// Words that no request's field is called by itself: the vocabulary of error messages.
pub(super) fn is_error_vocabulary(word: &str) -> bool {
    const WORDS: &str = " error errors err message msg code type detail details status title reason field fields parameter param \
        params missing required invalid exceeded malformed validation loc rate limit json request response body unauthorized ";
    is_one_of(word, WORDS)
}

fn begins_with_any(word: &str, beginnings: &str) -> bool {
    beginnings.split(' ').any(|beginning| !beginning.is_empty() && word.starts_with(beginning))
}

/// `words` begins and ends with a blank and has one between any two.
fn is_one_of(word: &str, words: &str) -> bool {
    !word.is_empty() && words.split(' ').any(|known| known == word)
}
