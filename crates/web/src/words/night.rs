//! Texts of the plan's results, of giving plays to another rep, and of absences.

use domain::words::Lang;

use super::{counted, either};
use crate::show;

words! {
    /// The night's result for a manager.
    NightWords {
        title = "計画の結果", "Plan results";
        no_run = "計画がまだありません。データを取り込んで計画を作ると、提案・保留・見送りの件数と工数の使い方が表示されます。",
            "There is no plan yet. Its results appear once your data are imported and a plan has been made.";
        figures = "計画の概要", "The plan in figures";
        chosen = "提案", "Proposed";
        by_chance = "うち効果測定のための提案", "of these drawn to measure the effect";
        under_way = "着手中", "Under way";
        held = "条件により保留・停止", "Held back or blocked";
        hold_out = "うち対照群", "of these in the hold-out";
        displaced = "工数の都合で見送り", "Displaced";
        explored = "効果の測定のため見送り", "Left out to measure";
        natural = "自然に申し込む見込み", "Likely to buy unasked";
        expected = "期待増分利益(粗利)", "Expected incremental profit (margin)";
        gap = "上積みの余地", "Possible improvement";
        stranded = "チーム内で回せた空き時間", "Unused hours in short-staffed teams";
        unmet = "最低数量に足りない提案", "Offers short of their minimum";
        fates = "候補の内訳と理由", "All candidates, and why";
        fate = "扱い", "Status";
        reason = "理由", "Reason";
        candidates = "候補", "Candidates";
        accounts = "顧客", "Accounts";
        list = "一覧", "List";
        hours = "工数(使用/対応可能)", "Hours (used of available)";
        hours_about = "時間数の下の金額は、対応可能時間が1時間増えた場合に増える期待増分利益の目安です。金額のない週は、時間が増えても期待増分利益は変わりません。アクションは分割しないため、時間の一部が残ることがあります。",
            "The amount under a week is roughly what one more hour would add to expected profit. No amount: more hours would add nothing. Plays are not split, so part of an hour can stay unused.";
        rep = "担当", "Rep";
        total = "計", "Total";
        moved = "担当の変更", "Reassigned since";
        no_hours = "担当者の対応可能時間が登録されていないか、すべての週で0時間です。",
            "No rep has hours in the weeks ahead.";
        reassign = "担当を変更", "Reassign plays";
        absences = "不在を登録する", "Enter absences";
        since = "前回からの変化", "What changed since the last plan";
        no_changes = "比較できる前回の計画がありません。", "There is no earlier plan to compare with.";
        account = "顧客", "Account";
        offer = "提案", "Offer";
        worth = "期待増分利益", "Expected profit";
        back = "計画の結果に戻る", "Back to plan results";
        back_today = "今日の提案に戻る", "Back to Today";
        empty_list = "該当する候補はありません。件数だけを残した以前の計画の場合は、次回の計画から一覧を確認できます。",
            "There are none. An older plan kept the counts only; the next plan keeps the list.";
        nobody = "担当なし", "Nobody";
    }
}

words! {
    /// Giving plays to another rep.
    ReassignWords {
        title = "担当の変更", "Reassign plays";
        from = "今の担当", "From";
        show = "表示する", "Show";
        to = "新しい担当", "To";
        choose = "選んでください", "Choose one";
        send = "選んだ提案の担当を変更", "Reassign selected";
        play = "提案", "Play";
        account = "顧客", "Account";
        state = "状態", "State";
        week = "予定の週", "Week";
        due = "期限", "Due";
        hours = "工数", "Hours";
        empty = "この担当者に、担当を変更できる提案はありません。", "This rep has no plays that could be reassigned.";
        choose_from = "今の担当を選ぶと、担当を変更できる提案が並びます。", "Choose whose plays to show.";
        about = "担当を変更した提案は、次回以降の計画でも新しい担当者のままです。着手中の提案の残り工数も、新しい担当者の時間から先に確保されます。",
            "Reassigned plays stay with the new rep in later plans; remaining hours of accepted work come out of that rep's time.";
        free_about = "空きは、対応可能時間から今回の計画とその後の担当の変更分を引いた時間です。",
            "Free: hours available less this plan and what was reassigned since.";
        undo = "元に戻す", "Undo";
    }
}

words! {
    /// Absences.
    AbsenceWords {
        title = "不在の登録", "Absences";
        about = "登録した日は、次回の計画から対応可能時間に含めません。土日は数えません。",
            "From the next plan on, these days are not counted as available. Weekends are ignored.";
        rep = "担当者", "Rep";
        from = "開始日", "From";
        until = "最終日", "Until (included)";
        send = "登録する", "Add absence";
        source = "登録元", "Source";
        entered = "画面で登録", "entered here";
        file = "取り込んだファイル", "from a file";
        remove = "取り消す", "Remove";
        empty = "これからの不在は登録されていません。", "No absence ahead is on record.";
        undo = "元に戻す", "Undo";
        by = "登録者", "Entered by";
    }
}

/// `1,240件`.
pub(crate) fn candidates(lang: Lang, n: i64) -> String {
    let n = n.unsigned_abs();
    either(lang, format!("{}件", show::whole(n)), counted(n, "candidate"))
}

