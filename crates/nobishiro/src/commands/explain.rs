//! `nobishiro explain`: why, why now, why not.

use std::fmt::Write;

use anyhow::Result;
use batch::explain::{Account, Answer, Explained};
use batch::night::{Night, Stage};
use clap::Args;
use decide::card::{Card, Line};
use domain::money::Currency;
use domain::motion::Fate;
use domain::words::Lang;
use store::Open;

use super::Common;
use crate::config::Workspace;
use crate::{clock, output};

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    common: Common,
    /// A play's id, or an account's id.
    subject: String,
    /// An offer's id, or a product's id or name: also one that was never generated.
    #[arg(long, value_name = "OFFER")]
    offer: Option<String>,
    /// The language of reasons.
    #[arg(long, value_parser = super::plays::lang, default_value = "en")]
    lang: Lang,
}

impl Explain {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadOnly).await?;
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
        match batch::explain::explain(&night, &self.subject, self.offer.as_deref()).await? {
            Answer::Offer(offer) => output::result(
                self.common.format,
                &say(&offer, workspace.currency, self.lang),
                &offer,
            ),
            Answer::Account(account) => output::result(
                self.common.format,
                &say_account(&account, workspace.currency, self.lang),
                &account,
            ),
        }
    }
}

/// One heading in both languages.
fn heading(lang: Lang, ja: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

fn change(lang: Lang) -> &'static str {
    heading(lang, "提案に進む条件", "What would have to change")
}

fn fate(code: &str, lang: Lang) -> String {
    if code == "kept" {
        return heading(lang, "回答時の提案", "As it was answered").to_owned();
    }
    Fate::parse(code).map_or_else(
        || heading(lang, "候補にありません", "Not generated").to_owned(),
        |fate| fate.words().get(lang).to_owned(),
    )
}

fn say(offer: &Explained, currency: Currency, lang: Lang) -> String {
    let mut text = format!(
        "{}  {}\n{}: {}",
        offer.account_id,
        offer.offer_id,
        fate(&offer.fate, lang),
        offer.reason.get(lang)
    );
    if let Some(rank) = offer.rank {
        let _ = write!(
            text,
            "\n{} {rank}  {}  {}",
            heading(lang, "順位", "Rank"),
            offer.owner.as_deref().unwrap_or("-"),
            offer.week.as_deref().unwrap_or("-")
        );
    }
    if let Some(by) = &offer.displaced_by {
        let _ = write!(text, "\n{}: {by}", heading(lang, "代わりに選ばれた提案", "Displaced by"));
    }
    if let Some(line) = &offer.would_change {
        let _ = write!(text, "\n{}: {}", change(lang), line.said.get(lang));
        let on = line.on.as_deref().map_or(String::new(), |on| format!(", {on}"));
        let _ = write!(text, "  [{}{on}]", line.source);
    }
    if let Some(state) = &offer.state {
        let _ = write!(text, "\n{}: {}", heading(lang, "状態", "State"), state.get(lang));
    }
    for told in &offer.life {
        let by = told.by.as_deref().map_or(String::new(), |by| format!(" ({by})"));
        let _ = write!(text, "\n  {} {}{by}", told.on, told.said.get(lang));
    }
    if let Some(card) = &offer.card {
        say_card(&mut text, card, currency, lang);
    }
    let _ = write!(
        text,
        "\n\n({} {}, run {})",
        heading(lang, "時点", "as of"),
        offer.as_of,
        offer.run_id
    );
    text
}

