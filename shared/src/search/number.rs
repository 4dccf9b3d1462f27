//! The arithmetic of ranking: the four operations and the square root of IEEE 754, and nothing else.
//!
//! Libraries differ in the last bit of a logarithm, and then a worker and a browser would sort two articles differently.

/// How much a word says that occurs in `having` of `docs` documents: the inverse document frequency
/// of BM25, ln(1 + (docs − having + ½) / (having + ½)).
pub(super) fn rarity(having: usize, docs: usize) -> f32 {
    let (having, docs) = (having as f32, docs as f32);
    ln(1.0 + (docs - having + 0.5).max(0.0) / (having + 0.5))
}

/// `x` to the power of 9/8.
pub(super) fn raised(x: f32) -> f32 {
    x * x.sqrt().sqrt().sqrt()
}

/// Numbers by a key, the greatest key first and of equal keys the smaller number. One sort of one type serves all of ranking:
/// each type that is sorted costs a visitor kilobytes.
pub(super) fn by_greatest(pairs: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let mut keys: Vec<u64> = pairs.map(|(key, number)| u64::from(!key) << 32 | u64::from(number)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| (!((key >> 32) as u32), key as u32)).collect()
}

/// What `weight` is worth when ever more of it is worth ever less: it approaches `half` + 1, and has half of that at `half`.
pub(super) fn saturated(weight: f32, half: f32) -> f32 {
    weight * (half + 1.0) / (weight + half)
}

/// Natural logarithm for `x` ≥ 1, to five digits: the exponent, and a series for the rest.
pub(super) fn ln(x: f32) -> f32 {
    const LN_2: f32 = core::f32::consts::LN_2;
    const MANTISSA_BITS: u32 = 23;
    const EXPONENT_BIAS: u32 = 127;
    let bits = x.to_bits();
    let exponent = (bits >> MANTISSA_BITS).saturating_sub(EXPONENT_BIAS);
    let mantissa = f32::from_bits(bits & ((1 << MANTISSA_BITS) - 1) | EXPONENT_BIAS << MANTISSA_BITS);
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    2.0 * s * (1.0 + square * (1.0 / 3.0 + square * (0.2 + square / 7.0))) + exponent as f32 * LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_logarithm_is_the_logarithm() {
        for step in 0_u16..2_000 {
            let x = 1.0 + f32::from(step) * f32::from(step) / 37.0;
            assert!((ln(x) - x.ln()).abs() < 2e-5 * (1.0 + x.ln()), "{x}");
        }
    }

    #[test]
    fn rare_words_say_more_and_every_word_says_something() {
        assert!(rarity(1, 100) > rarity(10, 100));
        assert!(rarity(10, 100) > rarity(100, 100));
        assert!(rarity(100, 100) > 0.0);
        assert!(rarity(7, 0) >= 0.0, "a damaged index may count more documents than it has");
    }

    #[test]
    fn powers_and_saturation_are_what_they_say() {
        assert!((raised(256.0) - 512.0).abs() < 1e-3);
        assert!((saturated(4.0, 4.0) - 2.5).abs() < 1e-6);
        assert!(saturated(1e9, 4.0) <= 5.0);
    }
}
