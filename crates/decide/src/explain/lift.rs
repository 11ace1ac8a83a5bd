//! What would have to change for an offer that stays out: the day, the hours, the answer or the price (N9).
//!
//! Each sentence is made of the figures that stopped the offer, and names the rows that hold them. What a rule of
//! another kind stopped has a sentence too: until its day, or until its cause is gone.

use domain::money::Currency;
use domain::motion::{Fate, Motion};
use domain::time::{Day, Days};
use domain::words::Words;

use crate::candidate::{Candidate, Evidence, PriceBasis};
use crate::decision::{Decision, PoolUse, Says, Verdict};
use crate::guards;
use crate::look::Look;
use crate::phrases::{figure, percent};
use crate::plan::{Ownership, UNASSIGNED};
use crate::signals;
use crate::stop;
use crate::value;

/// What stands around an offer in the plan.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Hours by pool and week.
    pub pools: &'a [PoolUse],
    /// The account's decision that took its place, if one did.
    pub rival: Option<&'a Decision>,
    /// For amounts.
    pub currency: Currency,
}

/// What would have to change for it to be in the plan; none for what is in it.
pub fn lift(look: &Look, decision: &Decision, around: Around) -> Option<Evidence> {
    if decision.fate == Fate::Chosen {
        return None;
    }
    if let Some(verdict) = decision.verdicts.iter().find(|it| it.guard == decision.reason_code) {
        return Some(guard(look, verdict));
    }
    let candidate = &decision.scored.candidate;
    let account = format!("accounts {}", look.facts.account);
    Some(match decision.reason_code {
        stop::CODE => plain(
            "提案の停止が解除されれば、次の実行から対象になります。",
            "Once offers are started again, the next run considers it.",
            "policy_stops",
        ),
        "hours" => hours(look, decision, around),
        "channel" | "stock" | "left_alone" | "explored" => scarce(decision),
        "account_limit" => account_limit(look, decision, around),
        "group_limit" => plain(
            "グループ内で優先された提案を見送るか、limits.packages_per_groupを増やせば、組み込めます。",
            "With another package of the group left out, or a larger limits.packages_per_group, it counts.",
            "policy limits.packages_per_group",
        ),
        "natural" => {
            let share = percent(look.policy.natural.share);
            said(
                format!(
                    "ご連絡しなくても申し込まれる見込みが、ご連絡した場合の{share}を下回れば、担当者からご提案します。"
                ),
                format!(
                    "A rep proposes it once what comes unasked is below {share} of what contact wins."
                ),
                "policy natural.share",
            )
        }
        "no_window" => no_window(look, candidate),
        "no_value" => no_value(look, decision, around),
        "under_way" => plain(
            "着手済みの作業が完了すれば、次のきっかけから対象になります。",
            "Once the work under way is done, its next occasion counts.",
            "plays",
        ),
        "held" => plain(
            "保留の期限が来れば、再び対象になります。",
            "It comes back on the day until which it was put off.",
            "plays",
        ),
        "refused" | "done" | "closed" => plain(
            "回答の時点より後に新しいきっかけが生じれば、再び対象になります。",
            "A new occasion after the answer brings it back.",
            "plays",
        ),
        code => {
            let because = super::reason(code);
            said(
                format!("「{}」という理由がなくなれば、対象になります。", because.ja),
                format!("It counts again once this no longer holds: {}.", because.en),
                &account,
            )
        }
    })
}

fn said(ja: String, en: String, source: &str) -> Evidence {
    Evidence { words: Words::new(ja, en), source: source.to_owned(), on: None }
}

fn plain(ja: &str, en: &str, source: &str) -> Evidence {
    said(ja.to_owned(), en.to_owned(), source)
}

