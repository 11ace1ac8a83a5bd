//! The same guards at night and at the click: for customers of the demo with everything that can stand against an offer,
//! both say the same, word for word, of every offer that sells.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use batch::night::{Night, Stage};
use decide::candidate::Candidate;
use decide::card::Card;
use decide::decision::{Says, Verdict};
use decide::guards::{self, Knows};
use decide::policy::Policy;
use domain::money::Currency;
use domain::motion::Channel;
use domain::time::{Day, Zone};
use serde_json::Value;
use store::{Open, PlayRow, Store};

use super::support::nobishiro;

/// The demo's day.
const AS_OF: &str = "2026-03-12";
/// Policy of the test: every cap is stated, lots count from one group on.
const POLICY: &str = "[limits]\npackages_per_group = 3\ncontacts_per_person = 2\n[guards.hold_out]\nroots_min = 1\nshare = 0.5\ndelay_weeks = 8\n[guards.cool_down]\nrejections = 1\n";

/// What stands against an offer, as rows of canonical files: entity, then `header` and `row`. `{a}` is the account,
/// `{c}` each of its contacts, `{p}` a product it holds, `{q}` each product there
/// is, `{h}` each channel.
const CASES: &[(&str, &str, &str)] = &[
    (
        "account_facts",
        "fact_id,account_id,kind,value,said_on",
        "X{n},{a},sales_stop,2026-05-01 legal,2026-03-01",
    ),
    (
        "account_facts",
        "fact_id,account_id,kind,value,said_on",
        "X{n},{a},credit_stop,未入金,2026-03-01",
    ),
    (
        "account_facts",
        "fact_id,account_id,kind,value,said_on",
        "X{n},{a},only_contact,{c},2026-03-01",
    ),
    (
        "account_facts",
        "fact_id,account_id,kind,value,said_on",
        "X{n},{a},only_contact,nobody,2026-03-01",
    ),
    (
        "account_facts",
        "fact_id,account_id,kind,value,said_on",
        "X{n},{a},quiet_period,2026-03-01/2026-03-31,2026-02-01",
    ),
    (
        "account_facts",
        "fact_id,account_id,kind,value,said_on",
        "X{n},{a},quiet_period,03-10/03-12,2026-02-01",
    ),
    (
        "account_facts",
        "fact_id,account_id,kind,value,said_on",
        "X{n},{a},sales_stop,2026-05-01,2026-03-13",
    ),
    ("permissions", "contact_id,channel,state,on,basis", "{c},{h},opt_out,2026-01-05,"),
    ("permissions", "contact_id,channel,state,on,basis", "{c},{h},opt_out,2026-01-05,名刺"),
    ("permissions", "contact_id,channel,state,on,basis", "{c},mail,unknown,2026-01-05,名刺"),
    ("account_links", "from_id,to_id,kind", "{b},{a},reseller"),
    (
        "activities",
        "activity_id,account_id,at,kind,priority,status,closed_at",
        "X{n},{a},2026-02-20,ticket,high,closed,2026-02-27",
    ),
    (
        "activities",
        "activity_id,account_id,at,kind,priority,status,closed_at",
        "X{n},{a},2026-02-20,ticket,緊急,完了,2026-02-26",
    ),
    (
        "activities",
        "activity_id,account_id,at,kind,priority,status,closed_at",
        "X{n},{a},2026-02-20,ticket,urgent,open,",
    ),
    (
        "activities",
        "activity_id,account_id,at,kind,contact_id,direction",
        "X{n},{a},2026-03-01,email,{c},outbound",
    ),
    ("surveys", "response_id,account_id,at,score,contact_id", "X{n},{a},2026-03-02,6,{c}"),
    ("surveys", "response_id,account_id,at,score,contact_id", "X{n},{a},2026-03-02,7,{c}"),
    ("surveys", "response_id,account_id,at,score", "X{n},{a},2026-03-02,3"),
    (
        "proposals",
        "proposal_id,account_id,opened_at,type,product_id,approached",
        "X{n},{a},2026-03-02,expansion,{p},true",
    ),
    (
        "proposals",
        "proposal_id,account_id,opened_at,type,product_id,closed_at,outcome",
        "X{n},{a},2026-02-01,expansion,{q},2026-02-20,lost",
    ),
    (
        "subscriptions",
        "subscription_id,account_id,product_id,started_on,status,sold_via",
        "X{n},{a},{p},2025-04-01,paused,",
    ),
    (
        "subscriptions",
        "subscription_id,account_id,product_id,started_on,status,sold_via",
        "X{n},{a},{p},2025-04-01,active,代理店A",
    ),
    (
        "subscriptions",
        "subscription_id,account_id,product_id,started_on,status,cancel_notice_on",
        "X{n},{a},{p},2025-04-01,active,2026-03-05",
    ),
];

