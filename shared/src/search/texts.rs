//! Many short texts in one allocation: thousands of small ones are what makes a load slow in a browser.
//!
//! It must not know what the texts are.

/// Texts by number; some lists of them ascend, and are searched.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn with_capacity(texts: usize, bytes: usize) -> Self {
        Self { all: String::with_capacity(bytes), ends: Vec::with_capacity(texts) }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    pub(super) fn get(&self, number: usize) -> &str {
        let (start, end) = span(&self.ends, number);
        self.all.get(start..end).unwrap_or_default()
    }

    /// Bytes of all texts.
    pub(super) fn bytes(&self) -> usize {
        self.all.len()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// In ascending texts: the number of the first that is not below `text`.
    pub(super) fn lower_bound(&self, text: &str) -> usize {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle) < text {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// In ascending texts: the number of `text`.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        let at = self.lower_bound(text);
        (at < self.ends.len() && self.get(at) == text).then_some(at)
    }

    /// In ascending texts: the numbers of those that begin with `start`.
    pub(super) fn beginning_with(&self, start: &str) -> core::ops::Range<usize> {
        let first = self.lower_bound(start);
        // The largest character follows whatever may come after `start`.
        let mut after = String::from(start);
        after.push(char::MAX);
        first..self.lower_bound(&after).max(first)
    }
}

/// Where the entry `number` begins and ends, given where every one ends.
pub(super) fn span(ends: &[u32], number: usize) -> (usize, usize) {
    let at = |number: usize| ends.get(number).map_or(0, |&end| end as usize);
    (number.checked_sub(1).map_or(0, at), at(number))
}
