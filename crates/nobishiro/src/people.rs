//! What the web application asks for people: handing out and erasing, each over a workspace opened for it, so that
//! the lease of the work is not the server's.

use std::path::PathBuf;

use store::{Found, Open, StoreError};
use web::{Erasure, People, PeopleError, Told};

use crate::commands::erase;
use crate::config::Workspace;
use crate::{clock, lease};

/// The people of the workspace in a folder.
#[derive(Debug, Clone)]
pub(crate) struct PeopleOf {
    pub(crate) dir: PathBuf,
}

impl People for PeopleOf {
    fn held(&self, person: Found) -> Told<'_, String> {
        Box::pin(on_thread(self.dir.clone(), held, person))
    }

    fn erase(&self, person: Found) -> Told<'_, Erasure> {
        Box::pin(on_thread(self.dir.clone(), erased, person))
    }
}

/// On a thread of its own: it reads and writes files, and holds up no request.
async fn on_thread<T: Send + 'static>(
    dir: PathBuf,
    work: impl AsyncFnOnce(Workspace, Found) -> anyhow::Result<T> + Send + 'static,
    person: Found,
) -> Result<T, PeopleError> {
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            let workspace = Workspace::open(&dir, Open::ReadWrite).await?;
            work(workspace, person).await
        })
    });
    match done.await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(why(&error)),
        Err(error) => Err(PeopleError::Failed(error.to_string())),
    }
}

fn why(error: &anyhow::Error) -> PeopleError {
    let busy = error.chain().any(|cause| {
        matches!(
            cause.downcast_ref::<StoreError>(),
            Some(StoreError::LeaseHeld { .. } | StoreError::LeaseLost { .. })
        ) || cause.is::<lease::Busy>()
    });
    if busy { PeopleError::Busy } else { PeopleError::Failed(format!("{error:#}")) }
}

async fn held(workspace: Workspace, person: Found) -> anyhow::Result<String> {
    let person = workspace.store.person(&person, &erase::salt()?).await?;
    let held = batch::erase::held(erase::place(&workspace), &person).await?;
    Ok(serde_json::to_string_pretty(&held)?)
}

async fn erased(workspace: Workspace, person: Found) -> anyhow::Result<Erasure> {
    let work = async {
        let person = workspace.store.person(&person, &erase::salt()?).await?;
        batch::erase::erase(erase::place(&workspace), &person, Some(clock::now_s())).await
    };
    let report = lease::hold(&workspace, "erase", work).await?;
    let backups = workspace.store.backups().await?;
    Ok(Erasure {
        tables: report
            .tables
            .into_iter()
            .map(|(table, touched)| (table, touched.removed, touched.blanked))
            .collect(),
        files: report.files.len() as u64,
        elsewhere: report.elsewhere.iter().map(|file| file.display().to_string()).collect(),
        backups: backups
            .into_iter()
            .map(|(file, made_s)| (file, clock::shown(made_s, &workspace.zone)))
            .collect(),
    })
}
