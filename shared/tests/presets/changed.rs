//! Changes every number of every preset, one at a time: exactly the row that states it must notice.

use crate::{Row, api_platform, broken, saas, school};
use buoy_shared::policy::{Hundredths, Policy, Span};
use toml::Value;

pub(crate) const PRESETS: [(&str, &str); 3] = [
    ("school", include_str!("../../../presets/school/policy.toml")),
    ("saas", include_str!("../../../presets/saas/policy.toml")),
    ("api-platform", include_str!("../../../presets/api-platform/policy.toml")),
];

/// Parts without a number of the requirements: words, and what triage's own tests hold.
const WORDS: [&str; 7] = ["site", "triage", "macros", "replies", "label", "holidays", "synonyms"];

/// Another value of the same kind; none for what is no number.
fn another(value: &Value) -> Option<Value> {
    match value {
        Value::Integer(number) => Some(Value::Integer(number + 1)),
        Value::Boolean(is) => Some(Value::Boolean(!is)),
        Value::String(text) => another_text(text).map(Value::String),
        _ => None,
    }
}

fn another_text(text: &str) -> Option<String> {
    if let Some(span) = Span::parse(text) {
        let longer = match span.as_days() {
            Some(days) => Span::days(days + 1),
            None => Span::minutes(span.as_minutes() + 1),
        };
        return Some(longer.to_string());
    }
    if let Some(number) = Hundredths::parse(text) {
        return Some(Hundredths::new(number.get() - 1).to_string());
    }
    let (start, end) = text.split_once('-').filter(|(start, _)| start.len() == 5 && start.contains(':'))?;
    Some(format!("{}1-{end}", &start[..4]))
}

/// The places of everything that has another value.
fn places(value: &Value, here: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(array) => array.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        leaf => {
            if another(leaf).is_some() {
                found.push(here.clone());
            }
            return;
        }
    };
    for (key, child) in children {
        if !WORDS.contains(&key.as_str()) {
            here.push(key);
            places(child, here, found);
            here.pop();
        }
    }
}

fn at<'a>(value: &'a mut Value, place: &[String]) -> &'a mut Value {
    place.iter().fold(value, |value, step| match value {
        Value::Table(table) => table.get_mut(step).expect("a key"),
        Value::Array(array) => array.get_mut(step.parse::<usize>().expect("a number")).expect("an item"),
        _ => panic!("no way to {place:?}"),
    })
}

#[test]
fn every_number_of_a_preset_has_exactly_one_row_that_notices_its_change() {
    let rows: [Vec<Row>; 3] = [school::rows(), saas::rows(), api_platform::rows()];
    for ((name, text), rows) in PRESETS.into_iter().zip(rows) {
        let preset: Value = toml::from_str(text).unwrap();
        let mut found = Vec::new();
        places(&preset, &mut Vec::new(), &mut found);
        assert!(found.len() > 60, "{name} has its numbers: {}", found.len());
        for place in &found {
            let mut changed = preset.clone();
            let leaf = at(&mut changed, place);
            *leaf = another(leaf).expect("found for having one");
            let policy: Policy = changed.try_into().unwrap();
            let noticed: Vec<&str> = broken(&rows, &policy).into_iter().map(|(says, ..)| says).collect();
            assert_eq!(noticed.len(), 1, "{name}: {} is noticed by {noticed:#?}", place.join("."));
        }
        println!("{name}: {} numbers, {} rows", found.len(), rows.len());
    }
}