/// What lifts a guard: its day, and what else it waits for.
pub(super) fn guard(look: &Look, verdict: &Verdict) -> Evidence {
    let (name_ja, name_en) = guards::guard(verdict.guard)
        .map_or((verdict.guard, verdict.guard), |guard| (guard.ja, guard.en));
    let until = match verdict.says {
        Says::HoldUntil(until) => until,
        Says::Allow | Says::Block => None,
    };
    // A rolling cap is lifted by its day alone.
    let or =
        otherwise(look, verdict.guard).filter(|_| until.is_none() || verdict.guard != "governor");
    let words = match (until, or) {
        (Some(day), Some(or)) => Words::new(
            format!("{}以降、または{}、ご提案できます。", day.display_ja(), or.ja),
            format!("From {} on, or {}.", day.display_en(), or.en),
        ),
        (Some(day), None) => Words::new(
            format!("{}以降にご提案できます。", day.display_ja()),
            format!("From {} on.", day.display_en()),
        ),
        (None, Some(or)) => {
            Words::new(format!("{}、ご提案できます。", or.ja), format!("Possible {}.", or.en))
        }
        (None, None) => Words::new(
            format!("「{name_ja}」の原因がなくなれば、ご提案できます。"),
            format!("Possible once what \"{name_en}\" speaks of is over."),
        ),
    };
    let first = verdict.evidence.first();
    let account = format!("accounts {}", look.facts.account);
    Evidence {
        words,
        source: first.map_or(account, |row| row.source.clone()),
        on: first.and_then(|row| row.on),
    }
}

/// What beside the passing of time lifts a guard.
fn otherwise(look: &Look, guard: &str) -> Option<Words> {
    let guards = &look.policy.guards;
    Some(match guard {
        "loyalty" => {
            let least = guards.loyalty.detractor_max.saturating_add(1);
            Words::new(
                format!("次のNPSの回答が{least}以上になれば"),
                format!("once the next NPS answer is {least} or more"),
            )
        }
        "open_deal" => Words::new(
            "進行中の商談が受注または失注で終われば",
            "once the deal in progress is won or lost",
        ),
        "escalation" => {
            Words::new("重大な問い合わせが解決すれば", "once the escalated ticket is resolved")
        }
        "at_risk" => {
            let base = look.facts.churn_base.map_or(0.0, |base| base * guards.at_risk.times_base);
            let most = percent(guards.at_risk.churn.max(base));
            Words::new(
                format!("解約の見込みが{most}を下回れば"),
                format!("once the chance to leave is below {most}"),
            )
        }
        "governor" if look.policy.limits.packages_per_account.get() == Some(0) => Words::new(
            "limits.packages_per_accountを1以上にすれば",
            "once limits.packages_per_account is 1 or more",
        ),
        "cancel_notice" => {
            Words::new("解約の申し出が取り下げられれば", "once the notice to cancel is withdrawn")
        }
        _ => return None,
    })
}

/// What lacks where it is not hours, and what chance decided.
fn scarce(decision: &Decision) -> Evidence {
    let candidate = &decision.scored.candidate;
    let channel = candidate.channel.words();
    match decision.reason_code {
        "channel" => said(
            format!("{}の件数の上限に空きが出れば、組み込めます。", channel.ja),
            format!("A free place in its channel ({}) would hold it.", channel.en),
            &format!("policy channels.{}", candidate.channel.code()),
        ),
        "stock" => plain(
            "在庫が増えれば、組み込めます。",
            "More stock would hold it.",
            &format!("offers {}", candidate.offer),
        ),
        _ => plain(
            "無作為の抽選は実行のたびに行われるため、次の実行で対象になることがあります。",
            "The draw is made anew at each run, so the next one may choose otherwise.",
            "policy explore",
        ),
    }
}

