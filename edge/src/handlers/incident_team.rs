//! Incidents as the team handles them: the form, drafts, post-mortems, and what a month's incidents cost.

use super::incidents::{Write, author, incident_id};
use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::incident_desk::{Change, Desk};
use crate::jobs;
use crate::reply::Reply;
use crate::snapshot::choices;
use crate::store::{Db, incident_life, sites};
use buoy_shared::api::{
    AvailabilityReport, ComponentUptime, IncidentForm, Items, Role, SeverityInfo, TierAvailability,
};
use buoy_shared::availability::{Month, allowed_downtime_ms, credit_percent};
use buoy_shared::id::DraftId;
use buoy_shared::incident::{IncidentDraft, PostmortemEdit, Severity};
use buoy_shared::policy::{Localized, Policy, localized};
use buoy_shared::text::BODY_BYTES_MAX;
use buoy_shared::time::Timestamp;
use buoy_shared::uptime::{Course, of_component, of_tier, percent_text, up_millipercent, within_month};

fn draft_id(text: &str) -> Result<DraftId, ApiError> {
    DraftId::parse(text).map_err(|_| ApiError::not_found())
}

/// `GET agent/incident_form/`: the criteria of I2 beside what may be chosen.
pub(crate) async fn get_form(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let db = cx.db(&agent.site_id)?;
    let site = sites::find(&db, &agent.site_id).await?.ok_or_else(ApiError::not_found)?;
    let locale = site.policy.locale_for(&cx.query("locale").unwrap_or_default()).to_owned();
    Reply::ok(&form(&site.policy, &locale))
}

fn form(policy: &Policy, locale: &str) -> IncidentForm {
    let rules = &policy.incidents;
    let fallback = &policy.site.default_locale;
    let say = |texts: &Localized| localized(texts, locale, fallback).to_owned();
    let severity = |key: Severity| {
        let rule = rules.severities.iter().find(|rule| rule.severity == key);
        SeverityInfo {
            key,
            label: rule.map_or_else(|| key.as_str().to_uppercase(), |rule| say(&rule.label)),
            criteria: rule.map(|rule| rule.criteria.iter().map(say).collect()).unwrap_or_default(),
            update_every_minutes: rules.update_every(key).as_minutes(),
            postmortem: rules.wants_postmortem(key),
        }
    };
    IncidentForm {
        severities: Severity::ALL.into_iter().map(severity).collect(),
        not_incidents: rules.not_incidents.iter().map(say).collect(),
        components: choices(&policy.components, locale, fallback),
        tiers: choices(&policy.tiers, locale, fallback),
        locales: policy.site.locales.clone(),
    }
}

/// `GET agent/incidents/<incident>/`.
pub(crate) async fn get_incident(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let db = cx.db(&agent.site_id)?;
    let found = incident_life::for_team(&db, &agent.site_id, &incident_id(id)?).await?;
    Ok(Reply::ok_text(found.ok_or_else(ApiError::not_found)?))
}

/// `GET agent/incidents/<incident>/postmortem/`.
pub(crate) async fn get_postmortem(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let db = cx.db(&agent.site_id)?;
    let desk = Desk::of(&db, &agent.site_id, author(&agent), cx.now).await?;
    Reply::ok(&desk.postmortem(&incident_id(id)?).await?)
}

/// Makes a change, and tells of it after the answer.
async fn commit(cx: &Cx, db: &Db, change: Change) -> Result<(), ApiError> {
    let news = change.news();
    change.commit(&cx.env, db, cx.now).await?;
    jobs::attempt_in_order_after_answer(cx, news);
    Ok(())
}

/// `PUT agent/incidents/<incident>/postmortem/`.
pub(crate) async fn put_postmortem(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let edit: PostmortemEdit = request.json(BODY_BYTES_MAX)?.value;
    let db = cx.db(&agent.site_id)?;
    let desk = Desk::of(&db, &agent.site_id, author(&agent), cx.now).await?;
    let (document, change) = desk.put_postmortem(&incident_id(id)?, &edit).await?;
    commit(cx, &db, change).await?;
    Reply::ok(&document)
}

