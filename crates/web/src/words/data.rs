//! Texts of the data that come in: uploads, mappings, issues, jobs, and the first steps.

pub(crate) mod labels;
pub(crate) mod reasons;

use domain::words::Lang;

use super::{counted, either};
use crate::show;

/// Tables that a file may be taken for on the page.
pub(crate) const CHOOSABLE: [&str; 12] = [
    "accounts",
    "subscriptions",
    "orders",
    "usage",
    "products",
    "activities",
    "surveys",
    "proposals",
    "contacts",
    "reps",
    "mrr_snapshots",
    "churn",
];

words! {
    /// The page of the data, of uploads, of issues and of runs.
    DataWords {
        title = "データ取り込み", "Data";
        about = "ほかのツールから書き出したファイルをここで取り込みます。列の名前はそのままで構いません。対応する項目を提案しますので、確認してから取り込めます。",
            "Bring the files that your other tools export. Their columns may stay as they are: a mapping is proposed, and you check it before anything is imported.";
        between = "", " ";
        upload = "ファイルをアップロード", "Upload files";
        files = "ファイル(複数選択できます)", "Files (several at once)";
        send = "アップロードして確認へ進む", "Upload and check";
        together = "顧客・契約・注文など、関係のあるファイルは一度に選ぶと互いの番号から対応を見つけられます。",
            "Choose files that belong together (accounts, contracts, orders) at once: references between them are found by their values.";
        kinds = "CSV、TSV、XLSX、JSON Lines、Parquet、それぞれの gzip。文字コードは UTF-8 と CP932(Shift_JIS)のどちらでも読み取れます。",
            "CSV, TSV, XLSX, JSON Lines, Parquet, plain or gzip; in UTF-8 or CP932 (Shift_JIS).";
        there = "取り込み済みのデータ", "Imported data";
        table = "データ", "Data";
        rows = "行数", "Rows";
        file_count = "ファイル", "Files";
        latest = "最後の取り込み", "Last import";
        nothing_there = "まだ何も取り込まれていません。顧客または契約のファイルから始めてください。",
            "Nothing has been imported yet. Begin with a file of accounts or contracts.";
        past = "これまでのアップロード", "Uploads so far";
        no_past = "アップロードはまだありません。", "There are none yet.";
        number = "番号", "Number";
        when = "日時", "When";
        by = "アップロードした人", "By";
        became = "結果", "Result";
        plan = "計画", "Plan";
        plan_about = "取り込んだデータから、誰に・いつ・何を提案するかの計画を作ります。顧客の数により数秒から数分かかります。着手済みの作業はそのまま残ります。",
            "Builds a plan from the imported data: whom to approach, when, with what. It takes seconds to minutes, depending on the number of accounts. Accepted work stays as it is.";
        plan_nothing = "先にデータを取り込んでください。", "Import data first.";
        first_plan = "最初の計画を作る", "Make the first plan";
        next_plan = "計画を作り直す", "Rebuild the plan";
        plan_state = "計画の進み具合を見る", "See how the plan is going";
        to_today = "今日の提案を開く", "Open Today";
        back = "データ取り込みに戻る", "Back to Data";
        closed_title = "このサーバーではアップロードできません", "This server takes no uploads";
        closed_text = "コマンド nobishiro serve で起動したサーバーから使えます。", "It works where the server was started by `nobishiro serve`.";
        none_chosen = "ファイルが選ばれていません。1つ以上選んでからアップロードしてください。何も変更していません。",
            "No file was chosen. Choose at least one and upload it. Nothing has been changed.";
        disk = "サーバーに保存できませんでした(空き容量の不足など)。途中のファイルは削除済みで、取り込み済みのデータはそのままです。管理者に連絡してください。",
            "The server could not store it (its disk may be full). What had arrived is deleted, and what was imported before is safe. Tell your administrator.";
        broken_off = "アップロードが途中で切れました。届いた分は削除済みです。もう一度アップロードしてください。",
            "The upload was broken off. What had arrived is deleted. Upload it again.";
        left_out = "取り込みません", "Left out";
        refused = "受け付けませんでした", "Refused";
        taken_for = "データの種類", "Kind of data";
        source = "ファイルの列", "Column of the file";
        samples = "値の例", "Some values";
        target = "項目", "Imported as";
        remark = "確認すること", "To check";
        leave = "取り込まない", "Leave out";
        attribute = "属性としてそのまま残す", "Keep as an attribute";
        also = "ほかの項目に使用", "Used for other columns";
        remap = "列の対応を変えて取り込み直す", "Change the mapping and import the files again";
        check = "要確認", "Check";
        missing = "足りない項目", "Missing";
        missing_about = "どの列がこの項目にあたるかを選び、「もう一度確認する」を押してください。", "Choose the column that holds it, then press \"Preview again\".";
        twice = "同じ項目に2つの列が選ばれています。先の列を使います", "Two columns were chosen for the same; the first counts";
        known_canonical = "このまま取り込める形です。列の対応は要りません。", "It has the product's own columns: nothing is left to map.";
        known_before = "前に取り込んだファイルと同じ列です。前回の対応で取り込みます。", "It has the columns of an earlier file: the same mapping is used.";
        unknown = "何のデータか分かりませんでした。種類を選んで「もう一度確認する」を押すと、列の対応を提案します。選ばなければ取り込みません。",
            "Nothing says what it is. Choose its kind and press \"Preview again\" to have its columns proposed; else it is left out.";
        sure = "確実", "sure";
        likely = "ほぼ確実", "likely";
        unsure = "確認してください", "please check";
        chosen = "選択済み", "chosen by you";
        first_rows = "先頭の行の取り込み結果(試し)", "The first rows as they would be imported";
        notes = "ファイルについて", "About the file";
        line = "行", "Line";
        column = "列", "Column";
        value = "値", "Value";
        reason = "理由", "Reason";
        preview = "もう一度確認する", "Preview again";
        take = "取り込む", "Import";
        take_nothing = "取り込めるファイルがありません。書き出し直したファイルを、もう一度アップロードしてください。",
            "None of the files can be imported. Export them again and upload them anew.";
        snapshot = "いつの時点の状態か(契約の一覧を毎月書き出している場合のみ)", "State as of (only for contract lists that are exported again and again)";
        look_title = "ファイルを読み取っています", "The files are being read";
        take_title = "取り込んでいます", "The rows are being imported";
        mend_title = "修正した行を取り込んでいます", "The corrected rows are being imported";
        run_title = "計画を作っています", "The plan is being made";
        waiting = "順番を待っています。このページは自動で更新されます。", "It waits for its turn. This page refreshes by itself.";
        running = "このページは自動で更新されます。閉じても作業は続きます。", "This page refreshes by itself. You may close it: the work goes on.";
        busy = "ほかの作業(夜間の実行など)が終わるのを待っています。", "It waits for another command, such as the nightly run, to end.";
        late = "しばらく始まっていません。サーバーの管理者に、作業係(nobishiro worker)が動いているか確認してください。",
            "It has not begun for a while. Ask your administrator whether the worker (`nobishiro worker`) is running.";
        failed = "できませんでした", "It could not be done";
        failed_safe = "取り込み済みのデータと前回の計画はそのままです。内容を確認して、もう一度お試しください。続く場合は下の詳細を管理者に伝えてください。",
            "What was imported before and the last plan are safe. Look at what is said below and try again. If it goes on, show it to your administrator.";
        broken = "途中で止まりました", "It was broken off";
        broken_safe = "作業係が途中で終了しました。途中までの分は反映されていません。取り込み済みのデータと前回の計画はそのままです。もう一度始められます。",
            "Its worker ended in the middle. Nothing half done has come through: what was imported before and the last plan are safe. You can start it again.";
        broken_take = "作業係が途中で終了しました。途中まで取り込まれた行があっても、もう一度始めれば残りを取り込み、二重にはなりません。前回の計画はそのままです。",
            "Its worker ended in the middle. Should some rows be in already, starting again imports the rest and doubles none. The last plan is safe.";
        again = "もう一度始める", "Start again";
        details = "詳細(管理者向け)", "Details (for your administrator)";
        taken = "新規", "New";
        replaced = "更新", "Replaced";
        unchanged = "変更なし", "Unchanged";
        rejected = "エラー", "Rejected";
        skipped = "対象外", "Skipped";
        warned = "注意", "Warnings";
        result = "取り込みの結果", "What was imported";
        issues_link = "エラーの行と理由を確認", "See the rows and why";
        warnings_link = "注意の内容を確認", "See the warnings";
        issues = "エラーの行", "Rejected rows";
        issues_about = "値を直して取り込むと、直した行だけを取り込みます。ほかの行には影響しません。空欄のままの行やそのままの行は取り込みません。",
            "Correct values and import them: only the rows that you changed are imported, and no others are touched.";
        no_issues = "エラーの行はもうありません。", "No rejected rows are left.";
        unreadable = "この行は列に分けられないため、ここでは直せません。元のファイルを直して、もう一度アップロードしてください。",
            "This line cannot be split into columns, so it cannot be corrected here. Correct the file and upload it again.";
        mend = "修正した行を取り込む", "Import the corrected rows";
        unmended = "変更された値がありません。値を直してから押してください。", "No value was changed. Correct one, then press the button.";
        rejects = "エラーの行をCSVでダウンロード(直して再アップロードできます)", "Download the rejected rows as CSV (correct and upload it again)";
        warnings = "注意(取り込み済みの行)", "Warnings (rows that were imported)";
        gone = "アップロードしたファイルの保存期間が過ぎたため、内容は表示できません。取り込み済みのデータはそのままです。",
            "The uploaded files are kept no longer, so their content cannot be shown. What was imported is safe.";
        run_done = "計画ができました", "The plan is made";
        run_none = "計画はまだ一度も作られていません。", "No plan has been made yet.";
        no_hours = "対応可能時間のある担当者がいないため、営業の作業は計画に入っていません。", "Nobody has hours in the weeks ahead, so the plan has no work for reps.";
        other_day = "データの最後の日が30日より前のため、その日の時点で計画しました。", "The data end more than 30 days ago, so it was made as of their last day.";
        previous = "前へ", "Previous";
        next = "次へ", "Next";
        pages = "ページ", "Pages";
        steps = "はじめの4ステップ", "The first four steps";
        step_upload = "ファイルを選ぶ", "Choose files";
        step_check = "列の対応を確認する", "Check the columns";
        step_take = "取り込む", "Import them";
        step_plan = "最初の計画を作る", "Make the first plan";
        step_done = "済み", "done";
        step_now = "ここから始める", "Begin here";
        steps_about = "このワークスペースにはまだ計画がありません。次の4ステップで「今日の提案」が表示されます。", "This workspace has no plan yet. Four steps lead to the first worklist.";
        steps_others = "管理者またはマネージャーがデータを取り込んで計画を作ると、ここに表示されます。", "It fills when an administrator or manager has imported data and made a plan.";
        terminal = "コマンドで行う場合", "With commands";
    }
}

