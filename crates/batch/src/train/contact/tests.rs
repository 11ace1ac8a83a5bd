//! Planted effects of approaches are found and told apart, whomever reps choose; none are found where there are none.

use decide::catalogue::Catalogue;
use domain::motion::{AccountKind, TouchModel};
use domain::time::{Days, Months};

use super::*;
use crate::known::Approach;
use crate::tables::FromLake;
use crate::train::rows::draw_of_group;
use crate::versions::{Line, Version, Versions};

fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a day")
}

/// A number from 0 to 1, the same every time.
fn uniform(seed: i64, account: i64, month: i32, what: i64) -> f64 {
    let group = ((seed * 100_000 + account) * 1_000 + i64::from(month)) * 10 + what;
    (draw_of_group(group) >> 11) as f64 / (1_u64 << 53) as f64
}

/// How a company's customers live.
#[derive(Clone, Copy)]
struct Plan {
    seed: i64,
    /// What a call adds to the chance to leave for half a year, each month or at each end of a term.
    amiss: f64,
    /// Whether all take it amiss, not half of them.
    all: bool,
    /// Calls a month: of large customers and of small ones.
    pace: [f64; 2],
    /// Chances to leave when left alone, the same.
    calm: [f64; 2],
    /// Whether they leave at the end of a term of a year only.
    bound: bool,
}

impl Plan {
    fn new(seed: i64, amiss: f64) -> Self {
        let (pace, calm) = ([0.12, 0.04], [0.01, 0.03]);
        Self { seed, amiss, all: false, pace, calm, bound: false }
    }
}

/// A company whose reps call large customers more often, who leave less often; half of the customers take a call amiss
/// for half a year, by so much more chance to leave each month.
struct Company {
    plan: Plan,
    accounts: BTreeMap<i64, Account>,
    versions: Versions,
    lake: FromLake,
    catalogue: Catalogue,
    profiles: Profiles,
}

const MONTHS: i32 = 60;

impl Company {
    fn new(seed: i64, amiss: f64) -> Self {
        Self::of(Plan::new(seed, amiss))
    }

    fn of(plan: Plan) -> Self {
        let Plan { seed, amiss, all, pace, calm, bound } = plan;
        let mut accounts = BTreeMap::new();
        let mut lines = BTreeMap::new();
        for key in 0..2_500 {
            let (large, touchy) = (key % 2 == 0, Self::is_touchy(key));
            let size = usize::from(!large);
            // Nobody begins, is called or leaves on a day of its own.
            let within = |month: i32, what: i64, days: f64| {
                #[expect(clippy::cast_possible_truncation, reason = "a few days")]
                let drawn = (uniform(seed, key, month, what) * days) as i32;
                Days(drawn)
            };
            let first = day("2021-01-01").plus(within(0, 2, 365.0));
            let mut approaches = Vec::new();
            let mut ended = None;
            let mut last = -100;
            for month in 0..MONTHS {
                let start = first.plus(Days(30 * month));
                // What comes after the day of the run nobody knows.
                if start.plus(Days(30)) > as_of() {
                    break;
                }
                if uniform(seed, key, month, 0) < pace[size] {
                    approaches.push(Approach {
                        on: start.plus(within(month, 3, 10.0)),
                        product: "P".into(),
                        by_people: true,
                    });
                    last = month;
                }
                let angry = if (touchy || all) && month - last < 6 { amiss } else { 0.0 };
                // A year is twelve months of 30 days and a few days of the next.
                let ends = (month + 1) % 12 == 0;
                if (ends || !bound) && uniform(seed, key, month, 1) < calm[size] + angry {
                    let year = first.plus_months(Months(month + 1));
                    let any = start.plus(Days(10)).plus(within(month, 4, 20.0));
                    ended = Some(if bound { year } else { any });
                    break;
                }
            }
            accounts.insert(key, account(key, first, approaches));
            let version = Version {
                from: first,
                product: u32::from(touchy),
                plan_version: None,
                seats: None,
                term_months: Some(12),
                mrr_minor: Some(if large { 100_000 } else { 10_000 }),
                repriced: false,
            };
            let subscription = format!("S{key}").as_str().into();
            lines.insert(
                key,
                vec![Line { subscription, started: first, ended, versions: vec![version] }],
            );
        }
        let products = vec!["CALM".into(), "TOUCHY".into()];
        Self {
            plan,
            accounts,
            versions: Versions { products, lines, ..Versions::default() },
            lake: FromLake::default(),
            catalogue: Catalogue {
                products: BTreeMap::new(),
                offers: Vec::new(),
                releases: Vec::new(),
            },
            profiles: Profiles::default(),
        }
    }

    fn is_touchy(key: i64) -> bool {
        key % 4 < 2
    }

