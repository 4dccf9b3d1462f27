//! What the team changes of tickets besides writing: fields, many at once, merging. A change is decided on one version of
//! a ticket; whoever decided on an older one hears what happened since.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::agent_tickets::full_ticket;
use crate::handlers::intake::QUEUES;
use crate::handlers::ticket_life::{notice, status_fact};
use crate::handlers::tickets::ticket_id;
use crate::jobs;
use crate::reply::Reply;
use crate::rules;
use crate::store::agents::Agent;
use crate::store::changes::{self, Change, Fields, State, Wakes};
use crate::store::facts::{Fact, FactRow};
use crate::store::filing::{self, Member};
use crate::store::outbox::Task;
use crate::store::sites::{self, Site};
use crate::store::{Db, Rows, merging};
use buoy_shared::api::{BULK_TICKETS_MAX, BulkItem, BulkReport, BulkRequest, MergeRequest, Role};
use buoy_shared::problem::ChangeNote;
use buoy_shared::sla::{Promised, SlaFacts};
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, Refusals};
use buoy_shared::ticket::{Actor, AuthorKind, TicketPatch, TicketStatus, check_summary, check_tags, require_solution};
use serde_json::json;

/// Facts of the clock that change no field: they collide with nothing that a person decides. That a ticket changed hands
/// is none of them.
const ALARMS: [&str; 4] = ["sla.warned", "sla.breached", "sla.nobody_free", "escalated"];

/// What a change is decided with.
struct Desk {
    agent: Agent,
    site: Site,
    members: Vec<Member>,
    db: Db,
}

async fn desk(cx: &Cx, request: &Incoming) -> Result<Desk, ApiError> {
    desk_of(cx, auth::agent(cx, request, Role::Agent).await?).await
}

async fn desk_of(cx: &Cx, agent: Agent) -> Result<Desk, ApiError> {
    let db = cx.db(&agent.site_id)?;
    let results = db.batch(vec![sites::query(&agent.site_id), filing::members(&agent.site_id)]).await?;
    let site = sites::read(results.first(), &agent.site_id)?.ok_or_else(ApiError::not_found)?;
    let members = results.get(1).map(Rows::all).transpose()?.unwrap_or_default();
    Ok(Desk { agent, site, members, db })
}

/// `PATCH agent/tickets/<ticket>/`.
///
/// 1. the agent, the patch with the version it was decided on;
/// 2. the ticket; what happened to it since that version refuses the change;
/// 3. check every field; store fields, facts and the task to tell live connections as one batch;
/// 4. bring its clocks up to date; answer with the ticket.
pub(crate) async fn change_ticket(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    // 1.
    let desk = desk(cx, request).await?;
    let patch: TicketPatch = request.json(BODY_BYTES_MAX)?.value;
    let seen = patch.version.ok_or_else(|| {
        ApiError::field(
            "version",
            FieldCode::Required,
            "send the version that you saw, so that nobody's change is lost",
        )
    })?;
    // 2.
    let ticket = ticket_id(id)?;
    let state = read_state(&desk, ticket.as_str(), Some(seen)).await?;
    refuse_collision(seen, &state)?;
    // 3.
    if let Some(change) = decide(cx, &desk, &state, &patch)? {
        let Some(entries) = change.store(&desk.db).await? else {
            let state = read_state(&desk, ticket.as_str(), Some(seen)).await?;
            refuse_collision(seen, &state)?;
            return Err(ApiError::conflict("the ticket changes faster than this can be decided; try again"));
        };
        // 4.
        jobs::follow_up_now(cx, &desk.db, &desk.agent.site_id, &ticket, entries).await;
    }
    full_ticket(&desk.db, &desk.agent.site_id, &ticket).await
}

async fn read_state(desk: &Desk, ticket: &str, seen: Option<u32>) -> Result<State, ApiError> {
    let state: Option<State> = desk.db.run(changes::state(&desk.agent.site_id, ticket, seen)).await?.first()?;
    state.ok_or_else(ApiError::not_found)
}

