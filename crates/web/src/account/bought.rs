//! What the account bought, product by product (S22).

use decide::card::Bought;

use super::Room;
use crate::show;
use crate::words;

/// One product.
pub(super) struct BoughtView {
    pub(super) product: String,
    pub(super) orders: String,
    pub(super) quantity: String,
    pub(super) amount: String,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) source: String,
}

/// The purchases of a run's view; names have been learnt.
pub(super) fn bought(room: &Room, all: &[Bought]) -> Vec<BoughtView> {
    let view = |bought: &Bought| BoughtView {
        product: room.names.product(&bought.product_id),
        orders: show::whole(bought.orders.into()),
        quantity: show::number(bought.quantity, 1),
        amount: room.currency.display(bought.amount_minor),
        first: show::iso_date(room.lang, &bought.first_on),
        last: show::iso_date(room.lang, &bought.last_on),
        source: words::source(room.lang, &format!("orders {}", bought.last_order)),
    };
    all.iter().map(view).collect()
}
