//! The words of a play's life, as the tables hold them.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $code:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $code)] $word,)*
        }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$word),*];

            /// The word in tables, addresses and exports.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$word => $code,)*
                }
            }

            /// The one with this code.
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.code() == code)
            }
        }
    )*};
}

words! {
    /// Where a play stands.
    Stage {
        /// Nobody answered, or the answer was taken back.
        Open = "open",
        /// A rep works on it: a run charges its hours first and leaves it alone.
        Accepted = "accepted",
        /// Put off until a day.
        Held = "held",
        /// Not a fit.
        Refused = "refused",
        /// Worked off, with an outcome.
        Done = "done",
        /// Ended without an outcome.
        Closed = "closed",
    }

    /// Who made the play.
    Origin {
        /// A run.
        Run = "run",
        /// A rep.
        Own = "own",
    }

    /// What came of a play that is done.
    Outcome {
        /// The customer bought or signed.
        Won = "won",
        /// The customer declined.
        Lost = "lost",
        /// It was done and there was nothing to win, or nothing is known yet.
        None = "none",
    }

    /// What happened to a play.
    EventKind {
        /// A rep took it on.
        Accept = "accept",
        /// It was put off.
        Hold = "hold",
        /// It is not a fit.
        Refuse = "refuse",
        /// It is done.
        Done = "done",
        /// One of its steps is done.
        StepDone = "step_done",
        /// Somebody noted something.
        Note = "note",
        /// The latest answer was taken back.
        Undo = "undo",
        /// A rep added it.
        Own = "own",
        /// It ended without an outcome.
        Close = "close",
        /// It is open again.
        Reopen = "reopen",
        /// It was given to another rep.
        Assign = "assign",
        /// It came to another phase of the cycle.
        Phase = "phase",
        /// It was handed to the other side.
        HandOff = "hand_off",
        /// The other side took it over.
        TakeOver = "take_over",
        /// The other side gave it back.
        GiveBack = "give_back",
        /// It was linked to a deal, or the link was cut.
        Link = "link",
    }

    /// Where work under way stands in the cycle of the pipeline (S16, S78); won and lost are outcomes.
    Phase {
        /// Who decides is being found.
        KeyMan = "key_man",
        /// What could help them is being thought out.
        Hypothesis = "hypothesis",
        /// It was proposed.
        Proposal = "proposal",
        /// It is being tried out (PoC).
        Verification = "verification",
    }

    /// What became of a handoff that is not settled.
    Handoff {
        /// It waits for the other side.
        Sent = "sent",
        /// The other side gave it back.
        Returned = "returned",
    }

    /// How an event touched the customer.
    TouchKind {
        /// The customer is or was contacted.
        Contact = "contact",
        /// The customer declined.
        Rejection = "rejection",
        /// The customer accepted: it ends a series of rejections.
        Win = "win",
    }

    /// What a run changed against the day before.
    ChangeKind {
        /// A play that was not there.
        New = "new",
        /// A play that is no longer true.
        Ended = "ended",
        /// Another place in the list.
        Rank = "rank",
        /// Another week.
        Week = "week",
        /// It stays although another would come first: the current week is frozen.
        Frozen = "frozen",
        /// A play that was put off is open again.
        Reopened = "reopened",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_their_words() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.code()), Some(*stage));
        }
        assert_eq!(EventKind::parse("step_done"), Some(EventKind::StepDone));
        assert_eq!(Outcome::parse("Won"), None);
    }
}
