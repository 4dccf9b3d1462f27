//! A reader in the public help centre: with any eyes, any screen, and without scripts (K).

use crate::declare;
use buoy_tests::stage::Stage;
use serde_json::json;

async fn publish(stage: &Stage) {
    let rich = "---\ntitle: How to pay by card\ncategory: Payments\n---\n\nOpen **Payments**. See [how to reset](reset-password).\n\n## Is it safe?\n\n\
        - [x] card\n- [ ] bank\n\n> [!WARNING]\n> Never send a card number by mail.\n\n```sh\ncurl https://example.com/a/very/long/address/that/does/not/fit/on/a/phone\n```\n\n\
        | Plan | Price | What it holds | How long |\n| --- | --: | --- | --- |\n| Basic | 10 | One course | A month |\n";
    let article = |slug: &str, markdown: &str| json!({ "locale": "en", "slug": slug, "markdown": markdown });
    let articles =
        [article("pay-by-card", rich), article("reset-password", "# How to reset your password\n\nPress Forgot.")];
    let body = json!({ "articles": articles, "publish": true });
    stage.site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
}

fn address(stage: &Stage, path: &str) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{}{path}{sign}site={}&locale=en", stage.edge.url(), stage.site.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_with_any_eyes_finds_no_barrier_on_any_page_light_or_dark_or_narrow() {
    let stage = Stage::set("school").await;
    publish(&stage).await;
    for (dark, width) in [(false, 1_280), (true, 320)] {
        if dark {
            stage.browser.prefer_dark().await;
        }
        stage.browser.set_viewport(width, 800, 1, false).await;
        for path in ["/help", "/help/pay-by-card", "/help/search?q=pasword", "/help/search?q=zzqx"] {
            stage.browser.goto(&address(&stage, path)).await;
            stage.browser.wait_for_in_page("main h1").await;
            assert_eq!(stage.browser.barriers_in_page().await, json!([]), "{path}, dark: {dark}, {width} px");
            let wide = "return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 \
                && !e.closest('.scroll, pre, .hidden')).map(e => e.tagName + '.' + e.className)";
            assert_eq!(stage.browser.eval(wide).await, json!([]), "{path} at {width} px");
            let overflow = stage.browser.eval("return document.documentElement.scrollWidth - innerWidth").await;
            assert!(overflow.as_i64().is_some_and(|pixels| pixels <= 0), "{path} at {width} px: {overflow} too wide");
        }
    }
    stage.strike().await;
}

/// Where the page's heading begins, below where the banner ends; and how far the page was moved.
const ROOM: &str = "const banner = document.querySelector('buoy-widget')?.shadowRoot.querySelector('.banner');\
    const top = document.querySelector('main h1').getBoundingClientRect().top + scrollY;\
    const room = parseFloat(getComputedStyle(document.body).paddingTop);\
    return [!banner || top >= banner.getBoundingClientRect().bottom, room > 0]";

#[tokio::test(flavor = "multi_thread")]
async fn a_banner_covers_no_heading_of_the_help_and_leaves_no_gap_behind() {
    let stage = Stage::set("school").await;
    publish(&stage).await;
    let title = "Payments by card fail for some banks, among them those with very long names";
    declare(&stage, title).await;
    for width in [1_280, 390] {
        stage.browser.set_viewport(width, 800, 1, false).await;
        stage.browser.goto(&address(&stage, "/help")).await;
        stage.browser.hook("banner-me-too").await;
        stage.browser.wait_until(&format!("(() => {{ {ROOM} }})().join() === 'true,true'")).await;
    }
    stage.browser.click("banner-dismiss").await;
    stage.browser.wait_until(&format!("(() => {{ {ROOM} }})().join() === 'true,false'")).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_without_scripts_searches_and_reads() {
    let stage = Stage::set("school").await;
    publish(&stage).await;
    stage.browser.switch_scripts_off().await;
    stage.browser.goto(&address(&stage, "/help")).await;
    let field = stage.browser.wait_for_in_page("#page-query").await;
    field.send_keys("pasword").await.expect("it can be typed into");
    stage.browser.wait_for_in_page("header button").await.click().await.expect("it can be pressed");
    // The page of results keeps the query as its field's value; the list of all articles has links of the same kind.
    stage.browser.wait_for_in_page("#page-query[value='pasword']").await;
    let found = stage.browser.wait_for_in_page("main .list a").await;
    assert_eq!(found.text().await.expect("a text"), "How to reset your password");
    found.click().await.expect("it can be followed");
    let text = stage.browser.wait_for_in_page("main article p:last-child").await;
    assert_eq!(text.text().await.expect("a text"), "Press Forgot.");
    assert!(stage.browser.has_no_widget().await, "no script ran");
    stage.strike().await;
}
