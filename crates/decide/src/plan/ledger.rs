//! What competes for hours, as figures: all that the plan holds of every account at once.

use domain::ids::{AccountKey, OfferId};
use domain::motion::{Channel, Motion};
use domain::time::Day;

use super::Offers;
use super::weigh::{Item, Standing};
use crate::candidate::Scored;

/// One candidate that competes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Expected incremental profit, minor units.
    pub(super) value: f64,
    /// Hours it takes.
    pub(super) hours: f64,
    /// What care protects, minor units; zero for all else.
    pub(super) at_risk: f64,
    /// First bytes of the play's hash.
    pub(super) play: u64,
    /// Its account's position.
    pub(super) account: u32,
    /// Index into the pools, none for what takes no hours or has no pool.
    pub(super) pool: Option<u32>,
    /// Index of the team whose hours it takes.
    pub(super) team: Option<u32>,
    /// Through which channel.
    pub(super) channel: Channel,
    /// Its offer's place in the catalogue, where its number is limited.
    pub(super) given: Option<u16>,
    /// The skill that it wants, where some rep states it.
    pub(super) skill: Option<u16>,
    /// By what it is ranked where expected profit does not come first.
    pub(super) score: f64,
    /// Last day on which it makes sense.
    pub(super) due: Option<Day>,
    /// By which day it is sorted into weeks.
    pub(super) urgent: Day,
    /// How it counts.
    pub(super) kind: Kind,
    /// Whether its channel takes a rep's hours.
    pub(super) by_rep: bool,
    /// Whether it sells, so that caps of contacts hold it.
    pub(super) sells: bool,
    /// Whether the pool is the account's owner's, or of who had it in the plan before.
    pub(super) owned: bool,
    /// Whether the plan before had it.
    pub(super) standing: Standing,
}

/// How a candidate counts against its account's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Care, and a smaller contract that is fair: never counted as profit.
    Care,
    /// The next step of a deal, where a rep speaks: beside any package.
    Free,
    /// A package, or a contact where no rep speaks.
    Limited,
}

impl Kind {
    fn of(scored: &Scored, item: &Item) -> Self {
        match scored.candidate.motion {
            Motion::Care if !scored.candidate.earns() => Self::Care,
            // A fair smaller contract that earns nothing keeps a customer: it is never counted as profit.
            Motion::Downsell if item.value.eip.mean <= 0.0 => Self::Care,
            Motion::Advance if scored.candidate.channel.takes_hours() => Self::Free,
            _ => Self::Limited,
        }
    }
}

impl Entry {
    fn of(scored: &Scored, item: &Item) -> Self {
        Self {
            value: item.value.eip.mean,
            hours: item.hours,
            at_risk: item.at_risk,
            play: item.play,
            account: 0,
            pool: item.pool.map(|pool| u32::try_from(pool).expect("pools are few")),
            team: item.team,
            channel: scored.candidate.channel,
            given: item.given,
            skill: item.skill,
            score: item.score,
            due: item.due,
            urgent: item.urgent,
            kind: Kind::of(scored, item),
            by_rep: scored.candidate.channel.takes_hours(),
            sells: scored.candidate.motion.sells(),
            owned: item.owned,
            standing: item.standing,
        }
    }

    /// Index into the pools.
    pub(super) fn pool(&self) -> Option<usize> {
        self.pool.map(|pool| pool as usize)
    }
}

/// What of one account competes.
#[derive(Debug)]
pub struct Weighed {
    account: AccountKey,
    root: AccountKey,
    explores: bool,
    /// How many packages its group may still get; none where nothing caps them.
    group: Option<u32>,
    entries: Vec<Entry>,
    offers: Texts,
}

