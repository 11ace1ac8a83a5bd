//! Files that people brought in the browser: what they are called, and where they lie.
// writes: uploads, upload_files

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row, Value};

/// Files that were brought at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// Its number, from 1; 0 of one that is not written yet.
    pub upload_no: i64,
    /// The name of the folder that they lie in.
    pub folder: String,
    /// When, microseconds UTC.
    pub at_us: i64,
    /// Who brought them.
    pub by_login: Option<String>,
    /// The files.
    pub files: Vec<UploadFile>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadFile {
    /// Its place in the upload, from 0.
    pub file_no: i64,
    /// The name that people gave it: shown, and never a path.
    pub name: String,
    /// The ending that it is stored with, as `csv` or `csv.gz`.
    pub ending: String,
    /// Its size.
    pub bytes: i64,
    /// Why it was refused, as a code; none of one that is kept.
    pub refused: Option<String>,
}

const UPLOADS: Table<'static> = Table {
    name: "uploads",
    columns: &[
        ("upload_no", Sort::Int),
        ("folder", Sort::Text),
        ("at_us", Sort::Int),
        ("by_login", Sort::Text),
    ],
    key: &["upload_no"],
};

const FILES: Table<'static> = Table {
    name: "upload_files",
    columns: &[
        ("upload_no", Sort::Int),
        ("file_no", Sort::Int),
        ("name", Sort::Text),
        ("ending", Sort::Text),
        ("bytes", Sort::Int),
        ("refused", Sort::Text),
    ],
    key: &["upload_no", "file_no"],
};

impl Store {
    /// Notes an upload whose files lie in their folder; its number is given here.
    ///
    /// It needs no lease: people do so while a night runs.
    pub async fn add_upload(&self, upload: &UploadRow) -> Result<i64, StoreError> {
        let what = "noting uploaded files";
        let failed = self.failed(what);
        let mut tx = self.begin_free(what).await?;
        let sql = "SELECT COALESCE(MAX(upload_no), 0) FROM uploads";
        let last = sql::rows(&mut tx, sql, &[], &[Sort::Int]).await.map_err(&failed)?;
        let number = last.into_iter().next().map_or(0, |row| Fields::of(row).int()) + 1;
        let row: Row = vec![
            number.into(),
            (&upload.folder).into(),
            upload.at_us.into(),
            upload.by_login.as_ref().into(),
        ];
        sql::insert(&mut tx, &UPLOADS, Clash::Keep, &[row]).await.map_err(&failed)?;
        let files: Vec<Row> = upload
            .files
            .iter()
            .map(|file| {
                vec![
                    number.into(),
                    file.file_no.into(),
                    // PostgreSQL keeps no NUL.
                    file.name.replace('\0', "\u{fffd}").into(),
                    (&file.ending).into(),
                    file.bytes.into(),
                    file.refused.as_ref().into(),
                ]
            })
            .collect();
        sql::insert(&mut tx, &FILES, Clash::Keep, &files).await.map_err(&failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(number)
    }

    /// The upload of that number.
    pub async fn upload(&self, upload_no: i64) -> Result<Option<UploadRow>, StoreError> {
        let found = self.uploads_where("WHERE upload_no = $1", &[upload_no.into()]).await?;
        Ok(found.into_iter().next())
    }

    /// The latest uploads, the latest first.
    pub async fn latest_uploads(&self, limit: u32) -> Result<Vec<UploadRow>, StoreError> {
        self.uploads_where(
            "WHERE upload_no > (SELECT COALESCE(MAX(upload_no), 0) FROM uploads) - $1",
            &[i64::from(limit).into()],
        )
        .await
    }

    /// All uploads, the latest first.
    pub async fn uploads(&self) -> Result<Vec<UploadRow>, StoreError> {
        self.uploads_where("", &[]).await
    }

    async fn uploads_where(
        &self,
        condition: &str,
        values: &[Value],
    ) -> Result<Vec<UploadRow>, StoreError> {
        let what = "reading uploads";
        let failed = self.failed(what);
        let mut conn = self.reader(what).await?;
        let sql =
            format!("SELECT {} FROM uploads {condition} ORDER BY upload_no DESC", UPLOADS.names());
        let rows = sql::rows(&mut conn, sql, values, &UPLOADS.sorts()).await.map_err(&failed)?;
        let mut uploads: Vec<UploadRow> = rows.into_iter().map(upload).collect();
        let sql = format!(
            "SELECT {} FROM upload_files {condition} ORDER BY upload_no, file_no",
            FILES.names()
        );
        let rows = sql::rows(&mut conn, sql, values, &FILES.sorts()).await.map_err(&failed)?;
        for row in rows {
            let mut fields = Fields::of(row);
            let number = fields.int();
            let file = file(&mut fields);
            if let Some(upload) = uploads.iter_mut().find(|upload| upload.upload_no == number) {
                upload.files.push(file);
            }
        }
        Ok(uploads)
    }
}

fn upload(row: Row) -> UploadRow {
    let mut fields = Fields::of(row);
    UploadRow {
        upload_no: fields.int(),
        folder: fields.text(),
        at_us: fields.int(),
        by_login: fields.optional_text(),
        files: Vec::new(),
    }
}

fn file(fields: &mut Fields) -> UploadFile {
    UploadFile {
        file_no: fields.int(),
        name: fields.text(),
        ending: fields.text(),
        bytes: fields.int(),
        refused: fields.optional_text(),
    }
}
