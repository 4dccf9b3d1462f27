//! A product team follows our page on embedding word by word: each of its examples runs (W1).

use crate::import_articles;
use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use std::fs;

/// The JavaScript of `docs/embed.md`, in order.
fn examples() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/embed.md")).expect("the page");
    let blocks = page.split("```js\n").skip(1);
    blocks.map(|block| block.split("```").next().expect("the end of a block").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_every_example_of_the_page_on_embedding_runs() {
    let stage = Stage::set("school").await;
    import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    // The page's server, as its example expects it.
    let identity = stage.site.identity("user-1", &serde_json::json!({}));
    let draft = serde_json::json!({ "subject": "Refund", "body": "For the spring course." });
    let visitor = stage.site.visitor(Some(&identity)).await;
    let filed = visitor.post("/api/support/tickets/").idempotency_key("refund").json(&draft).send().await.expect(201);
    let server = "const real = fetch; const [token, ticket] = arguments;\
        const answers = { '/my-server/buoy-token': token, '/my-server/last-ticket': ticket };\
        window.fetch = (...ask) => ask[0] in answers ? Promise.resolve(new Response(answers[ask[0]])) : real(...ask);";
    stage.browser.eval_with(server, &[identity.into(), filed.text().into()]).await;
    let examples = examples();
    assert!(examples.len() >= 7, "{examples:#?}");
    for example in examples {
        let script = format!("return (async () => {{ {example}; return 'ran' }})().catch((error) => String(error))");
        assert_eq!(stage.browser.eval(&script).await, "ran", "{example}");
    }
    assert_eq!(
        stage.browser.eval("return document.querySelectorAll('buoy-widget').length").await,
        0,
        "destroyed at last"
    );
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_a_link_as_the_page_shows_it_opens_an_article_over_the_host_s_page() {
    let stage = Stage::set("school").await;
    import_articles(&stage).await;
    stage.browser.speak("en").await;
    let link = examples().into_iter().find(|one| one.contains("location.search")).expect("the example");
    for (page, is_open) in [("plain.html?help=pay-by-card", true), ("plain.html", false)] {
        stage.open(page).await;
        stage.browser.hook("launcher").await;
        stage.browser.eval(&format!("return (async () => {{ {link} }})()")).await;
        if is_open {
            stage.browser.wait_for_text("article", "How to pay by card").await;
        }
        let box_of = "return document.querySelector('buoy-widget').shadowRoot.querySelector('.box').hidden";
        assert_eq!(stage.browser.eval(box_of).await, !is_open);
    }
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_the_tag_that_says_everything_does_everything() {
    let stage = Stage::set(&crate::many_languages()).await;
    let page = fs::read_to_string(root().join("docs/embed.md")).expect("the page");
    let tag = page.split("```html\n").find(|block| block.contains("data-z-index=\"")).expect("the example");
    let tag = tag.split("```").next().unwrap_or_default();
    let tag = tag.replace("https://support.example.com", &stage.edge_url()).replace("site_demo", &stage.site.id);
    let page = format!("<!doctype html><html lang=en><title>Host</title><link rel=icon href=data:,><body>{tag}");
    stage.pages.add("says_all.html", &page);
    stage.open("says_all.html").await;
    stage.browser.wait_until("document.querySelector('buoy-widget')").await;
    stage.browser.eval("document.querySelector('#help').click(); return true").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    let look = "const host = document.querySelector('buoy-widget'); const root = host.shadowRoot;\
        const box = root.querySelector('.box').getBoundingClientRect();\
        const shade = getComputedStyle(root.querySelector('[data-buoy=panel]')).backgroundColor.match(/[0-9]+/g);\
        return [getComputedStyle(root.querySelector('.launcher')).display, getComputedStyle(host).zIndex, box.left < 40,\
            Number(shade[0]) < 80, root.querySelector('[data-buoy=panel]').lang || root.querySelector('[lang]')?.lang]";
    assert_eq!(stage.browser.eval(look).await, serde_json::json!(["none", "1000", true, true, "de"]));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_the_package_loads_one_widget_and_takes_it_away_again() {
    let stage = Stage::set("school").await;
    let package = fs::read_to_string(root().join("widget/npm/index.js")).expect("the package");
    stage.pages.add("package.js", &package);
    stage.pages.add("bundled.html", "<!doctype html><title>Bundled</title><link rel=icon href=data:,><p>Host</p>");
    stage.browser.speak("en").await;
    stage.open("bundled.html").await;
    let script = "const [source, origin, site] = arguments;\
        return import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))).then(async (one) => {\
          const settings = { origin, site, theme: 'dark', launcher: 'none' };\
          const heard = []; const first = one.loadBuoy(settings);\
          window.Buoy('on', 'unread', (count) => heard.push(count));\
          const [buoy, again] = await Promise.all([first, one.loadBuoy(settings)]);\
          await buoy('open'); const element = document.querySelector('buoy-widget');\
          const seen = [buoy === again, heard[0], element.dataset.theme, document.querySelectorAll('buoy-widget').length];\
          await one.unloadBuoy();\
          return JSON.stringify([...seen, document.querySelectorAll('buoy-widget, script').length, typeof window.Buoy]) })";
    let arguments = [package.into(), stage.edge.url().into(), stage.site.id.clone().into()];
    assert_eq!(stage.browser.eval_with(script, &arguments).await, r#"[true,0,"dark",1,0,"undefined"]"#);
    let refused = "return Buoy_load().catch((error) => String(error.message))";
    let missing = format!(
        "window.Buoy_load = async () => {{ const one = await import(URL.createObjectURL(new Blob([{}], {{ type: 'text/javascript' }}))); return one.loadBuoy({{ origin: location.origin + '/nowhere', site: 'site_x' }}) }}",
        serde_json::json!(fs::read_to_string(root().join("widget/npm/index.js")).expect("the package"))
    );
    stage.browser.expect_error("nowhere");
    stage.browser.eval(&missing).await;
    let told = stage.browser.eval(refused).await;
    assert!(told.as_str().is_some_and(|text| text.contains("was not loaded")), "{told}");
    stage.strike().await;
}
