//! Articles in the hands of their authors: versions, drafts, old addresses, export, preview (K1, K3).

use buoy_shared::api::{
    ArticleDetail, ArticleInfo, ArticleVersion, ExportedArticle, ImportReport, Items, Page, Preview,
};
use buoy_shared::article::{Article, Difficulty};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Answer;
use buoy_tests::wait::until;
use futures_util::future::join_all;
use serde_json::{Value, json};

const PATH: &str = "/api/support/agent/kb/articles/pay/";

async fn put(site: &Site, slug: &str, markdown: &str, publish: bool) -> ArticleDetail {
    let body = json!({ "locale": "en", "markdown": markdown, "publish": publish });
    site.staff().put(&format!("/api/support/agent/kb/articles/{slug}/")).json(&body).send().await.expect(200).json()
}

async fn read(site: &Site, slug: &str) -> Answer {
    let path = format!("/api/support/kb/articles/{slug}/?site={}&locale=en", site.id);
    Edge::shared().client().get(&path).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_a_draft_beside_a_published_text_is_seen_by_its_authors_alone_until_it_is_published() {
    let site = Edge::shared().new_site("school", &[]).await;
    let first = put(&site, "pay", "# Pay\n\nBy card.", false).await;
    assert_eq!((first.version, first.published), (1, false));
    read(&site, "pay").await.expect(404);

    let publish = |published: bool| {
        let body = json!({ "locale": "en", "published": published });
        site.staff().post(&format!("{PATH}publish/")).json(&body).send()
    };
    publish(true).await.expect(200);
    assert!(read(&site, "pay").await.expect(200).text().contains("By card."));

    let draft = put(&site, "pay", "# Pay\n\nBy card or bank.", false).await;
    assert_eq!((draft.version, draft.published_version, draft.newest_version), (2, 1, 2));
    assert!(!read(&site, "pay").await.text().contains("bank"));
    let list: Page<ArticleInfo> = site.staff().get("/api/support/agent/kb/articles/").send().await.expect(200).json();
    assert!(list.items[0].has_draft && !list.items[0].stale);

    publish(true).await.expect(200);
    assert!(read(&site, "pay").await.text().contains("bank"));
    publish(false).await.expect(200);
    read(&site, "pay").await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_every_saved_text_is_kept_and_an_old_one_can_be_brought_back() {
    let site = Edge::shared().new_site("school", &[]).await;
    for text in ["one", "two", "two", "three"] {
        put(&site, "pay", &format!("# Pay\n\n{text}"), true).await;
    }
    let versions = || site.staff().get(&format!("{PATH}versions/?locale=en")).send();
    let kept: Items<ArticleVersion> = versions().await.expect(200).json();
    let numbers: Vec<u32> = kept.items.iter().map(|version| version.version).collect();
    assert_eq!(numbers, [3, 2, 1], "the same text twice is one version");
    assert!(!kept.items[0].author.is_empty());
    let old: ArticleDetail = site.staff().get(&format!("{PATH}?locale=en&version=1")).send().await.expect(200).json();
    assert!(old.markdown.contains("one"));

    let restore = |version: u32| {
        let body = json!({ "locale": "en", "version": version, "publish": true });
        site.staff().post(&format!("{PATH}restore/")).json(&body).send()
    };
    let restored: ArticleDetail = restore(1).await.expect(200).json();
    assert_eq!((restored.version, restored.published_version), (4, 4));
    assert!(read(&site, "pay").await.text().contains("one"));
    restore(99).await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_of_two_authors_the_second_is_told_that_the_text_has_changed() {
    let site = Edge::shared().new_site("school", &[]).await;
    put(&site, "pay", "# Pay\n\none", true).await;
    let save = |text: &str, version: u32| {
        let body = json!({ "locale": "en", "markdown": format!("# Pay\n\n{text}"), "version": version });
        site.staff().put(PATH).json(&body).send()
    };
    save("two", 1).await.expect(200);
    save("three", 1).await.expect(409);
    save("three", 2).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_an_article_carries_what_its_author_says_about_it() {
    let site = Edge::shared().new_site("school", &[]).await;
    let markdown = "---\ntitle: How to pay\ndifficulty: advanced\nminutes: 7\ncategory: Billing\nupdated: 2020-02-03\nrelated: [refund]\n---\n\nBy card.";
    put(&site, "refund", "# How to get money back\n\nAsk.", true).await;
    put(&site, "invoice", "# How to pay an invoice by card\n\nOpen it.", true).await;
    let saved = put(&site, "pay", markdown, true).await;
    assert!(saved.stale, "K4: nobody looked at it for six months");
    let article: Article = read(&site, "pay").await.expect(200).json();
    assert_eq!(
        (article.minutes, article.difficulty, article.section.as_str()),
        (7, Some(Difficulty::Advanced), "Billing")
    );
    assert_eq!(article.updated_at.to_rfc3339().get(..10), Some("2020-02-03"));
    let related: Vec<&str> = article.related.iter().map(|other| other.slug.as_str()).collect();
    assert_eq!(related, ["refund"], "the author's choice");
    let other: Article = read(&site, "invoice").await.expect(200).json();
    let related: Vec<&str> = other.related.iter().map(|other| other.slug.as_str()).collect();
    assert!(related.contains(&"pay") && !related.contains(&"invoice"), "by the words they share: {related:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_an_old_name_of_an_article_still_finds_it() {
    let site = Edge::shared().new_site("school", &[]).await;
    put(&site, "pay", "---\ntitle: Pay\nredirect_from: [billing, /faq/old/pay.html]\n---\n\nBy card.", true).await;
    let article: Article = read(&site, "billing").await.expect(200).json();
    assert_eq!(article.slug, "pay");
    read(&site, "never-was").await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_a_draft_takes_no_old_address_from_what_readers_see_until_it_is_published() {
    let site = Edge::shared().new_site("school", &[]).await;
    let text = |title: &str| format!("---\ntitle: {title}\nredirect_from: [billing]\n---\n\nBy card.");
    put(&site, "pay", &text("Pay"), true).await;
    put(&site, "pay-new", &text("Pay anew"), false).await;
    assert_eq!(read(&site, "billing").await.expect(200).json::<Article>().slug, "pay");
    let publish = json!({ "locale": "en", "published": true });
    site.staff().post("/api/support/agent/kb/articles/pay-new/publish/").json(&publish).send().await.expect(200);
    assert_eq!(read(&site, "billing").await.expect(200).json::<Article>().slug, "pay-new");
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_a_text_that_was_changed_under_its_old_date_was_changed_today() {
    let site = Edge::shared().new_site("school", &[]).await;
    let text = |date: &str, words: &str| format!("---\ntitle: Pay\nupdated: {date}\n---\n\n{words}");
    assert!(put(&site, "pay", &text("2020-02-03", "By card."), true).await.stale);
    let same = put(&site, "pay", &text("2020-02-03", "By card."), true).await;
    assert!(same.stale, "nobody changed anything");
    let mended = put(&site, "pay", &text("2020-02-03", "By card or bank."), true).await;
    assert!(!mended.stale, "{:?}", mended.updated_at);
    let dated = put(&site, "other", &text("2020-02-03", "A."), true).await;
    let later = put(&site, "other", &text("2021-05-06", "B."), true).await;
    assert_eq!(
        [dated, later].map(|one| one.updated_at.to_rfc3339().get(..10).map(str::to_owned)),
        ["2020-02-03", "2021-05-06"].map(|date| Some(date.to_owned())),
        "an author's newer date counts"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_what_was_imported_comes_out_again_and_what_has_no_text_stays_a_draft() {
    let site = Edge::shared().new_site("school", &[]).await;
    let article = |slug: &str, markdown: &str| json!({ "locale": "en", "slug": slug, "markdown": markdown });
    let markdown = "# Pay\n\n- [x] card\n- [ ] bank\n\n> [!TIP]\n> Fast.\n\n| a | b |\n| --- | --: |\n| 1 | 2 |\n";
    let many: Vec<Value> = (0..45).map(|number| article(&format!("a{number}"), markdown)).collect();
    let more =
        [article("empty", "---\ntitle: Later\n---\n"), article("secret", "---\ntitle: S\ndraft: true\n---\n\nx")];
    let articles: Vec<Value> = many.into_iter().chain(more).collect();
    let body = json!({ "articles": articles, "publish": true });
    let report: ImportReport =
        site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200).json();
    assert_eq!((report.stored, report.refused.len()), (47, 0));
    for slug in ["empty", "secret"] {
        read(&site, slug).await.expect(404);
    }
    let mut found: Vec<ExportedArticle> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/support/agent/kb/export/?cursor={cursor}");
        let page: Page<ExportedArticle> = site.staff().get(&path).send().await.expect(200).json();
        found.extend(page.items);
        match page.next_cursor {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!(found.len(), 47);
    assert!(found.iter().filter(|article| article.published).all(|article| article.markdown == markdown));
    assert_eq!(found.iter().filter(|article| !article.published).count(), 2);
    site.staff().get("/api/support/agent/kb/export/?cursor=odd").send().await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_an_export_gives_the_text_that_readers_see_and_what_is_not_published_apart() {
    let site = Edge::shared().new_site("school", &[]).await;
    put(&site, "pay", "# Pay\n\nTen, {{name}}.", true).await;
    put(&site, "pay", "# Pay\n\nTwelve, from May.", false).await;
    put(&site, "later", "# Later\n\nfirst", false).await;
    put(&site, "later", "# Later\n\nsecond", false).await;
    let exported = || site.staff().get("/api/support/agent/kb/export/").send();
    let page: Page<ExportedArticle> = exported().await.expect(200).json();
    let [later, pay] = page.items.as_slice() else { panic!("two articles: {page:?}") };
    assert_eq!((later.published, later.markdown.as_str()), (false, "# Later\n\nsecond"));
    assert_eq!(later.draft_markdown, None, "of what nobody sees there is one text, the newest");
    assert_eq!((pay.published, pay.markdown.as_str()), (true, "# Pay\n\nTen, {{name}}."));
    assert_eq!(pay.draft_markdown.as_deref(), Some("# Pay\n\nTwelve, from May."));

    // As `kb import` sends it to another site: the draft after the text, and called one.
    let other = Edge::shared().new_site("school", &[]).await;
    let draft = "---\ntitle: Pay\ndraft: true\n---\n\nTwelve, from May.";
    let articles: Vec<Value> = [pay.markdown.as_str(), draft]
        .iter()
        .map(|text| json!({ "locale": "en", "slug": "pay", "markdown": text }))
        .collect();
    let body = json!({ "articles": articles, "publish": true });
    other.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    let shown = read(&other, "pay").await.expect(200).text();
    assert!(shown.contains("Ten, {{name}}.") && !shown.contains("Twelve"), "{shown}");
    let page: Page<ExportedArticle> =
        other.staff().get("/api/support/agent/kb/export/").send().await.expect(200).json();
    assert_eq!(page.items[0].draft_markdown.as_deref(), Some(draft));
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_a_preview_shows_the_tree_and_stores_nothing() {
    let site = Edge::shared().new_site("school", &[]).await;
    let preview = |markdown: &str| {
        site.staff().post("/api/support/agent/kb/preview/").json(&json!({ "markdown": markdown })).send()
    };
    let shown: Preview = preview("# Pay\n\n<script>x</script>By {{card}}.").await.expect(200).json();
    assert_eq!((shown.title.as_str(), shown.summary.as_str()), ("Pay", "By {{card}}."));
    preview("no title").await.expect(422);
    let list: Page<ArticleInfo> = site.staff().get("/api/support/agent/kb/articles/").send().await.expect(200).json();
    assert!(list.items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_without_a_text_or_a_locale_is_not_published() {
    let site = Edge::shared().new_site("school", &[]).await;
    let save = |body: Value| site.staff().put(PATH).json(&body).send();
    save(json!({ "locale": "en", "markdown": "# Only a title", "publish": true })).await.expect(422);
    save(json!({ "locale": "nowhere at all", "markdown": "# T\n\nx" })).await.expect(422);
    save(json!({ "locale": "en", "markdown": "no title" })).await.expect(422);
    save(json!({ "locale": "en", "markdown": "# Only a title" })).await.expect(200);
    let body = json!({ "locale": "en" });
    site.staff().post(&format!("{PATH}publish/")).json(&body).send().await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_a_picture_of_the_team_is_shown_to_everybody_and_what_is_none_is_refused() {
    let site = Edge::shared().new_site("school", &[]).await;
    let path = "/api/support/agent/kb/pictures/";
    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 100]].concat();
    let send = |bytes: Vec<u8>, kind: &'static str| site.staff().post(path).body(bytes, kind).send();
    let first = send(png.clone(), "image/png").await.expect(201).value();
    let again = send(png.clone(), "image/png").await.expect(201).value();
    assert_eq!(first, again, "the same bytes have the same address");
    let address = first["address"].as_str().expect("an address").to_owned();
    let shown = Edge::shared().client().get(&address).send().await.expect(200);
    assert_eq!((shown.bytes.as_slice(), shown.header("content-type")), (png.as_slice(), "image/png"));
    assert!(
        shown.header("cache-control").contains("immutable")
            && shown.header("content-security-policy").contains("sandbox")
    );
    assert_eq!(shown.header("content-disposition"), "");

    send(b"<svg onload=alert(1)>".to_vec(), "image/svg+xml").await.expect(415);
    send(b"<html>".to_vec(), "image/png").await.expect(422);
    send(vec![0; 1_100_000], "image/png").await.expect(413);
    for missing in
        [address.replace(&site.id, "site_nowhere"), address.replace(".png", ".svg"), "/help/pictures/x".to_owned()]
    {
        Edge::shared().client().get(&missing).send().await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_an_imported_article_shows_readers_the_picture_that_was_sent_before_it() {
    let site = Edge::shared().new_site("school", &[]).await;
    let gif = b"GIF89a\x01\x00\x01\x00".to_vec();
    let sent = site.staff().post("/api/support/agent/kb/pictures/").body(gif.clone(), "image/gif").send().await;
    let address = sent.expect(201).value()["address"].as_str().expect("an address").to_owned();
    let markdown = format!("# Pay\n\n![The button]({address})\n");
    let body = json!({ "articles": [{ "locale": "en", "slug": "pay", "markdown": markdown }], "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    let shown = read(&site, "pay").await.expect(200).text();
    assert!(shown.contains(&address), "{shown}");
    assert_eq!(Edge::shared().client().get(&address).send().await.expect(200).bytes, gif);
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_of_authors_who_save_at_once_over_the_same_version_one_is_heard() {
    let site = Edge::shared().new_site("school", &[]).await;
    for round in 0..4 {
        let slug = format!("pay-{round}");
        let seen = put(&site, &slug, "# Pay\n\nfirst", true).await.version;
        let path = format!("/api/support/agent/kb/articles/{slug}/");
        let staff = site.staff();
        let save = |author: u32| {
            let body = json!({ "locale": "en", "markdown": format!("# Pay\n\nof {author}"), "version": seen });
            staff.put(&path).json(&body).send()
        };
        let mut answers: Vec<u16> = join_all((0..6).map(save)).await.iter().map(|answer| answer.status).collect();
        answers.sort_unstable();
        assert_eq!(answers, [200, 409, 409, 409, 409, 409]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_who_publishes_shows_the_text_they_saw_and_a_draft_that_came_meanwhile_stays_one() {
    let site = Edge::shared().new_site("school", &[]).await;
    for round in 0..8 {
        let slug = format!("pay-{round}");
        put(&site, &slug, "# Pay\n\nfirst", true).await;
        put(&site, &slug, "# Pay\n\nsecond", false).await;
        let path = format!("/api/support/agent/kb/articles/{slug}/");
        let staff = site.staff();
        let draft = json!({ "locale": "en", "markdown": "# Pay\n\nthird", "publish": false });
        let publish = staff.post(&format!("{path}publish/")).json(&json!({ "locale": "en", "published": true }));
        let (published, saved) = tokio::join!(publish.send(), staff.put(&path).json(&draft).send());
        published.expect(200);
        saved.expect(200);
        let newest: ArticleDetail = staff.get(&format!("{path}?locale=en")).send().await.expect(200).json();
        assert_eq!((newest.newest_version, newest.markdown.as_str()), (3, "# Pay\n\nthird"));
        let shown = ["first", "second", "third"][newest.published_version as usize - 1];
        until("readers to see what counts as published", async || {
            read(&site, &slug).await.text().contains(shown).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_who_publishes_what_nobody_reads_yet_never_shows_a_text_that_came_meanwhile() {
    let site = Edge::shared().new_site("school", &[]).await;
    for round in 0..8 {
        let slug = format!("pay-{round}");
        put(&site, &slug, "# Pay\n\nfirst", false).await;
        let path = format!("/api/support/agent/kb/articles/{slug}/");
        let staff = site.staff();
        // A title alone: whoever reads it before they publish is refused.
        let draft = json!({ "locale": "en", "markdown": "# Pay", "publish": false });
        let publish = staff.post(&format!("{path}publish/")).json(&json!({ "locale": "en", "published": true }));
        let (published, saved) = tokio::join!(publish.send(), staff.put(&path).json(&draft).send());
        saved.expect(200);
        assert!([200, 409, 422].contains(&published.status), "{published:?}");
        if published.status == 200 {
            until("readers to see what was published", async || {
                read(&site, &slug).await.text().contains("first").then_some(())
            })
            .await;
        }
    }
}
