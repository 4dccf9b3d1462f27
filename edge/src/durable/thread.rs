//! One live conversation: the sockets that follow a ticket, and one verb, telling them what is new.
//!
//! The object holds no truth. Messages are in D1; a socket remembers in its attachment how far it was told, and what
//! is new is read from there on. So a message may be announced twice, late, or by the cron after a crash, and each
//! socket still gets each message once and in order. Between events the object hibernates: its memory is gone, its
//! sockets and their attachments stay.

use crate::auth::TokenRef;
use crate::error::{ApiError, MALFORMED_STATUS};
use crate::store::Db;
use crate::store::threads;
use buoy_shared::api::{LIVE_PROTOCOL, LiveEvent};
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::ticket::{Message, ThreadEvent, TicketStatus};
use serde::{Deserialize, Serialize};
use worker::{
    Env, Headers, Method, Request, RequestInit, Response, Result, State, Stub, WebSocket, WebSocketIncomingMessage,
    WebSocketPair,
};

/// Sockets that one ticket may have: a person's tabs and devices, with room to spare.
const SOCKETS_MAX: usize = 64;

/// What a page sends to learn whether the line is alive, and what it gets; answered without waking the object.
const PING: &str = "ping";
const PONG: &str = "pong";

/// WebSocket close codes: try again later; the application's own.
const CLOSE_TRY_LATER: u16 = 1013;
const CLOSE_NORMAL: u16 = 1000;
const CLOSE_SIGNED_OUT: u16 = 4001;

/// The name of a ticket's object: the site stands in it, so that no ticket of another site can be reached.
fn object(env: &Env, site: &SiteId, ticket: &TicketId) -> Result<Stub> {
    env.durable_object("THREADS")?.get_by_name(&format!("{site}/{ticket}"))
}

/// Connects a page whose right to the ticket was checked.
pub(crate) async fn follow(
    env: &Env,
    token: &TokenRef,
    ticket: &TicketId,
    after: u32,
    events_after: Option<u32>,
) -> std::result::Result<Response, ApiError> {
    let TokenRef { site, hash } = token;
    let events = events_after.map_or_else(String::new, |version| version.to_string());
    let mut request =
        Request::new(&format!("https://thread/follow/{site}/{ticket}/{after}/{hash}/{events}"), Method::Get)?;
    request.headers_mut()?.set("upgrade", "websocket")?;
    Ok(object(env, site, ticket)?.fetch_with_request(request).await?)
}

/// Tells a ticket's followers that there is something new.
pub(crate) async fn notify(env: &Env, site: &SiteId, ticket: &TicketId) -> std::result::Result<(), ApiError> {
    let response =
        object(env, site, ticket)?.fetch_with_str(&format!("https://thread/notify/{site}/{ticket}/0")).await?;
    expect_told(&response)
}

fn expect_told(response: &Response) -> std::result::Result<(), ApiError> {
    if response.status_code() == 200 {
        Ok(())
    } else {
        Err(ApiError::internal(format!("thread object answered {}", response.status_code())))
    }
}

/// Tells a ticket's followers that somebody of the team is writing, by the name that their messages bear.
pub(crate) async fn announce_typing(
    env: &Env,
    site: &SiteId,
    ticket: &TicketId,
    name: &str,
) -> std::result::Result<(), ApiError> {
    let word = serde_json::to_string(&LiveEvent::Typing { name: name.to_owned() })?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(word.into()));
    let request = Request::new_with_init(&format!("https://thread/typing/{site}/{ticket}"), &init)?;
    let response = object(env, site, ticket)?.fetch_with_request(request).await?;
    expect_told(&response)
}

/// What a socket keeps while the object sleeps.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Follower {
    site: SiteId,
    ticket: TicketId,
    /// Place of the last message it was told.
    seq: u32,
    /// How far the ticket was when it was last told.
    #[serde(default)]
    status: Option<TicketStatus>,
    /// The ticket's version up to which it was told what became of the ticket; none before it was told anything.
    #[serde(default)]
    version: Option<u32>,
    /// Hash of the token it came with: when that ends, so does the line. None for sockets of an earlier version.
    #[serde(default)]
    session: Option<String>,
}

/// The sockets that follow one ticket.
pub struct ThreadRoom {
    state: State,
    env: Env,
}

impl ThreadRoom {
    /// A room in the memory of an isolate.
    pub fn new(state: State, env: Env) -> Self {
        if let Ok(pair) = worker::WebSocketRequestResponsePair::new(PING, PONG) {
            state.set_websocket_auto_response(&pair);
        }
        Self { state, env }
    }

    /// What the edge asks of it.
    ///
    /// # Errors
    /// When the platform's storage or sockets fail.
    pub async fn fetch(&self, mut request: Request) -> Result<Response> {
        let path = request.path();
        let mut parts = path.trim_start_matches('/').split('/');
        let (verb, site, ticket, after) = (parts.next(), parts.next(), parts.next(), parts.next());
        let session = parts.next().map(str::to_owned);
        let version = parts.next().and_then(|text| text.parse().ok());
        let site = site.and_then(|text| SiteId::parse(text).ok());
        let ticket = ticket.and_then(|text| TicketId::parse(text).ok());
        let (Some(site), Some(ticket)) = (site, ticket) else {
            return Response::error("no such thread", MALFORMED_STATUS);
        };
        match verb {
            Some("follow") => {
                let seq = after.and_then(|text| text.parse().ok()).unwrap_or(0);
                self.accept(Follower { site, ticket, seq, status: None, version, session }).await
            }
            Some("notify") => self.tell_all().await,
            Some("typing") => self.pass_on(&request.text().await?).await,
            _ => Response::error("no such verb", MALFORMED_STATUS),
        }
    }

