//! What guards alone ask of an account: stops, payments, incidents, partners, permissions, quiet times, contacts.
//!
//! Night and click read the same rows with the same words, so that both come to the same verdict: how a file says
//! that something stands against selling is written here once, and in the docs of the mapping.

use domain::ids::{ContactKey, PlayId, RepId};
use domain::motion::{Channel, ContactRole};
use domain::probability::Estimate;
use domain::time::Day;

use super::{Contact, has_word};
use crate::life::reasons;

/// What stands for or against selling, beside contracts, deals, answers and open tickets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// Stops that people set, that nobody lifted.
    pub stops: Vec<Stop>,
    /// Payments that are missing, or credit that was stopped.
    pub credit: Vec<CreditStop>,
    /// The grave enquiry that was solved last.
    pub incident: Option<Incident>,
    /// The partner to whom the sale belongs.
    pub resellers: Vec<Reseller>,
    /// The only contact who may be addressed.
    pub only_contact: Option<OnlyContact>,
    /// Times in which the customer wants no offers.
    pub quiet: Vec<Quiet>,
    /// The latest permission of each contact and channel.
    pub permissions: Vec<Permission>,
    /// Contacts that we began with a person, as files record them: calls, meetings, visits, mails.
    pub contacted: Vec<Contacted>,
    /// Plays that somebody works on.
    pub under_way: Vec<PlayId>,
    /// Packages to other accounts of the group: play, and its latest day unless it is under way.
    pub group: Vec<(PlayId, Option<Day>)>,
    /// The last purchase: order and day.
    pub bought: Option<(String, Day)>,
    /// The lot of the group's hold-out.
    pub lot: Option<Lot>,
    /// Groups among which lots are drawn.
    pub roots: u32,
    /// How being approached changes the chance of staying: of the offers that may be made, the one that speaks most
    /// for it. None: it is not measured.
    pub effect: Option<Estimate>,
}

/// A stop that somebody set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The row that says so: table, then key.
    pub source: String,
    /// When it was set, if it is known.
    pub on: Option<Day>,
    /// From when on the account may be approached again; none while it lasts.
    pub until: Option<Day>,
    /// The reason's code, as in [`reasons::STOP`].
    pub reason: &'static str,
    /// Who set it.
    pub by: Option<RepId>,
}

/// How it is known that payment is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CreditSign {
    /// The account's row says so.
    Account,
    /// Somebody noted it.
    Noted,
    /// A contract is paused.
    Paused,
}

/// Credit that was stopped, a bill that is unpaid, or a contract that is paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditStop {
    /// How it is known.
    pub sign: CreditSign,
    /// The row that says so.
    pub source: String,
    /// Since when.
    pub on: Option<Day>,
    /// From when on it is over, if that was said.
    pub until: Option<Day>,
}

/// A grave enquiry that is solved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The activity.
    pub activity: String,
    /// When it was closed.
    pub closed_on: Day,
}

/// A partner through whom the customer buys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reseller {
    /// The row that says so.
    pub source: String,
    /// The product that was sold so; none: the whole account is the partner's.
    pub product: Option<domain::ids::ProductId>,
}

/// The one contact who may be addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlyContact {
    /// Who; none where the files name nobody that they know.
    pub contact: Option<ContactKey>,
    /// The row that says so.
    pub source: String,
    /// When it was said.
    pub on: Option<Day>,
}

/// A time in which the customer wants no offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    /// Its days.
    pub span: Span,
    /// The row that says so.
    pub source: String,
    /// When it was said.
    pub on: Option<Day>,
}

/// Days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Once.
    Days(Day, Day),
    /// Every year: month and day of both ends; it may reach over the turn of the year.
    Yearly((i8, i8), (i8, i8)),
}

impl Span {
    /// Reads `2026-03-01/2026-03-31`, or `12-20/01-05` for every year.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, until) = text.trim().split_once('/')?;
        let (from, until) = (from.trim(), until.trim());
        if let Some((first, last)) = Day::parse_iso(from).zip(Day::parse_iso(until)) {
            return (first <= last).then_some(Self::Days(first, last));
        }
        let of_year = |text: &str| {
            let (month, day) = text.split_once('-')?;
            let (month, day) = (month.parse().ok()?, day.parse().ok()?);
            // A leap year has every day that there is.
            Day::from_ymd(2024, month, day).map(|_| (month, day))
        };
        Some(Self::Yearly(of_year(from)?, of_year(until)?))
    }

    /// The last day of the span in which a day lies.
    pub fn around(self, day: Day) -> Option<Day> {
        match self {
            Self::Days(first, last) => (first <= day && day <= last).then_some(last),
            Self::Yearly(first, last) => {
                let (year, month, of_month) = day.ymd();
                let now = (month, of_month);
                let (inside, year) = if first <= last {
                    (first <= now && now <= last, year)
                } else {
                    (now >= first || now <= last, if now >= first { year + 1 } else { year })
                };
                // The 29th of February ends on the 28th where there is none.
                let end = Day::from_ymd(year, last.0, last.1)
                    .or_else(|| Day::from_ymd(year, last.0, last.1 - 1));
                end.filter(|_| inside)
            }
        }
    }
}

