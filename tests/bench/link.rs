//! One connection to the browser's DevTools: commands with answers, and events that can be waited for.
//!
//! WebDriver has no events and its questions cost the page time; a bench wants to be told and to ask as little as it can.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_tungstenite::{connect_async, tungstenite::Message};

/// How long an answer or event may take: many times the slowest thing that is measured.
const PATIENCE: Duration = Duration::from_secs(60);

/// Something that happened in one page.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    session: String,
    pub(crate) method: String,
    pub(crate) params: Value,
}

/// The connection; clones share it.
#[derive(Clone)]
pub(crate) struct Link(Arc<Shared>);

struct Shared {
    outgoing: mpsc::UnboundedSender<String>,
    last_id: AtomicU64,
    answers: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    events: Mutex<Vec<Event>>,
    arrived: Notify,
}

impl Link {
    /// Connects to the address that the browser printed.
    pub(crate) async fn connect(address: &str) -> Result<Self> {
        let (socket, _) = connect_async(address).await.context("the browser refused the DevTools connection")?;
        let (mut to_browser, mut from_browser) = socket.split();
        let (outgoing, mut waiting) = mpsc::unbounded_channel::<String>();
        let shared = Arc::new(Shared {
            outgoing,
            last_id: AtomicU64::new(0),
            answers: Mutex::default(),
            events: Mutex::default(),
            arrived: Notify::new(),
        });
        tokio::spawn(async move {
            while let Some(text) = waiting.recv().await {
                if to_browser.send(Message::text(text)).await.is_err() {
                    return; // the browser is gone; whoever waits for an answer runs out of patience
                }
            }
        });
        let reader = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Some(Ok(message)) = from_browser.next().await {
                if let Ok(value) = message.to_text().map(serde_json::from_str::<Value>).unwrap_or(Ok(Value::Null)) {
                    reader.take(value);
                }
            }
        });
        Ok(Self(shared))
    }

    /// A command; `session` names the page, none the browser.
    pub(crate) async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Result<Value> {
        let id = self.0.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, answer) = oneshot::channel();
        lock(&self.0.answers).insert(id, sender);
        let mut command = json!({ "id": id, "method": method, "params": params });
        if let (Some(session), Some(command)) = (session, command.as_object_mut()) {
            command.insert("sessionId".to_owned(), session.into());
        }
        self.0.outgoing.send(command.to_string()).ok().context("the DevTools connection is closed")?;
        let answer = tokio::time::timeout(PATIENCE, answer).await.with_context(|| format!("{method}: no answer"))??;
        if let Some(error) = answer.get("error") {
            bail!("{method}: {error}");
        }
        Ok(answer.get("result").cloned().unwrap_or_default())
    }

    /// Waits for an event of a page that `pick` accepts; one that came already counts.
    pub(crate) async fn event<T>(&self, session: &str, what: &str, pick: impl Fn(&Event) -> Option<T>) -> Result<T> {
        let search = async {
            loop {
                let arrival = self.0.arrived.notified();
                tokio::pin!(arrival);
                arrival.as_mut().enable(); // before the look, so that nothing slips between
                if let Some(found) = self.events(session, &pick).into_iter().next() {
                    return found;
                }
                arrival.await;
            }
        };
        tokio::time::timeout(PATIENCE, search).await.with_context(|| format!("waited in vain for: {what}"))
    }

    /// What `pick` makes of the events of a page so far.
    pub(crate) fn events<T>(&self, session: &str, pick: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        lock(&self.0.events).iter().filter(|event| event.session == session).filter_map(pick).collect()
    }

    /// Forgets the events of a page that is closed.
    pub(crate) fn forget(&self, session: &str) {
        lock(&self.0.events).retain(|event| event.session != session);
    }
}

impl Shared {
    fn take(&self, mut message: Value) {
        if let Some(id) = message.get("id").and_then(Value::as_u64) {
            if let Some(waiter) = lock(&self.answers).remove(&id) {
                let _nobody_waits_any_more = waiter.send(message);
            }
            return;
        }
        let text = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (session, method) = (text("sessionId"), text("method"));
        let params = message.get_mut("params").map(Value::take).unwrap_or_default();
        lock(&self.events).push(Event { session, method, params });
        self.arrived.notify_waiters();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
