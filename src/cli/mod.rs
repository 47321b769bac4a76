//! The command line: flags, progress, calls into the library. One file a command.

mod annotate;
mod batch;
mod compact;
mod completions;
mod console;
mod eval;
mod exit;
mod export;
mod facets;
mod files;
mod find;
mod flags;
mod forget;
mod form;
mod index;
mod interrupt;
mod last;
mod place;
mod progress;
mod read;
mod related;
mod search;
mod serve;
mod show;
mod status;
mod timeline;
mod verify;
mod watch;

use crate::output::neutral;
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use console::{Color, Console};
use exit::{Ending, Exit, Stop};
use std::borrow::Cow;
use std::io::Write;
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  dateline search --in corpus \"Nissan Sunderland\"       index a folder and search it, in one step
  dateline index ~/news                                 make or update ./.dateline
  dateline search \"interest rates\" --from 2024 --lang de
  dateline search 'person:\"Angela Merkel\" about:2015-07 refugees'
  dateline batch topics.tsv > answers.jsonl

`dateline COMMAND --help` shows a command's flags and further examples.";

/// Ask a folder of news who, what, where and when
#[derive(Parser, Debug)]
#[command(
    name = "dateline",
    version,
    after_help = EXAMPLES,
    arg_required_else_help = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, hide_default_value = true, hide_possible_values = true, value_name = "auto|always|never", help_heading = "Output")]
    color: Color,
    /// Say nothing but results and errors
    #[arg(long, global = true, help_heading = "Output")]
    quiet: bool,
}

#[derive(Subcommand, Debug)]
enum Command {
    Index(Box<index::Index>),
    Search(Box<search::Search>),
    Batch(Box<batch::Batch>),
    Show(show::Show),
    Open(show::Open),
    Related(Box<related::Related>),
    Timeline(Box<timeline::Timeline>),
    Facets(Box<facets::Facets>),
    Export(Box<export::Export>),
    Watch(Box<watch::WatchCommand>),
    Read(read::Read),
    Annotate(annotate::Annotate),
    Eval(Box<eval::Eval>),
    Status(status::Status),
    Verify(verify::Verify),
    Compact(compact::Compact),
    Forget(forget::Forget),
    Serve(Box<serve::Serve>),
    Completions(completions::Completions),
    Man(completions::Man),
}

impl Command {
    fn run(self, console: &Console) -> Ending {
        match self {
            Self::Index(command) => command.run(console),
            Self::Search(command) => command.run(console),
            Self::Batch(command) => command.run(console),
            Self::Show(command) => command.run(console),
            Self::Open(command) => command.run(console),
            Self::Related(command) => command.run(console),
            Self::Timeline(command) => command.run(console),
            Self::Facets(command) => command.run(console),
            Self::Export(command) => command.run(console),
            Self::Watch(command) => command.run(console),
            Self::Read(command) => command.run(console),
            Self::Annotate(command) => command.run(console),
            Self::Eval(command) => command.run(console),
            Self::Status(command) => command.run(console),
            Self::Verify(command) => command.run(console),
            Self::Compact(command) => command.run(console),
            Self::Forget(command) => command.run(console),
            Self::Serve(command) => command.run(console),
            Self::Completions(command) => command.run(console),
            Self::Man(command) => command.run(console),
        }
    }
}

/// Runs the command that the process's arguments name.
///
/// Results go to standard output, everything else to standard error; a reader that goes away ends it
/// quietly with 0.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    interrupt::listen();
    let console = Console::new(cli.color, cli.quiet);
    let exit = match cli.command.run(&console) {
        Ok(exit) => exit,
        Err(Stop::Closed) => Exit::Done,
        Err(Stop::Failed(error)) => {
            console.error(&error, None);
            Exit::of(&error)
        }
        Err(Stop::Query(error, query)) => {
            console.error(&error, Some(&query));
            Exit::of(&error)
        }
    };
    let exit = if interrupt::asked() {
        Exit::Interrupted
    } else {
        exit
    };
    ExitCode::from(exit.code())
}

/// Threads to use; 0 asks for all cores.
fn threads(asked: usize) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
        n => n.min(256),
    }
}

/// Help and version are results; anything else that clap says is an error.
fn usage(error: &clap::Error) -> ExitCode {
    // What was typed is shown again; its control characters are defused at the price of colour.
    let plain = error.render().to_string();
    let _ = match neutral(&plain) {
        // Where nobody reads, there is nobody to tell.
        Cow::Borrowed(_) => error.print(),
        Cow::Owned(text) => write!(std::io::stderr(), "{text}"),
    };
    if error.kind() == ErrorKind::InvalidSubcommand {
        let _ = writeln!(
            std::io::stderr(),
            "\nto search for words: dateline search WORDS"
        );
    }
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => ExitCode::from(Exit::Refused.code()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
