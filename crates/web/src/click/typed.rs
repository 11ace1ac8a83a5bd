//! What was typed into a form, as the store takes it, or what is wrong with it.

use decide::life::reasons::{self, Reason};
use domain::money::{AmountError, Currency, parse_minor};
use domain::time::{Day, Days};
use domain::words::Lang;
use store::{Act, Outcome, PlayRow};

use super::form::Form;
use crate::words::answers as say;

/// Characters of a note.
pub(crate) const NOTE_MAX: usize = 2_000;
/// Days ahead for which a play can be put off, and a play of one's own planned.
const AHEAD_MAX: i32 = 731;

/// A day from tomorrow, or from today where `today` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Today,
    Tomorrow,
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
        _ => Err(say::unknown_act(lang)),
    }
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
    let first = if from == From::Today { today } else { today.plus(Days(1)) };
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
