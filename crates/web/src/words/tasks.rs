//! Texts of task files.

use domain::words::Lang;

use super::either;

/// What stands in a task: why now, then the next step.
pub(crate) fn body(lang: Lang, why: &[String], next: &str) -> String {
    let stop = if lang == Lang::Ja { "。" } else { ". " };
    let why = why.join(stop);
    let why_head = either(lang, "理由: ", "Why: ");
    let next_head = either(lang, "次の一手: ", "Next step: ");
    let parts = [(why_head, why.as_str()), (next_head, next)];
    let lines = parts.iter().filter(|(_, text)| !text.is_empty());
    lines.map(|(head, text)| format!("{head}{text}")).collect::<Vec<_>>().join("\n")
}
