//! Decimals out of text without the cost of a general parser: amounts and quantities by the million.

/// An exact decimal: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) mantissa: i64,
    pub(super) scale: u32,
}

/// Powers of ten that `f64` holds exactly.
const POWERS: [f64; 19] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18,
];

impl Decimal {
    /// Reads an optional sign, digits, and an optional point with digits; up to 18 digits in all.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] | digits => (false, digits),
        };
        if digits.len() > 19 {
            return None;
        }
        let (mut mantissa, mut scale, mut point, mut count) = (0_i64, 0, false, 0);
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    mantissa = mantissa * 10 + i64::from(byte - b'0');
                    scale += u32::from(point);
                    count += 1;
                }
                b'.' if !point => point = true,
                _ => return None,
            }
        }
        if count == 0 || count > 18 {
            return None;
        }
        Some(Self { mantissa: if negative { -mantissa } else { mantissa }, scale })
    }

    /// The nearest `f64`: exact division of two exactly held numbers when the mantissa has at most 53
    /// bits, `None` otherwise.
    pub(super) fn to_f64(self) -> Option<f64> {
        let exact = self.mantissa.unsigned_abs() <= 1 << 53;
        exact.then(|| self.mantissa as f64 / POWERS[self.scale as usize])
    }

    /// The value in units of `10^-decimals`, if it is whole there.
    pub(super) fn minor(self, decimals: u32) -> Option<i64> {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > decimals {
            if mantissa % 10 != 0 {
                return None;
            }
            mantissa /= 10;
            scale -= 1;
        }
        mantissa.checked_mul(10_i64.checked_pow(decimals - scale)?)
    }
}

/// A finite number out of text: plain, with grouping commas (`1,234.5`), or in full-width digits.
pub(crate) fn number(text: &str) -> Option<f64> {
    if let Some(number) = Decimal::parse(text).and_then(Decimal::to_f64) {
        return Some(number);
    }
    plain(text).parse::<f64>().ok().filter(|number| number.is_finite())
}

/// The text with full-width letters and digits as half-width ones (NFKC).
pub(crate) fn half_width(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    if text.is_ascii() { text.to_owned() } else { text.nfkc().collect() }
}

/// The text without grouping commas (groups of three only) and in half-width characters.
pub(super) fn plain(text: &str) -> String {
    let text = half_width(text);
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let words = text.bytes().any(|b| b.is_ascii_alphabetic() && !matches!(b, b'e' | b'E'));
    if words {
        // `inf` and `NaN` are no numbers of a business file.
        return String::new();
    }
    if grouped { text.replace(',', "") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<f64>) {
        assert_eq!(number(text), expected, "{text}");
    }

    #[test]
    fn plain_decimals() {
        check("12.5", Some(12.5));
        check("-0.10", Some(-0.1));
        check("+7", Some(7.0));
        check("1.", Some(1.0));
    }
    #[test]
    fn as_exact_as_the_general_parser() {
        check("1234567.891", Some(1_234_567.891));
        check("0.1234567890123456789", Some(0.123_456_789_012_345_68));
        check("1e3", Some(1000.0));
    }
    #[test]
    fn grouped_and_full_width() {
        check("1,234,567.5", Some(1_234_567.5));
        check("１２３", Some(123.0));
    }
    #[test]
    fn not_numbers() {
        check("1,2", None);
        check("", None);
        check("-", None);
        check(".", None);
        check("inf", None);
        check("NaN", None);
        check("12 yen", None);
    }
    #[test]
    fn minor_units_are_exact() {
        let minor = |text, decimals| Decimal::parse(text).and_then(|d| d.minor(decimals));
        assert_eq!(minor("12.5", 2), Some(1250));
        assert_eq!(minor("12.500", 2), Some(1250));
        assert_eq!(minor("12.505", 2), None);
        assert_eq!(minor("-12", 0), Some(-12));
    }
}
