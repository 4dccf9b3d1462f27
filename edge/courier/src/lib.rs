//! The courier as the platform loads it: its events and the objects that it owns. What it does is in `buoy_edge::courier`.

#![expect(missing_docs, reason = "the platform's macro writes methods of the objects that nobody calls by name")]

use buoy_edge::courier;
use worker::{Context, Env, Request, Response, Result, ScheduleContext, ScheduledEvent, event};

/// Answers one request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    courier::fetch(request, env, context).await
}

/// Runs each minute.
#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    courier::scheduled(event, env).await;
}

buoy_edge::room! {
    /// The exact counters of one site or address, as far as chats and alerts ask.
    QuotaRoom
}
