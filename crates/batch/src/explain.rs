//! Why, why now, why not: of a play, of an account, and of any offer to it, also one that was never generated.
//!
//! What the run decided is read from its artefacts. Words that the run did not keep are found again by the same
//! code from what the run was given, under its own policy: what changed since changes no explanation.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use decide::candidate::{Candidate, Scored};
use decide::card::{Card, Line, Said, Step};
use decide::decision::{Decision, PoolUse, Verdict};
use decide::explain::Around;
use decide::guards;
use decide::look::Look;
use decide::plan::UNASSIGNED;
use decide::policy::Policy;
use domain::canonical;
use domain::ids::PlayId;
use domain::money::Currency;
use domain::motion::{Fate, Motion};
use domain::time::Day;
use serde::Serialize;
use store::{PlayState, RunRow, Store, Value};

use crate::lives::words::{self, Told};
use crate::night::{self, Night};
use crate::plan::artefacts::{self, Decided};
use crate::plan::inputs::{self, Frame, Given};
use crate::plan::keep;

/// One offer to one account, explained.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// The account's id.
    pub account_id: String,
    /// The run and its day.
    pub run_id: String,
    /// The run's day.
    pub as_of: String,
    /// The offer.
    pub offer_id: String,
    /// The play, when it is a candidate.
    pub play_id: Option<String>,
    /// What became of it: a fate's code, or `not_generated`.
    pub fate: String,
    /// Why.
    pub reason: Said,
    /// Place in the plan.
    pub rank: Option<i64>,
    /// Planned week.
    pub week: Option<String>,
    /// Who does it.
    pub owner: Option<String>,
    /// What took its place.
    pub displaced_by: Option<String>,
    /// What would have to change for it to be in the plan, with its source.
    pub would_change: Option<Line>,
    /// Everything behind it, when it is a candidate.
    pub card: Option<Card>,
    /// Where the play stands, if somebody answered it.
    pub state: Option<Said>,
    /// What people did with the play, in order.
    pub life: Vec<Told>,
}

/// An account explained.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Its id.
    pub account_id: String,
    /// The run.
    pub run_id: String,
    /// The run's day.
    pub as_of: String,
    /// Why nothing is proposed, where nothing is.
    pub silent: Option<Said>,
    /// Every offer that was looked at, chosen ones first.
    pub offers: Vec<Explained>,
}

/// What is known of one account, as the run knew it.
struct One {
    run: RunRow,
    folder: PathBuf,
    id: String,
    frame: Frame,
    policy: Policy,
    given: Given,
    scored: Vec<Scored>,
    pools: Vec<PoolUse>,
}

impl One {
    async fn find(night: &Night<'_>, key: i64, id: String) -> Result<Self> {
        let run = night::current(night.store).await?;
        let folder = night.runs.join(&run.run_id);
        let frame = Frame::read(&folder)?;
        let policy = frame.policy()?;
        let given = inputs::read_one(&folder, key)?
            .with_context(|| format!("{id} was not a customer on {}", run.as_of))?;
        let scored = given.candidates(&frame, &policy).scored;
        let pools = artefacts::read_pools(&folder)?;
        Ok(Self { run, folder, id, frame, policy, given, scored, pools })
    }

