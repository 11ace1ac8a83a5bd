//! One writer at a time: `ingest` and `run` hold the workspace's lease while they work.

use std::future::Future;
use std::time::Duration;

use anyhow::Result;
use store::{LeaseAsk, Store};

use crate::clock;

/// Seconds that a lease lives without being renewed.
const LIFE_S: i64 = 30;

/// Does `work` under the workspace's lease, renewing it meanwhile. A lease whose process on this machine is
/// gone is taken over at once.
pub(crate) async fn hold<T>(
    store: &Store,
    what: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let holder = format!("{}@{}", std::process::id(), host());
    let ask = LeaseAsk { what, holder: &holder, now_s: clock::now_s(), ttl_s: LIFE_S };
    let lease = store.acquire_lease(&ask, gone).await?;
    let renew = async {
        loop {
            tokio::time::sleep(Duration::from_secs(LIFE_S as u64 / 3)).await;
            if let Err(error) = store.renew_lease(&lease, clock::now_s(), LIFE_S).await {
                tracing::warn!(%error, "the lease could not be renewed");
            }
        }
    };
    let done = tokio::select! {
        done = work => done,
        () = renew => unreachable!("renewing never ends"),
    };
    store.release_lease(lease).await?;
    done
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "localhost".to_owned(), |name| name.trim().to_owned())
}

/// Whether the holder was a process of this machine that is no longer there.
fn gone(holder: &str) -> bool {
    let Some((pid, there)) = holder.split_once('@') else { return false };
    there == host()
        && std::path::Path::new("/proc").is_dir()
        && !std::path::Path::new("/proc").join(pid).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_living_process_is_not_gone() {
        assert!(!gone(&format!("{}@{}", std::process::id(), host())));
        assert!(!gone("1@some-other-host"));
        assert!(gone(&format!("999999999@{}", host())));
    }
}
