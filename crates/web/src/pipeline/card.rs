//! One play on the board or in the list: who, what, the next step, its deal, and the form that moves it.

use std::collections::{BTreeSet, HashMap};

use decide::card::Card as PlayCard;
use domain::time::Day;
use domain::words::Lang;
use store::{Handoff, Outcome, Phase, PlayState, Stage, Step};

use super::{linking, names_of, phase};
use crate::error::Error;
use crate::frame::segment;
use crate::names::Names;
use crate::play;
use crate::show;
use crate::state::AppState;
use crate::words::pipeline as say;
use crate::words::{self, PipelineWords, PlayWords};

/// One play.
pub(super) struct Card {
    pub(super) account: String,
    pub(super) account_url: String,
    pub(super) title: String,
    pub(super) url: String,
    pub(super) seen: i64,
    pub(super) phase: String,
    pub(super) owner: String,
    pub(super) amount: String,
    /// The open step: its place, what it is, when it is due.
    pub(super) next: Option<(i64, String, String)>,
    /// Whether the week of the next step is over.
    pub(super) overdue: bool,
    pub(super) progress: String,
    /// Every step and whether it is done.
    pub(super) steps: Vec<(String, bool)>,
    pub(super) deal: Option<String>,
    pub(super) handoff: Option<&'static str>,
    /// Phases to move to, the one it is in left out; none of what is over or is customer success's.
    pub(super) moves: Vec<(&'static str, String)>,
    /// What came of it, and when.
    pub(super) ended: Option<String>,
}

/// What cards are drawn with.
pub(super) struct Table<'a> {
    state: &'a AppState,
    lang: Lang,
    base: String,
    names: Names,
    steps: HashMap<String, Vec<Step>>,
    deals: HashMap<String, String>,
    today: Day,
}

impl<'a> Table<'a> {
    /// Reads what the cards of this work need.
    pub(super) async fn read(
        state: &'a AppState,
        lang: Lang,
        work: &[PlayState],
    ) -> Result<Self, Error> {
        let overview = state.overview().await?;
        let ids: Vec<String> = work.iter().map(|it| it.play_id.clone()).collect();
        let linked: BTreeSet<String> = work.iter().filter_map(|it| it.deal_id.clone()).collect();
        Ok(Self {
            lang,
            base: state.base(),
            names: names_of(state, work).await?,
            steps: state.store.steps_of(&ids).await?,
            deals: linking::stages(state, &linked, lang).await?,
            today: state.today(overview.as_deref()),
            state,
        })
    }

    fn steps_of(&self, it: &PlayState) -> &[Step] {
        self.steps.get(&it.play_id).map_or(&[], Vec::as_slice)
    }

    /// Whether a step of it is done.
    pub(super) fn has_begun(&self, it: &PlayState) -> bool {
        self.steps_of(it).iter().any(|step| step.done_on.is_some())
    }

    fn said<'s>(&self, step: &'s Step) -> &'s str {
        match self.lang {
            Lang::Ja => &step.title_ja,
            Lang::En => &step.title_en,
        }
    }

    /// Draws one.
    pub(super) fn card(&self, it: &PlayState) -> Card {
        let lang = self.lang;
        let w = PipelineWords::of(lang);
        let row = it.play();
        let account = self.names.account(it.account_key);
        let steps = self.steps_of(it);
        let open = it.state == Stage::Accepted;
        let next = steps.iter().find(|step| open && step.done_on.is_none());
        let done = steps.iter().filter(|step| step.done_on.is_some()).count();
        let week = next.and_then(|step| Day::parse_iso(&step.due_week));
        let month = serde_json::from_str::<PlayCard>(&row.card).ok();
        let month = month.map_or(0, |card| card.revenue_month_minor);
        let moves = open && it.role != "CS";
        Card {
            account: account.name.clone(),
            account_url: account.url(&self.base),
            title: play::title(&row, lang),
            url: format!("{}/plays/{}", self.base, segment(&it.play_id)),
            seen: it.events,
            phase: match (open, it.role.as_str()) {
                (true, "CS") => words::answers::stage(lang, it.state),
                (true, _) => say::phase(lang, phase(it)),
                (false, _) => it
                    .outcome
                    .map_or_else(String::new, |outcome| words::answers::outcome(lang, outcome)),
            },
            owner: it.owner.as_ref().map_or_else(
                || PlayWords::of(lang).unassigned.to_owned(),
                |rep| self.names.rep(rep),
            ),
            amount: self.amount(it, month),
            overdue: week.is_some_and(|week| week.plus(domain::time::Days(6)) < self.today),
            next: next.map(|step| {
                let due = week.map_or_else(String::new, |week| {
                    words::play::week_of(lang, &show::short_date(lang, week))
                });
                (step.place, self.said(step).to_owned(), due)
            }),
            progress: match steps.len() {
                all if open && all > 0 => say::progress(lang, done, all),
                _ => String::new(),
            },
            steps: steps
                .iter()
                .map(|step| (self.said(step).to_owned(), step.done_on.is_some()))
                .collect(),
            deal: it.deal_id.as_ref().and_then(|deal| self.deals.get(deal).cloned()),
            handoff: it.handoff.map(|handoff| match handoff {
                Handoff::Sent => w.waits,
                Handoff::Returned => w.returned,
            }),
            moves: if moves { self.moves(it) } else { Vec::new() },
            ended: (!open).then(|| show::iso_date(lang, &it.state_on)),
        }
    }

    /// The amount won, else the change a month.
    fn amount(&self, it: &PlayState, month: i64) -> String {
        match (it.amount_minor.filter(|_| it.outcome == Some(Outcome::Won)), month) {
            (Some(won), _) => words::answers::won(self.lang, &self.state.currency.display(won)),
            (None, 0) => String::new(),
            (None, month) => {
                let amount = show::signed(self.state.currency, month);
                words::play::a_month(self.lang, &amount)
            }
        }
    }

    fn moves(&self, it: &PlayState) -> Vec<(&'static str, String)> {
        let w = PipelineWords::of(self.lang);
        let here = phase(it);
        let others = Phase::ALL.iter().filter(|phase| **phase != here);
        let others = others.map(|phase| (phase.code(), say::phase(self.lang, *phase)));
        others.chain([("won", w.won.to_owned()), ("lost", w.lost.to_owned())]).collect()
    }
}
