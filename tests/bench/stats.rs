//! Medians and percentiles, and figures as people read them.

/// A sample of one quantity, sorted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    pub(crate) fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn min(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn max(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(50)
    }

    /// The smallest value that at least this many percent of the sample do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    }

    /// The mean of ratios: a half and a double cancel out.
    #[expect(clippy::cast_precision_loss, reason = "samples are small")]
    pub(crate) fn geometric_mean(&self) -> f64 {
        (self.0.iter().map(|value| value.ln()).sum::<f64>() / self.0.len() as f64).exp()
    }

    /// min, median, max as cells of a table.
    pub(crate) fn spread(&self, write: fn(f64) -> String) -> [String; 3] {
        [write(self.min()), write(self.median()), write(self.max())]
    }
}

/// `12.3 ms`.
pub(crate) fn ms(value: f64) -> String {
    if value.abs() < 10.0 { format!("{value:.2} ms") } else { format!("{value:.1} ms") }
}

/// Thousands of bytes, as the budgets are written.
pub(crate) fn kilobytes(bytes: usize) -> String {
    format!("{}.{:02} kB", bytes / 1000, bytes % 1000 / 10)
}

/// `1.07`.
pub(crate) fn ratio(value: f64) -> String {
    format!("{value:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_always_a_measured_value() {
        for (values, percent, expected) in [
            (&[5.0][..], 50, 5.0),
            (&[3.0, 1.0, 2.0], 50, 2.0),
            (&[4.0, 1.0, 2.0, 3.0], 50, 2.0),
            (&[1.0, 2.0, 3.0], 99, 3.0),
        ] {
            assert!((Sample::new(values.iter().copied()).percentile(percent) - expected).abs() < f64::EPSILON);
        }
        assert!(Sample::default().median().is_nan());
    }

    #[test]
    fn a_half_and_a_double_cancel_out() {
        assert!((Sample::new([0.5, 2.0]).geometric_mean() - 1.0).abs() < 1e-9);
    }
}
