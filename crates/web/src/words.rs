//! Every text of the pages, Japanese and English side by side, one module a page.

/// A table of texts with one field a text: `name = "Japanese", "English";`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($field:ident = $ja:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name { $(pub(crate) $field: &'static str,)* }

        impl $name {
            const JA: Self = Self { $($field: $ja,)* };
            const EN: Self = Self { $($field: $en,)* };

            /// The texts in `lang`.
            pub(crate) fn of(lang: domain::words::Lang) -> &'static Self {
                match lang {
                    domain::words::Lang::Ja => &Self::JA,
                    domain::words::Lang::En => &Self::EN,
                }
            }
        }
    };
}

mod frame;
pub(crate) mod home;
pub(crate) mod today;
pub(crate) mod night;
pub(crate) mod pipeline;
pub(crate) mod tasks;
pub(crate) mod answers;
pub(crate) mod play;
pub(crate) mod accounts;
pub(crate) mod account;
pub(crate) mod access;
pub(crate) mod whitespace;
pub(crate) mod notes;
pub(crate) mod data;
pub(crate) mod tour;
pub(crate) mod components;
mod codes;

use domain::words::Lang;

pub(crate) use access::AccessWords;
pub(crate) use account::AccountWords;
pub(crate) use accounts::AccountsWords;
pub(crate) use answers::AnswerWords;
pub(crate) use codes::{
    activity_kind, check_says, fate, kind, motion, motion_hue, price_basis, priority, provenance,
    renewal, role, source, tax, ticket_state, touch,
};
pub(crate) use data::DataWords;
pub(crate) use frame::{ErrorWords, FrameWords};
pub(crate) use home::HomeWords;
pub(crate) use night::{AbsenceWords, NightWords, ReassignWords};
pub(crate) use pipeline::PipelineWords;
pub(crate) use play::PlayWords;
pub(crate) use today::TodayWords;

/// English: a count with its noun, `1 account`, `1,204 accounts`.
pub(crate) fn counted(n: u64, one: &str) -> String {
    format!("{} {one}{}", crate::show::whole(n), if n == 1 { "" } else { "s" })
}

/// One of two texts by language.
pub(crate) fn either(lang: Lang, ja: impl Into<String>, en: impl Into<String>) -> String {
    match lang {
        Lang::Ja => ja.into(),
        Lang::En => en.into(),
    }
}
