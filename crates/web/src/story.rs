//! One play: what it is, where it stands, its steps, everything that happened, and the forms to answer.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use decide::card::Card;
use domain::words::Lang;
use store::{Act, PlayEvent, PlayRow, Stage, Step, effective};

use crate::access::Need;
use crate::answered::{AnswerView, Answered, Choices, Flash};
use crate::click::answer::Known;
use crate::click::form::Form;
use crate::click::who::Who;
use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::names::Names;
use crate::pipeline::handing::{self, HandForm, Waiting};
use crate::pipeline::linking::{self, DealChoice};
use crate::play::{Desk, PlayView};
use crate::record::Records;
use crate::show;
use crate::state::{AppState, Overview};
use crate::words::{AnswerWords, PipelineWords, PlayWords, answers as say, pipeline, play};

/// What an answer that was not taken leaves on the page.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) problem: Option<String>,
    pub(crate) form: Option<Form>,
}

struct StepView {
    place: i64,
    title: String,
    hours: String,
    due_week: String,
    done_on: Option<String>,
}

struct EventView {
    day: String,
    what: String,
    by: String,
    detail: String,
    undone: bool,
}

/// What was typed, shown again.
#[derive(Default)]
struct Typed {
    until: String,
    hold_reason: String,
    refuse_reason: String,
    outcome: String,
    amount: String,
    note: String,
}

#[derive(Template)]
#[template(path = "story.html")]
struct StoryPage {
    frame: Frame,
    p: &'static PlayWords,
    a: &'static AnswerWords,
    honorific: &'static str,
    /// What the play offers: it heads the page, and its line does not repeat it.
    heading: String,
    play: PlayView,
    answer: AnswerView,
    /// Whether the reader may answer.
    acts: bool,
    choices_of: Choices,
    who: Who,
    flash: Option<Flash>,
    problem: Option<String>,
    typed: Typed,
    stage: String,
    not_proposed: bool,
    can_undo: bool,
    steps: Vec<StepView>,
    events: Vec<EventView>,
    today: String,
    currency: String,
    w: &'static PipelineWords,
    handoff: Option<Waiting>,
    hand: HandForm,
    deals: Vec<DealChoice>,
    /// Where forms lead back to.
    back: String,
}

/// The play's page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let overview = state.overview().await?;
    let known = Known::find(&state, overview.as_deref(), &place.play_id).await?;
    draw(&state, &place, known, Said::default()).await
}

/// Draws the page, with what was typed and why it was not taken.
pub(crate) async fn draw(
    state: &AppState,
    place: &Place,
    known: Known,
    said: Said,
) -> Result<Html<String>, Error> {
    let Known { row, state: answered, proposed } = known;
    let (lang, base) = (place.lang(), state.base());
    let overview = state.overview().await?.unwrap_or_else(|| Arc::new(Overview::nothing()));
    let names = Names::of_plays(&state.store, std::slice::from_ref(&row)).await?;
    let stage = answered.as_ref().map_or(Stage::Open, |state| state.state);
    let steps = state.store.play_steps(&row.play_id).await?;
    let steps = if steps.is_empty() { crate::click::steps(&row) } else { steps };
    let said_of_steps = joined(state, place, &row).await?;
    let events = state.store.play_events(&row.play_id).await?;
    let today = state.today(Some(&overview));
    let deals = linking::deals(state, (lang, today), (&row, answered.as_ref())).await?;
    let kept = answered.as_ref().map(|kept| (kept, &*events));
    let handoff = match kept {
        Some(kept) => handing::of_play(state, (place, &names), kept).await?,
        None => None,
    };
    let role = answered.as_ref().map_or(row.role.as_str(), |kept| kept.role.as_str());
    let hand = HandForm::read(state, (lang, role), said.form.as_ref()).await?;
    let answered = Answered::known(answered.into_iter().collect());
    let desk = Desk::new(state, place, (&base, &names), (&overview, &answered));
    let back = format!("{base}/plays/{}", crate::frame::segment(&row.play_id));
    let mut play = PlayView::new(&row, &desk);
    let heading = std::mem::take(&mut play.title);
    // The page is of one play: its line has no place in a list.
    play.rank = 0;
    let page = StoryPage {
        frame: Frame::new(state, &place.reader, "today"),
        p: PlayWords::of(lang),
        a: AnswerWords::of(lang),
        honorific: play::honorific(lang),
        heading,
        play,
        answer: AnswerView::new(&row, &desk),
        acts: place.reader.visitor.can(Need::Work),
        choices_of: Choices::new(&desk, &back),
        who: Who { back: back.clone(), ..Who::read(state, place).await? },
        flash: Flash::read(&state.store, place.query("answered"), (lang, &base)).await?,
        problem: said.problem,
        typed: said.form.as_ref().map_or_else(Typed::default, typed),
        stage: say::stage(lang, stage),
        not_proposed: !proposed && stage == Stage::Open,
        can_undo: effective(&events).next().is_some(),
        steps: steps.iter().map(|step| step_view(step, lang, &said_of_steps)).collect(),
        events: events.iter().rev().map(|event| event_view(event, &events, &desk)).collect(),
        today: show::date(lang, today),
        currency: state.currency.code().to_owned(),
        w: PipelineWords::of(lang),
        handoff,
        hand,
        deals,
        back,
    };
    Ok(Html(page.render()?))
}

