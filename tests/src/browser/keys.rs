//! Keys as a person presses them: on whatever has the focus, with nothing else to aim by.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};

use super::Browser;

/// The key that goes on to the next thing that can have the focus.
pub const TAB: char = '\u{e004}';
/// The key that turns the other key round.
const SHIFT: char = '\u{e008}';
/// The key that does what is in focus.
pub const ENTER: char = '\u{e007}';
/// The key that leaves.
pub const ESCAPE: char = '\u{e00c}';
/// The key to the next of several.
pub const DOWN: char = '\u{e015}';
/// The arrow up.
pub const UP: char = '\u{e013}';

/// What has the focus, in the widget or in the page, by its hook or its name.
const FOCUSED: &str = r#"(() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.dataset?.buoy ?? node?.localName ?? "";
})()"#;

impl Browser {
    /// Presses keys one after the other, wherever the focus is.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn press(&self, keys: &str) {
        let strokes = keys.chars().flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
        self.perform(strokes.collect()).await;
    }

    async fn perform(&self, strokes: Vec<KeyAction>) {
        let actions = strokes.into_iter().fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.client().perform_actions(actions).await.unwrap_or_else(|error| panic!("keys cannot be pressed: {error}"));
    }

    /// What has the focus: a hook of the widget, or an element's name.
    pub async fn focused(&self) -> String {
        self.eval(&format!("return {FOCUSED}")).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the focus is there.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn wait_for_focus(&self, hook: &str) {
        self.wait_until(&format!("{FOCUSED} === '{hook}'")).await;
    }

    /// Presses Tab until the focus is there. What lies before the focus is reached by [`Browser::tab_back_to`]: beyond the page's
    /// end a browser goes on with its own buttons, and each begins elsewhere afterwards.
    ///
    /// # Panics
    /// When it does not come within as many steps as a panel has things.
    pub async fn tab_to(&self, hook: &str) {
        self.seek(hook, &[KeyAction::Down { value: TAB }, KeyAction::Up { value: TAB }]).await;
    }

    /// Presses Shift and Tab until the focus is there.
    ///
    /// # Panics
    /// When it does not come within as many steps as a panel has things.
    pub async fn tab_back_to(&self, hook: &str) {
        let [press, release] = [KeyAction::Down { value: SHIFT }, KeyAction::Up { value: SHIFT }];
        self.seek(hook, &[press, KeyAction::Down { value: TAB }, KeyAction::Up { value: TAB }, release]).await;
    }

    async fn seek(&self, hook: &str, strokes: &[KeyAction]) {
        let mut way = Vec::new();
        for _ in 0..30 {
            self.perform(strokes.to_vec()).await;
            let focused = self.focused().await;
            if focused == hook {
                return;
            }
            way.push(focused);
        }
        panic!("Tab never led to `{hook}`, but to {way:?}\n{}", self.dump().await)
    }
}
