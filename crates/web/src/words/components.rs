//! Texts of the page that shows the parts of pages, and of the made-up customer on it.

use decide::card::Said;
use domain::words::Lang;

use super::either;

words! {
    /// The page of the parts.
    ComponentWords {
        title = "画面の部品", "Parts of the pages";
        about = "各画面で使っている部品の見本です。実際の画面と同じテンプレートとスタイルシートで表示しています。顧客と数値は架空のものです。",
            "The parts that pages are made of, drawn by the pages' own templates and style sheet. Customer and figures are made up.";
        tokens = "色・文字・余白", "Colours, type and space";
        colour = "名前", "Name";
        light = "ライト", "Light";
        dark = "ダーク", "Dark";
        space = "余白は4pxの倍数です。表の行は40px、指で操作する画面では44px以上です。",
            "Space is a multiple of 4 px. Rows are 40 px high, and 44 px or more where they are touched.";
        type_sizes = "文字", "Type";
        large = "見出し", "Heading";
        base = "本文", "Body text";
        strong = "強調", "strong";
        small = "補足", "small";
        link = "リンク", "link";
        buttons = "ボタン", "Buttons";
        danger = "消去する", "Erase";
        fields = "入力欄とエラー", "Fields and errors";
        problem = "「12o万」は金額として読み取れません。1200000 のように数字で入力してください。",
            "\"12ok\" is not an amount; write digits such as 1200000.";
        wrong_amount = "12o万", "12ok";
        tick = "選ぶ", "Mark";
        states = "状態(色と言葉)", "States: a hue and a word";
        grow = "拡大", "Grow";
        watch = "注意", "Watch";
        protect = "保護", "Protect";
        owned = "導入済み", "Has it";
        gap = "未導入", "Has not";
        blocked = "提案停止中", "Blocked";
        messages = "結果の通知と空の一覧", "Messages and empty lists";
        empty = "今日の提案はありません。", "There is nothing to propose today.";
        empty_fill = "12件は、NPSが低いか重大な問い合わせが未解決のため保留中です。",
            "12 are on hold: a low NPS, or an urgent ticket that is still open.";
        table = "表とタブ", "Tables and tabs";
        customer = "顧客", "Customer";
        tabs = "タブの見本", "Sample tabs";
        line = "提案の1行と根拠", "A line of the worklist and its evidence";
        chart = "グラフと予測の幅", "A chart and its band";
        as_table = "数値を表で見る", "As a table";
        details = "開いて見る補足", "Details to open";
        details_text = "開かなくても仕事が進むことだけを、ここに置きます。",
            "Only what the work can go on without is put here.";
    }
}

/// Customer, its parent, offer, amount, its basis, next step, contact, owner, week, due.
pub(crate) fn line(lang: Lang) -> [String; 10] {
    let both = [
        ("みどり製作所 情報システム部", "Midori Manufacturing, IT"),
        ("株式会社みどり製作所", "Midori Manufacturing"),
        ("Pro → Enterprise", "Pro → Enterprise"),
        ("+84,000円/月", "+¥84,000 a month"),
        ("(税抜・定価)", " (excl. tax, list price)"),
        ("増員計画を確認", "Ask about the plan to hire"),
        ("佐藤", "Sato"),
        ("高橋 美咲", "Misaki Takahashi"),
        ("3月16日の週に予定", "planned for the week of 16 March"),
        ("2026年4月22日(水)", "Wed 22 April 2026"),
    ];
    both.map(|(ja, en)| either(lang, ja, en))
}

/// Health and NPS.
pub(crate) fn standing(lang: Lang) -> [String; 2] {
    [either(lang, "ヘルススコア82(良好)", "Health 82 (good)"), "NPS 9".to_owned()]
}

/// Why now.
pub(crate) fn reasons(lang: Lang) -> [String; 2] {
    [
        either(
            lang,
            "利用ユーザー 93/100名。5月に上限到達の見込み",
            "93 of 100 users; the limit is expected in May",
        ),
        either(lang, "解約申出期限まで41日", "41 days to the deadline to cancel"),
    ]
}

/// Statements with their sources.
pub(crate) fn evidence(lang: Lang) -> [(String, String); 2] {
    let sources = [
        either(lang, "利用データ、2026年3月11日", "usage data, 11 March 2026"),
        either(lang, "契約 S00001、2026年1月31日", "contract S00001, 31 January 2026"),
    ];
    let mut sources = sources.into_iter();
    reasons(lang).map(|text| (text, sources.next().unwrap_or_default()))
}

/// What guards said: allowed, held, blocked.
pub(crate) fn checks(lang: Lang) -> [String; 3] {
    [
        either(lang, "未払いの請求はありません。", "No invoice is overdue."),
        either(
            lang,
            "アンケートの送付から7日たっていません。",
            "A survey was sent less than 7 days ago.",
        ),
        either(lang, "重大な問い合わせが未解決です。", "An urgent ticket is still open."),
    ]
}

/// Expected profit, its range, and its parts.
pub(crate) fn amounts() -> [String; 5] {
    ["¥312,000", "¥180,000", "¥460,000", "+¥318,000", "-¥6,000"].map(str::to_owned)
}

/// Another offer and why it was not chosen.
pub(crate) fn displaced(lang: Lang) -> (String, (String, String)) {
    (
        either(
            lang,
            "同じ顧客により良い提案があります。",
            "A better offer goes to the same customer.",
        ),
        (either(lang, "ユーザー25名の追加", "25 more seats"), "¥140,000".to_owned()),
    )
}

/// What was just done.
pub(crate) fn done(lang: Lang) -> String {
    either(
        lang,
        "着手しました: みどり製作所 情報システム部 Enterprise",
        "Accepted: Midori Manufacturing, IT, Enterprise",
    )
}

/// What is counted in the chart.
pub(crate) fn unit(lang: Lang) -> String {
    either(lang, "名", "seats")
}

/// What the chart shows.
pub(crate) fn series() -> Said {
    Said { ja: "利用ユーザー".to_owned(), en: "Users".to_owned() }
}
