//! Texts of answers to plays: buttons, reasons, where a play stands, and what was wrong with a form.

use decide::life::reasons::{self, Reason};
use domain::words::Lang;
use store::{EventKind, Outcome, Stage};

use super::{counted, either};

words! {
    /// The fixed texts of answers.
    AnswerWords {
        accept = "着手する", "Accept";
        more = "保留・対象外", "Hold or not a fit";
        hold = "保留する", "Hold";
        until = "再開日", "Until";
        refuse = "対象外にする", "Not a fit";
        done = "完了にする", "Close the play";
        refuse_head = "対象外", "Not a fit";
        done_on_head = "完了", "Done";
        outcome = "結果", "Outcome";
        amount = "受注金額", "Amount won";
        reason = "理由", "Reason";
        choose = "選んでください", "Choose one";
        note = "メモ", "Note";
        add_note = "メモを残す", "Add the note";
        undo = "元に戻す", "Undo";
        reopen = "もう一度開く", "Open again";
        story = "経緯", "Story";
        done_story = "完了・メモ・経緯", "Details and story";
        state = "状態", "State";
        steps = "手順", "Steps";
        step = "内容", "What";
        hours = "工数(時間)", "Hours";
        due_week = "期限の週", "Week due";
        done_on = "完了", "Done on";
        step_done = "完了", "Mark done";
        history = "履歴", "History";
        when = "日付", "Day";
        what = "操作", "What";
        by = "回答者", "Who";
        detail = "内容", "Detail";
        no_history = "まだ回答はありません。", "Nobody has answered yet.";
        answer = "回答する", "Answer";
        who = "操作者", "Answering as";
        who_none = "未選択", "Not chosen";
        who_set = "変更", "Set";
        who_plain = "ユーザーが登録されていないため、選んだ名前がそのまま履歴に残ります。",
            "There are no users: the name chosen here goes into the history as it is.";
        stop = "この顧客への提案を止める", "Stop offers to this customer";
        stop_until = "いつから再開してよいか(空欄は解除するまで)", "Offers may go on from (empty: until lifted)";
        stop_send = "提案を止める", "Stop";
        stop_lift = "停止を解除する", "Lift the stop";
        own = "自分のアクションを追加", "Add an action of your own";
        own_send = "追加する", "Add";
        own_text = "追加したアクションは着手中になり、次回の計画から工数が先に確保されます。",
            "It is accepted at once, and the next run sets its hours aside first.";
        account = "顧客(IDまたは名前)", "Account (id or name)";
        title = "内容", "What needs doing";
        due = "期限", "Due";
        contact = "連絡先", "Contact";
        nobody = "指定しない", "Nobody in particular";
        show = "表示", "Show";
        show_open = "提案", "Proposals";
        show_accepted = "着手中", "Accepted";
        show_held = "保留", "On hold";
        show_done = "完了・対象外", "Done and not a fit";
        none_here = "該当する提案はありません。", "There is none.";
        change = "変化", "Change";
        rank = "順位", "Rank";
        not_proposed = "最新の計画ではこの提案は一覧にありません。", "The latest run does not propose this any more.";
        back = "今日の提案に戻る", "Back to Today";
        answers_on = "記録日", "Answers will be dated";
    }
}

/// The reason of that code, of either list or of a run.
pub(crate) fn reason(lang: Lang, code: &str) -> String {
    let found = Reason::find(reasons::HOLD, code).or_else(|| Reason::find(reasons::REFUSE, code));
    found.map_or_else(|| code.to_owned(), |reason| reason.get(lang).to_owned())
}

/// A list of reasons as choices: code and text.
pub(crate) fn choices(lang: Lang, list: &[Reason]) -> Vec<(&'static str, &'static str)> {
    list.iter().map(|reason| (reason.code, reason.get(lang))).collect()
}

/// The outcomes as choices: code and text.
pub(crate) fn outcomes(lang: Lang) -> Vec<(&'static str, String)> {
    Outcome::ALL.iter().map(|it| (it.code(), outcome(lang, *it))).collect()
}

