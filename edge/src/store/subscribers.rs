//! Who hears of incidents and planned work by mail or webhook, and what is on its way to them.

use super::outbox::{Entry, Task};
use super::{Db, Millis, Query, Rows};
use crate::error::ApiError;
use buoy_shared::delivery::event::{EventData, EventKind};
use buoy_shared::id::{SiteId, SubscriberId};
use buoy_shared::secret::Secret;
use buoy_shared::status_page::Address;
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Subscriptions of one site. Each piece of news is one request for each of them, and a run of the cron makes so many that
/// the last of these hears within ten minutes; who has more readers than this tells them by feeds or a list of its own.
const SUBSCRIBERS_MAX: u32 = 2_000;
/// How long a subscription waits for its owner, in seconds: two days, as the page says.
const CONFIRM_SECONDS: i64 = 2 * 86_400;
/// How long an attempt may be under way, in seconds: several timeouts one after the other.
const LEASE_SECONDS: i64 = 120;
/// Pieces of news that are taken together.
const TAKEN_MAX: u32 = 20;

/// A subscription that somebody asks for.
pub(crate) struct NewSubscriber<'a> {
    pub(crate) id: &'a SubscriberId,
    pub(crate) address: &'a Address,
    pub(crate) components: &'a [String],
    pub(crate) locale: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) code: &'a str,
    pub(crate) secret: Option<&'a Secret>,
}

/// The statement that keeps it until its owner confirms; it writes nothing when there are too many.
pub(crate) fn insert(site: &SiteId, new: &NewSubscriber<'_>, now: Timestamp) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT INTO status_subscribers (site_id, subscriber_id, kind, address, components, locale, origin, code, secret, created_at) \
         SELECT s.site_id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM sites s WHERE s.site_id = ?1 \
         AND (SELECT count(*) FROM status_subscribers WHERE site_id = ?1 AND confirmed_at IS NOT NULL) < ?11 RETURNING json_quote(subscriber_id) AS j",
    )
    .site(site)
    .text(new.id.as_str())
    .text(new.address.kind())
    .text(new.address.as_str())
    .text(&serde_json::to_string(new.components)?)
    .text(new.locale)
    .text(new.origin)
    .text(new.code)
    .maybe_text(new.secret.map(Secret::reveal))
    .time(now)
    .number(SUBSCRIBERS_MAX))
}

/// A subscriber, as far as something is sent to them.
#[derive(Deserialize)]
pub(crate) struct Subscriber {
    pub(crate) site: SiteId,
    pub(crate) id: SubscriberId,
    /// What the site is called.
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) locale: String,
    pub(crate) origin: String,
    pub(crate) code: String,
    pub(crate) secret: Option<Secret>,
}

macro_rules! subscriber_json {
    () => {
        "json_object('site', s.site_id, 'id', s.subscriber_id, 'name', t.name, 'address', s.address, \
         'locale', s.locale, 'origin', s.origin, 'code', s.code, 'secret', s.secret)"
    };
}

/// Somebody who has not confirmed yet.
pub(crate) async fn waiting(db: &Db, site: &SiteId, id: &SubscriberId) -> Result<Option<Subscriber>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        subscriber_json!(),
        " AS j FROM status_subscribers s JOIN sites t ON t.site_id = s.site_id \
         WHERE s.site_id = ?1 AND s.subscriber_id = ?2 AND s.confirmed_at IS NULL"
    ));
    db.run(query.site(site).text(id.as_str())).await?.first()
}

