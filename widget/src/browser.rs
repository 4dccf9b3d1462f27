//! The few things asked of the browser itself: time, chance, pauses, storage.
//!
//! Everything here survives a browser that refuses. It must not know the panel, and must not touch the host's DOM.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, Storage, Window};

/// The window. There always is one where the panel runs.
pub(crate) fn window() -> Window {
    web_sys::window().unwrap_throw()
}

/// The document.
pub(crate) fn document() -> Document {
    window().document().unwrap_throw()
}

/// A property of an object; undefined when there is none or it cannot be read.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is a text.
pub(crate) fn get_text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// A piece of an address.
pub(crate) fn encode(text: &str) -> String {
    String::from(js_sys::encode_uri_component(text))
}

/// Calls a function after a pause.
pub(crate) fn call_later(act: &Function, millis: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "pauses are seconds; a float's cast saturates")]
    let millis = millis as i32;
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(act, millis);
}

/// Resolves after a pause.
pub(crate) fn sleep_promise(millis: f64) -> Promise {
    Promise::new(&mut |resolve, _| call_later(&resolve, millis))
}

/// Rejects after a pause: the longest wait for what it races with.
pub(crate) fn limit_promise(millis: f64) -> Promise {
    Promise::new(&mut |_, reject| call_later(&reject, millis))
}

/// Pauses.
pub(crate) async fn sleep(millis: f64) {
    let _ = JsFuture::from(sleep_promise(millis)).await;
}

/// Does something before the next frame: what was changed is in place by then.
pub(crate) fn after_drawing(act: impl FnOnce() + 'static) {
    let _ = window().request_animation_frame(Closure::once_into_js(act).unchecked_ref());
}

/// Does something when all that follows from a change is in place, before the visitor can do anything more.
pub(crate) fn after_effects(act: impl FnOnce() + 'static) {
    spawn_local(async move { act() });
}

/// 128 random bits as text, for an idempotency key.
pub(crate) fn random_key() -> String {
    let mut bytes = [0_u8; 16];
    let crypto = window().crypto();
    if !crypto.is_ok_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok()) {
        // Good enough to tell one visitor's acts apart, which is all the key is for.
        bytes.fill_with(|| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a random byte is wanted")]
            let byte = (js_sys::Math::random() * 256.0) as u8;
            byte
        });
    }
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A number of pixels as text.
pub(crate) fn whole(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "sizes of windows; a float's cast saturates")]
    let value = value as i32;
    value.to_string()
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> f64 {
    js_sys::Date::now()
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The storage of this tab, if the browser allows.
pub(crate) fn tab_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// What was stored, if the browser allows to look.
pub(crate) fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Stores, if the browser allows.
pub(crate) fn store(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Removes what was stored.
pub(crate) fn unstore(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

/// Whether a finger is the pointer: then nothing is focused by itself, since that would raise the keyboard.
pub(crate) fn is_touch() -> bool {
    window().match_media("(pointer:coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// Whether the page is in front. A frame that a page calls `hidden` stands in the place of what the document says.
pub(crate) fn is_page_visible() -> bool {
    get(&document(), "hidden").as_bool() != Some(true)
}
