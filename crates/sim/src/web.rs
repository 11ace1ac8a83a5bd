//! What customers looked at on the company's site in the last three months.

use domain::motion::Motion;

use crate::catalogue::Kind;
use crate::customer::{Customer, Scene};
use crate::draw::Draw;
use crate::table::{Maybe, Table};
use crate::truth::moves;

/// The web_events table.
pub(crate) fn table(scene: &Scene) -> Table {
    let mut table = Table::canonical("web_events");
    for customer in &scene.customers {
        let mut draw = Draw::new(scene.world.seed, "web", customer.account);
        visits(scene, customer, &mut draw, &mut table);
    }
    table
}

/// Looks at what the customer is likely to want, and at what is new.
fn visits(scene: &Scene, customer: &Customer, draw: &mut Draw, table: &mut Table) {
    let world = &scene.world;
    let moment = customer.latents.at(0.0);
    for (product, motion, need) in moves(scene, customer) {
        let kind = world.catalogue.get(product).kind;
        if kind == Kind::Item || motion == Motion::Poc {
            continue;
        }
        let interest = moment.respond(motion, need).opportunity;
        if !draw.chance(interest * 0.8) {
            continue;
        }
        for _ in 0..draw.whole(1, 4) {
            let day = draw.after(world.as_of, (-90, -1));
            let campaign = draw.chance(0.15);
            let contact = scene.people.one(customer.account, day, draw);
            let page = if draw.chance(0.5) { "料金" } else { "機能紹介" };
            table.push(&[
                ("event_id", &format_args!("W{:05}", table.rows.len() + 1)),
                ("at", &draw.office_hour(day)),
                ("kind", &if campaign { "campaign" } else { "page" }),
                ("account_id", &scene.accounts[customer.account].id),
                ("contact_id", &Maybe(contact.map(|contact| &contact.id))),
                ("name", &page),
                ("product_id", &product),
                ("campaign", &if campaign { "活用メール" } else { "" }),
            ]);
        }
    }
}
