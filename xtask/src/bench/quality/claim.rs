//! One promise about a model's answers: what was measured, and what it is held against.

use std::fmt;

/// Where a published figure comes from. What somebody only remembers is no published figure: it can be an aim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Mark {
    /// Read in a published source.
    Read,
    /// Computed again from exactly these files.
    Recomputed,
}

/// A figure that others report for the same data and protocol.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Published {
    pub(in super::super) value: f64,
    /// Standard deviation over repetitions, where it is reported.
    pub(in super::super) spread: Option<f64>,
    /// Whose or which method's.
    pub(in super::super) by: &'static str,
    pub(in super::super) mark: Mark,
}

/// What is asked of the figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Required {
    AtLeast(f64),
    AtMost(f64),
    Between(f64, f64),
    /// No farther from `of` than this share of it.
    Within {
        of: f64,
        share: f64,
    },
    /// Shown beside the others; nothing is asked.
    Nothing,
}

/// A measured figure beside published ones, a trivial one, and what is asked.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Claim {
    /// The data set's name.
    pub(in super::super) data: &'static str,
    pub(in super::super) metric: String,
    pub(in super::super) ours: f64,
    /// Standard deviation over the repetitions, where there are any.
    pub(in super::super) spread: Option<f64>,
    pub(in super::super) published: Vec<Published>,
    /// What the simplest way of answering gets, by the same script.
    pub(in super::super) trivial: Option<(&'static str, f64)>,
    pub(in super::super) required: Required,
    /// More than what is asked; missing it is told, and is not short.
    pub(in super::super) aim: Option<f64>,
}

impl Claim {
    /// A claim with nothing beside it.
    pub(in super::super) fn new(
        data: &'static str,
        metric: impl Into<String>,
        ours: f64,
        required: Required,
    ) -> Self {
        let metric = metric.into();
        let (spread, published, trivial, aim) = (None, Vec::new(), None, None);
        Self { data, metric, ours, spread, published, trivial, required, aim }
    }

    /// What is not a number keeps no promise.
    pub(in super::super) fn is_met(&self) -> bool {
        let ours = self.ours;
        match self.required {
            Required::AtLeast(least) => ours >= least,
            Required::AtMost(most) => ours <= most,
            Required::Between(least, most) => (least..=most).contains(&ours),
            Required::Within { of, share } => (ours - of).abs() <= share * of.abs(),
            Required::Nothing => ours.is_finite(),
        }
    }

    fn is_aim_met(&self, aim: f64) -> bool {
        match self.required {
            Required::AtMost(_) => self.ours <= aim,
            _ => self.ours >= aim,
        }
    }

    fn verdict(&self) -> &'static str {
        match (self.is_met(), self.required, self.aim) {
            (false, ..) => "**short**",
            (true, Required::Nothing, _) => "",
            (true, _, Some(aim)) if !self.is_aim_met(aim) => "met, the aim not",
            (true, ..) => "met",
        }
    }

    fn required_text(&self) -> String {
        let asked = match self.required {
            Required::AtLeast(least) => format!("at least {}", figure(least)),
            Required::AtMost(most) => format!("at most {}", figure(most)),
            Required::Between(least, most) => format!("{} to {}", figure(least), figure(most)),
            Required::Within { of, share } => {
                format!("within {} % of {}", figure(100.0 * share), figure(of))
            }
            Required::Nothing => String::new(),
        };
        match self.aim {
            Some(aim) => format!("{asked} (aim {})", figure(aim)),
            None => asked,
        }
    }

    /// The cells of the table after the model's.
    pub(super) fn cells(&self) -> [String; 7] {
        let spread = |value: f64, spread: Option<f64>| match spread {
            Some(spread) => format!("{} ± {}", figure(value), figure(spread)),
            None => figure(value),
        };
        let cited = |it: &Published| {
            let mark = match it.mark {
                Mark::Read => "V",
                Mark::Recomputed => "R",
            };
            format!("{} {} ({mark})", it.by, spread(it.value, it.spread))
        };
        [
            self.data.to_owned(),
            self.metric.clone(),
            spread(self.ours, self.spread),
            self.published.iter().map(cited).collect::<Vec<_>>().join("; "),
            self.trivial.map(|(by, value)| format!("{by} {}", figure(value))).unwrap_or_default(),
            self.required_text(),
            self.verdict().to_owned(),
        ]
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = self.cells();
        let said: Vec<&str> =
            cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        f.write_str(&said.join(" | "))
    }
}

/// Whole where it is whole, else four significant digits.
fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "no number".to_owned();
    }
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{value:.0}");
    }
    let before = value.abs().log10().floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 12 by the clamp"
    )]
    let decimals = (3.0 - before).clamp(0.0, 12.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ours: f64, required: Required, aim: Option<f64>, verdict: &str) {
        let claim = Claim { aim, ..Claim::new("d", "m", ours, required) };
        assert_eq!(claim.verdict(), verdict, "{claim:?}");
    }

    #[test]
    fn what_is_not_reached_is_short() {
        check(0.002_9, Required::AtLeast(0.002_8), Some(0.004_2), "met, the aim not");
        check(0.002_7, Required::AtLeast(0.002_8), None, "**short**");
        check(0.004_59, Required::Within { of: 0.004_553, share: 0.01 }, None, "met");
        check(0.004_60, Required::Within { of: 0.004_553, share: 0.01 }, None, "**short**");
        check(93.0, Required::Between(93.0, 97.0), None, "met");
        check(2.0, Required::AtMost(3.0), Some(1.0), "met, the aim not");
        check(1.0, Required::Nothing, None, "");
        check(f64::NAN, Required::AtMost(3.0), None, "**short**");
        check(f64::NAN, Required::Nothing, None, "**short**");
    }

    #[test]
    fn figures_keep_four_digits() {
        let said = [0.004_553_21, 18.995_654, 5668.0, -9582.4292, 0.000_123_456, f64::NAN];
        let said: Vec<String> = said.into_iter().map(figure).collect();
        assert_eq!(said, ["0.004553", "19", "5668", "-9582", "0.0001235", "no number"]);
    }

    #[test]
    fn a_claim_reads_as_one_line() {
        let published =
            vec![Published { value: 0.157, spread: Some(0.11), by: "obp", mark: Mark::Read }];
        let claim = Claim {
            spread: Some(0.1),
            published,
            trivial: Some(("log mean", 0.2)),
            ..Claim::new("obd_all", "relative error of DM", 0.15, Required::AtMost(0.267))
        };
        let line = "obd_all | relative error of DM | 0.15 ± 0.1 | obp 0.157 ± 0.11 (V) | \
                    log mean 0.2 | at most 0.267 | met";
        assert_eq!(claim.to_string(), line);
    }
}
