//! How a deal's chance changes as it grows older: discrete-time competing hazards of being won and of being lost.
//!
//! A deal in week `t` since it was opened is won in that week with `w(t)` and lost with `l(t)`, each the share of the
//! deals at risk in the week's band of ages to which it happened (Prentice, Kalbfleisch and others 1978, "The Analysis
//! of Failure Times in the Presence of Competing Risks", eq. 5, in whole weeks). Deals in progress are at risk in the
//! weeks that they have lived and then censored: many that grow old and do not end are what makes an old deal's
//! chance small. Each band is shrunken to the one before it, the first to all ages, by as much as the bands differ
//! less than chance would make them (empirical Bayes, [`models::rates`]): an age that hardly any deal has reached is as
//! the one before.
//!
//! ```text
//! P(won within n weeks | open at week a) = sum over t = a .. a+n-1 of S(t) w(t),   S(a) = 1, S(t+1) = S(t) (1 - w(t) - l(t))
//! ```

use decide::facts::{DealPace, Outcome, Proposal};
use models::rates::{Beta, Count};
use serde::{Deserialize, Serialize};

use super::History;
use super::deals::{chain, is_offer};

/// First weeks of the bands of ages.
const BANDS: [i32; 18] = [0, 1, 2, 3, 4, 6, 8, 10, 13, 16, 19, 22, 26, 32, 39, 52, 78, 104];
/// Closed deals from which on ages are looked at.
const CLOSED_MIN: u64 = 20;

/// Weeks at risk in one band, and how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// Deal-weeks at risk.
    pub weeks: u64,
    /// Deals won.
    pub won: u64,
    /// Deals lost.
    pub lost: u64,
    /// Deals that reached it.
    pub deals: u64,
}

/// The hazards by age.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DealAge {
    /// What was counted, by band.
    pub bands: Vec<Band>,
    /// Weekly hazards of being won and lost, by band; empty where too few deals have closed.
    pub hazards: Vec<(f64, f64)>,
    /// Days within which nineteen of twenty deals closed, and how many closed.
    pub pace: Option<(i32, u64)>,
}

/// What age does to a chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aged {
    /// P(won within the window) at that age.
    pub now: f64,
    /// P(won within the window) for a deal that was just opened.
    pub young: f64,
    /// Deals that reached that age.
    pub deals: u64,
    /// Of them won later.
    pub won: u64,
}

impl DealAge {
    /// Counts the deals that offers open; first contracts, renewals and rescues end in their own time.
    pub fn of(history: History<'_>) -> Self {
        let deals = history.accounts.values().flat_map(chain).filter(|deal| is_offer(deal));
        Self::count(deals.map(|deal| Life::of(deal, history)))
    }

    fn count(lives: impl Iterator<Item = Life>) -> Self {
        let mut bands = vec![Band::default(); BANDS.len()];
        let mut closed: Vec<i32> = Vec::new();
        for life in lives.filter(|life| life.days >= 0) {
            let weeks = life.days / 7;
            // A deal that closed was at risk in the week it closed in; of one in progress whole weeks count.
            let until = if life.outcome == Outcome::Open { weeks } else { weeks + 1 };
            for (i, band) in bands.iter_mut().enumerate() {
                let (from, to) = (BANDS[i], BANDS.get(i + 1).copied().unwrap_or(i32::MAX));
                band.weeks += u64::try_from(until.min(to) - from).unwrap_or(0);
                band.deals += u64::from(until > from);
                let ends = (from..to).contains(&weeks);
                band.won += u64::from(ends && life.outcome == Outcome::Won);
                band.lost += u64::from(ends && life.outcome == Outcome::Lost);
            }
            if life.outcome != Outcome::Open {
                closed.push(life.days);
            }
        }
        let n = closed.len() as u64;
        if n < CLOSED_MIN {
            return Self { bands, ..Self::default() };
        }
        closed.sort_unstable();
        let won = shrunken(&bands, |band| band.won);
        let lost = shrunken(&bands, |band| band.lost);
        let hazards = won.into_iter().zip(lost).collect();
        let at = (closed.len() - 1) * 19 / 20;
        Self { bands, hazards, pace: Some((closed[at], n)) }
    }

    /// How long deals take.
    pub fn pace(&self) -> Option<DealPace> {
        self.pace.map(|(days, n)| DealPace { days, n })
    }

    /// What the age of a deal does to its chance to be won within `window` days; `None` where nothing tells.
    pub fn at(&self, days: i32, window: i32) -> Option<Aged> {
        if self.hazards.is_empty() {
            return None;
        }
        let (age, weeks) = (days.max(0) / 7, (window.max(1) + 6) / 7);
        let band = band_of(age);
        let won = self.bands[band..].iter().map(|band| band.won).sum();
        let deals = self.bands[band].deals;
        Some(Aged { now: self.won(age, weeks), young: self.won(0, weeks), deals, won })
    }

