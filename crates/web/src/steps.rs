//! The first steps of a workspace without a plan: which are done, which is next, and where it leads.

use store::UploadRow;

use crate::access::Need;
use crate::data;
use crate::error::Error;
use crate::reader::Reader;
use crate::state::AppState;
use crate::words::DataWords;

/// One step.
pub(crate) struct Step {
    pub(crate) label: &'static str,
    pub(crate) done: bool,
    pub(crate) now: bool,
}

/// The steps; none of a workspace that has a plan.
pub(crate) struct Steps {
    pub(crate) w: &'static DataWords,
    pub(crate) all: [Step; 4],
    /// Where the next step is taken, for those who may.
    pub(crate) url: Option<String>,
}

impl Steps {
    /// Where the workspace stands.
    pub(crate) async fn read(state: &AppState, reader: &Reader) -> Result<Option<Self>, Error> {
        if state.store.current_run().await?.is_some() {
            return Ok(None);
        }
        let base = state.base();
        let has_data = !state.store.arrived().await?.is_empty();
        let upload = state.store.latest_uploads(1).await?.pop();
        let (at, url) = match (has_data, upload) {
            (true, _) => (3, format!("{base}/data/run")),
            (false, Some(upload)) => open_step(state, &upload).await?,
            (false, None) => (0, format!("{base}/data")),
        };
        let w = DataWords::of(reader.lang);
        let labels = [w.step_upload, w.step_check, w.step_take, w.step_plan];
        let mut place = 0;
        let all = labels.map(|label| {
            place += 1;
            Step { label, done: place <= at, now: place == at + 1 }
        });
        let url = reader.visitor.can(Need::Oversee).then_some(url);
        Ok(Some(Self { w, all, url }))
    }
}

/// Where the latest upload stands, while nothing has been taken.
async fn open_step(state: &AppState, upload: &UploadRow) -> Result<(usize, String), Error> {
    let base = state.base();
    let jobs = state.store.jobs_about(&data::about(upload.upload_no)).await?;
    let url = data::upload::url(&base, upload.upload_no);
    Ok(match data::standing(&jobs, state.now().0) {
        "refused" => (0, format!("{base}/data")),
        "take" => (2, url),
        _ => (1, url),
    })
}
