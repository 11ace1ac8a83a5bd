//! Texts of signing in, of users, of the log and of people's data.

use domain::words::Lang;
use store::{PersonKind, UserRole};

use super::either;
use crate::access::secrets::PasswordFault;

words! {
    /// Signing in, users, the log, people's data.
    AccessWords {
        login_title = "サインイン", "Sign in";
        login = "ユーザー名", "User name";
        password = "パスワード", "Password";
        login_send = "サインイン", "Sign in";
        login_help = "パスワードを忘れた場合や、サインインできない場合は、管理者に再発行を依頼してください。",
            "If you have forgotten your password or cannot sign in, ask your administrator for a new one.";
        login_wrong = "ユーザー名またはパスワードが正しくありません。もう一度入力してください。",
            "The user name or the password is not right. Enter them again.";
        login_stale = "画面を開いてから時間がたったため、受け付けませんでした。もう一度サインインしてください。",
            "This page had been open for too long and was not accepted. Sign in again.";
        login_ended = "サインインの有効期限が切れました。入力した内容は残っています。サインインすると、続きから送信できます。",
            "Your session has ended. What you typed is kept: sign in, and you can send it from there.";
        again_title = "入力内容の確認", "Check what you typed";
        again_stale = "画面が古くなっていたため、まだ保存していません。入力した内容は残っています。確認して、もう一度送信してください。",
            "The page was out of date, so nothing has been saved yet. What you typed is kept: check it and send it again.";
        again_signed_in = "サインインしました。入力した内容はまだ保存していません。確認して送信してください。",
            "You are signed in. What you typed has not been saved yet: check it and send it.";
        again_send = "送信する", "Send";
        again_leave = "送信せずに戻る", "Back without sending";
        password_title = "パスワードの変更", "Change password";
        password_first = "仮のパスワードでサインインしています。続ける前に、自分のパスワードを設定してください。",
            "You signed in with a first password. Set one of your own before you go on.";
        between = "", " ";
        password_ends = "変更すると、ほかの端末も含めてサインアウトされます。",
            "Once it is changed you are signed out, on other devices too.";
        password_old = "現在のパスワード", "Current password";
        password_new = "新しいパスワード", "New password";
        password_again = "新しいパスワード(確認)", "New password again";
        password_send = "変更する", "Change password";
        password_wrong = "現在のパスワードが正しくありません。", "The current password is not right.";
        password_same = "現在と同じパスワードは使えません。", "The new password must differ from the current one.";
        password_differs = "新しいパスワードと確認用の入力が一致しません。", "The two entries of the new password differ.";
        users_title = "ユーザー", "Users";
        users_about = "サインインできる人と、その人が見られる範囲です。変更するとそのユーザーはサインアウトされます。ユーザーは削除せず、停止します。操作の記録を残すためです。",
            "Who may sign in, and what they see. A change signs the user out. Users are not deleted but disabled, so that the log keeps its meaning.";
        users_list = "登録済みのユーザー", "Users";
        user = "ユーザー", "User";
        role = "権限", "Role";
        rep = "担当者", "Representative";
        rep_of = "担当者(担当する顧客の範囲を決めます)", "Representative (decides which accounts are seen)";
        no_rep = "なし", "None";
        since = "登録日", "Since";
        state = "状態", "State";
        change = "変更", "Change";
        you = "(自分)", "(you)";
        disabled = "停止中", "Disabled";
        active = "有効", "Active";
        must_change = "仮パスワード", "First password";
        save = "保存", "Save";
        reset = "パスワードを再発行", "New first password";
        enable = "再開", "Enable";
        disable = "停止", "Disable";
        add = "ユーザーを追加", "Add a user";
        name = "表示名", "Name";
        choose = "選択してください", "Choose";
        add_send = "追加する", "Add";
        secret_title = "仮パスワード", "First password";
        secret_text = "この画面でしか表示されません。本人に安全な方法で伝えてください。最初のサインインで変更を求めます。",
            "It is shown here only. Hand it over safely; it must be changed at the first sign-in.";
        log_title = "操作の記録", "Log";
        log_about = "誰が、いつ、どの顧客や提案を見て、何を変更したかの記録です。サインインの失敗も残ります。記録は追加だけで、書き換えられません。",
            "Who saw which account or play, and what they changed, with failed sign-ins. Lines are only added and never changed.";
        log_empty = "まだ記録がありません。ユーザーがサインインすると、ここに残ります。",
            "There are no lines yet. They are written once users sign in.";
        log_none = "この条件に当てはまる記録はありません。", "No line meets these filters.";
        all = "すべて", "All";
        act = "操作", "Action";
        outcome = "結果", "Outcome";
        target = "対象", "Target";
        from = "開始日", "From";
        to = "終了日", "To";
        apply = "絞り込む", "Apply";
        clear = "条件を解除", "Clear";
        at = "日時", "Time";
        address = "接続元", "Address";
        pages = "ページ", "Pages";
        previous = "前へ", "Previous";
        next = "次へ", "Next";
        nobody = "不明", "Unknown";
        command_line = "コマンドライン", "Command line";
        people_title = "個人データの開示・消去", "People's data";
        people_about = "本人からの開示や消去の請求に応じるための画面です。どちらも操作の記録に残ります。",
            "For requests from people to see or erase the data held about them. Both are logged.";
        person_who = "連絡先ID・メールアドレス・個人の顧客ID", "Contact id, mail address, or id of a private customer";
        find = "探す", "Find";
        person_none = "該当する人は見つかりません。IDとメールアドレスは完全に一致するものだけを探します。会社は対象外です。連絡先ごとに探してください。",
            "Nobody was found. Ids and mail addresses must match in full. Companies are not persons: look for their contacts one by one.";
        person_account = "顧客", "Account";
        person_export_text = "この方に関する全データをJSONで出力します。",
            "All that is held about this person, in the database and the files for analysis, as JSON.";
        person_export = "全データを出力", "Export everything";
        person_erase_text = "この方のデータと関連付け、および氏名・メールアドレス・電話番号を含む文章を、分析用ファイルも含めて消去します。同じデータを再び取り込んでも戻りません。この操作は取り消せません。",
            "Erases the person's rows, the links to them, and texts with their name, mail address or telephone number, in the files for analysis too. They do not come back when the same data are imported again. This cannot be undone.";
        person_confirm = "確認のため、上に表示されたIDを入力してください", "To confirm, enter the id shown above";
        person_confirm_wrong = "入力されたIDが一致しないため、何も消去していません。", "The id does not match, so nothing has been erased.";
        person_erase = "消去する", "Erase";
        person_unable = "このサーバーでは実行できません。`nobishiro export --person` と `nobishiro erase` を使ってください。",
            "This server cannot do it. Use `nobishiro export --person` and `nobishiro erase`.";
        person_busy = "夜間処理・取り込み・バックアップのいずれかが実行中のため、まだ何も行っていません。終わってからもう一度実行してください。",
            "A plan, an import or a backup is running, so nothing has been done yet. Try again when it has ended.";
        person_gone = "この方はもう登録されていません。別の操作で消去された可能性があります。",
            "This person is not there any more; they may have been erased meanwhile.";
        person_failed = "最後まで実行できませんでした。もう一度実行すると続きから行います。続く場合は、管理者にサーバーのログの確認を依頼してください。",
            "It could not be finished. Doing it again goes on from there. If it fails again, ask your administrator to look at the server's log.";
        person_done = "消去しました", "Erased";
        person_done_text = "この方についてのデータは残っていません。", "Nothing about this person is left.";
        table = "データ", "Data";
        removed = "削除した行", "Rows removed";
        blanked = "伏せた行", "Rows blanked";
        files_anew = "書き直したファイル", "Files written anew";
        elsewhere = "次のファイルにもこの方の情報が残っています。このシステムが変更できないファイルなので、削除または修正してください。",
            "These files also name the person and are not the program's to change. Delete or correct them.";
        backups = "次のバックアップは消去より前のものです。不要になったら削除してください。",
            "These backups are from before. Delete them when they are no longer needed.";
    }
}

