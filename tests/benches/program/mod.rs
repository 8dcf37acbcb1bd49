//! The mock as a program, beside other programs that stand in for a service: start, load, memory.

mod npm;
mod sign_in;
pub(crate) mod wiremock;

use std::{path::Path, process::Command, time::Duration};

use crate::{
    load::requests_per_second,
    measure::{median, now},
    process::Process,
    table::{Table, millis, per_second, size},
};

const STARTS: usize = 21;
const ROUND: Duration = Duration::from_secs(3);
const GETS: f64 = 500_000.0;
/// The slow ones would need minutes for as many answers.
const ROUNDS_OF_A_PEER: usize = 5;

/// What `cargo xtask bench` built for us.
pub(crate) const PROGRAM: &str = "SECUREFLOWS_MOCK";

/// The program's own targets.
pub(crate) async fn alone(table: &mut Table) {
    let Some(program) = std::env::var_os(PROGRAM) else { return };
    let file = size(stripped(Path::new(&program)));
    table.row("the binary, stripped", file, String::new(), String::new(), "≤ 15 MB");
    let ours = Standing::of_ours(Path::new(&program)).await;
    let words = "start of the program to its first authenticated answer, p50";
    table.row(words, millis(ours.start), String::new(), String::new(), "≤ 15 ms");
    table.row("memory when idle", size(ours.idle), String::new(), String::new(), "≤ 15 MiB");
    let words = "authenticated `get`s of the program, 32 connections, load on the same cores";
    table.row(words, per_second(ours.rate), String::new(), String::new(), "≥ 40000/s");
    let words = "memory after 500,000 of them";
    table.row(words, size(ours.loaded), String::new(), String::new(), "≤ 25 MiB");
}

/// How large the program is without its symbols.
fn stripped(program: &Path) -> u64 {
    let copy =
        std::env::temp_dir().join(format!("secureflows-bench-{}-stripped", std::process::id()));
    assert!(Command::new("strip").arg("-o").arg(&copy).arg(program).status().unwrap().success());
    let file = std::fs::metadata(&copy).unwrap().len();
    std::fs::remove_file(copy).unwrap();
    file
}

/// The program and its peers, a line each: start, rate and memory of the same kind of answer.
pub(crate) async fn beside_peers(table: &mut Table) {
    let Some(program) = std::env::var_os(PROGRAM) else { return };
    let ours = Standing::of_ours(Path::new(&program)).await;
    ours.show("`secureflows-mock`: a login, then authenticated `get`s", table);
    let wiremock = |port: u16| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([wiremock::WORD, &port.to_string()]);
        command
    };
    let standing = Standing::of(wiremock, "/api/v1/sessions/get/note").await;
    standing.show("`wiremock` (crate): the same answer from a fixed table", table);
    for peer in npm::PEERS {
        match peer.install() {
            Ok(()) => {
                let standing = Standing::of(|port| peer.command(port), peer.path).await;
                standing.show(peer.what, table);
            }
            Err(why) => {
                let cell = String::new;
                table.row(peer.what, cell(), cell(), format!("does not install here: {why}"), "");
            }
        }
    }
}

/// What a program costs.
struct Standing {
    start: Duration,
    rate: f64,
    idle: u64,
    loaded: u64,
}

impl Standing {
    async fn of_ours(program: &Path) -> Self {
        let command = |port: u16| {
            let mut command = Command::new(program);
            command.args(["serve", "--port", &port.to_string(), "--json"]);
            command
        };
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let begun = now();
            let process = Process::start(command);
            process.reached().await;
            let request = sign_in::authenticated_request(&process.address).await;
            process.ask(&request).await;
            starts.push(begun.elapsed());
        }
        let process = Process::start(command);
        process.reached().await;
        let idle = process.memory();
        let request = sign_in::authenticated_request(&process.address).await;
        Self::under_load(process, request, median(&mut starts), idle, usize::MAX).await
    }

    /// Of a program that answers a plain request for `path`.
    async fn of(command: impl Fn(u16) -> Command, path: &str) -> Self {
        let request = |address: &str| {
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer any\r\n\r\n")
        };
        let mut starts = Vec::new();
        for _ in 0..3 {
            let begun = now();
            let process = Process::start(&command);
            process.reached().await;
            process.ask(&request(&process.address)).await;
            starts.push(begun.elapsed());
        }
        let process = Process::start(&command);
        process.reached().await;
        process.ask(&request(&process.address)).await;
        let (idle, request) = (process.memory(), request(&process.address));
        Self::under_load(process, request, median(&mut starts), idle, ROUNDS_OF_A_PEER).await
    }

    /// At least three rounds, and more until there were [`GETS`], but no more than `most`.
    async fn under_load(
        process: Process,
        request: String,
        start: Duration,
        idle: u64,
        most: usize,
    ) -> Self {
        let mut rates = Vec::new();
        let mut answered = 0.0;
        while rates.len() < 3 || (answered < GETS && rates.len() < most) {
            let rate = requests_per_second(&process.address, request.clone(), ROUND).await;
            answered += rate * ROUND.as_secs_f64();
            rates.push(rate as u64);
        }
        Self { start, rate: median(&mut rates) as f64, idle, loaded: process.memory() }
    }

    fn show(&self, what: &str, table: &mut Table) {
        let memory = format!("{} idle, {} after", size(self.idle), size(self.loaded));
        table.row(what, millis(self.start), per_second(self.rate), memory, "");
    }
}
