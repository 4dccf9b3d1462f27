//! A customer says that an incident concerns them too, on the banner or instead of a ticket, and is not asked again (I9).

use crate::declare;
use crate::steps::tickets_at_the_desk;
use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// How many people said so, as the team sees it.
async fn affected(stage: &Stage, incident: &str) -> u64 {
    let path = format!("/api/support/agent/incidents/{incident}/");
    let desk: Value = stage.site.staff().get(&path).send().await.expect(200).value();
    desk["me_too"].as_u64().expect("a count")
}

/// Whether the banner asks, once what it asks with is here.
async fn is_offered(stage: &Stage) -> bool {
    let aside =
        "performance.getEntriesByType('resource').map((one) => one.name).find((name) => name.includes('/aside.'))";
    let address = stage.browser.wait_until(aside).await;
    // A module is there for whoever asked first before it is there for us.
    stage.browser.eval_with("return import(arguments[0]).then(() => true)", &[address]).await;
    stage.browser.count(r#"[data-buoy="banner-me-too"]"#).await > 0
}

async fn count_becomes(stage: &Stage, incident: &str, count: u64) {
    buoy_tests::wait::until("the count at the desk", || async {
        (affected(stage, incident).await == count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_one_press_on_the_banner_counts_once_and_survives_a_lost_line() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner-me-too", "This affects me too").await;
    assert_eq!(stage.browser.eval("return localStorage.length").await, 0, "nothing is stored before the act");
    // The first attempt is lost; the word is said again when the line is back.
    let deaf = "window.real = window.fetch; window.isDeaf = true;\
        window.fetch = (...ask) => window.isDeaf ? Promise.reject(new TypeError('deaf')) : real(...ask);";
    stage.browser.eval(deaf).await;
    stage.browser.click("banner-me-too").await;
    stage.browser.wait_for_text("banner-me-too", "Thank you").await;
    assert_eq!(affected(&stage, &incident).await, 0);
    stage.browser.eval("window.isDeaf = false; dispatchEvent(new Event('online'))").await;
    count_becomes(&stage, &incident, 1).await;

    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    assert!(!is_offered(&stage).await, "nobody is asked twice");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_a_word_waits_while_the_page_answers_no_text_on_who_says_it() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("banner-me-too").await;
    let right = stage.site.identity("user-1", &json!({}));
    let silent = "window.asked = 0; window.right = arguments[0];\
        Buoy('identify', async () => (window.asked++ < 3 ? undefined : window.right))";
    stage.browser.eval_with(silent, &[right.into()]).await;
    stage.browser.click("banner-me-too").await;
    stage.browser.wait_until("window.asked").await;
    count_becomes(&stage, &incident, 1).await;
    let sessions =
        "return performance.getEntriesByType('resource').filter((one) => /[/]session[/]$/.test(one.name)).length";
    assert_eq!(stage.browser.eval(sessions).await, 1, "no stranger said it");
    assert_eq!(stage.browser.eval("return window.asked > 3").await, true);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_the_form_knows_the_incident_and_takes_a_word_instead_of_a_ticket() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.wait_for_text("known", "Payments fail").await;
    stage.browser.click("me-too").await;
    stage.browser.wait_for_text("known", "tell you here").await;
    count_becomes(&stage, &incident, 1).await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_a_site_that_hears_no_strangers_thanks_nobody_for_a_word_that_is_not_counted() {
    let stage = Stage::set("school").await;
    let policy = std::fs::read_to_string(root().join("presets/school/policy.toml")).expect("the preset");
    let closed =
        json!({ "name": "Closed", "policy_toml": policy, "origins": [stage.pages.origin()], "anonymous": false });
    let path = format!("/api/support/operator/sites/{}/", stage.site.id);
    stage.edge.operator().put(&path).json(&closed).send().await.expect(200);
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    assert!(!is_offered(&stage).await, "what would be refused is not offered");
    assert_eq!(stage.browser.eval("return Object.keys(localStorage)").await, json!([]));
    assert_eq!(affected(&stage, &incident).await, 0);

    // Whom the site names is heard.
    let user = stage.site.identity("user-1", &json!({}));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[user.into()]).await;
    stage.browser.eval("window.dispatchEvent(new Event('online'))").await;
    stage.browser.click("banner-me-too").await;
    count_becomes(&stage, &incident, 1).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_the_word_on_a_banner_is_a_button_that_can_be_seen_and_hit() {
    let stage = Stage::set("school").await;
    declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("banner-me-too").await;
    let look = "const act = document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=banner-me-too]');\
        const [its, around] = [act, act.parentNode.querySelector('.body')].map((one) => one.getBoundingClientRect());\
        return [its.height >= 24, its.width >= 24, its.top - around.bottom >= 8, getComputedStyle(act).borderTopWidth]";
    assert_eq!(stage.browser.eval(look).await, json!([true, true, true, "1px"]));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_a_word_said_with_a_token_that_was_revoked_is_said_again_with_a_new_one() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("banner-me-too").await;
    let key = format!("buoy:{}:session", stage.site.id);
    let revoked = json!({
        "token": format!("bv1.{}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", stage.site.id),
        "visitor": "cus_nobody", "expires_at": "2999-01-01T00:00:00Z",
    });
    stage
        .browser
        .eval_with(
            "localStorage.setItem(arguments[0], arguments[1])",
            &[key.clone().into(), revoked.to_string().into()],
        )
        .await;
    stage.browser.expect_error("401");
    let button = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=banner-me-too]')";
    stage.browser.eval(&format!("{button}.focus()")).await;
    stage.browser.click("banner-me-too").await;
    count_becomes(&stage, &incident, 1).await;
    let kept = stage.browser.eval(&format!("return localStorage.getItem('{key}')")).await;
    assert!(kept.as_str().is_some_and(|kept| kept.contains("bv1.") && !kept.contains("AAAAAAAA")), "{kept}");
    let is_focused = format!("return {button} === document.querySelector('buoy-widget').shadowRoot.activeElement");
    assert_eq!(stage.browser.eval(&is_focused).await, true, "the thanks keep the focus");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_the_form_thanks_for_a_word_only_when_it_was_heard_and_asks_again_when_it_was_refused() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("me-too").await;
    let deaf = "const real = window.fetch; window.answer = () => Promise.reject(new TypeError('deaf'));\
        window.fetch = (address, ...rest) => String(address).includes('/me_too/') && window.answer ? window.answer() : real(address, ...rest);";
    stage.browser.eval(deaf).await;
    stage.browser.click("me-too").await;
    let said = stage.browser.wait_for_text("known", "Waiting for a connection").await;
    assert!(!said.contains("tell you here"), "nobody has heard it: {said}");
    let heard = is_heard(&stage, &incident);
    assert_eq!(stage.browser.eval(&format!("return Boolean({heard})")).await, false);

    let refuse = "window.answer = async () => new Response('{}', { status: 404 }); dispatchEvent(new Event('online'))";
    stage.browser.eval(refuse).await;
    stage.browser.wait_for_text("known", "Not sent.").await;
    assert_eq!(stage.browser.eval(&format!("return Boolean({heard})")).await, false);

    stage.browser.eval("window.answer = undefined").await;
    stage.browser.click("me-too").await;
    stage.browser.wait_for_text("known", "tell you here").await;
    stage.browser.wait_until(&heard).await;
    count_becomes(&stage, &incident, 1).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_the_form_tells_only_of_incidents_that_concern_its_page() {
    let stage = Stage::set("school").await;
    declare(&stage, "Payments fail").await;
    let elsewhere = json!({ "title": "The shop is slow", "impact": "minor", "target": { "pages": ["/checkout"] } });
    stage.site.staff().post("/api/support/incidents/").json(&elsewhere).send().await.expect(201);
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.wait_for_text("known", "Payments fail").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="known"]"#).await, 1, "the shop's is not of this page");
    stage.browser.eval("Buoy('set', { page: '/checkout' })").await;
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.wait_for_text("known", "The shop is slow").await;
    stage.strike().await;
}

/// A word that is pressed in a tunnel: thanked for, not heard.
async fn press_in_a_tunnel(stage: &Stage, incident: &str) {
    stage.browser.hook("banner-me-too").await;
    stage.browser.eval("window.fetch = async () => { throw new TypeError('deaf') }").await;
    stage.browser.click("banner-me-too").await;
    stage.browser.wait_for_text("banner-me-too", "Thank you").await;
    let kept = format!("localStorage.getItem('buoy:{}:me_too_pending')?.includes('{incident}')", stage.site.id);
    stage.browser.wait_until(&kept).await;
    assert_eq!(affected(stage, incident).await, 0);
}

/// Whether the browser remembers that the edge has heard it.
fn is_heard(stage: &Stage, incident: &str) -> String {
    format!("localStorage.getItem('buoy:{}:me_too')?.includes('{incident}')", stage.site.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_a_word_that_was_pressed_in_a_tunnel_is_said_by_the_next_page_and_counts_once() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    press_in_a_tunnel(&stage, &incident).await;
    let heard = is_heard(&stage, &incident);
    assert_eq!(stage.browser.eval(&format!("return Boolean({heard})")).await, false, "what nobody heard was not said");

    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    assert!(!is_offered(&stage).await, "it is on its way");
    count_becomes(&stage, &incident, 1).await;
    stage.browser.wait_until(&heard).await;
    let names = "return Object.keys(localStorage).map((name) => name.split(':').pop()).sort().join()";
    assert_eq!(stage.browser.eval(names).await, "me_too,session", "nothing waits any more");

    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    assert!(!is_offered(&stage).await, "nobody is asked twice");
    assert_eq!(affected(&stage, &incident).await, 1);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_a_word_of_somebody_who_logged_out_is_not_said_by_whoever_comes_next() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    press_in_a_tunnel(&stage, &incident).await;
    stage.browser.eval("return Buoy('logout')").await;

    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    assert!(is_offered(&stage).await, "who comes next is asked themselves");
    assert_eq!(stage.browser.eval("return Object.keys(localStorage)").await, json!([]), "nothing of theirs is left");
    assert_eq!(affected(&stage, &incident).await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_who_asked_to_be_told_here_is_told_once_in_a_page_that_was_opened_since() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("banner-me-too").await;
    stage.browser.wait_until(&is_heard(&stage, &incident)).await;
    // They are elsewhere when it ends.
    stage.browser.goto("about:blank").await;
    crate::update(&stage, &incident, "Cards work again.", "resolved").await;

    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner", "Resolved: Payments fail").await;
    stage.browser.click("banner-dismiss").await;
    stage.browser.wait_until_gone(r#"[data-buoy="banner"]"#).await;

    // The panel goes on saying it for as long as it is news; the banner said it.
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_text("incident", "Cards work again").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="banner"]"#).await, 0, "told once");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_whom_the_page_names_is_told_in_a_later_page_too() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.pages.add("named.html", &crate::sign_in::page_of(&stage.site.identity("user-1", &json!({}))));
    stage.open("named.html").await;
    stage.browser.click("banner-me-too").await;
    stage.browser.wait_until(&is_heard(&stage, &incident)).await;
    stage.browser.goto("about:blank").await;
    crate::update(&stage, &incident, "Cards work again.", "resolved").await;
    stage.open("named.html").await;
    stage.browser.wait_for_text("banner", "Resolved: Payments fail").await;
    stage.strike().await;
}
