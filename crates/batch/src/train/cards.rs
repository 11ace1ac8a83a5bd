//! The cards of what is counted: rates, hazards, prices and pairs. The rates that a propensity model may replace stand
//! on its card.

use domain::words::Words;

use super::organic::Frailties;
use super::{Rates, Trained};
use crate::also_bought::Neighbours;
use crate::registry::{Card, Metric, RowsHash, Verdict};

/// The cards of everything that is counted in a night.
pub fn all(trained: &Trained, neighbours: &Neighbours) -> Vec<Card> {
    let staying = trained.staying.card();
    let others = [organic(trained), prices(trained), also_bought(neighbours)];
    [opportunity(trained), staying].into_iter().chain(others).collect()
}

fn opportunity(trained: &Trained) -> Card {
    let of = Words::new("働きかけが商談になる割合", "the share of approaches that open a deal");
    let card = of_rates("opportunity", of, &trained.opened);
    card.detail("by_nearness_to_a_limit", trained.opened_near)
        .detail("of_mails", &trained.opened_by_mail)
}

fn organic(trained: &Trained) -> Card {
    let of = Words::new(
        "前90日に働きかけのない月に自ら申し込む割合",
        "the share that takes it within a month, with no approach in the 90 days before",
    );
    let (events, months) = trained.organic.total();
    let moves = trained.organic.moves_card();
    let mut card =
        Card::new("organic", of, "monthly hazards by move, product and tenure, shrunken")
            .counted(months, events)
            .judged(stated(months), said_counts(events, months))
            .detail("belief", trained.organic.belief)
            .detail("approaches_on_record", trained.organic.approaches);
    card.data_hash = hash(&moves);
    let Frailties { strength, held_out, gain, .. } = &trained.frailties;
    let frailty = serde_json::json!({ "strength": strength, "accounts_and_events_held_out": held_out, "gain_of_log_likelihood_an_account_and_its_standard_error": gain });
    card.detail("moves", moves).detail("differences_between_accounts", frailty)
}

fn prices(trained: &Trained) -> Card {
    let of =
        Words::new("請求額から推定した月額", "the monthly price that bills imply, minor units");
    let contracts = trained.prices.values().map(|price| price.2).sum();
    let mut card = Card::new("prices", of, "mean and standard error of bills by product")
        .counted(contracts, None)
        .judged(
            stated(contracts),
            Words::new(
                format!("契約{contracts}件の請求額から数えました"),
                format!("counted from the bills of {contracts} contracts"),
            ),
        )
        .detail("products", &trained.prices);
    card.data_hash = hash(&trained.prices);
    card
}

fn also_bought(neighbours: &Neighbours) -> Card {
    let (pairs, baskets) = neighbours.size();
    let of = Words::new("一緒に購入される商品", "items that are bought together");
    Card::new("also_bought", of, "excess confidence of pairs in baskets")
        .counted(baskets, None)
        .judged(
            stated(baskets),
            Words::new(
                format!("購入{baskets}件の商品の組{pairs}組から数えました"),
                format!("counted from {pairs} pairs of items in {baskets} baskets"),
            ),
        )
        .detail("pairs", pairs)
}

/// Rates of groups that are drawn to the whole.
fn of_rates(name: &str, of: Words, rates: &Rates) -> Card {
    let (events, trials) = rates.total;
    let mut card = Card::new(name, of, "shares of groups, drawn to the whole by empirical Bayes")
        .counted(trials, events)
        .judged(stated(trials), said_counts(events, trials))
        .detail("prior", rates.prior)
        .detail("groups", rates.groups.len());
    if trials > 0 {
        card = card.metric(Metric::plain("share", events as f64 / trials as f64));
    }
    card.data_hash = hash(&rates.groups);
    card
}

/// Rates from no row at all are the stated assumption.
fn stated(rows: u64) -> Verdict {
    if rows == 0 { Verdict::Lacks } else { Verdict::Counted }
}

fn said_counts(events: u64, trials: u64) -> Words {
    if trials == 0 {
        return Words::new(
            "記録がないため、仮定値を使います",
            "nothing is on record, so the stated assumption is used",
        );
    }
    Words::new(
        format!("{trials}件中{events}件から数えました"),
        format!("counted: {events} of {trials}"),
    )
}

/// Of what was counted, which is all that such a model keeps of its rows.
pub(super) fn hash(counts: &impl serde::Serialize) -> String {
    let mut hash = RowsHash::default();
    hash.text(&serde_json::to_string(counts).expect("numbers and strings"));
    hash.finish()
}
