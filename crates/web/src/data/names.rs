//! The names that people give their files: shown, cut, told apart, and never a path.

/// Characters of a name that are shown.
const SHOWN_MAX: usize = 100;

/// A name as it is shown: without folders, without characters that steer the text, and not too long. The ending
/// stays.
pub(super) fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !steers(*c)).collect();
    let clean = clean.trim().trim_start_matches('.');
    if clean.is_empty() {
        return "file".to_owned();
    }
    let count = clean.chars().count();
    if count <= SHOWN_MAX {
        return clean.to_owned();
    }
    let tail: String = clean.chars().skip(count - 16).collect();
    let head: String = clean.chars().take(SHOWN_MAX - 17).collect();
    format!("{head}…{tail}")
}

/// Marks that turn the direction of the text, or stand for nothing.
fn steers(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The name with a number before its ending where an earlier one is the same.
pub(super) fn unique(name: &str, earlier: &[&str]) -> String {
    let taken = |name: &str| earlier.contains(&name);
    if !taken(name) {
        return name.to_owned();
    }
    let (stem, ending) = match name.split_once('.') {
        Some((stem, ending)) => (stem, format!(".{ending}")),
        None => (name, String::new()),
    };
    let numbered = (2..).map(|n| format!("{stem} ({n}){ending}"));
    numbered.into_iter().find(|name| !taken(name)).unwrap_or_default()
}

/// The ending by which a file is read, as `csv` or `csv.gz`; none where it is none of these.
pub(super) fn ending(name: &str, endings: &[&str]) -> Option<String> {
    let name = name.to_lowercase();
    let (plain, zipped) = match name.strip_suffix(".gz") {
        Some(plain) => (plain, ".gz"),
        None => (name.as_str(), ""),
    };
    let ending = plain.rsplit_once('.')?.1;
    endings.contains(&ending).then(|| format!("{ending}{zipped}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(shown(name), expected);
    }

    #[test]
    fn names_are_not_paths_and_do_not_steer() {
        check("../../etc/passwd", "passwd");
        check("C:\\Users\\a\\受注.csv", "受注.csv");
        check("<b>x</b>.csv", "b>.csv");
        check("<b>x.csv", "<b>x.csv");
        check("\u{202e}vsc.exe", "vsc.exe");
        check("売上😀.csv", "売上😀.csv");
        check("..", "file");
        check("", "file");
        check("a\u{0}b\n.csv", "ab.csv");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = shown(&format!("{}.csv.gz", "長".repeat(500)));
        assert_eq!(name.chars().count(), SHOWN_MAX);
        assert!(name.ends_with(".csv.gz"), "{name}");
    }

    #[test]
    fn the_same_name_again_is_numbered() {
        let earlier = ["a.csv", "a (2).csv"];
        assert_eq!(unique("a.csv", &earlier), "a (3).csv");
        assert_eq!(unique("b.csv", &earlier), "b.csv");
    }

    #[test]
    fn endings_are_those_that_are_read() {
        let endings = ["csv", "xlsx"];
        assert_eq!(ending("A.CSV", &endings).as_deref(), Some("csv"));
        assert_eq!(ending("a.csv.gz", &endings).as_deref(), Some("csv.gz"));
        assert_eq!(ending("a.png", &endings), None);
        assert_eq!(ending("csv", &endings), None);
    }
}
