//! One run of the clock: what it has read, which is read once, and how many statements it has sent.

use crate::error::ApiError;
use crate::hands::Around;
use crate::store::clock::{self, Timed};
use crate::store::filing::Member;
use crate::store::sites::{self, Site};
use crate::store::{Db, Query, filing};
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use std::collections::BTreeMap;

/// A run.
pub(super) struct Run<'a> {
    db: &'a Db,
    now: Timestamp,
    /// None: it is gone.
    sites: BTreeMap<String, Option<Site>>,
    /// With the load that this run has given them, since its batches are written later.
    teams: BTreeMap<String, Vec<Member>>,
    statements: usize,
}

impl<'a> Run<'a> {
    pub(super) const fn new(db: &'a Db, now: Timestamp) -> Self {
        Self { db, now, sites: BTreeMap::new(), teams: BTreeMap::new(), statements: 0 }
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    /// How many statements were sent: each of a batch counts.
    pub(super) const fn statements(&self) -> usize {
        self.statements
    }

    /// The tickets that are due.
    pub(super) async fn due(&mut self, limit: u32) -> Result<Vec<Timed>, ApiError> {
        self.statements += 1;
        clock::due(self.db, self.now, limit).await
    }

    pub(super) async fn write(&mut self, queries: Vec<Query>) -> Result<(), ApiError> {
        self.statements += queries.len();
        self.db.batch(queries).await.map(drop)
    }

    /// A site; none when it is gone.
    pub(super) async fn site(&mut self, id: &SiteId) -> Result<Option<Site>, ApiError> {
        if let Some(known) = self.sites.get(id.as_str()) {
            return Ok(known.clone());
        }
        self.statements += 1;
        let site = sites::find(self.db, id).await?;
        self.sites.insert(id.to_string(), site.clone());
        Ok(site)
    }

    /// The team, and the other tickets of whoever asked.
    pub(super) async fn around(&mut self, timed: &Timed) -> Result<Around, ApiError> {
        let mut queries = vec![filing::related_to(&timed.site, &timed.id)];
        if !self.teams.contains_key(timed.site.as_str()) {
            queries.push(filing::members(&timed.site));
        }
        self.statements += queries.len();
        let results = self.db.batch(queries).await?;
        let mut around = Around::read(results.first(), results.get(1))?;
        let team = self.teams.entry(timed.site.to_string()).or_insert_with(|| std::mem::take(&mut around.members));
        around.members.clone_from(team);
        Ok(around)
    }

    /// A ticket goes from one to another; the next one sees their load.
    pub(super) fn gave(&mut self, site: &SiteId, from: Option<&str>, to: &str) {
        for member in self.teams.get_mut(site.as_str()).into_iter().flatten() {
            if member.id == to {
                member.load = member.load.saturating_add(1);
            } else if Some(member.id.as_str()) == from {
                member.load = member.load.saturating_sub(1);
            }
        }
    }
}
