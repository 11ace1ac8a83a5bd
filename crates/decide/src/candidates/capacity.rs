//! More capacity or storage (S4): where use of a metric nears what the plan includes, options of the line that bring
//! more of that metric, as many units as the forecast for the end of the outcome window needs.

use domain::motion::{Form, Motion};
use domain::words::Words;

use super::{Generator, blank, price};
use crate::candidate::{Candidate, Evidence, Recommendation};
use crate::catalogue::{Product, ProductKind};
use crate::facts::{Contract, Usage};
use crate::look::Look;
use crate::phrases::figure;
use crate::signals::{self, Binding};

pub(super) const GENERATOR: Generator = Generator {
    code: "capacity",
    ja: "容量・ストレージの追加",
    en: "More capacity or storage",
    cites: "S4 S36",
    make,
};

/// From this share of the limit on, one unit is offered though no more is foreseen.
const FULL: f64 = 0.9;

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    look.facts.usage.iter().filter_map(|usage| candidate(look, usage)).collect()
}

/// The option of the line that brings more of a metric, the smallest first; what it brings.
fn unit<'a>(look: &Look<'a>, usage: &Usage, line: Option<&str>) -> Option<(&'a Product, f64)> {
    let brings = |product: &Product| {
        let of_metric = product.limits.iter().filter(|limit| limit.metric == usage.metric);
        of_metric.map(|limit| limit.included).find(|included| *included > 0.0)
    };
    let options = look.catalogue.products.values().filter(|product| {
        product.on_sale && product.kind == ProductKind::Option && product.line.as_deref() == line
    });
    options
        .filter_map(|product| Some((product, brings(product)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.id.cmp(&b.0.id)))
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a count of units")]
fn whole(x: f64) -> i64 {
    (x - 1e-9).ceil().clamp(0.0, 1e6) as i64
}

fn candidate(look: &Look, usage: &Usage) -> Option<Candidate> {
    let contract: &Contract =
        look.facts.active_contracts().find(|it| it.subscription == usage.subscription)?;
    let Binding::Plan(limit) = signals::binding(look, usage)? else { return None };
    let (option, brings) = unit(look, usage, look.line(&contract.product))?;
    let need = usage.reach.map_or(usage.value, |reach| reach.need.max(usage.value));
    let mut units = whole((need - limit) / brings);
    if units == 0 && usage.value >= FULL * limit {
        units = 1;
    }
    if units == 0 {
        return None;
    }
    let mut more = price::of(option, Some(units), None);
    if option.price_unit != crate::catalogue::PriceUnit::SeatMonth {
        let each = price::of(option, Some(units), None);
        (more.month, more.once) = (each.month.scaled(units as f64), each.once.scaled(units as f64));
    }
    let offer = format!("seats:{}:{}", contract.subscription, option.id);
    let mut candidate = blank(look, Motion::Seats, offer);
    price::put(look, &mut candidate, option, more);
    candidate.form = Form::Capacity;
    candidate.from_product = Some(contract.product.clone());
    candidate.subscription = Some(contract.subscription.clone());
    let after = limit + brings * units as f64;
    candidate.title = Words::new(
        format!(
            "{} {units}口({} {} → {})",
            option.name,
            usage.metric,
            figure(limit),
            figure(after)
        ),
        format!(
            "{} x {units} ({} {} → {})",
            option.name,
            usage.metric,
            figure(limit),
            figure(after)
        ),
    );
    let (value, top) = (figure(usage.value), figure(limit));
    candidate.because.push(Evidence {
        words: Words::new(
            format!(
                "{}は{value}で、ご契約の上限は{top}です。1口で{}増やせます。",
                usage.metric,
                figure(brings)
            ),
            format!(
                "{}: {value} of {top} under contract; one unit adds {}.",
                usage.metric,
                figure(brings)
            ),
        ),
        source: format!("usage {} {}", usage.subscription, usage.metric),
        on: Some(usage.on),
    });
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::catalogue::Limit;
    use crate::examples::Example;
    use crate::facts::Reach;

    /// A company with so much storage used of 300, and a unit of 100 for 3,000 a month.
    fn check(value: f64, need: f64, expected: &str) {
        let mut example = Example::company();
        let limit = |included| Limit {
            metric: "GB".to_owned(),
            included,
            per_seat: false,
            plan_version: None,
            window: None,
        };
        let mut unit = example.catalogue.products[&"OP-SSO".into()].clone();
        unit.id = "OP-GB".into();
        unit.price_minor = Some(3_000);
        unit.limits = vec![limit(100.0)];
        example.catalogue.products.insert(unit.id.clone(), unit);
        let usage = &mut example.facts.usage[0];
        "GB".clone_into(&mut usage.metric);
        (usage.value, usage.limit, usage.recent_mean) = (value, Some(300.0), value);
        usage.reach = usage.reach.map(|reach| Reach { need, limit: 300.0, ..reach });
        let made = super::make(&example.look(), &[]);
        assert_eq!(forms(&made), expected);
    }

    #[test]
    fn s4_as_many_units_as_the_forecast_needs() {
        check(250.0, 300.0, "");
        check(250.0, 301.0, "capacity seats:S1:OP-GB +3000/month +0 once List");
        check(250.0, 400.0, "capacity seats:S1:OP-GB +3000/month +0 once List");
        check(250.0, 401.0, "capacity seats:S1:OP-GB +6000/month +0 once List");
        check(269.0, 200.0, "");
        check(270.0, 200.0, "capacity seats:S1:OP-GB +3000/month +0 once List");
    }
}
