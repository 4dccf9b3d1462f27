//! What becomes of a new ticket before it is stored: triage, an automatic answer or a person, promises (R1 to R7).

use crate::cx::Cx;
use crate::hands::{Around, person_for, taken_up};
use crate::platform;
use crate::rules;
use crate::store::facts::Fact;
use crate::store::filing::Member;
use crate::store::sessions::Caller;
use crate::store::sites::InForce;
use buoy_shared::assignment::Work;
use buoy_shared::id::{MessageId, TicketId};
use buoy_shared::policy::Queue;
use buoy_shared::sla::{Deadlines, Promised, SlaFacts, deadlines};
use buoy_shared::ticket::{
    Author, AuthorKind, AutoAnswer, AutoAnswerOutcome, Message, NewTicket, Origin, Ticket, TicketStatus,
};
use buoy_shared::time::Timestamp;
use buoy_shared::triage::{Input, Signals};
use serde_json::json;

/// The queue of wishes (R6).
pub(crate) const FEATURE_QUEUE: &str = Queue::FeatureLog.key();
/// The queue of what is broken.
pub(crate) const ENGINEERING_QUEUE: &str = Queue::Engineering.key();
/// The queues of R1.
pub(crate) const QUEUES: [&str; 5] =
    [ENGINEERING_QUEUE, Queue::Finance.key(), FEATURE_QUEUE, Queue::Urgent.key(), Queue::Support.key()];

/// What triage found, as the edge stores it.
pub(crate) struct Sorted {
    pub(crate) category: String,
    pub(crate) priority: String,
    pub(crate) queue: String,
    pub(crate) tags: Vec<String>,
    matched: Vec<String>,
    answer: Option<AutoAnswer>,
    /// What the words give away besides (E1, E3).
    signals: Signals,
    /// What a rule says to somebody with a wish (R6); no answer, so a person reads it too.
    thanks: Option<&'static str>,
}

/// Asks the policy's questions. The customer's name for the language is already one of the site's.
pub(crate) fn sort(policy: &InForce, tier: &str, locale: &str, new: &NewTicket) -> Sorted {
    let found = policy.rules().triage(&Input {
        category: new.category(),
        subject: new.subject(),
        body: new.body(),
        tier,
        locale,
        context: Some(new.context()),
    });
    let rule =
        found.answer.map(|answer| AutoAnswer { rule: answer.key, confidence: answer.confidence, body: answer.text });
    let queue = found.queue.key();
    Sorted {
        thanks: (queue == FEATURE_QUEUE && rule.is_none()).then(|| rules::thanks_for_wish(locale)),
        category: found.category,
        priority: found.priority,
        queue: queue.to_owned(),
        tags: found.tags,
        matched: found.matched,
        signals: policy.rules().signals(new.subject(), new.body()),
        answer: rule,
    }
}

/// A ticket that is ready to be stored.
pub(crate) struct Intake {
    pub(crate) ticket: Ticket,
    pub(crate) sorted: Sorted,
    pub(crate) assignee: Option<Member>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) due_at: Option<Timestamp>,
}

/// Makes the ticket as it will be; its number is the database's to give.
pub(crate) fn take_in(
    cx: &Cx,
    caller: &Caller,
    new: &NewTicket,
    locale: &str,
    around: &Around,
    origin: Origin,
) -> Intake {
    let policy = &caller.site.policy;
    let mut sorted = sort(policy, &caller.tier, locale, new);
    if origin == Origin::Alert {
        // A machine that asks is no customer: no rule's answer helps it.
        (sorted.answer, sorted.thanks) = (None, None);
    }
    let filed = SlaFacts { created_at: cx.now, tier: &caller.tier, channel: origin };
    let due = deadlines(policy, &filed, &sorted.priority, &sorted.category);
    let promised = Promised::by(policy, &filed, &sorted.priority, &sorted.category);
    let ticket = ticket(cx, caller, new, &sorted, due);
    let work = Work {
        category: &sorted.category,
        tier: &caller.tier,
        queue: &sorted.queue,
        urgent: rules::is_urgent(policy, &sorted.priority),
    };
    // Whom a machine could answer waits for nobody: a person gets the ticket when the answer did not help (R3).
    let assignee = if sorted.answer.is_some() { None } else { person_for(work, around, None, cx.now) };
    let facts = facts(cx, new, &ticket, &sorted, (&promised, origin), assignee.as_ref());
    let due_at = earliest([ticket.first_response_due_at, ticket.resolution_due_at]);
    Intake { ticket, sorted, assignee, facts, due_at }
}

/// The earliest of some instants.
pub(crate) fn earliest<const N: usize>(times: [Option<Timestamp>; N]) -> Option<Timestamp> {
    times.into_iter().flatten().min()
}

fn ticket(cx: &Cx, caller: &Caller, new: &NewTicket, sorted: &Sorted, due: Deadlines) -> Ticket {
    let name = caller.name.clone().or_else(|| new.name().map(str::to_owned));
    let asked = message(cx, 1, Author { kind: AuthorKind::Requester, name }, new.body());
    let answer = sorted
        .answer
        .as_ref()
        .map(|answer| answer.body.as_str())
        .or(sorted.thanks)
        .map(|text| message(cx, 2, Author { kind: AuthorKind::Automation, name: None }, text));
    Ticket {
        id: TicketId::from_random(platform::random_16()),
        number: 0,
        status: TicketStatus::Open,
        priority: sorted.priority.clone(),
        category: sorted.category.clone(),
        tier: caller.tier.clone(),
        subject: new.subject().to_owned(),
        created_at: cx.now,
        updated_at: cx.now,
        first_response_due_at: due.first_response_due_at,
        first_responded_at: None,
        resolution_due_at: due.resolution_due_at,
        auto_answer: sorted.answer.clone(),
        auto_answer_outcome: sorted.answer.is_some().then_some(AutoAnswerOutcome::Waiting),
        rating: None,
        messages: std::iter::once(asked).chain(answer).collect(),
    }
}

fn message(cx: &Cx, seq: u32, author: Author, body: &str) -> Message {
    let id = MessageId::from_random(platform::random_16());
    Message { id, seq, author, body: body.to_owned(), attachments: Vec::new(), internal: false, created_at: cx.now }
}

/// The first facts of its history (T5); from them alone its clocks can be computed again.
fn facts(
    cx: &Cx,
    new: &NewTicket,
    ticket: &Ticket,
    sorted: &Sorted,
    (promised, origin): (&Promised, Origin),
    assignee: Option<&Member>,
) -> Vec<Fact> {
    let created = json!({
        "priority": ticket.priority, "category": ticket.category, "tier": ticket.tier, "origin": origin,
        "promised": promised, "signals": sorted.signals,
    });
    let triaged = json!({ "queue": sorted.queue, "tags": sorted.tags, "matched": sorted.matched });
    let mut facts = vec![
        Fact::new("ticket.created", AuthorKind::Requester, new.name(), created, cx.now),
        Fact::automatic("ticket.triaged", triaged, cx.now),
    ];
    if let Some(answer) = &sorted.answer {
        let data = json!({ "rule": answer.rule, "confidence": answer.confidence });
        facts.push(Fact::automatic("auto_answered", data, cx.now));
    }
    if sorted.thanks.is_some() {
        facts.push(Fact::automatic("thanked", json!({ "reason": "wish" }), cx.now));
    }
    if let Some(member) = assignee {
        facts.push(Fact::automatic("assigned", taken_up(member), cx.now));
    }
    facts
}
