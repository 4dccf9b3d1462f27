//! What customers are asked (U): once, never in a row, not at all if they like, and answered without a name if they like.

use crate::clock::Desk;
use crate::staff::{change, solved};
use crate::tickets::{agent_path, file, visitor_path};
use buoy_shared::api::{CustomerExport, Surveys};
use buoy_shared::problem::Problem;
use buoy_shared::survey::SurveyReport;
use buoy_tests::edge::Edge;
use buoy_tests::http::Client;
use serde_json::{Value, json};

const SURVEYS: &str = "/api/support/surveys/";
const DAY: i64 = 24 * 60;

async fn due(visitor: &Client) -> Value {
    visitor.get(SURVEYS).send().await.expect(200).value()["due"].clone()
}

async fn answer(visitor: &Client, draft: &Value, status: u16) -> Value {
    visitor.post(SURVEYS).json(draft).send().await.expect(status).value()
}

/// Of the month before a time.
async fn report(desk: &Desk, minutes: i64) -> SurveyReport {
    desk.staff_at(minutes).get("/api/support/agent/surveys/report/").send().await.expect(200).json()
}

/// A desk whose one ticket was solved after half an hour.
async fn solved_desk() -> Desk {
    let desk = Desk::open("school", "free", "Cannot pay", "The card is refused").await;
    let solution = json!({ "version": 1, "status": "solved", "root_cause": "other", "resolution_summary": "Paid by another card." });
    desk.staff_at(30).patch(&agent_path(&desk.ticket)).json(&solution).send().await.expect(200);
    desk
}

