//! A visitor searches a knowledge base whose index comes in two parts, or is too large to come whole (W3, K3).

use buoy_shared::search::{Index, first_part};
use buoy_tests::made_up::articles;
use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use serde_json::json;

/// Enough for an index that is divided.
const ARTICLES: usize = 150;

/// How often the edge was asked to search.
const ASKED_AT_EDGE: &str =
    "performance.getEntriesByType('resource').filter((one) => one.name.includes('/kb/search/')).length";

/// Counts those questions as they are asked.
const COUNT_ASKED: &str = "const real = window.fetch; window.asked = 0; window.fetch = (...ask) => {\
    if (/kb.search/.test(ask[0])) asked++; return real(...ask) }";

/// A policy for whose sites any divided index is too large to download.
fn too_large() -> String {
    let policy = std::fs::read_to_string(root().join("presets/school/policy.toml")).expect("a preset");
    let small = policy.replace("download_bytes_max = 2000000", "download_bytes_max = 1000");
    assert_ne!(policy, small, "the preset names the size");
    small
}

/// What the edge finds is one article that is not here; it answers, surely or not, when the test says so.
const FAR: &str = "const real = window.fetch; window.fetch = async (...ask) => {\
    if (!/kb.search/.test(ask[0])) return real(...ask);\
    const fits = await new Promise((go) => (window.answer = go));\
    setTimeout(() => (window.isAnswered = true), 50);\
    return Response.json({ items: [{ slug: 'far', title: 'From far away', summary: '', score: 1 }], fits }) };";

/// The index of the stage's site, whole.
async fn published(stage: &Stage) -> Vec<u8> {
    let client = buoy_tests::http::Client::new(&stage.edge_url());
    let path = format!("/api/support/kb/index/?site={}&locale=en", stage.site.id);
    client.get(&path).send().await.expect(200).bytes.to_vec()
}

/// A word of an article's text that waits for the rest, and the title of the article.
fn only_in_the_rest(articles: &[String], bytes: &[u8]) -> (String, String) {
    let first = Index::load(&bytes[..first_part(bytes).expect("an index")]).expect("a first part");
    let whole = Index::load(bytes).expect("an index");
    let words =
        articles.iter().flat_map(|article| article.split_whitespace()).filter(|word| word.ends_with(char::is_numeric));
    let found = words.map(|word| (word, first.search(word, 1), whole.search(word, 1)));
    let (word, _, hits) = found
        .into_iter()
        .find(|(_, first, whole)| {
            !whole.is_empty() && first.first().map(|hit| hit.doc) != whole.first().map(|hit| hit.doc)
        })
        .expect("a word that the first part does not have");
    (word.to_owned(), whole.title(hits[0].doc).to_owned())
}

