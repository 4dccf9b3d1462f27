//! Pages that would spoil a careless guest (W1): whatever a host does to its page, it hears no error from us, nothing of
//! its own moves, the widget works or says where help is, and `destroy` leaves the page as it was.

use crate::import_articles;
use buoy_tests::browser::snapshot::difference;
use buoy_tests::stage::Stage;

/// A page of `tests/pages/hostile`, as the host's server sends it.
struct Host {
    page: &'static str,
    policy: Option<&'static str>,
    headers: &'static [(&'static str, &'static str)],
    /// The page is in a frame of the one that is opened.
    is_framed: bool,
    /// The page changes by itself; it sets `hasSettled` when it is done.
    settles: bool,
}

impl Host {
    const fn new(page: &'static str) -> Self {
        Self { page, policy: None, headers: &[], is_framed: false, settles: false }
    }

    /// Sets the stage: articles to be found, an incident to be told of.
    async fn invite(&self) -> Stage {
        let stage = Stage::set("school").await;
        import_articles(&stage).await;
        crate::declare(&stage, "Payments fail").await;
        stage.browser.speak("en").await;
        stage.pages.add("nothing.js", "");
        if let Some(policy) = self.policy {
            stage.pages.set_policy(policy);
        }
        for (name, value) in self.headers {
            stage.pages.set_header(name, value);
        }
        stage
    }

    /// Opens the page with a tag that loads this script.
    async fn open(&self, stage: &Stage, script: &str) {
        stage.pages.fill("tag", script);
        stage.open(&format!("hostile/{}", self.page)).await;
        if self.is_framed {
            stage.browser.enter_frame().await;
        }
        if self.settles {
            stage.browser.wait_until("window.hasSettled").await;
        }
    }

    /// The page as it is without us: its tag loads a script that does nothing.
    async fn untouched(&self, stage: &Stage) -> String {
        self.open(stage, "/nothing.js").await;
        stage.browser.snapshot().await.replace("/nothing.js", &widget(stage))
    }

    /// Opens it with us, up to the banner.
    async fn open_with_widget(&self, stage: &Stage) {
        self.open(stage, &widget(stage)).await;
        stage.browser.wait_for_text("banner", "Payments fail").await;
    }

    /// The whole promise: a visitor finds, reads and writes, and nobody notices that we were here.
    async fn bears_us(&self) {
        let stage = self.invite().await;
        let before = self.untouched(&stage).await;
        self.open_with_widget(&stage).await;
        let boxes = stage.browser.boxes().await;
        find_read_and_write(&stage).await;
        assert_eq!(difference(&boxes, &stage.browser.boxes().await), None, "{}: something moved", self.page);
        if !self.settles {
            assert_eq!(stage.browser.layout_shift().await, 0.0, "{}: something was shifted", self.page);
        }
        leave(&stage, &before).await;
        stage.strike().await;
    }
}

fn widget(stage: &Stage) -> String {
    format!("{}/widget.js", stage.edge_url())
}

/// What people do in the widget.
async fn find_read_and_write(stage: &Stage) {
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.type_into("search", "pay").await;
    stage.browser.wait_for_text("result", "How to pay by card").await;
    stage.browser.click("result").await;
    stage.browser.wait_for_text("article", "If it is declined").await;
    stage.browser.click("back").await;
    stage.browser.hook("search").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "I cannot pay").await;
    stage.browser.type_into("body", "The button does nothing.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
}

