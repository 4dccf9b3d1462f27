//! Calls for whoever is on call: triggered, climbing while nobody answers, handed over (E4).

use crate::error::ApiError;
use crate::store::outbox::named_16;
use crate::store::pages::{self, Climb, NewPage, PageRow, Uncontained};
use crate::store::rosters::{self, ToldRoster};
use crate::store::sites::{self, Site};
use crate::store::{Db, Query};
use buoy_shared::id::{PageId, SiteId};
use buoy_shared::on_call::{Roster, Turn, next_level, turn, week_of_quarter};
use buoy_shared::policy::OnCall;
use buoy_shared::time::Timestamp;

/// The level that urgent tickets call at once (P), and an incident that nobody contained (E4).
pub(crate) const ENGINEERS: &str = "engineering";

/// A reason to call somebody.
pub(crate) struct Call<'a> {
    pub(crate) site: &'a SiteId,
    /// What makes it one page, however often it is asked for.
    pub(crate) name: &'a str,
    pub(crate) summary: &'a str,
    pub(crate) ticket: Option<&'a str>,
    pub(crate) incident: Option<&'a str>,
    /// The level to begin at; none, or one that the policy has not, is the first. Where nobody is on duty from there up,
    /// whoever is on duty below is called.
    pub(crate) level: Option<&'a str>,
}

/// Calls whoever is on duty; gives the page. Where the policy has nobody on call, nothing happens.
pub(crate) async fn trigger(db: &Db, call: &Call<'_>, now: Timestamp) -> Result<Option<PageId>, ApiError> {
    let Some(site) = sites::find(db, call.site).await? else { return Ok(None) };
    let Some(policy) = &site.policy.on_call else { return Ok(None) };
    let rosters = rosters::rosters(db, call.site).await?;
    let begin = policy.levels.iter().position(|level| Some(level.key.as_str()) == call.level).unwrap_or(0);
    let reached = next_level(policy, &rosters, begin, now).or_else(|| next_level(policy, &rosters, 0, now));
    let id = PageId::from_random(named_16(&format!("page|{}|{}", call.site, call.name)));
    let new = NewPage {
        site: call.site,
        id: &id,
        summary: call.summary,
        ticket: call.ticket,
        incident: call.incident,
        level: reached.as_ref().map_or_else(|| call.level.unwrap_or("nobody"), |(_, level, _)| &level.key),
        place: place(reached.as_ref().map_or(begin, |(place, ..)| *place)),
        person: reached.as_ref().map(|(.., turn)| turn.person.as_str()),
        climbs_at: reached.as_ref().map(|_| deadline(policy, now)),
    };
    db.batch(pages::insert(&new, now)?).await?;
    Ok(Some(id))
}

fn deadline(policy: &OnCall, now: Timestamp) -> Timestamp {
    now.plus_millis(policy.acknowledge_within.as_millis())
}

