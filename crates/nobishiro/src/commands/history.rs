//! `nobishiro history`: an account's contracts on a day, and every change.

use std::fmt::Write;

use anyhow::Result;
use batch::history::{Answer, Ask};
use clap::Args;
use domain::time::Day;
use domain::words::Lang;
use store::Open;

use super::Common;
use crate::config::Workspace;
use crate::{clock, output};

#[derive(Debug, Args)]
pub(crate) struct History {
    #[command(flatten)]
    common: Common,
    /// The account's id.
    account: String,
    /// What was in force on this day; default: today.
    #[arg(long, value_name = "DATE", value_parser = super::run::day)]
    on: Option<Day>,
    /// The language of the answer.
    #[arg(long, value_parser = super::plays::lang, default_value = "en")]
    lang: Lang,
}

impl History {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadOnly).await?;
        let ask = Ask {
            store: &workspace.store,
            zone: &workspace.zone,
            currency: workspace.currency,
            account: &self.account,
            on: self.on.unwrap_or_else(|| clock::today(&workspace.zone)),
        };
        let answer = batch::history::answer(&ask).await?;
        output::result(self.common.format, &say(&answer, self.lang), &answer)
    }
}

fn either<'a>(lang: Lang, ja: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

fn say(answer: &Answer, lang: Lang) -> String {
    let mut text = answer.account_id.clone();
    if let Some(from) = &answer.merged_from {
        let _ = match lang {
            Lang::Ja => write!(text, "({from} を統合)"),
            Lang::En => write!(text, " (stands for {from}, which was merged into it)"),
        };
    }
    let _ = match lang {
        Lang::Ja => write!(text, "\n\n{} 時点の契約", answer.on),
        Lang::En => write!(text, "\n\nContracts on {}", answer.on),
    };
    if answer.contracts.is_empty() {
        let _ = write!(text, "\n  {}", either(lang, "有効な契約はありません", "none in force"));
    }
    for held in &answer.contracts {
        let terms = &held.terms;
        let _ = write!(text, "\n  {}  {}", held.subscription_id, terms.product_id);
        if let Some(seats) = terms.seats {
            let _ = write!(text, "  {seats}{}", either(lang, "席", " seats"));
        }
        if let Some(mrr) = &terms.mrr {
            let _ = write!(text, "  {mrr} {}{}", terms.currency, either(lang, "/月", " a month"));
        }
        let until = held.until.as_deref().unwrap_or("");
        let _ = write!(text, "  ({} – {until})", held.from);
    }
    match &answer.mrr {
        Some(mrr) if !answer.contracts.is_empty() => {
            let sum = either(lang, "月次経常収益の合計", "Monthly recurring revenue in all");
            let _ = write!(text, "\n  {sum}: {mrr} {}", answer.currency);
        }
        None => text.push_str(either(
            lang,
            "\n  換算レートがないため合計できません(rates.csv に追加してください)",
            "\n  no sum: a rate is missing (add it to rates.csv)",
        )),
        Some(_) => {}
    }
    say_changes(&mut text, answer, lang);
    text
}

fn say_changes(text: &mut String, answer: &Answer, lang: Lang) {
    let _ = write!(text, "\n\n{}", either(lang, "変更の履歴", "Changes"));
    if answer.changes.is_empty() {
        text.push_str("\n  -");
    }
    for change in &answer.changes {
        let product = change.after.as_ref().or(change.before.as_ref());
        let _ = write!(
            text,
            "\n  {}  {} {}: {}  [{}]",
            change.on,
            change.subscription_id,
            product.map_or("", |terms| terms.product_id.as_str()),
            change.said.get(lang),
            change.source
        );
        for old in &change.corrected {
            let seats = old.seats.map_or("-".to_owned(), |seats| seats.to_string());
            let mrr = old.mrr.as_deref().unwrap_or("-");
            let _ = match lang {
                Lang::Ja => write!(text, "\n      訂正前: {seats}席、月額 {mrr}  [{}]", old.source),
                Lang::En => write!(
                    text,
                    "\n      corrected; before: {seats} seats, {mrr} a month  [{}]",
                    old.source
                ),
            };
        }
    }
}
