//! Who may ask how often: which limits a request meets, by which address, and what happens when counting fails.
//!
//! First the platform's own limiter, coarse and cheap; then the exact counters of `durable::quota`. When a counter cannot
//! be reached the request goes on, with a line in the log: a ticket that is lost is worse than one too many.

use crate::cx::Cx;
use crate::durable::quota::{self, Ask, KeyedCharge};
use crate::error::ApiError;
use crate::store::sessions::Caller;
use buoy_shared::api::{Audience, Method, RouteId};
use buoy_shared::id::SiteId;
use buoy_shared::identity::token_hash;
use buoy_shared::limits::{Limit, Limits};
use std::cell::OnceCell;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::rc::Rc;

/// Seconds that the platform's limiter counts in (`[[ratelimits]]` in wrangler.toml): after them there is room again.
const FIRST_LINE_SECONDS: u32 = 60;

thread_local! {
    /// The installation's settings: they do not change while an isolate lives.
    static LIMITS: OnceCell<Rc<Limits>> = const { OnceCell::new() };
}

fn limits(cx: &Cx) -> Rc<Limits> {
    LIMITS.with(|known| {
        Rc::clone(known.get_or_init(|| {
            let text = cx.env.var("LIMITS").map(|value| value.to_string()).unwrap_or_default();
            Rc::new(Limits::parse(&text).unwrap_or_else(|error| {
                worker::console_error!("LIMITS is not understood, the usual limits hold: {error}");
                Limits::default()
            }))
        }))
    })
}

/// Where a request comes from, as a key: the platform's own header and no other, since anybody can write
/// `X-Forwarded-For`. Of an IPv6 address the network: its owner has all of it. Locally there is none.
pub(crate) fn address_of(headers: &worker::Headers) -> Result<String, ApiError> {
    let header = headers.get("cf-connecting-ip")?.unwrap_or_default();
    Ok(match header.trim().parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => network_of(address).to_string(),
        Err(_) => "local".to_owned(),
    })
}

/// The first 64 bits.
const fn network_of(address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)
}

/// The coarse limiter, before anything is looked up: for whatever a stranger may call and that always costs a database.
/// What is mostly answered from published copies asks [`before_database`] when there is none.
pub(crate) async fn first_line(cx: &Cx, id: RouteId) -> Result<(), ApiError> {
    let route = id.route();
    let is_guarded = match route.audience {
        Audience::Visitor | Audience::Participant => true,
        Audience::Public => route.method != Method::Get || is_read_from_database(id),
        Audience::Agent | Audience::Operator => false,
    };
    if is_guarded { before_database(cx).await } else { Ok(()) }
}

/// What anybody may read, and of which no copy is published: few ask for it, so a flood of it is nobody's need.
const fn is_read_from_database(id: RouteId) -> bool {
    matches!(
        id,
        RouteId::GetHome
            | RouteId::ListCategories
            | RouteId::ListPriorities
            | RouteId::ListIncidents
            | RouteId::GetIncident
            | RouteId::ListMaintenances
    )
}

/// The same limiter, where only now it shows that a stranger's request costs a database.
pub(crate) async fn before_database(cx: &Cx) -> Result<(), ApiError> {
    if !limits(cx).first_line() {
        return Ok(());
    }
    let outcome = match cx.env.rate_limiter("FIRST_LINE") {
        Ok(limiter) => limiter.limit(cx.address.clone()).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(outcome) if !outcome.success => Err(ApiError::rate_limited(FIRST_LINE_SECONDS)),
        Ok(_) => Ok(()),
        Err(error) => {
            worker::console_error!("{}: the first line cannot be asked: {error}", cx.request_id);
            Ok(())
        }
    }
}

/// One of what, of whom.
struct Charge<'a> {
    limit: Limit,
    subject: &'a str,
    /// How many the site's policy allows, where it says so.
    count: Option<u32>,
}

impl<'a> Charge<'a> {
    const fn new(limit: Limit, subject: &'a str) -> Self {
        Self { limit, subject, count: None }
    }
}

type Taking<'a> = Pin<Box<dyn Future<Output = Result<(), ApiError>> + 'a>>;

