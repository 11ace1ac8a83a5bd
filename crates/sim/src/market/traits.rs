//! Hidden traits of a customer. All but the needs are standard normal over the market.

use super::Field;
use super::wares::WARES;
use crate::draw::Draw;

/// What makes a customer respond as it does. Never shown in a canonical table.
#[derive(Debug, Clone)]
pub(super) struct Traits {
    /// How satisfied it is; half of it is the group's.
    pub(super) satisfied: f64,
    /// How much it uses.
    pub(super) engaged: f64,
    /// How it clings to what it has.
    pub(super) loyal: f64,
    /// How it minds prices.
    pub(super) thrifty: f64,
    /// How fast it grows.
    pub(super) growing: f64,
    /// How gladly its people talk to ours.
    pub(super) open: f64,
    /// Whether contact can win it for a product; leans on openness.
    pub(super) receptive: f64,
    /// Whether contact makes it reconsider; leans on a lack of engagement and openness.
    pub(super) averse: f64,
    /// Contacts in 90 days above which it wearies: two to four.
    pub(super) ideal: f64,
    /// The need of each product, standard normal; four tenths of its variance show in size and use.
    needs: Vec<f64>,
}

impl Traits {
    pub(super) fn draw(field: &Field, at: usize) -> Self {
        let firm = &field.firms[at];
        let group = field.draw("market group", firm.root).noise();
        let mut draw = field.draw("market traits", at);
        let satisfied = 0.7 * group + 0.714 * draw.noise();
        let engaged = 0.5 * satisfied + 0.866 * draw.noise();
        let talk = draw.noise();
        let open = 0.4 * satisfied + 0.917 * talk;
        let size = match firm.segment {
            "enterprise" => 1.0,
            "mid" => 0.0,
            _ => -0.6,
        };
        let needs = WARES.iter().map(|_| need(size, engaged, &mut draw)).collect();
        Self {
            satisfied,
            engaged,
            open,
            loyal: draw.noise(),
            thrifty: draw.noise(),
            growing: draw.noise(),
            receptive: 0.7 * open + 0.714 * draw.noise(),
            averse: -0.6 * engaged - 0.4 * talk + 0.693 * draw.noise(),
            ideal: draw.whole(2, 4) as f64,
            needs,
        }
    }

    /// The need of a product by its position.
    pub(super) fn need(&self, ware: usize) -> f64 {
        self.needs[ware]
    }
}

fn need(size: f64, engaged: f64, draw: &mut Draw) -> f64 {
    0.45 * size + 0.4 * engaged + 0.78 * draw.noise()
}
