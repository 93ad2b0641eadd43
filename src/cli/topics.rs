//! `hublink help TOPIC` and the manual pages beside those of the commands.
//!
//! Owns the list of topics; each is one text, told as it is and set as a manual page. What stands in a
//! table of the program is held against it by tests. Must not know any command.

use std::fmt::Write as _;

use super::exit::codes::OWN;

/// Something that is told of no single command.
pub struct Topic {
    /// Its name behind `hublink help`.
    pub name: &'static str,
    /// The section of its manual page.
    pub section: u8,
    body: &'static str,
}

/// Every topic.
pub const TOPICS: [Topic; 5] = [
    Topic { name: "config", section: 5, body: include_str!("topics/config.txt") },
    Topic { name: "filter", section: 7, body: include_str!("topics/filter.txt") },
    Topic { name: "naming", section: 7, body: include_str!("topics/naming.txt") },
    Topic { name: "output", section: 7, body: include_str!("topics/output.txt") },
    Topic { name: "exit-codes", section: 7, body: include_str!("topics/exit-codes.txt") },
];

/// The topic of this name.
pub fn topic(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

impl Topic {
    /// The text, for reading.
    pub fn text(&self) -> String {
        let mut text = self.body.to_owned();
        if self.name == "exit-codes" {
            for (code, title) in OWN {
                let _ = writeln!(text, "    {code:18}  {title}");
            }
        }
        text
    }

    /// The name of its manual page, such as `hublink-filter.7`.
    pub fn file(&self) -> String {
        format!("hublink-{}.{}", self.name, self.section)
    }

    /// The manual page: what is indented is set as it stands, a line in capitals is a heading.
    pub fn page(&self) -> String {
        let text = self.text();
        let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let name = format!("hublink-{}", self.name);
        let mut page = format!(
            ".TH {} {} \"\" \"hublink {}\"\n.SH NAME\n{} \\- {}\n.SH DESCRIPTION\n",
            name.to_uppercase(),
            self.section,
            env!("CARGO_PKG_VERSION"),
            escaped(&name),
            escaped(title)
        );
        let mut as_it_stands = false;
        for line in rest.trim().lines() {
            let indented = line.starts_with("    ");
            if indented != as_it_stands && !line.is_empty() {
                page.push_str(if indented { ".nf\n" } else { ".fi\n" });
                as_it_stands = indented;
            }
            if is_heading(line) {
                let _ = writeln!(page, ".SH {line}");
            } else if line.is_empty() {
                page.push_str(if as_it_stands { "\n" } else { ".PP\n" });
            } else {
                let _ = writeln!(page, "{}", escaped(line));
            }
        }
        if as_it_stands {
            page.push_str(".fi\n");
        }
        page
    }
}

fn is_heading(line: &str) -> bool {
    !line.is_empty() && line.chars().all(|c| c.is_ascii_uppercase() || c == ' ')
}

/// A line that roff takes as text.
fn escaped(line: &str) -> String {
    let text = line.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::Exit;
    use crate::domain::outcome::Class;
    use crate::domain::user::UserState;
    use crate::roster::Query;

    /// The filters that a text shows: behind `--select`, and the keys of its table.
    fn shown(text: &str) -> Vec<String> {
        let behind = text.split("--select '").skip(1).filter_map(|rest| rest.split('\'').next());
        behind.map(str::to_owned).collect()
    }

    #[test]
    fn section_5_the_grammar_that_is_told_is_the_one_that_is_read() {
        let text = topic("filter").unwrap().text();
        let all = shown(&text);
        assert!(all.len() > 3);
        for filter in all {
            assert!(Query::parse(&filter).is_ok(), "{filter}");
        }
        for state in UserState::ALL {
            assert!(text.contains(state.code()), "{}", state.code());
        }
        for class in Class::ALL {
            assert!(text.contains(class.code()), "{}", class.code());
        }
        let keys = Query::parse("nokey:x").unwrap_err().message;
        let (_, keys) = keys.split_once(" use ").unwrap();
        for key in keys.split([' ', ',']).filter(|word| word.ends_with(':')) {
            assert!(text.contains(&format!("    {key}")), "{key}");
        }
    }

    #[test]
    fn section_7_the_exit_codes_that_are_told_are_those_there_are() {
        let text = topic("exit-codes").unwrap().text();
        for exit in [
            Exit::Done,
            Exit::Failed,
            Exit::Usage,
            Exit::Refused,
            Exit::NotAllowed,
            Exit::Unreachable,
            Exit::Conflict,
            Exit::HungUp,
            Exit::Interrupted,
        ] {
            let line = format!("    {:<4} ", exit as u8);
            assert!(text.contains(&line), "{line}");
        }
        for (code, _) in OWN {
            assert!(text.contains(code), "{code}");
        }
    }

    #[test]
    fn section_7_the_configuration_that_is_told_is_read() {
        use crate::config::file::ConfigFile;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let parse = |text: &str| {
            std::fs::write(&path, text).unwrap();
            ConfigFile::read(&path).map_err(|error| error.to_string())
        };
        let text = topic("config").unwrap().text();
        let (_, example) = text.split_once("EXAMPLE\n").unwrap();
        parse(example).unwrap();
        // Each key alone, with the value that is shown.
        let (_, keys) = text.split_once("KEYS\n").unwrap();
        let (keys, _) = keys.split_once("ENVIRONMENT").unwrap();
        let lines = keys.lines().filter(|line| line.contains(" = ") && !line.contains('['));
        for line in lines {
            let value = line.trim().split("  ").next().unwrap();
            parse(value).unwrap_or_else(|error| panic!("{value}: {error}"));
        }
        // The reader names every key there is to who writes one that there is not.
        let refused = toml::from_str::<ConfigFile>("nokey = 1").unwrap_err().to_string();
        let (_, known) = refused.split_once("expected one of ").unwrap();
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        assert!(known.len() > 10, "{refused}");
        for key in known {
            let told = [format!("    {key} = "), format!("    [{key}")];
            assert!(told.iter().any(|told| keys.contains(told)), "{key}");
        }
    }

    #[test]
    fn a_page_is_roff_and_no_line_of_it_is_taken_for_a_request() {
        for topic in &TOPICS {
            let page = topic.page();
            let known = [".TH ", ".SH ", ".PP", ".nf", ".fi"];
            for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
                assert!(known.iter().any(|request| line.starts_with(request)), "{line}");
            }
            assert_eq!(page.matches("\n.nf").count(), page.matches("\n.fi").count());
            assert!(topic.text().lines().all(|line| line.chars().count() <= 110), "{}", topic.name);
        }
    }
}
