//! Touches with customers and tickets from them, and the facts that hearings brought.

use domain::motion::TouchModel;
use domain::time::{Day, Days};

use crate::catalogue::Product;
use crate::customer::{Customer, Scene};
use crate::draw::{Draw, rounded, workday};
use crate::facts::{self, Fact};
use crate::people::REPS;
use crate::situation::Situation;
use crate::story::{Deal, Outcome, Story};
use crate::table::{Maybe, Table};
use crate::words;

/// How far back routine touches and tickets are kept.
const HISTORY: Days = Days(-540);

/// One touch or ticket.
#[derive(Default)]
struct Entry {
    at: String,
    day: Option<Day>,
    kind: &'static str,
    product: Option<&'static str>,
    inbound: bool,
    status: &'static str,
    priority: &'static str,
    reaction: &'static str,
    subject: String,
    body: &'static str,
    minutes: Option<i64>,
    next_on: Option<Day>,
    closed_at: Option<String>,
    facts: Vec<Fact>,
}

/// activities, account_facts.
pub(crate) fn tables(scene: &Scene) -> (Table, Table) {
    let mut activities = Table::canonical("activities");
    let mut known = Table::canonical("account_facts");
    for customer in &scene.customers {
        let draw = Draw::new(scene.world.seed, "activities", customer.account);
        let mut diary = Diary { scene, customer, draw, entries: Vec::new() };
        diary.write();
        diary.entries.sort_by(|a, b| a.at.cmp(&b.at));
        for entry in std::mem::take(&mut diary.entries) {
            diary.push(&entry, &mut activities, &mut known);
        }
    }
    (activities, known)
}

/// The diary of one customer.
struct Diary<'a> {
    scene: &'a Scene,
    customer: &'a Customer,
    draw: Draw,
    entries: Vec<Entry>,
}

