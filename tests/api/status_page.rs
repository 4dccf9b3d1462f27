//! The public status over HTTP: pages that are valid, JSON that has the shapes of Statuspage field by field, feeds that a
//! standard parser reads (I7, A3).

use crate::incident_life::{declare, over, plan, update};
use buoy_shared::incident::{Incident, Maintenance};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::html::{attributes, texts, valid_page};
use buoy_tests::http::Answer;
use serde_json::{Value, json};

/// A site on which something is broken, something was, and something is planned.
pub(crate) struct Scene {
    pub(crate) site: Site,
    pub(crate) open: Incident,
    ended: Incident,
    work: Maintenance,
}

pub(crate) async fn scene() -> Scene {
    let site = Edge::shared().new_site("school", &["https://app.example.com"]).await;
    let staff = site.staff();
    let ended =
        declare(&staff, &json!({ "title": "Lessons froze", "severity": "p3", "components": ["lessons"] })).await;
    update(&staff, &ended, &json!({ "body": "We restarted it.", "status": "monitoring" })).await;
    update(&staff, &ended, &over("All lessons run.")).await;
    let open = declare(
        &staff,
        &json!({ "title": "Payments <fail> & \"stop\"", "body": "Cards are declined.\nSo are transfers.", "impact": "major",
            "components": ["payments", "website"], "component_states": { "website": "degraded_performance" } }),
    )
    .await;
    let work = plan(&site, 3_600, 7_200).await;
    Scene { site, open, ended, work }
}

pub(crate) async fn get(site: &Site, path: &str) -> Answer {
    let sign = if path.contains('?') { '&' } else { '?' };
    Edge::shared().client().get(&format!("{path}{sign}site={}", site.id)).send().await
}

/// What a value must look like, from the published shapes: a type, or the words it may be.
fn check(what: &str, value: &Value, shape: &Value) {
    match shape {
        Value::Object(fields) => {
            let object = value.as_object().unwrap_or_else(|| panic!("{what} is no object: {value}"));
            let (mut has, mut wants): (Vec<_>, Vec<_>) = (object.keys().collect(), fields.keys().collect());
            has.sort();
            wants.sort();
            assert_eq!(has, wants, "{what}");
            fields.iter().for_each(|(name, shape)| check(&format!("{what}.{name}"), &object[name], shape));
        }
        // The format says `null` where nothing is affected.
        Value::Array(_) if value.is_null() && what.ends_with(".affected_components") => {}
        Value::Array(items) => {
            let array = value.as_array().unwrap_or_else(|| panic!("{what} is no list: {value}"));
            array.iter().for_each(|item| check(&format!("{what}[]"), item, &items[0]));
        }
        Value::String(kind) => {
            let text = value.as_str();
            let fits = kind.split(" or ").any(|kind| match kind {
                "text" => text.is_some_and(|text| !text.is_empty()),
                "time" => text.is_some_and(|text| buoy_shared::time::Timestamp::parse_rfc3339(text).is_some()),
                "id" => text.is_some_and(|text| text.len() == 12),
                "url" => text.is_some_and(|text| text.starts_with("http://127.0.0.1")),
                "number" => value.is_u64(),
                "bool" => value.is_boolean(),
                "null" => value.is_null(),
                word => text == Some(word),
            });
            assert!(fits, "{what} is {value}, not {kind}");
        }
        _ => panic!("{what}: no shape"),
    }
}

fn component() -> Value {
    json!({ "id": "id", "name": "text", "status": "operational or degraded_performance or partial_outage or major_outage or under_maintenance",
        "created_at": "time", "updated_at": "time", "position": "number", "description": "null", "showcase": "bool", "start_date": "null",
        "group_id": "null", "page_id": "id", "group": "bool", "only_show_if_degraded": "bool" })
}

fn thing(status: &str, impact: &str) -> Value {
    let state = "operational or degraded_performance or partial_outage or major_outage or under_maintenance";
    let update = json!({ "id": "text", "incident_id": "text", "status": status, "body": "text", "created_at": "time", "updated_at": "time",
        "display_at": "time", "affected_components": [{ "code": "id", "name": "text", "old_status": state, "new_status": state }],
        "deliver_notifications": "bool", "custom_tweet": "null", "tweet_id": "null" });
    json!({ "id": "text", "name": "text", "status": status, "impact": impact, "created_at": "time", "updated_at": "time", "started_at": "time",
        "monitoring_at": "time or null", "resolved_at": "time or null", "shortlink": "url", "page_id": "id", "reminder_intervals": "null",
        "components": [component()], "incident_updates": [update] })
}

fn incident() -> Value {
    thing("investigating or identified or monitoring or resolved or postmortem", "none or minor or major or critical")
}