/// Hours that lack in the week with most left, and the profit from which on it would go first.
fn hours(look: &Look, decision: &Decision, around: Around) -> Evidence {
    let candidate = &decision.scored.candidate;
    let source = format!("pools {}", decision.pool);
    let needed = candidate.effort_hours;
    let own = around.pools.iter().find(|pool| pool.pool == decision.pool);
    // Where plays may go to colleagues, the hours of the team's reps of the same role count.
    let shared = look.policy.plan.owner == Ownership::Pool && decision.pool != UNASSIGNED;
    let reaches = |pool: &&PoolUse| {
        pool.pool == decision.pool
            || shared
                && pool.pool != UNASSIGNED
                && own.is_some_and(|own| (&own.team, &own.role) == (&pool.team, &pool.role))
    };
    let weeks = around.pools.iter().filter(reaches);
    let in_time = |pool: &&PoolUse| decision.due.is_none_or(|due| pool.week <= due);
    let left = |pool: &PoolUse| (pool.hours - pool.used).max(0.0);
    let best =
        weeks.filter(in_time).max_by(|a, b| left(a).total_cmp(&left(b)).then(b.week.cmp(&a.week)));
    let Some(best) = best else {
        return said(
            format!("対応できる担当者の時間が{}時間あれば、組み込めます。", figure(needed)),
            format!("It needs {} hours of somebody who has any.", figure(needed)),
            &source,
        );
    };
    let missing = (needed - left(best)).max(0.0);
    let (short, week) = (figure(missing), best.week);
    let mut words = Words::new(
        format!("{}の週にあと{short}時間あれば、組み込めます。", week.display_ja()),
        format!("{short} hours more in the week of {} would hold it.", week.display_en()),
    );
    let price = best.shadow_price * needed;
    let worth = decision.value.eip.mean;
    if candidate.motion != Motion::Care && price > worth {
        let amount = |minor: f64| around.currency.display(around.currency.round_expected(minor));
        words.ja.push_str(&format!(
            "または期待増分利益が{}(現在{})を上回れば、ほかの提案より優先されます。",
            amount(price),
            amount(worth)
        ));
        words.en.push_str(&format!(
            " Or a profit above {} (now {}) would put it before others.",
            amount(price),
            amount(worth)
        ));
    }
    Evidence { words, source, on: Some(best.week) }
}

fn account_limit(look: &Look, decision: &Decision, around: Around) -> Evidence {
    let account = format!("accounts {}", look.facts.account);
    let limits = &look.policy.limits;
    if let Some(rival) = around.rival {
        let title = &rival.scored.candidate.title;
        if !decision.scored.candidate.earns() {
            return said(
                format!("「{}」を見送れば、代わりに予定します。", title.ja),
                format!("It is planned where \"{}\" is left out.", title.en),
                &format!("plays {}", rival.play),
            );
        }
        let lead = rival.value.eip.mean - decision.value.eip.mean;
        let lead = around.currency.display(around.currency.round_expected(lead.max(0.0)));
        let play = format!("plays {}", rival.play);
        return said(
            format!(
                "「{}」を見送るか、期待増分利益の差{lead}が埋まれば、代わりに提案されます。",
                title.ja
            ),
            format!(
                "It takes the place of \"{}\" where that is left out, or the {lead} between them closes.",
                title.en
            ),
            &play,
        );
    }
    let cap = if look.facts.takes_hours() {
        ("limits.packages_per_account", limits.packages_per_account)
    } else {
        ("limits.digital_contacts_per_account", limits.digital_contacts_per_account)
    };
    if cap.1.get() == Some(0) {
        let key = cap.0;
        return said(
            format!("{key}を1以上にすれば、対象になります。"),
            format!("With {key} at 1 or more it counts."),
            &format!("policy {key}"),
        );
    }
    match last_approach(look) {
        Some(on) => {
            let from = on.plus(Days(limits.days));
            let (ja, en) = (from.display_ja(), from.display_en());
            let evidence =
                said(format!("{ja}以降にご提案できます。"), format!("From {en} on."), &account);
            Evidence { on: Some(on), ..evidence }
        }
        None => plain(
            "着手済みの提案が完了すれば、対象になります。",
            "Once the play under way is done, it counts.",
            "plays",
        ),
    }
}

/// The latest day within the rolling window on which it was approached.
fn last_approach(look: &Look) -> Option<Day> {
    let within = |on: &Day| (0..look.policy.limits.days).contains(&look.days_since(*on));
    let deals = look.facts.proposals.iter().filter(|deal| deal.approached == Some(true));
    let deals = deals.map(|deal| deal.opened_on);
    let touches = look.facts.touches.iter().filter(|touch| touch.is_package());
    deals.chain(touches.map(|touch| touch.on)).filter(within).max()
}

