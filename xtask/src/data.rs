//! Where the real data sets lie, which cannot be shipped, and which of them are missing.

use std::path::{Path, PathBuf};

/// (folder, what is checked against it).
const DATA_SETS: &[(&str, &str)] = &[
    ("crm_maven", "a CRM's export: accounts under their parents, open deals, won and lost deals"),
    ("telco_ibm", "a telecom's worksheet: tenure in months instead of start dates"),
    ("completejourney", "a grocer's year: 1.47 million order lines, campaigns and redemptions"),
    ("cdnow", "published fits of purchases without contracts, and the weeks after"),
    ("sbg_contractual", "published retention curves of subscribers"),
    ("groceries", "published counts of items bought together"),
];

/// The folder named by `NOBISHIRO_DATA`, else `../shared/data` beside the workspace. Tests use the same
/// rule.
pub(crate) fn folder() -> PathBuf {
    let beside = crate::root().join("../shared/data");
    std::env::var_os("NOBISHIRO_DATA").map_or(beside, PathBuf::from)
}

/// The data sets that `folder` lacks, each as a line to print.
pub(crate) fn missing(folder: &Path) -> Vec<String> {
    let absent = DATA_SETS.iter().filter(|(name, _)| !folder.join(name).is_dir());
    absent.map(|(name, what)| format!("{name} ({what})")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_sets_are_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("telco_ibm")).unwrap();
        let missing = missing(folder.path());
        assert_eq!(missing.len(), DATA_SETS.len() - 1);
        assert!(missing[0].starts_with("crm_maven (a CRM's export"), "{missing:?}");
    }
}
