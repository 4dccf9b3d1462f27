//! A host page as it is right now, so that a test can say that a guest changed nothing (W1).

use super::{Browser, engine::Engine};

/// The page's markup; where each of its elements is; its globals; what hangs on what all share; focus, place, address.
/// As one text each, put together without anything that a page may have spoilt.
const SNAPSHOT: &str = r#"
  const lines = (list, show) => { let text = ""; for (const one of list) text += show(one) + "\n"; return text; };
  const px = (number) => Math.round(number * 100) / 100;
  const box = (node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return `${node.tagName} ${px(x)} ${px(y)} ${px(width)} ${px(height)}`;
  };
  const isOfDriver = (name) => name === "ret_nodes" || name.startsWith("se_") || name.startsWith("cdc_");
  const names = (of) => lines(Object.getOwnPropertyNames(of).filter((name) => !isOfDriver(name)).sort(), (name) => name);
  const shared = [Object, Array, Function, String, Promise, Element, Node].map((kind) => names(kind.prototype)).join("--\n");
  const page = document.documentElement.outerHTML;
  const boxes = lines(document.querySelectorAll("body, body *"), box);
  const place = `${document.activeElement?.tagName} ${scrollX} ${scrollY} ${location.href} ${document.adoptedStyleSheets.length}`;
  return `${page}\n== boxes\n${boxes}== globals\n${names(window)}== shared\n${shared}== place\n${place}`;
"#;

/// The sum of shifts of the page's own elements so far, once what was just changed is drawn. What moves inside the widget
/// while people use it is no shift of the page.
const SHIFTS: &str = r#"
  const isOfTheWidget = ({ node }) => node === null; // what is in a shadow tree is not handed out
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type: "layout-shift", buffered: true });
    let sum = 0;
    for (const { value, sources } of observer.takeRecords()) if (!sources.length || !sources.every(isOfTheWidget)) sum += value;
    observer.disconnect();
    done(sum);
  })));
"#;

impl Browser {
    /// Everything that one can see of the page from inside it, the widget aside.
    pub async fn snapshot(&self) -> String {
        self.eval(SNAPSHOT).await.as_str().unwrap_or_default().to_owned()
    }

    /// Where the page's elements are.
    pub async fn boxes(&self) -> String {
        let snapshot = self.snapshot().await;
        let boxes = snapshot.split_once("== boxes\n").and_then(|(_, rest)| rest.split_once("== globals"));
        boxes.map(|(boxes, _)| boxes.to_owned()).unwrap_or_default()
    }

    /// How much the page's own content has been shifted, as Chromium counts it; the other engines do not count.
    pub async fn layout_shift(&self) -> f64 {
        if self.engine != Engine::Chromium {
            return 0.0;
        }
        self.eval(SHIFTS).await.as_f64().unwrap_or(f64::NAN)
    }
}

/// The first line in which two texts differ, for a person who reads why a test failed.
#[must_use]
pub fn difference(before: &str, after: &str) -> Option<String> {
    if before == after {
        return None;
    }
    let pairs = before.lines().map(Some).chain(std::iter::repeat(None)).zip(after.lines().map(Some).chain([None]));
    let mut differing = pairs.filter(|(old, new)| old != new);
    let (old, new) = differing.next().unwrap_or_default();
    Some(format!("was: {}\nis:  {}", old.unwrap_or("the end"), new.unwrap_or("the end")))
}
