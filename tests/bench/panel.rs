//! How long a person waits: from the click to a panel that can be used, from a key to its results.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{
    chrome::{Chrome, Person},
    fixture::Fixture,
    host::Host,
    page::{Conditions, DEVTOOLS_SLOW_4G, Page, SLOW_4G, SLOW_CPU},
    plan::Plan,
    report::{Budget, Section},
    stats::{Sample, ms},
    tables::Table,
    vitals::Pages,
};

const TYPING: &str = include_str!("pages/typing.js");

/// Resolves when the widget has done everything it does before somebody touches it.
const SETTLED: &str = "new Promise((done) => Buoy('once', 'ready', () => done(true)))";

/// The middle of the launcher, in CSS pixels.
const LAUNCHER: &str = r#"(() => {
  const box = document.querySelector("buoy-widget").shadowRoot.querySelector('[data-buoy="launcher"]').getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()"#;

/// Puts the caret into the empty field for searching.
const FOCUS: &str = r#"(() => {
  const hook = document.querySelector("buoy-widget").shadowRoot.querySelector('[data-buoy="search"]');
  const field = hook.matches("input") ? hook : hook.querySelector("input");
  field.value = "";
  field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  field.focus();
})()"#;

/// How long the pointer rests on the launcher before the click: what people need to aim, as the budget says.
const HOVER_MS: f64 = 300.0;

/// What people look for in the preset's articles, with a typo, in two languages of spelling.
const PHRASES: [&str; 10] = [
    "reset password",
    "pay by card",
    "zoom link",
    "homework deadline",
    "recording of a lesson",
    "join the live lesson",
    "passwrod",
    "can't sign in",
    "upload a file",
    "refund",
];

/// The budgets of the design, in milliseconds.
const COLD_MS_MAX: f64 = 900.0;
const HOVERED_MS_MAX: f64 = 600.0;
const WARM_MS_MAX: f64 = 100.0;

pub(crate) async fn measure(plan: Plan) -> Result<Section> {
    let host = Host::start().await?;
    let fixture = Fixture::start(&host.origin()).await?;
    let url = Pages::put(&host, &fixture).tagged;
    let chrome = Chrome::start().await?;
    let mut section = Section::new("How long a person waits");
    cold(&chrome, &url, SLOW_CPU, false).await?; // the first opening of a browser starts half of it
    let mut kinds: [Vec<f64>; 4] = Default::default();
    let [cold_times, hovered, warm, devtools] = &mut kinds;
    for _ in 0..plan.openings() {
        cold_times.push(cold(&chrome, &url, SLOW_4G, false).await?);
        hovered.push(cold(&chrome, &url, SLOW_4G, true).await?);
        warm.push(second_time(&chrome, &url).await?);
        devtools.push(cold(&chrome, &url, DEVTOOLS_SLOW_4G, false).await?);
    }
    section.keep("click_to_ready_ms", &kinds);
    describe_openings(&mut section, kinds.map(Sample::new));
    let typed = type_phrases(&chrome, &url, plan.phrases()).await?;
    section.keep("key_to_results_ms", &typed);
    describe_typing(&mut section, &Sample::new(typed));
    Ok(section)
}

/// Click to ready for somebody who was never here.
async fn cold(chrome: &Chrome, url: &str, conditions: Conditions, hover: bool) -> Result<f64> {
    let person = chrome.person().await?;
    let took = open_panel(&person, url, conditions, hover).await?.0;
    person.leave().await?;
    Ok(took)
}

/// Click to ready on a new page of somebody who has opened the panel before.
async fn second_time(chrome: &Chrome, url: &str) -> Result<f64> {
    let person = chrome.person().await?;
    open_panel(&person, url, SLOW_CPU, false).await?.1.close().await?;
    let took = open_panel(&person, url, SLOW_4G, false).await?.0;
    person.leave().await?;
    Ok(took)
}

