//! Files of a company become rows of the canonical tables.
//!
//! [`ingest`] plans which file becomes what ([`plan`]), reads each file in its own thread
//! ([`reader`]), applies the mapping's verbs to whole columns ([`verbs`]), checks and converts to the
//! canonical schema ([`conform`]), and hands the rows to the store or the lake ([`sink`]). At the end of
//! the command references are judged ([`references`]), so that a later file can satisfy an earlier one.
//!
//! Every row is accounted for in the [`IngestReport`]. A file that cannot be read is reported and costs
//! none of the others; nothing already stored is lost. The same rows again change nothing, so an
//! ingest that was cut off is finished by running it again.

pub(crate) mod cells;
mod checks;
pub(crate) mod conform;
mod convert;
pub(crate) mod decimal;
mod erased;
mod expression;
mod hash;
mod issues;
mod joins;
pub mod layouts;
pub(crate) mod lines;
mod lookup;
pub(crate) mod mapping;
pub(crate) mod nearest;
mod pipeline;
pub(crate) mod plan;
pub mod preview;
pub mod refused;
mod progress;
pub(crate) mod reader;
mod references;
mod report;
mod run;
mod sink;
pub(crate) mod verbs;

pub use checks::{CHECKS, Check, Verdict};
pub use issues::rejects_path;
pub use mapping::{KnownFile, Mapping, MappingError};
pub(crate) use nearest::did_you_mean;
pub use plan::{InputFile, input_files, is_data_file};
pub use progress::{Progress, Silent, Standing};
pub use reader::ENDINGS;
pub use report::{FileReport, IngestReport, TableReport};
pub use run::{IngestOptions, ingest};
pub use verbs::{VERBS, VerbEntry};

#[cfg(test)]
mod tests;
