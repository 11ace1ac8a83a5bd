//! What every store must do, checked over SQLite and PostgreSQL.

mod entities;
mod guards;
mod heard;
mod home;
mod history;
mod erasure;
mod ingests;
mod jobs;
mod keys;
mod lake;
mod leases;
mod opening;
mod natural;
mod night;
mod pipeline;
mod pages;
mod plays;
mod policies;
mod runs;
mod setting;
mod users;
mod work;
mod whitespace;
mod writers;
