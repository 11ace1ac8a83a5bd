//! What changed since the plan before, each with its reason in writing (N20).
//!
//! Every play that entered, left, or moved has exactly one row of that kind. The sentences are made here, by
//! the rule that decided.

use domain::ids::{AccountKey, PlayId};
use domain::time::Day;
use domain::words::Words;

use super::{Answered, Before, UnderWay};
use crate::phrases::percent;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// It was not in the plan before.
    New,
    /// It was put off, and is back.
    Reopened,
    /// It is in the plan no more.
    Ended,
    /// It has another place.
    Rank,
    /// It has another week.
    Week,
    /// It stays in the current week although another earns more for its hours.
    Frozen,
}

/// One change with its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The play.
    pub play: PlayId,
    /// To whom.
    pub account: AccountKey,
    /// What it is called.
    pub title: Words,
    /// What changed.
    pub changed: Changed,
    /// A code for the reason.
    pub code: &'static str,
    /// The reason in words.
    pub reason: Words,
    /// Its place before; none when it was not in the plan.
    pub rank_before: Option<u32>,
    /// Its place now; none when it is not in the plan.
    pub rank_after: Option<u32>,
}

/// A play as the plan has it now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Now {
    pub(crate) rank: u32,
    pub(crate) week: Day,
    pub(crate) expected: f64,
}

/// Places of what entered the plan and of what left it, each ascending.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Moves {
    pub(crate) entered: Vec<u32>,
    pub(crate) left: Vec<u32>,
}

/// A value that moved by less than this share is the same: rounding, and a day's drift.
const SAME: f64 = 0.005;

