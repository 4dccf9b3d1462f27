//! Prints how well triage sorts the labelled messages: precision and recall of each rule, by language (A3).
//!
//! `cargo run --package buoy-shared --features server --example triage_table`. The numbers are held by `tests/triage_labelled.rs`;
//! this is for people who change a rule and want to see what else moved.

#[path = "../tests/triage/labelled.rs"]
mod labelled;

fn main() {
    let rows = labelled::check_all();
    println!("{}", labelled::table(&rows));
}
