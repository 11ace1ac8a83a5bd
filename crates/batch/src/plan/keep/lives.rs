//! The plan before, people's answers, and who there is.

use anyhow::{Result, bail};
use decide::life::{Answer, Answered, Before, Lives, OpenStep, UnderWay};
use decide::plan::Rep;
use domain::time::Day;

use super::{Keep, fields};
use crate::plan::pools::Staff;

fields! {
    Lives { as_of, before, under_way, answered, assigned }
    Before { play, account, offer, title, rank, week, pool, hours, expected }
    OpenStep { week, hours }
    UnderWay { play, account, offer, motion, title, pool, by_rep, steps, since }
    Answered { play, account, offer, answer, on }
    Rep { rep, role, team, skills, hours_per_week }
    Staff { reps, away }
}

impl Keep for Answer {
    fn keep(&self, out: &mut String) {
        let (word, until) = match self {
            Self::Held(until) => ("held", Some(*until)),
            Self::Refused => ("refused", None),
            Self::Done => ("done", None),
            Self::Closed => ("closed", None),
        };
        (word, until).keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        Ok(match <(String, Option<Day>)>::again(json)? {
            (word, Some(until)) if word == "held" => Self::Held(until),
            (word, None) if word == "refused" => Self::Refused,
            (word, None) if word == "done" => Self::Done,
            (word, None) if word == "closed" => Self::Closed,
            (word, _) => bail!("`{word}` is no answer"),
        })
    }
}
