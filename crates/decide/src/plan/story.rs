//! What became of the plays of the plan before, and of work under way, account by account.

use std::collections::BTreeMap;

use domain::ids::{AccountKey, PlayId};
use domain::motion::Fate;
use domain::time::Day;
use domain::words::Words;

use super::became::Became;
use super::ledger::Ledger;
use super::weigh::{Scales, Standing, play_id};
use super::write::Arbitrated;
use crate::candidate::Recommendation;
use crate::candidates;
use crate::decision::Decision;
use crate::life::changes::{Moves, Now};
use crate::life::{Before, Change, Changed, UnderWay};
use crate::look::Look;

/// What a plan says of an account's plays beside its decisions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Story {
    /// What changed since the plan before.
    pub changes: Vec<Change>,
    /// Work under way in the plan.
    pub work: Vec<Work>,
}

impl Story {
    /// Adds what is said of other accounts.
    pub fn add(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.work.extend(other.work);
    }
}

/// One item of work under way in the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// The play.
    pub play: PlayId,
    /// Its place in the plan.
    pub rank: u32,
    /// What fell away of what it rests on.
    pub warning: Option<Words>,
}

/// The places of work under way, by play.
pub(super) fn places(scales: &Scales) -> BTreeMap<PlayId, u32> {
    let ranked = scales.input.lives.ranked(scales.input.as_of);
    ranked.into_iter().map(|work| work.play.clone()).zip(1..).collect()
}

/// Which places were entered and left since the plan before.
pub(super) fn moves(
    scales: &Scales,
    (ledger, became, rank): (&Ledger, &[Became], &[u32]),
    work: &BTreeMap<PlayId, u32>,
) -> Moves {
    let lives = &scales.input.lives;
    let mut moves = Moves::default();
    let mut now: Vec<PlayId> = work.keys().cloned().collect();
    for (entry, became) in became.iter().enumerate() {
        if !matches!(became, Became::Taken(_)) {
            continue;
        }
        let entry_of = &ledger.entries[entry];
        if entry_of.standing == Standing::New {
            moves.entered.push(rank[entry]);
        } else {
            now.push(play_id(entry_of.play));
        }
    }
    now.sort();
    let before = |play: &PlayId| lives.before.iter().find(|before| before.play == *play);
    moves.entered.extend(work.iter().filter(|(play, _)| before(play).is_none()).map(|(_, r)| *r));
    let gone = lives.before.iter().filter(|before| now.binary_search(&before.play).is_err());
    moves.left.extend(gone.map(|before| before.rank));
    moves.entered.sort_unstable();
    moves.left.sort_unstable();
    moves
}