/// What came of it.
pub(crate) fn outcome(lang: Lang, outcome: Outcome) -> String {
    match outcome {
        Outcome::Won => either(lang, "受注", "Won"),
        Outcome::Lost => either(lang, "失注", "Lost"),
        Outcome::None => either(lang, "結果なし(対応のみ)", "Nothing to win"),
    }
}

/// `受注 ¥1,200,000`: what an amount beside that of the proposal is.
pub(crate) fn won(lang: Lang, amount: &str) -> String {
    either(lang, format!("受注 {amount}"), format!("won {amount}"))
}

/// Where a play stands.
pub(crate) fn stage(lang: Lang, stage: Stage) -> String {
    match stage {
        Stage::Open => either(lang, "未対応", "Open"),
        Stage::Accepted => either(lang, "着手中", "Accepted"),
        Stage::Held => either(lang, "保留中", "On hold"),
        Stage::Refused => either(lang, "対象外", "Not a fit"),
        Stage::Done => either(lang, "完了", "Done"),
        Stage::Closed => either(lang, "終了", "Closed"),
    }
}

/// What happened, in the history.
pub(crate) fn event(lang: Lang, kind: EventKind) -> String {
    match kind {
        EventKind::Accept => either(lang, "着手", "Accepted"),
        EventKind::Hold => either(lang, "保留", "Put on hold"),
        EventKind::Refuse => either(lang, "対象外", "Not a fit"),
        EventKind::Done => either(lang, "完了", "Done"),
        EventKind::StepDone => either(lang, "手順の完了", "Step done"),
        EventKind::Note => either(lang, "メモ", "Note"),
        EventKind::Undo => either(lang, "元に戻す", "Undone"),
        EventKind::Own => either(lang, "追加", "Added"),
        EventKind::Close => either(lang, "終了", "Closed"),
        EventKind::Reopen => either(lang, "再開", "Opened again"),
        EventKind::Assign => either(lang, "担当の変更", "Given to another rep"),
        EventKind::Phase => either(lang, "段階の変更", "Phase changed"),
        EventKind::HandOff => either(lang, "引き継ぎの依頼", "Handed over"),
        EventKind::TakeOver => either(lang, "引き継ぎの受領", "Taken over"),
        EventKind::GiveBack => either(lang, "引き継ぎの差し戻し", "Given back"),
        EventKind::Link => either(lang, "商談との紐付け", "Linked to a deal"),
    }
}

/// What was just done, after a click.
pub(crate) fn flash(lang: Lang, kind: EventKind, title: &str) -> String {
    let ja = match kind {
        EventKind::Accept => "着手しました",
        EventKind::Hold => "保留にしました",
        EventKind::Refuse => "対象外にしました",
        EventKind::Done => "完了にしました",
        EventKind::StepDone => "手順を完了にしました",
        EventKind::Note => "メモを残しました",
        EventKind::Undo => "元に戻しました",
        EventKind::Own => "追加しました",
        EventKind::Close => "終了しました",
        EventKind::Reopen => "もう一度開きました",
        EventKind::Assign => "担当を変更しました",
        EventKind::Phase => "段階を変更しました",
        EventKind::HandOff => "引き継ぎを依頼しました",
        EventKind::TakeOver => "引き継ぎを受け取りました",
        EventKind::GiveBack => "引き継ぎを差し戻しました",
        EventKind::Link => "商談との紐付けを変更しました",
    };
    either(lang, format!("{ja}: {title}"), format!("{}: {title}", event(Lang::En, kind)))
}

/// `イベント3を取り消し`.
pub(crate) fn undoes(lang: Lang, what: &str) -> String {
    either(lang, format!("「{what}」を取り消し"), format!("took back \"{what}\""))
}

/// `2026年4月1日まで`.
pub(crate) fn until(lang: Lang, day: &str) -> String {
    either(lang, format!("{day}まで"), format!("until {day}"))
}

/// What was put off is back.
pub(crate) fn hold_over(lang: Lang) -> String {
    either(lang, "保留期間が終わりました", "The time for which it was put off is over")
}

/// `残り2.5時間`.
pub(crate) fn hours_left(lang: Lang, hours: &str) -> String {
    either(lang, format!("残り{hours}時間"), format!("{hours} h left"))
}

