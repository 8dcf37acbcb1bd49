//! The one address that clients know: each connection goes to an instance that lives.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};

type Addresses = Arc<Mutex<Vec<SocketAddr>>>;

pub(super) struct Balancer {
    origin: String,
    addresses: Addresses,
    accepting: JoinHandle<()>,
}

impl Balancer {
    /// Opens the address; it leads nowhere yet.
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let addresses = Addresses::default();
        let accepting = tokio::spawn(accept(listener, Arc::clone(&addresses)));
        Self { origin, addresses, accepting }
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Where connections that are made from now on go.
    pub(super) fn lead_to(&self, addresses: Vec<SocketAddr>) {
        *self.addresses.lock().unwrap() = addresses;
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, addresses: Addresses) {
    for number in 0.. {
        let (client, _) = listener.accept().await.unwrap();
        let addresses = addresses.lock().unwrap().clone();
        tokio::spawn(carry(client, addresses, number));
    }
}

/// Carries one connection. It ends after a while, so that an instance that came back gets its share; where no
/// instance takes it, it ends at once.
async fn carry(mut client: TcpStream, addresses: Vec<SocketAddr>, number: usize) {
    let life = Duration::from_millis(1_000 + u64::try_from(number * 377 % 3_000).unwrap());
    for turn in 0..addresses.len() {
        let Some(address) = addresses.get((number + turn) % addresses.len()) else { return };
        let Ok(mut instance) = TcpStream::connect(address).await else { continue };
        for stream in [&client, &instance] {
            stream.set_nodelay(true).unwrap();
        }
        // How it ends is seen at both ends.
        let _ended = timeout(life, copy_bidirectional(&mut client, &mut instance)).await;
        return;
    }
}