impl Weighed {
    pub(super) fn of(
        offers: &Offers,
        items: &[Item],
        (explores, group): (bool, Option<u32>),
    ) -> Self {
        let mut weighed = Self {
            account: offers.facts.account,
            root: offers.facts.root,
            explores,
            group,
            entries: Vec::new(),
            offers: Texts::default(),
        };
        for (scored, item) in offers.scored.iter().zip(items).filter(|(_, item)| item.is_live()) {
            weighed.entries.push(Entry::of(scored, item));
            weighed.offers.push(scored.candidate.offer.as_str());
        }
        weighed
    }
}

/// What competes, by account and offer.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) entries: Vec<Entry>,
    /// Each account with the place after its last entry, by account.
    accounts: Vec<(AccountKey, usize)>,
    /// The group root of each account.
    roots: Vec<AccountKey>,
    /// How many packages the group of each account may still get, by what is known of the account.
    groups: Vec<Option<u32>>,
    /// Whether chance may decide about each account.
    explores: Vec<bool>,
    offers: Texts,
}

impl Ledger {
    pub(super) fn add(&mut self, weighed: Weighed) {
        if let Some((last, _)) = self.accounts.last() {
            assert!(*last < weighed.account, "accounts come in ascending order of their keys");
        }
        let account = u32::try_from(self.accounts.len()).expect("fewer accounts than 2^32");
        self.entries.extend(weighed.entries.into_iter().map(|entry| Entry { account, ..entry }));
        self.offers.append(&weighed.offers);
        self.accounts.push((weighed.account, self.entries.len()));
        self.roots.push(weighed.root);
        self.groups.push(weighed.group.filter(|_| {
            let first = self.first_of(weighed.account).unwrap_or(self.entries.len());
            self.entries[first..].iter().any(|entry| entry.kind == Kind::Limited && entry.sells)
        }));
        self.explores.push(weighed.explores);
    }

    /// The group of each account, and how many packages each group may still get: what its account with the least
    /// left says, of those to which something is to be sold.
    pub(super) fn groups(&self) -> (Vec<u32>, Vec<Option<u32>>) {
        let (mut of, mut left) = (vec![0; self.accounts.len()], Vec::new());
        for group in self.by_root().chunk_by(|a, b| a.0 == b.0) {
            let place = u32::try_from(left.len()).expect("fewer groups than accounts");
            group.iter().for_each(|(_, account)| of[*account] = place);
            left.push(group.iter().filter_map(|(_, account)| self.groups[*account]).min());
        }
        (of, left)
    }

    /// How many accounts there are.
    pub(super) fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// The entries of an account by its place.
    pub(super) fn of_account(&self, place: usize) -> std::ops::Range<usize> {
        let from = place.checked_sub(1).map_or(0, |before| self.accounts[before].1);
        from..self.accounts[place].1
    }

    /// Whether chance may decide about an account.
    pub(super) fn explores(&self, place: u32) -> bool {
        self.explores[place as usize]
    }

    /// An account's key.
    pub(super) fn key(&self, place: u32) -> AccountKey {
        self.accounts[place as usize].0
    }

    /// Group roots with the places of their accounts, by root and account.
    pub(super) fn by_root(&self) -> Vec<(AccountKey, usize)> {
        let mut by_root: Vec<(AccountKey, usize)> =
            self.roots.iter().enumerate().map(|(place, root)| (*root, place)).collect();
        by_root.sort_unstable();
        by_root
    }

    /// The first entry of an account; none for one that was never added.
    pub(super) fn first_of(&self, account: AccountKey) -> Option<usize> {
        let place = self.accounts.binary_search_by_key(&account, |(account, _)| *account).ok()?;
        Some(place.checked_sub(1).map_or(0, |before| self.accounts[before].1))
    }

    /// An entry's offer.
    pub(super) fn offer(&self, entry: usize) -> OfferId {
        OfferId::new(self.offers.get(entry))
    }
}

/// Many short texts in one.
#[derive(Debug, Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn append(&mut self, other: &Texts) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| before + end));
    }

    fn get(&self, place: usize) -> &str {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[place]]
    }
}
