//! `cargo xtask pictures`: every page as a picture, in both languages, on three screens, light, dark and on paper.

use std::path::PathBuf;

use super::demo::Demo;
use super::driver::{Browser, DESK, Look, PHONE, TABLET, base64};
use super::survey::each_page;

/// The folder that the pictures go to.
const FOLDER: &str = "NOBISHIRO_PICTURES";

/// Pages that people print.
const PRINTED: [&str; 2] = ["play-accepted", "account"];

#[test]
#[ignore = "writes some hundred pictures to a folder; `cargo xtask pictures` runs it"]
fn pictures() {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| panic!("{FOLDER} names the folder for the pictures"));
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    std::thread::scope(|threads| {
        for language in ["ja", "en"] {
            let folder = folder.clone();
            threads.spawn(move || {
                let demo = Demo::start();
                each_page(&demo, language, &mut |browser, name| {
                    take(browser, &folder.join(format!("{name}-{language}")), name);
                });
            });
        }
    });
}

/// One page on every screen; `path` is the picture's without what tells them apart.
fn take(browser: &Browser, path: &std::path::Path, name: &str) {
    let at = |what: &str| {
        path.with_file_name(format!(
            "{}-{what}",
            path.file_name().expect("a name").to_string_lossy()
        ))
    };
    for screen in [DESK, TABLET, PHONE] {
        browser.show_on(screen, Look::Light);
        browser.picture(&at(&format!("{}.png", screen.name)));
    }
    browser.show_on(DESK, Look::Dark);
    browser.picture(&at("dark.png"));
    if PRINTED.contains(&name) {
        browser.show_on(DESK, Look::Print);
        let params = serde_json::json!({ "printBackground": false, "paperWidth": 8.27, "paperHeight": 11.69 });
        let printed = browser.devtools("Page.printToPDF", &params);
        let bytes = base64(printed["data"].as_str().expect("a document"));
        std::fs::write(at("print.pdf"), bytes).expect("the document is written");
    }
    browser.show_on(DESK, Look::Light);
}
