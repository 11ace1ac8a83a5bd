//! Given candidates, policy, guards and capacities, chooses who is offered what, when, and says why; pure and deterministic.
