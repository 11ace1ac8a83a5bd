//! The read model of the account page: features as people read them, and monthly series.

use std::collections::BTreeMap;

use decide::card::{
    AccountView, AheadPoint, Bought, FeatureValue, HealthPart, HealthView, Said, Series,
    StandingView, WorthView,
};
use decide::facts::{AccountFacts, Usage};
use decide::look::Look;
use decide::ltv;
use domain::money::Currency;
use domain::time::{Day, Months};

use crate::ahead::{AHEAD_MONTHS, Bands, months_ahead};
use crate::features::{FEATURES, Feature, Unit};
use crate::snapshot::Snapshot;
use crate::tables::{FromLake, UsageMonths};

/// Months shown.
const MONTHS: usize = 13;

/// Recurring revenue by account in each of the months shown, minor units.
pub type MonthlyRevenue = BTreeMap<i64, [i64; MONTHS]>;

/// Revenue at each month's last day (the day itself for the current month), from every version of every
/// contract.
pub fn monthly_revenue(snapshot: &Snapshot) -> MonthlyRevenue {
    let mut versions: BTreeMap<(i64, &str), Vec<Version>> = BTreeMap::new();
    for record in snapshot.table("subscriptions").iter() {
        let Some(account) = snapshot.account(record.id("account_id")) else { continue };
        let Some(from) = record.day("effective_on").or(record.day("started_on")) else { continue };
        let version = Version {
            from,
            until: record.day("ended_on"),
            mrr: snapshot.amount(record, "mrr").unwrap_or(0),
        };
        versions.entry((account, record.id("subscription_id"))).or_default().push(version);
    }
    let ends = months(snapshot.as_of).map(|start| {
        let next = start.plus_months(Months(1));
        Day(next.0 - 1).min(snapshot.as_of)
    });
    let mut revenue = MonthlyRevenue::new();
    for ((account, _), versions) in versions {
        let sums = revenue.entry(account).or_insert([0; MONTHS]);
        for (end, sum) in ends.iter().zip(sums) {
            let effective = versions.iter().rfind(|version| version.from <= *end);
            *sum +=
                effective.filter(|v| v.until.is_none_or(|until| until > *end)).map_or(0, |v| v.mrr);
        }
    }
    revenue
}

struct Version {
    from: Day,
    until: Option<Day>,
    mrr: i64,
}

/// The first days of the months shown, oldest first.
fn months(as_of: Day) -> [Day; MONTHS] {
    let first = as_of.month_start();
    let mut months = [first; MONTHS];
    for (back, month) in (0..).zip(months.iter_mut().rev()) {
        *month = first.plus_months(Months(-back));
    }
    months
}

fn month_name(day: Day) -> String {
    let (year, month, _) = day.ymd();
    format!("{year:04}-{month:02}")
}

/// An account's spend in each of the months shown; nothing where it had no basket in them.
pub fn monthly_spend(lake: &FromLake, account: i64, as_of: Day) -> Option<[i64; MONTHS]> {
    let months = months(as_of);
    let begin = lake.baskets.partition_point(|(key, _, _)| *key < account);
    let baskets = lake.baskets[begin..].iter().take_while(|(key, _, _)| *key == account);
    let mut spend = None;
    for (_, day, amount) in baskets {
        let until = months.partition_point(|start| start.0 <= *day);
        if let Some(place) = until.checked_sub(1) {
            spend.get_or_insert([0; MONTHS])[place] += amount;
        }
    }
    spend
}

/// One account's page.
pub fn view(
    facts: &AccountFacts,
    series: Vec<Series>,
    silent: Option<Said>,
    ask: (Day, Currency),
) -> AccountView {
    let (as_of, currency) = ask;
    let feature = |feature: &Feature| {
        facts.features.get(feature.name).map(|value| FeatureValue {
            name: feature.name.to_owned(),
            said: Said { ja: feature.ja.to_owned(), en: feature.en.to_owned() },
            text: read(feature.unit, *value, currency),
        })
    };
    let bought = facts.bars.bought.as_ref();
    AccountView {
        as_of: as_of.to_string(),
        bought: bought.map(|(order, on)| (order.clone(), on.to_string())),
        features: FEATURES.iter().filter_map(feature).collect(),
        series,
        history: Vec::new(),
        mapped: false,
        lacks: Vec::new(),
        purchases: Vec::new(),
        purchases_more: 0,
        worth: None,
        churn: facts.churn.map(|churn| {
            let (low, high) = churn.share_80();
            let (mean, low, high) = (churn.mean * 100.0, low * 100.0, high * 100.0);
            let because = facts.churn_because.first().map(|because| &because.words);
            let (ja, en) = because.map_or_else(
                || {
                    (
                        "同条件の契約から推定".to_owned(),
                        "estimated from comparable contracts".to_owned(),
                    )
                },
                |words| (words.ja.clone(), words.en.clone()),
            );
            Said {
                ja: format!("180日以内に解約する見込み {mean:.0} %({low:.0}〜{high:.0} %、{ja})"),
                en: format!(
                    "{mean:.0} % likely to leave within 180 days ({low:.0}-{high:.0} %, {en})"
                ),
            }
        }),
        silent,
        health: None,
        stage: None,
        maturity: None,
        thin_contact: facts.features.get("thin_contact").is_some_and(|flag| *flag > 0.0),
    }
}

