//! The figures of retrieval, as the field defines them.

use std::collections::HashMap;

/// So many of the first hits count.
pub(crate) const DEPTH: usize = 10;

/// How good an order is, from 0 to 1 each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    /// Normalised discounted cumulative gain of the first ten; the gain of a grade is 2^grade − 1.
    pub(crate) ndcg: f64,
    /// Reciprocal of the place of the first relevant hit among the first ten.
    pub(crate) mrr: f64,
    /// Share of the relevant articles, or of ten, among the first ten.
    pub(crate) recall: f64,
}

impl Figures {
    /// Of the hits of one question, best first; nothing if no article is relevant.
    pub(crate) fn of(hits: &[&str], grades: &HashMap<String, u32>) -> Option<Self> {
        let gain = |grade: u32| f64::from(2_u32.saturating_pow(grade).saturating_sub(1));
        let discount = |place: usize| (place as f64 + 2.0).log2();
        let mut best: Vec<u32> = grades.values().copied().filter(|&grade| grade > 0).collect();
        if best.is_empty() {
            return None;
        }
        best.sort_unstable_by(|a, b| b.cmp(a));
        let ideal: f64 = best.iter().take(DEPTH).enumerate().map(|(place, &grade)| gain(grade) / discount(place)).sum();
        let found: Vec<(usize, u32)> = hits
            .iter()
            .take(DEPTH)
            .enumerate()
            .filter_map(|(place, id)| grades.get(*id).filter(|&&grade| grade > 0).map(|&grade| (place, grade)))
            .collect();
        let sum: f64 = found.iter().map(|&(place, grade)| gain(grade) / discount(place)).sum();
        Some(Self {
            ndcg: sum / ideal,
            mrr: found.first().map_or(0.0, |(place, _)| 1.0 / (*place as f64 + 1.0)),
            recall: found.len() as f64 / best.len().min(DEPTH) as f64,
        })
    }

    pub(crate) fn mean(all: &[Self]) -> Self {
        let count = all.len().max(1) as f64;
        let mean = |figure: fn(&Self) -> f64| all.iter().map(figure).sum::<f64>() / count;
        Self { ndcg: mean(|all| all.ndcg), mrr: mean(|all| all.mrr), recall: mean(|all| all.recall) }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:.4} / {:.4} / {:.4}", self.ndcg, self.mrr, self.recall)
    }
}

/// How well a number tells one kind from another: the chance that one of `more` is above one of `less`.
pub(crate) fn auroc(more: &[f32], less: &[f32]) -> f64 {
    let above = |a: f32, b: f32| {
        if a > b {
            1.0
        } else if a == b {
            0.5
        } else {
            0.0
        }
    };
    let sum: f64 = more.iter().map(|&a| less.iter().map(|&b| above(a, b)).sum::<f64>()).sum();
    sum / (more.len() * less.len()).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_field() {
        let grades = HashMap::from([("a".to_owned(), 3), ("b".to_owned(), 1), ("c".to_owned(), 0)]);
        let perfect = Figures::of(&["a", "b"], &grades).unwrap();
        assert!(
            (perfect.ndcg - 1.0).abs() < 1e-9
                && (perfect.mrr - 1.0).abs() < 1e-9
                && (perfect.recall - 1.0).abs() < 1e-9
        );
        let second = Figures::of(&["c", "a"], &grades).unwrap();
        let expected = (7.0 / 3_f64.log2()) / (7.0 + 1.0 / 3_f64.log2());
        assert!(
            (second.ndcg - expected).abs() < 1e-9
                && (second.mrr - 0.5).abs() < 1e-9
                && (second.recall - 0.5).abs() < 1e-9
        );
        assert!(Figures::of(&["a"], &HashMap::new()).is_none());
    }

    #[test]
    fn the_area_is_a_half_for_chance_and_one_for_certainty() {
        assert!((auroc(&[3.0, 2.0], &[1.0, 0.0]) - 1.0).abs() < 1e-9);
        assert!((auroc(&[1.0], &[1.0]) - 0.5).abs() < 1e-9);
    }
}