/// The label of a field that a person typed; none for those that only the page knows.
pub(crate) fn field(lang: Lang, name: &str) -> Option<&'static str> {
    let (ja, en) = match name {
        "note" => ("メモ", "Note"),
        "title" => ("すること", "What is to be done"),
        "amount" => ("金額", "Amount"),
        "until" => ("保留の期限", "Until"),
        "due" => ("期限", "Due"),
        "hours" => ("工数(時間)", "Hours"),
        "account" => ("顧客", "Account"),
        "name" => ("表示名", "Name"),
        "value" | "said" => ("お聞きした内容", "What was said"),
        "next" => ("次の手順", "Next step"),
        "who" => ("相手", "With whom"),
        "login" => ("ユーザー名", "User name"),
        _ => return None,
    };
    Some(if lang == Lang::Ja { ja } else { en })
}

/// When signing in may be tried again.
pub(crate) fn wait(lang: Lang, seconds: i64, at: &str) -> String {
    let time = at.rsplit(' ').next().unwrap_or(at);
    either(
        lang,
        format!(
            "サインインの失敗が続いたため、しばらく受け付けません。{time}(あと{seconds}秒)以降にもう一度お試しください。"
        ),
        format!("Too many failed sign-ins. Try again in {seconds} seconds (at {time})."),
    )
}

