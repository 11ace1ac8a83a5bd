//! A play's life over nights (N20): what the plan before left, and what people answered since.
//!
//! - **Work under way** (accepted plays and a rep's own) comes first: the hours of its open steps are charged
//!   before anything else, its place within the account's limit is taken, and no run changes it. Where its
//!   ground fell away it is shown with a warning.
//! - **The current week is frozen.** What the plan before had for the week under way stays, with owner and week,
//!   unless a guard holds it, its window closed, it is no longer true, its rep's hours are gone, or somebody
//!   answered.
//! - **Stability.** An open play gives way only to what is better by the policy's `plan.stability`.
//! - **Closed things stay closed.** What was refused, done or closed never comes back for an occasion that was
//!   open when it was answered; what was put off comes back on its day.
//! - **Every change is written**, once, with its reason ([`changes`]).

pub mod changes;
pub mod levels;
pub mod reasons;
pub mod steps;

use domain::ids::{AccountKey, ContactKey, OfferId, PlayId, ProductId};
use domain::motion::Motion;
use domain::time::{Day, Days};
use domain::words::Words;

pub use changes::{Change, Changed};
pub use levels::Level;

/// How a play's event touched the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchKind {
    /// The customer is or was contacted.
    Contact,
    /// The customer declined.
    Rejection,
    /// The customer accepted.
    Win,
}

/// One touch of a customer by a play that somebody took on or finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The play.
    pub play: PlayId,
    /// When.
    pub on: Day,
    /// How.
    pub kind: TouchKind,
    /// By which offer; none for a rep's own play.
    pub offer: Option<OfferId>,
    /// About what.
    pub product: Option<ProductId>,
    /// The play's motion, if it is known.
    pub motion: Option<Motion>,
    /// Whether a rep spoke, or a mail or prompt was sent.
    pub by_rep: bool,
    /// With whom, if it is known.
    pub contact: Option<ContactKey>,
}

impl Touch {
    /// Whether it takes a place within the account's limit: care and the next step of a deal do not,
    /// where a rep speaks.
    pub fn is_package(&self) -> bool {
        !self.by_rep || !matches!(self.motion, Some(Motion::Care | Motion::Advance))
    }
}

/// One play of the plan before.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// The play.
    pub play: PlayId,
    /// To whom.
    pub account: AccountKey,
    /// What.
    pub offer: OfferId,
    /// What it is called.
    pub title: Words,
    /// Its place, from 1.
    pub rank: u32,
    /// Its week: a Monday.
    pub week: Day,
    /// Whose hours: a rep or the unassigned.
    pub pool: String,
    /// Hours it takes; 0 for mails and prompts.
    pub hours: f64,
    /// Expected incremental profit, minor units.
    pub expected: f64,
}

/// One open step of work under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OpenStep {
    /// The week in which it is due: a Monday.
    pub week: Day,
    /// Hours it takes.
    pub hours: f64,
}

/// A play that somebody works on.
#[derive(Debug, Clone, PartialEq)]
pub struct UnderWay {
    /// The play.
    pub play: PlayId,
    /// To whom.
    pub account: AccountKey,
    /// What; none for a rep's own play.
    pub offer: Option<OfferId>,
    /// The play's motion, if it is known.
    pub motion: Option<Motion>,
    /// What it is called.
    pub title: Words,
    /// Whose hours: a rep or the unassigned.
    pub pool: String,
    /// Whether a rep speaks.
    pub by_rep: bool,
    /// Steps that are left.
    pub steps: Vec<OpenStep>,
    /// Since when.
    pub since: Day,
}

impl UnderWay {
    /// The week of its next step.
    pub fn next_week(&self) -> Option<Day> {
        self.steps.iter().map(|step| step.week).min()
    }

    /// Whether the week of its next step is over on the day after `as_of`.
    pub fn is_overdue(&self, as_of: Day) -> bool {
        self.next_week().is_some_and(|week| week < as_of.plus(Days(1)).monday())
    }

    /// Whether it takes a place within the account's limit.
    pub fn is_package(&self) -> bool {
        !self.by_rep || !matches!(self.motion, Some(Motion::Care | Motion::Advance))
    }
}

/// What somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Put off; the day on which it comes back.
    Held(Day),
    /// Not a fit.
    Refused,
    /// Worked off.
    Done,
    /// Ended without an outcome.
    Closed,
}

/// A play that somebody answered so that it is not in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The play.
    pub play: PlayId,
    /// To whom.
    pub account: AccountKey,
    /// What; none for a rep's own play.
    pub offer: Option<OfferId>,
    /// The answer.
    pub answer: Answer,
    /// When.
    pub on: Day,
}

