//! What the account is expected to be worth when it is left as it is, with its curve (S84).

use decide::card::{AheadPoint, Said, Series, WorthView};

use super::Room;
use crate::chart::Chart;
use crate::show;
use crate::words::account as say;

/// The worth of an account.
pub(super) struct Worth {
    pub(super) amount: String,
    pub(super) range: String,
    pub(super) horizon: String,
    /// What it was made from, each with its figure.
    pub(super) parts: Vec<(String, String)>,
    pub(super) chart: Option<Chart>,
}

/// The view of what a run found; none where it found nothing.
pub(super) fn worth(room: &Room, view: &WorthView) -> Option<Worth> {
    let [low, mean, high] = *view.months.last()?;
    let (lang, currency) = (room.lang, room.currency);
    let display = |minor| currency.display(minor);
    let months = view.months.len();
    Some(Worth {
        amount: display(mean),
        range: crate::words::play::between(lang, &display(low), &display(high)),
        horizon: say::horizon(lang, months, view.discount),
        parts: vec![
            (say::margin_month(lang), display(view.margin_month_minor)),
            (say::staying(lang), view.because.get(lang).to_owned()),
        ],
        chart: Chart::new(&series(room, view), lang),
    })
}

fn series(room: &Room, view: &WorthView) -> Series {
    let per_major = room.currency.minor_per_major() as f64;
    let mut month = view.from.clone();
    let ahead = view.months.iter().map(|sums| {
        month = show::next_month(&month);
        let [p10, p50, p90] = sums.map(|minor| minor as f64 / per_major);
        AheadPoint { month: month.clone(), p10, p50, p90 }
    });
    let ahead = ahead.collect();
    let (ja, en) = say::worth_curve();
    Series {
        said: Said { ja: ja.to_owned(), en: en.to_owned() },
        unit: room.currency.code().to_owned(),
        limit: None,
        points: vec![(view.from.clone(), 0.0)],
        ahead,
        reach: None,
        source: String::new(),
        on: None,
    }
}
