//! Putting an index together: what is counted, what is kept, and from which parts.

use super::*;
use crate::search::Index;

fn doc<'a>(slug: &'a str, title: &'a str, body: &'a str) -> SearchDoc<'a> {
    SearchDoc { slug, title, body, ..SearchDoc::default() }
}

#[test]
fn forms_of_a_word_are_counted_as_one_word() {
    let mut builder = IndexBuilder::new("en");
    builder.add(&doc("", "Card", "cards, card; Card-reader"));
    assert_eq!(builder.postings["card"], [(0, [1, 0, 0, 3])]);
    assert_eq!(builder.docs[0].lengths, [1, 0, 0, 4], "the compound makes the body no longer");
}

#[test]
fn no_word_of_any_field_is_dropped() {
    let doc = SearchDoc { title: "the", keywords: "a", headings: "of", body: "to x 1 я 日", ..SearchDoc::default() };
    let mut builder = IndexBuilder::new("en");
    builder.add(&doc);
    let stems: Vec<_> = builder.postings.keys().map(String::as_str).collect();
    assert_eq!(stems, ["1", "a", "of", "the", "to", "x", "я", "日"]);
}

#[test]
fn slug_and_summary_are_shown_but_not_searched() {
    let doc = SearchDoc { slug: "slug", summary: "summary", title: "Title", ..SearchDoc::default() };
    let index = Index::load(&build("en", &[doc])).unwrap();
    assert!(index.search("slug summary", 10).is_empty());
    assert_eq!((index.slug(0), index.summary(0)), ("slug", "summary"));
}

#[test]
fn an_index_of_parts_is_the_index_of_the_texts() {
    let docs = [doc("a", "Reset your password", "Open the API-key page."), doc("b", "Счета", "日本語 text text")];
    let mut builder = IndexBuilder::new("ru");
    for doc in &docs {
        let part = builder.part(doc);
        // Only what is shown is asked for again: the words are in the part.
        let shown = SearchDoc { body: "", ..*doc };
        assert!(builder.add_part(&shown, &part));
    }
    assert_eq!(builder.finish(), build("ru", &docs));
}

#[test]
fn a_part_of_another_kind_is_refused_and_adds_nothing() {
    let one = doc("a", "Title", "words");
    let mut builder = IndexBuilder::new("en");
    let part = builder.part(&one);
    let other = IndexBuilder::new("ru").part(&one);
    for wrong in [&[][..], b"buoy", &part[..part.len() - 1], &other] {
        assert!(!builder.add_part(&one, wrong));
    }
    assert!(builder.docs.is_empty() && builder.postings.is_empty());
}

#[test]
fn words_of_the_site_that_mean_the_same_find_one_another() {
    let docs = [doc("tender", "Open a tender", ""), doc("other", "Something else", "")];
    let mut builder = IndexBuilder::new("en");
    docs.iter().for_each(|doc| builder.add(doc));
    builder.add_synonyms(["tender", "auction", "e-procurement"]);
    let index = Index::load(&builder.finish()).unwrap();
    for query in ["auction", "auctions ", "eprocurement", "tenders"] {
        let hits = index.search(query, 10);
        assert_eq!(hits.first().map(|hit| index.slug(hit.doc)), Some("tender"), "{query}");
    }
}

#[test]
fn a_synonym_of_several_parts_is_found_however_its_parts_are_written() {
    let docs = [doc("2fa", "Protect with 2FA", ""), doc("sso", "Connect SSO", ""), doc("other", "Something else", "")];
    let mut builder = IndexBuilder::new("en");
    docs.iter().for_each(|doc| builder.add(doc));
    builder.add_synonyms(["2FA", "two-factor"]);
    builder.add_synonyms(["SSO", "single-sign-on"]);
    let index = Index::load(&builder.finish()).unwrap();
    for (slug, queries) in [
        ("2fa", ["two-factor", "twofactor ", "two factor", "my two factor code "]),
        ("sso", ["single-sign-on", "singlesignon ", "single sign on", "a single sign-on please"]),
    ] {
        for query in queries {
            let hits = index.search(query, 10);
            assert_eq!(hits.first().map(|hit| index.slug(hit.doc)), Some(slug), "{query}");
        }
    }
    assert!(index.search("two of a factor ", 10).is_empty(), "what stands between them parts them");
}

/// A worker that runs out of memory publishes no index at all.
#[test]
fn k3_a_base_with_more_words_than_a_worker_can_count_is_still_found_by_its_titles() {
    let mut builder = IndexBuilder::new("en");
    builder.add(&doc("first", "Invoices", "ordinary"));
    builder.words = WORDS_MAX;
    builder.add(&SearchDoc { headings: "Heading", ..doc("late", "Passwords", "ordinary password text") });
    assert_eq!(builder.docs[1].lengths, [1, 0, 1, 0]);
    let index = Index::load(&builder.finish()).unwrap();
    let found = |query: &str| -> Vec<u32> { index.search(query, 5).iter().map(|hit| hit.doc).collect() };
    assert_eq!((found("password "), found("heading ")), (vec![1], vec![1]));
    assert_eq!((found("ordinary "), found("text ")), (vec![0], vec![]));
}
