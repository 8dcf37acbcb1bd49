//! A body that breaks off.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::StatusCode;
use http_body::Frame;

/// The connection broke. In an answer's extensions it says that not even the head was sent.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the connection was cut by a fault")]
pub(crate) struct BrokenOff;

pub(super) struct Broken {
    first: Option<Bytes>,
    sent: bool,
}

impl Broken {
    /// A body of which only `first` comes.
    pub(super) fn after(first: Bytes) -> Self {
        Self { first: Some(first), sent: false }
    }

    /// No answer. Over a socket the connection is closed in its place; without one there has to be a head,
    /// but no byte of a body.
    pub(super) fn cut() -> Response {
        let mut response = Response::new(Body::new(Self { first: None, sent: true }));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response.extensions_mut().insert(BrokenOff);
        response
    }
}

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if let Some(first) = self.first.take().filter(|first| !first.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if !std::mem::replace(&mut self.sent, true) {
            // Time for the head and the first part to leave: what is not yet sent when a body breaks, never is.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(BrokenOff)))
    }
}
