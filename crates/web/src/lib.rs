//! The worklist application: server-rendered pages of one workspace or of many, in Japanese and English.
//!
//! Everything a page shows was precomputed by a run or stands in the store; a request computes nothing but
//! the guards of one account, when somebody takes a play on.
//! Pages work without a script; the one there is adds keys to the worklist.

mod show;
mod words;
mod reader;
mod assets;
mod frame;
mod compress;
mod error;
mod state;
mod access;
mod record;
mod register;
mod names;
mod click;
mod answered;
mod play;
mod evidence;
mod chart;
mod changes;
mod natural;
mod totals;
mod night;
mod pipeline;
mod saved;
mod today;
mod tasks;
mod story;
mod accounts;
mod account;
mod whitespace;
mod data;
mod steps;
mod tour;
mod home;
mod components;

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware;
use axum::response::Redirect;
use axum::routing::{get, post};
use tokio::net::TcpListener;

pub use access::login::LOGIN_MAX;
pub use access::people::{Erasure, People, PeopleError, Told};
pub use access::secrets::{
    PASSWORD_MAX, PASSWORD_MIN, PasswordFault, first_password, password_fault, password_hash,
};
pub use access::users::is_login;
pub use access::visitor::{Door, SessionRules};
pub use access::{Line, Need, routes};
pub use click::guard::{Held, held, verdicts};
pub use click::own::{root_of, row as own_row};
pub use click::steps;
pub use data::{UploadRules, Uploads};
pub use error::Error;
pub use home::{Asked, Workspaces, home_router, serve_home};
pub use state::{AppState, Clock, day_of_answers};

/// Every page, behind the guard ([`routes`] says who may use what) and the layer that dresses the answers.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/w/{workspace}", get(workspace_home))
        .route("/w/{workspace}/", get(workspace_home))
        .route("/w/{workspace}/today", get(today::page))
        .route("/w/{workspace}/today/views", post(saved::take))
        .route("/w/{workspace}/today/tasks.csv", get(tasks::file))
        .route("/w/{workspace}/night", get(night::page))
        .route("/w/{workspace}/night/left-out", get(night::left_out::page))
        .route(
            "/w/{workspace}/night/reassign",
            get(night::reassign::page).post(night::reassign::take),
        )
        .route(
            "/w/{workspace}/night/absences",
            get(night::absences::page).post(night::absences::take),
        )
        .route("/w/{workspace}/pipeline", get(pipeline::page))
        .route("/w/{workspace}/accounts", get(accounts::page))
        .route("/w/{workspace}/accounts/{account_id}", get(account::page).post(click::stop::take))
        .route("/w/{workspace}/accounts/{account_id}/notes", post(click::note::take))
        .route("/w/{workspace}/whitespace", get(whitespace::page))
        .route(
            "/w/{workspace}/data",
            get(data::page).post(data::bring).layer(DefaultBodyLimit::disable()),
        )
        .route(
            "/w/{workspace}/data/uploads/{upload}",
            get(data::upload::page).post(data::upload::act),
        )
        .route(
            "/w/{workspace}/data/uploads/{upload}/issues",
            get(data::issues::page).post(data::issues::mend),
        )
        .route("/w/{workspace}/data/uploads/{upload}/rejects.csv", get(data::rejects::file))
        .route("/w/{workspace}/data/run", get(data::plan::page).post(data::plan::start))
        .route("/w/{workspace}/plays/new", get(click::own::page).post(click::own::add))
        .route("/w/{workspace}/plays/{play_id}", get(story::page).post(click::answer::take))
        .route("/w/{workspace}/who", post(click::who::choose))
        .route("/w/{workspace}/login", get(access::login::page).post(access::login::enter))
        .route("/w/{workspace}/logout", post(access::login::leave))
        .route(
            "/w/{workspace}/password",
            get(access::own_password::page).post(access::own_password::change),
        )
        .route("/w/{workspace}/users", get(access::users::page).post(access::users::change))
        .route("/w/{workspace}/log", get(access::log::page))
        .route("/w/{workspace}/people", get(access::people::page).post(access::people::take))
        .route("/w/{workspace}/components", get(components::page))
        .route("/healthz", get(async || "ok"))
        .route(&assets::style_path(), get(assets::style))
        .route(&assets::keys_path(), get(assets::keys))
        .route(&assets::icon_path(), get(assets::icon))
        .fallback(async || Error::Page)
        .layer(DefaultBodyLimit::max(click::form::BYTES_MAX))
        .method_not_allowed_fallback(async || Error::Method)
        .layer(middleware::from_fn_with_state(state.clone(), access::guard::guard))
        .layer(middleware::from_fn_with_state(state.clone(), frame::dress))
        .layer(middleware::from_fn(compress::gzip))
        .with_state(state)
}

/// Serves until `shutdown` is ready and the requests under way have been answered.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let pages = router(state).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, pages).with_graceful_shutdown(shutdown).await
}

async fn front(State(state): State<AppState>) -> Redirect {
    Redirect::to(&format!("{}/today", state.base()))
}

async fn workspace_home(State(state): State<AppState>, _place: frame::Place) -> Redirect {
    Redirect::to(&format!("{}/today", state.base()))
}
