//! One tab: its conditions, its input, what its probe told, what it cost.

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

use crate::link::{Event, Link};

/// Runs before every script of a measured page.
const PROBE: &str = include_str!("pages/probe.js");

/// How the page reaches us.
const BINDING: &str = "report";

/// A line and a processor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conditions {
    /// Milliseconds that every request waits for its answer's first byte, besides what the server takes.
    pub(crate) latency_ms: u32,
    /// Kilobits a second; none for what the machine gives.
    pub(crate) kbits: Option<(u32, u32)>,
    /// How many times slower the processor is.
    pub(crate) cpu: u32,
}

/// Lighthouse's simulated slow 4G: 150 ms round trip, 1.6 Mbit/s down, 750 kbit/s up; and its mobile processor.
pub(crate) const SLOW_4G: Conditions = Conditions { latency_ms: 150, kbits: Some((1_600, 750)), cpu: 4 };

/// DevTools' preset of the same name, for comparison: 150 ms × 3.75 a request, nine tenths of the throughput.
pub(crate) const DEVTOOLS_SLOW_4G: Conditions = Conditions { latency_ms: 563, kbits: Some((1_440, 675)), cpu: 4 };

/// The slow processor alone.
pub(crate) const SLOW_CPU: Conditions = Conditions { latency_ms: 0, kbits: None, cpu: 4 };

/// What a page fetched.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Traffic {
    pub(crate) requests: usize,
    /// Heads and bodies, as they came over the line.
    pub(crate) bytes: f64,
}

/// A tab of a person.
pub(crate) struct Page {
    link: Link,
    target: String,
    session: String,
}

impl Page {
    pub(crate) const fn new(link: Link, target: String, session: String) -> Self {
        Self { link, target, session }
    }

    pub(crate) async fn call(&self, method: &str, params: Value) -> Result<Value> {
        self.link.call(Some(&self.session), method, params).await
    }

    /// Slows the processor down.
    pub(crate) async fn slow_down(&self, times: u32) -> Result<()> {
        self.call("Emulation.setCPUThrottlingRate", json!({ "rate": times })).await.map(drop)
    }

