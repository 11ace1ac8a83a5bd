//! Who may see and do what: one table of routes, asked before any handler runs.
//!
//! A route that is not in the table is refused, so that none is forgotten. Where an address names an account or
//! a play, the table's guard looks whether the reader sees that account; pages that list many ask
//! [`crate::frame::Place::sight`] themselves, and a test reads each of them as somebody who sees little.

pub(crate) mod guard;
pub(crate) mod visitor;
pub(crate) mod secrets;
pub(crate) mod csrf;
pub(crate) mod again;
pub(crate) mod login;
pub(crate) mod own_password;
pub(crate) mod users;
pub(crate) mod log;
pub(crate) mod people;

use std::sync::LazyLock;

use axum::http::Method;
use store::UserRole;

use crate::assets;

/// What a route asks of its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: also who is not signed in.
    Nothing,
    /// To be signed in; the page is about the reader alone.
    SignedIn,
    /// To see accounts: the page shows those that the reader sees, and no others.
    See,
    /// To see the whole workspace: the page does not narrow what it shows.
    SeeAll,
    /// To change what happens with the accounts that the reader sees.
    Work,
    /// To see gaps, shadow prices and the log.
    Oversee,
    /// To manage users and people's data.
    Administer,
}

impl Need {
    /// Whether a role meets it.
    pub fn is_met_by(self, role: UserRole) -> bool {
        use UserRole::{Admin, Agency, Cis, Cs, Manager, ReadOnly};
        match self {
            Self::Nothing | Self::SignedIn | Self::See => true,
            Self::SeeAll => matches!(role, Admin | Manager | ReadOnly),
            Self::Work => matches!(role, Admin | Manager | Cis | Cs | Agency),
            Self::Oversee => matches!(role, Admin | Manager),
            Self::Administer => role == Admin,
        }
    }

    /// Whether it is met where nobody signs in, since the workspace has no users and is served to its own
    /// machine alone.
    pub(crate) fn is_met_alone(self) -> bool {
        !matches!(self, Self::SignedIn | Self::Administer)
    }
}

/// One route: a method at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `GET`, which is also `HEAD`, or `POST`.
    pub method: Method,
    /// The address as the router knows it.
    pub path: String,
    /// What it asks of its reader.
    pub need: Need,
    /// The code under which its use is written into the log; empty: it is not.
    pub act: &'static str,
}

/// The route that files are sent to: too large to be held, they are read as they come.
const BRING: &str = "/w/{workspace}/data";

