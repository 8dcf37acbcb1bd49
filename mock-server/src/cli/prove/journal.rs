//! The journal of a server that runs.

use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Failure;

/// What `GET …/journal` says.
pub(super) async fn read(control: &str) -> Result<String, Failure> {
    let text = ask(control).await;
    text.map_err(|reason| Failure::Journal { url: control.to_owned(), reason: reason.to_string() })
}

async fn ask(control: &str) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let rest = control.strip_prefix("http://").ok_or("it does not begin with http://")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender.
    tokio::spawn(connection);
    let path = format!("/{}/journal", path.trim_end_matches('/'));
    let request = Request::get(path).header(HOST, authority).body(Empty::<bytes::Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    if !answer.status().is_success() {
        return Err(format!("it answers {}", answer.status()).into());
    }
    let body = answer.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8_lossy(&body).into_owned())
}