    /// Slows the tab down, and has its traffic told. It accepts brotli alone: Miniflare would answer Chromium's usual list
    /// with gzip, which Cloudflare does not.
    pub(crate) async fn set(&self, conditions: Conditions) -> Result<()> {
        const BYTES_OF_KBIT: u32 = 125;
        self.call("Network.enable", json!({})).await?;
        self.call("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Encoding": "br" } })).await?;
        if let Some((down, up)) = conditions.kbits {
            let line = json!({
                "offline": false,
                "latency": conditions.latency_ms,
                "downloadThroughput": down * BYTES_OF_KBIT,
                "uploadThroughput": up * BYTES_OF_KBIT,
            });
            self.call("Network.emulateNetworkConditions", line).await?;
        }
        self.slow_down(conditions.cpu).await
    }

    /// From the next page on, the probe tells what happens.
    pub(crate) async fn install_probe(&self) -> Result<()> {
        self.call("Runtime.enable", json!({})).await?;
        self.call("Page.enable", json!({})).await?;
        self.call("Runtime.addBinding", json!({ "name": BINDING })).await?;
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": PROBE })).await.map(drop)
    }

    /// Opens an address without waiting for anything.
    pub(crate) async fn open(&self, url: &str) -> Result<()> {
        let answer = self.call("Page.navigate", json!({ "url": url })).await?;
        match answer.get("errorText") {
            Some(error) => bail!("could not open {url}: {error}"),
            None => Ok(()),
        }
    }

    /// Waits for the first report of this kind.
    pub(crate) async fn report(&self, what: &str) -> Result<Value> {
        match self.link.event(&self.session, what, |event| report_of(event, what)).await {
            Ok(report) => Ok(report),
            Err(error) => Err(error.context(self.state().await)),
        }
    }

    /// When the probe first saw this, in milliseconds since the navigation began.
    pub(crate) async fn seen(&self, what: &str) -> Result<f64> {
        self.report(what).await?.get("at").and_then(Value::as_f64).context("a report without a time")
    }

    /// All reports of this kind so far.
    pub(crate) fn reports(&self, what: &str) -> Vec<Value> {
        self.link.events(&self.session, |event| report_of(event, what))
    }

    /// Runs JavaScript, awaits its promise, gives its JSON value.
    pub(crate) async fn eval(&self, expression: &str) -> Result<Value> {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", params).await?;
        if let Some(details) = answer.get("exceptionDetails") {
            bail!("the script failed: {details}");
        }
        Ok(answer.pointer("/result/value").cloned().unwrap_or_default())
    }

    /// One event of the mouse at a place of the viewport.
    pub(crate) async fn mouse(&self, kind: &str, (x, y): (f64, f64)) -> Result<()> {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let params = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
        self.call("Input.dispatchMouseEvent", params).await.map(drop)
    }

    /// One key that writes a letter.
    pub(crate) async fn key(&self, letter: char) -> Result<()> {
        let text = letter.to_string();
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyDown", "key": text, "text": text })).await?;
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": text })).await.map(drop)
    }

    /// Everything that was asked for so far.
    pub(crate) fn traffic(&self) -> Traffic {
        let asked =
            self.link.events(&self.session, |event| (event.method == "Network.requestWillBeSent").then_some(()));
        let size = |event: &Event| {
            (event.method == "Network.loadingFinished")
                .then(|| event.params.get("encodedDataLength")?.as_f64())
                .flatten()
        };
        Traffic { requests: asked.len(), bytes: self.link.events(&self.session, size).iter().sum() }
    }

    /// The addresses that were asked for so far.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let address = |event: &Event| {
            let is_request = event.method == "Network.requestWillBeSent";
            is_request.then(|| event.params.pointer("/request/url")?.as_str().map(str::to_owned)).flatten()
        };
        self.link.events(&self.session, address)
    }

    /// Uncaught errors of the page so far.
    pub(crate) fn errors(&self) -> Vec<String> {
        let thrown = |event: &Event| (event.method == "Runtime.exceptionThrown").then(|| event.params.to_string());
        self.link.events(&self.session, thrown)
    }

    /// One of the browser's own counters, such as `TaskDuration`, in seconds.
    pub(crate) async fn metric(&self, name: &str) -> Result<f64> {
        let answer = self.call("Performance.getMetrics", json!({})).await?;
        let metrics = answer.get("metrics").and_then(Value::as_array).context("no metrics")?;
        let found = metrics.iter().find(|metric| metric.get("name").and_then(Value::as_str) == Some(name));
        found.and_then(|metric| metric.get("value")?.as_f64()).with_context(|| format!("no metric {name}"))
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.link.forget(&self.session);
        self.link.call(None, "Target.closeTarget", json!({ "targetId": self.target })).await.map(drop)
    }

    /// What a person wants to know when a wait was in vain.
    async fn state(&self) -> String {
        const STATE: &str = r#"(() => {
          const shadow = document.querySelector("buoy-widget")?.shadowRoot;
          return location.href + "\n" + (shadow?.innerHTML ?? "no widget").slice(0, 2000);
        })()"#;
        let state = self.eval(STATE).await.unwrap_or_default();
        format!("{}\nerrors: {:?}", state.as_str().unwrap_or_default(), self.errors())
    }
}

fn report_of(event: &Event, what: &str) -> Option<Value> {
    let is_report = event.method == "Runtime.bindingCalled" && event.params.get("name")?.as_str()? == BINDING;
    let payload: Value = serde_json::from_str(event.params.get("payload")?.as_str()?).ok()?;
    (is_report && payload.get("what")?.as_str()? == what).then_some(payload)
}
