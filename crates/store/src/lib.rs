//! The only SQL state, on SQLite (embedded default) or PostgreSQL.
//!
//! A [`Home`] lists many workspaces. A [`Store`] is one workspace: a SQLite file, or a schema of a PostgreSQL database. Both run the same
//! SQL text and the same migrations, and read in the same order: by key, bytewise. Each table is written
//! by exactly one module, which names it in its `// writes:` line or in its SQL.
//!
//! Writers stand in line: SQLite has one write connection with `BEGIN IMMEDIATE`, PostgreSQL takes one
//! advisory lock a transaction. Readers never wait for them. No write transaction is larger than a
//! thousand rows, except where a set of rows must appear as one.

mod error;
mod place;
mod value;
mod sql;
mod schema;
mod open;
mod entities;
mod keys;
mod lake;
mod ingests;
mod leases;
mod pins;
mod tables;
mod dump;
mod erasure;
mod upkeep;
mod runs;
mod plays;
mod work;
mod changes;
mod natural;
mod whitespace;
mod stops;
mod leaves;
mod saved_views;
mod night;
mod lots;
mod views;
mod models;
mod pages;
mod home;
mod contract_log;
mod verdicts;
mod settings;
mod policies;
mod users;
mod throttle;
mod audit;
mod sight;
mod jobs;
mod uploads;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use audit::{AuditFilter, AuditRow};
pub use changes::PlayChange;
pub use contract_log::LoggedVersion;
pub use dump::DumpPart;
pub use entities::{Note, Noted, Upsert};
pub use erasure::{Erase, Erased, Found, Person, PersonKind, Touched, row_text};
pub use error::StoreError;
pub use home::{Added, Home, WorkspaceRow};
pub use ingests::{Arrived, Ingested, RowIssue};
pub use jobs::{JOB_SILENCE_US, JobRow, JobState, NewJob};
pub use lake::LakeFile;
pub use leases::{Lease, LeaseAsk};
pub use leaves::LeaveRow;
pub use lots::{LotRow, MILLIONTHS};
pub use models::ModelRow;
pub use natural::NaturalRow;
pub use night::{LeftOutRow, PoolWeekRow};
pub use open::{Open, Store};
pub use pages::{AccountLine, AccountName, ContactName, RepName};
pub use plays::{AccountPlays, FateCount, OtherRow, PlayCounts, PlayFilter, PlayRow};
pub use policies::{PolicyStop, PolicyVersion};
pub use runs::RunRow;
pub use saved_views::SavedView;
pub use settings::ReadUnder;
pub use sight::Sight;
pub use stops::{StopKind, StopRow};
pub use throttle::{AttemptKey, Counted};
pub use uploads::{UploadFile, UploadRow};
pub use users::{Changed, Session, User, UserChange, UserRole};
pub use value::{Row, Value};
pub use verdicts::PairVerdict;
pub use whitespace::{MapColumn, MapMember};
pub use work::{
    Act, Answer, Answers, Assigned, Assignment, By, ChangeKind, ClosedDeal, Detail, EventKind,
    Handing, Handoff, Moved, Origin, Outcome, OwnPlay, Phase, PipelineFilter, PlayEvent, PlayState,
    PlayStateFilter, Side, Stage, Step, Touch, TouchKind, Undo, effective,
};
