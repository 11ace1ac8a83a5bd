//! Themes that were planted, and closed forms by hand.

use super::*;
use crate::baskets::Baskets;

/// Items 0..3 in most baskets whatever else; beyond them, themes of four items that are bought together.
fn themes(baskets: u32) -> Baskets {
    let mut state = 7_u64;
    let mut draw = move |below: u32| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(state >> 33).expect("31 bits") % below
    };
    let lists: Vec<Vec<u32>> = (0..baskets)
        .map(|_| {
            let theme = 3 + draw(8) * 4;
            let staple = (0..3).filter(|_| draw(2) == 0).collect::<Vec<u32>>();
            let of_theme = (theme..theme + 4).filter(|_| draw(10) < 7).collect::<Vec<u32>>();
            [staple, of_theme].concat()
        })
        .collect();
    Baskets::from_lists(&lists, 35)
}

fn options(threads: usize) -> ChoiceOptions {
    ChoiceOptions { seed: 1, threads, cap: 1000 }
}

#[test]
fn every_method_finds_planted_themes_that_popularity_cannot() {
    let choice = choose(&themes(1500), &options(2));
    let popularity = choice.tried.iter().find(|it| it.method == Method::Popularity);
    let popularity = popularity.expect("always tried").ndcg;
    for name in ["cosine", "item-knn", "ease", "als"] {
        let of_name = choice.tried.iter().filter(|it| it.method.name() == name);
        let best = of_name.max_by(|a, b| a.ndcg.total_cmp(&b.ndcg)).expect("tried");
        assert!(best.ndcg > popularity + 0.1, "{best:?} against {popularity}");
        assert!(best.gain > 4.0 * best.gain_error && best.coverage > 0.9, "{best:?}");
    }
    assert_ne!(choice.method, Method::Popularity);
}

#[test]
fn the_choice_depends_on_the_seed_alone() {
    let baskets = themes(400);
    assert_eq!(choose(&baskets, &options(1)), choose(&baskets, &options(3)));
}

#[test]
fn a_few_baskets_choose_nothing() {
    let choice = choose(&themes(20), &options(1));
    assert!(choice.tried.is_empty());
    assert_eq!(choice.method.name(), "item-knn");
    assert!(choose(&Baskets::from_lists(&[vec![0]], 1), &options(1)).tried.is_empty());
}

/// Three baskets {0, 1}, one {0}, one {1, 2}: cosine 3 / sqrt(4 * 4), and the ease weights of the 3 x 3 system
/// by hand.
#[test]
fn closed_forms_hold() {
    let lists = [vec![0, 1], vec![0, 1], vec![0, 1], vec![0], vec![1, 2]];
    let baskets = Baskets::from_lists(&lists, 3);
    let neighbours = Neighbours::new(&baskets, 10);
    let training = Training { neighbours: &neighbours, rows: &[], seed: 1, threads: 1 };
    let pair = |method: Method, item, other, both| {
        let scorer = method.fit(&training).expect("it fits");
        scorer.pairs(item, &[(other, both)])[0]
    };
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    close(pair(Method::Similar { balance: 0.5, shrinkage: 0.0 }, 0, 1, 3), 0.75);
    close(pair(Method::Similar { balance: 1.0, shrinkage: 0.0 }, 2, 1, 1), 1.0);
    close(pair(Method::Similar { balance: 0.0, shrinkage: 3.0 }, 0, 1, 3), 0.375);
    close(pair(Method::Popularity, 0, 1, 3), 0.8);
    // X'X + 1 = [[5,3,0],[3,5,1],[0,1,2]]; its inverse times 27: [[9,-6,3],[-6,10,-5],[3,-5,16]].
    close(pair(Method::Ease { ridge: 1.0 }, 0, 1, 3), 6.0 / 10.0);
    close(pair(Method::Ease { ridge: 1.0 }, 1, 0, 3), 6.0 / 9.0);
    close(pair(Method::Ease { ridge: 1.0 }, 0, 2, 0), -3.0 / 16.0);
}
