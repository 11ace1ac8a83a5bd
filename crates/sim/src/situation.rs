//! Planted situations, so that every kind of worklist line occurs.

use domain::motion::TouchModel;

use crate::World;
use crate::accounts::Account;
use crate::customer::Scene;
use crate::draw::Draw;
use crate::table::Table;

/// What is going on at a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Situation {
    /// Users close to the plan's limit and growing, satisfied: an upgrade helps.
    LimitNear,
    /// Storage close to the plan's limit.
    StorageNear,
    /// The cancel deadline is one to twelve weeks away.
    RenewalNear,
    /// Introduced well, then usage collapsed.
    Dormant,
    /// Pays for seats that it never used.
    UnderUse,
    /// Near the limit, but deeply dissatisfied: selling must wait.
    Detractor,
    /// Near the limit, with a deal already under way.
    OpenDeal,
    /// Near the limit, with an urgent ticket unresolved.
    Escalation,
    /// Delighted, with needs that no product of ours meets yet.
    Promoter,
    /// Started in the last four months.
    NewCustomer,
    /// A trial that ends soon.
    Trial,
    /// The free plan, full.
    FreePlan,
    /// Has given notice.
    CancelRequested,
    /// Has left.
    Churned,
    /// Contact makes it reconsider the contract.
    SleepingDog,
    /// Near the limit, but called days ago and not interested now.
    RecentlyTouched,
    /// A department or subsidiary that holds nothing, beside one that does.
    Untapped,
    /// Near the limit, with nobody who looks after it: it upgrades by itself, as its like did before.
    SelfServe,
    /// Nothing planted.
    Steady,
}

/// The traits of customers in a situation, as ranges.
pub(crate) struct Profile {
    /// Users over seats now.
    pub(crate) utilisation: (f64, f64),
    /// Its change over the last year.
    pub(crate) drift: (f64, f64),
    /// Satisfaction, 0 to 1.
    pub(crate) satisfaction: (f64, f64),
    /// Gigabytes used over gigabytes included.
    pub(crate) storage: (f64, f64),
    /// How much being contacted helps; below 0 it harms.
    pub(crate) openness: (f64, f64),
}

impl Situation {
    /// Every situation with its share of buying accounts in per cent.
    const SHARES: [(Self, usize); 18] = [
        (Self::SelfServe, 8),
        (Self::Untapped, 12),
        (Self::LimitNear, 7),
        (Self::RenewalNear, 8),
        (Self::Promoter, 7),
        (Self::Dormant, 6),
        (Self::OpenDeal, 3),
        (Self::Detractor, 5),
        (Self::Escalation, 4),
        (Self::Churned, 7),
        (Self::UnderUse, 4),
        (Self::StorageNear, 3),
        (Self::NewCustomer, 4),
        (Self::FreePlan, 3),
        (Self::RecentlyTouched, 3),
        (Self::SleepingDog, 3),
        (Self::Trial, 2),
        (Self::CancelRequested, 2),
    ];

