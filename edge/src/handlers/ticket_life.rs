//! What a requester decides about their ticket: whether a machine's answer helped (R3), that it is done (T2), and how
//! content they are (U).

use crate::auth::{self, TokenRef};
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::hands::{Around, take_up, taken_up};
use crate::jobs;
use crate::reply::Reply;
use crate::rules;
use crate::store::changes::{self, Change, Fields, State, Wakes};
use crate::store::facts::Fact;
use crate::store::outbox::Task;
use crate::store::sessions::{self, Caller};
use crate::store::surveys::{self, NamelessRating};
use crate::store::{Db, Query, Rows, filing, tickets};
use buoy_shared::assignment::Work;
use buoy_shared::text::BODY_BYTES_MAX;
use buoy_shared::ticket::{AuthorKind, AutoAnswerOutcome, AutoAnswerVerdict, RatingDraft, TicketStatus};
use serde_json::json;

/// How often a decision is taken anew because the ticket changed meanwhile.
const ATTEMPTS_MAX: u8 = 3;

/// A ticket of the caller's, and what is around it.
struct Own {
    caller: Caller,
    state: State,
    around: Around,
    rated_nameless: bool,
}

/// What becomes of it.
struct Decision {
    fields: Fields,
    facts: Vec<Fact>,
    tell: Vec<(String, Task)>,
    /// What is stored besides, in the same batch and before the change.
    besides: Vec<Query>,
}

async fn own(cx: &Cx, db: &Db, token: &TokenRef, id: &str) -> Result<Own, ApiError> {
    let results = db
        .batch(vec![
            sessions::find(token, cx.now),
            changes::state(&token.site, id, None),
            filing::related(token),
            filing::members(&token.site),
            surveys::rated_nameless(&token.site, id),
        ])
        .await?;
    let caller = sessions::caller(results.first(), token)?;
    cx.check_origin(&caller.site.origins)?;
    let state: Option<State> = results.get(1).map(Rows::first).transpose()?.flatten();
    let state = state.filter(|state| state.customer == caller.customer_id).ok_or_else(ApiError::not_found)?;
    let around = Around::read(results.get(2), results.get(3))?;
    let rated_nameless = results.get(4).is_some_and(|rows| rows.first_text().is_some());
    Ok(Own { caller, state, around, rated_nameless })
}

/// Decides on the ticket as it is and stores that; when it changed meanwhile, decides again. No decision changes nothing.
/// Answers with the ticket.
async fn decide(
    cx: &Cx,
    token: &TokenRef,
    id: &str,
    decision: impl Fn(&Own) -> Result<Option<Decision>, ApiError>,
) -> Result<Reply, ApiError> {
    let db = cx.db(&token.site)?;
    let mut attempts = 0;
    loop {
        let own = own(cx, &db, token, id).await?;
        let Some(Decision { fields, facts, tell, besides }) = decision(&own)? else { break };
        let ticket = &own.state.ticket.id;
        let change = Change {
            site: &token.site,
            ticket,
            version: own.state.desk.version,
            fields,
            facts,
            tell,
            quiet: false,
            wakes: Wakes::Now,
            now: cx.now,
        };
        let (statements, entries) = change.statements()?;
        let results = db.batch(besides.into_iter().chain(statements).collect()).await?;
        if results.last().is_some_and(|version| version.first_text().is_some()) {
            jobs::follow_up(cx, &token.site, ticket, entries);
            break;
        }
        attempts += 1;
        if attempts == ATTEMPTS_MAX {
            return Err(ApiError::conflict("the ticket changes faster than this can be decided; try again"));
        }
    }
    let found = tickets::get(&db, token, id, cx.now).await?;
    Reply::ok(&found.value.ok_or_else(ApiError::not_found)?)
}

/// Live connections read the new state when they are told.
pub(crate) fn notice(state: &State) -> (String, Task) {
    (format!("notify|{}", state.desk.version), Task::NotifyThread { ticket_id: state.ticket.id.to_string() })
}

/// The fact that the status changes.
pub(crate) fn status_fact(cx: &Cx, state: &State, to: TicketStatus, actor: AuthorKind, name: Option<&str>) -> Fact {
    Fact::new("status.changed", actor, name, json!({ "from": state.ticket.status, "to": to }), cx.now)
}

/// `POST tickets/<ticket>/auto_answer/`: yes solves it, no gives it to a person (R3).
pub(crate) async fn answer_auto_answer(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let verdict: AutoAnswerVerdict = request.json(BODY_BYTES_MAX)?.value;
    decide(cx, &token, id, |own| judge(cx, own, verdict.solved)).await
}

fn judge(cx: &Cx, own: &Own, solved: bool) -> Result<Option<Decision>, ApiError> {
    use AutoAnswerOutcome::{Accepted, Rejected, Silent, Waiting};
    let outcome = own.state.ticket.auto_answer_outcome;
    match (outcome, solved) {
        (None, _) => Err(ApiError::conflict("this ticket has no automatic answer")),
        (Some(Accepted), true) | (Some(Rejected), false) => Ok(None),
        (Some(Waiting | Silent | Rejected), true) if own.state.ticket.status.is_active() => Ok(Some(accepted(cx, own))),
        (Some(Waiting), false) if own.state.ticket.status.is_active() => Ok(Some(rejected(cx, own))),
        (Some(Silent), false) => Ok(None),
        _ => Err(ApiError::conflict("write a message to go on with this ticket")),
    }
}

