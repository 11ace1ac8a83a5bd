//! Timing rules on small files (S36-S52, S101-S107, N15): each sentence stands on its row, and nothing later than the
//! day is known.

use super::support::{Database, Workspace};

const ACCOUNTS: &str = "\
account_id,name,kind,parent_id,touch_model,fiscal_close_month,fiscal_confirmed_on
G,Group,group,,high,,
A,Department A,department,G,high,3,2025-06-01
B,Department B,department,G,high,9,2026-06-01
C,Company C,company,,low,,
D,Company D,company,,low,,
";
const PRODUCTS: &str = "\
product_id,name,kind,line,tier,price,price_unit
STD,Attend Standard,plan,attend,1,40000,month
PRO,Attend Pro,plan,attend,2,80000,month
SSO,Single sign-on,option,attend,,10000,month
EXP,Expenses,plan,expenses,1,30000,month
";
const LIMITS: &str = "\
product_id,metric,included,window,plan_version
STD,exports,6,hour,
STD,users,50,none,v1
STD,users,80,none,
";
const CONTRACTS: &str = "\
subscription_id,account_id,product_id,effective_on,started_on,mrr,seats,status,trial_ends_on,plan_version,renewal_confirmed_on,change_kind
S1,A,EXP,2024-01-15,2024-01-15,30000,,active,,,,new
S2,B,STD,2024-01-15,2024-01-15,40000,,active,,v1,,new
S3,C,STD,2024-01-15,2024-01-15,40000,,active,,,2026-02-20,new
S4,D,STD,2026-02-16,2026-02-16,0,,trial,2026-03-18,,,new
";
const RESULTS: &str = "\
result_id,account_id,product_id,metric,before,after,share_scope,approved_on
E1,A,EXP,hours a month,40,12,group,2026-01-20
E2,A,EXP,secret,40,12,internal,2026-01-21
";
const CONTACTS: &str = "\
contact_id,account_id,name,role,left_on
P1,B,Sato,decision_maker,2026-03-02
P2,C,Suzuki,champion,2026-04-02
P3,C,Mori,decision_maker,
";
const FACTS: &str = "\
fact_id,account_id,kind,value,said_on,product_id,superseded_by
F1,C,fiscal_close,3月決算,2025-05-10,,F2
F2,C,fiscal_close,9月決算,2026-03-20,,
F3,C,promised_date,2026-03-15に再検討,2025-11-02,EXP,
F4,B,issue,Single sign-onがなく入退社の管理に手間,2026-03-01,,
F5,B,outlook,人員を増やす見込み,2026-03-01,,
";
const ACTIVITIES: &str = "\
activity_id,account_id,at,kind,direction,product_id,reaction,contact_id,status
K1,C,2026-02-25T10:00:00+09:00,meeting,outbound,SSO,positive,P3,
K2,D,2026-02-20T10:00:00+09:00,call,outbound,,neutral,,
K3,C,2026-03-05T10:00:00+09:00,email,outbound,,,P3,bounced
";
const PROPOSALS: &str = "\
proposal_id,account_id,opened_at,type,product_id,stage,expected_close_on,closed_at,outcome
R1,B,2026-02-01,expansion,PRO,quote,2026-03-30,,open
";
const WEB: &str = "\
event_id,at,kind,account_id,product_id
W1,2026-03-10T09:00:00+09:00,cart,C,SSO
W2,2026-03-25T09:00:00+09:00,checkout,C,EXP
";
const RELEASES: &str = "\
product_id,released_on,title
SSO,2026-02-10,Log in with Entra ID
SSO,2026-03-20,Not yet
";

/// Exports by B: three hours of one day that reach six, and one that does not; users near its own version's limit.
const USAGE: &str = "\
account_id,metric,at,value,kind,subscription_id
B,exports,2026-03-02T09:10:00+09:00,4,count,S2
B,exports,2026-03-02T09:50:00+09:00,2,count,S2
B,exports,2026-03-02T11:00:00+09:00,6,count,S2
B,exports,2026-03-02T13:00:00+09:00,9,count,S2
B,exports,2026-03-02T15:00:00+09:00,5,count,S2
B,users,2026-03-01T09:00:00+09:00,50,gauge,S2
C,users,2026-03-01T09:00:00+09:00,50,gauge,S3
";

fn workspace() -> Workspace {
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    for (name, text) in [
        ("accounts.csv", ACCOUNTS),
        ("products.csv", PRODUCTS),
        ("limits.csv", LIMITS),
        ("subscriptions.csv", CONTRACTS),
        ("results.csv", RESULTS),
        ("contacts.csv", CONTACTS),
        ("account_facts.csv", FACTS),
        ("activities.csv", ACTIVITIES),
        ("proposals.csv", PROPOSALS),
        ("web_events.csv", WEB),
        ("releases.csv", RELEASES),
        ("usage.csv", USAGE),
    ] {
        let file = workspace.file(name, text);
        workspace.ingest(None, &[&file]).ok();
    }
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    workspace
}

