//! The only place with SQL.
//!
//! Every query gives at most one column, `j`, with JSON that SQLite put together: one text crosses from JavaScript
//! to WebAssembly instead of a value for every field, and serde checks it against a Rust type. Every statement is
//! bound to a site.

/// An instant as RFC 3339, made by SQLite: a row is the JSON of the contract and goes into the answer as it is.
macro_rules! instant {
    ($column:literal) => {
        concat!("strftime('%Y-%m-%dT%H:%M:%fZ', ", $column, " / 1000.0, 'unixepoch')")
    };
}

pub(crate) mod agents;
pub(crate) mod alert_ends;
pub(crate) mod answer_mails;
pub(crate) mod articles;
pub(crate) mod authoring;
pub(crate) mod changes;
pub(crate) mod clock;
pub(crate) mod deliveries;
pub(crate) mod destinations;
pub(crate) mod digests;
pub(crate) mod erasure;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod facts;
pub(crate) mod features;
pub(crate) mod figures;
pub(crate) mod filing;
pub(crate) mod hooks;
pub(crate) mod idempotency;
pub(crate) mod identity_keys;
pub(crate) mod incident_life;
pub(crate) mod incidents;
pub(crate) mod kb_indexes;
pub(crate) mod kb_report;
pub(crate) mod listing;
pub(crate) mod maintenances;
pub(crate) mod measurement;
pub(crate) mod merging;
pub(crate) mod outbox;
pub(crate) mod page_views;
pub(crate) mod pages;
pub(crate) mod rosters;
pub(crate) mod sessions;
pub(crate) mod sites;
pub(crate) mod staff;
pub(crate) mod subscribers;
pub(crate) mod surveys;
pub(crate) mod telegram;
pub(crate) mod terms;
#[cfg(feature = "test-clock")]
pub(crate) mod testing;
pub(crate) mod threads;
pub(crate) mod tickets;
pub(crate) mod topics;
pub(crate) mod uploads;

use crate::error::ApiError;
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sites::Known;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, D1Result, Env};

/// The database that holds a site.
pub(crate) struct Db(D1Database);

/// A statement and its parameters.
pub(crate) struct Query {
    sql: &'static str,
    parameters: Vec<JsValue>,
    known: Option<Known>,
}

impl Query {
    pub(crate) fn new(sql: &'static str) -> Self {
        Self { sql, parameters: Vec::with_capacity(8), known: None }
    }

    /// Binds the version of a policy that need not be sent, or 0, and keeps the policy for whoever reads the rows: by then
    /// the isolate may have let it go.
    pub(crate) fn knowing(mut self, known: Option<Known>) -> Self {
        self.known = known;
        let version = self.known.as_ref().map_or(0, |known| known.version);
        self.number(version)
    }

    pub(crate) fn text(mut self, value: &str) -> Self {
        self.parameters.push(JsValue::from_str(value));
        self
    }

    pub(crate) fn maybe_text(mut self, value: Option<&str>) -> Self {
        self.parameters.push(value.map_or(JsValue::NULL, JsValue::from_str));
        self
    }

    pub(crate) fn number(mut self, value: u32) -> Self {
        self.parameters.push(JsValue::from_f64(f64::from(value)));
        self
    }

    pub(crate) fn maybe_number(mut self, value: Option<u32>) -> Self {
        self.parameters.push(value.map_or(JsValue::NULL, |number| JsValue::from_f64(f64::from(number))));
        self
    }

    pub(crate) fn flag(self, value: bool) -> Self {
        self.number(u32::from(value))
    }

    pub(crate) fn time(self, value: Timestamp) -> Self {
        self.maybe_time(Some(value))
    }

    pub(crate) fn maybe_time(mut self, value: Option<Timestamp>) -> Self {
        // Milliseconds stay exact in a double for the next 280,000 years.
        #[expect(clippy::cast_precision_loss, reason = "instants are below 2^53 milliseconds")]
        self.parameters.push(value.map_or(JsValue::NULL, |time| JsValue::from_f64(time.as_millis() as f64)));
        self
    }

    pub(crate) fn site(self, site: &SiteId) -> Self {
        self.text(site.as_str())
    }
}

