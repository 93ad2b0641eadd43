//! Reading as much HTML as a form takes: tags, attributes, and the words between them.
//!
//! Owns finding the button that gives an answer, and the fields that go with it. It reads our own
//! pages; on anything else it finds nothing rather than guess.

use crate::api::demo::Answer;

/// A form filled in: where it goes and what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The URL, as the page has it.
    pub action: String,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}

/// The longest text of a page that is told.
const LONGEST_WORDS: usize = 300;

#[derive(Debug, Default)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
    /// The names of the fields for secrets.
    secrets: Vec<String>,
    buttons: Vec<(String, String)>,
}

/// Finds the form whose button, or whose own address, gives the answer, and fills it in.
pub fn find(page: &str, answer: Answer) -> Option<Filled> {
    let code = match answer {
        Answer::Confirm => "confirm",
        Answer::Decline => "decline",
    };
    forms(page).into_iter().find_map(|form| {
        let pressed = form.buttons.iter().find(|(name, value)| value == code || name == code);
        let leads = form.action.trim_end_matches('/').rsplit('/').next() == Some(code);
        if pressed.is_none() && !leads {
            return None;
        }
        let mut fields = form.fields;
        fields.extend(pressed.filter(|(name, _)| !name.is_empty()).cloned());
        Some(Filled { action: form.action, fields })
    })
}

/// Finds the form of a page that is one of several, and fills it in as whoever goes on would: the
/// secret where one is asked for, every box ticked.
pub fn find_step(page: &str, secret: &str) -> Option<Filled> {
    let is_step = |form: &Form| form.fields.iter().any(|(name, _)| name == "step");
    let form = forms(page).into_iter().find(is_step)?;
    let mut fields = form.fields;
    for (name, value) in &mut fields {
        if form.secrets.contains(name) {
            secret.clone_into(value);
        }
    }
    Some(Filled { action: form.action, fields })
}

/// What a person would read, in one line.
pub fn words(page: &str) -> String {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    let mut text = String::new();
    let mut rest = body.split_once('>').map_or(body, |(_, rest)| rest);
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = after.split_once('>').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    plain(&words).chars().take(LONGEST_WORDS).collect()
}

fn forms(page: &str) -> Vec<Form> {
    let (mut forms, mut open): (Vec<Form>, Option<Form>) = (Vec::new(), None);
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, attributes, left) = tag(after);
        rest = left;
        let of = |name: &str| {
            let found = attributes.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        match (tag.as_str(), open.as_mut()) {
            ("form", _) if of("method").eq_ignore_ascii_case("post") => {
                open = Some(Form { action: of("action"), ..Form::default() });
            }
            ("/form", Some(_)) => forms.extend(open.take()),
            ("button", Some(form)) => form.buttons.push((of("name"), of("value"))),
            ("input", Some(form)) => match of("type").as_str() {
                "submit" | "radio" => form.buttons.push((of("name"), of("value"))),
                _ if of("name").is_empty() => {}
                kind => {
                    form.secrets.extend((kind == "password").then(|| of("name")));
                    form.fields.push((of("name"), of("value")));
                }
            },
            _ => {}
        }
    }
    forms
}

/// Reads a tag from behind its `<` on: its name, its attributes, and what follows it.
fn tag(text: &str) -> (String, Vec<(String, String)>, &str) {
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    let name = text[..end].trim_end_matches('/').to_ascii_lowercase();
    let name = if end > 0 && text.starts_with('/') { format!("/{}", &name[1..]) } else { name };
    let mut attributes = Vec::new();
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(left) = rest.strip_prefix('>') {
            return (name, attributes, left);
        }
        let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c));
        let Some(end) = end else { return (name, attributes, "") };
        let key = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = quoted(after.trim_start());
        } else if end == 0 {
            // Nothing that a name could be made of: do not stand still.
            rest = rest.get(1..).unwrap_or("");
        }
        attributes.push((key, value));
    }
}

fn quoted(text: &str) -> (String, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            let (value, rest) = inner.split_once(quote).unwrap_or((inner, ""));
            return (plain(value), rest);
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    (plain(&text[..end]), &text[end..])
}

fn plain(text: &str) -> String {
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
    let text = entities.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><html><head><title>Invitation</title></head>
        <body class=x><h1>Is this you?</h1><form method="get" action="/search"><input name=q></form>
        <FORM method="post" action="/invitations/answer?x=1&amp;y=2">
          <input type="hidden" name="token" value="a&quot;b"/><input type=checkbox>
          <button name="answer" value="confirm" autofocus>Yes &amp; go on</button>
          <button name='answer' value='decline'>This is not me</button>
        </FORM></body></html>"#;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn the_button_that_gives_the_answer_is_pressed() {
        for (answer, value) in [(Answer::Confirm, "confirm"), (Answer::Decline, "decline")] {
            let filled = find(PAGE, answer).unwrap();
            assert_eq!(filled.action, "/invitations/answer?x=1&y=2");
            assert_eq!(filled.fields, [pair("token", "a\"b"), pair("answer", value)]);
        }
    }

    #[test]
    fn two_forms_are_told_apart_by_where_they_lead() {
        let page = r#"<form method=post action="/i/abc/confirm"><button>Yes</button></form>
            <form method=post action="/i/abc/decline"><button>No</button></form>"#;
        let filled = find(page, Answer::Decline).unwrap();
        assert_eq!((filled.action.as_str(), filled.fields.len()), ("/i/abc/decline", 0));
    }

    #[test]
    fn a_page_without_the_button_has_no_form() {
        assert_eq!(find("<p>This link was used.</p>", Answer::Confirm), None);
        for broken in ["<", "<form", "<form method=post", "<a =x>", "<a b='", "< form method=post>"]
        {
            assert_eq!(find(broken, Answer::Confirm), None, "{broken}");
        }
    }

    #[test]
    fn t4_a_page_of_several_is_filled_in() {
        let page = r#"<form method="post"><input type="hidden" name="step" value="password">
            <input name="email" value="kim@acme.example" readonly>
            <input type=password name="password"><input type=password name="repeat">
            <input type="checkbox" name="accept" value="yes"><button>Next</button></form>"#;
        let filled = find_step(page, "a secret").unwrap();
        let want = [
            pair("step", "password"),
            pair("email", "kim@acme.example"),
            pair("password", "a secret"),
            pair("repeat", "a secret"),
            pair("accept", "yes"),
        ];
        assert_eq!((filled.action.as_str(), filled.fields.as_slice()), ("", want.as_slice()));
        assert_eq!(find_step(PAGE, "a secret"), None, "a question is no step");
    }

    #[test]
    fn the_words_of_a_page_are_those_a_person_reads() {
        assert!(
            words(PAGE).starts_with("Is this you? Yes & go on This is not me"),
            "{}",
            words(PAGE)
        );
    }
}
