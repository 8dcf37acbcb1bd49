//! The handshake before HTTP, where the program has TLS and the port asks for it.

use std::time::Duration;

use tokio::net::TcpStream;

/// How a port shakes hands.
#[cfg(feature = "tls")]
#[derive(Clone)]
pub(crate) struct Tls(tokio_rustls::TlsAcceptor);

#[cfg(feature = "tls")]
impl Tls {
    pub(crate) fn new(authority: &crate::crypto::Authority) -> Self {
        Self(authority.acceptor())
    }

    /// The stream under TLS; `None` when the client does not come to terms in time.
    pub(super) async fn shake_hands(
        self,
        stream: TcpStream,
        within: Duration,
    ) -> Option<tokio_rustls::server::TlsStream<TcpStream>> {
        tokio::time::timeout(within, self.0.accept(stream)).await.ok()?.ok()
    }
}

/// There is none.
#[cfg(not(feature = "tls"))]
#[derive(Clone)]
pub(crate) enum Tls {}

#[cfg(not(feature = "tls"))]
impl Tls {
    pub(super) async fn shake_hands(self, _: TcpStream, _: Duration) -> Option<TcpStream> {
        match self {}
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls(…)")
    }
}
