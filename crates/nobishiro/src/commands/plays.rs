//! `nobishiro plays`: the live plan in rank order, or with `--natural` who will likely buy unasked.
//!
//! CSV is UTF-8 without a mark, so that programs read it as it is; `--bom` puts the mark before it that Excel needs
//! to see Japanese.

mod all;
mod cells;
mod natural;
mod table;

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use decide::stop;
use domain::money::Currency;
use domain::motion::{Channel, Motion};
use domain::words::Lang;
use rust_xlsxwriter::Workbook;
use serde::Serialize;
use store::{Open, PlayRow};

use crate::config::Workspace;
use crate::{live, output};

#[derive(Debug, Args)]
pub(crate) struct Plays {
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
    /// Only this rep's plays; ranks keep their numbers.
    #[arg(long, value_name = "REP")]
    rep: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Where to write instead of standard output; needed for xlsx.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The language of reasons.
    #[arg(long, value_parser = lang, default_value = "en")]
    lang: Lang,
    /// Who will likely buy unasked, for a prompt or mail: not in the plan, no hours.
    #[arg(long)]
    natural: bool,
    /// Every candidate of the run with what became of it, and why; not only the plan.
    #[arg(long, conflicts_with = "natural")]
    all: bool,
    /// Begin CSV with a byte order mark, for Excel.
    #[arg(long)]
    bom: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
    Xlsx,
}

pub(crate) fn lang(code: &str) -> Result<Lang, String> {
    Lang::parse(code).ok_or_else(|| "write en or ja".to_owned())
}

/// One line of the worklist, as exported.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    pub(crate) rank: i64,
    pub(crate) play_id: String,
    pub(crate) account_id: String,
    pub(crate) account: String,
    pub(crate) contact_id: String,
    pub(crate) offer_id: String,
    pub(crate) product_id: String,
    pub(crate) motion: String,
    pub(crate) role: String,
    pub(crate) owner: String,
    pub(crate) week: String,
    pub(crate) effort_hours: f64,
    pub(crate) expected_profit: String,
    pub(crate) lower: String,
    pub(crate) upper: String,
    pub(crate) why_now: String,
    pub(crate) due: String,
    pub(crate) channel: String,
    pub(crate) revenue_change_month: String,
    pub(crate) currency: String,
    pub(crate) probability: String,
    pub(crate) provenance: String,
    /// `open`, or what somebody answered: `accepted`, `held`, `refused`, `done`, `closed`.
    pub(crate) state: String,
}

/// The columns of `Line`, in order.
const COLUMNS: [&str; 23] = [
    "rank",
    "play_id",
    "account_id",
    "account",
    "contact_id",
    "offer_id",
    "product_id",
    "motion",
    "role",
    "owner",
    "week",
    "effort_hours",
    "expected_profit",
    "lower",
    "upper",
    "why_now",
    "due",
    "channel",
    "revenue_change_month",
    "currency",
    "probability",
    "provenance",
    "state",
];

impl Plays {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.workspace, Open::ReadOnly).await?;
        if let Some(rep) = &self.rep {
            known(&workspace, rep).await?;
        }
        if let Some(stop) = &workspace.live.stop {
            output::say(&match self.lang {
                Lang::Ja => live::stopped_ja(stop),
                Lang::En => live::stopped(stop),
            });
        }
        let bytes = if self.all {
            all::bytes(&workspace, &self).await?
        } else if self.natural {
            natural::bytes(&workspace, &self).await?
        } else {
            self.plan(&workspace).await?
        };
        match &self.out {
            Some(path) => std::fs::write(path, &bytes)
                .with_context(|| format!("could not write {}", path.display())),
            None => output::line(&String::from_utf8(bytes).expect("text formats are UTF-8")),
        }
    }

    fn begin(&self) -> cells::Begin {
        if self.bom { cells::Begin::Marked } else { cells::Begin::Plain }
    }

    /// The live plan in the format asked for.
    async fn plan(&self, workspace: &Workspace) -> Result<Vec<u8>> {
        let shown = shown(workspace, self.rep.as_deref(), self.lang).await?;
        let lines = || shown.iter().map(|shown| &shown.line);
        Ok(match self.format {
            Format::Table => {
                let head = table::Head { rep: self.rep.as_deref(), lang: self.lang };
                table::table(workspace, &shown, head).await?.into_bytes()
            }
            Format::Csv => cells::csv(&COLUMNS, &TEXTS, lines().map(cells), self.begin())?,
            Format::Json => serde_json::to_vec_pretty(&lines().collect::<Vec<_>>())?,
            Format::Xlsx => {
                self.out.as_ref().context("an XLSX file needs a place: add --out plays.xlsx")?;
                xlsx(&lines().cloned().collect::<Vec<_>>())?
            }
        })
    }
}

