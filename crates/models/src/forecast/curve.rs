//! How a series would go on: a level, a slope, and what recurs.

/// The expected reading at each distance from the last one.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The expected reading now, in the unit of the readings or of their transform.
    pub level: f64,
    /// Change per day, in the same unit.
    pub slope: f64,
    /// What is left of the slope after a day, above 0, at most 1.
    pub damping: f64,
    /// Whether level and slope are of the logarithm.
    pub log: bool,
    /// What recurs, added to the level.
    pub season: Option<Season>,
}

/// What recurs within a week or a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Season {
    /// Its length, days.
    pub period: f64,
    /// The day of the last reading, in the readings' count of days.
    pub origin: f64,
    /// What is added in each equal part of it.
    pub parts: Vec<f64>,
}

impl Season {
    /// The part of the season in which a day lies.
    pub fn part(&self, day: f64) -> usize {
        part(day, self.period, self.parts.len())
    }
}

/// In which of `parts` equal parts of a season a day lies.
pub(super) fn part(day: f64, period: f64, parts: usize) -> usize {
    let within = (day / period).rem_euclid(1.0) * parts as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the number of parts"
    )]
    let part = (within + 1e-9) as usize;
    part.min(parts - 1)
}

impl Curve {
    /// A level that stays.
    pub fn flat(level: f64) -> Self {
        Self { level, slope: 0.0, damping: 1.0, log: false, season: None }
    }

    /// The expected reading `ahead` days after the last one.
    pub fn at(&self, ahead: f64) -> f64 {
        let reach = if self.damping >= 1.0 {
            ahead
        } else {
            // The sum of what is left of the slope, day by day.
            (1.0 - self.damping.powf(ahead)) / -self.damping.ln()
        };
        let base = self.level + self.slope * reach;
        let base = if self.log { base.exp() } else { base };
        let season = self.season.as_ref().map_or(0.0, |it| it.parts[it.part(it.origin + ahead)]);
        base + season
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_bend_and_recur() {
        let line = Curve { slope: 2.0, ..Curve::flat(10.0) };
        assert!((line.at(5.0) - 20.0).abs() < 1e-12);
        let bent = Curve { damping: 0.9, ..line.clone() };
        assert!(bent.at(5.0) < 20.0 && bent.at(1e4) < 10.0 + 2.0 / 0.1 + 1.0);
        let season =
            Season { period: 7.0, origin: 0.0, parts: vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0] };
        let weekly = Curve { season: Some(season), ..Curve::flat(1.0) };
        assert!((weekly.at(8.0) - 2.0).abs() < 1e-12 && (weekly.at(6.0) - 7.0).abs() < 1e-12);
    }
}
