//! A host vouches for its user in a way that the edge does not take: the user is told so, and so are those who can mend it (W2, W4).

use crate::sign_in::page_of;
use crate::steps::{go_to_form, send, ticket_at_the_desk, tickets_at_the_desk};
use buoy_tests::edge::sign;
use buoy_tests::stage::Stage;
use serde_json::json;

/// The host's word on its user, signed by a secret that was replaced meanwhile.
fn of_a_rotated_secret(stage: &Stage, user: &str) -> String {
    let right = stage.site.identity(user, &json!({}));
    let claims = right.split('.').nth(1).expect("claims");
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": stage.site.kid });
    let wrong = sign(&header, &json!({}), "the secret of before");
    [wrong.split('.').next().expect("a header"), claims, wrong.rsplit('.').next().expect("a signature")].join(".")
}

/// A page whose user nobody knows, since their identity is signed wrongly.
async fn locked_out() -> Stage {
    named_by(|stage| format!("'{}'", of_a_rotated_secret(stage, "user-7"))).await
}

/// A page that names its user by a value in its script; it keeps what it hears of errors.
async fn named_by(value: impl Fn(&Stage) -> String) -> Stage {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.browser.expect_error("401");
    let listening = "window.heard=[];Buoy('on','error',(one)=>heard.push(one));Buoy('identify'";
    let page = page_of("IDENTITY").replace("'IDENTITY'", &value(&stage)).replace("Buoy('identify'", listening);
    stage.pages.add("locked-out.html", &page);
    stage.open("locked-out.html").await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_a_user_writes_whose_identity_is_refused_says_why_it_waits_and_goes_out_with_a_good_one() {
    let stage = locked_out().await;
    go_to_form(&stage).await;
    send(&stage, "Locked out").await;
    stage.browser.wait_for_text("outbox", "You are not signed in here right now").await;
    let told = stage.browser.text_of(r#".form [role="alert"]"#).await;
    assert!(told.contains("not signed in"), "{told}");
    assert!(!told.contains("No connection"), "{told}");
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 0);

    stage.browser.wait_until("heard.length").await;
    assert_eq!(stage.browser.eval("return heard").await, json!([{ "code": "identity-refused" }]));
    let console = stage.browser.console().await;
    let warned: Vec<&String> = console.iter().filter(|line| line.contains("this identity is refused")).collect();
    assert!(warned.len() == 1 && warned[0].contains("secret"), "{console:#?}");

    let right = stage.site.identity("user-7", &json!({}));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[right.into()]).await;
    stage.browser.hook("receipt").await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    let requester = ticket_at_the_desk(&stage).await["requester"].clone();
    assert_eq!(requester["external_id"], "user-7");
    assert_eq!(stage.browser.eval("return heard.length").await, 1, "once for each identity");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_an_identity_that_is_neither_a_text_nor_a_function_is_refused_and_makes_nobody_a_stranger() {
    let stage = named_by(|stage| format!("{{token:'{}'}}", stage.site.identity("user-7", &json!({})))).await;
    go_to_form(&stage).await;
    send(&stage, "Wrapped").await;
    stage.browser.wait_for_text("outbox", "You are not signed in here right now").await;
    stage.browser.wait_until("heard.length").await;
    assert_eq!(stage.browser.eval("return heard").await, json!([{ "code": "identity-refused" }]));
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 0);
    // Whoever mends the page finds its visitor's words still there.
    let draft = "return Object.values(sessionStorage).some((text) => text.includes('Wrapped'))";
    assert_eq!(stage.browser.eval(draft).await, true);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_tickets_that_nobody_may_see_for_want_of_an_identity_are_not_called_none() {
    let stage = locked_out().await;
    stage.browser.eval("return Buoy('open', 'tickets')").await;
    let told = stage.browser.text_of(r#".view [role="alert"]"#).await;
    assert!(told.contains("You are not signed in here right now"), "{told}");
    assert_eq!(stage.browser.count(".empty-title").await, 0, "nobody said that there are none");
    stage.browser.click("back").await;
    stage.browser.wait_for_text("tickets-missed", "You are not signed in here right now").await;

    let right = stage.site.identity("user-7", &json!({}));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[right.into()]).await;
    stage.browser.wait_until_gone(r#"[data-buoy="tickets-missed"]"#).await;
    stage.browser.eval("return Buoy('open', 'tickets')").await;
    stage.browser.wait_for(".empty-title").await;
    stage.strike().await;
}
