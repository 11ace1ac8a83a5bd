//! A cap that keeps zero and none apart.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

/// A cap: a whole number, where 0 allows nothing, or `"none"`, which is no cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap(Option<u32>);

impl Cap {
    /// No cap.
    pub const NONE: Self = Self(None);

    /// At most `n`.
    pub const fn at_most(n: u32) -> Self {
        Self(Some(n))
    }

    /// The number, or `None` where there is no cap.
    pub fn get(self) -> Option<u32> {
        self.0
    }

    /// Whether one more is allowed where there are `n`.
    pub fn allows_another(self, n: u32) -> bool {
        self.0.is_none_or(|cap| n < cap)
    }
}

impl<'de> Deserialize<'de> for Cap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl Visitor<'_> for Read {
            type Value = Cap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 0, or \"none\"")
            }

            fn visit_i64<E: Error>(self, n: i64) -> Result<Cap, E> {
                u32::try_from(n)
                    .map(Cap::at_most)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(n), &self))
            }

            fn visit_u64<E: Error>(self, n: u64) -> Result<Cap, E> {
                u32::try_from(n)
                    .map(Cap::at_most)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(n), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Cap, E> {
                match text {
                    "none" => Ok(Cap::NONE),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }
        }

        deserializer.deserialize_any(Read)
    }
}