    /// What a call tomorrow truly does to a customer who is not bound: in months in which no earlier one is taken amiss.
    fn truth(&self, key: i64) -> f64 {
        let Plan { amiss, calm, .. } = self.plan;
        let as_of = as_of();
        let calm = calm[usize::from(key % 2 != 0)];
        let last = self.accounts[&key].approaches.iter().map(|it| it.on).max();
        let lasts =
            |month: i32| last.is_some_and(|last| as_of.plus(Days(30 * month)).since(last).0 < 180);
        let stays = |reached: bool| -> f64 {
            let left = |month| calm + if reached || lasts(month) { amiss } else { 0.0 };
            (0..6).map(|month| 1.0 - left(month)).product()
        };
        stays(true) - stays(false)
    }

    /// The mean of what is told of customers, of the truth about them, and the card's figure of that name.
    fn judged(&self, figure: &str) -> (f64, f64, f64) {
        let (effects, card) = self.effects();
        let effects = effects.unwrap_or_else(|| panic!("{card:?}"));
        let accounts = effects.accounts.as_ref().unwrap_or_else(|| panic!("{card:?}"));
        let n = accounts.len() as f64;
        let told = accounts.values().map(|it| it.0).sum::<f64>() / n;
        let truth = accounts.keys().map(|key| self.truth(*key)).sum::<f64>() / n;
        let figure = card.metrics.iter().find(|it| it.name == figure).expect("on the card");
        (told, truth, figure.value)
    }

    fn effects(&self) -> (Option<Effects>, Card) {
        let history = History {
            as_of: as_of(),
            window_days: 180,
            accounts: &self.accounts,
            lake: &self.lake,
            versions: &self.versions,
            catalogue: &self.catalogue,
            seat_metrics: &[],
        };
        let past = Past { history, profiles: &self.profiles, seed: 1 };
        known(past)
    }
}

/// The day of the run.
fn as_of() -> Day {
    day("2021-01-01").plus(Days(30 * MONTHS))
}

fn account(key: i64, since: Day, approaches: Vec<Approach>) -> Account {
    Account {
        key,
        id: key.to_string(),
        root: key,
        parent: None,
        kind: AccountKind::Company,
        touch: TouchModel::High,
        segment: None,
        owner: None,
        since: Some(since),
        contracts: Vec::new(),
        proposals: Vec::new(),
        surveys: Vec::new(),
        tickets: Vec::new(),
        nps: Vec::new(),
        ticket_spans: Vec::new(),
        contacts: Vec::new(),
        reports_to: BTreeMap::new(),
        touches: Vec::new(),
        worked: Vec::new(),
        refusals: Vec::new(),
        levels: Vec::new(),
        approaches,
        sales_contacts: Vec::new(),
        spoken: Vec::new(),
        enquiries: Vec::new(),
        commitments: Vec::new(),
        occasions: None,
        process: None,
        bars: decide::facts::Bars::default(),
        last_human_touch: None,
        last_event: None,
        attributes: BTreeMap::new(),
        group_holds: BTreeMap::new(),
    }
}

#[test]
fn n3_who_takes_a_call_amiss_is_told_from_who_does_not() {
    // Half a year of .05 a month beside .01 or .03: between .24 and .21 fewer stay.
    let company = Company::new(1, 0.05);
    let (effects, card) = company.effects();
    let effects = effects.unwrap_or_else(|| panic!("{card:?}"));
    let accounts = effects.accounts.as_ref().unwrap_or_else(|| panic!("{card:?}"));
    assert!(effects.differs, "{card:?}");
    let mean = |touchy: bool| {
        let of = || accounts.iter().filter(|(key, _)| Company::is_touchy(**key) == touchy);
        of().map(|(_, effect)| effect.0).sum::<f64>() / of().count() as f64
    };
    let (touchy, calm) = (mean(true), mean(false));
    assert!((-0.30..-0.12).contains(&touchy), "touchy {touchy}, calm {calm}, {card:?}");
    assert!(calm.abs() < 0.06, "touchy {touchy}, calm {calm}, {card:?}");
    assert!(effects.adjusted, "reps call large customers more often: {card:?}");
    let below = |touchy: bool| {
        let of = || accounts.iter().filter(|(key, _)| Company::is_touchy(**key) == touchy);
        let dogs = of().filter(|(key, _)| {
            let told = effects.of(&company.accounts[*key], (day("2026-01-01"), 180));
            told.is_some_and(|(estimate, _)| estimate.interval_80().1 < 0.0)
        });
        dogs.count() as f64 / of().count() as f64
    };
    // One in ten calm ones by the interval's level, and more by what a penalty takes from all fits alike.
    let (touchy, calm) = (below(true), below(false));
    assert!(
        touchy > 0.8 && calm < 0.25,
        "sleeping dogs: of the touchy {touchy}, of the calm {calm}"
    );
    let key = *accounts.keys().next().expect("one");
    let account = &company.accounts[&key];
    let (_, because) = effects.of(account, (day("2026-01-01"), 180)).expect("told");
    assert!(because.words.ja.contains("180日後の継続率の変化"), "{}", because.words.ja);
    // All of them were called: of a customer who is reached by mails alone it tells nothing.
    let by_mail = Account { touch: TouchModel::Tech, ..account.clone() };
    assert_eq!(effects.of(&by_mail, (day("2026-01-01"), 180)), None);
}

