//! The items that come into question for a customer, and what each source says of them.

use super::companions::{self, Lag};
use super::fade::{Fade, Rows};
use super::history::History;
use super::neighbours::{self, Circle, Neighbour, Pool};
use super::personal::{self, Habit};
use super::popular;
use super::sums::{self, Sums};
use crate::parallel;

/// What a run decides about the sources before it scores; chosen by [`super::grid`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How a customer's own baskets count.
    pub habit: Fade,
    /// How all baskets count for what is popular.
    pub lately: Fade,
    /// Neighbours by grouped profiles (TIFU-kNN).
    pub grouped: Circle,
    /// Neighbours by faded profiles (UP-CF).
    pub faded: Circle,
    /// The share of the customer's own profile in TIFU-kNN's score, 0..=1.
    pub own: f32,
}

impl Settings {
    /// What is taken where nothing can be validated: the papers' middle values.
    pub const UNTRIED: Self = Self {
        habit: Fade::PerOrder(1.0),
        lately: Fade::PerOrder(1.0),
        grouped: Circle {
            likeness: Fade::Grouped,
            rare: false,
            votes: Fade::Grouped,
            count: 300,
            own: false,
        },
        faded: Circle {
            likeness: Fade::PerOrder(0.7),
            rare: true,
            votes: Fade::PerOrder(0.5),
            count: 300,
            own: true,
        },
        own: 0.7,
    };
}

/// One item that comes into question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The item.
    pub item: u32,
    /// The customer's habit, where it was bought before.
    pub habit: Option<Habit>,
    /// The customer's own grouped weight (TIFU), 0..=1.
    pub own: f32,
    /// What neighbours by grouped profiles say, 0..=1.
    pub grouped: f32,
    /// What neighbours by faded profiles say, 0 or more.
    pub faded: f32,
    /// What neighbours by faded profiles took up, 0 or more.
    pub uptakes: f32,
    /// How it has the buyers of what the customer bought, 0..=1.
    pub ever: f32,
    /// How it goes with what the customer buys, 0 or more.
    pub together: f32,
    /// How it follows what the customer bought last, 0 or more.
    pub then: f32,
    /// Share of baskets lately, 0..=1.
    pub lately: f32,
    /// Share of all baskets, 0..=1.
    pub popular: f32,
    /// How readily customers take it up lately, 0..=1.
    pub uptake: f32,
}

/// Which candidates are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Each.
    Any,
    /// Items that the customer bought before.
    Repeat,
    /// Items that the customer never bought.
    New,
}

impl Kind {
    /// Whether a candidate is one.
    pub fn keeps(self, candidate: &Candidate) -> bool {
        match self {
            Self::Any => true,
            Self::Repeat => candidate.habit.is_some(),
            Self::New => candidate.habit.is_none(),
        }
    }
}

/// A customer's candidates, ascending by item.
#[derive(Debug, Clone, PartialEq)]
pub struct Slate {
    /// Position of the customer.
    pub customer: usize,
    /// How many baskets are known.
    pub orders: usize,
    /// Mean items a known basket; 0 without baskets.
    pub basket: f32,
    /// Share of habits in later baskets, 0..1.
    pub loyalty: f32,
    /// What the customer bought, ascending by item.
    pub habits: Vec<Habit>,
    /// What comes into question.
    pub candidates: Vec<Candidate>,
}

/// Which items come into question, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Only items that the customer never bought.
    pub new_only: bool,
    /// Whether new items and those bought before are ranked apart as well, each by what is best at it.
    pub apart: bool,
    /// How long the list will be.
    pub depth: usize,
}

/// At least so many new items are taken from each source, and so many habits.
const WIDE: usize = 60;
const HABITS: usize = 300;

/// All sources, ready for any customer of a history.
#[derive(Debug)]
pub struct Sources<'a> {
    pub(super) history: &'a History,
    pub(super) settings: Settings,
    grouped: Asked,
    faded: Asked,
    /// What the neighbours by faded profiles took up.
    uptakes: Rows,
    ever: Rows,
    together: Rows,
    then: Rows,
    popular: Vec<f32>,
    lately: Vec<f32>,
    uptake: Vec<f32>,
    /// Items by share lately, the greatest first.
    ranked: Vec<u32>,
}

/// Neighbours and their votes.
#[derive(Debug)]
struct Asked {
    pool: Pool,
    votes: Rows,
}

/// Room to work in, of one thread.
#[derive(Debug)]
pub struct Desk {
    members: Sums,
    grouped: Sums,
    faded: Sums,
    uptakes: Sums,
    ever: Sums,
    together: Sums,
    then: Sums,
    /// Who was asked last, by faded profiles.
    alike: Vec<Neighbour>,
    /// Of each item whether the customer bought it.
    own: Vec<bool>,
}

impl<'a> Sources<'a> {
    /// Prepares every source; `members` are the customers who can be neighbours, ascending.
    pub fn of(history: &'a History, settings: Settings, members: &[u32], threads: usize) -> Self {
        let asked = |circle: Circle| Asked {
            pool: Pool::of(history, members.to_vec(), circle, threads),
            votes: neighbours::votes(history, members, circle.votes, threads),
        };
        let lately = popular::shares(history, settings.lately);
        let all = (0_u32..).zip(&lately).map(|(item, share)| (item, *share)).collect();
        Self {
            history,
            settings,
            grouped: asked(settings.grouped),
            faded: asked(settings.faded),
            uptakes: neighbours::uptakes(history, members, settings.faded.votes, threads),
            ever: companions::companions(&companions::ever(history), Lag::Together, threads),
            uptake: popular::uptake(history, settings.lately),
            together: companions::companions(history, Lag::Together, threads),
            then: companions::companions(history, Lag::Then, threads),
            popular: popular::shares(history, Fade::PerOrder(1.0)),
            ranked: sums::top(all, usize::MAX).into_iter().map(|(item, _)| item).collect(),
            lately,
        }
    }

