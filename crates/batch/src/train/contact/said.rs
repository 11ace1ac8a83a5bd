//! What the card of the effect of approaches says, in both languages.

use domain::probability::Estimate;
use domain::words::Words;
use models::uplift::Unusable;

use super::months::AtRisk;
use super::study::Study;
use super::{CONTACT, EACH_NEEDED, Effects, Past, interval};
use crate::registry::{Card, Metric, Verdict};
use crate::train::organic::MONTH_DAYS;

pub(super) fn begin(past: Past<'_>, at_risk: &AtRisk<'_>) -> Card {
    let window = past.history.window_days;
    let of = Words::new(
        format!("働きかけが{window}日後の継続に与える効果"),
        format!("the effect of an approach on staying {window} days"),
    );
    let method = "pooled logistic regression of months at risk on approaches of the 180 days before, beyond what is \
                  expected of customers and of approaches; differences under a ridge chosen on held-out customers";
    let AtRisk { rows, treated, weights, .. } = at_risk;
    let approached = treated.iter().filter(|it| **it).count();
    let months: f64 = weights.iter().sum();
    let mut card = Card::new(CONTACT, of, method)
        .counted(rows.cases.len() as u64, rows.positives() as u64)
        .detail("approached", approached)
        .detail("approaches_by_mail_and_people", at_risk.ways)
        .detail("months_at_risk", months.round());
    card.data_hash = rows.hash();
    card.period = rows.period();
    card
}

pub(super) fn lacks(card: Card, (left, stayed): (usize, usize)) -> Card {
    let words = Words::new(
        format!(
            "過去の顧客の月のうち、解約した月{left}件、継続した月{stayed}件です。それぞれ{EACH_NEEDED}件以上必要なため、働きかけの効果は数えていません"
        ),
        format!(
            "of the past months of customers {left} ended in leaving and {stayed} did not; at least {EACH_NEEDED} of each are needed, so no effect of an approach is counted"
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
pub(super) fn found(
    card: Card,
    study: &Study,
    (average, drawn, window): ((f64, f64), (f64, f64), i32),
) -> Card {
    let told = &study.auc;
    let months = f64::from(window) / MONTH_DAYS;
    let [without, with] = study.monthly.map(|left| (1.0 - left).powf(months));
    let of = study.constant.coefficients.len() - 1;
    let log_odds = (study.constant.coefficients[of], study.constant.covariance[of][of].sqrt());
    card.metric(Metric::within("effect", average.0, interval(average)))
        .metric(Metric::within("log_odds_of_leaving", log_odds.0, interval(log_odds)))
        .metric(Metric::within("auc_of_who_is_approached", told.value, (told.lower, told.upper)))
        .metric(Metric::plain("overlap", study.overlap))
        .metric(Metric::plain("naive_difference", with - without))
        .metric(Metric::within("agreement", study.agreement.0, interval(study.agreement)))
        .detail("average_drawn_toward_none", drawn)
        .detail("ridge_of_differences", study.ridge)
        .detail("verdict", if study.differs() { "heterogeneous" } else { "constant" })
        .detail("adjusted", study.adjusted())
}

pub(super) fn nothing(card: Card, average: (f64, f64)) -> Card {
    let (low, high) = points(interval(average));
    let mean = average.0 * 100.0;
    let words = Words::new(
        format!(
            "働きかけによる継続率の差は平均{mean:+.1}ポイント({low:+.1}〜{high:+.1})で、効果がないことと区別できないため、数えていません"
        ),
        format!(
            "an approach changes staying by {mean:+.1} points on average ({low:+.1} to {high:+.1}), which cannot be told from nothing, so nothing is counted"
        ),
    );
    card.judged(Verdict::NoSignal, words)
}

pub(super) fn used(card: Card, differs: bool, (average, drawn): ((f64, f64), (f64, f64))) -> Card {
    let (low, high) = points(interval(average));
    let (ja, en) = if differs {
        ("顧客ごとに異なる効果を使います", "it differs between customers, and each has its own")
    } else {
        (
            "解約しやすさへの影響は全員同じとし、各顧客の解約リスクと契約満了の時期から顧客ごとの差を求めます",
            "the odds of leaving change alike for all, and each customer's risk and ends of terms make the rest",
        )
    };
    let (mean, used) = (average.0 * 100.0, drawn.0 * 100.0);
    let words = Words::new(
        format!(
            "働きかけによる継続率の差は平均{mean:+.1}ポイント({low:+.1}〜{high:+.1})、0に寄せて{used:+.1}ポイント。{ja}"
        ),
        format!(
            "an approach changes staying by {mean:+.1} points on average ({low:+.1} to {high:+.1}), {used:+.1} drawn toward none; {en}"
        ),
    );
    card.judged(Verdict::Signal, words)
}

/// What an approach does to one customer.
pub(super) fn effect(effects: &Effects, estimate: &Estimate, window: i32) -> Words {
    let (low, high) = points(estimate.interval_80());
    let mean = estimate.mean * 100.0;
    let Effects { rows, approached, left, adjusted, .. } = effects;
    let (ja, en) = if *adjusted {
        ("、働きかけ先の偏りを調整", ", adjusted for who was approached")
    } else {
        ("", "")
    };
    Words::new(
        format!(
            "働きかけ自体による{window}日後の継続率の変化 {mean:+.1}ポイント({low:+.1}〜{high:+.1}。過去の顧客の延べ{rows}か月、うち働きかけから180日以内{approached}か月、解約{left}件から推定{ja})"
        ),
        format!(
            "being approached changes the chance to stay {window} days by {mean:+.1} points ({low:+.1} to {high:+.1}; estimated from {rows} months of customers of the past, {approached} of them within 180 days of an approach, and {left} who left{en})"
        ),
    )
}

fn points((low, high): (f64, f64)) -> (f64, f64) {
    (low * 100.0, high * 100.0)
}
