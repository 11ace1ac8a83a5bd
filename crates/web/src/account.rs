//! One account: what is proposed and why, what it holds and uses, who is there, and its group.

mod sheet;
mod figures;
mod standing;
mod group;
mod contracts;
mod deals;
mod touches;
mod people;
mod lacks;
mod bought;
mod worth;
mod notes;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use decide::card::AccountView;
use domain::money::Currency;
use domain::words::Lang;
use store::{OtherRow, PlayRow, PlayState, PlayStateFilter, Stage, Store};

use self::bought::BoughtView;
use self::contracts::ContractView;
use self::deals::{ClosedView, DealView};
use self::figures::Figures;
use self::group::Node;
use self::lacks::Lacks;
use self::notes::Notes;
use self::people::{People, SurveyView};
use self::sheet::Sheet;
use self::standing::Standing;
use self::touches::Touches;
use self::worth::Worth;
use crate::access::Need;
use crate::answered::{Answered, Choices, Flash};
use crate::chart::Chart;
use crate::click::note::Typed;
use crate::click::stop::StopView;
use crate::click::who::Who;
use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::names::Names;
use crate::play::{Desk, PlayView};
use crate::record::{Record, Records};
use crate::show;
use crate::state::{AppState, Overview, Seen};
use crate::words::notes::NoteWords;
use crate::words::{self, AccountWords, AnswerWords, PlayWords, play};

/// Another candidate and what became of it.
struct OtherView {
    title: String,
    fate: String,
    expected: String,
    reason: String,
}

/// One change of a contract.
struct ChangeView {
    on: String,
    text: String,
    source: String,
}

/// What a run left about the account.
#[derive(Default)]
struct Decided {
    as_of: String,
    plays: Vec<PlayView>,
    others: Vec<OtherView>,
    nothing: String,
    churn: String,
    standing: Standing,
    features: Vec<Figures>,
    charts: Vec<Chart>,
    history: Vec<ChangeView>,
    /// What it has not; none where the run says nothing of that.
    lacks: Option<Lacks>,
    bought: Vec<BoughtView>,
    bought_more: String,
    worth: Option<Worth>,
    answered: Vec<PlayState>,
    choices: Option<Choices>,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    w: &'static AccountWords,
    p: &'static PlayWords,
    a: &'static AnswerWords,
    choices: Option<Choices>,
    who: Who,
    flash: Option<Flash>,
    own_url: String,
    stop: StopView,
    /// Whether the reader may change anything.
    acts: bool,
    /// Whether expected profit is shown.
    profit: bool,
    honorific: &'static str,
    sheet: Sheet,
    decided: Decided,
    contracts: Vec<ContractView>,
    deals: Vec<DealView>,
    closed: Vec<ClosedView>,
    touches: Touches,
    n: &'static NoteWords,
    notes: Notes,
    notes_url: String,
    map_url: String,
    people: People,
    surveys: Vec<SurveyView>,
    group: Vec<Node>,
}

/// What the parts of the page are drawn with.
struct Room<'a> {
    lang: Lang,
    currency: Currency,
    base: String,
    records: Records<'a>,
    account: Record,
    id: &'a str,
    /// Accounts that were merged into this one.
    merged: Vec<String>,
    names: Names,
    /// The accounts that the reader sees; none where all are seen.
    seen: Option<Seen>,
}

impl Room<'_> {
    /// Whether the reader sees an account.
    fn sees(&self, account_id: &str) -> bool {
        self.seen.as_ref().is_none_or(|seen| seen.has(account_id))
    }

    /// Reads what belongs to the account and learns the names that it needs.
    async fn rows(&mut self, entity: &str) -> Result<Vec<Record>, Error> {
        let mut rows = self.records.of(entity, "account_id", self.id).await?;
        for merged in &self.merged {
            rows.extend(self.records.of(entity, "account_id", merged).await?);
        }
        self.names.learn_products(self.records.store, &rows).await?;
        Ok(rows)
    }
}

/// The account's page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    draw(&state, &place, Told::default()).await
}

/// What a form that was not taken leaves on the page.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// What was wrong with the form that stops it.
    pub(crate) stop: Option<String>,
    /// What was typed as a statement.
    pub(crate) note: Option<Typed>,
}

