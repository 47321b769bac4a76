//! Small numbers in few bits: exponential Golomb codes (S. Golomb, 1966; as in H.264, 9.1).
//!
//! A number of order `k` below 2^k takes `k + 1` bits, one below 3·2^k two more, and so on: a mention's
//! distance from the one before takes 8 or 10 bits where whole bytes take 8 or 16.

/// Numbers as they are written.
#[derive(Clone, Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, the first in the lowest place.
    pending: u64,
    count: u32,
}

impl BitWriter {
    /// Appends the lowest `count` bits of `bits`, at most 32; those above must be zero.
    fn push(&mut self, bits: u64, count: u32) {
        self.pending |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// Appends a number of order `k`; numbers above 2^62 are cut.
    pub fn put(&mut self, number: u64, k: u32) {
        let number = number.min(1 << 62);
        let above = (number >> k) + 1;
        let len = above.ilog2();
        let mut zeros = len;
        while zeros > 0 {
            let some = zeros.min(32);
            self.push(0, some);
            zeros -= some;
        }
        self.push(1, 1);
        self.wide(above ^ 1 << len, len);
        self.wide(number & ((1 << k) - 1), k);
    }

    fn wide(&mut self, bits: u64, count: u32) {
        let low = count.min(32);
        self.push(bits & ((1 << low) - 1), low);
        self.push(bits >> low, count - low);
    }

    /// Appends a number that may be negative.
    pub fn put_signed(&mut self, number: i64, k: u32) {
        self.put((number << 1 ^ number >> 63) as u64, k);
    }

    /// Fills the last byte with zeros and tells what was written.
    pub fn finish(&mut self) -> &[u8] {
        if self.count > 0 {
            self.push(0, 8 - self.count);
        }
        &self.bytes
    }
}

/// Reads what [`BitWriter`] wrote.
#[derive(Clone, Debug)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    /// In bits.
    at: usize,
}

impl<'a> BitReader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn take(&mut self, count: u32) -> Option<u64> {
        let mut bits = 0;
        let mut have = 0;
        while have < count {
            let byte = u64::from(*self.bytes.get(self.at / 8)?) >> (self.at % 8);
            let some = (8 - (self.at % 8) as u32).min(count - have);
            bits |= (byte & ((1 << some) - 1)) << have;
            have += some;
            self.at += some as usize;
        }
        Some(bits)
    }

    /// The next number, of order `k`; `None` behind the last one.
    #[inline]
    pub fn next(&mut self, k: u32) -> Option<u64> {
        // Nearly every number lies within eight bytes, of which up to seven bits were read before.
        const WHOLE: u32 = 64 - 7;
        if let Some(word) = self.bytes.get(self.at / 8..).and_then(|b| b.first_chunk()) {
            let bits = u64::from_le_bytes(*word) >> (self.at % 8);
            let len = bits.trailing_zeros();
            let taken = 2 * len + 1 + k;
            if taken <= WHOLE {
                let above = (1 << len | bits >> (len + 1) & ((1 << len) - 1)) - 1;
                let low = bits >> (2 * len + 1) & ((1 << k) - 1);
                self.at += taken as usize;
                return Some(above << k | low);
            }
        }
        self.next_bytewise(k)
    }

    fn next_bytewise(&mut self, k: u32) -> Option<u64> {
        let mut len = 0;
        loop {
            let byte = *self.bytes.get(self.at / 8)? >> (self.at % 8);
            if byte != 0 {
                let zeros = byte.trailing_zeros();
                self.at += zeros as usize + 1;
                len += zeros;
                break;
            }
            let some = 8 - self.at % 8;
            self.at += some;
            len += some as u32;
        }
        if len > 62 {
            return None;
        }
        let above = (1 << len | self.take(len)?) - 1;
        let low = self.take(k)?;
        u64::checked_shl(above, k)
            .filter(|high| high >> k == above)
            .map(|high| high | low)
    }

    pub fn next_signed(&mut self, k: u32) -> Option<i64> {
        let n = self.next(k)?;
        Some((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    pub fn next32(&mut self, k: u32) -> Option<u32> {
        u32::try_from(self.next(k)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_are_those_of_the_paper() {
        // Of order 0: 1, 010, 011, 00100; the first bit is the lowest of its byte.
        let mut out = BitWriter::default();
        for n in 0..4 {
            out.put(n, 0);
        }
        assert_eq!(out.finish(), [0b0110_0101, 0b0000_0010]);
    }

    proptest! {
        #[test]
        fn numbers_are_read_as_they_were_written(
            numbers in prop::collection::vec((prop_oneof![0..300u64, 0..1u64 << 62], 0..12u32), 0..20),
            signed in prop::collection::vec(any::<i32>(), 0..5),
        ) {
            let mut out = BitWriter::default();
            for (n, k) in &numbers {
                out.put(*n, *k);
            }
            for n in &signed {
                out.put_signed(i64::from(*n), 3);
            }
            let bytes = out.finish().to_vec();
            let mut read = BitReader::new(&bytes);
            for (n, k) in &numbers {
                prop_assert_eq!(read.next(*k), Some(*n));
            }
            for n in &signed {
                prop_assert_eq!(read.next_signed(3), Some(i64::from(*n)));
            }
        }

        #[test]
        fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..40), k in 0..12u32) {
            let mut read = BitReader::new(&bytes);
            let mut n = 0;
            while read.next(k).is_some() {
                n += 1;
            }
            prop_assert!(n <= bytes.len() * 8);
        }
    }
}
