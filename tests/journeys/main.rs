//! What people do, in a real browser against a running edge: one file for each thing a person does.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "the ban on clocks is for wasm; here a promise is timed")]

mod answer_before_sending;
mod answer_surveys;
mod any_eyes;
mod attach_files;
mod be_left_alone;
mod be_refused;
mod come_back;
mod cross_the_tunnel;
mod embed_page;
mod fill_in_fields;
mod find_and_file;
mod follow_the_route;
mod follow_what_happens;
mod get_the_right_files;
mod go_further;
mod go_on_while_it_waits;
mod hear_of_an_incident;
mod hostile;
mod keep_files;
mod keep_for_users;
mod keep_until_sent;
mod keep_what_was_typed;
mod learn_what_to_write;
mod leave_for_good;
mod leave_no_trace;
mod move_house;
mod of_chromium;
mod on_plain_http;
mod read_from_right_to_left;
mod read_help;
mod read_in_panel;
mod read_status;
mod refused_wasm;
mod run_no_script;
mod say_me_too;
mod search_a_large_base;
mod see_banner;
mod see_home;
mod see_how_far;
mod see_who_writes;
mod send_details;
mod sign_in;
mod sign_in_midway;
mod steps;
mod store_as_told;
mod subscribe_to_status;
mod switch_off;
mod talk_to_team;
mod tell_the_host;
mod touch_nothing;
mod use_a_phone;
mod use_only_keys;
mod use_the_package;
mod wait_in_peace;

use buoy_tests::languages::{LANGUAGES, policy_of};
use buoy_tests::stage::Stage;
use serde_json::json;

/// Three articles a student may look for.
pub(crate) async fn import_articles(stage: &Stage) {
    let article = |slug: &str, markdown: &str| json!({ "locale": "en", "slug": slug, "markdown": markdown });
    let articles = json!([
        article(
            "pay-by-card",
            "# How to pay by card\n\nOpen **My courses** and press *Pay*.\n\n## If it is declined\n\n- Ask the bank\n- Try another card"
        ),
        article("reset-password", "# How to reset your password\n\nPress **Forgot password** on the sign-in page."),
        article("join-a-lesson", "# How to join a lesson\n\nOpen the schedule and press Join."),
    ]);
    let body = json!({ "articles": articles, "publish": true });
    stage.site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
}

/// Declares an incident; gives its id.
pub(crate) async fn declare(stage: &Stage, title: &str) -> String {
    let incident = json!({ "title": title, "body": "Cards are declined.", "impact": "major" });
    let answer = stage.site.staff().post("/api/support/incidents/").json(&incident).send().await.expect(201);
    answer.value()["id"].as_str().expect("an id").to_owned()
}

/// Posts an update of an incident.
pub(crate) async fn update(stage: &Stage, incident: &str, body: &str, status: &str) {
    let path = format!("/api/support/incidents/{incident}/updates/");
    let mut news = json!({ "body": body, "status": status });
    if status == "resolved" {
        news["summary"] = json!({ "impact": "Nobody could pay.", "prevention": "A second bank." });
    }
    stage.site.staff().post(&path).json(&news).send().await.expect(201);
}

/// The least that a desk needs, in every language of the widget.
pub(crate) fn many_languages() -> String {
    policy_of(&LANGUAGES)
}
