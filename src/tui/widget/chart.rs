//! Charts of blocks: columns over time, a line of small columns, a share of a whole.
//!
//! Owns scaling and where a column stands. Every chart stands beside its figures: a picture alone
//! says nothing exactly. Must not know what is counted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::tui::theme::{Theme, Tone};

const UPWARDS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ACROSS: [&str; 9] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
/// The widest that a column gets, its gap included.
const WIDEST: u16 = 9;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// How high it is.
    pub value: u64,
    /// What stands below it, where there is room.
    pub label: String,
    /// Whether its label comes before those around it.
    pub marked: bool,
}

/// Columns beside their scale.
#[derive(Debug)]
pub struct Chart<'a> {
    /// The columns, from the left.
    pub bars: &'a [Bar],
    /// The one that is told of in words.
    pub chosen: usize,
    /// What the columns mean.
    pub tone: Tone,
    /// The value at the top, see [`ceiling`].
    pub top: u64,
    /// How the top and the middle of the scale are told.
    pub scale: [String; 2],
}

/// The next round number: one digit and zeroes; at least 1.
pub fn ceiling(most: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for step in [1, 2, 3, 4, 5, 6, 8] {
            let round = unit.saturating_mul(step);
            if round >= most {
                return round;
            }
        }
        match unit.checked_mul(10) {
            Some(next) => unit = next,
            None => return u64::MAX,
        }
    }
}

/// How many of `count` columns there is room for, and how wide each is with its gap.
fn slots(width: u16, count: usize) -> (usize, u16) {
    let count16 = u16::try_from(count.max(1)).unwrap_or(u16::MAX);
    match width / count16 {
        0 => (width.into(), 1),
        wide => (count, wide.min(WIDEST)),
    }
}

/// Draws the columns; the last line is for their labels.
pub fn view(chart: &Chart<'_>, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let scale = chart.scale.iter().map(|words| text::width(words)).max().unwrap_or(0);
    let room = Rect {
        x: area.x + scale + 2,
        width: area.width.saturating_sub(scale + 2),
        height: area.height.saturating_sub(1),
        ..area
    };
    if room.is_empty() {
        return;
    }
    draw_scale(chart, scale, theme, Rect { height: room.height, ..area }, buf);
    let (fitting, slot) = slots(room.width, chart.bars.len());
    let first = chart.bars.len().saturating_sub(fitting);
    for (n, bar) in chart.bars.iter().enumerate().skip(first) {
        let x = room.x + slot * u16::try_from(n - first).unwrap_or(u16::MAX);
        let width = if slot > 1 { slot - 1 } else { 1 };
        let tone = if n == chart.chosen { Tone::Strong } else { chart.tone };
        column(bar.value, chart.top, theme, tone, Rect { x, width, ..room }, buf);
    }
    let below = Rect { y: room.bottom(), height: 1, ..room };
    labels(chart, (first, slot), theme, below, buf);
}

fn draw_scale(chart: &Chart<'_>, width: u16, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let [top, middle] = &chart.scale;
    let mut put = |n: u16, words: &str| {
        let line = Rect { y: area.y + n, width, height: 1, ..area };
        text::put_right(buf, line, words, theme.style(Tone::Muted));
    };
    put(0, top);
    if area.height >= 5 {
        put(area.height / 2, middle);
    }
    if area.height >= 2 {
        put(area.height - 1, "0");
    }
    for n in 0..area.height {
        let line = Rect { x: area.x + width, y: area.y + n, width: 2, height: 1 };
        text::put(buf, line, "│", theme.style(Tone::Faint));
    }
}

fn column(value: u64, top: u64, theme: &Theme, tone: Tone, area: Rect, buf: &mut Buffer) {
    let eighths = eighths(value, top, area.height);
    for up in 0..area.height {
        let filled = eighths.saturating_sub(up * 8).min(8);
        if filled == 0 {
            break;
        }
        let line = Rect { y: area.bottom() - 1 - up, height: 1, ..area };
        let cells = UPWARDS[usize::from(filled)].repeat(area.width.into());
        text::put(buf, line, &cells, theme.style(tone));
    }
}

/// A share of so many cells in eighths; what is there at all is seen.
fn eighths(value: u64, top: u64, cells: u16) -> u16 {
    let all = u128::from(cells) * 8;
    let exact = (u128::from(value) * all + u128::from(top) / 2).checked_div(u128::from(top));
    let least = u128::from(value > 0);
    u16::try_from(exact.unwrap_or(0).clamp(least, all)).unwrap_or(u16::MAX)
}

