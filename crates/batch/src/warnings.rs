//! What the data make doubtful as a whole: settings that changed since files were read, currencies without
//! a rate, month-end sheets that are left aside or cut short. `run` and `check` say the same.

mod groups;

use std::collections::{BTreeMap, BTreeSet};

use decide::card::Said;
use decide::catalogue::{Catalogue, GivenOffer};
use decide::eligibility::{ATTRIBUTES, Eligibility};
use domain::money::Currency;
use domain::time::{Day, Zone};
use domain::words::Words;
use serde::Serialize;
use store::{ReadUnder, Store};

use crate::features::FEATURES;
use crate::known;
use crate::score;
use crate::snapshot::Snapshot;

/// Something to be said once, beside the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What kind of thing.
    pub code: &'static str,
    /// What, since when, and how to mend it.
    pub said: Said,
}

fn warning(code: &'static str, ja: String, en: String) -> Warning {
    Warning { code, said: Said { ja, en } }
}

/// Every warning about the entities as of a day; `order_lines` are those of the lake without a rate.
pub async fn all(
    store: &Store,
    snapshot: &Snapshot,
    order_lines: &[(String, u64)],
) -> Result<Vec<Warning>, store::StoreError> {
    let read = store.settings_of_files().await?;
    let mut warnings = settings(&read, snapshot.currency, &snapshot.zone);
    warnings.extend(without_rate(snapshot, order_lines));
    warnings.extend(sheets(snapshot));
    warnings.extend(groups::split(snapshot));
    warnings.extend(offers(snapshot));
    Ok(warnings)
}

/// Files that were read under another currency or zone than today's.
pub fn settings(read: &[ReadUnder], currency: Currency, zone: &Zone) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (old, files) in others(read, currency.code(), |file| &file.currency) {
        let (count, until) = (files.len(), last_day(&files));
        warnings.push(warning(
            "currency_changed",
            format!(
                "nobishiro.toml の通貨は {currency} ですが、{count} ファイル(例: {}、最終 {until})は {old} で取り込まれています。\
                 {old} の金額は換算レート(rates.csv)がなければ合計に入らず、通貨列のない表(mrr_snapshots、offers)の金額は {currency} と読まれます。\
                 通貨を {old} に戻すか、すべてのファイルを取り込み直してください",
                files[0].file
            ),
            format!(
                "nobishiro.toml says {currency}, but {count} files (as {}, last on {until}) were taken in {old}. \
                 Amounts in {old} stay out of sums unless rates.csv has a rate, and those of tables without a \
                 currency column (mrr_snapshots, offers) are read as {currency}. Set the currency back to {old}, \
                 or ingest every file again",
                files[0].file
            ),
        ));
    }
    for (old, files) in others(read, zone.name(), |file| &file.zone) {
        let (count, until, new) = (files.len(), last_day(&files), zone.name());
        warnings.push(warning(
            "zone_changed",
            format!(
                "nobishiro.toml のタイムゾーンは {new} ですが、{count} ファイル(例: {}、最終 {until})は {old} で取り込まれています。\
                 オフセットのない日時は {old} の時刻として保存されており、日付が前後にずれることがあります。\
                 {old} に戻すか、新しいワークスペースにすべてのファイルを取り込み直してください",
                files[0].file
            ),
            format!(
                "nobishiro.toml says {new}, but {count} files (as {}, last on {until}) were taken in {old}. Times \
                 without an offset are stored as {old} meant them, so that their days may shift. Set the zone back \
                 to {old}, or ingest every file into a new workspace",
                files[0].file
            ),
        ));
    }
    warnings
}

/// The files by a setting that is not today's.
fn others<'a>(
    read: &'a [ReadUnder],
    now: &str,
    setting: fn(&ReadUnder) -> &String,
) -> BTreeMap<&'a String, Vec<&'a ReadUnder>> {
    let mut by: BTreeMap<&String, Vec<&ReadUnder>> = BTreeMap::new();
    for file in read.iter().filter(|file| setting(file) != now) {
        by.entry(setting(file)).or_default().push(file);
    }
    by
}

fn last_day(files: &[&ReadUnder]) -> String {
    files.iter().map(|file| file.taken_on.clone()).max().unwrap_or_default()
}

fn without_rate(snapshot: &Snapshot, order_lines: &[(String, u64)]) -> Vec<Warning> {
    let orders = order_lines.iter().map(|(code, rows)| ("orders", code.clone(), *rows));
    let all = snapshot.without_rate().into_iter().chain(orders);
    all.map(|(table, code, rows)| {
        warning(
            "no_rate",
            format!(
                "{table} の {rows} 行は {code} の換算レートがその日までにないため、合計に入っていません。\
                 rates.csv(currency, on, rate)に追加してください"
            ),
            format!(
                "{rows} rows of {table} in {code} stay out of sums: there is no rate on or before their day. \
                 Add it to rates.csv (currency, on, rate)"
            ),
        )
    })
    .collect()
}

/// Offers, or ties, named in one warning.
const NAMED: usize = 5;

