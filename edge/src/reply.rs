//! Answers: their bodies, their caching, and the headers that every one of them carries.

use crate::error::{ApiError, UNHEALTHY_STATUS, status_of};
use buoy_shared::id::RequestId;
use buoy_shared::problem::{Problem, ProblemKind};
use serde::Serialize;
use std::cell::OnceCell;
use worker::{Headers, Response, ResponseBody, web_sys};

/// How long what may be kept.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Caching {
    /// Somebody's own: nobody keeps it.
    Private,
    /// May be kept, must be asked about each time (an ETag makes that cheap).
    Revalidate,
    /// Named by its content: for ever.
    Immutable,
}

impl Caching {
    const fn header(self) -> &'static str {
        match self {
            Self::Private => "no-store",
            Self::Revalidate => "public, no-cache",
            Self::Immutable => "public, max-age=31536000, immutable",
        }
    }
}

/// What a page may do with the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sharing {
    /// Pages of the site's origins may read it; the handler checked the origin.
    SiteOrigins,
    /// No page of another origin may read it: the team's and the operator's.
    Nobody,
    /// Every page may read it.
    Everyone,
}

/// The body of an answer.
#[derive(Debug)]
enum Content {
    Text(String, &'static str),
    Bytes(Vec<u8>),
    File(ResponseBody, String),
    Empty,
}

/// An answer before it is one.
#[derive(Debug)]
pub(crate) struct Reply {
    status: u16,
    content: Content,
    caching: Caching,
    sharing: Sharing,
    etag: Option<String>,
    retry_after_seconds: Option<u32>,
    /// What may be asked of this path.
    allow: Option<String>,
    /// The policy for documents; answers that are not documents may do nothing at all.
    document_policy: Option<String>,
    /// What a browser does with it.
    disposition: Option<String>,
    /// Where the thing is now.
    location: Option<String>,
    /// Statements that it cost, for tests.
    #[cfg(feature = "test-clock")]
    statements: u32,
}

const JSON: &str = "application/json; charset=utf-8";
const PROBLEM: &str = "application/problem+json; charset=utf-8";
/// The type of our own binary form: the platform compresses only what is on its list of types, and this is the one on it for
/// binary forms whose reader knows them. As `application/octet-stream` an index would travel as it is.
const BYTES: &str = "application/x-protobuf";
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";
const ATOM: &str = "application/atom+xml; charset=utf-8";
const RSS: &str = "application/rss+xml; charset=utf-8";

/// For everything that is not a page: load nothing, be framed by nobody.
const NOTHING_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// For files that people sent.
const FILE_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

impl Reply {
    fn new(status: u16, content: Content) -> Self {
        Self {
            status,
            content,
            caching: Caching::Private,
            sharing: Sharing::SiteOrigins,
            etag: None,
            retry_after_seconds: None,
            allow: None,
            document_policy: None,
            disposition: None,
            location: None,
            #[cfg(feature = "test-clock")]
            statements: 0,
        }
    }

    #[cfg(feature = "test-clock")]
    pub(crate) fn counted(self, statements: u32) -> Self {
        Self { statements, ..self }
    }

    /// 200 with a value.
    pub(crate) fn ok<T: Serialize>(value: &T) -> Result<Self, ApiError> {
        Ok(Self::ok_text(serde_json::to_string(value)?))
    }

    /// 200 with JSON that is already text.
    pub(crate) fn ok_text(json: String) -> Self {
        Self::new(200, Content::Text(json, JSON))
    }

    /// 200 with bytes.
    pub(crate) fn bytes(bytes: Vec<u8>) -> Self {
        Self::new(200, Content::Bytes(bytes))
    }

    /// 200 with somebody's file: to be saved, never shown, with nothing allowed to it should it be shown after all.
    pub(crate) fn file(body: ResponseBody, content_type: String, disposition: String) -> Self {
        Self {
            document_policy: Some(FILE_POLICY.to_owned()),
            disposition: Some(disposition),
            ..Self::new(200, Content::File(body, content_type))
        }
    }