/// `GET agent/incident_drafts/`.
pub(crate) async fn list_drafts(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let items = incident_life::drafts(&cx.db(&agent.site_id)?, &agent.site_id).await?;
    Reply::ok(&Items { items })
}

/// `POST agent/incident_drafts/`.
pub(crate) async fn create_draft(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let (write, earlier) = Write::begin(cx, request).await?;
    if let Some(reply) = earlier {
        return Ok(reply);
    }
    let draft: IncidentDraft = request.json(BODY_BYTES_MAX)?.value;
    let (answer, change) = write.desk(cx).await?.draft(&draft, None).await?;
    write.finish(cx, change, serde_json::to_string(&answer)?).await
}

/// `POST agent/incident_drafts/<draft>/publish/`.
pub(crate) async fn publish_draft(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let db = cx.db(&agent.site_id)?;
    let desk = Desk::of(&db, &agent.site_id, author(&agent), cx.now).await?;
    let (incident, change) = desk.publish_draft(&draft_id(id)?).await?;
    commit(cx, &db, change).await?;
    Reply::created(&incident)
}

/// `POST agent/incident_drafts/<draft>/reject/`.
pub(crate) async fn reject_draft(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let db = cx.db(&agent.site_id)?;
    let desk = Desk::of(&db, &agent.site_id, author(&agent), cx.now).await?;
    let change = desk.reject_draft(&draft_id(id)?).await?;
    change.commit(&cx.env, &db, cx.now).await?;
    Ok(Reply::nothing())
}

/// `GET agent/availability/`: a month's figures, computed anew from the incidents each time.
pub(crate) async fn get_availability(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let asked = cx.query("month").ok_or_else(|| ApiError::missing_parameter("month"))?;
    let month =
        Month::parse(&asked).ok_or_else(|| ApiError::invalid_parameter("month", "expected a month such as 2026-11"))?;
    let db = cx.db(&agent.site_id)?;
    let begin = Timestamp::from_millis(month.bounds().0);
    let results = db.batch(vec![sites::query(&agent.site_id), incident_life::courses(&agent.site_id, begin)]).await?;
    let site = sites::read(results.first(), &agent.site_id)?.ok_or_else(ApiError::not_found)?;
    let courses = results.get(1).map(incident_life::read_courses).transpose()?.unwrap_or_default();
    Reply::ok(&report(&site.policy, &courses, month, asked, cx.now))
}

fn report(policy: &Policy, courses: &[Course], month: Month, name: String, now: Timestamp) -> AvailabilityReport {
    let component = |key: &str| {
        let (down, total) = within_month(&of_component(courses, key, now), month, now);
        ComponentUptime {
            key: key.to_owned(),
            uptime: percent_text(up_millipercent(down, total)),
            major_seconds: down.major_ms / 1_000,
            partial_seconds: down.partial_ms / 1_000,
        }
    };
    let tiers = policy.tiers.iter().map(|tier| {
        let (down, total) = within_month(&of_tier(courses, &tier.key, now), month, now);
        TierAvailability {
            key: tier.key.clone(),
            target: tier.availability.map(|target| target.to_string()),
            uptime: percent_text(up_millipercent(down, total)),
            downtime_seconds: down.counted_ms() / 1_000,
            allowed_seconds: tier.availability.map(|target| allowed_downtime_ms(target, month) / 1_000),
            credit_percent: credit_percent(policy, &tier.key, month, down.counted_ms()),
        }
    });
    AvailabilityReport {
        month: name,
        running: now.as_millis() < month.bounds().1,
        components: policy.component_keys().into_iter().map(component).collect(),
        tiers: tiers.collect(),
    }
}
