//! Triage against messages that people labelled: precision and recall of each rule, by language (R2, A3).
//!
//! `develop.tsv` was at hand while the rules were written, `held_out.tsv` was not. A rule's stated confidence is a promise: of
//! a hundred answers it gives, at least so many fit. `cargo xtask triage` prints the same table.
#![cfg(feature = "server")]

#[path = "triage/labelled.rs"]
mod labelled;

use labelled::{Set, Tally, check_all, confidences, table};

#[test]
fn each_automatic_answer_is_right_as_often_as_it_says() {
    let rows = check_all();
    println!("{}", table(&rows));
    for (key, confidence) in confidences() {
        let all = Tally::of_answer(rows.iter(), &key);
        assert!(all.given > 0 && all.right > 0, "{key}: no message shows it");
        assert!(all.precision() >= f64::from(confidence), "{key}: {:.1} % of {confidence} %", all.precision());
    }
}

#[test]
fn automatic_answers_hold_on_messages_that_no_rule_was_written_for() {
    let rows = check_all();
    let held_out = || rows.iter().filter(|row| row.label.set == Set::HeldOut);
    let answers = Tally::of_answers(held_out());
    let promised = Tally::promised(held_out());
    assert!(answers.precision() >= promised, "{:.1} % of {promised:.1} %", answers.precision());
    assert!(answers.recall() >= 85.0, "{:.1} %", answers.recall());
}

/// Bounds a little below what was measured when they were written: they notice a rule that got worse.
#[test]
fn category_priority_and_queue_stay_as_right_as_they_were() {
    let rows = check_all();
    for set in [Set::Develop, Set::HeldOut] {
        let of_set = || rows.iter().filter(|row| row.label.set == set);
        let floor = if set == Set::Develop { 95.0 } else { 88.0 };
        for (what, right) in labelled::ACCURACIES {
            let share = labelled::percent(of_set().filter(|row| right(row)).count(), of_set().count());
            assert!(share >= floor, "{set:?} {what}: {share:.1} %");
        }
    }
}

#[test]
fn the_sets_are_large_and_half_of_them_was_held_out() {
    let rows = check_all();
    let held_out = rows.iter().filter(|row| row.label.set == Set::HeldOut).count();
    assert!(rows.len() >= 300 && held_out * 2 >= rows.len(), "{held_out} of {}", rows.len());
    let russian = rows.iter().filter(|row| row.label.locale == "ru").count();
    assert!((40..=60).contains(&(100 * russian / rows.len())), "{russian} of {} are Russian", rows.len());
}
