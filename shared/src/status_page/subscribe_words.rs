//! What the pages of subscriptions say, and mails of every kind (W6): English and Russian; other languages are read from
//! files, see `page_words`.

use crate::page_words::Lines;

/// What a mail says by itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MailWords {
    pub(super) confirm_subject: &'static str,
    pub(super) confirm_asked: &'static str,
    pub(super) confirm_else: &'static str,
    pub(super) leave: &'static str,
    /// Below an answer of the team: whom its reader asked, and where they go on.
    pub(crate) answer_where: &'static str,
    /// Why they get it.
    pub(crate) answer_why: &'static str,
}

pub(crate) const ENGLISH_MAILS: MailWords = MailWords {
    confirm_subject: "Confirm your subscription: {site}",
    confirm_asked: "Somebody asked that news of incidents and planned work of {site} is sent to this address. If it was you, open this and confirm:",
    confirm_else: "If it was not you, do nothing: nothing more is sent.",
    leave: "To hear no more of this:",
    answer_where: "You wrote to {site} (#{number}). This answer also stands in the help window of the page where you wrote, in the same browser. Please go on there: a reply to this mail does not join the conversation.",
    answer_why: "You get this mail because this address was given with the question. If that was not you, do nothing.",
};

pub(crate) const RUSSIAN_MAILS: MailWords = MailWords {
    confirm_subject: "Подтвердите подписку: {site}",
    confirm_asked: "Кто-то попросил присылать на этот адрес новости о сбоях и плановых работах {site}. Если это вы, откройте ссылку и подтвердите:",
    confirm_else: "Если это не вы, ничего не делайте: больше ничего не придёт.",
    leave: "Чтобы больше не получать:",
    answer_where: "Вы писали в {site} (#{number}). Этот ответ есть и в окне помощи на странице, где вы писали, в том же браузере. Продолжайте, пожалуйста, там: ответ на это письмо в переписку не попадёт.",
    answer_why: "Вы получили это письмо, потому что вместе с вопросом был указан этот адрес. Если это были не вы, ничего не делайте.",
};

impl MailWords {
    /// Those of a file, in its order.
    pub(crate) fn read(lines: &mut Lines) -> Self {
        Self {
            confirm_subject: lines.take(),
            confirm_asked: lines.take(),
            confirm_else: lines.take(),
            leave: lines.take(),
            answer_where: lines.take(),
            answer_why: lines.take(),
        }
    }
}

/// What the form on the first page says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FormWords {
    pub(super) address: &'static str,
    pub(super) components: &'static str,
    pub(super) submit: &'static str,
}

pub(crate) const ENGLISH_FORM: FormWords = FormWords {
    address: "E-mail address, or a webhook that begins with https://",
    components: "What to hear of; nothing ticked is everything",
    submit: "Subscribe",
};

pub(crate) const RUSSIAN_FORM: FormWords = FormWords {
    address: "Адрес почты или вебхук, начинающийся с https://",
    components: "О чём сообщать; если ничего не отмечено — обо всём",
    submit: "Подписаться",
};

impl FormWords {
    /// Those of a file, in its order.
    pub(crate) fn read(lines: &mut Lines) -> Self {
        Self { address: lines.take(), components: lines.take(), submit: lines.take() }
    }
}

/// What the pages behind the form say: a title, and what is below it. What other modules see is also said by any page of ours
/// that is refused (`refused_page`).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AnswerWords {
    pub(super) mail_sent: [&'static str; 2],
    pub(super) hook_called: [&'static str; 3],
    pub(super) confirm: [&'static str; 3],
    pub(super) confirmed: [&'static str; 2],
    pub(super) leave: [&'static str; 3],
    pub(super) left: [&'static str; 2],
    pub(super) unknown: [&'static str; 2],
    pub(crate) refused: &'static str,
    pub(super) wrong_address: &'static str,
    pub(super) wrong_component: &'static str,
    pub(super) no_mail: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) ours: &'static str,
    pub(crate) not_understood: &'static str,
}

pub(crate) const ENGLISH_ANSWERS: AnswerWords = AnswerWords {
    mail_sent: [
        "Look into your mailbox",
        "We have sent a link to this address. Whoever opens it within two days and confirms hears of news; nobody else does.",
    ],
    hook_called: [
        "Your webhook is being asked",
        "It gets a signed request with a challenge. Once it answers 2xx with the challenge in its body, it hears of news.",
        "The secret that signs what it gets, shown only here:",
    ],
    confirm: ["Confirm the subscription", "News of incidents and planned work will be sent to you.", "Confirm"],
    confirmed: ["You are subscribed", "Every mail has a link that ends it."],
    leave: ["End the subscription", "Nothing more will be sent to you.", "Unsubscribe"],
    left: ["You are not subscribed any more", "Nothing more is sent to you."],
    unknown: [
        "There is no such subscription",
        "The link is too old, or was used already. Subscribe again, or do nothing.",
    ],
    refused: "This did not work",
    wrong_address: "We need an e-mail address such as name@example.com, or a public address that begins with https://.",
    wrong_component: "There is no such component.",
    no_mail: "This site sends no mail. A webhook and the feeds work.",
    busy: "That is too much at once. Please try again later.",
    ours: "The fault is ours. Please try again in a minute.",
    not_understood: "We did not understand what was asked for.",
};

pub(crate) const RUSSIAN_ANSWERS: AnswerWords = AnswerWords {
    mail_sent: [
        "Проверьте почту",
        "Мы отправили ссылку на этот адрес. Новости получит тот, кто за два дня откроет её и подтвердит, и никто больше.",
    ],
    hook_called: [
        "Проверяем ваш вебхук",
        "Он получит подписанный запрос с проверочным кодом. Когда он ответит 2xx с этим кодом в теле, он будет получать новости.",
        "Секрет, которым подписаны запросы, показан только здесь:",
    ],
    confirm: ["Подтвердите подписку", "Вам будут приходить новости о сбоях и плановых работах.", "Подтвердить"],
    confirmed: ["Вы подписаны", "В каждом письме есть ссылка для отписки."],
    leave: ["Отписаться", "Вам больше ничего не придёт.", "Отписаться"],
    left: ["Вы больше не подписаны", "Больше ничего не придёт."],
    unknown: ["Такой подписки нет", "Ссылка устарела или уже использована. Подпишитесь снова или ничего не делайте."],
    refused: "Не получилось",
    wrong_address: "Нужен адрес почты вида name@example.com или общедоступный адрес, начинающийся с https://.",
    wrong_component: "Такого компонента нет.",
    no_mail: "Этот сайт не отправляет почту. Вебхук и ленты работают.",
    busy: "Слишком много сразу. Попробуйте позже.",
    ours: "Это наша ошибка. Попробуйте через минуту.",
    not_understood: "Мы не поняли, что нужно было показать.",
};

impl AnswerWords {
    /// Those of a file, in its order.
    pub(crate) fn read(lines: &mut Lines) -> Self {
        Self {
            mail_sent: lines.take_all(),
            hook_called: lines.take_all(),
            confirm: lines.take_all(),
            confirmed: lines.take_all(),
            leave: lines.take_all(),
            left: lines.take_all(),
            unknown: lines.take_all(),
            refused: lines.take(),
            wrong_address: lines.take(),
            wrong_component: lines.take(),
            no_mail: lines.take(),
            busy: lines.take(),
            ours: lines.take(),
            not_understood: lines.take(),
        }
    }
}
