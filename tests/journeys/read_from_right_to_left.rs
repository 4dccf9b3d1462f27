//! A visitor who reads another language, also from right to left (W1–W6): the panel is mirrored, whatever the host's page
//! is, and what is typed in either direction arrives.

use crate::many_languages;
use crate::steps::{answer, path_at_the_desk, ticket_at_the_desk};
use buoy_tests::languages::policy_of;
use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use serde_json::{Value, json};
use std::fs;

/// Where the middle of a hook is, from the left edge of the panel, as a share of its width.
async fn place_of(stage: &Stage, hook: &str) -> f64 {
    let script = "const root = document.querySelector('buoy-widget').shadowRoot;\
        const [panel, node] = [root.querySelector('.panel'), root.querySelector(`[data-buoy=\"${arguments[0]}\"]`)].map((one) => one.getBoundingClientRect());\
        return (node.x + node.width / 2 - panel.x) / panel.width";
    stage.browser.eval_with(script, &[json!(hook)]).await.as_f64().expect("a place")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_reads_and_writes_from_right_to_left_in_a_page_from_left_to_right() {
    let stage = Stage::set(&many_languages()).await;
    let browser = &stage.browser;
    browser.speak("en").await;
    let article =
        json!({ "locale": "ar", "slug": "pay", "markdown": "# كيف أدفع بالبطاقة\n\nافتح دوراتي واضغط ادفع." });
    let body = json!({ "articles": [article], "publish": true });
    stage.site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    stage.open("plain.html").await;
    browser.eval("return Buoy('set', { locale: 'ar' })").await;
    browser.eval("return Buoy('open')").await;
    browser.wait_for(r#"[data-buoy="panel"][data-ready][lang="ar"][dir="rtl"]"#).await;
    assert!(place_of(&stage, "close").await < 0.2, "the cross is on the left");
    browser.type_into("search", "أدفع").await;
    browser.wait_for_text("result", "كيف أدفع بالبطاقة").await;
    browser.click("result").await;
    browser.wait_for_text("article", "افتح دوراتي").await;
    assert!(place_of(&stage, "back").await > 0.8, "the way back is on the right");
    browser.click("back").await;
    browser.hook("search").await;
    browser.click("new-ticket").await;
    browser.hook("attach").await;
    // An address and a name of another direction stay as they were typed.
    browser.type_into("subject", "خطأ في https://example.com/pay?id=7").await;
    browser.type_into("body", "لا أستطيع الدفع (Visa) منذ الصباح.").await;
    browser.click("submit").await;
    browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(&stage).await;
    assert_eq!(ticket["subject"], "خطأ في https://example.com/pay?id=7");
    browser.click("open-ticket").await;
    browser.wait_for_text("message", "لا أستطيع الدفع (Visa) منذ الصباح.").await;
    assert!(place_of(&stage, "send").await < 0.2, "what sends is on the left");
    let path = path_at_the_desk(&ticket);
    answer(&stage, &path, "نظرنا في الأمر.").await;
    browser.wait_for_text("message", "نظرنا في الأمر.").await;
    let wide = "return document.documentElement.scrollWidth - innerWidth";
    assert_eq!(browser.eval(wide).await, 0, "nothing makes the page wider");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_a_site_that_names_its_language_by_script_or_region_gets_the_panel_in_it() {
    let stage = Stage::set(&policy_of(&["en", "zh-Hans", "de-AT"])).await;
    for (locale, greeting) in [("zh-Hans", "zh-CN"), ("de-AT", "de")] {
        let file = root().join("widget/locales").join(format!("{greeting}.json"));
        let texts: Value = serde_json::from_slice(&fs::read(file).expect("the locale's texts")).expect("JSON");
        stage.open("plain.html").await;
        stage.browser.hook("launcher").await;
        stage.browser.eval_with("return Buoy('set', { locale: arguments[0] })", &[locale.into()]).await;
        stage.browser.eval("return Buoy('newTicket')").await;
        stage.browser.wait_for_text("submit", texts["form.submit"].as_str().expect("a text")).await;
        // The other half's words are of the same language.
        stage.browser.wait_for(r#"[data-buoy="attach"]"#).await;
        let files = stage.browser.text_of(".attaching").await;
        assert!(files.contains(texts["file.add"].as_str().expect("a text")), "{locale}: {files}");
    }
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_a_banner_runs_the_way_its_words_do_whatever_the_page_does() {
    let stage = Stage::set(&many_languages()).await;
    let said = json!({ "title": "الدفع بالبطاقة لا ينجح", "body": "الدروس تسير كالمعتاد.", "impact": "major" });
    stage.site.staff().post("/api/support/incidents/").json(&said).send().await.expect(201);
    let tag = r#"<script async src="{{edge}}/widget.js" data-site="{{site}}" data-locale="ar"></script>"#;
    stage.pages.add("arabic.html", &format!("<!doctype html><title>Host</title><link rel=icon href=data:,>{tag}"));
    stage.open("arabic.html").await;
    stage.browser.wait_for_text("banner", "الدفع بالبطاقة").await;
    let directions = "const banner = document.querySelector('buoy-widget').shadowRoot.querySelector('.banner');\
        return [document.documentElement, banner.querySelector('.text')].map((one) => getComputedStyle(one).direction)";
    assert_eq!(stage.browser.eval(directions).await, json!(["ltr", "rtl"]));
    stage.strike().await;
}
