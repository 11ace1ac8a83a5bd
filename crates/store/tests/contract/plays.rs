//! What runs decided, in and out.

use store::{FateCount, OtherRow, PlayCounts, PlayFilter, PlayRow, RunRow, Sight, Store};

use crate::setting::{Place, on_both};

on_both!(
    plays_come_back_whole_and_by_rank,
    pages_and_filters,
    plays_are_counted_without_being_read,
    plays_and_others_of_an_account,
    fates_are_counted,
    fates_of_a_team_are_counted,
    views_and_models_come_back,
    thousands_of_plays_at_once,
);

pub(crate) async fn begun(place: &Place) -> Store {
    let store = place.open().await;
    let run = RunRow { run_id: "r1".into(), as_of: "2026-03-12".into(), ..RunRow::default() };
    store.begin_run(&run).await.expect("a run");
    store
}

pub(crate) fn play(run_id: &str, rank: i64) -> PlayRow {
    PlayRow {
        run_id: run_id.into(),
        play_id: format!("play {rank}"),
        rank,
        account_key: rank % 10,
        root_key: 1,
        motion: "plan_up".into(),
        ..PlayRow::default()
    }
}

async fn plays_come_back_whole_and_by_rank(place: &Place) {
    let store = begun(place).await;
    let full = PlayRow {
        run_id: "r1".into(),
        play_id: "ff".into(),
        rank: 1,
        account_key: i64::MAX,
        root_key: 7,
        contact_key: Some(8),
        offer_id: "plan_up:PRO".into(),
        product_id: Some("PRO".into()),
        motion: "plan_up".into(),
        role: "CS".into(),
        owner: Some("佐藤".into()),
        week: "2026-03-09".into(),
        effort_hours: 2.5,
        expected_minor: -1,
        lower_minor: i64::MIN,
        upper_minor: i64::MAX,
        revenue_month_minor: 84_000,
        probability: 0.1,
        probability_lower: 0.05,
        probability_upper: 1.0 / 3.0,
        provenance: "prior".into(),
        channel: "mail".into(),
        due: Some("2026-03-31".into()),
        why_now_ja: "上限まであと2週間".into(),
        why_now_en: "Two weeks to the limit".into(),
        card: "{\"a\":[1,2]}".into(),
    };
    let (second, twin) = (play("r1", 2), PlayRow { play_id: "Play 2".into(), ..play("r1", 2) });
    store
        .write_plays(&[second.clone(), twin.clone(), full.clone()], &[], &[])
        .await
        .expect("plays");
    let expected = [full.clone(), twin, second];
    assert_eq!(store.plays("r1").await.expect("plays"), expected);
    assert_eq!(store.plays("no such run").await.expect("plays"), []);
    let moved = PlayRow { rank: 3, contact_key: None, owner: None, due: None, ..full };
    store.write_plays(std::slice::from_ref(&moved), &[], &[]).await.expect("plays");
    assert_eq!(store.plays("r1").await.expect("plays")[2], moved);
}

async fn pages_and_filters(place: &Place) {
    let store = begun(place).await;
    let plays: Vec<PlayRow> = (1..=25)
        .map(|rank| PlayRow {
            owner: (rank % 3 > 0).then(|| format!("rep {}", rank % 3)),
            motion: if rank % 2 == 0 { "seats".into() } else { "term".into() },
            ..play("r1", rank)
        })
        .collect();
    store.write_plays(&plays, &[], &[]).await.expect("plays");
    let page = async |owner: Option<&str>, motion: Option<&str>, offset, limit| {
        let (owner, motion) = (owner.map(str::to_owned), motion.map(str::to_owned));
        let filter = PlayFilter { owner, motion, offset, limit, ..PlayFilter::default() };
        let (plays, total) = store.plays_page("r1", &filter).await.expect("a page");
        (plays.iter().map(|play| play.rank).collect::<Vec<_>>(), total)
    };
    assert_eq!(page(None, None, 0, 3).await, (vec![1, 2, 3], 25));
    assert_eq!(page(None, None, 24, 10).await, (vec![25], 25));
    assert_eq!(page(None, None, 25, 10).await, (vec![], 25));
    assert_eq!(page(None, None, u64::MAX, u64::MAX).await, (vec![], 25));
    assert_eq!(page(None, None, 22, u64::MAX).await, (vec![23, 24, 25], 25));
    assert_eq!(page(Some("rep 1"), None, 1, 2).await, (vec![4, 7], 9));
    assert_eq!(page(Some("rep 1"), Some("seats"), 0, 9).await, (vec![4, 10, 16, 22], 4));
    assert_eq!(page(None, Some("seats"), 11, 9).await, (vec![24], 12));
    assert_eq!(page(Some(""), None, 0, 2).await, (vec![3, 6], 8), "those that nobody owns");
    assert_eq!(page(Some("' OR 1=1 --"), None, 0, 2).await, (vec![], 0));
    assert_eq!(page(None, None, 0, 0).await, (vec![], 25));
}