/// Refuses a change that was decided on an older version, with what happened since.
pub(crate) fn refuse_collision(seen: u32, state: &State) -> Result<(), ApiError> {
    if seen > state.desk.version {
        return Err(ApiError::field("version", FieldCode::UnknownValue, "the ticket has not come to that version yet"));
    }
    let changes: Vec<ChangeNote> =
        state.since.iter().filter(|fact| !ALARMS.contains(&fact.kind.as_str())).map(note).collect();
    if changes.is_empty() { Ok(()) } else { Err(ApiError::changed_since(changes)) }
}

fn note(fact: &FactRow) -> ChangeNote {
    let part = |name: &str| {
        fact.data.get(name).filter(|value| !value.is_null()).map(|value| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        })
    };
    ChangeNote {
        kind: fact.kind.clone(),
        from: part("from"),
        to: part("to"),
        by: fact.actor_name.clone(),
        at: fact.created_at.into(),
    }
}

/// What a patch makes of a ticket; none when it changes nothing.
fn decide<'a>(cx: &Cx, desk: &'a Desk, state: &'a State, patch: &TicketPatch) -> Result<Option<Change<'a>>, ApiError> {
    let wanted = check(desk, state, patch)?;
    let (fields, facts) = differences(cx, desk, state, wanted);
    if facts.is_empty() {
        return Ok(None);
    }
    let tell = std::iter::once(notice(state)).chain(duty(desk, state, &fields)).collect();
    Ok(Some(Change {
        site: &desk.agent.site_id,
        ticket: &state.ticket.id,
        version: state.desk.version,
        fields,
        facts,
        tell,
        quiet: false,
        wakes: Wakes::Now,
        now: cx.now,
    }))
}

/// The task to call whoever is on duty, where a ticket that is not done gets a priority that asks for it (P), as when it is
/// filed with one. The name keeps it one page of the ticket, however often it is raised.
fn duty(desk: &Desk, state: &State, fields: &Fields) -> Option<(String, Task)> {
    let calls = rules::calls_on_duty(&desk.site.policy, fields.priority.as_ref()?);
    let is_active = fields.status.unwrap_or(state.ticket.status).is_active();
    (calls && is_active).then(|| ("duty".to_owned(), Task::PageOnDuty { ticket_id: state.ticket.id.clone() }))
}

/// Checks every field against the policy, the team and the ticket's state; what an agent calls `me` gets its name.
fn check(desk: &Desk, state: &State, patch: &TicketPatch) -> Result<Fields, ApiError> {
    let policy = &desk.site.policy;
    let mut refusals = Refusals::default();
    let mut known = |field: &str, value: Option<&String>, keys: &[&str]| {
        let value = value?;
        if !keys.contains(&value.as_str()) {
            refusals.push(field, FieldCode::UnknownValue, &format!("expected one of {}", keys.join(", ")));
        }
        Some(value.clone())
    };
    let priorities: Vec<&str> = policy.priorities.iter().map(|priority| priority.key.as_str()).collect();
    let mut fields = Fields {
        priority: known("priority", patch.priority.as_ref(), &priorities),
        category: known("category", patch.category.as_ref(), &policy.category_keys()),
        queue: known("queue", patch.queue.as_ref(), &QUEUES),
        ..Fields::default()
    };
    fields.tags = check_tags(&mut refusals, patch.tags.as_deref());
    fields.root_cause = patch.root_cause;
    fields.resolution_summary = check_summary(&mut refusals, patch.resolution_summary.as_deref());
    fields.assignee_id = patch.assignee.as_ref().map(|wanted| {
        let wanted = wanted.as_deref().map(|id| if id == "me" { desk.agent.agent_id.as_str() } else { id });
        if wanted.is_some_and(|id| !desk.members.iter().any(|member| member.id == id)) {
            refusals.push(
                "assignee",
                FieldCode::UnknownValue,
                "expected me, null or the id of a member who answers tickets",
            );
        }
        wanted.map(str::to_owned)
    });
    if let Some(status) = patch.status.filter(|&status| status != state.ticket.status) {
        fields.status = Some(status);
        if status == TicketStatus::Solved {
            let cause = fields.root_cause.or(state.desk.root_cause);
            let summary = fields.resolution_summary.as_ref().or(state.desk.resolution_summary.as_ref());
            require_solution(&mut refusals, cause.is_some(), summary.is_some());
        }
    }
    refusals.into_result(())?;
    if fields.status.is_some_and(|status| !state.ticket.status.may_become(status, Actor::Agent)) {
        return Err(ApiError::conflict("the ticket cannot go to that status from here"));
    }
    Ok(fields)
}

