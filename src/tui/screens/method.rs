//! Changing how a site's users prove their addresses, on a page of its own (rule U1).
//!
//! Owns the page and the one act on it. Link users asks the same as its first step; its draft is not
//! touched here, and a plan of it that the change makes stale is refused there.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::site::{SetMethod, SetMethodCall, ShowSite, Site};
use crate::domain::act::Act;
use crate::domain::linking::LinkingMethod;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::sheet::{Done, Sheet};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::{Entry, Offered, asking, for_full_admins, provided};
use crate::tui::{layout, methods};

/// Its row in a site's menu.
pub const ENTRY: Entry = Entry {
    title: "Change linking method",
    about: "By e-mail, by verified domains, or by agreement.",
    offered: Offered::Site(for_full_admins),
    needs: Some(Act::Method),
    open: |url| Box::new(Method::new(url)),
};

const LIST: &str = "method";

/// The screen.
pub struct Method {
    site: Untrusted,
    known: Load<Site>,
    saving: Load<Site>,
    /// What is chosen here; nothing: what is in use.
    chosen: Option<LinkingMethod>,
    opened: bool,
    /// The method is chosen elsewhere, and read back here.
    read_back: bool,
    sheet: Sheet,
}

impl Method {
    /// The method of the site with this URL.
    pub fn new(site: &Untrusted) -> Self {
        Self {
            site: site.clone(),
            known: Load::default(),
            saving: Load::default(),
            chosen: None,
            opened: false,
            read_back: false,
            sheet: Sheet::default(),
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let call = ShowSite::call(self.site.raw().to_owned(), Nothing, Nothing);
        self.known.ask(call, cx);
    }

    /// What would be in use after Enter.
    fn wanted(&self) -> Option<LinkingMethod> {
        self.chosen.or_else(|| self.known.get()?.method)
    }

    fn page(&self, here: Here<'_>) -> Page {
        let Some(known) = self.known.get() else {
            let block = asking::instead_of(&self.known, "the site", here);
            return Page::new(vec![Block::Gap, block]);
        };
        let wanted = self.wanted();
        let mut blocks = vec![Block::Gap];
        blocks.extend(provided::told(&[Act::Method], here.session));
        blocks.extend([
            Block::prose("How do the users of this site prove that their address is theirs?"),
            Block::Choice(methods::choice(LIST, known.method, wanted)),
            Block::Gap,
        ]);
        blocks.extend(methods::facts(known, wanted, here));
        blocks.extend(asking::stale(&self.known, here));
        match self.saving.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => {
                blocks.push(Block::aside(asking::waiting(&self.saving, "Saving the method", here)));
            }
        }
        let url = quoted(known.url.raw());
        let same_as = wanted.map(|method| format!("hublink site method {url} {}", method.code()));
        if let Some(command) = &same_as {
            blocks.push(Block::aside(format!("same as: {command}")));
        }
        Page { blocks, same_as, ..Page::default() }
    }

    fn edit(&mut self, edit: Option<Edit>) {
        if let Some(Edit::Pick { choice: LIST, id }) = edit
            && !self.saving.is_waiting()
        {
            self.chosen = LinkingMethod::from_code(&id);
        }
    }

    /// The method in use, where Enter would leave it as it is.
    fn kept(&self) -> Option<LinkingMethod> {
        let in_use = self.known.get().and_then(|site| site.method);
        self.wanted().filter(|method| Some(*method) == in_use)
    }

    fn save(&mut self, cx: &mut Cx<'_>) {
        match self.wanted() {
            None => cx.toast(Tone::Attention, "Choose one of the three methods first."),
            Some(method) if self.kept().is_some() => {
                cx.toast(Tone::Attention, nothing_changes(method));
            }
            Some(method) => {
                let call =
                    SetMethodCall::call(self.site.raw().to_owned(), Nothing, SetMethod { method });
                self.saving.ask(call, cx);
            }
        }
    }
}

fn nothing_changes(method: LinkingMethod) -> String {
    format!("{} is in use already; nothing changes.", method.title())
}

impl Screen for Method {
    fn header(&self, look: &Look<'_>) -> Header {
        let known = self.known.get();
        let right = known.map(|known| look.here.session.who(&known.my_roles));
        let crumbs = vec![self.site.shown().to_string(), ENTRY.title.to_owned()];
        Header { crumbs, right: right.unwrap_or_default() }
    }

    fn help(&self) -> About {
        About::of(
            "linking method",
            "The method decides who gets an e-mail when users are linked. It can be changed at any \
             time; whoever is linked stays linked. A plan made before must be made anew. Link \
             users, behind w, goes on from here.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Page, Scope::Form]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::Next if self.known.get().is_none() || self.saving.is_waiting() => {
                Availability::Disabled("Wait for the answer.".into())
            }
            Action::Next => match self.kept().filter(|_| self.sheet.enter_word().is_none()) {
                Some(method) => Availability::Disabled(nothing_changes(method).into()),
                None => Availability::Ready,
            },
            action => self.sheet.availability(action),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        let saves = if self.read_back { "check now" } else { "change the method" };
        let word = self.sheet.enter_word().unwrap_or(saves);
        (action == Action::Next).then(|| word.to_owned())
    }

    fn acts(&self, action: Action) -> Option<String> {
        let saves = action == Action::Next && self.sheet.enter_word().is_none();
        let wanted = self.wanted().filter(|_| saves && self.kept().is_none())?;
        Some(wanted.code().to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match action {
            Action::Back => return Flow::Pop,
            Action::Reload => self.ask(cx),
            action => match self.sheet.act(action, cx) {
                Done::Stay(edit) => self.edit(edit),
                Done::GoOn(edit) => {
                    self.edit(edit);
                    self.save(cx);
                }
                Done::NotMine => {}
            },
        }
        Flow::Stay
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.sheet.wants(key)
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if let Some(saved) = self.saving.answer(id, result).cloned() {
            let title = saved.method.map_or("not chosen", LinkingMethod::title);
            cx.toast(Tone::Done, format!("The method is now: {title}. Link users is next."));
            return Flow::PopThen(Action::Reload);
        }
        self.known.take(id, result);
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.known.is_untouched() {
            self.ask(cx);
        }
        self.read_back = provided::is_read_back(&[Act::Method], cx.session);
        let page = self.page(cx.here());
        // Where the method in use has the focus, once it is known.
        if self.known.get().is_some() && !std::mem::replace(&mut self.opened, true) {
            self.sheet.open(page.clone());
        }
        self.sheet.show(page, layout::prose(cx.body()));
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(self.sheet.told())
    }

    fn point(&mut self, at: usize) {
        self.sheet.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.sheet.view(look, layout::prose(area), buf);
    }
}
