//! Learns from last baskets that are held out: settings, weights, and which method is best.

use super::calibration::{Calibration, Standing};
use super::effort::{Drawn, Effort};
use super::grid::Trial;
use super::history::History;
use super::lesson::Lesson;
use super::measure::Measures;
use super::method::Method;
use super::mixture::{Answered, Mixture};
use super::slate::{Candidate, Kind, Scope, Settings, Slate, Sources};
use crate::parallel;

/// What a run is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// What kind of list is wanted.
    pub scope: Scope,
    /// How much work it may be.
    pub effort: Effort,
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

impl Tried {
    /// How it met items of a kind.
    pub fn of(&self, kind: Kind) -> Measures {
        match kind {
            Kind::Any => self.all,
            Kind::Repeat => self.repeat,
            Kind::New => self.new,
        }
    }
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
    /// What ranks new items among themselves and items bought before among themselves.
    pub apart: Apart,
    /// Whose last baskets were predicted, in which half, and who can be neighbours.
    pub drawn: Drawn,
}

/// What ranks each kind of items by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart {
    /// Items that the customer never bought.
    pub new: Choice,
    /// Items that the customer bought before.
    pub repeat: Choice,
}

/// A method, and what its utilities mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What ranks.
    pub method: Method,
    /// From utility to chance; `None` where nothing that was held out tells.
    pub calibration: Option<Calibration>,
}

impl Choice {
    const UNTRIED: Self = Self { method: Method::Personal, calibration: None };
}

impl Fit {
    /// What ranks items of a kind.
    pub fn of(&self, kind: Kind) -> Choice {
        match kind {
            Kind::Any => Choice { method: self.method.clone(), calibration: self.calibration },
            Kind::Repeat => self.apart.repeat.clone(),
            Kind::New => self.apart.new.clone(),
        }
    }

    /// How many customers' last baskets were predicted.
    pub fn held_out(&self) -> usize {
        self.drawn.halves.iter().map(Vec::len).sum()
    }
}

/// So many held-out baskets at least to compare methods, and to learn a mixture.
const FEWEST: usize = 20;
const FEWEST_TO_MIX: usize = 60;
/// How strongly weights are drawn to zero; validation decides. The strongest first: each starts from the last.
const RIDGES: [f64; 3] = [300.0, 30.0, 3.0];

/// Learns from a history.
///
/// Customers with two baskets or more are drawn by the seed, as many as the effort allows, and parted into
/// halves. Each half's last baskets are predicted from a history without them, in which the other half is
/// whole. Settings are chosen on the first half. The mixture is judged on each half with the weights of the
/// other, and then fitted on both. The method with the best mean of recall and NDCG is taken: over the whole
/// list, and for each kind of items over those.
pub fn fit(history: &History, options: Options) -> Fit {
    let mut it = Fit {
        settings: Settings::UNTRIED,
        method: Method::Personal,
        calibration: None,
        table: Vec::new(),
        apart: Apart { new: Choice::UNTRIED, repeat: Choice::UNTRIED },
        drawn: Drawn::of(history, options),
    };
    if it.held_out() < FEWEST {
        return it;
    }
    it.settings = settings(history, &it.drawn, options);
    let halves = [0, 1].map(|half: usize| answered(history, &it.drawn.halves[half], &it, options));
    it.settings.own = own_share(&halves, options);
    it.table = table(&halves, it.settings.own, options);
    let Choice { method, calibration } = choice(&it.table, &halves, Kind::Any);
    (it.method, it.calibration) = (method, calibration);
    if options.scope.apart {
        let of = |kind| choice(&it.table, &halves, kind);
        it.apart = Apart { new: of(Kind::New), repeat: of(Kind::Repeat) };
    }
    it
}

/// The best method for a kind of items, the first of equals.
fn choice(table: &[Tried], halves: &[Vec<Answered>; 2], kind: Kind) -> Choice {
    let greater = |best: &'_ Tried, next: &'_ Tried| next.of(kind).merit() > best.of(kind).merit();
    let best = table.iter().reduce(|best, next| if greater(best, next) { next } else { best });
    let Some(best) = best else { return Choice::UNTRIED };
    let calibration = calibration(halves, &best.method, kind);
    Choice { method: best.method.clone(), calibration }
}

fn without(history: &History, half: &[usize]) -> History {
    let mut held = vec![false; history.customers()];
    for customer in half {
        held[*customer] = true;
    }
    history.without_last(&held)
}

fn settings(history: &History, drawn: &Drawn, options: Options) -> Settings {
    let half = &drawn.halves[0];
    let asked = &half[..half.len().min(options.effort.to_choose)];
    let known = without(history, half);
    let counts = options.effort.counts(history);
    let Options { scope, threads, .. } = options;
    let members = &drawn.members;
    Trial { known: &known, whole: history, asked, members, counts, scope, threads }.settings()
}

fn answered(history: &History, half: &[usize], it: &Fit, options: Options) -> Vec<Answered> {
    let known = without(history, half);
    let sources = Sources::of(&known, it.settings, &it.drawn.members, options.threads);
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

fn calibration(halves: &[Vec<Answered>; 2], method: &Method, kind: Kind) -> Option<Calibration> {
    let told = halves.iter().flatten().flat_map(|one| {
        let slate = &one.slate;
        let utilities: Vec<f64> =
            slate.candidates.iter().map(|it| method.utility(slate, it)).collect();
        let standings = Standing::of(&utilities, slate.basket).into_iter();
        let kept = slate.candidates.iter().map(|it| kind.keeps(it));
        let told = standings.zip(one.hits.iter().copied()).zip(kept);
        told.filter_map(|(told, kept)| kept.then_some(told))
    });
    Calibration::fit(&told.collect::<Vec<_>>())
}
