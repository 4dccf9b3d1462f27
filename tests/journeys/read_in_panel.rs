//! An article as it is read in the panel (K1, W3): all that its author wrote is there, and its links lead somewhere.

use buoy_tests::stage::Stage;
use serde_json::json;

const GUIDE: &str = "# Move to a new account\n\n> [!WARNING]\n> Deleting cannot be undone.\n\n> A plain quotation.\n\n\
    [To the end](#last-steps) or [read on](/help/pay-by-card#if-it-is-declined).\n\n\
    | Plan | Price |\n| --- | ---: |\n| Solo | 12 |\n\n```sh\nmove --all\n```\n\n## Last steps\n\nPress *Done*.";

async fn open_guide() -> Stage {
    let stage = Stage::set("school").await;
    crate::import_articles(&stage).await;
    let body = json!({ "articles": [{ "locale": "en", "slug": "move", "markdown": GUIDE }], "publish": true });
    stage.site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval("return Buoy('article', 'move')").await;
    stage.browser.wait_for_text("article", "Deleting cannot be undone").await;
    stage
}

/// What a script says about the article on the screen.
async fn of_article(stage: &Stage, what: &str) -> serde_json::Value {
    let begin = "const root = document.querySelector('buoy-widget').shadowRoot; const article = root.querySelector('[data-buoy=article]');";
    stage.browser.eval(&format!("{begin} return {what}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_a_warning_reads_as_one_and_columns_stand_as_their_author_set_them() {
    let stage = open_guide().await;
    let callout = of_article(&stage, "article.querySelector('.callout').textContent").await;
    assert_eq!(callout, "WarningDeleting cannot be undone.", "in words, not by its colour alone");
    assert_eq!(of_article(&stage, "article.querySelectorAll('blockquote').length").await, 1, "a quotation stays one");
    let column = "[...article.querySelectorAll('tr > :last-child')].map((cell) => getComputedStyle(cell).textAlign)";
    assert_eq!(of_article(&stage, column).await, json!(["end", "end"]));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_links_of_an_article_scroll_to_its_parts_and_open_other_articles_here() {
    let stage = open_guide().await;
    let heading = "article.querySelector('#buoy-at-last-steps').getBoundingClientRect().top < innerHeight";
    of_article(&stage, "(article.querySelector('a[href=\"#last-steps\"]').click(), 0)").await;
    assert_eq!(of_article(&stage, heading).await, true, "it can be seen");
    of_article(
        &stage,
        "([...article.querySelectorAll('a')].find((link) => link.textContent === 'read on').click(), 0)",
    )
    .await;
    stage.browser.wait_for(r#"[data-buoy="article"][data-slug="pay-by-card"]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_an_article_leads_to_its_page_in_a_tab_of_its_own_in_the_readers_language() {
    let stage = open_guide().await;
    let browser = &stage.browser;
    let link = "article.querySelector('[data-buoy=article-page]')";
    let said = of_article(&stage, &format!("[{link}.textContent, {link}.target, {link}.rel]")).await;
    assert_eq!(said, json!(["Open in a new tab", "_blank", "noopener"]));
    let address = of_article(&stage, &format!("{link}.href")).await;
    browser.goto(address.as_str().expect("an address")).await;
    browser.wait_for_in_page("main h1").await;
    let page = browser
        .eval("return [location.pathname, document.documentElement.lang, document.querySelector('h1').textContent]")
        .await;
    assert_eq!(page, json!(["/help/move", "en", "Move to a new account"]));
    stage.strike().await;
}