impl Before {
    fn change(&self, changed: Changed, (code, reason): (&'static str, Words)) -> Change {
        Change {
            play: self.play.clone(),
            account: self.account,
            title: self.title.clone(),
            changed,
            code,
            reason,
            rank_before: Some(self.rank),
            rank_after: None,
        }
    }

    /// It is in the plan no more.
    pub(crate) fn ended(&self, code: &'static str, reason: Words) -> Change {
        self.change(Changed::Ended, (code, reason))
    }

    /// Somebody answered, so that it is in the plan no more.
    pub(crate) fn answered(&self, answered: &Answered) -> Change {
        let (code, reason) = answered.reason();
        self.ended(code, reason)
    }

    /// Its account is gone from the data.
    pub(crate) fn account_gone(&self) -> Change {
        let words = Words::new(
            "この顧客はデータにありません(統合または削除)。",
            "The account is no longer in the data (merged or removed).",
        );
        self.ended("no_account", words)
    }

    /// Another place, with its cause.
    pub(crate) fn moved(&self, now: &Now, moves: &Moves) -> Option<Change> {
        if now.rank == self.rank {
            return None;
        }
        let mut change = self.change(Changed::Rank, self.why_moved(now, moves));
        change.rank_after = Some(now.rank);
        Some(change)
    }

    fn why_moved(&self, now: &Now, moves: &Moves) -> (&'static str, Words) {
        let difference = now.expected - self.expected;
        if difference.abs() > (SAME * self.expected.abs()).max(1.0) {
            let share = percent(difference.abs() / self.expected.abs().max(1.0));
            let (ja, en) =
                if difference > 0.0 { ("増えた", "rose") } else { ("減った", "fell") };
            let words = Words::new(
                format!("期待増分利益が{share}{ja}ため。"),
                format!("Its expected profit {en} by {share}."),
            );
            return ("value", words);
        }
        let above = |ranks: &[u32], rank| {
            i64::try_from(ranks.partition_point(|other| *other < rank)).unwrap_or(i64::MAX)
        };
        let (entered, left) = (above(&moves.entered, now.rank), above(&moves.left, self.rank));
        // What neither entered nor left changed places with it: below zero it has passed so many.
        let passed = i64::from(now.rank) - i64::from(self.rank) - entered + left;
        let code = if passed.signum() == (i64::from(now.rank) - i64::from(self.rank)).signum() {
            "order"
        } else {
            "others"
        };
        (code, places(entered, left, passed))
    }

    /// Another place of work that somebody took on.
    pub(crate) fn worked(&self, rank: u32, work: &UnderWay, look: Day) -> Option<Change> {
        if rank == self.rank {
            return None;
        }
        let reason = if work.is_overdue(look) {
            (
                "overdue",
                Words::new(
                    "次の作業の期限が過ぎているため、新しい提案より先に表示しています。",
                    "Its next step is overdue, so it stands before new plays.",
                ),
            )
        } else {
            (
                "under_way",
                Words::new(
                    "着手済みのため、新しい提案より先に表示しています。",
                    "It is under way, so it stands before new plays.",
                ),
            )
        };
        let mut change = self.change(Changed::Rank, reason);
        change.rank_after = Some(rank);
        Some(change)
    }

    /// Another week, with its cause; `first` is the first week of the plan.
    #[expect(clippy::comparison_chain, reason = "each way has its own words")]
    pub(crate) fn shifted(&self, now: &Now, first: Day) -> Option<Change> {
        if now.week == self.week {
            return None;
        }
        let reason = if self.week < first {
            (
                "week_over",
                Words::new(
                    "予定していた週が終わったため。",
                    "The week it was planned for is over.",
                ),
            )
        } else if self.week == first {
            (
                "week_full",
                Words::new(
                    "今週の残り時間に収まらないため。",
                    "The hours left in this week do not hold it.",
                ),
            )
        } else {
            (
                "hours",
                Words::new(
                    "期限と対応可能時間に合わせて週を組み直したため。",
                    "Weeks were arranged anew by due days and hours.",
                ),
            )
        };
        let mut change = self.change(Changed::Week, reason);
        change.rank_after = Some(now.rank);
        Some(change)
    }

    /// It stays in the current week although another earns more for its hours.
    pub(crate) fn kept(&self, now: &Now) -> Change {
        let words = Words::new(
            "1時間あたりの期待増分利益がより大きい提案がありますが、今週の予定は変えません。",
            "Another would earn more for its hours, but the current week stays as planned.",
        );
        let mut change = self.change(Changed::Frozen, ("frozen", words));
        change.rank_after = Some(now.rank);
        change
    }
}

/// Why a place changed, by what entered above it, left from above it, and changed places with it; only what there
/// is of them.
fn places(entered: i64, left: i64, passed: i64) -> Words {
    let n = passed.abs();
    let parts = [
        (entered, format!("上位に{entered}件が入った"), format!("{entered} entered above it")),
        (left, format!("上位から{left}件が外れた"), format!("{left} above it left")),
        (
            passed.max(0),
            format!("ほかの{n}件の順位が上がった"),
            format!(
                "{n} that were below it rose above it as their profit or the worth of an hour changed"
            ),
        ),
        (
            (-passed).max(0),
            format!("上位の{n}件の順位が下がった"),
            format!(
                "{n} that were above it fell below it as their profit or the worth of an hour changed"
            ),
        ),
    ];
    let (ja, en): (Vec<_>, Vec<_>) =
        parts.into_iter().filter(|(n, _, _)| *n > 0).map(|(_, ja, en)| (ja, en)).unzip();
    Words::new(format!("{}ため。", ja.join("、")), format!("{}.", en.join("; ")))
}

impl UnderWay {
    /// It was not in the plan before: a rep's own play, or one that was taken on after it had left.
    pub(crate) fn entered(&self, rank: u32) -> Change {
        let (code, reason) = match &self.offer {
            None => ("own", Words::new("担当者が追加しました。", "Added by a rep.")),
            Some(_) => ("accepted", Words::new("着手済みです。", "Somebody took it on.")),
        };
        Change {
            play: self.play.clone(),
            account: self.account,
            title: self.title.clone(),
            changed: Changed::New,
            code,
            reason,
            rank_before: None,
            rank_after: Some(rank),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reason of a move from one place to another, where these places were entered and left.
    #[track_caller]
    fn check((from, to): (u32, u32), entered: &[u32], left: &[u32], expected: &str) {
        let before = Before {
            play: "p".into(),
            account: AccountKey(1),
            offer: "o".into(),
            title: Words::default(),
            rank: from,
            week: Day(0),
            pool: String::new(),
            hours: 1.0,
            expected: 1000.0,
        };
        let moves = Moves { entered: entered.to_vec(), left: left.to_vec() };
        let now = Now { rank: to, week: Day(0), expected: 1000.0 };
        let change = before.moved(&now, &moves).expect("another place");
        assert_eq!(format!("{}: {}", change.code, change.reason.en), expected);
    }

    #[test]
    fn a_move_is_explained_by_what_caused_it() {
        check((5, 2), &[], &[1, 2, 4], "others: 3 above it left.");
        check((5, 7), &[2, 3], &[], "others: 2 entered above it.");
        check((5, 4), &[2], &[1, 3], "others: 1 entered above it; 2 above it left.");
        check(
            (5, 6),
            &[],
            &[9],
            "order: 1 that were below it rose above it as their profit or the worth of an hour changed.",
        );
        // Three left from above, and yet it fell: four others rose past it.
        check(
            (5, 6),
            &[],
            &[1, 2, 3],
            "order: 3 above it left; 4 that were below it rose above it as their profit or the worth of an hour changed.",
        );
        check(
            (5, 3),
            &[1],
            &[],
            "order: 1 entered above it; 3 that were above it fell below it as their profit or the worth of an hour changed.",
        );
    }
}