impl Arbitrated<'_> {
    /// What changed at an account, and its work under way; `decisions` are what [`Arbitrated::decide`] said.
    pub fn story(&self, look: &Look, found: &[Recommendation], decisions: &[Decision]) -> Story {
        let lives = &self.scales.input.lives;
        let account = look.facts.account;
        let (before, work) = (lives.before_of(account), lives.under_way_of(account));
        let mut story = Story::default();
        for work in work {
            let rank = self.work[&work.play];
            let warning = ground(look, found, (work, decisions));
            story.work.push(Work { play: work.play.clone(), rank, warning });
            let change = match before.iter().find(|before| before.play == work.play) {
                Some(before) => before.worked(rank, work, look.as_of),
                None => Some(work.entered(rank)),
            };
            story.changes.extend(change);
        }
        for before in before.iter().filter(|b| !work.iter().any(|work| work.play == b.play)) {
            let this = decisions.iter().find(|decision| decision.play == before.play);
            match this.and_then(now) {
                Some(now) => story.changes.extend(self.stayed(before, &now, decisions)),
                None => story.changes.push(self.left(look, found, (before, decisions))),
            }
        }
        let new = decisions.iter().filter(|decision| {
            decision.fate == Fate::Chosen && !before.iter().any(|b| b.play == decision.play)
        });
        story.changes.extend(new.map(|decision| self.entered(decision)));
        story
    }

    /// The plays of the plan before whose accounts are gone from the data, and work under way at such.
    pub fn gone(&self) -> Story {
        let lives = &self.scales.input.lives;
        let gone = |account: AccountKey| self.ledger.first_of(account).is_none();
        let mut story = Story::default();
        for work in lives.under_way.iter().filter(|work| gone(work.account)) {
            let rank = self.work[&work.play];
            let warning = Words::new(
                "この顧客はデータにありません。",
                "The account is no longer in the data.",
            );
            story.work.push(Work { play: work.play.clone(), rank, warning: Some(warning) });
            let change = match lives.before.iter().find(|before| before.play == work.play) {
                Some(before) => before.worked(rank, work, self.scales.input.as_of),
                None => Some(work.entered(rank)),
            };
            story.changes.extend(change);
        }
        let ended = lives.before.iter().filter(|before| gone(before.account));
        let ended = ended.filter(|before| !self.work.contains_key(&before.play));
        story.changes.extend(ended.map(Before::account_gone));
        story
    }

    fn stayed(&self, before: &Before, now: &Now, decisions: &[Decision]) -> Vec<Change> {
        let first = super::weeks(self.scales.input.policy, self.scales.input.as_of);
        let first = first.first().map_or(Day(i32::MIN), |(week, _)| *week);
        let mut changes: Vec<Change> = before.moved(now, &self.moves).into_iter().collect();
        changes.extend(before.shifted(now, first));
        let kept = decisions.iter().find(|decision| decision.play == before.play);
        if kept.is_some_and(|decision| self.is_kept(before, decision)) {
            changes.push(before.kept(now));
        }
        changes
    }

    /// Whether only the frozen week keeps a play: another would earn more for its hours.
    fn is_kept(&self, before: &Before, decision: &Decision) -> bool {
        let shadow = self.pools.iter().find(|pool| pool.pool == decision.pool);
        let price = shadow.map_or(0.0, |pool| pool.shadow_price);
        let frozen = Some(before.week) == self.scales.frozen && decision.week == Some(before.week);
        let candidate = &decision.scored.candidate;
        let care = candidate.motion == domain::motion::Motion::Care;
        frozen && !care && decision.value.eip.mean < candidate.effort_hours * price
    }

    /// Why a play is in the plan no more.
    fn left(
        &self,
        look: &Look,
        found: &[Recommendation],
        (before, decisions): (&Before, &[Decision]),
    ) -> Change {
        let answered = self.scales.input.lives.answered_of(before.account);
        let answered = answered.iter().find(|answered| answered.play == before.play);
        if let Some(answered) = answered.filter(|answered| answered.keeps_out(look.as_of)) {
            return before.answered(answered);
        }
        if let Some(same) = decisions.iter().find(|decision| decision.play == before.play) {
            return self.lost(before, same);
        }
        let same_offer = |decision: &&Decision| decision.scored.candidate.offer == before.offer;
        match decisions.iter().find(same_offer) {
            Some(other) if other.fate == Fate::Chosen => {
                let why = &other.reason;
                let words = Words::new(
                    format!("提案のきっかけが変わり、新しい提案に置き換えました。{}", why.ja),
                    format!("Its occasion is over; a new play takes its place. {}", why.en),
                );
                before.ended("new_occasion", words)
            }
            Some(other) if other.reason_code == "no_window" => {
                before.ended("signal_gone", other.reason.clone())
            }
            Some(other) => {
                let why = &other.reason;
                let words = Words::new(
                    format!("提案のきっかけがなくなりました。{}", why.ja),
                    format!("Its occasion is over. {}", why.en),
                );
                before.ended("signal_gone", words)
            }
            None => {
                let why = candidates::why_absent(look, found, before.offer.as_str());
                before.ended("not_offered", why)
            }
        }
    }

    /// Why a play that could still be made is in the plan no more. In the week under way nothing that would
    /// earn more pushes it out, so there its hours went first: with days gone by, to work taken on, or to an absence.
    fn lost(&self, before: &Before, same: &Decision) -> Change {
        let frozen = Some(before.week) == self.scales.frozen;
        let worked = !self.scales.input.lives.under_way_of(before.account).is_empty();
        if !frozen || worked || same.reason_code != "account_limit" {
            return before.ended(same.reason_code, same.reason.clone());
        }
        let words = Words::new(
            format!(
                "過ぎた日、着手済みの作業、不在のため、今週の残り時間に収まらなくなりました。{}",
                same.reason.ja
            ),
            format!(
                "What is left of this week after days gone by, work under way and absences does not hold it. {}",
                same.reason.en
            ),
        );
        before.ended("week_full", words)
    }

    fn entered(&self, decision: &Decision) -> Change {
        let candidate = &decision.scored.candidate;
        let answered = self.scales.input.lives.answered_of(candidate.account);
        let held = answered.iter().any(|answered| answered.play == decision.play);
        let (changed, code, reason) = if held {
            let words = Words::new(
                format!("保留期間が終了しました。{}", decision.reason.ja),
                format!("The time for which it was put off is over. {}", decision.reason.en),
            );
            (Changed::Reopened, "hold_over", words)
        } else {
            let rule = decision.signals.first().map_or("chosen", |signal| signal.rule);
            (Changed::New, rule, decision.reason.clone())
        };
        Change {
            play: decision.play.clone(),
            account: candidate.account,
            title: candidate.title.clone(),
            changed,
            code,
            reason,
            rank_before: None,
            rank_after: decision.rank,
        }
    }
}

fn now(decision: &Decision) -> Option<Now> {
    let (rank, week) = (decision.rank?, decision.week?);
    Some(Now { rank, week, expected: decision.value.eip.mean })
}

/// What fell away of what work under way rests on; it goes on all the same.
fn ground(
    look: &Look,
    found: &[Recommendation],
    (work, decisions): (&UnderWay, &[Decision]),
) -> Option<Words> {
    let offer = work.offer.as_ref()?;
    let same = decisions.iter().find(|decision| decision.scored.candidate.offer == *offer);
    let Some(same) = same else {
        return Some(candidates::why_absent(look, found, offer.as_str()));
    };
    let against = crate::guards::check(look, &same.scored.candidate);
    let against = crate::guards::deciding(&against).map(|verdict| verdict.reason.clone());
    let signals = crate::signals::fired(look);
    let gone = crate::signals::opening(&same.scored.candidate, &signals).next().is_none();
    against.or_else(|| {
        gone.then(|| Words::new("提案のきっかけはなくなりました。", "The occasion for it is over."))
    })
}
