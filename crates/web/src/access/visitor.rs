//! Who asks: nobody yet, a signed-in user, or whoever sits at a machine that serves itself alone.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::time::Instant;
use store::{Session, Sight, StoreError, User, UserRole};

use super::{Need, secrets};
use crate::state::AppState;

/// The cookie of a session.
pub(super) const SESSION: &str = "nobishiro_session";
/// The cookie that ties the sign-in form to a browser.
pub(super) const FORM: &str = "nobishiro_form";
const MINUTE_US: i64 = 60_000_000;

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    /// Minutes without a request after which it ends; use is noted to the minute.
    pub idle_minutes: u32,
    /// Minutes after which it ends in any case.
    pub longest_minutes: u32,
}

impl Default for SessionRules {
    fn default() -> Self {
        Self { idle_minutes: 120, longest_minutes: 720 }
    }
}

impl SessionRules {
    /// The moments at or before which a session that still lasts may neither have begun nor been used last.
    pub(super) fn ended_us(self, now: Instant) -> (i64, i64) {
        let before = |minutes: u32| now.0.saturating_sub(i64::from(minutes) * MINUTE_US);
        (before(self.longest_minutes), before(self.idle_minutes))
    }

    fn lasts(self, session: &Session, now: Instant) -> bool {
        let (begun_us, seen_us) = self.ended_us(now);
        session.begun_us > begun_us && session.seen_us > seen_us
    }
}

/// Where a workspace is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    /// To this machine alone: then a workspace without users is open to whoever sits there.
    pub loopback: bool,
    /// Behind a proxy that speaks HTTPS to the world: its word about addresses counts, and cookies travel by
    /// HTTPS only.
    pub proxy: bool,
}

impl Default for Door {
    fn default() -> Self {
        Self { loopback: true, proxy: false }
    }
}

impl Door {
    /// Whether the request comes to a name of this machine. A page elsewhere can have its own name lead here
    /// (DNS rebinding), but not change what the browser calls us.
    pub(super) fn is_home(self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).map(|host| host.to_str().unwrap_or("?"));
        let Some(host) = host else { return self.loopback && !self.proxy };
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let name = name.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let is_ours = name == "localhost"
            || name.ends_with(".localhost")
            || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        self.loopback && !self.proxy && is_ours
    }

    /// From where a request comes, as it is counted and logged; IPv6 by the network that one customer has.
    pub(super) fn address(self, parts: &Parts) -> Option<String> {
        let forwarded = || {
            let last = parts.headers.get_all("x-forwarded-for").iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
        };
        let peer =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let address = if self.proxy { forwarded().or(peer) } else { peer };
        address.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        })
    }
}

/// A signed-in user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) user: User,
    pub(crate) sight: Sight,
    /// Whether expected profit is shown, or a band of it.
    pub(crate) profit: bool,
    pub(super) session: Session,
}

/// Who asks.
#[derive(Debug, Clone, Default)]
pub(crate) enum Visitor {
    /// Nobody has signed in.
    #[default]
    Nobody,
    /// The workspace has no users and is served to its own machine.
    Alone,
    /// A user.
    User(Arc<Signed>),
}

impl Visitor {
    /// The user.
    pub(crate) fn user(&self) -> Option<&User> {
        match self {
            Self::User(signed) => Some(&signed.user),
            Self::Nobody | Self::Alone => None,
        }
    }

    /// Whether a need is met.
    pub(crate) fn can(&self, need: Need) -> bool {
        match self {
            Self::Nobody => need == Need::Nothing,
            Self::Alone => need.is_met_alone(),
            Self::User(signed) => need.is_met_by(signed.user.role),
        }
    }

    /// What the forms of this visitor carry, where they carry anything.
    pub(crate) fn form_token(&self) -> Option<&str> {
        match self {
            Self::User(signed) => Some(&signed.session.csrf),
            Self::Nobody | Self::Alone => None,
        }
    }

    /// Which accounts are seen.
    pub(crate) fn sight(&self) -> Sight {
        match self {
            Self::Nobody => Sight::Of { reps: Vec::new(), today: String::new() },
            Self::Alone => Sight::All,
            Self::User(signed) => signed.sight.clone(),
        }
    }

    /// Whether expected profit is shown, or a band of it.
    pub(crate) fn sees_profit(&self) -> bool {
        match self {
            Self::Nobody => false,
            Self::Alone => true,
            Self::User(signed) => signed.profit,
        }
    }
}

