//! A model of the reward from context, action and position: penalised logistic regression for rewards of zero and one,
//! penalised least squares for others. Form and penalty are chosen by cross-validation; every answer about a row comes
//! from a fit that has not seen the row.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::policy::{Log, Policy};
pub use super::sparse::Link;
use super::sparse::{Problem, SparseRows};

/// A penalty that leaves nothing but the mean.
pub const PENALTY_OF_MEAN: f64 = 1e7;
/// Penalties tried, the strongest first: precisions of a normal prior on the coefficients.
const PENALTIES: [f64; 10] =
    [PENALTY_OF_MEAN, 1e4, 1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3];
/// The weakest for what acts together: an action's effect hardly differs by more than a factor of two or so from one
/// context to the next, and rows that stand twice in a log would make it look as if it did.
const PENALTY_TOGETHER_MIN: f64 = 10.0;
/// So many rows decide on form and penalty.
const CHOOSING_ROWS_MAX: usize = 20_000;
const CHOOSING_FOLDS: usize = 3;
const FOLDS: usize = 5;
/// More coefficients than this are not fitted.
const WIDTH_MAX: usize = 2_000_000;

/// What acts on the reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Action, position and context, each by itself.
    #[default]
    Apart,
    /// Also each action with each column of context and with the position.
    Together,
}

/// What was chosen, and how well it predicts rows that it has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Choice {
    /// What acts.
    pub form: Form,
    /// Precision of the coefficients' prior.
    pub penalty: f64,
    /// Mean loss of rows left out: log loss, or half the squared error over the rewards' variance.
    pub loss: f64,
    /// The same of the plain mean reward.
    pub loss_of_mean: f64,
}

/// The reward model's answers, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Fitted reward of the action taken.
    pub taken: Vec<f64>,
    /// Fitted reward expected under the target.
    pub expected: Vec<f64>,
    /// How the row's own residual moves the mean of `expected`, through the fit.
    pub influence: Vec<f64>,
    /// Which model it was.
    pub choice: Choice,
}

/// Which model to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RewardModel {
    link: Link,
    /// Rewards are divided by this.
    scale: f64,
    choice: Choice,
}

impl RewardModel {
    /// Chooses form and penalty by the loss of rows left out.
    pub fn choose(log: &Log, seed: u64) -> Self {
        let link = if log.rewards.iter().all(|reward| [0.0, 1.0].contains(reward)) {
            Link::Logistic
        } else {
            Link::Linear
        };
        let scale = if link == Link::Logistic { 1.0 } else { deviation(&log.rewards) };
        let mut order = shuffled(log.rows(), seed);
        order.truncate(CHOOSING_ROWS_MAX);
        let rewards: Vec<f64> = log.rewards.iter().map(|reward| reward / scale).collect();
        let mut best = Choice { loss: f64::INFINITY, ..Choice::default() };
        for form in [Form::Apart, Form::Together] {
            let columns = Columns::new(form, log);
            let plain = form == Form::Together && log.context.width() + log.position_count <= 1;
            if plain || columns.width() > WIDTH_MAX {
                continue;
            }
            let design = columns.design(log);
            let problem = Problem { design: &design, rewards: &rewards, link, penalty: 0.0 };
            let weakest = if form == Form::Together { PENALTY_TOGETHER_MIN } else { 0.0 };
            let (penalty, loss) = best_penalty(&problem, &order, weakest);
            if loss < best.loss {
                best = Choice { form, penalty, loss, ..best };
            }
        }
        best.loss_of_mean = loss_of_mean(link, &rewards, &order);
        Self { link, scale, choice: best }
    }

