//! The steps of a play: what is done in which week, and for how long (N20).
//!
//! A pitch is prepared and spoken of in the play's week, quoted and closed in the week after; the due day is
//! never passed. Shares of the effort by step are stated here, and add up to the whole effort.

use domain::motion::Motion;
use domain::time::{Day, Days};
use domain::words::Words;

use crate::candidate::Candidate;

/// One step of a play.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is to be done.
    pub title: Words,
    /// Hours of work.
    pub hours: f64,
    /// The week in which it is due: a Monday.
    pub week: Day,
}

/// What is done, its share of the effort, and how many weeks after the play's week.
type Row = (&'static str, &'static str, f64, i32);

const PITCH: &[Row] = &[
    ("準備する", "Prepare", 0.25, 0),
    ("話をする", "Speak", 0.35, 0),
    ("見積を出す", "Quote", 0.25, 1),
    ("結果を確認する", "Close", 0.15, 1),
];
const TALK: &[Row] = &[("準備する", "Prepare", 0.4, 0), ("話をする", "Speak", 0.6, 0)];
const SEND: &[Row] = &[("案内を送る", "Send it", 1.0, 0)];

/// The steps of an offer that is made in this week, in their order.
pub fn steps(candidate: &Candidate, week: Day, due: Option<Day>) -> Vec<Step> {
    if !candidate.playbook.is_empty() {
        return stated(candidate, week, due);
    }
    let rows = match candidate.motion {
        _ if !candidate.channel.takes_hours() => SEND,
        Motion::Care | Motion::Advance => TALK,
        _ => PITCH,
    };
    // A play that is overdue already is due at once.
    let last = due.map_or(Day(i32::MAX), |due| due.monday().max(week));
    let mut left = candidate.effort_hours;
    let mut steps: Vec<Step> = Vec::with_capacity(rows.len());
    for (i, (ja, en, share, weeks)) in rows.iter().enumerate() {
        let quarters = (candidate.effort_hours * share * 4.0).round() / 4.0;
        let hours = if i + 1 == rows.len() { left } else { quarters.min(left) };
        left -= hours;
        let week = week.plus(Days(7 * weeks)).min(last);
        steps.push(Step { title: Words::new(*ja, *en), hours, week });
    }
    steps
}

/// The steps that an offer states itself: equal shares of the effort, two a week.
fn stated(candidate: &Candidate, week: Day, due: Option<Day>) -> Vec<Step> {
    let last = due.map_or(Day(i32::MAX), |due| due.monday().max(week));
    let n = candidate.playbook.len();
    let share = 1.0 / n as f64;
    let mut left = candidate.effort_hours;
    let each = (candidate.effort_hours * share * 4.0).round() / 4.0;
    let mut steps = Vec::with_capacity(n);
    for (i, title) in candidate.playbook.iter().enumerate() {
        let hours = if i + 1 == n { left } else { each.min(left) };
        left -= hours;
        let weeks = i32::try_from(i / 2).unwrap_or(0);
        let week = week.plus(Days(7 * weeks)).min(last);
        steps.push(Step { title: crate::phrases::both(title), hours, week });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};

    fn said(motion: Motion, hours: f64, due: Option<&str>) -> String {
        let mut candidate = Example::company().candidate(motion);
        candidate.effort_hours = hours;
        let steps = steps(&candidate, day("2026-03-16"), due.map(day));
        let sum: f64 = steps.iter().map(|step| step.hours).sum();
        assert!((sum - hours).abs() < 1e-9, "{sum} is not {hours}");
        let line = |step: &Step| format!("{} {} {}", step.title.en, step.hours, step.week);
        steps.iter().map(line).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn steps_add_up_to_the_effort_and_keep_the_due_day() {
        assert_eq!(
            said(Motion::CrossSell, 4.0, None),
            "Prepare 1 2026-03-16, Speak 1.5 2026-03-16, Quote 1 2026-03-23, Close 0.5 2026-03-23"
        );
        let within = "Prepare 0.5 2026-03-16, Speak 0.75 2026-03-16, Quote 0.5 2026-03-16, Close 0.25 2026-03-16";
        assert_eq!(said(Motion::PlanUp, 2.0, Some("2026-03-22")), within);
        assert_eq!(said(Motion::PlanUp, 2.0, Some("2026-03-01")), within);
        assert!(said(Motion::PlanUp, 2.0, Some("2026-03-23")).ends_with("Close 0.25 2026-03-23"));
        assert_eq!(said(Motion::Care, 1.0, None), "Prepare 0.5 2026-03-16, Speak 0.5 2026-03-16");
        assert!(said(Motion::CrossSell, 0.3, None).starts_with("Prepare 0 "));
    }

    #[test]
    fn an_offer_states_its_own_steps() {
        let mut candidate = Example::company().candidate(Motion::CrossSell);
        candidate.effort_hours = 4.0;
        candidate.playbook = ["伺う", "実演する", "見積を出す"].map(str::to_owned).to_vec();
        let steps = steps(&candidate, day("2026-03-16"), None);
        let line = |step: &Step| format!("{} {} {}", step.title.ja, step.hours, step.week);
        let said: Vec<String> = steps.iter().map(line).collect();
        assert_eq!(
            said,
            ["伺う 1.25 2026-03-16", "実演する 1.25 2026-03-16", "見積を出す 1.5 2026-03-23"]
        );
    }

    #[test]
    fn a_mail_is_sent() {
        let mut candidate = Example::company().candidate(Motion::CrossSell);
        candidate.channel = domain::motion::Channel::Mail;
        candidate.effort_hours = 0.0;
        let steps = steps(&candidate, day("2026-03-16"), None);
        assert_eq!((steps.len(), steps[0].title.en.as_str()), (1, "Send it"));
    }
}
