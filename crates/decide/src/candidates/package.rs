//! Packages (S13, N19): an upgrade, an option, a longer term, another product in one quotation (松), with smaller ones
//! to fall back on (竹, 梅) and staying as is always among the answers.
//!
//! One talk, one effort, one contact. What is known of the parts alone makes the odds of the whole, as an ordered
//! choice: the part that earns most alone is the core, which every quotation has; the customer takes the longest
//! quotation of which it wants every part.
//!
//! ```text
//! P(takes at least the first k of n parts) = opportunity(core) * focus^(n - 1) * won_1 * … * won_k
//! ```
//!
//! Assumed: whether the customer wants one part tells nothing of another, given the talk; the talk opens as one about
//! the core does; each further part in the quotation leaves `priors.package_focus` of the chance of all (too much
//! choice, Iyengar and Lepper 2000); a further part takes `candidates.package_effort` of its hours alone. So a package
//! is worth more than its core only where the further parts are likely and large enough, and only then it is made.

use domain::motion::{Form, Motion};
use domain::probability::{Estimate, Provenance};
use domain::words::Words;

use super::Generator;
use crate::candidate::{Candidate, Evidence, Odds, PriceBasis, Scored};
use crate::guards;
use crate::look::Look;
use crate::phrases::percent;
use crate::value;

/// Packages, for the list of generators: they are made of what the others made.
pub const PACKAGES: Generator = Generator {
    code: "package",
    ja: "組み合わせの提案(松竹梅)",
    en: "Package with fallbacks",
    cites: "S13 N19",
    make: |_, _| Vec::new(),
};

/// How many of an account's best offers are looked at for packages.
const LOOKED_AT: usize = 8;

/// The packages of an account's offers that are worth more than each of their parts, best first.
pub fn packages(look: &Look, scored: &[Scored]) -> Vec<Scored> {
    let policy = &look.policy.candidates;
    if policy.package_parts < 2 || policy.packages == 0 || !look.facts.takes_hours() {
        return Vec::new();
    }
    let mut parts: Vec<(f64, &Scored)> = scored
        .iter()
        .filter(|scored| is_part(look, &scored.candidate))
        .map(|scored| (value::expected(look, scored).eip.mean, scored))
        .filter(|(eip, _)| *eip > 0.0)
        .collect();
    parts.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then_with(|| a.1.candidate.offer.cmp(&b.1.candidate.offer))
    });
    parts.truncate(LOOKED_AT);
    if parts.len() < 2 {
        return Vec::new();
    }
    let mut made = made_of(look, &parts);
    // Guards take far longer than figures: they are asked where there is something to hold.
    if !made.is_empty() {
        let candidates: Vec<Candidate> = parts.iter().map(|(_, it)| it.candidate.clone()).collect();
        let against = guards::against(look, &candidates);
        let before = parts.len();
        let mut held = against.iter().map(Option::is_some);
        parts.retain(|_| held.next() == Some(false));
        if parts.len() < before {
            made = made_of(look, &parts);
        }
    }
    made.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then_with(|| a.1.candidate.offer.cmp(&b.1.candidate.offer))
    });
    made.truncate(policy.packages as usize);
    made.into_iter().map(|(_, package)| package).collect()
}

/// Every package of these parts that is worth more than its core alone, with its worth; parts best first.
fn made_of(look: &Look, parts: &[(f64, &Scored)]) -> Vec<(f64, Scored)> {
    let policy = &look.policy.candidates;
    let mut made: Vec<(f64, Scored)> = Vec::new();
    for core in 0..parts.len() {
        for size in 2..=policy.package_parts as usize {
            let Some(package) = grown(look, parts, core, size) else { break };
            let worth = value::expected(look, &package).eip.mean;
            let known = made.iter().any(|(_, it)| it.candidate.offer == package.candidate.offer);
            let off = policy.is_off(&package.candidate);
            if worth > parts[core].0 && !known && !off {
                made.push((worth, package));
            }
        }
    }
    made
}

