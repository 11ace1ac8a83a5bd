//! What ingest says about files and rows, in Japanese: its sentences are English, and each of their forms is known
//! here. One that is not stands as it is.

use domain::words::Lang;

use crate::show;

/// A form of sentence, with `{}` where something stands, and the same in Japanese, with `{0}`, `{1}`, … in its places.
/// The first that fits counts.
const FORMS: &[(&str, &str)] = &[
    (
        "is empty, but every row needs `{}`: fill it in the file, or state in a mapping where it comes from",
        "空欄ですが、すべての行に必要な項目です({0})。値を入力してください",
    ),
    ("is not a possible date of the form {}", "「{0}」の形の日付として読めません"),
    (
        "is not a month; write it as 2026-03 or as one of its days",
        "月として読めません。2026-03 の形か、その月の日付で入力してください",
    ),
    (
        "is not a whole number from {} to {}; correct it",
        "{0} から {1} までの整数ではありません。修正してください",
    ),
    (
        "is not a number from {} to {}; correct it",
        "{0} から {1} までの数値ではありません。修正してください",
    ),
    ("is not a number that can be calculated with", "計算に使える数値ではありません"),
    (
        "has no known currency; mend the row's currency",
        "通貨が分かりません。行の通貨を修正してください",
    ),
    (
        "is in {}, but this table has no column for a currency: give it in {}",
        "{0} の金額ですが、この表には通貨の列がありません。{1} で入力してください",
    ),
    (
        "is neither true nor false; {}",
        "「はい・いいえ」のどちらか読み取れません。true か false で入力してください",
    ),
    ("is neither of {} nor of {}", "{0} と {1} のどちらでもありません"),
    (
        "is not a currency; write its ISO 4217 code, as JPY",
        "通貨コードではありません。JPY のように ISO 4217 のコードで入力してください",
    ),
    (
        "is not among `{}` of {}; add the row there",
        "{1} の「{0}」の中にありません。そちらに行を追加してください",
    ),
    (
        "is not an NPS answer, which goes from 0 to 10: {}",
        "NPSの回答は0〜10です。値を修正するか、別の質問の回答であることを question 列で示してください",
    ),
    (
        "is missing, but the deal has `closed_at`, {}",
        "結果がありませんが、商談は完了しています。won か lost を入力してください",
    ),
    (
        "closes a deal whose `outcome` is open{}",
        "進行中の商談に完了日時があります。結果を入力するか、完了日時を消してください",
    ),
    (
        "is before `started_on`, {}",
        "契約開始日より前です。契約は開始日から数えるため、どちらかを修正してください",
    ),
    (
        "lies in the future: {}",
        "未来の日付です。その日から数えます。入力間違いの場合は修正してください",
    ),
    (
        "erased on request: {}",
        "消去の依頼があった方の行のため取り込みません。ファイルから削除してください",
    ),
    ("is not a whole number of months (up to 2400)", "月数の整数ではありません(2400まで)"),
    ("it has the columns of {} and is taken by {}", "{0} と同じ列のため、同じ対応で取り込みます"),
    ("the column `{}` is taken for `{}`", "列「{0}」を「{1}」として扱います"),
    ("columns that are gone since {}: {}", "{0} にあり今回ない列: {1}"),
    ("new columns, which the mapping does not take: {}; {}", "前回なかった列(取り込みません): {0}"),
    ("columns that {} do not have are left out: {}", "対応する項目がない列は取り込みません: {1}"),
    ("it has a header but no rows", "見出しだけで、行がありません"),
    (
        "has a header but no rows: judged by names alone",
        "見出しだけで行がないため、列名だけで判断しました",
    ),
    ("only joined with other files", "ほかのファイルと結び付けて使います"),
    ("no place for {}", "対応する項目がなく取り込まない列: {0}"),
    ("looks like {}, but no column gives {}; {}", "必要な項目がありません: {1}"),
    (
        "{} line(s) above the header, on line {}, are passed over",
        "見出し({1}行目)より上の{0}行は読み飛ばします",
    ),
    ("the header has two lines, which are joined", "2行の見出しをつなげて列名にします"),
    ("columns of the same name are numbered, {}", "同じ名前の列には番号を付けます"),
    ("{} line(s) cannot be read and would be refused", "{0}行が読み取れないため、取り込めません"),
    ("read as {}", "文字コード {0} として読み取りました"),
    (
        "`{}` may be day-month or month-day; no value tells, so the day is read first",
        "「{0}」は日・月の順か月・日の順か値から判断できません。日が先として読みます",
    ),
    (
        "day and month could be the other way round: {}",
        "日と月の順が逆かもしれません。値を確認してください",
    ),
    ("by its values alone: the name does not say so", "列名ではなく値から推定しました"),
    ("by a part of its name", "列名の一部から推定しました"),
    ("no row has a value", "値のある行がありません"),
    ("`{}` before three digits is read as the decimal sign", "「{0}」を小数点として読みます"),
    ("`{}` says that its values stand for {} each", "列名「{0}」から、値を{1}倍にします"),
    ("not known, left empty: {}", "意味が分からない値は空欄にします: {0}"),
    ("not known, taken as {}: {}", "意味が分からない値は {0} として扱います: {1}"),
    ("{} % of the values are no date", "値の{0}%が日付として読めません"),
    (
        "{} holds no table: its lines have different numbers of fields",
        "表として読めません。行によって列の数が違います",
    ),
    (
        "{} is not whole gzip: compress the file again",
        "gzipとして壊れています。圧縮し直してください",
    ),
    (
        "{}cannot be read beyond line {}: it is damaged or cut short; {}",
        "{1}行目より先が読めません。ファイルが壊れているか途中で切れています。もう一度書き出してください",
    ),
    (
        "is not a possible day between {} and {}; write days as {}, or state their form in a mapping, as {}",
        "日付として読めません({0}年〜{1}年)。{2} の形で入力してください",
    ),
    (
        "is not a possible time between {} and {}; {}",
        "日時として読めません({0}年〜{1}年)。2026-03-12T09:30:00 の形で入力してください",
    ),
    (
        "is not a possible time; {}",
        "日時として読めません。2026-03-12T09:30:00 の形で入力してください",
    ),
    (
        "is not one of {}; write one of them, or translate it with `map` in a mapping.{}",
        "決められた語({0})のいずれでもありません",
    ),
    (
        "is before `{}`; the row is taken as it is, correct one of them",
        "{0} より前の日付です。行はそのまま取り込みました。どちらかを修正してください",
    ),
    (
        "is not among the {}; {} taken and a placeholder stands for it: add it to the {}, or correct the id",
        "{0} にまだないIDです。仮の行を置いて取り込みました。{0} に追加するか、IDを修正してください",
    ),
    (
        "has no rate to {}; {} taken but left out of sums: {}",
        "{0} への為替レートがないため、合計には含めません。rates に追加してください",
    ),
    (
        "is the first order of {}, a customer only since {} (accounts.acquired_on); it is taken: correct one of them",
        "{0} の取引開始日({1})より前の注文です。取り込みましたが、どちらかを修正してください",
    ),
    (
        "closes a circle ({}); the row is taken without `{}`: correct one of them",
        "親子関係が一周しています({0})。{1} を空欄にして取り込みました。どれかを修正してください",
    ),
    (
        "ends {} (version of {}) only after its next version took effect on {}; {}",
        "{0} の終了日が次の版の適用日({2})より後です。後の版を優先して取り込みました",
    ),
    (
        "has {} from {} on, which belonged to {} before; {}",
        "{0} は以前 {2} の契約でした。別の契約であればIDを分けてください",
    ),
    (
        "takes the place of `{}` under the id {}; the row is taken. {}",
        "ID {1} の「{0}」を置き換えて取り込みました。別のものであればIDを分けてください",
    ),
    (
        "{} of the {} ids of this file that were known come with a wholly other name: {}",
        "取り込み済みのID {1}件のうち{0}件で名称が大きく違います。同じIDを別のものに使っていないか確認してください",
    ),
    (
        "lines {} and {} have the same key; line {} counts, being the later: {}",
        "{0}行目と{1}行目が同じキーです。後の{2}行目を使いました",
    ),
    (
        "was active and is not in the snapshot of {}; {}",
        "{0}時点の一覧にありません。有効なまま残しました。終了した場合は終了日を入れて取り込んでください",
    ),
    (
        "has {} fields where the header has {}; {}",
        "列の数が見出しと違います({0}列、見出しは{1}列)。区切り文字や改行を含む値は引用符で囲んでください",
    ),
    (
        "has a quote that is never closed, {}",
        "引用符が閉じられていないため、この先を読めません。引用符を閉じてください",
    ),
    (
        "is an error of the worksheet; mend its formula, or clear the cell",
        "Excelのエラー値です。数式を直すか、セルを空にしてください",
    ),
    (
        "is not a JSON object; {}",
        "JSONのオブジェクトではありません。1行に1件の形で書き出してください",
    ),
    ("is not JSON ({}); {}", "JSONとして読めません({0})。1行に1件の形で書き出してください"),
    (
        "is not UTF-8{}",
        "文字コードが混ざっているか壊れています。UTF-8かCP932で書き出し直してください",
    ),
    (
        "ATTENTION: {} of {} contracts have changed since they were ingested. {}",
        "取り込み済みの契約{1}件のうち{0}件が変わっています。後日の一覧であれば、「いつの時点の状態か」に日付を入れて取り込んでください。日付がない場合は契約の訂正として扱います",
    ),
    (
        "{} ({}); write digits with a point for decimals, without a currency sign",
        "金額として読めません({1})。通貨記号を付けずに数字で入力してください",
    ),
    (
        "{} ({}); round it, or state the right currency",
        "通貨の小数点以下の桁数を超えています({1})。四捨五入するか、通貨を確認してください",
    ),
    ("{} ({}); correct it", "値が大きすぎます({1})。修正してください"),
    (
        "no file lists the {}: they are taken from here",
        "{0} の一覧がないため、このファイルから作ります",
    ),
    ("the customers' contracts stand in the same rows", "同じ行から契約も取り込みます"),
    ("departures: joined into the {} above or below", "解約の一覧: {0} と結び付けて使います"),
    (
        "{} needs the file of accounts or contracts beside it",
        "顧客か契約のファイルと一緒にアップロードしてください",
    ),
    ("is left out: nothing says what it is", "何のデータか判断できないため取り込みません"),
    ("not recognised; its columns are {}", "何のデータか判断できません。列: {0}"),
    ("no other column is a name", "名称にあたる列がほかにないため、これを使います"),
    (
        "no column names a plan: all have one",
        "プランの列がないため、すべて同じプランとして扱います",
    ),
    (
        "no column is a contract's id: customer and plan make one",
        "契約IDの列がないため、顧客とプランから作ります",
    ),
    ("no column says when they left", "解約日の列がありません"),
    (
        "nearly every row has it, so it is read as the end of the term; {}",
        "ほぼすべての行に値があるため、契約期間の満了日として読みます",
    ),
    (
        "the months' values are taken as monthly recurring revenue",
        "月ごとの値をMRRとして取り込みます",
    ),
    ("one contact a customer", "顧客ごとに1人の連絡先として扱います"),
    ("each row is one use", "1行を1回の利用として数えます"),
    ("no column names what is counted", "何を数えた値かを示す列がありません"),
    ("columns without a name are called `column N`", "名前のない列には番号を付けます"),
    (
        "{}: columns {} and {} are both named `{}`; give each its own name",
        "{1}列目と{2}列目がどちらも「{3}」という名前です。別の名前にしてください",
    ),
    ("{}: column {} has no name; {}", "{1}列目に名前がありません。見出しに名前を入れてください"),
    ("{}: the header has a quote that is never closed", "見出しの引用符が閉じられていません"),
    (
        "{}: no line is a JSON object; write one object a line",
        "JSONのオブジェクトが1行もありません。1行に1件の形で書き出してください",
    ),
    (
        "{} is not whole Parquet (its footer is missing): copy or export it again",
        "Parquetとして壊れています。もう一度書き出してください",
    ),
    (
        "{} is not a whole XLSX workbook: save it again as .xlsx",
        "Excelのブックとして壊れています。.xlsx で保存し直してください",
    ),
    (
        "{} is not a whole XLSX workbook: save it again as .xlsx: {}",
        "Excelのブックとして壊れています。.xlsx で保存し直してください",
    ),
    (
        "{}: none of its sheets ({}) holds a table of two rows or more",
        "2行以上の表があるシートがありません({1})",
    ),
    (
        "{}: sheet `{}` is empty: export it again, with a header row",
        "シート「{1}」が空です。見出し行を含めて書き出し直してください",
    ),
    ("{} is empty: export it again{}", "空のファイルです。見出し行を含めて書き出し直してください"),
    (
        "{} is {}, whatever its name says: export it as CSV",
        "拡張子と中身が違います。CSVで書き出し直してください",
    ),
];

