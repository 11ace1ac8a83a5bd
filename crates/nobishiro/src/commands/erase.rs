//! `nobishiro erase`: removes all that is held about one person.

use std::fmt::Write as _;
use std::io::Read as _;

use anyhow::{Context, Result, bail};
use batch::erase::{Place, Report};
use clap::{Args, ValueEnum};
use serde_json::json;
use store::{Open, Person, PersonKind};

use super::Common;
use crate::config::Workspace;
use crate::{clock, lease, output};

/// Without --yes nothing is changed: it says what would go.
#[derive(Debug, Args)]
pub(crate) struct Erase {
    #[command(flatten)]
    common: Common,
    /// A contact's id, the id of an account that is a person or a household, or a mail address.
    who: String,
    /// What the id is of, where it may be of either.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Do it. It cannot be undone.
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A contact.
    Contact,
    /// An account.
    Account,
}

impl Kind {
    fn of_person(self) -> PersonKind {
        match self {
            Self::Contact => PersonKind::Contact,
            Self::Account => PersonKind::Account,
        }
    }
}

impl Erase {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadWrite).await?;
        let now_s = self.yes.then(clock::now_s);
        let work = async {
            if self.finish_earlier(&workspace).await? {
                return Ok(None);
            }
            let person = the_person(&workspace, &self.who, self.kind).await?;
            let report = batch::erase::erase(place(&workspace), &person, now_s).await?;
            Ok(Some(report))
        };
        let report = lease::hold(&workspace, "erase", work).await?;
        if self.yes {
            super::user::log(&workspace, "person.erase", (None, "command")).await?;
        }
        let backups = workspace.store.backups().await?;
        let backups: Vec<(String, String)> = backups
            .into_iter()
            .map(|(file, made_s)| (file, clock::shown(made_s, &workspace.zone)))
            .collect();
        let json = json!({
            "erased": self.yes,
            "report": report,
            "backups_not_clean": backups.iter().map(|(file, made)| json!({ "file": file, "made": made })).collect::<Vec<_>>(),
        });
        output::result(self.common.format, &self.text(report.as_ref(), &backups), &json)
    }

    /// Whether this person was erased before, perhaps by a command that was stopped: then its last steps are
    /// done again.
    async fn finish_earlier(&self, workspace: &Workspace) -> Result<bool> {
        let Some(erased) = workspace.store.erased().await? else { return Ok(false) };
        let known = ["contact", "account"].iter().any(|kind| erased.has(kind, &self.who))
            || erased.has("mail", &self.who.to_lowercase());
        if !known || !workspace.store.find_person(&self.who).await?.is_empty() {
            return Ok(false);
        }
        batch::erase::finish(place(workspace)).await?;
        Ok(true)
    }

    fn text(&self, report: Option<&Report>, backups: &[(String, String)]) -> String {
        let mut text = match report {
            None => format!("{} was erased before; nothing is left.", self.who),
            Some(report) => counted(&self.who, report, self.yes),
        };
        if !backups.is_empty() {
            text.push_str("\nBackups that were made before and are not clean: delete them when you no longer need them");
            for (file, made) in backups {
                let _ = write!(text, "\n  {made}  {file}");
            }
        }
        if report.is_some() && !self.yes {
            text.push_str("\nNothing was changed. To erase, say --yes; it cannot be undone.");
        }
        text
    }
}

fn counted(who: &str, report: &Report, done: bool) -> String {
    let (goes, blanked, anew) = if done {
        ("removed", "blanked", "was written anew")
    } else {
        ("would go", "would be blanked", "would be written anew")
    };
    let rows = |count: u64| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
    let mut text = if done {
        format!("All that was held about {who} is erased.")
    } else {
        format!("What erasing {who} would do:")
    };
    for (table, touched) in &report.tables {
        let parts = [(touched.removed, goes), (touched.blanked, blanked)];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{} {what}", rows(count)))
            .collect();
        let _ = write!(text, "\n  {table}: {}", parts.join(", "));
    }
    for file in &report.files {
        let _ = write!(text, "\n  {} {anew}", file.display());
    }
    if !report.elsewhere.is_empty() {
        text.push_str("\nThese files also name the person and are not the program's to change; delete or mend them:");
        for file in &report.elsewhere {
            let _ = write!(text, "\n  {}", file.display());
        }
    }
    text
}

/// Where to erase or look.
pub(crate) fn place(workspace: &Workspace) -> Place<'_> {
    Place { store: &workspace.store, lake: &workspace.lake, dir: &workspace.dir }
}

/// The one person that an id or mail address means.
pub(crate) async fn the_person(
    workspace: &Workspace,
    who: &str,
    kind: Option<Kind>,
) -> Result<Person> {
    let mut found = workspace.store.find_person(who).await?;
    found.retain(|found| kind.is_none_or(|kind| found.kind == kind.of_person()));
    match found.as_slice() {
        [one] => Ok(workspace.store.person(one, &salt()?).await?),
        [] => bail!(
            "there is no contact with the id or mail address {who}, and no account of the kind person or household \
             with that id. Companies are not persons: erase their contacts one by one"
        ),
        several => {
            let list: Vec<String> = several
                .iter()
                .map(|found| {
                    let account = found.account_id.as_deref().unwrap_or("none");
                    format!("\n  {} {} (account {account})", found.kind.word(), found.id)
                })
                .collect();
            bail!(
                "{who} may be several records; erase each by its id, with --kind if the ids are the same:{}",
                list.concat()
            )
        }
    }
}

/// Sixteen random bytes, in hexadecimal.
pub(crate) fn salt() -> Result<String> {
    let mut bytes = [0_u8; 16];
    let mut source =
        std::fs::File::open("/dev/urandom").context("the system gives no random numbers")?;
    source.read_exact(&mut bytes).context("the system gives no random numbers")?;
    Ok(bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}
