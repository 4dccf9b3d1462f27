//! One of the two workers under load: its site and visitors, what to ask it, and that both answer alike.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::{Context as _, Result, ensure};
use buoy_shared::policy_file;
use buoy_tests::{
    edge::random_hex,
    http::{Answer, Client},
    root::root,
};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, header::HeaderName};
use serde_json::{Value, json};

use crate::served::Served;

/// Where the load pretends to come from; the site allows it, so both workers check it.
const ORIGIN: &str = "https://app.example.com";

/// How many tickets the visitor has whose list is read.
const LISTED_TICKETS: usize = 20;

/// What is asked: the read paths of every page, and the two that touch the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Boot,
    Status,
    CreateTicket,
    ListTickets,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 4] = [Self::Boot, Self::Status, Self::CreateTicket, Self::ListTickets];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Boot => "boot",
            Self::Status => "status",
            Self::CreateTicket => "ticket create",
            Self::ListTickets => "ticket list",
        }
    }
}

/// Tickets as people write them, in both languages of the preset. Triage, which the peer has none of, reads them and changes
/// nothing about them: so both do the same, and ours a little more.
const DRAFTS: [(&str, &str, &str); 4] = [
    ("en", "Where do I find my certificate?", "I finished the course last week and cannot find it in my account."),
    ("ru", "Где посмотреть расписание?", "Хочу знать, в какие дни занятия в следующем месяце. На странице их нет."),
    ("en", "Homework in another format", "My teacher asks for a scan. May I send a photo from the phone as well?"),
    ("ru", "Можно ли перенести оплату?", "Хочу заплатить пятого числа, когда придёт зарплата. Это возможно?"),
];

/// The site on both workers.
const SITE: &str = "site_bench";

/// A worker with the site and two visitors on it.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) worker: Served,
    /// Writes.
    writer: String,
    /// Reads a list of [`LISTED_TICKETS`].
    reader: String,
    run: String,
    sent: AtomicU64,
}

impl Subject {
    /// Opens two sessions on a worker where the site is in place, and files the tickets that will be listed.
    pub(crate) async fn new(name: &'static str, worker: Served) -> Result<Self> {
        let mut subject = Self {
            name,
            worker,
            writer: String::new(),
            reader: String::new(),
            run: random_hex(),
            sent: AtomicU64::new(0),
        };
        subject.reader = subject.session().await?;
        subject.writer.clone_from(&subject.reader);
        for _ in 0..LISTED_TICKETS {
            let _stored = subject.ask(Endpoint::CreateTicket).await?.expect(201);
        }
        subject.writer = subject.session().await?;
        Ok(subject)
    }

    fn client(&self) -> Client {
        self.worker.client().with_header("origin", ORIGIN)
    }

    async fn session(&self) -> Result<String> {
        let answer = self.client().post("/api/support/session/").json(&json!({ "site": SITE })).send().await;
        let token = answer.expect(201).value().get("token").and_then(Value::as_str).map(str::to_owned);
        token.context("a session without a token")
    }

    /// The next request of a kind, as bytes on the line need it. Each create has a fresh key.
    pub(crate) fn request(&self, endpoint: Endpoint) -> Result<Request<Full<Bytes>>> {
        let builder = |method: Method, path: String| {
            let host = format!("127.0.0.1:{}", self.worker.port);
            Request::builder().method(method).uri(path).header("host", host).header("origin", ORIGIN)
        };
        let public = |what: &str| format!("/api/support/{what}/?site={SITE}&locale=en");
        let empty = || Full::new(Bytes::new());
        Ok(match endpoint {
            Endpoint::Boot => builder(Method::GET, public("boot")).body(empty())?,
            Endpoint::Status => builder(Method::GET, public("status")).body(empty())?,
            Endpoint::ListTickets => builder(Method::GET, "/api/support/tickets/".to_owned())
                .header("authorization", format!("Bearer {}", self.reader))
                .body(empty())?,
            Endpoint::CreateTicket => {
                let number = self.sent.fetch_add(1, Ordering::Relaxed);
                builder(Method::POST, "/api/support/tickets/".to_owned())
                    .header("authorization", format!("Bearer {}", self.writer))
                    .header("content-type", "application/json")
                    .header("idempotency-key", format!("{}-{number}", self.run))
                    .body(Full::new(draft(number).into()))?
            }
        })
    }

