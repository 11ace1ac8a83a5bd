//! Orders of devices, in which certain pairs go together.

use domain::motion::TouchModel;
use domain::time::Day;

use crate::Sink;
use crate::catalogue::{EXPENSES, Kind};
use crate::customer::{Customer, Scene};
use crate::draw::Draw;
use crate::situation::Situation;
use crate::story::Story;
use crate::table::{Maybe, PART, Table};

/// What is bought first in a basket, and how often.
const ANCHORS: [(&str, f64); 8] = [
    ("IT-TERM", 20.0),
    ("IT-READER", 24.0),
    ("IT-SCAN", 12.0),
    ("IT-LABEL", 9.0),
    ("IT-ROUTER", 10.0),
    ("IT-FINGER", 6.0),
    ("IT-SIREN", 5.0),
    ("IT-CARD", 14.0),
];

/// Planted pairs: with the first goes the second, with this probability.
pub(crate) const PAIRS: [(&str, &str, f64); 7] = [
    ("IT-TERM", "IT-STAND", 0.7),
    ("IT-TERM", "IT-UPS", 0.25),
    ("IT-READER", "IT-CARD", 0.62),
    ("IT-CARD", "IT-HOLDER", 0.45),
    ("IT-SCAN", "IT-ROLLER", 0.55),
    ("IT-LABEL", "IT-TAPE", 0.8),
    ("IT-ROUTER", "IT-CABLE", 0.35),
];

/// The orders table, part by part.
pub(crate) fn parts<E>(scene: &Scene, sink: Sink<'_, E>) -> Result<(), E> {
    let mut table = Table::canonical("orders");
    let mut orders = 0;
    for customer in &scene.customers {
        let Some(story) = &customer.story else { continue };
        let mut draw = Draw::new(scene.world.seed, "orders", customer.account);
        let days = days(scene, story, &mut draw);
        let baskets = days.into_iter().map(|day| (day, basket(scene, &mut draw))).collect();
        for (day, basket) in services(scene, customer, story).into_iter().chain::<Vec<_>>(baskets) {
            orders += 1;
            let order = Order { scene, customer, id: format!("D{orders:05}"), day };
            order.push(&mut table, (&basket, &mut draw));
        }
        table.spill(PART, sink)?;
    }
    table.spill(1, sink)
}

/// The services ordered when the use of a line began: whoever has people to look after it is set up by us, and who
/// helps itself orders on the web.
fn services(scene: &Scene, customer: &Customer, story: &Story) -> Vec<(Day, Vec<&'static str>)> {
    let mut draw = Draw::new(scene.world.seed, "services", customer.account);
    let tech = scene.accounts[customer.account].touch == TouchModel::Tech;
    let all = customer.situation == Situation::SelfServe;
    let began = story.terms.start;
    let mut ordered = Vec::new();
    if all {
        let once = |kind: &Kind| matches!(kind, Kind::Service | Kind::Item);
        let products = scene.world.catalogue.products.iter().filter(|p| once(&p.kind));
        ordered.push((began, products.map(|product| product.id).collect()));
    } else if !tech && customer.situation != Situation::Trial && draw.chance(0.9) {
        ordered.push((began, vec!["SV-ONB"]));
        let expenses =
            story.extras().find(|(id, _)| scene.world.catalogue.get(id).line == EXPENSES);
        ordered.extend(expenses.map(|(_, on)| (on, vec!["SV-EXONB"])));
    }
    ordered
}

/// The days of the orders: two to six in the last two years, or a multiple of that.
fn days(scene: &Scene, story: &Story, draw: &mut Draw) -> Vec<Day> {
    let as_of = scene.world.as_of;
    let last = story.terms.last(as_of);
    let count = draw.whole(2, 6) * i64::from(scene.world.orders_times);
    let mut days: Vec<Day> = (0..count).map(|_| draw.after(last, (-720, -5))).collect();
    days.retain(|day| *day >= story.terms.start);
    days.sort_unstable();
    days
}

struct Order<'a> {
    scene: &'a Scene,
    customer: &'a Customer,
    id: String,
    day: Day,
}

impl Order<'_> {
    fn push(&self, table: &mut Table, (basket, draw): (&[&'static str], &mut Draw)) {
        let at = draw.office_hour(self.day);
        let contact = self.scene.people.one(self.customer.account, self.day, draw);
        let channel = if draw.chance(0.75) { "web" } else { "phone" };
        let services =
            basket.iter().any(|id| self.scene.world.catalogue.get(id).kind == Kind::Service);
        let returned = draw.chance(0.02) && !services;
        let kind = if returned { "return" } else { "sale" };
        let account = &self.scene.accounts[self.customer.account];
        for (line, id) in basket.iter().enumerate() {
            let most = if account.segment == "small" { 2 } else { 5 };
            let product = self.scene.world.catalogue.get(id);
            let quantity = if product.kind == Kind::Service { 1 } else { draw.whole(1, most) };
            let quantity = if returned { -quantity } else { quantity };
            let price = product.price;
            table.push(&[
                ("order_id", &self.id),
                ("account_id", &account.id),
                ("ordered_at", &at),
                ("product_id", &id),
                ("line", &(line + 1)),
                ("quantity", &quantity),
                ("amount", &(price * quantity)),
                ("currency", &"JPY"),
                ("kind", &kind),
                ("contact_id", &Maybe(contact.map(|contact| &contact.id))),
                ("channel", &channel),
            ]);
        }
    }
}

/// An anchor, what goes with it, and sometimes something unrelated.
fn basket(scene: &Scene, draw: &mut Draw) -> Vec<&'static str> {
    let weights = ANCHORS.map(|(_, weight)| weight);
    let mut basket = vec![ANCHORS[draw.weighted(&weights)].0];
    for (first, second, probability) in PAIRS {
        if basket.contains(&first) && !basket.contains(&second) && draw.chance(probability) {
            basket.push(second);
        }
    }
    if draw.chance(0.18) {
        let items = scene.world.catalogue.products.iter().filter(|p| p.kind == Kind::Item);
        let items: Vec<&'static str> = items.map(|item| item.id).collect();
        let more = *draw.pick(&items);
        if !basket.contains(&more) {
            basket.push(more);
        }
    }
    basket
}
