//! What helps a person who types something else than the article says, and what happens when nothing fits (W3, K4).

use super::*;

fn index(locale: &str, titles: &[&str]) -> Index {
    let docs: Vec<SearchDoc<'_>> =
        titles.iter().map(|title| SearchDoc { slug: title, title, ..SearchDoc::default() }).collect();
    Index::load(&build(locale, &docs)).expect("what was built can be read")
}

fn first(index: &Index, query: &str) -> String {
    index.search(query, 1).first().map(|hit| index.slug(hit.doc).to_owned()).unwrap_or_default()
}

#[test]
fn a_person_finds_the_article_that_says_it_in_other_words() {
    for (locale, query, title) in [
        ("en", "remove my photo ", "Delete a picture"),
        ("en", "log in", "Login problems"),
        ("en", "apikey ", "Rotate an API key"),
        ("en", "api_key", "Rotate an API key"),
        ("ru", "стоимость", "Цена подписки"),
        ("ru", "войти", "Вход в аккаунт"),
        ("de", "entfernen", "Konto löschen"),
        ("de", "kontonummer ", "Konto ändern"),
        ("es", "facturas ", "Descargar la factura"),
        ("fr", "comptes ", "Fermer le compte"),
        ("pt", "contas ", "Encerrar a conta"),
        ("tr", "faturalar ", "Fatura indirme"),
        ("ar", "كتاب ", "الكتاب الاول"),
        ("ja", "請求書", "請求書をダウンロードする"),
        ("zh", "密码", "如何重置密码"),
    ] {
        let index = index(locale, &[title, "Zzz yyy", "Qqq www"]);
        assert_eq!(first(&index, query), title, "{locale} {query}");
    }
}

#[test]
fn the_wrong_keyboard_layout_is_understood_both_ways() {
    let titles = ["Привет, это пароль", "Password and API"];
    let index = index("ru", &titles);
    for (typed, title) in [("ghbdtn", titles[0]), ("Gfhjkm", titles[0]), ("зфыыцщкв", titles[1]), ("фзш", titles[1])]
    {
        assert_eq!(first(&index, typed), title, "{typed}");
    }
}

#[test]
fn two_slips_in_a_long_word_and_one_in_its_first_letter_are_forgiven() {
    let index = index("en", &["Subscription", "Password", "Other things"]);
    for (typed, title) in
        [("subcsriptoin ", "Subscription"), ("zubscription ", "Subscription"), ("apssword ", "Password")]
    {
        assert_eq!(first(&index, typed), title, "{typed}");
    }
}

#[test]
fn a_swap_in_a_word_of_five_letters_is_forgiven_though_no_three_of_its_letters_are_left() {
    let index = index("en", &["Legal name", "Print a page", "Other things", "Local time"]);
    for (typed, title) in [("lgeal ", "Legal name"), ("prnit ", "Print a page")] {
        assert_eq!(first(&index, typed), title, "{typed}");
    }
}

#[test]
fn an_arabic_word_is_found_as_it_is_typed_after_its_article() {
    let index = index("ar", &["مستخدم جديد", "الكتاب الاول"]);
    assert_eq!(first(&index, "المستخ"), "مستخدم جديد");
}

#[test]
fn a_character_is_found_beside_other_neighbours() {
    let index = index("zh", &["发票和密码", "发票和账单", "其他"]);
    assert_eq!(first(&index, "账户发票"), "发票和账单", "no article has 账户, and one has 账");
}

#[test]
fn a_beginning_is_what_it_may_become_and_not_yet_a_word_of_grammar() {
    let index = index("en", &["They there", "Theme", "Is it on", "Invoice"]);
    assert_eq!(first(&index, "the"), "Theme");
    assert_eq!(first(&index, "i"), "Invoice");
}

#[test]
fn whoever_typed_a_whole_word_means_it_more_than_what_it_begins() {
    let worth = |titles: &[&str], typed: &str| {
        let index = index("en", titles);
        let words = query::words(typed, &index.stems);
        let variants = index.variants(&words[0], &Vec::new());
        let planet = index.terms.find("planet").expect("an article has it");
        variants.iter().find(|variant| variant.term == planet).map_or(0.0, |variant| variant.worth)
    };
    assert!(worth(&["Planets", "Plans"], "plan") < worth(&["Planets"], "plan"));
    assert!(worth(&["Planets", "Plans"], "plan") > 0.5, "it may still go on");
    assert_eq!(worth(&["Planets", "Plans"], "plan "), 0.0);
}

#[test]
fn a_pair_of_characters_across_two_japanese_words_says_less_than_one_within() {
    let index = index("ja", &["鳥をダ", "書をも"]);
    assert_eq!(first(&index, "書をダ "), "書をも");
}

#[test]
fn the_right_word_goes_before_its_synonym_and_its_neighbour() {
    let index = index("en", &["Erase a page", "Delete a page", "Deltas a page"]);
    assert_eq!(first(&index, "delete page"), "Delete a page");
    assert_eq!(first(&index, "erase page"), "Erase a page");
}

