//! Counts what must be counted exactly: how often someone did something within a time (`shared::limits`).
//!
//! One object a site, and one a staff address, so that a flood of one site is not felt by another. It counts in memory,
//! where nothing interleaves, and writes what changed once a second: a ticket does not wait for a second disk. What a
//! crash may forget is that second. Keys are old after their window and are dropped by an hourly alarm.

use crate::platform;
use buoy_shared::limits::{Allowance, Window};
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::js_sys::Array;
use worker::{
    Delay, Env, ListOptions, Method, Request, RequestInit, Response, Result, State, Storage, WebSocket,
    WebSocketIncomingMessage,
};

/// Counting is durable after this long; sooner would be a write to disk for every ticket.
const SAVE_AFTER: Duration = Duration::from_secs(1);
/// How often old keys are dropped.
const SWEEP_AFTER: Duration = Duration::from_secs(3_600);
/// Keys that are kept in memory between two saves; the others are read again when they are asked for.
const KEYS_IN_MEMORY_MAX: usize = 10_000;
/// Keys looked at in one step of the sweep.
const SWEEP_PAGE: usize = 500;

/// What is asked of an object: whether there is room for all of the charges, and if so, to count them.
#[derive(Serialize, Deserialize)]
pub(crate) struct Ask {
    pub(crate) now: Timestamp,
    /// False asks only.
    pub(crate) spend: bool,
    pub(crate) charges: Vec<KeyedCharge>,
}

/// One more of something.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyedCharge {
    pub(crate) key: String,
    pub(crate) allowance: Allowance,
}

/// What an object answers.
#[derive(Serialize, Deserialize)]
struct Verdict {
    /// Nothing: there is room.
    wait_seconds: Option<u32>,
}

/// Asks the object of this name; gives the seconds to wait, if there is no room.
pub(crate) async fn ask(env: &Env, name: &str, ask: &Ask) -> Result<Option<u32>> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(JsValue::from_str(&serde_json::to_string(ask)?)));
    let request = Request::new_with_init("https://quota/", &init)?;
    let mut response = env.durable_object("QUOTAS")?.get_by_name(name)?.fetch_with_request(request).await?;
    let text = response.text().await?;
    if response.status_code() != 200 {
        return Err(format!("quota object answered {}", response.status_code()).into());
    }
    Ok(serde_json::from_str::<Verdict>(&text)?.wait_seconds)
}

#[derive(Default)]
struct Counted {
    windows: RefCell<BTreeMap<String, Window>>,
    changed: RefCell<BTreeSet<String>>,
    saving: Cell<bool>,
}

/// The counters of one site or address.
pub struct QuotaRoom {
    state: State,
    counted: Rc<Counted>,
}

impl QuotaRoom {
    /// A room in the memory of an isolate.
    pub fn new(state: State, _env: Env) -> Self {
        Self { state, counted: Rc::default() }
    }

    /// What the edge asks of it.
    ///
    /// # Errors
    /// When the platform's storage or sockets fail.
    pub async fn fetch(&self, mut request: Request) -> Result<Response> {
        let ask: Ask = serde_json::from_str(&request.text().await?)?;
        for charge in &ask.charges {
            self.recall(&charge.key).await?;
        }
        let wait_seconds = self.counted.charge(&ask);
        if wait_seconds.is_none() && ask.spend {
            self.save_soon();
        }
        Response::ok(serde_json::to_string(&Verdict { wait_seconds })?)
    }

    /// What it does by the clock.
    ///
    /// # Errors
    /// When the platform's storage fails.
    pub async fn alarm(&self) -> Result<Response> {
        sweep(&self.state.storage(), platform::now()).await?;
        Response::empty()
    }

    /// What it does when a socket of its own has news.
    ///
    /// # Errors
    /// Never today.
    pub async fn websocket_message(&self, _socket: WebSocket, _message: WebSocketIncomingMessage) -> Result<()> {
        // None is ever accepted; the defaults would panic.
        Ok(())
    }