pub(crate) fn password_rule(lang: Lang, min: usize) -> String {
    either(
        lang,
        format!("{min}文字以上で設定してください。文字の種類に決まりはありません。"),
        format!("At least {min} characters, of any kind."),
    )
}

pub(crate) fn password_fault(lang: Lang, fault: PasswordFault) -> String {
    use crate::access::secrets::{PASSWORD_MAX, PASSWORD_MIN};
    match fault {
        PasswordFault::Short => either(
            lang,
            format!("パスワードは{PASSWORD_MIN}文字以上にしてください。"),
            format!("A password has at least {PASSWORD_MIN} characters."),
        ),
        PasswordFault::Long => either(
            lang,
            format!("パスワードは{PASSWORD_MAX}文字以下にしてください。"),
            format!("A password has at most {PASSWORD_MAX} characters."),
        ),
        PasswordFault::Plain => either(
            lang,
            "ユーザー名を含むもの、同じ文字だけのものは使えません。",
            "It must not hold the user name, nor be one character again and again.",
        ),
    }
}

/// A role's name.
pub(crate) fn role(lang: Lang, role: UserRole) -> &'static str {
    let (ja, en) = match role {
        UserRole::Admin => ("管理者", "Administrator"),
        UserRole::Manager => ("マネージャー", "Manager"),
        UserRole::Cis => ("CIS(カスタマーインサイドセールス)", "CIS"),
        UserRole::Cs => ("CS(カスタマーサクセス)", "CS"),
        UserRole::ReadOnly => ("閲覧のみ", "Read only"),
        UserRole::Agency => ("代理店", "Agency"),
    };
    if lang == Lang::Ja { ja } else { en }
}

/// What a role may do.
pub(crate) fn role_about(lang: Lang, role: UserRole) -> &'static str {
    let (ja, en) = match role {
        UserRole::Admin => ("すべての操作とユーザーの管理", "everything, and the users"),
        UserRole::Manager => {
            ("全顧客と計画の差額・記録", "all accounts, gaps of the plan, the log")
        }
        UserRole::Cis => ("チームの顧客", "the team's accounts"),
        UserRole::Cs => (
            "チームの顧客。期待利益は優先度で表示",
            "the team's accounts; priority instead of profit",
        ),
        UserRole::ReadOnly => {
            ("全顧客の閲覧。変更はできない", "sees all accounts, changes nothing")
        }
        UserRole::Agency => ("自社が担当する顧客だけ", "only the agency's own accounts"),
    };
    if lang == Lang::Ja { ja } else { en }
}

