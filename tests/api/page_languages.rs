//! The help centre and the status speak every language of the widget, whatever a tag of it is called (W6).

use buoy_tests::edge::{Edge, Site};
use buoy_tests::html::{attributes, valid_page};
use buoy_tests::languages::{LANGUAGES, policy_of};
use buoy_tests::root::root;
use std::collections::BTreeMap;
use std::fs;

/// The words of our pages in a language, by key, as its translators see them.
fn words(file: &str) -> BTreeMap<String, String> {
    let path = root().join("shared/page_words").join(format!("{file}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().map(|line| line.split_once(" = ").expect("a key and a text"));
    lines.map(|(key, text)| (key.to_owned(), text.to_owned())).collect()
}

/// A page of a site in a language, and which of these words stand on it.
async fn page(site: &Site, path: &str, locale: &str) -> String {
    let address = format!("{path}?site={}&locale={locale}", site.id);
    let answer = Edge::shared().client().get(&address).send().await.expect(200);
    let html = valid_page(&answer);
    assert_eq!(attributes(&html, "html", "lang"), [locale], "{address}");
    let direction = if locale == "ar" { "rtl" } else { "ltr" };
    assert_eq!(attributes(&html, "html", "dir"), [direction], "{address}");
    assert!(attributes(&html, "main [lang=en], header [lang=en]", "lang").is_empty(), "English on {address}");
    answer.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_help_and_status_speak_every_language_of_the_widget() {
    let site = Edge::shared().new_site(&policy_of(&LANGUAGES), &[]).await;
    let english = words("en");
    for locale in LANGUAGES {
        let own = words(locale);
        for (path, keys) in [
            ("/help", ["help.ask", "help.search_label", "help.skip", "help.empty"]),
            ("/status", ["status.overall.1", "status.history", "status.quiet", "status.subscribe"]),
        ] {
            let text = page(&site, path, locale).await;
            for key in keys {
                assert!(text.contains(&own[key]), "{locale} {path}: {key}\n{text}");
                let is_foreign = own[key] != english[key] && text.contains(&english[key]);
                assert!(!is_foreign, "{locale} {path}: {key} in English, too");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_a_tag_of_another_region_or_script_gets_the_words_of_its_language_and_a_stranger_english() {
    let site = Edge::shared().new_site(&policy_of(&["en", "zh-Hans", "de-AT", "pt-PT", "nl"]), &[]).await;
    for (locale, file) in [("zh-Hans", "zh-CN"), ("de-AT", "de"), ("pt-PT", "pt-BR")] {
        assert!(page(&site, "/help", locale).await.contains(&words(file)["help.ask"]), "{locale}");
    }
    let address = format!("/help?site={}&locale=nl", site.id);
    let html = valid_page(&Edge::shared().client().get(&address).send().await.expect(200));
    assert_eq!(attributes(&html, "html", "lang"), ["nl"]);
    assert_eq!(attributes(&html, "main p", "lang"), ["en"]);
}
