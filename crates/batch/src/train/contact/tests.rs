//! Planted effects of approaches are found and told apart, whomever reps choose; none are found where there are none.

use decide::catalogue::Catalogue;
use domain::motion::{AccountKind, TouchModel};

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

/// A company whose reps call large customers more often, who leave less often; half of the customers take a call amiss
/// for half a year, by so much more chance to leave each month.
struct Company {
    accounts: BTreeMap<i64, Account>,
    versions: Versions,
    lake: FromLake,
    catalogue: Catalogue,
    profiles: Profiles,
}

const MONTHS: i32 = 60;

impl Company {
    fn new(seed: i64, amiss: f64) -> Self {
        let mut accounts = BTreeMap::new();
        let mut lines = BTreeMap::new();
        for key in 0..2_500 {
            let (large, touchy) = (key % 2 == 0, Self::is_touchy(key));
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
                if uniform(seed, key, month, 0) < if large { 0.12 } else { 0.04 } {
                    approaches.push(Approach {
                        on: start.plus(within(month, 3, 10.0)),
                        product: "P".into(),
                        by_people: true,
                    });
                    last = month;
                }
                let calm = if large { 0.01 } else { 0.03 };
                let angry = if touchy && month - last < 6 { amiss } else { 0.0 };
                if uniform(seed, key, month, 1) < calm + angry {
                    ended = Some(start.plus(Days(10)).plus(within(month, 4, 20.0)));
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

    fn effects(&self) -> (Option<Effects>, Card) {
        let history = History {
            as_of: day("2021-01-01").plus(Days(30 * MONTHS)),
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