    /// 200 with a picture to be shown, with nothing allowed to it should it be opened by itself.
    pub(crate) fn picture(body: ResponseBody, content_type: &str) -> Self {
        Self {
            document_policy: Some(FILE_POLICY.to_owned()),
            ..Self::new(200, Content::File(body, content_type.to_owned()))
        }
    }

    /// 200 with a page and its content security policy.
    pub(crate) fn page(html: String, policy: String) -> Self {
        Self { document_policy: Some(policy), ..Self::new(200, Content::Text(html, HTML)) }
    }

    /// 404 as a page, for people.
    pub(crate) fn missing_page(html: String, policy: &str) -> Self {
        Self { status: 404, ..Self::page(html, policy.to_owned()) }
    }

    /// A refusal as a page, for people.
    pub(crate) fn refusing_page(html: String, policy: &str, kind: ProblemKind) -> Self {
        Self { status: status_of(kind), ..Self::page(html, policy.to_owned()) }
    }

    /// 301: the thing has another address now. The address holds only what was percent-encoded.
    pub(crate) fn moved(location: &str) -> Self {
        Self { location: Some(location.to_owned()), ..Self::new(301, Content::Empty) }
    }

    /// 200 with a style.
    pub(crate) fn style(css: String) -> Self {
        Self::new(200, Content::Text(css, CSS))
    }

    /// 200 with a script.
    pub(crate) fn script(script: String) -> Self {
        Self::new(200, Content::Text(script, SCRIPT))
    }

    /// 200 with XML.
    pub(crate) fn xml(xml: String) -> Self {
        Self::new(200, Content::Text(xml, XML))
    }

    /// 200 with a feed.
    pub(crate) fn feed(xml: String, is_rss: bool) -> Self {
        Self::new(200, Content::Text(xml, if is_rss { RSS } else { ATOM }))
    }

    /// 201 with a value.
    pub(crate) fn created<T: Serialize>(value: &T) -> Result<Self, ApiError> {
        Ok(Self::created_text(serde_json::to_string(value)?))
    }

    /// 201 with JSON that is already text.
    pub(crate) fn created_text(json: String) -> Self {
        Self::new(201, Content::Text(json, JSON))
    }

    /// 204: done, or what a preflight wants.
    pub(crate) fn nothing() -> Self {
        Self { sharing: Sharing::SiteOrigins, ..Self::new(204, Content::Empty) }
    }

    /// 503 with a value: a health check that failed.
    pub(crate) fn failing<T: Serialize>(value: &T) -> Result<Self, ApiError> {
        Ok(Self {
            sharing: Sharing::Everyone,
            ..Self::new(UNHEALTHY_STATUS, Content::Text(serde_json::to_string(value)?, JSON))
        })
    }

    /// A refusal or a fault.
    pub(crate) fn problem(mut error: ApiError, request_id: &RequestId) -> Self {
        let refuses_origin = error.kind() == ProblemKind::OriginNotAllowed;
        let retry_after_seconds = error.retry_after_seconds();
        let allow = error.take_allow();
        let problem = error.into_problem(request_id);
        let text = serde_json::to_string(&problem).unwrap_or_default();
        // A page that is refused for its origin is not told anything by its browser either; other refusals must be readable.
        let sharing = if refuses_origin { Sharing::SiteOrigins } else { Sharing::Everyone };
        Self { retry_after_seconds, allow, sharing, ..Self::new(problem.status, Content::Text(text, PROBLEM)) }
    }

    /// A refusal or a fault as a page, for people.
    pub(crate) fn problem_page(mut error: ApiError, request_id: &RequestId, html: String, policy: &str) -> Self {
        let retry_after_seconds = error.retry_after_seconds();
        let allow = error.take_allow();
        let Problem { status, .. } = error.into_problem(request_id);
        Self { status, retry_after_seconds, allow, ..Self::page(html, policy.to_owned()) }
    }

    pub(crate) fn cached(self, caching: Caching) -> Self {
        Self { caching, ..self }
    }

    pub(crate) fn shared(self, sharing: Sharing) -> Self {
        Self { sharing, ..self }
    }