/// Offers given by hand that are left out, that ask for what nobody has, or of which no margin is known.
fn offers(snapshot: &Snapshot) -> Vec<Warning> {
    if snapshot.table("offers").is_empty() {
        return Vec::new();
    }
    let catalogue = score::catalogue::listed(snapshot);
    let mut warnings = Vec::new();
    // An offer without a product may stand for a past campaign: its row says so when it is taken in.
    let named = |offer: &&GivenOffer| offer.product.is_some() || offer.from_product.is_some();
    let faulty = catalogue.offers.iter().filter(named);
    let faulty: Vec<_> = faulty.filter_map(|offer| Some((offer, offer.fault.as_ref()?))).collect();
    if !faulty.is_empty() {
        let said = |say: fn(&Words) -> &str| {
            let each =
                faulty.iter().take(NAMED).map(|(it, fault)| format!("{}: {}", it.id, say(fault)));
            each.collect::<Vec<_>>().join(" / ")
        };
        let n = faulty.len();
        warnings.push(warning(
            "offers_left_out",
            format!(
                "登録されたオファーのうち{n}件は誤りがあるため使いません。{}",
                said(|words| &words.ja)
            ),
            format!("{n} given offers are wrong and left out. {}", said(|words| &words.en)),
        ));
    }
    let unknown = unknown_attributes(snapshot, &catalogue);
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        warnings.push(warning(
            "eligibility_unknown",
            format!("オファーの対象条件にある {names} は、どの顧客にも値がありません。条件は成り立たないものとして扱います。名前を直すか、accounts に列を追加してください"),
            format!("no account has {names}, for which the eligibility of offers asks: such a condition never holds. Correct the name, or add the column to accounts"),
        ));
    }
    let bare = |offer: &&GivenOffer| {
        let product = offer.product.as_ref().and_then(|id| catalogue.product(id));
        offer.fault.is_none() && product.is_some_and(|product| product.margin_rate.is_none())
    };
    let bare = catalogue.offers.iter().filter(bare).count();
    if bare > 0 {
        warnings.push(warning(
            "offers_without_margin",
            format!("オファー{bare}件は商品の粗利率がないため、ポリシーの value.margin(仮定値)で計算します。products の margin_rate に登録してください"),
            format!("{bare} offers are of products without a margin: the policy's value.margin, which is assumed, stands for it. Add margin_rate to products"),
        ));
    }
    warnings
}

/// Attributes that the offers ask for, and that neither are known by themselves nor stand at any account.
fn unknown_attributes(snapshot: &Snapshot, catalogue: &Catalogue) -> Vec<String> {
    let names = catalogue.offers.iter().filter_map(|offer| offer.eligibility.as_ref());
    let mut names: BTreeSet<&str> = names.flat_map(Eligibility::names).collect();
    names.retain(|name| {
        let known = ATTRIBUTES.iter().any(|attribute| attribute.name == *name);
        !known && !FEATURES.iter().any(|feature| feature.name == *name)
    });
    for record in snapshot.table("accounts").iter() {
        if names.is_empty() {
            break;
        }
        let has = known::attributes(record, &names.iter().map(|name| (*name).to_owned()).collect());
        names.retain(|name| !has.contains_key(*name));
    }
    names.into_iter().map(str::to_owned).collect()
}

fn sheets(snapshot: &Snapshot) -> Vec<Warning> {
    let sheets = &snapshot.sheets;
    let mut warnings = Vec::new();
    if sheets.left_aside > 0 {
        warnings.push(warning(
            "sheets_left_aside",
            format!(
                "{} 社は subscriptions と mrr_snapshots の両方にあります。契約は subscriptions だけから読みます",
                sheets.left_aside
            ),
            format!(
                "{} accounts are in both subscriptions and mrr_snapshots: their contracts are read from \
                 subscriptions alone",
                sheets.left_aside
            ),
        ));
    }
    if !sheets.cut_short.is_empty() {
        let months = |show: fn(&Day) -> String| {
            sheets.cut_short.iter().map(show).collect::<Vec<_>>().join(", ")
        };
        let iso = months(|day| day.to_string()[..7].to_owned());
        warnings.push(warning(
            "sheets_cut_short",
            format!(
                "{iso} の月末表は前の月の半分未満の行しかありません。途中で切れたものとみなし、ない契約は継続とします。\
                 正しい表を取り込み直してください"
            ),
            format!(
                "the month-end sheets of {iso} have fewer than half the rows of the month before: they are taken \
                 to be cut short, and what they lack goes on. Ingest the whole sheets again"
            ),
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, currency: &str, zone: &str) -> ReadUnder {
        ReadUnder {
            file: file.to_owned(),
            currency: currency.to_owned(),
            zone: zone.to_owned(),
            taken_on: "2026-02-01".to_owned(),
        }
    }

    #[track_caller]
    fn check(files: &[ReadUnder], expected: &[&str]) {
        let zone = Zone::named("Asia/Tokyo").expect("Tokyo");
        let found = settings(files, Currency::JPY, &zone);
        let codes: Vec<&str> = found.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, expected);
    }

    #[test]
    fn only_what_differs_from_today_is_told() {
        let same = read("a.csv", "JPY", "Asia/Tokyo");
        check(&[], &[]);
        check(std::slice::from_ref(&same), &[]);
        check(&[same.clone(), read("b.csv", "USD", "Asia/Tokyo")], &["currency_changed"]);
        check(&[same, read("b.csv", "JPY", "UTC")], &["zone_changed"]);
    }
}
