//! The live plan as people read it: who and what, why now, the next step, and what it is known by.

use std::collections::HashMap;
use std::fmt::Write;

use anyhow::Result;
use decide::card::Card;
use domain::money::Currency;
use domain::motion::{Channel, Motion};
use domain::words::Lang;

use super::{Shown, names};
use crate::config::Workspace;

/// What stands over the table.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) rep: Option<&'a str>,
    pub(super) lang: Lang,
}

/// One of two texts by language.
pub(super) fn either<'a>(lang: Lang, ja: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

pub(super) async fn table(
    workspace: &Workspace,
    shown: &[Shown],
    head: Head<'_>,
) -> Result<String> {
    let (run, lang) = (batch::night::current(&workspace.store).await?, head.lang);
    let of = head.rep.map_or(String::new(), |rep| match lang {
        Lang::En => format!(" of {rep}"),
        Lang::Ja => format!("(担当 {rep})"),
    });
    let mut text = match lang {
        Lang::En => format!("Plan as of {} ({} plays{of})\n", run.as_of, shown.len()),
        Lang::Ja => format!("{} 時点の提案 {}件{of}\n", run.as_of, shown.len()),
    };
    let reps = names(workspace, "reps", "rep_id").await?;
    let desk = Desk { lang, currency: workspace.currency, reps };
    for one in shown {
        desk.line(&mut text, one);
    }
    if shown.is_empty() {
        for count in workspace.store.fate_counts(&run.run_id).await? {
            let reason = either(lang, &count.reason_ja, &count.reason_en);
            let _ = writeln!(text, "  {}: {} ({})", count.fate, reason, count.candidates);
        }
    }
    let (_, natural) = workspace.store.natural(&run.run_id, 1).await?;
    if natural > 0 {
        let _ = match lang {
            Lang::En => writeln!(
                text,
                "\n{natural} customers will likely buy unasked (prompt only): nobishiro plays --natural"
            ),
            Lang::Ja => writeln!(
                text,
                "\n自然に申し込む見込み(案内のみ) {natural}件: nobishiro plays --natural"
            ),
        };
    }
    Ok(text)
}

struct Desk {
    lang: Lang,
    currency: Currency,
    reps: HashMap<String, String>,
}

impl Desk {
    fn line(&self, text: &mut String, one: &Shown) {
        let (line, lang) = (&one.line, self.lang);
        // A card of another version costs its own words only.
        let card: Option<Card> = serde_json::from_str(&one.play.card).ok();
        let motion = Motion::parse(&line.motion)
            .map_or_else(|| line.motion.clone(), |motion| motion.words().get(lang).to_owned());
        let title = card.as_ref().map_or(motion.as_str(), |card| card.title.get(lang));
        let owner = match self.reps.get(&line.owner) {
            Some(name) => name.as_str(),
            None if line.owner.is_empty() => either(lang, "未割当", "nobody"),
            None => &line.owner,
        };
        let _ = write!(text, "\n{:>4}  {}   {title}", line.rank, line.account);
        if line.motion == Motion::Care.code() {
            let care = either(lang, "フォロー(利益には数えません)", "care, not counted as profit");
            let _ = write!(text, "   {care}");
        } else {
            let _ = write!(
                text,
                "   {}   {}",
                self.money(card.as_ref()),
                self.chance(one, card.as_ref())
            );
        }
        let _ = writeln!(text, "   {}: {owner}", either(lang, "担当", "owner"));
        let _ = writeln!(text, "      {}: {}", either(lang, "理由", "Why now"), line.why_now);
        let _ =
            writeln!(text, "      {}: {}", either(lang, "次の一手", "Next"), self.next(one, card));
        let _ = writeln!(text, "      {}", self.known_by(one));
    }

    fn money(&self, card: Option<&Card>) -> String {
        let Some(card) = card else { return String::new() };
        let signed = |minor: i64| {
            let sign = if minor > 0 { "+" } else { "" };
            format!("{sign}{}", self.currency.display(minor))
        };
        let a_month = |amount: String| match self.lang {
            Lang::Ja => format!("{amount}/月"),
            Lang::En => format!("{amount} a month"),
        };
        let mut parts = Vec::new();
        if card.revenue_month_minor != 0 {
            parts.push(a_month(signed(card.revenue_month_minor)));
        }
        if card.once_minor != 0 {
            let once = signed(card.once_minor);
            parts.push(match self.lang {
                Lang::Ja => format!("{once}(一時)"),
                Lang::En => format!("{once} once"),
            });
        }
        if card.kept_month_minor != 0 {
            let kept = a_month(self.currency.display(card.kept_month_minor));
            let keeps = format!("{} {kept}", either(self.lang, "守る金額", "keeps"));
            if parts.is_empty() {
                return keeps;
            }
            let changes = either(self.lang, "受注時", "if accepted");
            return format!("{keeps}, {changes} {}", parts.join(", "));
        }
        match (parts.is_empty(), card.price_basis.as_str()) {
            (true, "unknown") => either(self.lang, "金額は未算定", "amount not known").to_owned(),
            (true, _) => either(self.lang, "金額の変化なし", "no change of revenue").to_owned(),
            (false, _) => {
                format!("{} {}", either(self.lang, "受注時", "if accepted"), parts.join(", "))
            }
        }
    }

    fn chance(&self, one: &Shown, card: Option<&Card>) -> String {
        let play = &one.play;
        let (mean, low, high) = (play.probability, play.probability_lower, play.probability_upper);
        let (mean, low, high) = (percent(mean), percent(low), percent(high));
        match self.lang {
            Lang::Ja => {
                let keeps = card.is_some_and(|card| card.kept_month_minor != 0);
                let label = if keeps { "継続の見込み" } else { "受注見込み" };
                format!("{label} {mean} %({low}〜{high} %)")
            }
            Lang::En => format!("chance {mean} % ({low}–{high} %)"),
        }
    }