/// Whether a person may be reached through a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consent {
    /// The person agreed.
    OptIn,
    /// The person declined.
    OptOut,
    /// Nobody asked.
    Unknown,
}

/// On what a mail may rest without consent: the exceptions of the 特定電子メール法 (Act on Regulation of
/// Transmission of Specified Electronic Mail), article 3, paragraph 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The person told us the address, such as by a business card (item 2).
    Card,
    /// A business relationship (item 3).
    Trade,
    /// The address is published by an organisation or a business (item 4).
    Published,
}

/// Words by which files name a basis.
const BASES: &[(Basis, &[&str])] = &[
    (
        Basis::Card,
        &["business_card", "business card", "card", "notified", "名刺", "名刺交換", "書面通知"],
    ),
    (
        Basis::Trade,
        &[
            "transaction",
            "contract",
            "customer",
            "business_relationship",
            "取引関係",
            "取引",
            "契約",
            "既存顧客",
        ],
    ),
    (
        Basis::Published,
        &["published", "public", "website", "公表", "公開", "公開アドレス", "ウェブサイト公表"],
    ),
];

impl Basis {
    /// The basis that a file's word names.
    pub fn parse(word: &str) -> Option<Self> {
        BASES.iter().find(|(_, words)| has_word(Some(word), words)).map(|(basis, _)| *basis)
    }
}

/// The latest that is known of one contact and one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Who.
    pub contact: ContactKey,
    /// Through which channel; none for one that no play takes (post, LINE).
    pub channel: Option<Channel>,
    /// The answer.
    pub consent: Consent,
    /// On what it rests.
    pub basis: Option<Basis>,
    /// Since when.
    pub on: Option<Day>,
    /// The row that proves it.
    pub source: String,
}

impl Permission {
    /// The latest of each contact and channel; on the same day the one that declines.
    pub fn latest(mut rows: Vec<Self>) -> Vec<Self> {
        let declines = |row: &Self| row.consent == Consent::OptOut;
        rows.sort_by(|a, b| {
            (a.contact, a.channel)
                .cmp(&(b.contact, b.channel))
                .then(b.on.cmp(&a.on))
                .then(declines(b).cmp(&declines(a)))
                .then_with(|| a.source.cmp(&b.source))
        });
        rows.dedup_by(|later, first| {
            (later.contact, later.channel) == (first.contact, first.channel)
        });
        rows
    }
}

impl Consent {
    /// Reads the word of a file.
    pub fn parse(word: &str) -> Self {
        match word {
            "opt_in" => Self::OptIn,
            "opt_out" => Self::OptOut,
            _ => Self::Unknown,
        }
    }
}

/// One contact that we began with a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contacted {
    /// The activity.
    pub activity: String,
    /// With whom.
    pub contact: ContactKey,
    /// When.
    pub on: Day,
}

/// Kinds of activities that reach a person, where we began them.
pub const REACHES: &[&str] = &["call", "meeting", "visit", "email", "hearing"];
/// Days for which the ledger remembers such activities; no window of the policy is longer.
pub const REMEMBERED_DAYS: i32 = 366;

/// The lot that a group drew at first sight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lot {
    /// Its place, uniform in 0..1.
    pub place: f64,
    /// When it was drawn.
    pub on: Day,
}

/// Something that was said of an account: a row of `account_facts` that no other took the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The row.
    pub fact: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// What was said.
    pub value: &'a str,
    /// When.
    pub on: Option<Day>,
}

/// Words that take a statement back.
const NOTHING: &[&str] =
    &["none", "no", "false", "0", "off", "lifted", "なし", "無し", "無", "解除", "いいえ"];
/// Words of an account's lifecycle that say that its credit is stopped.
const UNPAID: &[&str] = &[
    "credit_stop",
    "credit stop",
    "unpaid",
    "overdue",
    "payment_overdue",
    "suspended",
    "与信停止",
    "取引停止",
    "未払い",
    "未払",
    "未入金",
    "支払遅延",
    "滞納",
];

