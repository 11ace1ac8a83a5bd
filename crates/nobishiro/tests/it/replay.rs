//! `nobishiro replay`: an old plan again, byte for byte, from what its run was given (N10).

use super::policy::{company, night};
use super::support::{Database, json, nobishiro};

#[test]
fn n10_the_demo_is_repeated_byte_for_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demo").display().to_string();
    nobishiro(&["demo", "--dir", &dir, "--no-serve"]).ok();
    let said = nobishiro(&["replay", "--workspace", &dir, "--format", "json"]).ok();
    let replayed = json(&said);
    assert_eq!((&replayed["same"], &replayed["differing"]), (&true.into(), &0.into()));
    assert!(replayed["decisions"].as_u64() > Some(1_000), "{replayed}");
    let left = std::fs::read_dir(format!("{dir}/runs")).expect("runs").flatten();
    let files = left.flat_map(|run| std::fs::read_dir(run.path()).expect("a run").flatten());
    let names: Vec<String> = files.map(|f| f.file_name().to_string_lossy().into_owned()).collect();
    assert!(names.iter().all(|name| !name.starts_with("replayed")), "{names:?}");
}

#[test]
fn n10_after_a_change_of_policy_and_data_the_runs_own_inputs_count() {
    let workspace = company(Database::Sqlite);
    let first = night(&workspace, "2026-03-12");
    let id = first["run_id"].as_str().expect("an id");
    std::fs::write(
        workspace.dir().join("policy.toml"),
        "[hours]\nper_rep_week = 1\n[value]\nmargin = 0.2\n",
    )
    .expect("written");
    workspace.run(&["policy", "publish", "--reason", "x"]).ok();
    workspace.run(&["policy", "stop", "--reason", "x"]).ok();
    let file =
        workspace.file("more/usage.csv", "account_id,metric,at,value\nA01,users,2026-03-11,20\n");
    workspace.ingest(None, &[&file]).ok();
    night(&workspace, "2026-03-13");
    assert!(workspace.run(&["replay", id]).ok().contains("policy version 1, seed 1"));
    assert!(workspace.run(&["replay", &id[..6]]).ok().contains("the same bytes"));
    assert!(workspace.run(&["replay"]).ok().contains("policy version 2"));
    workspace.run(&["replay", "ffffffffffff"]).fails(&["there is no run", id]);
}

#[test]
fn n10_what_was_changed_by_hand_shows() {
    let workspace = company(Database::Sqlite);
    let run = night(&workspace, "2026-03-12");
    let play = workspace.plays()[0].clone();
    let id = play["play_id"].as_str().expect("an id");
    let shown = workspace.run(&["replay", "--decision", id, "--format", "json"]).ok();
    let decision = &json(&shown)["decision"];
    assert_eq!(decision["recorded"]["play_id"], id);
    assert_eq!(decision["recorded"], decision["replayed"]);
    assert_eq!(decision["facts"]["contracts"][0]["product"], "STD");
    assert!(decision["odds"]["won"]["mean"].is_number(), "{decision}");
    let text = workspace.run(&["replay", "--decision", id]).ok();
    assert!(text.contains("fate: chosen") && text.contains("Facts:"), "{text}");
    workspace
        .run(&["replay", "--decision", "0000"])
        .fails(&["decided nothing about a play `0000`"]);

    let path =
        workspace.dir().join("runs").join(run["run_id"].as_str().expect("an id")).join("plan.json");
    let plan = std::fs::read_to_string(&path).expect("read");
    assert!(plan.contains("\"hours_per_week\":3.0"), "{plan}");
    std::fs::write(&path, plan.replace("\"hours_per_week\":3.0", "\"hours_per_week\":0.0"))
        .expect("written");
    let said = workspace.run(&["replay"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("fate: chosen -> displaced"), "{}", said.out);
    assert!(said.out.contains('A'), "{}", said.out);
    std::fs::write(&path, &plan).expect("written");
    workspace.run(&["replay"]).ok();
    std::fs::write(&path, &plan[..plan.len() / 2]).expect("written");
    workspace.run(&["replay"]).fails(&["plan.json is damaged"]);
    std::fs::remove_file(&path).expect("removed");
    workspace.run(&["replay"]).fails(&["nobishiro run"]);
}
