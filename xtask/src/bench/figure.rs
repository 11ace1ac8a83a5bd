//! A measured figure beside what it is held against.

use std::fmt;

/// Repeated measurements of one thing, in one unit; never empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    pub(super) raw: Vec<f64>,
}

impl Sample {
    pub(super) fn new(raw: Vec<f64>) -> Self {
        assert!(!raw.is_empty(), "a bench measures at least once");
        Self { raw }
    }

    pub(super) fn best(&self) -> f64 {
        self.raw.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub(super) fn worst(&self) -> f64 {
        self.raw.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    /// The middle value; of an even number of values the lower middle one.
    pub(super) fn median(&self) -> f64 {
        let mut sorted = self.raw.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[(sorted.len() - 1) / 2]
    }

    pub(super) fn raw_text(&self) -> String {
        let values: Vec<_> = self.raw.iter().map(|value| format!("{value:.3}")).collect();
        values.join(", ")
    }
}

/// What a figure is held against.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Against {
    /// No more than `times` the peer's median, measured in the same run on the same data.
    Peer { name: &'static str, sample: Sample, times: f64 },
    /// No more than this, in the figure's unit, in the worst repetition.
    Limit(f64),
    /// Nothing: it is only reported.
    Nothing,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) unit: &'static str,
    pub(super) sample: Sample,
    pub(super) against: Against,
}

impl Figure {
    /// The figure over its peer (median over median) or over its limit (worst over limit).
    pub(super) fn ratio(&self) -> f64 {
        match &self.against {
            Against::Peer { sample, .. } => self.sample.median() / sample.median(),
            Against::Limit(limit) => self.sample.worst() / limit,
            Against::Nothing => 0.0,
        }
    }

    pub(super) fn is_met(&self) -> bool {
        match &self.against {
            Against::Peer { times, .. } => self.ratio() <= *times,
            Against::Limit(_) => self.ratio() <= 1.0,
            Against::Nothing => true,
        }
    }

    pub(super) fn verdict(&self) -> &'static str {
        match self.against {
            Against::Nothing => "reported",
            _ if self.is_met() => "met",
            _ => "**missed**",
        }
    }

    /// What it is held against, in words.
    pub(super) fn against_text(&self) -> String {
        let unit = self.unit;
        match &self.against {
            Against::Peer { name, sample, times } => {
                let (best, median) = (sample.best(), sample.median());
                let (best, median) = (shown(best), shown(median));
                format!("{name}: best {best}, median {median} {unit}; at most {times}x")
            }
            Against::Limit(limit) => format!("at most {limit} {unit}"),
            Against::Nothing => "no target".to_owned(),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (best, median) = (self.sample.best(), self.sample.median());
        let (name, unit) = (&self.name, self.unit);
        let (best, median, ratio) = (shown(best), shown(median), shown(self.ratio()));
        let (against, verdict) = (self.against_text(), self.verdict());
        write!(f, "{name}: best {best}, median {median} {unit}; ")?;
        write!(f, "{against}; ratio {ratio}: {verdict}")
    }
}

/// Two decimals, and as many more as a small figure needs to show two digits.
pub(super) fn shown(value: f64) -> String {
    if value > 0.0 && value < 0.095 {
        return format!("{value:.4}");
    }
    format!("{value:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(raw: &[f64], against: Against) -> Figure {
        Figure { name: "it".into(), unit: "s", sample: Sample::new(raw.to_vec()), against }
    }

    #[test]
    fn a_peer_is_compared_by_medians() {
        let peer = Sample::new(vec![1.0, 9.0, 2.0]);
        let against = Against::Peer { name: "DuckDB", sample: peer, times: 2.0 };
        assert!(figure(&[4.0, 3.0, 90.0], against.clone()).is_met());
        assert!(!figure(&[4.0, 4.1, 90.0], against).is_met());
    }

    #[test]
    fn a_limit_holds_for_the_worst() {
        assert!(figure(&[1.0, 60.0], Against::Limit(60.0)).is_met());
        assert!(!figure(&[1.0, 60.1], Against::Limit(60.0)).is_met());
    }

    #[test]
    fn what_has_no_target_misses_none() {
        let figure = figure(&[7.0], Against::Nothing);
        assert!(figure.is_met());
        assert_eq!((figure.verdict(), figure.against_text().as_str()), ("reported", "no target"));
    }

    #[test]
    fn reads_as_a_sentence() {
        let text = figure(&[2.0, 1.0], Against::Limit(4.0)).to_string();
        assert_eq!(text, "it: best 1.00, median 1.00 s; at most 4 s; ratio 0.50: met");
    }
}
