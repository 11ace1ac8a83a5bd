//! What was typed into a form, as the store takes it, or what is wrong with it.

use decide::handoff;
use decide::life::reasons::{self, Reason};
use domain::money::{AmountError, Currency, parse_minor};
use domain::time::{Day, Days};
use domain::words::Lang;
use store::{Act, Handing, Outcome, Phase, PlayRow};

use super::form::Form;
use crate::words::{answers as say, pipeline};

/// Characters of a note.
pub(crate) const NOTE_MAX: usize = 2_000;
/// Days ahead for which a play can be put off, and a play of one's own planned.
const AHEAD_MAX: i32 = 731;
/// Days back from which an absence can begin.
const BACK_MAX: i32 = 61;

/// A day from tomorrow, or from today where `today` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Today,
    Tomorrow,
    /// From two months ago.
    Lately,
}

/// What a form says should be done with a play.
pub(crate) fn act(form: &Form, row: &PlayRow, desk: (Lang, Currency, Day)) -> Result<Act, String> {
    let (lang, currency, today) = desk;
    let note = note(form, lang)?;
    match form.text("act") {
        "accept" => Ok(Act::Accept { steps: super::steps(row) }),
        "hold" => Ok(Act::Hold {
            until: day(form, "until", (lang, today, From::Tomorrow))?.to_string(),
            reason_code: reason(form, "hold_reason", reasons::HOLD, lang)?,
            note,
        }),
        "refuse" => {
            let reason_code = reason(form, "refuse_reason", reasons::REFUSE, lang)?;
            if reason_code == "other" && note.is_empty() {
                return Err(say::other_needs_note(lang));
            }
            Ok(Act::Refuse { reason_code, note })
        }
        "done" => {
            let outcome = Outcome::parse(form.text("outcome"));
            let outcome = outcome.ok_or_else(|| say::outcome_missing(lang))?;
            let amount_minor = amount(form, lang, currency)?;
            if amount_minor.is_some() && outcome != Outcome::Won {
                return Err(say::amount_only_won(lang));
            }
            Ok(Act::Done { outcome, amount_minor, note })
        }
        "step" => {
            let place = form.text("place").parse().map_err(|_| say::unknown_act(lang))?;
            Ok(Act::StepDone { place })
        }
        "note" if note.is_empty() => Err(say::note_missing(lang)),
        "note" => Ok(Act::Note { note }),
        "reopen" => Ok(Act::Reopen { note }),
        "phase" => phase(form, lang),
        "link" => {
            let deal = form.text("deal");
            Ok(Act::Link { deal_id: (!deal.is_empty()).then(|| deal.to_owned()) })
        }
        "give_back" => {
            let reason_code = reason(form, "back_reason", handoff::RETURN, lang)?;
            if reason_code == "other" && note.is_empty() {
                return Err(say::other_needs_note(lang));
            }
            Ok(Act::GiveBack { reason_code, note })
        }
        _ => Err(say::unknown_act(lang)),
    }
}

/// The phase that a play moves to; won and lost end it.
fn phase(form: &Form, lang: Lang) -> Result<Act, String> {
    let ended = |outcome| Act::Done { outcome, amount_minor: None, note: String::new() };
    match form.text("to") {
        "won" => Ok(ended(Outcome::Won)),
        "lost" => Ok(ended(Outcome::Lost)),
        code => match Phase::parse(code) {
            Some(to) => Ok(Act::Phase { to }),
            None => Err(pipeline::phase_missing(lang)),
        },
    }
}

/// What goes to the other side with a play; `due_us` is until when it should be answered.
pub(crate) fn handing(form: &Form, lang: Lang, due_us: Option<i64>) -> Result<Act, String> {
    let reason_code = reason(form, "hand_reason", handoff::HAND, lang)?;
    let to_role = form.text("to_role");
    if !matches!(to_role, "CS" | "CIS") {
        return Err(say::unknown_act(lang));
    }
    let (said, next_step, who) = (form.text("said"), form.text("next"), form.text("who"));
    if said.is_empty() || next_step.is_empty() {
        return Err(pipeline::context_missing(lang));
    }
    if [said, next_step, who].iter().any(|text| text.chars().count() > NOTE_MAX) {
        return Err(say::note_too_long(lang, NOTE_MAX));
    }
    let to_rep = form.text("to_rep");
    Ok(Act::HandOff(Handing {
        to_role: to_role.to_owned(),
        to_rep: (!to_rep.is_empty()).then(|| to_rep.to_owned()),
        reason_code,
        who: who.to_owned(),
        said: said.to_owned(),
        next_step: next_step.to_owned(),
        due_us,
    }))
}

/// The note, if it is not too long.
pub(crate) fn note(form: &Form, lang: Lang) -> Result<String, String> {
    let note = form.text("note");
    if note.chars().count() > NOTE_MAX {
        return Err(say::note_too_long(lang, NOTE_MAX));
    }
    Ok(note.to_owned())
}

/// A day of the next two years: `2026-03-20`, `2026/3/20`, full-width too.
pub(crate) fn day(form: &Form, name: &str, when: (Lang, Day, From)) -> Result<Day, String> {
    let (lang, today, from) = when;
    let text = form.narrow(name);
    if text.is_empty() {
        return Err(say::date_missing(lang));
    }
    let found = any_day(&text).ok_or_else(|| say::date_unknown(lang, &text))?;
    let first = match from {
        From::Today => today,
        From::Tomorrow => today.plus(Days(1)),
        From::Lately => today.plus(Days(-BACK_MAX)),
    };
    if found < first {
        return Err(say::date_past(lang, &crate::show::date(lang, first)));
    }
    if found.since(today).0 > AHEAD_MAX {
        return Err(say::date_far(lang));
    }
    Ok(found)
}

/// Any day: `2026-03-20`, `2026/3/20`.
pub(crate) fn any_day(text: &str) -> Option<Day> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [year, month, day] = parts[..] else { return None };
    Day::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// An amount, if one was typed: `1,200,000`, `120万` is refused, full-width digits are taken.
fn amount(form: &Form, lang: Lang, currency: Currency) -> Result<Option<i64>, String> {
    let text = form.narrow("amount");
    let bare = text.trim_start_matches(['¥', '\\', '$', '€']).trim_end_matches('円').trim();
    if bare.is_empty() {
        return Ok(None);
    }
    match parse_minor(bare, currency) {
        Ok(minor) if minor < 0 => Err(say::amount_negative(lang)),
        Ok(minor) => Ok(Some(minor)),
        Err(AmountError::TooManyDecimals) => {
            Err(say::amount_decimals(lang, currency.code(), currency.decimals()))
        }
        Err(AmountError::TooLarge) => Err(say::amount_large(lang)),
        Err(AmountError::NotANumber) => Err(say::amount_unknown(lang, &text)),
    }
}

fn reason(form: &Form, name: &str, known: &'static [Reason], lang: Lang) -> Result<String, String> {
    let code = form.text(name);
    if Reason::find(known, code).is_some() {
        Ok(code.to_owned())
    } else {
        Err(say::reason_missing(lang))
    }
}
