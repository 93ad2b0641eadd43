//! Adding a site, or changing one: company, administrators, contact, whether it may link (L0, L10).

use super::addresses;
use super::organization::{given, listing, options};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::Organization;
use crate::api::site::{AddSite, EditSite, EditSiteCall, NewSite, ShowSite, Site};
use crate::domain::organization::OrganizationKind;
use crate::domain::site::site_url;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::{Listing, Load};
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Edit, FieldSpec, Page, PickSpec, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::{Sent, tick};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::Refusal;

const URL: &str = "url";
const COMPANY: &str = "company";
const ADMINS: &str = "site_admins";
const ORGANIZATION: &str = "organization";
const CSM: &str = "csm";
const HINT: &str = "organization_hint";
const MAY_LINK: &str = "may_link";

/// The form.
pub struct SiteForm {
    /// The site that is changed; nothing: one is added.
    changes: Option<Untrusted>,
    /// That site, as the backend told it.
    known: Load<Site>,
    answers: Answers,
    all: Listing<Organization>,
    sent: Sent<Site>,
}

/// What is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answers {
    url: String,
    company: String,
    admins: String,
    organization: String,
    csm: String,
    hint: String,
    may_link: bool,
}

impl Default for SiteForm {
    fn default() -> Self {
        let answers = Answers {
            url: String::new(),
            company: String::new(),
            admins: String::new(),
            organization: String::new(),
            csm: String::new(),
            hint: String::new(),
            may_link: true,
        };
        let sent = Sent::new(&[URL, COMPANY, ADMINS, ORGANIZATION, CSM, HINT, MAY_LINK]);
        Self { changes: None, known: Load::default(), answers, all: listing(), sent }
    }
}

/// What a site says of itself, as it would be filled in.
fn answers(site: &Site) -> Answers {
    let admins: Vec<&str> = site.site_admins.iter().map(Untrusted::raw).collect();
    Answers {
        url: site.url.raw().to_owned(),
        company: site.company.raw().to_owned(),
        admins: admins.join(", "),
        organization: String::new(),
        csm: site.csm.raw().to_owned(),
        hint: String::new(),
        may_link: site.may_link,
    }
}

impl SiteForm {
    /// Changes a site.
    pub fn of(url: &Untrusted) -> Self {
        Self { changes: Some(url.clone()), ..Self::default() }
    }

    /// Adds a site that is likely this organization's.
    pub fn near(organization: &Organization) -> Self {
        let mut form = Self::default();
        form.answers.company = organization.name.raw().to_owned();
        form.answers.hint.clone_from(&organization.id);
        form
    }

    /// What differs from what the site has.
    fn edit(&self) -> EditSite {
        let before = self.known.get().map(answers);
        let new = &self.answers;
        let changed = |now: &str, of: fn(&Answers) -> &str| {
            let same = before.as_ref().is_some_and(|before| of(before).trim() == now.trim());
            (!same).then(|| now.trim().to_owned())
        };
        let admins = changed(&new.admins, |one| &one.admins).map(|text| addresses(&text));
        let may_link = before.as_ref().is_none_or(|before| before.may_link != new.may_link);
        EditSite {
            company: changed(&new.company, |one| &one.company),
            site_admins: admins,
            may_link: may_link.then_some(new.may_link),
            csm: changed(&new.csm, |one| &one.csm),
            organization_hint: given(&new.hint),
        }
    }

    fn new_site(&self) -> NewSite {
        let new = &self.answers;
        NewSite {
            url: site_url(new.url.trim()).unwrap_or_else(|_| new.url.trim().to_owned()),
            company: new.company.trim().to_owned(),
            site_admins: addresses(&new.admins),
            organization: given(&new.organization),
            may_link: new.may_link,
            csm: new.csm.trim().to_owned(),
            organization_hint: new.hint.trim().to_owned(),
        }
    }

