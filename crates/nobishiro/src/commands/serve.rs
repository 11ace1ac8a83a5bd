//! `nobishiro serve`: the web application of one workspace.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use store::Open;
use tokio::net::TcpListener;

use crate::config::Workspace;
use crate::{clock, output};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
    /// The address to listen on. There are no user accounts yet: keep it on this machine or behind a proxy
    /// that asks who is there.
    #[arg(long, default_value = "127.0.0.1:7878")]
    listen: String,
}

impl Serve {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.workspace, Open::ReadWrite).await?;
        serve(&workspace, &self.listen).await
    }
}

/// Serves until asked to stop.
pub(crate) async fn serve(workspace: &Workspace, listen: &str) -> Result<()> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("could not listen on {listen}; choose another address with --listen")
    })?;
    let address = listener.local_addr()?;
    let state = state(workspace);
    output::say(&format!(
        "Serving {} at http://{address}/ (stop with Ctrl-C)",
        workspace.dir.display()
    ));
    web::serve(state, listener, stop()).await.context("the server stopped")
}

/// What the pages, and answers from the command line, share.
pub(crate) fn state(workspace: &Workspace) -> web::AppState {
    web::AppState::new(
        workspace.store.clone(),
        workspace.name(),
        workspace.zone.clone(),
        workspace.currency,
    )
    .with_policy(workspace.policy.clone())
    .with_clock(std::sync::Arc::new(clock::now))
}

/// Ctrl-C, or the signal that a service manager sends.
async fn stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
