//! A made-up arbitration of any size, solved and timed; and written as a linear program for a peer.
//!
//! `arbitration ACCOUNTS POOLS [THREADS] [FOLDER]`: accounts with twenty offers each, pools over four weeks, places
//! of four channels a week, stock of four offers and a minimum volume of one. Prints one JSON document; with a
//! folder it also writes columns, rows and limits as little-endian numbers for `xtask/bench/arbitration.py`.

#![allow(
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench's program"
)]

use std::fs;
use std::path::Path;
use std::time::Instant;

use decide::arbitrate::problem::{NO_CAP, NO_PART};
use decide::arbitrate::{Problem, Row, Slot, solve};

const OFFERS: usize = 20;
const WEEKS: usize = 4;
const CHANNELS: usize = 4;
const STOCKED: usize = 4;

/// Splitmix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// About normal: the sum of twelve.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// A problem, and its columns as a linear program.
struct Made {
    problem: Problem,
    rows: Vec<Row>,
    /// Slots of each way, as they were given.
    ways: Vec<Vec<Slot>>,
    /// Value, way, account and block of each option.
    options: Vec<(f64, u32, u32, u32)>,
    blocks: Vec<u32>,
}

/// The hours of each offer, and its channel.
fn offer(offer: usize) -> (f64, usize) {
    ([1.0, 2.0, 2.0, 4.0, 0.5][offer % 5], offer % CHANNELS)
}

fn rows(accounts: usize, pools: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    // Hours for every fourth account.
    let hours = accounts as f64 * 0.25 * 2.0 / (pools * WEEKS) as f64;
    for pool in 0..pools {
        for week in 0..WEEKS {
            let more = 0.6 + 0.8 * ((pool * 7 + week * 3) % 11) as f64 / 10.0;
            rows.push(Row::Most((hours * more * 2.0).round() / 2.0));
        }
    }
    for channel in 0..CHANNELS {
        for _ in 0..WEEKS {
            rows.push(Row::Most((accounts as f64 * (0.02 + 0.01 * channel as f64)).round()));
        }
    }
    for stocked in 0..STOCKED {
        rows.push(Row::Most((accounts as f64 * (0.004 + 0.002 * stocked as f64)).round()));
    }
    rows.push(Row::Least((accounts as f64 * 0.01).round()));
    rows
}

fn make(accounts: usize, pools: usize, keep: bool) -> Made {
    let rows = rows(accounts, pools);
    let mut problem = Problem::new(&rows);
    let mut ways = Vec::new();
    let first_channel = pools * WEEKS;
    for pool in 0..pools {
        for id in 0..OFFERS {
            let (hours, channel) = offer(id);
            for due in 1..=WEEKS {
                let slots: Vec<Slot> = (0..due)
                    .map(|week| {
                        let mut uses = vec![((pool * WEEKS + week) as u32, hours)];
                        uses.push(((first_channel + channel * WEEKS + week) as u32, 1.0));
                        if id < STOCKED + 1 {
                            uses.push(((first_channel + CHANNELS * WEEKS + id) as u32, 1.0));
                        }
                        Slot { factor: 0.998_f64.powf(week as f64), uses }
                    })
                    .collect();
                problem.way(&slots);
                ways.push(slots);
            }
        }
    }
    let mut random = Random(7);
    let (mut options, mut blocks) = (Vec::new(), Vec::new());
    let mut account = 0;
    while account < accounts {
        // One block in twenty is a group of three companies that takes two packages.
        let group = random.below(20) == 0 && account + 3 <= accounts;
        for _ in 0..if group { 3 } else { 1 } {
            let size = (random.normal() * 0.9).exp();
            let pool = random.below(pools);
            for id in 0..OFFERS {
                let worth = 400.0 * size * (random.normal() * 0.7).exp() * offer(id).0.sqrt();
                // What must be sold earns less.
                let value = if id == STOCKED { worth * 0.2 } else { worth };
                let due = if random.below(4) == 0 { 1 + random.below(WEEKS) } else { WEEKS };
                let way = ((pool * OFFERS + id) * WEEKS + due - 1) as u32;
                problem.option(value, way, NO_PART);
                if keep {
                    options.push((value, way, account as u32, blocks.len() as u32));
                }
            }
            problem.end_account(1);
            account += 1;
        }
        problem.end_block(if group { 2 } else { NO_CAP });
        blocks.push(if group { 2 } else { 1 });
    }
    Made { problem, rows, ways, options, blocks }
}

/// Columns by option and slot; rows are accounts, blocks and the rows that are priced.
fn write(made: &Made, accounts: usize, folder: &Path) -> std::io::Result<()> {
    let (mut value, mut starts, mut index, mut amount) = (vec![], vec![0_u32], vec![], vec![]);
    let first_block = accounts as u32;
    let first_row = first_block + made.blocks.len() as u32;
    for (worth, way, account, block) in &made.options {
        for slot in &made.ways[*way as usize] {
            value.push(worth * slot.factor);
            index.extend([*account, first_block + block]);
            amount.extend([1.0, 1.0]);
            for (row, used) in &slot.uses {
                index.push(first_row + row);
                amount.push(*used);
            }
            starts.push(index.len() as u32);
        }
    }
    let mut lower = vec![f64::NEG_INFINITY; first_row as usize];
    let mut upper = vec![1.0; accounts];
    upper.extend(made.blocks.iter().map(|cap| f64::from(*cap)));
    for row in &made.rows {
        let (least, most) = match *row {
            Row::Most(most) => (f64::NEG_INFINITY, most),
            Row::Least(least) => (least, f64::INFINITY),
        };
        lower.push(least);
        upper.push(most);
    }
    let floats =
        |numbers: &[f64]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
    let whole = |numbers: &[u32]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
    for (name, bytes) in [
        ("value", floats(&value)),
        ("starts", whole(&starts)),
        ("index", whole(&index)),
        ("amount", floats(&amount)),
        ("lower", floats(&lower)),
        ("upper", floats(&upper)),
    ] {
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, or: usize| words.get(at).and_then(|w| w.parse().ok()).unwrap_or(or);
    let (accounts, pools, threads) = (number(0, 10_000), number(1, 10), number(2, 2));
    let made = make(accounts, pools, words.len() > 3);
    if let Some(folder) = words.get(3) {
        write(&made, accounts, Path::new(folder))?;
    }
    let begin = Instant::now();
    let solution = solve(&made.problem, threads);
    let seconds = begin.elapsed().as_secs_f64();
    let unmet: f64 = solution.unmet.iter().sum();
    println!(
        "{{\"accounts\":{accounts},\"rows\":{},\"options\":{},\"seconds\":{seconds},\"total\":{},\"bound\":{},\"gap\":{},\"taken\":{},\"unmet\":{unmet}}}",
        made.rows.len(),
        made.problem.len(),
        solution.total,
        solution.bound,
        solution.gap(),
        solution.taken.len(),
    );
    Ok(())
}
