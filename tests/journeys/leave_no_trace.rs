//! A host takes the widget away, or asks for it twice (A7).

use buoy_tests::stage::Stage;

const PAGE: &str = "return document.documentElement.outerHTML";

/// Names of the page's globals that are not the browser's own.
const GLOBALS: &str = "return Object.keys(window).filter((name) => /buoy/i.test(name)).join()";

#[tokio::test(flavor = "multi_thread")]
async fn after_destroy_the_page_is_as_it_was_found() {
    let stage = Stage::set("school").await;
    crate::declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    // The page itself, with the tag that does nothing: what the host wrote.
    let html = std::fs::read_to_string(buoy_tests::root::root().join("tests/pages/plain.html")).expect("the page");
    stage.pages.add("inert.html", &html.replace("{{edge}}/widget.js", "{{edge}}/assets/none.js"));
    stage.browser.expect_error("none.js");
    stage.open("inert.html").await;
    let untouched = stage.browser.eval(PAGE).await.as_str().expect("html").replace("/assets/none.js", "/widget.js");

    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.eval("return Buoy('destroy')").await;
    assert_eq!(stage.browser.eval(PAGE).await.as_str(), Some(untouched.as_str()));
    assert_eq!(stage.browser.eval(GLOBALS).await, "");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tags_make_one_widget() {
    let stage = Stage::set("school").await;
    let tag = r#"<script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;
    stage.pages.add(
        "twice.html",
        &format!("<!doctype html><title>Twice</title><link rel=icon href=data:,><p>Host</p>{tag}{tag}"),
    );
    stage.open("twice.html").await;
    stage.browser.hook("launcher").await;
    // Late, too, as a tag manager does it.
    let late = "const tag = document.createElement('script'); tag.src = arguments[0]; tag.dataset.site = arguments[1]; \
                return new Promise((done) => { tag.onload = () => done(true); document.body.append(tag); })";
    let arguments = [format!("{}/widget.js", stage.edge.url()).into(), stage.site.id.clone().into()];
    stage.browser.eval_with(late, &arguments).await;
    assert_eq!(stage.browser.eval("return document.querySelectorAll('buoy-widget').length").await, 1);
    assert_eq!(stage.browser.count(r#"[data-buoy="launcher"]"#).await, 1);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_made_before_the_script_came_are_kept_and_a_wrong_one_throws_nothing() {
    let stage = Stage::set("school").await;
    let stub = "<script>window.Buoy=function(){return Buoy.q.push([].slice.call(arguments))};Buoy.q=[];\
                window.heard=[];Buoy('on','unread',function(n){heard.push(n)});Buoy('open')</script>";
    stage.pages.add(
        "early.html",
        &format!(r#"<!doctype html><title>Early</title><link rel=icon href=data:,>{stub}<script async src="{{{{edge}}}}/widget.js" data-site="{{{{site}}}}"></script>"#),
    );
    stage.open("early.html").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    assert_eq!(stage.browser.wait_until("window.heard.length && heard.join()").await, "0", "unread fires at once");
    let outcome = stage.browser.eval("return Buoy('dance').then(() => 'fine', (error) => 'refused')").await;
    assert_eq!(outcome, "refused");
    assert_eq!(stage.browser.eval("return Buoy('set', null).then(() => 'fine', String)").await, "fine");
    stage.strike().await;
}
