//! What a handler has at hand: the platform's bindings, the request's head, the moment.

use crate::body::Incoming;
use crate::error::ApiError;
use crate::limits;
use crate::platform;
use crate::router::Answering;
use crate::store::Db;
use crate::store::outbox::Entry;
use buoy_shared::id::{RequestId, SiteId};
use buoy_shared::time::Timestamp;
use std::cell::RefCell;
use worker::kv::KvStore;
use worker::{Context, Env, Request, Response, Url};

/// One of the two workers, as what they share needs to know it. Functions behind pointers: neither worker's code holds
/// what only the other one calls.
pub(crate) struct Part {
    /// Answers a request.
    pub(crate) answer: for<'a> fn(&'a Cx, &'a Incoming) -> Answering<'a>,
    /// Sees to the first attempt at rows of the outbox, in order, after the answer went out.
    pub(crate) after_answer: fn(&Cx, Vec<Entry>),
    /// A file of words of our own pages, where it is part of the worker; else it is deployed beside it.
    pub(crate) words_file: fn(&str) -> Option<&'static str>,
}

/// The header by which the courier tells the front worker which rows it left to it: a JSON list.
pub(crate) const LEFT_HEADER: &str = "buoy-left";

/// Rows that one answer names. What is beyond, the front worker's cron finds; each takes some 150 bytes of a header.
const LEFT_MAX: usize = 20;

/// One request's surroundings. `now` is read once, so that everything a request writes bears one time.
pub(crate) struct Cx {
    /// The worker that answers.
    pub(crate) part: &'static Part,
    pub(crate) env: Env,
    pub(crate) context: Context,
    pub(crate) url: Url,
    /// The page's origin, when a browser names one.
    pub(crate) origin: Option<String>,
    /// Where the request comes from; see [`limits::address_of`].
    pub(crate) address: String,
    pub(crate) now: Timestamp,
    pub(crate) request_id: RequestId,
    /// Rows that the other worker sees to.
    left: RefCell<Vec<Entry>>,
}

impl Cx {
    pub(crate) fn new(
        part: &'static Part,
        request: &Request,
        env: Env,
        context: Context,
        request_id: RequestId,
    ) -> Result<Self, ApiError> {
        let url = request.url()?;
        let origin = request.headers().get("origin")?;
        let address = limits::address_of(request.headers())?;
        let left = RefCell::default();
        Ok(Self { part, env, context, url, origin, address, now: platform::now_of(request), request_id, left })
    }

    /// Leaves rows to the worker that handed the request on.
    pub(crate) fn leave(&self, entries: impl Iterator<Item = Entry>) {
        self.left.borrow_mut().extend(entries);
    }

    /// Names them in the answer.
    pub(crate) fn name_left(&self, response: &Response) -> worker::Result<()> {
        let mut left = self.left.take();
        left.truncate(LEFT_MAX);
        if left.is_empty() { Ok(()) } else { response.headers().set(LEFT_HEADER, &serde_json::to_string(&left)?) }
    }

    /// The database that holds a site's rows.
    pub(crate) fn db(&self, site: &SiteId) -> Result<Db, ApiError> {
        Db::of(&self.env, site)
    }

    /// Published snapshots.
    pub(crate) fn snapshots(&self) -> Result<KvStore, ApiError> {
        Ok(self.env.kv("SNAPSHOTS")?)
    }

    /// A query parameter, decoded; blank counts as missing.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        self.url
            .query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    }

    /// The site a public request names.
    pub(crate) fn site(&self) -> Result<SiteId, ApiError> {
        let named = self.query("site").ok_or_else(|| ApiError::missing_parameter("site"))?;
        SiteId::parse(&named).map_err(|_| ApiError::not_found())
    }

    /// The site a public request names, else the installation's own.
    pub(crate) fn site_or_default(&self) -> Result<SiteId, ApiError> {
        if self.query("site").is_some() {
            return self.site();
        }
        SiteId::parse(&self.default_site()).map_err(|_| ApiError::missing_parameter("site"))
    }

    /// The installation's own site.
    pub(crate) fn default_site_id(&self) -> Result<SiteId, ApiError> {
        SiteId::parse(&self.default_site()).map_err(|_| ApiError::internal("DEFAULT_SITE names no site"))
    }

    fn default_site(&self) -> String {
        self.env.var("DEFAULT_SITE").map(|value| value.to_string()).unwrap_or_default()
    }

    /// Whether this is the site of requests that name none.
    pub(crate) fn is_default_site(&self, site: &SiteId) -> bool {
        self.default_site() == site.as_str()
    }

    /// How many items a list may give; a request may ask for fewer than the limit, not for more.
    pub(crate) fn limit(&self) -> Result<usize, ApiError> {
        use buoy_shared::api::PAGE_SIZE_MAX;
        let Some(asked) = self.query("limit") else { return Ok(PAGE_SIZE_MAX) };
        asked
            .parse()
            .ok()
            .filter(|limit| (1..=PAGE_SIZE_MAX).contains(limit))
            .ok_or_else(|| ApiError::invalid_parameter("limit", "expected a number from 1 to 50"))
    }

    /// A place in a thread or a version from which a caller goes on.
    pub(crate) fn place(&self, name: &str) -> Result<Option<u32>, ApiError> {
        let read = |text: String| text.parse().map_err(|_| ApiError::invalid_parameter(name, "expected a place"));
        self.query(name).map(read).transpose()
    }

    /// The origin of a page that is not ours, for statements that ask whether it may.
    pub(crate) fn foreign_origin(&self) -> Option<&str> {
        self.origin.as_deref().filter(|origin| *origin != self.url.origin().ascii_serialization())
    }

    /// Whether the page that asks may: same origin, one of the site's origins, or no page at all.
    pub(crate) fn check_origin(&self, origins: &[String]) -> Result<(), ApiError> {
        match self.foreign_origin() {
            Some(origin) if !origins.iter().any(|allowed| allowed == origin) => Err(ApiError::origin_not_allowed()),
            _ => Ok(()),
        }
    }
}
