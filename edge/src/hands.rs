//! Who gets a ticket (R5), and how it comes into their hands: one way for new tickets, for those that a machine could
//! not answer (R3), and for those that nobody was free to take before.

use crate::error::ApiError;
use crate::store::Rows;
use crate::store::filing::{Member, Related};
use buoy_shared::assignment::{Candidate, Work, assign};
use buoy_shared::time::Timestamp;
use serde_json::{Value, json};

/// What was read about the customer's other tickets and the team.
#[derive(Default)]
pub(crate) struct Around {
    pub(crate) related: Vec<Related>,
    pub(crate) members: Vec<Member>,
}

impl Around {
    /// Reads the rows of [`crate::store::filing::related`] and [`crate::store::filing::members`].
    pub(crate) fn read(related: Option<&Rows>, members: Option<&Rows>) -> Result<Self, ApiError> {
        Ok(Self {
            related: related.map(Rows::all).transpose()?.unwrap_or_default(),
            members: members.map(Rows::all).transpose()?.unwrap_or_default(),
        })
    }
}

/// The person for a ticket (R5); `not` has it, and let it lie.
pub(crate) fn person_for(work: Work<'_>, around: &Around, not: Option<&str>, now: Timestamp) -> Option<Member> {
    let answered = |member: &Member| {
        around
            .related
            .iter()
            .any(|earlier| earlier.category == work.category && earlier.assignee.as_deref() == Some(member.id.as_str()))
    };
    let candidates: Vec<Candidate<'_>> = around
        .members
        .iter()
        .map(|member| Candidate {
            id: &member.id,
            skills: &member.skills,
            on_shift_until: member.on_shift_until.map(Timestamp::from),
            load: member.load,
            answered_related: answered(member),
        })
        .collect();
    let chosen = assign(work, &candidates, not, now)?;
    around.members.iter().find(|member| member.id == chosen).cloned()
}

/// The person for a ticket that nobody has; none when somebody has it, whom nothing takes it from, or nobody is free.
pub(crate) fn take_up(work: Work<'_>, holder: Option<&str>, around: &Around, now: Timestamp) -> Option<Member> {
    if holder.is_some() { None } else { person_for(work, around, None, now) }
}

/// What the fact `assigned` says of a ticket that nobody had.
pub(crate) fn taken_up(member: &Member) -> Value {
    json!({ "from": null, "to": member.id, "to_name": member.name })
}
