//! Answers to surveys: loyalty twice a year, interest in products, satisfaction with support.

use domain::motion::ContactRole;
use domain::time::{Day, Days};

use crate::accounts::years_between;
use crate::catalogue::Kind;
use crate::customer::{Customer, Scene};
use crate::draw::{Draw, rounded};
use crate::people::Contact;
use crate::situation::Situation;
use crate::table::{Maybe, Table};
use crate::words;

/// Days before the last day on which the loyalty surveys went out.
const WAVES: [i32; 4] = [45, 228, 410, 592];

/// The surveys table.
pub(crate) fn table(scene: &Scene) -> Table {
    let mut desk = Desk { scene, table: Table::canonical("surveys") };
    for customer in &scene.customers {
        let Some(story) = &customer.story else { continue };
        let mut draw = Draw::new(scene.world.seed, "surveys", customer.account);
        for days in WAVES {
            let sent = scene.world.as_of.plus(Days(-days));
            let began = story.terms.start.plus(Days(45)) < sent;
            if began && story.terms.ended.is_none_or(|ended| sent < ended) {
                for contact in scene.people.there(customer.account, sent) {
                    let latest = days == WAVES[0];
                    desk.loyalty(&Asked { customer, contact, sent, latest }, &mut draw);
                }
            }
        }
        desk.interest(customer, &mut draw);
    }
    desk.table
}

struct Desk<'a> {
    scene: &'a Scene,
    table: Table,
}

/// One person asked in one wave.
struct Asked<'a> {
    customer: &'a Customer,
    contact: &'a Contact,
    sent: Day,
    latest: bool,
}

/// One answer.
struct Answer<'a> {
    at: String,
    score: i64,
    question: &'a str,
    comment: &'a str,
    contact: &'a Contact,
    product: Option<&'a str>,
}

impl Desk<'_> {
    /// Who is asked draws an answer, given or not, so that one answer more changes no other.
    fn loyalty(&mut self, asked: &Asked, draw: &mut Draw) {
        let Asked { customer, contact, sent, .. } = *asked;
        // In the planted cases the latest wave is answered by those who matter.
        let telling = matches!(
            customer.situation,
            Situation::Detractor | Situation::Promoter | Situation::LimitNear
        );
        let sure = asked.latest
            && telling
            && matches!(contact.role, ContactRole::DecisionMaker | ContactRole::Champion);
        let answers = draw.chance(0.55);
        let as_of = self.scene.world.as_of;
        let last = customer.story.as_ref().map_or(as_of, |story| story.terms.last(as_of));
        let moment = customer.latents.at(years_between(sent, last));
        let score = score(customer, moment.satisfaction, contact, draw);
        let comment = comment(score, draw);
        let at = draw.after(sent, (0, 14));
        let at = draw.office_hour(at);
        if !(answers || sure) {
            return;
        }
        let question = "nps";
        self.push(customer, &Answer { at, score, question, comment, contact, product: None });
    }

    /// Interest in products, asked at seminars: closer to the true need than to anything seen.
    fn interest(&mut self, customer: &Customer, draw: &mut Draw) {
        let world = &self.scene.world;
        if !draw.chance(0.3) || !customer.active(world.as_of) {
            return;
        }
        let day = draw.after(world.as_of, (-200, -20));
        let Some(contact) = self.scene.people.one(customer.account, day, draw) else { return };
        let at = draw.office_hour(day);
        for option in world.catalogue.products.iter().filter(|p| p.kind == Kind::Option) {
            if customer.owns(option.id, world.as_of) || !draw.chance(0.5) {
                continue;
            }
            let need = customer.latents.need(world, option.id);
            let score = rounded(10.0 * need + draw.noise()).clamp(0, 10);
            let (at, product) = (at.clone(), Some(option.id));
            let answer = Answer { at, score, question: "interest", comment: "", contact, product };
            self.push(customer, &answer);
        }
    }

    fn push(&mut self, customer: &Customer, answer: &Answer) {
        let id = format!("V{:05}", self.table.rows.len() + 1);
        self.table.push(&[
            ("response_id", &id),
            ("account_id", &self.scene.accounts[customer.account].id),
            ("at", &answer.at),
            ("score", &answer.score),
            ("question", &answer.question),
            ("comment", &answer.comment),
            ("contact_id", &answer.contact.id),
            ("product_id", &Maybe(answer.product)),
        ]);
    }
}

fn score(customer: &Customer, level: f64, contact: &Contact, draw: &mut Draw) -> i64 {
    // Who introduced the service likes it better than who has to clock in.
    let role = match contact.role {
        ContactRole::Champion => 0.4,
        ContactRole::User => -0.4,
        _ => 0.0,
    };
    let score = rounded(1.8 + 8.2 * level + role + 0.7 * draw.noise());
    let (least, most) = match customer.situation {
        Situation::Detractor => (0, 5),
        Situation::Promoter => (9, 10),
        _ => (0, 10),
    };
    score.clamp(least, most)
}

/// A comment that goes with the score; some people write none.
fn comment(score: i64, draw: &mut Draw) -> &'static str {
    if draw.chance(0.3) {
        return "";
    }
    match score {
        9.. => draw.say(&words::DELIGHTED),
        7..=8 => draw.say(&words::CONTENT),
        _ => draw.say(&words::DISAPPOINTED),
    }
}
