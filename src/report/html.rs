//! A page as one file of HTML: no script, nothing from elsewhere, in light and dark, and on paper.
//!
//! Owns the frame and the escaping: a text enters through `escaped` alone.

use std::fmt::Write as _;

use super::page::{Block, Numbers, Page, Part, Row};
use crate::domain::number::thousands;
use crate::domain::untrusted::Untrusted;

/// How wide a bar is drawn; the browser stretches it.
const WIDTH: u64 = 1_000;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --quiet: #595959; --line: #d5d5d5;
  --linked: #18794e; --emailed: #0b5c8a; --left: #8f8f8f; --open: #b54708; --track: #efefef }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #161616; --quiet: #b0b0b0;
  --line: #3c3c3c; --linked: #4cc38a; --emailed: #6cb8e6; --left: #8a8a8a; --open: #f5a35c;
  --track: #2a2a2a } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60em; margin: 0 auto; padding: 1.5em 1em 3em }
h1 { font-size: 1.6em; line-height: 1.25; margin: 0 0 .4em; overflow-wrap: anywhere }
h2 { font-size: 1.15em; margin: 2em 0 .6em }
p, li, dd { overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15em 1em; margin: 1em 0 }
dt { color: var(--quiet) } dd { margin: 0 }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 600; color: var(--quiet); vertical-align: bottom }
th, td { padding: .4em .7em .4em 0; border-bottom: 1px solid var(--line) }
td { vertical-align: top }
.n { text-align: right } td.n { white-space: nowrap }
tr.sum td { font-weight: 600; border-bottom: 0; border-top: 2px solid var(--line) }
.address { white-space: nowrap }
.zero { color: var(--quiet) }
svg { display: block; width: 100%; min-width: 7em; height: .55em; margin-top: .25em;
  background: var(--track) }
.linked { fill: var(--linked) } .emailed { fill: var(--emailed) }
.left { fill: var(--left) } .open { fill: var(--open) }
.legend { display: flex; flex-wrap: wrap; gap: .2em 1.2em; color: var(--quiet); padding: 0;
  margin: .6em 0; list-style: none }
.legend svg { display: inline-block; width: .8em; min-width: 0; height: .8em; margin: 0 .35em 0 0 }
ul.points { padding-left: 1.1em } ul.points li { margin: .5em 0 }
code { display: block; font: .9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere;
  background: var(--track); padding: .25em .5em; margin-top: .2em }
footer { margin-top: 3em; color: var(--quiet); font-size: .9em }
.people td:first-child { min-width: 9em }
@media (max-width: 640px) { body { font-size: 15px } th, td { padding-right: .5em }
  th.n { font-size: .85em } .people thead { position: absolute; left: -100em }
  .people tr { display: block; border-bottom: 1px solid var(--line); padding: .5em 0 }
  .people td { display: block; border: 0; padding: 0 } .people .name { font-weight: 600 }
  .address { white-space: normal; overflow-wrap: anywhere } }
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --quiet: #444;
  --line: #bbb; --linked: #18794e; --emailed: #0b5c8a; --left: #8f8f8f; --open: #b54708;
  --track: #efefef }
  body { max-width: none; padding: 0; font-size: 10pt } .wide { overflow: visible }
  h2 { break-after: avoid } tr, li { break-inside: avoid } thead { display: table-header-group }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact } .address { white-space: normal;
  overflow-wrap: anywhere } }
";

