//! Users, sessions, failed sign-ins, the log, and whose accounts are seen.

use store::{
    Act, Answer, AuditFilter, AuditRow, By, Changed, Counted, Handing, PipelineFilter, PlayRow,
    Session, Side, Sight, Stage, User, UserChange, UserRole,
};

use crate::setting::{Place, known, on_both, row};

on_both!(
    users_and_the_last_administrator,
    sessions_end,
    failures_wait,
    the_log_is_filtered_and_cleared,
    a_team_sees_its_accounts,
    s73_what_is_handed_over_by_name_is_seen,
);

fn user(login: &str, role: UserRole) -> User {
    User {
        login: login.to_owned(),
        name: format!("{login} 様"),
        role,
        rep_id: None,
        password: "hash".to_owned(),
        must_change: true,
        disabled_us: None,
        created_us: 7,
    }
}

async fn users_and_the_last_administrator(place: &Place) {
    let store = place.open().await;
    assert!(!store.has_users().await.expect("read"));
    let admin = user("admin", UserRole::Admin);
    assert!(store.add_user(&admin).await.expect("added"));
    assert!(!store.add_user(&user("admin", UserRole::Cs)).await.expect("taken"));
    assert_eq!(store.user("admin").await.expect("read"), Some(admin));
    let change = async |login: &str, change: UserChange| {
        store.change_user(login, &change).await.expect("a change")
    };
    assert_eq!(change("admin", UserChange::Disable(9)).await, Changed::LastAdmin);
    assert_eq!(change("admin", UserChange::Role(UserRole::Cs, None)).await, Changed::LastAdmin);
    assert_eq!(change("nobody", UserChange::Enable).await, Changed::Unknown);
    assert!(store.add_user(&user("boss", UserRole::Admin)).await.expect("added"));
    assert_eq!(change("admin", UserChange::Disable(9)).await, Changed::Done);
    assert_eq!(change("boss", UserChange::Disable(9)).await, Changed::LastAdmin);
    let rep = Some("r-1".to_owned());
    assert_eq!(change("admin", UserChange::Role(UserRole::Agency, rep)).await, Changed::Done);
    assert_eq!(change("admin", UserChange::Password("new".into(), false)).await, Changed::Done);
    assert_eq!(change("admin", UserChange::Name("名".into())).await, Changed::Done);
    let users = store.users().await.expect("read");
    let found: Vec<_> = users.iter().map(|it| (&*it.login, it.role, it.disabled_us)).collect();
    assert_eq!(found, [("admin", UserRole::Agency, Some(9)), ("boss", UserRole::Admin, None)]);
    assert_eq!((&*users[0].password, users[0].must_change, &*users[0].name), ("new", false, "名"));
}

fn session(hash: &str, begun_us: i64) -> Session {
    Session {
        token_hash: hash.to_owned(),
        login: "admin".to_owned(),
        csrf: "c".to_owned(),
        begun_us,
        seen_us: begun_us,
    }
}

async fn sessions_end(place: &Place) {
    let store = place.open().await;
    store.add_user(&user("admin", UserRole::Admin)).await.expect("added");
    let none = (i64::MIN, i64::MIN);
    store.begin_session(&session("one", 10), None, none).await.expect("begun");
    store.begin_session(&session("two", 20), Some("one"), none).await.expect("begun");
    let there = async |hash: &str| store.session(hash).await.expect("read").is_some();
    assert!(!there("one").await && there("two").await);
    store.see_session("two", 30).await.expect("seen");
    store.see_session("two", 25).await.expect("an earlier use changes nothing");
    let (seen, who) = store.session("two").await.expect("read").expect("there");
    assert_eq!((seen.seen_us, who.login.as_str()), (30, "admin"));
    // Those that were begun or used last at the given moments are removed, the later ones stay.
    store.begin_session(&session("three", 40), None, (19, 29)).await.expect("begun");
    assert!(there("two").await);
    store.begin_session(&session("four", 41), None, (20, 29)).await.expect("begun");
    assert!(!there("two").await && there("three").await);
    store.end_session("three").await.expect("ended");
    assert!(!there("three").await);
    let change = UserChange::Password("new".into(), false);
    store.change_user("admin", &change).await.expect("changed");
    assert!(!there("four").await, "a change of the user ends the sessions");
}