/// `着手中(3月12日から)`; what has ended did so on a day: `完了 3月12日`.
pub(crate) fn since(lang: Lang, at: Stage, day: &str) -> String {
    let word = stage(lang, at);
    match at {
        Stage::Open | Stage::Accepted | Stage::Held => {
            either(lang, format!("{word}({day}から)"), format!("{word} since {day}"))
        }
        Stage::Refused | Stage::Done | Stage::Closed => {
            either(lang, format!("{word} {day}"), format!("{word} on {day}"))
        }
    }
}

/// `新規2・終了1・順位変更なし` since a day.
pub(crate) fn changed(lang: Lang, since: &str, counts: [usize; 3], others: usize) -> String {
    let [new, ended, moved] = counts;
    let ja_moved =
        if moved == 0 { "順位変更なし".to_owned() } else { format!("順位変更{moved}") };
    let ja_others = if others == 0 { String::new() } else { format!("・そのほか{others}") };
    let en_moved =
        if moved == 0 { "no change of rank".to_owned() } else { format!("{moved} changed rank") };
    let en_others = if others == 0 {
        String::new()
    } else {
        format!(", {}", counted(others as u64, "other change"))
    };
    either(
        lang,
        format!("{since}から: 新規{new}・終了{ended}・{ja_moved}{ja_others}"),
        format!("Since {since}: {new} new, {ended} ended, {en_moved}{en_others}"),
    )
}

/// `昨日`, or the run before.
pub(crate) fn since_day(lang: Lang, is_yesterday: bool, date: &str) -> String {
    if is_yesterday {
        return either(lang, "昨日", "yesterday");
    }
    either(lang, format!("前回({date})"), format!("the run of {date}"))
}

/// What kind of change.
pub(crate) fn change(lang: Lang, kind: store::ChangeKind) -> String {
    use store::ChangeKind;
    match kind {
        ChangeKind::New => either(lang, "新規", "New"),
        ChangeKind::Ended => either(lang, "終了", "Ended"),
        ChangeKind::Rank => either(lang, "順位変更", "Rank"),
        ChangeKind::Week => either(lang, "週の変更", "Week"),
        ChangeKind::Frozen => either(lang, "今週は据え置き", "Kept this week"),
        ChangeKind::Reopened => either(lang, "保留の再開", "Open again"),
    }
}

/// A guard holds what was to be accepted.
pub(crate) fn held(lang: Lang, why: &str) -> String {
    either(
        lang,
        format!("いまは着手できません。{why}"),
        format!("This cannot be accepted now. {why}"),
    )
}

/// A stop in force: when it was set and until when, why and by whom.
pub(crate) fn stopped(
    lang: Lang,
    (on, until): (&str, Option<&str>),
    (reason, by): (&str, Option<&str>),
) -> String {
    let by_ja = by.map_or_else(String::new, |by| format!("{by}さんが"));
    let by_en = by.map_or_else(String::new, |by| format!(" by {by}"));
    let until_ja =
        until.map_or_else(|| "解除されるまで".to_owned(), |until| format!("{until}まで"));
    let until_en =
        until.map_or_else(|| "until it is lifted".to_owned(), |day| format!("until {day}"));
    match lang {
        Lang::Ja => {
            format!("{on}に{by_ja}提案を止めています(理由: {reason})。{until_ja}提案しません。")
        }
        Lang::En => format!("Offers were stopped{by_en} on {on} ({reason}), {until_en}."),
    }
}

/// Somebody else was faster.
pub(crate) fn stale(lang: Lang) -> String {
    either(
        lang,
        "表示したあとに別の回答が入ったため、この回答は保存していません。下の最新の状態を確認し、必要ならもう一度回答してください。",
        "Somebody answered after this was shown, so this answer was not saved. Look at the state below and answer again if need be.",
    )
}

/// The play stands where this cannot be done.
pub(crate) fn not_now(lang: Lang) -> String {
    either(
        lang,
        "この提案はすでに終わっているか、いまの状態ではこの操作はできません。続ける場合は「もう一度開く」を使ってください。",
        "This is over, or cannot be done where it stands. Use \"Open again\" to go on.",
    )
}