impl Answered {
    /// Whether it keeps the play out of a plan of this day.
    pub(crate) fn keeps_out(&self, as_of: Day) -> bool {
        match self.answer {
            Answer::Held(until) => until > as_of,
            Answer::Refused | Answer::Done | Answer::Closed => true,
        }
    }

    /// Its reason's code and words.
    pub(crate) fn reason(&self) -> (&'static str, Words) {
        match self.answer {
            Answer::Held(until) => (
                "held",
                Words::new(
                    format!("{}まで保留にしています。", until.display_ja()),
                    format!("Put off until {}.", until.display_en()),
                ),
            ),
            Answer::Refused => (
                "refused",
                Words::new(
                    format!("{}に見送りとされた提案です。", self.on.display_ja()),
                    format!("Marked as not a fit on {}.", self.on.display_en()),
                ),
            ),
            Answer::Done => (
                "done",
                Words::new(
                    format!("{}に完了した提案です。", self.on.display_ja()),
                    format!("Done on {}.", self.on.display_en()),
                ),
            ),
            Answer::Closed => (
                "closed",
                Words::new(
                    format!("{}に終了した提案です。", self.on.display_ja()),
                    format!("Closed on {}.", self.on.display_en()),
                ),
            ),
        }
    }
}

/// The lives of plays as the night finds them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lives {
    /// The day of the plan before; none for the first.
    pub as_of: Option<Day>,
    /// What the plan before had.
    pub before: Vec<Before>,
    /// What somebody works on.
    pub under_way: Vec<UnderWay>,
    /// What somebody put off, refused, finished or closed.
    pub answered: Vec<Answered>,
    /// Open plays that somebody gave to a rep: the play, and the rep's pool.
    pub assigned: Vec<(PlayId, String)>,
}

impl Lives {
    /// Sorts by account and play, so that the order in which they come does not matter.
    pub(crate) fn sort(&mut self) {
        self.before.sort_by(|a, b| (a.account, &a.play).cmp(&(b.account, &b.play)));
        self.under_way.sort_by(|a, b| (a.account, &a.play).cmp(&(b.account, &b.play)));
        self.answered.sort_by(|a, b| (a.account, &a.play).cmp(&(b.account, &b.play)));
        self.assigned.sort();
    }

    /// The pool of the rep to whom somebody gave the play.
    pub(crate) fn assigned_to(&self, play: &PlayId) -> Option<&str> {
        let found = self.assigned.binary_search_by(|(given, _)| given.cmp(play)).ok()?;
        Some(&self.assigned[found].1)
    }

    pub(crate) fn before_of(&self, account: AccountKey) -> &[Before] {
        of(&self.before, account, |before| before.account)
    }

    pub(crate) fn under_way_of(&self, account: AccountKey) -> &[UnderWay] {
        of(&self.under_way, account, |work| work.account)
    }

    pub(crate) fn answered_of(&self, account: AccountKey) -> &[Answered] {
        of(&self.answered, account, |answered| answered.account)
    }

    /// Work under way in the order of its ranks: overdue first, then by the week of the next step.
    pub(crate) fn ranked(&self, as_of: Day) -> Vec<&UnderWay> {
        let mut ranked: Vec<&UnderWay> = self.under_way.iter().collect();
        let place =
            |work: &UnderWay| (!work.is_overdue(as_of), work.next_week().unwrap_or(Day(i32::MAX)));
        ranked.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.play.cmp(&b.play)));
        ranked
    }
}

/// The rows of an account, of rows sorted by account.
fn of<T>(rows: &[T], account: AccountKey, key: impl Fn(&T) -> AccountKey) -> &[T] {
    let from = rows.partition_point(|row| key(row) < account);
    let until = rows.partition_point(|row| key(row) <= account);
    &rows[from..until]
}

/// Packages that an account was approached with within the window: each play that somebody took on or finished
/// counts once, and for as long as it is under way; without a day while it is.
pub fn packages(
    touches: &[Touch],
    under_way: &[PlayId],
    within: impl Fn(Day) -> bool,
) -> Vec<(PlayId, Option<Day>)> {
    let mut found: Vec<(PlayId, Option<Day>)> = Vec::new();
    for touch in touches.iter().filter(|touch| touch.is_package() && within(touch.on)) {
        match found.iter_mut().find(|(play, _)| *play == touch.play) {
            Some((_, on)) => *on = (*on).max(Some(touch.on)),
            None => found.push((touch.play.clone(), Some(touch.on))),
        }
    }
    for work in under_way {
        match found.iter_mut().find(|(play, _)| play == work) {
            // Until it is done, nobody knows until when.
            Some((_, on)) => *on = None,
            None => found.push((work.clone(), None)),
        }
    }
    found
}
