//! Who will likely buy unasked: a prompt or mail each, no rep's hours.

use domain::motion::Channel;
use domain::words::Lang;
use store::{NaturalRow, Store, StoreError};

use crate::names::Names;
use crate::show;
use crate::state::Overview;
use crate::words::{self, either, today as say};

/// Lines shown; the command line lists all.
pub(crate) const SHOWN: u32 = 50;

/// One customer who will likely buy unasked.
pub(crate) struct NaturalView {
    pub(crate) account_url: String,
    pub(crate) account: String,
    pub(crate) title: String,
    pub(crate) motion: String,
    pub(crate) why_now: String,
    pub(crate) reason: String,
    pub(crate) next_step: String,
    pub(crate) channel: String,
}

/// The list and how long it is.
pub(crate) struct Natural {
    pub(crate) lines: Vec<NaturalView>,
    /// `自然に申し込む見込み 12件`.
    pub(crate) count: String,
    /// Where not all are shown: how to see the rest.
    pub(crate) more: Option<String>,
}

impl Natural {
    /// A run's list with its accounts' names; none where nobody is on it.
    pub(crate) async fn of(
        store: &Store,
        overview: &Overview,
        place: (&str, Lang),
    ) -> Result<Option<Self>, StoreError> {
        let (base, lang) = place;
        let (rows, total) = (&overview.natural.0, overview.natural.1);
        if rows.is_empty() {
            return Ok(None);
        }
        let keys: Vec<i64> = rows.iter().map(|row| row.account_key).collect();
        let names = Names::of_accounts(store, &keys).await?;
        let lines = rows.iter().map(|row| view(row, &names, (base, lang))).collect();
        let more = (total > u64::from(SHOWN)).then(|| say::more_natural(lang, total));
        Ok(Some(Self { lines, count: say::natural_count(lang, total), more }))
    }
}

fn view(row: &NaturalRow, names: &Names, (base, lang): (&str, Lang)) -> NaturalView {
    let account = names.account(row.account_key);
    let channel = Channel::parse(&row.channel)
        .map_or_else(|| row.channel.clone(), |channel| channel.words().get(lang).to_owned());
    let (unasked, contacted) = (show::percent(row.unasked), show::percent(row.contacted));
    NaturalView {
        account_url: account.url(base),
        account: account.name.clone(),
        title: either(lang, &row.title_ja, &row.title_en),
        motion: words::motion(lang, &row.motion),
        why_now: either(lang, &row.why_now_ja, &row.why_now_en),
        reason: say::unasked(lang, &unasked, &contacted),
        next_step: either(lang, &row.next_step_ja, &row.next_step_en),
        channel,
    }
}
