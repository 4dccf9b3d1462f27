//! What a person meets when searching: the whole way from articles to hits, in English and Russian.

use super::*;
use proptest::prelude::*;

const EN: [SearchDoc<'static>; 7] = [
    SearchDoc {
        slug: "reset-password",
        title: "How to reset your password",
        headings: "Before you start\nReset by e-mail",
        body: "Open the sign-in page and choose “Forgot password”. We send a link that works for one hour.",
        keywords: "login credentials",
        summary: "A link by e-mail sets a new password.",
    },
    SearchDoc {
        slug: "rotate-api-keys",
        title: "How to rotate API keys",
        headings: "Create a second key\nRevoke the old one",
        body: "An API-key is like a password: never put it into a repository. Error 401 means the key was revoked.",
        keywords: "token secret",
        summary: "Two keys can live at once.",
    },
    SearchDoc {
        slug: "invoices",
        title: "How to download invoices",
        headings: "",
        body: "Invoices are made on the first day of the month. Payments by card appear at once, transfers later.",
        keywords: "billing receipt",
        summary: "",
    },
    SearchDoc {
        slug: "change-card",
        title: "How to change the payment card",
        headings: "",
        body: "Open billing and choose another card. The next payment uses it.",
        keywords: "",
        summary: "",
    },
    SearchDoc {
        slug: "webhooks",
        title: "How to receive webhooks",
        headings: "Signatures\nRetries",
        body: "We call your address for each event. Answer with 200 in ten seconds or we try again.",
        keywords: "callback",
        summary: "",
    },
    SearchDoc {
        slug: "limits",
        title: "Rate limits of the API",
        headings: "",
        body: "Error 429 says that you call too often. Payments are not limited.",
        keywords: "",
        summary: "",
    },
    SearchDoc {
        slug: "export",
        title: "How to export your data",
        headings: "",
        body: "Exports are archives of JSON files. They include settings, people and payments.",
        keywords: "",
        summary: "",
    },
];

const RU: [SearchDoc<'static>; 4] = [
    SearchDoc {
        slug: "reset-password",
        title: "Как сбросить пароль",
        headings: "",
        body: "Откройте страницу входа и нажмите «Забыли пароль». Письмо придёт за минуту.",
        keywords: "логин вход",
        summary: "",
    },
    SearchDoc {
        slug: "api-keys",
        title: "Как получить ключ API",
        headings: "",
        body: "Ключи создаёт администратор в настройках. Webhooks подписываются отдельно.",
        keywords: "токен",
        summary: "",
    },
    SearchDoc {
        slug: "refund",
        title: "Как вернуть деньги за подписку",
        headings: "",
        body: "Возврат занимает до десяти дней. Отмените подписку в настройках оплаты.",
        keywords: "",
        summary: "",
    },
    SearchDoc {
        slug: "accounts",
        title: "Учётные записи и роли",
        headings: "",
        body: "Ещё одну учётную запись добавит администратор.",
        keywords: "",
        summary: "",
    },
];

