//! The lake: orders, usage and web events as Parquet files by month.
//!
//! One source file becomes visible whole or not at all: its rows are written under temporary names,
//! flushed to disk, renamed to a name made from their content, and then one store transaction
//! enters them in the catalogue. Whatever a crash leaves behind is not in the catalogue, is never
//! read, and goes with the next [`sweep`].
//!
//! [`compact`] merges the files of a month into one and leaves out rows that were replaced; [`erase`] does
//! the same without the rows or links of a person. Both write new files and swap the catalogue in one
//! transaction; the old files stay for those who still read them.
//!
//! A file is never changed. A row that corrects an older one goes to a file of its own whose name
//! says `-replacing`; readers let the highest `seq` of a key win, and do so only when there is such
//! a file. Months are those of the dated column in UTC: the partition is a way to read less, never
//! an answer to "which month was it", which needs the workspace's zone.

mod compact;
mod compare;
mod erase;
mod export;
mod files;
mod layout;
mod lines;
mod order;
mod print;
mod read;
mod rewrite;
mod segment;
mod surrogate;
mod sweep;
mod writer;

pub use compact::{Compacted, FILES_MAX, Scope, compact, drop_months};
pub use erase::{Cleaned, PersonKeys, erase, rows_of};
pub use export::export_rows;
pub use layout::{LAKE_ENTITIES, lake_schema};
pub use read::{Pinned, missing, pin, view, view_all};
pub use sweep::{KEPT_S, Swept, sweep};
pub use writer::{CanonicalBatch, Duplicate, LakeCounts, LakeWriter};

#[cfg(test)]
mod tests;
