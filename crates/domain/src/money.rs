//! Money is exact: integer minor units with an ISO 4217 currency. Expected values are `f64` and live in
//! `decide`; the two meet there once, with a named rounding.

use std::fmt;

/// An ISO 4217 currency code with its number of decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Currencies without decimals (ISO 4217, 2024).
const NO_DECIMALS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
/// Currencies with three decimals.
const THREE_DECIMALS: &str = "BHD IQD JOD KWD LYD OMR TND";
/// Currencies with two decimals.
const TWO_DECIMALS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG";

impl Currency {
    /// Japanese yen.
    pub const JPY: Self = Self(*b"JPY");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// A known ISO 4217 code in capitals; anything else is `None`.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        let known = [TWO_DECIMALS, NO_DECIMALS, THREE_DECIMALS]
            .iter()
            .any(|list| list.split(' ').any(|known| known == code));
        known.then_some(Self(bytes))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is made of three ASCII capitals")
    }

    /// Decimals between the major and the minor unit: 0 for yen, 2 for dollars.
    pub fn decimals(self) -> u32 {
        if NO_DECIMALS.contains(self.code()) {
            0
        } else if THREE_DECIMALS.contains(self.code()) {
            3
        } else {
            2
        }
    }

    /// Minor units in one major unit.
    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(self.decimals())
    }

    /// The minor units as a decimal without grouping, as exports carry it: `84000`, `12.50`.
    pub fn decimal(self, minor: i64) -> String {
        let decimals = self.decimals() as usize;
        if decimals == 0 {
            return minor.to_string();
        }
        let unit = self.minor_per_major().unsigned_abs();
        let (whole, part) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
        let sign = if minor < 0 { "-" } else { "" };
        format!("{sign}{whole}.{part:0decimals$}")
    }

    /// The amount as people read it: `¥84,000`, `$12.50`, `CHF 12.50`.
    pub fn display(self, minor: i64) -> String {
        let decimal = self.decimal(minor.checked_abs().unwrap_or(i64::MAX));
        let (whole, part) = decimal.split_once('.').unwrap_or((&decimal, ""));
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        if !part.is_empty() {
            grouped.push('.');
            grouped.push_str(part);
        }
        let sign = if minor < 0 { "-" } else { "" };
        match self.code() {
            "JPY" => format!("{sign}¥{grouped}"),
            "USD" => format!("{sign}${grouped}"),
            "EUR" => format!("{sign}€{grouped}"),
            "GBP" => format!("{sign}£{grouped}"),
            code => format!("{sign}{code} {grouped}"),
        }
    }

    /// The nearest minor unit of an expected value in minor units, halves away from zero. The one
    /// place where an expected value becomes money.
    pub fn round_expected(self, minor: f64) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "clamped to amounts we accept")]
        let rounded = minor.clamp(-MAX_MINOR as f64, MAX_MINOR as f64).round() as i64;
        rounded
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The largest amount taken, in minor units: beyond it a file is wrong, not rich.
pub const MAX_MINOR: i64 = 1_000_000_000_000_000;

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits with an optional sign, grouping commas and one decimal point.
    #[error("is not a decimal amount")]
    NotANumber,
    /// More decimals than the currency has.
    #[error("has more decimals than the currency")]
    TooManyDecimals,
    /// Beyond [`MAX_MINOR`].
    #[error("is too large for an amount")]
    TooLarge,
}

/// Minor units of a decimal text: an optional sign, digits with optional grouping commas, an optional
/// point and decimals. Decimals beyond the currency's are taken only when they are zeros.
pub fn parse_minor(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && part.is_empty() {
        return Err(AmountError::NotANumber);
    }
    let mut minor: i64 = 0;
    let push = |minor: i64, digit: u8| {
        minor
            .checked_mul(10)
            .and_then(|m| m.checked_add(i64::from(digit - b'0')))
            .filter(|m| *m <= MAX_MINOR)
            .ok_or(AmountError::TooLarge)
    };
    for byte in whole.bytes() {
        match byte {
            b'0'..=b'9' => minor = push(minor, byte)?,
            b',' => {}
            _ => return Err(AmountError::NotANumber),
        }
    }
    let decimals = currency.decimals() as usize;
    for (i, byte) in part.bytes().enumerate() {
        match byte {
            b'0'..=b'9' if i < decimals => minor = push(minor, byte)?,
            b'0' => {}
            b'1'..=b'9' => return Err(AmountError::TooManyDecimals),
            _ => return Err(AmountError::NotANumber),
        }
    }
    for _ in part.len()..decimals {
        minor = push(minor, b'0')?;
    }
    Ok(if negative { -minor } else { minor })
}

/// Minor units of a binary floating-point amount, as Parquet and XLSX files carry money.
///
/// The nearest minor unit, halves away from zero; an amount farther than a thousandth of a minor unit
/// from it has too many decimals.
pub fn minor_from_f64(amount: f64, currency: Currency) -> Result<i64, AmountError> {
    if !amount.is_finite() {
        return Err(AmountError::NotANumber);
    }
    let scaled = amount * currency.minor_per_major() as f64;
    if scaled.abs() > MAX_MINOR as f64 {
        return Err(AmountError::TooLarge);
    }
    let rounded = scaled.round();
    if (scaled - rounded).abs() > 1e-3 {
        return Err(AmountError::TooManyDecimals);
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked against MAX_MINOR")]
    Ok(rounded as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, currency: &str, expected: Result<i64, AmountError>) {
        let currency = Currency::parse(currency).expect("a known currency");
        assert_eq!(parse_minor(text, currency), expected, "{text}");
    }

    #[test]
    fn yen_has_no_decimals() {
        check("84,000", "JPY", Ok(84_000));
    }
    #[test]
    fn dollars_have_two() {
        check("-12.5", "USD", Ok(-1250));
    }
    #[test]
    fn dinars_have_three() {
        check("1.234", "KWD", Ok(1234));
    }
    #[test]
    fn trailing_zeros_are_harmless() {
        check("100.000", "JPY", Ok(100));
    }
    #[test]
    fn a_third_decimal_is_refused() {
        check("0.125", "USD", Err(AmountError::TooManyDecimals));
    }
    #[test]
    fn words_are_refused() {
        check("about 5", "USD", Err(AmountError::NotANumber));
        check("", "USD", Err(AmountError::NotANumber));
        check("-", "USD", Err(AmountError::NotANumber));
    }
    #[test]
    fn an_enormous_amount_is_refused() {
        check("99999999999999999999", "USD", Err(AmountError::TooLarge));
    }

    #[test]
    fn floats_take_the_nearest_cent() {
        assert_eq!(minor_from_f64(1.43, Currency::USD), Ok(143));
        assert_eq!(minor_from_f64(0.125, Currency::USD), Err(AmountError::TooManyDecimals));
        assert_eq!(minor_from_f64(f64::INFINITY, Currency::USD), Err(AmountError::NotANumber));
    }

    #[test]
    fn people_read_grouped_amounts() {
        assert_eq!(Currency::JPY.display(1_234_000), "¥1,234,000");
        assert_eq!(Currency::USD.display(-123_456), "-$1,234.56");
        assert_eq!(Currency::parse("XYZ"), None);
        assert_eq!(Currency::parse("D U"), None);
    }

    proptest! {
        #[test]
        fn decimal_and_parse_are_inverse(minor in -MAX_MINOR..MAX_MINOR) {
            for currency in [Currency::JPY, Currency::USD] {
                prop_assert_eq!(parse_minor(&currency.decimal(minor), currency), Ok(minor));
            }
        }
    }
}
