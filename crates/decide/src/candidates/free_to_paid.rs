//! From a free plan to the first paid one of its line (S2).

use domain::motion::Form;

use super::{Generator, plan_up};
use crate::candidate::{Candidate, Recommendation};
use crate::look::Look;

pub(super) const GENERATOR: Generator = Generator {
    code: "free_to_paid",
    ja: "無料プランから有料プランへ",
    en: "Free plan to paid plan",
    cites: "S2",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let free = look.facts.active_contracts().filter(|contract| plan_up::is_free(look, contract));
    free.filter_map(|contract| plan_up::to_next(look, contract, Form::FreeToPaid)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::examples::Example;

    fn check(mrr: Option<i64>, price: i64, expected: &str) {
        let mut example = Example::company();
        let contract = &mut example.facts.contracts[0];
        (contract.product, contract.seats, contract.mrr_minor) = ("KT-STD".into(), Some(5), mrr);
        let plan = example.catalogue.products.get_mut(&"KT-STD".into()).expect("in the example");
        plan.price_minor = Some(price);
        let made = super::make(&example.look(), &[]);
        assert_eq!(forms(&made), expected);
    }

    #[test]
    fn s2_where_nothing_is_paid_today() {
        check(Some(0), 0, "free_to_paid plan_up:KT-PRO +3900/month +0 once List");
        check(None, 0, "free_to_paid plan_up:KT-PRO +3900/month +0 once List");
        // A plan that costs something, given for nothing.
        check(Some(0), 480, "free_to_paid plan_up:KT-PRO +3900/month +0 once List");
        check(Some(1), 0, "");
        check(None, 480, "");
    }

    #[test]
    fn s2_past_other_free_plans() {
        let mut example = Example::company();
        let contract = &mut example.facts.contracts[0];
        (contract.product, contract.seats, contract.mrr_minor) =
            ("KT-STD".into(), Some(5), Some(0));
        let plan = example.catalogue.products.get_mut(&"KT-PRO".into()).expect("in the example");
        plan.price_minor = Some(0);
        let made = super::make(&example.look(), &[]);
        assert_eq!(forms(&made), "free_to_paid plan_up:KT-ENT +5900/month +0 once List");
    }
}
