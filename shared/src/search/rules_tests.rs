//! The interpreter of rules, and the tables of each language.

use super::*;
use crate::search::language;

fn stem(table: &str, word: &str) -> String {
    let mut word = word.to_owned();
    Rules::parse(table).stem(&mut word);
    word
}

#[test]
fn a_table_says_what_is_cut_and_when() {
    for (table, word, expected) in [
        ("vowels ae\n2 s:", "cats", "cat"),
        ("vowels ae\n2 s:", "tts", "tts"),
        ("2 s: ss:ss", "glass", "glass"),
        ("2 ies:y s:", "parties", "party"),
        ("2 [t]s:", "maps", "maps"),
        ("2 [t]s:", "cats", "cat"),
        ("0>1 =is:is x:\n1 s:", "is", "is"),
        ("0>1 =is:is x:\n1 s:", "its", "it"),
        ("0>1 =is:be\n1 e:", "is", "be"),
        ("3 ^al", "alkitab", "kitab"),
        ("3 ^al", "alk", "alk"),
        ("most 3", "слово", "сло"),
        ("vowels ao\nv x", "ax", "a"),
        ("vowels ao\nr1 x", "ax", "ax"),
        ("vowels ao\nr1 x", "abx", "ab"),
        ("vowels ao\nr2 x", "abx", "abx"),
        ("vowels ao\nr2 x", "abobx", "abob"),
        ("1 abc", "abc", "abc"),
    ] {
        assert_eq!(stem(table, word), expected, "{table:?} {word}");
    }
}

#[test]
fn forms_of_a_word_have_one_stem_in_every_language() {
    for (locale, forms) in [
        ("en", &["setting", "settings"][..]),
        ("en", &["cancel", "cancels", "cancelled", "cancelling", "canceled"]),
        ("en", &["invoice", "invoices", "invoiced", "invoicing"]),
        ("en", &["reply", "replies", "replied"]),
        ("ru", &["подписка", "подписки", "подпиской"]),
        ("ru", &["учетная", "учетной", "учетную", "учетные"]),
        ("ru", &["запись", "записи", "записью", "записей"]),
        ("de", &["rechnung", "rechnungen"]),
        ("de", &["kunde", "kunden"]),
        ("es", &["contrasena", "contrasenas"]),
        ("es", &["cancelar", "cancelada", "cancelado", "cancelando"]),
        ("fr", &["facture", "factures"]),
        ("fr", &["compte", "comptes"]),
        ("pt", &["fatura", "faturas"]),
        ("pt", &["conta", "contas"]),
        ("tr", &["fatura", "faturalar", "faturada"]),
        ("ar", &["كتاب", "الكتاب", "وكتاب"]),
    ] {
        let table = language::of(locale).rules;
        let stems: Vec<String> = forms.iter().map(|form| stem(table, form)).collect();
        assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{locale} {forms:?} {stems:?}");
    }
}

#[test]
fn no_table_empties_a_word_or_fails() {
    let words = ["", "a", "s", "и", "ing", "ость", "ال", "日本", "e\u{301}", "ss", "ings"];
    let hostile = [
        "1 :",
        "0 s",
        ">9",
        "r1>99999999999999999999 a",
        "v [",
        "2 []s",
        "vowels",
        "most x\nmost 0",
        "^ = :",
        "0 =a: a",
    ];
    let tables = ["en", "ru", "de", "es", "fr", "pt", "tr", "ar"].map(|locale| language::of(locale).rules);
    for table in tables.into_iter().chain(hostile) {
        for word in words {
            assert_eq!(stem(table, word).is_empty(), word.is_empty(), "{table:?} {word}");
        }
    }
}