/// Who asks, by the session's cookie. A session that is in use is noted so, at most once a minute.
pub(super) async fn of(state: &AppState, headers: &HeaderMap) -> Result<Visitor, StoreError> {
    let Some(token) = cookie(headers, SESSION) else { return Ok(Visitor::Nobody) };
    let found = state.store.session(&secrets::sha256(token)).await?;
    let now = state.now();
    let Some((session, user)) = found.filter(|(it, _)| state.sessions.lasts(it, now)) else {
        return Ok(Visitor::Nobody);
    };
    if now.0.saturating_sub(session.seen_us) >= MINUTE_US {
        state.store.see_session(&session.token_hash, now.0).await?;
    }
    Ok(Visitor::User(Arc::new(signed(state, session, user).await?)))
}

/// A user with a session, and what they see.
pub(super) async fn signed(
    state: &AppState,
    session: Session,
    user: User,
) -> Result<Signed, StoreError> {
    let sight = sight(state, &user).await?;
    let profit = match user.role {
        UserRole::Cs => state.live_policy().await?.0.access.cs_sees_profit,
        UserRole::Agency => state.live_policy().await?.0.access.agency_sees_profit,
        UserRole::Admin | UserRole::Manager | UserRole::Cis | UserRole::ReadOnly => true,
    };
    Ok(Signed { user, sight, profit, session })
}

/// A representative sees the team's accounts, an agency its own, everybody else all.
async fn sight(state: &AppState, user: &User) -> Result<Sight, StoreError> {
    if !user.role.needs_rep() {
        return Ok(Sight::All);
    }
    let reps = match (&user.rep_id, user.role) {
        (None, _) => Vec::new(),
        (Some(rep), UserRole::Agency) => vec![rep.clone()],
        (Some(rep), _) => state.store.team_of(rep).await?,
    };
    let today = state.zone.day_of(state.now()).to_string();
    Ok(Sight::Of { reps, today })
}

/// The value of a cookie.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|text| text.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then_some(value)
    })
}

/// A cookie of this workspace's addresses alone, that no script and no other site's form can use.
pub(super) fn set_cookie(state: &AppState, name: &str, value: &str) -> String {
    let path = state.base();
    let secure = if state.door.proxy { "; Secure" } else { "" };
    let gone = if value.is_empty() { "; Max-Age=0" } else { "" };
    let site = if name == SESSION { "Lax" } else { "Strict" };
    format!("{name}={value}; Path={path}; HttpOnly; SameSite={site}{secure}{gone}")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, Request};

    use super::*;

    #[test]
    fn a_session_ends_by_idleness_and_by_age() {
        let rules = SessionRules { idle_minutes: 2, longest_minutes: 10 };
        let lasts = |begun_us, seen_us, now: i64| {
            let session = Session {
                token_hash: String::new(),
                login: String::new(),
                csrf: String::new(),
                begun_us,
                seen_us,
            };
            rules.lasts(&session, Instant(now))
        };
        let (idle, longest) = (2 * MINUTE_US, 10 * MINUTE_US);
        assert!(lasts(0, 0, idle - 1));
        assert!(!lasts(0, 0, idle));
        assert!(lasts(0, longest - 1, longest - 1));
        assert!(!lasts(0, longest, longest));
    }

    #[track_caller]
    fn home(host: &'static str, expected: bool) {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        assert_eq!(Door::default().is_home(&headers), expected, "{host}");
    }

    #[test]
    fn only_names_of_this_machine_are_home() {
        home("localhost:7878", true);
        home("demo.localhost", true);
        home("127.0.0.1:7878", true);
        home("[::1]:7878", true);
        home("work.example:7878", false);
        home("127.0.0.1.evil.example", false);
        home("192.0.2.1:7878", false);
        assert!(Door::default().is_home(&HeaderMap::new()));
        let outside = Door { loopback: false, proxy: false };
        assert!(!outside.is_home(&HeaderMap::new()));
    }

    #[track_caller]
    fn address(door: Door, peer: &str, forwarded: &'static str, expected: &str) {
        let mut request = Request::new(());
        if !forwarded.is_empty() {
            request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static(forwarded));
        }
        let peer: SocketAddr = peer.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        assert_eq!(door.address(&request.into_parts().0).as_deref(), Some(expected));
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        let (plain, proxy) = (Door::default(), Door { loopback: true, proxy: true });
        address(plain, "192.0.2.7:1", "198.51.100.1", "192.0.2.7");
        address(proxy, "127.0.0.1:1", "203.0.113.9, 198.51.100.1", "198.51.100.1");
        address(proxy, "127.0.0.1:1", "nonsense", "127.0.0.1");
        address(plain, "[2001:db8:1:2:3::4]:1", "", "2001:db8:1:2::/64");
        address(plain, "[::ffff:192.0.2.7]:1", "", "192.0.2.7");
    }
}