/// The page, with what was wrong with a form.
pub(crate) async fn draw(
    state: &AppState,
    place: &Place,
    told: Told,
) -> Result<Html<String>, Error> {
    let overview = state.overview().await?;
    let as_of = overview.as_ref().and_then(|overview| overview.as_of);
    let records = Records { store: &state.store, zone: &state.zone, as_of };
    let id = place.account_id.as_str();
    let mut found = records.of("accounts", "account_id", id).await?;
    let account = found.pop().ok_or(Error::Account)?;
    let names = Names::of_reps(&state.store).await?;
    let (lang, currency, base) = (place.lang(), state.currency, state.base());
    let seen = state.seen(&place.sight()).await?;
    let merged = records.of("accounts", "merged_into", id).await?;
    let merged = merged.iter().map(|row| row.text("account_id").to_owned()).collect();
    let mut room = Room { lang, currency, base, records, account, id, merged, names, seen };
    let contacts = room.rows("contacts").await?;
    let (subscriptions, proposals) =
        (room.rows("subscriptions").await?, room.rows("proposals").await?);
    let (activities, answers) = (room.rows("activities").await?, room.rows("surveys").await?);
    let mut decided = decided(&mut room, overview.as_deref(), (state, place)).await?;
    let stop = StopView { problem: told.stop, ..stops(&room, place.lang()).await? };
    let facts = said(&room).await?;
    let rows = touches::Rows {
        activities: &activities,
        surveys: &answers,
        proposals: &proposals,
        subscriptions: &subscriptions,
        facts: &facts,
        answered: &decided.answered,
        contacts: &contacts,
    };
    let touches = touches::touches(&room, &rows, place.query("touches"));
    let today = state.today(overview.as_deref()).to_string();
    let notes = notes::notes(&room, &facts, (&contacts, told.note.as_ref()), &today);
    let page = AccountPage {
        stop,
        acts: place.reader.visitor.can(Need::Work),
        profit: place.reader.visitor.sees_profit(),
        a: AnswerWords::of(lang),
        choices: decided.choices.take(),
        who: Who::read(state, place).await?,
        flash: Flash::read(&state.store, place.query("answered"), (lang, &state.base())).await?,
        n: NoteWords::of(lang),
        notes,
        notes_url: format!("{}/accounts/{}/notes", state.base(), segment(id)),
        map_url: format!("{}/whitespace?group={}", state.base(), segment(id)),
        touches,
        own_url: format!("{}/plays/new?account={}", state.base(), segment(id)),
        frame: Frame::new(state, &place.reader, "accounts"),
        w: AccountWords::of(lang),
        p: PlayWords::of(lang),
        honorific: play::honorific(lang),
        sheet: sheet::sheet(&room).await?,
        decided,
        contracts: contracts::contracts(&room, subscriptions),
        closed: deals::closed(&room, &proposals),
        deals: deals::open(&room, proposals),
        people: people::people(&room, contacts.clone(), &answers),
        surveys: people::surveys(&room, answers, &contacts),
        group: group::tree(&room).await?,
    };
    Ok(Html(page.render()?))
}

/// What was said of the account, whatever its day: what somebody has just written down is there.
async fn said(room: &Room<'_>) -> Result<Vec<Record>, Error> {
    let records = Records { as_of: None, ..room.records };
    let mut rows = records.of("account_facts", "account_id", room.id).await?;
    for merged in &room.merged {
        rows.extend(records.of("account_facts", "account_id", merged).await?);
    }
    Ok(rows)
}

/// What stops selling to the account.
async fn stops(room: &Room<'_>, lang: Lang) -> Result<StopView, Error> {
    let store = room.records.store;
    let rows = match store.account_key_of(room.id).await? {
        Some(key) => store.stops_of(key).await?,
        None => Vec::new(),
    };
    Ok(StopView::of(lang, &rows, |rep| room.names.rep(rep)))
}

