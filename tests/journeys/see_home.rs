//! A customer opens help and sees at a glance what concerns them: what is broken here, and nothing of what is not.

use crate::import_articles;
use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// Declares an incident that concerns only some.
async fn declare_for(stage: &Stage, title: &str, target: &Value) {
    let draft = json!({ "title": title, "body": "We are on it.", "target": target });
    stage.site.staff().post("/api/support/incidents/").json(&draft).send().await.expect(201);
}

/// What Home says is broken, the worst first.
async fn broken_on_home(stage: &Stage) -> Value {
    let script = "return [...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('.home .incident-title')]\
                  .map((one) => one.textContent).sort().join()";
    stage.browser.eval(script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_home_shows_the_incidents_of_this_page_and_this_visitor_and_no_others() {
    let stage = Stage::set("saas").await;
    declare_for(&stage, "Everywhere", &json!({})).await;
    declare_for(&stage, "Right here", &json!({ "pages": ["*/targeted.html"] })).await;
    declare_for(&stage, "At checkout", &json!({ "pages": ["/checkout*"] })).await;
    declare_for(&stage, "For Solo", &json!({ "plans": ["Solo"], "tiers": ["pro"] })).await;
    declare_for(&stage, "For basic", &json!({ "tiers": ["basic"] })).await;
    stage.browser.speak("en").await;
    stage.open("targeted.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(".home .incident-title").await;
    assert_eq!(broken_on_home(&stage).await, "Everywhere,For Solo,Right here");

    // A page without reloads has gone elsewhere, and says so by its address and by what it knows of the visitor.
    stage.browser.eval("return Buoy('close')").await;
    stage
        .browser
        .eval("history.pushState({}, '', '/checkout/2'); return Buoy('set', { tier: 'basic', plan: '' })")
        .await;
    stage.browser.click("launcher").await;
    stage.browser.hook("new-ticket").await;
    assert_eq!(broken_on_home(&stage).await, "At checkout,Everywhere,For basic");
    stage.strike().await;
}

/// What stands at the end of Home.
async fn lines(stage: &Stage) -> Vec<String> {
    stage.browser.hook("system").await;
    let script = "return [...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-buoy=office] > *')]\
                  .map((one) => one.textContent)";
    serde_json::from_value(stage.browser.eval(script).await).expect("texts")
}

/// What the edge says of the office now.
pub(crate) async fn office(stage: &Stage) -> Value {
    let path = format!("/api/support/home/?site={}", stage.site.id);
    stage.edge.client().get(&path).send().await.expect(200).value()
}

/// A time as the browser writes it.
pub(crate) async fn written(stage: &Stage, at: &Value, parts: &Value) -> String {
    let script = "return new Intl.DateTimeFormat('en', arguments[1]).format(new Date(arguments[0]))";
    let text = stage.browser.eval_with(script, &[at.clone(), parts.clone()]).await;
    text.as_str().expect("a text").to_owned()
}

/// The school, with other hours for all its promises: a line of `[calendars.business.hours]`.
pub(crate) fn school_with_hours(hours: &str) -> String {
    let school = std::fs::read_to_string(root().join("presets/school/policy.toml")).expect("the preset");
    let (before, rest) = school.split_once("mon = [").expect("hours");
    let (_, after) = rest.split_once("# First response by").expect("what comes after the hours");
    let before = before.replace("zone = \"Europe/Moscow\"\nholidays", "zone = \"UTC\"\n# holidays");
    format!("{before}{hours}\n# First response by{after}")
}

pub(crate) const EVERY_DAY: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[tokio::test(flavor = "multi_thread")]
async fn w3_home_says_until_when_somebody_is_there_and_by_when_they_answer() {
    let hours = EVERY_DAY.map(|day| format!("{day} = [\"00:00-23:59\"]")).join("\n");
    let stage = Stage::set(&school_with_hours(&hours)).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    let said = lines(&stage).await;
    let office = office(&stage).await;
    assert_eq!(office["open"], true);
    let time = written(&stage, &office["next_change_at"], &json!({ "hour": "numeric", "minute": "2-digit" })).await;
    assert_eq!(said[..2], ["All systems work".to_owned(), format!("We’re here until {time}")]);
    assert!(said[2].starts_with("We’ll answer by ") && said[2].ends_with(" tomorrow"), "a day from now: {said:?}");

    let link = stage.browser.hook("system").await;
    let href = link.attr("href").await.expect("an attribute").expect("an address");
    assert_eq!(href, format!("{}/status?site={}&locale=en", stage.edge_url(), stage.site.id));
    assert_eq!(link.attr("target").await.expect("an attribute").as_deref(), Some("_blank"));

    crate::declare(&stage, "Payments fail").await;
    stage.browser.eval("return Buoy('close')").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_text("system", "Something is broken").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_home_says_when_somebody_is_back() {
    let today = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs() / 86_400;
    // The first day of 1970 was a Thursday; three days from now is not tomorrow anywhere.
    let day = EVERY_DAY[usize::try_from((today + 3 + 3) % 7).expect("a weekday")];
    let school = school_with_hours(&format!("{day} = [\"09:00-17:00\"]"));
    let (always, business) = ("\"24h\"\ncalendar = \"always\"", "\"24h\"\ncalendar = \"business\"");
    let stage = Stage::set(&school.replace(always, business)).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    let said = lines(&stage).await;
    let office = office(&stage).await;
    assert_eq!(office["open"], false);
    let parts = json!({ "weekday": "long", "day": "numeric", "month": "long", "hour": "numeric", "minute": "2-digit" });
    let back = written(&stage, &office["next_change_at"], &parts).await;
    assert_eq!(said[1], format!("We’re away now. Back: {back}"));
    stage.strike().await;

    // A day by the wall clock ends before that.
    let stage = Stage::set(&school).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    let said = lines(&stage).await;
    assert!(said.len() == 2 && said[1].starts_with("We’ll answer by "), "no word of being away: {said:?}");
    stage.strike().await;
}

/// The articles that Home shows, in order.
async fn articles(stage: &Stage) -> Value {
    let script = "return [...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-buoy=articles] .row-title')]\
                  .map((one) => one.textContent)";
    stage.browser.eval(script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_home_begins_with_the_articles_that_help_on_this_page() {
    let school = std::fs::read_to_string(root().join("presets/school/policy.toml")).expect("the preset");
    let rule = "[[suggestions]]\npages = [\"*/plain.html\"]\narticles = [\"reset-password\"]\n";
    let stage = Stage::set(&school.replacen("[[suggestions]]", &format!("{rule}[[suggestions]]"), 1)).await;
    import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("targeted.html").await;
    stage.browser.click("launcher").await;
    stage.browser.hook("system").await;
    stage.browser.hook("articles").await;
    let first = articles(&stage).await;
    assert_eq!(first.as_array().map(Vec::len), Some(3));
    assert_ne!(first[0], "How to reset your password", "it is not the first by itself");

    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    // The first ones of all stand below.
    let suggested = "(() => { const root = document.querySelector('buoy-widget').shadowRoot;\
                     const rows = root.querySelectorAll('[data-buoy=articles] .row-title');\
                     return rows.length === 3 && rows[0].textContent === 'How to reset your password' })()";
    stage.browser.wait_until(suggested).await;
    stage.browser.click("suggestion").await;
    stage.browser.wait_for_text("article", "Forgot password").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_home_begins_with_what_others_read_on_this_page() {
    let stage = Stage::set("school").await;
    import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("targeted.html").await;
    stage.browser.hook("launcher").await;
    let path = stage.browser.eval("return location.pathname").await;
    let view = json!({ "kind": "view", "slug": "reset-password", "page": path });
    for address in ["203.0.113.1", "203.0.113.2"] {
        let body = json!({ "site": stage.site.id, "locale": "en", "events": [view] });
        let other = stage.edge.client().with_header("cf-connecting-ip", address);
        other.post("/api/support/kb/events/").json(&body).send().await.expect(204);
    }
    // A router's object says where it is, too, when it is asked for a text; what follows the path stays in the page.
    let routed = "return Buoy('set', { page: { toString: () => location.pathname + '?token=x' } }).then(() => true)";
    stage.browser.eval(routed).await;
    stage.browser.eval("return Buoy('article', 'reset-password').then(() => true)").await;
    stage.browser.wait_for_text("article", "Forgot password").await;
    let told =
        "performance.getEntriesByType('resource').some((one) => /kb[/]events/.test(one.name) && one.responseEnd)";
    stage.browser.wait_until(told).await;
    stage.open("targeted.html").await;
    stage.browser.click("launcher").await;
    let suggested = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=articles] .row-title')\
                     ?.textContent === 'How to reset your password'";
    stage.browser.wait_until(suggested).await;
    // On another page nobody has read it.
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.hook("system").await;
    stage.browser.hook("articles").await;
    assert_ne!(articles(&stage).await[0], "How to reset your password");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_home_works_without_what_cannot_be_had() {
    let stage = Stage::set("school").await;
    import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    let deaf = "window.real = window.fetch; window.failed = 0; window.isDeaf = true;\
        window.fetch = (...ask) => isDeaf && /support.home/.test(ask[0]) \
            ? (window.failed++, Promise.reject(new TypeError('deaf'))) : real(...ask); return true";
    stage.browser.eval(deaf).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_until("window.failed").await;
    stage.browser.hook("articles").await;
    assert_eq!(stage.browser.count("[data-buoy=office] > *").await, 0, "nothing is said that nobody knows");
    stage.browser.eval("window.isDeaf = false; return Buoy('close')").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_text("system", "All systems work").await;
    stage.strike().await;
}
