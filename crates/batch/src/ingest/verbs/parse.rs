//! Parse dates, decimals and flags written in a form of their own.

use std::borrow::Cow;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanBuilder, Date32Builder, PrimitiveArray, StringArray,
    StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use domain::time::{Day, Zone, parse_instant};
use unicode_normalization::UnicodeNormalization as _;

use super::time_format::{Moment, TimeFormat};
use super::{Build, Built, Verb, VerbEntry};
use crate::ingest::cells::{BadCell, Cells, DAY_MICROS, Rows, merged, text_at, texts};
use crate::ingest::conform::time::ZoneClock;
use crate::ingest::mapping::{Keys, Node, zone};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "parse",
    with: &[],
    about: "Reads texts of another form. Dates: \"%m/%d/%Y\", a list of forms of which the first that fits \
            counts, or { format = …, zone = \"UTC\" }; what is in ISO form already stays, and %EC%Ey is a \
            year of a Japanese era (令和6, R6). Decimals: { decimal = \",\", group = \".\" }, without currency \
            signs. Flags: { true = [\"Yes\"], false = [\"No\"] }. { zone = \"UTC\" } alone: times without an \
            offset are there. { width = \"half\" }: full-width letters and digits to half-width ones.",
    example: r#"{ column = "close_date", parse = "%m/%d/%Y" }"#,
    build: Build::Changes(build),
};

#[derive(Debug)]
struct Parse {
    inner: Arc<dyn Verb>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Time { formats: Formats, zone: Option<Zone> },
    Decimal { point: char, group: Option<char> },
    Flag { yes: Vec<String>, no: Vec<String> },
    HalfWidth,
}

/// Forms of dates, of which the first that fits a text counts, each as it was written.
#[derive(Debug, Default)]
struct Formats(Vec<(TimeFormat, String)>);

impl Formats {
    fn read(&self, text: &str) -> Option<Moment> {
        self.0.iter().find_map(|(format, _)| format.read(text))
    }

    fn has_time(&self) -> bool {
        self.0.iter().any(|(format, _)| format.has_time())
    }

    fn shown(&self) -> String {
        self.0.iter().map(|(_, shown)| shown.as_str()).collect::<Vec<_>>().join(" or ")
    }
}

fn build(inner: Arc<dyn Verb>, argument: &Node, _: &Keys) -> Built {
    let form = if argument.is_table() {
        let keys = argument.table()?;
        let form = if keys.has("decimal") {
            decimal(&keys)?
        } else if keys.has("true") {
            let yes = keys.need("true")?.strings()?;
            let no = keys.get("false").map_or(Ok(Vec::new()), |node| node.strings())?;
            Form::Flag { yes, no }
        } else if let Some(node) = keys.get("width") {
            if node.string()? != "half" {
                return Err(node.error("`width` may only be \"half\""));
            }
            Form::HalfWidth
        } else {
            let formats = keys.get("format").map(|node| formats(&node)).transpose()?;
            let zone = keys.get("zone").map(|node| zone(&node)).transpose()?;
            if formats.is_none() && zone.is_none() {
                let known = "state `format`, `zone`, `decimal`, `true` or `width` here";
                return Err(argument.error(known));
            }
            Form::Time { formats: formats.unwrap_or_default(), zone }
        };
        keys.finish(&["format", "zone", "decimal", "group", "true", "false", "width"])?;
        form
    } else {
        Form::Time { formats: formats(argument)?, zone: None }
    };
    Ok(Arc::new(Parse { inner, form }))
}

fn formats(node: &Node) -> Result<Formats, super::MappingError> {
    let texts = if node.is_string() { vec![node.string()?.to_owned()] } else { node.strings()? };
    let read = |text: String| {
        let format = TimeFormat::parse(&text).map_err(|why| node.error(why))?;
        Ok((format, text))
    };
    let formats: Vec<_> =
        texts.into_iter().map(read).collect::<Result<_, super::MappingError>>()?;
    if formats.is_empty() {
        return Err(node.error("name at least one form"));
    }
    Ok(Formats(formats))
}

fn decimal(keys: &Keys) -> Result<Form, super::MappingError> {
    let letter = |node: Node| {
        let mut letters = node.string()?.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(letter),
            _ => Err(node.error("expected one character")),
        }
    };
    let point = letter(keys.need("decimal")?)?;
    let group = keys.get("group").map(letter).transpose()?;
    Ok(Form::Decimal { point, group })
}

impl Verb for Parse {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        let cells = self.inner.cells(rows)?;
        let zone = match &self.form {
            Form::Time { zone, .. } => zone.as_ref(),
            _ => None,
        };
        let native = matches!(cells.array.data_type(), DataType::Date32 | DataType::Timestamp(..));
        if let (true, Form::Time { .. }) = (native, &self.form) {
            let array = zone.map_or(Arc::clone(&cells.array), |zone| placed(&cells.array, zone));
            return Ok(Cells { array, bad: cells.bad });
        }
        let texts = texts(&cells.array);
        let mut bad = Vec::new();
        let array = match &self.form {
            Form::Time { formats, .. } if formats.0.is_empty() => {
                let zone = zone.unwrap_or(&rows.around.zone);
                instants(&texts, zone, &mut bad)
            }
            Form::Time { formats, .. } => times(&texts, formats, zone, &mut bad),
            Form::HalfWidth => half_width(&texts),
            Form::Decimal { point, group } => decimals(&texts, *point, *group),
            Form::Flag { yes, no } => flags(&texts, yes, no, &mut bad),
        };
        Ok(Cells { array, bad: merged([cells.bad, bad]) })
    }

    fn parts(&self) -> Vec<&Arc<dyn Verb>> {
        vec![&self.inner]
    }
}

