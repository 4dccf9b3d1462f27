//! Finding and using what the widget shows. All lookups go into the open shadow root of `<buoy-widget>`, by its stable
//! hooks (`data-buoy`); each waits until the thing is there, and a vain wait shows the page.

use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};

use super::Browser;
use crate::wait;

/// Finds the first or all elements for a selector: in the widget, or in the host page.
const FIND: &str = r#"
  const [selector, inWidget] = arguments;
  const root = inWidget ? document.querySelector("buoy-widget")?.shadowRoot : document;
  return root ? Array.from(root.querySelectorAll(selector)) : [];
"#;

/// What is read in all elements of the widget for a selector. Not by the drivers: WebKit's takes text in a box with
/// `overflow: hidden` for hidden.
const TEXTS: &str = r#"
  const found = document.querySelector("buoy-widget")?.shadowRoot.querySelectorAll(arguments[0]) ?? [];
  return Array.from(found, (node) => node.getClientRects().length ? node.innerText : "");
"#;

/// All text in the first element of the widget for a selector.
const TEXT: &str = r#"
  return document.querySelector("buoy-widget")?.shadowRoot.querySelector(arguments[0])?.textContent ?? null;
"#;

/// Whether every motion of the widget that ends has ended.
const AT_REST: &str = r#"document.querySelector("buoy-widget").shadowRoot.getAnimations()
  .every((one) => one.playState === "finished" || one.effect.getComputedTiming().iterations === Infinity)"#;

/// The page and the widget as text, cut to what one reads.
pub(super) const DUMP: &str = r#"
  const cut = (text) => text.length > 6000 ? text.slice(0, 6000) + " …" : text;
  const shadow = document.querySelector("buoy-widget")?.shadowRoot;
  return `${location.href} “${document.title}”\n` + cut(document.documentElement.outerHTML)
    + "\n--- widget ---\n" + (shadow ? cut(shadow.innerHTML) : "none");
"#;

/// The key under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// Waits for an element in the widget's shadow root.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn wait_for(&self, css: &str) -> Element {
        match wait::poll(|| async { self.find_all(css, true).await.into_iter().next() }).await {
            Some(element) => element,
            None => panic!("`{css}` did not appear in the widget\n{}", self.dump().await),
        }
    }

    /// Waits for an element of the widget by its stable hook.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn hook(&self, name: &str) -> Element {
        self.wait_for(&format!(r#"[data-buoy="{name}"]"#)).await
    }

    /// Waits for an element of the host page.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn wait_for_in_page(&self, css: &str) -> Element {
        match wait::poll(|| async { self.find_all(css, false).await.into_iter().next() }).await {
            Some(element) => element,
            None => panic!("`{css}` did not appear in the page\n{}", self.dump().await),
        }
    }

    /// Waits until nothing in the widget matches.
    ///
    /// # Panics
    /// When something stays.
    pub async fn wait_until_gone(&self, css: &str) {
        let gone = wait::poll(|| async { self.find_all(css, true).await.is_empty().then_some(()) }).await;
        if gone.is_none() {
            panic!("`{css}` did not go away\n{}", self.dump().await);
        }
    }

    /// Waits until a JavaScript expression of the page is truthy, and gives its value.
    ///
    /// # Panics
    /// When it never is.
    pub async fn wait_until(&self, expression: &str) -> Value {
        let script = format!("return ({expression})");
        let ask = || async {
            let value = self.client().execute(&script, Vec::new()).await.ok()?;
            let falsy = matches!(value, Value::Null | Value::Bool(false)) || value == json!(0) || value == json!("");
            (!falsy).then_some(value)
        };
        match wait::poll(ask).await {
            Some(value) => value,
            None => panic!("`{expression}` never became true\n{}", self.dump().await),
        }
    }

    /// Waits until the text of a hook contains `part`, and gives the whole text.
    ///
    /// # Panics
    /// When it never does.
    pub async fn wait_for_text(&self, hook: &str, part: &str) -> String {
        let css = format!(r#"[data-buoy="{hook}"]"#);
        let ask = || async {
            let texts = self.client().execute(TEXTS, vec![json!(css)]).await.ok()?;
            let mut texts = texts.as_array()?.iter().filter_map(Value::as_str);
            texts.find(|text| text.contains(part)).map(str::to_owned)
        };
        match wait::poll(ask).await {
            Some(text) => text,
            None => panic!("no `{hook}` said “{part}”\n{}", self.dump().await),
        }
    }

    /// Waits for an element of the widget, and gives all text in it, be it scrolled into view or not.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn text_of(&self, css: &str) -> String {
        // In one look: what is drawn anew between two would be gone.
        let ask = || async { self.client().execute(TEXT, vec![json!(css)]).await.ok()?.as_str().map(str::to_owned) };
        match wait::poll(ask).await {
            Some(text) => text,
            None => panic!("`{css}` did not appear in the widget\n{}", self.dump().await),
        }
    }

    /// Waits until nothing in the widget moves but what never stops: a view that comes in is see-through, and neither its
    /// contrast nor its place is what it will be.
    ///
    /// # Panics
    /// When something goes on moving.
    pub async fn at_rest(&self) {
        self.wait_until(AT_REST).await;
    }

    /// Whether the page has no widget right now.
    pub async fn has_no_widget(&self) -> bool {
        self.eval("return !document.querySelector('buoy-widget')").await == true
    }

    /// How many elements of the widget match right now.
    pub async fn count(&self, css: &str) -> usize {
        self.find_all(css, true).await.len()
    }

    /// Clicks a hook of the widget as a person does: where it is, if nothing covers it.
    ///
    /// # Panics
    /// When it cannot be clicked.
    pub async fn click(&self, hook: &str) {
        let css = format!(r#"[data-buoy="{hook}"]"#);
        let ask = || async {
            let element = self.find_all(&css, true).await.into_iter().next()?;
            element.click().await.ok() // not while it is moving in; the next look tries again
        };
        if wait::poll(ask).await.is_none() {
            panic!("`{hook}` could not be clicked\n{}", self.dump().await);
        }
    }

    /// Types into a field of the widget, key by key. `\u{e007}` is Enter, `\u{e00c}` Escape, `\u{e004}` Tab.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn type_into(&self, hook: &str, text: &str) {
        let field = self.hook(hook).await;
        if let Err(error) = field.send_keys(text).await {
            panic!("could not type into `{hook}`: {error}\n{}", self.dump().await);
        }
    }

    async fn find_all(&self, css: &str, in_widget: bool) -> Vec<Element> {
        let found = self.client().execute(FIND, vec![json!(css), json!(in_widget)]).await.unwrap_or_default();
        let ids = found.as_array().into_iter().flatten().filter_map(|element| element.get(ELEMENT)?.as_str());
        ids.map(|id| Element::from_element_id(self.client(), ElementRef::from(id.to_owned()))).collect()
    }
}