/// The demo with a case for each of its first accounts.
struct Scene {
    store: Store,
    accounts: Vec<(i64, String)>,
    policy: Policy,
    zone: Zone,
    currency: Currency,
}

async fn texts(store: &Store, entity: &str) -> Vec<BTreeMap<&'static str, String>> {
    let entity = domain::canonical::entity(entity).expect("a canonical entity");
    let columns = Store::columns(entity);
    let rows = store.read(entity).await.expect("rows");
    let text = |value: &store::Value| match value {
        store::Value::Text(text) => text.clone(),
        _ => String::new(),
    };
    rows.iter().map(|row| columns.iter().copied().zip(row.iter().map(text)).collect()).collect()
}

impl Scene {
    async fn open(dir: &Path) -> Self {
        let url = Store::sqlite_url(&dir.join("store.sqlite"));
        let store = Store::open(&url, Open::ReadWrite).await.expect("a store");
        let held: BTreeMap<String, String> = texts(&store, "subscriptions")
            .await
            .into_iter()
            .map(|mut row| {
                (
                    row.remove("account_id").unwrap_or_default(),
                    row.remove("product_id").unwrap_or_default(),
                )
            })
            .collect();
        let mut accounts = store.all_account_keys().await.expect("keys");
        accounts.retain(|(_, id)| held.contains_key(id));
        accounts.truncate(CASES.len() + 8);
        let contacts: Vec<(String, String)> = texts(&store, "contacts")
            .await
            .into_iter()
            .filter_map(|mut row| Some((row.remove("account_id")?, row.remove("contact_id")?)))
            .collect();
        let products: Vec<String> = texts(&store, "products")
            .await
            .into_iter()
            .filter_map(|mut row| row.remove("product_id"))
            .collect();
        for (n, ((entity, header, row), (_, account))) in CASES.iter().zip(&accounts).enumerate() {
            let other = &accounts.last().expect("accounts").1;
            let ours = contacts.iter().filter(|(of, _)| of == account).map(|(_, id)| id.as_str());
            let ours: Vec<&str> = if row.contains("{c}") { ours.collect() } else { vec![""] };
            let each: Vec<&str> = if row.contains("{q}") {
                products.iter().map(String::as_str).collect()
            } else if row.contains("{h}") {
                Channel::ALL.iter().map(|channel| channel.code()).collect()
            } else {
                vec![&held[account]]
            };
            let mut lines = vec![(*header).to_owned()];
            for (i, (contact, product)) in
                ours.iter().flat_map(|it| each.iter().map(move |p| (it, p))).enumerate()
            {
                let row = row
                    .replace("{n}", &format!("{n}-{i}"))
                    .replace("{a}", account)
                    .replace("{b}", other)
                    .replace("{c}", contact);
                lines.push(
                    row.replace("{p}", product).replace("{q}", product).replace("{h}", product),
                );
            }
            let folder = dir.join(format!("case{n}"));
            std::fs::create_dir_all(&folder).expect("a folder");
            let file = folder.join(format!("{entity}.csv"));
            std::fs::write(&file, lines.join("\n") + "\n").expect("written");
            let (dir, file) = (dir.display().to_string(), file.display().to_string());
            nobishiro(&["ingest", "--workspace", &dir, &file]).ok();
        }
        Self {
            store,
            accounts,
            policy: Policy::parse(POLICY).expect("a policy"),
            zone: Zone::named("Asia/Tokyo").expect("a zone"),
            currency: Currency::parse("JPY").expect("a currency"),
        }
    }

    fn night(&self, dir: &Path) -> Night<'_> {
        let day = Day::parse_iso(AS_OF).expect("a day");
        Night {
            store: &self.store,
            lake: dir.join("lake"),
            runs: dir.join("runs"),
            zone: self.zone.clone(),
            currency: self.currency,
            policy: &self.policy,
            policy_text: POLICY,
            policy_version: None,
            as_of: Some(day),
            today: day,
            seed: 1,
            until: Stage::Plan,
            progress: &|_| {},
        }
    }
}

/// An offer as the store would keep it if it were chosen.
fn row(candidate: &Candidate, root: i64) -> PlayRow {
    let mut row = PlayRow {
        play_id: "p".to_owned(),
        account_key: candidate.account.0,
        root_key: root,
        contact_key: candidate.contact.map(|contact| contact.0),
        offer_id: candidate.offer.to_string(),
        product_id: candidate.product.as_ref().map(ToString::to_string),
        motion: candidate.motion.code().to_owned(),
        channel: candidate.channel.code().to_owned(),
        effort_hours: candidate.effort_hours,
        ..web::own_row("offer", "")
    };
    let mut card: Card = serde_json::from_str(&row.card).expect("a card");
    card.from_product = candidate.from_product.as_ref().map(ToString::to_string);
    card.subscription = candidate.subscription.as_ref().map(ToString::to_string);
    row.card = serde_json::to_string(&card).expect("a card");
    row
}