/// Opens a page, lets it come to rest, clicks the launcher; gives the time until the panel is ready, and the page.
async fn open_panel(person: &Person, url: &str, conditions: Conditions, hover: bool) -> Result<(f64, Page)> {
    let page = person.page().await?;
    page.set(conditions).await?;
    page.install_probe().await?;
    page.open(url).await?;
    page.seen("load").await?;
    page.seen("launcher").await?;
    page.eval(SETTLED).await?;
    let place = place_of(&page.eval(LAUNCHER).await?)?;
    if hover {
        page.mouse("mouseMoved", place).await?;
        let over = page.seen("pointerover").await?;
        let now = page.eval("performance.now()").await?.as_f64().unwrap_or(over);
        tokio::time::sleep(Duration::from_secs_f64((HOVER_MS - (now - over)).max(0.0) / 1e3)).await;
    }
    page.mouse("mousePressed", place).await?;
    page.mouse("mouseReleased", place).await?;
    let ready = page.seen("panel").await?;
    let down = page.seen("pointerdown").await?;
    if let Some(error) = page.errors().first() {
        bail!("the page made an error: {error}");
    }
    Ok((ready - down, page))
}

fn place_of(value: &Value) -> Result<(f64, f64)> {
    let axis = |at: usize| value.get(at).and_then(Value::as_f64);
    axis(0).zip(axis(1)).with_context(|| format!("the launcher has no place: {value}"))
}

/// Types phrases key by key; gives the milliseconds from each key to the last change that followed from it.
async fn type_phrases(chrome: &Chrome, url: &str, phrases: usize) -> Result<Vec<f64>> {
    let person = chrome.person().await?;
    let (_, page) = open_panel(&person, url, SLOW_CPU, false).await?;
    page.eval(TYPING).await?;
    let mut keys = 0;
    let first = "password"; // fetches the index and compiles what is used; not counted
    for (number, phrase) in std::iter::once(first).chain(PHRASES.into_iter().take(phrases)).enumerate() {
        page.eval(FOCUS).await?;
        for letter in phrase.chars() {
            page.key(letter).await?;
            keys += 1;
            while page.reports("typed").len() < keys {
                tokio::time::sleep(Duration::from_millis(5)).await; // ours, not the page's
            }
        }
        if number == 0 {
            wait_for_results(&page).await?;
        }
    }
    let typed = page.reports("typed");
    page.close().await?;
    person.leave().await?;
    Ok(typed.iter().skip(first.len()).filter_map(|report| report.get("took")?.as_f64()).collect())
}

/// The first search may wait for the index.
async fn wait_for_results(page: &Page) -> Result<()> {
    const SOME: &str = r#"new Promise((done) => {
      const shadow = document.querySelector("buoy-widget").shadowRoot;
      const look = () => shadow.querySelector('[data-buoy="result"]') ? done(true) : setTimeout(look, 20);
      setTimeout(() => done(false), 10000);
      look();
    })"#;
    if page.eval(SOME).await? == Value::Bool(true) { Ok(()) } else { bail!("typing brought no results") }
}

fn describe_openings(section: &mut Section, kinds: [Sample; 4]) {
    let mut table = Table::new(&["click to panel ready, slow 4G, 4x slower processor", "min", "median", "max"]);
    let names =
        ["cold", "after 300 ms of hover", "second time, new page", "cold, DevTools' slow 4G (563 ms a request)"];
    for (name, sample) in names.into_iter().zip(&kinds) {
        table.row(std::iter::once(name.to_owned()).chain(sample.spread(ms)));
    }
    section.table(table);
    let [cold, hovered, warm, _] = kinds;
    section.note(&format!(
        "{} openings of each kind in turns, from `pointerdown` on the launcher to `data-ready` on the panel; new profiles, \
         except for the second time. Files come as brotli, compressed on the fly by workerd.",
        cold.len()
    ));
    section.budget(Budget::at_most("click to panel ready: cold", COLD_MS_MAX, cold.median(), ms));
    section.budget(Budget::at_most("click to panel ready: 300 ms of hover", HOVERED_MS_MAX, hovered.median(), ms));
    section.budget(Budget::at_most("click to panel ready: warm", WARM_MS_MAX, warm.median(), ms));
}

fn describe_typing(section: &mut Section, typed: &Sample) {
    let mut table = Table::new(&["key to results in the DOM, 4x slower processor", "keys", "p50", "p99", "max"]);
    let times = [typed.median(), typed.percentile(99), typed.max()].map(ms);
    table.row(["the preset's articles".to_owned(), typed.len().to_string()].into_iter().chain(times));
    section.table(table);
    section.note(
        "Keys that changed nothing on the screen are left out. Search, rendering of results and the framework are all \
         in it.",
    );
}
