//! At risk and lost, by period.

/// One customer's time under contract, in whole periods since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// Periods that had passed when observation began: 0 unless the start was not watched (left truncation).
    pub entered: u32,
    /// The period in which it was lost, or the last that it is known to have outlived; > `entered`, else
    /// nothing was seen of it.
    pub until: u32,
    /// Lost then, or still there (right censoring).
    pub lost: bool,
}

/// For each period from 1 on: customers who could have been lost in it, and who were.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Risks {
    /// At risk, by period less 1.
    pub at_risk: Vec<f64>,
    /// Lost, by period less 1; at most those at risk.
    pub lost: Vec<f64>,
}

/// Why survival cannot be read off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Refusal {
    /// Fewer than three periods in which anybody was at risk.
    FewPeriods(usize),
    /// Nobody was lost in any of these periods.
    NoLoss(usize),
    /// There are more survivors in a period than in the one before; its place in the list.
    Rising(usize),
    /// A count below zero or no number; its place in the list.
    NoCount(usize),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FewPeriods(n) => {
                write!(f, "{n} periods were observed from start to end, at least 3 must be")
            }
            Self::NoLoss(n) => write!(
                f,
                "nobody was lost in {n} periods: there is nothing to learn a loss from; observe for longer, \
                 or add the customers who have left"
            ),
            Self::Rising(_) => write!(
                f,
                "survivors rise: a period has more than the one before; give one cohort, without customers \
                 who joined later"
            ),
            Self::NoCount(_) => write!(f, "survivors are counts from 0 on"),
        }
    }
}

impl Risks {
    /// From the survivors of one cohort after 0, 1, 2, … periods.
    pub fn of_survivors(alive: &[f64]) -> Result<Self, Refusal> {
        if let Some(at) = alive.iter().position(|it| !it.is_finite() || *it < 0.0) {
            return Err(Refusal::NoCount(at));
        }
        if let Some(at) = alive.windows(2).position(|pair| pair[1] > pair[0]) {
            return Err(Refusal::Rising(at + 1));
        }
        let pairs = || alive.windows(2).filter(|pair| pair[0] > 0.0);
        let at_risk = pairs().map(|pair| pair[0]).collect();
        Self { at_risk, lost: pairs().map(|pair| pair[0] - pair[1]).collect() }.checked()
    }

    /// From many customers' spells; a spell of which nothing was seen counts for nothing.
    pub fn of_spells(spells: &[Spell]) -> Result<Self, Refusal> {
        let seen = || spells.iter().filter(|it| it.until > it.entered);
        let last = seen().map(|it| it.until as usize).max().unwrap_or(0);
        // Who comes under risk and who leaves it, by period; then added up.
        let (mut change, mut lost) = (vec![0.0; last + 1], vec![0.0; last]);
        for it in seen() {
            change[it.entered as usize] += 1.0;
            change[it.until as usize] -= 1.0;
            if it.lost {
                lost[it.until as usize - 1] += 1.0;
            }
        }
        let mut now = 0.0;
        let add = |by: &f64| {
            now += by;
            now
        };
        let at_risk = change[..last].iter().map(add).collect();
        Self { at_risk, lost }.checked()
    }

    fn checked(self) -> Result<Self, Refusal> {
        let watched = self.at_risk.iter().filter(|it| **it > 0.0).count();
        if watched < 3 {
            return Err(Refusal::FewPeriods(watched));
        }
        if self.lost.iter().all(|it| *it <= 0.0) {
            return Err(Refusal::NoLoss(watched));
        }
        Ok(self)
    }

    /// How many periods.
    pub fn periods(&self) -> usize {
        self.at_risk.len()
    }

    /// The first periods only.
    pub fn first(&self, periods: usize) -> Self {
        let n = periods.min(self.periods());
        Self { at_risk: self.at_risk[..n].to_vec(), lost: self.lost[..n].to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survivors_become_risks() {
        let risks = Risks::of_survivors(&[100.0, 80.0, 70.0, 70.0]).expect("sound");
        assert_eq!(risks.at_risk, [100.0, 80.0, 70.0]);
        assert_eq!(risks.lost, [20.0, 10.0, 0.0]);
    }

    #[test]
    fn spells_count_only_where_they_were_watched() {
        let spells = [
            Spell { entered: 0, until: 3, lost: true },
            Spell { entered: 1, until: 3, lost: false },
            Spell { entered: 2, until: 2, lost: true },
            Spell { entered: 0, until: 1, lost: true },
        ];
        let risks = Risks::of_spells(&spells).expect("sound");
        assert_eq!(risks.at_risk, [2.0, 2.0, 2.0]);
        assert_eq!(risks.lost, [1.0, 0.0, 1.0]);
    }

    #[test]
    fn what_says_nothing_is_refused() {
        let refused = |alive: &[f64]| Risks::of_survivors(alive).expect_err("refused");
        assert_eq!(refused(&[100.0, 80.0, 90.0, 70.0]), Refusal::Rising(2));
        assert_eq!(refused(&[100.0, 80.0, 70.0]), Refusal::FewPeriods(2));
        assert_eq!(refused(&[100.0; 4]), Refusal::NoLoss(3));
        assert_eq!(refused(&[100.0, f64::NAN, 70.0]), Refusal::NoCount(1));
        assert_eq!(Risks::of_spells(&[]), Err(Refusal::FewPeriods(0)));
    }
}
