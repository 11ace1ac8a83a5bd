//! `nobishiro serve`: the web application of one workspace, or of all workspaces of a home.

mod child;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use store::Open;
use tokio::net::TcpListener;
use web::{AppState, Asked, Door, Uploads};

use crate::config::Workspace;
use crate::home::Home;
use crate::people::PeopleOf;
use crate::{clock, output, uploads};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
    /// Serve every workspace of this home.
    #[arg(long, value_name = "DIR", conflicts_with = "workspace")]
    home: Option<PathBuf>,
    /// The address to listen on. A workspace without users opens on this machine only; `nobishiro user add` adds
    /// the first administrator.
    #[arg(long, default_value = "127.0.0.1:7878")]
    listen: String,
    /// A proxy in front speaks HTTPS: cookies travel by HTTPS only, and its `X-Forwarded-For` says who asks.
    #[arg(long)]
    behind_proxy: bool,
    /// Start no worker: `nobishiro worker` runs elsewhere and does what people ask for in the browser.
    #[arg(long)]
    no_worker: bool,
}

impl Serve {
    pub(crate) async fn run(self) -> Result<()> {
        if let Some(home) = &self.home {
            return serve_home(home, &self).await;
        }
        let workspace = Workspace::open(&self.workspace, Open::ReadWrite).await?;
        let how = How { listen: &self.listen, proxy: self.behind_proxy, worker: !self.no_worker };
        serve(&workspace, how).await
    }
}

/// How a workspace is served.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How<'a> {
    /// The address.
    pub(crate) listen: &'a str,
    /// Whether a proxy stands in front.
    pub(crate) proxy: bool,
    /// Whether a worker is started.
    pub(crate) worker: bool,
}

/// Serves one workspace until asked to stop.
pub(crate) async fn serve(workspace: &Workspace, how: How<'_>) -> Result<()> {
    let (listener, door) = bind(how.listen, (&workspace.dir, how.proxy)).await?;
    let open = door.loopback && !door.proxy;
    if !open && !workspace.store.has_users().await? {
        output::say(
            "It has no users yet, so it opens on this machine only: add the first administrator with \
             `nobishiro user add NAME --role admin`",
        );
    }
    let state = served(workspace, workspace.name(), door);
    let child = how.worker.then(|| child::start("--workspace", &workspace.dir));
    let served = web::serve(state, listener, stop()).await.context("the server stopped");
    child::end(child).await;
    served
}

/// Serves every workspace of a home until asked to stop.
async fn serve_home(dir: &Path, asked: &Serve) -> Result<()> {
    let home = Home::open(dir, Open::ReadOnly).await?;
    let (listener, door) = bind(&asked.listen, (&home.dir, asked.behind_proxy)).await?;
    let child = (!asked.no_worker).then(|| child::start("--home", &home.dir));
    let served = web::serve_home(Arc::new(Listed { home, door }), listener, stop()).await;
    child::end(child).await;
    served.context("the server stopped")
}

/// Listens, and says where and to whom.
async fn bind(listen: &str, (what, proxy): (&Path, bool)) -> Result<(TcpListener, Door)> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("could not listen on {listen}; choose another address with --listen")
    })?;
    let address = listener.local_addr()?;
    output::say(&format!("Serving {} at http://{address}/ (stop with Ctrl-C)", what.display()));
    let door = Door { loopback: address.ip().is_loopback(), proxy };
    if !door.loopback && !door.proxy {
        output::say(
            "Others can reach this address, and passwords would travel unencrypted: put a proxy with HTTPS in \
             front, and say --behind-proxy",
        );
    }
    Ok((listener, door))
}

/// A workspace as it is served at a door.
fn served(workspace: &Workspace, name: String, door: Door) -> AppState {
    let people = PeopleOf { dir: workspace.dir.clone() };
    state(workspace, name)
        .at_door(door)
        .with_sessions(workspace.sessions)
        .with_people(Arc::new(people))
        .with_uploads(Uploads {
            dir: workspace.dir.join(uploads::FOLDER),
            rules: workspace.uploads.rules(),
        })
        .as_demo(workspace.demo)
}

/// What the pages, and answers from the command line, share.
pub(crate) fn state(workspace: &Workspace, name: String) -> AppState {
    let (zone, currency) = (workspace.zone.clone(), workspace.currency);
    AppState::new(workspace.store.clone(), name, zone, currency)
        .titled(&workspace.title)
        .with_policy(workspace.live.policy.clone())
        .with_clock(Arc::new(clock::now))
}

/// The workspaces of a home as the web application asks for them.
struct Listed {
    home: Home,
    door: Door,
}

impl web::Workspaces for Listed {
    fn names(&self) -> Asked<'_, Vec<String>> {
        Box::pin(async {
            let rows = self.home.list.workspaces().await.map_err(|error| error.to_string())?;
            Ok(rows.into_iter().map(|row| row.name).collect())
        })
    }

    fn open(&self, name: String) -> Asked<'_, Option<AppState>> {
        let (home, door) = (self.home.clone(), self.door);
        // Opening is rare and reads files: on a thread of its own it holds up no request.
        let runtime = tokio::runtime::Handle::current();
        let opened =
            tokio::task::spawn_blocking(move || runtime.block_on(open(&home, &name, door)));
        Box::pin(async {
            let opened: Result<Option<AppState>> =
                opened.await.map_err(|error| error.to_string())?;
            opened.map_err(|error| format!("{error:#}"))
        })
    }
}

async fn open(home: &Home, name: &str, door: Door) -> Result<Option<AppState>> {
    let rows = home.list.workspaces().await?;
    let Some(row) = rows.into_iter().find(|row| row.name == name) else { return Ok(None) };
    let workspace = home.workspace(&row, Open::ReadWrite).await?;
    Ok(Some(served(&workspace, row.name, door)))
}

/// Ctrl-C, or the signal that a service manager sends.
pub(super) async fn stop() {
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
