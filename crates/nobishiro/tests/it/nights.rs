//! Thirty nights of a company that changes, with people answering in between: the list changes only in writing,
//! hours are never spent twice, what is accepted stays, what is closed stays closed, and the current week holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use batch::night::{Night, Stage, Summary};
use decide::card::Card;
use decide::policy::Policy;
use domain::money::Currency;
use domain::motion::Motion;
use domain::time::{Day, Days, Zone};
use store::{
    Act, Answer, By, ChangeKind, Open, Outcome, OwnPlay, PlayChange, PlayRow, PlayState,
    Stage as At, Step, Store, Undo,
};

use super::support::{Database, Workspace, nobishiro};

const NIGHTS: i32 = 30;

/// Few hours, so that plays compete for them.
const POLICY: &str = "[hours]\nper_rep_week = 6\nunassigned_week = 6\n";

/// A number below `n`, the same every time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n.max(1)
    }
}

/// The company with its store.
struct Company {
    store: Store,
    dir: PathBuf,
    policy: Policy,
    zone: Zone,
    currency: Currency,
}

/// What one night left.
struct Left {
    summary: Summary,
    as_of: Day,
    plays: BTreeMap<String, PlayRow>,
}

impl Company {
    async fn open(dir: PathBuf) -> Self {
        let url = Store::sqlite_url(&dir.join("store.sqlite"));
        Self {
            store: Store::open(&url, Open::ReadWrite).await.expect("a store"),
            dir,
            policy: Policy::parse(POLICY).expect("a policy"),
            zone: Zone::named("Asia/Tokyo").expect("a zone"),
            currency: Currency::parse("JPY").expect("a currency"),
        }
    }

    async fn night(&self, as_of: Day) -> Left {
        let night = Night {
            store: &self.store,
            lake: self.dir.join("lake"),
            runs: self.dir.join("runs"),
            zone: self.zone.clone(),
            currency: self.currency,
            policy: &self.policy,
            policy_text: POLICY,
            policy_version: None,
            as_of: Some(as_of),
            today: as_of,
            seed: 1,
            until: Stage::Plan,
            progress: &|_| {},
        };
        let summary = batch::night::run(&night).await.expect("a night");
        let plays = self.store.plays(&summary.run_id).await.expect("plays");
        let plays = plays.into_iter().map(|play| (play.play_id.clone(), play)).collect();
        Left { summary, as_of, plays }
    }

    /// Everything that a night wrote, byte by byte.
    async fn bytes(&self, left: &Left) -> Vec<(String, Vec<u8>)> {
        let run = &left.summary.run_id;
        let folder = self.dir.join("runs").join(run);
        let mut files: Vec<(String, Vec<u8>)> = [folder.clone(), folder.join("models")]
            .into_iter()
            .flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten())
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_file())
            .map(|path| {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                (name, std::fs::read(&path).expect("read"))
            })
            .collect();
        files.sort();
        let plays = serde_json::to_vec(&left.plays).expect("JSON");
        let changes = format!("{:?}", self.changes(left).await).into_bytes();
        files.extend([("plays".to_owned(), plays), ("changes".to_owned(), changes)]);
        files
    }

    async fn changes(&self, left: &Left) -> Vec<PlayChange> {
        self.store.play_changes(&left.summary.run_id).await.expect("changes")
    }

    async fn states(&self) -> BTreeMap<String, PlayState> {
        let states = self.store.open_answers().await.expect("answers").states;
        states.into_iter().map(|state| (state.play_id.clone(), state)).collect()
    }
}

