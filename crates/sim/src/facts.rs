//! What customers said about themselves, and measured results.

use domain::motion::AccountKind;

use crate::customer::Scene;
use crate::draw::{Draw, workday};
use crate::situation::Situation;
use crate::table::Table;
use crate::words;

/// Something that a customer said in a hearing.
pub(crate) struct Fact {
    pub(crate) kind: &'static str,
    pub(crate) value: String,
}

fn fact(kind: &'static str, value: &str) -> Fact {
    Fact { kind, value: value.to_owned() }
}

/// What the hearing before the adoption brought.
pub(crate) fn first(draw: &mut Draw) -> Vec<Fact> {
    let mut facts = vec![
        fact("adoption_reason", draw.say(&words::ADOPTION_REASONS)),
        fact("goal", draw.say(&words::GOALS)),
    ];
    if draw.chance(0.6) {
        facts.push(fact("decision_process", draw.say(&words::DECISIONS)));
    }
    facts
}

/// What a yearly hearing brought.
pub(crate) fn yearly(fiscal_close: Option<u8>, draw: &mut Draw) -> Vec<Fact> {
    let mut facts = vec![fact("issue", draw.say(&words::ISSUES))];
    if draw.chance(0.5) {
        facts.push(fact("goal", draw.say(&words::GOALS)));
    }
    if draw.chance(0.5) {
        facts.push(fact("outlook", draw.say(&words::OUTLOOKS)));
    }
    if draw.chance(0.3) {
        let budget = format!("来期の業務改善予算は{}万円前後の見込み", draw.whole(3, 30) * 10);
        facts.push(fact("budget", &budget));
    }
    if let Some(month) = fiscal_close.filter(|_| draw.chance(0.4)) {
        facts.push(fact("fiscal_close", &format!("{month}月決算")));
    }
    facts
}

/// The results table: departments that are delighted measured what changed.
pub(crate) fn results(scene: &Scene) -> Table {
    let mut table = Table::canonical("results");
    let mut shown = scene.customers.iter().filter(|customer| {
        customer.situation == Situation::Promoter
            && customer.story.is_some()
            && scene.accounts[customer.account].kind == AccountKind::Department
    });
    for customer in shown.by_ref().take(3) {
        let Some(story) = &customer.story else { continue };
        let mut draw = Draw::new(scene.world.seed, "results", customer.account);
        let before = draw.whole(30, 60);
        let after = before * draw.whole(30, 45) / 100;
        let leave = draw.whole(48, 58);
        let approved = workday(draw.after(scene.world.as_of, (-150, -30)));
        let rows = [
            ("締め作業の時間(時間/月)", before, after),
            ("有給休暇の取得率(%)", leave, leave + draw.whole(12, 20)),
        ];
        for (metric, before, after) in rows {
            table.push(&[
                ("result_id", &format_args!("E{:04}", table.rows.len() + 1)),
                ("account_id", &scene.accounts[customer.account].id),
                ("product_id", &story.plan(approved)),
                ("metric", &metric),
                ("before", &before),
                ("after", &after),
                ("period", &"導入前3か月と直近3か月の比較"),
                ("measured_by", &"お客様の人事部門による集計"),
                ("share_scope", &"group"),
                ("approved_on", &approved),
            ]);
        }
    }
    table
}
