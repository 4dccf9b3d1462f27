//! What is kept while a view is there, and values that views follow: what `StoredValue` and `RwSignal` are for, in a
//! fraction of their code.
//!
//! `RwSignal<T>` compiles locks, guards and subscribers anew for every `T`: 40 kB for the dozen types of this panel. A
//! `Slot` keeps the value in a plain cell beside one trigger of Leptos's graph, which has no type. Made within an owner
//! and gone with it; what is set afterwards is dropped. It must not leave the page's thread, and nothing here does.

use reactive_graph::owner::Owner;
use reactive_graph::signal::ArcTrigger;
use reactive_graph::traits::{Notify, Track};
use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;
use wasm_bindgen::UnwrapThrowExt;

/// Everything that is kept, by growing numbers. One for all panels of a page.
struct Store {
    last: u32,
    kept: Vec<(u32, Rc<dyn Any>)>,
}

thread_local! {
    static STORE: RefCell<Store> = const { RefCell::new(Store { last: 0, kept: Vec::new() }) };
}

impl Store {
    fn add(&mut self, value: Rc<dyn Any>) -> u32 {
        self.last += 1;
        self.kept.push((self.last, value));
        self.last
    }

    fn place(&self, number: u32) -> Option<usize> {
        self.kept.binary_search_by_key(&number, |(number, _)| *number).ok()
    }
}

/// What the current owner keeps until it goes. A handle: copying it does not copy the value. It is stored without its
/// type, so that the store is compiled once.
pub(crate) struct Kept<T: 'static>(u32, PhantomData<fn() -> T>);

fn keep(value: Rc<dyn Any>) -> u32 {
    let number = STORE.with_borrow_mut(|store| store.add(value));
    Owner::on_cleanup(move || {
        // Dropped when the store is free again: what goes may keep something itself.
        let gone = STORE.with_borrow_mut(|store| store.place(number).map(|place| store.kept.remove(place)));
        drop(gone);
    });
    number
}

fn kept(number: u32) -> Option<Rc<dyn Any>> {
    STORE.with_borrow(|store| store.kept.get(store.place(number)?).map(|(_, value)| value.clone()))
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Kept<T> {}

impl<T> Kept<T> {
    /// Keeps a value.
    pub(crate) fn new(value: Rc<T>) -> Self {
        Self(keep(value), PhantomData)
    }

    /// The value, while its owner is there.
    pub(crate) fn get(self) -> Option<Rc<T>> {
        kept(self.0)?.downcast().ok()
    }
}

struct Inner<T> {
    value: RefCell<T>,
    changed: ArcTrigger,
}

/// A value that views follow.
pub(crate) struct Slot<T: 'static>(Kept<Inner<T>>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Slot<T> {}

impl<T: Default> Default for Slot<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Slot<T> {
    /// A slot of the current owner.
    pub(crate) fn new(value: T) -> Self {
        Self(Kept::new(Rc::new(Inner { value: RefCell::new(value), changed: ArcTrigger::new() })))
    }

    /// Reads and follows.
    pub(crate) fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let inner = self.0.get().unwrap_throw();
        inner.changed.track();
        let value = inner.value.borrow();
        read(&value)
    }

    /// Reads as it is now.
    pub(crate) fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let inner = self.0.get().unwrap_throw();
        let value = inner.value.borrow();
        read(&value)
    }

    /// Changes the value; whoever follows it learns of it.
    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        if let Some(inner) = self.0.get() {
            change(&mut inner.value.borrow_mut());
            inner.changed.notify();
        }
    }

    /// Puts another value in its place.
    pub(crate) fn set(self, value: T) {
        self.update(|old| *old = value);
    }
}

impl<T: PartialEq> Slot<T> {
    /// Puts another value in its place; the same one is no news.
    pub(crate) fn renew(self, value: T) {
        if self.0.get().is_some_and(|inner| *inner.value.borrow() != value) {
            self.set(value);
        }
    }
}

impl<T: Clone> Slot<T> {
    /// The value, followed.
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value as it is now.
    pub(crate) fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_goes_with_its_owner_and_nothing_else_does() {
        let (one, other) = (Owner::new(), Owner::new());
        let value = Rc::new(7);
        let kept = one.with(|| Kept::new(value.clone()));
        let elsewhere = other.with(|| Kept::new(Rc::new("stays")));
        assert_eq!(kept.get().as_deref(), Some(&7));
        one.cleanup();
        assert_eq!((kept.get(), Rc::strong_count(&value)), (None, 1));
        assert_eq!(elsewhere.get().as_deref(), Some(&"stays"));
    }

    #[test]
    fn what_is_set_after_the_view_went_is_dropped() {
        let owner = Owner::new();
        let slot = owner.with(|| Slot::new(1));
        slot.set(2);
        assert_eq!(slot.get_untracked(), 2);
        slot.renew(1);
        assert_eq!(slot.get_untracked(), 1);
        owner.cleanup();
        slot.set(3);
        slot.renew(4);
        assert!(slot.0.get().is_none());
    }
}
