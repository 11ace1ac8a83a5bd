//! Laws over generated problems, small ones beside the best plan found by trying everything, and single cases.

use proptest::prelude::*;

use super::problem::{NO_CAP, NO_PART};
use super::*;

/// One option: value, way, and which of the account's two parts it belongs to, if any.
type Option_ = (i32, usize, usize);

/// Its cap, the caps of its two parts, its options.
type Account = (u32, [u32; 2], Vec<Option_>);

/// Block, account, value, way and part of an option.
type Told = (usize, usize, i32, usize, usize);

/// What is taken: options and slots.
type Taking = Vec<(usize, usize)>;

/// A small problem in the words of a test.
#[derive(Debug, Clone)]
struct Small {
    rows: Vec<Row>,
    ways: Vec<Vec<Slot>>,
    /// Cap and accounts.
    blocks: Vec<(u32, Vec<Account>)>,
}

impl Small {
    fn problem(&self) -> Problem {
        let mut problem = Problem::new(&self.rows);
        for way in &self.ways {
            problem.way(way);
        }
        for (cap, accounts) in &self.blocks {
            for (cap, parts, options) in accounts {
                let parts = parts.map(|cap| problem.part(cap));
                for (value, way, part) in options {
                    let part = parts.get(*part).copied().unwrap_or(NO_PART);
                    problem.option(f64::from(*value), *way as u32, part);
                }
                problem.end_account(*cap);
            }
            problem.end_block(*cap);
        }
        problem
    }

    /// Every option with its slots: block, account, value, way, part.
    fn options(&self) -> Vec<Told> {
        let mut options = Vec::new();
        let mut account = 0;
        for (block, (_, accounts)) in self.blocks.iter().enumerate() {
            for (_, _, of) in accounts {
                options.extend(
                    of.iter().map(|(value, way, part)| (block, account, *value, *way, *part)),
                );
                account += 1;
            }
        }
        options
    }

    /// Whether a choice of slots obeys rows and limits, but for minimums.
    fn allows(&self, taken: &[(usize, usize)]) -> bool {
        let options = self.options();
        let count = |is: &dyn Fn(&Told) -> bool| {
            taken.iter().filter(|(option, _)| is(&options[*option])).count() as u32
        };
        let mut account = 0;
        for (block, (cap, accounts)) in self.blocks.iter().enumerate() {
            if count(&|it| it.0 == block) > *cap {
                return false;
            }
            for (cap, parts, _) in accounts {
                let over =
                    (0..2).any(|part| count(&|it| it.1 == account && it.4 == part) > parts[part]);
                if over || count(&|it| it.1 == account) > *cap {
                    return false;
                }
                account += 1;
            }
        }
        self.rows.iter().zip(self.used(taken)).all(|(row, used)| match row {
            Row::Most(most) => used <= most + 1e-9,
            Row::Least(_) => true,
        })
    }

    fn used(&self, taken: &[(usize, usize)]) -> Vec<f64> {
        let options = self.options();
        let mut used = vec![0.0; self.rows.len()];
        for (option, slot) in taken {
            for (row, amount) in &self.ways[options[*option].3][*slot].uses {
                used[*row as usize] += amount;
            }
        }
        used
    }

    fn worth(&self, taken: &[(usize, usize)]) -> f64 {
        let options = self.options();
        let each = |(option, slot): &(usize, usize)| {
            let (_, _, value, way, _) = options[*option];
            f64::from(value) * self.ways[way][*slot].factor
        };
        taken.iter().map(each).sum()
    }

