//! A stranger opens a page that embeds us: the launcher stands, and the page makes no error.

use buoy_tests::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn the_launcher_stands_on_a_plain_page() {
    let stage = Stage::set("school").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage.strike().await;
}
