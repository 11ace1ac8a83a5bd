//! How the plan's inputs stand in a run's folder: as JSON, each struct by a list of its fields.
//!
//! `domain` and `decide` know no serialisation of facts, so the conversion is here, once. A list names each field
//! one time; the compiler refuses a list that lacks one, in writing and in reading. Amounts and chances come back
//! to the last bit: floats are written with as many digits as tell them apart, and read from those digits.

mod bars;
mod catalogue;
mod facts;
mod lives;
mod occasions;
mod odds;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Mutex;

use anyhow::{Context, Result};
use domain::ids::{
    AccountKey, ContactKey, OfferId, PlayId, ProductId, ProposalId, RepId, SubscriptionId,
};
use domain::motion::{AccountKind, Channel, ContactRole, Motion, TouchModel};
use domain::probability::{Estimate, Provenance};
use domain::time::Day;
use domain::words::Words;
use serde_json::value::RawValue;

/// What can be kept.
pub trait Keep: Sized {
    /// Writes it as JSON.
    fn keep(&self, out: &mut String);
    /// Reads it back from the JSON of one value.
    fn again(json: &str) -> Result<Self>;
}

/// It as JSON.
pub fn text<T: Keep>(it: &T) -> String {
    let mut out = String::new();
    it.keep(&mut out);
    out
}

/// What a text of [`text`] holds.
pub fn parse<T: Keep>(text: &str) -> Result<T> {
    T::again(serde_json::from_str::<&RawValue>(text)?.get())
}

/// Keeps structs by the names of their fields.
macro_rules! fields {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl $crate::plan::keep::Keep for $name {
            fn keep(&self, out: &mut String) {
                let Self { $($field),* } = self;
                out.push('{');
                $($crate::plan::keep::member(out, stringify!($field), $field);)*
                out.push('}');
            }

            fn again(json: &str) -> anyhow::Result<Self> {
                let members = $crate::plan::keep::members(json)?;
                Ok(Self { $($field: $crate::plan::keep::of(&members, stringify!($field))?),* })
            }
        }
    )*};
}
pub(crate) use fields;

/// Keeps enums without data by a word each.
macro_rules! words {
    ($($name:ident { $($variant:ident),* $(,)? })*) => {$(
        impl $crate::plan::keep::Keep for $name {
            fn keep(&self, out: &mut String) {
                let word = match self { $(Self::$variant => stringify!($variant)),* };
                $crate::plan::keep::Keep::keep(&word.to_owned(), out);
            }

            fn again(json: &str) -> anyhow::Result<Self> {
                match json.trim_matches('"') {
                    $(stringify!($variant) => Ok(Self::$variant),)*
                    _ => anyhow::bail!("{json} is no {}", stringify!($name)),
                }
            }
        }
    )*};
}
pub(crate) use words;

/// A member of an object.
pub(crate) fn member<T: Keep>(out: &mut String, name: &str, it: &T) {
    if !out.ends_with('{') {
        out.push(',');
    }
    let _ = write!(out, "\"{name}\":");
    it.keep(out);
}

/// An object's members as they stand in it.
pub(crate) type Members<'a> = BTreeMap<String, &'a RawValue>;

/// The members of an object.
pub(crate) fn members(json: &str) -> Result<Members<'_>> {
    serde_json::from_str(json).with_context(|| format!("{} is no object", short(json)))
}

/// A member read back; what an earlier version did not write reads as null.
pub(crate) fn of<T: Keep>(members: &Members<'_>, name: &str) -> Result<T> {
    let json = members.get(name).map_or("null", |value| value.get());
    T::again(json).with_context(|| format!("in `{name}`"))
}

/// The beginning of a JSON text, for messages.
fn short(json: &str) -> String {
    json.chars().take(80).collect()
}

impl Keep for String {
    fn keep(&self, out: &mut String) {
        out.push_str(&serde_json::to_string(self).expect("a text is JSON"));
    }

    fn again(json: &str) -> Result<Self> {
        serde_json::from_str(json).with_context(|| format!("{} is no text", short(json)))
    }
}

impl Keep for &'static str {
    fn keep(&self, out: &mut String) {
        (*self).to_owned().keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        String::again(json).map(|text| name(&text))
    }
}

/// A name of a registry as one that lives as long as the program: there are few, and each is held once.
pub(crate) fn name(text: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().expect("nobody panics while holding it");
    if let Some(name) = names.get(text) {
        return name;
    }
    let name: &'static str = Box::leak(text.to_owned().into_boxed_str());
    names.insert(name);
    name
}

impl Keep for bool {
    fn keep(&self, out: &mut String) {
        let _ = write!(out, "{self}");
    }

