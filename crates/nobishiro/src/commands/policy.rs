//! `nobishiro policy`: what is live, what differs, what a draft would change, publishing and going back; and the
//! switch that stops offers.

mod say;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use batch::trial::{self, Key, Trial};
use clap::{Args, Subcommand};
use domain::words::Lang;
use serde_json::json;
use store::{Open, PolicyStop};

use crate::config::Workspace;
use crate::live::{self, Publish};
use crate::output::Format;
use crate::{clock, output};

#[derive(Debug, Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    command: Command,
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    workspace: PathBuf,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
    /// The language of reasons.
    #[arg(long, value_parser = super::plays::lang, default_value = "en", global = true)]
    lang: Lang,
}

/// Who did it, and why.
#[derive(Debug, Args)]
struct Why {
    /// Why.
    #[arg(long)]
    reason: String,
    /// By whom.
    #[arg(long, value_name = "NAME", default_value = "-")]
    by: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints a policy: `live`, `draft` (policy.toml), `default`, a version's number, or a file.
    Show {
        /// Which; default: the live one.
        #[arg(value_name = "POLICY", default_value = "live")]
        which: String,
    },
    /// Lists the keys that two policies state differently.
    Diff {
        /// From which: `live`, `draft`, `default`, a version's number, or a file.
        #[arg(value_name = "A", default_value = "live")]
        from: String,
        /// To which.
        #[arg(value_name = "B", default_value = "draft")]
        to: String,
    },
    /// Plans the live run's inputs again under a policy: who enters, who leaves, what it changes.
    DryRun {
        /// Which: a file, `draft`, `default`, or a version's number.
        #[arg(value_name = "FILE", default_value = "draft")]
        which: String,
    },
    /// Makes a policy live from the next run on.
    Publish {
        /// Which: a file, `draft`, `default`, or a version's number.
        #[arg(value_name = "FILE", default_value = "draft")]
        which: String,
        #[command(flatten)]
        why: Why,
    },
    /// Publishes an earlier version anew.
    Rollback {
        /// Which version; default: the one before the live one.
        #[arg(value_name = "VERSION")]
        back_to: Option<i64>,
        #[command(flatten)]
        why: Why,
    },
    /// Lists every version and every stop.
    History,
    /// Stops all offers at once; care and accepted work go on.
    Stop(Why),
    /// Lets offers be made again.
    Start(Why),
}

impl Policy {
    pub(crate) async fn run(self) -> Result<()> {
        match &self.command {
            Command::Show { which } => self.show(which).await,
            Command::Diff { from, to } => self.diff(from, to).await,
            Command::DryRun { which } => self.dry_run(which).await,
            Command::Publish { which, why } => self.publish(which, why).await,
            Command::Rollback { back_to, why } => self.rollback(*back_to, why).await,
            Command::History => self.history().await,
            Command::Stop(why) => self.stop(why).await,
            Command::Start(why) => self.start(why).await,
        }
    }

    async fn open(&self, mode: Open) -> Result<Workspace> {
        Workspace::open_whatever_is_live(&self.workspace, mode).await
    }

    async fn show(&self, which: &str) -> Result<()> {
        // Before there is a workspace there is the default.
        let text = if self.workspace.join("nobishiro.toml").exists() {
            text_of(&self.open(Open::ReadOnly).await?, which).await?
        } else {
            live::draft(&self.workspace)?
        };
        decide::policy::Policy::parse(&text).with_context(|| format!("`{which}` is not right"))?;
        match self.format {
            Format::Text => output::line(&text),
            Format::Json => {
                let keys = decide::policy::keys(&text)?;
                output::result(
                    self.format,
                    "",
                    &json!({ "hash": batch::night::text_hash(&text), "keys": keys }),
                )
            }
        }
    }

    async fn diff(&self, from: &str, to: &str) -> Result<()> {
        let workspace = self.open(Open::ReadOnly).await?;
        let (a, b) = (text_of(&workspace, from).await?, text_of(&workspace, to).await?);
        for (name, text) in [(from, &a), (to, &b)] {
            decide::policy::Policy::parse(text)
                .with_context(|| format!("`{name}` is not right"))?;
        }
        let keys: Vec<Key> = decide::policy::diff(&a, &b)?.into_iter().map(Key::from).collect();
        output::result(self.format, &say::keys(&keys, self.lang), &keys)
    }

    async fn dry_run(&self, which: &str) -> Result<()> {
        let workspace = self.open(Open::ReadOnly).await?;
        let text = text_of(&workspace, which).await?;
        decide::policy::Policy::parse(&text).with_context(|| format!("`{which}` is not right"))?;
        let run = batch::night::current(&workspace.store).await?;
        let mut trial: Trial = trial::dry_run(&workspace.dir.join("runs"), &run.run_id, &text)?;
        let ids: std::collections::HashMap<i64, String> =
            workspace.store.all_account_keys().await?.into_iter().collect();
        for moved in trial.enters.iter_mut().chain(&mut trial.leaves) {
            moved.account_id = ids.get(&moved.account_key).cloned().unwrap_or_default();
        }
        output::result(self.format, &say::trial(&trial, workspace.currency, self.lang), &trial)
    }

    async fn publish(&self, which: &str, why: &Why) -> Result<()> {
        let workspace = self.open(Open::ReadWrite).await?;
        let text = text_of(&workspace, which).await?;
        decide::policy::Policy::parse(&text).with_context(|| format!("`{which}` is not right"))?;
        let restores = which.parse().ok();
        self.make_live(&workspace, (&text, restores), why).await
    }

