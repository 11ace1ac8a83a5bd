//! Users and their sessions.
//!
//! A user is never deleted, only disabled: the log of what was done keeps its meaning. There is always an
//! administrator who can sign in, once there is a user at all. None of it needs the workspace's lease: people
//! sign in while a night runs.
// writes: users, sessions

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row, Value};

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserRole {
    /// Everything, and the users.
    Admin,
    /// The whole workspace with its gaps and shadow prices, and the log.
    Manager,
    /// The team's accounts, to expand them.
    Cis,
    /// The team's accounts, to look after them.
    Cs,
    /// The whole workspace, without changing anything.
    ReadOnly,
    /// The accounts that are the agency's own.
    Agency,
}

impl UserRole {
    /// All roles, in the order of pages.
    pub const ALL: [Self; 6] =
        [Self::Admin, Self::Manager, Self::Cis, Self::Cs, Self::ReadOnly, Self::Agency];

    /// The word for it in the store and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Cis => "cis",
            Self::Cs => "cs",
            Self::ReadOnly => "read-only",
            Self::Agency => "agency",
        }
    }

    /// The role of that word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether the role sees a representative's accounts, so that its users need one.
    pub fn needs_rep(self) -> bool {
        matches!(self, Self::Cis | Self::Cs | Self::Agency)
    }
}

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name that is typed to sign in, in lower case.
    pub login: String,
    /// What people call them.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
    /// The representative that they are.
    pub rep_id: Option<String>,
    /// The password's Argon2id hash in PHC form.
    pub password: String,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
    /// Since when they may sign in no longer, microseconds UTC.
    pub disabled_us: Option<i64>,
    /// Since when they are known, microseconds UTC.
    pub created_us: i64,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is done.
    Done,
    /// Nobody has that name.
    Unknown,
    /// Nobody would be left who can administer.
    LastAdmin,
}

/// A change of a user. The user's sessions end with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserChange {
    /// Another role, and the representative that goes with it.
    Role(UserRole, Option<String>),
    /// Another name.
    Name(String),
    /// Another password, as a hash, and whether it must be changed at the next sign-in.
    Password(String, bool),
    /// May sign in no longer, from this moment on.
    Disable(i64),
    /// May sign in again.
    Enable,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token, in hexadecimal.
    pub token_hash: String,
    /// The user.
    pub login: String,
    /// What the forms of this session carry.
    pub csrf: String,
    /// When it began, microseconds UTC.
    pub begun_us: i64,
    /// When it was last used, microseconds UTC; to the minute.
    pub seen_us: i64,
}

const USERS: Table<'static> = Table {
    name: "users",
    columns: &[
        ("login", Sort::Text),
        ("name", Sort::Text),
        ("role", Sort::Text),
        ("rep_id", Sort::Text),
        ("password", Sort::Text),
        ("must_change", Sort::Int),
        ("disabled_us", Sort::Int),
        ("created_us", Sort::Int),
    ],
    key: &["login"],
};

const SESSIONS: Table<'static> = Table {
    name: "sessions",
    columns: &[
        ("token_hash", Sort::Text),
        ("login", Sort::Text),
        ("csrf", Sort::Text),
        ("begun_us", Sort::Int),
        ("seen_us", Sort::Int),
    ],
    key: &["token_hash"],
};

const READ: &str = "reading the users";
const WRITE: &str = "changing a user";
const SESSION: &str = "keeping a session";

