//! Numbers as they are written: `1,000`, `1.000`, `1 000`, `2.5`, `2,5`.

use super::{
    super::class::{Class, class, digit_value},
    MAX_TERM_BYTES, Role, Scanner,
};

/// A number with more groups is a list or an address.
const MAX_GROUPS: usize = 12;

/// A run of digits and the separator after it, where another group follows.
#[derive(Clone, Copy, Default)]
struct Group {
    start: usize,
    end: usize,
    digits: usize,
    /// A single zero.
    is_zero: bool,
    separator: char,
}

/// How a run of digit groups reads.
#[derive(PartialEq)]
enum Reading {
    /// All groups are one whole number.
    Whole,
    /// The last group is the fraction.
    Fraction,
    /// A date, a version, an address, a list: each group for itself.
    Apart,
}

impl Scanner<'_> {
    /// Reads the digits at `start` and returns where reading goes on.
    ///
    /// Groups of three after a separator are thousands whatever the separator, so `1.000` is `1000`
    /// in every language and so is the rare decimal of three places; the last of two kinds of
    /// separator, or a single one before another number of digits, begins a fraction, which is
    /// written with a point. Indian grouping (`1,00,000`) is known.
    pub(super) fn number(&mut self, start: usize) -> usize {
        let mut groups = [Group::default(); MAX_GROUPS];
        let mut count = 0;
        let mut i = start;
        while let Some(slot) = groups.get_mut(count) {
            let (end, digits) = self.digits(i);
            let is_zero = digits == 1 && self.char_at(i).and_then(digit_value) == Some(0);
            *slot = Group {
                start: i,
                end,
                digits,
                is_zero,
                separator: '\0',
            };
            count += 1;
            let Some((separator, next)) = self.separator(end) else {
                break;
            };
            // A space joins only what can be nothing but a grouped number.
            if separator == ' ' && (slot.digits > 3 || self.digits(next).1 != 3) {
                break;
            }
            slot.separator = separator;
            i = next;
        }
        let groups = &groups[..count];
        let end = groups.last().map_or(start + 1, |g| g.end);
        match reading(groups) {
            Reading::Apart => {
                for group in groups {
                    self.push_number(std::slice::from_ref(group), None);
                }
            }
            Reading::Whole => self.push_number(groups, None),
            Reading::Fraction => {
                if let Some((fraction, whole)) = groups.split_last() {
                    self.push_number(whole, Some(fraction));
                }
            }
        }
        end
    }

    /// End and number of the digits at `i`.
    fn digits(&self, i: usize) -> (usize, usize) {
        let (mut end, mut count) = (i, 0);
        while let Some(c) = self.char_at(end) {
            match class(c) {
                Class::Digit => count += 1,
                Class::Mark if count > 0 => {}
                _ => break,
            }
            end += c.len_utf8();
        }
        (end, count)
    }

    /// The separator at `i`, spaces as `' '` and apostrophes as `'\''`, and where digits follow it.
    fn separator(&self, i: usize) -> Option<(char, usize)> {
        let c = self.char_at(i)?;
        let separator = match c {
            ',' | '.' => c,
            '\u{66B}' => '.',
            '\u{66C}' => ',',
            _ => match class(c) {
                Class::Apostrophe => '\'',
                Class::DigitSpace => ' ',
                _ => return None,
            },
        };
        let next = i + c.len_utf8();
        (self.class_at(next) == Class::Digit).then_some((separator, next))
    }

    fn push_number(&mut self, whole: &[Group], fraction: Option<&Group>) {
        let (Some(first), Some(last)) = (whole.first(), fraction.or(whole.last())) else {
            return;
        };
        let (start, end) = (first.start, last.end);
        let is_plain = whole.len() == 1
            && fraction.is_none()
            && self.bytes[start..end].iter().all(u8::is_ascii_digit);
        let surface = if is_plain {
            (start as u32, end.min(start + MAX_TERM_BYTES) as u32)
        } else {
            let at = self.out.forms.len();
            let parts = whole.iter().map(|g| (false, g));
            for (is_fraction, group) in parts.chain(fraction.map(|g| (true, g))) {
                if is_fraction {
                    self.out.forms.push('.');
                }
                for value in self.text[group.start..group.end]
                    .chars()
                    .filter_map(digit_value)
                {
                    if self.out.forms.len() - at < MAX_TERM_BYTES {
                        self.out.forms.push(char::from(b'0' + value));
                    }
                }
            }
            (at as u32, self.out.forms.len() as u32)
        };
        self.push(start as u32, end as u32, surface, surface, Role::Fixed);
    }
}

fn reading(groups: &[Group]) -> Reading {
    let [first, rest @ ..] = groups else {
        return Reading::Apart;
    };
    let Some(last) = rest.last() else {
        return Reading::Whole;
    };
    let before_last = groups.len().checked_sub(2).and_then(|i| groups.get(i));
    let last_separator = before_last.map_or('\0', |g| g.separator);
    if are_thousands(groups) && !is_zero_point(first, last_separator, groups.len()) {
        return Reading::Whole;
    }
    let is_point = matches!(last_separator, '.' | ',');
    let is_fraction = match groups.len() {
        2 => is_point && (last_separator == '.' || last.digits <= 2 || first.is_zero),
        n => {
            is_point
                && first.separator != last_separator
                && groups.get(..n - 1).is_some_and(are_thousands)
        }
    };
    if is_fraction {
        Reading::Fraction
    } else {
        Reading::Apart
    }
}

/// Whether the groups are thousands with one separator: three digits each, or Indian twos before them.
fn are_thousands(groups: &[Group]) -> bool {
    let [first, middle @ .., last] = groups else {
        return false;
    };
    let separators = groups.split_last().map_or(&[][..], |(_, before)| before);
    let is_one_kind = separators.iter().all(|g| g.separator == first.separator);
    let are_threes = first.digits <= 3 && middle.iter().all(|g| g.digits == 3);
    let are_indian = first.separator == ','
        && first.digits <= 2
        && !middle.is_empty()
        && middle.iter().all(|g| g.digits == 2);
    is_one_kind && last.digits == 3 && (are_threes || are_indian)
}

/// `0.125` and `0,125` are no thousands.
fn is_zero_point(first: &Group, separator: char, groups: usize) -> bool {
    groups == 2 && matches!(separator, '.' | ',') && first.is_zero
}
