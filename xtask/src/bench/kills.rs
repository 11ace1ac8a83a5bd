//! Two hundred kills at random moments, half of them on SQLite and half on PostgreSQL: the tests' checker must
//! find that nothing is lost or doubled.

use super::figure::{Against, Figure, Sample};
use super::program::Setting;
use anyhow::{Context, Result};
use std::time::Instant;

const KILLS_EACH: u32 = 100;
const TESTS: [&str; 2] = [
    "kills::killed_and_finished_is_the_same_as_undisturbed_on_sqlite",
    "kills::killed_and_finished_is_the_same_as_undisturbed_on_postgres",
];

pub(super) fn run(_: &Setting) -> Result<Vec<Figure>> {
    let begun = Instant::now();
    let mut damaged = 0.0;
    for test in TESTS {
        let mut tests = crate::cargo();
        tests.args(["test", "--workspace", "--test", "it", "--", "--exact", "--nocapture", test]);
        tests.env("NOBISHIRO_KILLS", KILLS_EACH.to_string());
        let status = tests.status().context("cannot start cargo")?;
        damaged += f64::from(u8::from(!status.success()));
    }
    println!("  {} kills in {:.0} s", 2 * KILLS_EACH, begun.elapsed().as_secs_f64());
    Ok(vec![Figure {
        name: "databases on which 200 kills lost or doubled something".to_owned(),
        unit: "of 2",
        sample: Sample::new(vec![damaged]),
        against: Against::Limit(0.5),
    }])
}
