//! Wishes of customers (R6): each once, with a vote of everybody who has it.

use super::{Cursor, Db, Millis, Query, Rows};
use crate::error::ApiError;
use crate::platform;
use buoy_shared::api::{Feature, Page};
use buoy_shared::id::{FeatureId, SiteId, TicketId};
use buoy_shared::search::fold;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct FeatureRow {
    id: FeatureId,
    title: String,
    votes: u32,
    tickets: Vec<TicketId>,
    created_at: Millis,
    updated_at: Millis,
}

impl From<FeatureRow> for Feature {
    fn from(row: FeatureRow) -> Self {
        Self {
            id: row.id,
            title: row.title,
            votes: row.votes,
            tickets: row.tickets,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// A wish's columns as JSON, with at most as many of its tickets.
macro_rules! feature_json {
    ($tickets_max:literal) => {
        concat!(
            "json_object('id', f.feature_id, 'title', f.title, 'votes', f.votes, 'created_at', f.created_at, 'updated_at', f.updated_at, \
             'tickets', (SELECT json_group_array(ticket_id) FROM (SELECT v.ticket_id FROM feature_votes v \
             WHERE v.site_id = f.site_id AND v.feature_id = f.feature_id ORDER BY v.created_at, v.ticket_id LIMIT ",
            $tickets_max,
            ")))"
        )
    };
}

/// Two titles are one wish when they differ in case, accents and white space only. Of a title that is nothing else (`×`)
/// folding leaves nothing: that one stands for itself, since a blank one would be every other such wish.
fn folded(title: &str) -> String {
    let folded = fold(title).split_whitespace().collect::<Vec<_>>().join(" ");
    if folded.is_empty() { title.to_owned() } else { folded }
}

/// Notes a wish, or finds it by its title, and counts the requester of the ticket once. Statements for a batch; the
/// ticket's row stands before them. The last gives the wish's id.
pub(crate) fn wish(site: &SiteId, ticket: &str, title: &str, now: Timestamp) -> Vec<Query> {
    let folded = folded(title);
    let noted = Query::new(
        "INSERT INTO features (site_id, feature_id, title, folded_title, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5) \
         ON CONFLICT (site_id, folded_title) DO NOTHING",
    )
    .site(site)
    .text(FeatureId::from_random(platform::random_16()).as_str())
    .text(title)
    .text(&folded)
    .time(now);
    std::iter::once(noted).chain(votes(site, "", &folded, ticket, now)).collect()
}

/// Counts the requester of a ticket for a wish that is known by its id, or else by its folded title.
fn votes(site: &SiteId, feature: &str, folded: &str, ticket: &str, now: Timestamp) -> Vec<Query> {
    let bind = |query: Query| query.site(site).text(feature).text(folded).text(ticket).time(now);
    let fact = Query::new(
        "INSERT INTO ticket_events (site_id, ticket_id, event_id, kind, actor_kind, data, created_at, version) \
         SELECT t.site_id, t.ticket_id, ?6, 'feature.voted', 'automation', json_object('feature', f.feature_id), \
         max(?5, t.created_at + 20), t.version FROM tickets t JOIN features f ON f.site_id = t.site_id AND (f.feature_id = ?2 OR f.folded_title = nullif(?3, '')) \
         WHERE t.site_id = ?1 AND t.ticket_id = ?4 AND NOT EXISTS (SELECT 1 FROM feature_votes v \
         WHERE v.site_id = ?1 AND v.feature_id = f.feature_id AND v.customer_id = t.customer_id)",
    );
    let vote = Query::new(
        "INSERT OR IGNORE INTO feature_votes (site_id, feature_id, customer_id, ticket_id, created_at) \
         SELECT f.site_id, f.feature_id, t.customer_id, t.ticket_id, ?5 FROM features f JOIN tickets t ON t.site_id = f.site_id AND t.ticket_id = ?4 \
         WHERE f.site_id = ?1 AND (f.feature_id = ?2 OR f.folded_title = nullif(?3, ''))",
    );
    let count = Query::new(
        "UPDATE features SET votes = (SELECT count(*) FROM feature_votes v WHERE v.site_id = ?1 AND v.feature_id = features.feature_id), \
         updated_at = CASE WHEN ?4 = '' THEN updated_at ELSE max(updated_at, ?5) END \
         WHERE site_id = ?1 AND (feature_id = ?2 OR folded_title = nullif(?3, '')) RETURNING json_quote(feature_id) AS j",
    );
    let event = buoy_shared::id::EventId::from_random(platform::random_16());
    vec![bind(fact).text(event.as_str()), bind(vote), bind(count)]
}

/// Notes a wish with its first vote; gives it as it is then.
pub(crate) async fn create(
    db: &Db,
    site: &SiteId,
    ticket: &str,
    title: &str,
    now: Timestamp,
) -> Result<Feature, ApiError> {
    let results = db.batch(wish(site, ticket, title, now)).await?;
    let id: Option<FeatureId> = results.last().map(Rows::first).transpose()?.flatten();
    let id = id.ok_or_else(|| ApiError::internal("a wish was not stored"))?;
    get(db, site, id.as_str()).await?.ok_or_else(ApiError::not_found)
}

/// Counts one more vote; none when there is no such wish.
pub(crate) async fn vote(
    db: &Db,
    site: &SiteId,
    feature: &str,
    ticket: &str,
    now: Timestamp,
) -> Result<Option<Feature>, ApiError> {
    // A blank title finds nothing (`nullif`): sites may have a wish from when a folded one could be blank.
    db.batch(votes(site, feature, "", ticket, now)).await?;
    get(db, site, feature).await
}

async fn get(db: &Db, site: &SiteId, feature: &str) -> Result<Option<Feature>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        feature_json!("50"),
        " AS j FROM features f WHERE f.site_id = ?1 AND f.feature_id = ?2"
    ))
    .site(site)
    .text(feature);
    let row: Option<FeatureRow> = db.run(query).await?.first()?;
    Ok(row.map(Feature::from))
}

/// A page of wishes, the most wanted first. The cursor's time is the number of votes.
pub(crate) async fn list(db: &Db, site: &SiteId, cursor: &Cursor, limit: usize) -> Result<Page<Feature>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        feature_json!("50"),
        " AS j FROM features f WHERE f.site_id = ?1 AND (f.votes, f.feature_id) < (?2, ?3) ORDER BY f.votes DESC, f.feature_id DESC LIMIT ?4"
    ))
    .site(site)
    .time(cursor.time)
    .text(&cursor.id)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1));
    let rows: Vec<FeatureRow> = db.run(query).await?.all()?;
    Ok(super::tickets::page(rows, limit, |row| {
        Cursor::write(Timestamp::from_millis(i64::from(row.votes)), row.id.as_str())
    }))
}
