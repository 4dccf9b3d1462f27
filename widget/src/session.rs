//! Who the visitor is to us: a token, and what the host vouches for.
//!
//! Anonymous visitors get a token with their first act; from then on it is kept in the host page's storage, readable by
//! that page, which is why it opens this visitor's tickets and nothing else. Identified visitors are named anew by the
//! host on every page, so their token stays in memory: a shared computer shows nobody else's tickets.

use crate::browser::{self, get_text};
use crate::wire;
use buoy_shared::api::Session;
use buoy_shared::time::Timestamp;
use js_sys::{Array, Function, Promise};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A token that ends sooner is not begun with.
const LEEWAY_SECONDS: i64 = 30;

/// Longest wait for the host to say who this is, in milliseconds: behind it wait all tabs that have something to send.
const IDENTITY_MS: f64 = 15_000.0;

/// The session of one site in one page.
pub(crate) struct Sessions {
    key: String,
    current: RefCell<Option<Session>>,
    identity: RefCell<JsValue>,
    is_kept: Cell<bool>,
    /// Counts who the visitor was: what was asked for one of them is not for the next.
    turn: Cell<u32>,
    is_opening: Cell<bool>,
}

impl Sessions {
    /// Takes up what an earlier page stored, unless the host names somebody.
    pub(crate) fn new(site: &str, identity: JsValue) -> Self {
        let key = ["buoy:", site, ":session"].concat();
        let sessions = Self {
            key,
            current: RefCell::default(),
            identity: RefCell::new(identity),
            is_kept: Cell::new(false),
            turn: Cell::new(0),
            is_opening: Cell::new(false),
        };
        sessions.take_up();
        sessions
    }

    /// Takes up what was stored, by an earlier page or, since then, by another tab: two tabs are one visitor.
    pub(crate) fn take_up(&self) {
        if !self.is_identified() {
            let stored = browser::stored(&self.key).and_then(|text| wire::from_text(&text));
            self.is_kept.set(self.is_kept.get() || stored.is_some());
            self.current.replace(stored);
        }
    }

    /// Which visitor this is, counted since the panel was mounted.
    pub(crate) fn turn(&self) -> u32 {
        self.turn.get()
    }

    /// Whether a session is being opened: a second one at the same time would be another customer.
    pub(crate) fn is_opening(&self) -> bool {
        self.is_opening.get()
    }

    pub(crate) fn set_opening(&self, is_opening: bool) {
        self.is_opening.set(is_opening);
    }

    /// Whether the host vouches for the visitor.
    pub(crate) fn is_identified(&self) -> bool {
        self.identity.borrow().is_truthy()
    }

    /// Whether there is anybody whose tickets could be asked for.
    pub(crate) fn is_known(&self) -> bool {
        self.is_identified() || self.token().is_some()
    }

    /// The token, while it is valid.
    pub(crate) fn token(&self) -> Option<String> {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
        let now = Timestamp::from_millis(browser::now_ms() as i64);
        let current = self.current.borrow();
        current
            .as_ref()
            .filter(|session| session.expires_at > now.plus_seconds(LEEWAY_SECONDS))
            .map(|session| session.token.clone())
    }

    /// Who the visitor is to the edge; empty while nobody knows.
    pub(crate) fn visitor(&self) -> String {
        if self.current.borrow().is_none() {
            self.take_up();
        }
        self.current.borrow().as_ref().map(|session| session.visitor.clone()).unwrap_or_default()
    }

    /// The host's signed word on who this is. The host gives it or a function that fetches it. Anything else that is not
    /// nothing names somebody whom nobody can know: it is an empty word, which the edge refuses.
    ///
    /// # Errors
    /// When the function fails, answers no text, or says nothing for too long. Who it is is not known then, which is not the
    /// same as nobody: what they write would be filed under a stranger and never found again.
    pub(crate) async fn identity(&self) -> Result<Option<String>, JsValue> {
        let identity = self.identity.borrow().clone();
        let Some(ask) = identity.dyn_ref::<Function>() else {
            return Ok(identity.is_truthy().then(|| identity.as_string().unwrap_or_default()));
        };
        let answer = Promise::resolve(&ask.call0(&JsValue::UNDEFINED)?);
        let first = Promise::race(&Array::of2(&answer, &browser::limit_promise(IDENTITY_MS)));
        let answer = JsFuture::from(first).await?;
        answer.as_string().map(Some).ok_or(answer)
    }

    /// A new session; gives its token.
    pub(crate) fn begin(&self, session: Session) -> String {
        let token = session.token.clone();
        self.current.replace(Some(session));
        if self.is_kept.get() {
            self.keep();
        }
        token
    }

    /// The first act was done: from now on the visitor wants to be recognised. What was kept and is gone stays gone: they
    /// logged out in another tab.
    pub(crate) fn keep(&self) {
        if let (false, Some(session)) = (self.is_identified(), self.current.borrow().as_ref())
            && (!self.is_kept.replace(true) || self.is_marked())
            && let Some(text) = wire::to_text(session)
        {
            browser::store(&self.key, &text);
        }
    }

    /// Leaves the entry of the token without one, if there is none: somebody wrote here, and did not log out since then. Who
    /// had one logged out in another tab, so their token goes: with the entry there, it would be stored again. Where nothing
    /// can be stored nothing was.
    pub(crate) fn mark(&self) {
        if self.is_marked() {
            return;
        }
        browser::store(&self.key, "");
        if !self.is_identified() && self.is_marked() && self.is_kept.replace(false) {
            self.current.replace(None);
        }
    }

    /// Whether there is such an entry, with a token or without.
    pub(crate) fn is_marked(&self) -> bool {
        browser::stored(&self.key).is_some()
    }

    /// The edge refused the token: neither we nor a later page shall try it again.
    pub(crate) fn refused(&self) {
        let stored = browser::stored(&self.key).and_then(|text| wire::from_text::<Session>(&text));
        let refused = self.current.replace(None);
        if stored.zip(refused).is_some_and(|(stored, refused)| stored.token == refused.token) {
            browser::store(&self.key, "");
        }
    }

    /// The host names somebody, or nobody: then this is a log-out and nothing of the visitor stays.
    pub(crate) fn identify(&self, identity: JsValue) {
        if !identity.is_truthy() {
            browser::unstore(&self.key);
            self.is_kept.set(false);
        }
        self.identity.replace(identity);
        self.turn.set(self.turn.get().wrapping_add(1));
        self.current.replace(None);
        self.take_up();
    }
}

/// A text setting of the host, such as the page's name for itself.
pub(crate) fn setting(config: &JsValue, name: &str) -> Option<String> {
    get_text(config, name).filter(|text| !text.is_empty())
}