    async fn rollback(&self, version: Option<i64>, why: &Why) -> Result<()> {
        let workspace = self.open(Open::ReadWrite).await?;
        let live = workspace.store.live_policy().await?;
        let live = live.context("no version was published yet, so there is none to go back to")?;
        let number = version.unwrap_or(live.version - 1);
        let back = workspace.store.policy_version(number).await?.with_context(|| {
            format!(
                "there is no version {number}; versions are 1 to {}: `nobishiro policy history`",
                live.version
            )
        })?;
        decide::policy::Policy::parse(&back.toml)
            .with_context(|| format!("version {number} is not one that this program reads"))?;
        self.make_live(&workspace, (&back.toml, Some(number)), why).await
    }

    async fn make_live(
        &self,
        workspace: &Workspace,
        (text, restores): (&str, Option<i64>),
        why: &Why,
    ) -> Result<()> {
        let live = workspace.store.live_policy().await?;
        if live.as_ref().is_some_and(|live| live.toml == text) {
            bail!("that text is live already, as version {}", live.map_or(0, |it| it.version));
        }
        let after = live.as_ref().map_or(0, |live| live.version);
        let old =
            live.map(|live| live.toml).filter(|old| decide::policy::Policy::parse(old).is_ok());
        let keys: Vec<Key> = match &old {
            Some(old) => decide::policy::diff(old, text)?.into_iter().map(Key::from).collect(),
            None => Vec::new(),
        };
        let (by, reason) = (why.by.as_str(), why.reason.as_str());
        let what = Publish { text, by, reason, restores, after };
        let Some(version) = live::publish(&workspace.store, what).await? else {
            bail!(
                "somebody published a version meanwhile; look at it with `nobishiro policy diff live draft`, then publish again"
            );
        };
        let draft = live::draft(&workspace.dir)? == text;
        let json = json!({ "version": version, "hash": batch::night::text_hash(text), "restores": restores, "keys": keys });
        output::result(self.format, &say::published(version, &keys, (draft, self.lang)), &json)
    }

    async fn history(&self) -> Result<()> {
        let workspace = self.open(Open::ReadOnly).await?;
        let versions = workspace.store.policy_versions().await?;
        let stops = workspace.store.policy_stops().await?;
        let text = say::history((&versions, &stops), &workspace.zone, self.lang);
        let at = |at_s: i64| clock::shown(at_s, &workspace.zone);
        let versions: Vec<_> = versions
            .iter()
            .map(|v| json!({ "version": v.version, "hash": v.hash, "published_at": at(v.published_s), "published_by": v.published_by, "reason": v.reason, "restores": v.restores }))
            .collect();
        let stops: Vec<_> = stops
            .iter()
            .map(|s| json!({ "stopped_at": at(s.stopped_s), "stopped_by": s.stopped_by, "reason": s.reason, "started_at": s.started_s.map(at), "started_by": s.started_by, "start_reason": s.start_reason }))
            .collect();
        output::result(self.format, &text, &json!({ "versions": versions, "stops": stops }))
    }

    async fn stop(&self, why: &Why) -> Result<()> {
        let workspace = self.open(Open::ReadWrite).await?;
        let stop = PolicyStop {
            stopped_s: clock::now_s(),
            stopped_on: clock::today(&workspace.zone).to_string(),
            stopped_by: why.by.clone(),
            reason: why.reason.clone(),
            ..PolicyStop::default()
        };
        if !workspace.store.stop_offers(&stop).await? {
            let since = workspace.store.offers_stopped().await?.unwrap_or_default();
            bail!("{}", live::stopped(&since));
        }
        let said = match self.lang {
            Lang::Ja => live::stopped_ja(&stop),
            Lang::En => live::stopped(&stop),
        };
        output::result(
            self.format,
            &said,
            &json!({ "stopped_on": stop.stopped_on, "reason": stop.reason }),
        )
    }

    async fn start(&self, why: &Why) -> Result<()> {
        let workspace = self.open(Open::ReadWrite).await?;
        if !workspace.store.start_offers((clock::now_s(), &why.by, &why.reason)).await? {
            bail!("offers are not stopped");
        }
        let said = match self.lang {
            Lang::Ja => "提案を再開しました。次の実行から提案が並びます。",
            Lang::En => "Offers may be made again; the next run plans them.",
        };
        output::result(self.format, said, &json!({ "started": true }))
    }
}

/// The text of a policy by its name: `live`, `draft`, `default`, a version's number, or a file.
async fn text_of(workspace: &Workspace, which: &str) -> Result<String> {
    match which {
        "default" => return Ok(decide::policy::Policy::default_text().to_owned()),
        "draft" => return live::draft(&workspace.dir),
        "live" => {
            let live = workspace.store.live_policy().await?;
            return live.map_or_else(|| live::draft(&workspace.dir), |live| Ok(live.toml));
        }
        _ => {}
    }
    if let Ok(number) = which.parse::<i64>() {
        let found = workspace.store.policy_version(number).await?;
        let found = found.with_context(|| {
            format!(
                "there is no version {number} of the policy: `nobishiro policy history` lists them"
            )
        })?;
        return Ok(found.toml);
    }
    std::fs::read_to_string(Path::new(which)).with_context(|| {
        format!("`{which}` is neither `live`, `draft`, `default` nor a version's number, and not a file that can be read")
    })
}