/// What is promised once the ticket has these fields.
fn promised(desk: &Desk, state: &State, fields: &Fields) -> Promised {
    let ticket = &state.ticket;
    let facts = SlaFacts { created_at: ticket.created_at.into(), tier: &ticket.tier, channel: state.origin };
    let priority = fields.priority.as_ref().unwrap_or(&ticket.priority);
    Promised::by(&desk.site.policy, &facts, priority, fields.category.as_ref().unwrap_or(&ticket.category))
}

/// Keeps what differs, each with its fact.
fn differences(cx: &Cx, desk: &Desk, state: &State, mut fields: Fields) -> (Fields, Vec<Fact>) {
    let name = Some(desk.agent.name.as_str());
    let mut facts = Vec::new();
    let mut fact = |kind: &'static str, data| facts.push(Fact::new(kind, AuthorKind::Agent, name, data, cx.now));
    let ticket = &state.ticket;
    let promised = promised(desk, state, &fields);
    for (kind, before, after, promised) in [
        ("priority.changed", &ticket.priority, &mut fields.priority, Some(&promised)),
        ("category.changed", &ticket.category, &mut fields.category, Some(&promised)),
        ("queue.changed", &state.desk.queue, &mut fields.queue, None),
    ] {
        match (&after, promised) {
            (Some(to), _) if to == before => *after = None,
            (Some(to), Some(promised)) => fact(kind, json!({ "from": before, "to": to, "promised": promised })),
            (Some(to), None) => fact(kind, json!({ "from": before, "to": to })),
            (None, _) => {}
        }
    }
    if let Some(to) = fields.assignee_id.take().filter(|to| *to != state.desk.assignee) {
        let to_name = desk.members.iter().find(|member| Some(&member.id) == to.as_ref()).map(|member| &member.name);
        fact("assigned", json!({ "from": state.desk.assignee, "to": to, "to_name": to_name }));
        fields.assignee_id = Some(to);
    }
    if let Some(tags) = fields.tags.take().filter(|tags| *tags != state.desk.tags) {
        fact("tagged", json!({ "from": state.desk.tags, "to": tags }));
        fields.tags = Some(tags);
    }
    let cause = fields.root_cause.filter(|cause| Some(*cause) != state.desk.root_cause);
    let summary = fields.resolution_summary.take().filter(|text| Some(text) != state.desk.resolution_summary.as_ref());
    if cause.is_some() || summary.is_some() {
        fact("resolution.changed", json!({ "root_cause": cause, "resolution_summary": summary }));
    }
    (fields.root_cause, fields.resolution_summary) = (cause, summary);
    if let Some(to) = fields.status {
        facts.push(status_fact(cx, state, to, AuthorKind::Agent, name));
    }
    (fields, facts)
}

