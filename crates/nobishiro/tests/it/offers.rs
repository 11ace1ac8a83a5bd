//! Offers given by hand (S10, S14, S103): what is taken, what is refused and why, who gets them, and what they cost.

use std::fmt::Write;

use super::support::{Database, Workspace, json};

const ACCOUNTS: &str = "account_id,name,segment,employees,vip\n\
    A,Acme,enterprise,300,true\n\
    B,Beta,smb,20,false\n\
    C,Chi,enterprise,,true\n";
const PRODUCTS: &str = "product_id,name,kind,line,tier,price,price_unit,margin_rate\n\
    LIGHT,Light,plan,L,1,500,seat_month,0.8\n\
    PRO,Pro,plan,L,2,900,seat_month,0.8\n\
    SSO,SSO,option,L,,20000,month,0.8\n\
    EXP,Expenses,plan,E,1,400,seat_month,0.8\n";
const CONTRACTS: &str = "subscription_id,account_id,product_id,started_on,renews_on,notice_days,term_months,seats,mrr\n\
    S1,A,LIGHT,2024-04-01,2026-06-01,30,12,100,50000\n\
    S2,B,PRO,2024-04-01,2026-06-01,30,12,10,9000\n\
    S3,C,LIGHT,2024-04-01,2026-06-01,30,12,50,25000\n";
const HEAD: &str = "offer_id,motion,name,product_id,from_product_id,price,effort_hours,channels,incentive,stock,min_volume,eligibility,playbook,complements\n";

/// A workspace with three customers and these offers.
fn with(offers: &str) -> Workspace {
    let workspace = Workspace::new(Database::Sqlite);
    let mut paths = Vec::new();
    for (name, text) in [
        ("accounts.csv", ACCOUNTS.to_owned()),
        ("products.csv", PRODUCTS.to_owned()),
        ("subscriptions.csv", CONTRACTS.to_owned()),
        ("offers.csv", format!("{HEAD}{offers}")),
    ] {
        paths.push(workspace.file(&format!("in/{name}"), text));
    }
    let paths: Vec<_> = paths.iter().map(std::path::PathBuf::as_path).collect();
    workspace.ingest(None, &paths).ok();
    workspace
}

