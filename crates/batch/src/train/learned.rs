//! The models that a night scores with: whose approach opens a deal, who wins a deal, who leaves, what an approach does
//! to staying.

use std::path::Path;

use anyhow::Result;
use decide::candidate::Evidence;
use domain::ids::{ProductId, ProposalId};
use domain::money::Currency;
use domain::probability::Estimate;
use domain::time::{Day, Days};
use domain::words::Words;
use models::rates::Beta;

use super::contact::{self, Effects};
use super::deals::Fruits;
use super::learn::{self, Before, Model, Reason, Says, Task};
use super::moment::{Asked, Cell, Deal, OF_ACCOUNT, OF_APPROACH, OF_DEAL, Unit};
use super::profile::Profiles;
use super::rows::Rows;
use super::{Beliefs, History, Rate, Rates, Trained, leaving, opening, won};
use crate::known::Account;
use crate::registry::Card;

/// Rows that a model learns from at most: more add minutes to a night and little to the model.
const ROWS_MOST: usize = 20_000;

/// Name of the model of P(opportunity | approach).
pub const OPENING: &str = "opening";
/// Name of the model of P(won | an opened offer deal).
pub const WON: &str = "won";
/// Name of the model of P(leaves within the outcome window).
pub const LEAVING: &str = "leaving";

/// A model with where its columns stand tonight.
#[derive(Debug)]
struct Ready {
    model: Model,
    places: Vec<Option<usize>>,
}

/// The models that are used; where one is none, the shrunken rates are.
#[derive(Debug, Default)]
pub struct Learned {
    opening: Option<Ready>,
    won: Option<Ready>,
    leaving: Option<Ready>,
    contact: Option<Effects>,
}

/// What is trained on, and where models are put.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Everything that is known.
    pub history: History<'a>,
    /// What the accounts file says.
    pub profiles: &'a Profiles,
    /// Approaches of the past with what they opened.
    pub fruits: &'a Fruits<'a>,
    /// The rates that stand where no model does.
    pub rates: &'a Trained,
    /// What is believed before any data.
    pub beliefs: Beliefs,
    /// Of every draw.
    pub seed: i64,
    /// The run.
    pub run_id: &'a str,
    /// Its folder.
    pub folder: &'a Path,
}

impl Learned {
    /// Trains them, puts what is used into the run's folder, and gives their cards beside.
    pub fn train(
        ground: Ground<'_>,
        before: impl Fn(&str) -> Option<Before>,
    ) -> Result<(Self, Vec<Card>)> {
        let Ground { history, profiles, beliefs, .. } = ground;
        let sample = (ROWS_MOST, ground.seed);
        let seed = ground.seed.unsigned_abs();
        let belief = |(mean, sd)| Beta::from_mean_sd(mean, sd);
        let window = history.window_days;
        let opening_task = Task {
            name: OPENING,
            of: Words::new(
                "働きかけが商談になる見込み",
                "the chance that an approach opens a deal",
            ),
            rows: Words::new("過去の働きかけ", "approaches of the past"),
            belief: belief(beliefs.opened),
            seed,
        };
        let won_task = Task {
            name: WON,
            of: Words::new("商談が成約する見込み", "the chance that an opened deal is won"),
            rows: Words::new("終了した商談", "closed deals"),
            belief: belief(beliefs.won),
            seed,
        };
        let leaving_task = Task {
            name: LEAVING,
            of: Words::new(
                format!("{window}日以内に解約する見込み"),
                format!("the chance to leave within {window} days"),
            ),
            rows: Words::new("過去の時点の顧客", "customers on days of the past"),
            belief: belief(beliefs.churn),
            seed,
        };
        let mut cards = Vec::new();
        let mut one = |task: &Task,
                       rates: &Rates,
                       rows: (&Rows<'_>, usize)|
         -> Result<Option<Model>> {
            let before = before(task.name);
            let learnt =
                learn::learn(task, rows, &profiles.dropped, (ground.run_id, before.as_ref()));
            let (card, model) = learn::keep(learnt, ground.folder, before.as_ref())?;
            cards.push(card.detail("rates_prior", rates.prior).detail("rates_total", rates.total));
            Ok(model)
        };
        let (rows, all) = opening::rows(history, (profiles, ground.fruits), sample);
        let opening = one(&opening_task, &ground.rates.opened, (&rows, all))?;
        drop(rows);
        let (rows, all) = won::rows(history, profiles, sample);
        let won = one(&won_task, &ground.rates.won, (&rows, all))?;
        drop(rows);
        let (rows, all) = leaving::rows(history, profiles, sample);
        let leaving = one(&leaving_task, &ground.rates.churn, (&rows, all))?;
        drop(rows);
        let (contact, card) = contact::train(&ground)?;
        cards.push(card);
        Ok((Self { contact, ..Self::ready([opening, won, leaving], profiles) }, cards))
    }

    fn ready([opening, won, leaving]: [Option<Model>; 3], profiles: &Profiles) -> Self {
        let of = |model: Option<Model>, names: Vec<&str>| {
            model.map(|model| Ready { places: model.places(names.into_iter()), model })
        };
        let approaches = opening::columns(profiles).map(|(name, _)| name).collect();
        Self {
            opening: of(opening, approaches),
            won: of(won, won::columns(profiles).map(|(name, _)| name).collect()),
            leaving: of(leaving, leaving::columns(profiles).map(|(name, _)| name).collect()),
            contact: None,
        }
    }

    /// The mean chance to leave over the rows that the model of it learnt from, where there is one.
    pub fn leaving_base(&self) -> Option<f64> {
        self.leaving.as_ref().map(|ready| ready.model.base_rate())
    }
}

/// Where models are asked of accounts.
#[derive(Debug, Clone, Copy)]
pub struct Chances<'a> {
    /// The models.
    pub learned: &'a Learned,
    /// Everything that is known.
    pub history: History<'a>,
    /// What the accounts file says.
    pub profiles: &'a Profiles,
    /// The workspace's currency, for what reasons say.
    pub currency: Currency,
}

