//! A workspace: its folder, `nobishiro.toml`, live policy, store and lake.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use batch::retention::Retention;
use domain::money::Currency;
use domain::time::Zone;
use serde::Deserialize;
use store::{Open, Store};
use web::{SessionRules, UploadRules};

use crate::live::Live;

/// `nobishiro.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// ISO 4217 code of all sums.
    currency: String,
    /// IANA name; a day ends here.
    zone: String,
    /// `postgres://user@host/database?schema=name`; default: SQLite in the workspace.
    database: Option<String>,
    /// The lake's folder; default `lake` in the workspace.
    lake: Option<PathBuf>,
    /// What people call the company; default: the folder's name.
    name: Option<String>,
    /// What is kept for how long; default: everything, for ever.
    #[serde(default)]
    retention: Retention,
    /// How long people stay signed in.
    #[serde(default)]
    sessions: Sessions,
    /// What may be uploaded in the browser.
    #[serde(default)]
    uploads: Uploads,
    /// Whether it is a sample company, whose pages offer a tour.
    #[serde(default)]
    demo: bool,
}

/// The section `[sessions]` of `nobishiro.toml`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Sessions {
    /// Minutes without a request after which people sign in again, 5 to 1440.
    idle_minutes: u32,
    /// Minutes after which they do in any case, up to 10080 (a week).
    longest_minutes: u32,
}

impl Default for Sessions {
    fn default() -> Self {
        let SessionRules { idle_minutes, longest_minutes } = SessionRules::default();
        Self { idle_minutes, longest_minutes }
    }
}

impl Sessions {
    fn rules(self) -> Result<SessionRules> {
        let Self { idle_minutes, longest_minutes } = self;
        if !(5..=1440).contains(&idle_minutes) {
            bail!("sessions.idle_minutes must be between 5 and 1440");
        }
        if !(idle_minutes..=10_080).contains(&longest_minutes) {
            bail!("sessions.longest_minutes must be between idle_minutes and 10080");
        }
        Ok(SessionRules { idle_minutes, longest_minutes })
    }
}

/// The section `[uploads]` of `nobishiro.toml`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Uploads {
    /// Megabytes of one file, 1 to 100000.
    file_mb: u64,
    /// Megabytes of all files of an upload, from `file_mb` to 1000000.
    total_mb: u64,
    /// Files of an upload, 1 to 1000.
    files: usize,
    /// Days for which uploaded files are kept after that, 1 to 3650.
    pub(crate) kept_days: u32,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { file_mb: 2048, total_mb: 8192, files: 50, kept_days: 30 }
    }
}

impl Uploads {
    fn checked(self) -> Result<Self> {
        if !(1..=100_000).contains(&self.file_mb) {
            bail!("uploads.file_mb must be between 1 and 100000");
        }
        if !(self.file_mb..=1_000_000).contains(&self.total_mb) {
            bail!("uploads.total_mb must be between file_mb and 1000000");
        }
        if !(1..=1000).contains(&self.files) {
            bail!("uploads.files must be between 1 and 1000");
        }
        if !(1..=3650).contains(&self.kept_days) {
            bail!("uploads.kept_days must be between 1 and 3650");
        }
        Ok(self)
    }

    /// What the pages hold uploads to.
    pub(crate) fn rules(self) -> UploadRules {
        const MEGABYTE: u64 = 1024 * 1024;
        UploadRules {
            file_bytes_max: self.file_mb * MEGABYTE,
            total_bytes_max: self.total_mb * MEGABYTE,
            files_max: self.files,
            kept_days: self.kept_days,
            endings: batch::ingest::ENDINGS,
        }
    }
}

/// The environment variable that holds the database's password.
const PASSWORD: &str = "NOBISHIRO_DATABASE_PASSWORD";

/// An open workspace.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    /// Its folder.
    pub(crate) dir: PathBuf,
    /// What people call it.
    pub(crate) title: String,
    /// Its currency.
    pub(crate) currency: Currency,
    /// Its zone.
    pub(crate) zone: Zone,
    /// Its lake.
    pub(crate) lake: PathBuf,
    /// Its live policy.
    pub(crate) live: Live,
    /// Its database.
    pub(crate) store: Store,
    /// What is kept for how long.
    pub(crate) retention: Retention,
    /// How long people stay signed in.
    pub(crate) sessions: SessionRules,
    /// What may be uploaded in the browser.
    pub(crate) uploads: Uploads,
    /// Whether it is a sample company.
    pub(crate) demo: bool,
}

/// Removes what a killed restore of this workspace left beside it.
fn sweep(dir: &Path) {
    if let (Some(around), Some(name)) = (dir.parent(), dir.file_name().and_then(|n| n.to_str())) {
        batch::backup::sweep(around, Some(name));
    }
}

impl Workspace {
    /// Opens the workspace in `dir`.
    pub(crate) async fn open(dir: &Path, mode: Open) -> Result<Self> {
        Self::begin(dir, mode, |live| live).await
    }

    /// Opens it also where the live policy is not right: to publish one that is.
    pub(crate) async fn open_whatever_is_live(dir: &Path, mode: Open) -> Result<Self> {
        Self::begin(dir, mode, |live| Ok(live.unwrap_or_default())).await
    }

