//! A small newsroom in a temporary folder, and the program run in it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder that goes with the test.
pub struct Desk {
    folder: TempDir,
}

/// What the program said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    /// An empty folder.
    pub fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// Three articles: one undated, one with sections, one in German.
    pub fn new() -> Self {
        let desk = Self::empty();
        desk.write(
            "news/sunderland.txt",
            "Carmaker to build new model in Sunderland\n\nThe carmaker Nissan will build a new electric \
             model at its plant in Sunderland.\n\nUnions welcomed the decision.\n",
        );
        desk.write(
            "news/rates.md",
            "---\ntitle: Central bank raises rates\ndate: 2024-07-17\nauthor: Jane Doe\n\
             source: Morning Wire\nurl: https://news.example/rates\nlang: en\n---\nThe central bank \
             raised its key interest rate on Wednesday.\n\n## What happens next?\n\nMarkets expect \
             another rise in September 2024.\n",
        );
        desk.write(
            "news/hochwasser.md",
            "---\ntitle: Hochwasser an der Oder\ndate: 2024-09-20\nsource: Tagblatt\nlang: de\n---\nDas \
             Hochwasser an der Oder hat am Freitag mehrere Orte erreicht.\n",
        );
        desk
    }

    /// The same, indexed.
    pub fn indexed() -> Self {
        let desk = Self::new();
        let said = desk.run(&["index", "news"]);
        assert_eq!(said.code, 0, "{}", said.err);
        desk
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).expect("a folder");
        }
        std::fs::write(&path, content).expect("a file");
        path
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
        command
            .args(args)
            .current_dir(self.path())
            .env_remove("DATELINE_INDEX")
            .env_remove("NO_COLOR")
            .env("COLUMNS", "80")
            .env("DATELINE_STATE", self.path().join("state"))
            .env("XDG_CACHE_HOME", self.path().join("cache"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts it and leaves it running.
    pub fn start(&self, args: &[&str]) -> std::process::Child {
        self.command(args).spawn().expect("the program runs")
    }

    /// Runs the program in the folder, with nothing to read.
    pub fn run(&self, args: &[&str]) -> Said {
        said(self.command(args).output().expect("the program runs"))
    }

    /// Runs it with environment variables.
    pub fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Said {
        let mut command = self.command(args);
        command.envs(variables.iter().copied());
        said(command.output().expect("the program runs"))
    }

    /// Runs it with `input` on standard input.
    pub fn feed(&self, args: &[&str], input: impl AsRef<[u8]>) -> Said {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.as_ref().to_vec();
        let writer = std::thread::spawn(move || {
            // The program may end before it has read everything.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the writer ends");
        said(output)
    }

    /// Runs it and closes its output after the first line.
    pub fn cut_off(&self, args: &[&str]) -> (i32, String) {
        use std::io::{BufRead, BufReader, Read};
        let mut child = self.command(args).spawn().expect("the program runs");
        let mut line = String::new();
        let mut reader = BufReader::new(child.stdout.take().expect("a pipe"));
        reader.read_line(&mut line).expect("a line");
        drop(reader);
        let mut err = String::new();
        let mut stderr = child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut err).expect("text");
        let status = child.wait().expect("the program ends");
        (status.code().unwrap_or(-1), err)
    }
}

fn said(output: Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
        err: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
    }
}