    /// What it does when a socket of its own has news.
    ///
    /// # Errors
    /// Never today.
    pub async fn websocket_close(
        &self,
        _socket: WebSocket,
        _code: usize,
        _reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        Ok(())
    }

    /// What it does when a socket of its own has news.
    ///
    /// # Errors
    /// Never today.
    pub async fn websocket_error(&self, _socket: WebSocket, _error: worker::Error) -> Result<()> {
        Ok(())
    }
}

impl Counted {
    /// All or nothing: where one charge has no room, none is counted.
    fn charge(&self, ask: &Ask) -> Option<u32> {
        let mut windows = self.windows.borrow_mut();
        let mut waits = ask.charges.iter().filter_map(|charge| {
            windows.entry(charge.key.clone()).or_default().wait_seconds(charge.allowance, ask.now)
        });
        let first = waits.next();
        let longest = waits.fold(first, |longest, wait| longest.max(Some(wait)));
        if longest.is_none() && ask.spend {
            for charge in &ask.charges {
                windows.entry(charge.key.clone()).or_default().count(charge.allowance, ask.now);
                self.changed.borrow_mut().insert(charge.key.clone());
            }
        }
        longest
    }

    /// What must be written, and room for more.
    fn take_changed(&self) -> Vec<(String, Option<String>)> {
        let changed = self.changed.take();
        let mut windows = self.windows.borrow_mut();
        let rows = changed
            .into_iter()
            .map(|key| {
                let text = windows.get(&key).and_then(|window| serde_json::to_string(window).ok());
                (key, text)
            })
            .collect();
        if windows.len() > KEYS_IN_MEMORY_MAX {
            windows.clear();
        }
        rows
    }
}

impl QuotaRoom {
    /// Brings a key into memory. While storage answers, another request may have done so and counted on: then that stays.
    async fn recall(&self, key: &str) -> Result<()> {
        if self.counted.windows.borrow().contains_key(key) {
            return Ok(());
        }
        let stored: Option<String> = self.state.storage().get(key).await?;
        let window = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        self.counted.windows.borrow_mut().entry(key.to_owned()).or_insert(window);
        Ok(())
    }

    fn save_soon(&self) {
        if self.counted.saving.replace(true) {
            return;
        }
        let (storage, counted) = (self.state.storage(), Rc::clone(&self.counted));
        self.state.wait_until(async move {
            Delay::from(SAVE_AFTER).await;
            counted.saving.set(false);
            if let Err(error) = save(&storage, counted.take_changed()).await {
                worker::console_error!("counters were not saved: {error}");
            }
        });
    }
}

async fn save(storage: &Storage, rows: Vec<(String, Option<String>)>) -> Result<()> {
    for (key, text) in rows {
        if let Some(text) = text {
            storage.put(&key, text).await?;
        }
    }
    if storage.get_alarm().await?.is_none() {
        storage.set_alarm(SWEEP_AFTER).await?;
    }
    Ok(())
}

/// Drops the keys whose windows are over, and comes back if any is left.
async fn sweep(storage: &Storage, now: Timestamp) -> Result<()> {
    let mut start = String::new();
    let mut left = false;
    loop {
        let options = ListOptions::new().limit(SWEEP_PAGE);
        let page = storage.list_with_options(if start.is_empty() { options } else { options.start(&start) }).await?;
        let entries: Vec<(String, String)> = Array::from(&page.entries().into())
            .iter()
            .filter_map(|entry| {
                let pair = Array::from(&entry);
                Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
            })
            .collect();
        let is_over = |text: &str| serde_json::from_str::<Window>(text).is_ok_and(|window| window.is_over(now));
        for (key, text) in &entries {
            if is_over(text) {
                storage.delete(key).await?;
            } else {
                left = true;
            }
        }
        match entries.last() {
            // The next page begins behind the last key.
            Some((last, _)) if entries.len() == SWEEP_PAGE => start = format!("{last}\u{0}"),
            _ => break,
        }
    }
    if left {
        storage.set_alarm(SWEEP_AFTER).await?;
    }
    Ok(())
}