    /// Room for one thread.
    pub fn desk(&self) -> Desk {
        let items = || Sums::new(self.history.items());
        Desk {
            members: Sums::new(self.grouped.pool.members().len()),
            grouped: items(),
            faded: items(),
            uptakes: items(),
            ever: items(),
            together: items(),
            then: items(),
            alike: Vec::new(),
            own: vec![false; self.history.items()],
        }
    }

    /// Slates of some customers, in their order.
    pub fn slates(&self, customers: &[usize], scope: Scope, threads: usize) -> Vec<Slate> {
        let desk = || self.desk();
        parallel::map(customers.len(), threads, desk, |desk, at| {
            self.slate(customers[at], scope, desk)
        })
    }

    /// One customer's slate.
    pub fn slate(&self, customer: usize, scope: Scope, desk: &mut Desk) -> Slate {
        let habits = personal::habits(self.history, customer, self.settings.habit);
        habits.iter().for_each(|habit| desk.own[habit.item as usize] = true);
        self.ask(customer, desk);
        companions::tally(rates(&habits), &self.together, &mut desk.together);
        let each = 1.0 / habits.len().max(1) as f32;
        companions::tally(habits.iter().map(|it| (it.item, each)), &self.ever, &mut desk.ever);
        let last = self.history.last(customer).iter().map(|item| (*item, 1.0));
        companions::tally(last, &self.then, &mut desk.then);
        let own = super::fade::profile(self.history, customer, Fade::Grouped);
        let candidate = |item: u32| {
            let found = habits.binary_search_by_key(&item, |habit| habit.item).ok();
            Candidate {
                item,
                habit: found.map(|at| habits[at]),
                own: found.map_or(0.0, |at| own[at].1),
                grouped: desk.grouped.get(item),
                faded: desk.faded.get(item),
                uptakes: desk.uptakes.get(item),
                ever: desk.ever.get(item),
                together: desk.together.get(item),
                then: desk.then.get(item),
                lately: self.lately[item as usize],
                popular: self.popular[item as usize],
                uptake: self.uptake[item as usize],
            }
        };
        let candidates = self.items(&habits, scope, desk).into_iter().map(candidate).collect();
        desk.clear();
        habits.iter().for_each(|habit| desk.own[habit.item as usize] = false);
        let lines: u32 = habits.iter().map(|habit| habit.count).sum();
        let orders = self.history.orders(customer);
        Slate {
            customer,
            orders,
            basket: lines as f32 / orders.max(1) as f32,
            loyalty: personal::loyalty(self.history, customer),
            habits,
            candidates,
        }
    }

    fn ask(&self, customer: usize, desk: &mut Desk) {
        let asked = [
            (&self.grouped, self.settings.grouped, &mut desk.grouped),
            (&self.faded, self.settings.faded, &mut desk.faded),
        ];
        for (asked, circle, sums) in asked {
            let found = asked.pool.nearest(self.history, (customer, circle), &mut desk.members);
            neighbours::tally(&found, &asked.votes, sums);
            desk.alike = found;
        }
        neighbours::tally(&desk.alike, &self.uptakes, &mut desk.uptakes);
    }

    /// What comes into question: the strongest habits, and the best new items of each source.
    fn items(&self, habits: &[Habit], scope: Scope, desk: &Desk) -> Vec<u32> {
        let wide = scope.depth.max(WIDE);
        let new = |item: u32| !desk.own[item as usize];
        let mut items: Vec<u32> = Vec::new();
        if !scope.new_only {
            let best = sums::top(rates(habits).collect(), HABITS.max(scope.depth));
            items.extend(best.into_iter().map(|(item, _)| item));
        }
        for sums in
            [&desk.grouped, &desk.faded, &desk.uptakes, &desk.ever, &desk.together, &desk.then]
        {
            items.extend(sums.top(wide, new).into_iter().map(|(item, _)| item));
        }
        let popular = self.ranked.iter().copied();
        items.extend(
            popular.filter(|item| new(*item) && self.popular[*item as usize] > 0.0).take(wide),
        );
        items.sort_unstable();
        items.dedup();
        items
    }

    /// How many of the customers alike, by the slate that the desk made last, ever bought an item, and how
    /// many there are.
    pub fn buyers(&self, slate: &Slate, item: u32, desk: &Desk) -> (u32, u32) {
        let members = self.faded.pool.members();
        let others = desk.alike.iter().map(|one| one.member as usize);
        let others = others.filter(|member| members[*member] as usize != slate.customer);
        others.fold((0, 0), |(buyers, all), member| {
            (buyers + u32::from(self.faded.votes.has(member, item)), all + 1)
        })
    }

    /// Which of the customer's items leads to another the most: bought together with it, or before it.
    pub fn leads(&self, slate: &Slate, item: u32, lag: Lag) -> Option<u32> {
        let strongest = match lag {
            Lag::Together => companions::strongest(rates(&slate.habits), &self.together, item),
            Lag::Then => {
                let last = self.history.last(slate.customer).iter().map(|item| (*item, 1.0));
                companions::strongest(last, &self.then, item)
            }
        };
        strongest.map(|(item, _)| item)
    }
}

impl Desk {
    fn clear(&mut self) {
        let near = [&mut self.grouped, &mut self.faded, &mut self.uptakes];
        let goes = [&mut self.ever, &mut self.together, &mut self.then];
        near.into_iter().chain(goes).for_each(Sums::clear);
    }
}

fn rates(habits: &[Habit]) -> impl Iterator<Item = (u32, f32)> + '_ {
    habits.iter().map(|habit| (habit.item, habit.rate))
}
