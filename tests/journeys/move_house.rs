//! A team that comes from another messenger: its page makes the calls it always made, and they do the same here. The pages are
//! the examples of `docs/embed.md`, word by word.

use crate::sign_in::file;
use crate::steps::{ticket_at_the_desk, value_of};
use buoy_tests::languages::policy_of;
use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use serde_json::json;
use std::fs;

/// A page's own script before the tag: what the console is told, and which function stood there before ours.
const WATCH: &str = "window.told = []; console.info = (...words) => told.push(words.join(' '));";

/// The page below a vendor's heading, with our tag for this site.
fn example(vendor: &str) -> String {
    let page = fs::read_to_string(root().join("docs/embed.md")).expect("the page on embedding");
    let (_, part) = page.split_once(&format!("\n### {vendor}\n")).expect("the vendor's heading");
    let (_, block) = part.split_once("```html\n").expect("an example");
    let (block, _) = block.split_once("```").expect("the end of the example");
    block.replace("https://support.example.com", "{{edge}}").replace("site_demo", "{{site}}")
}

/// Opens the example in a page in English; `global` is the vendor's name.
async fn open_example(vendor: &str, global: &str) -> Stage {
    let stage = Stage::set(&policy_of(&["en", "de"])).await;
    let watched = example(vendor)
        .replace("<script async", &format!("<script>window.before = window.{global};{WATCH}</script>\n<script async"));
    let page = format!(
        "<!doctype html><html lang=en><title>Host</title><link rel=icon href=data:,><p>Host</p>{watched}</html>"
    );
    stage.pages.add("moved.html", &page);
    stage.browser.speak("en").await;
    stage.open("moved.html").await;
    stage
}

/// Makes calls of the page; none throws.
async fn call(stage: &Stage, script: &str) {
    let script = format!("try {{ {script}; return 'fine' }} catch (error) {{ return String(error) }}");
    assert_eq!(stage.browser.eval(&script).await, "fine", "{script}");
}

