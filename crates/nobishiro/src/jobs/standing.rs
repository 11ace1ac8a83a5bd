//! How far a job has come, as the pages show it.

use std::sync::{Mutex, PoisonError};

use batch::ingest::{Progress, Standing as OfFile};
use serde_json::{Value, json};

use crate::clock;

/// Told by the work, read by the worker's heartbeat.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    now: Mutex<Now>,
}

#[derive(Debug, Default)]
struct Now {
    /// Another command has the workspace.
    waits: bool,
    /// Stages by code, each with when it began.
    stages: Vec<(String, i64)>,
    /// The file at hand: its name, rows so far, bytes done and in all.
    file: Option<(String, u64, u64, u64)>,
}

impl Standing {
    fn change(&self, change: impl FnOnce(&mut Now)) {
        // Whoever panicked while telling has told all there is.
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut now);
    }

    /// Another command has the workspace.
    pub(crate) fn waits(&self) {
        self.change(|now| *now = Now { waits: true, ..Now::default() });
    }

    /// A stage begins.
    pub(crate) fn stage(&self, code: &str) {
        self.change(|now| {
            now.waits = false;
            now.stages.push((code.to_owned(), clock::now().0));
        });
    }

    /// As JSON.
    pub(crate) fn json(&self) -> String {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let stages: Vec<Value> =
            now.stages.iter().map(|(code, us)| json!({ "code": code, "begun_us": us })).collect();
        let file = now.file.as_ref().map(|(name, rows, done, total)| {
            let name = name.split_once('/').map_or(name.as_str(), |(_, name)| name);
            json!({ "name": name, "rows": rows, "bytes_done": done, "bytes_total": total })
        });
        json!({ "waits": now.waits, "stages": stages, "file": file }).to_string()
    }
}

impl Progress for Standing {
    fn standing(&self, it: OfFile<'_>) {
        let file = (it.file.to_owned(), it.rows, it.bytes_done, it.bytes_total);
        self.change(|now| (now.waits, now.file) = (false, Some(file)));
    }
}