    fn command(&self) -> String {
        let mut words = Vec::new();
        let mut flag = |name: &str, value: &str| words.push(format!(" --{name} {}", quoted(value)));
        let or =
            |text: &str, or: &str| if text.is_empty() { or.to_owned() } else { text.to_owned() };
        let lead = if let Some(url) = &self.changes {
            let edit = self.edit();
            edit.company.iter().for_each(|company| flag("company", company));
            edit.site_admins.iter().flatten().for_each(|email| flag("site-admin", email));
            edit.may_link.iter().for_each(|may| flag("may-link", &may.to_string()));
            edit.csm.iter().for_each(|csm| flag("csm", csm));
            edit.organization_hint.iter().for_each(|hint| flag("organization-hint", hint));
            format!("hublink site edit {}", quoted(url.raw()))
        } else {
            let new = self.new_site();
            flag("company", &or(&new.company, "COMPANY"));
            new.site_admins.iter().for_each(|email| flag("site-admin", email));
            new.organization.iter().for_each(|id| flag("org", id));
            if let Some(csm) = given(&new.csm) {
                flag("csm", &csm);
            }
            if let Some(id) = given(&new.organization_hint) {
                flag("organization-hint", &id);
            }
            format!("hublink site add {}", quoted(&or(&new.url, "site.webex.example")))
        };
        if self.changes.is_none() && !self.answers.may_link {
            words.push(" --may-not-link".to_owned());
        }
        lead + &words.concat()
    }

    fn url_error(&self) -> Option<String> {
        let url = self.answers.url.trim();
        let wrong = if url.is_empty() { None } else { site_url(url).err() };
        wrong.map(|error| asking::sentence(&error.to_string()))
    }

    fn blocks(&self, here: Here<'_>) -> Vec<Block> {
        let (sent, new) = (&self.sent, &self.answers);
        let mut blocks = Vec::new();
        if self.changes.is_none() {
            let url = sent.field(URL, "Site URL", &new.url, "such as acme.webex.example");
            let error = self.url_error().or(url.error);
            blocks.push(Block::Field(FieldSpec { error, ..url }));
        }
        let several = "addresses, with commas between; they import its users and link it";
        blocks.extend([
            Block::Field(sent.field(COMPANY, "Company", &new.company, "as the site has it")),
            Block::Field(sent.field(ADMINS, "Administrators", &new.admins, several)),
            Block::Field(sent.field(CSM, "CSM", &new.csm, "whom to ask where it may not link")),
        ]);
        if self.changes.is_none() {
            let hint = "only to link it now, for good; else empty";
            let field = sent.field(ORGANIZATION, "Link it to", &new.organization, hint);
            let all = options(&self.all, OrganizationKind::Customer)
                .filter(|_| !new.organization.trim().is_empty());
            blocks.push(Block::Pick(PickSpec::new(field, all)));
        }
        let hint = "the organization it belongs to, as far as is known";
        blocks.extend([
            Block::Field(sent.field(HINT, "Likely id", &new.hint, hint)),
            tick(MAY_LINK, new.may_link, "It may link", "else its page says whom to ask"),
            sent.told("Saving the site", here),
        ]);
        blocks
    }
}

impl Form for SiteForm {
    fn crumbs(&self) -> Vec<String> {
        match &self.changes {
            Some(url) => vec![url.shown().to_string(), "Change the site".to_owned()],
            None => vec!["Add a site".to_owned()],
        }
    }

    fn help(&self) -> About {
        if self.changes.is_some() {
            return About::of(
                "changing a site",
                "What the site says of itself, and who administers it: the addresses here are all \
                 of them. A site that may not link says so to whoever tries, and names the CSM. \
                 Whether it is linked is not changed here.",
            );
        }
        About::of(
            "adding a site",
            "A meeting site that is not linked yet. Its administrators take in its users by a file \
             and link it to their organization. To link it here and now, for good, name the \
             organization; else leave that empty. A site that may not link names the CSM to whoever \
             tries.",
        )
    }