    async fn begin(
        dir: &Path,
        mode: Open,
        accept: impl FnOnce(Result<Live>) -> Result<Live>,
    ) -> Result<Self> {
        let path = dir.join("nobishiro.toml");
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
                "{} is not a workspace: it has no nobishiro.toml. Make one with `nobishiro init {}`, or name another with --workspace",
                dir.display(),
                crate::output::shell(dir)
            ),
            other => other.with_context(|| format!("could not read {}", path.display()))?,
        };
        let file: File =
            toml::from_str(&text).with_context(|| format!("{} is not right", path.display()))?;
        let currency =
            currency(&file.currency).with_context(|| format!("in {}", path.display()))?;
        let zone = zone(&file.zone).with_context(|| format!("in {}", path.display()))?;
        let sessions = file.sessions.rules().with_context(|| format!("in {}", path.display()))?;
        let uploads = file.uploads.checked().with_context(|| format!("in {}", path.display()))?;
        let dir = std::path::absolute(dir)?;
        sweep(&dir);
        let url = match file.database {
            Some(url) => with_password(&url, password())?,
            None => Store::sqlite_url(&sqlite(&dir)?),
        };
        let store = Store::open(&url, mode)
            .await
            .with_context(|| format!("could not open the store of {}", dir.display()))?;
        let live = accept(Live::read(&store, &dir).await)?;
        let title = file.name.unwrap_or_else(|| folder_name(&dir));
        let lake = dir.join(file.lake.unwrap_or_else(|| PathBuf::from("lake")));
        let (retention, demo) = (file.retention, file.demo);
        let all = Self {
            dir,
            title,
            currency,
            zone,
            lake,
            live,
            store,
            retention,
            sessions,
            uploads,
            demo,
        };
        Ok(all)
    }

    /// The workspace's name in addresses, where nothing else names it.
    pub(crate) fn name(&self) -> String {
        address_name(&folder_name(&self.dir))
    }
}

fn folder_name(dir: &Path) -> String {
    dir.file_name().map_or("workspace".into(), |name| name.to_string_lossy()).into_owned()
}

/// A name as it stands in addresses: letters and digits of any script, lower case, `-` for the rest.
pub(crate) fn address_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = name.chars().map(plain).flat_map(char::to_lowercase).collect();
    match name.trim_matches('-') {
        "" => "workspace".to_owned(),
        name => name.to_owned(),
    }
}

/// The workspace's own database. Where lake or runs are and it is not, it was lost: a new one would be empty.
fn sqlite(dir: &Path) -> Result<PathBuf> {
    let path = dir.join("store.sqlite");
    let used = ["lake", "runs", "rejects"].iter().any(|folder| dir.join(folder).is_dir());
    let there = fs::metadata(&path).is_ok_and(|file| file.len() > 0);
    if used && !there {
        bail!(
            "{} is missing or empty, but the workspace has been used. Restore a backup into a new folder (`nobishiro restore FILE --to DIR`) or put the file back; to begin anew, remove the folders lake, runs and rejects and ingest the files again",
            path.display()
        );
    }
    Ok(path)
}

/// Puts the password from the environment into a database's address.
pub(crate) fn database(url: &str) -> Result<String> {
    with_password(url, password())
}

/// A currency by its code, or what to write instead.
pub(crate) fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code).with_context(|| {
        format!("`{code}` is not an ISO 4217 currency code; write one such as JPY or USD")
    })
}

/// A zone by its name, or what to write instead.
pub(crate) fn zone(name: &str) -> Result<Zone> {
    Zone::named(name).with_context(|| {
        format!("`{name}` is not a time zone; write an IANA name such as Asia/Tokyo")
    })
}

pub(crate) fn password() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "secrets come from the environment, and are read here only"
    )]
    std::env::var(PASSWORD).ok()
}

/// Puts the password into a URL that has a user and no password.
pub(crate) fn with_password(url: &str, password: Option<String>) -> Result<String> {
    let (scheme, rest) = url.split_once("://").with_context(|| {
        "`database` in nobishiro.toml is not a URL; write postgres://user@host:5432/database?schema=name".to_owned()
    })?;
    match (rest.split_once('@'), password) {
        (Some((user, host)), Some(password)) if !user.contains(':') => {
            let escaped: String = password
                .bytes()
                .map(|b| {
                    if b.is_ascii_alphanumeric() {
                        char::from(b).to_string()
                    } else {
                        format!("%{b:02X}")
                    }
                })
                .collect();
            Ok(format!("{scheme}://{user}:{escaped}@{host}"))
        }
        _ => Ok(url.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_comes_from_outside_and_is_escaped() {
        let url = with_password("postgres://rev@db/ns?schema=a", Some("p@ss/1".to_owned()))
            .expect("a URL");
        assert_eq!(url, "postgres://rev:p%40ss%2F1@db/ns?schema=a");
        let kept = with_password("postgres://rev:x@db/ns", Some("y".to_owned())).expect("a URL");
        assert_eq!(kept, "postgres://rev:x@db/ns");
        assert!(with_password("db", None).is_err());
    }

    #[track_caller]
    fn named(folder: &str, name: &str) {
        assert_eq!(address_name(folder), name);
    }

    #[test]
    fn a_folder_of_any_script_names_its_workspace() {
        named("Acme Corp.", "acme-corp");
        named("株式会社みどり", "株式会社みどり");
        named("a/../b?c", "a----b-c");
        named("...", "workspace");
        named("", "workspace");
    }

    #[test]
    fn what_is_not_known_says_what_to_write() {
        assert!(currency("Yen").expect_err("no code").to_string().contains("JPY"));
        assert!(zone("Tokyo").expect_err("no zone").to_string().contains("Asia/Tokyo"));
    }
}