/// There is no answer that could be taken back.
pub(crate) fn nothing_to_undo(lang: Lang) -> String {
    either(lang, "元に戻せる回答がありません。", "There is no answer that could be taken back.")
}

/// The form says nothing that we know.
pub(crate) fn unknown_act(lang: Lang) -> String {
    either(
        lang,
        "操作を読み取れませんでした。画面のボタンからもう一度操作してください。",
        "It was not clear what to do. Use the buttons of this page.",
    )
}

pub(crate) fn note_missing(lang: Lang) -> String {
    either(lang, "メモを入力してください。", "Write a note.")
}

pub(crate) fn note_too_long(lang: Lang, max: usize) -> String {
    either(
        lang,
        format!("メモは{max}字以内で入力してください。"),
        format!("A note has at most {max} characters."),
    )
}

pub(crate) fn other_needs_note(lang: Lang) -> String {
    either(
        lang,
        "「その他」の場合は、理由をメモに入力してください。",
        "For \"Other\", say why in the note.",
    )
}

pub(crate) fn reason_missing(lang: Lang) -> String {
    either(lang, "理由を選んでください。", "Choose a reason.")
}

pub(crate) fn outcome_missing(lang: Lang) -> String {
    either(lang, "結果を選んでください。", "Choose the outcome.")
}

pub(crate) fn date_missing(lang: Lang) -> String {
    either(lang, "日付を入力してください(例: 2026-04-01)。", "Enter a date such as 2026-04-01.")
}

pub(crate) fn date_unknown(lang: Lang, text: &str) -> String {
    either(
        lang,
        format!("「{text}」は日付として読み取れません。2026-04-01 の形で入力してください。"),
        format!("\"{text}\" is not a date; write it like 2026-04-01."),
    )
}

pub(crate) fn date_past(lang: Lang, first: &str) -> String {
    either(lang, format!("日付は{first}以降にしてください。"), format!("Choose {first} or later."))
}

pub(crate) fn date_far(lang: Lang) -> String {
    either(lang, "日付は2年以内にしてください。", "Choose a day within two years.")
}

pub(crate) fn amount_negative(lang: Lang) -> String {
    either(lang, "金額は0以上で入力してください。", "The amount cannot be negative.")
}

pub(crate) fn amount_unknown(lang: Lang, text: &str) -> String {
    either(
        lang,
        format!("「{text}」は金額として読み取れません。1200000 のように数字で入力してください。"),
        format!("\"{text}\" is not an amount; write digits such as 1200000."),
    )
}

pub(crate) fn amount_decimals(lang: Lang, code: &str, decimals: u32) -> String {
    either(
        lang,
        format!("{code}の小数は{decimals}桁までです。"),
        format!("{code} has {decimals} decimals at most."),
    )
}

pub(crate) fn amount_large(lang: Lang) -> String {
    either(
        lang,
        "金額が大きすぎます。桁数を確認してください。",
        "The amount is too large. Check its digits.",
    )
}

pub(crate) fn amount_only_won(lang: Lang) -> String {
    either(
        lang,
        "金額は結果が「受注」のときだけ入力できます。",
        "An amount belongs to the outcome \"Won\" only.",
    )
}

pub(crate) fn account_unknown(lang: Lang, asked: &str) -> String {
    if asked.is_empty() {
        return either(lang, "顧客を入力してください。", "Enter the account.");
    }
    either(
        lang,
        format!(
            "「{asked}」という顧客は見つからないか、同じ名前が複数あります。顧客IDを入力してください。"
        ),
        format!("There is no account \"{asked}\", or more than one has that name. Enter its id."),
    )
}

pub(crate) fn title_wrong(lang: Lang, max: usize) -> String {
    either(
        lang,
        format!("「内容」を{max}字以内で入力してください。"),
        format!("Say what needs doing, in at most {max} characters."),
    )
}

pub(crate) fn hours_wrong(lang: Lang) -> String {
    either(
        lang,
        "工数は0より大きく200以下の時間数で入力してください(例: 1.5)。",
        "Hours must be above 0 and at most 200, such as 1.5.",
    )
}