async fn failures_wait(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    let keys = [(Counted::Account, "a".to_owned()), (Counted::Address, "b".to_owned())];
    let second = 1_000_000;
    for at in 0..4 {
        assert_eq!(store.attempt_login(&keys, at).await.expect("counted"), None);
    }
    // Many at once count like many in a row.
    let (one, two) = tokio::join!(store.attempt_login(&keys, 4), other.attempt_login(&keys, 4));
    let held = [one.expect("counted"), two.expect("counted")];
    assert_eq!(held.iter().flatten().count(), 1, "one more was free: {held:?}");
    let until = 4 + 30 * second;
    assert_eq!(store.attempt_login(&keys, until - 1).await.expect("waits"), Some(until));
    assert_eq!(store.attempt_login(&keys, until).await.expect("counted"), None);
    assert_eq!(store.attempt_login(&keys, until).await.expect("waits"), Some(until + 60 * second));
    store.forgive_login(&keys).await.expect("forgiven");
    assert_eq!(store.attempt_login(&keys, until).await.expect("counted"), None);
    // The address goes on being counted for other accounts, until a day has passed.
    let mut waits = None;
    for at in 0..20 {
        let keys = [(Counted::Account, format!("x{at}")), keys[1].clone()];
        waits = waits.or(store.attempt_login(&keys, until).await.expect("counted"));
    }
    assert_eq!(waits, Some(until + 30 * second));
    let day = until + 24 * 3600 * second;
    assert_eq!(store.attempt_login(&keys, day).await.expect("counted"), None);
}

async fn the_log_is_filtered_and_cleared(place: &Place) {
    let store = place.open().await;
    for (at_us, act, login) in [
        (10, "login", None),
        (20, "account.view", Some("sato")),
        (30, "account.stop", Some("sato")),
        (40, "accounting", Some("boss")),
    ] {
        let row = AuditRow {
            at_us,
            act: act.to_owned(),
            login: login.map(str::to_owned),
            target: Some("A-1".to_owned()),
            outcome: "done".to_owned(),
            ..AuditRow::default()
        };
        store.log(&row).await.expect("written");
    }
    let all = AuditFilter { limit: 9, ..AuditFilter::default() };
    let numbers = async |filter: AuditFilter| {
        let (rows, total) = store.log_page(&filter).await.expect("read");
        (rows.iter().map(|row| row.number).collect::<Vec<_>>(), total)
    };
    assert_eq!(numbers(all.clone()).await, (vec![4, 3, 2, 1], 4));
    let page = AuditFilter { limit: 1, offset: 1, ..all.clone() };
    assert_eq!(numbers(page).await, (vec![3], 4));
    let act = AuditFilter { act: Some("account".into()), ..all.clone() };
    assert_eq!(numbers(act).await, (vec![3, 2], 2));
    let days = AuditFilter { from_us: Some(20), before_us: Some(30), ..all.clone() };
    assert_eq!(numbers(days).await, (vec![2], 1));
    let boss = AuditFilter {
        login: Some("boss".into()),
        target: Some("A-1".into()),
        outcome: Some("done".into()),
        ..all.clone()
    };
    assert_eq!(numbers(boss).await, (vec![4], 1));
    assert_eq!(store.forget_log(30).await.expect("cleared"), 2);
    assert_eq!(store.forget_log(1_000).await.expect("cleared"), 1);
    assert_eq!(numbers(all).await, (vec![4], 1));
}