/// Asks for room for each, and counts each if there is room for all.
///
/// Boxed, so that what every charge does is compiled once and not once a caller.
fn take<'a>(cx: &'a Cx, object: String, spend: bool, charges: &'a [Charge<'a>]) -> Taking<'a> {
    Box::pin(async move {
        let limits = limits(cx);
        let charges = charges
            .iter()
            .map(|charge| KeyedCharge {
                key: format!("{}/{}", charge.limit.name(), charge.subject),
                allowance: limits.of(charge.limit, charge.count),
            })
            .collect();
        match quota::ask(&cx.env, &object, &Ask { now: cx.now, spend, charges }).await {
            Ok(None) => Ok(()),
            Ok(Some(seconds)) => Err(ApiError::rate_limited(seconds)),
            Err(error) => {
                worker::console_error!("{}: counters of {object} cannot be asked: {error}", cx.request_id);
                Ok(())
            }
        }
    })
}

fn of_site(site: &SiteId) -> String {
    format!("site/{site}")
}

/// A session is opened.
pub(crate) async fn charge_session(cx: &Cx, site: &SiteId) -> Result<(), ApiError> {
    take(cx, of_site(site), true, &[Charge::new(Limit::SessionsPerAddress, &cx.address)]).await
}

/// A ticket is filed. A repeat under its key is not, and what is refused for its fields is not.
/// `address` is none where it says nothing about the person: all of Telegram calls from a few.
pub(crate) async fn charge_ticket(
    cx: &Cx,
    address: Option<&str>,
    site: &SiteId,
    caller: &Caller,
) -> Result<(), ApiError> {
    let count = Some(caller.site.policy.limits.tickets_per_visitor_hour);
    let mut charges = vec![
        Charge { count, ..Charge::new(Limit::TicketsPerVisitor, caller.customer_id.as_str()) },
        Charge::new(Limit::TicketsPerSite, "all"),
    ];
    charges.extend(address.map(|address| Charge::new(Limit::TicketsPerAddress, address)));
    take(cx, of_site(site), true, &charges).await
}

/// A message is added.
pub(crate) async fn charge_message(cx: &Cx, site: &SiteId, caller: &Caller) -> Result<(), ApiError> {
    let count = Some(caller.site.policy.limits.messages_per_visitor_minute);
    let charge = Charge { count, ..Charge::new(Limit::MessagesPerVisitor, caller.customer_id.as_str()) };
    take(cx, of_site(site), true, &[charge]).await
}

/// A member of the team shows that they are writing.
pub(crate) async fn charge_typing(cx: &Cx, site: &SiteId, agent: &str) -> Result<(), ApiError> {
    take(cx, of_site(site), true, &[Charge::new(Limit::TypingPerAgent, agent)]).await
}

/// A file is sent.
pub(crate) async fn charge_upload(cx: &Cx, site: &SiteId, visitor: &str) -> Result<(), ApiError> {
    let charges = [Charge::new(Limit::UploadsPerVisitor, visitor), Charge::new(Limit::UploadsPerAddress, &cx.address)];
    take(cx, of_site(site), true, &charges).await
}

/// Somebody asks to hear of incidents, from here.
pub(crate) async fn charge_subscription(cx: &Cx, site: &SiteId) -> Result<(), ApiError> {
    let charges =
        [Charge::new(Limit::SubscriptionsPerAddress, &cx.address), Charge::new(Limit::SubscriptionsPerSite, "all")];
    take(cx, of_site(site), true, &charges).await
}

/// Somebody says whether an article helped.
pub(crate) async fn charge_vote(cx: &Cx, site: &SiteId) -> Result<(), ApiError> {
    take(cx, of_site(site), true, &[Charge::new(Limit::VotesPerAddress, &cx.address)]).await
}

/// The owner of an address is asked whether they want that. Who they are is not kept, even for so long.
pub(crate) async fn charge_confirmation(cx: &Cx, site: &SiteId, owner: &str) -> Result<(), ApiError> {
    take(cx, of_site(site), true, &[Charge::new(Limit::ConfirmationsPerOwner, &token_hash(owner))]).await
}

/// A team's or operator's token was wrong: gives the refusal. Past the limit it is another one.
///
/// An agent's right token still passes then: it is 256 random bits, which nobody guesses, and one forgotten script must
/// not lock its whole office out of the desk. The limit spares us the noise.
pub(crate) async fn staff_failure(cx: &Cx) -> ApiError {
    match take(cx, format!("staff/{}", cx.address), true, &[Charge::new(Limit::StaffFailuresPerAddress, &cx.address)])
        .await
    {
        Ok(()) => ApiError::unauthenticated(),
        Err(limited) => limited,
    }
}

/// Whether an operator's token may be tried from here. People choose that token themselves, so after too many wrong
/// ones the right one is not taken either.
pub(crate) async fn operator_may_try(cx: &Cx) -> Result<(), ApiError> {
    take(cx, format!("staff/{}", cx.address), false, &[Charge::new(Limit::StaffFailuresPerAddress, &cx.address)]).await
}
