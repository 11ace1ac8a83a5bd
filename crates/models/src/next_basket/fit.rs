//! Learns from last baskets that are held out: settings, weights, and which method is best.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::calibration::{Calibration, Standing};
use super::grid::Trial;
use super::history::History;
use super::lesson::Lesson;
use super::measure::Measures;
use super::method::Method;
use super::mixture::{Answered, Mixture};
use super::slate::{Candidate, Kind, Scope, Settings, Slate, Sources};
use crate::parallel;

/// What a run is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What kind of list is wanted.
    pub scope: Scope,
    /// Decides which customers are held out, and who are neighbours where there are too many.
    pub seed: u64,
    /// How many threads work; results do not depend on it.
    pub threads: usize,
}

/// How one method met the baskets that were held out.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The method, as fitted to all of them.
    pub method: Method,
    /// The list as it will be.
    pub all: Measures,
    /// Items bought before, ranked among themselves; nobody with `new_only`.
    pub repeat: Measures,
    /// Items never bought before, ranked among themselves.
    pub new: Measures,
}

/// What was learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// How the sources work.
    pub settings: Settings,
    /// What ranks.
    pub method: Method,
    /// From utility to chance; `None` where too few baskets could be held out.
    pub calibration: Option<Calibration>,
    /// Every method, the trivial ones first; empty where too few baskets could be held out.
    pub table: Vec<Tried>,
    /// How many customers' last baskets were predicted.
    pub held_out: usize,
    /// Positions of the customers who can be neighbours, ascending.
    pub members: Vec<u32>,
}

/// So many held-out baskets at least to compare methods, and to learn a mixture.
const FEWEST: usize = 20;
const FEWEST_TO_MIX: usize = 60;
/// So many are held out at most, in two halves; by so many of them settings are chosen.
const MOST: usize = 4_000;
const MOST_TO_CHOOSE: usize = 600;
/// So many customers at most can be neighbours, fewer where comparing all with them would take more than so
/// many products.
const POOL: usize = 20_000;
const PRODUCTS: f64 = 2e10;
/// How strongly weights are drawn to zero; validation decides. The strongest first: each starts from the last.
const RIDGES: [f64; 3] = [300.0, 30.0, 3.0];

/// Learns from a history.
///
/// Up to 4,000 customers with two baskets or more are drawn by the seed and parted into halves. Each half's
/// last baskets are predicted from a history without them, in which the other half is whole. Settings are
/// chosen on the first half. The mixture is judged on each half with the weights of the other, and then
/// fitted on both. The method with the best mean of recall and NDCG is taken.
pub fn fit(history: &History, options: Options) -> Fit {
    let mut draw = ChaCha8Rng::seed_from_u64(options.seed);
    let members = members(history, &mut draw);
    let returning = (0..history.customers()).filter(|customer| history.orders(*customer) > 1);
    let held = drawn(returning.collect(), MOST, &mut draw);
    let (first, second) = held.split_at(held.len() / 2);
    let mut it = Fit {
        settings: Settings::UNTRIED,
        method: Method::Personal,
        calibration: None,
        table: Vec::new(),
        held_out: held.len(),
        members,
    };
    if held.len() < FEWEST {
        return it;
    }
    it.settings = settings(history, first, &it.members, options);
    let halves = [first, second].map(|half| answered(history, half, &it, options));
    it.settings.own = own_share(&halves, options);
    it.table = table(&halves, it.settings.own, options);
    let greater = |best: Tried, next: Tried| {
        if next.all.merit() > best.all.merit() { next } else { best }
    };
    if let Some(best) = it.table.iter().cloned().reduce(greater) {
        it.method = best.method;
    }
    it.calibration = calibration(&halves, &it.method);
    it
}

/// `count` of the positions, drawn without order.
fn drawn<T>(mut from: Vec<T>, count: usize, draw: &mut ChaCha8Rng) -> Vec<T> {
    let count = count.min(from.len());
    for at in 0..count {
        let rest = (from.len() - at) as u64;
        // Fisher and Yates; the bias of the remainder is below 2^-40.
        let other = usize::try_from(draw.next_u64() % rest).expect("less than the length");
        from.swap(at, at + other);
    }
    from.truncate(count);
    from
}

/// Who can be neighbours: everybody, or as many as time allows.
fn members(history: &History, draw: &mut ChaCha8Rng) -> Vec<u32> {
    let buyers = super::popular::buyers(history);
    let products: f64 = buyers.iter().map(|n| f64::from(*n) * f64::from(*n)).sum();
    let positions: Vec<u32> = (0_u32..).take(history.customers()).collect();
    let mut count = POOL;
    // Halving rather than dividing: the number stays a whole one without a cast.
    while products * count as f64 / positions.len().max(1) as f64 > PRODUCTS && count > 500 {
        count /= 2;
    }
    let mut members = drawn(positions, count, draw);
    members.sort_unstable();
    members
}

fn without(history: &History, half: &[usize]) -> History {
    let mut held = vec![false; history.customers()];
    for customer in half {
        held[*customer] = true;
    }
    history.without_last(&held)
}

fn settings(history: &History, half: &[usize], members: &[u32], options: Options) -> Settings {
    let asked = &half[..half.len().min(MOST_TO_CHOOSE)];
    let known = without(history, half);
    let Options { scope, threads, .. } = options;
    Trial { known: &known, whole: history, asked, members, scope, threads }.settings()
}