async fn a_team_sees_its_accounts(place: &Place) {
    let store = place.open().await;
    let (reps, accounts, team) = (known("reps"), known("accounts"), known("account_team"));
    let rep = |id: &str, team: &str| row(reps, &[("rep_id", id.into()), ("team", team.into())]);
    let rows =
        [rep("r1", "East"), rep("r2", "East"), rep("r3", "West"), rep("r4", ""), rep("r5", "")];
    store.upsert(reps, &rows).await.expect("reps");
    let account = |id: &str, owner: &str| {
        row(accounts, &[("account_id", id.into()), ("owner", owner.into())])
    };
    let rows = [account("A1", "r1"), account("A2", "r2"), account("A3", "r3"), account("A4", "r4")];
    store.upsert(accounts, &rows).await.expect("accounts");
    let member = |until: store::Value| {
        row(
            team,
            &[
                ("account_id", "A3".into()),
                ("rep_id", "r1".into()),
                ("role", "CS".into()),
                ("product_line", "".into()),
                ("from_on", "2026-01-01".into()),
                ("until_on", until),
            ],
        )
    };
    store.upsert(team, &[member("2026-03-31".into())]).await.expect("a team");
    let ids = ["A1", "A2", "A3", "A4"].map(str::to_owned);
    let keys = store.account_keys(&ids).await.expect("keys");
    assert_eq!(store.team_of("r1").await.expect("a team"), ["r1", "r2"]);
    assert_eq!(store.team_of("r4").await.expect("alone"), ["r4"]);
    assert_eq!(store.team_of("gone").await.expect("alone"), ["gone"]);
    let seen = async |reps: &[&str], today: &str| {
        let sight = Sight::Of {
            reps: reps.iter().map(|rep| (*rep).to_owned()).collect(),
            today: today.to_owned(),
        };
        let list = store.seen_accounts(&sight).await.expect("read").expect("not all");
        // The list and the condition on one account say the same.
        for (id, key) in ids.iter().zip(&keys) {
            assert_eq!(
                store.sees(&sight, *key).await.expect("read"),
                list.contains_key(id),
                "{id}"
            );
        }
        list.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(seen(&["r1", "r2"], "2026-03-31").await, ["A1", "A2", "A3"]);
    assert_eq!(seen(&["r1", "r2"], "2026-04-01").await, ["A1", "A2"]);
    assert_eq!(seen(&["r1"], "2026-04-01").await, ["A1"]);
    assert_eq!(seen(&[], "2026-04-01").await, [""; 0]);
    assert_eq!(store.seen_accounts(&Sight::All).await.expect("read"), None);
    assert!(store.sees(&Sight::All, 999).await.expect("all"));
}

/// S73: who is handed a play by name sees its account until it is settled; nobody else does for that.
async fn s73_what_is_handed_over_by_name_is_seen(place: &Place) {
    let store = place.open().await;
    let accounts = known("accounts");
    let account = row(accounts, &[("account_id", "A4".into()), ("owner", "r4".into())]);
    store.upsert(accounts, &[account]).await.expect("an account");
    let key = store.account_keys(&["A4".to_owned()]).await.expect("a key")[0];
    let sight = |rep: &str| Sight::Of { reps: vec![rep.to_owned()], today: "2026-04-01".into() };
    let seen = async || {
        let list = store.seen_accounts(&sight("r5")).await.expect("read").expect("not all");
        assert_eq!(store.sees(&sight("r5"), key).await.expect("read"), list.contains_key("A4"));
        list.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(seen().await, [""; 0]);
    let by = || By { rep_id: Some("r4".into()), at_us: 1, on_day: "2026-04-01".into() };
    let play = PlayRow {
        play_id: "p".into(),
        account_key: key,
        root_key: key,
        role: "CIS".into(),
        week: "2026-03-30".into(),
        card: "{}".into(),
        ..PlayRow::default()
    };
    let handing = Handing { to_role: "CS".into(), to_rep: Some("r5".into()), ..Handing::default() };
    let act = Act::HandOff(handing);
    let answer = Answer { play: play.clone(), act, expected: 0, by: by() };
    store.answer(&answer).await.expect("handed over");
    assert_eq!(seen().await, ["A4"]);
    let waiting = async |rep: &str| {
        let sight = sight(rep);
        let filter = PipelineFilter {
            side: Side::Sales,
            owner: None,
            stages: vec![Stage::Open],
            since: None,
            sight: sight.clone(),
            limit: 9,
        };
        let handed = store.handoffs(&sight, 9).await.expect("read").len();
        (handed, store.pipeline(&filter).await.expect("read").1)
    };
    assert_eq!((waiting("r5").await, waiting("r4").await), ((1, 1), (1, 1)));
    assert_eq!(waiting("r1").await, (0, 0));
    let back = Act::GiveBack { reason_code: "other".into(), note: String::new() };
    let answer = Answer { play, act: back, expected: 1, by: by() };
    store.answer(&answer).await.expect("given back");
    assert_eq!(seen().await, [""; 0]);
}