    /// What to do, how, how long, when.
    fn next(&self, one: &Shown, card: Option<Card>) -> String {
        let (line, lang) = (&one.line, self.lang);
        let step = card.map(|card| card.next_step.get(lang).to_owned()).unwrap_or_default();
        let mut how: Vec<String> = Vec::new();
        how.extend(Channel::parse(&line.channel).map(|c| c.words().get(lang).to_owned()));
        if line.effort_hours > 0.0 {
            how.push(match lang {
                Lang::Ja => format!("{}時間", line.effort_hours),
                Lang::En => format!("{} h", line.effort_hours),
            });
        }
        how.push(match lang {
            Lang::Ja => format!("{}の週", line.week),
            Lang::En => format!("week of {}", line.week),
        });
        if !line.due.is_empty() {
            how.push(format!("{} {}", either(lang, "期限", "due"), line.due));
        }
        match lang {
            Lang::Ja => format!("{step}({})", how.join("、")),
            Lang::En => format!("{step} ({})", how.join(", ")),
        }
    }

    /// Ids, and what it is expected to earn.
    fn known_by(&self, one: &Shown) -> String {
        let (line, play, lang) = (&one.line, &one.play, self.lang);
        let ids = format!("{}  {}  [{}]", line.account_id, line.offer_id, line.play_id);
        if line.motion == Motion::Care.code() {
            return ids;
        }
        let amount = |minor: i64| self.currency.display(minor);
        let (mean, low, high) =
            (amount(play.expected_minor), amount(play.lower_minor), amount(play.upper_minor));
        let known = match (play.provenance.as_str(), lang) {
            ("prior", Lang::Ja) => "仮定値を含む",
            ("prior", Lang::En) => "rests on assumed values",
            ("estimated", Lang::Ja) => "推定",
            ("experiment", Lang::Ja) => "実験で測定",
            (other, _) => other,
        };
        match lang {
            Lang::Ja => format!("{ids}  期待増分利益 {mean}(80 %の範囲 {low}〜{high}、{known})"),
            Lang::En => format!("{ids}  expected profit {mean} ({low} to {high} at 80 %, {known})"),
        }
    }
}

/// A share in percent: `18`, `0.4` under one.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.95 { format!("{percent:.1}") } else { format!("{percent:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use decide::card::{Said, Split};
    use store::PlayRow;

    fn shown(motion: &str, expected_minor: i64) -> Shown {
        let said = |ja: &str, en: &str| Said { ja: ja.to_owned(), en: en.to_owned() };
        let card = Card {
            title: said("Pro → Enterprise", "Pro → Enterprise"),
            revenue_month_minor: if motion == "care" { 0 } else { 84_000 },
            kept_month_minor: 0,
            once_minor: 0,
            price_basis: "list".to_owned(),
            why_now: Vec::new(),
            why_this: Vec::new(),
            odds: Vec::new(),
            split: Split {
                acceptance_minor: 0,
                retention_minor: 0,
                incentive_minor: 0,
                effort_minor: 0,
            },
            checks: Vec::new(),
            compared: Vec::new(),
            next_step: said("増員計画を確認してください。", "Ask about hiring plans."),
            steps: Vec::new(),
            from_product: None,
            subscription: None,
        };
        let play = PlayRow {
            play_id: "p1".to_owned(),
            rank: 1,
            motion: motion.to_owned(),
            offer_id: "plan_up:ENT".to_owned(),
            owner: Some("R1".to_owned()),
            channel: "phone".to_owned(),
            effort_hours: 2.0,
            week: "2026-03-09".to_owned(),
            due: Some("2026-05-16".to_owned()),
            expected_minor,
            lower_minor: 96_000,
            upper_minor: 780_000,
            probability: 0.18,
            probability_lower: 0.12,
            probability_upper: 0.26,
            provenance: "estimated".to_owned(),
            why_now_ja: "利用ユーザー 93/100名。".to_owned(),
            why_now_en: "93 of 100 seats used.".to_owned(),
            card: serde_json::to_string(&card).expect("JSON"),
            ..PlayRow::default()
        };
        let named = ("A-1".to_owned(), "みどり".to_owned(), String::new());
        Shown { line: super::super::line(play.clone(), named, Currency::JPY, Lang::En), play }
    }

    fn said(one: &Shown) -> String {
        let reps = HashMap::from([("R1".to_owned(), "佐藤".to_owned())]);
        let desk = Desk { lang: Lang::En, currency: Currency::JPY, reps };
        let mut text = String::new();
        desk.line(&mut text, one);
        text
    }

    #[test]
    fn a_line_reads_like_the_worklist() {
        let expected = "\n   1  みどり   Pro → Enterprise   if accepted +¥84,000 a month   chance 18 % (12–26 %)   owner: 佐藤\n      \
             Why now: 93 of 100 seats used.\n      \
             Next: Ask about hiring plans. (Phone, 2 h, week of 2026-03-09, due 2026-05-16)\n      \
             A-1  plan_up:ENT  [p1]  expected profit ¥412,000 (¥96,000 to ¥780,000 at 80 %, estimated)\n";
        assert_eq!(said(&shown("plan_up", 412_000)), expected);
    }

    #[test]
    fn s64_care_is_not_zero_profit() {
        let care = said(&shown("care", 0));
        assert!(care.contains("care, not counted as profit") && !care.contains('¥'), "{care}");
    }
}