#[test]
fn an_answer_is_surer_the_more_of_the_question_it_has() {
    let index = index("en", &["How to reset your password", "How to download invoices", "Rate limits of the API"]);
    let sure = |query: &str| index.answer(query, 3).confidence;
    let (whole, half, none) =
        (sure("how to reset my password"), sure("reset the coffee machine"), sure("how is the weather on mars"));
    assert!(whole > half && half > none, "{whole} {half} {none}");
    assert!(index.answer("how to reset my password", 3).fits());
    assert!(!index.answer("how is the weather on mars", 3).fits());
    for nothing in ["", "?!", "zzzzzz"] {
        assert_eq!(index.answer(nothing, 3), Answer::default(), "{nothing}");
    }
}

#[test]
fn what_is_written_about_a_word_is_shared_out_among_the_articles_that_have_it() {
    let index = index("en", &["Invoice", "Invoice of the year before last", "Password"]);
    let term = index.terms.find("invoic").expect("two articles have it");
    let shares: Vec<f32> = (0..4).map(|doc| index.share(term, doc)).collect();
    assert!(shares[0] > shares[1] && shares[1] > 0.0, "{shares:?}");
    assert!((shares[0] + shares[1] - 1.0).abs() < 1e-6 && shares[2..] == [0.0, 0.0], "{shares:?}");
    assert_eq!(index.share(usize::MAX, 0), 0.0, "no such term");
}

#[test]
fn a_large_base_refuses_what_a_small_one_refuses_and_answers_what_it_answers() {
    let verbs = ["Reset", "Change", "Delete", "Export", "Share", "Print", "Archive", "Rename", "Move", "Restore"];
    let nouns = ["password", "invoice", "report", "project", "board", "calendar", "webhook", "token", "plan", "label"];
    let owners = ["team", "account", "workspace", "customer", "site", "partner"];
    let phrase = |number: usize| {
        let (verb, noun, owner) = (number % 10, number / 10 % 10, number / 100);
        format!("{} the {} of a {}", verbs[verb], nouns[noun], owners[owner])
    };
    let titles: Vec<String> = (0..600).map(phrase).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let few: Vec<&str> = titles.iter().copied().step_by(31).collect();
    for base in [&few[..], &titles[..]] {
        let index = index("en", base);
        let size = base.len();
        assert!(index.answer("how do I reset the password of our team?", 3).fits(), "{size}");
        for other in ["print photos of my holiday in spain", "does the hotel change towels", "rename my cat"] {
            assert!(!index.answer(other, 3).fits(), "{size}: {other}");
        }
    }
}

#[test]
fn a_part_of_a_long_text_shows_why_it_is_a_result() {
    let index = index("en", &[]);
    let text = format!(
        "{} The invoice is sent by email on Monday. {}",
        "Words before it. ".repeat(20),
        "And after. ".repeat(20)
    );
    let snippet = index.snippet(&text, "invoices by email ", 80);
    let part = &text[snippet.start..snippet.end];
    assert!(part.contains("invoice is sent by email") && part.len() <= 90, "{part}");
    let marked: Vec<&str> = snippet.marks.iter().map(|&(start, end)| &text[start..end]).collect();
    assert_eq!(marked, ["invoice", "by", "email"]);
    let japanese = "請求書".repeat(100);
    for bytes in [0, 1, 50, 100_000] {
        let snippet = index.snippet(&japanese, "請求", bytes);
        assert!(japanese.get(snippet.start..snippet.end).is_some());
    }
}

#[test]
fn a_result_shows_its_summary_unless_its_text_says_more_of_what_was_asked() {
    let index = index("en", &[]);
    let text =
        format!("Money matters. {} It is sent by email on Monday. {}", "Before. ".repeat(20), "After. ".repeat(20));
    for (query, expected) in [
        ("", "How we send [] invoices"),
        ("holidays", "How we send invoices"),
        ("invoices ", "How we send [invoices]"),
        // Grammar alone, or the same word once more, is no reason to leave the summary.
        ("how invoices on ", "[How] we send [invoices]"),
        ("invoices by email on mon", "… It is sent [by] [email] [on] [Monday]. After. …"),
        ("money matter", "[Money] [matters]. Before. Before. Before. …"),
    ] {
        let Marked { mut text, marks } = index.excerpt("How we send invoices", &text, query, 40);
        for (start, end) in marks.into_iter().rev() {
            text.insert(end, ']');
            text.insert(start, '[');
        }
        assert_eq!(text, expected.replace("[] ", ""), "{query}");
    }
    assert_eq!(index.excerpt("", "", "x", 40), Marked::default());
}

/// The time is not measured here, where machines are shared: the work is bounded by the words, the letters of a word and the
/// postings that a query looks at. The bench measures it.
#[test]
fn whatever_is_typed_is_answered() {
    let index = index("en", &["How to reset your password", "Пароль", "كلمة السر", "日本語", "API_key 401"]);
    let long = "password ".repeat(1_200);
    let one = "щ".repeat(10_000);
    for query in [
        long.as_str(),
        one.as_str(),
        "👍🏽👩‍👩‍👧‍👦 password 🎉",
        "كلمة السر الخاصة بي؟",
        "שלום עולם password",
        "how to the and of ",
        r"^(pass|word)+?[a-z]{2,}\b.*$",
        "\u{202E}password\u{0}\u{FFFF}",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "",
    ] {
        let hits = index.search(query, 10);
        assert!(hits.iter().all(|hit| hit.score.is_finite() && hit.score > 0.0));
        assert!(hits.is_empty() || !query.is_empty());
    }
    assert_eq!(first(&index, &long), "How to reset your password");
}
