//! A customer asked, and nobody has answered (S104): contact within one business day.
//!
//! An enquiry, a quote request, a visit to a pricing page or a download of material by an existing customer.
//! The window opens on the day itself, contact is due on the next day from Monday to Friday (public holidays
//! are not known), and the signal stands until it is answered: by an outbound contact or a deal after it, or
//! by its closing. It belongs to the enquiry's id, so one enquiry makes one play. After `days` (`web_days` for
//! what was only seen on the site) it is given up as stale.

use domain::motion::Motion;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, is_care, signal};
use crate::candidate::{Candidate, Evidence};
use crate::candidates::CARE;
use crate::decision::{Scope, Signal};
use crate::facts::{Asked, Enquiry};
use crate::look::Look;
use crate::phrases::{self, add, name};

pub(super) const RULE: Rule =
    Rule {
        code: "enquiry", ja: "お問い合わせ", en: "Enquiry", cites: "S31 S104", fires, opens
    };

/// How long an enquiry stands, and which web events are one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnquiryPolicy {
    /// Days for which an unanswered enquiry or quote request stands.
    pub days: i32,
    /// Days for which a visit to a pricing page or a download stands.
    pub web_days: i32,
    /// Parts of names of pages that speak of prices, in any case.
    pub price_pages: Vec<String>,
    /// Parts of names of pages and conversions that hand out material, in any case.
    pub materials: Vec<String>,
}

impl Default for EnquiryPolicy {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            days: 90,
            web_days: 14,
            price_pages: words(&["pricing", "price", "plans", "料金", "価格", "見積"]),
            materials: words(&[
                "download",
                "whitepaper",
                "brochure",
                "catalog",
                "資料",
                "ダウンロード",
                "カタログ",
            ]),
        }
    }
}

impl EnquiryPolicy {
    /// What a page view or conversion of that name asks for, if anything.
    pub fn asked(&self, name: &str) -> Option<Asked> {
        let name = name.to_lowercase();
        let speaks =
            |parts: &[String]| parts.iter().any(|part| name.contains(&part.to_lowercase()));
        if speaks(&self.materials) {
            return Some(Asked::Material);
        }
        speaks(&self.price_pages).then_some(Asked::Prices)
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    if !look.is_customer() {
        return Vec::new();
    }
    look.facts.enquiries.iter().filter_map(|enquiry| unanswered(look, enquiry)).collect()
}

fn unanswered(look: &Look, enquiry: &Enquiry) -> Option<Signal> {
    let policy = &look.policy.rules.enquiry;
    let (stands, strength, entity) = match enquiry.asked {
        Asked::Enquiry | Asked::Quote => (policy.days, 0.98, "activities"),
        Asked::Prices | Asked::Material => (policy.web_days, 0.9, "web_events"),
    };
    let answered = enquiry.answered_on.is_some_and(|on| on <= look.as_of);
    if answered || !(0..=stands).contains(&look.days_since(enquiry.on)) {
        return None;
    }
    let due = enquiry.on.next_business_day();
    let scope = enquiry.product.clone().map_or(Scope::Account, Scope::Product);
    let said = Evidence {
        words: words(look, enquiry, -look.days_since(due)),
        source: format!("{entity} {}", enquiry.id),
        on: Some(enquiry.on),
    };
    let mut signal = signal(RULE.code, scope, said);
    enquiry.id.clone_into(&mut signal.occurrence);
    signal.closes_on = Some(due);
    signal.strength = strength;
    Some(signal)
}

fn words(look: &Look, enquiry: &Enquiry, left: i32) -> Words {
    let (ja_on, en_on) = (enquiry.on.display_ja(), enquiry.on.display_en());
    let (ja_about, en_about) = enquiry.product.as_ref().map_or_else(Default::default, |id| {
        let product = name(look.catalogue, id);
        (format!("{product}について"), format!(" about {product}"))
    });
    let (ja, en) = match enquiry.asked {
        Asked::Enquiry => (
            format!("{ja_on}に{ja_about}お問い合わせがあり、まだ回答していません"),
            format!("Enquiry{en_about} on {en_on}, not answered yet"),
        ),
        Asked::Quote => (
            format!("{ja_on}に{ja_about}見積のご依頼があり、まだ回答していません"),
            format!("Quote requested{en_about} on {en_on}, not answered yet"),
        ),
        Asked::Prices => (
            format!("{ja_on}に{ja_about}料金のページをご覧になり、その後ご連絡していません"),
            format!("Looked at prices{en_about} on {en_on}; nobody has been in touch since"),
        ),
        Asked::Material => (
            format!("{ja_on}に{ja_about}資料をお求めになり、その後ご連絡していません"),
            format!("Asked for material{en_about} on {en_on}; nobody has been in touch since"),
        ),
    };
    let mut words = Words::new(ja, en);
    match left {
        0 => add(&mut words, "(本日までにご連絡してください)。", " (contact is due today)."),
        1.. => add(
            &mut words,
            "(翌営業日までにご連絡してください)。",
            " (contact is due on the next business day).",
        ),
        _ => {
            let days = left.abs();
            add(
                &mut words,
                &format!("(翌営業日の期限を{days}日過ぎています)。"),
                &format!(" ({} past the next business day).", phrases::days(days)),
            );
        }
    }
    words
}

/// Offers of what was asked about, any upsell or cross-sell where it was not said, and care: somebody answers
/// also where nothing can be sold.
fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    match (candidate.motion, &signal.scope) {
        (Motion::Care, _) => is_care(candidate, CARE),
        (Motion::Advance | Motion::Downsell | Motion::Repeat | Motion::Term, _) => false,
        (_, Scope::Product(of)) => {
            candidate.product.as_ref() == Some(of) || candidate.from_product.as_ref() == Some(of)
        }
        (_, Scope::Account) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};