fn explain(workspace: &Workspace, account: &str, offer: &str) -> String {
    workspace.run(&["explain", account, "--offer", offer, "--lang", "en"]).ok()
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place_and_the_rest_is_taken() {
    let workspace = with(
        "O1,bundle,Set,PRO,,,,,half price,,,,,\n\
         O2,bundle,Set,PRO,,,,,,,,employees >,,\n\
         O3,bundle,Set,PRO,,,,,,3,4,,,\n\
         O4,cross_sell,Nothing,,,,,,,,,,,\n\
         O5,care,Care,,,,,,,,,,,\n\
         O6,cross_sell,Expenses,EXP,,,,\"phone,fax\",free 1 month,,,employees >= 100,,\n",
    );
    let said = json(&workspace.run(&["check", "--format", "json"]).ok());
    let issues = said["row_issues"]["first"].to_string();
    for words in [
        "term 1 `half price`: it is none of",
        "character 12: here belongs a value",
        "4 of 3",
        "names no product",
        "cannot be given",
        "is no channel",
    ] {
        assert!(issues.contains(words), "`{words}` is not in:\n{issues}");
    }
    assert_eq!(said["row_issues"]["errors"], 4, "{issues}");
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    let offered = explain(&workspace, "A", "O6");
    assert!(offered.contains("1 month free"), "{offered}");
}

#[test]
fn s27_to_whom_an_offer_applies_and_why_not() {
    let workspace = with(
        "O1,cross_sell,Expenses for the large,EXP,,,,,,,,employees >= 100 and vip = true,,\n\
         O2,bundle,Light with SSO,LIGHT,,60000,,,,,,,,SSO\n\
         O3,bundle,Pro with SSO,PRO,,120000,,,discount 10% for 12 months,,,,Ask; Show; Quote,SSO\n",
    );
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    let check = |account: &str, offer: &str, words: &str| {
        let said = explain(&workspace, account, offer);
        assert!(said.contains(words), "{account} {offer}: `{words}` is not in:\n{said}");
    };
    check("A", "O1", "The offer \"Expenses for the large\" applies");
    check("B", "O1", "employees is 20 (asked: employees >= 100)");
    check("C", "O1", "nothing is known of employees");
    check("A", "O2", "Light or a higher plan of its line is under contract");
    check("B", "O2", "Light or a higher plan of its line is under contract");
    check("B", "O3", "Pro or a higher plan of its line is under contract");
    check("A", "O3", "10 % off for 12 months");
    check("A", "O3", "The incentive counts for everybody who accepts");
}

#[test]
fn offers_that_point_nowhere_or_in_a_circle_are_left_out_and_told() {
    let workspace = with(
        "O1,cross_sell,Gone,GONE,,,,,,,,,,\n\
         O2,plan_up,Up,PRO,LIGHT,,,,,,,,,\n\
         O3,plan_up,Down,LIGHT,PRO,,,,,,,,,\n\
         O4,cross_sell,Expenses,EXP,,,,,,,,colour = red,,\n",
    );
    let said = json(&workspace.run(&["check", "--format", "json"]).ok())["warnings"].to_string();
    assert!(
        said.contains("lead in a circle") && said.contains("O2") && said.contains("O3"),
        "{said}"
    );
    assert!(said.contains("no account has colour"), "{said}");
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    assert!(explain(&workspace, "A", "O2").contains("lead in a circle"));
    // The derived upgrade stands.
    let plays = workspace.run(&["explain", "A", "--offer", "plan_up:PRO"]).ok();
    assert!(plays.contains("Pro"), "{plays}");
}

#[test]
fn ten_thousand_offers_are_taken_and_planned() {
    let mut offers = String::new();
    for i in 0..10_000 {
        let _ = writeln!(offers, "O{i:05},cross_sell,Expenses {i},EXP,,{},,,,,,,,", 1_000 + i);
    }
    let workspace = with(&offers);
    let began = std::time::Instant::now();
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    let seconds = began.elapsed().as_secs();
    assert!(seconds < 120, "three customers took {seconds} s");
    // The fifty of most revenue are candidates; another says so.
    assert!(explain(&workspace, "A", "O00001").contains("not among the 50 given offers"));
}

#[test]
fn s12_s16_what_was_held_before_and_what_the_group_uses_come_from_the_files() {
    let workspace = Workspace::new(Database::Sqlite);
    let mut paths = Vec::new();
    for (name, text) in [
        (
            "accounts.csv",
            "account_id,name,kind,parent_id\nA,Acme,company,\nG,Gamma,company,\nH,Gamma sales,department,G\n",
        ),
        ("products.csv", PRODUCTS),
        (
            "subscriptions.csv",
            "subscription_id,account_id,product_id,effective_on,started_on,renews_on,notice_days,term_months,seats,mrr,change_kind\n\
             S1,A,PRO,2024-04-01,2024-04-01,2026-06-01,30,12,100,90000,new\n\
             S1,A,LIGHT,2025-10-01,2024-04-01,2026-06-01,30,12,100,50000,contract\n\
             S2,G,LIGHT,2024-04-01,2024-04-01,2026-06-01,30,12,50,25000,new\n",
        ),
    ] {
        paths.push(workspace.file(&format!("in/{name}"), text));
    }
    let paths: Vec<_> = paths.iter().map(std::path::PathBuf::as_path).collect();
    workspace.ingest(None, &paths).ok();
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    let back = explain(&workspace, "A", "plan_up:PRO");
    assert!(back.contains("Pro was held until 1 Oct 2025"), "{back}");
    let trial = explain(&workspace, "H", "poc:LIGHT");
    assert!(trial.contains("one other account of its group uses Light"), "{trial}");
    let company = explain(&workspace, "G", "poc:LIGHT");
    assert!(!company.contains("of its group uses"), "{company}");
}