pub(crate) fn in_team(lang: Lang, team: &str) -> String {
    either(lang, format!("({team})"), format!(" ({team})"))
}

pub(crate) fn user_changed(lang: Lang, login: &str) -> String {
    either(lang, format!("{login} を変更しました。"), format!("{login} was changed."))
}

pub(crate) fn login_taken(lang: Lang, login: &str) -> String {
    either(
        lang,
        format!("ユーザー名「{login}」はすでに使われています。"),
        format!("There is a user \"{login}\" already."),
    )
}

pub(crate) fn login_unknown(lang: Lang, login: &str) -> String {
    either(
        lang,
        format!("ユーザー「{login}」は見つかりません。画面を開き直してください。"),
        format!("There is no user \"{login}\". Open the page again."),
    )
}

pub(crate) fn login_wrong(lang: Lang, max: usize) -> String {
    either(
        lang,
        format!("ユーザー名は、空白のない英数字などと . - _ @ + で、{max}文字以内にしてください。"),
        format!(
            "A user name has letters, digits and . - _ @ +, no blanks, at most {max} characters."
        ),
    )
}

pub(crate) fn name_long(lang: Lang, max: usize) -> String {
    either(
        lang,
        format!("表示名は{max}文字以内にしてください。"),
        format!("A name has at most {max} characters."),
    )
}

pub(crate) fn last_admin(lang: Lang) -> String {
    either(
        lang,
        "有効な管理者がいなくなるため、変更していません。先に別の管理者を登録してください。",
        "Nobody could administer afterwards, so nothing has been changed. Add another administrator first.",
    )
}

pub(crate) fn role_missing(lang: Lang) -> String {
    either(lang, "権限を選択してください。", "Choose a role.")
}

pub(crate) fn rep_missing(lang: Lang, of: UserRole) -> String {
    let word = role(lang, of);
    either(
        lang,
        format!("{word}には担当者を選択してください。見られる顧客の範囲が担当者で決まります。"),
        format!("Choose a representative for the role {word}: it decides which accounts are seen."),
    )
}

pub(crate) fn rep_unknown(lang: Lang, rep: &str) -> String {
    either(
        lang,
        format!("担当者「{rep}」は見つかりません。"),
        format!("There is no representative \"{rep}\"."),
    )
}

pub(crate) fn person_kind(lang: Lang, kind: PersonKind) -> &'static str {
    let (ja, en) = match kind {
        PersonKind::Contact => ("連絡先", "Contact"),
        PersonKind::Account => ("個人の顧客", "Private customer"),
    };
    if lang == Lang::Ja { ja } else { en }
}

