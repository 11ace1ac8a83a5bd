//! What the account has not: by state and reason, with the play where there is one (N11, S28, S69).

use decide::card::{Lack, Lacked, Line};
use decide::whitespace::State;
use domain::words::Lang;

use super::Room;
use crate::frame::segment;
use crate::show;
use crate::words::{self, whitespace as say};

/// A statement with where it comes from.
pub(super) struct Told {
    pub(super) text: String,
    pub(super) source: String,
}

/// One product.
pub(super) struct ProductView {
    pub(super) name: String,
    pub(super) amount: String,
    pub(super) play: Option<String>,
    pub(super) proof: Vec<Told>,
}

/// Products with one state for one reason.
pub(super) struct LackView {
    pub(super) class: &'static str,
    pub(super) shape: &'static str,
    pub(super) state: String,
    pub(super) because: Told,
    /// Whether its products say nothing but their names.
    pub(super) plain: bool,
    pub(super) products: Vec<ProductView>,
}

/// What could be had, and what could not.
#[derive(Default)]
pub(super) struct Lacks {
    pub(super) open: Vec<LackView>,
    pub(super) closed: Vec<LackView>,
    /// Products that cannot be had.
    pub(super) closed_count: usize,
}

/// The view of a run's lists; names have been learnt.
pub(super) fn lacks(room: &Room, all: &[Lack]) -> Lacks {
    let mut lacks = Lacks::default();
    for lack in all {
        let Some(state) = State::parse(&lack.state) else { continue };
        let view = view(room, lack, state);
        if state == State::NotEligible {
            lacks.closed_count += view.products.len();
            lacks.closed.push(view);
        } else {
            lacks.open.push(view);
        }
    }
    lacks
}

fn view(room: &Room, lack: &Lack, state: State) -> LackView {
    let mut products: Vec<&Lacked> = lack.products.iter().collect();
    products.sort_by_key(|product| std::cmp::Reverse(product.expected_minor));
    let products: Vec<ProductView> =
        products.into_iter().map(|product| product_view(room, product, state)).collect();
    let bare = |it: &ProductView| it.amount.is_empty() && it.play.is_none() && it.proof.is_empty();
    LackView {
        plain: products.iter().all(bare),
        class: say::class(state),
        shape: say::shape(state),
        state: say::state(room.lang, state),
        because: told(room.lang, &lack.because),
        products,
    }
}

fn product_view(room: &Room, product: &Lacked, state: State) -> ProductView {
    // What a held or blocked offer would earn is no promise.
    let amount = product.expected_minor.filter(|minor| state == State::Gap && *minor > 0);
    let play = product.play_id.as_ref();
    ProductView {
        name: room.names.product(&product.product_id),
        amount: amount.map_or_else(String::new, |minor| room.currency.display(minor)),
        play: play.map(|play| format!("{}/plays/{}", room.base, segment(play))),
        proof: product.proof.iter().map(|line| told(room.lang, line)).collect(),
    }
}

pub(super) fn told(lang: Lang, line: &Line) -> Told {
    let on = line.on.as_deref().map(|on| show::iso_date(lang, on));
    let source = words::source(lang, &line.source);
    let source = on.map_or(source.clone(), |on| format!("{source} {on}"));
    Told { text: line.said.get(lang).to_owned(), source }
}