/// Times without a zone as instants of `zone`; anything else as it is.
fn placed(array: &ArrayRef, zone: &Zone) -> ArrayRef {
    if !matches!(array.data_type(), DataType::Timestamp(TimeUnit::Microsecond, None)) {
        return Arc::clone(array);
    }
    let mut clock = ZoneClock::new(zone);
    let civil = array.as_primitive::<TimestampMicrosecondType>();
    let instants: PrimitiveArray<TimestampMicrosecondType> =
        civil.iter().map(|micros| micros.map(|micros| clock.instant(micros))).collect();
    Arc::new(instants.with_timezone("UTC"))
}

fn times(
    texts: &StringArray,
    formats: &Formats,
    zone: Option<&Zone>,
    bad: &mut Vec<BadCell>,
) -> ArrayRef {
    let mut days = Date32Builder::with_capacity(texts.len());
    let mut civil = TimestampMicrosecondBuilder::with_capacity(texts.len());
    let mut clock = zone.map(ZoneClock::new);
    let mut any_offset = false;
    for row in 0..texts.len() {
        let Some(text) = text_at(texts, row) else {
            days.append_null();
            civil.append_null();
            continue;
        };
        let half = plain_width(text);
        let Some(moment) = formats.read(&half).or_else(|| iso(&half)) else {
            let reason = format!("is not a possible date of the form {}", formats.shown());
            bad.push(BadCell { row, value: text.to_owned(), reason });
            days.append_null();
            civil.append_null();
            continue;
        };
        days.append_value(moment.day.0);
        let at = i64::from(moment.day.0) * DAY_MICROS + moment.micros;
        any_offset |= moment.offset.is_some();
        civil.append_value(match (moment.offset, &mut clock) {
            (Some(offset), _) => at - offset * 1_000_000,
            (None, Some(clock)) => clock.instant(at),
            (None, None) => at,
        });
    }
    if !formats.has_time() && zone.is_none() {
        return Arc::new(days.finish());
    }
    let civil = civil.finish();
    if any_offset || zone.is_some() {
        return Arc::new(civil.with_timezone("UTC"));
    }
    Arc::new(civil)
}

/// A value that is in ISO form already, as a snapshot day beside dates of another form.
fn iso(text: &str) -> Option<Moment> {
    Day::parse_iso(text).map(|day| Moment { day, micros: 0, offset: None })
}

fn instants(texts: &StringArray, zone: &Zone, bad: &mut Vec<BadCell>) -> ArrayRef {
    let mut out = TimestampMicrosecondBuilder::with_capacity(texts.len());
    for row in 0..texts.len() {
        let Some(text) = text_at(texts, row) else {
            out.append_null();
            continue;
        };
        let at = parse_instant(text, zone);
        if at.is_none() {
            let reason = "is not a possible time; write it as 2026-03-12T09:30:00".to_owned();
            bad.push(BadCell { row, value: text.to_owned(), reason });
        }
        out.append_option(at.map(|at| at.0));
    }
    Arc::new(out.finish().with_timezone("UTC"))
}

/// The text with full-width letters and digits as half-width ones (NFKC).
fn plain_width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfkc().collect()) }
}

fn half_width(texts: &StringArray) -> ArrayRef {
    let half: StringArray =
        (0..texts.len()).map(|row| text_at(texts, row).map(plain_width)).collect();
    Arc::new(half)
}

/// A plain decimal: without currency sign, blanks and grouping characters, the point as `.`, and a minus
/// where accountants write △ or parentheses.
fn plain_decimal(text: &str, point: char, group: Option<char>) -> String {
    const SIGNS: &[&str] = &["¥", "$", "€", "£", "円", "JPY", "USD", "EUR", "GBP"];
    let text = plain_width(text);
    let mut rest = text.trim();
    let mut negative = false;
    loop {
        let before = rest;
        for sign in SIGNS {
            rest = rest.strip_prefix(sign).unwrap_or(rest);
            rest = rest.strip_suffix(sign).unwrap_or(rest).trim();
        }
        for mark in ["△", "▲", "-", "−"] {
            if let Some(after) = rest.strip_prefix(mark) {
                (negative, rest) = (true, after.trim());
            }
        }
        if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            (negative, rest) = (true, inner.trim());
        }
        if rest == before {
            break;
        }
    }
    let kept = rest.chars().filter(|letter| Some(*letter) != group && !letter.is_whitespace());
    let plain: String = kept.map(|letter| if letter == point { '.' } else { letter }).collect();
    if negative { format!("-{plain}") } else { plain }
}

/// Plain decimals: grouping characters out, the point to `.`.
fn decimals(texts: &StringArray, point: char, group: Option<char>) -> ArrayRef {
    let mut out = StringBuilder::with_capacity(texts.len(), texts.len() * 8);
    for row in 0..texts.len() {
        let plain = text_at(texts, row).map(|text| plain_decimal(text, point, group));
        out.append_option(plain);
    }
    Arc::new(out.finish())
}

fn flags(texts: &StringArray, yes: &[String], no: &[String], bad: &mut Vec<BadCell>) -> ArrayRef {
    let mut out = BooleanBuilder::with_capacity(texts.len());
    for row in 0..texts.len() {
        let Some(text) = text_at(texts, row) else {
            out.append_null();
            continue;
        };
        let half = plain_width(text);
        let listed = |list: &[String]| list.iter().any(|word| word == text || *word == half);
        let flag = if listed(yes) {
            Some(true)
        } else if listed(no) || no.is_empty() {
            Some(false)
        } else {
            let reason = format!("is neither of {} nor of {}", yes.join(", "), no.join(", "));
            bad.push(BadCell { row, value: text.to_owned(), reason });
            None
        };
        out.append_option(flag);
    }
    Arc::new(out.finish())
}