    /// Its name in the situations table.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::LimitNear => "limit_near",
            Self::StorageNear => "storage_near",
            Self::RenewalNear => "renewal_near",
            Self::Dormant => "dormant",
            Self::UnderUse => "under_use",
            Self::Detractor => "detractor",
            Self::OpenDeal => "open_deal",
            Self::Escalation => "escalation",
            Self::Promoter => "promoter",
            Self::NewCustomer => "new_customer",
            Self::Trial => "trial",
            Self::FreePlan => "free_plan",
            Self::CancelRequested => "cancel_requested",
            Self::Churned => "churned",
            Self::SleepingDog => "sleeping_dog",
            Self::RecentlyTouched => "recently_touched",
            Self::Untapped => "untapped",
            Self::SelfServe => "self_serve",
            Self::Steady => "steady",
        }
    }

    /// Whether it is at the limit of a plan that has a next tier.
    pub(crate) fn at_limit(self) -> bool {
        matches!(
            self,
            Self::LimitNear
                | Self::Detractor
                | Self::OpenDeal
                | Self::Escalation
                | Self::RecentlyTouched
                | Self::SelfServe
        )
    }

    /// Whether usage collapsed half a year ago rather than drifting evenly.
    pub(crate) fn collapsed(self) -> bool {
        matches!(self, Self::Dormant | Self::CancelRequested | Self::Churned)
    }

    /// Whether it has a paid contract now, with a renewal ahead.
    pub(crate) fn pays(self) -> bool {
        !matches!(self, Self::Untapped | Self::FreePlan | Self::Trial | Self::Churned)
    }

    /// The traits that make the situation.
    pub(crate) fn profile(self) -> Profile {
        let (utilisation, drift, satisfaction, storage, openness) = match self {
            Self::LimitNear => ((0.89, 0.97), (0.2, 0.3), (0.74, 0.95), (0.4, 0.7), (0.5, 0.9)),
            Self::StorageNear => ((0.6, 0.8), (0.04, 0.12), (0.68, 0.9), (0.9, 0.97), (0.4, 0.9)),
            Self::RenewalNear => ((0.64, 0.84), (0.0, 0.1), (0.7, 0.92), (0.3, 0.6), (0.4, 0.9)),
            Self::Dormant => ((0.08, 0.2), (-0.62, -0.5), (0.5, 0.66), (0.2, 0.4), (0.2, 0.6)),
            Self::UnderUse => ((0.3, 0.44), (-0.05, 0.02), (0.56, 0.74), (0.1, 0.3), (0.2, 0.6)),
            Self::Detractor => ((0.87, 0.94), (0.16, 0.26), (0.06, 0.26), (0.4, 0.7), (0.0, 0.2)),
            Self::OpenDeal => ((0.87, 0.95), (0.16, 0.28), (0.72, 0.92), (0.4, 0.7), (0.5, 0.9)),
            Self::Escalation => ((0.87, 0.95), (0.16, 0.28), (0.55, 0.72), (0.4, 0.7), (0.1, 0.5)),
            Self::Promoter => ((0.72, 0.84), (0.06, 0.16), (0.94, 1.0), (0.4, 0.7), (0.7, 1.0)),
            Self::NewCustomer => ((0.4, 0.6), (0.6, 0.9), (0.62, 0.85), (0.1, 0.2), (0.3, 0.7)),
            Self::Trial => ((0.5, 0.85), (1.5, 2.0), (0.62, 0.85), (0.05, 0.1), (0.4, 0.9)),
            Self::FreePlan => ((0.8, 1.0), (0.1, 0.3), (0.62, 0.85), (0.5, 0.9), (0.3, 0.8)),
            Self::CancelRequested => {
                ((0.15, 0.32), (-0.5, -0.35), (0.12, 0.3), (0.2, 0.4), (0.0, 0.3))
            }
            Self::Churned => ((0.1, 0.28), (-0.6, -0.45), (0.15, 0.4), (0.2, 0.4), (0.0, 0.3)),
            Self::SleepingDog => ((0.46, 0.6), (-0.1, 0.0), (0.55, 0.7), (0.2, 0.5), (-0.9, -0.5)),
            Self::RecentlyTouched => {
                ((0.87, 0.94), (0.16, 0.26), (0.7, 0.85), (0.4, 0.7), (0.1, 0.4))
            }
            Self::SelfServe => ((0.91, 0.97), (0.1, 0.18), (0.76, 0.95), (0.4, 0.7), (0.0, 0.1)),
            Self::Untapped => ((0.3, 0.8), (0.0, 0.0), (0.5, 0.85), (0.0, 0.0), (0.2, 0.9)),
            Self::Steady => ((0.46, 0.84), (-0.08, 0.1), (0.4, 0.95), (0.2, 0.8), (0.1, 0.9)),
        };
        Profile { utilisation, drift, satisfaction, storage, openness }
    }
}

/// The situation of each account; `None` for those that do not buy.
pub(crate) fn plant(world: &World, accounts: &[Account]) -> Vec<Option<Situation>> {
    let mut planted = vec![None; accounts.len()];
    let mut free: Vec<usize> = (0..accounts.len()).filter(|&at| accounts[at].buys).collect();
    let buyers = free.len();
    // The first company shows a department at its limit, one that is delighted and one untapped.
    let shown = [Situation::LimitNear, Situation::Promoter, Situation::Untapped];
    for (at, situation) in free.drain(..shown.len().min(buyers)).zip(shown) {
        planted[at] = Some(situation);
    }
    Draw::new(world.seed, "situations", 0).shuffle(&mut free);
    for (situation, share) in Situation::SHARES {
        let quota = (buyers * share / 100).max(1);
        for _ in 0..quota {
            let fits = |at: &usize| match situation {
                Situation::Untapped => accounts[*at].parent.is_some(),
                Situation::SelfServe => accounts[*at].touch == TouchModel::Tech,
                // Where people sell, call and hear of it.
                Situation::LimitNear | Situation::OpenDeal | Situation::RecentlyTouched => {
                    accounts[*at].touch != TouchModel::Tech
                }
                Situation::CancelRequested => accounts[*at].segment == "small",
                _ => true,
            };
            let Some(found) = free.iter().rposition(fits) else { break };
            planted[free.remove(found)] = Some(situation);
        }
    }
    for at in free {
        planted[at] = Some(Situation::Steady);
    }
    planted
}

/// The situations table.
pub(crate) fn table(scene: &Scene) -> Table {
    let mut table = Table::own("situations", &["account_id", "situation"]);
    for customer in &scene.customers {
        let account = &scene.accounts[customer.account];
        table.push(&[("account_id", &account.id), ("situation", &customer.situation.code())]);
    }
    table
}