/// What a file may weigh and how many there may be.
pub(crate) fn limits(lang: Lang, (file, total): (u64, u64), files: usize) -> String {
    either(
        lang,
        format!("1ファイル{}まで、一度に{}ファイル・合計{}まで。", size(file), files, size(total)),
        format!("Up to {} a file, {} files and {} at once.", size(file), files, size(total)),
    )
}

/// How long files are kept.
pub(crate) fn kept(lang: Lang, days: u32) -> String {
    either(
        lang,
        format!("アップロードしたファイルは{days}日後にサーバーから削除します。"),
        format!("Uploaded files are deleted from the server after {days} days."),
    )
}

/// A file or an upload is larger than it may be.
pub(crate) fn too_large(lang: Lang, name: &str, (file, total): (u64, u64)) -> String {
    either(
        lang,
        format!(
            "「{name}」で上限(1ファイル{}、合計{})を超えました。届いた分は削除済みで、取り込み済みのデータはそのままです。期間で分ける、不要な列を除く、gzipで圧縮する、のいずれかでもう一度お試しください。上限は管理者が nobishiro.toml の [uploads] で変更できます。",
            size(file),
            size(total)
        ),
        format!(
            "At \"{name}\" the upload went over its limit ({} a file, {} at once). What had arrived is deleted, and what was imported before is safe. Split the export by time, leave columns out, or compress it with gzip; your administrator can raise the limit in [uploads] of nobishiro.toml.",
            size(file),
            size(total)
        ),
    )
}

