//! One walk through the demo page, with a picture at each view: from the banner to the solved ticket, then the pages of the
//! help centre and of the status.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use buoy_tests::{browser::Browser, demo::DEMO_SITE, http::Client, wait};
use serde_json::{Value, json};

use crate::words::Words;

/// A screen and a theme.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    is_phone: bool,
    is_dark: bool,
}

impl Look {
    pub(crate) const ALL: [Self; 4] = [
        Self { is_phone: false, is_dark: false },
        Self { is_phone: false, is_dark: true },
        Self { is_phone: true, is_dark: false },
        Self { is_phone: true, is_dark: true },
    ];

    pub(crate) const fn device(self) -> &'static str {
        if self.is_phone { "phone" } else { "desktop" }
    }

    pub(crate) const fn theme(self) -> &'static str {
        if self.is_dark { "dark" } else { "light" }
    }

    /// Width and height in CSS pixels.
    const fn size(self) -> (u32, u32) {
        if self.is_phone { (390, 844) } else { (1280, 800) }
    }
}

/// Where the walk happens and where its pictures go.
pub(crate) struct Place<'a> {
    pub(crate) url: String,
    pub(crate) staff: Client,
    pub(crate) pictures: &'a Path,
    pub(crate) readme: &'a Path,
    /// Names of pictures that are also wanted for the README.
    pub(crate) for_readme: &'a [&'static str],
}

/// Gives our tag a locale before it runs, as a host of that language would write it.
const SPEAK: &str = r#"(locale) => {
  const observer = new MutationObserver(() => {
    const tag = document.querySelector("script[data-site]");
    if (!tag) return;
    observer.disconnect();
    tag.dataset.locale = locale;
  });
  observer.observe(document, { childList: true, subtree: true });
}"#;

/// Nothing is loading and nothing is moving, in the page or in the widget.
const STILL: &str = r#"(() => {
  const shadow = document.querySelector("buoy-widget")?.shadowRoot;
  const animations = [...document.getAnimations(), ...(shadow?.getAnimations() ?? [])];
  const pictures = [...document.images, ...(shadow?.querySelectorAll("img") ?? [])];
  return document.fonts.status === "loaded" && document.readyState === "complete"
    && animations.every((one) => one.playState !== "running") && pictures.every((one) => one.complete);
})()"#;

/// Chooses in a select box as a person does: the first choice that means something.
const CHOOSE: &str = r#"
  const select = document.querySelector("buoy-widget").shadowRoot.querySelector('[data-buoy="category"]');
  select.value = "payment";
  for (const type of ["input", "change"]) select.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
"#;

