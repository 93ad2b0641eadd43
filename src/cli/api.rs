//! `hublink api`: any request to the backend, for what no command does.
//!
//! Owns reading the line as gh does: fields, input, headers, pages. The session, the key of a write
//! and the exit codes are those of every command. Must not know any endpoint.

mod body;

use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::Args;
use serde_json::Value;

use self::body::{object, pairs};
use super::context::Context;
use super::exit::Failure;
use super::grid::Column;
use super::output::Format;
use super::user::file_or_stdin;
use crate::api::call::Method;
use crate::api::route::{FILE, Route};
use crate::client::Client;
use crate::client::raw::{Head, Raw, RawError};
use crate::domain::untrusted::Untrusted;

/// The request.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hublink api /v1/me
  hublink api sites --paginate --fields url,state -o csv
  hublink api POST organizations -f name='Nova Labs' -f kind=customer
  hublink api PATCH organizations/acme -F auto_licence=true
  hublink api POST sites/acme.webex.example/imports --input users.csv
  hublink api DELETE me/sessions -i

A path without a slash at its start is one below /v1/. Without METHOD it is GET, or POST where there
is a body. With GET the fields are the query. `hublink openapi` prints what there is.
A write has a fresh Idempotency-Key, or the one of --key. The session is sent to the backend alone: a
URL of another host is refused, and no redirect is followed. What is refused ends as every command
does, with the problem on standard error.")]
pub struct ApiArgs {
    /// The method, which may be left out, and the path
    #[arg(required = true, num_args = 1..=2, value_names = ["METHOD", "PATH"])]
    words: Vec<String>,
    /// The method, where it does not stand before the path
    #[arg(long, short = 'X', value_name = "METHOD")]
    method: Option<String>,
    /// A field of the body: a text; `a[b]=c` is nested, `a[]=b` an item; may be given again
    #[arg(long = "raw-field", short = 'f', value_name = "KEY=VALUE")]
    texts: Vec<String>,
    /// The same with true, false, null and numbers as such, and @FILE as the file's text
    #[arg(long = "field", short = 'F', value_name = "KEY=VALUE")]
    typed: Vec<String>,
    /// The body, out of a file; - reads standard input
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// A header; may be given again
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// Go on to the last page of a list, and write the items of all
    #[arg(long)]
    paginate: bool,
    /// Write the status and the headers of the answer before it
    #[arg(long, short = 'i')]
    include: bool,
}

/// Nobody knows the columns of any answer: its fields are the keys of the JSON.
const NONE: &[Column<Value>] = &[];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(args: ApiArgs, cx: &mut Context) -> Result<(), Failure> {
    if cx.out.format() == Format::Csv && !cx.out.has_fields() {
        let why = "CSV has columns: name them with --fields, such as --fields id,name";
        return Err(Failure::usage(why));
    }
    let client = cx.client()?;
    let asked = request(&args, &client)?;
    if !args.paginate {
        let (head, answer) = client.send_raw(&asked).await;
        if args.include {
            cx.out.text(&words(head.as_ref()))?;
        }
        return write(&answer?, head.as_ref(), cx);
    }
    if asked.is_write() {
        return Err(Failure::usage("--paginate reads lists: it goes with GET alone"));
    }
    pages(&asked, &args, &client, cx).await
}

fn request(args: &ApiArgs, client: &Client) -> Result<Raw, Failure> {
    let (method, path) = match args.words.as_slice() {
        [path] => (args.method.as_deref(), path),
        [method, path] if args.method.is_none() => (Some(method.as_str()), path),
        _ => {
            return Err(Failure::usage("the method stands before the path or behind -X, not both"));
        }
    };
    let fields = pairs(&args.texts, &args.typed)?;
    let has_body = !fields.is_empty() || args.input.is_some();
    let method = method.unwrap_or(if has_body { "POST" } else { "GET" });
    let mut asked = Raw::new(client.endpoint(), method, path)?;
    for line in &args.headers {
        asked = asked.header(line)?;
    }
    // A body that is given whole, and GET, leave the fields to the query.
    if args.input.is_some() || !asked.is_write() {
        let fields = fields.iter().map(|(key, value)| (key.clone(), plain(value)));
        asked = asked.asking(&fields.collect::<Vec<_>>());
    } else if !fields.is_empty() {
        let body = Bytes::from(object(&fields)?.to_string());
        return Ok(asked.body(body, "application/json"));
    }
    let Some(input) = &args.input else { return Ok(asked) };
    if !asked.is_write() {
        return Err(Failure::usage("--input is a body, and GET has none; name the method"));
    }
    let media = if takes_a_file(&asked) { "application/octet-stream" } else { "application/json" };
    Ok(asked.body(Bytes::from(file_or_stdin(Path::new(input), FILE as u64)?), media))
}

