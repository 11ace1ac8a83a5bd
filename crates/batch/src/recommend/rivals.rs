//! Which way of recommending put the new products of held-out baskets higher, and the card that says so.

use models::next_basket::effort::Drawn;
use models::next_basket::fade::Fade;
use models::next_basket::fit::{Fit, Options};
use models::next_basket::measure::Measures;
use models::next_basket::personal;
use models::next_basket::slate::Kind;
use models::parallel;
use serde_json::{Value, json};

use super::orders::Orders;
use super::{BASKET_ITEMS_MAX, DEPTH, Verdict, method};
use crate::also_bought::{Less, Nearest};
use crate::pairs::PairCounts;

/// How what is bought together met the new products of the baskets that the next-basket models are tried on.
#[derive(Debug)]
pub(super) struct Rivals {
    also_bought: Measures,
    lines: usize,
    counted: usize,
}

impl Rivals {
    /// Each half's last baskets are left out of the counts that rank for it, as the models leave them out.
    pub(super) fn measured(counts: &PairCounts, orders: &Orders, options: Options) -> Self {
        let drawn = Drawn::of(&orders.history, options);
        let each = drawn.halves.iter().flat_map(|half| {
            let mut less = Less::default();
            for basket in half.iter().flat_map(|customer| orders.last(*customer)) {
                less.add(basket, BASKET_ITEMS_MAX);
            }
            let near = Nearest::rank(counts, &less);
            parallel::map(half.len(), options.threads, || (), |(), at| met(orders, half[at], &near))
        });
        let also_bought = Measures::mean(each);
        let (lines, counted) = (orders.history.lines(), counts.items.len());
        Self { also_bought, lines, counted }
    }

    pub(super) fn verdict(&self, learnt: &Fit) -> Verdict {
        let best = learnt.table.iter().map(|tried| tried.new.merit()).reduce(f64::max);
        match best {
            None => Verdict::TooFew,
            Some(best) if best > self.also_bought.merit() => Verdict::NextBasket,
            Some(_) => Verdict::AlsoBought,
        }
    }

    /// The model card.
    pub(super) fn card(&self, (orders, learnt): (&Orders, &Fit), verdict: Verdict) -> Value {
        let history = &orders.history;
        let new = match verdict {
            Verdict::NextBasket => method(learnt, Kind::New),
            Verdict::AlsoBought | Verdict::TooFew => "also-bought",
        };
        let repeat = verdict.is_learnt().then(|| method(learnt, Kind::Repeat));
        let row = |name: &str, new: Measures, repeat: Option<Measures>| {
            json!({
                "method": name,
                "new_recall": told(new, new.recall),
                "new_ndcg": told(new, new.ndcg),
                "repeat_recall": repeat.and_then(|it| told(it, it.recall)),
                "repeat_ndcg": repeat.and_then(|it| told(it, it.ndcg)),
            })
        };
        let tried = learnt.table.iter();
        let mut table: Vec<Value> =
            tried.map(|it| row(it.method.name(), it.new, Some(it.repeat))).collect();
        if verdict.is_learnt() {
            table.push(row("also-bought", self.also_bought, None));
        }
        json!({
            "of": "products that an account buys next: new ones, and those to buy again",
            "method": { "new": new, "repeat": repeat },
            "rows": {
                "accounts": history.customers(),
                "accounts_left_out": orders.left_out,
                "baskets": history.baskets(),
                "lines": self.lines,
                "products": self.counted,
                "since": orders.since.map(|day| day.to_string()),
                "held_out_accounts": learnt.held_out(),
                "possible_neighbours": learnt.drawn.members.len(),
            },
            "metrics": { "depth": DEPTH, "validation": table },
            "verdict": self.said(learnt, verdict),
        })
    }

    fn said(&self, learnt: &Fit, verdict: Verdict) -> String {
        let held_out = learnt.held_out();
        let trivial = learnt.table.iter().find(|it| it.method.name() == "popularity");
        let popular = trivial.map_or(0.0, |it| it.new.ndcg);
        let merits = learnt.table.iter().map(|it| it.new);
        let best = merits.max_by(|a, b| a.merit().total_cmp(&b.merit())).unwrap_or_default();
        let also = self.also_bought;
        match verdict {
            Verdict::TooFew => format!(
                "only {held_out} accounts ordered on two days or more, too few to choose by; new products are those \
                 bought together with what an account bought"
            ),
            Verdict::AlsoBought => format!(
                "what is bought together put the new products of {held_out} held-out baskets at least as high \
                 (NDCG {:.4}, recall {:.4}) as the best next-basket method ({:.4}, {:.4}); popularity {popular:.4}",
                also.ndcg, also.recall, best.ndcg, best.recall
            ),
            Verdict::NextBasket => format!(
                "{} put the new products of {held_out} held-out baskets higher (NDCG {:.4}, recall {:.4}) than \
                 what is bought together ({:.4}, {:.4}); popularity {popular:.4}",
                method(learnt, Kind::New),
                best.ndcg,
                best.recall,
                also.ndcg,
                also.recall
            ),
        }
    }
}

/// A measure, where anybody counted.
fn told(of: Measures, value: f64) -> Option<f64> {
    (of.customers > 0).then_some(value)
}

/// How the account's list of new products met its last basket, with the account known without it.
fn met(orders: &Orders, customer: usize, near: &Nearest) -> Option<Measures> {
    let history = &orders.history;
    let last = u32::try_from(history.orders(customer).checked_sub(1)?).ok()?;
    let habits = personal::habits(history, customer, Fade::PerOrder(1.0));
    let came = |habit: &personal::Habit| habit.last == last;
    let before = habits.iter().filter(|habit| habit.first < last);
    let bought: Vec<(u32, u32)> =
        before.map(|habit| (habit.item, habit.count - u32::from(came(habit)))).collect();
    let new: Vec<u32> =
        habits.iter().filter(|habit| habit.first == last).map(|habit| habit.item).collect();
    let hits = near.best(&bought, DEPTH).into_iter();
    Measures::of(hits.map(|item| new.binary_search(&item).is_ok()), new.len(), DEPTH)
}