/// The nearest occasion that can be told: the renewal's window, or the use from which on a limit is near.
fn no_window(look: &Look, candidate: &Candidate) -> Evidence {
    let contract = candidate
        .subscription
        .as_ref()
        .and_then(|id| look.facts.active_contracts().find(|contract| contract.subscription == *id));
    let opens = contract
        .and_then(|contract| contract.cancel_deadline.or(contract.renews_on))
        .map(|deadline| deadline.plus(Days(-signals::renewal_opens_before(look))))
        .filter(|day| *day > look.as_of);
    let usage = look.facts.usage.iter().find(|usage| {
        contract.is_some_and(|contract| usage.subscription == contract.subscription)
            && usage.limit.is_some_and(|limit| limit > 0.0)
    });
    let near =
        usage.and_then(|usage| Some((usage, usage.limit? * look.policy.rules.limit_near.share)));
    let near = near.filter(|(usage, near)| usage.value < *near);
    let account = format!("accounts {}", look.facts.account);
    let source =
        contract.map_or(account, |contract| format!("subscriptions {}", contract.subscription));
    match (opens, near) {
        (opens, Some((usage, near))) => {
            let (metric, near, now) = (&usage.metric, figure(near), figure(usage.value));
            let (day_ja, day_en) = opens.map_or_else(Default::default, |day| {
                (
                    format!("{}以降、または", day.display_ja()),
                    format!("From {} on, or once", day.display_en()),
                )
            });
            let once = if opens.is_some() { "" } else { "Once" };
            let evidence = said(
                format!("{day_ja}{metric}が{near}に達すれば(現在{now})、きっかけになります。"),
                format!(
                    "{day_en}{once} {metric} reaches {near} (now {now}), there is an occasion."
                ),
                &format!("usage {} {metric}", usage.subscription),
            );
            Evidence { on: Some(usage.on), ..evidence }
        }
        (Some(day), None) => said(
            format!("{}以降、更新に向けた提案期間に入ります。", day.display_ja()),
            format!("From {} on, the window before the renewal is open.", day.display_en()),
            &source,
        ),
        (None, None) => said(
            "上限への接近、更新時期、購入、お問い合わせなどのきっかけが生じれば、対象になります。"
                .to_owned(),
            "It counts once there is an occasion: a limit near, a renewal, a purchase, an enquiry."
                .to_owned(),
            &source,
        ),
    }
}

/// The price or the chance from which on it would earn.
fn no_value(look: &Look, decision: &Decision, around: Around) -> Evidence {
    let (scored, value) = (&decision.scored, &decision.value);
    let candidate = &scored.candidate;
    let product = candidate.product.as_ref().map_or("", |id| id.as_str());
    if candidate.price_basis == PriceBasis::Unknown {
        return plain(
            "価格を登録すれば、期待増分利益を計算できます。",
            "With a price on record its profit can be counted.",
            &format!("products {product}"),
        );
    }
    let account = format!("accounts {}", look.facts.account);
    if value.organic.mean >= value.accept.mean {
        let organic = percent(value.organic.mean);
        return said(
            format!(
                "ご連絡した場合の受注見込みが、しない場合の{organic}を上回れば、対象になります。"
            ),
            format!("It counts once contact wins more than the {organic} that come unasked."),
            &account,
        );
    }
    // Expected profit is linear in what acceptance adds, so one step tells the slope.
    let monthly = candidate.revenue_month_minor.mean.abs() >= candidate.once_minor.mean.abs();
    let step =
        candidate.revenue_month_minor.mean.abs().max(candidate.once_minor.mean.abs()).max(1_000.0);
    let mut more = scored.clone();
    if monthly {
        more.candidate.revenue_month_minor.mean += step;
    } else {
        more.candidate.once_minor.mean += step;
    }
    let slope = (value::expected(look, &more).eip.mean - value.eip.mean) / step;
    if slope <= 0.0 {
        return plain(
            "ご連絡による受注見込みまたは工数の前提が変われば、対象になります。",
            "It counts once contact wins more, or takes fewer hours.",
            &account,
        );
    }
    let gap = around.currency.round_expected(-value.eip.mean / slope);
    if gap <= 0 {
        return plain(
            "増収がなく、継続への効果も実績で確かめられていないため、利益を見込めません。効果が確かめられれば、対象になります。",
            "It brings no more revenue, and records do not show that it keeps customers; it counts once they do.",
            &account,
        );
    }
    let gap = around.currency.display(gap);
    let (ja, en) = if monthly {
        (format!("月額があと{gap}高ければ"), format!("With {gap} more a month"))
    } else {
        (format!("金額があと{gap}高ければ"), format!("At a price {gap} higher"))
    };
    said(
        format!("{ja}、期待増分利益がプラスになります。"),
        format!("{en} it would earn."),
        &format!("products {product}"),
    )
}

#[cfg(test)]
mod tests;