async fn plays_are_counted_without_being_read(place: &Place) {
    let store = begun(place).await;
    assert_eq!(store.play_counts("r1").await.expect("counts"), PlayCounts::default());
    let plays: Vec<PlayRow> = (1..=25)
        .map(|rank| PlayRow {
            owner: (rank % 3 > 0).then(|| format!("rep {}", rank % 3)),
            motion: if rank % 2 == 0 { "seats".into() } else { "term".into() },
            effort_hours: 0.5,
            ..play("r1", rank)
        })
        .collect();
    store.write_plays(&plays, &[], &[]).await.expect("plays");
    let counts = store.play_counts("r1").await.expect("counts");
    let by = |pairs: &[(&str, u64)]| pairs.iter().map(|(name, n)| ((*name).into(), *n)).collect();
    assert_eq!((counts.plays, counts.hours), (25, 12.5));
    assert_eq!(counts.owners, by(&[("", 8), ("rep 1", 9), ("rep 2", 8)]));
    assert_eq!(counts.motions, by(&[("seats", 12), ("term", 13)]));
    let keys: Vec<i64> = (3..1_200).rev().collect();
    let found = store.account_plays("r1", &keys).await.expect("counts");
    let found: Vec<_> = found.iter().map(|at| (at.account_key, at.plays, at.best_rank)).collect();
    let expected = [(3, 3, 3), (4, 3, 4), (5, 3, 5), (6, 2, 6), (7, 2, 7), (8, 2, 8), (9, 2, 9)];
    assert_eq!(found, expected);
}

async fn plays_and_others_of_an_account(place: &Place) {
    let store = begun(place).await;
    let plays: Vec<PlayRow> = (1..=25).map(|rank| play("r1", rank)).collect();
    let other = |account_key, place| OtherRow {
        run_id: "r1".into(),
        account_key,
        place,
        offer_id: "seats:PRO".into(),
        product_id: (place > 1).then(|| "PRO".into()),
        motion: "seats".into(),
        title_ja: "Pro 席数追加(セット)".into(),
        title_en: "More seats of Pro (package)".into(),
        fate: "displaced".into(),
        expected_minor: -5,
        reason_ja: "別の提案を優先".into(),
        reason_en: "Another offer comes first".into(),
        reason_code: "displaced".into(),
    };
    let others = [other(3, 2), other(4, 1), other(3, 1)];
    store.write_plays(&plays, &others, &[]).await.expect("plays");
    let of = store.plays_of("r1", 3).await.expect("plays");
    assert_eq!(of.iter().map(|play| play.rank).collect::<Vec<_>>(), [3, 13, 23]);
    assert_eq!(store.others_of("r1", 3).await.expect("others"), [other(3, 1), other(3, 2)]);
    assert_eq!(store.others_of("r1", 9).await.expect("others"), []);
}

async fn fates_are_counted(place: &Place) {
    let store = begun(place).await;
    let count = |fate: &str, reason: &str, candidates| FateCount {
        run_id: "r1".into(),
        fate: fate.into(),
        reason_code: reason.into(),
        reason_ja: "理由".into(),
        reason_en: "reason".into(),
        candidates,
        accounts: 2,
    };
    let counts = [count("held", "b", 1), count("blocked", "z", 2), count("held", "B", 3)];
    store.write_plays(&[], &[], &counts).await.expect("counts");
    let expected = [1, 2, 0].map(|at: usize| counts[at].clone());
    assert_eq!(store.fate_counts("r1").await.expect("counts"), expected);
}