/// The one column of every query.
#[derive(Deserialize)]
struct Row {
    j: Option<String>,
}

/// What one statement of a batch gave.
#[derive(PartialEq, Eq)]
pub(crate) struct Rows {
    texts: Vec<String>,
    /// What was known when the statement was made.
    known: Option<Known>,
}

impl Rows {
    fn of(result: &D1Result, query: Query) -> Result<Self, ApiError> {
        let rows: Vec<Row> = result.results()?;
        Ok(Self { texts: rows.into_iter().filter_map(|row| row.j).collect(), known: query.known })
    }

    /// The JSON text of the first row.
    pub(crate) fn first_text(&self) -> Option<&str> {
        self.texts.first().map(String::as_str)
    }

    /// The JSON texts of all rows.
    pub(crate) fn into_texts(self) -> Vec<String> {
        self.texts
    }

    /// The first row.
    pub(crate) fn first<T: DeserializeOwned>(&self) -> Result<Option<T>, ApiError> {
        self.first_text().map(|json| serde_json::from_str(json).map_err(ApiError::from)).transpose()
    }

    /// All rows.
    pub(crate) fn all<T: DeserializeOwned>(&self) -> Result<Vec<T>, ApiError> {
        self.texts.iter().map(|json| serde_json::from_str(json).map_err(ApiError::from)).collect()
    }
}

impl Db {
    /// The database of a site. The one place that would choose among several.
    pub(crate) fn of(env: &Env, _site: &SiteId) -> Result<Self, ApiError> {
        Ok(Self(env.d1("DB")?))
    }

    /// Every database of the installation, for jobs that look for what is due.
    pub(crate) fn every(env: &Env) -> Result<Vec<Self>, ApiError> {
        Ok(vec![Self(env.d1("DB")?)])
    }

    fn prepare(&self, query: &Query) -> Result<D1PreparedStatement, ApiError> {
        #[cfg(feature = "test-clock")]
        testing::count_statement();
        Ok(self.0.prepare(query.sql).bind(&query.parameters)?)
    }

    /// Runs one statement.
    pub(crate) async fn run(&self, query: Query) -> Result<Rows, ApiError> {
        Rows::of(&self.prepare(&query)?.all().await?, query)
    }

    /// Runs several as one transaction, in order; if one fails, none happened.
    pub(crate) async fn batch(&self, queries: Vec<Query>) -> Result<Vec<Rows>, ApiError> {
        let statements = queries.iter().map(|query| self.prepare(query)).collect::<Result<Vec<_>, _>>()?;
        let results = self.0.batch(statements).await?;
        results.iter().zip(queries).map(|(result, query)| Rows::of(result, query)).collect()
    }
}

/// Instants as SQLite keeps them.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(crate) struct Millis(i64);

impl From<Millis> for Timestamp {
    fn from(millis: Millis) -> Self {
        Self::from_millis(millis.0)
    }
}

/// Reads an instant that may be missing.
pub(crate) fn instant(millis: Option<Millis>) -> Option<Timestamp> {
    millis.map(Timestamp::from)
}

/// A place in a list that is ordered by time and then by id, newest first. Its text form is opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) time: Timestamp,
    pub(crate) id: String,
}

impl Cursor {
    /// Before everything: later than any instant.
    pub(crate) fn start() -> Self {
        Self { time: Timestamp::MAX, id: String::new() }
    }

    pub(crate) fn write(time: Timestamp, id: &str) -> String {
        format!("{}-{id}", time.as_millis())
    }

    /// Reads what [`Self::write`] wrote; anything else is refused, it never reaches SQL as anything but a parameter.
    pub(crate) fn read(text: Option<&str>) -> Result<Self, ApiError> {
        let Some(text) = text else { return Ok(Self::start()) };
        let parsed = text.split_once('-').and_then(|(millis, id)| {
            Some(Self { time: Timestamp::from_millis(millis.parse().ok()?), id: id.to_owned() })
        });
        parsed
            .filter(|cursor| cursor.id.len() <= 64)
            .ok_or_else(|| ApiError::invalid_parameter("cursor", "pass next_cursor as it was given"))
    }
}
