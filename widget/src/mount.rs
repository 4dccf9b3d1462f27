//! Mounts the panel into the box that the loader made, keeps the handle, and takes everything away again.
//!
//! The style sheet is adopted by the shadow root, which no `style-src` forbids. Nothing outside the root is touched but
//! two listeners of the visual viewport, which go with the panel.

use crate::app::{App, Parts, View};
use crate::browser::{self, get, get_text, window};
use crate::client::Client;
use crate::panel::el::follow;
use crate::panel::shell::shell;
use crate::session::{Sessions, setting};
use crate::site::Site;
use crate::slot::Slot;
use crate::theme;
use crate::wire;
use crate::words::Words;
use any_spawner::Executor;
use js_sys::{Array, Function};
use reactive_graph::owner::Owner;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CssStyleSheet, Element, HtmlElement, Response, ShadowRoot};

/// A panel in its box.
pub(crate) struct Mounted {
    pub(crate) app: App,
    pub(crate) container: HtmlElement,
    /// What was drawn: another panel may be drawn into the same box before this one goes.
    drawn: Element,
    /// State and effects live in it and go with it.
    owner: Owner,
    viewport: Closure<dyn FnMut()>,
    /// Whether it was ever shown: until then its colours are those of the mount.
    was_shown: Cell<bool>,
}

async fn text_of(responses: &Array, at: u32) -> Result<String, JsValue> {
    let response: Response = responses.get(at).dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from_str("a file of the panel is missing"));
    }
    JsFuture::from(response.text()?).await?.as_string().ok_or(JsValue::NULL)
}

/// What the loader's settings object says, read once; what may change stays in the object.
fn read(config: &JsValue) -> Option<(Site, String, String)> {
    let about = get_text(config, "boot").and_then(|text| wire::from_text::<Site>(&text))?;
    Some((about, get_text(config, "origin")?, get_text(config, "site")?))
}

/// What the page around us does for the panel.
pub(crate) struct Host {
    /// Tells the host's listeners.
    pub(crate) emit: Function,
    /// Asks the loader to close.
    pub(crate) close: Function,
    /// Calls what is fetched only when it is needed.
    pub(crate) extra: Function,
}

/// Mounts the panel; `responses` are the fetched wasm, style sheet and texts.
pub(crate) async fn mount(
    container: HtmlElement,
    config: JsValue,
    responses: Array,
    host: Host,
) -> Result<Mounted, JsValue> {
    let css = text_of(&responses, 1).await?;
    let lines = text_of(&responses, 2).await?;
    let (about, origin, site) =
        read(&config).ok_or_else(|| JsValue::from_str("the panel is of another version than its loader"))?;
    // Before the sheet and the views: it asks for computed styles, and changes what everything below inherits.
    theme::apply(&container, &about.accent);
    adopt(&container, &css)?;
    let sessions = Sessions::new(&site, get(&config, "identity"));
    let words = Words::new(&lines, &about.locale);
    let is_page = setting(&config, "mode").is_some();
    let owner = Owner::new();
    let client = Client { origin, site, sessions, is_refused: owner.with(|| Slot::new(false)) };
    let heard = RefCell::default();
    let Host { emit, close, extra } = host;
    let parts = Rc::new(Parts {
        client,
        words,
        config,
        heard,
        is_page,
        emit,
        close,
        extra,
        live: RefCell::default(),
        told_unread: Cell::default(),
    });
    let viewport = follow_viewport(&container);
    // Told already where the panel was mounted before.
    let _ = Executor::init_wasm_bindgen();
    let (app, drawn) = owner.with(|| {
        let app = App::new(about, parts);
        tell_refusals(app);
        (app, shell(app).element().clone())
    });
    let _ = container.append_child(&drawn);
    Ok(Mounted { app, container, drawn, owner, viewport, was_shown: Cell::new(false) })
}

/// Tells the host when the edge does not take its word on who the visitor is: only its developers can mend that.
fn tell_refusals(app: App) {
    follow(move || {
        if app.parts().client.is_refused.get() {
            app.emit("error", "{\"code\":\"identity-refused\"}");
        }
    });
}

