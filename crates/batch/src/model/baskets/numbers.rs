//! Numbers for names, in the order in which they are first met.

use std::collections::hash_map::Entry;

use anyhow::{Result, bail};
use rustc_hash::FxHashMap;

/// Names with their numbers. A name that is a whole number, written as such, takes no text.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    whole: FxHashMap<i64, u32>,
    text: FxHashMap<Box<str>, u32>,
    next: u32,
}

impl Numbers {
    pub(super) fn len(&self) -> usize {
        self.next as usize
    }

    pub(super) fn of_whole(&mut self, name: i64) -> Result<u32> {
        let number = match self.whole.entry(name) {
            Entry::Occupied(known) => return Ok(*known.get()),
            Entry::Vacant(free) => *free.insert(self.next),
        };
        self.count()?;
        Ok(number)
    }

    pub(super) fn of(&mut self, name: &str) -> Result<u32> {
        if let Some(whole) = plain_whole(name) {
            return self.of_whole(whole);
        }
        if let Some(number) = self.text.get(name) {
            return Ok(*number);
        }
        let number = self.next;
        self.text.insert(name.into(), number);
        self.count()?;
        Ok(number)
    }

    fn count(&mut self) -> Result<()> {
        match self.next.checked_add(1) {
            Some(next) => self.next = next,
            None => bail!("more than four billion different baskets or items: split the file"),
        }
        Ok(())
    }

    /// The name of each number.
    pub(super) fn names(self) -> Vec<String> {
        let mut names = vec![String::new(); self.next as usize];
        for (name, number) in self.whole {
            names[number as usize] = name.to_string();
        }
        for (name, number) in self.text {
            names[number as usize] = name.into();
        }
        names
    }
}

/// The number that a text is the only writing of: 7, but not 007, +7 or 7.0.
fn plain_whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let first = *digits.as_bytes().first()?;
    let plain = digits.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit());
    if !plain || (first == b'0' && text.len() > 1) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_writing() {
        let mut numbers = Numbers::default();
        let names = ["7", "007", "a", "0", "-7", "-0", "12345678901234567890", "りんご", "7", "a"];
        let found: Vec<u32> = names.iter().map(|name| numbers.of(name).expect("few")).collect();
        assert_eq!(found, [0, 1, 2, 3, 4, 5, 6, 7, 0, 2]);
        assert_eq!(numbers.of_whole(-7).expect("few"), 4);
        assert_eq!(numbers.len(), 8);
        assert_eq!(numbers.names(), names[..8]);
    }
}
