//! What can go wrong with the store: each error says what, where, and how to mend it.

use std::io;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the store did not do what it was asked.
///
/// `place` is the file or the server with its schema, never with a password; `what` is what was being
/// done. Whatever was committed before stays as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk or the quota is full.
    #[error(
        "{what}: the disk that holds {place} is full. Nothing already stored is lost: free some \
         space there and run the same command again"
    )]
    Full {
        /// What was being done.
        what: String,
        /// Where.
        place: String,
        /// What the system said.
        source: Source,
    },
    /// The file, its folder or the server takes no writes, or the user may not write.
    #[error(
        "{what}: {place} cannot be written. Give your user write permission to the file and its \
         folder (or the schema), or use a copy on a disk that can be written"
    )]
    ReadOnly {
        /// What was being done.
        what: String,
        /// Where.
        place: String,
        /// What the system said.
        source: Source,
    },
    /// The store was opened for reading only, by us.
    #[error("{what}: {place} was opened for reading only. Open it for writing")]
    OpenedReadOnly {
        /// What was being done.
        what: String,
        /// Where.
        place: String,
    },
    /// Another process writes, and did not finish within the time that we wait.
    #[error(
        "{what}: {place} is locked by another process that is writing. Wait until it is done, or \
         stop it, then run the same command again"
    )]
    Locked {
        /// What was being done.
        what: String,
        /// Where.
        place: String,
        /// What the database said.
        source: Source,
    },
    /// The server does not answer, or ended the connection.
    #[error(
        "{what}: the database server of {place} cannot be reached. Check that it runs, and host, \
         port and firewall"
    )]
    Unreachable {
        /// What was being done.
        what: String,
        /// Where.
        place: String,
        /// What the system said.
        source: Source,
    },
    /// The server refuses the user or the database.
    #[error(
        "{what}: the database server of {place} refuses us. Check user, password, database and the \
         user's rights"
    )]
    Denied {
        /// What was being done.
        what: String,
        /// Where.
        place: String,
        /// What the server said.
        source: Source,
    },
    /// The address of the store is none of ours.
    #[error(
        "the store's address `{url}` cannot be used: {why}. Write sqlite:///folder/store.sqlite or \
         postgres://user@host:5432/database?schema=name"
    )]
    BadUrl {
        /// The address without its password.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is nothing at that place to read.
    #[error("{place} holds no workspace yet. Make one with `nobishiro init`, or check the path")]
    Missing {
        /// Where.
        place: String,
    },
    /// The file is no database, or is damaged.
    #[error(
        "{what}: {place} is not a database, or is damaged. Restore a backup into a new folder \
         (`nobishiro restore FILE --to DIR`), or move the file away and ingest again"
    )]
    NotADatabase {
        /// What was being done.
        what: String,
        /// Where.
        place: String,
        /// What the database said.
        source: Source,
    },
    /// The file was moved or deleted while it was open.
    #[error("{what}: {place} was moved or deleted while in use. Put it back, then start again")]
    Moved {
        /// What was being done.
        what: String,
        /// Where.
        place: String,
        /// What the database said.
        source: Source,
    },
    /// A newer version of the program wrote this workspace.
    #[error(
        "{place} was written by a newer version of Nobishiro (schema {found}; this version knows \
         {known}). Install that version or a later one"
    )]
    NewerSchema {
        /// Where.
        place: String,
        /// The newest migration that was applied there.
        found: i64,
        /// The newest migration that we know.
        known: i64,
    },
    /// An older version wrote this workspace, and it was opened for reading only.
    #[error(
        "{place} was written by an older version of Nobishiro (schema {found}; this version needs \
         {known}). Run `nobishiro migrate` once, or any command that writes"
    )]
    OlderSchema {
        /// Where.
        place: String,
        /// The newest migration that was applied there.
        found: i64,
        /// The newest migration that we know.
        known: i64,
    },
    /// A migration was applied with another text than ours.
    #[error(
        "{place} was made by a build of Nobishiro whose schema {version} differs from this one. \
         Make a new workspace and ingest again, or use the build that made it"
    )]
    ForeignSchema {
        /// Where.
        place: String,
        /// The migration that differs.
        version: i64,
    },
    /// Another process works on the workspace.
    #[error(
        "another {what} is at work on this workspace: {holder}. Wait until it is done, or stop it, \
         then run the same command again"
    )]
    LeaseHeld {
        /// What it does: `run` or `ingest`.
        what: String,
        /// Who holds the lease: pid@host.
        holder: String,
        /// When it lapses, in seconds since 1970.
        until_s: i64,
    },
    /// Another process has taken the lease over, since ours had lapsed.
    #[error("the {what} has lost its claim on the workspace to {holder}. Run it again later")]
    LeaseLost {
        /// What we were doing.
        what: String,
        /// Who holds the lease now; empty when nobody does.
        holder: String,
    },
    /// Something was to be written for a run that was never begun.
    #[error("the run {run_id} was never begun here. Begin a run before writing what it decided")]
    UnknownRun {
        /// The run.
        run_id: String,
    },
    /// Somebody answered the play since it was shown.
    #[error(
        "the play {play_id} was answered meanwhile (it has {found} events, and had {expected} when \
         it was shown). Look at it again, then answer"
    )]
    Stale {
        /// The play.
        play_id: String,
        /// How many events it had when it was shown.
        expected: i64,
        /// How many it has.
        found: i64,
    },
    /// The play stands where this cannot be done.
    #[error("the play {play_id} is {state}: `{act}` cannot be done now. Look at it again")]
    NotNow {
        /// The play.
        play_id: String,
        /// Where it stands.
        state: &'static str,
        /// What was to be done.
        act: &'static str,
    },
    /// There is no such play.
    #[error("nobody knows the play {play_id}. `nobishiro plays` lists the ids")]
    UnknownPlay {
        /// The play.
        play_id: String,
    },
    /// The play has no answer that counts.
    #[error("the play {play_id} has no answer that could be taken back")]
    NothingToUndo {
        /// The play.
        play_id: String,
    },
    /// A value does not fit its column.
    #[error("{at}: {why}")]
    Misfit {
        /// The table and its column.
        at: String,
        /// What is wrong, and how to mend it.
        why: String,
    },
    /// Anything else that the database says.
    #[error("{what}: {place}: the database failed")]
    Database {
        /// What was being done.
        what: String,
        /// Where.
        place: String,
        /// What the database said.
        source: Source,
    },
}