/// Every reason to speak now to an account, of all its offers.
pub(crate) fn why_now(workspace: &Workspace, account: &str) -> String {
    let said = workspace.run(&["explain", account, "--format", "json"]).ok();
    let said: serde_json::Value = serde_json::from_str(&said).expect("a document");
    let offers = said["offers"].as_array().expect("offers");
    let lines = offers.iter().filter_map(|offer| offer["card"]["why_now"].as_array()).flatten();
    let mut found: Vec<String> = lines
        .map(|line| {
            format!(
                "{} [{}]",
                line["said"]["ja"].as_str().unwrap_or(""),
                line["source"].as_str().unwrap_or("")
            )
        })
        .collect();
    found.sort();
    found.dedup();
    found.join("\n")
}

#[track_caller]
fn says(found: &str, expected: &[&str], never: &[&str]) {
    for sentence in expected {
        assert!(found.contains(sentence), "{sentence} is not in\n{found}");
    }
    for sentence in never {
        assert!(!found.contains(sentence), "{sentence} is in\n{found}");
    }
}

#[test]
fn each_rule_speaks_its_own_evidence_and_knows_nothing_later() {
    let workspace = workspace();
    let department = why_now(&workspace, "B");
    says(
        &department,
        &[
            // S37: limits for each hour; N6: the limit of the version that B is on.
            "exportsが1時間あたりの上限6に、直近30日で3回達しました(最大9、直近は2026年3月2日)。 [usage S2 exports]",
            "usersは上限50に達しています(50/50、2026年3月1日時点)。 [usage S2 users]",
            // S50, S69: A's measured result, but not what was not approved for the group.
            "Expensesによりhours a monthが40から12になりました(2026年1月20日承認)。 [results E1]",
            // S42, S108.
            "Attend Proの商談は2026年3月30日に決定の予定です(あと18日)。 [proposals R1]",
            "現在のご契約はAttend Standardです。 [subscriptions S2]",
            // S49: a product that was spoken of by its name.
            "2026年3月1日のヒアリングで新しい課題を伺っています(Single sign-onに関連)。 [account_facts F4]",
            // N15.
            "決裁者が2026年3月2日に退任・異動されています。 [contacts P1]",
            // S51.
            "Single sign-onの新機能「Log in with Entra ID」を2026年2月10日に公開しました。 [releases SSO]",
        ],
        &["secret", "Not yet", "決算は"],
    );
    // S46: confirmed later than the day, so nobody knows it yet.
    says(&department, &["決算期未確認"], &[]);
    let company = why_now(&workspace, "C");
    says(
        &company,
        &[
            "2026年2月20日にAttend Standardのご継続をお決めいただきました。 [subscriptions S3]",
            "2025年11月2日にExpensesについて2026年3月15日の再検討を伺っています(あと3日)。 [account_facts F3]",
            "2026年3月10日にSingle sign-onをカートに入れ、その後ご購入がありません。 [web_events W1]",
            "2026年2月25日にSingle sign-onをご案内した際、前向きな反応がありました。 [activities K1]",
            "決裁者へのメールが2026年3月5日に不達となっています。 [activities K3]",
        ],
        // The limit of today's plan is eighty; P2 leaves later, and so does the word on September.
        &["上限50", "推進者", "購入手続き", "2026年9月30日", "上限80に達して"],
    );
    let trial = why_now(&workspace, "D");
    says(
        &trial,
        &["Attend Standardの試用期間は2026年3月18日に終了します(あと6日)。 [subscriptions S4]"],
        &[],
    );
}

#[test]
fn s46_the_budget_is_counted_back_from_the_own_close() {
    let workspace = workspace();
    let at = |day: &str, account: &str| {
        workspace.run(&["run", "--as-of", day]).ok();
        why_now(&workspace, account)
    };
    let fixing = "来期予算は2026年2月28日頃に確定する見込みです";
    assert!(!at("2026-01-13", "A").contains("来期予算"), "46 days before the fixing");
    assert!(at("2026-01-14", "A").contains(fixing));
    assert!(at("2026-02-28", "A").contains(fixing));
    assert!(!at("2026-03-01", "A").contains("来期予算"));
    // September's planning begins at the end of April, once the close was confirmed in June: at the fixing.
    assert!(!at("2026-05-10", "B").contains("来期予算"));
    assert!(at("2026-08-20", "B").contains("来期予算は2026年8月31日頃に確定する見込みです"));
    // What superseded C's March is September.
    assert!(at("2026-08-20", "C").contains("来期予算は2026年8月31日頃に確定する見込みです"));
}

#[test]
fn s103_a_rule_that_does_not_fit_is_switched_off() {
    let workspace = workspace();
    let policy = "version = 1\n[rules]\noff = [\"cart\", \"limit_hit\"]\n";
    std::fs::write(workspace.dir().join("policy.toml"), policy).expect("written");
    workspace.run(&["policy", "publish", "--reason", "no shop"]).ok();
    workspace.run(&["run", "--as-of", "2026-03-12"]).ok();
    says(&why_now(&workspace, "C"), &["前向きな反応"], &["カート"]);
    says(&why_now(&workspace, "B"), &["usersは上限50に対して50"], &["達しました"]);
}
