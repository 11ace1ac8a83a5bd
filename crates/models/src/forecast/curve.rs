//! How a series would go on: a level, a slope, and what recurs.

use super::series::Reading;

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

/// How wide what recurs swings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swing {
    /// As wide whatever the trend: parts are in the unit of the readings.
    Steady,
    /// With the trend: parts are shares of it.
    Growing,
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
    /// What that is of.
    pub swing: Swing,
}

impl Season {
    /// The part of the season in which a day lies.
    pub fn part(&self, day: f64) -> usize {
        part(day, self.period, self.parts.len())
    }

    /// What is added on a day: of a few parts, that of its own; of many, what lies between the middles of two.
    pub fn added(&self, day: f64) -> f64 {
        let count = self.parts.len();
        if count <= 7 {
            return self.parts[self.part(day)];
        }
        let half = 0.5 * self.period / count as f64;
        let (before, after) = (self.part(day - half), self.part(day + half));
        let place = (day / self.period * count as f64 - 0.5).rem_euclid(1.0);
        self.parts[before] * (1.0 - place) + self.parts[after] * place
    }

    /// What a reading would be without it.
    pub(super) fn without(&self, reading: Reading) -> Reading {
        let added = self.added(reading.day);
        let value = match self.swing {
            Swing::Steady => reading.value - added,
            Swing::Growing => reading.value / (1.0 + added),
        };
        Reading { value, ..reading }
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

    /// How far the trend alone leads from today's level within so many days.
    pub(super) fn risen(&self, ahead: f64) -> f64 {
        let today = if self.log { self.level.exp() } else { self.level };
        self.trend(ahead) - today
    }

    /// The expected reading `ahead` days after the last one.
    pub fn at(&self, ahead: f64) -> f64 {
        let trend = self.trend(ahead);
        self.season.as_ref().map_or(trend, |season| {
            let added = season.added(season.origin + ahead);
            match season.swing {
                Swing::Steady => trend + added,
                Swing::Growing => trend * (1.0 + added),
            }
        })
    }

    fn trend(&self, ahead: f64) -> f64 {
        let reach = if self.damping >= 1.0 {
            ahead
        } else {
            // The sum of what is left of the slope, day by day.
            (1.0 - self.damping.powf(ahead)) / -self.damping.ln()
        };
        let base = self.level + self.slope * reach;
        if self.log { base.exp() } else { base }
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
        let season = Season {
            period: 7.0,
            origin: 0.0,
            parts: vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            swing: Swing::Steady,
        };
        let weekly = Curve { season: Some(season), ..Curve::flat(1.0) };
        assert!((weekly.at(8.0) - 2.0).abs() < 1e-12 && (weekly.at(6.0) - 7.0).abs() < 1e-12);
    }
}