    fn won(&self, age: i32, weeks: i32) -> f64 {
        let (mut open, mut won) = (1.0, 0.0);
        for week in age..age.saturating_add(weeks) {
            let (w, l) = self.hazards[band_of(week)];
            won += open * w;
            open *= (1.0 - w - l).max(0.0);
        }
        won
    }
}

impl Aged {
    /// A won share of all ages as it is at this one: the odds change as those of all deals do.
    pub fn of(&self, share: f64) -> f64 {
        let odds = |p: f64| p.clamp(1e-6, 1.0 - 1e-6) / (1.0 - p.clamp(1e-6, 1.0 - 1e-6));
        let aged = odds(share) * odds(self.now) / odds(self.young);
        aged / (1.0 + aged)
    }
}

/// How long a deal has been, and how it ended.
#[derive(Debug, Clone, Copy)]
struct Life {
    days: i32,
    outcome: Outcome,
}

impl Life {
    fn of(deal: &Proposal, history: History<'_>) -> Self {
        let until = match deal.outcome {
            Outcome::Open => Some(history.as_of),
            Outcome::Won | Outcome::Lost => deal.closed_on,
        };
        // A closed deal without its day tells nothing of ages.
        let days = until.map_or(-1, |until| until.since(deal.opened_on).0);
        Self { days, outcome: deal.outcome }
    }
}

fn band_of(week: i32) -> usize {
    BANDS.iter().rposition(|from| *from <= week).unwrap_or(0)
}

/// The weekly hazard of each band, drawn to that of the band before.
fn shrunken(bands: &[Band], events: impl Fn(&Band) -> u64) -> Vec<f64> {
    let counts: Vec<Count> =
        bands.iter().map(|band| Count::new(events(band), band.weeks)).collect();
    let among = models::rates::fit(&counts, Beta { a: 0.5, b: 0.5 });
    let (mut before, strength) = (among.mean(), among.a + among.b);
    counts
        .into_iter()
        .map(|count| {
            before = Beta::from_mean(before, strength).after(count).mean();
            before
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lives(parts: &[(usize, i32, Outcome)]) -> DealAge {
        let each = |(n, days, outcome): &(usize, i32, Outcome)| {
            vec![Life { days: *days, outcome: *outcome }; *n]
        };
        DealAge::count(parts.iter().flat_map(each))
    }

    #[test]
    fn hazards_of_one_week_are_the_shares_at_risk() {
        // 1,000 deals: in the first week 100 are won and 300 lost; of the 600 left all are won in the third.
        let age =
            lives(&[(100, 3, Outcome::Won), (300, 5, Outcome::Lost), (600, 20, Outcome::Won)]);
        let (won, lost) = age.hazards[0];
        assert!((won - 0.1).abs() < 0.01 && (lost - 0.3).abs() < 0.01, "{won} {lost}");
        let young = age.at(0, 180).expect("enough deals");
        assert!((young.now - 0.7).abs() < 0.02, "{young:?}");
        let later = age.at(14, 180).expect("enough deals");
        assert!(later.now > 0.9, "all that lived that long were won: {later:?}");
        assert_eq!((later.deals, later.won), (600, 600));
    }

    #[test]
    fn deals_that_grow_old_and_never_end_have_little_chance() {
        let age = lives(&[
            (600, 40, Outcome::Won),
            (400, 60, Outcome::Lost),
            (30, 900, Outcome::Open),
            (50, 10, Outcome::Open),
        ]);
        let chance = |days| age.at(days, 180).map_or(f64::NAN, |aged| aged.of(0.6));
        assert!((chance(0) - 0.6).abs() < 1e-9, "{}", chance(0));
        assert!(chance(900) < 0.05, "{}", chance(900));
        assert!(chance(400) < 0.1, "{}", chance(400));
        assert_eq!(age.pace(), Some(DealPace { days: 60, n: 1000 }));
    }

    #[test]
    fn an_age_that_nobody_reached_is_as_the_one_before() {
        let age =
            lives(&[(60, 40, Outcome::Won), (40, 60, Outcome::Lost), (30, 600, Outcome::Open)]);
        let at = |days| age.at(days, 180).map_or(f64::NAN, |aged| aged.now);
        assert!(at(2000) < 0.05, "{}", at(2000));
    }

    #[test]
    fn a_few_deals_say_nothing_of_ages() {
        let age =
            lives(&[(12, 40, Outcome::Won), (7, 60, Outcome::Lost), (90, 900, Outcome::Open)]);
        assert_eq!(age.at(900, 180), None);
        assert_eq!(age.pace(), None);
    }
}
