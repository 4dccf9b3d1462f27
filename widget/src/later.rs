//! Views beyond the first: a second module of the same program, fetched once the first is drawn, or when one of them is gone to.
//!
//! Home and search are all that opening the panel needs. What only the other views need (form, threads, lists, articles, and
//! what the outbox says to them) is cut out of the finished wasm by the build, along the two functions of `seam`: whatever
//! can be reached through them alone is in the second module. Both share one memory and one table of functions, so a value
//! made in one is good in the other. Calling through the seam before the second module is here would end the panel, so
//! nothing but this file may.

use crate::app::{App, Remote, View};
use crate::client::Failure;
use crate::panel::el::El;
use crate::panel::{article, home, receipt, thread, ticket_form, tickets};

impl App {
    /// Asks for the second module, unless it is here or on its way: somebody wants to see it now. `panel.js` fetches it, also
    /// without being asked, and answers to [`App::later_arrived`].
    pub(crate) fn fetch_later(self) {
        if self.later.with_untracked(|now| matches!(now, Remote::Failed(_))) {
            self.later.set(Remote::Loading);
            self.extra("later", &[]);
        }
    }

    /// Whether it came. It is told each time that somebody asks; once it is here that is no news, and must not move the focus
    /// away from where somebody writes.
    pub(crate) fn later_arrived(self, is_here: bool) {
        if self.is_later_here() {
            return;
        }
        self.later.set(if is_here { Remote::Ready(()) } else { Remote::Failed(Failure::Unreachable) });
    }

    fn is_later_here(self) -> bool {
        self.later.with_untracked(|now| matches!(now, Remote::Ready(())))
    }

    /// Takes in a word of the outbox, which speaks when the second module is here: `panel.js` fetches both.
    pub(crate) fn hear(self, about: &str, key: &str, ticket: &str, text: &str) {
        if self.is_later_here() {
            seam::hear(&self, &[about, key, ticket, text]);
        }
    }
}

/// A view that is not the first; only when the second module is here.
pub(crate) fn draw(app: App, view: &View, place: El) -> El {
    if app.is_later_here() {
        seam::draw(&app, view, &place);
    }
    place
}

/// The two calls that cross from the first module into the second. The names are what the build looks for: the same
/// number on both sides, and the module's name between the pairs of zeros. References are all that crosses, to values that
/// both sides compiled together.
#[cfg(target_arch = "wasm32")]
mod seam {
    use super::{App, El, View};

    #[expect(unsafe_code, reason = "a seam between two wasm modules is an import and an export")]
    #[expect(improper_ctypes, reason = "both sides are one program: the types are not read by another language")]
    #[link(wasm_import_module = "__wasm_split_placeholder__")]
    unsafe extern "C" {
        #[link_name = "__wasm_split_00later00_import_00000000000000000000000000000001"]
        pub(super) safe fn draw(app: &App, view: &View, place: &El);
        #[link_name = "__wasm_split_00later00_import_00000000000000000000000000000002"]
        pub(super) safe fn hear(app: &App, word: &[&str; 4]);
    }

    #[expect(unsafe_code, reason = "the other end of `draw`")]
    #[unsafe(export_name = "__wasm_split_00later00_export_00000000000000000000000000000001")]
    extern "C" fn draw_there(app: &App, view: &View, place: &El) {
        super::draw_here(app, view, place);
    }

    #[expect(unsafe_code, reason = "the other end of `hear`")]
    #[unsafe(export_name = "__wasm_split_00later00_export_00000000000000000000000000000002")]
    extern "C" fn hear_there(app: &App, word: &[&str; 4]) {
        super::hear_here(app, word);
    }
}

/// Without wasm there is one module.
#[cfg(not(target_arch = "wasm32"))]
mod seam {
    pub(super) use super::{draw_here as draw, hear_here as hear};
}

fn draw_here(app: &App, view: &View, place: &El) {
    let app = *app;
    place.clone().add(match view {
        View::Home => home::home(app),
        View::Article(slug) => article::article(app, slug),
        View::Form => ticket_form::ticket_form(app),
        View::Receipt => receipt::receipt(app),
        View::Tickets => tickets::tickets(app),
        View::Thread(id) => thread::thread(app, id),
    });
}

fn hear_here(app: &App, [about, key, ticket, text]: &[&str; 4]) {
    app.take_word(about, key, ticket, text);
}
