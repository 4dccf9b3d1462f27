//! Elements, made one by one and kept up to date by Leptos's effects.
//!
//! `leptos::html` builds a type for every element from the types of its attributes and children, which compiles each use
//! anew: with it this panel weighed twice its budget, and `view!` turns static markup into `innerHTML`, which a page with
//! Trusted Types refuses. Here an element is one type, text is text, and a part that changes is one effect.
//! It must not know the panel.

use crate::browser::document;
use crate::slot::Kept;
use reactive_graph::effect::RenderEffect;
use reactive_graph::graph::untrack;
use reactive_graph::owner::Owner;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use web_sys::{Element, Event};

/// An element under construction.
#[derive(Clone)]
pub(crate) struct El(Element);

/// An element that a handler needs later. It goes with the view, so handler and element do not keep each other alive.
pub(crate) type Held = Kept<Element>;

/// An element with a class.
pub(crate) fn el(name: &str, class: &str) -> El {
    // Only names of ours get here, so this cannot fail.
    let element = El(document().create_element(name).unwrap_throw());
    if class.is_empty() { element } else { element.attr("class", class) }
}

/// An element of an icon.
pub(crate) fn svg_el(name: &str) -> El {
    El(document().create_element_ns(Some("http://www.w3.org/2000/svg"), name).unwrap_throw())
}

/// Nothing to see: a part that may be there at another time.
pub(crate) fn nothing() -> El {
    el("div", "nothing")
}

/// A part that is made anew whenever something it read has changed.
pub(crate) fn live(make: impl Fn() -> El + 'static) -> El {
    let place = el("div", "live");
    let slot = place.clone();
    follow(move || slot.put(&make()));
    place
}

/// A part that is made anew when its key becomes another one, and for no other reason.
pub(crate) fn live_by<K: PartialEq + 'static>(key: impl Fn() -> K + 'static, make: impl Fn(&K) -> El + 'static) -> El {
    let place = el("div", "live");
    let slot = place.clone();
    // Not what the effect itself owns, which goes each time the key is looked at.
    let owner = Owner::new();
    let mut shown = None;
    follow(move || {
        let key = key();
        if shown.as_ref() != Some(&key) {
            owner.cleanup();
            slot.put(&owner.with(|| untrack(|| make(&key))));
            shown = Some(key);
        }
    });
    place
}

/// Runs now, and again whenever something it read has changed, until the view goes.
pub(crate) fn follow(act: impl FnMut() + 'static) {
    let mut act: Box<dyn FnMut()> = Box::new(act);
    // An effect ends when it is dropped; the current owner keeps it and drops it when the view goes.
    Kept::new(Rc::new(RenderEffect::new(move |_: Option<()>| act())));
}

impl El {
    /// An attribute.
    pub(crate) fn attr(self, name: &str, value: &str) -> Self {
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// The `data-buoy` by which tests and style sheets find it.
    pub(crate) fn hook(self, name: &str) -> Self {
        self.attr("data-buoy", name)
    }

    /// An attribute that follows what it reads; `None` takes it away.
    pub(crate) fn live_attr(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        let element = self.0.clone();
        follow(move || {
            let _ = match value() {
                Some(value) => element.set_attribute(name, &value),
                None => element.remove_attribute(name),
            };
        });
        self
    }

    /// Text after what is there.
    pub(crate) fn text(self, text: &str) -> Self {
        let _ = self.0.append_child(&document().create_text_node(text));
        self
    }

    /// The text, following what it reads.
    pub(crate) fn live_text(self, text: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        follow(move || element.set_text_content(Some(&text())));
        self
    }

    /// One element in place of what is there.
    fn put(&self, child: &El) {
        self.0.set_text_content(None);
        let _ = self.0.append_child(&child.0);
    }

    /// An element after what is there.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a child is built for its parent; a reference at each use would only be noise"
    )]
    pub(crate) fn add(self, child: El) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }

    /// Elements after what is there.
    pub(crate) fn all(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, Self::add)
    }

    /// A handler.
    pub(crate) fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Self {
        self.listen(event, Box::new(act))
    }

    fn listen(self, event: &str, act: Box<dyn FnMut(Event)>) -> Self {
        // The browser frees the handler together with the element.
        let handler = Closure::wrap(act).into_js_value();
        let _ = self.0.add_event_listener_with_callback(event, handler.unchecked_ref());
        self
    }

    /// The element, for a handler.
    pub(crate) fn hold(&self) -> Held {
        Kept::new(Rc::new(self.0.clone()))
    }

    /// The element itself.
    pub(crate) fn element(&self) -> &Element {
        &self.0
    }
}

/// A held element as what it is, while its view is there.
pub(crate) fn held<T: JsCast>(held: Held) -> Option<T> {
    held.get().map(|element| Element::clone(&element).unchecked_into())
}
