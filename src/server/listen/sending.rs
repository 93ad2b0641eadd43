//! An answer's body on its way: each piece that goes counts as a sign of life of its connection.
//!
//! Owns nothing but the passing on.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};

use super::seats::Under;

/// A body whose connection is under way as long as this lives.
#[derive(Debug)]
pub struct Sending {
    body: Body,
    under: Under,
}

impl Sending {
    /// The body of an answer.
    pub fn new(body: Body, mut under: Under) -> Self {
        under.answer();
        Self { body, under }
    }
}

impl hyper::body::Body for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_ready() {
            self.under.moved();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