/// `64件・128.5時間`.
pub(crate) fn plays(lang: Lang, n: u64, hours: f64) -> String {
    let hours = show::number(hours, 1);
    either(
        lang,
        format!("{}件・{hours}時間", show::whole(n)),
        format!("{}, {hours} h", counted(n, "play")),
    )
}

/// `最大¥50,000(4.2 %)`.
pub(crate) fn gap(lang: Lang, amount: &str, percent: &str) -> String {
    either(
        lang,
        format!("最大{amount}(計画の上限に対して{percent}\u{a0}%)"),
        format!("at most {amount} ({percent}\u{a0}% of the bound)"),
    )
}

/// The head of a week's column: `3月9日の週`.
pub(crate) fn week_of(lang: Lang, monday: &str) -> String {
    either(lang, format!("{monday}の週"), format!("week of {monday}"))
}

/// `12.5時間`.
pub(crate) fn hours(lang: Lang, hours: f64) -> String {
    let hours = show::number(hours, 1);
    either(lang, format!("{hours}時間"), format!("{hours} h"))
}

/// Of a list that is cut: `期待増分利益の大きい順に100件を表示しています(全1,240件)。`
pub(crate) fn first_of(lang: Lang, shown: usize, total: i64) -> String {
    let (shown, total) = (show::whole(shown as u64), show::count(total));
    either(
        lang,
        format!("期待増分利益の大きい順に{shown}件を表示しています(全{total}件)。"),
        format!("The {shown} with the most expected profit, of {total}."),
    )
}

/// `¥9,000/時間`.
pub(crate) fn an_hour(lang: Lang, amount: &str) -> String {
    either(lang, format!("{amount}/時間"), format!("{amount} an hour"))
}

/// Weeks beyond those shown.
pub(crate) fn more_weeks(lang: Lang, n: usize) -> String {
    either(
        lang,
        format!("表は最初の{n}週です。合計は計画期間の全体です。"),
        format!("The table shows the first {n} weeks; totals are of all weeks planned."),
    )
}

/// A rep with what is free: `鈴木 健(空き: 最初の週4.5時間、計画期間12時間)`.
pub(crate) fn receiver(lang: Lang, name: &str, first: f64, all: f64) -> String {
    let (first, all) = (show::number(first, 1), show::number(all, 1));
    either(
        lang,
        format!("{name}(空き: 最初の週{first}時間・計画期間{all}時間)"),
        format!("{name} (free: {first} h in the first week, {all} h in all)"),
    )
}

/// What was given to whom.
pub(crate) fn given(lang: Lang, name: &str, moved: usize) -> String {
    either(
        lang,
        format!("{moved}件の担当を{name}さんに変更しました。"),
        format!("{} reassigned to {name}.", counted(moved as u64, "play")),
    )
}

/// What was given back.
pub(crate) fn taken_back(lang: Lang, moved: usize) -> String {
    either(
        lang,
        format!("{moved}件の担当を元に戻しました。"),
        format!("{} back as before.", counted(moved as u64, "play")),
    )
}

/// What stayed, since somebody answered it.
pub(crate) fn stayed(lang: Lang, stayed: usize) -> String {
    either(
        lang,
        format!("{stayed}件は、表示したあとに別の回答が入ったため、そのままです。"),
        format!(
            "{} stayed: somebody answered after this was shown.",
            counted(stayed as u64, "play")
        ),
    )
}

/// The receiver has not the hours.
pub(crate) fn too_much(lang: Lang, name: &str, hours: f64) -> String {
    let hours = show::number(hours, 1);
    either(
        lang,
        format!("{name}さんの計画期間の対応可能時間を{hours}時間超えています。"),
        format!("That is {hours} h more than {name} has in the weeks planned."),
    )
}

/// Nothing was marked.
pub(crate) fn none_marked(lang: Lang) -> String {
    either(lang, "担当を変更する提案を選んでください。", "Select the plays to reassign.")
}

/// No rep was chosen, or one that is not known.
pub(crate) fn rep_missing(lang: Lang) -> String {
    either(lang, "担当者を選んでください。", "Choose a rep.")
}

/// From and to are the same.
pub(crate) fn same_rep(lang: Lang) -> String {
    either(lang, "新しい担当が今の担当と同じです。", "They are that rep's already.")
}

/// Too many at once.
pub(crate) fn too_many(lang: Lang, max: usize) -> String {
    either(
        lang,
        format!("一度に担当を変更できるのは{max}件までです。"),
        format!("At most {max} plays can be reassigned at once."),
    )
}

/// An absence that ends before it begins.
pub(crate) fn until_first(lang: Lang) -> String {
    either(lang, "最終日は開始日以降にしてください。", "The last day cannot be before the first.")
}

/// `鈴木 健さんの不在を登録しました: 2026年3月16日(月)〜2026年3月20日(金)`.
pub(crate) fn absent(lang: Lang, entered: bool, name: &str, (from, until): (&str, &str)) -> String {
    let (ja, en) = if entered {
        ("登録しました", "Entered")
    } else {
        ("取り消しました", "Removed")
    };
    either(
        lang,
        format!("{name}さんの不在を{ja}: {from}〜{until}"),
        format!("{en}: {name} away {from} to {until}"),
    )
}
