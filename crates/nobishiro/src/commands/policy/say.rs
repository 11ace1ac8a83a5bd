//! What `nobishiro policy` answers, in words.

use std::fmt::Write;

use batch::trial::{Figures, Key, Moved, Trial};
use domain::money::Currency;
use domain::motion::Fate;
use domain::time::Zone;
use domain::words::Lang;
use store::{PolicyStop, PolicyVersion};

use crate::clock;

/// One of two texts.
pub(super) fn either<'a>(lang: Lang, ja: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

/// Keys that differ.
pub(super) fn keys(keys: &[Key], lang: Lang) -> String {
    if keys.is_empty() {
        return either(lang, "違いはありません。", "No key differs.").to_owned();
    }
    let line = |key: &Key| format!("{}: {} -> {}", key.key, key.old, key.new);
    keys.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A version that was published.
pub(super) fn published(version: i64, changed: &[Key], (draft, lang): (bool, Lang)) -> String {
    let mut text = match lang {
        Lang::Ja => format!("バージョン{version}を公開しました。次の実行から使われます。"),
        Lang::En => format!("Published as version {version}; the next run is made under it."),
    };
    for key in changed {
        let _ = write!(text, "\n  {}: {} -> {}", key.key, key.old, key.new);
    }
    if !draft {
        text.push('\n');
        text.push_str(either(
            lang,
            "policy.toml(下書き)は公開中の内容と異なります。",
            "policy.toml, the draft, holds another text than what is live.",
        ));
    }
    text
}

/// Every version and stop.
pub(super) fn history(
    (versions, stops): (&[PolicyVersion], &[PolicyStop]),
    zone: &Zone,
    lang: Lang,
) -> String {
    if versions.is_empty() && stops.is_empty() {
        return either(
            lang,
            "公開されたポリシーはまだありません。最初の実行が policy.toml を公開します。",
            "No policy was published yet; the first run publishes policy.toml.",
        )
        .to_owned();
    }
    let mut lines = Vec::new();
    for (place, version) in versions.iter().enumerate().rev() {
        let live =
            if place + 1 == versions.len() { either(lang, "(公開中)", " (live)") } else { "" };
        let back = version.restores.map_or_else(String::new, |to| match lang {
            Lang::Ja => format!("、バージョン{to}に戻す"),
            Lang::En => format!(", back to version {to}"),
        });
        lines.push(format!(
            "{} {}{live}  {}  {}  {}{back}  {}",
            either(lang, "バージョン", "version"),
            version.version,
            clock::shown(version.published_s, zone),
            version.published_by,
            version.reason,
            &version.hash[..12.min(version.hash.len())],
        ));
    }
    for stop in stops.iter().rev() {
        let until = stop.started_s.map_or_else(
            || either(lang, "停止中", "still").to_owned(),
            |at_s| clock::shown(at_s, zone),
        );
        lines.push(format!(
            "{}  {} - {until}  {}  {}",
            either(lang, "提案の停止", "offers stopped"),
            clock::shown(stop.stopped_s, zone),
            stop.stopped_by,
            stop.reason,
        ));
    }
    lines.join("\n")
}

/// Plays listed of those that enter, and of those that leave.
const LISTED: usize = 20;

/// What a policy would change.
pub(super) fn trial(trial: &Trial, currency: Currency, lang: Lang) -> String {
    let mut text = match lang {
        Lang::Ja => format!("{}時点の実行 {} を計画し直した試算です。", trial.as_of, trial.run_id),
        Lang::En => format!("Run {} as of {}, planned again.", trial.run_id, trial.as_of),
    };
    let _ = write!(text, "\n\n{}\n", keys(&trial.keys, lang));
    for key in &trial.before_the_plan {
        let _ = match lang {
            Lang::Ja => write!(
                text,
                "\n! {key} は予測の段階でも使われます。この試算では実行時の予測をそのまま使っています。"
            ),
            Lang::En => write!(
                text,
                "\n! {key} is read before the plan too; this dry run keeps the run's own estimates."
            ),
        };
    }
    if trial.without_odds > 0 {
        let n = trial.without_odds;
        let _ = match lang {
            Lang::Ja => {
                write!(text, "\n! 新しい候補{n}件は見込みの計算がないため、試算に含まれません。")
            }
            Lang::En => write!(text, "\n! {n} new candidates have no odds yet and are left out."),
        };
    }
    let amount = |minor: i64| currency.display(minor);
    let count = |n: usize| n.to_string();
    let row = |text: &mut String, name: &str, (before, after, by): (String, String, String)| {
        let _ = write!(text, "\n  {name}: {before} -> {after} ({by})");
    };
    let (was, is) = (&trial.before, &trial.after);
    let by = |of: fn(&Figures) -> usize| {
        let (was, is) = (of(was), of(is));
        let more = if is >= was { format!("+{}", is - was) } else { format!("-{}", was - is) };
        (count(was), count(is), more)
    };
    text.push('\n');
    row(
        &mut text,
        either(lang, "期待増分利益", "expected profit"),
        (
            amount(was.expected_minor),
            amount(is.expected_minor),
            amount(is.expected_minor - was.expected_minor),
        ),
    );
    row(
        &mut text,
        either(lang, "工数(時間)", "hours"),
        (
            format!("{:.1}", was.hours),
            format!("{:.1}", is.hours),
            format!("{:+.1}", is.hours - was.hours),
        ),
    );
    row(&mut text, either(lang, "提案数", "plays"), by(|f| f.plays));
    row(&mut text, either(lang, "連絡する顧客", "customers contacted"), by(|f| f.customers));
    row(&mut text, either(lang, "訪問・電話", "calls and visits"), by(|f| f.calls));
    row(&mut text, either(lang, "メール・アプリ内案内", "mails and prompts"), by(|f| f.messages));
    moved(&mut text, either(lang, "追加される提案", "Enters"), (&trial.enters, currency, lang));
    moved(&mut text, either(lang, "外れる提案", "Leaves"), (&trial.leaves, currency, lang));
    text
}

fn moved(text: &mut String, title: &str, (moved, currency, lang): (&[Moved], Currency, Lang)) {
    let _ = write!(text, "\n\n{title}: {}", moved.len());
    for play in moved.iter().take(LISTED) {
        let fate = Fate::parse(&play.fate).map_or_else(
            || either(lang, "候補にありません", "Not generated").to_owned(),
            |fate| fate.words().get(lang).to_owned(),
        );
        let _ = write!(
            text,
            "\n  {} {}  {}  {:.1} h  {fate}: {}",
            play.account_id,
            play.offer_id,
            currency.display(play.expected_minor),
            play.hours,
            play.reason.get(lang)
        );
    }
    if moved.len() > LISTED {
        let _ = write!(
            text,
            "\n  … ({})",
            either(lang, "全件は --format json", "all with --format json")
        );
    }
}
