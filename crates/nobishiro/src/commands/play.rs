//! `nobishiro play`: answers a play, or adds one of a rep's own, as the web application does.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use decide::life::reasons::{self, Reason};
use domain::money::{Currency, parse_minor};
use domain::time::Day;
use serde::Serialize;
use store::{Act, Answer, By, Open, Outcome, OwnPlay, PlayRow, PlayState, Stage, Step, Undo};

use crate::config::Workspace;
use crate::output::Format;
use crate::{clock, output};

#[expect(clippy::struct_field_names, reason = "a play is what is answered")]
#[derive(Debug, Args)]
pub(crate) struct Play {
    /// The play's id as `nobishiro plays` lists it, or `add` for one of your own.
    #[arg(value_name = "PLAY|add")]
    play: String,
    #[command(subcommand)]
    act: Option<Answers>,
    #[command(flatten)]
    add: Add,
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    workspace: PathBuf,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
    /// Who answers: a representative's id.
    #[arg(long, value_name = "REP", global = true)]
    rep: Option<String>,
    /// The day of the answer; default: today, or the last run's day where the data are old.
    #[arg(long, value_name = "DATE", value_parser = day, global = true)]
    on: Option<Day>,
}

#[derive(Debug, Subcommand)]
enum Answers {
    /// Takes it on.
    Accept,
    /// Puts it off until a day.
    Hold {
        /// The day on which it comes back.
        #[arg(long, value_name = "DATE", value_parser = day)]
        until: Day,
        /// Why.
        #[arg(long)]
        reason: String,
        /// In your words.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Says that it is not a fit.
    NotAFit {
        /// Why.
        #[arg(long)]
        reason: String,
        /// In your words.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Ends it with an outcome.
    Done {
        /// What came of it.
        #[arg(long, value_enum)]
        outcome: Came,
        /// The amount won, in the workspace's currency.
        #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
        amount: Option<String>,
        /// In your words.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Ends one of its steps.
    Step {
        /// Its place, from 1.
        place: i64,
    },
    /// Opens it again.
    Reopen,
    /// Takes the latest answer back.
    Undo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Came {
    Won,
    Lost,
    None,
}

/// What a play of one's own is made of.
#[derive(Debug, Args)]
struct Add {
    /// The account's id (add).
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// What is to be done (add).
    #[arg(long)]
    title: Option<String>,
    /// By when (add).
    #[arg(long, value_name = "DATE", value_parser = day)]
    due: Option<Day>,
    /// Hours of work (add).
    #[arg(long, allow_hyphen_values = true)]
    hours: Option<f64>,
    /// The contact's id (add).
    #[arg(long, value_name = "CONTACT")]
    contact: Option<String>,
    /// In your words (add).
    #[arg(long, default_value = "")]
    note: String,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text).ok_or_else(|| "write a date such as 2026-03-31".to_owned())
}

/// What the command answers.
#[derive(Debug, Serialize)]
struct Said<'a> {
    play_id: &'a str,
    state: &'static str,
    state_on: &'a str,
    hold_until: Option<&'a str>,
    outcome: Option<&'static str>,
    amount_minor: Option<i64>,
    hours_left: f64,
    events: i64,
}

impl Play {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.workspace, Open::ReadWrite).await?;
        let by = self.by(&workspace).await?;
        let state = if self.play == "add" {
            if self.act.is_some() {
                bail!("`play add` takes no answer: write --account, --title, --due and --hours");
            }
            let own = own(&workspace, &self.add, by).await?;
            workspace.store.add_own_play(&own).await?
        } else {
            let act = self.act.context(
                "say what to do with the play: accept, hold, not-a-fit, done, step, reopen or undo",
            )?;
            answer(&workspace, &self.play, (act, by)).await?
        };
        output::result(self.format, &text(&state, workspace.currency), &said(&state))
    }

    async fn by(&self, workspace: &Workspace) -> Result<By> {
        if let Some(rep) = &self.rep
            && !workspace.store.rep_names().await?.iter().any(|known| known.rep_id == *rep)
        {
            bail!("there is no representative `{rep}`; `reps` has the ids");
        }
        let run = workspace.store.current_run().await?;
        let run = run.and_then(|run| Day::parse_iso(&run.as_of));
        let today = web::day_of_answers(clock::today(&workspace.zone), run);
        let on_day = self.on.unwrap_or(today).to_string();
        Ok(By { rep_id: self.rep.clone(), at_us: clock::now().0, on_day })
    }
}

async fn answer(workspace: &Workspace, play_id: &str, what: (Answers, By)) -> Result<PlayState> {
    let (answer, by) = what;
    let store = &workspace.store;
    let kept = store.play_state(play_id).await?;
    let expected = kept.as_ref().map_or(0, |state| state.events);
    if matches!(answer, Answers::Undo) {
        return Ok(store.undo(&Undo { play_id: play_id.to_owned(), expected, by }).await?);
    }
    let proposed = match store.current_run().await? {
        Some(run) => store.play(&run.run_id, play_id).await?,
        None => None,
    };
    let answered = kept.as_ref().filter(|state| state.state != Stage::Open);
    let play = answered
        .map(PlayState::play)
        .or(proposed)
        .or_else(|| kept.as_ref().map(PlayState::play))
        .with_context(|| format!("there is no play `{play_id}`; `nobishiro plays` lists them"))?;
    let act = act(workspace, &play, (answer, &by)).await?;
    Ok(store.answer(&Answer { play, act, expected, by }).await?)
}

