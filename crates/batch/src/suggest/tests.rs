//! Whole files in, a mapping out.

use super::*;

/// What is proposed for files, without the head.
fn proposed(files: &[(&str, &str)]) -> Result<Suggestion, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    suggest(&[folder.path().to_owned()])
        .map_err(|error| format!("{error:#}").replace(&format!("{}/", folder.path().display()), ""))
}

/// Whether the mapping has each of the lines, whatever the comments.
#[track_caller]
fn check(files: &[(&str, &str)], lines: &[&str]) -> Suggestion {
    let said = proposed(files).expect("a mapping");
    for line in lines {
        let found = said
            .toml
            .lines()
            .any(|l| l.trim() == *line || l.trim().starts_with(&format!("{line} #")));
        assert!(found, "`{line}` is not in\n{}", said.toml);
    }
    said
}

#[test]
fn references_are_found_by_values() {
    check(
        &[
            ("a.csv", "k,label,branche,country\nK-1,Ah,x,JP\nK-2,Be,y,JP\nK-3,Ce,x,US\n"),
            (
                "order.csv",
                "no,who,order date,product,qty\n1,K-1,2024-01-31,P,2\n2,K-3,2024-02-01,Q,1\n",
            ),
        ],
        &[
            "entity = \"accounts\"",
            "account_id = \"k\"",
            "account_id = \"who\"",
            "ordered_at = \"order date\"",
        ],
    );
}
#[test]
fn contracts_in_a_list_of_customers_are_split() {
    let text = "顧客コード,会社名,業種,プラン,席数,月額（円）,契約開始日,解約日\n\
                C1,甲,製造,ライト,5,\"10,000\",2023/4/1,\nC2,乙,小売,プロ,9,\"20,000\",2023/5/1,2024/1/31\n";
    check(
        &[("顧客一覧.csv", text)],
        &[
            "entity = \"accounts\"",
            "name = \"会社名\"",
            "currency = \"JPY\"",
            "entity = \"subscriptions\"",
            "subscription_id = { concat = [\"顧客コード\", \"プラン\"], separator = \"/\" }",
            "started_on = { column = \"契約開始日\", parse = \"%Y/%m/%d\" }",
            "ended_on = { column = \"解約日\", parse = \"%Y/%m/%d\" }",
            "entity = \"products\"",
        ],
    );
}
#[test]
fn months_as_columns_become_rows() {
    let text = "顧客コード,2024年1月,2024年2月,2024年3月\nC1,100,200,\nC2,5,6,7\n";
    check(
        &[("月次売上.csv", text)],
        &[
            "entity = \"mrr_snapshots\"",
            "month = { column = \"the month\", parse = [\"%Y年%m月\"] }",
        ],
    );
}
#[test]
fn neighbours_decide_the_order_of_day_and_month() {
    let text = "ticket id,account id,opened at,closed at,priority\n1,A,02/01/2024,25/01/2024,high\n2,B,03/01/2024,26/01/2024,low\n";
    check(&[("tickets.csv", text)], &["at = { column = \"opened at\", parse = \"%d/%m/%Y\" }"]);
    let open = "ticket id,account id,opened at,priority\n1,A,02/01/2024,high\n2,B,03/01/2024,low\n";
    let said = check(&[("tickets.csv", open)], &[]);
    assert!(
        said.checks.iter().any(|c| c.contains("`opened at` may be day-month or month-day")),
        "{:?}",
        said.checks
    );
}
#[test]
fn the_same_ids_for_different_things_are_told() {
    let said = proposed(&[
        ("customers_east.csv", "customer id,customer name,industry\n1,Ah,x\n2,Be,y\n3,Ce,z\n"),
        ("customers_west.csv", "customer id,customer name,industry\n1,Io,x\n2,Ka,y\n4,El,z\n"),
    ])
    .expect("a mapping");
    assert!(said.toml.contains("the same ids for different things"), "{}", said.toml);
}
#[test]
fn headers_alone_and_no_tables() {
    let said = check(
        &[("subscriptions.csv", "subscription_id,account_id,plan,start_date,mrr\n")],
        &["mrr = \"mrr\""],
    );
    assert!(said.checks[0].contains("header but no rows"), "{:?}", said.checks);
    let none = proposed(&[("x.csv", "")]).expect_err("no table");
    assert_eq!(none, "x.csv is empty: export it again, with a header line");
    let none = proposed(&[("x.csv", "a,b\n1,2\n")]).expect_err("nothing known");
    assert!(
        none.contains("none of the files was recognised") && none.contains("x.csv has a, b"),
        "{none}"
    );
}
#[test]
fn repeated_names_and_hundreds_of_columns() {
    check(
        &[("customers.csv", "customer id,name,note,note\n1,a,x,y\n2,b,z,w\n")],
        &["number_names = true"],
    );
    let names: Vec<String> = (0..500).map(|i| format!("extra {i}")).collect();
    let row = |id: &str| format!("{id},{id} Ltd,{}\n", vec!["1"; 500].join(","));
    let text = format!("customer id,customer name,{}\n{}{}", names.join(","), row("A"), row("B"));
    let said = check(&[("customers.csv", &text)], &["account_id = \"customer id\""]);
    assert!(said.toml.contains("\"extra 499\""));
}
#[test]
fn departures_end_contracts_that_have_no_end() {
    check(
        &[
            (
                "subscriptions.csv",
                "subscription_id,account_id,plan,start_date,mrr\nS1,A,Pro,2024-01-31,5\nS2,B,Basic,2024-02-01,6\n",
            ),
            (
                "churn_events.csv",
                "event id,account_id,churn_date,reason_code\nE1,B,2024-05-31,price\n",
            ),
        ],
        &[
            "ended_on = { join = \"churn_events.csv\", on = \"account_id\", take = \"churn_date\", pick = \"max\" }",
            "use = \"lookup\"",
        ],
    );
}
#[test]
fn a_picture_of_tables_is_not_one() {
    let picture = "accounts,,,,teams\naccount,industry,country,,agent\n,,,,\nproducts,,,,\nproduct,price,,,\n";
    let customers = "account,industry,country\nAh,x,JP\nBe,y,US\n";
    let said =
        proposed(&[("dictionary.csv", picture), ("accounts.csv", customers)]).expect("a mapping");
    assert!(said.files.contains(&"dictionary.csv: not recognised".to_owned()), "{:?}", said.files);
}
