//! Looking at the files of an upload: what each is, what becomes of its columns, how its first rows would be taken.

use anyhow::Result;
use batch::suggest::brought::{self, Ask, Looked};
use serde_json::{Value, json};
use store::{JobRow, UploadRow};

use super::{OfUpload, Standing, argument, around, upload, write_json};
use crate::config::Workspace;
use crate::uploads;

/// What was found stands beside the files, since it shows values of theirs: it goes when they go.
pub(super) const FILE: &str = "look.json";

pub(super) async fn look(
    workspace: &Workspace,
    job: &JobRow,
    standing: &Standing,
) -> Result<Value> {
    standing.stage("look");
    let asked: OfUpload = argument(job)?;
    let upload = upload(workspace, asked.upload).await?;
    let found = looked(workspace, (&upload, &asked))?;
    let files: Vec<Value> = uploads::files(workspace, &upload)
        .iter()
        .zip(&found.look.files)
        .map(|((place, _), file)| json!({ "file_no": place, "look": file }))
        .collect();
    let path = uploads::folder(workspace, &upload).join(FILE);
    write_json(&path, &json!({ "job": job.job_no, "files": files }))?;
    Ok(json!({ "files": files.len() }))
}

/// Looks at the files with what people chose, whose places are those of the upload.
pub(super) fn looked(
    workspace: &Workspace,
    (upload, asked): (&UploadRow, &OfUpload),
) -> Result<Looked> {
    let (places, files): (Vec<usize>, Vec<_>) =
        uploads::files(workspace, upload).into_iter().unzip();
    let choices: Vec<_> = asked
        .choices
        .iter()
        .filter_map(|choice| {
            let file = places.iter().position(|place| *place == choice.file)?;
            Some(brought::Choice { file, ..choice.clone() })
        })
        .collect();
    let (mappings, around) = (workspace.dir.join("mappings"), around(workspace));
    brought::look(&files, Ask { mappings: &mappings, choices: &choices, around: &around })
}
