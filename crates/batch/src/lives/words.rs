//! A play's life in words, for `explain`.

use decide::card::Said;
use domain::time::Day;
use serde::Serialize;
use store::{Act, EventKind, Outcome, PlayEvent, Stage};

/// One event of a play.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// When, ISO.
    pub on: String,
    /// By whom, if he said.
    pub by: Option<String>,
    /// What happened.
    pub said: Said,
}

/// What an event says. Notes stay where the rep wrote them.
pub fn told(event: &PlayEvent) -> Told {
    let (ja, en) = match (event.kind, &event.detail.act) {
        (EventKind::Own, _) => ("担当者が追加".to_owned(), "Added by a rep".to_owned()),
        (EventKind::Accept, _) => ("着手".to_owned(), "Taken on".to_owned()),
        (EventKind::Hold, Some(Act::Hold { until, .. })) => held(until),
        (EventKind::Hold, _) => ("保留".to_owned(), "Put off".to_owned()),
        (EventKind::Refuse, _) => ("見送り".to_owned(), "Not a fit".to_owned()),
        (EventKind::Done, Some(Act::Done { outcome, .. })) => {
            let (ja, en) = match outcome {
                Outcome::Won => ("受注", "won"),
                Outcome::Lost => ("失注", "lost"),
                Outcome::None => ("結果なし", "no outcome"),
            };
            (format!("完了({ja})"), format!("Done ({en})"))
        }
        (EventKind::Done, _) => ("完了".to_owned(), "Done".to_owned()),
        (EventKind::StepDone, Some(Act::StepDone { place })) => {
            (format!("作業{place}を完了"), format!("Step {place} done"))
        }
        (EventKind::StepDone, _) => ("作業を完了".to_owned(), "A step done".to_owned()),
        (EventKind::Note, _) => ("メモ".to_owned(), "Note".to_owned()),
        (EventKind::Undo, _) => ("直前の回答を取り消し".to_owned(), "Answer taken back".to_owned()),
        (EventKind::Close, _) => ("終了".to_owned(), "Closed".to_owned()),
        (EventKind::Reopen, _) => ("再開".to_owned(), "Opened again".to_owned()),
        (EventKind::Assign, _) => ("担当の変更".to_owned(), "Given to another rep".to_owned()),
        (EventKind::Phase, _) => ("段階の変更".to_owned(), "Phase changed".to_owned()),
        (EventKind::HandOff, _) => ("引き継ぎの依頼".to_owned(), "Handed over".to_owned()),
        (EventKind::TakeOver, _) => ("引き継ぎの受領".to_owned(), "Taken over".to_owned()),
        (EventKind::GiveBack, _) => ("引き継ぎの差し戻し".to_owned(), "Given back".to_owned()),
        (EventKind::Link, _) => ("商談との紐付け".to_owned(), "Linked to a deal".to_owned()),
    };
    Told { on: event.on_day.clone(), by: event.by_rep.clone(), said: Said { ja, en } }
}

fn held(until: &str) -> (String, String) {
    Day::parse_iso(until).map_or_else(
        || ("保留".to_owned(), "Put off".to_owned()),
        |day| {
            (format!("{}まで保留", day.display_ja()), format!("Put off until {}", day.display_en()))
        },
    )
}

/// Where a play stands, in words.
pub fn stage(stage: Stage) -> Said {
    let (ja, en) = match stage {
        Stage::Open => ("未着手", "Open"),
        Stage::Accepted => ("着手済み", "Under way"),
        Stage::Held => ("保留", "Put off"),
        Stage::Refused => ("見送り", "Not a fit"),
        Stage::Done => ("完了", "Done"),
        Stage::Closed => ("終了", "Closed"),
    };
    Said { ja: ja.to_owned(), en: en.to_owned() }
}