/// The columns that people wrote, and which a spreadsheet could take for a formula.
const TEXTS: [&str; 2] = ["account", "why_now"];

/// One play with its line.
struct Shown {
    line: Line,
    play: PlayRow,
}

/// Refuses a rep that nobody has heard of.
async fn known(workspace: &Workspace, rep: &str) -> Result<()> {
    let entity = domain::canonical::entity("reps").expect("reps are canonical");
    let mut reps = workspace.store.ids(entity).await?;
    if !reps.iter().any(|id| id == rep) {
        reps.truncate(20);
        bail!("there is no rep `{rep}`; reps are named by their id: {}", reps.join(", "));
    }
    Ok(())
}

/// The live plan's lines, of all reps or of one.
async fn shown(workspace: &Workspace, rep: Option<&str>, lang: Lang) -> Result<Vec<Shown>> {
    let run = batch::night::current(&workspace.store).await?;
    let plays = workspace.store.plays(&run.run_id).await?;
    let accounts = names(workspace, "accounts", "account_id").await?;
    let keys: HashMap<i64, String> =
        workspace.store.all_account_keys().await?.into_iter().collect();
    let contacts: HashMap<i64, String> =
        workspace.store.all_contact_keys().await?.into_iter().collect();
    let ids: Vec<String> = plays.iter().map(|play| play.play_id.clone()).collect();
    let states = workspace.store.states_of(&ids).await?;
    // What was put off until a day that the run has seen is open again.
    let over = |state: &store::PlayState| {
        state.state == store::Stage::Held
            && state.hold_until.as_deref().is_some_and(|until| until <= run.as_of.as_str())
    };
    let code = |state: &store::PlayState| if over(state) { "open" } else { state.state.code() };
    let states: HashMap<String, &str> =
        states.iter().map(|state| (state.play_id.clone(), code(state))).collect();
    let policy = &workspace.live.policy;
    // What somebody took on goes on while offers are stopped.
    let goes_on = |play: &PlayRow| {
        let (motion, channel) = (Motion::parse(&play.motion), Channel::parse(&play.channel));
        let taken = states.get(&play.play_id).is_some_and(|state| *state != "open");
        let parts = motion.zip(channel);
        taken || parts.is_none_or(|(motion, channel)| !stop::holds(policy, motion, channel))
    };
    let plays: Vec<PlayRow> = plays.into_iter().filter(|play| goes_on(play)).collect();
    let shown =
        plays.into_iter().filter(|play| rep.is_none_or(|rep| play.owner.as_deref() == Some(rep)));
    Ok(shown
        .map(|play| {
            let account_id = keys.get(&play.account_key).cloned().unwrap_or_default();
            let account = accounts.get(&account_id).cloned().unwrap_or_else(|| account_id.clone());
            let contact_id =
                play.contact_key.and_then(|key| contacts.get(&key).cloned()).unwrap_or_default();
            let state = states.get(&play.play_id).copied().unwrap_or("open").to_owned();
            let named = (account_id, account, contact_id);
            let line = Line { state, ..line(play.clone(), named, workspace.currency, lang) };
            Shown { line, play }
        })
        .collect())
}