fn say_card(text: &mut String, card: &Card, currency: Currency, lang: Lang) {
    let _ = write!(text, "\n\n{}", card.title.get(lang));
    let lines = |text: &mut String, title: &str, lines: &[Line]| {
        let _ = write!(text, "\n\n{title}");
        if lines.is_empty() {
            text.push_str("\n  -");
        }
        for (place, line) in lines.iter().enumerate() {
            if lines[..place].contains(line) {
                continue;
            }
            let _ = write!(text, "\n  {}", line.said.get(lang));
            match (line.source.as_str(), line.on.as_deref()) {
                ("", _) => {}
                (source, None) => drop(write!(text, "  [{source}]")),
                (source, Some(on)) => drop(write!(text, "  [{source}, {on}]")),
            }
        }
    };
    lines(text, heading(lang, "今ご提案する理由", "Why now"), &card.why_now);
    // What is said above is not said again.
    let again = |line: &&Line| card.why_now.iter().all(|above| above.said != line.said);
    let why_this: Vec<Line> = card.why_this.iter().filter(again).cloned().collect();
    lines(text, heading(lang, "この提案の理由", "Why this"), &why_this);
    lines(text, heading(lang, "見込みの根拠", "How the odds are known"), &card.odds);
    let split = &card.split;
    let _ = write!(
        text,
        "\n\n{}\n  {} {}, {} {}, {} {}, {} {}",
        heading(
            lang,
            "期待増分利益(24か月・粗利)の内訳",
            "Expected incremental profit (24 months, margin)"
        ),
        heading(lang, "受注", "acceptance"),
        currency.display(split.acceptance_minor),
        heading(lang, "継続", "retention"),
        currency.display(split.retention_minor),
        heading(lang, "特典", "incentive"),
        currency.display(split.incentive_minor),
        heading(lang, "工数", "effort"),
        currency.display(split.effort_minor),
    );
    let _ = write!(text, "\n\n{}", heading(lang, "提案前チェック", "Checks"));
    say_checks(text, card, lang);
    let _ = write!(text, "\n\n{}", heading(lang, "ほかの提案との比較", "Beside other offers"));
    for other in &card.compared {
        let _ = write!(
            text,
            "\n  {} {} ({}): {}",
            other.offer_id,
            currency.display(other.expected_minor),
            fate(&other.fate, lang),
            other.said.get(lang)
        );
    }
    let _ = write!(
        text,
        "\n\n{}\n  {}",
        heading(lang, "次の一手", "Next step"),
        card.next_step.get(lang)
    );
    say_steps(text, card, lang);
}

/// What every guard says.
fn say_checks(text: &mut String, card: &Card, lang: Lang) {
    // Where every check says the same, it is said once.
    let same = card.checks.windows(2).all(|pair| pair[0].said == pair[1].said);
    let checks = if same { &card.checks[..card.checks.len().min(1)] } else { &card.checks[..] };
    for check in checks {
        let until = check.until.as_deref().map_or(String::new(), |until| format!(" → {until}"));
        let guard = if same { heading(lang, "すべて", "all") } else { check.guard.as_str() };
        let _ = write!(text, "\n  {} {guard}{until}: {}", check.says, check.said.get(lang));
    }
}

/// The steps of the work, with the names and words that belong to them.
fn say_steps(text: &mut String, card: &Card, lang: Lang) {
    if !card.steps.is_empty() {
        let _ = write!(text, "\n\n{}", heading(lang, "手順", "Steps"));
    }
    for (place, step) in (1..).zip(&card.steps) {
        let week = match lang {
            Lang::Ja => format!("{}の週", step.due_week),
            Lang::En => format!("week of {}", step.due_week),
        };
        let _ = write!(text, "\n  {place}. {} ({} h, {week})", step.text(lang), step.hours);
    }
}

fn say_account(account: &Account, currency: Currency, lang: Lang) -> String {
    let mut text = format!(
        "{} ({} {}, run {})",
        account.account_id,
        heading(lang, "時点", "as of"),
        account.as_of,
        account.run_id
    );
    if let Some(silent) = &account.silent {
        let _ = write!(text, "\n{}", silent.get(lang));
    }
    for offer in &account.offers {
        let title =
            offer.card.as_ref().map_or(offer.offer_id.as_str(), |card| card.title.get(lang));
        let expected = offer.card.as_ref().map_or(String::new(), |card| {
            let split = &card.split;
            let whole = split.acceptance_minor
                + split.retention_minor
                + split.incentive_minor
                + split.effort_minor;
            format!("  {}", currency.display(whole))
        });
        let _ = write!(
            text,
            "\n\n{}  {title}{expected}\n  {}: {}",
            offer.offer_id,
            fate(&offer.fate, lang),
            offer.reason.get(lang)
        );
        if let Some(line) = &offer.would_change {
            let _ = write!(text, "\n  {}: {}", change(lang), line.said.get(lang));
        }
        for line in offer.card.iter().flat_map(|card| &card.why_now) {
            let _ = write!(text, "\n  · {}", line.said.get(lang));
        }
    }
    text
}
