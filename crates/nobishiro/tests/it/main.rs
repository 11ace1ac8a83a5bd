//! System tests: the built executable, run as people run it, on made-up and real data.

#![expect(clippy::print_stdout, reason = "skipped data sets are said on standard output")]

mod backup;
mod bad_input;
mod browser;
mod care;
mod cli;
mod data;
mod demo;
mod home;
mod duplicates;
mod history;
mod erase;
mod explain;
mod intact;
mod model_also_bought;
mod model_rules;
mod foresight;
mod foreign;
mod kills;
mod layouts;
mod learned;
mod model_next_basket;
mod model_nps;
mod model_ope;
mod play;
mod model_forecast;
mod model_ltv;
mod model_retention;
mod model_propensity;
mod model_uplift;
mod by_day;
mod nights;
mod offers;
mod plays_natural;
mod policy;
mod replay;
mod serve;
mod simulate;
mod support;
mod timing;
mod timing_bounds;
mod steps;
mod user;
mod verdicts;
mod whitespace;
