//! The README says what is stored in a visitor's browser, and when. This walks through it line by line (W1, A6).

use crate::declare;
use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use std::fs;

/// What the widget keeps under its own names, by storage, without the site's part of them.
const KEPT: &str = r#"
  return (async () => {
    const names = (all) => Object.keys(all).map((name) => name.split(':').pop()).sort().join();
    const databases = (await indexedDB.databases()).length ? 'outbox' : '';
    return [document.cookie, names(localStorage), names(sessionStorage), databases].join('|');
  })()
"#;

async fn keeps(stage: &Stage, expected: &str) {
    let script = KEPT.trim().trim_start_matches("return ");
    let kept = format!("({script}).then((kept) => kept === '{expected}')");
    let asked = format!("return {kept}");
    let is_so = buoy_tests::wait::poll(|| async { (stage.browser.eval(&asked).await == true).then_some(()) }).await;
    let now = stage.browser.eval(KEPT).await;
    assert!(is_so.is_some(), "kept is {now}, the README says {expected}");
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_each_thing_is_stored_when_the_readme_says_so_and_no_earlier() {
    let stage = Stage::set("school").await;
    declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    keeps(&stage, "|||").await;

    stage.browser.type_into("subject", "A").await;
    keeps(&stage, "|session|draft|").await;

    stage.browser.expect_error("deaf");
    let deaf = "window.real = window.fetch; window.fetch = async () => { throw new TypeError('deaf') };";
    stage.browser.eval(deaf).await;
    stage.browser.type_into("body", "B").await;
    stage.browser.click("submit").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent").await;
    keeps(&stage, "|outbox,session||outbox").await;

    stage.browser.eval("window.fetch = window.real; dispatchEvent(new Event('online'))").await;
    stage.browser.hook("receipt").await;
    keeps(&stage, "|session||").await;

    stage.browser.click("banner-me-too").await;
    keeps(&stage, "|me_too,session||").await;
    stage.browser.click("banner-dismiss").await;
    keeps(&stage, "|dismissed,me_too,session||").await;

    stage.browser.eval("return Buoy('logout')").await;
    keeps(&stage, "|dismissed,me_too||").await;
    stage.strike().await;
}

#[test]
fn the_readme_names_each_of_them() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let (_, table) = readme.split_once("| in the visitor's browser | when | how long |").expect("the table");
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let local = "`localStorage`";
    // The draft, and a panel that failed: `switch_off` watches that one.
    let tab = "`sessionStorage`";
    let storages = ["until the first act", local, local, local, tab, tab, "IndexedDB"];
    assert_eq!(rows.len(), storages.len(), "{rows:#?}");
    for (row, storage) in rows.iter().zip(storages) {
        assert!(row.contains(storage), "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_a_question_that_the_host_asks_and_a_form_that_it_begins_store_nothing() {
    let stage = Stage::set("saas").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval("return Buoy('open', 'exit')").await;
    stage.browser.hook("exit").await;
    keeps(&stage, "|||").await;
    stage.browser.eval("return Buoy('newTicket', { subject: 'Of the page', body: 'Begun for you' })").await;
    stage.browser.hook("attach").await;
    keeps(&stage, "|||").await;

    // The visitor goes on from there: now it is theirs.
    stage.browser.type_into("body", ", and by me").await;
    keeps(&stage, "|session|draft|").await;
    stage.strike().await;
}
