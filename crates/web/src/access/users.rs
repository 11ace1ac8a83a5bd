//! The users: who may sign in, as what, and for which representative.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use domain::time::Instant;
use domain::words::Lang;
use store::{Changed, User, UserChange, UserRole};

use super::guard::Note;
use super::login::LOGIN_MAX;
use super::secrets;
use crate::click::form::Form;
use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::state::AppState;
use crate::words::AccessWords;
use crate::words::access as say;

/// Characters of a name.
const NAME_MAX: usize = 200;

struct UserView {
    login: String,
    name: String,
    role: String,
    role_word: &'static str,
    rep_id: String,
    rep: String,
    since: String,
    disabled: Option<String>,
    must_change: bool,
    /// Whether it is the reader.
    here: bool,
}

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    frame: Frame,
    w: &'static AccessWords,
    problem: Option<String>,
    /// Whose first password it is, and the password: shown this once.
    secret: Option<(String, String)>,
    done: Option<String>,
    users: Vec<UserView>,
    reps: Vec<(String, String)>,
    roles: Vec<(String, &'static str, &'static str)>,
    typed: Typed,
}

/// What was typed, shown again.
#[derive(Default, Clone)]
struct Typed {
    login: String,
    name: String,
    role: String,
    rep: String,
}

/// What the page says besides the users.
#[derive(Default)]
struct Said {
    problem: Option<String>,
    secret: Option<(String, String)>,
    done: Option<String>,
    typed: Typed,
}

/// The page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let done = place.query("done").map(|login| say::user_changed(place.lang(), login));
    draw(&state, &place, Said { done, ..Said::default() }).await
}

async fn draw(state: &AppState, place: &Place, said: Said) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let reps: Vec<(String, String)> = state
        .store
        .rep_names()
        .await?
        .into_iter()
        .map(|rep| {
            let team = rep.team.map_or_else(String::new, |team| say::in_team(lang, &team));
            (rep.rep_id, format!("{}{team}", rep.name))
        })
        .collect();
    let me = place.reader.visitor.user().map(|user| user.login.clone());
    let day = |us: i64| crate::show::date(lang, state.zone.day_of(Instant(us)));
    let view = |user: User| UserView {
        here: me.as_ref() == Some(&user.login),
        role: user.role.code().to_owned(),
        role_word: say::role(lang, user.role),
        rep: user.rep_id.as_ref().map_or_else(String::new, |id| {
            reps.iter().find(|(known, _)| known == id).map_or_else(|| id.clone(), |it| it.1.clone())
        }),
        rep_id: user.rep_id.unwrap_or_default(),
        since: day(user.created_us),
        disabled: user.disabled_us.map(day),
        must_change: user.must_change,
        login: user.login,
        name: user.name,
    };
    let page = UsersPage {
        frame: Frame::new(state, &place.reader, "users"),
        w: AccessWords::of(lang),
        problem: said.problem,
        secret: said.secret,
        done: said.done,
        users: state.store.users().await?.into_iter().map(view).collect(),
        roles: UserRole::ALL
            .into_iter()
            .map(|role| {
                (role.code().to_owned(), say::role(lang, role), say::role_about(lang, role))
            })
            .collect(),
        reps,
        typed: said.typed,
    };
    Ok(Html(page.render()?))
}

/// What is to be done.
enum Asked {
    Add(User),
    Change(UserChange),
}