/// Rates the desk's ticket an hour after it was filed.
async fn rate(desk: &Desk, rating: &Value, status: u16) {
    let path = format!("{}rating/", visitor_path(&desk.ticket));
    desk.visitor_at(60).post(&path).json(rating).send().await.expect(status);
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_solved_ticket_asks_for_its_rating_first_and_then_once_how_easy_it_was() {
    let desk = solved_desk().await;
    let visitor = desk.visitor_at(60);
    assert_eq!(due(&visitor).await, json!({ "kind": "csat", "ticket": desk.ticket.id }));
    rate(&desk, &json!({ "score": 9 }), 200).await;
    assert_eq!(due(&visitor).await, json!({ "kind": "effort", "ticket": desk.ticket.id }));
    let said = json!({ "kind": "effort", "ticket": desk.ticket.id, "score": 4, "comment": "Quick" });
    assert_eq!(answer(&visitor, &said, 201).await, json!({ "kind": "effort", "answered": true }));
    answer(&visitor, &said, 201).await; // the line was lost, the page sends it again
    let other = json!({ "kind": "effort", "ticket": desk.ticket.id, "score": 1 });
    answer(&visitor, &other, 409).await;
    assert_eq!(due(&visitor).await, Value::Null);
    let effort = report(&desk, 2 * DAY).await.effort;
    assert_eq!((effort.asked, effort.answered, effort.average_hundredths), (1, 1, Some(400)));
    let stranger = desk.stranger().await;
    assert_eq!(answer(&stranger, &said, 422).await["errors"][0]["field"], "ticket", "somebody else's ticket");
}

#[tokio::test(flavor = "multi_thread")]
async fn u_what_was_waved_away_is_not_asked_again() {
    let desk = solved_desk().await;
    rate(&desk, &json!({ "score": 9 }), 200).await;
    let visitor = desk.visitor_at(60);
    let declined = json!({ "kind": "effort", "ticket": desk.ticket.id, "declined": true });
    assert_eq!(answer(&visitor, &declined, 201).await["answered"], false);
    assert_eq!(due(&visitor).await, Value::Null);
    let effort = report(&desk, 2 * DAY).await.effort;
    assert_eq!((effort.asked, effort.answered, effort.response_percent), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_rating_that_was_waved_away_is_not_asked_for_again_but_may_be_given() {
    let desk = solved_desk().await;
    let visitor = desk.visitor_at(60);
    let declined = json!({ "kind": "csat", "ticket": desk.ticket.id, "declined": true });
    assert_eq!(answer(&visitor, &declined, 201).await, json!({ "kind": "csat", "answered": false }));
    answer(&visitor, &declined, 201).await;
    assert_eq!(due(&visitor).await, Value::Null, "nor how easy the same ticket was");
    let scored = json!({ "kind": "csat", "ticket": desk.ticket.id, "score": 9 });
    assert_eq!(answer(&visitor, &scored, 422).await["errors"][0]["field"], "kind", "a rating is given at its ticket");
    rate(&desk, &json!({ "score": 9 }), 200).await;
    assert_eq!(desk.read().await.ticket.rating, Some(9));
    let stranger = desk.stranger().await;
    assert_eq!(answer(&stranger, &declined, 422).await["errors"][0]["field"], "ticket", "somebody else's ticket");
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_rating_without_a_name_counts_once_and_leads_to_nobody() {
    let desk = solved_desk().await;
    let nameless = json!({ "score": 2, "comment": "A secret grudge", "anonymous": true });
    rate(&desk, &nameless, 200).await;
    rate(&desk, &nameless, 200).await; // the line was lost, the page sends it again
    rate(&desk, &json!({ "score": 9 }), 409).await;
    assert_eq!(due(&desk.visitor_at(60)).await["kind"], "effort", "the rating is not asked for again");

    let full = desk.read().await;
    assert_eq!((full.ticket.rating, full.rating_comment.as_deref()), (None, None));
    let facts: Vec<_> = full.events.iter().filter(|event| event.kind == "rated").collect();
    assert_eq!(facts.len(), 1, "it is known that there was one");
    assert_eq!((&facts[0].actor_name, &facts[0].data), (&None, &json!({ "anonymous": true })));
    assert!(!desk.notices().await.contains(&"low_rating".to_owned()), "nobody could be called");
    let export = format!("/api/support/agent/customers/{}/export/", full.requester.id);
    let kept = desk.site.staff().get(&export).send().await.expect(200).value();
    assert!(!kept.to_string().contains("grudge"));

    let csat = report(&desk, 2 * DAY).await.csat;
    assert_eq!((csat.asked, csat.answered, csat.detractors, csat.average_hundredths), (1, 1, 1, Some(200)));
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_ticket_that_goes_on_in_another_is_asked_about_there_alone() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let (kept, gone) = (file(&visitor, "One", "a").await, file(&visitor, "Two", "b").await);
    change(&staff, &gone, solved()).await;
    assert_eq!(due(&visitor).await["ticket"], json!(gone.id));
    let merge = json!({ "into": kept.id });
    staff.post(&format!("{}merge/", agent_path(&gone))).json(&merge).send().await.expect(200);
    assert_eq!(due(&visitor).await, Value::Null);
    let rating = visitor.post(&format!("{}rating/", visitor_path(&gone))).json(&json!({ "score": 1 }));
    let problem: Problem = rating.send().await.expect(409).json();
    assert!(problem.detail.is_some_and(|why| why.contains("goes on in another")));
    let effort = json!({ "kind": "effort", "ticket": gone.id, "score": 1 });
    assert_eq!(answer(&visitor, &effort, 422).await["errors"][0]["field"], "ticket");
    change(&staff, &kept, solved()).await;
    assert_eq!(due(&visitor).await, json!({ "kind": "csat", "ticket": kept.id }));
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_question_that_was_shown_counts_as_asked_and_may_still_be_answered() {
    let desk = solved_desk().await;
    rate(&desk, &json!({ "score": 9 }), 200).await;
    let visitor = desk.visitor_at(60);
    let shown = json!({ "kind": "effort", "ticket": desk.ticket.id, "shown": true });
    assert_eq!(answer(&visitor, &shown, 201).await, json!({ "kind": "effort", "answered": false }));
    assert_eq!(due(&visitor).await, Value::Null, "never asked twice");
    let effort = report(&desk, 2 * DAY).await.effort;
    assert_eq!((effort.asked, effort.answered, effort.response_percent), (1, 0, 0));

    answer(&visitor, &json!({ "kind": "effort", "ticket": desk.ticket.id, "score": 4 }), 201).await;
    answer(&visitor, &shown, 201).await; // what was shown in another tab comes late, and takes nothing back
    answer(&visitor, &json!({ "kind": "effort", "ticket": desk.ticket.id, "score": 1 }), 409).await;
    let effort = report(&desk, 2 * DAY).await.effort;
    assert_eq!((effort.asked, effort.answered, effort.average_hundredths), (1, 1, Some(400)));
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_recommendation_that_was_shown_is_answered_the_next_day_as_the_same_question() {
    let desk = Desk::open("school", "free", "Cannot pay", "The card is refused").await;
    let visitor = desk.stranger().await; // a session of a quarter; a known one lives a day
    answer(&desk.at(&visitor, 31 * DAY), &json!({ "kind": "nps", "shown": true }), 201).await;
    assert_eq!(due(&desk.at(&visitor, 32 * DAY)).await, Value::Null);
    let nps = report(&desk, 40 * DAY).await.nps;
    assert_eq!((nps.asked, nps.answered), (1, 0));

    let said = json!({ "kind": "nps", "score": 10, "anonymous": true });
    answer(&desk.at(&visitor, 32 * DAY), &said, 201).await;
    answer(&desk.at(&visitor, 33 * DAY), &said, 201).await;
    answer(&desk.at(&visitor, 33 * DAY), &json!({ "kind": "nps", "score": 3 }), 409).await;
    let nps = report(&desk, 40 * DAY).await.nps;
    assert_eq!((nps.asked, nps.answered, nps.promoters), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_recommendation_is_asked_after_a_month_and_may_be_given_without_a_name() {
    let desk = Desk::open("school", "free", "Cannot pay", "The card is refused").await;
    let visitor = desk.stranger().await; // a session of a quarter; a known one lives a day
    assert_eq!(due(&desk.at(&visitor, 29 * DAY)).await, Value::Null);
    let month_later = desk.at(&visitor, 31 * DAY);
    assert_eq!(due(&month_later).await, json!({ "kind": "nps", "ticket": null }));
    let said = json!({ "kind": "nps", "score": 10, "comment": "A secret friend", "anonymous": true });
    answer(&month_later, &said, 201).await;
    answer(&month_later, &said, 201).await;
    for (score, minutes) in [(3, 31 * DAY), (3, 60 * DAY)] {
        answer(&desk.at(&visitor, minutes), &json!({ "kind": "nps", "score": score }), 409).await;
    }
    assert_eq!(due(&desk.at(&visitor, 60 * DAY)).await, Value::Null);
    let nps = report(&desk, 40 * DAY).await.nps;
    assert_eq!((nps.asked, nps.answered, nps.promoters, nps.net_promoter_score), (1, 1, 1, Some(100)));
}

#[tokio::test(flavor = "multi_thread")]
async fn u_who_wants_no_questions_gets_none_until_they_do() {
    let desk = solved_desk().await;
    let visitor = desk.visitor_at(60);
    for opted_out in [true, false] {
        let wish = json!({ "opted_out": opted_out });
        assert_eq!(visitor.put(&format!("{SURVEYS}opt_out/")).json(&wish).send().await.expect(200).value(), wish);
        assert_eq!(due(&visitor).await.is_null(), opted_out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn u_who_leaves_says_why_once_and_it_is_exported_and_forgotten_with_them() {
    let desk = solved_desk().await;
    let visitor = desk.visitor_at(60);
    for (draft, field) in [
        (json!({ "kind": "exit" }), "reason"),
        (json!({ "kind": "exit", "reason": "other", "score": 1 }), "score"),
        (json!({ "kind": "nps", "score": 11 }), "score"),
    ] {
        assert_eq!(answer(&visitor, &draft, 422).await["errors"][0]["field"], field, "{draft}");
    }
    let leaves = json!({ "kind": "exit", "reason": "too_expensive", "comment": "A canary of a price" });
    for asked in [false, true] {
        let known: Surveys = visitor.get("/api/support/surveys/").send().await.expect(200).json();
        assert_eq!(known.exit_asked, asked, "nobody is asked twice");
        answer(&visitor, &leaves, 201).await;
    }
    answer(&visitor, &json!({ "kind": "exit", "reason": "technical" }), 409).await;
    let rating = format!("{}rating/", visitor_path(&desk.ticket));
    visitor.post(&rating).json(&json!({ "score": 7 })).send().await.expect(200);
    let read = report(&desk, 2 * DAY).await;
    assert_eq!(read.exit_reasons.get("too_expensive"), Some(&1));
    assert_eq!((read.csat.asked, read.csat.passives, read.csat.average_hundredths), (1, 1, Some(700)));
    assert_eq!(read.csat_by.tier.keys().collect::<Vec<_>>(), [&desk.ticket.tier]);

    let customer = desk.read().await.requester.id;
    let path = |what: &str| format!("/api/support/agent/customers/{customer}/{what}/");
    let kept: CustomerExport = desk.site.staff().get(&path("export")).send().await.expect(200).json();
    assert_eq!(
        kept.surveys.iter().map(|survey| survey.comment.as_deref()).collect::<Vec<_>>(),
        [Some("A canary of a price")]
    );
    desk.site.staff().post(&path("erase")).send().await.expect(200);
    let kept: CustomerExport = desk.site.staff().get(&path("export")).send().await.expect(200).json();
    assert_eq!(kept.surveys.iter().filter_map(|survey| survey.comment.as_deref()).count(), 0);
    assert_eq!(report(&desk, 2 * DAY).await.exit_reasons.get("too_expensive"), Some(&1), "figures stay true");
}