fn answered(history: &History, half: &[usize], it: &Fit, options: Options) -> Vec<Answered> {
    let known = without(history, half);
    let sources = Sources::of(&known, it.settings, &it.members, options.threads);
    let slates = sources.slates(half, options.scope, options.threads);
    let answer = |slate: Slate| {
        let came = history.last(slate.customer);
        let bought = known.bought(slate.customer);
        let before = came.iter().filter(|item| bought.binary_search(item).is_ok()).count();
        let hit = |candidate: &Candidate| came.binary_search(&candidate.item).is_ok();
        Answered {
            hits: slate.candidates.iter().map(hit).collect(),
            came_before: if options.scope.new_only { 0 } else { before },
            came_new: came.len() - before,
            slate,
        }
    };
    slates.into_iter().map(answer).collect()
}

/// The share of the own profile in TIFU-kNN.
fn own_share(halves: &[Vec<Answered>; 2], options: Options) -> f32 {
    let mut best = (0.0, -1.0);
    for own in [0.9, 0.7, 0.5, 0.3, 0.1, 0.0] {
        let merit =
            Trying { halves, options }.of(&[&Method::TifuKnn { own }; 2], Kind::Any).merit();
        if merit > best.1 {
            best = (own, merit);
        }
    }
    best.0
}

fn table(halves: &[Vec<Answered>; 2], own: f32, options: Options) -> Vec<Tried> {
    let trying = Trying { halves, options };
    let plain = [
        Method::Popularity,
        Method::Personal,
        Method::ItemItem,
        Method::TifuKnn { own },
        Method::UpCf,
    ];
    let mut table: Vec<Tried> =
        plain.into_iter().map(|method| trying.tried(&[&method; 2], method.clone())).collect();
    if halves.iter().map(Vec::len).sum::<usize>() >= FEWEST_TO_MIX {
        table.extend(mixed(trying));
    }
    table
}

/// The mixture, judged on each half with the weights of the other.
fn mixed(trying: Trying<'_>) -> Option<Tried> {
    let (threads, halves) = (trying.options.threads, trying.halves);
    let [first, second] = [0, 1].map(|half: usize| halves[half].iter().collect::<Vec<&Answered>>());
    let lessons = [Lesson::of(&second, threads)?, Lesson::of(&first, threads)?];
    let mut best: Option<(f64, f64, [Mixture; 2])> = None;
    let mut last: [Option<Mixture>; 2] = [None, None];
    for ridge in RIDGES {
        let [of_first, of_second] =
            [0, 1].map(|n: usize| lessons[n].learn(ridge, last[n].as_ref()));
        let likelihood =
            of_first.log_likelihood(&first, threads) + of_second.log_likelihood(&second, threads);
        last = [Some(of_first.clone()), Some(of_second.clone())];
        if best.as_ref().is_none_or(|(_, before, _)| likelihood > *before) {
            best = Some((ridge, likelihood, [of_first, of_second]));
        }
    }
    drop(lessons);
    let (ridge, _, [of_first, of_second]) = best?;
    let all: Vec<&Answered> = halves.iter().flatten().collect();
    let method = Method::Blend(Box::new(Lesson::of(&all, threads)?.learn(ridge, Some(&of_first))));
    Some(
        trying.tried(
            &[&Method::Blend(Box::new(of_first)), &Method::Blend(Box::new(of_second))],
            method,
        ),
    )
}

/// Held-out baskets to try methods on.
#[derive(Clone, Copy)]
struct Trying<'a> {
    halves: &'a [Vec<Answered>; 2],
    options: Options,
}

impl Trying<'_> {
    /// `judged` are what each half is ranked by, `method` what will be used.
    fn tried(&self, judged: &[&Method; 2], method: Method) -> Tried {
        Tried {
            method,
            all: self.of(judged, Kind::Any),
            repeat: self.of(judged, Kind::Repeat),
            new: self.of(judged, Kind::New),
        }
    }

    fn of(&self, judged: &[&Method; 2], kind: Kind) -> Measures {
        let Options { scope, threads, .. } = self.options;
        let each = self.halves.iter().zip(judged).flat_map(|(half, method)| {
            parallel::map(
                half.len(),
                threads,
                || (),
                |(), at| {
                    let one = &half[at];
                    let hits = ranked(&one.slate, method, (scope.depth, kind)).into_iter();
                    Measures::of(hits.map(|(at, _)| one.hits[at]), one.came(kind), scope.depth)
                },
            )
        });
        Measures::mean(each)
    }
}

/// The places of the best candidates in the slate with their utilities, the best first, ties by item.
pub(super) fn ranked(
    slate: &Slate,
    method: &Method,
    (depth, kind): (usize, Kind),
) -> Vec<(usize, f64)> {
    let kept = slate.candidates.iter().enumerate().filter(|(_, it)| kind.keeps(it));
    let mut all: Vec<(usize, f64)> = kept.map(|(at, it)| (at, method.utility(slate, it))).collect();
    let greater = |a: &(usize, f64), b: &(usize, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if depth > 0 && all.len() > depth {
        all.select_nth_unstable_by(depth - 1, greater);
        all.truncate(depth);
    }
    all.sort_unstable_by(greater);
    all
}

fn calibration(halves: &[Vec<Answered>; 2], method: &Method) -> Option<Calibration> {
    let told = halves.iter().flatten().flat_map(|one| {
        let slate = &one.slate;
        let utilities: Vec<f64> =
            slate.candidates.iter().map(|it| method.utility(slate, it)).collect();
        Standing::of(&utilities, slate.basket).into_iter().zip(one.hits.iter().copied())
    });
    Calibration::fit(&told.collect::<Vec<_>>())
}
