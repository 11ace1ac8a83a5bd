//! Steps of a play from the files: invitations to a study session (S50, S69, S70), referrals (S15), the customer's approval
//! counted back from a deadline (S46).

use super::support::{Database, Workspace, json};
use super::timing::why_now;

const AS_OF: &str = "2026-03-12";
const PACKAGE: &str = "package:cross_sell:EXP+plan_up:PRO";

/// A group whose department A has a result with EXP; B and U have not, W declined everything. N, P and M answered the
/// NPS question. C1 to C4 come up for renewal around the day.
const ACCOUNTS: &str = "\
account_id,name,kind,parent_id,touch_model
G,Group,group,,low
A,Dept A,department,G,low
B,Dept B,department,G,low
U,Dept U,department,G,low
W,Dept W,department,G,low
N,Nine,company,,low
P,Passive,company,,low
M,Nine without success,company,,low
C1,Late,company,,low
C2,Today,company,,low
C3,Early,company,,low
C4,Own deals,company,,low
";
const PRODUCTS: &str = "\
product_id,name,kind,line,tier,price,price_unit
STD,Attend Standard,plan,attend,1,40000,month
PRO,Attend Pro,plan,attend,2,80000,month
EXP,Expenses,plan,expenses,1,30000,month
";
const CONTRACTS: &str = "\
subscription_id,account_id,product_id,started_on,mrr,cancel_deadline
S1,A,EXP,2024-01-15,30000,
S2,B,STD,2024-01-15,40000,
S3,W,STD,2024-01-15,40000,
S4,N,PRO,2024-01-15,80000,
S11,N,EXP,2024-01-15,30000,
S5,P,STD,2024-01-15,40000,
S6,M,STD,2024-01-15,40000,
S7,C1,STD,2024-01-15,40000,2026-04-25
S8,C2,STD,2024-01-15,40000,2026-04-26
S9,C3,STD,2024-01-15,40000,2026-04-27
S10,C4,STD,2024-01-15,40000,2026-04-26
";
const CONTACTS: &str = "\
contact_id,account_id,name,role,left_on
K1,B,Sato,decision_maker,
K2,B,Mori,user,
K3,B,Kato,user,2026-01-05
K4,W,Ueda,decision_maker,
K5,N,Abe,decision_maker,
K6,P,Ono,champion,
K7,M,Ito,champion,
";
const PERMISSIONS: &str = "\
contact_id,channel,state,on
K2,mail,opt_out,2025-06-01
K2,phone,opt_out,2025-06-01
K4,mail,opt_out,2025-06-01
K4,phone,opt_out,2025-06-01
";
const RESULTS: &str = "\
result_id,account_id,product_id,metric,before,after,share_scope,approved_on
E1,A,EXP,hours a month,40,12,group,2026-01-20
E2,N,PRO,days to close,5,2,internal,2025-12-01
E3,P,STD,days to close,5,2,internal,2025-12-01
";
const SURVEYS: &str = "\
response_id,account_id,at,score,question,contact_id
R1,N,2026-02-01T10:00:00+09:00,9,nps,K5
R2,P,2026-02-01T10:00:00+09:00,8,nps,K6
R3,M,2026-02-01T10:00:00+09:00,9,nps,K7
";
const FACTS: &str = "\
fact_id,account_id,kind,value,said_on
F1,B,decision_process,30万円以上は役員の稟議、それ未満は部長決裁,2025-05-10
F2,C1,decision_process,稟議に45日,2025-05-10
F3,C2,decision_process,稟議に45日,2025-05-10
F4,C3,decision_process,稟議に45日,2025-05-10
";
const PROPOSALS: &str = "\
proposal_id,account_id,opened_at,type,product_id,closed_at,outcome
D1,C4,2024-03-01,expansion,STD,2024-03-31,won
D2,C4,2024-06-01,expansion,STD,2024-07-16,won
D3,C4,2024-09-01,expansion,STD,2024-09-21,won
";
const OFFERS: &str = "\
offer_id,motion,name,incentive
R-1,care,Invite a colleague,referral 500 MB cost 200
R-2,care,No programme,reviews
";