/// People answer on the day after a night, as they do: mostly they take plays on.
async fn people(company: &Company, left: &Left, draw: &mut Draw) {
    let on = left.as_of.plus(Days(1));
    let by = By { rep_id: Some("R1".to_owned()), at_us: 0, on_day: on.to_string() };
    let states = company.states().await;
    let mut plays: Vec<&PlayRow> = left.plays.values().collect();
    plays.sort_by_key(|play| play.rank);
    for _ in 0..3 {
        let Some(play) = plays.get(draw.below(plays.len())) else { break };
        let state = states.get(&play.play_id);
        let at = state.map_or(At::Open, |state| state.state);
        let act = match (draw.below(8), at) {
            (0, _) => Act::Hold {
                until: on.plus(Days(1 + i32::try_from(draw.below(8)).expect("small"))).to_string(),
                reason_code: "timing".to_owned(),
                note: String::new(),
            },
            (1, _) => Act::Refuse { reason_code: "no_need".to_owned(), note: String::new() },
            (2, At::Open) | (2 | 3, At::Accepted) => Act::Done {
                outcome: [Outcome::Won, Outcome::Lost, Outcome::None][draw.below(3)],
                amount_minor: None,
                note: String::new(),
            },
            (4 | 5, At::Accepted) => {
                let steps = company.store.play_steps(&play.play_id).await.expect("steps");
                let Some(step) = steps.iter().find(|step| step.done_on.is_none()) else { continue };
                Act::StepDone { place: step.place }
            }
            (_, At::Open) => Act::Accept { steps: steps(play) },
            _ => continue,
        };
        if !act.fits(at) {
            continue;
        }
        let expected = state.map_or(0, |state| state.events);
        let answer = Answer { play: (*play).clone(), act, expected, by: by.clone() };
        // Drawn twice in a day, the second answer is stale.
        drop(company.store.answer(&answer).await);
    }
    if draw.below(4) == 0 {
        let all: Vec<&PlayState> = states.values().collect();
        if let Some(state) = all.get(draw.below(all.len())) {
            let undo =
                Undo { play_id: state.play_id.clone(), expected: state.events, by: by.clone() };
            drop(company.store.undo(&undo).await);
        }
    }
    if draw.below(4) == 0 {
        own(company, plays[draw.below(plays.len())], by).await;
    }
}

/// The steps that the card proposes.
fn steps(play: &PlayRow) -> Vec<Step> {
    let card: Card = serde_json::from_str(&play.card).expect("a card");
    assert!(!card.steps.is_empty(), "{} has no steps", play.play_id);
    let hours: f64 = card.steps.iter().map(|step| step.hours).sum();
    assert!((hours - play.effort_hours).abs() < 1e-9, "{hours} is not {}", play.effort_hours);
    (1..)
        .zip(card.steps)
        .map(|(place, step)| Step {
            place,
            title_ja: step.title.ja,
            title_en: step.title.en,
            hours: step.hours,
            due_week: step.due_week,
            done_on: None,
        })
        .collect()
}

/// A rep's own play at the account of another.
async fn own(company: &Company, beside: &PlayRow, by: By) {
    let day = Day::parse_iso(&by.on_day).expect("a day");
    let play = PlayRow {
        account_key: beside.account_key,
        root_key: beside.root_key,
        owner: beside.owner.clone(),
        motion: "own".to_owned(),
        week: day.monday().to_string(),
        effort_hours: 1.0,
        card: beside.card.clone(),
        why_now_ja: "自分で追加".to_owned(),
        why_now_en: "Added".to_owned(),
        ..PlayRow::default()
    };
    let step = Step { place: 1, hours: 1.0, due_week: play.week.clone(), ..Step::default() };
    let own = OwnPlay { play, title: "フォロー".to_owned(), steps: vec![step], by };
    // The same twice on a day is one.
    drop(company.store.add_own_play(&own).await);
}

/// What must hold from one night to the next.
struct Check<'a> {
    company: &'a Company,
    before: &'a Left,
    now: &'a Left,
    changes: Vec<PlayChange>,
    states: BTreeMap<String, PlayState>,
}