fn adopt(container: &HtmlElement, css: &str) -> Result<(), JsValue> {
    let root: ShadowRoot = container.get_root_node().dyn_into().map_err(JsValue::from)?;
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(css)?;
    let sheets = Array::from(&get(&root, "adoptedStyleSheets"));
    // The loader's sheet is the first; ours replaces one of an earlier mount.
    sheets.set(1, sheet.into());
    js_sys::Reflect::set(&root, &JsValue::from_str("adoptedStyleSheets"), &sheets)?;
    Ok(())
}

/// On a phone the keyboard covers the page without resizing it; the panel follows what is left.
fn follow_viewport(container: &HtmlElement) -> Closure<dyn FnMut()> {
    let style = container.style();
    let follow = Closure::<dyn FnMut()>::new(move || {
        if let Some(viewport) = window().visual_viewport() {
            for (name, value) in [("--visible-height", viewport.height()), ("--visible-top", viewport.offset_top())] {
                let _ = style.set_property(name, &[browser::whole(value).as_str(), "px"].concat());
            }
        }
    });
    if let Some(viewport) = window().visual_viewport() {
        for event in ["resize", "scroll"] {
            let _ = viewport.add_event_listener_with_callback(event, follow.as_ref().unchecked_ref());
        }
    }
    follow
}

impl Mounted {
    /// Shows the panel; `wish` is the host's or the launcher's wish where to begin: a view's name and what it is about.
    pub(crate) fn open(&self, wish: &Array) {
        let app = self.app;
        if self.was_shown.replace(true) {
            theme::apply(&self.container, &app.site.with_untracked(|site| site.accent.clone()));
        }
        app.fetch_kb();
        app.fetch_tickets();
        if let Some(name) = wish.get(0).as_string() {
            go(app, &name, &wish.get(1));
        }
        app.is_open.set(true);
    }

    /// Takes the panel away.
    pub(crate) fn destroy(self) {
        let parts = self.app.parts();
        parts.live.replace(None);
        if let Some(viewport) = window().visual_viewport() {
            for event in ["resize", "scroll"] {
                let _ = viewport.remove_event_listener_with_callback(event, self.viewport.as_ref().unchecked_ref());
            }
        }
        drop(self.owner);
        self.drawn.remove();
    }
}

/// Goes where the host wants; an unknown wish is no wish.
fn go(app: App, name: &str, about: &JsValue) {
    let text = about.as_string().unwrap_or_default();
    app.wishes.update(|count| *count += 1);
    match name {
        "home" => app.go_from_home(View::Home),
        "tickets" => app.go_from_home(View::Tickets),
        "exit" => app.extra("exit", &[]),
        "search" => {
            app.query.set(text);
            app.go_from_home(View::Home);
        }
        "article" => app.go_from_home(View::Article(text)),
        "ticket" => app.go_from_home(View::Thread(text)),
        "new" => {
            app.free_form();
            prefill(app, about);
            app.go_from_home(View::Form);
        }
        _ => {}
    }
}

/// Writes into the form for the host, where the visitor did not: a field that is empty, or still holds what the host put
/// there last. Of a draft that is the host's alone nothing is kept, so the next page's words do not find those of this one.
fn prefill(app: App, about: &JsValue) {
    let mut given = app.given.get_untracked();
    let mut is_touched = false;
    app.draft.update(|draft| {
        let mut email = draft.email.take().unwrap_or_default();
        let fields = [("subject", &mut draft.subject), ("body", &mut draft.body), ("email", &mut email)];
        for ((name, field), given) in fields.into_iter().zip(&mut given) {
            if !field.is_empty() && field != given {
                is_touched = true;
            } else if let Some(text) = get_text(about, name) {
                field.clone_from(&text);
                *given = text;
            }
        }
        let is_named = app.parts().client.sessions.is_identified();
        draft.email = Some(email).filter(|email| !email.is_empty() && !is_named);
        // What the form has no field for could be neither seen nor mended.
        let is_offered =
            |key: &String| app.site.with_untracked(|site| site.categories.iter().any(|one| one.key == *key));
        // Nor is what the visitor writes about another topic because the host says so.
        if !is_touched || draft.category.is_none() {
            draft.category = get_text(about, "category").filter(is_offered).or(draft.category.take());
        }
    });
    app.given.set(given);
    if is_touched {
        app.keep_draft();
    }
}
