//! An option that nobody uses is dropped (S11): the main contract stays.

use domain::motion::Form;
use domain::words::Words;

use super::{Generator, price, smaller};
use crate::candidate::{Candidate, Recommendation};
use crate::catalogue::ProductKind;
use crate::facts::Contract;
use crate::look::Look;

pub(super) const GENERATOR: Generator = Generator {
    code: "drop_option",
    ja: "使われていないオプションの解約",
    en: "Drop an option that is not used",
    cites: "S11 S48 N4",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    smaller::contracts(look).filter_map(|contract| candidate(look, contract)).collect()
}

fn candidate(look: &Look, contract: &Contract) -> Option<Candidate> {
    let option = look.product(&contract.product).filter(|it| it.kind == ProductKind::Option)?;
    let others = look.facts.active_contracts().any(|it| it.subscription != contract.subscription);
    let usage = smaller::usage(look, contract);
    let idle = !usage.is_empty() && usage.iter().all(|usage| smaller::is_idle(look, usage));
    let paid = price::paid(look, contract).filter(|paid| *paid > 0.0)?;
    if !others || !idle {
        return None;
    }
    let offer = format!("downsell:{}:drop", contract.subscription);
    let mut candidate = smaller::candidate(look, contract, (Form::DropOption, offer), paid);
    candidate.title = Words::new(format!("{}の解約", option.name), format!("Drop {}", option.name));
    candidate.because.extend(usage.into_iter().map(smaller::said_idle));
    candidate.because.push(smaller::said_cost(contract, paid, paid));
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::examples::Example;

    fn check((recent, earlier): (f64, Option<f64>), expected: &str) {
        let mut example = Example::company();
        let mut option = example.facts.contracts[0].clone();
        (option.subscription, option.product) = ("S2".into(), "OP-SSO".into());
        (option.seats, option.mrr_minor) = (None, Some(20_000));
        example.facts.contracts.push(option);
        let mut usage = example.facts.usage[0].clone();
        (usage.subscription, usage.product) = ("S2".into(), "OP-SSO".into());
        (usage.recent_mean, usage.earlier_mean) = (recent, earlier);
        example.facts.usage.push(usage);
        assert_eq!(forms(&super::make(&example.look(), &[])), expected);
    }

    #[test]
    fn s11_an_idle_option_and_no_other() {
        let dropped = "drop_option downsell:S2:drop -20000/month +0 once Own";
        check((4.0, Some(40.0)), dropped);
        check((4.1, Some(40.0)), "");
        check((0.0, None), dropped);
        check((0.1, None), "");
    }
}
