//! The steps of a play: what is done in which week, and for how long (N20).
//!
//! A pitch is prepared and spoken of in the play's week, quoted and closed in the week after; the due day is
//! never passed. Shares of the effort by step are stated here, and add up to the whole effort. A step that one customer's
//! play has beside those ([`Extra`]) takes its share from its neighbours of the same week, so that no week gets longer.

use domain::ids::ContactKey;
use domain::motion::Motion;
use domain::time::{Day, Days};
use domain::words::Words;

use crate::candidate::{Candidate, Extra};

/// One step of a play.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is to be done.
    pub title: Words,
    /// What more is to be said of it.
    pub detail: Option<Words>,
    /// Whom it names, by key.
    pub contacts: Vec<ContactKey>,
    /// The row of `account_facts` whose words belong to it.
    pub fact: Option<String>,
    /// Hours of work.
    pub hours: f64,
    /// The week in which it is due: a Monday.
    pub week: Day,
}

/// What is done, its share of the effort, and how many weeks after the play's week.
#[derive(Debug, Clone, Copy)]
struct Row<'a> {
    ja: &'static str,
    en: &'static str,
    share: f64,
    weeks: i32,
    extra: Option<&'a Extra>,
}

const fn row(ja: &'static str, en: &'static str, share: f64, weeks: i32) -> Row<'static> {
    Row { ja, en, share, weeks, extra: None }
}

const PREPARE: Row = row("準備する", "Prepare", 0.25, 0);
const SPEAK: Row = row("商談する", "Speak", 0.35, 0);
const QUOTE: Row = row("見積書を提出する", "Quote", 0.25, 1);
const CLOSE: Row = row("結果を確認する", "Close", 0.15, 1);
const TALK: [Row; 2] = [row("準備する", "Prepare", 0.4, 0), row("面談する", "Speak", 0.6, 0)];
const SEND: Row = row("案内を送る", "Send it", 1.0, 0);
const INVITE: Row =
    row("勉強会・ユーザー会に招待する", "Invite to a study session or user event", 0.1, 0);
const MATERIAL: Row =
    row("稟議書に必要な資料を揃える", "Gather the material for the approval", 0.15, 1);

/// The steps of an offer that is made in this week, in their order.
pub fn steps(candidate: &Candidate, week: Day, due: Option<Day>) -> Vec<Step> {
    if !candidate.playbook.is_empty() {
        return stated(candidate, week, due);
    }
    // A play that is overdue already is due at once.
    let last = due.map_or(Day(i32::MAX), |due| due.monday().max(week));
    let rows = rows(candidate);
    let mut left = candidate.effort_hours;
    let mut steps: Vec<Step> = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let quarters = (candidate.effort_hours * row.share * 4.0).round() / 4.0;
        let hours = if i + 1 == rows.len() { left } else { quarters.min(left) };
        left -= hours;
        let week = week.plus(Days(7 * row.weeks)).min(last);
        steps.push(step(row, hours, week));
    }
    steps
}

/// The steps of a motion, with those that this customer's play has beside them.
fn rows(candidate: &Candidate) -> Vec<Row<'_>> {
    let of = |is: fn(&Extra) -> bool| candidate.extra.iter().find(|extra| is(extra));
    let session = of(|extra| matches!(extra, Extra::Session { .. }));
    let approval = of(|extra| matches!(extra, Extra::Approval { .. }));
    if !candidate.channel.takes_hours() {
        let invite = session.map(|_| Row { share: 0.0, extra: session, ..INVITE });
        return invite.into_iter().chain([SEND]).collect();
    }
    if matches!(candidate.motion, Motion::Care | Motion::Advance) {
        return TALK.to_vec();
    }
    let less = |row: Row<'static>, share: f64| Row { share: row.share - share, ..row };
    let mut rows: Vec<Row<'_>> = vec![PREPARE];
    if session.is_some() {
        rows.extend([Row { extra: session, ..INVITE }, less(SPEAK, INVITE.share)]);
    } else {
        rows.push(SPEAK);
    }
    if approval.is_some() {
        rows.extend([less(QUOTE, 0.1), Row { extra: approval, ..MATERIAL }, less(CLOSE, 0.05)]);
    } else {
        rows.extend([QUOTE, CLOSE]);
    }
    rows
}

fn step(row: &Row, hours: f64, week: Day) -> Step {
    let (detail, contacts, fact) = match row.extra {
        Some(Extra::Session { contacts, shown }) => {
            (Some(shown.words.clone()), contacts.clone(), None)
        }
        Some(Extra::Approval { fact }) => (None, Vec::new(), fact.clone()),
        None => (None, Vec::new(), None),
    };
    Step { title: Words::new(row.ja, row.en), detail, contacts, fact, hours, week }
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
        let title = crate::phrases::both(title);
        steps.push(Step { title, detail: None, contacts: Vec::new(), fact: None, hours, week });
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
    fn s46_s70_further_steps_take_no_hours_from_another_week() {
        let example = Example::company();
        let shown = crate::candidate::Evidence {
            words: Words::new("40から12", "from 40 to 12"),
            source: "results E1".to_owned(),
            on: None,
        };
        let session = Extra::Session { contacts: vec![ContactKey(4)], shown };
        let approval = Extra::Approval { fact: Some("F1".to_owned()) };
        let of = |extra: Vec<Extra>, hours: f64| {
            let mut candidate = example.candidate(Motion::CrossSell);
            (candidate.extra, candidate.effort_hours) = (extra, hours);
            steps(&candidate, day("2026-03-16"), None)
        };
        let weeks = |steps: &[Step]| {
            let in_week = |week: &str| {
                let of_it = steps.iter().filter(|step| step.week == day(week));
                of_it.map(|step| step.hours).sum::<f64>()
            };
            (in_week("2026-03-16"), in_week("2026-03-23"))
        };
        for hours in [2.0, 4.0, 8.0] {
            let both = of(vec![session.clone(), approval.clone()], hours);
            assert_eq!(weeks(&both), weeks(&of(Vec::new(), hours)), "{hours}");
        }
        let both = of(vec![approval, session.clone()], 4.0);
        let titles: Vec<&str> = both.iter().map(|step| step.title.en.as_str()).collect();
        assert_eq!(
            titles,
            [
                "Prepare",
                "Invite to a study session or user event",
                "Speak",
                "Quote",
                "Gather the material for the approval",
                "Close"
            ]
        );
        assert_eq!(
            (both[1].contacts.as_slice(), both[4].fact.as_deref()),
            (&[ContactKey(4)][..], Some("F1"))
        );
        let mut mail = example.candidate(Motion::CrossSell);
        (mail.extra, mail.effort_hours) = (vec![session], 0.0);
        mail.channel = domain::motion::Channel::Mail;
        assert_eq!(steps(&mail, day("2026-03-16"), None).len(), 2);
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
