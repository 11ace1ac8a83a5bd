//! The live policy of a workspace: the last published version, else the draft of a workspace that never published.
//!
//! `policy.toml` is the draft. It becomes live by `nobishiro policy publish`; the first run publishes it by itself.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use decide::policy::Policy;
use domain::time::Day;
use store::{PolicyStop, PolicyVersion, Store};

use crate::config::Workspace;
use crate::{clock, output};

/// What is live.
#[derive(Debug, Clone, Default)]
pub(crate) struct Live {
    /// The policy, with the switch.
    pub(crate) policy: Policy,
    /// Its text.
    pub(crate) text: String,
    /// The published version; none before the first.
    pub(crate) version: Option<PolicyVersion>,
    /// The stop that lasts.
    pub(crate) stop: Option<PolicyStop>,
}

impl Live {
    /// Reads what is live.
    pub(crate) async fn read(store: &Store, dir: &Path) -> Result<Self> {
        let version = store.live_policy().await?;
        let stop = store.offers_stopped().await?;
        let (text, context) = match &version {
            Some(version) => {
                let number = version.version;
                let mend = format!(
                    "version {number} of the policy, which is live, is not one that this program reads; mend policy.toml and publish it with `nobishiro policy publish`"
                );
                (version.toml.clone(), mend)
            }
            None => (draft(dir)?, format!("{} is not right", path(dir).display())),
        };
        let mut policy = Policy::parse(&text).with_context(|| context)?;
        policy.stopped = stop.as_ref().map(since);
        Ok(Self { policy, text, version, stop })
    }

    /// The number of the published version.
    pub(crate) fn number(&self) -> Option<i64> {
        self.version.as_ref().map(|version| version.version)
    }
}

/// The first day of a stop.
fn since(stop: &PolicyStop) -> Day {
    Day::parse_iso(&stop.stopped_on).unwrap_or(Day(0))
}

/// The draft's place.
pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join("policy.toml")
}

/// The draft's text; where there is no file, every key with its default.
pub(crate) fn draft(dir: &Path) -> Result<String> {
    let path = path(dir);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(Policy::default_text().to_owned())
        }
        Err(error) => Err(error).with_context(|| format!("could not read {}", path.display())),
    }
}

/// Who publishes what, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Publish<'a> {
    /// The text, which is a policy.
    pub(crate) text: &'a str,
    /// By whom.
    pub(crate) by: &'a str,
    /// Why.
    pub(crate) reason: &'a str,
    /// The version that it brings back.
    pub(crate) restores: Option<i64>,
    /// The version that is live now; 0 for none.
    pub(crate) after: i64,
}

/// Publishes; returns the new version's number, or none where somebody else published meanwhile.
pub(crate) async fn publish(store: &Store, what: Publish<'_>) -> Result<Option<i64>> {
    let version = PolicyVersion {
        version: 0,
        hash: batch::night::text_hash(what.text),
        toml: what.text.to_owned(),
        published_s: clock::now_s(),
        published_by: what.by.to_owned(),
        reason: what.reason.to_owned(),
        restores: what.restores,
    };
    Ok(store.publish_policy(&version, what.after).await?)
}

/// The version that a run is made under; a workspace that never published publishes its draft.
pub(crate) async fn for_run(workspace: &Workspace) -> Result<Option<i64>> {
    let live = &workspace.live;
    if let Some(number) = live.number() {
        if draft(&workspace.dir)? != live.text {
            output::say(&format!(
                "policy.toml differs from the live policy, version {number}: it is a draft. Compare with `nobishiro policy diff`, try it with `nobishiro policy dry-run`, make it live with `nobishiro policy publish`"
            ));
        }
        return Ok(Some(number));
    }
    let reason = "the first run / 初回の実行";
    let what = Publish { text: &live.text, by: "nobishiro run", reason, restores: None, after: 0 };
    publish(&workspace.store, what).await
}

/// Why nothing is offered, in a line of both languages' shared form.
pub(crate) fn stopped(stop: &PolicyStop) -> String {
    let PolicyStop { stopped_on, stopped_by, reason, .. } = stop;
    format!(
        "Offers are stopped since {stopped_on} by {stopped_by}: {reason}. Care and accepted work go on; `nobishiro policy start` lets offers be made again"
    )
}

/// The same in Japanese.
pub(crate) fn stopped_ja(stop: &PolicyStop) -> String {
    let PolicyStop { stopped_on, stopped_by, reason, .. } = stop;
    format!(
        "{stopped_on}から{stopped_by}がすべての提案を停止しています(理由: {reason})。フォローと着手済みの作業は続きます。再開: nobishiro policy start"
    )
}
