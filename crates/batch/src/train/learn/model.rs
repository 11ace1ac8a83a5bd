//! A model as it is kept, and what it says of a row.

use domain::probability::Estimate;
use models::learn::learner::Task;
use models::propensity::Propensity;
use serde::{Deserialize, Serialize};

use super::super::moment::Cell;
use super::super::rows::{Encoder, Rows};
use super::held_out::HeldOut;
use crate::registry::Card;

/// Reasons that are said at most.
const REASONS: usize = 3;
/// Log odds below which a column is no reason.
const REASON_LEAST: f64 = 0.05;

/// The same model without the rows that were held out: what the next newcomer is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Twin {
    pub(super) model: Propensity,
    pub(super) held_out: HeldOut,
}

/// A trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The run that trained it.
    pub run_id: String,
    /// Its card, as of that run.
    pub card: Card,
    pub(super) encoder: Encoder,
    pub(super) fitted: Propensity,
    pub(super) twin: Option<Twin>,
}

/// A column that moves a row's chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason<'a> {
    /// Place of its cell in the row.
    pub place: usize,
    /// The row's value.
    pub cell: Cell<'a>,
    /// Whether it raises the chance.
    pub raises: bool,
}

/// What a model says of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Says<'a> {
    /// The calibrated chance.
    pub chance: f64,
    /// What moves it most, the most first.
    pub reasons: Vec<Reason<'a>>,
}

impl Model {
    /// What the twin says of rows.
    pub(super) fn twin_says(&self, rows: &Rows<'_>, which: &[usize]) -> Vec<f64> {
        let frame = rows.frame(&self.encoder, which);
        self.twin.as_ref().map_or(&self.fitted, |twin| &twin.model).predict(&frame)
    }

    /// Where its columns stand among these names.
    pub fn places<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<Option<usize>> {
        self.encoder.places(names)
    }

    /// Rows that it was trained on.
    pub fn rows(&self) -> u64 {
        self.fitted.rows as u64
    }

    /// The share of its rows in which it happened.
    pub fn base_rate(&self) -> f64 {
        self.fitted.base_rate()
    }

    /// Chance and reasons of rows of cells.
    pub fn says<'a>(&self, rows: &[Vec<Cell<'a>>], places: &[Option<usize>]) -> Vec<Says<'a>> {
        let frame = self.encoder.frame_of(rows, places);
        let parts = self.fitted.ways(&frame);
        let chance = |row: usize| {
            let margin = parts.base + parts.columns.iter().map(|part| part[row]).sum::<f64>();
            Task::Probability.response(margin.clamp(-30.0, 30.0))
        };
        let of = |at: usize| {
            let mut order: Vec<usize> = (0..parts.columns.len()).collect();
            let size = |column: &usize| parts.columns[*column][at].abs();
            order.retain(|column| size(column) >= REASON_LEAST);
            order.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.cmp(b)));
            let reason = |column: usize| {
                let place = places[column]?;
                let (cell, raises) = (rows[at][place], parts.columns[column][at] > 0.0);
                (cell != Cell::Missing).then_some(Reason { place, cell, raises })
            };
            let reasons = order.into_iter().filter_map(reason).take(REASONS).collect();
            Says { chance: chance(at), reasons }
        };
        (0..rows.len()).map(of).collect()
    }

    /// A chance as an estimate in the place of a rate.
    ///
    /// Its variance is that of the rate, carried over as a spread of the log odds (delta method: the rate's standard
    /// deviation over its m (1 - m), times the chance's own p (1 - p)), and the square of the calibration error, the
    /// mean distance between what held-out rows were told and what came. The spread of the rate stands for how little
    /// so many rows tell of any group; the calibration for what is wrong with the model as a whole.
    pub fn estimate(&self, chance: f64, rate: Estimate) -> Estimate {
        let share = rate.mean.clamp(1e-3, 1.0 - 1e-3);
        let carried = rate.sd / (share * (1.0 - share)) * chance * (1.0 - chance);
        let sd = carried.hypot(self.fitted.calibration.ece);
        Estimate::estimated(chance, sd, self.rows())
    }
}