/// How it goes with the account, where it stands, and how far it has come in using what it holds.
pub fn standing(view: &mut AccountView, look: &Look) {
    view.health = decide::health::health(look).map(|health| HealthView {
        score: health.score,
        band: health.band.code().to_owned(),
        said: (&health.band.said()).into(),
        parts: health
            .parts
            .iter()
            .map(|part| HealthPart {
                name: (&part.name).into(),
                figure: (&part.figure).into(),
                score: 100.0 * part.score,
                weight: part.weight,
            })
            .collect(),
    });
    let mature = decide::maturity::maturity(look);
    let stage = decide::journey::journey(look, mature.as_ref());
    view.stage = Some(StandingView {
        code: stage.stage.code().to_owned(),
        said: (&stage.stage.said()).into(),
        because: (&stage.because).into(),
    });
    view.maturity = mature.map(|mature| StandingView {
        code: mature.level.code().to_owned(),
        said: (&mature.level.said()).into(),
        because: (&mature.figures()).into(),
    });
}

fn read(unit: Unit, value: f64, currency: Currency) -> Said {
    let both = |ja: String, en: String| Said { ja, en };
    match unit {
        Unit::Days => both(format!("{value:.0}日"), format!("{value:.0} days")),
        Unit::Count | Unit::Score => both(format!("{value:.0}"), format!("{value:.0}")),
        Unit::Minor => {
            let text = currency.display(currency.round_expected(value));
            both(text.clone(), text)
        }
        Unit::Points => both(format!("{value:.1}"), format!("{value:.1}")),
        Unit::Ratio => both(format!("{value:.2}"), format!("{value:.2}")),
        Unit::Times => both(format!("{value:.1}倍"), format!("{value:.1} times")),
        Unit::Flag if value > 0.0 => both("該当".to_owned(), "yes".to_owned()),
        Unit::Flag => both("非該当".to_owned(), "no".to_owned()),
        Unit::Standing if value > 1.5 => both("休眠".to_owned(), "dormant".to_owned()),
        Unit::Standing if value > 0.5 => both("間隔が延びている".to_owned(), "slowing".to_owned()),
        Unit::Standing => both("通常どおり".to_owned(), "active".to_owned()),
        Unit::Share => both(format!("{:.0} %", value * 100.0), format!("{:.0} %", value * 100.0)),
    }
}

/// What is drawn of one account.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Recurring revenue by month, minor units.
    pub revenue: Option<&'a [i64; MONTHS]>,
    /// Spend by month, minor units.
    pub spend: Option<[i64; MONTHS]>,
    /// Usage by month.
    pub usage: Option<&'a Vec<UsageMonths>>,
    /// The latest readings, in the order of `usage`.
    pub latest: Option<&'a Vec<Usage>>,
    /// What bound usage is expected to do, of all accounts.
    pub bands: &'a Bands,
    /// The account.
    pub account: i64,
}