/// Whether an offer can be a part: it sells by a person's word, has a price, and its number is not limited: stock and
/// minimum volumes are counted by single offers.
fn is_part(look: &Look, candidate: &Candidate) -> bool {
    let moves = matches!(
        candidate.motion,
        Motion::PlanUp | Motion::Seats | Motion::Term | Motion::Option | Motion::CrossSell
    );
    let given = look.catalogue.given(&candidate.offer);
    let limited = given.is_some_and(|it| it.stock.is_some() || it.min_volume.is_some());
    let priced = candidate.price_basis != PriceBasis::Unknown;
    moves && candidate.channel.takes_hours() && priced && !limited
}

/// Whether two offers can stand in one quotation: not two ways to change the same thing, and neither excludes the
/// other's product.
fn agree(look: &Look, a: &Candidate, b: &Candidate) -> bool {
    let capacity = |c: &Candidate| matches!(c.motion, Motion::PlanUp | Motion::Seats);
    let same_contract = a.subscription.is_some() && a.subscription == b.subscription;
    let rivals = (capacity(a) && capacity(b) && same_contract)
        || (a.motion == Motion::Term && b.motion == Motion::Term && same_contract)
        || (a.product == b.product && a.motion != Motion::Term && b.motion != Motion::Term);
    let excludes = |a: &Candidate, b: &Candidate| {
        let given = look.catalogue.given(&a.offer);
        given.is_some_and(|offer| b.product.as_ref().is_some_and(|id| offer.excludes.contains(id)))
    };
    let two_lines = a.motion == Motion::CrossSell && b.motion == Motion::CrossSell;
    !rivals && !two_lines && !excludes(a, b) && !excludes(b, a)
}

/// The package of a core with the best others that agree, of so many parts; none where there are not so many.
fn grown(look: &Look, all: &[(f64, &Scored)], core: usize, size: usize) -> Option<Scored> {
    let mut parts: Vec<&Scored> = vec![all[core].1];
    // A part that earns more alone would be the core.
    for (_, other) in all.iter().skip(core + 1) {
        let fits = parts.iter().all(|part| agree(look, &part.candidate, &other.candidate));
        if fits && parts.len() < size {
            parts.push(other);
        }
    }
    (parts.len() == size).then(|| package(look, &parts))
}

fn package(look: &Look, parts: &[&Scored]) -> Scored {
    let core = parts[0];
    let focus = look.policy.priors.package_focus.powi(i32::try_from(parts.len() - 1).unwrap_or(0));
    let prior = |estimate: Estimate| Estimate { provenance: Provenance::Prior, ..estimate };
    let mut won = prior(core.odds.won.scaled(focus));
    let mut chained = Vec::with_capacity(parts.len());
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            won = prior(won.times(part.odds.won));
        }
        let odds = Odds {
            opportunity: core.odds.opportunity,
            in_window: core.odds.in_window,
            won,
            because: Vec::new(),
            ..part.odds.clone()
        };
        chained.push(Scored { candidate: part.candidate.clone(), odds });
    }
    let odds = Odds {
        won: chained[0].odds.won,
        because: said_odds(look, parts, &chained),
        ..core.odds.clone()
    };
    Scored { candidate: candidate(look, parts, chained), odds }
}

