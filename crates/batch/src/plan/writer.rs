//! The store's rows of a run that are kept account by account: written block after block, while the next is decided.

use anyhow::{Context, Result};
use store::{MapMember, OtherRow, PlayRow, Store, StoreError};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// What the store keeps of one account, or of a block of them.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub(super) plays: Vec<PlayRow>,
    pub(super) others: Vec<OtherRow>,
    pub(super) views: Vec<(i64, String)>,
    pub(super) members: Vec<MapMember>,
}

impl Stored {
    /// Adds what is kept of others.
    pub(super) fn add(&mut self, other: Self) {
        self.plays.extend(other.plays);
        self.others.extend(other.others);
        self.views.extend(other.views);
        self.members.extend(other.members);
    }

    async fn write(&self, store: &Store, run_id: &str) -> Result<(), StoreError> {
        store.write_plays(&self.plays, &self.others, &[]).await?;
        store.write_views(run_id, &self.views).await?;
        store.write_map_members(run_id, &self.members).await
    }
}

/// Writes blocks in a task of its own, one behind whoever makes the next; dropped, it writes no more.
pub(super) struct Writer {
    blocks: mpsc::Sender<Stored>,
    task: JoinSet<Result<(), StoreError>>,
}

impl Writer {
    /// Begins with the rows of a run.
    pub(super) fn begin(store: &Store, run_id: &str) -> Self {
        let (blocks, mut given) = mpsc::channel::<Stored>(1);
        let (store, run_id) = (store.clone(), run_id.to_owned());
        let mut task = JoinSet::new();
        task.spawn(async move {
            while let Some(block) = given.recv().await {
                block.write(&store, &run_id).await?;
            }
            Ok(())
        });
        Self { blocks, task }
    }

    /// Gives a block to be written. Where an earlier one could not be, returns why.
    pub(super) async fn give(&mut self, block: Stored) -> Result<()> {
        match self.blocks.send(block).await {
            Ok(()) => Ok(()),
            Err(_) => ended(&mut self.task).await,
        }
    }

    /// Returns when everything is written.
    pub(super) async fn finish(self) -> Result<()> {
        let Self { blocks, mut task } = self;
        drop(blocks);
        ended(&mut task).await
    }
}

/// How the writing ended.
async fn ended(task: &mut JoinSet<Result<(), StoreError>>) -> Result<()> {
    let ended = task.join_next().await.context("rows of the run were given after the last")?;
    Ok(ended.context("rows of the run could not be written")??)
}