impl Store {
    /// Whether there is any user, disabled ones too.
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        let mut conn = self.reader(READ).await?;
        let found = sql::rows(&mut conn, "SELECT 1 FROM users LIMIT 1", &[], &[Sort::Int]).await;
        Ok(!found.map_err(self.failed(READ))?.is_empty())
    }

    /// All users, by login.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.users_where("", &[]).await
    }

    /// The user of that login.
    pub async fn user(&self, login: &str) -> Result<Option<User>, StoreError> {
        Ok(self.users_where("WHERE login = $1", &[login.into()]).await?.pop())
    }

    async fn users_where(&self, which: &str, values: &[Value]) -> Result<Vec<User>, StoreError> {
        let order = self.bytewise();
        let sql = format!("SELECT {} FROM users {which} ORDER BY login{order}", USERS.names());
        let mut conn = self.reader(READ).await?;
        let rows = sql::rows(&mut conn, sql, values, &USERS.sorts()).await;
        let rows = rows.map_err(self.failed(READ))?;
        Ok(rows.into_iter().map(|row| user(&mut Fields::of(row))).collect())
    }

    /// Adds a user; false where the login is taken.
    pub async fn add_user(&self, user: &User) -> Result<bool, StoreError> {
        let row: Row = vec![
            (&user.login).into(),
            (&user.name).into(),
            user.role.code().into(),
            user.rep_id.as_ref().into(),
            (&user.password).into(),
            i64::from(user.must_change).into(),
            user.disabled_us.into(),
            user.created_us.into(),
        ];
        let mut tx = self.begin_free(WRITE).await?;
        let written = sql::insert(&mut tx, &USERS, Clash::Keep, &[row]).await;
        let written = written.map_err(self.failed(WRITE))?;
        tx.commit().await.map_err(self.failed(WRITE))?;
        Ok(written > 0)
    }

    /// Changes a user and ends their sessions, unless nobody could administer afterwards.
    pub async fn change_user(
        &self,
        login: &str,
        change: &UserChange,
    ) -> Result<Changed, StoreError> {
        let (set, mut values): (&str, Vec<Value>) = match change {
            UserChange::Role(role, rep) => {
                ("role = $2, rep_id = $3", vec![role.code().into(), rep.as_ref().into()])
            }
            UserChange::Name(name) => ("name = $2", vec![name.into()]),
            UserChange::Password(hash, must_change) => {
                let must_change = i64::from(*must_change);
                ("password = $2, must_change = $3", vec![hash.into(), must_change.into()])
            }
            UserChange::Disable(at_us) => ("disabled_us = $2", vec![(*at_us).into()]),
            UserChange::Enable => ("disabled_us = NULL", Vec::new()),
        };
        values.insert(0, login.into());
        let mut tx = self.begin_free(WRITE).await?;
        let sql = format!("UPDATE users SET {set} WHERE login = $1");
        let found = sql::execute(&mut tx, sql, &values).await.map_err(self.failed(WRITE))?;
        if found == 0 {
            return Ok(Changed::Unknown);
        }
        let takes = matches!(change, UserChange::Role(..) | UserChange::Disable(_));
        let sql = "SELECT 1 FROM users WHERE role = 'admin' AND disabled_us IS NULL LIMIT 1";
        let left = sql::rows(&mut tx, sql, &[], &[Sort::Int]).await.map_err(self.failed(WRITE))?;
        if takes && left.is_empty() {
            tx.rollback().await.map_err(self.failed(WRITE))?;
            return Ok(Changed::LastAdmin);
        }
        let sql = "DELETE FROM sessions WHERE login = $1";
        let ended = sql::execute(&mut tx, sql, &[login.into()]).await;
        ended.map_err(self.failed(WRITE))?;
        tx.commit().await.map_err(self.failed(WRITE))?;
        Ok(Changed::Done)
    }

    /// Begins a session in place of the one whose token's hash is given, and removes those that ended: begun
    /// or last used before the two moments.
    pub async fn begin_session(
        &self,
        session: &Session,
        replaces: Option<&str>,
        ended: (i64, i64),
    ) -> Result<(), StoreError> {
        let row: Row = vec![
            (&session.token_hash).into(),
            (&session.login).into(),
            (&session.csrf).into(),
            session.begun_us.into(),
            session.seen_us.into(),
        ];
        let mut tx = self.begin_free(SESSION).await?;
        let sql = "DELETE FROM sessions WHERE begun_us <= $1 OR seen_us <= $2 OR token_hash = $3";
        let values = [ended.0.into(), ended.1.into(), replaces.unwrap_or_default().into()];
        sql::execute(&mut tx, sql, &values).await.map_err(self.failed(SESSION))?;
        let begun = sql::insert(&mut tx, &SESSIONS, Clash::Keep, &[row]).await;
        begun.map_err(self.failed(SESSION))?;
        tx.commit().await.map_err(self.failed(SESSION))
    }

    /// The session of a token's hash with its user; whether it has ended by time is for the caller to say.
    pub async fn session(&self, token_hash: &str) -> Result<Option<(Session, User)>, StoreError> {
        let columns = |of: &str, table: &Table<'_>| {
            let names = table.columns.iter().map(|(name, _)| format!("{of}.{name}"));
            names.collect::<Vec<_>>().join(", ")
        };
        let sql = format!(
            "SELECT {}, {} FROM sessions s JOIN users u ON u.login = s.login \
             WHERE s.token_hash = $1 AND u.disabled_us IS NULL",
            columns("s", &SESSIONS),
            columns("u", &USERS)
        );
        let sorts = [SESSIONS.sorts(), USERS.sorts()].concat();
        let mut conn = self.reader(SESSION).await?;
        let rows = sql::rows(&mut conn, sql, &[token_hash.into()], &sorts).await;
        Ok(rows.map_err(self.failed(SESSION))?.pop().map(|row| {
            let mut fields = Fields::of(row);
            let session = Session {
                token_hash: fields.text(),
                login: fields.text(),
                csrf: fields.text(),
                begun_us: fields.int(),
                seen_us: fields.int(),
            };
            (session, user(&mut fields))
        }))
    }

    /// Notes that a session is in use.
    pub async fn see_session(&self, token_hash: &str, now_us: i64) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET seen_us = $2 WHERE token_hash = $1 AND seen_us < $2";
        self.on_sessions(sql, &[token_hash.into(), now_us.into()]).await
    }

    /// Ends a session.
    pub async fn end_session(&self, token_hash: &str) -> Result<(), StoreError> {
        self.on_sessions("DELETE FROM sessions WHERE token_hash = $1", &[token_hash.into()]).await
    }

    async fn on_sessions(&self, sql: &str, values: &[Value]) -> Result<(), StoreError> {
        let mut tx = self.begin_free(SESSION).await?;
        sql::execute(&mut tx, sql, values).await.map_err(self.failed(SESSION))?;
        tx.commit().await.map_err(self.failed(SESSION))
    }
}

fn user(fields: &mut Fields) -> User {
    User {
        login: fields.text(),
        name: fields.text(),
        // A word of a later version sees and changes least.
        role: UserRole::parse(&fields.text()).unwrap_or(UserRole::Agency),
        rep_id: fields.optional_text(),
        password: fields.text(),
        must_change: fields.int() != 0,
        disabled_us: fields.optional_int(),
        created_us: fields.int(),
    }
}
