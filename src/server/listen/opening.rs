//! A stream that does not wait for ever for its first bytes.
//!
//! Owns the time before HTTP knows which version is spoken: hyper's own limit of a request's head
//! begins only after that, so a connection that says nothing, or begins an HTTP/2 preface and
//! stops, would stay.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What HTTP/2 begins with; the first byte that differs is HTTP/1.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A stream whose reads fail until it has opened within a time.
#[derive(Debug)]
pub struct Opening<S> {
    inner: S,
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    timer: Pin<Box<Sleep>>,
    matched: usize,
}

impl<S> Opening<S> {
    /// Wraps a stream.
    pub fn new(inner: S, longest: Duration) -> Self {
        let waiting = Waiting { timer: Box::pin(sleep(longest)), matched: 0 };
        Self { inner, waiting: Some(waiting) }
    }
}

impl Waiting {
    /// Whether the version is still open after these bytes.
    fn goes_on(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            if PREFACE.get(self.matched) != Some(byte) {
                return false;
            }
            self.matched += 1;
        }
        self.matched < PREFACE.len()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Opening<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
        let Some(waiting) = &mut self.waiting else { return polled };
        if polled.is_ready() {
            if !waiting.goes_on(&buf.filled()[before..]) {
                self.waiting = None;
            }
            return polled;
        }
        match waiting.timer.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Opening<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
