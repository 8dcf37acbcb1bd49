//! A load of many connections, as light as can be, so that what is measured is the server.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::measure::now;

const CONNECTIONS: usize = 32;

/// How many answers a second come to `request`, over `time`.
pub(crate) async fn requests_per_second(address: &str, request: String, time: Duration) -> f64 {
    let (request, begun) = (Arc::new(request), now());
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let request = Arc::clone(&request);
        connections.spawn(async move {
            let mut answered: u32 = 0;
            let mut buffer = vec![0; 16 * 1024];
            while begun.elapsed() < time {
                socket.write_all(request.as_bytes()).await.unwrap();
                answer(&mut socket, &mut buffer).await;
                answered += 1;
            }
            answered
        });
    }
    let answered: u32 = connections.join_all().await.into_iter().sum();
    f64::from(answered) / begun.elapsed().as_secs_f64()
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
