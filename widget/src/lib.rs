//! The panel: what a visitor sees once they want help (W1, W3–W7). Mounted by `loader.js` into somebody else's page.
//!
//! # The seam towards the loader
//!
//! ```text
//! init({ module_or_path })                                      the bindings' own start, called by `panel.js`, once a page
//! mount(box, config, responses, emit, close, crash, extra) -> Promise<PanelHandle>
//! handle.open(wish) .refresh(boot) .close() .identify(token, is_same) .destroy()
//! handle.token(refused, act) .is_refused() .visitor() .hear(about, key, ticket, text) .news(text) .articles(words, lines, fits)
//! handle.has_room_for(subject, body)                            towards `widget/talk`
//! handle.later(is_here)                                         the answer to `extra("later")`
//! ```
//!
//! - `box`: an empty element in the loader's open shadow root. Everything is drawn into it.
//! - `config`: the loader's own settings object, read while it lives: `site`, `origin`, `boot` (the JSON text of
//!   `shared::api::Boot`), `identity` (a token, or a function that fetches one), `mode` (set: the panel is the page),
//!   `page` (the host's name for the page, instead of its address), `tier`, `plan`, `components`.
//! - `responses`: the fetched files `[wasm, style sheet, texts]`; the first is used up by `init`.
//! - `emit(event, detail)`: `unread` (a number), `message {ticket, mine}`, `ticket-created {id, number}`,
//!   `article-viewed {slug, locale}`, `search {results, fits}`, `error {code}`. No text of the visitor leaves by this way.
//! - `close()`: asks the loader to close. `crash(reason)`: this module is lost; the loader opens its frame instead.
//! - `extra(name, …)`: calls a function of `widget/talk`, which is fetched by the first call; see `extras`.
//! - `wish`: an array as the host gave it: nothing, or a view's name (`home`, `search`, `article`, `new`, `ticket`,
//!   `tickets`) and what it is about.
//!
//! The panel draws nothing before `open` and fetches nothing either. It must not touch the page outside its box, throw
//! into it, store anything before the first act, or carry a rule of the field: those are `shared`.

mod app;
mod browser;
mod call;
mod client;
mod conversation;
mod draft;
mod extras;
mod kb;
mod later;
mod live;
mod mount;
mod outbox;
mod page;
mod panel;
mod replies;
mod session;
mod site;
mod slot;
mod tagged;
mod theme;
mod tickets;
mod visitor;
mod wire;
mod words;

use js_sys::{Array, Function};
use site::Site;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// A page has one thread, which is what this allocator asks for.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A mounted panel, held by the loader.
#[wasm_bindgen]
pub struct PanelHandle(mount::Mounted);

/// Mounts the panel; see the module's documentation.
///
/// # Errors
/// When a file of the panel did not arrive or is of another version; the loader then opens its frame.
#[wasm_bindgen]
pub async fn mount(
    container: HtmlElement,
    config: JsValue,
    responses: Array,
    emit: Function,
    close: Function,
    crash: Function,
    extra: Function,
) -> Result<PanelHandle, JsValue> {
    // A panic ends this module for good, so the loader must know. Nothing is said about what it was: no formatting code.
    std::panic::set_hook(Box::new(move |_| {
        let _ = crash.call1(&JsValue::UNDEFINED, &JsValue::from_str("the panel failed"));
    }));
    mount::mount(container, config, responses, mount::Host { emit, close, extra }).await.map(PanelHandle)
}

#[wasm_bindgen]
impl PanelHandle {
    /// Shows the panel.
    pub fn open(&self, wish: &Array) {
        self.0.open(wish);
    }

    /// The panel is not seen any more; what is open stays as it is.
    pub fn close(&self) {
        self.0.app.is_open.set(false);
    }

    /// News from the site, as often as the loader asks for it.
    pub fn refresh(&self, boot: &str) {
        let app = self.0.app;
        // Another page of the same site may be concerned by another incident.
        let heard = [boot, &app.page()].concat();
        let is_news = app.parts().heard.replace(heard.clone()) != heard;
        if let Some(site) = wire::from_text::<Site>(boot).filter(|_| is_news) {
            app.site.set(site);
        }
        if app.parts().client.sessions.is_known() {
            app.fetch_tickets();
            app.mark_seen();
        }
    }

    /// The host says who this is: a token, a function that fetches one, or nothing after a log-out. `is_same`: a fresh
    /// token of the person who was here already, who goes on where they are. Whoever had no name until now goes on writing.
    pub fn identify(&self, identity: JsValue, is_same: bool) {
        let app = self.0.app;
        let parts = app.parts();
        let is_signing_in = identity.is_truthy() && !parts.client.sessions.is_identified();
        parts.client.sessions.identify(identity);
        parts.client.is_refused.renew(false);
        app.is_named.set(parts.client.sessions.is_identified());
        if is_signing_in {
            app.signed_in();
        } else if !is_same {
            app.forget_visitor();
            app.go_from_home(app::View::Home);
        } else if app.awaits_thread() {
            app.wishes.update(|count| *count += 1); // what was on its way answers to the old token and is dropped
        }
        app.fetch_tickets();
    }

    /// The visitor's token, for an act of theirs: from now on they want to be recognised. `refused`: the last one was.
    /// `act` gets it, or nothing when it is not to be had, and whether the line is to blame for that.
    pub fn token(&self, refused: bool, act: Function) {
        let parts = self.0.app.parts();
        let turn = parts.client.sessions.turn();
        spawn_local(async move {
            if refused {
                parts.client.sessions.refused();
            }
            let answer = parts.client.token(turn).await;
            let is_offline = answer == Err(client::Failure::Unreachable);
            let token = answer.unwrap_or_default();
            if !token.is_empty() {
                parts.client.sessions.keep();
            }
            let _ = act.call2(&JsValue::UNDEFINED, &JsValue::from_str(&token), &JsValue::from_bool(is_offline));
        });
    }

    /// Whether the edge did not take the host's word on who that is.
    pub fn is_refused(&self) -> bool {
        self.0.app.parts().client.is_refused.get_untracked()
    }

    /// Who the visitor is to the edge; empty while nobody knows.
    pub fn visitor(&self) -> String {
        self.0.app.parts().client.sessions.visitor()
    }

    /// A word of the outbox.
    pub fn hear(&self, about: &str, key: &str, ticket: &str, text: &str) {
        self.0.app.hear(about, key, ticket, text);
    }

    /// Whether the form could take this text: nobody writes anything else there, or what does waits in the outbox.
    pub fn has_room_for(&self, subject: &str, body: &str) -> bool {
        self.0.app.has_room_for(subject, body)
    }

    /// Whether the second module came, which was asked for by `extra("later")`; see `later`.
    pub fn later(&self, is_here: bool) {
        self.0.app.later_arrived(is_here);
    }

    /// Articles that the edge names; see [`app::App::take_articles`].
    pub fn articles(&self, words: &str, lines: &str, fits: bool) {
        self.0.app.take_articles(words, lines, fits);
    }

    /// What a screen reader should say now.
    pub fn news(&self, text: String) {
        self.0.app.news.set(text);
    }

    /// Takes the panel away with everything it holds.
    pub fn destroy(self) {
        self.0.destroy();
    }
}
