//! What the axe checker says of a page.

use super::Browser;
use crate::root::root;
use serde_json::Value;
use std::fs;

/// Without the widget, which has tests of its own.
const LOOK_AT_PAGE: &str = "window.found = null; \
    axe.run({ exclude: [['buoy-widget']] }).then((all) => { \
      window.found = all.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]); \
    }); return true";

impl Browser {
    /// The barriers that axe finds in the open page, the widget aside: each rule with the elements that break it.
    ///
    /// # Panics
    /// When axe-core is not installed.
    pub async fn barriers_in_page(&self) -> Value {
        let axe = fs::read_to_string(root().join("node_modules/axe-core/axe.min.js")).expect("axe-core is installed");
        self.eval(&format!("{axe}; window.axe = axe; return true")).await;
        self.eval(LOOK_AT_PAGE).await;
        self.wait_until("window.found !== null").await;
        self.eval("return window.found").await
    }
}
