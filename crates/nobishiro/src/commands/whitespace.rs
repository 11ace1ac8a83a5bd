//! `nobishiro whitespace`: what a customer's group could have and has not, or all customers by product.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::Result;
use batch::night::{Night, Stage};
use batch::whitespace::{By, Group, People, Row, Totals, group, totals};
use clap::{Args, ValueEnum};
use decide::whitespace::State;
use domain::money::Currency;
use domain::words::Lang;
use store::Open;

use crate::config::Workspace;
use crate::{clock, output};

#[derive(Debug, Args)]
pub(crate) struct Whitespace {
    /// An account: its whole group, parent by company by department; without one, all customers by product.
    account: Option<String>,
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: std::path::PathBuf,
    /// Each product, or each line of products.
    #[arg(long, value_enum, default_value = "product")]
    by: ByWhat,
    /// How to print.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// The language of reasons.
    #[arg(long, value_parser = super::plays::lang, default_value = "en")]
    lang: Lang,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ByWhat {
    Product,
    Line,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
}

impl Whitespace {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.workspace, Open::ReadOnly).await?;
        let night = Night {
            store: &workspace.store,
            lake: workspace.lake.clone(),
            runs: workspace.dir.join("runs"),
            zone: workspace.zone.clone(),
            currency: workspace.currency,
            policy: &workspace.live.policy,
            policy_text: &workspace.live.text,
            policy_version: workspace.live.number(),
            as_of: None,
            today: clock::today(&workspace.zone),
            seed: 1,
            until: Stage::Plan,
            progress: &|_| {},
        };
        let by = match self.by {
            ByWhat::Product => By::Product,
            ByWhat::Line => By::Line,
        };
        let currency = workspace.currency;
        if let Some(account) = &self.account {
            let group = group(&night, account, by).await?;
            return match self.format {
                Format::Table => output::line(&table(&group, currency, self.lang)),
                Format::Csv => output::line(&csv(&group, currency, self.lang)?),
                Format::Json => output::line(&serde_json::to_string_pretty(&group)?),
            };
        }
        let totals = totals(&night, by).await?;
        match self.format {
            Format::Table => output::line(&totals_table(&totals, currency, self.lang)),
            Format::Csv => output::line(&totals_csv(&totals, currency)?),
            Format::Json => output::line(&serde_json::to_string_pretty(&totals)?),
        }
    }
}

fn state(code: &str, lang: Lang) -> String {
    let found = State::ALL.into_iter().find(|state| state.code() == code);
    found.map_or_else(String::new, |state| state.words().get(lang).to_owned())
}

/// Members from the root down, each with its products; first what each has, then what it could have.
fn table(group: &Group, currency: Currency, lang: Lang) -> String {
    let mut text = match lang {
        Lang::Ja => format!("{}時点(実行 {})", group.as_of, group.run_id),
        Lang::En => format!("As of {} (run {})", group.as_of, group.run_id),
    };
    let mut last = "";
    for row in &group.rows {
        let indent = "  ".repeat(row.depth);
        if row.account_id != last {
            let _ = write!(text, "\n\n{indent}{} ({})", row.account, row.account_id);
            last = &row.account_id;
            if let Some(people) = group.people.iter().find(|it| it.account_id == row.account_id) {
                let _ = write!(text, "\n{indent}  {}", decides(people, lang));
            }
        }
        let expected = match row.expected_minor {
            Some(minor) if row.state == State::Gap.code() => {
                format!("  {}", currency.display(minor))
            }
            _ => String::new(),
        };
        let _ = write!(
            text,
            "\n{indent}  {}  {} ({}){expected}: {}",
            state(row.state, lang),
            row.product,
            row.product_id,
            row.because.said.get(lang)
        );
        for proof in &row.proof {
            let _ = write!(text, "\n{indent}    · {} [{}]", proof.said.get(lang), proof.source);
        }
    }
    text
}

