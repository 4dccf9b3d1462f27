//! Everything that one journey needs, set up together: a site on the shared edge, a host page's origin, a browser.

use crate::{
    browser::{Browser, Engine},
    edge::{Edge, Site},
    line::Line,
    pages::Pages,
};

/// A browser in front of somebody else's page with our tag in it.
pub struct Stage {
    /// The edge, shared with the other tests of this process.
    pub edge: &'static Edge,
    /// A site of its own.
    pub site: Site,
    /// The host's web server.
    pub pages: Pages,
    /// The visitor's browser.
    pub browser: Browser,
    /// A way to the edge that can be cut. Pages take it after [`Stage::depend_on_line`]; in WebKit always.
    pub line: Line,
}

impl Stage {
    /// Sets up a site by a preset or a policy text. Nothing is open yet.
    pub async fn set(policy: &str) -> Self {
        let (edge, pages) = (Edge::shared(), Pages::start().await);
        let site = edge.new_site(policy, &[&pages.origin()]).await;
        Self::set_up(edge, site, pages).await
    }

    /// The same in front of the site of requests that name none, on an edge of the test's own.
    pub async fn set_on(edge: &'static Edge, preset: &str) -> Self {
        let pages = Pages::start().await;
        let site = edge.default_site(preset, &[&pages.origin()]).await;
        Self::set_up(edge, site, pages).await
    }

    async fn set_up(edge: &'static Edge, site: Site, pages: Pages) -> Self {
        pages.fill("edge", &edge.url());
        pages.fill("site", &site.id);
        let (browser, line) = (Browser::open().await, Line::to(edge.port()).await);
        let stage = Self { edge, site, pages, browser, line };
        if stage.browser.engine() == Engine::WebKitGtk {
            stage.depend_on_line();
            stage.browser.depend_on(stage.line.clone());
        }
        stage
    }

    /// From now on pages reach the edge over a line that can be cut while the host stays up.
    pub fn depend_on_line(&self) {
        self.pages.fill("edge", &self.line.url());
    }

    /// The edge's address as pages know it.
    #[must_use]
    pub fn edge_url(&self) -> String {
        self.pages.filled("edge")
    }

    /// Opens a page of `tests/pages/`.
    pub async fn open(&self, page: &str) {
        self.browser.goto(&self.pages.url(page)).await;
    }

    /// Ends the browser; fails the test on any error of a page.
    pub async fn strike(self) {
        self.browser.close().await;
    }
}
