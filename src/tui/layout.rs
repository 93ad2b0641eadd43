//! Sizes: one place, called by update and view alike, so that both always agree.
//!
//! Owns the frame of every screen (where-am-I first, footer last) and the parts of a wizard.
//! Must not draw.

pub mod report;

use ratatui::layout::Rect;

/// Narrower than this, one line asks for more room.
pub const MIN_WIDTH: u16 = 40;
/// Lower than this, one line asks for more room.
pub const MIN_HEIGHT: u16 = 10;
/// From this width on the steps stand at the left.
const WIDE: u16 = 120;
/// Prose wider than this is hard to read.
pub const MEASURE: u16 = 78;
/// A page is no wider than this: the eye finds the next line.
const READABLE: u16 = 114;
const STEPS_WIDTH: u16 = 20;
const ASIDE_WIDTH: u16 = 34;
/// From this width on "what happens next" stands beside the page, which is then as wide as one of
/// 80 columns; below that it stands under it. More columns never show fewer words.
const ASIDE_FROM: u16 = STEPS_WIDTH + READABLE;

/// The parts every screen has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Where am I, who am I.
    pub header: Rect,
    /// The screen's own.
    pub body: Rect,
    /// The keys that work now.
    pub footer: Rect,
}

/// The frame; nothing when there is too little room.
pub fn frame(area: Rect) -> Option<Frame> {
    if area.width < MIN_WIDTH || area.height < MIN_HEIGHT {
        return None;
    }
    Some(Frame {
        header: Rect { height: 1, ..area },
        body: Rect { y: area.y + 1, height: area.height - 2, ..area },
        footer: Rect { y: area.bottom() - 1, height: 1, ..area },
    })
}

/// The parts of a wizard's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WizardFrame {
    /// The steps: a line, or a column at the left.
    pub steps: Rect,
    /// The page.
    pub page: Rect,
    /// "What happens next", where there is room.
    pub aside: Option<Rect>,
    /// Two lines above the footer: consequences, or why one cannot go on.
    pub status: Rect,
}

/// The parts of a wizard's body, in its middle where that is wider than reads well; `whole` pages
/// (the user list) go on to the right edge.
pub fn wizard(body: Rect, whole: bool) -> WizardFrame {
    let wide = body.width >= WIDE;
    let has_aside = !whole && body.width >= ASIDE_FROM;
    let beside = if has_aside { ASIDE_WIDTH } else { 0 };
    let widest = if wide { STEPS_WIDTH + READABLE + beside } else { READABLE };
    let right = body.right();
    let body = centred(body, widest);
    // A list uses all the room there is; the steps stay where they are.
    let edge = if whole { right } else { body.right() };
    let status_height = if body.height >= 12 { 2 } else { 1 };
    let status = Rect { y: body.bottom() - status_height, height: status_height, ..body };
    let rest = body.height - status_height;
    let (steps, mut page) = if wide {
        let steps = Rect { y: body.y + 1, width: STEPS_WIDTH, height: rest - 1, ..body };
        let x = body.x + STEPS_WIDTH;
        (steps, Rect { x, y: body.y + 1, width: edge - x, height: rest - 1 })
    } else {
        let gap = u16::from(body.height >= 14);
        let below = 1 + gap;
        let width = edge - body.x;
        (
            Rect { height: 1, ..body },
            Rect { y: body.y + below, height: rest - below, width, ..body },
        )
    };
    // A command line is one line: it may go on to the edge.
    let status = Rect { x: page.x, width: right - page.x, ..status };
    let mut aside = None;
    if has_aside {
        page.width -= ASIDE_WIDTH;
        aside = Some(Rect { x: page.right(), width: ASIDE_WIDTH, ..page });
    }
    WizardFrame { steps, page, aside, status }
}

/// The middle of an area, no wider than wanted.
fn centred(area: Rect, width: u16) -> Rect {
    let width = width.min(area.width);
    Rect { x: area.x + (area.width - width) / 2, width, ..area }
}

/// Narrower than this, home shows one pane at a time.
const THREE_PANES: u16 = 60;
/// From this size of its body on, home has room for what waits and what was done.
const CONTEXT_FROM: (u16, u16) = (100, 30);

/// The parts of home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panes {
    /// Organizations, sites, users; nothing where there is room for one pane alone.
    pub panes: [Option<Rect>; 3],
    /// Between the panes.
    pub rules: [Option<Rect>; 2],
    /// Under organizations and sites: what waits, and what was done.
    pub context: Option<Rect>,
    /// What is pending in the chosen organization; kept free otherwise. Where there is little room
    /// it is the detail's.
    pub banner: Rect,
    /// All about the chosen row.
    pub detail: Rect,
    /// Timers.
    pub status: Rect,
}

