//! Destinations of a site, as rows.

use super::{Db, Millis, Query, Rows, deliveries, instant};
use crate::error::ApiError;
use buoy_shared::api::{Destination, DestinationKind};
use buoy_shared::id::{DestinationId, SiteId};
use buoy_shared::secret::Secret;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// A destination as stored.
#[derive(Clone, Deserialize)]
pub(crate) struct DestinationRow {
    pub(crate) id: DestinationId,
    pub(crate) kind: DestinationKind,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) project: Option<String>,
    pub(crate) topics: u8,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) events: Vec<String>,
    pub(crate) locale: String,
    pub(crate) enabled: u8,
    disabled_reason: Option<String>,
    pub(crate) failures: u32,
    resting_until: Option<Millis>,
    #[serde(default)]
    pending: u32,
    #[serde(default)]
    dead: u32,
}

/// The columns of a [`DestinationRow`] but its counts.
macro_rules! destination_json {
    ($more:literal) => {
        concat!(
            "json_object('id', d.destination_id, 'kind', d.kind, 'name', d.name, 'address', d.address, 'project', d.project, 'topics', d.topics, \
             'secrets', json(d.secrets), 'events', json(d.events), 'locale', d.locale, 'enabled', d.enabled, 'disabled_reason', d.disabled_reason, \
             'failures', d.failures, 'resting_until', d.resting_until",
            $more,
            ")"
        )
    };
}
pub(crate) use destination_json;

impl DestinationRow {
    /// As the team reads it: an address that is itself a secret is told by its host alone.
    pub(crate) fn shown(self) -> Destination {
        let address = match self.kind {
            DestinationKind::Slack => self.address.split('/').take(3).collect::<Vec<_>>().join("/"),
            _ => self.address,
        };
        Destination {
            id: self.id.to_string(),
            kind: self.kind,
            name: self.name,
            address,
            project: self.project,
            topics: self.topics != 0,
            events: self.events,
            locale: self.locale,
            enabled: self.enabled != 0,
            disabled_reason: self.disabled_reason,
            failures: self.failures,
            resting_until: instant(self.resting_until),
            pending: self.pending,
            dead: self.dead,
        }
    }
}

/// Destinations of a site, the oldest first; one by its id, or all.
pub(crate) async fn list(db: &Db, site: &SiteId, one: Option<&str>) -> Result<Vec<DestinationRow>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        destination_json!(
            ", 'pending', (SELECT count(*) FROM deliveries v WHERE v.site_id = d.site_id AND v.destination_id = d.destination_id AND v.state = 'pending' AND v.state <> 'delivered'), \
             'dead', (SELECT count(*) FROM deliveries v WHERE v.site_id = d.site_id AND v.destination_id = d.destination_id AND v.state = 'dead' AND v.state <> 'delivered')"
        ),
        " AS j FROM destinations d WHERE d.site_id = ?1 AND (?2 IS NULL OR d.destination_id = ?2) ORDER BY d.created_at, d.destination_id LIMIT 100"
    ))
    .site(site)
    .maybe_text(one);
    db.run(query).await?.all()
}

/// One destination.
pub(crate) async fn get(db: &Db, site: &SiteId, id: &str) -> Result<DestinationRow, ApiError> {
    list(db, site, Some(id)).await?.pop().ok_or_else(ApiError::not_found)
}

/// Signing secrets of the Slack apps that a site tells its news to.
pub(crate) async fn secrets_of_slack(db: &Db, site: &SiteId) -> Result<Vec<Secret>, ApiError> {
    let query = Query::new(
        "SELECT json_quote(s.value) AS j FROM destinations d, json_each(d.secrets) s \
         WHERE d.site_id = ?1 AND d.kind = 'slack' AND d.enabled = 1 LIMIT 100",
    )
    .site(site);
    db.run(query).await?.all()
}