    fn again(json: &str) -> Result<Self> {
        json.parse().with_context(|| format!("{} is neither true nor false", short(json)))
    }
}

impl Keep for f64 {
    fn keep(&self, out: &mut String) {
        let _ = if self.is_finite() { write!(out, "{self:?}") } else { write!(out, "\"{self}\"") };
    }

    fn again(json: &str) -> Result<Self> {
        let digits = json.trim_matches('"');
        digits.parse().with_context(|| format!("{} is no number", short(json)))
    }
}

macro_rules! whole {
    ($($name:ty),*) => {$(
        impl Keep for $name {
            fn keep(&self, out: &mut String) {
                let _ = write!(out, "{self}");
            }

            fn again(json: &str) -> Result<Self> {
                json.parse().with_context(|| format!("{} is no whole number of its range", short(json)))
            }
        }
    )*};
}
whole!(i64, u64, i32, u32, u8, i8);

impl<T: Keep> Keep for Option<T> {
    fn keep(&self, out: &mut String) {
        match self {
            Some(it) => it.keep(out),
            None => out.push_str("null"),
        }
    }

    fn again(json: &str) -> Result<Self> {
        if json == "null" { Ok(None) } else { T::again(json).map(Some) }
    }
}

fn list<'a, T: Keep + 'a>(items: impl Iterator<Item = &'a T>, out: &mut String) {
    out.push('[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(',');
        }
        item.keep(out);
    }
    out.push(']');
}

impl<T: Keep> Keep for Vec<T> {
    fn keep(&self, out: &mut String) {
        list(self.iter(), out);
    }

    fn again(json: &str) -> Result<Self> {
        // A list that an earlier version did not know is empty.
        if json == "null" {
            return Ok(Self::new());
        }
        let items: Vec<&RawValue> =
            serde_json::from_str(json).with_context(|| format!("{} is no list", short(json)))?;
        items.into_iter().map(|item| T::again(item.get())).collect()
    }
}

impl<A: Keep, B: Keep> Keep for (A, B) {
    fn keep(&self, out: &mut String) {
        out.push('[');
        self.0.keep(out);
        out.push(',');
        self.1.keep(out);
        out.push(']');
    }

    fn again(json: &str) -> Result<Self> {
        let (one, other): (&RawValue, &RawValue) =
            serde_json::from_str(json).with_context(|| format!("{} is no pair", short(json)))?;
        Ok((A::again(one.get())?, B::again(other.get())?))
    }
}

impl<K: Keep + Ord, V: Keep> Keep for BTreeMap<K, V> {
    fn keep(&self, out: &mut String) {
        out.push('[');
        for (i, (key, value)) in self.iter().enumerate() {
            out.push_str(if i > 0 { ",[" } else { "[" });
            key.keep(out);
            out.push(',');
            value.keep(out);
            out.push(']');
        }
        out.push(']');
    }

    fn again(json: &str) -> Result<Self> {
        Ok(Vec::<(K, V)>::again(json)?.into_iter().collect())
    }
}

macro_rules! ids {
    ($($name:ident),*) => {$(
        impl Keep for $name {
            fn keep(&self, out: &mut String) {
                self.as_str().to_owned().keep(out);
            }

            fn again(json: &str) -> Result<Self> {
                String::again(json).map($name::new)
            }
        }
    )*};
}
ids!(OfferId, PlayId, ProductId, ProposalId, RepId, SubscriptionId);

macro_rules! keys {
    ($($name:ident),*) => {$(
        impl Keep for $name {
            fn keep(&self, out: &mut String) {
                self.0.keep(out);
            }

            fn again(json: &str) -> Result<Self> {
                i64::again(json).map($name)
            }
        }
    )*};
}
keys!(AccountKey, ContactKey);

macro_rules! codes {
    ($($name:ident),*) => {$(
        impl Keep for $name {
            fn keep(&self, out: &mut String) {
                self.code().to_owned().keep(out);
            }

            fn again(json: &str) -> Result<Self> {
                let found = $name::parse(json.trim_matches('"'));
                found.with_context(|| format!("{} is no {}", short(json), stringify!($name)))
            }
        }
    )*};
}
codes!(AccountKind, Channel, ContactRole, Motion, Provenance, TouchModel);

impl Keep for Day {
    fn keep(&self, out: &mut String) {
        self.to_string().keep(out);
    }

    fn again(json: &str) -> Result<Self> {
        let day = Self::parse_iso(json.trim_matches('"'));
        day.with_context(|| format!("{} is no day", short(json)))
    }
}

fields! {
    Estimate { mean, sd, provenance, n }
    Words { ja, en }
}

#[cfg(test)]
mod tests;
