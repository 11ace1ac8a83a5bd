//! Hillstrom's women's e-mail: a randomised treatment with a small effect.

use models::learn::{Column, Frame, Task};
use models::uplift::{Assumption, METHODS, Options, Study, Trial, Verdict};

use super::data;

/// The columns before the treatment, and who was treated and came.
struct Mailing {
    frame: Frame,
    treated: Vec<bool>,
    visit: Vec<f64>,
}

/// The cells of a line; commas within quotes do not part them.
fn cells(line: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let parts = line.split(|c: char| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    });
    parts.collect()
}

fn mailing() -> Option<Mailing> {
    let path = data::folder("hillstrom_womens")?.join("hillstrom_womens.csv");
    let text = std::fs::read_to_string(path).expect("the data set is whole");
    let rows: Vec<Vec<&str>> =
        text.lines().skip(1).filter(|line| !line.is_empty()).map(cells).collect();
    let column = |at: usize| rows.iter().map(move |row| row[at]);
    let mut frame = Frame::new(rows.len());
    for at in 0..8 {
        let numbers: Result<Vec<f64>, _> = column(at).map(str::parse).collect();
        frame = frame.with(if let Ok(numbers) = numbers {
            Column::Numbers(numbers)
        } else {
            let mut names: Vec<&str> = column(at).collect();
            names.sort_unstable();
            names.dedup();
            let code =
                |name: &str| names.binary_search(&name).ok().and_then(|it| u32::try_from(it).ok());
            Column::Levels(column(at).map(|name| code(name).expect("a name")).collect())
        });
    }
    Some(Mailing {
        frame,
        treated: column(8).map(|name| name == "Womens E-Mail").collect(),
        visit: column(9).map(|visit| visit.parse().expect("0 or 1")).collect(),
    })
}

/// The effect on visits is .0452; the columns do not tell who was treated; and effects differ: by the linear learners'
/// Qini, which the published report puts at .0031 to .0041, where ranking by response has .0012. Its figures would fit
/// a count per head of both arms, which is about half of what is counted here.
#[test]
fn hillstrom_effect_and_qini() {
    let Some(mailing) = mailing() else { return };
    let trial = Trial {
        frame: &mailing.frame,
        treated: &mailing.treated,
        outcome: &mailing.visit,
        task: Task::Probability,
    };
    let options = Options {
        methods: METHODS
            .iter()
            .filter(|(name, _)| *name == "r-linear")
            .map(|(_, it)| *it)
            .collect(),
        assumption: Assumption::Random,
        replicates: 200,
        pairs: 1,
        seed: 1,
    };
    let study = Study::of(&trial, &options).expect("a sound trial");
    assert!((study.average.naive - 0.0452).abs() < 5e-5, "{}", study.average.naive);
    assert!((study.average.effect - 0.0452).abs() < 1e-3, "{}", study.average.effect);
    assert!(!study.randomised.is_predictable(), "{:?}", study.randomised);
    assert_eq!(study.verdict, Verdict::Heterogeneous);
    let found = &study.choice.judged[study.choice.chosen];
    assert!((0.0056..0.0095).contains(&found.qini), "{found:?}");
    assert!(study.choice.over_response.0 > 0.0, "{:?}", study.choice.over_response);
}
