//! The migrations, and whether a database has them.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, Row as _};

use crate::StoreError;
use crate::open::Backend;

/// The migrations in `crates/store/migrations`, one text for both databases.
static WORKSPACE: Migrator = sqlx::migrate!();
/// The migrations in `crates/store/home`.
static HOME: Migrator = sqlx::migrate!("./home");

/// Whose tables a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tables {
    /// One workspace's.
    Workspace,
    /// Those of a home of many workspaces.
    Home,
}

impl Tables {
    fn migrator(self) -> &'static Migrator {
        match self {
            Self::Workspace => &WORKSPACE,
            Self::Home => &HOME,
        }
    }

    /// The newest migration that we know.
    pub(crate) fn known(self) -> i64 {
        self.migrator().iter().map(|migration| migration.version).max().unwrap_or_default()
    }
}

/// What a database has of the migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// No migration at all: no workspace yet.
    None,
    /// The migrations up to this one, and ours go further.
    Older(i64),
    /// Exactly ours.
    Ours,
}

impl Tables {
    /// What the database has of our migrations; an error if it has others.
    pub(crate) async fn version(
        self,
        conn: &mut AnyConnection,
        backend: Backend,
        place: &str,
    ) -> Result<Version, StoreError> {
        let what = "reading the schema's version";
        let failed = |error| StoreError::of(what, place, error);
        let there: i64 = sqlx::query_scalar(match backend {
            Backend::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
            Backend::Postgres => {
                "SELECT COUNT(*) FROM pg_tables \
             WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'"
            }
        })
        .fetch_one(&mut *conn)
        .await
        .map_err(failed)?;
        if there == 0 {
            return Ok(Version::None);
        }
        let applied = sqlx::query(
            "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version",
        )
        .fetch_all(conn)
        .await
        .map_err(failed)?;
        let mut newest = None;
        for row in applied {
            let version: i64 = row.try_get(0).map_err(failed)?;
            let checksum: Vec<u8> = row.try_get(1).map_err(failed)?;
            let ours = self.migrator().iter().find(|migration| migration.version == version);
            match ours {
                Some(ours) if *ours.checksum == *checksum => newest = Some(version),
                Some(_) => {
                    return Err(StoreError::ForeignSchema { place: place.to_owned(), version });
                }
                None => return Err(self.newer(place, version)),
            }
        }
        Ok(match newest {
            None => Version::None,
            Some(version) if version < self.known() => Version::Older(version),
            Some(_) => Version::Ours,
        })
    }

    /// Applies the migrations that are missing.
    pub(crate) async fn migrate(
        self,
        conn: &mut AnyConnection,
        place: &str,
    ) -> Result<(), StoreError> {
        self.migrate_to(conn, self.known(), place).await
    }

    /// Applies the migrations that are missing, up to a version.
    pub(crate) async fn migrate_to(
        self,
        conn: &mut AnyConnection,
        version: i64,
        place: &str,
    ) -> Result<(), StoreError> {
        let what = "preparing the tables";
        if version > self.known() {
            return Err(self.newer(place, version));
        }
        self.migrator().run_to(version, conn).await.map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                StoreError::of(what, place, error)
            }
            MigrateError::VersionMissing(version) => self.newer(place, version),
            MigrateError::VersionMismatch(version) => {
                StoreError::ForeignSchema { place: place.to_owned(), version }
            }
            other => StoreError::Database {
                what: what.to_owned(),
                place: place.to_owned(),
                source: other.into(),
            },
        })
    }

    /// The error for a database that must be migrated before it can be read.
    pub(crate) fn older(self, place: &str, found: i64) -> StoreError {
        StoreError::OlderSchema { place: place.to_owned(), found, known: self.known() }
    }

    fn newer(self, place: &str, found: i64) -> StoreError {
        StoreError::NewerSchema { place: place.to_owned(), found, known: self.known() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::canonical::{ENTITIES, Home, Kind};

    use crate::sql::{Sort, rows};
    use crate::testing::sqlite;

    /// Table, column, SQL type, whether never null, place in the key (0: none).
    type Described = (String, String, String, bool, usize);

    fn expected() -> BTreeSet<Described> {
        let mut expected = BTreeSet::new();
        for entity in ENTITIES.iter().filter(|entity| entity.home == Home::Store) {
            let mut add = |name: &str, sql: &str, required: bool| {
                let place = entity.key.iter().position(|key| *key == name).map_or(0, |at| at + 1);
                let required = required || place > 0;
                let described =
                    (entity.name.to_owned(), name.to_owned(), sql.to_owned(), required, place);
                assert!(expected.insert(described), "{}.{name}", entity.name);
            };
            for column in entity.columns {
                let sql = match column.kind {
                    Kind::Text | Kind::Ref(_) | Kind::Word(_) | Kind::Currency | Kind::Day => {
                        "TEXT"
                    }
                    Kind::Whole(..) | Kind::Amount | Kind::Instant | Kind::Flag => "BIGINT",
                    Kind::Number(..) => "DOUBLE PRECISION",
                };
                add(column.name, sql, false);
            }
            if entity.attributes {
                add("attributes", "TEXT", false);
            }
            add("placeholder", "BIGINT", true);
        }
        expected
    }

    #[tokio::test]
    async fn the_migrations_make_the_tables_of_the_registry() {
        let (_folder, store) = sqlite().await;
        let mut conn = store.reader("reading the schema").await.expect("a connection");
        let mut found = BTreeSet::new();
        for entity in ENTITIES.iter().filter(|entity| entity.home == Home::Store) {
            let sql = "SELECT name, type, \"notnull\", pk FROM pragma_table_info($1)";
            let sorts = [Sort::Text, Sort::Text, Sort::Int, Sort::Int];
            let columns =
                rows(&mut conn, sql, &[entity.name.into()], &sorts).await.expect(entity.name);
            for column in columns {
                let mut fields = crate::value::Fields::of(column);
                let (name, sql) = (fields.text(), fields.text());
                let (required, place) = (fields.int() == 1, fields.int());
                let place = usize::try_from(place).expect("a place is not negative");
                found.insert((entity.name.to_owned(), name, sql, required, place));
            }
        }
        assert_eq!(found, expected());
    }
}
