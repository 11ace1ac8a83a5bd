//! People: the company's representatives, the customers' contacts and whether they may be reached.

use domain::motion::{ContactRole, TouchModel};
use domain::time::{Day, Days};

use crate::World;
use crate::accounts::Account;
use crate::customer::{Customer, Scene};
use crate::draw::{Draw, workday};
use crate::names::{FAMILIES, GIVEN};
use crate::situation::Situation;
use crate::table::{Maybe, Table};

/// A representative of the company.
pub(crate) struct Rep {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    role: &'static str,
    team: &'static str,
    hours: i64,
    skills: &'static str,
    mail: &'static str,
}

/// The representatives; the last is the manager, who owns no account.
pub(crate) const REPS: [Rep; 5] = [
    Rep {
        id: "R01",
        name: "高橋 美咲",
        role: "CIS",
        team: "インサイドセールス",
        hours: 24,
        skills: "勤怠;経費",
        mail: "m.takahashi",
    },
    Rep {
        id: "R02",
        name: "中村 拓也",
        role: "CIS",
        team: "インサイドセールス",
        hours: 20,
        skills: "勤怠",
        mail: "t.nakamura",
    },
    Rep {
        id: "R03",
        name: "小川 由紀",
        role: "CS",
        team: "カスタマーサクセス",
        hours: 20,
        skills: "勤怠;経費",
        mail: "y.ogawa",
    },
    Rep {
        id: "R04",
        name: "石田 健",
        role: "CS",
        team: "カスタマーサクセス",
        hours: 16,
        skills: "勤怠",
        mail: "k.ishida",
    },
    Rep {
        id: "R05",
        name: "藤原 真一",
        role: "manager",
        team: "カスタマーサクセス",
        hours: 6,
        skills: "勤怠;経費",
        mail: "s.fujiwara",
    },
];

/// A person at a customer.
#[derive(Debug, Clone)]
pub(crate) struct Contact {
    pub(crate) id: String,
    account: usize,
    name: String,
    email: String,
    pub(crate) role: ContactRole,
    title: &'static str,
    /// The position of the superior among the account's contacts.
    superior: Option<usize>,
    left: Option<Day>,
}

/// The contacts of all accounts.
pub(crate) struct People(Vec<Vec<Contact>>);

impl People {
    /// The contacts of an account, the most senior first.
    pub(crate) fn of(&self, account: usize) -> &[Contact] {
        &self.0[account]
    }

    /// A contact who is there on the day, each as likely.
    pub(crate) fn one(&self, account: usize, day: Day, draw: &mut Draw) -> Option<&Contact> {
        let there: Vec<&Contact> = self.there(account, day).collect();
        (!there.is_empty()).then(|| *draw.pick(&there))
    }

    /// The contacts who are there on the day.
    pub(crate) fn there(&self, account: usize, day: Day) -> impl Iterator<Item = &Contact> {
        self.of(account).iter().filter(move |contact| contact.left.is_none_or(|left| left > day))
    }
}

/// Roles, titles and superiors of the contacts that an account may have.
type Seat = (ContactRole, &'static [&'static str], Option<usize>);

const BOARD: [Seat; 1] =
    [(ContactRole::Executive, &["取締役 管理本部長", "執行役員 経営企画担当", "常務取締役"], None)];
const OFFICE: [Seat; 4] = [
    (ContactRole::DecisionMaker, &["部長", "本部長", "管理部長"], None),
    (ContactRole::Champion, &["課長", "係長", "主任"], Some(0)),
    (ContactRole::User, &["主任", "担当", "スタッフ"], Some(1)),
    (ContactRole::BudgetOwner, &["経理部長", "経営企画部 課長"], None),
];
const SMALL: [Seat; 2] = [
    (ContactRole::DecisionMaker, &["代表取締役", "専務取締役", "総務部長"], None),
    (ContactRole::Champion, &["総務担当", "総務主任", "経理担当"], Some(0)),
];

/// Finds the contacts of every account.
pub(crate) fn hire(world: &World, accounts: &[Account], customers: &[Customer]) -> People {
    let mut contacts = Vec::new();
    let mut next_id = 1;
    let mut situations = vec![None; accounts.len()];
    for customer in customers {
        situations[customer.account] = Some(customer.situation);
    }
    for (at, account) in accounts.iter().enumerate() {
        let situation = situations[at];
        let mut draw = Draw::new(world.seed, "contacts", at);
        let mut seats: Vec<Seat> = if !account.buys {
            BOARD.to_vec()
        } else if account.touch == TouchModel::Tech {
            SMALL.to_vec()
        } else {
            OFFICE.to_vec()
        };
        if account.touch == TouchModel::Low && draw.chance(0.5) {
            seats.truncate(3);
        }
        if situation == Some(Situation::Untapped) {
            seats.truncate(1);
        }
        let mut people: Vec<Contact> =
            seats.iter().map(|seat| person(account, at, seat, &mut draw)).collect();
        if situation == Some(Situation::Steady) && people.len() > 2 && draw.chance(0.2) {
            let left = workday(draw.after(world.as_of, (-300, -30)));
            people[1].left = Some(left);
        }
        for contact in &mut people {
            contact.id = format!("C{next_id:05}");
            next_id += 1;
        }
        contacts.push(people);
    }
    People(contacts)
}

