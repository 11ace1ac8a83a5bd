//! Hours by pool and week: each rep's week less absences, and the pool of accounts that nobody owns.

use std::collections::BTreeMap;

use decide::plan::{Pool, Rep};
use decide::policy::Policy;
use domain::time::{Day, Days};
use store::LeaveRow;

use crate::snapshot::Snapshot;

/// Who plans hours, and when they are away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Staff {
    /// The reps; managers and partners plan no hours.
    pub reps: Vec<Rep>,
    /// Absences by rep: first and last day.
    pub away: BTreeMap<String, Vec<(Day, Day)>>,
}

impl Staff {
    /// As the files say.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut away: BTreeMap<String, Vec<(Day, Day)>> = BTreeMap::new();
        for record in snapshot.table("absences").iter() {
            if let (Some(from), Some(until)) = (record.day("from_on"), record.day("until_on")) {
                away.entry(record.id("rep_id").to_owned()).or_default().push((from, until));
            }
        }
        let table = snapshot.table("reps");
        let plans = table.iter().filter(|r| !matches!(r.text("role"), Some("manager" | "partner")));
        let rep = |record: crate::snapshot::Record<'_>| Rep {
            rep: record.id("rep_id").into(),
            role: record.text("role").map(str::to_owned),
            team: record.text("team").map(str::to_owned),
            skills: record.text("skills").map(skills).unwrap_or_default(),
            hours_per_week: record.number("hours_per_week"),
        };
        Self { reps: plans.map(rep).collect(), away }
    }

    /// The same with the absences that people entered.
    #[must_use]
    pub fn without(mut self, leaves: &[LeaveRow]) -> Self {
        for leave in leaves {
            let (from, until) = (Day::parse_iso(&leave.from_on), Day::parse_iso(&leave.until_on));
            if let (Some(from), Some(until)) = (from, until) {
                self.away.entry(leave.rep_id.clone()).or_default().push((from, until));
            }
        }
        self
    }

    /// Pools over the planning horizon.
    pub fn pools(&self, policy: &Policy, as_of: Day) -> Vec<Pool> {
        let mut pools = decide::plan::pools(policy, as_of, &self.reps);
        for pool in &mut pools {
            let absences = self.away.get(&pool.pool).map_or(&[][..], Vec::as_slice);
            for (week, hours) in &mut pool.weeks {
                *hours *= present(*week, absences);
            }
        }
        pools
    }
}

/// Skills are parted by commas or semicolons, of either width.
fn skills(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '、', ',', ';', '/']);
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Share of the week's five working days that is not an absence.
fn present(monday: Day, absences: &[(Day, Day)]) -> f64 {
    let days = (0..5).map(|d| monday.plus(Days(d)));
    let there = days
        .filter(|day| !absences.iter().any(|(from, until)| (*from..=*until).contains(day)))
        .count();
    there as f64 / 5.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skills_are_parted_by_marks_of_either_width() {
        assert_eq!(skills("cloud; 会計、 poc,"), ["cloud", "会計", "poc"]);
    }

    /// N1: what people enter takes hours as what the files say does, and a day in both counts once.
    #[test]
    fn n1_an_absence_that_was_entered_takes_the_hours_of_its_days() {
        let day = |text: &str| Day::parse_iso(text).expect("a day");
        let (policy, as_of) = (Policy::default(), day("2026-03-13"));
        let rep = Rep {
            rep: "R1".into(),
            role: None,
            team: None,
            skills: Vec::new(),
            hours_per_week: Some(20.0),
        };
        let filed = [("R1".to_owned(), vec![(day("2026-03-16"), day("2026-03-16"))])];
        let staff = Staff { reps: vec![rep], away: filed.into() };
        let leave = |from: &str, until: &str| LeaveRow {
            rep_id: "R1".to_owned(),
            from_on: from.to_owned(),
            until_on: until.to_owned(),
            ..LeaveRow::default()
        };
        let first = |staff: &Staff| {
            let (week, hours) = staff.pools(&policy, as_of)[0].weeks[0];
            format!("{week} {hours}")
        };
        assert_eq!(first(&staff), "2026-03-16 16");
        let entered = staff.clone().without(&[leave("2026-03-16", "2026-03-18")]);
        assert_eq!(first(&entered), "2026-03-16 8");
        let after = staff.without(&[leave("2026-03-21", "2026-03-22")]);
        assert_eq!(first(&after), "2026-03-16 16");
    }

    #[test]
    fn a_day_away_is_a_fifth_of_the_week() {
        let monday = Day::parse_iso("2026-03-09").expect("a Monday");
        let thursday = monday.plus(Days(3));
        assert!((present(monday, &[(thursday, thursday)]) - 0.8).abs() < 1e-12);
        assert!((present(monday, &[(thursday, thursday.plus(Days(30)))]) - 0.6).abs() < 1e-12);
        assert!((present(monday, &[]) - 1.0).abs() < 1e-12);
    }
}
