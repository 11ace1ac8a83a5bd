//! Published numbers, on the data sets they were published for.

mod data;
mod ltv;
mod retention;
mod baskets;
mod next_basket;
mod ope;
mod uplift;
