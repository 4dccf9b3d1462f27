//! What a page pays for the tag while nobody touches the widget, and how soon a banner stands.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use crate::{
    chrome::Chrome,
    fixture::Fixture,
    host::Host,
    page::{Page, SLOW_4G, SLOW_CPU, Traffic},
    plan::Plan,
    report::{Budget, Section},
    stats::{Sample, ms, ratio},
    tables::Table,
};

/// A page with the tag as the README has it, and one with the site left out of the script's address. The control has no tag.
const TAGGED: &str = include_str!("../pages/plain.html");
const BARE: &str = include_str!("pages/bare.html");
const BARE_SCRIPT: &str = include_str!("pages/bare.js");

/// How long each page of a pair is watched: both have long been at rest by then, and the widget asks again after 20 s.
const WATCHED: Duration = Duration::from_millis(2_000);

/// The budgets of the design.
const MAIN_THREAD_MS_MAX: f64 = 10.0;
const BANNER_RATIO_MAX: f64 = 1.1;
const REQUESTS_MAX: f64 = 2.0;

/// The host's pages, each with its address.
pub(crate) struct Pages {
    pub(crate) tagged: String,
    /// The same with the short address, whose script has to ask for what it needs.
    short: String,
    control: String,
    /// The control once more, for coming from.
    first: String,
    bare: String,
}

impl Pages {
    pub(crate) fn put(host: &Host, fixture: &Fixture) -> Self {
        let at = |edge: &str| TAGGED.replace("{{edge}}", edge).replace("{{site}}", &fixture.site.id);
        let short = at(&fixture.edge.url());
        let tagged = at(&format!("{}/{}", fixture.edge.url(), fixture.site.id));
        let control: String = TAGGED.lines().filter(|line| !line.contains("<script")).collect::<Vec<_>>().join("\n");
        host.put("bare.js", BARE_SCRIPT);
        Self {
            tagged: host.put("tagged.html", tagged),
            short: host.put("short.html", short),
            first: host.put("first.html", control.clone()),
            control: host.put("control.html", control),
            bare: host.put("bare.html", BARE),
        }
    }
}

/// What one visit cost the page's main thread, in milliseconds of its processor time.
#[derive(Clone, Copy, Debug, Serialize)]
struct Cost {
    task: f64,
    script: f64,
    style_and_layout: f64,
}

impl Cost {
    fn minus(self, before: Self) -> Self {
        Self {
            task: self.task - before.task,
            script: self.script - before.script,
            style_and_layout: self.style_and_layout - before.style_and_layout,
        }
    }
}

