//! Texts of the pipeline: its phases, the two sides, and what is handed from one to the other.

use decide::handoff;
use decide::life::reasons::Reason;
use domain::words::Lang;
use store::Phase;

use super::either;
use crate::show;

words! {
    /// The pipeline.
    PipelineWords {
        title = "パイプライン", "Pipeline";
        sales = "CIS(提案・拡大)", "CIS (propose and expand)";
        success = "CS(定着・支援)", "CS (adopt and help)";
        handoffs = "引き継ぎ", "Handoffs";
        board = "ボード", "Board";
        list = "一覧", "List";
        sides = "担当区分", "Side";
        owner = "担当", "Owner";
        everyone = "全員", "Everyone";
        apply = "絞り込む", "Apply";
        recent = "受注・失注・完了は直近90日分です。", "Won, lost and done are those of the last 90 days.";
        none = "なし", "None";
        empty = "ここには着手中のアクションがありません。「今日の提案」で着手すると、ここに並びます。",
            "No plays in progress here. Accept one on Today and it appears here.";
        empty_handoffs = "回答待ちの引き継ぎはありません。アクションのページの「引き継ぐ」から依頼できます。",
            "No handoff waits for an answer. Hand a play over on its own page.";
        move_to = "移動先", "Move to";
        send = "移動", "Move";
        phase = "段階", "Phase";
        account = "顧客", "Account";
        play = "アクション", "Play";
        next = "次の手順", "Next step";
        steps = "手順", "Steps";
        deal = "商談", "Deal";
        step_done = "完了にする", "Mark done";
        overdue = "期限超過", "overdue";
        waits = "引き継ぎの回答待ち", "handoff waits";
        returned = "引き継ぎの差し戻し", "handoff came back";
        to_start = "これから", "To begin";
        doing = "進行中", "Under way";
        done = "完了", "Done";
        won = "受注", "Won";
        lost = "失注", "Lost";
        hand = "引き継ぐ", "Hand over";
        hand_about = "CSとCISのあいだで、聞いた内容と次の一手を添えて担当を移します。受け手が期限内に受け取るか、理由を添えて差し戻します。",
            "Moves a play between CS and CIS with what was said and what comes next. The other side takes it over in time, or gives it back with a reason.";
        to_side = "引き継ぎ先", "To";
        to_rep = "担当者(指定する場合)", "Rep, if one in particular";
        anybody = "指定しない", "Nobody in particular";
        why = "引き継ぐ理由", "Why";
        who = "お話しした方", "Spoken with";
        said = "お聞きした内容", "What was said";
        next_step = "次の一手", "Next step";
        hand_send = "引き継ぎを依頼する", "Hand over";
        take = "受け取る", "Take over";
        back = "差し戻す", "Give back";
        back_reason = "差し戻す理由", "Why it comes back";
        note = "メモ", "Note";
        choose = "選んでください", "Choose one";
        assign = "担当を変更する", "Give to another rep";
        deals = "CRMの商談", "Deal in the CRM";
        link = "この商談と紐付ける", "Link";
        unlink = "紐付けを外す", "Cut the link";
        no_deals = "この顧客に進行中の商談はありません。", "This account has no open deal.";
        linked = "紐付け済み", "linked";
        link_about = "紐付けた商談が受注・失注として取り込まれると、次回の計画でこのアクションも完了になります。",
            "When the linked deal comes in as won or lost, the next run ends this play.";
        same_product = "同じ商品", "same product";
        same_line = "同じ商品ライン", "same product line";
        same_account = "同じ顧客", "same account";
        handed = "引き継ぎ", "Handoff";
    }
}

/// A phase's word.
pub(crate) fn phase(lang: Lang, phase: Phase) -> String {
    match phase {
        Phase::KeyMan => either(lang, "キーパーソンの特定", "Find the key person"),
        Phase::Hypothesis => either(lang, "仮説の立案", "Hypothesis"),
        Phase::Proposal => either(lang, "提案", "Proposal"),
        Phase::Verification => either(lang, "検証(PoC)", "Verification (PoC)"),
    }
}