/// A site whose index comes in two parts; gives a word that only the rest has, and whose title it finds.
async fn large_base(stage: &Stage) -> (String, String) {
    let articles = articles(ARTICLES);
    for (number, batch) in articles.chunks(50).enumerate() {
        let article =
            |(at, markdown)| json!({ "locale": "en", "slug": format!("a{number}-{at}"), "markdown": markdown });
        let articles: Vec<_> = batch.iter().enumerate().map(article).collect();
        let body = json!({ "articles": articles, "publish": true });
        stage.site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    }
    only_in_the_rest(&articles, &published(stage).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_what_the_first_part_of_the_index_lacks_is_found_as_soon_as_the_rest_is_there() {
    let stage = Stage::set("school").await;
    let (word, title) = large_base(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval(COUNT_ASKED).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.type_into("search", &word).await;
    stage.browser.wait_for_text("result", &title).await;
    for part in ["first", "rest"] {
        let asked = format!(
            "performance.getEntriesByType('resource').filter((one) => one.name.includes('part={part}')).length === 1"
        );
        stage.browser.wait_until(&asked).await;
    }
    // Longer than the pause in typing after which the edge would be asked.
    stage.browser.eval("setTimeout(() => (window.isLater = true), 600)").await;
    stage.browser.wait_until("window.isLater").await;
    assert_eq!(stage.browser.eval("return window.asked").await, 0, "what is here is asked for nowhere else");
    stage.strike().await;
}

/// Holds the rest of the index until `window.rest(true)`, or takes it away for good with `window.rest(false)`.
const HELD: &str = "const real = window.fetch; window.fetch = async (...ask) => {\
    if (/part=rest/.test(ask[0]) && !(await new Promise((done) => (window.rest = done)))) throw new TypeError('cut');\
    return real(...ask) };\
    window.told = []; Buoy('on', 'search', (detail) => told.push(detail.results))";

#[tokio::test(flavor = "multi_thread")]
async fn w3_nothing_is_said_not_to_be_there_while_the_rest_of_the_index_is_on_its_way() {
    let stage = Stage::set("school").await;
    let (word, title) = large_base(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval(HELD).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.wait_until("window.rest").await;
    stage.browser.type_into("search", &format!("{word} ъъъъ")).await;
    stage.browser.wait_for(".skeleton").await;
    stage.browser.eval("window.rest(true)").await;
    stage.browser.wait_for_text("result", &title).await;
    assert_eq!(
        stage.browser.eval("return told.includes(0)").await,
        false,
        "no search was counted as one without a result"
    );
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_where_the_rest_of_the_index_does_not_come_the_first_part_says_what_it_lacks() {
    let stage = Stage::set("school").await;
    large_base(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval(HELD).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.wait_until("window.rest").await;
    stage.browser.type_into("search", "ъъъъ").await;
    stage.browser.wait_for(".skeleton").await;
    stage.browser.eval("window.rest(false)").await;
    stage.browser.wait_for(".empty").await;
    assert_eq!(stage.browser.eval("return told.join()").await, "0");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_of_a_base_too_large_to_download_the_edge_finds_what_the_first_part_lacks() {
    let stage = Stage::set(&too_large()).await;
    let (word, title) = large_base(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.type_into("search", &word).await;
    stage.browser.wait_for_text("result", &title).await;
    stage.browser.wait_until(&format!("{ASKED_AT_EDGE} >= 1")).await;
    let first = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=result]')";
    stage.browser.wait_until(&format!("{first}?.textContent.includes({})", serde_json::json!(title))).await;
    stage.browser.click("result").await;
    stage.browser.wait_for_text("article", &title).await;
    // On the way back it stands there again, without another question.
    let asked = stage.browser.eval(&format!("return {ASKED_AT_EDGE}")).await;
    stage.browser.click("back").await;
    stage.browser.wait_for_text("result", &title).await;
    assert_eq!(stage.browser.eval(&format!("return {ASKED_AT_EDGE}")).await, asked);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_an_article_opened_before_the_edge_answered_leads_back_to_what_the_edge_found() {
    let stage = Stage::set(&too_large()).await;
    let (_, title) = large_base(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval(FAR).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    let first = title.split_whitespace().next().expect("a word").to_owned();
    stage.browser.type_into("search", &first).await;
    stage.browser.wait_until("window.answer").await;
    stage.browser.click("result").await;
    stage.browser.hook("article").await;
    stage.browser.eval("window.answer(true)").await;
    stage.browser.wait_until("window.isAnswered").await;
    stage.browser.click("back").await;
    stage.browser.wait_for_text("result", "From far away").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_what_the_edge_finds_late_does_not_move_what_the_arrows_are_at() {
    let stage = Stage::set(&too_large()).await;
    let (_, title) = large_base(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval(FAR).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    let first = title.split_whitespace().next().expect("a word").to_owned();
    stage.browser.type_into("search", &first).await;
    stage.browser.wait_until("window.answer").await;
    stage.browser.type_into("search", "\u{e015}").await;
    let chosen =
        "return document.querySelector('buoy-widget').shadowRoot.querySelector('[aria-selected=true]')?.dataset.slug";
    let before = stage.browser.eval(chosen).await;
    assert!(before.is_string(), "nothing is chosen: {before}");
    stage.browser.eval("window.answer(true)").await;
    stage.browser.wait_until("window.isAnswered").await;
    assert_eq!(stage.browser.eval(chosen).await, before);

    // Who goes on typing sees what the edge finds for that, and no doubt that the edge does not have.
    stage.browser.eval("delete window.answer").await;
    stage.browser.type_into("search", " nowhere to be found ").await;
    stage.browser.hook("search-unsure").await;
    stage.browser.wait_until("window.answer").await;
    stage.browser.eval("window.answer(true)").await;
    stage.browser.wait_for_text("result", "From far away").await;
    stage.browser.wait_until_gone(r#"[data-buoy="search-unsure"]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_where_the_first_part_has_nothing_nobody_is_told_so_before_the_edge_has_answered_and_its_doubt_is_said() {
    let stage = Stage::set(&too_large()).await;
    large_base(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval(FAR).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.eval("window.told = []; Buoy('on', 'search', (detail) => told.push(JSON.stringify(detail)))").await;
    // The page knows that the rest stays at the edge. Then letters that no article has.
    let has_rest =
        "performance.getEntriesByType('resource').some((one) => one.name.includes('part=rest') && one.responseEnd)";
    stage.browser.wait_until(has_rest).await;
    stage.browser.type_into("search", "ъъъъ ыыыы ").await;
    stage.browser.wait_until("window.answer").await;
    stage.browser.wait_for(".skeleton").await;
    assert_eq!(stage.browser.eval("return told.join()").await, "");
    stage.browser.eval("window.answer(false)").await;
    stage.browser.wait_for_text("result", "From far away").await;
    stage.browser.hook("search-unsure").await;
    assert_eq!(stage.browser.eval("return told.join()").await, r#"{"results":1,"fits":false}"#);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_where_the_edge_does_not_answer_the_first_part_goes_on_alone_and_asks_again() {
    let stage = Stage::set(&too_large()).await;
    let (word, title) = large_base(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    let stub = "const real = window.fetch; window.lost = 0; window.fetch = async (...ask) => {\
        if (window.isOpen || !/kb.search/.test(ask[0])) return real(...ask);\
        window.lost++; throw new TypeError('cut') };";
    stage.browser.eval(stub).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    let first = title.split_whitespace().next().expect("a word").to_owned();
    stage.browser.type_into("search", &first).await;
    stage.browser.wait_until("window.lost >= 1").await;
    stage.browser.hook("result").await;
    stage.browser.type_into("search", " ъъъъ").await;
    stage.browser.wait_until("window.lost >= 2").await;
    stage.browser.hook("result").await;
    stage.browser.click("search-clear").await;
    stage.browser.type_into("search", "ъъъъ").await;
    stage.browser.wait_until("window.lost >= 3").await;
    stage.browser.wait_for(".empty").await;

    stage.browser.eval("window.isOpen = true").await;
    stage.browser.eval_with("return Buoy('search', arguments[0])", &[word.into()]).await;
    stage.browser.wait_for_text("result", &title).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_a_search_that_works_is_not_taken_away_when_the_panel_is_opened_again_in_a_tunnel() {
    let stage = Stage::set("school").await;
    let (word, title) = large_base(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    // The rest of the index does not come, and later nothing of it does.
    let stub = "window.real = window.fetch; window.lost = 0; window.fetch = async (...ask) => {\
        if (window.isOpen || !/kb.index/.test(ask[0])) return real(...ask);\
        if (window.isDeaf || /part=rest/.test(ask[0])) { window.lost++; throw new TypeError('deaf') }\
        return real(...ask) };";
    stage.browser.eval(stub).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.wait_until("window.lost === 1").await;
    let first = title.split_whitespace().next().expect("a word").to_owned();
    stage.browser.type_into("search", &first).await;
    stage.browser.hook("result").await;

    stage.browser.eval("window.isDeaf = true").await;
    stage.browser.eval("return Buoy('close')").await;
    stage.browser.eval("return Buoy('open')").await;
    stage.browser.wait_until("window.lost >= 2").await;
    stage.browser.type_into("search", "\u{e003}").await;
    stage.browser.hook("result").await;

    // When the line is back, the next opening makes it whole.
    stage.browser.eval("window.isOpen = true").await;
    stage.browser.eval("return Buoy('close')").await;
    stage.browser.eval_with("return Buoy('search', arguments[0])", &[word.into()]).await;
    stage.browser.wait_for_text("result", &title).await;
    stage.strike().await;
}
