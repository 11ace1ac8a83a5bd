//! Names for pages.

use crate::setting::{Place, known, on_both, product, row, texts};

on_both!(accounts_have_names_and_parents, contacts_are_found_by_key, reps_and_products_have_names);

async fn accounts_have_names_and_parents(place: &Place) {
    let (store, accounts) = (place.open().await, known("accounts"));
    let account = |id: &str, name: &str, parent: &str| {
        let name = (!name.is_empty()).then_some(name).into();
        let parent = (!parent.is_empty()).then_some(parent).into();
        row(accounts, &[("account_id", id.into()), ("name", name), ("parent_id", parent)])
    };
    let rows =
        [account("g", "株式会社グループ", ""), account("c", "子会社", "g"), account("n", "", "x")];
    store.upsert(accounts, &rows).await.expect("rows");
    store.account_keys(&texts(["n", "c", "g", "gone"])).await.expect("keys");
    let names = store.account_names(&[2, 1, 99, 4, 3, 2]).await.expect("names");
    let shown: Vec<_> = names
        .iter()
        .map(|it| (it.account_key, &*it.account_id, &*it.name, it.parent_name.as_deref()))
        .collect();
    let expected = [
        (2, "c", "子会社", Some("株式会社グループ")),
        (1, "n", "n", Some("x")),
        (4, "gone", "gone", None),
        (3, "g", "株式会社グループ", None),
        (2, "c", "子会社", Some("株式会社グループ")),
    ];
    assert_eq!(shown, expected);
}

async fn contacts_are_found_by_key(place: &Place) {
    let (store, contacts) = (place.open().await, known("contacts"));
    let rows = [row(
        contacts,
        &[
            ("contact_id", "c1".into()),
            ("account_id", "a".into()),
            ("name", "佐藤 花子".into()),
            ("role", "champion".into()),
            ("email", "hanako@example.jp".into()),
        ],
    )];
    store.upsert(contacts, &rows).await.expect("rows");
    store.placeholders(contacts, &texts(["c2"])).await.expect("a placeholder");
    store.contact_keys(&texts(["c2", "c1"])).await.expect("keys");
    let names = store.contact_names(&[2, 1]).await.expect("names");
    assert_eq!((&*names[0].contact_id, &*names[0].name), ("c1", "佐藤 花子"));
    assert_eq!(names[0].email.as_deref(), Some("hanako@example.jp"));
    assert_eq!((names[0].title.as_deref(), names[0].role.as_deref()), (None, Some("champion")));
    assert_eq!((&*names[1].name, names[1].account_id.as_deref()), ("c2", None));
}

async fn reps_and_products_have_names(place: &Place) {
    let store = place.open().await;
    store.placeholders(known("reps"), &texts(["s2", "s1"])).await.expect("placeholders");
    let reps = store.rep_names().await.expect("reps");
    assert_eq!(reps.iter().map(|rep| &*rep.name).collect::<Vec<_>>(), ["s1", "s2"]);
    store.upsert(known("products"), &[product("p", "Pro")]).await.expect("a product");
    let products = store.product_names(vec!["q".into(), "p".into()]).await.expect("products");
    assert_eq!((&*products["p"], &*products["q"]), ("Pro", "q"));
}