    /// Fits on all folds but one and answers for that one, for each of five.
    pub fn cross_fit(&self, log: &Log, target: &Policy, seed: u64) -> Fitted {
        let columns = Columns::new(self.choice.form, log);
        let design = columns.design(log);
        let rewards: Vec<f64> = log.rewards.iter().map(|reward| reward / self.scale).collect();
        let (link, penalty) = (self.link, self.choice.penalty);
        let problem = Problem { design: &design, rewards: &rewards, link, penalty };
        let n = log.rows();
        let (mut taken, mut expected) = (vec![0.0; n], vec![0.0; n]);
        let mut gradient = vec![0.0; columns.width()];
        let order = shuffled(n, seed);
        let mut start = start(&columns, link, &rewards);
        for fold in 0..FOLDS {
            let (rest, held) = split(&order, fold, FOLDS);
            let fit = problem.fit(&rest, start.clone());
            for row in held {
                let row = row as usize;
                taken[row] = link.mean(design.dot(row, &fit));
                let asked = Asked { log, row, link, fit: &fit };
                expected[row] = columns.expect(&asked, target, &mut gradient);
            }
            start = fit;
        }
        // What a residual moves: gradient' (X' S X + penalty)^-1 x, times n as influences are averaged.
        let all: Vec<u32> = (0..u32::try_from(n).unwrap_or(u32::MAX)).collect();
        let slopes: Vec<f64> = taken.iter().map(|mean| link.slope(*mean)).collect();
        let moved = problem.solve(&all, &slopes, &gradient, 1e-6);
        let influence = (0..n).map(|row| (rewards[row] - taken[row]) * design.dot(row, &moved));
        let scaled = |values: Vec<f64>| values.into_iter().map(|it| it * self.scale).collect();
        Fitted {
            influence: scaled(influence.collect()),
            taken: scaled(taken),
            expected: scaled(expected),
            choice: self.choice,
        }
    }
}

/// Penalty with the least loss on rows left out; from strong to weak, until three in a row are worse.
fn best_penalty(problem: &Problem<'_>, order: &[u32], weakest: f64) -> (f64, f64) {
    let mut fits: Vec<Vec<f64>> = vec![vec![0.0; problem.design.width()]; CHOOSING_FOLDS];
    let (mut best, mut worse) = ((PENALTIES[0], f64::INFINITY), 0);
    for penalty in PENALTIES.into_iter().filter(|penalty| *penalty >= weakest) {
        let problem = Problem { penalty, ..*problem };
        let mut loss = 0.0;
        for (fold, fit) in fits.iter_mut().enumerate() {
            let (rest, held) = split(order, fold, CHOOSING_FOLDS);
            *fit = problem.fit(&rest, std::mem::take(fit));
            let of = |row: &u32| {
                let row = *row as usize;
                problem.link.loss(problem.design.dot(row, fit), problem.rewards[row])
            };
            loss += held.iter().map(of).sum::<f64>();
        }
        loss /= order.len() as f64;
        if loss < best.1 {
            (best, worse) = ((penalty, loss), 0);
        } else {
            worse += 1;
            if worse == 3 {
                break;
            }
        }
    }
    best
}

fn loss_of_mean(link: Link, rewards: &[f64], order: &[u32]) -> f64 {
    let mut loss = 0.0;
    for fold in 0..CHOOSING_FOLDS {
        let (rest, held) = split(order, fold, CHOOSING_FOLDS);
        let mean = rest.iter().map(|row| rewards[*row as usize]).sum::<f64>() / rest.len() as f64;
        let score = score_of(link, mean);
        loss += held.iter().map(|row| link.loss(score, rewards[*row as usize])).sum::<f64>();
    }
    loss / order.len() as f64
}

fn score_of(link: Link, mean: f64) -> f64 {
    match link {
        Link::Logistic => {
            let mean = mean.clamp(1e-9, 1.0 - 1e-9);
            (mean / (1.0 - mean)).ln()
        }
        Link::Linear => mean,
    }
}

fn start(columns: &Columns, link: Link, rewards: &[f64]) -> Vec<f64> {
    let mut start = vec![0.0; columns.width()];
    start[0] = score_of(link, rewards.iter().sum::<f64>() / rewards.len() as f64);
    start
}

/// The rows in an order drawn by the seed (Knuth 1997, "Seminumerical Algorithms", algorithm 3.4.2P).
fn shuffled(rows: usize, seed: u64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..u32::try_from(rows).unwrap_or(u32::MAX)).collect();
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    for last in (1..order.len()).rev() {
        let draw = (u128::from(draws.next_u64()) * (last as u128 + 1)) >> 64;
        order.swap(last, usize::try_from(draw).unwrap_or(last));
    }
    order
}

/// The rows outside and inside a fold.
fn split(order: &[u32], fold: usize, folds: usize) -> (Vec<u32>, Vec<u32>) {
    let (mut rest, mut held) = (Vec::new(), Vec::new());
    for (at, row) in order.iter().enumerate() {
        if at % folds == fold { held.push(*row) } else { rest.push(*row) }
    }
    (rest, held)
}

fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    if variance > 0.0 { variance.sqrt() } else { 1.0 }
}

/// Which coefficient stands where: one for the mean, then actions, positions, context, and with
/// [`Form::Together`] a block of context and positions for each action.
struct Columns {
    form: Form,
    actions: usize,
    positions: usize,
    context: usize,
}

