//! What the data allow and what is missing for which capability, in both languages.

mod models;

use decide::card::Said;
use domain::time::Zone;
use serde::Serialize;

use crate::snapshot::{Record, Snapshot};

/// How well a capability is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Enough.
    Ready,
    /// Some rows lack what it needs.
    Thin,
    /// Nothing feeds it: it is off, or a stated prior stands in.
    Missing,
}

/// One capability and its data.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Capability numbers.
    pub serves: &'static str,
    /// What it needs.
    pub needs: &'static str,
    /// How well it is fed.
    pub standing: Standing,
    /// Rows that feed it.
    pub rows: u64,
    /// Rows that could.
    pub of: u64,
    /// What it means and what to add.
    pub said: Said,
}

struct Rule {
    serves: &'static str,
    needs: &'static str,
    entity: &'static str,
    /// Which rows feed it.
    feeds: fn(&Record<'_>, &Zone) -> bool,
    ja: &'static str,
    en: &'static str,
}

/// Every rule, in the order of the flow.
const RULES: &[Rule] = &[
    Rule {
        serves: "S24, S54",
        needs: "accounts",
        entity: "accounts",
        feeds: |_, _| true,
        ja: "顧客がなければ提案は作れません。accounts.csv を取り込んでください",
        en: "without accounts there is nothing to propose; ingest accounts.csv",
    },
    Rule {
        serves: "S28, N11",
        needs: "accounts.parent_id",
        entity: "accounts",
        feeds: |r, _| r.text("parent_id").is_some(),
        ja: "グループ関係がないと、横展開とグループ単位の上限が使えません",
        en: "without parents there is no horizontal expansion and no limit per group",
    },
    Rule {
        serves: "S23, S38",
        needs: "subscriptions.renews_on",
        entity: "subscriptions",
        feeds: |r, _| r.day("renews_on").is_some(),
        ja: "契約更新日がないと、更新の提案時期が分かりません",
        en: "without renewal dates no renewal window opens",
    },
    Rule {
        serves: "S84",
        needs: "subscriptions.mrr",
        entity: "subscriptions",
        feeds: |r, _| r.whole("mrr").is_some(),
        ja: "月額がない契約は、利益の計算に入りません",
        en: "contracts without MRR do not count in the value",
    },
    Rule {
        serves: "S36, N6",
        needs: "limits",
        entity: "limits",
        feeds: |_, _| true,
        ja: "プランの上限がないと、上限接近の提案ができません",
        en: "without limits of plans, limit-near never fires",
    },
    Rule {
        serves: "S1-S9",
        needs: "products.price or prices",
        entity: "products",
        feeds: |r, _| r.whole("price").is_some(),
        ja: "定価がない製品は、請求額や購入額からの推定か、不明として扱います",
        en: "products without a price use what bills imply, or count as unknown",
    },
    Rule {
        serves: "S1, S3",
        needs: "products.line",
        entity: "products",
        feeds: |r, _| r.text("line").is_some(),
        ja: "製品ラインがないと、上位プランが分かりません",
        en: "without a line there is no next tier",
    },
    Rule {
        serves: "S58-S61",
        needs: "surveys (nps)",
        entity: "surveys",
        feeds: |r, _| r.text("question").is_none_or(|q| q == "nps"),
        ja: "NPSの回答がないと、ロイヤルティによる提案停止が働きません",
        en: "without NPS answers the loyalty guard cannot hold anyone",
    },
    Rule {
        serves: "S19, S76",
        needs: "contacts.role",
        entity: "contacts",
        feeds: |r, _| r.text("role").is_some(),
        ja: "担当者の役割がないと、誰に話すかを示せません",
        en: "without roles the list cannot say whom to speak to",
    },
    Rule {
        serves: "S35, S101",
        needs: "activities",
        entity: "activities",
        feeds: |_, _| true,
        ja: "活動記録がないと、接点の薄い顧客と未解決の問い合わせが分かりません",
        en: "without activities, thin contact and open escalations go unseen",
    },
    Rule {
        serves: "S32, S108",
        needs: "proposals (closed)",
        entity: "proposals",
        feeds: |r, z| r.day_of("closed_at", z).is_some(),
        ja: "終了した商談がないと、成約率は仮定値になります",
        en: "without closed deals the won share is a stated prior",
    },
    Rule {
        serves: "N13",
        needs: "proposals.approached",
        entity: "proposals",
        feeds: |r, _| r.flag("approached").is_some(),
        ja: "働きかけの有無がないと、商談化率は仮定値になります",
        en: "without `approached`, the share of approaches that open a deal is a stated prior",
    },
    Rule {
        serves: "N1",
        needs: "reps",
        entity: "reps",
        feeds: |_, _| true,
        ja: "営業担当がいない場合、担当者未定の40時間/週で計画します",
        en: "without reps the plan uses one pool of 40 hours a week",
    },
    Rule {
        serves: "N1",
        needs: "reps.hours_per_week",
        entity: "reps",
        feeds: |r, _| r.number("hours_per_week").is_some(),
        ja: "対応可能時間がない担当者は週20時間とみなします",
        en: "reps without hours count as 20 a week",
    },
    Rule {
        serves: "S46",
        needs: "accounts.fiscal_close_month",
        entity: "accounts",
        feeds: |r, _| r.whole("fiscal_close_month").is_some(),
        ja: "決算期未確認の顧客は、予算の時期を考慮できません",
        en: "budget timing is unknown where the fiscal close is",
    },
];

/// Which capabilities the files of a lake's table feed, and what their want costs.
pub fn lake_loss(entity: &str, files: usize, first: &str) -> Said {
    let ja = match entity {
        "orders" => "併売・再購入の提案と購入額",
        "usage" => "上限接近・利用低下の提案",
        _ => "購入意欲の高まり",
    };
    let en = match entity {
        "orders" => "also-bought, repurchase and spend",
        "usage" => "limits near and under-use",
        _ => "intent",
    };
    Said {
        ja: format!(
            "{entity} のデータファイルが {files} 個ないか壊れており、{ja}を計算できず、実行は止まります: {first}"
        ),
        en: format!(
            "{files} files of {entity} are missing or damaged: {en} cannot be computed, and `run` stops: {first}"
        ),
    }
}

/// Checks the entities as of a day, and the rows of the lake by entity.
pub fn check(snapshot: &Snapshot, lake_rows: &[(&'static str, u64)]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES.iter().map(|rule| apply(rule, snapshot)).collect();
    for (entity, rows) in lake_rows {
        let (serves, ja, en) = match *entity {
            "orders" => (
                "S9, S72, S99",
                "注文がないと、併売と再購入の提案ができません",
                "without orders there is no also-bought and no repurchase cadence",
            ),
            "usage" => (
                "S22, S36, S45",
                "利用実績がないと、上限接近と利用低下が分かりません",
                "without usage, limits near and under-use go unseen",
            ),
            _ => (
                "S31",
                "Web行動がないと、購入意欲の高まりが分かりません",
                "without web events, intent goes unseen",
            ),
        };
        let standing = if *rows > 0 { Standing::Ready } else { Standing::Missing };
        findings.push(Finding {
            serves,
            needs: entity,
            standing,
            rows: *rows,
            of: *rows,
            said: Said { ja: ja.to_owned(), en: en.to_owned() },
        });
    }
    findings.extend(models::findings(snapshot, lake_rows));
    findings
}

fn apply(rule: &Rule, snapshot: &Snapshot) -> Finding {
    let table = snapshot.table(rule.entity);
    let of = table.len() as u64;
    let rows = table.iter().filter(|record| (rule.feeds)(record, &snapshot.zone)).count() as u64;
    let standing = match rows {
        0 => Standing::Missing,
        rows if rows < of => Standing::Thin,
        _ => Standing::Ready,
    };
    Finding {
        serves: rule.serves,
        needs: rule.needs,
        standing,
        rows,
        of,
        said: Said { ja: rule.ja.to_owned(), en: rule.en.to_owned() },
    }
}