/// A side's word.
pub(crate) fn side(lang: Lang, role: &str) -> &'static str {
    let w = PipelineWords::of(lang);
    if role == "CS" { w.success } else { w.sales }
}

/// The reason of that code, of either list.
pub(crate) fn reason(lang: Lang, code: &str) -> String {
    let found = Reason::find(handoff::HAND, code).or_else(|| Reason::find(handoff::RETURN, code));
    found.map_or_else(|| code.to_owned(), |reason| reason.get(lang).to_owned())
}

/// `手順 2/4`.
pub(crate) fn progress(lang: Lang, done: usize, all: usize) -> String {
    either(lang, format!("手順 {done}/{all}"), format!("{done} of {all} steps done"))
}

/// `3月13日(金) 18:00まで`.
pub(crate) fn answer_by(lang: Lang, date: &str, clock: &str) -> String {
    either(lang, format!("{date} {clock}まで"), format!("by {date} {clock}"))
}

/// `CS(定着・支援)の受け取り待ち`.
pub(crate) fn awaits(lang: Lang, side: &str) -> String {
    either(lang, format!("{side}の受け取り待ち"), format!("Waiting for {side} to answer"))
}

/// `引き継ぎ 3(期限超過 1)`.
pub(crate) fn waiting(lang: Lang, n: usize, overdue: usize) -> String {
    let word = PipelineWords::of(lang).handoffs;
    match overdue {
        0 => format!("{word} {n}"),
        _ => either(
            lang,
            format!("{word} {n}(期限超過 {overdue})"),
            format!("{word} {n} ({overdue} overdue)"),
        ),
    }
}

/// `田中 美咲 → CIS(提案・拡大) 鈴木 健`.
pub(crate) fn way(from: &str, side: &str, to: &str) -> String {
    format!("{from} → {side} {to}").trim().to_owned()
}

/// Of a column that is cut.
pub(crate) fn more(lang: Lang, n: u64) -> String {
    let n = show::whole(n);
    either(lang, format!("ほか{n}件は一覧で確認できます。"), format!("{n} more in the list."))
}

/// More work than one page shows.
pub(crate) fn first(lang: Lang, shown: usize, total: u64) -> String {
    let (shown, total) = (show::whole(shown as u64), show::whole(total));
    either(
        lang,
        format!("新しい順に{shown}件を表示しています(全{total}件)。担当で絞り込めます。"),
        format!("The latest {shown} of {total}; narrow them by owner."),
    )
}

/// No phase was chosen.
pub(crate) fn phase_missing(lang: Lang) -> String {
    either(lang, "移動先の段階を選んでください。", "Choose the phase to move to.")
}

/// A handoff without what the other side must know.
pub(crate) fn context_missing(lang: Lang) -> String {
    either(
        lang,
        "お聞きした内容と次の一手を入力してください。受け手がそのまま動けるように引き継ぎます。",
        "Say what was said and what comes next, so that the other side can go on.",
    )
}

/// Nobody says who takes it over.
pub(crate) fn who_missing(lang: Lang) -> String {
    either(
        lang,
        "受け取る人が分かりません。「操作者」で自分の名前を選んでから、もう一度受け取ってください。",
        "It is not known who takes it over. Choose your name first, then take it over again.",
    )
}

/// Who is signed in is no representative, and so can own no work.
pub(crate) fn no_rep(lang: Lang) -> String {
    either(
        lang,
        "サインイン中のユーザーには担当者が設定されていないため、受け取れません。受け取る担当者がサインインするか、提案のページで担当を変更してください。",
        "You are signed in as no representative and cannot take it over. Have the representative sign in, or change the owner on the play's page.",
    )
}

/// A deal of another account, or one that is closed or gone.
pub(crate) fn deal_unknown(lang: Lang) -> String {
    either(
        lang,
        "この商談は、この顧客の進行中の商談にありません。下の一覧から選び直してください。",
        "That is no open deal of this account. Choose one of those below.",
    )
}