/// `POST agent/tickets/bulk/`: each ticket is a change of its own; what one refuses keeps no other from changing.
pub(crate) async fn change_tickets(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let desk = desk(cx, request).await?;
    let bulk: BulkRequest = request.json(BODY_BYTES_MAX)?.value;
    let mut refusals = Refusals::default();
    if bulk.tickets.is_empty() {
        refusals.push("tickets", FieldCode::Required, "name at least one ticket");
    } else if bulk.tickets.len() > BULK_TICKETS_MAX {
        refusals.push("tickets", FieldCode::TooLong, "at most 100 tickets");
    }
    if bulk.change.version.is_some() {
        refusals.push("change.version", FieldCode::UnknownField, "a change to many tickets names no version");
    }
    refusals.into_result(())?;
    let reads = bulk.tickets.iter().map(|id| changes::state(&desk.agent.site_id, id, None)).collect();
    let states = desk.db.batch(reads).await?;
    let mut items = Vec::with_capacity(bulk.tickets.len());
    for (id, rows) in bulk.tickets.iter().zip(&states) {
        let state: Option<State> = rows.first()?;
        items.push(match change_one(cx, &desk, state, &bulk.change).await {
            Ok((status, changed)) => BulkItem {
                ticket: id.clone(),
                changed,
                status: Some(status),
                problem: None,
                detail: None,
                errors: Vec::new(),
            },
            Err(error) => error.into_bulk_item(id),
        });
    }
    Reply::ok(&BulkReport { items })
}

/// A change that an agent decided on by what a ticket is now, whatever it was when they looked.
pub(crate) async fn change_as(cx: &Cx, agent: &Agent, ticket: &str, patch: &TicketPatch) -> Result<(), ApiError> {
    let desk = desk_of(cx, agent.clone()).await?;
    let state = desk.db.run(changes::state(&desk.agent.site_id, ticket, None)).await?.first()?;
    change_one(cx, &desk, state, patch).await.map(drop)
}

/// Gives the status afterwards, and whether anything changed.
async fn change_one(
    cx: &Cx,
    desk: &Desk,
    state: Option<State>,
    patch: &TicketPatch,
) -> Result<(TicketStatus, bool), ApiError> {
    let state = state.ok_or_else(ApiError::not_found)?;
    let Some(change) = decide(cx, desk, &state, patch)? else { return Ok((state.ticket.status, false)) };
    let entries = change.store(&desk.db).await?;
    let entries = entries.ok_or_else(|| ApiError::conflict("the ticket was changed at the same moment; try again"))?;
    jobs::follow_up(cx, &desk.agent.site_id, &state.ticket.id, entries);
    Ok((patch.status.unwrap_or(state.ticket.status), true))
}

/// `POST agent/tickets/<ticket>/merge/`: the messages of one ticket go on in another of the same requester, and the
/// first is closed.
pub(crate) async fn merge_ticket(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let desk = desk(cx, request).await?;
    let wanted: MergeRequest = request.json(BODY_BYTES_MAX)?.value;
    let from = read_state(&desk, ticket_id(id)?.as_str(), None).await?;
    let unknown = || ApiError::field("into", FieldCode::UnknownValue, "there is no such ticket");
    let into: Option<State> = desk.db.run(changes::state(&desk.agent.site_id, &wanted.into, None)).await?.first()?;
    let into = into.ok_or_else(unknown)?;
    if from.ticket.id == into.ticket.id {
        return Err(ApiError::field("into", FieldCode::UnknownValue, "a ticket cannot be merged into itself"));
    }
    if from.customer != into.customer {
        return Err(ApiError::conflict("both tickets must be of one requester: the other must not read this one"));
    }
    if from.ticket.status == TicketStatus::Closed || into.ticket.status == TicketStatus::Closed {
        return Err(ApiError::conflict("a closed ticket can be neither merged nor merged into"));
    }
    let task = Task::NotifyThread { ticket_id: into.ticket.id.to_string() };
    let merge = merging::Merge { site: &desk.agent.site_id, from: &from, into: &into, agent: &desk.agent, now: cx.now };
    let entries = merge.store(&desk.db, task).await?;
    jobs::follow_up_now(cx, &desk.db, &desk.agent.site_id, &into.ticket.id, entries).await;
    full_ticket(&desk.db, &desk.agent.site_id, &into.ticket.id).await
}
