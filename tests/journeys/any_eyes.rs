//! Every view of the widget for people who see it otherwise, or not at all (W1–W5): axe finds nothing in light, in dark and
//! at twice the size, from left to right and from right to left.

use crate::many_languages;
use crate::steps::{answer, path_at_the_desk, solve};
use buoy_tests::{root::root, stage::Stage};
use serde_json::{Value, json};
use std::fs;

/// What axe finds in the widget, with what it says about each.
const LOOK: &str = "window.found = null; \
    axe.run({ include: [['buoy-widget']] }).then((all) => { \
      window.found = all.violations.map((one) => [one.id, one.nodes.map((node) => node.html + ' ' + node.failureSummary)]); \
    }); return true";

/// What is read and written, in one language.
struct Words {
    locale: &'static str,
    direction: &'static str,
    /// Title of the article, what is searched for, and what its text says.
    article: &'static str,
    search: &'static str,
    within: &'static str,
    subject: &'static str,
    body: &'static str,
    answer: &'static str,
    solution: &'static str,
}

const ENGLISH: Words = Words {
    locale: "en",
    direction: "ltr",
    article: "How to pay by card",
    search: "pay",
    within: "If it is declined",
    subject: "I cannot pay",
    body: "The button does nothing.",
    answer: "We looked into it.",
    solution: "The button works again.",
};

const ARABIC: Words = Words {
    locale: "ar",
    direction: "rtl",
    article: "كيف أدفع بالبطاقة",
    search: "أدفع",
    within: "إذا رُفضت البطاقة",
    subject: "لا أستطيع الدفع",
    body: "الزر لا يفعل شيئًا.",
    answer: "نظرنا في الأمر.",
    solution: "الزر يعمل من جديد.",
};

/// How somebody sees: dark or not, width of the page in CSS pixels.
const EYES: [(&str, bool, u32); 3] = [("light", false, 1_280), ("dark", true, 1_280), ("twice the size", false, 640)];

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_view_in_light_in_dark_and_at_twice_the_size() {
    look_with_any_eyes(&ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_view_from_right_to_left_in_light_in_dark_and_at_twice_the_size() {
    look_with_any_eyes(&ARABIC).await;
}

async fn look_with_any_eyes(words: &Words) {
    let axe = fs::read_to_string(root().join("node_modules/axe-core/axe.min.js")).expect("axe-core is installed");
    for (eyes, dark, width) in EYES {
        let stage = Stage::set(&many_languages()).await;
        let markdown = format!("# {}\n\n## {}\n\n- {}", words.article, words.within, words.body);
        let articles = json!([{ "locale": words.locale, "slug": "pay-by-card", "markdown": markdown }]);
        let body = json!({ "articles": articles, "publish": true });
        stage.site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
        crate::declare(&stage, "Payments fail").await;
        stage.browser.speak(words.locale).await;
        let Words { locale, direction, .. } = words;
        if dark {
            stage.browser.prefer_dark().await;
        }
        let page = format!(
            "<!doctype html><html lang={locale} dir={direction}><title>{}</title><link rel=icon href=data:,><body><h1>{}</h1>\
             <script async src=\"{{{{edge}}}}/widget.js\" data-site=\"{{{{site}}}}\" data-theme=auto></script>",
            words.article, words.article
        );
        stage.pages.add("host.html", &page);
        stage.browser.set_viewport(width, 900, 1, false).await;
        stage.open("host.html").await;
        stage.browser.eval(&format!("{axe}; window.axe = axe; return true")).await;
        let look = Look { stage: &stage, words, eyes };
        stage.browser.hook("banner").await;
        look.at("launcher and banner").await;
        look.before_writing().await;
        look.at_a_ticket().await;
        stage.strike().await;
    }
}

/// A visitor with eyes of some kind, as they go from view to view.
struct Look<'a> {
    stage: &'a Stage,
    words: &'a Words,
    eyes: &'a str,
}

impl Look<'_> {
    /// Nothing is found on what is shown now.
    async fn at(&self, view: &str) {
        self.stage.browser.at_rest().await;
        self.stage.browser.eval(LOOK).await;
        self.stage.browser.wait_until("window.found").await;
        let found = self.stage.browser.eval("return window.found").await;
        assert_eq!(found, json!([]), "{}, {}: {view}", self.words.locale, self.eyes);
    }

    async fn before_writing(&self) {
        let (browser, words) = (&self.stage.browser, self.words);
        browser.eval("return Buoy('open')").await;
        let Words { locale, direction, .. } = words;
        browser.wait_for(&format!(r#"[data-buoy="panel"][data-ready][lang="{locale}"][dir="{direction}"]"#)).await;
        self.at("home").await;
        browser.type_into("search", words.search).await;
        browser.wait_for_text("result", words.article).await;
        self.at("results").await;
        browser.click("result").await;
        browser.wait_for_text("article", words.within).await;
        self.at("article").await;
        browser.click("helpful-no").await;
        browser.hook("reason").await;
        self.at("what was missing in an article").await;
        browser.click("back").await;
        browser.hook("search").await;
        browser.click("new-ticket").await;
        browser.hook("attach").await;
        self.at("form").await;
        crate::send_details::press_consent(self.stage).await;
        browser.wait_for(".context[open]").await;
        self.at("form with technical details").await;
        browser.click("submit").await;
        browser.wait_for(r#"[aria-invalid="true"]"#).await;
        self.at("form with mistakes").await;
        browser.eval(DROP).await;
        browser.wait_for(r#".file[data-state="sent"]"#).await;
        browser.wait_for(r#".file[data-state="refused"]"#).await;
        self.at("form with files").await;
        browser.type_into("subject", words.subject).await;
        browser.type_into("body", words.body).await;
        browser.click("submit").await;
        browser.hook("receipt").await;
        self.at("receipt").await;
    }

    async fn at_a_ticket(&self) {
        let (stage, browser, words) = (self.stage, &self.stage.browser, self.words);
        browser.click("open-ticket").await;
        browser.hook("message").await;
        browser.hook("event").await;
        self.at("thread").await;
        let ticket: Value = crate::steps::ticket_at_the_desk(stage).await;
        let path = path_at_the_desk(&ticket);
        answer(stage, &path, words.answer).await;
        browser.wait_for_text("message", words.answer).await;
        self.at("thread with an answer").await;
        solve(stage, &path, words.solution).await;
        browser.hook("confirm-close").await;
        self.at("solved thread").await;
        browser.click("back").await;
        browser.hook("tickets").await;
        self.at("home with tickets").await;
    }
}

/// A file that is taken and one that is not, dropped into the form.
const DROP: &str = r#"
  const root = document.querySelector("buoy-widget").shadowRoot;
  const all = new DataTransfer();
  all.items.add(new File(["what the console said"], "console.txt", { type: "text/plain" }));
  all.items.add(new File(["<p>"], "page.html", { type: "text/html" }));
  root.querySelector('[data-buoy="body"]').dispatchEvent(new DragEvent("drop", { dataTransfer: all, bubbles: true, composed: true, cancelable: true }));
"#;
