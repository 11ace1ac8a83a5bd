//! Deals on record.

use domain::motion::Motion;

use super::Field;
use super::firms::contact_id;
use super::life::{Deal, Life};
use super::wares::WARES;
use crate::draw::Draw;
use crate::table::{Maybe, Table};

/// The proposals table.
pub(super) fn table(field: &Field, lives: &[Life]) -> Table {
    let mut table = Table::canonical("proposals");
    for (at, life) in lives.iter().enumerate() {
        let mut draw = field.draw("market deals", at);
        for deal in &life.deals {
            push(&mut table, (field, at), (deal, life), &mut draw);
        }
    }
    table
}

fn push(
    table: &mut Table,
    (field, at): (&Field, usize),
    (deal, life): (&Deal, &Life),
    draw: &mut Draw,
) {
    let firm = &field.firms[at];
    let open = deal.closes > field.options.as_of;
    let outcome = match (open, deal.taken) {
        (true, _) => "open",
        (false, true) => "won",
        (false, false) => "lost",
    };
    let stage = match outcome {
        "open" => "提案",
        "won" => "受注",
        _ => "失注",
    };
    let closed = (!open).then(|| draw.office_hour(deal.closes));
    let ware = deal.offer.ware.map(|ware| &WARES[ware]);
    // Of a change the first year's revenue that comes on top, of a thing its price.
    let margin = ware.map_or(0.78, super::wares::Ware::margin);
    let amount = (12.0 * deal.offer.month + deal.offer.once) / margin;
    let kind = match deal.offer.kind.motion() {
        Motion::Downsell => "downsell",
        Motion::Term => "renewal",
        _ => "expansion",
    };
    let owner = firm.owner().filter(|_| life.ended.is_none() || !open);
    table.push(&[
        ("proposal_id", &format_args!("P{:07}", table.rows.len() + 1)),
        ("account_id", &firm.id),
        ("opened_at", &draw.office_hour(deal.opened)),
        ("type", &kind),
        ("product_id", &Maybe(ware.map(|ware| ware.id))),
        ("contact_id", &contact_id(firm, 1)),
        ("owner", &Maybe(owner)),
        ("stage", &stage),
        ("expected_close_on", &deal.closes),
        ("closed_at", &Maybe(closed)),
        ("outcome", &outcome),
        ("amount", &crate::draw::rounded(amount)),
        ("currency", &"JPY"),
        ("approached", &deal.approached),
    ]);
}