    /// The same request once, by the harness' client.
    async fn ask(&self, endpoint: Endpoint) -> Result<Answer> {
        let (head, _) = self.request(endpoint)?.into_parts();
        let mut request = self.client().request(head.method, &head.uri.to_string());
        for (name, value) in head.headers.iter().filter(|(name, _)| *name != "host" && *name != "origin") {
            request = request.header(name.as_str(), value.to_str()?);
        }
        if endpoint == Endpoint::CreateTicket {
            request = request.body(draft(self.sent.load(Ordering::Relaxed) - 1), "application/json");
        }
        Ok(request.send().await)
    }
}

fn draft(number: u64) -> String {
    let place = usize::try_from(number).unwrap_or_default() % DRAFTS.len();
    let Some((locale, subject, body)) = DRAFTS.get(place) else { return String::new() };
    let context = json!({ "url": "https://app.example.com/lessons/12", "title": "Lesson 12", "viewport": "1280x800" });
    json!({ "category": "lesson", "subject": subject, "body": body, "locale": locale, "context": context }).to_string()
}

/// Puts the site on the edge by its policy, and on the peer by the same policy and the very snapshots that the edge published.
pub(crate) async fn put_sites(edge: &Served, peer: &Served) -> Result<()> {
    // One visitor files thousands, which nobody does: no ticket of theirs is one too many on the same issue.
    let preset = std::fs::read_to_string(root().join("presets/school/policy.toml"))?;
    let policy_toml = preset.replace("escalate_at_same_issue = 3", "escalate_at_same_issue = 255");
    let policy = policy_file::parse(&policy_toml).map_err(|error| anyhow::anyhow!("{error}"))?;
    let path = format!("/api/support/operator/sites/{SITE}/");
    let spec = json!({ "name": "Bench", "policy_toml": policy_toml, "origins": [ORIGIN], "anonymous": true });
    let _stored = edge.operator().put(&path).json(&spec).send().await.expect(201);
    let mut snapshots = Vec::new();
    for locale in &policy.site.locales {
        for kind in ["boot", "status"] {
            let published = format!("/api/support/{kind}/?site={SITE}&locale={locale}");
            let mut body = edge.client().get(&published).send().await.expect(200).value();
            if let Some(fields) = body.as_object_mut() {
                fields.remove("assets"); // appended by each worker from its own deployment
            }
            snapshots.push(json!({ "kind": kind, "locale": locale, "body": body.to_string() }));
        }
    }
    let spec = json!({ "name": "Bench", "policy": policy, "origins": [ORIGIN], "snapshots": snapshots });
    let _stored = peer.operator().put(&path).json(&spec).send().await.expect(201);
    Ok(())
}

/// Makes sure that neither worker does less than the other: same status, same fields, same promises on every endpoint. Gives
/// the headers that only one of them sends, which is worth a word but no reason to stop.
pub(crate) async fn compare(ours: &Subject, peer: &Subject) -> Result<Vec<String>> {
    let mut odd = Vec::new();
    for endpoint in Endpoint::ALL {
        let (a, b) = (ours.ask(endpoint).await?, peer.ask(endpoint).await?);
        ensure!(a.status == b.status && a.status < 300, "{}: {} and {}\n{b:?}", endpoint.name(), a.status, b.status);
        let (shape_a, shape_b) = (shape(&a.value()), shape(&b.value()));
        ensure!(shape_a == shape_b, "{}: the answers differ\n{shape_a}\n{shape_b}", endpoint.name());
        let (names_a, names_b) = (header_names(&a), header_names(&b));
        odd.extend(names_a.symmetric_difference(&names_b).map(|name| format!("{}: {name}", endpoint.name())));
    }
    Ok(odd)
}

fn header_names(answer: &Answer) -> BTreeSet<String> {
    let is_framing = |name: &&HeaderName| ["content-length", "transfer-encoding", "date"].contains(&name.as_str());
    answer.headers.keys().filter(|name| !is_framing(name)).map(ToString::to_string).collect()
}

/// A value without what may differ between two honest workers: ids, instants, and which fields come first.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(text) => {
            let is_id = text.get(3..4) == Some("_") || text.ends_with('Z');
            if is_id { json!("…") } else { value.clone() }
        }
        other => other.clone(),
    }
}
