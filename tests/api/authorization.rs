//! The authorization matrix (A7): every route of the contract × every role × {own, another visitor's, another site's,
//! random, malformed}. What is foreign answers byte for byte like what is missing.

mod role;
mod table;

use crate::tickets::file;
use buoy_shared::api::{LIVE_PROTOCOL, Method, ROUTES, Route, RouteId};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::{Answer, Client};
use futures_util::future::join_all;
use role::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use table::{Row, Thing, destination, random_id, row};

/// One person with their things.
struct Person {
    client: Client,
    ticket: String,
    upload: String,
}

async fn person(site: &Site, identity: Option<&str>) -> Person {
    let client = site.visitor(identity).await;
    let file_of = |name: &str| {
        let request = client.post("/api/support/uploads/").header("x-file-name", name);
        request.body("words", "text/plain").send()
    };
    let upload = file_of("a.txt").await.expect(201).value()["id"].as_str().expect("an id").to_owned();
    let draft = json!({ "subject": "Mine", "body": "b", "attachments": [upload] });
    let request = client.post("/api/support/tickets/").idempotency_key("first").json(&draft);
    let ticket = request.send().await.expect(201).value()["id"].as_str().expect("an id").to_owned();
    Person { client, ticket, upload }
}

/// What a site has, and a customer to lose.
/// The id of somebody who just joined a team.
async fn new_member(site: &Site) -> String {
    let edge = Edge::shared();
    let token = site.add_agent(edge, "viewer").await;
    let me = edge.client().with_bearer(&token).get("/api/support/agent/me/").send().await.expect(200).value();
    me["id"].as_str().expect("an id").to_owned()
}

struct Place {
    site: Site,
    visitor: Person,
    other: Person,
    customer: String,
    incident: String,
    draft: String,
    work: String,
    feature: String,
    article: String,
    destination: String,
    page: String,
}

async fn place(article: &str) -> Place {
    let site = Edge::shared().new_site("school", &[]).await;
    let (visitor, other) = (person(&site, None).await, person(&site, None).await);
    let lost = person(&site, None).await;
    let staff = site.staff();
    let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).expect("text").to_owned();
    let read = staff.get(&format!("/api/support/agent/tickets/{}/", lost.ticket)).send().await.expect(200).value();
    let draft = json!({ "title": "t", "impact": "minor", "body": "b", "components": [] });
    let incident = staff.post("/api/support/incidents/").json(&draft).send().await.expect(201).value();
    let drafted = json!({ "title": "perhaps" });
    let drafted = staff.post("/api/support/agent/incident_drafts/").json(&drafted).send().await.expect(201).value();
    let work = crate::incident_life::plan(&site, 3_600, 7_200).await;
    let wish = json!({ "title": format!("Wish of {article}"), "ticket": visitor.ticket });
    let feature = staff.post("/api/support/agent/features/").json(&wish).send().await.expect(201).value();
    let destination =
        staff.post("/api/support/agent/destinations/").json(&destination()).send().await.expect(201).value();
    let page =
        staff.post("/api/support/agent/pages/").json(&json!({ "summary": "s" })).send().await.expect(201).value();
    let markdown = "---\ntitle: How to pay\nsummary: Paying\n---\n\nPress pay.\n";
    let articles = json!({ "articles": [{ "locale": "en", "slug": article, "markdown": markdown }], "publish": true, "rebuild": true });
    let report = staff.post("/api/support/agent/kb/import/").json(&articles).send().await.expect(200).value();
    assert_eq!(report["stored"], 1, "{report}");
    Place {
        visitor,
        other,
        customer: text(&read, "/requester/id"),
        incident: text(&incident, "/id"),
        draft: text(&drafted, "/id"),
        work: work.id.to_string(),
        feature: text(&feature, "/id"),
        article: article.to_owned(),
        destination: text(&destination, "/destination/id"),
        page: text(&page, "/id"),
        site,
    }
}

struct Matrix {
    here: Place,
    there: Place,
    identified: Person,
    viewer: String,
    agent: String,
}

/// Whose the thing is that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Own,
    OtherVisitors,
    OtherSites,
    Random,
    Malformed,
}

impl Matrix {
    async fn set_up() -> Self {
        let (here, there) = (place("own").await, place("theirs").await);
        let token = here.site.identity("u1", &json!({}));
        let identified = person(&here.site, Some(&token)).await;
        let edge = Edge::shared();
        let viewer = here.site.add_agent(edge, "viewer").await;
        let agent = here.site.add_agent(edge, "agent").await;
        Self { here, there, identified, viewer, agent }
    }

