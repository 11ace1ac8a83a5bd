//! The same work on many things, on several threads; what comes out stands in the order of the things and does
//! not depend on how many threads there are.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Numbers that a thread takes at once where each is little work.
const BLOCK: usize = 32;

/// How many threads this machine runs at once.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// What `work` makes of each item, on all cores.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    map(items.len(), cores(), || (), |(), at| work(&items[at]))
}

/// `work(0)`, …, `work(count - 1)` on all cores: few pieces, each of them much work.
pub fn pieces<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    blocks(Plan { count, threads: cores(), block: 1 }, || (), |(), at| work(at))
}

/// What `work` makes of each of `0..count`, by up to `threads` threads. `start` makes what a thread keeps from
/// one to the next; what `work` returns must not depend on what was left in it.
///
/// # Panics
/// When `work` does.
pub fn map<S, R: Send>(
    count: usize,
    threads: usize,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> R + Sync,
) -> Vec<R> {
    blocks(Plan { count, threads, block: BLOCK }, start, work)
}

/// How the numbers are shared out.
#[derive(Clone, Copy)]
struct Plan {
    count: usize,
    threads: usize,
    block: usize,
}

fn blocks<S, R: Send>(
    plan: Plan,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> R + Sync,
) -> Vec<R> {
    let Plan { count, threads, block } = plan;
    let next = AtomicUsize::new(0);
    let parts: Mutex<Vec<(usize, Vec<R>)>> = Mutex::new(Vec::new());
    let labour = || {
        let mut kept = start();
        loop {
            let from = next.fetch_add(block, Ordering::Relaxed);
            if from >= count {
                return;
            }
            let to = (from + block).min(count);
            let part = (from..to).map(|number| work(&mut kept, number)).collect();
            parts.lock().unwrap_or_else(PoisonError::into_inner).push((from, part));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.clamp(1, count.div_ceil(block).max(1)) {
            scope.spawn(labour);
        }
        labour();
    });
    let mut parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
    parts.sort_unstable_by_key(|(from, _)| *from);
    parts.into_iter().flat_map(|(_, part)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_order() {
        for threads in [0, 1, 2, 3, 8] {
            for count in [0, 1, 31, 32, 33, 1000] {
                let squares = map(count, threads, || 0, |_, number| number * number);
                assert_eq!(squares, (0..count).map(|number| number * number).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn pieces_and_items_keep_their_order() {
        assert_eq!(pieces(100, |piece| piece * piece)[99], 9801);
        assert_eq!(pieces(0, |piece| piece), Vec::<usize>::new());
        let items: Vec<u32> = (0..101).collect();
        assert_eq!(each(&items, |n| n * 2), items.iter().map(|n| n * 2).collect::<Vec<_>>());
        assert!(each(&[], |n: &u32| *n).is_empty());
    }
}
