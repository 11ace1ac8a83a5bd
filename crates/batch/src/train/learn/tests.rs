//! Planted effects, nothing at all, leaks, and a newcomer that is worse.

use std::path::PathBuf;

use domain::time::Day;

use super::*;
use crate::train::moment::Cell;
use crate::train::rows::Case;

/// A number from 0 to 1, the same every time.
fn draw(seed: u64, number: usize) -> f64 {
    let mut hash = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ seed.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 31;
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^= hash >> 29;
    hash = hash.wrapping_mul(0x94d0_49bb_1331_11eb);
    ((hash ^ (hash >> 32)) >> 11) as f64 / 2_f64.powi(53)
}

/// What a company's rows say.
#[derive(Clone, Copy)]
struct Company {
    rows: usize,
    /// Log odds between the two channels.
    effect: f64,
    /// Rows before this one say the opposite.
    opposite: usize,
    seed: u64,
}

const PLAIN: Company = Company { rows: 800, effect: 2.0, opposite: 0, seed: 1 };

/// Rows of deals, one a day; a column that was filled in only where it happened, in one of two.
fn rows(company: Company) -> Rows<'static> {
    let columns = [("channel", true), ("noise", false), ("reason", true), ("deals_won", false)];
    let mut rows = Rows::new(columns.into_iter());
    for row in 0..company.rows {
        let partner = draw(company.seed, 2 * row) < 0.5;
        let sign = if row < company.opposite { -1.0 } else { 1.0 };
        let margin = sign * company.effect * if partner { 0.5 } else { -0.5 };
        let happened = draw(company.seed + 100, row) < 1.0 / (1.0 + f64::exp(-margin));
        let day = Day(i32::try_from(row).expect("small"));
        let case = Case {
            account: "A",
            group: i64::try_from(row).expect("small"),
            id: "",
            on: day,
            known_on: day,
            happened,
            fate: happened,
            rate_of: ["x", "y"][row % 2].to_owned(),
        };
        let reason = if happened && row % 2 == 0 { Cell::Text("price") } else { Cell::Missing };
        let channel = Cell::Text(if partner { "partner" } else { "web" });
        let noise = Cell::Number(draw(company.seed + 200, row));
        rows.push(case, [channel, noise, reason, Cell::Number((row % 5) as f64)]);
    }
    rows
}

fn task() -> Task {
    Task {
        name: "won",
        of: Words::new("成約", "won"),
        rows: Words::new("商談", "deals"),
        belief: Beta::from_mean_sd(0.3, 0.15),
        seed: 1,
    }
}

fn learnt(company: Company, before: Option<&Before>) -> Learnt {
    let rows = rows(company);
    learn(&task(), (&rows, company.rows), &[], ("run", before))
}

#[test]
fn a_planted_effect_is_a_signal_and_its_column_the_reason() {
    let Learnt { card, model, .. } = learnt(PLAIN, None);
    assert_eq!(card.verdict, Verdict::Signal, "{card:?}");
    let model = model.expect("a model");
    let names = ["channel", "noise"];
    let places = model.places(names.into_iter());
    let cells = |channel| vec![Cell::Text(channel), Cell::Number(0.5)];
    let says = model.says(&[cells("partner"), cells("web")], &places);
    assert!((says[0].chance - 0.73).abs() < 0.08, "{says:?}");
    assert!((says[1].chance - 0.27).abs() < 0.08, "{says:?}");
    assert_eq!((says[0].reasons[0].place, says[0].reasons[0].raises), (0, true));
    assert_eq!((says[1].reasons[0].place, says[1].reasons[0].raises), (0, false));
    assert_eq!((card.rows, card.data_hash.len()), (800, 64));
    let rate = domain::probability::Estimate::estimated(0.5, 0.05, 100);
    let estimate = model.estimate(0.5, rate);
    assert!(estimate.sd >= 0.05 && estimate.sd < 0.15 && estimate.n == 800, "{estimate:?}");
}

#[test]
fn what_was_filled_in_afterwards_is_dropped() {
    let Learnt { card, .. } = learnt(PLAIN, None);
    let dropped: Vec<&str> = card.dropped.iter().map(|it| it.column.as_str()).collect();
    assert_eq!(dropped, ["reason"]);
    assert!(!card.columns.contains(&"reason".to_owned()));
    assert!(card.dropped[0].why.en.contains("only where it happened"), "{:?}", card.dropped);
}

#[test]
fn chance_is_no_signal() {
    let signals = (0..8).filter(|seed| {
        let card = learnt(Company { effect: 0.0, seed: *seed, ..PLAIN }, None).card;
        card.verdict == Verdict::Signal
    });
    assert_eq!(signals.count(), 0);
}

#[test]
fn a_few_rows_are_said_to_be_few() {
    let Learnt { card, model, .. } = learnt(Company { rows: 90, ..PLAIN }, None);
    assert_eq!((card.verdict, model.is_none()), (Verdict::Lacks, true));
    assert!(card.because.en.contains("at least 50 of each are needed"), "{}", card.because.en);
}

/// A run whose model was learnt from a company.
fn run_of(company: Company) -> (tempfile::TempDir, Before) {
    let folder = tempfile::tempdir().expect("a folder");
    let learnt = learnt(company, None);
    keep(learnt, folder.path(), None).expect("kept");
    let before = Before { run_id: "run".to_owned(), folder: folder.path().to_owned(), used: true };
    (folder, before)
}

#[test]
fn a_newcomer_spoilt_by_junk_does_not_take_the_place_of_a_good_model() {
    let (_folder, before) = run_of(PLAIN);
    // Before the newest fifth most rows now say the opposite.
    let spoilt = Company { opposite: 560, ..PLAIN };
    let learnt = learnt(spoilt, Some(&before));
    assert!(learnt.kept, "{:?}", learnt.card);
    assert_eq!(learnt.card.kept_from.as_deref(), Some("run"));
    assert!(learnt.card.because.en.contains("the newcomer is worse"), "{}", learnt.card.because.en);
    let to = tempfile::tempdir().expect("a folder");
    let (card, model) = keep(learnt, to.path(), Some(&before)).expect("kept");
    assert_eq!(card.verdict, Verdict::Signal);
    assert_eq!(model, registry::read_artefact(&before.folder, "won").expect("read"));
    let bytes = |folder: &Path| std::fs::read(registry::path(folder, "won")).expect("the model");
    assert!(bytes(&before.folder) == bytes(to.path()), "carried over byte by byte");
}

#[test]
fn a_newcomer_with_more_of_the_same_is_used() {
    let (_folder, before) = run_of(PLAIN);
    let learnt = learnt(Company { rows: 820, ..PLAIN }, Some(&before));
    assert!(!learnt.kept && learnt.model.is_some());
    let held_out = learnt.card.held_out.expect("what was compared");
    assert!(held_out.en.contains("of the model of the run before"), "{}", held_out.en);
}

#[test]
fn a_lost_model_is_said_to_be_lost() {
    let before =
        Before { run_id: "gone".to_owned(), folder: PathBuf::from("/nowhere"), used: true };
    let learnt = learnt(PLAIN, Some(&before));
    assert!(!learnt.kept && learnt.card.verdict == Verdict::Signal);
    assert!(learnt.card.notes.iter().any(|note| note.en.contains("run gone could not be read")));
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let json = |learnt: Learnt| serde_json::to_string(&learnt.model).expect("JSON");
    assert_eq!(json(learnt(PLAIN, None)), json(learnt(PLAIN, None)));
}
