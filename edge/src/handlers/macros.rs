//! Macros of the policy (M): listed, and sent with the ticket's own words in their gaps. A gap that nobody filled and a
//! phrase that the team never says are refused by name; plain replies are held to the same phrases.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::agent_tickets::{earlier_answer, send_reply};
use crate::handlers::tickets::ticket_id;
use crate::reply::Reply;
use crate::store::agents::Agent;
use crate::store::idempotency::Attempt;
use crate::store::{Db, Rows, sites, staff};
use buoy_shared::api::{Items, MacroInfo, MacroRequest, Role};
use buoy_shared::macro_text::{Variables, fill, forbidden_phrases_in, gaps};
use buoy_shared::policy::{Named, Policy, localized};
use buoy_shared::promise;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, Refusals};
use buoy_shared::ticket::{AgentMessageDraft, AgentTicket, Origin};
use buoy_shared::time::Timestamp;

/// `GET agent/macros/`.
pub(crate) async fn list_macros(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let site = sites::find(&cx.db(&agent.site_id)?, &agent.site_id).await?.ok_or_else(ApiError::not_found)?;
    let fallback = &site.policy.site.default_locale;
    let locale = site.policy.locale_for(cx.query("locale").as_deref().unwrap_or(fallback));
    let items = site.policy.macros.iter().map(|prepared| {
        let body = localized(&prepared.body, locale, fallback);
        MacroInfo {
            key: prepared.key.clone(),
            label: localized(&prepared.label, locale, fallback).to_owned(),
            body: body.to_owned(),
            internal: prepared.internal,
            variables: gaps(body).into_iter().map(str::to_owned).collect(),
        }
    });
    Reply::ok(&Items { items: items.collect() })
}

/// `POST agent/tickets/<ticket>/macro/`: the agent, the body, the key; see [`send_prepared`].
pub(crate) async fn send_macro(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let key = request.idempotency_key()?;
    let body = request.json::<MacroRequest>(BODY_BYTES_MAX)?;
    let attempt = key.map(|key| Attempt::new(key, cx.url.path(), &body.text));
    send_prepared(cx, &agent, id, &body.value, attempt).await
}

/// Sends a macro.
///
/// 1. an earlier answer under the key, which stands although the ticket knows other things by now;
/// 2. the policy, the ticket, the macro;
/// 3. fill its gaps from the ticket and the request, in the requester's language;
/// 4. send it as a reply or a note.
pub(crate) async fn send_prepared(
    cx: &Cx,
    agent: &Agent,
    id: &str,
    wanted: &MacroRequest,
    attempt: Option<Attempt>,
) -> Result<Reply, ApiError> {
    // 1.
    let db = cx.db(&agent.site_id)?;
    if let Some(answer) = earlier_answer(&db, agent, attempt.as_ref()).await? {
        return Ok(Reply::created_text(answer));
    }
    // 2.
    let site = sites::find(&db, &agent.site_id).await?.ok_or_else(ApiError::not_found)?;
    let ticket = staff::get(&db, &agent.site_id, &ticket_id(id)?).await?.ok_or_else(ApiError::not_found)?;
    let prepared = site.policy.macros.iter().find(|prepared| prepared.key == wanted.key);
    let prepared = prepared.ok_or_else(|| ApiError::field("key", FieldCode::UnknownValue, "there is no such macro"))?;
    // 3.
    let mut variables = known(&ticket, agent, &site.name, &site.policy, cx.now);
    variables.extend(wanted.variables.clone());
    let text = fill(prepared, &ticket.locale, &site.policy.site.default_locale, &variables).map_err(|unfilled| {
        let mut refusals = Refusals::default();
        for name in &unfilled.names {
            refusals.push(&format!("variables.{name}"), FieldCode::Required, "the ticket does not say it; fill it in");
        }
        ApiError::from(refusals.into_result(()).err().unwrap_or_default())
    })?;
    // 4.
    let draft = AgentMessageDraft {
        body: text,
        internal: prepared.internal,
        status: wanted.status,
        root_cause: wanted.root_cause,
        resolution_summary: wanted.resolution_summary.clone(),
        ..AgentMessageDraft::default()
    };
    send_reply(cx, &db, agent, &ticket.ticket.id, draft, attempt).await
}

/// The gaps for whose sake a macro was refused.
pub(crate) fn gaps_in(refusal: &ApiError) -> Vec<&str> {
    refusal.fields().filter_map(|field| field.strip_prefix("variables.")).collect()
}

/// What a ticket knows of a macro's gaps.
pub(crate) fn known(ticket: &AgentTicket, agent: &Agent, site: &str, policy: &Policy, now: Timestamp) -> Variables {
    let default = &policy.site.default_locale;
    let locale = policy.locale_for(&ticket.locale);
    let mut variables = Variables::new();
    let mut know = |name: &str, value: String| variables.insert(name.to_owned(), value);
    let asked = &ticket.ticket;
    know("ticket_number", asked.number.to_string());
    know("subject", asked.subject.clone());
    know("agent_name", agent.name.clone());
    know("product_name", site.to_owned());
    know("status", asked.status.as_str().to_owned());
    know("priority", label(&policy.priorities, &asked.priority, locale, default));
    know("category", label(&policy.categories, &asked.category, locale, default));
    know("tier", label(&policy.tiers, &asked.tier, locale, default));
    if let Some(name) = &ticket.requester.name {
        know("customer_name", name.clone());
    }
    if let Some(email) = &ticket.requester.email {
        know("customer_email", email.clone());
    }
    // What has passed is no promise: whoever sends the macro says a time that can be kept.
    if let Some(due) = ticket.desk.due_at.filter(|due| *due > now) {
        // The zone of the customer is not known (P4): it is told by the clock that counts, and which one that is.
        let zone = office_zone(policy, &asked.priority, &asked.tier, ticket.origin);
        know("due", promise::by_office_clock(due, now, zone, locale));
    }
    variables
}

/// The zone of the clock that counts what was promised.
pub(crate) fn office_zone<'a>(policy: &'a Policy, priority: &str, tier: &str, origin: Origin) -> &'a str {
    let row = policy.promise(priority, tier, origin);
    row.and_then(|row| policy.calendars.get(&row.calendar)).map_or("UTC", |calendar| &calendar.zone)
}

/// What people call something that has a key.
fn label(list: &[impl Named], key: &str, locale: &str, fallback: &str) -> String {
    list.iter()
        .find(|entry| entry.key() == key)
        .map_or(key, |entry| localized(entry.label(), locale, fallback))
        .to_owned()
}

/// Refuses what the team never says (M), in the text as it would be stored. An internal note may quote it.
pub(crate) async fn refuse_forbidden(db: &Db, agent: &Agent, internal: bool, text: &str) -> Result<(), ApiError> {
    if internal {
        return Ok(());
    }
    let rows: Rows = db.run(sites::query(&agent.site_id)).await?;
    let site = sites::read(Some(&rows), &agent.site_id)?.ok_or_else(ApiError::not_found)?;
    let found = forbidden_phrases_in(text, &site.policy);
    if found.is_empty() {
        return Ok(());
    }
    let detail = format!("say it in another way: {}", found.join(", "));
    Err(ApiError::field("body", FieldCode::InvalidFormat, &detail))
}