/// Codes of the log with their words; a code without a dot stands for all below it.
pub(crate) const ACTS: [(&str, &str, &str); 29] = [
    ("login", "サインイン", "Sign in"),
    ("logout", "サインアウト", "Sign out"),
    ("account.view", "顧客の表示", "Account viewed"),
    ("account.stop", "営業停止の変更", "Account stopped or started"),
    ("account.note", "ヒアリングの記録", "Statement written down"),
    ("play.view", "提案の表示", "Play viewed"),
    ("play.assign", "担当の変更", "Plays reassigned"),
    ("tasks.export", "タスクファイルの出力", "Task file exported"),
    ("filter.change", "絞り込み条件の保存・削除", "Saved filter changed"),
    ("absence.change", "不在の登録・削除", "Absence changed"),
    ("upload.add", "ファイルのアップロード", "Files uploaded"),
    ("upload.ingest", "データの取り込み", "Upload imported"),
    ("upload.issues", "エラーの行の表示", "Rejected rows viewed"),
    ("upload.correct", "エラーの行の修正", "Rejected rows corrected"),
    ("upload.export", "エラーの行の出力", "Rejected rows exported"),
    ("upload", "アップロード(すべて)", "Uploads (all)"),
    ("run.start", "計画の作成", "Plan asked for"),
    ("play.add", "提案の追加", "Play added"),
    ("play.answer", "提案への回答", "Play answered"),
    ("play", "提案(すべて)", "Plays (all)"),
    ("page", "権限のない画面", "Page without permission"),
    ("password.own", "自分のパスワードの変更", "Own password changed"),
    ("user.change", "ユーザーの変更", "User changed"),
    ("log.view", "操作の記録の表示", "Log viewed"),
    ("person.export", "個人データの出力", "Person exported"),
    ("person.erase", "個人データの消去", "Person erased"),
    ("person", "個人データ(すべて)", "People's data (all)"),
    ("account", "顧客(すべて)", "Accounts (all)"),
    ("password", "パスワード(すべて)", "Passwords (all)"),
];

/// A code of the log in words; one that has none stands as it is.
pub(crate) fn act(lang: Lang, code: &str) -> String {
    let found = ACTS.iter().find(|(known, _, _)| *known == code);
    found.map_or_else(|| code.to_owned(), |(_, ja, en)| either(lang, *ja, *en))
}

/// More of a line of the log, in words.
pub(crate) fn detail(lang: Lang, code: &str) -> String {
    let (ja, en) = match code {
        "accept" => ("着手", "accepted"),
        "hold" => ("保留", "put off"),
        "refuse" => ("対象外", "not a fit"),
        "done" => ("完了", "done"),
        "undo" => ("元に戻す", "undone"),
        "reopen" => ("再開", "reopened"),
        "note" => ("メモ", "note"),
        "hand_off" => ("引き継ぎ", "handed over"),
        "take_over" => ("受け取り", "taken over"),
        "give_back" => ("差し戻し", "given back"),
        "assign" => ("担当の変更", "owner changed"),
        "phase" => ("段階の変更", "phase changed"),
        "link" => ("商談との対応づけ", "deal linked"),
        "save" => ("保存", "saved"),
        "forget" | "forget_all" | "remove" => ("削除", "removed"),
        "enter" => ("登録", "entered"),
        "restore" => ("削除の取り消し", "brought back"),
        "take" => ("取り込み", "imported"),
        "look" => ("列の対応の確認", "columns checked"),
        "again" => ("やり直し", "started again"),
        "virus" => ("ウイルス検査用の署名", "test virus"),
        "step" => ("手順の完了", "step done"),
        "stop" => ("停止", "stopped"),
        "lift" => ("停止の解除", "stop lifted"),
        "password" => ("パスワード", "password"),
        "unknown" => ("未登録のユーザー名", "no such user"),
        "disabled" => ("停止中のユーザー", "user is disabled"),
        "throttled" => ("失敗が続いたため待機中", "waiting after failures"),
        "add" => ("追加", "added"),
        "role" => ("権限の変更", "role"),
        "disable" => ("停止", "disabled"),
        "enable" => ("再開", "enabled"),
        "contact" => ("連絡先", "contact"),
        "account" => ("個人の顧客", "private customer"),
        "command" => ("コマンドライン", "command line"),
        other => (other, other),
    };
    either(lang, ja, en)
}

/// An outcome in words with its hue.
pub(crate) fn outcome(lang: Lang, code: &str) -> (&'static str, &'static str) {
    let (ja, en, hue) = match code {
        "done" => ("完了", "Done", "quiet"),
        "refused" => ("拒否", "Refused", "watch"),
        _ => ("失敗", "Failed", "protect"),
    };
    (if lang == Lang::Ja { ja } else { en }, hue)
}