    fn client(&self, role: Role) -> Client {
        let edge = Edge::shared();
        match role {
            Role::Nobody => edge.client(),
            Role::Visitor => self.here.visitor.client.clone(),
            Role::OtherVisitor => self.here.other.client.clone(),
            Role::Identified => self.identified.client.clone(),
            Role::VisitorElsewhere => self.there.visitor.client.clone(),
            Role::Viewer => edge.client().with_bearer(&self.viewer),
            Role::Agent => edge.client().with_bearer(&self.agent),
            Role::Admin => self.here.site.staff(),
            Role::AdminElsewhere => self.there.site.staff(),
            Role::Operator => edge.operator(),
        }
    }

    /// The place a role belongs to, and the other one.
    const fn places(&self, role: Role) -> (&Place, &Place) {
        match role {
            Role::VisitorElsewhere | Role::AdminElsewhere => (&self.there, &self.here),
            _ => (&self.here, &self.there),
        }
    }

    /// The id that a request names.
    fn id(&self, role: Role, thing: Thing, whose: Whose) -> String {
        let (own, other) = self.places(role);
        let mine = match role {
            Role::OtherVisitor => &own.other,
            Role::Identified => &self.identified,
            _ => &own.visitor,
        };
        let neighbour = if role == Role::OtherVisitor { &own.visitor } else { &own.other };
        let pick = |person: &Person| match thing {
            Thing::Upload => person.upload.clone(),
            _ => person.ticket.clone(),
        };
        let of_place = |place: &Place| match thing {
            Thing::Customer => place.customer.clone(),
            Thing::Incident => place.incident.clone(),
            Thing::Draft => place.draft.clone(),
            Thing::Work => place.work.clone(),
            Thing::Page => place.page.clone(),
            Thing::Feature => place.feature.clone(),
            Thing::Destination => place.destination.clone(),
            Thing::Article | Thing::NewArticle => place.article.clone(),
            Thing::Site | Thing::NewSite => place.site.id.clone(),
            _ => pick(&place.visitor),
        };
        let personal = matches!(thing, Thing::Ticket | Thing::Upload);
        match whose {
            Whose::Own if personal => pick(mine),
            Whose::Own => of_place(own),
            Whose::OtherVisitors => pick(neighbour),
            Whose::OtherSites => of_place(other),
            Whose::Random => random_id(thing).to_owned(),
            Whose::Malformed => "no..such%20thing".to_owned(),
        }
    }

    async fn ask(&self, route: &Route, role: Role, row: &Row, id: &str) -> (u16, String) {
        // Who signs out does so with a session of its own.
        let client = match (route.id, role) {
            (RouteId::EndSession, role) if role.is_visitor() => self.places(role).0.site.visitor(None).await,
            _ => self.client(role),
        };
        let own = &self.places(role).0.site;
        // Whoever is taken away is gone, so each asks for another.
        let team = [&self.here.site, &self.there.site].into_iter().find(|site| site.id == id).unwrap_or(own);
        let member = if route.id == RouteId::RemoveAgent { new_member(team).await } else { String::new() };
        let mut path = route.path.to_owned();
        for name in route.parameters() {
            let value = match name {
                "kid" => "k1",
                "agent" => &member,
                _ => id,
            };
            path = path.replace(&format!("<{name}>"), value);
        }
        let site = &own.id;
        let path = format!("{path}?site={site}&locale=en&q=pay");
        if route.id == RouteId::FollowTicket {
            return follow(&client, &path).await;
        }
        let request = match route.method {
            Method::Get => client.get(&path),
            Method::Post => client.post(&path),
            Method::Put => client.put(&path),
            Method::Patch => client.patch(&path),
            Method::Delete => client.delete(&path),
        };
        // A fresh key each time, of which no earlier answer is known.
        let request = request.idempotency_key(&buoy_tests::edge::random_hex());
        let request = match &row.body {
            Value::Null => request,
            Value::String(file) => request.body(file.as_bytes(), "text/plain"),
            body => request.json(body),
        };
        let answer: Answer = request.send().await;
        (answer.status, without_request_id(&answer.text()))
    }

