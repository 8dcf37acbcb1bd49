//! A load of many connections, as light as can be, so that what is measured is the server.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::measure::now;

const CONNECTIONS: usize = 32;

/// Where requests go, and which: each connection begins at another one of them.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: String,
    pub(crate) requests: Arc<[String]>,
}

/// What came back.
pub(crate) struct Answers {
    pub(crate) per_second: f64,
    /// How long each took.
    pub(crate) took: Vec<Duration>,
}

/// How many answers a second come to `request`, over `time`.
pub(crate) async fn requests_per_second(address: &str, request: String, time: Duration) -> f64 {
    let target = Target { address: address.to_owned(), requests: Arc::new([request]) };
    answers(&[target], time).await.per_second
}

/// Sends requests to all of `targets` alike, over `time`.
pub(crate) async fn answers(targets: &[Target], time: Duration) -> Answers {
    let begun = now();
    let mut connections = JoinSet::new();
    for (number, target) in (0..CONNECTIONS).zip(targets.iter().cycle()) {
        let mut socket = TcpStream::connect(&target.address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let requests = Arc::clone(&target.requests);
        connections.spawn(async move {
            let mut took = Vec::new();
            let mut buffer = vec![0; 16 * 1024];
            let mut next = requests.iter().cycle().skip(requests.len() * number / CONNECTIONS);
            while begun.elapsed() < time {
                let sent = now();
                let request = next.next().unwrap();
                socket.write_all(request.as_bytes()).await.unwrap();
                answer(&mut socket, &mut buffer).await;
                took.push(sent.elapsed());
            }
            took
        });
    }
    let took: Vec<_> = connections.join_all().await.into_iter().flatten().collect();
    Answers { per_second: took.len() as f64 / begun.elapsed().as_secs_f64(), took }
}

/// Reads one answer, which must be a success.
async fn answer(socket: &mut TcpStream, buffer: &mut [u8]) {
    let mut length = 0;
    loop {
        length += socket.read(buffer.get_mut(length..).unwrap()).await.unwrap();
        let so_far = buffer.get(..length).unwrap();
        let Some(end) = find(so_far, b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(so_far.get(..end).unwrap()).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        if length >= end + 4 + content_length(head) {
            return;
        }
    }
}

fn content_length(head: &str) -> usize {
    let named = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
    };
    head.lines().find_map(named).unwrap_or(0)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
