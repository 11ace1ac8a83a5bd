//! The hours there are: by rep and week, and one pool for accounts without an owner.

use domain::ids::RepId;
use domain::time::{Day, Days};

use crate::policy::Policy;

/// The pool for accounts without an owner.
pub const UNASSIGNED: &str = "unassigned";

/// Hours of one rep, or of the unassigned.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// The rep's id, or [`UNASSIGNED`].
    pub pool: String,
    /// The rep's role, if known.
    pub role: Option<String>,
    /// The rep's team, if known.
    pub team: Option<String>,
    /// What the rep can do: product lines, products, motions; empty: anything.
    pub skills: Vec<String>,
    /// Mondays with the hours of their weeks.
    pub weeks: Vec<(Day, f64)>,
}

/// A rep as far as hours go.
#[derive(Debug, Clone, PartialEq)]
pub struct Rep {
    /// Who.
    pub rep: RepId,
    /// In which role, if known.
    pub role: Option<String>,
    /// In which team, if known.
    pub team: Option<String>,
    /// What the rep can do, if stated.
    pub skills: Vec<String>,
    /// Hours a week; the policy's where unknown.
    pub hours_per_week: Option<f64>,
}

/// The Mondays of the planning horizon with the share of each week that lies ahead.
///
/// The first week is that of the next working day after `as_of`; it counts by the working days left.
pub fn weeks(policy: &Policy, as_of: Day) -> Vec<(Day, f64)> {
    let mut start = as_of.plus(Days(1));
    let weekday = |day: Day| day.since(day.monday()).0;
    while weekday(start) > 4 {
        start = start.plus(Days(1));
    }
    let first = f64::from(5 - weekday(start)) / 5.0;
    (0..policy.plan.horizon_weeks)
        .map(|i| (start.monday().plus(Days(7 * i)), if i == 0 { first } else { 1.0 }))
        .collect()
}

/// A pool for each rep, and one for the unassigned.
pub fn pools(policy: &Policy, as_of: Day, reps: &[Rep]) -> Vec<Pool> {
    let weeks = weeks(policy, as_of);
    let of = |hours: f64| weeks.iter().map(|(week, share)| (*week, share * hours)).collect();
    let mut pools: Vec<Pool> = reps
        .iter()
        .map(|rep| Pool {
            pool: rep.rep.as_str().to_owned(),
            role: rep.role.clone(),
            team: rep.team.clone(),
            skills: rep.skills.clone(),
            weeks: of(rep.hours_per_week.unwrap_or(policy.hours.per_rep_week)),
        })
        .collect();
    pools.push(Pool {
        pool: UNASSIGNED.to_owned(),
        role: None,
        team: None,
        skills: Vec::new(),
        weeks: of(policy.hours.unassigned_week),
    });
    pools
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::day;

    fn check(as_of: &str, expected: &str) {
        let weeks = weeks(&Policy::default(), day(as_of));
        let said: Vec<_> = weeks.iter().map(|(week, share)| format!("{week} {share}")).collect();
        assert_eq!(said.join(", "), expected);
    }

    #[test]
    fn the_first_week_is_the_next_working_days() {
        let full = "2026-03-16 1, 2026-03-23 1, 2026-03-30 1, 2026-04-06 1";
        check("2026-03-13", full);
        check("2026-03-15", full);
        check("2026-03-12", "2026-03-09 0.2, 2026-03-16 1, 2026-03-23 1, 2026-03-30 1");
    }

    #[test]
    fn reps_and_the_unassigned() {
        let rep = Rep {
            rep: "R1".into(),
            role: None,
            team: None,
            skills: vec![],
            hours_per_week: Some(10.0),
        };
        let pools = pools(&Policy::default(), day("2026-03-13"), &[rep]);
        let said: Vec<_> = pools.iter().map(|p| (p.pool.as_str(), p.weeks[3].1)).collect();
        assert_eq!(said, [("R1", 10.0), (UNASSIGNED, 40.0)]);
    }
}
