//! `nobishiro user`: who may sign in to the web application.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Result, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use serde_json::json;
use store::{AuditRow, Changed, Open, User, UserChange, UserRole};

use super::Common;
use crate::config::Workspace;
use crate::{clock, output};

#[derive(Debug, Args)]
pub(crate) struct UserCommand {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Adds a user. As soon as there is one, everybody signs in.
    Add(Add),
    /// Lists the users.
    List(List),
    /// Changes a user's role and representative.
    Role(NewRole),
    /// Sets a user's password.
    Password(Named),
    /// Lets a user sign in no longer. Users are never deleted: the log keeps its meaning.
    Disable(Named),
    /// Lets a disabled user sign in again.
    Enable(Named),
}

/// The roles by their words, with what each may do.
fn roles() -> impl TypedValueParser<Value = UserRole> {
    let words = UserRole::ALL.map(|role| {
        PossibleValue::new(role.code()).help(match role {
            UserRole::Admin => "Everything, and the users",
            UserRole::Manager => "All accounts, gaps and shadow prices, the log",
            UserRole::Cis => "The team's accounts",
            UserRole::Cs => "The team's accounts; a band of priority instead of expected profit",
            UserRole::ReadOnly => "All accounts, without changing anything",
            UserRole::Agency => "The accounts that are the agency's own",
        })
    });
    let known =
        |word: String| UserRole::parse(&word).expect("the parser takes the roles' words alone");
    PossibleValuesParser::new(words).map(known)
}

/// The password is asked for at a terminal, else read from the first line of standard input.
#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    common: Common,
    /// The name to sign in with: letters, digits and `.-_@+`.
    login: String,
    /// What the user may do.
    #[arg(long, value_parser = roles())]
    role: UserRole,
    /// What people call the user; default: the login.
    #[arg(long)]
    name: Option<String>,
    /// The representative that the user is; cis, cs and agency need one.
    #[arg(long, value_name = "REP")]
    rep: Option<String>,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct NewRole {
    #[command(flatten)]
    common: Common,
    /// The name that the user signs in with.
    login: String,
    /// What the user may do.
    #[arg(long, value_parser = roles())]
    role: UserRole,
    /// The representative that the user is; cis, cs and agency need one.
    #[arg(long, value_name = "REP")]
    rep: Option<String>,
}

#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    common: Common,
    /// The name that the user signs in with.
    login: String,
}

impl UserCommand {
    pub(crate) async fn run(self) -> Result<()> {
        match self.command {
            What::Add(add) => add.run().await,
            What::List(list) => list.run().await,
            What::Role(role) => {
                let workspace = Workspace::open(&role.common.workspace, Open::ReadWrite).await?;
                check_rep(&workspace, role.role, role.rep.as_deref()).await?;
                let change = UserChange::Role(role.role, role.rep);
                changed(&workspace, (&role.login, "role"), change).await
            }
            What::Password(named) => {
                let workspace = Workspace::open(&named.common.workspace, Open::ReadWrite).await?;
                known(&workspace, &named.login).await?;
                let hash = web::password_hash(&password(&named.login)?);
                let change = UserChange::Password(hash, false);
                changed(&workspace, (&named.login, "password"), change).await
            }
            What::Disable(named) => {
                let workspace = Workspace::open(&named.common.workspace, Open::ReadWrite).await?;
                let change = UserChange::Disable(clock::now().0);
                changed(&workspace, (&named.login, "disable"), change).await
            }
            What::Enable(named) => {
                let workspace = Workspace::open(&named.common.workspace, Open::ReadWrite).await?;
                changed(&workspace, (&named.login, "enable"), UserChange::Enable).await
            }
        }
    }
}