/// Confirms whose code this is. Whoever was subscribed under the same address stays so: links that they have keep working, the
/// new ones work, too. By mail, what was chosen now counts, since only the mailbox's owner has the link. A webhook stays as it
/// is: one that says back whatever comes proves nothing of who asked. False when nobody waits under the code.
pub(crate) async fn confirm(db: &Db, site: &SiteId, code: &str, now: Timestamp) -> Result<bool, ApiError> {
    let bound = |query: Query| query.site(site).text(code).time(now.plus_seconds(-CONFIRM_SECONDS));
    let renewed = Query::new(
        "UPDATE status_subscribers AS s SET other_code = w.code, components = iif(s.kind = 'email', w.components, s.components), \
         locale = iif(s.kind = 'email', w.locale, s.locale), origin = iif(s.kind = 'email', w.origin, s.origin) \
         FROM status_subscribers w WHERE w.site_id = ?1 AND w.code = ?2 AND w.confirmed_at IS NULL AND w.created_at > ?3 \
         AND s.site_id = ?1 AND s.kind = w.kind AND s.address = w.address AND s.confirmed_at IS NOT NULL",
    );
    let confirmed = Query::new(
        "UPDATE status_subscribers AS s SET confirmed_at = ?4 WHERE s.site_id = ?1 AND s.code = ?2 AND s.confirmed_at IS NULL \
         AND s.created_at > ?3 AND NOT EXISTS (SELECT 1 FROM status_subscribers o WHERE o.site_id = ?1 AND o.kind = s.kind \
         AND o.address = s.address AND o.confirmed_at IS NOT NULL) RETURNING json_quote(subscriber_id) AS j",
    );
    let merged = Query::new(
        "DELETE FROM status_subscribers WHERE site_id = ?1 AND code = ?2 AND confirmed_at IS NULL AND created_at > ?3 \
         RETURNING json_quote(subscriber_id) AS j",
    );
    let results = db.batch(vec![bound(renewed), bound(confirmed).time(now), bound(merged)]).await?;
    Ok(results.iter().skip(1).any(|rows| rows.first_text().is_some()))
}

/// Ends the subscription whose code this is; false when there is none.
pub(crate) async fn leave(db: &Db, site: &SiteId, code: &str) -> Result<bool, ApiError> {
    let query = Query::new(
        "DELETE FROM status_subscribers WHERE site_id = ?1 AND (code = ?2 OR other_code = ?2) RETURNING json_quote(subscriber_id) AS j",
    );
    Ok(db.run(query.site(site).text(code)).await?.first_text().is_some())
}

/// The statement that ends a subscription nobody listens to any more.
pub(crate) fn remove(site: &SiteId, id: &SubscriberId) -> Query {
    Query::new("DELETE FROM status_subscribers WHERE site_id = ?1 AND subscriber_id = ?2").site(site).text(id.as_str())
}

/// The statement that makes news for subscribers of an outbox row, for those who chose a component that it names, or all;
/// none where they hear nothing of it. Stands before the row is deleted.
pub(crate) fn tell(site: &SiteId, entry: &Entry, now: Timestamp) -> Option<Query> {
    let subject = match &entry.payload {
        Task::IncidentChanged { incident_id, change, .. } if change != "postmortem" => incident_id.as_str(),
        Task::MaintenanceChanged { maintenance_id, .. } => maintenance_id.as_str(),
        _ => return None,
    };
    let query = Query::new(
        "INSERT INTO status_news (site_id, subscriber_id, event_id, due_at) SELECT s.site_id, s.subscriber_id, ?2, ?3 \
         FROM status_subscribers s, (SELECT coalesce((SELECT components FROM incidents WHERE site_id = ?1 AND incident_id = ?4), \
         (SELECT components FROM maintenances WHERE site_id = ?1 AND maintenance_id = ?4), '[]') AS named) i \
         WHERE s.site_id = ?1 AND s.confirmed_at IS NOT NULL AND (s.components = '[]' OR i.named = '[]' \
         OR EXISTS (SELECT 1 FROM json_each(s.components) w JOIN json_each(i.named) h ON h.value = w.value)) \
         AND EXISTS (SELECT 1 FROM outbox WHERE site_id = ?1 AND outbox_id = ?5) ON CONFLICT (site_id, subscriber_id, event_id) DO NOTHING",
    );
    Some(query.site(site).text(&entry.event_id()).time(now).text(subject).text(&entry.outbox_id))
}

/// What is asked of planned work besides.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Work {
    pub(crate) from: Millis,
    pub(crate) until: Millis,
    pub(crate) body: Option<String>,
}

/// A piece of news that was taken, with whom it is for.
#[derive(Deserialize)]
pub(crate) struct Taken {
    pub(crate) to: Subscriber,
    pub(crate) event: String,
    pub(crate) attempts: u32,
    pub(crate) kind: EventKind,
    pub(crate) data: EventData,
    pub(crate) happened_at: Millis,
    pub(crate) work: Option<Work>,
}

#[derive(Serialize, Deserialize)]
struct Key {
    site: String,
    subscriber: String,
    event: String,
}