fn takes_a_file(asked: &Raw) -> bool {
    let method = match asked.method() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        _ => Method::Delete,
    };
    Route::asked(method, asked.path()).is_some_and(|route| route.file)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn words(head: Option<&Head>) -> String {
    let Some(head) = head else { return String::new() };
    let mut text = format!("{}\n", head.status);
    for (name, value) in &head.headers {
        text.push_str(&format!("{name}: {}\n", value.shown()));
    }
    text.push('\n');
    text
}

/// Writes an answer: JSON as such, anything else as it is.
fn write(body: &Bytes, head: Option<&Head>, cx: &mut Context) -> Result<(), Failure> {
    let media = head.map_or("", |head| head.media.as_str());
    let json = media == "application/json" || media.ends_with("+json");
    if !json {
        return if media.ends_with("ndjson") {
            cx.out.json(&String::from_utf8_lossy(body))
        } else {
            cx.out.bytes(body)
        };
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let why = Untrusted::new(error.to_string());
        Failure::failed(format!("the answer is no JSON: {}", why.shown())).coded("malformed_answer")
    })?;
    match value.get("items").and_then(Value::as_array) {
        Some(items) if cx.out.has_fields() || cx.out.is_lines() => cx.out.list(items.iter(), NONE),
        _ if cx.out.has_fields() || cx.out.format() == Format::Json => cx.out.one(&value, NONE),
        _ => {
            // For a person laid out, for a pipe as it came.
            let pretty = serde_json::to_string_pretty(&value).unwrap_or_default();
            let came = String::from_utf8_lossy(body);
            let text = if cx.out.is_terminal() { pretty.as_str() } else { came.trim_end() };
            cx.out.json(&format!("{text}\n"))
        }
    }
}

async fn pages(
    asked: &Raw,
    args: &ApiArgs,
    client: &Client,
    cx: &mut Context,
) -> Result<(), Failure> {
    let most = cx.out.limit().unwrap_or(usize::MAX);
    let (mut cursor, mut kept, mut count) = (None::<String>, Vec::new(), 0);
    loop {
        let page = match &cursor {
            Some(next) => asked.clone().asking(&[("cursor".to_owned(), next.clone())]),
            None => asked.clone(),
        };
        let (head, answer) = client.send_raw(&page).await;
        if args.include {
            cx.out.text(&words(head.as_ref()))?;
        }
        let value: Value = serde_json::from_slice(&answer?).unwrap_or_default();
        let Some(items) = value.get("items").and_then(Value::as_array) else {
            return Err(Failure::usage("--paginate reads lists, and this is none"));
        };
        count += items.len();
        if cx.out.is_lines() {
            cx.out.list(items.iter(), NONE)?;
        } else {
            kept.extend(items.iter().cloned());
        }
        let next = value.get("next").and_then(Value::as_str).map(str::to_owned);
        // A cursor that stands still would never end.
        if next.is_none() || next == cursor || count >= most {
            break;
        }
        cursor = next;
    }
    match cx.out.format() {
        _ if cx.out.is_lines() => Ok(()),
        Format::Table if !cx.out.has_fields() => {
            kept.truncate(most);
            let text = serde_json::to_string_pretty(&kept).unwrap_or_default();
            cx.out.json(&format!("{text}\n"))
        }
        _ => cx.out.list(kept.iter(), NONE),
    }
}

impl From<RawError> for Failure {
    fn from(error: RawError) -> Self {
        let failure = Self::usage(error.to_string());
        match error {
            RawError::OtherHost(..) => failure.coded("other_host"),
            _ => failure.coded("invalid_value"),
        }
    }
}
