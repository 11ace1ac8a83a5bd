//! What a worker does with a job: one file a kind. Jobs come as JSON and end as JSON, which the pages read.

mod look;
mod mend;
mod plan;
mod standing;
mod take;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use batch::ingest::preview::Circumstances;
use batch::suggest::brought::Choice;
use serde::Deserialize;
use serde_json::Value;
use store::{JobRow, Open, UploadRow};

use crate::config::Workspace;
use crate::{clock, lease, uploads};

pub(crate) use standing::Standing;

/// How long a job waits for a command that has the workspace.
const BUSY_MOST: Duration = Duration::from_mins(30);
const BUSY_PAUSE: Duration = Duration::from_secs(2);

/// How the files of an upload are to be looked at and taken.
#[derive(Debug, Default, Deserialize)]
struct OfUpload {
    upload: i64,
    #[serde(default)]
    choices: Vec<Choice>,
    /// The day whose state the files tell, ISO.
    #[serde(default)]
    snapshot_on: Option<String>,
}

/// Does a job in the workspace of a folder, which is opened for it: the policy is the one that is live now.
pub(crate) async fn work(dir: PathBuf, job: JobRow, standing: Arc<Standing>) -> Result<Value> {
    let workspace = Workspace::open(&dir, Open::ReadWrite).await?;
    let mut waited = Duration::ZERO;
    loop {
        let done = one(&workspace, &job, &standing).await;
        match done {
            Err(error)
                if error.chain().any(<dyn std::error::Error>::is::<lease::Busy>)
                    && waited < BUSY_MOST =>
            {
                standing.waits();
                tokio::time::sleep(BUSY_PAUSE).await;
                waited += BUSY_PAUSE;
            }
            other => return other,
        }
    }
}

async fn one(workspace: &Workspace, job: &JobRow, standing: &Arc<Standing>) -> Result<Value> {
    let done = match job.kind.as_str() {
        "look" => look::look(workspace, job, standing).await,
        "take" => take::take(workspace, job, standing).await,
        "mend" => mend::mend(workspace, job, standing).await,
        "run" => plan::run(workspace, standing).await,
        other => {
            bail!("nobody knows the work `{other}`; the program may be older than its database")
        }
    };
    // What is kept no longer goes with the work; that it could not is no reason to have failed.
    if let Err(error) = uploads::sweep(workspace).await {
        tracing::warn!(error = format!("{error:#}"), "old uploads could not be removed");
    }
    done
}

fn argument<'a, T: Deserialize<'a>>(job: &'a JobRow) -> Result<T> {
    serde_json::from_str(&job.argument).context("the job's argument cannot be read")
}

async fn upload(workspace: &Workspace, upload_no: i64) -> Result<UploadRow> {
    let found = workspace.store.upload(upload_no).await?;
    let upload = found.with_context(|| format!("there is no upload {upload_no}"))?;
    if !uploads::folder(workspace, &upload).is_dir() {
        bail!(
            "the files of upload {upload_no} are no longer kept (`[uploads] kept_days` in nobishiro.toml, or \
             they were erased); upload them again"
        );
    }
    Ok(upload)
}

fn around(workspace: &Workspace) -> Circumstances {
    Circumstances {
        today: clock::today(&workspace.zone),
        currency: workspace.currency,
        zone: workspace.zone.clone(),
    }
}

/// Writes a file for the pages, whole or not at all.
fn write_json(path: &std::path::Path, value: &impl serde::Serialize) -> Result<()> {
    let part = path.with_extension("json.part");
    std::fs::write(&part, serde_json::to_vec(value)?)
        .and_then(|()| std::fs::rename(&part, path))
        .with_context(|| format!("could not write {}", path.display()))
}