/// The parts of home; `focus` is the pane to show where there is room for one.
pub fn panes(body: Rect, focus: usize) -> Panes {
    let below = if body.height >= 14 { 3 } else { body.height.min(2) };
    let height = body.height - below;
    let room = Rect { height, ..inset(body, 1) };
    let line = |n| Rect { y: body.bottom() - n, height: 1, ..body };
    let (banner, detail, status) = (line(below.max(2)), line(2), line(1));
    let one = |at: usize| (at == focus).then_some(room);
    let mut all = Panes {
        panes: [one(0), one(1), one(2)],
        rules: [None, None],
        context: None,
        banner,
        detail,
        status,
    };
    if body.width < THREE_PANES {
        return all;
    }
    let roomy = body.width >= CONTEXT_FROM.0 && body.height >= CONTEXT_FROM.1;
    // Lists come first: what stands below them has a third, whatever is in it, so that nothing
    // moves when it comes.
    let context = if roomy { (height / 3).min(16) } else { 0 };
    let air = u16::from(roomy);
    let first = (room.width * 26 / 100).min(34);
    let second = (room.width * 29 / 100).min(40);
    let cut = |x: u16, width: u16, height: u16| {
        let x = room.x + x;
        Some(Rect { x, width: width.min(room.right() + 1 - x), height, ..room })
    };
    let lists = height - context;
    let (to_sites, to_users) = (first + air, first + second + air);
    all.panes = [
        cut(0, first, lists),
        cut(to_sites, second - air, lists),
        // The last pane needs no gap at its right.
        cut(to_users, room.width, height),
    ];
    let rule = |x, height| cut(x, 1, height).filter(|_| roomy);
    all.rules = [rule(first - 1, lists), rule(first + second - 1, height)];
    all.context = cut(0, first + second - 1, height).filter(|_| roomy).map(|room| Rect {
        y: room.y + lists,
        height: context,
        ..room
    });
    all
}

/// The room for a page outside of wizards: no wider than reads well, in the middle.
pub fn prose(body: Rect) -> Rect {
    centred(body, READABLE)
}

/// A box in the middle, no larger than wanted and than there is room for. Where there is one pane at
/// a time it is as wide as that: beside it stood torn words.
pub fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let width = if area.width < THREE_PANES { area.width } else { width.min(area.width) };
    let height = height.min(area.height);
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 3,
        width,
        height,
    }
}

/// `area` without `columns` at the left and the right.
pub fn inset(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width / 2);
    Rect { x: area.x + columns, width: area.width - 2 * columns, ..area }
}

/// The single row `n` of an area, if it has one.
pub fn row(area: Rect, n: u16) -> Option<Rect> {
    (n < area.height).then(|| Rect { y: area.y + n, height: 1, ..area })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_under_40_by_10_there_is_no_frame() {
        assert!(frame(Rect::new(0, 0, 39, 24)).is_none());
        assert!(frame(Rect::new(0, 0, 80, 9)).is_none());
        assert!(frame(Rect::new(0, 0, 40, 10)).is_some());
    }

    #[test]
    fn the_parts_of_a_wizard_fit_and_do_not_overlap() {
        for width in 40..200 {
            for height in 10..60 {
                let Some(frame) = frame(Rect::new(0, 0, width, height)) else { continue };
                for whole in [true, false] {
                    let parts = wizard(frame.body, whole);
                    let all =
                        [Some(parts.steps), Some(parts.page), parts.aside, Some(parts.status)];
                    let all: Vec<_> = all.into_iter().flatten().collect();
                    for (i, a) in all.iter().enumerate() {
                        assert!(frame.body.union(*a) == frame.body, "{width}x{height}: {a:?}");
                        assert!(a.area() > 0, "{width}x{height}: {a:?}");
                        for b in &all[i + 1..] {
                            assert!(!a.intersects(*b), "{width}x{height}: {a:?} {b:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_wider_screen_never_has_a_narrower_page_than_80_columns_have() {
        for width in 80..260 {
            let Some(frame) = frame(Rect::new(0, 0, width, 40)) else { continue };
            let parts = wizard(frame.body, false);
            assert!((80..=READABLE).contains(&parts.page.width), "{width}: {:?}", parts.page);
            assert_eq!(parts.aside.is_some(), width >= 134, "{width}");
            let right = parts.aside.map_or(parts.page.right(), Rect::right);
            let (before, after) = (parts.steps.x.min(parts.page.x), width - right);
            assert!(before.abs_diff(after) <= 1, "{width}: {before} before, {after} after");
        }
    }

    #[test]
    fn the_parts_of_home_fit_and_what_waits_covers_no_pane() {
        for (width, height) in [(60, 14), (80, 24), (100, 32), (120, 40), (200, 60), (400, 100)] {
            let Some(frame) = frame(Rect::new(0, 0, width, height)) else { continue };
            let parts = panes(frame.body, 0);
            for area in parts.panes.into_iter().chain(parts.rules).chain([parts.context]).flatten()
            {
                assert_eq!(frame.body.union(area), frame.body, "{width}x{height}: {area:?}");
                assert!(area.area() > 0 && area.bottom() <= parts.banner.y, "{area:?}");
            }
            let context = parts.context.unwrap_or_default();
            let covers = parts.panes.into_iter().flatten().any(|pane| pane.intersects(context));
            assert!(!covers, "{width}x{height}: {parts:?}");
            assert_eq!(parts.context.is_some(), width >= 100 && height >= 32, "{width}x{height}");
        }
    }
}