    /// The most that any plan is worth which lacks no more of a minimum than `unmet`.
    fn best(&self, unmet: &[f64]) -> f64 {
        fn walk(
            of: &Small,
            at: usize,
            taken: &mut Taking,
            found: &mut impl FnMut(&[(usize, usize)]),
        ) {
            if !of.allows(taken) {
                return;
            }
            let options = of.options();
            if at == options.len() {
                found(taken);
                return;
            }
            walk(of, at + 1, taken, found);
            for slot in 0..of.ways[options[at].3].len() {
                taken.push((at, slot));
                walk(of, at + 1, taken, found);
                taken.pop();
            }
        }
        let mut best = f64::NEG_INFINITY;
        walk(self, 0, &mut Vec::new(), &mut |taken| {
            let used = self.used(taken);
            let reached =
                self.rows.iter().zip(&used).zip(unmet).all(|((row, used), unmet)| match row {
                    Row::Most(_) => true,
                    Row::Least(least) => used + unmet >= least - 1e-9,
                });
            if reached {
                best = best.max(self.worth(taken));
            }
        });
        best
    }
}

fn taken(solution: &Solution) -> Vec<(usize, usize)> {
    solution.taken.iter().map(|it| (it.option as usize, it.slot as usize)).collect()
}

fn caps() -> impl Strategy<Value = u32> {
    prop::sample::select(vec![1, 1, 1, 2, 0, NO_CAP])
}

