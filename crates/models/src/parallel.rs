//! The same work on many numbers, on several threads, with results in the order of the numbers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Numbers that a thread takes at once.
const BLOCK: usize = 64;

/// What `work` makes of each of `0..count`, in order. `start` makes what a thread keeps from one to the next.
/// The result does not depend on `threads`, as long as `work` leaves nothing behind in what it keeps.
pub fn map<S, R: Send>(
    count: usize,
    threads: usize,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let parts: Mutex<Vec<(usize, Vec<R>)>> = Mutex::new(Vec::new());
    let labour = || {
        let mut kept = start();
        loop {
            let from = next.fetch_add(BLOCK, Ordering::Relaxed);
            if from >= count {
                return;
            }
            let to = (from + BLOCK).min(count);
            let part = (from..to).map(|number| work(&mut kept, number)).collect();
            parts.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((from, part));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.clamp(1, count.div_ceil(BLOCK).max(1)) {
            scope.spawn(labour);
        }
        labour();
    });
    let mut parts = parts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    parts.sort_by_key(|(from, _)| *from);
    parts.into_iter().flat_map(|(_, part)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_order() {
        for threads in [0, 1, 3] {
            let squares = map(1000, threads, || 0, |_, number| number * number);
            assert_eq!(squares, (0..1000).map(|number| number * number).collect::<Vec<_>>());
        }
        assert!(map(0, 2, || (), |(), number| number).is_empty());
    }
}