impl Check<'_> {
    fn count(&self, play: &str, kinds: &[ChangeKind]) -> usize {
        let of = |change: &&PlayChange| change.play_id == play && kinds.contains(&change.change);
        self.changes.iter().filter(of).count()
    }

    /// Every entry, exit and move has exactly one row, with its reason in both languages, and no row is idle.
    fn written(&self) {
        let (before, now) = (&self.before.plays, &self.now.plays);
        let all: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        for play in &all {
            let (old, new) = (before.get(*play), now.get(*play));
            let entered = usize::from(old.is_none());
            assert_eq!(
                self.count(play, &[ChangeKind::New, ChangeKind::Reopened]),
                entered,
                "{play}"
            );
            let ended = usize::from(new.is_none());
            assert_eq!(self.count(play, &[ChangeKind::Ended]), ended, "{play} ended");
            let both = old.zip(new);
            let moved = usize::from(both.is_some_and(|(old, new)| old.rank != new.rank));
            assert_eq!(self.count(play, &[ChangeKind::Rank]), moved, "{play} moved");
            let shifted = usize::from(both.is_some_and(|(old, new)| old.week != new.week));
            assert_eq!(self.count(play, &[ChangeKind::Week]), shifted, "{play} shifted");
        }
        for change in &self.changes {
            assert!(all.contains(&change.play_id), "{change:?} is of no play");
            let texts =
                [&change.reason_code, &change.reason_ja, &change.reason_en, &change.title_ja];
            assert!(texts.iter().all(|text| !text.is_empty()), "{change:?} lacks words");
            let ranks = (
                before.get(&change.play_id).map(|play| play.rank),
                now.get(&change.play_id).map(|play| play.rank),
            );
            assert_eq!((change.rank_before, change.rank_after), ranks, "{change:?}");
        }
        let mut ranks: Vec<i64> = now.values().map(|play| play.rank).collect();
        ranks.sort_unstable();
        assert!((1..).zip(&ranks).all(|(place, rank)| place == *rank), "{ranks:?}");
    }

    /// Accepted work is in the list as it was taken on, before all else, overdue steps first.
    async fn accepted(&self) {
        let accepted: Vec<&PlayState> =
            self.states.values().filter(|state| state.state == At::Accepted).collect();
        let first = i64::try_from(accepted.len()).expect("few");
        let monday = self.now.as_of.plus(Days(1)).monday().to_string();
        let mut overdue = Vec::new();
        for state in &accepted {
            let row = &self.now.plays[&state.play_id];
            let kept = state.play();
            assert_eq!(
                (&row.week, &row.owner, &row.offer_id, row.effort_hours),
                (&kept.week, &kept.owner, &kept.offer_id, kept.effort_hours)
            );
            assert!(row.rank <= first, "{} stands at {} of {first}", row.play_id, row.rank);
            let steps = self.company.store.play_steps(&state.play_id).await.expect("steps");
            let open = steps.iter().filter(|step| step.done_on.is_none());
            let next = open.map(|step| &step.due_week).min();
            overdue.push((row.rank, next.is_some_and(|week| *week < monday)));
        }
        overdue.sort_unstable();
        assert!(overdue.is_sorted_by(|a, b| a.1 >= b.1), "overdue first: {overdue:?}");
    }

    /// Nothing comes back that was refused, finished or closed, or put off until a later day.
    fn closed(&self) {
        for state in self.states.values() {
            let away = match state.state {
                At::Refused | At::Done | At::Closed => true,
                At::Held => state.hold_until > Some(self.now.as_of.to_string()),
                At::Open | At::Accepted => false,
            };
            let there = self.now.plays.contains_key(&state.play_id);
            assert!(!(away && there), "{} is {} and back", state.play_id, state.state.code());
        }
    }

    /// What nobody needs is not offered under another occasion, unless the customer asks after it was refused.
    fn refused(&self) {
        let sells = |motion: &str| Motion::parse(motion).is_some_and(Motion::sells);
        let refused = self.states.values().filter(|state| state.state == At::Refused);
        for state in refused.filter(|state| sells(&state.motion)) {
            let again = self.now.plays.values().find(|play| {
                let taken = self.states.get(&play.play_id);
                (play.account_key, &play.offer_id) == (state.account_key, &state.offer_id)
                    && taken.is_none_or(|state| state.state != At::Accepted)
            });
            let Some(again) = again else { continue };
            let card: Card = serde_json::from_str(&again.card).expect("a card");
            let asked = card.why_now.iter().any(|line| line.on.as_ref() >= Some(&state.state_on));
            assert!(asked, "{} of {} is back", state.offer_id, state.account_key);
        }
    }

    /// The week under way stays as it was planned, but for what is written.
    fn frozen(&self) {
        let first = |day: Day| decide::plan::weeks(&self.company.policy, day)[0].0.to_string();
        let week = first(self.now.as_of);
        if first(self.before.as_of) != week {
            return;
        }
        for old in self.before.plays.values().filter(|play| play.week == week) {
            let written = [ChangeKind::Ended, ChangeKind::Week];
            match self.now.plays.get(&old.play_id) {
                Some(new) if self.count(&old.play_id, &written) == 0 => {
                    assert_eq!((&new.week, &new.owner), (&old.week, &old.owner));
                }
                Some(_) => {}
                None => assert_eq!(self.count(&old.play_id, &written), 1, "{}", old.play_id),
            }
        }
        let codes = |kind: ChangeKind| {
            let of = move |change: &&PlayChange| change.change == kind;
            self.changes.iter().filter(of)
        };
        // Nobody leaves the week under way for a better one.
        for change in codes(ChangeKind::Ended) {
            let old = &self.before.plays[&change.play_id];
            let better = change.reason_code == "account_limit" && old.week == week;
            let state = self.states.get(&change.play_id);
            assert!(!better || state.is_some() || self.accepted_at(old.account_key), "{change:?}");
        }
    }

    fn accepted_at(&self, account: i64) -> bool {
        self.states.values().any(|state| state.account_key == account)
    }

    /// Planned and accepted hours together are within each week's hours.
    async fn hours(&self) {
        let folder = self.company.dir.join("runs").join(&self.now.summary.run_id);
        let pools = batch::plan::artefacts::read_pools(&folder).expect("hours");
        let mut owed: BTreeMap<String, f64> = BTreeMap::new();
        let last = pools.iter().map(|pool| pool.week).max().expect("weeks").to_string();
        let known = |pool: &str| pools.iter().any(|hours| hours.pool == pool);
        for state in self.states.values().filter(|state| state.state == At::Accepted) {
            let owner = state.owner.clone().filter(|owner| known(owner));
            let steps = self.company.store.play_steps(&state.play_id).await.expect("steps");
            let open = steps.iter().filter(|step| step.done_on.is_none() && step.due_week <= last);
            *owed.entry(owner.unwrap_or_else(|| "unassigned".to_owned())).or_default() +=
                open.map(|step| step.hours).sum::<f64>();
        }
        let open: Vec<&PlayRow> = self
            .now
            .plays
            .values()
            .filter(|play| self.states.get(&play.play_id).is_none_or(|s| s.state != At::Accepted))
            .collect();
        let mut charged: BTreeMap<&str, (f64, bool)> = BTreeMap::new();
        for hours in &pools {
            assert!(hours.used <= hours.hours + 1e-6, "{hours:?}");
            let week = hours.week.to_string();
            let here = open.iter().filter(|play| {
                let owner = play.owner.as_deref().filter(|owner| known(owner));
                play.week == week && owner.unwrap_or("unassigned") == hours.pool
            });
            let planned: f64 = here.map(|play| play.effort_hours).sum();
            assert!(planned <= hours.used + 1e-6, "{planned} planned of {hours:?}");
            let (sum, full) = charged.entry(&hours.pool).or_default();
            *sum += hours.used - planned;
            *full = hours.used >= hours.hours - 1e-6;
        }
        for (pool, (charged, full)) in charged {
            let owed = owed.get(pool).copied().unwrap_or(0.0);
            assert!(charged <= owed + 1e-6, "{pool}: {charged} charged, {owed} owed");
            assert!(full || charged >= owed - 1e-6, "{pool}: {charged} charged, {owed} owed");
        }
    }
}

