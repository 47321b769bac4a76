//! Standard output and standard error.

use crate::error::Error;
use crate::index::request::Duplicates;
use crate::output::{Neutral, Style, further_copies, neutral};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::{Command, Stdio};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    Always,
    Never,
}

/// What the command's two streams are.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    pub quiet: bool,
    color: Color,
    out_terminal: bool,
    err_terminal: bool,
}

/// What is said of the copies among `count` units: how many of them, or, where only one of each story
/// is counted, how many there are beside.
pub fn copies(copies: u64, duplicates: Option<Duplicates>) -> String {
    match (copies, duplicates) {
        (n, Some(Duplicates::Collapse)) => further_copies(n).unwrap_or_default(),
        (0, _) => String::new(),
        (1, _) => "(1 copy)".to_owned(),
        (n, _) => format!("({n} copies)"),
    }
}

/// Columns of a text that goes to no terminal.
const PLAIN_WIDTH: usize = 80;

impl Console {
    pub fn new(color: Color, quiet: bool) -> Self {
        Self {
            quiet,
            color,
            out_terminal: io::stdout().is_terminal(),
            err_terminal: io::stderr().is_terminal(),
        }
    }

    /// How text for people looks on standard output.
    pub fn style(&self) -> Style {
        Style {
            color: self.colored(self.out_terminal),
            links: self.out_terminal && self.colored(true),
            width: self.width(),
        }
    }

    fn colored(&self, terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                terminal && !set("NO_COLOR") && !dumb
            }
        }
    }

    fn width(&self) -> usize {
        let asked = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
        let window = || terminal_size::terminal_size_of(io::stdout()).map(|(w, _)| w.0.into());
        asked
            .filter(|columns: &usize| *columns > 0)
            .or_else(|| self.out_terminal.then(window).flatten())
            .unwrap_or(PLAIN_WIDTH)
    }

    /// Whether progress may be shown.
    pub fn shows_progress(&self) -> bool {
        self.err_terminal && !self.quiet
    }

    /// Standard output for text that colours itself.
    pub fn out(&self) -> Box<dyn Write> {
        Box::new(BufWriter::with_capacity(1 << 16, io::stdout()))
    }

    /// Standard output for people, without colour: control characters are defused wherever it goes.
    pub fn text_out(&self) -> Box<dyn Write> {
        Box::new(Neutral::new(self.out()))
    }

    /// Standard output for programs; on a terminal control characters are defused.
    pub fn raw_out(&self) -> Box<dyn Write> {
        let out = BufWriter::with_capacity(1 << 16, io::stdout());
        if self.out_terminal {
            Box::new(Neutral::new(out))
        } else {
            Box::new(out)
        }
    }

    /// Prints text that colours itself, through a pager where it is longer than the window.
    ///
    /// The pager is `$PAGER`, else `less`; an empty `$PAGER` means none.
    pub fn page(&self, text: &[u8]) -> io::Result<()> {
        let lines = text.iter().filter(|b| **b == b'\n').count();
        let window = terminal_size::terminal_size_of(io::stdout()).map(|(_, h)| usize::from(h.0));
        let is_long = window.is_some_and(|height| lines >= height);
        let pager = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
        if !(self.out_terminal && is_long) || pager.trim().is_empty() || pager == "cat" {
            let mut out = self.out();
            out.write_all(text)?;
            return out.flush();
        }
        let mut command = Command::new("sh");
        command.arg("-c").arg(&pager).stdin(Stdio::piped());
        if std::env::var_os("LESS").is_none() {
            // As git has it: quit if it fits, keep colours, leave the screen.
            command.env("LESS", "FRX");
        }
        match command.spawn() {
            Ok(mut child) => {
                if let Some(mut input) = child.stdin.take() {
                    // Whoever leaves the pager early has seen enough.
                    let _ = input.write_all(text);
                }
                child.wait().map(|_| ())
            }
            Err(_) => {
                let mut out = self.out();
                out.write_all(text)?;
                out.flush()
            }
        }
    }

    /// A line on standard error, unless quiet.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            self.line(&neutral(line));
        }
    }

    /// `kind: message` on standard error, unless quiet.
    pub fn note(&self, kind: &str, message: &str) {
        if !self.quiet {
            let style = self.err_style();
            let kind = style.ink("33", &format!("{kind}:"));
            self.line(&format!("{kind} {}", neutral(message)));
        }
    }

    /// A trouble with one file or row: always said, on one line whatever the file is called.
    pub fn trouble(&self, message: &str) {
        let message = message.replace(['\n', '\r'], "\u{fffd}");
        self.line(&format!("dateline: {}", neutral(&message)));
    }

    /// An error, with its place in the query where it has one.
    pub fn error(&self, error: &Error, query: Option<&str>) {
        let style = self.err_style();
        let name = style.ink("1;31", "dateline:");
        self.line(&format!("{name} {}", neutral(&error.to_string())));
        let (Error::Query { start, end, .. }, Some(query)) = (error, query) else {
            return;
        };
        let (Some(before), Some(inside)) = (query.get(..*start), query.get(*start..*end)) else {
            return;
        };
        // A place can be pointed at only on one line.
        if query.contains('\n') || inside.trim().is_empty() {
            return;
        }
        let columns = |text: &str| text.chars().count();
        self.line(&format!("  {}", neutral(query)));
        let arrows = "^".repeat(columns(inside));
        self.line(&format!(
            "  {}{}",
            " ".repeat(columns(before)),
            style.ink("1;31", &arrows)
        ));
    }

    fn err_style(&self) -> Style {
        Style {
            color: self.colored(self.err_terminal),
            ..Style::default()
        }
    }

    fn line(&self, line: &str) {
        // A closed standard error is no reason to end.
        let _ = writeln!(io::stderr(), "{line}");
    }
}
