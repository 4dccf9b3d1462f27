//! Who is on call, and the calls for them (E4, E5).

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::jobs::{self, pages as calls};
use crate::platform;
use crate::reply::Reply;
use crate::store::agents::Agent;
use crate::store::outbox::Entry;
use crate::store::pages::Taker;
use crate::store::{Cursor, Db, Rows, pages, rosters, sites};
use buoy_shared::api::{Items, OnCallNow, PageDraft, PageInfo, ROSTER_PEOPLE_MAX, Role, RosterDraft};
use buoy_shared::id::{PageId, SiteId};
use buoy_shared::on_call::{Roster, on_duty, turn};
use buoy_shared::policy::OnCall;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, Refusals, TITLE_CHARS_MAX};
use buoy_shared::time::Timestamp;

fn unknown_level() -> ApiError {
    ApiError::field("level", FieldCode::UnknownValue, "the site's policy has no such level on call")
}

/// Who is on duty at each level of the policy.
pub(crate) async fn on_call_now(db: &Db, site: &SiteId, at: Timestamp) -> Result<Vec<OnCallNow>, ApiError> {
    let found = sites::find(db, site).await?.ok_or_else(ApiError::not_found)?;
    let Some(policy) = &found.policy.on_call else { return Ok(Vec::new()) };
    let (rosters, names) = (rosters::rosters(db, site).await?, pages::names(db, site).await?);
    let levels = policy.levels.iter().map(|level| {
        let roster = rosters.iter().find(|roster| roster.level == level.key);
        let turn = roster.and_then(|roster| on_duty(level, roster, &policy.zone, at));
        let name = |person: &str| names.iter().find(|(id, _)| id == person).map(|(_, name)| name.clone());
        OnCallNow {
            level: level.key.clone(),
            name: turn.as_ref().and_then(|turn| name(&turn.person)),
            until: turn.as_ref().map(|turn| turn.until),
            person: turn.map(|turn| turn.person),
        }
    });
    Ok(levels.collect())
}

/// `GET agent/on_call/`: now, or at the moment that is named.
pub(crate) async fn get_on_call(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let read = |text: String| {
        Timestamp::parse_rfc3339(&text)
            .ok_or_else(|| ApiError::invalid_parameter("at", "expected an instant such as 2026-11-21T09:00:00Z"))
    };
    let at = cx.query("at").map(read).transpose()?.unwrap_or(cx.now);
    Reply::ok(&Items { items: on_call_now(&cx.db(&agent.site_id)?, &agent.site_id, at).await? })
}

async fn policy(db: &Db, site: &SiteId) -> Result<OnCall, ApiError> {
    let found = sites::find(db, site).await?.ok_or_else(ApiError::not_found)?;
    found.policy.on_call.clone().ok_or_else(unknown_level)
}

/// `PUT agent/on_call/<level>/`.
pub(crate) async fn put_roster(cx: &Cx, request: &Incoming, key: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Admin).await?;
    let draft: RosterDraft = request.json(BODY_BYTES_MAX)?.value;
    let db = cx.db(&agent.site_id)?;
    let policy = policy(&db, &agent.site_id).await?;
    let level = policy.levels.iter().find(|level| level.key == key).ok_or_else(unknown_level)?;
    if draft.people.is_empty() || draft.people.len() > ROSTER_PEOPLE_MAX {
        return Err(ApiError::field("people", FieldCode::Required, "from 1 to 50 agents, in the order of their turns"));
    }
    let roster = Roster { level: key.to_owned(), people: draft.people.clone(), since: draft.since };
    // Whoever is on call now is known to whoever writes this.
    let told = turn(level, &roster, &policy.zone, cx.now).map_or(Timestamp::MIN, |turn| turn.from);
    if !rosters::put_roster(&db, &agent.site_id, &roster, told).await? {
        return Err(ApiError::field("people", FieldCode::UnknownValue, "expected agents of this team"));
    }
    Reply::ok(&draft)
}

/// `GET agent/pages/`.
pub(crate) async fn list_pages(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    Reply::ok(&pages::list(&cx.db(&agent.site_id)?, &agent.site_id, &cursor, cx.limit()?).await?)
}

/// `POST agent/pages/`: calls whoever is on duty. Where nobody is, the page says so, and every channel is told.
pub(crate) async fn create_page(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let draft: PageDraft = request.json(BODY_BYTES_MAX)?.value;
    let mut refusals = Refusals::default();
    let summary = refusals.required_line("summary", &draft.summary, TITLE_CHARS_MAX);
    refusals.into_result(())?;
    let db = cx.db(&agent.site_id)?;
    let policy = policy(&db, &agent.site_id).await?;
    if draft.level.as_ref().is_some_and(|key| !policy.levels.iter().any(|level| level.key == *key)) {
        return Err(unknown_level());
    }
    let name = PageId::from_random(platform::random_16()).to_string();
    let call = calls::Call {
        site: &agent.site_id,
        name: &name,
        summary: &summary,
        ticket: None,
        incident: None,
        level: draft.level.as_deref(),
    };
    let id = calls::trigger(&db, &call, cx.now).await?.ok_or_else(unknown_level)?;
    let page = pages::get(&db, &agent.site_id, id.as_str()).await?.ok_or_else(ApiError::not_found)?;
    jobs::attempt_after_answer(cx, Entry::of_page(&agent.site_id, &id, page.place));
    Reply::created(&PageInfo::from(page))
}

/// `POST agent/pages/<page>/acknowledge/`.
pub(crate) async fn acknowledge(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let db = cx.db(&agent.site_id)?;
    Reply::ok(&acknowledge_page(cx, &db, &agent, id).await?)
}

/// Takes a page that nobody has, and tells so; false when there is none.
pub(crate) async fn take_page(cx: &Cx, db: &Db, site: &SiteId, id: &str, taker: Taker<'_>) -> Result<bool, ApiError> {
    let (outbox_id, queries) = pages::acknowledge(site, id, taker, cx.now)?;
    let taken = db.batch(queries).await?.first().and_then(Rows::first_text).is_some();
    if taken {
        jobs::attempt_after_answer(cx, Entry::of_acknowledged(site, outbox_id, id));
    }
    Ok(taken)
}

/// Takes a page; whoever has it already has it still.
pub(crate) async fn acknowledge_page(cx: &Cx, db: &Db, agent: &Agent, id: &str) -> Result<PageInfo, ApiError> {
    let site = &agent.site_id;
    let taken = take_page(cx, db, site, id, Taker::Agent(&agent.agent_id)).await?;
    let page = pages::get(db, site, id).await?.ok_or_else(ApiError::not_found)?;
    if !taken && page.acknowledged_by.as_deref() != Some(agent.agent_id.as_str()) {
        return Err(ApiError::conflict("somebody else has taken it"));
    }
    Ok(page.into())
}