/// The kinds of failure that people can mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Full,
    ReadOnly,
    Locked,
    Unreachable,
    Denied,
    NotADatabase,
    Moved,
    Other,
}

impl StoreError {
    /// What the database library said while doing `what` at `place`.
    pub(crate) fn of(what: &str, place: &str, error: sqlx::Error) -> Self {
        Self::from_cause(cause(&error), what, place, error.into())
    }

    /// What the file system said while doing `what` at `place`.
    pub(crate) fn of_io(what: &str, place: &str, error: io::Error) -> Self {
        Self::from_cause(io_cause(&error).unwrap_or(Cause::Other), what, place, error.into())
    }

    fn from_cause(cause: Cause, what: &str, place: &str, source: Source) -> Self {
        let (what, place) = (what.to_owned(), place.to_owned());
        match cause {
            Cause::Full => Self::Full { what, place, source },
            Cause::ReadOnly => Self::ReadOnly { what, place, source },
            Cause::Locked => Self::Locked { what, place, source },
            Cause::Unreachable => Self::Unreachable { what, place, source },
            Cause::Denied => Self::Denied { what, place, source },
            Cause::NotADatabase => Self::NotADatabase { what, place, source },
            Cause::Moved => Self::Moved { what, place, source },
            Cause::Other => Self::Database { what, place, source },
        }
    }
}

