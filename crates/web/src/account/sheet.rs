//! The head of an account's page: who it is, in facts.

use super::Room;
use crate::error::Error;
use crate::names::account_url;
use crate::show;
use crate::words::account::{self as say};
use crate::words::{self, AccountWords};

/// Who the account is.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) kana: Option<String>,
    pub(super) parent: Option<(String, Option<String>)>,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) placeholder: bool,
}

/// The facts of the account's own row.
pub(super) async fn sheet(room: &Room<'_>) -> Result<Sheet, Error> {
    let w = AccountWords::of(room.lang);
    let account = &room.account;
    let text = |column| account.some(column);
    let owner = text("owner").map(|rep| room.names.rep(&rep));
    let facts = [
        (w.kind, text("kind").map(|code| words::kind(room.lang, &code))),
        (w.industry, text("industry")),
        (w.segment, text("segment").map(|code| words::accounts::segment(room.lang, &code))),
        (w.employees, account.whole("employees").map(|n| say::people(room.lang, n))),
        (w.region, text("region")),
        (w.owner, Some(owner.unwrap_or_else(|| w.unassigned.to_owned()))),
        (w.touch, text("touch_model").map(|code| words::touch(room.lang, &code))),
        (w.fiscal, fiscal(room)),
        (w.id, Some(room.id.to_owned())),
    ];
    Ok(Sheet {
        name: text("name").unwrap_or_else(|| room.id.to_owned()),
        kana: text("name_kana"),
        parent: parent(room).await?,
        facts: facts.into_iter().filter_map(|(label, value)| Some((label, value?))).collect(),
        placeholder: account.text("name").is_empty() && is_placeholder(room).await?,
    })
}

/// The fiscal close; asked for where nobody confirmed it, but not of persons.
fn fiscal(room: &Room) -> Option<String> {
    if matches!(room.account.text("kind"), "person" | "household") {
        return None;
    }
    let close = room.account.whole("fiscal_close_month").and_then(|month| {
        let name = show::month_name(i8::try_from(month).ok()?);
        Some(words::either(room.lang, format!("{month}月"), name))
    });
    Some(close.unwrap_or_else(|| AccountWords::of(room.lang).fiscal_unknown.to_owned()))
}

async fn parent(room: &Room<'_>) -> Result<Option<(String, Option<String>)>, Error> {
    let Some(id) = room.account.some("parent_id") else { return Ok(None) };
    let rows = room.records.of("accounts", "account_id", &id).await?;
    let name = rows.first().and_then(|row| row.some("name")).unwrap_or_else(|| id.clone());
    let url = room.sees(&id).then(|| account_url(&room.base, &id));
    Ok(Some((name, url)))
}

async fn is_placeholder(room: &Room<'_>) -> Result<bool, Error> {
    let Some(entity) = domain::canonical::entity("accounts") else { return Ok(false) };
    let ids = room.records.store.placeholder_ids(entity).await?;
    Ok(ids.iter().any(|id| id == room.id))
}