/// The statement of that kind that holds: the latest, unless it takes an earlier one back.
fn latest<'a, 'b>(said: &'b [Statement<'a>], kind: &str) -> Option<&'b Statement<'a>> {
    let found = said.iter().filter(|row| row.kind == kind).max_by_key(|row| (row.on, row.fact));
    found.filter(|row| !has_word(Some(row.value), NOTHING))
}

/// The first day that a text names.
fn day_in(text: &str) -> Option<Day> {
    text.split_whitespace().find_map(Day::parse_iso)
}

impl Bars {
    /// Takes in what was said of the account.
    pub fn hear(
        &mut self,
        said: &[Statement<'_>],
        contact_of: impl Fn(&str) -> Option<ContactKey>,
    ) {
        let source = |row: &Statement| format!("account_facts {}", row.fact);
        if let Some(row) = latest(said, "sales_stop") {
            let code = reasons::STOP
                .iter()
                .find(|reason| row.value.split_whitespace().any(|word| word == reason.code));
            self.stops.push(Stop {
                source: source(row),
                on: row.on,
                until: day_in(row.value),
                reason: code.map_or("other", |reason| reason.code),
                by: None,
            });
        }
        if let Some(row) = latest(said, "credit_stop") {
            self.credit.push(CreditStop {
                sign: CreditSign::Noted,
                source: source(row),
                on: row.on,
                until: day_in(row.value),
            });
        }
        if let Some(row) = latest(said, "only_contact") {
            self.only_contact = Some(OnlyContact {
                contact: contact_of(row.value.trim()),
                source: source(row),
                on: row.on,
            });
        }
        for row in said.iter().filter(|row| row.kind == "quiet_period") {
            if let Some(span) = Span::parse(row.value) {
                self.quiet.push(Quiet { span, source: source(row), on: row.on });
            }
        }
        self.quiet.sort_by(|a, b| a.source.cmp(&b.source));
    }

    /// Takes in what the account's own row says of payment: its lifecycle, and its attribute `credit_stop`.
    pub fn credit_of_account(
        &mut self,
        account: &str,
        lifecycle: Option<&str>,
        attribute: Option<&str>,
    ) {
        let stopped = attribute.map(str::trim).filter(|text| !text.is_empty());
        let stopped = stopped.filter(|text| !has_word(Some(text), NOTHING));
        if stopped.is_some() || has_word(lifecycle, UNPAID) {
            self.credit.push(CreditStop {
                sign: CreditSign::Account,
                source: format!("accounts {account}"),
                on: None,
                until: stopped.and_then(day_in),
            });
        }
    }

    /// Takes in a contract that is paused, or that a partner sold.
    pub fn contract(
        &mut self,
        subscription: &str,
        product: &str,
        (status, sold_via): (Option<&str>, Option<&str>),
    ) {
        let source = || format!("subscriptions {subscription}");
        if status == Some("paused") {
            let (sign, source) = (CreditSign::Paused, source());
            self.credit.push(CreditStop { sign, source, on: None, until: None });
        }
        let direct = |word: &str| has_word(Some(word), DIRECT) || has_word(Some(word), NOTHING);
        if sold_via.is_some_and(|via| !via.trim().is_empty() && !direct(via)) {
            self.resellers.push(Reseller { source: source(), product: Some(product.into()) });
        }
    }

    /// The ticket that was solved last, of those that were grave.
    pub fn solved(&mut self, activity: &str, closed_on: Day) {
        let newer = self
            .incident
            .as_ref()
            .is_none_or(|known| (known.closed_on, known.activity.as_str()) < (closed_on, activity));
        if newer {
            self.incident = Some(Incident { activity: activity.to_owned(), closed_on });
        }
    }

    /// In which order each list comes, whatever the order of rows.
    pub fn sort(&mut self) {
        self.stops.sort_by(|a, b| (b.on, &a.source).cmp(&(a.on, &b.source)));
        self.credit.sort_by(|a, b| (a.sign, &a.source).cmp(&(b.sign, &b.source)));
        self.resellers.sort_by(|a, b| a.source.cmp(&b.source));
        self.contacted.sort_by(|a, b| (a.on, &a.activity).cmp(&(b.on, &b.activity)));
        self.under_way.sort();
        self.group.sort();
        self.permissions = Permission::latest(std::mem::take(&mut self.permissions));
    }

    /// What is known of a contact and a channel.
    pub fn permission(&self, contact: ContactKey, channel: Channel) -> Option<&Permission> {
        let row = |row: &&Permission| row.contact == contact && row.channel == Some(channel);
        self.permissions.iter().find(row)
    }
}

/// Words of `sold_via` for a sale of our own.
const DIRECT: &[&str] = &["direct", "self", "online", "直販", "直接", "自社"];

/// The role of a contact who has not left.
pub fn role_of(contacts: &[Contact], key: ContactKey) -> Option<ContactRole> {
    contacts.iter().find(|contact| contact.contact == key).map(|contact| contact.role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::day;

    fn heard(said: &[(&str, &str, &str)]) -> Bars {
        let rows: Vec<Statement> = said
            .iter()
            .map(|(fact, kind, value)| Statement {
                fact,
                kind,
                value,
                on: Some(day(if *fact < "F2" { "2026-01-10" } else { "2026-02-10" })),
            })
            .collect();
        let mut bars = Bars::default();
        bars.hear(&rows, |id| (id == "C7").then_some(ContactKey(7)));
        bars
    }

    #[test]
    fn the_latest_statement_holds_until_it_is_taken_back() {
        let bars = heard(&[("F1", "sales_stop", "2026-05-01 complaint")]);
        assert_eq!(
            (bars.stops[0].until, bars.stops[0].reason),
            (Some(day("2026-05-01")), "complaint")
        );
        let bars = heard(&[("F1", "sales_stop", "2026-05-01"), ("F2", "sales_stop", "解除")]);
        assert_eq!(bars.stops, []);
        let bars = heard(&[("F1", "credit_stop", "未入金2件"), ("F0", "credit_stop", "none")]);
        assert_eq!(bars.credit.len(), 1);
        let bars = heard(&[("F1", "only_contact", "C7")]);
        assert_eq!(bars.only_contact.map(|only| only.contact), Some(Some(ContactKey(7))));
        let bars = heard(&[("F1", "only_contact", "田中")]);
        assert_eq!(bars.only_contact.map(|only| only.contact), Some(None));
    }

    #[test]
    fn spans_hold_both_ends_and_may_turn_the_year() {
        let span = |text| Span::parse(text).expect("a span");
        let march = span("2026-03-01/2026-03-31");
        assert_eq!(march.around(day("2026-02-28")), None);
        assert_eq!(march.around(day("2026-03-01")), Some(day("2026-03-31")));
        assert_eq!(march.around(day("2026-03-31")), Some(day("2026-03-31")));
        assert_eq!(march.around(day("2026-04-01")), None);
        let winter = span("12-20/01-05");
        assert_eq!(winter.around(day("2025-12-19")), None);
        assert_eq!(winter.around(day("2025-12-20")), Some(day("2026-01-05")));
        assert_eq!(winter.around(day("2026-01-05")), Some(day("2026-01-05")));
        assert_eq!(winter.around(day("2026-01-06")), None);
        assert_eq!(span("02-01/02-29").around(day("2026-02-28")), Some(day("2026-02-28")));
        for wrong in ["", "2026-03-01", "2026-03-31/2026-03-01", "13-01/14-01", "繁忙期"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_account_s_row_and_paused_contracts_stop_credit() {
        let credit = |lifecycle, attribute| {
            let mut bars = Bars::default();
            bars.credit_of_account("A1", lifecycle, attribute);
            bars.credit.len()
        };
        assert_eq!(credit(Some("与信停止"), None), 1);
        assert_eq!(credit(Some("active"), None), 0);
        assert_eq!(credit(None, Some("true")), 1);
        assert_eq!(credit(None, Some("false")), 0);
        assert_eq!(credit(Some("unpaid"), Some("なし")), 1);
        let mut bars = Bars::default();
        bars.contract("S1", "KT-PRO", (Some("paused"), Some("直販")));
        bars.contract("S2", "KT-PRO", (Some("active"), Some("代理店A")));
        assert_eq!((bars.credit.len(), bars.resellers.len()), (1, 1));
    }

    #[test]
    fn who_declined_on_the_same_day_declined() {
        let row = |on: &str, consent| Permission {
            contact: ContactKey(1),
            channel: Some(Channel::Mail),
            consent,
            basis: None,
            on: Some(day(on)),
            source: format!("permissions {on}"),
        };
        let latest = |rows: Vec<Permission>| Permission::latest(rows)[0].consent;
        let (yes, no) = (Consent::OptIn, Consent::OptOut);
        assert_eq!(latest(vec![row("2026-01-02", yes), row("2026-01-02", no)]), no);
        assert_eq!(latest(vec![row("2026-01-01", no), row("2026-01-02", yes)]), yes);
        assert_eq!(latest(vec![row("2026-01-03", no), row("2026-01-02", yes)]), no);
    }
}
