//! The script tag with the site in its address: the loader, and what it would ask for first (W1, W2).

use buoy_tests::edge::Edge;
use buoy_tests::http::Answer;
use buoy_tests::languages::policy_of;
use serde_json::Value;

/// What the loader was given, if anything; the rest of the script is the same for everybody.
fn given(answer: &Answer, plain: &str) -> Option<Value> {
    let text = answer.text();
    let (before, after) = plain.split_once("\"BOOT\"").expect("a place in the loader");
    let literal = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).expect("the loader around it");
    let given: String = serde_json::from_str(literal).expect("a string of JavaScript");
    serde_json::from_str(&given).ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_of_a_site_brings_the_boot_answer_to_pages_of_the_site_alone() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &["https://school.example"]).await;
    let plain = edge.client().get("/widget.js").send().await.expect(200).text();
    let path = format!("/{}/widget.js", site.id);
    let ask = |path: &str, headers: &[(&str, &str)]| {
        let request = edge.client().get(path);
        headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
    };
    let ours = ("referer", "https://school.example/lessons?x=1");
    for (path, headers, locale) in [
        (path.clone(), vec![ours], Some("ru")),
        (path.clone(), vec![ours, ("accept-language", "en-GB,ru;q=0.9")], Some("en")),
        (path.clone(), vec![ours, ("accept-language", "xx;\"'</script>")], Some("ru")),
        (format!("{path}?locale=en"), vec![ours, ("accept-language", "ru")], Some("en")),
        (path.clone(), vec![], None),
        (path.clone(), vec![("referer", "https://elsewhere.example/")], None),
        (path.clone(), vec![("referer", "https://school.example.elsewhere.example/")], None),
        (path.clone(), vec![("referer", "nonsense")], None),
        ("/site_nowhere/widget.js".into(), vec![ours], None),
    ] {
        let answer = ask(&path, &headers).await.expect(200);
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
        let boot = given(&answer, &plain);
        assert_eq!(boot.as_ref().and_then(|boot| boot["locale"].as_str()), locale, "{path} {headers:?}");
        let tag = answer.header("etag").to_owned();
        ask(&path, &[headers, vec![("if-none-match", tag.as_str())]].concat()).await.expect(304);
    }
    let asked =
        edge.client().get(&format!("/api/support/boot/?site={}&locale=en", site.id)).send().await.expect(200).value();
    let brought = ask(&format!("{path}?locale=en"), &[ours]).await.expect(200);
    assert_eq!(given(&brought, &plain), Some(asked), "the same as the loader would have got");
    for path in ["/x/widget.js", "/site_a/b/widget.js"] {
        ask(path, &[ours]).await.expect(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_incident_is_in_the_next_script() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &["https://school.example"]).await;
    let plain = edge.client().get("/widget.js").send().await.expect(200).text();
    let path = format!("/{}/widget.js?locale=en", site.id);
    let ask = || edge.client().get(&path).header("referer", "https://school.example/").send();
    let before = ask().await.expect(200);
    assert_eq!(given(&before, &plain).expect("a boot answer")["banners"], serde_json::json!([]));
    let incident = serde_json::json!({ "title": "\"Pay\"\u{2028} </script>", "impact": "major", "body": "b" });
    site.staff().post("/api/support/incidents/").json(&incident).send().await.expect(201);
    let after = ask().await.expect(200);
    assert_ne!(after.header("etag"), before.header("etag"));
    let asked = format!("/api/support/boot/?site={}&locale=en", site.id);
    let asked = edge.client().get(&asked).send().await.expect(200).value();
    assert_eq!(asked["banners"].as_array().map(Vec::len), Some(1));
    assert_eq!(given(&after, &plain), Some(asked), "whatever signs the title has");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_speaks_two_forms_of_a_language_lets_the_loader_ask_in_the_pages_own() {
    let edge = Edge::shared();
    let site = edge.new_site(&policy_of(&["en", "zh-CN", "zh-TW"]), &["https://app.example"]).await;
    let plain = edge.client().get("/widget.js").send().await.expect(200).text();
    for (locale, brought) in [("zh-CN", None), ("zh-TW", None), ("en", Some("en"))] {
        let path = format!("/{}/widget.js?locale={locale}", site.id);
        let answer = edge.client().get(&path).header("referer", "https://app.example/").send().await.expect(200);
        assert_eq!(given(&answer, &plain).as_ref().and_then(|boot| boot["locale"].as_str()), brought, "{locale}");
    }
}