/// Ends of sentences that say what became of a row.
const ENDS: &[(&str, &str)] = &[
    ("; the row is refused", "。この行は取り込んでいません"),
    ("; the value is left empty", "。この値は空欄で取り込みました"),
    ("; the row is taken as it is", "。行はそのまま取り込みました"),
];

/// A sentence for people of either language.
pub(crate) fn said(lang: Lang, text: &str) -> String {
    if lang == Lang::En {
        return text.to_owned();
    }
    for (end, ja) in ENDS {
        if let Some(rest) = text.strip_suffix(end) {
            return ended(format!("{}{ja}", japanese(rest)));
        }
    }
    if let Some(whole) = known(text) {
        return ended(whole);
    }
    // Several remarks about one column stand behind one another.
    ended(text.split("; ").map(japanese).collect::<Vec<_>>().join("。"))
}

/// A sentence with its full stop; a list or a name stands as it is.
fn ended(text: String) -> String {
    let is_sentence = ["い", "す", "た", "ん"].iter().any(|end| text.ends_with(end));
    if is_sentence { text + "。" } else { text }
}

fn japanese(text: &str) -> String {
    known(text).unwrap_or_else(|| text.to_owned())
}

fn known(text: &str) -> Option<String> {
    FORMS.iter().find_map(|(form, ja)| Some(filled(ja, &matched(form, text)?)))
}

