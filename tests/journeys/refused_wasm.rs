//! A host whose policy refuses WebAssembly still has launcher, banner and a way to get help (A7).

use buoy_tests::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn without_wasm_help_opens_in_a_frame_of_our_own_with_a_link_below() {
    let stage = Stage::set("school").await;
    crate::declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.pages.set_policy(
        "default-src 'self'; script-src 'self' {{edge}}; connect-src 'self' {{edge}}; frame-src {{edge}}; img-src 'self' data:; style-src 'self'",
    );
    stage.browser.expect_error("Content Security Policy");
    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner", "Payments fail").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"] iframe"#).await;
    let link = stage.browser.wait_for(r#"[data-buoy="panel"] a[target="_blank"]"#).await;
    let address = link.attr("href").await.ok().flatten().unwrap_or_default();
    assert!(address.starts_with(&format!("{}/panel?site={}", stage.edge_url(), stage.site.id)), "{address}");
    let console = stage.browser.console().await;
    let named = console.iter().filter(|line| line.contains("wasm-unsafe-eval") && line.contains("Buoy")).count();
    assert_eq!(named, 1, "one line names the missing directive: {console:#?}");

    // The frame is a whole panel: it finds its site and gets ready.
    stage.browser.goto(&address).await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_policy_that_allows_us_by_nonce_and_wasm_makes_no_violation() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.add(
        "strict.html",
        r#"<!doctype html><html><head><title>Strict</title><link rel="icon" href="data:,"></head><body><script nonce="n1" async src="{{edge}}/widget.js" data-site="{{site}}"></script></body></html>"#,
    );
    stage.pages.set_policy(
        "default-src 'none'; script-src 'nonce-n1' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src {{edge}} ws:; img-src data:; base-uri 'none'; require-trusted-types-for 'script'",
    );
    stage.open("strict.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.strike().await;
}
