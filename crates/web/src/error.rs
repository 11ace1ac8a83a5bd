//! What can go wrong with a page, and the page that says so with a way back.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use domain::words::Lang;
use store::StoreError;

use crate::frame::Frame;
use crate::words::ErrorWords;

/// Why a request has no page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address names another workspace.
    #[error("no workspace of that name is served here")]
    Workspace,
    /// No account has that id.
    #[error("no account has that id")]
    Account,
    /// No play has that id.
    #[error("no play has that id")]
    Play,
    /// No upload has that number.
    #[error("no upload has that number")]
    Upload,
    /// The reader's role does not allow it.
    #[error("the reader's role does not allow it")]
    Forbidden,
    /// There are no users, and it is not asked for from its own machine.
    #[error("the workspace has no users, so that it opens on its own machine only")]
    NoUsers,
    /// A form that no page of ours sent.
    #[error("the form was not sent by a page of this server")]
    Origin,
    /// A form that is too large.
    #[error("the form is too large")]
    TooLarge,
    /// Something that is no form.
    #[error("what was sent is no form")]
    Form,
    /// There is no such page.
    #[error("there is no such page")]
    Page,
    /// The page is there, but not for this method.
    #[error("the page cannot be used with this method")]
    Method,
    /// The workspace is listed, but could not be opened.
    #[error("the workspace could not be opened")]
    Closed(String),
    /// The store could not be read.
    #[error("the store could not be read")]
    Store(#[from] StoreError),
    /// A template failed while it was filled.
    #[error("a page could not be drawn")]
    Render(#[from] askama::Error),
}

/// What an error leaves on its response, for the page that is drawn in the reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Workspace,
    Account,
    Play,
    Upload,
    Forbidden,
    NoUsers,
    Origin,
    TooLarge,
    Form,
    Page,
    Method,
    Closed,
    Store,
    Render,
}

impl Failure {
    fn status(self) -> StatusCode {
        match self {
            Self::Workspace | Self::Account | Self::Play | Self::Upload | Self::Page => {
                StatusCode::NOT_FOUND
            }
            Self::Origin | Self::Forbidden | Self::NoUsers => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Form => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Closed => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store | Self::Render => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title_and_text(self, words: &'static ErrorWords) -> (&'static str, &'static str) {
        match self {
            Self::Workspace => (words.workspace_title, words.workspace_text),
            Self::Account => (words.account_title, words.account_text),
            Self::Play => (words.play_title, words.play_text),
            Self::Upload => (words.upload_title, words.upload_text),
            Self::Forbidden => (words.forbidden_title, words.forbidden_text),
            Self::NoUsers => (words.no_users_title, words.no_users_text),
            Self::Origin => (words.origin_title, words.origin_text),
            Self::TooLarge => (words.large_title, words.large_text),
            Self::Form => (words.form_title, words.form_text),
            Self::Page => (words.page_title, words.page_text),
            Self::Method => (words.method_title, words.method_text),
            Self::Closed => (words.closed_title, words.closed_text),
            Self::Store => (words.store_title, words.store_text),
            Self::Render => (words.render_title, words.render_text),
        }
    }
}

impl IntoResponse for Error {
    /// An empty answer that carries the failure; the outermost layer draws its page. Logged here, once.
    fn into_response(self) -> Response {
        let failure = match &self {
            Self::Workspace => Failure::Workspace,
            Self::Account => Failure::Account,
            Self::Play => Failure::Play,
            Self::Upload => Failure::Upload,
            Self::Forbidden => Failure::Forbidden,
            Self::NoUsers => Failure::NoUsers,
            Self::Origin => Failure::Origin,
            Self::TooLarge => Failure::TooLarge,
            Self::Form => Failure::Form,
            Self::Page => Failure::Page,
            Self::Method => Failure::Method,
            Self::Closed(error) => {
                tracing::error!(%error, "a workspace could not be opened");
                Failure::Closed
            }
            Self::Store(error) => {
                tracing::error!(%error, "a page could not read the store");
                Failure::Store
            }
            Self::Render(error) => {
                tracing::error!(%error, "a page could not be drawn");
                Failure::Render
            }
        };
        let mut response = failure.status().into_response();
        response.extensions_mut().insert(failure);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    title: &'static str,
    text: &'static str,
    back: Vec<(String, &'static str)>,
}

/// The page of a failure.
pub(crate) fn page(failure: Failure, lang: Lang, frame: Frame) -> Response {
    let words = ErrorWords::of(lang);
    let (title, text) = failure.title_and_text(words);
    let mut back = Vec::new();
    if !frame.nav.is_empty() {
        back.push((frame.url("today"), words.back_today));
        back.push((frame.url("accounts"), words.back_accounts));
    }
    if frame.is_within() && frame.nav.is_empty() {
        back.push((frame.url("today"), words.back_today));
    }
    if frame.others.is_some() || !frame.is_within() {
        back.push(("/".to_owned(), words.back_workspaces));
    }
    let page = ErrorPage { frame, title, text, back };
    match page.render() {
        Ok(html) => (failure.status(), Html(html)).into_response(),
        Err(_) => (failure.status(), title).into_response(),
    }
}
