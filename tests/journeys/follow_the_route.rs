//! An application of one page goes on without loading anything (W1, I5): its banner goes with it, and we stay in the page.

use crate::steps::go_to_form;
use buoy_tests::stage::Stage;
use serde_json::json;

/// A page that hears nothing from us after its script, so that what it shows follows from what it knows.
const DEAF: &str = r#"<!doctype html><html lang="en"><title>Deaf</title><link rel="icon" href="data:,"><body><script>
    const real = window.fetch;
    window.fetch = (...ask) => (/boot/.test(ask[0]) ? new Promise(() => {}) : real(...ask));
    </script><script async src="{{edge}}/{{site}}/widget.js" data-site="{{site}}"></script>"#;

async fn declare_for(stage: &Stage, title: &str, target: serde_json::Value) {
    let draft = json!({ "title": title, "target": target });
    stage.site.staff().post("/api/support/incidents/").json(&draft).send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_banner_comes_as_soon_as_the_page_says_who_reads_it() {
    let stage = Stage::set("saas").await;
    stage.browser.speak("en").await;
    declare_for(&stage, "For basic", json!({ "tiers": ["basic"] })).await;
    stage.pages.add("deaf.html", DEAF);
    stage.open("deaf.html").await;
    stage.browser.hook("launcher").await;
    assert_eq!(stage.browser.count("[data-buoy=banner]").await, 0);
    stage.browser.eval("return Buoy('set', { tier: 'basic' })").await;
    stage.browser.wait_for_text("banner", "For basic").await;
    stage.browser.eval("return Buoy('set', { tier: 'pro' })").await;
    stage.browser.wait_until_gone("[data-buoy=banner]").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_the_title_of_a_banner_leads_to_all_news_whatever_was_open_before() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    crate::declare(&stage, "Payments fail").await;
    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    go_to_form(&stage).await;
    stage.browser.eval("return Buoy('close')").await;
    stage.browser.click("title").await;
    stage.browser.hook("search").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_a_page_that_draws_its_whole_document_anew_gets_us_back() {
    let stage = Stage::set("school").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    let anew = "document.documentElement.replaceChildren(document.createElement('body')); dispatchEvent(new Event('online')); return true";
    stage.browser.eval(anew).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.strike().await;
}

/// By the page's navigation, which Chromium has told of for years.
pub(crate) mod of_chromium {
    use super::{DEAF, Stage, declare_for, json};

    #[tokio::test(flavor = "multi_thread")]
    async fn i5_a_banner_for_some_pages_comes_and_goes_with_the_route() {
        let stage = Stage::set("school").await;
        stage.browser.speak("en").await;
        declare_for(&stage, "Nobody can pay", json!({ "pages": ["/checkout*"] })).await;
        stage.pages.add("deaf.html", DEAF);
        stage.open("deaf.html").await;
        stage.browser.hook("launcher").await;
        assert_eq!(stage.browser.count("[data-buoy=banner]").await, 0, "not here");
        stage.browser.eval("history.pushState({}, '', '/checkout/cart'); return true").await;
        stage.browser.wait_for_text("banner", "Nobody can pay").await;
        stage.browser.eval("history.back(); return true").await;
        stage.browser.wait_until_gone("[data-buoy=banner]").await;
        stage.strike().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a2_who_chose_their_own_colours_sees_the_launcher_and_where_the_banner_ends() {
        let stage = Stage::set("school").await;
        crate::declare(&stage, "Payments fail").await;
        stage.browser.prefer_forced_colours().await;
        stage.open("plain.html").await;
        stage.browser.wait_for_text("meta", ":").await;
        let look = "const root = document.querySelector('buoy-widget').shadowRoot;\
            const of = (name, part) => getComputedStyle(root.querySelector('.' + name), part);\
            return [of('launcher').backgroundColor !== getComputedStyle(document.body).backgroundColor,\
                of('launcher', ':before').backgroundImage !== 'none', of('banner').outlineColor !== 'rgba(0, 0, 0, 0)']";
        assert_eq!(stage.browser.eval(look).await, json!([true, true, true]));
        stage.strike().await;
    }
}
