//! Placeholder head.
use crate::api::site::Site;
use crate::tui::keymap::*;
use crate::tui::screen::Cx;
use crate::tui::screen::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
/// x
pub struct Users;
impl Users {
    /// x
    pub fn new(_: &Site, _: &str, _: &mut Cx<'_>) -> Self {
        Self
    }
}
impl Screen for Users {
    fn header(&self, _: &Look<'_>) -> Header {
        Header::default()
    }
    fn scopes(&self) -> Vec<Scope> {
        vec![]
    }
    fn availability(&self, _: Action) -> Availability {
        Availability::Hidden
    }
    fn on_action(&mut self, _: Action, _: &mut Cx<'_>) -> Flow {
        Flow::Pop
    }
    fn view(&self, _: &Look<'_>, _: Rect, _: &mut Buffer) {}
}
