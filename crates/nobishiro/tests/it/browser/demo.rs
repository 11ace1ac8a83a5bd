//! The demo workspace with users of each role, copied for each test, behind the real server.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::driver::Browser;
use crate::serve::Server;
use crate::support::nobishiro;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "a long enough secret";

/// Login, role, representative, name.
const USERS: [[&str; 4]; 6] = [
    ["admin", "admin", "", "管理者"],
    ["fujiwara", "manager", "R05", "藤原 真一"],
    ["takahashi", "cis", "R01", "高橋 美咲"],
    ["ogawa", "cs", "R03", "小川 由紀"],
    ["kansa", "read-only", "", "監査担当"],
    ["dairiten", "agency", "R02", "中村 拓也"],
];

/// A copy of the demo of one test, and its server.
pub(crate) struct Demo {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) server: Server,
}

impl Demo {
    /// With users: everybody signs in.
    pub(crate) fn start() -> Self {
        Self::of(made())
    }

    /// A copy of that workspace.
    fn of(workspace: &Path) -> Self {
        Self::made_by(|dir| copy(workspace, dir))
    }

    /// A new workspace with an administrator, and nothing in it.
    pub(crate) fn empty() -> Self {
        Self::made_by(|dir| {
            let dir = dir.display().to_string();
            nobishiro(&["init", &dir, "--currency", "JPY", "--zone", "Asia/Tokyo"]).ok();
            let user = ["user", "add", "--workspace", &dir, "admin", "--role", "admin"];
            typed(&user, PASSWORD);
        })
    }

    /// A workspace that `make` puts into the folder.
    pub(crate) fn made_by(make: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dir = folder.path().join("demo");
        make(&dir);
        let server = Server::over(&["--workspace", &dir.display().to_string()]);
        Self { folder, server }
    }

    /// What every address begins with.
    pub(crate) fn site(&self) -> String {
        format!("http://{}", self.server.address())
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("demo")
    }

    /// A browser with nobody signed in.
    pub(crate) fn browser(&self, language: &str) -> Browser {
        Browser::open(&self.site(), language)
    }

    /// A browser in which a user has signed in, as people do.
    pub(crate) fn signed_in(&self, login: &str, language: &str) -> Browser {
        let browser = self.browser(language);
        sign_in(&browser, login);
        browser
    }

    /// The worklist as the command line has it.
    pub(crate) fn plays(&self, rep: Option<&str>) -> Vec<serde_json::Value> {
        let dir = self.dir().display().to_string();
        let mut args = vec!["plays", "--workspace", &dir, "--format", "json", "--lang", "ja"];
        args.extend(rep.map(|rep| ["--rep", rep]).into_iter().flatten());
        serde_json::from_str(&nobishiro(&args).ok()).expect("a list")
    }
}

/// Signs somebody in, whoever was.
pub(crate) fn sign_in(browser: &Browser, login: &str) {
    browser.forget();
    browser.go("/w/demo/login");
    fill_in(browser, login);
    browser.find(".me");
}

/// Fills the form of the page that asks who one is.
pub(crate) fn fill_in(browser: &Browser, login: &str) {
    browser.put(&browser.find("input[name=login]"), login);
    browser.type_into(&browser.find("input[name=password]"), PASSWORD);
    browser.click(&browser.find("main form.sheet button"));
}

/// The demo, made once for all tests of this process.
fn made() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser").join("demo");
        let text = dir.display().to_string();
        nobishiro(&["demo", "--dir", &text, "--no-serve"]).ok();
        for [login, role, rep, name] in USERS {
            let mut args =
                vec!["user", "add", "--workspace", &text, login, "--role", role, "--name", name];
            if !rep.is_empty() {
                args.extend(["--rep", rep]);
            }
            typed(&args, PASSWORD);
        }
        dir
    })
}

/// Runs the executable with a line on its standard input.
fn typed(args: &[&str], line: &str) {
    use std::io::Write as _;
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobishiro"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let mut input = child.stdin.take().expect("piped");
    writeln!(input, "{line}").expect("it reads its input");
    drop(input);
    assert!(child.wait().expect("it ends").success(), "{args:?}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a listing") {
        let entry = entry.expect("an entry");
        let (path, there) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &there);
        } else {
            std::fs::copy(&path, &there).expect("copied");
        }
    }
}
