//! One lease per workspace, shared by ingest and run: two of them at once would spoil each other's work.
// writes: leases

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Value};

/// Who asks for the lease, for what, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct LeaseAsk<'a> {
    /// What for: `run` or `ingest`.
    pub what: &'a str,
    /// Who asks: pid@host.
    pub holder: &'a str,
    /// The time now, in seconds since 1970.
    pub now_s: i64,
    /// How long the lease lasts unless it is renewed.
    pub ttl_s: i64,
}

/// The right to change the workspace; ends by [`Store::release_lease`], else by lapse of time.
#[derive(Debug)]
#[must_use = "a lease that is dropped blocks others until it lapses"]
pub struct Lease {
    what: String,
    token: i64,
}

const LEASES: Table<'static> = Table {
    name: "leases",
    columns: &[
        ("name", Sort::Text),
        ("what", Sort::Text),
        ("holder", Sort::Text),
        ("token", Sort::Int),
        ("until_s", Sort::Int),
    ],
    key: &["name"],
};

/// The one lease.
const NAME: &str = "work";

/// The lease as it stands.
struct Held {
    what: String,
    holder: String,
    token: i64,
    until_s: i64,
}

impl Store {
    /// Takes the lease if it is free, has lapsed, or `steal_if` says of its holder (pid@host) that it
    /// may be taken away, since that process is dead. Refused with [`StoreError::LeaseHeld`] otherwise.
    pub async fn acquire_lease(
        &self,
        ask: &LeaseAsk<'_>,
        steal_if: impl Fn(&str) -> bool + Send,
    ) -> Result<Lease, StoreError> {
        let what = "claiming the workspace";
        let mut tx = self.begin(what).await?;
        let held = held(&mut tx).await.map_err(self.failed(what))?;
        if let Some(held) = &held
            && held.until_s > ask.now_s
            && !steal_if(&held.holder)
        {
            return Err(StoreError::LeaseHeld {
                what: held.what.clone(),
                holder: held.holder.clone(),
                until_s: held.until_s,
            });
        }
        let token = held.map_or(1, |held| held.token + 1);
        let row = vec![
            NAME.into(),
            ask.what.into(),
            ask.holder.into(),
            token.into(),
            (ask.now_s.saturating_add(ask.ttl_s)).into(),
        ];
        sql::insert(&mut tx, &LEASES, Clash::Replace, &[row]).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(Lease { what: ask.what.to_owned(), token })
    }

    /// Lets the lease last until `now_s + ttl_s`; [`StoreError::LeaseLost`] if another has taken it.
    pub async fn renew_lease(
        &self,
        lease: &Lease,
        now_s: i64,
        ttl_s: i64,
    ) -> Result<(), StoreError> {
        self.set_lease_end(lease, now_s.saturating_add(ttl_s)).await
    }

    /// Gives the lease back; [`StoreError::LeaseLost`] if another has taken it.
    pub async fn release_lease(&self, lease: Lease) -> Result<(), StoreError> {
        self.set_lease_end(&lease, i64::MIN).await
    }

    /// A stamp that changes whenever a holder of the lease may have changed the workspace: its token, and
    /// when it lapses. What was read under one stamp is still right under the same one.
    pub async fn work_stamp(&self) -> Result<(i64, i64), StoreError> {
        let what = "asking who worked on the workspace";
        let mut conn = self.reader(what).await?;
        let held = held(&mut conn).await.map_err(self.failed(what))?;
        Ok(held.map_or((0, 0), |held| (held.token, held.until_s)))
    }

    async fn set_lease_end(&self, lease: &Lease, until_s: i64) -> Result<(), StoreError> {
        let what = "renewing the claim on the workspace";
        let mut tx = self.begin(what).await?;
        let sql = "UPDATE leases SET until_s = $1 WHERE name = $2 AND token = $3";
        let values: [Value; 3] = [until_s.into(), NAME.into(), lease.token.into()];
        let touched = sql::execute(&mut tx, sql, &values).await.map_err(self.failed(what))?;
        if touched == 0 {
            let held = held(&mut tx).await.map_err(self.failed(what))?;
            let holder = held.map(|held| held.holder).unwrap_or_default();
            return Err(StoreError::LeaseLost { what: lease.what.clone(), holder });
        }
        tx.commit().await.map_err(self.failed(what))
    }
}

async fn held(conn: &mut sqlx::AnyConnection) -> Result<Option<Held>, sqlx::Error> {
    let sql = "SELECT what, holder, token, until_s FROM leases WHERE name = $1";
    let sorts = [Sort::Text, Sort::Text, Sort::Int, Sort::Int];
    let row = sql::rows(conn, sql, &[NAME.into()], &sorts).await?.pop();
    Ok(row.map(|row| {
        let mut fields = Fields::of(row);
        Held {
            what: fields.text(),
            holder: fields.text(),
            token: fields.int(),
            until_s: fields.int(),
        }
    }))
}
