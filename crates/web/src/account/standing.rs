//! How it goes with the account: its stage, its maturity, and the health score with every part and weight.

use decide::card::{AccountView, HealthPart, StandingView};
use domain::words::Lang;

use crate::words;

/// What stands at the head of the account's figures.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) stage: Option<Line>,
    pub(super) maturity: Option<Line>,
    pub(super) health: Option<Health>,
}

/// A word with what it rests on.
pub(super) struct Line {
    pub(super) said: String,
    pub(super) because: String,
}

/// The score with its parts.
pub(super) struct Health {
    pub(super) score: String,
    /// The hue of its band, which a word says as well.
    pub(super) hue: &'static str,
    pub(super) band: String,
    pub(super) parts: Vec<Part>,
}

/// A part: what it is, its figure, its points of 100, and its weight.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) figure: String,
    pub(super) points: String,
    pub(super) weight: String,
}

impl Standing {
    pub(super) fn of(view: &AccountView, lang: Lang) -> Self {
        let line = |it: &StandingView| Line {
            said: it.said.get(lang).to_owned(),
            because: it.because.get(lang).to_owned(),
        };
        let health = view.health.as_ref().map(|health| Health {
            score: words::account::score(lang, health.score),
            hue: match health.band.as_str() {
                "good" => "grow",
                "watch" => "watch",
                _ => "protect",
            },
            band: health.said.get(lang).to_owned(),
            parts: health.parts.iter().map(|part| Part::of(part, lang)).collect(),
        });
        Self {
            stage: view.stage.as_ref().map(line),
            maturity: view.maturity.as_ref().map(line),
            health,
        }
    }

    /// Whether the run that is shown knew of it at all.
    pub(super) fn is_known(&self) -> bool {
        self.stage.is_some()
    }
}

impl Part {
    fn of(part: &HealthPart, lang: Lang) -> Self {
        Self {
            name: part.name.get(lang).to_owned(),
            figure: part.figure.get(lang).to_owned(),
            points: format!("{:.0}", part.score),
            weight: format!("{:.0} %", 100.0 * part.weight),
        }
    }
}
