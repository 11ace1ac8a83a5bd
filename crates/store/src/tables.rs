//! Every table of the schema as the database describes it: for what must reach all of them, whichever
//! module writes them.

use sqlx::AnyConnection;

use crate::open::Backend;
use crate::sql::{self, Sort};
use crate::value::Fields;

/// A table with its columns in their order.
#[derive(Debug, Clone)]
pub(crate) struct AnyTable {
    pub(crate) name: String,
    pub(crate) columns: Vec<AnyColumn>,
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct AnyColumn {
    pub(crate) name: String,
    pub(crate) sort: Sort,
    /// Whether it is never null.
    pub(crate) required: bool,
    /// Whether it is part of the key.
    pub(crate) key: bool,
}

impl AnyTable {
    pub(crate) fn column(&self, name: &str) -> Option<&AnyColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(crate) fn key(&self) -> impl Iterator<Item = &AnyColumn> {
        self.columns.iter().filter(|column| column.key)
    }
}

/// `"a", "b"`.
pub(crate) fn quoted<'a>(columns: impl Iterator<Item = &'a AnyColumn>) -> String {
    columns.map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
}

/// All tables but the list of migrations, by name.
pub(crate) async fn all(
    conn: &mut AnyConnection,
    backend: Backend,
) -> Result<Vec<AnyTable>, sqlx::Error> {
    let sql = match backend {
        Backend::Sqlite => {
            "SELECT m.name, p.name, p.type, p.\"notnull\", CASE WHEN p.pk > 0 THEN 1 ELSE 0 END \
             FROM sqlite_master m JOIN pragma_table_info(m.name) p \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' \
             AND m.name <> '_sqlx_migrations' ORDER BY m.name, p.cid"
        }
        Backend::Postgres => {
            "SELECT c.relname::text, a.attname::text, upper(format_type(a.atttypid, a.atttypmod)), \
             a.attnotnull::int::bigint, \
             (EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary \
             AND a.attnum = ANY (i.indkey)))::int::bigint \
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 \
             AND NOT a.attisdropped AND c.relname <> '_sqlx_migrations' \
             ORDER BY c.relname COLLATE \"C\", a.attnum"
        }
    };
    let sorts = [Sort::Text, Sort::Text, Sort::Text, Sort::Int, Sort::Int];
    let mut tables: Vec<AnyTable> = Vec::new();
    for row in sql::rows(conn, sql, &[], &sorts).await? {
        let mut fields = Fields::of(row);
        let (table, name, kind) = (fields.text(), fields.text(), fields.text());
        let sort = match kind.as_str() {
            "BIGINT" => Sort::Int,
            "DOUBLE PRECISION" => Sort::Real,
            _ => Sort::Text,
        };
        let (required, key) = (fields.int() == 1, fields.int() == 1);
        let column = AnyColumn { name, sort, required: required || key, key };
        match tables.last_mut() {
            Some(last) if last.name == table => last.columns.push(column),
            _ => tables.push(AnyTable { name: table, columns: vec![column] }),
        }
    }
    Ok(tables)
}
