//! What is kept while a view is there, and values that views follow: what `StoredValue` and `RwSignal` are for, in a
//! fraction of their code.
//!
//! `RwSignal<T>` compiles locks, guards and subscribers anew for every `T`: 40 kB for the dozen types of this panel. A
//! `Slot` keeps the value in a plain cell beside one trigger of Leptos's graph, which has no type. Made within an owner
//! and gone with it; what is set afterwards is dropped. It must not leave the page's thread, and nothing here does.

use reactive_graph::owner::{LocalStorage, StoredValue};
use reactive_graph::signal::ArcTrigger;
use reactive_graph::traits::{GetValue, Notify, Track};
use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;
use wasm_bindgen::UnwrapThrowExt;

/// What the current owner keeps until it goes. A handle: copying it does not copy the value. It is stored without its
/// type, so that the owner's store is compiled once.
pub(crate) struct Kept<T: 'static>(StoredValue<Rc<dyn Any>, LocalStorage>, PhantomData<fn() -> T>);

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Kept<T> {}

impl<T> Kept<T> {
    /// Keeps a value.
    pub(crate) fn new(value: Rc<T>) -> Self {
        Self(StoredValue::new_local(value), PhantomData)
    }

    /// The value, while its owner is there.
    pub(crate) fn get(self) -> Option<Rc<T>> {
        self.0.try_get_value()?.downcast().ok()
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
