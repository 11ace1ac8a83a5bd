//! Texts around every page, and of the error pages.

words! {
    /// The header, the navigation and what every page shares.
    FrameWords {
        product = "伸びしろ", "Nobishiro";
        skip = "本文へ移動", "Skip to content";
        navigation = "メニュー", "Menu";
        today = "今日の提案", "Today";
        accounts = "顧客", "Accounts";
        whitespace = "未導入マップ", "Whitespace";
        pipeline = "パイプライン", "Pipeline";
        night = "計画の結果", "Plan results";
        data = "データ取り込み", "Data";
        log = "操作の記録", "Log";
        users = "ユーザー", "Users";
        people = "個人データ", "People's data";
        sign_out = "サインアウト", "Sign out";
        own_password = "パスワードの変更", "Change password";
        workspaces = "ワークスペースの一覧", "All workspaces";
        other_language = "English", "日本語";
    }
}

words! {
    /// What happened, what is safe, what to do.
    ErrorWords {
        workspace_title = "このワークスペースは見つかりません", "This workspace was not found";
        workspace_text = "URLのワークスペース名をご確認ください。データは変更されていません。",
            "Check the workspace's name in the address. No data has been changed.";
        account_title = "この顧客は見つかりません", "This account was not found";
        account_text = "顧客IDが変わったか、まだ取り込まれていない可能性があります。顧客の一覧から名前で探してください。",
            "Its id may have changed, or it may not have been imported yet. Look it up by name in the list of accounts.";
        play_title = "この提案は見つかりません", "This play was not found";
        play_text = "新しい計画で一覧から外れた可能性があります。「今日の提案」の「昨日から」で理由を確認できます。",
            "A newer plan may have dropped it. \"Since yesterday\" on Today says why.";
        upload_title = "このアップロードは見つかりません", "This upload was not found";
        upload_text = "番号をご確認ください。これまでのアップロードは「データ取り込み」に並んでいます。取り込み済みのデータは変更されていません。",
            "Check its number: the uploads so far are listed under Data. What has been imported is unchanged.";
        origin_title = "この操作は受け付けられません", "This was not accepted";
        origin_text = "別のサイトから送信された可能性があるため、何も変更していません。このサーバーの画面を開き直して、もう一度操作してください。",
            "It may have been sent by another site, so nothing has been changed. Open the page on this server again and repeat it.";
        large_title = "入力が長すぎます", "This is too long";
        large_text = "データは変更されていません。メモを短くして、もう一度送信してください。",
            "No data has been changed. Shorten the note and send it again.";
        form_title = "入力を読み取れません", "This could not be read";
        form_text = "データは変更されていません。画面を開き直して、もう一度操作してください。",
            "No data has been changed. Open the page again and repeat it.";
        forbidden_title = "この画面を使う権限がありません", "You do not have access to this page";
        forbidden_text = "データは変更されていません。必要な場合は、管理者に権限の変更を依頼してください。",
            "No data has been changed. If you need it, ask your administrator for another role.";
        no_users_title = "このワークスペースはまだ公開できません", "This workspace cannot be opened from here yet";
        no_users_text = "ユーザーが登録されていないため、このサーバーのコンピューター自身からしか開けません。サーバーで「nobishiro user add ユーザー名 --role admin」を実行し、最初の管理者を登録してください。",
            "It has no users, so it opens on the server's own machine only. Run `nobishiro user add NAME --role admin` there to add the first administrator.";
        page_title = "ページが見つかりません", "This page was not found";
        page_text = "URLをご確認ください。下のリンクから元の画面に戻れます。",
            "Check the address, or go back by the links below.";
        method_title = "この操作はできません", "This cannot be done here";
        method_text = "このページは表示だけに対応しています。データは変更されていません。",
            "This page can only be read. No data has been changed.";
        closed_title = "このワークスペースは今開けません", "This workspace cannot be opened now";
        closed_text = "ほかのワークスペースは使えます。データは変更されていません。管理者にサーバーのログの確認を依頼してください。",
            "The other workspaces can be used. No data has been changed. Ask your administrator to look at the server's log.";
        store_title = "データベースに接続できません", "The database cannot be reached";
        store_text = "取り込み済みのデータはそのまま残っています。しばらくしてからページを再読み込みしてください。続く場合は、管理者にサーバーのログの確認を依頼してください。",
            "What has been imported is safe. Wait a moment and reload the page. If it goes on, ask your administrator to look at the server's log.";
        render_title = "ページを表示できません", "This page cannot be shown";
        render_text = "データは変更されていません。続く場合は、管理者にサーバーのログの確認を依頼してください。",
            "No data has been changed. If it goes on, ask your administrator to look at the server's log.";
        back_today = "今日の提案に戻る", "Back to Today";
        back_accounts = "顧客の一覧に戻る", "Back to the list of accounts";
        back_workspaces = "ワークスペースの一覧に戻る", "Back to the list of workspaces";
    }
}
