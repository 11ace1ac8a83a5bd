//! Work on many positions with several threads, whose results do not depend on how many there are.

use std::thread;

/// `work(scratch, 0..count)`, in that order, by up to `threads` threads, each with a scratch of its own.
/// What `work` returns must not depend on what the scratch held before.
///
/// # Panics
/// When `work` does.
pub fn map<S, T: Send>(
    count: usize,
    threads: usize,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    // Interleaved blocks, since customers who stand together are often alike in size.
    const BLOCK: usize = 32;
    let threads = threads.clamp(1, count.max(1));
    if threads == 1 {
        let mut scratch = scratch();
        return (0..count).map(|at| work(&mut scratch, at)).collect();
    }
    let blocks = count.div_ceil(BLOCK);
    let (scratch, work) = (&scratch, &work);
    let mut parts: Vec<std::vec::IntoIter<Vec<T>>> = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let mut scratch = scratch();
                    let mine = (thread..blocks).step_by(threads);
                    let block = |block: usize| {
                        let span = block * BLOCK..count.min((block + 1) * BLOCK);
                        span.map(|at| work(&mut scratch, at)).collect::<Vec<T>>()
                    };
                    mine.map(block).collect::<Vec<_>>().into_iter()
                })
            })
            .collect();
        let joined =
            handles.into_iter().map(|handle| handle.join().expect("the work does not panic"));
        joined.collect()
    });
    (0..blocks).flat_map(|block| parts[block % threads].next().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_positions() {
        for threads in [1, 2, 3, 8] {
            for count in [0, 1, 31, 32, 33, 1000] {
                let squares = map(count, threads, || (), |(), at| at * at);
                assert_eq!(squares, (0..count).map(|at| at * at).collect::<Vec<_>>());
            }
        }
    }
}
