//! Where Buoy runs: a Cloudflare Worker. The events `fetch` and `scheduled`, nothing else.
//!
//! A request walks `router` → `handlers/<resource>` → `store/<resource>` (the only place with SQL) and comes back
//! through `reply`; every refusal becomes a problem document in `error`, the only file that knows failure statuses.
//! Whatever must happen after a write is an outbox row of the same batch; `jobs` makes it happen.

mod auth;
mod body;
mod channels;
mod cx;
mod durable;
mod error;
mod handlers;
mod hands;
mod incident_desk;
mod jobs;
mod library;
mod limits;
mod page_rules;
mod planned_work;
mod platform;
mod reply;
mod router;
mod rules;
mod site_public;
mod snapshot;
mod store;
mod telegram;

use worker::{Context, Env, Request, Response, Result, ScheduleContext, ScheduledEvent, event};

/// Answers one request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    router::serve(request, env, context).await
}

/// Runs each minute: what is due, and only that. May run twice, may be late.
#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    jobs::run_due(&env, platform::now_of_run(&event)).await;
}
