//! Deals as the sales team wrote them down.

use domain::motion::{ContactRole, Motion};
use domain::time::{Day, Days};

use crate::customer::{Customer, Scene};
use crate::draw::{Draw, workday};
use crate::people::REPS;
use crate::situation::Situation;
use crate::story::{Deal, DealType, Outcome};
use crate::table::{Maybe, Table};
use crate::words;

/// The proposals table.
pub(crate) fn table(scene: &Scene) -> Table {
    let mut table = Table::canonical("proposals");
    for customer in &scene.customers {
        let mut draw = Draw::new(scene.world.seed, "proposals", customer.account);
        for deal in customer.story.iter().flat_map(|story| &story.deals) {
            push(scene, customer, deal, (&mut table, &mut draw));
        }
        if customer.situation == Situation::Untapped && draw.chance(0.35) {
            let deal = poc(scene.world.as_of, &mut draw);
            push(scene, customer, &deal, (&mut table, &mut draw));
        }
    }
    table
}

/// A proof of concept with a department that holds nothing yet: once tried in vain, or under way.
fn poc(as_of: Day, draw: &mut Draw) -> Deal {
    let lost = draw.chance(0.6);
    let opened = workday(draw.after(as_of, if lost { (-420, -220) } else { (-40, -15) }));
    let closes =
        workday(if lost { draw.after(opened, (40, 80)) } else { draw.after(as_of, (15, 50)) });
    Deal {
        about: DealType::Poc,
        motion: Motion::Poc,
        product: "SV-POC",
        opened,
        closes,
        outcome: if lost { Outcome::Lost } else { Outcome::Open },
        approached: Some(true),
    }
}

fn push(scene: &Scene, customer: &Customer, deal: &Deal, out: (&mut Table, &mut Draw)) {
    let (table, draw) = out;
    let as_of = scene.world.as_of;
    let account = &scene.accounts[customer.account];
    let kind = match deal.about {
        DealType::New => "new",
        DealType::Expansion => "expansion",
        DealType::Renewal => "renewal",
        DealType::Downsell => "downsell",
        DealType::Save => "save",
        DealType::Poc => "poc",
    };
    let open = deal.outcome == Outcome::Open;
    let reason = reason(deal, draw);
    let outcome = match deal.outcome {
        Outcome::Won => "won",
        Outcome::Lost => "lost",
        Outcome::Open => "open",
    };
    let (stage, step) = *draw.pick(&words::STEPS);
    let stage = match deal.outcome {
        Outcome::Won => "受注",
        Outcome::Lost => "失注",
        Outcome::Open => stage,
    };
    // A few next steps are overdue.
    let step_on = workday(draw.after(as_of, (-6, 14)));
    let updated =
        if open { workday(draw.after(as_of, (-18, -1))).max(deal.opened) } else { deal.closes };
    let closed = (!open).then(|| draw.office_hour(deal.closes));
    let owner = account.owner.unwrap_or(2 + customer.account % 2);
    table.push(&[
        ("proposal_id", &format_args!("P{:05}", table.rows.len() + 1)),
        ("account_id", &account.id),
        ("opened_at", &draw.office_hour(deal.opened)),
        ("type", &kind),
        ("product_id", &deal.product),
        ("contact_id", &Maybe(signer(scene, customer, deal.opened))),
        ("owner", &REPS[owner].id),
        ("stage", &stage),
        ("updated_at", &draw.office_hour(updated)),
        ("expected_close_on", &deal.closes),
        ("next_step", &if open { step } else { "" }),
        ("next_step_on", &Maybe(open.then_some(step_on))),
        ("closed_at", &Maybe(closed)),
        ("outcome", &outcome),
        ("amount", &amount(scene, customer, deal)),
        ("currency", &"JPY"),
        ("reason", &reason),
        ("approached", &Maybe(deal.approached)),
    ]);
}

/// Why the deal was won or lost; empty while it is open, and for plain renewals.
fn reason(deal: &Deal, draw: &mut Draw) -> &'static str {
    match (deal.outcome, deal.about, deal.motion) {
        (Outcome::Open, ..) | (_, DealType::Renewal, _) => "",
        (Outcome::Lost, DealType::Save, _) => draw.say(&words::CHURN_REASONS),
        (Outcome::Lost, ..) => draw.say(&words::LOST),
        (Outcome::Won, DealType::New, _) => draw.say(&words::ADOPTION_REASONS),
        (Outcome::Won, _, Motion::PlanUp | Motion::Seats) => draw.say(&words::GROWN),
        (Outcome::Won, _, Motion::Downsell) => draw.say(&words::SHRUNK),
        (Outcome::Won, ..) => draw.say(&words::WON),
    }
}

/// The decision maker where there is one.
fn signer<'a>(scene: &'a Scene, customer: &Customer, day: Day) -> Option<&'a String> {
    let mut there = scene.people.there(customer.account, day);
    let first = there.next()?;
    let decides = std::iter::once(first).chain(there);
    decides.min_by_key(|contact| contact.role != ContactRole::DecisionMaker).map(|c| &c.id)
}

/// Yen of the first year.
fn amount(scene: &Scene, customer: &Customer, deal: &Deal) -> i64 {
    let catalogue = &scene.world.catalogue;
    let product = catalogue.get(deal.product);
    let seats = |contract: usize, day: Day| {
        let state = customer.contracts.get(contract).and_then(|contract| contract.on(day));
        state.map_or(0, |state| state.seats)
    };
    let (before, after) = (seats(0, deal.closes), seats(0, deal.closes.plus(Days(45))));
    let main = after.max(before).max(5);
    let price = catalogue.price(product, deal.closes);
    match deal.motion {
        Motion::PlanUp => {
            let state = customer.contracts.first().and_then(|main| main.on(deal.opened));
            let old = state
                .map_or(0, |state| catalogue.price(catalogue.get(state.product), state.agreed));
            (price - old).max(0) * before.max(5) * 12
        }
        // Of those that came to nothing the usual step.
        Motion::Seats if after > before => price * (after - before) * 12,
        Motion::Seats => price * (main / 2 / 5 * 5).max(5) * 12,
        Motion::CrossSell if product.line == crate::catalogue::EXPENSES => {
            let people = scene.accounts[customer.account].employees * 3 / 10;
            price * people.clamp(5, product.users) * 12
        }
        Motion::CrossSell | Motion::Term | Motion::Care | Motion::Downsell => price * main * 12,
        Motion::Option => price * 12,
        _ => price,
    }
}
