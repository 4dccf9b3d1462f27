//! What only the tests' own build can ask of the database: what waits in the outbox, and a great many tickets at once.

use super::facts::{self, Fact, When};
use super::outbox::named_event;
use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::time::Timestamp;
use std::cell::Cell;

thread_local! {
    static STATEMENTS: Cell<u32> = const { Cell::new(0) };
}

/// Counts a statement that goes to the database.
pub(super) fn count_statement() {
    STATEMENTS.set(STATEMENTS.get() + 1);
}

/// How many there were since this was asked last; a test that asks one thing after the other learns what each cost.
pub(crate) fn statements() -> u32 {
    STATEMENTS.take()
}

/// What is written down for a site, and what was told of it.
pub(crate) async fn outbox(db: &Db, site: &SiteId) -> Result<Vec<serde_json::Value>, ApiError> {
    let query = Query::new(
        "SELECT payload AS j FROM outbox WHERE site_id = ?1 UNION ALL SELECT task FROM events WHERE site_id = ?1",
    )
    .site(site);
    db.run(query).await?.all()
}

/// In how many rows people of Telegram are known at a site.
pub(crate) async fn chats(db: &Db, site: &SiteId) -> Result<u32, ApiError> {
    let query = Query::new(
        "SELECT json_quote((SELECT count(*) FROM telegram_users WHERE site_id = ?1) \
         + (SELECT count(*) FROM telegram_customers WHERE site_id = ?1)) AS j",
    )
    .site(site);
    Ok(db.run(query).await?.first()?.unwrap_or_default())
}

/// Adds tickets with these places, half of them solved long ago, half to be looked at after `later`.
pub(crate) async fn fill(
    db: &Db,
    site: &SiteId,
    first: u32,
    last: u32,
    now: Timestamp,
    later: Timestamp,
) -> Result<(), ApiError> {
    let query = Query::new(
        "INSERT INTO tickets (site_id, ticket_id, number, customer_id, status, priority, category, tier, subject, locale, origin, context, \
         last_seq, seen_seq, created_at, updated_at, next_due_at) \
         WITH RECURSIVE n (i) AS (SELECT cast(?2 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?3) \
         SELECT ?1, printf('tkt_%026d', i), 1000000 + i, (SELECT customer_id FROM customers WHERE site_id = ?1 LIMIT 1), \
         CASE i % 2 WHEN 0 THEN 'closed' ELSE 'open' END, 'p3', 'other', 'standard', 'Filled', 'en', 'widget', '{}', 1, 1, ?4 - i, ?4 - i, \
         CASE i % 2 WHEN 0 THEN NULL ELSE ?5 + i END FROM n",
    )
    .site(site)
    .number(first)
    .number(last)
    .time(now)
    .time(later);
    db.run(query).await.map(drop)
}

/// When the clock looks at a ticket next, in milliseconds since 1970.
pub(crate) async fn next_look(db: &Db, site: &SiteId, ticket: &TicketId) -> Result<Option<i64>, ApiError> {
    let query = Query::new("SELECT json_quote(next_due_at) AS j FROM tickets WHERE site_id = ?1 AND ticket_id = ?2");
    Ok(db.run(query.site(site).text(ticket.as_str())).await?.first()?.flatten())
}

/// Makes a policy one that this version cannot read, as a later one may have written it. It still has somebody on call.
pub(crate) async fn break_policy(db: &Db, site: &SiteId) -> Result<(), ApiError> {
    let query = Query::new(
        "UPDATE sites SET policy_json = json_set(policy_json, '$.site', 5), policy_version = policy_version + 1 WHERE site_id = ?1",
    );
    db.run(query.site(site)).await.map(drop)
}

/// Writes a fact under a name, and a second later once more, as a job does that is run again.
pub(crate) async fn fact_twice(db: &Db, site: &SiteId, ticket: &TicketId, now: Timestamp) -> Result<(), ApiError> {
    for at in [now, now.plus_seconds(1)] {
        let fact = Fact::automatic("tested", serde_json::json!({}), at).under(named_event(ticket.as_str()));
        db.run(facts::insert(site, ticket, &[fact], When::Changing)?).await?;
    }
    Ok(())
}