/// Every route of a workspace.
static TABLE: LazyLock<Vec<Line>> = LazyLock::new(|| {
    let get = |path: &str, need, act| line(Method::GET, path, need, act);
    let post = |path: &str, need, act| line(Method::POST, path, need, act);
    vec![
        get("/", Need::Nothing, ""),
        get("/healthz", Need::Nothing, ""),
        get(&assets::style_path(), Need::Nothing, ""),
        get(&assets::keys_path(), Need::Nothing, ""),
        get(&assets::icon_path(), Need::Nothing, ""),
        get("/w/{workspace}", Need::See, ""),
        get("/w/{workspace}/", Need::See, ""),
        get("/w/{workspace}/today", Need::See, ""),
        post("/w/{workspace}/today/views", Need::Work, "filter.change"),
        get("/w/{workspace}/today/tasks.csv", Need::See, "tasks.export"),
        get("/w/{workspace}/night", Need::Oversee, ""),
        get("/w/{workspace}/night/left-out", Need::Oversee, ""),
        get("/w/{workspace}/night/reassign", Need::Oversee, ""),
        post("/w/{workspace}/night/reassign", Need::Oversee, "play.assign"),
        get("/w/{workspace}/night/absences", Need::Oversee, ""),
        post("/w/{workspace}/night/absences", Need::Oversee, "absence.change"),
        get("/w/{workspace}/pipeline", Need::See, ""),
        get("/w/{workspace}/whitespace", Need::See, ""),
        get("/w/{workspace}/data", Need::Oversee, ""),
        post(BRING, Need::Oversee, "upload.add"),
        get("/w/{workspace}/data/uploads/{upload}", Need::Oversee, ""),
        post("/w/{workspace}/data/uploads/{upload}", Need::Oversee, "upload.ingest"),
        get("/w/{workspace}/data/uploads/{upload}/issues", Need::Oversee, "upload.issues"),
        post("/w/{workspace}/data/uploads/{upload}/issues", Need::Oversee, "upload.correct"),
        get("/w/{workspace}/data/uploads/{upload}/rejects.csv", Need::Oversee, "upload.export"),
        get("/w/{workspace}/data/run", Need::Oversee, ""),
        post("/w/{workspace}/data/run", Need::Oversee, "run.start"),
        get("/w/{workspace}/accounts", Need::See, ""),
        get("/w/{workspace}/accounts/{account_id}", Need::See, "account.view"),
        post("/w/{workspace}/accounts/{account_id}", Need::Work, "account.stop"),
        post("/w/{workspace}/accounts/{account_id}/notes", Need::Work, "account.note"),
        get("/w/{workspace}/plays/new", Need::Work, ""),
        post("/w/{workspace}/plays/new", Need::Work, "play.add"),
        get("/w/{workspace}/plays/{play_id}", Need::See, "play.view"),
        post("/w/{workspace}/plays/{play_id}", Need::Work, "play.answer"),
        post("/w/{workspace}/who", Need::Work, ""),
        get("/w/{workspace}/login", Need::Nothing, ""),
        post("/w/{workspace}/login", Need::Nothing, "login"),
        post("/w/{workspace}/logout", Need::SignedIn, "logout"),
        get("/w/{workspace}/password", Need::SignedIn, ""),
        post("/w/{workspace}/password", Need::SignedIn, "password.own"),
        get("/w/{workspace}/users", Need::Administer, ""),
        post("/w/{workspace}/users", Need::Administer, "user.change"),
        get("/w/{workspace}/log", Need::Oversee, "log.view"),
        get("/w/{workspace}/people", Need::Administer, ""),
        post("/w/{workspace}/people", Need::Administer, "person"),
        get("/w/{workspace}/components", Need::See, ""),
    ]
});

impl Line {
    /// Whether what is sent are files, which the handler reads as they come: it checks the token, which comes first.
    pub(crate) fn takes_files(&self) -> bool {
        self.method == Method::POST && self.path == BRING
    }
}

fn line(method: Method, path: &str, need: Need, act: &'static str) -> Line {
    Line { method, path: path.to_owned(), need, act }
}

/// Every route of a workspace with what it asks of its reader. A route that is not here is refused.
pub fn routes() -> &'static [Line] {
    &TABLE
}

/// The line of a route, or the methods that its address has instead; none where no line has the address.
pub(crate) fn find(method: &Method, path: &str) -> Result<&'static Line, Vec<&'static Method>> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let here = || TABLE.iter().filter(|line| line.path == path);
    here().find(|line| line.method == method).ok_or_else(|| here().map(|it| &it.method).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_by_what_is_needed() {
        let who = |need: Need| -> String {
            let met = UserRole::ALL.into_iter().filter(|role| need.is_met_by(*role));
            met.map(UserRole::code).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(who(Need::See), "admin manager cis cs read-only agency");
        assert_eq!(who(Need::SeeAll), "admin manager read-only");
        assert_eq!(who(Need::Work), "admin manager cis cs agency");
        assert_eq!(who(Need::Oversee), "admin manager");
        assert_eq!(who(Need::Administer), "admin");
    }

    #[test]
    fn whatever_is_sent_is_logged_or_changes_only_the_reader() {
        let silent = TABLE.iter().filter(|line| line.method == Method::POST && line.act.is_empty());
        let silent: Vec<&str> = silent.map(|line| line.path.as_str()).collect();
        assert_eq!(silent, ["/w/{workspace}/who"]);
    }

    #[test]
    fn a_route_has_one_line_and_head_is_get() {
        for line in routes() {
            assert_eq!(find(&line.method, &line.path), Ok(line));
        }
        assert!(find(&Method::HEAD, "/healthz").is_ok());
        assert_eq!(find(&Method::POST, "/healthz"), Err(vec![&Method::GET]));
        assert_eq!(find(&Method::GET, "/elsewhere"), Err(Vec::new()));
    }
}