/// Labels from the left where there is room; the chosen column's and marked ones come first.
fn labels(
    chart: &Chart<'_>,
    (first, slot): (usize, u16),
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    let mut taken: Vec<(u16, u16)> = Vec::new();
    let shown =
        || chart.bars.iter().enumerate().skip(first).filter(|(_, bar)| !bar.label.is_empty());
    let chosen = shown().filter(|(n, _)| *n == chart.chosen);
    let marked = shown().filter(|(n, bar)| bar.marked && *n != chart.chosen);
    let others = shown().filter(|(n, bar)| !bar.marked && *n != chart.chosen);
    for (n, bar) in chosen.chain(marked).chain(others) {
        let is_chosen = n == chart.chosen;
        let words = if is_chosen { format!("▴{}", bar.label) } else { bar.label.clone() };
        let width = text::width(&words);
        let at = area.x + slot * u16::try_from(n - first).unwrap_or(u16::MAX);
        // The last labels lean to the left; the triangle still says which column is meant.
        let (x, words) = if at + width <= area.right() || !is_chosen {
            (at, words)
        } else {
            (area.right().saturating_sub(width).max(area.x), format!("{}▴", bar.label))
        };
        let end = x + width;
        let free = taken.iter().all(|(from, to)| end + 1 < *from || x > *to + 1);
        if end <= area.right() && free {
            let tone = if is_chosen { Tone::Strong } else { Tone::Muted };
            text::put(buf, Rect { x, width, ..area }, &words, theme.style(tone));
            taken.push((x, end));
        }
    }
}

/// A line of small columns, one cell each, the last ones where there is no room for all.
pub fn spark(values: &[u64], tone: Tone, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let most = values.iter().copied().max().unwrap_or(0);
    let first = values.len().saturating_sub(area.width.into());
    let cells: String = values[first..]
        .iter()
        .map(|value| UPWARDS[usize::from(eighths(*value, most, 1))])
        .collect();
    text::put(buf, area, &cells, theme.style(tone));
}

/// A part of a whole, from the left.
pub fn share((part, whole): (u64, u64), tone: Tone, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let eighths = eighths(part, whole, area.width);
    let full = "█".repeat(usize::from(eighths / 8));
    let words = format!("{full}{}", ACROSS[usize::from(eighths % 8)]);
    text::put(buf, area, words.trim_end(), theme.style(tone));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(width: u16, height: u16, draw: impl FnOnce(Rect, &mut Buffer)) -> Vec<String> {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        draw(area, &mut buf);
        let line = |y| (0..width).map(|x| buf[(x, y)].symbol().to_owned()).collect::<String>();
        (0..height).map(|y| line(y).trim_end().to_owned()).collect()
    }

    fn bars(values: &[u64]) -> Vec<Bar> {
        let bar = |(n, value): (usize, &u64)| Bar {
            value: *value,
            label: format!("d{n}"),
            marked: n.is_multiple_of(2),
        };
        values.iter().enumerate().map(bar).collect()
    }

    #[test]
    fn scales_end_at_round_numbers() {
        let cases = [(0, 1), (1, 1), (3, 3), (7, 8), (9, 10), (11, 20), (490, 500), (501, 600)];
        for (most, want) in cases {
            assert_eq!(ceiling(most), want);
        }
        assert!(ceiling(u64::MAX) >= u64::MAX / 2);
    }

    #[test]
    fn columns_stand_on_their_labels() {
        let bars = bars(&[0, 4, 8, 1]);
        let scale = ["8".to_owned(), "4".to_owned()];
        let chart = Chart { bars: &bars, chosen: 2, tone: Tone::Accent, top: 8, scale };
        let drawn = lines(19, 4, |area, buf| view(&chart, &Theme::plain(), area, buf));
        assert_eq!(
            drawn,
            ["8│         ███", " │     ▄▄▄ ███", "0│     ███ ███ ▃▃▃", "   d0  d1  ▴d2"]
        );
    }

    #[test]
    fn what_is_there_at_all_is_seen_and_no_column_leaves_its_place() {
        assert_eq!(eighths(1, 1_000_000, 3), 1);
        assert_eq!(eighths(0, 0, 3), 0);
        assert_eq!(eighths(7, 5, 3), 24);
        for width in 1..60 {
            for height in 1..8 {
                let bars = bars(&[3; 40]);
                let scale = ["1,000".to_owned(), "500".to_owned()];
                let chart = Chart { bars: &bars, chosen: 39, tone: Tone::Text, top: 3, scale };
                lines(width, height, |area, buf| view(&chart, &Theme::plain(), area, buf));
            }
        }
    }

    #[test]
    fn shares_and_small_columns_fit_their_line() {
        let theme = Theme::plain();
        let drawn = lines(10, 1, |area, buf| share((1, 4), Tone::Text, &theme, area, buf));
        assert_eq!(drawn, ["██▌"]);
        let drawn = lines(4, 1, |area, buf| spark(&[9, 0, 1, 4, 8], Tone::Text, &theme, area, buf));
        assert_eq!(drawn, [" ▁▄▇"]);
    }
}