impl<'a> Chances<'a> {
    /// The first day that nothing is known of.
    fn tomorrow(&self) -> Day {
        self.history.as_of.plus(Days(1))
    }

    /// The chance to leave of a customer, in the place of a rate; none where the rate stands.
    pub fn leaving(&self, account: &'a Account, rate: &Rate) -> Option<(Estimate, Evidence)> {
        let Ready { model, places } = self.learned.leaving.as_ref()?;
        let mut cells = Asked::tomorrow(self.history, account).facts(self.tomorrow());
        cells.extend(self.profiles.of(account.key));
        let says = model.says(&[cells], places).pop()?;
        let estimate = model.estimate(says.chance, rate.estimate);
        let names: Vec<&str> = leaving::columns(self.profiles).map(|(name, _)| name).collect();
        let because = self.because(&says, &names);
        let (share, rows, window) = (percent(says.chance), model.rows(), self.history.window_days);
        let of_rate = percent(rate.estimate.mean);
        let words = Words::new(
            format!(
                "{window}日以内に解約する見込み {share}: 過去の時点の顧客{rows}件のその後から推定(同条件の契約の割合は{of_rate})。{}",
                because.ja
            ),
            format!(
                "{share} likely to leave within {window} days: estimated from what became of {rows} customers on days of the past (comparable contracts: {of_rate}); {}",
                because.en
            ),
        );
        let source = format!("model {LEAVING}: subscriptions and accounts");
        Some((estimate, Evidence { words, source, on: Some(self.history.as_of) }))
    }

    /// What being approached does to a customer's chance to stay; none where nothing can be told.
    pub fn contact(&self, account: &Account) -> Option<(Estimate, Evidence)> {
        let window = self.history.window_days;
        self.learned.contact.as_ref()?.of(account, (self.history.as_of, window))
    }

    /// The deals of one account, of which those for these products may be opened, by people or by mail; none where the
    /// rates stand.
    pub fn deals(
        &self,
        account: &'a Account,
        products: impl Iterator<Item = (&'a ProductId, bool)>,
    ) -> Option<OfDeals<'a>> {
        let Learned { opening, won, .. } = self.learned;
        if opening.is_none() && won.is_none() {
            return None;
        }
        let asked = Asked::tomorrow(self.history, account);
        let facts = asked.facts(self.tomorrow());
        let mut ways: Vec<(&ProductId, bool)> = products.collect();
        ways.sort_unstable();
        ways.dedup();
        let row = |product: &'a ProductId| {
            let deal = Deal { product: Some(product), approached: Some(true) };
            let mut cells = facts.clone();
            cells.extend(asked.deal(deal, self.tomorrow()));
            cells.extend(self.profiles.of(account.key));
            cells
        };
        let rows: Vec<Vec<Cell<'a>>> = ways.iter().map(|(product, _)| row(product)).collect();
        let won = won.as_ref().map(|Ready { model, places }| model.says(&rows, places));
        let opening = opening.as_ref().map(|Ready { model, places }| {
            let with_way = rows.iter().zip(&ways).map(|(row, (_, by_people))| {
                row.iter().copied().chain(opening::facts(*by_people)).collect()
            });
            model.says(&with_way.collect::<Vec<Vec<Cell<'a>>>>(), places)
        });
        Some(OfDeals { chances: *self, account, ways, opening, won })
    }

    /// What moves a chance, in words.
    fn because(&self, says: &Says<'_>, names: &[&str]) -> Words {
        if says.reasons.is_empty() {
            return Words::default();
        }
        let said = says.reasons.iter().map(|reason| self.reason(reason, names[reason.place]));
        let (ja, en): (Vec<String>, Vec<String>) = said.map(|words| (words.ja, words.en)).unzip();
        Words::new(
            format!("。主な要因: {}", ja.join("、")),
            format!("; mostly by {}", en.join(", ")),
        )
    }

