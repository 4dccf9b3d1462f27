//! Follows one thread over a WebSocket: no gap and no double across any number of interruptions (W5).
//!
//! The cursor is the newest message that is here. While there is no connection the thread is polled, so an answer
//! arrives even where a proxy refuses WebSockets. Dropping a `Live` ends it. It must not decide what a message means.

use crate::app::App;
use crate::browser;
use crate::client::{Ask, read};
use crate::tagged::LiveText;
use crate::wire;
use buoy_shared::api::{FollowTicket, GetTicket, LIVE_PROTOCOL, LIVE_TOKEN_PREFIX};
use js_sys::{Array, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MessageEvent, WebSocket};

/// Between two signs of life; proxies close what is silent for a minute.
const PING_MS: f64 = 25_000.0;
/// The first pause before a new connection; it doubles up to the longest.
const BACKOFF_MS: f64 = 500.0;
const BACKOFF_MS_MAX: f64 = 30_000.0;

#[derive(Default)]
struct Line {
    has_ended: Cell<bool>,
    has_heard: Cell<bool>,
    socket: RefCell<Option<WebSocket>>,
}

/// A followed thread.
pub(crate) struct Live(Rc<Line>);

impl Drop for Live {
    fn drop(&mut self) {
        self.0.has_ended.set(true);
        let Some(socket) = self.0.socket.take() else { return };
        if socket.ready_state() == WebSocket::CONNECTING {
            // Firefox writes an error into the host's console for a line that is closed before it stands.
            let line = socket.clone();
            let close = Closure::once_into_js(move || drop(line.close()));
            socket.set_onopen(Some(close.unchecked_ref()));
        } else {
            let _ = socket.close();
        }
    }
}

impl Live {
    /// Begins to follow a ticket.
    pub(crate) fn follow(app: App, id: String) -> Self {
        let line = Rc::new(Line::default());
        let followed = line.clone();
        spawn_local(async move { follow(app, &id, &followed).await });
        Self(line)
    }
}

async fn follow(app: App, id: &str, line: &Rc<Line>) {
    let mut pause_ms = BACKOFF_MS;
    loop {
        let has_worked = connect(app, id, line).await;
        if line.has_ended.get() {
            return;
        }
        // A line that never stood is none that was lost: behind such a proxy the thread lives by being fetched.
        if has_worked {
            pause_ms = BACKOFF_MS;
            app.conversation.update(|now| now.is_interrupted = true);
        }
        // Full jitter: after a deploy all pages lose their connection at once and must not come back at once.
        browser::sleep(pause_ms * (0.2 + 0.8 * js_sys::Math::random())).await;
        pause_ms = (pause_ms * 2.0).min(BACKOFF_MS_MAX);
        if line.has_ended.get() || !poll(app, id, line).await {
            return;
        }
    }
}

/// Fetches the thread once; false when there is no need to go on.
async fn poll(app: App, id: &str, line: &Rc<Line>) -> bool {
    let Some(parts) = app.try_parts() else { return false };
    let call = parts.client.prepare::<GetTicket>(&Ask { name: id, ..Ask::default() }, &());
    let answer = read(parts.client.send(&call).await);
    if line.has_ended.get() || app.try_parts().is_none() {
        return false;
    }
    let is_fetched = answer.is_ok();
    app.take_ticket(id, answer);
    app.conversation.update(|now| {
        now.is_interrupted = !is_fetched;
        now.polls += u32::from(is_fetched);
    });
    true
}

/// One connection, until it ends. Says whether it ever worked.
async fn connect(app: App, id: &str, line: &Rc<Line>) -> bool {
    let Some(parts) = app.try_parts() else { return false };
    let Ok(token) = parts.client.token(parts.client.sessions.turn()).await else { return false };
    if line.has_ended.get() {
        return false;
    }
    let after = app.conversation.with_untracked(|now| now.complete_to).to_string();
    let url = parts.client.address::<FollowTicket>(Ask { name: id, query: &[("after", &after)], key: "" });
    // `http` becomes `ws`, `https` becomes `wss`.
    let url = ["ws", url.strip_prefix("http").unwrap_or_default()].concat();
    let protocols = Array::of2(&LIVE_PROTOCOL.into(), &[LIVE_TOKEN_PREFIX, &token].concat().into());
    let Ok(socket) = WebSocket::new_with_str_sequence(&url, &protocols) else { return false };
    line.socket.replace(Some(socket.clone()));

    let listener = line.clone();
    let ticket = id.to_owned();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        listener.has_heard.set(true);
        // Whatever is not an event (the answer to a ping) was a sign of life, which is all it had to be.
        let text = event.data().as_string().unwrap_or_default();
        if listener.has_ended.get() {
            return;
        }
        if let Some(event) = wire::from_text::<LiveText>(&text).and_then(LiveText::event) {
            app.take_live(&ticket, event);
        }
        app.extra("heard", &[&ticket, &text]);
    });
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    line.has_heard.set(false);
    let mut has_worked = false;
    loop {
        // A promise for each turn: one that lived as long as the line would gather what waits for it, for days.
        let turn = Promise::new(&mut |resolve, _| {
            socket.set_onclose(Some(&resolve));
            browser::call_later(&resolve, PING_MS);
        });
        let _ = JsFuture::from(turn).await;
        let has_heard = line.has_heard.replace(false);
        has_worked |= has_heard;
        if socket.ready_state() != WebSocket::OPEN || !has_heard {
            break;
        }
        let _ = socket.send_with_str("ping");
    }
    socket.set_onmessage(None);
    let _ = socket.close();
    has_worked
}
