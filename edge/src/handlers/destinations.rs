//! Where a site's news goes: destinations are added, changed, tried and taken away by its admins.

use crate::auth;
use crate::body::Incoming;
use crate::channels;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::jobs::deliver;
use crate::platform;
use crate::reply::Reply;
use crate::store::agents::Agent;
use crate::store::destinations::{self, Change, NewRow};
use crate::store::{Cursor, Db, deliveries, sites};
use buoy_shared::api::{
    DESTINATIONS_MAX, DeliveryState, DestinationDraft, DestinationKind, DestinationPatch, DestinationTrial, Items,
    NewDestination, ReplayReport, ReplayRequest, Role,
};
use buoy_shared::delivery::event::{EventData, EventKind, Happening};
use buoy_shared::delivery::guard;
use buoy_shared::delivery::signature::{SECRET_BYTES, SECRETS_MAX, secret_text};
use buoy_shared::delivery::verdict::Verdict;
use buoy_shared::id::{DestinationId, EventId};
use buoy_shared::secret::Secret;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, NAME_CHARS_MAX, Refusals, is_email};

/// Characters of a secret that somebody brings: the longest of Atlassian's tokens, with a name before it.
const SECRET_CHARS_MAX: usize = 500;

async fn admin(cx: &Cx, request: &Incoming) -> Result<(Agent, Db), ApiError> {
    let agent = auth::agent(cx, request, Role::Admin).await?;
    let db = cx.db(&agent.site_id)?;
    Ok((agent, db))
}

/// `GET agent/destinations/`.
pub(crate) async fn list_destinations(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let (agent, db) = admin(cx, request).await?;
    let rows = destinations::list(&db, &agent.site_id, None).await?;
    Reply::ok(&Items { items: rows.into_iter().map(destinations::DestinationRow::shown).collect() })
}

/// `POST agent/destinations/`.
pub(crate) async fn create_destination(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let (agent, db) = admin(cx, request).await?;
    let draft: DestinationDraft = request.json(BODY_BYTES_MAX)?.value;
    let site = sites::find(&db, &agent.site_id).await?.ok_or_else(ApiError::not_found)?;
    let checked = check(&draft, channels::settings(&cx.env).loopback)?;
    let made = (draft.kind == DestinationKind::Webhook).then(fresh_secret);
    let id = DestinationId::from_random(platform::random_16());
    let secrets: Vec<Secret> = made.iter().chain(&draft.secret).cloned().collect();
    let new = NewRow {
        id: &id,
        kind: draft.kind,
        name: &checked.name,
        address: &checked.address,
        project: checked.project.as_deref(),
        topics: draft.topics && draft.kind == DestinationKind::Telegram,
        secrets: &secrets,
        events: &draft.events,
        locale: site.policy.locale_for(draft.locale.as_deref().unwrap_or_default()),
    };
    let most = u32::try_from(DESTINATIONS_MAX).unwrap_or(u32::MAX);
    if !destinations::insert(&db, &agent.site_id, &new, most, cx.now).await? {
        return Err(ApiError::conflict("a site has at most 20 destinations; take one away first"));
    }
    let destination = destinations::get(&db, &agent.site_id, id.as_str()).await?.shown();
    Reply::created(&NewDestination { destination, secret: made })
}

pub(super) fn fresh_secret() -> Secret {
    let mut random = [0; SECRET_BYTES];
    let halves = [platform::random_16(), platform::random_16()];
    random.iter_mut().zip(halves.as_flattened()).for_each(|(to, from)| *to = *from);
    Secret::new(secret_text(&random))
}

/// A draft that may be stored.
struct Checked {
    name: String,
    address: String,
    project: Option<String>,
}

fn check(draft: &DestinationDraft, loopback: bool) -> Result<Checked, ApiError> {
    let mut refusals = Refusals::default();
    let name = refusals.required_line("name", &draft.name, NAME_CHARS_MAX);
    let address = refusals_of_address(&mut refusals, draft, loopback);
    check_events(&mut refusals, &draft.events);
    let project = refusals.optional_line("project", draft.project.as_deref(), NAME_CHARS_MAX);
    if draft.kind == DestinationKind::Jira && project.is_none() {
        refusals.push("project", FieldCode::Required, "the key of a Jira project, such as SUP");
    }
    let secret = draft.secret.as_ref().map(Secret::reveal).unwrap_or_default();
    let wants = match draft.kind {
        DestinationKind::PagerDuty => Some("the routing key of a PagerDuty service"),
        DestinationKind::Jira => Some("an account as name:token"),
        _ => None,
    };
    match (draft.kind, wants) {
        (_, Some(what)) if secret.is_empty() => refusals.push("secret", FieldCode::Required, what),
        (DestinationKind::Webhook, _) if !secret.is_empty() => {
            refusals.push("secret", FieldCode::UnknownField, "a webhook's secret is made here");
        }
        _ if secret.chars().count() > SECRET_CHARS_MAX || secret.chars().any(char::is_control) => {
            refusals.push("secret", FieldCode::TooLong, "at most 500 printable characters");
        }
        _ => {}
    }
    refusals.into_result(())?;
    Ok(Checked { name, address, project })
}

