//! What an expression can ask of an account: a list, then columns of the accounts file and features by name.

use super::Value;
use crate::facts::Ticket;
use crate::health::health;
use crate::look::Look;

/// One attribute of the list.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// Its name in expressions.
    pub name: &'static str,
    /// What it holds, with its unit.
    pub about: &'static str,
    read: fn(&Look) -> Option<Value>,
}

/// Every attribute that does not come from the accounts file or the features, in the order of the reference page.
pub const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        name: "kind",
        about: "group, company, department, person or household",
        read: |look| text(look.facts.kind.code()),
    },
    Attribute {
        name: "touch_model",
        about: "high, low or tech",
        read: |look| text(look.facts.touch.code()),
    },
    Attribute {
        name: "segment",
        about: "the segment, in the files' words",
        read: |look| look.facts.segment.as_deref().and_then(text),
    },
    Attribute {
        name: "owner",
        about: "id of the rep who owns it",
        read: |look| look.facts.owner.as_ref().and_then(|owner| text(owner.as_str())),
    },
    Attribute {
        name: "mrr",
        about: "monthly recurring revenue, minor units of the currency",
        read: |look| number(look.facts.mrr_minor as f64),
    },
    Attribute {
        name: "seats",
        about: "the most seats of one contract",
        read: |look| {
            let seats = look.facts.active_contracts().filter_map(|contract| contract.seats).max();
            seats.and_then(|seats| number(seats as f64))
        },
    },
    Attribute {
        name: "contracts",
        about: "how many contract lines are active",
        read: |look| number(look.facts.active_contracts().count() as f64),
    },
    Attribute {
        name: "tenure_days",
        about: "days since it became a customer",
        read: |look| {
            look.facts.customer_since.and_then(|since| number(f64::from(look.days_since(since))))
        },
    },
    Attribute {
        name: "days_to_deadline",
        about: "days until the earliest cancel deadline",
        read: |look| {
            let deadlines = look.facts.active_contracts().filter_map(|c| c.cancel_deadline);
            let next = deadlines.filter(|day| *day >= look.as_of).min();
            next.and_then(|day| number(-f64::from(look.days_since(day))))
        },
    },
    Attribute {
        name: "health",
        about: "the health score, 0 to 100",
        read: |look| health(look).and_then(|health| number(health.score)),
    },
    Attribute {
        name: "nps",
        about: "the latest NPS answer, 0 to 10",
        read: |look| {
            let answer = look.facts.surveys.iter().find(|survey| survey.question == "nps");
            answer.and_then(|survey| number(survey.score))
        },
    },
    Attribute {
        name: "churn",
        about: "the chance that it leaves within the outcome window, 0 to 1",
        read: |look| look.facts.churn.and_then(|churn| number(churn.mean)),
    },
    Attribute {
        name: "open_tickets",
        about: "tickets that are open",
        read: |look| number(look.facts.tickets.len() as f64),
    },
    Attribute {
        name: "escalated",
        about: "whether a grave ticket is open",
        read: |look| {
            let grave = |ticket: &Ticket| ticket.escalated;
            Some(Value::Flag(look.facts.tickets.iter().any(grave)))
        },
    },
];

#[expect(clippy::unnecessary_wraps, reason = "the shape of a reader")]
fn number(x: f64) -> Option<Value> {
    Some(Value::Number(x))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a reader")]
fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned()))
}

/// The attribute's value; nothing where it is missing, or where there is no such attribute.
pub(super) fn read(look: &Look, name: &str) -> Option<Value> {
    if let Some(attribute) = ATTRIBUTES.iter().find(|attribute| attribute.name == name) {
        return (attribute.read)(look);
    }
    let own = look.facts.attributes.get(name).cloned();
    own.or_else(|| look.facts.features.get(name).map(|x| Value::Number(*x)))
}
