//! Offers that people wrote down, with their own price, effort, channels, incentive and steps, where the account has
//! what they start from, is one of those they are for, and not yet what they sell.
//!
//! Of another line that is paid by seat, what counts is at most the list price of the seats that such a customer takes,
//! with what the offer completes: nobody pays more for a set than for its parts. A set of a plan is no step up for who
//! holds that plan or a higher one of its line; for who holds a lower one it replaces it. An incentive costs what it
//! gives away, to everybody who accepts ([`crate::incentive`]).

use domain::motion::{Channel, Motion};
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, cross_sell, leading, price, subscribe, title};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::catalogue::{GivenOffer, PriceUnit, Product, ProductKind};
use crate::eligibility::Answer;
use crate::facts::Contract;
use crate::incentive::{Given, Incentive};
use crate::look::Look;
use crate::phrases::name;
use crate::value;

pub(super) const GENERATOR: Generator = Generator {
    code: "given",
    ja: "登録されたオファー",
    en: "Given offers",
    cites: "S1 S10 S14 S15 S16 S103",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let offers = look.catalogue.offers.iter().filter(|offer| refuses(look, offer).is_none());
    let mut made: Vec<Candidate> = offers.filter_map(|offer| candidate(look, offer)).collect();
    let most = look.policy.candidates.offers as usize;
    if made.len() > most {
        made.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then_with(|| a.offer.cmp(&b.offer)));
        made.truncate(most);
    }
    made
}

/// By what an account's given offers are ordered: revenue a year.
fn worth(candidate: &Candidate) -> f64 {
    12.0 * candidate.revenue_month_minor.mean + candidate.once_minor.mean
}

/// Why an offer is not made to an account; `None` where it is, as far as its price lets it.
pub(super) fn refuses(look: &Look, offer: &GivenOffer) -> Option<Words> {
    if offer.motion == Motion::Care {
        return Some(Words::new(
            "紹介プログラムです。推奨者への紹介のお願い(care:referral)として提案します。",
            "It is a referral programme: promoters are asked to refer others (care:referral).",
        ));
    }
    if let Some(fault) = &offer.fault {
        return Some(Words::new(
            format!("登録内容に誤りがあるため、使っていません: {}", fault.ja),
            format!("It is not used, for it is wrong: {}.", fault.en),
        ));
    }
    if offer.stock == Some(0) {
        return Some(Words::new("在庫がありません。", "There is no stock of it."));
    }
    let has = |id| look.facts.holds(id) || look.bought_on(id).is_some();
    if let Some(id) = offer.from_product.as_ref().filter(|id| !has(*id)) {
        let called = name(look.catalogue, id);
        return Some(Words::new(
            format!("前提となる{called}をお持ちではありません。"),
            format!("{called}, which it starts from, is not held."),
        ));
    }
    if let Some(id) = offer.excludes.iter().find(|id| !look.is_new(id)) {
        let called = name(look.catalogue, id);
        return Some(Words::new(
            format!("{called}をお持ちの顧客は対象外です。"),
            format!("It is not for holders of {called}."),
        ));
    }
    owned(look, offer).or_else(|| not_for(look, offer))
}

/// Why there is nothing in it that is new.
fn owned(look: &Look, offer: &GivenOffer) -> Option<Words> {
    let of = |id| name(look.catalogue, id).to_owned();
    let held = |called: String| {
        Words::new(format!("{called}はすでにお持ちです。"), format!("{called} is owned already."))
    };
    let product = offer.product.as_ref().and_then(|id| look.product(id));
    if let Some(product) = product.filter(|product| !product.on_sale) {
        return Some(Words::new(
            format!("{}は現在販売していません。", product.name),
            format!("{} is not on sale.", product.name),
        ));
    }
    match offer.motion {
        Motion::Seats | Motion::Repeat | Motion::Advance | Motion::Care => None,
        Motion::Term | Motion::Downsell => {
            let changes = offer.from_product.as_ref().or(offer.product.as_ref())?;
            look.contract_of(changes).is_none().then(|| {
                let called = of(changes);
                Words::new(
                    format!("{called}のご契約がありません。"),
                    format!("There is no contract of {called}."),
                )
            })
        }
        Motion::Subscribe => {
            product.filter(|it| look.facts.holds(&it.id)).map(|it| held(it.name.clone()))
        }
        Motion::PlanUp | Motion::Option | Motion::CrossSell | Motion::Bundle | Motion::Poc => {
            let product = product?;
            if product.kind == ProductKind::Plan && look.holds_as_much(product) {
                return Some(Words::new(
                    format!("{}と同じかそれより上のプランをご契約中です。", product.name),
                    format!("{} or a higher plan of its line is under contract.", product.name),
                ));
            }
            if !look.is_new(&product.id) {
                return Some(held(product.name.clone()));
            }
            let parts = offer.complements.iter().filter(|_| offer.motion == Motion::Bundle);
            parts.into_iter().find(|id| !look.is_new(id)).map(|id| held(of(id)))
        }
    }
}