    /// What one role gets from one route, about everything.
    async fn check(&self, route: &Route, role: Role, missing: &mut BTreeSet<String>) {
        let (own, _) = self.places(role);
        let ticket = if role == Role::Identified { &self.identified.ticket } else { &own.visitor.ticket };
        let row = row(route.id, &own.site.id, ticket);
        let refused = role.at(row.gate);
        let kinds: &[Whose] = match row.thing {
            Thing::Nothing | Thing::NewSite | Thing::NewArticle => &[Whose::Own],
            Thing::Ticket | Thing::Upload => {
                &[Whose::Own, Whose::OtherVisitors, Whose::OtherSites, Whose::Random, Whose::Malformed]
            }
            _ => &[Whose::Own, Whose::OtherSites, Whose::Random, Whose::Malformed],
        };
        let asked = kinds.iter().map(|whose| async {
            let id = self.id(role, row.thing, *whose);
            (*whose, self.ask(route, role, &row, &id).await)
        });
        for (whose, (status, text)) in join_all(asked).await {
            let what = format!("{:?} as {role:?}, {whose:?}: {status} {text}", route.id);
            assert!(status < 500, "{what}");
            let is_theirs = match whose {
                Whose::Own => true,
                Whose::OtherVisitors => role.is_staff(),
                // The operator's are all sites.
                Whose::OtherSites => role == Role::Operator && row.thing == Thing::Site,
                Whose::Random | Whose::Malformed => false,
            };
            if refused != 0 {
                assert_eq!(status, refused, "{what}");
            } else if is_theirs {
                assert!(!matches!(status, 401 | 403 | 404), "{what}");
            } else {
                assert_eq!(status, 404, "{what}");
                missing.insert(text);
            }
        }
    }
}

/// A WebSocket's answer: a page sends its token as a subprotocol.
async fn follow(client: &Client, path: &str) -> (u16, String) {
    let token = client.bearer().map(|token| format!(", bearer.{token}")).unwrap_or_default();
    let request = Edge::shared().client().get(path).header("upgrade", "websocket").header("connection", "upgrade");
    let request = request.header("sec-websocket-version", "13").header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let answer = request.header("sec-websocket-protocol", &format!("{LIVE_PROTOCOL}{token}")).send().await;
    (answer.status, without_request_id(&answer.text()))
}

fn without_request_id(text: &str) -> String {
    let Some((before, rest)) = text.split_once("\"request_id\":\"") else { return text.to_owned() };
    let after = rest.split_once('"').map_or("", |(_, after)| after);
    format!("{before}{after}")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_it_should_and_shows_nobody_what_is_anothers() {
    let matrix = Matrix::set_up().await;
    // A key is retired while it is the last, and customers are lost when nobody needs them any more.
    let late = |id: RouteId| match id {
        RouteId::AddIdentityKey => 1,
        RouteId::MergeTicket => 2,
        RouteId::EraseCustomer | RouteId::RemoveDestination => 3,
        _ => 0,
    };
    let mut routes: Vec<&Route> = ROUTES.iter().collect();
    routes.sort_by_key(|route| late(route.id));
    for route in routes {
        let mut missing = BTreeSet::new();
        for role in Role::ALL {
            matrix.check(route, role, &mut missing).await;
        }
        assert!(missing.len() <= 1, "{:?}: what is foreign differs from what is missing: {missing:#?}", route.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_id_in_a_body_answers_like_a_missing_one() {
    let (here, there) = (place("own").await, place("theirs").await);
    let (staff, visitor) = (here.site.staff(), &here.visitor.client);
    let missing = random_id(Thing::Ticket);
    let merge = format!("/api/support/agent/tickets/{}/merge/", here.visitor.ticket);
    let vote = format!("/api/support/agent/features/{}/vote/", here.feature);
    for (path, body) in [
        (merge.as_str(), &(|id: &str| json!({ "into": id })) as &dyn Fn(&str) -> Value),
        (vote.as_str(), &|id| json!({ "ticket": id })),
        ("/api/support/agent/features/", &|id| json!({ "title": "A wish", "ticket": id })),
        ("/api/support/agent/tickets/bulk/", &|id| json!({ "tickets": [id], "change": { "tags": ["x"] } })),
    ] {
        let mut answers = BTreeSet::new();
        for id in [there.visitor.ticket.as_str(), missing] {
            let text = staff.post(path).json(&body(id)).send().await.text();
            answers.insert(without_request_id(&text).replace(id, "the id"));
        }
        assert_eq!(answers.len(), 1, "{path}: {answers:#?}");
    }
    // Files: another visitor's, another site's, none, one that is attached already, and no id at all.
    let mut answers = BTreeSet::new();
    let neighbours = visitor_file(&here.other.client).await;
    let elsewhere = visitor_file(&there.visitor.client).await;
    for id in [&neighbours, &elsewhere, random_id(Thing::Upload), &here.visitor.upload, "../x"] {
        let draft = json!({ "subject": "s", "body": "b", "attachments": [id] });
        let key = buoy_tests::edge::random_hex();
        let answer = visitor.post("/api/support/tickets/").idempotency_key(&key).json(&draft).send().await.expect(422);
        answers.insert(without_request_id(&answer.text()));
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
    drop(file(visitor, "still works", "later").await);
}

async fn visitor_file(client: &Client) -> String {
    let answer = client.post("/api/support/uploads/").body("words", "text/plain").send().await.expect(201);
    answer.value()["id"].as_str().expect("an id").to_owned()
}