/// The series of one account: recurring revenue, spend, and usage readings by month.
pub fn series(shown: &Shown<'_>, as_of: Day, currency: Currency) -> Vec<Series> {
    let months = months(as_of);
    let major = |minor: i64| minor as f64 / currency.minor_per_major() as f64;
    let money = |(ja, en, source): (&str, &str, &str), sums: &[i64; MONTHS]| Series {
        said: Said { ja: ja.to_owned(), en: en.to_owned() },
        unit: currency.code().to_owned(),
        limit: None,
        points: months.iter().zip(sums).map(|(m, sum)| (month_name(*m), major(*sum))).collect(),
        ahead: Vec::new(),
        reach: None,
        source: source.to_owned(),
        on: Some(as_of.to_string()),
    };
    let mut series = Vec::new();
    if let Some(sums) = shown.revenue.filter(|sums| sums.iter().any(|minor| *minor != 0)) {
        series.push(money(("月次経常収益", "Monthly recurring revenue", "subscriptions"), sums));
    }
    if let Some(sums) = &shown.spend {
        series.push(money(("月ごとの購入額", "Spend by month", "orders"), sums));
    }
    for (place, usage) in shown.usage.into_iter().flatten().enumerate() {
        let latest = shown.latest.and_then(|all| all.get(place));
        series.push(Series {
            said: Said { ja: usage.metric.clone(), en: usage.metric.clone() },
            unit: String::new(),
            limit: usage.limit,
            points: usage.points.iter().map(|(month, at)| (month_name(*month), *at)).collect(),
            ahead: ahead(shown.bands.get(&(shown.account, place)), as_of),
            reach: latest.and_then(reached),
            source: format!("usage {}", usage.metric),
            on: latest.map(|usage| usage.on.to_string()),
        });
    }
    series
}

fn ahead(band: Option<&[[f32; 3]; AHEAD_MONTHS]>, as_of: Day) -> Vec<AheadPoint> {
    let Some(band) = band else { return Vec::new() };
    let point = |(end, month): (Day, &[f32; 3])| {
        let [p10, p50, p90] = month.map(f64::from);
        AheadPoint { month: month_name(end), p10, p50, p90 }
    };
    months_ahead(as_of).into_iter().zip(band).map(point).collect()
}

/// When usage reaches what binds it (S36).
fn reached(usage: &Usage) -> Option<Said> {
    let reach = usage.reach?;
    let Some(p50) = reach.p50 else {
        return Some(Said {
            ja: "2年以内に上限へ達する見込みは5割未満です。".to_owned(),
            en: "Less than even odds that the limit is reached within two years.".to_owned(),
        });
    };
    let earliest = reach.p10.unwrap_or(p50);
    let last = |day: Option<Day>| {
        let beyond = ("2年より先".to_owned(), "more than two years ahead".to_owned());
        day.map_or(beyond, |day| (day.display_ja(), day.display_en()))
    };
    let (late_ja, late_en) = last(reach.p90);
    if usage.value >= reach.limit {
        return Some(Said {
            ja: "すでに上限に達しています。".to_owned(),
            en: "The limit has been reached.".to_owned(),
        });
    }
    Some(Said {
        ja: format!(
            "上限到達の見込み: {}頃(80 %の幅: {}〜{late_ja}、利用実績から推定)",
            p50.display_ja(),
            earliest.display_ja()
        ),
        en: format!(
            "Limit expected to be reached about {} (80 % range {} to {late_en}, estimated from usage)",
            p50.display_en(),
            earliest.display_en()
        ),
    })
}

/// Purchases shown.
const PURCHASES: usize = 12;

/// What an account bought, the latest first, and how many more products there are.
pub fn purchases(facts: &AccountFacts) -> (Vec<Bought>, usize) {
    let mut all: Vec<_> = facts.purchases.iter().collect();
    all.sort_by(|a, b| {
        let amount = b.amount_minor.cmp(&a.amount_minor);
        b.last_on.cmp(&a.last_on).then(amount).then_with(|| a.product.cmp(&b.product))
    });
    let bought = all.iter().take(PURCHASES).map(|purchase| Bought {
        product_id: purchase.product.to_string(),
        orders: purchase.orders,
        quantity: purchase.quantity,
        amount_minor: purchase.amount_minor,
        first_on: purchase.first_on.to_string(),
        last_on: purchase.last_on.to_string(),
        last_order: purchase.last_order.clone(),
    });
    (bought.collect(), all.len().saturating_sub(PURCHASES))
}

/// What an account is expected to be worth when it is left as it is (S84).
pub fn worth(look: &Look, currency: Currency) -> Option<WorthView> {
    let worth = ltv::worth(look)?;
    let because = look.facts.churn_because.first().map(|because| Said::from(&because.words));
    let minor = |amount: f64| currency.round_expected(amount);
    Some(WorthView {
        margin_month_minor: minor(look.facts.monthly_margin_minor),
        discount: look.policy.value.discount,
        from: month_name(look.as_of),
        months: worth.months.iter().map(|month| month.map(minor)).collect(),
        because: because.unwrap_or_else(|| Said {
            ja: "同条件の契約から推定".to_owned(),
            en: "estimated from comparable contracts".to_owned(),
        }),
    })
}
