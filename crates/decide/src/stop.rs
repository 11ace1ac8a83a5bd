//! The switch that stops offers (N10): while it is on, nothing is offered and nothing is prompted.
//!
//! Care goes on, and so do work that somebody took on and the next step of a deal in progress where a rep
//! speaks: they are promises to the customer. Who stopped offers and why is text of people, so it stands in the store
//! alone and not in decisions.

use domain::motion::{Channel, Motion};
use domain::words::Words;

use crate::policy::Policy;

/// The reason's code.
pub const CODE: &str = "stopped";

/// Whether the switch holds an offer of this move through this channel.
pub fn holds(policy: &Policy, motion: Motion, channel: Channel) -> bool {
    let goes_on = match motion {
        Motion::Care => true,
        Motion::Advance => channel.takes_hours(),
        _ => false,
    };
    policy.stopped.is_some() && !goes_on
}

/// Why nothing is offered.
pub fn words(policy: &Policy) -> Words {
    match policy.stopped {
        None => Words::default(),
        Some(since) => Words::new(
            format!("{}から、すべての提案を停止しています。", since.display_ja()),
            format!("All offers have been stopped since {}.", since.display_en()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::day;

    #[test]
    fn everything_that_is_offered_stops() {
        let mut policy = Policy::default();
        let held = |policy: &Policy, channel| -> Vec<&str> {
            let all = Motion::ALL.iter().filter(|motion| holds(policy, **motion, channel));
            all.map(|motion| motion.code()).collect()
        };
        assert_eq!(held(&policy, Channel::Phone), Vec::<&str>::new());
        policy.stopped = Some(day("2026-03-12"));
        let selling = "plan_up seats term option cross_sell bundle poc subscribe repeat downsell";
        assert_eq!(held(&policy, Channel::Phone).join(" "), selling);
        let prompted =
            "plan_up seats term option cross_sell bundle poc subscribe repeat advance downsell";
        assert_eq!(held(&policy, Channel::Mail).join(" "), prompted);
        assert_eq!(words(&policy).ja, "2026年3月12日から、すべての提案を停止しています。");
    }
}