    /// What it does when a socket of its own has news.
    ///
    /// # Errors
    /// Never today.
    pub async fn websocket_message(&self, _socket: WebSocket, _message: WebSocketIncomingMessage) -> Result<()> {
        // Pages only listen; a ping is answered without waking us, anything else is passed over.
        Ok(())
    }

    /// What it does when a socket of its own has news.
    ///
    /// # Errors
    /// Never today.
    pub async fn websocket_close(
        &self,
        socket: WebSocket,
        _code: usize,
        _reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        // The other side is gone already when this fails.
        drop(socket.close(Some(CLOSE_NORMAL), Some("")));
        Ok(())
    }

    /// What it does when a socket of its own has news.
    ///
    /// # Errors
    /// Never today.
    pub async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        drop(socket.close(Some(CLOSE_NORMAL), Some("")));
        Ok(())
    }

    /// What it does by the clock.
    ///
    /// # Errors
    /// When the platform's storage fails.
    pub async fn alarm(&self) -> Result<Response> {
        // None is ever set; the default would panic.
        Response::empty()
    }
}

impl ThreadRoom {
    /// Takes a socket in: first it follows, then it is told what it missed, so that nothing falls between the two.
    async fn accept(&self, follower: Follower) -> Result<Response> {
        let pair = WebSocketPair::new()?;
        if self.state.get_websockets().len() >= SOCKETS_MAX {
            pair.server.accept()?;
            pair.server.close(Some(CLOSE_TRY_LATER), Some("too many connections to this ticket"))?;
        } else {
            self.state.accept_web_socket(&pair.server);
            pair.server.serialize_attachment(&follower)?;
            self.tell(&pair.server, true).await?;
        }
        let headers = Headers::new();
        headers.set("sec-websocket-protocol", LIVE_PROTOCOL)?;
        Ok(Response::from_websocket(pair.client)?.with_headers(headers))
    }

    async fn tell_all(&self) -> Result<Response> {
        for socket in self.state.get_websockets() {
            // One broken socket must not keep the others from hearing; it will come back and ask.
            if let Err(error) = self.tell(&socket, false).await {
                worker::console_log!("a follower could not be told: {error}");
            }
        }
        Response::ok("told")
    }

    /// Sends all sockets a word that is kept nowhere. First each is told what it has not heard, and whoever has signed out
    /// hears no more.
    async fn pass_on(&self, word: &str) -> Result<Response> {
        let told = self.tell_all().await;
        for socket in self.state.get_websockets() {
            // Of a socket that is closing nobody needs to hear.
            drop(socket.send_with_str(word));
        }
        told
    }

    /// Sends a socket what is new for it, in order, and remembers how far.
    async fn tell(&self, socket: &WebSocket, always_caught_up: bool) -> Result<()> {
        let Some(follower) = socket.deserialize_attachment::<Follower>()? else { return Ok(()) };
        let Ok(db) = Db::of(&self.env, &follower.site) else { return Err("no database".into()) };
        let Follower { site, ticket, seq, session, .. } = &follower;
        // Whoever named no version begins with what comes from now on.
        let events_after = follower.version.unwrap_or(u32::MAX);
        let news = threads::news(&db, site, ticket, *seq, events_after, session.as_deref())
            .await
            .map_err(|error| format!("{error:?}"))?;
        let Some(news) = news else { return Ok(()) };
        if news.signed_out != 0 {
            return socket.close(Some(CLOSE_SIGNED_OUT), Some("the session has ended"));
        }
        // While the database answered, another call may have told this socket more: go on from there, not from before.
        let last = socket.deserialize_attachment::<Follower>()?;
        let (told, known, version) =
            last.map_or((follower.seq, follower.status, follower.version), |now| (now.seq, now.status, now.version));
        let fresh: Vec<Message> =
            news.messages.into_iter().map(Message::from).filter(|message| message.seq > told).collect();
        let seq = fresh.last().map_or(told, |message| message.seq);
        let events = news.events.into_iter().filter(|fact| version.is_some_and(|version| fact.version > version));
        let events: Vec<ThreadEvent> = events.filter_map(|fact| ThreadEvent::of(fact.into())).collect();
        // What was read before another call read on is not how the ticket stands.
        let newest = known.and(version).map_or(news.version, |version| version.max(news.version));
        let status = known.filter(|_| newest > news.version).unwrap_or(news.status);
        socket.serialize_attachment(&Follower { seq, status: Some(status), version: Some(newest), ..follower })?;
        // Solved, closed or opened again without a word: that is news as well. Whoever is being let in hears how it
        // stands from that call, once.
        let turned = fresh.is_empty() && known.is_some_and(|known| known != status);
        for message in fresh {
            socket.send_with_str(serde_json::to_string(&LiveEvent::Message { message, status })?)?;
        }
        for event in events {
            socket.send_with_str(serde_json::to_string(&LiveEvent::Event { event, status })?)?;
        }
        if always_caught_up || turned {
            socket.send_with_str(serde_json::to_string(&LiveEvent::CaughtUp { seq, status })?)?;
        }
        Ok(())
    }
}
