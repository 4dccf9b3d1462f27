//! One engine, one result (R4, A3): the engine compiled to WebAssembly and run by Node says of every labelled message, and of
//! some hostile ones, to the byte what the native engine says.

use crate::labelled;
use crate::module::{ask, build};
use buoy_shared::triage::{Input, Rules};
use serde_json::json;

#[test]
fn page_and_edge_reach_one_result_on_every_labelled_message() {
    let module = build();
    let mut compared = 0;
    for (preset, _) in labelled::PRESETS {
        let policy = labelled::policy(preset);
        let rules = Rules::compile(&policy);
        let labels: Vec<_> = labelled::labels().into_iter().filter(|label| label.preset == preset).collect();
        let hostile: Vec<String> = hostile();
        let foreign = |body| Input { body, tier: "enterprise", locale: "ru", ..Input::default() };
        let inputs: Vec<Input<'_>> =
            labels.iter().map(labelled::Label::input).chain(hostile.iter().map(|text| foreign(text))).collect();
        let messages: Vec<_> = inputs
            .iter()
            .map(|input| {
                json!({"subject": input.subject, "body": input.body, "tier": input.tier, "locale": input.locale})
            })
            .collect();
        let natively: Vec<_> = inputs.iter().map(|input| rules.triage(input)).collect();
        let there = ask(&module, &json!({"policy": policy, "messages": messages}).to_string());
        assert_eq!(there, serde_json::to_string(&natively).unwrap(), "{preset}");
        compared += inputs.len();
    }
    println!("{compared} messages are sorted alike natively and in WebAssembly");
}

/// Texts that no person writes.
fn hostile() -> Vec<String> {
    let pieces =
        ["не ", "error 401 ", "{\"a\":", "`", "missing \"", "İ", "ß", "\u{301}", "日本語", "👍🏽", "a_", "http://"];
    pieces.iter().map(|piece| piece.repeat(3_000)).chain([pieces.concat()]).collect()
}