async fn live(dir: PathBuf) -> BTreeMap<&'static str, usize> {
    let company = Company::open(dir).await;
    let mut draw = Draw(20_260_211);
    let first = Day::parse_iso("2026-02-11").expect("a day");
    let mut before = company.night(first).await;
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    for night in 1..NIGHTS {
        people(&company, &before, &mut draw).await;
        let now = company.night(first.plus(Days(night))).await;
        let check = Check {
            company: &company,
            before: &before,
            now: &now,
            changes: company.changes(&now).await,
            states: company.states().await,
        };
        check.written();
        check.accepted().await;
        check.closed();
        check.refused();
        check.frozen();
        check.hours().await;
        for change in &check.changes {
            *seen.entry(change.change.code()).or_default() += 1;
        }
        for state in check.states.values() {
            *seen.entry(state.state.code()).or_default() += 1;
        }
        if night % 5 == 0 {
            let bytes = company.bytes(&now).await;
            let again = company.night(now.as_of).await;
            assert_eq!(again.summary.run_id, now.summary.run_id, "night {night}");
            for ((name, one), (_, other)) in bytes.iter().zip(company.bytes(&again).await) {
                assert!(*one == other, "{name} differs when night {night} is repeated");
            }
        }
        before = now;
    }
    seen
}

#[test]
fn thirty_nights_with_people_answering() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = folder.path().join("files");
    nobishiro(&["simulate", &files.display().to_string(), "--companies", "16"]).ok();
    let workspace = Workspace::with(Database::Sqlite, "JPY", "Asia/Tokyo");
    workspace.ingest(None, &[&files]).ok();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let seen = runtime.expect("a runtime").block_on(live(workspace.dir()));
    // The nights were not quiet: each kind of change and answer occurred.
    for kind in ["new", "ended", "rank", "week", "reopened", "accepted", "held", "refused", "done"]
    {
        assert!(seen.get(kind).is_some_and(|n| *n > 0), "no {kind} in {seen:?}");
    }
}
