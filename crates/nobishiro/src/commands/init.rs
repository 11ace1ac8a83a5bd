//! `nobishiro init`: a workspace.

use std::fs;
use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use decide::policy::Policy;
use serde_json::json;
use store::Open;

use crate::config::{self, Workspace};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder; made if it is not there.
    dir: PathBuf,
    /// ISO 4217 code of all sums; asked on a terminal, else JPY.
    #[arg(long)]
    currency: Option<String>,
    /// IANA time zone in which days end; asked on a terminal, else Asia/Tokyo.
    #[arg(long)]
    zone: Option<String>,
    /// Keep the store in PostgreSQL: postgres://user@host:5432/database?schema=name (password from
    /// NOBISHIRO_DATABASE_PASSWORD); default: SQLite in the folder.
    #[arg(long)]
    database: Option<String>,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Init {
    pub(crate) async fn run(self) -> Result<()> {
        let path = self.dir.join("nobishiro.toml");
        if path.exists() {
            bail!("{} is a workspace already; edit {} instead", self.dir.display(), path.display());
        }
        let (currency, currency_said) =
            answer(self.currency, "Currency of all sums (ISO 4217)", "JPY")?;
        config::currency(&currency)?;
        let (zone, zone_said) = answer(self.zone, "Time zone in which days end", "Asia/Tokyo")?;
        config::zone(&zone)?;
        fs::create_dir_all(&self.dir)
            .with_context(|| format!("could not make {}", self.dir.display()))?;
        let database = match &self.database {
            Some(url) => format!("database = {}\n", toml::Value::String(url.clone())),
            None => "# database = \"postgres://user@host:5432/database?schema=name\"   # default: SQLite beside this file\n".to_owned(),
        };
        let text = format!(
            "# A Nobishiro workspace: one client company.\n\n\
             # Currency of all sums (ISO 4217); amounts in others stay out of sums until there is a rate.\n\
             currency = \"{currency}\"\n\n\
             # Days end at midnight of this zone (IANA name).\n\
             zone = \"{zone}\"\n\n\
             # Where entities, plays and outcomes are kept. The password comes from NOBISHIRO_DATABASE_PASSWORD.\n\
             {database}\n\
             # What is kept for how long, in months; what is not stated is kept for ever.\n\
             # [retention]\n\
             # usage_months = 36\n\
             # web_events_months = 25\n\
             # orders_months = 120\n\
             # runs_months = 6\n\
             # row_issues_months = 6\n\n\
             # What may be uploaded in the browser: megabytes of a file and of an upload, files, days they are kept.\n\
             # [uploads]\n\
             # file_mb = 2048\n\
             # total_mb = 8192\n\
             # files = 50\n\
             # kept_days = 30\n"
        );
        fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))?;
        let policy = self.dir.join("policy.toml");
        if !policy.exists() {
            fs::write(&policy, Policy::default_text())
                .with_context(|| format!("could not write {}", policy.display()))?;
        }
        Workspace::open(&self.dir, Open::ReadWrite).await?;
        let said = format!(
            "Made the workspace {dir}.\n  currency {currency}{currency_said}, zone {zone}{zone_said}: change them in {config} before the first ingest\n  an hour of a rep counts as free until `value.hourly_rate_minor` is set in {policy}\nNext: nobishiro ingest --workspace {shell} FILES",
            dir = self.dir.display(),
            shell = output::shell(&self.dir),
            config = path.display(),
            policy = policy.display(),
        );
        output::result(
            self.format,
            &said,
            &json!({ "workspace": self.dir, "currency": currency, "zone": zone }),
        )
    }
}

/// The flag's value, else what a person answers, else the default, which is said.
fn answer(given: Option<String>, question: &str, default: &str) -> Result<(String, &'static str)> {
    if let Some(given) = given {
        return Ok((given, ""));
    }
    if !io::stdin().is_terminal() {
        return Ok((default.to_owned(), " (assumed)"));
    }
    output::say(&format!("{question} [{default}]: "));
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let line = line.trim();
    Ok(if line.is_empty() { (default.to_owned(), " (assumed)") } else { (line.to_owned(), "") })
}
