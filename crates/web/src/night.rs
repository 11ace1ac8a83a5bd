//! The night's result for a manager: what was chosen, held and left out, how hours are used, what an hour is worth
//! (N1), and what changed.

mod hours;
pub(crate) mod absences;
pub(crate) mod left_out;
pub(crate) mod reassign;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use domain::motion::Fate;
use domain::words::Lang;
use store::FateCount;

use crate::changes::Changes;
use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::names::Names;
use crate::show;
use crate::state::{AppState, Overview};
use crate::steps::Steps;
use crate::words::night as say;
use crate::words::{self, AnswerWords, NightWords};
use hours::Hours;

/// One line of the counts, with where its list is.
struct FateView {
    fate: String,
    reason: String,
    candidates: String,
    accounts: String,
    url: Option<String>,
}

#[derive(Template)]
#[template(path = "night.html")]
struct NightPage {
    frame: Frame,
    w: &'static NightWords,
    a: &'static AnswerWords,
    as_of: String,
    figures: Vec<(&'static str, String)>,
    changes: Option<Changes>,
    fates: Vec<FateView>,
    hours: Option<Hours>,
}

#[derive(Template)]
#[template(path = "night_none.html")]
struct NoNightPage {
    frame: Frame,
    steps: Option<Steps>,
    w: &'static NightWords,
}

/// What the run's summary says of the plan; what an older run did not say is nothing.
struct Figures(serde_json::Value);

impl Figures {
    fn of(summary: &str) -> Self {
        Self(serde_json::from_str(summary).unwrap_or_default())
    }

    fn whole(&self, name: &str) -> i64 {
        self.0[name].as_i64().unwrap_or(0)
    }

    fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap_or(0.0)
    }

    /// What each offer lacks.
    fn unmet(&self) -> Vec<String> {
        let lacks = self.0["unmet_volumes"].as_object().into_iter().flatten();
        let text = |(offer, lack): (&String, &serde_json::Value)| {
            format!("{offer} {}", show::number(lack.as_f64().unwrap_or(0.0), 1))
        };
        lacks.map(text).collect()
    }
}

/// The page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let frame = Frame::new(&state, &place.reader, "night");
    let lang = place.lang();
    let w = NightWords::of(lang);
    let Some(overview) = state.overview().await? else {
        let steps = Steps::read(&state, &place.reader).await?;
        return Ok(Html(NoNightPage { frame, steps, w }.render()?));
    };
    let base = state.base();
    let names = Names::of_reps(&state.store).await?;
    let page = NightPage {
        w,
        a: AnswerWords::of(lang),
        as_of: words::today::as_of(lang, &show::iso_date(lang, &overview.run.as_of)),
        figures: figures(&state, &overview, lang),
        changes: Changes::read(&state.store, &overview, (lang, &base)).await?,
        fates: fates(&overview.fates, (lang, &base)),
        hours: Hours::read(&state, &overview, (lang, &names)).await?,
        frame,
    };
    Ok(Html(page.render()?))
}

/// The plan in figures, those that say nothing left out.
fn figures(state: &AppState, overview: &Overview, lang: Lang) -> Vec<(&'static str, String)> {
    let w = NightWords::of(lang);
    let said = Figures::of(&overview.run.summary);
    let money = |minor: i64| state.currency.display(minor);
    let count = |of: &dyn Fn(&FateCount) -> bool| -> i64 {
        overview.fates.iter().filter(|count| of(count)).map(|count| count.candidates).sum()
    };
    let is = |count: &FateCount, fate: Fate| Fate::parse(&count.fate) == Some(fate);
    let mut figures =
        vec![(w.chosen, say::plays(lang, overview.counts.plays, overview.counts.hours))];
    let mut also = |label, n: i64| {
        if n > 0 {
            figures.push((label, say::candidates(lang, n)));
        }
    };
    also(w.by_chance, count(&|it| is(it, Fate::Chosen) && it.reason_code == "explored"));
    also(w.held, count(&|it| is(it, Fate::Held) || is(it, Fate::Blocked)));
    also(w.hold_out, count(&|it| it.reason_code == "hold_out"));
    also(w.displaced, count(&|it| is(it, Fate::Displaced)));
    also(w.explored, count(&|it| is(it, Fate::Explored)));
    also(w.natural, count(&|it| is(it, Fate::Natural)));
    if let Ok(under_way @ 1..) = u64::try_from(said.whole("under_way")) {
        let hours = said.number("under_way_hours");
        figures.insert(1, (w.under_way, say::plays(lang, under_way, hours)));
    }
    let (expected, bound) = (said.whole("expected_minor"), said.whole("bound_minor"));
    figures.push((w.expected, money(expected)));
    let room = bound.saturating_sub(expected).max(0);
    let percent = show::percent(said.number("gap_with_reps"));
    figures.push((w.gap, say::gap(lang, &money(room), &percent)));
    let stranded = said.number("stranded_hours");
    if stranded >= 0.05 {
        figures.push((w.stranded, say::hours(lang, stranded)));
    }
    let unmet = said.unmet();
    if !unmet.is_empty() {
        figures.push((w.unmet, unmet.join(words::either(lang, "、", ", ").as_str())));
    }
    figures
}

fn fates(counts: &[FateCount], (lang, base): (Lang, &str)) -> Vec<FateView> {
    let mut counts: Vec<&FateCount> = counts.iter().collect();
    let order = |count: &FateCount| Fate::ALL.iter().position(|fate| fate.code() == count.fate);
    counts.sort_by(|a, b| {
        order(a)
            .cmp(&order(b))
            .then(b.candidates.cmp(&a.candidates))
            .then_with(|| a.reason_code.cmp(&b.reason_code))
    });
    let view = |count: &FateCount| FateView {
        fate: words::fate(lang, &count.fate),
        reason: words::either(lang, &count.reason_ja, words::today::capital(&count.reason_en)),
        candidates: show::count(count.candidates),
        accounts: show::count(count.accounts),
        url: list_url(count, base),
    };
    counts.into_iter().map(view).collect()
}

/// Where the candidates of a reason are listed; what was chosen is on Today.
pub(crate) fn list_url(count: &FateCount, base: &str) -> Option<String> {
    (Fate::parse(&count.fate) != Some(Fate::Chosen)).then(|| {
        let (fate, reason) = (segment(&count.fate), segment(&count.reason_code));
        format!("{base}/night/left-out?fate={fate}&reason={reason}")
    })
}