fn maintenance() -> Value {
    let mut shape = thing("scheduled or in_progress or verifying or completed", "maintenance");
    shape["scheduled_for"] = json!("time");
    shape["scheduled_until"] = json!("time");
    shape
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_the_json_has_the_shapes_of_statuspage_field_by_field_and_is_for_everyone() {
    let scene = scene().await;
    let page = json!({ "id": "id", "name": "text", "url": "url", "time_zone": "Etc/UTC", "updated_at": "time" });
    let status = json!({ "indicator": "none or minor or major or critical or maintenance", "description": "text" });
    for (path, shape, counts) in [
        ("status.json", json!({ "page": page, "status": status }), json!({})),
        ("components.json", json!({ "page": page, "components": [component()] }), json!({ "components": 4 })),
        (
            "summary.json",
            json!({ "page": page, "status": status, "components": [component()], "incidents": [incident()], "scheduled_maintenances": [maintenance()] }),
            json!({ "components": 4, "incidents": 2, "scheduled_maintenances": 1 }),
        ),
        ("incidents.json", json!({ "page": page, "incidents": [incident()] }), json!({ "incidents": 3 })),
        ("incidents/unresolved.json", json!({ "page": page, "incidents": [incident()] }), json!({ "incidents": 2 })),
        (
            "scheduled-maintenances.json",
            json!({ "page": page, "scheduled_maintenances": [maintenance()] }),
            json!({ "scheduled_maintenances": 1 }),
        ),
        (
            "scheduled-maintenances/upcoming.json",
            json!({ "page": page, "scheduled_maintenances": [maintenance()] }),
            json!({ "scheduled_maintenances": 1 }),
        ),
        (
            "scheduled-maintenances/active.json",
            json!({ "page": page, "scheduled_maintenances": [maintenance()] }),
            json!({ "scheduled_maintenances": 0 }),
        ),
    ] {
        let request = Edge::shared().client().get(&format!("/api/v2/{path}?site={}", scene.site.id));
        let answer = request.header("origin", "https://anyone.example").send().await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert!(answer.header("content-type").starts_with("application/json"), "{path}");
        let value = answer.value();
        check(path, &value, &shape);
        for (list, count) in counts.as_object().expect("counts") {
            assert_eq!(
                value[list].as_array().map(Vec::len),
                count.as_u64().map(|count| count as usize),
                "{path} {list}"
            );
        }
    }
    get(&scene.site, "/api/v2/secrets.json").await.expect(404);
    Edge::shared().client().post(&format!("/api/v2/status.json?site={}", scene.site.id)).send().await.expect(405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_the_json_says_what_was_declared() {
    let scene = scene().await;
    let summary = get(&scene.site, "/api/v2/summary.json?locale=en").await.expect(200).value();
    assert_eq!(summary["status"], json!({ "indicator": "minor", "description": "Minor Service Outage" }));
    let states: Vec<(&str, &str)> = summary["components"]
        .as_array()
        .expect("components")
        .iter()
        .map(|one| (one["name"].as_str().expect("a name"), one["status"].as_str().expect("a status")))
        .collect();
    assert_eq!(states[..2], [("Website and account", "degraded_performance"), ("Payments", "partial_outage")]);
    let open = &summary["incidents"]
        .as_array()
        .expect("incidents")
        .iter()
        .find(|one| one["id"] == scene.open.id.to_string())
        .expect("the incident")
        .clone();
    let affected = &open["incident_updates"][0]["affected_components"][0];
    assert_eq!((&affected["old_status"], &affected["new_status"]), (&json!("operational"), &json!("partial_outage")));
    let all = get(&scene.site, "/api/v2/incidents.json").await.expect(200).value();
    let ended = all["incidents"]
        .as_array()
        .expect("incidents")
        .iter()
        .find(|one| one["id"] == scene.ended.id.to_string())
        .expect("the incident")
        .clone();
    assert_eq!(ended["status"], "resolved");
    assert_eq!(ended["monitoring_at"], ended["incident_updates"][1]["created_at"]);
    assert_eq!(ended["incident_updates"][0]["affected_components"][0]["new_status"], "operational");
    assert_eq!(summary["scheduled_maintenances"][0]["id"], scene.work.id.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_feeds_parse_in_a_standard_parser_with_stable_ids_and_right_dates() {
    let scene = scene().await;
    let parse = async |path: &str| {
        let answer = get(&scene.site, &format!("{path}?locale=en")).await.expect(200);
        let kind = if path.ends_with("rss") { "application/rss+xml" } else { "application/atom+xml" };
        assert!(answer.header("content-type").starts_with(kind), "{path}: {}", answer.header("content-type"));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        feed_rs::parser::parse(answer.bytes.as_slice()).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    for path in ["/status/history.atom", "/status/history.rss", "/history.atom", "/history.rss"] {
        let feed = parse(path).await;
        assert_eq!(feed.entries.len(), 4, "{path}: two that are open, one that ended, one that is planned");
        let find = |title: &str| {
            feed.entries
                .iter()
                .find(|entry| entry.title.as_ref().is_some_and(|text| text.content == title))
                .expect("an entry")
        };
        let open = find("Payments <fail> & \"stop\"");
        assert_eq!(open.id, format!("tag:127.0.0.1,2026:Incident/{}", scene.open.id));
        let date = open.updated.or(open.published).expect("a date");
        let expected = scene.open.updated_at.as_millis();
        // RSS knows seconds.
        let expected = if path.ends_with("rss") { expected / 1_000 * 1_000 } else { expected };
        assert_eq!(date.timestamp_millis(), expected, "{path}");
        assert!(open.links[0].href.contains(&format!("/status/incidents/{}", scene.open.id)));
        let page = Edge::shared().client().get(&open.links[0].href).send().await.expect(200).text();
        assert!(page.contains("Cards are declined."));
        let text = open
            .content
            .as_ref()
            .and_then(|content| content.body.clone())
            .or(open.summary.as_ref().map(|text| text.content.clone()));
        assert!(
            text.is_some_and(|text| text.contains("<strong>Investigating</strong> - Cards are declined.")),
            "{path}"
        );
    }
    let before = parse("/history.atom").await;
    update(&scene.site.staff(), &scene.open, &json!({ "body": "The bank knows.", "status": "identified" })).await;
    let after = parse("/history.atom").await;
    let ids = |feed: &feed_rs::model::Feed| {
        let mut ids: Vec<String> = feed.entries.iter().map(|entry| entry.id.clone()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&before), ids(&after), "news keep their entry's id");
    assert_eq!(after.entries[0].id, format!("tag:127.0.0.1,2026:Incident/{}", scene.open.id), "the last changed first");
    assert!(after.entries[0].updated > before.entries[0].updated);
    for (component, entries) in [("lessons", 1), ("payments", 2), ("recordings", 0)] {
        for kind in ["atom", "rss"] {
            assert_eq!(
                parse(&format!("/status/components/{component}.{kind}")).await.entries.len(),
                entries,
                "{component}"
            );
        }
    }
    get(&scene.site, "/status/components/moon.atom").await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_every_page_is_valid_html_with_a_strict_policy_and_one_heading() {
    let scene = scene().await;
    let open = format!("/status/incidents/{}", scene.open.id);
    let ended = format!("/status/incidents/{}", scene.ended.id);
    let work = format!("/status/incidents/{}", scene.work.id);
    for locale in ["en", "ru"] {
        for (path, status) in [
            ("/status", 200),
            ("/status/", 200),
            (open.as_str(), 200),
            (ended.as_str(), 200),
            (work.as_str(), 200),
            ("/status/archive", 200),
            ("/status/incidents/inc_00000000000000000000000000", 404),
            ("/status/incidents/<script>", 404),
            ("/status/nothing/here", 404),
        ] {
            let answer = get(&scene.site, &format!("{path}?locale={locale}")).await.expect(status);
            let html = valid_page(&answer);
            assert_eq!(texts(&html, "h1").len(), 1, "{path}");
            assert_eq!(attributes(&html, "html", "lang"), [locale], "{path}");
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
            assert!(attributes(&html, "[style]", "style").is_empty(), "{path}");
        }
    }
    get(&scene.site, "/status/archive?cursor=nonsense").await.expect(422);
    Edge::shared().client().get("/status?site=site_nowhere").send().await.expect(404);
    Edge::shared().client().post(&format!("/status?site={}", scene.site.id)).send().await.expect(405);
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_the_first_page_shows_what_is_what_was_and_ninety_days_and_how_to_hear_of_it() {
    let scene = scene().await;
    let html = valid_page(&get(&scene.site, "/status?locale=en").await.expect(200));
    assert_eq!(texts(&html, "h1"), ["Minor outage"]);
    assert!(texts(&html, "article h3").contains(&"Payments <fail> & \"stop\"".to_owned()));
    assert_eq!(texts(&html, ".component .partial_outage"), ["Partial outage"]);
    let pictures = attributes(&html, "svg[role=img]", "aria-label");
    assert_eq!(pictures.len(), 4, "one a component");
    assert!(
        pictures[0].starts_with("Website and account: ") && pictures[0].contains("days with trouble: 1"),
        "{pictures:?}"
    );
    assert!(texts(&html, "ul.list a").contains(&"Lessons froze".to_owned()), "history");
    assert_eq!(attributes(&html, "link[rel=alternate][type='application/atom+xml']", "href").len(), 1);
    assert_eq!(attributes(&html, "link[rel=alternate][type='application/rss+xml']", "href").len(), 1);
    for feed in attributes(&html, "ul.row a", "href") {
        Edge::shared().client().get(&feed).send().await.expect(200);
    }
    let ended =
        valid_page(&get(&scene.site, &format!("/status/incidents/{}?locale=ru", scene.ended.id)).await.expect(200));
    assert_eq!(texts(&ended, "h2"), ["Итог"]);
    assert!(texts(&ended, ".said").contains(&"A second bank.".to_owned()), "I4: the summary is for everybody");
}