/// What the store knows: guard, verdict, words, rows.
fn told(verdicts: &[Verdict]) -> String {
    let mut said = String::new();
    for verdict in verdicts {
        let knows = guards::guard(verdict.guard).expect("a guard").knows;
        if knows == Knows::Store {
            let rows: Vec<_> = verdict.evidence.iter().map(|it| (&it.source, it.on)).collect();
            let (says, words) = (verdict.says, &verdict.reason);
            writeln!(said, "{} {says:?} {words:?} {rows:?}", verdict.guard).expect("to a string");
        }
    }
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn the_click_says_what_the_night_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo");
    let place = dir.display().to_string();
    nobishiro(&["demo", "--dir", &place, "--no-serve"]).ok();
    std::fs::write(dir.join("policy.toml"), POLICY).expect("written");
    nobishiro(&["policy", "publish", "--workspace", &place, "--reason", "caps"]).ok();
    let scene = Scene::open(&dir).await;
    let night = scene.night(&dir);
    batch::night::run(&night).await.expect("a night");
    let state = web::AppState::new(scene.store.clone(), "demo", scene.zone.clone(), scene.currency)
        .with_policy(scene.policy.clone());
    let day = Day::parse_iso(AS_OF).expect("a day");
    let (mut offers, mut held) = (0, BTreeSet::new());
    for (key, id) in &scene.accounts {
        let (root, asked) = batch::explain::verdicts(&night, *key).await.expect("verdicts");
        for (candidate, verdicts) in asked {
            let click = web::verdicts(&state, &row(&candidate, root), day).await.expect("a click");
            assert_eq!(told(&click), told(&verdicts), "{id} {}", candidate.offer);
            let against = verdicts.iter().filter(|verdict| verdict.says != Says::Allow);
            held.extend(against.map(|verdict| verdict.guard));
            offers += 1;
        }
    }
    assert!(offers >= 100, "{offers} offers were compared");
    // Each guard that the store knows has held somebody.
    for guard in guards::GUARDS.iter().filter(|guard| guard.knows == Knows::Store) {
        assert!(held.contains(guard.code), "nobody was held by {}: {held:?}", guard.code);
    }
}

/// S53: a stop is asked at the click and by the next night, until it is lifted.
#[test]
fn s53_a_stop_holds_at_once_and_until_it_is_lifted() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    nobishiro(&["demo", "--dir", &dir, "--no-serve"]).ok();
    let plays = || -> Vec<Value> {
        let listed = nobishiro(&["plays", "--workspace", &dir, "--format", "json"]).ok();
        serde_json::from_str(&listed).expect("a list of plays")
    };
    let sells = |play: &Value| {
        let motion = play["motion"].as_str().and_then(domain::motion::Motion::parse);
        motion.is_some_and(domain::motion::Motion::sells)
    };
    let listed = plays();
    let play = listed.iter().find(|play| sells(play)).expect("a play that sells");
    let id = play["play_id"].as_str().expect("an id").to_owned();
    let account = play["account_id"].as_str().expect("an account").to_owned();
    let stop = |args: &[&str]| {
        nobishiro(&[&["stop", &account, "--workspace", &dir, "--format", "json"], args].concat())
    };
    let accept = || nobishiro(&["play", &id, "accept", "--workspace", &dir]);
    stop(&["--lift"]).fails(&["nothing to lift"]);
    stop(&["--reason", "complaint", "--by", "X"]).fails(&["no representative `X`"]);
    stop(&["--reason", "complaint", "--until", AS_OF]).fails(&["later than"]);
    let said = stop(&["--reason", "complaint", "--until", "2026-04-01", "--by", "R01"]).ok();
    let said: Value = serde_json::from_str(&said).expect("one document");
    assert_eq!((&said["stopped"], &said["until"]), (&true.into(), &"2026-04-01".into()));
    accept().fails(&["Stopped by a person", "A complaint is being dealt with", "R01"]);
    nobishiro(&["run", "--workspace", &dir, "--as-of", AS_OF]).ok();
    let ours = |play: &&Value| play["account_id"] == account.as_str() && sells(play);
    assert_eq!(plays().iter().filter(ours).count(), 0, "nothing is sold to {account}");
    stop(&["--lift"]).ok();
    nobishiro(&["run", "--workspace", &dir, "--as-of", AS_OF]).ok();
    assert!(plays().iter().any(|play| ours(&play)), "it is offered again");
    accept().ok();
}
