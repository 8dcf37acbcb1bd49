//! A program under measurement, which ends with its measurement.

use std::{
    io,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

impl Process {
    /// Starts the command that `make` gives for a free port.
    pub(crate) fn start(make: impl Fn(u16) -> Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = make(port);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child: command.spawn().unwrap(), address: format!("127.0.0.1:{port}") }
    }

    /// Returns when the port takes connections; two minutes are enough for everybody.
    pub(crate) async fn reached(&self) {
        for _ in 0..120_000 {
            if TcpStream::connect(&self.address).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(self.child.id() == 0, "{} does not answer", self.address);
    }

    /// Sends a request until it is answered with a success, as a program may listen before it can answer.
    pub(crate) async fn ask(&self, request: &str) {
        for _ in 0..3_000 {
            // One that took a connection may refuse the next while it is still starting.
            let answer = ask(&self.address, request).await.unwrap_or_default();
            if answer.starts_with("HTTP/1.1 200") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(self.child.id() == 0, "{} answers something else", self.address);
    }

    /// Resident memory in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("");
        let kib: u64 = resident.trim().trim_end_matches(" kB").parse().unwrap_or(0);
        kib * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The head of the answer to a request, and what came with it in one read.
pub(crate) async fn ask(address: &str, request: &str) -> io::Result<String> {
    let mut socket = TcpStream::connect(address).await?;
    socket.write_all(request.as_bytes()).await?;
    let mut buffer = vec![0; 16 * 1024];
    let length = socket.read(&mut buffer).await?;
    Ok(String::from_utf8_lossy(buffer.get(..length).unwrap()).into_owned())
}
