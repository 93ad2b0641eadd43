//! The configuration: every value with who says it, and every mistake with its line.

use std::path::Path;

use super::super::context::Context;
use super::super::local::keymap;
use super::finding;
use super::report::{Finding, State};
use crate::config::Settings;

const PART: &str = "configuration";

/// Looks at it.
pub fn look(cx: &Context) -> Vec<Finding> {
    let settings = &cx.settings;
    let file = settings.paths.config_file();
    let there = file.exists();
    let words = if there { "" } else { "; there is none yet, and none is needed" };
    let told = format!("{}{words}", file.display());
    let mut found = vec![finding(PART, "file", State::Fine, told)];
    for mistake in &cx.mistakes {
        found
            .push(finding(PART, "mistake", State::Wrong, mistake.clone()).remedy(
                "Mend it; until then every command but doctor, paths and man stops at it.",
            ));
    }
    for said in &settings.said {
        let told = format!("{}, says {}", said.value, said.origin);
        found.push(finding(PART, said.name, State::Fine, told));
    }
    if let Err(error) = keymap(settings) {
        let told = error.text();
        let told = told.trim_start_matches("error: ").trim_end();
        found.push(
            finding(PART, "keys", State::Wrong, format!("{told}{}", line_of(told, &file)))
                .remedy("`hublink keys` lists the names, and the keys that are taken."),
        );
    }
    found.extend(proxy(settings));
    found
}

/// Which proxy is in use, and which variable is set and not used.
fn proxy(settings: &Settings) -> Option<Finding> {
    let plain = settings.backend.as_deref().is_some_and(|url| url.starts_with("http:"));
    if settings.proxy.is_some() {
        let told = "not used: plain http goes past it";
        return plain.then(|| finding(PART, "proxy in use", State::Look, told));
    }
    let variables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY"];
    let set = variables.into_iter().find(|name| std::env::var_os(name).is_some());
    Some(match set {
        None => finding(PART, "proxy", State::Fine, "none"),
        Some(name) => {
            finding(PART, "proxy", State::Look, format!("none: {name} is set, and not used"))
                .remedy("Where it is needed: `proxy = \"URL\"` in the file, or HUBLINK_PROXY.")
        }
    })
}

/// Where in the file the first word stands that is told between backticks.
fn line_of(told: &str, file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let named = told.split('`').nth(1).filter(|word| !word.is_empty());
    let line = named.and_then(|word| text.lines().position(|line| line.contains(word)));
    line.map(|line| format!(" (line {})", line + 1)).unwrap_or_default()
}