/// Takes some of what is due for subscribers of a kind, of an event or of all.
pub(crate) async fn take(
    db: &Db,
    kind: &str,
    event: Option<(&SiteId, &str)>,
    now: Timestamp,
) -> Result<Vec<Taken>, ApiError> {
    // site-free: the cron serves every site; for one event the caller names its site
    let claim = Query::new(
        "UPDATE status_news SET attempts = attempts + 1, due_at = ?2 WHERE (site_id, subscriber_id, event_id) IN \
         (SELECT n.site_id, n.subscriber_id, n.event_id FROM status_news n INDEXED BY status_news_by_due JOIN status_subscribers s \
         ON s.site_id = n.site_id AND s.subscriber_id = n.subscriber_id WHERE n.due_at <= ?1 AND s.kind = ?6 \
         AND (?3 IS NULL OR (n.site_id = ?3 AND n.event_id = ?4)) ORDER BY n.due_at LIMIT ?5) \
         RETURNING json_object('site', site_id, 'subscriber', subscriber_id, 'event', event_id) AS j",
    )
    .time(now)
    .time(now.plus_seconds(LEASE_SECONDS))
    .maybe_text(event.map(|(site, _)| site.as_str()))
    .maybe_text(event.map(|(_, event)| event))
    .number(TAKEN_MAX)
    .text(kind);
    let keys: Vec<Key> = db.run(claim).await?.all()?;
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    // site-free: each key names its site
    let read = Query::new(concat!(
        "SELECT json_object('to', ",
        subscriber_json!(),
        ", 'event', n.event_id, 'attempts', n.attempts, 'kind', e.kind, 'data', json(e.data), 'happened_at', e.created_at, \
         'work', (SELECT json_object('from', m.scheduled_for, 'until', m.scheduled_until, 'body', m.updates ->> '$[0].body') \
         FROM maintenances m WHERE m.site_id = n.site_id AND m.maintenance_id = e.data ->> '$.incident.id')) AS j \
         FROM json_each(?1) k JOIN status_news n ON n.site_id = k.value ->> 'site' AND n.subscriber_id = k.value ->> 'subscriber' \
         AND n.event_id = k.value ->> 'event' JOIN status_subscribers s ON s.site_id = n.site_id AND s.subscriber_id = n.subscriber_id \
         JOIN sites t ON t.site_id = n.site_id JOIN events e ON e.site_id = n.site_id AND e.event_id = n.event_id"
    ))
    .text(&serde_json::to_string(&keys)?);
    db.run(read).await?.all()
}

/// The statement by which a piece of news is done with.
pub(crate) fn done(taken: &Taken) -> Query {
    Query::new("DELETE FROM status_news WHERE site_id = ?1 AND subscriber_id = ?2 AND event_id = ?3")
        .site(&taken.to.site)
        .text(taken.to.id.as_str())
        .text(&taken.event)
}

/// The statement by which it is tried again later.
pub(crate) fn postpone(taken: &Taken, at: Timestamp) -> Query {
    Query::new("UPDATE status_news SET due_at = ?4 WHERE site_id = ?1 AND subscriber_id = ?2 AND event_id = ?3")
        .site(&taken.to.site)
        .text(taken.to.id.as_str())
        .text(&taken.event)
        .time(at)
}

/// Forgets whoever did not confirm, and news whose event is forgotten, a bounded number at a time.
pub(crate) fn forget_old(now: Timestamp) -> Vec<Query> {
    vec![
        // site-free: retention looks at every site's rows alike
        Query::new(
            "DELETE FROM status_subscribers WHERE (site_id, subscriber_id) IN (SELECT site_id, subscriber_id FROM status_subscribers \
             WHERE confirmed_at IS NULL AND created_at < ?1 ORDER BY created_at LIMIT 200)",
        )
        .time(now.plus_seconds(-CONFIRM_SECONDS)),
        // site-free: retention looks at every site's rows alike
        Query::new(
            "DELETE FROM status_news WHERE (site_id, subscriber_id, event_id) IN (SELECT n.site_id, n.subscriber_id, n.event_id \
             FROM status_news n WHERE n.due_at <= ?1 AND NOT EXISTS (SELECT 1 FROM events e WHERE e.site_id = n.site_id \
             AND e.event_id = n.event_id) ORDER BY n.due_at LIMIT 200)",
        )
        .time(now),
    ]
}

/// How many subscriptions an answer to [`insert`] made.
pub(crate) fn was_inserted(results: &[Rows]) -> bool {
    results.first().and_then(Rows::first_text).is_some()
}
