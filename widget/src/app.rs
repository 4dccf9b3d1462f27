//! What all views share: where the visitor is, what is known, and the acts that more than one view needs.
//!
//! `App` is a handful of handles and is copied freely. Whatever awaits goes through [`App::after`], which drops the
//! answer when the panel is gone meanwhile. It must not build elements.

use crate::browser;
use crate::client::{Client, Failure};
use crate::conversation::Conversation;
use crate::draft;
use crate::kb::{Answered, Kb};
use crate::live::Live;
use crate::panel::ticket_form::Sending;
use crate::site::Site;
use crate::slot::{Kept, Slot};
use crate::words::Words;
use buoy_shared::text::FieldError;
use buoy_shared::texts::Text;
use buoy_shared::ticket::{TicketDraft, TicketSummary};
use js_sys::{Array, Function};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsValue, UnwrapThrowExt};

/// Where the visitor is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum View {
    /// Search, recent tickets, first articles.
    Home,
    /// An article, by its slug.
    Article(String),
    /// A new ticket.
    Form,
    /// A ticket was just sent.
    Receipt,
    /// All tickets.
    Tickets,
    /// A ticket's thread, by its id.
    Thread(String),
}

/// Something fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remote<T> {
    /// On its way.
    Loading,
    /// Not to be had now.
    Failed(Failure),
    /// Here.
    Ready(T),
}

/// The visitor's tickets as far as they were fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tickets {
    /// The last changed first.
    pub(crate) items: Vec<TicketSummary>,
    /// Where the next page begins.
    pub(crate) next_cursor: Option<String>,
}

/// What the views do not watch but need.
pub(crate) struct Parts {
    /// Calls the edge.
    pub(crate) client: Client,
    /// Speaks.
    pub(crate) words: Words,
    /// The loader's settings, which the host may change.
    pub(crate) config: JsValue,
    /// What the site said last, as text: the same text is no news.
    pub(crate) heard: RefCell<String>,
    /// Whether the panel is the whole page.
    pub(crate) is_page: bool,
    /// Tells the host's listeners.
    pub(crate) emit: Function,
    /// Asks the loader to close.
    pub(crate) close: Function,
    /// Calls what is fetched only when it is needed; see `extras`.
    pub(crate) extra: Function,
    /// The connection to the thread that was opened last.
    pub(crate) live: RefCell<Option<Live>>,
    /// How many unseen answers the host was told of last; nothing where another visitor's were.
    pub(crate) told_unread: Cell<Option<u32>>,
}

/// The panel's state.
#[derive(Clone, Copy)]
pub(crate) struct App {
    /// Whether the panel is seen.
    pub(crate) is_open: Slot<bool>,
    /// The views from home to the one that is shown.
    pub(crate) trail: Slot<Vec<View>>,
    /// What the site said last.
    pub(crate) site: Slot<Site>,
    /// How often the host wished for something: a view that is open already is made anew with what the host gives it.
    pub(crate) wishes: Slot<u32>,
    /// Whether the host vouches for the visitor: then the form asks for no address.
    pub(crate) is_named: Slot<bool>,
    /// What is being searched for.
    pub(crate) query: Slot<String>,
    /// The ticket that is being written; kept while the panel lives.
    pub(crate) draft: Slot<TicketDraft>,
    /// What the host wrote into subject, text and address of the form last: whatever else stands there is the visitor's.
    pub(crate) given: Slot<[String; 3]>,
    /// The ticket that was sent last and is not acknowledged.
    pub(crate) sending: Slot<Option<Sending>>,
    /// What is wrong with the draft, by field.
    pub(crate) form_errors: Slot<Vec<FieldError>>,
    /// How often the draft was refused: each time the first mistake is led to.
    pub(crate) refusals: Slot<u32>,
    /// Why the draft could not be sent.
    pub(crate) form_failure: Slot<Option<Failure>>,
    /// Half-written replies, by ticket.
    pub(crate) replies: Slot<Vec<(String, String)>>,
    /// Threads that were left while something in them was on its way.
    pub(crate) parked: Slot<Vec<Conversation>>,
    /// The search index.
    pub(crate) kb: Slot<Kb>,
    /// Articles that the site suggests on this page, before the first ones of all.
    pub(crate) suggested: Slot<Answered>,
    /// The hash of the index whose rest stays at the edge: the base is too large to download.
    pub(crate) far: Slot<String>,
    /// Whether the rest of the index is on its way: until then nothing is said not to be there.
    pub(crate) is_rest_coming: Slot<bool>,
    /// What the edge found last in that.
    pub(crate) at_edge: Slot<Answered>,
    /// The visitor's tickets.
    pub(crate) tickets: Slot<Remote<Tickets>>,
    /// The thread that was opened last.
    pub(crate) conversation: Slot<Conversation>,
    /// What a screen reader should say now.
    pub(crate) news: Slot<String>,
    /// The second module, which has every view but the first; see `later`.
    pub(crate) later: Slot<Remote<()>>,
    parts: Kept<Parts>,
}

