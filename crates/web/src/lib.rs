//! The worklist application: server-rendered pages of one workspace, in Japanese and English.
//!
//! Everything a page shows was precomputed by a run or stands in the store; a request computes nothing.
//! Pages work without a script; there is none.

mod show;
mod words;
mod reader;
mod assets;
mod frame;
mod compress;
mod error;
mod state;
mod record;
mod names;
mod play;
mod evidence;
mod chart;
mod natural;
mod totals;
mod today;
mod accounts;
mod account;

use std::future::Future;
use std::io;

use axum::Router;
use axum::extract::State;
use axum::middleware;
use axum::response::Redirect;
use axum::routing::get;

pub use error::Error;
pub use state::AppState;

/// Every page, behind the layer that dresses the answers.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/w/{workspace}", get(workspace_home))
        .route("/w/{workspace}/", get(workspace_home))
        .route("/w/{workspace}/today", get(today::page))
        .route("/w/{workspace}/accounts", get(accounts::page))
        .route("/w/{workspace}/accounts/{account_id}", get(account::page))
        .route("/healthz", get(async || "ok"))
        .route(&assets::style_path(), get(assets::style))
        .route(&assets::icon_path(), get(assets::icon))
        .fallback(async || Error::Page)
        .method_not_allowed_fallback(async || Error::Method)
        .layer(middleware::from_fn_with_state(state.clone(), frame::dress))
        .layer(middleware::from_fn(compress::gzip))
        .with_state(state)
}

/// Serves until `shutdown` is ready and the requests under way have been answered.
pub async fn serve(
    state: AppState,
    listener: tokio::net::TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(state)).with_graceful_shutdown(shutdown).await
}

async fn home(State(state): State<AppState>) -> Redirect {
    Redirect::to(&format!("{}/today", state.base()))
}

async fn workspace_home(State(state): State<AppState>, _place: frame::Place) -> Redirect {
    Redirect::to(&format!("{}/today", state.base()))
}
