//! What the card of the effect of approaches says, in both languages.

use domain::probability::Estimate;
use domain::words::Words;
use models::uplift::{Study, Unusable};

use super::{CONTACT, EACH_NEEDED, Effects, Past};
use crate::registry::{Card, Metric, Verdict};
use crate::train::rows::Rows;

pub(super) fn begin(past: Past<'_>, (rows, treated): (&Rows<'_>, &[bool])) -> Card {
    let window = past.history.window_days;
    let of = Words::new(
        format!("働きかけが{window}日後の継続に与える効果"),
        format!("the effect of an approach on staying {window} days"),
    );
    let method =
        "R- and DR-learner over ridge regression and boosted trees, chosen by held-out Qini";
    let approached = treated.iter().filter(|it| **it).count();
    let mut card = Card::new(CONTACT, of, method)
        .counted(rows.cases.len() as u64, rows.positives() as u64)
        .detail("approached", approached);
    card.data_hash = rows.hash();
    card.period = rows.period();
    card
}

pub(super) fn lacks(card: Card, (left, stayed): (usize, usize)) -> Card {
    let words = Words::new(
        format!(
            "過去の時点の顧客のうち解約{left}件、継続{stayed}件です。それぞれ{EACH_NEEDED}件以上必要なため、働きかけの効果は数えていません"
        ),
        format!(
            "of customers on days of the past {left} left and {stayed} stayed; at least {EACH_NEEDED} of each are needed, so no effect of an approach is counted"
        ),
    );
    card.judged(Verdict::Lacks, words)
}

pub(super) fn unusable(card: Card, why: &Unusable) -> Card {
    let ja = match why {
        Unusable::FewRows { rows, .. } => {
            format!("働きかけのあった行、またはなかった行が{rows}件しかないため")
        }
        Unusable::OneOutcome { .. } => "全員の結果が同じため".to_owned(),
        Unusable::NoOverlap { rows } => {
            format!("働きかけ先が属性でほぼ決まり、比較できる行が{rows}件しかないため")
        }
    };
    let words = Words::new(
        format!("{ja}、働きかけの効果は数えていません"),
        format!("{why}, so no effect of an approach is counted"),
    );
    card.judged(Verdict::Lacks, words)
}

/// With the figures of a study.
pub(super) fn found(card: Card, study: &Study, average: (f64, f64)) -> Card {
    let told = &study.randomised.auc;
    card.metric(Metric::within("effect", study.average.effect, study.average.interval()))
        .metric(Metric::within("auc_of_who_is_approached", told.value, (told.lower, told.upper)))
        .metric(Metric::plain("overlap", study.randomised.overlap))
        .metric(Metric::plain("naive_difference", study.average.naive))
        .metric(Metric::plain("agreement", study.agreement))
        .detail("average_drawn_toward_none", average)
        .detail("verdict", study.verdict.name())
        .detail("adjusted", study.adjusted)
}

pub(super) fn nothing(card: Card, study: &Study) -> Card {
    let (low, high) = points(study.average.interval());
    let words = Words::new(
        format!(
            "働きかけによる継続率の差は平均{:+.1}ポイント({low:+.1}〜{high:+.1})で、効果がないことと区別できないため、数えていません",
            study.average.effect * 100.0
        ),
        format!(
            "an approach changes staying by {:+.1} points on average ({low:+.1} to {high:+.1}), which cannot be told from nothing, so nothing is counted",
            study.average.effect * 100.0
        ),
    );
    card.judged(Verdict::NoSignal, words)
}

pub(super) fn used(card: Card, study: &Study, average: (f64, f64)) -> Card {
    let (low, high) = points(study.average.interval());
    let differs = study.verdict == models::uplift::Verdict::Heterogeneous;
    let (ja, en) = if differs {
        ("顧客ごとに異なる効果を使います", "it differs between customers, and each has its own")
    } else {
        ("全員に同じ効果を使います", "the same is taken for all")
    };
    let words = Words::new(
        format!(
            "働きかけによる継続率の差は平均{:+.1}ポイント({low:+.1}〜{high:+.1})、0に寄せて{:+.1}ポイント。{ja}",
            study.average.effect * 100.0,
            average.0 * 100.0
        ),
        format!(
            "an approach changes staying by {:+.1} points on average ({low:+.1} to {high:+.1}), {:+.1} drawn toward none; {en}",
            study.average.effect * 100.0,
            average.0 * 100.0
        ),
    );
    card.judged(Verdict::Signal, words)
}

/// What an approach does to one customer.
pub(super) fn effect(effects: &Effects, estimate: &Estimate, window: i32) -> Words {
    let (low, high) = points(estimate.interval_80());
    let mean = estimate.mean * 100.0;
    let Effects { rows, approached, adjusted, .. } = effects;
    let (ja, en) = if *adjusted {
        ("、働きかけ先の偏りを調整", ", adjusted for who was approached")
    } else {
        ("", "")
    };
    Words::new(
        format!(
            "働きかけ自体による{window}日後の継続率の変化 {mean:+.1}ポイント({low:+.1}〜{high:+.1}。過去の時点の顧客{rows}件、うち働きかけ{approached}件から推定{ja})"
        ),
        format!(
            "being approached changes the chance to stay {window} days by {mean:+.1} points ({low:+.1} to {high:+.1}; estimated from {rows} customers on days of the past, {approached} of them approached{en})"
        ),
    )
}

fn points((low, high): (f64, f64)) -> (f64, f64) {
    (low * 100.0, high * 100.0)
}