impl App {
    /// The state of a panel that was just mounted.
    pub(crate) fn new(site: Site, parts: Rc<Parts>) -> Self {
        Self {
            is_open: Slot::new(false),
            trail: Slot::new(vec![View::Home]),
            site: Slot::new(site),
            wishes: Slot::new(0),
            is_named: Slot::new(parts.client.sessions.is_identified()),
            query: Slot::new(String::new()),
            draft: Slot::new(draft::left(&parts)),
            given: Slot::default(),
            sending: Slot::new(None),
            form_errors: Slot::default(),
            refusals: Slot::default(),
            form_failure: Slot::default(),
            replies: Slot::new(Vec::new()),
            parked: Slot::new(Vec::new()),
            kb: Slot::new(Kb::Loading),
            suggested: Slot::default(),
            far: Slot::default(),
            is_rest_coming: Slot::new(false),
            at_edge: Slot::default(),
            tickets: Slot::new(Remote::Loading),
            conversation: Slot::new(Conversation::default()),
            news: Slot::new(String::new()),
            // Failed: nobody has asked for it yet.
            later: Slot::new(Remote::Failed(Failure::Unreachable)),
            parts: Kept::new(parts),
        }
    }

    /// The parts; none once the panel is gone.
    pub(crate) fn try_parts(self) -> Option<Rc<Parts>> {
        self.parts.get()
    }

    /// The parts, for views, which do not outlive them.
    pub(crate) fn parts(self) -> Rc<Parts> {
        self.try_parts().unwrap_throw()
    }

    /// A text.
    pub(crate) fn say(self, key: Text) -> String {
        self.parts().words.say(key)
    }

    /// Tells the host's listeners; `detail` is JSON, and an empty one is nothing.
    pub(crate) fn emit(self, event: &str, detail: &str) {
        let detail = js_sys::JSON::parse(detail).unwrap_or(JsValue::UNDEFINED);
        let _ = self.parts().emit.call2(&JsValue::UNDEFINED, &JsValue::from_str(event), &detail);
    }

    /// Asks the loader to close the panel; as a page of its own it stays.
    pub(crate) fn close(self) {
        let parts = self.parts();
        if !parts.is_page {
            let _ = parts.close.apply(&JsValue::UNDEFINED, &Array::new());
        }
    }

    /// The view that is shown.
    pub(crate) fn view(self) -> View {
        self.trail.with(|trail| trail.last().cloned().unwrap_or(View::Home))
    }

    /// Whether a thread is shown that has not come yet.
    pub(crate) fn awaits_thread(self) -> bool {
        matches!(self.view(), View::Thread(_)) && self.conversation.with_untracked(|now| now.ticket.is_none())
    }

    /// Goes on to a view; the way back leads here.
    pub(crate) fn go(self, view: View) {
        self.fetch_later();
        self.trail.update(|trail| {
            if trail.last() != Some(&view) {
                trail.push(view);
            }
        });
    }

    /// Goes to a view from which the way back leads home.
    pub(crate) fn go_from_home(self, view: View) {
        let home = View::Home;
        if view != home {
            self.fetch_later();
        }
        self.trail.set(if view == home { vec![home] } else { vec![home, view] });
    }

    /// Goes back.
    pub(crate) fn back(self) {
        self.trail.update(|trail| {
            if trail.len() > 1 {
                trail.pop();
            }
        });
    }

    /// Shows what is wrong with the draft.
    pub(crate) fn refuse_form(self, errors: Vec<FieldError>) {
        self.form_errors.set(errors);
        self.refusals.update(|count| *count += 1);
    }

    /// Whether the visitor sees the panel right now.
    pub(crate) fn is_seen(self) -> bool {
        self.is_open.get_untracked() && browser::is_page_visible()
    }
}
