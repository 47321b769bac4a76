//! `serve`: the web page and the JSON API.

use super::console::Console;
use super::exit::{Ending, Exit};
use super::flags::{AliasFlag, ClockFlags, IndexFlag, duration};
use super::{interrupt, place, threads};
use crate::index::Location;
use crate::serve::{Options, Served, Server};
use clap::Args;
use jiff::tz::TimeZone;
use std::io::Write;
use std::time::Duration;

/// Serve the web page and the JSON API
#[derive(Args, Debug)]
#[command(after_help = "\
The index is only read; what `dateline index` commits meanwhile is picked up within a second.
/api/openapi.json describes the API; /healthz and /metrics are for those who watch over servers.

Examples:
  dateline serve                                     http://127.0.0.1:8008/
  dateline serve --port 0                            any free port, printed
  DATELINE_TOKEN=… dateline serve --host 0.0.0.0     for others, who open http://HOST:8008/?token=…
  curl 'http://127.0.0.1:8008/api/search?q=floods&from=2024&limit=3' | jq '.hits[].title'")]
pub struct Serve {
    #[command(flatten)]
    index: IndexFlag,
    /// Address or name to listen at
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    host: String,
    /// Port; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8008)]
    port: u16,
    /// What callers must know: `Authorization: Bearer TOKEN`, or ?token=TOKEN; required for others than this machine
    #[arg(
        long,
        value_name = "TOKEN",
        env = "DATELINE_TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
    /// A further name that this server is called by, as behind a proxy
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    #[command(flatten)]
    aliases: AliasFlag,
    /// Searches at a time [default: all cores]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Limits",
        default_value_t = 0,
        hide_default_value = true
    )]
    threads: usize,
    /// Longest time for one request
    #[arg(long, value_name = "TIME", help_heading = "Limits", value_parser = duration, default_value = "10s")]
    timeout: Duration,
    /// Requests under way or waiting at a time; one more is told to come back
    #[arg(long, value_name = "N", help_heading = "Limits", default_value_t = 256)]
    max_requests: usize,
    /// Connections at a time
    #[arg(
        long,
        value_name = "N",
        help_heading = "Limits",
        default_value_t = 1024
    )]
    max_connections: usize,
    #[command(flatten)]
    clock: ClockFlags,
}

impl Serve {
    pub fn run(self, console: &Console) -> Ending {
        let clock = self.clock.clock()?;
        let served: Served = match place::location(&self.index)? {
            Location::Folder(folder) => place::open_folder(&folder)?.into(),
            Location::Cluster(_) => place::open(&self.index)?.into(),
        };
        let server = Server::bind(
            served,
            Options {
                aliases: self.aliases.read()?,
                host: self.host,
                port: self.port,
                token: self.token,
                names: self.allow_host,
                threads: threads(self.threads),
                waiting: self.max_requests,
                connections: self.max_connections,
                timeout: self.timeout,
                zone: match self.clock.tz {
                    Some(_) => clock.zone.clone(),
                    None => TimeZone::system(),
                },
                clock: self.clock.now.is_some().then_some(clock),
            },
        )?;
        // On standard output: a script that asked for any free port reads it there.
        let mut out = console.raw_out();
        writeln!(out, "http://{}/", server.address())?;
        out.flush()?;
        console.say("Ctrl-C ends it");
        server.run(interrupt::finish())?;
        Ok(Exit::Done)
    }
}
