//! `nobishiro worker`: does what people ask for in the browser, one job after the other.
//!
//! It takes jobs out of the store, so that it may run anywhere the workspace can be opened. Killed in the middle, it
//! leaves the workspace as it was: its job has broken off and can be asked for again.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::json;
use store::{JobRow, JobState, Open, Store};
use tokio::sync::watch;

use crate::config::Workspace;
use crate::home::Home;
use crate::jobs::{self, Standing};
use crate::{clock, lease, output};

/// How often it looks for work, and how often it says that it lives.
const PAUSE: Duration = Duration::from_millis(300);
const BEAT: Duration = Duration::from_millis(700);

#[derive(Debug, Args)]
pub(crate) struct Worker {
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
    /// Work for every workspace of this home.
    #[arg(long, value_name = "DIR", conflicts_with = "workspace")]
    home: Option<PathBuf>,
    /// Do what waits, and end.
    #[arg(long)]
    once: bool,
    /// End when standard input ends: for a server that starts a worker of its own.
    #[arg(long, hide = true)]
    until_closed: bool,
}

impl Worker {
    pub(crate) async fn run(self) -> Result<()> {
        let (stop, stopped) = watch::channel(false);
        if self.until_closed {
            // Reading blocks, also while the program ends: no thread of the runtime's.
            std::thread::spawn(move || {
                let mut sink = [0_u8; 64];
                while matches!(std::io::stdin().read(&mut sink), Ok(1..)) {}
                let _ = stop.send(true);
            });
        } else {
            tokio::spawn(async move {
                super::serve::stop().await;
                let _ = stop.send(true);
            });
        }
        let mut places = if let Some(home) = &self.home {
            Places::Home(Home::open(home, Open::ReadOnly).await?, BTreeMap::new())
        } else {
            let workspace = Workspace::open(&self.workspace, Open::ReadWrite).await?;
            Places::One(workspace.dir.clone(), workspace.store)
        };
        loop {
            let mut idle = true;
            for (dir, store) in places.now().await {
                if *stopped.borrow() {
                    return Ok(());
                }
                idle &= !next(&dir, &store, stopped.clone()).await;
            }
            if *stopped.borrow() || (self.once && idle) {
                return Ok(());
            }
            if idle {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Where work may wait.
enum Places {
    One(PathBuf, Store),
    Home(Home, BTreeMap<PathBuf, Store>),
}

impl Places {
    /// The workspaces of this moment. One that cannot be opened does not keep the others from their work.
    async fn now(&mut self) -> Vec<(PathBuf, Store)> {
        let (home, opened) = match self {
            Self::One(dir, store) => return vec![(dir.clone(), store.clone())],
            Self::Home(home, opened) => (home, opened),
        };
        let rows = match home.list.workspaces().await {
            Ok(rows) => rows,
            Err(error) => {
                tracing::warn!(%error, "the list of workspaces could not be read");
                return Vec::new();
            }
        };
        let mut places = Vec::new();
        for row in rows {
            let dir = home.folder(&row);
            if !opened.contains_key(&dir) {
                match home.workspace(&row, Open::ReadWrite).await {
                    Ok(workspace) => drop(opened.insert(dir.clone(), workspace.store)),
                    Err(error) => {
                        let error = format!("{error:#}");
                        tracing::warn!(error, "a workspace could not be opened");
                        continue;
                    }
                }
            }
            places.extend(opened.get(&dir).map(|store| (dir, store.clone())));
        }
        places
    }
}

/// Does the next job, if there is one; whether there was.
async fn next(dir: &Path, store: &Store, stopped: watch::Receiver<bool>) -> bool {
    let taken = store.take_job(&lease::holder(), clock::now().0, lease::gone).await;
    match taken {
        Ok(Some(job)) => {
            work(dir, (store, job), stopped).await;
            true
        }
        Ok(None) => false,
        Err(error) => {
            // The database may be away for a while.
            tracing::warn!(%error, "no job could be taken");
            tokio::time::sleep(Duration::from_secs(5)).await;
            false
        }
    }
}

/// Does one job on a thread of its own, so that the heart beats while it computes.
async fn work(dir: &Path, (store, job): (&Store, JobRow), mut stopped: watch::Receiver<bool>) {
    let standing = Arc::new(Standing::default());
    let (runtime, dir) = (tokio::runtime::Handle::current(), dir.to_owned());
    let (given, told) = (job.clone(), Arc::clone(&standing));
    let mut done =
        tokio::task::spawn_blocking(move || runtime.block_on(jobs::work(dir, given, told)));
    let ended = loop {
        tokio::select! {
            ended = &mut done => break ended,
            () = tokio::time::sleep(BEAT) => beat(store, &job, &standing).await,
            _ = stopped.changed() => give_back(store, &job).await,
        }
    };
    beat(store, &job, &standing).await;
    let done = match ended {
        Ok(done) => done,
        Err(error) => Err(anyhow::Error::new(error)),
    };
    let (state, result) = match &done {
        Ok(result) => (JobState::Done, result.clone()),
        Err(error) => (JobState::Failed, json!({ "error": format!("{error:#}") })),
    };
    let ended = store.end_job(&job, (state, &result.to_string()), clock::now().0).await;
    if let Err(error) = ended {
        tracing::error!(job = job.job_no, %error, "the end of a job could not be written");
    }
    if let Err(error) = done {
        let error = format!("{error:#}");
        tracing::error!(job = job.job_no, kind = job.kind, error, "a job failed");
    }
}

async fn beat(store: &Store, job: &JobRow, standing: &Standing) {
    match store.beat_job(job, clock::now().0, &standing.json()).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!(job = job.job_no, "the job was taken for broken off"),
        Err(error) => tracing::warn!(job = job.job_no, %error, "the heart could not beat"),
    }
}

/// Asked to stop in the middle: the job waits again, and what it did so far is as if it had not been.
async fn give_back(store: &Store, job: &JobRow) {
    if let Err(error) = store.give_job_back(job).await {
        tracing::warn!(job = job.job_no, %error, "a job could not be given back");
    }
    output::say("Stopped; the work at hand waits for the next worker");
    // The thread at work cannot be asked to stop, and everything it does is whole or not there.
    std::process::exit(0);
}
