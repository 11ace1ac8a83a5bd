//! What cards say, in both languages.

use decide::card::Said;
use domain::time::Day;
use domain::words::Words;
use models::propensity::Propensity;

use super::held_out::HeldOut;
use super::{Beside, Difference, EACH_NEEDED, Model, Task};
use crate::registry::Card;
use crate::train::rows::Rows;

/// The card of rows that nothing has been learnt of yet.
pub(super) fn begin(task: &Task, rows: &Rows<'_>, all: usize) -> Card {
    let n = rows.cases.len();
    let method = "boosted trees and penalised logistic regression, blended by grouped cross-validation, calibrated";
    let mut card =
        Card::new(task.name, task.of.clone(), method).counted(n as u64, rows.positives() as u64);
    card.data_hash = rows.hash();
    card.period = rows.period();
    if all > n {
        card = card.note(Words::new(
            format!("{all}行のうち{n}行を無作為に抽出しました"),
            format!("a sample of {n} of {all} rows, drawn by their hash"),
        ));
    }
    card
}

pub(super) fn lacks(task: &Task, ones: u64, n: u64) -> Words {
    let zeros = n - ones;
    Words::new(
        format!(
            "{}: 起きた行が{ones}件、起きなかった行が{zeros}件あります。それぞれ{EACH_NEEDED}件以上必要なため、割合の推定を使います",
            task.rows.ja
        ),
        format!(
            "{}: it happened in {ones} and did not in {zeros}; at least {EACH_NEEDED} of each are needed, so the counted rates are used",
            task.rows.en
        ),
    )
}

pub(super) fn no_column() -> Words {
    Words::new(
        "学習できる列がないため、割合の推定を使います",
        "there is no column to learn from, so the counted rates are used",
    )
}

pub(super) fn verdict(task: &Task, model: &Propensity, beside: &Beside, signal: bool) -> Words {
    let (auc, lower, upper) = (model.auc.value, model.auc.lower, model.auc.upper);
    let (own, rates) = (beside.log_loss, beside.rates_log_loss);
    if signal {
        return Words::new(
            format!(
                "{}: 学習に使わなかった行でAUC {auc:.3}({lower:.3}〜{upper:.3})、対数損失{own:.4}は割合の推定の{rates:.4}より良いため、モデルを使います",
                task.rows.ja
            ),
            format!(
                "{}: on held-out rows the area is {auc:.3} ({lower:.3} to {upper:.3}) and the log loss {own:.4} is better than the counted rates' {rates:.4}, so the model is used",
                task.rows.en
            ),
        );
    }
    Words::new(
        format!(
            "{}: 学習に使わなかった行でAUC {auc:.3}({lower:.3}〜{upper:.3})、対数損失{own:.4}は割合の推定の{rates:.4}より確かに良いとは言えないため、割合の推定を使います",
            task.rows.ja
        ),
        format!(
            "{}: on held-out rows the area is {auc:.3} ({lower:.3} to {upper:.3}) and the log loss {own:.4} is not surely better than the counted rates' {rates:.4}, so the rates are used",
            task.rows.en
        ),
    )
}

/// Both were judged on rows that neither had seen.
pub(super) fn compared(
    held_out: HeldOut,
    (newcomer, old): (f64, f64),
    (apart, rows): (Difference, usize),
) -> Words {
    let which = match held_out {
        HeldOut::From(day) => {
            let day = Day(day);
            Words::new(
                format!("{day}以降に結果が分かった{rows}行"),
                format!("{rows} rows whose outcome was known on {day} or later"),
            )
        }
        HeldOut::Accounts => Words::new(
            format!("顧客の5分の1の{rows}行"),
            format!("{rows} rows of a fifth of the accounts"),
        ),
    };
    let error = apart.error;
    Words::new(
        format!("{}: 対数損失は今回{newcomer:.4}、前回{old:.4}(差の標準誤差{error:.4})", which.ja),
        format!(
            "{}: log loss {newcomer:.4}, of the model of the run before {old:.4} (standard error of the difference {error:.4})",
            which.en
        ),
    )
}

/// The card of a model that is kept: its own, with why the newcomer is not.
pub(super) fn kept(model: &Model, newcomer: &Card) -> Card {
    let held_out = newcomer.held_out.clone().unwrap_or_default();
    let mut card = model.card.clone();
    let run = &model.run_id;
    card.because = Said::from(&Words::new(
        format!(
            "今回のモデルの方が悪かったため、実行{run}のモデルを引き続き使います。{}",
            held_out.ja
        ),
        format!("the newcomer is worse, so the model of run {run} is kept. {}", held_out.en),
    ));
    card.held_out = Some(held_out);
    card.kept_from = Some(run.clone());
    let both = newcomer.metrics.iter().filter(|metric| metric.name.starts_with("held_out"));
    card.metrics.retain(|metric| !metric.name.starts_with("held_out"));
    card.metrics.extend(both.cloned());
    card.notes.push(Said {
        ja: format!("採用しなかった今回のモデル: {}", newcomer.because.ja),
        en: format!("the newcomer that is not used: {}", newcomer.because.en),
    });
    card
}

pub(super) fn lost(run: &str, why: &str) -> Said {
    Said {
        ja: format!("前回の実行{run}のモデルを読めないため、比べていません({why})"),
        en: format!("the model of run {run} could not be read, so nothing was compared ({why})"),
    }
}

pub(super) fn not_compared(run: &str) -> Said {
    Said {
        ja: format!("前回の実行{run}のモデルと比べられる新しい結果が足りません"),
        en: format!("too few new outcomes to compare with the model of run {run}"),
    }
}