fn typed(form: &Form) -> Typed {
    let text = |name| form.text(name).to_owned();
    Typed {
        until: form.narrow("until").replace('/', "-"),
        hold_reason: text("hold_reason"),
        refuse_reason: text("refuse_reason"),
        outcome: text("outcome"),
        amount: text("amount"),
        note: text("note"),
    }
}

/// The steps of the play's card, with the names and words that they point at: cards carry ids alone.
async fn joined(
    state: &AppState,
    place: &Place,
    row: &PlayRow,
) -> Result<Vec<decide::card::Step>, Error> {
    let Ok(card) = serde_json::from_str::<Card>(&row.card) else { return Ok(Vec::new()) };
    let records = Records { store: &state.store, zone: &state.zone, as_of: None };
    let mut steps = card.steps;
    for step in &mut steps {
        for contact in state.store.contact_names(&step.contacts).await? {
            let role = crate::words::role(place.lang(), &contact.role.unwrap_or_default());
            step.people.push(if role.is_empty() {
                contact.name
            } else {
                format!("{} ({role})", contact.name)
            });
        }
        if let Some(fact) = &step.fact {
            let rows = records.of("account_facts", "fact_id", fact).await?;
            step.quote = rows.first().and_then(|row| row.some("value"));
        }
    }
    Ok(steps)
}

fn step_view(step: &Step, lang: Lang, said: &[decide::card::Step]) -> StepView {
    let of_card = said.iter().find(|of_card| of_card.title.ja == step.title_ja);
    let title = || match lang {
        Lang::Ja => step.title_ja.clone(),
        Lang::En => step.title_en.clone(),
    };
    StepView {
        place: step.place,
        title: of_card.map_or_else(title, |of_card| of_card.text(lang)),
        hours: show::number(step.hours, 2),
        due_week: show::iso_date(lang, &step.due_week),
        done_on: step.done_on.as_ref().map(|day| show::iso_date(lang, day)),
    }
}

fn event_view(event: &PlayEvent, all: &[PlayEvent], desk: &Desk) -> EventView {
    let lang = desk.lang;
    let undone = event.detail.act.is_some() && !effective(all).any(|it| it.seq == event.seq);
    EventView {
        day: show::iso_date(lang, &event.on_day),
        what: say::event(lang, event.kind),
        by: event
            .by_rep
            .as_ref()
            .map_or_else(|| AnswerWords::of(lang).who_none.to_owned(), |rep| desk.names.rep(rep)),
        detail: detail(event, all, desk),
        undone,
    }
}

fn detail(event: &PlayEvent, all: &[PlayEvent], desk: &Desk) -> String {
    let lang = desk.lang;
    let mut parts: Vec<String> = Vec::new();
    match (&event.detail.act, event.detail.undoes) {
        (None, Some(seq)) => {
            let undone = all.iter().find(|it| it.seq == seq);
            parts.extend(undone.map(|it| say::undoes(lang, &say::event(lang, it.kind))));
        }
        (Some(Act::Hold { until, reason_code, note }), _) => {
            parts.push(say::until(lang, &show::iso_date(lang, until)));
            parts.push(say::reason(lang, reason_code));
            parts.push(note.clone());
        }
        (Some(Act::Refuse { reason_code, note } | Act::Close { reason_code, note }), _) => {
            parts.push(say::reason(lang, reason_code));
            parts.push(note.clone());
        }
        (Some(Act::Done { outcome, amount_minor, note }), _) => {
            parts.push(say::outcome(lang, *outcome));
            parts.extend(amount_minor.map(|minor| desk.currency.display(minor)));
            parts.push(note.clone());
        }
        (Some(Act::StepDone { place }), _) => parts.push(place.to_string()),
        (Some(Act::Note { note } | Act::Reopen { note }), _) => parts.push(note.clone()),
        (Some(Act::Assign { to } | Act::TakeOver { by: to }), _) => parts.push(desk.names.rep(to)),
        (Some(Act::Phase { to }), _) => parts.push(pipeline::phase(lang, *to)),
        (Some(Act::HandOff(handing)), _) => {
            parts.push(pipeline::side(lang, &handing.to_role).to_owned());
            parts.push(pipeline::reason(lang, &handing.reason_code));
            parts.push(handing.said.clone());
            parts.push(handing.next_step.clone());
        }
        (Some(Act::GiveBack { reason_code, note }), _) => {
            parts.push(pipeline::reason(lang, reason_code));
            parts.push(note.clone());
        }
        (Some(Act::Link { deal_id }), _) => parts.extend(deal_id.clone()),
        _ => {}
    }
    parts.retain(|part| !part.is_empty());
    parts.join(crate::words::either(lang, "・", ", ").as_str())
}
