//! Reading, converting and storing one file at the same time, each in its own thread.

use std::sync::mpsc::sync_channel;

use anyhow::{Context as _, Result, anyhow};
use tokio::sync::mpsc;

use super::convert::{Conversion, Converted, Rule};
use super::reader::{RawBatch, Source};

/// Batches on their way between two threads: enough to even out, too few to fill memory.
const ON_THE_WAY: usize = 3;

/// What comes out of a file.
pub(super) enum Event {
    /// Rows, with the number of rows read and bytes consumed so far.
    Rows { converted: Vec<Converted>, rows: u64, bytes_done: u64 },
    /// The end of the file: what became of the rows.
    End { rules: Vec<Rule>, rows: u64 },
}

/// A file being read and converted; dropping it stops the work.
pub(super) struct Pipeline {
    events: mpsc::Receiver<Result<Event>>,
}

/// Starts reading the columns at the positions `wanted`.
pub(super) fn start(
    source: Box<dyn Source>,
    wanted: Vec<usize>,
    conversion: Conversion,
) -> Pipeline {
    let (send, events) = mpsc::channel(ON_THE_WAY);
    tokio::task::spawn_blocking(move || {
        let last = convert(source, wanted, conversion, &send);
        // The receiver is gone only when nobody wants the rows any more.
        drop(send.blocking_send(last));
    });
    Pipeline { events }
}

impl Pipeline {
    /// What comes next; after [`Event::End`] or an error nothing more does.
    pub(super) async fn next(&mut self) -> Result<Event> {
        let event = self.events.recv().await;
        event.unwrap_or_else(|| Err(anyhow!("the reading thread ended early; this is a defect")))
    }
}

fn convert(
    source: Box<dyn Source>,
    wanted: Vec<usize>,
    mut conversion: Conversion,
    send: &mpsc::Sender<Result<Event>>,
) -> Result<Event> {
    let (give, take) = sync_channel::<RawBatch>(ON_THE_WAY);
    let reading = std::thread::Builder::new()
        .name("ingest-read".to_owned())
        .spawn(move || source.read(&wanted, &mut |batch| give.send(batch).is_ok()))
        .context("a thread to read with could not be started")?;
    let mut rows = 0;
    let mut outcome = Ok(());
    for raw in take {
        rows += (raw.batch.num_rows() + raw.bad.len()) as u64;
        let bytes_done = raw.bytes_done;
        match conversion.batch(raw) {
            Ok(converted) => {
                let event = Event::Rows { converted, rows, bytes_done };
                if send.blocking_send(Ok(event)).is_err() {
                    break;
                }
            }
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    let read =
        reading.join().map_err(|_| anyhow!("the reading thread failed; this is a defect"))?;
    outcome?;
    read?;
    Ok(Event::End { rules: conversion.rules, rows })
}
