//! The triage engine in the page (R4): fetched when the form is opened, and asked while a ticket is being written. Beside it
//! what takes secrets out of technical details before they are shown and sent (W4).
//!
//! A module of its own, since the first view does not need it. The rules are handed over one by one by JavaScript, which has
//! read them from JSON with the browser's own parser. It must not decide anything: that is `buoy_shared::triage`
//! and `buoy_shared::redact`.

use buoy_shared::triage::{Input, PageAnswer, PageRaise, PageRules, Rules};
use wasm_bindgen::prelude::*;

/// A page has one thread, which is what this allocator asks for.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A line of diagnostics without secrets: what the edge would make of it too.
#[wasm_bindgen]
#[must_use]
pub fn redact(line: &str) -> String {
    buoy_shared::redact::redact_diagnostics(line)
}

/// The engine, first collecting rules, then answering.
#[wasm_bindgen]
pub struct Triage {
    rules: PageRules,
    compiled: Option<Rules>,
}

#[wasm_bindgen]
#[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen hands over owned lists")]
impl Triage {
    /// Begins with what concerns all rules; see [`PageRules`].
    #[wasm_bindgen(constructor)]
    pub fn new(
        default_locale: String,
        default_priority: String,
        top_priority: Option<String>,
        no_answer: Vec<String>,
    ) -> Self {
        let (raise, answers) = (Vec::new(), Vec::new());
        Self {
            rules: PageRules { default_locale, default_priority, top_priority, no_answer, raise, answers },
            compiled: None,
        }
    }

    /// Adds what raises the priority.
    pub fn raise(&mut self, priority: String, phrases: Vec<String>, unless: Vec<String>, tiers: Vec<String>) {
        self.rules.raise.push(PageRaise { priority, phrases, unless, tiers });
    }

    /// Adds an automatic answer.
    #[expect(clippy::too_many_arguments, reason = "the fields of one rule, without a parser for them")]
    pub fn answer(
        &mut self,
        key: String,
        confidence: u8,
        any: Vec<String>,
        with: Vec<String>,
        unless: Vec<String>,
        categories: Vec<String>,
        text: String,
    ) {
        self.rules.answers.push(PageAnswer { key, confidence, any, with, unless, categories, text });
    }

    /// All rules are here.
    pub fn finish(&mut self) {
        self.compiled = Some(Rules::for_page(&self.rules));
    }

    /// The automatic answer that the edge would give, if it would give one.
    #[must_use]
    pub fn ask(&self, category: Option<String>, subject: &str, body: &str, tier: &str) -> Option<String> {
        let category = category.as_deref();
        let input = Input { category, subject, body, tier, locale: &self.rules.default_locale, context: None };
        Some(self.compiled.as_ref()?.triage(&input).answer?.text)
    }
}
