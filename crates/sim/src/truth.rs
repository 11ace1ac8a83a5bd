//! The truth: how each customer would respond to each product that it could take.

use domain::motion::Motion;

use crate::catalogue::{ATTENDANCE, Kind, Product};
use crate::customer::{Customer, Scene};
use crate::table::{Maybe, Table};

/// The columns of the truth table.
pub(crate) const COLUMNS: [&str; 7] = [
    "account_id",
    "product_id",
    "motion",
    "accept_contact",
    "accept_leave",
    "churn_contact",
    "churn_leave",
];

/// A probability as text.
struct Share(f64);

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

/// The truth table.
pub(crate) fn table(scene: &Scene) -> Table {
    let mut table = Table::own("truth", &COLUMNS);
    for customer in &scene.customers {
        let moment = customer.latents.at(0.0);
        let churn = moment.churn();
        let active = customer.active(scene.world.as_of);
        let (contacted, left) =
            (active.then_some(Share(churn.contact)), active.then_some(Share(churn.leave)));
        let (contacted, left) = (Maybe(contacted), Maybe(left));
        for (product, motion, need) in moves(scene, customer) {
            let response = moment.respond(motion, need);
            table.push(&[
                ("account_id", &scene.accounts[customer.account].id),
                ("product_id", &product),
                ("motion", &motion.code()),
                ("accept_contact", &Share(response.contact)),
                ("accept_leave", &Share(response.leave)),
                ("churn_contact", &contacted),
                ("churn_leave", &left),
            ]);
        }
    }
    table
}

/// What a customer could take on the last day: the product, the move, the true need of it.
pub(crate) fn moves(scene: &Scene, customer: &Customer) -> Vec<(&'static str, Motion, f64)> {
    let world = &scene.world;
    let held = |kind: Kind, line: &str| -> Option<&Product> {
        let states = customer.contracts.iter().filter_map(|contract| contract.on(world.as_of));
        let mut products = states.map(|state| world.catalogue.get(state.product));
        products.find(|product| product.kind == kind && product.line == line)
    };
    let main = held(Kind::Plan, ATTENDANCE);
    let mut moves = Vec::new();
    for product in &world.catalogue.products {
        let need = customer.latents.need(world, product.id);
        let plan = held(Kind::Plan, product.line);
        let offered = match (product.kind, plan) {
            _ if product.price == 0 => None,
            (Kind::Service, _) if product.id == "SV-POC" => Some((Motion::Poc, need)),
            (Kind::Plan, None) | (Kind::Service, _) => Some((Motion::CrossSell, need)),
            (Kind::Plan, Some(plan)) if plan.id == product.id => {
                let room = has_room(scene, customer, product);
                room.then_some((Motion::Seats, need))
            }
            (Kind::Plan, Some(plan)) => {
                upgrade(plan, product).map(|ease| (Motion::PlanUp, need * ease))
            }
            (Kind::Option, Some(_)) if !customer.owns(product.id, world.as_of) => {
                Some((Motion::Option, need))
            }
            // An option without its plan, and what is owned.
            (Kind::Option, _) => None,
            (Kind::Item, _) => main.map(|_| (Motion::Repeat, need)),
        };
        moves.extend(offered.map(|(motion, need)| (product.id, motion, need)));
    }
    moves
}

/// Whether the plan allows more seats than the customer has.
fn has_room(scene: &Scene, customer: &Customer, plan: &Product) -> bool {
    let states = customer.contracts.iter().filter_map(|contract| contract.on(scene.world.as_of));
    states.into_iter().any(|state| state.product == plan.id && state.seats < plan.users)
}

/// How easily the need of a higher plan is felt; `None` for a plan that is not higher.
fn upgrade(plan: &Product, product: &Product) -> Option<f64> {
    let steps = product.tier? - plan.tier?;
    match steps {
        1 => Some(1.0),
        2.. => Some(0.4),
        _ => None,
    }
}
