//! The public help centre over HTTP: valid pages, for people and machines, in every language of the site (K).

use buoy_tests::edge::{Edge, Site};
use buoy_tests::html::{attributes, texts, valid_page};
use buoy_tests::http::Answer;
use scraper::Html;
use serde_json::{Value, json};

/// A site with an article that shows everything an article can show.
pub(crate) async fn site_with_help() -> Site {
    let site = Edge::shared().new_site("school", &[]).await;
    let rich = "---\ntitle: How to pay by \"card\" & <b>bank</b>\ncategory: manage-your-account\ndifficulty: beginner\nredirect_from: [/faq/old/pay/]\n---\n\n\
        Open **Payments**, ~~not Bills~~.\n\n## Is it safe?\n\nYes: `</script>`.\n\n## How long does it take?\n\nA day.\n\n\
        - [x] card\n- [ ] bank\n\n1. one\n   - two\n\n> [!WARNING]\n> Careful.\n\n> quoted\n\n```sh\ncurl 'https://x.example' | head -n 1\n```\n\n\
        | Plan | Price |\n| :--- | ---: |\n| A | 1 |\n\n![The button](https://example.com/a[1].png)\n\n\
        [others](reset-password) [mail](mailto:a@example.com) [part](#is-it-safe)\n\n___\n\nEnd.";
    let article =
        |locale: &str, slug: &str, markdown: &str| json!({ "locale": locale, "slug": slug, "markdown": markdown });
    let mut articles = vec![
        article("en", "pay-by-card", rich),
        article("ru", "pay-by-card", "# Как оплатить картой\n\nОткройте раздел «Оплата»."),
        article("en", "reset-password", "# How to reset your password\n\nPress Forgot."),
    ];
    articles.extend((0..12).map(|number| {
        article("en", &format!("more-{number}"), &format!("---\ntitle: More {number}\ncategory: More\n---\n\nText."))
    }));
    let body = json!({ "articles": articles, "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    site
}

pub(crate) async fn get(site: &Site, path: &str) -> Answer {
    let sign = if path.contains('?') { '&' } else { '?' };
    Edge::shared().client().get(&format!("{path}{sign}site={}", site.id)).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_every_page_is_valid_html_with_a_strict_policy_and_one_heading() {
    let wrong = Html::parse_document("<!DOCTYPE html><title>x</title><p></b></div>");
    assert!(!wrong.errors.is_empty(), "the reader of these pages notices what is not valid");
    let site = site_with_help().await;
    for (path, status) in [
        ("/help", 200),
        ("/help/?locale=ru", 200),
        ("/help?section=More&locale=en", 200),
        ("/help?section=%3Cscript%3E&locale=en", 200),
        ("/help/pay-by-card?locale=en", 200),
        ("/help/pay-by-card?locale=ru", 200),
        ("/help/search?q=pasword&locale=en", 200),
        ("/help/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22&locale=en", 200),
        ("/help/search?locale=ru", 200),
        ("/help/no-such-article?locale=en", 404),
        ("/help/a/b/c", 404),
    ] {
        let answer = get(&site, path).await.expect(status);
        let html = valid_page(&answer);
        assert_eq!(texts(&html, "h1").len(), 1, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part) && !policy.contains("unsafe-inline"), "{path}: {policy}");
        }
        assert!(attributes(&html, "[style], [onclick], [onerror]", "style").is_empty(), "{path}");
        assert_eq!(texts(&html, "script:not([src]):not([type='application/ld+json'])").len(), 0, "{path}");
    }
    Edge::shared().client().post(&format!("/help?site={}", site.id)).send().await.expect(405);
    Edge::shared().client().get("/help?site=site_nowhere").send().await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_an_article_shows_all_that_its_author_wrote_and_says_it_to_machines() {
    let site = site_with_help().await;
    let html = valid_page(&get(&site, "/help/pay-by-card?locale=en").await.expect(200));
    assert_eq!(texts(&html, "h1"), ["How to pay by \"card\" & <b>bank</b>"]);
    for (css, count) in [
        ("article s", 1),
        ("article pre", 1),
        ("article th", 2),
        ("article ol ul li", 1),
        ("article .warning", 1),
        ("article blockquote", 1),
        ("article img[alt='The button']", 1),
        ("article hr", 1),
    ] {
        assert_eq!(texts(&html, css).len(), count, "{css}");
    }
    assert_eq!(texts(&html, "h2").first().map(String::as_str), Some("Is it safe?"));
    let links = attributes(&html, "article a", "href");
    assert!(links[0].starts_with("/help/reset-password?") && links[0].contains("locale=en"), "{links:?}");
    assert_eq!(links[1..], ["mailto:a@example.com", "#is-it-safe"]);
    assert!(!attributes(&html, "main section a", "href").is_empty(), "K1: related articles");

    let data: Vec<Value> = texts(&html, "script[type='application/ld+json']")
        .iter()
        .map(|json| serde_json::from_str(json).expect("data is JSON"))
        .collect();
    assert_eq!(data[0]["@type"], "Article");
    assert_eq!(data[0]["headline"], "How to pay by \"card\" & <b>bank</b>");
    assert_eq!((data[1]["@type"].as_str(), data[1]["mainEntity"].as_array().map(Vec::len)), (Some("FAQPage"), Some(2)));
    assert_eq!(data[1]["mainEntity"][0]["acceptedAnswer"]["text"], "Yes: </script>.");
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_each_page_names_itself_and_its_other_languages() {
    let site = site_with_help().await;
    let html = valid_page(&get(&site, "/help/pay-by-card?locale=ru").await.expect(200));
    assert_eq!(attributes(&html, "html", "lang"), ["ru"]);
    let here = attributes(&html, "link[rel=canonical]", "href");
    assert!(here[0].contains("/help/pay-by-card?") && here[0].contains("locale=ru"), "{here:?}");
    assert_eq!(attributes(&html, "link[rel=alternate]", "hreflang"), ["en", "ru"]);
    let only_english = valid_page(&get(&site, "/help/reset-password?locale=en").await.expect(200));
    assert_eq!(attributes(&only_english, "link[rel=alternate]", "hreflang"), ["en"]);

    let map = get(&site, "/help/sitemap.xml").await.expect(200);
    assert!(map.header("content-type").starts_with("application/xml"));
    let text = map.text();
    assert_eq!(text.matches("<loc>").count(), 2 + 15, "{text}");
    assert!(text.contains("/help/pay-by-card?site=") && text.contains("&amp;locale=ru</loc><lastmod>20"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_a_page_names_another_language_as_soon_as_there_is_one_and_no_longer() {
    let site = site_with_help().await;
    let languages = || async {
        let page = get(&site, "/help/reset-password?locale=en").await.expect(200);
        attributes(&valid_page(&page), "link[rel=alternate]", "hreflang")
    };
    assert_eq!(languages().await, ["en"]);
    let russian = json!({ "locale": "ru", "markdown": "# Пароль\n\nНажмите «Забыли».", "publish": true });
    let path = "/api/support/agent/kb/articles/reset-password/";
    site.staff().put(path).json(&russian).send().await.expect(200);
    buoy_tests::wait::until("both languages", || async { (languages().await == ["en", "ru"]).then_some(()) }).await;
    let taken_back = json!({ "locale": "ru", "published": false });
    site.staff().post(&format!("{path}publish/")).json(&taken_back).send().await.expect(200);
    buoy_tests::wait::until("one language", || async { (languages().await == ["en"]).then_some(()) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_a_link_to_a_place_of_another_article_leads_there_in_the_same_site_and_language() {
    let site = site_with_help().await;
    let text = "# Read on\n\n[safe](pay-by-card#is-it-safe) [page](/help/pay-by-card/#is-it-safe) [here](#end)";
    let body = json!({ "locale": "en", "markdown": text, "publish": true });
    site.staff().put("/api/support/agent/kb/articles/read-on/").json(&body).send().await.expect(200);
    let page = get(&site, "/help/read-on?locale=en").await.expect(200);
    let links = attributes(&valid_page(&page), "article a", "href");
    let there: Vec<&String> = links.iter().filter(|link| link.contains("pay-by-card")).collect();
    assert_eq!(there.len(), 2, "{links:?}");
    for link in there {
        assert!(link.contains(&format!("site={}", site.id)) && link.ends_with("locale=en#is-it-safe"), "{link}");
    }
    assert!(links.contains(&"#end".to_owned()), "{links:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_an_old_address_in_letters_of_another_script_leads_to_its_article() {
    let site = site_with_help().await;
    let text = "---\ntitle: Оплата\nredirect_from: [/faq/оплата/, /faq/old page]\n---\n\nКартой.";
    let body = json!({ "locale": "ru", "markdown": text, "publish": true });
    site.staff().put("/api/support/agent/kb/articles/oplata/").json(&body).send().await.expect(200);
    for path in ["/faq/%D0%BE%D0%BF%D0%BB%D0%B0%D1%82%D0%B0/", "/faq/old%20page"] {
        let answer = get(&site, path).await.expect(301);
        assert!(answer.header("location").contains("/help/oplata?"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_a_reader_gets_the_language_that_the_browser_wants_among_those_of_the_site() {
    let site = site_with_help().await;
    for (wanted, language) in [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("fr,en;q=0.5", "en"), ("xx", "ru"), ("", "ru")] {
        let path = format!("/help?site={}", site.id);
        let answer = Edge::shared().client().get(&path).header("accept-language", wanted).send().await.expect(200);
        assert_eq!(attributes(&valid_page(&answer), "html", "lang"), [language], "{wanted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_old_addresses_lead_to_the_new_ones_and_search_forgives_a_typo() {
    let site = site_with_help().await;
    let moved = get(&site, "/help/faq/old/pay/?locale=en").await.expect(301);
    assert!(moved.header("location").starts_with("/help/pay-by-card?"), "{}", moved.header("location"));
    let html = valid_page(&get(&site, "/help/search?q=pasword&locale=en").await.expect(200));
    assert_eq!(texts(&html, "main .list a"), ["How to reset your password"]);
    assert_eq!(attributes(&html, "input[type=search]", "value"), ["pasword"]);
    let home = valid_page(&get(&site, "/help?locale=en").await.expect(200));
    assert_eq!(texts(&home, "h2"), ["More", "Manage your account", "Other articles"]);
    assert_eq!(texts(&home, "main section:first-of-type li").len(), 8, "the rest is one click away");
    let all = attributes(&home, "main section:first-of-type > p a", "href");
    let section = valid_page(&Edge::shared().client().get(&all[0]).send().await.expect(200));
    assert_eq!(texts(&section, "main .list li").len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_of_articles_without_a_section_all_are_one_click_away() {
    let site = Edge::shared().new_site("school", &[]).await;
    let articles: Vec<Value> = (0..12)
        .map(|at| json!({ "locale": "en", "slug": format!("a-{at}"), "markdown": format!("# Article {at}\n\nText.") }))
        .collect();
    let body = json!({ "articles": articles, "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    let home = valid_page(&get(&site, "/help?locale=en").await.expect(200));
    assert_eq!((texts(&home, "main li").len(), texts(&home, "h2")), (8, vec!["Other articles".to_owned()]));
    let all = attributes(&home, "main section > p a", "href");
    let section = valid_page(&Edge::shared().client().get(&all[0]).send().await.expect(200));
    assert_eq!(
        (texts(&section, "main .list li").len(), texts(&section, "h1")),
        (12, vec!["Other articles".to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_links_to_the_help_centre_of_before_lead_to_its_articles_wherever_that_was() {
    let site = site_with_help().await;
    let article = json!({ "locale": "en", "slug": "refunds", "markdown":
        "---\ntitle: Refunds\nredirect_from: [https://old.example.com/hc/en-us/articles/42-Refunds]\n---\n\nOpen Payments." });
    let body = json!({ "articles": [article], "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    for old in
        ["/hc/en-us/articles/42-Refunds", "/hc/en-us/articles/42-Refunds/", "/hc/en-us/articles/42-Refunds?locale=ru"]
    {
        let moved = get(&site, old).await.expect(301);
        assert!(moved.header("location").starts_with("/help/refunds?"), "{old}: {}", moved.header("location"));
        // The site's own language is Russian, and there is no such article in it.
        let there = Edge::shared().client().get(moved.header("location")).send().await.expect(200);
        assert_eq!(attributes(&valid_page(&there), "article", "lang"), ["en"], "{old}");
    }
    get(&site, "/help/refunds").await.expect(200);
    get(&site, "/help/refunds?locale=ru").await.expect(200);
    for nothing in ["/hc/en-us/articles/43", "/favicon.ico", "/api/hc/en-us/articles/42-Refunds"] {
        get(&site, nothing).await.expect(404);
    }
    let path = format!("/hc/en-us/articles/42-Refunds?site={}", site.id);
    Edge::shared().client().post(&path).send().await.expect(404);
    let down = json!({ "locale": "en", "published": false });
    site.staff().post("/api/support/agent/kb/articles/refunds/publish/").json(&down).send().await.expect(200);
    get(&site, "/hc/en-us/articles/42-Refunds").await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_a_changed_article_is_on_its_page_at_once() {
    let site = site_with_help().await;
    let read = || get(&site, "/help/reset-password?locale=en");
    assert!(read().await.text().contains("Press Forgot."));
    let body = json!({ "locale": "en", "markdown": "# How to reset your password\n\nPress Lost.", "publish": true });
    site.staff().put("/api/support/agent/kb/articles/reset-password/").json(&body).send().await.expect(200);
    assert!(read().await.text().contains("Press Lost."));
    let down = json!({ "locale": "en", "published": false });
    site.staff().post("/api/support/agent/kb/articles/reset-password/publish/").json(&down).send().await.expect(200);
    read().await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_an_article_called_search_is_read_and_an_empty_search_is_still_a_search() {
    let site = site_with_help().await;
    let body = json!({ "locale": "en", "markdown": "# How to search\n\nType.", "publish": true });
    site.staff().put("/api/support/agent/kb/articles/search/").json(&body).send().await.expect(200);
    for (path, is_article) in [
        ("/help/search?locale=en", true),
        ("/help/search/?locale=en", true),
        ("/help/search?q=&locale=en", false),
        ("/help/search?locale=en&q=card", false),
    ] {
        let html = valid_page(&get(&site, path).await.expect(200));
        assert_eq!(texts(&html, "h1") == ["How to search"], is_article, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_a_section_of_thousands_of_articles_hides_no_other() {
    let site = Edge::shared().new_site("school", &[]).await;
    let long = (0..2_001).map(|number| ("Aa", number));
    let articles: Vec<Value> = long
        .chain((3_000..3_009).map(|number| ("Zoo", number)))
        .map(|(section, number)| {
            let markdown = format!("---\ntitle: T{number}\ncategory: {section}\n---\n\nText.");
            json!({ "locale": "en", "slug": format!("t{number}"), "markdown": markdown })
        })
        .collect();
    for some in articles.chunks(50) {
        let body = json!({ "articles": some, "publish": true, "rebuild": false });
        site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    }
    let home = valid_page(&get(&site, "/help?locale=en").await.expect(200));
    assert_eq!(texts(&home, "h2"), ["Aa", "Zoo"]);
    assert_eq!(texts(&home, "main section > p a"), ["All 2001: Aa", "All 9: Zoo"]);
    assert_eq!(texts(&home, "main .list li").len(), 2 * 8);
    let last = valid_page(&get(&site, "/help?locale=en&section=Zoo").await.expect(200));
    assert_eq!(texts(&last, "main .list li").len(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_pages_of_the_help_centre_that_are_kept_nowhere_is_stopped() {
    let edge = Edge::start_with(&[("LIMITS", "")]);
    let site = edge.new_site("school", &[]).await;
    for (path, address) in [("/help/sitemap.xml", "203.0.113.1"), ("/help/faq/old", "203.0.113.2")] {
        let client = edge.client().with_header("cf-connecting-ip", address);
        let path = format!("{path}?site={}", site.id);
        let mut is_stopped = false;
        // As in `limits`: more than two minutes of the platform's clock allow.
        for _ in 0..55 {
            let answers = futures_util::future::join_all((0..50).map(|_| client.get(&path).send())).await;
            is_stopped = answers.iter().any(|answer| answer.status == 429);
            if is_stopped {
                break;
            }
        }
        assert!(is_stopped, "{path}");
    }
}
