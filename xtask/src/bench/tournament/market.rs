//! A market after its night: candidates with the run's figures, and the truth of each offer.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Weeks of the planning horizon.
const WEEKS: f64 = 4.0;
/// The share of a plan's plays that must be found in the truth.
const FOUND: f64 = 0.99;

/// One offer to one account: a candidate of the run, or one that only the truth has.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) account: String,
    pub(super) motion: String,
    pub(super) hours: f64,
    /// What the run says of it, where it was a candidate.
    pub(super) said: Option<Said>,
    /// What a learner says of it that was shown the truth of many customers.
    pub(super) taught: Option<f64>,
    /// What it would truly earn.
    pub(super) profit: f64,
    /// The part of it that comes of the customer's staying or leaving because of the contact.
    pub(super) by_staying: f64,
}

/// What a run says of a candidate.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) fate: String,
    pub(super) reason: String,
    /// Hours that it would take.
    pub(super) hours: f64,
    /// The chance that it is taken when offered.
    pub(super) probability: f64,
    /// Revenue over the horizon if taken: a month's change times 24, and what is paid once.
    pub(super) revenue: f64,
}

/// What each way of choosing needs.
#[derive(Debug)]
pub(super) struct Market {
    pub(super) offers: Vec<Offer>,
    /// Monthly margin by account, as the files have it.
    pub(super) margin: HashMap<String, f64>,
    /// Who owns an account.
    pub(super) owner: HashMap<String, String>,
    /// Hours over the horizon, by representative.
    pub(super) hours: BTreeMap<String, f64>,
    /// Whether contact makes an account leave.
    pub(super) sleeping_dogs: HashMap<String, bool>,
    /// What the files show of each offer, in the offers' order.
    pub(super) sheet: String,
}

type Key = (String, String, String, String);

impl Market {
    /// Joins the run's candidates with the truth.
    pub(super) fn read(files: &Path, printed: &str) -> Result<Self> {
        let truth = rows(&files.join("truth/truth.csv"))?;
        let accounts = rows(&files.join("accounts.csv"))?;
        let reps = rows(&files.join("reps.csv"))?;
        let said = candidates(printed)?;
        let chosen = said.values().filter(|said| said.fate == "chosen").count();
        let mut left = said;
        let offers: Vec<Offer> = truth
            .iter()
            .map(|row| offer(row, left.remove(&key_of_truth(row))))
            .collect::<Result<_>>()?;
        let lost: Vec<&Key> =
            left.iter().filter(|(_, said)| said.fate == "chosen").map(|(key, _)| key).collect();
        if lost.len() as f64 > (1.0 - FOUND) * chosen as f64 {
            bail!("the truth knows nothing of {} of {chosen} plays: {lost:?}", lost.len());
        }
        let number = |row: &Row, name: &str| row.number(name).unwrap_or(0.0);
        let sheet = files.join("truth/sheet.csv");
        let sheet = std::fs::read_to_string(&sheet)
            .with_context(|| format!("cannot read {}", sheet.display()))?;
        Ok(Self {
            offers,
            sheet,
            margin: truth
                .iter()
                .map(|row| (row.text("account_id"), number(row, "margin_month")))
                .collect(),
            owner: accounts.iter().map(|row| (row.text("account_id"), row.text("owner"))).collect(),
            hours: reps
                .iter()
                .map(|row| (row.text("rep_id"), WEEKS * number(row, "hours_per_week")))
                .collect(),
            sleeping_dogs: truth
                .iter()
                .map(|row| (row.text("account_id"), row.text("sleeping_dog") == "true"))
                .collect(),
        })
    }
}

fn key_of_truth(row: &Row) -> Key {
    let text = |name: &str| row.text(name);
    (text("account_id"), text("motion"), text("product_id"), text("term_months"))
}

fn offer(row: &Row, said: Option<Said>) -> Result<Offer> {
    let number = |name: &str| row.number(name);
    let (usual, rate) = (number("effort_hours")?, number("hourly_rate")?);
    // What the run would do may take other hours than such an offer usually does: every way is held to those.
    let hours = said.as_ref().map_or(usual, |said| said.hours);
    let before_effort = number("incremental_profit")? + usual * rate;
    let lift = number("accept_contact")? - number("accept_leave")?;
    let worth = number("stay_taken_leave")? * number("change_month")? * number("annuity_months")?;
    let by_taking = lift * (worth + number("once_margin")?);
    Ok(Offer {
        account: row.text("account_id"),
        motion: row.text("motion"),
        hours,
        said,
        taught: None,
        profit: before_effort - hours * rate,
        by_staying: before_effort - by_taking,
    })
}

/// The run's candidates by account, motion, product and months of the term offered.
fn candidates(printed: &str) -> Result<HashMap<Key, Said>> {
    let all: Vec<Value> = serde_json::from_str(printed).context("`plays --all` printed no JSON")?;
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let decimal = |line: &Value, name: &str| text(line, name).parse::<f64>().unwrap_or(0.0);
    let one = |line: &Value| {
        let (motion, offer) = (text(line, "motion"), text(line, "offer_id"));
        let term = offer.rsplit(':').next().filter(|_| motion == "term").unwrap_or_default();
        let key = (text(line, "account_id"), motion, text(line, "product_id"), term.to_owned());
        let month = decimal(line, "revenue_change_month");
        let said = Said {
            fate: text(line, "fate"),
            reason: text(line, "reason"),
            hours: line["effort_hours"].as_f64().unwrap_or(0.0),
            probability: line["probability"].as_f64().unwrap_or(0.0),
            revenue: 24.0 * month + decimal(line, "revenue_once"),
        };
        (key, said)
    };
    Ok(all.iter().map(one).collect())
}

/// One row of a made-up file: no cell of the columns read here holds a comma or a quote.
struct Row {
    header: Rc<Vec<String>>,
    cells: Vec<String>,
}

impl Row {
    fn text(&self, name: &str) -> String {
        let at = self.header.iter().position(|column| column == name);
        at.and_then(|at| self.cells.get(at)).cloned().unwrap_or_default()
    }

    fn number(&self, name: &str) -> Result<f64> {
        let text = self.text(name);
        text.parse().with_context(|| format!("`{name}` is no number: `{text}`"))
    }
}

/// A file's rows.
fn rows(path: &Path) -> Result<Vec<Row>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let split = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut lines = text.lines();
    let header = Rc::new(split(lines.next().unwrap_or_default()));
    Ok(lines.map(|line| Row { header: Rc::clone(&header), cells: split(line) }).collect())
}
