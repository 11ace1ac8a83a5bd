//! Many workspaces behind one server (S82): the list of them, and the way into each.
//!
//! A workspace is opened when it is first asked for and has its own router and state, so that no handler
//! ever sees two of them. One that cannot be opened does not keep the others from being served.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{MatchedPath, Path, Request, State as Shared};
use axum::middleware;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get};
use domain::words::Lang;
use tokio::sync::Mutex;
use tower::ServiceExt;

use crate::error::Error;
use crate::frame::{self, Frame, segment};
use crate::reader::Reader;
use crate::state::{AppState, Overview};
use crate::words::HomeWords;
use crate::words::home::hours;
use crate::{assets, compress, show};

/// An answer that takes a while, or why there is none, for the log.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// Where workspaces come from.
pub trait Workspaces: Send + Sync + 'static {
    /// The names of all, in order.
    fn names(&self) -> Asked<'_, Vec<String>>;
    /// The workspace of that name, if there is one.
    fn open(&self, name: String) -> Asked<'_, Option<AppState>>;
}

#[derive(Clone)]
struct House {
    workspaces: Arc<dyn Workspaces>,
    opened: Arc<Mutex<BTreeMap<String, Opened>>>,
}

#[derive(Clone)]
struct Opened {
    state: AppState,
    router: Router,
}

impl House {
    /// The workspace of that name, opened now unless it was before, as long as it is listed.
    async fn workspace(&self, name: &str) -> Result<Opened, Error> {
        if !self.names().await?.iter().any(|listed| listed == name) {
            return Err(Error::Workspace);
        }
        if let Some(opened) = self.opened.lock().await.get(name) {
            return Ok(opened.clone());
        }
        // Opened without the lock: one that is slow to answer does not hold the others up.
        let state = self.workspaces.open(name.to_owned()).await.map_err(Error::Closed)?;
        let mut state = state.ok_or(Error::Workspace)?;
        state.among_others = true;
        let opened = Opened { router: crate::router(state.clone()), state };
        let mut all = self.opened.lock().await;
        Ok(all.entry(name.to_owned()).or_insert(opened).clone())
    }

    /// The names of the listed workspaces; those that are no longer listed are closed.
    async fn names(&self) -> Result<Vec<String>, Error> {
        let names = self.workspaces.names().await.map_err(Error::Closed)?;
        self.opened.lock().await.retain(|name, _| names.contains(name));
        Ok(names)
    }
}

/// Every page of every workspace, and their list.
pub fn home_router(workspaces: Arc<dyn Workspaces>) -> Router {
    let house = House { workspaces, opened: Arc::default() };
    let outside = Router::new()
        .route("/", get(list))
        .route("/healthz", get(async || "ok"))
        .route(&assets::style_path(), get(assets::style))
        .route(&assets::icon_path(), get(assets::icon))
        .fallback(async || Error::Page)
        .method_not_allowed_fallback(async || Error::Method)
        .layer(middleware::from_fn(frame::dress_outside))
        .layer(middleware::from_fn(compress::gzip));
    Router::new()
        .route("/w/{workspace}", any(within))
        .route("/w/{workspace}/", any(within))
        .route("/w/{workspace}/{*page}", any(within))
        .merge(outside)
        .with_state(house)
}

/// Serves many workspaces until `shutdown` is ready and the requests under way have been answered.
pub async fn serve_home(
    workspaces: Arc<dyn Workspaces>,
    listener: tokio::net::TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let pages = home_router(workspaces).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, pages).with_graceful_shutdown(shutdown).await
}

/// Hands a request to the router of the workspace that its address names.
async fn within(
    Shared(house): Shared<House>,
    Path(path): Path<Vec<(String, String)>>,
    mut request: Request,
) -> Response {
    // The workspace's own router says which of its routes it is.
    request.extensions_mut().remove::<MatchedPath>();
    let name = path.into_iter().find(|(key, _)| key == "workspace").map(|(_, name)| name);
    match house.workspace(&name.unwrap_or_default()).await {
        Ok(opened) => match opened.router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        },
        Err(error) => {
            let reader = Reader::of(request.uri(), request.headers());
            frame::dressed(error.into_response(), &reader, || Frame::outside(&reader))
        }
    }
}

struct RunView {
    as_of: String,
    plays: String,
    hours: String,
}

impl RunView {
    fn of(overview: &Overview, lang: Lang) -> Self {
        Self {
            as_of: show::iso_date(lang, &overview.run.as_of),
            plays: show::count(i64::try_from(overview.counts.plays).unwrap_or(i64::MAX)),
            hours: hours(lang, overview.counts.hours),
        }
    }
}

enum State {
    Run(RunView),
    NoNight,
    Closed,
}

struct WorkspaceView {
    url: String,
    title: String,
    state: State,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    w: &'static HomeWords,
    rows: Vec<WorkspaceView>,
}

/// The list of workspaces, each with its last night. One with users is not on it: who belongs to it knows its
/// address, and nobody else learns whose client it is.
async fn list(Shared(house): Shared<House>, request: Request) -> Result<Html<String>, Error> {
    let reader = Reader::of(request.uri(), request.headers());
    let mut rows = Vec::new();
    for name in house.names().await? {
        rows.extend(view(&house, name, reader.lang).await);
    }
    rows.sort_by(|a, b| (&a.title, &a.url).cmp(&(&b.title, &b.url)));
    let page = HomePage { frame: Frame::outside(&reader), w: HomeWords::of(reader.lang), rows };
    Ok(Html(page.render()?))
}

async fn view(house: &House, name: String, lang: Lang) -> Option<WorkspaceView> {
    let url = format!("/w/{}/", segment(&name));
    let opened = match house.workspace(&name).await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(%error, workspace = name, "a workspace could not be opened");
            return Some(WorkspaceView { url, title: name, state: State::Closed });
        }
    };
    if opened.state.has_users().await.unwrap_or(true) {
        return None;
    }
    let state = match opened.state.overview().await {
        Ok(Some(overview)) => State::Run(RunView::of(&overview, lang)),
        Ok(None) => State::NoNight,
        Err(error) => {
            tracing::error!(%error, workspace = name, "a workspace could not be read");
            State::Closed
        }
    };
    Some(WorkspaceView { url, title: opened.state.title, state })
}
