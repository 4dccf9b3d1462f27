//! Which page the panel stands in, as incidents are meant for pages. It must not know what a pattern says.

use crate::app::App;
use crate::browser::{get, window};
use js_sys::Array;
use wasm_bindgen::JsValue;

impl App {
    /// What patterns of incidents are tested against: the visitor's tier and plan, the page's components and its path, as
    /// the loader lists them for its banner (`shared/src/incident/target.rs`).
    pub(crate) fn page(self) -> String {
        let config = &self.parts().config;
        let named = get(config, "page");
        let path = || window().location().pathname().map_or(JsValue::UNDEFINED, JsValue::from);
        let page = if named.is_truthy() { named } else { path() };
        let list = Array::of4(&get(config, "tier"), &get(config, "plan"), &get(config, "components"), &page);
        String::from(list.join(","))
    }
}
