//! The home of many workspaces, such as an agency has (S82): their names in addresses and their folders.
//!
//! It is a database of its own, a SQLite file or a schema of PostgreSQL, and holds nothing of any client:
//! each workspace keeps its own database, which the home only points to.
// writes: workspaces

use crate::StoreError;
use crate::open::{Open, Store};
use crate::schema::Tables;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::Fields;

/// One workspace of a home.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkspaceRow {
    /// Its name in addresses.
    pub name: String,
    /// Its folder, relative to the home's where it lies within.
    pub folder: String,
}

/// What became of a workspace that was to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It is listed now.
    New,
    /// It was listed already under this name.
    Listed(String),
    /// The name belongs to another folder.
    NameTaken(String),
}

/// The database of a home. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Home {
    store: Store,
}

const WORKSPACES: Table<'static> = Table {
    name: "workspaces",
    columns: &[("name", Sort::Text), ("folder", Sort::Text)],
    key: &["name"],
};

impl Home {
    /// Opens the home at an address as of [`Store::open`]; made and migrated when opened for writing.
    pub async fn open(url: &str, mode: Open) -> Result<Self, StoreError> {
        Ok(Self { store: Store::open_tables(url, mode, Tables::Home).await? })
    }

    /// All workspaces, by name.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceRow>, StoreError> {
        let what = "reading the list of workspaces";
        let mut conn = self.store.reader(what).await?;
        let sql =
            format!("SELECT name, folder FROM workspaces ORDER BY name{}", self.store.bytewise());
        let rows = sql::rows(&mut conn, sql, &[], &[Sort::Text, Sort::Text]).await;
        let rows = rows.map_err(self.store.failed(what))?.into_iter().map(|row| {
            let mut fields = Fields::of(row);
            WorkspaceRow { name: fields.text(), folder: fields.text() }
        });
        Ok(rows.collect())
    }

    /// Lists a workspace. A folder is listed once, and a name stands for one folder.
    pub async fn add_workspace(&self, workspace: &WorkspaceRow) -> Result<Added, StoreError> {
        let what = "adding a workspace";
        let mut tx = self.store.begin(what).await?;
        let sql = "SELECT name, folder FROM workspaces WHERE folder = $1 OR name = $2";
        let values = [(&workspace.folder).into(), (&workspace.name).into()];
        let rows = sql::rows(&mut tx, sql, &values, &[Sort::Text, Sort::Text]).await;
        let mut taken = None;
        for row in rows.map_err(self.store.failed(what))? {
            let mut fields = Fields::of(row);
            let (name, folder) = (fields.text(), fields.text());
            if folder == workspace.folder {
                return Ok(Added::Listed(name));
            }
            taken = Some(folder);
        }
        if let Some(folder) = taken {
            return Ok(Added::NameTaken(folder));
        }
        let row = vec![(&workspace.name).into(), (&workspace.folder).into()];
        let done = sql::insert(&mut tx, &WORKSPACES, Clash::Keep, &[row]).await;
        done.map_err(self.store.failed(what))?;
        tx.commit().await.map_err(self.store.failed(what))?;
        Ok(Added::New)
    }

    /// Takes a workspace off the list; its folder and database stay. Whether it was listed.
    pub async fn remove_workspace(&self, name: &str) -> Result<bool, StoreError> {
        let what = "removing a workspace from the list";
        let mut tx = self.store.begin(what).await?;
        let gone =
            sql::execute(&mut tx, "DELETE FROM workspaces WHERE name = $1", &[name.into()]).await;
        let gone = gone.map_err(self.store.failed(what))?;
        tx.commit().await.map_err(self.store.failed(what))?;
        Ok(gone > 0)
    }

    /// Closes the connections once they are free.
    pub async fn close(&self) {
        self.store.close().await;
    }
}
