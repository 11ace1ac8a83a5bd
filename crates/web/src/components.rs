//! The parts that pages are made of, as the pages' own templates draw them: what a change to the style sheet is
//! looked at on, light and dark.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use decide::card::{AheadPoint, Said, Series};
use domain::words::Lang;

use crate::access::Need;
use crate::answered::{AnswerView, Choices, Flash};
use crate::assets::{self, Token};
use crate::chart::Chart;
use crate::click::who::Who;
use crate::error::Error;
use crate::evidence::{CheckView, ComparedView, Evidence, Group, LineView, Part};
use crate::frame::{Frame, Place};
use crate::play::{OddsView, PlayView};
use crate::state::AppState;
use crate::words::components::{self as say, ComponentWords};
use crate::words::{AnswerWords, PlayWords, play as play_words};

/// The parts under one set of colours.
struct Look {
    /// The class that sets the colours.
    class: &'static str,
    title: &'static str,
    play: PlayView,
    chart: Chart,
}

#[derive(Template)]
#[template(path = "components.html")]
struct ComponentsPage {
    frame: Frame,
    w: &'static ComponentWords,
    a: &'static AnswerWords,
    p: &'static PlayWords,
    honorific: &'static str,
    colours: Vec<Token>,
    sizes: Vec<Token>,
    looks: Vec<Look>,
    flash: Option<Flash>,
    choices: Option<Choices>,
    who: Who,
    /// Whether the reader may answer plays, and so sees the forms.
    acts: bool,
}

/// The page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let w = ComponentWords::of(lang);
    let here = format!("{}/components", state.base());
    let looks = [("light", w.light), ("dark", w.dark)].into_iter().filter_map(|(class, title)| {
        let (play, chart) = (line(lang, (class, &here)), Chart::new(&series(lang), lang)?);
        Some(Look { class, title, play, chart })
    });
    let (colours, sizes) = assets::tokens().into_iter().partition(Token::is_colour);
    let page = ComponentsPage {
        frame: Frame::new(&state, &place.reader, ""),
        w,
        a: AnswerWords::of(lang),
        p: PlayWords::of(lang),
        honorific: play_words::honorific(lang),
        colours,
        sizes,
        looks: looks.collect(),
        flash: Some(Flash { text: say::done(lang), url: here.clone(), seen: 1, can_undo: true }),
        choices: place.reader.visitor.can(Need::Work).then(|| Choices::sample(lang, &here)),
        who: Who::read(&state, &place).await?,
        acts: place.reader.visitor.can(Need::Work),
    };
    Ok(Html(page.render()?))
}

/// A line of the worklist with everything that a line can have.
fn line(lang: Lang, (class, here): (&str, &str)) -> PlayView {
    let [account, parent, title, change, basis, next, contact, owner, week, due] = say::line(lang);
    let [health, nps] = say::standing(lang);
    let w = PlayWords::of(lang);
    PlayView {
        anchor: format!("line-{class}"),
        rank: 1,
        account_url: here.to_owned(),
        account,
        parent: Some(parent),
        title,
        motion: crate::words::motion(lang, "plan_up"),
        hue: crate::words::motion_hue("plan_up"),
        change: (w.accepted, change),
        basis,
        odds: Some(OddsView {
            label: w.odds,
            percent: "18".to_owned(),
            band: play_words::band(lang, "12", "26"),
            provenance: crate::words::provenance(lang, "estimated"),
        }),
        reasons: say::reasons(lang).into(),
        next_step: next,
        contact: Some(crate::names::Who {
            name: contact,
            role: crate::words::role(lang, "decision_maker"),
        }),
        means: play_words::effort(lang, 0.5).into_iter().collect(),
        owner: Some(owner),
        standing: vec![health, nps],
        week,
        due: Some(due),
        open: play_words::open_evidence(lang, 2),
        evidence: Some(evidence(lang)),
        is_open: true,
        elsewhere: None,
        answer: AnswerView {
            url: here.to_owned(),
            seen: 0,
            state: String::new(),
            code: "open",
            details: Vec::new(),
            can_accept: true,
            can_end: true,
            can_reopen: false,
            own: false,
        },
    }
}

/// What stands behind that line.
fn evidence(lang: Lang) -> Evidence {
    let w = PlayWords::of(lang);
    let lines = say::evidence(lang).into_iter();
    let lines = lines.map(|(text, source)| LineView { text, source });
    let check = |code: &str, reason: String| CheckView {
        says: crate::words::check_says(lang, code),
        code: code.to_owned(),
        reason,
    };
    let [allowed, held, blocked] = say::checks(lang);
    let [expected, low, high, acceptance, effort] = say::amounts();
    let (fate, (reason, offer)) = (crate::words::fate(lang, "displaced"), say::displaced(lang));
    Evidence {
        groups: vec![Group { heading: w.why_now, lines: lines.collect() }],
        profit: true,
        expected,
        interval: play_words::between(lang, &low, &high),
        parts: vec![
            Part { label: w.acceptance, amount: acceptance },
            Part { label: w.effort, amount: effort },
        ],
        compared: vec![ComparedView { fate, reason, offers: vec![offer] }],
        checks: vec![check("allow", allowed), check("hold", held), check("block", blocked)],
        all_pass: false,
    }
}

/// Seats used against their limit, and what is expected of them.
fn series(lang: Lang) -> Series {
    let months = ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"];
    let used = [71.0, 74.0, 80.0, 84.0, 89.0, 93.0];
    let ahead = |month: &str, p10, p50, p90| AheadPoint { month: month.to_owned(), p10, p50, p90 };
    Series {
        said: say::series(),
        unit: say::unit(lang),
        limit: Some(100.0),
        points: months.iter().map(|it| (*it).to_owned()).zip(used).collect(),
        ahead: vec![ahead("2026-04", 94.0, 97.0, 101.0), ahead("2026-05", 96.0, 101.0, 107.0)],
        reach: Some(Said {
            ja: "5月に上限に達する見込み".to_owned(),
            en: "Expected to reach the limit in May".to_owned(),
        }),
        source: String::new(),
        on: None,
    }
}
