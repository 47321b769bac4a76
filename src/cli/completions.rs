//! `completions`, `man`: made from the flags themselves.

use super::Cli;
use super::console::Console;
use super::exit::{Ending, Exit};
use clap::{Args, CommandFactory};
use std::io::Write;

/// Print a completion script for a shell
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  dateline completions bash > ~/.local/share/bash-completion/completions/dateline
  dateline completions zsh > ~/.zfunc/_dateline
  dateline completions fish > ~/.config/fish/completions/dateline.fish")]
pub struct Completions {
    /// The shell that the script is for
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(self, console: &Console) -> Ending {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "dateline", &mut script);
        let mut out = console.out();
        out.write_all(&script)?;
        out.flush()?;
        Ok(Exit::Done)
    }
}

/// Print the manual page
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  dateline man > dateline.1
  dateline man search | man -l -")]
pub struct Man {
    /// The command to describe; the program as a whole without it
    command: Option<String>,
}

impl Man {
    pub fn run(self, console: &Console) -> Ending {
        let mut root = Cli::command();
        root.build();
        let described = match &self.command {
            None => root,
            Some(name) => match root.find_subcommand(name) {
                Some(found) => found.clone(),
                None => {
                    return Err(crate::Error::Usage(format!(
                        "no command {name:?}; `dateline --help` lists them"
                    ))
                    .into());
                }
            },
        };
        let mut page = Vec::new();
        clap_mangen::Man::new(described).render(&mut page)?;
        let mut out = console.out();
        out.write_all(&page)?;
        out.flush()?;
        Ok(Exit::Done)
    }
}