fn workspace() -> Workspace {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    let files = [
        ("accounts.csv", ACCOUNTS),
        ("products.csv", PRODUCTS),
        ("subscriptions.csv", CONTRACTS),
        ("contacts.csv", CONTACTS),
        ("permissions.csv", PERMISSIONS),
        ("results.csv", RESULTS),
        ("surveys.csv", SURVEYS),
        ("account_facts.csv", FACTS),
        ("proposals.csv", PROPOSALS),
        ("offers.csv", OFFERS),
    ];
    let paths: Vec<_> =
        files.iter().map(|(name, text)| workspace.file(&format!("in/{name}"), text)).collect();
    let paths: Vec<_> = paths.iter().map(std::path::PathBuf::as_path).collect();
    workspace.ingest(None, &paths).ok();
    workspace.run(&["run", "--as-of", AS_OF]).ok();
    workspace
}

fn explain(workspace: &Workspace, account: &str, offer: &str) -> serde_json::Value {
    json(&workspace.run(&["explain", account, "--offer", offer, "--format", "json"]).ok())
}

/// Every reason for an offer itself, Japanese.
fn why_this(said: &serde_json::Value) -> String {
    let lines = said["card"]["why_this"].as_array().into_iter().flatten();
    lines.filter_map(|line| line["said"]["ja"].as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn steps_come_from_the_rows_of_the_customer() {
    let workspace = workspace();
    sessions(&workspace);
    referrals(&workspace);
    approvals(&workspace);
}

fn sessions(workspace: &Workspace) {
    // S70: who may be invited is named, with what is shown; S46: the customer's own way stands as it was said.
    // The offer goes out in one quotation with an upgrade, whose steps are those of its parts.
    let said = explain(workspace, "B", PACKAGE);
    assert_eq!(said["fate"], "chosen", "{said:#}");
    let steps = said["card"]["steps"].as_array().expect("steps").clone();
    let titles: Vec<&str> = steps.iter().filter_map(|step| step["title"]["en"].as_str()).collect();
    assert_eq!(
        titles,
        [
            "Prepare",
            "Invite to a study session or user event",
            "Speak",
            "Quote",
            "Gather the material for the approval",
            "Close"
        ]
    );
    assert_eq!(steps[1]["people"], serde_json::json!(["Sato"]), "Mori declined, Kato left");
    let shown = steps[1]["detail"]["ja"].as_str().unwrap_or_default();
    assert!(shown.contains("hours a monthが40から12(2026年1月20日承認)"), "{shown}");
    assert_eq!(steps[4]["quote"], "30万円以上は役員の稟議、それ未満は部長決裁");
    let why = why_this(&explain(workspace, "B", "cross_sell:EXP"));
    assert!(why.contains("案内をお送りしてよい1名をお招きできます"), "{why}");
    assert!(why.contains("1年あたり360,000円の増額で"), "{why}");
    assert!(why.contains("300,000円以上に当たります(2025年5月10日のヒアリング)"), "{why}");
    let text = workspace.run(&["explain", "B", "--offer", PACKAGE, "--lang", "ja"]).ok();
    assert!(text.contains("お招きする方: Sato"), "{text}");
    assert!(text.contains("お客様の決裁の進め方: 「30万円以上は役員の稟議"), "{text}");
    // Names and the customer's words stay in the store: neither is in the run's files or in the play's card.
    let plays = workspace.run(&["plays", "--format", "json"]).ok();
    assert!(!plays.contains("Sato") && !plays.contains("役員の稟議"), "{plays}");
    // A department without a contract and without people, and one whose only contact declined.
    let nobody = why_this(&explain(workspace, "U", "poc:EXP"));
    assert!(nobody.contains("担当者が登録されていないため"), "{nobody}");
    let declined = why_this(&explain(workspace, "W", "cross_sell:EXP"));
    assert!(declined.contains("登録のある1名に、案内をお送りしてよい方がいないため"), "{declined}");
}

fn referrals(workspace: &Workspace) {
    // S15: nine is asked, eight is not, and nine without success is not yet.
    let nine = explain(workspace, "N", "care:referral");
    assert_eq!(nine["fate"], "chosen", "{nine:#}");
    let why = why_this(&nine);
    for words in ["NPSは9です", "days to closeが5から2", "500 MBを追加", "費用は1件あたり¥200"]
    {
        assert!(why.contains(words), "`{words}` is not in {why}");
    }
    let split = &nine["card"]["split"];
    assert_eq!(split["acceptance_minor"], 0, "no profit is claimed: {split}");
    let absent = |account: &str, words: &str| {
        let said = explain(workspace, account, "care:referral");
        assert_eq!(said["fate"], "not_generated", "{said:#}");
        let reason = said["reason"]["en"].as_str().unwrap_or_default().to_owned();
        assert!(reason.contains(words), "{account}: {reason}");
    };
    absent("P", "Nobody is a promoter");
    absent("M", "Neither a measured result nor rising use");
    let issues = json(&workspace.run(&["check", "--format", "json"]).ok())["row_issues"].clone();
    assert_eq!(issues["errors"], 1, "care without a referral term is refused: {issues}");
    assert!(issues["first"].to_string().contains("cannot be given"), "{issues}");
}

fn approvals(workspace: &Workspace) {
    // S46: forty-five days before the deadline, a day later, a day earlier.
    for (account, words) in [
        ("C1", "2026年3月11日までに商談を始める必要がありました(1日の遅れ)。"),
        ("C2", "商談を始める期限は今日です。"),
        ("C3", "2026年3月13日までに商談を始める必要があります(あと1日)。"),
    ] {
        let found = why_now(workspace, account);
        assert!(found.contains(words), "{account}: `{words}` is not in\n{found}");
        assert!(
            found.contains("2025年5月10日のヒアリングで45日と伺っています。 [account_facts F"),
            "{account}: {found}"
        );
    }
    // Of 30, 45 and 20 days four of five took no longer than 45.
    let own = why_now(workspace, "C4");
    assert!(own.contains("商談を始める期限は今日です。"), "{own}");
    assert!(
        own.contains(
            "このお客様の過去の受注3件から、商談の開始から決定まで約45日と見ています。 [proposals with outcome = won]"
        ),
        "{own}"
    );
}

#[test]
fn a_customer_s_own_approval_opens_the_window_when_talks_have_to_begin() {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    // 120 days before 10, 11 and 9 July; ninety days are the policy's.
    let accounts = "account_id,name\nA,A\nB,B\nC,C\nD,D\n";
    let contracts = "subscription_id,account_id,product_id,started_on,mrr,cancel_deadline\n\
        S1,A,STD,2024-01-15,40000,2026-07-11\nS2,B,STD,2024-01-15,40000,2026-07-10\n\
        S3,C,STD,2024-01-15,40000,2026-07-09\nS4,D,STD,2024-01-15,40000,2026-07-09\n";
    let facts = "fact_id,account_id,kind,value,said_on\n\
        F1,A,decision_process,承認まで120日,2025-05-10\nF2,B,decision_process,承認まで120日,2025-05-10\n\
        F3,C,decision_process,承認まで120日,2025-05-10\nF4,D,decision_process,部長決裁,2025-05-10\n";
    for (name, text) in [
        ("accounts.csv", accounts),
        ("products.csv", PRODUCTS),
        ("subscriptions.csv", contracts),
        ("account_facts.csv", facts),
    ] {
        let file = workspace.file(name, text);
        workspace.ingest(None, &[&file]).ok();
    }
    workspace.run(&["run", "--as-of", AS_OF]).ok();
    let opens = |account: &str| why_now(&workspace, account).contains("解約申出期限は");
    assert_eq!(
        ["A", "B", "C", "D"].map(opens),
        [false, true, true, false],
        "121, 120 and 119 days before, and 119 where nothing says how long it takes"
    );
}
