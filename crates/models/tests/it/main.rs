//! Published numbers, on the data sets they were published for.

mod data;
mod uplift;