fn candidate(look: &Look, parts: &[&Scored], chained: Vec<Scored>) -> Candidate {
    let core = &parts[0].candidate;
    let sum = |of: fn(&Candidate) -> Estimate| {
        let terms: Vec<Estimate> = parts.iter().map(|part| of(&part.candidate)).collect();
        let mean = terms.iter().map(|term| term.mean).sum();
        let sd = terms.iter().map(|term| term.sd.powi(2)).sum::<f64>().sqrt();
        let provenance = terms.iter().map(|term| term.provenance).min();
        Estimate { mean, sd, provenance: provenance.unwrap_or(Provenance::Prior), n: terms[0].n }
    };
    let extra: f64 = parts[1..].iter().map(|part| part.candidate.effort_hours).sum();
    let offers: Vec<&str> = parts.iter().map(|part| part.candidate.offer.as_str()).collect();
    let title = |n: usize| {
        let titles = || parts[..n].iter().enumerate().map(|(at, part)| (at, &part.candidate.title));
        let ja: Vec<String> = titles().map(|(at, title)| beside(at, &title.ja)).collect();
        let en: Vec<String> = titles().map(|(at, title)| beside(at, &title.en)).collect();
        Words::new(ja.join(" + "), en.join(" + "))
    };
    let mut because: Vec<Evidence> =
        parts.iter().flat_map(|part| part.candidate.because.iter().take(1).cloned()).collect();
    because.dedup();
    Candidate {
        offer: format!("package:{}", offers.join("+")).as_str().into(),
        form: Form::Package,
        title: title(parts.len()),
        revenue_month_minor: sum(|c| c.revenue_month_minor),
        once_minor: sum(|c| c.once_minor),
        incentive_minor: sum(|c| c.incentive_minor),
        effort_hours: core.effort_hours + look.policy.candidates.package_effort * extra,
        goes_with: parts.iter().flat_map(|part| part.candidate.goes_with.iter().cloned()).collect(),
        because,
        next_step: next_step(&title, parts.len()),
        playbook: Vec::new(),
        extra: super::extras::together(parts),
        parts: chained,
        ..core.clone()
    }
}

/// A part's title among the others: a change of plans that follows something stands in brackets, so that nobody reads
/// `X + A → B + Y` as a change from two things to two.
fn beside(at: usize, title: &str) -> String {
    if at > 0 && title.contains('→') { format!("({title})") } else { title.to_owned() }
}

/// Which quotations to bring, the whole first.
fn next_step(first: &dyn Fn(usize) -> Words, parts: usize) -> Words {
    let names: &[&str] = if parts == 2 { &["松", "梅"] } else { &["松", "竹", "梅"] };
    // The whole, one part fewer, and the core alone.
    let sizes = if parts == 2 { vec![2, 1] } else { vec![parts, parts - 1, 1] };
    let (mut ja, mut en) = (Vec::new(), Vec::new());
    for (name, size) in names.iter().zip(sizes) {
        let words = first(size);
        ja.push(format!("{name}「{}」", words.ja));
        en.push(words.en);
    }
    Words::new(
        format!(
            "{}の{}案をまとめて見積もり、現状のままも選べることを添えてご提案してください。",
            ja.join("、"),
            ja.len()
        ),
        format!(
            "Offer {} options in one quotation: {}. Keeping the current plan is also an option.",
            en.len(),
            en.join("; ")
        ),
    )
}

/// The chance of each answer.
fn said_odds(look: &Look, parts: &[&Scored], chained: &[Scored]) -> Vec<Evidence> {
    let opportunity = chained[0].odds.opportunity.mean;
    let level = |i: usize| opportunity * chained[i].odds.won.mean;
    let (mut ja, mut en) = (Vec::new(), Vec::new());
    for (i, part) in parts.iter().enumerate() {
        let share = percent(level(i));
        let title = &part.candidate.title;
        if i == 0 {
            ja.push(format!("「{}」だけでも{share}", title.ja));
            en.push(format!("at least \"{}\" {share}", title.en));
        } else {
            ja.push(format!("「{}」まで{share}", title.ja));
            en.push(format!("up to \"{}\" {share}", title.en));
        }
    }
    let focus = percent(look.policy.priors.package_focus);
    let words = Words::new(
        format!(
            "受注の見込みは{}です。見積に一つ加えるごとに全体の成約率が{focus}になり、各提案は互いに独立に選ばれると仮定しています(仮定値)。",
            ja.join("、")
        ),
        format!(
            "Chances: {}. Assumed: each further offer in the quotation leaves {focus} of the won share, and one is chosen without regard to the other.",
            en.join(", ")
        ),
    );
    vec![Evidence { words, source: "policy priors.package_focus".to_owned(), on: None }]
}

#[cfg(test)]
mod tests;
