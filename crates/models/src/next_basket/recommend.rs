//! The list of each customer, with a reason for every item.

use super::calibration::Standing;
use super::companions::Lag;
use super::fit::{Choice, Fit, Options, ranked};
use super::history::History;
use super::method::Method;
use super::mixture::Voice;
use super::slate::{Candidate, Desk, Kind, Slate, Sources};
use crate::parallel;

/// Why an item stands on a list; what it says is counted, not modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The customer bought it before.
    Bought {
        /// In how many of the orders.
        count: u32,
        /// How many orders the customer has.
        orders: u32,
        /// The number of the last order with it, the oldest being 0.
        last: u32,
    },
    /// Customers alike bought it.
    Neighbours {
        /// How many of them.
        buyers: u32,
        /// Of how many asked.
        asked: u32,
    },
    /// It is often in one order with something the customer buys.
    Together {
        /// The item that it goes with.
        with: u32,
    },
    /// It often comes in the order after something that was in the customer's last.
    Then {
        /// The item that it follows.
        after: u32,
    },
    /// Everybody buys it; share of all orders lately is what ranked it.
    Popular,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// The item.
    pub item: u32,
    /// The chance that the next basket has it, 0..=1; where nothing could be validated a shrunken frequency.
    pub score: f64,
    /// Whether the customer bought it before.
    pub repeat: bool,
    /// What speaks for it, the strongest first; for an item bought before that comes first. One or two.
    pub reasons: Vec<Reason>,
}

/// Up to `options.scope.depth` picks for each customer, the best first.
pub fn recommend(history: &History, fit: &Fit, options: Options) -> Vec<Vec<Pick>> {
    let choice = fit.of(Kind::Any);
    let sources = Sources::of(history, fit.settings, &fit.drawn.members, options.threads);
    let desk = || sources.desk();
    parallel::map(history.customers(), options.threads, desk, |desk, customer| {
        let slate = sources.slate(customer, options.scope, desk);
        let standings = standings(&slate, &choice);
        picks(
            &At { sources: &sources, slate: &slate, desk, options },
            &choice,
            (&standings, Kind::Any),
        )
    })
}

/// What one customer buys again and what would be new, each the best first and up to the list's length.
#[derive(Debug, Clone, PartialEq)]
pub struct Lists {
    /// Items bought before.
    pub repeat: Vec<Pick>,
    /// Items never bought.
    pub new: Vec<Pick>,
}

/// The two lists of each customer, as `keep` wants to have them: lists of all at once can be much to hold.
/// The fit ranked them apart.
pub fn lists<R: Send>(
    history: &History,
    fit: &Fit,
    options: Options,
    keep: impl Fn(usize, Lists) -> R + Sync,
) -> Vec<R> {
    let (repeat, new) = (fit.of(Kind::Repeat), fit.of(Kind::New));
    let sources = Sources::of(history, fit.settings, &fit.drawn.members, options.threads);
    let desk = || sources.desk();
    parallel::map(history.customers(), options.threads, desk, |desk, customer| {
        let slate = sources.slate(customer, options.scope, desk);
        let at = At { sources: &sources, slate: &slate, desk, options };
        let known = standings(&slate, &repeat);
        let again = picks(&at, &repeat, (&known, Kind::Repeat));
        let other = (new.method != repeat.method).then(|| standings(&slate, &new));
        let fresh = picks(&at, &new, (other.as_ref().unwrap_or(&known), Kind::New));
        keep(customer, Lists { repeat: again, new: fresh })
    })
}

/// A customer's slate and what made it.
struct At<'a> {
    sources: &'a Sources<'a>,
    slate: &'a Slate,
    desk: &'a Desk,
    options: Options,
}

/// Places of the slate's candidates, the best first, and how each stands among all.
type Standings = Vec<(usize, Standing)>;

fn standings(slate: &Slate, choice: &Choice) -> Standings {
    let best = ranked(slate, &choice.method, (slate.candidates.len(), Kind::Any));
    let utilities: Vec<f64> = best.iter().map(|(_, utility)| *utility).collect();
    let standings = Standing::of(&utilities, slate.basket);
    best.into_iter().map(|(at, _)| at).zip(standings).collect()
}

fn picks(at: &At<'_>, choice: &Choice, (standings, kind): (&Standings, Kind)) -> Vec<Pick> {
    if at.slate.orders == 0 {
        return Vec::new();
    }
    let candidate = |place: usize| &at.slate.candidates[place];
    let kept = standings.iter().filter(|(place, _)| kind.keeps(candidate(*place)));
    let pick = |(place, standing): &(usize, Standing)| {
        let candidate = candidate(*place);
        let score = match &choice.calibration {
            Some(calibration) => calibration.chance(*standing),
            None => shrunken(at.slate, candidate),
        };
        Pick {
            item: candidate.item,
            score,
            repeat: candidate.habit.is_some(),
            reasons: reasons(at, &choice.method, candidate),
        }
    };
    let mut picks: Vec<Pick> = kept.take(at.options.scope.depth).map(pick).collect();
    if choice.calibration.is_none() {
        picks.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
    }
    picks
}