/// What has no meaning here was said once for each name, and taken away the widget leaves the name as it was.
async fn says_what_it_cannot_do_and_leaves(stage: Stage, global: &str, name: &str) {
    let times = format!("return told.filter((line) => line.includes({})).length", json!(name));
    assert_eq!(stage.browser.eval(&times).await, 1, "{name}");
    let is_ours = format!("return window.{global} !== window.before");
    assert_eq!(stage.browser.eval(&is_ours).await, true);
    stage.browser.eval("return Buoy('destroy')").await;
    let left = format!(
        "return String([window.{global} === window.before, typeof window.Buoy, {} in window])",
        json!("chatwootSDK")
    );
    assert_eq!(stage.browser.eval(&left).await, "true,undefined,false");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_intercom_boots_writes_signs_in_and_shuts_down() {
    let stage = open_example("Intercom", "Intercom").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready][lang="de"]"#).await;
    stage.browser.hook("attach").await;
    assert_eq!(value_of(&stage, "body").await, "Where is my invoice?");
    assert_eq!(value_of(&stage, "email").await, "anna@example.com");
    call(
        &stage,
        "Intercom('hide'); Intercom('startTour', 1); Intercom('startTour', 2); Intercom('showNewMessage', null)",
    )
    .await;
    stage.browser.hook("attach").await;
    call(&stage, "window.heard = []; Intercom('onHide', () => heard.push('hidden')); Intercom('hide')").await;
    stage.browser.wait_until("heard.join() === 'hidden'").await;

    let token = stage.site.identity("user-7", &json!({}));
    call(&stage, &format!("Intercom('boot', {{ intercom_user_jwt: '{token}' }}); Intercom('update', {{ intercom_user_jwt: '{token}' }})")).await;
    call(&stage, "Intercom('showSpace', 'home')").await; // signing in left the form as it stood
    stage.browser.hook("new-ticket").await;
    call(&stage, "Intercom('hide')").await;
    file(&stage, "As myself").await;
    assert_eq!(ticket_at_the_desk(&stage).await["requester"]["external_id"], "user-7");
    call(&stage, "Intercom('shutdown'); Intercom('shutdown')").await; // by a route and by its component
    let is_shown = "getComputedStyle(document.querySelector('buoy-widget').shadowRoot.querySelector('.launcher')).display !== 'none'";
    stage.browser.wait_until(&format!("!({is_shown})")).await;
    assert_eq!(stage.browser.eval("return Object.keys(localStorage).join()").await, "", "nothing of them is left");
    call(&stage, "Intercom('boot', {}); Intercom('showMessages')").await;
    stage.browser.wait_until(is_shown).await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    assert_eq!(stage.browser.count(r#"[data-buoy="ticket"]"#).await, 0, "nobody is here any more");
    says_what_it_cannot_do_and_leaves(stage, "Intercom", "startTour").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_of_intercom_that_the_tag_names_as_well_opens_and_a_link_leads_nowhere_else() {
    let stage = Stage::set("school").await;
    let page = "<!doctype html><html lang=en><title>Host</title><link rel=icon href=data:,>\
        <button id=help class=ask>Help</button><a id=mail class=ask href='#mailed'>Mail</a>\
        <script>window.intercomSettings = { custom_launcher_selector: '.ask' };window.heard = []</script>\
        <script async src=\"{{edge}}/widget.js\" data-site=\"{{site}}\" data-shim=intercom data-launcher=\"#help\"></script></html>";
    stage.pages.add("buttons.html", page);
    stage.browser.speak("en").await;
    stage.open("buttons.html").await;
    stage.browser.wait_until("window.Intercom").await;
    let listen = "for (const name of ['open', 'close']) Buoy('on', name, () => heard.push(name)); return true";
    stage.browser.eval(listen).await;
    stage.browser.eval("document.querySelector('#help').click()").await;
    stage.browser.wait_until("heard.join() === 'open'").await;
    stage.browser.eval("document.querySelector('#mail').click()").await;
    stage.browser.wait_until("heard.join() === 'open,close'").await;
    assert_eq!(stage.browser.eval("return location.hash").await, "");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_beacon_prefills_the_form_and_hears_of_what_it_asked_for() {
    let stage = open_example("Beacon", "Beacon").await;
    stage.browser.hook("attach").await;
    assert_eq!(value_of(&stage, "subject").await, "Refund");
    assert_eq!(value_of(&stage, "body").await, "For the spring course.");
    assert_eq!(value_of(&stage, "email").await, "anna@example.com");
    let along = stage.browser.text_of(".context dl").await;
    assert!(along.contains("annual"), "{along}");
    let listen = "window.heard = []; const hear = (word) => () => heard.push(word);\
        Beacon('once', 'close', hear('once')); Beacon('on', 'close', hear('on')); Beacon('on', 'open', hear('never')); Beacon('off', 'open');\
        Beacon('close'); Beacon('open'); Beacon('close'); Beacon('show-message', 'a'); Beacon('show-message', 'b')";
    call(&stage, listen).await;
    stage.browser.wait_until("heard.join() === 'once,on,on'").await;
    call(&stage, "Beacon('navigate', '/docs/search?query=spring')").await;
    stage
        .browser
        .wait_until(
            "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=search]')?.value === 'spring'",
        )
        .await;
    let launcher = "document.querySelector('buoy-widget').dataset.launcher";
    call(&stage, "Beacon('prefill', { subject: 'Of somebody who left' })").await;
    call(&stage, "Beacon('destroy'); Beacon('destroy')").await; // as pages do when their route changes
    stage.browser.wait_until(&format!("{launcher} === 'none'")).await;
    stage.browser.wait_until_gone(r#"[data-buoy="panel"][data-ready]"#).await;
    call(&stage, "Beacon('init', '01234567'); Beacon('open')").await;
    stage.browser.wait_until(&format!("{launcher} === 'auto'")).await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.hook("search").await; // and no form with the words of whoever was here before
    says_what_it_cannot_do_and_leaves(stage, "Beacon", "show-message").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_chatwoot_finds_its_object_and_is_told_by_its_events() {
    let stage = open_example("Chatwoot", "$chatwoot").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready][lang="de"]"#).await;
    let launcher = "document.querySelector('buoy-widget').dataset.launcher";
    assert_eq!(stage.browser.eval(&format!("return {launcher}")).await, "none", "as chatwootSettings say");
    stage.browser.wait_until("$chatwoot.isOpen").await;
    let listen = "window.heard = []; for (const name of ['opened', 'closed']) addEventListener('chatwoot:' + name, () => heard.push(name));\
        chatwootSDK.run({}); $chatwoot.toggle(); $chatwoot.toggle('open'); $chatwoot.setUser('user-1', { email: 'anna@example.com' }); $chatwoot.setLabel('a'); $chatwoot.setLabel('b');\
        $chatwoot.toggleBubbleVisibility('show'); $chatwoot.setConversationCustomAttributes({ order: 4711 });\
        $chatwoot.deleteCustomAttribute('plan')";
    call(&stage, listen).await;
    stage.browser.wait_until("heard.join() === 'closed,opened'").await;
    stage.browser.wait_until(&format!("{launcher} === 'auto'")).await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    let along = stage.browser.text_of(".context dl").await;
    assert!(along.contains("4711") && !along.contains("annual"), "{along}");
    says_what_it_cannot_do_and_leaves(stage, "$chatwoot", "setLabel").await;
}

/// The same person, as pages log in with each of their views, and then somebody else.
async fn logs_in_again(stage: &Stage) {
    stage.browser.click("back").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "Half a sentence").await;
    let log_in = |user: &str| {
        let token = stage.site.identity(user, &json!({}));
        format!(
            "zE('messenger', 'loginUser', (done) => {{ done('{token}'); setTimeout(() => (window.isTold = '{user}')) }})"
        )
    };
    call(stage, &log_in("user-7")).await;
    stage.browser.wait_until("window.isTold === 'user-7'").await;
    assert_eq!(value_of(stage, "subject").await, "Half a sentence");
    call(stage, &log_in("user-8")).await;
    stage.browser.wait_until_gone(r#"[data-buoy="subject"]"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_zendesk_opens_its_messenger_and_logs_its_user_in() {
    let stage = open_example("Zendesk", "zE").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready][lang="de"]"#).await;
    let token = stage.site.identity("user-7", &json!({}));
    let listen = format!(
        "window.heard = []; zE('messenger:on', 'close', () => heard.push('closed')); zE('messenger:on', 'unreadMessages', (count) => heard.push(count));\
         zE('messenger', 'close'); zE('messenger', 'loginUser', (done) => done('{token}'));\
         zE('messenger:set', 'zIndex', 1); zE('messenger:set', 'zIndex', 2); zE('webWidget', 'chat:send'); zE()"
    );
    call(&stage, &listen).await;
    stage.browser.wait_until("heard.includes('closed') && heard.includes(0)").await;
    file(&stage, "As myself").await;
    let filed = ticket_at_the_desk(&stage).await;
    assert_eq!(filed["requester"]["external_id"], "user-7");
    let path = format!("/api/support/agent/tickets/{}/", filed["id"].as_str().expect("an id"));
    let ticket = stage.site.staff().get(&path).send().await.expect(200).value();
    assert_eq!(ticket["context"]["custom"]["plan"], "annual");
    logs_in_again(&stage).await;
    call(&stage, "zE('messenger', 'logoutUser'); zE('messenger', 'hide')").await;
    stage.browser.wait_until_gone(r#"[data-buoy="receipt"]"#).await;
    says_what_it_cannot_do_and_leaves(stage, "zE", "zIndex").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_the_attribute_fetches_nothing_for_it_and_keeps_its_names() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage.browser.eval("return Buoy('open')").await;
    let fetched = "return performance.getEntriesByType('resource').filter((one) => one.name.includes('shims')).length";
    assert_eq!(stage.browser.eval(fetched).await, 0);
    let names = "return ['Intercom', 'Beacon', '$chatwoot', 'zE'].filter((name) => name in window).join()";
    assert_eq!(stage.browser.eval(names).await, "");
    stage.strike().await;
}
