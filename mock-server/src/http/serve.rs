//! A loopback port: bounded, and impatient with clients that dawdle.

mod timed_body;
mod tls;

use std::{
    fmt, io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{body::Body, extract::Request, response::Response};
use http::{
    Uri, header,
    uri::{Authority, Scheme},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    task::{AbortHandle, JoinSet},
};

use self::timed_body::TimedBody;
pub(crate) use self::tls::Tls;
use super::{Peer, faults::BrokenOff};

/// How long a listening world waits for slow clients, and for how many at once.
///
/// ```
/// use std::time::Duration;
/// use secureflows_mock::Limits;
///
/// let limits = Limits::default().header_timeout(Duration::from_millis(200));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    header_timeout: Duration,
    body_timeout: Duration,
    connections: usize,
}

impl Default for Limits {
    /// Ten seconds for a request's head, ten for its body, 512 connections.
    fn default() -> Self {
        let ten = Duration::from_secs(10);
        Self { header_timeout: ten, body_timeout: ten, connections: 512 }
    }
}

impl Limits {
    /// How long a request's head may take, and a connection may wait for its next request.
    #[must_use]
    pub fn header_timeout(self, header_timeout: Duration) -> Self {
        Self { header_timeout, ..self }
    }

    /// How long a request's body may take from its first byte to its last.
    #[must_use]
    pub fn body_timeout(self, body_timeout: Duration) -> Self {
        Self { body_timeout, ..self }
    }

    /// How many connections are open at once; further ones wait. At least one.
    #[must_use]
    pub fn connections(self, connections: usize) -> Self {
        Self { connections: connections.max(1), ..self }
    }
}

/// A loopback port that is open, before anybody is let in.
#[derive(Debug)]
pub(crate) struct Door {
    listener: TcpListener,
    port: u16,
    tls: Option<Tls>,
}

impl Door {
    /// Opens `port` of the loopback address, any free one for 0.
    pub(crate) async fn open(port: u16, tls: Option<Tls>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port, tls })
    }

    /// What clients call it.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// Lets requests in to `answer`, on the caller's runtime.
    pub(crate) fn serve<F: Future<Output = Response> + Send + 'static>(
        self,
        limits: Limits,
        answer: impl Fn(Request) -> F + Send + Sync + 'static,
    ) -> Server {
        let (stop, stopped) = oneshot::channel();
        let hall = Hall { limits, tls: self.tls, answer };
        let task = tokio::spawn(accept(self.listener, hall, stopped));
        let (task, stop) = (task.abort_handle(), Mutex::new(Some(stop)));
        Server { port: self.port, task, stop }
    }
}

/// What serves a port. Dropping it closes the port and every connection.
pub(crate) struct Server {
    port: u16,
    task: AbortHandle,
    /// Asks the task to finish, and to say when it has.
    stop: Mutex<Option<oneshot::Sender<oneshot::Sender<()>>>>,
}

impl Server {
    /// Takes no more connections and lets the open ones finish what they are answering.
    pub(crate) async fn stop(&self) {
        let (done, finished) = oneshot::channel();
        let stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner).take();
        if stop.is_some_and(|stop| stop.send(done).is_ok()) {
            // An error here means that the task is gone, which is what was wanted.
            let _ = finished.await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server(port {})", self.port)
    }
}

/// What every connection leads to.
struct Hall<A> {
    limits: Limits,
    tls: Option<Tls>,
    answer: A,
}

async fn accept<A: Fn(Request) -> F + Send + Sync + 'static, F>(
    listener: TcpListener,
    hall: Hall<A>,
    mut stopped: oneshot::Receiver<oneshot::Sender<()>>,
) where
    F: Future<Output = Response> + Send + 'static,
{
    let hall = Arc::new(hall);
    let places = Arc::new(Semaphore::new(hall.limits.connections));
    let graceful = GracefulShutdown::new();
    // Dropped together with this task, and every connection with it.
    let mut open = JoinSet::new();
    let done = loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        tokio::select! {
            biased;
            asked = &mut stopped => break asked,
            Some(_) = open.join_next() => {}
            (accepted, place) = next => match accepted {
                Ok((stream, _)) => {
                    open.spawn(connection(Arc::clone(&hall), stream, place, graceful.watcher()));
                }
                // Out of descriptors, most likely: others have to close first.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    };
    drop(listener);
    graceful.shutdown().await;
    if let Ok(done) = done {
        // Nobody waits any more: fine.
        let _ = done.send(());
    }
}

async fn connection<A: Fn(Request) -> F + Send + Sync + 'static, F>(
    hall: Arc<Hall<A>>,
    stream: TcpStream,
    place: Option<OwnedSemaphorePermit>,
    watcher: Watcher,
) where
    F: Future<Output = Response> + Send + 'static,
{
    // Without it a small answer may wait for the acknowledgement of the one before. It is an optimisation.
    let _ = stream.set_nodelay(true);
    let peer = stream.peer_addr().ok().map(|address| Peer(address.ip()));
    match hall.tls.clone() {
        None => converse(hall, peer, stream, watcher).await,
        Some(tls) => {
            let within = hall.limits.header_timeout;
            if let Some(stream) = tls.shake_hands(stream, within).await {
                converse(hall, peer, stream, watcher).await;
            }
        }
    }
    drop(place);
}

async fn converse<A: Fn(Request) -> F + Send + Sync + 'static, F>(
    hall: Arc<Hall<A>>,
    peer: Option<Peer>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    watcher: Watcher,
) where
    F: Future<Output = Response> + Send + 'static,
{
    let limits = hall.limits;
    let service = service_fn(move |request| request_of(Arc::clone(&hall), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    // A connection fails when its client breaks off or dawdles: nothing to tell, nobody to tell it to.
    let _ = watcher.watch(connection).await;
}

async fn request_of<A: Fn(Request) -> F, F: Future<Output = Response>>(
    hall: Arc<Hall<A>>,
    peer: Option<Peer>,
    request: http::Request<Incoming>,
) -> Result<Response, BrokenOff> {
    let timeout = hall.limits.body_timeout;
    let mut request = request.map(|body| Body::new(TimedBody::new(body, timeout)));
    if hall.tls.is_some() {
        say_https(&mut request);
    }
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    let response = (hall.answer)(request).await;
    // An error in place of an answer makes the connection close without one.
    response.extensions().get::<BrokenOff>().map_or(Ok(()), |cut| Err(*cut))?;
    Ok(response)
}

/// Makes the address of a request that came by TLS say so: what answers it sees no connection.
fn say_https(request: &mut Request) {
    let host = request.headers().get(header::HOST);
    let authority = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let mut parts = request.uri().clone().into_parts();
    parts.scheme = Some(Scheme::HTTPS);
    parts.authority = parts.authority.or(authority);
    // An address without a host keeps its form; nothing can be said in it.
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}
