//! What a page or `explain` shows of a decision, as it is kept in the store: JSON written by the plan
//! stage, read by the web application and the command line.

mod sheet;

use domain::words::{Lang, Words};
use serde::{Deserialize, Serialize};

pub use crate::explain::build;
pub use sheet::{AheadPoint, Bought, Lack, Lacked, MapCell, WorthView};

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Said {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Said {
    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

impl From<Words> for Said {
    fn from(words: Words) -> Self {
        Self { ja: words.ja, en: words.en }
    }
}

impl From<&Words> for Said {
    fn from(words: &Words) -> Self {
        Self { ja: words.ja.clone(), en: words.en.clone() }
    }
}

/// A statement with its source rows and day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The statement.
    pub said: Said,
    /// The rows it rests on.
    pub source: String,
    /// The newest row's day, ISO.
    pub on: Option<String>,
}

/// One guard's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The guard's code.
    pub guard: String,
    /// `allow`, `hold` or `block`.
    pub says: String,
    /// Until when it holds, ISO.
    pub until: Option<String>,
    /// The reason.
    pub said: Said,
}

/// Another offer to the same account, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The offer.
    pub offer_id: String,
    /// What it is called.
    pub title: Said,
    /// Its fate's code.
    pub fate: String,
    /// Expected incremental profit, minor units.
    pub expected_minor: i64,
    /// Why it stands behind.
    pub said: Said,
}

/// The parts of the expected incremental profit, minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// From acceptance.
    pub acceptance_minor: i64,
    /// From a changed chance of staying.
    pub retention_minor: i64,
    /// Incentive, zero or negative.
    pub incentive_minor: i64,
    /// Effort and channel, zero or negative.
    pub effort_minor: i64,
}

/// Everything shown behind 「根拠を見る」.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// What is offered.
    pub title: Said,
    /// Change of monthly revenue when accepted, minor units, and on which price: `own`, `list`, `implied`, `unknown`.
    pub revenue_month_minor: i64,
    /// Monthly revenue that is lost without it, minor units; a deal to keep a contract.
    #[serde(default)]
    pub kept_month_minor: i64,
    /// One-off revenue when accepted, minor units.
    pub once_minor: i64,
    /// The price basis' code.
    pub price_basis: String,
    /// Why now: the open windows.
    pub why_now: Vec<Line>,
    /// Why this: product, deal, limit.
    pub why_this: Vec<Line>,
    /// How the odds and each term of the value are known.
    pub odds: Vec<Line>,
    /// The parts of the value.
    pub split: Split,
    /// Every guard's answer.
    pub checks: Vec<Check>,
    /// Other offers to this account.
    pub compared: Vec<Compared>,
    /// What to do next.
    pub next_step: Said,
    /// The steps of the work, in order; empty where the next step is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// What it starts from, for the guards at the click.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_product: Option<String>,
    /// The contract that it changes, for the guards at the click.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
}

/// One step of a play.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Step {
    /// What is to be done.
    pub title: Said,
    /// What more is to be said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Said>,
    /// Whom it names, by key: names are joined when it is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<i64>,
    /// The row of `account_facts` whose words belong to it: they are joined when it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// Their names, where it is shown; never stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// The row's words, where they are shown; never stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Hours of work.
    pub hours: f64,
    /// The Monday of the week in which it is due, ISO.
    pub due_week: String,
}

impl Step {
    /// What is to be done with what more is to be said of it, and the names and words that were joined to it.
    pub fn text(&self, lang: Lang) -> String {
        let mut text = self.title.get(lang).to_owned();
        let more = self.detail.as_ref().map(|detail| detail.get(lang).to_owned());
        let people = self.people.join(if lang == Lang::Ja { "、" } else { ", " });
        let people = (!people.is_empty()).then(|| match lang {
            Lang::Ja => format!("お招きする方: {people}"),
            Lang::En => format!("To invite: {people}"),
        });
        let quote = self.quote.as_ref().map(|quote| match lang {
            Lang::Ja => format!("お客様の決裁の進め方: 「{quote}」"),
            Lang::En => format!("How the customer decides: \"{quote}\""),
        });
        for part in [more, people, quote].into_iter().flatten() {
            text.push_str(if lang == Lang::Ja { "。" } else { ". " });
            text.push_str(&part);
        }
        text
    }
}

/// A monthly series of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What it shows.
    pub said: Said,
    /// Its unit: a currency code, or the metric's own.
    pub unit: String,
    /// The limit to draw, in the same unit.
    pub limit: Option<f64>,
    /// Month (`2026-03`) and value, oldest first; amounts in major units.
    pub points: Vec<(String, f64)>,
    /// What it is expected to do in the months after them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<AheadPoint>,
    /// When it reaches its limit, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Said>,
    /// The rows that it was read from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The newest row's day, ISO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

/// One feature of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureValue {
    /// The feature's name.
    pub name: String,
    /// What people call it.
    pub said: Said,
    /// Its value as people read it, or empty.
    pub text: Said,
}

/// The health score of an account, with everything that it is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HealthView {
    /// 0 to 100.
    pub score: f64,
    /// `good`, `watch` or `risk`.
    pub band: String,
    /// What people call the band.
    pub said: Said,
    /// Its parts.
    pub parts: Vec<HealthPart>,
}

/// One part of a health score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HealthPart {
    /// What people call it.
    pub name: Said,
    /// The figure that it is made from.
    pub figure: Said,
    /// 0 (poor) to 100 (well).
    pub score: f64,
    /// Its share of the score, 0..=1.
    pub weight: f64,
}

/// A stage or level with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StandingView {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub said: Said,
    /// What it rests on.
    pub because: Said,
}

/// The read model of an account's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountView {
    /// The run's day, ISO.
    pub as_of: String,
    /// The last order and its day, ISO: what the click cannot read from the lake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bought: Option<(String, String)>,
    /// Features.
    pub features: Vec<FeatureValue>,
    /// Series: recurring revenue, spend, usage.
    pub series: Vec<Series>,
    /// Whether it stands on the map of who has what.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mapped: bool,
    /// What it has not, by state and reason (N11, S28).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<Lack>,
    /// What it bought, the latest first (S22).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purchases: Vec<Bought>,
    /// How many more products it bought.
    #[serde(default)]
    pub purchases_more: usize,
    /// What it is expected to be worth (S84).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<WorthView>,
    /// Changes of contracts, the latest first.
    #[serde(default)]
    pub history: Vec<Line>,
    /// The chance that it leaves within the outcome window, in words, if it holds anything.
    pub churn: Option<Said>,
    /// Why nothing is proposed, where nothing is.
    pub silent: Option<Said>,
    /// How it goes with it; none of who is no customer, or of whom too little is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthView>,
    /// The stage of its journey (S34).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StandingView>,
    /// How far it has come in using what it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maturity: Option<StandingView>,
    /// Whether nobody has spoken with it lately though it is a customer (S101). It stands in the JSON of these
    /// accounts only, so that the store finds them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub thin_contact: bool,
}