    /// Names the content; a reader who has it already gets 304 and no body.
    pub(crate) fn tagged(self, etag: &str, known: Option<&str>) -> Self {
        let is_known =
            known.is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
        let (status, content) = if is_known { (304, Content::Empty) } else { (self.status, self.content) };
        Self { status, content, etag: Some(etag.to_owned()), ..self }
    }

    /// The response with its headers. `origin` is the page's, when a browser named one.
    pub(crate) fn into_response(self, origin: Option<&str>, request_id: &RequestId) -> worker::Result<Response> {
        let headers = common_headers()?;
        self.set_sharing(&headers, origin)?;
        headers.set("x-request-id", request_id.as_str())?;
        if !matches!(self.caching, Caching::Private) {
            headers.set("cache-control", self.caching.header())?;
        }
        if let Some(policy) = &self.document_policy {
            headers.set("content-security-policy", policy)?;
        }
        if let Some(disposition) = &self.disposition {
            headers.set("content-disposition", disposition)?;
        }
        if let Some(location) = &self.location {
            headers.set("location", location)?;
        }
        #[cfg(feature = "test-clock")]
        headers.set("x-test-statements", &self.statements.to_string())?;
        if let Some(etag) = &self.etag {
            headers.set("etag", etag)?;
        }
        if let Some(methods) = &self.allow {
            headers.set("allow", methods)?;
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.set("retry-after", &seconds.to_string())?;
        }
        let response = match self.content {
            Content::Text(text, content_type) => {
                if content_type != JSON {
                    headers.set("content-type", content_type)?;
                }
                Response::ok(text)?
            }
            Content::Bytes(bytes) => {
                headers.set("content-type", BYTES)?;
                Response::from_bytes(bytes)?
            }
            Content::File(body, content_type) => {
                headers.set("content-type", &content_type)?;
                Response::from_body(body)?
            }
            Content::Empty => {
                headers.delete("content-type")?;
                Response::empty()?
            }
        };
        Ok(response.with_headers(headers).with_status(self.status))
    }

    fn set_sharing(&self, headers: &Headers, origin: Option<&str>) -> worker::Result<()> {
        let refused = self.status == 403 && matches!(self.sharing, Sharing::SiteOrigins);
        match (self.sharing, origin) {
            (Sharing::Everyone, _) => headers.set("access-control-allow-origin", "*"),
            (Sharing::SiteOrigins, Some(origin)) if !refused => headers.set("access-control-allow-origin", origin),
            (Sharing::SiteOrigins | Sharing::Nobody, _) => Ok(()),
        }
    }
}

thread_local! {
    /// The headers that every answer has: a copy of them is one crossing to JavaScript, setting them anew is one each.
    static COMMON: OnceCell<web_sys::Headers> = const { OnceCell::new() };
}

fn common_headers() -> worker::Result<Headers> {
    COMMON.with(|common| {
        if let Some(known) = common.get() {
            return Ok(Headers(web_sys::Headers::new_with_headers(known)?));
        }
        let headers = Headers::new();
        headers.set("access-control-expose-headers", "content-disposition, etag, retry-after, x-request-id")?;
        headers.set("cache-control", Caching::Private.header())?;
        headers.set("content-security-policy", NOTHING_POLICY)?;
        headers.set("content-type", JSON)?;
        headers.set("cross-origin-resource-policy", "cross-origin")?;
        headers.set("referrer-policy", "no-referrer")?;
        headers.set("strict-transport-security", "max-age=31536000")?;
        headers.set("vary", "origin")?;
        headers.set("x-content-type-options", "nosniff")?;
        Ok(Headers(web_sys::Headers::new_with_headers(common.get_or_init(|| headers.0))?))
    })
}

/// The answer to a preflight: what the contract uses, for a day. Whether the origin may is decided by the request itself.
pub(crate) fn preflight(origin: Option<&str>, request_id: &RequestId) -> worker::Result<Response> {
    let response = Reply::nothing().into_response(origin, request_id)?;
    let headers = response.headers();
    headers.set("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE")?;
    headers.set("access-control-allow-headers", "authorization, content-type, idempotency-key, x-file-name")?;
    headers.set("access-control-max-age", "86400")?;
    Ok(response)
}