/// Plays, other candidates, figures and charts of the current run.
async fn decided(
    room: &mut Room<'_>,
    overview: Option<&Overview>,
    asked: (&AppState, &Place),
) -> Result<Decided, Error> {
    let w = AccountWords::of(room.lang);
    let store = room.records.store;
    let Some(overview) = overview else {
        return Ok(Decided { nothing: w.not_run.to_owned(), ..Decided::default() });
    };
    let as_of = words::today::as_of(room.lang, &show::iso_date(room.lang, &overview.run.as_of));
    let Some(key) = store.account_key_of(room.id).await? else {
        return Ok(Decided { as_of, nothing: w.no_plays.to_owned(), ..Decided::default() });
    };
    let run = &overview.run.run_id;
    let (rows, states) = plays(store, run, key).await?;
    let answered = Answered::known(states.clone());
    let others = store.others_of(run, key).await?;
    let view = store.view(run, key).await?.and_then(|json| read_view(&json, room.id));
    room.names.learn_plays(store, &rows).await?;
    room.names.learn_offered(store, &others).await?;
    if let Some(view) = &view {
        let lacked = view.lacks.iter().flat_map(|lack| &lack.products);
        let ids = lacked.map(|product| product.product_id.clone());
        let bought = view.purchases.iter().map(|bought| bought.product_id.clone());
        room.names.learn_product_ids(store, ids.chain(bought).collect()).await?;
    }
    let desk = Desk::new(asked.0, asked.1, (&room.base, &room.names), (overview, &answered));
    let mut decided = Decided {
        as_of,
        plays: rows.iter().map(|row| PlayView::new(row, &desk)).collect(),
        others: others.iter().map(|row| other(row, room)).collect(),
        nothing: w.no_plays.to_owned(),
        choices: Choices::of(&desk, asked.1),
        answered: states,
        ..Decided::default()
    };
    if let Some(view) = view {
        read_into(&mut decided, &view, room);
    }
    Ok(decided)
}

/// The run's plays of the account, then those that people took on or put off and the run does not carry, the latest
/// answer first; an answered play as it was shown. What has ended stands in the time line alone.
async fn plays(
    store: &Store,
    run: &str,
    account_key: i64,
) -> Result<(Vec<PlayRow>, Vec<PlayState>), Error> {
    let mut rows = store.plays_of(run, account_key).await?;
    let filter =
        PlayStateFilter { account_key: Some(account_key), limit: 50, ..Default::default() };
    let (states, _) = store.play_states(&filter).await?;
    for state in states.iter().filter(|state| state.state != Stage::Open) {
        if !matches!(state.state, Stage::Accepted | Stage::Held) {
            rows.retain(|row| row.play_id != state.play_id);
            continue;
        }
        match rows.iter_mut().find(|row| row.play_id == state.play_id) {
            Some(row) => *row = PlayRow { rank: row.rank, ..state.play() },
            None => rows.push(PlayRow { rank: 0, ..state.play() }),
        }
    }
    Ok((rows, states))
}

fn read_view(json: &str, account: &str) -> Option<AccountView> {
    match serde_json::from_str(json) {
        Ok(view) => Some(view),
        Err(error) => {
            tracing::warn!(account, %error, "the read model of an account could not be read");
            None
        }
    }
}

fn read_into(decided: &mut Decided, view: &AccountView, room: &Room) {
    let lang = room.lang;
    decided.lacks = view.mapped.then(|| lacks::lacks(room, &view.lacks));
    decided.bought = bought::bought(room, &view.purchases);
    if view.purchases_more > 0 {
        decided.bought_more = words::account::bought_more(lang, view.purchases_more);
    }
    decided.worth = view.worth.as_ref().and_then(|view| worth::worth(room, view));
    if let Some(silent) = &view.silent {
        silent.get(lang).clone_into(&mut decided.nothing);
    }
    if let Some(churn) = &view.churn {
        churn.get(lang).clone_into(&mut decided.churn);
    }
    decided.standing = Standing::of(view, lang);
    decided.features = figures::figures(&view.features, lang);
    let changes = view.history.iter().map(|line| ChangeView {
        on: line.on.as_deref().map_or_else(String::new, |on| show::iso_date(lang, on)),
        text: line.said.get(lang).to_owned(),
        source: words::source(lang, &line.source),
    });
    decided.history = changes.collect();
    decided.charts = view.series.iter().filter_map(|series| Chart::new(series, lang)).collect();
}

fn other(row: &OtherRow, room: &Room) -> OtherView {
    let motion = words::motion(room.lang, &row.motion);
    let what = row.product_id.as_ref().map(|product| room.names.product(product));
    // A run of an earlier version knows no titles.
    let title = words::either(room.lang, &row.title_ja, &row.title_en);
    let what = Some(title).filter(|title| !title.is_empty()).or(what);
    OtherView {
        title: what.map_or_else(|| motion.clone(), |what| format!("{motion}: {what}")),
        fate: words::fate(room.lang, &row.fate),
        expected: room.currency.display(row.expected_minor),
        reason: words::either(room.lang, &row.reason_ja, &row.reason_en),
    }
}