/// Up to seven options in up to three blocks, three rows and maybe a minimum.
fn smalls(minimum: bool) -> impl Strategy<Value = Small> {
    let option = (1_i32..100, 0_usize..5, 0_usize..4);
    let account = (caps(), [caps(), caps()], prop::collection::vec(option, 0..4));
    let block = (caps(), prop::collection::vec(account, 1..3));
    let rows = prop::collection::vec(0_u32..9, 3);
    let slot = (80_u32..=100, prop::collection::vec((0_u32..3, 1_u32..40), 0..3));
    let ways = prop::collection::vec(prop::collection::vec(slot, 1..3), 5);
    (prop::collection::vec(block, 1..3), rows, ways, 1_u32..3).prop_map(
        move |(blocks, rows, ways, least)| {
            let mut rows: Vec<Row> = rows.into_iter().map(|n| Row::Most(f64::from(n))).collect();
            let mut ways: Vec<Vec<Slot>> = ways
                .into_iter()
                .map(|way| {
                    let slot = |(factor, uses): (u32, Vec<(u32, u32)>)| Slot {
                        factor: f64::from(factor) / 100.0,
                        uses: uses.into_iter().map(|(row, n)| (row, f64::from(n) / 10.0)).collect(),
                    };
                    way.into_iter().map(slot).collect()
                })
                .collect();
            if minimum {
                rows.push(Row::Least(f64::from(least)));
                ways[0].iter_mut().for_each(|slot| slot.uses.push((3, 1.0)));
            }
            Small { rows, ways, blocks }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_plan_obeys_its_limits_and_the_bound_bounds_all(small in smalls(false)) {
        let solution = solve(&small.problem(), 1);
        let taken = taken(&solution);
        prop_assert!(small.allows(&taken), "{taken:?}");
        prop_assert!((small.worth(&taken) - solution.total).abs() < 1e-6);
        let best = small.best(&[0.0; 3]);
        prop_assert!(solution.total <= best + 1e-6);
        prop_assert!(best <= solution.bound + 1e-6, "{best} over {}", solution.bound);
        for (used, is) in solution.used.iter().zip(small.used(&taken)) {
            prop_assert!((used - is).abs() < 1e-6);
        }
    }

    #[test]
    fn minimums_are_met_or_reported(small in smalls(true)) {
        let solution = solve(&small.problem(), 1);
        let taken = taken(&solution);
        prop_assert!(small.allows(&taken));
        let (Row::Least(least), used) = (small.rows[3], small.used(&taken)[3]) else { unreachable!() };
        prop_assert!((solution.unmet[3] - (least - used).max(0.0)).abs() < 1e-6);
        let best = small.best(&solution.unmet);
        prop_assert!(solution.total <= best + 1e-6);
        prop_assert!(best <= solution.bound + 1e-6, "{best} over {}", solution.bound);
    }

    #[test]
    fn solved_exactly_more_hours_or_a_guard_less_lower_nothing(small in smalls(false), row in 0_usize..3) {
        let solution = solve(&small.problem(), 1);
        let mut more = small.clone();
        more.rows[row] = match more.rows[row] { Row::Most(most) => Row::Most(most + 1.0), Row::Least(_) => unreachable!() };
        let mut free = small.clone();
        if let Some((_, _, options)) = free.blocks[0].1.first_mut() {
            options.push((50, 1, 3));
        }
        for wider in [solve(&more.problem(), 1), solve(&free.problem(), 1)] {
            prop_assert!(wider.bound >= solution.total - 1e-6);
            if wider.gap() < 1e-9 {
                prop_assert!(wider.total >= solution.total - 1e-6);
            }
        }
    }

    #[test]
    fn threads_change_no_bit(small in smalls(true)) {
        let problem = small.problem();
        prop_assert_eq!(solve(&problem, 1), solve(&problem, 2));
    }
}

/// Splitmix64 (Steele, Lea and Flood 2014).
fn random(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// So many accounts with five offers, three pools over four weeks, one hour for every second account.
fn medium(accounts: usize, cap: u32) -> Problem {
    let rows: Vec<Row> = (0..12)
        .map(|row| Row::Most((accounts as f64 / 24.0 * (1.0 + f64::from(row % 3_u32))).round()))
        .collect();
    let mut problem = Problem::new(&rows);
    for pool in 0..3_u32 {
        for hours in [1.0, 2.0, 4.0] {
            for due in 1..=4 {
                let slot = |week| Slot { factor: 1.0, uses: vec![(pool * 4 + week, hours)] };
                problem.way(&(0..due).map(slot).collect::<Vec<_>>());
            }
        }
    }
    let mut seed = 11;
    for account in 0..accounts {
        for _ in 0..5 {
            let hours = (random(&mut seed) * 3.0) as u32;
            let due = if random(&mut seed) < 0.7 { 3 } else { (random(&mut seed) * 4.0) as u32 };
            let way = (account as u32 % 3) * 12 + hours * 4 + due;
            problem.option(100.0 * random(&mut seed) * f64::from(hours + 1), way, NO_PART);
        }
        problem.end_account(cap);
        problem.end_block(NO_CAP);
    }
    problem
}

#[test]
fn a_thousand_accounts_are_within_half_a_percent() {
    for cap in [1, 2, NO_CAP] {
        let solution = solve(&medium(1_000, cap), 1);
        assert!(solution.gap() < 0.005, "{cap}: {}", solution.gap());
        assert!(solution.used.iter().all(|used| used.fract() == 0.0));
        assert_eq!(solution, solve(&medium(1_000, cap), 2));
    }
}

#[test]
fn a_part_of_the_blocks_finds_the_same_bound() {
    let solution = solve(&medium(50_000, 1), 2);
    assert!(solution.gap() < 0.001, "{}", solution.gap());
}

/// Eighty accounts a team with five offers each, ten hours a team and week over eight weeks, and places of two
/// channels a week; one account in ten is in a group with two accounts of other teams, which takes two offers.
fn teams(n: usize) -> Problem {
    const WEEKS: usize = 8;
    let mut rows = vec![Row::Most(10.0); n * WEEKS];
    let places = [2.6, 0.9].map(|each| Row::Most((n as f64 * each).round()));
    rows.extend(places.into_iter().flat_map(|row| [row; WEEKS]));
    let mut problem = Problem::new(&rows);
    for team in 0..n {
        for hours in [1.0, 2.0, 4.0] {
            for channel in 0..2 {
                let slot = |week: usize| Slot {
                    factor: 1.0 - 0.002 * week as f64,
                    uses: vec![
                        ((team * WEEKS + week) as u32, hours),
                        ((n * WEEKS + channel * WEEKS + week) as u32, 1.0),
                    ],
                };
                for due in 1..=WEEKS {
                    problem.way(&(0..due).map(slot).collect::<Vec<_>>());
                }
            }
        }
    }
    let mut seed = 5;
    let mut account = 0;
    while account < n * 80 {
        let group = random(&mut seed) < 1.0 / 28.0;
        for of in 0..if group { 3 } else { 1 } {
            let team = if of > 0 { (random(&mut seed) * n as f64) as usize } else { account % n };
            for offer in 0..5 {
                let hours = (random(&mut seed) * 3.0) as usize;
                let due = 8 - ((random(&mut seed) * 10.0) as usize).saturating_sub(2);
                let way = (team * 6 + hours * 2 + offer % 2) * WEEKS + due - 1;
                let value = 100.0 * random(&mut seed) * (hours + 1) as f64;
                problem.option(value, way as u32, NO_PART);
            }
            problem.end_account(1);
            account += 1;
        }
        problem.end_block(if group { 2 } else { NO_CAP });
    }
    problem
}

/// S54: the prices of thousands of rows, which move with each other over channels and groups.
#[test]
fn five_hundred_teams_over_eight_weeks_are_within_a_percent() {
    let problem = teams(500);
    assert_eq!(problem.limits.len(), 4_016);
    let solution = solve(&problem, 2);
    assert!(solution.gap() < 0.01, "{}", solution.gap());
    let over = |(used, row): (&f64, usize)| *used > problem::units(problem.limits[row]);
    assert!(!solution.used.iter().zip(0..).any(over));
}

#[test]
fn prices_of_many_teams_do_not_depend_on_threads() {
    let problem = teams(40);
    assert_eq!(solve(&problem, 1), solve(&problem, 2));
}

/// One account an option, each of one hour in one week: values, hours; total, bound and price.
fn hours(values: &[f64], hours: f64) -> (f64, f64, f64) {
    let mut problem = Problem::new(&[Row::Most(hours)]);
    let way = problem.way(&[Slot { factor: 1.0, uses: vec![(0, 1.0)] }]);
    for value in values {
        problem.option(*value, way, NO_PART);
        problem.end_account(1);
        problem.end_block(NO_CAP);
    }
    let solution = solve(&problem, 1);
    (solution.total, solution.bound, solution.prices[0])
}

#[test]
fn the_price_of_an_hour_is_what_one_more_would_earn() {
    let (total, bound, price) = hours(&[50.0, 40.0, 30.0, 20.0], 2.0);
    assert!((total - 90.0).abs() < 1e-9 && (bound - 90.0).abs() < 0.01, "{total} {bound}");
    assert!((30.0 - 0.1..=40.0 + 0.1).contains(&price), "{price}");
    assert_eq!(hours(&[50.0, 40.0], 5.0), (90.0, 90.0, 0.0));
    assert_eq!(hours(&[50.0], 0.0).0, 0.0);
}

#[test]
fn amounts_that_no_binary_number_holds_fill_a_limit_exactly() {
    let mut problem = Problem::new(&[Row::Most(0.3)]);
    let way = problem.way(&[Slot { factor: 1.0, uses: vec![(0, 0.1)] }]);
    for _ in 0..4 {
        problem.option(1.0, way, NO_PART);
        problem.end_account(1);
        problem.end_block(NO_CAP);
    }
    let solution = solve(&problem, 1);
    assert_eq!((solution.taken.len(), solution.used[0]), (3, 0.3));
}

#[test]
fn a_minimum_pays_for_what_would_not_be_worth_its_hours() {
    let mut problem = Problem::new(&[Row::Most(2.0), Row::Least(1.0), Row::Least(3.0)]);
    let hour = problem.way(&[Slot { factor: 1.0, uses: vec![(0, 1.0)] }]);
    let must = problem.way(&[Slot { factor: 1.0, uses: vec![(0, 1.0), (1, 1.0)] }]);
    for (value, way) in [(50.0, hour), (40.0, hour), (5.0, must), (4.0, must)] {
        problem.option(value, way, NO_PART);
        problem.end_account(1);
        problem.end_block(NO_CAP);
    }
    let solution = solve(&problem, 1);
    assert_eq!(taken(&solution), [(0, 0), (2, 0)]);
    assert_eq!(solution.unmet, [0.0, 0.0, 3.0], "the third row has no takers");
    assert!((solution.bound - 55.0).abs() < 0.1, "{}", solution.bound);
}