fn accepted(cx: &Cx, own: &Own) -> Decision {
    let name = own.caller.name.as_deref();
    let fields = Fields {
        status: Some(TicketStatus::Solved),
        auto_answer_outcome: Some(AutoAnswerOutcome::Accepted),
        ..Fields::default()
    };
    let facts = vec![
        Fact::new("auto_answer.accepted", AuthorKind::Requester, name, json!({}), cx.now),
        status_fact(cx, &own.state, TicketStatus::Solved, AuthorKind::Requester, name),
    ];
    Decision { fields, facts, tell: vec![notice(&own.state)], besides: vec![] }
}

fn rejected(cx: &Cx, own: &Own) -> Decision {
    let name = own.caller.name.as_deref();
    let ticket = &own.state.ticket;
    let urgent = rules::is_urgent(&own.caller.site.policy, &ticket.priority);
    let work = Work { category: &ticket.category, tier: &ticket.tier, queue: &own.state.desk.queue, urgent };
    let person = take_up(work, own.state.desk.assignee.as_deref(), &own.around, cx.now);
    let mut facts = vec![Fact::new("auto_answer.rejected", AuthorKind::Requester, name, json!({}), cx.now)];
    if let Some(person) = &person {
        facts.push(Fact::automatic("assigned", taken_up(person), cx.now));
    }
    let fields = Fields {
        auto_answer_outcome: Some(AutoAnswerOutcome::Rejected),
        assignee_id: person.map(|person| Some(person.id)),
        ..Fields::default()
    };
    let failed = Task::AutoAnswerFailed { ticket_id: ticket.id.clone(), said: true };
    let tell = vec![("auto_answer_failed".to_owned(), failed), notice(&own.state)];
    Decision { fields, facts, tell, besides: vec![] }
}

/// `POST tickets/<ticket>/close/`: the customer's confirmation (T2).
pub(crate) async fn close_ticket(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    decide(cx, &token, id, |own| match own.state.ticket.status {
        TicketStatus::Closed => Ok(None),
        TicketStatus::Solved => {
            let name = own.caller.name.as_deref();
            let facts = vec![status_fact(cx, &own.state, TicketStatus::Closed, AuthorKind::Requester, name)];
            let fields = Fields { status: Some(TicketStatus::Closed), ..Fields::default() };
            Ok(Some(Decision { fields, facts, tell: vec![notice(&own.state)], besides: vec![] }))
        }
        _ => Err(ApiError::conflict("only a solved ticket can be confirmed")),
    })
    .await
}

/// `POST tickets/<ticket>/rating/`: once, after it was solved (U); a low one is told at once (E3).
pub(crate) async fn rate_ticket(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let draft: RatingDraft = request.json(BODY_BYTES_MAX)?.value;
    decide(cx, &token, id, |own| rate(cx, &token, own, &draft)).await
}

fn rate(cx: &Cx, token: &TokenRef, own: &Own, draft: &RatingDraft) -> Result<Option<Decision>, ApiError> {
    let comment = draft.check()?;
    let ticket = &own.state.ticket;
    match ticket.rating {
        Some(score) if score == draft.score && !draft.anonymous => return Ok(None),
        // Of a rating without a name it is known only that there was one.
        None if own.rated_nameless && draft.anonymous => return Ok(None),
        Some(_) => return Err(ApiError::conflict("this ticket was rated already")),
        None if own.rated_nameless => return Err(ApiError::conflict("this ticket was rated already")),
        None if own.state.desk.merged_into.is_some() => {
            return Err(ApiError::conflict("this ticket goes on in another; rate that one when it is solved"));
        }
        None if ticket.status.is_active() => return Err(ApiError::conflict("only a solved ticket can be rated")),
        None => {}
    }
    Ok(Some(if draft.anonymous {
        rated_nameless(cx, token, own, draft.score, comment.as_deref())
    } else {
        rated(cx, own, draft.score, comment)
    }))
}

fn rated(cx: &Cx, own: &Own, score: u8, comment: Option<String>) -> Decision {
    let data = json!({ "score": score, "has_comment": comment.is_some() });
    let facts = vec![Fact::new("rated", AuthorKind::Requester, own.caller.name.as_deref(), data, cx.now)];
    let low = rules::low_rating_within(&own.caller.site.policy, score).map(|within_minutes| {
        let task = Task::LowRating { ticket_id: own.state.ticket.id.clone(), score, within_minutes };
        ("low_rating".to_owned(), task)
    });
    let fields = Fields { rating: Some(score), rating_comment: comment, ..Fields::default() };
    Decision { fields, facts, tell: low.into_iter().collect(), besides: vec![] }
}

/// Neither the ticket, nor its history, nor a notice says how content they are: nobody could be called about it. Its score
/// counts in the reports.
fn rated_nameless(cx: &Cx, token: &TokenRef, own: &Own, score: u8, comment: Option<&str>) -> Decision {
    let rating = NamelessRating {
        site: &token.site,
        ticket: &own.state.ticket.id,
        version: own.state.desk.version,
        score,
        comment,
        now: cx.now,
    };
    let facts = vec![Fact::new("rated", AuthorKind::Requester, None, json!({ "anonymous": true }), cx.now)];
    Decision { fields: Fields::default(), facts, tell: vec![], besides: rating.statements() }
}