/// More files than an upload may have.
pub(crate) fn too_many(lang: Lang, most: usize) -> String {
    either(
        lang,
        format!(
            "一度にアップロードできるのは{most}ファイルまでです。届いた分は削除済みです。分けてアップロードしてください。"
        ),
        format!(
            "An upload may have {most} files. What had arrived is deleted. Upload them in parts."
        ),
    )
}

/// A size in bytes as people read it.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    let unit = UNITS.iter().find(|(unit, _)| bytes >= *unit);
    match unit {
        Some((unit, name)) if bytes.is_multiple_of(*unit) => format!("{} {name}", bytes / unit),
        Some((unit, name)) => format!("{} {name}", show::number(bytes as f64 / *unit as f64, 1)),
        None => format!("{bytes} B"),
    }
}

/// Why a file was refused before anything read it.
pub(crate) fn refusal(lang: Lang, code: &str) -> String {
    let (ja, en) = match code {
        "empty" => (
            "空のファイルです(0バイト、または空白だけ)。見出し行を含めて書き出し直してください。",
            "It is empty. Export it again, with a header line.",
        ),
        "virus" => (
            "ウイルス検査用の署名が見つかったため、削除して記録しました。",
            "It holds the signature of a test virus: it was deleted, and that was logged.",
        ),
        "program" => (
            "プログラムのファイルは受け付けません。表のデータをCSVかXLSXで書き出してください。",
            "It is a program. Export the table as CSV or XLSX.",
        ),
        "picture" => (
            "画像・動画は表として読めません。元のデータをCSVかXLSXで書き出してください。",
            "It is a picture or film, not a table. Export the data behind it as CSV or XLSX.",
        ),
        "pdf" => (
            "PDFは表として読めません。元のデータをCSVかXLSXで書き出してください。",
            "A PDF is no table. Export the data behind it as CSV or XLSX.",
        ),
        "archive" => (
            "圧縮フォルダー(ZIPなど)は開きません。中のファイルを取り出してアップロードしてください。",
            "It is an archive. Unpack it and upload the files in it.",
        ),
        "locked" => (
            "パスワードで保護されたブックか、古い形式のExcelです。パスワードを外し、.xlsx で保存し直してください。",
            "It is a workbook with a password, or of the old form. Remove the password and save it as .xlsx.",
        ),
        "old_excel" => (
            "古い形式のExcel(.xls)です。.xlsx かCSVで保存し直してください。",
            "It is an old Excel workbook. Save it as .xlsx or CSV.",
        ),
        "no_workbook" => (
            "拡張子は .xlsx ですが、Excelのブックではありません。書き出し直してください。",
            "It is named .xlsx but is no workbook. Export it again.",
        ),
        "no_parquet" => (
            "拡張子は .parquet ですが、中身が違います。書き出し直してください。",
            "It is named .parquet but is none. Export it again.",
        ),
        "no_gzip" => (
            "拡張子は .gz ですが、gzipではありません。圧縮し直してください。",
            "It is named .gz but is not gzip. Compress it again.",
        ),
        "gzip_name" => (
            "gzipで圧縮されています。名前を「.csv.gz」のように変えてアップロードしてください。",
            "It is gzip. Rename it, as in `.csv.gz`, and upload it again.",
        ),
        "parquet_name" => (
            "Parquetのファイルです。拡張子を .parquet に変えてアップロードしてください。",
            "It is a Parquet file. Rename it to .parquet and upload it again.",
        ),
        "database" => (
            "データベースのファイルは開きません。必要な表をCSVで書き出してください。",
            "It is a database. Export the tables that matter as CSV.",
        ),
        "no_text" => (
            "文字のファイルではありません。CSVかXLSXで書き出し直してください。",
            "It is no text. Export it as CSV or XLSX.",
        ),
        _ => (
            "この種類のファイルは読めません。CSV、TSV、XLSX、JSON Lines、Parquet のいずれかで書き出してください。",
            "Files of this kind are not read. Export CSV, TSV, XLSX, JSON Lines or Parquet.",
        ),
    };
    either(lang, ja, en)
}