fn place(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// How long something waits that could not be decided on, in seconds: until the next minute, behind what waits longer.
const PUT_OFF_SECONDS: i64 = 60;

/// The cron's part: what nobody took goes up, what nobody contained calls engineering, what changed hands is told. What goes
/// wrong with one is its own: sites share nothing, and one that cannot be read keeps nobody of another asleep.
pub(crate) async fn sweep(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    let later = now.plus_seconds(PUT_OFF_SECONDS);
    for page in pages::unheard(db, now).await? {
        if let Err(error) = go_up(db, &page, now).await {
            worker::console_error!("page {}: {error:?}", page.id);
            db.run(pages::put_off(&page, later)).await?;
        }
    }
    for incident in pages::uncontained(db).await? {
        if let Err(error) = contain(db, &incident, now).await {
            worker::console_error!("containment of {}: {error:?}", incident.incident);
        }
    }
    for told in rosters::rosters_to_look_at(db, now).await? {
        if let Err(error) = hand_over(db, &told, now).await {
            worker::console_error!("roster {} of {}: {error:?}", told.level, told.site);
            db.run(rosters::look_again(&told, later)).await?;
        }
    }
    Ok(())
}

/// A page that nobody took goes to the next level that has somebody.
async fn go_up(db: &Db, page: &PageRow, now: Timestamp) -> Result<(), ApiError> {
    let Some(site) = sites::find(db, &page.site).await? else { return Ok(()) };
    let rosters = rosters::rosters(db, &page.site).await?;
    let from = usize::try_from(page.place).unwrap_or(usize::MAX).saturating_add(1);
    let policy = site.policy.on_call.as_ref();
    let next = policy.and_then(|policy| Some((policy, next_level(policy, &rosters, from, now)?)));
    let climb = next.as_ref().map(|(policy, (at, level, turn))| Climb {
        level: &level.key,
        place: place(*at),
        person: &turn.person,
        climbs_at: deadline(policy, now),
    });
    db.batch(pages::climb(page, climb.as_ref(), now)?).await.map(drop)
}

/// An incident that nobody contained in time calls engineering.
async fn contain(db: &Db, incident: &Uncontained, now: Timestamp) -> Result<(), ApiError> {
    let Some(site) = sites::find(db, &incident.site).await? else { return Ok(()) };
    let started = Timestamp::from(incident.started_at);
    let is_late = |policy: &OnCall| started.plus_millis(policy.contain_within.as_millis()) <= now;
    if !site.policy.on_call.as_ref().is_some_and(is_late) {
        return Ok(());
    }
    let call = Call {
        site: &incident.site,
        name: &incident.incident,
        summary: &incident.title,
        ticket: None,
        incident: Some(&incident.incident),
        level: Some(ENGINEERS),
    };
    trigger(db, &call, now).await.map(drop)
}

/// Limits of the policy that a handoff passes (E4): too many weeks of whoever comes, too much in the week of whoever goes.
/// They are told to whoever plans, and kept by people: a roster that nobody else can fill is better than nobody on call.
async fn limits_passed(
    db: &Db,
    site: &SiteId,
    (policy, rosters): (&OnCall, &[Roster]),
    before: Option<&Turn>,
    current: &Turn,
) -> Result<Vec<String>, ApiError> {
    let mut notes = Vec::new();
    let (week, weeks_max) = (week_of_quarter(policy, rosters, current), policy.weeks_a_quarter_max);
    if week > usize::from(weeks_max) {
        notes.push(format!("this is week {week} on call in the quarter for whoever comes, at most {weeks_max}"));
    }
    if let Some(Turn { person, from, until }) = before {
        let since = (*from).max(until.plus_millis(-WEEK_MS));
        let (calls, calls_max) = (pages::called(db, site, person, since, *until).await?, policy.incidents_a_week_max);
        if calls > u32::from(calls_max) {
            notes.push(format!(
                "{calls} calls in the last week for whoever goes, more than {calls_max}: the next week is off"
            ));
        }
    }
    Ok(notes)
}

/// A week in milliseconds.
const WEEK_MS: i64 = 7 * 86_400_000;

/// The longest that nobody looks whether a turn has changed, in milliseconds: a day. Whatever else may change it says so.
const LOOK_MS_MAX: i64 = 86_400_000;

/// Tells of a turn that has begun, and notes when to look next.
async fn hand_over(db: &Db, told: &ToldRoster, now: Timestamp) -> Result<(), ApiError> {
    let (next, mut queries) = handed_over(db, told, now).await?;
    let latest = now.plus_millis(LOOK_MS_MAX);
    queries.push(rosters::look_again(told, next.map_or(latest, |next| next.min(latest))));
    db.batch(queries).await.map(drop)
}

/// When the turn of a roster ends, and the statements that tell of it if it has just begun.
async fn handed_over(db: &Db, told: &ToldRoster, now: Timestamp) -> Result<(Option<Timestamp>, Vec<Query>), ApiError> {
    let nothing = (None, Vec::new());
    let Some(Site { policy, .. }) = sites::find(db, &told.site).await? else { return Ok(nothing) };
    let Some(on_call) = &policy.on_call else { return Ok(nothing) };
    let Some(level) = on_call.levels.iter().find(|level| level.key == told.level) else { return Ok(nothing) };
    let rosters = rosters::rosters(db, &told.site).await?;
    let Some(roster) = rosters.iter().find(|roster| roster.level == told.level) else { return Ok(nothing) };
    let Some(current) = turn(level, roster, &on_call.zone, now) else {
        // Before the first turn: it begins when the roster says.
        return Ok((Some(roster.since).filter(|since| *since > now), Vec::new()));
    };
    if current.from <= Timestamp::from(told.told_from) {
        return Ok((Some(current.until), Vec::new()));
    }
    let before = turn(level, roster, &on_call.zone, current.from.plus_millis(-1));
    let notes = limits_passed(db, &told.site, (on_call, &rosters), before.as_ref(), &current).await?;
    let people = (before.as_ref().map(|turn| turn.person.as_str()), current.person.as_str());
    let queries = pages::hand_off(&told.site, &told.level, people, notes, current.from, now)?;
    Ok((Some(current.until), queries))
}