fn index(locale: &str, docs: &[SearchDoc<'_>]) -> Index {
    Index::load(&build(locale, docs)).expect("what was built can be read")
}

fn found(index: &Index, query: &str) -> Vec<String> {
    index.search(query, 10).iter().map(|hit| index.slug(hit.doc).to_owned()).collect()
}

fn first(index: &Index, query: &str) -> String {
    found(index, query).into_iter().next().unwrap_or_default()
}

#[test]
fn english_questions_find_their_article() {
    let index = index("en", &EN);
    for (query, slug) in [
        ("I forgot my password", "reset-password"),
        ("resetting passwords", "reset-password"),
        ("credentials", "reset-password"),
        ("rotating keys ", "rotate-api-keys"),
        ("api key", "rotate-api-keys"),
        ("api-key", "rotate-api-keys"),
        ("apikey ", "rotate-api-keys"),
        ("API_KEY?", "rotate-api-keys"),
        ("401", "rotate-api-keys"),
        ("error 429", "limits"),
        ("billing", "invoices"),
        ("changed my card", "change-card"),
        ("email ", "reset-password"),
        ("JSON", "export"),
    ] {
        assert_eq!(first(&index, query), slug, "{query}");
    }
}

#[test]
fn russian_inflected_form_finds_the_base_form() {
    let index = index("ru", &RU);
    for (query, slug) in [
        ("пароля", "reset-password"),
        ("сброс паролей", "reset-password"),
        ("получение ключей ", "api-keys"),
        ("токены ", "api-keys"),
        ("вернули деньги?", "refund"),
        ("отмена подписки", "refund"),
        ("учетная запись", "accounts"),
        ("УЧЁТНОЙ ЗАПИСЬЮ", "accounts"),
        ("webhook ", "api-keys"),
    ] {
        assert_eq!(first(&index, query), slug, "{query}");
    }
}

#[test]
fn a_title_match_outranks_a_body_match() {
    let docs = [
        SearchDoc { slug: "body", body: "invoices and nothing else", title: "Something", ..SearchDoc::default() },
        SearchDoc { slug: "heading", headings: "invoices", title: "Something", ..SearchDoc::default() },
        SearchDoc { slug: "keyword", keywords: "invoices", title: "Something", ..SearchDoc::default() },
        SearchDoc { slug: "title", title: "Invoices", ..SearchDoc::default() },
    ];
    assert_eq!(found(&index("en", &docs), "invoice"), ["title", "keyword", "heading", "body"]);
}

#[test]
fn three_letters_find_the_article_they_begin() {
    let index = index("en", &EN);
    for (typed, slug) in
        [("web", "webhooks"), ("exp", "export"), ("how to rot", "rotate-api-keys"), ("inv", "invoices")]
    {
        assert_eq!(first(&index, typed), slug, "{typed}");
    }
}

#[test]
fn every_beginning_of_a_title_of_three_letters_or_more_keeps_its_article() {
    for (locale, docs) in [("en", &EN[..]), ("ru", &RU[..])] {
        let index = index(locale, docs);
        for doc in docs {
            for (end, _) in doc.title.char_indices().skip(3) {
                let typed = &doc.title[..end];
                assert!(found(&index, typed).iter().any(|slug| slug == doc.slug), "{typed}");
            }
        }
    }
}

#[test]
fn a_beginning_of_very_many_words_still_answers() {
    let titles: Vec<String> = (0..500).map(|number| format!("pre{number:03}")).collect();
    let docs: Vec<SearchDoc<'_>> = titles.iter().map(|title| SearchDoc { title, ..SearchDoc::default() }).collect();
    let index = index("en", &docs);
    assert_eq!(index.search("pre", 10).len(), 10);
    assert_eq!(index.search("p", HITS_MAX).len(), 32);
    assert_eq!(index.search("pre499", 10).len(), 1);
}

#[test]
fn a_half_typed_ending_still_finds_the_stem() {
    let docs = [SearchDoc { slug: "run", title: "Run a job", ..SearchDoc::default() }];
    let index = index("en", &docs);
    for typed in ["r", "ru", "run", "runn", "runni", "runnin", "running"] {
        assert_eq!(first(&index, typed), "run", "{typed}");
    }
}

#[test]
fn a_separator_says_that_the_last_word_is_complete() {
    let index = index("en", &EN);
    assert_eq!(first(&index, "exp"), "export");
    assert_eq!(first(&index, "exp "), "");
}

#[test]
fn a_complete_last_word_outranks_the_words_it_begins() {
    let docs = [
        SearchDoc { slug: "payment", title: "payment", ..SearchDoc::default() },
        SearchDoc { slug: "pay", title: "pay", ..SearchDoc::default() },
    ];
    assert_eq!(found(&index("en", &docs), "pay"), ["pay", "payment"]);
}

#[test]
fn documents_with_more_of_the_words_come_first() {
    let docs = [
        SearchDoc { slug: "one", body: "card card card card card card", ..SearchDoc::default() },
        SearchDoc { slug: "both", body: "a payment by card takes time", ..SearchDoc::default() },
        SearchDoc { slug: "other", body: "payment payment payment payment", ..SearchDoc::default() },
    ];
    assert_eq!(first(&index("en", &docs), "payment card "), "both");
}

#[test]
fn one_wrong_letter_is_forgiven() {
    let english = index("en", &EN);
    for typed in ["pasword", "passwrod", "paswsord", "passsword", "passwird"] {
        assert_eq!(first(&english, typed), "reset-password", "{typed}");
    }
    assert_eq!(first(&index("ru", &RU), "подпсику"), "refund");
}

#[test]
fn the_right_spelling_outranks_its_neighbour() {
    let docs = [
        SearchDoc { slug: "form", title: "forms", ..SearchDoc::default() },
        SearchDoc { slug: "font", title: "fonts", ..SearchDoc::default() },
        SearchDoc { slug: "fort", title: "forts", ..SearchDoc::default() },
    ];
    let index = index("en", &docs);
    assert_eq!(found(&index, "fort "), ["fort"], "a known word stands for nothing else");
    assert_eq!(found(&index, "forf "), ["form", "fort"]);
}

#[test]
fn short_words_and_codes_are_not_guessed() {
    let index = index("en", &EN);
    for typed in ["kex ", "402 ", "e401 "] {
        assert_eq!(first(&index, typed), "", "{typed}");
    }
}

#[test]
fn stop_words_alone_still_answer() {
    let index = index("en", &EN);
    assert_eq!(found(&index, "how to ").len(), 6);
    assert_eq!(found(&index, "the").len(), 6);
}

#[test]
fn nothing_typed_is_nothing_found() {
    let index = index("en", &EN);
    for query in ["", "   ", "?!…", "—", "zzzzzz"] {
        assert_eq!(index.search(query, 10), [], "{query}");
    }
    assert_eq!(index.search("password", 0), []);
}

#[test]
fn equals_keep_the_order_in_which_they_were_added() {
    let docs = ["a", "b", "c", "d"].map(|slug| SearchDoc { slug, title: "Same title", ..SearchDoc::default() });
    assert_eq!(found(&index("en", &docs), "same"), ["a", "b", "c", "d"]);
    assert_eq!(index("en", &docs).search("same", 2).len(), 2);
}

#[test]
fn a_query_of_a_whole_page_is_cut_and_answered() {
    let index = index("en", &EN);
    assert_eq!(first(&index, &"password ".repeat(10_000)), "reset-password");
    let padding = "x ".repeat(QUERY_CHARS_MAX);
    assert_eq!(first(&index, &format!("{padding}password")), "");
}

#[test]
fn other_scripts_are_searched_by_their_characters() {
    let docs = [
        SearchDoc { slug: "billing", title: "請求書をダウンロードする", ..SearchDoc::default() },
        SearchDoc { slug: "password", title: "パスワードを再設定する", ..SearchDoc::default() },
    ];
    let index = index("ja", &docs);
    assert_eq!(first(&index, "パスワード"), "password");
    assert_eq!(first(&index, "請求"), "billing");
    assert_eq!(first(&index, "請"), "billing");
}

#[test]
fn an_index_tells_what_to_show() {
    let index = index("en-GB", &EN);
    assert_eq!((index.len(), index.is_empty(), index.locale()), (7, false, "en-GB"));
    assert_eq!(index.title(1), "How to rotate API keys");
    assert_eq!(index.summary(1), "Two keys can live at once.");
    for missing in [7, u32::MAX / 3 + 1, u32::MAX] {
        assert_eq!((index.slug(missing), index.title(missing), index.summary(missing)), ("", "", ""));
    }
}

#[test]
fn an_empty_knowledge_base_is_an_index_too() {
    let index = index("en", &[]);
    assert!(index.is_empty());
    assert_eq!(index.search("password", 10), []);
}

#[test]
fn the_same_articles_give_the_same_bytes() {
    assert_eq!(build("ru", &RU), build("ru", &RU));
}

proptest! {
    #[test]
    fn an_article_is_found_by_each_word_of_it(words in proptest::collection::vec("[a-zа-яё0-9'-]{1,12}", 1..12), locale in "en|ru|de") {
        let body = words.join(" ");
        let docs = [SearchDoc { slug: "it", body: &body, ..SearchDoc::default() }];
        let index = index(&locale, &docs);
        for word in body.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
            // What an apostrophe joins is one word, so its half alone need not be found.
            if !body.contains('\'') {
                prop_assert_eq!(first(&index, &format!("{word} ")), "it", "{} in {}", word, body);
            }
        }
    }

    #[test]
    fn hits_are_unique_and_descend(query in "\\PC{0,40}|(how|to|the|pay|card|key|api| ){0,8}", limit in 0_usize..12) {
        let index = index("en", &EN);
        let hits = index.search(&query, limit);
        prop_assert!(hits.len() <= limit);
        for pair in hits.windows(2) {
            prop_assert!(pair[0].score > pair[1].score || (pair[0].score == pair[1].score && pair[0].doc < pair[1].doc));
        }
        for hit in hits {
            prop_assert!(hit.score > 0.0 && hit.score.is_finite() && (hit.doc as usize) < index.len());
        }
    }
}