/// Writes the page.
pub fn render(page: &Page) -> String {
    let title = escaped(&page.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    let last = page.blocks.len().saturating_sub(1);
    for (at, block) in page.blocks.iter().enumerate() {
        match block {
            Block::Text(words) if at == last => {
                let _ = writeln!(out, "<footer><p>{}</p></footer>", escaped(words));
            }
            block => write_block(&mut out, block),
        }
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn write_block(out: &mut String, block: &Block) {
    match block {
        Block::Heading(words) => {
            let _ = writeln!(out, "<h2>{}</h2>", escaped(words));
        }
        Block::Text(words) => {
            let _ = writeln!(out, "<p>{}</p>", escaped(words));
        }
        Block::Facts(facts) => {
            out.push_str("<dl>\n");
            for (name, value) in facts {
                let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value));
            }
            out.push_str("</dl>\n");
        }
        Block::Points(points) => {
            out.push_str("<ul class=\"points\">\n");
            for (words, command) in points {
                let _ = write!(out, "<li>{}", escaped(words));
                if let Some(command) = command {
                    let _ = write!(out, " <code>{}</code>", escaped(command));
                }
                out.push_str("</li>\n");
            }
            out.push_str("</ul>\n");
        }
        Block::Numbers(numbers) => write_numbers(out, numbers),
        Block::People(people) => write_people(out, people),
    }
}

fn write_numbers(out: &mut String, numbers: &Numbers) {
    if numbers.columns.len() > 3 {
        out.push_str("<ul class=\"legend\" aria-hidden=\"true\">");
        for part in Part::ALL {
            let square = format!("<svg viewBox=\"0 0 1 1\">{}</svg>", rectangle(part, 0, 1, 1));
            let _ = write!(out, "<li>{square}{}</li>", escaped(part.word()));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("<div class=\"wide\"><table>\n<thead><tr>");
    for (at, title) in numbers.columns.iter().enumerate() {
        let class = if at == 0 { "" } else { " class=\"n\"" };
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", escaped(title));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &numbers.rows {
        let class = if row.sum { " class=\"sum\"" } else { "" };
        let label = escaped(&row.label);
        let _ = write!(out, "<tr{class}><td>{label}{}</td>", bar(row, numbers.longest));
        for number in &row.numbers {
            let _ = match number {
                Some(0) => write!(out, "<td class=\"n zero\">0</td>"),
                Some(number) => write!(out, "<td class=\"n\">{}</td>", thousands(*number)),
                None => write!(out, "<td class=\"n\"></td>"),
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
}

/// The row's bar; the numbers beside it say the same, so it is kept from being read out.
fn bar(row: &Row, longest: u64) -> String {
    if row.bar.is_empty() {
        return String::new();
    }
    let mut parts = String::new();
    let (mut from, mut before) = (0, 0);
    for (part, users) in &row.bar {
        before += users;
        let to = before * WIDTH / longest.max(1);
        if to > from {
            parts.push_str(&rectangle(*part, from, to - from, 10));
        }
        from = to;
    }
    format!(
        "<svg viewBox=\"0 0 {WIDTH} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{parts}\
         </svg>"
    )
}

fn rectangle(part: Part, from: u64, width: u64, height: u64) -> String {
    let class = match part {
        Part::Linked => "linked",
        Part::Emailed => "emailed",
        Part::Left => "left",
        Part::Open => "open",
    };
    format!("<rect class=\"{class}\" x=\"{from}\" width=\"{width}\" height=\"{height}\"/>")
}

fn write_people(out: &mut String, people: &[[String; 4]]) {
    out.push_str(
        "<div class=\"wide\"><table class=\"people\">\n<thead><tr><th scope=\"col\">Name</th>\
         <th scope=\"col\">Address</th><th scope=\"col\">What became of them</th>\
         <th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
    );
    for [name, address, became, why] in
        people.iter().map(|cells| cells.each_ref().map(|c| escaped(c)))
    {
        let _ = writeln!(
            out,
            "<tr><td class=\"name\"><bdi>{name}</bdi></td><td class=\"address\"><bdi>{address}</bdi></td>\
             <td>{became}</td><td>{why}</td></tr>"
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
}

/// Text inside HTML. What was shown once stays as it is: showing is its own fixed point.
fn escaped(text: &str) -> String {
    Untrusted::new(text).shown().html()
}
