//! What the run changed since the run before, each with its written reason.

use domain::words::Lang;
use store::{ChangeKind, Store, StoreError};

use crate::frame::segment;
use crate::names::account_url;
use crate::state::Overview;
use crate::words::{self, answers as say};

/// Lines shown; the rest are counted.
const SHOWN: usize = 40;

/// One change.
pub(crate) struct ChangeView {
    pub(crate) kind: String,
    pub(crate) account: String,
    pub(crate) account_url: String,
    pub(crate) title: String,
    /// The play's page; none where it is gone.
    pub(crate) url: Option<String>,
    pub(crate) rank: String,
    pub(crate) reason: String,
}

/// All of them in one line, and the first of them.
pub(crate) struct Changes {
    pub(crate) line: String,
    pub(crate) views: Vec<ChangeView>,
    pub(crate) more: Option<String>,
}

impl Changes {
    /// Of the current run; `None` where it has none before it.
    pub(crate) async fn read(
        store: &Store,
        overview: &Overview,
        desk: (Lang, &str),
    ) -> Result<Option<Self>, StoreError> {
        let (lang, base) = desk;
        let Some((before, changes)) = &overview.changes else { return Ok(None) };
        let count = |kind| changes.iter().filter(|change| change.change == kind).count();
        let counts = [count(ChangeKind::New), count(ChangeKind::Ended), count(ChangeKind::Rank)];
        let others = changes.len() - counts.iter().sum::<usize>();
        let yesterday = overview.as_of.is_some_and(|as_of| as_of.since(*before).0 == 1);
        let since = say::since_day(lang, yesterday, &crate::show::date(lang, *before));
        let mut sorted: Vec<&store::PlayChange> = changes.iter().collect();
        sorted.sort_by_key(|change| weight(change.change));
        let mut keys: Vec<i64> = sorted.iter().take(SHOWN).map(|it| it.account_key).collect();
        keys.sort_unstable();
        keys.dedup();
        let names = store.account_names(&keys).await?;
        let mut views: Vec<ChangeView> = Vec::new();
        let mut shown: Vec<&str> = Vec::new();
        for change in sorted.iter().take(SHOWN) {
            let reason = words::either(lang, &change.reason_ja, &change.reason_en);
            // A play that moved in rank and in week is one line.
            if let Some(place) = shown.iter().position(|play| *play == change.play_id) {
                views[place].also(lang, &say::change(lang, change.change), &reason);
                continue;
            }
            shown.push(&change.play_id);
            let account = names.iter().find(|name| name.account_key == change.account_key);
            let there = change.change != ChangeKind::Ended && change.rank_after.is_some();
            views.push(ChangeView {
                kind: say::change(lang, change.change),
                account: account.map_or_else(String::new, |account| account.name.clone()),
                account_url: account
                    .map_or_else(String::new, |account| account_url(base, &account.account_id)),
                title: words::either(lang, &change.title_ja, &change.title_en),
                url: there.then(|| format!("{base}/plays/{}", segment(&change.play_id))),
                rank: rank(change.rank_before, change.rank_after),
                reason,
            });
        }
        Ok(Some(Self {
            line: say::changed(lang, &since, counts, others),
            views,
            more: (changes.len() > SHOWN)
                .then(|| words::account::more(lang, changes.len() - SHOWN)),
        }))
    }
}

impl ChangeView {
    /// Adds another change of the same play.
    fn also(&mut self, lang: Lang, kind: &str, reason: &str) {
        let comma = words::either(lang, "・", ", ");
        self.kind = format!("{}{comma}{kind}", self.kind);
        if !reason.is_empty() && !self.reason.contains(reason) {
            let space = words::either(lang, "", " ");
            self.reason = format!("{}{space}{reason}", self.reason);
        }
    }
}

/// What comes and goes stands before what moved.
fn weight(kind: ChangeKind) -> u8 {
    match kind {
        ChangeKind::New | ChangeKind::Ended | ChangeKind::Reopened => 0,
        ChangeKind::Rank | ChangeKind::Week | ChangeKind::Frozen => 1,
    }
}

/// `5 → 1`; one of the two where there was or is no other.
fn rank(before: Option<i64>, after: Option<i64>) -> String {
    match (before, after) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (_, Some(after)) => after.to_string(),
        (Some(before), None) => format!("{before} → –"),
        (None, None) => String::new(),
    }
}
