//! A reader of the public status: with any eyes, any screen, and without scripts (I7, A9); and whose pages a banner is on (A2).

use crate::declare;
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

pub(crate) async fn break_things(stage: &Stage) -> String {
    let staff = stage.site.staff();
    let post = async |body: Value| staff.post("/api/support/incidents/").json(&body).send().await.expect(201).value();
    let minor = post(json!({ "title": "Lessons are slow", "severity": "p3", "components": ["lessons"] })).await;
    let summary = json!({ "impact": "Lessons froze for some.", "prevention": "More servers." });
    let end = json!({ "body": "All lessons run.", "status": "resolved", "summary": summary });
    let path = format!("/api/support/incidents/{}/updates/", minor["id"].as_str().expect("an id"));
    staff.post(&path).json(&end).send().await.expect(201);
    let major = post(json!({ "title": "Payments by card fail for some banks, among them those with very long names", "severity": "p1",
        "components": ["payments", "website"], "work": "We switch to another bank.", "workaround": "Pay by transfer." }))
    .await;
    let begin = major["started_at"].as_str().and_then(buoy_shared::time::Timestamp::parse_rfc3339).expect("a time");
    let work = json!({ "title": "We move the database", "body": "Recordings pause.", "components": ["recordings"],
        "scheduled_for": begin.plus_seconds(3_600), "scheduled_until": begin.plus_seconds(7_200) });
    staff.post("/api/support/maintenances/").json(&work).send().await.expect(201);
    major["id"].as_str().expect("an id").to_owned()
}

pub(crate) fn address(stage: &Stage, path: &str, locale: &str) -> String {
    format!("{}{path}?site={}&locale={locale}", stage.edge.url(), stage.site.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a9_a_reader_with_any_eyes_finds_no_barrier_on_the_status_light_or_dark_or_narrow() {
    let stage = Stage::set("school").await;
    let incident = format!("/status/incidents/{}", break_things(&stage).await);
    for dark in [false, true] {
        if dark {
            stage.browser.prefer_dark().await;
        }
        for (width, locale) in [(1_280, "en"), (320, "ru")] {
            stage.browser.set_viewport(width, 800, 1, false).await;
            for path in ["/status", &incident, "/status/archive"] {
                stage.browser.goto(&address(&stage, path, locale)).await;
                stage.browser.wait_for_in_page("main h1").await;
                assert_eq!(stage.browser.barriers_in_page().await, json!([]), "{path}, dark: {dark}, {width} px");
                let wide = "return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 \
                    && !e.closest('.scroll, pre, .hidden, buoy-widget')).map(e => e.tagName + '.' + e.className)";
                assert_eq!(stage.browser.eval(wide).await, json!([]), "{path} at {width} px");
            }
        }
    }
    stage.strike().await;
}

/// Declares an incident whose banner concerns only some pages.
async fn declare_for(stage: &Stage, title: &str, target: &Value) {
    let draft = json!({ "title": title, "target": target });
    stage.site.staff().post("/api/support/incidents/").json(&draft).send().await.expect(201);
}

/// What the banner of a page says, once the page has settled.
async fn banner_on(stage: &Stage, page: &str) -> String {
    stage.open(page).await;
    stage.browser.hook("launcher").await;
    let script = r#"return [...document.querySelector("buoy-widget").shadowRoot.querySelectorAll('[data-buoy="title"]')].map(n => n.textContent).join()"#;
    stage.browser.eval(script).await.as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_banner_for_some_paths_is_on_those_pages_only() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    declare_for(&stage, "Elsewhere", &json!({ "pages": ["/checkout*"] })).await;
    assert_eq!(banner_on(&stage, "plain.html").await, "");
    declare_for(&stage, "Right here", &json!({ "pages": ["/checkout*", "*/plain.html"] })).await;
    assert!(banner_on(&stage, "plain.html").await.contains("Right here"));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_banner_for_a_component_is_on_pages_that_use_it_only() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    declare_for(&stage, "Recordings", &json!({ "components": ["recordings"] })).await;
    assert_eq!(banner_on(&stage, "plain.html").await, "", "the page names no component");
    assert_eq!(banner_on(&stage, "targeted.html").await, "", "the page uses payments and lessons");
    declare_for(&stage, "Lessons", &json!({ "components": ["lessons"] })).await;
    assert!(banner_on(&stage, "targeted.html").await.contains("Lessons"));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_banner_for_a_tier_or_a_plan_is_for_its_visitors_only() {
    let stage = Stage::set("saas").await;
    stage.browser.speak("en").await;
    declare_for(&stage, "For basic", &json!({ "tiers": ["basic"] })).await;
    declare_for(&stage, "For Team", &json!({ "plans": ["Team"], "tiers": ["pro"] })).await;
    assert_eq!(banner_on(&stage, "targeted.html").await, "", "the visitor is of tier pro and plan Solo");
    declare_for(&stage, "For Solo", &json!({ "plans": ["Team", "Solo"], "tiers": ["pro"] })).await;
    assert!(banner_on(&stage, "targeted.html").await.contains("For Solo"));
    assert_eq!(banner_on(&stage, "plain.html").await, "", "nobody said who the visitor is");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_banner_for_one_language_is_read_in_that_language_only() {
    let stage = Stage::set("school").await;
    declare_for(&stage, "По-русски", &json!({ "locales": ["ru"] })).await;
    stage.browser.speak("en").await;
    assert_eq!(banner_on(&stage, "plain.html").await, "");
    let id = declare(&stage, "For all").await;
    assert!(id.starts_with("inc_") && banner_on(&stage, "plain.html").await.contains("For all"));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a9_a_reader_without_scripts_learns_what_is_broken_and_follows_it() {
    let stage = Stage::set("school").await;
    break_things(&stage).await;
    stage.browser.switch_scripts_off().await;
    stage.browser.goto(&address(&stage, "/status", "en")).await;
    let state = stage.browser.wait_for_in_page("h1.state").await;
    assert_eq!(state.text().await.expect("a text"), "Partial outage");
    stage.browser.wait_for_in_page("article.critical h3 a").await.click().await.expect("it can be followed");
    stage.browser.wait_for_in_page("article h1").await; // of its own page: the list has updates, too
    let helps = stage.browser.wait_for_in_page(".updates li p:last-child").await;
    assert_eq!(helps.text().await.expect("a text"), "What you can do meanwhile: Pay by transfer.");
    assert!(stage.browser.has_no_widget().await, "no script ran");
    stage.strike().await;
}