fn refusals_of_address(refusals: &mut Refusals, draft: &DestinationDraft, loopback: bool) -> String {
    let address = draft.address.trim();
    let wrong = match draft.kind {
        DestinationKind::PagerDuty => return String::new(),
        DestinationKind::Telegram => {
            let is_chat = address.parse::<i64>().is_ok_and(|chat| chat != 0);
            (!is_chat).then(|| "expected the number of a chat, such as -1001234567890".to_owned())
        }
        DestinationKind::Email => {
            (!is_email(address) || address.chars().any(char::is_control)).then(|| "expected a mail address".to_owned())
        }
        _ => guard::check(address, loopback).err().map(|unsafe_address| unsafe_address.to_string()),
    };
    if let Some(detail) = wrong {
        refusals.push("address", FieldCode::InvalidFormat, &detail);
    }
    address.to_owned()
}

fn check_events(refusals: &mut Refusals, events: &[String]) {
    let known = |event: &String| event == "*" || EventKind::parse(event).is_some();
    if events.is_empty() {
        refusals.push("events", FieldCode::Required, "types of events, or * for all");
    } else if events.len() > EventKind::ALL.len() || !events.iter().all(known) {
        let words: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        refusals.push("events", FieldCode::UnknownValue, &format!("expected *, {}", words.join(", ")));
    }
}

/// `PATCH agent/destinations/<destination>/`.
pub(crate) async fn change_destination(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let (agent, db) = admin(cx, request).await?;
    let patch: DestinationPatch = request.json(BODY_BYTES_MAX)?.value;
    let mut refusals = Refusals::default();
    let name = patch.name.as_deref().map(|name| refusals.required_line("name", name, NAME_CHARS_MAX));
    if let Some(events) = &patch.events {
        check_events(&mut refusals, events);
    }
    refusals.into_result(())?;
    let change =
        Change { name: name.as_deref(), events: patch.events.as_deref(), enabled: patch.enabled, ..Change::default() };
    if !destinations::change(&db, &agent.site_id, id, &change, cx.now).await? {
        return Err(ApiError::not_found());
    }
    Reply::ok(&destinations::get(&db, &agent.site_id, id).await?.shown())
}

/// `DELETE agent/destinations/<destination>/`.
pub(crate) async fn remove_destination(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let (agent, db) = admin(cx, request).await?;
    let removed = destinations::remove(&db, &agent.site_id, id).await?;
    if removed { Ok(Reply::nothing()) } else { Err(ApiError::not_found()) }
}

/// `POST agent/destinations/<destination>/rotate/`: the new secret signs, and the one before it, until the next rotation.
pub(crate) async fn rotate_secret(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let (agent, db) = admin(cx, request).await?;
    let row = destinations::get(&db, &agent.site_id, id).await?;
    if row.kind != DestinationKind::Webhook {
        return Err(ApiError::conflict("only what is sent to a webhook is signed"));
    }
    let fresh = fresh_secret();
    let secrets: Vec<Secret> = std::iter::once(fresh.clone()).chain(row.secrets).take(SECRETS_MAX).collect();
    let change = Change { secrets: Some(&secrets), ..Change::default() };
    destinations::change(&db, &agent.site_id, id, &change, cx.now).await?;
    let destination = destinations::get(&db, &agent.site_id, id).await?.shown();
    Reply::created(&NewDestination { destination, secret: Some(fresh) })
}

/// `POST agent/destinations/<destination>/test/`: a ping, sent once while the caller waits, and kept nowhere.
pub(crate) async fn try_destination(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let (agent, db) = admin(cx, request).await?;
    let row = destinations::get(&db, &agent.site_id, id).await?;
    let happening = Happening {
        id: EventId::from_random(platform::random_16()).to_string(),
        kind: EventKind::Ping,
        at: cx.now,
        data: EventData { site: agent.site_id.to_string(), ..EventData::default() },
    };
    let outcome = deliver::try_once(&cx.env, &db, &agent.site_id, &row, &happening, cx.now).await;
    let delivered = outcome.verdict == Verdict::Delivered;
    Reply::ok(&DestinationTrial { delivered, status: outcome.status, error: outcome.error.map(str::to_owned) })
}

/// `POST agent/destinations/<destination>/replay/`. What waits anew is found by the cron; one delivery is tried at once.
pub(crate) async fn replay_deliveries(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let (agent, db) = admin(cx, request).await?;
    let wanted: ReplayRequest = request.json(BODY_BYTES_MAX)?.value;
    destinations::get(&db, &agent.site_id, id).await?;
    let replayed = deliveries::replay(&db, &agent.site_id, id, wanted.event.as_deref(), cx.now).await?;
    match &wanted.event {
        Some(_) if replayed == 0 => return Err(ApiError::field("event", FieldCode::UnknownValue, "no such delivery")),
        Some(event) => deliver::event(&cx.env, &db, &agent.site_id, event, cx.now).await?,
        None => {}
    }
    Reply::ok(&ReplayReport { replayed })
}

/// `GET agent/deliveries/`.
pub(crate) async fn list_deliveries(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let (agent, db) = admin(cx, request).await?;
    let expected = "expected pending, delivered or dead";
    let read = |word: String| {
        DeliveryState::parse(&word).ok_or_else(|| ApiError::field("state", FieldCode::UnknownValue, expected))
    };
    let state = cx.query("state").map(read).transpose()?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    let destination = cx.query("destination");
    let page = deliveries::list(&db, &agent.site_id, state, destination.as_deref(), &cursor, cx.limit()?).await?;
    Reply::ok(&page)
}
