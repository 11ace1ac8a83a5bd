//! Columns of equal length, with missing values as they come.

/// The code of a category that is not known.
pub const MISSING: u32 = u32::MAX;

/// The values of one column, one a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers; NaN is missing, infinities are the largest and smallest values.
    Numbers(Vec<f64>),
    /// Categories as codes from 0; [`MISSING`] is missing. A code that was not seen in fitting counts as missing
    /// in predicting.
    Levels(Vec<u32>),
}

impl Column {
    /// How many values.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Levels(codes) => codes.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values are missing.
    pub fn missing(&self) -> usize {
        match self {
            Self::Numbers(values) => values.iter().filter(|value| value.is_nan()).count(),
            Self::Levels(codes) => codes.iter().filter(|code| **code == MISSING).count(),
        }
    }

    fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numbers(values) => Self::Numbers(rows.iter().map(|row| values[*row]).collect()),
            Self::Levels(codes) => Self::Levels(rows.iter().map(|row| codes[*row]).collect()),
        }
    }
}

/// Columns of equal length; a column is known by its position.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    rows: usize,
    columns: Vec<Column>,
}

impl Frame {
    /// A frame of so many rows, without columns: a model of it knows only the mean.
    pub fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }

    /// Adds a column at the right.
    ///
    /// # Panics
    /// When it has another number of rows: a fault of the caller.
    #[must_use]
    pub fn with(mut self, column: Column) -> Self {
        assert_eq!(column.len(), self.rows, "a column has as many values as the frame has rows");
        self.columns.push(column);
        self
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Its columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// These rows, in this order; a row may be taken several times.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| column.take(rows)).collect();
        Self { rows: rows.len(), columns }
    }

    /// These columns, in this order.
    #[must_use]
    pub fn only(&self, columns: &[usize]) -> Self {
        let columns = columns.iter().map(|column| self.columns[*column].clone()).collect();
        Self { rows: self.rows, columns }
    }
}