/// Mean of what is told and mean of the truth over companies of some seeds, and the figures of that name.
fn over_seeds(plan: impl Fn(i64) -> Plan, figure: &str) -> (f64, f64, Vec<f64>) {
    let all: Vec<_> = (1..=4).map(|seed| Company::of(plan(seed)).judged(figure)).collect();
    let n = all.len() as f64;
    let told = all.iter().map(|it| it.0).sum::<f64>() / n;
    let truth = all.iter().map(|it| it.1).sum::<f64>() / n;
    (told, truth, all.into_iter().map(|it| it.2).collect())
}

#[test]
fn n3_who_is_approached_later_does_not_dilute_the_effect() {
    // Of those who are not called now, two in three are within half a year.
    let plan = |seed| Plan { all: true, pace: [0.15; 2], calm: [0.02; 2], ..Plan::new(seed, 0.03) };
    let (told, truth, leave) = over_seeds(plan, "expected_to_leave");
    assert!((-0.12..-0.08).contains(&truth), "the truth is {truth}");
    assert!((0.8..1.25).contains(&(told / truth)), "told {told}, the truth is {truth}");
    // Left alone .98^6 stay, and .95 a month while an earlier call lasts.
    assert!(leave.iter().all(|it| (0.12..0.24).contains(it)), "{leave:?}");
}

#[test]
fn n3_who_is_called_for_leaving_less_is_allowed_for() {
    // Large customers, who hardly leave, are called six times as often: as they come, the called leave less.
    let plan = |seed| Plan {
        all: true,
        pace: [0.18, 0.03],
        calm: [0.004, 0.05],
        ..Plan::new(seed, 0.015)
    };
    let (told, truth, naive) = over_seeds(plan, "naive_difference");
    assert!(truth < -0.02 && naive.iter().all(|it| *it > 0.01), "truth {truth}, naive {naive:?}");
    assert!((0.75..1.35).contains(&(told / truth)), "told {told}, the truth is {truth}");
}

#[test]
fn n3_of_who_is_bound_beyond_the_window_an_approach_costs_next_to_nothing() {
    let plan = Plan { all: true, calm: [0.1, 0.2], bound: true, ..Plan::new(1, 0.25) };
    let company = Company::of(plan);
    let (effects, card) = company.effects();
    let effects = effects.unwrap_or_else(|| panic!("{card:?}"));
    let accounts = effects.accounts.as_ref().unwrap_or_else(|| panic!("{card:?}"));
    let as_of = as_of();
    let ends = |key: &i64| {
        let first = company.accounts[key].since.expect("a day");
        let next = (1..10).map(|year| first.plus_months(Months(12 * year))).find(|it| *it > as_of);
        next.expect("endless").since(as_of).0 <= 180
    };
    let mean = |within: bool| {
        let of = || accounts.iter().filter(|(key, _)| ends(key) == within);
        of().map(|(_, effect)| effect.0).sum::<f64>() / of().count() as f64
    };
    let bound = accounts.iter().filter(|(key, _)| !ends(key));
    let worst = bound.map(|(_, effect)| effect.0.abs()).fold(0.0, f64::max);
    assert!(worst < 0.01 && mean(false).abs() < 0.003, "bound: {worst}, mean {}", mean(false));
    assert!((-0.3..-0.08).contains(&mean(true)), "not bound: {}", mean(true));
}

#[test]
fn where_calls_do_nothing_nothing_is_counted() {
    let found: Vec<_> =
        (1..=4).filter(|seed| Company::new(*seed, 0.0).effects().0.is_some()).collect();
    assert!(found.len() <= 1, "an effect was found with seeds {found:?}");
}

#[test]
fn without_approaches_nothing_is_counted_and_the_card_says_why() {
    let mut company = Company::new(1, 0.0);
    company.accounts.values_mut().for_each(|account| account.approaches.clear());
    let (effects, card) = company.effects();
    assert_eq!((effects, card.verdict), (None, crate::registry::Verdict::Lacks));
    assert!(card.because.en.contains("no effect of an approach is counted"), "{}", card.because.en);
}

#[test]
fn an_average_is_drawn_toward_none_by_its_error() {
    let (mean, error) = drawn(-0.1, BELIEF);
    assert!((mean + 0.05).abs() < 1e-12 && (error - BELIEF / 2.0_f64.sqrt()).abs() < 1e-12);
}
