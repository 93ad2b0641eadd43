//! Reading an answer: its status, its media type, its body up to a limit.
//!
//! Owns how anything that is not the backend's own answer (a redirect, a proxy's HTML page, an
//! endless body, silence) becomes an [`ApiError`] that says so. Must not follow or repair anything.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode};

use crate::api::call::{ApiError, NOW_HEADER};
use crate::api::problem::Problem;
use crate::api::roster::BLOCKS;
use crate::domain::untrusted::Untrusted;

/// The most bytes of a problem that are read.
const PROBLEM_BYTES: usize = 4 << 20;

/// An answer brings at least so many bytes a second, after a time as long as silence may be.
const BYTES_A_SECOND: u64 = 1 << 10;
/// No answer takes longer.
const LONGEST: Duration = Duration::from_hours(2);

/// What kind of body a good answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// JSON.
    Json,
    /// Nothing, or JSON that nobody reads.
    Nothing,
    /// A file as it is.
    File,
    /// One JSON value a line.
    Lines,
    /// A roster in blocks.
    Blocks,
    /// Whatever it is.
    Anything,
}

/// An answer whose status is known to be good.
pub(super) struct Answer {
    response: Response,
    silence: Duration,
    began: Instant,
    bytes: u64,
    url: String,
}

impl Answer {
    /// Checks status and media type.
    ///
    /// # Errors
    /// The problem that the backend names, or what was answered instead of one.
    pub(super) async fn check(
        response: Response,
        expected: Expected,
        silence: Duration,
        url: String,
    ) -> Result<Self, ApiError> {
        let status = response.status();
        let media = media_type(&response);
        let answer = Self { response, silence, began: Instant::now(), bytes: 0, url };
        if !status.is_success() {
            return Err(answer.refusal(status, &media).await);
        }
        let fits = match expected {
            Expected::Json => is_json(&media),
            Expected::Nothing => {
                status == StatusCode::NO_CONTENT || media.is_empty() || is_json(&media)
            }
            Expected::File => media != "text/html",
            Expected::Lines => media.ends_with("ndjson"),
            Expected::Blocks => media == BLOCKS,
            Expected::Anything => true,
        };
        if fits {
            Ok(answer)
        } else {
            Err(answer.odd(&format!(
                "answered with {}, which no hublink backend does",
                if media.is_empty() { "no media type" } else { &media }
            )))
        }
    }

    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// [`ApiError::Unreachable`] when the connection breaks or goes silent.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, ApiError> {
        // A drip is no answer: it may take as long as silence may, and longer for what it brings.
        if is_drip(self.began.elapsed(), self.bytes, self.silence) {
            return Err(unreachable(&self.url, "answers too slowly"));
        }
        match tokio::time::timeout(self.silence, self.response.chunk()).await {
            Ok(Ok(chunk)) => {
                self.bytes += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
                Ok(chunk)
            }
            Ok(Err(error)) => Err(unreachable(&self.url, &cause(error))),
            Err(_) => Err(unreachable(&self.url, &silent(self.silence))),
        }
    }

    /// The whole body, at most `most` bytes of it.
    ///
    /// # Errors
    /// As [`Answer::chunk`]; [`ApiError::Malformed`] when there is more.
    pub(super) async fn whole(mut self, most: usize) -> Result<Bytes, ApiError> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if all.len() + chunk.len() > most {
                return Err(self.odd(&format!("sent more than {} MiB", most >> 20)));
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// An answer that makes no sense, with the URL that gave it.
    pub(super) fn odd(&self, what: &str) -> ApiError {
        malformed(&self.url, what)
    }

    async fn refusal(self, status: StatusCode, media: &str) -> ApiError {
        if status.is_redirection() {
            let to = self.response.headers().get(LOCATION).map_or_else(String::new, |to| {
                let to = Untrusted::new(String::from_utf8_lossy(to.as_bytes()));
                format!(" to {}", to.shown_in(120))
            });
            return self.odd(&format!(
                "redirects{to} ({}); redirects are not followed, so set the backend's own URL",
                status.as_u16()
            ));
        }
        let url = self.url.clone();
        let what = || format!("answered {status} without saying why; is it a hublink backend?");
        if media != "application/problem+json" {
            return if super::retry::is_not_now(status) {
                unreachable(&url, &what())
            } else {
                malformed(&url, &what())
            };
        }
        let body = match self.whole(PROBLEM_BYTES).await {
            Ok(body) => body,
            Err(error) => return error,
        };
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => ApiError::Problem(Box::new(problem)),
            Err(_) => malformed(&url, &what()),
        }
    }
}

/// Whether an answer that has brought so many bytes in that time only drips.
fn is_drip(elapsed: Duration, bytes: u64, silence: Duration) -> bool {
    elapsed > (silence + Duration::from_secs(bytes / BYTES_A_SECOND)).min(LONGEST)
}

/// How long the backend asks to wait; only seconds are understood, since clocks may differ.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// The backend's now, as every answer of one tells it.
pub(super) fn told_now(response: &Response) -> Option<Timestamp> {
    response.headers().get(NOW_HEADER)?.to_str().ok()?.parse().ok()
}

/// Nobody there, or nobody answering.
pub(super) fn unreachable(url: &str, why: &str) -> ApiError {
    ApiError::Unreachable(Untrusted::new(format!("{url} {why}")))
}

/// The words for silence.
pub(super) fn silent(after: Duration) -> String {
    format!("did not answer within {} s", after.as_secs())
}

/// What lies under an error of the HTTP library, without the URL (its query may tell addresses).
pub(super) fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut deepest: &dyn std::error::Error = &error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    if error.is_connect() {
        format!("cannot be connected to ({deepest})")
    } else {
        format!("broke off ({deepest})")
    }
}

fn malformed(url: &str, what: &str) -> ApiError {
    ApiError::Malformed(Untrusted::new(format!("{url} {what}")))
}

fn media_type(response: &Response) -> String {
    let text = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = text.unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn is_json(media: &str) -> bool {
    media == "application/json"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h2_a_drip_ends_and_a_slow_line_does_not() {
        let silence = Duration::from_secs(30);
        let after = |seconds, bytes| is_drip(Duration::from_secs(seconds), bytes, silence);
        assert!(!after(30, 0) && after(31, 31), "a byte a second is no answer");
        assert!(!after(600, 600 * 4096), "4 KiB a second are");
        assert!(after(7_201, u64::MAX / 2), "none goes on for ever");
    }
}
