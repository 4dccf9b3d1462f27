//! The search engine alone, for a page of the bench. It must not do anything that the panel would not do at a keystroke.

use buoy_shared::search::Index;
use wasm_bindgen::prelude::*;

/// How many results the panel asks for.
const RESULTS: usize = 8;

/// A loaded index.
#[wasm_bindgen]
pub struct Engine(Index);

#[wasm_bindgen]
impl Engine {
    /// Loads an index from its bytes.
    ///
    /// # Errors
    /// When they are none.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Self, JsError> {
        Index::load(bytes).map(Self).map_err(|error| JsError::new(&format!("{error:?}")))
    }

    /// One keystroke: gives the length of everything that a list of results would show.
    #[must_use]
    pub fn search(&self, query: &str) -> usize {
        let hits = self.0.search(query, RESULTS);
        hits.iter().map(|hit| self.0.title(hit.doc).len() + self.0.summary(hit.doc).len()).sum()
    }
}
