//! The subcommands: one file each, with its flags, what it does and how it answers.

mod backup;
mod check;
mod compact;
mod demo;
pub(crate) mod erase;
mod explain;
mod duplicates;
mod export;
mod home;
mod history;
pub(crate) mod ingest;
mod init;
mod map;
mod model;
mod play;
mod plays;
mod policy;
mod reference;
mod replay;
mod restore;
pub(crate) mod run;
mod serve;
mod simulate;
mod stop;
mod user;
mod whitespace;
pub(crate) mod worker;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::output::Format;

/// Finds each existing customer's room to grow: who to approach, when, with what, and why.
#[derive(Debug, Parser)]
#[command(name = "nobishiro", version, about, propagate_version = true)]
pub(crate) struct Nobishiro {
    #[command(subcommand)]
    command: Command,
}

/// Flags of every command that works on a workspace.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) workspace: PathBuf,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A sample company, one night's run, the web app.
    Demo(demo::Demo),
    /// Makes a workspace: nobishiro.toml, policy.toml, an empty store.
    Init(init::Init),
    /// Takes files into the workspace.
    Ingest(ingest::Ingest),
    /// Mappings for foreign files.
    Map(map::Map),
    /// Says what the data allow and what is missing for which capability.
    Check(check::Check),
    /// Runs a night: features, train, score, plan.
    Run(run::Run),
    /// Lists the live plan in rank order.
    Plays(plays::Plays),
    /// Answers a play, or adds one of a rep's own.
    Play(play::Play),
    /// Stops selling to an account, or lifts the stop.
    Stop(stop::Stop),
    /// Says why, why now, and why not.
    Explain(explain::Explain),
    /// Shows what a customer's group could have and has not.
    Whitespace(whitespace::Whitespace),
    /// Shows an account's contracts on a day, and every change.
    History(history::History),
    /// Lists accounts that look like one company; confirms, rejects, or takes either back.
    Duplicates(duplicates::Duplicates),
    /// Shows, compares, tries and publishes policies; stops and starts offers.
    Policy(policy::Policy),
    /// Repeats a run's plan from what it was given: the same bytes, or what differs.
    Replay(replay::Replay),
    /// Serves the web application.
    Serve(serve::Serve),
    /// Does the work that people ask for in the browser; `serve` starts one by itself.
    Worker(worker::Worker),
    /// Adds, lists and changes the users of the web application.
    User(user::UserCommand),
    /// Runs and serves many workspaces from one place.
    Home(home::HomeCommand),
    /// Writes everything as canonical CSV files.
    Export(export::Export),
    /// Merges the lake's files, removes old ones, and what is kept no longer.
    Compact(compact::Compact),
    /// Removes all that is held about one person.
    Erase(erase::Erase),
    /// Writes everything into one file.
    Backup(backup::Backup),
    /// Makes a workspace of a backup.
    Restore(restore::Restore),
    /// One model on any file, for analysts.
    Model(model::Model),
    /// Writes a made-up company with known truth: canonical files, truth.csv beside them.
    Simulate(simulate::Simulate),
    /// Writes the generated reference pages, or checks that they are not stale.
    #[command(hide = true)]
    Reference(reference::Reference),
}

impl Nobishiro {
    /// Does what the command line says.
    pub(crate) async fn run(self) -> Result<()> {
        match self.command {
            Command::Demo(command) => command.run().await,
            Command::Init(command) => command.run().await,
            Command::Ingest(command) => command.run().await,
            Command::Map(command) => command.run(),
            Command::Check(command) => command.run().await,
            Command::Run(command) => command.run().await,
            Command::Plays(command) => command.run().await,
            Command::Play(command) => command.run().await,
            Command::Stop(command) => command.run().await,
            Command::Explain(command) => command.run().await,
            Command::Whitespace(command) => command.run().await,
            Command::History(command) => command.run().await,
            Command::Duplicates(command) => command.run().await,
            Command::Policy(command) => command.run().await,
            Command::Replay(command) => command.run().await,
            Command::Serve(command) => command.run().await,
            Command::Worker(command) => command.run().await,
            Command::User(command) => command.run().await,
            Command::Home(command) => command.run().await,
            Command::Export(command) => command.run().await,
            Command::Compact(command) => command.run().await,
            Command::Erase(command) => command.run().await,
            Command::Backup(command) => command.run().await,
            Command::Restore(command) => command.run().await,
            Command::Model(command) => command.run(),
            Command::Simulate(command) => command.run(),
            Command::Reference(command) => command.run(),
        }
    }
}
