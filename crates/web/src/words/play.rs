//! Texts of one line of the worklist and its evidence.

use domain::words::Lang;

use super::{counted, either};

words! {
    /// One play and what stands behind it.
    PlayWords {
        accepted = "受注時", "If accepted";
        keeps = "守る金額", "Keeps";
        once = "一時売上", "one-off";
        no_amount = "金額の変化なし", "No change of revenue";
        unknown_amount = "金額は未算定", "Amount not known";
        odds = "受注見込み", "Chance of acceptance";
        odds_keep = "継続の見込み", "Chance to keep it";
        odds_care = "反応の見込み", "Chance of response";
        reasons = "理由", "Why now";
        next_step = "次の一手", "Next step";
        owner = "担当", "Owner";
        due = "期限", "Due";
        unassigned = "未割当", "Unassigned";
        why_now = "今ご提案する理由", "Why now";
        why_this = "この提案を選んだ理由", "Why this";
        how_known = "受注見込みと金額の根拠", "How the odds and amounts are known";
        expected = "期待増分利益(24か月・粗利)", "Expected incremental profit (24 months, gross margin)";
        expected_short = "期待増分利益", "Expected profit";
        priority = "優先度", "Priority";
        interval = "80 %の範囲", "80 % range";
        acceptance = "受注による増分", "From acceptance";
        retention = "継続率の変化による増分", "From a changed chance of staying";
        incentive = "特典の費用", "Incentive";
        effort = "工数と連絡の費用", "Effort and channel";
        compared = "ほかの提案との比較", "Compared with other offers";
        checks = "提案前チェック", "Checks before proposing";
        all_pass = "すべて通過", "all passed";
        no_evidence = "この提案の根拠を読み込めませんでした。もう一度実行すると作り直されます。",
            "The evidence of this line could not be read. Run again to rebuild it.";
        none = "なし", "None";
        rank = "計画全体での順位", "Rank in the whole plan";
    }
}

/// `根拠を見る(5件)`.
pub(crate) fn open_evidence(lang: Lang, n: usize) -> String {
    either(lang, format!("根拠を見る({n}件)"), format!("See the evidence ({n})"))
}

/// `12〜26 %`.
pub(crate) fn band(lang: Lang, low: &str, high: &str) -> String {
    either(lang, format!("{low}〜{high} %"), format!("{low}–{high} %"))
}

/// `¥12,000〜¥40,000`.
pub(crate) fn between(lang: Lang, low: &str, high: &str) -> String {
    either(lang, format!("{low}〜{high}"), format!("{low} to {high}"))
}

/// `あと19日`, `本日`, `3日超過`.
pub(crate) fn days_left(lang: Lang, days: i32) -> String {
    match days {
        0 => either(lang, "本日", "today"),
        1 => either(lang, "あと1日", "1 day left"),
        2.. => either(lang, format!("あと{days}日"), format!("{days} days left")),
        _ => {
            let over = days.unsigned_abs();
            either(lang, format!("{over}日超過"), format!("{} past", counted(over.into(), "day")))
        }
    }
}

/// `予定 3月9日の週`.
pub(crate) fn planned(lang: Lang, week: &str) -> String {
    either(lang, format!("予定 {week}"), week)
}

/// `3月9日の週`.
pub(crate) fn week_of(lang: Lang, date: &str) -> String {
    either(lang, format!("{date}の週"), format!("week of {date}"))
}

/// `30分`, `1.5時間`.
pub(crate) fn effort(lang: Lang, hours: f64) -> Option<String> {
    if hours <= 0.0 {
        return None;
    }
    if hours < 1.0 {
        let minutes = (hours * 60.0).round();
        return Some(either(lang, format!("{minutes}分"), format!("{minutes} min")));
    }
    let number = crate::show::number(hours, 1);
    Some(either(lang, format!("{number}時間"), format!("{number} h")))
}

/// `+¥84,000/月`.
pub(crate) fn a_month(lang: Lang, amount: &str) -> String {
    either(lang, format!("{amount}/月"), format!("{amount} a month"))
}

/// `佐藤 花子様`.
pub(crate) fn honorific(lang: Lang) -> &'static str {
    match lang {
        Lang::Ja => "様",
        Lang::En => "",
    }
}

/// The band of a play by its rank among all plays of the run, in thirds: what stands in place of expected profit.
pub(crate) fn priority(lang: Lang, rank: i64, plays: u64) -> String {
    let rank = u64::try_from(rank).unwrap_or(0);
    let (ja, en) = match () {
        () if rank == 0 || plays == 0 => ("–", "–"),
        () if rank <= plays.div_ceil(3) => ("高", "High"),
        () if rank <= (2 * plays).div_ceil(3) => ("中", "Medium"),
        () => ("低", "Low"),
    };
    either(lang, ja, en)
}
