//! Who will likely buy unasked (「自然に申し込む見込み(案内のみ)」): for a prompt or mail, without a rep's hours.

use std::collections::HashMap;
use std::fmt::Write;

use anyhow::{Result, bail};
use domain::motion::Channel;
use domain::words::Lang;
use serde::Serialize;
use store::NaturalRow;

use super::table::{either, percent};
use super::{Format, Plays, cells, names};
use crate::config::Workspace;

/// One of them, as exported.
#[derive(Debug, Clone, Serialize)]
struct Line {
    account_id: String,
    account: String,
    contact_id: String,
    offer_id: String,
    product_id: String,
    motion: String,
    owner: String,
    channel: String,
    due: String,
    probability_unasked: String,
    probability_contacted: String,
    title: String,
    why_now: String,
    reason: String,
    next_step: String,
    play_id: String,
}

const COLUMNS: [&str; 16] = [
    "account_id",
    "account",
    "contact_id",
    "offer_id",
    "product_id",
    "motion",
    "owner",
    "channel",
    "due",
    "probability_unasked",
    "probability_contacted",
    "title",
    "why_now",
    "reason",
    "next_step",
    "play_id",
];
const TEXTS: [&str; 5] = ["account", "title", "why_now", "reason", "next_step"];

/// Reads all of a run's: a list for machines has no pages.
const ALL: u32 = u32::MAX >> 1;

/// The list in the format asked for.
pub(super) async fn bytes(workspace: &Workspace, asked: &Plays) -> Result<Vec<u8>> {
    let run = batch::night::current(&workspace.store).await?;
    let (mut rows, _) = workspace.store.natural(&run.run_id, ALL).await?;
    // While offers are stopped nothing is prompted.
    rows.retain(|_| workspace.live.stop.is_none());
    let lines = lines(workspace, rows, asked).await?;
    Ok(match asked.format {
        Format::Table => text(&lines, &run.as_of, asked.lang).into_bytes(),
        Format::Csv => cells::csv(&COLUMNS, &TEXTS, lines.into_iter().map(row), asked.begin())?,
        Format::Json => serde_json::to_vec_pretty(&lines)?,
        Format::Xlsx => {
            bail!("this list is written as table, csv or json: choose one with --format")
        }
    })
}

async fn lines(workspace: &Workspace, rows: Vec<NaturalRow>, asked: &Plays) -> Result<Vec<Line>> {
    let accounts = names(workspace, "accounts", "account_id").await?;
    let keys: HashMap<i64, String> =
        workspace.store.all_account_keys().await?.into_iter().collect();
    let contacts: HashMap<i64, String> =
        workspace.store.all_contact_keys().await?.into_iter().collect();
    let of_rep = |row: &NaturalRow| asked.rep.is_none() || row.owner == asked.rep;
    let line = |row: NaturalRow| {
        let account_id = keys.get(&row.account_key).cloned().unwrap_or_default();
        let said = |ja: String, en: String| match asked.lang {
            Lang::Ja => ja,
            Lang::En => en,
        };
        Line {
            account: accounts.get(&account_id).cloned().unwrap_or_else(|| account_id.clone()),
            account_id,
            contact_id: row
                .contact_key
                .and_then(|key| contacts.get(&key).cloned())
                .unwrap_or_default(),
            offer_id: row.offer_id,
            product_id: row.product_id.unwrap_or_default(),
            motion: row.motion,
            owner: row.owner.unwrap_or_default(),
            channel: row.channel,
            due: row.due.unwrap_or_default(),
            probability_unasked: format!("{:.4}", row.unasked),
            probability_contacted: format!("{:.4}", row.contacted),
            title: said(row.title_ja, row.title_en),
            why_now: said(row.why_now_ja, row.why_now_en),
            reason: said(row.reason_ja, row.reason_en),
            next_step: said(row.next_step_ja, row.next_step_en),
            play_id: row.play_id,
        }
    };
    Ok(rows.into_iter().filter(of_rep).map(line).collect())
}

fn row(line: Line) -> [String; 16] {
    [
        line.account_id,
        line.account,
        line.contact_id,
        line.offer_id,
        line.product_id,
        line.motion,
        line.owner,
        line.channel,
        line.due,
        line.probability_unasked,
        line.probability_contacted,
        line.title,
        line.why_now,
        line.reason,
        line.next_step,
        line.play_id,
    ]
}

fn text(lines: &[Line], as_of: &str, lang: Lang) -> String {
    let n = lines.len();
    let mut text = match lang {
        Lang::Ja => format!("{as_of} 時点で自然に申し込む見込み(案内のみ) {n}件\n"),
        Lang::En => format!("Likely to buy unasked as of {as_of} (prompt only): {n}\n"),
    };
    if lines.is_empty() {
        text.push_str(either(
            lang,
            "上限への接近・契約更新・お問い合わせのある顧客のうち、ご連絡しなくても申し込まれる見込みと実績から推定できる顧客はいません。\n",
            "No customer with a limit near, a renewal or an enquiry is estimated, from its like, to buy unasked.\n",
        ));
    }
    for line in lines {
        let share = |text: &str| percent(text.parse().unwrap_or(0.0));
        let (unasked, contacted) =
            (share(&line.probability_unasked), share(&line.probability_contacted));
        let channel = Channel::parse(&line.channel)
            .map_or_else(|| line.channel.clone(), |c| c.words().get(lang).to_owned());
        let _ = match lang {
            Lang::Ja => writeln!(
                text,
                "\n  {}   {}   働きかけなし {unasked} %、ご連絡した場合 {contacted} %   {channel}\n      理由: {}{}\n      案内: {}\n      {}  {}  [{}]",
                line.account,
                line.title,
                line.why_now,
                line.reason,
                line.next_step,
                line.account_id,
                line.offer_id,
                line.play_id
            ),
            Lang::En => writeln!(
                text,
                "\n  {}   {}   {unasked} % unasked, {contacted} % with contact   {channel}\n      Why: {} {}\n      Send: {}\n      {}  {}  [{}]",
                line.account,
                line.title,
                line.why_now,
                line.reason,
                line.next_step,
                line.account_id,
                line.offer_id,
                line.play_id
            ),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_every_field_in_order() {
        let line = Line {
            account_id: String::new(),
            account: String::new(),
            contact_id: String::new(),
            offer_id: String::new(),
            product_id: String::new(),
            motion: String::new(),
            owner: String::new(),
            channel: String::new(),
            due: String::new(),
            probability_unasked: "0.4000".to_owned(),
            probability_contacted: String::new(),
            title: String::new(),
            why_now: String::new(),
            reason: String::new(),
            next_step: String::new(),
            play_id: "p".to_owned(),
        };
        let json = serde_json::to_string(&line).expect("JSON");
        let places: Vec<_> =
            COLUMNS.iter().map(|name| json.find(&format!("\"{name}\":"))).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{json}");
        assert_eq!((row(line)[9].as_str(), COLUMNS[9]), ("0.4000", "probability_unasked"));
    }
}
