//! The pages, asked as a browser asks, over a store in a temporary folder.

mod fixture;
mod ask;
mod today;
mod tools;
mod accounts;
mod account;
mod frame;
mod home;
mod plays;
mod access;
mod sign_in;
mod night;
mod pipeline;
mod notes;
mod mapped;
mod whitespace;
mod data;
