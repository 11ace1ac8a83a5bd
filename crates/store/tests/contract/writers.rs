//! Several writers and readers at once.

use store::{Row, Upsert};

use crate::setting::{Place, known, on_both, product};

on_both!(two_writers_take_each_row_once, readers_see_whole_transactions, many_open_a_new_place);

async fn two_writers_take_each_row_once(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let products = known("products");
    let rows = |ids: &mut dyn Iterator<Item = u32>| -> Vec<Row> {
        ids.map(|i| product(&format!("p{i:05}"), "n")).collect()
    };
    let (up, down) = (rows(&mut (0..2_000)), rows(&mut (500..2_500).rev()));
    let (up, down) = tokio::join!(one.upsert(products, &up), two.upsert(products, &down));
    let outcomes = [up.expect("rows"), down.expect("rows")].concat();
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    assert_eq!(count(Upsert::Taken), 2_500);
    assert_eq!(count(Upsert::Unchanged), 1_500);
    assert_eq!(one.count(products).await.expect("a count"), 2_500);
}

async fn readers_see_whole_transactions(place: &Place) {
    let (writer, reader) = (place.open().await, place.open().await);
    let products = known("products");
    let name =
        |name: &str| -> Vec<Row> { (0..900).map(|i| product(&format!("p{i:03}"), name)).collect() };
    writer.upsert(products, &name("before")).await.expect("rows");
    let after = name("after");
    let writing = async { writer.upsert(products, &after).await.expect("rows") };
    let reading = async {
        for _ in 0..20 {
            let rows = reader.read(products).await.expect("rows");
            assert_eq!(rows.len(), 900);
            assert!(rows.iter().all(|row| row[1] == rows[0][1]), "half of a transaction");
        }
    };
    tokio::join!(writing, reading);
}

async fn many_open_a_new_place(place: &Place) {
    let stores = tokio::join!(place.open(), place.open(), place.open(), place.open());
    let ids = vec!["a".to_owned()];
    assert_eq!(stores.0.account_keys(&ids).await.expect("keys"), [1]);
    assert_eq!(stores.3.account_keys(&ids).await.expect("keys"), [1]);
}
