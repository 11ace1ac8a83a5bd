//! Texts of the list of workspaces.

use domain::words::Lang;

words! {
    /// The list of workspaces.
    HomeWords {
        title = "ワークスペース", "Workspaces";
        company = "会社", "Company";
        as_of = "基準日", "As of";
        plays = "提案", "Plays";
        hours = "予定工数", "Hours planned";
        closed = "開けません。管理者にサーバーのログの確認を依頼してください", "Cannot be opened; ask your administrator to look at the server's log";
        no_night = "まだ夜間処理が実行されていません", "No night has been run yet";
        empty = "ワークスペースはまだありません。", "There are no workspaces yet.";
        empty_fill = "次のコマンドで追加すると、この一覧に表示されます。", "Add one with this command, and it is shown here.";
    }
}

/// Hours with their unit.
pub(crate) fn hours(lang: Lang, hours: f64) -> String {
    super::either(lang, format!("{hours:.1}時間"), format!("{hours:.1} h"))
}
