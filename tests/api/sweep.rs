//! What the cron's look at the clocks costs (A10): it grows with what is due, not with what exists.

use crate::clock::Desk;
use serde_json::json;
use std::time::{Duration, Instant};

/// Tickets that are due in each run.
const DUE: u32 = 100;
/// Tickets of the small desk.
const FEW: u32 = 10_000;
/// Tickets of the large desk.
const MANY: u32 = 1_000_000;
/// Tickets that one request adds.
const FILLED_AT_ONCE: u32 = 50_000;
/// How much more the large desk may cost.
const RATIO_MAX: f64 = 2.0;

/// The time of three runs, in each of which every one of the due tickets is warned of, then flagged, then given away.
#[expect(clippy::disallowed_methods, reason = "this measures; nothing here runs as wasm")]
async fn sweep_of(tickets: u32) -> Duration {
    let desk = Desk::open("school", "standard", "Не могу войти", "Пишет: неверный пароль.").await;
    for at in 1..DUE {
        let draft = json!({ "category": "login", "subject": "Не могу войти", "body": "Пишет: неверный пароль." });
        desk.stranger()
            .await
            .post("/api/support/tickets/")
            .idempotency_key(&at.to_string())
            .json(&draft)
            .send()
            .await
            .expect(201);
    }
    for first in (1..=tickets).step_by(FILLED_AT_ONCE as usize) {
        desk.fill(first, (first + FILLED_AT_ONCE - 1).min(tickets)).await;
    }
    desk.cron(2).await;
    let mut took = Duration::ZERO;
    for minutes in [100, 130, 260] {
        let began = Instant::now();
        desk.cron_once(minutes).await;
        took += began.elapsed();
    }
    let notices = desk.notices().await;
    for kind in ["sla_warning", "sla_breach", "sla_reassigned"] {
        assert_eq!(notices.iter().filter(|notice| *notice == kind).count(), DUE as usize, "{kind}");
    }
    took
}

/// What happens is held by every run; what it costs only by a deep one, on a machine that does nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a10_the_sweep_costs_what_is_due_not_what_exists() {
    let few = sweep_of(FEW).await;
    if std::env::var_os("BUOY_DEEP").is_none() {
        return;
    }
    let large = sweep_of(MANY).await;
    let ratio = large.as_secs_f64() / few.as_secs_f64();
    println!("{DUE} due, three runs: {few:?} of {FEW} tickets, {large:?} of {MANY}, ratio {ratio:.2}");
    assert!(ratio < RATIO_MAX, "{few:?} of {FEW} tickets, {large:?} of {MANY}: {ratio:.2}");
}
