//! Texts of the tour of a sample company.

use domain::words::Lang;

words! {
    /// The strip and its links.
    TourWords {
        label = "画面の案内", "Tour";
        offer = "これは架空の会社のデータです。主な画面を2分で案内します。", "This is a made-up company. A tour of its main pages takes two minutes.";
        start = "案内を始める", "Start the tour";
        previous = "前へ", "Previous";
        next = "次へ", "Next";
        end = "案内を終了", "End the tour";
        decline = "案内を表示しない", "Do not show this";
        today = "今日の提案: 誰に、何を、なぜ今かを順位付きで並べています。「根拠を見る」で数値の出どころと提案前チェックを確認し、「着手する」「保留する」「対象外にする」で答えます。答えは次の計画に反映されます。",
            "Today: whom to approach, with what, and why now, in order. \"Show evidence\" has the figures with their sources and the checks; accept, put off or refuse, and the next plan takes it up.";
        accounts = "顧客: すべての顧客を名前で探せます。顧客のページには契約・利用量・商談・ヒアリングの記録と、提案しない場合の理由も並びます。",
            "Accounts: every customer, by name. A customer's page has contracts, usage, deals and statements, and why something is not proposed.";
        whitespace = "未導入マップ: 企業グループの誰が何を使っているか、何をまだ使っていないかの一覧です。マスを開くと、提案できる理由か、できない理由が分かります。",
            "Whitespace: who in a group uses what, and what is missing. Each cell leads to why it can or cannot be proposed.";
        pipeline = "パイプライン: 着手した提案がどこまで進んだかを並べ、CSとCISの間の引き継ぎを管理します。",
            "Pipeline: how far accepted work has come, and what CS and CIS hand to each other.";
        night = "計画の結果: 候補のうち何件を提案・保留・見送りにしたか、その理由、担当者の時間の使い方を確認します。",
            "Plan results: how many candidates were proposed, held or left out and why, and how the reps' hours are used.";
        data = "データ取り込み: 自社のファイルを取り込むのはここからです。列の名前はそのままで、対応する項目が提案されます。",
            "Data: this is where your own files come in. Their columns may stay as they are; a mapping is proposed.";
    }
}

/// What is said on a page.
pub(crate) fn texts(lang: Lang, page: &str) -> &'static str {
    let w = TourWords::of(lang);
    match page {
        "accounts" => w.accounts,
        "whitespace" => w.whitespace,
        "pipeline" => w.pipeline,
        "night" => w.night,
        "data" => w.data,
        _ => w.today,
    }
}
