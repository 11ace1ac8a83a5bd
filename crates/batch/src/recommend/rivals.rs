//! Which way of recommending put the new products of held-out baskets higher, and the card that says so.

use domain::words::Words;
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
use crate::registry::{self, Card, Metric};

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
    pub(super) fn card(&self, (orders, learnt): (&Orders, &Fit), verdict: Verdict) -> Card {
        let history = &orders.history;
        let new = match verdict {
            Verdict::NextBasket => method(learnt, Kind::New),
            Verdict::AlsoBought | Verdict::TooFew => "also-bought",
        };
        let repeat = if verdict.is_learnt() { method(learnt, Kind::Repeat) } else { "none" };
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
        let of = Words::new(
            "次に購入される商品(新しい商品と再購入)",
            "products that an account buys next: new ones, and those to buy again",
        );
        let registered = match verdict {
            Verdict::TooFew if history.baskets() == 0 => registry::Verdict::Lacks,
            Verdict::TooFew => registry::Verdict::Counted,
            Verdict::AlsoBought | Verdict::NextBasket => registry::Verdict::Signal,
        };
        let mut card = Card::new("next_basket", of, &format!("new: {new}; again: {repeat}"))
            .counted(self.lines as u64, None)
            .judged(registered, self.said(learnt, verdict))
            .detail("accounts", history.customers())
            .detail("accounts_left_out", orders.left_out)
            .detail("baskets", history.baskets())
            .detail("products", self.counted)
            .detail("since", orders.since.map(|day| day.to_string()))
            .detail("held_out_accounts", learnt.held_out())
            .detail("possible_neighbours", learnt.drawn.members.len())
            .detail("depth", DEPTH)
            .detail("validation", table);
        if verdict.is_learnt() {
            let ndcg = match verdict {
                Verdict::NextBasket => best(learnt).ndcg,
                Verdict::AlsoBought | Verdict::TooFew => self.also_bought.ndcg,
            };
            let name = format!("ndcg_at_{DEPTH}_of_new_products");
            card = card
                .metric(Metric::plain(&name, ndcg))
                .metric(Metric::plain(&format!("{name}_by_popularity"), popular(learnt)));
            card.held_out =
                Some((&Words::new("各顧客の最後の購入", "the last basket of each account")).into());
        }
        card
    }

    fn said(&self, learnt: &Fit, verdict: Verdict) -> Words {
        let held_out = learnt.held_out();
        let (popular, best, also) = (popular(learnt), best(learnt), self.also_bought);
        match verdict {
            Verdict::TooFew => Words::new(
                format!(
                    "2日以上の注文がある顧客が{held_out}件と少なく、手法を選べません。新しい商品は一緒に購入される商品から選びます"
                ),
                format!(
                    "only {held_out} accounts ordered on two days or more, too few to choose by; new products are those \
                     bought together with what an account bought"
                ),
            ),
            Verdict::AlsoBought => Words::new(
                format!(
                    "検証用の購入{held_out}件の新しい商品を、一緒に購入される商品(NDCG {:.4})がほかの手法(最良で{:.4})以上に上位へ置きました。人気順は{popular:.4}です",
                    also.ndcg, best.ndcg
                ),
                format!(
                    "what is bought together put the new products of {held_out} held-out baskets at least as high \
                     (NDCG {:.4}, recall {:.4}) as the best next-basket method ({:.4}, {:.4}); popularity {popular:.4}",
                    also.ndcg, also.recall, best.ndcg, best.recall
                ),
            ),
            Verdict::NextBasket => {
                let name = method(learnt, Kind::New);
                Words::new(
                    format!(
                        "検証用の購入{held_out}件の新しい商品を、{name}(NDCG {:.4})が一緒に購入される商品({:.4})より上位へ置きました。人気順は{popular:.4}です",
                        best.ndcg, also.ndcg
                    ),
                    format!(
                        "{name} put the new products of {held_out} held-out baskets higher (NDCG {:.4}, recall {:.4}) \
                         than what is bought together ({:.4}, {:.4}); popularity {popular:.4}",
                        best.ndcg, best.recall, also.ndcg, also.recall
                    ),
                )
            }
        }
    }
}

/// How the best of the models met the new products.
fn best(learnt: &Fit) -> Measures {
    let merits = learnt.table.iter().map(|it| it.new);
    merits.max_by(|a, b| a.merit().total_cmp(&b.merit())).unwrap_or_default()
}

/// How popularity ranked the new products.
fn popular(learnt: &Fit) -> f64 {
    let trivial = learnt.table.iter().find(|it| it.method.name() == "popularity");
    trivial.map_or(0.0, |it| it.new.ndcg)
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
