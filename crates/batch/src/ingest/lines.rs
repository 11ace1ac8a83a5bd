//! Where the rows of a batch stood in their file.

use arrow::array::BooleanArray;

/// The line of every row of a batch, from 1; the row's number in Parquet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lines {
    /// Row `i` stood on line `first + i`.
    From(u32),
    /// The line of every row.
    Each(Vec<u32>),
}

impl Lines {
    /// The line of row `row`.
    pub(crate) fn line(&self, row: usize) -> u32 {
        match self {
            Self::From(first) => first.saturating_add(u32::try_from(row).unwrap_or(u32::MAX)),
            Self::Each(lines) => lines.get(row).copied().unwrap_or(u32::MAX),
        }
    }

    /// The lines of the rows that the mask keeps.
    pub(crate) fn filter(&self, mask: &BooleanArray) -> Self {
        let kept = (0..mask.len()).filter(|row| mask.value(*row));
        Self::Each(kept.map(|row| self.line(row)).collect())
    }

    /// One line for each of `rows` rows.
    pub(crate) fn to_vec(&self, rows: usize) -> Vec<u32> {
        match self {
            Self::From(_) => (0..rows).map(|row| self.line(row)).collect(),
            Self::Each(lines) => lines.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_a_range_or_a_list() {
        assert_eq!(Lines::From(2).line(3), 5);
        assert_eq!(Lines::From(2).filter(&vec![false, true].into()), Lines::Each(vec![3]));
        assert_eq!(Lines::From(2).to_vec(2), [2, 3]);
    }
}
