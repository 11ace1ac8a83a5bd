//! `nobishiro user`, and the server once there is one.

use std::io::Write as _;
use std::process::Stdio;

use super::serve::Server;
use super::support::{BOTH, Said, Workspace, json};

/// Runs a subcommand with a line on standard input.
fn typed(workspace: &Workspace, args: &[&str], line: &str) -> Said {
    let dir = workspace.dir().display().to_string();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_nobishiro"));
    command.args(["user", args[0], "--workspace", &dir]).args(&args[1..]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    // It may end before it has read anything.
    let _ = child.stdin.take().expect("piped").write_all(line.as_bytes());
    Said::of(&child.wait_with_output().expect("it ends"))
}

#[test]
fn the_first_user_is_an_administrator_and_shuts_the_door() {
    for database in BOTH {
        let workspace = Workspace::new(database);
        let add = |login: &str, role: &str, line: &str| {
            typed(&workspace, &["add", login, "--role", role], line)
        };
        assert!(typed(&workspace, &["list"], "").ok().contains("no users"));
        add("boss", "manager", "a long enough secret\n").fails(&["--role admin"]);
        add("admin", "admin", "short\n").fails(&["at least 12"]);
        add("ad min", "admin", "a long enough secret\n").fails(&["cannot be a login"]);
        let server = Server::start(&workspace);
        assert_eq!(server.get("/w/ws/today", "en").0, 200);
        let first = add("Admin", "admin", "a long enough secret\n").ok();
        assert!(first.contains("From now on everybody signs in"), "{first}");
        let (_, page) = server.get("/w/ws/today", "en");
        assert!(page.contains("name=\"login\""), "{page}");
        add("admin", "admin", "a long enough secret\n").fails(&["already"]);
        add("sato", "cis", "a long enough secret\n").fails(&["--rep"]);
        typed(&workspace, &["disable", "admin"], "").fails(&["another administrator"]);
        add("boss", "manager", "a long enough secret\n").ok();
        typed(&workspace, &["disable", "boss"], "").ok();
        typed(&workspace, &["password", "boss"], "another long secret\n").ok();
        let list = json(&typed(&workspace, &["list", "--format", "json"], "").ok());
        assert_eq!(list[0]["login"], "admin");
        assert_eq!((&list[1]["login"], &list[1]["disabled"]), (&"boss".into(), &true.into()));
        assert!(!list.to_string().contains("argon2"), "no hash is shown");
    }
}
