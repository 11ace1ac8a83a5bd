//! Where a store lives, read from its address.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// A SQLite file or a schema of a PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A schema on a server.
    Postgres(Server),
}

/// A schema of a PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// The address without the query.
    base: String,
    /// The query without the schema.
    query: Vec<String>,
    /// The schema: a plain lower-case name.
    pub(crate) schema: String,
}

/// The schema when the address names none.
const DEFAULT_SCHEMA: &str = "public";
/// How long a PostgreSQL transaction waits for another writer.
const LOCK_TIMEOUT_MS: u32 = 30_000;

impl Place {
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let bad =
            |why: &str| StoreError::BadUrl { url: without_password(url), why: why.to_owned() };
        if let Some(path) = url.strip_prefix("sqlite://") {
            if path.contains(['?', '#']) {
                return Err(bad("`?` and `#` in a file's name are written %3F and %23"));
            }
            let path = decode(path).ok_or_else(|| bad("its path is not UTF-8"))?;
            if !path.starts_with('/') || path.ends_with('/') {
                return Err(bad("it needs the absolute path of a file after `sqlite://`"));
            }
            return Ok(Self::Sqlite(path.into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return server(url).map(Self::Postgres).map_err(bad);
        }
        Err(bad("only sqlite:// and postgres:// are known"))
    }

    /// The place as messages name it: never with a password.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(server) => {
                format!("{}?schema={}", without_password(&server.base), server.schema)
            }
        }
    }
}

impl Server {
    /// The address as the database library wants it: every connection sees the schema and no other.
    pub(crate) fn connect_url(&self, mode: crate::Open) -> String {
        let mut query = self.query.clone();
        let settings = [
            ("search_path", self.schema.clone()),
            ("lock_timeout", LOCK_TIMEOUT_MS.to_string()),
            ("client_min_messages", "warning".to_owned()),
        ];
        query.extend(settings.iter().map(|(name, value)| format!("options%5B{name}%5D={value}")));
        if mode == crate::Open::ReadOnly {
            query.push("options%5Bdefault_transaction_read_only%5D=on".to_owned());
        }
        format!("{}?{}", self.base, query.join("&"))
    }
}

/// The address of a SQLite file, with what is special in addresses written as `%XX`.
pub(crate) fn sqlite_url(path: &Path) -> String {
    let mut url = "sqlite://".to_owned();
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    url
}

fn server(url: &str) -> Result<Server, &'static str> {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let rest = base.split_once("://").map_or("", |(_, rest)| rest);
    if rest.is_empty() || rest.starts_with('/') {
        return Err("it needs a host after `postgres://`");
    }
    let mut schema = DEFAULT_SCHEMA.to_owned();
    let mut others = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        match part.strip_prefix("schema=") {
            Some(name) => name.clone_into(&mut schema),
            None => others.push(part.to_owned()),
        }
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if !starts || !schema.chars().all(plain) || schema.len() > 63 || schema.starts_with("pg_") {
        return Err(
            "a schema's name has 1 to 63 characters a-z, 0-9 and _, and starts with a letter",
        );
    }
    Ok(Server { base: base.to_owned(), query: others, schema })
}

/// The address without `:password` before the `@`, and without a `password=` in the query.
fn without_password(url: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut shown = match base.split_once("://").and_then(|(scheme, rest)| {
        let (user, host) = rest.rsplit_once('@')?;
        Some((scheme, user.split(':').next().unwrap_or_default(), host))
    }) {
        Some((scheme, user, host)) => format!("{scheme}://{user}@{host}"),
        None => base.to_owned(),
    };
    let kept: Vec<&str> =
        query.split('&').filter(|part| !part.is_empty() && !part.starts_with("password")).collect();
    if !kept.is_empty() {
        shown = format!("{shown}?{}", kept.join("&"));
    }
    shown
}

/// `%XX` to bytes; a `%` that starts no such pair stands for itself.
fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(byte) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Open;

    fn error(url: &str) -> String {
        Place::parse(url).expect_err(url).to_string()
    }

    #[test]
    fn paths_survive_addresses() {
        for path in ["/a/store.sqlite", "/伸びしろ/a b?c#d%20e/store.sqlite"] {
            let place = Place::parse(&sqlite_url(Path::new(path))).expect(path);
            assert_eq!(place, Place::Sqlite(path.into()));
            assert_eq!(place.shown(), path);
        }
        let plain = Place::parse("sqlite:///a b/100%/伸.sqlite").expect("a path as it stands");
        assert_eq!(plain.shown(), "/a b/100%/伸.sqlite");
    }

    #[test]
    fn a_server_shows_its_schema_and_hides_its_password() {
        let url = "postgres://ann:s3:cr@t@db.example:5433/shop?sslmode=require&schema=kk_abc";
        let place = Place::parse(url).expect(url);
        assert_eq!(place.shown(), "postgres://ann@db.example:5433/shop?schema=kk_abc");
        let Place::Postgres(server) = place else { panic!("a server") };
        assert_eq!(
            server.connect_url(Open::ReadWrite),
            "postgres://ann:s3:cr@t@db.example:5433/shop?sslmode=require\
             &options%5Bsearch_path%5D=kk_abc&options%5Block_timeout%5D=30000\
             &options%5Bclient_min_messages%5D=warning"
        );
        assert!(server.connect_url(Open::ReadOnly).ends_with("read_only%5D=on"));
    }

    #[test]
    fn the_schema_is_public_unless_named() {
        let place = Place::parse("postgresql://h/d").expect("an address");
        assert_eq!(place.shown(), "postgresql://h/d?schema=public");
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (url, why) in [
            ("mysql://h/d", "only sqlite:// and postgres:// are known"),
            ("/a/store.sqlite", "only sqlite:// and postgres:// are known"),
            ("sqlite://store.sqlite", "needs the absolute path"),
            ("sqlite::memory:", "only sqlite:// and postgres:// are known"),
            ("sqlite:///a?b", "are written %3F"),
            ("sqlite:///a%FF", "not UTF-8"),
            ("postgres://", "needs a host"),
            ("postgres://h/d?schema=", "a schema's name"),
            ("postgres://h/d?schema=A;drop", "a schema's name"),
            ("postgres://h/d?schema=pg_catalog", "a schema's name"),
        ] {
            assert!(error(url).contains(why), "{}", error(url));
        }
        assert!(!error("mysql://ann:secret@h/d?password=secret").contains("secret"));
    }
}