fn person(account: &Account, at: usize, seat: &Seat, draw: &mut Draw) -> Contact {
    let (role, titles, superior) = seat;
    let (family, given) = (draw.pick(&FAMILIES), draw.pick(&GIVEN));
    // The first account's decision maker has the commonest name.
    let shown = at == 1 && *role == ContactRole::DecisionMaker;
    let family = if shown { &FAMILIES[0] } else { family };
    let title = if shown { "部長" } else { draw.say(titles) };
    Contact {
        id: String::new(),
        account: at,
        name: format!("{} {}", family.0, given.0),
        email: format!("{}.{}@{}", family.1, given.1, account.mail_domain),
        role: *role,
        title,
        superior: *superior,
        left: None,
    }
}

/// reps, absences.
pub(crate) fn rep_tables(world: &World) -> [Table; 2] {
    let mut reps = Table::canonical("reps");
    for rep in &REPS {
        reps.push(&[
            ("rep_id", &rep.id),
            ("name", &rep.name),
            ("role", &rep.role),
            ("team", &rep.team),
            ("hours_per_week", &rep.hours),
            ("skills", &rep.skills),
            ("email", &format_args!("{}@kintai-cloud.example.co.jp", rep.mail)),
        ]);
    }
    let mut absences = Table::canonical("absences");
    let monday = world.as_of.monday();
    for (rep, first, days) in [(&REPS[1], 14, 4), (&REPS[3], 9, 1)] {
        let from = monday.plus(Days(first));
        absences.push(&[
            ("rep_id", &rep.id),
            ("from_on", &from),
            ("until_on", &from.plus(Days(days))),
        ]);
    }
    [reps, absences]
}

/// The account_team table: accounts that someone looks after have a pair, one to attack, one to defend.
pub(crate) fn team_table(scene: &Scene) -> Table {
    let mut table = Table::canonical("account_team");
    for account in scene.accounts.iter().filter(|a| a.buys && a.touch == TouchModel::High) {
        let Some(owner) = account.owner else { continue };
        // The representatives stand in pairs: the other role is two places away.
        for (rep, line) in [(owner, ""), ((owner + 2) % 4, "")] {
            table.push(&[
                ("account_id", &account.id),
                ("rep_id", &REPS[rep].id),
                ("role", &REPS[rep].role),
                ("product_line", &line),
                ("from_on", &Maybe(account.acquired)),
            ]);
        }
    }
    table
}

/// contacts, permissions.
pub(crate) fn contact_tables(scene: &Scene) -> [Table; 2] {
    let mut contacts = Table::canonical("contacts");
    let mut permissions = Table::canonical("permissions");
    for (at, people) in scene.people.0.iter().enumerate() {
        let mut draw = Draw::new(scene.world.seed, "permissions", at);
        for contact in people {
            let account = &scene.accounts[contact.account];
            let phone = draw
                .chance(0.75)
                .then(|| format!("0{}-0000-{:04}", draw.whole(3, 9), draw.whole(0, 9_999)));
            contacts.push(&[
                ("contact_id", &contact.id),
                ("account_id", &account.id),
                ("name", &contact.name),
                ("email", &contact.email),
                ("phone", &Maybe(phone)),
                ("title", &contact.title),
                ("role", &contact.role.code()),
                ("reports_to", &Maybe(contact.superior.and_then(|s| people.get(s)).map(|c| &c.id))),
                ("left_on", &Maybe(contact.left)),
            ]);
            let since = account.acquired.unwrap_or(scene.world.as_of.plus(Days(-200)));
            permit(&mut permissions, &contact.id, since, &mut draw);
        }
    }
    [contacts, permissions]
}

fn permit(table: &mut Table, contact: &str, since: Day, draw: &mut Draw) {
    if !draw.chance(0.8) {
        return;
    }
    let out = draw.chance(0.06);
    let (state, basis, source) = if out {
        ("opt_out", "本人の申し出", "配信停止フォーム")
    } else {
        ("opt_in", "利用規約への同意", "申込書")
    };
    table.push(&[
        ("contact_id", &contact),
        ("channel", &"mail"),
        ("state", &state),
        ("basis", &basis),
        ("on", &since),
        ("source", &source),
    ]);
    if draw.chance(0.04) {
        table.push(&[
            ("contact_id", &contact),
            ("channel", &"phone"),
            ("state", &"opt_out"),
            ("basis", &"本人の申し出"),
            ("on", &since),
            ("source", &"電話での聞き取り"),
        ]);
    }
}
