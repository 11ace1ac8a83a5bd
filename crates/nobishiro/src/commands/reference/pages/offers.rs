//! The page of offers: motions and forms, the columns of the offers table, incentives and eligibility.

use std::fmt::Write;

use decide::candidates::{GENERATORS, Generator, PACKAGES};
use decide::eligibility::ATTRIBUTES;
use decide::incentive::APPEALS;
use domain::motion::{Form, Motion};

use super::HEADER;

/// Every way to make offers, packages last.
pub(super) fn generators() -> impl Iterator<Item = &'static Generator> {
    GENERATORS.iter().chain([&PACKAGES])
}

/// What each column of the offers table does.
const COLUMNS: &[(&str, &str)] = &[
    (
        "motion",
        "the move; it also says how the offer is classed where that differs from the product's line (a cross-sell of the same line stays one)",
    ),
    (
        "product_id",
        "what is sold; it must be among the products. For `term` and `downsell` the contract that changes may stand in `from_product_id` instead",
    ),
    (
        "from_product_id",
        "what must be held, and what a `plan_up` takes the place of: today's bill goes off the price",
    ),
    (
        "price",
        "a month, or once for a product that is paid once; empty: the list price for the customer's seats",
    ),
    (
        "effort_hours",
        "hours of the work; by mail and prompt none. Empty: the policy's for the motion",
    ),
    (
        "role",
        "CIS, CS, AM, partner_sales, manager or partner; empty: CS for care and smaller contracts, else CIS",
    ),
    (
        "channels",
        "phone, visit, mail, prompt, post, line, apart by commas: the customer's usual one where it is among them, else the first that may reach it. One that needs a person is not made to who is reached by mail and prompt",
    ),
    ("incentive", "what makes it easier to take: see below"),
    ("stock", "how many there are; 0: none, empty: no cap"),
    ("min_volume", "made only where so many are sold; not over the stock"),
    ("eligibility", "to whom it applies: see below"),
    (
        "playbook",
        "its steps, apart by semicolons, arrows or lines; they share the hours, two a week",
    ),
    (
        "line_override",
        "the line it counts to in the place of its product's: of a line that is held it is upsell, of another cross-sell",
    ),
    (
        "complements",
        "products it completes; of a `bundle` its further parts, none of which may be owned yet",
    ),
    ("excludes", "products whose owners do not get it"),
];

/// Incentives: term, what it gives, what it costs when the offer is accepted.
const TERMS: &[(&str, &str, &str)] = &[
    (
        "`free 3 months` · `無料 3か月`, with a product: `free 3 months OP-OCR`",
        "months free, of the whole or of that product",
        "the revenue of those months",
    ),
    (
        "`discount 10% for 12 months` · `割引 10% 12か月`; without months for good",
        "a share off",
        "that share of the revenue",
    ),
    ("`off 30000` · `値引き 30000`", "an amount off, once", "the amount"),
    (
        "`volume 5% from 50` · `数量割引 5% 50`",
        "a share off from so many seats on; the highest that is reached counts",
        "that share of the revenue",
    ),
    ("`trial 14 days` · `試用 14日`", "a trial before the decision", "nothing"),
    (
        "`referral 500 MB cost 200` · `紹介 500 MB 費用 200`",
        "capacity for each user invited; with `motion` = `care` it is a referral programme of its own: promoters with success are asked for a referral",
        "the stated cost",
    ),
    ("`reviews` · `導入事例`", "what other customers say", "nothing"),
    (
        "`term 24 months` · `期間 24か月`",
        "in return for that term; of a `term` offer the term itself",
        "nothing",
    ),
    (
        "`public` · `一般公開`",
        "who takes the offer unasked gets it too",
        "only the difference that the contact makes counts",
    ),
];

/// The page.
pub(super) fn page() -> String {
    let mut text = format!(
        "{HEADER}# Offers\n\nMost offers derive from products, prices, limits, contracts, usage and orders. `offers.csv` adds others; one of the \
         same motion, product and term takes the place of the derived one. What is wrong is refused when it is taken in, or left out of the \
         plan and told by `check` and `run`.\n\n## Motions and their forms\n\n`candidates.off` in the policy switches off any motion or form \
         by its code.\n\n| motion | what | 日本語 |\n|---|---|---|\n"
    );
    for motion in Motion::ALL {
        let words = motion.words();
        let _ = writeln!(text, "| `{}` | {} | {} |", motion.code(), words.en, words.ja);
    }
    text.push_str("\n| form | what | 日本語 |\n|---|---|---|\n");
    for form in Form::ALL {
        let words = form.words();
        let _ = writeln!(text, "| `{}` | {} | {} |", form.code(), words.en, words.ja);
    }
    text.push_str(
        "\n## How they are made\n\n| code | what | 日本語 | serves |\n|---|---|---|---|\n",
    );
    for g in generators() {
        let _ = writeln!(text, "| `{}` | {} | {} | {} |", g.code, g.en, g.ja, g.cites);
    }
    text.push_str(
        "\nOf the same line is upsell, of another cross-sell. Owned is what is under contract, and what was bought within \
         `candidates.owned_for_days`. A package is made where one quotation with fallbacks (松竹梅) is worth more than the best of its parts \
         alone.\n\n## Columns of offers.csv\n\n`offer_id`, `motion` and `name` are required.\n\n| column | what it does |\n|---|---|\n",
    );
    for (column, about) in COLUMNS {
        let _ = writeln!(text, "| `{column}` | {about} |");
    }
    incentives(&mut text);
    eligibility(&mut text);
    text
}

fn incentives(text: &mut String) {
    text.push_str(
        "\n## Incentives\n\nTerms in English or Japanese, apart by semicolons: `discount 10% for 12 months; reviews`. An incentive goes to \
         everybody who accepts, so that it costs the whole chance of acceptance times what it gives, also for those who would have bought \
         anyway.\n\n| term | gives | costs when accepted |\n|---|---|---|\n",
    );
    for (term, gives, costs) in TERMS {
        let _ = writeln!(text, "| {term} | {gives} | {costs} |");
    }
    text.push_str("\n| term | appeals to | 日本語 |\n|---|---|---|\n");
    for (term, ja, en) in APPEALS {
        let _ = writeln!(text, "| `{term}` | {en} | {ja} |");
    }
}

fn eligibility(text: &mut String) {
    text.push_str(
        "\n## Eligibility\n\n```\nexpression := all { \"or\" all }\nall        := { \"not\" } condition { \"and\" { \"not\" } condition }\n\
         condition  := \"(\" expression \")\"\n            | \"has\" \"(\" product \")\"\n            | name ( = | != | < | <= | > | >= ) value\n            \
         | name [ \"not\" ] \"in\" \"(\" value { \",\" value } \")\"\n```\n\nValues are numbers (`100`, `25%`), `true`, `false`, words, texts in quotes \
         (`'A & B'`) and ISO dates. Texts compare without case. What is missing is unknown, and an unknown condition does not hold. Names are \
         those below, columns of the accounts file, and features ([features.md](features.md)).\n\n\
         Examples: `segment = enterprise and employees >= 100`; `has(KT-PRO) and not has(OP-SSO)`; `industry in (製造, 卸売) or seats > 50`.\n\n\
         | name | holds |\n|---|---|\n",
    );
    for attribute in ATTRIBUTES {
        let _ = writeln!(text, "| `{}` | {} |", attribute.name, attribute.about);
    }
}
