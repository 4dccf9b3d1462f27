//! More than one tab of the same browser: they share what the page stored.

use super::Browser;
use fantoccini::wd::WindowHandle;

impl Browser {
    /// The tab that commands go to now.
    ///
    /// # Panics
    /// When the browser has none.
    pub async fn tab(&self) -> WindowHandle {
        self.client().window().await.expect("the browser has a tab")
    }

    /// Opens an address in a new tab, to which commands go from now on.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn new_tab(&self, url: &str) -> WindowHandle {
        let tab = self.client().new_window(true).await.expect("a new tab").handle;
        self.switch_to(tab.clone()).await;
        self.watch_tab().await;
        self.goto(url).await;
        tab
    }

    /// Commands go to another tab from now on.
    ///
    /// # Panics
    /// When it was closed.
    pub async fn switch_to(&self, tab: WindowHandle) {
        self.client().switch_to_window(tab).await.expect("the tab is there");
    }

    /// Commands go to the page in the first frame of this one from now on.
    ///
    /// # Panics
    /// When there is none.
    pub async fn enter_frame(&self) {
        self.client().enter_frame(0).await.expect("the page has a frame");
    }

    /// Commands go to the page in the widget's own frame from now on; it stands in our shadow root, where drivers do not count.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn enter_frame_of_widget(&self) {
        self.wait_for("iframe").await.enter_frame().await.expect("a frame can be entered");
    }

    /// Commands go to the page around the frame again.
    ///
    /// # Panics
    /// When the browser cannot.
    pub async fn leave_frame(&self) {
        self.client().enter_parent_frame().await.expect("a frame is in a page");
    }
}
