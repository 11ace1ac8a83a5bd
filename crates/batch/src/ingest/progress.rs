//! How far an ingest has come, for whoever waits for it.

/// The state of an ingest at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The file at hand.
    pub file: &'a str,
    /// Rows read so far, of all files.
    pub rows: u64,
    /// Bytes read so far, of all files.
    pub bytes_done: u64,
    /// Bytes of all files. With the time gone, done and total give the rate and the time remaining.
    pub bytes_total: u64,
}

/// Is told how far an ingest has come, some times a second at most.
pub trait Progress: Sync {
    /// Called after each batch of rows.
    fn standing(&self, standing: Standing);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn standing(&self, _: Standing) {}
}