/// How many rows came of an upload.
pub(crate) fn outcome(lang: Lang, taken: u64, refused: u64) -> String {
    let (taken, refused) = (taken, refused);
    match (taken, refused) {
        (0, 0) => either(lang, "取り込む行がありませんでした。", "There were no rows to import."),
        (0, _) => either(
            lang,
            format!(
                "{}行すべてを取り込めませんでした。列の対応か日付の形が違う可能性があります。",
                show::whole(refused)
            ),
            format!(
                "None of the {} could be imported. A wrong mapping or form of dates is likelier than so many wrong rows.",
                counted(refused, "row")
            ),
        ),
        (_, 0) => either(
            lang,
            format!("{}行を取り込みました。", show::whole(taken)),
            format!(
                "{} {} been imported.",
                counted(taken, "row"),
                if taken == 1 { "has" } else { "have" }
            ),
        ),
        _ => either(
            lang,
            format!(
                "{}行を取り込めませんでした。残り{}行は取り込み済みです。",
                show::whole(refused),
                show::whole(taken)
            ),
            format!(
                "{} could not be imported. The other {} {} imported.",
                counted(refused, "row"),
                show::whole(taken),
                if taken == 1 { "was" } else { "were" }
            ),
        ),
    }
}

/// What became of rows that were mended.
pub(crate) fn mended(lang: Lang, mended: u64, left: u64) -> String {
    either(
        lang,
        format!(
            "修正した{}行を取り込みました。残りのエラーは{}行です。",
            show::whole(mended),
            show::whole(left)
        ),
        format!(
            "{} imported after correction. {} left.",
            counted(mended, "row"),
            counted(left, "rejected row")
        ),
    )
}