pub(crate) async fn measure(plan: Plan) -> Result<Section> {
    let host = Host::start().await?;
    let fixture = Fixture::start(&host.origin()).await?;
    let pages = Pages::put(&host, &fixture);
    let chrome = Chrome::start().await?;
    let mut section = Section::new("What a page pays for the tag");
    visit(&chrome, &pages, &pages.tagged).await?; // the first visit of a browser starts half of it
    let mut pairs = Vec::new();
    for _ in 0..plan.pairs() {
        let control = visit(&chrome, &pages, &pages.control).await?;
        pairs.push((control, visit(&chrome, &pages, &pages.tagged).await?));
    }
    describe_costs(&mut section, &pairs);
    let (control, tagged) = (traffic(&chrome, &pages.control).await?, traffic(&chrome, &pages.tagged).await?);
    describe_traffic(&mut section, [("control page", control), ("page with the tag", tagged)]);

    fixture.declare_incident().await;
    let (mut ours, mut short, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    let mut requests = Vec::new();
    for _ in 0..plan.openings() {
        bare.push(time_to(&chrome, &pages.bare, "bare").await?.0);
        short.push(time_to(&chrome, &pages.short, "banner").await?.0);
        let (banner, addresses) = time_to(&chrome, &pages.tagged, "banner").await?;
        ours.push(banner);
        requests = addresses.into_iter().filter(|address| address.starts_with(&fixture.edge.url())).collect();
    }
    describe_banner(&mut section, &Sample::new(bare), &Sample::new(ours), &Sample::new(short), &requests);
    Ok(section)
}

/// Watches a page without asking it anything. Nothing else of DevTools is on: telling about requests costs the page, too.
///
/// Another page of the host comes first, so that what a fresh process and the first letters on a screen cost is not the
/// measured page's; the widget is still new to the visitor.
async fn visit(chrome: &Chrome, pages: &Pages, url: &str) -> Result<Cost> {
    let person = chrome.person().await?;
    let page = person.page().await?;
    page.slow_down(SLOW_CPU.cpu).await?;
    page.open(&pages.first).await?;
    tokio::time::sleep(WATCHED / 2).await;
    // The thread's own clock: whatever else the machine does meanwhile does not count.
    page.call("Performance.enable", json!({ "timeDomain": "threadTicks" })).await?;
    let before = costs_so_far(&page).await?;
    page.open(url).await?;
    tokio::time::sleep(WATCHED).await;
    let after = costs_so_far(&page).await?;
    page.close().await?;
    person.leave().await?;
    Ok(after.minus(before))
}

async fn costs_so_far(page: &Page) -> Result<Cost> {
    let style = page.metric("RecalcStyleDuration").await?;
    Ok(Cost {
        task: page.metric("TaskDuration").await? * 1e3,
        script: page.metric("ScriptDuration").await? * 1e3,
        style_and_layout: (style + page.metric("LayoutDuration").await?) * 1e3,
    })
}

/// What a page fetches until it is at rest.
async fn traffic(chrome: &Chrome, url: &str) -> Result<Traffic> {
    let person = chrome.person().await?;
    let page = person.page().await?;
    page.set(SLOW_CPU).await?;
    page.open(url).await?;
    tokio::time::sleep(WATCHED).await;
    let traffic = page.traffic();
    page.close().await?;
    person.leave().await?;
    Ok(traffic)
}

/// When this stood after the navigation began, for somebody who was never here; and all that was asked for until then.
async fn time_to(chrome: &Chrome, url: &str, what: &str) -> Result<(f64, Vec<String>)> {
    let person = chrome.person().await?;
    let page = person.page().await?;
    page.set(SLOW_4G).await?;
    page.install_probe().await?;
    page.open(url).await?;
    let seen = page.seen(what).await?;
    let addresses = page.addresses();
    page.close().await?;
    person.leave().await?;
    Ok((seen, addresses))
}

fn describe_costs(section: &mut Section, pairs: &[(Cost, Cost)]) {
    let mut table = Table::new(&["main thread, 4x slower processor", "min", "median", "max"]);
    let mut add = |name: &str, values: Sample| {
        table.row(std::iter::once(name.to_owned()).chain(values.spread(ms)));
        values.median()
    };
    let difference =
        |part: fn(&Cost) -> f64| Sample::new(pairs.iter().map(|(control, tagged)| part(tagged) - part(control)));
    add("control page", Sample::new(pairs.iter().map(|(control, _)| control.task)));
    add("page with the tag", Sample::new(pairs.iter().map(|(_, tagged)| tagged.task)));
    let work = add("difference of each pair", difference(|cost| cost.task));
    add("of it script", difference(|cost| cost.script));
    add("of it style and layout", difference(|cost| cost.style_and_layout));
    section.table(table);
    section.keep("pairs", pairs);
    section.note(&format!(
        "{} pairs in turns, each page in a new profile that comes from another page of the host, watched for {} s. The \
         browser's own TaskDuration, ScriptDuration, RecalcStyleDuration and LayoutDuration, by the thread's clock.",
        pairs.len(),
        WATCHED.as_secs()
    ));
    let what = "main-thread work of an untouched widget, 4x slower processor";
    section.budget(Budget::at_most(what, MAIN_THREAD_MS_MAX, work, ms));
}

fn describe_traffic(section: &mut Section, pages: [(&str, Traffic); 2]) {
    let mut table = Table::new(&["the page fetches", "requests", "bytes over the line"]);
    for (name, Traffic { requests, bytes }) in pages {
        table.row([name.to_owned(), requests.to_string(), format!("{bytes:.0}")]);
    }
    section.table(table);
    section.keep("traffic", pages);
}

fn describe_banner(section: &mut Section, bare: &Sample, ours: &Sample, short: &Sample, requests: &[String]) {
    let mut table = Table::new(&["navigation to banner, slow 4G, 4x slower processor", "min", "median", "max"]);
    let relation = ours.median() / bare.median();
    for (name, sample) in [
        ("a static script that inserts one div", bare),
        ("the tag's banner", ours),
        ("the same, without the site in the script's address", short),
    ] {
        table.row(std::iter::once(name.to_owned()).chain(sample.spread(ms)));
    }
    table.row(["ratio of the medians".to_owned(), String::new(), ratio(relation), String::new()]);
    section.table(table);
    section.keep("requests_before_banner", requests);
    section.note(&format!(
        "{} visits each, in turns. The line: 150 ms a request, 1.6 Mbit/s down, 750 kbit/s up (Lighthouse's slow 4G, as \
         Chromium emulates it; connections cost nothing extra). Until the element is in the DOM; its fade-in is not counted.",
        ours.len()
    ));
    let asked = u32::try_from(requests.len()).map_or(f64::INFINITY, f64::from);
    section.budget(Budget::at_most("requests before launcher and banner stand", REQUESTS_MAX, asked, |n| {
        format!("{n:.0}")
    }));
    section.budget(Budget::at_most("script tag to banner, over a bare script", BANNER_RATIO_MAX, relation, ratio));
}