impl Add {
    async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadWrite).await?;
        let login = self.login.to_lowercase();
        if !web::is_login(&login) {
            bail!(
                "`{login}` cannot be a login: write letters, digits and `.-_@+`, at most {} characters",
                web::LOGIN_MAX
            );
        }
        let role = self.role;
        check_rep(&workspace, role, self.rep.as_deref()).await?;
        let first = !workspace.store.has_users().await?;
        if first && role != UserRole::Admin {
            bail!("the first user must be an administrator: add one with --role admin");
        }
        if workspace.store.user(&login).await?.is_some() {
            bail!(
                "there is a user {login} already; `nobishiro user password {login}` sets a password"
            );
        }
        let user = User {
            name: self.name.unwrap_or_else(|| login.clone()),
            role,
            rep_id: self.rep,
            password: web::password_hash(&password(&login)?),
            must_change: false,
            disabled_us: None,
            created_us: clock::now().0,
            login: login.clone(),
        };
        if !workspace.store.add_user(&user).await? {
            bail!("there is a user {login} already");
        }
        log(&workspace, "user.change", (Some(&login), "add")).await?;
        let more = if first { " From now on everybody signs in." } else { "" };
        let json = json!({ "login": login, "role": role.code(), "first": first });
        output::result(self.common.format, &format!("{login} may sign in.{more}"), &json)
    }
}

impl List {
    async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadOnly).await?;
        let users = workspace.store.users().await?;
        let line = |user: &User| {
            let rep = user.rep_id.as_deref().unwrap_or("-");
            let off = if user.disabled_us.is_some() { "  disabled" } else { "" };
            format!("{:<24} {:<10} {rep:<12} {}{off}", user.login, user.role.code(), user.name)
        };
        let text = match users.as_slice() {
            [] => "There are no users: the workspace is served to its own machine only.".to_owned(),
            users => users.iter().map(line).collect::<Vec<_>>().join("\n"),
        };
        let json: Vec<_> = users
            .iter()
            .map(|user| {
                json!({
                    "login": user.login,
                    "name": user.name,
                    "role": user.role.code(),
                    "rep": user.rep_id,
                    "disabled": user.disabled_us.is_some(),
                    "must_change_password": user.must_change,
                })
            })
            .collect();
        output::result(self.common.format, &text, &json)
    }
}

async fn known(workspace: &Workspace, login: &str) -> Result<()> {
    if workspace.store.user(&login.to_lowercase()).await?.is_none() {
        bail!("there is no user {login}; `nobishiro user list` lists them");
    }
    Ok(())
}

async fn check_rep(workspace: &Workspace, role: UserRole, rep: Option<&str>) -> Result<()> {
    match rep {
        None if role.needs_rep() => bail!(
            "a user with the role {} needs --rep: it decides which accounts are seen",
            role.code()
        ),
        Some(rep) if !workspace.store.rep_names().await?.iter().any(|it| it.rep_id == rep) => {
            bail!("there is no representative {rep} in the workspace")
        }
        _ => Ok(()),
    }
}

async fn changed(
    workspace: &Workspace,
    (login, what): (&str, &str),
    change: UserChange,
) -> Result<()> {
    let login = login.to_lowercase();
    match workspace.store.change_user(&login, &change).await? {
        Changed::Unknown => bail!("there is no user {login}; `nobishiro user list` lists them"),
        Changed::LastAdmin => {
            bail!("nobody could administer afterwards: add another administrator first")
        }
        Changed::Done => {
            log(workspace, "user.change", (Some(&login), what)).await?;
            output::line(&format!("{login} was changed and signed out."))
        }
    }
}

/// Writes into the log of the workspace what the command line did, where there are users.
pub(crate) async fn log(
    workspace: &Workspace,
    act: &str,
    (target, detail): (Option<&str>, &str),
) -> Result<()> {
    if !workspace.store.has_users().await? {
        return Ok(());
    }
    let row = AuditRow {
        number: 0,
        at_us: clock::now().0,
        login: None,
        act: act.to_owned(),
        target: target.map(str::to_owned),
        detail: Some(detail.to_owned()),
        outcome: "done".to_owned(),
        address: Some("command line".to_owned()),
    };
    Ok(workspace.store.log(&row).await?)
}

/// A new password: typed twice at a terminal, else the first line of standard input.
fn password(login: &str) -> Result<String> {
    let password = if std::io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ")?;
        if rpassword::prompt_password("Again: ")? != password {
            bail!("the two entries differ");
        }
        password
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    match web::password_fault(login, &password) {
        None => Ok(password),
        Some(web::PasswordFault::Short) => {
            bail!("a password has at least {} characters", web::PASSWORD_MIN)
        }
        Some(web::PasswordFault::Long) => {
            bail!("a password has at most {} characters", web::PASSWORD_MAX)
        }
        Some(web::PasswordFault::Plain) => {
            bail!("a password must not hold the login, nor be one character again and again")
        }
    }
}
