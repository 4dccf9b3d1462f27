//! Sites and their policies.

use super::{Db, Query, Rows};
use crate::error::ApiError;
use buoy_shared::api::IdentityKey;
use buoy_shared::id::SiteId;
use buoy_shared::policy::Policy;
use buoy_shared::time::Timestamp;
use buoy_shared::triage::Rules;
use serde::Deserialize;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// Parsed policies that an isolate remembers, the last used last. They are configuration, not request data, and are used only while the
/// database says that their version is still the one in force.
const POLICIES_REMEMBERED_MAX: usize = 32;

thread_local! {
    static POLICIES: RefCell<Vec<(SiteId, Known)>> = const { RefCell::new(Vec::new()) };
}

/// A version of a policy that this isolate has parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) version: u32,
    policy: Rc<InForce>,
}

/// A policy in force, with its triage rules compiled when the first ticket needs them.
#[derive(Debug)]
pub(crate) struct InForce {
    version: u32,
    policy: Policy,
    rules: OnceCell<Rules>,
}

/// Those of one site are compared: a version of a site's policy never changes.
impl PartialEq for InForce {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Eq for InForce {}

impl std::ops::Deref for InForce {
    type Target = Policy;
    fn deref(&self) -> &Policy {
        &self.policy
    }
}

impl InForce {
    /// The triage rules, compiled once for as long as the isolate remembers this version.
    pub(crate) fn rules(&self) -> &Rules {
        self.rules.get_or_init(|| Rules::compile(&self.policy))
    }
}

/// A site's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) name: String,
    pub(crate) policy: Rc<InForce>,
    pub(crate) origins: Vec<String>,
    pub(crate) anonymous: bool,
    pub(crate) created_at: Timestamp,
}

/// A site's row; the policy is left out when the isolate knows that version already.
#[derive(Debug, Deserialize)]
pub(crate) struct SiteRow {
    name: String,
    policy_version: u32,
    policy: Option<Policy>,
    origins: Vec<String>,
    anonymous: u8,
    created_at: super::Millis,
}

/// The columns of a [`SiteRow`], for a query whose second parameter is what is [`known`].
macro_rules! site_row_json {
    () => {
        "json_object('name', s.name, 'policy_version', s.policy_version, 'origins', json(s.origins), 'anonymous', s.anonymous, 'created_at', s.created_at, \
         'policy', CASE WHEN s.policy_version = ?2 THEN NULL ELSE json(s.policy_json) END)"
    };
}
pub(crate) use site_row_json;

/// What this isolate has parsed of a site's policy; goes into the query that asks for the site ([`Query::knowing`]).
pub(crate) fn known(site: &SiteId) -> Option<Known> {
    POLICIES.with_borrow_mut(|all| {
        let at = all.iter().position(|(id, _)| id == site)?;
        all.get_mut(at..)?.rotate_left(1);
        all.last().map(|(_, known)| known.clone())
    })
}

impl SiteRow {
    /// Completes a row with the policy that was known when it was asked for, or remembers the one that came.
    pub(crate) fn into_site(self, site: &SiteId, rows: &Rows) -> Result<Site, ApiError> {
        let policy = match (self.policy, &rows.known) {
            (Some(policy), _) => remember(site, self.policy_version, policy),
            (None, Some(known)) => Rc::clone(&known.policy),
            (None, None) => return Err(ApiError::internal("a site came without its policy")),
        };
        Ok(Site {
            name: self.name,
            policy,
            origins: self.origins,
            anonymous: self.anonymous != 0,
            created_at: self.created_at.into(),
        })
    }
}

fn remember(site: &SiteId, version: u32, policy: Policy) -> Rc<InForce> {
    let policy = Rc::new(InForce { version, policy, rules: OnceCell::new() });
    POLICIES.with_borrow_mut(|all| {
        all.retain(|(id, _)| id != site);
        if all.len() >= POLICIES_REMEMBERED_MAX {
            all.remove(0);
        }
        all.push((site.clone(), Known { version, policy: Rc::clone(&policy) }));
    });
    policy
}

/// Whether the database answers.
pub(crate) async fn can_be_read(db: &Db) -> bool {
    // site-free: asks whether the table can be read at all
    db.run(Query::new("SELECT json_quote(count(*)) AS j FROM (SELECT 1 FROM sites LIMIT 1)")).await.is_ok()
}

/// A site's settings.
pub(crate) async fn find(db: &Db, site: &SiteId) -> Result<Option<Site>, ApiError> {
    read(Some(&db.run(query(site)).await?), site)
}

/// Asks for a site's settings, as part of a batch.
pub(crate) fn query(site: &SiteId) -> Query {
    Query::new(concat!("SELECT ", site_row_json!(), " AS j FROM sites s WHERE s.site_id = ?1"))
        .site(site)
        .knowing(known(site))
}

/// Reads what [`query`] gave.
pub(crate) fn read(rows: Option<&Rows>, site: &SiteId) -> Result<Option<Site>, ApiError> {
    let Some(rows) = rows else { return Ok(None) };
    let row: Option<SiteRow> = rows.first()?;
    row.map(|row| row.into_site(site, rows)).transpose()
}

/// A site to be stored.
pub(crate) struct NewSite<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) name: &'a str,
    pub(crate) policy_toml: &'a str,
    pub(crate) policy: &'a Policy,
    pub(crate) origins: &'a [String],
    pub(crate) anonymous: bool,
    /// Used only when the site does not exist yet.
    pub(crate) first_key: &'a IdentityKey,
}

/// Creates a site or replaces its settings; its identity keys stay. Statements for a batch; the first gives the keys.
pub(crate) fn put(new: &NewSite<'_>, now: Timestamp) -> Result<Vec<Query>, ApiError> {
    let upsert = Query::new(
        "INSERT INTO sites (site_id, name, policy_toml, policy_json, origins, anonymous, identity_keys, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) \
         ON CONFLICT (site_id) DO UPDATE SET name = ?2, policy_toml = ?3, policy_json = ?4, origins = ?5, anonymous = ?6, updated_at = ?8, \
         policy_version = policy_version + 1 \
         RETURNING json_object('keys', json(identity_keys), 'version', policy_version) AS j",
    )
    .site(new.site)
    .text(new.name)
    .text(new.policy_toml)
    .text(&serde_json::to_string(new.policy)?)
    .text(&serde_json::to_string(new.origins)?)
    .flag(new.anonymous)
    .text(&serde_json::to_string(&[new.first_key])?)
    .time(now);
    let numbers = Query::new("INSERT OR IGNORE INTO ticket_numbers (site_id) VALUES (?1)").site(new.site);
    // Other levels, zones or rotations make other turns.
    Ok(vec![upsert, numbers, super::rosters::look_at_all(new.site)])
}

/// What [`put`] gives back.
#[derive(Deserialize)]
pub(crate) struct StoredSite {
    pub(crate) keys: Vec<IdentityKey>,
    pub(crate) version: u32,
}
