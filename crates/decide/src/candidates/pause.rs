//! A pause (S11): months without service and bill, where a contract that was used stands idle. What is lost is the
//! revenue of those months; the contract goes on after.

use domain::motion::Form;
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, price, smaller};
use crate::candidate::{Candidate, Evidence, Recommendation};
use crate::catalogue::ProductKind;
use crate::facts::Contract;
use crate::look::Look;
use crate::phrases::name;

pub(super) const GENERATOR: Generator =
    Generator { code: "pause", ja: "一時休止", en: "Pause", cites: "S11 S48 N4", make };

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    smaller::contracts(look).filter_map(|contract| candidate(look, contract)).collect()
}

fn candidate(look: &Look, contract: &Contract) -> Option<Candidate> {
    let months = look.policy.candidates.pause_months;
    let is_option =
        look.product(&contract.product).is_some_and(|it| it.kind == ProductKind::Option);
    let usage = smaller::usage(look, contract);
    let used = usage.iter().any(|usage| usage.earlier_mean.is_some_and(|mean| mean > 0.0));
    let paid = price::paid(look, contract).filter(|paid| *paid > 0.0)?;
    let idle = used && usage.iter().all(|usage| smaller::is_idle(look, usage));
    if months == 0 || is_option || !idle {
        return None;
    }
    let offer = format!("downsell:{}:pause", contract.subscription);
    let mut candidate = smaller::candidate(look, contract, (Form::Pause, offer), 0.0);
    candidate.product = Some(contract.product.clone());
    candidate.once_minor = Estimate::known(-(paid * f64::from(months)));
    let called = name(look.catalogue, &contract.product);
    candidate.title = Words::new(
        format!("{called}の{months}か月の一時休止"),
        format!("Pause {called} for {months} months"),
    );
    candidate.because.extend(usage.into_iter().map(smaller::said_idle));
    candidate.because.push(Evidence {
        words: Words::new(
            format!("休止する{months}か月分のご請求がなくなり、その後は今のご契約に戻ります。"),
            format!(
                "The {months} months are not billed; after them the contract goes on as it is."
            ),
        ),
        source: format!("subscriptions {}", contract.subscription),
        on: contract.cancel_deadline,
    });
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::examples::Example;

    fn check((recent, earlier): (f64, Option<f64>), months: u32, expected: &str) {
        let mut example = Example::company();
        example.policy.candidates.pause_months = months;
        let usage = &mut example.facts.usage[0];
        (usage.recent_mean, usage.earlier_mean) = (recent, earlier);
        assert_eq!(forms(&super::make(&example.look(), &[])), expected);
    }

    #[test]
    fn s11_a_contract_that_was_used_and_stands_idle() {
        let paused = "pause downsell:S1:pause +0/month -234000 once Own";
        check((8.0, Some(80.0)), 3, paused);
        check((8.1, Some(80.0)), 3, "");
        check((0.0, None), 3, "");
        check((0.0, Some(0.0)), 3, "");
        check((8.0, Some(80.0)), 0, "");
    }
}