    fn look(&self) -> Look<'_> {
        self.given.look(&self.frame, &self.policy)
    }

    /// The decision again, with every word, as the run decided it.
    fn decision(&self, decided: &Decided) -> Option<Decision> {
        let scored =
            self.scored.iter().find(|s| s.candidate.offer.as_str() == decided.offer)?.clone();
        let look = self.look();
        let mut decision = Decision {
            play: PlayId::new(decided.play.clone()),
            value: decide::value::expected(&look, &scored),
            due: decide::plan::due(&look, &scored.candidate),
            pool: self.pool(&scored),
            scored,
            signals: Vec::new(),
            verdicts: Vec::new(),
            fate: Fate::parse(&decided.fate).unwrap_or(Fate::Waiting),
            reason_code: keep::name(&decided.code),
            reason: decided.reason.clone(),
            rank: decided.rank.and_then(|rank| u32::try_from(rank).ok()),
            owner: decided.owner.as_deref().map(Into::into),
            week: decided.week.as_deref().and_then(Day::parse_iso),
            displaced_by: decided.displaced_by.as_deref().map(Into::into),
            displaced: Vec::new(),
            draw: None,
        };
        decide::explain::complete(&look, &mut decision);
        Some(decision)
    }

    /// Whose hours it takes.
    fn pool(&self, scored: &Scored) -> String {
        let owner = decide::plan::owner(&self.given.facts, scored);
        let known = |owner: &&str| self.pools.iter().any(|pool| pool.pool == **owner);
        owner.filter(known).unwrap_or(UNASSIGNED).to_owned()
    }

    /// What would have to change for it to be in the plan.
    fn lift(&self, decision: &Decision, all: &[Decision], currency: Currency) -> Option<Line> {
        let rival = decision.displaced_by.as_ref().filter(|_| decision.reason_code != "hours");
        let rival = rival.and_then(|by| all.iter().find(|d| d.scored.candidate.offer == *by));
        let around = Around { pools: &self.pools, rival, currency };
        let said = decide::explain::lift(&self.look(), decision, around)?;
        let key = format!("accounts {}", self.given.facts.account);
        let source = if said.source == key { format!("accounts {}", self.id) } else { said.source };
        Some(Line { said: Said::from(&said.words), source, on: said.on.map(|day| day.to_string()) })
    }

    fn explained(&self, night: &Night<'_>, decided: &Decided, all: &[Decision]) -> Explained {
        let this = all.iter().find(|d| {
            d.play.as_str() == decided.play && d.scored.candidate.offer.as_str() == decided.offer
        });
        let others: Vec<&Decision> = all.iter().collect();
        Explained {
            account_id: self.id.clone(),
            run_id: self.run.run_id.clone(),
            as_of: self.run.as_of.clone(),
            offer_id: decided.offer.clone(),
            play_id: Some(decided.play.clone()),
            fate: decided.fate.clone(),
            reason: (&decided.reason).into(),
            rank: decided.rank,
            week: decided.week.clone(),
            owner: decided.owner.clone(),
            displaced_by: decided.displaced_by.clone(),
            would_change: this.and_then(|decision| self.lift(decision, all, night.currency)),
            card: this.map(|decision| {
                self.named(decide::explain::build(decision, &others, night.currency))
            }),
            state: None,
            life: Vec::new(),
        }
    }

    /// The account's id in place of its surrogate key, where a line's source is the account itself.
    fn named(&self, mut card: Card) -> Card {
        let key = format!("accounts {}", self.given.facts.account);
        let lines = card.why_now.iter_mut().chain(&mut card.why_this).chain(&mut card.odds);
        for line in lines.filter(|line| line.source == key) {
            line.source = format!("accounts {}", self.id);
        }
        card
    }

    fn decided(&self) -> Result<Vec<Decided>> {
        artefacts::read_decisions(&self.folder, self.given.facts.account.0)
    }
}

/// What every guard says of every offer to an account that sells, as of the current run's day; with the root of its
/// group.
pub async fn verdicts(
    night: &Night<'_>,
    key: i64,
) -> Result<(i64, Vec<(Candidate, Vec<Verdict>)>)> {
    let one = One::find(night, key, String::new()).await?;
    let look = one.look();
    let sells = one.scored.iter().filter(|scored| scored.candidate.motion.sells());
    let asked = sells.map(|it| (it.candidate.clone(), guards::check(&look, &it.candidate)));
    Ok((one.given.facts.root.0, asked.collect()))
}

/// Explains a play by its id, or an account, or one offer to an account.
pub enum Answer {
    /// One offer.
    Offer(Box<Explained>),
    /// A whole account.
    Account(Box<Account>),
}

/// Explains `subject`: a play's id or an account's id; `offer` names an offer or product of that account.
pub async fn explain(night: &Night<'_>, subject: &str, offer: Option<&str>) -> Result<Answer> {
    let keys = night.store.all_account_keys().await?;
    let survivor = crate::merged::survivor(night.store, subject).await?;
    let subject = survivor.as_deref().unwrap_or(subject);
    if let Some((key, id)) = keys.iter().find(|(_, id)| id == subject) {
        let one = One::find(night, *key, id.clone()).await?;
        return match offer {
            Some(offer) => {
                let explained = of_offer(night, &one, offer)?;
                Ok(Answer::Offer(Box::new(with_life(night, explained).await?)))
            }
            None => Ok(Answer::Account(Box::new(of_account(night, &one)?))),
        };
    }
    let run = night::current(night.store).await?;
    let folder = night.runs.join(&run.run_id);
    let Some(key) = artefacts::account_of_play(&folder, subject)? else {
        if let Some(state) = night.store.play_state(subject).await? {
            let explained = kept(&run, &keys, &state);
            return Ok(Answer::Offer(Box::new(with_life(night, explained).await?)));
        }
        let near = crate::ingest::did_you_mean(subject, keys.iter().map(|(_, id)| id.as_str()));
        bail!(
            "`{subject}` is neither an account nor a play of the run of {}. `nobishiro plays` lists plays; accounts are as in the files.{near}",
            run.as_of
        );
    };
    let id =
        keys.into_iter().find(|(account, _)| *account == key).map(|(_, id)| id).unwrap_or_default();
    let one = One::find(night, key, id).await?;
    let decided = one.decided()?;
    let all: Vec<Decision> = decided.iter().filter_map(|d| one.decision(d)).collect();
    let this = decided.iter().find(|d| d.play == subject).context("the play was found above")?;
    let explained = one.explained(night, this, &all);
    Ok(Answer::Offer(Box::new(with_life(night, explained).await?)))
}

