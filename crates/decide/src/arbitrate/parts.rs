//! Work in parts on several threads; the parts and their order do not depend on how many threads there are.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The bounds of part `part` of `parts` of `0..count`.
fn bounds(count: usize, parts: usize, part: usize) -> Range<usize> {
    count * part / parts..count * (part + 1) / parts
}

/// What `work` makes of each of `parts` parts of `0..count`, in order.
pub(super) fn each<R: Send>(
    (count, parts): (usize, usize),
    threads: usize,
    work: impl Fn(Range<usize>) -> R + Sync,
) -> Vec<R> {
    let parts = parts.clamp(1, count.max(1));
    if threads <= 1 || parts == 1 {
        return (0..parts).map(|part| work(bounds(count, parts, part))).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(parts));
    let labour = || {
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= parts {
                return;
            }
            let made = work(bounds(count, parts, part));
            done.lock().unwrap_or_else(PoisonError::into_inner).push((part, made));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(parts) {
            scope.spawn(labour);
        }
        labour();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(part, _)| *part);
    done.into_iter().map(|(_, made)| made).collect()
}