/// A row of the log for which answers are wanted.
struct Asked<'a> {
    log: &'a Log,
    row: usize,
    link: Link,
    fit: &'a [f64],
}

impl Columns {
    fn new(form: Form, log: &Log) -> Self {
        let (actions, context) = (log.action_count, log.context.width());
        Self { form, actions, positions: log.position_count, context }
    }

    fn width(&self) -> usize {
        let block = if self.form == Form::Together { self.context + self.positions } else { 0 };
        1 + self.positions + self.context + self.actions * (1 + block)
    }

    /// What does not depend on the action.
    fn shared<'a>(&self, log: &'a Log, row: usize) -> impl Iterator<Item = (u32, f64)> + 'a {
        let position = log.positions[row] as usize;
        let (at, first) = (column(1 + self.actions + position), 1 + self.actions + self.positions);
        let context = log.context.row(row);
        [(0, 1.0), (at, 1.0)]
            .into_iter()
            .chain(context.map(move |(index, value)| (column(first + index as usize), value)))
    }

    /// What depends on it.
    fn own<'a>(
        &self,
        log: &'a Log,
        row: usize,
        action: u32,
    ) -> impl Iterator<Item = (u32, f64)> + 'a {
        let (action, position) = (action as usize, log.positions[row] as usize);
        let block = self.context + self.positions;
        let first = 1 + self.actions + block + action * block;
        let together = self.form == Form::Together;
        let context = self.context;
        let crossed = together.then(|| {
            let of = move |(index, value): (u32, f64)| (column(first + index as usize), value);
            log.context.row(row).map(of).chain([(column(first + context + position), 1.0)])
        });
        std::iter::once((column(1 + action), 1.0)).chain(crossed.into_iter().flatten())
    }

    fn design(&self, log: &Log) -> SparseRows {
        let mut design = SparseRows::new(self.width());
        for row in 0..log.rows() {
            design.push(self.shared(log, row).chain(self.own(log, row, log.actions[row])));
        }
        design
    }

    /// The expected reward under the target, and how it changes with each coefficient, added to `gradient`.
    fn expect(&self, asked: &Asked<'_>, target: &Policy, gradient: &mut [f64]) -> f64 {
        let Asked { log, row, link, fit } = *asked;
        let score = |columns: &mut dyn Iterator<Item = (u32, f64)>| {
            columns.map(|(at, value)| value * fit[at as usize]).sum::<f64>()
        };
        let shared = score(&mut self.shared(log, row));
        let (mut expected, mut moved) = (0.0, 0.0);
        for (action, probability) in target.row(row) {
            let mean = link.mean(shared + score(&mut self.own(log, row, action)));
            let slope = probability * link.slope(mean);
            expected += probability * mean;
            moved += slope;
            for (at, value) in self.own(log, row, action) {
                gradient[at as usize] += slope * value;
            }
        }
        for (at, value) in self.shared(log, row) {
            gradient[at as usize] += moved * value;
        }
        expected
    }
}

fn column(at: usize) -> u32 {
    u32::try_from(at).expect("widths are limited")
}

#[cfg(test)]
mod tests {
    use super::super::simulated::World;
    use super::*;

    #[test]
    fn what_acts_together_is_found() {
        let world = World::new(2);
        let (log, target) = world.draw(4000, 1);
        let model = RewardModel::choose(&log, 1);
        assert_eq!(model.link, Link::Logistic);
        assert!(model.choice.loss < model.choice.loss_of_mean, "{model:?}");
        let fitted = model.cross_fit(&log, &target, 1);
        let value = fitted.expected.iter().sum::<f64>() / 4000.0;
        assert!((value - world.value).abs() < 0.03, "{value} is not {}", world.value);
    }

    #[test]
    fn pure_noise_is_shrunk_to_the_mean() {
        let (mut log, _) = World::new(2).draw(4000, 1);
        log.rewards = (0..4000).map(|row| f64::from(u8::from(row % 4 == 0))).collect();
        let choice = RewardModel::choose(&log, 1).choice;
        assert!(choice.penalty >= 30.0, "{choice:?}");
    }

    #[test]
    fn rewards_in_money_are_fitted_in_money() {
        let (mut log, target) = World::new(2).draw(500, 1);
        for reward in &mut log.rewards {
            *reward = 1000.0 * *reward + 500.0;
        }
        let fitted = RewardModel::choose(&log, 1).cross_fit(&log, &target, 1);
        assert!(fitted.expected.iter().all(|it| (0.0..2000.0).contains(it)));
    }
}