/// Takes the widget away, and holds the page against what it was.
async fn leave(stage: &Stage, before: &str) {
    stage.browser.eval("return Buoy('destroy').then(() => document.activeElement?.blur())").await;
    // The host's own stub of our global goes with us: nobody would answer what it keeps.
    let before = before.replace("\nBuoy\n", "\n");
    let after = stage.browser.snapshot().await;
    assert_eq!(difference(&before, &after), None, "the page is not as it was found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_nonces_alone_lets_everything_work() {
    let policy = "default-src 'none'; script-src 'nonce-host' 'strict-dynamic' 'wasm-unsafe-eval'; \
                  connect-src {{edge}} ws:; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    Host { policy: Some(policy), ..Host::new("strict_nonce.html") }.bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enforced_trusted_types_without_any_policy_let_everything_work() {
    let policy = "require-trusted-types-for 'script'; trusted-types 'none'";
    Host { policy: Some(policy), ..Host::new("plain.html") }.bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_without_wasm_gets_a_frame_and_a_link_and_is_left_as_it_was() {
    let host = Host {
        policy: Some(
            "default-src 'self'; script-src 'self' {{edge}}; connect-src 'self' {{edge}}; frame-src {{edge}}; \
             img-src 'self' data:; style-src 'self'",
        ),
        ..Host::new("plain.html")
    };
    let stage = host.invite().await;
    let before = host.untouched(&stage).await;
    host.open_with_widget(&stage).await;
    let boxes = stage.browser.boxes().await;
    // No browser tells without a try whether wasm is allowed; it is tried once, when somebody wants help.
    stage.browser.expect_error("Content Security Policy");
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"] iframe"#).await;
    stage.browser.wait_for(r#"[data-buoy="panel"] a[target="_blank"]"#).await;
    assert_eq!(difference(&boxes, &stage.browser.boxes().await), None, "something moved");
    assert_eq!(stage.browser.layout_shift().await, 0.0);
    leave(&stage, &before).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn styles_that_unset_everything_and_lie_above_everything_do_not_reach_in() {
    Host::new("hostile_css.html").bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frozen_prototypes_do_not_stop_us() {
    Host::new("frozen.html").bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prototypes_and_globals_patched_as_of_old_do_not_mislead_us() {
    Host::new("patched.html").bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_that_throws_is_done_without() {
    Host::new("blocked_storage.html").bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fast_routes_and_swapped_bodies_leave_us_standing() {
    Host { settles: true, ..Host::new("single_page_app.html") }.bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_twice_and_twice_more_after_the_load_makes_one_widget() {
    Host { settles: true, ..Host::new("twice_and_late.html") }.bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_isolated_page_that_asks_every_guest_for_papers_lets_us_in() {
    let headers = &[("cross-origin-embedder-policy", "require-corp"), ("cross-origin-opener-policy", "same-origin")];
    let host = Host { headers, ..Host::new("plain.html") };
    host.bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_inside_a_frame_has_us_inside_the_frame() {
    Host { is_framed: true, ..Host::new("in_a_frame.html") }.bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_from_right_to_left_with_a_tiny_root_font_changes_neither_our_size_nor_its_own() {
    Host::new("right_to_left.html").bears_us().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_from_the_start_there_is_a_launcher_a_link_and_no_error_of_ours() {
    let host = Host::new("plain.html");
    let stage = host.invite().await;
    stage.depend_on_line();
    let before = host.untouched(&stage).await;
    // A visit while the line stood leaves our script in the browser's cache.
    host.open_with_widget(&stage).await;
    stage.browser.expect_lost_line();
    stage.line.cut(true);
    host.open(&stage, &widget(&stage)).await;
    let boxes = stage.browser.boxes().await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"] a[target="_blank"]"#).await;
    assert_eq!(difference(&boxes, &stage.browser.boxes().await), None, "something moved");

    stage.line.cut(false);
    stage.browser.eval("window.dispatchEvent(new Event('online'))").await;
    stage.browser.wait_for_text("banner", "Payments fail").await;
    stage.browser.eval("return Buoy('close')").await;
    find_read_and_write(&stage).await;
    leave(&stage, &before).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_a_page_calls_hidden_does_not_hide_the_next_incident() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    // Where old pages send their forms. In the document it stands in the place of `document.hidden`.
    stage.pages.add(
        "form_target.html",
        r#"<!doctype html><title>Old</title><link rel="icon" href="data:,"><iframe name="hidden" src="{{edge}}/widget.js" hidden></iframe>
        <script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#,
    );
    stage.open("form_target.html").await;
    stage.browser.hook("launcher").await;
    crate::declare(&stage, "Payments fail").await;
    stage.browser.eval("dispatchEvent(new Event('online')); return true").await;
    stage.browser.wait_for_text("banner", "Payments fail").await;
    stage.strike().await;
}
