//! What the form of a category asks besides subject and text: told to pages, checked by name, kept for the team (W4).

use crate::tickets::agent_path;
use buoy_shared::ticket::{AgentTicket, Ticket};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Answer;
use buoy_tests::samples::school_with_form;
use serde_json::{Value, json};

async fn send(site: &Site, category: &str, fields: Value) -> Answer {
    let visitor = site.visitor(None).await;
    let draft = json!({ "category": category, "subject": "s", "body": "b", "fields": fields });
    visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_page_learns_what_each_category_asks_in_its_language() {
    let site = Edge::shared().new_site(&school_with_form(), &[]).await;
    let path = format!("/api/support/boot/?site={}&locale=en", site.id);
    let boot = Edge::shared().client().get(&path).send().await.expect(200).value();
    let fields = boot["fields"].as_object().expect("fields by category");
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["payment"]);
    let way = json!({ "key": "way", "kind": "choice", "label": "Way of payment", "required": false, "min": null, "max": null,
        "choices": [{ "key": "card", "label": "Card" }, { "key": "bank", "label": "Bank" }] });
    assert_eq!(boot["fields"]["payment"][1], way);
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_was_filled_in_is_kept_for_the_team() {
    let site = Edge::shared().new_site(&school_with_form(), &[]).await;
    let fields =
        json!({ "order": " 4711 ", "way": "card", "amount": "12.50", "paid_on": "2026-11-20", "agreed": "true" });
    let ticket: Ticket = send(&site, "payment", fields).await.expect(201).json();
    let kept: AgentTicket = site.staff().get(&agent_path(&ticket)).send().await.expect(200).json();
    let expected =
        json!({ "agreed": "true", "amount": "12.50", "order": "4711", "paid_on": "2026-11-20", "way": "card" });
    assert_eq!(json!(kept.fields), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_each_wrong_field_of_a_category_is_refused_by_its_name_together_with_the_rest() {
    let site = Edge::shared().new_site(&school_with_form(), &[]).await;
    let good = json!({ "order": "4711", "agreed": "true" });
    for (category, name, value, field) in [
        ("payment", "order", json!(null), "fields.order"),
        ("payment", "order", json!("1234567890123"), "fields.order"),
        ("payment", "way", json!("cash"), "fields.way"),
        ("payment", "amount", json!("0"), "fields.amount"),
        ("payment", "paid_on", json!("yesterday"), "fields.paid_on"),
        ("payment", "agreed", json!("yes"), "fields.agreed"),
        ("payment", "colour", json!("red"), "fields.colour"),
        ("payment", "amount", json!(12), "fields.amount"),
        ("zoom", "agreed", json!(null), "fields.order"),
    ] {
        let mut fields = good.clone();
        fields[name] = value;
        if fields[name].is_null() {
            fields.as_object_mut().expect("an object").remove(name);
        }
        let refused = send(&site, category, fields).await.expect(422).value();
        let errors: Vec<&str> =
            refused["errors"].as_array().into_iter().flatten().filter_map(|one| one["field"].as_str()).collect();
        assert_eq!(errors, [field], "{category} {name}");
    }
    let visitor = site.visitor(None).await;
    let empty = json!({ "category": "payment", "subject": "", "body": "b" });
    let refused =
        visitor.post("/api/support/tickets/").idempotency_key("e").json(&empty).send().await.expect(422).value();
    let errors: Vec<&str> =
        refused["errors"].as_array().into_iter().flatten().filter_map(|one| one["field"].as_str()).collect();
    assert_eq!(errors, ["subject", "fields.order"], "a person sees all of it at once");
    // Without a category nothing is asked.
    let open = json!({ "subject": "s", "body": "b" });
    visitor.post("/api/support/tickets/").idempotency_key("o").json(&open).send().await.expect(201);
}