/// Whether an account may have what an offer gives, whatever it sells.
pub(super) fn is_for(look: &Look, offer: &GivenOffer) -> bool {
    offer.fault.is_none() && offer.stock != Some(0) && not_for(look, offer).is_none()
}

/// Why the account is not one of those that it is for.
fn not_for(look: &Look, offer: &GivenOffer) -> Option<Words> {
    if !offer.channels.is_empty() && !look.facts.takes_hours() {
        let digital = offer.channels.iter().any(|channel| !channel.takes_hours());
        if !digital {
            return Some(Words::new(
                "電話・訪問だけのオファーで、この顧客へのご案内はメールとアプリ内に限られます。",
                "It goes by call and visit only, and this customer is reached by mail and prompt.",
            ));
        }
    }
    let eligibility = offer.eligibility.as_ref()?;
    let text = eligibility.text();
    match eligibility.ask(look) {
        Answer::Yes => None,
        Answer::No(words) => Some(Words::new(
            format!("対象条件({text})に当てはまりません。{}。", words.ja),
            format!("It is not eligible ({text}): {}.", words.en),
        )),
        Answer::Unknown(name) => Some(Words::new(
            format!("対象条件({text})のうち、{name}が不明です。"),
            format!("Whether it is eligible ({text}) is unknown: nothing is known of {name}."),
        )),
    }
}

/// The contract that an offer changes: of what it starts from, else the plan of the line that it replaces.
fn changes<'a>(look: &Look<'a>, offer: &GivenOffer) -> Option<&'a Contract> {
    if let Some(from) = &offer.from_product {
        return look.contract_of(from);
    }
    let product = look.product(offer.product.as_ref()?)?;
    match offer.motion {
        Motion::Seats | Motion::Term | Motion::Downsell => look
            .contract_of(&product.id)
            .or_else(|| leading(look, product.line.as_deref()).filter(|_| product.line.is_some())),
        Motion::PlanUp | Motion::Bundle if product.kind == ProductKind::Plan => {
            let line = product.line.as_deref()?;
            leading(look, Some(line)).filter(|held| {
                look.product(&held.product).is_some_and(|it| it.kind == ProductKind::Plan)
            })
        }
        Motion::Option => leading(look, product.line.as_deref()).filter(|_| product.line.is_some()),
        _ => None,
    }
}

fn candidate(look: &Look, offer: &GivenOffer) -> Option<Candidate> {
    let from = changes(look, offer);
    let product = look.product(offer.product.as_ref().or(from.map(|from| &from.product))?)?;
    let mut candidate = blank(look, offer.motion, offer.id.as_str().to_owned());
    let seats = from.and_then(|contract| contract.seats);
    let mut priced = price::of(product, seats, None);
    if let Some(amount) = offer.price_minor {
        let amount = amount as f64;
        let once = product.price_unit == PriceUnit::Once && offer.motion != Motion::Subscribe;
        let (month, once) = if once { (0.0, amount) } else { (amount, 0.0) };
        priced.month = Estimate::known(month);
        priced.once = Estimate::known(once);
        priced.basis = PriceBasis::List;
    }
    let bound = bound(look, offer, product).filter(|_| from.is_none());
    let bound = bound.filter(|(parts, _)| parts.mean < priced.month.mean);
    if let Some((parts, _)) = &bound {
        priced.month = *parts;
    }
    let gross = priced;
    replaced(look, (offer, product), from, &mut priced);
    price::put(look, &mut candidate, product, priced);
    candidate.from_product = offer.from_product.clone().or(from.map(|from| from.product.clone()));
    candidate.subscription = from.map(|contract| contract.subscription.clone());
    candidate.title = title(None, &offer.name);
    candidate.goes_with.clone_from(&offer.complements);
    if offer.motion == Motion::CrossSell {
        candidate.form = cross_sell::kin(look, product, &offer.complements);
    }
    stated(look, offer, &mut candidate);
    candidate.because.push(Evidence {
        words: applies(offer),
        source: format!("offers {}", offer.id),
        on: None,
    });
    candidate.because.extend(bound.map(|(_, because)| because));
    incentive(look, offer, (&gross, seats.unwrap_or(1)), &mut candidate);
    Some(candidate)
}

