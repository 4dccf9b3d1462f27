//! The way to what is fetched only when it is needed: `widget/talk`, plain JavaScript, called by name.
//!
//! A view leaves an empty element and asks for it to be filled. Nothing is waited for: a part that cannot be had is not
//! there, and the rest of the view works without it. What comes back comes through `outbox`.

use crate::app::App;
use crate::panel::el::{El, el};
use js_sys::Array;
use wasm_bindgen::JsValue;

impl App {
    /// Calls a function of `widget/talk`.
    pub(crate) fn extra(self, name: &str, details: &[&str]) {
        self.call_extra(name, None, details);
    }

    /// An element that such a function fills.
    pub(crate) fn extra_place(self, class: &str, name: &str, details: &[&str]) -> El {
        let place = el("div", class);
        self.call_extra(name, Some(&place), details);
        place
    }

    /// Hands an element with something in it to such a function.
    pub(crate) fn call_extra(self, name: &str, place: Option<&El>, details: &[&str]) {
        let given = Array::of1(&JsValue::from_str(name));
        if let Some(place) = place {
            given.push(place.element());
        }
        for detail in details {
            given.push(&JsValue::from_str(detail));
        }
        let _ = self.parts().extra.apply(&JsValue::UNDEFINED, &given);
    }
}
