//! What runs in a page is what was built: a file that a cache or a proxy has changed is found by its name (issue 5, safety in the host).

use buoy_tests::stage::Stage;

/// A host between whose page and us something changes one letter of one file for as long as `window.isBad`, as a proxy might.
/// It counts what was asked for past the caches.
const PAGE: &str = r#"<!doctype html><title>Mixed up</title><link rel=icon href=data:,>
<script>
  const fetchIt = window.fetch;
  window.isBad = true;
  window.renewed = 0;
  window.fetch = async (what, ...more) => {
    if (more[0]?.cache === 'reload') window.renewed++;
    const answer = await fetchIt(what, ...more);
    if (!window.isBad || !NAMED.test(answer.url)) return answer;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const at = new TextDecoder('latin1').decode(bytes).lastIndexOf('buoy');
    bytes[at < 0 ? bytes.length - 1 : at] ^= 1;
    const { headers, url } = answer;
    return Object.defineProperty(new Response(bytes, { headers }), 'url', { value: url });
  };
</script>
<script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;

async fn open_page(stage: &Stage, named: &str) {
    stage.browser.speak("en").await;
    stage.pages.add("mixed-up.html", &PAGE.replace("NAMED", named));
    stage.open("mixed-up.html").await;
    // Without a pointer: one that comes near asks for the files, too, and may be refused before the press asks again.
    stage.browser.hook("launcher").await;
    stage.browser.eval("Buoy('open')").await;
}

/// The frame stands in, nothing of the changed file ran, and the next opening has the right one.
async fn is_refused_and_comes_right(named: &str) {
    let stage = Stage::set("school").await;
    open_page(&stage, named).await;
    stage.browser.wait_for(r#"[data-buoy="panel"] a[target="_blank"]"#).await;
    assert_eq!(stage.browser.eval("return window.renewed").await, 1, "it was asked for again, past the caches");
    let lines = stage.browser.console().await;
    assert!(lines.iter().any(|line| line.contains("another file came than")), "developers are told which: {lines:#?}");

    stage.browser.eval("window.isBad = false; return Buoy('close').then(() => true)").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_a_panel_that_is_not_the_one_that_was_built_never_runs_and_comes_right_with_the_next_opening() {
    is_refused_and_comes_right(r"/\/panel\.\w+\.wasm$/").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_a_style_sheet_that_is_not_the_one_that_was_built_is_not_used() {
    is_refused_and_comes_right(r"/\/panel\.\w+\.css$/").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_the_other_half_that_is_not_the_one_that_was_built_never_runs_and_can_be_asked_for_again() {
    let stage = Stage::set("school").await;
    open_page(&stage, r"/\/later\.\w+\.wasm$/").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("retry").await;
    assert_eq!(stage.browser.eval("return window.renewed > 0").await, true, "it came, and was refused");
    // At once: as soon as the file is right, it may also come by itself, and the button goes.
    let press = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=retry]').click()";
    stage.browser.eval(&format!("window.isBad = false; {press}")).await;
    stage.browser.hook("subject").await;
    stage.strike().await;
}
