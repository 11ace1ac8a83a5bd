//! The table's section on the page. Each line of it names its model first, so that one model's lines can be
//! replaced while the others stand.

use super::{Claim, MODELS, Model};

const CLAIMS: &str = "| model | data | metric | ours | published | trivial | required | |\n\
                      |---|---|---|---|---|---|---|---|";
const HASHES: &str = "| read for | file | SHA-256 |\n|---|---|---|";
const INTRODUCTION: &str = "Each figure of ours is computed by a script that knows none of our code, from the files that the program wrote; \
     a model's parameters, likelihood and trials are as its summary says. Published figures: V read in a published \
     source, R computed again from these files. `±` is the standard \
     deviation over repetitions.";

/// What was measured of one model.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) origin: String,
    /// The files without which nothing could be measured.
    pub(super) missing: Option<String>,
    pub(super) claims: Vec<Claim>,
    pub(super) hashes: Vec<(String, String)>,
}

impl Part {
    fn lines(&self, model: &Model) -> Lines {
        let name = model.name;
        let claim = |it: &Claim| format!("| {name} | {} |", it.cells().join(" | "));
        let mut claims: Vec<String> = self.claims.iter().map(claim).collect();
        if let Some(missing) = &self.missing {
            claims.push(format!("| {name} | {missing} | not measured: no data | | | | | |"));
        }
        let hash = |(file, hash): &(String, String)| format!("| {name} | {file} | `{hash}` |");
        Lines {
            claims,
            protocols: vec![format!("- {name}: {} ({})", model.protocol, self.origin)],
            hashes: self.hashes.iter().map(hash).collect(),
        }
    }
}

/// One model's lines in each part of the section.
#[derive(Debug, Default)]
struct Lines {
    claims: Vec<String>,
    protocols: Vec<String>,
    hashes: Vec<String>,
}

impl Lines {
    /// Those that a section has of a model.
    fn of(section: &str, name: &str) -> Self {
        let begins = |with: &str| {
            let lines = section.lines().filter(|line| line.starts_with(with));
            lines.map(str::to_owned).collect::<Vec<String>>()
        };
        let (hashes, claims) = begins(&format!("| {name} |"))
            .into_iter()
            .partition(|line| line.matches(" | ").count() == 2 && line.ends_with("` |"));
        Self { claims, protocols: begins(&format!("- {name}: ")), hashes }
    }
}

/// The section `old` with one model's lines replaced, models in the order of the registry.
pub(super) fn with(old: &str, model: &Model, part: &Part) -> String {
    let kept = |it: &Model| {
        if it.name == model.name { part.lines(model) } else { Lines::of(old, it.name) }
    };
    let all: Vec<Lines> = MODELS.iter().map(kept).collect();
    let joined = |pick: fn(&Lines) -> &Vec<String>| {
        let lines: Vec<&str> = all.iter().flat_map(pick).map(String::as_str).collect();
        lines.join("\n")
    };
    format!(
        "{INTRODUCTION}\n\n{CLAIMS}\n{}\n\nHow it was measured:\n\n{}\n\n{HASHES}\n{}",
        joined(|it| &it.claims),
        joined(|it| &it.protocols),
        joined(|it| &it.hashes)
    )
}

#[cfg(test)]
mod tests {
    use super::super::Required;
    use super::*;

    fn part(ours: f64) -> Part {
        Part {
            origin: "2026-01-31".into(),
            missing: None,
            claims: vec![Claim::new("d", "m", ours, Required::AtLeast(1.0))],
            hashes: vec![("d/all.csv".into(), "abc".into())],
        }
    }

    #[test]
    fn one_models_lines_are_replaced() {
        let model = &MODELS[0];
        let first = with("", model, &part(0.5));
        let row = |ours: &str, verdict: &str| {
            format!("| {} | d | m | {ours} |  |  | at least 1 | {verdict} |", model.name)
        };
        assert!(first.contains(&row("0.5", "**short**")), "{first}");
        assert!(first.contains(&format!("| {} | d/all.csv | `abc` |", model.name)), "{first}");
        let second = with(&first, model, &part(2.0));
        assert!(second.contains(&row("2", "met")) && !second.contains("short"), "{second}");
        assert_eq!(second, with(&second, model, &part(2.0)), "written again it is the same");
    }

    #[test]
    fn another_models_lines_stand() {
        let old = "| x | d | m | 1 |  |  |  |  |\n\n- x: p (o)\n\n| x | f | `abc` |";
        let lines = Lines::of(old, "x");
        assert_eq!(lines.claims, ["| x | d | m | 1 |  |  |  |  |"]);
        assert_eq!(lines.protocols, ["- x: p (o)"]);
        assert_eq!(lines.hashes, ["| x | f | `abc` |"]);
        assert!(Lines::of(old, "y").claims.is_empty());
    }

    #[test]
    fn missing_data_are_told_in_the_table() {
        let part = Part { missing: Some("d/all.csv".into()), ..Part::default() };
        let text = with("", &MODELS[0], &part);
        assert!(text.contains("| d/all.csv | not measured: no data |"), "{text}");
    }
}