/// A destination to store.
pub(crate) struct NewRow<'a> {
    pub(crate) id: &'a DestinationId,
    pub(crate) kind: DestinationKind,
    pub(crate) name: &'a str,
    pub(crate) address: &'a str,
    pub(crate) project: Option<&'a str>,
    pub(crate) topics: bool,
    pub(crate) secrets: &'a [Secret],
    pub(crate) events: &'a [String],
    pub(crate) locale: &'a str,
}

/// Adds one; false when there are as many as there may be, which is decided in the statement.
pub(crate) async fn insert(
    db: &Db,
    site: &SiteId,
    new: &NewRow<'_>,
    most: u32,
    now: Timestamp,
) -> Result<bool, ApiError> {
    let query = Query::new(
        "INSERT INTO destinations (site_id, destination_id, kind, name, address, project, topics, secrets, events, locale, created_at, updated_at) \
         SELECT s.site_id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11 FROM sites s WHERE s.site_id = ?1 \
         AND (SELECT count(*) FROM destinations WHERE site_id = ?1) < ?12 RETURNING destination_id AS j",
    )
    .site(site)
    .text(new.id.as_str())
    .text(new.kind.as_str())
    .text(new.name)
    .text(new.address)
    .maybe_text(new.project)
    .flag(new.topics)
    .text(&serde_json::to_string(new.secrets)?)
    .text(&serde_json::to_string(new.events)?)
    .text(new.locale)
    .time(now)
    .number(most);
    Ok(db.run(query).await?.first_text().is_some())
}

/// What becomes of a destination; what is none stays.
#[derive(Default)]
pub(crate) struct Change<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) events: Option<&'a [String]>,
    pub(crate) enabled: Option<bool>,
    pub(crate) secrets: Option<&'a [Secret]>,
}

/// Changes one; false when there is none. Switching on forgets failures.
pub(crate) async fn change(
    db: &Db,
    site: &SiteId,
    id: &str,
    change: &Change<'_>,
    now: Timestamp,
) -> Result<bool, ApiError> {
    let events = change.events.map(serde_json::to_string).transpose()?;
    let secrets = change.secrets.map(serde_json::to_string).transpose()?;
    let query = Query::new(
        "UPDATE destinations SET name = coalesce(?3, name), events = coalesce(?4, events), secrets = coalesce(?5, secrets), \
         enabled = coalesce(?6, enabled), disabled_reason = CASE WHEN ?6 IS NULL THEN disabled_reason END, \
         failures = CASE WHEN ?6 = 1 THEN 0 ELSE failures END, resting_until = CASE WHEN ?6 = 1 THEN NULL ELSE resting_until END, updated_at = ?7 \
         WHERE site_id = ?1 AND destination_id = ?2 RETURNING destination_id AS j",
    )
    .site(site)
    .text(id)
    .maybe_text(change.name)
    .maybe_text(events.as_deref())
    .maybe_text(secrets.as_deref())
    .maybe_number(change.enabled.map(u32::from))
    .time(now);
    let mut queries = vec![query];
    queries.extend(
        change.enabled.map(
            |enabled| {
                if enabled { deliveries::take_up(site, id, now) } else { deliveries::lay_aside(site, id) }
            },
        ),
    );
    Ok(db.batch(queries).await?.first().and_then(Rows::first_text).is_some())
}

/// Takes one away with everything that waits for it; false when there is none.
pub(crate) async fn remove(db: &Db, site: &SiteId, id: &str) -> Result<bool, ApiError> {
    let waiting = Query::new("DELETE FROM deliveries WHERE site_id = ?1 AND destination_id = ?2").site(site).text(id);
    let row =
        Query::new("DELETE FROM destinations WHERE site_id = ?1 AND destination_id = ?2 RETURNING destination_id AS j")
            .site(site)
            .text(id);
    Ok(db.batch(vec![waiting, row]).await?.last().and_then(Rows::first_text).is_some())
}