/// That an offer is for the account, with what it asks for.
fn applies(offer: &GivenOffer) -> Words {
    let (ja, en) = offer.eligibility.as_ref().map_or_else(Default::default, |asked| {
        let text = asked.text();
        (format!("(対象条件: {text})"), format!(" ({text})"))
    });
    Words::new(
        format!("登録されたオファー「{}」の対象です{ja}。", offer.name),
        format!("The offer \"{}\" applies{en}.", offer.name),
    )
}

/// What the customer pays today for what the offer takes the place of goes off its price.
fn replaced(
    look: &Look,
    (offer, product): (&GivenOffer, &Product),
    from: Option<&Contract>,
    priced: &mut price::Price,
) {
    let replaces = match offer.motion {
        Motion::PlanUp | Motion::Downsell => true,
        Motion::Bundle => product.kind == ProductKind::Plan,
        _ => false,
    };
    match (offer.motion, from) {
        (Motion::Term, _) => priced.month = Estimate::known(0.0),
        (Motion::Subscribe, _) => {
            let bought = offer.from_product.as_ref().unwrap_or(&product.id);
            let spent = look.facts.purchase(bought).and_then(subscribe::monthly);
            priced.month = price::less(priced.month, spent.map_or(0.0, |(_, spent)| spent));
            priced.once = Estimate::known(0.0);
        }
        (_, Some(contract)) if replaces => match price::paid(look, contract) {
            Some(paid) => priced.month = price::less(priced.month, paid),
            None => priced.basis = PriceBasis::Unknown,
        },
        _ => {}
    }
}

/// The columns that stand in the place of what is derived: role, channel, hours and steps.
fn stated(look: &Look, offer: &GivenOffer, candidate: &mut Candidate) {
    let reached = look.facts.takes_hours();
    let may = |channel: &&Channel| reached || !channel.takes_hours();
    if !offer.channels.is_empty()
        && !offer.channels.contains(&candidate.channel)
        && let Some(channel) = offer.channels.iter().find(may)
    {
        let way = super::contact::choose(look, offer.motion, *channel);
        (candidate.channel, candidate.contact) = (way.channel, way.contact);
        candidate.next_step = super::next_step(offer.motion, way.channel, way.role);
    }
    if !candidate.channel.takes_hours() {
        candidate.effort_hours = 0.0;
    } else if let Some(hours) = offer.effort_hours {
        candidate.effort_hours = hours;
    }
    candidate.role = offer.role.unwrap_or(candidate.role);
    candidate.playbook.clone_from(&offer.playbook);
    candidate.term_months = offer.incentive.as_ref().and_then(Incentive::term_months);
}

/// Puts in what the incentive costs, and says what it is.
fn incentive(
    look: &Look,
    offer: &GivenOffer,
    gross: (&price::Price, i64),
    candidate: &mut Candidate,
) {
    let Some(incentive) = &offer.incentive else { return };
    let (price, quantity) = gross;
    let paid = || {
        let id = candidate.subscription.as_ref()?;
        let contract = look.facts.active_contracts().find(|it| it.subscription == *id)?;
        price::paid(look, contract)
    };
    let month = match offer.motion {
        Motion::Term => paid().unwrap_or(0.0),
        _ => price.month.mean.max(0.0),
    };
    let given = Given {
        month,
        once: price.once.mean.max(0.0),
        quantity,
        months: value::annuity_months(&look.facts.alive_after, &look.policy.value),
    };
    let part = |id: &str| {
        let product = look.product(&id.into())?;
        let part = price::of(product, Some(quantity), None);
        (part.basis != PriceBasis::Unknown).then_some(part.month.mean)
    };
    let cost = incentive.cost_minor(given, part);
    let spread = if month > 0.0 { price.month.sd / price.month.mean.abs().max(1.0) } else { 0.0 };
    candidate.incentive_minor = Estimate { mean: cost, sd: cost * spread, ..price.month };
    candidate.incentive_public = incentive.is_public();
    candidate.because.push(Evidence {
        words: incentive.said(),
        source: format!("offers {}", offer.id),
        on: None,
    });
}

/// The list price a month of an offer's parts, for the seats that such a customer takes, with how they are known.
fn bound(look: &Look, offer: &GivenOffer, product: &Product) -> Option<(Estimate, Evidence)> {
    let need = cross_sell::need(look, product)?;
    let main = price::of(product, Some(need.seats), None);
    let others = offer.complements.iter().map(|id| {
        let part = price::of(look.product(id)?, Some(need.seats), None);
        (part.basis != PriceBasis::Unknown).then_some(part.month.mean)
    });
    let others: Option<Vec<f64>> = others.collect();
    let (main, others) = (need.spread(main.month), others?.iter().sum::<f64>());
    let because = need.because;
    (main.mean > 0.0).then_some((Estimate { mean: main.mean + others, ..main }, because))
}

#[cfg(test)]
mod tests;
