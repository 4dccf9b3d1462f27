//! Articles over HTTP: imported, found, read, voted on, taken back.

use buoy_shared::api::{ArticleInfo, Boot, ImportReport, Page, SearchAnswer};
use buoy_shared::article::Article;
use buoy_shared::search::Index;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::html::{attributes, texts, valid_page};
use buoy_tests::wait;
use serde_json::{Value, json};

async fn import(site: &Site, articles: Value) -> ImportReport {
    site.staff()
        .post("/api/support/agent/kb/import/")
        .json(&json!({ "articles": articles, "publish": true }))
        .send()
        .await
        .expect(200)
        .json()
}

fn article(locale: &str, slug: &str, markdown: &str) -> Value {
    json!({ "locale": locale, "slug": slug, "markdown": markdown })
}

async fn search(site: &Site, locale: &str, query: &str) -> Vec<String> {
    let path = format!("/api/support/kb/search/?site={}&locale={locale}&q={query}", site.id);
    let answer: SearchAnswer = Edge::shared().client().get(&path).send().await.expect(200).json();
    answer.items.into_iter().map(|item| item.slug).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_what_is_published_shows_up_at_once_in_boot_index_search_and_article() {
    let site = Edge::shared().new_site("school", &[]).await;
    let client = Edge::shared().client();
    let boot = async || -> Boot {
        client.get(&format!("/api/support/boot/?site={}&locale=en", site.id)).send().await.expect(200).json()
    };
    assert_eq!(boot().await.kb.articles, 0);
    let report = import(
        &site,
        json!([
            article("en", "pay-by-card", "# How to pay by card\n\nOpen *Payments* and enter the number."),
            article("en", "reset-password", "# Reset your password\n\nPress Forgot."),
            article("ru", "pay-by-card", "# Как оплатить картой\n\nОткройте раздел «Оплата»."),
        ]),
    )
    .await;
    assert_eq!((report.stored, report.refused.len()), (3, 0));

    let kb = boot().await.kb;
    assert_eq!(kb.articles, 2);
    let path = format!("/api/support/kb/index/?site={}&locale=en&hash={}", site.id, kb.hash);
    let answer = client.get(&path).send().await.expect(200);
    assert!(answer.header("cache-control").contains("immutable"));
    let index = Index::load(&answer.bytes).expect("the published index loads");
    assert_eq!(index.slug(index.search("pas", 1)[0].doc), "reset-password", "W3: three letters find it");
    assert_eq!(search(&site, "en", "card").await, ["pay-by-card"]);
    assert_eq!(search(&site, "ru", "оплата%20картой").await, ["pay-by-card"]);

    let read: Article = client
        .get(&format!("/api/support/kb/articles/pay-by-card/?site={}&locale=ru", site.id))
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!((read.title.as_str(), read.locale.as_str()), ("Как оплатить картой", "ru"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_without_translation_is_read_in_the_sites_own_language() {
    let site = Edge::shared().new_site("school", &[]).await;
    import(&site, json!([article("ru", "only-russian", "# Только по-русски\n\nТекст.")])).await;
    let read: Article = Edge::shared()
        .client()
        .get(&format!("/api/support/kb/articles/only-russian/?site={}&locale=en", site.id))
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(read.locale, "ru");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unpublished_article_is_gone_for_readers_and_stays_for_writers() {
    let site = Edge::shared().new_site("school", &[]).await;
    import(&site, json!([article("en", "pay", "# Pay\n\nBy card.")])).await;
    let publish = |published: bool| {
        site.staff()
            .post("/api/support/agent/kb/articles/pay/publish/")
            .json(&json!({ "locale": "en", "published": published }))
    };
    let read = format!("/api/support/kb/articles/pay/?site={}&locale=en", site.id);
    publish(false).send().await.expect(200);
    Edge::shared().client().get(&read).send().await.expect(404);
    assert!(search(&site, "en", "pay").await.is_empty());
    let list: Page<ArticleInfo> =
        site.staff().get("/api/support/agent/kb/articles/?locale=en").send().await.expect(200).json();
    assert_eq!(
        list.items.iter().map(|info| (info.slug.as_str(), info.published)).collect::<Vec<_>>(),
        [("pay", false)]
    );
    publish(true).send().await.expect(200);
    Edge::shared().client().get(&read).send().await.expect(200);
    site.staff()
        .post("/api/support/agent/kb/articles/nothing/publish/")
        .json(&json!({ "locale": "en" }))
        .send()
        .await
        .expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_article_keeps_no_good_one_out() {
    let site = Edge::shared().new_site("school", &[]).await;
    let report = import(
        &site,
        json!([
            article("en", "good", "# Good\n\nText."),
            article("en", "Bad Slug", "# Bad\n\nText."),
            article("en", "untitled", "no heading"),
            article("x", "odd", "# Odd\n\nText."),
        ]),
    )
    .await;
    assert_eq!(report.stored, 1);
    assert_eq!(
        report.refused.iter().map(|refusal| refusal.slug.as_str()).collect::<Vec<_>>(),
        ["Bad Slug", "untitled", "odd"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_a_long_import_is_found_although_the_last_request_held_refused_articles_alone() {
    let site = Edge::shared().new_site("school", &[]).await;
    let send = async |articles: Value, rebuild: bool| -> ImportReport {
        let body = json!({ "articles": articles, "publish": true, "rebuild": rebuild });
        site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200).json()
    };
    let path = format!("/api/support/boot/?site={}&locale=en", site.id);
    let indexed = async || Edge::shared().client().get(&path).send().await.expect(200).json::<Boot>().kb.articles;
    send(json!([article("en", "reset-password", "# Reset your password\n\nPress Forgot.")]), true).await;
    let first = send(json!([article("en", "pay-by-card", "# How to pay by card\n\nOpen it.")]), false).await;
    assert_eq!((first.stored, indexed().await), (1, 1));
    let last = send(json!([article("en", "untitled", "no heading")]), true).await;
    assert_eq!((last.stored, last.refused.len(), indexed().await), (0, 1, 2));
    assert_eq!(search(&site, "en", "card").await, ["pay-by-card"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_a_vote_counts_only_for_an_article_that_exists() {
    let site = Edge::shared().new_site("school", &[]).await;
    import(&site, json!([article("en", "pay", "# Pay\n\nBy card.")])).await;
    let vote = |slug: &str| {
        Edge::shared()
            .client()
            .post("/api/support/kb/feedback/")
            .json(&json!({ "site": site.id, "slug": slug, "locale": "en", "helpful": true }))
    };
    vote("pay").send().await.expect(201);
    vote("nothing").send().await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_search_cannot_see_is_read_at_once_in_every_locale() {
    let site = Edge::shared().new_site("school", &[]).await;
    let read = async |locale: &str| {
        let path = format!("/api/support/kb/articles/pay/?site={}&locale={locale}", site.id);
        Edge::shared().client().get(&path).send().await.expect(200).text()
    };
    import(&site, json!([article("ru", "pay", "# Оплата\n\n[Сюда](https://example.com/old)")])).await;
    assert!(read("ru").await.contains("/old") && read("en").await.contains("/old"), "English falls back to Russian");
    import(&site, json!([article("ru", "pay", "# Оплата\n\n[Сюда](https://example.com/new)")])).await;
    assert!(read("ru").await.contains("/new") && read("en").await.contains("/new"));
}

async fn boot(site: &Site, locale: &str) -> Boot {
    let path = format!("/api/support/boot/?site={}&locale={locale}", site.id);
    Edge::shared().client().get(&path).send().await.expect(200).json()
}

/// The index that a panel in a language downloads, once it has so many articles.
async fn index_of(site: &Site, locale: &str, articles: u32) -> Index {
    let kb = wait::until(&format!("{articles} articles in {locale}"), || async {
        let kb = boot(site, locale).await.kb;
        (kb.articles == articles).then_some(kb)
    })
    .await;
    let path = format!("/api/support/kb/index/?site={}&locale={locale}&hash={}", site.id, kb.hash);
    let bytes = Edge::shared().client().get(&path).send().await.expect(200).bytes;
    Index::load(&bytes).expect("a published index loads")
}

/// A site whose own language is English and which speaks Russian too.
async fn english_site() -> Site {
    let site = Edge::shared().new_site("api-platform", &[]).await;
    let written = json!([
        article("en", "check-webhooks", "# Check the signature of a webhook\n\nCompute it and compare."),
        article("en", "rotate-keys", "# Rotate your keys\n\nA key that leaked gives `401`."),
    ]);
    import(&site, written).await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_what_is_not_translated_is_found_in_every_language_of_the_site() {
    let site = english_site().await;
    let index = index_of(&site, "ru", 2).await;
    for (typed, found) in [
        ("webhook", "check-webhooks"),
        ("webhooks", "check-webhooks"),
        ("rotating", "rotate-keys"),
        ("401", "rotate-keys"),
    ] {
        let hits: Vec<&str> = index.search(typed, 1).iter().map(|hit| index.slug(hit.doc)).collect();
        assert_eq!(hits, [found], "{typed}");
        assert_eq!(search(&site, "ru", typed).await.first().map(String::as_str), Some(found), "{typed}");
    }

    import(&site, json!([article("ru", "rotate-keys", "# Как заменить ключ\n\nОткройте настройки.")])).await;
    let index = index_of(&site, "ru", 2).await;
    let titles: Vec<&str> = (0..2).map(|doc| index.title(doc)).collect();
    assert_eq!(titles, ["Как заменить ключ", "Check the signature of a webhook"], "their own language comes first");
    assert_eq!(search(&site, "ru", "401").await, [""; 0], "the translation stands for the article");
    assert_eq!(search(&site, "en", "401").await, ["rotate-keys"]);

    let take_back = async |slug: &str, locale: &str| {
        let body = json!({ "locale": locale, "published": false });
        site.staff()
            .post(&format!("/api/support/agent/kb/articles/{slug}/publish/"))
            .json(&body)
            .send()
            .await
            .expect(200);
    };
    take_back("check-webhooks", "en").await;
    assert_eq!(index_of(&site, "ru", 1).await.title(0), "Как заменить ключ");
    take_back("rotate-keys", "ru").await;
    assert_eq!(index_of(&site, "ru", 1).await.title(0), "Rotate your keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_a_language_that_a_site_begins_to_speak_has_its_articles_at_once() {
    let site = Edge::shared().new_site(&crate::bodies::small_policy(r#"["ru"]"#), &[]).await;
    import(&site, json!([article("ru", "check-webhooks", "# Как проверить webhook\n\nСравните подписи.")])).await;
    assert_eq!(boot(&site, "en").await.locale, "ru");
    let policy = crate::bodies::small_policy(r#"["ru", "en"]"#);
    let spec = json!({ "name": "Test", "policy_toml": policy, "origins": [], "anonymous": true });
    let path = format!("/api/support/operator/sites/{}/", site.id);
    Edge::shared().operator().put(&path).json(&spec).send().await.expect(200);
    let told = boot(&site, "en").await;
    assert_eq!((told.locale.as_str(), told.kb.articles), ("en", 1));
    assert_eq!(search(&site, "en", "webhook").await, ["check-webhooks"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_the_help_centre_lists_what_is_not_translated_and_says_whose_language_it_is() {
    let site = english_site().await;
    let get =
        async |path: &str| Edge::shared().client().get(&format!("{path}&site={}", site.id)).send().await.expect(200);
    import(&site, json!([article("ru", "rotate-keys", "# Как заменить ключ\n\nОткройте настройки.")])).await;
    let home = valid_page(&get("/help?locale=ru").await);
    let mut titles = texts(&home, "main .list a");
    titles.sort();
    assert_eq!(titles, ["Check the signature of a webhook", "Как заменить ключ"]);
    assert_eq!(texts(&home, "main .list li[lang=en][dir=ltr] a"), ["Check the signature of a webhook"]);

    let page = valid_page(&get("/help/check-webhooks?locale=ru").await);
    assert_eq!(attributes(&page, "html", "lang"), ["ru"]);
    assert_eq!(attributes(&page, "article", "lang"), ["en"]);
    assert_eq!(attributes(&page, "link[rel=alternate]", "hreflang"), ["en"]);
    let here = attributes(&page, "link[rel=canonical]", "href");
    assert!(here[0].contains("locale=en"), "for machines it is the English page: {here:?}");
    let map = get("/help/sitemap.xml?").await.text();
    let pages: Vec<&str> = map.split("<loc>").filter(|entry| entry.contains("check-webhooks")).collect();
    assert!(pages.len() == 1 && pages[0].contains("locale=en"), "{map}");
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_a_language_is_the_policys_however_an_author_spells_its_tag() {
    let site = Edge::shared().new_site("school", &[]).await;
    import(&site, json!([article("RU", "pay", "# Оплата\n\nКартой.")])).await;
    let edit = json!({ "locale": "En", "markdown": "# Pay\n\nBy card.", "publish": true });
    site.staff().put("/api/support/agent/kb/articles/pay/").json(&edit).send().await.expect(200);
    for (locale, words) in [("ru", "оплата"), ("en", "pay")] {
        assert_eq!(search(&site, locale, words).await, ["pay"], "in {locale}");
    }
    let list: Page<ArticleInfo> = site.staff().get("/api/support/agent/kb/articles/").send().await.expect(200).json();
    let mut locales: Vec<&str> = list.items.iter().map(|article| article.locale.as_str()).collect();
    locales.sort_unstable();
    assert_eq!(locales, ["en", "ru"]);
}