fn filled(ja: &str, parts: &[&str]) -> String {
    let mut out = ja.to_owned();
    let are_bounds = ja.contains("までの");
    for (at, part) in parts.iter().enumerate() {
        let number = part.parse::<i64>().ok().filter(|_| are_bounds).map(show::count);
        out = out.replace(&format!("{{{at}}}"), number.as_deref().unwrap_or(part));
    }
    out
}

/// What stands in the places of a form, if the text has it.
fn matched<'t>(form: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut fixed = form.split("{}");
    let mut rest = text.strip_prefix(fixed.next()?)?;
    let mut found = Vec::new();
    let fixed: Vec<&str> = fixed.collect();
    for (at, part) in fixed.iter().enumerate() {
        let last = at + 1 == fixed.len();
        let end = match (part.is_empty(), last) {
            (true, true) => rest.len(),
            (false, true) => rest
                .len()
                .checked_sub(part.len())
                .filter(|end| rest.is_char_boundary(*end) && &rest[*end..] == *part)?,
            _ => rest.find(part)?,
        };
        found.push(&rest[..end]);
        rest = &rest[end + part.len()..];
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(said(Lang::Ja, text), expected);
        assert_eq!(said(Lang::En, text), text);
    }

    #[test]
    fn known_sentences_are_japanese() {
        check(
            "is empty, but every row needs `account_id`: fill it in the file, or state in a mapping where it comes from; the row is refused",
            "空欄ですが、すべての行に必要な項目です(account_id)。値を入力してください。この行は取り込んでいません。",
        );
        check(
            "is not a whole number from 0 to 1000000000; correct it; the value is left empty",
            "0 から 1,000,000,000 までの整数ではありません。修正してください。この値は空欄で取り込みました。",
        );
        check(
            "by a part of its name; no row has a value",
            "列名の一部から推定しました。値のある行がありません。",
        );
        check(
            "is not a possible day between 1900 and 2199; write days as 2026-03-12, or state their form in a mapping, as `parse = \"%m/%d/%Y\"`; the row is refused",
            "日付として読めません(1900年〜2199年)。2026-03-12 の形で入力してください。この行は取り込んでいません。",
        );
        check(
            "new columns, which the mapping does not take: 備考; name them in mappings/a.toml if they matter",
            "前回なかった列(取り込みません): 備考",
        );
        check(
            "broken.xlsx is not a whole XLSX workbook: save it again as .xlsx: invalid Zip archive",
            "Excelのブックとして壊れています。.xlsx で保存し直してください。",
        );
        check("something nobody knows", "something nobody knows");
    }
}
