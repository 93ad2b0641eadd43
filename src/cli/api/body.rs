//! Fields of a body as a line has them: `name=x`, `users[total]=3`, `tags[]=a`.
//!
//! Owns what a key's brackets mean. Must not send anything.

use std::path::Path;

use serde_json::{Map, Value};

use crate::cli::exit::Failure;
use crate::cli::user::file_or_stdin;

/// The most bytes of a field that is read from a file.
const FIELD_BYTES: u64 = 16 << 20;

/// The fields in their order: texts first, then those that may be something else.
pub fn pairs(texts: &[String], typed: &[String]) -> Result<Vec<(String, Value)>, Failure> {
    let mut all = Vec::new();
    for field in texts {
        let (key, value) = split(field)?;
        all.push((key, Value::from(value)));
    }
    for field in typed {
        let (key, text) = split(field)?;
        let value = match text.strip_prefix('@') {
            Some(file) => {
                let bytes = file_or_stdin(Path::new(file), FIELD_BYTES)?;
                let text = String::from_utf8(bytes);
                let text =
                    text.map_err(|_| Failure::usage(format!("{file} is no text in UTF-8")))?;
                Value::from(text)
            }
            None => read(&text),
        };
        all.push((key, value));
    }
    Ok(all)
}

fn split(field: &str) -> Result<(String, String), Failure> {
    match field.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => {
            let why = format!("{field:?} is no field; write KEY=VALUE, such as name=Acme");
            Err(Failure::usage(why).coded("invalid_value"))
        }
    }
}

/// What is no text by itself: true, false, null, a number.
fn read(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Bool(_) | Value::Null | Value::Number(_))) => value,
        _ => Value::from(text),
    }
}

/// The body that fields make.
///
/// # Errors
/// That a key contradicts another, or has brackets that do not close.
pub fn object(fields: &[(String, Value)]) -> Result<Value, Failure> {
    let mut body = Value::Object(Map::new());
    for (key, value) in fields {
        let wrong = || {
            let why = format!("the field {key:?} does not fit; write a[b]=c, a[]=b or a=b");
            Failure::usage(why).coded("invalid_value")
        };
        let steps = steps(key).ok_or_else(wrong)?;
        let mut at = &mut body;
        for step in steps {
            at = match step {
                Step::Key(name) => {
                    if at.is_null() {
                        *at = Value::Object(Map::new());
                    }
                    let map = at.as_object_mut().ok_or_else(wrong)?;
                    map.entry(name).or_insert(Value::Null)
                }
                Step::Item => {
                    if at.is_null() {
                        *at = Value::Array(Vec::new());
                    }
                    let list = at.as_array_mut().ok_or_else(wrong)?;
                    list.push(Value::Null);
                    list.last_mut().ok_or_else(wrong)?
                }
            };
        }
        if !at.is_null() {
            return Err(wrong());
        }
        *at = value.clone();
    }
    Ok(body)
}

enum Step {
    Key(String),
    Item,
}

fn steps(key: &str) -> Option<Vec<Step>> {
    let (first, mut rest) = match key.find('[') {
        Some(0) => return None,
        Some(at) => key.split_at(at),
        None => (key, ""),
    };
    let mut steps = vec![Step::Key(first.to_owned())];
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix('[')?.split_once(']')?;
        steps.push(if name.is_empty() { Step::Item } else { Step::Key(name.to_owned()) });
        rest = after;
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(texts: &[&str], typed: &[&str]) -> Result<Value, Failure> {
        let own = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        object(&pairs(&own(texts), &own(typed))?)
    }

    #[test]
    fn fields_make_a_body_as_gh_has_it() {
        let body = made(
            &["name=Acme = Co", "n=1", "site_admins[]=a@x.example", "site_admins[]=b@x.example"],
            &["on=true", "count=3", "word=hello", "gone=null", "services[calling]=5"],
        )
        .ok()
        .unwrap();
        let want = serde_json::json!({
            "name": "Acme = Co", "n": "1", "site_admins": ["a@x.example", "b@x.example"],
            "on": true, "count": 3, "word": "hello", "gone": null, "services": {"calling": 5},
        });
        assert_eq!(body, want);
        for wrong in
            [&["novalue"][..], &["=x"], &["a[=x"], &["[a]=x"], &["a=1", "a[b]=2"], &["a=1", "a=2"]]
        {
            assert_eq!(made(wrong, &[]).unwrap_err().exit() as u8, 2, "{wrong:?}");
        }
    }
}
