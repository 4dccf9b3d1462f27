//! What readers do with articles, counted without saying who, and the review that follows (K4, K5).

use buoy_shared::api::{KbReport, SearchAnswer};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::{Answer, Client};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn site_with_articles() -> Site {
    let site = Edge::shared().new_site("school", &[]).await;
    let long = format!("---\ntitle: Everything\nupdated: 2020-01-01\n---\n\n{}", "word ".repeat(2_100));
    let article = |slug: &str, markdown: &str| json!({ "locale": "en", "slug": slug, "markdown": markdown });
    let articles = [
        article("pay-by-card", "# How to pay by card\n\nOpen Payments and enter the number."),
        article("reset-password", "# How to reset your password\n\nPress Forgot."),
        article("everything", &long),
    ];
    let body = json!({ "articles": articles, "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    site
}

async fn send(site: &Site, events: Value) -> Answer {
    let body = json!({ "site": site.id, "locale": "en", "events": events });
    Edge::shared().client().post("/api/support/kb/events/").json(&body).send().await
}

async fn report(site: &Site) -> KbReport {
    site.staff().get("/api/support/agent/kb/report/").send().await.expect(200).json()
}

async fn vote(client: &Client, site: &Site, helpful: bool, reason: Option<&str>) {
    let mut body = json!({ "site": site.id, "slug": "pay-by-card", "locale": "en", "helpful": helpful });
    if let Some(reason) = reason {
        body["reason"] = json!(reason);
    }
    client.post("/api/support/kb/feedback/").json(&body).send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_the_report_counts_what_pages_tell_and_only_of_articles_that_exist() {
    let site = site_with_articles().await;
    let events = json!([
        { "kind": "search" }, { "kind": "search" }, { "kind": "search" }, { "kind": "search" },
        { "kind": "click", "slug": "pay-by-card", "place": 1 },
        { "kind": "click", "slug": "reset-password", "place": 3 },
        { "kind": "click", "slug": "made-up", "place": 1 },
        { "kind": "view", "slug": "pay-by-card" }, { "kind": "view", "slug": "pay-by-card" },
        { "kind": "no_result", "query": "Refund for jo@example.com, order 1234567" },
        { "kind": "deflected" }, { "kind": "abandoned" },
    ]);
    send(&site, events).await.expect(204);
    send(&site, json!([{ "kind": "no_result", "query": "refund FOR someone@else.example order 99887766" }]))
        .await
        .expect(204);
    send(&site, json!([])).await.expect(204);

    let KbReport { figures, clicks_by_place, no_result, most_read, stale, too_long, .. } = report(&site).await;
    assert_eq!((figures.searches, figures.searches_without_result, figures.clicks, figures.views), (6, 2, 2, 2));
    assert_eq!(figures.click_through_percent, Some(33.3), "of all searches: a doubtful result may be opened too");
    assert_eq!((figures.deflected, figures.abandoned, figures.articles), (1, 1, 3));
    assert_eq!(clicks_by_place, [1, 0, 1]);
    let gaps: Vec<(&str, u32)> = no_result.iter().map(|gap| (gap.query.as_str(), gap.count)).collect();
    assert_eq!(gaps, [("refund for [email] order [number]", 2)], "redacted, two people's words are the same");
    assert_eq!(most_read.iter().map(|note| (note.slug.as_str(), note.views)).collect::<Vec<_>>(), [("pay-by-card", 2)]);
    for list in [stale, too_long] {
        assert_eq!(list.iter().map(|note| note.slug.as_str()).collect::<Vec<_>>(), ["everything"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_an_article_that_was_read_on_a_page_in_another_language_is_counted_as_read() {
    let site = Edge::shared().new_site("school", &[]).await;
    let article = json!({ "locale": "ru", "slug": "pay", "markdown": "# Оплата\n\nОткройте раздел." });
    let body = json!({ "articles": [article], "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    send(&site, json!([{ "kind": "view", "slug": "pay", "locale": "ru" }])).await.expect(204);
    let read: Vec<Value> =
        report(&site).await.most_read.iter().map(|note| json!([note.slug, note.locale, note.views])).collect();
    assert_eq!(read, [json!(["pay", "ru", 1])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_what_a_page_tells_in_a_wrong_form_is_refused_and_counts_nothing() {
    let site = site_with_articles().await;
    for events in
        [json!([{ "kind": "click" }]), json!([{ "kind": "view", "slug": "No Slug" }]), json!([{ "kind": "dance" }])]
    {
        send(&site, events).await.expect(422);
    }
    send(&site, json!(vec![json!({ "kind": "search" }); 51])).await.expect(422);
    let body = json!({ "site": "site_nowhere", "events": [] });
    Edge::shared().client().post("/api/support/kb/events/").json(&body).send().await.expect(422);
    assert_eq!(report(&site).await.figures.searches, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_a_visitor_has_one_vote_on_an_article_and_a_second_replaces_it() {
    let site = site_with_articles().await;
    let (ann, bob) = (site.visitor(None).await, site.visitor(None).await);
    for (who, helpful) in [(&ann, true), (&ann, true), (&bob, true), (&bob, false)] {
        vote(who, &site, helpful, None).await;
    }
    let stranger = Edge::shared().client().with_header("user-agent", "one browser");
    vote(&stranger, &site, false, Some("outdated")).await;
    vote(&stranger, &site, false, Some("outdated")).await;
    vote(&Edge::shared().client().with_header("user-agent", "another"), &site, false, None).await;
    let review = report(&site).await;
    assert_eq!((review.figures.helpful_yes, review.figures.helpful_no), (1, 3));
    assert_eq!(review.figures.helpful_score, Some(1.3), "of 5");
    let down: Vec<Value> = review.voted_down.iter().map(|note| json!([note.slug, note.reason])).collect();
    assert_eq!(down, [json!(["pay-by-card", "outdated"])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_k5_tickets_are_solved_by_an_article_and_repeated_ones_are_named() {
    let site = site_with_articles().await;
    let mut tickets = Vec::new();
    for (number, subject) in
        ["Certificate is missing", "missing certificate of the course", "My certificates are missing"]
            .iter()
            .enumerate()
    {
        let draft = json!({ "subject": subject, "body": "How do I pay with my card?" });
        let request =
            site.visitor(None).await.post("/api/support/tickets/").idempotency_key(&number.to_string()).json(&draft);
        tickets.push(request.send().await.expect(201).value()["id"].as_str().expect("an id").to_owned());
    }
    let staff = site.staff();
    for (ticket, body) in [(&tickets[0], "See https://x.example/help/pay-by-card please"), (&tickets[1], "Done")] {
        let solve =
            json!({ "body": body, "status": "solved", "root_cause": "other", "resolution_summary": "Told them." });
        staff.post(&format!("/api/support/agent/tickets/{ticket}/add_message/")).json(&solve).send().await.expect(201);
    }
    let review = report(&site).await;
    assert_eq!((review.figures.solved, review.figures.solved_by_article), (2, 1));
    assert_eq!(review.figures.solved_by_article_percent, Some(50.0));
    assert_eq!(review.repeated_tickets.first().map(|topic| topic.tickets), Some(3), "{:?}", review.repeated_tickets);

    let path = format!("/api/support/agent/tickets/{}/suggestions/", tickets[2]);
    let suggested: SearchAnswer = staff.get(&path).send().await.expect(200).json();
    assert_eq!(suggested.items.first().map(|item| item.slug.as_str()), Some("pay-by-card"));
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_words_that_found_nothing_lately_are_told_though_older_ones_were_repeated() {
    let edge = Edge::with_test_clock();
    let site = edge.new_site("school", &[]).await;
    let tell = async |at: &str, words: Vec<String>| {
        let events: Vec<Value> = words.iter().map(|words| json!({ "kind": "no_result", "query": words })).collect();
        let body = json!({ "site": site.id, "locale": "en", "events": events });
        edge.client().post("/api/support/kb/events/").header("x-test-now", at).json(&body).send().await.expect(204);
    };
    // As many as a site keeps, each of two requests.
    for tens in 0..10 {
        for day in ["2026-01-05", "2026-01-06"] {
            let words = (0..50).map(|one| format!("words {}", letters(tens * 50 + one))).collect();
            tell(&format!("{day}T12:00:00Z"), words).await;
        }
    }
    let day = "2026-02-10T12:00:00Z";
    tell(day, ["zip export", "zip export", "csv import"].map(str::to_owned).into()).await;
    let told: KbReport = site
        .staff()
        .get("/api/support/agent/kb/report/")
        .header("x-test-now", "2026-02-11T12:00:00Z")
        .send()
        .await
        .expect(200)
        .json();
    let gaps: BTreeSet<(&str, u32)> = told.no_result.iter().map(|gap| (gap.query.as_str(), gap.count)).collect();
    assert_eq!(gaps, BTreeSet::from([("csv import", 1), ("zip export", 1)]), "one request is one person");
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_words_that_find_nothing_week_after_week_are_told_of_every_week() {
    let edge = Edge::with_test_clock();
    let site = edge.new_site("school", &[]).await;
    for at in ["2026-02-03T12:00:00Z", "2026-02-10T12:00:00Z"] {
        let event = json!({ "kind": "no_result", "query": "zip export" });
        let body = json!({ "site": site.id, "locale": "en", "events": [event] });
        edge.client().post("/api/support/kb/events/").header("x-test-now", at).json(&body).send().await.expect(204);
    }
    let staff = site.staff().with_header("x-test-now", "2026-02-20T12:00:00Z");
    for (from, to, gaps) in [("02-02", "02-09", 1), ("02-09", "02-16", 1), ("02-16", "02-20", 0)] {
        let path = format!("/api/support/agent/kb/report/?from=2026-{from}T00:00:00Z&to=2026-{to}T00:00:00Z");
        let told: KbReport = staff.get(&path).send().await.expect(200).json();
        assert_eq!(told.no_result.len(), gaps, "{from}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_an_article_that_was_voted_down_and_rewritten_begins_anew() {
    let site = site_with_articles().await;
    let voters = ["one", "two", "three"].map(|name| Edge::shared().client().with_header("user-agent", name));
    let voted_down = async || -> Vec<(u32, bool)> {
        report(&site).await.voted_down.iter().map(|note| (note.helpful_no, note.reason.is_some())).collect()
    };
    for voter in &voters {
        vote(voter, &site, false, Some("outdated")).await;
    }
    assert_eq!(voted_down().await, [(3, true)]);
    let rewritten = json!({ "locale": "en", "markdown": "# How to pay by card\n\nPress Pay.", "publish": true });
    site.staff().put("/api/support/agent/kb/articles/pay-by-card/").json(&rewritten).send().await.expect(200);
    assert!(voted_down().await.is_empty());
    for voter in &voters {
        vote(voter, &site, false, None).await;
    }
    assert_eq!(voted_down().await, [(3, false)], "of the new text; the reasons went with the old one");
}

/// A number in letters: digits are taken out of what is kept.
fn letters(number: u32) -> String {
    format!("{number}").chars().map(|digit| char::from(b'a' + u8::try_from(digit).unwrap_or(b'0') - b'0')).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn k5_a_week_of_the_report_is_seven_days_of_everything() {
    let site = site_with_articles().await;
    let told = report(&site).await;
    let of_day = told.from.start_of_day();
    assert_eq!(told.from, of_day, "what readers do is counted by whole days");
    assert_eq!(told.to.start_of_day(), of_day.plus_seconds(6 * 86_400), "today and six days before");
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_an_invented_token_is_nobody_and_an_address_votes_within_bounds() {
    let site = site_with_articles().await;
    for invented in ["one", "two", "three"] {
        let client = Edge::shared().client().with_bearer(&format!("bv1.{}.{invented}", site.id));
        vote(&client.with_header("user-agent", "one browser"), &site, true, None).await;
    }
    assert_eq!(report(&site).await.figures.helpful_yes, 1);

    let limits = json!({ "first_line": false, "limits": { "votes_per_address": { "count": 3, "seconds": 3600 } } });
    let edge = Edge::start_with(&[("LIMITS", &limits.to_string())]);
    let site = edge.new_site("school", &[]).await;
    let article = json!({ "locale": "en", "slug": "pay-by-card", "markdown": "# How to pay\n\nBy card." });
    let body = json!({ "articles": [article], "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    let body = json!({ "site": site.id, "slug": "pay-by-card", "locale": "en", "helpful": true });
    let mut answers = Vec::new();
    for browser in ["one", "two", "three", "four"] {
        let request = edge.client().post("/api/support/kb/feedback/").header("user-agent", browser);
        answers.push(request.json(&body).send().await.status);
    }
    assert_eq!(answers, [201, 201, 201, 429]);
}