fn cause(error: &sqlx::Error) -> Cause {
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            code.parse().map_or_else(
                |_| postgres_cause(&code),
                |number| {
                    // SQLSTATE has five characters, SQLite's codes have at most four digits.
                    if code.len() == 5 { postgres_cause(&code) } else { sqlite_cause(number) }
                },
            )
        }
        sqlx::Error::Io(error) => io_cause(error).unwrap_or(Cause::Unreachable),
        sqlx::Error::Tls(_) | sqlx::Error::PoolClosed => Cause::Unreachable,
        sqlx::Error::PoolTimedOut => Cause::Locked,
        _ => Cause::Other,
    }
}

fn io_cause(error: &io::Error) -> Option<Cause> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Cause::Full),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Some(Cause::ReadOnly)
        }
        _ => None,
    }
}

/// By SQLite's extended result codes (<https://www.sqlite.org/rescode.html>).
fn sqlite_cause(code: u32) -> Cause {
    const READONLY_DBMOVED: u32 = 1032;
    match (code, code & 0xff) {
        (READONLY_DBMOVED, _) => Cause::Moved,
        (_, 5 | 6) => Cause::Locked,
        (_, 3 | 8 | 14) => Cause::ReadOnly,
        (_, 13) => Cause::Full,
        (_, 11 | 26) => Cause::NotADatabase,
        _ => Cause::Other,
    }
}

/// By PostgreSQL's SQLSTATE (<https://www.postgresql.org/docs/15/errcodes-appendix.html>).
fn postgres_cause(code: &str) -> Cause {
    match code {
        "53100" => Cause::Full,
        "25006" | "42501" => Cause::ReadOnly,
        "55P03" | "40P01" | "40001" => Cause::Locked,
        "28000" | "28P01" | "3D000" => Cause::Denied,
        "53300" | "57P01" | "57P02" | "57P03" => Cause::Unreachable,
        _ if code.starts_with("08") => Cause::Unreachable,
        _ => Cause::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_sqlite_have_their_causes() {
        for (code, expected) in [
            (5, Cause::Locked),
            (517, Cause::Locked),
            (8, Cause::ReadOnly),
            (776, Cause::ReadOnly),
            (1032, Cause::Moved),
            (14, Cause::ReadOnly),
            (13, Cause::Full),
            (26, Cause::NotADatabase),
            (267, Cause::NotADatabase),
            (1, Cause::Other),
        ] {
            assert_eq!(sqlite_cause(code), expected, "{code}");
        }
    }

    #[test]
    fn codes_of_postgres_have_their_causes() {
        for (code, expected) in [
            ("53100", Cause::Full),
            ("25006", Cause::ReadOnly),
            ("55P03", Cause::Locked),
            ("28P01", Cause::Denied),
            ("57P03", Cause::Unreachable),
            ("08006", Cause::Unreachable),
            ("23505", Cause::Other),
        ] {
            assert_eq!(postgres_cause(code), expected, "{code}");
        }
    }

    #[test]
    fn errors_of_the_file_system_have_their_causes() {
        // ENOSPC, EROFS, EACCES
        for (code, expected) in [
            (28, Some(Cause::Full)),
            (30, Some(Cause::ReadOnly)),
            (13, Some(Cause::ReadOnly)),
            (5, None),
        ] {
            assert_eq!(io_cause(&io::Error::from_raw_os_error(code)), expected, "{code}");
        }
    }

    #[test]
    fn a_message_says_what_where_and_how_to_mend() {
        let full = io::Error::from_raw_os_error(28);
        let message = StoreError::of_io("making the folder", "/data/shop", full).to_string();
        assert_eq!(
            message,
            "making the folder: the disk that holds /data/shop is full. Nothing already stored is \
             lost: free some space there and run the same command again"
        );
    }
}
