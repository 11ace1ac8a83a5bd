//! Many workspaces behind one server (S82).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;
use web::{AppState, Asked, Workspaces};

use crate::fixture;

/// Workspaces by name; `None` is one that cannot be opened.
struct Shelf(BTreeMap<String, Option<AppState>>);

impl Workspaces for Shelf {
    fn names(&self) -> Asked<'_, Vec<String>> {
        Box::pin(async { Ok(self.0.keys().cloned().collect()) })
    }

    fn open(&self, name: String) -> Asked<'_, Option<AppState>> {
        Box::pin(async move {
            match self.0.get(&name) {
                None => Ok(None),
                Some(None) => Err("its database is gone".to_owned()),
                Some(Some(state)) => Ok(Some(state.clone())),
            }
        })
    }
}

async fn named(folder: &Path, name: &str, title: &str) -> AppState {
    let state = fixture::empty(&folder.join(name)).await;
    AppState::new(state.store.clone(), name, state.zone.clone(), state.currency).titled(title)
}

async fn house(folder: &Path) -> Arc<dyn Workspaces> {
    let akane = named(folder, "akane", "あかね通信").await;
    let midori = named(folder, "みどり", "みどり製作所 <b>").await;
    let all = [("akane", Some(akane)), ("lost", None), ("みどり", Some(midori))];
    Arc::new(Shelf(all.into_iter().map(|(name, state)| (name.to_owned(), state)).collect()))
}

async fn get(house: &Arc<dyn Workspaces>, uri: &str) -> (StatusCode, String, String) {
    let request = Request::get(uri).header("accept-language", "en").body(Body::empty());
    let router = web::home_router(Arc::clone(house));
    let answer = router.oneshot(request.expect("a request")).await.expect("an answer");
    let (parts, body) = answer.into_parts();
    let location = parts.headers.get("location").map_or("", |to| to.to_str().expect("text"));
    let guarded = parts.headers.contains_key("content-security-policy");
    assert!(guarded, "{uri} has no security policy");
    let body = body.collect().await.expect("a body").to_bytes().to_vec();
    (parts.status, location.to_owned(), String::from_utf8(body).expect("text"))
}

#[tokio::test]
async fn the_list_leads_into_each_and_says_which_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    let (status, _, page) = get(&house, "/").await;
    assert_eq!(status, StatusCode::OK);
    for text in [
        "href=\"/w/akane/\"><bdi>あかね通信</bdi>",
        "href=\"/w/%E3%81%BF%E3%81%A9%E3%82%8A/\"><bdi>みどり製作所 &#60;b&#62;</bdi>",
        "<bdi>lost</bdi>",
        "Cannot be opened",
        "No night has been run yet",
    ] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    let (status, location, _) = get(&house, "/w/%E3%81%BF%E3%81%A9%E3%82%8A/").await;
    assert_eq!(
        (status, &*location),
        (StatusCode::SEE_OTHER, "/w/%E3%81%BF%E3%81%A9%E3%82%8A/today")
    );
    let (status, _, page) = get(&house, &location).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("みどり製作所 &#60;b&#62;</bdi> <a href=\"/\">All workspaces</a>"),
        "{page}"
    );
    assert!(!page.contains("akane") && !page.contains("あかね"), "another client's name: {page}");
}

#[tokio::test]
async fn what_is_not_there_or_closed_has_a_page_with_a_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    for (uri, expected) in [
        ("/w/lost/today", StatusCode::SERVICE_UNAVAILABLE),
        ("/w/nobody/today", StatusCode::NOT_FOUND),
        ("/w/akane/nowhere", StatusCode::NOT_FOUND),
        ("/w/akane/accounts/%00", StatusCode::NOT_FOUND),
        ("/nowhere", StatusCode::NOT_FOUND),
    ] {
        let (status, _, page) = get(&house, uri).await;
        assert_eq!(status, expected, "{uri}");
        assert!(page.contains("<a href=\"/\">Back to the list of workspaces</a>"), "{uri}: {page}");
        assert!(!page.contains("its database is gone"), "the reason is for the log");
    }
}

#[tokio::test]
async fn an_empty_home_says_how_to_fill_it() {
    let none: Arc<dyn Workspaces> = Arc::new(Shelf(BTreeMap::new()));
    let (status, _, page) = get(&none, "/?lang=ja").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("nobishiro home add") && page.contains("ワークスペースはまだありません"));
}
