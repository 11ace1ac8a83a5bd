//! One lease per workspace, shared by ingest and run: two of them at once would spoil each other's work.
//!
//! Each holder gets a token that is one higher than the last. While a store holds the lease, every write
//! transaction begins by looking whether the token still is its own: a process that slept while another took
//! the lease over writes nothing when it wakes up. Those who only read the lake hold a lease of their own,
//! beside the one for work, for as long as they pin files.
// writes: leases

use crate::StoreError;
use crate::open::Store;
use crate::pins;
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
    holding: Holding,
}

/// The lease that a store works or reads under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) name: String,
    pub(crate) what: String,
    pub(crate) token: i64,
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

/// The one lease for work.
const WORK: &str = "work";
/// Begins the names of leases that only keep files from going.
const READ: &str = "read ";

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
    /// Until it is given back, this store and its clones write only as long as the lease is theirs.
    pub async fn acquire_lease(
        &self,
        ask: &LeaseAsk<'_>,
        steal_if: impl Fn(&str) -> bool + Send,
    ) -> Result<Lease, StoreError> {
        self.acquire(WORK.to_owned(), ask, steal_if).await
    }

    /// Takes a lease that keeps nobody from working: what is pinned under it stays while it lives.
    pub async fn acquire_reading(&self, ask: &LeaseAsk<'_>) -> Result<Lease, StoreError> {
        self.acquire(format!("{READ}{}", ask.holder), ask, |_| true).await
    }

    async fn acquire(
        &self,
        name: String,
        ask: &LeaseAsk<'_>,
        steal_if: impl Fn(&str) -> bool + Send,
    ) -> Result<Lease, StoreError> {
        let what = "claiming the workspace";
        let mut tx = self.begin_free(what).await?;
        let held = held(&mut tx, &name).await.map_err(self.failed(what))?;
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
            Value::from(&name),
            ask.what.into(),
            ask.holder.into(),
            token.into(),
            (ask.now_s.saturating_add(ask.ttl_s)).into(),
        ];
        sql::insert(&mut tx, &LEASES, Clash::Replace, &[row]).await.map_err(self.failed(what))?;
        pins::forget(&mut tx, &name).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        let holding = Holding { name, what: ask.what.to_owned(), token };
        self.set_holding(Some(holding.clone()));
        Ok(Lease { holding })
    }

    /// Lets the lease last until `now_s + ttl_s`; [`StoreError::LeaseLost`] if another has taken it.
    pub async fn renew_lease(
        &self,
        lease: &Lease,
        now_s: i64,
        ttl_s: i64,
    ) -> Result<(), StoreError> {
        let what = "renewing the claim on the workspace";
        let mut tx = self.begin_free(what).await?;
        self.set_lease_end(&mut tx, &lease.holding, now_s.saturating_add(ttl_s)).await?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// Gives the lease back, and what was pinned under it; [`StoreError::LeaseLost`] if another has taken it.
    pub async fn release_lease(&self, lease: Lease) -> Result<(), StoreError> {
        let what = "giving back the claim on the workspace";
        let mut tx = self.begin_free(what).await?;
        self.set_lease_end(&mut tx, &lease.holding, i64::MIN).await?;
        pins::forget(&mut tx, &lease.holding.name).await.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        self.set_holding(None);
        Ok(())
    }

    /// Gives back the lease that this store holds, if it holds one.
    pub async fn release_held(&self) -> Result<(), StoreError> {
        match self.holding() {
            Some(holding) => self.release_lease(Lease { holding }).await,
            None => Ok(()),
        }
    }

    /// A stamp that changes whenever a holder of the lease may have changed the workspace: its token, and
    /// when it lapses. What was read under one stamp is still right under the same one.
    pub async fn work_stamp(&self) -> Result<(i64, i64), StoreError> {
        let what = "asking who worked on the workspace";
        let mut conn = self.reader(what).await?;
        let held = held(&mut conn, WORK).await.map_err(self.failed(what))?;
        Ok(held.map_or((0, 0), |held| (held.token, held.until_s)))
    }

    async fn set_lease_end(
        &self,
        conn: &mut sqlx::AnyConnection,
        holding: &Holding,
        until_s: i64,
    ) -> Result<(), StoreError> {
        let what = "renewing the claim on the workspace";
        let sql = "UPDATE leases SET until_s = $1 WHERE name = $2 AND token = $3";
        let values: [Value; 3] = [until_s.into(), (&holding.name).into(), holding.token.into()];
        let touched = sql::execute(&mut *conn, sql, &values).await.map_err(self.failed(what))?;
        if touched == 0 { Err(self.lost(conn, holding).await) } else { Ok(()) }
    }

    /// Refuses to go on when the lease that this store works under belongs to another by now.
    pub(crate) async fn check_holding(
        &self,
        conn: &mut sqlx::AnyConnection,
        holding: &Holding,
    ) -> Result<(), StoreError> {
        let what = "looking at the claim on the workspace";
        let held = held(&mut *conn, &holding.name).await.map_err(self.failed(what))?;
        match held {
            Some(held) if held.token == holding.token => Ok(()),
            _ => Err(self.lost(conn, holding).await),
        }
    }

    async fn lost(&self, conn: &mut sqlx::AnyConnection, holding: &Holding) -> StoreError {
        let holder = match held(conn, &holding.name).await {
            Ok(held) => held.map(|held| held.holder).unwrap_or_default(),
            Err(error) => return self.failed("looking at the claim on the workspace")(error),
        };
        StoreError::LeaseLost { what: holding.what.clone(), holder }
    }
}

async fn held(conn: &mut sqlx::AnyConnection, name: &str) -> Result<Option<Held>, sqlx::Error> {
    let sql = "SELECT what, holder, token, until_s FROM leases WHERE name = $1";
    let sorts = [Sort::Text, Sort::Text, Sort::Int, Sort::Int];
    let row = sql::rows(conn, sql, &[name.into()], &sorts).await?.pop();
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