/// Adds or changes a user.
pub(crate) async fn change(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let lang = place.lang();
    let login = form.narrow("login").to_lowercase();
    let note =
        Note { target: Some(login.clone()).filter(|it| it.len() <= LOGIN_MAX), ..Note::default() };
    let text = |name| form.text(name).to_owned();
    let typed =
        Typed { login: login.clone(), name: text("name"), role: text("role"), rep: text("rep") };
    let refused =
        |problem: String| Said { problem: Some(problem), typed: typed.clone(), ..Said::default() };
    let asked = asked(&state, &form, (&login, lang)).await?;
    let (said, status) = match asked {
        Err(problem) => (refused(problem), StatusCode::UNPROCESSABLE_ENTITY),
        Ok((asked, secret)) => {
            let changed = match asked {
                Asked::Add(user) if state.store.add_user(&user).await? => Changed::Done,
                Asked::Add(_) => {
                    let page =
                        draw(&state, &place, refused(say::login_taken(lang, &login))).await?;
                    return Ok(noted((StatusCode::CONFLICT, page).into_response(), note));
                }
                Asked::Change(change) => state.store.change_user(&login, &change).await?,
            };
            match changed {
                Changed::Unknown => {
                    (refused(say::login_unknown(lang, &login)), StatusCode::CONFLICT)
                }
                Changed::LastAdmin => (refused(say::last_admin(lang)), StatusCode::CONFLICT),
                Changed::Done if secret.is_some() => {
                    // Shown this once: it is kept nowhere, so there is no page to lead to.
                    let secret = secret.map(|secret| (login.clone(), secret));
                    (Said { secret, ..Said::default() }, StatusCode::OK)
                }
                Changed::Done => {
                    let done = crate::frame::segment(&login);
                    let to = format!("{}/users?done={done}", state.base());
                    return Ok(noted(Redirect::to(&to).into_response(), note));
                }
            }
        }
    };
    let page = draw(&state, &place, said).await?;
    Ok(noted((status, page).into_response(), note))
}

fn noted(mut response: Response, note: Note) -> Response {
    response.extensions_mut().insert(note);
    response
}

/// What the form asks for, with the first password that goes with it; the inner error is for the reader.
async fn asked(
    state: &AppState,
    form: &Form,
    (login, lang): (&str, Lang),
) -> Result<Result<(Asked, Option<String>), String>, Error> {
    let role = || -> Result<(UserRole, Option<String>), String> {
        let role = UserRole::parse(form.text("role")).ok_or_else(|| say::role_missing(lang))?;
        let rep = Some(form.text("rep").to_owned()).filter(|rep| !rep.is_empty());
        if role.needs_rep() && rep.is_none() {
            return Err(say::rep_missing(lang, role));
        }
        Ok((role, rep))
    };
    let act = form.text("act");
    let role = match act {
        "add" | "role" => match role() {
            Ok(role) => Some(role),
            Err(problem) => return Ok(Err(problem)),
        },
        _ => None,
    };
    if let Some((_, Some(rep))) = &role
        && !state.store.rep_names().await?.iter().any(|known| known.rep_id == *rep)
    {
        return Ok(Err(say::rep_unknown(lang, rep)));
    }
    let now_us = state.now().0;
    Ok(match (act, role) {
        ("add", Some((role, rep_id))) => {
            if let Some(problem) = login_fault(login, lang) {
                return Ok(Err(problem));
            }
            let name = form.text("name");
            let name = if name.is_empty() { login } else { name };
            if name.chars().count() > NAME_MAX {
                return Ok(Err(say::name_long(lang, NAME_MAX)));
            }
            let secret = secrets::first_password();
            let user = User {
                login: login.to_owned(),
                name: name.to_owned(),
                role,
                rep_id,
                password: secrets::hash(secret.clone()).await,
                must_change: true,
                disabled_us: None,
                created_us: now_us,
            };
            Ok((Asked::Add(user), Some(secret)))
        }
        ("role", Some((role, rep))) => Ok((Asked::Change(UserChange::Role(role, rep)), None)),
        ("password", _) => {
            let secret = secrets::first_password();
            let hash = secrets::hash(secret.clone()).await;
            Ok((Asked::Change(UserChange::Password(hash, true)), Some(secret)))
        }
        ("disable", _) => Ok((Asked::Change(UserChange::Disable(now_us)), None)),
        ("enable", _) => Ok((Asked::Change(UserChange::Enable), None)),
        _ => Err(crate::words::answers::unknown_act(lang)),
    })
}

/// What is wrong with a login, if anything: it is what people type, in lower case and without blanks.
fn login_fault(login: &str, lang: Lang) -> Option<String> {
    (!is_login(login)).then(|| say::login_wrong(lang, LOGIN_MAX))
}

/// Whether a text can be a login: letters, digits and `.-_@+`, in lower case.
pub fn is_login(login: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || ".-_@+".contains(c);
    !login.is_empty()
        && login.chars().count() <= LOGIN_MAX
        && login.chars().all(plain)
        && login.to_lowercase() == login
}