/// Who decides, and the way there.
fn decides(people: &People, lang: Lang) -> String {
    let People { decide, champions, path, ask, .. } = people;
    let (decide, champions) = (decide.join(", "), champions.join(", "));
    let mut text = match (lang, ask, decide.is_empty()) {
        (Lang::Ja, Some(ask), _) => format!("決裁者が未確認です。{ask}に確認してください"),
        (Lang::En, Some(ask), _) => format!("No known decision maker: ask {ask}"),
        (Lang::Ja, None, true) => "担当者の登録がありません".to_owned(),
        (Lang::En, None, true) => "No contacts on record".to_owned(),
        (Lang::Ja, None, false) => format!("決裁: {decide}"),
        (Lang::En, None, false) => format!("Decides: {decide}"),
    };
    if !champions.is_empty() {
        text.push_str(if lang == Lang::Ja { "、推進者: " } else { "; champion: " });
        text.push_str(&champions);
    }
    if !path.is_empty() {
        text.push_str(if lang == Lang::Ja { "、経路: " } else { "; way: " });
        text.push_str(&path.join(" → "));
    }
    text
}

fn csv(group: &Group, currency: Currency, lang: Lang) -> Result<String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "account_id",
        "account",
        "kind",
        "parent_id",
        "line",
        "product_id",
        "product",
        "state",
        "blocked_by",
        "reason",
        "source",
        "as_of",
        "expected_profit",
        "proof",
    ])?;
    for row in &group.rows {
        let proof: Vec<&str> = row.proof.iter().map(|line| line.said.get(lang)).collect();
        let Row { account_id, account, kind, product_id, product, because, .. } = row;
        out.write_record([
            account_id,
            account,
            kind,
            row.parent_id.as_deref().unwrap_or_default(),
            row.line.as_deref().unwrap_or_default(),
            product_id,
            product,
            row.state,
            row.blocked_by.as_deref().unwrap_or_default(),
            because.said.get(lang),
            &because.source,
            because.on.as_deref().unwrap_or_default(),
            &row.expected_minor.map_or_else(String::new, |minor| currency.decimal(minor)),
            &proof.join(" "),
        ])?;
    }
    Ok(String::from_utf8(out.into_inner()?)?)
}

fn totals_table(totals: &Totals, currency: Currency, lang: Lang) -> String {
    let mut text = match lang {
        Lang::Ja => format!(
            "{}時点(実行 {}): 顧客数と、未導入の提案の期待増分利益",
            totals.as_of, totals.run_id
        ),
        Lang::En => format!(
            "As of {} (run {}): customers, and what offers in the gaps would earn",
            totals.as_of, totals.run_id
        ),
    };
    for row in &totals.rows {
        let _ = write!(text, "\n{} ({})", row.product, row.product_id);
        for (code, n) in ordered(&row.accounts) {
            let _ = write!(text, "  {} {n}", state(code, lang));
        }
        let _ = write!(text, "  {}", currency.display(row.gap_expected_minor));
    }
    text
}

fn ordered<'a>(
    accounts: &'a BTreeMap<&'static str, u64>,
) -> impl Iterator<Item = (&'static str, u64)> + 'a {
    State::ALL.into_iter().filter_map(|state| Some((state.code(), *accounts.get(state.code())?)))
}

fn totals_csv(totals: &Totals, currency: Currency) -> Result<String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let states = State::ALL.map(State::code);
    let head = ["line", "product_id", "product"].into_iter().chain(states);
    out.write_record(head.chain(["gap_expected_profit"]))?;
    for row in &totals.rows {
        let counts = states.map(|code| row.accounts.get(code).copied().unwrap_or(0).to_string());
        let expected = currency.decimal(row.gap_expected_minor);
        let first =
            [row.line.clone().unwrap_or_default(), row.product_id.clone(), row.product.clone()];
        out.write_record(first.iter().chain(&counts).chain([&expected]))?;
    }
    Ok(String::from_utf8(out.into_inner()?)?)
}
