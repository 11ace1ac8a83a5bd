//! Mathematics on numbers and matrices; does not know what an account is.
