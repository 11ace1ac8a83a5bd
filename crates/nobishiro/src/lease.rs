//! One writer at a time: `ingest` and `run` hold the workspace's lease while they work.

use std::future::Future;
use std::time::Duration;

use anyhow::{Result, anyhow};
use domain::time::Zone;
use store::{Lease, LeaseAsk, Store, StoreError};

use crate::clock;
use crate::config::Workspace;

/// Seconds that a lease lives without being renewed.
const LIFE_S: i64 = 30;

/// Does `work` under the workspace's lease, renewing it meanwhile. A lease whose process on this machine is
/// gone is taken over at once. When another has taken ours over, the work ends.
pub(crate) async fn hold<T>(
    workspace: &Workspace,
    what: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let holder = holder();
    let ask = LeaseAsk { what, holder: &holder, now_s: clock::now_s(), ttl_s: LIFE_S };
    let lease = workspace.store.acquire_lease(&ask, gone).await;
    let lease = lease.map_err(|error| explained(error, &workspace.zone))?;
    keep(&workspace.store, lease, work).await
}

/// Does `work` under a lease that keeps nobody from working: what it pins stays in the lake meanwhile.
pub(crate) async fn read<T>(
    workspace: &Workspace,
    what: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let holder = holder();
    let ask = LeaseAsk { what, holder: &holder, now_s: clock::now_s(), ttl_s: LIFE_S };
    let lease = workspace.store.acquire_reading(&ask).await?;
    keep(&workspace.store, lease, work).await
}

/// Renews the lease in a task of its own: work that computes for minutes does not keep it from its turn.
async fn keep<T>(store: &Store, lease: Lease, work: impl Future<Output = Result<T>>) -> Result<T> {
    let renewing = store.clone();
    let mut renew = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(LIFE_S as u64 / 3)).await;
            match renewing.renew_lease(&lease, clock::now_s(), LIFE_S).await {
                Err(lost @ StoreError::LeaseLost { .. }) => return lost,
                Err(error) => tracing::warn!(%error, "the lease could not be renewed"),
                Ok(()) => {}
            }
        }
    });
    let done = tokio::select! {
        done = work => done,
        lost = &mut renew => return Err(lost?.into()),
    };
    renew.abort();
    // Ends as cancelled, or with the loss of the lease, which the release says as well.
    drop(renew.await);
    let released = store.release_held().await;
    let done = done?;
    released?;
    Ok(done)
}

/// Who has the lease, until when in the workspace's zone, and what to do.
fn explained(error: StoreError, zone: &Zone) -> anyhow::Error {
    let StoreError::LeaseHeld { what, holder, until_s } = &error else { return error.into() };
    let (pid, host) = holder.split_once('@').unwrap_or((holder, "another machine"));
    anyhow!(Busy(format!(
        "another {what} is at work on this workspace: process {pid} on {host}. Wait until it is done, or stop \
         it there (`kill {pid}`) and run the same command again. Should that process hang, its claim lapses \
         at {} ({})",
        clock::shown(*until_s, zone),
        zone.name(),
    )))
}

/// Somebody else is at work on the workspace: who, until when, and what to do.
#[derive(Debug)]
pub(crate) struct Busy(String);

impl std::fmt::Display for Busy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Busy {}

/// This process, as leases and jobs name it.
pub(crate) fn holder() -> String {
    format!("{}@{}", std::process::id(), host())
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "localhost".to_owned(), |name| name.trim().to_owned())
}

/// Whether the holder was a process of this machine that is no longer there.
pub(crate) fn gone(holder: &str) -> bool {
    let Some((pid, there)) = holder.split_once('@') else { return false };
    there == host()
        && std::path::Path::new("/proc").is_dir()
        && !std::path::Path::new("/proc").join(pid).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lease_is_said_in_local_time() {
        let held = StoreError::LeaseHeld {
            what: "ingest".to_owned(),
            holder: "412@tokyo-1".to_owned(),
            until_s: 1_773_327_599,
        };
        let zone = Zone::named("Asia/Tokyo").expect("a zone");
        assert_eq!(
            explained(held, &zone).to_string(),
            "another ingest is at work on this workspace: process 412 on tokyo-1. Wait until it is done, or \
             stop it there (`kill 412`) and run the same command again. Should that process hang, its claim \
             lapses at 2026-03-12 23:59:59 (Asia/Tokyo)"
        );
    }

    #[test]
    fn a_living_process_is_not_gone() {
        assert!(!gone(&format!("{}@{}", std::process::id(), host())));
        assert!(!gone("1@some-other-host"));
        assert!(gone(&format!("999999999@{}", host())));
    }
}
