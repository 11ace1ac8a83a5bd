//! `nobishiro duplicates`: accounts that look like one company, and what people decide of them.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;
use batch::duplicates::{self, Decided, Proposed};
use clap::{Args, Subcommand};
use domain::words::Lang;
use store::Open;

use crate::config::Workspace;
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Duplicates {
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    workspace: PathBuf,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
    /// The language of the reasons.
    #[arg(long, value_parser = super::plays::lang, default_value = "en", global = true)]
    lang: Lang,
    #[command(subcommand)]
    verdict: Option<Verdict>,
}

#[derive(Debug, Subcommand)]
enum Verdict {
    /// They are one: ACCOUNT is merged into INTO, and counts as it from the next run on.
    Confirm {
        /// The id that goes.
        account: String,
        /// The id that stands for both.
        into: String,
    },
    /// They are two: the pair is not proposed again.
    Reject {
        /// One of them.
        account: String,
        /// The other.
        other: String,
    },
    /// Takes back what was decided of a pair.
    Undo {
        /// One of them.
        account: String,
        /// The other.
        other: String,
    },
}

/// Pairs shown to people; the JSON answer has all.
const SHOWN_MAX: usize = 50;

impl Duplicates {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.workspace, Open::ReadWrite).await?;
        let store = &workspace.store;
        let decided = match &self.verdict {
            None => {
                let proposed = duplicates::propose(store).await?;
                return output::result(self.format, &say(&proposed, self.lang), &proposed);
            }
            Some(Verdict::Confirm { account, into }) => {
                duplicates::confirm(store, account, into).await?
            }
            Some(Verdict::Reject { account, other }) => {
                duplicates::reject(store, account, other).await?
            }
            Some(Verdict::Undo { account, other }) => {
                duplicates::undo(store, account, other).await?
            }
        };
        output::result(self.format, &say_decided(&decided, self.lang), &decided)
    }
}

fn say(proposed: &Proposed, lang: Lang) -> String {
    let (pairs, groups) = (proposed.pairs.len(), proposed.groups.len());
    if pairs == 0 {
        return match lang {
            Lang::Ja => "重複と思われる顧客はありません".to_owned(),
            Lang::En => "No accounts look like one company".to_owned(),
        };
    }
    let mut text = match lang {
        Lang::Ja => {
            format!("重複と思われる組: {pairs} ({groups} グループ)。確認するまで統合しません")
        }
        Lang::En => format!(
            "{} in {} look like one company; none is merged before you confirm it",
            counted(pairs, "pair"),
            counted(groups, "group"),
        ),
    };
    for pair in proposed.pairs.iter().take(SHOWN_MAX) {
        let _ = write!(
            text,
            "\n\n  {:.2}  {} {}  =  {} {}",
            pair.score, pair.account_id, pair.name, pair.into_id, pair.into_name
        );
        for reason in &pair.reasons {
            let _ = write!(text, "\n        {}", reason.get(lang));
        }
        let _ = write!(
            text,
            "\n        nobishiro duplicates confirm {} {}",
            pair.account_id, pair.into_id
        );
    }
    if pairs > SHOWN_MAX {
        let _ = write!(text, "\n\n  … (--format json: {pairs})");
    }
    text.push_str(match lang {
        Lang::Ja => "\n\n別の会社なら: nobishiro duplicates reject A B。取り消し: undo A B",
        Lang::En => "\n\nTwo companies after all: nobishiro duplicates reject A B. To take either back: undo A B",
    });
    text
}

fn counted(many: usize, what: &str) -> String {
    format!("{many} {what}{}", if many == 1 { "" } else { "s" })
}

fn say_decided(decided: &Decided, lang: Lang) -> String {
    let (a, b) = (&decided.account_id, &decided.other_id);
    match (decided.verdict, lang) {
        ("merged", Lang::Ja) => {
            format!("{a} を {b} に統合しました。次回の実行から一つの顧客として扱います")
        }
        ("merged", Lang::En) => format!("{a} is merged into {b}: one account from the next run on"),
        ("distinct", Lang::Ja) => format!("{a} と {b} は別の会社です。今後は提案しません"),
        ("distinct", Lang::En) => format!("{a} and {b} are two companies; not proposed again"),
        (_, Lang::Ja) => format!("{a} と {b} についての決定を取り消しました"),
        (_, Lang::En) => format!("What was decided of {a} and {b} is taken back"),
    }
}