/// Share of the customer's orders with an item, drawn toward everybody's share by one order's worth.
fn shrunken(slate: &Slate, candidate: &Candidate) -> f64 {
    let count = candidate.habit.map_or(0, |habit| habit.count);
    (f64::from(count) + f64::from(candidate.popular)) / (slate.orders as f64 + 1.0)
}

fn reasons(at: &At<'_>, method: &Method, candidate: &Candidate) -> Vec<Reason> {
    let At { sources, slate, desk, .. } = *at;
    let mut voices = method.voices(slate, candidate);
    voices.retain(|(_, adds)| *adds > 0.0);
    voices.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let said = voices.iter().filter_map(|(voice, _)| match voice {
        Voice::Personal => None,
        Voice::Neighbours => {
            let (buyers, asked) = sources.buyers(slate, candidate.item, desk);
            (buyers > 0).then_some(Reason::Neighbours { buyers, asked })
        }
        Voice::Together => {
            let with = sources.leads(slate, candidate.item, Lag::Together);
            with.map(|with| Reason::Together { with })
        }
        Voice::Then => {
            let after = sources.leads(slate, candidate.item, Lag::Then);
            after.map(|after| Reason::Then { after })
        }
        Voice::Popular => Some(Reason::Popular),
    });
    let Some(habit) = candidate.habit else {
        return vec![said.into_iter().next().unwrap_or(Reason::Popular)];
    };
    let orders = u32::try_from(slate.orders).unwrap_or(u32::MAX);
    let own = Reason::Bought { count: habit.count, orders, last: habit.last };
    // What speaks louder than the customer's own orders is said as well.
    let louder = voices.first().is_some_and(|(voice, _)| *voice != Voice::Personal);
    [own].into_iter().chain(said.take(usize::from(louder))).collect()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

    use super::*;
    use crate::next_basket::effort::Effort;
    use crate::next_basket::fit::fit;
    use crate::next_basket::history::{Clock, Line};
    use crate::next_basket::measure::Measures;
    use crate::next_basket::slate::Scope;

    const CUSTOMERS: u32 = 600;
    const STYLES: u32 = 5;
    const STYLE: u32 = 20;

    /// The basket that a customer of known taste buys: two staples with .6 each, each of the twenty items of
    /// the customer's style with .1, each of a hundred others with .01.
    fn basket(customer: u32, draw: &mut ChaCha8Rng) -> Vec<u32> {
        let mut chance = || f64::from(draw.next_u32()) / 2_f64.powi(32);
        (0..STYLES * STYLE).filter(|item| chance() < taste(customer, *item)).collect()
    }

    fn taste(customer: u32, item: u32) -> f64 {
        let style = customer % STYLES;
        let staples = [0, 7].map(|n| style * STYLE + (customer / STYLES + n) % STYLE);
        match item {
            _ if staples.contains(&item) => 0.6,
            _ if item / STYLE == style => 0.1,
            _ => 0.01,
        }
    }

    struct Shop {
        history: History,
        next: Vec<Vec<u32>>,
    }

    fn shop() -> Shop {
        let mut draw = ChaCha8Rng::seed_from_u64(3);
        let (mut lines, mut next) = (Vec::new(), Vec::new());
        for customer in 0..CUSTOMERS {
            for order in 0..i64::from(2 + draw.next_u32() % 9) {
                let items = basket(customer, &mut draw);
                lines.extend(items.into_iter().map(|item| Line { customer, order, item }));
            }
            next.push(basket(customer, &mut draw));
        }
        Shop { history: History::of(lines, Clock::Sequence), next }
    }

    fn options(new_only: bool, threads: usize) -> Options {
        let scope = Scope { new_only, apart: false, depth: 10 };
        Options { scope, effort: Effort::FULL, seed: 1, threads }
    }

    #[test]
    fn known_tastes_are_found_again() {
        let Shop { history, next } = shop();
        let learnt = fit(&history, options(false, 2));
        let lists = recommend(&history, &learnt, options(false, 2));
        let of = |list: &dyn Fn(usize) -> Vec<u32>| {
            Measures::mean((0..history.customers()).map(|customer| {
                let hits = list(customer).into_iter().map(|item| next[customer].contains(&item));
                Measures::of(hits.collect::<Vec<_>>(), next[customer].len(), 10)
            }))
        };
        let ours = of(&|customer| lists[customer].iter().map(|pick| pick.item).collect());
        let truth = of(&|customer| {
            let number = u32::try_from(customer).expect("few");
            let mut items: Vec<u32> = (0..STYLES * STYLE).collect();
            items.sort_by(|a, b| taste(number, *b).total_cmp(&taste(number, *a)));
            items
        });
        let counted = learnt.table.iter().find(|it| it.method.name() == "personal").expect("tried");
        assert!(ours.ndcg > 0.85 * truth.ndcg, "{ours:?} of {truth:?}");
        assert!(ours.ndcg > counted.all.ndcg + 0.02, "{ours:?} after {counted:?}");
        // The scores are chances: on baskets that nobody looked at they come as often as said.
        let picks =
            || lists.iter().enumerate().flat_map(|(at, list)| list.iter().map(move |p| (at, p)));
        let said: f64 = picks().map(|(_, pick)| pick.score).sum();
        let came = picks().filter(|(at, pick)| next[*at].contains(&pick.item)).count() as f64;
        assert!((said / came - 1.0).abs() < 0.1, "said {said}, came {came}");
    }

    #[test]
    fn new_items_are_of_the_customers_style() {
        let Shop { history, .. } = shop();
        let learnt = fit(&history, options(true, 2));
        let lists = recommend(&history, &learnt, options(true, 2));
        let (mut right, mut all) = (0_u32, 0_u32);
        for (customer, list) in (0_u32..).zip(&lists) {
            for pick in list.iter().take(3) {
                assert!(!pick.repeat && !history.bought(customer as usize).contains(&pick.item));
                right += u32::from(pick.item / STYLE == customer % STYLES);
                all += 1;
            }
        }
        // By chance or popularity one in five would be.
        assert!(right * 10 > all * 8, "{right} of {all}");
        let merit = |name: &str| {
            let found = learnt.table.iter().find(|it| it.method.name() == name);
            found.expect("tried").all.merit()
        };
        assert!(merit(learnt.method.name()) > 1.5 * merit("popularity"), "{:?}", learnt.table);
    }

    #[test]
    fn apart_each_kind_is_ranked_by_what_is_best_at_it() {
        let Shop { history, .. } = shop();
        let mut apart = options(false, 2);
        apart.scope.apart = true;
        apart.effort = Effort::NIGHTLY;
        let learnt = fit(&history, apart);
        let best = |of: Kind| {
            let merits = learnt.table.iter().map(|it| it.of(of).merit());
            merits.fold(0.0_f64, f64::max)
        };
        for kind in [Kind::New, Kind::Repeat] {
            let name = learnt.of(kind).method.name();
            let chosen = learnt.table.iter().find(|it| it.method.name() == name).expect("tried");
            assert!((chosen.of(kind).merit() - best(kind)).abs() < 1e-12, "{name} of {kind:?}");
        }
        let (mut right, mut all) = (0_u32, 0_u32);
        for (customer, it) in lists(&history, &learnt, apart, |at, it| (at, it)) {
            let bought = history.bought(customer);
            assert!(it.repeat.iter().all(|pick| pick.repeat && bought.contains(&pick.item)));
            assert!(it.new.iter().all(|pick| !pick.repeat && !bought.contains(&pick.item)));
            assert!(it.repeat.len() <= 10 && it.new.len() <= 10);
            for pick in it.new.iter().take(3) {
                right +=
                    u32::from(pick.item as usize / STYLE as usize == customer % STYLES as usize);
                all += 1;
            }
        }
        assert!(right * 10 > all * 8, "{right} of {all}");
    }

    #[test]
    fn threads_change_nothing() {
        let Shop { history, .. } = shop();
        let one = fit(&history, options(false, 1));
        let three = fit(&history, options(false, 3));
        assert_eq!(one, three);
        let lists = |threads| recommend(&history, &one, options(false, threads));
        assert_eq!(lists(1), lists(3));
    }

    #[test]
    fn a_handful_of_customers_get_shrunken_frequencies() {
        let line = |customer, order, item| Line { customer, order, item };
        let lines = vec![line(0, 1, 0), line(0, 2, 0), line(0, 2, 1), line(1, 1, 1)];
        let history = History::of(lines, Clock::Sequence);
        let learnt = fit(&history, options(false, 1));
        assert!(learnt.table.is_empty() && learnt.calibration.is_none());
        let lists = recommend(&history, &learnt, options(false, 1));
        // Two of two orders, drawn by a third order to two of three: (2 + 2/3) / 3.
        assert_eq!((lists[0][0].item, lists[0][1].item), (0, 1));
        assert!((lists[0][0].score - 8.0 / 9.0).abs() < 1e-6, "{lists:?}");
        assert_eq!(lists[0][0].reasons, [Reason::Bought { count: 2, orders: 2, last: 1 }]);
        // One order: its item again, then what others buy.
        assert_eq!((lists[1][0].item, lists[1][1].item, lists[1][1].repeat), (1, 0, false));
        assert_eq!(lists[1].len(), 2);
    }
}
