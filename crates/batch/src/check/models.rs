//! What the data hold for each model of the night, and what it lacks.

use std::collections::BTreeSet;

use decide::card::Said;

use super::{Finding, Standing};
use crate::snapshot::Snapshot;
use crate::train::learn::EACH_NEEDED;
use crate::train::staying::LOST_NEEDED;

/// One model and its data.
struct Need {
    serves: &'static str,
    needs: &'static str,
    /// What it has.
    rows: u64,
    /// What it needs, or what could be there.
    of: u64,
    /// What is so when it lacks them, and what to add.
    said: (String, String),
}

/// A finding for each model.
pub(super) fn findings(snapshot: &Snapshot, lake_rows: &[(&'static str, u64)]) -> Vec<Finding> {
    let lake = |entity: &str| {
        lake_rows.iter().find(|(name, _)| *name == entity).map_or(0, |(_, rows)| *rows)
    };
    let needs = [
        won(snapshot),
        leaving(snapshot),
        retention(snapshot),
        contact(snapshot),
        opportunity(snapshot),
        organic(snapshot, lake("orders")),
        also_bought(lake("orders")),
        limit_forecast(snapshot, lake("usage")),
        dormancy(lake("orders")),
    ];
    needs.into_iter().map(finding).collect()
}

fn finding(need: Need) -> Finding {
    let standing = match need.rows {
        0 => Standing::Missing,
        rows if rows < need.of => Standing::Thin,
        _ => Standing::Ready,
    };
    let (ja, en) = need.said;
    let Need { serves, needs, rows, of, .. } = need;
    Finding { serves, needs, standing, rows, of, said: Said { ja, en } }
}

/// Closed deals of those that offers open, by how they ended.
fn won(snapshot: &Snapshot) -> Need {
    let (mut won, mut lost) = (0, 0);
    for record in snapshot.table("proposals").iter() {
        if matches!(record.text("type"), Some("new" | "renewal" | "save")) {
            continue;
        }
        match record.text("outcome") {
            Some("won") => won += 1,
            Some("lost") => lost += 1,
            _ => {}
        }
    }
    Need {
        serves: "S31, S52",
        needs: "model won: deals won, lost",
        rows: u64::min(won, lost),
        of: EACH_NEEDED,
        said: (
            format!(
                "顧客ごとの成約率のモデルには、成約と失注の商談がそれぞれ{EACH_NEEDED}件必要です(現在は成約{won}件、失注{lost}件)。それまでは製品ごとの割合を使います"
            ),
            format!(
                "a model of who wins needs {EACH_NEEDED} deals won and {EACH_NEEDED} lost ({won} and {lost} are on record); until then shares by product are used"
            ),
        ),
    }
}

/// Contracts that ended, and those that go on.
fn contracts(snapshot: &Snapshot) -> (usize, usize) {
    let (mut ended, mut going) = (BTreeSet::new(), BTreeSet::new());
    for record in snapshot.table("subscriptions").iter() {
        let over = record.day("ended_on").is_some()
            || matches!(record.text("status"), Some("cancelled" | "ended"));
        let id = record.id("subscription_id");
        if over {
            ended.insert(id)
        } else {
            going.insert(id)
        };
    }
    (ended.len(), going.difference(&ended).count())
}

fn leaving(snapshot: &Snapshot) -> Need {
    let (ended, going) = contracts(snapshot);
    Need {
        serves: "S31, S56",
        needs: "model leaving: contracts ended",
        rows: ended.min(going) as u64,
        of: EACH_NEEDED,
        said: (
            format!(
                "顧客ごとの解約見込みのモデルには、終了した契約と続いている契約がそれぞれ{EACH_NEEDED}件必要です(現在は終了{ended}件、継続{going}件)。それまでは同条件の契約の割合を使います"
            ),
            format!(
                "a model of who leaves needs {EACH_NEEDED} contracts that ended and {EACH_NEEDED} that go on ({ended} and {going} are on record); until then shares of comparable contracts are used"
            ),
        ),
    }
}

fn retention(snapshot: &Snapshot) -> Need {
    let (ended, _) = contracts(snapshot);
    Need {
        serves: "S88, S90",
        needs: "model retention: contracts ended",
        rows: ended as u64,
        of: LOST_NEEDED,
        said: (
            format!(
                "契約期間による解約のしやすさの曲線には、契約の終了した顧客が{LOST_NEEDED}社必要です(終了した契約は現在{ended}件)。それまでは一定とみます"
            ),
            format!(
                "a curve of leaving by tenure needs {LOST_NEEDED} customers whose contracts ended ({ended} contracts have); until then leaving is taken as constant"
            ),
        ),
    }
}

/// Outbound activities that speak of a product.
fn approaches(snapshot: &Snapshot) -> u64 {
    let activities = snapshot.table("activities");
    let spoken = |product: Option<&str>, direction: Option<&str>| {
        product.is_some() && direction == Some("outbound")
    };
    let spoken = activities
        .iter()
        .filter(|record| spoken(record.text("product_id"), record.text("direction")));
    spoken.count() as u64
}

fn contact(snapshot: &Snapshot) -> Need {
    let (ended, going) = contracts(snapshot);
    let deals = snapshot.table("proposals").iter().filter(|it| it.flag("approached") == Some(true));
    let approached = approaches(snapshot) + deals.count() as u64;
    Need {
        serves: "N3",
        needs: "model contact: approaches, contracts ended",
        rows: approached.min(ended.min(going) as u64),
        of: EACH_NEEDED,
        said: (
            format!(
                "働きかけが継続に与える効果(働きかけると解約しやすくなる顧客)の推定には、働きかけ、終了した契約、続いている契約がそれぞれ{EACH_NEEDED}件必要です(現在は働きかけ{approached}件、終了{ended}件、継続{going}件)。それまでは効果を数えません"
            ),
            format!(
                "what an approach does to staying (who takes it amiss and leaves) needs {EACH_NEEDED} approaches, {EACH_NEEDED} contracts that ended and {EACH_NEEDED} that go on ({approached}, {ended} and {going} are on record); until then no such effect is counted"
            ),
        ),
    }
}

fn opportunity(snapshot: &Snapshot) -> Need {
    let rows = approaches(snapshot);
    Need {
        serves: "N13",
        needs: "model opportunity: approaches",
        rows,
        of: EACH_NEEDED,
        said: (
            format!(
                "働きかけ(direction = outbound、product_id あり)の記録が{rows}件あります。{EACH_NEEDED}件に満たない間、商談化率は仮定値に近くなります"
            ),
            format!(
                "{rows} approaches are on record (activities with direction = outbound and a product_id); below {EACH_NEEDED} the share that opens a deal stays close to the assumption"
            ),
        ),
    }
}

fn organic(snapshot: &Snapshot, orders: u64) -> Need {
    let contracts = snapshot.table("subscriptions").len() as u64;
    let approaches = opportunity(snapshot).rows
        + snapshot.table("proposals").iter().filter(|r| r.flag("approached").is_some()).count()
            as u64;
    Need {
        serves: "N3",
        needs: "model organic: quiet months",
        rows: if approaches > 0 { contracts + orders } else { 0 },
        of: 1,
        said: (
            "働きかけの記録と契約または注文がないと、自ら申し込む割合は仮定値になります".to_owned(),
            "without approaches beside contracts or orders, the share that takes it unasked is a stated prior"
                .to_owned(),
        ),
    }
}

fn also_bought(orders: u64) -> Need {
    Need {
        serves: "S9, S72, S99",
        needs: "model also_bought: order lines",
        rows: orders,
        of: 1,
        said: (
            "注文がないと、一緒に購入される商品が分かりません".to_owned(),
            "without orders nothing tells what is bought together".to_owned(),
        ),
    }
}

fn limit_forecast(snapshot: &Snapshot, usage: u64) -> Need {
    let limits = snapshot.table("limits").len() as u64;
    let seats =
        snapshot.table("subscriptions").iter().filter(|r| r.whole("seats").is_some()).count();
    Need {
        serves: "S36, S45",
        needs: "model limit_forecast: usage",
        rows: if limits > 0 || seats > 0 { usage } else { 0 },
        of: 1,
        said: (
            "利用実績と、プランの上限または席数がないと、上限到達の予測ができません".to_owned(),
            "without usage, and limits of plans or seats, nothing tells when a limit will be reached"
                .to_owned(),
        ),
    }
}

fn dormancy(orders: u64) -> Need {
    Need {
        serves: "S47",
        needs: "model dormancy: orders",
        rows: orders,
        of: 1,
        said: (
            "注文がないと、休眠の兆しは利用実績からしか分かりません".to_owned(),
            "without orders, only usage tells who has gone quiet".to_owned(),
        ),
    }
}