    fn reason(&self, reason: &Reason<'_>, name: &str) -> Words {
        let fact =
            OF_ACCOUNT.iter().chain(OF_DEAL).chain(OF_APPROACH).find(|fact| fact.name == name);
        let called = fact.map_or_else(|| Words::new(name, name), super::moment::Fact::words);
        let value = match (reason.cell, fact.map(|fact| fact.unit)) {
            (Cell::Text(text), _) => Words::new(text, text),
            (Cell::Number(number), Some(Unit::Flag)) if number > 0.5 => Words::new("はい", "yes"),
            (Cell::Number(_), Some(Unit::Flag)) => Words::new("いいえ", "no"),
            (Cell::Number(number), Some(Unit::Money)) => {
                let text = self.currency.display(self.currency.round_expected(number));
                Words::new(text.clone(), text)
            }
            (Cell::Number(share), Some(Unit::Share)) => {
                let text = format!("{:.0} %", share * 100.0);
                Words::new(text.clone(), text)
            }
            (Cell::Number(number), _) => {
                let text = ((number * 100.0).round() / 100.0).to_string();
                Words::new(text.clone(), text)
            }
            (Cell::Missing, _) => Words::new("不明", "unknown"),
        };
        let (ja, en) =
            if reason.raises { ("上がる", "raises it") } else { ("下がる", "lowers it") };
        Words::new(
            format!("{}が「{}」のため{ja}", called.ja, value.ja),
            format!("{} = {} ({en})", called.en, value.en),
        )
    }
}

/// The deals of one account, opened or not.
#[derive(Debug)]
pub struct OfDeals<'a> {
    chances: Chances<'a>,
    account: &'a Account,
    /// Products, and whether people speak; in order.
    ways: Vec<(&'a ProductId, bool)>,
    /// What models say of each way, where there is a model.
    opening: Option<Vec<Says<'a>>>,
    won: Option<Vec<Says<'a>>>,
}

impl OfDeals<'_> {
    /// The chance that an approach for a product, by people or by mail, opens a deal now, in the place of a rate.
    pub fn opening(
        &self,
        (product, by_people): (&ProductId, bool),
        rate: &Rate,
    ) -> Option<(Estimate, Evidence)> {
        let at = self.ways.binary_search(&(product, by_people)).ok()?;
        let says = &self.opening.as_ref()?[at];
        let model = &self.chances.learned.opening.as_ref()?.model;
        let names: Vec<&str> =
            opening::columns(self.chances.profiles).map(|(name, _)| name).collect();
        let (share, of_rate, because) = self.shares((says, &names), rate);
        let rows = model.rows();
        let words = Words::new(
            format!(
                "働きかけて商談になる割合 {share}: 過去の働きかけ{rows}件のその後から、この顧客と製品について推定(製品別の割合は{of_rate}){}",
                because.ja
            ),
            format!(
                "{share} of approaches open a deal: estimated for this customer and product from what came of {rows} approaches (by product alone: {of_rate}){}",
                because.en
            ),
        );
        let source = format!("model {OPENING}: activities, proposals and accounts");
        let estimate = model.estimate(says.chance, rate.estimate);
        Some((estimate, Evidence { words, source, on: None }))
    }

    /// The chance that a deal for a product is won if we open one now, in the place of a rate.
    pub fn opened_now(&self, product: &ProductId, rate: &Rate) -> Option<(Estimate, Evidence)> {
        let at = self.ways.partition_point(|(other, _)| *other < product);
        self.ways.get(at).filter(|(other, _)| *other == product)?;
        self.say(&self.won.as_ref()?[at], rate)
    }

    /// The chance that one of its deals had to be won on the day it was opened.
    pub fn as_opened(&self, id: &ProposalId, rate: &Rate) -> Option<(Estimate, Evidence)> {
        let Ready { model, places } = self.chances.learned.won.as_ref()?;
        let deal = self.account.proposals.iter().find(|deal| deal.proposal == *id)?;
        let of = Deal { product: deal.product.as_ref(), approached: deal.approached };
        let asked = Asked::of(self.chances.history, self.account);
        let mut cells = asked.facts(deal.opened_on);
        cells.extend(asked.deal(of, deal.opened_on));
        cells.extend(self.chances.profiles.of(self.account.key));
        self.say(&model.says(&[cells], places).pop()?, rate)
    }

    /// What a model says, the rate that it replaces, and why.
    fn shares(&self, (says, names): (&Says<'_>, &[&str]), rate: &Rate) -> (String, String, Words) {
        (percent(says.chance), percent(rate.estimate.mean), self.chances.because(says, names))
    }

    fn say(&self, says: &Says<'_>, rate: &Rate) -> Option<(Estimate, Evidence)> {
        let model = &self.chances.learned.won.as_ref()?.model;
        let estimate = model.estimate(says.chance, rate.estimate);
        let names: Vec<&str> = won::columns(self.chances.profiles).map(|(name, _)| name).collect();
        let (share, of_rate, because) = self.shares((says, &names), rate);
        let rows = model.rows();
        let words = Words::new(
            format!(
                "成約率 {share}: 終了した商談{rows}件の結果から、この顧客と製品について推定(製品別の成約率は{of_rate}){}",
                because.ja
            ),
            format!(
                "won share {share}: estimated for this customer and product from how {rows} deals ended (by product alone: {of_rate}){}",
                because.en
            ),
        );
        let source = format!("model {WON}: proposals and accounts");
        Some((estimate, Evidence { words, source, on: None }))
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
