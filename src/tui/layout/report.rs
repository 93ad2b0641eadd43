//! The parts of a report: tabs, figures, a chart, the words about what is chosen.

use ratatui::layout::Rect;

/// From this width on every period's figures stand at the right.
const ASIDE_FROM: u16 = 110;
const ASIDE_WIDTH: u16 = 32;
/// The lowest a chart may be, its labels included.
const CHART: u16 = 4;
/// From this height on the words about what is chosen have two lines.
const TWO_LINES: u16 = 20;

/// The parts of a report's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportFrame {
    /// Which section.
    pub tabs: Rect,
    /// The figures, a line each; fewer lines than figures scroll.
    pub measures: Rect,
    /// What the chart shows.
    pub title: Rect,
    /// The chart.
    pub chart: Rect,
    /// Every period's figures, where there is room.
    pub aside: Option<Rect>,
    /// All about what is chosen.
    pub detail: Rect,
}

/// The parts; there are so many figures.
pub fn report(body: Rect, measures: usize) -> ReportFrame {
    let roomy = body.height >= 18;
    let gap = u16::from(roomy);
    let tabs = Rect { height: 1, ..body };
    let below = if body.height >= TWO_LINES { 2 } else { 1 };
    let detail = Rect { y: body.bottom() - below, height: below, ..body };
    let fixed = 2 + below + CHART + 3 * gap;
    let most = body.height.saturating_sub(fixed).max(1);
    let lines = u16::try_from(measures).unwrap_or(u16::MAX).min(most);
    let aside = (body.width >= ASIDE_FROM).then(|| {
        let x = body.right() - ASIDE_WIDTH;
        let y = tabs.bottom() + gap;
        Rect { x, y, width: ASIDE_WIDTH - 1, height: detail.y.saturating_sub(y + gap) }
    });
    let width = aside.map_or(body.width, |_| body.width - ASIDE_WIDTH - 3);
    let measures = Rect { y: tabs.bottom() + gap, height: lines, width, ..body };
    let title = Rect { y: measures.bottom() + gap, height: 1, width, ..body };
    let bottom = detail.y.saturating_sub(gap);
    let chart = Rect { y: title.bottom(), height: bottom.saturating_sub(title.bottom()), ..title };
    ReportFrame { tabs, measures, title, chart, aside, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_report_fit_and_do_not_overlap() {
        for width in 40..200 {
            for height in 8..58 {
                for measures in [5, 6, 9] {
                    let body = Rect::new(0, 1, width, height);
                    let parts = report(body, measures);
                    let all = [
                        Some(parts.tabs),
                        Some(parts.measures),
                        Some(parts.title),
                        Some(parts.chart),
                        parts.aside,
                        Some(parts.detail),
                    ];
                    let all: Vec<_> = all.into_iter().flatten().collect();
                    for (i, a) in all.iter().enumerate() {
                        assert!(body.union(*a) == body && a.area() > 0, "{width}x{height}: {a:?}");
                        for b in &all[i + 1..] {
                            assert!(!a.intersects(*b), "{width}x{height}: {a:?} {b:?}");
                        }
                    }
                }
            }
        }
    }
}