    fn begin(&mut self, cx: &mut Cx<'_>) {
        match &self.changes {
            Some(url) => {
                self.known.ask(ShowSite::call(url.raw().to_owned(), Nothing, Nothing), cx);
            }
            None => self.all.ask(cx),
        }
    }

    fn page(&self, here: Here<'_>) -> Page {
        if self.changes.is_some() && self.known.get().is_none() {
            return Page::new(vec![asking::instead_of(&self.known, "the site", here)]);
        }
        let words = match (&self.changes, given(&self.answers.organization)) {
            (Some(_), _) => "→ what differs is saved · nobody is told".to_owned(),
            (None, None) => "→ one more site, not linked · nobody is told".to_owned(),
            (None, Some(id)) => {
                format!("→ one more site, linked to {} for good", Untrusted::new(id).shown())
            }
        };
        Page {
            blocks: self.blocks(here),
            same_as: Some(self.command()),
            consequences: vec![Piece::new(Tone::Text, words)],
            first: Some(if self.changes.is_some() { COMPANY } else { URL }),
            ..Page::default()
        }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        if self.changes.is_some() {
            return match self.known.get() {
                None => Err(Refusal::page("The site is being loaded.")),
                Some(_) if self.edit() == EditSite::default() => {
                    Err(Refusal::page("Nothing differs from what the site has."))
                }
                Some(_) => Ok(()),
            };
        }
        if self.answers.url.trim().is_empty() {
            return Err(Refusal::field(URL, "Write the site's URL."));
        }
        if let Some(why) = self.url_error() {
            return Err(Refusal::field(URL, why));
        }
        if self.answers.company.trim().is_empty() {
            return Err(Refusal::field(COMPANY, "Write the company, as the site has it."));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        let words = if self.changes.is_some() { "save it" } else { "add it" };
        (action == Action::Next).then(|| words.to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        let new = &mut self.answers;
        match edit {
            Edit::Text { field: URL, value } => new.url.clone_from(value),
            Edit::Text { field: COMPANY, value } => new.company.clone_from(value),
            Edit::Text { field: ADMINS, value } => new.admins.clone_from(value),
            Edit::Text { field: CSM, value } => new.csm.clone_from(value),
            Edit::Text { field: HINT, value } => new.hint.clone_from(value),
            Edit::Text { field: ORGANIZATION, value }
            | Edit::Pick { choice: ORGANIZATION, id: value } => new.organization.clone_from(value),
            Edit::Tick { list: MAY_LINK, on, .. } => new.may_link = *on,
            _ => {}
        }
    }

    fn asks(&self) -> Option<Confirm> {
        let id = given(&self.answers.organization).filter(|_| self.changes.is_none())?;
        let url = Untrusted::new(self.answers.url.trim()).shown();
        let lines = vec![
            format!("{url} is linked to {} from the start.", Untrusted::new(id).shown()),
            "That is for good: a site is linked once, to one organization.".to_owned(),
        ];
        Some(Confirm::new("Add it, and link it?", lines, "Add and link it"))
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let call = match &self.changes {
            Some(url) => EditSiteCall::call(url.raw().to_owned(), Nothing, self.edit()),
            None => AddSite::call(Nothing, Nothing, self.new_site()),
        };
        self.sent.ask(call, cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Answered {
        if let Some(site) = self.known.answer(id, result) {
            self.answers = answers(site);
            return Answered::NotMine;
        }
        if self.all.take(id, result, cx) {
            return Answered::NotMine;
        }
        match self.sent.take(id, result) {
            Err(answered) => answered,
            Ok(None) => Answered::Refused(None),
            Ok(Some(site)) => {
                let url = site.url.shown();
                Answered::Done(match (&self.changes, site.site_admins.is_empty()) {
                    (Some(_), _) => format!("{url} is changed."),
                    (None, true) => format!("{url} is added. It has no administrator yet."),
                    (None, false) => {
                        format!("{url} is added. Its administrators import its users next.")
                    }
                })
            }
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
