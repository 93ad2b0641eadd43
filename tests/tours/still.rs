//! A screen as a picture: SVG that any browser shows, made from what a terminal would show.
//!
//! Owns the colours of the picture's terminal and the layout of its cells. Must not know what is on
//! the screen.

use std::fmt::Write as _;

/// A cell, in the picture's units.
const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 14.0;
const INK: &str = "#d6d9de";
const PAPER: &str = "#14171c";
/// The sixteen colours.
const PALETTE: [&str; 16] = [
    "#14171c", "#e06c75", "#8cc265", "#d9a94a", "#5aa2e8", "#c27fd7", "#4cb8c4", "#c8ccd4",
    "#6b7280", "#f08a92", "#a5d880", "#efc36a", "#7fbbf5", "#d79fe8", "#6fd3de", "#ffffff",
];

#[derive(Clone, PartialEq, Default)]
struct Style {
    ink: String,
    paper: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
}

/// The picture.
pub fn svg(screen: &vt100::Screen, title: &str) -> String {
    let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
    let (width, height) = (f32::from(columns) * CELL.0, f32::from(rows) * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {:.0}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"14\">\n<title>{}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n",
        width + 2.0 * MARGIN,
        height + 2.0 * MARGIN,
        escaped(title),
    );
    for row in 0..rows {
        let mut runs: Vec<(u16, u16, Style, String)> = Vec::new();
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column) else { continue };
            if cell.is_wide_continuation() {
                continue;
            }
            let (mut style, span) = (style(cell), if cell.is_wide() { 2 } else { 1 });
            let text = if cell.has_contents() { cell.contents() } else { " " };
            if text == " " && !style.underline {
                // The ink of a blank is whatever the pen was last; it does not show.
                let before = runs.last().map(|(_, _, last, _)| last);
                style = match before.filter(|last| last.paper == style.paper && !last.underline) {
                    Some(last) => last.clone(),
                    None => Style { ink: String::new(), bold: false, dim: false, ..style },
                };
            }
            match runs.last_mut() {
                // Wide letters stand alone: fonts disagree about how wide they are.
                Some((start, length, last, run))
                    if *last == style && span == 1 && run.is_ascii() && text.is_ascii() =>
                {
                    debug_assert!(*start + *length == column);
                    *length += 1;
                    run.push_str(text);
                }
                _ => runs.push((column, span, style, text.to_owned())),
            }
        }
        for (column, length, style, text) in runs {
            draw(&mut out, (row, column, length), &style, &text);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn draw(out: &mut String, (row, column, length): (u16, u16, u16), style: &Style, text: &str) {
    let (x, y) = (MARGIN + f32::from(column) * CELL.0, MARGIN + f32::from(row) * CELL.1);
    let mut width = f32::from(length) * CELL.0;
    if let Some(paper) = &style.paper {
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{paper}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let (all, text) = (text.len(), text.trim_end());
    width -= (all - text.len()) as f32 * CELL.0;
    let mut more = String::new();
    for (on, attribute) in [
        (style.bold, " font-weight=\"bold\""),
        (style.italic, " font-style=\"italic\""),
        (style.underline, " text-decoration=\"underline\""),
        (style.dim, " opacity=\"0.6\""),
    ] {
        if on {
            more.push_str(attribute);
        }
    }
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" fill=\"{}\"{more}>{}</text>",
        y + 13.5,
        style.ink,
        escaped(text),
    );
}

fn style(cell: &vt100::Cell) -> Style {
    let (mut ink, mut paper) = (color(cell.fgcolor()), color(cell.bgcolor()));
    if cell.inverse() {
        let was = ink.unwrap_or_else(|| INK.to_owned());
        ink = Some(paper.unwrap_or_else(|| PAPER.to_owned()));
        paper = Some(was);
    }
    Style {
        ink: ink.unwrap_or_else(|| INK.to_owned()),
        paper,
        bold: cell.bold(),
        dim: cell.dim(),
        italic: cell.italic(),
        underline: cell.underline(),
    }
}

fn color(color: vt100::Color) -> Option<String> {
    match color {
        vt100::Color::Default => None,
        vt100::Color::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
        vt100::Color::Idx(n @ 0..=15) => Some(PALETTE[usize::from(n)].to_owned()),
        vt100::Color::Idx(n @ 16..=231) => {
            let step = |v: u8| if v == 0 { 0 } else { 55 + v * 40 };
            let n = n - 16;
            let (r, g, b) = (step(n / 36), step(n / 6 % 6), step(n % 6));
            Some(format!("#{r:02x}{g:02x}{b:02x}"))
        }
        vt100::Color::Idx(n) => {
            let v = 8 + (n - 232) * 10;
            Some(format!("#{v:02x}{v:02x}{v:02x}"))
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The words of a picture, without what changes from run to run: times of day and random ids.
pub fn words(svg: &str) -> String {
    let mut words = String::new();
    let mut rest = svg;
    while let Some((_, text)) = rest.split_once("<text ").and_then(|(_, at)| at.split_once('>')) {
        let (run, after) = text.split_once("</text>").unwrap_or((text, ""));
        for word in run.split_whitespace() {
            let masked: String =
                word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            let time = masked.contains("00:00");
            let id = ["pln_", "run_"].iter().find(|prefix| word.starts_with(*prefix));
            words.push_str(id.copied().unwrap_or(if time { &masked } else { word }));
            words.push('\n');
        }
        rest = after;
    }
    words
}
