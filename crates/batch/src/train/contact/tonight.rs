//! What an approach now would do to each customer of the night: over the months of the window, with the ends of terms
//! that lie in them.

use std::collections::BTreeMap;

use domain::time::Days;
use models::parallel;

use super::months::{self, Month};
use super::odds::{Fit, chance, dot};
use super::study::{BEFORE, Study};
use super::{Past, SPAN, approaches};
use crate::known::Account;
use crate::train::moment::{Asked, Cell, Held};

/// Spread of the effect on the log odds between customers whom no column tells apart: as large as an average effect is
/// (.55: 10 % of those called left and 6 % of the others; Ascarza, Iyengar and Schleicher 2016, "The Perils of Proactive
/// Churn Prevention Using Plan Recommendations"). Each outcome is seen once, so it cannot be learnt.
const OWN: f64 = 0.55;
/// Customers that are looked at together.
const PIECE: usize = 500;

/// A customer's months of the window that begins tomorrow: the columns of each when it is left alone, and when it is
/// approached tomorrow.
struct Ahead {
    account: i64,
    months: Vec<[Vec<f64>; 2]>,
}

impl Ahead {
    /// The chance to stay, left alone or approached, and its slope in the coefficients: of S = prod (1 - p) with log
    /// odds x c of p it is -S times the sum of p x.
    fn stays(&self, arm: usize, coefficients: &[f64]) -> (f64, Vec<f64>) {
        let mut stays = 1.0;
        let mut slope = vec![0.0; coefficients.len()];
        for x in self.months.iter().map(|month| &month[arm]) {
            let p = chance(dot(coefficients, x));
            stays *= 1.0 - p;
            slope.iter_mut().zip(x).for_each(|(sum, x)| *sum -= p * x);
        }
        slope.iter_mut().for_each(|slope| *slope *= stays);
        (stays, slope)
    }

    /// The difference of the chances to stay, and its slope.
    fn effect(&self, coefficients: &[f64]) -> (f64, Vec<f64>) {
        let [alone, approached] = [0, 1].map(|arm| self.stays(arm, coefficients));
        let slope = approached.1.iter().zip(alone.1).map(|(with, without)| with - without);
        (approached.0 - alone.0, slope.collect())
    }
}

/// The average over the customers of the night with one effect on the log odds, and its standard error (delta method);
/// beside it the share that is expected to leave when left alone.
pub(super) fn average(past: Past<'_>, study: &Study) -> ((f64, f64), f64) {
    let fit = &study.constant;
    let k = fit.coefficients.len();
    let pieces = over(past, |accounts| {
        let (mut count, mut sum, mut slopes, mut leave) = (0_usize, 0.0, vec![0.0; k], 0.0);
        for ahead in ahead(past, study, accounts) {
            let (effect, slope) = ahead.effect(&fit.coefficients);
            count += 1;
            sum += effect;
            leave += 1.0 - ahead.stays(0, &fit.coefficients).0;
            slopes.iter_mut().zip(slope).for_each(|(all, its)| *all += its);
        }
        (count, sum, slopes, leave)
    });
    let n = pieces.iter().map(|piece| piece.0).sum::<usize>().max(1) as f64;
    let mean = pieces.iter().map(|piece| piece.1).sum::<f64>() / n;
    let slope: Vec<f64> =
        (0..k).map(|at| pieces.iter().map(|piece| piece.2[at]).sum::<f64>() / n).collect();
    let leave = pieces.iter().map(|piece| piece.3).sum::<f64>() / n;
    ((mean, fit.variance(&slope).sqrt()), leave)
}

/// The effect on each customer, and its spread: the standard error, and how far customers alike may differ. Of the
/// average `share` of the average effect on the log odds is kept.
pub(super) fn each(past: Past<'_>, study: &Study, share: f64) -> BTreeMap<i64, (f64, f64)> {
    let fit: &Fit = study.differing.as_ref().unwrap_or(&study.constant);
    let mut coefficients = fit.coefficients.clone();
    coefficients[BEFORE - 1] *= share;
    let pieces = over(past, |accounts| {
        let of = |ahead: Ahead| {
            let (effect, slope) = ahead.effect(&coefficients);
            let own = (OWN * slope[BEFORE - 1]).powi(2);
            (ahead.account, (effect, (fit.variance(&slope) + own).sqrt()))
        };
        ahead(past, study, accounts).into_iter().map(of).collect::<Vec<_>>()
    });
    pieces.into_iter().flatten().collect()
}

fn over<T: Send>(past: Past<'_>, work: impl Fn(&[&Account]) -> T + Sync) -> Vec<T> {
    let accounts: Vec<&Account> = past.history.accounts.values().collect();
    let pieces: Vec<&[&Account]> = accounts.chunks(PIECE).collect();
    parallel::pieces(pieces.len(), |at| work(pieces[at]))
}

/// The months ahead of these customers; who has no contract, or no counterpart in the past, is left out.
fn ahead(past: Past<'_>, study: &Study, accounts: &[&Account]) -> Vec<Ahead> {
    let history = past.history;
    let tomorrow = history.as_of.plus(Days(1));
    let over = history.as_of.plus(Days(history.window_days.max(1)));
    let (mut cells, mut whose): (Vec<Vec<Cell<'_>>>, _) = (Vec::new(), Vec::new());
    for account in accounts {
        let held = Held::on(history.versions, account.key, tomorrow);
        let Some((line, version)) = held.main() else { continue };
        let row = months::row(past, &Asked::tomorrow(history, account), account, tomorrow);
        let last = approaches(account).map(|(on, _)| on).filter(|on| *on < tomorrow).max();
        let lasts = |month: Month| last.is_some_and(|last| month.day.since(last).0 < SPAN);
        // An approach of tomorrow comes too late for a month that begins before.
        let months = Month::after(line, history.as_of).take_while(|month| month.term_end() <= over);
        for month in months {
            cells.push(row.iter().copied().chain(month.cells(account, (line, version))).collect());
            let reached = month.day.since(tomorrow).0 < SPAN;
            whose.push((account.key, [lasts(month), lasts(month) || reached]));
        }
    }
    let places = study.encoder.places(months::columns(past).map(|(name, _)| name));
    let arms = study.arms(&study.encoder.frame_of(&cells, &places));
    let mut found: Vec<(Ahead, bool)> = Vec::new();
    for ((account, reached), (arms, has_counterpart)) in whose.into_iter().zip(arms) {
        if found.last().is_none_or(|(ahead, _)| ahead.account != account) {
            found.push((Ahead { account, months: Vec::new() }, true));
        }
        let (ahead, all) = found.last_mut().expect("one was pushed");
        ahead.months.push(reached.map(|reached| arms[usize::from(reached)].clone()));
        *all &= has_counterpart;
    }
    found.into_iter().filter(|(_, all)| *all).map(|(ahead, _)| ahead).collect()
}