impl Diary<'_> {
    fn write(&mut self) {
        let as_of = self.scene.world.as_of;
        let Some(story) = &self.customer.story else {
            if self.draw.chance(0.6) {
                let day = self.draw.after(as_of, (-320, -60));
                self.note(
                    day,
                    Entry {
                        kind: "event",
                        subject: "勤怠活用セミナー".to_owned(),
                        body: "隣の部署の紹介で参加。運用の違いについて質問があった。",
                        ..Entry::default()
                    },
                );
            }
            return;
        };
        self.hearings(story);
        self.routine(story);
        self.tickets(story);
        self.approaches(story);
        self.enquiries(story);
        self.planted();
    }

    /// Adds an entry within office hours of the day.
    fn note(&mut self, day: Day, entry: Entry) {
        let at = self.draw.office_hour(day);
        self.entries.push(Entry { at, day: Some(workday(day)), ..entry });
    }

    fn touch(&self) -> TouchModel {
        self.scene.accounts[self.customer.account].touch
    }

    fn last_day(&self, story: &Story) -> Day {
        story.terms.last(self.scene.world.as_of)
    }

    /// A hearing at the start, and each year where someone looks after the customer.
    fn hearings(&mut self, story: &Story) {
        if self.touch() == TouchModel::Tech && !self.draw.chance(0.3) {
            return;
        }
        let first = self.draw.after(story.terms.start, (-40, -20));
        let facts = facts::first(&mut self.draw);
        self.note(
            first,
            Entry {
                kind: "hearing",
                subject: "導入前のヒアリング".to_owned(),
                body: "導入の背景、目標、決裁の流れを伺った。",
                minutes: Some(60),
                facts,
                ..Entry::default()
            },
        );
        if self.touch() == TouchModel::Tech {
            return;
        }
        let fiscal = self.scene.accounts[self.customer.account].fiscal_close;
        let mut day = self.draw.after(story.terms.start, (240, 330));
        while day < self.last_day(story).plus(Days(-36)) {
            let facts = facts::yearly(fiscal, &mut self.draw);
            self.note(
                day,
                Entry {
                    kind: "hearing",
                    subject: "年次ヒアリング".to_owned(),
                    body: "目標の進み具合と現在の課題、来期の見通しを伺った。",
                    minutes: Some(60),
                    facts,
                    ..Entry::default()
                },
            );
            day = self.draw.after(day, (320, 400));
        }
    }

    /// Regular touches. They pause in the last month except where nothing is planted, so that planted
    /// customers are free to be approached.
    fn routine(&mut self, story: &Story) {
        let as_of = self.scene.world.as_of;
        let gap = match self.touch() {
            TouchModel::High => (35, 75),
            TouchModel::Low => (80, 160),
            TouchModel::Tech => (90, 200),
        };
        let pause = if self.customer.situation == Situation::Steady { -2 } else { -34 };
        let last = self.last_day(story).min(as_of.plus(Days(pause)));
        let mut day = self.draw.after(story.terms.start.max(as_of.plus(HISTORY)), (10, 40));
        while day <= last {
            let entry = self.regular();
            self.note(day, entry);
            day = self.draw.after(day, gap);
        }
    }

    fn regular(&mut self) -> Entry {
        let meets = match self.touch() {
            TouchModel::High => 0.6,
            TouchModel::Low => 0.25,
            TouchModel::Tech => 0.0,
        };
        if self.touch() == TouchModel::Tech {
            return Entry {
                kind: "email",
                subject: "活用のヒントのお知らせ".to_owned(),
                body: "締め作業を早める設定例を配信。",
                ..Entry::default()
            };
        }
        let content = self.customer.latents.satisfaction;
        let reaction = if self.draw.chance(content) { "positive" } else { "neutral" };
        if self.draw.chance(meets) {
            let (subject, body) = *self.draw.pick(&words::MEETINGS);
            let kind = if self.draw.chance(0.25) { "visit" } else { "meeting" };
            let minutes = Some(self.draw.whole(2, 4) * 15);
            let subject = subject.to_owned();
            return Entry { kind, reaction, subject, body, minutes, ..Entry::default() };
        }
        let (subject, body) = *self.draw.pick(&words::CALLS);
        let minutes = Some(self.draw.whole(1, 4) * 5);
        Entry {
            kind: "call",
            subject: subject.to_owned(),
            body,
            reaction,
            minutes,
            ..Entry::default()
        }
    }

    /// Tickets come more often from the dissatisfied.
    fn tickets(&mut self, story: &Story) {
        let as_of = self.scene.world.as_of;
        let last = self.last_day(story);
        let mut day = self.draw.after(story.terms.start.max(as_of.plus(HISTORY)), (3, 120));
        let unrest = 1.0 - self.customer.latents.satisfaction;
        while day <= last {
            let (subject, body) = *self.draw.pick(&words::TICKETS);
            let high = self.draw.chance(0.08 + 0.3 * unrest);
            let priority = if high { "high" } else { self.draw.say(&["low", "normal", "normal"]) };
            let closed = workday(self.draw.after(day, (1, if high { 6 } else { 3 })));
            let closed_at = (closed <= as_of).then(|| format!("{closed}T18:00:00"));
            self.note(
                day,
                Entry {
                    kind: "ticket",
                    inbound: true,
                    status: if closed_at.is_some() { "closed" } else { "open" },
                    priority,
                    subject: subject.to_owned(),
                    body,
                    closed_at,
                    ..Entry::default()
                },
            );
            let gap = rounded(260.0 * (1.15 - unrest));
            let days = self.draw.whole(20, 40 + gap);
            day = day.plus(Days(i32::try_from(days).expect("a year at most")));
        }
    }

    /// Our approaches, whether or not anything came of them.
    fn approaches(&mut self, story: &Story) {
        for approach in &story.approaches {
            let product = self.product(approach.product);
            let subject = format!("{}のご案内", product.name);
            let tech = self.touch() == TouchModel::Tech;
            let body = self.draw.say(words::answers(approach.reaction));
            self.note(
                approach.on,
                Entry {
                    kind: if tech { "email" } else { "call" },
                    product: Some(approach.product),
                    reaction: approach.reaction,
                    subject,
                    body,
                    minutes: (!tech).then_some(20),
                    ..Entry::default()
                },
            );
        }
    }

    /// What customers asked for of their own accord.
    fn enquiries(&mut self, story: &Story) {
        let asked = |deal: &&Deal| deal.approached == Some(false) && deal.outcome != Outcome::Open;
        for deal in story.deals.iter().filter(asked) {
            let name = self.product(deal.product).name;
            let quote = self.draw.chance(0.35);
            let day = self.draw.after(deal.opened, (-5, 0));
            self.note(
                day,
                Entry {
                    kind: if quote { "quote_request" } else { "enquiry" },
                    product: Some(deal.product),
                    inbound: true,
                    status: "closed",
                    subject: format!("{name}について"),
                    body: "機能と費用、開始できる時期についてのお問い合わせ。",
                    ..Entry::default()
                },
            );
        }
    }

    fn planted(&mut self) {
        let as_of = self.scene.world.as_of;
        match self.customer.situation {
            Situation::Escalation => {
                let (subject, body) = *self.draw.pick(&words::URGENT);
                let day = self.draw.after(as_of, (-16, -3));
                let next_on = Some(workday(as_of.plus(Days(2))));
                self.note(
                    day,
                    Entry {
                        kind: "ticket",
                        inbound: true,
                        status: "open",
                        priority: "urgent",
                        subject: subject.to_owned(),
                        body,
                        next_on,
                        ..Entry::default()
                    },
                );
            }
            Situation::Promoter if self.draw.chance(0.4) => {
                let day = self.draw.after(as_of, (-12, -3));
                let product = "OP-API";
                if !self.customer.owns(product, as_of) {
                    self.note(day, Entry {
                        kind: "quote_request",
                        product: Some(product),
                        inbound: true,
                        status: "open",
                        subject: "API連携オプションの見積について".to_owned(),
                        body: "給与計算ソフトとの連携を検討中。費用と設定期間を知りたいとのこと。",
                        ..Entry::default()
                    });
                }
            }
            _ => {}
        }
    }

    fn product(&self, id: &str) -> &'_ Product {
        self.scene.world.catalogue.get(id)
    }

    fn push(&mut self, entry: &Entry, activities: &mut Table, known: &mut Table) {
        let as_of = self.scene.world.as_of;
        let account = &self.scene.accounts[self.customer.account];
        let day = entry.day.unwrap_or(as_of);
        let contact = self.scene.people.one(self.customer.account, day, &mut self.draw);
        let contact = contact.map(|contact| &contact.id);
        // Tickets go to customer success; what nobody owns as well.
        let support = 2 + self.customer.account % 2;
        let owner = if entry.kind == "ticket" { support } else { account.owner.unwrap_or(support) };
        let id = format!("T{:05}", activities.rows.len() + 1);
        activities.push(&[
            ("activity_id", &id),
            ("account_id", &account.id),
            ("at", &entry.at),
            ("kind", &entry.kind),
            ("contact_id", &Maybe(contact)),
            ("owner", &REPS[owner].id),
            ("product_id", &Maybe(entry.product)),
            ("direction", &if entry.inbound { "inbound" } else { "outbound" }),
            ("status", &entry.status),
            ("priority", &entry.priority),
            ("reaction", &entry.reaction),
            ("subject", &entry.subject),
            ("body", &entry.body),
            ("duration_min", &Maybe(entry.minutes)),
            ("next_on", &Maybe(entry.next_on)),
            ("closed_at", &Maybe(entry.closed_at.as_ref())),
        ]);
        for fact in &entry.facts {
            known.push(&[
                ("fact_id", &format_args!("F{:05}", known.rows.len() + 1)),
                ("account_id", &account.id),
                ("kind", &fact.kind),
                ("value", &fact.value),
                ("said_on", &day),
                ("said_by", &Maybe(contact)),
                ("recorded_by", &REPS[owner].id),
                ("activity_id", &id),
            ]);
        }
    }
}