/// What one team sees of it: candidates and accounts by code, in the words of the whole run's count.
async fn fates_of_a_team_are_counted(place: &Place) {
    let store = begun(place).await;
    let other = |(account_key, place, fate, code, said): (i64, i64, &str, &str, &str)| OtherRow {
        run_id: "r1".into(),
        account_key,
        place,
        offer_id: "seats:PRO".into(),
        fate: fate.into(),
        reason_ja: format!("{said}の商談"),
        reason_en: format!("deal {said}"),
        reason_code: code.into(),
        ..OtherRow::default()
    };
    let others = [
        (3, 1, "held", "open_deal", "D-1"),
        (3, 2, "held", "open_deal", "D-2"),
        (4, 1, "held", "open_deal", "D-3"),
        (4, 2, "blocked", "open_deal", "D-3"),
        (3, 3, "held", "", "D-4"),
        (4, 3, "held", "", "D-4"),
        (4, 4, "held", "", "D-5"),
    ];
    let count = FateCount {
        run_id: "r1".into(),
        fate: "held".into(),
        reason_code: "open_deal".into(),
        reason_ja: "商談が進行中".into(),
        reason_en: "a deal is open".into(),
        candidates: 90,
        accounts: 60,
    };
    store.write_plays(&[], &others.map(other), &[count]).await.expect("rows");
    let seen = |sight| async move {
        let counts = store.fate_counts_seen("r1", &sight).await.expect("counts");
        let of =
            |it: FateCount| (it.fate, it.reason_code, it.reason_en, it.candidates, it.accounts);
        counts.into_iter().map(of).collect::<Vec<_>>()
    };
    let row = |fate: &str, code: &str, words: &str, candidates, accounts| {
        (fate.to_owned(), code.to_owned(), words.to_owned(), candidates, accounts)
    };
    let expected = [
        row("held", "open_deal", "a deal is open", 3, 2),
        row("held", "", "deal D-4", 2, 2),
        row("blocked", "open_deal", "deal D-3", 1, 1),
        row("held", "", "deal D-5", 1, 1),
    ];
    assert_eq!(seen(Sight::All).await, expected);
}

async fn views_and_models_come_back(place: &Place) {
    let store = begun(place).await;
    let views: Vec<(i64, String)> =
        (1..=1_500).map(|key| (key, format!("{{\"k\":{key}}}"))).collect();
    store.write_views("r1", &views).await.expect("views");
    store.write_views("r1", &[(7, "{}".into())]).await.expect("views");
    assert_eq!(store.view("r1", 1_500).await.expect("a view"), Some("{\"k\":1500}".into()));
    assert_eq!(store.view("r1", 7).await.expect("a view"), Some("{}".into()));
    assert_eq!(store.view("r1", 0).await.expect("no view"), None);
    assert_eq!(store.view("r2", 1).await.expect("no view"), None);
    let thin = [
        (9, "{\"a\":1,\"thin_contact\":true}"),
        (3, "{\"thin_contact\":true,\"a\":1}"),
        (4, "{\"thin_contact\":false}"),
        (5, "{\"a\":\"\\\"thin_contact\\\":true\"}"),
    ];
    let thin = thin.map(|(key, view)| (key, view.to_owned()));
    store.write_views("r1", &thin).await.expect("views");
    assert_eq!(store.thin_contacts("r1").await.expect("keys"), [3, 9]);
    assert!(store.thin_contacts("r2").await.expect("no keys").is_empty());
    for (name, card) in [("won", "{}"), ("Approach", "{\"v\":1}"), ("won", "{\"v\":2}")] {
        store.write_model("r1", name, card).await.expect("a model");
    }
    let models = store.models("r1").await.expect("models");
    let named: Vec<_> = models.iter().map(|it| (&*it.name, &*it.card_json)).collect();
    assert_eq!(named, [("Approach", "{\"v\":1}"), ("won", "{\"v\":2}")]);
}

async fn thousands_of_plays_at_once(place: &Place) {
    let store = begun(place).await;
    let plays: Vec<PlayRow> = (1..=2_500).map(|rank| play("r1", rank)).collect();
    store.write_plays(&plays, &[], &[]).await.expect("plays");
    store.write_plays(&plays, &[], &[]).await.expect("the same plays");
    assert_eq!(store.plays("r1").await.expect("plays"), plays);
}