fn line(play: PlayRow, named: (String, String, String), currency: Currency, lang: Lang) -> Line {
    let why_now = match lang {
        Lang::Ja => play.why_now_ja,
        Lang::En => play.why_now_en,
    };
    Line {
        rank: play.rank,
        play_id: play.play_id,
        account_id: named.0,
        account: named.1,
        contact_id: named.2,
        offer_id: play.offer_id,
        product_id: play.product_id.unwrap_or_default(),
        motion: play.motion,
        role: play.role,
        owner: play.owner.unwrap_or_default(),
        week: play.week,
        effort_hours: play.effort_hours,
        expected_profit: currency.decimal(play.expected_minor),
        lower: currency.decimal(play.lower_minor),
        upper: currency.decimal(play.upper_minor),
        why_now,
        due: play.due.unwrap_or_default(),
        channel: play.channel,
        revenue_change_month: currency.decimal(play.revenue_month_minor),
        currency: currency.code().to_owned(),
        probability: format!("{:.4}", play.probability),
        provenance: play.provenance,
        state: "open".to_owned(),
    }
}

/// Names by id of an entity.
pub(crate) async fn names(
    workspace: &Workspace,
    entity: &'static str,
    id: &str,
) -> Result<HashMap<String, String>> {
    let entity = domain::canonical::entity(entity).expect("a canonical entity");
    let table = batch::snapshot::Table::new(entity, workspace.store.read(entity).await?);
    Ok(table
        .iter()
        .map(|r| (r.id(id).to_owned(), r.text("name").unwrap_or_else(|| r.id(id)).to_owned()))
        .collect())
}

fn cells(line: &Line) -> [String; 23] {
    let l = line.clone();
    [
        l.rank.to_string(),
        l.play_id,
        l.account_id,
        l.account,
        l.contact_id,
        l.offer_id,
        l.product_id,
        l.motion,
        l.role,
        l.owner,
        l.week,
        l.effort_hours.to_string(),
        l.expected_profit,
        l.lower,
        l.upper,
        l.why_now,
        l.due,
        l.channel,
        l.revenue_change_month,
        l.currency,
        l.probability,
        l.provenance,
        l.state,
    ]
}

fn xlsx(lines: &[Line]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    // The file must not carry the moment at which it was written.
    let epoch = rust_xlsxwriter::ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&epoch));
    let sheet = book.add_worksheet().set_name("plays")?;
    for (column, name) in (0_u16..).zip(COLUMNS) {
        sheet.write_string(0, column, name)?;
    }
    let numbers = [
        "rank",
        "effort_hours",
        "expected_profit",
        "lower",
        "upper",
        "revenue_change_month",
        "probability",
    ];
    for (row, line) in (1_u32..).zip(lines) {
        for (column, (name, cell)) in (0_u16..).zip(COLUMNS.iter().zip(cells(line))) {
            match cell.parse::<f64>() {
                Ok(number) if numbers.contains(name) => sheet.write_number(row, column, number)?,
                _ => sheet.write_string(row, column, &cell)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(book.save_to_buffer()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_every_field_in_order() {
        let play =
            PlayRow { play_id: "p".to_owned(), rank: 1, probability: 0.25, ..PlayRow::default() };
        let line =
            line(play, ("A".to_owned(), "Acme".to_owned(), String::new()), Currency::JPY, Lang::En);
        let json = serde_json::to_string(&line).expect("JSON");
        let mut at = 0;
        for name in COLUMNS {
            let found = json[at..]
                .find(&format!("\"{name}\":"))
                .unwrap_or_else(|| panic!("{name} after {at} in {json}"));
            at += found;
        }
        assert_eq!(cells(&line)[20], "0.2500");
    }
}