/// Walks from the banner to the answered ticket.
pub(crate) async fn walk(place: &Place<'_>, words: &Words, look: Look) -> Result<()> {
    let browser = open_browser(words, look).await;
    let shot = |view: &'static str| take(place, &browser, view, words, look);
    browser.goto(&place.url).await;
    browser.hook("launcher").await;
    let _shown = browser.wait_for_text("banner", words.incident).await;
    shot("banner").await?;

    browser.click("launcher").await;
    browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    browser.hook("system").await; // what the first view says last
    shot("home").await?;
    browser.type_into("search", words.search).await;
    browser.hook("result").await;
    shot("search").await?;
    browser.click("result").await;
    browser.hook("article").await;
    shot("article").await?;
    browser.click("helpful-no").await;
    browser.hook("reason").await;
    shot("reasons").await?;

    browser.eval("return Buoy('newTicket')").await;
    browser.hook("attach").await;
    browser.click("submit").await;
    browser.wait_for(r#"[aria-invalid="true"]"#).await;
    shot("mistakes").await?;
    browser.eval(CHOOSE).await;
    // From the bottom up: the form scrolls to where one types, and its top says what it is.
    for (field, text) in [("email", words.email), ("body", words.body), ("subject", words.subject)] {
        browser.type_into(field, text).await;
    }
    shot("form").await?;
    browser.eval(CONSENT).await;
    browser.wait_for(".context[open]").await;
    shot("details").await?;
    browser.eval(DROP).await;
    browser.wait_for(r#".file[data-state="sent"]"#).await;
    shot("files").await?;
    browser.click("submit").await;
    browser.hook("receipt").await;
    shot("receipt").await?;

    show_answered_ticket(place, &browser, words).await?;
    shot("thread").await?;
    solve(place, &browser, words).await?;
    shot("solved").await?;
    browser.eval("return Buoy('open', 'tickets')").await;
    browser.hook("ticket").await;
    shot("tickets").await?;
    pages(place, &browser, words, &shot).await?;
    browser.close().await;
    Ok(())
}

/// The pages that stand for themselves.
async fn pages<F: Future<Output = Result<()>>>(
    place: &Place<'_>,
    browser: &Browser,
    words: &Words,
    shot: &impl Fn(&'static str) -> F,
) -> Result<()> {
    let incidents = place.staff.get("/api/support/incidents/").send().await.expect(200).value();
    let incident = incidents.pointer("/items/0/id").and_then(Value::as_str).context("there is no incident")?;
    for (view, path) in [
        ("help", "/help".to_owned()),
        ("help-article", format!("/help/{}", words.article)),
        ("help-search", format!("/help/search?q={}", words.search)),
        ("status", "/status".to_owned()),
        ("status-incident", format!("/status/incidents/{incident}")),
    ] {
        let sign = if path.contains('?') { '&' } else { '?' };
        browser.goto(&format!("{}{path}{sign}site={DEMO_SITE}&locale={}", place.url, words.locale)).await;
        browser.wait_for_in_page("main h1").await;
        if path.starts_with("/help") {
            browser.hook("banner-me-too").await;
        }
        shot(view).await?;
    }
    Ok(())
}

/// Agrees to send technical details along, and shows them.
const CONSENT: &str = r#"
  const consent = document.querySelector("buoy-widget").shadowRoot.querySelector('[data-buoy="diagnostics"]');
  consent.click();
  consent.scrollIntoView({ block: "center" });
"#;

/// Drops a screenshot and something that is not taken into the form, and shows them.
const DROP: &str = r#"
  const root = document.querySelector("buoy-widget").shadowRoot;
  const all = new DataTransfer();
  all.items.add(new File(["what the console said"], "screenshot.txt", { type: "text/plain" }));
  all.items.add(new File(["<p>"], "page.html", { type: "text/html" }));
  root.querySelector('[data-buoy="body"]').dispatchEvent(new DragEvent("drop", { dataTransfer: all, bubbles: true, composed: true, cancelable: true }));
  root.querySelector('[data-buoy="attach"]').scrollIntoView({ block: "center" });
"#;

/// The team solves the ticket; the visitor is asked how content they are.
async fn solve(place: &Place<'_>, browser: &Browser, words: &Words) -> Result<()> {
    let list = place.staff.get("/api/support/agent/tickets/").send().await.expect(200).value();
    let id = list.pointer("/items/0/id").and_then(Value::as_str).context("the ticket is not at the desk")?;
    let path = format!("/api/support/agent/tickets/{id}/add_message/");
    let done = json!({ "body": words.solution, "status": "solved", "root_cause": "other", "resolution_summary": words.solution });
    let _stored = place.staff.post(&path).json(&done).send().await.expect(201);
    let _seen = browser.wait_for_text("message", words.solution).await;
    browser.hook("confirm-close").await;
    Ok(())
}

async fn open_browser(words: &Words, look: Look) -> Browser {
    let browser = Browser::open().await;
    if look.is_phone {
        browser.be_a_phone().await;
    } else {
        let (width, height) = look.size();
        browser.set_viewport(width, height, 1, false).await;
    }
    if look.is_dark {
        browser.prefer_dark().await;
    }
    browser.speak(words.locale).await;
    let source = format!("({SPEAK})({})", json!(words.locale));
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": source })).await;
    browser
}

/// The team answers, the visitor opens the thread and says thanks.
async fn show_answered_ticket(place: &Place<'_>, browser: &Browser, words: &Words) -> Result<()> {
    let list = place.staff.get("/api/support/agent/tickets/").send().await.expect(200).value();
    let id = list.pointer("/items/0/id").and_then(Value::as_str).context("the ticket is not at the desk")?;
    let path = format!("/api/support/agent/tickets/{id}/add_message/");
    let _stored = place.staff.post(&path).json(&json!({ "body": words.answer })).send().await.expect(201);
    browser.eval_with("return Buoy('ticket', arguments[0])", &[json!(id)]).await;
    let _seen = browser.wait_for_text("message", words.answer).await;
    browser.type_into("reply", words.thanks).await;
    browser.click("send").await;
    let _shown = browser.wait_for_text("message", words.thanks).await;
    wait::until("the thanks at the desk", || async {
        let thread = place.staff.get(&format!("/api/support/agent/tickets/{id}/")).send().await.expect(200);
        thread.text().contains(words.thanks).then_some(())
    })
    .await;
    Ok(())
}

/// A picture of the viewport once everything stands still.
async fn take(place: &Place<'_>, browser: &Browser, view: &str, words: &Words, look: Look) -> Result<()> {
    let _still = browser.wait_until(STILL).await;
    let name = format!("{view}.{}.{}.{}", look.device(), look.theme(), words.locale);
    write(&place.pictures.join(format!("{name}.png")), &browser.screenshot().await)?;
    if place.for_readme.contains(&name.as_str()) {
        let (width, height) = look.size();
        let half = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 0.5 });
        let answer = browser.cdp("Page.captureScreenshot", &json!({ "format": "png", "clip": half })).await;
        let picture = answer.get("data").and_then(Value::as_str).context("the browser gave no picture")?;
        write(&place.readme.join(format!("{view}.png")), &STANDARD.decode(picture)?)?;
    }
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(file, bytes).with_context(|| format!("could not write {}", file.display()))
}