/// Where an upload stands, in a word.
pub(crate) fn standing(lang: Lang, code: &str) -> &'static str {
    let (ja, en) = match code {
        "look" => ("確認の準備中", "Being read"),
        "looked" => ("列の対応の確認待ち", "Waiting for your review"),
        "take" => ("取り込み中", "Being imported"),
        "taken" => ("取り込み済み", "Imported"),
        "failed" => ("できませんでした", "Failed"),
        "broken" => ("途中で止まりました", "Broken off"),
        _ => ("受け付けませんでした", "Refused"),
    };
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

/// A stage of a job.
pub(crate) fn stage(lang: Lang, code: &str) -> String {
    let (ja, en) = match code {
        "look" => ("ファイルの読み取り", "Reading the files"),
        "ingest" => ("行の取り込み", "Importing the rows"),
        "refused" => ("エラーの行の整理", "Sorting the rejected rows"),
        "reading" => ("データの読み込み", "Reading the data"),
        "features" => ("特徴量の計算", "Features"),
        "train" => ("学習", "Training"),
        "score" => ("候補の評価", "Scoring"),
        "plan" => ("計画の作成", "Planning"),
        "upkeep" => ("後片付け", "Upkeep"),
        other => (other, other),
    };
    either(lang, ja, en)
}

/// Seconds.
pub(crate) fn seconds(lang: Lang, us: i64) -> String {
    let tenths = us.max(0) / 100_000;
    let text = format!("{}.{}", tenths / 10, tenths % 10);
    either(lang, format!("{text}秒"), format!("{text} s"))
}

/// How far a file has been read.
pub(crate) fn of_file(lang: Lang, name: &str, rows: u64, percent: u64) -> String {
    either(
        lang,
        format!("{name}: {}行({percent} %)", show::whole(rows)),
        format!("{name}: {} ({percent} %)", counted(rows, "row")),
    )
}

/// What a plan has.
pub(crate) fn plan_said(lang: Lang, (accounts, candidates, plays): (u64, u64, u64)) -> String {
    either(
        lang,
        format!(
            "顧客{}件から提案の候補{}件を評価し、{}件を計画に入れました。",
            show::whole(accounts),
            show::whole(candidates),
            show::whole(plays)
        ),
        format!(
            "{} looked at, {} weighed, {} planned.",
            counted(accounts, "account"),
            counted(candidates, "candidate"),
            counted(plays, "play")
        ),
    )
}

/// Rows that were looked at, and how many would be refused.
pub(crate) fn looked_at(lang: Lang, read: u64, refused: u64) -> String {
    match refused {
        0 => either(
            lang,
            format!("先頭{}行を確認: エラーなし", show::whole(read)),
            format!("First {} looked at: none would be rejected", counted(read, "row")),
        ),
        _ => either(
            lang,
            format!(
                "先頭{}行を確認: {}行がエラーになります",
                show::whole(read),
                show::whole(refused)
            ),
            format!(
                "First {} looked at: {} would be rejected",
                counted(read, "row"),
                show::whole(refused)
            ),
        ),
    }
}

/// Columns that are not shown.
pub(crate) fn more_columns(lang: Lang, more: usize) -> String {
    either(
        lang,
        format!("ほかに{more}列あります。提案どおりに扱います。"),
        format!("{more} more columns are imported as proposed."),
    )
}

/// The link to an upload's page.
pub(crate) fn back_to_upload(lang: Lang, number: i64) -> String {
    either(lang, format!("アップロード{number}に戻る"), format!("Back to upload {number}"))
}

/// The title of an upload's page.
pub(crate) fn upload(lang: Lang, number: i64) -> String {
    either(lang, format!("アップロード {number}"), format!("Upload {number}"))
}
