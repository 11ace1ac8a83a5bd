//! The home of many workspaces (S82).

use store::{Added, Home, Open, Store, StoreError, WorkspaceRow};

use crate::setting::{Place, on_both};

on_both!(
    workspaces_are_listed_once,
    a_home_is_no_workspace_and_a_workspace_no_home,
    readers_of_a_missing_home_are_told,
);

fn row(name: &str, folder: &str) -> WorkspaceRow {
    WorkspaceRow { name: name.to_owned(), folder: folder.to_owned() }
}

async fn workspaces_are_listed_once(place: &Place) {
    let home = Home::open(&place.url, Open::ReadWrite).await.expect("a home");
    assert_eq!(home.workspaces().await.expect("a list"), []);
    let add = |name, folder| {
        let home = &home;
        async move { home.add_workspace(&row(name, folder)).await.expect("an answer") }
    };
    assert_eq!(add("みどり", "midori").await, Added::New);
    assert_eq!(add("akane", "akane").await, Added::New);
    assert_eq!(add("akane", "akane").await, Added::Listed("akane".to_owned()));
    assert_eq!(add("other", "akane").await, Added::Listed("akane".to_owned()));
    assert_eq!(add("akane", "elsewhere").await, Added::NameTaken("akane".to_owned()));
    home.close().await;
    let home = Home::open(&place.url, Open::ReadOnly).await.expect("a home again");
    let listed = home.workspaces().await.expect("a list");
    assert_eq!(listed, [row("akane", "akane"), row("みどり", "midori")]);
    let refused = home.remove_workspace("akane").await.expect_err("opened for reading");
    assert!(matches!(refused, StoreError::OpenedReadOnly { .. }), "{refused}");
    home.close().await;
    let home = Home::open(&place.url, Open::ReadWrite).await.expect("a home again");
    assert!(home.remove_workspace("akane").await.expect("an answer"));
    assert!(!home.remove_workspace("akane").await.expect("an answer"));
    assert_eq!(home.workspaces().await.expect("a list"), [row("みどり", "midori")]);
}

async fn a_home_is_no_workspace_and_a_workspace_no_home(place: &Place) {
    Home::open(&place.url, Open::ReadWrite).await.expect("a home").close().await;
    for mode in [Open::ReadWrite, Open::ReadOnly] {
        let error = Store::open(&place.url, mode).await.expect_err("it is a home");
        assert!(matches!(error, StoreError::ForeignSchema { .. }), "{error}");
    }
}

async fn readers_of_a_missing_home_are_told(place: &Place) {
    let error = Home::open(&place.url, Open::ReadOnly).await.expect_err("nothing is there");
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
}
