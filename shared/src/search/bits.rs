//! Numbers of a few bits each: the postings of an index are most of its bytes, and a byte for each number would double them.
//!
//! Gaps between documents are Rice codes, whose parameter follows from how many documents have the word; counts are Elias
//! gamma codes. Both are within a few percent of what the numbers hold, so compressing them again gains nothing. Reading
//! checks every bit, and a number that no builder writes is an error.

use super::codec::IndexError;

/// Most bits of a Rice code's unary part. A gap longer than that many steps is written as it is.
const STEPS_MAX: u32 = 24;

/// Bits of a gap that is written as it is.
const GAP_BITS: u32 = 32;

/// Largest parameter: documents are counted in 32 bits.
const RICE_MAX: u32 = 31;

/// The parameter of the Rice code for gaps of `having` documents among `docs`.
pub(super) fn rice(docs: usize, having: usize) -> u32 {
    // The best parameter is the logarithm of the mean gap times ln 2, about 0.69.
    let mean = docs.saturating_mul(69) / having.max(1).saturating_mul(100);
    (usize::BITS - 1 - mean.max(1).leading_zeros()).min(RICE_MAX)
}

/// Writes bits, the first one lowest.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits of the last byte that are taken; 0 when it is full.
    taken: u32,
}

impl BitWriter {
    pub(super) fn bit(&mut self, bit: bool) {
        if self.taken == 0 {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << self.taken;
        }
        self.taken = (self.taken + 1) % u8::BITS;
    }

    fn bits(&mut self, number: u32, count: u32) {
        for place in 0..count {
            self.bit(number >> place & 1 == 1);
        }
    }

    /// A gap, by the Rice code of this parameter.
    pub(super) fn gap(&mut self, gap: u32, rice: u32) {
        let steps = gap.checked_shr(rice).unwrap_or(0);
        for _ in 0..steps.min(STEPS_MAX) {
            self.bit(true);
        }
        if steps < STEPS_MAX {
            self.bit(false);
            self.bits(gap, rice);
        } else {
            self.bits(gap, GAP_BITS);
        }
    }

    /// A number from 1 on, by the Elias gamma code.
    pub(super) fn count(&mut self, number: u32) {
        let bits = u32::BITS - 1 - number.max(1).leading_zeros();
        for _ in 0..bits {
            self.bit(true);
        }
        self.bit(false);
        self.bits(number.max(1), bits);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads what [`BitWriter`] wrote.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits read ahead, and how many of them are left.
    ahead: u64,
    left: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, ahead: 0, left: 0 }
    }

    /// Bits ahead: more than 56, or all there are.
    fn fill(&mut self) {
        if let Some((eight, _)) = self.bytes.split_first_chunk::<8>() {
            // Eight bytes at once; those that do not fit are read again.
            self.ahead |= u64::from_le_bytes(*eight) << self.left;
            let taken = (u64::BITS - 1 - self.left) / u8::BITS;
            self.bytes = self.bytes.get(taken as usize..).unwrap_or_default();
            self.left += taken * u8::BITS;
            self.ahead &= (1 << self.left) - 1;
            return;
        }
        while self.left <= u64::BITS - 2 * u8::BITS {
            let Some((&byte, rest)) = self.bytes.split_first() else { return };
            self.bytes = rest;
            self.ahead |= u64::from(byte) << self.left;
            self.left += u8::BITS;
        }
    }

    pub(super) fn bit(&mut self) -> Result<bool, IndexError> {
        Ok(self.bits(1)? == 1)
    }

    /// At most 32 bits.
    fn bits(&mut self, count: u32) -> Result<u32, IndexError> {
        if self.left < count {
            self.fill();
            if self.left < count {
                return Err(IndexError::Corrupt);
            }
        }
        let number = (self.ahead & ((1 << count) - 1)) as u32;
        self.ahead >>= count;
        self.left -= count;
        Ok(number)
    }

    /// Ones before the next zero, which is read too; at most `most`, which is below 32.
    fn ones(&mut self, most: u32) -> Result<u32, IndexError> {
        if self.left <= most {
            self.fill();
        }
        let ones = self.ahead.trailing_ones().min(most);
        self.bits(if ones < most { ones + 1 } else { ones })?;
        Ok(ones)
    }

    /// See [`BitWriter::gap`]; `rice` must be below 32.
    pub(super) fn gap(&mut self, rice: u32) -> Result<u32, IndexError> {
        let steps = self.ones(STEPS_MAX)?;
        if steps == STEPS_MAX {
            return self.bits(GAP_BITS);
        }
        let low = self.bits(rice)?;
        Ok(steps.checked_shl(rice).unwrap_or(0) | low)
    }

    /// See [`BitWriter::count`]; a number of more than 16 bits is an error.
    pub(super) fn count(&mut self) -> Result<u32, IndexError> {
        const BITS_MAX: u32 = 16;
        let bits = self.ones(BITS_MAX)?;
        if bits == BITS_MAX {
            return Err(IndexError::Corrupt);
        }
        Ok(1 << bits | self.bits(bits)?)
    }

    /// Whether only the padding of the last byte is left, and it is zero.
    pub(super) fn is_done(&self) -> bool {
        self.bytes.is_empty() && self.ahead == 0 && self.left < u8::BITS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(numbers in proptest::collection::vec((any::<u32>(), 1..60_000_u32, 0..31_u32, any::<bool>()), 0..50)) {
            let mut writer = BitWriter::default();
            for &(gap, count, rice, bit) in &numbers {
                writer.gap(gap, rice);
                writer.count(count);
                writer.bit(bit);
            }
            let bytes = writer.finish();
            let mut reader = BitReader::new(&bytes);
            for &(gap, count, rice, bit) in &numbers {
                prop_assert_eq!(reader.gap(rice), Ok(gap));
                prop_assert_eq!(reader.count(), Ok(count));
                prop_assert_eq!(reader.bit(), Ok(bit));
            }
            prop_assert!(reader.is_done());
        }

        #[test]
        fn any_bits_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..40), rice in 0..32_u32) {
            let mut reader = BitReader::new(&bytes);
            while reader.gap(rice).is_ok() && reader.count().is_ok() {}
        }
    }

    #[test]
    fn the_parameter_follows_the_mean_gap() {
        for (docs, having, expected) in [(0, 0, 0), (100, 100, 0), (1_000, 100, 2), (5_000, 1, 11)] {
            assert_eq!(rice(docs, having), expected, "{having} of {docs}");
        }
        assert_eq!(rice(usize::MAX / 100, 1), RICE_MAX);
    }
}
