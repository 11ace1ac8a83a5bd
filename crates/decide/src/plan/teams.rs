//! Whose hours are one row: a rep's own, or those of a team's reps of one role.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Pool, UNASSIGNED};

/// Whether an account's plays may go to another rep of its owner's team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ownership {
    /// The account's owner, and nobody else.
    Hard,
    /// The owner first; where the owner has no hours, another of the same team and role.
    Pool,
}

/// The rows of hours: which reps share one.
#[derive(Debug)]
pub(super) struct Teams {
    /// By pool.
    of_pool: Vec<u32>,
    /// Pools by team.
    pub(super) members: Vec<Vec<usize>>,
    by_role: BTreeMap<(Option<String>, String), u32>,
}

impl Teams {
    pub(super) fn of(pools: &[Pool], ownership: Ownership) -> Self {
        let mut teams = Self { of_pool: Vec::new(), members: Vec::new(), by_role: BTreeMap::new() };
        let mut known: BTreeMap<(&Option<String>, &Option<String>), u32> = BTreeMap::new();
        for (at, pool) in pools.iter().enumerate() {
            let next = u32::try_from(teams.members.len()).expect("teams are few");
            let alone = ownership == Ownership::Hard || pool.pool == UNASSIGNED;
            let team =
                if alone { next } else { *known.entry((&pool.team, &pool.role)).or_insert(next) };
            if team == next {
                teams.members.push(Vec::new());
            }
            if let (false, Some(role)) = (alone, &pool.role) {
                teams.by_role.insert((pool.team.clone(), role.clone()), team);
            }
            teams.members[team as usize].push(at);
            teams.of_pool.push(team);
        }
        teams
    }

    /// The team that does a play of a role for an owner: care goes to the owner's colleagues in customer success
    /// where there are any, and what sells to those who sell.
    pub(super) fn does(&self, pools: &[Pool], owner: usize, role: &str) -> u32 {
        let own = &pools[owner];
        let others: &[&str] = match own.role.as_deref() {
            Some("CS") if role != "CS" => &[role, "CIS", "AM"],
            Some("CIS" | "AM") if role == "CS" => &[role],
            _ => &[],
        };
        let team = |role: &&str| self.by_role.get(&(own.team.clone(), (*role).to_owned())).copied();
        others.iter().find_map(team).unwrap_or(self.of_pool[owner])
    }

    pub(super) fn of_pool(&self, pool: usize) -> u32 {
        self.of_pool[pool]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(name: &str, team: Option<&str>, role: Option<&str>) -> Pool {
        Pool {
            pool: name.to_owned(),
            role: role.map(str::to_owned),
            team: team.map(str::to_owned),
            skills: Vec::new(),
            weeks: Vec::new(),
        }
    }

    #[test]
    fn reps_of_one_team_and_role_share_a_row() {
        let pools = [
            pool("a", Some("East"), Some("CIS")),
            pool("b", Some("East"), Some("CIS")),
            pool("c", Some("East"), Some("CS")),
            pool("d", None, Some("CIS")),
            pool("e", None, Some("CIS")),
            pool(UNASSIGNED, None, None),
        ];
        let teams = Teams::of(&pools, Ownership::Pool);
        assert_eq!(teams.members, [vec![0, 1], vec![2], vec![3, 4], vec![5]]);
        assert_eq!(teams.does(&pools, 0, "CIS"), 0);
        assert_eq!(teams.does(&pools, 0, "CS"), 1, "care goes to customer success");
        assert_eq!(teams.does(&pools, 2, "CIS"), 0);
        assert_eq!(teams.does(&pools, 3, "CS"), 2, "no such colleague");
        let sellers = [
            pool("f", Some("West"), Some("CS")),
            pool("g", Some("West"), Some("AM")),
            pool("h", Some("North"), Some("CS")),
            pool("i", Some("North"), Some("AM")),
            pool("j", Some("North"), Some("CIS")),
        ];
        let two = Teams::of(&sellers, Ownership::Pool);
        assert_eq!(two.does(&sellers, 0, "CIS"), 1, "who sells in the team is an account manager");
        assert_eq!(two.does(&sellers, 2, "CIS"), 4, "of two roles that sell, the play's own");
        assert_eq!(two.does(&sellers, 3, "CIS"), 3, "an account manager's own accounts stay");
        let alone = Teams::of(&pools, Ownership::Hard);
        assert_eq!(alone.members.len(), 6);
        assert_eq!(alone.does(&pools, 0, "CS"), 0, "the owner and nobody else");
    }
}
