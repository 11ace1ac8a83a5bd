//! Texts of the list of accounts.

use domain::words::Lang;

use super::{counted, either};
use crate::show;

words! {
    /// The list of accounts.
    AccountsWords {
        title = "顧客", "Accounts";
        search = "顧客名・カナ・IDで探す", "Search by name, reading or id";
        find = "検索", "Search";
        clear = "検索を解除", "Clear";
        contact = "接点", "Contact";
        any_contact = "すべて", "Any";
        thin = "接点が薄い", "Thin contact";
        thin_about = "契約や利用があるのに、180日以上、電話・商談・訪問・ヒアリング・イベントの記録がない顧客です。",
            "Customers with contracts or activity, but no call, meeting, visit, hearing or event on record for 180 days.";
        empty_thin = "接点の薄い顧客はありません。電話や訪問の記録が180日分取り込まれていない場合は判定していません。",
            "No account has thin contact. Where calls and visits are not on record for 180 days, none is judged.";
        name = "顧客名", "Name";
        kind = "区分", "Kind";
        parent = "所属", "Belongs to";
        industry = "業種", "Industry";
        segment = "セグメント", "Segment";
        owner = "担当", "Owner";
        plays = "提案", "Proposals";
        best_rank = "順位", "Best rank";
        previous = "前へ", "Previous";
        next = "次へ", "Next";
        pages = "ページ送り", "Pages";
        empty = "顧客がまだ取り込まれていません。顧客のファイルを取り込むと、ここに並びます。",
            "There are no accounts yet. They appear once a file of accounts has been imported.";
        empty_search = "当てはまる顧客はありません。表記を変えるか、名前の一部で探してください。",
            "No account matches. Try another spelling, or a part of the name.";
    }
}

/// A segment in words, where its code is one of the usual; any other as it is.
pub(crate) fn segment(lang: Lang, code: &str) -> String {
    let (ja, en) = match code {
        "enterprise" => ("大企業", "Enterprise"),
        "mid" => ("中堅企業", "Mid-size"),
        "smb" | "small" => ("中小企業", "Small"),
        other => (other, other),
    };
    either(lang, ja, en)
}

/// `1,204件`.
pub(crate) fn total(lang: Lang, n: usize) -> String {
    let n = n as u64;
    either(lang, format!("{}件", show::whole(n)), counted(n, "account"))
}