    /// An enquiry of Thursday, 5 March 2026.
    fn asked(asked: Asked, product: Option<&str>) -> Example {
        let mut example = Example::company();
        example.facts.enquiries.push(Enquiry {
            id: "Q1".to_owned(),
            asked,
            on: day("2026-03-05"),
            product: product.map(Into::into),
            answered_on: None,
        });
        example
    }

    #[track_caller]
    fn check(example: &Example, as_of: &str, expected: &str) {
        let mut look = example.look();
        look.as_of = day(as_of);
        let said: Vec<_> = fires(&look)
            .iter()
            .map(|s| {
                let due = s.closes_on.expect("a due day");
                format!("{} {due} {:.2} {}", s.occurrence, s.strength, s.evidence[0].words.ja)
            })
            .collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn s104_contact_is_due_on_the_next_business_day() {
        let example = asked(Asked::Quote, Some("OP-SSO"));
        check(&example, "2026-03-04", "");
        let begun = "Q1 2026-03-06 0.98 2026年3月5日にシングルサインオンについて見積のご依頼があり、まだ回答していません";
        check(&example, "2026-03-05", &format!("{begun}(翌営業日までにご連絡してください)。"));
        check(&example, "2026-03-06", &format!("{begun}(本日までにご連絡してください)。"));
        check(&example, "2026-03-07", &format!("{begun}(翌営業日の期限を1日過ぎています)。"));
    }

    #[test]
    fn s104_over_a_weekend_monday_is_the_next_business_day() {
        let mut example = asked(Asked::Enquiry, None);
        for on in ["2026-03-06", "2026-03-07", "2026-03-08"] {
            example.facts.enquiries[0].on = day(on);
            let mut look = example.look();
            look.as_of = day("2026-03-08");
            assert_eq!(fires(&look)[0].closes_on, Some(day("2026-03-09")), "{on}");
        }
    }

    #[test]
    fn s104_it_is_repeated_until_it_is_answered() {
        let mut example = asked(Asked::Enquiry, None);
        let stands = "Q1 2026-03-06 0.98 2026年3月5日にお問い合わせがあり、まだ回答していません(翌営業日の期限を89日過ぎています)。";
        check(&example, "2026-06-03", stands);
        check(&example, "2026-06-04", "");
        example.facts.enquiries[0].answered_on = Some(day("2026-03-10"));
        check(
            &example,
            "2026-03-09",
            "Q1 2026-03-06 0.98 2026年3月5日にお問い合わせがあり、まだ回答していません(翌営業日の期限を3日過ぎています)。",
        );
        check(&example, "2026-03-10", "");
    }

    #[test]
    fn s104_what_was_only_seen_on_the_site_fades_sooner() {
        let example = asked(Asked::Prices, None);
        let mut look = example.look();
        look.as_of = day("2026-03-19");
        assert_eq!(fires(&look).len(), 1);
        look.as_of = day("2026-03-20");
        assert_eq!(fires(&look), []);
    }

    #[test]
    fn s104_someone_who_is_no_customer_is_a_lead_and_not_ours() {
        let mut example = asked(Asked::Enquiry, None);
        example.facts.contracts[0].active = false;
        assert_eq!(fires(&example.look()), []);
    }

    #[test]
    fn s104_it_opens_what_was_asked_about_and_care() {
        let example = asked(Asked::Enquiry, Some("X"));
        let signal = fires(&example.look()).remove(0);
        for (motion, product, expected) in [
            (Motion::CrossSell, "X", true),
            (Motion::Option, "X", true),
            (Motion::CrossSell, "Y", false),
            (Motion::Care, "Y", true),
            (Motion::Term, "X", false),
        ] {
            let mut candidate = example.candidate(motion);
            candidate.product = Some(product.into());
            assert_eq!(opens(&candidate, &signal), expected, "{} {product}", motion.code());
        }
        let anything = fires(&asked(Asked::Enquiry, None).look()).remove(0);
        assert!(opens(&example.candidate(Motion::CrossSell), &anything));
    }

    #[test]
    fn names_of_pages_in_both_languages() {
        let policy = EnquiryPolicy::default();
        assert_eq!(policy.asked("/Pricing/enterprise"), Some(Asked::Prices));
        assert_eq!(policy.asked("料金"), Some(Asked::Prices));
        assert_eq!(policy.asked("資料請求 完了"), Some(Asked::Material));
        assert_eq!(policy.asked("機能紹介"), None);
    }
}
