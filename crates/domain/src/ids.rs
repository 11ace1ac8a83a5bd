//! Typed ids: what came with the data, and the surrogate keys that the lake and decisions carry.

use std::fmt;

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as it stands in the data.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it stands in the data.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

text_id! {
    /// An account of the customer's files: a group, company, department, person or household.
    AccountId,
    /// A person at an account.
    ContactId,
    /// A sales or customer-success representative.
    RepId,
    /// A plan, option, item or service that can be held or bought.
    ProductId,
    /// What is offered: given by the offers table, or derived (`plan_up:PRO`).
    OfferId,
    /// One contract line.
    SubscriptionId,
    /// One deal in progress or closed.
    ProposalId,
    /// One item of work: the hash of account, package and signal occurrence.
    PlayId,
    /// One night's run: the hash of its day, data, policy and seed.
    RunId,
}

macro_rules! surrogate_key {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )*};
}

surrogate_key! {
    /// Stands for an account in lake, features and decisions; the store alone links it to an id.
    AccountKey,
    /// Stands for a contact in lake, features and decisions; the store alone links it to an id.
    ContactKey,
}