async fn act(workspace: &Workspace, play: &PlayRow, what: (Answers, &By)) -> Result<Act> {
    let (answer, by) = what;
    let on = Day::parse_iso(&by.on_day).context("the day of the answer")?;
    Ok(match answer {
        Answers::Accept => {
            let state = super::serve::state(workspace, workspace.name());
            if let Some(held) = web::held(&state, play, on).await? {
                bail!("it cannot be accepted now. {}", held.said(domain::words::Lang::En));
            }
            Act::Accept { steps: web::steps(play) }
        }
        Answers::Hold { until, .. } if until <= on => {
            bail!("--until {until} must be later than the day of the answer, {on}")
        }
        Answers::Hold { until, reason, note } => {
            let reason_code = known(&reason, reasons::HOLD)?;
            Act::Hold { until: until.to_string(), reason_code, note }
        }
        Answers::NotAFit { reason, note } => {
            let reason_code = known(&reason, reasons::REFUSE)?;
            if reason_code == "other" && note.trim().is_empty() {
                bail!("--reason other says nothing by itself: say why with --note");
            }
            Act::Refuse { reason_code, note }
        }
        Answers::Done { outcome, amount, note } => {
            let outcome = match outcome {
                Came::Won => Outcome::Won,
                Came::Lost => Outcome::Lost,
                Came::None => Outcome::None,
            };
            let amount_minor = amount.map(|text| minor(&text, workspace.currency)).transpose()?;
            if amount_minor.is_some() && outcome != Outcome::Won {
                bail!("--amount belongs to --outcome won");
            }
            Act::Done { outcome, amount_minor, note }
        }
        Answers::Step { place } => Act::StepDone { place },
        Answers::Reopen => Act::Reopen { note: String::new() },
        Answers::Undo => bail!("an undo is no answer"),
    })
}

/// A reason's code, if it is one of the list.
fn known(code: &str, list: &'static [Reason]) -> Result<String> {
    if let Some(reason) = Reason::find(list, code.trim()) {
        return Ok(reason.code.to_owned());
    }
    let each = list.iter().map(|reason| format!("  {:<12} {}", reason.code, reason.en));
    let listed = each.collect::<Vec<_>>().join("\n");
    bail!("--reason {code:?} is not known; write one of\n{listed}")
}

fn minor(text: &str, currency: Currency) -> Result<i64> {
    let minor = parse_minor(text, currency).with_context(|| format!("--amount {text}"))?;
    if minor < 0 {
        bail!("--amount {text}: an amount cannot be negative");
    }
    Ok(minor)
}

async fn own(workspace: &Workspace, add: &Add, by: By) -> Result<OwnPlay> {
    let store = &workspace.store;
    let account = add.account.as_deref().context("`play add` needs --account")?;
    let title = add.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    let title = title.context("`play add` needs --title: what is to be done")?.to_owned();
    let due = add.due.context("`play add` needs --due")?;
    if due.to_string() < by.on_day {
        bail!("--due {due} is before the day on which it is added, {}", by.on_day);
    }
    let hours = add.hours.context("`play add` needs --hours")?;
    if !(hours > 0.0 && hours <= 200.0) {
        bail!("--hours {hours} must be above 0 and at most 200");
    }
    let account_key = store
        .account_key_of(account)
        .await?
        .with_context(|| format!("there is no account `{account}`"))?;
    let contact_key = match &add.contact {
        None => None,
        Some(id) => Some(
            store
                .contact_key_of(id)
                .await?
                .with_context(|| format!("there is no contact `{id}`"))?,
        ),
    };
    let week = due.monday().to_string();
    let play = PlayRow {
        account_key,
        root_key: web::root_of(
            &super::serve::state(workspace, workspace.name()),
            account_key,
            account,
        )
        .await?,
        contact_key,
        week: week.clone(),
        effort_hours: hours,
        due: Some(due.to_string()),
        owner: by.rep_id.clone(),
        ..web::own_row(&title, &add.note)
    };
    let step = Step {
        place: 1,
        title_ja: title.clone(),
        title_en: title.clone(),
        hours,
        due_week: week,
        done_on: None,
    };
    Ok(OwnPlay { play, title, steps: vec![step], by })
}

fn said(state: &PlayState) -> Said<'_> {
    Said {
        play_id: &state.play_id,
        state: state.state.code(),
        state_on: &state.state_on,
        hold_until: state.hold_until.as_deref(),
        outcome: state.outcome.map(Outcome::code),
        amount_minor: state.amount_minor,
        hours_left: state.hours_left,
        events: state.events,
    }
}

fn text(state: &PlayState, currency: Currency) -> String {
    let mut text = format!("{} is {} since {}", state.play_id, state.state.code(), state.state_on);
    if let Some(until) = &state.hold_until {
        text += &format!(", until {until}");
    }
    if let Some(outcome) = state.outcome {
        text += &format!(", outcome {}", outcome.code());
    }
    if let Some(minor) = state.amount_minor {
        text += &format!(", {}", currency.display(minor));
    }
    if state.state == Stage::Accepted {
        // What is left of hours that are all done is zero, not the minus zero of a rounded sum.
        text += &format!(", {} h left", state.hours_left.max(0.0) + 0.0);
    }
    text
}