/// A play that no candidate of the run is: a rep's own, or one whose occasion is over.
fn kept(run: &RunRow, keys: &[(i64, String)], state: &PlayState) -> Explained {
    let play = state.play();
    let account = keys.iter().find(|(key, _)| *key == state.account_key);
    Explained {
        account_id: account.map(|(_, id)| id.clone()).unwrap_or_default(),
        run_id: run.run_id.clone(),
        as_of: run.as_of.clone(),
        offer_id: state.offer_id.clone(),
        play_id: Some(state.play_id.clone()),
        fate: "kept".to_owned(),
        reason: Said { ja: play.why_now_ja, en: play.why_now_en },
        rank: None,
        week: Some(state.week.clone()),
        owner: state.owner.clone(),
        displaced_by: None,
        would_change: None,
        card: serde_json::from_str(&play.card).ok(),
        state: None,
        life: Vec::new(),
    }
}

/// Adds where the play stands and what people did with it.
async fn with_life(night: &Night<'_>, mut explained: Explained) -> Result<Explained> {
    if let Some(card) = &mut explained.card {
        join(night.store, &mut card.steps).await?;
    }
    let Some(play) = &explained.play_id else { return Ok(explained) };
    let state = night.store.play_state(play).await?.map(|state| words::stage(state.state));
    let life = night.store.play_events(play).await?.iter().map(words::told).collect();
    Ok(Explained { state, life, ..explained })
}

/// Joins names and words to the steps that point at them: decisions carry ids alone.
async fn join(store: &Store, steps: &mut [Step]) -> Result<()> {
    let facts = canonical::entity("account_facts").context("account_facts are canonical")?;
    let value = Store::columns(facts).iter().position(|column| *column == "value");
    for step in steps {
        let known = store.contact_names(&step.contacts).await?;
        step.people = known.into_iter().map(|contact| contact.name).collect();
        let Some(fact) = &step.fact else { continue };
        let rows = store.read_where(facts, "fact_id", &Value::Text(fact.clone())).await?;
        step.quote = rows.first().and_then(|row| match row.get(value?) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        });
    }
    Ok(())
}

fn of_account(night: &Night<'_>, one: &One) -> Result<Account> {
    let mut decided = one.decided()?;
    let all: Vec<Decision> = decided.iter().filter_map(|d| one.decision(d)).collect();
    decided.sort_by_key(|d| (d.rank.is_none(), d.rank));
    let silent = decided.iter().all(|d| d.fate != Fate::Chosen.code()).then(|| {
        let none =
            domain::words::Words::new("今日の提案はありません。", "Nothing is proposed today.");
        decide::explain::account_silent(&one.look(), &[])
            .filter(|_| decided.is_empty())
            .unwrap_or(none)
    });
    Ok(Account {
        account_id: one.id.clone(),
        run_id: one.run.run_id.clone(),
        as_of: one.run.as_of.clone(),
        silent: silent.as_ref().map(Into::into),
        offers: decided.iter().map(|d| one.explained(night, d, &all)).collect(),
    })
}

/// The offer by its id, else by the product that it sells, else by what a product is called.
fn of_offer(night: &Night<'_>, one: &One, asked: &str) -> Result<Explained> {
    let decided = one.decided()?;
    let all: Vec<Decision> = decided.iter().filter_map(|d| one.decision(d)).collect();
    let product = one
        .frame
        .catalogue
        .products
        .values()
        .find(|p| p.id.as_str() == asked || p.name == asked)
        .map_or(asked, |p| p.id.as_str());
    // More of what is held, or a longer term of it, is not an offer of the product.
    let sells = |c: &Candidate| {
        let more = matches!(c.motion, Motion::Seats | Motion::Term);
        !more && c.product.as_ref().is_some_and(|p| p.as_str() == product)
    };
    let found = decided.iter().find(|d| d.offer == asked).or_else(|| {
        let selling = decide::explain::best(all.iter().filter(|d| sells(&d.scored.candidate)));
        let chosen = selling.iter().find(|d| d.fate == Fate::Chosen).or_else(|| selling.first())?;
        decided.iter().find(|d| d.play == chosen.play.as_str())
    });
    if let Some(found) = found {
        return Ok(one.explained(night, found, &all));
    }
    let words = decide::candidates::why_absent(&one.look(), &one.given.found, asked);
    Ok(Explained {
        account_id: one.id.clone(),
        run_id: one.run.run_id.clone(),
        as_of: one.run.as_of.clone(),
        offer_id: asked.to_owned(),
        play_id: None,
        fate: "not_generated".to_owned(),
        reason: (&words).into(),
        rank: None,
        week: None,
        owner: None,
        displaced_by: None,
        would_change: None,
        card: None,
        state: None,
        life: Vec::new(),
    })
}
